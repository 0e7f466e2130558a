"""Run by Alembic with the connection that service.db.migrate hands over."""

from alembic import context

from service.db import analyst_tables, trend_tables
from service.db.tables import metadata

# Tables are known once their files are imported.
assert metadata.tables[trend_tables.topics.name].metadata is analyst_tables.annotations.metadata
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
