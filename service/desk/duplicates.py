"""Tickets that may be about the same matter, proposed for merging."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from service.db.lookup import Earlier, earlier_tickets, identifiers_of
from service.desk.opening import likeness
from service.tickets.case import Case
from service.tickets.records import LIVE

_DAYS = 30
_LIKE = 0.3


def similar_tickets(connection: Connection, case: Case) -> list[dict[str, Any]]:
    """Return live tickets of the same customer or number, the likest first, and why.

    `likeness` is the share of character triples in common; below 0.3 only a shared number
    (order, parcel, phone) makes a proposal.
    """
    ticket = case.ticket
    hashes = identifiers_of(connection, ticket.id)
    people = [ticket.customer_id] if ticket.customer_id else []
    since = ticket.created_at - timedelta(days=_DAYS)
    found: dict[str, dict[str, Any]] = {}
    for item in earlier_tickets(connection, people, hashes, since):
        if item.id != ticket.id and item.status in LIVE:
            _propose(found, item, case)
    return sorted(found.values(), key=lambda item: -item["likeness"])


def _propose(found: dict[str, dict[str, Any]], item: Earlier, case: Case) -> None:
    like = round(likeness(item.snippet, case.ticket.snippet), 2)
    if like < _LIKE and item.hash is None:
        return
    entry = found.setdefault(
        item.id, {"id": item.id, "snippet": item.snippet, "likeness": like, "shares": []}
    )
    why = "number" if item.hash else "customer"
    if why not in entry["shares"]:
        entry["shares"].append(why)
