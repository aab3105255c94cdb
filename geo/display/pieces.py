"""The outlines of a city opened into IRIS, for the maps: one TopoJSON file a city, that a browser sets in the place of the commune.

It holds the IRIS, and who is on the other side of each outer arc, so that a line runs between an IRIS and the commune next to it as
between two communes, though that commune is drawn by another file. Its grid is that of the files of the territories.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.display.topology import build_topology, compact_json, to_topojson
from geo.geometry import noded

Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class City:
    """A city and its IRIS: code, name and inhabitants of each, and what a map writes on it."""

    code: str
    name: str
    codes: Sequence[str]
    names: Sequence[str]
    people: Sequence[int]


def city_topojson(city: City, outlines: Shapes, around: Mapping[str, shapely.Geometry], anchors: Shapes) -> str:
    """Return the file of a city, as text.

    Parameters
    ----------
    outlines
        The IRIS, in the order of `city`, in degrees; together they fill the outline of the commune.
    around
        What is next to the city, in degrees, by code: communes, or the IRIS of those that have some.
    anchors
        The communes here, as the files of the territories draw them.
    """
    topology = build_topology(noded(np.array([*outlines, *around.values()], dtype=object), anchors))
    own = range(len(outlines))
    lead = f"{city.name} – "
    properties = [
        {"c": code, "n": name, "p": int(people), "s": name.removeprefix(lead)}
        for code, name, people in zip(city.codes, city.names, city.people, strict=True)
    ]
    used = sorted({_arc(r) for i in own for rings in topology.shapes[i] for ring in rings for r in ring})
    number = {arc: at for at, arc in enumerate(used)}
    beside = {
        number[_arc(r)]: code
        for code, shape in zip(around, topology.shapes[len(outlines) :], strict=True)
        for rings in shape for ring in rings for r in ring
        if _arc(r) in number
    }  # fmt: skip
    head = {"city": {"c": city.code, "n": city.name}, "beside": {str(arc): beside[arc] for arc in sorted(beside)}}
    return compact_json(json.loads(to_topojson("iris", topology, own, properties)) | head)


def _arc(reference: int) -> int:
    return reference if reference >= 0 else ~reference
