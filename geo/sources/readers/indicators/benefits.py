"""Allowance for disabled adults (AAH), paid by the CAF: households by commune or IRIS, as INSEE or CNAF publish them.

Small numbers are hidden by the producer: a blank is a secret, and in the files of CNAF, rounded to five, so is zero. What the MSA
pays to farmers and their families is in none of these files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from geo.communes import Atlas
from geo.french import listing
from geo.indicators import Direction, Grain, Indicator, Measure, Series, State
from geo.sources.readers.base import Reader, ReadReport, vintage
from geo.sources.readers.indicators.figures import (
    Gathered,
    carry,
    count_series,
    finish,
    of_known_zones,
    read_column,
    settle,
    with_states,
    years_of,
)
from geo.sources.readers.indicators.territories import TOTALS, added_up, on_communes, on_iris
from geo.sources.readers.tables import Form, Source, read_table

SECRECY = 5
ROUNDED = ("indfoy", "indnbp")  # how CNAF names its columns, whose figures it rounds to five
AAH = "aaah indfoyaah.* .*(allocataires|beneficiaires|foyers).*aah.* nbaah aah"
COVERED = "indnbpaah.* .*(couvertes|personnes).*aah.*"
ALL = "a indfoyndur nballocataires nbfoyersallocataires nombredallocataires"
WHEN = "dtreffre dtref annee date periode"
FORMS = (
    Form("allocataires de l’AAH par IRIS (IRIS, A, AAAH)", {"code": "iris codeiris", "aah": AAH}, {"people": COVERED, "all": ALL, "date": WHEN}),
    Form("allocataires de l’AAH par commune (CODGEO, A, AAAH)",
         {"code": "codgeo numcomdo codesinsee codeinsee inseecom codecommune com", "aah": AAH}, {"people": COVERED, "all": ALL, "date": WHEN},
         values={"code": rf"(?i)[0-9ab]{{4,5}}(\.0)?|[0-9x]{{5}}|{TOTALS}"}, absent="iris"),
)  # fmt: skip


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read every file together; of two years, the later is kept.

    Raises
    ------
    GeoInputError
        With every problem: a figure that is none, a territory given twice.
    """
    notes: list[str] = []
    made = Gathered(notes)
    for source in sorted(of_known_zones(sources, notes), key=lambda s: (FORMS.index(s.form), s.name)):
        for series in _read(source, atlas, notes):
            made.add(series, source.name)
    return finish(made.series, destination, atlas, notes, listing(s.name for s in sources))


def _read(source: Source, atlas: Atlas, notes: list[str]) -> list[Series]:
    table, year = _of_last_date(read_table(source), source, notes)
    problems: list[str] = []
    names = [name for name in ("aah", "people", "all") if name in source.columns]
    read: dict[str, pd.DataFrame] = {name: _hidden(read_column(table, name, problems, file=source.name, name=source.header_of(name)), source, name, notes)
            for name in names}  # fmt: skip
    settle(problems, source.name)
    table = with_states(table, read)
    grain = Grain.IRIS if source.form is FORMS[0] else Grain.COMMUNE
    if grain is Grain.IRIS:
        counted = on_iris(table, source.name)
    else:
        counted = added_up(
            on_communes(table, atlas, notes, file=source.name), names, atlas, notes, file=source.name, threshold=True
        )
    number = _indicator(grain, year)
    if any(source.header_of(name).lower().startswith(ROUNDED) for name in names):  # nothing bounds what is hidden
        number = replace(number, label=f"{number.label} (arrondis à 5)", secrecy=0)
    series = [count_series(number, counted, "aah")]
    if "people" in names:
        people = replace(number, id=number.id.replace("aah", "aah-personnes", 1), label="Personnes couvertes par l’AAH",
                         unit="personnes", counted="personnes couvertes par l’AAH")  # fmt: skip
        series.append(count_series(people, counted, "people"))
    if "all" in names:
        share = replace(number, id=number.id.replace("aah", "part-aah", 1), label="Part de l’AAH parmi les foyers allocataires",
                        measure=Measure.RATIO, unit="%", among="foyers allocataires des CAF", multiplier=100.0, decimals=1)  # fmt: skip
        series.append(count_series(share, counted, "aah", "all"))
    return series


def _hidden(read: pd.DataFrame, source: Source, name: str, notes: list[str]) -> pd.DataFrame:
    """Call secret what the producer left blank, and what he rounded down to nothing."""
    state = read["state"].where(read["state"] != State.ABSENT, State.SECRET)
    if source.header_of(name).lower().startswith(ROUNDED) and (nothing := read["value"] == 0).any():
        notes.append(
            f"{source.name} : effectifs arrondis à 5 ; zéro peut y cacher quelques foyers, et est tenu pour secret."
        )
        state = state.where(~nothing, State.SECRET)
    return pd.DataFrame({"value": read["value"].where(state == State.KNOWN, np.nan), "state": state})


def _of_last_date(table: pd.DataFrame, source: Source, notes: list[str]) -> tuple[pd.DataFrame, str]:
    """Keep the rows of the last date, and return its year: told by a column, a title, or the name that the producer gave the file."""
    if "date" in table:
        year = str(years_of(table, "date", source.name).max())
        return table[table["date"] == table["date"].max()], year
    year = vintage([source]) or max(re.findall(r"(?<!\d)20[0-4]\d(?!\d)", source.path.stem), default="")
    if not year:
        notes.append(f"{source.name} : année non écrite dans le fichier ; elle reste inconnue.")
    return table, year or "année non indiquée"


def _indicator(grain: Grain, year: str) -> Indicator:
    return Indicator(
        id="aah" + ("-iris" if grain is Grain.IRIS else ""),
        label="Foyers allocataires de l’AAH",
        measure=Measure.COUNT,
        grain=grain,
        direction=Direction.WORSE,
        unit="foyers allocataires",
        source="CNAF, INSEE",
        year=year,
        counted="foyers allocataires de l’AAH",
        secrecy=SECRECY,
        url="https://www.insee.fr/fr/statistiques/8682381",
        note="Caisses d’allocations familiales seules, sans la MSA. Tous les handicaps, dont le handicap psychique, que rien n’isole.",
        set="CNAF : allocation aux adultes handicapés",
        decimals=0,
    )


READERS = (Reader("aah", FORMS, parse, several=True, carry=carry),)
