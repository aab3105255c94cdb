"""KML, one place at a time: a bad one is refused alone, and nothing that the file points to is ever opened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import pandas as pd
import shapely
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from geo.errors import GeoInputError
from geo.french import number
from geo.imports.shapes.features import Features, features_of, text_of
from geo.imports.shapes.text_formats import MOST_COLUMNS, MOST_FEATURES, SHAPE_ERRORS

SHAPES = ("Polygon", "MultiGeometry", "Point", "LineString", "LinearRing")


FOLDER = "dossier"


_WITHIN = 20  # how deep geometries may be nested
_COMMA = re.compile(r"(?<!\s)\s*+,\s*")  # from the first of its blanks


def read_kml(content: bytes, file: str, folder: str | None = None) -> Features:
    """Read the places of every folder, or of one, with the name of their folder; the layers are the folders.

    Raises
    ------
    GeoInputError
        When the XML is broken, or declares a document type or entities: such a file is refused.
    """
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise GeoInputError(
            f"{file} : KML refusé, il déclare un type de document ou des entités (DOCTYPE, ENTITY) ; exportez-le à nouveau "
            "depuis votre logiciel de cartographie."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise GeoInputError(f"{file} : KML illisible ou coupé ; exportez à nouveau le fichier.") from error
    places: list[tuple[Element, str]] = []
    links = 0
    for element, inside in _walk(root):
        if _tag(element) == "Placemark":
            places.append((element, inside))
            if len(places) > MOST_FEATURES:
                raise GeoInputError(
                    f"{file} : plus de {number(MOST_FEATURES)} repères ; ne gardez que les territoires voulus."
                )
        links += _tag(element) == "NetworkLink"
    notes = (
        ("Liens vers d’autres fichiers (NetworkLink) laissés de côté : ils ne sont jamais ouverts.",) if links else ()
    )
    names = list(dict.fromkeys(inside for _, inside in places))
    numbered = [(n, place, inside) for n, (place, inside) in enumerate(places, 1) if folder in (None, inside)]
    return replace(_layer(folder or "", numbered, notes, file), layers=tuple(names))


def _tag(element: Element) -> str:
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def _walk(root: Element) -> Iterator[tuple[Element, str]]:
    """Yield every element, in order, with the name of the folder it is in."""
    stack: list[tuple[Element, str]] = [(root, "")]
    while stack:
        element, folder = stack.pop()
        yield element, folder
        if _tag(element) in ("Folder", "Document"):
            folder = _child_text(element, "name") or folder
        if _tag(element) != "Placemark":
            stack.extend((child, folder) for child in reversed(element))


def _child_text(element: Element, tag: str) -> str:
    return next((text_of(child.text) for child in element if _tag(child) == tag), "")


def _layer(name: str, places: list[tuple[int, Element, str]], notes: tuple[str, ...], file: str) -> Features:
    shapes: list[Any] = []
    unreadable: dict[int, str] = {}
    for line, place, _ in places:
        try:
            found = [s for child in place if _tag(child) in SHAPES for s in _shapes(child, 0)]
            shapes.append(_joined(found))
        except SHAPE_ERRORS:
            shapes.append(None)
            unreadable[line] = "coordonnées illisibles"
    rows = []
    columns: dict[str, None] = {}
    for _, place, inside in places:
        rows.append({**_attributes(place), FOLDER: inside})
        columns |= dict.fromkeys(rows[-1])
        if len(columns) > MOST_COLUMNS:
            raise GeoInputError(
                f"{file} : plus de {MOST_COLUMNS} colonnes ; ne gardez que le nom et ce qui décrit chaque territoire."
            )
    table = pd.DataFrame({c: [row.get(c, "") for row in rows] for c in columns}, index=range(len(rows)), dtype=str)
    lines = np.array([line for line, _, _ in places], dtype=np.intp)
    return features_of(file, name, table, shapes, degrees=True, lines=lines, notes=notes, unreadable=unreadable)


def _attributes(place: Element) -> dict[str, str]:
    found = {"name": _child_text(place, "name")}
    for element in place.iter():
        key = element.get("name", "")
        if _tag(element) == "Data" and key:
            found[key] = _child_text(element, "value")
        elif _tag(element) == "SimpleData" and key:
            found[key] = text_of(element.text)
    return found


def _joined(shapes: list[Any]) -> Any:
    if len(shapes) <= 1:
        return shapes[0] if shapes else None
    if all(isinstance(s, shapely.Polygon) for s in shapes):
        return shapely.multipolygons(shapes)
    return shapely.geometrycollections(shapes)


def _shapes(element: Element, depth: int) -> Iterator[Any]:
    """Yield the shapes of a geometry; what is too deep is left out."""
    tag = _tag(element)
    if tag == "MultiGeometry" and depth < _WITHIN:
        for child in element:
            yield from _shapes(child, depth + 1)
    elif tag == "Polygon":
        outer = [_ring(e) for part in element if _tag(part) == "outerBoundaryIs" for e in part]
        inner = [_ring(e) for part in element if _tag(part) == "innerBoundaryIs" for e in part]
        if outer:
            yield shapely.Polygon(outer[0], inner)
    elif tag == "Point":
        yield shapely.Point(_ring(element)[0])
    elif tag in ("LineString", "LinearRing"):
        yield shapely.LineString(_ring(element))


def _ring(element: Element) -> list[tuple[float, float]]:
    text = _child_text(element, "coordinates")
    points = [point.split(",") for point in _COMMA.sub(",", text).split()]
    return [(float(point[0]), float(point[1])) for point in points]
