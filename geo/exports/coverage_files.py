"""Files of a coverage view: CSV, workbook, GeoJSON, GeoPackage with styles, and two pages for the director.

Nothing is computed here: tables come from `geo.exports.coverage_tables`, outlines from the atlas, both with codes, years, sources.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import french as fr
from geo.coverage import (
    CANDIDATE_KINDS,
    GAP_LEVELS,
    NEEDS,
    Figure,
    Situation,
    Status,
    interval,
    place,
)
from geo.exports import formats, qml
from geo.exports.coverage_svg import coverage_map, situation_style
from geo.exports.coverage_tables import CoverageReport, communes_table, coverage_sheets, gap_sheet, sources
from geo.exports.typst_pdf import make_pdf
from geo.geometry import WGS84
from geo.layers import Layer, LayerId

READING_FILLS = {
    "couvert": ("#1f7a6d", None),
    "en partie": ("#8cc5b9", "points"),
    "projet": ("#f2d9a6", "croise"),
    "non couvert": ("#f3cdc6", "horizontale"),
    "inconnu": ("#e8ecee", None),
}
PLAIN_SITUATIONS = tuple(Situation(status) for status in Status)
MAP_LEVELS = ("epci", "ept", "secteurs-adultes", "secteurs-enfants", "cls")
COMPLETE_WITH = fr.typeset(
    "Pour compléter : page Données (importer une liste, synchroniser les sources officielles), page Couverture (déclarer complète "
    "la liste des CLSM d’un département)."
)
MOST_ROWS = 4  # of each table on paper
MOST_PICKS = 6
MOST_CALLS = 2  # of what to check first, on paper
MOST_NAMED = 5  # territories named in the finding


def coverage_workbook(report: CoverageReport) -> bytes:
    """Return every table as an XLSX, one sheet each, the sources last."""
    return formats.workbook(coverage_sheets(report), title=report.title)


def coverage_csv(report: CoverageReport) -> dict[str, bytes]:
    """Return every table as a CSV, by file name."""
    return {
        f"{report.file_stem}-{slug(sheet.name)}.csv": formats.csv_bytes(sheet.frame, unknown=sheet.unknown)
        for sheet in coverage_sheets(report)
    }


def slug(text: str) -> str:
    """Return a name for a file: lower case letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def communes_frame(report: CoverageReport) -> gpd.GeoDataFrame:
    """Return the communes of the scope with status, people, sources and outlines (EPSG:4326)."""
    outlines = report.state.atlas.outlines(report.scope.rows).to_numpy()
    return gpd.GeoDataFrame(communes_table(report), geometry=outlines, crs=WGS84)


def coverage_geojson(report: CoverageReport, what: str = "communes") -> bytes:
    """Return the communes of the scope, or the perimeters of its CLSM (`what` is « clsm »), with the sources beside them.

    The perimeters can be read again by the data door.
    """
    listed = [dict(zip(("donnee", "source", "millesime", "remarque"), s, strict=True)) for s in sources(report)]
    frame = communes_frame(report)
    if what == "clsm":
        frame = _perimeters(report, report.state.crosswalk.layers[LayerId.CLSM])
    return formats.geojson(frame, members={"name": report.title, "sources": listed})


def coverage_geopackage(report: CoverageReport) -> bytes:
    """Return communes, CLSM, gaps of each level and sources as a GeoPackage that QGIS opens drawn."""
    communes = communes_frame(report)
    layers: dict[str, gpd.GeoDataFrame | pd.DataFrame] = {}
    styles: dict[str, str] = {}
    clsm = _perimeters(report, report.state.crosswalk.layers[LayerId.CLSM])
    if len(clsm):
        layers["clsm"], styles["clsm"] = clsm, qml.outline("#0b3d37", width_mm=0.8)
    layers["communes"], styles["communes"] = communes, communes_style(report.state.situations.kinds)
    for level in MAP_LEVELS:
        table = report.gaps.get(level)
        if table is not None:
            name = f"ecarts_{level.replace('-', '_')}"
            layers[name] = _gap_frame(report, level, table)
            styles[name] = gaps_style()
    listed = pd.DataFrame(sources(report), columns=["donnee", "source", "millesime", "remarque"])
    layers["sources"] = listed
    return formats.geopackage(layers, styles)


def communes_style(kinds: Iterable[Situation] = PLAIN_SITUATIONS) -> str:
    """Return the QGIS style of the communes by situation, the same as on paper."""
    styles = {kind: situation_style(kind) for kind in kinds}
    return qml.categorised(
        "statut",
        [
            qml.Category(kind.label, kind.label, str(style.fill), style.hatch, style.hatch_colour)
            for kind, style in styles.items()
        ],
    )


def gaps_style() -> str:
    """Return the QGIS style of the gaps, by the situation of the most people."""
    return qml.categorised(
        "majorite",
        [qml.Category(word, word, fill, hatch) for word, (fill, hatch) in READING_FILLS.items()],
        outline="#3c4a52",
    )


def _perimeters(report: CoverageReport, layer: Layer) -> gpd.GeoDataFrame:
    """Return the zones of a layer that the scope meets: their known communes, whole or in part, as one outline."""
    met = np.unique(layer.members["zone"].to_numpy()[report.scope.mask[layer.members["row"].to_numpy()]])
    columns = ["nom", "etat", "precision", "territoire", "departement", "annee", "source_titre", "source_url", "note"]
    frame = layer.zones.iloc[met][columns].astype(str)
    frame.insert(0, "id", frame.index.astype(str))
    frame["codes_communes"] = [_codes(report, layer, z) for z in met]
    shapes = [_union(report, layer, z) for z in met]
    return gpd.GeoDataFrame(frame.reset_index(drop=True), geometry=shapes, crs=WGS84)


def _members(layer: Layer, zone: int) -> Any:
    return layer.members["row"].to_numpy()[layer.members["zone"].to_numpy() == zone]


def _codes(report: CoverageReport, layer: Layer, zone: int) -> str:
    return ";".join(str(c) for c in report.state.atlas.codes[np.sort(_members(layer, zone))])


def _union(report: CoverageReport, layer: Layer, zone: int) -> Any:
    return shapely.coverage_union_all(report.state.atlas.outlines(_members(layer, zone)).to_numpy())


def _gap_frame(report: CoverageReport, level: str, table: pd.DataFrame) -> gpd.GeoDataFrame:
    layer = report.state.crosswalk.layers[level]
    zones = [int(layer.zones.index.get_loc(code)) for code in table.index]
    frame = gap_sheet(table)
    frame["codes_communes"] = [_codes(report, layer, z) for z in zones]
    frame["source"] = f"{layer.source}, {layer.vintage}"
    return gpd.GeoDataFrame(frame, geometry=[_union(report, layer, z) for z in zones], crs=WGS84)


@dataclass(frozen=True)
class Imprint:
    """When and by what a file was made, and the link that reopens its view: written as given at the foot of the pages."""

    date: str = ""
    software: str = ""
    link: str = ""

    @property
    def text(self) -> str:
        """The parts that are known, in one line."""
        return " · ".join(part for part in (self.date, self.software, self.link) if part)


NO_IMPRINT = Imprint()


def director_pdf(report: CoverageReport, imprint: Imprint = NO_IMPRINT) -> bytes:
    """Typeset a page that stands alone (the finding, a named map, three actions), then its annexes."""
    return make_pdf("couverture", director_data(report, imprint))


def director_data(report: CoverageReport, imprint: Imprint = NO_IMPRINT) -> dict[str, Any]:
    """Return what the pages say, as plain values."""
    drawn = coverage_map(report.scope, report.state, height_mm=118.0, named=True)
    ranking, shares = report.ranking, report.weights.shares
    first = ranking.table.head(MOST_ROWS)
    said = fr.listing(f"{t.label} {fr.percent(s, 0)}" for t, s in zip(ranking.terms, shares, strict=True) if s)
    return {
        "title": report.title,
        "subtitle": fr.typeset(
            f"{_kind(report)} ; {fr.inhabitants(report.state.population[report.scope.rows].sum())}. {_valid(report)}"
        ),
        "finding": finding(report),
        "actions": actions(report),
        "figures": [
            {
                "label": f.label, "amount": f.amount, "fraction": f.brief, "manner": f.manner,
                "above": f"{f.above_name} : {_beside(f.above)}" if f.above else "", "year": "" if f.unknown or f.parts else f.year,
            }
            for f in report.figures
        ],
        "map": drawn.svg,
        "alt": drawn.alt,
        "priorities": {
            "title": f"Par où commencer : {GAP_LEVELS[report.level]}",
            "note": fr.typeset(f"Poids choisis : {said}. Score sur 100. {' '.join(t for t in (*ranking.remarks, report.compared.remark) if t)} « Tient » : part de 1 000 jeux de poids au hasard qui le laissent parmi les dix premiers."),
            "head": ["Rang", "Possible", "Territoire", "Score", *(t.label for t in ranking.terms), "Tient"],
            "rows": [
                [place(r["rang"]) + (" ex æquo" if r["ex_aequo"] else ""), interval(r["au_mieux"], r["au_pire"]) or "sûr", str(r["nom"]), fr.number(r["score"], 1),
                 *(fr.number(r[t.id], 1) for t in ranking.terms), fr.percent(report.stability.any_weights[code], 0)]
                for code, r in first.iterrows()
            ],
        },
        "checks": {
            "title": "À vérifier d’abord", "lines": list(report.checks.sentences(MOST_CALLS)),
        },
        "gaps": [_gap_block(report, level) for level in _paper_levels(report)],
        "next": _next(report),
        "limits": [*(limit.brief for limit in report.limits), *([COMPLETE_WITH] if report.limits else [])],
        "sources": [fr.typeset(f"{what} : {source}{f', {year}' if year else ''}.") for what, source, year, _ in _used(report)],
        "made": imprint.text,
    }  # fmt: skip


def finding(report: CoverageReport) -> list[str]:
    """Write what the view finds, in one sentence or two: who is covered, and who carries what is missing."""
    figure = report.figures[0]
    if figure.value is None or not figure.total:
        return [figure.sentence]
    out_of = f"{fr.number(figure.value)} sur {fr.number(figure.total)}"
    most = f", et au plus {fr.percent(figure.most_share)}" if figure.most_share is not None else ""
    least = "Au moins " if figure.at_least else ""
    first = (
        f"{least}{fr.percent(figure.value / figure.total)} des habitants sont couverts par un CLSM ({out_of}){most}."
    )
    if not figure.value:
        bound = f" ; ils sont au plus {fr.percent(figure.most_share)} à l’être" if figure.most_share is not None else ""
        first = f"Aucun des {fr.inhabitants(figure.total)} n’est couvert par un CLSM connu{bound}."
    table = report.compared.table
    apart = table[table["sans_clsm"] > 0].sort_values("sans_clsm", ascending=False)
    if len(apart) <= MOST_NAMED:
        return [fr.typeset(first)]
    head = apart.head(MOST_NAMED)
    share = fr.percent(float(head["sans_clsm"].sum() / apart["sans_clsm"].sum()), 0)
    second = f"{len(head)} territoires sur {fr.number(len(table))} portent {share} des habitants sans CLSM ni projet connu : {fr.listing(map(str, head['nom']))}."
    return [fr.typeset(first), fr.typeset(second)]


def actions(report: CoverageReport) -> list[dict[str, str]]:
    """Return what to do first, three things at most: a list to ask for, a territory to see, a CLSM to prepare or a fact to confirm."""
    found = [{"title": "Demander une liste", "text": text} for text in report.checks.sentences(1)]
    ranking, table = report.ranking.table, report.compared.table
    if len(ranking) and table.at[ranking.index[0], "sans_clsm"] > 0:
        row = pd.concat([ranking.iloc[0], table.loc[ranking.index[0], ["sans_clsm", "qpv_sans_clsm"]]])
        where = interval(row["au_mieux"], row["au_pire"])
        sure = f", possible {where} selon ce qui est inconnu" if where else ""
        quarters = row["qpv_sans_clsm"]
        inside = "" if np.isnan(quarters) else f", dont {fr.number(quarters) if quarters else 'aucun'} en QPV"
        text = f"{row['nom']} : premier de l’ordre à vos poids{sure} ; {fr.inhabitants(row['sans_clsm'])} sans CLSM ni projet connu{inside}."
        found.append({"title": "Rencontrer un territoire", "text": fr.typeset(text)})
    if report.siting and report.siting.picks:
        pick = report.siting.picks[0]
        text = f"{pick.candidate.name} : un CLSM y servirait {fr.inhabitants(pick.added['habitants'])} de plus."
        found.append({"title": "Préparer un CLSM", "text": fr.typeset(text)})
    elif report.figures[0].within:
        text = f"{report.figures[0].within[0].text} : ils comptent comme couverts tant que rien ne le dément."
        found.append({"title": "Faire confirmer un fait", "text": fr.typeset(text)})
    return found


def _beside(figure: Figure) -> str:
    """Write the figure of the level above in short: for bodies, the share of their people who are covered."""
    if figure.parts is None or figure.parts.covered.value is None:
        return figure.amount
    known = figure.parts.covered.known(least=figure.parts.least, whole=False)
    among = "de" if figure.parts.covered.part else "parmi"
    return fr.typeset(f"{known} {among} {figure.parts.whose} habitants")


def _valid(report: CoverageReport) -> str:
    """Say of when the communes and the people are."""
    atlas = report.state.atlas
    people = atlas.population_year_of(report.scope.departements)
    return f"Communes au 1er janvier {atlas.year}, population municipale {people}."


def _kind(report: CoverageReport) -> str:
    return {"france": "France", "region": "Région", "departement": "Département", "epci": "EPCI", "ept": "EPT"}[
        report.scope.kind
    ]


def _paper_levels(report: CoverageReport) -> list[str]:
    """Return the two levels to print: the intercommunal bodies that mean something there, then the CLS."""
    bodies = "ept" if "ept" in report.gaps and len(report.gaps["epci"]) < len(report.gaps["ept"]) else "epci"
    if report.scope.kind in ("epci", "ept"):
        bodies = "commune"
    return [level for level in (bodies, "cls") if level in report.gaps]


def _gap_block(report: CoverageReport, level: str) -> dict[str, Any]:
    table = report.gaps[level]
    open_gaps = table[table["sans_clsm"] > 0]
    total = fr.ratio(float(table["sans_clsm"].sum()), float(table["population"].sum()))
    note = f"{fr.count(len(open_gaps), 'territoire')} sur {fr.number(len(table))} avec des habitants sans CLSM ni projet connu"
    if level != "cls":  # CLS may overlap: their inhabitants do not add up
        note += f", {total} des habitants"
    else:
        alone, known = int(table["cls_sans_clsm"].sum()), fr.count(len(table), "CLS connu", "CLS connus")
        note += f" ; {fr.count(alone, 'CLS', 'CLS') if alone else 'aucun CLS'} sans CLSM connu, parmi {known}"
        if not report.state.known_here(LayerId.CLS, report.scope.rows):
            note += " ; les autres CLS d’ici sont inconnus"
    return {
        "title": f"Écarts : {GAP_LEVELS[level]}",
        "note": fr.typeset(f"{note}."),
        "head": ["Territoire", "Lecture", "Sans CLSM ni projet", "dont QPV", "dont rural", "Dispositifs déjà là"],
        "rows": [
            [str(r["nom"]), str(r["lecture"]), fr.number(r["sans_clsm"]), fr.number(r["qpv_sans_clsm"]),
             fr.number(r["rural_sans_clsm"]), _short(r["dispositifs"])]
            for _, r in open_gaps.head(MOST_ROWS).iterrows()
        ],
    }  # fmt: skip


def _short(text: object, most: int = 90) -> str:
    said = str(text)
    return said if len(said) <= most else said[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _next(report: CoverageReport) -> dict[str, Any] | None:
    siting = report.siting
    if siting is None:
        return None
    after = {f.id: f for f in siting.figures_after(report.state)}
    before = {f.id: f for f in report.figures}
    moved = [
        f"{before[i].label} : {before[i].amount} → {after[i].amount}" for i in ("habitants", "qpv-habitants", "rural")
        if before[i].amount != after[i].amount
    ]  # fmt: skip
    ceiling = f", {fr.inhabitants(siting.ceiling)} à servir au plus chacun" if siting.ceiling else ""
    return {
        "title": f"Les prochains CLSM : {CANDIDATE_KINDS[siting.kind]}{ceiling}",
        "note": " ".join(
            p for p in (siting.sentence, siting.ties, *(d.sentence for d in siting.divisions[:MOST_CALLS])) if p
        ),
        "head": ["Rang", "Territoire", "Habitants", *(f"+ {NEED_HEADS[n]}" for n in NEEDS)],
        "rows": [
            [fr.number(i), p.candidate.name, fr.number(p.candidate.population), *(fr.number(p.added[n]) for n in NEEDS)]
            for i, p in enumerate(siting.picks[:MOST_PICKS], 1)
        ],
        "after": [fr.typeset(line) for line in moved],
    }


NEED_HEADS = {"habitants": "habitants", "qpv": "en QPV", "rural": "ruraux"}


def _used(report: CoverageReport) -> Iterable[tuple[str, str, str, str]]:
    return [s for s in sources(report) if not s[0].startswith("Enquête")]


def coverage_file(report: CoverageReport, kind: str, imprint: Imprint = NO_IMPRINT) -> bytes:
    """Return one file of a view: pdf, xlsx, geojson (communes), gpkg, or zip, which gathers the CSV."""
    if kind == "pdf":
        return director_pdf(report, imprint)
    if kind == "zip":
        return formats.zipped(coverage_csv(report))
    makers = {"xlsx": coverage_workbook, "geojson": coverage_geojson, "gpkg": coverage_geopackage}
    return makers[kind](report)


def coverage_files(report: CoverageReport, imprint: Imprint = NO_IMPRINT) -> dict[str, bytes]:
    """Return every file of a view by name."""
    stem = report.file_stem
    return coverage_csv(report) | {
        f"{stem}.xlsx": coverage_workbook(report),
        f"{stem}.geojson": coverage_geojson(report),
        f"{stem}-clsm.geojson": coverage_geojson(report, "clsm"),
        f"{stem}.gpkg": coverage_geopackage(report),
        f"{stem}.pdf": director_pdf(report, imprint),
    }
