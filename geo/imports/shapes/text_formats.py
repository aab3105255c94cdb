"""GeoJSON, one feature at a time: a bad one is refused alone, and nothing that the file points to is ever opened."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely
from pyproj.exceptions import CRSError
from shapely.geometry import shape

from geo.errors import GeoInputError
from geo.files import decode
from geo.french import listing, number
from geo.imports.exported import foreign_export
from geo.imports.shapes.features import Features, features_of, text_of

_AUTHORITY = re.compile(
    r"(?:urn:ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?(EPSG|OGC|IGNF)(?:[:/][\d.]*)?[:/](\w+)", re.IGNORECASE
)
SHAPE_ERRORS = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, shapely.errors.ShapelyError)
_DECODER = json.JSONDecoder()
_BLANK = " \t\r\n"
_BETWEEN = _BLANK + "\x1e,\0\ufeff"
GEOMETRIES = ("Polygon", "MultiPolygon", "Point", "MultiPoint", "LineString", "MultiLineString", "GeometryCollection")
MOST_COLUMNS = 500
MOST_FEATURES = 200_000


class _TooManyError(Exception):
    """More features than a layer of territories has."""


def read_geojson(content: bytes, file: str) -> Features:
    """Read a FeatureCollection, a Feature or a bare geometry.

    Raises
    ------
    GeoInputError
        When the text is no JSON, is cut, or is no GeoJSON.
    """
    text, notes = _decoded(content)
    try:
        head, features, objects = _whole(text)
    except _TooManyError as error:
        raise GeoInputError(
            f"{file} : plus de {number(MOST_FEATURES)} objets ; ne gardez que les territoires voulus."
        ) from error
    except (ValueError, RecursionError, IndexError) as error:
        raise GeoInputError(f"{file} : JSON illisible ou coupé ; exportez à nouveau le fichier.") from error
    kind = head.get("type")
    if kind == "Topology":
        raise GeoInputError(f"{file} : TopoJSON, un format qui n’est pas lu ; exportez en GeoJSON.")
    if features is None:
        raise GeoInputError(f"{file} : ce JSON n’est pas un GeoJSON (« FeatureCollection » attendu).")
    if objects > 1:
        notes = (*notes, f"Fichier fait de {number(objects)} objets JSON à la suite, tous lus.")
    if said := foreign_export(head, features):
        raise GeoInputError(f"{file} : {said}")
    crs = _crs(head.get("crs"), file)
    read = [_feature(feature) for feature in features]
    return features_of(
        file,
        str(head.get("name") or ""),
        _table([attributes for attributes, _ in read], file),
        [found if isinstance(found, shapely.Geometry) else None for _, found in read],
        crs=crs,
        degrees=crs is None,
        notes=notes,
        unreadable={line: found for line, (_, found) in enumerate(read, 1) if isinstance(found, str)},
    )


def _decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    text, used = decode(content)
    if used in ("utf-8", "utf-8-sig"):
        bad = sorted(
            {text_of(m[1].decode("cp1252", "replace"))[:40] for m in _QUOTED.finditer(content) if not _is_utf8(m[1])}
        )[:5]
        if not bad:
            return text, ()
        return text, (
            f"Signes qui ne sont pas de l’UTF-8, lus en Windows-1252 : {listing([f'« {b} »' for b in bad], 5)}.",
        )
    name = {"cp1252": "Windows-1252", "mac_roman": "MacRoman", "cp850": "page de codes 850"}.get(used, used.upper())
    return text, (f"Textes lus en {name} : le fichier n’est pas en UTF-8 comme le veut le GeoJSON.",)


_QUOTED = re.compile(rb'"([^"]{0,400}?[\x80-\xff][^"]{0,400}?)"')


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _whole(text: str) -> tuple[dict[str, Any], list[Any] | None, int]:
    """Return what a text of one or several JSON objects says of itself, its features (None when it is no GeoJSON), and how many
    objects it is made of: newline-delimited files have one a line."""
    head: dict[str, Any] = {}
    features: list[Any] = []
    known, objects = False, 0
    at = _next(text, 0)
    if text[at : at + 1] == "[":
        found, at = _list(text, at)
        features, known, objects = found, bool(found), 1
        at = _next(text, at)
    while at < len(text):
        own, several, at = _split(text, at)
        objects += 1
        kind = own.get("type")
        head = head or own
        if kind == "Feature" or (isinstance(kind, str) and kind in GEOMETRIES):
            features.append(_small(own if kind == "Feature" else {"type": "Feature", "geometry": own}))
            known = True
        elif kind == "FeatureCollection" and several is not None:
            features += several
            known = True
        elif objects > 1:
            raise ValueError("not a feature")
        if len(features) > MOST_FEATURES:
            raise _TooManyError
        at = _next(text, at)
    return head, features if known else None, objects


def _next(text: str, at: int) -> int:
    """Return the place of the next sign that is no blank, nor what parts objects from one another."""
    while at < len(text) and text[at] in _BETWEEN:
        at += 1
    return at


def _split(text: str, start: int) -> tuple[dict[str, Any], list[Any] | None, int]:
    """Return the members of an object but its features, the features, decoded one by one, and where the object ends."""
    head: dict[str, Any] = {}
    features: list[Any] | None = None
    at = _blank(text, start)
    if text[at] != "{":
        raise ValueError("no object")
    at = _blank(text, at + 1)
    while text[at] != "}":
        if text[at] != '"':
            raise ValueError("no key")
        key, at = _DECODER.raw_decode(text, at)
        at = _blank(text, at)
        if text[at] != ":":
            raise ValueError("no value")
        at = _blank(text, at + 1)
        if key == "features" and text[at] == "[":
            features, at = _list(text, at)
        else:
            head[key], at = _DECODER.raw_decode(text, at)
        at = _blank(text, at)
        if text[at] == ",":
            at = _blank(text, at + 1)
        elif text[at] != "}":
            raise ValueError("no comma")
    return head, features, at + 1


def _list(text: str, at: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    at = _blank(text, at + 1)
    while text[at] != "]":
        feature, at = _DECODER.raw_decode(text, at)
        found += map(_small, _unfolded(feature))
        if len(found) > MOST_FEATURES:
            raise _TooManyError
        at = _blank(text, at)
        if text[at] == ",":
            at = _blank(text, at + 1)
        elif text[at] != "]":
            raise ValueError("no comma")
    return found, at + 1


def _unfolded(feature: Any) -> Iterator[Any]:
    """Yield the features of a collection inside a collection, or the one that this is."""
    inner = (
        feature.get("features") if isinstance(feature, dict) and feature.get("type") == "FeatureCollection" else None
    )
    for one in inner if isinstance(inner, list) else ():
        yield from _unfolded(one)
    if not isinstance(inner, list):
        yield feature


def _small(feature: Any) -> Any:
    """Turn the geometry of a feature into a shape at once: lists of numbers weigh ten times as much."""
    if isinstance(feature, dict) and isinstance(feature.get("geometry"), dict):
        feature["geometry"] = _shape(feature["geometry"])
    return feature


def _blank(text: str, at: int) -> int:
    while text[at] in _BLANK:
        at += 1
    return at


def _shape(geometry: dict[str, Any]) -> shapely.Geometry | str:
    """Return the shape of a geometry, or the reason why there is none."""
    kind = geometry.get("type")
    if kind not in GEOMETRIES:
        return f"type de géométrie « {text_of(kind)[:30]} » inconnu"
    try:
        with np.errstate(invalid="ignore"):  # numbers that are none are reported later, with their object
            return shape(geometry)
    except (*SHAPE_ERRORS, RecursionError):
        return "géométrie illisible (nombres absents, ou contour de moins de quatre points)"


def _feature(feature: Any) -> tuple[dict[str, str], shapely.Geometry | str | None]:
    """Return the attributes of a feature and its shape, the reason why it has none that can be read, or None."""
    if not isinstance(feature, dict):
        return {}, "ce n’est pas un objet GeoJSON"
    made = feature.get("geometry")
    made = _shape(made) if isinstance(made, dict) else made
    given = feature.get("properties")
    attributes = {str(k): _value(v) for k, v in given.items()} if isinstance(given, dict) else {}
    if isinstance(feature.get("id"), (str, int)):
        attributes.setdefault("id", _value(feature["id"]))
    return attributes, made if made is None or isinstance(made, (str, shapely.Geometry)) else "géométrie illisible"


def _value(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else text_of(value)
    except RecursionError:  # deeper than anything that has a meaning
        return ""


def _table(rows: list[dict[str, str]], file: str) -> pd.DataFrame:
    columns = dict.fromkeys(_names(rows))
    if len(columns) > MOST_COLUMNS:
        raise GeoInputError(
            f"{file} : plus de {MOST_COLUMNS} colonnes ; ne gardez que le nom, le code et ce qui décrit chaque territoire."
        )
    return pd.DataFrame(
        {name: [row.get(name, "") for row in rows] for name in columns}, index=range(len(rows)), dtype=str
    )


def _names(rows: list[dict[str, str]]) -> Iterator[str]:
    for row in rows:
        yield from row


def named_crs(text: str, file: str) -> pyproj.CRS:
    """Return the projection that a name of an authority stands for; nothing is looked up outside, no link followed.

    Raises
    ------
    GeoInputError
        When the name is not one of EPSG, OGC or IGNF, or is unknown.
    """
    found = _AUTHORITY.fullmatch(text.strip())
    try:
        if found:
            return pyproj.CRS.from_authority(found[1].upper(), found[2])
    except CRSError:
        pass
    raise GeoInputError(
        f"{file} : projection « {text.strip()[:60]} » inconnue ; exportez le fichier en WGS84 (EPSG:4326) ou en Lambert-93 "
        "(EPSG:2154)."
    )


def _crs(member: Any, file: str) -> Any:
    """Return the projection that the old « crs » member names, None when there is none; a link is never followed."""
    if not member:
        return None
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        raise GeoInputError(
            f"{file} : la projection est donnée par un lien ou une forme qui n’est pas lue ; exportez en WGS84 (EPSG:4326)."
        )
    return named_crs(name, file)
