"""The commands `note` and `compare`: the same files and the same table as the pages, without a screen."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from geo.candidates import Candidate, candidates, default_choice, scale_of
from geo.compare import SideBySide, evaluate, side_by_side
from geo.errors import GeoInputError
from geo.links import pack
from geo.measures import MEASURES
from geo.perimeter import Perimeter
from geo.perimeter_exports import FORMATS, Export, make
from geo.scenarios import Scenario, Workbook, vintage_of
from geo.terminal import as_json, warn
from geo.world import World, open_world

ADDRESS = "http://localhost:8501"
Choose = Callable[[argparse.Namespace, World], tuple[Perimeter, tuple[str, ...]]]


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
    world = open_world()
    warn(*world.notices)
    perimeter, notices = choose(options, world)
    scenario = Scenario((options.nom or perimeter.name)[:60], frozenset(perimeter.communes), " ".join(notices)[:400])
    data = make(kind, export_of(scenario, world, address=options.adresse), instruction=options.instruction)
    try:
        options.out.write_bytes(data)
    except OSError as error:
        raise GeoInputError(f"{options.out} : ce fichier ne peut pas être écrit ({error.strerror}).") from error
    return [f"{options.out} : {len(data) / 1000:.0f} ko"]


def export_of(scenario: Scenario, world: World, *, address: str, today: date | None = None) -> Export:
    """Return what a file is made of, for one scenario on the data in use, by the guide's settings."""
    book = Workbook((scenario,), vintage=vintage_of(world))
    link = f"{address.rstrip('/')}/Perimetre?lien={pack(book, world.atlas)}"
    candidate = Candidate("cli", "Scénario", scenario.name, scenario.codes, scale_of(scenario.codes, world.atlas))
    return Export(evaluate(candidate, world), world, scenario, link, made_on=today or date.today())


def compare(options: argparse.Namespace) -> Iterable[str]:
    """Return the comparison of the scales of a commune, as JSON or as text."""
    world = open_world()
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
