"""The commands `note` and `compare`: the same files and the same table as the pages, without a screen."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from geo import french as fr
from geo.cli.documents import Findings, comparison_data
from geo.cli.terminal import as_json, warn
from geo.communes import split_codes
from geo.comparison import Candidate, SideBySide, candidates, default_choice, evaluate, scale_of, side_by_side
from geo.dataset import Dataset, open_dataset, opened
from geo.dossier import Dossier, make_archive
from geo.errors import GeoInputError, system_reason
from geo.exports import FORMATS, Export, make
from geo.guidance import MEASURES
from geo.layers import Overlap
from geo.perimeters import Perimeter, PerimeterFacts
from geo.scenarios import Scenario, Workbook, pack, vintage_of

ADDRESS = "http://localhost:8501"
ARCHIVE = "zip"  # the whole file for the council
Choose = Callable[[argparse.Namespace, Dataset], tuple[Perimeter, tuple[str, ...]]]


def add_parsers(commands: Any, add_choice: Callable[[argparse.ArgumentParser], object]) -> None:
    """Add the two commands; `add_choice` adds the options that name a perimeter."""
    note = commands.add_parser(
        "note", help="écrire la note d’un périmètre, tout le dossier pour le conseil (zip), ou l’exporter"
    )
    add_choice(note)
    note.add_argument("--out", type=Path, required=True, help="fichier à écrire (note.pdf, dossier.zip)")
    note.add_argument("--format", choices=(*FORMATS, ARCHIVE), help="par défaut, celui du nom du fichier")
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
        When the format is not stated, or the file cannot be written.
    """
    kind = options.format or options.out.suffix.lstrip(".").lower()
    if kind not in (*FORMATS, ARCHIVE):
        raise GeoInputError(f"{options.out.name} : précisez le format (--format {'|'.join((*FORMATS, ARCHIVE))}).")
    world = opened(open_dataset(), split_codes(options.ouvrir))
    warn(*world.notices)
    perimeter, notices = choose(options, world)
    scenario = Scenario((options.nom or perimeter.name)[:60], frozenset(perimeter.communes), " ".join(notices)[:400])
    export = export_of(scenario, world, address=options.adresse)
    data = make_archive(Dossier(export)) if kind == ARCHIVE else make(kind, export, instruction=options.instruction)
    try:
        options.out.write_bytes(data)
    except OSError as error:
        raise GeoInputError(f"{options.out} : ce fichier ne peut pas être écrit ({system_reason(error)}).") from error
    return [f"{options.out} : {len(data) / 1000:.0f} ko"]


def export_of(scenario: Scenario, world: Dataset, *, address: str, today: date | None = None) -> Export:
    """Return what a file is made of, for one scenario on the active data, by the guide's settings."""
    book = Workbook((scenario,), vintage=vintage_of(world), opened=frozenset(world.atlas.opened))
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
        values = " | ".join(measure.text(e.values[measure.id]) for e in found.every)
        yield f"  {measure.label} : {values}"
    yield from ("", "Ce que disent les repères")
    for verdict in found.verdicts:
        yield f"  {verdict.check.title} : {verdict.sentence}"


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
            yield f"  {layer.name} : {_overlap_text(overlap)}"
    yield ""
    yield "Repères du guide"
    for check, finding in findings:
        yield f"  [{finding.badge}] {check.title}. {finding.sentence}"
        for line in finding.details:
            yield f"      - {line}"
        for line in finding.missing:
            yield f"      Il manque : {line}."
        yield f"      Source : {check.source}"


def _overlap_text(overlap: Overlap) -> str:
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
