"""`/customers/{id}`: all that the desk has with one customer."""

from typing import Any

from fastapi import Request, Response
from sqlalchemy import Connection

from service.api.views import rows_view, shown
from service.db.inbox import Filter, list_tickets
from service.db.reading import customer as find_customer
from service.db.reading import issue_counts, rows_of_customer
from service.db.tables import promises, satisfaction
from service.deps import Reader, RuntimeDep
from service.errors import NotFoundError
from service.schemas.kinds import Name
from service.web.frame import page_router, render
from service.web.inbox import rows_of

router = page_router()
_MOST = 200


@router.get("/customers/{customer_id}")
def customer(request: Request, customer_id: Name, runtime: RuntimeDep, who: Reader) -> Response:
    """客户档案。The customer file."""
    with runtime.database.connect() as connection:
        file = customer_file(connection, customer_id)
    names = runtime.desk.books.rules.queues
    return render(request, "customer.html", who, file=shown(file, who), names=names)


def customer_file(connection: Connection, customer_id: str) -> dict[str, Any]:
    """Return the file by our id or by the caller's own. Raises NotFoundError."""
    person = find_customer(connection, customer_id)
    if person is None:
        raise NotFoundError(
            f"There is no customer {customer_id!r}.", remedy="从工单里点客户的名字。Use a ticket."
        )
    own = person["id"]
    found = list_tickets(connection, Filter(customer=own), sort="newest", limit=_MOST)
    counts = issue_counts(connection, own)
    return {
        "customer": {key: value for key, value in person.items() if key != "phone_hash"},
        "tickets": rows_of(connection, found),
        "total": found.total,
        "issues": sorted(counts.items(), key=lambda item: -item[1]),
        "promises": rows_view(rows_of_customer(connection, promises, own)),
        "satisfaction": rows_view(rows_of_customer(connection, satisfaction, own)),
    }
