"""Which sheets of a file are read: the one whose columns are best understood, with those of the same shape; the others are told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from geo.communes import Atlas, departement_of_text
from geo.errors import GeoInputError
from geo.french import fold, listing, noun
from geo.imports.exported import foreign_headers, foreign_workbook
from geo.imports.settling import FILE_NAME, HIDDEN, SHEET_NAME, SHEETS, YES, Answers, Doubt
from geo.imports.tables.columns import understand
from geo.imports.tables.contents import MEMBERSHIP
from geo.imports.tables.grid import Grid
from geo.imports.tables.table import Layout, Table
from geo.remarks import Remark

JOIN = " | "
_VERSION = re.compile(
    r".*\b(?:19|20)\d\d\b.*|.*\b(?:anciens?|ancienne|archives?|copie|old|v\d+|version|sauvegarde|brouillon|avant)\b.*"
)


def understood(
    grids: Sequence[Grid], kind: str, filename: str, atlas: Atlas, answers: Answers, sheet: str | None
) -> Table:
    """Take the sheet that is asked for, else the one whose columns are best understood, with the sheets of its shape.

    Raises
    ------
    GeoInputError
        When there is no such sheet, when an answer names a role or a column that does not exist, or when no column tells of
        communes, EPCI or départements.
    """
    wanted = tuple((answers.get(SHEETS) or "").split(JOIN)) if answers.get(SHEETS) and not sheet else ()
    asked = [g for g in grids if g.name == sheet] if sheet else list(grids)
    if not asked:
        raise GeoInputError(f"{filename} : pas de feuille « {sheet} » ; il y a {listing([g.name for g in grids], 12)}.")
    if said := foreign_workbook([g.name for g in grids]):
        raise GeoInputError(f"{filename} : {said}")
    concealed = [] if sheet or answers.get(HIDDEN) == YES else [g for g in asked if g.concealed]
    asked = [g for g in asked if g not in concealed] or asked
    found = _layouts(asked, kind, atlas, answers)
    ours = [foreign_headers(layout.names) for _, layout in found]
    if any(ours):
        found = [f for f, said in zip(found, ours, strict=True) if not said and _holds_territories(f[1])]
        if not found:
            raise GeoInputError(f"{filename} : {next(filter(None, ours))}")
    chosen = [f for f in found if f[0].name in wanted] or found
    grid, layout = max(chosen, key=lambda f: f[1].score)
    if not set(layout.roles) & {*MEMBERSHIP, "code_postal"} and not layout.wide:
        seen = listing([c.name for c in layout.columns[:12]], 12) or "aucune"
        raise GeoInputError(
            f"{filename} : aucune colonne de communes, d’EPCI ni de départements n’a été reconnue (colonnes : {seen}). "
            "Nommez une colonne « code_commune », « commune », « communes », « code_iris » ou « epci », ou indiquez-la."
        )
    table = Table(filename, kind, tuple(grids), grid, layout, parts=((grid, layout.header),))
    if not sheet and len(grids) > 1:
        table = _with_others(table, found, wanted, concealed)
    return _side_by_side(_by_sheet(table, atlas))


def _by_sheet(table: Table, atlas: Atlas) -> Table:
    """Take each sheet as a territory where several are read and no column names territories; asked about."""
    names = [grid.name for grid, _ in table.parts]
    named = {"nom", "id"} & set(table.layout.roles) or table.layout.wide
    if len(names) < 2 or named or any(departement_of_text(name, atlas) for name in names):
        return table
    answer = table.layout.answers.get("colonne/nom")
    kept = [d for d in table.layout.doubts if d.key != "colonne/nom"]
    options = (("chaque feuille est un territoire", SHEET_NAME), ("tout le fichier est un seul territoire", FILE_NAME))
    asked = Doubt("colonne", "colonne/nom", f"Aucune colonne ne nomme le territoire : chaque feuille ({listing([f'« {n} »' for n in names], 6)}) "
                  "en est-elle un ?", value=SHEET_NAME, proposal=SHEET_NAME, blocking=answer is None,
                  candidates=(*options, *((name, name) for name in table.layout.names[:40])))  # fmt: skip
    return replace(table, layout=replace(table.layout, doubts=(*kept, asked)), by_sheet=answer in (None, SHEET_NAME))


def _side_by_side(table: Table) -> Table:
    """Read too the tables beside the first one, under the same headers: « CLSM, Commune, CLSM, Commune »."""
    layout, names = table.layout, table.layout.names
    playing = [name for role, name in layout.understanding.items() if role in ("nom", *MEMBERSHIP)]
    parts, number = list(table.parts), 2
    while "nom" in layout.roles and len(playing) > 1 and all(f"{name} ({number})" in names for name in playing):
        places = [names.index(f"{name} ({number})") if f"{name} ({number})" in names else -1 for name in names]
        for grid, header in table.parts:
            rows = [[row[p] if 0 <= p < len(row) else "" for p in places] for row in grid.rows]
            parts.append((replace(grid, rows=rows), header))
        number += 1
    if len(parts) == len(table.parts):
        return table
    told = Remark("à savoir", "", f"{number - 1} tableaux côte à côte, de mêmes titres, sont lus ensemble.")
    return replace(table, parts=tuple(parts)).saying([told])


def _layouts(grids: Sequence[Grid], kind: str, atlas: Atlas, answers: Answers) -> list[tuple[Grid, Layout]]:
    found: list[tuple[Grid, Layout]] = []
    problem: GeoInputError | None = None
    for grid in grids:
        try:
            found.append((grid, understand(grid.rows, kind, atlas, answers)))
        except GeoInputError as error:
            problem = error
    if not found:
        raise problem or GeoInputError("aucune feuille lisible.")
    return found


def _with_others(
    table: Table, found: Sequence[tuple[Grid, Layout]], wanted: Sequence[str], concealed: Sequence[Grid]
) -> Table:
    """Add the sheets of the same shape, and tell the others."""
    layout, grid = table.layout, table.grid
    same = [(g, own) for g, own in found if g is not grid and _same_shape(own, layout)]
    apart = [g for g, own in found if g is not grid and not _same_shape(own, layout) and _holds_territories(own)]
    versions = [g for g, _ in [(grid, layout), *same] if _VERSION.fullmatch(fold(g.name))] if same else []
    taken = [(g, own) for g, own in found if g is not grid and g.name in wanted] if wanted else [] if versions else same
    parts = [(grid, layout.header), *((_reordered(g, own, layout), own.header) for g, own in taken)]
    parts.sort(key=lambda part: [g.name for g in table.grids].index(part[0].name))
    read = [g.name for g, _ in parts]
    left = [g for g in table.grids if g.name not in read and g not in concealed]
    remarks = []
    if len(parts) > 1:
        names = listing([f"« {name} »" for name in read], 8)
        remarks.append(Remark("à savoir", "", f"{len(parts)} feuilles de même forme sont lues ensemble : {names}."))
    if left:
        rest = listing([f"« {g.name} »" for g in left], 6)
        said = f"seule la feuille « {grid.name} » est lue" if len(parts) == 1 else "le reste n’est pas lu"
        remarks.append(Remark("à savoir", "", f"{said} ; laissées : {rest}."))
    if concealed:
        names = listing([f"« {g.name} »" for g in concealed], 6)
        remarks.append(
            Remark(
                "à savoir",
                "",
                f"{noun(len(concealed), 'feuille masquée, laissée', 'feuilles masquées, laissées')} de côté : {names}.",
                f"Dites s’il faut {noun(len(concealed), 'la', 'les')} lire aussi.",
            )
        )
    open_ones = [g for g in (*versions, *apart) if g.name not in read] if not wanted else []
    doubts = _doubts(table, found, read, open_ones, concealed)
    aside = sum(any(any(c.strip() for c in row) for row in g.rows) for g in (*open_ones, *concealed))
    return replace(table, parts=tuple(parts), doubts=doubts, aside=aside).saying(remarks)


def _doubts(
    table: Table,
    found: Sequence[tuple[Grid, Layout]],
    read: Sequence[str],
    open_ones: Sequence[Grid],
    concealed: Sequence[Grid],
) -> tuple[Doubt, ...]:
    doubts = []
    usable = [g.name for g, own in found if _holds_territories(own) or g.name in read]
    if len(usable) > 1:
        options = [*((name, name) for name in usable), (f"toutes ({len(usable)})", JOIN.join(usable))]
        said = f"Le classeur a plusieurs feuilles de territoires ({listing([f'« {n} »' for n in usable], 8)}) : lesquelles lire ?"
        doubts.append(
            Doubt(
                "feuille", SHEETS, said, proposal=JOIN.join(read), candidates=tuple(options), blocking=bool(open_ones)
            )
        )
    if concealed:
        subject, them = (
            ("Une feuille est masquée", "la") if len(concealed) == 1 else ("Des feuilles sont masquées", "les")
        )
        said = f"{subject} ({listing([f'« {g.name} »' for g in concealed], 6)}) : faut-il {them} lire ?"
        options = [("seulement ce qui se voit", "non"), ("aussi ce qui est masqué", YES)]
        doubts.append(Doubt("feuille", HIDDEN, said, proposal="non", candidates=tuple(options), blocking=False))
    return tuple(doubts)


def _same_shape(one: Layout, other: Layout) -> bool:
    """Tell whether a sheet has the columns that play a role in another, under the same headers."""
    names = {fold(name) for name in one.names}
    return one.header >= 0 and all(fold(name) in names for name in other.understanding.values())


def _holds_territories(layout: Layout) -> bool:
    named = "nom" in layout.roles and layout.columns[layout.roles["nom"]].confidence > 0.6
    return bool(layout.wide) or (named and bool(set(layout.roles) & {*MEMBERSHIP, "code_postal"}))


def _reordered(grid: Grid, own: Layout, wanted: Layout) -> Grid:
    """Return a sheet with its columns in the order of another."""
    if own.names[: len(wanted.names)] == wanted.names:
        return grid
    at = {fold(name): place for place, name in enumerate(own.names)}
    places = [at.get(fold(name), -1) for name in wanted.names]
    rows = [[row[p] if 0 <= p < len(row) else "" for p in places] for row in grid.rows]
    return replace(grid, rows=rows)
