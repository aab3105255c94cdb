"""The files of Streamlit's own pages, as it is installed: which scripts its page begins with, which ones a widget needs more."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

# What shows the frame of a map, and the widgets of its page's first screen, by the names that the bundle gives to their scripts.
FRAME = ("ComponentInstance",)
CHUNKS = ("PageLink", "Html", "BidiComponent", "Selectbox", *FRAME, "ButtonGroup", "Button")


def bundle() -> Path:
    """Return the folder of Streamlit's own pages: index.html, manifest.json, static/."""
    import streamlit

    return Path(streamlit.__file__).parent / "static"


@cache
def _manifest() -> dict[str, dict[str, object]]:
    try:
        found = json.loads((bundle() / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@cache
def start_files() -> tuple[str, ...]:
    """Return the scripts that Streamlit's page names, relative to the bundle."""
    page = (bundle() / "index.html").read_text(encoding="utf-8")
    return tuple(dict.fromkeys(re.findall(r"\./(static/js/[\w.-]+\.js)", page)))


@cache
def chunk_files(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the scripts that some widgets need beyond those of the start, relative to the bundle; none in an unknown bundle."""
    manifest, found = _manifest(), dict.fromkeys(start_files())
    start = set(found)

    def add(key: str) -> None:
        entry = manifest.get(key)
        file = str(entry.get("file", "")) if entry else ""
        if not entry or file in found or not file.endswith(".js"):
            return
        found[file] = None
        for other in entry.get("imports") or ():  # type: ignore[attr-defined]
            add(other)

    for key, entry in manifest.items():
        if entry.get("name") in names and str(entry.get("src", "")).startswith("../lib/"):
            add(key)
    return tuple(name for name in found if name not in start)
