"""The published forms of FINESS: the national flow in two stacked sections, its re-exposition, and an older extract.

The flow has no header: a first line `finess;etalab;…;date`, then lines `structureet` (the places), then `geolocalisation`
(their coordinates, in the projection of each territory, named in the fifth field).
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import GeoInputError
from geo.geometry import WGS84
from geo.sources.readers.tables import Form, Source, clean, read_table

RAW = "flux national FINESS (première ligne finess;etalab)"
COORDINATES = "FINESS réexposé (finess_et, categorie_code, latitude, longitude)"
LAMBERT = "FINESS avec en-tête (nofinesset, categetab, coordxet, coordyet)"
EUROSTAT = "hôpitaux d’Eurostat (hospital_name, facility_type, lat, lon)"
ID = "finesset nofinesset numerofinesset numfinesset nofinessetablissement"
CATEGORY = "categoriecode categetab codecategorie categorieetcode codecategorieetablissement"
NAME = "raisonsociale rs raisonsocialeet"
LONG = "raisonsocialelongue rslongue raisonsocialelongueet"
PLACE = {"commune": "commune codecommune3 comcode", "departement": "departement"}
FORMS = (
    Form(RAW, {}, shape="finess"),
    Form(
        COORDINATES,
        {"id": ID, "categorie_code": CATEGORY, "latitude": "latitude lat", "longitude": "longitude lon lng"},
        {"nom": NAME, "nom_long": LONG, "code": "codeinsee inseecom codecommune codecommuneinsee comcode coginsee"},
    ),
    Form(
        LAMBERT,
        {"id": ID, "categorie_code": CATEGORY, "x": "coordxet", "y": "coordyet"},
        {"nom": NAME, "nom_long": LONG, "projection": "sourcecoordet", **PLACE},
    ),
    Form(
        EUROSTAT,
        {"id": "id", "nom": "hospitalname", "latitude": "lat", "longitude": "lon", "type": "facilitytype"},
        {"date": "refdate"},
    ),
)
STRUCTURE = {1: "id", 3: "nom", 4: "nom_long", 12: "commune", 13: "departement", 18: "categorie_code"}
OVERSEAS_LETTERS = re.compile(r"9[A-J]")
EPSG_BY_NAME = {
    "LAMBERT_93": 2154,
    "UTM_N20": 5490,
    "UTM_N21": 4467,
    "UTM_N22": 2972,
    "UTM_S38": 4471,
    "UTM_S40": 2975,
    "ZONE 21N": 4467,
}
EPSG_BY_DEPARTEMENT = {
    "971": 5490,
    "972": 5490,
    "973": 2972,
    "974": 2975,
    "975": 4467,
    "976": 4471,
    "977": 5490,
    "978": 5490,
}
KNOWN_EPSG = {2154, 5490, 4559, 4467, 2972, 2975, 4471, 4326, 32620, 32621, 32622, 32738, 32740}


def read_places(source: Source) -> tuple[pd.DataFrame, list[str]]:
    """Read every place of a file: id, nom, categorie_code, code (of the commune, when given), lon, lat, line, date."""
    if source.form.name == RAW:
        places = _project(_flow(source))
    else:
        places = read_table(source)
        if source.form.name == LAMBERT:
            places = _project(places.assign(**{c: "" for c in ("projection", *PLACE) if c not in places}))
        else:
            places["lon"], places["lat"] = _number(places["longitude"]), _number(places["latitude"])
    notes: list[str] = []
    if source.form.name == EUROSTAT:
        psychiatric = places["type"].str.contains("Maladies Mentales", case=False)
        places = places.assign(categorie_code=np.where(psychiatric, "292", ""), date=_date(places))
    for column in ("nom", "nom_long"):
        if column not in places:
            places[column] = ""
    places["nom"] = (
        places["nom_long"].where(places["nom_long"] != "", places["nom"]).where(lambda s: s != "", places["id"])
    )
    return places, notes


def _number(texts: pd.Series) -> pd.Series:
    return pd.to_numeric(texts.str.replace(",", ".", regex=False), errors="coerce").astype(float)


def _date(places: pd.DataFrame) -> pd.Series:
    if "date" not in places:
        return pd.Series("", index=places.index)
    return places["date"].str.replace(r"(\d{2})/(\d{2})/(\d{4})", r"\3-\2-\1", regex=True)


def _flow(source: Source) -> pd.DataFrame:
    """Join the two sections of the national flow on the FINESS number."""
    content = source.peek.part.whole()
    raw = content.read_bytes() if isinstance(content, Path) else content.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    places: list[list[str]] = []
    points: dict[str, tuple[str, str, str]] = {}
    problems: list[str] = []
    lines = io.StringIO(text)
    first = next(lines).strip().split(";")
    for number, line in enumerate(lines, start=2):
        cells = line.rstrip("\r\n").split(";")
        if cells[0] == "structureet" and len(cells) > max(STRUCTURE):
            places.append([*(cells[i] for i in STRUCTURE), str(number)])
        elif cells[0] == "geolocalisation" and len(cells) >= 5:
            points[cells[1].strip()] = (cells[2], cells[3], cells[4])
        elif line.strip():
            problems.append(f"{source.name}, ligne {number} : ligne coupée ou d’une section inconnue.")
    if problems and len(problems) >= 0.01 * (len(places) + len(points)):
        raise GeoInputError(problems[:20])
    if not places:
        raise GeoInputError(f"{source.name} : aucune ligne « structureet » dans ce flux FINESS.")
    frame = pd.DataFrame(places, columns=[*STRUCTURE.values(), "line"], dtype=str)
    for column in STRUCTURE.values():
        frame[column] = clean(frame[column])
    where = [points.get(i, ("", "", "")) for i in frame["id"]]
    frame["x"], frame["y"], frame["projection"] = zip(*where, strict=True)
    return frame.assign(line=frame["line"].astype(int), date=first[3] if len(first) > 3 else "")


def _project(places: pd.DataFrame) -> pd.DataFrame:
    """Turn the coordinates of each territory into longitudes and latitudes, and the two halves of its code into one."""
    places["departement"] = places["departement"].where(
        ~places["departement"].str.fullmatch(OVERSEAS_LETTERS.pattern), "97" + places["commune"].str.slice(0, 1)
    )
    short = places["commune"].str.len() == 3
    overseas = places["departement"].str.len() == 3
    code = places["departement"].where(~overseas, places["departement"].str.slice(0, 2)) + places["commune"]
    places["code"] = code.where(short, places["commune"])
    x, y = _number(places["x"]), _number(places["y"])
    epsg = pd.Series(
        [_epsg(p, d) for p, d in zip(places["projection"], places["departement"], strict=True)], index=places.index
    )
    places["lon"], places["lat"] = np.nan, np.nan
    for zone in epsg.unique():
        here = (epsg == zone) & np.isfinite(x) & np.isfinite(y)
        if here.any():
            moved = gpd.GeoSeries(gpd.points_from_xy(x[here], y[here]), crs=int(zone)).to_crs(WGS84)
            places.loc[here, "lon"], places.loc[here, "lat"] = moved.x.to_numpy(), moved.y.to_numpy()
    return places


def _epsg(named: str, departement: str) -> int:
    code = re.search(r"EPSG:(\d{4,5})", named)
    if code and int(code[1]) in KNOWN_EPSG:
        return int(code[1])
    for name, epsg in EPSG_BY_NAME.items():
        if name in named.upper():
            return epsg
    return EPSG_BY_DEPARTEMENT.get(departement, 2154)
