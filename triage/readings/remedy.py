"""What the customer wants done: repair, exchange, refund, an apology, a call back."""

import re
import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from triage.readings.spans import clause_around, is_spoken_by_desk
from triage.readings.stage import stage_of
from triage.resources import resource
from triage.text.alternation import alternatives

_OUTCOME = 16  # so many characters after the word may tell that it was given
_CLOSE = 6
_AND = frozenset({"", "并", "并且", "且", "和", "以及", "再", "还要", "也要", "同时"})


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something the customer wants, and the word for it."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rules:
    """Words of each kind, and the expressions that tell a wish from a report."""

    words: re.Pattern[str]
    kinds: Mapping[str, tuple[str, ...]]
    weak: Set[str]
    said: Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class _Word:
    """One word for a remedy, and its clause before and after it."""

    text: str
    word: str
    start: int
    end: int
    before: str
    after: str


_AT_THE_END = {"denied", "declined", "refused", "granting", "suggested"}


@cache
def rules(path: Path | None = None) -> Rules:
    """Read the words of remedies; None reads the file in the box."""
    source = path or resource("data", "signals", "remedies.toml")
    raw = tomllib.loads(source.read_text(encoding="utf-8"))
    kinds: dict[str, tuple[str, ...]] = {}
    for kind, entry in raw["kinds"].items():
        for word in entry["words"]:
            kinds[word] = (*kinds.get(word, ()), kind)  # 退换 asks for either
    words = sorted(kinds, key=len, reverse=True)
    told = [_guarded(word, raw["unless"], raw["unless_before"]) for word in words]
    said = {
        name: re.compile(f"(?:{'|'.join(parts)})" + ("\\Z" if name in _AT_THE_END else ""))
        for name, parts in raw["said"].items()
    }
    signs = (*raw["said"]["strong"], *raw["said"]["weak"], *raw["said"]["refused"])
    said["sign"] = re.compile("|".join(signs).replace("?P<how>", "?:"))
    return Rules(re.compile(alternatives(told)), kinds, frozenset(raw["weak"]["words"]), said)


def _guarded(word: str, after: Mapping[str, str], before: Mapping[str, str]) -> str:
    """Return the expression of a word that is none beside certain others: 维修基金, 装修."""
    guards = "".join(f"(?<!{other}{word})" for other in before.get(word, "").split("|") if other)
    return word + (f"(?!{after[word]})" if word in after else "") + guards


def find_remedies(text: str) -> list[Remedy]:
    """Return what the customer wants, in order; not what was given, offered or declined."""
    known = rules()
    wanted: list[Remedy] = []
    listed = -9  # the end of a clause that wants something: the next may go on with it
    for match in known.words.finditer(text):
        left, right = clause_around(text, *match.span())
        before, after = text[left : match.start()], text[match.end() : right]
        if not wanted and not _may_be_wanted(text, match.end(), before, after, known):
            continue
        word = _Word(text, match.group(), *match.span(), before, after)
        verdict = _verdict(word, known)
        kinds = known.kinds[word.word]
        if verdict == "given":
            wanted = [remedy for remedy in wanted if remedy.kind not in kinds]
        elif verdict == "wanted" or (verdict == "open" and _continues(word, left, listed)):
            wanted += [Remedy(kind, word.start, word.end) for kind in kinds]
            listed = right
    return wanted


def _may_be_wanted(text: str, end: int, before: str, after: str, known: Rules) -> bool:
    """Whether there is any sign of a wish: most reports are passed over for want of one."""
    said = known.said
    if said["sign"].search(before) or said["failed"].match(after):
        return True
    return bool(said["imperative"].match(text, end) or said["asks"].match(after))


def _continues(word: _Word, left: int, listed: int) -> bool:
    """Whether the clause goes on with the list of the one before: 要求退款,赔偿."""
    return left - listed in {0, 1} and word.before in _AND


def _verdict(word: _Word, known: Rules) -> str:
    """Say of one word: wanted, given, not (denied, offered, declined) or open."""
    said, before = known.said, word.before
    if is_spoken_by_desk(word.text, word.start):
        return "not"
    if any(said[name].search(before) for name in ("denied", "declined", "suggested")):
        return "not"
    if _is_refused(word, known) or said["failed"].match(word.after):
        return "wanted"
    if _is_given(word, said):
        return "given"
    return "wanted" if _is_asked(word, said) else "open"


def _is_refused(word: _Word, known: Rules) -> bool:
    match = known.said["refused"].search(word.before)
    if match is None or (match.group().endswith("不") and word.after.startswith("了")):
        return False  # 不退了: the customer lets it be
    return not (word.word in known.weak and match.group() in {"没", "没有", "不", "未"})


def _is_given(word: _Word, said: Mapping[str, re.Pattern[str]]) -> bool:
    if said["requesting"].search(word.before):
        return bool(said["outcome"].search(word.text, word.end, word.end + _OUTCOME))
    if said["given"].match(word.after) or said["granting"].search(word.before):
        return True
    return bool(said["outcome"].search(word.text, word.end, word.end + _OUTCOME))


def _is_asked(word: _Word, said: Mapping[str, re.Pattern[str]]) -> bool:
    if said["able"].search(word.before) and said["asks"].match(word.after):
        return stage_of(word.text).kind != "pre_sale"
    if said["strong"].search(word.before):
        return True
    alone = len(word.word) == 1  # 换, 修: too short to stand without a wish
    ordered = not alone and said["imperative"].match(word.text, word.end)
    if ordered and said["vocative"].match(word.before):
        return True
    near = word.before[-_CLOSE:]  # 给 says little from afar, and nothing in 给我的解释
    if near.endswith("的") or said["others"].search(word.before):
        return False
    return bool(said["weak"].search(near))
