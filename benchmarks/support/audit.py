"""Tell whether everything that was acknowledged is in the database, and once."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, Select, func, select, text

from service.db.tables import events, messages, outbox, tickets, verdicts


@dataclass(slots=True)
class Findings:
    """`counts` are for the table; `faults` name what is missing or too much."""

    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def expect(self, what: str, wrong: list[str]) -> None:
        """Count the wrong ones, and keep a fault where there are any."""
        self.counts[what] = len(wrong)
        if wrong:
            self.faults.append(f"{what}: {len(wrong)}, such as {wrong[0]}")


def audit(
    database: Engine, acknowledged: Mapping[str, str], received: Mapping[str, int]
) -> Findings:
    """Compare the database with the receipts of the clients and of the webhook receiver.

    `acknowledged` maps external ids to ticket ids, `received` webhook ids to how often.
    """
    findings = Findings()
    with database.connect() as connection:
        _tickets(connection, findings, acknowledged)
        _belongings(connection, findings)
        _letters(connection, findings, received)
        findings.expect("damage in the file", _damage(connection))
    return findings


def _tickets(connection: Connection, findings: Findings, acknowledged: Mapping[str, str]) -> None:
    rows = connection.execute(select(tickets.c.external_id, tickets.c.id)).all()
    times = Counter(str(row[0]) for row in rows)
    stored = {str(row[0]): row[1] for row in rows}
    findings.counts["tickets in the database"] = len(rows)
    findings.expect("acknowledged, not there", sorted(acknowledged.keys() - stored.keys()))
    findings.expect("there twice", [key for key, count in times.items() if count > 1])
    findings.expect(
        "there under another id",
        [key for key, told in acknowledged.items() if stored.get(key, told) != told],
    )


def _belongings(connection: Connection, findings: Findings) -> None:
    """Every ticket has one message, one verdict, one birth in the log, and a route."""
    every = set(connection.execute(select(tickets.c.id)).scalars())
    for what, query in {
        "message": select(messages.c.ticket_id),
        "verdict": select(verdicts.c.ticket_id),
        "event ticket.created": _events("ticket.created"),
        "route (event queue.changed)": _events("queue.changed"),
    }.items():
        times = Counter(connection.execute(query).scalars())
        findings.expect(f"without {what}", sorted(every - times.keys()))
        findings.expect(f"{what} twice", [key for key, count in times.items() if count > 1])
    dangling = select(tickets.c.id).outerjoin(verdicts, verdicts.c.id == tickets.c.verdict_id)
    lost = connection.execute(dangling.where(verdicts.c.id.is_(None))).scalars()
    findings.expect("present verdict is not there", list(lost))


def _events(kind: str) -> Select[tuple[str]]:
    return select(events.c.ticket_id).where(events.c.kind == kind)


def _letters(connection: Connection, findings: Findings, received: Mapping[str, int]) -> None:
    query = select(outbox.c.id, outbox.c.event_id, outbox.c.kind, outbox.c.state)
    rows = connection.execute(query).all()
    told = {row.event_id for row in rows}
    born = connection.execute(select(events.c.id).where(events.c.kind == "ticket.created"))
    findings.counts["webhooks in the outbox"] = len(rows)
    findings.counts["deliveries received"] = sum(received.values())
    findings.counts["of these repeated"] = sum(received.values()) - len(received)
    findings.expect("ticket.created without webhook", sorted(set(born.scalars()) - told))
    findings.expect("not delivered", [row.id for row in rows if row.state != "delivered"])
    findings.expect("never received", [row.id for row in rows if row.id not in received])
    findings.expect("received, not written", sorted(received.keys() - {row.id for row in rows}))


def _damage(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    said = [row[0] for row in connection.execute(text("PRAGMA integrity_check"))]
    broken = [str(row) for row in connection.execute(text("PRAGMA foreign_key_check"))]
    return [line for line in said if line != "ok"] + broken


def pending(database: Engine) -> int:
    """Return how many webhooks still wait."""
    query = select(func.count()).select_from(outbox).where(outbox.c.state == "pending")
    with database.connect() as connection:
        return connection.execute(query).scalar_one()
