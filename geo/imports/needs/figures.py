"""The figures of a table under what was settled of its columns: the series of each indicator, and what is amiss in them, cell by cell."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.arrays import Bools, Floats
from geo.communes import BLANKS, Atlas
from geo.french import count, fold, number
from geo.imports.needs.linked import BASES, Column, hidden_by_others
from geo.imports.needs.places import people_of
from geo.imports.needs.plan import Item, Plan, Tally, Way
from geo.imports.needs.proposals import evolves
from geo.imports.needs.rows import Rows
from geo.indicators import (
    VALUE_COLUMNS,
    Cell,
    CellKind,
    Grain,
    Indicator,
    Measure,
    Series,
    State,
    is_one_group,
    merged_rows,
    read_cells,
    values_frame,
)
from geo.remarks import Remark

MOST_TOLD = 200  # remarks of one indicator
MEASURES = {Way.COUNT: Measure.COUNT, Way.RATIO: Measure.RATIO, Way.RATE_OF: Measure.RATIO, Way.RATE: Measure.RATE}
RECOMPUTED = "Numérateur recalculé : taux × dénominateur."
TO_SAY = "à préciser"  # a source or a year that is stated at the end


@dataclass
class Figures:
    """The rows of a table and the plan they are read under; `text` tells that the table is a text, where « 1.234 » may be a thousand."""

    plan: Plan
    header: tuple[str, ...]
    rows: Rows
    text: bool = False
    remarks: list[Remark] = field(default_factory=list)

    def cells(self, column: str, *, whole: bool) -> list[Cell]:
        """Return the cells of a column, read."""
        place = self.header.index(column)
        return read_cells((row.cells[place] for row in self.rows.kept), whole=whole, text=self.text)

    def written(self, column: str, i: int) -> str:
        """Return what row `i` has in a column, as a message shows it."""
        return " ".join(self.rows.kept[i].cells[self.header.index(column)].split())[:30]

    def refuse(self, item: Item, i: int, why: str) -> None:
        """Tell that a figure is not kept."""
        if sum(remark.kind == "refusé" for remark in self.remarks) < MOST_TOLD:
            row = self.rows.kept[i].number
            self.remarks.append(
                Remark(
                    "refusé",
                    f"ligne {row}, colonne « {item.column} »",
                    f"{why} Ce chiffre est tenu pour inconnu.",
                    "Corrigez-le.",
                    row,
                )
            )


def series_of(figures: Figures, atlas: Atlas) -> tuple[list[Series], list[Remark]]:
    """Return the series of the columns that are indicators, and what is to be told of their cells."""
    made, taken = list[Series](), set[str]()
    told = _told_by_others(figures, atlas)
    for item in figures.plan.items:
        if not item.is_indicator or item.way is None or (item.way in (Way.RATIO, Way.RATE_OF) and not item.denominator):
            continue
        identifier = _identifier(item.label or item.column, taken)
        taken.add(identifier)
        made.append(_series(figures, item, identifier, told.get(item.column)))
    return made, figures.remarks


def _told_by_others(figures: Figures, atlas: Atlas) -> dict[str, Bools]:
    """Return the rows of each column that would tell, with the others, a number hidden in one."""
    counts, rates = dict[str, Column](), dict[str, Column]()
    for item in figures.plan.items:
        if item.way in (None, Way.UNUSED) or item.column not in figures.header:
            continue
        counted = item.way in (Way.COUNT, Way.RATIO, Way.BELOW)
        cells = figures.cells(item.column, whole=counted)
        numbers = np.array([cell.number for cell in cells], dtype=float)
        hidden = np.array([cell.kind is CellKind.SECRET for cell in cells], dtype=bool)
        if counted:
            with np.errstate(invalid="ignore"):
                hidden |= (numbers > 0) & (numbers < item.secrecy)
            counts[item.column] = Column(numbers, hidden, item.is_indicator)
        else:
            bases = (1.0, 100.0) if item.unit.strip() == "%" else (item.multiplier,) if item.multiplier > 1 else BASES
            rates[item.column] = Column(numbers, hidden, bases=bases)
    if not any(column.hidden.any() for column in counts.values()):
        return {}
    people = [people_of(row.code, figures.plan.grain or Grain.COMMUNE, atlas) for row in figures.rows.kept]
    known = Column(np.array(people, dtype=float), np.zeros(len(people), dtype=bool), shown=False)
    return hidden_by_others({**counts, "": known}, rates)


def scale_of(item: Item) -> float:
    """Return what the values are multiplied by; as long as that is not settled, shares from 0 to 1 are read so unless the header says « % »."""
    return item.scale if item.scale is not None else 1.0 if "%" in item.column else 100.0


def _identifier(label: str, taken: set[str]) -> str:
    base = "-".join(re.findall(r"[a-z0-9]+", fold(label)))[:60].strip("-") or "indicateur"
    return next(one for n in range(1, len(taken) + 2) if (one := base if n == 1 else f"{base}-{n}") not in taken)


def _series(figures: Figures, item: Item, identifier: str, told: Bools | None) -> Series:
    measure = MEASURES[item.way or Way.RATE]
    whole = item.way in (Way.COUNT, Way.RATIO) or item.unit.strip().startswith("€")
    cells = figures.cells(item.column, whole=whole)
    scales = np.array([1.0 if cell.percent else scale_of(item) for cell in cells], dtype=float)
    value, state = _read(figures, item, cells, np.array([cell.number for cell in cells], dtype=float) * scales)
    _tell_kinds(figures, item, cells)
    _tell_decimals(figures, item, cells)
    columns: dict[str, Floats] = {}
    if measure is Measure.RATIO:
        below = figures.cells(item.denominator, whole=True)
        columns["denominator"] = _denominators(figures, item, below)
        hidden = _hidden_below(figures, item, below)
        state[hidden & (state == State.KNOWN)] = State.SECRET
        value = value * columns["denominator"] / item.multiplier if item.way is Way.RATE_OF else value
        _check_ratio(figures, item, value, columns["denominator"], state)
    if told is not None:
        _hide(figures, item, state, told)
    columns["rate" if measure is Measure.RATE else "numerator"] = np.where(state == State.KNOWN, value, np.nan)
    values = _by_code(figures, columns, state, measure)
    made = Series(_indicator(figures.plan, item, identifier, measure), values)
    return replace(made, indicator=replace(made.indicator, decimals=_decimals(made)))


def _decimals(series: Series) -> int:
    """Return how many decimals a figure is shown with: one, more where the middle figure would be left with a single digit, none of whole
    scores, numbers and amounts of money."""
    what, shown = series.indicator, shown_figures(series).abs()
    shown = shown[shown > 0].dropna()
    if what.measure is Measure.COUNT or what.unit.strip().startswith("€"):
        return 0
    if what.measure is Measure.RATE and len(shown) and (shown == shown.round()).all():
        return 0
    middle = float(shown.median()) if len(shown) else 1.0
    return 1 if middle >= 1 else min(4, 1 + math.ceil(-math.log10(middle)))


def _indicator(plan: Plan, item: Item, identifier: str, measure: Measure) -> Indicator:
    return Indicator(
        identifier, item.shown, measure, plan.grain or Grain.COMMUNE, item.direction, item.unit,
        plan.source.strip()[:300] or TO_SAY, (item.year or plan.year).strip()[:300] or TO_SAY, counted=item.counted, among=item.among,
        multiplier=item.multiplier if measure is Measure.RATIO else 1.0, secrecy=item.secrecy,
        note=RECOMPUTED if item.way is Way.RATE_OF else "",
    )  # fmt: skip


def _read(figures: Figures, item: Item, cells: list[Cell], value: Floats) -> tuple[Floats, npt.NDArray[np.object_]]:
    """Return the values and the state of each; those that make no sense are unknown, and told."""
    state = np.full(len(cells), State.ABSENT, dtype=object)
    evolution = evolves(f"{item.column} {item.label}")
    counts, percent = item.way in (Way.COUNT, Way.RATIO), item.unit.strip() == "%" and not evolution
    of_people = item.multiplier > 1 or item.unit.strip().startswith("pour ")
    told = any(cell.most for cell in cells)
    for i, cell in enumerate(cells):
        if cell.kind is CellKind.SECRET:  # hidden for another reason than the threshold, it is bounded by nothing
            bounded = not item.secrecy or (cell.most < item.secrecy and bool(cell.most) == told)
            state[i] = State.SECRET if bounded or item.way is Way.RATE else State.ABSENT
        elif cell.kind is CellKind.UNREADABLE:
            figures.refuse(item, i, f"« {figures.written(item.column, i)} » n’est pas un chiffre.")
        elif cell.kind is not CellKind.NUMBER:
            continue
        elif counts and value[i] < 0:
            figures.refuse(item, i, f"{figures.written(item.column, i)} : un nombre ne peut être négatif.")
        elif counts and cell.percent:
            figures.refuse(item, i, f"{figures.written(item.column, i)} : un pourcentage, où un nombre est attendu.")
        elif not counts and percent and not 0 <= value[i] <= 100:
            figures.refuse(item, i, f"{figures.written(item.column, i)} : un pourcentage va de 0 à 100.")
        elif value[i] < 0 and (item.way is Way.RATE_OF or (of_people and not evolution)):
            figures.refuse(item, i, f"{figures.written(item.column, i)} : un taux de personnes ne peut être négatif.")
        else:
            state[i] = State.KNOWN
    return value, state


def _denominators(figures: Figures, item: Item, below: list[Cell]) -> Floats:
    found = np.array([cell.number if cell.kind is CellKind.NUMBER and cell.number > 0 else np.nan for cell in below])
    for i, cell in enumerate(below):
        if cell.kind is CellKind.UNREADABLE or (cell.kind is CellKind.NUMBER and cell.number < 0):
            figures.refuse(
                item,
                i,
                f"« {figures.written(item.denominator, i)} » ne peut être un dénominateur (« {item.denominator} »).",
            )
    lacking = int(np.isnan(found).sum())
    if lacking:
        figures.remarks.append(
            Remark(
                "à savoir",
                f"colonne « {item.column} »",
                f"{count(lacking, 'territoire')} sans dénominateur : inconnus.",
            )
        )
    return found


def _hidden_below(figures: Figures, item: Item, below: list[Cell]) -> Bools:
    """Tell which denominators are hidden: by the table, or by the threshold that their own column has."""
    least = figures.plan.by_column[item.denominator].secrecy if item.denominator in figures.plan.by_column else 0
    return np.array([cell.kind is CellKind.SECRET or 0 < cell.number < least for cell in below], dtype=bool)


def _hide(figures: Figures, item: Item, state: npt.NDArray[np.object_], told: Bools) -> None:
    """Hide the figures that would tell a number hidden in another column; a number so hidden is under no threshold, and not bounded."""
    mine = told & (state == State.KNOWN)
    state[mine] = State.SECRET if item.way is Way.RATE else State.ABSENT
    if mine.any():
        said = f"{count(int(mine.sum()), 'chiffre non repris', 'chiffres non repris')} : avec les autres colonnes, il dirait un nombre secret."
        if mine.sum() > 1:
            said = said.replace("il dirait", "ils diraient")
        figures.remarks.append(Remark("à savoir", f"colonne « {item.column} »", said))


def _check_ratio(figures: Figures, item: Item, top: Floats, below: Floats, state: npt.NDArray[np.object_]) -> None:
    if item.unit.strip() != "%" or evolves(f"{item.column} {item.label}"):
        return
    over = (state == State.KNOWN) & (top > below * (1 + 1e-9))
    for i in np.flatnonzero(over).tolist():
        figures.refuse(item, i, f"le numérateur ({figures.written(item.column, i)}) dépasse le dénominateur "
                       f"({figures.written(item.denominator, i)}).")  # fmt: skip
        state[i] = State.ABSENT


def _tell_kinds(figures: Figures, item: Item, cells: list[Cell]) -> None:
    """Say how many cells of each kind are not figures, and how many were mended."""
    kinds = Counter(cell.kind for cell in cells)
    where = f"colonne « {item.column} »"
    words = (
        (CellKind.SECRET, "chiffre secret", "chiffres secrets"), (CellKind.UNKNOWN, "chiffre inconnu (« nd », « - », « NA »…)", "chiffres inconnus (« nd », « - », « NA »…)"),
        (CellKind.BLANK, "case vide, inconnue", "cases vides, inconnues"),
    )  # fmt: skip
    said = [count(kinds[kind], one, many) for kind, one, many in words if kinds[kind]]
    if said:
        figures.remarks.append(Remark("à savoir", where, f"{' ; '.join(said)}. Aucun n’est compté pour zéro."))
    if mended := sum(cell.mended and cell.kind is CellKind.NUMBER for cell in cells):
        figures.remarks.append(
            Remark(
                "réparé",
                where,
                f"{count(mended, 'nombre écrit', 'nombres écrits')} à la française, avec une unité ou des espaces : lus.",
            )
        )
    if scale_of(item) != 1:
        figures.remarks.append(
            Remark("à savoir", where, f"valeurs multipliées par {number(scale_of(item))} (parts écrites de 0 à 1).")
        )


def _tell_decimals(figures: Figures, item: Item, cells: list[Cell]) -> None:
    """Say how « 1.234 » was read where nothing in its column tells a thousand from decimals."""
    place = figures.header.index(item.column)
    found = [(row.cells[place].strip(BLANKS), cell) for row, cell in zip(figures.rows.kept, cells, strict=True)]
    doubtful = [(text, cell.number) for text, cell in found if is_one_group(text) and abs(cell.number) < 1000]
    if (
        figures.text
        and doubtful
        and all(cell.kind is not CellKind.NUMBER or is_one_group(text) for text, cell in found)
    ):
        text, value = doubtful[0]
        said = f"« {text} » est lu {number(value, 3)} : si son signe sépare des milliers, retirez-le de la colonne."
        figures.remarks.append(Remark("à savoir", f"colonne « {item.column} »", said))


def _by_code(
    figures: Figures, columns: dict[str, Floats], state: npt.NDArray[np.object_], measure: Measure
) -> pd.DataFrame:
    """Return the figures by code of today; those of communes merged since are put together."""
    codes = pd.Index([row.code for row in figures.rows.kept], name="code", dtype=object)
    if codes.is_unique:
        return values_frame(codes, state=state, **columns)
    frame = pd.DataFrame({name: columns.get(name, np.nan) for name in VALUE_COLUMNS[:-1]}, index=codes).assign(
        state=state
    )
    return merged_rows(frame, measure)


def tally(series: Series) -> Tally:
    """Count the figures of a series, and say the least, the middle and the most of what is shown."""
    values = series.values
    states = Counter(values["state"])
    shown = shown_figures(series).dropna()
    found = (shown.min(), shown.median(), shown.max()) if len(shown) else (np.nan, np.nan, np.nan)
    return Tally(states[State.KNOWN], states[State.SECRET], states[State.ABSENT], *map(float, found))


def shown_figures(series: Series) -> pd.Series:
    """Return the figure of each territory as it is shown: the number, or the rate in its unit; NaN where there is none."""
    values, what = series.values, series.indicator
    if what.measure is Measure.COUNT:
        return values["numerator"]
    if what.measure is Measure.RATE:
        return values["rate"]
    return what.multiplier * values["numerator"] / values["denominator"]


def renamed(series: Series, identifier: str, source: str, year: str, name: str) -> Series:
    """Return a series under the identifier, source, year and set that it is kept with."""
    what = replace(series.indicator, id=identifier, source=source, year=year, set=name)
    return Series(what, series.values)
