"""Where a version tells something: the départements that keeping it, or making it active, touches; and who may do so.

What is not known (files damaged, a row that no longer reads) may be anywhere: only a role for all of France answers for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from geo.communes import Atlas
from geo.files import DamagedError, read_table
from geo.layers import Difference, Fate, Layer, departement_of_place
from geo.register import store
from geo.register.model import NEEDS, Settled, Statement, Version
from geo.rights import Act, Actor, ensure_may

CHANGED = "departements"  # in the changes kept with a version: where it changed a commune when it was kept


def of_difference(changes: Difference | None, atlas: Atlas) -> frozenset[str]:
    """Return the départements where a commune changes, or a territory whose communes are unknown, those of a territory taken away far
    from the list included."""
    if changes is None:
        return frozenset()
    moved = ~np.isin(changes.fate, (int(Fate.ABSENT), int(Fate.KEPT)))
    return changes.unplaced.union(map(str, atlas.table["departement"].to_numpy(dtype=object)[moved]))


def ensure_may_keep(
    actor: Actor, layer: Layer, statement: Statement, settled: Settled, changes: Difference | None, atlas: Atlas
) -> None:  # fmt: skip
    """Check that somebody may keep a layer under a statement, and state it complete when the statement does.

    Raises
    ------
    GeoInputError
        When they may not.
    """
    rows = layer.members["row"].to_numpy(dtype=np.intp)
    inside = atlas.table["departement"].to_numpy(dtype=object)[rows]
    places = settled.departements | frozenset(map(departement_of_place, settled.unsettled))
    ensure_may(actor, Act.BRING_DRAFT, places.union(map(str, inside), of_difference(changes, atlas)))
    if statement.extent:
        ensure_may(actor, Act.STATE_COMPLETE, statement.extent)


def ensure_may_move(
    actor: Actor, act: Act, before: Iterable[Version] | None, after: Iterable[Version], home: Path | None
) -> None:
    """Check that somebody may go from the active version to another, each given with the versions that it rests on.

    The act touches what one of the two rests on and not the other; `before` is None when it can no longer be told.

    Raises
    ------
    GeoInputError
        When they may not.
    """
    ensure_may(actor, act)
    if actor.everywhere:  # nothing is read: going back must work when files are damaged
        return
    ensure_may(actor, act, None if before is None else _between(list(before), list(after), home))


def _between(before: Sequence[Version], after: Sequence[Version], home: Path | None) -> frozenset[str] | None:
    shared = {version.id for version in before} & {version.id for version in after}
    found: set[str] = set()
    for version in (*before, *after):
        if version.id not in shared:
            if version.faults:
                return None
            try:
                found |= _of_version(version, home)
            except DamagedError:
                return None
    return frozenset(found)


def _of_version(version: Version, home: Path | None) -> frozenset[str]:
    if version.kind.startswith(NEEDS):
        if not version.settled.departements:
            raise DamagedError("ses départements ne sont pas connus")
        return version.settled.departements
    members = read_table(store.read_bodies(version.content, home)[store.MEMBERS], {"code": "text"})
    places = {*members["code"].unique(), *version.settled.unsettled, *version.changes.get(CHANGED, ())}
    places.update(code for one in version.changes.get("changed", ()) for code in (*one["gained"], *one["lost"]))
    return version.statement.extent | version.settled.departements | frozenset(map(departement_of_place, places))
