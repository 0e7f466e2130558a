"""Facts that make a message urgent, found by rule: danger, fraud, law, exposure, waiting.

A rule finds a span and its kind; it never makes up a probability. Words that are denied,
supposed, quoted, praised or part of an idiom do not count. Waiting times and deadlines are
computed from the receiving time where it is known.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import log1p
from pathlib import Path
from typing import Any

import ahocorasick

from triage.resources import resource
from triage.text.alternation import alternatives
from triage.text.times import Moment, find_deadlines, find_repeats, find_waits

_BEFORE = 8  # so many characters before a word can take it back
_NEAR = 10  # so many characters to either side are company
_IN_NUMBER = ("-", ".", "#")
_GUARDS = ("denied", "supposed", "quoted", "praised", "spare")
_STOPS = "，。！？；,.!?;\n"
_LONG_WAIT_DAYS = 2.0


@dataclass(frozen=True, slots=True)
class Signal:
    """A stretch of the cleaned text with the kind of fact it states.

    `level` is the urgency the fact deserves; `days` a waiting time, `due` a deadline.
    """

    kind: str
    start: int
    end: int
    level: int
    days: float | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A signal word: its kind, its level, and what must be near for that level."""

    kind: str
    level: int
    minor: int  # the level where `near` asks for company and there is none
    near: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of each kind, and what takes them back."""

    words: Mapping[str, Word]
    threats: Set[str]  # kinds that are threats: a condition (再不退就) does not weaken them
    guards: Mapping[str, re.Pattern[str]]
    automaton: Any


@cache
def lexicon(path: Path | None = None) -> Lexicon:
    """Read the signal words; None reads the file in the box."""
    source = path or resource("data", "signals", "signals.toml")
    raw = tomllib.loads(source.read_text(encoding="utf-8"))
    words = {
        word: entry for kind, table in raw["kinds"].items() for word, entry in _of(kind, table)
    }
    automaton = ahocorasick.Automaton()
    for word in (*words, *raw["guards"]["idioms"]):
        automaton.add_word(word, word)
    automaton.make_automaton()
    threats = {kind for kind, table in raw["kinds"].items() if table.get("threat")}
    guards = {name: re.compile(_any(raw["guards"][name])) for name in _GUARDS}
    guards["refused"] = re.compile(
        f"(?:{_any(raw['guards']['refused'])})[去再打找得到过]{{0,2}}\\Z"
    )
    return Lexicon(words, threats, guards, automaton)


def _of(kind: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Word]]:
    """Yield the words of one kind, the minor ones and those that need company included."""
    level, minor = table["level"], table.get("minor_level", table["level"])
    yield from ((word, Word(kind, level, minor)) for word in table["words"])
    yield from ((word, Word(kind, minor, minor)) for word in table.get("minor", ()))
    for group in table.get("near", ()):
        near = re.compile(_any(group["marks"]))
        yield from ((word, Word(kind, level, minor, near)) for word in group["words"])


def _any(words: Sequence[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


KINDS = (
    "health",
    "safety",
    "self_harm",
    "fraud",
    "privacy",
    "legal",
    "regulator",
    "exposure",
    "money_withheld",
    "blocked",
    "neglected",
    "waiting",
    "deadline",
    "repeated_contact",
    "settled",
)


def vector(signals: Sequence[Signal]) -> list[float]:
    """Return the signals of a text as numbers for a model: kinds, level, days, contacts."""
    if not signals:
        return [0.0] * (len(KINDS) + 3)
    kinds = {signal.kind for signal in signals}
    waits = (s.days or 0.0 for s in signals if s.kind == "waiting")
    contacts = (s.days or 0.0 for s in signals if s.kind == "repeated_contact")
    return [
        *(1.0 if kind in kinds else 0.0 for kind in KINDS),
        float(max(signal.level for signal in signals)),
        log1p(max(waits, default=0.0)),
        min(10.0, max(contacts, default=0.0)),
    ]


def find(text: str, received_at: datetime | None = None) -> list[Signal]:
    """Return the signals of a cleaned, Simplified text, in order of position."""
    known = lexicon()
    found = [*_words(text, known), *_times(text, received_at), *_repeats(text), *_settled(text)]
    return sorted(found, key=lambda signal: (signal.start, -signal.end))


def _words(text: str, known: Lexicon) -> Iterator[Signal]:
    hits = [(end - len(word) + 1, end + 1, word) for end, word in known.automaton.iter(text)]
    reached = 0  # how far the words go that begin before this one
    for start, end, word in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        # A longer word or an idiom around it says what it means: 食物中毒, 气炸了.
        within, reached = end <= reached, max(reached, end)
        entry = known.words.get(word)
        if within or entry is None or _is_part_of_number(text, start, end):
            continue
        if not _taken_back(text, start, end, entry, known):
            yield Signal(entry.kind, start, end, _level(text, start, end, entry))


def _level(text: str, start: int, end: int, entry: Word) -> int:
    if entry.near is None or entry.near.search(text, max(0, start - _NEAR), end + _NEAR):
        return entry.level
    return entry.minor


def _is_part_of_number(text: str, start: int, end: int) -> bool:
    """Whether 12315 is a piece of a longer number."""
    if not (text[start].isdecimal() or text[end - 1].isdecimal()):
        return False
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return before.isdecimal() or after.isdecimal() or before in _IN_NUMBER


def _taken_back(text: str, start: int, end: int, entry: Word, known: Lexicon) -> bool:
    """Whether the words before (or a question after) say that it did not happen."""
    guards = known.guards
    before = _same_clause(text[max(0, start - _BEFORE) : start])
    before = guards["spare"].sub("", before)
    if text.startswith(("吗", "么?", "么？"), end) or guards["quoted"].search(before):
        return True
    if entry.kind in known.threats:
        return bool(guards["refused"].search(before))
    if any(guards[name].search(before) for name in ("denied", "supposed", "praised")):
        return True
    asked = text[end : end + 2]  # several marks are outrage and no question
    return asked in {"?", "？"} or (asked[:1] in {"?", "？"} and asked[1:] not in "?!？！")


def _same_clause(before: str) -> str:
    for position in range(len(before) - 1, -1, -1):
        if before[position] in _STOPS:
            return before[position + 1 :]
    return before


@cache
def _settlement() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return what says that it is over, what denies it before, and what takes it back after."""
    done = "都|已经|已|终于|全部|全额|马上|立刻|当场|当天|第二天|很快|后来|昨天|今天|现在"
    acts = (
        "退款了?|退还|退给我|退回来|到账|补发|补寄|补上|换了新|换新|换了一|给我换|修好|补偿|道了?歉"
        "|处理好|处理完|解决|收到货|加了"
    )
    act = f"(?:{done}){{0,2}}[^，。！？,.!?\\n]{{0,6}}(?:{acts})(?!的|吗|失败|不)"
    finished = "(?:已经?|也|就|都)?(?:解决了|了结|结束了|过去了)"
    over = (
        "问题(?:已经|已|都|也|圆满|得到|终于|就|全部)*解决了",
        "投诉我?(?:已经?)?(?:撤|可以关)",
        "不用再?(?:处理|管|跟进)",
        f"事情?{finished}",
        f"此事{finished}",
        *["圆满解决", "顺利解决", "妥善解决", "已经?解决", "翻篇了", "没事了"],
        *["不投诉了", "撤销投诉", "撤回投诉", "不追究", "可以关闭"],
    )
    settled = alternatives([*over, *(word + act for word in done.split("|"))])
    denied, but = "没|未|不(?!过)|等|要|请", "但|可是|然而|却|就是|只是|还是没|又"
    return re.compile(settled), re.compile(denied), re.compile(but)


def _settled(text: str) -> Iterator[Signal]:
    """Yield where the customer says that it is over; a 但 after it takes it back."""
    settled, denied, but = _settlement()
    for match in settled.finditer(text):
        before = text[max(0, match.start() - 3) : match.start()]
        if not denied.search(before) and not but.search(text, match.end()):
            yield Signal("settled", match.start(), match.end(), 0)


def _times(text: str, received_at: datetime | None) -> Iterator[Signal]:
    for wait in find_waits(text, received_at):
        level = 2 if (wait.days or 0) >= _LONG_WAIT_DAYS else 1
        yield _timed("waiting", wait, level)
    for deadline in find_deadlines(text, received_at):
        yield _timed("deadline", deadline, 2)


def _timed(kind: str, moment: Moment, level: int) -> Signal:
    return Signal(kind, moment.start, moment.end, level, moment.days, moment.at)


def _repeats(text: str) -> Iterator[Signal]:
    for start, end, times in find_repeats(text):
        yield Signal("repeated_contact", start, end, 2 if times >= 2 else 1, float(times))
