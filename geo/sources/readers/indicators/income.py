"""Incomes of Filosofi (INSEE): median standard of living and poverty rate, as published for each commune, EPCI, département, region or IRIS.

A median and a rate of poverty are never averaged: a territory without its own figure has none. Two forms: one row a territory
(`MED21`, `TP6021`), one grain a file; and one row a figure since 2023 (`GEO_OBJECT`, `FILOSOFI_MEASURE`, `CONF_STATUS`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from geo.communes import Atlas
from geo.french import fold, listing
from geo.indicators import Direction, Grain, Indicator, Measure, Series, State
from geo.sources.readers.base import Reader, ReadReport, vintage
from geo.sources.readers.indicators.figures import (
    Gathered,
    carry,
    finish,
    of_known_zones,
    rate_series,
    read_column,
    refuse_repeats,
    settle,
    with_states,
    years_of,
)
from geo.sources.readers.indicators.territories import (
    TOTALS,
    as_published,
    on_bodies,
    on_communes,
    on_departements,
    on_iris,
)
from geo.sources.readers.tables import Form, Source, read_table

CODES = rf"(?i)[0-9ab]{{1,5}}(\.0)?|\d{{9}}(\.0)?|f[mre]|{TOTALS}"
FORMS = (
    Form("Filosofi, une ligne par chiffre (GEO, GEO_OBJECT, FILOSOFI_MEASURE, OBS_VALUE)",
         {"code": "geo", "object": "geoobject", "measure": "filosofimeasure", "figure": "obsvalue"},
         {"secret": "confstatus", "status": "obsstatus", "annee": "timeperiod", "power": "unitmult"}),
    Form("Filosofi, une ligne par territoire (CODGEO, MED21, TP6021)",
         {"code": "codgeo", "median": r"med\d\d"}, {"poverty": r"tp60\d\d", "name": "libgeo"}, values={"code": CODES}, absent="iris"),
    Form("Filosofi par IRIS (IRIS, DISP_MED21, DISP_TP6021)",
         {"code": "iris", "median": r"dispmed\d\d"}, {"poverty": r"disptp60\d\d"}),
    Form("taux de pauvreté de Filosofi, une ligne par territoire (CODGEO, TP6021)",
         {"code": "codgeo", "poverty": r"tp60\d\d"}, {"name": "libgeo"}, values={"code": CODES}, absent="iris"),
)  # fmt: skip
MEASURES = {"MED_SL": "median", "PR_MD60": "poverty"}
OBJECTS = {
    "COM": Grain.COMMUNE,
    "ARM": Grain.COMMUNE,
    "EPCI": Grain.EPCI,
    "DEP": Grain.DEPARTEMENT,
    "REG": Grain.REGION,
}
NEW_METHOD = "2023"
ABOUT = {
    "median": ("niveau-de-vie-median", "Niveau de vie médian", Direction.BETTER, "€ par an", 0,
               "Médiane des revenus disponibles par unité de consommation : publiée telle quelle, jamais moyennée."),
    "poverty": ("taux-de-pauvrete", "Taux de pauvreté (seuil de 60 %)", Direction.WORSE, "%", 1,
                "Part des habitants sous 60 % du niveau de vie médian national : publiée telle quelle, jamais moyennée."),
}  # fmt: skip
BROKEN = " Méthode nouvelle en 2023 : pas de comparaison avec les années d’avant."


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read every file together; of two years of an indicator, the later is kept.

    Raises
    ------
    GeoInputError
        With every problem: a figure that is none, a territory given twice, a grain that cannot be told.
    """
    notes: list[str] = []
    made = Gathered(notes)
    for source in sorted(of_known_zones(sources, notes), key=lambda s: (FORMS.index(s.form), s.name)):
        for series in (_of_figures if source.form is FORMS[0] else _of_territories)(source, atlas, notes):
            made.add(series, source.name)
    return finish(made.series, destination, atlas, notes, listing(s.name for s in sources))


# --- one row a territory ------------------------------------------------------------------------------------------
def _of_territories(source: Source, atlas: Atlas, notes: list[str]) -> list[Series]:
    table = read_table(source)
    grain = Grain.IRIS if source.form is FORMS[2] else _grain(table, atlas, source.name)
    problems: list[str] = []
    names = [name for name in ABOUT if name in source.columns]
    read = {name: read_column(table, name, problems, file=source.name, name=source.header_of(name)) for name in names}
    settle(problems, source.name)
    placed = _placed(with_states(table, read), grain, atlas, notes, source.name)
    return [
        rate_series(_indicator(name, grain, f"20{source.header_of(name)[-2:]}"), placed, rate=name) for name in names
    ]


def _grain(table: pd.DataFrame, atlas: Atlas, file: str) -> Grain:
    """Tell of what territories the rows are: by the codes, and by the names where a code is of a département and of a region."""
    codes = table["code"].str.removesuffix(".0").str.upper()
    codes = codes[~codes.str.fullmatch(rf"(?i)f[mre]|{TOTALS}")]
    lengths = set(codes.str.len())
    if lengths <= {4, 5}:
        return Grain.COMMUNE
    if lengths == {9}:
        return Grain.EPCI
    if not lengths <= {1, 2, 3}:
        settle([f"{file} : des codes de plusieurs sortes de territoires ; gardez une sorte par fichier."], file)
    regions = set(atlas.regions.index.astype(str)) | {str(code).lstrip("0") for code in atlas.regions.index}
    if not set(codes) <= regions:
        return Grain.DEPARTEMENT
    named = {Grain.DEPARTEMENT: atlas.departements["nom"], Grain.REGION: atlas.regions["nom"]}
    seen = {fold(text) for text in table["name"]} if "name" in table else set()
    alike = {grain: len(seen & {fold(name) for name in names}) for grain, names in named.items()}
    if alike[Grain.DEPARTEMENT] == alike[Grain.REGION]:
        settle(
            [f"{file} : ces codes sont de départements ou de régions ; gardez la colonne LIBGEO, qui les nomme."], file
        )
    return max(alike, key=lambda grain: alike[grain])


# --- one row a figure -----------------------------------------------------------------------------------------------
def _of_figures(source: Source, atlas: Atlas, notes: list[str]) -> list[Series]:
    table = read_table(source)
    table = table[table["measure"].isin(MEASURES) & table["object"].isin(OBJECTS)]
    if table.empty:
        settle(
            [
                f"{source.name} : ni médiane (MED_SL) ni taux de pauvreté (PR_MD60) par commune, EPCI, département ou région."
            ],
            source.name,
        )
    year = vintage([source]) or "année non indiquée"
    if "annee" in table:
        years = years_of(table, "annee", source.name)
        year = str(years.max())
        table = table[years == year]
    table = table.assign(
        code=table["code"].str.replace(r"^[A-Z]+-", "", regex=True), grain=table["object"].map(OBJECTS)
    )
    problems: list[str] = []
    figures = read_column(table, "figure", problems, file=source.name, name="OBS_VALUE")
    settle(problems, source.name)
    table = table.assign(value=_to_power(table, figures["value"]), value_state=_states(table, figures["state"]))
    table.loc[table["value_state"] != State.KNOWN, "value"] = float("nan")
    made = []
    for (measure, grain), group in table.groupby(["measure", "grain"], sort=True):
        placed = _placed(group, Grain(grain), atlas, notes, source.name)
        made.append(rate_series(_indicator(MEASURES[str(measure)], Grain(grain), year), placed, rate="value"))
    return made


def _states(table: pd.DataFrame, read: pd.Series) -> pd.Series:
    """Hide what the producer marks as confidential, and what he marks as missing."""
    state = read.copy()
    if "status" in table:
        state = state.where(~table["status"].isin(["O", "M", "L"]), State.ABSENT)
    return state.where(table["secret"] != "C", State.SECRET) if "secret" in table else state


def _to_power(table: pd.DataFrame, values: pd.Series) -> pd.Series:
    if "power" not in table:
        return values
    return values * 10.0 ** pd.to_numeric(table["power"], errors="coerce").fillna(0)


# --- both -------------------------------------------------------------------------------------------------------------
Place = Callable[..., pd.DataFrame]
PLACES: Mapping[Grain, Place] = {
    Grain.EPCI: on_bodies,
    Grain.DEPARTEMENT: on_departements,
    Grain.REGION: partial(on_departements, regions=True),
}
WORDS = {Grain.EPCI: "EPCI", Grain.DEPARTEMENT: "département", Grain.REGION: "région"}


def _placed(table: pd.DataFrame, grain: Grain, atlas: Atlas, notes: list[str], file: str) -> pd.DataFrame:
    """Return the rows by code of a territory of today, each there once."""
    if grain is Grain.COMMUNE:
        return as_published(on_communes(table, atlas, notes, file=file), notes, file=file)
    if grain is Grain.IRIS:
        return on_iris(table, file)
    placed = PLACES[grain](table, atlas, notes, file=file)
    refuse_repeats(placed, ["code"], file, WORDS[grain])
    return placed.set_index("code")


def _indicator(name: str, grain: Grain, year: str) -> Indicator:
    identifier, label, direction, unit, decimals, note = ABOUT[name]
    return Indicator(
        id=identifier + ("" if grain is Grain.COMMUNE else f"-{grain.value}"),
        label=label,
        measure=Measure.RATE,
        grain=grain,
        direction=direction,
        unit=unit,
        source="INSEE, DGFiP, CNAF, CNAV, CCMSA : Filosofi",
        year=year,
        among="habitants des ménages fiscaux",
        url="https://www.insee.fr/fr/statistiques/8984752",
        note=note + (BROKEN if year >= NEW_METHOD else ""),
        set="Filosofi : revenus et pauvreté",
        decimals=decimals,
    )


READERS = (Reader("revenus", FORMS, parse, several=True, carry=carry),)
