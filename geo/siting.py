"""The next k CLSM: which candidates serve the most people who have none, communes being counted once.

Maximal covering (Church and ReVelle, 1974), solved exactly. Candidates that share no commune need no solver: the best k are
the k best. Otherwise an integer programme (HiGHS) says the optimum and proves it, within a time limit; the greedy choice is
worked out beside it. Communes held by the same candidates are one unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack

from geo import french as fr
from geo.codes import atoms_from_codes
from geo.communes import Rows
from geo.coverage import Scope, Status, scope_rows
from geo.coverage_figures import Figure, scope_figures
from geo.coverage_people import Board, Floats, incidence
from geo.errors import GeoInputError
from geo.findings import Settings
from geo.layers import Etat

KINDS: Mapping[str, str] = {
    "commune": "Communes",
    "epci": "EPCI",
    "ept": "EPT du Grand Paris",
    "secteurs-adultes": "Secteurs adultes",
    "secteurs-enfants": "Secteurs infanto-juvéniles",
    "cls": "CLS",
    "libre": "Périmètres donnés",
}
NEEDS: Mapping[str, str] = {
    "habitants": "habitants sans CLSM ni projet connu",
    "qpv": "habitants de QPV sans CLSM ni projet connu",
    "rural": "habitants de communes rurales sans CLSM ni projet connu",
}
MARKER = Settings().marker
EQUAL = 1e-6  # two gains closer than this share of the whole are the same
TIME_LIMIT_S = 5.0


@dataclass(frozen=True)
class Candidate:
    """A possible CLSM: whole atoms (rows, in order), and all its inhabitants."""

    code: str
    name: str
    rows: tuple[int, ...]
    population: float


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
            When a weight is negative or not a number, or all are nought.
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
class Pick:
    """One CLSM of an answer, in order of gain: people it adds to those before it, by need; `gain` is what is maximised.

    `added["qpv"]` is NaN where no inhabitant of QPV is known and the list may lack some.
    """

    candidate: Candidate
    gain: float
    added: Mapping[str, float]
    total: float


@dataclass(frozen=True, eq=False)
class Siting:
    """The next CLSM.

    `picks` in order of gain; `value` what they serve together, `whole` what all would serve (in people for a single need,
    else in share of the need). `exact`: proven best; else `gap` is the share that may still be missed. `ties` says in
    French what other answer is as good, empty when none is known to be; `greedy` is the simple choice beside it, with
    `greedy_value`. `left_out`: candidates above the ceiling. `seconds`: time taken by the exact answer.
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
    left_out: tuple[Candidate, ...]
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
            return "Aucun candidat ne servirait un habitant de plus."
        many = "serviraient" if len(self.picks) > 1 else "servirait"
        shown = f"{many} {fr.percent(self.value)} du besoin pondéré"
        if self.mix.single:
            part = fr.percent(self.value / self.whole)
            shown = f"{many} {fr.number(self.value)} des {fr.number(self.whole)} {NEEDS[self.mix.single]} ({part})"
        proof = (
            "optimum démontré"
            if self.exact
            else f"meilleure réponse trouvée dans le temps donné, à {fr.percent(self.gap)} près au plus de l’optimum"
        )
        return fr.typeset(f"{fr.count(len(self.picks), 'CLSM', 'CLSM')} {shown} ; {proof}.")

    def figures_after(self, board: Board) -> tuple[Figure, ...]:
        """Return the figures of the scope as they would read with these CLSM in service on all their communes."""
        return scope_figures(self.scope, board.with_clsm(self.rows))


def candidates(kind: str, scope: Scope, board: Board) -> tuple[Candidate, ...]:
    """Return the zones of a layer that the scope meets, as possible CLSM: their whole communes, inside the scope or not.

    Zones in service only, for CLS. Communes partly in a zone are left out. The kind « commune » gives the communes of the
    scope, each arrondissement by itself.
    """
    if kind == "commune":
        atlas = board.atlas
        return tuple(
            Candidate(str(atlas.codes[r]), str(atlas.names[r]), (r,), float(board.population[r]))
            for r in scope_rows(scope, atlas).tolist()
        )
    layer = board.crosswalk.layers[kind]
    whole = incidence(layer, len(board.status), parts=False)
    inside = np.zeros(len(board.status))
    inside[scope_rows(scope, board.atlas)] = 1.0
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()
    met = np.flatnonzero(((whole @ inside) > 0) & running)
    people = whole @ board.population
    whole.sort_indices()
    names, codes = layer.zones["nom"].to_numpy(), layer.zones.index.to_numpy()
    return tuple(
        Candidate(
            str(codes[z]), str(names[z]),
            tuple(whole.indices[whole.indptr[z] : whole.indptr[z + 1]].tolist()), float(people[z]),
        )
        for z in met
    )  # fmt: skip


def own_candidates(sets: Mapping[str, Iterable[str]], board: Board) -> tuple[Candidate, ...]:
    """Return perimeters given as codes, by name, as possible CLSM.

    Raises
    ------
    GeoInputError
        One line for each code that is not understood, or each empty perimeter.
    """
    found, problems = [], []
    for name, codes in sets.items():
        try:
            rows = board.atlas.rows(atoms_from_codes(codes, board.atlas))
        except GeoInputError as error:
            problems += [f"{name} : {problem}" for problem in error.problems]
            continue
        if not len(rows):
            problems.append(f"{name} : aucune commune ; retirez ce périmètre ou donnez ses codes.")
            continue
        found.append(Candidate(name, name, tuple(rows.tolist()), float(board.population[rows].sum())))
    if problems:
        raise GeoInputError(problems)
    return tuple(found)


def needs(scope: Scope, board: Board) -> dict[str, Floats]:
    """Return, by need, the people of each atom of the scope for whom no CLSM and no project is known; 0 outside."""
    inside = np.zeros(len(board.status), dtype=bool)
    inside[scope_rows(scope, board.atlas)] = True
    asked = inside & board.is_without
    return {
        "habitants": np.where(asked, board.population, 0.0),
        "qpv": np.where(asked, board.qpv, 0.0),
        "rural": np.where(asked, board.rural, 0.0),
    }


def next_clsm(
    scope: Scope,
    board: Board,
    possible: Sequence[Candidate],
    k: int,
    *,
    mix: Mix | None = None,
    ceiling: float | None = MARKER * 1.1,
    kind: str = "libre",
    time_limit: float = TIME_LIMIT_S,
) -> Siting:
    """Choose at most k candidates that together serve the most.

    `ceiling` is the most inhabitants a CLSM may have, None for no limit (by default the guide's marker and the width of
    « about »). Fewer than k are chosen when the others add nothing.

    Raises
    ------
    GeoInputError
        When k is below 1, or no candidate is left.
    """
    if k < 1:
        raise GeoInputError("Nombre de CLSM : donnez un entier d’au moins 1.")
    kept = [c for c in possible if ceiling is None or c.population <= ceiling]
    if not kept:
        raise GeoInputError(
            "Aucun candidat de ce type ici"
            + (f" sous {fr.inhabitants(ceiling)} : relevez le plafond." if possible and ceiling else ".")
        )
    chosen_mix = mix or Mix()
    by_need = needs(scope, board)
    demand, whole = _demand(chosen_mix, by_need)
    problem = _problem(kept, demand)
    start = perf_counter()
    answer = _solve(problem, k, time_limit)
    seconds = perf_counter() - start
    order = _in_order(problem, answer.chosen)
    greedy = _greedy(problem, k)
    return Siting(
        scope=scope,
        kind=kind,
        mix=chosen_mix,
        ceiling=ceiling,
        asked=k,
        picks=_picks(order, kept, demand, by_need, board),
        value=problem.value(order),
        whole=whole,
        exact=answer.exact,
        gap=answer.gap,
        seconds=seconds,
        ties=_ties(problem, order, answer, k, [c.name for c in kept], max(time_limit - seconds, 0.5)),
        greedy=_picks(greedy, kept, demand, by_need, board),
        greedy_value=problem.value(greedy),
        left_out=tuple(c for c in possible if ceiling is not None and c.population > ceiling),
        notices=_notices(scope, board, chosen_mix),
    )


def _notices(scope: Scope, board: Board, mix: Mix) -> tuple[str, ...]:
    """Say what the need rests on where it is not sure."""
    rows = scope_rows(scope, board.atlas)
    found = []
    if (board.status[rows] == Status.INCONNU).any():
        found.append(
            "La liste des CLSM n’est pas complète ici : une commune sans CLSM connu compte comme à servir, à vérifier."
        )
    if mix.qpv and (not board.known_here("qpv", rows) or board.qpv_unknown[rows].any()):
        found.append("Les QPV ou leurs habitants ne sont pas tous connus ici : seuls ceux qui le sont comptent.")
    if mix.rural and board.density.estimated:
        found.append("Le caractère rural est approché par la densité de la commune.")
    return tuple(found)


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


@dataclass(frozen=True, eq=False)
class _Problem:
    """Candidates × groups of atoms that the same candidates hold, and what each group is worth."""

    holds: csr_array
    worth: Floats
    alone: Floats  # what each candidate is worth by itself

    @property
    def disjoint(self) -> bool:
        return bool((self.holds.sum(axis=0) <= 1).all())

    @property
    def tolerance(self) -> float:
        return EQUAL * max(float(self.worth.sum()), 1e-12)

    def value(self, chosen: Sequence[int]) -> float:
        """What some candidates are worth together, each group once."""
        if not len(chosen):
            return 0.0
        return float(self.worth[np.asarray(self.holds[list(chosen)].sum(axis=0)).ravel() > 0].sum())


def _problem(kept: Sequence[Candidate], demand: Floats) -> _Problem:
    sizes = [len(c.rows) for c in kept]
    rows = np.concatenate([np.array(c.rows, dtype=np.intp) for c in kept])
    owner = np.repeat(np.arange(len(kept)), sizes)
    useful = demand[rows] > 0
    rows, owner = rows[useful], owner[useful]
    if not len(rows):
        empty = csr_array((len(kept), 0), dtype=np.float64)
        return _Problem(empty, np.empty(0), np.zeros(len(kept)))
    order = np.lexsort([owner, rows])
    rows, owner = rows[order], owner[order]
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    groups: dict[tuple[int, ...], int] = {}
    worth: list[float] = []
    for row, held in zip(rows[starts], np.split(owner, starts[1:]), strict=True):
        number = groups.setdefault(tuple(dict.fromkeys(held.tolist())), len(groups))
        if number == len(worth):
            worth.append(0.0)
        worth[number] += float(demand[row])
    place = [(c, g) for held, g in groups.items() for c in held]
    i, j = np.array(place, dtype=np.intp).T
    holds = csr_array((np.ones(len(i)), (i, j)), shape=(len(kept), len(groups)))
    values = np.array(worth)
    return _Problem(holds, values, np.asarray(holds @ values))


@dataclass(frozen=True)
class _Answer:
    chosen: tuple[int, ...]
    exact: bool
    gap: float


def _solve(problem: _Problem, k: int, time_limit: float) -> _Answer:
    if problem.disjoint:
        best = np.argsort(-problem.alone, kind="stable")[:k]
        return _Answer(tuple(int(c) for c in best if problem.alone[c] > 0), True, 0.0)
    return _programme(problem, k, time_limit)


def _programme(problem: _Problem, k: int, time_limit: float, forbidden: Sequence[int] = ()) -> _Answer:
    """Solve the maximal covering; `forbidden` is a set that may not be chosen whole."""
    size, groups = problem.holds.shape
    scale = max(float(problem.worth.max()), 1e-12)
    gains = np.r_[np.zeros(size), problem.worth / scale]
    served = csr_array(hstack([-problem.holds.T, eye_array(groups)], format="csr"))
    constraints = [
        LinearConstraint(served, -np.inf, 0.0),
        LinearConstraint(np.r_[np.ones(size), np.zeros(groups)][None, :], 0, k),
    ]
    if forbidden:
        cut = np.zeros(size + groups)
        cut[list(forbidden)] = 1.0
        constraints.append(LinearConstraint(cut[None, :], 0, len(forbidden) - 1))
    found = milp(
        -gains,
        constraints=constraints,
        integrality=np.r_[np.ones(size), np.zeros(groups)],
        bounds=Bounds(0, 1),
        options={"time_limit": time_limit, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return _Answer(tuple(_greedy(problem, k)), False, 1.0)
    chosen = tuple(int(c) for c in np.flatnonzero(found.x[:size] > 0.5))
    gap = float(found.mip_gap or 0.0)
    return _Answer(chosen, bool(found.status == 0), 0.0 if found.status == 0 else gap)


def _greedy(problem: _Problem, k: int, among: Sequence[int] | None = None) -> list[int]:
    """Take again and again the candidate that adds the most; the first in order when several add as much."""
    left = problem.worth.copy()
    allowed = np.zeros(problem.holds.shape[0], dtype=bool)
    allowed[list(among) if among is not None else slice(None)] = True
    chosen: list[int] = []
    for _ in range(k):
        gain = np.where(allowed, problem.holds @ left, -1.0)
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        chosen.append(best)
        allowed[best] = False
        start, end = problem.holds.indptr[best], problem.holds.indptr[best + 1]
        left[problem.holds.indices[start:end]] = 0.0
    return chosen


def _in_order(problem: _Problem, chosen: Sequence[int]) -> list[int]:
    """Order an answer by what each adds to those before it; those that add nothing are dropped."""
    return _greedy(problem, len(chosen), among=chosen)


def _picks(
    order: Sequence[int], kept: Sequence[Candidate], demand: Floats, by_need: Mapping[str, Floats], board: Board
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
        if not added["qpv"] and (not board.known_here("qpv", asked) or board.qpv_unknown[asked].any()):
            added["qpv"] = float("nan")
        picks.append(Pick(kept[c], gain, added, total))
    return tuple(picks)


def _ties(
    problem: _Problem, order: Sequence[int], answer: _Answer, k: int, names: Sequence[str], time_limit: float
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
    other = _programme(problem, k, time_limit, forbidden=order)
    if not other.exact:
        return "Le temps a manqué pour chercher une autre réponse aussi bonne."
    swapped = _in_order(problem, other.chosen)
    if problem.value(swapped) < problem.value(order) - problem.tolerance:
        return ""
    new, old = [names[c] for c in swapped if c not in order], [names[c] for c in order if c not in swapped]
    if not new:
        return ""
    return fr.typeset(
        f"Ex æquo : une autre réponse sert autant, avec {fr.listing(new, 5)}"
        + (f" au lieu de {fr.listing(old, 5)}." if old else ".")
    )
