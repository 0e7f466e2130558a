"""The command, called in this process or as a process of its own."""

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from triage.cli import main

COMMAND = (sys.executable, "-c", "from triage.cli import main; main()")


@dataclass(frozen=True)
class Result:
    code: int
    stdout: bytes
    err: str

    @property
    def out(self):
        return self.stdout.decode("utf-8")

    @property
    def rows(self):
        """Standard output as JSON lines; fails where anything else was printed."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def said(self):
        """Standard error without blanks: the terminal breaks its lines where it likes."""
        return "".join(self.err.split())

    @property
    def shown(self):
        """Standard output without blanks."""
        return "".join(self.out.split())


@pytest.fixture
def cli(monkeypatch, capsysbinary):
    """Call the command in this process."""

    def call(*args, stdin=b""):
        monkeypatch.setattr(sys, "argv", ["triage", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsysbinary.readouterr()
        return Result(code, out, err.decode("utf-8"))

    return call


@pytest.fixture
def process(root):
    """Call the command as a process of its own; `options` are those of subprocess.run."""

    def call(*args, env=None, **options):
        done = subprocess.run(
            [*COMMAND, *map(os.fsencode, map(str, args))],
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE,
            cwd=root,
            env=os.environ | (env or {}),
            timeout=60,
            check=False,
            **options,
        )
        return Result(done.returncode, done.stdout or b"", done.stderr.decode("utf-8", "replace"))

    return call


@pytest.fixture
def put(tmp_path):
    """Write a file of lines; mappings become JSON."""

    def write(name, *rows, encoding="utf-8"):
        texts = [row if isinstance(row, str) else _json(row) for row in rows]
        path = Path(tmp_path, name)
        path.write_bytes("".join(f"{text}\n" for text in texts).encode(encoding))
        return path

    return write


def _json(row):
    return json.dumps(row, ensure_ascii=False)
