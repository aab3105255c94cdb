"""Rows of the register, read as data that a damaged disk or another program may have changed.

A row is never edited nor dropped: what of it makes no sense is named in `Version.faults`, and the version stays listed, so
that one can see it and go back to another. A fault in what the layer depends on (état, mode, extent, files) forbids using it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from geo.french import on_this_clock
from geo.layers import Etat, Mode, Over
from geo.register.model import Event, Origin, Settled, State, Statement, Version

E = TypeVar("E", bound=StrEnum)
Row = Mapping[Any, Any]
NAMES = {
    "id": "identifiant", "kind": "couche", "number": "numéro", "created": "date", "who": "auteur", "file_name": "nom du fichier",
    "file_sha256": "empreinte du fichier", "file_bytes": "taille du fichier", "file_form": "forme du fichier",
    "source": "source", "date": "date des faits", "etat": "état", "mode": "mode", "extent": "départements complets",
    "remark": "remarque", "changes": "changements", "zones": "nombre de territoires", "communes": "nombre de communes",
    "content": "nom des fichiers gardés", "under_id": "version du dessous", "revision": "révision", "at": "date",
    "until": "échéance", "accepted": "réserves acceptées", "unsettled": "lignes à régler", "list_key": "nom de la liste",
    "answers": "réglages", "departements": "départements de la liste", "ended": "territoires dissous",
}  # fmt: skip
NEEDED = frozenset(
    NAMES[name]
    for name in ("id", "kind", "number", "etat", "mode", "extent", "content", "under_id", "until", "unsettled", "ended")
)
CONTENT = re.compile(r"[0-9a-f]{32}")
UNKNOWN = "inconnu"
NOTHING_STATED = {
    "until": "",
    "accepted": "[]",
    "unsettled": "[]",
    "list_key": "",
    "answers": "",
    "departements": "[]",
    "ended": "[]",
}
_LISTS, _COUNTS = ("added", "removed", "changed"), ("inhabitants_before", "inhabitants_after")


class _Reading:
    """One row, and what of it could not be understood."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.faults: list[str] = []

    def fault(self, name: str) -> None:
        self.faults.append(NAMES[name])

    def text(self, name: str, instead: str = UNKNOWN) -> str:
        value = self.row[name]
        if isinstance(value, str):
            return value
        self.fault(name)
        return instead

    def number(self, name: str, least: int = 0) -> int:
        value = self.row[name]
        if type(value) is int and value >= least:
            return value
        self.fault(name)
        return 0

    def moment(self, name: str) -> str:
        value = self.row[name]
        try:
            if len(value) >= 16 and datetime.fromisoformat(value):
                return on_this_clock(value)
        except (TypeError, ValueError):
            pass
        self.fault(name)
        return ""

    def word(self, name: str, words: type[E], instead: E) -> E:
        value = self.row[name]
        if value in set(words):
            return words(value)
        self.fault(name)
        return instead

    def json(self, name: str) -> Any:
        try:
            return json.loads(self.row[name])
        except (TypeError, ValueError, RecursionError):
            return None


def version_of(row: Row, state: State) -> Version:
    """Return the version that a row speaks of, whatever became of it; the row of what was stated of it beside, if there is one."""
    stated = row.get("version_id") is not None
    read = _Reading(row if stated else {**row, **NOTHING_STATED})
    under = row["under_id"]
    if under is not None and type(under) is not int:
        read.fault("under_id")
        under = None
    content = read.text("content", "")
    if content and not CONTENT.fullmatch(content):
        read.fault("content")
        content = ""
    return Version(
        id=read.number("id", 1),
        kind=read.text("kind"),
        number=read.number("number", 1),
        state=state,
        created=read.moment("created"),
        statement=Statement(
            source=read.text("source"),
            date=read.text("date", ""),
            who=read.text("who"),
            extent=frozenset(_texts(read, "extent")),
            etat=read.word("etat", Etat, Etat.A_CONFIRMER),
            mode=read.word("mode", Mode, Mode.ADD),
            over=Over.ORIGIN if under is None else Over.IN_USE,
            remark=read.text("remark", ""),
            until=_until(read),
            accepted=tuple(_texts(read, "accepted")),
        ),
        origin=Origin(
            read.text("file_name"), read.text("file_sha256"), read.number("file_bytes"), read.text("file_form", "csv")
        ),
        changes=_changes(read),
        zones=read.number("zones"),
        communes=read.number("communes"),
        content=content,
        under=under,
        settled=Settled(
            read.text("list_key", ""),
            read.text("answers", ""),
            frozenset(_texts(read, "departements")),
            frozenset(_texts(read, "unsettled")),
            frozenset(_texts(read, "ended")),
        ),
        faults=tuple(dict.fromkeys(read.faults)),
    )


def _until(read: _Reading) -> str:
    text = read.text("until", "")
    try:
        if not text or (len(text) == 10 and date.fromisoformat(text)):
            return text
    except ValueError:
        pass
    read.fault("until")
    return ""


def _texts(read: _Reading, name: str) -> list[str]:
    found = read.json(name)
    if isinstance(found, list) and all(isinstance(text, str) for text in found):
        return found
    read.fault(name)
    return []


def _changes(read: _Reading) -> Mapping[str, Any]:
    found = read.json("changes")
    if found == {}:
        return {}
    if (
        isinstance(found, dict)
        and all(isinstance(found.get(name), list) for name in _LISTS)
        and all(type(found.get(name)) is int for name in _COUNTS)
    ):
        return found
    read.fault("changes")
    return {}


def event_of(row: Row, person: str = "") -> Event:
    """Return the move that a row speaks of; what makes no sense is « inconnu ». `person` is who made it, as `Event` has it."""
    read = _Reading(row)
    number = row["number"] if type(row["number"]) is int else None
    lost = row["version_id"] is not None and number is None
    return Event(read.text("kind"), read.number("revision"), number, read.text("who"), read.moment("at"), lost, person)
