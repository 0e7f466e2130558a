"""What measures and their cells are called, Chinese and English."""

from collections.abc import Mapping

from triage.drift.measures import ISSUE, SCORE, Measure
from triage.drift.records import Alert, plain_shares
from triage.drift.tally import ALL, NO_CHANNEL
from triage.labels import (
    SENTIMENT_CHINESE,
    SENTIMENT_ENGLISH,
    URGENCY_CHINESE,
    URGENCY_ENGLISH,
)
from triage.taxonomy import Taxonomy

Names = tuple[str, str]
_MEASURES: Mapping[str, Names] = {
    "sentiment": ("情绪", "sentiment"),
    "urgency": ("紧急程度", "urgency"),
    "review": ("要人复核", "sent to a person"),
    "corrected": ("被人改判", "corrected"),
    "out_of_scope": ("不是反馈", "out of scope"),
    "rejected": ("没法判断", "rejected"),
    "script": ("文字", "script"),
    "length": ("字数", "length"),
    "unknown": ("生词占比", "unknown words"),
}
_STATES: Mapping[str, Names] = {
    "steady": ("平稳", "steady"),
    "alert": ("变了", "changed"),
    "reference": ("参照", "reference"),
    "not_enough": ("数量不够", "not enough"),
    "no_reference": ("还没有参照", "no reference yet"),
    "open": ("未结束", "not over"),
}
_SCRIPTS: Mapping[str, Names] = {
    "hans": ("简体", "Simplified"),
    "hant": ("繁体", "Traditional"),
    "mixed": ("简繁混用", "both"),
    "other": ("其他", "other"),
}
_CHANNELS: Mapping[str, Names] = {
    ALL: ("全部渠道", "all channels"),
    NO_CHANNEL: ("没写渠道", "none"),
}


def measure_named(code: str, taxonomy: Taxonomy) -> Names:
    """Return the names of a measure; labels are those of the taxonomy."""
    if code.startswith(ISSUE):
        label = code.removeprefix(ISSUE)
        return f"问题：{taxonomy.zh(label)}", f"issue: {taxonomy.en(label)}"
    if code.startswith(SCORE):
        label = code.removeprefix(SCORE)
        return f"分数：{taxonomy.zh(label)}", f"score: {taxonomy.en(label)}"
    return _MEASURES[code]


def cell_named(measure: Measure, cell: str) -> Names:
    """Return the names of a cell: a level, a script, a band."""
    if measure.code == "sentiment":
        return SENTIMENT_CHINESE[int(cell)], SENTIMENT_ENGLISH[int(cell)]
    if measure.code == "urgency":
        return URGENCY_CHINESE[int(cell)], URGENCY_ENGLISH[int(cell)]
    if measure.code == "script":
        return _SCRIPTS[cell]
    if measure.is_share:
        return ("是", "yes") if cell == "yes" else ("否", "no")
    low, _, high = cell.partition("-")
    if measure.code == "length":
        return (f"{low}–{high} 字", "") if high else (f"{low} 字以上", f"{low} or more")
    return _band(low, high) if measure.code == "unknown" else (f"{low}–{high}", "")


def _band(low: str, high: str) -> Names:
    if high:
        return f"{_percent(low)}–{_percent(high)}", ""
    return ("没有", "none") if low == "0" else (f"超过 {_percent(low)}", f"over {_percent(low)}")


def _percent(share: str) -> str:
    return f"{float(share):.0%}"


def channel_named(channel: str) -> Names:
    """Return the names of all channels together, and of none; others are called what they are."""
    return _CHANNELS.get(channel, (channel, ""))


def state_named(state: str) -> Names:
    """Return the names of what is said of a week."""
    return _STATES[state]


def moved(alert: Alert) -> Names:
    """Return the share that moved most, then and now: of two cells the second."""
    measure, reference = alert.series.measure, alert.series.reference
    then = plain_shares(reference.counts) if reference else [0.0] * len(measure.cells)
    now = plain_shares(alert.point.counts)
    cells = range(len(measure.cells))
    most = 1 if measure.is_share else max(cells, key=lambda cell: abs(now[cell] - then[cell]))
    told = f"{then[most]:.1%} → {now[most]:.1%}"
    if measure.is_share:
        return told, ""
    zh, en = cell_named(measure, measure.cells[most])
    return f"{zh} {told}", en
