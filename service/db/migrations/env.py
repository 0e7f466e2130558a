"""Run by Alembic with the connection that service.db.migrate hands over."""

from alembic import context

from service.db.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
