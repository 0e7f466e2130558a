"""What the house tells of a customer apart from any ticket."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.engine import RowMapping

from service.db.tables import customers

TOLD = ("tier", "region", "left_at")


def change_customer(
    connection: Connection, id_: str, told: Mapping[str, Any]
) -> tuple[RowMapping, RowMapping] | None:
    """Set some of TOLD for a customer, by our id or by the caller's own.

    Return the customer before and after, None where there is none.
    """
    known = (customers.c.id == id_) | (customers.c.external_id == id_)
    query = select(customers).where(known).with_for_update()
    before = connection.execute(query).mappings().first()
    if before is None:
        return None
    own = customers.c.id == before["id"]
    connection.execute(update(customers).where(own).values(**told))
    return before, connection.execute(select(customers).where(own)).mappings().one()
