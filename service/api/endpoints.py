"""`/v1/endpoints`, `/v1/outbox`: where webhooks go, and what became of them."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from sqlalchemy import Connection, select, update

from service.api.tickets import ERRORS
from service.api.views import answer, rows_view
from service.db.engine import writing
from service.db.keys import EndpointRow, add_endpoint, all_endpoints, change_endpoint
from service.db.reading import list_outbox
from service.db.rows import row_of
from service.db.tables import endpoints, outbox
from service.deps import HookKeeper, RuntimeDep
from service.errors import ConflictError, NotFoundError
from service.schemas.kinds import Id
from service.schemas.people import (
    EndpointIn,
    EndpointOut,
    NewEndpointOut,
    OutboxOut,
    RemovedOut,
    RetriedOut,
)
from service.tickets.ids import new_id
from service.webhooks.addresses import check
from service.webhooks.signing import new_secret

router = APIRouter(prefix="/v1", tags=["webhooks"], responses=ERRORS)
_NAME = 200  # characters
_SECRETS = 2  # while a receiver changes over, both sign


@router.post("/endpoints", status_code=201, response_model=NewEndpointOut)
def create(item: EndpointIn, runtime: RuntimeDep, who: HookKeeper) -> Response:
    """登记接收地址；签名密钥只显示这一次。Register a receiver; its secret is shown this once."""
    check(item.url, allow_private=runtime.settings.allow_private_webhooks)
    secret = new_secret()
    kinds = sorted({kind.value for kind in item.kinds})
    row = EndpointRow(new_id("w"), item.name, item.url, [secret], kinds, True, runtime.desk.now())
    with writing(runtime.database) as connection:
        if any(known.name == row.name for known in all_endpoints(connection)):
            raise ConflictError(
                f"There is an endpoint {row.name!r}.",
                remedy="Choose another name, or remove it first.",
            )
        add_endpoint(connection, row, who.actor)
    return answer({**_view(row), "secret": secret}, 201)


def _view(row: EndpointRow) -> dict[str, Any]:
    return {name: value for name, value in row_of(row).items() if name != "secrets"}


@router.get("/endpoints", response_model=list[EndpointOut])
def list_(runtime: RuntimeDep, who: HookKeeper) -> Response:
    """列出接收地址。List receivers."""
    with runtime.database.connect() as connection:
        return answer([_view(row) for row in all_endpoints(connection)])


@router.post("/endpoints/{endpoint_id}/rotate", response_model=NewEndpointOut)
def rotate(endpoint_id: Id, runtime: RuntimeDep, who: HookKeeper) -> Response:
    """换签名密钥；旧的继续签，直到再换。A new secret; the old one signs too until the next."""
    secret = new_secret()
    with writing(runtime.database) as connection:
        row = _endpoint(connection, endpoint_id)
        values = {"secrets": [secret, *row.secrets][:_SECRETS]}
        change_endpoint(connection, endpoint_id, values, who.actor, runtime.desk.now())
    return answer({**_view(row), "secret": secret})


def _endpoint(connection: Connection, id_: str) -> EndpointRow:
    row = next((row for row in all_endpoints(connection) if row.id == id_), None)
    if row is None:
        raise NotFoundError(f"There is no endpoint {id_!r}.", remedy="Look at GET /v1/endpoints.")
    return row


@router.delete("/endpoints/{endpoint_id}")
def remove(endpoint_id: Id, runtime: RuntimeDep, who: HookKeeper) -> RemovedOut:
    """停用接收地址；待发的不再发。Send no more to a receiver, what waits included.

    Its name is free again: rules name endpoints, and another one may take its place.
    """
    with writing(runtime.database) as connection:
        row = _endpoint(connection, endpoint_id)
        values = {"active": False, "name": _former(row)}
        change_endpoint(connection, endpoint_id, values, who.actor, runtime.desk.now())
    return RemovedOut(removed=endpoint_id)


def _former(row: EndpointRow) -> str:
    mark = f" ({row.id})"
    return row.name.removesuffix(mark)[: _NAME - len(mark)] + mark


@router.get("/outbox", response_model=OutboxOut)
def read_outbox(
    runtime: RuntimeDep,
    who: HookKeeper,
    state: Literal["pending", "delivered", "dead"] = "dead",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """发件箱：待发、已达、死信。Letters: pending, delivered, dead."""
    with runtime.database.connect() as connection:
        items = rows_view(list_outbox(connection, state, limit))
        names = {row.id: row.name for row in all_endpoints(connection)}
    return answer({"items": [{**item, "endpoint": names[item["endpoint_id"]]} for item in items]})


@router.post("/outbox/{letter_id}/retry")
def retry(letter_id: Id, runtime: RuntimeDep, who: HookKeeper) -> RetriedOut:
    """死信再发一次。Try a dead letter again, from the beginning of its waits."""
    now = runtime.desk.now()
    fresh = {"state": "pending", "attempts": 0, "next_at": now, "error": None}
    with writing(runtime.database) as connection:
        dead = (outbox.c.id == letter_id) & (outbox.c.state == "dead")
        active = select(endpoints.c.id).where(endpoints.c.active)
        dead &= outbox.c.endpoint_id.in_(active)
        if not connection.execute(update(outbox).where(dead).values(**fresh)).rowcount:
            raise NotFoundError(
                f"No dead letter {letter_id!r} of an active endpoint.",
                remedy="Look at GET /v1/outbox?state=dead.",
            )
    return RetriedOut(retried=letter_id)
