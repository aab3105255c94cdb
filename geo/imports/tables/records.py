"""The rows of a table as role → text: totals, repeated headers, rows of another type, hidden rows and absences told apart.

Nothing here reads a commune. A value of the column of names may say that there is no territory (« Pas de CLSM »); a blank is that too,
unless the cells are merged or the planner says that it stands for the name above.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from geo.communes import only_says_part
from geo.files import column_key
from geo.french import count, fold, listing, noun
from geo.imports.settling import ABOVE, ABSENT, HIDDEN, NAMED, NO, REFUSED, STRUCK, YES, Answers, Doubt, value_key
from geo.imports.tables.contents import MEMBERSHIP, STAR, STAR_NOTE, is_no_data
from geo.imports.tables.header_row import heads_another
from geo.imports.tables.table import Table
from geo.imports.unseen.sheet import left_aside
from geo.imports.vocabulary import WITHIN, etat_word, is_cross, is_ditto, leaves_out, names_nothing, says_none, says_yes
from geo.remarks import Remark

TYPES = {
    "clsm": ("clsm",), "cls": ("cls",), "cpts": ("cpts",), "dac": ("dac",),
    "secteurs-adultes": ("psychiatrieadulte", "adulte", "adultes", "general", "g"),
    "secteurs-enfants": ("psychiatrieinfantojuvenile", "infantojuvenile", "enfants", "enfant", "i", "pij"),
}  # fmt: skip
Line = tuple[str, int]  # a sheet and a line of it
WHITE = " \t\r\n\ufeff\u00a0\u200b"
WRITE_NAME = "Écrivez le nom du territoire sur cette ligne."
FILL_SHARE = 0.3  # fewer blanks than that are slips
ALWAYS = (
    "nom",
    "id",
    "departement",
    "type",
    "code_commune",
    "nom_commune",
    "communes",
    "code_iris",
    "epci",
    "code_postal",
)


@dataclass(slots=True)
class Record:
    """One row: its line, its cells by role, the name of its sheet where several are read ("" else)."""

    line: int
    cells: dict[str, str]
    sheet: str = ""

    @property
    def at(self) -> Line:
        """Where it is; the records of a line that speaks of several territories are at one place."""
        return self.sheet, self.line


@dataclass
class Records:
    """The rows that name a territory, those that say that there is none, and what is to be said and asked of the rest."""

    named: list[Record] = field(default_factory=list)
    absent: list[Record] = field(default_factory=list)
    faults: list[tuple[Record, str, str]] = field(
        default_factory=list
    )  # rows whose territory, or communes, are not known, why, what to do
    remarks: list[Remark] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    aside: int = 0

    def tell(self, message: str, advice: str = "") -> None:
        """Add a remark on the whole file."""
        self.remarks.append(Remark("à savoir", "", message, advice))


def records_of(table: Table, answers: Answers) -> Records:
    """Return the rows below the header of each sheet that is read."""
    found = Records()
    listed = _listed(table, answers, found)
    if "nom" in table.layout.roles or table.layout.wide:
        _sort_out(listed, table, answers, found)
    else:
        found.named = listed
    _ask_notes(answers, found)
    return found


# --- which rows ----------------------------------------------------------------------------------------------------
def _listed(table: Table, answers: Answers, found: Records) -> list[Record]:
    layout = table.layout
    wanted = {column_key(word) for word in TYPES[table.kind]}
    others = {word for kind, words in TYPES.items() if kind != table.kind for word in words}
    places = {role: layout.roles.get(role, -1) for role in (*layout.roles, *ALWAYS)}
    wanted_cells = tuple(places.items())
    listed: list[Record] = []
    totals: list[int] = []
    left = 0
    starred = ""
    away: dict[str, int] = {}
    kept: dict[tuple[str, str], list[int]] = {}
    for line, row, sheet in _rows(table, answers, found):
        width = len(row)
        cells = {role: row[at].strip(WHITE) if 0 <= at < width else "" for role, at in wanted_cells}
        if layout.spread:
            cells["communes"] = "; ".join(filter(None, (row[at].strip(WHITE) for at in layout.spread if at < width)))
        if not any(cells.values()) and not (layout.wide and any(at < width and row[at].strip() for at in layout.wide)):
            if any(cell.strip() for cell in row):  # something, but in columns of no role
                listed.append(Record(line, cells, sheet))
            continue
        if is_no_data(row, cells):
            totals.append(line)
            starred = starred or next((c for c in row if STAR_NOTE.match(c.strip()) and leaves_out(c)), "")
            continue
        word = column_key(cells["type"])
        if word and word not in wanted and word in others:
            left += 1
            continue
        if out := [r for r in WITHIN if r in layout.roles and not _inside(r, cells[r], answers, line, kept)]:
            away[out[0]] = away.get(out[0], 0) + 1
            continue
        # « en partie » in a column of yes and no: the planner has said that the row is in the layer.
        if any(role in layout.roles and only_says_part(cells[role]) for role in WITHIN):
            cells["part_commune"] = cells.get("part_commune") or "partielle"
        if layout.wide:
            listed += _spread(line, cells, row, sheet, table)
        else:
            listed.append(Record(line, cells, sheet))
    _say_rows(found, table, totals, left, away)
    if starred:
        _take_stars(found, listed, starred.strip())
    for (role, text), lines in kept.items():
        found.doubts.append(_value(role, text, lines, NO, (("dans la couche", YES), ("pas dans la couche", NO)), blocking=True,
                                   said=f"« {text[:40]} » ({count(len(lines), 'ligne')}) : {noun(len(lines), 'est-elle', 'sont-elles')} dans la couche ?"))  # fmt: skip
    return listed


def _take_stars(found: Records, listed: Sequence[Record], note: str) -> None:
    """Apply a note under the table, « * en partie seulement », to the communes that bear its star; told where it says anything else."""
    if not only_says_part(note.strip("*() :=")):
        found.tell(
            f"la note « {note[:60]} » n’est pas appliquée aux communes marquées d’un astérisque.", "Corrigez la liste."
        )
        return
    found.tell(f"« {note[:60]} » : appliqué aux communes marquées d’un astérisque.")
    for record in listed:
        for role in ("code_commune", "nom_commune", "communes"):
            record.cells[role] = STAR.sub(" (en partie)", record.cells[role])


def _rows(table: Table, answers: Answers, found: Records) -> Iterator[tuple[int, Sequence[str], str]]:
    """Yield the rows of every sheet that is read, with their line; hidden ones only on the planner's word."""
    several = len(table.parts) > 1
    left = dict.fromkeys((HIDDEN, STRUCK), 0)
    for grid, header in table.parts:
        head = [cell.strip() for cell in grid.rows[header]] if header >= 0 else None
        for place in range(header + 1, len(grid.rows)):
            row = grid.rows[place]
            if head is not None and row and row[0].strip() == head[0] and [c.strip() for c in row[: len(head)]] == head:
                continue
            if head is not None and heads_another(row, head, table.kind):
                _say_another(found, place, grid.rows)
                break
            aside = [key for key, rows in ((HIDDEN, grid.unseen.rows), (STRUCK, grid.unseen.struck))
                     if place + 1 in rows and answers.get(key) != YES]  # fmt: skip
            if aside:
                left[aside[0]] += any(cell.strip() for cell in row)
                continue
            yield place + 1, row, grid.name if several else ""
    for key, many in left.items():
        read = answers.get(key) == YES and any(
            g.unseen.struck if key == STRUCK else g.unseen.rows for g, _ in table.parts
        )
        if many or read:
            said, doubt = left_aside(key, many, read=read)
            found.aside += many
            found.doubts.append(doubt)
            if said:
                found.tell(*said)


def _say_another(found: Records, place: int, rows: Sequence[Sequence[str]]) -> None:
    """Tell a second table under the first one: it is not read."""
    titles = listing([f"« {cell.strip()[:40]} »" for cell in rows[place] if cell.strip()], 4)
    left = sum(any(cell.strip() for cell in row) for row in rows[place + 1 :])
    found.aside += left
    found.tell(f"ligne {place + 1}, un autre tableau commence ({titles}) : {count(left, 'ligne')} de côté.",
               "Donnez-le à part s’il est de la même couche.")  # fmt: skip


def _inside(role: str, text: str, answers: Answers, line: int, kept: dict[tuple[str, str], list[int]]) -> bool:
    """Tell whether a row is in the layer by a column of yes and no; a text that is neither is noted, and is a no meanwhile."""
    said, answer = says_yes(text), answers.value(role, text)
    if said is None or answer is not None:
        if answer is None:
            kept.setdefault((role, text), []).append(line)
        return answer == YES
    return said == WITHIN[role]


def _spread(line: int, cells: dict[str, str], row: Sequence[str], sheet: str, table: Table) -> Iterator[Record]:
    """Yield one record for each territory of a row of a table with a column a territory."""
    layout = table.layout
    for at in layout.wide:
        cell = row[at].strip(WHITE) if at < len(row) else ""
        if layout.crosses and only_says_part(cell):
            yield Record(line, {**cells, "nom": layout.names[at], "part_commune": "partielle"}, sheet)
        elif layout.crosses and is_cross(cell):
            yield Record(line, {**cells, "nom": layout.names[at]}, sheet)
        elif layout.crosses and says_yes(cell) is None and etat_word(cell):
            yield Record(line, {**cells, "nom": layout.names[at], "etat": cell}, sheet)
        elif not layout.crosses and cell:
            yield Record(line, {**cells, "nom": layout.names[at], "communes": cell}, sheet)
    if layout.crosses and not any(
        is_cross(row[at]) or etat_word(row[at]) or only_says_part(row[at]) for at in layout.wide if at < len(row)
    ):
        yield Record(line, cells, sheet)


def _say_rows(found: Records, table: Table, totals: Sequence[int], left: int, away: Mapping[str, int]) -> None:
    for role, many in away.items():
        how = "sans" if WITHIN[role] else "avec"
        column = table.layout.understanding[role]
        found.tell(
            f"{count(many, 'ligne')} {how} « oui » dans la colonne « {column} », laissée{'s' if many > 1 else ''} de côté."
        )
    if totals:
        rows = listing([str(t) for t in totals], 8)
        found.tell(f"{count(len(totals), 'ligne')} de total ou de source, {'laissée' if len(totals) < 2 else 'laissées'} de côté "
                   f"(ligne{'s' if len(totals) > 1 else ''} {rows}).")  # fmt: skip
    if left:
        rows = count(left, "ligne d’un autre type", "lignes d’un autre type")
        found.tell(f"{rows} de dispositif, laissée{'s' if left > 1 else ''} de côté.")
    for name in table.layout.other:
        found.tell(f"colonne « {name} » : oui ou non sur autre chose que la couche, sans effet.")


# --- what the column of names says -----------------------------------------------------------------------------------
def _sort_out(listed: list[Record], table: Table, answers: Answers, found: Records) -> None:
    """Tell the rows that name a territory from those that say that there is none, and from faults."""
    blanks = [r for r in listed if not r.cells["nom"] and not r.cells["id"]]
    what, doubt = _blanks(listed, blanks, table, answers)
    if doubt is not None:
        found.doubts.append(doubt)
    values: dict[str, tuple[str, str, list[int]]] = {}
    meanings: dict[str, str] = {}  # of each distinct text
    above: Mapping[str, str] = {}
    filled = again = 0
    for record in listed:
        cells = record.cells
        meaning = NAMED
        if not cells["nom"] and not cells["id"]:
            meaning = what
            if what == ABOVE and above:
                filled += 1
                _repeat(cells, above)
                meaning = NAMED
        elif is_ditto(cells["nom"]) and above:
            again += 1
            cells["nom"] = ""
            _repeat(cells, above)
        elif what == ABOVE and _is_title(record, table):
            above = cells
            continue
        elif (text := cells["nom"]) and (
            meaning := meanings[text] if text in meanings else meanings.setdefault(text, _meaning(text, answers))
        ):
            values.setdefault(fold(cells["nom"]) or cells["nom"], (cells["nom"], meaning, []))[2].append(record.line)
        meaning = meaning or NAMED
        if meaning == ABSENT:
            found.absent.append(record)
        elif meaning == NAMED:
            found.named.append(record)
            above = cells
        else:
            why = "son nom est vide" if not cells["nom"] else f"« {cells['nom'][:40]} » n’en nomme aucun"
            found.faults.append((record, f"le territoire manque : {why}.", WRITE_NAME))
    if filled:
        found.tell(f"nom du territoire repris de la ligne du dessus pour {count(filled, 'ligne')}.")
    if again:
        found.tell(
            f"nom du territoire repris de la ligne du dessus pour {count(again, 'ligne')} où est écrit « idem »."
        )
    _say_values(values, found)
    if what == ABSENT and blanks and doubt is not None:
        found.tell(
            f"{count(len(blanks), 'ligne')} sans nom de territoire : {noun(len(blanks), 'sa commune n’est', 'leurs communes ne sont')} dans aucun."
        )


def _repeat(cells: dict[str, str], above: Mapping[str, str]) -> None:
    """Give a row the territory of the row above."""
    for role in ("nom", "id", "departement", "type"):
        cells[role] = cells[role] or above[role]


def _is_title(record: Record, table: Table) -> bool:
    """Tell whether a row only names a territory, above the rows of its communes."""
    return not table.layout.wide and not any(record.cells[role] for role in (*MEMBERSHIP, "code_postal"))


def _ask_notes(answers: Answers, found: Records) -> None:
    """Ask about remarks that leave communes out of what their rows give; meanwhile these rows are refused."""
    asked: dict[str, list[Record]] = {}
    for record in found.named:
        note = record.cells.get("note", "")
        stated = record.cells.get("part_commune") or record.cells.get("precision")
        if note and not stated and leaves_out(note):
            asked.setdefault(note, []).append(record)
    options = (("la composition est juste ainsi", YES), ("à corriger : lignes refusées", REFUSED))
    for note, records in asked.items():
        answer = answers.value("note", note)
        said = f"La remarque « {note[:80]} » n’est pas appliquée à la composition : celle-ci est-elle juste sans cela ?"
        found.doubts.append(
            _value(
                "note", note, [r.line for r in records], answer or REFUSED, options, said=said, blocking=answer is None
            )
        )
        if answer != YES:
            why = f"la remarque dit « {note[:60]} », ce que la composition ne dit pas."
            found.faults += [(r, why, "Corrigez la liste, ou dites que la composition est juste.") for r in records]
            refused = {id(r) for r in records}
            found.named = [r for r in found.named if id(r) not in refused]


def _meaning(text: str, answers: Answers) -> str:
    """Return what a value of the column of names means when it is no plain name, "" when it is one."""
    answer = answers.value("nom", text)
    if answer:
        return answer
    return ABSENT if says_none(text) else REFUSED if names_nothing(text) else ""


def _blanks(
    listed: Sequence[Record], blanks: Sequence[Record], table: Table, answers: Answers
) -> tuple[str, Doubt | None]:
    """Say what blank names mean, and what is asked of them.

    A list whose names come again from row to row leaves blank what is in no territory. Where each name comes once, above blanks,
    the blanks may stand for it: asked. A few blanks are slips.
    """
    answer = answers.value("nom", "")
    if not blanks:
        return ABSENT, None
    few = len(blanks) < FILL_SHARE * len(listed) and not table.layout.wide
    once = not few and not table.layout.wide and _comes_once(listed)
    titled = not few and all(_is_title(r, table) for r in listed if r.cells["nom"] or r.cells["id"])
    what = answer or (REFUSED if few else ABOVE if titled else ABSENT)
    lines = [r.line for r in blanks]
    said = f"Le nom du territoire est vide sur {count(len(lines), 'ligne')} sur {len(listed)}" + (
        " : ces communes ne sont-elles dans aucun territoire, ou le nom est-il celui de la ligne du dessus ?"
        if not few else " : ces lignes sont refusées."
    )  # fmt: skip
    options = (
        ("dans aucun territoire", ABSENT),
        ("le nom de la ligne du dessus", ABOVE),
        ("un oubli : lignes refusées", REFUSED),
    )
    return what, _value("nom", "", lines, what, options, blocking=(once or titled) and answer is None, said=said)


def _comes_once(listed: Sequence[Record]) -> bool:
    """Tell whether the first row is named, and no name comes on two rows running: the way of a list whose cells were merged."""
    names = [fold(r.cells["nom"] or r.cells["id"]) for r in listed]
    return bool(names and names[0]) and not any(a and a == b for a, b in pairwise(names))


def _say_values(values: Mapping[str, tuple[str, str, list[int]]], found: Records) -> None:
    options = (
        ("aucun territoire", ABSENT),
        ("c’est le nom d’un territoire", NAMED),
        ("inconnu : lignes refusées", REFUSED),
    )
    for text, meaning, lines in values.values():
        words = {
            ABSENT: "aucun territoire",
            NAMED: "le nom d’un territoire",
            REFUSED: "territoire inconnu, lignes refusées",
        }
        found.tell(f"« {text[:40]} » ({count(len(lines), 'ligne')}) : {words.get(meaning, meaning)}.")
        said = f"« {text[:40]} » dans la colonne du territoire ({count(len(lines), 'ligne')}) est compris : {words.get(meaning, meaning)}."
        found.doubts.append(_value("nom", text, lines, meaning, options, blocking=False, said=said))


def _value(
    role: str,
    text: str,
    lines: Sequence[int],
    proposal: str,
    options: Sequence[tuple[str, str]],
    *,
    said: str,
    blocking: bool,
) -> Doubt:
    return Doubt("valeur", value_key(role, text), said, value=text, proposal=proposal, rows=tuple(lines), candidates=tuple(options),
                 blocking=blocking)  # fmt: skip
