"""Projects in the register: each change is a row of its own, never edited; the newest row of a project is what it is now.

Who changes a project states which revision they saw, and is refused with a sentence when somebody changed it meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from geo import french as fr
from geo import register
from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.layers import departement_of_place
from geo.projects.model import Change, Kept, Project, Step, checked
from geo.register import PROJECTS, ConflictError
from geo.rights import Act, Actor, actor_of, ensure_may
from geo.visible import blank, one_line

LONGEST_NAME = 200  # of who


def kept(region: str | None = None, home: Path | None = None) -> tuple[Kept, ...]:
    """Return the projects as they are now, of one région or of all, by number."""
    newest: dict[int, Kept] = {}
    for one in _entries(home):
        newest[one.id] = one
    return tuple(k for k in newest.values() if region is None or k.project.region == region)


def changes(region: str | None = None, since: date | None = None, home: Path | None = None) -> tuple[Change, ...]:
    """Return the changes of projects, the newest first; `since` leaves out those of the days before."""
    found, before = list[Change](), dict[int, Project]()
    for one in _entries(home):
        found.append(Change(one.id, one.revision, before.get(one.id), one.project, one.who, one.at))
        before[one.id] = one.project
    return tuple(
        sorted(
            (
                c
                for c in found
                if region in (None, c.after.region) and (since is None or c.at[:10] >= since.isoformat())
            ),
            key=lambda c: (c.at, c.id, c.revision),
            reverse=True,
        )
    )


def history(number: int, home: Path | None = None) -> tuple[Change, ...]:
    """Return the changes of one project, the newest first."""
    return tuple(c for c in changes(home=home) if c.id == number)


def save(
    project: Project, *, who: str | Actor, atlas: Atlas, number: int | None = None, seen: int = 0, home: Path | None = None,
    today: date | None = None,
) -> Kept:  # fmt: skip
    """Keep a new project, or a change of one (`number`) whose revision the person saw was `seen`.

    Raises
    ------
    ConflictError
        When somebody changed it since; nothing is kept.
    GeoInputError
        When who is not said or may not (`geo.rights`), something of the project makes no sense, or nothing can be written.
    """
    return save_all([(project, number, seen)], who=who, atlas=atlas, home=home, today=today)[0]


def save_all(
    every: Sequence[tuple[Project, int | None, int]], *, who: str | Actor, atlas: Atlas, home: Path | None = None,
    today: date | None = None,
) -> tuple[Kept, ...]:  # fmt: skip
    """Keep several projects, all or none: (project, its number or None for a new one, the revision seen); errors as for `save`."""
    actor = actor_of(who)
    ensure_may(actor, Act.WRITE_PROJECT)
    author = one_line(actor.name).strip()[:LONGEST_NAME]
    if blank(actor.name):
        raise GeoInputError("Dites qui vous êtes.")
    good = [(checked(project, atlas, today), number, seen) for project, number, seen in every]
    if actor != Actor(actor.name):  # else everything is theirs
        before = {one.id: one.project for one in kept(home=home)}
        for project, number, _ in good:
            _ensure_may(actor, before.get(number or 0), project, atlas)
    try:
        return _written_rows(good, author, home)
    except GeoInputError as error:
        if not isinstance(error.__cause__, IntegrityError):  # else another wrote at the very same moment
            raise
        raise ConflictError("Quelqu’un a écrit au même moment. Rien n’est changé : recommencez.") from error


def _ensure_may(actor: Actor, before: Project | None, after: Project, atlas: Atlas) -> None:
    """Check that somebody may write a project, where it was and where it would be."""
    signs = _signature(after) != (_signature(before) if before else (False, ""))
    for project in filter(None, (before, after)):
        touched = frozenset(map(departement_of_place, project.codes))
        if not touched:  # its communes are unknown: one département of its région is enough
            inside = atlas.table["departement"][atlas.table["region"] == project.region]
            region = frozenset(map(str, inside.unique()))
            touched = region & (actor.departements or region) or region
        ensure_may(actor, Act.WRITE_PROJECT, touched)
        if signs:
            ensure_may(actor, Act.SIGN_PROJECT, touched)


def _signature(project: Project) -> tuple[bool, str]:
    """Return what its signature says: whether it stands, and its date."""
    return project.signed and not project.over, project.dated(Step.SIGNATURE)


def _written_rows(good: Sequence[tuple[Project, int | None, int]], author: str, home: Path | None) -> tuple[Kept, ...]:
    at = datetime.now().astimezone().isoformat(timespec="seconds")
    made = []
    with register.writing(home) as connection:
        numbers = connection.execute(sa.select(sa.func.max(PROJECTS.c.project))).scalar() or 0
        for project, number, seen in good:
            if number is None:
                numbers += 1
                number, seen = numbers, 0
            else:
                _ensure_seen(connection, number, seen)
            row = {"project": number, "revision": seen + 1, "who": author, "at": at, "content": _written(project)}
            connection.execute(sa.insert(PROJECTS).values(**row))
            made.append(Kept(number, seen + 1, project, author, at))
    return tuple(made)


def _ensure_seen(connection: sa.Connection, number: int, seen: int) -> None:
    wanted = sa.select(PROJECTS).where(PROJECTS.c.project == number).order_by(PROJECTS.c.revision.desc()).limit(1)
    row = connection.execute(wanted).mappings().first()
    if row is None:
        raise GeoInputError(f"Projet n° {number} : le registre ne le connaît pas. Rien n’est changé.")
    if row["revision"] != seen:
        raise ConflictError(
            fr.typeset(
                f"Entre-temps, {row['who']} a modifié le projet n° {number} (le {fr.moment(fr.on_this_clock(row['at']))}). Rien n’est changé : "
                "relisez-le, puis refaites votre modification si elle a encore un sens."
            )
        )


def _entries(home: Path | None) -> Iterable[Kept]:
    """Return every row, the oldest first; one that can no longer be read is passed over."""
    if not register.exists(home):
        return ()
    with register.reading(home) as connection:
        if not sa.inspect(connection).has_table(PROJECTS.name):
            return ()
        rows = (
            connection.execute(sa.select(PROJECTS).order_by(PROJECTS.c.project, PROJECTS.c.revision)).mappings().all()
        )
    found = []
    for row in rows:
        project = _read(row["content"])
        if project:
            found.append(Kept(row["project"], row["revision"], project, row["who"], fr.on_this_clock(row["at"])))
    return tuple(found)


def _written(project: Project) -> str:
    content = {
        "nom": project.name, "region": project.region, "etape": str(project.step), "dates": {str(s): d for s, d in project.dates.items()},
        "communes": sorted(project.codes), "suite": project.next_step, "echeance": project.due, "remarque": project.remark,
        "sans_suite": project.over,
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False)


def _read(text: str) -> Project | None:
    try:
        given = json.loads(text)
        dates = MappingProxyType({Step(s): str(d) for s, d in given["dates"].items()})
        return Project(
            str(given["nom"]), str(given["region"]), Step(given["etape"]), dates, frozenset(map(str, given["communes"])),
            str(given["suite"]), str(given["echeance"]), str(given["remarque"]), bool(given["sans_suite"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
