"""Tables of a coverage view: the same for the screen, the files and the printed pages.

A view is a scope, the state of its communes, the weights of the priorities and, if asked, the next CLSM. Every table carries codes, years and
sources; those that list territories can be read again by the data door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from geo import french as fr
from geo.arrays import Rows
from geo.claims import NO_CLAIMS, Claims, whose_words
from geo.coverage import (
    CANDIDATE_KINDS,
    CHECK_MEANING,
    CHECK_TITLES,
    GAP_LEVELS,
    GAP_TITLES,
    SURVEYS,
    Benchmark,
    Compared,
    CoverageState,
    Figure,
    Limit,
    Ranking,
    Scope,
    Siting,
    Stability,
    ToCheck,
    Weights,
    compared,
    complete_text,
    distribution,
    doubt_label,
    gap_table,
    limits,
    rank,
    scope_figures,
    stability,
    to_check,
)
from geo.exports import formats
from geo.exports.layer_files import fact_rows
from geo.indicators import Thing
from geo.layers import LayerId
from geo.needs import CROSS_MEANING, CROSS_TITLES, Crossing, with_needs


@dataclass(frozen=True, eq=False)
class CoverageReport:
    """A coverage view. `level` is that of the priorities; `siting` the next CLSM when they were asked for;
    `claims` the local statements that its figures rest on, `things` the indicators that the weights name, by identifier, and `crossing` the
    coverage crossed with one of them, when it was asked for."""

    scope: Scope
    state: CoverageState
    weights: Weights = field(default_factory=Weights)
    level: str = "epci"
    siting: Siting | None = None
    claims: Claims = NO_CLAIMS
    things: Mapping[str, Thing] = field(default_factory=dict)
    crossing: Crossing | None = None

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Figures of the scope."""
        return scope_figures(self.scope, self.state)

    @cached_property
    def gaps(self) -> dict[str, pd.DataFrame]:
        """Gap tables of every level that the scope meets."""
        tables = {level: gap_table(level, self.scope, self.state) for level in GAP_LEVELS}
        return {level: table for level, table in tables.items() if len(table)}

    @cached_property
    def ranking(self) -> Ranking:
        """Priorities at the chosen level; none where the scope meets no territory of that level."""
        return rank(self.compared.table, self.weights, self.compared.closed, self.compared.terms)

    @cached_property
    def stability(self) -> Stability:
        """How the priorities hold when weights move."""
        return stability(self.compared.table, self.weights, self.compared.closed, self.compared.terms)

    @cached_property
    def compared(self) -> Compared:
        """The territories that the priorities put in order, and the criteria closed to them."""
        return self._compared(self.level)

    def _compared(self, level: str) -> Compared:
        return with_needs(compared(level, self.scope, self.state), level, self.weights, self.things, self.state)

    @cached_property
    def checks(self) -> ToCheck:
        """Where a completed list would change the most."""
        return to_check(self.scope, self.state, self.weights, order=self._compared("epci"))

    @cached_property
    def benchmarks(self) -> tuple[Benchmark, ...]:
        """CLSM of the scope beside the surveys."""
        return distribution(self.scope, self.state)

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """What limits the reading, and how to complete."""
        return limits(self.scope, self.state)

    @property
    def title(self) -> str:
        """Title of the files."""
        return f"Couverture par les CLSM : {self.scope.name}"

    @property
    def file_stem(self) -> str:
        """Beginning of the names of files."""
        return f"couverture-clsm-{self.scope.id}"


def sources(report: CoverageReport) -> list[tuple[str, str, str, str]]:
    """Return (what, source, year, remark) for all that the view rests on."""
    state = report.state
    rows = report.scope.rows
    found = [
        ("Population municipale", "INSEE, populations de référence ; recensement de Mayotte",
         state.atlas.population_year_of(state.departements(rows)), ""),
        ("Communes", "INSEE, code officiel géographique", str(state.atlas.year), "Arrondissements de Paris, Lyon et Marseille à part."),
        ("Communes rurales", state.density.source, "", "Estimation." if state.density.estimated else "Niveaux 5 à 7 de la grille."),
    ]  # fmt: skip
    for layer_id in ("clsm", "qpv", "epci", "ept", "secteurs-adultes", "secteurs-enfants", "cls", "cpts", "dac"):
        layer = state.crosswalk.layers.get(layer_id)
        if layer is None:
            continue
        known = "Liste complète ici. " if state.known_here(layer_id, rows) else "Liste incomplète ici. "
        found.append((layer.long_name, layer.source, layer.vintage, f"{known}{layer.remark}".strip()))
    if state.aside.doubts:
        found.append(("Faits écartés", "Choix de l’utilisateur", "", f"Écartés : {state.aside.said}."))
    if state.complete:
        said = fr.listing(sorted(state.complete))
        found.append(
            ("Listes de CLSM déclarées complètes", "Déclaration de l’utilisateur", "", f"Départements : {said}.")
        )
    found += [
        ("Déclarations locales", said, day, "Les chiffres en tiennent compte.")
        for said, day in whose_words(report.claims)
    ]
    found += [(f"Enquête {year}", text, year, "") for year, text in SURVEYS.items()]
    return found


def figures_table(report: CoverageReport) -> pd.DataFrame:
    """Return the figures as a table."""
    rows = [
        {
            "indicateur": f.label, "valeur": f.value, "au_plus": f.most, "sur": f.total, "unite": f.unit,
            "part": f.share, "part_au_plus": f.most_share, **_parts(f),
            "au_moins": f.at_least, "estimation": f.estimated, "denominateur_complet": f.total_complete,
            "lecture": f.amount, "dont": f.manner, "annee": f.year, "limite": f.reason or "", "completer": f.remedy or "",
            "part_niveau_superieur": f.above.share if f.above else None,
            "lecture_niveau_superieur": f.above.amount if f.above else "", "niveau_superieur": f.above_name,
            "source": f.source,
        }
        for f in report.figures
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    numbers = ["valeur", "au_plus", "sur", "part", "part_au_plus", "part_niveau_superieur", *PART_TITLES]
    return frame.astype(dict.fromkeys(numbers, float))


def _parts(figure: Figure) -> dict[str, float | None]:
    """Return the bodies in whole, in part, without CLSM, without a known one, then the people: covered, in all."""
    parts = figure.parts
    if parts is None:
        return dict.fromkeys(PART_TITLES)
    return dict(zip(PART_TITLES, (*parts.counts, parts.covered.part, parts.covered.whole), strict=True))


PART_TITLES = {
    "en_entier": "En entier", "en_partie": "En partie", "aucun": "Sans CLSM", "aucun_connu": "Aucun CLSM connu",
    "habitants_couverts": "Habitants couverts de ces territoires", "habitants_territoires": "Habitants de ces territoires",
}  # fmt: skip
FIGURE_TITLES = PART_TITLES | {
    "indicateur": "Indicateur", "valeur": "Valeur", "au_plus": "Au plus", "part_au_plus": "Part, au plus", "dont": "Dont", "sur": "Sur", "unite": "Unité", "part": "Part",
    "au_moins": "Au moins", "estimation": "Estimation", "denominateur_complet": "Dénominateur complet",
    "lecture": "Lecture", "annee": "Année", "limite": "Ce qui limite", "completer": "Comment compléter",
    "part_niveau_superieur": "Part, niveau supérieur", "lecture_niveau_superieur": "Lecture, niveau supérieur",
    "niveau_superieur": "Niveau supérieur", "source": "Source",
}  # fmt: skip


def gap_sheet(table: pd.DataFrame) -> pd.DataFrame:
    """Return a gap table as it is written in files: where nobody is without CLSM, nobody of a QPV is, which is known."""
    shares = table["part_qpv_sans_clsm"].where(table["sans_clsm"] > 0, 0.0)
    return table.assign(part_qpv_sans_clsm=shares).reset_index()


def communes_table(report: CoverageReport) -> pd.DataFrame:
    """Return the communes of the scope with their status, EPCI and what is known of them, in code order."""
    state, atlas = report.state, report.state.atlas
    rows = report.scope.rows
    table = atlas.table.iloc[rows]
    gaps = report.gaps["commune"].loc[[str(c) for c in atlas.codes[rows]]]
    epci = table["epci"].fillna("")
    return pd.DataFrame(
        {
            "code_commune": table["code"].to_numpy(),
            "nom_commune": table["nom"].to_numpy(),
            "statut": state.situations.labels(rows),
            "facon": _manners(state, rows),
            "population": state.population[rows],
            "qpv": gaps["qpv"].to_numpy(),
            "rural": state.density.rural[rows],
            "code_epci": epci.to_numpy(),
            "nom_epci": epci.map(atlas.epci["nom"]).fillna("").to_numpy(),
            "departement": table["departement"].to_numpy(),
            "dispositifs": gaps["dispositifs"].to_numpy(),
            "population_annee": atlas.population_year_of(state.departements(rows)),
            "source": _clsm_source(state),
        }
    )


def _manners(state: CoverageState, rows: Rows) -> list[str]:
    """Say of each commune what may be doubted of the facts that cover it; empty where nothing is, or nothing covers it."""
    touched = {doubt_label(doubt, state.aside.years): atoms[rows] for doubt, atoms in state.doubtful.items()}
    return [" ; ".join(label for label, atoms in touched.items() if atoms[i]) for i in range(len(rows))]


def _clsm_source(state: CoverageState) -> str:
    layer = state.crosswalk.layers[LayerId.CLSM]
    return f"{layer.source}, {layer.vintage}"


def clsm_table(report: CoverageReport) -> pd.DataFrame:
    """Return the CLSM that the scope meets, one row a CLSM and commune, in the columns of data/dispositifs/clsm.csv.

    A CLSM that crosses the border is given whole; one whose communes are not known has a row without code.
    """
    return fact_rows(report.state.crosswalk.layers[LayerId.CLSM], report.scope, report.state.atlas)


def benchmarks_table(report: CoverageReport) -> pd.DataFrame:
    """Return the features of the CLSM beside the surveys, one row a group; shares and means have columns of their own."""
    rows = []
    for b in report.benchmarks:
        word = "moyenne" if b.mean else "part"
        for i, group in enumerate(b.groups):
            surveyed = {
                f"{word}_enquete_{year}": (b.references.get(year) or (None,) * len(b.groups))[i] for year in SURVEYS
            }
            rows.append(
                {"critere": b.label, "classe": group, "nombre": None if b.mean else b.counts[i],
                 "part": None if b.mean else b.shares[i], "moyenne": b.counts[i] if b.mean else None, **surveyed,
                 "non_classes": b.unknown, "difference": b.difference, "source": b.source}
            )  # fmt: skip
    order = ["critere", "classe", "nombre", "part", *(f"part_enquete_{y}" for y in SURVEYS), "moyenne",
             *(f"moyenne_enquete_{y}" for y in SURVEYS), "non_classes", "difference", "source"]  # fmt: skip
    numbers = [c for c in order if c.startswith(("nombre", "part", "moyenne"))]
    return pd.DataFrame(rows).reindex(columns=order).astype(dict.fromkeys(numbers, float))


BENCHMARK_TITLES = {
    "critere": "Critère", "classe": "Classe", "nombre": "CLSM", "part": "Part", "moyenne": "Moyenne (habitants)",
    "non_classes": "CLSM non classés", "difference": "Différence de définition ou de date", "source": "Source des enquêtes",
} | {f"part_enquete_{y}": f"Part, données {y}" for y in SURVEYS} | {
    f"moyenne_enquete_{y}": f"Moyenne, données {y}" for y in SURVEYS
}  # fmt: skip
BENCHMARK_FORMATS = {"part": "part", "moyenne": "entier"} | {f"part_enquete_{y}": "part" for y in SURVEYS}


def priorities_table(report: CoverageReport) -> pd.DataFrame:
    """Return the priorities with the share of random weights that keep each territory among the first ten."""
    table = report.ranking.table.copy()
    table["parmi_les_dix_tous_poids"] = report.stability.any_weights.reindex(table.index)
    table["parmi_les_dix_poids_voisins"] = report.stability.near_weights.reindex(table.index)
    return table.reset_index()


def siting_notes(siting: Siting) -> tuple[str, ...]:
    """Return what is said of the next CLSM: what they are worth, ties, notices, the division of those above the ceiling."""
    return (siting.sentence, siting.ties, *siting.notices, *(d.sentence for d in siting.divisions))


UNKNOWN = "inconnu"
GAP_FORMATS = {"part_couverte": "part", "part_qpv_sans_clsm": "part"}
PRIORITY_TITLES = {
    "code": "Code", "rang": "Rang", "nom": "Nom", "score": "Score (points sur 100)", "ex_aequo": "Autres ex æquo",
    "inconnu": "Inconnu, hors du score", "au_mieux": "Rang au mieux", "au_pire": "Rang au pire", "parmi_les_dix_tous_poids": "Parmi les dix premiers, tous poids",
    "parmi_les_dix_poids_voisins": "Parmi les dix premiers, poids voisins",
}  # fmt: skip
PRIORITY_FORMATS = {
    "score": "decimal", "parmi_les_dix_tous_poids": "part", "parmi_les_dix_poids_voisins": "part",
}  # fmt: skip
SITING_TITLES = {
    "code": "Code", "rang": "Rang", "nom": "Nom", "population": "Habitants du territoire", "communes": "Communes",
    "gain": "Gain", "cumul": "Cumul", "habitants": "Habitants ajoutés", "qpv": "Habitants de QPV ajoutés",
    "rural": "Habitants ruraux ajoutés",
}  # fmt: skip
COMMUNE_TITLES = {
    "code_commune": "Code commune", "nom_commune": "Commune", "statut": "Situation", "facon": "Façon dont la couverture est connue", "population": "Habitants",
    "qpv": "Habitants de QPV", "rural": "Commune rurale", "code_epci": "Code EPCI", "nom_epci": "EPCI",
    "departement": "Département", "dispositifs": "Dispositifs", "population_annee": "Année de la population", "source": "Source des CLSM",
}  # fmt: skip


def coverage_sheets(report: CoverageReport) -> list[formats.Sheet]:
    """Return the tables of a view, one sheet each, the sources last."""
    part = {"part": "part", "part_au_plus": "part", "part_niveau_superieur": "part"}
    sheets = [formats.Sheet("Chiffres", figures_table(report), FIGURE_TITLES, part)]
    for level, table in report.gaps.items():
        sheets.append(
            formats.Sheet(f"Écarts {GAP_LEVELS[level]}", gap_sheet(table), GAP_TITLES, GAP_FORMATS, notes=(
                "« Sans CLSM ni projet connu » = non couverts (liste complète ou déclarée complète) + situation inconnue (liste ou composition incomplète).",
                complete_text(report.scope.departements, report.state.crosswalk, report.state.complete),
            ), unknown=UNKNOWN)
        )  # fmt: skip
    if len(report.ranking.table):
        order = report.compared.terms
        shares = fr.listing(f"{t.label} {fr.percent(s)}" for t, s in zip(order, report.weights.shares, strict=True))
        titles = PRIORITY_TITLES | {t.id: f"{t.label} (points)" for t in order}
        decimals = PRIORITY_FORMATS | {t.id: "decimal" for t in order}
        sheets.append(
            formats.Sheet("Priorités", priorities_table(report), titles, decimals, notes=(
                fr.typeset(f"{GAP_LEVELS[report.level]} ; poids : {shares}."),
                *(fr.typeset(f"{t.label} : {t.meaning}.") for t in order),
                *report.ranking.remarks, *((report.compared.remark,) if report.compared.remark else ()),
            ), unknown=UNKNOWN)
        )  # fmt: skip
    if found := report.crossing:
        said = (found.title, found.cuts, found.left_out, CROSS_MEANING)
        for name, table in (("Peu couverts, besoin élevé", found.few_and_needy), ("Couverture et besoin", found.table)):
            frame = table.reset_index()[list(CROSS_TITLES)]
            shapes = {"part_couverte": "part"} | dict.fromkeys(("valeur", "au_moins", "au_plus"), "decimal")
            sheets.append(formats.Sheet(name, frame, found.titles, shapes, said, UNKNOWN))
    if len(report.checks.table):
        sheets.append(
            formats.Sheet(
                "À vérifier",
                report.checks.table.reset_index(),
                CHECK_TITLES,
                {"part": "part"},
                (fr.typeset(CHECK_MEANING),),
            )
        )
    if report.siting:
        notes = tuple(n for n in siting_notes(report.siting) if n)
        table = report.siting.table.reset_index()
        sheets.append(
            formats.Sheet(f"Prochains CLSM ({CANDIDATE_KINDS[report.siting.kind]})", table, SITING_TITLES,
                          {} if report.siting.mix.single else {"gain": "part", "cumul": "part"}, notes)
        )  # fmt: skip
    sheets += [
        formats.Sheet("Enquêtes", benchmarks_table(report), BENCHMARK_TITLES, BENCHMARK_FORMATS),
        formats.Sheet("Communes", communes_table(report), COMMUNE_TITLES,
                      notes=tuple(fr.typeset(f"{s.label} : {s.meaning}.") for s in report.state.situations.present(report.scope.rows))),
        formats.Sheet("CLSM", clsm_table(report)),
        formats.sources_sheet(sources(report), notes=[limit.sentence for limit in report.limits]),
    ]  # fmt: skip
    return sheets
