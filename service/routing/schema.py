"""The JSON schema of the rules, and its complaints in plain words."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from service.routing.located import Located, Path
from service.routing.problems import Problem, unknown
from triage.resources import resource

if TYPE_CHECKING:
    from jsonschema import ValidationError

_TYPES = {
    "object": "a table",
    "array": "a list",
    "string": "a word",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_NAMES = {
    "on": "event",
    "signals": "signal",
    "remedy": "remedy",
    "entities": "entity",
    "stage": "stage",
    "script": "script",
}
_SHAPES = {
    "duration": "a time such as 30m, 2h, 1d12h",
    "clock_time": 'a time of day such as "08:30"',
}


@cache
def schema() -> Mapping[str, Any]:
    """Return the JSON schema in the box (draft 2020-12)."""
    path = resource("data", "desk", "rules.schema.json")
    read: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def schema_problems(found: Located) -> dict[Path, Problem]:
    """Return everything in the file that the schema refuses, by its path into the file."""
    from jsonschema import Draft202012Validator

    problems: dict[Path, Problem] = {}
    for error in Draft202012Validator(schema()).iter_errors(found.value):
        for path, message, remedy in _told(error):
            problems.setdefault(
                path, Problem(found.line(path), place(path, found), message, remedy)
            )
    return problems


def place(path: Path, found: Located) -> str:
    """Return where `path` is in the words of the file: `rules › vip › if › issues`."""
    if len(path) > 1 and path[0] in {"rules", "people"} and isinstance(path[1], int):
        item = found.value[path[0]][path[1]]
        name = item.get("name") if isinstance(item, dict) else None
        path = (path[0], str(name or f"number {path[1] + 1}"), *path[2:])
    return " › ".join(str(step + 1) if isinstance(step, int) else step for step in path)


def _told(error: "ValidationError") -> Iterator[tuple[Path, str, str]]:
    """Yield path, message and remedy; an unknown key is told at the key."""
    path: Path = tuple(error.absolute_path)
    value: Any = error.instance
    wanted: Any = error.validator_value
    if error.validator == "additionalProperties":
        known: Any = cast("Mapping[str, Any]", error.schema)["properties"]
        yield from (
            ((*path, key), *unknown("key", key, known)) for key in value if key not in known
        )
    elif error.validator == "enum":
        named = "propertyNames" in error.absolute_schema_path
        at = (*path, value) if named else path
        yield at, *unknown(_what(at), value, {str(one) for one in wanted})
    elif error.validator == "required":
        missing = [key for key in wanted if key not in value]
        yield path, f"{', '.join(missing)} is missing.", "Add it."
    else:
        yield path, _message(error), ""


def _what(path: Path) -> str:
    """Return what the value at `path` is called."""
    words = [step for step in path if isinstance(step, str)]
    name = next((_NAMES[word] for word in reversed(words) if word in _NAMES), None)
    return name or words[-1]


def _message(error: "ValidationError") -> str:
    value, wanted = error.instance, error.validator_value
    shape = next((s for name, s in _SHAPES.items() if error.schema == schema()["$defs"][name]), "")
    if error.validator == "type":
        kinds = wanted if isinstance(wanted, list) else [wanted]
        shape = shape or " or ".join(_TYPES[str(kind)] for kind in kinds)
        return f"This must be {shape}, not {value!r}."
    simple = {
        "pattern": f"{value!r} is not {shape}.",
        "const": f"This can only be {json.dumps(wanted)}, not {value!r}.",
        "minimum": f"{value} is below {wanted}.",
        "maximum": f"{value} is above {wanted}.",
        "minLength": f"{value!r} is shorter than {wanted}.",
    }
    return simple.get(str(error.validator), "This must not be empty.")
