"""Counts as a person reads them on the terminal."""

from math import isnan

from rich.console import Console
from rich.table import Table
from rich.text import Text

from triage.labels import SENTIMENT_CHINESE, URGENCY_CHINESE
from triage.taxonomy import BUILT_IN
from triage.trends.counts import REST, Counts, Group
from triage.trends.facts import MANY, NOTHING
from triage.trends.periods import Period

_NOBODY = "–"


def print_counts(out: Console, counts: Counts) -> None:
    """Print a line a period and a column a group, then the whole with the interval of its shares."""
    until = counts.end.strftime("%Y-%m-%d %H:%M:%S")
    line = f"{counts.n} 条 texts · {counts.start:%Y-%m-%d %H:%M:%S} – {until} {counts.zone}"
    out.print(Text(line, style="bold"), soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    table.add_column(f"{_PERIODS[counts.period]} {counts.period}", no_wrap=True)
    table.add_column("条数 n", justify="right")
    for group in counts.groups:
        name = Text(_named(counts.by, group.key))
        table.add_column(name, justify="right", overflow="fold")
    for row, (start, total) in enumerate(zip(counts.buckets, counts.total, strict=True)):
        shape = "%Y-%m-%d %H:%M" if counts.period is Period.HOUR else "%Y-%m-%d"
        table.add_row(start.strftime(shape), str(total), *(_cell(g, row) for g in counts.groups))
    table.add_section()
    table.add_row("全部 all", str(counts.n), *(str(one.n) for one in counts.groups), style="bold")
    if counts.groups:
        table.add_row("占比 share", "", *(_share(one.share) for one in counts.groups))
        table.add_row("95% 从 from", "", *(_share(one.share_low) for one in counts.groups))
        table.add_row("95% 到 to", "", *(_share(one.share_high) for one in counts.groups))
    out.print(table)


_PERIODS = {Period.HOUR: "小时", Period.DAY: "日", Period.WEEK: "周"}
_WORDS = {REST: "其余 others", NOTHING: "没有 none"}


def _named(by: str, key: str) -> str:
    if key in _WORDS:
        return _WORDS[key]
    if by == MANY:
        return BUILT_IN.zh(key)
    levels = {"sentiment": SENTIMENT_CHINESE, "urgency": URGENCY_CHINESE}.get(by)
    return f"{key} {levels[int(key)]}" if levels else key


def _cell(group: Group, row: int) -> str:
    n, share = group.counts[row], group.shares[row]
    return f"{n} · {share:.0%}" if not isnan(share) else _NOBODY


def _share(share: float) -> str:
    return f"{share:.1%}" if not isnan(share) else _NOBODY
