"""Suicide and self-harm of Odissé (Santé publique France): deaths, hospital stays, emergencies; and the health barometer by region.

One row a territory, a year, a sex and an age: only the rows of everybody are read, of the last year that is whole. The rates are
the producer's (standardised, or crude): they are never averaged; the numbers of deaths and stays add up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geo.communes import Atlas
from geo.french import count, fold, listing
from geo.indicators import Direction, Grain, Indicator, Measure, Series
from geo.sources.readers.base import Reader, ReadReport
from geo.sources.readers.indicators import barometer
from geo.sources.readers.indicators.figures import (
    Gathered,
    carry,
    count_series,
    finish,
    rate_series,
    read_column,
    refuse_repeats,
    settle,
    with_states,
    years_of,
)
from geo.sources.readers.indicators.territories import TOTALS, on_departements
from geo.sources.readers.tables import Form, Source, read_table

PRODUCER = "Santé publique France (Odissé)"
PAGE = "https://odisse.santepubliquefrance.fr/explore/dataset/"
DEPARTEMENT = "numdepartement newdpt departementcode codedepartement codedep numdep dep departement"
REGION = "reg regioncode coderegion regcode codereg"
CODE = rf"(?i)\d{{1,3}}(\.0)?|2[ab]|fr|{TOTALS}"
COMMON = {
    "annee": "annee year an annees",
    "sexe": "sexe libsexe sex",
    "age": "classedage classeage trancheage trancheedage age clage",
}
RATES = {"standardise": "tauxstandardise.* tauxstd.* txstandardise.* txstd.*", "brut": "tauxbrut.* txbrut.*"}
EVERYBODY = {
    fold(text)
    for text in ("Hommes et Femmes", "Femmes et Hommes", "Ensemble", "Tous", "Toutes", "Total", "Tous sexes", "Les deux sexes", "Tous âges",
        "Tout âge",
                 "Tous les âges", "Toutes classes d’âge", "Toutes les classes d’âge", "")
}  # fmt: skip
WHOLE = 0.95  # a year is whole when it has as many territories as this share of the fullest one


@dataclass(frozen=True)
class Topic:
    """One set of Odissé: what its columns count, and how its figures are named."""

    id: str
    label: str
    counted: str
    columns: Mapping[str, str]
    dataset: str
    note: str
    unit: str = "pour 100 000 habitants"


UNDERSTATED = "Sous-estimé : les décès de cause inconnue ou d’intention indéterminée n’y sont pas."
STAYS = "Séjours et non personnes ; hôpitaux de court séjour, sans les établissements psychiatriques."
CODING = "Dépend du codage des diagnostics et de l’offre d’urgences de chaque département : à comparer avec prudence."
TOPICS = (
    Topic("deces-par-suicide", "Décès par suicide", "décès", {"nombre": "nombrededeces nbdeces deces", **RATES},
          "suicides-deces", UNDERSTATED),
    Topic("hospitalisations-gestes-auto-infliges", "Hospitalisations pour geste auto-infligé", "séjours",
          {"nombre": "nombredesejours nbsejours sejours", **RATES}, "gestes-auto-infliges-hospitalisations", STAYS),
    Topic("urgences-gestes-auto-infliges", "Passages aux urgences pour geste auto-infligé", "passages",
          {"part": "part.*activite.* taux(de)?passages.* part(des)?passages.*"}, "gestes-auto-infliges-passages-aux-urgences",
          CODING, "part des passages codés, dans l’unité de la source"),
)  # fmt: skip
GRAINS = {Grain.DEPARTEMENT: ("departement", DEPARTEMENT), Grain.REGION: ("region", REGION)}


def _form(topic: Topic, grain: Grain) -> Form:
    first = next(iter(topic.columns))
    word, code = GRAINS[grain]
    return Form(
        f"{topic.label} par {word} (code, année, sexe, classe d’âge, {', '.join(topic.columns)})",
        {"code": code, "annee": COMMON["annee"], first: topic.columns[first]},
        {**{k: v for k, v in COMMON.items() if k != "annee"}, **{k: v for k, v in topic.columns.items() if k != first}},
        values={"code": CODE},
        absent="|".join(DEPARTEMENT.split()[:-2]) if grain is Grain.REGION else "",
    )


MEANT = {(form := _form(topic, grain)).name: (topic, grain) for topic in TOPICS for grain in GRAINS}
FORMS = (*(_form(topic, grain) for topic in TOPICS for grain in GRAINS), barometer.FORM)


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read every set together; of two years of a set, the later is kept.

    Raises
    ------
    GeoInputError
        With every problem: a figure that is none, a territory given twice, no row of everybody.
    """
    notes: list[str] = []
    made = Gathered(notes)
    for source in sorted(sources, key=lambda s: (FORMS.index(s.form), s.name)):
        read = barometer.read if source.form is barometer.FORM else _read
        for series in read(source, atlas, notes):
            made.add(series, source.name)
    return finish(made.series, destination, atlas, notes, listing(s.name for s in sources))


def _read(source: Source, atlas: Atlas, notes: list[str]) -> list[Series]:
    topic, grain = MEANT[source.form.name]
    table = _of_everybody(read_table(source), source.name)
    table = on_departements(table, atlas, notes, file=source.name, regions=grain is Grain.REGION)
    table = table.assign(year=years_of(table, "annee", source.name))
    refuse_repeats(table, ["code", "year"], source.name, f"{GRAINS[grain][0]} et par année")
    table = last_whole_year(table, notes, file=source.name)
    problems: list[str] = []
    columns = {name: read_column(table, name, problems, file=source.name, name=source.header_of(name), below="absent")
               for name in topic.columns if name in source.columns}  # fmt: skip
    settle(problems, source.name)
    table = with_states(table, columns).set_index("code")
    return [_series(topic, grain, name, source, table) for name in columns]


def _of_everybody(table: pd.DataFrame, file: str) -> pd.DataFrame:
    """Keep the rows of both sexes and every age."""
    for column, word in (("sexe", "les deux sexes"), ("age", "tous les âges")):
        if column in table:
            kept = table[table[column].map(lambda text: fold(text).removesuffix(" confondus") in EVERYBODY)]
            if kept.empty:
                shown = listing(table[column].unique().tolist(), 6)
                settle([f"{file} : aucune ligne pour {word} ensemble ; valeurs trouvées : {shown}."], file)
            table = kept
    return table


def last_whole_year(table: pd.DataFrame, notes: list[str], *, file: str) -> pd.DataFrame:
    """Keep the rows (`year`, a text) of the last year that has almost every territory, and say which years were passed over."""
    sizes = table.groupby("year").size()
    whole = sizes.index[sizes >= WHOLE * sizes.max()].max()
    later = [year for year in sizes.index if year > whole]
    if later:
        notes.append(f"{file} : {listing(later)} encore {'incomplète' if len(later) == 1 else 'incomplètes'}, de côté.")
    if len(sizes) > 1 + len(later):
        notes.append(
            f"{file} : {whole} est retenue ; {count(len(sizes) - 1 - len(later), 'année')} avant elle, de côté."
        )
    return table[table["year"] == whole]


# Two rates of one count differ by whom they are out of: alike, they would be taken for one.
AMONG = {
    "nombre": "",
    "standardise": "habitants, à structure d’âge égale",
    "brut": "habitants",
    "part": "passages aux urgences codés",
}
NAMED = {
    "nombre": ("", "{label}, nombre", ""),
    "standardise": ("-taux-standardise", "{label}, taux standardisé sur l’âge", ""),
    "brut": ("-taux", "{label}, taux brut", ""),
    "part": ("", "{label}, part des passages", ""),
}


def _series(topic: Topic, grain: Grain, name: str, source: Source, table: pd.DataFrame) -> Series:
    suffix, label, _ = NAMED[name]
    word = GRAINS[grain][0]
    counts = name == "nombre"
    written = re.search(r"(?i)pour (\d[\d\s\u202f\u00a0]*\d)|%", source.header_of(name))
    indicator = Indicator(
        id=f"{topic.id}{suffix}" + ("-region" if grain is Grain.REGION else ""),
        label=label.format(label=topic.label),
        measure=Measure.COUNT if counts else Measure.RATE,
        grain=grain,
        direction=Direction.WORSE,
        unit=topic.counted if counts else (written[0] if written and name == "part" else topic.unit),
        source=PRODUCER,
        year=str(table["year"].iat[0]),
        counted=topic.counted,
        among=AMONG[name],
        url=f"{PAGE}{topic.dataset}-{word}/",
        note=topic.note,
        set=topic.label,
        decimals=0 if counts else 1,
    )
    return count_series(indicator, table, name) if counts else rate_series(indicator, table, rate=name)


READERS = (Reader("odisse", FORMS, parse, several=True, carry=carry),)
