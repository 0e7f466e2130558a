"""What can be wrong with a file of rules, said all at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from triage import TriageError

_SHOWN = 24  # so many known names fit a message; of more only the near ones help


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where, what, and what to do. `line` counts from 1."""

    line: int
    place: str
    message: str
    remedy: str = ""

    def said(self, file: str) -> str:
        """Return `file:line: place: message remedy`, as editors and terminals follow it."""
        place = f"{self.place}: " if self.place else ""
        return f"{file}:{self.line}: {place}{self.message} {self.remedy}".rstrip()


class RuleError(TriageError):
    """A file of rules is unusable; `problems` holds everything that is wrong with it."""

    code = "rule_error"

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        message = "\n".join(problem.said(file) for problem in self.problems)
        places = "this place" if len(self.problems) == 1 else f"these {len(self.problems)} places"
        super().__init__(
            message, remedy=f"Mend {places}, then run `triage routes check`; see docs/routing.md."
        )


def unknown(what: str, name: object, known: Collection[str]) -> tuple[str, str]:
    """Return message and remedy for a name outside a closed set, the nearest known one first."""
    near = get_close_matches(str(name), sorted(known), n=1, cutoff=0.5)
    asked = f"Did you mean {near[0]!r}? " if near else ""
    if not known:
        return f"Unknown {what} {name!r}.", "None is declared."
    listed = sorted(known)
    names = ", ".join(listed[:_SHOWN]) + (", …" if len(listed) > _SHOWN else "")
    return f"Unknown {what} {name!r}.", f"{asked}Known: {names}."
