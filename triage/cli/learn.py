"""`triage train`, `triage evaluate` and `triage info`."""

import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from triage.artifact import METRICS, read_manifest
from triage.cli import show
from triage.cli.judge import ModelOption, PolicyOption
from triage.engine import Triage
from triage.errors import DataError, InputError
from triage.resources import default_model, resource

CollectionsOption = Annotated[
    Path | None,
    typer.Option(help="公开语料文件夹 folder of the public collections (*.csv.gz)"),
]


def train(
    out: Annotated[Path, typer.Option(help="写到哪里 model folder to write")],
    data: Annotated[
        list[Path] | None, typer.Option(help="标注数据 labelled .jsonl, or a folder of them")
    ] = None,
    collections: CollectionsOption = None,
    name: Annotated[str, typer.Option(help="模型名 name of the model")] = "model",
    version: Annotated[str, typer.Option(help="版本 version of the model")] = "1.0.0",
    seed: Annotated[int, typer.Option(help="随机种子 seed")] = 0,
) -> None:
    """训练一个模型，并在留出的文本上评测。Train a model and measure it on held-out texts."""
    _require_training()
    from triage.training.build import Plan, build
    from triage.training.linear import Settings

    folders = data or [resource("data", "seed"), resource("data", "annotations")]
    plan = Plan(folders, out, collections, name, version, Settings(seed=seed))
    metrics = build(plan, progress=lambda step: show.err.print(f"[dim]{step} …[/]"))
    show.figures(metrics["test"], f"{name} {version}: held-out test texts")


def evaluate(
    data: Annotated[
        list[Path], typer.Argument(help="标注数据 labelled .jsonl, or folders of them")
    ],
    model: ModelOption = None,
    policy: PolicyOption = None,
    collections: CollectionsOption = None,
    only_held_out: Annotated[
        bool, typer.Option("--held-out", help="只用留出的文本 only the held-out test texts")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON print JSON")] = False,
) -> None:
    """评测一个模型。Measure a model on labelled texts."""
    _require_training()
    from triage.training.corpus import read_examples
    from triage.training.metrics import by_slice, judge
    from triage.training.splits import held_out

    engine = Triage.load(model, policy=policy)
    examples = read_examples(data, collections=collections, labels=engine.scorer.labels)
    if only_held_out:
        test = set(held_out()["test"])
        examples = [example for example in examples if example.id in test]
    if not examples:
        raise DataError("No labelled text is left to measure on.", remedy="Check the data.")
    _print_figures(by_slice(judge(engine, examples), engine.scorer.labels), as_json)


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


def _require_training() -> None:
    from importlib.util import find_spec

    if find_spec("sklearn") is None:
        raise InputError(
            "Training and evaluation need scikit-learn.",
            remedy="Install them with: pip install 'fenzhen[train]'",
            code="missing_extra",
        )
