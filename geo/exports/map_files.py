"""A map on its page as a file to take away: SVG, to be edited or printed at any size, or PNG, to be shown."""

from __future__ import annotations

import struct
import zlib
from datetime import date

from geo import french as fr
from geo.coverage import CoverageState, Scope
from geo.errors import GeoInputError
from geo.exports.coverage_svg import coverage_page
from geo.exports.maps.layers import MapChoice
from geo.exports.maps.sheet import PAPERS
from geo.exports.maps.svg import SvgMap
from geo.exports.perimeter_svg import perimeter_page
from geo.exports.typst_pdf import drawn_png
from geo.needs import Crossing
from geo.perimeters import PerimeterFacts

MAP_FORMATS = {"png": "image/png", "svg": "image/svg+xml"}
PNG_PPI = 200.0


def perimeter_map(
    facts: PerimeterFacts, kind: str, paper: str, choice: MapChoice, *, title: str = "", made_on: date | None = None
) -> bytes:
    """Return the map of a perimeter as a file: `kind` is one of MAP_FORMATS, `paper` one of PAPERS.

    Raises
    ------
    GeoInputError
        For a format or a paper that does not exist.
    """
    _asked(kind, paper)
    return _file(kind, perimeter_page(facts, paper, choice, title=title, made=_made(made_on)))


def coverage_map_file(
    scope: Scope, state: CoverageState, kind: str, paper: str, choice: MapChoice, *, made_on: date | None = None,
    crossing: Crossing | None = None,
) -> bytes:  # fmt: skip
    """Return the map of the coverage of a scope as a file, as `perimeter_map` does; with a `crossing`, that of its classes.

    Raises
    ------
    GeoInputError
        For a format or a paper that does not exist.
    """
    _asked(kind, paper)
    return _file(kind, coverage_page(scope, state, paper, choice, made=_made(made_on), crossing=crossing))


def _asked(kind: str, paper: str) -> None:
    if kind not in MAP_FORMATS:
        raise GeoInputError(f"{kind[:20]} : ce format de carte n’existe pas ; choisissez {fr.listing(MAP_FORMATS)}.")
    if paper not in PAPERS:
        raise GeoInputError(f"{paper[:20]} : cette taille n’existe pas ; choisissez {fr.listing(PAPERS)}.")


def _made(on: date | None) -> str:
    return f"Carte faite le {fr.long_date(on or date.today())}."


def _file(kind: str, page: SvgMap) -> bytes:
    return page_png(page) if kind == "png" else f'<?xml version="1.0" encoding="UTF-8"?>\n{page.svg}'.encode()


def page_png(page: SvgMap, *, ppi: float = PNG_PPI) -> bytes:
    """Turn a page into PNG that says its own resolution, so that it is printed at its size."""
    return _with_resolution(drawn_png(page.svg, ppi=ppi), ppi)


def _with_resolution(png: bytes, ppi: float) -> bytes:
    """Write the resolution into a PNG (chunk pHYs), right after its header; one that is there is left out."""
    at, kept = 8, []
    while at < len(png):
        length = struct.unpack(">I", png[at : at + 4])[0]
        if png[at + 4 : at + 8] != b"pHYs":
            kept.append(png[at : at + 12 + length])
        at += 12 + length
    per_metre = round(ppi / 0.0254)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    return b"".join([png[:8], kept[0], chunk, *kept[1:]])
