"""A perimeter too large for one CLSM, cut into several: each way is one possible among others.

How, in words: the pieces that are kept whole (arrondissements, intercommunal bodies, sectors, or communes) and touch each
other are tied by the shortest links (a minimum spanning tree on the distance between their centres of inhabitants); the tie
is cut that leaves on each side the shares nearest to what they should be, again and again until each group is near the
guide's marker; last, pieces at the edge pass to the neighbouring group as long as that evens the groups and leaves each in
one piece. A piece larger than the marker by itself is a group of its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from geo import french as fr
from geo.arrays import Bools, Floats, Rows
from geo.guidance import Settings
from geo.layers import LayerId
from geo.moves import IncidenceTables
from geo.suggest.gestures import bodies_met, zones_of

FAR = 1.5  # times the marker: past it divisions are proposed; a choice of this tool, said where it is used
# Arrondissements that share a town hall (code électoral, annexes: sectors of Marseille and of Paris).
TOGETHER = (
    *(("13", a, b) for a, b in ((1, 7), (2, 3), (4, 5), (6, 8), (9, 10), (11, 12), (13, 14), (15, 16))),
    ("75", 1, 2, 3, 4),
)
MOST_PARTS = 12  # past it no division helps a meeting: another scale has to be chosen first
_PART = re.compile(r"(.+) (\d+)er? Arrondissement")
ONE_OF_SEVERAL = "Un découpage possible parmi d’autres"


@dataclass(frozen=True)
class Part:
    """One of the perimeters that a division makes."""

    name: str
    codes: frozenset[str]
    population: int


@dataclass(frozen=True)
class Division:
    """A perimeter cut into several, with the way it was cut."""

    title: str
    manner: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, eq=False)
class Piece:
    """What a division keeps whole."""

    name: str
    rows: Rows
    population: int = field(default=0)


@dataclass(frozen=True)
class Kept:
    """What a division keeps whole, in words: its title, what stays whole, what is grouped."""

    title: str
    whole: str
    near: str


ARRONDISSEMENTS = Kept(
    "Par arrondissements",
    "chaque arrondissement, ou secteur d’une mairie, reste entier",
    "les voisins sont groupés",
)
BODIES = Kept("Par intercommunalités", "chaque intercommunalité garde ses communes", "les voisines sont groupées")
SECTORS = Kept("Par secteurs de psychiatrie adulte", "chaque secteur garde ses communes", "les voisins sont groupés")
COMMUNES = Kept(
    "Par groupes de communes voisines", "chaque commune reste entière", "les voisines les plus proches sont groupées"
)


def is_far(people: int, big: bool, settings: Settings) -> bool:
    """Whether divisions are proposed: far above the marker, or above it in a city past the guide's size for a big one."""
    return people > settings.marker * (1.0 if big else FAR)


def divisions(ground: IncidenceTables, rows: Rows, settings: Settings) -> tuple[Division, ...]:
    """Return the ways to cut some atoms, those that keep the best known limits first; empty when nothing is to be cut."""
    people = int(ground.atlas.population[rows].sum())
    if not is_far(people, bool(big_cities(ground, rows, settings)), settings) or people > MOST_PARTS * settings.marker:
        return ()
    found = []
    for kept, pieces in _ways(ground, rows, settings):
        parts = _parts(ground, pieces, settings)
        if len(parts) > 1:
            grouped = len(parts) < len(pieces)
            found.append(Division(kept.title, _manner(kept, settings, grouped=grouped), parts))
    return tuple(found)


def big_cities(ground: IncidenceTables, rows: Rows, settings: Settings) -> list[int]:
    """Return the places of the cities past the guide's size that some atoms are of."""
    return [t for t in np.unique(ground.town[rows].indices).tolist() if ground.big[t] > settings.big_city]


def uncut(ground: IncidenceTables, rows: Rows, settings: Settings) -> tuple[str, ...]:
    """Say which communes are above the marker by themselves and cannot be cut with the data there is, and what would help."""
    heavy = [r for r in rows[ground.atlas.population[rows] > settings.marker].tolist() if not _is_part(ground, r)]
    return tuple(
        fr.typeset(
            f"{ground.atlas.names[r]} ({fr.inhabitants(int(ground.atlas.population[r]))}) ne peut pas être découpée ici : elle n’a pas "
            "d’arrondissements municipaux, et les contours et les habitants de ses quartiers (IRIS de l’INSEE) ne sont pas dans les "
            "données. Pour un CLSM par partie de la ville : la carte des secteurs de psychiatrie, à demander à l’ARS, ou les "
            "quartiers que la ville emploie déjà."
        )
        for r in heavy
    )


def _is_part(ground: IncidenceTables, row: int) -> bool:
    return bool(ground.split[ground.town.indices[row]])


def _ways(ground: IncidenceTables, rows: Rows, settings: Settings) -> Iterator[tuple[Kept, list[Piece]]]:
    """Yield the ways to cut: what is kept whole, pieces."""
    split = any(ground.split[c] for c in big_cities(ground, rows, settings))
    bodies, sectors = _bodies(ground, rows), _sectors(ground, rows)
    if split:
        yield ARRONDISSEMENTS, _communes(ground, rows)
    elif len(bodies) > 1:
        yield BODIES, bodies
    if len(sectors) > 1:
        yield SECTORS, sectors
    if not split and len(bodies) == 1 and len(sectors) < 2:
        yield COMMUNES, _communes(ground, rows)


def _communes(ground: IncidenceTables, rows: Rows) -> list[Piece]:
    """Return the communes, and the arrondissements, those that share a town hall together."""
    of_hall = {
        f"{head}{'2' if head == '13' else '1'}{n:02d}": hall
        for head, *numbers in TOGETHER
        for n in numbers
        for hall in [numbers]
    }
    groups: dict[tuple[str, ...], list[int]] = {}
    for r in rows.tolist():
        code = str(ground.atlas.codes[r])
        groups.setdefault((code[:2], *map(str, of_hall.get(code, [code]))), []).append(r)
    return [_piece(ground, "", np.array(group, dtype=np.intp)) for group in groups.values()]


def _bodies(ground: IncidenceTables, rows: Rows) -> list[Piece]:
    """Return the parts of the intercommunal bodies, and what belongs to none."""
    mask = np.zeros(len(ground.atlas.table), dtype=bool)
    mask[rows] = True
    found = [_piece(ground, _named(n, mask[a]), a[mask[a]]) for n, a in bodies_met(ground, mask)]
    alone = np.setdiff1d(rows, np.concatenate([p.rows for p in found])) if found else rows
    return [*found, *_communes(ground, alone)]


def _sectors(ground: IncidenceTables, rows: Rows) -> list[Piece]:
    """Return the adult sectors when they share out all the atoms, each in one sector that is exactly known; else nothing."""
    zones = list(zones_of(ground, LayerId.ADULT_SECTORS, rows))
    pieces = [
        _piece(ground, _named(z.name, np.isin(z.atoms, rows)), np.intersect1d(z.atoms, rows)) for z in zones if z.exact
    ]
    held = np.concatenate([p.rows for p in pieces]) if pieces else np.empty(0, dtype=np.intp)
    return pieces if len(pieces) == len(zones) and np.array_equal(np.sort(held), np.sort(rows)) else []


def _named(name: str, inside: Bools) -> str:
    return name if inside.all() else f"{name} (en partie)"


def _piece(ground: IncidenceTables, name: str, rows: Rows) -> Piece:
    return Piece(name, rows, int(ground.atlas.population[rows].sum()))


def _parts(ground: IncidenceTables, pieces: Sequence[Piece], settings: Settings) -> tuple[Part, ...]:
    people = np.array([p.population for p in pieces], dtype=float)
    groups = balanced(people, _links(ground, pieces), settings.marker)
    found = []
    for group in groups:
        mine = sorted((pieces[i] for i in group), key=lambda p: -p.population)
        rows = np.concatenate([p.rows for p in mine])
        codes = frozenset(str(ground.atlas.codes[r]) for r in rows)
        found.append(Part(_name(ground, mine, rows), codes, sum(p.population for p in mine)))
    return tuple(sorted(found, key=lambda p: (-p.population, p.name)))


def _name(ground: IncidenceTables, pieces: Sequence[Piece], rows: Rows) -> str:
    """Name a group: by its bodies or sectors; by its arrondissements, city by city; by its largest commune and how many more."""
    if all(p.name for p in pieces):
        return _several([p.name for p in pieces])
    cities: dict[str, list[int]] = {}
    others = []
    for r in sorted(rows.tolist(), key=lambda r: (-ground.atlas.population[r], r)):
        found = _PART.fullmatch(str(ground.atlas.names[r])) if _is_part(ground, r) else None
        if found:
            cities.setdefault(found[1], []).append(int(found[2]))
        else:
            others.append(str(ground.atlas.names[r]))
    split = [f"{city} {fr.listing(_rank(n) for n in sorted(numbers))}" for city, numbers in cities.items()]
    return fr.listing([*split, *([_several(others)] if others else [])])


def _rank(number: int) -> str:
    return "1er" if number == 1 else f"{number}e"


def _several(names: Sequence[str]) -> str:
    return fr.listing(names) if len(names) <= 3 else f"{names[0]} et {fr.count(len(names) - 1, 'autre')}"


def _manner(kept: Kept, settings: Settings, *, grouped: bool) -> str:
    near = f" ; {kept.near} jusqu’à approcher le repère d’environ {fr.inhabitants(settings.marker)}" if grouped else ""
    return fr.typeset(f"{ONE_OF_SEVERAL} : {kept.whole}{near}.")


def _links(ground: IncidenceTables, pieces: Sequence[Piece]) -> csr_array:
    """Return the pieces that touch, with the metres between their centres of inhabitants."""
    size = len(ground.atlas.table)
    rows = np.concatenate([p.rows for p in pieces])
    places = np.repeat(np.arange(len(pieces)), [len(p.rows) for p in pieces])
    holds = csr_array((np.ones(len(rows)), (places, rows)), shape=(len(pieces), size))
    touch = coo_array(holds @ ground.links @ holds.T)
    points, weight = ground.points[0], ground.atlas.population.astype(float) + 1.0
    centres = np.array([np.average(points[p.rows], axis=0, weights=weight[p.rows]) for p in pieces])
    apart = touch.row != touch.col
    a, b = touch.row[apart], touch.col[apart]
    metres = np.hypot(*(centres[a] - centres[b]).T) + 1.0
    return csr_array((metres, (a, b)), shape=(len(pieces), len(pieces)))


def balanced(people: Floats, links: csr_array, target: float) -> list[list[int]]:
    """Cut pieces into groups in one piece each, near a number of inhabitants; see the module for how.

    Groups that nothing ties (islands) are never joined.
    """
    heavy = np.flatnonzero(people > target)
    light = np.flatnonzero(people <= target)
    groups = [[int(i)] for i in heavy]
    if len(light):
        count, label = connected_components(links[light][:, light], directed=False)
        for k in range(count):
            mine = light[label == k]
            wanted = min(len(mine), max(1, math.ceil(people[mine].sum() / target)))
            tree = minimum_spanning_tree(links[mine][:, mine]).tocoo()
            ties = sorted(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
            cut = _cut(list(range(len(mine))), ties, people[mine], wanted)
            groups += [[int(mine[i]) for i in g] for g in _evened(cut, people[mine], links[mine][:, mine])]
    return groups


def _cut(nodes: list[int], ties: list[tuple[int, int]], people: Floats, wanted: int) -> list[list[int]]:
    """Cut a tree into so many groups, at the tie that leaves the fairest shares, then each side again."""
    if wanted < 2:
        return [nodes]
    total = people[nodes].sum()
    best: tuple[float, int, list[int], list[int]] | None = None
    for tie in ties:
        side = _side(tie, ties)
        rest = [n for n in nodes if n not in side]
        share = people[sorted(side)].sum()
        low, high = max(1, wanted - len(rest)), min(wanted - 1, len(side))
        many = min(max(round(share / total * wanted) if total else 1, low), high)
        gap = abs(share - total * many / wanted)
        if best is None or gap < best[0]:
            best = (gap, many, sorted(side), rest)
    if best is None:
        return [nodes]
    _, many, side_nodes, rest = best
    return [
        *_cut(side_nodes, [t for t in ties if t[0] in side_nodes and t[1] in side_nodes], people, many),
        *_cut(rest, [t for t in ties if t[0] in rest and t[1] in rest], people, wanted - many),
    ]


def _side(tie: tuple[int, int], ties: Sequence[tuple[int, int]]) -> set[int]:
    """Return the nodes on the first side of a tie, once it is cut."""
    around: dict[int, list[int]] = {}
    for a, b in ties:
        if (a, b) != tie:
            around.setdefault(a, []).append(b)
            around.setdefault(b, []).append(a)
    seen, waiting = {tie[0]}, [tie[0]]
    while waiting:
        for other in around.get(waiting.pop(), ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def _evened(groups: list[list[int]], people: Floats, links: csr_array) -> list[list[int]]:
    """Pass pieces at the edge to the neighbouring group while that evens the groups and leaves each in one piece."""
    owner = np.empty(len(people), dtype=np.intp)
    for k, group in enumerate(groups):
        owner[group] = k
    sums = np.bincount(owner, weights=people, minlength=len(groups))
    edges = links.tocoo()
    for _ in range(4 * len(people)):
        best: tuple[float, int, int] | None = None
        for node, other in zip(edges.row.tolist(), edges.col.tolist(), strict=True):
            here, there = int(owner[node]), int(owner[other])
            gain = 2 * people[node] * (sums[here] - sums[there] - people[node])
            if here != there and gain > 1e-6 and (best is None or gain > best[0]) and _stays(node, owner, links):
                best = (gain, node, there)
        if best is None:
            break
        _, node, there = best
        sums[owner[node]] -= people[node]
        sums[there] += people[node]
        owner[node] = there
    return [np.flatnonzero(owner == k).tolist() for k in range(len(groups))]


def _stays(node: int, owner: Rows, links: csr_array) -> bool:
    """Whether the group of a piece stays in one piece, and not empty, without it."""
    rest = np.flatnonzero(owner == owner[node])
    rest = rest[rest != node]
    return len(rest) > 0 and int(connected_components(links[rest][:, rest], directed=False)[0]) == 1
