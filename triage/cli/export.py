"""`triage export` and `triage export-facts`."""

from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from triage.artifact import MANIFEST
from triage.cli import show
from triage.cli.encoder import (
    CascadeOption,
    NameOption,
    PrecisionOption,
    Precisions,
    ReadOption,
    VersionOption,
    labelled_data,
    refuse_read_alone,
    require_encoder,
)
from triage.cli.learn import CollectionsOption
from triage.cli.server import _service
from triage.cli.train import show_trained, steps
from triage.errors import InputError

_DAY = ["%Y-%m-%d"]


def export(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="训练好的编码器，或级联 folder of a fitted encoder, or a cascade for another --read",
        ),
    ],
    out: Annotated[Path, typer.Option(help="写到哪里 model folder to write")],
    data: Annotated[
        list[Path] | None,
        typer.Option(help="训练时的数据 the data it was fitted on: .jsonl, or folders of them"),
    ] = None,
    precision: PrecisionOption = Precisions.INT8,
    cascade: CascadeOption = None,
    read: ReadOption = None,
    taxonomy: Annotated[
        Path | None, typer.Option(help="训练时的标签 the labels it was fitted for")
    ] = None,
    collections: CollectionsOption = None,
    name: NameOption = None,
    version: VersionOption = "1.0.0",
) -> None:
    """把训练好的编码器做成模型，不用再训练。Make a model of a fitted encoder, without another fit."""
    finished = (source / MANIFEST).exists()
    _refuse_odd(finished, read, cascade, precision)
    require_encoder()
    from triage.registry.folders import refuse_in_use
    from triage.training.encoder.build import EncoderPlan, export_checkpoint
    from triage.training.encoder.relimit import export_cascade

    refuse_in_use(out)
    title, begun = name or out.resolve().name, perf_counter()
    plan = EncoderPlan(
        labelled_data(data),
        str(source),
        out,
        collections,
        title,
        version,
        taxonomy=taxonomy,
        precision=precision.value,
        cascade=cascade,
        read=read,
    )
    make = export_cascade if finished else export_checkpoint
    show_trained(make(plan, steps()), f"{title} {version}")
    show.err.print(f"{out}  {perf_counter() - begun:.1f} s", soft_wrap=True, markup=False)


def _refuse_odd(
    finished: bool, read: float | None, cascade: Path | None, precision: Precisions
) -> None:
    """Raise InputError for options that would do nothing."""
    if finished and (cascade or precision is not Precisions.INT8):
        raise InputError(
            "A finished cascade gets another limit; its word model and precision stay.",
            remedy="Leave --cascade and --precision out, or give the checkpoint.",
            code="finished",
        )
    if not finished:
        refuse_read_alone(read, cascade)


def export_facts(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="文件夹 folder")],
    since: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="从哪天起 from this day on")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="到哪天为止，不含 to before this day")
    ] = None,
    customers: Annotated[
        bool, typer.Option("--customers", help="带客户的加密代号 a keyed hash of each customer")
    ] = False,
) -> None:
    """按天导出 Parquet，DuckDB 可读；再导一次只换变了的天。One Parquet file a day; again, only what changed."""
    first = since.date() if since else date.min
    last = until.date() if until else date.max
    done = _service("cli.export_facts").export_facts(out, first, last, customers=customers)
    typer.echo(
        f"{done.days} 天 days · {done.tickets} 张工单 tickets · "
        f"改写 written {done.written} · 删除 removed {done.removed}"
    )
    if done.untold:
        typer.echo(
            f"还有 {done.untold} 张旧工单没统计，启动一次服务就会补上 "
            f"{done.untold} tickets of an older version are not counted yet: triage serve",
            err=True,
        )
