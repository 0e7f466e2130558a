"""A topic model as bytes, and back: arrays and JSON, nothing that runs when it is read."""

from typing import Any

import numpy as np
import orjson
from safetensors import SafetensorError
from safetensors.numpy import load, save
from scipy.sparse import csr_matrix

from triage.errors import InputError
from triage.trends.topics.fitting import Centres, Space
from triage.trends.topics.model import TopicModel
from triage.trends.topics.records import Options, Topic
from triage.trends.topics.vectors import Vocabulary
from triage.trends.topics.waiting import Waiting

FORM = 1
_JSON = "json"


def to_bytes(model: TopicModel) -> bytes:
    """Return all that a model goes on from."""
    matrix = model.centres.matrix
    told = {
        "form": FORM,
        "options": model.options.to_dict(),
        "phrases": [[list(words), own] for words, own in model.space.phrases.items()],
        "terms": list(model.space.vocabulary.places),
        "live": model.live,
        "topics": [topic.to_dict() for topic in model.topics.values()],
        "waiting": [model.waiting.ids, model.waiting.times, model.waiting.rows],
        "looked": model.waiting.looked,
        "seen": model.seen,
    }
    return save(
        {
            _JSON: np.frombuffer(orjson.dumps(told), dtype=np.uint8),
            "weights": model.space.vocabulary.weights,
            "floors": model.centres.floors,
            "data": matrix.data,
            "indices": matrix.indices.astype(np.int64),
            "indptr": matrix.indptr.astype(np.int64),
        }
    )


def from_bytes(raw: bytes) -> TopicModel:
    """Return the model that `to_bytes` wrote. Raises InputError for anything else."""
    try:
        arrays = load(raw)
        told = orjson.loads(arrays[_JSON].tobytes())
        if told["form"] != FORM:
            raise ValueError(f"form {told['form']}")
        return _model(arrays, told)
    except (SafetensorError, KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError(
            f"This is no state of topics that can be read: {error!r}.",
            remedy="Give one that this version wrote, or begin anew without it.",
        ) from error


def _model(arrays: dict[str, np.ndarray[Any, Any]], told: dict[str, Any]) -> TopicModel:
    phrases = {tuple(words): own for words, own in told["phrases"]}
    places = {term: place for place, term in enumerate(told["terms"])}
    live, width = tuple(told["live"]), len(places)
    parts = (arrays["data"], arrays["indices"], arrays["indptr"])
    ids, times, rows = told["waiting"]
    return TopicModel(
        Options(**told["options"]),
        Space(phrases, Vocabulary(places, arrays["weights"])),
        Centres(csr_matrix(parts, shape=(len(live), width)), arrays["floors"]),
        live,
        {one["id"]: _topic(one) for one in told["topics"]},
        Waiting(ids, times, rows, told["looked"]),
        told["seen"],
    )


def _topic(told: dict[str, Any]) -> Topic:
    return Topic(
        **told | {"phrases": tuple((phrase, weight) for phrase, weight in told["phrases"])}
    )
