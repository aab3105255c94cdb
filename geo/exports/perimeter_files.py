"""A perimeter as files to download (geo/exports/reimport.py reads them back): workbook, CSV, GeoJSON, GeoPackage, JSON.

Every file carries the codes of the communes, the name and the note of the scenario, and the link that reopens it with its
settings. What is read back are the codes, checked one by one as for a link: a file that was edited by hand is welcome, one
that makes no sense gets a sentence.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo import french as fr
from geo.agreements import NO_AGREEMENTS, Agreements
from geo.comparison import Evaluated, SideBySide
from geo.dataset import Dataset
from geo.errors import GeoInputError
from geo.exports import formats
from geo.exports.note import Note, make_note
from geo.exports.note_tables import LAYERS, Table, comparison_tables, noted_tables, settings_table, sources_table
from geo.geometry import WGS84, dissolved
from geo.guidance import MEASURES, asked_questions, listed_here, round_table
from geo.indicators import answers_over
from geo.layers import LayerId, Overlap, zone_members
from geo.needs import portrait, portrait_frame
from geo.perimeters import PerimeterFacts
from geo.scenarios import Scenario, Workbook, claim_fields, project_fields, to_file, vintage_of

if TYPE_CHECKING:
    import geopandas as gpd

COMMUNES, IDENTITY, CLAIMS, CLAIMS_FIELD = "Communes", "Périmètre", "Déclarations", "declarations"
NEEDS = "Besoin"
CLAIM_COLUMNS = ("sorte", "nom", "auteur", "date", "hopital", "communes", "en_partie", "complete", "retenue")
# Files are made one for two cores at a time: more at once would make everyone wait for the last.
_SLOTS = BoundedSemaphore(max(1, (os.cpu_count() or 1) // 2))
FORMATS = ("pdf", "docx", "xlsx", "gpkg", "geojson", "csv", "json")
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "csv": "text/csv",
    "json": "application/json",
}


@dataclass(frozen=True, eq=False)
class Export:
    """What a file is made of: the evaluated perimeter, the scenario with its note, the link, the comparison if any, what bodies answered."""

    found: Evaluated
    world: Dataset
    scenario: Scenario
    link: str = ""
    comparison: SideBySide | None = None
    made_on: date = date(2000, 1, 1)
    agreements: Agreements = NO_AGREEMENTS

    @property
    def facts(self) -> PerimeterFacts:
        """Facts of the perimeter."""
        return self.found.facts

    def note(self, *, instruction: bool = False) -> Note:
        """Return the note of the perimeter."""
        return make_note(
            self.found, self.world, made_on=self.made_on, link=self.link, remark=self.scenario.note,
            answers=self.scenario.answers, comparison=self.comparison, agreements=self.agreements, budget=self.scenario.budget,
            instruction=instruction,
        )  # fmt: skip


def make(kind: str, export: Export, *, instruction: bool = False) -> bytes:
    """Make a file of one of FORMATS; `instruction` is for the two that are documents.

    Raises
    ------
    GeoInputError
        For a format that does not exist, or an empty perimeter.
    """
    from geo.exports.typst_pdf import note_pdf
    from geo.exports.word import note_docx

    makers: dict[str, Callable[[], bytes]] = {
        "pdf": lambda: note_pdf(export.note(instruction=instruction)),
        "docx": lambda: note_docx(export.note(instruction=instruction)),
        "xlsx": lambda: perimeter_xlsx(export),
        "gpkg": lambda: perimeter_gpkg(export),
        "geojson": lambda: perimeter_geojson(export),
        "csv": lambda: formats.csv_bytes(with_needs(export, communes_table(export))),
        "json": lambda: perimeter_json(export),
    }
    if kind not in makers:
        raise GeoInputError(f"{kind[:20]} : ce format n’existe pas ; choisissez {fr.listing(FORMATS)}.")
    with _SLOTS:
        return makers[kind]()


def file_name(name: str, kind: str) -> str:
    """Return a file name made of a perimeter's name: letters, digits and dashes."""
    plain = "-".join(fr.fold(name).split())[:60] or "perimetre"
    return f"clsm-{plain}.{kind}"


def communes_table(export: Export) -> pd.DataFrame:
    """Return the communes, one a line, the perimeter's name beside each."""
    facts = export.facts
    table = facts.table
    names = facts.atlas.communities[1]["nom"]
    owner = facts.atlas.communities[0].iloc[facts.rows]
    return pd.DataFrame(
        {
            "code": table["code"].astype(str).to_numpy(),
            "commune": table["nom"].to_numpy(),
            "population": table["population"].to_numpy(),
            "annee_population": str(facts.population_year),
            "departement": table["departement"].to_numpy(),
            "intercommunalite": [names.get(c, None) if isinstance(c, str) else None for c in owner],
            "superficie_km2": (table["area_m2"] / 1e6).round(3).to_numpy(),
            "densite": [_level(facts, r) for r in facts.rows],
            "perimetre": export.scenario.name,
        }
    )


def _level(facts: PerimeterFacts, row: int) -> str:
    from geo.communes import LABELS

    return LABELS[int(facts.density.level[row])] + (" (estimation)" if facts.density.estimated else "")


def identity(export: Export) -> pd.DataFrame:
    """Return what the perimeter is, key by key: name, note, project, answers, budget, link, vintage, date of the data."""
    facts, vintage = export.facts, vintage_of(export.world)
    pairs = [
        ("nom", export.scenario.name),
        ("note", export.scenario.note),
        ("verrouillees", ",".join(sorted(export.scenario.locked))),
        *((key, json.dumps(value, ensure_ascii=False)) for key, value in project_fields(export.scenario).items()),
        ("lien", export.link),
        ("habitants", str(facts.population)),
        ("annee_population", str(facts.population_year)),
        ("annee_communes", str(vintage.communes)),
        ("intercommunalites", vintage.epci),
        ("sources_synchronisees", json.dumps(dict(vintage.sources), ensure_ascii=False)),
    ]
    return pd.DataFrame(pairs, columns=["cle", "valeur"])


def claims_table(export: Export) -> pd.DataFrame:
    """Return the local statements that the figures rest on, one a line: whose word, of what day, about which communes; lists of codes are
    separated by blanks."""
    lines = [
        {**one, **{key: " ".join(one[key]) for key in ("communes", "en_partie")},
         **{key: "oui" if one[key] else "non" for key in ("complete", "retenue")}}
        for one in claim_fields(export.world.claims)
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=CLAIM_COLUMNS)


def figures_table(found: Evaluated) -> pd.DataFrame:
    """Return every figure as a number, with its definition and what limits it."""
    records = []
    for measure in MEASURES:
        value = found.values[measure.id]
        limit = "au moins" if value.least else "estimation" if value.estimated else ""
        records.append(
            (
                measure.group,
                measure.label,
                _rounded(value.number),
                measure.text(value),
                limit or value.note,
                measure.definition,
            )
        )
    return pd.DataFrame(records, columns=["groupe", "chiffre", "valeur", "ecrit", "limite", "definition"])


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 6)


def checks_table(found: Evaluated) -> pd.DataFrame:
    """Return the checks whole: outcome, sentence, details, what is missing, settings, source."""
    from geo.guidance import used_text

    records = [
        (c.title, str(f.outcome), str(f.reach), f.sentence, "\n".join(f.details), " ; ".join(f.missing),
         used_text(c.settings, found.settings), c.source)
        for c, f in found.findings
    ]  # fmt: skip
    return pd.DataFrame(
        records, columns=["repere", "issue", "portee", "phrase", "details", "il_manque", "reglages", "source"]
    )


def questions_table(export: Export) -> pd.DataFrame:
    """Return the guide's questions without a figure, with the answers given; an answer not given is empty."""
    asked = asked_questions(export.facts, export.found.settings, export.scenario.answers)
    records = [(q.theme, q.question, q.data, q.answer, q.source) for q in asked]
    return pd.DataFrame(records, columns=["theme", "question", "donnees", "reponse", "source"])


def zones_table(facts: PerimeterFacts) -> pd.DataFrame:
    """Return every zone met, as numbers; what is unknown is empty."""
    records = [_zone_record(facts, layer_id, o) for layer_id in LAYERS for o in facts.overlaps[layer_id]]
    return pd.DataFrame(records)


def _zone_record(facts: PerimeterFacts, layer_id: str, o: Overlap) -> dict[str, Any]:
    layer = facts.crosswalk.layers[layer_id]
    return {
        "couche": layer.name, "id": o.id, "nom": o.name, "etat": str(o.etat), "composition": str(o.precision),
        "communes": o.communes, "communes_en_partie": o.partial, "habitants_en_commun": o.population,
        "estimation": o.estimated, "part_du_perimetre": o.share_of_perimeter, "part_de_la_zone": o.share_of_zone,
        "habitants_de_la_zone": o.zone_population, "relation": str(o.relation),
        "liste_complete_ici": listed_here(facts, layer_id),
        "sur_declaration": bool(facts.by_whose_word(layer_id)), "source": layer.source, "millesime": layer.vintage,
    }  # fmt: skip


def needs_frame(export: Export) -> pd.DataFrame:
    """Return the indicators of need, here and around, as numbers; empty while no indicator is at hand."""
    return portrait_frame(portrait(export.world, export.facts.rows, export.scenario.name))


def with_needs(export: Export, listed: pd.DataFrame) -> pd.DataFrame:
    """Return the communes with a column an indicator: its figure where it is exact and may be compared, else empty."""
    world = export.world
    each = [np.array([row], dtype=np.intp) for row in export.facts.rows]
    found = answers_over(world.indicators, world.atlas, each, world.iris) if len(world.indicators) else ()
    return listed.assign(**{f"besoin_{one.indicator.id}": one.value for one in found})


def _frame(table: Table) -> pd.DataFrame:
    return pd.DataFrame(
        [tuple(c.replace("\n", " · ") for c in row) for row in table.rows], columns=_distinct(table.headers)
    )


def _distinct(names: tuple[str, ...]) -> list[str]:
    return [n or f"Colonne {i + 1}" for i, n in enumerate(names)]


def _sheet_name(table: Table) -> str:
    return table.caption.partition(",")[0].partition(" sur ")[0]


def perimeter_xlsx(export: Export) -> bytes:
    """Write the workbook, a sheet a table."""
    found, facts = export.found, export.facts
    shares = {"part_du_perimetre": "part", "part_de_la_zone": "part"}
    sheets = [
        formats.Sheet(IDENTITY, identity(export)),
        formats.Sheet(COMMUNES, communes_table(export)),
        formats.Sheet("Chiffres", figures_table(found)),
        formats.Sheet("Repères", checks_table(found)),
        formats.Sheet("Territoires", zones_table(facts), formats=shares),
        *([formats.Sheet(NEEDS, needs)] if len(needs := needs_frame(export)) else []),
        formats.Sheet("Qui inviter", round_table(facts, export.agreements.names()).frame()),
        *(formats.Sheet(_sheet_name(t), _frame(t), notes=(t.note,)) for t in noted_tables(facts, export.agreements)),
        formats.Sheet("Questions du guide", questions_table(export)),
        *([formats.Sheet(CLAIMS, claims_table(export))] if export.world.claims else []),
    ]
    if export.comparison is not None and len(export.comparison.every) > 1:
        tables = comparison_tables(export.comparison)
        sheets += [formats.Sheet(f"Comparaison {i}", _frame(t), notes=(t.note,)) for i, t in enumerate(tables, 1)]
    sheets.append(formats.Sheet("Réglages", _frame(settings_table(found))))
    sheets.append(formats.Sheet(formats.SOURCES, _frame(sources_table(facts, export.world))))
    return formats.workbook(sheets, title=export.scenario.name)


def _shapes(facts: PerimeterFacts) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the perimeter, its communes and the zones met, as outlines in EPSG:4326."""
    import geopandas as gpd

    atlas = facts.atlas
    layers = facts.crosswalk.layers
    met = [(i, o, zone_members(layers[i], o.id)[0]) for i in LAYERS if i != LayerId.QPV for o in facts.overlaps[i]]
    rows = np.unique(np.concatenate([facts.rows, *(np.array(m, dtype=np.intp) for _, _, m in met)])).astype(np.intp)
    every = atlas.outlines(rows).to_numpy()
    place = {int(r): i for i, r in enumerate(rows)}

    def union(members: Any) -> Any:
        return dissolved(every[[place[int(r)] for r in members]])

    communes = gpd.GeoDataFrame(geometry=every[[place[int(r)] for r in facts.rows]], crs=WGS84)
    whole = gpd.GeoDataFrame(geometry=[union(facts.rows)], crs=WGS84)
    drawn = [(i, o, union(m)) for i, o, m in met if m]
    zones = gpd.GeoDataFrame(
        {"couche": [layers[i].name for i, _, _ in drawn], "id": [o.id for _, o, _ in drawn]},
        geometry=[s for _, _, s in drawn], crs=WGS84,
    )  # fmt: skip
    return whole, communes, zones


def _attributes(export: Export) -> dict[str, Any]:
    facts = export.facts
    return {
        "nom": export.scenario.name, "note": export.scenario.note, "habitants": facts.population,
        "annee_population": str(facts.population_year), "communes": len(facts.towns),
        "superficie_km2": round(facts.area_m2 / 1e6, 3), "lien": export.link,
    }  # fmt: skip


def perimeter_gpkg(export: Export) -> bytes:
    """Write the GeoPackage: perimeter, communes, zones met, and the tables beside them."""
    import geopandas as gpd

    whole, communes, zones = _shapes(export.facts)
    perimeter = gpd.GeoDataFrame(pd.DataFrame([_attributes(export)]), geometry=whole.geometry, crs=WGS84)
    listed = gpd.GeoDataFrame(communes_table(export), geometry=communes.geometry, crs=WGS84)
    met = zones.merge(zones_table(export.facts), on=["couche", "id"], how="left")
    layers: dict[str, gpd.GeoDataFrame | pd.DataFrame] = {"perimetre": perimeter, "communes": listed}
    if len(met):
        layers["zones"] = gpd.GeoDataFrame(met, geometry="geometry", crs=WGS84)
    layers |= {
        "territoires": zones_table(export.facts),
        "chiffres": figures_table(export.found),
        "reperes": checks_table(export.found),
        "sources": _frame(sources_table(export.facts, export.world)),
        "identite": identity(export),
        **({CLAIMS_FIELD: claims_table(export)} if export.world.claims else {}),
    }
    return formats.geopackage(layers)


def perimeter_geojson(export: Export) -> bytes:
    """Write the GeoJSON: the perimeter, then its communes, then the zones met, distinguished by `objet`."""
    import geopandas as gpd

    whole, communes, zones = _shapes(export.facts)
    first = pd.DataFrame([{"objet": "perimetre", **_attributes(export)}])
    listed = communes_table(export)
    listed.insert(0, "objet", "commune")
    met = zones.drop(columns="geometry").merge(zones_table(export.facts), on=["couche", "id"], how="left")
    met.insert(0, "objet", "zone")
    collection = [
        _features(gpd.GeoDataFrame(t, geometry=s.geometry, crs=WGS84))
        for t, s in ((first, whole), (listed, communes), (met, zones))
    ]
    head = {
        "type": "FeatureCollection", "name": export.scenario.name, "perimetre": dict(identity(export).to_numpy()),
        **({CLAIMS_FIELD: claim_fields(export.world.claims)} if export.world.claims else {}),
    }  # fmt: skip
    text = (
        json.dumps(head, ensure_ascii=False)[:-1]
        + ',"features":[\n'
        + ",\n".join(f for c in collection for f in c)
        + "\n]}\n"
    )
    return text.encode()


def _features(frame: gpd.GeoDataFrame) -> list[str]:
    """Return each feature as its text, made by the one writer of GeoJSON there is."""
    if frame.empty:
        return []
    return [
        json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in json.loads(formats.geojson(frame))["features"]
    ]


def perimeter_json(export: Export) -> bytes:
    """Write the scenario as the file of the Périmètre page."""
    opened = frozenset(export.world.atlas.opened)
    vintage, claims = vintage_of(export.world), export.world.claims
    book = Workbook((export.scenario,), 0, export.found.settings, vintage, claims, opened)
    return to_file(book, export.world.atlas)
