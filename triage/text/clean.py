"""Normalise a text for reading by the model, keeping a map to the original characters."""

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from unicodedata import combining, normalize

CJK = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CJK_PUNCT = "，。！？；：、（）《》【】“”‘’…—,!?;:()"
# Beyond the BMP NFKC respells letters of mathematics and enclosed letters.
WIDE_RESPELT = ((0x1D400, 0x1D7FF), (0x1F100, 0x1F1FF))
_KEPT_AS_ONE = "…"  # NFKC makes three dots of it; one mark is one mark
_ZERO_WIDTH = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text and, for each of its characters, where it came from.

    `starts[i]`/`ends[i]` delimit, in characters of the original, what cleaned
    character `i` stands for; both are None where every position is unchanged.
    """

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map cleaned `[start, end)` (end > start) to the original's `[start, end)`."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def sub(self, pattern: re.Pattern[str], to: str | Callable[[re.Match[str]], str]) -> "Cleaned":
        """Replace as `re.sub` does; new characters map to the whole match."""
        if not pattern.search(self.text):
            return self
        starts = self.starts if self.starts is not None else range(len(self.text))
        ends = self.ends if self.ends is not None else range(1, len(self.text) + 1)
        out, new_starts, new_ends, last = [], list[int](), list[int](), 0
        for match in pattern.finditer(self.text):
            i, j = match.span()
            piece = to if isinstance(to, str) else to(match)
            out += [self.text[last:i], piece]
            new_starts += [*starts[last:i], *[starts[i]] * len(piece)]
            new_ends += [*ends[last:i], *[ends[j - 1]] * len(piece)]
            last = j
        out.append(self.text[last:])
        return Cleaned("".join(out), [*new_starts, *starts[last:]], [*new_ends, *ends[last:]])


def clean(text: str) -> Cleaned:
    """Normalise `text`: NFKC, mark-up, quoted mail, zero width, spaces, lone surrogates.

    The result never holds a NUL, a carriage return, a lone surrogate or two spaces in a
    row; line breaks survive as single newlines because they separate clauses.
    """
    folded = text.translate(one_to_one())  # position by position, so the map stays
    if not needs_work().search(folded):
        return Cleaned(folded)
    cleaned = _through(_steps(), folded)
    if any(map(str.isalnum, cleaned.text)):
        return cleaned
    # A mail that is all quotation was forwarded: then the quotation is the message.
    return _through([step for step in _steps() if step not in _mail_steps()], folded)


def _through(steps: Iterable["_Step"], text: str) -> Cleaned:
    cleaned = Cleaned(text)
    # An entity may decode to anything, so with one nothing is ruled out.
    rare = "&" in text or _rare().search(text) is not None
    for marks, pattern, to in steps:
        if rare if marks is _RARE else not marks or any(mark in cleaned.text for mark in marks):
            cleaned = cleaned.sub(pattern, to)
    return cleaned


@cache
def _rare() -> re.Pattern[str]:
    """Return what finds the characters that the steps marked `_RARE` act on."""
    return re.compile(rf"[\ud800-\udfff\r\u2028\u2029\x0b\x0c\x85{_ZERO_WIDTH}{_many()}]")


@cache
def one_to_one() -> dict[int, str]:
    """Map code points whose NFKC form is one other character: full width and the like."""
    points = (chr(point) for point in range(0xA0, 0x10000) if not 0xD800 <= point < 0xE000)
    table = {ord(char): normalize("NFKC", char) for char in points}
    return {point: to for point, to in table.items() if len(to) == 1 and to != chr(point)}


@cache
def _many() -> str:
    """Return a character class of what NFKC expands, plus combining marks."""
    points = [chr(p) for p in range(0xA0, 0x10000) if not 0xD800 <= p < 0xE000]
    chosen = [c for c in points if len(normalize("NFKC", c)) != 1 or combining(c)]
    kept = (c for c in chosen if c not in _KEPT_AS_ONE)
    wide = "".join(f"{chr(first)}-{chr(last)}" for first, last in WIDE_RESPELT)
    return "".join(map(re.escape, kept)) + wide


@cache
def _marks() -> str:
    points = (chr(p) for p in range(0x300, 0x10000) if not 0xD800 <= p < 0xE000)
    return "".join(re.escape(c) for c in points if combining(c))


@cache
def needs_work() -> re.Pattern[str]:
    """Return what finds a folded text that more than folding must be done to."""
    return re.compile(rf"[{_marked()}]|([^\d*])\1\1\1")


def _marked() -> str:
    """Return a character class of what no text keeps as it is, or that opens a courtesy."""
    return rf"\s\x00\ud800-\udfff<>&{_ZERO_WIDTH}{_many()}{_COURTEOUS}"


def _nfkc(match: re.Match[str]) -> str:
    return normalize("NFKC", match.group())


def _unescape(match: re.Match[str]) -> str:
    # An entity may decode to what cleaning removes (NUL, zero width); a space is safe.
    decoded = html.unescape(match.group())
    return decoded if decoded.isprintable() else " "


_TAG = r"</?[a-zA-Z][^<>]{0,500}>|<!--.{0,2000}?-->|<!DOCTYPE[^<>]{0,200}>"
_BLOCK = r"<(?:br|/?p|/?div|/?li|/?tr|/?h[1-6]|/?table|hr)\b[^<>]{0,500}>"
_SCRIPT = r"<(script|style|head)\b[^<>]{0,500}>.{0,20000}?</\1\s*>"
_REPLY_HEAD = (
    r"^[ \t]*(?:[-—_=]{2,}[ \t]*(?:原始邮件|原始郵件|Original Message|转发的邮件|Forwarded message)"
    r"|On .{5,120} wrote:|在 ?.{5,60}(?:写道|寫道)[:：][ \t]*$"
    r"|(?<=[\s\S]{3})发件人[:：].{0,100}\n\s*(?:发送时间|时间|日期|收件人)[:：])"
)
_SIGNATURE = r"^(?:-- ?$|[ \t]*(?:发自我的|發自我的|Sent from my|从我的.{2,12}发出))"


# Courtesies at either end say nothing of the matter; kept where nothing else is said.
_COURTEOUS = "尊您你谢謝祝敬"  # one of these is in each of them
_GREETING = (
    r"\A\s*(?:尊敬的[^\s,，。!！:：]{1,12}[,，:：!！\s]+)?"
    r"(?:(?:您|你|大家|老板|店家|亲|客服|领导|老师|各位)[们]?(?:好|早)[啊呀哦]?[,，。.!！:：~～\s]+)(?=[\s\S]{4})"
)
_THANKS = r"(?:非常|十分|万分|先|提前)?(?:谢谢|感谢|多谢|謝謝|感謝|多謝)(?:您|你|了|啦|大家|配合|理解|支持|領導|领导)?"
_WISH = r"(?:顺|順)?祝(?:您|你|贵司|贵公司|各位)?(?:工作顺利|工作順利|生意兴隆|商祺|顺利|安好|一切顺利|生活愉快|好)"
_CLOSING = rf"(?<=[\s\S]{{6}})(?<=[,，。.!！?？;；~～…\s])(?:(?:{_THANKS}|{_WISH}|此致\s{{0,4}}敬[礼禮])[,，。.!！~～\s]{{0,6}}){{1,4}}\Z"


_Step = tuple[tuple[str, ...], re.Pattern[str], str | Callable[[re.Match[str]], str]]
_RARE = ("rare characters",)
_REPLY_MARKS = ("件", "写道", "寫道", "rote", "ROTE", "essage", "ESSAGE")


@cache
def _mail_steps() -> tuple[_Step, ...]:
    """Return the steps that leave out what the customer did not write now."""
    return (
        (_REPLY_MARKS, re.compile(_REPLY_HEAD + r"[\s\S]*", re.M | re.I), ""),
        ((">",), re.compile(r"^[ \t]*>.*$", re.M), ""),
        (("\n",), re.compile(_SIGNATURE + r"[\s\S]{0,400}\Z", re.M | re.I), ""),
    )


@cache
def _steps() -> tuple[_Step, ...]:
    """Return the steps in order: marks without which it cannot apply, pattern, replacement."""
    many = re.compile(r"[\s\S]?[" + _marks() + r"]+|[" + _many() + r"]")
    return (
        (_RARE, re.compile(r"[\ud800-\udfff]"), "\ufffd"),
        (_RARE, re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]"), "\n"),
        (("\x00",), re.compile(r"\x00"), " "),
        (("<",), re.compile(_SCRIPT, re.I | re.S), " "),
        (("<",), re.compile(_BLOCK, re.I), "\n"),
        (("<",), re.compile(_TAG, re.S), ""),
        (("&",), re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});"), _unescape),
        *_mail_steps(),
        (_RARE, re.compile(f"[{_ZERO_WIDTH}]"), ""),
        (_RARE, many, _nfkc),
        (("\n",), re.compile(r"\s*\n\s*"), "\n"),
        ((), re.compile(r"[^\S\n]+"), " "),
        ((" ",), re.compile(rf"(?<=[{CJK}{_CJK_PUNCT}]) (?=[{CJK}{_CJK_PUNCT}])"), ""),
        ((), re.compile(r"([^\d*])\1{3,}"), lambda match: match.group(1) * 3),
        (("好", "早"), re.compile(_GREETING), ""),
        (tuple("谢謝祝敬"), re.compile(_CLOSING), ""),
        ((), re.compile(r"\A\s+|\s+\Z"), ""),
    )
