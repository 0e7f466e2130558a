"""`/v1/customers/{id}`: one file per customer, and what the house tells of them."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from service.api.tickets import ERRORS, page_view
from service.api.views import answer, rows_view, shown
from service.db.customers import change_customer
from service.db.engine import writing
from service.db.inbox import Filter, list_tickets
from service.db.keys import note
from service.db.reading import customer, issue_counts, rows_of_customer
from service.db.tables import follow_ups, promises, satisfaction
from service.deps import Agent, Reader, RuntimeDep
from service.errors import BadValueError, NotFoundError
from service.people.access import Principal
from service.routing.log import Kind
from service.runtime import Runtime
from service.schemas.desk import CustomerChange, CustomerFile, CustomerOut
from service.schemas.kinds import Name

router = APIRouter(prefix="/v1", tags=["customers"])
_MOST = 100


@router.get("/customers/{customer_id}", response_model=CustomerFile, responses=ERRORS)
def read(customer_id: Name, runtime: RuntimeDep, who: Reader) -> Response:
    """客户档案：工单、问题、承诺、回访、满意度。By our id or by your own external id."""
    with runtime.database.connect() as connection:
        return answer(shown(customer_file(connection, customer_id), who))


@router.patch("/customers/{customer_id}", response_model=CustomerOut, responses=ERRORS)
def change(customer_id: Name, item: CustomerChange, runtime: RuntimeDep, who: Agent) -> Response:
    """改客户：何时离开、等级、地区。Say when a customer left, or of which tier or region they are.

    By our id or by yours. What is left out stays; null takes it back. It is kept in the log.
    """
    told = item.model_dump(exclude_unset=True)
    if not told:
        raise BadValueError(
            "Nothing was given to change.", remedy="Give left_at, tier or region; null clears."
        )
    return answer(shown(_change(runtime, who, customer_id, told), who))


def _change(runtime: Runtime, who: Principal, id_: str, told: dict[str, Any]) -> dict[str, Any]:
    with writing(runtime.database) as connection:
        found = change_customer(connection, id_, told)
        if found is None:
            raise _nobody(id_)
        before, after = (rows_view([row], "phone_hash")[0] for row in found)
        changed = [name for name in told if before[name] != after[name]]
        if changed:
            data = {"customer": after["id"], **_both(before, after, changed)}
            note(connection, Kind.CUSTOMER_CHANGED, who.actor, runtime.desk.now(), data)
    return after


def _both(before: Any, after: Any, names: list[str]) -> dict[str, Any]:
    """Return what was and what is, as JSON has it."""
    return {
        when: {name: _plain(row[name]) for name in names}
        for when, row in (("before", before), ("after", after))
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _nobody(id_: str) -> NotFoundError:
    return NotFoundError(f"There is no customer {id_!r}.", remedy="Look at a ticket of theirs.")


def customer_file(connection: Connection, id_: str) -> dict[str, Any]:
    """Return everything the desk knows of a customer. Raises NotFoundError."""
    row = customer(connection, id_)
    if row is None:
        raise _nobody(id_)
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
