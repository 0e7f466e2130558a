"""Reading the file of calendars and policies: YAML, the schema, every problem with its line."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from service.routing.located import Located, read_yaml
from service.routing.located import Path as Place
from service.routing.problems import Problem, RuleError, unknown
from triage import PolicyError
from triage.resources import resource


class ClockFileError(PolicyError):
    """A file of calendars and policies is unusable; `problems` holds all that is wrong with it."""

    code = "bad_clocks"

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        message = "\n".join(problem.said(file) for problem in self.problems)
        super().__init__(message, remedy="See docs/clocks.md and data/desk/clocks.schema.json.")


class Faults:
    """Collects what is wrong with one file, so that all of it is said at once."""

    def __init__(self, file: str, found: Located) -> None:
        self.file = file
        self._found = found
        self._problems = list(found.problems)

    def add(self, place: Place, message: str, remedy: str = "") -> None:
        """Note one problem at a path into the file."""
        where = " › ".join(str(step + 1) if isinstance(step, int) else step for step in place)
        self._problems.append(Problem(self._found.line(place), where, message, remedy))

    def refuse(self) -> None:
        """Raise ClockFileError if anything is wrong."""
        if self._problems:
            raise ClockFileError(self.file, self._problems)


def read_clock_file(path: Path) -> tuple[dict[str, Any], Faults]:
    """Return the content of a file that fits the schema. Raises ClockFileError."""
    try:
        found = read_yaml(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        told = Problem(1, "", f"Cannot read it: {error.strerror}.", "Check the path.")
        raise ClockFileError(str(path), [told]) from error
    except UnicodeDecodeError as error:
        told = Problem(1, "", "It is not UTF-8 text.", "Save it as UTF-8.")
        raise ClockFileError(str(path), [told]) from error
    except RuleError as error:
        raise ClockFileError(str(path), error.problems) from error
    faults = Faults(str(path), found)
    faults.refuse()
    for place, message, remedy in _schema_faults(found.value):
        faults.add(place, message, remedy)
    faults.refuse()
    return found.value, faults


def day(text: str, place: Place, faults: Faults) -> date:
    """Return a date; where there is no such day, note it and return another."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.add(place, f"There is no day {text}.", "Write it as 2026-10-10.")
        return date.min


def _schema_faults(value: Any) -> list[tuple[Place, str, str]]:
    from jsonschema import Draft202012Validator

    schema = json.loads(resource("data", "desk", "clocks.schema.json").read_text("utf-8"))
    errors = Draft202012Validator(schema).iter_errors(value)
    return list(dict.fromkeys(told for error in errors for told in _told(error)))


def _told(error: Any) -> Iterator[tuple[Place, str, str]]:
    """Yield path, message and remedy; what is wrong with a key is told at the key."""
    place = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        extra = [key for key in error.instance if key not in known]
        yield from (((*place, key), *unknown("key", key, known)) for key in extra)
    elif error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        yield place, f"{', '.join(missing)} is missing.", "Add it."
    else:
        at_key = "propertyNames" in error.absolute_schema_path
        wanted = error.schema.get("description", f"not {error.instance!r}")
        known = error.validator_value if error.validator == "enum" else ()
        remedy = f"Known: {', '.join(known)}." if known else ""
        shown = "This" if isinstance(error.instance, dict | list) else repr(error.instance)
        yield (*place, error.instance) if at_key else place, f"{shown} must be {wanted}.", remedy
