"""Annotations out of the webhooks of Label Studio, ready to be kept.

Each is named by its project and its number there. The number of a project starts anew with
every installation, so the second of its creation belongs to the name, as in the `project` of
/predict.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from service.db.annotations import Annotation
from service.labelstudio.predictions import controls_of, text_of
from service.tickets.ids import new_id
from service.tickets.storable import storable
from triage import InputError, Triage
from triage.datasets.ls_convert import annotation_to_labels

SOURCE = "labelstudio"
KEPT = frozenset({"ANNOTATION_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_CREATED"})
DELETED = "ANNOTATIONS_DELETED"
_MOST, _MOST_ISSUES = 10_000, 200
_REMEDY = "Let the webhook send its payload, as Label Studio makes it."
_Number = Field(ge=0, lt=1 << 63)


class _Project(BaseModel):
    id: int = _Number
    created_at: AwareDatetime
    label_config: str | None = None

    @property
    def name(self) -> str:
        return f"{self.id}.{int(self.created_at.timestamp())}"


class _Task(BaseModel):
    id: int = _Number
    data: dict[str, Any] = {}


class _Gone(BaseModel):
    id: int = _Number


class _Annotation(_Gone):
    result: list[Any] = []
    was_cancelled: bool = False
    updated_at: AwareDatetime
    completed_by: Any = None
    prediction: Any = None


class _Deletion(BaseModel):
    project: _Project
    annotations: list[_Gone] = Field(max_length=_MOST)


class _Creation(BaseModel):
    project: _Project
    annotation: list[_Annotation] = Field(max_length=_MOST)
    task: list[_Task]


def annotations_of(payload: Mapping[str, Any], engine: Triage) -> list[Annotation]:
    """Return the annotations that a webhook tells of; none where it tells of something else.

    Raises InputError for a payload that is not the one that Label Studio sends.
    """
    try:
        if payload.get("action") == DELETED:
            return _gone(_Deletion.model_validate(payload))
        if payload.get("action") in KEPT:
            return _made(_Creation.model_validate(_as_lists(payload)), engine)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{place}: {first['msg']}.",
            remedy=_REMEDY,
            code="bad_webhook",
        ) from error
    return []


def _as_lists(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload of one annotation as that of several: Label Studio sends both."""
    lists = {
        name: payload.get(name) if isinstance(payload.get(name), list) else [payload.get(name)]
        for name in ("annotation", "task")
    }
    return {**payload, **lists}


def _gone(told: _Deletion) -> list[Annotation]:
    now = datetime.now(UTC)
    return [
        Annotation(
            id=new_id("a"),
            source=SOURCE,
            external_id=f"{told.project.name}/{one.id}",
            task_id="",
            ticket_id=None,
            text="",
            issues=None,
            sentiment=None,
            urgency=None,
            spans=[],
            model_hash=None,
            by=SOURCE,
            at=now,
            deleted=True,
        )
        for one in told.annotations
    ]


def _made(told: _Creation, engine: Triage) -> list[Annotation]:
    if len(told.annotation) != len(told.task):
        said = f"{len(told.annotation)} annotations of {len(told.task)} tasks."
        raise InputError(said, remedy=_REMEDY, code="bad_webhook")
    pairs = zip(told.annotation, told.task, strict=True)
    return [_one(told.project, annotation, task, engine) for annotation, task in pairs]


def _one(project: _Project, made: _Annotation, task: _Task, engine: Triage) -> Annotation:
    controls = controls_of(project.label_config, engine)
    text = text_of(task.data, controls.field) or ""
    # Who skips a task says nothing of it: the annotation stays, without labels.
    result = [] if made.was_cancelled else made.result
    labels = annotation_to_labels(result, text, engine.taxonomy, controls)
    issues = labels.issues
    return Annotation(
        id=new_id("a"),
        source=SOURCE,
        external_id=f"{project.name}/{made.id}",
        task_id=f"{project.name}/{task.id}",
        ticket_id=_ticket(task.data),
        text=storable(text),
        issues=None if issues is None else [storable(code) for code in issues[:_MOST_ISSUES]],
        sentiment=labels.sentiment,
        urgency=labels.urgency,
        spans=[{**span.to_dict(), "for": storable(span.for_)} for span in labels.spans],
        model_hash=_model(made.prediction),
        by=_person(made.completed_by),
        at=made.updated_at,
    )


def _ticket(data: Mapping[str, Any]) -> str | None:
    ticket = data.get("ticket_id")
    return storable(ticket) if isinstance(ticket, str) and 0 < len(ticket) <= 32 else None


def _model(prediction: Any) -> str | None:
    """Return the hash of the model whose prediction was shown: its version is `name@hash`."""
    version = prediction.get("model_version") if isinstance(prediction, Mapping) else None
    hash_ = str(version or "").rpartition("@")[2]
    return storable(hash_[:64]) or None


def _person(who: Any) -> str:
    name = who.get("email") or who.get("id") if isinstance(who, Mapping) else who
    return storable(f"{SOURCE}:{name}"[:200])
