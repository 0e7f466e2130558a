"""Cells of tables as bytes of CSV that a spreadsheet opens without harm."""

import csv
import io
from collections.abc import Iterable
from typing import Any

BOM = b"\xef\xbb\xbf"  # spreadsheets take a file for UTF-8 by this
_FORMULA = tuple("=+-@＝＋－＠\t\r\n")


def csv_line(cells: Iterable[Any]) -> bytes:
    """Return a line of CSV in UTF-8: lists joined by `|`, no text that could run as a formula."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow([safe_cell(cell) for cell in cells])
    return buffer.getvalue().encode("utf-8", "replace")


def safe_cell(value: Any) -> Any:
    """Return what goes into a cell; a text that begins like a formula gets a quote before it."""
    if isinstance(value, list | tuple):
        value = "|".join(map(str, value))
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
