"""Before committing: what adding each neighbour, or removing each member, would change; and what any group would.

All the neighbours are tried in one batch when the perimeter changes, and sent in a few kB: a list of sentences without
repetition, and for each commune the places of its own. Hovering then asks nothing of the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.communes import Atlas, Rows
from geo.effects import Effect, effects_of
from geo.evidence import Evidence
from geo.findings import Settings
from geo.ground import Ground, ground_of, neighbours_of
from geo.judged import judge_moves
from geo.trials import Move

MOST_MEMBERS = 400  # past it only members on the border are tried


@dataclass(frozen=True)
class Preview:
    """What one more click would change: inhabitants today, sentences, and for each commune the places of its sentences.

    A commune without any sentence changes nothing but inhabitants. `complete` is False when some members were not tried.
    """

    people: int
    texts: tuple[str, ...]
    of: Mapping[str, tuple[int, ...]]
    complete: bool = True


def preview(
    evidence: Evidence, codes: Iterable[str], settings: Settings | None = None, *, locked: Iterable[str] = ()
) -> Preview:
    """Try every neighbour and every member of a perimeter; locked members, which stay, are not tried."""
    ground = ground_of(evidence)
    inside = frozenset(codes)
    if not inside:
        return Preview(0, (), {})
    moves, complete = single_moves(ground, inside, frozenset(locked))
    effects = effects_of(judge_moves(ground, inside, moves, settings), moves)
    texts: dict[str, int] = {}
    of = {}
    for effect in effects:
        (code,) = effect.move.added or effect.move.removed
        of[code] = tuple(texts.setdefault(fr.typeset(t), len(texts)) for t in effect.reasons)
    people = effects[0].before.population if effects else int(ground.atlas.population[ground.atlas.rows(inside)].sum())
    return Preview(people, tuple(texts), of, complete)


def effect_of(evidence: Evidence, codes: Iterable[str], move: Move, settings: Settings | None = None) -> Effect:
    """Return what one move would change, of a commune or of a group.

    Raises
    ------
    GeoInputError
        When the perimeter is empty or the move would empty it.
    """
    return effects_of(judge_moves(ground_of(evidence), codes, [move], settings), [move])[0]


def single_moves(
    ground: Ground, inside: frozenset[str], locked: frozenset[str] = frozenset()
) -> tuple[list[Move], bool]:
    """Return the moves of one commune: each neighbour in, each member out; and whether every member is there."""
    atlas = ground.atlas
    mask = np.zeros(len(atlas.table), dtype=bool)
    mask[atlas.rows(inside)] = True
    moves = [adding(atlas, int(r)) for r in neighbours_of(ground.links, mask)]
    members = np.flatnonzero(mask)
    complete = len(members) <= MOST_MEMBERS
    if not complete:
        members = border_of(ground, mask)
    if mask.sum() > 1:
        moves += [removing(atlas, int(r)) for r in members if atlas.codes[r] not in locked]
    return moves, complete


def border_of(ground: Ground, inside: np.ndarray) -> Rows:
    """Return the members that touch something outside."""
    return np.flatnonzero((ground.links @ (~inside).astype(np.int32) > 0) & inside)


def adding(atlas: Atlas, row: int) -> Move:
    """Return the move that adds one commune."""
    return Move(f"Ajouter {atlas.names[row]}", added=frozenset({str(atlas.codes[row])}))


def removing(atlas: Atlas, row: int) -> Move:
    """Return the move that removes one commune."""
    return Move(f"Retirer {atlas.names[row]}", removed=frozenset({str(atlas.codes[row])}))
