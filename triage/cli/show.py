"""What a person sees on the terminal: summaries, tables, errors. Chinese first."""

from collections.abc import Mapping
from itertools import cycle
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from triage.batch import Summary
from triage.errors import TriageError
from triage.labels import SENTIMENT_CHINESE, URGENCY_CHINESE
from triage.records import ModelName, Verdict
from triage.taxonomy import Taxonomy

err = Console(stderr=True, highlight=False)
out = Console(highlight=False)
_COLOURS = ("red", "magenta", "blue", "yellow", "cyan")


def error(problem: TriageError) -> None:
    """Print what was wrong and what to do."""
    err.print(Text(f"错误 error [{problem.code}]: {problem.message}", style="bold red"))
    if problem.remedy:
        err.print(Text(f"怎么办 remedy: {problem.remedy}", style="yellow"))


def summary(result: Summary, target: str, taxonomy: Taxonomy, model: ModelName) -> None:
    """Print what a run did, on standard error so that piped output stays clean."""
    rate = result.records / result.seconds if result.seconds else 0
    by = f"{model.name} {model.version} {model.hash}"
    line = f"{result.records} 条 records → {target}  ({rate:,.0f}/s)  模型 model {by}"
    err.print(Text(line, style="bold"))
    judged = result.records - result.rejected.total()
    table = Table(box=None, pad_edge=False)
    for column in ("问题 issue", "条数 n", "占比 share"):
        table.add_column(column, justify="left" if column[0] == "问" else "right")
    for label, number in result.issues.most_common():
        table.add_row(f"{taxonomy.zh(label)} {label}", *_share(number, judged))
    table.add_row("没有问题 no issue", *_share(result.no_issue, judged))
    table.add_row("紧急 urgency 3", *_share(result.urgency[3], judged))
    table.add_row("需人工复核 review", *_share(result.review, judged))
    err.print(table)
    for code, number in result.rejected.most_common():
        err.print(f"[yellow]未处理 rejected: {number} × {code}[/]")


def _share(number: int, whole: int) -> tuple[str, str]:
    return str(number), f"{number / whole:.1%}" if whole else "–"


def verdict(result: Verdict, text: str, taxonomy: Taxonomy) -> None:
    """Print one verdict with its evidence marked in the customer's own characters."""
    out.print(_marked(result, text, taxonomy))
    names = "、".join(map(taxonomy.zh, result.issues)) or "没有问题 no issue"
    out.print(f"\n问题 issues: [bold]{names}[/]")
    if result.suggested:
        asked = "、".join(map(taxonomy.zh, result.suggested))
        out.print(f"待确认 suggested: {asked}")
    mood, speed = SENTIMENT_CHINESE[result.sentiment], URGENCY_CHINESE[result.urgency]
    out.print(f"情绪 sentiment: {result.sentiment} {mood} ({result.sentiment_score:+.2f})")
    out.print(f"紧急 urgency: {result.urgency} {speed}")
    for reason in result.review_reasons:
        out.print(Text(f"复核 review: {reason}", style="yellow"))
    out.print(_evidence(result, taxonomy))


def _marked(result: Verdict, text: str, taxonomy: Taxonomy) -> Text:
    marked = Text(text)
    colours = dict(zip(taxonomy.roots, cycle(_COLOURS), strict=False))
    for item in result.evidence:
        colour = colours.get(taxonomy.root(item.for_), "bright_red")
        marked.stylize(f"bold underline {colour}", item.start, item.end)
    return marked


def _evidence(result: Verdict, taxonomy: Taxonomy) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("依据 evidence", "原文 quote", "位置 span", "权重 weight", "来源 source"):
        table.add_column(column)
    for item in result.evidence:
        table.add_row(
            taxonomy.zh(item.for_),
            Text(item.text),
            f"{item.start}–{item.end}",
            f"{item.weight:.2f}",
            item.source,
        )
    return table


def figures(metrics: Mapping[str, Any], title: str) -> None:
    """Print the figures of each slice as a table."""
    table = Table(title=title)
    for column in ("slice", "n", "macro-F1", "micro-F1", "情绪κ", "紧急κ", "urgency 3 recall"):
        table.add_column(column, justify="right")
    for name, part in metrics.items():
        issues = part["issues"]
        table.add_row(
            name,
            str(part["n"]),
            _number(issues["macro_f1"]),
            _number(issues["micro_f1"]),
            _number(part["sentiment_kappa"]),
            _number(part["urgency_kappa"]),
            _number(part["critical"]["recall"]),
        )
    out.print(table)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
