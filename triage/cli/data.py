"""`triage data`: make, check, split and count datasets; bring labels and texts together."""

import json
from pathlib import Path
from typing import Annotated

import typer

from triage.cli import data_check, data_import, show
from triage.errors import DataError
from triage.files.writers import whole_file
from triage.records import Example

data = typer.Typer(help="标注数据 labelled data.", no_args_is_help=True)


@data.callback()
def _group() -> None:
    """标注数据 labelled data."""


data.command("import")(data_import.import_)
for command in (data_check.check, data_check.split, data_check.stats):
    data.command()(command)


@data.command()
def join(
    labels: Annotated[
        list[Path], typer.Argument(help="标注 annotation .jsonl, or folders of them")
    ],
    collections: Annotated[Path, typer.Option(help="公开语料文件夹 folder of the collections")],
    out: Annotated[Path, typer.Option(help="写到哪里 .jsonl to write")],
) -> None:
    """把标签与公开语料的原文合在一起。Join labels with the texts of public collections."""
    from triage.training.corpus import read_examples

    if not collections.is_dir():
        raise DataError(f"There is no folder {collections}.", remedy="Give --collections FOLDER.")
    examples = read_examples(labels, collections=collections)
    with whole_file(out) as file:
        for example in examples:
            file.write(json.dumps(_row(example), ensure_ascii=False).encode() + b"\n")
    show.err.print(f"{len(examples)} 条 texts → {out}")


def _row(example: Example) -> dict[str, object]:
    names = ("id", "source", "kind", "channel", "text", "issues", "sentiment", "urgency", "unsure")
    return {name: getattr(example, name) for name in names}
