"""Sets of indicators in the register: brought, kept as versions, put in use and withdrawn like layers, with nothing in their place before.

A set is a table that somebody brought under a name of its own, which is the remark of its versions. Its kind is `NEEDS` and its identifier; its content is one file of series
(`geo.indicators.write_series`). What moves the active version is that of layers (`publish`, `withdraw`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from geo.errors import GeoInputError
from geo.files import DamagedError
from geo.french import fold
from geo.indicators import ID, Series, State, read_series, series_bytes
from geo.register import store
from geo.register.model import NEEDS, Head, Origin, Settled, Statement, Version
from geo.register.register import add_row, damage, find, head, heads, versions
from geo.register.writing import given_columns, now, one_line, statement_row
from geo.rights import Act, Actor, actor_of, ensure_may
from geo.visible import blank

MOST_LETTERS = 40  # of the identifier of a set


@dataclass(frozen=True)
class NeedSet:
    """A set as the register has it: its kind, its name (that of the active version, else of the newest: a draft renames nothing), its
    versions and the active one."""

    kind: str
    name: str
    versions: tuple[Version, ...]
    head: Head


def set_id(name: str) -> str:
    """Return the identifier of a set by its name: « Santé mentale (ORS) » gives « sante-mentale-ors »; "" when nothing is left."""
    words = "-".join(re.findall(r"[a-z0-9]+", fold(name)))
    if len(words) <= MOST_LETTERS:
        return words
    end = hashlib.sha256(words.encode()).hexdigest()[:6]  # two long names that begin alike are two sets
    return f"{words[: MOST_LETTERS - 7].strip('-')}-{end}"


def kind_of(identifier: str) -> str:
    """Return the kind of a set in the register."""
    return f"{NEEDS}{identifier}"


def need_sets(home: Path | None = None) -> tuple[NeedSet, ...]:
    """Return the sets that were ever kept, in the order of their names.

    Raises
    ------
    GeoInputError
        When the register does not answer.
    """
    now_active, found = heads(home), dict[str, list[Version]]()
    for version in versions(home=home):
        if version.kind.startswith(NEEDS):
            found.setdefault(version.kind, []).append(version)
    made = []
    for kind, kept in found.items():
        active = now_active.get(kind, Head(kind, 0, None))
        made.append(NeedSet(kind, name_of(active.version or kept[0]), tuple(kept), active))
    return tuple(sorted(made, key=lambda one: (one.name, one.kind)))


def name_of(version: Version) -> str:
    """Return the name that a set was kept under, its identifier when none is known."""
    return version.statement.remark or version.kind.removeprefix(NEEDS)


def keep_series(
    name: str,
    series: Sequence[Series],
    departements: Iterable[str],
    statement: Statement,
    origin: Origin,
    *,
    settled: Settled | None = None,
    by: Actor | None = None,
    home: Path | None = None,
) -> Version:
    """Keep the series of a table as a new version of the set of that name, not active yet.

    `departements` are those that its territories lie in: who keeps it must hold them. The rest is as for `keep`.

    Raises
    ------
    GeoInputError
        When the name, who or the source is not stated, there is no figure, `by` may not, or nothing can be written.
    """
    actor = by or actor_of(statement.who)
    statement = replace(statement, who=actor.name, remark=one_line(name, 120))
    touched = frozenset(departements)
    ensure_may(actor, Act.BRING_DRAFT, touched or None)
    _ensure_stated(name, series, statement)
    kind = kind_of(set_id(name))
    store.prepare(home)
    files = {store.SERIES: series_bytes(series)}
    content = store.content_of(files)
    known = {code for one in series for code in one.values.index[one.values["state"] == State.KNOWN]}
    values = {
        **given_columns(statement, origin),
        "kind": kind,
        "created": now(),
        "extent": "[]",
        "changes": json.dumps(_changes(series, kind, home), ensure_ascii=False),
        "zones": len(series),
        "communes": len(known),
        "content": content,
        "under_id": None,
    }
    stated = statement_row(statement, replace(settled or Settled(), departements=touched))
    with store.written(content, files, home) as again:
        return find(kind, add_row(kind, values, stated, again, actor, home), home)


def _ensure_stated(name: str, series: Sequence[Series], statement: Statement) -> None:
    problems = []
    if not ID.fullmatch(set_id(name)):
        problems.append("Donnez un nom au jeu d’indicateurs, avec au moins une lettre ou un chiffre.")
    if blank(statement.who):
        problems.append("Dites qui apporte ces indicateurs.")
    if blank(statement.source):
        problems.append("Dites d’où viennent ces indicateurs (leur source).")
    if not any((one.values["state"] == State.KNOWN).any() for one in series):
        problems.append("Aucun territoire n’a de chiffre : rien n’est gardé.")
    if problems:
        raise GeoInputError(problems)


def _changes(series: Sequence[Series], kind: str, home: Path | None) -> dict[str, object]:
    """Say which indicators a version adds, takes away and changes against the active one; nothing when that cannot be read."""
    active = head(kind, home).version
    try:
        before = {one.id: one for one in read_needs(active, home)} if active else {}
    except DamagedError:
        return {}
    after = {one.id: one for one in series}
    same = {i for i in before.keys() & after.keys() if series_bytes([before[i]]) == series_bytes([after[i]])}
    return {
        "added": [after[i].indicator.label for i in after if i not in before],
        "removed": [before[i].indicator.label for i in before if i not in after],
        "changed": [after[i].indicator.label for i in after if i in before and i not in same],
        "inhabitants_before": 0,
        "inhabitants_after": 0,
    }


def read_needs(version: Version, home: Path | None = None) -> tuple[Series, ...]:
    """Return the series of a version of a set.

    Raises
    ------
    DamagedError
        When its file is absent or damaged, or its row makes no sense.
    """
    try:
        bodies = store.read_bodies(version.content, home)
        if store.SERIES not in bodies:
            raise DamagedError("elle ne contient pas d’indicateurs")
        return read_series(bodies[store.SERIES])
    except DamagedError as error:
        raise DamagedError(damage(version, str(error), home)) from error
    except GeoInputError as error:
        raise DamagedError(damage(version, "ses indicateurs ne se comprennent pas", home)) from error
