"""The three tables of the register. A register written before schemas were numbered has them already: it is adopted as is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables that are not there; rows that are there stay."""
    op.create_table(
        "clsm_versions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("created", sa.String(40), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("file_name", sa.String(300), nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("file_bytes", sa.BigInteger, nullable=False),
        sa.Column("file_form", sa.String(20), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("date", sa.String(60), nullable=False),
        sa.Column("etat", sa.String(40), nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("extent", sa.Text, nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("changes", sa.Text, nullable=False),
        sa.Column("zones", sa.Integer, nullable=False),
        sa.Column("communes", sa.Integer, nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("under_id", sa.Integer, sa.ForeignKey("clsm_versions.id")),
        sa.UniqueConstraint("kind", "number"),
        if_not_exists=True,
    )
    op.create_table(
        "clsm_heads",
        sa.Column("kind", sa.String(60), primary_key=True),
        sa.Column("version_id", sa.Integer, sa.ForeignKey("clsm_versions.id")),
        sa.Column("revision", sa.Integer, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "clsm_events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("version_id", sa.Integer, sa.ForeignKey("clsm_versions.id")),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.UniqueConstraint("kind", "revision"),
        if_not_exists=True,
    )
