"""Features of one name drawn far from one another: several territories of that name, asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from geo.french import fold
from geo.geometry import WGS84
from geo.imports.settling import Doubt
from geo.imports.shapes.features import Features
from geo.layers import project

FAR_M = 30_000.0


def apart(
    groups: Mapping[str, list[int]], features: Features, names: npt.NDArray[np.object_]
) -> tuple[dict[str, list[int]], list[Doubt]]:
    """Part the features of one name that lie far from one another: two territories of that name, asked about."""
    found: dict[str, list[int]] = {}
    doubts = []
    for key, members in groups.items():
        clusters = _clusters(features, members) if key.startswith("nom:") and len(members) > 1 else [members]
        name = str(names[members[0]])
        about = f"ligne/{fold(name)}/departements"
        answer = features.answers.get(about)
        if len(clusters) > 1:
            said = f"« {name[:60]} » est dessiné en {len(clusters)} endroits éloignés : un seul territoire, ou plusieurs du même nom ?"
            lines = tuple(int(features.lines[features.places[m]]) for m in members[:200])
            doubts.append(Doubt("ligne", about, said, value=name, proposal=answer or "deux", rows=lines, zone=name, blocking=answer is None,
                                candidates=(("plusieurs territoires du même nom", "deux"), ("un seul territoire", "un"))))  # fmt: skip
        if answer == "un" or len(clusters) == 1:
            found[key] = members
        else:
            found |= {f"{key}/{number}": cluster for number, cluster in enumerate(clusters)}
    return found, doubts


def _clusters(features: Features, members: Sequence[int]) -> list[list[int]]:
    """Gather features that lie within FAR_M of one another, step by step."""
    bounds = shapely.bounds(project(features.shapes[list(members)], WGS84, source=features.crs))
    middle = np.radians((bounds[:, 1] + bounds[:, 3]) / 2)
    clusters: list[list[int]] = []
    for at in range(len(members)):
        near = [c for c in clusters if any(_gap(bounds[at], bounds[o], float(middle[at])) <= FAR_M for o in c)]
        clusters = [c for c in clusters if c not in near] + [sorted([at, *(o for c in near for o in c)])]
    return [[members[at] for at in cluster] for cluster in clusters]


def _gap(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64], latitude: float) -> float:
    """Return about how many metres part two boxes in degrees."""
    x = max(one[0] - other[2], other[0] - one[2], 0.0) * np.cos(latitude)
    y = max(one[1] - other[3], other[1] - one[3], 0.0)
    return float(np.hypot(x, y) * 111_320.0)
