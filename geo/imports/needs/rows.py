"""The rows of a table of indicators: each accepted under the code of its territory, refused with why, or set aside (totals, notes)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from geo.communes import BLANKS, Atlas, departement_of, departement_of_text
from geo.french import count, fold, listing
from geo.imports.needs.contradictions import contradictions
from geo.imports.needs.places import GRAIN_NAMES, Placed, grain_of_header, is_total, place_of
from geo.indicators import CellKind, Grain, read_cell
from geo.remarks import Remark

_NOTE = re.compile(r"(?:sources?|notes?|lecture|champ|nb|n b|avertissement|precision|legende|donnees|methode)\b")
MOST_AROUND = 3  # départements of a table, for a name that several communes of France have
MOST_TOLD = 2_000  # remarks of one file


@dataclass(frozen=True)
class Row:
    """A row kept: its number in the file, the code of its territory, its cells; `former` is the code of a commune merged since."""

    number: int
    code: str
    cells: tuple[str, ...]
    repaired: bool = False
    former: str = ""


@dataclass
class Rows:
    """The rows read."""

    kept: list[Row] = field(default_factory=list)
    refused: int = 0
    aside: int = 0
    remarks: list[Remark] = field(default_factory=list)

    def told(self, kind: str, number: int, message: str, advice: str = "") -> None:
        """Tell something of a row."""
        if len(self.remarks) < MOST_TOLD:
            self.remarks.append(Remark(kind, f"ligne {number}" if number else "", message, advice, number))  # type: ignore[arg-type]


def read_rows(
    table: Sequence[tuple[int, tuple[str, ...]]], header: Sequence[str], place: int, grain: Grain, atlas: Atlas
) -> Rows:
    """Read the territory of each row.

    A row that names a total, or is a note under the table, is set aside. One whose code and name are of two territories is refused. Two rows of one territory that differ are both refused; the same
    row twice counts once. The row of a whole city is set aside where its arrondissements have theirs.
    """
    rows = Rows()
    beside = next(
        (i for i, name in enumerate(header) if i != place and grain_of_header(name) is Grain.DEPARTEMENT), None
    )
    around = cache(lambda: _around(table, place, atlas))
    contradicts = contradictions(table, header, place, grain, atlas)
    for number, cells in table:
        text = cells[place].strip(BLANKS)
        if _set_aside(rows, number, text, cells, place):
            continue
        if not text:
            rows.refused += 1
            rows.told(
                "refusé", number, f"la colonne « {header[place]} » est vide.", "Donnez le code ou le nom du territoire."
            )
            continue
        owner = departement_of_text(cells[beside], atlas) if beside is not None and grain is Grain.COMMUNE else None
        found = place_of(text, grain, atlas, owner)
        if not found.code and grain is Grain.COMMUNE and owner is None:
            found = _among(text, around(), atlas) or found
        if not found.code:
            rows.refused += 1
            rows.told("refusé", number, found.message, found.advice or "Corrigez le territoire, ou retirez la ligne.")
            continue
        if against := contradicts(found.code, text, cells):
            rows.refused += 1
            rows.told("refusé", number, against, "Corrigez le code ou le nom, ou retirez la ligne.")
            continue
        if found.message:
            rows.told("réparé", number, found.message)
        rows.kept.append(Row(number, found.code, cells, found.repaired, _merged_code(found, atlas)))
    _without_doubles(rows, place)
    if grain is Grain.COMMUNE:
        _without_cities(rows, atlas)
    _merged(rows, grain)
    return rows


def _merged_code(found: Placed, atlas: Atlas) -> str:
    """Return the former code of a commune merged into another; "" for one that only changed its code, which is the same territory."""
    name = atlas.former[found.former][1] if found.former in atlas.former else found.former
    today = atlas.names[atlas.row[found.code]] if found.code in atlas.row else ""
    return "" if fold(name) == fold(str(today)) else found.former


def _around(table: Sequence[tuple[int, tuple[str, ...]]], place: int, atlas: Atlas) -> set[str]:
    """Return the départements that the communes named without a doubt are in."""
    sure = [
        place_of(text, Grain.COMMUNE, atlas).code
        for _, cells in table
        if (text := cells[place].strip(BLANKS)) and not is_total(text)
    ]
    return {departement_of(code, atlas) for code in sure if code}


def _among(text: str, departements: set[str], atlas: Atlas) -> Placed | None:
    """Return the commune of a name that one only of some départements has, None when several have one, or none."""
    if not 0 < len(departements) <= MOST_AROUND:
        return None
    found = [one for owner in sorted(departements) if (one := place_of(text, Grain.COMMUNE, atlas, owner)).code]
    if len(found) != 1:
        return None
    said = f"« {text[:40]} » : {atlas.label(found[0].code) if found[0].code in atlas.row else found[0].code}, la seule des départements du tableau."
    return Placed(found[0].code, said, True, found[0].former)


def _set_aside(rows: Rows, number: int, text: str, cells: Sequence[str], place: int) -> bool:
    filled = [cell for cell in cells if cell.strip(BLANKS)]
    words = [] if text else [cell for cell in filled if read_cell(cell).kind is CellKind.UNREADABLE]
    total = is_total(text) or any(is_total(word) for word in words)
    if total:
        said = text or next(word for word in words if is_total(word))
        rows.told(
            "à savoir",
            number,
            f"« {' '.join(said.split())[:40]} » : ligne de total, mise de côté ; elle n’est ni ajoutée ni comptée.",
        )
    elif (len(filled) == 1 and (len(text) > 25 or _NOTE.match(fold(text)))) or (
        not text and words and len(words) == len(filled)
    ):
        rows.told("à savoir", number, f"« {filled[0].strip()[:60]} » : note, mise de côté.")
    else:
        return False
    rows.aside += 1
    return True


def _without_doubles(rows: Rows, place: int) -> None:
    """Refuse the rows of a territory written several times with figures that differ; keep one of those that say the same."""
    groups = defaultdict[tuple[str, str], list[Row]](list)
    for row in rows.kept:
        groups[row.code, row.former].append(row)
    gone = set[int]()
    for (code, former), group in groups.items():
        if len(group) == 1:
            continue
        numbers = listing([str(row.number) for row in group], 8)
        if len({(*row.cells[:place], *row.cells[place + 1 :]) for row in group}) == 1:
            gone.update(row.number for row in group[1:])
            rows.aside += len(group) - 1
            rows.told(
                "à savoir",
                group[1].number,
                f"{former or code} : la même ligne plusieurs fois (lignes {numbers}), comptée une fois.",
            )
        else:
            gone.update(row.number for row in group)
            rows.refused += len(group)
            rows.told("refusé", group[0].number, f"{former or code} : plusieurs lignes aux chiffres différents (lignes {numbers}), toutes refusées.",
                      "Gardez la ligne qui est juste, ou une seule année par tableau.")  # fmt: skip
    rows.kept = [row for row in rows.kept if row.number not in gone]


def _without_cities(rows: Rows, atlas: Atlas) -> None:
    codes = {row.code for row in rows.kept}
    for city, parts in atlas.parts.items():
        if city in codes and codes & set(parts):
            for row in (row for row in rows.kept if row.code == city):
                rows.aside += 1
                rows.told("à savoir", row.number, f"{atlas.villes['nom'].get(city, city)} : ligne de la ville entière mise de côté, ses "
                          "arrondissements ont la leur.")  # fmt: skip
            rows.kept = [row for row in rows.kept if row.code != city]


def _merged(rows: Rows, grain: Grain) -> None:
    merged = [row for row in rows.kept if row.former]
    if not merged:
        return
    names = listing([row.former for row in merged], 6)
    said = f"{count(len(merged), 'ligne')} de {GRAIN_NAMES[grain]} fusionnées depuis ({names}) : leurs nombres vont à la commune d’aujourd’hui, "
    rows.told("à savoir", 0, f"{said}leurs taux seuls ne sont pas moyennés.")
    own = {row.code: row for row in rows.kept if not row.former}
    for code in sorted({row.code for row in merged} & own.keys()):
        parts = listing([row.former for row in merged if row.code == code], 6)
        rows.told("à savoir", own[code].number, f"{code} a sa ligne, et {parts} aussi, qui en {'font' if ',' in parts or ' et ' in parts else 'fait'} partie : "
                  "les nombres sont additionnés.", "Si la première compte déjà tout, retirez les autres.")  # fmt: skip
