"""Suggestions: the communes or groups most worth adding or dropping, with what each would change; never applied here.

How they are ranked, in this order, and nothing else: checks that improve less checks that worsen, among those that judge
before and after; inhabitants of the sectors met brought inside; inhabitants of QPV brought inside; and, between equals, the
move of fewer people. Three checks are read finer than their outcome when it does not turn: sectors and QPV by the
inhabitants brought inside (QPV unless more of them than before are left outside), size well beyond the marker when a
twentieth of the inhabitants move. What is not suggested: a move that would split the perimeter (islands and legal exclaves
count as attached), that improves nothing, or that makes another project of it (dropping half of the inhabitants; more
than doubling them past the marker). A move may worsen more than it improves: its effect says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.arrays import Bools, Rows
from geo.guidance import CHECK_IDS, CHECKS, OUTCOMES, RANKS, UNKNOWN, VIGILANCE, JudgedMoves, Settings, judge_moves
from geo.layers import Evidence, LayerId
from geo.moves import IncidenceTables, Move, MoveBatch, incidence_of
from geo.suggest.effects import Effect, effects_of, single_moves

MOST = 5
FELT = 0.05  # share of the inhabitants under which a move leaves a perimeter that is too vast as vast as it was
_MOST_GROUP = 400  # communes; a larger group is not a suggestion but another project
_MOST_SIZED = 6_000  # communes: past the largest région, no group is tried for dropping
RANKING_IN_BRIEF = (
    "Classement : repères améliorés, puis habitants des secteurs et des QPV amenés, puis le moins d’habitants déplacés "
    "(détail dans Méthode). Rien n’est appliqué sans vous."
)
RANKING = (
    "Classement : repères qui s’améliorent moins repères qui se dégradent, puis habitants des secteurs rencontrés amenés dans le "
    "périmètre, puis habitants des QPV amenés, puis le moins d’habitants déplacés. À issue égale, secteurs et QPV comptent "
    "par les habitants amenés (pour les QPV, si le nombre de quartiers laissés dehors n’augmente pas), la taille, bien au-delà du repère, "
    "quand 5 % des habitants au moins sont déplacés. Rien n’est appliqué sans vous."
)


@dataclass(frozen=True)
class Suggestions:
    """The best moves each way, best first, and every contiguous neighbour that was tried."""

    add: tuple[Effect, ...]
    drop: tuple[Effect, ...]
    tried: tuple[Tried, ...]


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


GROUP_LAYERS = (LayerId.ADULT_SECTORS, LayerId.CLS, LayerId.QPV)


def suggest(
    evidence: Evidence,
    codes: Iterable[str],
    settings: Settings | None = None,
    *,
    locked: Iterable[str] = (),
    most: int = MOST,
) -> Suggestions:
    """Try the neighbours, members and groups around a perimeter, and keep the best moves each way."""
    ground, inside = incidence_of(evidence), frozenset(codes)
    if not inside:
        return Suggestions((), (), ())
    moves = _distinct(
        [*single_moves(ground, inside, frozenset(locked))[0], *group_moves(ground, inside, frozenset(locked))]
    )
    judged = judge_moves(ground, inside, moves, settings)
    trials = judged.batch
    whole = trials.tied_pieces[1:] <= max(1, int(trials.tied_pieces[0]))
    sound = whole & _same_project(judged)
    scores, better = _scores(judged)
    best = {}
    for way in ("added", "removed"):
        good = (i for i, m in enumerate(moves) if getattr(m, way) and sound[i])
        able = [i for i in good if better[i]]
        best[way] = effects_of(judged, moves, sorted(able, key=lambda i: scores[i], reverse=True)[:most])
    return Suggestions(best["added"], best["removed"], tuple(_tried(trials, moves, whole)))


def _same_project(judged: JudgedMoves) -> Bools:
    """Return which moves leave a perimeter that is still the one being sized."""
    people, limits = judged.batch.population, judged.settings
    room = max(limits.marker * (1 + limits.around), 2 * people[0])
    return np.asarray((people[1:] <= room) & (people[1:] * 2 > people[0]))


def _scores(judged: JudgedMoves) -> tuple[list[tuple[int, int, int, int]], Bools]:
    """Return the ranking key of each move, as RANKING says it, and whether the move improves anything."""
    trials = judged.batch
    outcome, judges = judged.outcomes
    ranks = np.array([RANKS[o] for o in OUTCOMES])[outcome]
    quiet = [k for k, check in enumerate(CHECKS) if not check.blames]
    ranks[:, quiet] = 2
    turns = np.sign(ranks[1:] - ranks[0]) * (judges[1:] & judges[0])
    # To know less is no progress: a warning that can no longer be checked is not lifted.
    turns[(outcome[1:] == UNKNOWN) & (turns > 0)] = 0
    outside = trials.zones.sectors.outside.sum(axis=1)
    brought = outside[0] - outside[1:]
    quarters = trials.quarters.people[1:] - trials.quarters.people[0]
    # Bringing in some QPV while leaving out more of them (those of another intercommunal body) is no clear gain.
    mixed = (quarters > 0) & (trials.quarters.left[1:] > trials.quarters.left[0])
    moved = trials.population[1:] - trials.population[0]
    size, sectors, qpv = (CHECK_IDS.index(c) for c in ("taille", "secteurs", "qpv"))
    beyond = (outcome[1:, size] == VIGILANCE) & (outcome[0, size] == VIGILANCE)
    beyond &= np.abs(moved) >= FELT * trials.population[0]
    for column, finer in (
        (size, np.where(beyond, -moved, 0.0)),
        (sectors, brought),
        (qpv, np.where(mixed, 0.0, quarters)),
    ):
        turns[:, column] = np.where(turns[:, column] != 0, turns[:, column], np.sign(finer))
    nets = turns.sum(axis=1)
    better = (turns > 0).any(axis=1) | (brought > 0) | (quarters > 0)
    keys = zip(nets, brought, quarters, moved, strict=True)
    return [(int(n), int(b), int(q), -abs(int(m))) for n, b, q, m in keys], np.asarray(better)


def group_moves(
    ground: IncidenceTables, inside: frozenset[str], locked: frozenset[str] = frozenset()
) -> Iterator[Move]:
    """Yield the moves of groups: the rest of an EPCI, sector, CLS or QPV met, a neighbouring EPCI, each part inside."""
    atlas = ground.atlas
    rows = atlas.rows(inside)
    mask = np.zeros(len(atlas.table), dtype=bool)
    mask[rows] = True
    near = np.flatnonzero(mask | (ground.links @ mask.astype(np.int32) > 0))
    for name, members, quarter in _groups(ground, near):
        outside, within = members[~mask[members]], members[mask[members]]
        if 1 < len(outside) <= _MOST_GROUP:
            rest = f"le reste {fr.of(name)}" if len(within) and not quarter else name
            yield Move(
                f"Ajouter {rest} ({fr.count(len(outside), 'commune')})", added=_codes(ground, outside), kind="groupe"
            )
        if len(inside) > _MOST_SIZED:
            continue
        gone = _codes(ground, within) - locked
        if 1 < len(gone) < len(inside) and len(gone) == len(within) and not quarter:
            yield Move(f"Retirer {name} ({fr.count(len(within), 'commune')})", removed=gone, kind="groupe")


def _groups(ground: IncidenceTables, near: Rows) -> Iterator[tuple[str, Rows, bool]]:
    """Yield the bodies, sectors, CLS and QPV that some atoms meet: name, atoms, whether it is a QPV."""
    atlas = ground.atlas
    owner, names = atlas.communities
    for code in sorted(set(owner.iloc[near].dropna())):
        yield str(names.at[code, "nom"]), atlas.members("community", str(code)), False
    for layer_id in GROUP_LAYERS:
        quarter = layer_id == LayerId.QPV
        for name, members in ground.zones_near(layer_id, near):
            yield (f"les communes du QPV {name}" if quarter else name), members, quarter


def _codes(ground: IncidenceTables, rows: Rows) -> frozenset[str]:
    return frozenset(str(ground.atlas.codes[r]) for r in rows)


def _distinct(moves: Iterable[Move]) -> list[Move]:
    """Keep the first of the moves that change the same communes."""
    return list({(m.added, m.removed): m for m in reversed(list(moves))}.values())[::-1]


def _tried(trials: MoveBatch, moves: Sequence[Move], whole: np.ndarray) -> Iterator[Tried]:
    sectors, quarters = trials.zones.sectors, trials.quarters
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
