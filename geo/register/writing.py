"""What is written of a version: its row, the row of what was stated of it, and what must be stated for that."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.layers import Difference, Layer
from geo.register.model import Origin, Settled, Statement
from geo.register.reach import CHANGED, of_difference
from geo.register.schema import AUTHORS
from geo.rights import Actor
from geo.visible import blank

LONGEST = {"who": 200, "person": 200, "file_name": 300, "date": 60, "file_form": 20, "list_key": 64}


def now() -> str:
    """Return the moment, ISO 8601 with its zone."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def one_line(text: str, most: int) -> str:
    """Return a text on one line, without control characters nor halves of a pair, which no database writes, not longer than `most`."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", text).strip()[:most]


def given_columns(statement: Statement, origin: Origin) -> dict[str, Any]:
    """Return what a version holds of its file and of what was said with it, whatever it is a version of."""
    return {
        "who": one_line(statement.who, LONGEST["who"]),
        "file_name": one_line(origin.name, LONGEST["file_name"]),
        "file_sha256": origin.sha256,
        "file_bytes": origin.bytes,
        "file_form": one_line(origin.form, LONGEST["file_form"]).lower(),
        "source": one_line(statement.source, 2000),
        "date": one_line(statement.date, LONGEST["date"]),
        "etat": str(statement.etat),
        "mode": str(statement.mode),
        "remark": one_line(statement.remark, 4000),
    }


def add(connection: sa.Connection, table: sa.Table, actor: Actor, values: Mapping[str, Any]) -> int:
    """Add a line that has the name of who acted, and beside it what an identity provider knows them by, where one does; return its
    number."""
    made = connection.execute(sa.insert(table).values(**values)).inserted_primary_key
    line = int(made[0]) if made else 0
    if person := one_line(actor.id, LONGEST["person"]):
        connection.execute(sa.insert(AUTHORS).values(what=table.name, line=line, person=person))
    return line


def version_row(
    layer: Layer, statement: Statement, origin: Origin, changes: Difference | None, content: str, atlas: Atlas
) -> dict[str, Any]:
    """Return the row of a version, but its number, its day and what it is laid over."""
    changed = {**changes.summary(), CHANGED: sorted(of_difference(changes, atlas))} if changes else {}
    return {
        **given_columns(statement, origin),
        "kind": layer.id,
        "extent": json.dumps(sorted(statement.extent)),
        "changes": json.dumps(changed, ensure_ascii=False),
        "zones": len(layer.zones),
        "communes": int(layer.members["row"].nunique()),
        "content": content,
    }


def statement_row(statement: Statement, settled: Settled) -> dict[str, Any]:
    """Return the row of what was stated and settled with a version, but its id."""
    return {
        "until": statement.until,
        "accepted": json.dumps([one_line(text, 500) for text in statement.accepted], ensure_ascii=False),
        "unsettled": json.dumps(sorted(settled.unsettled)),
        "list_key": one_line(settled.list_key, LONGEST["list_key"]),
        "answers": settled.answers,
        "departements": json.dumps(sorted(settled.departements)),
        "ended": json.dumps(sorted(settled.ended), ensure_ascii=False),
    }


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def ensure_stated(layer: Layer, statement: Statement, atlas: Atlas) -> None:
    """Check that a layer may be kept under a statement.

    Raises
    ------
    GeoInputError
        When who or the source is not stated, a day or a département makes no sense, or the layer is empty.
    """
    problems = []
    if blank(statement.who):
        problems.append("Dites qui importe la couche.")
    if blank(statement.source):
        problems.append("Dites d’où vient la couche (sa source).")
    problems += [
        f"{code} : département inconnu." for code in sorted(statement.extent) if code not in atlas.departements.index
    ]
    if statement.until and not _is_day(statement.until):
        problems.append(f"{statement.until} : date de fin illisible ; écrivez 2027-06-30.")
    if layer.zones.empty:
        problems.append("La couche n’a aucun territoire : rien n’est gardé.")
    if problems:
        raise GeoInputError(problems)
