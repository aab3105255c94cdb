"""Moves on a perimeter: where to start from, and the changes made in one gesture. Each returns new codes.

Nothing is edited and nothing is repaired in silence: what was left out, or could not be understood, comes back as
sentences. Communes that are locked stay whatever the move.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo import french as fr
from geo.arrays import Rows
from geo.communes import Atlas, read_code
from geo.errors import GeoInputError
from geo.kept import kept_on_subject
from geo.layers import Crosswalk, LayerId, Precision, zone_members
from geo.perimeters.perimeter import perimeter_of_zone

MOST_CORNERS = 5_000
MOST_RADIUS_M = 300_000.0
Codes = frozenset[str]


@dataclass(frozen=True)
class Composed:
    """Codes that a move gives, a name for them, and what the person must know."""

    codes: Codes
    name: str = ""
    notices: tuple[str, ...] = ()


# --- where to start from ------------------------------------------------------------------------------------------
def from_commune(code: str, atlas: Atlas) -> Composed:
    """Start from a commune; a split city gives its arrondissements, an old code the commune of today, and says so."""
    reading = read_code(code, atlas)
    if not reading.atoms:
        raise GeoInputError(reading.message)
    name = atlas.label(reading.text).rsplit(" (", 1)[0] if reading.kind != "former" else ""
    return Composed(frozenset(reading.atoms), name, (reading.message,) if reading.kind == "former" else ())


def from_zone(crosswalk: Crosswalk, layer: str, zone: str) -> Composed:
    """Start from an EPCI, EPT, sector, CLS, CLSM…; a QPV gives the communes it lies in.

    Raises
    ------
    GeoInputError
        When the zone does not exist, or no whole commune of it is known, or a QPV's arrondissement is not.
    """
    found = crosswalk.layers.get(layer)
    zone = found.current_id(zone) if found else zone
    if found is None or zone not in found.zones.index:
        raise GeoInputError("Ce territoire n’existe pas ou plus dans les données.")
    if layer == LayerId.QPV:
        name = str(found.zones.at[zone, "nom"])
        if found.zones.at[zone, "precision"] == Precision.VILLE:
            city = found.zones.at[zone, "territoire"]
            raise GeoInputError(
                f"QPV {name} : il est à {city}, dans un ou plusieurs arrondissements qui ne sont pas connus ; choisissez-les "
                "un à un, ou synchronisez les QPV (page Données)."
            )
        return Composed(zone_codes(crosswalk, layer, zone), f"Communes du QPV {name}")
    perimeter, notices = perimeter_of_zone(found, zone, crosswalk.atlas)
    return Composed(frozenset(perimeter.communes), perimeter.name, notices)


def from_polygon(ring: Sequence[tuple[float, float]], atlas: Atlas) -> Composed:
    """Return the communes whose inner point is in a drawn shape; `ring` is its corners, longitude then latitude, in degrees.

    Raises
    ------
    GeoInputError
        When the shape has fewer than three corners, crosses itself, leaves the globe, or holds no commune.
    """
    corners = np.asarray([tuple(c)[:2] for c in ring], dtype=float).reshape(-1, 2) if len(ring) else np.empty((0, 2))
    if len(corners) > MOST_CORNERS:
        raise GeoInputError(
            f"La forme a trop de sommets ({fr.number(len(corners))}) ; {fr.number(MOST_CORNERS)} au plus."
        )
    if not np.isfinite(corners).all() or (np.abs(corners) > [180, 90]).any():
        raise GeoInputError("La forme sort du globe : longitudes de -180 à 180, latitudes de -90 à 90, en degrés.")
    if len(np.unique(corners, axis=0)) < 3:
        raise GeoInputError("La forme doit avoir trois sommets au moins.")
    shape = shapely.Polygon(corners)
    if not shape.is_valid or not shape.area:
        raise GeoInputError("La forme se croise elle-même : redessinez-la sans que ses bords se coupent.")
    rows = _points(atlas).query(shape, predicate="intersects")
    if not len(rows):
        raise GeoInputError("Aucune commune n’a son centre dans la forme dessinée : agrandissez-la.")
    return Composed(_codes(atlas, rows), "Forme dessinée")


def from_circle(code: str, radius_m: float, atlas: Atlas) -> Composed:
    """Return the communes whose inner point is within a distance of a town's, as the crow flies, in its legal projection.

    Around a split city, the distance is to the mean of its arrondissements' points.

    Raises
    ------
    GeoInputError
        When the commune does not exist or the radius makes no sense.
    """
    centre = from_commune(code, atlas)
    if not math.isfinite(radius_m) or not 0 < radius_m <= MOST_RADIUS_M:
        raise GeoInputError(f"Le rayon doit être positif et d’au plus {fr.kilometres(MOST_RADIUS_M)}.")
    rows = atlas.rows(centre.codes)
    points, epsg = atlas.table[["x", "y"]].to_numpy(dtype=float), atlas.table["epsg"].to_numpy()
    near = (np.hypot(*(points - points[rows].mean(axis=0)).T) <= radius_m) & (epsg == epsg[rows[0]])
    name = f"{fr.kilometres(radius_m)} autour {fr.of(centre.name or code)}"
    return Composed(_codes(atlas, np.flatnonzero(near)) | centre.codes, name, centre.notices)


def from_circle_at(lon: float, lat: float, radius_m: float, atlas: Atlas) -> Composed:
    """Return the communes within a distance of a point: the circle is drawn around the commune nearest to it.

    Raises
    ------
    GeoInputError
        When the point leaves the globe or the radius makes no sense.
    """
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise GeoInputError("Le centre du cercle sort du globe.")
    return from_circle(str(atlas.codes[int(_points(atlas).nearest(shapely.Point(lon, lat)))]), radius_m, atlas)


@kept_on_subject
def _points(atlas: Atlas) -> shapely.STRtree:
    return shapely.STRtree(shapely.points(atlas.table[["lon", "lat"]].to_numpy(dtype=float)))


# --- changes in one gesture ---------------------------------------------------------------------------------------
def zone_codes(crosswalk: Crosswalk, layer: str, zone: str) -> Codes:
    """Return the communes wholly in a zone; for a QPV, those it lies in."""
    whole, partial = zone_members(crosswalk.layers[layer], zone)
    return _codes(crosswalk.atlas, {*whole, *partial} if layer == LayerId.QPV else whole)


def add(codes: Iterable[str], more: Iterable[str]) -> Codes:
    """Add communes."""
    return frozenset(codes) | frozenset(more)


def remove(codes: Iterable[str], gone: Iterable[str], *, locked: Iterable[str] = ()) -> Codes:
    """Remove communes, but for the locked ones."""
    return frozenset(codes) - (frozenset(gone) - frozenset(locked))


def stop_at_community(
    codes: Iterable[str], atlas: Atlas, community: str | None = None, *, locked: Iterable[str] = ()
) -> Codes:
    """Keep only the communes of one intercommunal body: by default the one with most inhabitants inside (EPCI, or EPT).

    Without any intercommunal body (islands), nothing changes.
    """
    inside = frozenset(codes)
    rows = atlas.rows(inside)
    owner = atlas.communities[0].iloc[rows]
    if community is None:
        people = atlas.table["population"].iloc[rows].groupby(owner).sum()
        if people.empty:
            return inside
        community = str(people.sort_index().idxmax())
    kept = _codes(atlas, rows[(owner == community).to_numpy()])
    return kept | (frozenset(locked) & inside)


def fill_holes(codes: Iterable[str], atlas: Atlas) -> Codes:
    """Add the communes that the perimeter surrounds on all sides.

    A group of outside communes is a hole when it touches the perimeter, nothing else, and its points lie inside the
    perimeter's outer border; a coast or a frontier is no side.
    """
    inside = frozenset(codes)
    if not inside:
        return inside
    rows = atlas.rows(inside)
    outside = np.setdiff1d(np.arange(len(atlas.table)), rows)
    label = connected_components(atlas.neighbours[outside][:, outside], directed=False)[1]
    mask = np.zeros(len(atlas.table), dtype=bool)
    mask[rows] = True
    touching = set(label[(atlas.neighbours[outside] @ mask.astype(np.int32)) > 0].tolist())
    sizes = np.bincount(label)
    groups = [outside[label == k] for k in touching if sizes[k] < len(outside) / 2]
    if not groups:
        return inside
    hull = _filled(atlas, rows)
    points = shapely.points(atlas.table[["lon", "lat"]].to_numpy(dtype=float))
    holes = [g for g in groups if shapely.covers(hull, points[g]).all()]
    return inside | _codes(atlas, np.concatenate(holes)) if holes else inside


def _filled(atlas: Atlas, rows: Rows) -> shapely.Geometry:
    """Return the outline of some atoms with its holes filled."""
    shape = shapely.union_all(atlas.outlines(rows).to_numpy())
    parts = [shapely.Polygon(part.exterior) for part in shapely.get_parts(shape)]
    return shapely.union_all(parts)


def keep_main_part(codes: Iterable[str], atlas: Atlas, links: csr_array, *, locked: Iterable[str] = ()) -> Codes:
    """Keep the piece with most inhabitants; locked communes stay.

    `links` are the neighbours with the ties of islands and legal exclaves, which so count as attached.
    """
    inside = frozenset(codes)
    if not inside:
        return inside
    rows = atlas.rows(inside)
    label = connected_components(links[rows][:, rows], directed=False)[1]
    people = np.bincount(label, weights=atlas.population[rows])
    return _codes(atlas, rows[label == int(people.argmax())]) | (frozenset(locked) & inside)


def _codes(atlas: Atlas, rows: Iterable[int]) -> Codes:
    return frozenset(str(atlas.codes[r]) for r in rows)
