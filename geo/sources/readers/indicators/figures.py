"""What the readers of indicators share: figures known, secret or absent, and the one product written.

Product `indicateurs.parquet`: the series of the source, as `geo.indicators.write_series` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.french import count, listing
from geo.indicators import CellKind, Grain, Indicator, Series, State, read_cell, read_series, values_frame, write_series
from geo.sources.readers.base import SHOWN, ReadReport, present, refused
from geo.sources.readers.tables import Source

PRODUCT = "indicateurs.parquet"
Below = Literal["refused", "absent", "figure"]
YEAR = r"(19|20)\d\d(\.0|[-/.]?\d\d([-/.].*)?)?"
# bassins de vie, zones d’emploi, unités urbaines…
OTHER_ZONES = re.compile(r"(?i)_(bv|ze|uu|aav|arr|cv|au|metro|france)(20\d\d)?(?=\W|$)")
STATES = {CellKind.NUMBER: State.KNOWN, CellKind.SECRET: State.SECRET}
FEW = 20  # territories under which a version is too small to tell a file cut short


def read_figure(text: str) -> tuple[float, State] | None:
    """Read a figure as statistics write it: a number, a mark of secrecy (« s », « c », « < 5 »), a blank or « nd »; None when it is none
    of these, as `geo.indicators.read_cell` says: a point and a comma come before decimals."""
    cell = read_cell(text)
    if cell.kind is CellKind.UNREADABLE:
        return None
    return cell.number, STATES.get(cell.kind, State.ABSENT)


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


def years_of(table: pd.DataFrame, column: str, file: str) -> pd.Series:
    """Return the year that each row is of, of a column of years, months or days.

    Raises
    ------
    GeoInputError
        With the row of each text that is none.
    """
    wrong = table[~table[column].str.fullmatch(YEAR)]
    settle(
        [
            f"{file}, ligne {line} : « {text[:40]} » n’est pas une année."
            for text, line in zip(wrong[column], wrong["line"], strict=True)
        ],
        file,
    )
    return table[column].str[:4]


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


def carry(before: Path, stage: Path) -> list[str]:
    """Put back the series of the version in use that the new files no longer give, each with its own year, and say which.

    Raises
    ------
    GeoInputError
        When an indicator would lose half its territories: a file cut short looks like that.
    """
    new = {one.id: one for one in read_series(stage / PRODUCT)}
    try:
        old = {one.id: one for one in read_series(before / PRODUCT)}
    except GeoInputError:  # damaged: there is nothing to put back
        return []
    problems = []
    for name in old.keys() & new.keys():
        had, has = (int((group[name].values["state"] == State.KNOWN).sum()) for group in (old, new))
        if had >= FEW and has < had / 2:
            problems.append(
                f"« {new[name].indicator.label} » : {count(has, 'territoire connu', 'territoires connus')} au lieu de {count(had, 'territoire')} ; "
                "la version en service est gardée. Le fichier est sans doute coupé."
            )
    if problems:
        raise GeoInputError(sorted(problems))
    lost = [one for name, one in old.items() if name not in new]
    if not lost:
        return []
    write_series([*new.values(), *lost], stage / PRODUCT)
    shown = listing([f"{one.indicator.label} ({one.indicator.year})" for one in lost], SHOWN)
    return [
        f"{count(len(lost), 'indicateur absent', 'indicateurs absents')} des nouveaux fichiers, déjà connu : gardé ({shown})."
    ]
