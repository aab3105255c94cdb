"""What a PDF says, page by page, without going through what its maps draw: a note has a megabyte of outlines, which take most of the time."""

from __future__ import annotations

import io
import re
from functools import lru_cache

import pypdf
from pypdf.generic import DecodedStreamObject, NameObject

NUMBERS = rb"(?:[-+.\d]+\s+)"
PAINT = rb"m|l|c|v|y|re|h|f\*?|F|S|s|B\*?|b\*?|n|W\*?|w|J|j|M|scn|SCN|sc|SC|g|G|rg|RG|k|K"
# Texts, which are kept; else a step of a drawing, or its colour.
DRAWN = re.compile(
    rb"\bBT\b.*?\bET\b|((?:(?<=\s)" + NUMBERS + rb"{0,6}(?:" + PAINT + rb")|/\w+\s+(?:cs|CS|gs))\s+)", re.DOTALL
)
EMPTY = re.compile(rb"(?<=\s)q\s+(?:" + NUMBERS + rb"{6}cm\s*)?Q\s+")


@lru_cache(maxsize=32)
def texts(made: bytes) -> tuple[str, ...]:
    """Return the text of each page, as pypdf reads it (tests/exports/test_note.py compares)."""
    return tuple(_text(page) for page in pypdf.PdfReader(io.BytesIO(made)).pages)


def _text(page: pypdf.PageObject) -> str:
    content = page.get_contents()
    if content is not None:
        light = DecodedStreamObject()
        light.set_data(_without_drawings(content.get_data()))
        page[NameObject("/Contents")] = light
    return page.extract_text()


def _without_drawings(body: bytes) -> bytes:
    body, left = DRAWN.sub(lambda found: b" " if found[1] else found[0], body), 1
    while left:
        body, left = EMPTY.subn(b" ", body)
    return body
