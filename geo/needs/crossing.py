"""Coverage crossed with one indicator: who is little covered and in great need, territory by territory.

Coverage is that of the gap tables: the inhabitants of a territory inside the scope who are in a CLSM in service. It says what is known:
« sans CLSM connu » is a gap to check where the list of CLSM is not complete, apart from « sans CLSM » where it is. The need is the figure of the
whole territory, as `geo.indicators` answers it, exact and comparable; where some of its units are secret it is between two bounds, and in the
class that holds both. Any other figure is in no class.

Need has three classes, cut at the thirds of the territories of the scope whose figure is known or bounded (the middle of its bounds then); at
those of France where the scope has fewer than nine. Equal figures are in one class; where so many share the greatest need that both cuts
fall on it, that class is the middle one: nothing is above it, and it is no small need.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array, eye_array

from geo import french as fr
from geo.arrays import Floats, Ints, Rows
from geo.communes import Atlas, Iris
from geo.coverage import GAP_TITLES, CoverageState, Scope, gap_table
from geo.indicators import (
    Direction,
    Grain,
    Indicator,
    Indicators,
    Kind,
    Measure,
    SetAnswers,
    Thing,
    answer_sets,
    sets_of,
    things_of,
)
from geo.layers import zone_members
from geo.needs.classes import Cover, Need, cover_words, need_words, rank_of

FEWEST = 9  # territories of known figure that make thirds of their own
LITTLE = 0.5  # under this share of covered inhabitants, a territory covered in part is « peu couvert »
CROSS_LEVELS = {
    "commune": ("Communes", "par commune", Grain.COMMUNE, "code"),
    "epci": ("EPCI", "par EPCI", Grain.EPCI, "epci"),
    "ept": ("EPT du Grand Paris", "par EPT", Grain.EPCI, "ept"),
    "departements": ("Départements", "par département", Grain.DEPARTEMENT, "departement"),
    "regions": ("Régions", "par région", Grain.REGION, "region"),
}
CROSS_MEANING = fr.typeset(
    "Couverture : habitants d’ici dans un CLSM en service. Besoin : chiffre de tout le territoire, tel que sa source le publie. « Sans CLSM "
    "connu » est à vérifier : la liste des CLSM n’y est pas complète. « Peu couvert » : sans CLSM connu, ou moins de la moitié des habitants couverts."
)
_FROM_GAPS = (
    "nom",
    "departement",
    "lecture",
    "population",
    "couverts",
    "part_couverte",
    "sans_clsm",
    "non_couverts",
    "inconnus",
)
CROSS_TITLES = {
    "code": "Code",
    **{name: GAP_TITLES[name] for name in _FROM_GAPS},
    "nom": "Territoire",
    "valeur": "Indicateur",
    "au_moins": "Au moins",
    "au_plus": "Au plus",
    "couverture": "Couverture",
    "besoin": "Besoin",
}


@dataclass(frozen=True, eq=False)
class Crossing:
    """The territories of a level crossed with one indicator.

    `table`, indexed by code: the columns of the gap table named in CROSS_TITLES, `valeur` (the figure of the whole territory, NaN where it is
    not exact or not comparable), `au_moins` and `au_plus` (its bounds, both `valeur` where it is exact), `couverture` and `besoin` (in words), `cover` and `need` (values of Cover and Need) and `classe` (rank in
    CLASSES). `low` and `high` are the two cuts of the figure, NaN without any; `among` says whose thirds they are; `level_top` whether both fall on the
    greatest need.
    """

    indicator: Indicator
    level: str
    table: pd.DataFrame
    low: float
    high: float
    among: str
    level_top: bool = False

    @property
    def title(self) -> str:
        """Name it over a legend: « Couverture et Décès par suicide (2022), par département »."""
        one = self.indicator
        return fr.typeset(f"Couverture et {one.label} ({one.year}), {CROSS_LEVELS[self.level][1]}")

    @property
    def titles(self) -> dict[str, str]:
        """Title of each column of a file: that of the figure is the indicator, with its unit, year and source."""
        one = self.indicator
        unit = f", {one.unit}" if one.unit else ""
        said = f"{one.label}{unit} ({one.year}, {one.source})"
        bounds = {"au_moins": f"{said}, au moins", "au_plus": f"{said}, au plus"}
        return CROSS_TITLES | {column: fr.typeset(text) for column, text in ({"valeur": said} | bounds).items()}

    @property
    def credit(self) -> str:
        """Say where the figures come from."""
        one = self.indicator
        return fr.typeset(f"{one.label} : {', '.join(filter(None, (one.source, one.year, one.note)))}.")

    @property
    def few_and_needy(self) -> pd.DataFrame:
        """The territories little covered and in great need, the most inhabitants without CLSM first, then the greatest need.

        Those of no known CLSM, and those covered for less than half of their inhabitants; none for an indicator that says no need.
        """
        table = self.table
        if self.indicator.direction is Direction.NEITHER:
            return table.iloc[:0]
        none = table["cover"].isin([Cover.NONE, Cover.NONE_KNOWN])
        little = (table["cover"] == Cover.PART) & (table["part_couverte"] < LITTLE)
        kept = table[(none | little) & (table["need"] == Need.HIGH)]
        need = _towards_need(((kept["au_moins"] + kept["au_plus"]) / 2).to_numpy(), self.indicator)
        names = np.array([fr.fold(name) for name in kept["nom"]], dtype=str)
        return kept.iloc[np.lexsort([names, -need, -kept["sans_clsm"].to_numpy()])]

    @property
    def cuts(self) -> str:
        """Say where the classes are cut, and what is in none of them."""
        one = self.indicator
        if np.isnan(self.low):
            return fr.typeset(f"{one.label} : trop peu de chiffres connus et comparables pour en faire des classes.")
        low, high = (fr.number(value, one.decimals) for value in (self.low, self.high))
        lower, middle, upper = (need_words(need, one.direction) for need in (Need.LOW, Need.MIDDLE, Need.HIGH))
        if self.level_top:
            beyond, most = ("au-dessus", "petit") if one.direction is Direction.BETTER else ("au-dessous", "grand")
            said = f"{middle} à {high}, le plus {most} chiffre, {lower} {beyond}"
        elif one.direction is Direction.BETTER:
            said = f"{upper} au-dessous de {low}, {lower} à partir de {high}"
        else:
            said = f"{lower} jusqu’à {low}, {upper} au-delà de {high}"
        unit = f" ({one.unit})" if one.unit else ""
        return fr.typeset(f"{one.label}{unit} : {said} ; tiers {self.among}.")

    @property
    def left_out(self) -> str:
        """Say how many territories are in no class, and why; "" when there are none."""
        need, cover = self.table["need"], self.table["cover"]
        parts = [
            f"{need_words(why, self.indicator.direction)} pour {fr.number(int((need == why).sum()))}"
            for why in (Need.UNKNOWN, Need.SECRET, Need.NOT_COMPARED)
            if (need == why).any()
        ]
        lost = int(((cover == Cover.UNKNOWN) & (need <= Need.HIGH)).sum())
        parts += [f"couverture inconnue pour {fr.number(lost)}"] if lost else []
        return fr.typeset(f"Hors des neuf classes : {fr.listing(parts)}.") if parts else ""


def level_words(level: str) -> str:
    """Name the territories of a level inside a sentence: « communes », « EPCI », « départements »."""
    name = CROSS_LEVELS[level][0]
    return name if name.startswith("EP") else name.lower()


def crossable(indicators: Indicators, atlas: Atlas, iris: Iris | None = None) -> dict[str, Thing]:
    """Return what can be crossed, by the identifier of the indicator, in the order it is shown.

    A count alone depends on the size of a territory: it is not crossed, though it may be a criterion of an order.
    """
    things = things_of(indicators, atlas, iris) if len(indicators) else ()
    return {one.indicator.id: one for one in things if one.indicator.measure is not Measure.COUNT}


def map_level(thing: Thing) -> str:
    """Return the level of the map: the communes where the indicator tells them, else its own territories."""
    grain = thing.indicator.grain
    return next(level for level, (_, _, own, _) in CROSS_LEVELS.items() if own.rank >= grain.rank)


def levels_of_crossing(thing: Thing) -> list[str]:
    """Return the levels that an indicator may be crossed at: its own and the coarser ones; those that tell it, of a rate alone."""
    own = {level.indicator.grain for level in thing.levels}
    if thing.indicator.measure is Measure.RATE:
        return [level for level, (_, _, grain, _) in CROSS_LEVELS.items() if grain in own]
    finest = max(thing.indicator.grain.rank, Grain.COMMUNE.rank)
    return [level for level, (_, _, grain, _) in CROSS_LEVELS.items() if grain.rank >= finest]


def crossing(thing: Thing, level: str, scope: Scope, state: CoverageState) -> Crossing:
    """Cross the coverage of the territories of a level that a scope meets with an indicator.

    Every figure is that of `gap_table` at that level, and of the indicator's own answers on the whole of each territory.
    """
    gaps = gap_table(level, scope, state)
    table = gaps[list(_FROM_GAPS)].copy()
    found = need_figures(thing, level, [str(code) for code in table.index], state)
    indicator = thing.indicator
    low, high, among, level_top = _cuts(thing, level, found, scope, state)
    need = _need_classes(found, low, high, indicator, level_top=level_top)
    cover = cover_classes(gaps)
    table["valeur"], table["au_moins"], table["au_plus"] = found.value, found.least, found.most
    table["couverture"] = np.array([cover_words(one) for one in Cover], dtype=object)[cover]
    table["besoin"] = np.array([need_words(one, indicator.direction) for one in Need], dtype=object)[need]
    table["cover"], table["need"] = cover, need
    table["classe"] = np.array([[rank_of(one, other) for other in Need] for one in Cover])[cover, need]
    return Crossing(indicator, level, table, low, high, among, level_top)


def classes_of_atoms(found: Crossing, state: CoverageState) -> npt.NDArray[np.int64]:
    """Return the class of each atom, that of its territory; -1 where it has none in the scope."""
    owner = state.atlas.table[CROSS_LEVELS[found.level][3]]
    return owner.map(found.table["classe"]).fillna(-1).to_numpy(dtype=np.int64)


def cover_classes(gaps: pd.DataFrame) -> Ints:
    """Return what is known of the coverage of each territory of a gap table, as values of Cover."""
    people = gaps["population"].to_numpy(dtype=float)
    touched = (gaps["couverts"] + gaps["partiels"]).to_numpy(dtype=float) > 0
    whole = gaps["couverts"].to_numpy(dtype=float) >= people - 0.5
    proven = gaps["non_couverts"].to_numpy(dtype=float) >= people - 0.5
    conditions = [people <= 0, whole, touched, proven]
    return np.select(conditions, [Cover.UNKNOWN, Cover.ALL, Cover.PART, Cover.NONE], Cover.NONE_KNOWN).astype(np.intp)


@dataclass(frozen=True, eq=False)
class NeedFigures:
    """The figure of each territory: `value` where it is exact and comparable, from `least` to `most` where some of its units are secret.

    All three are NaN elsewhere, and `why` says the reason, as values of Need.
    """

    value: Floats
    least: Floats
    most: Floats
    why: Ints

    @property
    def middle(self) -> Floats:
        """The figure, or the middle of its bounds: what cuts are made of, never what is shown."""
        return (self.least + self.most) / 2


def need_figures(thing: Thing, level: str, codes: list[str], state: CoverageState) -> NeedFigures:
    """Return the figure of each whole territory of a level."""
    atlas = state.atlas
    if level == "commune":
        sets = csr_array(eye_array(len(atlas.table), format="csr")[[atlas.row[code] for code in codes]])
    else:
        sets = sets_of([whole_rows(code, level, state) for code in codes], len(atlas.table))
    found = answer_sets(thing, sets)
    meant = np.diff(sets.indptr) > 0
    value = np.where(meant, found.value, np.nan)
    # All of it is hidden where no unit is known: it is said to be secret, whatever its bounds.
    bounded = meant & (found.kind == Kind.BOUNDED) & (found.sums.known > 0) & ~found.small
    bounded &= np.isfinite(found.least) & np.isfinite(found.most)
    least, most = (np.where(bounded, one, value) for one in (found.least, found.most))
    return NeedFigures(value, least, most, np.where(bounded, Need.SECRET, _why(found)))


def _why(found: SetAnswers) -> Ints:
    secret = (found.sums.secret > 0) & np.isin(found.kind, [Kind.BOUNDED, Kind.NOTHING])
    apart = found.small | np.isin(found.kind, [Kind.INSIDE, Kind.SEVERAL])
    return np.select([apart, secret], [Need.NOT_COMPARED, Need.SECRET], Need.UNKNOWN).astype(np.intp)


def whole_rows(code: str, level: str, state: CoverageState) -> Rows:
    """Return the atoms of a whole territory: of a zone made of whole ones, none when it holds a part of a commune.

    A code that is none of the level is that of an EPT or a département (Paris, among the EPCI).
    """
    atlas, nothing = state.atlas, np.empty(0, dtype=np.intp)
    if level == "commune":
        return np.array([atlas.row[code]], dtype=np.intp)
    if level not in CROSS_LEVELS:
        whole, part = zone_members(state.crosswalk.layers[level], code)
        return nothing if part else np.asarray(whole, dtype=np.intp)
    columns = dict.fromkeys((CROSS_LEVELS[level][3], "ept", "departement"))
    return next((rows for c in columns if len(rows := atlas.members(c, code))), nothing)


def _cuts(
    thing: Thing, level: str, found: NeedFigures, scope: Scope, state: CoverageState
) -> tuple[float, float, str, bool]:
    """Return the two cuts of the figure, whose thirds they are, and whether both fall on the greatest need."""
    where = "d’ici"
    if np.isfinite(found.middle).sum() < FEWEST and scope.kind != "france":
        codes = state.atlas.table[CROSS_LEVELS[level][3]].dropna().unique()
        found, where = need_figures(thing, level, [str(code) for code in codes], state), "de France"
    known = found.middle[np.isfinite(found.middle)]
    if len(known) < FEWEST:
        return np.nan, np.nan, "", False
    low, high = np.quantile(known, [1 / 3, 2 / 3]).tolist()
    top = known.min() if thing.indicator.direction is Direction.BETTER else known.max()
    bounded = len(known) - int(np.isfinite(found.value).sum())
    said = f"dont le chiffre est connu{f', entre deux bornes pour {fr.number(bounded)}' if bounded else ''}"
    return low, high, f"des {fr.number(len(known))} {level_words(level)} {where} {said}", bool(low == high == top)


def _towards_need(values: Floats, indicator: Indicator) -> Floats:
    """Return figures that grow with the need."""
    return -values if indicator.direction is Direction.BETTER else values


def _need_classes(found: NeedFigures, low: float, high: float, indicator: Indicator, *, level_top: bool) -> Ints:
    """Return the class of each figure; of one between two bounds, the class that holds both, else none."""
    known = np.isfinite(found.middle)
    if np.isnan(low):
        return np.where(known, Need.NOT_COMPARED, found.why).astype(np.intp)
    cuts = sorted(_towards_need(np.array([low, high]), indicator).tolist())
    least, most = (
        _class_of(_towards_need(values, indicator), cuts, level_top=level_top) for values in (found.least, found.most)
    )
    return np.where(known & (least == most), least, found.why).astype(np.intp)


def _class_of(need: Floats, cuts: list[float], *, level_top: bool) -> Ints:
    with np.errstate(invalid="ignore"):
        conditions = [need > cuts[1], need < cuts[0] if level_top else need <= cuts[0]]
    return np.select(conditions, [Need.HIGH, Need.LOW], Need.MIDDLE).astype(np.intp)
