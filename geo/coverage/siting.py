"""The next k CLSM: which candidates serve the most people who have none, communes being counted once.

`geo.coverage.candidates` lists what to choose among and `geo.coverage.max_coverage` finds the optimum; here are the question, the
need to serve, the gain of each, what is tied, and how the figures would read after. The greedy choice is computed beside the exact one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
import pandas as pd

from geo import french as fr
from geo.arrays import Floats, Rows
from geo.coverage.candidates import SitingCandidate, own_candidates, siting_candidates
from geo.coverage.divisions import Division, divisions, to_serve
from geo.coverage.figures.figure import Figure
from geo.coverage.figures.people import scope_figures
from geo.coverage.max_coverage import Answer, Problem, greedy_choice, in_order, pose, programme, solve
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState
from geo.coverage.status import Status
from geo.errors import GeoInputError
from geo.guidance import Settings
from geo.layers import LayerId

NEEDS: Mapping[str, str] = {
    "habitants": "habitants sans CLSM ni projet connu",
    "qpv": "habitants de QPV sans CLSM ni projet connu",
    "rural": "habitants de communes rurales sans CLSM ni projet connu",
}
MARKER = Settings().marker
CEILING = MARKER * 1.1  # the marker and the width of « about »
TIME_LIMIT_S = 5.0


@dataclass(frozen=True)
class Mix:
    """What must be served, by weights: each need counts as its share of the scope's whole need."""

    habitants: float = 1.0
    qpv: float = 0.0
    rural: float = 0.0

    def __post_init__(self) -> None:
        """Refuse weights that ask for nothing.

        Raises
        ------
        GeoInputError
            When a weight is negative or not a number, or all are zero.
        """
        values = np.array([self.habitants, self.qpv, self.rural], dtype=float)
        if not np.isfinite(values).all() or (values < 0).any() or not values.sum():
            raise GeoInputError("Besoins à servir : aucun poids négatif, et l’un au moins positif.")

    @property
    def single(self) -> str | None:
        """The only need asked for, None for a mix."""
        asked = [name for name in NEEDS if getattr(self, name) > 0]
        return asked[0] if len(asked) == 1 else None


@dataclass(frozen=True)
class SitingQuestion:
    """What is asked of the next CLSM: at most `number`, among the zones of a layer (`kind`) or perimeters that the user gave.

    `own` holds these, (name, codes) each, for the kind « libre ». `ceiling` is the most inhabitants a CLSM may have to serve,
    None for no limit.
    """

    kind: str
    number: int
    mix: Mix = Mix()
    ceiling: float | None = CEILING
    own: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def answer(self, scope: Scope, state: CoverageState) -> Siting:
        """Return the CLSM that serve the most of a scope.

        Raises
        ------
        GeoInputError
            As `own_candidates` and `next_clsm` do.
        """
        possible = self.candidates(scope, state)
        return next_clsm(scope, state, possible, self.number, mix=self.mix, ceiling=self.ceiling, kind=self.kind)

    def candidates(self, scope: Scope, state: CoverageState) -> tuple[SitingCandidate, ...]:
        """Return what is chosen among, as `own_candidates` and `siting_candidates` do."""
        if self.kind == "libre":
            return own_candidates(dict(self.own), state)
        return siting_candidates(self.kind, scope, state)


@dataclass(frozen=True)
class Pick:
    """One CLSM of an answer, in order of gain: people it adds to those before it, by need; `gain` is what is maximised.

    `added["qpv"]` is NaN where no inhabitant of QPV is known and the list may lack some.
    """

    candidate: SitingCandidate
    gain: float
    added: Mapping[str, float]
    total: float


@dataclass(frozen=True, eq=False)
class Siting:
    """The next CLSM.

    `picks` in order of gain; `value` what they serve together, `whole` what all would serve (in people for a single need,
    else in share of the need). `exact`: proven best; else `gap` is the share that may still be missed. `ties` says in
    French what other answer is as good, empty when none is known to be; `greedy` is the simple choice beside it, with
    `greedy_value`. `disjoint`: no two candidates hold the same commune to serve, and the answer is a mere sort. `divisions`: what
    is proposed for those with more people to serve than the ceiling. `seconds`: time taken by the exact answer.
    """

    scope: Scope
    kind: str
    mix: Mix
    ceiling: float | None
    asked: int
    picks: tuple[Pick, ...]
    value: float
    whole: float
    exact: bool
    gap: float
    seconds: float
    ties: str
    greedy: tuple[Pick, ...]
    greedy_value: float
    disjoint: bool
    divisions: tuple[Division, ...]
    notices: tuple[str, ...] = field(default=())

    @property
    def rows(self) -> Rows:
        """Atoms of the picks, once each, in order."""
        return np.unique(np.array([r for p in self.picks for r in p.candidate.rows], dtype=np.intp))

    @property
    def table(self) -> pd.DataFrame:
        """The picks as a table, indexed by code: rang, nom, population, communes, gain, cumul, habitants, qpv, rural."""
        rows = [
            {
                "rang": i, "nom": p.candidate.name, "population": p.candidate.population,
                "communes": len(p.candidate.rows), "gain": p.gain, "cumul": p.total, **p.added,
            }
            for i, p in enumerate(self.picks, 1)
        ]  # fmt: skip
        columns = ["rang", "nom", "population", "communes", "gain", "cumul", *NEEDS]
        index = pd.Index([p.candidate.code for p in self.picks], name="code", dtype=object)
        return pd.DataFrame(rows, columns=columns, index=index)

    @property
    def sentence(self) -> str:
        """Write what the answer is worth."""
        if not self.picks:
            under = f" sous {fr.inhabitants(self.ceiling)} à servir" if self.divisions and self.ceiling else ""
            rest = " ; relevez le plafond, ou divisez" if under else ""
            return fr.typeset(f"Aucun candidat{under} ne servirait un habitant de plus{rest}.")
        many = "serviraient" if len(self.picks) > 1 else "servirait"
        shown = f"{many} {fr.percent(self.value)} du besoin pondéré"
        if self.mix.single:
            part = fr.percent(self.value / self.whole)
            shown = f"{many} {fr.number(self.value)} des {fr.number(self.whole)} {NEEDS[self.mix.single]} ({part})"
        proof = (
            "les plus grands manques, par simple tri : ces territoires n’ont aucune commune à servir en commun"
            if self.disjoint
            else "optimum démontré"
            if self.exact
            else f"meilleure réponse trouvée dans le temps donné, à {fr.percent(_upwards(self.gap))} près au plus de l’optimum"
        )
        return fr.typeset(f"{fr.count(len(self.picks), 'CLSM', 'CLSM')} {shown} ; {proof}.")

    def figures_after(self, state: CoverageState) -> tuple[Figure, ...]:
        """Return the figures of the scope as they would read with these CLSM in service on all their communes."""
        return scope_figures(self.scope.on(state.atlas), state.with_clsm(self.rows))


def _upwards(gap: float) -> float:
    """Round a share up to what is written of it: what is missed is never more."""
    return math.ceil(gap * 1000 - 1e-9) / 1000


def needs(scope: Scope, state: CoverageState) -> dict[str, Floats]:
    """Return, by need, the people of each atom of the scope for whom no CLSM and no project is known; 0 outside."""
    inside = scope.mask
    return {
        "habitants": np.where(inside, state.without, 0.0),
        "qpv": np.where(inside & state.is_without, state.qpv, 0.0),
        "rural": np.where(inside & state.density.rural, state.without, 0.0),
    }


def next_clsm(
    scope: Scope,
    state: CoverageState,
    possible: Sequence[SitingCandidate],
    k: int,
    *,
    mix: Mix | None = None,
    ceiling: float | None = CEILING,
    kind: str = "libre",
    time_limit: float = TIME_LIMIT_S,
) -> Siting:
    """Choose at most k candidates that together serve the most.

    `ceiling` is the most inhabitants a CLSM may have to serve in the scope, None for no limit (by default the guide's marker and
    the width of « about »). Fewer than k are chosen when the others add nothing.

    Raises
    ------
    GeoInputError
        When k is below 1, or there is no candidate.
    """
    if k < 1:
        raise GeoInputError("Nombre de CLSM : donnez un entier d’au moins 1.")
    if not possible:
        raise GeoInputError("Aucun candidat de ce type ici.")
    chosen_mix = mix or Mix()
    by_need = needs(scope, state)
    kept, above = _under(possible, by_need["habitants"], ceiling)
    demand, whole = _demand(chosen_mix, by_need)
    problem = pose([c.rows for c in kept], demand)
    start = perf_counter()
    answer = solve(problem, k, time_limit)
    seconds = perf_counter() - start
    order = in_order(problem, answer.chosen)
    greedy = greedy_choice(problem, k)
    return Siting(
        scope=scope,
        kind=kind,
        mix=chosen_mix,
        ceiling=ceiling,
        asked=k,
        picks=_picks(order, kept, demand, by_need, state),
        value=problem.value(order),
        whole=whole,
        exact=answer.exact,
        gap=answer.gap,
        seconds=seconds,
        ties=_ties(problem, order, answer, k, [c.name for c in kept], max(time_limit - seconds, 0.5)),
        greedy=_picks(greedy, kept, demand, by_need, state),
        greedy_value=problem.value(greedy),
        disjoint=problem.disjoint,
        divisions=divisions(above, by_need["habitants"], state, ceiling or np.inf),
        notices=(
            *_notices(scope, state, chosen_mix),
            *_rests([kept[c] for c in order], by_need["habitants"], ceiling),
            *_cut([kept[c] for c in order]),
        ),
    )


def posed(question: SitingQuestion, scope: Scope, state: CoverageState) -> tuple[list[SitingCandidate], Floats]:
    """Return the candidates under the ceiling of a question, and what serving each atom is worth there."""
    by_need = needs(scope, state)
    kept, _ = _under(question.candidates(scope, state), by_need["habitants"], question.ceiling)
    return kept, _demand(question.mix, by_need)[0]


def _under(
    possible: Sequence[SitingCandidate], need: Floats, ceiling: float | None
) -> tuple[list[SitingCandidate], list[SitingCandidate]]:
    """Separate the candidates with no more people to serve than the ceiling from the others."""
    over = [ceiling is not None and to_serve(c, need) > ceiling for c in possible]
    return [c for c, o in zip(possible, over, strict=True) if not o], [
        c for c, o in zip(possible, over, strict=True) if o
    ]


def _rests(chosen: Sequence[SitingCandidate], need: Floats, ceiling: float | None) -> list[str]:
    """Say which picks are the rest of a body larger than the ceiling."""
    return [
        fr.typeset(
            f"{c.name} : {fr.inhabitants(c.population)} en tout ; le CLSM proposé est son reste sans CLSM ni projet connu, "
            f"{fr.number(to_serve(c, need))} à servir ici."
        )
        for c in chosen
        if ceiling is not None and c.population > ceiling
    ]


def _notices(scope: Scope, state: CoverageState, mix: Mix) -> tuple[str, ...]:
    """Say what the need rests on where it is not sure."""
    rows = scope.rows
    found = []
    if (state.status[rows] == Status.INCONNU).any():
        found.append(
            "La liste des CLSM n’est pas complète ici : une commune sans CLSM connu compte comme à servir, à vérifier."
        )
    if mix.qpv and (not state.known_here(LayerId.QPV, rows) or state.qpv_unknown[rows].any()):
        found.append("Les QPV ou leurs habitants ne sont pas tous connus ici : seuls ceux qui le sont comptent.")
    if mix.rural and state.density.estimated:
        found.append("Le caractère rural est approché par la densité de la commune.")
    return tuple(found)


def _cut(chosen: Sequence[SitingCandidate]) -> list[str]:
    """Say which picks leave communes out because their zone holds only a part of them."""
    names = [f"{c.name} ({fr.count(c.partial, 'commune')})" for c in chosen if c.partial]
    if not names:
        return []
    return [fr.typeset(f"Communes laissées de côté, car en partie seulement dans la zone : {fr.listing(names, 5)}.")]


def _demand(mix: Mix, by_need: Mapping[str, Floats]) -> tuple[Floats, float]:
    """Return what serving each atom is worth, and the whole."""
    if mix.single:
        demand = by_need[mix.single]
        return demand, float(demand.sum())
    weights = {name: getattr(mix, name) for name in NEEDS if by_need[name].sum() > 0 and getattr(mix, name) > 0}
    total = sum(weights.values())
    if not total:
        return np.zeros_like(by_need["habitants"]), 0.0
    return sum((w / total * by_need[n] / by_need[n].sum() for n, w in weights.items()), np.zeros(1)), 1.0


def _picks(
    order: Sequence[int],
    kept: Sequence[SitingCandidate],
    demand: Floats,
    by_need: Mapping[str, Floats],
    state: CoverageState,
) -> tuple[Pick, ...]:
    picks: list[Pick] = []
    served = np.zeros(len(demand), dtype=bool)
    total = 0.0
    for c in order:
        rows = np.array(kept[c].rows, dtype=np.intp)
        new = rows[~served[rows]]
        served[rows] = True
        gain = float(demand[new].sum())
        total += gain
        added = {n: float(v[new].sum()) for n, v in by_need.items()}
        asked = new[by_need["habitants"][new] > 0]
        if not added["qpv"] and (not state.known_here(LayerId.QPV, asked) or state.qpv_unknown[asked].any()):
            added["qpv"] = float("nan")
        picks.append(Pick(kept[c], gain, added, total))
    return tuple(picks)


def _ties(
    problem: Problem, order: Sequence[int], answer: Answer, k: int, names: Sequence[str], time_limit: float
) -> str:
    """Say whether another set is as good."""
    if not answer.exact or not order:
        return ""
    if problem.disjoint:
        last = problem.alone[order[-1]]
        if len(order) < k:
            return ""
        same = np.flatnonzero(np.abs(problem.alone - last) <= problem.tolerance)
        others = [names[c] for c in same.tolist() if c not in order]
        if not others:
            return ""
        return fr.typeset(
            f"Ex æquo : {fr.listing(others, 5)} servirait autant que {names[order[-1]]}."
            if len(others) == 1
            else f"Ex æquo : {fr.listing(others, 5)} serviraient chacun autant que {names[order[-1]]}."
        )
    other = programme(problem, k, time_limit, forbidden=order)
    if not other.exact:
        return "Le temps a manqué pour chercher une autre réponse aussi bonne."
    swapped = in_order(problem, other.chosen)
    if problem.value(swapped) < problem.value(order) - problem.tolerance:
        return ""
    new, old = [names[c] for c in swapped if c not in order], [names[c] for c in order if c not in swapped]
    if not new:
        return ""
    return fr.typeset(
        f"Ex æquo : une autre réponse sert autant, avec {fr.listing(new, 5)}"
        + (f" au lieu de {fr.listing(old, 5)}." if old else ".")
    )
