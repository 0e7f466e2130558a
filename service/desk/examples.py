"""Corrections and annotations as examples to learn from: one for each ticket or task.

A correction holds for good, as in the inbox: it goes with the text of the latest verdict that
was corrected. What was only confirmed, or marked elsewhere, holds for that one text.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.db.annotations import Annotation
from service.db.labelled import Corrected
from service.tickets.records import Reason
from triage.records import Example
from triage.training.corpus import text_hash

FIELDS = ("issues", "sentiment", "urgency")
SOURCE = "inbox"


@dataclass(frozen=True, slots=True)
class Said:
    """What persons said of one text: the fields that they settled."""

    key: str
    at: datetime
    text: str
    labels: Mapping[str, Any]
    channel: str = ""
    customer: str = ""


def said_in_inbox(told: Sequence[Corrected]) -> Said:
    """Return what the corrections of one ticket come to; they are given in their order.

    Whoever confirms a verdict, changing nothing, confirms all three fields of it.
    """
    lasting: dict[str, Any] = {}
    confirmed: dict[str, Any] = {}
    text = ""
    for one in told:
        if one.text != text:
            confirmed, text = {}, one.text
        lasting[one.correction.field] = one.correction.after
        confirmed.pop(one.correction.field, None)
        if _is_confirmed(one):
            confirmed = {name: one.verdict.get(name) for name in FIELDS}
    last = told[-1]
    labels = _known({**confirmed, **lasting})
    key, at = key_of_ticket(last.correction.ticket_id), last.correction.at
    return Said(key, at, text, labels, last.channel, last.customer)


def _is_confirmed(one: Corrected) -> bool:
    correction = one.correction
    before, after = correction.before, correction.after
    if correction.field == "issues":
        before, after = set(before or ()), set(after or ())
    return correction.reason == Reason.CONFIRMED and before == after


def _known(labels: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in labels.items() if value is not None}


def said_elsewhere(annotation: Annotation) -> Said:
    """Return what an annotation says."""
    labels = _known({name: getattr(annotation, name) for name in FIELDS})
    return Said(key_of(annotation), annotation.at, annotation.text, labels)


def key_of(annotation: Annotation) -> str:
    """Return the id of the example that an annotation goes into: its ticket's, or its task's.

    On SQLite Label Studio gives the number of a deleted task to a new one: the text tells them
    apart.
    """
    if annotation.ticket_id:
        return key_of_ticket(annotation.ticket_id)
    task = annotation.task_id.replace("/", "-")
    return f"{annotation.source}-{task}-{text_hash(annotation.text)[:8]}"


def is_annotated(key: str) -> bool:
    """Tell whether an example was made of annotations that belong to no ticket."""
    return not key.startswith(f"{SOURCE}-")


def key_of_ticket(ticket_id: str) -> str:
    """Return the id of the example of a ticket."""
    return f"{SOURCE}-{ticket_id}"


def examples(said: Iterable[Said]) -> dict[str, Example]:
    """Return one example for each key, sorted; the later word wins, field by field of one text."""
    found: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        if one.labels and one.text:
            found[one.key].append(one)
    return {key: _example(sorted(found[key], key=lambda one: one.at)) for key in sorted(found)}


def _example(said: Sequence[Said]) -> Example:
    text = said[-1].text
    labels: dict[str, Any] = {}
    for one in said:
        if one.text == text:
            labels |= one.labels
    issues = labels.get("issues")
    return Example(
        id=said[-1].key,
        text=text,
        issues=None if issues is None else tuple(sorted(set(issues))),
        sentiment=labels.get("sentiment"),
        urgency=labels.get("urgency"),
        source=SOURCE,
        channel=next((one.channel for one in said if one.channel), ""),
        customer=next((one.customer for one in said if one.customer), ""),
    )
