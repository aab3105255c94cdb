"""What is divided: units that stay whole, who is beside whom, and the bodies that a division should not cut.

A unit is a commune, or a whole intercommunal body; a body is an intercommunal body or an adult sector, as the units that it holds inside the
territory. Neighbours are those of `geo.perimeters` (a common border, islands tied to the nearest commune of their département); inside
the territory, what the border of the département would leave apart (an enclave, a body in several pieces) is tied to the nearest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geo.arrays import Floats, Ints, Rows
from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.layers import Etat, Layer, partition_faults
from geo.perimeters import count_pieces, tied_neighbours

BODIES = "intercommunalités"
SECTORS = "secteurs de psychiatrie adulte"
CONTIGUITY = (
    "D’un seul tenant : de commune en commune voisine (frontière commune). Une île, une enclave ou un morceau détaché est rattaché à la "
    "commune la plus proche du même département, et à la plus proche de son intercommunalité ou de son secteur."
)


@dataclass(frozen=True)
class Body:
    """What a division should keep whole: its name, and the units that it holds, in order."""

    name: str
    units: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Board:
    """Units (name, communes, inhabitants), the symmetric 0/1 matrix of who is beside whom, and the bodies to keep whole.

    `name` is that of the territory; `units` and `kept` are nouns in the plural (« communes », « intercommunalités »). Bodies may share
    a unit; a unit may be in none. Each body is in one piece by `links`: what is kept whole counts as one, whatever its outline.

    Raises
    ------
    ValueError
        When a body is in several pieces.
    """

    name: str
    units: str
    kept: str
    names: tuple[str, ...]
    codes: tuple[frozenset[str], ...]
    people: Ints
    links: csr_array
    bodies: tuple[Body, ...]

    def __post_init__(self) -> None:
        """Refuse a body in several pieces: the search takes each for one node."""
        for body in self.bodies:
            if count_pieces(self.links, np.array(body.units, dtype=np.intp)) > 1:
                raise ValueError(f"{body.name} is in several pieces: tie them first")

    @property
    def population(self) -> int:
        """Inhabitants of the territory."""
        return int(self.people.sum())

    def above(self, most: int) -> Rows:
        """Return the units with more inhabitants than the most."""
        return np.flatnonzero(self.people > most)

    def settled(self, most: int) -> tuple[Ints, Rows]:
        """Return the part of each unit that a greatest size settles at once (-1 for the others), and those others.

        Each unit above it makes a part by itself, with what only such units join to the rest.
        """
        heavy = self.above(most)
        fixed = np.full(len(self.names), -1, dtype=np.intp)
        fixed[heavy] = np.arange(len(heavy))
        rest = np.flatnonzero(fixed < 0)
        if not len(heavy) or not len(rest):
            return fixed, rest
        _, piece = connected_components(self.links[rest][:, rest], directed=False)
        main = int(np.argmax(np.bincount(piece, self.people[rest])))
        for other in np.setdiff1d(np.unique(piece), [main]).tolist():
            mine = rest[piece == other]
            beside = np.unique(csr_array(self.links[mine]).indices)
            fixed[mine] = fixed[beside[np.isin(beside, heavy)][0]]
        return fixed, np.flatnonzero(fixed < 0)

    def labels_of(self, perimeters: Sequence[Iterable[str]]) -> tuple[int, ...] | None:
        """Return in which of some perimeters each unit is (-1 for none); None when one of them cuts a unit or two share a commune."""
        sets = [frozenset(codes) for codes in perimeters]
        found = []
        for codes in self.codes:
            held = [i for i, mine in enumerate(sets) if mine & codes]
            if len(held) > 1 or (held and not codes <= sets[held[0]]):
                return None
            found.append(held[0] if held else -1)
        return tuple(found)


def board_of(
    atlas: Atlas, departement: str, *, by_body: bool = False, sectors: Layer | None = None, name: str = ""
) -> Board:
    """Return a département as what is divided.

    `by_body`: whole intercommunal bodies (their part in the département) are the units, else communes. `sectors`: the adult sectors are what is
    kept whole, else the intercommunal bodies.

    Raises
    ------
    GeoInputError
        When the département does not exist, or its adult sectors are not all known.
    """
    rows = atlas.members("departement", departement)
    if not len(rows):
        raise GeoInputError(f"{departement} : département inconnu ; donnez son code (62, 2A, 971).")
    owner, names = _owners(atlas, rows)
    said = name or f"{atlas.departements.at[departement, 'nom']} ({departement})"
    kept = _sectors(atlas, rows, sectors, said) if sectors is not None else _bodies(owner, names)
    links = _links(atlas, rows, [*_bodies(owner, names), *kept])
    if by_body:
        unit = owner
        titles = tuple(names)
    else:
        unit = np.arange(len(rows), dtype=np.intp)
        titles = tuple(str(n) for n in atlas.names[rows])
    size = len(titles)
    holds = csr_array((np.ones(len(rows)), (unit, np.arange(len(rows)))), shape=(size, len(rows)))
    beside = coo_array(holds @ links @ holds.T)
    apart = beside.row != beside.col
    codes: list[set[str]] = [set() for _ in range(size)]
    for row, place in zip(rows.tolist(), unit.tolist(), strict=True):
        codes[place].add(str(atlas.codes[row]))
    return Board(
        name=said,
        units=BODIES if by_body else "communes",
        kept=SECTORS if sectors is not None else BODIES,
        names=titles,
        codes=tuple(frozenset(c) for c in codes),
        people=np.bincount(unit, atlas.population[rows], minlength=size).astype(np.intp),
        links=csr_array((np.ones(apart.sum(), dtype=np.int8), (beside.row[apart], beside.col[apart])), shape=(size, size)),
        bodies=tuple(Body(b.name, tuple(sorted({int(unit[u]) for u in b.units}))) for b in kept),
    )  # fmt: skip


def _owners(atlas: Atlas, rows: Rows) -> tuple[Ints, list[str]]:
    """Return the intercommunal body of each commune, as a number, and the names; a commune in none is by itself."""
    community, table = atlas.communities
    places: dict[str, int] = {}
    names: list[str] = []
    found = np.empty(len(rows), dtype=np.intp)
    for i, (row, body) in enumerate(zip(rows.tolist(), community.iloc[rows], strict=True)):
        key = str(body) if isinstance(body, str) else str(atlas.codes[row])
        if key not in places:
            places[key] = len(names)
            names.append(str(table.at[body, "nom"]) if isinstance(body, str) else str(atlas.names[row]))
        found[i] = places[key]
    return found, names


def _bodies(owner: Ints, names: Sequence[str]) -> list[Body]:
    return [Body(name, tuple(np.flatnonzero(owner == b).tolist())) for b, name in enumerate(names)]


def _sectors(atlas: Atlas, rows: Rows, layer: Layer, name: str) -> list[Body]:
    """Return the adult sectors in service as the communes that they hold, whole or in part."""
    inside = np.zeros(len(atlas.table), dtype=bool)
    inside[rows] = True
    if not sectors_known(atlas, rows, layer):
        raise GeoInputError(
            f"{name} : les secteurs de psychiatrie adulte n’y sont pas tous connus ; apportez leur liste sur la page Données, "
            "ou gardez entières les intercommunalités."
        )
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()
    zone, row = (layer.members[c].to_numpy(dtype=np.intp) for c in ("zone", "row"))
    place = {int(r): i for i, r in enumerate(rows)}
    names = layer.zones["nom"].to_numpy(dtype=object)
    held: dict[int, set[int]] = {}
    for z, r in zip(zone.tolist(), row.tolist(), strict=True):
        if running[z] and inside[r]:
            held.setdefault(z, set()).add(place[r])
    return [Body(str(names[z]), tuple(sorted(units))) for z, units in sorted(held.items())]


def sectors_known(atlas: Atlas, rows: Rows, layer: Layer) -> bool:
    """Whether adult sectors share out all the communes of a territory."""
    inside = np.zeros(len(atlas.table), dtype=bool)
    inside[rows] = True
    return bool(len(layer.members)) and partition_faults(layer, atlas, inside).sound


def _links(atlas: Atlas, rows: Rows, bodies: Sequence[Body]) -> csr_array:
    """Return who is beside whom inside a territory: no piece of it, nor of a body, is left without a tie."""
    links = csr_array(tied_neighbours(atlas)[rows][:, rows])
    points = atlas.table[["x", "y"]].to_numpy(dtype=float)[rows]
    for among in (np.arange(len(rows), dtype=np.intp), *(np.array(b.units, dtype=np.intp) for b in bodies)):
        links = tied(links, points, among)
    return links


def tied(links: csr_array, points: Floats, among: Rows) -> csr_array:
    """Tie each smaller piece of some places to the nearest place of their main piece."""
    count, piece = connected_components(links[among][:, among], directed=False)
    if count < 2:
        return links
    main = int(np.bincount(piece).argmax())
    ours = among[piece == main]
    ties: list[tuple[int, int]] = []
    for other in range(count):
        if other == main:
            continue
        mine = among[piece == other]
        gaps = np.hypot(*(points[mine][:, None] - points[ours][None]).transpose(2, 0, 1))
        i, j = np.unravel_index(int(gaps.argmin()), gaps.shape)
        ties.append((int(mine[i]), int(ours[j])))
    a, b = np.array(ties, dtype=np.intp).T
    extra = csr_array((np.ones(2 * len(a), dtype=np.int8), (np.r_[a, b], np.r_[b, a])), shape=links.shape)
    found = csr_array(links + extra)
    found.data[:] = 1
    return found
