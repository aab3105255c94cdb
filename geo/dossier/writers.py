"""Documents laid out as DOCX, to be edited, and as tagged PDF, to be read.

Apart because ODT (`odt`) is written by another library, which gives the same names to its own things.
"""

from __future__ import annotations

from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.shared import Pt

from geo.dossier.blocks import Block, Break, Document, Grid, Heading, Items, Picture, Text, as_data, pieces
from geo.exports import make_pdf, word_bytes, word_document, word_picture, word_table
from geo.visible import printable

SMALL_POINTS = 8.5


def as_pdf(document: Document) -> bytes:
    """Typeset a document as PDF/UA-1."""
    return make_pdf("papier", as_data(document))


def as_docx(document: Document) -> bytes:
    """Write a document with the styles of a word processor; blanks to fill in are marked in yellow."""
    made = word_document(document.title, document.name, document.made)
    made.styles["Normal"].font.size = Pt(document.points)
    for block in document.blocks:
        _add(made, block)
    return word_bytes(made)


def _add(made: Any, block: Block) -> None:
    match block:
        case Heading(text, level):
            _fill(made.add_heading(level=level), text)
        case Text(text, look):
            paragraph = made.add_paragraph()
            _fill(paragraph, text, strong=look == "strong", small=look == "small")
            if look == "right":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        case Items(texts):
            for text in texts:
                _fill(made.add_paragraph(style="List Bullet"), text)
        case Grid(table):
            word_table(made, table)
        case Picture(drawing):
            word_picture(made, drawing)
        case Break():
            made.add_page_break()


def _fill(paragraph: Any, text: str, *, strong: bool = False, small: bool = False) -> None:
    for piece, waiting in pieces(text):
        run = paragraph.add_run(printable(piece))
        if strong:
            run.bold = True
        if small:
            run.font.size = Pt(SMALL_POINTS)
        if waiting:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
