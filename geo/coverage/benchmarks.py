"""The CLSM of a territory, one by one, and against the national surveys of 2018 and 2022–2023, with what differs in definition or vintage.

The surveys counted what coordinators answered; here the same features are computed from communes and layers, for the CLSM
in service whose communes are known. A CLSM whose feature is not known is counted apart, never in a class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from geo import french as fr
from geo.arrays import Bools
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState, incidence
from geo.layers import Etat, LayerId, Precision

SURVEY_2018 = "État des lieux national des CLSM 2018 (110 CLSM ayant répondu)"
SURVEY_2023 = "État des lieux national des CLSM, données 2022, publié en 2023 (131 CLSM ayant répondu)"
SURVEYS: Mapping[str, str] = {"2018": SURVEY_2018, "2022": SURVEY_2023}
SIZES = (100_000, 200_000)
SCALES = ("communal", "intercommunal", "infracommunal")
TERRITORY_KINDS = ("urbain", "intermédiaire", "rural")
ONE_OR_MORE, YES_OR_NO = ("un seul", "plusieurs"), ("oui", "non")


@dataclass(frozen=True)
class Benchmark:
    """One feature of the CLSM of a scope beside the surveys.

    `counts` has the number of CLSM in each of `groups`; `unknown` those whose class is not known. `references` gives, by
    survey year, the shares (0 to 1) of the same groups, None where the survey does not say. `difference` says how the
    definitions or vintages differ. For the mean size, `groups` has one entry, `counts` holds inhabitants and `mean` is true.
    """

    id: str
    label: str
    groups: tuple[str, ...]
    counts: tuple[float, ...]
    unknown: int
    references: Mapping[str, tuple[float | None, ...]]
    difference: str
    source: str
    mean: bool = False

    @property
    def total(self) -> float:
        """CLSM whose class is known."""
        return 0.0 if self.mean else float(sum(self.counts))

    @property
    def shares(self) -> tuple[float | None, ...]:
        """Share of each group among the CLSM whose class is known, None when there is none."""
        return tuple(count / self.total if self.total else None for count in self.counts)

    @property
    def sentence(self) -> str:
        """Write the comparison whole."""
        if self.mean:
            mine = fr.inhabitants(self.counts[0]) if self.counts[0] == self.counts[0] else "inconnue ici"
            listed = [f"{fr.number(values[0])} ({year})" for year, values in self.references.items() if values[0]]
            return fr.typeset(f"{self.label} : {mine} ; enquêtes : {fr.listing(listed)}. {self.difference}")
        if not self.total:
            return fr.typeset(f"{self.label} : aucun CLSM ne peut être classé ici. {self.difference}")
        parts = []
        for i, group in enumerate(self.groups):
            said = [f"{fr.percent(v[i] or 0)} en {year}" for year, v in self.references.items() if v[i] is not None]
            beside = f" (enquêtes : {fr.listing(said)})" if said else ""
            parts.append(f"{group} {fr.ratio(self.counts[i], self.total)}{beside}")
        lost = f" ; non classés : {fr.count(self.unknown, 'CLSM', 'CLSM')}" if self.unknown else ""
        return fr.typeset(f"{self.label} : {' ; '.join(parts)}{lost}. {self.difference}")


@dataclass(frozen=True, eq=False)
class Portfolio:
    """The CLSM in service that a scope meets and whose communes are known, as one row each (`table`), and those left out.

    `table`, indexed by id: nom, habitants (NaN when only parts are known), echelle, secteurs_adultes, secteurs_enfants
    (NaN when not known), qpv, cls (1, 0, NaN when not known), typologie.
    """

    table: pd.DataFrame
    left_out: int


def portfolio(scope: Scope, state: CoverageState) -> Portfolio:
    """Compute the features of each CLSM that is not set aside; one that crosses the scope's border is taken whole."""
    layer = state.crosswalk.layers[LayerId.CLSM]
    size = len(state.status)
    inside = scope.mask.astype(np.float64)
    every = incidence(layer, size)
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy() & ~state.left_out
    sure = ~layer.zones["precision"].isin([Precision.INCONNUE, Precision.PARTIELLE]).to_numpy()
    met = ((every @ inside) > 0) & running
    departements = set(state.departements(np.flatnonzero(inside)))
    unlocated = running & (layer.zones["precision"] == Precision.INCONNUE).to_numpy()
    lost = unlocated & layer.zones["departement"].isin(departements).to_numpy()
    chosen = np.flatnonzero(met & sure)
    whole = incidence(layer, size, parts=False)
    rows = [every.indices[every.indptr[z] : every.indptr[z + 1]] for z in chosen]
    whole_rows = [whole.indices[whole.indptr[z] : whole.indptr[z + 1]] for z in chosen]
    cities = state.atlas.table["commune"].to_numpy(dtype=object)
    alone = [len(w) == len(r) for w, r in zip(whole_rows, rows, strict=True)]
    people = [_people(state, layer.members, z, complete) for z, complete in zip(chosen.tolist(), alone, strict=True)]
    table = pd.DataFrame(
        {
            "nom": layer.zones["nom"].to_numpy(dtype=object)[chosen],
            "habitants": np.array(people, dtype=float),
            "echelle": [_scale(state, r, w, cities) for r, w in zip(rows, whole_rows, strict=True)],
            "secteurs_adultes": _sectors(state, LayerId.ADULT_SECTORS, rows, alone),
            "secteurs_enfants": _sectors(state, LayerId.CHILD_SECTORS, rows, alone),
            "qpv": _meets(state, LayerId.QPV, rows, whole_rows),
            "cls": _meets(state, LayerId.CLS, rows, whole_rows),
            "typologie": [_kind(state, r) for r in rows],
        },
        index=pd.Index(layer.zones.index[chosen].astype(str), name="id"),
    )
    return Portfolio(table, int((met & ~sure).sum() + lost.sum()))


def _people(state: CoverageState, members: pd.DataFrame, zone: int, complete: bool) -> float:
    mine = members["inhabitants"].to_numpy(dtype=float)[members["zone"].to_numpy() == zone]
    return float(mine.sum()) if complete or np.isfinite(mine).all() else float("nan")


def _scale(
    state: CoverageState, rows: npt.NDArray[np.intp], whole: npt.NDArray[np.intp], cities: npt.NDArray[np.object_]
) -> str:
    towns = set(cities[rows])
    if len(towns) > 1:
        return "intercommunal"
    every = state.atlas.members("commune", str(cities[rows[0]]))
    return "communal" if len(whole) == len(every) else "infracommunal"


def _sectors(
    state: CoverageState, layer_id: str, rows: Sequence[npt.NDArray[np.intp]], alone: Sequence[bool]
) -> list[float]:
    """Count the sectors each CLSM meets; NaN where the list is not complete, or a commune is shared out.

    Outside the extent a CLSM within one known sector would be counted and one that overflows it not: a false share.
    """
    layer = state.crosswalk.layers[layer_id]
    whole = incidence(layer, len(state.status), parts=False)
    assigned = np.asarray(whole.sum(axis=0)).ravel() > 0
    found = []
    for mine, complete in zip(rows, alone, strict=True):
        if not complete or not assigned[mine].all() or not state.known_here(layer_id, mine):
            found.append(float("nan"))
            continue
        held = np.zeros(len(state.status))
        held[mine] = 1.0
        found.append(float(((incidence(layer, len(state.status)) @ held) > 0).sum()))
    return found


def _meets(
    state: CoverageState, layer_id: str, rows: Sequence[npt.NDArray[np.intp]], whole: Sequence[npt.NDArray[np.intp]]
) -> list[float]:
    """Return whether each CLSM meets a zone in service of a layer: 1, 0, or NaN when the list is not complete there.

    Outside the extent only « yes » could be known, and would make a false share: it is not counted either. A zone that lies in
    one or several arrondissements, unknown which, is surely met where they are all in the CLSM.
    """
    layer = state.crosswalk.layers[layer_id]
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy() & ~layer.candidates
    held = incidence(layer, len(state.status))
    somewhere = csr_array(held[layer.candidates])
    sizes = np.diff(somewhere.indptr)
    here: Bools = np.asarray(running.astype(float) @ held) > 0
    sure: Bools = np.asarray(running.astype(float) @ incidence(layer, len(state.status), parts=False)) > 0
    found = []
    for mine, mine_whole in zip(rows, whole, strict=True):
        candidates = np.asarray(somewhere[:, mine_whole].sum(axis=1)).ravel()
        if not state.known_here(layer_id, mine):
            found.append(float("nan"))
        elif here[mine_whole].any() or sure[mine].any() or (candidates == sizes)[sizes > 0].any():
            found.append(1.0)
        else:
            found.append(float("nan") if here[mine].any() or candidates.any() else 0.0)
    return found


def _kind(state: CoverageState, rows: npt.NDArray[np.intp]) -> str:
    people = np.bincount(state.density.level[rows], state.population[rows], minlength=4)[1:]
    return TERRITORY_KINDS[int(np.argmax(people))]


_KNOWN = (
    "Ici : CLSM en service dont les communes sont connues, périmètres supposés compris, d’après les couches chargées"
)


def distribution(scope: Scope, state: CoverageState) -> tuple[Benchmark, ...]:
    """Return the features of a scope's CLSM beside the surveys."""
    held = portfolio(scope, state)
    return (
        *_sizes_and_scale(held, state.atlas.population_year),
        *_sectors_met(held),
        *_quarters_and_contracts(held),
        _territory_kind(held, state.density.source),
    )


def _sizes_and_scale(held: Portfolio, year: str) -> tuple[Benchmark, ...]:
    table, lost = held.table, held.left_out
    people = table["habitants"].dropna()
    sizes = (int((people < SIZES[0]).sum()), int(((people >= SIZES[0]) & (people <= SIZES[1])).sum()),
             int((people > SIZES[1]).sum()))  # fmt: skip
    unsized = lost + int(table["habitants"].isna().sum())
    return (
        Benchmark(
            "taille", "Taille des CLSM",
            ("moins de 100 000 habitants", "100 000 à 200 000", "plus de 200 000"), sizes, unsized,
            {"2018": (0.75, 0.18, 0.07)},
            f"{_KNOWN} ; populations {year} contre celles déclarées par les coordonnateurs en 2018.",
            SURVEY_2018,
        ),
        Benchmark(
            "moyenne", "Taille moyenne", ("habitants",), (float(people.mean()) if len(people) else float("nan"),), unsized,
            {"2018": (87_000.0,), "2022": (107_000.0,)},
            f"{_KNOWN} ; les enquêtes reposent sur les seuls répondants.",
            f"{SURVEY_2018} ; {SURVEY_2023}", mean=True,
        ),
        Benchmark(
            "echelle", "Échelle", SCALES, _counts(table["echelle"], SCALES), lost,
            {"2018": (0.58, 0.16, 0.13), "2022": (0.52, 0.34, None)},
            "Ici l’échelle est déduite des communes : plusieurs communes font un intercommunal, même pour un secteur ou un pays,"
            " rangés dans « autre » par l’enquête de 2018 (13 %).",
            f"{SURVEY_2018} ; {SURVEY_2023}",
        ),
    )  # fmt: skip


def _sectors_met(held: Portfolio) -> tuple[Benchmark, ...]:
    table, lost = held.table, held.left_out
    return (
        _of_two(
            "secteurs-adultes", "Secteurs adultes rencontrés", ONE_OR_MORE, table["secteurs_adultes"], lost,
            {"2018": (0.65, None), "2022": (0.62, None)},
            "Les enquêtes demandent le secteur aux coordonnateurs ; ici il vient des communes, là où la sectorisation est connue.",
            f"{SURVEY_2018} ; {SURVEY_2023}",
        ),
        _of_two(
            "secteurs-enfants", "Secteurs infanto-juvéniles rencontrés", ONE_OR_MORE, table["secteurs_enfants"], lost,
            {"2018": (0.78, None)},
            "L’enquête demande le secteur aux coordonnateurs ; ici il vient des communes, là où la sectorisation est connue.",
            SURVEY_2018,
        ),
    )  # fmt: skip


def _quarters_and_contracts(held: Portfolio) -> tuple[Benchmark, ...]:
    table, lost = held.table, held.left_out
    return (
        _of_two(
            "qpv", "Avec au moins un QPV", YES_OR_NO, table["qpv"], lost, {"2018": (0.75, 0.25), "2022": (0.83, 0.17)},
            "Les enquêtes portent sur les QPV de 2015 (contrats de ville) ; ici ceux de la génération 2024.",
            f"{SURVEY_2018} ; {SURVEY_2023}",
        ),
        _of_two(
            "cls", "Avec un CLS sur le territoire", YES_OR_NO, table["cls"], lost, {"2018": (0.54, 0.46)},
            "L’enquête est antérieure à la loi 3DS de 2022 ; la liste des CLS d’ici peut être partielle ou compter des contrats expirés.",
            SURVEY_2018,
        ),
    )  # fmt: skip


def _territory_kind(held: Portfolio, density: str) -> Benchmark:
    return Benchmark(
        "typologie", "Type de territoire", ("urbain", "semi-rural ou intermédiaire", "rural"),
        _counts(held.table["typologie"], TERRITORY_KINDS), held.left_out,
        {"2022": (0.64, 0.31, 0.05)},
        f"L’enquête reprend ce que les coordonnateurs déclarent ; ici la classe où vivent le plus d’habitants ({density}).",
        SURVEY_2023,
    )  # fmt: skip


def _counts(values: pd.Series, classes: Sequence[str]) -> tuple[int, ...]:
    return tuple(int((values == name).sum()) for name in classes)


def _of_two(
    figure_id: str, label: str, groups: tuple[str, str], values: pd.Series, lost: int,
    references: Mapping[str, tuple[float | None, ...]], difference: str, source: str,
) -> Benchmark:  # fmt: skip
    """Count a feature of two classes: the first is the value 1 (one sector, yes), the second any other that is known."""
    known = values.dropna()
    first = int((known == 1).sum())
    counts = (first, len(known) - first)
    return Benchmark(figure_id, label, groups, counts, lost + int(values.isna().sum()), references, difference, source)


def covered_curve(scope: Scope, state: CoverageState) -> pd.DataFrame:
    """Return the CLSM in service that hold whole communes of a scope, the largest first.

    Indexed by CLSM id: nom, habitants (of its whole communes inside the scope), ajout (those that none before it covers),
    cumul. Parts of communes are left out; equal sizes are in the order of ids.
    """
    layer = state.crosswalk.layers[LayerId.CLSM]
    inside = scope.mask
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy() & ~state.left_out
    members = layer.members
    zone, row = members["zone"].to_numpy(), members["row"].to_numpy()
    kept = members["whole"].to_numpy() & inside[row] & running[zone]
    rows = {z: np.unique(row[kept & (zone == z)]) for z in np.unique(zone[kept]).tolist()}
    sizes = {z: float(state.population[r].sum()) for z, r in rows.items()}
    seen = np.zeros(len(state.status), dtype=bool)
    lines = []
    total = 0.0
    for z in sorted(rows, key=lambda z: (-sizes[z], str(layer.zones.index[z]))):
        added = float(state.population[rows[z]][~seen[rows[z]]].sum())
        seen[rows[z]] = True
        total += added
        lines.append((str(layer.zones.index[z]), str(layer.zones["nom"].iat[z]), sizes[z], added, total))
    table = pd.DataFrame(lines, columns=["id", "nom", "habitants", "ajout", "cumul"])
    return table.set_index("id")
