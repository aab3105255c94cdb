"""The kinds of published files on priority quarters (QPV): outlines, populations, list.

Populations come in three files of INSEE: the whole quarter (sometimes repeated on each of its communes), the part of each
commune in it, and yearly estimates, which serve where no municipal population is published. Parts are told from repeated wholes
by their sums alone, so that they are never read without the wholes.

Each is brought to the same columns; which outlines are best is decided on what the files hold, the newest edition and the
most vertices first. The quarters of 2015 (codes in QP) were repealed on 1 January 2024 and are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import GeoInputError
from geo.french import count, listing
from geo.geometry import WGS84
from geo.sources.readers.base import refused
from geo.sources.readers.tables import Form, Source, in_degrees, read_features, read_table

CODE = "codeqp codeqpv codeqp2024 codeqp24 codeqpv2024"
ANY_CODE = f"{CODE} .*"  # in tables, whatever its name: every value must be the code of a quarter
NAME = "libqp nomqp libqpv nomqpv label libelleqp nom"
COMMUNES = (
    "inseecom listedepcom inseecommune codecommune codgeo cog codecommuneqp listcom listcom\\d* com\\d* depcom\\d*"
)
PEOPLE = "popmuniqpv popmunqpv popqp24 popqpv popmun\\d* pmun\\d* populationmunicipale popmuni\\d* pmun\\d* popqpv\\d*"
ESTIMATED = "population pop poptot\\d* pop\\d* p\\d\\dpop popestim\\d* populationestimee populationtotale"
SHAPE_2024 = "QN[0-9AB]{5}[A-Z]"
REPEALED = (
    "quartiers de la génération 2015 (codes QP…), abrogés le 1er janvier 2024 ; prenez les quartiers prioritaires 2024 "
    "(codes QN…) de l’ANCT."
)
CODES_2024 = {"code": r"Q[NP][0-9A-Za-z]{5,6}"}
ROUNDED, CLOSE, MOSTLY = 10.0, 0.01, 0.9  # people a row; share of the quarter; share of the quarters that must add up
CODES_2015 = {"code": r"QP[0-9A-Za-z]{5,6}"}
NUMBERS = {"population": r"[\d\s\u202f\u00a0.,]*|s|nd|ns"}
OUTLINES = "contours des QPV (GeoJSON ou GeoParquet, colonne code_qp)"
PEOPLE_FILE = "populations des QPV (codeQPV, popMuniQPV)"
ESTIMATES = "estimations de population des QPV (code du quartier, population)"
LIST = "liste des QPV (code_qp, lib_qp, insee_com)"
_SHAPED = {"nom": NAME, "communes": COMMUNES, "population": PEOPLE}
FORMS = (
    Form("contours 2015", {"code": CODE}, values=CODES_2015, shape="features", refusal=REPEALED),
    Form("tableau 2015", {"code": CODE}, values=CODES_2015, refusal=REPEALED),
    Form(OUTLINES, {"code": CODE}, _SHAPED, values=CODES_2024, shape="features"),
    Form("contours des QPV (json de 2026)", {"code": "code"}, values=CODES_2024, shape="gazetteer"),
    Form(PEOPLE_FILE, {"code": ANY_CODE, "population": PEOPLE}, {"communes": COMMUNES, "nom": NAME}, values=CODES_2024),
    Form(ESTIMATES, {"code": ANY_CODE, "population": ESTIMATED}, {"nom": NAME}, values=CODES_2024 | NUMBERS),
    Form(LIST, {"code": ANY_CODE, "nom": NAME, "communes": COMMUNES}, values=CODES_2024),
)


def is_outlines(source: Source) -> bool:
    """Tell outlines from the tables."""
    return source.form.shape in ("features", "gazetteer")


def order(source: Source) -> int:
    """Rank outlines by edition, then detail; tables by their size, below them."""
    if not is_outlines(source):
        return min(source.path.stat().st_size // 1000, 9_999)
    return worth(outlines_of(source))


def worth(frame: gpd.GeoDataFrame) -> int:
    """Rank outlines: the newest edition first (that where Mayotte is in whole communes), populations, most vertices."""
    edition = bool(frame["code"].str.fullmatch(r"QN976\d\dC").any())
    detail = int(shapely.get_num_coordinates(frame.geometry.to_numpy()).sum()) // 100
    return 10_000 + 500_000 * edition + 1_000 * ("population" in frame) + min(detail, 90_000)


def outlines_of(source: Source) -> gpd.GeoDataFrame:
    """Read outlines: code, nom, communes (text), population when the file has it, line, geometry."""
    frame = _gazetteer(source) if source.form.shape == "gazetteer" else read_features(source)
    _check_codes(frame, source.name)
    if frame["code"].duplicated().any():
        raise GeoInputError(_doubled(frame, source.name))
    return frame.assign(**{c: "" for c in ("nom", "communes") if c not in frame})


def _doubled(frame: pd.DataFrame, file: str) -> list[str]:
    again = frame[frame["code"].duplicated()]
    return refused(
        [f"{file}, objet {line} : le quartier {code} figure déjà plus haut ; gardez un seul contour."
         for code, line in zip(again["code"], again["line"], strict=True)], file
    )  # fmt: skip


def _check_codes(frame: pd.DataFrame, file: str) -> None:
    """Refuse codes that are not of 2024; case does not count."""
    frame["code"] = frame["code"].str.upper()
    wrong = frame[~frame["code"].str.fullmatch(SHAPE_2024)]
    if not wrong.empty:
        raise GeoInputError(
            refused([f"{file}, ligne {line} : {code or '(vide)'} n’est pas un code de QPV 2024 ; attendu : QN, cinq "
                     "caractères et une lettre, par exemple QN09405M."
                     for code, line in zip(wrong["code"], wrong["line"], strict=True)], file)
        )  # fmt: skip


def _gazetteer(source: Source) -> gpd.GeoDataFrame:
    content = source.peek.part.whole()
    raw = content.read_bytes() if isinstance(content, Path) else content.read()
    try:
        quarters = json.loads(raw)["qpvs"]
        records = [(q["code"], q.get("label", ""), ";".join(q.get("insee", ())), _rings(q["g"])) for q in quarters]
    except (ValueError, KeyError, TypeError, shapely.errors.GEOSException) as error:
        raise GeoInputError(f"{source.name} : le fichier est coupé ou n’a pas la forme attendue.") from error
    if not records:
        raise GeoInputError(f"{source.name} : le fichier ne contient aucun quartier.")
    codes, names, communes, shapes = zip(*records, strict=True)
    frame = gpd.GeoDataFrame({"code": codes, "nom": names, "communes": communes}, geometry=list(shapes), crs=WGS84)
    return in_degrees(frame.assign(line=range(1, len(frame) + 1)), source.name)


def _rings(text: str | list[object]) -> shapely.Geometry:
    coordinates = text if isinstance(text, str) else json.dumps(text)
    return shapely.from_geojson(f'{{"type": "MultiPolygon", "coordinates": {coordinates}}}')


@dataclass
class People:
    """What tables say of the inhabitants of quarters: people and year (« 2022 (estimation) ») of each whole quarter, the communes
    it is listed in, the people of each commune in it where that is published, and what had to be decided."""

    whole: dict[str, float] = field(default_factory=dict)
    year: dict[str, str] = field(default_factory=dict)
    communes: dict[str, list[str]] = field(default_factory=dict)
    parts: dict[str, dict[str, float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def populations_of(sources: Sequence[Source]) -> People:
    """Read the tables of populations, municipal ones before estimates; the year is 2020 for the INSEE edition of 2024, which
    does not write it.

    Raises
    ------
    GeoInputError
        When two rows of a quarter disagree and are no parts of it, or a population is no number of people.
    """
    found = People()
    divided: list[tuple[Source, pd.DataFrame]] = []
    for source in sorted(sources, key=lambda s: s.form.name == ESTIMATES):
        table = read_table(source)
        _check_codes(table, source.name)
        table["value"] = people_of(table, source.name)
        if "communes" in table:
            for code, commune in zip(table["code"], table["communes"], strict=True):
                found.communes.setdefault(code, []).append(commune)
        if _is_divided(table):
            divided.append((source, table))
        else:
            _take_wholes(source, table, found)
    for source, table in divided:
        _take_parts(source, table, found)
    return found


def _is_divided(table: pd.DataFrame) -> bool:
    """Tell a table whose rows of one quarter differ, and are each of another commune."""
    values = table.groupby("code", sort=False)["value"].agg(["min", "max"])
    differs = (values["min"] != values["max"]) & values["min"].notna()
    return bool(differs.any()) and "communes" in table and not table.duplicated(["code", "communes"]).any()


def _take_wholes(source: Source, table: pd.DataFrame, found: People) -> None:
    seen = table.groupby("code", sort=False)["value"].agg(["min", "max", "size"])
    apart = seen[seen["min"] != seen["max"]].dropna()
    if not apart.empty:
        raise GeoInputError(_disagreeing(apart, source))
    written = max(_years(source, found.notes), default="")
    year = f"{written} (estimation)".strip() if source.form.name == ESTIMATES else written
    fresh = {str(c): float(v) for c, v in seen["max"].items() if pd.isna(found.whole.get(str(c), np.nan))}
    found.whole |= fresh
    found.year |= {code: year for code, value in fresh.items() if not pd.isna(value)}
    repeated = int((seen["size"] > 1).sum())
    if repeated:
        held = count(repeated, "quartier y figure", "quartiers y figurent")
        found.notes.append(f"{source.name} : {held} sur plusieurs lignes, comptés une fois chacun.")


def _disagreeing(apart: pd.DataFrame, source: Source) -> list[str]:
    return refused(
        [f"{source.name} : le quartier {code} a plusieurs populations ({low:.0f} et {high:.0f}) ; chaque ligne doit répéter celle "
         "du quartier entier, ou donner la part d’une commune à côté d’un fichier des quartiers entiers."
         for code, low, high in zip(apart.index, apart["min"], apart["max"], strict=True)], source.name
    )  # fmt: skip


def _take_parts(source: Source, table: pd.DataFrame, found: People) -> None:
    """Take the people of each commune in a quarter where they add up to the quarter, within rounding."""
    groups = table.groupby("code", sort=False)["value"]
    sums = groups.agg(["sum", "count", "size", "min", "max"])
    whole = sums.index.to_series().map(found.whole).astype(float)
    agrees = (sums["count"] == sums["size"]) & (
        (sums["sum"] - whole).abs() <= np.maximum(ROUNDED * sums["size"], CLOSE * whole)
    )
    straddling = sums["size"] > 1
    if not (straddling & whole.notna()).any() or agrees[straddling & whole.notna()].mean() < MOSTLY:
        raise GeoInputError(_disagreeing(sums[sums["min"] != sums["max"]], source))
    for code, commune, value in table.loc[table["code"].map(agrees), ["code", "communes", "value"]].itertuples(
        index=False
    ):
        found.parts.setdefault(code, {})[commune] = float(value)
    settled = count(int((straddling & agrees).sum()), "quartier à cheval réparti", "quartiers à cheval répartis")
    found.notes.append(
        f"{source.name} : {settled} entre ses communes d’après la population publiée de chacune.".replace(
            "entre ses", "entre leurs" if int((straddling & agrees).sum()) > 1 else "entre ses"
        )
    )
    odd = sums.index[straddling & ~agrees & whole.notna()].tolist()
    if odd:
        notice = count(
            len(odd),
            "quartier dont les communes ne font pas le total",
            "quartiers dont les communes ne font pas le total",
        )
        found.notes.append(f"{source.name} : {notice}, laissés à la surface ({listing(odd, 8)}).")


def people_of(table: pd.DataFrame, file: str) -> pd.Series:
    """Read a column of populations; blanks and the marks of statistical secrecy are unknown, never zero."""
    texts = table["population"].str.replace(r"[\s\u202f\u00a0]", "", regex=True).str.replace(",", ".", regex=False)
    unknown = texts.str.lower().isin(["", "s", "nd", "ns", "na", "nan", "n/a"])
    values = pd.to_numeric(texts.mask(unknown), errors="coerce").astype(float)
    wrong = table[(values.isna() & ~unknown) | (values < 0)]
    if not wrong.empty:
        raise GeoInputError(
            refused([f"{file}, ligne {line} : « {text} » n’est pas un nombre d’habitants."
                     for text, line in zip(wrong["population"], wrong["line"], strict=True)], file)
        )  # fmt: skip
    return values


def _years(source: Source, notes: list[str]) -> list[str]:
    header = source.header_of("population")
    short = re.fullmatch(r"(?i)p(\d\d)_?pop|pop_?(\d\d)", header)
    written = re.findall(r"20\d\d", header) or ([f"20{short[1] or short[2]}"] if short else []) or source.years()
    if written:
        return written
    if re.fullmatch("popmuniqpv", header.lower()):
        notes.append(f"{source.name} : année des populations non écrite ; 2020, d’après l’édition 2024 de l’INSEE.")
        return ["2020"]
    named = re.findall(
        r"(?<!\d)20[0-4]\d(?!\d)", re.sub(r"(?i)qpv?_?20\d\d", "", source.name)
    )  # QPV2024 is the generation
    told = f" ; {named[0]} d’après son nom" if named else " ; elle reste inconnue"
    notes.append(f"{source.name} : année des populations non écrite dans le fichier{told}.")
    return named[:1]


def list_of(source: Source) -> pd.DataFrame:
    """Read the list of quarters: code, nom, communes (text)."""
    table = read_table(source)
    _check_codes(table, source.name)
    return table


def commune_texts(text: str) -> list[str]:
    """Split the communes of one cell: `02571, 02691`, `13055;13070`."""
    return re.findall(r"[0-9A-Za-z]+", text)
