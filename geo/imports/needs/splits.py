"""Columns that say of whom or of when each row is (sex, age, year): a territory then has several rows, of which one kind is kept."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from geo.communes import BLANKS
from geo.french import fold, listing
from geo.imports.needs.places import is_total
from geo.imports.needs.plan import Plan, Question, Split
from geo.indicators import CellKind, read_cell
from geo.remarks import Remark

MOST_VALUES = 60
_WHOLE = re.compile(
    r"(?:ensemble|total|tous?|toutes?|tout|les deux sexes|deux sexes|hommes et femmes|h f)\b.*|0 tous.*|t"
)
_DIMENSION = re.compile(
    r"(?:annees?|millesime|periode|an|date|sexe|genre|age|classe|tranche|categorie|type|trimestre|mois|public|modalite)\b.*"
)
YEARS = re.compile(r"(?:19|20)\d\d(?:\s*[-/]\s*(?:19|20)?\d\d)?")  # « 2022 », « 2020-2022 »

Lines = Sequence[tuple[int, tuple[str, ...]]]


def is_dimension(header: str) -> bool:
    """Tell whether a header says of whom or of when a row is: « année », « sexe », « classe d’âge »."""
    return bool(_DIMENSION.fullmatch(fold(header)))


def find_splits(rows: Lines, header: Sequence[str], place: int, aside: set[str], plan: Plan) -> list[Split]:
    """Return the columns that tell the rows of a territory apart, with the value that is kept: what was settled, else the whole
    (« Ensemble »), else the newest year. `aside` names the columns that are territories."""
    groups = defaultdict[str, list[tuple[str, ...]]](list)
    for _, cells in rows:
        if (text := cells[place].strip(BLANKS)) and not is_total(text):
            groups[text].append(cells)
    several = [group for group in groups.values() if len(group) > 1]
    settled = dict(plan.only)
    found = []
    for i, name in enumerate(header):
        if i == place or name in aside or not any(len({cells[i] for cells in group}) > 1 for group in several):
            continue
        values = tuple(dict.fromkeys(value for _, cells in rows if (value := cells[i].strip(BLANKS))))
        words = sum(read_cell(value).kind is CellKind.UNREADABLE for value in values)
        named = is_dimension(name)
        if not 1 < len(values) <= MOST_VALUES or not (named or words == len(values)):
            continue
        whole = next((value for value in values if _WHOLE.fullmatch(fold(value))), "")
        newest = max(values) if all(YEARS.fullmatch(value) for value in values) else ""
        chosen = settled.get(name, "") if settled.get(name, "") in values else ""
        found.append(Split(name, values, chosen or whole or newest, sure=bool(chosen or whole)))
    return found


def only(rows: Lines, header: Sequence[str], splits: Sequence[Split]) -> tuple[Lines, int, list[Remark]]:
    """Return the rows that are kept, how many are set aside, and what is to be told of them."""
    aside, remarks = 0, list[Remark]()
    for split in splits:
        if not split.kept:
            continue
        place = header.index(split.column)
        left = [(n, cells) for n, cells in rows if cells[place].strip(BLANKS) in (split.kept, "")]
        others = listing([f"« {value} »" for value in split.values if value != split.kept], 6)
        said = f"Seules les lignes « {split.kept} » sont retenues ; celles de {others} sont mises de côté, jamais additionnées."
        remarks.append(Remark("à savoir", f"colonne « {split.column} »", said))
        aside, rows = aside + len(rows) - len(left), left
    return rows, aside, remarks


def questions(splits: Sequence[Split]) -> list[Question]:
    """Return what is to be asked: of several years or kinds of rows, which to keep."""
    return [
        Question(split.column, f"La colonne « {split.column} » a plusieurs valeurs ({listing(split.values, 6)}) : dites lesquelles garder.",
                 tuple((value, value) for value in split.values), split.kept)
        for split in splits if not split.sure
    ]  # fmt: skip
