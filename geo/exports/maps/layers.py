"""What may lie over a map on paper, whatever it shows: limits of a layer, communes with a QPV, départements around."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from geo import french as fr
from geo.arrays import Bools, Rows
from geo.build import known_rivers
from geo.communes import Atlas
from geo.display import LINES as LINE_STYLES
from geo.exports.maps.svg import Bounds, MapLayer, Shapes, Style
from geo.geometry import WGS84, dissolved
from geo.layers import Crosswalk, Layer, LayerId

AROUND = Style(fill="#f3f5f6", stroke="#c3ccd1", width_mm=0.12)
DEPARTEMENTS = Style(fill=None, stroke="#96a2a8", width_mm=0.3, dash_mm=(2.4, 0.9, 0.5, 0.9))
RIVER = Style(fill=None, stroke="#7fb2d6", width_mm=0.3)
ROUGH = 600.0  # metres a millimetre, below which the rivers, true to a kilometre, are not drawn
QUARTER = Style(fill="#1d2a30", stroke="#ffffff", width_mm=0.3, radius_mm=1.1)
MANY_DOTS, MANY_ZONES = 60, 40  # past these, dots and limits are drawn finer
# As on screen: the layers have one table of colours and lines.
LINES: dict[str, Style] = {
    layer_id: Style(stroke=line.colour, width_mm=line.width_mm, dash_mm=line.dash_mm)
    for layer_id, line in LINE_STYLES.items()
    if layer_id != LayerId.QPV
}


@dataclass(frozen=True)
class MapChoice:
    """What lies over a map: layers whose limits are drawn (`lines`, keys of LINES), the communes with a QPV, the main rivers."""

    lines: tuple[str, ...] = ()
    quarters: bool = False
    rivers: bool = False

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that the map shows, whose sources it must name."""
        return (*(i for i in self.lines if i in LINES), *((LayerId.QPV,) if self.quarters else ()))


def merge(groups: Iterable[Shapes]) -> Shapes:
    """Merge each group of areas that tile into one."""
    return np.array([dissolved(g) for g in groups if len(g)], dtype=object)


def rows_in_sight(atlas: Atlas, bounds: Bounds, epsg: int) -> Bools:
    """Tell which atoms have their point in sight or nearly, all in the same projection."""
    west, south, east, north = bounds
    wide, high = (east - west) * 0.15 + 8_000, (north - south) * 0.15 + 8_000
    x, y = atlas.table["x"].to_numpy(), atlas.table["y"].to_numpy()
    seen: Bools = (x > west - wide) & (x < east + wide) & (y > south - high) & (y < north + high)
    return seen & (atlas.table["epsg"] == epsg).to_numpy()


def lines_over(
    crosswalk: Crosswalk, chosen: Iterable[str], rows: Rows, shapes: Shapes, detail: float, bounds: Bounds
) -> list[MapLayer]:
    """Return the limits, seen within `bounds`, of the zones of the chosen layers, as far as the atoms `rows`, drawn as `shapes`, go.

    Atoms of which a zone holds a part only are left out: where the part ends is not known.
    """
    place = pd.Series(np.arange(len(rows)), index=rows)
    found = []
    for layer_id in chosen:
        if layer_id in LINES and layer_id in crosswalk.layers:
            layer = crosswalk.layers[layer_id]
            edges = _edges((shapes[place.loc[g].to_numpy()] for g in _zones(layer, rows)), detail, bounds)
            if len(edges):
                style = LINES[layer_id]
                thin = style if len(edges) <= MANY_ZONES else replace(style, width_mm=0.6 * style.width_mm)
                found.append(MapLayer(edges, thin, f"Limites : {layer.name}"))
    return found


def departement_lines(atlas: Atlas, rows: Rows, shapes: Shapes, detail: float, bounds: Bounds) -> list[MapLayer]:
    """Return the limits of the départements seen within `bounds`; none when there is one only."""
    owner = atlas.table["departement"].to_numpy(dtype=object)[rows]
    edges = _edges((shapes[owner == d] for d in sorted(set(owner))), detail, bounds)
    return [MapLayer(edges, DEPARTEMENTS, "Limites de département")] if len(edges) else []


def _edges(groups: Iterable[Shapes], detail: float, bounds: Bounds) -> Shapes:
    """Return the outline of each group of areas that tile, when a part of it is in sight."""
    found = shapely.boundary(merge(groups))
    return np.asarray(shapely.simplify(found[shapely.intersects(found, shapely.box(*bounds))], detail), dtype=object)


def _zones(layer: Layer, rows: Rows) -> Iterable[Rows]:
    members = layer.members[layer.members["whole"] & layer.members["row"].isin(rows)]
    for _, group in members.groupby("zone")["row"]:
        yield np.unique(group.to_numpy(dtype=np.intp))


def quarters(crosswalk: Crosswalk, rows: Rows) -> list[MapLayer]:
    """Return a dot in each of some atoms known to have a QPV."""
    members = crosswalk.layers[LayerId.QPV].placed["row"].to_numpy(dtype=np.intp)
    here = rows[np.isin(rows, members)]
    points = shapely.points(crosswalk.atlas.table[["x", "y"]].iloc[here].to_numpy(dtype=float))
    style = QUARTER if len(here) <= MANY_DOTS else replace(QUARTER, radius_mm=0.55, width_mm=0.15)
    return [MapLayer(np.asarray(points, dtype=object), style, "Commune où un QPV est connu")] if len(here) else []


def rivers_over(epsg: int, areas: Shapes, metres_per_mm: float) -> tuple[list[MapLayer], str]:
    """Return the main rivers over areas that tile, and where they come from; none where they were not brought, nor at a scale
    that would show how roughly they are drawn: a river on the wrong side of a town misleads."""
    source, lines = known_rivers()
    if not lines or metres_per_mm < ROUGH:
        return [], ""
    there = Transformer.from_crs(WGS84, epsg, always_xy=True)
    drawn = [shapely.LineString(np.column_stack(there.transform(line[:, 0], line[:, 1]))) for line in lines]
    shapes = np.array([line for line in drawn if np.isfinite(shapely.bounds(line)).all()], dtype=object)
    land = dissolved(areas)
    seen = shapely.intersection(shapes[shapely.intersects(shapes, land)], land)
    said = fr.typeset(f"Fleuves et rivières : {source}.")
    return ([MapLayer(seen, RIVER, "Fleuves et rivières principales")], said) if len(seen) else ([], "")


def sources_of(crosswalk: Crosswalk, layers: Iterable[str]) -> list[str]:
    """Say where outlines, inhabitants and the layers shown come from, with their vintages, a sentence each."""
    atlas = crosswalk.atlas
    said = [
        f"Contours des communes : {atlas.drawn_by}, code officiel géographique {atlas.year}.",
        f"Population municipale : INSEE, {atlas.population_year}.",
    ]
    for layer_id in dict.fromkeys(layers):
        layer = crosswalk.layers[layer_id]
        said.append(f"{layer.name} : {layer.source}, {layer.vintage}.")
    return [fr.typeset(line) for line in said]


def gaps_of(crosswalk: Crosswalk, layers: Iterable[str], departements: Iterable[str]) -> str:
    """Say which of the layers shown have no complete list in some départements; empty when all have."""
    here = set(departements)
    lacking = [crosswalk.layers[i].name for i in dict.fromkeys(layers) if not here <= crosswalk.layers[i].extent]
    if not lacking:
        return ""
    return fr.typeset(f"Listes incomplètes ici, où une absence veut dire « inconnu » : {fr.listing(lacking)}.")
