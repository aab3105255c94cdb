"""The version of the dashboard, as pyproject.toml says it: the one place where it is written."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def version() -> str:
    """Return the version, « inconnue » when the project file is not there."""
    path = Path(__file__).resolve().parent.parent / "pyproject.toml"
    try:
        return str(tomllib.loads(path.read_text(encoding="utf-8"))["project"]["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "inconnue"
