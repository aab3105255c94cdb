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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo import french as fr
from geo.arrays import Floats, Ints
from geo.errors import GeoInputError

TIE = 1e-9
FIRST_PLACES = 10
SPLIT = "La Métropole du Grand Paris laisse la place à ses EPT et à Paris : personne n’y compte deux fois."


@dataclass(frozen=True)
class Weights:
    """Weights of the terms, none negative, not all zero; only their proportions count.

    `needs` are those of indicators of need: identifier, weight, and whether the greatest figures come first.
    """

    habitants: float = 1.0
    qpv: float = 1.0
    rural: float = 1.0
    cls: float = 1.0
    needs: tuple[tuple[str, float, bool], ...] = ()

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
        """Weights as given, in the order of PRIORITY_TERMS, then of the needs."""
        return np.array([*(getattr(self, t.id) for t in PRIORITY_TERMS), *(n[1] for n in self.needs)], dtype=np.float64)

    @property
    def shares(self) -> Floats:
        """Weights that add up to 1."""
        return self.values / self.values.sum()


@dataclass(frozen=True)
class Term:
    """A term of the order: the column of the gap table it reads, the one that says where it is known, what it measures.

    That of a `need` is known where it is a number, and counts from the least need compared: such a figure has no zero of its own.
    """

    id: str
    label: str
    column: str
    known: str | None
    meaning: str
    need: bool = False


_SCALED = "au rang qu’ils lui donnent parmi les territoires comparés qui en ont (1 pour le plus grand nombre)"
PRIORITY_TERMS = (
    Term("habitants", "Habitants", "sans_clsm", None, f"habitants sans CLSM ni projet connu, {_SCALED}"),
    Term("qpv", "QPV", "qpv_sans_clsm", "qpv_connu", f"habitants de QPV sans CLSM ni projet connu, {_SCALED}"),
    Term("rural", "Rural", "rural_sans_clsm", None, f"habitants de communes rurales sans CLSM ni projet connu, {_SCALED}"),
    Term("cls", "CLS en place", "cls_sans_clsm", "cls_connu", "1 si un CLS cité en service n’y a aucun CLSM connu, 0 sinon ; un contrat a pu expirer depuis sa source"),
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


def terms(
    gaps: pd.DataFrame, closed: Mapping[str, str] | None = None, of: Sequence[Term] = PRIORITY_TERMS
) -> pd.DataFrame:
    """Return the terms (0 to 1) of each territory of a gap table, NaN where a term is not known or is closed.

    A term is not known where the list it counts is not complete, even if some of it is known there.
    """
    found = {}
    for term in of:
        values = gaps[term.column].to_numpy(dtype=np.float64)
        if term.known:
            values = np.where(gaps[term.known].to_numpy(dtype=bool), values, np.nan)
        if term.need and np.isfinite(values).any():
            values = values - np.nanmin(values)
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
    known), au_mieux and au_pire (the interval of the rank), nom, score (0 to 100), then the points of each of its `terms` (they
    add up to score, NaN where the term is not known), `ex_aequo` (others with the same score) and
    `inconnu` (names of the terms with a weight that are not known there, left out of its score). `weights` made it, `closed`
    gives the terms that are left out everywhere and why, `weighs` what each term weighs in the order (see `gaps_by_term`).
    """

    table: pd.DataFrame
    weights: Weights
    closed: Mapping[str, str] = field(default_factory=dict)
    weighs: Mapping[str, float] = field(default_factory=dict)
    terms: tuple[Term, ...] = PRIORITY_TERMS

    def first(self, number: int = FIRST_PLACES) -> pd.DataFrame:
        """Return the territories ranked among the first; more than `number` when the last place is shared."""
        return self.table[self.table["rang"] <= number]

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the order rests on, in sentences: terms closed or left out of some territories, what each weighs."""
        return tuple(
            fr.typeset(text) for text in (*self._left_out(), self._weighed(), self._ranged(), self._rounded()) if text
        )

    def _left_out(self) -> list[str]:
        said = [
            f"{reason} Ce critère est laissé hors du score, son poids va aux autres." for reason in self.closed.values()
        ]
        used = dict(zip((t.id for t in self.terms), self.weights.shares > 0, strict=True))
        for term in self.terms:
            lost = int(self.table[term.id].isna().sum())
            if used[term.id] and term.id not in self.closed and lost:
                some = f"{fr.number(lost)} des {fr.count(len(self.table), 'territoire')}"
                where = some if len(self.table) > 1 else "le seul territoire"
                whose = fr.noun(lost, "son", "leur")
                said.append(
                    f"{term.label} : inconnu pour {where}, laissé hors de {whose} score ; son poids y va aux autres critères."
                )
        return said

    def _weighed(self) -> str:
        parts = [f"{t.label} {fr.percent(self.weighs[t.id], 0)}" for t in self.terms if self.weighs.get(t.id)]
        return (
            f"Ce que chaque critère pèse en pratique dans les écarts de points entre territoires : {fr.listing(parts)}."
            if parts
            else ""
        )

    def _rounded(self) -> str:
        """Say that rounded points may not add up, where some do not."""
        points = self.table[[t.id for t in self.terms]].to_numpy(dtype=np.float64)
        apart = np.abs(np.nansum(points.round(1), axis=1) - self.table["score"].to_numpy().round(1)) > 0.05
        return (
            "Points arrondis au dixième : leur somme peut s’écarter du score, lui aussi arrondi." if apart.any() else ""
        )

    def _ranged(self) -> str:
        if not (self.table["au_mieux"] < self.table["au_pire"]).any():
            return ""
        return "« Rang possible » : du meilleur au pire rang, selon la valeur (de 0 à 1) que prendra chaque critère inconnu, ici et chez les autres. Les habitants sans CLSM connu y restent ce qu’ils sont."


def rank(
    gaps: pd.DataFrame,
    weights: Weights,
    closed: Mapping[str, str] | None = None,
    of: tuple[Term, ...] = PRIORITY_TERMS,
) -> Ranking:
    """Order the territories of a gap table; equal scores are in the order of their names, and said to be equal.

    Territories without any gap are left out. `closed` gives, by id, the terms to leave out everywhere and why (`closed_terms`);
    `of` are the terms, those of the needs of the weights included (`Compared`).
    """
    gaps = candidates_of(gaps)
    parts = terms(gaps, closed, of)
    score, points = scores(parts, weights)
    names = [fr.fold(n) for n in gaps["nom"]]
    tied = _tied(np.nan_to_num(score, nan=-1.0))
    order = np.lexsort([np.array(names, dtype=object).astype(str), tied])
    tied, ranked = tied[order], ~np.isnan(score[order])
    best, worst = _intervals(parts, weights)
    labels = np.array([t.label for t in of], dtype=object)
    unknown = [fr.listing(labels[row]) for row in (parts.isna().to_numpy() & (weights.shares > 0))[order]]
    table = pd.DataFrame(
        {
            "rang": np.where(ranked, np.searchsorted(tied, tied) + 1.0, np.nan), "au_mieux": best[order], "au_pire": worst[order],
            "nom": gaps["nom"].to_numpy()[order], "score": score[order],
        },
        index=gaps.index[order],
    )  # fmt: skip
    table = pd.concat([table, points.iloc[order]], axis=1)
    table["ex_aequo"] = np.where(ranked, np.bincount(tied, minlength=1)[tied] - 1, 0)
    table["inconnu"] = pd.Series(unknown, index=table.index, dtype=object)
    return Ranking(table, weights, dict(closed or {}), gaps_by_term(points), of)


def _tied(score: Floats) -> Ints:
    """Number scores from the highest, those nearer than TIE to the one before with it: what rounding may set apart is equal."""
    order = np.argsort(-score, kind="stable")
    found = np.zeros(len(score), dtype=np.intp)
    found[order[1:]] = np.cumsum(-np.diff(score[order]) > TIE)
    return found


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
    return score, pd.DataFrame(points, index=parts.index, columns=parts.columns)


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
    parts = [f"{t.label} {fr.number(row[t.id], 1)}" for t in ranking.terms if row[t.id] > 0]
    shared = f" ex æquo avec {fr.count(row['ex_aequo'], 'autre')}" if row["ex_aequo"] else ""
    ranged = interval(row["au_mieux"], row["au_pire"])
    possible = f" (rang possible : {ranged})" if ranged else ""
    used = zip(ranking.terms, ranking.weights.shares, strict=True)
    lost = [t.label for t, share in used if share and t.id not in ranking.closed and np.isnan(row[t.id])]
    unknown = f" ; inconnu, hors du score : {fr.listing(lost)}" if lost else ""
    said = f"{place(row['rang'])}{shared}{possible} : {row['nom']}"
    if np.isnan(row["score"]):
        return fr.typeset(f"{said}, sans score{unknown}")
    detail = " + ".join(parts) or "aucun terme"
    return fr.typeset(f"{said}, {fr.number(row['score'], 1)} points : {detail}{unknown}")
