"""Suggestions: moves with a meaning that gain on what the guide asks, divisions of what is too large; never applied here.

A move is kept only when its gains on the rules of the guide (`geo.suggest.weighing`) are more than its losses, and when none of
these holds: it leaves the perimeter in more pieces; it goes away from the marker when above it, or past the marker and its margin;
it takes a commune out of an intercommunal body that is whole, or a main town; it crosses a département (unless that is
asked, and then it is said); it takes half of the inhabitants out. What was looked at and set aside is told with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo import french as fr
from geo.arrays import Bools, Rows
from geo.guidance import Settings, judge_moves, sectors_listed_after
from geo.kept import kept_on_subject
from geo.layers import Evidence, LayerId
from geo.moves import IncidenceTables, MoveBatch, incidence_of
from geo.suggest.division import MOST_PARTS, Division, uncut, ways_to_cut
from geo.suggest.effects import Effect, effects_of
from geo.suggest.gestures import Gesture, Kind, Zone, bodies_met, gestures, zones_of
from geo.suggest.weighing import Weighed, Words, words

Objects = npt.NDArray[np.object_]
MOST = 5
MOST_COMMUNES = 400  # past it a move is not a suggestion but another project
_ORDER = list(Kind)
# What a rule loses, in words.
LOSSES = {
    "size": "repère dépassé",
    "sectors": "secteurs coupés",
    "children": "secteurs infanto-juvéniles coupés",
    "quarters": "quartiers prioritaires laissés dehors",
    "bodies": "intercommunalité prise en partie",
    "rural": "communes rurales laissées dehors",
    "clsm": "CLSM existant réuni",
    "contracts": "CLS, CPTS ou DAC à cheval",
}
RANKING_IN_BRIEF = (
    "Ne sont proposés que des gestes qui gagnent plus qu’ils ne perdent sur ce que le guide demande ; les seuils propres à l’outil "
    "n’y pèsent rien (détail dans Méthode). Rien n’est appliqué sans vous."
)
RANKING = (
    "Gestes essayés : compléter un secteur (adulte ou infanto-juvénile), une intercommunalité ou un CLS dont une partie est dehors, réunir un QPV à cheval, rejoindre "
    "un CLSM voisin, s’arrêter à l’intercommunalité. Ce qui pèse, un point chacun : habitants des secteurs laissés dehors (adultes, et de même infanto-juvéniles), QPV entiers et "
    "laissés dehors, intercommunalités prises en partie, communes rurales des mêmes intercommunalités, CLSM existants réunis, CLS, CPTS et DAC à "
    "cheval, écart au repère quand il est dépassé. Ce qui amène des communes dont les secteurs sont inconnus ne gagne rien sur les secteurs ; ce qui "
    "ne fait que retirer des communes ne gagne rien sur les QPV. Un geste n’est proposé que si ses gains dépassent ses pertes ; les plus utiles d’abord, "
    "puis ceux qui déplacent le moins d’habitants. Jamais : ce qui éloigne d’un repère dépassé, ce qui sépare une commune d’une intercommunalité "
    "entière ou retire une ville principale, ce qui sort du département sans qu’on le demande, ce qui réunit un CLSM existant sans le dire. Les "
    "seuils propres à l’outil (superficie, distances, nombre de communes, part de la ville principale, très petit) ne font naître ni ne justifient "
    "aucune proposition. Rien n’est appliqué sans vous."
)


@dataclass(frozen=True)
class Suggestion:
    """A move worth discussing: what it changes, its kind, its net gain in rules of the guide, what speaks for and against.

    `besides` are checks that improve without weighing, as a threshold of this tool's own decides them.
    """

    effect: Effect
    kind: Kind
    net: int
    words: Words


@dataclass(frozen=True)
class Aside:
    """A move that was looked at and is not suggested, with the reason; `abroad` when it only lacks leave to cross a département."""

    label: str
    kind: Kind
    reason: str
    abroad: bool = False


@dataclass(frozen=True)
class Suggestions:
    """The moves to discuss each way, best first; divisions; what cannot be cut; what was set aside; why there is nothing."""

    add: tuple[Suggestion, ...] = ()
    drop: tuple[Suggestion, ...] = ()
    divisions: tuple[Division, ...] = ()
    uncut: tuple[str, ...] = ()
    aside: tuple[Aside, ...] = ()
    nothing: str = ""


def suggest(
    evidence: Evidence,
    codes: Iterable[str],
    settings: Settings | None = None,
    *,
    locked: Iterable[str] = (),
    beyond: bool = False,
    most: int = MOST,
) -> Suggestions:
    """Weigh the moves that have a meaning around a perimeter; `beyond` asks for those of another département too."""
    ground, inside, limits = incidence_of(evidence), frozenset(codes), settings or Settings()
    if not inside:
        return Suggestions()
    rows = ground.atlas.rows(inside)
    found = gestures(ground, inside, frozenset(locked))
    kept, aside = _sorted_out(ground, inside, found, limits, beyond=beyond)
    ways = ways_to_cut(ground, rows, limits)
    add = tuple(s for s in kept if s.effect.move.added)[:most]
    drop = tuple(s for s in kept if s.effect.move.removed)[:most]
    start = "Rien à ajouter ni à retirer" if ways else "Rien à proposer"
    nothing = "" if kept else f"{start} : {_nothing(ground, rows, limits, aside)}."
    return Suggestions(add, drop, ways, uncut(ground, rows, limits, evidence.iris), aside, fr.typeset(nothing))


def divisions(evidence: Evidence, codes: Iterable[str], settings: Settings | None = None) -> tuple[Division, ...]:
    """Return the ways to cut a perimeter, those that keep the best known limits first; empty when nothing is to be cut."""
    ground = incidence_of(evidence)
    return ways_to_cut(ground, ground.atlas.rows(codes), settings or Settings())


def _sorted_out(
    ground: IncidenceTables, inside: frozenset[str], found: list[Gesture], limits: Settings, *, beyond: bool
) -> tuple[list[Suggestion], tuple[Aside, ...]]:
    moves = [g.move for g in found]
    judged = judge_moves(ground, inside, moves, limits)
    weighed = Weighed(judged, np.array([g.kind is Kind.JOIN for g in found], dtype=bool))
    if not found:
        return [], ()
    people = judged.batch.population
    tests = _Tests(ground, ground.atlas.rows(inside), weighed, limits)
    good: list[tuple[int, str]] = []
    aside = []
    for j, gesture in enumerate(found):
        away = tests.abroad(j)
        reason = tests.refusal(j)
        if not reason and (beyond or not away):
            good.append((j, away))
        elif gesture.kind is not Kind.JOIN or people[0] <= limits.marker:  # past the marker every neighbour is too much
            said = " ; ".join(t for t in (reason, away) if t)
            aside.append(Aside(gesture.move.label, gesture.kind, fr.typeset(said), abroad=not reason))
    good.sort(key=lambda g: (-weighed.net[g[0]], _ORDER.index(found[g[0]].kind), abs(people[g[0] + 1] - people[0])))
    effects = effects_of(judged, moves, [j for j, _ in good])
    kept = [
        Suggestion(effect, found[j].kind, int(weighed.net[j]), words(weighed, j, effect, found[j].kind, away))
        for (j, away), effect in zip(good, effects, strict=True)
    ]
    return kept, tuple(aside)


@dataclass(frozen=True, eq=False)
class _Tests:
    """What no suggestion may do, asked of each move."""

    ground: IncidenceTables
    rows: Rows
    weighed: Weighed
    limits: Settings

    def abroad(self, j: int) -> str:
        """Name the départements that a move brings in, and say that the ARS is another; empty when there is none."""
        (departement, region), added = _places(self.ground), self.weighed.judged.batch.moves[j][0]
        codes = sorted(set(departement[added]) - set(departement[self.rows]))
        if not codes:
            return ""
        many = "autre département" if len(codes) == 1 else "autres départements"
        ars = ", autre ARS" if set(region[added]) - set(region[self.rows]) else ""
        return f"{many} ({fr.listing(codes)}){ars}"

    def refusal(self, j: int) -> str:
        """Say why a move is not suggested; empty when nothing forbids it."""
        batch = self.weighed.judged.batch
        added, removed = batch.moves[j]
        before, after = int(batch.population[0]), int(batch.population[j + 1])
        if len(np.unique(self.ground.town_of[added])) > MOST_COMMUNES:
            return "trop de communes à la fois"
        if reason := self._size(before, after):
            return reason
        if batch.tied_pieces[j + 1] > max(1, int(batch.tied_pieces[0])):
            return "laisserait le périmètre en plusieurs morceaux"
        if len(removed) and (reason := self._removal(j, removed)):
            return reason
        return self._no_gain(j) if self.weighed.net[j] <= 0 else ""

    def _no_gain(self, j: int) -> str:
        rules = self.weighed.rules
        if not any(signs[j] > 0 for signs in rules.values()):
            return "rien de ce que le guide demande n’y gagne"
        lost = [word for rule, word in LOSSES.items() if rules[rule][j] < 0]
        return f"autant de pertes que de gains ({fr.listing(lost)})"

    def _size(self, before: int, after: int) -> str:
        marker = self.limits.marker
        if 2 * after < before:
            return "ferait sortir plus de la moitié des habitants"
        if after <= before or after <= marker:
            return ""
        says = f"{fr.percent(before / marker, 0)} → {fr.percent(after / marker, 0)}"
        if before > marker:
            return f"éloignerait d’un repère déjà dépassé ({says})"
        return f"mènerait trop au-delà du repère ({says})" if after > marker * (1 + self.limits.around) else ""

    def _removal(self, j: int, removed: Rows) -> str:
        """Refuse to cut a body that is whole, or to take out its main town or the one of the perimeter."""
        weighed, ground = self.weighed, self.ground
        if (weighed.bodies_whole[0] & ~weighed.bodies_whole[j + 1]).any():
            return "retirerait une partie d’une intercommunalité entière"
        columns, people = weighed.judged.batch.towns[0], weighed.judged.batch.town_people[0]
        bodies = np.unique(ground.community[removed].indices)
        towns = {int(columns[people.argmax()]), *ground.main_town[0][bodies].tolist()}
        gone = set(ground.town[removed].indices.tolist())
        return "retirerait une ville principale" if towns & gone else ""


@kept_on_subject
def _places(ground: IncidenceTables) -> tuple[Objects, Objects]:
    """Return the département and the région, whose ARS it is, of each atom."""
    table = ground.atlas.table
    return table["departement"].to_numpy(dtype=object), table["region"].to_numpy(dtype=object)


def _nothing(ground: IncidenceTables, rows: Rows, limits: Settings, aside: Iterable[Aside]) -> str:
    """Say calmly why nothing is suggested, from what was looked at."""
    people = int(ground.atlas.population[rows].sum())
    mask = np.zeros(len(ground.atlas.table), dtype=bool)
    mask[rows] = True
    if people > MOST_PARTS * limits.marker:
        looked = ["trop vaste pour qu’un découpage aide ici ; partez d’un département ou d’une intercommunalité"]
    elif people > limits.marker:
        looked = [f"à {fr.percent(people / limits.marker, 0)} du repère, tout ce qui s’ajouterait en éloignerait"]
    else:
        looked = [_set_aside(a) for a in aside if a.kind is Kind.BODY][:1]
    bodies = [(n, a) for n, a in bodies_met(ground, mask) if len(np.unique(ground.town_of[a])) > 1]  # Paris is one town
    if bodies and all(mask[atoms].all() for _, atoms in bodies):
        looked.append(
            "l’intercommunalité est entière" if len(bodies) == 1 else "les intercommunalités sont toutes entières"
        )
    listed = bool(sectors_listed_after(MoveBatch(ground, rows, ()), LayerId.ADULT_SECTORS)[0])
    looked.append(_sectors_said(list(zones_of(ground, LayerId.ADULT_SECTORS, rows)), mask, listed=listed))
    looked.append(_quarters_said(list(zones_of(ground, LayerId.QPV, rows)), mask))
    return " ; ".join(t for t in looked if t)


def _set_aside(aside: Aside) -> str:
    """Write a move with the reason why it is not proposed, in the middle of a sentence."""
    label = f"{aside.label[0].lower()}{aside.label[1:]}"
    if not aside.abroad:
        return f"{label} {aside.reason}"
    return f"{label} ferait entrer {'d’' if aside.reason.startswith('autres') else 'un '}{aside.reason}"


def _sectors_said(sectors: list[Zone], mask: Bools, *, listed: bool) -> str:
    """Say whether adult sectors are whole: only where all are known (`listed`)."""
    if not sectors:
        return "les secteurs de psychiatrie sont inconnus ici"
    if not listed or not all(z.exact for z in sectors):
        return "les secteurs de psychiatrie sont connus en partie seulement"
    return "les secteurs de psychiatrie adulte sont entiers" if all(mask[z.atoms].all() for z in sectors) else ""


def _quarters_said(quarters: list[Zone], mask: Bools) -> str:
    """Say whether no QPV is astride the limit: not where one may be, as it lies in an arrondissement that is not known."""
    cut = [z for z in quarters if not mask[z.atoms].all()]
    if not cut:
        return "aucun quartier prioritaire connu n’est à cheval sur la limite"
    vague = sum(not z.exact for z in cut)
    counted = fr.count(vague, "quartier prioritaire", "quartiers prioritaires")
    return f"l’arrondissement de {counted} n’est pas connu" if vague == len(cut) else ""
