"""The coverage of a scope on paper: status of each commune, or its class when an indicator is crossed with it, hatched so that greys can
be distinguished, limits of EPCI or départements."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely

from geo import french as fr
from geo.arrays import Ints, Rows
from geo.communes import Atlas, counted
from geo.coverage import CoverageState, Scope, Situation, Status, complete_text
from geo.exports.maps.layers import (
    AROUND,
    MapChoice,
    gaps_of,
    lines_over,
    merge,
    quarters,
    rivers_over,
    rows_in_sight,
    sources_of,
)
from geo.exports.maps.names import metres_per_mm, town_names, with_surroundings
from geo.exports.maps.sheet import Paper, Words, map_page, paper_of
from geo.exports.maps.svg import (
    Bounds,
    MapLayer,
    Panel,
    Shapes,
    Style,
    SvgMap,
    classes,
    project,
    simplify,
    svg_map,
    tolerance,
)
from geo.exports.perimeter_svg import extent, widened
from geo.layers import LayerId
from geo.needs import CLASSES, CrossClass, Crossing, classes_of_atoms, cross_label

STATUS_STYLES = {
    Status.COUVERT: Style(fill="#1f7a6d"),
    Status.SUPPOSE: Style(fill="#8cc5b9", hatch="points"),
    Status.PARTIEL: Style(fill="#cbc2e4", hatch="diagonale", hatch_colour="#4d3f85"),
    Status.PROJET: Style(fill="#f2d9a6", hatch="croise", hatch_colour="#8a5f0a"),
    Status.NON_COUVERT: Style(fill="#f3cdc6", hatch="horizontale", hatch_colour="#a33a28"),
    Status.INCONNU: Style(fill="#e8ecee"),
}
EXTENDED_STYLE = Style(fill="#57a99c", hatch="horizontale", hatch_colour="#ffffff")
LIMITS = Style(stroke="#3c4a52", width_mm=0.25)
SCOPE = Style(stroke="#1d2a30", width_mm=0.5)
PAGE_MARGIN = 0.04  # of the extent, around a scope on a page of its own
MOST_NAMES = {"france": 70, "region": 160}  # on an A4
LIMIT = "Contours généralisés, sans valeur juridique."
MANY = 1_500  # communes: past this many, their borders are not drawn
ATTRIBUTION = "Contours des communes : {drawn_by}, code officiel géographique {year}. CLSM : {source}."


def situation_style(kind: Situation) -> Style:
    """Return how a situation is drawn: as its status, unless it is known by extension only."""
    return EXTENDED_STYLE if kind.extended else STATUS_STYLES[kind.status]


def class_style(one: CrossClass) -> Style:
    """Return how a class of two variables is drawn: its fill under its motif, white under the motif of what is unknown."""
    if one.motif == "oblique":
        return Style(fill="#ffffff", hatch="diagonale", hatch_colour=one.fill)
    hatch = {"traits": "diagonale", "bandes": "horizontale", "semis": "points", "points": "points"}.get(one.motif)
    red, green, blue = (int(one.fill[at : at + 2], 16) for at in (1, 3, 5))
    dark = 0.299 * red + 0.587 * green + 0.114 * blue < 127.5
    return Style(fill=one.fill, hatch=hatch, hatch_colour="#ffffff" if dark else "#1d2a30")


@dataclass(frozen=True, eq=False)
class _Colours:
    """The kind of each atom, and how each kind is named and drawn, in the order of the legend."""

    kind: Ints
    styles: dict[int, tuple[str, Style]]


def _by_situation(state: CoverageState, scope: Scope) -> _Colours:
    known = state.situations
    styles = {
        known.kinds.index(one): (one.label, situation_style(one)) for one in known.present(scope.on(state.atlas).rows)
    }
    return _Colours(known.of.astype(np.intp), styles)


def _by_class(found: Crossing, state: CoverageState) -> _Colours:
    way = found.indicator.direction
    styles = {rank: (cross_label(one, way), class_style(one)) for rank, one in enumerate(CLASSES)}
    return _Colours(classes_of_atoms(found, state), styles)


def coverage_map(
    scope: Scope, state: CoverageState, *, width_mm: float = 174.0, height_mm: float = 112.0, named: bool = False,
    light: bool = False,
) -> SvgMap:  # fmt: skip
    """Draw a scope; its part outside the mainland in insets, each territory in its own legal projection.

    `named` writes the names of towns and draws what lies around. The names of a `light` map have no halo, for a document of many maps.
    """
    atlas, layer = state.atlas, state.crosswalk.layers[LayerId.CLSM]
    main, others = _parts(scope, atlas)
    choice = MapChoice() if named else None
    colours = _by_situation(state, scope)
    large = _panel(main, state, scope, width_mm - (26 if others else 0), height_mm, choice=choice, colours=colours)
    if light:
        large = replace(large, texts=[replace(text, halo=False) for text in large.texts])
    return svg_map(
        [large, *(_inset(part, state, scope, colours) for part in others)],
        title=f"Couverture par les CLSM : {scope.name}",
        alt=map_text(scope, state),
        attribution=fr.typeset(
            ATTRIBUTION.format(drawn_by=atlas.drawn_by, year=atlas.year, source=f"{layer.source}, {layer.vintage}")
        ),
        width_mm=width_mm,
        height_mm=height_mm,
    )


def coverage_page(
    scope: Scope, state: CoverageState, paper_name: str, choice: MapChoice, *, made: str = "", crossing: Crossing | None = None
) -> SvgMap:  # fmt: skip
    """Draw a scope on a whole page, A4 or A3, to be put on a wall, with names and what lies around it; `made` says when.

    With a `crossing`, its classes are drawn in the place of the situations.
    """
    atlas = state.atlas
    main, others = _parts(scope, atlas)
    places = atlas.table[["x", "y"]].to_numpy(dtype=float)[main.rows]
    spread: Bounds = (*places.min(axis=0).tolist(), *places.max(axis=0).tolist())
    paper = paper_of(paper_name, widened(spread), len(others))

    colours = _by_class(crossing, state) if crossing else _by_situation(state, scope)

    def panels(paper: Paper) -> list[Panel]:
        large = _panel(
            main,
            state,
            scope,
            *paper.room_beside(len(others)),
            choice=choice,
            larger=paper.larger,
            colours=colours,
        )
        return [large, *(_inset(part, state, scope, colours) for part in others)]

    shown = (LayerId.CLSM, *choice.layers)
    people = fr.inhabitants(atlas.population[scope.rows].sum())
    told = crossing.cuts if crossing else f"Situation de chaque commune · {counted(atlas, scope.rows)}, {people}"
    words = Words(
        fr.typeset(f"{crossing.title if crossing else 'Couverture par les CLSM'} : {scope.name}"),
        fr.typeset(told),
        crossing_text(scope, crossing) if crossing else map_text(scope, state),
        " ".join(
            text for text in (
                complete_text(scope.departements, state.crosswalk, state.complete),
                gaps_of(state.crosswalk, choice.layers, scope.departements), LIMIT,
            ) if text
        ),
        [*sources_of(state.crosswalk, shown), *([crossing.credit] if crossing else [])],
        made,
    )  # fmt: skip
    return map_page(panels, paper, words)


@dataclass(frozen=True, eq=False)
class _Part:
    """The atoms of a scope that are drawn in one panel."""

    rows: Rows
    epsg: int
    name: str


def _parts(scope: Scope, atlas: Atlas) -> tuple[_Part, list[_Part]]:
    """Return the main part of a scope, on the mainland if it has any there, and the others, a département each."""
    rows = scope.rows
    epsg = atlas.table["epsg"].to_numpy()[rows]
    departement = atlas.table["departement"].to_numpy(dtype=object)[rows]
    keys = {(int(e), "" if e == 2154 else str(d)) for e, d in zip(epsg, departement, strict=True)}
    found = [
        _Part(
            rows[(epsg == code) & ((departement == overseas) if overseas else True)],
            code,
            str(atlas.departements.at[overseas, "nom"]) if overseas else "",
        )
        for code, overseas in sorted(keys, key=lambda k: (k[0] != 2154, k[1]))
    ]
    return found[0], found[1:]


def _inset(part: _Part, state: CoverageState, scope: Scope, colours: _Colours) -> Panel:
    return _panel(part, state, scope, 24.0, 18.0, colours=colours, limits=False)


def _panel(
    part: _Part, state: CoverageState, scope: Scope, width_mm: float, height_mm: float, *, colours: _Colours,
    limits: bool = True, choice: MapChoice | None = None, larger: float = 1.0,
) -> Panel:  # fmt: skip
    """Draw a part of a scope; with a `choice`, on a page of its own: what lies around, over it, and names."""
    atlas, rows = state.atlas, part.rows
    shapes = project(atlas.outlines(rows), part.epsg)
    bounds = extent(shapes)
    if choice is None:
        detail = tolerance(bounds, width_mm, height_mm)
        layers = _ground(rows, shapes, rows[:0], shapes[:0], state, scope, detail, colours, limits=limits)
        return Panel(layers, part.epsg, part.name)
    bounds = widened(bounds, width_mm / height_mm, margin=PAGE_MARGIN)
    detail = tolerance(bounds, width_mm, height_mm)
    near = np.union1d(np.flatnonzero(rows_in_sight(atlas, bounds, part.epsg)), rows).astype(np.intp)
    inside = np.isin(near, rows)
    beside = project(atlas.outlines(near[~inside]), part.epsg)
    plain = _limit_of(rows, atlas, scope)[0] not in choice.lines
    layers = _ground(rows, shapes, near[~inside], beside, state, scope, detail, colours, limits=plain)
    scale = metres_per_mm(bounds, width_mm, height_mm)
    areas = np.concatenate([layer.shapes for layer in layers if layer.style.fill])
    waters, source = rivers_over(part.epsg, areas, scale) if choice.rivers else ([], "")
    layers += waters
    drawn = np.empty(len(near), dtype=object)
    drawn[inside], drawn[~inside] = shapes, beside
    layers += lines_over(state.crosswalk, choice.lines, near, drawn, detail, bounds)
    layers.append(
        MapLayer(np.array([shapely.boundary(shapely.coverage_union_all(drawn[inside]))], dtype=object), SCOPE)
    )
    layers += quarters(state.crosswalk, rows) if choice.quarters else []
    most = round(MOST_NAMES.get(scope.kind, 600) * larger**2)
    texts = town_names(atlas, rows, metres_per_mm=scale, larger=larger, most=most, gap_mm=1.4)
    if scope.kind != "france":
        alone = scope.kind != "region"  # the title names a département
        texts = with_surroundings(
            texts, atlas, near, drawn, inside, bounds, metres_per_mm=scale, larger=larger, own_too=not alone
        )  # fmt: skip
    return Panel(layers, part.epsg, part.name, texts=texts, bounds=bounds, filled=True, source=source)


def _ground(
    rows: Rows, shapes: Shapes, beside: Rows, shapes_beside: Shapes, state: CoverageState, scope: Scope, detail: float,
    colours: _Colours, *, limits: bool,
) -> list[MapLayer]:  # fmt: skip
    """Return the communes by situation or class, what lies around them by département, and the limits within.

    Many communes are merged first, by situation within each body whose limits are drawn: little is then left to simplify.
    """
    atlas = state.atlas
    column, label = _limit_of(rows, atlas, scope)
    owner = atlas.table[column].to_numpy(dtype=object)[rows]
    owner = np.where(pd.isna(owner), "", owner)
    kind = colours.kind[rows]
    if many := len(rows) > MANY:
        keys = sorted({(str(o), int(k)) for o, k in zip(owner, kind, strict=True)})
        shapes = merge(shapes[(owner == o) & (kind == k)] for o, k in keys)
        owner, kind = np.array([o for o, _ in keys], dtype=object), np.array([k for _, k in keys])
    around_of = atlas.table["departement"].to_numpy(dtype=object)[beside]
    around = merge(shapes_beside[around_of == d] for d in sorted(set(around_of)))
    drawn = simplify(np.concatenate([shapes, around]), detail)
    shapes, around = drawn[: len(shapes)], drawn[len(shapes) :]
    layers = [MapLayer(around, AROUND, "Hors du territoire")] if len(around) else []
    layers += classes(shapes, kind, colours.styles, merged=many)
    if limits:
        borders = [shapely.boundary(shapely.coverage_union_all(shapes[owner == o])) for o in sorted(set(owner)) if o]
        layers.append(MapLayer(np.array(borders, dtype=object), LIMITS, label))
    return layers


def _limit_of(rows: Rows, atlas: Atlas, scope: Scope) -> tuple[str, str]:
    """Return the column and the name of the limits that help to find one's way: départements in a région or France, else EPCI, or EPT."""
    if scope.kind in ("france", "region"):
        return "departement", "limites de département"
    if atlas.table["ept"].iloc[rows].notna().any():
        return "ept", "limites d’EPT"
    return "epci", "limites d’EPCI"


def map_text(scope: Scope, state: CoverageState) -> str:
    """Say in words what the map shows: communes and inhabitants by situation."""
    counted = state.situations.counted(scope.on(state.atlas).rows, state.atlas.population)
    said = [
        f"{state.situations.kinds[int(str(i))].label} : {fr.count(row['communes'], 'commune')}, "
        f"{fr.inhabitants(row['population'])}"
        for i, row in counted.iterrows()
    ]
    return fr.typeset(f"Carte par commune : {scope.name}. {' ; '.join(said)}.")


def crossing_text(scope: Scope, found: Crossing) -> str:
    """Say in words what the map of two variables shows: territories and inhabitants by class."""
    counted = found.table.groupby("classe")["population"].agg(["size", "sum"])
    said = [
        f"{cross_label(CLASSES[int(str(rank))], found.indicator.direction)} : {fr.count(row['size'], 'territoire')}, {fr.inhabitants(row['sum'])}"
        for rank, row in counted.iterrows()
    ]
    return fr.typeset(f"Carte : {scope.name}. {found.title}. {' ; '.join(said)}.")
