"""Census of INSEE: ages, families and people living alone, by commune (arrondissements of Paris, Lyon and Marseille) or by IRIS.

Columns are named by year (`P22_POP0014`, `C22_FAMMONO`), several years in one file: those of the last year are read. Figures are
estimates, with decimals; they add up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from geo.communes import Atlas
from geo.files import column_key
from geo.french import listing
from geo.indicators import Direction, Grain, Indicator, Measure, Series, write_series
from geo.sources.readers.base import Reader, ReadReport
from geo.sources.readers.indicators.figures import (
    PRODUCT,
    Gathered,
    carry,
    count_series,
    finish,
    read_column,
    settle,
    with_states,
)
from geo.sources.readers.indicators.territories import TOTALS, added_up, on_communes, on_iris
from geo.sources.readers.tables import Form, Source, read_table

LEAST = 200  # INSEE: figures under 200 are to be handled with care, for they come from a survey
CODE = "codgeo codeinsee inseecom codecommune com"
VALUES = {"code": rf"(?i)[0-9ab]{{4,5}}(\.0)?|{TOTALS}"}
FORMS = (
    Form("population par âge du recensement, par commune (CODGEO, P22_POP, P22_POP0014…)",
         {"code": CODE, "all": r"p\d\dpop", "part": r"p\d\dpop0014"}, values=VALUES, absent="iris"),
    Form("familles et ménages du recensement, par commune (CODGEO, C22_MEN, C22_MENPSEUL, C22_FAM, C22_FAMMONO)",
         {"code": CODE, "all": r"c\d\dmenpseul", "part": r"c\d\dfammono"}, values=VALUES, absent="iris"),
    Form("familles et ménages du recensement, par IRIS (IRIS, C22_MEN, C22_MENPSEUL, C22_FAM, C22_FAMMONO)",
         {"code": "iris codeiris", "all": r"c\d\dmenpseul", "part": r"c\d\dfammono"}),
)  # fmt: skip


@dataclass(frozen=True)
class Share:
    """A part of a whole: `parts` are the ways to have it, each a few columns to add up; columns are written without their year."""

    id: str
    label: str
    counted: str
    among: str
    parts: tuple[tuple[str, ...], ...]
    whole: str
    direction: Direction = Direction.NEITHER


SHARES = (
    Share("moins-de-15-ans", "Habitants de moins de 15 ans", "habitants de moins de 15 ans", "habitants", (("p_pop0014",),), "p_pop"),
    Share("15-29-ans", "Habitants de 15 à 29 ans", "habitants de 15 à 29 ans", "habitants", (("p_pop1529",),), "p_pop"),
    Share("65-ans-ou-plus", "Habitants de 65 ans ou plus", "habitants de 65 ans ou plus", "habitants", (("p_pop65p",),), "p_pop"),
    Share("75-ans-ou-plus", "Habitants de 75 ans ou plus", "habitants de 75 ans ou plus", "habitants",
          (("p_pop75p",), ("p_pop7589", "p_pop90p")), "p_pop"),
    Share("familles-monoparentales", "Familles monoparentales", "familles monoparentales", "familles", (("c_fammono",),), "c_fam",
          Direction.WORSE),
    Share("menages-d-une-personne", "Ménages d’une seule personne", "ménages d’une personne", "ménages", (("c_menpseul",),), "c_men",
          Direction.WORSE),
)  # fmt: skip
PEOPLE = "p_pop"


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read every file together; of two years of an indicator, the later is kept.

    Raises
    ------
    GeoInputError
        With every problem: a figure that is none, a territory given twice, a code of no IRIS.
    """
    notes: list[str] = []
    made = Gathered(notes)
    for source in sorted(sources, key=lambda s: (FORMS.index(s.form), s.name)):
        for series in _read(source, atlas, notes):
            made.add(series, source.name)
    return finish(made.series, destination, atlas, notes, listing(s.name for s in sources))


def ages_by_iris(source: Source, destination: Path) -> tuple[str, ...]:
    """Write the ages of a file of populations by IRIS (its column `iris` known), and return the name of the product; nothing where it has
    no ages.

    Raises
    ------
    GeoInputError
        When a figure is none, or a code comes twice or is of no IRIS.
    """
    columns, year = columns_of_last_year(source, {PEOPLE, "p_pop0014"})
    if not columns:
        return ()
    destination.mkdir(parents=True, exist_ok=True)
    table = _figures(source, source.columns["iris"], columns)
    write_series(_told(on_iris(table, source.name), Grain.IRIS, columns, year), destination / PRODUCT)
    return (PRODUCT,)


def _read(source: Source, atlas: Atlas, notes: list[str]) -> list[Series]:
    asked = {re.sub(r"\\d\\d", "_", source.form.needed[role]) for role in ("all", "part")}
    columns, year = columns_of_last_year(source, asked)
    table = _figures(source, source.columns["code"], columns)
    if source.form is FORMS[-1]:
        return _told(on_iris(table, source.name), Grain.IRIS, columns, year)
    placed = on_communes(table, atlas, notes, file=source.name)
    return _told(added_up(placed, columns, atlas, notes, file=source.name), Grain.COMMUNE, columns, year)


def _figures(source: Source, code: int, columns: Mapping[str, int]) -> pd.DataFrame:
    table = read_table(replace(source, columns={"code": code, **columns}))
    problems: list[str] = []
    names = source.peek.rows[source.header]
    read = {c: read_column(table, c, problems, file=source.name, name=names[at]) for c, at in columns.items()}
    settle(problems, source.name)
    return with_states(table, read)


def _told(counted: pd.DataFrame, grain: Grain, columns: Iterable[str], year: str) -> list[Series]:
    known = set(columns)
    made = [count_series(_people(grain, year), counted, PEOPLE)] if PEOPLE in known else []
    for share in SHARES:
        way = next((way for way in share.parts if known.issuperset(way)), ())
        if way and share.whole in known:
            made.append(count_series(_indicator(share, grain, year), _summed(counted, way), "part", share.whole))
    return made


def columns_of_last_year(source: Source, asked: set[str]) -> tuple[dict[str, int], str]:
    """Return the place of each column that serves, its name without the year, for the last year that has those asked for; nothing
    where no year has them."""
    wanted = {part for share in SHARES for way in share.parts for part in (*way, share.whole)}
    found: dict[int, dict[str, int]] = {}
    for place, name in enumerate(source.peek.rows[source.header]):
        match = re.fullmatch(r"([pc])(\d\d)([a-z].*)", column_key(name))
        if match and f"{match[1]}_{match[3]}" in wanted:
            found.setdefault(int(match[2]), {}).setdefault(f"{match[1]}_{match[3]}", place)
    year = max((year for year, columns in found.items() if asked <= columns.keys()), default=0)
    return (found[year], f"20{year:02d}") if year else ({}, "")


def _summed(table: pd.DataFrame, way: Sequence[str]) -> pd.DataFrame:
    """Add columns up under the name `part`: unknown where one of them is."""
    states = table[f"{way[0]}_state"]
    for other in way[1:]:
        states = states.where(table[f"{other}_state"] == "connu", table[f"{other}_state"])
    return table.assign(part=table[list(way)].sum(axis=1, skipna=False), part_state=states)


def _indicator(share: Share, grain: Grain, year: str) -> Indicator:
    return Indicator(
        id=share.id + ("-iris" if grain is Grain.IRIS else ""),
        label=share.label,
        measure=Measure.RATIO,
        grain=grain,
        direction=share.direction,
        unit="%",
        source="INSEE, recensement de la population",
        year=year,
        counted=share.counted,
        among=share.among,
        multiplier=100.0,
        least=LEAST,
        url="https://www.insee.fr/fr/information/2880845",
        note="Estimation du recensement, sur cinq ans d’enquêtes : les effectifs de moins de 200 sont à manier avec précaution.",
        set="Recensement : âges, familles et ménages",
    )


def _people(grain: Grain, year: str) -> Indicator:
    base = _indicator(SHARES[0], grain, year)
    return replace(base, id="habitants" + ("-iris" if grain is Grain.IRIS else ""), label="Habitants (recensement)", measure=Measure.COUNT,
                   unit="habitants", counted="habitants", among="", multiplier=1.0, least=0.0, decimals=0)  # fmt: skip


READERS = (Reader("recensement", FORMS, parse, several=True, carry=carry),)
