"""`triage train`."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer

from triage.artifact import read_manifest
from triage.cli import show
from triage.cli.encoder import (
    CascadeOption,
    EncoderOption,
    EpochsOption,
    FetchOption,
    NameOption,
    Options,
    PrecisionOption,
    Precisions,
    ReadOption,
    TeacherOption,
    VersionOption,
    encoder_trained,
    labelled_data,
)
from triage.cli.learn import CollectionsOption, require_training
from triage.errors import InputError
from triage.resources import default_model

TaxonomyOption = Annotated[
    Path | None,
    typer.Option(help="自己的标签 labels of your own (default: taxonomy.yaml of the data)"),
]


def train(
    out: Annotated[Path, typer.Option(help="写到哪里 model folder to write")],
    data: Annotated[
        list[Path] | None, typer.Option(help="标注数据 labelled .jsonl, or a folder of them")
    ] = None,
    base: Annotated[
        Path | None,
        typer.Option(help="在哪个模型上修正（几秒钟） model to correct with the data, in seconds"),
    ] = None,
    taxonomy: TaxonomyOption = None,
    encoder: EncoderOption = None,
    cascade: CascadeOption = None,
    read: ReadOption = None,
    teacher: TeacherOption = None,
    epochs: EpochsOption = 5,
    precision: PrecisionOption = Precisions.INT8,
    fetch: FetchOption = False,
    collections: CollectionsOption = None,
    name: NameOption = None,
    version: VersionOption = "1.0.0",
    seed: Annotated[int, typer.Option(help="随机种子 seed")] = 0,
    track: Annotated[
        str | None,
        typer.Option(help="MLflow 地址或 SQLite 文件 MLflow tracking URI, or a SQLite file"),
    ] = None,
) -> None:
    """训练一个模型，并在留出的文本上评测。Train a model and measure it on held-out texts."""
    options = Options(encoder, cascade, teacher, epochs, precision, fetch, seed, read)
    options.check(base)
    require_training()
    from triage.registry.folders import refuse_in_use
    from triage.training.tracking import check, record

    if track is not None:
        check(track)
    refuse_in_use(out)
    title, begun = name or out.resolve().name, perf_counter()
    common = (out, collections, title, version)
    metrics = (
        encoder_trained(options, data, common, taxonomy, steps())
        if encoder is not None
        else _trained(base, data, common, taxonomy, seed)
    )
    show_trained(metrics, f"{title} {version}")
    show.err.print(f"{out}  {perf_counter() - begun:.1f} s", soft_wrap=True, markup=False)
    if track is not None:
        show.err.print(f"MLflow {record(track, out, metrics)} → {track}", markup=False)


def _trained(
    base: Path | None,
    data: list[Path] | None,
    common: tuple[Path, Path | None, str, str],
    taxonomy: Path | None,
    seed: int,
) -> dict[str, Any]:
    """Correct the base, or make a model from nothing; return the metrics."""
    from triage.training.adapt import AdaptSettings
    from triage.training.build import Plan, build
    from triage.training.correct import Correction, correct
    from triage.training.linear import Settings

    if base is not None:
        base = _base(base)
        examples, adapt = _examples(data, base), AdaptSettings(seed=seed)
        return correct(Correction(base, examples, *common, taxonomy, adapt), steps())
    return build(
        Plan(labelled_data(data), *common, Settings(seed=seed), taxonomy=taxonomy), steps()
    )


def _base(folder: Path) -> Path:
    """Return the folder; `default`, where there is none here, is the model in the box."""
    return default_model() if folder.name == "default" and not folder.exists() else folder


def _examples(data: list[Path] | None, base: Path) -> list[Path]:
    if not data:
        raise InputError(
            "There are no examples to correct the base with.",
            remedy="Add --data FOLDER, made by `triage data import` or `triage data pull`.",
            code="no_data",
        )
    if parent := read_manifest(base).get("parent"):
        show.err.print(
            f"[yellow]{base} 由 {parent['name']} 修正而来；它的样例不会带过来，请一并用 --data 给出。"
            f" {base} was corrected from {parent['name']}: its examples are not carried on, "
            "give them again with --data.[/]",
            soft_wrap=True,
        )
    return data


_TITLES = {
    "test": "held-out test texts 留出文本",
    "cross_validated": "cross-validated 交叉验证（文本太少，没有留出 too few to hold any out）",
    "box": "authored held-out texts of the box 自带的留出文本",
}


def show_trained(metrics: dict[str, Any], title: str) -> None:
    """Print the figures of a model that was just made."""
    for key, name in _TITLES.items():
        if metrics.get(key):
            show.figures(metrics[key], f"{title}: {name}")


def steps() -> Callable[[str], None]:
    """Return what says each step as it begins, with the seconds since the start."""
    begun = perf_counter()

    def step(text: str) -> None:
        show.err.print(f"[dim]{perf_counter() - begun:6.1f} s  {text} …[/]")

    return step
