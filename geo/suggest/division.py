"""A perimeter too large for one CLSM, cut into several: each way is one possible among others.

How, in words: the pieces that are kept whole (arrondissements, intercommunal bodies, sectors, communes, or the IRIS of an opened
city that is above the marker by itself) and touch each other are tied by the shortest links (a minimum spanning tree on the distance between their centres of inhabitants); the tie
is cut that leaves on each side the shares nearest to what they should be, again and again until each group is near the
guide's marker; last, pieces at the edge pass to the neighbouring group as long as that evens the groups and leaves each in
one piece. A piece larger than the marker by itself is a group of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_array, csr_array

from geo import french as fr
from geo.arrays import Bools, Rows
from geo.communes import Iris, name_of
from geo.guidance import Settings
from geo.layers import LayerId
from geo.moves import IncidenceTables
from geo.suggest.balance import balanced
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
IRIS = Kept("Par groupes d’IRIS voisins", "chaque IRIS reste entier", "les plus proches sont groupés")
COMMUNES = Kept(
    "Par groupes de communes voisines", "chaque commune reste entière", "les voisines les plus proches sont groupées"
)


def is_far(people: int, big: bool, settings: Settings) -> bool:
    """Whether divisions are proposed: far above the marker, or above it where a city is past the guide's size for a big one, or is opened
    into IRIS and above the marker by itself."""
    return people > settings.marker * (1.0 if big else FAR)


def ways_to_cut(ground: IncidenceTables, rows: Rows, settings: Settings) -> tuple[Division, ...]:
    """Return the ways to cut some atoms, those that keep the best known limits first; empty when nothing is to be cut."""
    people = int(ground.atlas.population[rows].sum())
    big = bool(big_cities(ground, rows, settings)) or bool(_heavy(ground, rows, settings))
    if not is_far(people, big, settings) or people > MOST_PARTS * settings.marker:
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


def uncut(ground: IncidenceTables, rows: Rows, settings: Settings, iris: Iris | None = None) -> tuple[str, ...]:
    """Say which communes are above the marker by themselves and cannot be cut with the data there is, and what would help; `iris` are
    what cities can be opened into."""
    heavy = [r for r in rows[ground.atlas.population[rows] > settings.marker].tolist() if not _is_part(ground, r)]
    known = frozenset[str]() if iris is None else iris.known
    return tuple(fr.typeset(_uncut(ground, r, known)) for r in heavy)


def _uncut(ground: IncidenceTables, row: int, known: frozenset[str]) -> str:
    who = f"{ground.atlas.names[row]} ({fr.inhabitants(int(ground.atlas.population[row]))})"
    if str(ground.atlas.codes[row]) in known:
        return (
            f"{who} est ici d’une seule pièce : ouvrez-la en IRIS pour la découper, ou voyez sur la page Comparaison les parties "
            "que l’outil en propose."
        )
    return (
        f"{who} ne peut pas être découpée ici : elle n’a pas "
        "d’arrondissements municipaux, et les contours et les habitants de ses quartiers (IRIS de l’INSEE) ne sont pas dans les "
        "données. Pour un CLSM par partie de la ville : la carte des secteurs de psychiatrie, à demander à l’ARS, ou les "
        "quartiers que la ville emploie déjà."
    )


def _is_part(ground: IncidenceTables, row: int) -> bool:
    return bool(ground.split[ground.town.indices[row]])


def _ways(ground: IncidenceTables, rows: Rows, settings: Settings) -> Iterator[tuple[Kept, list[Piece]]]:
    """Yield the ways to cut: what is kept whole, pieces."""
    units = _units(ground, rows)
    split = any(ground.split[c] for c in big_cities(ground, rows, settings)) and any(
        _is_arrondissement(ground, u) for u in units
    )
    bodies, sectors = _bodies(ground, rows), _sectors(ground, rows)
    if split:
        yield ARRONDISSEMENTS, _communes(ground, rows)
    elif len(bodies) > 1:
        yield BODIES, bodies
    if len(sectors) > 1:
        yield SECTORS, sectors
    elif (heavy := _heavy(ground, rows, settings)) and (not split or len(units) == 1):
        yield _by_iris(ground, heavy, alone=len(units) == 1), _with_iris(ground, rows, heavy)
    elif not split and len(bodies) == 1:
        yield COMMUNES, _communes(ground, rows)


def _units(ground: IncidenceTables, rows: Rows) -> Mapping[str, Rows]:
    """Return atoms by commune or arrondissement: the IRIS of an opened one together."""
    found: dict[str, list[int]] = {}
    for r in rows.tolist():
        found.setdefault(str(ground.atlas.codes[r])[:5], []).append(r)
    return {code: np.array(mine, dtype=np.intp) for code, mine in found.items()}


def _heavy(ground: IncidenceTables, rows: Rows, settings: Settings) -> Mapping[str, Rows]:
    """Return the opened communes and arrondissements of which more people than the marker are among some atoms."""
    if not ground.atlas.opened:
        return {}
    people = ground.atlas.population
    units = _units(ground, rows).items()
    return {c: mine for c, mine in units if c in ground.atlas.opened and people[mine].sum() > settings.marker}


def _is_arrondissement(ground: IncidenceTables, unit: str) -> bool:
    first = ground.atlas.opened[unit][0] if unit in ground.atlas.opened else unit
    return str(ground.atlas.table["commune"].iat[ground.atlas.row[first]]) != unit


def _by_iris(ground: IncidenceTables, heavy: Mapping[str, Rows], *, alone: bool) -> Kept:
    if alone:
        return IRIS
    names = fr.listing(name_of(code, ground.atlas) for code in heavy)
    return Kept(
        "Par groupes de communes et d’IRIS voisins",
        f"chaque commune reste entière, sauf {names}, dont chaque IRIS reste entier",
        "les plus proches sont groupés",
    )


def _with_iris(ground: IncidenceTables, rows: Rows, heavy: Mapping[str, Rows]) -> list[Piece]:
    """Return the communes whole, but for those of which each IRIS is a piece."""
    cut = np.concatenate(list(heavy.values()))
    return [*(_piece(ground, "", np.array([r])) for r in cut), *_communes(ground, np.setdiff1d(rows, cut))]


def _communes(ground: IncidenceTables, rows: Rows) -> list[Piece]:
    """Return the communes, whatever they are opened into, and the arrondissements, those that share a town hall together."""
    of_hall = {
        f"{head}{'2' if head == '13' else '1'}{n:02d}": hall
        for head, *numbers in TOGETHER
        for n in numbers
        for hall in [numbers]
    }
    groups: dict[tuple[str, ...], list[int]] = {}
    for r in rows.tolist():
        code = str(ground.atlas.codes[r])[:5]
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
    people = ground.atlas.population
    for code, mine in sorted(_units(ground, rows).items(), key=lambda unit: (-people[unit[1]].sum(), unit[0])):
        name = name_of(code, ground.atlas)
        found = _PART.fullmatch(name)
        if len(mine) < len(ground.atlas.opened.get(code, ())):
            others.append(f"{name} ({fr.count(len(mine), 'IRIS', 'IRIS')} autour de {_middle(ground, name, mine)})")
        elif found:
            cities.setdefault(found[1], []).append(int(found[2]))
        else:
            others.append(name)
    split = [f"{city} {fr.listing(fr.ordinal(n) for n in sorted(numbers))}" for city, numbers in cities.items()]
    return fr.listing([*split, *([_several(others)] if others else [])])


def _middle(ground: IncidenceTables, city: str, rows: Rows) -> str:
    """Name the IRIS nearest to the centre of inhabitants of some IRIS of a city: INSEE's name, as no quarter's is known."""
    points, weight = ground.points[0][rows], ground.atlas.population[rows].astype(float) + 1.0
    nearest = np.hypot(*(points - np.average(points, axis=0, weights=weight)).T).argmin()
    return str(ground.atlas.names[rows[nearest]]).removeprefix(f"{city} – ")


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
