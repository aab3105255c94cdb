"""Agreements in a file of scenarios, for a person to read, and in a link, in few characters; read back, checked at the door.

What a text holds that is personal does not come in: the answer is kept, the text is left out, and a sentence says so. A commune merged
since becomes that of today.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from geo import french as fr
from geo.agreements.entry import COMMUNE, Entry, Status, personal_of
from geo.agreements.ledger import MOST_ENTRIES, Agreements, renamed
from geo.errors import GeoInputError

_FIELDS = ("interlocuteur", "reponse", "date", "reference", "texte", "auteur", "note_le", "remplace")
# Given the code of a commune, that of today; the same for one that is nowhere: it is kept, outside every perimeter.
Today = Callable[[str], str]


def to_fields(agreements: Agreements) -> list[dict[str, Any]]:
    """Return the entries as a file holds them; what is empty is left out."""
    rows = (zip(_FIELDS, _values(entry), strict=True) for entry in agreements)
    return [{name: value for name, value in row if value} for row in rows]


def from_fields(given: Any, today: Today | None = None) -> tuple[Agreements, tuple[str, ...]]:
    """Read what `to_fields` wrote, with what its reader must know.

    Raises
    ------
    GeoInputError
        When it makes no sense.
    """
    if not isinstance(given, list) or len(given) > MOST_ENTRIES:
        raise GeoInputError(f"Accords : une liste de {fr.number(MOST_ENTRIES)} réponses au plus est attendue.")
    rows = []
    for number, one in enumerate(given, start=1):
        if not isinstance(one, dict) or set(one) - set(_FIELDS):
            raise GeoInputError(f"Accords, réponse n° {number} : des champs inattendus.")
        rows.append([one.get(name, [] if name == "remplace" else "") for name in _FIELDS])
    return _read(rows, today)


def to_short(agreements: Agreements) -> list[list[Any]]:
    """Return the entries in place as a link holds them, without the history; values that several share are written once (`from_short`)."""
    heads = agreements.heads
    pairs = {pair: i for i, pair in enumerate(sorted({(e.who, e.noted) for e in heads}))}
    rows: list[list[Any]] = []
    for e in heads:
        row = [e.subject, pairs[e.who, e.noted], str(e.status), e.day, e.reference, e.text, "".join(sorted(e.over))]
        while not row[-1] and len(row) > 2:
            row.pop()
        rows.append(row)
    return [[list(pair) for pair in pairs], rows]


def from_short(given: Any, today: Today | None = None) -> tuple[Agreements, tuple[str, ...]]:
    """Read what `to_short` wrote, with what its reader must know.

    Raises
    ------
    GeoInputError
        When it makes no sense.
    """
    pairs, rows = given
    full = []
    for row in rows:
        subject, pair, status, day, reference, text, over = list(row) + [""] * (7 - len(row))
        who, noted = pairs[pair]
        full.append(
            [subject, status, day, reference, text, who, noted, [over[i : i + 6] for i in range(0, len(over), 6)]]
        )
    return _read(full, today)


def _values(e: Entry) -> list[Any]:
    return [e.subject, str(e.status), e.day, e.reference, e.text, e.who, e.noted, sorted(e.over)]


def _read(rows: Sequence[Sequence[Any]], today: Today | None) -> tuple[Agreements, tuple[str, ...]]:
    entries, notices = [], list[str]()
    for subject, status, day, reference, text, who, noted, over in rows:
        texts = (subject, status, day, reference, text, who, noted)
        if not all(isinstance(t, str) for t in texts) or not isinstance(over, list) or status not in set(Status):
            raise GeoInputError("Accords : une réponse est illisible, des textes sont attendus.")
        if not all(isinstance(one, str) for one in over):
            raise GeoInputError("Accords : le suivi des réponses remplacées est illisible.")
        entries.append(Entry(subject, Status(status), day, reference, text, who, noted, frozenset(over)))
    return renamed(entries, lambda entry: _changed(entry, today, notices)), tuple(dict.fromkeys(notices))


def _changed(entry: Entry, today: Today | None, notices: list[str]) -> Entry:
    """Return an entry as it may come in: nothing personal, a commune of today."""
    said = {name: personal_of(getattr(entry, name)) for name in ("text", "reference", "who")}
    if left := [one for one in said.values() if one]:
        kept = {name: "" if problem else getattr(entry, name) for name, problem in said.items()}
        entry = replace(entry, text=kept["text"], reference=kept["reference"], who=kept["who"])
        notices += [f"Accords : un texte a été laissé de côté, la réponse est gardée. {one}" for one in left]
    if entry.kind == COMMUNE and today and (code := today(entry.key)) != entry.key:
        notices.append(
            f"Accords : ce qui était noté pour la commune {entry.key} l’est maintenant pour la commune {code}, dont elle fait partie."
        )
        return replace(entry, subject=f"{COMMUNE}:{code}")
    return entry
