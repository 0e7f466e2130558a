"""A person's word over the machine's, tied to the verdict it corrects."""

from collections.abc import Sequence
from typing import Any

from service.desk.commands import Correct
from service.desk.context import Context
from service.desk.labels import FIELDS, told
from service.desk.routing import move
from service.desk.steps import Step
from service.errors import BadValueError, ConflictError
from service.routing.log import Kind
from service.tickets.case import Case
from service.tickets.ids import new_id
from service.tickets.records import Correction, Reason
from triage.taxonomy import Taxonomy


def correct(case: Case, command: Correct, context: Context) -> Step:
    """Correct labels for good; where they change, the ticket is routed anew."""
    if case.verdict is None:
        raise ConflictError("The ticket has no verdict.", remedy="Wait until it is judged.")
    _check(command, case, context)
    at = command.at or context.now
    changes = {}
    for name, given in command.changes.items():
        value = with_parents(given, context.engine.taxonomy) if name == "issues" else given
        before = case.ticket.queue if name == "queue" else told(case, name)
        changes[name] = [before, value]
        _keep(case, command, name, before, value, context)
    event = case.record(
        Kind.LABEL_CORRECTED, at, command.actor, changes=changes, reason=command.reason
    )
    if "queue" in command.changes:
        move(case, command.changes["queue"], at, command.actor, context)
    return Step(case, event=event)


def with_parents(issues: Sequence[str], taxonomy: Taxonomy) -> list[str]:
    """Return the issues, and after them the parents of those that have one."""
    return list(dict.fromkeys((*issues, *taxonomy.closed(issues))))


def _keep(
    case: Case, command: Correct, name: str, before: Any, after: Any, context: Context
) -> None:
    assert case.verdict is not None
    case.ticket.corrected = {**case.ticket.corrected, name: after}
    correction = Correction(
        id=new_id("k"),
        ticket_id=case.ticket.id,
        verdict_id=case.verdict.id,
        model_hash=case.verdict.model_hash,
        field=name,
        before=before,
        after=after,
        reason=command.reason,
        note=command.note,
        by=command.actor,
        at=command.at or context.now,
    )
    case.fresh.corrections.append(correction)


def _check(command: Correct, case: Case, context: Context) -> None:
    if command.verdict_id and case.verdict and command.verdict_id != case.verdict.id:
        raise ConflictError(
            "The ticket was judged anew since this verdict was shown.",
            remedy="Load the ticket again and look at the new verdict.",
            code="verdict_changed",
        )
    if not command.changes:
        raise BadValueError("Nothing to correct.", remedy=f"Give one of: {', '.join(FIELDS)}.")
    allowed = {
        # What an earlier model gave may stay, even if the present one does not know it.
        "issues": frozenset((*context.engine.scorer.labels, *case.issues)),
        "sentiment": frozenset(range(1, 6)),
        "urgency": frozenset(range(4)),
        "queue": frozenset(context.rules.queues),
    }
    _one_of("reason", command.reason, frozenset(item.value for item in Reason))
    for name, value in command.changes.items():
        _one_of("field", name, frozenset(allowed))
        for single in value if name == "issues" else [value]:
            _one_of(name, single, allowed[name])


def _one_of(name: str, value: Any, allowed: frozenset[Any]) -> None:
    if value not in allowed:
        shown = ", ".join(map(str, sorted(allowed)))
        raise BadValueError(f"{name}: {value!r} is not known.", remedy=f"Give one of: {shown}.")
