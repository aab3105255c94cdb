"""Features cleaned: areas only, in a projection that is known, in France, valid, and not too costly to compare with communes.

The projection is settled by `projection`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely

from geo.communes import Atlas
from geo.french import count, listing
from geo.geometry import WGS84, Geometries, polygonal
from geo.imports.settling import Answers
from geo.imports.shapes.features import REDRAW, SHOWN, Features
from geo.imports.shapes.projection import DEGREES, placed
from geo.layers import outlines, project

NO_ANSWERS = Answers()
KINDS = {0: "un point", 1: "une ligne", 2: "une ligne", 4: "des points", 5: "des lignes"}

# What a shape may cost before it is refused: the ceilings lie far above the territories that people draw.
MOST_CROSSINGS = 1_000  # of the sides of one shape with one another, to be repaired
MOST_MET = 20_000  # sides of one shape that meet communes, counted once for each…
MOST_EACH = 8.0  # …where a side meets so many on average: sides that are drawn are shorter than communes
FEW = 20  # points of a shape that can cost nothing
_BATCH = 500
_GIVEN_UP = 20  # times the ceiling: pairs of sides that are near, whether they cross or not


def clean(features: Features, atlas: Atlas, answers: Answers = NO_ANSWERS) -> Features:
    """Keep the features that are areas, settle their projection, refuse what is outside France, repair the rest.

    Raises
    ------
    GeoInputError
        When no projection is named and the coordinates fit none surely, or when the one named cannot be used.
    """
    features = _areas_only(features)
    if not len(features.places):
        return replace(features, crs=DEGREES)
    features = placed(features, atlas, answers)
    return _repaired(features.refuse(_impossible(features, atlas)))


def _areas_only(features: Features) -> Features:
    """Keep the shapes that have an area and finite coordinates. Altitudes are dropped; of a collection, areas are kept."""
    shapes = features.shapes.copy()
    flat = shapely.has_z(shapes)
    shapes[flat] = shapely.force_2d(shapes[flat])
    if flat.any():
        features = features.say("réparé", "", f"Altitudes retirées ({count(int(flat.sum()), 'objet')}).")
    mixed: list[int] = []
    reasons: dict[int, tuple[str, str]] = {}
    finite = _finite(shapes)
    kinds = shapely.get_type_id(shapes)
    for at, shape in enumerate(shapes):
        unreadable = features.unreadable.get(int(features.lines[at]), "")
        reason, advice = (f"{unreadable}.", REDRAW) if unreadable else _reason(shape, int(kinds[at]), bool(finite[at]))
        if reason:
            reasons[at] = reason, advice
        elif kinds[at] == 7:
            shapes[at] = _areas_of(shape)
            mixed.append(at)
    features = replace(features, shapes=shapes).refuse(reasons)
    if mixed:
        which = listing([features.where(at) for at in mixed], SHOWN)
        words = f"{count(len(mixed), 'objet')} de géométrie mêlée : points et lignes laissés de côté ({which})."
        features = features.say("réparé", "", words)
    return features


def _finite(shapes: Geometries) -> npt.NDArray[np.bool_]:
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    bad = ~np.isfinite(coordinates).all(axis=1)
    found = np.ones(len(shapes), dtype=bool)
    found[owner[bad]] = False
    return found


def _reason(shape: shapely.Geometry | None, kind: int, finite: bool) -> tuple[str, str]:
    """Return why a shape is refused and what to do, or two empty texts."""
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


def _repaired(features: Features) -> Features:
    """Make every shape a valid area; those of which nothing is left are refused."""
    sick = np.flatnonzero(~shapely.is_valid(features.shapes))
    lost = [int(at) for at in sick if tangled(features.shapes[at])]
    features = features.refuse(
        dict.fromkeys(lost, "contour qui se recoupe des milliers de fois : il ne peut pas être réparé.")
    )
    made = features.shapes.copy()
    sick = np.flatnonzero(~shapely.is_valid(made))
    for at in sick:
        made[at] = polygonal(shapely.make_valid(made[at]))
    void = np.flatnonzero(shapely.is_empty(made) | (shapely.area(made) <= 0))
    repaired = [int(features.places[at]) for at in sick if at not in set(void)]
    features = replace(features, shapes=made).refuse(dict.fromkeys(map(int, void), "contour sans surface."))
    if not repaired:
        return features
    which = listing([features.where(at) for at in repaired], SHOWN)
    words = count(len(repaired), "contour qui se recoupait, réparé", "contours qui se recoupaient, réparés")
    return features.say(
        "réparé", "", f"{words} ({which}).", "Vérifiez-les sur la carte.", row=int(features.lines[repaired[0]])
    )


def _impossible(features: Features, atlas: Atlas) -> dict[int, str]:
    """Return, by position, why shapes cannot be worked on: a small file may hold one that takes hours to share out."""
    if not len(features.shapes):
        return {}
    degrees = project(features.shapes, WGS84, source=features.crs)
    lost = _out_of_bounds(degrees)
    shredded = np.flatnonzero(~lost)[shredding(degrees[~lost], shapely.STRtree(outlines(atlas).to_numpy()))]
    return dict.fromkeys(
        map(int, np.flatnonzero(lost)), "un de ses points n’est nulle part sur Terre."
    ) | dict.fromkeys(
        map(int, shredded), "contour trop découpé : des milliers de ses côtés traversent chacun plusieurs communes."
    )


def tangled(shape: shapely.Geometry) -> bool:
    """Tell whether the sides of a shape cross one another more often than can be repaired."""
    sides = _sides(shape)
    if len(sides) < 45:  # fewer pairs than the ceiling
        return False
    tree = shapely.STRtree(sides)
    crossings = near = 0
    for start in range(0, len(sides), _BATCH):
        some = sides[start : start + _BATCH]
        left, right = tree.query(some)
        later = right > left + start  # each pair once
        left, right = left[later], right[later]
        near += len(left)
        if near > _GIVEN_UP * max(MOST_CROSSINGS, len(sides)):
            return True
        crossings += int(shapely.crosses(some[left], sides[right]).sum())
        if crossings > MOST_CROSSINGS:
            return True
    return False


def shredding(shapes: Geometries, land: shapely.STRtree) -> npt.NDArray[np.bool_]:
    """Tell which shapes would cut communes (boxes of `land`, same projection) in more strips than can be measured."""
    found = np.zeros(len(shapes), dtype=bool)
    for at in np.flatnonzero(shapely.get_num_coordinates(shapes) > FEW):
        sides = _sides(shapes[at])
        met = 0
        for start in range(0, len(sides), _BATCH):
            met += land.query(sides[start : start + _BATCH]).shape[1]
            done = min(start + _BATCH, len(sides))
            if met > MOST_MET and met > MOST_EACH * done:
                found[at] = True
                break
    return found


def _out_of_bounds(degrees: Geometries) -> npt.NDArray[np.bool_]:
    """Tell which shapes (EPSG:4326) have a point that is nowhere on Earth, in a hole as well."""
    points, owner = shapely.get_coordinates(degrees, return_index=True)
    fine = np.isfinite(points).all(axis=1) & (np.abs(points) <= (180.0, 90.0)).all(axis=1)
    found = np.zeros(len(degrees), dtype=bool)
    found[owner[~fine]] = True
    return found


def _sides(shape: shapely.Geometry) -> Geometries:
    """Return the sides of a shape, one line each."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    ends = np.stack([points[:-1][same], points[1:][same]], axis=1)
    return np.asarray(shapely.linestrings(ends), dtype=object) if len(ends) else np.empty(0, dtype=object)
