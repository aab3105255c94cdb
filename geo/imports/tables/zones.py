"""Territories read from a table, and their form as a layer: ids, départements, precision of their composition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from geo.communes import Atlas, departement_of
from geo.french import count, listing
from geo.imports.draft import zone_id
from geo.imports.tables.columns import Layout
from geo.imports.tables.grid import Grid
from geo.layers import Precision, whole_members, zones_frame
from geo.remarks import Remark

ATTRIBUTES = ("territoire", "annee", "annee_source", "source_titre", "source_url", "status", "note")


@dataclass
class TableZone:
    """A territory while its rows are read."""

    name: str
    ident: str
    first: int
    words: dict[str, str] = field(default_factory=dict)
    members: dict[int, bool] = field(default_factory=dict)
    rows_of: dict[int, int] = field(default_factory=dict)
    precisions: set[Precision] = field(default_factory=set)
    stated: Precision | None = None
    departement: str = ""
    refused: list[int] = field(default_factory=list)
    accepted: int = 0
    spellings: set[str] = field(default_factory=set)
    last: int = 0
    apart: int = 0


def frames(zones: Sequence[TableZone], kind: str, atlas: Atlas) -> tuple[pd.DataFrame, pd.DataFrame, list[Remark]]:
    """Put territories in the form of a layer: zones, members, and what is to be told of them."""
    told: list[Remark] = []
    ids: list[str] = []
    taken: set[str] = set()
    owners: list[str] = []
    precisions: list[Precision] = []
    for zone in zones:
        owner = zone.departement or _owner(zone, atlas)
        base = zone.ident or zone_id(kind, owner, zone.name)
        name, number = base, 2
        while name in taken:
            name, number = f"{base}-{number}", number + 1
        taken.add(name)
        ids.append(name)
        owners.append(owner)
        precisions.append(_precision(zone, told))
        if zone.apart:
            told.append(Remark("à savoir", f"territoire « {zone.name} »", f"ce nom revient plus loin (ligne {zone.apart}), à plus de "
                               "150 km ; tout est compris comme un seul territoire.",
                               "S’il y en a deux, distinguez leurs noms ou ajoutez une colonne « id ».", zone.apart))  # fmt: skip
        if len(zone.spellings) > 1:
            spellings = listing([f"« {s} »" for s in sorted(zone.spellings)], 4)
            told.append(Remark("à savoir", f"territoire « {zone.name} »", f"écrit de plusieurs façons, compris comme un seul : "
                               f"{spellings}.", "", zone.first))  # fmt: skip
    said = {role: [zone.words.get(role, "") for zone in zones] for role in ("etat", *ATTRIBUTES)}
    frame = zones_frame(ids, nom=[zone.name for zone in zones], precision=precisions, departement=owners, **said)
    held = [(i, row, whole) for i, zone in enumerate(zones) for row, whole in zone.members.items()]
    at, rows, whole = zip(*held, strict=True) if held else ((), (), ())
    return frame, whole_members(at, rows, whole, atlas.population), told


def _owner(zone: TableZone, atlas: Atlas) -> str:
    found: dict[str, int] = {}
    for row in zone.members:
        owner = departement_of(str(atlas.codes[row]), atlas)
        found[owner] = found.get(owner, 0) + 1
    return max(sorted(found), key=lambda d: found[d]) if found else ""


def _precision(zone: TableZone, told: list[Remark]) -> Precision:
    """Say how the composition is known; a territory with refused rows is known in part only."""
    if zone.refused:
        lines = listing([str(line) for line in zone.refused], 6)
        told.append(Remark("à savoir", f"territoire « {zone.name} »", "composition connue en partie seulement : "
                                    f"ligne{'s' if len(zone.refused) > 1 else ''} {lines} à corriger.", "", zone.first))  # fmt: skip
        return Precision.PARTIELLE
    if zone.stated is not None:
        return zone.stated
    for precision in (Precision.CODES_POSTAUX, Precision.ETENDUE, Precision.DEPARTEMENT):
        if precision in zone.precisions:
            return precision
    return Precision.LUE


def file_remarks(grid: Grid, grids: Sequence[Grid], layout: Layout) -> list[Remark]:
    """Tell what was understood of the file as a whole."""
    told = []
    if grid.twice:
        told.append(Remark("réparé", "", f"{count(grid.twice, 'lettre accentuée', 'lettres accentuées')} illisible"
                           f"{'s' if grid.twice > 1 else ''} (UTF-8 lu comme du Windows-1252), rétablie{'s' if grid.twice > 1 else ''}."))  # fmt: skip
    if grid.encoding not in ("", "UTF-8"):
        told.append(Remark("à savoir", "", f"texte lu en {grid.encoding}."))
    if len(grids) > 1:
        rest = listing([f"« {g.name} »" for g in grids if g is not grid], 6)
        told.append(Remark("à savoir", "", f"seule la feuille « {grid.name} » est lue ; laissées : {rest}."))
    if layout.header > 0:
        told.append(
            Remark(
                "à savoir", "", f"en-tête trouvé ligne {layout.header + 1} ; ce qui est au-dessus est laissé de côté."
            )
        )
    if layout.header < 0:
        told.append(Remark("à savoir", "", "pas d’en-tête : la première ligne est prise comme une donnée.",
                           "Ajoutez une ligne de titres de colonnes si ce n’est pas le cas."))  # fmt: skip
    guessed = next((c for c in layout.columns if c.role == "nom" and c.confidence < 0.5), None)
    if guessed is not None and layout.header >= 0:
        told.append(Remark("à savoir", f"colonne « {guessed.name} »", "prise comme nom du territoire d’après son seul contenu.",
                           "Vérifiez, ou choisissez une autre colonne."))  # fmt: skip
    if "nom" not in layout.roles and "id" not in layout.roles:
        told.append(Remark("à savoir", "", "aucune colonne ne nomme le territoire : tout le fichier est pris comme un seul "
                           "territoire, du nom du fichier.", "Indiquez la colonne du nom s’il y en a une."))  # fmt: skip
    return told
