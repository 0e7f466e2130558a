"""The edges for analysts: pandas and polars frames in, frames of the same kind out."""

import warnings
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import numpy as np

from triage.errors import InputError
from triage.files.columns import TIME_NAMES, YEARS, moment, usual
from triage.taxonomy import BUILT_IN
from triage.trends.building import Labels, Loaded, Rows, build, coded
from triage.trends.counts import Counts, count
from triage.trends.facts import COLUMNS, LEVELS, MANY, Filter, Floats, Ints
from triage.trends.periods import Period, moment_of, period_of, zone_of
from triage.trends.tables import rows_of

_CUSTOMER = "customer"
_QUARTER = 900  # seconds: clocks change at no other moments
_FIRST, _LAST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (YEARS[0], YEARS[-1] + 1))


def facts_of(
    frame: Any,
    *,
    zone: str | tzinfo,
    time: str = "at",
    columns: Mapping[str, str] | None = None,
    labels: Labels = BUILT_IN,
) -> Loaded:
    """Return the facts of a pandas or polars frame, and which rows were left out, and why.

    `time` names the column of the time; naive times are those of `zone`. Other columns are
    found by the names of the dimensions (`issue` or `issues`: a list, or text parted by `;`,
    `,` or `|`) and `customer`; `columns` says which column a dimension has instead. All other
    columns of numbers become measures. Raises InputError for what is no frame, for a missing
    column, and where no time at all can be read.
    """
    table, zone = _table(frame), zone_of(zone)
    chosen = _chosen(table.columns, time, columns or {})
    cells = {name: _cells(table[column]) for name, column in chosen.items()}
    at = _seconds(table[chosen["time"]], cells["time"], zone)
    if len(at) and np.isnan(at).all():
        raise InputError(
            f"The column {chosen['time']!r} holds no time, for example {cells['time'][0]!r}.",
            remedy=f"Write times such as 2026-01-31 08:00, in {YEARS[0]} to {YEARS[-1]}.",
        )
    rows = Rows(
        at=at,
        times=cells["time"],
        issues=cells.get(MANY),
        sentiment=cells.get("sentiment"),
        urgency=cells.get("urgency"),
        columns={name: cells[name] for name in (*COLUMNS, _CUSTOMER) if name in cells},
        numbers=_numbers(table, set(chosen.values())),
    )
    return build(rows, labels)


def to_frame(counts: Counts, *, like: Any) -> Any:
    """Return counts as a long frame of the kind of `like`: one row a period and group.

    Columns: start (aware, in the zone of the counts), key, n, total, share, low, high. Without
    groups the one key is `all`, and there are no shares. Raises InputError for what is no frame.
    """
    import narwhals as nw

    rows = rows_of(counts)
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    starts = np.repeat(counts.bounds[:-1], len(rows) // len(counts.total))
    shares = {name: np.array(columns[name], dtype=np.float64) for name in ("share", "low", "high")}
    data = {**columns, "start": (starts * 1_000_000).astype("datetime64[us]"), **shares}
    frame = nw.from_dict(data, backend=_table(like).implementation)
    named = getattr(counts.zone, "key", "UTC")
    local = nw.col("start").dt.replace_time_zone("UTC").dt.convert_time_zone(named)
    return frame.with_columns(local, nw.col(*shares).fill_nan(None)).to_native()


def count_frame(
    frame: Any,
    *,
    by: str,
    period: str | Period,
    zone: str | tzinfo,
    start: str | date | None = None,
    end: str | date | None = None,
    wanted: Filter | None = None,
    top: int | None = None,
    time: str = "at",
    columns: Mapping[str, str] | None = None,
    labels: Labels = BUILT_IN,
) -> Any:
    """Count a frame by period and group: `facts_of`, `count` and `to_frame` in one.

    `start` and `end` (exclusive) are the first and last time of the frame unless given. Warns of
    rows that were left out. Raises InputError as the three do, and where there is nothing to count.
    """
    zone = zone_of(zone)
    loaded = facts_of(frame, zone=zone, time=time, columns=columns, labels=labels)
    if loaded.left_out:
        told = "; ".join(map(str, loaded.left_out))
        warnings.warn(f"Rows were left out: {told}", stacklevel=2)
    begin, stop = window(loaded, start, end, zone)
    counts = count(
        loaded.facts,
        by=by,
        period=period_of(period),
        start=begin,
        end=stop,
        zone=zone,
        wanted=wanted,
        top=top,
    )
    return to_frame(counts, like=frame)


def window(
    loaded: Loaded, start: str | date | None, end: str | date | None, zone: tzinfo
) -> tuple[datetime, datetime]:
    """Return the times to count from and to: those given, or all there is. Raises InputError."""
    at = loaded.facts.at
    if not len(at):
        told = "; ".join(map(str, loaded.left_out)) or "It has no rows."
        raise InputError(f"There is nothing to count: {told}")
    first = datetime.fromtimestamp(int(at.min()), zone)
    last = datetime.fromtimestamp(int(at.max()) + 1, zone)
    return (
        first if start is None else moment_of(start, zone),
        last if end is None else moment_of(end, zone),
    )


def _table(frame: Any) -> Any:
    import narwhals as nw

    try:
        return nw.from_native(frame, eager_only=True)
    except TypeError as error:
        raise InputError(
            f"This is no frame of pandas or polars: {type(frame).__name__}.",
            remedy="Give a DataFrame; call collect() on a lazy one.",
        ) from error


def _chosen(present: list[str], time: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the column of the frame that each dimension has. Raises InputError."""
    known = (MANY, *LEVELS, *COLUMNS, _CUSTOMER)
    if unknown := given.keys() - set(known):
        raise InputError(
            f"There is no dimension {min(unknown)!r}.", remedy=f"Give {', '.join(known)}."
        )
    found = {name: name for name in known if name in present}
    if MANY not in found and "issues" in present:
        found[MANY] = "issues"
    found |= {**given, "time": time}
    for column in found.values():
        if column not in present:
            raise _missing(column, present)
    return found


def _missing(column: str, present: list[str]) -> InputError:
    likely = usual(present, TIME_NAMES)
    hint = f" Perhaps time={likely!r}." if column == "at" and likely else ""
    listed = ", ".join(map(str, present)) or "none"
    return InputError(
        f"The frame has no column {column!r}. Columns: {listed}.",
        remedy=f"Name the right one with `time` or `columns`.{hint}",
    )


def _cells(series: Any) -> list[Any]:
    """Return the values of a column, None for whatever stands for a missing one."""
    missing = series.is_null().to_list()
    values = zip(series.to_list(), missing, strict=True)
    return [None if gone else value for value, gone in values]


def _numbers(table: Any, taken: set[str]) -> dict[str, Floats]:
    import narwhals as nw

    return {
        name: np.asarray(table[name].cast(nw.Float64).to_numpy(), dtype=np.float64)
        for name, kind in table.schema.items()
        if name not in taken and (kind.is_numeric() or kind == nw.Boolean)
    }


def _seconds(series: Any, cells: list[Any], zone: tzinfo) -> Floats:
    """Return a column of times as seconds since 1970 in UTC, NaN where there is none."""
    import narwhals as nw

    kind = series.dtype
    if kind.is_numeric() or kind == nw.Boolean:
        raise InputError(
            f"The column {series.name!r} holds numbers, not times.",
            remedy="Turn them into times: of which unit they are only you know.",
        )
    if kind == nw.Date:
        series, kind = series.cast(nw.Datetime("us")), nw.Datetime("us")
    if kind != nw.Datetime:
        return _read(cells, zone)
    seconds = series.dt.timestamp("us").cast(nw.Float64).to_numpy() / 1e6
    return _in_years(seconds if kind.time_zone else _from_wall(seconds, zone))


def _read(cells: list[Any], zone: tzinfo) -> Floats:
    codes, distinct = coded(cells)
    return np.array([_stamp(value, zone) for value in distinct], dtype=np.float64)[codes]


def _stamp(value: Any, zone: tzinfo) -> float:
    at = moment(value)
    if at is None or at.year not in YEARS:
        return np.nan
    return (at if at.tzinfo else at.replace(tzinfo=zone)).timestamp()


def _in_years(seconds: Floats) -> Floats:
    return np.where((seconds >= _FIRST) & (seconds < _LAST), seconds, np.nan)


def _from_wall(seconds: Floats, zone: tzinfo) -> Floats:
    """Return times of the clock on the wall of a zone as times in UTC."""
    quarters: Ints = np.nan_to_num(_in_years(seconds)).astype(np.int64) // _QUARTER
    distinct, places = np.unique(quarters, return_inverse=True)
    offsets = [_offset(int(quarter) * _QUARTER, zone) for quarter in distinct]
    return seconds - np.array(offsets, dtype=np.float64)[places]


def _offset(wall: int, zone: tzinfo) -> float:
    told = (datetime(1970, 1, 1) + timedelta(seconds=wall)).replace(tzinfo=zone)
    return (told.utcoffset() or timedelta()).total_seconds()
