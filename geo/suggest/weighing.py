"""What a move gains and loses on what the guide asks, rule by rule, and the same in words: « Pour », « Contre ».

Only what the guide says weighs: its marker of inhabitants, sectors of psychiatry left whole, QPV and rural communes covered
first, elected officials of a whole intercommunal body, contracts and other CLSM that fit with the perimeter. A threshold
that is this tool's own (area, span, number of communes, half of the inhabitants, very small) weighs nothing: a check that it
turns is told apart, or among what speaks against.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo import french as fr
from geo.arrays import Bools, Floats
from geo.guidance import CHECK_IDS, CHECKS, SETTING_LABELS, JudgedMoves, sectors_listed_after
from geo.layers import DISPOSITIFS, LayerId
from geo.moves import Sectors
from geo.suggest.effects import Effect, Turn
from geo.suggest.gestures import Kind, body_sizes, rural_by_body

Signs = npt.NDArray[np.int64]
FELT = 0.05  # share of the inhabitants under which a move leaves a perimeter that is too vast as vast as it was
# The rules of the guide that stand behind a check: only they may say that its turn speaks for a move.
BEHIND = {
    "taille": ("size",),
    "secteurs": ("sectors", "children"),
    "qpv": ("quarters",),
    "rural": ("rural",),
    "articulation": ("clsm", "contracts"),
}
# Checks that no rule of the guide stands behind, and whose outcome a setting of this tool decides.
_OURS = {label.name for label in SETTING_LABELS if not label.origin.startswith("Guide")}
_OWN = {check.id for check in CHECKS if check.id not in BEHIND and _OURS.intersection(check.settings)}


@dataclass(frozen=True, eq=False)
class Weighed:
    """A batch of moves against the rules of the guide; `joins` marks the moves that join a CLSM on purpose."""

    judged: JudgedMoves
    joins: Bools

    @cached_property
    def rules(self) -> Mapping[str, Signs]:
        """For each rule and move: 1 a gain, −1 a loss, 0 neither."""
        return {
            "size": self._size(),
            "sectors": self._sectors(LayerId.ADULT_SECTORS),
            "children": self._sectors(LayerId.CHILD_SECTORS),
            "quarters": self._quarters(),
            "bodies": -_step(self.bodies_cut.sum(axis=1)),
            "rural": self._rural(),
            "clsm": np.where(self.joins, 0, -np.maximum(_step(self.clsm.sum(axis=1)), 0)),
            "contracts": -_step(self.contracts_cut.sum(axis=1)),
        }

    @cached_property
    def net(self) -> Signs:
        """Gains less losses of each move."""
        return np.sum(list(self.rules.values()), axis=0, dtype=np.int64)

    @cached_property
    def children(self) -> Sectors:
        """Child sectors, after each move."""
        return self.judged.batch.zones.sectors(LayerId.CHILD_SECTORS)

    @cached_property
    def bodies_cut(self) -> Bools:
        """Intercommunal bodies partly inside, after each move."""
        columns, atoms = self.judged.batch.communities
        return np.asarray((atoms > 0) & (atoms < body_sizes(self.judged.batch.ground)[columns]))

    @cached_property
    def bodies_whole(self) -> Bools:
        """Intercommunal bodies wholly inside, after each move."""
        columns, atoms = self.judged.batch.communities
        return np.asarray(atoms == body_sizes(self.judged.batch.ground)[columns])

    @cached_property
    def clsm(self) -> Bools:
        """CLSM met, after each move."""
        zones = self.judged.batch.zones
        return np.asarray(zones.met & zones.of(LayerId.CLSM))

    @cached_property
    def contracts_cut(self) -> Bools:
        """Contracts (CLS) partly inside, and CPTS and DAC astride the limit, after each move."""
        batch = self.judged.batch
        zones = batch.zones
        sure = ~batch.ground.zone_known["vague"][zones.columns]
        astride = zones.whole != batch.sums["atoms"][:, None]
        others = np.any([zones.of(i) for i in DISPOSITIFS if i not in (LayerId.CLSM, LayerId.CLS)], axis=0)
        return np.asarray(zones.met & ~zones.covered & sure & (zones.of(LayerId.CLS) | (others & astride)))

    @cached_property
    def rural_left(self) -> Floats:
        """Rural communes of the bodies met left outside, after each move."""
        batch = self.judged.batch
        columns, atoms = batch.communities
        rural = rural_by_body(batch.ground)
        totals = np.asarray(rural.sum(axis=0)).ravel()
        return np.asarray((atoms > 0) @ totals[columns] - batch.after(rural)[1].sum(axis=1))

    def _size(self) -> Signs:
        """Nearer the marker when above it, by a share that is felt; a loss where a move goes past it."""
        people, marker = self.judged.batch.population, self.judged.settings.marker
        excess = np.maximum(people - marker, 0)
        felt = np.abs(people[1:] - people[0]) >= FELT * people[0]
        return np.where(excess[1:] > excess[0], -1, np.where((excess[1:] < excess[0]) & felt, 1, 0))

    def _sectors(self, layer: LayerId) -> Signs:
        """Fewer people of the sectors met left outside, and no more sectors cut; sectors not known weigh nothing.

        No gain for a move that brings communes whose sectors are not known: what it leaves outside with them is not known either.
        """
        batch = self.judged.batch
        sectors = batch.zones.sectors(layer)
        outside, cut = sectors.outside.sum(axis=1), _step(sectors.cut.sum(axis=1))
        who = "adult" if layer is LayerId.ADULT_SECTORS else "child"
        ground = batch.ground
        unknown = ground.feature(f"{who}_unlisted") * (1.0 - ground.feature(f"{who}_assigned"))
        blind = np.array([unknown[added].any() for added, _ in batch.moves], dtype=bool)
        fewer = (outside[1:] < outside[0]) & ~blind
        return np.where(fewer & (cut <= 0), 1, np.where((outside[1:] > outside[0]) & (cut >= 0), -1, 0))

    def _quarters(self) -> Signs:
        """More QPV whole inside and no more of the same bodies left outside, or fewer left; a QPV that leaves is a loss.

        A move that only takes communes out gains nothing: the QPV of a body that it leaves are as much outside as before. Those that another CLSM covers already are no gain of joining it, unless the limit between the two cuts them.
        """
        batch = self.judged.batch
        inside, left = _step(batch.quarters.inside), _step(batch.quarters.left)
        mine = batch.zones.of(LayerId.QPV)
        astride = (batch.zones.met & ~batch.zones.covered)[:, mine].sum(axis=1)
        better = ((inside > 0) & (left <= 0)) | ((inside >= 0) & (left < 0))
        better &= ~self.joins | (_step(astride) < 0)
        better &= np.array([len(added) > 0 for added, _ in batch.moves], dtype=bool)
        return np.where(better, 1, np.where((inside < 0) | ((left > 0) & (inside <= 0)), -1, 0))

    def _rural(self) -> Signs:
        """More rural communes of the same bodies inside, where the check judges; more of them left outside is a loss."""
        left, inside = _step(self.rural_left), _step(self.judged.batch.sums["rural"])
        judges = self.judged.outcomes[1][:, CHECK_IDS.index("rural")]
        gain = (left < 0) & (inside > 0) & judges[0] & ~self.joins
        return np.where(gain, 1, np.where(left > 0, -1, 0))

    def gains(self, check: str, j: int) -> bool:
        """Whether a rule of the guide stands behind the better outcome of a check after move j."""
        return any(self.rules[rule][j] > 0 for rule in BEHIND.get(check, ()))


def _step(counts: npt.NDArray[np.generic]) -> Signs:
    """Return for each move whether a count rises (1), falls (−1) or stays."""
    numbers = np.asarray(counts, dtype=np.int64)
    return np.sign(numbers[1:] - numbers[0])


@dataclass(frozen=True)
class Words:
    """What speaks for a move, what speaks against, and the checks that change by a threshold of this tool's own."""

    pros: tuple[str, ...]
    cons: tuple[str, ...]
    besides: tuple[str, ...]


def words(weighed: Weighed, j: int, effect: Effect, kind: Kind, abroad: str) -> Words:
    """Write what move j of a batch gains and loses; `abroad` names the départements and ARS that it would bring."""
    better = [t for t in effect.turns if t.gain > 0]
    backed = [t for t in better if weighed.gains(t.check, j)]
    pros = [*_pros(weighed, j, effect), *(t.text for t in backed)]
    cons = [abroad, *_cons(weighed, j, effect, kind), *(_worse(t, effect) for t in effect.turns if t.gain < 0)]
    besides = [t.text for t in better if t not in backed]
    return Words(*(tuple(fr.typeset(t) for t in texts if t) for texts in (pros, cons, besides)))


def _worse(turn: Turn, effect: Effect) -> str:
    """Write a check that reads worse, with what makes it so where it is not the guide: pieces, or a threshold of this tool's own."""
    was, is_now = effect.before.pieces, effect.after.pieces
    if turn.check == "coordination" and is_now > was:
        return f"{turn.text} (morceaux : {was} → {is_now})"
    return f"{turn.text} (seuil de l’outil)" if turn.check in _OWN else turn.text


def _pros(weighed: Weighed, j: int, effect: Effect) -> Iterator[str]:
    batch, rules = weighed.judged.batch, weighed.rules
    b, a, marker = effect.before, effect.after, weighed.judged.settings.marker
    if rules["size"][j] > 0:
        yield f"se rapproche du repère : {_of_marker(b.population, marker)} → {_of_marker(a.population, marker)}"
    if rules["sectors"][j] > 0:
        names = f"complète {fr.listing(map(fr.the, effect.completed), most=3)} ; " if effect.completed else ""
        was, is_now = fr.number(b.sector_people_outside), fr.number(a.sector_people_outside)
        which = _which(b.sectors_listed and a.sectors_listed)
        yield f"{names}habitants des secteurs {which} laissés dehors : {was} → {is_now}"
    if rules["children"][j] > 0:
        young = _children(weighed, weighed.children.cut[0] & weighed.children.whole[j + 1])
        names = f"complète {fr.listing(map(fr.the, young), most=3)} ; " if young else ""
        was, is_now = (fr.number(weighed.children.outside[k].sum()) for k in (0, j + 1))
        which = _which(sectors_listed_after(batch, LayerId.CHILD_SECTORS)[[0, j + 1]].all())
        yield f"{names}habitants des secteurs infanto-juvéniles {which} laissés dehors : {was} → {is_now}"
    if rules["quarters"][j] > 0:
        yield from _quarters(effect, better=True)
    if rules["bodies"][j] > 0:
        columns = batch.communities[0]
        whole = _names(weighed, columns, weighed.bodies_whole[j + 1] & ~weighed.bodies_whole[0])
        yield (
            f"{fr.listing(whole, most=3)} : toutes les communes autour de la table"
            if whole
            else f"intercommunalités prises en partie : {weighed.bodies_cut[0].sum()} → {weighed.bodies_cut[j + 1].sum()}"
        )
    if rules["rural"][j] > 0:
        more = int(batch.sums["rural"][j + 1] - batch.sums["rural"][0])
        yield f"{fr.count(more, 'commune rurale', 'communes rurales')} de plus"
    if rules["contracts"][j] > 0:
        zones = batch.zones
        ends = weighed.contracts_cut[0] & ~weighed.contracts_cut[j + 1]
        held, around = ends & zones.covered[j + 1], ends & zones.met[j + 1]
        if held.any():
            people = fr.inhabitants(int(zones.totals[0, held].sum()))
            yield f"{fr.listing(_zone_names(weighed, held), most=3)} : en entier dans le périmètre ({people})"
        elif around.any():
            yield f"le périmètre tient dans {fr.listing(map(fr.the, _zone_names(weighed, around)), most=3)}"
        else:
            yield f"n’entame plus {fr.listing(map(fr.the, _zone_names(weighed, ends)), most=3)}"


def _cons(weighed: Weighed, j: int, effect: Effect, kind: Kind) -> Iterator[str]:
    batch, rules = weighed.judged.batch, weighed.rules
    b, a, marker = effect.before, effect.after, weighed.judged.settings.marker
    if rules["size"][j] < 0:
        yield f"dépasse le repère : {_of_marker(b.population, marker)} → {_of_marker(a.population, marker)}"
    if a.population < b.population:
        yield f"{fr.inhabitants(b.population - a.population)} ne seraient plus dans le périmètre"
    if effect.cut:
        yield f"coupe {fr.listing(effect.cut, most=3)}"
    if effect.entered:
        yield f"secteurs de plus à associer : {fr.listing(effect.entered, most=3)}"
    young = weighed.children
    if cut := _children(weighed, young.cut[j + 1] & young.whole[0]):
        yield f"coupe {fr.listing(cut, most=3)}"
    if entered := _children(weighed, young.met[j + 1] & ~young.met[0]):
        yield f"secteurs infanto-juvéniles de plus à associer : {fr.listing(entered, most=3)}"
    yield from _quarters(effect, better=False)
    more = int(batch.sums["rural"][j + 1] - batch.sums["rural"][0])
    if more < 0:
        yield f"{fr.count(-more, 'commune rurale sort', 'communes rurales sortent')} du périmètre"
    yield from _partners(weighed, j, kind)
    if len(effect.move.added) > 1:
        before, after = fr.square_kilometres(b.area_m2), fr.square_kilometres(a.area_m2)
        if a.communes != b.communes:
            before, after = f"{fr.count(b.communes, 'commune')} et {before}", f"{fr.number(a.communes)} et {after}"
        yield f"territoire plus vaste à coordonner : {before} → {after}"


def _partners(weighed: Weighed, j: int, kind: Kind) -> Iterator[str]:
    """Write the bodies, CLSM and contracts that a move brings in or cuts."""
    batch = weighed.judged.batch
    columns = batch.communities[0]
    held = weighed.bodies_cut | weighed.bodies_whole
    fresh = _names(weighed, columns, held[j + 1] & ~held[0])
    cut = _names(weighed, columns, weighed.bodies_cut[j + 1] & ~weighed.bodies_cut[0])
    whole = [n for n in fresh if n not in cut]
    if whole:
        yield f"élus de plus à associer : {fr.listing(whole, most=3)}"
    if cut:
        yield f"prend en partie seulement : {fr.listing(cut, most=3)}"
    new = weighed.clsm[j + 1] & ~weighed.clsm[0]
    if new.any():
        people = fr.inhabitants(int(batch.zones.totals[0, new].sum()))
        joined = "deux CLSM à fondre en un" if weighed.clsm[0].any() else "à élargir avec son accord"
        act = joined if kind is Kind.JOIN else "à fusionner ou à redécouper"
        names = _zone_names(weighed, new)
        exist = fr.noun(len(names), "existe déjà", "existent déjà")
        yield f"{fr.listing(map(fr.the, names), most=3)} {exist} ({people}) : {act}"
    contracts = _zone_names(weighed, weighed.contracts_cut[j + 1] & ~weighed.contracts_cut[0])
    if contracts:
        yield f"entame {fr.listing(map(fr.the, contracts), most=3)}"


def _quarters(effect: Effect, *, better: bool) -> Iterator[str]:
    """Write the counts of QPV that read better, or those that read worse."""
    b, a = effect.before, effect.after
    if (a.qpv > b.qpv) if better else (a.qpv < b.qpv):
        gap = a.qpv_people - b.qpv_people
        people = f" ({'+' if gap > 0 else fr.MINUS} {fr.inhabitants(abs(gap))})" if gap else ""
        yield f"QPV entiers : {fr.number(b.qpv)} → {fr.number(a.qpv)}{people}"
    if (a.qpv_left < b.qpv_left) if better else (a.qpv_left > b.qpv_left):
        yield f"QPV laissés dehors ou à cheval : {fr.number(b.qpv_left)} → {fr.number(a.qpv_left)}"


def _which(listed: bool | np.bool_) -> str:
    """Say which sectors are counted: those met, or where some are not known, those known."""
    return "rencontrés" if listed else "connus"


def _of_marker(people: int, marker: int) -> str:
    return f"{fr.percent(people / marker, 0)} du repère"


def _names(weighed: Weighed, columns: npt.NDArray[np.intp], chosen: Bools) -> list[str]:
    ground = weighed.judged.batch.ground
    names = ground.atlas.communities[1]
    return [str(names.at[ground.community_codes[c], "nom"]) for c in columns[chosen]]


def _children(weighed: Weighed, chosen: Bools) -> list[str]:
    """Name some of the child sectors that a batch meets."""
    zones = weighed.judged.batch.zones
    mine = np.flatnonzero(zones.of(LayerId.CHILD_SECTORS))
    return [str(n) for n in weighed.judged.batch.ground.zone_names[zones.columns[mine[chosen]]]]


def _zone_names(weighed: Weighed, chosen: Bools) -> list[str]:
    zones = weighed.judged.batch.zones
    return [str(n) for n in weighed.judged.batch.ground.zone_names[zones.columns[chosen]]]
