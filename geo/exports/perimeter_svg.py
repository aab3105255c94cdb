"""Printed maps of perimeters: one large for a note, small ones on the same frame to compare; and the gauge beside them.

Shapes come from the embedded outlines, read for the départements at hand only, and are drawn in metres in their legal
projection, so that the scale bar is true. What matters is distinguished by line and weight, not by colour alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import shapely

from geo import french as fr
from geo.arrays import Bools, Rows
from geo.communes import Atlas
from geo.exports.maps.layers import (
    AROUND,
    LINES,
    MapChoice,
    departement_lines,
    gaps_of,
    lines_over,
    merge,
    quarters,
    rivers_over,
    rows_in_sight,
    sources_of,
)
from geo.exports.maps.names import metres_per_mm, short_name, town_names, with_surroundings
from geo.exports.maps.sheet import Paper, Words, map_page, paper_of
from geo.exports.maps.svg import Bounds, MapLayer, Panel, Shapes, Style, SvgMap, project, simplify, svg_map, tolerance
from geo.exports.maps.svg_furniture import INK, MUTED
from geo.guidance import Outcome, Settings, gauge_segments
from geo.layers import LayerId, Relation, zone_members
from geo.perimeters import PerimeterFacts

MOST_DRAWN = 1500  # communes drawn one by one
MOST_LINES = 60  # bodies or sectors outlined
MARGIN = 0.12  # of the perimeter's extent, around it
_NAME = re.compile(r'<text class="nom"[^>]*>([^<]*)</text>')
FINE_DOT_MM = 0.6  # on a map that names its communes, dots stay smaller than the names
MANY_TOWNS = 25  # past it names are written smaller, so that more find room
MEAN_CLSM = 107_000  # mean inhabitants of a CLSM, data of 2022 (État des lieux 2023)
INSIDE = Style(fill="#b9dcd8", stroke="#ffffff", width_mm=0.2)
EDGE = Style(fill=None, stroke="#0a4a4f", width_mm=0.75)
LIMIT = (
    "Document de travail : un périmètre se décide avec les communes, les secteurs de psychiatrie et les habitants concernés. "
    "Contours généralisés, sans valeur juridique."
)


def frame_of(atlas: Atlas, every: Iterable[Rows], epsg: int) -> Bounds:
    """Return the extent, in metres and with a margin, that holds several perimeters in one projection."""
    rows = np.unique(np.concatenate([np.asarray(r) for r in every]))
    mine = rows[(atlas.table["epsg"].iloc[rows] == epsg).to_numpy()]
    return widened(extent(project(atlas.outlines(mine), epsg)))


def main_projection(atlas: Atlas, rows: Rows) -> int:
    """Return the legal projection of most of the inhabitants."""
    people = atlas.table.iloc[rows].groupby("epsg")["population"].sum()
    return int(people.idxmax())


def note_map(facts: PerimeterFacts, name: str = "", *, width_mm: float = 108.0, height_mm: float = 104.0) -> SvgMap:
    """Draw a perimeter in its surroundings: intercommunal bodies, sectors cut, communes with QPV, its names then its neighbours'.

    `name` is what it is called, when that is not the name it bears.
    """
    atlas = facts.atlas
    main = main_projection(atlas, facts.rows)
    others = sorted(set(atlas.table["epsg"].iloc[facts.rows]) - {main})
    panels = [_panel(facts, epsg, width_mm, height_mm, named=epsg == main) for epsg in (main, *others)]
    return svg_map(
        panels,
        alt=alt_text(facts, name),
        title=f"Carte du périmètre : {name or facts.perimeter.name}",
        attribution=attribution(atlas),
        width_mm=width_mm,
        height_mm=height_mm,
    )


def unnamed_on(drawn: SvgMap, facts: PerimeterFacts) -> tuple[str, ...]:
    """Return the communes of a perimeter whose names found no room on its map, the most populous first."""
    written = {html.unescape(name) for name in _NAME.findall(drawn.svg)}
    order = facts.table.sort_values("population", ascending=False, kind="stable")
    named = [(facts.town_name(str(t)), short_name(str(n))) for t, n in zip(order["commune"], order["nom"], strict=True)]
    return tuple(dict.fromkeys(own for town, own in named if own not in written and town not in written))


def small_map(
    facts: PerimeterFacts, bounds: Bounds, epsg: int, *, width_mm: float = 54.0, height_mm: float = 42.0
) -> SvgMap:
    """Draw a perimeter alone on a frame shared with others: same scale, same extent, no legend."""
    panel = _panel(facts, epsg, width_mm, height_mm, named=False, bounds=bounds, plain=True)
    return svg_map(
        [panel], alt=alt_text(facts), title=facts.perimeter.name, attribution="", width_mm=width_mm,
        height_mm=height_mm, legend=False,
    )  # fmt: skip


def attribution(atlas: Atlas) -> str:
    """Say where the outlines come from."""
    return f"Contours des communes : {atlas.manifest.get('contours', 'base embarquée')}. Communes au 1er janvier {atlas.year}."


def alt_text(facts: PerimeterFacts, name: str = "") -> str:
    """Describe the map in words: what it shows, how large, in how many pieces, which towns."""
    names = [name for name, _ in facts.made_of]
    pieces = "d’un seul tenant" if facts.pieces == 1 else f"en {facts.pieces} morceaux"
    where = fr.listing(str(facts.atlas.departements.at[d, "nom"]) for d in facts.departements)
    kind = facts.made_of_text
    return fr.typeset(
        f"Carte du périmètre {name or facts.perimeter.name} : {facts.size_text}, {pieces}, "
        f"{fr.square_kilometres(facts.area_m2)}, {fr.noun(len(facts.departements), 'département')} : {where}. {fr.upper(kind)} : {fr.listing(names, most=8)}."
    )


def perimeter_page(
    facts: PerimeterFacts, paper_name: str, choice: MapChoice, *, title: str = "", made: str = ""
) -> SvgMap:
    """Draw a perimeter on a whole page, A4 or A3, to be put on a wall; `made` says when.

    The names are those of its communes, the most populous first, then in grey those of its neighbours and départements.
    """
    atlas = facts.atlas
    main = main_projection(atlas, facts.rows)
    others = sorted(set(atlas.table["epsg"].iloc[facts.rows]) - {main})
    mine = facts.rows[(atlas.table["epsg"].iloc[facts.rows] == main).to_numpy()]
    paper = paper_of(paper_name, widened(extent(project(atlas.outlines(mine), main))), len(others))

    def panels(paper: Paper) -> list[Panel]:
        large = _panel(facts, main, *paper.room_beside(len(others)), choice=choice, larger=paper.larger)
        return [large, *(_panel(facts, epsg, 24.0, 24.0, named=False) for epsg in others)]

    words = Words(
        title or facts.perimeter.name,
        fr.typeset(
            f"{facts.size_text}, {fr.inhabitants(facts.population)}, {fr.square_kilometres(facts.area_m2)} · "
            f"{fr.listing(str(atlas.departements.at[d, 'nom']) for d in facts.departements)}"
        ),
        alt_text(facts, title),
        " ".join(t for t in (LIMIT, gaps_of(facts.crosswalk, choice.layers, facts.departements)) if t),
        sources_of(facts.crosswalk, choice.layers),
        made,
    )
    return map_page(panels, paper, words)


def _panel(
    facts: PerimeterFacts, epsg: int, width_mm: float, height_mm: float, *, named: bool = True, bounds: Bounds | None = None,
    plain: bool = False, choice: MapChoice | None = None, larger: float = 1.0,
) -> Panel:  # fmt: skip
    """Draw the part of a perimeter that is in one projection; `choice` is what lies over a page of its own."""
    atlas = facts.atlas
    mine = facts.rows[(atlas.table["epsg"].iloc[facts.rows] == epsg).to_numpy()]
    around = bounds or widened(extent(project(atlas.outlines(mine), epsg)), width_mm / height_mm)
    near = np.union1d(np.flatnonzero(rows_in_sight(atlas, around, epsg)), mine).astype(np.intp)
    finish: Callable[[Shapes, float], Shapes] = _as_they_are
    scale = metres_per_mm(around, width_mm, height_mm)
    detail = max(tolerance(around, width_mm, height_mm), 1.0)
    shapes, inside = project(atlas.outlines(near), epsg), np.isin(near, mine)
    owner = atlas.table["departement"].iloc[near].to_numpy(dtype=object)
    if (
        plain or len(near) > MOST_DRAWN
    ):  # paper cannot show thousands of communes: départements and the whole are enough
        ground, whole = _vast(owner, shapes, inside, detail)
        drawn, finish = whole, simplify
    else:
        shapes = simplify(shapes, detail)
        ground, drawn = shapes[~inside], shapes[inside]
        whole = merge([drawn])
    layers = [MapLayer(drawn, INSIDE, "Périmètre")]
    if len(ground):
        beside = "" if plain else "Alentours" if len(near) > MOST_DRAWN else "Communes voisines"
        layers.insert(0, MapLayer(ground, AROUND, beside))
    if not plain and choice is None:
        layers += _lines(facts, near, shapes, lambda found: finish(found, detail))
    source = ""
    if choice is not None:
        waters, source = rivers_over(epsg, np.concatenate([ground, drawn]), scale) if choice.rivers else ([], "")
        layers += waters
        layers += departement_lines(atlas, near, shapes, detail, around)
        layers += lines_over(facts.crosswalk, choice.lines, near, shapes, detail, around)
    layers.append(MapLayer(whole, EDGE, ""))
    if not plain and (choice is None or choice.quarters):
        dots = quarters(facts.crosswalk, near)
        layers += [replace(d, style=replace(d.style, radius_mm=FINE_DOT_MM)) for d in dots] if choice is None else dots
    if choice is None and len(facts.towns) > MANY_TOWNS:
        larger *= 0.84
    texts = town_names(atlas, mine, metres_per_mm=scale, larger=larger, bold=True) if named else []
    if named:
        texts = with_surroundings(texts, atlas, near, shapes, inside, around, metres_per_mm=scale, larger=larger)
    return Panel(
        layers,
        epsg,
        name=_place(facts, mine),
        texts=texts,
        bounds=around,
        filled=choice is not None,
        source=source,
    )


def _vast(departements: Shapes, shapes: Shapes, inside: Bools, detail: float) -> tuple[Shapes, Shapes]:
    """Return the surroundings by département, and the perimeter as one; merged first, so that little is left to simplify."""
    groups = [(d, i) for d in sorted(set(departements)) for i in (False, True)]
    parts = [((departements == d) & (inside == i), i) for d, i in groups]
    kept = [(mask, i) for mask, i in parts if mask.any()]
    merged = simplify(merge(shapes[mask] for mask, _ in kept), detail)
    within = np.array([i for _, i in kept], dtype=bool)
    return merged[~within], merge([merged[within]])


def _as_they_are(shapes: Shapes, _: float) -> Shapes:
    return shapes


def _lines(facts: PerimeterFacts, near: Rows, shapes: Shapes, finish: Callable[[Shapes], Shapes]) -> list[MapLayer]:
    """Return the limits of the intercommunal bodies met, and of the adult sectors that the perimeter cuts."""
    owner = facts.atlas.communities[0].iloc[near].to_numpy(dtype=object)
    # All of them or none: some lines among many would mislead.
    parts = facts.communities if len(facts.communities) <= MOST_LINES else ()
    bodies = merge(shapes[owner == part.code] for part in parts)
    layer = facts.crosswalk.layers[LayerId.ADULT_SECTORS]
    cut = [o for o in facts.overlaps[LayerId.ADULT_SECTORS] if o.relation in (Relation.PARTIEL, Relation.INCLUS)]
    sectors = merge(
        shapes[np.isin(near, zone_members(layer, o.id)[0])] for o in (cut if len(cut) <= MOST_LINES else ())
    )
    found = [
        (bodies, LINES["epci"], "Intercommunalité concernée"),
        (sectors, LINES["secteurs-adultes"], "Secteur de psychiatrie adulte coupé"),
    ]
    return [MapLayer(finish(made), style, label) for made, style, label in found if len(made)]


def _place(facts: PerimeterFacts, mine: Rows) -> str:
    codes = sorted(set(facts.atlas.table["departement"].iloc[mine]))
    return fr.listing((str(facts.atlas.departements.at[c, "nom"]) for c in codes), most=2)


def extent(shapes: Shapes) -> Bounds:
    """Return the bounds of some shapes."""
    boxes = shapely.bounds(shapes)
    return tuple(float(v) for v in (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)))  # type: ignore[return-value]


def widened(bounds: Bounds, ratio: float | None = None, *, margin: float = MARGIN) -> Bounds:
    """Add a margin, and fill the frame's width or height when its ratio is known."""
    west, south, east, north = bounds
    wide, high = max(east - west, 1_000.0) * (1 + 2 * margin), max(north - south, 1_000.0) * (1 + 2 * margin)
    if ratio:
        wide, high = max(wide, high * ratio), max(high, wide / ratio)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


# The bar up to the marker, then the excess alone; lightness differs too, for a print in grey.
_GAUGE = {Outcome.FAVORABLE: "#0b6e75", Outcome.DISCUSS: "#e0ab3f", Outcome.VIGILANCE: "#b93a2a"}


def gauge_words(population: int, settings: Settings) -> str:
    """Say what the gauge shows."""
    return fr.typeset(
        f"Jauge des habitants : {fr.inhabitants(population)}, soit {fr.percent(population / settings.marker, 0)} du repère "
        f"d’environ {fr.inhabitants(settings.marker)} ; CLSM moyen en 2022 : {fr.inhabitants(MEAN_CLSM)}. Le guide ne fixe pas de minimum."
    )


def gauge_svg(population: int, settings: Settings, *, width_mm: float = 174.0) -> str:
    """Draw inhabitants against the guide's marker and the mean CLSM; lines and words, legible in grey."""
    top = max(settings.marker * 1.25, population * 1.06)
    scale = width_mm / top

    def at(people: float) -> float:
        return round(people * scale, 2)

    def mark(people: float, text: str, *, dashed: bool, low: bool) -> str:
        x = at(people)
        anchor = "end" if x > width_mm * 0.72 else "start"
        place = x + (-0.8 if anchor == "end" else 0.8)
        dash = ' stroke-dasharray="0.9 0.7"' if dashed else ""
        return (
            f'<line x1="{x}" x2="{x}" y1="{1 if low else 4.2}" y2="{11.6 if low else 14.4}" stroke="{INK}" stroke-width="0.5"{dash}/>'
            f'<text x="{place}" y="{3.0 if low else 14.6}" font-size="2.9" fill="{INK}" text-anchor="{anchor}">{text}</text>'
        )

    edge = at(settings.marker * (1 + settings.around)) - at(settings.marker)
    words = gauge_words(population, settings)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width_mm}mm" height="15.4mm" viewBox="0 0 {width_mm} 15.4" '
        f'font-family="Liberation Sans, DejaVu Sans, Arial, sans-serif"><title>{words}</title>'
        f'<rect x="0" y="5" width="{width_mm}" height="5.6" rx="0.8" fill="#e8edef"/>'
        f'<rect x="{at(settings.marker)}" y="5" width="{edge:.2f}" height="5.6" fill="#cfd6da"/>'
        + "".join(
            f'<rect x="{at(start)}" y="5" width="{at(end) - at(start):.2f}" height="5.6" fill="{_GAUGE[outcome]}"/>'
            for start, end, outcome in gauge_segments(population, settings)
        )
        + mark(MEAN_CLSM, f"CLSM moyen en 2022 : {fr.number(MEAN_CLSM)}", dashed=True, low=False)
        + mark(settings.marker, f"repère : environ {fr.number(settings.marker)}", dashed=False, low=True)
        + f'<text x="0" y="3" font-size="2.9" fill="{MUTED}">0</text></svg>'
    )
