"""The command's root: its sub-commands, and the one place where errors become exit codes."""

import io
import os
import sys

import typer

from triage.cli.audit import audit
from triage.cli.compare import compare
from triage.cli.data import data
from triage.cli.drift import drift
from triage.cli.export import export, export_facts
from triage.cli.judge import explain, run
from triage.cli.labelling import label_studio, pull
from triage.cli.learn import evaluate, info
from triage.cli.pretrain import pretrain
from triage.cli.registry import models, promote, rollback
from triage.cli.select import select
from triage.cli.server import demo, import_, keys, routes, serve
from triage.cli.shadow import shadow
from triage.cli.show import error
from triage.cli.topics import topics
from triage.cli.train import train
from triage.cli.trends import trends
from triage.errors import OutputError, ReaderGoneError, TriageError

app = typer.Typer(
    name="triage",
    help="分诊：读懂中文客户反馈。Reads Chinese customer feedback: issues, mood, urgency, reasons.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    run,
    train,
    pretrain,
    evaluate,
    compare,
    explain,
    serve,
    demo,
    info,
    models,
    promote,
    rollback,
    shadow,
    drift,
    topics,
    trends,
    export,
    export_facts,
    select,
    audit,
):
    app.command()(command)
app.command("import")(import_)
data.command("pull")(pull)
for name, group in (
    ("data", data),
    ("label-studio", label_studio),
    ("routes", routes),
    ("keys", keys),
):
    app.add_typer(group, name=name)


def main() -> None:
    """Run the command line; exit 2 for unusable input, 1 where output cannot be written."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show Chinese
    try:
        app()
    except ReaderGoneError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except TriageError as problem:
        error(problem)
        sys.exit(1 if isinstance(problem, OutputError) else 2)
    except KeyboardInterrupt:
        sys.exit(130)
