"""Registries, and desks on databases of each kind that serve from them."""

import pytest

from tests.service.desk.conftest import (
    add_endpoint,
    books,
    clock,
    database,
    logged,
    make_desk,
    postgres_database,
    postgres_engine,
    postgres_server,
    postgres_url,
)
from tests.service.models.registry import Models

__all__ = [
    "add_endpoint",
    "books",
    "clock",
    "database",
    "logged",
    "make_desk",
    "postgres_database",
    "postgres_engine",
    "postgres_server",
    "postgres_url",
]


@pytest.fixture
def models(tiny_model, tmp_path):
    """A registry of two models, `one` and `two`, without any pointer."""
    made = Models(tmp_path / "models", tiny_model)
    made.add("one")
    made.add("two")
    return made
