"""What makes talk of an act and a time no promise: asked, wished, denied, done, quoted."""

import re
from dataclasses import dataclass
from functools import cache

from triage.readings.commitment_times import Term
from triage.readings.commitment_words import rules
from triage.readings.spans import IN_CLAUSE

COMMAS = frozenset({",", "，"})
_QUESTION_MARKS = frozenset({"?", "？"})
_FULL_STOPS = "。！？!?；;\n…"
_BACK = 30  # so many characters before a time or an act tell how it is meant
_SENTENCE = 60  # and so many may lie between a condition and what hangs on it
_ASKED = 12
_CLOSE = 4


@dataclass(frozen=True, slots=True)
class Clause:
    """The bounds of a clause and the sign that ends it."""

    start: int
    end: int
    stop: str


@dataclass(frozen=True, slots=True)
class Act:
    """A word for something that a desk does."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Held:
    """A time, or a word in its stead (`term` is None), with its act.

    `left` is where the talk of it begins; `backward` where the act is of the clause before.
    """

    start: int
    end: int
    act: Act
    clause: Clause
    left: int
    term: Term | None = None
    backward: bool = False

    @property
    def first(self) -> int:
        """Where time and act begin."""
        return min(self.start, self.act.start)

    @property
    def last(self) -> int:
        """Where time and act end."""
        return max(self.end, self.act.end)

    @property
    def begin(self) -> int:
        """Where the words that tell how it is meant begin."""
        return max(self.left, self.first - _BACK)


def clauses_of(text: str) -> list[Clause]:
    """Return the clauses of a text, in order, blank ones left out."""
    bounds = [match.span() for match in _clause().finditer(text)]
    return [Clause(start, end, text[end : end + 1]) for start, end in bounds]


@cache
def _clause() -> re.Pattern[str]:
    return re.compile(f"{IN_CLAUSE}+")


def is_promised(text: str, held: Held) -> bool:
    """Whether the desk itself says that it will do the act by the time."""
    if _is_refused(text, held) or is_asked(text, held.act, held.clause, held.begin):
        return False
    if is_quoted(text, held.begin, held.first) or is_customers(text, held.begin, held.act.start):
        return False
    return held.backward or not _is_done(text, held)


def is_conditional(text: str, held: Held) -> bool:
    """Whether something must happen first: 如果, 收到退件后; 核实后 where the time counts from it."""
    if is_supposed(text, held.first, held.last):
        return True
    counted = held.term is not None and held.term.counted
    return counted and bool(rules().said["own"].search(text, held.begin, held.start))


def is_supposed(text: str, position: int, end: int) -> bool:
    """Whether the sentence holds a condition before `end`; looks 60 characters back at most."""
    condition = rules().said["condition"]
    if not condition.search(text, max(0, position - _SENTENCE), end):
        return False
    return bool(condition.search(text, _sentence_start(text, position), end))


def _sentence_start(text: str, position: int) -> int:
    left = max(0, position - _SENTENCE)
    return max(left, *(text.rfind(stop, left, position) + 1 for stop in _FULL_STOPS))


def _is_refused(text: str, held: Held) -> bool:
    """Whether it is denied, only possible, supposed, or a rule for everybody."""
    said = rules().said
    if said["refused"].search(text, held.begin, min(held.clause.end, held.last + _CLOSE)):
        return True
    if said["if_so"].match(text, held.last):
        return True
    before = text[max(0, held.clause.start - 2 * _CLOSE) : held.clause.start]
    return bool(before) and bool(said["hedge_before"].search(before))


def is_asked(text: str, act: Act, clause: Clause, begin: int) -> bool:
    """Whether the clause asks, or the next one asks for consent: 明天上门,可以吗."""
    said = rules().said
    right = min(clause.end, max(act.end, begin) + _ASKED)
    if clause.stop in _QUESTION_MARKS and clause.end - right < _ASKED:
        return True
    if said["question"].search(text, begin, right):
        return True
    return clause.stop in COMMAS and bool(said["proposal"].match(text, clause.end + 1))


def is_quoted(text: str, begin: int, first: int) -> bool:
    """Whether it is told as the customer's words, or stands within quotation marks."""
    said = rules().said
    if said["quoted"].search(text, begin, first):
        return True
    line = text.rfind("\n", max(0, first - _SENTENCE), first) + 1
    if text[line : line + 1] == ">":
        return True
    return bool(said["opened"].search(text[max(0, first - _SENTENCE) : first]))


def is_customers(text: str, begin: int, act: int) -> bool:
    """Whether the customer is to do the act: 请您明天寄回, 您可以明天申请."""
    said = rules().said
    for name, but in (("request", "desk"), ("customer", "customer_but")):
        matches = list(said[name].finditer(text, begin, act))
        if not matches:
            continue
        end = matches[-1].end()
        if not said["desk"].search(text, end, act) and not said[but].search(text, end, act):
            return True
    return False


def _is_done(text: str, held: Held) -> bool:
    """Whether it is told as done: 已于今天上午发货, 昨天退款了; 已安排明天上门 is to come."""
    said = rules().said
    if said["past"].search(text, held.start, held.end):
        return True
    if _is_marked(text, held, "past") and not said["ahead"].search(text, held.end, held.act.start):
        return True
    counted = held.term is not None and held.term.counted
    if _is_marked(text, held, "done_before") and not counted:
        return True
    if said["done_gap"].search(text[held.begin : held.start]):
        return True
    return _is_done_after(text, held)


def _is_marked(text: str, held: Held, name: str) -> bool:
    """Whether a word of the past stands before, and none of arranging between it and the time."""
    said = rules().said
    match = said[name].search(text, held.begin, held.start)
    return match is not None and not said["arranged"].search(text, match.end(), held.start)


def _is_done_after(text: str, held: Held) -> bool:
    said, act = rules().said, held.act
    done = said["done_before"].search(text, held.end, act.start)
    if done and not said["arranged"].search(text, done.end(), act.start):
        return True
    if said["ended"].match(text, act.end):
        return not said["ahead"].search(text, held.begin, act.start)
    return False
