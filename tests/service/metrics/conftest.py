"""Applications with something on their desk."""

from tests.service.api.conftest import (
    database_url,
    desk,
    each_desk,
    migrated_postgres,
    own_desk,
    postgres_database,
    postgres_server,
    start,
)

__all__ = [
    "database_url",
    "desk",
    "each_desk",
    "migrated_postgres",
    "own_desk",
    "postgres_database",
    "postgres_server",
    "start",
]
