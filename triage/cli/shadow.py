"""`triage shadow`: let a candidate judge beside the champion, where nothing follows from it."""

from typing import Annotated

import typer

from triage.cli import show
from triage.cli.registry import ROOT, ByOption, ModelsOption, login_name
from triage.errors import InputError


def shadow(
    model: Annotated[
        str | None, typer.Argument(help="候选模型的文件夹或名字 folder or name of the model")
    ] = None,
    root: ModelsOption = ROOT,
    stop: Annotated[bool, typer.Option("--stop", help="不再跟着判断 let it judge no more")] = False,
    by: ByOption = None,
) -> None:
    """让候选模型跟着判断，只记录、不生效。Let a candidate judge live traffic; nothing follows from it."""
    from triage.registry.shadowing import start_shadow, stop_shadow

    if (model is None) is not stop:
        raise InputError("Name one model, or --stop.", remedy="triage shadow NAME")
    name = by or login_name()
    if model is None:
        told = stop_shadow(root, by=name)
        line = f"已停止 stopped: {told.folder} ({told.hash})"
    else:
        told = start_shadow(root, model, by=name)
        line = f"跟着判断 in the shadow: {told.folder} ({told.hash})，结果见 see /models/shadow"
    show.out.print(line, soft_wrap=True, markup=False)
