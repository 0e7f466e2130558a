"""The words of texts that say what they are about.

Cleaned and Simplified; personal data, numbers and stop words are left out; what is denied keeps
its negation: 没收到 is another matter than 收到.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from triage.features import BREAKS
from triage.resources import resource
from triage.text.clean_all import clean_all
from triage.text.pii import KINDS, find_pii
from triage.text.script import all_simplified
from triage.text.segment import Segmenter

BREAK = ""  # stands where a clause ends: no phrase reaches across
_SEPARATOR = "\x00"
_CHUNK = 5000  # texts that are cut together
_APART = 2  # so many words left out between two others part them
_NOT = {"没有": "没"} | {word: word for word in (*"没不未无", "无法", "不能", "不会", "没法")}
_NOT |= {word: word for word in ("不给", "不让", "不到", "拒绝")}
# Counts (三天), and laughter: the same character again and again says nothing.
_EMPTY = re.compile("第?[一二三四五六七八九十百千万两几]+.?|(.)\\1+")
_TWICE = frozenset(char * 2 for char in "妈爸宝奶爷哥姐弟妹叔舅太公婆")
_WORD = re.compile("[㐀-鿿]+|[a-z]{2,20}")


def words_of(texts: Sequence[str]) -> list[list[str]]:
    """Return the telling words of each text, in order; a text without any has an empty list."""
    return [[word for word in row if word != BREAK] for row in clauses_of(texts)]


def clauses_of(texts: Sequence[str]) -> list[list[str]]:
    """Return the telling words of each text, with `BREAK` wherever words do not belong together."""
    found: list[list[str]] = []
    for start in range(0, len(texts), _CHUNK):
        found += _rows(texts[start : start + _CHUNK])
    return found


@cache
def stop_words() -> frozenset[str]:
    """Return the words in the box that say nothing of what a text is about."""
    lines = resource("data", "topics", "stopwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines for word in line.split("#")[0].split())


@cache
def _segmenter() -> Segmenter:
    return Segmenter()


def _rows(texts: Sequence[str]) -> Iterator[list[str]]:
    cleaned = [item.text for item in clean_all(texts)]
    joined = _SEPARATOR.join(map(_without_pii, all_simplified(cleaned))).lower()
    words = _segmenter().cut(joined + _SEPARATOR)
    start = 0
    for place, word in enumerate(words):
        if word == _SEPARATOR:
            yield list(_telling(words[start:place]))
            start = place + 1


def _without_pii(text: str) -> str:
    """Return a text with a comma where personal data, or the number of an order, stood."""
    found = find_pii(text, kinds=KINDS)
    for item in reversed(found):
        text = f"{text[: item.start]},{text[item.end :]}"
    return text


def _telling(words: Iterable[str]) -> Iterator[str]:
    stop, denied, skipped = stop_words(), "", 0
    last = BREAK
    for word in words:
        if word in _NOT:
            denied, skipped = _NOT[word], skipped + bool(denied)
            continue
        if word == "到" and denied:  # 没到账 is not 没账
            denied += word
            continue
        told = word if _tells(word, stop) else ""
        if not told:
            skipped += 1
            if word in _BREAKS or not _WORD.fullmatch(word):
                denied, skipped = "", _APART
            continue
        if skipped >= _APART and last != BREAK:
            yield BREAK
        last = denied + told if len(denied) + len(told) <= _LONGEST else told
        denied, skipped = "", 0
        yield last


def _tells(word: str, stop: frozenset[str]) -> bool:
    if word in stop or not _WORD.fullmatch(word):
        return False
    return word in _TWICE or not _EMPTY.fullmatch(word)


_BREAKS = frozenset(BREAKS)
_LONGEST = 6
