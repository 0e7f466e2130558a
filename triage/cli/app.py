"""The command's root: its sub-commands, and the one place where errors become exit codes."""

import os
import sys

import typer

from triage.cli.judge import explain, run
from triage.cli.learn import evaluate, info, train
from triage.cli.server import serve
from triage.cli.show import error
from triage.errors import OutputError, TriageError

app = typer.Typer(
    name="triage",
    help="分诊：读懂中文客户反馈。Reads Chinese customer feedback: issues, mood, urgency, reasons.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (run, train, evaluate, explain, serve, info):
    app.command()(command)


def main() -> None:
    """Run the command line; exit 2 for unusable input, 1 where output cannot be written."""
    try:
        app()
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except TriageError as problem:
        error(problem)
        sys.exit(1 if isinstance(problem, OutputError) else 2)
    except KeyboardInterrupt:
        sys.exit(130)
