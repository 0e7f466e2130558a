"""A running service, and what Label Studio sends to it, as one of its releases really does."""

import base64
from copy import deepcopy

import pytest
from sqlalchemy import delete

from service.db.analyst_tables import annotations
from tests.service.api.conftest import desk, furnished, own_desk, start
from tests.service.postgres import *  # noqa: F403 - fixtures
from tests.unit.datasets.ls_results import choices, mark, rating
from triage.datasets.ls_config import labelling_config
from triage.taxonomy import BUILT_IN

__all__ = ["desk", "own_desk", "start"]

TEXT = "😀等了三天还没发货，客服骂人"
CONFIG = labelling_config(BUILT_IN)
PROJECT = {"id": 1, "created_at": "2026-11-22T02:41:15.613834Z", "label_config": CONFIG}
PLACE = "1.1795315275"  # as Label Studio names this project in /predict
RESULT = [
    choices("issues", "delivery"),
    rating(2),
    choices("urgency", "2"),
    mark(1, 9, "delivery", text="等了三天还没发货"),
]
ANNOTATION = {
    "id": 7,
    "result": RESULT,
    "was_cancelled": False,
    "ground_truth": False,
    "created_at": "2026-11-22T02:43:31.766145Z",
    "updated_at": "2026-11-22T02:43:31.766167Z",
    "prediction": {"id": 2, "model_version": "keyword@0123456789ab", "score": 0.9, "result": []},
    "unique_id": "becdaddf-9b3f-42f5-bed6-8c8d7eaabf48",
    "task": 3,
    "project": 1,
    "completed_by": 5,
    "parent_prediction": None,
}


def event(action="ANNOTATION_CREATED", *, text=TEXT, data=None, project=None, **changes):
    """Return the payload of a webhook; `changes` are those of the annotation."""
    return deepcopy(
        {
            "action": action,
            "annotation": {**ANNOTATION, **changes},
            "task": {"id": 3, "data": {"text": text, **(data or {})}, "project": 1},
            "project": {**PROJECT, **(project or {})},
        }
    )


def deletion(*ids):
    return {
        "action": "ANNOTATIONS_DELETED",
        "annotations": [{"id": one} for one in ids],
        "project": PROJECT,
    }


def basic(key, user="fenzhen"):
    """Return the header that Label Studio sends for an ML backend with a password."""
    told = base64.b64encode(f"{user}:{key}".encode()).decode()
    return {"Authorization": f"Basic {told}"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(request, start):
    """A furnished desk on each kind of database, for all tests of a module."""
    if request.param == "sqlite":
        return furnished(start())
    return furnished(start(database_url=request.getfixturevalue("postgres_server").create()))


@pytest.fixture
def studio(shared):
    """The shared desk without annotations."""
    with shared.client.app.state.fenzhen.runtime.database.begin() as connection:
        connection.execute(delete(annotations))
    return shared


@pytest.fixture
def tell(studio):
    """Send an event, as the analyst; return what the service answers."""

    def telling(payload):
        reply = studio.ask("analyst", "POST", "/label-studio/webhook", json=payload)
        assert reply.status_code == 200, reply.text
        return reply.json()

    return telling
