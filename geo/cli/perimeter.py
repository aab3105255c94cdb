"""The commands `note` and `compare`: the same files and the same table as the pages, without a screen."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from geo import french as fr
from geo.cli.terminal import as_json, warn
from geo.comparison import Candidate, SideBySide, candidates, default_choice, evaluate, scale_of, side_by_side
from geo.coverage import Coverage
from geo.dataset import Dataset, open_dataset
from geo.errors import GeoInputError
from geo.exports import FORMATS, Export, make
from geo.guidance import MEASURES, Check, Finding, Reach, SectorShare, round_table, sectors_met, summary
from geo.layers import Layer, Overlap
from geo.perimeters import Perimeter, PerimeterFacts, travel
from geo.scenarios import Scenario, Workbook, pack, vintage_of

ADDRESS = "http://localhost:8501"

Choose = Callable[[argparse.Namespace, Dataset], tuple[Perimeter, tuple[str, ...]]]

Findings = Sequence[tuple[Check, Finding]]


def add_parsers(commands: Any, add_choice: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the two commands; `add_choice` adds the options that name a perimeter."""
    note = commands.add_parser("note", help="écrire la note d’un périmètre, ou l’exporter")
    add_choice(note)
    note.add_argument("--out", type=Path, required=True, help="fichier à écrire (note.pdf)")
    note.add_argument("--format", choices=FORMATS, help="par défaut, celui du nom du fichier")
    note.add_argument(
        "--instruction", action="store_true", help="fiche d’instruction d’un service, avis laissé en blanc"
    )
    note.add_argument("--nom", default="", help="nom du périmètre dans la note")
    note.add_argument("--adresse", default=ADDRESS, help="adresse du tableau de bord, pour le lien et le code QR")
    compare = commands.add_parser("compare", help="comparer les échelles possibles pour une commune")
    compare.add_argument("--commune", required=True, help="code de la commune (94028)")
    compare.add_argument("--json", action="store_true", help="écrire du JSON")


def note(options: argparse.Namespace, choose: Choose) -> Iterable[str]:
    """Write the file asked for.

    Raises
    ------
    GeoInputError
        When the format is not told, or the file cannot be written.
    """
    kind = options.format or options.out.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise GeoInputError(f"{options.out.name} : précisez le format (--format {'|'.join(FORMATS)}).")
    world = open_dataset()
    warn(*world.notices)
    perimeter, notices = choose(options, world)
    scenario = Scenario((options.nom or perimeter.name)[:60], frozenset(perimeter.communes), " ".join(notices)[:400])
    data = make(kind, export_of(scenario, world, address=options.adresse), instruction=options.instruction)
    try:
        options.out.write_bytes(data)
    except OSError as error:
        raise GeoInputError(f"{options.out} : ce fichier ne peut pas être écrit ({error.strerror}).") from error
    return [f"{options.out} : {len(data) / 1000:.0f} ko"]


def export_of(scenario: Scenario, world: Dataset, *, address: str, today: date | None = None) -> Export:
    """Return what a file is made of, for one scenario on the data in use, by the guide's settings."""
    book = Workbook((scenario,), vintage=vintage_of(world))
    link = f"{address.rstrip('/')}/Perimetre?lien={pack(book, world.atlas)}"
    candidate = Candidate("cli", "Scénario", scenario.name, scenario.codes, scale_of(scenario.codes, world.atlas))
    return Export(evaluate(candidate, world), world, scenario, link, made_on=today or date.today())


def compare(options: argparse.Namespace) -> Iterable[str]:
    """Return the comparison of the scales of a commune, as JSON or as text."""
    world = open_dataset()
    warn(*world.notices)
    found = side_by_side(default_choice(candidates(world.crosswalk, options.commune.strip().upper())), world)
    if options.json:
        return [as_json(comparison_data(found))]
    return comparison_text(found)


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


def comparison_text(found: SideBySide) -> Iterable[str]:
    """Yield the lines of a readable comparison."""
    for e in found.every:
        also = f" (mêmes communes : {', '.join(e.candidate.also)})" if e.candidate.also else ""
        yield f"{e.candidate.title}{also}, échelle {e.candidate.scale}"
    group = ""
    for measure in MEASURES:
        if measure.group != group:
            group = measure.group
            yield from ("", group)
        told = " | ".join(measure.text(e.values[measure.id]) for e in found.every)
        yield f"  {measure.label} : {told}"
    yield from ("", "Ce que disent les repères")
    for verdict in found.verdicts:
        yield f"  {verdict.check.title} : {verdict.sentence}"


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
