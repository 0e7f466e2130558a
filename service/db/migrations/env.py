"""Run by Alembic with the connection that service.db.migrate hands over."""

from alembic import context

from service.db.analyst_tables import annotations

# Of every table: whoever imports the last file of them has all.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=annotations.metadata
)
context.run_migrations()
