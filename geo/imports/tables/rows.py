"""The rows of a table → territories: one row a commune, one row a territory with a list, a column of EPCI or of départements.

The rows are walked twice: each distinct text is read once, whatever the number of rows, then names are settled where they stand.
Rows of one name far from one another are two territories.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from geo.communes import Atlas, departement_of, departement_of_text, read_code
from geo.errors import GeoInputError
from geo.french import count, fold, kilometres, listing
from geo.imports.draft import KINDS, MAX_ZONES
from geo.imports.etats import Etats, etat_of
from geo.imports.settling import ASIDE, Answers, Doubt
from geo.imports.tables.contents import MEMBERSHIP
from geo.imports.tables.membership import owner_of, read_membership
from geo.imports.tables.records import WRITE_NAME, Line, Record, records_of
from geo.imports.tables.table import ATTRIBUTES, Cells, Loose, Missed, Reading, Table, TableZone
from geo.imports.tables.where import (
    Context,
    Item,
    far_rows,
    identity,
    like,
    mostly,
    place_key,
    settle,
    single,
    touching,
    without_strays,
)
from geo.imports.tables.years import of_last_years
from geo.imports.tables.zones import of_all
from geo.imports.vocabulary import whole_word, year_of
from geo.layers import PRECISIONS, Precision
from geo.remarks import Remark

ONE, TWO = "un", "deux"
KNOWN_SHARE = 0.8  # of the communes of a file in one département: it is that of the names that stand alone
OFTEN = 0.15


def read_rows(table: Table, atlas: Atlas, answers: Answers) -> Table:
    """Read every row of a table into its territory.

    Raises
    ------
    GeoInputError
        When there are more territories than a layer can have.
    """
    return _Walk(table, atlas, answers).read()


class _Walk:
    """A walk through the rows of a table: lines `kept`, `lost` or `partly` so; one line may speak of several territories."""

    def __init__(self, table: Table, atlas: Atlas, answers: Answers) -> None:
        self.table, self.atlas, self.answers = table, atlas, answers
        self.roles = table.layout.roles
        self.records = records_of(table, answers)
        self.remarks, self.doubts = list(self.records.remarks), list(self.records.doubts)
        self.etats = Etats(answers)
        self.zones: list[TableZone] = []
        self.names_refused = 0
        self.kept, self.lost, self.partly = set[Line](), set[Line](), set[Line]()
        self.aside = self.records.aside
        self.readings: dict[Cells, Reading] = {}
        self.placed = any(key.startswith("ligne/") for key in answers.given)
        self.alone = not set(self.roles) & (set(MEMBERSHIP) - {"departement"}) and not table.layout.wide
        communes = ("code_commune", "nom_commune", "communes", "code_iris")
        self.by_commune = any(any(r.cells[c] for c in communes) for r in self.records.named)
        self.owner_of: list[str] = atlas.table["departement"].astype(str).tolist()

    def read(self) -> Table:
        groups = self._groups()
        self.everywhere = mostly(
            Counter(d for items in groups.values() for i in items for d in self._owners(i)), KNOWN_SHARE, least=3
        )
        for own in self._of_last_years([part for items in groups.values() for part in self._apart(items)]):
            self._territory(own)
        for record, why, advice in self.records.faults:
            self._fault(record, why, advice)
        self.zones.sort(key=lambda z: z.first)
        kept, dissolved = self._kept()
        self.doubts += self.etats.doubts()
        self.remarks += of_all(kept, self.atlas)
        absent, faults = ({r.at for r in rs} for rs in (self.records.absent, [f[0] for f in self.records.faults]))
        every = {i.record.at for items in groups.values() for i in items} | absent | faults
        kept_lines = self.kept | absent
        return replace(
            self.table, rows=len(every), accepted=len(kept_lines), territories=tuple(kept),
            partly=len(self.partly | (self.lost | faults) & kept_lines),
            names_refused=self.names_refused, aside=self.aside + self.table.aside, without=self._without(kept, dissolved),
            dissolved=tuple(z.name for z in dissolved), doubts=(*self.table.layout.doubts, *self.table.doubts, *self.doubts),
        ).saying(self.remarks)  # fmt: skip

    # --- rows of one territory -------------------------------------------------------------------------------------
    def _groups(self) -> dict[str, list[Item]]:
        groups: dict[str, list[Item]] = {}
        stem = PurePosixPath(self.table.file.replace("\\", "/")).stem.replace("_", " ").strip()[:200]
        unnamed = "nom" not in self.roles and "id" not in self.roles and not self.table.layout.wide
        known: dict[tuple[str, str], tuple[str, str, str]] = {}
        for record in self.records.named:
            cells = record.cells
            if unnamed:
                cells["nom"] = (self.table.by_sheet and record.sheet) or stem or KINDS[self.table.kind].singular
            texts = (cells["nom"], cells["id"])
            if texts not in known:
                known[texts] = identity(*texts)
            cells["nom"], cells["id"], key = known[texts]
            if not cells["nom"]:
                self.records.faults.append((record, "le territoire manque : son nom est vide.", WRITE_NAME))
                continue
            reading = self._reading(record)
            if reading is None:
                self.aside += 1
                continue
            owner = owner_of(cells["departement"], self.atlas)
            groups.setdefault(key, []).append(Item(record, reading, owner))
            if len(groups) > MAX_ZONES:
                raise GeoInputError(
                    f"{self.table.file} : plus de {count(MAX_ZONES, 'territoire')} ; vérifiez la colonne du nom."
                )
        return groups

    def _of_last_years(self, territories: Sequence[list[Item]]) -> Sequence[list[Item]]:
        dated = of_last_years(territories, self.answers, self.atlas)
        self.remarks, self.doubts = [*self.remarks, *dated.remarks], [*self.doubts, *dated.doubts]
        self.kept |= {item.record.at for item in dated.left}
        return dated.territories

    def _reading(self, record: Record) -> Reading | None:
        """Read a row; None when the planner set it aside."""
        cells = record.cells
        asked = Cells(cells["code_commune"], cells["nom_commune"], cells["communes"], cells["epci"], cells["departement"],
                      cells["code_postal"], cells.get("precision", ""), cells["code_iris"])  # fmt: skip
        reading = self.readings.get(asked)
        if reading is None:
            reading = self.readings[asked] = read_membership(
                asked, alone=self.alone, by_commune=self.by_commune, atlas=self.atlas
            )
        return self._answered(reading, cells["nom"]) if self.placed else reading

    def _answered(self, reading: Reading, zone: str) -> Reading | None:
        """Put the planner's answers in the place of what was open or refused."""
        rows, partial = list(reading.rows), list(reading.partial)
        loose: list[Loose] = []
        missed: list[Missed] = []
        parts: tuple[Loose | Missed, ...] = (*reading.loose, *reading.missed)
        touched = False
        for part in parts:
            answer = self.answers.get(place_key(zone, part.text))
            if answer is None:
                if isinstance(part, Loose):
                    loose.append(part)
                else:
                    missed.append(part)
                continue
            touched = True
            if answer == ASIDE:
                if not reading.listed:
                    return None
                self.aside += 1
                continue
            atoms = [self.atlas.row[a] for code in answer.split() for a in read_code(code, self.atlas).atoms]
            if not part.whole:
                partial += atoms
                continue
            rows = atoms if isinstance(part, Missed) and not part.fault else [*rows, *atoms]
        if not touched:
            return reading
        return reading._replace(rows=tuple(dict.fromkeys(rows)), partial=tuple(dict.fromkeys(partial)), loose=tuple(loose),
                                missed=tuple(missed))  # fmt: skip

    def _owners(self, item: Item) -> list[str]:
        """Return the départements that a row speaks of: those of its first communes that are sure, else the one it states."""
        rows = (
            item.reading.sure[:50]
            or tuple(row for _, row in item.reading.iris[:50])
            or single(item.reading.loose, self.atlas)
        )
        return list(dict.fromkeys(self.owner_of[r] for r in rows)) or ([item.owner] if item.owner else [])

    def _apart(self, items: list[Item]) -> list[list[Item]]:
        """Part the rows of one name that lie in several départements and do not touch: two territories, asked about."""
        if len(items) < 2 or items[0].record.cells["id"]:
            return [items]
        found: dict[str, list[Item]] = {}
        lost: list[Item] = []
        for item in items:
            owners = self._owners(item)
            if owners:
                found.setdefault(owners[0], []).append(item)
            else:
                lost.append(item)
        if len(found) < 2:
            return [items]
        name = items[0].record.cells["nom"]
        generic = fold(name) in (fold(KINDS[self.table.kind].name), fold(KINDS[self.table.kind].singular))
        groups = list(found.values()) if generic else touching(list(found.values()), self.atlas)
        groups = groups if generic or len(groups) < 2 else without_strays(groups)
        if len(groups) < 2:
            return [items]
        key = f"ligne/{fold(name)}/departements"
        answer = self.answers.get(key)
        where = listing(
            [
                f"{' et '.join(dict.fromkeys(d for i in g for d in self._owners(i)[:1]))} (ligne {g[0].record.line})"
                for g in groups
            ],
            6,
        )
        self.doubts.append(
            Doubt("ligne", key, f"« {name[:60]} » est donné dans des départements éloignés : {where}. Un seul territoire, ou plusieurs ?",
                  value=name, proposal=answer or TWO, rows=tuple(i.record.line for i in items[:200]), zone=name,
                  candidates=(("plusieurs territoires du même nom", TWO), ("un seul territoire", ONE)), blocking=answer is None)
        )  # fmt: skip
        if answer == ONE:
            return [items]
        self._tell(
            "à savoir", 0, f"« {name[:60]} » : plusieurs territoires de ce nom, {where}.", "Dites si c’est un seul."
        )
        groups[0] = sorted([*groups[0], *lost], key=lambda i: i.record.line)
        return groups

    # --- one territory ---------------------------------------------------------------------------------------------
    def _territory(self, items: list[Item]) -> None:
        first = items[0].record
        zone = TableZone(first.cells["nom"], first.cells["id"], first.line)
        self.zones.append(zone)
        context = self._context(items)
        for item in items:
            zone.spellings.add(item.record.cells["nom"])
            self._words(zone, item)
            self._row(zone, item, context)
        self._strays(zone)

    def _context(self, items: Sequence[Item]) -> Context:
        if sum(len(i.reading.loose) + len(i.reading.missed) for i in items) == 0:
            return Context(frozenset(), frozenset())
        rows = frozenset(r for i in items for r in (*i.reading.sure, *single(i.reading.loose, self.atlas)))
        seen = Counter(self.owner_of[r] for r in rows)
        seen.update(i.owner for i in items if i.owner)
        seen.update(d for i in items if i.record.sheet and (d := departement_of_text(i.record.sheet, self.atlas)))
        return Context(rows, mostly(seen, OFTEN) or self.everywhere)

    def _row(self, zone: TableZone, item: Item, context: Context) -> None:
        reading, line = item.reading, item.record.line
        for kind, message, advice in reading.said:
            self._tell(kind, line, message, advice, item.record.sheet)
        rows, partial, missed = list(reading.rows), list(reading.partial), list(reading.missed)
        for loose in reading.loose:
            settled = settle(loose, context, self.atlas)
            (rows if loose.whole else partial).extend(settled.rows)
            for kind, message, advice in settled.said:
                self._tell(kind, line, message, advice, item.record.sheet)
            if settled.missed is not None:
                missed.append(settled.missed)
        faults = 0
        for part in missed:
            faults += part.fault
            self._missed(zone, item, part, context)
        if faults:
            zone.refused.append(line)
        if faults and not rows and not partial and not reading.iris:
            self.lost.add(item.record.at)
            return
        self.kept.add(item.record.at)
        if faults:
            self.partly.add(item.record.at)
        if reading.unlocated:
            zone.stated = zone.stated or Precision.INCONNUE
        self._join(zone, item, rows, partial)

    def _missed(self, zone: TableZone, item: Item, part: Missed, context: Context) -> None:
        record = item.record
        where = (part.departement,) if part.departement else tuple(sorted(context.departements)) or self._around(item)
        codes = part.codes
        if part.fault and not any(departement_of(c, self.atlas) in where for c in codes):
            codes = tuple(dict.fromkeys([*like(part.text, frozenset(where), self.atlas), *codes]))
        if part.fault:
            self.names_refused += item.reading.listed
            self._tell("refusé", record.line, part.message, part.advice, record.sheet)
        atoms = tuple(dict.fromkeys(a for code in codes for a in read_code(code, self.atlas).atoms))
        options = (
            [(self.atlas.label(code), code) for code in codes]
            if len(codes) <= 12
            else [("toutes ces communes", " ".join(atoms))]
        )
        self.doubts.append(
            Doubt("ligne", place_key(zone.name, part.text), part.message, value=part.text, rows=(record.line,), zone=zone.name,
                  candidates=(*options, ("mettre de côté", ASIDE)), atoms=atoms, departements=where, blocking=False,
                  proposal="" if part.fault else codes[0])
        )  # fmt: skip

    def _around(self, item: Item) -> tuple[str, ...]:
        return (item.owner,) if item.owner else tuple(sorted(self.everywhere))

    def _fault(self, record: Record, why: str, advice: str) -> None:
        """Refuse a row whose territory, or whose composition, is not known: its communes may be in one."""
        self._tell("refusé", record.line, why, advice, record.sheet)
        reading = self._reading(record)
        rows = (*reading.sure, *single(reading.loose, self.atlas)) if reading else ()
        owner = owner_of(record.cells["departement"], self.atlas)
        place = (
            reading.loose[0].text
            if reading and reading.loose
            else record.cells["code_commune"] or record.cells["nom_commune"]
        )
        self.doubts.append(
            Doubt("ligne", place_key("", place), why, value=place, rows=(record.line,), candidates=(("mettre de côté", ASIDE),),
                  atoms=tuple(str(self.atlas.codes[r]) for r in rows), departements=() if rows else (owner,) if owner else (),
                  blocking=False)
        )  # fmt: skip

    def _words(self, zone: TableZone, item: Item) -> None:
        cells = item.record.cells
        for role in (*ATTRIBUTES, "nombre_communes"):
            text = cells.get(role, "")
            if text and role not in zone.words:
                zone.words[role] = year_of(text) if role.startswith("annee") else text[:2000]
        said = {"etat": cells.get("etat", ""), "end": cells.get("fin", ""), "note": cells.get("note", "")}
        if etat := self.etats.of_row(item.record.line, name=cells["nom"], **said):
            zone.etats.append(etat)
        stated = cells.get("precision", "")
        if stated and zone.stated is None:
            zone.stated = PRECISIONS.get(stated) or next((p for p in Precision if fold(p) == fold(stated)), None)
        zone.departement = zone.departement or item.owner

    def _join(self, zone: TableZone, item: Item, rows: Sequence[int], partial: Sequence[int]) -> None:
        line, cells = item.record.line, item.record.cells
        part, taken = cells.get("part_commune", ""), set(rows)
        whole = whole_word(part) is not False
        if part and whole_word(part) is None:
            self._tell("à savoir", line, f"part « {part[:40]} » non comprise ; la commune est prise entière.",
                       "Écrivez « partielle » ou « entière ».", item.record.sheet)  # fmt: skip
        if twice := zone.take_pieces(item.reading.iris, line, whole=whole):
            said = f"IRIS {listing(twice, 3)} : déjà donné pour ce territoire ; compté une fois."
            self._tell("à savoir", line, said, "", item.record.sheet)
        again = [row for row in (*rows, *partial) if row in zone.members]
        if again and len(again) == len(rows) + len(partial):
            other = zone.rows_of[again[0]]
            labels = listing([self.atlas.label(self.atlas.codes[row]) for row in again[:3]], 3)
            self._tell("à savoir", line, f"{labels} : déjà donné{'' if len(again) == 1 else 's'} pour ce territoire ligne {other} ; "
                       "compté une fois.", "", item.record.sheet)  # fmt: skip
        for row in (*rows, *partial):
            zone.members[row] = zone.members.get(row, False) or (whole and row in taken)
            zone.rows_of.setdefault(row, line)
        if item.reading.precision is not None:
            zone.precisions.add(item.reading.precision)

    def _strays(self, zone: TableZone) -> None:
        """Tell the communes that lie far from the rest of their territory."""
        for row, distance in far_rows(list(zone.members), self.atlas).items():
            label, line = self.atlas.label(str(self.atlas.codes[row])), zone.rows_of[row]
            message = f"{label} est loin du reste de « {zone.name} » ({kilometres(distance) if distance < 1e7 else 'outre-mer'})."
            self._tell("à savoir", line, message, "Vérifiez son code.")
            code = str(self.atlas.codes[row])
            self.doubts.append(Doubt("ligne", place_key(zone.name, code), message, value=label, rows=(line,), zone=zone.name, proposal=code,
                                     candidates=((label, code), ("mettre de côté", ASIDE)), atoms=(code,), blocking=False))  # fmt: skip

    # --- all of them -----------------------------------------------------------------------------------------------
    def _kept(self) -> tuple[list[TableZone], list[TableZone]]:
        kept, dissolved = [], []
        for zone in self.zones:
            if not zone.members and zone.stated is None:
                if zone.refused:
                    self.remarks.append(Remark("refusé", f"territoire « {zone.name} »", "aucune de ses lignes n’a pu être lue ; il n’est "
                                               "pas retenu.", "Corrigez ses communes.", zone.first))  # fmt: skip
                continue
            etat, remark = etat_of(zone.name, zone.etats, zone.first)
            if remark is not None:
                self.remarks.append(remark)
            if etat is None:
                dissolved.append(zone)
                continue
            zone.words["etat"] = etat
            kept.append(zone)
        return kept, dissolved

    def _without(self, kept: Iterable[TableZone], dissolved: Iterable[TableZone]) -> tuple[str, ...]:
        """Return the communes that the file says to be in no territory."""
        inside = {row for zone in kept for row in zone.members}
        rows = {row for zone in dissolved for row in zone.members}
        for record in self.records.absent:
            reading = self._reading(record)
            rows.update((*reading.rows, *single(reading.loose, self.atlas)) if reading else ())
        return tuple(str(self.atlas.codes[row]) for row in sorted(rows - inside))

    def _tell(self, kind: str, line: int, message: str, advice: str = "", sheet: str = "") -> None:
        where = f"ligne {line}" if line else ""
        where = f"feuille « {sheet} », {where}" if sheet and line else where
        self.remarks.append(Remark(kind, where, message, advice, line))  # type: ignore[arg-type]
