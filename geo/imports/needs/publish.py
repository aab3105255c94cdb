"""From a table of indicators to a set in use: what it is named, then kept and published; what was settled of the same table before."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

from geo import register
from geo.errors import GeoInputError
from geo.french import count
from geo.imports.needs.figures import renamed
from geo.imports.needs.plan import Item, NeedsDraft, Plan, Way
from geo.imports.needs.splits import YEARS
from geo.imports.publish import form_of
from geo.indicators import Series
from geo.register import Origin, Settled, Statement, Version
from geo.rights import Act, Actor, actor_of, ensure_may

_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class NeedsStatement:
    """What the person states of a table: the name of the set, its source, its year, who they are; that they read what each column is."""

    name: str
    source: str
    year: str
    who: str
    confirmed: bool = False

    @property
    def kind(self) -> str:
        """The kind of the set in the register."""
        return register.kind_of(register.set_id(self.name))

    @property
    def problems(self) -> list[str]:
        """What is lacking, in words."""
        said = (
            (register.set_id(self.name), "le nom du jeu"), (self.source.strip(), "la source"), (self.year.strip(), "l’année"),
            (self.who.strip(), "votre nom"), (self.confirmed, "la confirmation de ce que dit chaque colonne"),
        )  # fmt: skip
        return [words for given, words in said if not given]


def key_of(shape: str) -> str:
    """Return what a table of a shape is remembered by."""
    return hashlib.sha256(f"indicateurs|{shape}".encode()).hexdigest()[:48]


def remembered_plan(shape: str, home: Path | None = None) -> tuple[Plan, Version] | None:
    """Return what was settled of a table with the same columns when it was last kept, and that version; None when it never was.

    Raises
    ------
    GeoInputError
        When the register does not answer.
    """
    for kept in sorted(register.need_sets(home), key=lambda one: one.versions[0].id, reverse=True):
        for version in kept.versions:
            plan = Plan.from_json(version.settled.answers) if version.settled.list_key == key_of(shape) else None
            if plan:
                return plan, version
    return None


def resumed(plan: Plan, draft: NeedsDraft) -> Plan:
    """Return what was settled of a table of before for a new one with the same columns, read with nothing settled.

    What the new figures say themselves is theirs: the year, which year is kept of several, whether shares go from 0 to 1, and a threshold
    that is written in them, where it is stricter.
    """
    ours, only = draft.plan.by_column, dict(plan.only)
    for split in draft.splits:
        if all(YEARS.fullmatch(value) for value in split.values):
            only.pop(split.column, None)
    items = tuple(_resumed(item, ours[item.column]) if item.column in ours else item for item in plan.items)
    return replace(plan, year=draft.plan.year, only=tuple(only.items()), items=items)


def _resumed(item: Item, ours: Item) -> Item:
    asked = ours.scale is None and item.scale == 1
    scale = None if asked else ours.scale if ours.scale == 1 and ours.way is Way.RATE else item.scale
    return replace(item, scale=scale, secrecy=max(item.secrecy, ours.secrecy))


def series_to_keep(draft: NeedsDraft, said: NeedsStatement) -> list[Series]:
    """Return the series of a draft under the name, the source and the year that are stated; a column that has its own year keeps it."""
    base, own = register.set_id(said.name), {item.shown: item.year for item in draft.plan.items if item.is_indicator}
    return [
        renamed(
            one,
            f"{base}-{one.id}",
            said.source.strip(),
            own.get(one.indicator.label) or said.year.strip(),
            said.name.strip(),
        )
        for one in draft.series
    ]


def ensure_ready(draft: NeedsDraft, said: NeedsStatement) -> None:
    """Check that nothing is left to settle nor to state.

    Raises
    ------
    GeoInputError
        With a sentence for each thing left.
    """
    problems = [question.said for question in draft.questions]
    problems += [f"Il manque {words}." for words in said.problems]
    kept = [split.kept for split in draft.splits if YEARS.fullmatch(split.kept)]
    problems += [f"Les lignes retenues sont de {year}, et l’année déclarée est « {said.year.strip()} »."
                 for year in kept if said.year.strip() and not set(_YEAR.findall(year)) & set(_YEAR.findall(said.year))]  # fmt: skip
    if problems:
        left = count(len(problems), "point à régler", "points à régler")
        raise GeoInputError([f"{draft.file} : {left} avant de publier.", *problems[:20]])


def keep_needs(
    draft: NeedsDraft, said: NeedsStatement, *, by: Actor | None = None, home: Path | None = None
) -> Version:
    """Keep a table as a new version of its set, not in use yet; `by` is who acts, None for whoever holds the machine.

    Raises
    ------
    GeoInputError
        When something is left to settle or to state, or `by` may not.
    """
    ensure_may(by or actor_of(said.who), Act.BRING_DRAFT)
    ensure_ready(draft, said)
    return register.keep_series(
        said.name.strip(),
        series_to_keep(draft, said),
        draft.departements,
        Statement(said.source.strip(), said.year.strip(), said.who),
        Origin(draft.file, draft.sha256, draft.size, form_of(draft.file)),
        settled=Settled(key_of(draft.shape), draft.plan.to_json()),
        by=by,
        home=home,
    )


def publish_needs(
    draft: NeedsDraft, said: NeedsStatement, *, seen: int, by: Actor | None = None, home: Path | None = None
) -> Version:  # fmt: skip
    """Keep a table and put its set in use, unless the set moved since revision `seen`: then nothing is kept.

    Raises
    ------
    ConflictError
        When somebody published meanwhile.
    GeoInputError
        As for `keep_needs`.
    """
    actor = by or actor_of(said.who)
    ensure_may(actor, Act.PUT_IN_USE, draft.departements or None)
    ensure_ready(draft, said)
    register.ensure_head_is(said.kind, seen, home)
    if not actor.everywhere:
        register.ensure_may_go(actor, said.kind, None, seen, home)
    version = keep_needs(draft, said, by=by, home=home)
    head = register.publish(version, who=actor, seen=seen, home=home)
    return head.version or version
