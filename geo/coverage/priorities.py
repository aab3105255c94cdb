"""Where to act first: a weighted order of territories, each rank shown term by term, and how far it holds.

A term is a count of the gap table divided by the largest of the territories compared, so that it runs from 0 to 1; the score
is the sum of the terms by their weights, the weights adding up to 1. Nothing else enters it. The order is one reading among
others: its stability says how much it owes to the weights.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo import french as fr
from geo.arrays import Floats
from geo.errors import GeoInputError

TIE = 1e-9
FIRST_PLACES = 10


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
    """A term of the order: the column of the gap table it reads, and what it measures."""

    id: str
    label: str
    column: str
    meaning: str


PRIORITY_TERMS = (
    Term("habitants", "Habitants", "sans_clsm", "habitants sans CLSM ni projet connu, rapportés au plus grand nombre"),
    Term("qpv", "QPV", "qpv_sans_clsm", "habitants de QPV sans CLSM ni projet connu, rapportés au plus grand nombre"),
    Term("rural", "Rural", "rural_sans_clsm", "habitants de communes rurales sans CLSM ni projet connu, rapportés au plus grand nombre"),
    Term("cls", "CLS en place", "cls_sans_clsm", "1 si un CLS en service n’y a aucun CLSM connu, 0 sinon"),
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


def terms(gaps: pd.DataFrame) -> pd.DataFrame:
    """Return the terms (0 to 1) of each territory of a gap table; a count that is not known is NaN.

    Divided by the largest of the territories compared, except for the CLS, which is 0 or 1.
    """
    found = {}
    for term in PRIORITY_TERMS:
        values = gaps[term.column].to_numpy(dtype=np.float64)
        if term.id == "cls":
            found[term.id] = np.minimum(values, 1.0)
            continue
        largest = np.nanmax(values, initial=0.0)
        found[term.id] = values / largest if largest > 0 else values
    return pd.DataFrame(found, index=gaps.index)


@dataclass(frozen=True, eq=False)
class Ranking:
    """Territories in order of priority.

    `table`, indexed by code, first ranks first: rang (equal scores share one), nom, score (0 to 100), then the points of
    each term (habitants, qpv, rural, cls; they add up to score), `ex_aequo` (others with the same score) and `inconnu`
    (names of the terms that are not known there, counted 0). `weights` made it.
    """

    table: pd.DataFrame
    weights: Weights

    def first(self, number: int = FIRST_PLACES) -> pd.DataFrame:
        """Return the territories ranked among the first; more than `number` when the last place is shared."""
        return self.table[self.table["rang"] <= number]


def rank(gaps: pd.DataFrame, weights: Weights) -> Ranking:
    """Order the territories of a gap table; equal scores are in the order of their names, and said to be equal.

    Territories without any gap are left out. A term that is not known counts 0, and is named in `inconnu`.
    """
    gaps = _candidates(gaps)
    parts = terms(gaps)
    points = parts.fillna(0.0) * weights.shares * 100.0
    points.columns = pd.Index([t.id for t in PRIORITY_TERMS])
    score = points.sum(axis=1).to_numpy()
    names = [fr.fold(n) for n in gaps["nom"]]
    order = np.lexsort([np.array(names, dtype=object).astype(str), -np.round(score / TIE) * TIE])
    sorted_score = np.round(score[order] / TIE) * TIE
    rang = np.searchsorted(-sorted_score, -sorted_score, side="left") + 1
    _, place, number = np.unique(sorted_score, return_inverse=True, return_counts=True)
    used = weights.shares > 0
    labels = np.array([t.label for t in PRIORITY_TERMS], dtype=object)
    unknown = [fr.listing(labels[row]) for row in (parts.isna().to_numpy() & used)[order]]
    table = pd.DataFrame(
        {"rang": rang, "nom": gaps["nom"].to_numpy()[order], "score": score[order]}, index=gaps.index[order]
    )
    table = pd.concat([table, points.iloc[order]], axis=1)
    table["ex_aequo"] = number[place] - 1 if len(table) else 0
    table["inconnu"] = pd.Series(unknown, index=table.index, dtype=object)
    return Ranking(table, weights)


def _candidates(gaps: pd.DataFrame) -> pd.DataFrame:
    return gaps[gaps["sans_clsm"] > 0]


def explain(ranking: Ranking, code: str) -> str:
    """Write a rank term by term: « 1er : Niort, 62,5 points = habitants 40 + QPV 22,5 »."""
    row = ranking.table.loc[code]
    parts = [f"{t.label} {fr.number(row[t.id], 1)}" for t in PRIORITY_TERMS if row[t.id] > 0]
    place = "1er" if row["rang"] == 1 else f"{fr.number(row['rang'])}e"
    shared = f" ex æquo avec {fr.count(row['ex_aequo'], 'autre')}" if row["ex_aequo"] else ""
    detail = " + ".join(parts) or "aucun terme"
    unknown = f" ; inconnu, compté 0 : {row['inconnu']}" if row["inconnu"] else ""
    return fr.typeset(f"{place}{shared} : {row['nom']}, {fr.number(row['score'], 1)} points = {detail}{unknown}")


@dataclass(frozen=True, eq=False)
class Stability:
    """How an order holds when weights move.

    `any_weights` and `near_weights` give, by code, the share of draws that keep the territory among the first `first`:
    among all weights alike, and among weights about those chosen. `draws` is the number of each.
    """

    any_weights: pd.Series
    near_weights: pd.Series
    draws: int
    first: int


# Concentration of the draws about the chosen weights: a weight of one half moves by about ±0,08.
NEAR = 40.0


def stability(
    gaps: pd.DataFrame, weights: Weights, *, first: int = FIRST_PLACES, draws: int = 1000, seed: int = 2025
) -> Stability:
    """Draw weights at random and count how often each territory is among the first; the same seed gives the same answer.

    A territory tied for the last place counts as kept.
    """
    gaps = _candidates(gaps)
    values = terms(gaps).fillna(0.0).to_numpy()
    random = np.random.default_rng(seed)
    anyhow = random.dirichlet(np.ones(len(PRIORITY_TERMS)), draws)
    near = random.dirichlet(weights.shares * NEAR + 1e-3, draws)
    kept = _contenders(values, first)
    found = []
    for drawn in (anyhow, near):
        share = np.zeros(len(gaps))
        share[kept] = _kept(values[kept] @ drawn.T, first)
        found.append(pd.Series(share, index=gaps.index))
    return Stability(found[0], found[1], draws, first)


def _kept(scores: Floats, first: int) -> Floats:
    if len(scores) <= first:
        return np.ones(len(scores))
    last = np.partition(scores, len(scores) - first, axis=0)[len(scores) - first]
    return np.asarray((scores >= last - TIE).mean(axis=1))


def _contenders(values: Floats, first: int) -> npt.NDArray[np.intp]:
    """Return the territories that some weights may put among the first, where there are many.

    Left out: those that at least `first` others match on every term and beat on one. They can only tie, for weights that
    are zero wherever they are beaten.
    """
    if len(values) <= 2_000:
        return np.arange(len(values))
    beaten = np.zeros(len(values), dtype=np.int64)
    for row in values[np.argsort(-values.mean(axis=1), kind="stable")[:200]]:
        beaten += (values <= row).all(axis=1) & (values < row - TIE).any(axis=1)
    return np.flatnonzero(beaten < first)
