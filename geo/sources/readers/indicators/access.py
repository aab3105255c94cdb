"""Potential access to care (APL, DREES): consultations within reach of an inhabitant, by commune or arrondissement.

The DREES gives with each APL the standardised population that it is to be weighted by. So the score is kept as a ratio: consultations
over standardised inhabitants, both of which add up. Without that population a score stays alone, never averaged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from geo.communes import Atlas
from geo.french import listing
from geo.indicators import Direction, Grain, Indicator, Measure, Series, State
from geo.sources.readers.base import Reader, ReadReport
from geo.sources.readers.indicators.figures import (
    Gathered,
    carry,
    count_series,
    finish,
    rate_series,
    read_column,
    settle,
    with_states,
    years_of,
)
from geo.sources.readers.indicators.territories import TOTALS, added_up, as_published, on_communes
from geo.sources.readers.tables import Form, Source, find, read_table

CODE = "codecommuneinsee codecommune codgeo codeinsee depcom commune"
ABOUT = {
    "medecins": ("apl-medecins-generalistes", "Accès aux médecins généralistes (APL)", "aplaux(medecins)?generalistes.? aplmg(hmep)?",
                 "consultations de généraliste accessibles en un an"),
    "psychiatres": ("apl-psychiatres", "Accès aux psychiatres (APL)", "aplaux(medecins)?psychiatres.?",
                    "consultations de psychiatre accessibles en un an"),
}  # fmt: skip
FORMS = tuple(
    Form(
        f"{label} par commune (Code commune INSEE, APL, population standardisée)",
        {"code": CODE, "apl": pattern},
        {"weight": "population(feminine)?standardisee.*", "people": "populationtotale.*", "annee": "an annee"},
        values={"code": rf"(?i)[0-9ab]{{4,5}}(\.0)?|{TOTALS}"},
    )
    for _, label, pattern, _ in ABOUT.values()
)
YEARS = (r"(?i)mill[ée]sime\s*:?\s*(20\d\d)", r"\(APL\)\s*(20\d\d)", r"(?i)\bAPL\D{0,60}(20\d\d)")


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read the last year of every file, each sheet of a workbook being a year.

    Raises
    ------
    GeoInputError
        With every problem: a figure that is none, a commune given twice.
    """
    notes: list[str] = []
    made = Gathered(notes)
    for path in sorted({source.path for source in sources}):
        sheets = find(path, FORMS, every_sheet=True)
        last = max(map(year_of, sheets))
        for source in (sheet for sheet in sheets if year_of(sheet) == last):
            made.add(_read(source, last or "année non indiquée", atlas, notes), f"{source.name}, {source.peek.sheet}")
    return finish(made.series, destination, atlas, notes, listing(dict.fromkeys(s.name for s in sources)))


def year_of(source: Source) -> str:
    """Return the year of the APL: of the sheet's name, or of its titles, never that of the populations in its headers; "" when neither has
    one."""
    named = re.search(r"20\d\d", source.peek.sheet)
    titles = "\n".join(" ".join(row) for row in source.peek.rows[: source.header])
    told = next((found[1] for pattern in YEARS if (found := re.search(pattern, titles))), "")
    return told or (named[0] if named else "")


def _read(source: Source, year: str, atlas: Atlas, notes: list[str]) -> Series:
    table = read_table(source)
    table = table[table["code"] != ""]  # the row of units, under the header
    if "annee" in table:
        years = years_of(table, "annee", source.name)
        year = str(years.max())
        table = table[years == year]
    problems: list[str] = []
    names = [name for name in ("apl", "weight", "people") if name in source.columns]
    table = with_states(
        table, {n: read_column(table, n, problems, file=source.name, name=source.header_of(n)) for n in names}
    )
    settle(problems, source.name)
    placed = on_communes(table, atlas, notes, file=source.name)
    identifier, label, _, counted = list(ABOUT.values())[FORMS.index(source.form)]
    weighted = "weight" in names
    indicator = Indicator(
        id=identifier,
        label=label,
        measure=Measure.RATIO if weighted else Measure.RATE,
        grain=Grain.COMMUNE,
        direction=Direction.BETTER,
        unit="consultations par an et par habitant",
        source="DREES",
        year=year,
        counted=counted,
        among="habitants standardisés selon l’âge",
        url="https://data.drees.solidarites-sante.gouv.fr/explore/dataset/530_l-accessibilite-potentielle-localisee-apl/",
        note="Médecins de ville seuls, selon la distance et l’activité ; moyenne d’un territoire pondérée par la population standardisée, "
        "comme le demande la DREES."
        if weighted
        else "Médecins de ville seuls, selon la distance et l’activité ; sans population standardisée, jamais moyenné.",
        set="DREES : accessibilité potentielle localisée",
    )
    if not weighted:
        people = {"denominator": "people"} if "people" in names else {}
        return rate_series(indicator, as_published(placed, notes, file=source.name), rate="apl", **people)
    state = placed["apl_state"].where(placed["apl_state"] != State.KNOWN, placed["weight_state"])
    placed = placed.assign(reach=placed["apl"] * placed["weight"], reach_state=state)
    return count_series(
        indicator, added_up(placed, ("reach", "weight"), atlas, notes, file=source.name), "reach", "weight"
    )


READERS = (Reader("apl", FORMS, parse, several=True, carry=carry),)
