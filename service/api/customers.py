"""`/v1/customers/{id}`: one file per customer."""

from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from service.api.tickets import ERRORS, page_view
from service.api.views import answer, rows_view, shown
from service.db.inbox import Filter, list_tickets
from service.db.reading import customer, issue_counts, rows_of_customer
from service.db.tables import follow_ups, promises, satisfaction
from service.deps import Reader, RuntimeDep
from service.errors import NotFoundError
from service.schemas.desk import CustomerFile
from service.schemas.kinds import Name

router = APIRouter(prefix="/v1", tags=["customers"])
_MOST = 100


@router.get("/customers/{customer_id}", response_model=CustomerFile, responses=ERRORS)
def read(customer_id: Name, runtime: RuntimeDep, who: Reader) -> Response:
    """客户档案：工单、问题、承诺、回访、满意度。By our id or by your own external id."""
    with runtime.database.connect() as connection:
        return answer(shown(customer_file(connection, customer_id), who))


def customer_file(connection: Connection, id_: str) -> dict[str, Any]:
    """Return everything the desk knows of a customer. Raises NotFoundError."""
    row = customer(connection, id_)
    if row is None:
        raise NotFoundError(f"There is no customer {id_!r}.", remedy="Look at a ticket of theirs.")
    key = row["id"]
    answers = rows_of_customer(connection, satisfaction, key)
    return {
        "customer": rows_view([row], "phone_hash")[0],
        "tickets": page_view(
            connection, list_tickets(connection, Filter(customer=key), sort="newest", limit=_MOST)
        ),
        "issues": issue_counts(connection, key),
        "promises": rows_view(rows_of_customer(connection, promises, key)),
        "follow_ups": rows_view(rows_of_customer(connection, follow_ups, key)),
        "satisfaction": {"mean": _mean(list(answers)), "answers": rows_view(answers)},
    }


def _mean(answers: list[RowMapping]) -> float | None:
    known = [row["percent"] for row in answers if row["percent"] is not None]
    return round(sum(known) / len(known), 1) if known else None
