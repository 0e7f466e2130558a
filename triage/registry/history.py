"""Who put which model in use, when and why: one line each, written before the pointers move.

A change is history first and pointer second. Where the machine stops in between, the line
speaks of a change that never came; `past_champions` leaves it out.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from triage.artifact import writing
from triage.errors import RegistryError
from triage.registry.pointers import (
    Pointer,
    Registry,
    pointer,
    read_registry,
    write_registry,
)

FILE = "history.jsonl"
_LOCK = ".registry.lock"
What = Literal["promotion", "rollback", "shadow_start", "shadow_stop"]
OF_CHAMPION = ("promotion", "rollback")


@dataclass(frozen=True, slots=True)
class Override:
    """A refusal that a person set aside, and why."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One change.

    `from_` and `to` are the pointers before and after; None is the model in the box, or no
    shadow. `gate` is the report, by its path within the registry.
    """

    at: str
    by: str
    what: What
    from_: Pointer | None
    to: Pointer | None
    gate: str | None = None
    override: Override | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, with `from` as the key."""
        return {
            "at": self.at,
            "by": self.by,
            "what": self.what,
            "from": None if self.from_ is None else self.from_.to_dict(),
            "to": None if self.to is None else self.to.to_dict(),
            "gate": self.gate,
            "override": None if self.override is None else asdict(self.override),
        }


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_history(root: Path) -> list[Entry]:
    """Read the changes, oldest first. Raises RegistryError for a line of another shape.

    A line cut short by a crash is left out: what it began to tell never came about.
    """
    path = root / FILE
    try:
        lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RegistryError(f"Cannot read {path}: {error.strerror}.") from error
    rows = ((f"{path}, line {number}", _row(line)) for number, line in enumerate(lines, 1))
    return [_entry(row, place) for place, row in rows if row is not None]


def _row(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _entry(row: Any, place: str) -> Entry:
    try:
        override = row["override"]
        return Entry(
            at=row["at"],
            by=row["by"],
            what=row["what"],
            from_=pointer(row["from"], place),
            to=pointer(row["to"], place),
            gate=row["gate"],
            override=None if override is None else Override(**override),
        )
    except (KeyError, TypeError) as error:
        raise RegistryError(
            f"{place}: this is no change of a registry ({error}).",
            remedy="Restore the file from a copy, or remove the line.",
        ) from error


def change(root: Path, entry: Entry) -> Registry:
    """Write a change down and carry it out: history first, then the pointers.

    `entry.from_` must be what is pointed at now: RegistryError where somebody was faster.
    Raises OutputError where the registry cannot be written.
    """
    with _alone(root):
        before = read_registry(root)
        part = "champion" if entry.what in OF_CHAMPION else "shadow"
        if not same_model(getattr(before, part), entry.from_):
            raise RegistryError(
                f"The {part} of {root} was changed meanwhile.",
                remedy="Look with `triage models`, and try again.",
                code="registry_changed",
            )
        after = replace(before, **{part: entry.to})
        if part == "champion" and same_model(after.shadow, entry.to):
            after = replace(after, shadow=None)  # nobody stands in their own shadow
        _append(root / FILE, entry)
        write_registry(root, after)
        return after


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold the registry while it changes; a second process waits its turn."""
    with writing(f"the registry {root}"):
        root.mkdir(parents=True, exist_ok=True)
        lock = (root / _LOCK).open("ab")
    with lock:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _append(path: Path, entry: Entry) -> None:
    line = json.dumps(entry.to_dict(), ensure_ascii=False).encode() + b"\n"
    with writing(str(path)), path.open("a+b") as file:
        file.seek(0, os.SEEK_END)
        if file.tell():
            file.seek(-1, os.SEEK_END)
            # A line that a crash cut short must not swallow this one.
            line = line if file.read(1) == b"\n" else b"\n" + line
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def past_champions(root: Path) -> list[Pointer | None]:
    """Return the champions that `rollback` can go through, the present one last.

    A promotion adds one; a rollback takes away what came after the one it went back to. None
    stands for the model in the box.
    """
    present = read_registry(root).champion
    stack: list[Pointer | None] = [None]
    found: list[Pointer | None] = []
    for entry in read_history(root):
        if entry.what in OF_CHAMPION:
            stack = _after(stack, entry)
        if same_model(stack[-1], present):
            found = list(stack)
    earlier = found[:-1] if found else [None] * (present is not None)
    return [*earlier, present]


def ever_champions(root: Path) -> list[Pointer | None]:
    """Return everything that was ever in the champion's place, the latest first."""
    entries = [entry for entry in read_history(root) if entry.what in OF_CHAMPION]
    return [pointer for entry in reversed(entries) for pointer in (entry.to, entry.from_)]


def _after(stack: list[Pointer | None], entry: Entry) -> list[Pointer | None]:
    begun = _last(stack, entry.from_)
    stack = stack[: begun + 1] if begun >= 0 else [*stack, entry.from_]
    back = _last(stack, entry.to)
    if entry.what == "rollback" and back >= 0:
        return stack[: back + 1]
    return [*stack, entry.to]


def _last(stack: list[Pointer | None], one: Pointer | None) -> int:
    return max((k for k, old in enumerate(stack) if same_model(old, one)), default=-1)


def same_model(one: Pointer | None, two: Pointer | None) -> bool:
    """Whether two pointers mean the same model, whoever pointed at it and when."""
    if one is None or two is None:
        return one is two
    return (one.folder, one.hash) == (two.folder, two.hash)
