"""`triage data import`: strangers' tables into a dataset."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from triage.cli import show
from triage.errors import DataError

if TYPE_CHECKING:
    from triage.datasets.importing import Imported, Rejected

TextField = Annotated[str | None, typer.Option(help="文本所在的列 column of the text")]
IssuesField = Annotated[str | None, typer.Option(help="问题所在的列 of the issues")]
SentimentField = Annotated[str | None, typer.Option(help="情绪所在的列 of sentiment")]
UrgencyField = Annotated[str | None, typer.Option(help="紧急程度所在的列 of urgency")]
IdField = Annotated[str | None, typer.Option(help="编号所在的列 of the id")]
CustomerField = Annotated[str | None, typer.Option(help="客户所在的列 of the customer")]
ChannelField = Annotated[str | None, typer.Option(help="渠道所在的列 of the channel")]
_SHOWN = 12
_ROLES = {
    "text": "文本 text",
    "id": "编号 id",
    "issues": "问题 issues",
    "sentiment": "情绪 sentiment",
    "urgency": "紧急 urgency",
    "customer": "客户 customer",
    "channel": "渠道 channel",
}


def import_(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE...",
            help=".csv .tsv .xlsx .parquet .jsonl，或 Label Studio 导出的 .json or its export",
        ),
    ],
    out: Annotated[Path, typer.Option(help="数据集文件夹 folder of the dataset")],
    text_field: TextField = None,
    issues_field: IssuesField = None,
    sentiment_field: SentimentField = None,
    urgency_field: UrgencyField = None,
    id_field: IdField = None,
    customer_field: CustomerField = None,
    channel_field: ChannelField = None,
    taxonomy: Annotated[
        Path | None, typer.Option(help="自己的标签 YAML file of labels of your own")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--map", help="对照表 YAML map `their name: our code`")
    ] = None,
    new_labels: Annotated[
        bool,
        typer.Option(
            "--new-labels", help="不认识的标签写成 taxonomy.yaml make labels of new names"
        ),
    ] = False,
    mask: Annotated[
        bool, typer.Option("--mask", help="遮住文本里的个人信息 mask personal data in the texts")
    ] = False,
) -> None:
    """把表格或标注导出变成数据集，可重复执行。Import tables or exports; again changes nothing."""
    from triage.datasets.columns import Wanted
    from triage.datasets.importing import Plan, import_files

    labels = (issues_field, sentiment_field, urgency_field)
    wanted = Wanted(text_field, id_field, *labels, customer_field, channel_field)
    plan = Plan(sources, out, wanted, taxonomy, mapping, new_labels, mask)
    result = import_files(plan)
    _print(result, out)
    if not result.rows:
        raise DataError("No row could be imported.", remedy="Mend what is listed above.")


def _print(result: "Imported", out: Path) -> None:
    from triage.training.corpus import REJECTED

    for name, columns in result.columns.items():
        found = columns.to_dict()
        roles = "，".join(f"{_ROLES[role]} ← {column}" for role, column in found.items())
        _say(f"{name}: {roles}")
        if missing := [
            _ROLES[name] for name in ("issues", "sentiment", "urgency") if name not in found
        ]:
            _say(f"  没有找到 not found: {'、'.join(missing)}（当作不知道 taken as not known）")
    merged = result.merged
    _say(
        f"新 new {merged.new}，更新 updated {merged.updated}，已有 there already {merged.same}，"
        f"重复 twice {result.twice}，没有标签 without labels {result.unlabelled}，"
        f"读不了 rejected {len(result.rejected)} → {out}"
    )
    if merged.renamed:
        _say(
            f"{merged.renamed} 个编号已属于别的文本，加了后缀 "
            "ids stood for other texts and got an ending"
        )
    if result.starter:
        _say(f"新标签写在 new labels are in {result.starter}；代码可改 codes may be changed")
    if result.rejected:
        show.err.print(_rejected(result.rejected))
        _say(f"逐行列在 listed one by one in {out / REJECTED}")
    if result.unknown:
        show.err.print(_unknown(result.unknown))
        _say(
            "怎么办 remedy: --map FILE（每行 `他们的叫法: 我们的代码` lines of `their name: our "
            "code`），--taxonomy FILE，或 or --new-labels"
        )


def _say(line: str) -> None:
    show.err.print(escape(line), soft_wrap=True)


def _rejected(rejected: "tuple[Rejected, ...]") -> Table:
    counts = Counter(row.code for row in rejected)
    first = {row.code: row for row in reversed(rejected)}
    table = Table("读不了 rejected", "行数 rows", "例如 for example", box=None, pad_edge=False)
    for code, n in counts.most_common():
        row = first[code]
        table.add_row(code, str(n), escape(f"{Path(row.file).name} 第 {row.row} 行: {row.why}"))
    return table


def _unknown(unknown: "Counter[str]") -> Table:
    table = Table("不认识的标签 unknown label", "行数 rows", box=None, pad_edge=False)
    for name, n in unknown.most_common(_SHOWN):
        table.add_row(escape(name), str(n))
    if len(unknown) > _SHOWN:
        table.add_row(f"…… 共 in all {len(unknown)}", str(unknown.total()))
    return table
