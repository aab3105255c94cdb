"""The marks over a painted map (quarters, places of care, a territory outlined), drawn by static/js/points.js."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo import dataset
from geo import french as fr
from geo.coverage import Scope
from geo.files import DamagedError
from geo.layers import city_names
from ui import loaders
from ui.cache import keyed_on_data
from ui.map.codec import pack_codes
from ui.map.scene import ground, there, written

if TYPE_CHECKING:
    import pandas as pd
    from shapely import Geometry

DISC_PX = (2.5, 11.0)  # radius of the smallest and of the largest quarter
LARGEST = 20_000  # inhabitants of a quarter drawn with the largest disc
FINE, ROUGH = 0.00008, 0.0003  # degrees: about 8 m and 30 m, for the eye alone


@dataclass(frozen=True)
class Mark:
    """A territory to outline; `n`, when not 0, must change for its communes to be brought into sight again."""

    codes: tuple[str, ...]
    n: int = 0


def over(
    *,
    quarters_url: str | None = None,
    places_url: str | None = None,
    mark: Mark | None = None,
    served_url: str | None = None,
) -> dict[str, object]:
    """Return that part of the state: addresses of files, and codes; no geometry.

    `served_url` is the file of the CLSM of each commune, as ui.map.scene writes them, for the tooltip.

    Raises
    ------
    ValueError
        When one is not the code of a commune.
    """
    return {
        "quarters": quarters_url,
        "places": places_url,
        "served": served_url,
        "mark": {"codes": pack_codes(mark.codes), "n": mark.n} if mark else None,
    }


def quarters_url(scope: Scope) -> str | None:
    """Return the address of the quarters of a scope, None when none is known there."""
    return _quarters(ground(scope))


def _point(name: str, x: float, y: float, infos: list[pd.Series[Any]]) -> dict[str, Any]:
    """Return the disc of the quarters of one place, with their inhabitants when they are all known."""
    people = sum(float(info["population"]) for info in infos)
    years = sorted({str(info["annee"]) for info in infos} - {""})
    point: dict[str, Any] = {"n": name, "x": round(x, 5), "y": round(y, 5), "r": disc_radius(people)}
    if not math.isfinite(people):
        return point | {"d": "nombre d’habitants inconnu"}
    return point | {"p": int(people)} | ({"d": ", ".join(years)} if years else {})


def places_url(scope: Scope) -> str | None:
    """Return the address of the places of care of a scope, None when none is known there."""
    return _places(ground(scope))


@keyed_on_data(max_entries=64, still=there)
def _quarters(scope: Scope) -> str | None:
    layer, atlas = loaders.crosswalk().layers["qpv"], loaders.atlas()
    here = layer.placed
    here = here[scope.mask[here["row"].to_numpy()]]
    if here.empty:
        return None
    outlines = _outlines()
    tolerance = ROUGH if scope.kind == "france" else FINE
    lon, lat = (atlas.table[c].to_numpy() for c in ("lon", "lat"))
    points: list[dict[str, Any]] = []
    without: dict[int, list[int]] = {}
    for zone, rows in here.groupby("zone")["row"]:
        place, row = int(str(zone)), int(rows.iloc[0])
        info = layer.zones.iloc[place]
        shape = outlines.get(str(info.name))
        if shape is None:
            without.setdefault(row, []).append(place)
            continue
        centre = shape.representative_point()
        points.append(_point(f"QPV {info['nom']}", centre.x, centre.y, [info]) | {"o": _rings(shape, tolerance)})
    for row, places in without.items():
        infos = [layer.zones.iloc[place] for place in places]
        names = fr.listing((str(info["nom"]) for info in infos), most=6)
        points.append(_point(f"QPV {names}", float(lon[row]), float(lat[row]), infos))
    points = [p for p in points if math.isfinite(p["x"]) and math.isfinite(p["y"])]
    points.sort(key=lambda p: -p["r"])  # the small ones over the large ones
    return _written(scope, "qpvcontours", points)


@keyed_on_data(max_entries=64, still=there)
def _places(scope: Scope) -> str | None:
    resources = loaders.world().resources
    if resources is None:
        return None
    here = resources.inside(scope.rows)
    here = here[here["lon"].notna() & here["lat"].notna()]
    if here.empty:
        return None
    points = [
        {"n": str(nom), "d": str(kind), "x": round(float(x), 5), "y": round(float(y), 5), "r": 4}
        for nom, kind, x, y in zip(here["nom"], here["categorie"], here["lon"], here["lat"], strict=True)
    ]
    return _written(scope, "lieux", points)


def disc_radius(people: float) -> float:
    """Return a radius in pixels whose disc grows as the inhabitants do; the smallest when they are not known."""
    small, large = DISC_PX
    if not math.isfinite(people):
        return small
    return round(min(large, max(small, large * math.sqrt(people / LARGEST))), 1)


def _discs(scope: Scope) -> str:
    """Say how quarters are drawn without outlines, and which are not drawn."""
    layer = loaders.crosswalk().layers["qpv"]
    here = layer.members[scope.mask[layer.members["row"].to_numpy()]]
    zones = np.unique(here["zone"].to_numpy())
    text = "QPV : contours non synchronisés, un disque par commune qui a des QPV"
    lost = zones[layer.candidates[zones]]
    if not len(lost):
        return text
    cities = city_names(layer.zones["territoire"].iloc[lost], loaders.atlas())
    return (
        f"{text} ; {fr.count(len(lost), 'quartier', 'quartiers')} de {cities}, d’arrondissement inconnu, non dessinés"
    )


def has_outlines() -> bool:
    """Say whether the outlines of quarters are known."""
    return bool(_outlines())


@keyed_on_data(max_entries=1)
def _outlines() -> Mapping[str, Geometry]:
    """Read the outlines of quarters (EPSG:4326) by code; empty when they were not synchronised."""
    version = loaders.world().sources.get("qpv")
    try:
        return dataset.outlines(version) if version else {}
    except DamagedError:  # since it was opened: discs take the place of outlines, and the next start says why
        return {}


def _rings(shape: Geometry, tolerance: float) -> list[list[list[list[float]]]]:
    """Return polygons as Leaflet takes them: rings of (latitude, longitude)."""
    simple = shape.simplify(tolerance)
    parts = getattr(simple, "geoms", [simple])
    return [[_ring(ring.coords) for ring in (part.exterior, *part.interiors)] for part in parts if not part.is_empty]


def _ring(coords: Iterable[tuple[float, ...]]) -> list[list[float]]:
    return [[round(c[1], 5), round(c[0], 5)] for c in coords]


def _written(scope: Scope, kind: str, points: list[dict[str, Any]]) -> str:
    return written(f"points-{scope.id}-{kind}", {"points": points})


def extents(scope: Scope) -> str:
    """Say where quarters and places are known, for the note under the map."""
    resources = loaders.world().resources
    texts = []
    if not has_outlines():
        texts.append(_discs(scope))
    if resources is None:
        texts.append("lieux de santé mentale : non synchronisés")
    else:
        here = set(scope.departements)
        known = len(here & resources.extent)
        if not known:
            texts.append(f"lieux de santé mentale : liste non connue ici ({resources.source})")
        elif known < len(here):
            texts.append(
                f"lieux de santé mentale : {resources.source}, liste complète dans "
                f"{fr.count(known, 'département', 'départements')} d’ici sur {len(here)}"
            )
    return " ; ".join(texts)
