"""`triage evaluate` and `triage info`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from triage.artifact import MANIFEST, METRICS, read_manifest
from triage.cli import show
from triage.cli.judge import ModelOption, PolicyOption
from triage.engine import Triage
from triage.errors import DataError, InputError
from triage.records import Example, Verdict
from triage.resources import default_model
from triage.taxonomy import Taxonomy

CollectionsOption = Annotated[
    Path | None,
    typer.Option(help="公开语料文件夹 folder of the public collections (*.csv.gz)"),
]
HeldOutOption = Annotated[
    bool, typer.Option("--held-out", help="只用留出的文本 only the held-out test texts")
]


def evaluate(
    data: Annotated[
        list[Path],
        typer.Argument(
            metavar="[MODEL] DATA...",
            help="标注数据，前面可写模型文件夹 labelled .jsonl, or folders of them, "
            "after a model folder if you like",
        ),
    ],
    model: ModelOption = None,
    policy: PolicyOption = None,
    collections: CollectionsOption = None,
    only_held_out: HeldOutOption = False,
    out: Annotated[
        Path | None, typer.Option(help="报告文件夹 folder to write a whole report into")
    ] = None,
    texts: Annotated[
        bool,
        typer.Option(
            "--texts/--no-texts", help="报告里是否带原文 whether the report holds the texts"
        ),
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON print JSON")] = False,
) -> None:
    """评测一个模型。Measure a model on labelled texts."""
    require_training()
    from triage.training.metrics import by_slice, judge

    model, data = _model_first(model, data)
    engine = Triage.load(model, policy=policy)
    labels = engine.scorer.labels
    examples = labelled(data, labels, collections=collections, only_held_out=only_held_out)
    pairs = judge(engine, examples)
    if not pairs:
        raise DataError("None of the texts can be judged.", remedy="Check the data.")
    if out is not None:
        left_out = len(examples) - len(pairs)
        _write_report(pairs, engine.taxonomy, out, texts=texts, left_out=left_out)
    _print_figures(by_slice(pairs, labels), as_json)


def _model_first(model: Path | None, data: list[Path]) -> tuple[Path | None, list[Path]]:
    """Take a model folder before the data, as in `triage evaluate MODEL DATA`, for --model."""
    if not (data[0] / MANIFEST).is_file():
        return model, data
    if model is not None:
        raise InputError(
            f"Two models are named: {data[0]} and {model}.",
            remedy="Name one; `triage compare` compares two.",
            code="two_models",
        )
    if not data[1:]:
        raise InputError(
            f"{data[0]} is a model; there is no data to measure it on.",
            remedy="Add labelled .jsonl files or folders after it.",
            code="no_data",
        )
    return data[0], data[1:]


def labelled(
    data: Sequence[Path],
    labels: Sequence[str],
    *,
    collections: Path | None,
    only_held_out: bool,
) -> list[Example]:
    """Read the texts to measure on. Raises DataError where none is left."""
    from triage.training.corpus import read_examples
    from triage.training.splits import held_out_of

    examples = read_examples(data, collections=collections, labels=labels)
    if only_held_out:
        test = set(held_out_of(data)["test"])
        examples = [example for example in examples if example.id in test]
    if not examples:
        raise DataError("No labelled text is left to measure on.", remedy="Check the data.")
    return examples


def _write_report(
    pairs: list[tuple[Example, Verdict]],
    taxonomy: Taxonomy,
    out: Path,
    *,
    texts: bool,
    left_out: int,
) -> None:
    from triage.training import report

    labels = taxonomy.codes
    figures = report.make(pairs, labels, taxonomy=taxonomy, texts=texts, left_out=left_out)
    report.write(out, figures)
    show.err.print(f"报告 report: {out / report.PAGE}", soft_wrap=True, markup=False)


def _print_figures(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(figures, option=orjson.OPT_APPEND_NEWLINE))
    else:
        show.figures(figures, "evaluation")


def info(
    model: ModelOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON print JSON")] = False,
) -> None:
    """模型的来历与成绩。What a model is, was made from, and scored."""
    folder = model or default_model()
    manifest = read_manifest(folder)
    engine = Triage.load(folder)
    whole = {"folder": str(folder), "hash": engine.name.hash, **manifest}
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(whole, option=orjson.OPT_APPEND_NEWLINE))
        return
    for key in ("name", "version", "hash", "kind", "labels", "tokeniser", "data", "seed", "folder"):
        show.out.print(f"[bold]{key}[/]: {whole.get(key)}", soft_wrap=True)
    metrics = orjson.loads((folder / METRICS).read_bytes())
    show.figures(metrics.get("test", {}), "held-out test texts 留出文本")


def require_training() -> None:
    """Raise InputError where the packages for training and evaluation are not installed."""
    from importlib.util import find_spec

    if find_spec("sklearn") is None:
        raise InputError(
            "Training and evaluation need scikit-learn.",
            remedy="Install them with: pip install 'fenzhen[train]'",
            code="missing_extra",
        )
