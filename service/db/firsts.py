"""Which verdict of a ticket was its first: later ones read the same words again."""

from sqlalchemy import ColumnElement, exists

from service.db.tables import verdicts


def is_first_verdict() -> ColumnElement[bool]:
    """Return the condition that no verdict on the same ticket came before."""
    earlier = verdicts.alias("earlier")
    before = (earlier.c.ticket_id == verdicts.c.ticket_id) & (earlier.c.id < verdicts.c.id)
    return ~exists().where(before)
