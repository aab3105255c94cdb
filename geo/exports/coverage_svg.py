"""The coverage of a scope on paper: status of each commune, hatched so that greys can be distinguished, limits of EPCI or départements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo import french as fr
from geo.arrays import Rows
from geo.communes import Atlas
from geo.coverage import CoverageState, Scope, Situation, Status
from geo.exports.svg import MapLayer, Panel, Shapes, Style, SvgMap, classes, project, simplify, svg_map, tolerance
from geo.layers import LayerId

if TYPE_CHECKING:
    import geopandas as gpd

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
MANY = 1_500  # communes: past this many, their borders are not drawn
ATTRIBUTION = "Contours des communes : {drawn_by}, code officiel géographique {year}. CLSM : {source}."


def situation_style(kind: Situation) -> Style:
    """Return how a situation is drawn: as its status, unless it is known by extension only."""
    return EXTENDED_STYLE if kind.extended else STATUS_STYLES[kind.status]


def coverage_map(scope: Scope, state: CoverageState, *, width_mm: float = 174.0, height_mm: float = 112.0) -> SvgMap:
    """Draw a scope; its part outside the mainland in insets, each territory in its own legal projection."""
    atlas = state.atlas
    rows = scope.rows
    epsg = atlas.table["epsg"].to_numpy()[rows]
    departement = atlas.table["departement"].to_numpy(dtype=object)[rows]
    groups = {(int(e), "" if e == 2154 else str(d)): None for e, d in zip(epsg, departement, strict=True)}
    outlines = atlas.outlines().geometry
    panels: list[Panel] = []
    for code, overseas in sorted(groups, key=lambda g: (g[0] != 2154, g[1])):
        chosen = rows[(epsg == code) & ((departement == overseas) if overseas else True)]
        first = not panels
        size = (width_mm - (26 if len(groups) > 1 else 0), height_mm) if first else (24.0, 18.0)
        name = str(atlas.departements.at[overseas, "nom"]) if overseas else ""
        panels.append(Panel(_layers(outlines, chosen, code, state, scope, size, limits=first), code, name))
    layer = state.crosswalk.layers[LayerId.CLSM]
    return svg_map(
        panels,
        title=f"Couverture par les CLSM : {scope.name}",
        alt=map_text(scope, state),
        attribution=fr.typeset(
            ATTRIBUTION.format(drawn_by=atlas.drawn_by, year=atlas.year, source=f"{layer.source}, {layer.vintage}")
        ),
        width_mm=width_mm,
        height_mm=height_mm,
    )


def _layers(
    outlines: gpd.GeoSeries,
    rows: Rows,
    epsg: int,
    state: CoverageState,
    scope: Scope,
    size: tuple[float, float],
    *,
    limits: bool,
) -> list[MapLayer]:
    shapes = project(outlines.iloc[rows], epsg)
    shapes = simplify(shapes, tolerance(shapely.total_bounds(shapes), *size))
    known = state.situations
    styles = {i: (kind.label, situation_style(kind)) for i, kind in enumerate(known.kinds)}
    found = classes(shapes, known.of[rows], styles, merged=len(rows) > MANY)
    return [*found, _limits(shapes, rows, state.atlas, scope)] if limits else found


def _limits(shapes: Shapes, rows: Rows, atlas: Atlas, scope: Scope) -> MapLayer:
    """Return the limits that help to find one's way: départements in a région or France, else EPCI, or EPT."""
    column, label = "epci", "limites d’EPCI"
    if scope.kind in ("france", "region"):
        column, label = "departement", "limites de département"
    elif atlas.table["ept"].iloc[rows].notna().any():
        column, label = "ept", "limites d’EPT"
    owner = atlas.table[column].iloc[rows].fillna("").to_numpy(dtype=object)
    borders = [shapely.boundary(shapely.coverage_union_all(shapes[owner == o])) for o in sorted(set(owner)) if o]
    return MapLayer(np.array(borders, dtype=object), LIMITS, label)


def map_text(scope: Scope, state: CoverageState) -> str:
    """Say in words what the map shows: communes and inhabitants by situation."""
    counted = state.situations.counted(scope.on(state.atlas).rows, state.atlas.population)
    said = [
        f"{state.situations.kinds[int(str(i))].label} : {fr.count(row['communes'], 'commune')}, "
        f"{fr.inhabitants(row['population'])}"
        for i, row in counted.iterrows()
    ]
    return fr.typeset(f"Carte de {scope.name} par commune. {' ; '.join(said)}.")
