"""The projection of a file of polygons: the one that it names, else the one that names, codes or outlines confirm; never a guess.

Coordinates that are degrees can be nothing else. Metres say little: the same figures are a place in the Nord in Web Mercator and one
in the Tarn in Lambert-93. A projection that the file does not name is believed only when, in it, territories lie on the communes
that they are named after, that their codes give, or that their outlines follow; and in no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geo.arrays import Bools, Floats
from geo.communes import Atlas, find_name, read_code
from geo.errors import GeoInputError
from geo.french import count, fold
from geo.geometry import WGS84, Geometries, in_france
from geo.imports.settling import PROJECTION, Answers
from geo.imports.shapes.features import Features
from geo.layers import outlines, project
from geo.remarks import Remark

DEGREES, LAMBERT = pyproj.CRS.from_epsg(4326), pyproj.CRS.from_epsg(2154)
# What French files are in, the likeliest first: Lambert-93, Web Mercator, Lambert II étendu, the nine conics, UTM, overseas, Europe.
METRIC = (2154, 3857, 27572, *range(3942, 3951), 32630, 32631, 32632, 2975, 5490, 2972, 4471, 3035)
SURE = 0.9  # of the shapes must lie in France
CONFIRMED = 0.5  # of the territories that name a commune must lie on it
FOLLOWED = 0.9  # how much an outline and the communes inside it must have in common
APART = 0.05  # and how much better than in any other projection
SEEN = 40  # territories looked at
NEAR_M = 5_000.0
_WORDS = frozenset(
    [
        "clsm",
        "cls",
        "cpts",
        "dac",
        "secteur",
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "l",
        "d",
        "et",
        "conseil",
        "local",
        "contrat",
        "sante",
        "mentale",
        "zone",
        "territoire",
    ]
)


@dataclass(frozen=True)
class _Evidence:
    """How well a projection puts shapes on communes: share of those named or coded that lie there (-1 without any), and how much
    outlines follow communes."""

    crs: pyproj.CRS
    named: float
    followed: float


def placed(features: Features, atlas: Atlas, answers: Answers) -> Features:
    """Settle the projection of shapes with finite coordinates; those written the other way round are put right.

    Raises
    ------
    GeoInputError
        When no projection is named and none is confirmed, or when the one named cannot be used.
    """
    shapes, declared, file = features.shapes, features.crs, features.file
    bounds = shapely.bounds(shapes)
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    stated = answers.get(PROJECTION)
    named = (
        _stated(stated, file) if stated else declared if declared is not None else DEGREES if features.degrees else None
    )
    straight = swapped = np.zeros(len(x), dtype=bool)
    crs = named
    if named is not None:
        straight, swapped = _fits(named, x, y, file)
    if named is None or not (straight | swapped).any():
        found = _found(features, x, y, atlas)
        if found is None and named is None:
            raise GeoInputError(_unknown(file, x, y))
        if found is None and declared is None and _in_metres(x, y):
            raise GeoInputError(_unknown(file, x, y))
        if found is not None:
            crs = found
            straight, swapped = _fits(found, x, y, file)
            features = features.saying([_say(found, declared)])
    if swapped.any():
        shapes = shapes.copy()
        shapes[swapped] = shapely.transform(shapes[swapped], lambda xy: xy[:, ::-1])
        words = count(int(swapped.sum()), "objet aux coordonnées inversées", "objets aux coordonnées inversées")
        features = features.say("réparé", "", f"{words} (latitude avant longitude) : remises dans l’ordre.")
    outside = map(int, np.flatnonzero(~(straight | swapped)))
    return replace(features, shapes=shapes, crs=crs).refuse(
        dict.fromkeys(outside, "hors de France, ou projection mal indiquée."),
        "Exportez le fichier en WGS84 (EPSG:4326) ou en Lambert-93 (EPSG:2154).",
    )


def _stated(text: str, file: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError as error:
        raise GeoInputError(f"{file} : projection « {text[:40]} » inconnue ; écrivez par exemple EPSG:2154.") from error


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


def _in_metres(x: Floats, y: Floats) -> bool:
    return bool(len(x) and np.median(np.maximum(np.abs(x), np.abs(y))) > 400)


def _found(features: Features, x: Floats, y: Floats, atlas: Atlas) -> pyproj.CRS | None:
    """Return the projection in which shapes lie in France, and on the communes that they speak of; None when none is sure."""
    if not len(x):
        return None
    if _plausible(DEGREES, x, y, features.file):
        return DEGREES
    if not _in_metres(x, y):
        return None
    seen = [
        _evidence(features, crs, atlas)
        for crs in map(pyproj.CRS.from_epsg, METRIC)
        if _plausible(crs, x, y, features.file)
    ]
    for measure, least in (("named", CONFIRMED), ("followed", FOLLOWED)):
        ranked = sorted(seen, key=lambda e: getattr(e, measure), reverse=True)
        best = [e for e in ranked if getattr(e, measure) >= least]
        if best and (
            len(ranked) == 1
            or getattr(best[0], measure) - getattr(ranked[1], measure) >= APART
            or _same_place(features, best)
        ):
            return best[0].crs
    return None


def _plausible(crs: pyproj.CRS, x: Floats, y: Floats, file: str) -> bool:
    straight, swapped = _fits(crs, x, y, file)
    return float((straight | swapped).mean()) >= SURE


def _same_place(features: Features, best: Sequence[_Evidence]) -> bool:
    """Tell whether the two best projections put shapes at the same place, to a few metres (a conic and its neighbour do not)."""
    if len(best) < 2:
        return False
    first, second = (project(features.shapes[:SEEN], WGS84, source=e.crs) for e in best[:2])
    return bool(np.nanmax(np.abs(shapely.bounds(first) - shapely.bounds(second))) < 1e-4)


def _evidence(features: Features, crs: pyproj.CRS, atlas: Atlas) -> _Evidence:
    step = max(1, len(features.shapes) // SEEN)
    places, shapes = features.places[::step][:SEEN], features.shapes[::step][:SEEN]
    straight = in_france(*pyproj.Transformer.from_crs(crs, DEGREES, always_xy=True).transform(*_middle(shapes)))
    turned = np.array(
        [s if ok else shapely.transform(s, lambda xy: xy[:, ::-1]) for s, ok in zip(shapes, straight, strict=True)],
        dtype=object,
    )
    degrees = shapely.make_valid(project(turned, WGS84, source=crs))
    return _Evidence(crs, _named_share(features, places, degrees, atlas), _followed(degrees, atlas))


def _middle(shapes: Geometries) -> tuple[Floats, Floats]:
    bounds = shapely.bounds(shapes)
    return (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2


def _named_share(features: Features, places: npt.NDArray[np.intp], degrees: Geometries, atlas: Atlas) -> float:
    """Return the share of territories, among those whose code or name gives communes, that lie on one of these; -1 without any."""
    codes, names = features.texts("code_commune"), features.texts("nom")
    lon, lat = atlas.table["lon"].to_numpy(), atlas.table["lat"].to_numpy()
    met = total = 0
    for place, shape in zip(places, degrees, strict=True):
        rows = [atlas.row[a] for a in _spoken_of(str(codes[place]), str(names[place]), atlas)]
        if not rows:
            continue
        total += 1
        met += bool((shapely.distance(shape, shapely.points(lon[rows], lat[rows])) <= NEAR_M / 111_320.0).any())
    return met / total if total else -1.0


def _spoken_of(code: str, name: str, atlas: Atlas) -> tuple[str, ...]:
    if code and (atoms := read_code(code.zfill(5), atlas).atoms):
        return atoms
    words = fold(name).split()
    while words and words[0] in _WORDS:
        words = words[1:]
    spans = [" ".join(words[i:j]) for i in range(min(len(words), 6)) for j in range(len(words), i, -1)][:40]
    found: list[str] = []
    for span in spans:
        if len(span) > 3 and span not in _WORDS:
            named = find_name(span, atlas)
            found += [a for c in (named.codes if named.how == "exact" else ()) for a in atlas.parts.get(c, (c,))]
    return tuple(dict.fromkeys(found))


def _followed(degrees: Geometries, atlas: Atlas) -> float:
    """Return how much, in the middle of all, outlines have in common with the communes whose centre they hold (1: the same)."""
    land = outlines(atlas).to_numpy()
    centres = shapely.points(atlas.table["lon"].to_numpy(), atlas.table["lat"].to_numpy())
    zone, row = shapely.STRtree(centres).query(degrees, predicate="intersects")
    shares = []
    for at, shape in enumerate(degrees):
        rows = row[zone == at]
        if not len(rows) or len(rows) > 600 or not shape.area:
            shares.append(0.0)
            continue
        ground = shapely.union_all(shapely.make_valid(land[rows]))
        shares.append(float(shapely.intersection(ground, shape).area / shapely.union(ground, shape).area))
    return float(np.median(shares)) if shares else 0.0


def _say(found: pyproj.CRS, declared: pyproj.CRS | None) -> Remark:
    name = "WGS84 (EPSG:4326)" if found == DEGREES else f"{found.name} (EPSG:{found.to_epsg()})"
    name = "Lambert-93 (EPSG:2154)" if found == LAMBERT else name
    advice = "Vérifiez sur la carte que les territoires sont à leur place."
    if declared is not None:
        return Remark(
            "réparé",
            "",
            f"La projection annoncée ({declared.name}) ne va pas à ces coordonnées : elles sont lues en {name}.",
            advice,
        )
    confirmed = "" if found == DEGREES else ", où les territoires sont bien sur leurs communes"
    return Remark(
        "à savoir",
        "",
        f"Le fichier ne nomme pas sa projection : ses coordonnées sont lues en {name}{confirmed}.",
        advice,
    )


def _unknown(file: str, x: Floats, y: Floats) -> str:
    example = f"{x[0]:.2f} ; {y[0]:.2f}".replace(".", ",") if len(x) else ""
    return (
        f"{file} : la projection n’est pas nommée (partie .prj absente d’un shapefile, par exemple) et les coordonnées ({example}) "
        "ne disent pas laquelle c’est : ni degrés en France, ni projection où les territoires tombent sur leurs communes ; ajoutez le "
        ".prj, ou exportez en WGS84 (EPSG:4326)."
    )
