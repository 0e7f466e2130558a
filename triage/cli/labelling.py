"""`triage label-studio` and `triage data pull`: labels given elsewhere, on their way here."""

import sys
from collections.abc import Iterator
from itertools import tee
from pathlib import Path
from typing import Annotated, Any

import typer

from triage.cli import show
from triage.cli.judge import ModelOption, PolicyOption
from triage.cli.server import _service
from triage.engine import Triage
from triage.errors import InputError
from triage.files.columns import Fields
from triage.files.readers import read
from triage.files.writers import whole_file
from triage.records import Feedback, Rejection, to_json
from triage.taxonomy import Taxonomy, load_taxonomy

label_studio = typer.Typer(help="Label Studio 标注 labelling there.", no_args_is_help=True)
TaxonomyOption = Annotated[
    Path | None, typer.Option("--taxonomy", help="标签文件 taxonomy.yaml (default: the model's)")
]
_KEPT = ("ticket_id", "customer", "channel", "source")


@label_studio.command("config")
def config(taxonomy: TaxonomyOption = None, model: ModelOption = None) -> None:
    """打印标注界面的配置（XML），贴进项目设置。Print the labelling config, to paste into a project."""
    from triage.datasets.ls_config import labelling_config

    if taxonomy and model:
        raise InputError("Both --taxonomy and --model.", remedy="Give the one whose labels count.")
    sys.stdout.buffer.write(labelling_config(_labels(taxonomy, model)).encode())


def _labels(taxonomy: Path | None, model: Path | None) -> Taxonomy:
    return load_taxonomy(taxonomy) if taxonomy else Triage.load(model).taxonomy


@label_studio.command("tasks")
def tasks(
    source: Annotated[
        str, typer.Argument(metavar="IN", help=".jsonl .csv .csv.gz .tsv .parquet .xlsx, or -")
    ],
    out: Annotated[Path, typer.Option("--out", help="写到哪里 .json to import there")],
    text_field: Annotated[str | None, typer.Option(help="文本所在的列 column of the text")] = None,
    id_field: Annotated[str | None, typer.Option(help="编号所在的列 column of the id")] = None,
    model: ModelOption = None,
    policy: PolicyOption = None,
) -> None:
    """把文件变成带预标注的任务，导入 Label Studio。Tasks with pre-annotations, to import there."""
    engine = Triage.load(model, policy=policy)
    rejected: list[Rejection] = []
    records = read(source, Fields(text_field, id_field))
    with whole_file(out) as file:
        count = 0
        for count, task in enumerate(_tasks(engine, records, rejected), 1):
            file.write((b",\n" if count > 1 else b"[\n") + to_json(task))
        file.write(b"\n]\n" if count else b"[]\n")
    show.err.print(f"{count} 个任务 tasks → {out}", markup=False)
    for item in rejected[:10]:
        show.err.print(f"未处理 rejected {item.id}: {item.message}", style="yellow", markup=False)


def _tasks(
    engine: Triage, records: Iterator[Feedback | Rejection], rejected: list[Rejection]
) -> Iterator[dict[str, Any]]:
    from triage.datasets.ls_convert import prediction_of, task_of

    given, judged = tee(records)
    for record, result in zip(given, engine.pipe(judged), strict=True):
        if isinstance(result, Rejection):
            rejected.append(result)
        elif isinstance(record, Feedback):
            prediction = prediction_of(result, record.text, engine.taxonomy)
            yield task_of(record.text, _data(record), prediction)


def _data(record: Feedback) -> dict[str, Any]:
    """Return what else a task keeps: with `ticket_id` its annotation finds back to the ticket."""
    kept = {name: record.meta[name] for name in _KEPT if record.meta.get(name)}
    return {"id": record.id, **kept}


def pull(
    out: Annotated[Path, typer.Option("--out", help="数据集文件夹 folder of the dataset")],
    since: Annotated[
        str | None, typer.Option(help="只看这条改正之后的工单 tickets corrected after this id")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="全部重做（默认）all of them anew (the default)")
    ] = False,
    mask: Annotated[
        bool, typer.Option("--mask", help="个人信息打码 mask personal data in the texts")
    ] = False,
) -> None:
    """把收件箱的改正和标注变成样本 inbox.jsonl。Corrections and annotations as examples to learn from."""
    if since and everything:
        raise InputError("Both --since and --all.", remedy="Give one of them.")
    done = _service("cli.pull").pull(out, since=since or "", masked=mask)
    typer.echo(
        f"{done.total} 条样本 examples → {done.path}  "
        f"(新 new {done.new} · 改 changed {done.changed} · 撤 gone {done.gone})"
    )
    if done.newest:
        typer.echo(f"下次 next time: --since {done.newest}")
