"""`triage serve`."""

from typing import Annotated

import typer

from triage.cli.judge import ModelOption, PolicyOption


def serve(
    host: Annotated[str, typer.Option(help="地址 address")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口 port")] = 8000,
    model: ModelOption = None,
    policy: PolicyOption = None,
) -> None:
    """启动服务：网页与接口。Start the service: a page at / and the API under /v1."""
    # The library does not depend on the service; only this command reaches up to it.
    from importlib import import_module

    import_module("service.run").serve(host=host, port=port, model=model, policy=policy)
