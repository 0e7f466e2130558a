"""`/topics`: what customers write about, and what people call it."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from service.api import topics as api
from service.deps import Reader, RuleKeeper, RuntimeDep
from service.people.roles import Permission
from service.routing.wording import Said
from service.runtime import Runtime
from service.schemas.topics import TopicIn, TopicMergeIn
from service.trends.asking import Asked
from service.web import charts
from service.web.frame import Fields, back, checked, page_router, render
from service.web.trend_address import Address, blank, read_address
from service.web.trend_views import Views
from service.web.trends import chosen

router = page_router()
_OTHERS = 200  # topics that one can be merged into
_WHAT = {
    "created": Said("出现", "first found"),
    "renamed": Said("改名", "renamed"),
    "merged": Said("并入", "merged into"),
    "split": Said("撤销合并", "merge undone"),
    "hidden": Said("隐藏", "hidden"),
    "shown": Said("重新显示", "shown again"),
}


@router.get("/topics")
def topics(request: Request, runtime: RuntimeDep, who: Reader) -> Response:
    """话题：多少、变了多少。Topics, how many, and the change."""
    asked = read_address("/topics", request.query_params)
    if blank(request.query_params):
        return back(request, asked.link())
    views = Views(runtime, asked)
    view = views.topics()
    return render(
        request,
        "topics.html",
        who,
        asked=asked,
        view=view,
        topics=[topic_row(asked, views.window, one) for one in view["topics"]],
        chosen=chosen(asked, views.naming),
        trending=True,
    )


@router.get("/topics/{topic}")
def topic(request: Request, runtime: RuntimeDep, who: Reader, topic: int) -> Response:
    """一个话题：例子、改名、合并、记录。One topic: examples, names, merges, history."""
    asked = read_address("/topics", request.query_params)
    views = Views(runtime, asked)
    one = topic_row(asked, views.window, views.topic(topic))
    others = [other for other in views.topics(_OTHERS)["topics"] if other["id"] != topic]
    return render(
        request,
        "topic.html",
        who,
        asked=asked,
        one=one,
        history=[{**event, "said": _WHAT[event["what"]]} for event in one["history"]],
        others=others,
        names=views.naming.topics,
        may_rule=who.may(Permission.MANAGE_RULES),
        trending=True,
    )


@router.post("/topics/{topic}/name")
def name(
    request: Request, runtime: RuntimeDep, who: RuleKeeper, topic: int, fields: Fields
) -> Response:
    """改名；空着就用它自己的词。Rename; blank: its own phrases."""
    item = checked(TopicIn, {"name": fields.get("name")})
    api.change(topic, item, runtime, who, _lately(runtime))
    return back(request, f"/topics/{topic}")


@router.post("/topics/{topic}/hidden")
def hidden(
    request: Request, runtime: RuntimeDep, who: RuleKeeper, topic: int, fields: Fields
) -> Response:
    """隐藏、重新显示。Hide, or show again."""
    item = checked(TopicIn, {"hidden": fields.get("hidden")})
    api.change(topic, item, runtime, who, _lately(runtime))
    return back(request, f"/topics/{topic}")


@router.post("/topics/{topic}/merge")
def merge(
    request: Request, runtime: RuntimeDep, who: RuleKeeper, topic: int, fields: Fields
) -> Response:
    """并入另一个。Merge into another."""
    item = checked(TopicMergeIn, {"into": fields.get("into")})
    api.merge(topic, item, runtime, who, _lately(runtime))
    return back(request, f"/topics/{item.into}")


@router.post("/topics/{topic}/split")
def split(request: Request, runtime: RuntimeDep, who: RuleKeeper, topic: int) -> Response:
    """撤销合并。Undo a merge."""
    api.split(topic, runtime, who, _lately(runtime))
    return back(request, f"/topics/{topic}")


def _lately(runtime: Runtime) -> Asked:
    return runtime.board.asked()


def topic_row(asked: Address, window: tuple[str, str], one: Mapping[str, Any]) -> dict[str, Any]:
    """Return a topic with its line, its change and where its tickets are."""
    return {
        **one,
        "curve": charts.curve(one["counts"]),
        "change": change_told(one["n"], one["before"]),
        "link": asked.inbox(*window, topic=str(one["id"])),
    }


def change_told(now: int, before: int) -> str:
    """Return how much more there is than before, with its sign."""
    if not before:
        return "+∞" if now else "—"
    return f"{100 * (now - before) / before:+.0f}%"
