"""Promises in an agent's own words: 24小时内回复您, 明天安排上门, 3-5个工作日到账.

A promise is an act of the desk with a time to come, a word that one is near (马上), or a
will (会, 将). Questions, requests, denials, reports of the past, rules for everybody
(下单后48小时发货, 一般三天) and what the customer is quoted to have said are none; an
estimate of the desk's own (预计, 大概, 争取) is one. Marks of a condition keep the promise
and take its due time, since nobody knows when the condition is met.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest

from triage.readings.commitment_guards import (
    COMMAS,
    Act,
    Clause,
    Held,
    clauses_of,
    is_conditional,
    is_promised,
)
from triage.readings.commitment_times import Term, find_terms
from triage.readings.commitment_words import plain_form, rules
from triage.readings.fulfilments import Fulfilment, find_fulfilments

__all__ = ["Commitment", "Fulfilment", "find_commitments", "find_fulfilments"]

_REACH = 30  # so far after its time an act may stand
_BACK = 24  # and so far before it


@dataclass(frozen=True, slots=True)
class Commitment:
    """What an agent said the desk will do, and until when where that can be known.

    `kind` is one of call_back, refund, exchange, repair, visit, delivery and other. `due` is
    aware if the time of saying was. `working_days` counts 工作日 from the time of saying; `due`
    is None then. `vague` names no time; `conditional` waits for something to happen first.
    """

    kind: str
    start: int
    end: int
    due: datetime | None = None
    working_days: int | None = None
    vague: bool = False
    conditional: bool = False


def find_commitments(text: str, said_at: datetime | None = None) -> list[Commitment]:
    """Return the promises of one agent's message, in order; none overlaps another.

    `said_at` is in the time zone of the desk: 明天 and 下午五点 are read there. Positions are
    those of `text`, in either script.
    """
    plain = plain_form(text)
    if not rules().acts.search(plain):
        return []
    found: list[Commitment] = []
    for held in _held(plain, said_at):
        if said_at and held.term and held.term.due and held.term.due <= said_at:
            continue  # 今天上午九点, said at ten, is a report
        if is_promised(plain, held):
            _add(found, _commitment(plain, held))
    return found


def _add(found: list[Commitment], new: Commitment) -> None:
    """Append; a time that follows a promise without one (尽快处理,预计两天) completes it."""
    if found and new.start < found[-1].end:
        if not found[-1].vague:
            return
        new = replace(new, start=min(new.start, found.pop().start))
    found.append(new)


def _commitment(text: str, held: Held) -> Commitment:
    conditional = is_conditional(text, held)
    term = held.term
    start, end = min(held.start, held.act.start), max(held.end, held.act.end)
    if term is None or conditional:
        vague = term is None
        return Commitment(held.act.kind, start, end, vague=vague, conditional=conditional)
    return Commitment(held.act.kind, start, end, term.due, term.working_days)


def _held(text: str, said_at: datetime | None) -> Iterator[Held]:
    """Yield each time, or in its stead the first vague word, with the act that it is for."""
    terms = [*find_terms(text, said_at), Term(len(text), len(text))]
    before, place = None, 0
    for clause in clauses_of(text):
        first = place
        while terms[place].start < clause.end:
            place += 1
        if place > first:
            yield from _timed(text, clause, terms[first:place], before, terms[place].start)
        elif held := _untimed(text, clause):
            yield held
        before = clause


def _timed(
    text: str, clause: Clause, terms: list[Term], before: Clause | None, limit: int
) -> Iterator[Held]:
    """Yield the times of one clause with their acts: each may take those up to the next time."""
    left = clause.start
    for term, following in zip_longest(terms, terms[1:]):
        right = following.start if following else clause.end
        act = _act_near(text, max(left, term.start - _BACK), term, min(right, term.end + _REACH))
        if act:
            yield Held(term.start, term.end, act, clause, left, term)
            left = max(term.end, act.end)
        elif following is None:
            yield from _beside(text, clause, term, before, limit)


def _act_near(text: str, left: int, term: Term, right: int) -> Act | None:
    """Choose the act: one that tells something before a weak one, one after before one ahead."""
    following = list(_acts(text, term.end, right))
    strong = next((act for act in following if act.kind != "other"), None)
    if strong:
        return strong
    ahead = [act for act in _acts(text, left, term.start) if act.kind != "other"]
    if ahead and not rules().said["apart"].search(text, ahead[-1].end, term.start):
        return ahead[-1]
    return following[0] if following else None


def _acts(text: str, left: int, right: int) -> Iterator[Act]:
    known = rules()
    for match in known.acts.finditer(text, left, right):
        kind = known.kinds[match.group()]
        if match.group() == "到" and _is_person(text, left, match.start()):
            kind = "visit"
        yield Act(match.start(), match.end(), kind)


def _is_person(text: str, left: int, right: int) -> bool:
    return bool(rules().said["person"].search(text, max(0, left - _BACK), right))


def _beside(
    text: str, clause: Clause, term: Term, before: Clause | None, limit: int
) -> Iterator[Held]:
    """Yield the time with an act of the next clause, else of the last: 已申请退款,预计两天."""
    if not rules().said["filler"].match(text[term.end : clause.end]):
        return
    if clause.stop in COMMAS and (ahead := _ahead(text, clause, limit)):
        yield Held(term.start, term.end, *ahead, clause.start, term)
    elif before and before.stop in COMMAS and _is_expected(text, clause, term):
        acts = list(_acts(text, max(before.start, before.end - _REACH), before.end))
        told = [act for act in acts if act.kind != "other"] or acts
        if told:
            yield Held(term.start, term.end, told[-1], clause, before.start, term, backward=True)


def _ahead(text: str, clause: Clause, limit: int) -> tuple[Act, Clause] | None:
    """Return the first act of the next clause and both clauses as one: 明天上午,师傅上门."""
    after = next(iter(clauses_of(text[clause.end + 1 : clause.end + 1 + 2 * _REACH])), None)
    if after is None or after.start > 0:
        return None
    start = clause.end + 1
    end = start + after.end
    act = next(_acts(text, start, min(end, start + _BACK)), None)
    if act is None or act.start > limit:
        return None
    return act, Clause(clause.start, end, text[end : end + 1])


def _is_expected(text: str, clause: Clause, term: Term) -> bool:
    """Whether the clause is the time alone, or tells when something is expected."""
    return term.start == clause.start or bool(
        rules().said["expected"].search(text, clause.start, term.start)
    )


def _untimed(text: str, clause: Clause) -> Held | None:
    """Return the first word that a time is near, or a will towards the customer, with its act."""
    for name in ("soon", "own", "will"):
        match = rules().said[name].search(text, clause.start, clause.end)
        if match is None:
            continue
        here = Term(*match.span())
        left = max(clause.start, here.start - _BACK)
        act = _act_near(text, left, here, min(clause.end, here.end + _REACH))
        if act and (name == "soon" or _is_towards(text, name, left, here, act)):
            return Held(here.start, here.end, act, clause, clause.start)
    return None


def _is_towards(text: str, name: str, left: int, here: Term, act: Act) -> bool:
    """Whether the desk speaks of itself or does something for the customer."""
    said = rules().said
    if name == "own" and said["own_not"].search(text, left, here.start):
        return False
    if said["desk_subject"].search(text, left, here.start):
        return True
    return bool(said["desk_object"].search(text, here.start, act.end + 4))
