"""What the readers of indicators share: figures known, secret or absent, territories of today, and the one product written.

Product `indicateurs.parquet`: the series of the source, as `geo.indicators.write_series` writes them. Counts of merged communes are
added up; a rate of a merged commune is of no commune of today, and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from geo.communes import SHAPE_OF_IRIS, Atlas, history
from geo.errors import GeoInputError
from geo.french import count, fold, listing
from geo.indicators import Grain, Indicator, Series, State, values_frame, write_series
from geo.sources.readers.base import SHOWN, TOLERATED, ReadReport, codes_of_today, present, refused
from geo.sources.readers.tables import Source

PRODUCT = "indicateurs.parquet"
Below = Literal["refused", "absent", "figure"]
SECRET = re.compile(r"(?i)s|c|secret|secret statistique|[<≤] ?\d+|moins de \d+")
ABSENT = re.compile(r"(?i)|n\.?d\.?|n\.?c\.?|n\.?r\.?|n/?a|ns|nan|none|null|[-–—./*…]+|x")
NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?")
TOTALS = r"total.*|ensemble.*|france.*"
TOTAL = re.compile(rf"(?i)|{TOTALS}|9{{5}}|x+|zz+|fr|nr|non (localis|renseign).*")
OTHER_ZONES = re.compile(
    r"(?i)_(bv|ze|uu|aav|arr|cv|au|metro|france)(20\d\d)?(?=\W|$)"
)  # bassins de vie, zones d’emploi…
GRAVITY = (State.SECRET, State.ABSENT, State.KNOWN)  # a sum is as little known as the least known of its parts
ELSEWHERE = {"975", "977", "978", "984", "986", "987", "988", "989", "99", "00", "98"}


def read_figure(text: str) -> tuple[float, State] | None:
    """Read a figure as statistics write it: a number, a mark of secrecy (« s », « c », « < 5 »), a blank or « nd »; None when it is none
    of these. Blanks between thousands and the decimal comma are understood."""
    plain = re.sub(r"[\s\u00a0\u202f]+(?=\d)", "", text.strip()).removesuffix("%").strip()
    if SECRET.fullmatch(text.strip()):
        return np.nan, State.SECRET
    if ABSENT.fullmatch(plain):
        return np.nan, State.ABSENT
    return (float(plain.replace(",", ".")), State.KNOWN) if NUMBER.fullmatch(plain) else None


def read_column(
    table: pd.DataFrame, column: str, problems: list[str], *, file: str, name: str, below: Below = "refused"
) -> pd.DataFrame:
    """Return `value` and `state` of each row of a column of texts; what is no figure is added to `problems`, with its row.

    `below` says what a negative figure is: refused, absent (some sources write -1 for none), or a figure like another.
    """
    if column not in table:
        return pd.DataFrame({"value": np.nan, "state": State.ABSENT}, index=table.index)
    read = {text: read_figure(text) for text in table[column].unique()}
    if below == "absent":
        read = {t: (np.nan, State.ABSENT) if found and found[0] < 0 else found for t, found in read.items()}
    for text, line in zip(table[column], table["line"], strict=True):
        found = read[text]
        if found is None:
            problems.append(f"{file}, ligne {line} : « {text[:40]} » n’est pas une valeur de « {name} ».")
        elif found[0] < 0 and below == "refused":
            problems.append(f"{file}, ligne {line} : « {text[:40]} » est négatif ; « {name} » ne peut pas l’être.")
    pairs = [read[text] or (np.nan, State.ABSENT) for text in table[column]]
    return pd.DataFrame(
        {"value": [value for value, _ in pairs], "state": np.array([state for _, state in pairs], dtype=object)},
        index=table.index,
    )


def settle(problems: Sequence[str], file: str) -> None:
    """Refuse a file for every problem found in it; nothing when there is none.

    Raises
    ------
    GeoInputError
        With the problems, the first ones in full.
    """
    if problems:
        raise GeoInputError(refused(list(problems), file))


def refuse_repeats(table: pd.DataFrame, keys: Sequence[str], file: str, what: str) -> None:
    """Refuse rows that give the same territory twice.

    Raises
    ------
    GeoInputError
        With the row of each repetition.
    """
    again = table[table.duplicated(list(keys))]
    settle(
        [
            f"{file}, ligne {line} : {code} figure déjà plus haut ; il n’en faut qu’une ligne par {what}."
            for code, line in zip(again[keys[0]], again["line"], strict=True)
        ],
        file,
    )


def of_known_zones(sources: Sequence[Source], notes: list[str]) -> list[Source]:
    """Leave out the files of zones that their codes do not tell from communes: there alone, the name given by INSEE is believed."""
    others = [source.name for source in sources if OTHER_ZONES.search(source.path.stem)]
    if others:
        notes.append(f"{listing(others)} : autre découpage que ceux d’ici, de côté.")
    return [source for source in sources if source.name not in others]


# --- territories ------------------------------------------------------------------------------------------------
def on_communes(table: pd.DataFrame, atlas: Atlas, notes: list[str], *, file: str) -> pd.DataFrame:
    """Return the rows that are of a commune or an arrondissement of today, with `code`, `was` (the code written, its zero put back) and
    `own` (True when that is the code of today). Rows of totals and of nowhere are left out and counted.

    Raises
    ------
    GeoInputError
        When a code comes twice, or too many lead nowhere.
    """
    texts = table["code"].str.removesuffix(".0").str.upper()
    nowhere = texts.map(lambda text: bool(TOTAL.fullmatch(text)))
    if nowhere.any():
        notes.append(f"{file} : {count(int(nowhere.sum()), 'ligne')} sans commune, de côté.")
    table, texts = table[~nowhere], texts[~nowhere]
    short = texts.str.fullmatch(r"\d{4}")
    if short.any():
        notes.append(f"{file} : zéro de tête rétabli sur {count(int(short.sum()), 'code')}.")
    table = table.assign(was=texts.where(~short, "0" + texts))
    refuse_repeats(table, ["was"], file, "commune")
    read = codes_of_today(table["was"].tolist(), table["line"].tolist(), atlas, file=file)
    notes += read.notes
    placed = table.assign(code=read.code, own=read.own)
    return placed[placed["code"] != ""]


def on_departements(
    table: pd.DataFrame, atlas: Atlas, notes: list[str], *, file: str, regions: bool = False
) -> pd.DataFrame:
    """Return the rows that are of a département (or a region) of today, `code` written as the official code; a region may be named.

    Raises
    ------
    GeoInputError
        When too many codes are of no département.
    """
    bodies = atlas.regions if regions else atlas.departements
    known = {str(code): str(code) for code in bodies.index}
    known |= {str(code).lstrip("0"): str(code) for code in bodies.index if str(code).lstrip("0")}
    known |= {fold(name): str(code) for code, name in bodies["nom"].items()}
    texts = table["code"].str.removesuffix(".0").str.upper()
    code = texts.map(lambda text: known.get(text) or known.get(fold(text), ""))
    lost = table[(code == "") & ~texts.isin(ELSEWHERE) & ~texts.map(lambda text: bool(TOTAL.fullmatch(text)))]
    word = "région" if regions else "département"
    problems = [f"{file}, ligne {line} : « {text[:40]} » n’est pas {'une' if regions else 'un'} {word}."
                for text, line in zip(lost["code"], lost["line"], strict=True)]  # fmt: skip
    if len(lost) >= max(1.0, TOLERATED * len(table)):
        settle(problems, file)
    left = int((code == "").sum())
    if left:
        notes.append(f"{file} : {count(left, 'ligne')} hors des {word}s d’ici, de côté.")
    return table.assign(code=code)[code != ""]


def on_bodies(table: pd.DataFrame, atlas: Atlas, notes: list[str], *, file: str) -> pd.DataFrame:
    """Return the rows that are of an EPCI or an EPT of today, by its SIREN number; the others are left out and named."""
    texts = table["code"].str.removesuffix(".0")
    here = texts.isin(atlas.epci.index.union(atlas.ept.index).astype(str))
    gone = texts[~here].unique().tolist()
    if gone:
        notes.append(
            f"{file} : {count(len(gone), 'EPCI inconnu aujourd’hui', 'EPCI inconnus aujourd’hui')}, de côté ({listing(gone, SHOWN)})."
        )
    return table.assign(code=texts)[here]


def on_iris(table: pd.DataFrame, file: str) -> pd.DataFrame:
    """Return the rows by code of IRIS, each there once.

    Raises
    ------
    GeoInputError
        When a code comes twice, or is of no IRIS.
    """
    table = table.assign(code=table["code"].str.upper())
    wrong = table[~table["code"].str.fullmatch(SHAPE_OF_IRIS.pattern)]
    settle([f"{file}, ligne {line} : « {code[:20]} » n’est pas un code d’IRIS (neuf caractères)."
            for code, line in zip(wrong["code"], wrong["line"], strict=True)], file)  # fmt: skip
    refuse_repeats(table, ["code"], file, "IRIS")
    return table.set_index("code")


# --- figures of the territories of today --------------------------------------------------------------------------
def added_up(
    placed: pd.DataFrame, columns: Iterable[str], atlas: Atlas, notes: list[str], *, file: str
) -> pd.DataFrame:
    """Add counts up by commune of today: `columns` each name a pair `<name>`, `<name>_state` of `placed` (see `on_communes`).

    A sum with a secret part is secret, one with an unknown part unknown. It is unknown too where a commune merged into it is missing from
    the file, and where a part of its territory has become a commune of its own since. A city whose arrondissements are there is left out:
    it would be counted twice.
    """
    split = [city for city in atlas.parts if placed["code"].isin(atlas.parts[city]).any()]
    if placed["code"].isin(split).any():
        notes.append(f"{file} : {listing(map(atlas.label, split))} par arrondissement ; la ville entière est de côté.")
    placed = placed[~placed["code"].isin(split)]
    grouped = placed.groupby("code")
    result = pd.DataFrame(index=grouped.size().index)
    for name in columns:
        worst = placed[f"{name}_state"].map(GRAVITY.index).astype(int).groupby(placed["code"]).min()
        state = worst.map(dict(enumerate(GRAVITY))).astype(object)
        result[name] = grouped[name].sum(min_count=1).where(state == State.KNOWN)
        result[f"{name}_state"] = state
    holes = _incomplete(placed, atlas) & set(result.index)
    if holes:
        for name in columns:
            result.loc[sorted(holes), [name, f"{name}_state"]] = [np.nan, State.ABSENT]
        shown = listing(map(atlas.label, sorted(holes)), SHOWN)
        notes.append(
            f"{file} : {count(len(holes), 'commune')} d’un autre contour aujourd’hui, en partie absente du fichier : "
            f"valeur inconnue ({shown})."
        )
    return result


def _incomplete(placed: pd.DataFrame, atlas: Atlas) -> set[str]:
    """Return the communes of today whose territory the rows do not make up."""
    past = history(atlas)
    merged: dict[str, list[str]] = {}
    for old, (today, _) in atlas.former.items():
        merged.setdefault(today, []).append(old)
    given, found = set(placed["was"]), set[str]()
    for today, rows in placed[~placed["own"]].groupby("code"):
        day = min(past.since.get(old, "")[:4] for old in rows["was"])
        lacking = {old for old in merged.get(str(today), ()) if past.since.get(old, "")[:4] >= day} - given
        if day and (lacking or str(today) not in given):
            found.add(str(today))
    for origin, since in past.recreated.items():
        if origin in given and not given.issuperset(since.codes):
            found.add(origin)
    return found


def as_published(placed: pd.DataFrame, notes: list[str], *, file: str) -> pd.DataFrame:
    """Return the rows that bear the code of a commune of today, indexed by it: a rate of a commune that was merged is of none today."""
    left = int((~placed["own"]).sum())
    if left:
        notes.append(
            f"{file} : {count(left, 'taux')} de communes fusionnées depuis : ils ne s’ajoutent pas, et sont de côté."
        )
    return placed[placed["own"]].set_index("code")


@dataclass
class Gathered:
    """The series of several files, one an identifier: of two years the later is kept, and the other named in `notes`."""

    notes: list[str]
    found: dict[str, tuple[Series, str]] = field(default_factory=dict)

    def add(self, series: Series, file: str) -> None:
        """Take a series of a file.

        Raises
        ------
        GeoInputError
            When another file has different figures for the same year.
        """
        other = self.found.get(series.id)
        if other is None or other[0].indicator.year < series.indicator.year:
            self.found[series.id] = (series, file)
        if other is None:
            return
        years = (other[0].indicator.year, series.indicator.year)
        if years[0] == years[1] and not other[0].values.equals(series.values):
            settle(
                [
                    f"{file} : « {series.indicator.label} » a d’autres valeurs dans {other[1]}, pour la même année ; gardez un seul des deux."
                ],
                file,
            )
        left = other[1] if years[0] < years[1] else file
        said = (
            f"{left} : remplacé par l’autre fichier, de {max(years)}."
            if years[0] != years[1]
            else f"{left} : mêmes chiffres que l’autre fichier."
        )
        if said not in self.notes:
            self.notes.append(said)

    @property
    def series(self) -> list[Series]:
        """What is kept, in the order it came."""
        return [series for series, _ in self.found.values()]


# --- the product --------------------------------------------------------------------------------------------------
def rate_series(indicator: Indicator, table: pd.DataFrame, **columns: str) -> Series:
    """Make the series of a rate from a table indexed by code, where `rate`, `low`, `high`, `denominator` name columns; that of the rate
    has its `<name>_state` beside it."""
    values = {role: table[name].to_numpy(dtype=float) for role, name in columns.items()}
    return Series(indicator, values_frame(table.index, state=table[f"{columns['rate']}_state"].to_numpy(), **values))


def count_series(indicator: Indicator, table: pd.DataFrame, numerator: str, denominator: str = "") -> Series:
    """Make the series of a count, or of a ratio, from a table indexed by code with `<name>_state` columns; a ratio is known where both
    its terms are."""
    state = table[f"{numerator}_state"]
    values = {"numerator": table[numerator].to_numpy(dtype=float)}
    if denominator:
        other = table[f"{denominator}_state"]
        state = state.where(state != State.KNOWN, other)
        values["denominator"] = table[denominator].to_numpy(dtype=float)
    return Series(indicator, values_frame(table.index, state=state.to_numpy(dtype=object), **values))


def finish(series: Sequence[Series], destination: Path, atlas: Atlas, notes: Sequence[str], file: str) -> ReadReport:
    """Write the series, and report what they are.

    Raises
    ------
    GeoInputError
        When no figure at all is known: a file that says nothing takes no other's place.
    """
    known = [one for one in series if (one.values["state"] == State.KNOWN).any()]
    if not known:
        raise GeoInputError(f"{file} : aucun chiffre connu n’y a été trouvé.")
    destination.mkdir(parents=True, exist_ok=True)
    write_series(series, destination / PRODUCT)
    codes = {
        grain: sorted({c for one in series if one.indicator.grain is grain for c in one.values.index})
        for grain in Grain
    }
    years = sorted({one.indicator.year for one in known}, reverse=True)
    found = set(present([*codes[Grain.COMMUNE], *(c[:5] for c in codes[Grain.IRIS])], atlas)) | set(
        codes[Grain.DEPARTEMENT]
    )
    rows = sum(map(len, codes.values()))
    return ReadReport(rows, listing(years), tuple(sorted(found)), tuple(dict.fromkeys(notes)), (PRODUCT,))


def with_states(table: pd.DataFrame, read: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Put columns read by `read_column` into a table: `<name>` and `<name>_state` each."""
    columns = {name: frame["value"] for name, frame in read.items()}
    return table.assign(**columns, **{f"{name}_state": frame["state"] for name, frame in read.items()})
