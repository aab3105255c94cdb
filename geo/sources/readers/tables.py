"""Find the columns of a published table, whatever their case, accents and order, and read them as text.

A form lists the columns that a kind of file must have, each by the names it has borne; the header may stand below a few
title lines, as in the workbooks of INSEE. Sample values settle what a name does not.
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.errors import GeoInputError
from geo.files import Peek, Shape, as_text, column_key, defuse, open_workbook, peek
from geo.geometry import WGS84

BLANKS = " \t\r\n\ufeff\u00a0\u200b'’"
PARSER_LINE = re.compile(r"line (\d+)")


@dataclass(frozen=True)
class Form:
    """One published form of a kind of file.

    `needed` and `useful` give for each column, under the name used here, the patterns of its folded names (see `column_key`),
    the preferred first, separated by blanks. `values` gives the pattern that the first values of a column must match, `absent` that
    of columns which must not be there, `text` that of something to find near the beginning. A form with a `refusal` is
    recognised so as to say why it is refused.
    """

    name: str
    needed: Mapping[str, str]
    useful: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    shape: Shape = "table"
    absent: str = ""
    text: str = ""
    refusal: str = ""


@dataclass(frozen=True)
class Source:
    """A document whose form is known: where its header is, and the position of each column."""

    peek: Peek
    form: Form
    header: int
    columns: dict[str, int]

    @property
    def name(self) -> str:
        """How a message names the file."""
        layer = f", couche {self.peek.sheet}" if self.peek.shape == "features" and self.peek.sheet else ""
        return self.peek.part.name + layer

    @property
    def path(self) -> Path:
        """The file it is in."""
        return self.peek.part.path

    def header_of(self, column: str) -> str:
        """Return the name that a column has in the file."""
        return self.peek.rows[self.header][self.columns[column]].strip(BLANKS)

    def years(self) -> list[str]:
        """Return the years written in the titles above the header and in its names."""
        above = " ".join(" ".join(row) for row in self.peek.rows[: self.header + 1])
        return re.findall(r"(?<!\d)20[0-4]\d(?!\d)", f"{above} {self.peek.sheet}")


def find(path: Path, forms: Iterable[Form], *, every_sheet: bool = False) -> list[Source]:
    """Return the documents of a file that have one of the forms, in the order of the file; one sheet a workbook unless `every_sheet`,
    every layer of a GeoPackage."""
    found: list[Source] = []
    chosen = tuple(forms)
    for look in peek(path):
        source = next((s for form in chosen if (s := _match(look, form)) is not None), None)
        again = look.shape == "table" and not every_sheet and any(f.peek.part == look.part for f in found)
        if source is not None and not again:
            found.append(source)
    return found


def _match(look: Peek, form: Form) -> Source | None:
    if look.shape != form.shape or (form.text and not re.search(form.text, look.text)):
        return None
    for header in range(min(15, len(look.rows)) if look.shape == "table" else min(1, len(look.rows))):
        columns = _columns(look.rows[header], look.rows[header + 1 :], form)
        if columns is not None:
            return Source(look, form, header, columns)
    return None


def _columns(header: Sequence[str], below: Sequence[Sequence[str]], form: Form) -> dict[str, int] | None:
    keys = [column_key(name) for name in header]
    if form.absent and any(re.fullmatch(form.absent, k) for k in keys):
        return None
    found: dict[str, int] = {}
    for column, patterns in (*form.needed.items(), *form.useful.items()):
        place = _place(keys, patterns, below, form.values.get(column, ""), set(found.values()))
        if place is not None:
            found[column] = place
        elif column in form.needed:
            return None
    return found


def _place(
    keys: Sequence[str], patterns: str, below: Sequence[Sequence[str]], expected: str, taken: set[int]
) -> int | None:
    for pattern in patterns.split():
        for place, name in enumerate(keys):
            if place not in taken and re.fullmatch(pattern, name) and _fits(place, below, expected):
                return place
    return None


def _fits(place: int, below: Sequence[Sequence[str]], expected: str) -> bool:
    if not expected:
        return True
    values = [row[place].strip(BLANKS) for row in below if len(row) > place]
    filled = [value for value in values if value]
    return bool(filled) and all(re.fullmatch(expected, value) for value in filled)


def read_table(source: Source) -> pd.DataFrame:
    """Read the columns of a form as text, under the names of the form, with `line`, the row number in the file.

    Cells are stripped, `="01053"` is unwrapped, empty cells are "". A column that the file lacks is absent.

    Raises
    ------
    GeoInputError
        When the file cannot be read to its end or holds no row.
    """
    look = source.peek
    if look.sheet:
        frame = _sheet(source)
    elif look.shape == "features" or look.part.head(4) == b"PAR1":
        frame = _parquet(source)
    else:
        frame = _csv(source)
    for column in source.columns:
        frame[column] = clean(frame[column])
    frame = frame[(frame[list(source.columns)] != "").any(axis=1)].reset_index(drop=True)
    if frame.empty:
        raise GeoInputError(f"{source.name} : le fichier ne contient aucune ligne sous son en-tête.")
    return frame


def clean(texts: pd.Series) -> pd.Series:
    """Strip texts and unwrap `="01053"`, which spreadsheets write to keep a leading zero."""
    texts = texts.astype("str").str.strip(BLANKS)
    wrapped = texts.str.startswith('="')
    if wrapped.any():
        texts = texts.where(~wrapped, texts.str.slice(2).str.rstrip('"').str.strip(BLANKS))
    return texts


def _csv(source: Source) -> pd.DataFrame:
    seen = source.peek.encoding
    for encoding, errors in (("utf-8", "strict"), ("cp1252" if seen.startswith("utf-8") else seen, "replace")):
        try:
            frame = _csv_texts(source, encoding, errors)
        except UnicodeDecodeError:
            continue
        except pd.errors.ParserError as error:
            line = PARSER_LINE.search(str(error))
            where = f", ligne {int(line[1]) + source.header}" if line else ""
            raise GeoInputError(
                f"{source.name}{where} : ligne mal formée (guillemet ouvert ou fichier coupé)."
            ) from error
        long = frame.loc[frame.iloc[:, -1].fillna("").str.strip(BLANKS) != "", "line"]
        if not long.empty:
            raise GeoInputError(
                f"{source.name}, ligne {long.iat[0]} : plus de colonnes que l’en-tête ({len(long)} au total) ; un texte qui "
                "contient le séparateur doit être entre guillemets."
            )
        return frame.rename(columns={str(place): name for name, place in source.columns.items()}).fillna("")
    raise GeoInputError(f"{source.name} : encodage illisible ; enregistrez le fichier en UTF-8.")


def _csv_texts(source: Source, encoding: str, errors: str) -> pd.DataFrame:
    """Read the chosen columns and one past the last, which must be empty; the first row read is a blank one added here."""
    content = source.peek.part.whole()
    width = len(source.peek.rows[source.header])
    with content.open("rb") if isinstance(content, Path) else content as stream:
        for _ in range(source.header + 1):
            stream.readline()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.BufferedReader(_Prefixed(source.peek.separator * width + "\n", stream)),
                sep=source.peek.separator,
                header=None,
                names=[str(i) for i in range(width + 1)],
                usecols=[*sorted(source.columns.values()), width],
                dtype=str,
                keep_default_na=False,
                skip_blank_lines=False,
                index_col=False,
                encoding=encoding,
                encoding_errors=errors,
            )
    frame.insert(0, "line", frame.index + source.header + 1)
    return frame.iloc[1:]


class _Prefixed(io.RawIOBase):
    """A stream with a first line added."""

    def __init__(self, first: str, stream: IO[bytes]) -> None:
        self.first, self.stream = first.encode(), stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self.first[: len(buffer)] or self.stream.read(len(buffer))
        self.first = self.first[len(buffer) :]
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _sheet(source: Source) -> pd.DataFrame:
    with open_workbook(source.peek.part.whole()) as book:
        rows = book.get_sheet_by_name(source.peek.sheet).to_python(skip_empty_area=False)
    below = rows[source.header + 1 :]
    frame = pd.DataFrame(
        {name: [as_text(row[place]) for row in below] for name, place in source.columns.items()}, dtype=str
    )
    return frame.assign(line=frame.index + source.header + 2)


def _parquet(source: Source) -> pd.DataFrame:
    names = source.peek.rows[0]
    frame = pd.read_parquet(source.peek.part.whole(), columns=[names[place] for place in source.columns.values()])
    frame = frame.rename(columns={names[place]: name for name, place in source.columns.items()})
    texts = pd.DataFrame({name: [as_text(v) for v in frame[name].astype(object)] for name in source.columns}, dtype=str)
    return texts.assign(line=texts.index + 1)


def read_features(source: Source) -> gpd.GeoDataFrame:
    """Read outlines or points in EPSG:4326 with the columns of the form as text and `line`, the number of the feature.

    Raises
    ------
    GeoInputError
        When the file cannot be read, holds nothing, or has coordinates that are no longitudes and latitudes.
    """
    try:
        frame = _features(source)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, OSError) as error:
        raise GeoInputError(f"{source.name} : le fichier géographique est illisible ou coupé.") from error
    if frame.empty:
        raise GeoInputError(f"{source.name} : le fichier ne contient aucun objet.")
    if frame.crs is None:
        frame = frame.set_crs(WGS84)
    elif frame.crs.to_epsg() != WGS84:
        frame = frame.to_crs(WGS84)
    in_degrees(frame, source.name)
    names = source.peek.rows[0]
    texts = {name: clean(pd.Series([as_text(v) for v in frame[names[place]].astype(object)], dtype=str))
             for name, place in source.columns.items()}  # fmt: skip
    geometry = frame.geometry.force_2d().to_numpy()
    found = gpd.GeoDataFrame(texts, geometry=geometry, crs=WGS84)
    return found.assign(line=range(1, len(found) + 1))


def in_degrees(frame: gpd.GeoDataFrame, file: str) -> gpd.GeoDataFrame:
    """Return a frame whose coordinates are all longitudes and latitudes.

    Raises
    ------
    GeoInputError
        When some are out of range, infinite or no number, or when no object has a geometry.
    """
    west, south, east, north = frame.total_bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise GeoInputError(
            f"{file} : les coordonnées manquent ou ne sont pas des longitudes et des latitudes, et le fichier ne nomme pas sa "
            "projection ; exportez-le en WGS84 (EPSG:4326)."
        )
    return frame


def _features(source: Source) -> gpd.GeoDataFrame:
    content = source.peek.part.whole()
    if source.peek.part.head(4) == b"PAR1":
        return gpd.read_parquet(content)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="clsm-") as folder:
        warnings.simplefilter("ignore", RuntimeWarning)  # what it warns of comes out as an object without outline
        if not source.peek.sheet:
            return gpd.read_file(content, engine="pyogrio", on_invalid="ignore")
        copy = Path(folder) / "couches.gpkg"
        shutil.copyfile(source.path, copy)
        defuse(copy)
        return gpd.read_file(copy, layer=source.peek.sheet, engine="pyogrio", on_invalid="ignore")


def missing_columns(path: Path, forms: Iterable[Form]) -> str:
    """Say that a file has none of the forms: what was found and what is expected."""
    looks = peek(path)
    if not looks:
        return f"{path.name} : fichier vide, ou d’un format qui n’est pas lu (csv, xlsx, ods, parquet, GeoJSON, GeoPackage, zip, gz)."
    header = next((row for row in looks[0].rows if len([c for c in row if c.strip()]) > 1), ())
    shown = ", ".join(c.strip() for c in header[:12] if c.strip()) or "aucune colonne"
    expected = " ; ou ".join(form.name for form in forms if not form.refusal)
    return f"{path.name} : colonnes non reconnues ({shown}). Attendu : {expected}."
