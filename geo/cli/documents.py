"""The documents that the commands write as JSON: a perimeter, a comparison, the zones of a coverage, as plain values.

Keys are French, like the files of the dashboard. What is unknown is null, and what limits a figure stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo.comparison import SideBySide
from geo.coverage import STATES
from geo.exports import CoverageReport
from geo.guidance import Check, Finding, SectorShare, listed_here, round_table, sectors_met, summary
from geo.layers import Overlap
from geo.perimeters import PerimeterFacts, travel

Findings = Sequence[tuple[Check, Finding]]


def evaluation(facts: PerimeterFacts, findings: Findings, notices: Sequence[str] = ()) -> dict[str, Any]:
    """Return the facts and checks of a perimeter as plain values, ready for JSON; `notices` say what is not sure of it."""
    by_id = {finding.id: finding for _, finding in findings}
    return {
        "nom": facts.perimeter.name,
        "avis": list(notices),
        "resume": summary(facts, findings),
        "communes": [
            {"code": code, "nom": name, "population": int(people)}
            for code, name, people in zip(
                facts.table["code"], facts.table["nom"], facts.table["population"], strict=True
            )
        ],
        "population": facts.population,
        "population_annee": facts.population_year,
        "superficie_km2": round(facts.area_m2 / 1e6, 2),
        "rural": dict(by_id["rural"].figures),
        "qpv": {"complet": not by_id["qpv"].missing, **by_id["qpv"].figures},
        "layers": {layer_id: _layer(facts, layer_id) for layer_id in facts.crosswalk.layers},
        "secteurs": [_sector(sector) for sector in sectors_met(facts)],
        "trajets": travel(facts).sentence,
        "table_ronde": round_table(facts).rows(),
        "checks": [_check(check, finding) for check, finding in findings],
    }


def _layer(facts: PerimeterFacts, layer_id: str) -> dict[str, Any]:
    layer = facts.crosswalk.layers[layer_id]
    return {
        "nom": layer.long_name,
        "source": layer.source,
        "millesime": layer.vintage,
        "complet_ici": listed_here(facts, layer_id),
        "zones": [_overlap(overlap) for overlap in facts.overlaps[layer_id]],
    }


def _overlap(overlap: Overlap) -> dict[str, Any]:
    return {
        "id": overlap.id,
        "nom": overlap.name,
        "etat": str(overlap.etat),
        "composition": str(overlap.precision),
        "communes": overlap.communes,
        "communes_en_partie": overlap.partial,
        "population_commune": overlap.population,
        "estimation": overlap.estimated,
        "part_du_perimetre": overlap.share_of_perimeter,
        "part_de_la_zone": overlap.share_of_zone,
        "population_zone": overlap.zone_population,
        "relation": str(overlap.relation),
    }


def _sector(sector: SectorShare) -> dict[str, Any]:
    return {
        "id": sector.id,
        "nom": sector.name,
        "etablissement": sector.establishment or None,
        "habitants_dans_le_perimetre": sector.inside,
        "habitants": sector.total,
        "part": sector.share,
        "communes_qui_completent": [
            {"code": c.code, "nom": c.name, "population": c.people, "en_partie": c.partly} for c in sector.missing
        ],
        "estimation": sector.estimated,
        "phrase": sector.sentence,
        "source": sector.source,
    }


def _check(check: Check, finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "titre": check.title,
        "issue": str(finding.outcome),
        "portee": str(finding.reach),
        "chiffres": dict(finding.figures),
        "phrase": finding.sentence,
        "details": list(finding.details),
        "manque": list(finding.missing),
        "estimation": finding.estimated,
        "communes_a_montrer": list(finding.where),
        "source": check.source,
    }


def comparison_data(found: SideBySide) -> dict[str, Any]:
    """Return a comparison as plain values: unknown is null, and what limits a figure is beside it."""
    return {
        "reference": found.every[found.reference].candidate.id,
        "perimetres": [
            {
                "id": e.candidate.id, "type": e.candidate.kind, "nom": e.candidate.name, "aussi": list(e.candidate.also),
                "echelle": str(e.candidate.scale), "avis": list(e.candidate.notices), "communes": sorted(e.candidate.codes),
                "chiffres": {
                    k: {"valeur": v.number, "au_moins": v.least, "estimation": v.estimated} for k, v in e.values.items()
                },
                "reperes": e.outcomes,
            }
            for e in found.every
        ],
        "ecarts": [
            {
                "id": e.candidate.id,
                "communes_en_plus": sorted(c.only_second), "communes_en_moins": sorted(c.only_first),
                "chiffres": {f.id: f.difference for f in c.figures},
                "reperes": {k: [a, b] for k, a, b in c.findings},
            }
            for e, c in zip(found.every, found.against, strict=True)
        ],
    }  # fmt: skip


def zone_readings(report: CoverageReport, layer_id: str) -> dict[str, Any]:
    """Return how the zones of a layer are covered, as plain values; a share is null where it is not known."""
    zones = report.gaps.get(layer_id, pd.DataFrame({"majorite": []}))
    return {
        "liste_complete": report.state.known_here(layer_id, report.scope.rows),
        "nombre": len(zones),
        "par_situation_du_plus_grand_nombre": {str(k): int(v) for k, v in zones["majorite"].value_counts().items()},
        "zones": [
            {
                "id": str(i),
                "nom": z["nom"],
                "population": round(z["population"]),
                **{name: round(z[name]) for name in STATES},
                "part_couverte": None if np.isnan(z["part_couverte"]) else z["part_couverte"],
                "lecture": z["lecture"],
            }
            for i, z in zones.iterrows()
        ],
    }
