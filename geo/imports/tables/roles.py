"""Roles that headers and the planner give to columns, checked against what these hold: codes against names, years, postal codes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from geo.communes import (
    BLANKS,
    Atlas,
    departement_of_text,
    history,
    in_departement,
    is_year,
    read_loose_code,
    read_place,
    was_named,
)
from geo.errors import GeoInputError
from geo.files import column_key
from geo.french import fold, listing
from geo.imports.draft import ROLES
from geo.imports.headers import SEAT, in_force, is_other, names_layer, names_own, role_of, speaks_of
from geo.imports.settling import FILE_NAME, SHEET_NAME, Answers, Doubt
from geo.imports.tables.contents import MEMBERSHIP, MOSTLY, PLACES, contents
from geo.imports.tables.header_row import WIDE
from geo.imports.vocabulary import YEAR, whole_word, yes_and_no

SURE, CHECKED, PROPOSED = 0.95, 0.9, 0.5
_NO_YES = (
    "part_commune",
    "id",
    "code_commune",
    "nom_commune",
    "population",
    "fin",
    "exclue",
)  # what a yes there says is known
SHARED = 0.2  # of the identifiers may go with two names: spellings


@dataclass
class Settling:
    """Columns on their way to roles: role → (place, how surely, why), and what is to be asked."""

    names: Sequence[str]
    rows: Sequence[Sequence[str]]
    cells: Sequence[Sequence[str]]
    kind: str
    atlas: Atlas
    answers: Answers
    chosen: dict[str, tuple[int, float, str]] = field(default_factory=dict)
    barred: set[str] = field(default_factory=set)
    doubts: list[Doubt] = field(default_factory=list)
    other: list[str] = field(default_factory=list)  # headers of yes and no about something else

    def free(self, place: int) -> bool:
        """Tell whether a column plays no role yet."""
        return all(place != at for at, _, _ in self.chosen.values())

    def open(self, role: str) -> bool:
        """Tell whether a role has no column yet, and may have one."""
        return role not in self.chosen and role not in self.barred

    def take(self, role: str, place: int, surely: float, why: str) -> None:
        """Give a column to a role."""
        self.chosen[role] = (place, surely, why)

    def ask(self, role: str, said: str, proposal: str, *, blocking: bool = True) -> None:
        """Ask which column plays a role."""
        options = [(name, name) for name in self.names[:40]]
        extra = (("aucune : tout le fichier est un seul territoire", FILE_NAME),) if role == "nom" else ()
        self.doubts.append(
            Doubt(
                "colonne",
                f"colonne/{role}",
                said,
                value=proposal,
                proposal=proposal,
                blocking=blocking,
                candidates=(*options, *extra, ("aucune", "")),
            )
        )


# --- what the planner and the headers say --------------------------------------------------------------------------
def answered(found: Settling) -> None:
    """Take what the planner answered.

    Raises
    ------
    GeoInputError
        When an answer names a role or a column that does not exist.
    """
    for role, name in found.answers.roles.items():
        if role not in ROLES:
            raise GeoInputError(f"Rôle de colonne « {role} » inconnu ; possibles : {listing(ROLES)}.")
        if name in (FILE_NAME, SHEET_NAME):
            found.barred.add(role)
            continue
        if name and name not in found.names:
            if found.answers.shape:  # remembered of another month
                continue
            raise GeoInputError(
                f"Aucune colonne « {name[:60]} » dans ce fichier ; colonnes : {listing(found.names, 12)}."
            )
        found.barred.add(role)
        if name:
            found.take(role, found.names.index(name), 1.0, "choisi")
            found.barred.discard(role)


def by_headers(found: Settling) -> None:
    """Give roles to the columns whose headers name them."""
    offers: list[tuple[int, int, str]] = []
    named = "nom" in found.chosen or any(
        role_of(name, found.kind) in ("nom", "territoire") and not yes_and_no(cells)
        for name, cells in zip(found.names, found.cells, strict=True)
    )
    for place, (name, cells) in enumerate(zip(found.names, found.cells, strict=True)):
        if not found.free(place):
            continue
        role = role_of(name, found.kind)
        about = speaks_of(name, found.kind) and not names_own(name, found.kind)
        if role not in _NO_YES and yes_and_no(cells, mostly=about or in_force(name, found.kind)):
            offers += _of_yes_and_no(found, place, role, named=named)
            if role in ("", "nom", "territoire"):
                continue
        if role == "part_commune" and cells and not any(_part_word(c) for c in cells):
            continue
        if column_key(name) == "com" and not all(re.search(r"\d", c) for c in cells):
            continue  # communes, or comments
        if role == "population" and cells and not any(re.search(r"\d", c) for c in cells):
            role = "type"
        if role:
            offers.append((0 if role == "nom" and names_own(name, found.kind) else 1, place, role))
    for rank, place, role in sorted(_of_last_years(found, _latest(found, offers))):
        if found.open(role) and found.free(place):
            found.take(role, place, SURE, "nom de la colonne")
        elif rank == 2 and found.free(place) and role in found.chosen:
            two_states(found, place)
    if found.open("nom") and "territoire" in found.chosen:
        found.chosen["nom"] = found.chosen.pop("territoire")


def _latest(found: Settling, offers: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Keep, of several columns that say what is in the layer, the one of the last year; asked about."""
    kept = [place for _, place, role in offers if role == "retenue"]
    if not kept or not found.open("retenue") or (len(kept) == 1 and not is_year(found.names[kept[0]])):
        return offers
    last = max(kept, key=lambda place: (max(YEAR.findall(found.names[place]), default=""), -place))
    names = listing([f"« {found.names[place]} »" for place in kept], 6)
    found.ask("retenue", f"{'Les colonnes' if len(kept) > 1 else 'La colonne'} {names} {'disent' if len(kept) > 1 else 'dit'} oui ou non : "
              "laquelle dit ce qui est dans la couche aujourd’hui ?", found.names[last])  # fmt: skip
    return [offer for offer in offers if offer[2] != "retenue" or offer[1] == last]


def _of_last_years(found: Settling, offers: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Keep, of columns that differ by their year only (« Communes 2019 », « Communes 2021 »), the last one; told as a question."""
    alike: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for _, place, role in offers:
        if role != "retenue" and (years := YEAR.findall(found.names[place])):
            alike.setdefault((role, column_key(YEAR.sub("", found.names[place]))), []).append((max(years), place))
    gone = set()
    for (role, _), columns in alike.items():
        if len(columns) < 2 or not found.open(role):
            continue
        last = max(columns, key=lambda column: (column[0], -column[1]))[1]
        names = listing([f"« {found.names[place]} »" for _, place in columns], 6)
        found.ask(role, f"Les colonnes {names} ne diffèrent que par leur année : la dernière est lue ; est-ce la bonne ?", found.names[last],
                  blocking=False)  # fmt: skip
        gone |= {place for _, place in columns if place != last}
    return [offer for offer in offers if offer[1] not in gone]


def two_states(found: Settling, place: int) -> None:
    """Ask which of two columns gives the état: « Statut » beside « Actif »."""
    at, _, why = found.chosen["etat"]
    if why != "choisi":
        first, second = found.names[at], found.names[place]
        found.ask(
            "etat", f"Les colonnes « {first} » et « {second} » disent toutes deux l’état : laquelle fait foi ?", first
        )


def _of_yes_and_no(found: Settling, place: int, role: str, *, named: bool) -> list[tuple[int, int, str]]:
    """Offer the role of a column of yes and no: which rows are of the layer, which territories work today; else told, or asked."""
    name = found.names[place]
    works = in_force(name, found.kind)
    if works and named:
        return [(2, place, "etat")]
    if is_year(name) or speaks_of(name, found.kind) or (works and names_layer(name, found.kind)):
        return [(0, place, "retenue")]
    if not role and names_layer(name, found.kind):
        found.ask("retenue", f"La colonne « {name} » (oui ou non) parle de la couche : un « oui » y dit-il que la ligne en fait partie ? "
                  "Sinon, choisissez « aucune ».", "")  # fmt: skip
    elif not role:
        found.other.append(name)
    return []


def _part_word(cell: str) -> bool:

    return whole_word(cell) is not None


# --- what columns hold against what their headers say ----------------------------------------------------------------
def checked(found: Settling) -> None:
    """Check roles given by headers against what the columns hold."""
    _numbers_as_names(found)
    _lists_as_names(found)
    if "code_commune" in found.chosen and found.chosen["code_commune"][2] != "choisi":
        _check_codes(found)
    _names_as_communes(found)
    if "id" in found.chosen and "nom" in found.chosen:
        _check_ids(found)


def _numbers_as_names(found: Settling) -> None:
    """A column called « Commune » that holds numbers: codes, perhaps; asked."""
    place, _, why = found.chosen.get("nom_commune", (-1, 0.0, ""))
    if place < 0 or why == "choisi":
        return
    held = contents(found.cells[place], found.atlas)
    best = "code_postal" if held.get("code_postal", 0) >= MOSTLY else "code_commune"
    if held.get(best, 0.0) >= MOSTLY and found.open(best):
        del found.chosen["nom_commune"]
        found.take(best, place, PROPOSED, "contenu de la colonne")
        what = "codes postaux" if best == "code_postal" else "codes INSEE"
        found.ask(
            best, f"La colonne « {found.names[place]} » contient des nombres : sont-ce des {what} ?", found.names[place]
        )


def _lists_as_names(found: Settling) -> None:
    place, _, why = found.chosen.get("nom_commune", (-1, 0.0, ""))
    if place >= 0 and why != "choisi" and found.open("communes"):
        held = contents(found.cells[place], found.atlas)
        if held.get("communes", 0.0) >= MOSTLY:
            found.chosen["communes"] = found.chosen.pop("nom_commune")


def _check_codes(found: Settling) -> None:
    """Drop a column of codes that contradicts the names of the communes on most rows; postal codes are told from codes."""
    place = found.chosen["code_commune"][0]
    name = found.names[place]
    named = found.chosen.get("nom_commune", (-1, 0.0, ""))[0]
    if named >= 0:
        role, checked = against_names(found, place, named)
        if role == "code_postal" and checked:
            _as_postal(found, place)
        elif not role and checked >= 2:
            del found.chosen["code_commune"]
            found.ask("code_commune", f"La colonne « {name} » contredit les noms des communes sur la plupart des lignes : elle n’est pas "
                      "prise pour leur code.", "")  # fmt: skip
        return
    values = [re.sub(r"[.,]0+$", "", c.strip(BLANKS)).zfill(5) for c in found.cells[place]]
    postal = history(found.atlas).postal
    today = found.atlas.row
    if values and all(v in postal for v in values) and (len(set(values)) > 1 or values[0] not in today):
        _as_postal(found, place)
        found.ask("code_postal", f"La colonne « {name} » ne contient que des codes postaux : sont-ce des codes postaux, ou des codes "
                  "INSEE ?", name)  # fmt: skip


def _as_postal(found: Settling, place: int) -> None:
    found.chosen.pop("code_commune", None)
    if found.open("code_postal"):
        found.take("code_postal", place, CHECKED, "codes postaux, d’accord avec les noms")


def against_names(found: Settling, place: int, named: int) -> tuple[str, int]:
    """Say what a column of numbers is beside names that are known: "code_commune", "code_postal" or neither, and the rows seen."""
    atlas = found.atlas
    seen = same = served = 0
    postal = history(atlas).postal
    beside = found.chosen.get("departement", (-1, 0.0, ""))[0]
    for row in found.rows:
        if max(place, named) >= len(row):
            continue
        text, name = row[place].strip(BLANKS), row[named].strip()
        if not text or not name or len(name) > 80 or not re.search(r"\d", text):
            continue
        where = read_place(name, atlas)
        codes = set(where.atoms) | set(where.codes)
        if not codes:
            continue
        whole = {a for code in codes for a in atlas.parts.get(code, (code,))}
        seen += 1
        owner = departement_of_text(row[beside], atlas) if 0 <= beside < len(row) else ""
        of_code = set(read_loose_code(in_departement(text, owner or "") or text, atlas).atoms)
        same += bool(of_code & whole) or bool(of_code and was_named(name, of_code, atlas))
        served += bool(set(postal.get(re.sub(r"[.,]0+$", "", text).zfill(5), ())) & whole)
    if seen and same >= MOSTLY * seen:
        return "code_commune", seen
    if seen and served > MOSTLY * seen:
        return "code_postal", seen
    return "", seen


def _names_as_communes(found: Settling) -> None:
    """A column called « Nom » or « Libellé » that holds the communes, where no other column does: asked."""
    place, _, why = found.chosen.get("nom", (-1, 0.0, ""))
    if place < 0 or why == "choisi" or names_own(found.names[place], found.kind):
        return
    held = contents(found.cells[place], found.atlas)
    role = next((r for r in PLACES if held.get(r, 0.0) >= MOSTLY), "")
    if role and found.open(role) and not any(r in found.chosen for r in MEMBERSHIP):
        if any(holds(found, i) for i in range(len(found.names)) if found.free(i)):
            return
        del found.chosen["nom"]
        found.take(role, place, PROPOSED, "contenu de la colonne")
        found.ask(
            role,
            f"La colonne « {found.names[place]} » contient des communes : est-ce bien là qu’elles sont données ?",
            found.names[place],
        )


def _check_ids(found: Settling) -> None:
    """Drop an identifier that differs on most rows while names repeat (it numbers the rows), or that several names share."""
    at, named = found.chosen["id"][0], found.chosen["nom"][0]
    pairs = [(row[at].strip(), fold(row[named])) for row in found.rows if max(at, named) < len(row) and row[at].strip()]
    names, ids = {name for _, name in pairs if name}, {ident for ident, _ in pairs}
    several = Counter(ident for ident, name in {pair for pair in pairs if pair[1]})
    shared = sum(n > 1 for n in several.values()) > SHARED * len(ids)
    numbering = len(pairs) > len(names) and len(ids) > len(names) and 2 * len(ids) >= len(pairs)
    if found.chosen["id"][2] == "choisi" or "communes" in found.chosen or not (shared or numbering):
        return
    name = found.names[at]
    del found.chosen["id"]
    found.ask("id", f"La colonne « {name} » ne suit pas les noms des territoires : elle n’est pas prise pour leur identifiant.", "",
              blocking=False)  # fmt: skip


# --- what contents propose -----------------------------------------------------------------------------------------
def holds(found: Settling, place: int) -> str:
    """Return the role of membership that a free column seems to play, "" when none."""
    name, cells = found.names[place], found.cells[place]
    if not cells or len(found.names) > WIDE or is_other(name):
        return ""
    if SEAT.fullmatch(column_key(name)) or role_of(name, found.kind) not in (
        "",
        "code_commune",
        "nom",
        "territoire",
        "id",
    ):
        return ""
    held = contents(cells, found.atlas)
    best = max((*PLACES, "code_postal"), key=lambda r: held.get(r, 0.0))
    return best if held.get(best, 0.0) >= MOSTLY else ""
