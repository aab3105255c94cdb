"""The sweep of what an interruption left behind in the user's folder, at start: only what nobody names and no running process owns.

Files of a version that the register does not name are left by a cut between their writing and that of their row. They go
once the process that wrote them is gone; without that knowledge, once a month old, and only beside a register that is whole and was
never kept elsewhere. What the register names is never touched, readable or not.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from geo import register
from geo.errors import GeoInputError
from geo.files import age, gone, read_json, remove
from geo.register import CONTENT
from geo.sources import clean_sources, only_run, sources_folder

STAGES_KEPT_S = 86_400.0
ORPHANS_KEPT_S = 30 * 86_400.0
_NOTE = re.compile(rf"{re.escape(register.STAGE)}({CONTENT.pattern})\.json")


def tidy(home: Path | None = None) -> None:
    """Sweep the leftovers of runs, of downloads and of imports; whatever cannot be swept stays, without a word."""
    with suppress(OSError, GeoInputError):
        if sources_folder(home).is_dir():
            with only_run(home):  # else a run that is under way sweeps itself
                clean_sources(home)
    with suppress(OSError, GeoInputError):
        if register.register_folder(home).is_dir():
            _clean_register(home)


# --- the register -----------------------------------------------------------------------------------------------
def _clean_register(home: Path | None) -> None:
    root = register.register_folder(home)
    notes = {path: match[1] for path in root.iterdir() if (match := _NOTE.fullmatch(path.name))}
    for path in root.glob(f"{register.STAGE}*"):
        who = path.name.removeprefix(register.STAGE).rpartition("-")[0]
        if path not in notes and (gone(who) or age(path) > STAGES_KEPT_S):
            remove(path)
    for path in root.glob(".*.json.*"):  # notes that were being written
        if age(path) > STAGES_KEPT_S:
            remove(path)
    cut = {content: path for path, content in notes.items() if _cut(path)}
    kept_elsewhere = bool(os.environ.get(register.ADDRESS)) or os.path.lexists(root / register.ELSEWHERE)
    if not kept_elsewhere and register.exists(home):
        _clean_contents(home, cut)


def _cut(note: Path) -> bool:
    try:
        return gone(str(read_json(note)["owner"])) or age(note) > STAGES_KEPT_S
    except (OSError, ValueError, KeyError, TypeError):
        return age(note) > STAGES_KEPT_S


def _clean_contents(home: Path | None, cut: Mapping[str, Path]) -> None:
    """Remove the files that no version names, while nobody can add a version."""
    with register.writing(home) as connection:
        whole = connection.execute(sa.text("PRAGMA quick_check")).scalar() == "ok"
        named = set(connection.execute(sa.select(register.VERSIONS.c.content)).scalars())
        if not whole or not named or not all(isinstance(name, str) and CONTENT.fullmatch(name) for name in named):
            return  # a register that lost something might have named anything
        for folder in register.contents(home):
            orphan = folder.name not in named
            if orphan and (folder.name in cut or age(folder) > ORPHANS_KEPT_S):
                remove(folder)
        for note in cut.values():
            remove(note)
