"""`triage export-facts`."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from triage.cli.server import _service

_DAY = ["%Y-%m-%d"]


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
