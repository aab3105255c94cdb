"""What a page will ask for, told to the browser with the page itself: else it finds out one file after the other.

Streamlit's page names the files of its start; those of the widgets, of the frame of a map and of its geometry come to light only
as the page runs, each after a journey to the server. They are named here as hints, of low priority: a hint that is wrong costs
bytes, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from urllib.parse import parse_qs

from ui.server.bundle import CHUNKS, FRAME, chunk_files

MODULE = "modulepreload"  # read and ready to run as it comes
PREFETCH = "prefetch"  # what a frame will use: the page itself never does, and a browser would complain of « preload »
AHEAD = 3  # scripts that come before the outlines
Geometry = Callable[[str, dict[str, str]], Iterable[str]]


class Hints:
    """The hints of the pages; empty until the server knows what its maps are made of."""

    def __init__(self) -> None:
        self.scripts: tuple[str, ...] = ()
        self.styles: tuple[str, ...] = ()
        self.geometry: Geometry | None = None

    def tags(self, path: str, query: str) -> bytes:
        """Return the tags of one page, by its address; addresses are relative to the page, as Streamlit's own."""
        page = path.rstrip("/").rpartition("/")[2]
        frame = chunk_files(FRAME)
        widgets = [name for name in chunk_files(CHUNKS) if name not in frame]
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        files = list(self.geometry(page, asked)) if self.geometry else []
        if not files:
            return b"".join(_tag(MODULE, f"./{name}") for name in (*frame, *widgets))
        # A slow line brings one thing after the other: the frame of the map, its files, then the widgets around it.
        scripts, later = self.scripts[:AHEAD], self.scripts[AHEAD:]
        after = (*scripts, *files, *self.styles, *later, *(f"./{name}" for name in widgets))
        return b"".join((*(_tag(MODULE, f"./{name}") for name in frame), *(_tag(PREFETCH, name) for name in after)))


HINTS = Hints()


def _tag(rel: str, address: str) -> bytes:
    return f'<link rel="{rel}" crossorigin fetchpriority="low" href="{escape(address)}">'.encode()
