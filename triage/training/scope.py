"""Texts that are no customer feedback: authored ones, and headlines of a public collection."""

import hashlib
import json
from pathlib import Path

from triage.records import Example
from triage.resources import resource
from triage.training.corpus import read_collection

HEADLINES = "news_headlines.csv.gz"
_HEADLINES = 3000
_TEST_PERCENT = 30


def default_scope_file() -> Path:
    """Return the authored texts in and out of scope, in the box."""
    return resource("data", "scope", "scope.jsonl")


def read_scope(path: Path | None = None) -> list[tuple[Example, bool]]:
    """Read authored texts, each with whether it is customer feedback."""
    lines = (path or default_scope_file()).read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line) for line in lines if line.strip())
    return [
        (Example(row["id"], row["text"], None, None, None, "scope", row["kind"]), row["in_scope"])
        for row in rows
    ]


def read_outside(path: Path | None, collections: Path | None) -> list[Example]:
    """Return texts that are no feedback: the authored ones, and headlines where there are any."""
    source = path or default_scope_file()
    authored = [e for e, inside in read_scope(source) if not inside] if source.exists() else []
    return authored + (_headlines(collections / HEADLINES) if collections else [])


def _headlines(path: Path) -> list[Example]:
    if not path.exists():
        return []
    rows = list(read_collection(path))
    step = max(1, len(rows) // _HEADLINES)
    return [Example(r["id"], r["text"], None, None, None, "news") for r in rows[::step]]


def is_held_out(name: str) -> bool:
    """Whether an authored scope text is kept for measuring (30 %, by a hash of its id)."""
    if not name.startswith("scope-"):
        return False
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 100 < _TEST_PERCENT
