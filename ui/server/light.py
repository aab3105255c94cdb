"""Files of the framework made lighter, once, at set-up: letters and icons that no page shows left out, texts compressed by Brotli.

`python -m ui.setup` writes them under static/light (not kept in the repository), each under a name that its source gives:
what is missing or of another version is simply not used, and the file goes out as it is. What a set-up did not foresee, the map
of a territory for example, is compressed later, once it was asked for (`Later`).

The letters kept are those of French and its neighbours, with the signs that texts use; another letter is drawn by the font of
the machine. Source Sans is under the Open Font License, whose reserved name a changed font does not bear: the cut one is called
« CLSM » inside. Material Symbols is under the Apache license.
"""

from __future__ import annotations

import hashlib
import io
import json
import queue
import re
import sys
import threading
import time
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from geo.paths import ROOT
from ui.server.bundle import CHUNKS, bundle, chunk_files, start_files

LIGHT = ROOT / "static" / "light"
FONTS = "fonts.json"
RECIPE = 1  # raise it when the same source gives other files
LETTERS = (
    (0x20, 0x17F),  # Latin and the accents of Europe
    (0x218, 0x21B),
    (0x2B0, 0x2FF),  # small letters above the line: 1ᵉʳ
    (0x1D2C, 0x1D6A),
    (0x300, 0x304),
    (0x2000, 0x206F),  # dashes, quotes, narrow spaces
    (0x2070, 0x209C),
    (0x20AC, 0x20AC),
    (0x2100, 0x215E),
    (0x2190, 0x21FF),
    (0x2200, 0x22FF),
    (0x25A0, 0x25FF),
    (0x2713, 0x2717),
)
ICON = re.compile(r":material/([a-z0-9_]+)")
LARGEST_BYTES = 3_000_000  # past that Brotli at its best takes minutes
LARGEST_BEST = 1_500_000
MOST_WAITING = 60  # texts
MOST_EVER = 3_000  # texts of one server: what visitors state makes new ones without end
QUIET_S = 20.0  # what is compressed later waits for that long, so that a first visitor has the processor


# --- the folder -------------------------------------------------------------------------------------------------
def named(content: bytes) -> str:
    """Return the name that a content gives."""
    return hashlib.sha256(content).hexdigest()[:24]


def packed(content: bytes) -> bytes | None:
    """Return a text compressed by Brotli, None when that was not done yet."""
    try:
        return (LIGHT / f"{named(content)}.br").read_bytes()
    except OSError:
        return None


def pack(content: bytes) -> bool:
    """Compress a text by Brotli and keep it; False when it was kept already or is too large."""
    import brotli

    path = LIGHT / f"{named(content)}.br"
    if len(content) > LARGEST_BYTES or path.is_file():
        return False
    best = len(content) <= LARGEST_BEST
    _write(path, brotli.compress(content, quality=11 if best else 9, mode=brotli.MODE_TEXT))
    return True


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{threading.get_ident()}.new")
    fresh.write_bytes(content)
    fresh.replace(path)


# --- what a running server compresses ---------------------------------------------------------------------------
class Later:
    """One thread that compresses what was asked for, quietly, the first asked for first."""

    def __init__(self, quiet: float = QUIET_S) -> None:
        self.quiet = quiet
        self.waiting: queue.Queue[tuple[float, bytes]] = queue.Queue(maxsize=MOST_WAITING)
        self.seen: set[str] = set()
        self.closed = False
        self.started = False

    def add(self, content: bytes) -> bool:
        """Have a text compressed after a while; False when it never will be."""
        name = named(content)
        if self.closed or len(content) > LARGEST_BYTES:
            return False
        if name not in self.seen and len(self.seen) >= MOST_EVER:
            return False
        if name in self.seen or self.waiting.full():
            return True
        self.seen.add(name)
        self.waiting.put_nowait((time.monotonic() + self.quiet, content))
        if not self.started:
            self.started = True
            threading.Thread(target=self._work, name="light", daemon=True).start()
        return True

    def _work(self) -> None:
        while True:
            due, content = self.waiting.get()
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                pack(content)
            except (OSError, ImportError):  # a folder that cannot be written: gzip goes on doing
                self.closed = True
                self.waiting = queue.Queue()
                return


@cache
def later() -> Later:
    """Return the one thread of this server."""
    return Later()


# --- fonts ------------------------------------------------------------------------------------------------------
def fonts() -> dict[str, str]:
    """Return the light file of each font of the bundle, by the name of the whole one; empty when set-up made none for it."""
    try:
        found = json.loads((LIGHT / FONTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    wanted = found.get("stamp") == stamp() and isinstance(found.get("files"), dict)
    files = found["files"] if wanted else {}
    return {name: file for name, file in files.items() if (LIGHT / file).is_file()}


@cache
def stamp() -> str:
    """Return what changes with the fonts, the icons used and the way they are cut."""
    names = sorted(path.name for path in _font_files())
    said = json.dumps([RECIPE, LETTERS, version("streamlit"), names, sorted(our_icons())])
    return hashlib.sha256(said.encode()).hexdigest()[:10]


def _font_files() -> list[Path]:
    media = bundle() / "static" / "media"
    return sorted([*media.glob("SourceSansVF-*.woff2"), *media.glob("MaterialSymbols-*.woff2")])


def our_icons() -> frozenset[str]:
    """Return the names of the icons that our pages show."""
    return _icons_in([ROOT / "dashboard.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "ui").rglob("*.py")])


def icons() -> frozenset[str]:
    """Return the names of all icons that our pages, or Streamlit's own, may show."""
    elements = (bundle().parent / "elements").rglob("*.py")
    return our_icons() | _icons_in([*(bundle() / "static" / "js").glob("*.js"), *elements])


def _icons_in(files: Iterable[Path]) -> frozenset[str]:
    found: set[str] = set()
    for path in files:
        found.update(ICON.findall(path.read_text(encoding="utf-8", errors="ignore")))
    return frozenset(found)


def cut_font(source: bytes, *, symbols: Iterable[str] = ()) -> bytes:
    """Return a font without what no page shows: the letters of LETTERS, or the icons named, are kept."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(source))
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["*"]
    options.drop_tables += ["meta"]
    cutter = subset.Subsetter(options)
    if wanted := frozenset(symbols):
        _only_ligatures(font, wanted)
        cutter.populate(text="".join(sorted(set("".join(wanted)))))
    else:
        options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "calt", "tnum", "sups", "subs"]
        options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
        cutter.populate(unicodes=[sign for first, last in LETTERS for sign in range(first, last + 1)])
    cutter.subset(font)
    if not wanted:
        _rename(font)
    out = io.BytesIO()
    font.flavor = "woff2"
    font.save(out)
    return out.getvalue()


def _only_ligatures(font: object, wanted: frozenset[str]) -> None:
    """Drop the ligatures of other icons, so that their drawings go with them."""
    letters = {glyph: chr(sign) for sign, glyph in font.getBestCmap().items()}  # type: ignore[attr-defined]
    for lookup in font["GSUB"].table.LookupList.Lookup:  # type: ignore[index]
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            for first, entries in list(getattr(table, "ligatures", {}).items()):
                begin = letters.get(first, "?")
                kept = [e for e in entries if begin + "".join(letters.get(c, "?") for c in e.Component) in wanted]
                table.ligatures[first] = kept
                if not kept:
                    del table.ligatures[first]


def _rename(font: object) -> None:
    for record in font["name"].names:  # type: ignore[index]
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = "CLSM"


# --- set-up -----------------------------------------------------------------------------------------------------
def texts() -> list[Path]:
    """Return the texts that a first visit of any page fetches: the bundle of the start, its widgets, the map's own."""
    first = [bundle() / name for name in (*start_files(), *chunk_files(CHUNKS))]
    styles = sorted((bundle() / "static" / "css").glob("index.*.css"))
    static = ROOT / "static"
    ours = [path for folder in ("js", "css", "page", "vendor", "light") for path in (static / folder).rglob("*")]
    return [*first, *styles, *component_files(), *(p for p in ours if p.suffix in (".js", ".css"))]


def component_files() -> list[Path]:
    """Return the scripts of the component that shows a map, none where it is not installed; importing it would warn of no session."""
    found = find_spec("streamlit_folium")
    return (
        sorted(Path(found.origin).parent.glob("frontend/build/static/js/main.*.js")) if found and found.origin else []
    )


def make() -> int:
    """Make what is missing; return how many files were made."""
    made = sum(pack(path.read_bytes()) for path in texts() if path.is_file())
    if fonts().keys() == {path.name for path in _font_files()}:
        return made
    files = {}
    for path in _font_files():
        content = cut_font(path.read_bytes(), symbols=icons() if path.name.startswith("Material") else ())
        files[path.name] = f"{named(content)}.woff2"
        _write(LIGHT / files[path.name], content)
    said = json.dumps({"stamp": stamp(), "files": files}, indent=1)
    _write(LIGHT / FONTS, said.encode())
    return made + len(files)


def lighten() -> int:
    """Make what is missing and say so on the terminal; return the exit code, zero even where it could not: the pages work without."""
    try:
        made = make()
    except (OSError, ImportError) as error:
        print(
            f"Les fichiers légers n’ont pas été faits ({error}) : les pages viendront un peu moins vite.",
            file=sys.stderr,
        )
        return 0
    print(f"Fichiers légers : {made} faits." if made else "Fichiers légers déjà en place.")
    return 0
