"""Paths of the project and of its user, and the version of the project."""

from __future__ import annotations

import os
import tomllib
from functools import lru_cache
from pathlib import Path

import platformdirs

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
BASE = DATA / "base"
RIVERS = DATA / "sources_cache" / "fleuves.json"  # made at set-up, see geo/build/rivers.py


def home() -> Path:
    """Return the user's data folder (synchronised sources, imported layers); it may not exist yet.

    One folder for each user, outside the project, so that an update of the project changes nothing in it. `CLSM_HOME`
    replaces it (tests, shared servers).
    """
    chosen = os.environ.get("CLSM_HOME")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("clsm", appauthor=False))


@lru_cache(maxsize=1)
def version() -> str:
    """Return the version of the project as pyproject.toml states it, « inconnue » when that file is absent."""
    try:
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(text)["project"]["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "inconnue"
