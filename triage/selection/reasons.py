"""Why a text was chosen, in Chinese and in English, with the numbers."""

from dataclasses import dataclass

import numpy as np

from triage.scorers.base import URGENCY
from triage.selection.batch import Pick
from triage.selection.scoring import Judged
from triage.selection.uncertain import SENTIMENT, Doubts
from triage.taxonomy import Taxonomy

_MOST = 2
_WORTH = 0.5  # a second doubt is told if it is at least half of the first


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, in both languages."""

    zh: str
    en: str


def reasons_of(pick: Pick, found: Doubts, judged: Judged, taxonomy: Taxonomy) -> tuple[Reason, ...]:
    """Return the reasons of a pick; the numbers are those it was chosen by."""
    if pick.strategy == "audit":
        return (_audit(pick.chance or 0.0),)
    if pick.strategy == "diverse":
        return (_far(pick.distance),)
    return tuple(_doubt(pick.row, k, found, judged, taxonomy) for k in _columns(pick.row, found))


def _audit(chance: float) -> Reason:
    return Reason(
        f"随机抽查，每条被抽中的机会都是 {chance:.4g}",
        f"random audit, every text had a chance of {chance:.4g}",
    )


def _far(distance: float | None) -> Reason:
    if distance is None or distance >= 2:
        return Reason("还没有可比的文本，第一条", "the first: nothing to compare with yet")
    return Reason(
        f"离已标注和已选的最远：与最近一条的距离 {distance:.2f}",
        f"far from what is labelled or chosen: {distance:.2f} to the nearest",
    )


def _columns(row: int, found: Doubts) -> list[int]:
    doubt = found.doubt[row]
    order = np.argsort(-doubt, kind="stable")[:_MOST].tolist()
    return [k for k in order if doubt[k] >= _WORTH * doubt[order[0]]]


def _doubt(row: int, column: int, found: Doubts, judged: Judged, taxonomy: Taxonomy) -> Reason:
    name = found.names[column]
    if name == SENTIMENT:
        return _mood(row, judged)
    zh, en = ("紧急程度 3", "urgency 3") if name == URGENCY else (taxonomy.zh(name), name)
    score, limit = found.score[row, column], found.threshold[row, column]
    told = f"{score:.2f}", f"{abs(score - limit):.2f}", f"{limit:.2f}"
    if score < limit:
        return Reason(
            f"{zh} {told[0]}，差 {told[1]} 到门槛 {told[2]}",
            f"{en} {told[0]}, {told[1]} below its threshold {told[2]}",
        )
    return Reason(
        f"{zh} {told[0]}，只比门槛 {told[2]} 高 {told[1]}",
        f"{en} {told[0]}, only {told[1]} above its threshold {told[2]}",
    )


def _mood(row: int, judged: Judged) -> Reason:
    levels = judged.sentiment[row]
    first, second = np.argsort(-levels, kind="stable")[:2].tolist()
    one, two = f"{levels[first]:.2f}", f"{levels[second]:.2f}"
    return Reason(
        f"情绪 {first + 1}（{one}）还是 {second + 1}（{two}）",
        f"sentiment {first + 1} ({one}) or {second + 1} ({two})",
    )
