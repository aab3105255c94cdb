"""Every perimeter near a current one, as points of a plot: each commune in or out, and each group around it; none is advised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.arrays import Rows
from geo.communes import pieces_text
from geo.guidance import judge_moves
from geo.kept import kept_on_subject
from geo.layers import Evidence, LayerId
from geo.moves import IncidenceTables, Move, MoveBatch, incidence_of
from geo.perimeters import PerimeterFacts
from geo.suggest.effects import single_moves
from geo.suggest.gestures import bodies_met, zones_of

MOST_GROUP = 400  # communes; a larger group is not a suggestion but another project
_MOST_SIZED = 6_000  # communes: past the largest région, no group is tried for dropping
GROUP_LAYERS = (LayerId.ADULT_SECTORS, LayerId.CLS, LayerId.QPV)


@dataclass(frozen=True)
class Tried:
    """One perimeter near the current one, for a plot of the trade-off; `current` marks the perimeter as it is."""

    label: str
    codes_added: frozenset[str]
    codes_removed: frozenset[str]
    population: int
    sector_people_outside: int
    sectors_cut: int
    qpv: int
    qpv_people: int
    epci: int
    current: bool = False


def tried_around(evidence: Evidence, codes: Iterable[str]) -> tuple[Tried, ...]:
    """Return the perimeter, then every neighbour that leaves it in one piece."""
    ground, inside = incidence_of(evidence), frozenset(codes)
    if not inside:
        return ()
    moves = _distinct([*single_moves(ground, inside)[0], *group_moves(ground, inside)])
    batch = judge_moves(ground, inside, moves).batch
    whole = batch.tied_pieces[1:] <= max(1, int(batch.tied_pieces[0]))
    return tuple(_tried(batch, moves, whole))


@kept_on_subject
def tried_near(facts: PerimeterFacts) -> tuple[Tried, ...]:
    """Return what `tried_around` does for a perimeter, on the data that its facts rest on, and kept on them."""
    return tried_around(facts.evidence, facts.perimeter.communes)


def group_moves(ground: IncidenceTables, inside: frozenset[str]) -> Iterator[Move]:
    """Yield the moves of groups: the rest of an EPCI, sector, CLS or QPV met, a neighbouring EPCI, each part inside."""
    mask = np.zeros(len(ground.atlas.table), dtype=bool)
    mask[ground.atlas.rows(inside)] = True
    near = mask | (ground.links @ mask.astype(np.int32) > 0)
    for name, members, quarter in _groups(ground, near):
        outside, within = members[~mask[members]], members[mask[members]]
        if 1 < len(outside) <= MOST_GROUP:
            rest = f"le reste {fr.of(name)}" if len(within) and not quarter else name
            yield Move(
                f"Ajouter {rest} ({pieces_text(ground.atlas, outside)})", added=_codes(ground, outside), kind="groupe"
            )
        if 1 < len(within) < len(inside) <= _MOST_SIZED and not quarter:
            yield Move(
                f"Retirer {name} ({pieces_text(ground.atlas, within)})", removed=_codes(ground, within), kind="groupe"
            )


def _groups(ground: IncidenceTables, near: np.ndarray) -> Iterator[tuple[str, Rows, bool]]:
    """Yield the bodies, sectors, CLS and QPV that some atoms meet: name, atoms, whether it is a QPV."""
    for name, atoms in bodies_met(ground, near):
        yield name, atoms, False
    for layer_id in GROUP_LAYERS:
        quarter = layer_id == LayerId.QPV
        for zone in zones_of(ground, layer_id, np.flatnonzero(near)):
            if quarter or zone.exact:
                yield (f"les communes du QPV {zone.name}" if quarter else zone.name), zone.atoms, quarter


def _codes(ground: IncidenceTables, rows: Rows) -> frozenset[str]:
    return frozenset(str(ground.atlas.codes[r]) for r in rows)


def _distinct(moves: Iterable[Move]) -> list[Move]:
    """Keep the first of the moves that change the same communes."""
    return list({(m.added, m.removed): m for m in reversed(list(moves))}.values())[::-1]


def _tried(trials: MoveBatch, moves: Sequence[Move], whole: np.ndarray) -> Iterator[Tried]:
    sectors, quarters = trials.zones.sectors(), trials.quarters
    kept = [0, *(i + 1 for i in range(len(moves)) if whole[i])]
    for j in kept:
        move = moves[j - 1] if j else Move("Le périmètre")
        yield Tried(
            label=move.label,
            codes_added=move.added,
            codes_removed=move.removed,
            population=int(trials.population[j]),
            sector_people_outside=int(sectors.outside[j].sum()),
            sectors_cut=int(sectors.cut[j].sum()),
            qpv=int(quarters.inside[j]),
            qpv_people=int(quarters.people[j]),
            epci=int(trials.epci[j]),
            current=not j,
        )
