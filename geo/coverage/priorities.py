"""Where to act first: a weighted order of territories, each rank shown term by term, with the interval of what is unknown.

Each term runs from 0 to 1: the rank of the territory among those compared that have such a need (1 for the largest, 0 for
none). A rank and not a share of the largest, so that one giant does not flatten the others; and not a logarithm, which gathers
all that is not zero near 1, so that having any QPV at all would count for nearly everything. What it costs: ten times the people
of the next is one rank above it, which is why the counts stand beside the points.

A term that is not known in a territory is left out there, and its weight shared among the others: never zero. The interval of
a rank is exact: the best and the worst place as every unknown term takes any value from 0 to 1, whatever the others take. A term
whose list is complete nowhere is closed. The Métropole du Grand Paris gives way to its EPT among the EPCI, so that nobody is
counted twice and one body does not stand for 5 million people; Paris, which is in no EPT, stands for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo import french as fr
from geo.arrays import Floats
from geo.coverage.gaps import gap_table
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState, incidence
from geo.errors import GeoInputError
from geo.layers import Etat, LayerId

TIE = 1e-9
FIRST_PLACES = 10
GRAND_PARIS = "200054781"
PARIS = "75"
SPLIT = "La Métropole du Grand Paris laisse la place à ses EPT et à Paris : personne n’y compte deux fois."


@dataclass(frozen=True)
class Weights:
    """Weights of the terms, none negative, not all zero; only their proportions count."""

    habitants: float = 1.0
    qpv: float = 1.0
    rural: float = 1.0
    cls: float = 1.0

    def __post_init__(self) -> None:
        """Refuse weights that order nothing.

        Raises
        ------
        GeoInputError
            When a weight is negative or not a number, or all are zero.
        """
        values = self.values
        if not np.isfinite(values).all() or (values < 0).any() or not values.sum():
            raise GeoInputError("Poids : aucun ne peut être négatif, et l’un au moins doit être positif.")

    @property
    def values(self) -> Floats:
        """Weights in the order of PRIORITY_TERMS, as given."""
        return np.array([getattr(self, f.name) for f in fields(self)], dtype=np.float64)

    @property
    def shares(self) -> Floats:
        """Weights that add up to 1."""
        return self.values / self.values.sum()


@dataclass(frozen=True)
class Term:
    """A term of the order: the column of the gap table it reads, the one that says where it is known, what it measures."""

    id: str
    label: str
    column: str
    known: str | None
    meaning: str


_SCALED = "au rang qu’ils lui donnent parmi les territoires comparés qui en ont (1 pour le plus grand nombre)"
PRIORITY_TERMS = (
    Term("habitants", "Habitants", "sans_clsm", None, f"habitants sans CLSM ni projet connu, {_SCALED}"),
    Term("qpv", "QPV", "qpv_sans_clsm", "qpv_connu", f"habitants de QPV sans CLSM ni projet connu, {_SCALED}"),
    Term("rural", "Rural", "rural_sans_clsm", None, f"habitants de communes rurales sans CLSM ni projet connu, {_SCALED}"),
    Term("cls", "CLS en place", "cls_sans_clsm", "cls_connu", "1 si un CLS en service n’y a aucun CLSM connu, 0 sinon"),
)  # fmt: skip


@dataclass(frozen=True)
class Preset:
    """Weights with the reason to choose them, and where the guide speaks of it."""

    id: str
    label: str
    weights: Weights
    rationale: str
    source: str


_PERIMETER = "Guide 2025, « Périmètre géographique des CLSM »"
PRESETS = (
    Preset(
        "equilibre", "Équilibré", Weights(),
        "Les quatre critères comptent autant. Le guide n’en classe aucun devant les autres : c’est un point de départ.",
        f"{_PERIMETER}, préconisations",
    ),
    Preset(
        "qpv", "QPV d’abord", Weights(habitants=1, qpv=4, rural=0, cls=1),
        "Le guide invite à couvrir en priorité les quartiers de la politique de la ville, où les inégalités sociales de santé se cumulent.",
        f"{_PERIMETER}, préconisations",
    ),
    Preset(
        "rural", "Rural d’abord", Weights(habitants=1, qpv=0, rural=4, cls=1),
        "Le guide range les zones rurales parmi les territoires fragiles à privilégier, à côté des quartiers prioritaires.",
        f"{_PERIMETER}, préconisations",
    ),
    Preset(
        "habitants", "Habitants", Weights(habitants=1, qpv=0, rural=0, cls=0),
        "Servir le plus d’habitants à la fois, sans autre critère ; le repère d’environ 200 000 habitants par CLSM reste à vérifier.",
        f"{_PERIMETER}, préconisations",
    ),
    Preset(
        "cls", "CLS en place", Weights(habitants=1, qpv=0, rural=0, cls=4),
        "Là où un contrat local de santé existe, partenaires et pilotage sont déjà réunis ; le guide recommande d’articuler CLS et CLSM.",
        "Guide 2025, « L’articulation » (contrats locaux de santé)",
    ),
)  # fmt: skip


def preset(preset_id: str) -> Preset:
    """Find a preset by its id; KeyError otherwise."""
    return {p.id: p for p in PRESETS}[preset_id]


def terms(gaps: pd.DataFrame, closed: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return the terms (0 to 1) of each territory of a gap table, NaN where a term is not known or is closed.

    A term is not known where the list it counts is not complete, even if some of it is known there.
    """
    found = {}
    for term in PRIORITY_TERMS:
        values = gaps[term.column].to_numpy(dtype=np.float64)
        if term.known:
            values = np.where(gaps[term.known].to_numpy(dtype=bool), values, np.nan)
        if closed and term.id in closed:
            values = np.full(len(gaps), np.nan)
        found[term.id] = np.minimum(values, 1.0) if term.id == "cls" else _ranked(values)
    return pd.DataFrame(found, index=gaps.index)


def _ranked(values: Floats) -> Floats:
    """Return the share of the values above zero that each is at least equal to; 0 for zero, NaN for NaN."""
    some = np.sort(values[values > 0])
    place = np.searchsorted(some, values, side="right") / max(len(some), 1)
    return np.where(np.isnan(values), np.nan, np.where(values > 0, place, 0.0))


@dataclass(frozen=True, eq=False)
class Ranking:
    """Territories in order of priority.

    `table`, indexed by code, first ranks first: rang (equal scores share one; NaN, last, where no term with a weight is
    known), au_mieux and au_pire (the interval of the rank), nom, score (0 to 100), then the points of each term (habitants,
    qpv, rural, cls; they add up to score, NaN where the term is not known), `ex_aequo` (others with the same score) and
    `inconnu` (names of the terms with a weight that are not known there, left out of its score). `weights` made it, `closed`
    gives the terms that are left out everywhere and why, `weighs` what each term weighs in the order (see `gaps_by_term`).
    """

    table: pd.DataFrame
    weights: Weights
    closed: Mapping[str, str] = field(default_factory=dict)
    weighs: Mapping[str, float] = field(default_factory=dict)

    def first(self, number: int = FIRST_PLACES) -> pd.DataFrame:
        """Return the territories ranked among the first; more than `number` when the last place is shared."""
        return self.table[self.table["rang"] <= number]

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the order rests on, in sentences: terms closed or left out of some territories, what each weighs."""
        return tuple(fr.typeset(text) for text in (*self._left_out(), self._weighed(), self._ranged()) if text)

    def _left_out(self) -> list[str]:
        said = [
            f"{reason} Ce critère est laissé hors du score, son poids va aux autres." for reason in self.closed.values()
        ]
        used = dict(zip((t.id for t in PRIORITY_TERMS), self.weights.shares > 0, strict=True))
        for term in PRIORITY_TERMS:
            lost = int(self.table[term.id].isna().sum())
            if used[term.id] and term.id not in self.closed and lost:
                where = f"{fr.number(lost)} des {fr.count(len(self.table), 'territoire')}"
                said.append(
                    f"{term.label} : inconnu pour {where}, laissé hors de leur score ; son poids y va aux autres critères."
                )
        return said

    def _weighed(self) -> str:
        parts = [f"{t.label} {fr.percent(self.weighs[t.id], 0)}" for t in PRIORITY_TERMS if self.weighs.get(t.id)]
        return (
            f"Ce que chaque critère pèse en pratique dans les écarts de points entre territoires : {fr.listing(parts)}."
            if parts
            else ""
        )

    def _ranged(self) -> str:
        if not (self.table["au_mieux"] < self.table["au_pire"]).any():
            return ""
        return "« Rang possible » : du meilleur au pire rang, selon la valeur (de 0 à 1) que prendra chaque critère inconnu, ici et chez les autres. Les habitants sans CLSM connu y restent ce qu’ils sont."


def rank(gaps: pd.DataFrame, weights: Weights, closed: Mapping[str, str] | None = None) -> Ranking:
    """Order the territories of a gap table; equal scores are in the order of their names, and said to be equal.

    Territories without any gap are left out. `closed` gives, by id, the terms to leave out everywhere and why (`closed_terms`).
    """
    gaps = candidates_of(gaps)
    parts = terms(gaps, closed)
    score, points = scores(parts, weights)
    names = [fr.fold(n) for n in gaps["nom"]]
    order = np.lexsort(
        [np.array(names, dtype=object).astype(str), -np.round(np.nan_to_num(score, nan=-1.0) / TIE) * TIE]
    )
    placed = np.round(np.nan_to_num(score[order], nan=-1.0) / TIE) * TIE
    place = np.searchsorted(-placed, -placed, side="left") + 1.0
    best, worst = _intervals(parts, weights)
    _, group, number = np.unique(placed, return_inverse=True, return_counts=True)
    labels = np.array([t.label for t in PRIORITY_TERMS], dtype=object)
    unknown = [fr.listing(labels[row]) for row in (parts.isna().to_numpy() & (weights.shares > 0))[order]]
    table = pd.DataFrame(
        {
            "rang": np.where(placed < 0, np.nan, place), "au_mieux": best[order], "au_pire": worst[order],
            "nom": gaps["nom"].to_numpy()[order], "score": score[order],
        },
        index=gaps.index[order],
    )  # fmt: skip
    table = pd.concat([table, points.iloc[order]], axis=1)
    table["ex_aequo"] = np.where(placed < 0, 0, number[group] - 1) if len(table) else 0
    table["inconnu"] = pd.Series(unknown, index=table.index, dtype=object)
    return Ranking(table, weights, dict(closed or {}), gaps_by_term(points))


def candidates_of(gaps: pd.DataFrame) -> pd.DataFrame:
    """Return the territories that have a gap: those that an order compares."""
    return gaps[gaps["sans_clsm"] > 0]


def scores(parts: pd.DataFrame, weights: Weights) -> tuple[Floats, pd.DataFrame]:
    """Return the score of each territory (0 to 100) and the points of each term, from its terms.

    The weights of the terms that are known there are raised so that they add up to 1; NaN where they are all zero.
    """
    known = parts.notna().to_numpy()
    held = (known * weights.shares).sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        points = np.where(held > 0, parts.to_numpy() * weights.shares / held, np.nan) * 100.0
    score = np.where(held[:, 0] > 0, np.nansum(points, axis=1), np.nan)
    return score, pd.DataFrame(points, index=parts.index, columns=pd.Index([t.id for t in PRIORITY_TERMS]))


def _intervals(parts: pd.DataFrame, weights: Weights) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the best and the worst rank of each territory over all values, 0 to 1, of the terms that are not known.

    The unknown terms of a territory move its score alone, so that the best rank is that of its terms at 1 among the others at
    0, and the worst that of its terms at 0 among the others at 1.
    """
    low = parts.fillna(0.0).to_numpy() @ weights.shares * 100.0
    high = parts.fillna(1.0).to_numpy() @ weights.shares * 100.0
    lows, highs = np.sort(low), np.sort(high)
    above = len(low) - np.searchsorted(lows, high + TIE, side="right")
    may_be = len(low) - np.searchsorted(highs, low + TIE, side="right") - (high > low + TIE)
    return above + 1, may_be + 1


def gaps_by_term(points: pd.DataFrame) -> dict[str, float]:
    """Return the share of each term in the differences of points between territories, taken two by two.

    The sum over all pairs, where the term is known in both, of the absolute difference of its points, over the same for all
    the terms; they add up to 1. Empty when nothing differs.
    """
    found = {}
    for name, values in points.items():
        held = np.sort(values.dropna().to_numpy())
        found[str(name)] = float((2 * np.arange(1, len(held) + 1) - len(held) - 1) @ held)
    whole = sum(found.values())
    return {name: value / whole for name, value in found.items()} if whole > TIE else {}


def place(rang: float) -> str:
    """Write a rank: « 1er », « 12e », « non classé »."""
    if np.isnan(rang):
        return "non classé"
    return "1er" if rang == 1 else f"{fr.number(rang)}e"


def interval(best: float, worst: float) -> str:
    """Write the interval of a rank: « du 1er au 9e » ; empty when the rank is sure."""
    return "" if best == worst else f"du {place(best)} au {place(worst)}"


def explain(ranking: Ranking, code: str) -> str:
    """Write a rank term by term, what is closed everywhere left to `remarks`: « 1er (rang possible : du 1er au 3e) : Niort, 62,5 points : Habitants 40,0 + QPV 22,5 »."""
    row = ranking.table.loc[code]
    parts = [f"{t.label} {fr.number(row[t.id], 1)}" for t in PRIORITY_TERMS if row[t.id] > 0]
    shared = f" ex æquo avec {fr.count(row['ex_aequo'], 'autre')}" if row["ex_aequo"] else ""
    ranged = interval(row["au_mieux"], row["au_pire"])
    possible = f" (rang possible : {ranged})" if ranged else ""
    lost = [t.label for t in PRIORITY_TERMS if t.label in row["inconnu"] and t.id not in ranking.closed]
    unknown = f" ; inconnu, hors du score : {fr.listing(lost)}" if lost else ""
    said = f"{place(row['rang'])}{shared}{possible} : {row['nom']}"
    if np.isnan(row["score"]):
        return fr.typeset(f"{said}, sans score{unknown}")
    detail = " + ".join(parts) or "aucun terme"
    return fr.typeset(f"{said}, {fr.number(row['score'], 1)} points : {detail}{unknown}")


@dataclass(frozen=True, eq=False)
class Compared:
    """What an order compares: a gap table, the terms closed to it (why, by id), and what to know of the list (may be empty)."""

    table: pd.DataFrame
    closed: dict[str, str]
    remark: str = ""


def compared(level: str, scope: Scope, state: CoverageState) -> Compared:
    """Return the territories of a level to put in order in a scope, with the terms that cannot be used there."""
    table, remark = gap_table(level, scope, state), ""
    if level == "epci" and GRAND_PARIS in table.index:
        parts = [table.drop(GRAND_PARIS), gap_table("ept", scope, state)]
        parts += [paris] if len(paris := _paris(scope, state)) else []
        table, remark = pd.concat([part for part in parts if len(part)]), SPLIT
    return Compared(table, closed_terms(table, scope, state), remark)


def _paris(scope: Scope, state: CoverageState) -> pd.DataFrame:
    """Return the gaps of Paris as one territory, in the scope; empty when the scope does not meet it."""
    if PARIS not in scope.departements:
        return pd.DataFrame()
    table = gap_table("departements", scope, state)
    return table.loc[[PARIS]]


def closed_terms(table: pd.DataFrame, scope: Scope, state: CoverageState) -> dict[str, str]:
    """Return the terms to leave out everywhere, with the reason: their list is complete in no département of the scope.

    A term that is known of every territory is never closed, and neither is one of which some département is known whole; QPV
    need one that has some, since « no QPV » alone ranks nothing.
    """
    closed = {}
    if not table["cls_connu"].all() and not _whole(LayerId.CLS, scope, state):
        closed["cls"] = (
            f"CLS en place : la liste des CLS n’est complète dans aucun département d’ici ({_known_cls(scope, state)})."
        )
    if not table["qpv_connu"].all() and not _whole(LayerId.QPV, scope, state):
        closed["qpv"] = (
            f"QPV : leurs habitants ne sont connus en entier dans aucun département d’ici qui en a ({_known_qpv(scope, state)})."
        )
    return {name: fr.typeset(text) for name, text in closed.items()}


def _whole(layer_id: LayerId, scope: Scope, state: CoverageState) -> bool:
    """Whether the part of some département inside the scope is known whole; for QPV, and has some."""
    rows = scope.rows
    codes = state.departement_codes[rows]
    for code in np.unique(codes):
        inside = rows[codes == code]
        if not state.known_here(layer_id, inside):
            continue
        if layer_id != LayerId.QPV or (not state.qpv_unknown[inside].any() and state.qpv[inside].any()):
            return True
    return False


def _known_cls(scope: Scope, state: CoverageState) -> str:
    layer = state.crosswalk.layers[LayerId.CLS]
    met = (incidence(layer, len(state.status)) @ scope.mask.astype(float)) > 0
    return fr.count(int((met & (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()).sum()), "connu", "connus")


def _known_qpv(scope: Scope, state: CoverageState) -> str:
    layer = state.crosswalk.layers[LayerId.QPV]
    members = layer.members[scope.mask[layer.members["row"].to_numpy()]]
    met, lost = members["zone"].nunique(), members.loc[members["inhabitants"].isna(), "zone"].nunique()
    return f"population connue pour {fr.number(met - lost)} sur {fr.count(met, 'QPV', 'QPV')} connus"
