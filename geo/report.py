"""The same evaluation as data (JSON) and as text, so that a figure is never worked out twice.

Keys are French and stable; shares run from 0 to 1; what is unknown is null, never zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from geo import french as fr
from geo.coverage import STATUS_LABELS, Coverage, Status, reading_count
from geo.crosswalk import Overlap
from geo.findings import Finding, Reach
from geo.guidance import Check
from geo.layers import Layer
from geo.perimeter import PerimeterFacts
from geo.sectors import SectorShare, sectors_met
from geo.summary import summary
from geo.table_ronde import round_table
from geo.travel import travel

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
        "complet_ici": facts.known_everywhere(layer_id),
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


def evaluation_text(facts: PerimeterFacts, findings: Findings) -> Iterator[str]:
    """Yield the lines of a readable evaluation."""
    yield f"{facts.perimeter.name} : {facts.size_text}"
    yield f"Population municipale {facts.population_year} : {fr.inhabitants(facts.population)}"
    yield f"Superficie : {fr.square_kilometres(facts.area_m2)}"
    yield ""
    yield "Territoires et dispositifs rencontrés"
    for layer_id, overlaps in facts.overlaps.items():
        layer = facts.crosswalk.layers[layer_id]
        if not overlaps:
            nothing = "aucun" if facts.known_everywhere(layer_id) else "aucun connu (liste incomplète ici)"
            yield f"  {layer.name} : {nothing}"
        for overlap in overlaps:
            yield f"  {layer.name} : {overlap_text(overlap, layer)}"
    yield ""
    yield "Repères du guide"
    for check, finding in findings:
        badge = finding.outcome if finding.reach is Reach.FINDING else finding.reach
        yield f"  [{badge}] {check.title}. {finding.sentence}"
        for line in finding.details:
            yield f"      - {line}"
        for line in finding.missing:
            yield f"      Il manque : {line}."
        yield f"      Source : {check.source}"


def overlap_text(overlap: Overlap, layer: Layer) -> str:
    """Write one overlap: name, state, people in common, shares, relation."""
    facts = [overlap.name if str(overlap.etat) == "en service" else f"{overlap.name} ({overlap.etat})"]
    if overlap.population is not None:
        facts.append(f"{overlap.hedge}{fr.inhabitants(overlap.population)} en commun")
    else:
        facts.append("habitants en commun inconnus")
    if overlap.share_of_perimeter is not None:
        facts.append(f"{fr.percent(overlap.share_of_perimeter)} du périmètre")
    if overlap.share_of_zone is not None:
        facts.append(f"{fr.percent(overlap.share_of_zone)} de la zone")
    return f"{' ; '.join(facts)} ; {overlap.relation}"


def coverage_data(found: Coverage) -> dict[str, Any]:
    """Return the coverage of a scope as plain values, ready for JSON."""
    by_status = found.by_status
    return {
        "territoire": found.scope.name,
        "population": found.population,
        "population_annee": found.population_year,
        "communes": found.communes,
        "communes_et_arrondissements": int(by_status["communes"].sum()),
        "statuts": {
            status.name.lower(): {
                "libelle": STATUS_LABELS[status],
                "communes": int(by_status.at[status, "communes"]),
                "population": int(by_status.at[status, "population"]),
            }
            for status in Status
        },
        "population_des_parties_couvertes_estimation": found.partly_covered,
        "epci": _readings(found, "epci"),
        "ept": _readings(found, "ept"),
        "secteurs_adultes": _readings(found, "secteurs-adultes"),
        "cls": _readings(found, "cls"),
        "clsm": [
            {"id": str(i), "nom": z["nom"], "etat": str(z["etat"]), "composition": str(z["precision"])}
            for i, z in found.clsm().iterrows()
        ],
    }


def _readings(found: Coverage, layer_id: str) -> dict[str, Any]:
    zones = found.zones(layer_id)
    return {
        "liste_complete": found.known_everywhere(layer_id),
        "nombre": len(zones),
        "par_lecture": {str(k): int(v) for k, v in zones["lecture"].value_counts().items()},
        "zones": [
            {
                "id": str(i),
                "nom": z["nom"],
                "population": int(z["population"]),
                "estimation": bool(z["estimation"]),
                "lecture": z["lecture"],
            }
            for i, z in zones.iterrows()
        ],
    }


def coverage_text(found: Coverage) -> Iterator[str]:
    """Yield the lines of a readable coverage."""
    total = found.population
    yield f"{found.scope.name} : {fr.inhabitants(total)} (population municipale {found.population_year})"
    for status, row in found.by_status.iterrows():
        yield (
            f"  {STATUS_LABELS[Status(int(str(status)))]} : {fr.count(int(row['communes']), 'commune')}, "
            f"{fr.ratio(int(row['population']), total)} des habitants"
        )
    for layer_id in ("epci", "ept", "secteurs-adultes", "cls"):
        zones, layer = found.zones(layer_id), found.crosswalk.layers[layer_id]
        readings = zones["lecture"].value_counts()
        listed = fr.listing(reading_count(int(n), str(reading)) for reading, n in readings.items()) or "aucun connu"
        known = "" if found.known_everywhere(layer_id) else " (liste incomplète ici)"
        yield f"{layer.long_name}{known} : {listed}"
