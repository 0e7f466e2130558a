"""What an agent reports as done: 已给您退款, 师傅已上门, 刚才给您打过电话.

A step on the way (已申请退款, 已安排上门) is nothing done yet; neither is what the customer
did (您已寄回), what is asked, denied or supposed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from triage.readings.commitment_guards import (
    Act,
    Clause,
    clauses_of,
    is_asked,
    is_customers,
    is_quoted,
    is_supposed,
)
from triage.readings.commitment_words import plain_form, rules

_REACH = 16  # so far after 已 the act may stand


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """An act of the desk that is told as done; kinds are those of `Commitment`."""

    kind: str
    start: int
    end: int


def find_fulfilments(text: str) -> list[Fulfilment]:
    """Return what one agent's message reports as done, in order; none overlaps another.

    Positions are those of `text`, in either script.
    """
    plain = plain_form(text)
    known = rules()
    if not (known.said["done_sign"].search(plain) and known.done.search(plain)):
        return []
    return [done for clause in clauses_of(plain) for done in _done_in(plain, clause)]


def _done_in(text: str, clause: Clause) -> Iterator[Fulfilment]:
    """Yield each kind once, with the first of its acts that is done."""
    if not rules().said["done_sign"].search(text, clause.start, clause.end):
        return
    kinds: set[str] = set()
    left = clause.start
    for act in _acts(text, clause):
        start = _done_from(text, clause, act, left)
        if start is not None and act.kind not in kinds and _is_reported(text, clause, act):
            kinds.add(act.kind)
            yield Fulfilment(act.kind, start, act.end)
            left = act.end


def _acts(text: str, clause: Clause) -> Iterator[Act]:
    known = rules()
    for match in known.done.finditer(text, clause.start, clause.end):
        kind = known.kinds[match.group()]
        if match.group() not in known.weak:
            yield Act(match.start(), match.end(), kind)


def _done_from(text: str, clause: Clause, act: Act, left: int) -> int | None:
    """Return where the report of the act begins; None where it is not told as done.

    One 已 is good for the act next to it; a later act of the clause needs its own 了.
    """
    said = rules().said
    begin = max(left, act.start - _REACH)
    marks = list(said["done_before"].finditer(text, begin, act.start))
    if marks and not said["arranging"].search(text, marks[-1].end(), act.start):
        return marks[-1].start()
    word = text[act.start : act.end]
    ended = said["ended_done"].match(text, act.end, clause.end) or said["done_word"].search(word)
    if ended is None or said["ahead"].search(text, begin, act.start):
        return None
    return None if said["arranging"].search(text, begin, act.start) else act.start


def _is_reported(text: str, clause: Clause, act: Act) -> bool:
    said, start = rules().said, clause.start
    begin = max(start, act.start - 2 * _REACH)
    if said["not_done"].search(text, begin, act.end + 1):
        return False
    if act.kind == "delivery" and said["returned"].search(text, begin, act.end):
        return False
    if is_supposed(text, act.start, act.start):
        return False
    if is_asked(text, act, clause, begin) or is_quoted(text, begin, act.start):
        return False
    return not is_customers(text, begin, act.start)
