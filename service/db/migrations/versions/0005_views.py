"""Views for the dashboards of others."""

from alembic import op

from service.db.views import creates

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the views."""
    for statement in creates(op.get_bind().dialect.name):
        op.execute(statement)
