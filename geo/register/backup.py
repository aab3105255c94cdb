"""The whole register in one verified archive, and back: from SQLite to PostgreSQL and the other way.

An archive is a zip: `registre.json` holds the rows of every table as they are, `contenus/` the files of versions, `sommes.json` the
SHA-256 of each. A restoration reads all of it and checks every sum before it writes, in one transaction, and only into a register
where nothing is: nothing is ever mixed nor overwritten.
"""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from geo.errors import GeoInputError, system_reason
from geo.files import Ceilings, DamagedError, sha256, sync_folder, weigh
from geo.register import schema, store
from geo.register.rows import CONTENT
from geo.register.schema import CONTENTS, METADATA, VERSIONS

ROWS, SUMS, BODIES = "registre.json", "sommes.json", "contenus"
FORM = 1
# Of an archive, before anything of it is read: members, bytes once opened, times its packed size.
CEILINGS = Ceilings(members=200_000, total_bytes=4_000_000_000, ratio=200.0)
_TABLES = tuple(table for table in METADATA.sorted_tables if table is not CONTENTS)
_NO_ARCHIVE = "ce fichier n’est pas une sauvegarde du registre, ou il est abîmé"


@dataclass(frozen=True)
class Saved:
    """What an archive holds: versions, moves of the register, bytes, and what could not be saved whole (sentences)."""

    versions: int
    rows: int
    bytes: int
    problems: tuple[str, ...] = ()


def backup(target: Path, home: Path | None = None) -> Saved:
    """Write the whole register to an archive, which takes the place of a former one only once it is complete.

    A version whose files can no longer be read is saved without them and named in `problems`.

    Raises
    ------
    GeoInputError
        When the register does not answer, the archive cannot be written, or would take the place of a file of another kind.
    """
    _ensure_free(target)
    with store.reading(home) as connection:  # one transaction: rows that go together
        there = set(sa.inspect(connection).get_table_names())
        rows = {
            table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
            for table in _TABLES
            if table.name in there
        }
    said = {"forme": FORM, "schema": schema.REVISION, "le": datetime.now().astimezone().isoformat(timespec="seconds")}
    bodies: dict[str, bytes] = {}
    problems = []
    for content in sorted({str(row["content"]) for row in rows.get(VERSIONS.name, ())}):
        try:
            found = store.read_bodies(content, home) if CONTENT.fullmatch(content) else {}
        except DamagedError as error:
            problems.append(f"Le contenu {content} n’est pas dans la sauvegarde : {error}.")
            continue
        bodies.update({f"{BODIES}/{content}/{name}": body for name, body in found.items()})
    bodies[ROWS] = json.dumps(said | {"tables": rows}, ensure_ascii=False, indent=1, default=str).encode()
    bodies[SUMS] = json.dumps({name: sha256(body) for name, body in bodies.items()}, indent=1).encode()
    _write(target, bodies)
    number = sum(map(len, rows.values()))
    return Saved(len(rows.get(VERSIONS.name, ())), number, target.stat().st_size, tuple(problems))


def _ensure_free(target: Path) -> None:
    """Check that the file whose place an archive takes, if there is one, is an archive: a name mistyped must cost nothing."""
    try:
        taken = target.is_file() and target.stat().st_size > 0 and not zipfile.is_zipfile(target)
    except OSError:  # writing there says why
        return
    if taken:
        raise GeoInputError(
            f"{target} : ce fichier existe et n’est pas une sauvegarde. Rien n’est remplacé : donnez un autre nom."
        )


def _write(target: Path, bodies: Mapping[str, bytes]) -> None:
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}-", delete=False) as file:
            fresh = Path(file.name)
            try:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                    for name, body in bodies.items():
                        archive.writestr(name, body)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                fresh.unlink(missing_ok=True)
                raise
        try:
            fresh.replace(target)
        except OSError:  # a folder of that name
            fresh.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)
    except OSError as error:
        raise GeoInputError(
            f"{target} : écriture impossible ({system_reason(error)}). Rien n’est sauvegardé."
        ) from error


def restore(source: Path, home: Path | None = None) -> Saved:
    """Fill an empty register with an archive: rows and files, all or nothing.

    Raises
    ------
    GeoInputError
        When the archive is damaged, of a newer version, or the register is not empty; nothing is written.
    """
    bodies = _read(source)
    rows = _rows(bodies.pop(ROWS), source)
    if not all(map(_is_body, bodies)):
        raise GeoInputError(f"{source.name} : {_NO_ARCHIVE} (un fichier de trop). Rien n’est restauré.")
    contents: dict[str, dict[str, bytes]] = {}
    for name, body in bodies.items():
        _, content, file = name.split("/")
        contents.setdefault(content, {})[file] = body
    for content, files in contents.items():
        if store.content_of(files) != content:
            raise GeoInputError(f"{source.name} : {_NO_ARCHIVE} (contenu {content}).")
    store.prepare(home)
    with store.reading(
        home
    ) as connection:  # before any file is written; looked at again below, where nobody else can write
        _ensure_empty(connection)
    with ExitStack() as stack:  # files first: a row always has its files
        writers = [stack.enter_context(store.written(content, files, home)) for content, files in contents.items()]
        with store.writing(home) as connection:
            _alone(connection)
            _ensure_empty(connection)
            _insert(connection, rows, source)
            for write in writers:
                write(connection)
            _count_on(connection)
    number = sum(map(len, rows.values()))
    missing = {str(row["content"]) for row in rows.get(VERSIONS.name, ())} - set(contents)
    problems = tuple(f"Le contenu {content} n’est pas dans la sauvegarde." for content in sorted(missing))
    return Saved(len(rows.get(VERSIONS.name, ())), number, source.stat().st_size, problems)


def _alone(connection: sa.Connection) -> None:
    """Have nobody else write until the end: another restoration, a colleague who publishes. SQLite has one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in _TABLES)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def _insert(connection: sa.Connection, rows: Mapping[str, list[dict[str, Any]]], source: Path) -> None:
    for table in _TABLES:
        try:
            if found := rows.get(table.name):
                connection.execute(sa.insert(table), _by_key(table, found))
        except OperationalError:  # the database, not the archive
            raise
        except (SQLAlchemyError, ValueError, OverflowError) as error:
            raise GeoInputError(
                f"{source.name} : {_NO_ARCHIVE} (table « {table.name} »). Rien n’est restauré."
            ) from error


def _by_key(table: sa.Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows by their key, so that a version comes after the one it is laid over: a database gives them as they lie on its disk,
    where PostgreSQL writes again over what was given up."""
    keys = [column.name for column in table.primary_key.columns]
    return sorted(rows, key=lambda row: [(type(row.get(key)).__name__, row.get(key)) for key in keys])


def _ensure_empty(connection: sa.Connection) -> None:
    full = [
        table.name
        for table in _TABLES
        if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
    ]
    if full:
        raise GeoInputError(
            "Le registre n’est pas vide : rien n’est restauré. Indiquez une base vide (CLSM_REGISTER) ou un dossier neuf (CLSM_HOME), "
            "puis relancez ; l’ancien registre reste tel qu’il est."
        )


def _read(source: Path) -> dict[str, bytes]:
    """Return the members of an archive, each as its sum says."""
    try:
        with source.open("rb"):
            weigh(source, CEILINGS)
        with zipfile.ZipFile(source) as archive:
            bodies = {one.filename: archive.read(one) for one in archive.infolist()}
        sums = json.loads(bodies.pop(SUMS))
        whole = sums == {name: sha256(body) for name, body in bodies.items()}
    except GeoInputError as error:
        raise GeoInputError(f"{source.name} : {_NO_ARCHIVE}. Rien n’est restauré.") from error
    except OSError as error:
        raise GeoInputError(f"{source} : lecture impossible ({system_reason(error)}).") from error
    except Exception as error:  # zipfile and json raise whatever they like on bytes of another kind
        raise GeoInputError(f"{source.name} : {_NO_ARCHIVE}. Rien n’est restauré.") from error
    if not whole or ROWS not in bodies:
        raise GeoInputError(f"{source.name} : {_NO_ARCHIVE} (une somme ne correspond pas). Rien n’est restauré.")
    return bodies


def _is_body(name: str) -> bool:
    parts = name.split("/")
    return len(parts) == 3 and parts[0] == BODIES and bool(CONTENT.fullmatch(parts[1])) and parts[2] in store.FILES


def _rows(body: bytes, source: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each table, in columns that this code knows."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("tables"), dict):
        raise GeoInputError(f"{source.name} : {_NO_ARCHIVE}. Rien n’est restauré.")
    if told.get("forme") != FORM or told.get("schema") not in (schema.REVISION, *schema.OLDER):
        raise GeoInputError(
            f"{source.name} : cette sauvegarde a été faite par une version plus récente du tableau de bord. "
            "Mettez-le à jour, puis relancez ; rien n’est restauré."
        )
    known = {table.name: {column.name for column in table.columns} for table in _TABLES}
    found: dict[str, list[dict[str, Any]]] = {}
    for name, rows in told["tables"].items():
        if name not in known or not _are_rows(rows, known[name]):
            raise GeoInputError(f"{source.name} : {_NO_ARCHIVE} (table « {str(name)[:40]} »). Rien n’est restauré.")
        found[name] = rows
    return found


def _are_rows(rows: object, columns: set[str]) -> bool:
    """Tell whether these are rows: columns that are known, and no list nor table in any, which PostgreSQL would write as a text."""
    return isinstance(rows, list) and all(
        isinstance(row, dict)
        and row.keys() <= columns
        and not any(isinstance(value, list | dict) for value in row.values())
        for row in rows
    )


def _count_on(connection: sa.Connection) -> None:
    """Have PostgreSQL number the next rows after those that were given a number."""
    if connection.dialect.name != "postgresql":
        return
    for table in _TABLES:
        for column in table.primary_key.columns:
            if isinstance(column.type, sa.Integer) and not column.foreign_keys:
                highest = connection.execute(sa.select(sa.func.max(column))).scalar()
                sequence = connection.execute(
                    sa.select(sa.func.pg_get_serial_sequence(table.name, column.name))
                ).scalar()
                if highest and sequence:
                    connection.execute(sa.select(sa.func.setval(sequence, highest)))
