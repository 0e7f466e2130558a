"""Counts, and any rows, as files that others open: CSV and Parquet."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import isnan
from typing import Any

from triage.files.cells import BOM, csv_line
from triage.trends.counts import Counts

ALL = "all"  # the key where counts have no groups
COLUMNS = ("start", "key", "n", "total", "share", "low", "high")
Row = Mapping[str, Any]


def rows_of(counts: Counts) -> list[dict[str, Any]]:
    """Return one row a period and group: COLUMNS, times local; None where there is no share."""
    series = [(one.key, one.counts, one.shares, one.low, one.high) for one in counts.groups]
    return [
        dict(zip(COLUMNS, (start, key, int(n[k]), int(total), *cells), strict=True))
        for k, (start, total) in enumerate(zip(counts.buckets, counts.total, strict=True))
        for key, n, cells in _cells(series, counts, k)
    ]


def csv_bytes(rows: Iterable[Row], *, columns: Sequence[str] | None = None) -> bytes:
    """Return rows as CSV in UTF-8 with a byte order mark; no cell can run as a formula.

    `columns`: which, in which order; all that occur unless given. Times are ISO, lists are
    joined by `|`; None and NaN are empty cells.
    """
    rows = list(rows)
    names = _names(rows, columns)
    lines = [csv_line(names), *(csv_line(_plain(row.get(name)) for name in names) for row in rows)]
    return b"".join([BOM, *lines])


def parquet_bytes(rows: Iterable[Row], *, columns: Sequence[str] | None = None) -> bytes:
    """Return rows as Parquet; aware times keep their zone, None and NaN are missing values.

    A column whose values are of several kinds is one of text.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = list(rows)
    arrays = {name: _array([row.get(name) for row in rows]) for name in _names(rows, columns)}
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(arrays), sink)
    return bytes(sink.getvalue())


def _cells(series: list[Any], counts: Counts, k: int) -> list[tuple[Any, ...]]:
    if not counts.groups:
        return [(ALL, counts.total, (None, None, None))]
    return [(key, n, [_known(part[k]) for part in parts]) for key, n, *parts in series]


def _known(value: Any) -> float | None:
    return None if isnan(value) else float(value)


def _names(rows: Sequence[Row], columns: Sequence[str] | None) -> Sequence[str]:
    return columns or list(dict.fromkeys(name for row in rows for name in row))


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and isnan(value))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return None if _missing(value) else value


def _array(values: Sequence[Any]) -> Any:
    import pyarrow as pa

    # Half an emoji cannot be written as UTF-8.
    cells = [
        value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for value in values
    ]
    try:
        return pa.array(cells, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if _missing(value) else str(value) for value in cells])
