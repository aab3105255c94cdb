"""The commands `backup` and `restore`: the whole register in one verified archive, and back.

Apart because they are about no layer in particular.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from geo import french as fr
from geo import register
from geo.cli.terminal import Lines, warn


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both to the command line's grammar."""
    backup = commands.add_parser(
        "backup",
        help="sauvegarder le registre : couches importées, versions, historique",
        description="Écrit tout le registre, fichiers compris, dans une archive dont chaque partie a sa somme de contrôle. "
        "Il peut rester en service pendant ce temps. Code de sortie 1 quand un contenu abîmé n’a pas pu être sauvegardé.",
    )
    backup.add_argument("file", type=Path, metavar="FICHIER", help="l’archive à écrire (.zip)")
    restore = commands.add_parser(
        "restore",
        help="remplir un registre vide avec une sauvegarde",
        description="Vérifie toute l’archive, puis la remet dans un registre vide, SQLite ou PostgreSQL (CLSM_HOME, CLSM_REGISTER) : "
        "tout, ou rien.",
    )
    restore.add_argument("file", type=Path, metavar="FICHIER", help="l’archive")


def run_backup(options: argparse.Namespace) -> Iterable[str]:
    """Write the archive; GeoInputError as for `geo.register.backup`."""
    saved = register.backup(options.file)
    return _lines(f"{options.file.name} : {_said(saved)}, {fr.megabytes(saved.bytes)}.", saved)


def run_restore(options: argparse.Namespace) -> Iterable[str]:
    """Fill the register; GeoInputError as for `geo.register.restore`."""
    saved = register.restore(options.file)
    return _lines(f"Registre restauré : {_said(saved)}.", saved)


def _said(saved: register.Saved) -> str:
    versions = fr.count(saved.versions, "version de couche", "versions de couches")
    return f"{versions}, {fr.count(saved.rows, 'ligne', 'lignes')} en tout"


def _lines(said: str, saved: register.Saved) -> Lines:
    lines = Lines([said])
    if saved.problems:
        warn(*saved.problems)
        lines.exit_code = 1
    return lines
