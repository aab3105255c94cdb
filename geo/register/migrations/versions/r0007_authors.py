"""Who acted, by what an identity provider knows them: two persons of one name are two in the journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "clsm_authors",
        sa.Column("what", sa.String(20), primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("person", sa.String(200), nullable=False),
        if_not_exists=True,
    )
