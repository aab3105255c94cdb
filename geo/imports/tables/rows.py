"""The rows of a table → territories: one row a commune, one row a territory with a list, a column of EPCI or of départements.

The rows are walked once; each distinct text is read once, whatever the number of rows. What a row says of its territory
(état, year…) is kept from the first row of the territory that says it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np

from geo.communes import Atlas, departement_of_text, history
from geo.errors import GeoInputError
from geo.files import column_key
from geo.french import count, fold, listing
from geo.imports.draft import KINDS, MAX_ZONES
from geo.imports.tables.columns import MEMBERSHIP, PART_WORDS, YES, etat_word
from geo.imports.tables.membership import Reading, read_membership
from geo.imports.tables.table import ATTRIBUTES, Table, TableZone
from geo.layers import ETATS, PRECISIONS, Precision
from geo.remarks import Remark

TYPES = {
    "clsm": ("clsm",), "cls": ("cls",), "cpts": ("cpts",), "dac": ("dac",),
    "secteurs-adultes": ("psychiatrieadulte", "adulte", "adultes", "general", "g"),
    "secteurs-enfants": ("psychiatrieinfantojuvenile", "infantojuvenile", "enfants", "enfant", "i", "pij"),
}  # fmt: skip
TOTAL = re.compile(r"(?:sous[\s-]*)?tota(?:l|ux)\b.*|ensemble\b.*|nombre (?:de|total)\b.*", re.IGNORECASE)
WHITE = " \t\r\n\ufeff\u00a0\u200b"
TOTAL_STARTS = frozenset("tTsSeEnN")
TOTAL_ROLES = ("nom", "nom_commune", "code_commune", "communes", "departement", "epci", "id")
FAR_M = 150_000.0  # no territory is as wide
FILL_SHARE = 0.3  # as many rows without a name come from merged cells, not from a slip


def read_rows(table: Table, atlas: Atlas) -> Table:
    """Read every row of a table into its territory.

    Raises
    ------
    GeoInputError
        When there are more territories than a layer can have.
    """
    walk = _Walk(table, atlas)
    territories = tuple(walk.read())
    return replace(table, rows=walk.rows, accepted=walk.accepted, territories=territories).saying(walk.remarks)


class _Walk:
    """A walk through the rows of a table; `rows` counts those that hold something, `accepted` those kept."""

    def __init__(self, table: Table, atlas: Atlas) -> None:
        self.grid, self.layout, self.kind, self.filename = table.grid, table.layout, table.kind, table.file
        self.atlas, self.roles = atlas, table.layout.roles
        self.remarks: list[Remark] = []
        self.rows = self.accepted = 0
        self.zones: dict[str, TableZone] = {}
        self.readings: dict[tuple[str, ...], Reading] = {}
        self.filled = 0
        self.places = atlas.table[["x", "y", "epsg"]].to_numpy(dtype=float)
        self.alone = not set(self.roles) & (set(MEMBERSHIP) - {"departement"})

    def read(self) -> list[TableZone]:
        """Read every row into its territory."""
        records = self._records()
        fill = self._fills(records)
        above: dict[str, str] = {}
        for line, cells in records:
            self.rows += 1
            if fill and not cells["nom"] and not cells["id"] and above:
                for role in ("nom", "id", "departement", "type"):
                    cells[role] = cells[role] or above[role]
                self.filled += 1
            if cells["nom"] or cells["id"]:
                above = cells
            self._row(line, cells)
        if self.filled:
            rows = count(self.filled, "ligne")
            self._tell(
                "à savoir",
                0,
                f"nom du territoire repris de la ligne du dessus pour {rows} (cellules fusionnées ou vides).",
            )
        kept = [zone for zone in self.zones.values() if zone.members or zone.stated is not None]
        for zone in self.zones.values():
            if not zone.members and zone.stated is None:
                self.remarks.append(Remark("refusé", f"territoire « {zone.name} »", "aucune de ses lignes n’a pu être lue ; il n’est "
                                           "pas retenu.", "Corrigez ses communes.", zone.first))  # fmt: skip
        self._alone(kept)
        self._shared(kept)
        self._split_since(kept)
        return kept

    def _records(self) -> list[tuple[int, dict[str, str]]]:
        """Return the rows below the header as role → text, blank rows, totals, repeated headers and other types aside."""
        header = self.grid.rows[self.layout.header] if self.layout.header >= 0 else None
        head = [cell.strip() for cell in header] if header is not None else None
        wanted = {column_key(word) for word in TYPES[self.kind]}
        others = {word for kind, words in TYPES.items() if kind != self.kind for word in words}
        places = {role: self.roles.get(role, -1) for role in (*self.roles, "nom", "id", "departement", "type", "code_commune",
                                                              "nom_commune", "communes", "epci", "code_postal")}  # fmt: skip
        records: list[tuple[int, dict[str, str]]] = []
        totals: list[int] = []
        left = away = 0
        wanted_cells = tuple(places.items())
        for place in range(self.layout.header + 1, len(self.grid.rows)):
            row = self.grid.rows[place]
            width = len(row)
            cells = {role: row[at].strip(WHITE) if 0 <= at < width else "" for role, at in wanted_cells}
            if not any(cells.values()):
                if any(cell.strip() for cell in row):  # something, but in columns of no role
                    records.append((place + 1, cells))
                continue
            if head is not None and row[0].strip() == head[0] and [cell.strip() for cell in row[: len(head)]] == head:
                continue
            if any(cells[r][:1] in TOTAL_STARTS and TOTAL.fullmatch(cells[r]) for r in TOTAL_ROLES):
                totals.append(place + 1)
                continue
            word = column_key(cells["type"])
            if word and word not in wanted and word in others:
                left += 1
                continue
            if "retenue" in self.roles and column_key(cells["retenue"]) not in YES:
                away += 1
                continue
            records.append((place + 1, cells))
        if away:
            column = self.layout.understanding["retenue"]
            self._tell("à savoir", 0, f"{count(away, 'ligne')} sans « oui » dans la colonne « {column} », "
                       f"laissée{'s' if away > 1 else ''} de côté.")  # fmt: skip
        if totals:
            rows = listing([str(t) for t in totals], 8)
            self._tell("à savoir", 0, f"{count(len(totals), 'ligne')} de total, {'laissée' if len(totals) < 2 else 'laissées'} de "
                       f"côté (ligne{'s' if len(totals) > 1 else ''} {rows}).")  # fmt: skip
        if left:
            rows = count(left, "ligne d’un autre type", "lignes d’un autre type")
            self._tell("à savoir", 0, f"{rows} de dispositif, laissée{'s' if left > 1 else ''} de côté.")
        return records

    def _fills(self, records: Sequence[tuple[int, Mapping[str, str]]]) -> bool:
        """Tell whether names are written on the first row of each territory only."""
        if "nom" not in self.roles or not records:
            return False
        blank = sum(not cells["nom"] and not cells["id"] for _, cells in records)
        return blank >= FILL_SHARE * len(records) and bool(records[0][1]["nom"] or records[0][1]["id"])

    def _row(self, line: int, cells: dict[str, str]) -> None:
        name, ident = self._identity(cells)
        if not name:
            self._tell(
                "refusé",
                line,
                "le territoire manque : son nom est vide.",
                "Écrivez le nom du territoire sur cette ligne.",
            )
            return
        where = fold(ident) if ident else fold(name)
        zone = self.zones.get(where)
        if zone is None:
            if len(self.zones) >= MAX_ZONES:
                raise GeoInputError(
                    f"{self.filename} : plus de {count(MAX_ZONES, 'territoire')} ; vérifiez la colonne du nom."
                )
            zone = self.zones[where] = TableZone(name, ident, line)
        zone.spellings.add(name)
        self._words(zone, line, cells)
        asked = (cells["code_commune"], cells["nom_commune"], cells["communes"], cells["epci"], cells["departement"],
                 cells["code_postal"], cells.get("precision", ""))  # fmt: skip
        reading = self.readings.get(asked)
        if reading is None:
            reading = self.readings[asked] = read_membership(*asked, alone=self.alone, atlas=self.atlas)
        for kind, message, advice in reading.said:
            self._tell(kind, line, message, advice)
        if reading.refused:
            zone.refused.append(line)
            return
        zone.accepted += 1
        self.accepted += 1
        again = zone.members and reading.rows and zone.last != self.rows - 1 and not (zone.ident or zone.apart)
        if again and self._far(reading.rows[0], next(iter(zone.members))):
            zone.apart = line
        zone.last = self.rows
        if reading.partly:
            zone.refused.append(line)
        if reading.unlocated:
            zone.stated = zone.stated or Precision.INCONNUE
        self._join(zone, line, cells, reading)

    def _far(self, row: int, other: int) -> bool:
        """Tell whether two communes lie too far apart to be in one territory."""
        here, there = self.places[row], self.places[other]
        return bool(here[2] != there[2] or np.hypot(here[0] - there[0], here[1] - there[1]) > FAR_M)

    def _identity(self, cells: Mapping[str, str]) -> tuple[str, str]:
        if "nom" not in self.roles and "id" not in self.roles:
            stem = (
                PurePosixPath(self.filename.replace("\\", "/")).stem.replace("_", " ").strip()
                or KINDS[self.kind].singular
            )
            return stem[:200], ""
        name = " ".join(cells["nom"].split())[:200]
        ident = " ".join(cells["id"].split())[:100]
        return name or ident, ident

    def _words(self, zone: TableZone, line: int, cells: Mapping[str, str]) -> None:
        for role in ATTRIBUTES:
            text = cells.get(role, "")
            if text and role not in zone.words:
                zone.words[role] = _year(text) if role.startswith("annee") else text[:2000]
        etat = cells.get("etat", "")
        if etat:
            word = etat_word(etat)
            if word:
                zone.words.setdefault("etat", ETATS[word])
            else:  # reported even where another row gives the territory's état
                self._tell("à savoir", line, f"état « {etat[:40]} » non compris ; l’état de l’ensemble sera pris.",
                           "Écrivez : en service, annoncé, projet ou à confirmer.")  # fmt: skip
        stated = cells.get("precision", "")
        if stated and zone.stated is None:
            zone.stated = PRECISIONS.get(stated) or next((p for p in Precision if fold(p) == fold(stated)), None)
        owner = departement_of_text(cells["departement"], self.atlas) if cells["departement"] else None
        zone.departement = zone.departement or owner or ""

    def _join(self, zone: TableZone, line: int, cells: Mapping[str, str], reading: Reading) -> None:
        part = cells.get("part_commune", "")
        whole = PART_WORDS.get(column_key(part), True) if part else True
        if part and column_key(part) not in PART_WORDS:
            self._tell("à savoir", line, f"part « {part[:40]} » non comprise ; la commune est prise entière.",
                       "Écrivez « partielle » ou « entière ».")  # fmt: skip
        again = [row for row in reading.rows if row in zone.members]
        if again and len(again) == len(reading.rows):
            other = zone.rows_of[again[0]]
            labels = listing([self.atlas.label(self.atlas.codes[row]) for row in again[:3]], 3)
            self._tell("à savoir", line, f"{labels} : déjà donné{'' if len(again) == 1 else 's'} pour ce territoire ligne {other} ; "
                       "compté une fois.")  # fmt: skip
        for row in reading.rows:
            zone.members[row] = zone.members.get(row, False) or whole
            zone.rows_of.setdefault(row, line)
        if reading.precision is not None:
            zone.precisions.add(reading.precision)

    def _alone(self, zones: Sequence[TableZone]) -> None:
        """Report that the names of the territories are those of their communes: each commune then is one territory."""
        if len(zones) > 1 and all(
            len(z.members) == 1 and fold(z.name) == fold(str(self.atlas.names[next(iter(z.members))])) for z in zones
        ):
            self._tell("à savoir", 0, "les noms de territoires sont ceux des communes : chaque commune est prise comme un territoire "
                       "à part.", "S’il s’agit d’un seul territoire, indiquez que cette colonne est le nom de la commune.")  # fmt: skip

    def _shared(self, zones: Sequence[TableZone]) -> None:
        """Report the communes that are in several territories; kept, for this happens."""
        owners: dict[int, list[TableZone]] = {}
        for zone in zones:
            for row, whole in zone.members.items():
                if whole:
                    owners.setdefault(row, []).append(zone)
        for row, several in owners.items():
            if len(several) > 1:
                names = listing([f"« {zone.name} » (ligne {zone.rows_of[row]})" for zone in several], 4)
                label = self.atlas.label(self.atlas.codes[row])
                self._tell("à savoir", several[-1].rows_of[row], f"{label} est dans {len(several)} territoires : {names}.",
                           "Vérifiez ; si une partie seulement y est, écrivez « partielle » dans la colonne part_commune.")  # fmt: skip

    def _split_since(self, zones: Sequence[TableZone]) -> None:
        """Report the communes that were larger in the past: a file of before means more than today's commune."""
        past = history(self.atlas).recreated
        rows = {self.atlas.row[code]: again for code, again in past.items() if code in self.atlas.row}
        for zone in zones:
            for row in rows.keys() & zone.members.keys():
                again = rows[row]
                if all(self.atlas.row.get(c) in zone.members for c in again.codes):
                    continue
                names = listing([self.atlas.label(c) for c in again.codes])
                self._tell("à savoir", zone.rows_of[row], f"{self.atlas.label(again.source)} a perdu en {again.since[:4]} des communes "
                           f"recréées : {names}.", "Si votre fichier est d’avant, ajoutez-les.")  # fmt: skip

    def _tell(self, kind: str, line: int, message: str, advice: str = "") -> None:
        where = f"ligne {line}" if line else ""
        self.remarks.append(Remark(kind, where, message, advice, line))  # type: ignore[arg-type]


def _year(text: str) -> str:
    """Return the year of a date (2019-05-01, 01/05/2019, mai 2019); a text with several years, or none, stays."""
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
    return years[0] if len(years) == 1 else text[:80]
