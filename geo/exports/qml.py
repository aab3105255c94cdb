"""Styles for QGIS (QML, symbology alone): areas by category, with a hatch where colour must not carry the meaning alone; outlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

BRUSHES = {
    "diagonale": "b_diagonal",
    "inverse": "f_diagonal",
    "croise": "diagonal_x",
    "points": "dense6",
    "horizontale": "horizontal",
    "verticale": "vertical",
}


@dataclass(frozen=True)
class Category:
    """One value of a column: how it is called and drawn. `hatch` is one of BRUSHES."""

    value: str
    label: str
    fill: str
    hatch: str | None = None
    hatch_colour: str = "#1d2a30"


def categorised(column: str, categories: Sequence[Category], *, outline: str = "#ffffff") -> str:
    """Draw areas by the value of a column."""
    listed = "".join(
        f'<category render="true" symbol="{i}" value={quoteattr(c.value)} label={quoteattr(c.label)} type="string"/>'
        for i, c in enumerate(categories)
    )
    symbols = "".join(_symbol(str(i), _category_layers(c, outline)) for i, c in enumerate(categories))
    return _document(
        f'<renderer-v2 type="categorizedSymbol" attr={quoteattr(column)} symbollevels="0" enableorderby="0" forceraster="0">'
        f"<categories>{listed}</categories><symbols>{symbols}</symbols></renderer-v2>"
    )


def outline(colour: str, *, width_mm: float = 0.6, dashed: bool = False) -> str:
    """Draw the border of areas alone."""
    line = "dash" if dashed else "solid"
    layer = _fill("no", "#ffffff", outline=colour, width_mm=width_mm, line=line)
    return _document(
        '<renderer-v2 type="singleSymbol" symbollevels="0" enableorderby="0" forceraster="0">'
        f"<symbols>{_symbol('0', layer)}</symbols></renderer-v2>"
    )


def _document(renderer: str) -> str:
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        f'<qgis version="3.28.0" styleCategories="Symbology">{renderer}</qgis>'
    )


def _symbol(name: str, layers: str) -> str:
    return f'<symbol type="fill" name="{name}" alpha="1" clip_to_extent="1" force_rhr="0">{layers}</symbol>'


def _category_layers(category: Category, border: str) -> str:
    plain = _fill("solid", category.fill, outline=border, width_mm=0.1)
    if not category.hatch:
        return plain
    return plain + _fill(BRUSHES[category.hatch], category.hatch_colour, outline=border, width_mm=0.1, line="no")


def _fill(brush: str, colour: str, *, outline: str, width_mm: float, line: str = "solid") -> str:
    options = {
        "color": _rgba(colour),
        "style": brush,
        "outline_color": _rgba(outline),
        "outline_style": line,
        "outline_width": f"{width_mm:g}",
        "outline_width_unit": "MM",
        "joinstyle": "bevel",
    }
    new = "".join(f'<Option type="QString" name="{k}" value="{v}"/>' for k, v in options.items())
    old = "".join(f'<prop k="{k}" v="{v}"/>' for k, v in options.items())
    return f'<layer class="SimpleFill" pass="0" enabled="1" locked="0"><Option type="Map">{new}</Option>{old}</layer>'


def _rgba(colour: str) -> str:
    value = colour.lstrip("#")
    return ",".join(str(int(value[i : i + 2], 16)) for i in (0, 2, 4)) + ",255"
