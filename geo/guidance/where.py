"""Where to look on the map for what a check says: the QPV left out, the sector cut, the piece apart, the loaded commune.

Checks judge; this only points. It reads the same facts, and is added to each finding when the checks run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from scipy.sparse.csgraph import connected_components

from geo.guidance.finding import Finding
from geo.guidance.sectors import sectors_cut
from geo.layers import Etat, Relation
from geo.perimeters import PerimeterFacts

DISPOSITIFS = ("clsm", "cls", "cpts", "dac")
Rows = Iterable[int]


def located(finding: Finding, facts: PerimeterFacts) -> Finding:
    """Return a finding with the communes it speaks of."""
    point = _POINTERS.get(finding.id)
    if point is None or finding.where:
        return finding
    codes = sorted({str(facts.atlas.codes[r]) for r in point(facts)})
    return replace(finding, where=tuple(codes))


def _quarters(facts: PerimeterFacts) -> Rows:
    """Communes of the QPV of the same intercommunal bodies that are left outside, at least in part."""
    layer = facts.crosswalk.layers["qpv"]
    around = {int(r) for part in facts.communities for r in facts.atlas.members("community", part.code)}
    rows, zones = layer.members["row"].to_numpy(dtype=np.intp), layer.members["zone"].to_numpy(dtype=np.intp)
    near = np.unique(zones[np.isin(rows, list(around | set(facts.rows.tolist())))])
    outside = ~np.isin(rows, facts.rows)
    left = np.unique(zones[outside & np.isin(zones, near)])
    vague = layer.candidates & np.isin(np.arange(len(layer.zones)), zones[~outside])
    return rows[np.isin(zones, left) & ~vague[zones]].tolist()


def _sectors(facts: PerimeterFacts) -> Rows:
    """Communes that would complete the adult sectors cut."""
    return [facts.atlas.row[code] for sector in sectors_cut(facts) for code in sector.codes]


def _pieces(facts: PerimeterFacts) -> Rows:
    """Communes apart from the piece with most inhabitants."""
    if facts.pieces < 2:
        return []
    inside = facts.atlas.neighbours[facts.rows][:, facts.rows]
    label = connected_components(inside, directed=False)[1]
    people = np.bincount(label, weights=facts.atlas.population[facts.rows])
    return facts.rows[label != int(people.argmax())].tolist()


def _loaded(facts: PerimeterFacts) -> Rows:
    """Communes already in another CLSM, and those that carry the most dispositifs when they carry several."""
    depth = np.zeros(len(facts.atlas.table), dtype=int)
    others: set[int] = set()
    known = {o.id for o in facts.overlaps["clsm"] if o.relation is not Relation.IDENTIQUE}
    for layer_id in DISPOSITIFS:
        layer = facts.crosswalk.layers[layer_id]
        zones = layer.members["zone"].to_numpy(dtype=np.intp)
        rows = layer.members["row"].to_numpy(dtype=np.intp)
        running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()
        depth += np.bincount(rows[running[zones]], minlength=len(depth))
        if layer_id == "clsm":
            met = layer.zones.index.isin(known)
            others |= set(rows[met[zones]].tolist()) & set(facts.rows.tolist())
    mine = depth[facts.rows]
    deepest = facts.rows[mine == mine.max()].tolist() if mine.max() > 1 else []
    return {*others, *deepest}


def _rural(facts: PerimeterFacts) -> Rows:
    """Rural communes of the same intercommunal bodies left outside."""
    around = {int(r) for part in facts.communities for r in facts.atlas.members("community", part.code)}
    return [r for r in around - set(facts.rows.tolist()) if facts.density.rural[r]]


def _main_town(facts: PerimeterFacts) -> Rows:
    """The most populous commune."""
    return (
        facts.rows[(facts.table["commune"] == facts.towns.index[0]).to_numpy()].tolist() if len(facts.towns) > 1 else []
    )


def _scale(facts: PerimeterFacts) -> Rows:
    """The most populous commune of the main intercommunal body."""
    if not facts.communities:
        return []
    rows = facts.atlas.members("community", facts.communities[0].code)
    members = facts.atlas.table.iloc[rows]
    towns = members.groupby("commune")["population"].sum().sort_values(ascending=False, kind="stable")
    return rows[(members["commune"] == towns.index[0]).to_numpy()].tolist() if len(towns) > 1 else []


def _places(facts: PerimeterFacts) -> Rows:
    """Communes of the perimeter with a mental health place."""
    return [] if facts.resources is None else [int(r) for r in facts.resources.inside(facts.rows)["row"]]


_POINTERS: dict[str, Callable[[PerimeterFacts], Rows]] = {
    "qpv": _quarters,
    "secteurs": _sectors,
    "coordination": _pieces,
    "articulation": _loaded,
    "rural": _rural,
    "centralite": _main_town,
    "diagnostic": _scale,
    "ressources": _places,
}
