"""YAML with the line of every value, read as YAML 1.2: `on` is a word and 22:00 no number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from service.routing.problems import Problem, RuleError

Path = tuple[str | int, ...]
_MOST = 100_000  # an alias of an alias of an alias grows beyond any memory
_TAG = "tag:yaml.org,2002:"


@dataclass(slots=True)
class Located:
    """The content of a file, the line of each path into it, and what is wrong already."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Return the line of `path`; 1 for what an empty file lacks."""
        return self.lines.get(path, 1)


class _Loader(yaml.SafeLoader):
    """SafeLoader with the plain scalars of YAML 1.2: no `yes`, no base 60, no dates."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML wants a plain dict


_SCALARS = {
    "null": (r"~|null|Null|NULL|", [*"~nN", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    # 007 stays a word: the zeros of a staff number mean something.
    "int": (r"[-+]?(?:0|[1-9][0-9]{0,17})", list("-+0123456789")),
    "float": (r"[-+]?(?:0|[1-9][0-9]{0,17})?\.[0-9]{1,18}", list("-+.0123456789")),
}
for _name, (_pattern, _first) in _SCALARS.items():
    _Loader.add_implicit_resolver(_TAG + _name, re.compile(f"(?:{_pattern})\\Z"), _first)


def read_yaml(text: str, file: str) -> Located:
    """Read one YAML document. Raises RuleError where it is no YAML; see `Located.problems`."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise RuleError(file, [_no_yaml(error)]) from error
    except RecursionError as error:
        raise RuleError(file, [Problem(1, "", "It is nested too deeply.")]) from error
    found = Located()
    if node is not None:
        found.value = _Walk(found).value(node, ())
    return found


def _no_yaml(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    told = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return Problem(line, "", f"This is not YAML: {told}.", "Check blanks, colons and quotes.")


class _Walk:
    def __init__(self, found: Located) -> None:
        self.found = found
        self.within: set[int] = set()

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.found.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self.within or len(self.found.lines) > _MOST:
            self._problem(node, path, "An alias (*) grows without end.", "Write it out.")
            return None
        self.within.add(id(node))
        made = self._made(node, path)
        self.within.discard(id(node))
        return made

    def _made(self, node: yaml.Node, path: Path) -> Any:
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, k)) for k, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _pairs(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key, item in node.value:
            name = str(key.value)
            if not isinstance(key, yaml.ScalarNode):
                self._problem(key, path, "A key must be a word.")
                continue
            if name in seen:
                told = f"{name!r} stands here twice."
                self._problem(key, (*path, name), told, "Keep one of them.")
            seen.add(name)
            self.found.lines.setdefault((*path, name), key.start_mark.line + 1)
            yield name, self.value(item, (*path, name))

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        kind, text = node.tag.removeprefix(_TAG), str(node.value)
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
        if kind not in {"str", "null", "bool"}:
            self._problem(node, path, f"The tag {node.tag} is not used here.", "Leave it out.")
        return {"null": None, "bool": text.lower() == "true"}.get(kind, text)

    def _problem(self, node: yaml.Node, path: Path, message: str, remedy: str = "") -> None:
        place = " › ".join(map(str, path))
        self.found.problems.append(Problem(node.start_mark.line + 1, place, message, remedy))
