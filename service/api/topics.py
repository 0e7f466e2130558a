"""`/v1/trends/topics`: what customers write about, and what people made of these topics."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from service.api.tickets import ERRORS
from service.api.trend_asking import AskedDep
from service.api.views import answer
from service.deps import Reader, RuleKeeper, RuntimeDep
from service.runtime import Runtime
from service.schemas.topics import TopicDetailOut, TopicIn, TopicMergeIn, TopicsOut
from triage.trends.topics import Ledger

router = APIRouter(prefix="/v1/trends/topics", tags=["trends"], responses=ERRORS)
Id = Annotated[int, Path(ge=1, le=2_000_000_000, description="话题编号 the id of a topic")]
Top = Annotated[int, Query(ge=1, le=200, description="最多几个 so many topics")]
Hidden = Annotated[bool, Query(description="也要隐藏的 those that are hidden, too")]


@router.get("", response_model=TopicsOut)
def read_all(
    runtime: RuntimeDep, who: Reader, asked: AskedDep, top: Top = 50, hidden: Hidden = False
) -> Response:
    """话题：名字、数量、商品、问题。Topics with their tickets, products and issues.

    Ids stay for good: new tickets add to a topic or open one, and none is numbered anew.
    """
    return answer(runtime.board.topics(asked, top=top, hidden=hidden))


@router.get("/{topic_id}", response_model=TopicDetailOut)
def read_one(topic_id: Id, runtime: RuntimeDep, who: Reader, asked: AskedDep) -> Response:
    """一个话题：历史和例子，例子打码。One topic with its history, and examples, masked."""
    return answer(runtime.board.topic(asked, topic_id))


@router.patch("/{topic_id}", response_model=TopicDetailOut)
def change(
    topic_id: Id, item: TopicIn, runtime: RuntimeDep, who: RuleKeeper, asked: AskedDep
) -> Response:
    """改名、隐藏、恢复。Rename, hide or show a topic; who did it is kept."""
    given = item.model_dump(exclude_unset=True)
    if "name" in given:
        _deed(runtime, partial(Ledger.rename, topic=topic_id, name=item.name), who.actor, topic_id)
    if item.hidden is not None:
        deed = Ledger.hide if item.hidden else Ledger.show
        _deed(runtime, partial(deed, topic=topic_id), who.actor, topic_id)
    return answer(runtime.board.topic(asked, topic_id))


@router.post("/{topic_id}/merge", response_model=TopicDetailOut)
def merge(
    topic_id: Id, item: TopicMergeIn, runtime: RuntimeDep, who: RuleKeeper, asked: AskedDep
) -> Response:
    """并入另一个话题。Count a topic as another; its own tickets are not touched."""
    deed = partial(Ledger.merge, topic=topic_id, into=item.into)
    _deed(runtime, deed, who.actor, topic_id, item.into)
    return answer(runtime.board.topic(asked, topic_id))


@router.post("/{topic_id}/split", response_model=TopicDetailOut)
def split(topic_id: Id, runtime: RuntimeDep, who: RuleKeeper, asked: AskedDep) -> Response:
    """撤销合并。Undo a merge: the topic counts for itself again."""
    _deed(runtime, partial(Ledger.split, topic=topic_id), who.actor, topic_id)
    return answer(runtime.board.topic(asked, topic_id))


def _deed(runtime: Runtime, deed: Callable[..., Ledger], actor: str, *needed: int) -> None:
    at = runtime.desk.now().isoformat()
    runtime.topics.change(lambda ledger: deed(ledger, by=actor, at=at), *needed)
    runtime.board.expire()
