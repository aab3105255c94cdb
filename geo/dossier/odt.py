"""Documents laid out as ODT, by odfdo: the same blocks and marks as in DOCX.

Texts go in as plain text nodes, one paragraph at a time: what odfdo would read as markup stays what it is.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from odfdo import Cell, Frame, Header, List, ListItem, Paragraph, Row, Span, Style
from odfdo import Column as OdfColumn
from odfdo import Document as OdfDocument
from odfdo import Table as OdfTable

from geo.dossier.blocks import Block, Break, Document, Grid, Heading, Items, Picture, Text, pieces
from geo.exports import Table, picture_png
from geo.visible import printable

FIXED = datetime(2000, 1, 1)
WIDTH_CM = 17.4
BODY, STRONG, SMALL, RIGHT, BREAK, CELL, HEAD = "Corps", "Fort", "Petit", "Droite", "Saut", "Cellule", "Entete"
HEADINGS, FONT = {1: "18pt", 2: "13pt", 3: "11pt"}, "Liberation Sans"
BLANK, BOX = "Blanc", "Case"
_LOOKS = {"body": BODY, "strong": STRONG, "small": SMALL, "right": RIGHT}


def as_odt(document: Document) -> bytes:
    """Write a document as ODT; blanks to fill in are marked in yellow."""
    made = OdfDocument("text")
    made.body.clear()
    _set_up(made, document)
    for block in document.blocks:
        for element in _elements(made, block):
            made.body.append(element)
    made.body.append(_filled(Paragraph(style=SMALL), f"{document.name} · {document.made}"))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _set_up(made: Any, document: Document) -> None:
    """Set styles, language and properties."""
    for name, marks in (
        (BODY, {}),
        (STRONG, {"fo:font-weight": "bold"}),
        (SMALL, {"fo:font-size": "8.5pt"}),
        (RIGHT, {}),
        (CELL, {"fo:font-size": "9pt"}),
        (HEAD, {"fo:font-size": "9pt", "fo:font-weight": "bold"}),
        (BREAK, {}),
    ):
        style = Style("paragraph", name=name, parent_style="Standard")
        around = {"fo:margin-top": "0cm", "fo:margin-bottom": "0cm" if name in (CELL, HEAD) else "0.2cm"}
        around |= {"fo:text-align": "end"} if name == RIGHT else {}
        around |= {"fo:break-before": "page"} if name == BREAK else {}
        style.set_properties(around, area="paragraph")
        style.set_properties(marks, area="text")
        made.insert_style(style, automatic=True)
    own = {"style:font-name": FONT, "fo:font-family": FONT}
    made.get_style("paragraph", "Standard").set_properties(
        {**own, "fo:font-size": f"{document.points:g}pt"}, area="text"
    )
    for level, size in HEADINGS.items():
        named = made.get_style("paragraph", f"Heading_20_{level}")
        named.set_properties(
            {"fo:margin-top": "0.5cm", "fo:margin-bottom": "0.2cm", "fo:keep-with-next": "always"}, area="paragraph"
        )
        named.set_properties(
            {**own, "fo:font-size": size, "fo:color": "#0b6e75", "fo:font-style": "normal", "fo:font-weight": "bold"},
            area="text",
        )
    for numbering in made.styles.root.xpath("//text:outline-level-style"):  # the template would number the headings
        for mark in ("style:num-format", "style:num-suffix", "loext:num-list-format"):
            numbering.set_attribute(mark, "")
    made.insert_style(Style("text", name=BLANK, area="text", background_color="#fff0b3"), automatic=True)
    made.insert_style(
        Style("table-cell", name=BOX, area="table-cell", border="0.4pt solid #c9d2d6", padding="0.1cm"), automatic=True
    )
    made.set_language("fr-FR")
    meta = made.meta
    meta.title, meta.creator, meta.generator = (
        printable(f"{document.title}, {document.name}"),
        "Tableau de bord CLSM",
        "Tableau de bord CLSM",
    )
    meta.creation_date = meta.date = FIXED


def _elements(made: Any, block: Block) -> list[Any]:
    match block:
        case Heading(text, level):
            header = Header(level)
            header.style = f"Heading_20_{level}"
            return [_filled(header, text)]
        case Text(text, look):
            return [_filled(Paragraph(style=_LOOKS[look]), text)]
        case Items(texts):
            return [_list(texts)]
        case Grid(table):
            return [_table(made, table), _filled(Paragraph(style=SMALL), table.note)]
        case Picture(drawing):
            return [_picture(made, picture_png(drawing.svg), drawing.alt, drawing.width_mm, drawing.height_mm)]
        case Break():
            return [Paragraph(style=BREAK)]


def _filled(element: Any, text: str) -> Any:
    """Put a text into an element, its blanks marked."""
    for piece, waiting in pieces(printable(text)):
        if waiting:
            span = Span(style=BLANK)
            span.append_plain_text(piece)
            element.append(span)
        else:
            element.append_plain_text(piece)
    return element


def _list(texts: tuple[str, ...]) -> Any:
    made = List()
    for text in texts:
        item = ListItem()
        item.append(_filled(Paragraph(style=BODY), text))
        made.append(item)
    return made


def _table(made: Any, table: Table) -> Any:
    widths = table.widths or (1.0,) * len(table.headers)
    out = OdfTable(f"Tableau {len(made.body.tables) + 1}")
    for place, width in enumerate(widths):
        name = f"Colonne{len(made.body.tables)}-{place}"
        made.insert_style(
            Style("table-column", name=name, area="table-column", width=f"{WIDTH_CM * width / sum(widths):.2f}cm"),
            automatic=True,
        )
        out.append(OdfColumn(style=name))
    for place, values in enumerate((table.headers, *table.rows)):
        row = Row()
        for value in values:
            cell = Cell(style=BOX)
            for line in value.split("\n"):
                cell.append(_filled(Paragraph(style=CELL if place else HEAD), line))
            row.append(cell)
        out.append(row)
    return out


def _picture(made: Any, png: bytes, alt: str, width_mm: float, height_mm: float) -> Any:
    name = f"Pictures/image{len(made.body.get_images()) + 1}.png"
    made.container.set_part(name, png)
    made.manifest.add_full_path(name, "image/png")
    wide = min(width_mm / 10, WIDTH_CM)
    frame = Frame.image_frame(
        name, name=name, size=(f"{wide:.2f}cm", f"{height_mm / width_mm * wide:.2f}cm"), anchor_type="as-char"
    )
    frame.svg_description = printable(alt)
    paragraph = Paragraph(style=BODY)
    paragraph.append(frame)
    return paragraph
