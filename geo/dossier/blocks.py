"""A document as plain blocks: headings, texts, lists, tables, pictures. Each document is written once and laid out in several formats.

A block holds strings, never markup: the writers (word, odt, pdf, web) give every sign of it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from geo.exports import BLANK_MARK, SvgMap, Table

Look = Literal["body", "strong", "small", "right"]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title, which a document has once."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    look: Look = "body"


@dataclass(frozen=True)
class Items:
    """A list, one paragraph an item."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table with a header row; its caption is what it is called to who does not see it."""

    table: Table


@dataclass(frozen=True)
class Picture:
    """A drawing with its text."""

    drawing: SvgMap


@dataclass(frozen=True)
class Break:
    """A new page."""


Block = Heading | Text | Items | Grid | Picture | Break


@dataclass(frozen=True)
class Document:
    """A whole document: `title` is what it is, `name` the perimeter, `made` when and by what, `points` the size of its text."""

    title: str
    name: str
    made: str
    blocks: tuple[Block, ...]
    points: float = 10.5


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text with whether each is a blank to fill in."""
    at = 0
    for found in BLANK_MARK.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], False
        yield found[0], True
        at = found.end()
    if at < len(text):
        yield text[at:], False


def as_data(document: Document) -> dict[str, Any]:
    """Return a document as plain values, for the template that typesets it."""
    blocks = [{"kind": type(block).__name__.lower(), **asdict(block)} for block in document.blocks]
    return {
        "title": document.title, "name": document.name, "made": document.made, "points": document.points, "blocks": blocks,
    }  # fmt: skip
