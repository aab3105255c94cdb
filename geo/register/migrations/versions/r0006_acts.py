"""What is done for all that makes no version: who had the official sources updated, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "clsm_acts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("act", sa.String(60), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        if_not_exists=True,
    )
