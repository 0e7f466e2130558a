"""A verdict as a prediction of Label Studio, and what people mark there as our labels.

Label Studio counts the positions of a text in code points, as Python does, and a line break as
one each for carriage return and line feed; only very old releases counted UTF-16 units.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from typing import Any

from triage.datasets.ls_controls import (
    EVIDENCE,
    ISSUES,
    NO_ISSUE,
    SENTIMENT,
    URGENCY,
    Control,
    Controls,
    level_of,
    standard_controls,
)
from triage.records import ModelName, Verdict
from triage.taxonomy import SEPARATOR, Taxonomy

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text that speaks for a label or for `urgency`: `text[start:end]`."""

    for_: str
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, with `for` as the key."""
        return {"for": self.for_, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class Labels:
    """What a person marked; None where nothing was said, no issues at all where that was.

    `issues` may hold a name that the taxonomy does not know, as it was written.
    """

    issues: tuple[str, ...] | None = None
    sentiment: int | None = None
    urgency: int | None = None
    spans: tuple[Span, ...] = ()


# A verdict as a prediction


def model_version(name: ModelName) -> str:
    """Return the version that predictions carry: `name@hash`."""
    return f"{name.name}@{name.hash}"


def prediction_of(
    verdict: Verdict, text: str, taxonomy: Taxonomy, controls: Controls | None = None
) -> dict[str, Any]:
    """Return a prediction: `result`, `score`, `model_version`.

    `controls` None stands for our own labelling config. A control that the project lacks, and a
    label that it does not offer, are left out. The score is the least certainty among what was
    decided, from 0 to 1: sorted by it, what the model doubts comes first.
    """
    own = controls or standard_controls(taxonomy)
    result = [*_marked(verdict, text, own), *_chosen(verdict, taxonomy, own)]
    return {
        "model_version": model_version(verdict.model),
        "score": round(certainty(verdict), 4),
        "result": result,
    }


def certainty(verdict: Verdict) -> float:
    """Return the least certainty among the decisions of a verdict, from 0 to 1."""
    issues = [max(score, 1 - score) for score in verdict.scores.values()]
    return min([*issues, verdict.urgency_scores[verdict.urgency]])


def task_of(
    text: str, data: Mapping[str, Any], prediction: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return a task to import: the text and what else is known of it, with a prediction."""
    predictions = [dict(prediction)] if prediction else []
    return {"data": {**data, "text": text}, "predictions": predictions}


def _chosen(verdict: Verdict, taxonomy: Taxonomy, controls: Controls) -> list[dict[str, Any]]:
    issues = list(taxonomy.closed(verdict.issues)) or [NO_ISSUE]
    found = [
        _choices(controls.issues, issues, controls.text),
        _choices(controls.urgency, [str(verdict.urgency)], controls.text),
    ]
    if controls.sentiment:
        value = {"rating": verdict.sentiment}
        found.insert(1, _item(controls.sentiment, controls.text, "rating", value))
    return [item for item in found if item]


def _choices(control: Control | None, codes: Sequence[str], to: str) -> dict[str, Any] | None:
    if control is None:
        return None
    chosen = [control.values[code] for code in codes if code in control.values]
    return _item(control.name, to, "choices", {"choices": chosen}) if chosen else None


def _marked(verdict: Verdict, text: str, controls: Controls) -> list[dict[str, Any]]:
    control = controls.evidence
    if control is None:
        return []
    told = {*verdict.issues, URGENCY} & control.values.keys()
    spans = {(e.start, e.end, e.for_) for e in verdict.evidence if e.for_ in told}
    found: list[dict[str, Any]] = []
    for start, end, code in sorted(filter(partial(_is_widest, spans), spans)):
        value = _region(text, start, end, control.values[code])
        item = _item(control.name, controls.text, "labels", value)
        found.append(item | {"id": f"e{len(found)}"})  # a CSS class there: letters and digits
    return found


def _is_widest(spans: Set[tuple[int, int, str]], one: tuple[int, int, str]) -> bool:
    """Whether no other quote for the same label holds this one."""
    start, end, code = one
    return not any(s <= start and end <= e and c == code for s, e, c in spans - {one})


def _region(text: str, start: int, end: int, value: str) -> dict[str, Any]:
    return {"start": start, "end": end, "text": text[start:end], "labels": [value]}


def _item(name: str, to: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"from_name": name, "to_name": to, "type": kind, "value": dict(value)}


# What people marked as labels


def annotation_to_labels(
    result: Iterable[Any], text: str, taxonomy: Taxonomy, controls: Controls | None = None
) -> Labels:
    """Return the labels of an annotation's `result`; what is no part of our task is passed over.

    Without `controls` a control is known by our names, else by what was chosen in it.
    """
    own = controls or standard_controls(taxonomy)
    items: dict[str, list[Item]] = {}
    for item in result:
        if isinstance(item, Mapping) and isinstance(item.get("value"), Mapping):
            items.setdefault(_role(item, taxonomy, own), []).append(item)
    return Labels(
        _issues(items.get(ISSUES, ()), taxonomy, own.issues),
        next((rating for item in items.get(SENTIMENT, ()) if (rating := _rating(item))), None),
        next(_levels(items.get(URGENCY, ()), own.urgency), None),
        tuple(_spans(items.get(EVIDENCE, ()), text, taxonomy, own.evidence)),
    )


def _role(item: Item, taxonomy: Taxonomy, controls: Controls) -> str:
    names = {
        ISSUES: controls.issues.name if controls.issues else None,
        SENTIMENT: controls.sentiment,
        URGENCY: controls.urgency.name if controls.urgency else None,
        EVIDENCE: controls.evidence.name if controls.evidence else None,
    }
    for role, name in names.items():
        if name is not None and item.get("from_name") == name:
            return role
    if item.get("type") == "choices":
        chosen = _written(item)
        return ISSUES if any(map(taxonomy.find, chosen)) else URGENCY if level_of(chosen) else ""
    return {"rating": SENTIMENT, "labels": EVIDENCE, "taxonomy": ISSUES}.get(
        str(item.get("type")), ""
    )


def _written(item: Item) -> list[str]:
    """Return what was chosen; a path through two levels is one name."""
    value = item["value"]
    given = value.get("choices") or value.get("taxonomy") or value.get("labels") or []
    if not isinstance(given, list):
        given = [given]
    paths = ([part] if isinstance(part, str) else part for part in given)
    return [SEPARATOR.join(map(str, path)) for path in paths if isinstance(path, list) and path]


def _issues(
    items: Sequence[Item], taxonomy: Taxonomy, control: Control | None
) -> tuple[str, ...] | None:
    chosen = [code for item in items for code in _codes(item, taxonomy, control)]
    if not chosen:
        return None
    unknown = sorted({code for code in chosen if code not in {*taxonomy.codes, NO_ISSUE}})
    return (*taxonomy.closed(chosen), *unknown)


def _codes(item: Item, taxonomy: Taxonomy, control: Control | None) -> list[str]:
    return [
        (control.code(name) if control else None)
        or taxonomy.find(name)
        or taxonomy.find(name.rpartition(SEPARATOR)[2])
        or name
        for name in _written(item)
    ]


def _rating(item: Item) -> int | None:
    rating = item["value"].get("rating")
    return rating if type(rating) is int and 1 <= rating <= 5 else None


def _levels(items: Iterable[Item], control: Control | None) -> Iterator[int]:
    for item in items:
        for name in _written(item):
            level = (control.code(name) if control else None) or level_of([name])
            if level:
                yield int(level)


def _spans(
    items: Iterable[Item], text: str, taxonomy: Taxonomy, control: Control | None
) -> Iterator[Span]:
    for item in items:
        place = _place(item["value"], text)
        if place:
            for code in _codes(item, taxonomy, control):
                yield Span(code, *place)


def _place(value: Item, text: str) -> tuple[int, int] | None:
    start, end = value.get("start"), value.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end:
        return None
    words = value.get("text")
    if isinstance(words, str) and not _says(text, start, end, words):
        first, last = from_utf16(text, start), from_utf16(text, end)
        if _says(text, first, last, words):
            start, end = first, last
    return (start, end) if end <= len(text) else None


def _says(text: str, start: int, end: int, words: str) -> bool:
    return end <= len(text) and _bare(text[start:end]) == _bare(words)


def _bare(words: str) -> str:
    """Return the words without blanks, which Label Studio shows and quotes in its own way."""
    return re.sub(r"\\n|\s", "", words)


def from_utf16(text: str, offset: int) -> int:
    """Return the position in characters of one counted in UTF-16 units."""
    units = 0
    for position, char in enumerate(text):
        if units >= offset:
            return position
        units += 2 if char > "\uffff" else 1
    return len(text)
