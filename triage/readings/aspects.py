"""Opinion clauses and what each is about. How it is meant is for the model to say."""

import re
import tomllib
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import ahocorasick

from triage.resources import resource
from triage.text.alternation import alternatives


class Clause(NamedTuple):
    """The bounds of one clause. A tuple, because every text has several of them."""

    start: int
    end: int


_MARKS = ",.。!?;，！？；…~\\n"
_LEAST = 2  # so many characters stand before a contrast; one that opens a clause divides nothing
# 不但, 比不过, 不过分 and 也就是 are no contrasts.
_CONTRAST = (
    "但(?<![不非岂]但)(?:是)?(?![凡愿求])",
    "不过(?<![看比说受瞒想气打吃躲逃好只]不过)(?![分如期来去瘾敏了])",
    "只不过",
    "就是(?<![也不那这可要我你他她它像]就是)(?!说)",
    "只是(?<![不也并仅]只是)",
    "只可惜",
    "可惜(?<!只可惜)",
    "然而",
    "可是(?<![这那真]可是)",
)


@cache
def _clause() -> re.Pattern[str]:
    """Match a clause; a point or comma within a number does not end it."""
    return re.compile(
        f"[^{_MARKS}]+(?:(?<=[0-9])(?:\\.(?=[0-9])|,(?=[0-9]{{3}}(?![0-9])))[^{_MARKS}]+)*"
    )


@cache
def _contrast() -> re.Pattern[str]:
    excepted = f"除了[^{_MARKS}]{{1,12}}?(?=其[他它]|别的|剩下|都)"
    return re.compile(alternatives((excepted, *_CONTRAST)))


def split(text: str) -> list[Clause]:
    """Return the clauses of a text, cut at punctuation and before words of contrast."""
    make = tuple.__new__  # half the time of Clause(...), and this runs on every text
    clauses = [make(Clause, match.span()) for match in _clause().finditer(text)]
    for match in _contrast().finditer(text):
        _divide(clauses, match.end() if text[match.start()] == "除" else match.start())
    return clauses


def _divide(clauses: list[Clause], cut: int) -> None:
    """Cut the clause that `cut` lies in, in place, if enough of it stands before."""
    place = bisect_right(clauses, (cut, cut)) - 1
    start, end = clauses[place]
    if place >= 0 and start + _LEAST <= cut < end:
        clauses[place : place + 1] = [Clause(start, cut), Clause(cut, end)]


@cache
def _topics(path: Path | None = None) -> Any:
    """Return an automaton over the topic words that gives their issue and weight."""
    source = path or resource("data", "signals", "topics.toml")
    raw = tomllib.loads(source.read_text(encoding="utf-8"))
    automaton = ahocorasick.Automaton()
    for issue, entry in raw.items():
        for word in entry["words"]:
            automaton.add_word(word, (issue, len(word)))
    automaton.make_automaton()
    return automaton


def topic_of(clause: str) -> str | None:
    """Return the issue that a clause is about, or None; the words with most characters win."""
    weights: dict[str, int] = {}
    for _, (issue, weight) in _topics().iter_long(clause):
        weights[issue] = weights.pop(issue, 0) + weight  # in order of the last word
    # Of equals the last: 客服不回复 is about the reply.
    return max(reversed(weights), key=weights.__getitem__) if weights else None
