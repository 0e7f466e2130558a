"""Two models over the same texts: what got better, what got worse, what is only noise.

Both are measured on the same draws of the texts, so that texts which are easy or hard for
both cancel out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from triage.engine import Triage
from triage.errors import DataError, InputError
from triage.records import Example, ModelName
from triage.taxonomy import BUILT_IN, Taxonomy
from triage.training.bootstrap import TIMES, Figure, Floats, figure
from triage.training.corpus import content_hash
from triage.training.metrics import judge
from triage.training.pages import Table, markdown_table
from triage.training.slices import SMALL, slices
from triage.training.tally import Pairs, Tally, agreement, tally

OVERALL = (
    "macro_f1",
    "micro_f1",
    "exact_match",
    "sentiment_kappa",
    "urgency_kappa",
    "critical_recall",
)
IN_SLICES = ("macro_f1", "exact_match", "sentiment_kappa", "urgency_kappa")
Trend = Literal["better", "worse", "same"]
_TRENDS = {"better": "更好 better", "worse": "更差 worse", "same": "分不出 noise"}
_NOISE = 0.05  # the share of differences that a 95 % interval sees where there are none


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of both models; `change` is the second less the first, with its interval.

    `dimension` and `value` name the slice it is of; both are empty for all texts.
    """

    figure: str
    first: float | None
    second: float | None
    change: Figure
    n: int
    dimension: str = ""
    value: str = ""

    @property
    def trend(self) -> Trend:
        """Whether the second model is better, worse, or not told apart from the first."""
        if not self.change.beyond_noise:
            return "same"
        return "better" if (self.change.value or 0) > 0 else "worse"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        place = {"dimension": self.dimension, "value": self.value} if self.dimension else {}
        return {
            **place,
            "figure": self.figure,
            "n": self.n,
            "first": self.first,
            "second": self.second,
            "change": self.change.to_dict(),
            "trend": self.trend,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything two models differ in over the same texts.

    `labels` are those it is about, `taxonomy` names them; what only one model judges is named
    and left out.
    """

    first: ModelName
    second: ModelName
    n: int
    data_hash: str
    times: int
    seed: int
    overall: tuple[Difference, ...]
    slices: tuple[Difference, ...]
    labels: tuple[str, ...]
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()
    taxonomy: Taxonomy = BUILT_IN

    @property
    def better(self) -> tuple[Difference, ...]:
        """The figures of slices that are better beyond noise, the largest gain first."""
        return self._beyond("better")

    @property
    def worse(self) -> tuple[Difference, ...]:
        """The figures of slices that are worse beyond noise, the largest loss first."""
        return self._beyond("worse")

    @property
    def by_chance(self) -> float:
        """How many figures of slices would look changed between models that are equally good."""
        return round(_NOISE * len(self.slices), 1)

    def _beyond(self, trend: Trend) -> tuple[Difference, ...]:
        found = (part for part in self.slices if part.trend == trend)
        return tuple(sorted(found, key=lambda part: -abs(part.change.value or 0)))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "first": self.first.to_dict(),
            "second": self.second.to_dict(),
            "n": self.n,
            "data_hash": self.data_hash,
            "labels": {
                "compared": list(self.labels),
                "only_first": list(self.only_first),
                "only_second": list(self.only_second),
            },
            "bootstrap": {"times": self.times, "seed": self.seed},
            "overall": [part.to_dict() for part in self.overall],
            "slices": {
                "looked_at": len(self.slices),
                "by_chance": self.by_chance,
                "better": [part.to_dict() for part in self.better],
                "worse": [part.to_dict() for part in self.worse],
                "all": [part.to_dict() for part in self.slices],
            },
        }

    def to_tables(self) -> tuple[Table, ...]:
        """Return the figures over all texts, and those of slices that changed beyond noise."""
        changed = [*self.worse, *self.better]
        title = (
            f"变化超出噪声的分组 Slices changed beyond noise ({len(changed)} / "
            f"{len(self.slices)}，约 {self.by_chance} 项可能只是偶然 may be chance)"
        )
        return (
            Table((_FIGURE, *_HEAD), [(self._name(part), *_cells(part)) for part in self.overall]),
            Table(
                ("分组 slice", _FIGURE, *_HEAD),
                [(_place(part), self._name(part), *_cells(part)) for part in changed],
                title,
                text_columns=2,
            ),
        )

    def _name(self, part: Difference) -> str:
        label = part.figure.removesuffix(".f1")
        named = label if self.taxonomy.zh(label) == label else f"{self.taxonomy.zh(label)} {label}"
        return _NAMES.get(part.figure, f"{named} F1")

    def to_markdown(self) -> str:
        """Return the same as Markdown."""
        head = (
            f"# 比较 Comparison: {_model(self.first)} → {_model(self.second)}\n\n"
            f"同样的 {self.n} 条文本；括号内为 95 % 区间，配对自助重抽样 {self.times} 次。"
            f"The same {self.n} texts; in parentheses 95 % intervals of {self.times} paired "
            "bootstrap draws.\n"
        )
        return "\n".join([head, *map(markdown_table, self.to_tables())])


_FIGURE = "指标 figure"
_HEAD = ("n", "前 first", "后 second", "变化 change", "判断 trend")
_NAMES = {
    "macro_f1": "问题宏平均 macro-F1",
    "micro_f1": "问题微平均 micro-F1",
    "exact_match": "问题全对 exact",
    "sentiment_kappa": "情绪κ sentiment",
    "urgency_kappa": "紧急κ urgency",
    "critical_recall": "紧急召回 urgent recall",
}


def _place(part: Difference) -> str:
    return f"{part.dimension}: {part.value}"


def _model(name: ModelName) -> str:
    return f"{name.name} {name.version} ({name.hash})"


def _cells(part: Difference) -> tuple[str, ...]:
    change = part.change
    trend = _TRENDS[part.trend]
    if change.value is None or change.low is None or change.high is None:
        return str(part.n), _number(part.first), _number(part.second), "–", trend
    interval = f"{change.value:+.3f} ({change.low:+.3f}…{change.high:+.3f})"
    return str(part.n), _number(part.first), _number(part.second), interval, trend


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def compare(
    first: Pairs,
    second: Pairs,
    labels: Sequence[str],
    *,
    taxonomy: Taxonomy = BUILT_IN,
    times: int = TIMES,
    seed: int = 0,
) -> Comparison:
    """Compare the verdicts of two models on the same examples, in the same order.

    `labels` are those to compare on: all, or some that both models judge; `taxonomy` names
    them. Raises DataError where the examples differ and InputError where a model does not
    judge a label.
    """
    only_first, only_second = _check(first, second, labels)
    one, two = tally(first, labels), tally(second, labels)
    names = (*OVERALL, *(f"{label}.f1" for label in labels))
    return Comparison(
        first=first[0][1].model,
        second=second[0][1].model,
        n=len(first),
        data_hash=content_hash(example for example, _ in first),
        times=times,
        seed=seed,
        overall=tuple(_differences(one, two, names, times, seed)),
        slices=tuple(_in_slices(first, one, two, times, seed)),
        labels=tuple(labels),
        only_first=only_first,
        only_second=only_second,
        taxonomy=taxonomy,
    )


def judged_by_both(one: Triage, two: Triage, examples: Sequence[Example]) -> tuple[Pairs, Pairs]:
    """Return what both could judge: a text that one rejects says nothing about the two."""
    first, second = judge(one, examples), judge(two, examples)
    both = {example.id for example, _ in first} & {example.id for example, _ in second}
    return (
        [pair for pair in first if pair[0].id in both],
        [pair for pair in second if pair[0].id in both],
    )


def _check(
    first: Pairs, second: Pairs, labels: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Refuse what cannot be compared; return the labels that only one of the models has."""
    if [example for example, _ in first] != [example for example, _ in second]:
        raise DataError(
            "The two models did not judge the same texts in the same order.",
            remedy="Give both the same examples, and leave out what either could not judge.",
        )
    one, two = (tuple(pairs[0][1].scores) if pairs else () for pairs in (first, second))
    if unknown := [label for label in labels if first and not (label in one and label in two)]:
        raise InputError(
            f"Not both models judge {', '.join(unknown)}: one judges {', '.join(one)}; "
            f"the other {', '.join(two)}.",
            remedy="Compare on labels that both models have.",
            code="other_labels",
        )
    return tuple(c for c in one if c not in two), tuple(c for c in two if c not in one)


def _in_slices(pairs: Pairs, one: Tally, two: Tally, times: int, seed: int) -> Iterator[Difference]:
    for dimension, groups in slices(pairs).items():
        for value, rows in groups.items():
            if len(rows) >= SMALL:
                parts = one.part(rows), two.part(rows)
                yield from _differences(*parts, IN_SLICES, times, seed, (dimension, value))


def _differences(
    one: Tally,
    two: Tally,
    names: Sequence[str],
    times: int,
    seed: int,
    place: tuple[str, str] = ("", ""),
) -> Iterator[Difference]:
    # The same n and seed draw the same texts for both: that is the pairing.
    before = agreement(one, times=times, seed=seed)
    after = agreement(two, times=times, seed=seed)
    for name in names:
        yield Difference(
            name,
            _value(before, name),
            _value(after, name),
            figure(after[name] - before[name]),
            len(one),
            *place,
        )


def _value(values: Mapping[str, Floats], name: str) -> float | None:
    return figure(values[name][:1]).value
