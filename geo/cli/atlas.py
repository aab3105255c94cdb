"""The command `atlas`: a page for each EPCI or département of a territory, in one tagged PDF, with its progress on standard error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from geo import french as fr
from geo.booklet import PER, booklet_pdf
from geo.cli.coverage import departements
from geo.cli.terminal import warn
from geo.coverage import coverage_state, read_scope
from geo.dataset import open_dataset
from geo.errors import GeoInputError, system_reason

TOLD_EVERY = 0.1  # of the whole, between two lines of progress where no terminal rewrites them


def add_parser(commands: Any) -> None:
    """Add the command to a parser."""
    made = commands.add_parser(
        "atlas",
        help="une page par EPCI ou par département, en un PDF avec son index",
        description="Écrit un PDF balisé : une page par EPCI ou par département, carte nommée, chiffres, CLSM connus, et l’index.",
    )
    made.add_argument("scope", metavar="TERRITOIRE", help="une région (reg-32), un département (94), ou france")
    made.add_argument(
        "--par", choices=tuple(PER), default="epci", help="une page par EPCI (par défaut) ou par département"
    )
    made.add_argument("-o", "--out", type=Path, required=True, metavar="FICHIER", help="le PDF à écrire")
    made.add_argument("--complete", default="", metavar="DEPARTEMENTS",
                      help="départements où vous savez complète la liste des CLSM (94,79)")  # fmt: skip


def run(options: argparse.Namespace) -> Iterable[str]:
    """Run the command.

    Raises
    ------
    GeoInputError
        On a territory, a département or a file that cannot be used.
    """
    if options.out.suffix.lower() != ".pdf":
        raise GeoInputError(f"{options.out.name} : l’atlas est un PDF ; donnez un nom qui finit par .pdf.")
    world = open_dataset()
    warn(*world.notices)
    scope = read_scope(options.scope, world.atlas)
    state = coverage_state(world.crosswalk, world.density, complete=departements(options.complete, world.atlas))
    made = booklet_pdf(
        scope, options.par, state, made_on=date.today(), tell=_Progress().tell, indicators=world.indicators
    )
    try:
        options.out.write_bytes(made)
    except OSError as error:
        raise GeoInputError(
            f"{options.out} : impossible d’écrire ici ({system_reason(error)}) ; donnez un autre fichier."
        ) from error
    return [f"{options.out} : {fr.megabytes(len(made))}."]


class _Progress:
    """Says how far the making is: one line rewritten on a terminal, a line every tenth elsewhere."""

    def __init__(self) -> None:
        self.last = -1.0

    def tell(self, part: float, text: str) -> None:
        """Say it."""
        if sys.stderr.isatty():
            print(f"\r{fr.percent(part, 0):>6}  {text[:60]:<60}", end="\n" if part >= 1 else "", file=sys.stderr)
        elif part >= self.last + TOLD_EVERY or part >= 1:
            self.last = part
            print(f"{fr.percent(part, 0)} {text}", file=sys.stderr)
