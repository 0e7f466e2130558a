"""The peer of `inbox.py`: FastAPI and SQLAlchemy the way tutorials do it, without any triage.

    BARE_DATABASE_URL=sqlite:///bare.db python benchmarks/bare.py --port 8001

One route checks the body, inserts one row with the columns of our table of tickets and the
text, and commits it before it answers. As durable as the inbox: SQLite in WAL mode with
synchronous=FULL, PostgreSQL as it comes.
"""

import argparse
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

import uvicorn
from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import Column, Engine, MetaData, Table, Text, UniqueConstraint, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session

from service.db.tables import tickets

_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 30000")


def _table() -> Table:
    """Return the table of tickets with its text, without foreign keys and without indexes."""
    columns = [
        Column(c.name, c.type, primary_key=c.primary_key, nullable=c.nullable) for c in tickets.c
    ]
    unique = UniqueConstraint("source", "external_id")
    return Table("tickets", MetaData(), *columns, Column("text", Text, nullable=False), unique)


class Base(DeclarativeBase):
    """The base of the models."""


class Ticket(Base):
    """A ticket."""

    __table__ = _table()


class TicketIn(BaseModel):
    """What a caller sends."""

    text: str
    source: str = "api"
    external_id: str | None = None
    channel: str | None = None
    subject: str | None = None
    product: str | None = None


class TicketOut(BaseModel):
    """What it hears."""

    id: str
    status: str
    queue: str
    created_at: datetime


def values_of(item: TicketIn) -> dict[str, Any]:
    """Return every column of the row."""
    now = datetime.now(UTC)
    numbers = ("priority", "urgency", "messages", "repeats", "reopened")
    return {
        **item.model_dump(),
        **dict.fromkeys(numbers, 0),
        **dict.fromkeys(("review", "breached", "neglected"), False),
        "id": uuid4().hex,
        "snippet": item.text[:140],
        "status": "open",
        "queue": "other",
        "queue_by": "system",
        "sla": "standard",
        "tags": [],
        "corrected": {},
        "script": "hans",
        "last_by": "customer",
        "sentiment": 3,
        "waiting_since": now,
        "created_at": now,
        "updated_at": now,
    }


def connect(url: str) -> Engine:
    """Return the engine of the database."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(url)
        event.listen(engine, "connect", _prepare)
        return engine
    return create_engine(parsed.set(drivername="postgresql+psycopg"))


def _prepare(connection: Any, _: Any) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def create_app(engine: Engine) -> FastAPI:
    """Return the application."""
    app = FastAPI()
    Ticket.__table__.create(engine, checkfirst=True)

    def get_session() -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session:
            yield session

    @app.get("/ready")
    def ready() -> dict[str, bool]:
        return {"ready": True}

    @app.post("/v1/tickets", status_code=201, response_model=TicketOut)
    def create(item: TicketIn, session: Annotated[Session, Depends(get_session)]) -> Any:
        ticket = Ticket(**values_of(item))
        session.add(ticket)
        session.commit()
        return ticket

    return app


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    app = create_app(connect(os.environ["BARE_DATABASE_URL"]))
    uvicorn.run(app, port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
