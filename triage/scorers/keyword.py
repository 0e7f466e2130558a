"""A scorer without weights: a floor to compare with, and the stand-in of the tests."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from triage.labels import ISSUES
from triage.scorers.base import Clue, ScoreBatch
from triage.signals import Signal
from triage.text.clean import Cleaned
from triage.text.script import script_of, to_simplified

WORDS: Mapping[str, tuple[str, ...]] = {
    "product_quality": ("质量", "坏了", "难吃", "破洞", "假货", "不新鲜", "掉色", "故障", "漏水"),
    "staff_attitude": ("态度", "不耐烦", "骂", "翻白眼", "凶", "没礼貌", "爱答不理"),
    "delivery": (
        "快递",
        "配送",
        "送货",
        "送达",
        "物流",
        "少发",
        "漏发",
        "没发货",
        "包裹",
        "没收到",
    ),
    "follow_up_neglect": ("没人理", "没人管", "不回复", "不退", "推脱", "没下文", "石沉大海"),
    "other": ("降价", "优惠券", "扣费", "价格", "太贵", "停车", "噪音"),
}
_CRITICAL = ("12315", "起诉", "律师", "食物中毒", "漏电", "起火", "玻璃", "虫")
_YES, _NO = 0.9, 0.05


class KeywordScorer:
    """Says 0.9 where one of a label's words occurs, else 0.05. `words` holds those of each."""

    labels: tuple[str, ...] = ISSUES
    words: Mapping[str, Sequence[str]] = WORDS

    def __init__(self, words: Mapping[str, Sequence[str]] = WORDS) -> None:
        self.labels, self.words = tuple(words), words

    def score(
        self, texts: Sequence[Cleaned], signals: Sequence[Sequence[Signal]] | None = None
    ) -> ScoreBatch:
        """Return the scores of `texts`, one row each; signals are not used."""
        simplified = [to_simplified(item.text) for item in texts]
        clues = [_clues(text, self.words) for text in simplified]
        found = [{clue.target for clue in row} for row in clues]
        issues = np.array([[_YES if k in row else _NO for k in self.labels] for row in found])
        sentiment = np.array([_sentiment(bool(row)) for row in found])
        pairs = zip(simplified, found, strict=True)
        urgency = np.array([_urgency(text, bool(row)) for text, row in pairs])

        def quote(row: int, target: str, limit: int) -> list[Clue]:
            return [clue for clue in clues[row] if clue.target == target][:limit]

        scripts = [script_of(item.text) for item in texts]
        scope = np.ones(len(texts))
        return ScoreBatch(issues, sentiment, urgency, scope, quote, _no_polarity, scripts)


def _no_polarity(row: int) -> Callable[[int, int], float]:
    return lambda start, end: 0.0


def _clues(text: str, words: Mapping[str, Sequence[str]]) -> list[Clue]:
    return [
        Clue(label, text.index(word), text.index(word) + len(word), 1.0)
        for label, known in words.items()
        for word in known
        if word in text
    ]


def _sentiment(complaint: bool) -> tuple[float, ...]:
    return (0.2, 0.6, 0.1, 0.05, 0.05) if complaint else (0.05, 0.05, 0.1, 0.6, 0.2)


def _urgency(text: str, complaint: bool) -> tuple[float, ...]:
    if any(word in text for word in _CRITICAL):
        return (0.02, 0.03, 0.05, 0.9)
    return (0.1, 0.8, 0.08, 0.02) if complaint else (0.9, 0.08, 0.01, 0.01)
