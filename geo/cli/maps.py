"""The command `python -m geo map`: the map of a perimeter or of the coverage of a territory on a page, A4 or A3."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from geo.cli.terminal import warn
from geo.communes import split_codes
from geo.coverage import coverage_state, read_scope
from geo.dataset import Dataset, open_dataset, opened
from geo.errors import GeoInputError, system_reason
from geo.exports import MAP_FORMATS, MAP_LINES, PAPERS, MapChoice, coverage_map_file, perimeter_map
from geo.french import listing
from geo.perimeters import Perimeter

Choose = Callable[[argparse.Namespace, Dataset], tuple[Perimeter, tuple[str, ...]]]


def add_parser(commands: Any, add_choice: Callable[..., Any]) -> None:
    """Add the command; `add_choice` adds the options that name a perimeter, and returns their group."""
    drawn = commands.add_parser("map", help="dessiner une carte sur une page A4 ou A3")
    add_choice(drawn).add_argument(
        "--scope", help="couverture d’un territoire : france, un département (94), une région (reg-32) ou un EPCI"
    )
    drawn.add_argument("--out", type=Path, required=True, help="fichier à écrire (carte.png, carte.svg)")
    drawn.add_argument("--papier", choices=tuple(PAPERS), default="a4", help="taille de la page (a4)")
    drawn.add_argument("--contours", default="", metavar="COUCHES", help=f"limites à dessiner : {', '.join(MAP_LINES)}")
    drawn.add_argument("--qpv", action="store_true", help="montrer les communes où un QPV est connu")
    drawn.add_argument(
        "--fleuves", action="store_true", help="dessiner les fleuves et rivières principales (geo rivers)"
    )
    drawn.add_argument("--titre", default="", help="titre de la carte d’un périmètre")
    drawn.add_argument("--complete", default="", metavar="DEPARTEMENTS",
                       help="départements où vous savez complète la liste des CLSM (94,79)")  # fmt: skip


def run(options: argparse.Namespace, choose: Choose) -> Iterable[str]:
    """Write the map asked for.

    Raises
    ------
    GeoInputError
        On a format, a layer, a territory or a file that cannot be used.
    """
    kind = options.out.suffix.lstrip(".").lower()
    if kind not in MAP_FORMATS:
        raise GeoInputError(f"{options.out.name} : nommez le fichier en {listing([f'.{k}' for k in MAP_FORMATS])}.")
    lines = tuple(split_codes(options.contours))
    if unknown := [line for line in lines if line not in MAP_LINES]:
        raise GeoInputError(f"{listing(unknown)} : contours inconnus ; choisissez parmi {listing(MAP_LINES)}.")
    world, choice = opened(open_dataset(), split_codes(options.ouvrir)), MapChoice(lines, options.qpv, options.fleuves)
    warn(*world.notices)
    data = _drawn(options, choose, world, kind, choice)
    try:
        options.out.write_bytes(data)
    except OSError as error:
        raise GeoInputError(f"{options.out} : ce fichier ne peut pas être écrit ({system_reason(error)}).") from error
    return [f"{options.out} : {len(data) / 1000:.0f} ko"]


def _drawn(options: argparse.Namespace, choose: Choose, world: Dataset, kind: str, choice: MapChoice) -> bytes:
    if options.scope is not None:
        scope = read_scope(options.scope, world.atlas)
        complete = [code.upper() for code in split_codes(options.complete)]
        if wrong := [f"{c} : département inconnu." for c in complete if c not in world.atlas.departements.index]:
            raise GeoInputError(wrong)
        state = coverage_state(world.crosswalk, world.density, complete=complete)
        return coverage_map_file(scope, state, kind, options.papier, choice)
    perimeter, notices = choose(options, world)
    warn(*notices)
    return perimeter_map(world.facts(perimeter), kind, options.papier, choice, title=options.titre[:120])
