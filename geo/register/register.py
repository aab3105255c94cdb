"""The register: every version of a layer that someone imported, and which one is active.

A version is kept once and never edited. The active one is a pointer, one for each kind, with a revision number: a person who moves it
states which revision they saw, and is refused with a sentence when somebody moved it meanwhile. Going back is moving the
pointer to an older version, or to none (the layer in place before any import). A version's state follows from the pointer
and its history, so the two can never disagree.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.files import DamagedError
from geo.french import day, listing, moment
from geo.layers import Declared, Difference, Layer
from geo.register import reach, store
from geo.register.bodies import in_database
from geo.register.journal import back_text, history
from geo.register.model import NEEDS, ConflictError, Head, Origin, Settled, State, Statement, Version
from geo.register.rows import NEEDED, version_of
from geo.register.schema import EVENTS, HEADS, STATEMENTS, VERSIONS
from geo.register.writing import LONGEST, add, ensure_stated, now, one_line, statement_row, version_row
from geo.rights import Act, Actor, actor_of, ensure_may
from geo.visible import blank

if TYPE_CHECKING:
    import geopandas as gpd

BACKUP = "Remettez une autre version en service, ou reprenez registre.sqlite d’une sauvegarde."
TRIES = 20  # for a number of version that others take at the same moment


def default_who() -> str:
    """Return the name of the system's user, or « inconnu »."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "inconnu"


# --- keep -------------------------------------------------------------------------------------------------------
def keep(
    layer: Layer,
    statement: Statement,
    origin: Origin,
    changes: Difference | None,
    atlas: Atlas,
    *,
    shapes: gpd.GeoDataFrame | None = None,
    under: Version | None = None,
    settled: Settled | None = None,
    by: Actor | None = None,
    home: Path | None = None,
) -> Version:
    """Keep a layer as a new version, not active yet.

    `shapes` are its outlines, indexed by zone, when it has some; `under` is the version that it is laid over, the layer in
    place before any import when None; `settled` is what was settled of the list, and what is not yet. `by` is who acts, whose
    name is then the author's; None for whoever holds the machine (`geo.rights.actor_of`).

    Raises
    ------
    GeoInputError
        When who or the source is not stated, a département does not exist, `by` may not, or nothing can be written.
    """
    actor = by or actor_of(statement.who)
    statement = replace(statement, who=actor.name)
    reach.ensure_may_keep(actor, layer, statement, settled or Settled(), changes, atlas)
    ensure_stated(layer, statement, atlas)
    store.prepare(home)
    if under:
        check(under, home)
    content, files = store.files_of(layer, shapes, atlas)
    values = version_row(layer, statement, origin, changes, content, atlas)
    values.update(created=now(), under_id=under.id if under else None)
    stated = statement_row(statement, settled or Settled())
    with store.written(content, files, home) as again:
        return find(layer.id, add_row(layer.id, values, stated, again, actor, home), home)


def add_row(
    kind: str, values: dict[str, Any], stated: dict[str, Any], write: Callable[[sa.Connection], None], actor: Actor,
    home: Path | None,
) -> int:  # fmt: skip
    """Add the row of a version under the next number, which is returned; `write` has its files there, while nobody sweeps."""
    for _ in range(TRIES):
        try:
            with store.writing(home) as connection:
                taken = connection.execute(sa.select(VERSIONS.c.number).where(VERSIONS.c.kind == kind)).scalars()
                number = max((one for one in taken if type(one) is int), default=0) + 1
                made = add(connection, VERSIONS, actor, {"number": number, **values})
                connection.execute(sa.insert(STATEMENTS).values(version_id=made, **stated))
                write(connection)
            return number
        except GeoInputError as error:
            if not isinstance(
                error.__cause__, IntegrityError
            ):  # else taken by another at the same moment: the next one
                raise
    raise GeoInputError("Trop de personnes importent cette couche en même temps ; réessayez. Rien n’est gardé.")


# --- publish and go back ----------------------------------------------------------------------------------------
def publish(version: Version, *, who: str | Actor, seen: int, home: Path | None = None) -> Head:
    """Make a version active, even an older one; `seen` is the revision of the head that the person looked at.

    Raises
    ------
    ConflictError
        When the head moved since; nothing is changed.
    DamagedError
        When the version, or one that it rests on, can no longer be read.
    GeoInputError
        When `who` may not, everywhere it changes something; a plain name may (`geo.rights.actor_of`).
    """
    ensure_may(actor_of(who), Act.PUT_IN_USE)
    check(version, home)
    return _move(version.kind, version, who=who, seen=seen, home=home)


def withdraw(kind: str, *, who: str | Actor, seen: int, home: Path | None = None) -> Head:
    """Go back to the layer that was in place before any import; errors as for `publish`."""
    return _move(kind, None, who=who, seen=seen, home=home)


def _move(kind: str, version: Version | None, *, who: str | Actor, seen: int, home: Path | None) -> Head:
    actor = actor_of(who)
    ensure_may_go(actor, kind, version, seen, home)
    if blank(actor.name):
        raise GeoInputError("Dites qui publie la couche.")
    target = version.id if version else None
    moved = False
    try:
        with store.writing(home) as connection:
            if seen == 0:
                there = connection.execute(sa.select(HEADS.c.revision).where(HEADS.c.kind == kind)).scalar()
                if there is None:
                    connection.execute(sa.insert(HEADS).values(kind=kind, version_id=target, revision=1))
                    moved = True
            else:
                change = sa.update(HEADS).where(HEADS.c.kind == kind, HEADS.c.revision == seen)
                moved = connection.execute(change.values(version_id=target, revision=seen + 1)).rowcount == 1
            if moved:
                who = one_line(actor.name, LONGEST["who"])
                event = {"kind": kind, "revision": seen + 1, "version_id": target, "who": who, "at": now()}
                add(connection, EVENTS, actor, event)
    except GeoInputError as error:
        if not isinstance(error.__cause__, IntegrityError):  # else another made the very same move first
            raise
        moved = False
    if not moved:
        raise ConflictError(_conflict_sentence(kind, home))
    return head(kind, home)


def ensure_may_go(actor: Actor, kind: str, version: Version | None, seen: int, home: Path | None = None) -> None:
    """Check that somebody may go from the active version, whose revision they saw, to another or (None) to the layer of before.

    Raises
    ------
    ConflictError
        When it moved since.
    GeoInputError
        When they may not, everywhere it changes something.
    """
    act = Act.PUT_IN_USE if version else Act.WITHDRAW
    ensure_may(actor, act)
    if actor.everywhere:
        return
    now = head(kind, home)
    if now.revision != seen:
        raise ConflictError(_conflict_sentence(kind, home))
    try:
        before = [] if now.version is None else layers_under(now.version, home)
    except DamagedError:
        before = None
    if now.problem:
        before = None
    reach.ensure_may_move(actor, act, before, layers_under(version, home) if version else [], home)


def ensure_head_is(kind: str, seen: int, home: Path | None = None) -> None:
    """Check that the active version is the one that a person looked at.

    Raises
    ------
    ConflictError
        When somebody moved it since.
    """
    if head(kind, home).revision != seen:
        raise ConflictError(_conflict_sentence(kind, home))


def _conflict_sentence(kind: str, home: Path | None) -> str:
    last = next(iter(history(kind, home)), None)
    if last is None:
        return "Ce que vous avez vu n’est plus en place ; relisez la page. Rien n’est changé."
    what = f"la version {last.number}" if last.number else back_text(kind)
    if last.lost:
        what = "une version que le registre ne connaît plus"
    return (
        f"Entre-temps, {last.who} a publié {what} (le {moment(last.at)}). Rien n’est changé : "
        "regardez cette version, puis publiez de nouveau si la vôtre doit la remplacer."
    )


# --- read -------------------------------------------------------------------------------------------------------
def head(kind: str, home: Path | None = None) -> Head:
    """Return the active version of a kind."""
    return heads(home).get(kind, Head(kind, 0, None))


def heads(home: Path | None = None) -> dict[str, Head]:
    """Return the active version of every kind that was ever published."""
    if not store.exists(home):
        return {}
    with store.reading(home) as connection:
        rows = connection.execute(sa.select(HEADS).order_by(HEADS.c.kind)).mappings().all()
        chosen = [row["version_id"] for row in rows if row["version_id"] is not None]
        found = connection.execute(_versions(connection).where(VERSIONS.c.id.in_(chosen))).mappings().all()
    by_id = {row["id"]: version_of(row, State.PUBLISHED) for row in found}
    return {str(row["kind"]): _head(row, by_id.get(row["version_id"])) for row in rows}


def _head(row: sa.RowMapping, version: Version | None) -> Head:
    kind, revision = str(row["kind"]), row["revision"]
    broken = []
    if row["version_id"] is not None and version is None:
        broken.append("la version qu’il dit en service n’y est plus")
    if type(revision) is not int:
        broken.append("le numéro de sa dernière mise en service est illisible")
    problem = f"{kind} : le registre est abîmé ({', et '.join(broken)}). {BACKUP}" if broken else ""
    return Head(kind, revision if type(revision) is int else 0, version, problem)


def _versions(connection: sa.Connection) -> sa.Select[Any]:
    """Ask for the versions with what was stated of each, where the schema of the register has it (`schema.READABLE`)."""
    if not sa.inspect(connection).has_table(STATEMENTS.name):
        return sa.select(VERSIONS)
    return sa.select(VERSIONS, STATEMENTS).join_from(VERSIONS, STATEMENTS, isouter=True)


def versions(kind: str | None = None, home: Path | None = None) -> list[Version]:
    """Return the versions kept, of one kind or of all, the newest first."""
    if not store.exists(home):
        return []
    with store.reading(home) as connection:
        wanted = _versions(connection).order_by(VERSIONS.c.kind, VERSIONS.c.number.desc())
        if kind is not None:
            wanted = wanted.where(VERSIONS.c.kind == kind)
        rows = connection.execute(wanted).mappings().all()
        used = set(connection.execute(sa.select(HEADS.c.version_id)).scalars())
        once = set(connection.execute(sa.select(EVENTS.c.version_id).distinct()).scalars())
    return [
        version_of(
            row, State.PUBLISHED if row["id"] in used else State.RETIRED if row["id"] in once else State.DRAFT
        )
        for row in rows
    ]  # fmt: skip


def find(kind: str, number: int, home: Path | None = None) -> Version:
    """Return a version by its number.

    Raises
    ------
    GeoInputError
        When there is none.
    """
    for version in versions(kind, home):
        if version.number == number:
            return version
    raise GeoInputError(f"{kind} : aucune version {number} ; voyez la liste des versions (page Données).")


def layers_under(version: Version, home: Path | None = None) -> list[Version]:
    """Return the versions that one is made of, from the lowest up to itself.

    Raises
    ------
    DamagedError
        When one of them is absent, or its row makes no sense.
    """
    by_id = {v.id: v for v in versions(version.kind, home)} if version.under is not None else {}
    found = [version]
    while True:
        lowest = found[0]
        if broken := [name for name in lowest.faults if name in NEEDED]:
            raise DamagedError(damage(lowest, f"sa ligne du registre ne se lit plus : {listing(broken)}", home))
        if lowest.under is None:
            return found
        lower = by_id.get(lowest.under)
        if lower is None or lower.id >= lowest.id:
            raise DamagedError(damage(lowest, "la version sur laquelle elle repose manque", home))
        found.insert(0, lower)


def check(version: Version, home: Path | None = None) -> None:
    """Check that a version and those it rests on are still what was kept.

    Raises
    ------
    DamagedError
        When one of them can no longer be read; the sentence says which, and what to do.
    """
    for each in layers_under(version, home):
        try:
            store.read_bodies(each.content, home)
        except DamagedError as error:
            raise DamagedError(damage(each, str(error), home)) from error


def damage(version: Version, why: str, home: Path | None = None) -> str:
    """Say that a version can no longer be read, why, and what to do."""
    file = version.origin.name
    again = "." if version.kind.startswith(NEEDS) else " sur la couche d’origine."
    where = "base du registre" if in_database() else f"dossier {store.register_folder(home) / version.content}"
    return (
        f"Version importée illisible : {version.kind}, version {version.number} ({why} ; {where}). Rien d’autre n’est perdu : remettez en service une version précédente "
        f"(page Données), ou importez de nouveau le fichier "
        f"« {file} »{again}"
    )


def forgotten(home: Path | None = None) -> int:
    """Count the versions whose files are there though the register names none at all: it was emptied, or removed."""
    found = [folder for folder in store.contents(home) if not store.note_of(folder).exists()]  # else a cut, or a write
    return len(found) if found and not versions(home=home) else 0


def token(home: Path | None = None) -> str:
    """Return a text that changes when an active version changes, or a statement that a list is complete lapses.

    The content is told beside the revision: a register that comes back from a backup has the same revisions again, for other versions.
    """
    found = [f"{h.kind}:{h.revision}:{h.version.content if h.version else ''}" for h in heads(home).values()]
    if found and (lapsed := sum(version.statement.lapsed() for version in versions(home=home))):
        found.append(f"échues:{lapsed}")
    return ",".join(found)


def read_layer(version: Version, base: Layer, atlas: Atlas, home: Path | None = None) -> Layer:
    """Return the layer of a version alone, named as the layer in place.

    Raises
    ------
    DamagedError
        When its files are absent or damaged.
    """
    try:
        zones, members, fine = store.read_files(version.content, atlas, home)
    except DamagedError as error:
        raise DamagedError(damage(version, str(error), home)) from error
    statement = version.statement
    lapsed = statement.lapsed()
    stated = Declared(
        statement.who, version.created[:10], statement.extent, statement.until, lapsed, statement.accepted
    )
    said = f"Importée le {day(version.created)} par {statement.who} (version {version.number})."
    return Layer(
        id=version.kind,
        name=base.name,
        long_name=base.long_name,
        source=statement.source,
        vintage=version.vintage,
        extent=frozenset() if lapsed else statement.extent,
        remark=" ".join(filter(None, (said, statement.remark))),
        zones=zones,
        members=members,
        fine=fine,
        declared=(stated,) if statement.extent else (),
        unsettled={version.settled.list_key: version.settled.unsettled},
        ended=version.settled.ended,
    ).held_back()


def read_shapes(version: Version, home: Path | None = None) -> gpd.GeoDataFrame | None:
    """Return the outlines a version came with (EPSG:4326, by zone id), or None when it came as a table.

    Raises
    ------
    DamagedError
        When its files are absent or damaged.
    """
    try:
        return store.read_shapes(version.content, home)
    except DamagedError as error:
        raise DamagedError(damage(version, str(error), home)) from error
