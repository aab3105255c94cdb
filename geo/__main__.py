"""Command line: `python -m geo COMMAND` (`--help` lists them). Results on stdout, problems on stderr."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from geo import french as fr
from geo.cli import atlas, coverage, divide, imports, indicators, maps, perimeter, saving, schema, sync, watch
from geo.cli.documents import evaluation
from geo.cli.grammar import FrenchParser
from geo.cli.perimeter import evaluation_text
from geo.cli.terminal import as_json, plain_streams, say, typed, warn
from geo.communes import split_codes
from geo.dataset import derive_maps, open_dataset, opened, prepare_maps
from geo.errors import GeoInputError
from geo.guidance import run_checks
from geo.layers import Crosswalk, LayerId, find_zones
from geo.paths import BASE, ROOT
from geo.perimeters import Perimeter, perimeter_of_zone
from geo.search import commune_table, layer_table, line, open_index

STATIC = ROOT / "static" / "geo"


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    main: argparse.ArgumentParser = FrenchParser(prog="python -m geo", description="Périmètres et couverture des CLSM.")
    commands = main.add_subparsers(dest="command", required=True, metavar="commande")
    evaluate = commands.add_parser("evaluate", help="évaluer un périmètre")
    _add_choice(evaluate)
    evaluate.add_argument("--json", action="store_true", help="écrire du JSON")
    perimeter.add_parsers(commands, _add_choice)
    coverage.add_parser(commands)
    divide.add_parser(commands)
    maps.add_parser(commands, _add_choice)
    atlas.add_parser(commands)
    imports.add_parsers(commands)
    indicators.add_parser(commands)
    schema.add_parsers(commands)
    saving.add_parsers(commands)
    sync.add_parser(commands)
    watch.add_parser(commands)
    find = commands.add_parser("find", help="trouver une commune, un territoire ou un dispositif par son nom")
    find.add_argument("text", help="un nom, un code postal ou un code INSEE")
    build = commands.add_parser("build", help="refaire la base des communes depuis les registres de paquets")
    build.add_argument("--to", type=Path, default=BASE, help="dossier de la base")
    display = commands.add_parser("display", help="préparer les contours affichés par les cartes")
    display.add_argument("--force", action="store_true", help="refaire même si tout est à jour")
    display.add_argument(
        "--ahead", type=Path, metavar="DOSSIER", help="préparer ceux de ces contours, sans changer ce qui est affiché"
    )
    commands.add_parser("rivers", help="apporter les fleuves et rivières des cartes à emporter, depuis un paquet")
    return main


def _add_choice(parser: argparse.ArgumentParser) -> Any:
    """Add the options that name a perimeter; return their group, to which another may be added."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--communes", help="codes de communes séparés par des virgules (94028,94033)")
    which.add_argument("--epci", help="code SIREN d’un EPCI ou d’un EPT")
    which.add_argument("--clsm", help="identifiant d’un CLSM connu (clsm-94-creteil)")
    which.add_argument("--secteur", help="code d’un secteur de psychiatrie (94G07)")
    parser.add_argument(
        "--ouvrir",
        default="",
        metavar="CODES",
        help="communes à ouvrir en IRIS (79191) ; leurs IRIS se donnent avec --communes",
    )
    return which


def main(arguments: list[str] | None = None) -> int:
    """Run a command; 0 when it worked, 2 on bad input, 1 when it worked in part or could not be done now."""
    with plain_streams():
        return _run(arguments)


def _run(arguments: list[str] | None) -> int:
    options = parser().parse_args(arguments)
    for name, given in list(vars(options).items()):  # but paths, which lead nowhere under another name
        setattr(options, name, _typed(given))
    logging.getLogger("geo").addHandler(logging.NullHandler())  # sentences only: the server's log is another matter
    command = {
        "evaluate": _evaluate,
        "note": lambda o: perimeter.note(o, lambda chosen, world: _perimeter(chosen, world.crosswalk)),
        "compare": perimeter.compare,
        "coverage": _coverage,
        "divide": divide.run,
        "map": lambda o: maps.run(o, lambda chosen, world: _perimeter(chosen, world.crosswalk)),
        "import": imports.run_import,
        "layers": imports.run_layers,
        "indicators": indicators.run,
        "check": schema.run_check,
        "schema": schema.run_schema,
        "backup": saving.run_backup,
        "restore": saving.run_restore,
        "sync": sync.run,
        "watch": watch.run,
        "atlas": atlas.run,
        "find": _find,
        "build": _build,
        "display": _display,
        "rivers": _rivers,
    }[options.command]
    try:
        said = command(options)
        lines = list(said)
    except GeoInputError as error:
        warn(*error.problems)
        return int(getattr(error, "exit_code", 2))
    try:
        for line in lines:
            say(line)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader had enough (head): nothing more to say, and no traceback
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(getattr(said, "exit_code", 0))


def _typed(given: Any) -> Any:
    if isinstance(given, list):
        return [_typed(one) for one in given]
    return typed(given) if isinstance(given, str) else given


def _evaluate(options: argparse.Namespace) -> Iterable[str]:
    world = opened(open_dataset(), split_codes(options.ouvrir))
    perimeter, notices = _perimeter(options, world.crosswalk)
    warn(*world.notices, *notices)
    facts = world.facts(perimeter)
    findings = run_checks(facts)
    if options.json:
        return [as_json(evaluation(facts, findings, notices))]
    return evaluation_text(facts, findings)


def _perimeter(options: argparse.Namespace, crosswalk: Crosswalk) -> tuple[Perimeter, tuple[str, ...]]:
    atlas, layers = crosswalk.atlas, crosswalk.layers
    if options.communes is not None:
        return Perimeter.of(split_codes(options.communes), atlas), ()
    if options.epci is not None:
        return _zone(options.epci, ("epci", "ept"), "code SIREN d’EPCI ou d’EPT", crosswalk)
    if options.clsm is not None:
        return _zone(options.clsm, (LayerId.CLSM,), "CLSM", crosswalk)
    return _zone(options.secteur, tuple(i for i in layers if i.startswith("secteurs")), "secteur", crosswalk)


def _zone(text: str, layer_ids: tuple[str, ...], what: str, crosswalk: Crosswalk) -> tuple[Perimeter, tuple[str, ...]]:
    found = list(find_zones((crosswalk.layers[i] for i in layer_ids), text))
    if not found:
        raise GeoInputError(
            f"{text} : {what} inconnu dans les données ; voyez « python -m geo coverage --scope france --json »."
        )
    if len(found) > 1:
        raise GeoInputError(
            f"{text} : plusieurs zones correspondent ({', '.join(z for _, z in found)}) ; donnez l’identifiant entier."
        )
    layer, zone = found[0]
    return perimeter_of_zone(layer, zone, crosswalk.atlas)


def _coverage(options: argparse.Namespace) -> Iterable[str]:
    found = coverage.run(options)
    return found if isinstance(found, list) else [as_json(found)]


def _find(options: argparse.Namespace) -> Iterable[str]:
    world = open_dataset()
    index = open_index(commune_table(world.atlas), layer_table(world.crosswalk.layers, world.atlas))
    found = index.search(options.text)
    if not found.hits:
        near = fr.listing([line(place, index.departements) for place in found.near])
        raise GeoInputError(f"{options.text} : rien de ce nom.{f' Peut-être {near} ?' if near else ''}")
    more = found.total - len(found.hits)
    lines = [f"{hit.place.id}\t{line(hit.place, index.departements, hit.note)}" for hit in found.hits]
    return [*lines, *([f"Et {fr.count(more, 'autre')}."] if more else [])]


def _build(options: argparse.Namespace) -> Iterable[str]:
    from geo.build import build

    build(options.to)
    return []


def _rivers(_: argparse.Namespace) -> Iterable[str]:
    from geo.build import bring_rivers

    return ["Fleuves et rivières prêts." if bring_rivers() else "Fleuves et rivières déjà en place."]


def _display(options: argparse.Namespace) -> Iterable[str]:
    if options.ahead:
        prepare_maps(STATIC, options.ahead)
    else:
        derive_maps(STATIC, open_dataset(), force=options.force)
    return []


if __name__ == "__main__":
    sys.exit(main())
