"""`/rules`: who gets what and by when, in words, and how often each rule fires."""

from datetime import timedelta
from typing import Any

from fastapi import Request, Response

from service.db.notes import rule_hits
from service.deps import Reader, RuntimeDep
from service.routing.policies import ClockBook, SlaPolicy
from service.routing.rulebook import Actions, Rulebook
from service.routing.vocabulary import PRIORITIES
from service.routing.wording import Said
from service.web.frame import page_router, render
from service.web.times import span

router = page_router()
_DAYS = 30


@router.get("/rules")
def rules(request: Request, runtime: RuntimeDep, who: Reader) -> Response:
    """规则和时限。Rules and clocks."""
    books = runtime.desk.books
    today = runtime.desk.now().astimezone(runtime.desk.books.clocks.zone).date()
    with runtime.database.connect() as connection:
        hits = rule_hits(connection, today - timedelta(days=_DAYS))
    return render(
        request,
        "rules.html",
        who,
        rules=[
            {"rule": rule, "hits": hits.get(rule.name, 0), "does": does(rule.then, books.rules)}
            for rule in books.rules.rules
        ],
        days=_DAYS,
        warnings=books.warnings(runtime.desk.engine.taxonomy),
        book=books.rules,
        policies=[policy_view(policy) for policy in books.clocks.policies.values()],
        ends=ends(books.clocks),
    )


def does(then: Actions, book: Rulebook) -> list[Said]:
    """Return the actions of a rule in words."""
    told: list[Said] = []
    if then.queue:
        queue = book.queues.get(then.queue)
        told.append(Said(f"进{queue.zh if queue else then.queue}队列", f"queue {then.queue}"))
    if then.priority:
        zh = ("低", "普通", "高", "加急")[PRIORITIES.index(then.priority)]
        told.append(Said(f"优先级至少{zh}", f"priority at least {then.priority}"))
    if then.raise_urgency:
        level = then.raise_urgency
        told.append(Said(f"紧急程度至少 {level}", f"urgency at least {level}"))
    if then.review:
        told.append(Said("请人复核", "ask a person"))
    return told + _names(then)


def _names(then: Actions) -> list[Said]:
    """Return the actions that name something."""
    lists = (
        ("负责人", "owner", (then.owner,) if then.owner else ()),
        ("标签", "tags", then.tags),
        ("通知", "notify", then.notify),
        ("回调", "webhook", then.webhook),
        ("时限", "SLA", (then.sla,) if then.sla else ()),
    )
    return [
        Said(f"{zh} {'、'.join(values)}", f"{en} {', '.join(values)}")
        for zh, en, values in lists
        if values
    ]


def policy_view(policy: SlaPolicy) -> dict[str, Any]:
    """Return a policy with its targets in words."""
    targets = [
        {
            "clock": clock.value,
            "within": span(target.within.total_seconds()),
            "calendar": target.calendar.name,
            "pauses": target.pauses,
            "source": target.source,
        }
        for clock, target in policy.targets.items()
    ]
    return {"policy": policy, "targets": targets}


def ends(book: ClockBook) -> list[tuple[str, Any]]:
    """Return until which day each calendar knows its days; None: it has none to know."""
    return [(name, one.valid_until) for name, one in book.calendars.items()]
