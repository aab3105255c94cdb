"""Environment that Alembic runs around the revisions: the connection is the caller's, who holds the lock and ends the transaction."""

from __future__ import annotations

from alembic import context

from geo.register.schema import METADATA, SCHEMA_TABLE

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, version_table=SCHEMA_TABLE
)
with context.begin_transaction():
    context.run_migrations()
