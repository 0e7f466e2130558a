"""`triage select --inbox`: which tickets of the inbox to label next, put on its review queue."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from service.cli.places import own_desk
from service.db.annotations import annotations_kept
from service.db.cases import load_cases
from service.db.labelled import corrected_tickets, corrections_of
from service.db.tables import events, tickets
from service.desk.commands import SelectForReview
from service.desk.desk import Desk
from service.desk.examples import said_in_inbox
from service.routing.log import Kind
from service.tickets.records import Status
from service.tickets.thread import thread_of
from triage import Feedback, TriageError
from triage.selection.batch import Mix
from triage.selection.select import Item, Labelled, Selection
from triage.selection.select import select as choose

_ACTOR = "person:local"
_MOST = 20_000  # of the newest tickets
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """What was chosen, and how many of it were put on the queue; others changed meanwhile."""

    selection: Selection
    marked: int


def send_to_review(n: int, *, mix: Mix, seed: int, labelled: Labelled, model: Path | None) -> Sent:
    """Choose among the tickets that nobody has corrected, and ask a person to look at them."""
    with own_desk(model) as desk:
        known, records = _candidates(desk, labelled)
        selection = choose(desk.engine, records, n, labelled=known, mix=mix, seed=seed)
        results = desk.run([_command(item) for item in selection.items])
        marked = sum(not isinstance(result, TriageError) for result in results)
        return Sent(selection, marked)


def _candidates(desk: Desk, labelled: Labelled) -> tuple[Labelled, list[Feedback]]:
    limit = desk.engine.policy.max_chars
    with desk.database.connect() as connection:
        known = [*labelled.texts, *_labelled(connection, limit)]
        ids = _open_questions(connection)
        return Labelled(known, labelled.ids), list(_feedback(connection, ids, limit))


def _labelled(connection: Connection, limit: int) -> Iterator[str]:
    for told in corrections_of(connection, corrected_tickets(connection), limit=limit):
        yield said_in_inbox(told).text
    yield from (one.text for one in annotations_kept(connection) if not one.deleted)


def _open_questions(connection: Connection) -> list[str]:
    """Return the newest tickets without a person's word that are not selected already."""
    asked = select(events.c.ticket_id).where(events.c.kind == Kind.REVIEW_SELECTED.value)
    query = select(tickets.c.id, tickets.c.corrected).where(
        tickets.c.status != Status.MERGED, tickets.c.id.not_in(asked)
    )
    rows = connection.execute(query.order_by(tickets.c.created_at.desc()).limit(_MOST))
    return [id_ for id_, corrected in rows if not corrected]


def _feedback(connection: Connection, ids: list[str], limit: int) -> Iterator[Feedback]:
    for start in range(0, len(ids), _PAGE):
        page = load_cases(connection, ids[start : start + _PAGE], lock=False)
        for case in page.values():
            text = thread_of(case.messages, limit).text
            yield Feedback(case.ticket.id, text, case.ticket.channel, case.ticket.created_at)


def _command(item: Item) -> SelectForReview:
    name = item.verdict.model
    return SelectForReview(
        _ACTOR,
        ticket_id=item.feedback.id,
        zh="；".join(reason.zh for reason in item.reasons),
        en="; ".join(reason.en for reason in item.reasons),
        strategy=item.strategy,
        model=f"{name.name}@{name.hash}",
    )
