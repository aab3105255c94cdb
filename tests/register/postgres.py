"""A PostgreSQL of the tests' own, on a socket in a folder of its own, where one is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool


def _postgres() -> Path:
    pytest.importorskip("psycopg", reason="psycopg (pilote de PostgreSQL) n’est pas installé")
    found = shutil.which("postgres") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/postgres")), None)
    if found is None:
        pytest.skip("PostgreSQL n’est pas installé ici")
    return Path(found).parent


# A server of its own is nobody's child: what keeps it ends it when the run that holds its other end does, however that ends.
KEEPER = """
trap '' INT PIPE
"$1/pg_ctl" -D "$2/data" -w -t 120 -l "$2/log" -o "$3" start >&2 || exit 1
echo started
read -r _
"$1/pg_ctl" -D "$2/data" -w -m immediate stop >&2
rm -rf "$2"
"""


@contextmanager
def running() -> Iterator[str]:
    """Run a PostgreSQL of its own on a socket in a folder of its own, and give its address; it ends with the run that asked for it,
    even one that is killed."""
    programs = _postgres()
    user = pwd.getpwuid(os.getuid()).pw_name
    if user == "root":  # PostgreSQL refuses to run as root
        user = "postgres"
        if user not in {one.pw_name for one in pwd.getpwall()}:
            pytest.skip("PostgreSQL ne tourne pas sous root, et l’utilisateur postgres n’existe pas")
    folder = Path(tempfile.mkdtemp(prefix="clsm-pg-"))
    shutil.chown(folder, user)
    as_user: dict[str, Any] = {"user": user if os.getuid() == 0 else None, "cwd": folder, "env": {"LC_ALL": "C"}}
    made = subprocess.run(
        [programs / "initdb", "-D", f"{folder}/data", "-U", "clsm", "--auth=trust", "-E", "UTF8", "--no-sync"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, **as_user,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    with subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "keeper", programs, folder, options],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True, **as_user,
    ) as keeper:  # fmt: skip
        assert keeper.stdin is not None and keeper.stdout is not None
        assert keeper.stdout.readline(), (folder / "log").read_text(encoding="utf-8")
        try:
            yield f"postgresql+psycopg://clsm@/postgres?host={folder}"
        finally:  # by a word: a process that a test has left behind may hold our end of the pipe open
            with suppress(BrokenPipeError):
                keeper.stdin.write(b"end\n")
                keeper.stdin.flush()


def emptied(address: str) -> sa.Engine:
    """Return the database of an address, emptied."""
    engine = sa.create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    return engine
