"""The tables of the register, as SQLAlchemy knows them: versions of layers, which one is active, the moves between them.

They follow the migrations (`geo/register/migrations`), which are what makes them; a test holds the two together.
"""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()
SCHEMA_TABLE = "clsm_schema"  # Alembic keeps the revision of the schema there
VERSIONS = sa.Table(
    "clsm_versions",
    METADATA,
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
    sa.Column("extent", sa.Text, nullable=False),  # JSON, like `changes`
    sa.Column("remark", sa.Text, nullable=False),
    sa.Column("changes", sa.Text, nullable=False),
    sa.Column("zones", sa.Integer, nullable=False),
    sa.Column("communes", sa.Integer, nullable=False),
    sa.Column("content", sa.String(64), nullable=False),
    sa.Column("under_id", sa.Integer, sa.ForeignKey("clsm_versions.id")),  # null: laid over the original layer
    sa.UniqueConstraint("kind", "number"),
)
HEADS = sa.Table(
    "clsm_heads",
    METADATA,
    sa.Column("kind", sa.String(60), primary_key=True),
    sa.Column("version_id", sa.Integer, sa.ForeignKey("clsm_versions.id")),  # null: the original layer
    sa.Column("revision", sa.Integer, nullable=False),
)
EVENTS = sa.Table(
    "clsm_events",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(60), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("version_id", sa.Integer, sa.ForeignKey("clsm_versions.id")),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.UniqueConstraint("kind", "revision"),
)
