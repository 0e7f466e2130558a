"""Do many commands in one transaction: look up, handle, judge together, route, save."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from service.db.cases import load_cases, save_cases
from service.db.facts import put_facts
from service.db.lookup import Known, known_keys, known_messages, known_tickets
from service.db.notes import count_rules, keep_keys
from service.db.outbox import put
from service.desk.commands import AddMessage, Command, Merge, OnTicket, OpenTicket, Split
from service.desk.context import Context
from service.desk.facts import fact
from service.desk.handlers import handle
from service.desk.judging import judge_all
from service.desk.labels import take_labels
from service.desk.merging import merge, split
from service.desk.opening import (
    People,
    body_fingerprint,
    find_earlier,
    identify,
    new_case,
    people_of,
)
from service.desk.routing import apply_rules
from service.desk.snapshot import refresh, refresh_waiting
from service.desk.steps import Step
from service.errors import KeyReusedError, NotFoundError
from service.tickets.case import Case
from triage import TriageError


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a command. `repeated`: it had been acknowledged before."""

    ticket_id: str
    case: Case | None = None
    repeated: bool = False
    answer: Mapping[str, Any] = field(default_factory=dict)


Result = Done | TriageError


class Batch:
    """One transaction's worth of commands, no ticket in it twice."""

    def __init__(self, connection: Connection, context: Context) -> None:
        self._connection = connection
        self._context = context
        self._cases: dict[str, Case] = {}
        self._known: dict[Any, Known] = {}
        self._people = People()

    def run(self, commands: Sequence[Command]) -> list[Result]:
        """Return what became of each command; an error costs only its own."""
        self._look_up(commands)
        results = [self._begin(command) for command in commands]
        steps = [item for item in results if isinstance(item, Step)]
        self._conclude(steps)
        self._save(steps, commands, results)
        return [_done(item) for item in results]

    def _look_up(self, commands: Sequence[Command]) -> None:
        opening = [item for item in commands if isinstance(item, OpenTicket)]
        ids = {key for command in commands for key in command.tickets}
        while missing := ids - self._cases.keys():
            found = load_cases(self._connection, missing, lock=True)
            self._cases |= found
            ids = {c.ticket.merged_into for c in found.values() if c.ticket.merged_into}
        self._people = people_of(self._connection, opening, self._context)
        keyed = [c for c in commands if isinstance(c, OpenTicket | AddMessage)]
        self._known |= known_keys(self._connection, [c.key for c in keyed if c.key])
        self._known |= known_tickets(self._connection, _ticket_names(opening))
        adding = [c for c in commands if isinstance(c, AddMessage)]
        self._known |= known_messages(self._connection, self._message_names(adding))

    def _message_names(self, commands: Iterable[AddMessage]) -> set[tuple[str, str]]:
        named = [(c.ticket_id, c.external_id) for c in commands if c.external_id]
        return {(self._target(key), external_id) for key, external_id in named}

    def _begin(self, command: Command) -> Step | Done | TriageError:
        try:
            if isinstance(command, OpenTicket):
                return self._open(command)
            assert isinstance(command, OnTicket)
            return self._known_key(command) or self._on_ticket(command)
        except TriageError as error:
            return error

    def _open(self, command: OpenTicket) -> Step | Done:
        name = (command.source, command.external_id)
        known = self._known_key(command) or self._repeated(self._known.get(name))
        if known:
            return known
        case = new_case(command, self._people, self._context)
        made = Known(case.ticket.id, case.messages[0].id, _fingerprint(command))
        for key in (command.key, name if command.external_id else None):
            if key:  # the same one may come twice in one batch
                self._known[key] = made
        return Step(case, judge=True, event=case.events[0], answer={"new": True})

    def _known_key(self, command: Command) -> Done | None:
        key = command.key if isinstance(command, OpenTicket | AddMessage) else None
        known = self._known.get(key)
        if known and known.fingerprint != _fingerprint(command):
            raise KeyReusedError(
                f"The Idempotency-Key {key!r} was used for another body.",
                remedy="Use a new key for a new request.",
            )
        return self._repeated(known)

    def _repeated(self, known: Known | None) -> Done | None:
        if known is None:
            return None
        case = self._cases.get(known.ticket_id)
        return Done(known.ticket_id, case, True, {"message_id": known.message_id})

    def _on_ticket(self, command: OnTicket) -> Step | Done:
        if isinstance(command, Merge):
            case, source = self._case(command.ticket_id), self._case(command.source)
            return merge(case, source, command, self._context)
        if isinstance(command, Split):
            case, source = self._case(command.ticket_id), self._case(command.source)
            return split(case, source, command, self._context)
        # What is said to a merged ticket is said to its target.
        case = self._case(self._target(command.ticket_id))
        if isinstance(command, AddMessage):
            return self._add(case, command)
        return handle(case, command, self._context)

    def _add(self, case: Case, command: AddMessage) -> Step | Done:
        known = self._repeated(self._known.get((case.ticket.id, command.external_id)))
        if known:
            return known
        step = handle(case, command, self._context)
        made = Known(case.ticket.id, case.fresh.messages[-1].id, _fingerprint(command))
        if command.key:  # the same one may come for another ticket in one batch
            self._known[command.key] = made
        return step

    def _target(self, key: str) -> str:
        while key in self._cases and (target := self._cases[key].ticket.merged_into):
            key = target
        return key

    def _case(self, key: str) -> Case:
        if key not in self._cases:
            raise NotFoundError(f"There is no ticket {key!r}.", remedy="Look at GET /v1/tickets.")
        return self._cases[key]

    def _conclude(self, steps: Sequence[Step]) -> None:
        judged = [step.case for step in steps if step.judge]
        judge_all(self._context.engine, judged)
        new = [case for case in judged if case.fresh.ticket]
        for case in judged:
            identify(case, self._context)
        if new:
            find_earlier(self._connection, new, self._context.now)
        for step in steps:
            self._follow(step)

    def _follow(self, step: Step) -> None:
        if step.judge or step.case.fresh.corrections:
            take_labels(step.case)
        if step.event:
            if step.after:
                step.after(step.case, step.event, self._context)
            refresh_waiting(step.case)  # rules may ask how long the customer waits
            apply_rules(step.case, step.event, self._context)
        for case in (step.case, *step.others):
            refresh(case, self._context)

    def _save(
        self, steps: Sequence[Step], commands: Sequence[Command], results: Sequence[Any]
    ) -> None:
        cases = [case for step in steps for case in (step.case, *step.others)]
        if not cases:
            return
        now, rules = self._context.now, [rule for case in cases for rule in case.fresh.rules]
        save_cases(self._connection, cases, now)
        put_facts(self._connection, [fact(case, self._context) for case in cases])
        keep_keys(self._connection, _keys(commands, results), now)
        count_rules(self._connection, rules, now)
        put(self._connection, cases, now)


def _ticket_names(commands: Iterable[OpenTicket]) -> set[tuple[str, str]]:
    return {(c.source, c.external_id) for c in commands if c.external_id}


def _fingerprint(command: Command) -> str:
    assert isinstance(command, OpenTicket | AddMessage)
    # Whose key it is does not belong to what is asked for.
    return body_fingerprint(replace(command, actor="", key=None))


def _keys(commands: Sequence[Command], results: Sequence[Any]) -> dict[str, Known]:
    keys = {}
    for command, result in zip(commands, results, strict=True):
        if (
            isinstance(result, Step)
            and isinstance(command, OpenTicket | AddMessage)
            and command.key
        ):
            fresh = result.case.fresh.messages[-1].id
            keys[command.key] = Known(result.case.ticket.id, fresh, _fingerprint(command))
    return keys


def _done(item: Step | Done | TriageError) -> Result:
    return (
        Done(item.case.ticket.id, item.case, answer=item.answer) if isinstance(item, Step) else item
    )
