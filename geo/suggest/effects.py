"""The effects of a move, in words: inhabitants, sectors completed or cut, QPV served, checks that would turn.

Built from the batch of moves, so that the sentence and the figures are the ones the page will show after the click.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo import french as fr
from geo.arrays import Bools, Rows
from geo.communes import Atlas, short_name
from geo.guidance import CHECKS, RANKS, JudgedMoves, Measures, Outcome, Reach, Settings, judge_moves
from geo.layers import Evidence, LayerId
from geo.moves import IncidenceTables, Move, incidence_of
from geo.perimeters import neighbours_of

TITLES = {check.id: check.title for check in CHECKS}

MOST_MEMBERS = 400  # past it only members on the border are tried


@dataclass(frozen=True)
class Turn:
    """A check whose badge a move changes, in the words of the badge: an outcome, or « sans objet » where it does not judge."""

    check: str
    before: Outcome | Reach
    after: Outcome | Reach
    gain: int

    @property
    def text(self) -> str:
        """« Taille » : favorable → à discuter."""
        return f"« {TITLES[self.check]} » : {self.before} → {self.after}"


@dataclass(frozen=True)
class Effect:
    """A move with the perimeter before and after it; sectors by name."""

    move: Move
    before: Measures
    after: Measures
    completed: tuple[str, ...] = ()
    entered: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def people(self) -> int:
        """Inhabitants gained (or lost, when negative)."""
        return self.after.population - self.before.population

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """Checks whose badge would turn, those that improve first."""
        b, a = self.before, self.after
        moved = [c for c in TITLES if a.outcomes[c] is not b.outcomes[c] or a.concerned[c] is not b.concerned[c]]
        found = [
            Turn(c, before, after, self._gain(c)) for c in moved if (before := b.said(c)) is not (after := a.said(c))
        ]
        return tuple(sorted(found, key=lambda t: -t.gain))

    def _gain(self, check: str) -> int:
        """How much better a check reads; nothing when it does not judge before and after, or can judge no more."""
        b, a = self.before, self.after
        if not (b.concerned[check] and a.concerned[check]):
            return 0
        gain = RANKS[a.outcomes[check]] - RANKS[b.outcomes[check]]
        return min(gain, 0) if a.outcomes[check] is Outcome.UNKNOWN else gain

    @property
    def reasons(self) -> tuple[str, ...]:
        """The changes beside inhabitants, one phrase each; none when nothing else changes."""
        b, a = self.before, self.after
        named = (
            ("complète", self.completed),
            ("fait entrer", self.entered),
            ("coupe", self.cut),
            ("fait sortir", self.left),
        )
        found = [f"{verb} {fr.listing(map(fr.the, names), most=4)}" for verb, names in named if names]
        for what, before, after in (
            ("QPV entiers", b.qpv, a.qpv),
            ("QPV laissés dehors", b.qpv_left, a.qpv_left),
            ("intercommunalités", b.communities, a.communities),
            ("morceaux", b.pieces, a.pieces),
        ):
            if before != after:
                found.append(f"{what} : {before} → {after}")
        if b.sector_people_outside != a.sector_people_outside:
            was, is_now = fr.number(b.sector_people_outside), fr.number(a.sector_people_outside)
            which = "rencontrés" if b.sectors_listed and a.sectors_listed else "connus"
            found.append(f"habitants des secteurs {which} laissés dehors : {was} → {is_now}")
        return (*found, *(turn.text for turn in self.turns))

    @property
    def sentence(self) -> str:
        """Say the move and all it changes."""
        sign = "+" if self.people >= 0 else fr.MINUS
        people = f"{sign} {fr.inhabitants(abs(self.people))} ({fr.number(self.after.population)} au total)"
        return fr.typeset(f"{self.move.label} : {' ; '.join((people, *self.reasons))}.")


def effects_of(judged: JudgedMoves, moves: Sequence[Move], wanted: Sequence[int] | None = None) -> tuple[Effect, ...]:
    """Return the effects of some moves of a batch (by their position in `moves`), all by default."""
    trials = judged.batch
    sectors, zones = trials.zones.sectors(), trials.zones
    names = trials.ground.zone_names[zones.columns[zones.of(LayerId.ADULT_SECTORS)]]

    def named(mask: Bools) -> list[tuple[str, ...]]:
        """Name the sectors of each row of a mask (moves × sectors); most rows have none."""
        found: list[tuple[str, ...]] = [()] * len(mask)
        for j in np.flatnonzero(mask.any(axis=1)):
            found[j] = tuple(sorted(names[mask[j]]))
        return found

    completed, entered = named(sectors.whole & sectors.cut[0]), named(sectors.met & ~sectors.met[0])
    cut, left = named(sectors.cut & sectors.whole[0]), named(sectors.met[0] & ~sectors.met)
    before = judged.measures(0)
    found = []
    for i in range(len(moves)) if wanted is None else wanted:
        j = i + 1
        found.append(Effect(moves[i], before, judged.measures(j), completed[j], entered[j], cut[j], left[j]))
    return tuple(found)


@dataclass(frozen=True)
class Preview:
    """The changes that one more click would make: inhabitants today, sentences, and for each commune the places of its sentences.

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
    ground = incidence_of(evidence)
    inside = frozenset(codes)
    if not inside:
        return Preview(0, (), {})
    moves, complete = single_moves(ground, inside, frozenset(locked))
    effects = effects_of(judge_moves(ground, inside, moves, settings), moves)
    texts: dict[str, int] = {}
    of = {}
    for effect in effects:
        (code,) = effect.move.added or effect.move.removed
        of[code] = tuple(texts.setdefault(text, len(texts)) for text in effect.reasons)
    people = effects[0].before.population if effects else int(ground.atlas.population[ground.atlas.rows(inside)].sum())
    return Preview(people, tuple(fr.typeset(text) for text in texts), of, complete)


def effect_of(evidence: Evidence, codes: Iterable[str], move: Move, settings: Settings | None = None) -> Effect:
    """Return what one move would change, of a commune or of a group.

    Raises
    ------
    GeoInputError
        When the perimeter is empty or the move would empty it.
    """
    return effects_of(judge_moves(incidence_of(evidence), codes, [move], settings), [move])[0]


def single_moves(
    ground: IncidenceTables, inside: frozenset[str], locked: frozenset[str] = frozenset()
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


def border_of(ground: IncidenceTables, inside: np.ndarray) -> Rows:
    """Return the members that touch something outside."""
    return np.flatnonzero((ground.links @ (~inside).astype(np.int32) > 0) & inside)


def adding(atlas: Atlas, row: int) -> Move:
    """Return the move that adds one commune."""
    return Move(f"Ajouter {short_name(str(atlas.names[row]))}", added=frozenset({str(atlas.codes[row])}))


def removing(atlas: Atlas, row: int) -> Move:
    """Return the move that removes one commune."""
    return Move(f"Retirer {short_name(str(atlas.names[row]))}", removed=frozenset({str(atlas.codes[row])}))
