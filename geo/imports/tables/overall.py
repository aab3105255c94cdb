"""What is worth saying of all the territories of a table together: communes in several, names of communes, communes split since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geo.communes import Atlas, history
from geo.french import fold, listing
from geo.imports.tables.table import TableZone
from geo.remarks import Remark


def of_all(zones: Sequence[TableZone], atlas: Atlas) -> Iterator[Remark]:
    """Yield what is to be said of territories once all are known."""
    yield from _alone(zones, atlas)
    yield from _shared(zones, atlas)
    yield from _split_since(zones, atlas)


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


def _told(kind: str, line: int, message: str, advice: str = "") -> Remark:
    return Remark(kind, f"ligne {line}" if line else "", message, advice, line)  # type: ignore[arg-type]
