"""`triage trends`."""

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from triage.cli import show
from triage.errors import FileFormatError, InputError

if TYPE_CHECKING:
    from triage.files.verdicts import Fields
    from triage.trends.building import Loaded
    from triage.trends.counts import Counts

_FILES = (".csv", ".parquet")


def trends(
    verdicts: Annotated[
        Path, typer.Argument(metavar="FILE", help="`triage run --keep-input` 的结果 its .jsonl")
    ],
    by: Annotated[
        str,
        typer.Option(
            help="按什么分 none issue sentiment urgency channel product region tier model"
        ),
    ] = "issue",
    period: Annotated[str, typer.Option(help="多长一段 hour, day or week")] = "day",
    zone: Annotated[str, typer.Option(help="时区 time zone")] = "Asia/Shanghai",
    since: Annotated[str | None, typer.Option(help="从何时 from, a date or a time")] = None,
    until: Annotated[str | None, typer.Option(help="到何时之前 before, a date or a time")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            help="只数 count only: channel=app，可重复 may be repeated; none 没有 without"
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="最多几组 the largest groups")] = 6,
    date_field: Annotated[str | None, typer.Option(help="时间所在的列 column of the time")] = None,
    channel_field: Annotated[
        str | None, typer.Option(help="渠道所在的列 column of the channel")
    ] = None,
    product_field: Annotated[
        str | None, typer.Option(help="产品所在的列 column of the product")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="写到哪里 .csv or .parquet to write")] = None,
) -> None:
    """每小时、每天、每周各有多少，各占多少。How many, and which share, in each hour, day or week."""
    from triage.files.verdicts import Fields
    from triage.trends.periods import zone_of

    _check(out)
    fields = Fields(date_field, channel_field, product_field)
    loaded = _read(verdicts, zone_of(zone), fields)
    counts = _counted(loaded, by, period, zone_of(zone), (since, until), _wanted(where or ()), top)
    if out is not None:
        _write(out, counts)
    else:
        from triage.cli.trends_table import print_counts

        print_counts(show.out, counts)


def _read(verdicts: Path, zone: tzinfo, fields: "Fields") -> "Loaded":
    from triage.trends.files import facts_of_file

    loaded = facts_of_file(verdicts, zone=zone, fields=fields)
    for one in loaded.left_out:
        show.err.print(f"[yellow]没有算进去 left out:[/] {one.n} × {one.column}")
    return loaded


def _counted(
    loaded: "Loaded",
    by: str,
    period: str,
    zone: tzinfo,
    given: tuple[str | None, str | None],
    values: dict[str, tuple[str, ...]],
    top: int,
) -> "Counts":
    from triage.trends.counts import count
    from triage.trends.facts import Filter
    from triage.trends.frames import window
    from triage.trends.periods import period_of

    start, end = window(loaded, *given, zone)
    return count(
        loaded.facts,
        by=by,
        period=period_of(period),
        start=start,
        end=end,
        zone=zone,
        wanted=Filter(values=values),
        top=top,
    )


def _check(out: Path | None) -> None:
    if out is not None and out.suffix.lower() not in _FILES:
        raise FileFormatError(f"Cannot write {out.name}.", remedy="Use a .csv or .parquet name.")


def _wanted(where: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the values asked for of each dimension: those of one dimension are alternatives."""
    values: dict[str, tuple[str, ...]] = {}
    for part in where:
        name, equals, value = part.partition("=")
        if not equals:
            raise InputError(f"--where {part!r} names no value.", remedy="Write channel=app.")
        values[name.strip()] = (*values.get(name.strip(), ()), value.strip())
    return values


def _write(out: Path, counts: "Counts") -> None:
    from triage.files.writers import whole_file
    from triage.trends.tables import COLUMNS, csv_bytes, parquet_bytes, rows_of

    write = csv_bytes if out.suffix.lower() == ".csv" else parquet_bytes
    with whole_file(out) as file:
        file.write(write(rows_of(counts), columns=COLUMNS))
    show.err.print(f"{counts.n} 条 texts → {out}")
