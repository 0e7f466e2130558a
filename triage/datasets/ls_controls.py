"""Which control of a Label Studio project holds which of our fields, read from its config.

Tags may be called anything: a control is known by what can be chosen in it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, fromstring

from triage.errors import DataError
from triage.labels import URGENCY_CHINESE, URGENCY_ENGLISH
from triage.taxonomy import Taxonomy

ISSUES, SENTIMENT, URGENCY, EVIDENCE, TEXT = "issues", "sentiment", "urgency", "evidence", "text"
NO_ISSUE = "_none"  # cannot be the code of a label: those begin with a letter
NO_ISSUE_CHINESE, NO_ISSUE_ENGLISH = "没有问题", "no issue"
_STARS = 5
_MOST_TAGS, _MOST_TEXTS, _MOST_CONTROLS, _LONGEST = 5000, 3, 20, 1 << 20
_REMEDY = "`triage label-studio config` prints a labelling config that has all of it."
_NOTHING = dict.fromkeys((NO_ISSUE, NO_ISSUE_CHINESE, NO_ISSUE_ENGLISH, "none"), NO_ISSUE)
_LEVELS = {
    name: str(level)
    for level in URGENCY_CHINESE
    for name in (str(level), URGENCY_CHINESE[level], URGENCY_ENGLISH[level])
}


@dataclass(frozen=True, slots=True)
class Control:
    """A control by name. `values` maps each of our codes to what the project writes for it."""

    name: str
    values: Mapping[str, str]

    def code(self, value: str) -> str | None:
        """Return our code of what the project writes."""
        return next((code for code, written in self.values.items() if written == value), None)


@dataclass(frozen=True, slots=True)
class Controls:
    """The tags of a labelling config that we fill and read; None where there is none.

    `text` is the name of the text's tag and `field` the key of the task's data that it shows.
    """

    text: str
    field: str
    issues: Control | None
    sentiment: str | None
    urgency: Control | None
    evidence: Control | None


def standard_controls(taxonomy: Taxonomy) -> Controls:
    """Return the controls of the config that `labelling_config` writes."""
    codes = {code: code for code in taxonomy.codes}
    return Controls(
        TEXT,
        TEXT,
        Control(ISSUES, {**codes, NO_ISSUE: NO_ISSUE}),
        SENTIMENT,
        Control(URGENCY, {str(level): str(level) for level in URGENCY_CHINESE}),
        Control(EVIDENCE, {**codes, URGENCY: URGENCY}),
    )


def read_controls(config: str, taxonomy: Taxonomy) -> Controls:
    """Read the labelling config of a project. Raises DataError that says what it lacks."""
    tags = [_Tag.of(element) for element in _parsed(config).iter()]
    if len(tags) > _MOST_TAGS:
        raise _lacking(f"brevity: it has {len(tags)} tags, {_MOST_TAGS} are the most")
    texts = [tag for tag in tags if tag.kind == "text" and tag.field][:_MOST_TEXTS]
    if not texts:
        raise _lacking('a <Text> tag with a value like "$text"')
    found = [_controls(text, tags, taxonomy) for text in texts]
    best = max(found, key=_count)
    if not _count(best):
        raise _lacking("a control for issues, sentiment, urgency or evidence on its <Text>")
    return best


def _parsed(config: str) -> Element:
    if len(config) > _LONGEST:
        raise _lacking(f"brevity: it has {len(config)} characters, {_LONGEST} are the most")
    if "<!DOCTYPE" in config.upper():  # entities could make a few bytes into gigabytes
        raise _lacking("a form without DOCTYPE")
    try:
        return fromstring(config)  # noqa: S314 - without DOCTYPE there are no entities
    except (ParseError, ValueError, RecursionError) as error:
        raise DataError(
            f"The labelling config is not XML: {error}.", remedy=_REMEDY, code="bad_label_config"
        ) from error


def _lacking(what: str) -> DataError:
    return DataError(f"The labelling config lacks {what}.", remedy=_REMEDY, code="bad_label_config")


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag as Label Studio reads it: the case of its name and of its attributes is nothing."""

    kind: str
    attributes: Mapping[str, str]
    element: Element

    @classmethod
    def of(cls, element: Element) -> "_Tag":
        given = {name.lower(): value for name, value in element.attrib.items()}
        return cls(str(element.tag).lower(), given, element)

    @property
    def name(self) -> str:
        return self.attributes.get("name", "")

    @property
    def field(self) -> str:
        """The key of the task's data, for `value="$key"`."""
        value = self.attributes.get("value", "")
        return value[1:] if value.startswith("$") else ""

    @property
    def written(self) -> str:
        """What a result holds where this one is chosen."""
        return self.attributes.get("alias") or self.attributes.get("value", "")

    @property
    def names(self) -> tuple[str, ...]:
        """What a person calls it."""
        return tuple(self.attributes[key] for key in ("alias", "value") if key in self.attributes)

    def labels(self, text: str) -> bool:
        """Whether this is a control on all of the text."""
        targets = self.attributes.get("toname", "").split(",")
        whole = self.attributes.get("perregion", "false").lower() != "true"
        return whole and text in [target.strip() for target in targets]

    def children(self, kind: str) -> list["_Tag"]:
        found = (_Tag.of(element) for element in self.element.iter())
        return [tag for tag in found if tag.kind == kind and tag.written]


def _controls(text: _Tag, tags: Iterable[_Tag], taxonomy: Taxonomy) -> Controls:
    own = [tag for tag in tags if tag.labels(text.name)][:_MOST_CONTROLS]
    choices = [tag for tag in own if tag.kind == "choices"]
    return Controls(
        text.name,
        text.field,
        _first(_issues(tag, taxonomy) for tag in choices),
        next((tag.name for tag in own if _is_sentiment(tag)), None),
        _first(map(_urgency, choices)),
        _first(_evidence(tag, taxonomy) for tag in own if tag.kind == "labels"),
    )


def _first(found: Iterable[Control | None]) -> Control | None:
    return next((control for control in found if control), None)


def _count(controls: Controls) -> int:
    own = (controls.issues, controls.sentiment, controls.urgency, controls.evidence)
    return sum(control is not None for control in own)


def _issues(tag: _Tag, taxonomy: Taxonomy) -> Control | None:
    values = _values(tag.children("choice"), taxonomy, _NOTHING)
    return Control(tag.name, values) if values.keys() & set(taxonomy.codes) else None


def _urgency(tag: _Tag) -> Control | None:
    levels = [(level_of(choice.names), choice.written) for choice in tag.children("choice")]
    values = {level: written for level, written in levels if level}
    return Control(tag.name, values) if len(values) == len(levels) == len(URGENCY_CHINESE) else None


def _is_sentiment(tag: _Tag) -> bool:
    stars = tag.attributes.get("maxrating", str(_STARS))
    return tag.kind == "rating" and stars == str(_STARS)


def _evidence(tag: _Tag, taxonomy: Taxonomy) -> Control | None:
    special = {URGENCY: URGENCY, "紧急": URGENCY, "紧急程度": URGENCY}
    values = _values(tag.children("label"), taxonomy, special)
    return Control(tag.name, values) if values else None


def _values(tags: Iterable[_Tag], taxonomy: Taxonomy, special: Mapping[str, str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for tag in tags:
        codes = (taxonomy.find(name) or special.get(name.lower()) for name in tag.names)
        if code := next((code for code in codes if code), None):
            values.setdefault(code, tag.written)
    return values


def level_of(names: Iterable[str]) -> str | None:
    """Return the level of urgency that one of the names stands for: "0" to "3"."""
    for name in names:
        parts = (name, *re.split(r"[\s:：·]+", name, maxsplit=1))
        if level := next((_LEVELS[part] for part in parts if part in _LEVELS), None):
            return level
    return None
