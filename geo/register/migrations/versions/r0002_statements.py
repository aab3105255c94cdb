"""What was stated and settled with a version: until when its list is complete, what was accepted, what is left to settle."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; versions of before have no row in it."""
    op.create_table(
        "clsm_statements",
        sa.Column("version_id", sa.Integer, sa.ForeignKey("clsm_versions.id"), primary_key=True),
        sa.Column("until", sa.String(10), nullable=False),
        sa.Column("accepted", sa.Text, nullable=False),
        sa.Column("unsettled", sa.Text, nullable=False),
        sa.Column("list_key", sa.String(64), nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("departements", sa.Text, nullable=False),
        sa.Column("ended", sa.Text, nullable=False),
        if_not_exists=True,
    )
