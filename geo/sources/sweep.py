"""Leftovers of synchronisations: removed under the lock, unfinished transfers of the last days kept."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from geo.files import age, remove
from geo.sources.versions import sources_folder, sweep

WORK, PARTS = ".travail", ".telechargements"
PARTS_KEPT_S = 7 * 86_400.0


def clean_sources(home: Path | None = None) -> None:
    """Remove the leftovers of synchronisations: everything but unfinished transfers of the last days; under the lock."""
    root = sources_folder(home)
    remove(root / WORK)
    sweep(home)
    for file in root.glob(".etat.json.*"):
        remove(file)
    if (root / PARTS).is_dir():
        for file in (root / PARTS).iterdir():
            part = file.name.endswith((".part", ".part.json")) and file.is_file()
            if not part or age(file) > PARTS_KEPT_S:
                remove(file)
        with suppress(OSError):
            (root / PARTS).rmdir()  # when empty
    elif os.path.lexists(root / PARTS):
        remove(root / PARTS)
