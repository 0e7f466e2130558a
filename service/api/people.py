"""`/v1/me`, `/v1/keys`, `/v1/audit`: who may do what, and who did what."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query, Response

from service.api.tickets import ERRORS
from service.api.views import answer, rows_view
from service.db.engine import writing
from service.db.keys import KeyRow, active_admins, add_key, all_keys, has_keys, revoke_key
from service.db.reading import audit
from service.db.rows import row_of
from service.deps import Auditor, KeyKeeper, PrincipalDep, RuntimeDep
from service.errors import ConflictError, NotFoundError
from service.people.keys import NewKey, new_key
from service.people.roles import CHINESE, Role
from service.routing.log import Kind
from service.runtime import Runtime
from service.schemas.kinds import Id, Limit, Name
from service.schemas.people import AuditOut, KeyIn, KeyOut, MeOut, NewKeyOut, RevokedOut

router = APIRouter(prefix="/v1", tags=["people"], responses=ERRORS)


@router.get("/me")
async def me(who: PrincipalDep) -> MeOut:
    """我是谁。Who I am to the desk."""
    return MeOut(name=who.name, role=who.role, role_zh=CHINESE[who.role])


@router.post("/keys", status_code=201, response_model=NewKeyOut)
def create_key(item: KeyIn, runtime: RuntimeDep, who: KeyKeeper) -> Response:
    """新建密钥，只显示这一次。Make a key; it is shown this once.

    The first must be an admin's: from then on nobody works without a key.
    """
    made: NewKey = new_key()
    row = KeyRow(
        made.public_id, item.name, item.role.value, made.hash, runtime.desk.now(), who.actor
    )
    with writing(runtime.database) as connection:
        if item.role != Role.ADMIN and not has_keys(connection):
            raise _first_key()
        add_key(connection, row)
    runtime.access.forget(made.public_id)
    told = {"id": row.id, "name": row.name, "role": row.role, "key": made.secret_text}
    return answer(told, 201)


def _first_key() -> ConflictError:
    return ConflictError(
        "The first key must be an admin's: once there is a key, only an admin can make more.",
        remedy="Make a key with the role admin, then this one with it.",
        code="first_key",
    )


@router.get("/keys", response_model=list[KeyOut])
def list_keys(runtime: RuntimeDep, who: KeyKeeper) -> Response:
    """列出密钥。List keys; what is secret of them is not kept."""
    with runtime.database.connect() as connection:
        rows = [row_of(row) for row in all_keys(connection)]
    return answer(rows_view(rows, "hash"))


@router.delete("/keys/{key_id}")
async def delete_key(key_id: Id, runtime: RuntimeDep, who: KeyKeeper) -> RevokedOut:
    """吊销密钥，一秒内生效；最后一个管理员的不行。Revoke a key, but not the last admin's."""
    await to_thread.run_sync(_revoke, runtime, key_id, who.actor)
    runtime.access.forget(key_id)
    return RevokedOut(revoked=key_id)


def _revoke(runtime: Runtime, key: str, actor: str) -> None:
    with writing(runtime.database) as connection:
        if active_admins(connection) == [key]:
            raise ConflictError(
                "This is the last key of an admin: nobody could make another one.",
                remedy="Make a key for another admin first.",
                code="last_admin",
            )
        if not revoke_key(connection, key, actor, runtime.desk.now()):
            raise NotFoundError(f"There is no active key {key!r}.", remedy="Look at GET /v1/keys.")


@router.get("/audit", response_model=AuditOut)
def read_audit(
    runtime: RuntimeDep,
    who: Auditor,
    actor: Name | None = None,
    kind: Annotated[Kind | None, Query()] = None,
    before: Id | None = None,
    limit: Limit = 100,
) -> Response:
    """审计：谁在何时做了什么。Who did what, when: persons, rules and models by name."""
    with runtime.database.connect() as connection:
        rows = audit(connection, actor=actor, kind=kind, limit=limit, before=before)
    items = rows_view(rows)
    return answer({"items": items, "next": items[-1]["id"] if len(items) == limit else None})
