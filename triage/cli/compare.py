"""`triage compare`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from triage.cli import show
from triage.cli.learn import CollectionsOption, HeldOutOption, labelled, require_training
from triage.engine import Triage
from triage.errors import InputError

if TYPE_CHECKING:
    from triage.training.compare import Comparison
    from triage.training.pages import Table as Cells

_ROWS = 30  # of slices: the worst first, then the best
_COLOURS = {"更好 better": "green", "更差 worse": "bold red"}


def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="旧模型文件夹 folder of one model")],
    second: Annotated[Path, typer.Argument(metavar="B", help="新模型文件夹 folder of the other")],
    data: Annotated[
        list[Path], typer.Argument(help="标注数据 labelled .jsonl, or folders of them")
    ],
    collections: CollectionsOption = None,
    only_held_out: HeldOutOption = False,
    seed: Annotated[int, typer.Option(help="随机种子 seed of the bootstrap")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON print JSON")] = False,
) -> None:
    """比较两个模型：哪里更好、哪里更差。Compare two models: where B beats A, and where it loses."""
    require_training()
    from triage.training.compare import compare as compare_pairs
    from triage.training.compare import judged_by_both

    one, two = Triage.load(first), Triage.load(second)
    labels = _shared(first, one, second, two)
    every = dict.fromkeys((*one.scorer.labels, *two.scorer.labels))
    examples = labelled(data, tuple(every), collections=collections, only_held_out=only_held_out)
    pairs = judged_by_both(one, two, examples)
    result = compare_pairs(*pairs, labels, taxonomy=two.taxonomy, seed=seed)
    if as_json:
        line = orjson.dumps(result.to_dict(), option=orjson.OPT_APPEND_NEWLINE)
        sys.stdout.buffer.write(line)
    else:
        _print(result)


def _shared(first: Path, one: Triage, second: Path, two: Triage) -> list[str]:
    """Return the labels that both models judge. Raises InputError where there is none."""
    labels = [label for label in one.scorer.labels if label in two.scorer.labels]
    if not labels:
        raise InputError(
            f"{first} judges {', '.join(one.scorer.labels)}; "
            f"{second} judges {', '.join(two.scorer.labels)}.",
            remedy="Compare models that share a label.",
            code="other_labels",
        )
    return labels


def _print(result: "Comparison") -> None:
    show.out.print(f"A: {result.first.name} {result.first.version} ({result.first.hash})")
    show.out.print(f"B: {result.second.name} {result.second.version} ({result.second.hash})")
    for name, only in (("A", result.only_first), ("B", result.only_second)):
        if only:
            show.out.print(f"只有 {name} 有的标签，不比较 only {name} has: {', '.join(only)}")
    show.out.print(f"同样的文本 the same texts: {result.n}\n")
    for table in result.to_tables():
        show.out.print(_table(table), "")
        if len(table.rows) > _ROWS:
            more = len(table.rows) - _ROWS
            show.out.print(f"还有 {more} 行，见 --json。{more} more rows: see --json.")


def _table(cells: "Cells") -> Table:
    table = Table(title=cells.title or None, box=None, pad_edge=False, title_justify="left")
    for k, name in enumerate(cells.head):
        number = k >= cells.text_columns
        side: JustifyMethod = "right" if number else "left"
        table.add_column(name, justify=side, no_wrap=number, overflow="fold")
    for row in cells.rows[:_ROWS]:
        table.add_row(*(Text(cell, style=_COLOURS.get(cell, "")) for cell in row))
    return table
