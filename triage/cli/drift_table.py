"""The report of `triage drift` as a person reads it on the terminal."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from triage.drift import ALL, Report, Series, Standing, State, weeks
from triage.drift.wording import channel_named, measure_named, moved, state_named
from triage.taxonomy import Taxonomy

_MARKS = {
    State.ALERT: "█",
    State.STEADY: "▁",
    State.REFERENCE: "·",
    State.OPEN: " ",
    State.NOT_ENOUGH: "?",
    State.NO_REFERENCE: "?",
}
_MOST = 40  # series that are shown; --json has every alert


def print_report(out: Console, report: Report, taxonomy: Taxonomy) -> None:
    """Print what changed, and every measure of all channels week by week."""
    out.print(Text(_summary(report)), soft_wrap=True)
    for week, old, new in report.breaks:
        told = (
            f"换模型 model changed in {weeks.name(week)}: {old} → {new}（之后另算 compared anew）"
        )
        out.print(Text(told, style="yellow"), soft_wrap=True)
    if report.undated:
        out.print(Text(f"没有时间的记录 records without a time: {report.undated}", style="yellow"))
    standing = report.standing
    for one in standing[:_MOST]:
        out.print(_line(one, taxonomy), soft_wrap=True)
    if not standing:
        out.print("没有超出预算的变化 nothing outside the budget.")
    if len(standing) > _MOST:
        more = len(standing) - _MOST
        out.print(f"还有 {more} 条，见 --json。{more} more: see --json.")
    out.print(_overview(report, taxonomy))
    out.print("█ 变了 changed · ▁ 平稳 steady · · 参照 reference · ? 说不了 cannot say")


def _summary(report: Report) -> str:
    tested = [week for week in report.weeks if week.tests]
    rules = report.settings
    level = f"{tested[-1].level:.2g}" if tested else "–"
    return (
        f"{len(report.weeks)} 周 weeks · 比较了 compared {len(tested)} 周 · "
        f"最近一周 {tested[-1].tests if tested else 0} 项检验 tests，每项 level {level} · "
        f"预算 budget: {rules.budget:g} 次误报/年 false alarms a year · "
        f"变化至少 excess PSI ≥ {rules.floor:g}（占比类 shares ≥ {rules.floor_share:g}）"
    )


def _since(standing: Standing) -> str:
    last = weeks.name(standing.alert.point.week)
    if standing.weeks == 1:
        return last
    return f"{last}（{weeks.name(standing.first)} 起 {standing.weeks} 周 weeks）"


def _line(one: Standing, taxonomy: Taxonomy) -> Text:
    alert, shift = one.alert, one.alert.point.shift
    assert shift is not None
    what = measure_named(alert.series.measure.code, taxonomy)[0]
    where = channel_named(alert.series.channel)[0]
    figures = (
        f" · {_since(one)} · n={alert.point.n} · PSI−机会 excess {shift.excess:.3f} "
        f"[{shift.low:.2f}, {shift.high:.2f}] · p {shift.p:.1g}"
    )
    bold = f"变了 changed: {what} · {where} · {moved(alert)[0]}"
    return Text.assemble((bold, "bold red"), figures)


def _overview(report: Report, taxonomy: Taxonomy) -> Table:
    table = Table(box=None, pad_edge=False, title_justify="left", title="全部渠道 all channels")
    for column in ("什么 what", "模型 model", "参照 reference", "各周 weeks", "最近 latest"):
        table.add_column(column)
    for series in _whole(report.series):
        over = [point for point in series.points if point.state is not State.OPEN]
        last = (over or series.points)[-1]
        held = series.reference
        table.add_row(
            Text(measure_named(series.measure.code, taxonomy)[0]),
            series.model or "–",
            f"n={held.n}" if held else "–",
            "".join(_MARKS[point.state] for point in series.points),
            f"{state_named(last.state)[0]}{f' {last.shift.excess:.3f}' if last.shift else ''}",
        )
    return table


def _whole(series: Iterable[Series]) -> Iterable[Series]:
    return (one for one in series if one.channel == ALL)
