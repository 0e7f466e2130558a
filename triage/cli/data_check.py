"""`triage data check`, `triage data split` and `triage data stats`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from triage.cli import show
from triage.labels import SENTIMENT_CHINESE, URGENCY_CHINESE
from triage.taxonomy import Taxonomy

if TYPE_CHECKING:
    from triage.datasets.checks import Checked
    from triage.datasets.splitting import Drawn

FoldersArgument = Annotated[
    list[Path],
    typer.Argument(metavar="FOLDER...", help="数据集文件夹或 .jsonl folders of datasets, or files"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON print JSON")]
_LEVELS = {"error": "[bold red]要改 mend[/]", "warning": "[yellow]注意 note[/]"}
_PARTS = {"train": "训练 train", "dev": "开发 dev", "test": "测试 test"}


def check(folders: FoldersArgument, as_json: JsonOption = False) -> None:
    """检查数据集；要改的问题以退出码 1 表示。Check datasets; exit code 1 if something must be mended."""
    from triage.datasets.checks import check as check_folders

    result = check_folders(folders)
    if as_json:
        _json(result.to_dict())
    else:
        _print_checked(result)
    raise typer.Exit(0 if result.fine else 1)


def _json(value: Mapping[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))


def _print_checked(result: "Checked") -> None:
    for problem in result.problems:
        where = "；".join(problem.where)
        more = " ……" if problem.n > len(problem.where) and where else ""
        show.out.print(
            f"{_LEVELS[problem.level]} [bold]{problem.n}[/] {escape(problem.message)}",
            soft_wrap=True,
        )
        if where:
            show.out.print(f"    [dim]{escape(where)}{more}[/]", soft_wrap=True)
        show.out.print(f"    → {escape(problem.remedy)}", soft_wrap=True)
    errors = sum(problem.level == "error" for problem in result.problems)
    told = f"要改 to mend {errors}，注意 to note {len(result.problems) - errors}"
    show.out.print(f"{result.n} 条 texts；{told}", style="bold")


def split(
    folder: Annotated[Path, typer.Argument(help="数据集文件夹 folder of the dataset")],
    test: Annotated[int, typer.Option(help="测试占百分之几 percent for testing")] = 20,
    dev: Annotated[int, typer.Option(help="开发占百分之几 percent for development")] = 10,
) -> None:
    """留出测试与开发文本；已留出的不变。Hold out texts for testing; what is held out stays so."""
    from triage.datasets.splitting import extend
    from triage.training.corpus import taxonomy_of

    drawn = extend(folder, test=test, dev=dev)
    show.out.print(_parts(drawn, taxonomy_of([folder])))
    if drawn.aside:
        show.out.print(
            f"{drawn.aside} 条与留出的几乎相同或同一客户，不训练也不测试 "
            "are close to held-out ones: neither trained on nor measured",
            soft_wrap=True,
        )
    _print_interval(drawn)


def _parts(drawn: "Drawn", taxonomy: Taxonomy) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("部分 part")
    for name in drawn.parts:
        table.add_column(_PARTS[name], justify="right")
    table.add_row("条数 n", *(str(len(examples)) for examples in drawn.parts.values()))
    table.add_row("新 new", *(str(drawn.added[name]) for name in drawn.parts))
    for code in taxonomy.codes:
        counts = (
            sum(code in (example.issues or ()) for example in examples)
            for examples in drawn.parts.values()
        )
        table.add_row(f"{taxonomy.zh(code)} {code}", *map(str, counts))
    return table


def _print_largest(drawn: "Drawn") -> None:
    """Say so where one group, which goes to one part whole, makes the shares uneven."""
    total = drawn.n
    if drawn.largest * 5 > total:
        show.out.print(
            f"[yellow]最大的一组有 {drawn.largest} 条（共 {total} 条）：几乎相同的、同一客户的整组走，份额会偏 the largest "
            f"group holds {drawn.largest} of {total} texts and goes to one part whole: shares are uneven[/]",
            soft_wrap=True,
        )


def _print_interval(drawn: "Drawn") -> None:
    from triage.datasets.splitting import SMALL, interval

    n = len(drawn.parts["test"])
    _print_largest(drawn)
    low, high = interval(n)
    show.out.print(
        f"{n} 条测试文本上的 80 %，95 % 区间是 {low:.0%}–{high:.0%} "
        f"80 % measured on {n} texts has a 95 % interval of {low:.0%} to {high:.0%}",
        soft_wrap=True,
    )
    if drawn.n < SMALL:
        show.out.print(
            f"[yellow]只有 {drawn.n} 条：小的差别分不出来，先多标一些 with so few texts only great "
            "differences show; label more before you compare models[/]",
            soft_wrap=True,
        )


def stats(folders: FoldersArgument, as_json: JsonOption = False) -> None:
    """数据集里有什么。What is in a dataset, counted."""
    from triage.datasets.stats import stats as count
    from triage.training.corpus import read_examples, taxonomy_of
    from triage.training.splits import held_out_of

    taxonomy = taxonomy_of(folders)
    counts = count(read_examples(folders), taxonomy, held_out_of(folders))
    if as_json:
        _json(counts)
        return
    show.out.print(f"{counts['n']} 条 texts，指纹 hash {counts['hash']}", soft_wrap=True)
    for title, rows in _tables(counts, taxonomy):
        show.out.print(_counts(title, rows))


def _tables(counts: Mapping[str, Any], taxonomy: Taxonomy) -> list[tuple[str, dict[str, int]]]:
    issues = {f"{taxonomy.zh(code)} {code}": n for code, n in counts["issues"].items()}
    together = {
        " + ".join(map(taxonomy.zh, pair["labels"])): pair["n"] for pair in counts["together"][:10]
    }
    unknown = {name: counts["n"] - n for name, n in counts["known"].items()}
    return [
        (
            "问题 issues",
            {
                **issues,
                "没有问题 no issue": counts["no_issue"],
                "不知道 not known": unknown["issues"],
            },
        ),
        ("一起出现 together", together),
        ("情绪 sentiment", _levels(counts["sentiment"], SENTIMENT_CHINESE, unknown["sentiment"])),
        ("紧急 urgency", _levels(counts["urgency"], URGENCY_CHINESE, unknown["urgency"])),
        ("渠道 channel", counts["channel"]),
        ("来源 source", counts["source"]),
        ("文字 script", counts["script"]),
        ("长度（字） length", counts["length"]),
        ("客户 customers", counts["customers"]),
        ("用途 parts", {_PARTS[name]: n for name, n in counts["parts"].items()}),
    ]


def _levels(counts: Mapping[str, int], names: Mapping[int, str], unknown: int) -> dict[str, int]:
    named = {f"{level} {names[int(level)]}": n for level, n in counts.items()}
    return {**named, "不知道 not known": unknown}


def _counts(title: str, rows: Mapping[str, int]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(title, min_width=28)
    table.add_column("", justify="right")
    for name, n in rows.items():
        table.add_row(escape(name), str(n))
    return table
