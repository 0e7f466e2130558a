"""The commands that need the inbox: serve, demo, import, routes, keys."""

from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn

from triage.cli.judge import ModelOption, PolicyOption
from triage.files.columns import Fields

routes = typer.Typer(help="路由规则 The routing rules.", no_args_is_help=True)
keys = typer.Typer(help="接口密钥 API keys.", no_args_is_help=True)
RulesArgument = Annotated[
    Path | None,
    typer.Argument(metavar="FILE", help="规则文件 rules.yaml (default: the one in use)"),
]


class RoleName(StrEnum):
    """What the holder of a key may do."""

    READER = "reader"
    AGENT = "agent"
    ANALYST = "analyst"
    ADMIN = "admin"


def _service(module: str) -> Any:
    # The library does not depend on the service; only these commands reach up to it.
    return import_module(f"service.{module}")


def serve(
    host: Annotated[str, typer.Option(help="地址 address")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口 port")] = 8000,
    model: ModelOption = None,
    policy: PolicyOption = None,
) -> None:
    """启动服务：收件箱与接口。Start the service: the inbox at / and the API under /v1."""
    _service("run").serve(host=host, port=port, model=model, policy=policy)


def demo(model: ModelOption = None) -> None:
    """用 60 天的自编工单填满空数据库。Fill an empty database with 60 days of authored tickets."""
    with Progress(TextColumn("{task.description}"), BarColumn(), transient=True) as progress:
        task = progress.add_task("演示数据 playing 60 days")
        count, place = _service("cli.demo").demo(
            model, lambda done, total: progress.update(task, completed=done, total=total)
        )
    typer.echo(f"{count} 张工单写入 tickets in {place}。接着 next: triage serve")


def import_(
    source: Annotated[
        str, typer.Argument(metavar="IN", help=".jsonl .csv .csv.gz .tsv .parquet .xlsx, or -")
    ],
    text_field: Annotated[str | None, typer.Option(help="文本所在的列 column of the text")] = None,
    id_field: Annotated[str | None, typer.Option(help="编号所在的列 column of the id")] = None,
    name: Annotated[
        str, typer.Option("--source", help="来自哪个系统 which system it is from")
    ] = "import",
    model: ModelOption = None,
) -> None:
    """导入一个文件，每行一张工单；再导一次不会重复。A ticket for each record; again, none doubles."""
    done = _service("cli.demo").import_file(source, Fields(text_field, id_field), name, model)
    typer.echo(
        f"新建 created {done.created} · 已有 known {done.repeated} · 拒收 rejected {len(done.rejected)}"
    )
    for item in done.rejected[:10]:
        typer.echo(f"  {item['id']}: {item['error']['message']}", err=True)


@routes.command("check")
def check(file: RulesArgument = None, model: ModelOption = None) -> None:
    """检查规则文件：标签、队列、时限都认得吗。Check that all a rule file names exists."""
    book, warnings = _service("cli.routes").check(file, model)
    for warning in warnings:
        typer.echo(f"注意 warning: {warning}", err=True)
    typer.echo(f"可用 usable: {len(book.rules)} 条规则 rules · {len(book.queues)} 个队列 queues")


@routes.command("try")
def try_(
    file: RulesArgument = None,
    verdicts: Annotated[
        Path | None, typer.Option(help="`triage run` 的结果 .jsonl (default: tickets of the inbox)")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="最多几张 at most so many tickets")] = 1000,
    model: ModelOption = None,
) -> None:
    """拿过去的工单试规则：哪条会命中、多少次、哪条从不。Try rules on past tickets; nothing changes."""
    typer.echo(_service("cli.routes").try_(file, verdicts, most, model))


@keys.command("create")
def create(
    name: Annotated[str, typer.Argument(help="谁用 who uses it")],
    role: Annotated[RoleName, typer.Option(help="角色 role")] = RoleName.AGENT,
) -> None:
    """新建密钥，只显示这一次；有了第一把，没有密钥就进不来。Make a key; it is shown this once."""
    typer.echo(_service("cli.keys").create(name, role.value))


@keys.command("list")
def list_() -> None:
    """列出密钥。List keys."""
    for row in _service("cli.keys").list_():
        state = "已吊销 revoked" if row.revoked_at else "可用 active"
        typer.echo(f"{row.id}  {row.role:8} {state}  {row.name}")


@keys.command("revoke")
def revoke(public_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """吊销密钥。Revoke a key."""
    _service("cli.keys").revoke(public_id)
    typer.echo(f"已吊销 revoked {public_id}")
