"""What is acknowledged survives SIGKILL; and the look for what is missing would see it."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, text

from benchmarks.support.audit import audit, pending
from service.db.tables import endpoints, outbox, tickets
from service.desk.commands import OpenTicket
from service.runtime import open_desk
from service.settings import Settings
from service.webhooks.signing import new_secret

WITHIN = 120  # seconds; it takes about ten on a machine that is not busy


@pytest.mark.slow
def test_two_kills_lose_no_acknowledged_ticket_and_no_webhook(root):
    command = [sys.executable, "benchmarks/crash.py", "--database", "sqlite", "--hurry"]
    command += ["--tickets", "150", "--kills", "2", "--clients", "4"]
    place = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        command, cwd=root, env=place, capture_output=True, text=True, timeout=WITHIN, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if " | " in line]
    table = {line[0]: line[-1] for line in lines}
    assert table["kills"] == "2"
    assert int(table["requests sent again"]) > 0
    assert table["tickets in the database"] == "150"
    assert int(table["deliveries received"]) >= 150


@pytest.fixture
def book(tmp_path, keyword_engine, seed_texts):
    """A database of ten tickets with every webhook delivered, and the receipts of both sides."""
    url = f"sqlite:///{tmp_path / 'inbox.db'}"
    settings = Settings(database_url=url, secret_file=tmp_path / "secret.key")
    desk = open_desk(settings, keyword_engine)
    with desk.database.execution_options(writes=True).begin() as connection:
        connection.execute(insert(endpoints), [_endpoint()])
    opened = [
        OpenTicket("person:test", text=said, external_id=f"x-{n}")
        for n, said in enumerate(seed_texts[:10])
    ]
    results = desk.run(opened)
    acknowledged = {f"x-{n}": done.ticket_id for n, done in enumerate(results)}
    assert pending(desk.database) == 10
    _change(desk.database, "UPDATE outbox SET state = 'delivered'")
    with desk.database.connect() as connection:
        received = dict.fromkeys(connection.execute(select(outbox.c.id)).scalars(), 1)
    yield desk.database, acknowledged, received
    desk.database.dispose()


def _endpoint():
    return {
        "id": "w_1",
        "name": "receiver",
        "url": "http://127.0.0.1:9/hook",
        "secrets": [new_secret()],
        "kinds": [],
        "active": True,
        "created_at": datetime.now(UTC),
    }


def _change(database, *statements):
    """Do to the database what no code of ours would."""
    with database.connect() as connection:
        for statement in ("ROLLBACK", "PRAGMA foreign_keys = OFF", "BEGIN", *statements):
            connection.execute(text(statement))
        connection.commit()
        connection.invalidate()


def test_a_whole_database_has_no_faults(book):
    database, acknowledged, received = book
    findings = audit(database, acknowledged, received)
    assert findings.faults == []
    assert findings.counts["tickets in the database"] == 10
    assert findings.counts["webhooks in the outbox"] == 10
    assert findings.counts["of these repeated"] == 0
    assert pending(database) == 0


ONE = "(SELECT min(id) FROM tickets)"
COPY = (
    "INSERT INTO events SELECT id || 'x', ticket_id, seq + 1000, kind, at, recorded_at, actor, data"
)
LOSSES = [
    (f"DELETE FROM verdicts WHERE ticket_id = {ONE}", "without verdict"),
    (f"UPDATE tickets SET verdict_id = 'v_0' WHERE id = {ONE}", "present verdict is not there"),
    (f"DELETE FROM messages WHERE ticket_id = {ONE}", "without message"),
    (
        f"DELETE FROM events WHERE kind = 'ticket.created' AND ticket_id = {ONE}",
        "without event ticket.created",
    ),
    (
        f"DELETE FROM events WHERE kind = 'queue.changed' AND ticket_id = {ONE}",
        "without route (event queue.changed)",
    ),
    (
        f"{COPY} FROM events WHERE kind = 'ticket.created' AND ticket_id = {ONE}",
        "event ticket.created twice",
    ),
    (f"DELETE FROM outbox WHERE ticket_id = {ONE}", "ticket.created without webhook"),
    (f"UPDATE outbox SET state = 'dead' WHERE ticket_id = {ONE}", "not delivered"),
    ("UPDATE tickets SET customer_id = 'c_0'", "damage in the file"),
    (f"UPDATE tickets SET external_id = 'y' WHERE id = {ONE}", "acknowledged, not there"),
]


@pytest.mark.parametrize(("loss", "fault"), LOSSES, ids=[fault for _, fault in LOSSES])
def test_what_is_lost_from_the_database_is_found(book, loss, fault):
    database, acknowledged, received = book
    _change(database, loss)
    found = [line.split(":")[0] for line in audit(database, acknowledged, received).faults]
    assert fault in found


def test_a_ticket_that_is_there_twice_is_found(book):
    database, acknowledged, received = book
    names = ", ".join(column.name for column in tickets.c if column.name not in ("id", "source"))
    _change(
        database,
        f"INSERT INTO tickets (id, source, {names}) "
        f"SELECT id || 'x', 'other', {names} FROM tickets WHERE id = {ONE}",
    )
    assert audit(database, acknowledged, received).counts["there twice"] == 1


def test_a_receipt_for_another_ticket_is_found(book):
    database, acknowledged, received = book
    told = {**acknowledged, "x-3": acknowledged["x-4"]}
    assert audit(database, told, received).counts["there under another id"] == 1


def test_a_webhook_that_never_came_is_found_and_a_repeated_one_is_counted(book):
    database, acknowledged, received = book
    first, second, *_ = received
    counts = audit(database, acknowledged, {**received, second: 3}).counts
    assert counts["of these repeated"] == 2
    del received[first]
    assert audit(database, acknowledged, received).counts["never received"] == 1


def test_a_webhook_that_nobody_wrote_is_found(book):
    database, acknowledged, received = book
    counts = audit(database, acknowledged, {**received, "o_0": 1}).counts
    assert counts["received, not written"] == 1
