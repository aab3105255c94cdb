"""The schema of the register through time: one file a revision under `versions`, run by Alembic.

A change of schema is a new file beside the last one (its number in the name, `down_revision` the number before), the tables
of `geo/register/schema.py` changed likewise, and its `REVISION` raised. A revision that was
ever released is never edited. There is no way down: a backup is.
"""
