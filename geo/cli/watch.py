"""The command `watch`: what changed behind saved perimeters since a day.

Status: 0 when nothing did, 1 when something did, 2 on bad input.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterable
from typing import Any

from geo import french as fr
from geo.cli.terminal import Lines, as_json, warn
from geo.dataset import open_dataset
from geo.errors import GeoInputError
from geo.projects import typed_date
from geo.watch import Seen, layer_news, read_saved_perimeters, watch


def add_parser(commands: Any) -> None:
    """Add the command to a parser."""
    seen = commands.add_parser(
        "watch",
        help="dire ce qui a changé derrière des périmètres gardés",
        description="Compare des périmètres gardés (fichiers de périmètres, fichiers exportés, liens) aux données d’aujourd’hui : communes "
        "fusionnées ou renommées, quartiers, couches mises en service. Code de sortie : 0 rien n’a changé, 1 quelque chose a changé, "
        "2 une donnée ne se comprend pas.",
    )
    seen.add_argument(
        "--since", required=True, metavar="DATE", help="depuis quel jour (2026-10-26 ou 26/10/2026), inclus"
    )
    seen.add_argument("files", nargs="+", metavar="FICHIER", help="un fichier de périmètres, ou un lien")
    seen.add_argument("--json", action="store_true", help="écrire du JSON")


def run(options: argparse.Namespace) -> Iterable[str]:
    """Run the command.

    Raises
    ------
    GeoInputError
        On a date, a file or a link that cannot be read.
    """
    since = _day(options.since)
    world = open_dataset()
    warn(*world.notices)
    saved = read_saved_perimeters(options.files, world)
    found = watch(saved, layer_news(world, since), world, since)
    changed = any(seen.said for seen in found)
    lines = Lines([as_json(_data(found, since, changed=changed))] if options.json else _text(found, since))
    lines.exit_code = int(changed)
    return lines


def _day(text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(typed_date(text))
    except ValueError as error:
        raise GeoInputError(f"--since « {text[:20]} » n’est pas un jour ; écrivez 2026-10-26 ou 26/10/2026.") from error
    if day > dt.date.today():
        raise GeoInputError(f"--since {fr.day(day.isoformat())} est à venir ; donnez un jour passé.")
    return day


def _data(found: list[Seen], since: dt.date, *, changed: bool) -> dict[str, Any]:
    perimeters = [{"fichier": s.where, "perimetre": s.name or None, "changements": list(s.said)} for s in found]
    return {"depuis": since.isoformat(), "change": changed, "perimetres": perimeters}


def _text(found: list[Seen], since: dt.date) -> Iterable[str]:
    day = fr.day(since.isoformat())
    if not any(seen.said for seen in found):
        yield f"Rien n’a changé depuis le {day} derrière {fr.count(sum(bool(s.name) for s in found), 'périmètre')}."
        return
    for seen in found:
        if seen.said:
            yield f"{seen.where}{f', « {seen.name} »' if seen.name else ''}"
            yield from (f"  {text}" for text in seen.said)
        elif seen.name:
            yield f"{seen.where}, « {seen.name} » : rien n’a changé depuis le {day}."
