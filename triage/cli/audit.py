"""`triage audit`: labels that look wrong."""

import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.table import Table

from triage.cli import show
from triage.cli.learn import CollectionsOption, require_training
from triage.engine import Triage
from triage.errors import FileFormatError
from triage.files.writers import whole_file

if TYPE_CHECKING:
    from triage.training.audit import Audit

_SHOWN = 20
_LONG = 60
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def audit(
    data: Annotated[list[Path], typer.Argument(metavar="DATA...", help="数据集 labelled datasets")],
    base: Annotated[
        Path | None,
        typer.Option(
            "--base", "--model", help="没见过这些标注的模型 a model not trained on these labels"
        ),
    ] = None,
    collections: CollectionsOption = None,
    out: Annotated[Path | None, typer.Option(help="写到哪里 .csv or .json to write")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON print JSON")] = False,
    seed: Annotated[int, typer.Option(help="随机种子 seed")] = 0,
) -> None:
    """找出可能标错的标签，最可疑的在前。Find labels that look wrong, the most suspicious first."""
    require_training()
    from triage.training.audit import audit as look
    from triage.training.corpus import read_examples, taxonomy_of

    _check(out)
    examples = read_examples(data, collections=collections)
    engine = Triage.load(base) if base else None
    found = look(examples, taxonomy_of(data), base=engine, seed=seed)
    if out is not None:
        _write(out, found)
    if as_json:
        sys.stdout.buffer.write(_json(found))
    else:
        _print(found)


def _check(out: Path | None) -> None:
    if out is not None and out.suffix.lower() not in (".csv", ".json"):
        raise FileFormatError(f"Cannot write {out.name}.", remedy="Use a .csv or .json name.")


def _write(out: Path, found: "Audit") -> None:
    with whole_file(out) as file:
        file.write(_csv(found) if out.suffix.lower() == ".csv" else _json(found))


def _json(found: "Audit") -> bytes:
    whole = {
        "texts": found.texts,
        "suspicions": [one.to_dict() for one in found.suspicions],
        "skipped": [
            {"field": s.field, "label": s.label, "zh": s.zh, "en": s.en} for s in found.skipped
        ],
    }
    return orjson.dumps(whole, option=orjson.OPT_APPEND_NEWLINE)


def _csv(found: "Audit") -> bytes:
    names = ["id", "field", "label", "given", "proposed", "quality", "zh", "en", "text"]
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, names)
    table.writeheader()
    for one in found.suspicions:
        table.writerow({key: _safe(value) for key, value in one.to_dict().items()})
    # The byte order mark tells spreadsheet programs that this is UTF-8.
    return out.getvalue().encode("utf-8-sig", "replace")


def _safe(value: object) -> object:
    """Keep a spreadsheet from running a customer's text as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _print(found: "Audit") -> None:
    for skipped in found.skipped:
        show.err.print(f"{skipped.zh} {skipped.en}", markup=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for column in (
        "编号 id",
        "标签 label",
        "现标 given",
        "建议 proposed",
        "可信 quality",
        "原因 why",
    ):
        table.add_column(column, overflow="fold")
    for one in found.suspicions[:_SHOWN]:
        words = one.text if len(one.text) <= _LONG else f"{one.text[:_LONG]}…"
        why = f"{words}\n{one.zh}"
        table.add_row(one.id, one.label, one.given, one.proposed, f"{one.quality:.2f}", why)
    show.out.print(table)
    total = len(found.suspicions)
    show.out.print(f"{found.texts} 条里 {total} 处可疑 suspicious labels", markup=False)
