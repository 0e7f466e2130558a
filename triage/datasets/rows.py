"""Rows of a stranger's table as rows of ours."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triage.datasets.columns import Columns
from triage.datasets.dataset import Row
from triage.datasets.sources import Source
from triage.datasets.values import (
    Issues,
    Names,
    folded,
    is_blank,
    number_of,
    read_flag,
    read_issues,
    read_sentiment,
    read_urgency,
)
from triage.datasets.words import NOBODY, SENTIMENT_WORDS, URGENCY_WORDS
from triage.errors import DataError, RecordError
from triage.text.pii import mask
from triage.training.corpus import text_hash

_OFF_SCALE = 0.05  # a column with a greater share of levels out of range has another scale
_FEW = 3  # so many may be slips of the pen


@dataclass(frozen=True, slots=True)
class Table:
    """A source, its columns, and what the names in it mean."""

    source: Source
    columns: Columns
    names: Names

    @property
    def stem(self) -> str:
        """The name of the file without its endings."""
        return Path(self.source.path.name.removesuffix(".gz")).stem


def rows_of(table: Table, *, masked: bool = False) -> Iterator[tuple[int, Row | RecordError]]:
    """Yield every row by its number, or what is wrong with it."""
    yield from table.source.broken
    for number, row in table.source.rows:
        try:
            yield number, _row(row, table, masked)
        except RecordError as error:
            yield number, error


def _row(row: Row, table: Table, masked: bool) -> Row:
    columns, names = table.columns, table.names
    text = _text(row.get(columns.text), masked)
    own = {name: row[name] for name in ("kind", "turn", "unsure") if row.get(name)}
    channel, customer = _cell(row, columns.channel), _cell(row, columns.customer)
    return {
        "id": _cell(row, columns.id) or f"t-{text_hash(text)}",
        "text": text,
        "issues": _issues(row, columns, names),
        "sentiment": read_sentiment(_raw(row, columns.sentiment), names),
        "urgency": read_urgency(_raw(row, columns.urgency), names),
        "source": _cell(row, "source") or table.stem,
        **({"channel": channel} if channel else {}),
        **({"customer": customer} if folded(customer) not in NOBODY else {}),
        **own,
    }


def _text(value: Any, masked: bool) -> str:
    if value is None or not str(value).strip():
        raise RecordError("The text is empty.", remedy="Fill it in.", code="empty_text")
    if isinstance(value, list | dict):
        raise RecordError("The text is no text.", remedy="Check the column.", code="no_text")
    return mask(str(value)) if masked else str(value)


def _raw(row: Row, column: str | None) -> Any:
    return row.get(column) if column else None


def _cell(row: Row, column: str | None) -> str:
    """Return a cell as text; a spreadsheet makes 17.0 of a 17."""
    value = _raw(row, column)
    if value is None or isinstance(value, list | dict):
        return ""
    return str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()


def _issues(row: Row, columns: Columns, names: Names) -> list[str] | None:
    found = _flagged(row, columns, names) if columns.flags else _named(row, columns, names)
    if found.unknown:
        raise RecordError(
            f"Unknown label {'、'.join(found.unknown)}.",
            remedy="Say what it means with --map, or make it a label with --taxonomy.",
            code="unknown_label",
        )
    return None if found.codes is None else list(found.codes)


def _named(row: Row, columns: Columns, names: Names) -> Issues:
    return read_issues(_raw(row, columns.issues), names)


def _flagged(row: Row, columns: Columns, names: Names) -> Issues:
    """Read columns of yes and no; a row in which none is filled in is not known."""
    cells = {column: row.get(column) for column, _ in columns.flags}
    if all(map(is_blank, cells.values())):
        return Issues(None)
    wrong = [name for name, v in cells.items() if not is_blank(v) and read_flag(v) is None]
    if wrong:
        raise RecordError(
            f"{wrong[0]} is {cells[wrong[0]]!r}, neither yes nor no.",
            remedy="Write 1 or 0, 是 or 否.",
            code="bad_flag",
        )
    return Issues(
        names.taxonomy.closed(code for name, code in columns.flags if read_flag(cells[name]))
    )


def unknown_names(table: Table) -> Iterator[str]:
    """Yield every name of an issue that no label has, as often as it occurs."""
    for found in _readable(table):
        yield from found.unknown


def known_codes(table: Table) -> set[str]:
    """Return the codes that occur."""
    return {code for found in _readable(table) for code in found.codes or ()}


def _readable(table: Table) -> Iterator[Issues]:
    for _, row in table.source.rows:
        try:
            if table.columns.flags:
                yield _flagged(row, table.columns, table.names)
            else:
                yield _named(row, table.columns, table.names)
        except RecordError:
            continue


def check_scales(rows: Sequence[Row], columns: Columns, names: Names, place: str) -> None:
    """Refuse levels of another scale than ours. Raises DataError that says what to do.

    Of a column of 0 and 1 the 1 would be read as very negative, and nobody would notice.
    """
    scales = (
        ("sentiment", columns.sentiment, 1, 5, {**SENTIMENT_WORDS, **names.sentiment}),
        ("urgency", columns.urgency, 0, 3, {**URGENCY_WORDS, **names.urgency}),
    )
    for what, column, low, high, words in scales:
        numbers = _numbers((_raw(row, column) for row in rows), words)
        off = [n for n in numbers if not low <= n <= high]
        many = len(off) >= _FEW and len(off) > _OFF_SCALE * len(numbers)
        if many or (off and max(numbers) <= 1):
            seen = "、".join(f"{n:g}" for n in sorted(set(numbers))[:12])
            raise DataError(
                f"The column {column} of {place} has another scale than {low} to {high}: {seen}.",
                remedy=f"Say what each level means in a --map file, under `{what}`.",
            )


def _numbers(cells: Iterable[Any], words: Container[str]) -> list[float]:
    """Return the numbers among cells that are no known words."""
    found = (number_of(cell) for cell in cells if not is_blank(cell) and folded(cell) not in words)
    return [number for number in found if number is not None]
