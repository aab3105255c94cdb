"""What a perimeter may start from, from a line of a table of coverage: the communes still without a CLSM, or the whole territory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.arrays import Rows
from geo.coverage.gaps import GAP_LEVELS
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState
from geo.layers import zone_members

WITHOUT = "sans CLSM ni projet connu"


@dataclass(frozen=True)
class Start:
    """Communes to start from (`codes`, those of atoms), and which ones they are in words: « ses 12 communes sans CLSM ni projet connu »."""

    codes: frozenset[str]
    words: str


def line_rows(level: str, code: str, scope: Scope, state: CoverageState) -> Rows:
    """Return the atoms of a line of a gap table inside its scope: those wholly in the territory, or in part when none is whole.

    A code that is no zone of the level is that of a département (Paris, among the EPCI and EPT of an order); no atom for a code
    that is neither.
    """
    atlas = state.atlas
    if level == "commune":
        found = [atlas.row[code]] if code in atlas.row else []
    else:
        layers = [state.crosswalk.layers[i] for i in (level, "ept") if i in GAP_LEVELS and i in state.crosswalk.layers]
        layer = next((one for one in layers if code in one.zones.index), None)
        if layer is not None:
            whole, part = zone_members(layer, code)
            found = whole or part
        else:
            found = [] if code not in atlas.departements.index else atlas.members("departement", code).tolist()
    return np.intersect1d(np.asarray(found, dtype=np.intp), scope.on(atlas).rows)


def starts(rows: Iterable[int], state: CoverageState, *, alone: bool = False) -> tuple[Start, ...]:
    """Return what a perimeter may start from among some atoms: first those without CLSM nor project, then all of them.

    One start when these are the same, or when each has a CLSM or a project; none for no atom. `alone`: the line is a commune.
    """
    every = np.asarray(list(rows), dtype=np.intp)
    if not len(every):
        return ()
    bare = every[state.is_without[every]]
    if len(every) == 1:
        return (Start(_codes(every, state), "cette commune" if alone else "sa commune"),)
    if not len(bare):
        return (Start(_codes(every, state), f"ses {_size(every, state)}"),)
    if len(bare) == len(every):
        return (Start(_codes(every, state), f"ses {_size(every, state)}, {WITHOUT}"),)
    few = f"sa commune {WITHOUT}" if len(bare) == 1 else f"ses {_size(bare, state)} {WITHOUT}"
    return (
        Start(_codes(bare, state), few),
        Start(_codes(every, state), f"tout le territoire ({_size(every, state)})"),
    )


def _codes(rows: Rows, state: CoverageState) -> frozenset[str]:
    return frozenset(str(code) for code in state.atlas.codes[rows])


def _size(rows: Rows, state: CoverageState) -> str:
    """Count communes; arrondissements are named as soon as there is one."""
    split = int((state.atlas.table["niveau"].iloc[rows] == "arrondissement").sum())
    if not split:
        return fr.count(len(rows), "commune")
    return fr.count(split, "arrondissement") if split == len(rows) else f"{len(rows)} communes et arrondissements"
