"""The silent majority: how many are dissatisfied for each that complains, if one will assume it.

Two figures are quoted all over the field, and they contradict each other. Neither was measured
on the desk at hand, so nothing is said unless somebody names the figure that is to be assumed.
"""

from dataclasses import dataclass
from enum import StrEnum

from triage.errors import InputError


class Assumption(StrEnum):
    """Which figure to assume: few complain, most complain, or both as a range."""

    FEW = "few"
    MOST = "most"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class Source:
    """A quoted figure: the share of dissatisfied customers that complain, and who says so."""

    key: Assumption
    complain: float
    zh: str
    en: str
    said_by_zh: str
    said_by_en: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many dissatisfied customers there are if a source is right, with a 95 % interval.

    The interval is that of the count alone: how wrong the source may be nobody knows.
    """

    source: Source
    customers: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Silent:
    """What stands behind the complaints under an assumption, in two languages.

    `count_low` and `count_high`: the 95 % interval of the count. `low` and `high`: from the
    lowest to the highest that the sources and the count allow.
    """

    complaints: int
    count_low: float
    count_high: float
    assumption: Assumption
    estimates: tuple[Estimate, ...]
    low: float
    high: float
    zh: str
    en: str


SOURCES = (
    Source(
        Assumption.FEW,
        0.04,
        "每 25 位不满的客户只有 1 位投诉（4%）",
        "one dissatisfied customer in 25 complains (4 %)",
        "服务管理里流传最广的说法，常归于 TARP 一类的投诉研究",
        "the figure service management quotes most, usually put down to complaint studies of "
        "the TARP kind",
    ),
    Source(
        Assumption.MOST,
        0.67,
        "三位不满的客户有两位投诉（67%）",
        "two dissatisfied customers in three complain (67 %)",
        "另一个常被引用的数字，与 4% 的说法矛盾",
        "the other figure the field quotes, which contradicts the 4 %",
    ),
)


def silent(complaints: int, *, assume: Assumption | str | None = None) -> Silent | None:
    """Return how many dissatisfied customers stand behind complaints; None if nothing is assumed.

    The count is taken for a Poisson one (exact 95 % interval); no estimate is below the count
    itself, as those have complained. Raises InputError for an unknown assumption and for a
    negative count.
    """
    if complaints < 0:
        raise InputError(f"{complaints} is no count.", remedy="Give 0 or more.")
    if assume is None:
        return None
    assumption = _assumption(assume)
    bounds = _interval(complaints)
    chosen = [one for one in SOURCES if assumption in (one.key, Assumption.RANGE)]
    estimates = tuple(_estimate(source, complaints, bounds) for source in chosen)
    low, high = min(one.low for one in estimates), max(one.high for one in estimates)
    zh, en = _told(complaints, estimates, low, high)
    return Silent(complaints, *bounds, assumption, estimates, low, high, zh, en)


def _assumption(name: str) -> Assumption:
    try:
        return Assumption(name)
    except ValueError as error:
        raise InputError(
            f"There is no assumption {name!r}.", remedy=f"Give {', '.join(Assumption)}."
        ) from error


def _interval(n: int) -> tuple[float, float]:
    from scipy.stats import chi2

    low = float(chi2.ppf(0.025, 2 * n)) / 2 if n else 0.0
    return low, float(chi2.ppf(0.975, 2 * n + 2)) / 2


def _estimate(source: Source, n: int, bounds: tuple[float, float]) -> Estimate:
    low, high = (max(bound / source.complain, float(n)) for bound in bounds)
    return Estimate(source, n / source.complain, low, high)


def _told(n: int, estimates: tuple[Estimate, ...], low: float, high: float) -> tuple[str, str]:
    if len(estimates) == 1:
        (one,) = estimates
        return (
            f"假定{one.source.zh}：{n} 条投诉背后约有 {one.customers:,.0f} 位不满的客户"
            f"（{low:,.0f}–{high:,.0f}）。这是假定，不是量出来的。",
            f"Assuming that {one.source.en}: about {one.customers:,.0f} dissatisfied customers "
            f"stand behind {n} complaints ({low:,.0f}–{high:,.0f}). Assumed, not measured.",
        )
    few, most = (f"{one.customers:,.0f}" for one in estimates)
    return (
        f"两个流传的数字互相矛盾（4% 或 67% 的人投诉）：{n} 条投诉背后有 {most} 到 {few} 位"
        f"不满的客户（{low:,.0f}–{high:,.0f}）。这是假定，不是量出来的。",
        f"The two quoted figures contradict each other (4 % or 67 % complain): {most} to {few} "
        f"dissatisfied customers stand behind {n} complaints ({low:,.0f}–{high:,.0f}). "
        "Assumed, not measured.",
    )
