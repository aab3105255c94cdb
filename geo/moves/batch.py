"""A perimeter after each of many moves, measured by a few sparse products: all neighbours can be tried while a person waits.

Every figure is the one the facts of the changed perimeter give: tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.arrays import Bools, Floats, Ints, Rows
from geo.errors import GeoInputError
from geo.kept import kept_on_subject
from geo.layers import LayerId
from geo.moves.incidence import FEATURES, LAYERS, IncidenceTables, incidence_of
from geo.moves.spans import spans
from geo.perimeters import PerimeterFacts, count_pieces, pieces_after

_EMPTY = np.empty(0, dtype=np.intp)


@dataclass(frozen=True)
class Move:
    """A change of a perimeter, as atom codes; `label` names it in French, `kind` says what it is made of."""

    label: str
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    kind: str = "commune"

    def apply(self, codes: frozenset[str]) -> frozenset[str]:
        """Return the codes after the move."""
        return (codes | self.added) - self.removed


@dataclass(frozen=True, eq=False)
class MoveBatch:
    """Moves tried on one perimeter; position 0 of every array is the perimeter as it is, position i + 1 after move i."""

    ground: IncidenceTables
    rows: Rows
    moves: tuple[tuple[Rows, Rows], ...]

    @cached_property
    def change(self) -> csr_array:
        """Moves (and no move first) × atoms: +1 added, −1 removed."""
        lengths = [0, *(len(a) + len(r) for a, r in self.moves)]
        indices = np.concatenate([_EMPTY, *(x for m in self.moves for x in m)])
        data = np.concatenate(
            [np.empty(0), *(np.full(len(x), s) for m in self.moves for x, s in zip(m, (1.0, -1.0), strict=True))]
        )
        return csr_array((data, indices, np.cumsum([0, *lengths])), shape=(len(lengths), len(self.ground.atlas.table)))

    def after(self, table: csr_array) -> tuple[Ints, Floats]:
        """Return the columns of a table (atoms × anything) that some move meets, and their sums after each move."""
        base = np.asarray(table[self.rows].sum(axis=0)).ravel()
        moved = csr_array(self.change @ table)
        columns = np.union1d(np.flatnonzero(base), np.unique(moved.indices)).astype(np.intp)
        return columns, base[columns] + moved[:, columns].toarray()

    @cached_property
    def sums(self) -> dict[str, Floats]:
        """Plain sums after each move, by name."""
        table = self.ground.features
        values = table[self.rows].sum(axis=0) + self.change @ table
        return dict(zip(FEATURES, values.T, strict=True))

    @property
    def population(self) -> Floats:
        """Inhabitants after each move."""
        return self.sums["population"]

    @cached_property
    def towns(self) -> tuple[Ints, Floats]:
        """Communes met, and atoms of each after each move."""
        return self._counted(self.ground.town_of)

    @cached_property
    def communities(self) -> tuple[Ints, Floats]:
        """Intercommunal bodies met, and atoms of each after each move."""
        return self._counted(self.ground.body_of)

    @cached_property
    def departements(self) -> tuple[Ints, Floats]:
        """Départements met, and atoms of each after each move."""
        return self.after(self.ground.departement)

    @cached_property
    def town_people(self) -> Floats:
        """Inhabitants inside of each commune met, after each move (moves × communes met)."""
        return self._inside(self.ground.town_of, self.towns[0], self.ground.feature("population"))

    @cached_property
    def body_people(self) -> Floats:
        """Inhabitants inside of each intercommunal body met, after each move (moves × bodies met)."""
        return self._inside(self.ground.body_of, self.communities[0], self.ground.feature("population"))

    def in_town(self, feature: str, towns: Ints) -> Floats:
        """Return a plain sum over the part of one commune that is inside, after each move; `towns` is its place each time."""
        found = self._inside(self.ground.town_of, self.towns[0], self.ground.feature(feature))
        return found[np.arange(len(found)), np.searchsorted(self.towns[0], towns)]

    @cached_property
    def main_town(self) -> Ints:
        """Most populous commune inside after each move, as its place in the ground's `town_codes`."""
        towns, met = self.towns
        return towns[np.where(met > 0, self.town_people, -1.0).argmax(axis=1)]

    @cached_property
    def neighbours(self) -> tuple[Ints, Bools]:
        """The neighbourhood: atoms outside that touch the perimeter and are of an intercommunal body that it touches.

        Their places, and whether each is so after each move (moves × places). Islands and legal exclaves touch what they are
        tied to (`IncidenceTables.links`).
        """
        links = self.ground.links
        inside, around = np.zeros(links.shape[0]), links[self.rows]
        inside[self.rows] = 1.0
        contact = np.bincount(around.indices, around.data, minlength=links.shape[0])
        moved = csr_array(self.change @ links)
        changed = np.unique(self.change.indices)
        columns = np.unique(np.concatenate([np.flatnonzero(contact), moved.indices, changed]))
        stays = inside.astype(bool)
        stays[changed] = False
        columns = columns[~stays[columns]].astype(np.intp)
        near = contact[columns] + moved[:, columns].toarray() > 0
        near &= inside[columns] + self.change[:, columns].toarray() <= 0
        bodies, atoms = self.communities
        touched = np.zeros((len(near), len(self.ground.community_codes) + 1), dtype=bool)
        touched[:, bodies] = atoms > 0  # the last column stands for the communes of no body
        near &= touched[:, self.ground.body_of[columns]]
        some = near.any(axis=0)
        return columns[some], near[:, some]

    def nearby(self, feature: str) -> Floats:
        """Return a plain sum over the neighbourhood, after each move."""
        columns, near = self.neighbours
        return np.asarray(near @ self.ground.feature(feature)[columns])

    def _counted(self, owner: Ints) -> tuple[Ints, Floats]:
        """Return the owners that some move meets, and the atoms of each after each move."""
        met = np.unique(owner[np.concatenate([self.rows, self.change.indices])])
        columns = met[met >= 0]
        return columns, self._inside(owner, columns, np.ones(len(owner)))

    def _inside(self, owner: Ints, columns: Ints, values: Floats) -> Floats:
        """Return sums of values inside by owner of each atom (−1 for none), after each move; no owner but those of `columns`."""
        mine, moved = owner[self.rows], self.change.indices
        base = np.bincount(mine[mine >= 0], values[self.rows][mine >= 0], minlength=len(self.ground.atlas.table))
        places = np.searchsorted(columns, owner[moved]).clip(max=max(len(columns) - 1, 0))
        data = self.change.data * values[moved] * (owner[moved] >= 0)
        after = csr_array((data, places, self.change.indptr), shape=(len(self.moves) + 1, len(columns))).toarray()
        return np.asarray(base[columns] + after)

    @cached_property
    def epci(self) -> npt.NDArray[np.intp]:
        """Number of EPCI after each move."""
        return (self.after(self.ground.epci)[1] > 0).sum(axis=1)

    @cached_property
    def zones(self) -> Zones:
        """Zones of the layers after each move."""
        cross, places = self.ground.crosswalk, self.ground.zone_columns
        size = cross.zones
        base = cross.product(self.rows)[:, places]
        moved = csr_array(self.change @ cross.matrix)
        every = [csr_array(moved[:, block * size : (block + 1) * size])[:, places] for block in range(3)]
        met = base[1] + base[2] > 0
        for block in every[1:]:
            met[np.unique(block.indices)] = True
        columns = np.flatnonzero(met)
        people, whole, part = (base[b][columns] + every[b][:, columns].toarray() for b in range(3))
        known = np.asarray(self.ground.unsized[self.rows].sum(axis=0)).ravel()[columns]
        unsized = known + (self.change @ self.ground.unsized)[:, columns].toarray()
        return Zones(self.ground, columns, people, whole, part, unsized, cross.totals[:, places[columns]])

    @cached_property
    def pieces(self) -> npt.NDArray[np.intp]:
        """Number of pieces after each move, as the checks count them."""
        return self._pieces(self.ground.atlas.neighbours)

    @cached_property
    def tied_pieces(self) -> npt.NDArray[np.intp]:
        """Number of pieces after each move when islands and legal exclaves count as attached."""
        return self._pieces(self.ground.links)

    def _pieces(self, links: csr_array) -> npt.NDArray[np.intp]:
        found = pieces_after(links, self.rows, self.moves) if self.moves else _EMPTY
        return np.concatenate([[count_pieces(links, self.rows)], found])

    @cached_property
    def span_m(self) -> Floats:
        """Largest distance between inner points after each move, in metres; NaN across legal projections."""
        return spans(self.ground.points, self.rows, self.moves)

    @cached_property
    def quarters(self) -> Quarters:
        """QPV after each move."""
        return _quarters(self)


@dataclass(frozen=True, eq=False)
class Sectors:
    """Sectors of one layer after each move (moves × sectors): met, cut, of unknown size, wholly inside, inhabitants left outside.

    These are whole, as they are told of each sector: estimates of parts are added before they are compared.
    """

    met: Bools
    cut: Bools
    unknown: Bools
    whole: Bools
    outside: Floats


@dataclass(frozen=True, eq=False)
class Zones:
    """Zones that some move meets: inhabitants, whole and partial communes inside after each move, those of them whose part
    has no figure; totals of each zone.

    `columns` are places in the ground's `zone_columns`.
    """

    ground: IncidenceTables
    columns: Ints
    people: Floats
    whole: Floats
    part: Floats
    unsized: Floats
    totals: Floats

    @cached_property
    def layer(self) -> npt.NDArray[np.int8]:
        """Layer of each column, as its place in LAYERS."""
        return self.ground.zone_layer[self.columns]

    def of(self, layer: LayerId) -> Bools:
        """Return which columns are of a layer."""
        return self.layer == LAYERS.index(layer)

    def ids(self, layer: LayerId) -> npt.NDArray[np.object_]:
        """Return the ids of the columns of a layer."""
        return self.ground.zone_ids[self.columns[self.of(layer)]]

    @cached_property
    def keys(self) -> list[tuple[LayerId, str]]:
        """Layer and id of each column."""
        return [(LAYERS[k], i) for k, i in zip(self.layer, self.ground.zone_ids[self.columns], strict=True)]

    @cached_property
    def met(self) -> Bools:
        """Whether each zone is met after each move."""
        return (self.whole + self.part) > 0

    @cached_property
    def covered(self) -> Bools:
        """Whether every commune of the zone is inside."""
        return (self.whole == self.totals[1]) & (self.part == self.totals[2])

    @cached_property
    def known_total(self) -> Floats:
        """Inhabitants of each zone; NaN when its composition is known in part, or it splits a commune no one knows how."""
        vague = self.ground.zone_known["vague"][self.columns]
        return np.where(vague | (self.ground.unsized_totals[self.columns] > 0), np.nan, self.totals[0])

    @cached_property
    def counted(self) -> Bools:
        """Whether people in common are known: some commune is wholly in, or has a part of known size."""
        return (self.whole > 0) | (self.part > self.unsized)

    @kept_on_subject
    def sectors(self, layer: LayerId = LayerId.ADULT_SECTORS) -> Sectors:
        """Return the sectors of a layer, by default the adult ones."""
        mine = self.of(layer)
        met, total = self.met[:, mine], self.known_total[mine]
        unknown = met & np.isnan(total)
        cut = met & ~self.covered[:, mine] & ~unknown
        outside = np.where(cut, np.rint(np.nan_to_num(total)) - np.rint(self.people[:, mine]), 0.0)
        return Sectors(met, cut, unknown, met & ~cut & ~unknown, outside)


@dataclass(frozen=True, eq=False)
class Quarters:
    """QPV after each move.

    Number wholly inside, number of the same bodies left outside or astride, published population of those inside, number known
    in the bodies touched, whether the list is complete there; number that lie in a city which the perimeter cuts, in an
    arrondissement that is not known (in none of the others). `near` counts those of the neighbourhood alone, left outside;
    `near_unplaced` those of a neighbouring city in an arrondissement that is not known. `astride` counts those cut; `overflow` is
    what they leave outside, as a share of those touched: of inhabitants where all are known, else of their number.
    `homely` counts those that lie in the most populous commune alone.
    """

    inside: Ints
    left: Ints
    people: Floats
    known: Ints
    complete: Bools
    unplaced: Ints
    near: Ints
    near_unplaced: Ints
    astride: Ints
    overflow: Floats
    homely: Ints

    @property
    def touched(self) -> Ints:
        """Number met for certain, whole or astride."""
        return self.inside + self.astride


def _quarters(trials: MoveBatch) -> Quarters:
    ground, zones = trials.ground, trials.zones
    mine = zones.of(LayerId.QPV)
    met = zones.met[:, mine]
    covered = met & (zones.part[:, mine] == zones.totals[2][mine])
    bodies, atoms = trials.communities
    touched = csr_array((atoms > 0).astype(float))
    around = (touched @ ground.body_quarters[bodies]).toarray() > 0
    first = int(np.flatnonzero(ground.zone_layer == LAYERS.index(LayerId.QPV))[0]) if around.shape[1] else 0
    around[:, zones.columns[mine] - first] |= met
    known = around.sum(axis=1)
    candidates = ground.zone_known["candidates"][zones.columns[mine]]
    unplaced = (met & ~covered & candidates).sum(axis=1)
    astride = met & ~covered & ~candidates
    beside = _beside(trials)
    beside[:, zones.columns[mine] - first] &= ~met
    home, vague = ground.quarter_home[zones.columns[mine] - first], ground.quarter_candidates
    return Quarters(
        inside=covered.sum(axis=1),
        left=known - covered.sum(axis=1) - unplaced,
        people=covered @ np.nan_to_num(ground.zone_population[zones.columns[mine]]),
        known=known,
        near=(beside & ~vague).sum(axis=1),
        near_unplaced=(beside & vague).sum(axis=1),
        astride=astride.sum(axis=1),
        overflow=_overflow(zones, mine, covered, astride),
        homely=((covered | astride) & (home == trials.main_town[:, None])).sum(axis=1),
        complete=((touched @ ground.body_unlisted[bodies].astype(float)) == 0) & (trials.sums["qpv_unlisted"] == 0),
        unplaced=unplaced,
    )


def _beside(trials: MoveBatch) -> Bools:
    """Return which QPV the neighbourhood meets after each move (moves × all QPV)."""
    columns, near = trials.neighbours
    return np.asarray((csr_array(near.astype(float)) @ trials.ground.quarters[columns]).toarray() > 0)


def _overflow(zones: Zones, mine: Bools, covered: Bools, astride: Bools) -> Floats:
    """Return the share of the QPV touched that those astride leave outside: of their inhabitants where all are known, else of their number."""
    places = zones.columns[mine]
    total = zones.ground.zone_population[places]
    sized = ~np.isnan(total) & (zones.ground.unsized_totals[places] == 0)
    touched = covered | astride
    outside = np.where(astride, np.nan_to_num(total) - zones.people[:, mine], 0.0).sum(axis=1)
    people = touched @ np.nan_to_num(total)
    told = ~(astride & ~sized).any(axis=1) & ~(touched & np.isnan(total)).any(axis=1) & (people > 0)
    count = touched.sum(axis=1)
    by_number = np.divide(astride.sum(axis=1), count, out=np.zeros(len(count)), where=count > 0)
    return np.where(told, np.divide(outside, people, out=np.zeros(len(people)), where=people > 0), by_number)


def try_moves(ground: IncidenceTables, codes: Iterable[str], moves: Sequence[Move]) -> MoveBatch:
    """Try moves on a perimeter.

    Raises
    ------
    GeoInputError
        When the perimeter is empty or a move would empty it.
    """
    row = ground.atlas.row
    inside = {row[c] for c in codes}
    if not inside:
        raise GeoInputError("Le périmètre est vide : choisissez au moins une commune.")
    pairs = []
    for move in moves:
        added = {row[c] for c in move.added} - inside
        removed = {row[c] for c in move.removed} & inside - added
        if len(removed) == len(inside) and not added:
            raise GeoInputError(f"{move.label} : il ne resterait aucune commune.")
        pairs.append((np.array(sorted(added), dtype=np.intp), np.array(sorted(removed), dtype=np.intp)))
    return MoveBatch(ground, np.array(sorted(inside), dtype=np.intp), tuple(pairs))


@kept_on_subject
def batch_of_one(facts: PerimeterFacts) -> MoveBatch:
    """Return a perimeter as a batch without any move, kept on its facts.

    Raises
    ------
    GeoInputError
        When the perimeter is empty.
    """
    return MoveBatch(incidence_of(facts.evidence), facts.rows, ())
