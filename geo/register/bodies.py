"""Contents of versions in the database itself, where it is one that machines share: no folder is then needed between them.

In SQLite, which serves one machine, they are files beside it (geo/register/store.py): a database of hundreds of megabytes would be
copied whole by each backup of the system. A version kept in a shared folder before this was known is still read there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import sqlalchemy as sa

from geo.register.schema import CONTENTS

ADDRESS = "CLSM_REGISTER"
LARGEST_BYTES = 256_000_000  # of one file: PostgreSQL takes a gigabyte a value, and needs some of it to send it


def in_database() -> bool:
    """Return whether contents are kept in the database: one that has an address, and is not a file."""
    address = os.environ.get(ADDRESS, "")
    return bool(address) and not address.startswith("sqlite")


def put(connection: sa.Connection, content: str, files: Mapping[str, bytes]) -> None:
    """Keep the files of a version, in the transaction of its row; those that are there already are the very same."""
    there = set(connection.execute(sa.select(CONTENTS.c.name).where(CONTENTS.c.content == content)).scalars())
    rows = [{"content": content, "name": name, "body": body} for name, body in files.items() if name not in there]
    if rows:
        connection.execute(sa.insert(CONTENTS), rows)


def get(connection: sa.Connection, content: str) -> dict[str, bytes]:
    """Return the files of a version, none when the database has none of it."""
    if not sa.inspect(connection).has_table(CONTENTS.name):
        return {}  # an older register that may only be read
    rows = connection.execute(sa.select(CONTENTS.c.name, CONTENTS.c.body).where(CONTENTS.c.content == content))
    return {str(name): bytes(body) for name, body in rows}
