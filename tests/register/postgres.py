"""A PostgreSQL of the tests' own, on a socket in a folder of its own, where one is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool


def _postgres() -> Path:
    pytest.importorskip("psycopg", reason="psycopg (pilote de PostgreSQL) n’est pas installé")
    found = shutil.which("postgres") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/postgres")), None)
    if found is None:
        pytest.skip("PostgreSQL n’est pas installé ici")
    return Path(found).parent


@contextmanager
def running() -> Iterator[str]:
    """Run a PostgreSQL of its own on a socket in a folder of its own, and give its address."""
    programs = _postgres()
    user = pwd.getpwuid(os.getuid()).pw_name
    if user == "root":  # PostgreSQL refuses to run as root
        user = "postgres"
        if user not in {one.pw_name for one in pwd.getpwall()}:
            pytest.skip("PostgreSQL ne tourne pas sous root, et l’utilisateur postgres n’existe pas")
    folder = Path(tempfile.mkdtemp(prefix="clsm-pg-"))
    shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [programs / program, *arguments], user=user if os.getuid() == 0 else None, cwd=folder, env={"LC_ALL": "C"},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    run("initdb", "-D", f"{folder}/data", "-U", "clsm", "--auth=trust", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    run("pg_ctl", "-D", f"{folder}/data", "-w", "-t", "120", "-l", f"{folder}/log", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://clsm@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", f"{folder}/data", "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def emptied(address: str) -> sa.Engine:
    """Return the database of an address, emptied."""
    engine = sa.create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    return engine
