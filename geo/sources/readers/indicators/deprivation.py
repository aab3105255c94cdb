"""Social deprivation (FDep), by commune: a score without unit, or its quintile, as published.

A score is a place on a scale: it is never averaged here, though its population is kept beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from geo.communes import Atlas
from geo.french import listing
from geo.indicators import Direction, Grain, Indicator, Measure, Series
from geo.sources.readers.base import Reader, ReadReport, vintage
from geo.sources.readers.indicators.figures import (
    Gathered,
    carry,
    finish,
    rate_series,
    read_column,
    settle,
    with_states,
)
from geo.sources.readers.indicators.territories import TOTALS, as_published, on_communes
from geo.sources.readers.tables import Form, Source, read_table

FORMS = (
    Form("indice de défavorisation sociale par commune (Code commune, FDep)",
         {"code": "codecommune communecode codgeo codcom codeinsee inseecom depcom com",
          "score": r"(t1|score)?fdep(\d\d|20\d\d)?(score)? indicededefavorisation.* fdep.* quintiles?(de|du)?fdep.*"},
         {"people": r"nombredhabitants.* population.* pop(\d\d)? p\d\dpop", "annee": "annee millesime.*"},
         values={"code": rf"(?i)[0-9ab]{{4,5}}(\.0)?|{TOTALS}"}, absent="iris|codeiris"),
)  # fmt: skip
CLASSES = {1.0, 2.0, 3.0, 4.0, 5.0}


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read every file together; of two years, the later is kept.

    Raises
    ------
    GeoInputError
        With every problem: a figure that is none, a commune given twice.
    """
    notes: list[str] = []
    made = Gathered(notes)
    for source in sorted(sources, key=lambda s: s.name):
        made.add(_read(source, atlas, notes), source.name)
    return finish(made.series, destination, atlas, notes, listing(s.name for s in sources))


def _read(source: Source, atlas: Atlas, notes: list[str]) -> Series:
    table = read_table(source)
    problems: list[str] = []
    read = {
        "score": read_column(table, "score", problems, file=source.name, name=source.header_of("score"), below="figure")
    }
    if "people" in source.columns:
        read["people"] = read_column(table, "people", problems, file=source.name, name=source.header_of("people"))
    settle(problems, source.name)
    classes = set(read["score"]["value"].dropna()) <= CLASSES
    indicator = _indicator(_year(table, source), quintiles=classes)
    placed = as_published(
        on_communes(with_states(table, read), atlas, notes, file=source.name), notes, file=source.name
    )
    return rate_series(indicator, placed, rate="score", **({"denominator": "people"} if "people" in read else {}))


def _year(table: pd.DataFrame, source: Source) -> str:
    written = re.search(r"(?:20)?(\d\d)$", source.header_of("score"))
    if "annee" in table and table["annee"].str.fullmatch(r"20\d\d.*").all():
        return str(table["annee"].max()[:4])
    return f"20{written[1]}" if written else vintage([source]) or "année non indiquée"


def _indicator(year: str, *, quintiles: bool) -> Indicator:
    """Describe the score; a header does not tell it from its quintile, the figures do."""
    return Indicator(
        id="defavorisation-sociale" + ("-quintile" if quintiles else ""),
        label="Défavorisation sociale (FDep" + (", quintile)" if quintiles else ")"),
        measure=Measure.RATE,
        grain=Grain.COMMUNE,
        direction=Direction.WORSE,
        unit="quintile, de 1 (favorisé) à 5 (défavorisé)" if quintiles else "score sans unité",
        source="Santé publique France, d’après INSEE (Inserm CépiDc)",
        year=year,
        among="habitants",
        url="https://odisse.santepubliquefrance.fr/",
        note="Revenu médian, bacheliers, ouvriers et chômeurs, en une note : elle classe les communes et ne se moyenne pas.",
        set="FDep : défavorisation sociale",
        decimals=0 if quintiles else 2,
    )


READERS = (Reader("fdep", FORMS, parse, several=True, carry=carry),)
