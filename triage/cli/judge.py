"""`triage run` and `triage explain`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from triage.batch import run as run_batch
from triage.cli import show
from triage.engine import Triage
from triage.errors import InputError
from triage.files.columns import Fields
from triage.records import Feedback, to_json

ModelOption = Annotated[
    Path | None,
    typer.Option("--model", help="模型文件夹 model folder (default: the one in the box)"),
]
PolicyOption = Annotated[Path | None, typer.Option("--policy", help="策略文件 policy TOML")]


def run(
    source: Annotated[
        str, typer.Argument(metavar="IN", help=".jsonl .csv .csv.gz .tsv .parquet .xlsx, or -")
    ],
    out: Annotated[str, typer.Option("--out", help=".jsonl .csv .parquet, or -")] = "-",
    text_field: Annotated[str | None, typer.Option(help="文本所在的列 column of the text")] = None,
    id_field: Annotated[str | None, typer.Option(help="编号所在的列 column of the id")] = None,
    keep_input: Annotated[
        bool, typer.Option("--keep-input", help="保留原来的列 keep the columns of the input")
    ] = False,
    model: ModelOption = None,
    policy: PolicyOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="不显示进度 no progress")] = False,
) -> None:
    """处理一个文件：逐条给出判断。Judge every record of a file, in order."""
    engine = Triage.load(model, policy=policy)
    with _progress(quiet or not sys.stderr.isatty()) as advance:
        summary = run_batch(
            engine,
            source,
            out,
            fields=Fields(text_field, id_field),
            keep_input=keep_input,
            progress=advance,
        )
    if not quiet:
        show.summary(summary, out, engine.taxonomy, engine.name)


@contextmanager
def _progress(hidden: bool) -> Iterator[Callable[[int], None]]:
    if hidden:
        yield lambda _: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.completed:,} 条"), TimeElapsedColumn())
    with Progress(*columns, console=show.err, transient=True) as bar:
        task = bar.add_task("")
        yield lambda done: bar.update(task, completed=done) if done % 256 == 0 else None


def explain(
    text: Annotated[
        str, typer.Argument(help="一条客户反馈 one piece of feedback; - reads standard input")
    ],
    model: ModelOption = None,
    policy: PolicyOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON print JSON")] = False,
) -> None:
    """解释一条反馈：结论，以及原文里的依据。Explain the verdict on one text."""
    words = sys.stdin.buffer.read().decode("utf-8", "replace") if text == "-" else text
    if not words.strip():
        raise InputError("The text is empty.", remedy="Give the text in quotes.", code="empty_text")
    engine = Triage.load(model, policy=policy)
    verdict = engine(Feedback("1", words))
    if as_json:
        sys.stdout.buffer.write(to_json(verdict.to_dict()) + b"\n")
    else:
        show.verdict(verdict, words, engine.taxonomy)
