"""Which shapes of a layer can be territories: each bad one is refused alone with its reason, the mendable ones are mended."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import shapely

from geo.base_repair import Geometries, polygonal
from geo.french import count, listing
from geo.import_draft import Remark
from geo.import_effort import tangled
from geo.import_layers import RawLayer

SHOWN = 8
KINDS = {0: "un point", 1: "une ligne", 2: "une ligne", 4: "des points", 5: "des lignes"}
REDRAW = "Redessinez son contour, ou exportez-le à nouveau."
Where = Callable[[int], str]


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
