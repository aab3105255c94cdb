"""The portrait as tables: one for a page or a note, with the figures as they are written, one for a workbook, with numbers.

Apart because the screen, the note, the workbook and the atlas lay out the same rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from geo.arrays import Rows
from geo.dataset import Dataset
from geo.indicators import Answer, answer, answers_over
from geo.needs.portrait import AROUND, Line, Portrait, source

NO_INDICATOR = "Aucun indicateur de besoin n’est encore là : la page Données permet d’en apporter un, par un tableau ou une source officielle."
COLUMNS = ["indicateur", "territoire", "nom", "valeur", "au_moins", "au_plus", "numerateur", "denominateur", "ecrit", "precision",
           "comparaison", "unite", "sens", "source", "annee", "avertissement"]  # fmt: skip


def portrait_headers(drawn: Portrait) -> tuple[str, ...]:
    """Return the headers of the table: the indicator, here, then what is around."""
    return ("Indicateur", "Ici", *(name for _, name in drawn.around))


def portrait_rows(drawn: Portrait) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the table; what is under a figure (numerator and denominator, year) follows a line break."""
    return tuple(
        (f"{line.indicator.label}\n{line.source}", _cell(line.mine), *(_cell(one.answer) for one in line.besides))
        for line in drawn.lines
    )


def side_by_side_rows(world: Dataset, sets: Sequence[Rows]) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a table of several sets of communes: each indicator, then its figure on each; none without an indicator."""
    if not len(world.indicators):
        return ()
    every = answers_over(world.indicators, world.atlas, sets, world.iris)
    return tuple(
        (f"{found.indicator.label}\n{source(found.indicator)}", *(_cell(answer(found, at)) for at in range(len(sets))))
        for found in every
    )


def _cell(said: Answer) -> str:
    return f"{said.figure}\n{said.detail}" if said.detail else said.figure


def portrait_frame(drawn: Portrait) -> pd.DataFrame:
    """Return every figure as numbers, a row an indicator and a territory; what is unknown is empty."""
    records = [row for line in drawn.lines for row in _records(drawn, line)]
    return pd.DataFrame(records, columns=COLUMNS)


def _records(drawn: Portrait, line: Line) -> list[tuple[object, ...]]:
    one = line.indicator
    about = (one.unit, str(one.direction), one.source, one.year, one.note)
    found = [(one.label, "Ici", drawn.name, *_numbers(line.mine), "", *about)]
    found += [(one.label, AROUND[b.kind], b.name, *_numbers(b.answer), str(b.verdict), *about) for b in line.besides]
    return found


def _numbers(said: Answer) -> tuple[object, ...]:
    numbers = (said.value, said.least, said.most, said.numerator, said.denominator)
    return (*(value if math.isfinite(value) else None for value in numbers), said.figure, said.detail)
