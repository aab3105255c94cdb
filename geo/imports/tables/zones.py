"""Territories of a table as the draft of a layer: ids, départements, precision of their composition, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from geo.communes import Atlas, departement_of, history
from geo.errors import GeoInputError
from geo.files import sha256_of
from geo.french import count, fold, listing, number
from geo.imports.draft import ImportDraft
from geo.imports.tables.table import ATTRIBUTES, Table, TableZone
from geo.layers import Precision, fine_frame, whole_members, zone_id, zones_frame
from geo.remarks import Remark


def draft_of(table: Table, path: Path, atlas: Atlas) -> ImportDraft:
    """Make the draft of a layer of a table whose rows were read.

    Raises
    ------
    GeoInputError
        When no row was kept, with the first reasons.
    """
    ids = _ids(table, atlas)
    remarks = [*table.remarks, *_of_territories(table.territories)]
    remarks = [*_of_file(table), *sorted(remarks, key=lambda r: r.row)]
    if not ids and not (table.dissolved or table.without):
        reasons = [str(r) for r in remarks if r.kind == "refusé" and r.where.startswith("ligne")][:20]
        unseen = [f"{message} {advice}".strip() for message, advice in table.grid.unseen.said]
        raise GeoInputError([f"{table.file} : aucune ligne n’a pu être retenue.", *unseen, *reasons])
    return ImportDraft(
        kind=table.kind,
        zones=_zones(table, ids, atlas),
        members=_members(table.territories, atlas),
        rows=table.rows,
        accepted=table.accepted,
        remarks=tuple(remarks),
        understanding=table.layout.understanding,
        columns=table.layout.columns,
        file=table.file,
        sha256=sha256_of(path),
        size=path.stat().st_size,
        method="codes",
        sheets=tuple(g.name for g in table.grids if g.name),
        sheet=table.grid.name,
        encoding=table.grid.encoding,
        doubts=table.doubts,
        answers=replace(table.layout.answers, shape=table.layout.shape),
        shape=table.layout.shape,
        without=table.without,
        dissolved=table.dissolved,
        partly=table.partly,
        names_refused=table.names_refused,
        aside=table.aside,
        fine=_fine(table.territories),
    )


def _ids(table: Table, atlas: Atlas) -> list[str]:
    """Return the id of each territory: its own, or one made of its name, no two alike."""
    taken: dict[str, None] = {}
    for zone in table.territories:
        base = zone.ident or zone_id(table.kind, _departement(zone, atlas), zone.name)
        name, number = base, 2
        while name in taken:
            name, number = f"{base}-{number}", number + 1
        taken[name] = None
    return list(taken)


def _zones(table: Table, ids: Sequence[str], atlas: Atlas) -> pd.DataFrame:
    zones = table.territories
    return zones_frame(
        ids,
        nom=[zone.name for zone in zones],
        precision=[_precision(zone) for zone in zones],
        departement=[_departement(zone, atlas) for zone in zones],
        **{role: [zone.words.get(role, "") for zone in zones] for role in ("etat", *ATTRIBUTES)},
    )


def _members(zones: Sequence[TableZone], atlas: Atlas) -> pd.DataFrame:
    held = [(i, row, whole) for i, zone in enumerate(zones) for row, whole in zone.members.items()]
    at, rows, whole = zip(*held, strict=True) if held else ((), (), ())
    return whole_members(at, rows, whole, atlas.population)


def _fine(zones: Sequence[TableZone]) -> pd.DataFrame | None:
    held = [(i, code, share) for i, zone in enumerate(zones) for code, share in zone.iris.items()]
    return fine_frame(*zip(*held, strict=True)) if held else None


def _of_territories(zones: Sequence[TableZone]) -> Iterator[Remark]:
    for zone in zones:
        where = f"territoire « {zone.name} »"
        if zone.refused:
            lines = listing([str(line) for line in zone.refused], 6)
            yield Remark("à savoir", where, "composition connue en partie seulement : "
                         f"ligne{'s' if len(zone.refused) > 1 else ''} {lines} à corriger.", "", zone.first)  # fmt: skip
        if len(zone.spellings) > 1:
            spellings = listing([f"« {s} »" for s in sorted(zone.spellings)], 4)
            yield Remark("à savoir", where, f"écrit de plusieurs façons, compris comme un seul : {spellings}.", "",
                         zone.first)  # fmt: skip


def _departement(zone: TableZone, atlas: Atlas) -> str:
    """Return the département that the rows name, else the one of most communes, "" when there is none."""
    if zone.departement:
        return zone.departement
    found: dict[str, int] = {}
    for row in zone.members:
        owner = departement_of(str(atlas.codes[row]), atlas)
        found[owner] = found.get(owner, 0) + 1
    return max(sorted(found), key=lambda d: found[d]) if found else ""


def _precision(zone: TableZone) -> Precision:
    """Say how the composition is known; a territory with refused rows is known in part only."""
    if zone.refused:
        return Precision.PARTIELLE
    if zone.stated is not None:
        return zone.stated
    for precision in (Precision.CODES_POSTAUX, Precision.ETENDUE, Precision.DEPARTEMENT):
        if precision in zone.precisions:
            return precision
    return Precision.LUE


def _of_file(table: Table) -> list[Remark]:
    """Report what was understood of the file as a whole."""
    grid, layout = table.grid, table.layout
    found = []
    if grid.twice:
        found.append(Remark("réparé", "", f"{count(grid.twice, 'lettre accentuée', 'lettres accentuées')} illisible"
                           f"{'s' if grid.twice > 1 else ''} (UTF-8 lu comme du Windows-1252), rétablie{'s' if grid.twice > 1 else ''}."))  # fmt: skip
    if grid.spoilt:
        lines = listing([str(line) for line in grid.spoilt], 8)
        found.append(Remark("réparé", "", f"texte en UTF-8, sauf à la ligne {lines} : ces signes sont lus en Windows-1252.", "Vérifiez-les.",
                            grid.spoilt[0]))  # fmt: skip
    if grid.encoding not in ("", "UTF-8"):
        found.append(Remark("à savoir", "", f"texte lu en {grid.encoding}."))
    for sheet in {part.name: part for part, _ in table.parts}.values():
        where = f"feuille « {sheet.name} »" if len(table.parts) > 1 else ""
        found += [Remark("à savoir", where, message, advice) for message, advice in sheet.unseen.said]
    if layout.header > 0:
        found.append(
            Remark(
                "à savoir", "", f"en-tête trouvé ligne {layout.header + 1} ; ce qui est au-dessus est laissé de côté."
            )
        )
    if layout.header < 0:
        found.append(Remark("à savoir", "", "pas d’en-tête : la première ligne est prise comme une donnée.",
                           "Ajoutez une ligne de titres de colonnes si ce n’est pas le cas."))  # fmt: skip
    if "nom" not in layout.roles and "id" not in layout.roles and not layout.wide and not table.by_sheet:
        found.append(Remark("à savoir", "", "aucune colonne ne nomme le territoire : tout le fichier est pris comme un seul "
                           "territoire, du nom du fichier.", "Indiquez la colonne du nom s’il y en a une."))  # fmt: skip
    return found


def of_all(zones: Sequence[TableZone], atlas: Atlas) -> Iterator[Remark]:
    """Yield what is to be said of territories once all are known."""
    yield from _alone(zones, atlas)
    yield from _shared(zones, atlas)
    yield from _split_since(zones, atlas)
    yield from _miscounted(zones, atlas)


def _alone(zones: Sequence[TableZone], atlas: Atlas) -> Iterator[Remark]:
    """Report that the names of the territories are those of their communes: each commune then is one territory."""
    if len(zones) > 1 and all(
        len(z.members) == 1 and fold(z.name) == fold(str(atlas.names[next(iter(z.members))])) for z in zones
    ):
        yield _told("à savoir", 0, "les noms de territoires sont ceux des communes : chaque commune est prise comme un territoire "
                   "à part.", "S’il s’agit d’un seul territoire, indiquez que cette colonne est le nom de la commune.")  # fmt: skip


def _shared(zones: Sequence[TableZone], atlas: Atlas) -> Iterator[Remark]:
    """Report the communes that are in several territories; kept, for this happens."""
    owners: dict[int, list[TableZone]] = {}
    for zone in zones:
        for row, whole in zone.members.items():
            if whole:
                owners.setdefault(row, []).append(zone)
    for row, several in owners.items():
        if len(several) > 1:
            names = listing([f"« {zone.name} » (ligne {zone.rows_of[row]})" for zone in several], 4)
            label = atlas.label(atlas.codes[row])
            yield _told("à savoir", several[-1].rows_of[row], f"{label} est dans {len(several)} territoires : {names}.",
                       "Vérifiez ; si une partie seulement y est, écrivez « partielle » dans la colonne part_commune.")  # fmt: skip


def _split_since(zones: Sequence[TableZone], atlas: Atlas) -> Iterator[Remark]:
    """Report the communes that were larger in the past: a file of before means more than today's commune."""
    past = history(atlas).recreated
    rows = {atlas.row[code]: again for code, again in past.items() if code in atlas.row}
    for zone in zones:
        for row in rows.keys() & zone.members.keys():
            again = rows[row]
            if all(atlas.row.get(c) in zone.members for c in again.codes):
                continue
            names = listing([atlas.label(c) for c in again.codes])
            yield _told("à savoir", zone.rows_of[row], f"{atlas.label(again.source)} a perdu en {again.since[:4]} des communes "
                       f"recréées : {names}.", "Si votre fichier est d’avant, ajoutez-les.")  # fmt: skip


def _miscounted(zones: Sequence[TableZone], atlas: Atlas) -> Iterator[Remark]:
    """Report the territories of which the file announces another number of communes."""
    owner = atlas.table["commune"].to_numpy(dtype=object)
    for zone in zones:
        announced, found = zone.words.get("nombre_communes", ""), len({owner[row] for row in zone.members})
        if announced.isdigit() and zone.members and int(announced) != found:
            yield _told("à savoir", zone.first, f"« {zone.name} » : {count(found, 'commune')} d’après sa composition, le fichier en annonce "
                       f"{number(int(announced))}.", "Vérifiez sa composition.")  # fmt: skip


def _told(kind: str, line: int, message: str, advice: str = "") -> Remark:
    return Remark(kind, f"ligne {line}" if line else "", message, advice, line)  # type: ignore[arg-type]
