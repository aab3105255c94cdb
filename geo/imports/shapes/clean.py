"""Where a layer's coordinates lie: the projection its file names, or the only one they fit; never a guess.

A projection is believed when it puts the shapes in France. Longitudes and latitudes written the other way round are put
right, and told. What is neither in degrees nor in Lambert-93 must name its projection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geo.arrays import Bools, Floats
from geo.errors import GeoInputError
from geo.french import count, listing
from geo.geometry import Geometries, polygonal
from geo.imports.shapes.effort import tangled
from geo.imports.shapes.raw import RawLayer
from geo.remarks import Remark

DEGREES, LAMBERT = pyproj.CRS.from_epsg(4326), pyproj.CRS.from_epsg(2154)

# West, south, east, north in degrees, somewhat wide: mainland, Guadeloupe, Martinique, Guyane, La Réunion, Mayotte.
FRANCE = (
    (-5.6, 41.0, 10.0, 51.5), (-62.0, 15.6, -60.8, 16.7), (-61.4, 14.2, -60.6, 15.1), (-54.9, 1.9, -51.4, 6.1),
    (55.0, -21.6, 56.0, -20.7), (44.7, -13.2, 45.5, -12.4),
)  # fmt: skip

LAMBERT_BOX = (80_000.0, 6_020_000.0, 1_270_000.0, 7_140_000.0)

SURE = 0.9  # of the shapes must lie in France for a projection that the file does not name

SHOWN = 8

KINDS = {0: "un point", 1: "une ligne", 2: "une ligne", 4: "des points", 5: "des lignes"}

REDRAW = "Redessinez son contour, ou exportez-le à nouveau."

Where = Callable[[int], str]


def place(
    shapes: Geometries, declared: pyproj.CRS | None, *, degrees: bool, file: str
) -> tuple[Geometries, pyproj.CRS, Bools, list[Remark]]:
    """Settle the projection of shapes with finite coordinates.

    Returns the shapes, those written the other way round put right; the projection; which of them lie in or near France; and
    what to tell. `degrees` tells that the format means WGS84 when it names nothing.

    Raises
    ------
    GeoInputError
        When no projection is named and the coordinates fit none surely, or when the one named cannot be used.
    """
    bounds = shapely.bounds(shapes)
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    named = declared if declared is not None else DEGREES if degrees else None
    remarks: list[Remark] = []
    straight = swapped = np.zeros(len(x), dtype=bool)
    crs = named
    if named is not None:
        straight, swapped = _fits(named, x, y, file)
    if named is None or not (straight | swapped).any():
        found = next((c for c in (DEGREES, LAMBERT) if c != named and _sure(c, x, y, file)), None)
        if found is None and named is None:
            raise GeoInputError(_unknown(file, x, y))
        if found is not None:
            crs = found
            straight, swapped = _fits(found, x, y, file)
            remarks.append(_said(found, named if declared is not None else None))
    if swapped.any():
        shapes = shapes.copy()
        shapes[swapped] = shapely.transform(shapes[swapped], lambda xy: xy[:, ::-1])
        words = count(int(swapped.sum()), "objet aux coordonnées inversées", "objets aux coordonnées inversées")
        remarks.append(Remark("réparé", "", f"{words} (latitude avant longitude) : remises dans l’ordre."))
    assert crs is not None
    return shapes, crs, straight | swapped, remarks


def in_france(lon: Floats, lat: Floats) -> Bools:
    """Tell which points lie in the boxes around the 101 départements."""
    found = np.zeros(len(lon), dtype=bool)
    for west, south, east, north in FRANCE:
        found |= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return found


def _fits(crs: pyproj.CRS, x: Floats, y: Floats, file: str) -> tuple[Bools, Bools]:
    """Tell which points a projection puts in France, and which ones once their coordinates are exchanged."""
    to_degrees = _transform(crs, file)
    straight = in_france(*to_degrees(x, y))
    return straight, ~straight & in_france(*to_degrees(y, x))


def _transform(crs: pyproj.CRS, file: str) -> Callable[[Floats, Floats], Any]:
    try:
        moving = pyproj.Transformer.from_crs(crs, DEGREES, always_xy=True)
        moving.transform(0.0, 0.0)
    except (pyproj.exceptions.ProjError, pyproj.exceptions.CRSError) as error:
        raise GeoInputError(
            f"{file} : la projection « {str(crs.name)[:60]} » ne permet pas de situer les territoires ; exportez le fichier en WGS84 "
            "(EPSG:4326) ou en Lambert-93 (EPSG:2154)."
        ) from error
    return lambda x, y: moving.transform(x, y)


def _sure(crs: pyproj.CRS, x: Floats, y: Floats, file: str) -> bool:
    if crs == LAMBERT:
        west, south, east, north = LAMBERT_BOX
        inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        inside |= (y >= west) & (y <= east) & (x >= south) & (x <= north)
        return len(x) > 0 and float(inside.mean()) >= SURE
    straight, swapped = _fits(crs, x, y, file)
    return len(x) > 0 and float((straight | swapped).mean()) >= SURE


def _said(found: pyproj.CRS, declared: pyproj.CRS | None) -> Remark:
    name = "WGS84 (EPSG:4326)" if found == DEGREES else "Lambert-93 (EPSG:2154)"
    advice = "Vérifiez sur la carte que les territoires sont à leur place."
    if declared is not None:
        return Remark(
            "réparé",
            "",
            f"La projection annoncée ({declared.name}) ne va pas à ces coordonnées : elles sont lues en {name}.",
            advice,
        )
    return Remark(
        "à savoir", "", f"Le fichier ne nomme pas sa projection : ses coordonnées sont lues en {name}.", advice
    )


def _unknown(file: str, x: Floats, y: Floats) -> str:
    example = f"{x[0]:.2f} ; {y[0]:.2f}".replace(".", ",") if len(x) else ""
    return (
        f"{file} : la projection n’est pas nommée (partie .prj absente d’un shapefile, par exemple) et les coordonnées ({example}) "
        "ne sont ni des degrés en France, ni du Lambert-93 ; ajoutez le .prj, ou exportez en WGS84 (EPSG:4326)."
    )


def usable(layer: RawLayer, where: Where) -> tuple[npt.NDArray[np.intp], Geometries, list[Remark]]:
    """Return the places in the layer of the shapes that have an area and finite coordinates, these shapes, and what to tell.

    `where` names the object at a place. Altitudes are dropped; of a collection, areas are kept.
    """
    shapes, remarks = layer.shapes.copy(), []
    flat = shapely.has_z(shapes)
    shapes[flat] = shapely.force_2d(shapes[flat])
    if flat.any():
        remarks.append(Remark("réparé", "", f"Altitudes retirées ({count(int(flat.sum()), 'objet')})."))
    kept: list[int] = []
    mixed: list[int] = []
    finite = _finite(shapes)
    kinds = shapely.get_type_id(shapes)
    for at, shape in enumerate(shapes):
        reason, advice = _reason(layer, at, shape, int(kinds[at]), bool(finite[at]))
        if reason:
            remarks.append(Remark("refusé", where(at), reason, advice, row=int(layer.lines[at])))
            continue
        if kinds[at] == 7:
            shapes[at] = _areas_of(shape)
            mixed.append(at)
        kept.append(at)
    if mixed:
        words = count(len(mixed), "objet")
        which = listing([where(at) for at in mixed], SHOWN)
        remarks.append(
            Remark("réparé", "", f"{words} de géométrie mêlée : points et lignes laissés de côté ({which}).")
        )
    places = np.array(kept, dtype=np.intp)
    return places, shapes[places], remarks


def _finite(shapes: Geometries) -> npt.NDArray[np.bool_]:
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    bad = ~np.isfinite(coordinates).all(axis=1)
    found = np.ones(len(shapes), dtype=bool)
    found[owner[bad]] = False
    return found


def _reason(layer: RawLayer, at: int, shape: shapely.Geometry | None, kind: int, finite: bool) -> tuple[str, str]:
    """Return why a shape is refused and what to do, or two empty texts."""
    if int(layer.lines[at]) in layer.unreadable:
        return f"{layer.unreadable[int(layer.lines[at])]}.", REDRAW
    if shape is None or shape.is_empty:
        return "sans contour.", REDRAW
    if not finite:
        return "coordonnées qui ne sont pas des nombres (NaN ou infini).", REDRAW
    if kind in KINDS:
        return f"c’est {KINDS[kind]}, il faut un contour (polygone).", "Donnez la couche des contours."
    if kind == 7 and _areas_of(shape) is None:
        return "aucune surface dans cette géométrie mêlée.", REDRAW
    return "", ""


def _areas_of(shape: shapely.Geometry) -> shapely.Geometry | None:
    """Return the areas of a collection, however nested, None when there is none."""
    stack, areas = [shape], []
    while stack:
        part = stack.pop()
        if part.geom_type in ("GeometryCollection", "MultiPolygon"):
            stack.extend(part.geoms)
        elif part.geom_type == "Polygon" and not part.is_empty:
            areas.append(part)
    return shapely.multipolygons(areas) if areas else None


def mend(
    shapes: Geometries, places: npt.NDArray[np.intp], lines: npt.NDArray[np.intp], where: Where
) -> tuple[npt.NDArray[np.intp], Geometries, list[Remark]]:
    """Make every shape a valid area; those of which nothing is left are refused."""
    remarks = []
    sick = ~shapely.is_valid(shapes)
    lost = np.zeros(len(shapes), dtype=bool)
    lost[sick] = [tangled(shape) for shape in shapes[sick]]
    for place in map(int, places[lost]):
        reason = "contour qui se recoupe des milliers de fois : il ne peut pas être réparé."
        remarks.append(Remark("refusé", where(place), reason, REDRAW, row=int(lines[place])))
    places, made, sick = places[~lost], shapes[~lost], np.flatnonzero(sick[~lost])
    for at in sick:
        made[at] = polygonal(shapely.make_valid(made[at]))
    void = shapely.is_empty(made) | (shapely.area(made) <= 0)
    for at in np.flatnonzero(void):
        place = int(places[at])
        remarks.append(Remark("refusé", where(place), "contour sans surface.", REDRAW, row=int(lines[place])))
    mended = [int(places[at]) for at in sick if not void[at]]
    if mended:
        which = listing([where(at) for at in mended], SHOWN)
        words = count(len(mended), "contour qui se recoupait, réparé", "contours qui se recoupaient, réparés")
        remarks.append(
            Remark("réparé", "", f"{words} ({which}).", "Vérifiez-les sur la carte.", row=int(lines[mended[0]]))
        )
    return places[~void], made[~void], remarks
