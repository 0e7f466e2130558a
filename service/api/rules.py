"""`/v1/rules`: the rules as they are read, how often each fires, and reading them anew."""

from datetime import timedelta
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Response

from service.api.tickets import ERRORS
from service.api.views import answer
from service.db.engine import writing
from service.db.keys import note
from service.db.notes import rule_hits
from service.deps import Reader, RuleKeeper, RuntimeDep
from service.desk.books import load_books
from service.desk.desk import Desk
from service.routing.log import Kind
from service.routing.rulebook import Rule
from service.runtime import Runtime
from service.schemas.desk import RulesOut

router = APIRouter(prefix="/v1/rules", tags=["rules"], responses=ERRORS)
_DAYS = 30


@router.get("", response_model=RulesOut)
def read(runtime: RuntimeDep, who: Reader) -> Response:
    """规则按顺序，近 30 天各命中几次。Rules in their order, with their hits of 30 days."""
    since = runtime.desk.now().date() - timedelta(days=_DAYS)
    with runtime.database.connect() as connection:
        hits = rule_hits(connection, since)
    return answer(_view(runtime.desk, hits))


def _view(desk: Desk, hits: dict[str, int]) -> dict[str, Any]:
    books = desk.books
    rules, until = books.rules, books.clocks.valid_until
    warnings = books.warnings(desk.engine.taxonomy)
    return {
        "file": rules.source,
        "digest": rules.digest,
        "warnings": [warning.said(rules.source) for warning in warnings],
        "calendars_valid_until": until.isoformat() if until else None,
        "rules": [_rule(rule, hits.get(rule.name, 0)) for rule in rules.rules],
    }


def _rule(rule: Rule, hits: int) -> dict[str, Any]:
    said = rule.condition.said
    return {
        "name": rule.name,
        "about": rule.about,
        "on": list(rule.on),
        "if": {"zh": said.zh, "en": said.en},
        "order": rule.order,
        "stops": rule.stops,
        "hits": hits,
    }


@router.post("/reload", response_model=RulesOut)
async def reload(runtime: RuntimeDep, who: RuleKeeper) -> Response:
    """重新读取规则和时限；有错保留原来的。Read the books anew; after an error the old stay."""
    await to_thread.run_sync(_reload, runtime, who.actor)
    return answer(_view(runtime.desk, {}))


def _reload(runtime: Runtime, actor: str) -> None:
    books = load_books(runtime.settings.desk, taxonomy=runtime.desk.engine.taxonomy)
    runtime.desk.books = books
    told = {"file": books.rules.source, "digest": books.rules.digest}
    with writing(runtime.database) as connection:
        note(connection, Kind.RULES_LOADED, actor, runtime.desk.now(), told)
