"""Derive the outlines that maps show: one file a territory, served by address and never sent any other way.

These files are for the eye: rounded, and simplified where a whole country or a large region is shown.
Figures are never computed from them. They are made again from data/base in seconds, so they are not kept
in the repository. File names hold no underscore: the map component drops what follows one when it looks for
changes.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.arrays import Rows
from geo.display.topology import Topology, build_topology, compact_json, to_topojson
from geo.display.written import WRITTEN
from geo.errors import GeoInputError, MissingDataError
from geo.files import sha256_of
from geo.french import number
from geo.geometry import WGS84
from geo.paths import BASE

RECIPE = 2  # raise it when the files change for the same base
MAINLAND_EPSG = 2154
COMMUNES_TOLERANCE_M = 500.0
OUTLINES_TOLERANCE_M = 1000.0
WHOLE_DETAIL_BELOW = 1300  # communes: a smaller region needs no simplifying
INDEX = "index.json"
READY = "ready-{}.json"  # the index of a set of files that is not shown yet
Progress = Callable[[str], None]
People = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ScopeFile:
    """The file of one territory: `bbox` is west, south, east, north in degrees, what the map shows first."""

    file: str
    label: str
    count: int
    bbox: tuple[float, float, float, float]


@dataclass(frozen=True)
class DisplayIndex:
    """What a folder of display geometry holds; `outlines` has the files of départements and of régions."""

    version: str
    scopes: dict[str, ScopeFile]
    outlines: dict[str, str]


def base_version(base: Path = BASE, people: People | None = None, outlines: Path | None = None) -> str:
    """Return the ten characters that change with the outlines, the way they are derived, or `people`."""
    newer = "" if people is None else f" {hashlib.sha256(people.astype(np.int64).tobytes()).hexdigest()}"
    if outlines is not None and outlines != base:
        newer += f" {sha256_of(outlines / 'communes.parquet')}"
    return hashlib.sha256(f"{sha256_of(base / 'communes.parquet')} {RECIPE}{newer}".encode()).hexdigest()[:10]


def up_to_date(
    destination: Path,
    *,
    base: Path = BASE,
    scopes: Sequence[str] | None = None,
    people: People | None = None,
    outlines: Path | None = None,
) -> bool:
    """Say whether `destination` holds every file for the communes as they are (for all territories, or `scopes`)."""
    try:
        index = scope_index(destination)
        wanted = set(scopes) if scopes is not None else set(_scope_rows(_read_base(base, outlines=False)))
        files = [s.file for s in index.scopes.values()] + list(index.outlines.values())
        return (
            index.version == base_version(base, people, outlines)
            and wanted <= set(index.scopes)
            and all((destination / file).is_file() for file in files)
        )
    except (MissingDataError, FileNotFoundError):
        return False


def scope_index(destination: Path) -> DisplayIndex:
    """Read what `derive` made.

    Raises
    ------
    MissingDataError
        When the index is absent or unreadable; the message says how to make it again.
    """
    try:
        read = json.loads((destination / INDEX).read_text(encoding="utf-8"))
        scopes = {
            key: ScopeFile(s["file"], s["label"], s["count"], tuple(s["bbox"])) for key, s in read["scopes"].items()
        }
        return DisplayIndex(read["version"], scopes, read["outlines"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MissingDataError(
            f"Contours d’affichage absents ou illisibles ({destination / INDEX}). "
            "Ils sont à refaire par qui a installé le tableau de bord (README, préparation)."
        ) from error


def derive(
    destination: Path,
    *,
    base: Path = BASE,
    scopes: Sequence[str] | None = None,
    people: People | None = None,
    outlines: Path | None = None,
    ahead: bool = False,
    progress: Progress = print,
) -> None:
    """Write the display geometry of all territories, or of `scopes` (france, reg-32, dep-94…) alone.

    `people` gives inhabitants newer than the base's, in atom order, and `outlines` the folder of a `communes.parquet` that
    draws the same communes better: what the maps say must be what the figures say.

    Every name holds the version of the base, and the index is put in place last: a reader meanwhile
    sees the old set or the new one. Files of older versions are then removed. `ahead`, the new set is only made ready: what is
    shown stays, and deriving the same later takes no time.

    Raises
    ------
    GeoInputError
        When a scope is unknown, or the base is absent (MissingDataError).
    """
    began = time.perf_counter()
    communes = _read_base(base)
    version = base_version(base, people, outlines)
    if not ahead and scopes is None and _promoted(destination, version):
        return
    if outlines is not None and outlines != base:
        drawn = gpd.read_parquet(outlines / "communes.parquet", columns=["code", "geometry"]).set_index("code")
        communes = communes.set_geometry(drawn.geometry.reindex(communes["code"]).to_numpy(), crs=WGS84)
    if people is not None:
        communes["population"] = people
    rows = _chosen(_scope_rows(communes), scopes)
    kept = np.unique(np.concatenate(list(rows.values())))
    communes, rows = communes.iloc[kept], {key: np.searchsorted(kept, r) for key, r in rows.items()}
    names = {kind: _column(base / f"{kind}.csv", "nom") for kind in ("departements", "regions")}
    seats = _column(base / "departements.csv", "chef_lieu")
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destination.parent, prefix=f".{destination.name}-") as folder:
        fresh = Path(folder)
        progress(f"Contours de {number(len(communes))} communes pour {len(rows)} cartes…")
        index = _write_scopes(fresh, communes, rows, names, version)
        progress("Contours des départements et des régions…")
        index["outlines"] = _write_outlines(fresh, communes, names, seats, version)
        _put_in_place(fresh, destination, index, ahead=ahead)
    progress(f"Contours d’affichage prêts en {number(time.perf_counter() - began)} s.")


def simplify(outlines: gpd.GeoSeries, epsg: Iterable[int], tolerance_m: float) -> npt.NDArray[np.object_]:
    """Simplify a coverage in metres, each outline in its own projection, and return it in degrees.

    `tolerance_m` is about the side of the smallest detail kept. Neighbours keep their borders in common.
    """
    projections = np.asarray(list(epsg))
    result = np.empty(len(outlines), dtype=object)
    for code in np.unique(projections):
        here = projections == code
        metric = outlines[here].to_crs(int(code)).to_numpy()
        simple = gpd.GeoSeries(shapely.coverage_simplify(metric, tolerance_m), crs=int(code))
        result[here] = simple.to_crs(WGS84).to_numpy()
    return result


def _read_base(base: Path, *, outlines: bool = True) -> gpd.GeoDataFrame:
    columns = ["code", "nom", "population", "departement", "region", "epsg"]
    try:
        if not outlines:
            return pd.read_parquet(base / "communes.parquet", columns=columns)
        return gpd.read_parquet(base / "communes.parquet", columns=[*columns, "geometry"])
    except FileNotFoundError as error:
        raise MissingDataError(
            f"Fichier de base absent : {base / 'communes.parquet'}. "
            "La base est à refaire par qui a installé le tableau de bord (README, préparation)."
        ) from error


def _column(path: Path, name: str) -> dict[str, str]:
    """Return a column by code; empty when there is none."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return dict(zip(table["code"], table[name], strict=True)) if name in table else {}


def _scope_rows(communes: pd.DataFrame) -> dict[str, Rows]:
    """Return the rows of every territory: France, régions, départements."""
    rows: dict[str, Rows] = {"france": np.arange(len(communes), dtype=np.intp)}
    for prefix, column in (("reg", "region"), ("dep", "departement")):
        rows |= {f"{prefix}-{code}": np.sort(r) for code, r in sorted(communes.groupby(column).indices.items())}
    return rows


def _chosen(rows: dict[str, Rows], scopes: Sequence[str] | None) -> dict[str, Rows]:
    if scopes is None:
        return rows
    unknown = [scope for scope in scopes if scope not in rows]
    if unknown:
        raise GeoInputError(f"Territoire inconnu : {', '.join(unknown)}.")
    return {scope: rows[scope] for scope in scopes}


def _write_scopes(
    folder: Path,
    communes: gpd.GeoDataFrame,
    rows: Mapping[str, Rows],
    names: Mapping[str, Mapping[str, str]],
    version: str,
) -> dict[str, Any]:
    columns = zip(communes["code"], communes["nom"], communes["population"].tolist(), strict=True)
    properties = [{"c": c, "n": n, "p": p} for c, n, p in columns]
    boxes, mainland = communes.geometry.bounds.to_numpy(), (communes["epsg"] == MAINLAND_EPSG).to_numpy()
    rough = {key for key in rows if not key.startswith("dep-") and len(rows[key]) >= WHOLE_DETAIL_BELOW}
    entries: dict[str, ScopeFile] = {}
    for simplified in (False, True):
        scopes = [key for key in rows if (key in rough) == simplified]
        if not scopes:
            continue
        topology = _level(communes, simplified)
        for key in scopes:
            file, members = f"communes-{key}-{version}.json", rows[key]
            (folder / file).write_text(
                to_topojson("communes", topology, members.tolist(), properties), encoding="utf-8"
            )
            seen = members[mainland[members]] if key == "france" and mainland[members].any() else members
            entries[key] = ScopeFile(file, _label(key, names), len(members), _bbox(boxes[seen]))
    return {"version": version, "scopes": {key: asdict(entries[key]) for key in rows}}


def _level(communes: gpd.GeoDataFrame, simplified: bool) -> Topology:
    if not simplified:
        return build_topology(communes.geometry.to_numpy())
    return build_topology(simplify(communes.geometry, communes["epsg"], COMMUNES_TOLERANCE_M))


def _label(key: str, names: Mapping[str, Mapping[str, str]]) -> str:
    kind, _, code = key.partition("-")
    if kind == "dep":
        return f"{names['departements'][code]} ({code})"
    return names["regions"][code] if kind == "reg" else "France"


def _bbox(boxes: npt.NDArray[np.float64]) -> tuple[float, float, float, float]:
    west, south = np.floor(boxes[:, :2].min(axis=0) * 1e4) / 1e4
    east, north = np.ceil(boxes[:, 2:].max(axis=0) * 1e4) / 1e4
    return float(west), float(south), float(east), float(north)


def _write_outlines(
    folder: Path,
    communes: gpd.GeoDataFrame,
    names: Mapping[str, Mapping[str, str]],
    chief_towns: Mapping[str, str],
    version: str,
) -> dict[str, str]:
    files = {}
    for kind, column in (("departements", "departement"), ("regions", "region")):
        seats = chief_towns if kind == "departements" else {}
        zones = communes[[column, "epsg", "geometry"]].dissolve(column, aggfunc="first", method="coverage")
        topology = build_topology(simplify(zones.geometry, zones["epsg"], OUTLINES_TOLERANCE_M))
        properties = [
            {"c": code, "n": names[kind][code]} | ({"h": seats[code]} if code in seats else {}) for code in zones.index
        ]
        files[kind] = f"outlines-{kind}-{version}.json"
        text = to_topojson("zones", topology, range(len(zones)), properties)
        (folder / files[kind]).write_text(text, encoding="utf-8")
    return files


def _promoted(destination: Path, version: str) -> bool:
    """Show the set of files that was made ready ahead, when there is one and it is whole."""
    ready = destination / READY.format(version)
    try:
        index = json.loads(ready.read_text(encoding="utf-8"))
        named = [scope["file"] for scope in index["scopes"].values()] + list(index["outlines"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    if index.get("version") != version or not all((destination / name).is_file() for name in named):
        return False
    ready.replace(destination / INDEX)
    for file in destination.glob("*.json"):
        if file.name not in {INDEX, *named}:
            file.unlink()
    return True


def _put_in_place(fresh: Path, destination: Path, index: dict[str, Any], *, ahead: bool) -> None:
    """Move new files in, then the index, then drop what the index no longer names; `ahead`, the index waits and nothing is dropped."""
    destination.mkdir(exist_ok=True)
    if ahead:
        for file in sorted(fresh.iterdir()):
            file.replace(destination / file.name)
        (fresh / INDEX).write_text(compact_json(index), encoding="utf-8")
        (fresh / INDEX).replace(destination / READY.format(index["version"]))
        return
    try:
        same_version = scope_index(destination).version == index["version"]
    except MissingDataError:
        same_version = False
    kept = {INDEX}
    for file in sorted(fresh.iterdir()):
        file.replace(destination / file.name)
        kept.add(file.name)
    (fresh / INDEX).write_text(compact_json(index), encoding="utf-8")
    (fresh / INDEX).replace(destination / INDEX)
    for file in (*destination.glob("*.json"), *destination.glob("*.json.gz")):
        # What the app writes as it runs is kept as long as the geometry is the same.
        if file.name not in kept and not (same_version and file.name.startswith(WRITTEN)):
            file.unlink()
