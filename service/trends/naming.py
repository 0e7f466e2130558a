"""What the groups of trends are called, Chinese and English side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.routing.rulebook import Queue
from service.routing.vocabulary import CHANNELS, TIERS
from service.routing.wording import Said
from triage.labels import (
    SENTIMENT_CHINESE,
    SENTIMENT_ENGLISH,
    URGENCY_CHINESE,
    URGENCY_ENGLISH,
)
from triage.taxonomy import Taxonomy
from triage.trends.counts import REST
from triage.trends.facts import NOTHING

DIMENSION_NAMES: Mapping[str, Said] = {
    "none": Said("不分组", "no groups"),
    "issue": Said("问题", "issue"),
    "sentiment": Said("情绪", "mood"),
    "urgency": Said("紧急程度", "urgency"),
    "channel": Said("渠道", "channel"),
    "product": Said("商品", "product"),
    "region": Said("地区", "region"),
    "tier": Said("客户等级", "tier"),
    "queue": Said("队列", "queue"),
    "model": Said("模型", "model"),
    "topic": Said("话题", "topic"),
}
_ALL = Said("全部", "all")
_REST = Said("其余", "the others")
_NOTHING: Mapping[str, Said] = {
    "issue": Said("没有问题", "no issue"),
    "sentiment": Said("没判断", "not judged"),
    "urgency": Said("没判断", "not judged"),
    "topic": Said("没归入话题", "no topic"),
}
_NO_VALUE = Said("没填", "not given")


@dataclass(frozen=True, slots=True)
class Naming:
    """Names what the keys of groups mean. `models` by hash, `topics` by number as text."""

    taxonomy: Taxonomy
    queues: Mapping[str, Queue]
    models: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)

    def said(self, dimension: str, key: str) -> Said:
        """Return the names of a group; its own spelling where it has none."""
        if dimension == NOTHING:
            return _ALL
        if key == REST:
            return _REST
        if key == NOTHING:
            return _NOTHING.get(dimension, _NO_VALUE)
        return self._named(dimension, key)

    def _named(self, dimension: str, key: str) -> Said:
        if dimension == "issue":
            return Said(self.taxonomy.zh(key), self.taxonomy.en(key))
        if dimension == "queue" and key in self.queues:
            return Said(self.queues[key].zh, self.queues[key].en)
        names = _TABLES.get(dimension, {}).get(key)
        own = {"model": self.models, "topic": self.topics}.get(dimension, {}).get(key, key)
        return Said(*names) if names else Said(own, own)


_SENTIMENT = {str(k): (SENTIMENT_CHINESE[k], SENTIMENT_ENGLISH[k]) for k in SENTIMENT_CHINESE}
_URGENCY = {str(k): (URGENCY_CHINESE[k], URGENCY_ENGLISH[k]) for k in URGENCY_CHINESE}
_TABLES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "channel": CHANNELS,
    "tier": TIERS,
    "sentiment": _SENTIMENT,
    "urgency": _URGENCY,
}
