"""Authored tables, written in every form a file can have."""

import csv
import gzip
import io
import json
import sys
from types import SimpleNamespace

import pytest

from triage.files.columns import Fields
from triage.files.readers import read

HEADER = ("编号", "评论内容")
ROWS = [
    ("a1", "等了三天还没发货，快递也查不到"),
    ("a2", "质量太差，第一次穿就破洞"),
    ("a3", "客服态度恶劣😡，爱答不理"),
    ("a4", "很满意，下次还来"),
]


def delimited(rows, delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def lines_of(rows):
    return "".join(json.dumps(dict(zip(HEADER, row, strict=True))) + "\n" for row in rows)


def workbook(path, rows):
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def parquet(path, columns):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(columns), path)


def fill(path, rows):
    """Write `rows` under the authored header in the form that the name of `path` asks for."""
    kind = "".join(path.suffixes)
    if kind == ".xlsx":
        workbook(path, [HEADER, *rows])
    elif kind == ".parquet":
        parquet(path, {name: [row[k] for row in rows] for k, name in enumerate(HEADER)})
    else:
        base = kind.removesuffix(".gz")
        table = delimited([HEADER, *rows], "\t" if base == ".tsv" else ",")
        data = (table if base in (".csv", ".tsv") else lines_of(rows)).encode()
        path.write_bytes(gzip.compress(data) if kind.endswith(".gz") else data)
    return path


KINDS = (".jsonl", ".ndjson", ".jsonl.gz", ".csv", ".csv.gz", ".tsv", ".parquet", ".xlsx")


@pytest.fixture(params=KINDS)
def table(request, tmp_path):
    """The authored rows as a file of every kind there is."""
    return fill(tmp_path / f"feedback{request.param}", ROWS)


@pytest.fixture
def put(tmp_path):
    """Write a file of text (in some encoding) or of bytes."""

    def write(name, content, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture
def load():
    """Read a whole file into a list of records."""
    return lambda source, **fields: list(read(str(source), Fields(**fields)))


@pytest.fixture
def piped(monkeypatch):
    """Put bytes, or an iterator of lines, on standard input."""

    def pipe(content):
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))

    return pipe
