"""The tasks of Label Studio, judged: a prediction for each, or what was wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from triage import Feedback, Rejection, Triage
from triage.datasets.ls_controls import Controls, read_controls, standard_controls
from triage.datasets.ls_convert import prediction_of

_ONLY = "$undefined$"  # the key of a text that was imported without one


def controls_of(config: str | None, engine: Triage) -> Controls:
    """Return the controls of a project's labelling config; None: those of our own config.

    Raises DataError for a config that holds nothing of our task.
    """
    if config is None:
        return standard_controls(engine.taxonomy)
    return read_controls(config, engine.taxonomy)


def predict(engine: Triage, tasks: Sequence[Any], controls: Controls) -> list[dict[str, Any]]:
    """Return a prediction for each task, in order, or `{"error"}`: Label Studio skips that one."""
    records = [_record(task, number, controls.field) for number, task in enumerate(tasks)]
    results = engine.pipe(records)
    return [
        _answer(engine, record, result, controls)
        for record, result in zip(records, results, strict=True)
    ]


def _record(task: Any, number: int, field: str) -> Feedback | Rejection:
    data = task.get("data") if isinstance(task, Mapping) else None
    text = text_of(data, field)
    if text is None:
        said = f"tasks[{number}] has no text in data.{field}."
        return Rejection(str(number), "missing_field", said)
    return Feedback(str(number), text)


def text_of(data: Any, field: str) -> str | None:
    """Return the text of a task's data; None where there is none."""
    if not isinstance(data, Mapping):
        return None
    text = data.get(field, data.get(_ONLY))
    return text if isinstance(text, str) else None


def _answer(engine: Triage, record: Any, result: Any, controls: Controls) -> dict[str, Any]:
    if isinstance(result, Rejection):
        return {"error": {"code": result.code, "message": result.message}}
    return prediction_of(result, record.text, engine.taxonomy, controls)


def failed(results: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what was wrong with the tasks that have no prediction."""
    return [result["error"]["message"] for result in results if "error" in result]
