"""`triage models`, `triage promote` and `triage rollback`."""

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.text import Text

from triage.cli import show
from triage.cli.judge import PolicyOption
from triage.cli.learn import CollectionsOption, require_training
from triage.resources import resource

if TYPE_CHECKING:
    from triage.registry.listing import Row
    from triage.registry.promote import Promotion

REFUSED = 3
ModelsOption = Annotated[
    Path,
    typer.Option(
        "--models", envvar="FENZHEN_MODELS", help="模型文件夹的文件夹 folder of model folders"
    ),
]
ByOption = Annotated[
    str | None, typer.Option("--by", help="谁做的，记入历史 who does it; kept in the history")
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON print JSON")]
ROOT = Path("models")
_MARKS = {"champion": "在用 champion", "shadow": "影子 shadow", "candidate": "候选 candidate"}
_GATES = {True: "通过 passed", False: "未通过 refused"}


def models(root: ModelsOption = ROOT, as_json: JsonOption = False) -> None:
    """列出模型：在用的、候选的、来历、成绩。List the models: in use, candidates, lineage, scores."""
    from triage.registry.listing import list_models

    rows = list_models(root)
    if as_json:
        _json([row.to_dict() for row in rows])
        return
    for row in rows:
        _print_row(row)


def _print_row(row: "Row") -> None:
    """Print a model in a few short lines: a table of all this fits no terminal."""
    mark, style = _MARKS[row.mark], "bold green" if row.mark == "champion" else "bold"
    name = f"{row.folder.name}  {row.name} {row.version}".rstrip()
    head = f"{mark}  {name}  {row.hash or '–'}  {row.kind}  {_age(row.created)}"
    show.out.print(Text(head, style=style), soft_wrap=True)
    if row.refused is not None:
        line = f"    不可用 refused [{row.refused.code}]: {row.refused.reason}"
        show.out.print(Text(line, style="red"), soft_wrap=True)
        return
    show.out.print(f"    {_figures(row)}", soft_wrap=True)
    show.out.print(Text(f"    {_lineage(row)}", style="dim"), soft_wrap=True)


def _figures(row: "Row") -> str:
    scores = row.scores
    if scores is None:
        return "没有成绩 no scores"
    figures = (
        ("macro-F1", scores.macro_f1),
        ("情绪κ sentiment", scores.sentiment_kappa),
        ("紧急κ urgency", scores.urgency_kappa),
        ("紧急召回 urgent recall", scores.critical_recall),
    )
    told = "  ".join(f"{name} {_number(value)}" for name, value in figures)
    return f"{told}  ({scores.texts}, n = {scores.n})"


def _lineage(row: "Row") -> str:
    parent = "–" if not row.parent else f"{row.parent['name']} {row.parent['version']}"
    return (
        f"来自 parent {parent}  数据 data {row.data_hash[:12] or '–'}  "
        f"代码 code {row.code_version or '–'}  关卡 gate {_gate(row)}"
    )


def _gate(row: "Row") -> str:
    if row.gate is None:
        return "–"
    return "放行 overridden" if row.gate.overridden else _GATES[row.gate.passed]


def _age(created: str) -> str:
    if not created:
        return "–"
    days = (datetime.now(UTC) - datetime.fromisoformat(created)).days
    return f"{days} 天 d"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def promote(
    model: Annotated[
        str, typer.Argument(help="候选模型的文件夹或名字 folder or name of the model")
    ],
    root: ModelsOption = ROOT,
    data: Annotated[
        list[Path] | None,
        typer.Option(help="用来量的数据，只用其中留出的 data; only what is held out of it is used"),
    ] = None,
    collections: CollectionsOption = None,
    policy: PolicyOption = None,
    by: ByOption = None,
    override: Annotated[
        str | None, typer.Option(help="仍要启用的理由，须写 --by use it all the same: why")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """启用一个模型，前提是不比在用的差。Put a model in use, unless it is worse than the champion.

    未通过时退出码为 3。Exit code 3 where it is refused.
    """
    require_training()
    from triage.registry.promote import Question
    from triage.registry.promote import promote as ask

    # Who sets a refusal aside answers with the name they give, not the one of the machine.
    name = by if by is not None or override is not None else login_name()
    paths = [*(data or []), *_own_data(collections)]
    question = Question(paths, name or "", collections, policy, override)
    result = ask(root, model, question, progress=_progress)
    if as_json:
        _json(_told(result))
    else:
        _print(result)
    if result.pointer is None:
        raise typer.Exit(REFUSED)


def _progress(step: str) -> None:
    show.err.print(f"[dim]{step} …[/]")


def _own_data(collections: Path | None) -> list[Path]:
    """Return the labelled texts of the checkout, if this is one."""
    names = ("seed", "annotations") if collections is not None else ("seed",)
    folders = (resource("data", name) for name in names)
    return [folder for folder in folders if folder.is_dir()]


def login_name() -> str:
    """Return who is logged in at this machine, for the history where nobody gave a name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def _told(result: "Promotion") -> dict[str, Any]:
    override = result.override
    return {
        "promoted": result.pointer is not None,
        "pointer": None if result.pointer is None else result.pointer.to_dict(),
        "override": None if override is None else {"by": override.by, "reason": override.reason},
        "report": str(result.report),
        **result.gate.to_dict(),
    }


def _print(result: "Promotion") -> None:
    gate, name = result.gate, result.gate.candidate
    title = f"{name.name} {name.version} ({name.hash or '–'})"
    for path, n in gate.sources.items():
        show.out.print(f"[dim]留出的文本 held out: {path}: {n}[/]", soft_wrap=True)
    for reason in gate.reasons:
        show.out.print(Text(f"✗ [{reason.code}] {reason.zh}", style="red"), soft_wrap=True)
        show.out.print(Text(f"  {reason.en}"), soft_wrap=True)
    for label in gate.new_labels:
        line = f"新标签 new label {label.label}: n = {label.n}, F1 {_number(label.f1)}"
        show.out.print(line, soft_wrap=True)
    show.out.print(f"报告 report: {result.report.with_suffix('.md')}", soft_wrap=True)
    if result.pointer is None:
        show.out.print(Text(f"未启用 refused: {title}", style="bold red"), soft_wrap=True)
        return
    how = "" if result.override is None else f"（{result.override.by} 放行 overridden）"
    show.out.print(Text(f"已启用 promoted: {title}{how}", style="bold green"), soft_wrap=True)


def rollback(
    root: ModelsOption = ROOT,
    by: ByOption = None,
    to: Annotated[
        str | None,
        typer.Option(
            help="回到哪个，hash 开头几位 which one: first digits of its hash, or default"
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """回到上一个在用的模型。Go back to the previous champion."""
    from triage.registry.rollback import rollback as go_back

    entry, folder = go_back(root, by=by or login_name(), to=to)
    if as_json:
        _json({**entry.to_dict(), "folder": str(folder)})
        return
    hash_ = "" if entry.to is None else f" ({entry.to.hash})"
    show.out.print(f"已回到 back in use: {folder}{hash_}", soft_wrap=True, markup=False)


def _json(value: Any) -> None:
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
