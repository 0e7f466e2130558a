"""The `triage` command: parse, call, print. Nothing is decided here."""

from triage.cli.app import main

__all__ = ["main"]
