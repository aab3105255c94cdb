"""The health barometer of Santé publique France by region: what adults say of themselves, with the interval of the survey.

One row an indicator and a group; only the rows where nothing but the region is told apart are read. Regions differ less than it
seems: the interval goes with each figure.
"""

from __future__ import annotations

import re

import pandas as pd

from geo.communes import Atlas
from geo.french import fold, listing
from geo.indicators import Direction, Grain, Indicator, Measure, Series
from geo.sources.readers.indicators.figures import (
    rate_series,
    read_column,
    refuse_repeats,
    settle,
    with_states,
    years_of,
)
from geo.sources.readers.indicators.territories import on_departements
from geo.sources.readers.tables import Form, Source, read_table
from geo.visible import one_line

GROUPS = {
    "sexe": "sexe",
    "age": "classedage classeage",
    "pcs": "pcs.*",
    "diplome": "diplome.*",
    "argent": "situationfinanciere.*",
    "travail": "situationprofessionnelle.* situationpro.*",
    "menage": "typedemenage.* typemenage.*",
}
FORM = Form(
    "baromètre de Santé publique France (indicateur, région, estimation, intervalle)",
    {"indicateur": "indicateur", "code": "nouvellesregions region.* reg", "rate": "estimation"},
    {"annee": "annee", "low": "icinf.* borneinf.*", "high": "icsup.* bornesup.*", **GROUPS},
)
EVERYBODY = {"", "tous", "toutes", "ensemble", "total"}
MENTAL = re.compile(r"suicid|depress|anxi|detresse|sante mentale|insomni|sommeil|psych|solitude|bien etre")
GOOD = re.compile(r"bien etre|bonne sante|satisf")
NOTE = "Enquête déclarative : l’intervalle publié va avec le chiffre, et deux régions dont les intervalles se touchent ne se distinguent pas."
LONGEST = 100  # letters of an identifier
MOST_LETTERS = 200  # of a name


def read(source: Source, atlas: Atlas, notes: list[str]) -> list[Series]:
    """Return one series an indicator that speaks of mental health.

    Raises
    ------
    GeoInputError
        When none does, when a figure is none, or when a region has two figures for one indicator.
    """
    table = read_table(source)
    for name in GROUPS:
        if name in table:
            table = table[table[name].map(lambda text: fold(text) in EVERYBODY)]
    table = table[table["code"].map(lambda text: fold(text) not in EVERYBODY)]
    speaks = table["indicateur"].map(lambda text: bool(MENTAL.search(fold(text))))
    others = table.loc[~speaks, "indicateur"].unique().tolist()
    if not speaks.any():
        settle(
            [f"{source.name} : aucun indicateur de santé mentale par région ({listing(others, 4) or 'aucune ligne'})."],
            source.name,
        )
    if others:
        notes.append(
            f"{source.name} : indicateurs qui ne disent rien de la santé mentale, de côté ({listing(others, 4)})."
        )
    table = on_departements(table[speaks], atlas, notes, file=source.name, regions=True)
    table = table.assign(year=years_of(table, "annee", source.name) if "annee" in table else "année non indiquée")
    table = table[table["year"] == table.groupby("indicateur")["year"].transform("max")]
    refuse_repeats(table, ["code", "indicateur"], source.name, "région et par indicateur")
    problems: list[str] = []
    columns = {
        name: read_column(table, name, problems, file=source.name, name=name, below="absent")
        for name in ("rate", "low", "high")
    }
    settle(problems, source.name)
    table = with_states(table, columns)
    return [_series(str(name), group.set_index("code")) for name, group in table.groupby("indicateur", sort=True)]


def _series(name: str, table: pd.DataFrame) -> Series:
    words = "-".join(re.findall(r"[a-z0-9]+", fold(name)))[:LONGEST].strip("-")
    indicator = Indicator(
        id=f"barometre-{words}",
        label=one_line(name)[:MOST_LETTERS],
        measure=Measure.RATE,
        grain=Grain.REGION,
        direction=Direction.BETTER if GOOD.search(fold(name)) else Direction.WORSE,
        unit="%",
        source="Santé publique France, Baromètre",
        year=str(table["year"].iat[0]),
        among="adultes interrogés",
        url="https://odisse.santepubliquefrance.fr/",
        note=NOTE,
        set="Baromètre de Santé publique France",
    )
    return rate_series(indicator, table, rate="rate", low="low", high="high")
