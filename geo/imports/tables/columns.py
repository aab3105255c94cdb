"""Understand the columns of a table that a person made: where the header is, and what role each column plays.

A role comes from a header (`headers`) or from the planner. What a column holds only proposes: the proposal is followed, so that the
rest can be seen, and asked about. What a header says is checked against what the column holds where the two can disagree: codes
against names, years and postal codes against codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geo.communes import (
    BLANKS,
    Atlas,
    departement_of_text,
    find_body,
    find_name,
    history,
    is_year,
    read_loose_code,
    read_place,
    split_list,
    was_named,
)
from geo.errors import GeoInputError
from geo.files import column_key
from geo.french import fold, listing
from geo.imports.draft import EXAMPLES, ROLES, Column
from geo.imports.headers import SEAT, is_other, names_own, role_of, speaks_of
from geo.imports.settling import FILE_NAME, NO, YES, Answers, Doubt, shape_of
from geo.imports.tables.header_row import CODE, WIDE, find_header
from geo.imports.tables.table import Layout
from geo.imports.vocabulary import PART_WORDS, is_cross, says_none, says_yes

SAMPLE = 60
WIDE_TABLE = "feuille/croise"
PLACES = ("code_commune", "nom_commune", "communes", "epci")
MEMBERSHIP = (*PLACES, "departement")
SURE, CHECKED, PROPOSED = 0.95, 0.9, 0.5
MOSTLY = 0.5


@dataclass
class _Settling:
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
        return all(place != at for at, _, _ in self.chosen.values())

    def open(self, role: str) -> bool:
        return role not in self.chosen and role not in self.barred

    def take(self, role: str, place: int, surely: float, why: str) -> None:
        self.chosen[role] = (place, surely, why)

    def ask(self, role: str, said: str, proposal: str, *, blocking: bool = True) -> None:
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


def understand(rows: Sequence[Sequence[str]], kind: str, atlas: Atlas, answers: Answers) -> Layout:
    """Find the header of a grid and the role of each of its columns.

    Raises
    ------
    GeoInputError
        When an answer names a role or a column that does not exist.
    """
    header, asked = find_header(rows, kind, atlas, answers)
    width = max((len(row) for row in rows[max(header, 0) : max(header, 0) + 2000]), default=0)
    names = column_names(rows[header] if header >= 0 else (), width)
    picked, cells = _samples(rows, header, width)
    shape = shape_of(names)
    found = _Settling(names, picked, cells, kind, atlas, answers.of_shape(shape))
    _answered(found)
    _by_headers(found)
    _checked(found)
    wide, crosses = _wide(found) if header >= 0 else ((), False)
    if not wide or crosses:
        _proposed_places(found)
    if not wide:
        _proposed_name(found)
    roles = {role: place for role, (place, _, _) in found.chosen.items()}
    at = {place: (role, surely, why) for role, (place, surely, why) in found.chosen.items() if place >= 0}
    columns = tuple(
        Column(name, tuple(dict.fromkeys(cells[i]))[:EXAMPLES], *at.get(i, ("", 0.0, "")))
        for i, name in enumerate(names)
    )
    score = sum(c.confidence for c in columns) + (1 if set(roles) & set(MEMBERSHIP) else 0)
    doubts = (*asked, *found.doubts)
    other = tuple(name for name in found.other if not wide or names.index(name) not in wide)
    return Layout(header, names, roles, columns, score + 2 * len(wide), doubts=doubts, other=other, wide=wide,
                  crosses=crosses, shape=shape, answers=found.answers)  # fmt: skip


def column_names(header: Sequence[str], width: int) -> tuple[str, ...]:
    """Name columns by their header; empty ones by their letter, repeated ones with a number."""
    seen: dict[str, int] = {}
    names = []
    for place in range(width):
        name = " ".join((header[place] if place < len(header) else "").split())[:80] or f"colonne {letters(place)}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def letters(place: int) -> str:
    """Return the letters that a spreadsheet gives to a column (0 is A)."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def _samples(rows: Sequence[Sequence[str]], header: int, width: int) -> tuple[list[Sequence[str]], list[list[str]]]:
    """Return some rows spread over the table, and the first filled cells of each column among them."""
    below = rows[header + 1 :]
    step = max(1, len(below) // (SAMPLE * 3))
    picked = [*below[:20], *below[20::step]][: SAMPLE * 4]
    found: list[list[str]] = [[] for _ in range(width)]
    for row in picked:
        for place, cell in enumerate(row[:width]):
            if len(found[place]) < SAMPLE and cell.strip():
                found[place].append(cell.strip()[:2000])
    return picked, found


# --- what the planner and the headers say --------------------------------------------------------------------------
def _answered(found: _Settling) -> None:
    for role, name in found.answers.roles.items():
        if role not in ROLES:
            raise GeoInputError(f"Rôle de colonne « {role} » inconnu ; possibles : {listing(ROLES)}.")
        if name == FILE_NAME:
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


def _by_headers(found: _Settling) -> None:
    offers: list[tuple[int, int, str]] = []
    for place, (name, cells) in enumerate(zip(found.names, found.cells, strict=True)):
        if not found.free(place):
            continue
        role = role_of(name, found.kind)
        if _yes_and_no(cells) and role not in ("part_commune", "id", "code_commune", "nom_commune", "population"):
            if speaks_of(name, found.kind):
                offers.append((0, place, "retenue"))
            elif not role:
                found.other.append(name)
            if role in ("", "nom", "territoire"):
                continue
        if role == "part_commune" and cells and not any(_part_word(c) for c in cells):
            continue
        if role == "population" and cells and not any(re.search(r"\d", c) for c in cells):
            role = "type"
        if role:
            offers.append((0 if role == "nom" and names_own(name, found.kind) else 1, place, role))
    for _, place, role in sorted(offers):
        if found.open(role) and found.free(place):
            found.take(role, place, SURE, "nom de la colonne")
    if found.open("nom") and "territoire" in found.chosen:
        found.chosen["nom"] = found.chosen.pop("territoire")


def _yes_and_no(cells: Sequence[str]) -> bool:
    """Tell whether a column only says yes or no: one of the two at least in so many words."""
    said = [says_yes(c) for c in cells]
    return bool(cells) and None not in said and (True in said or any(not says_none(c) for c in cells))


def _part_word(cell: str) -> bool:

    return column_key(cell) in PART_WORDS


# --- what columns hold against what their headers say ----------------------------------------------------------------
def _checked(found: _Settling) -> None:
    _numbers_as_names(found)
    _lists_as_names(found)
    if "code_commune" in found.chosen and found.chosen["code_commune"][2] != "choisi":
        _check_codes(found)
    _names_as_communes(found)
    if "id" in found.chosen and "nom" in found.chosen:
        _check_ids(found)


def _numbers_as_names(found: _Settling) -> None:
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


def _lists_as_names(found: _Settling) -> None:
    place, _, why = found.chosen.get("nom_commune", (-1, 0.0, ""))
    if place >= 0 and why != "choisi" and found.open("communes"):
        held = contents(found.cells[place], found.atlas)
        if held.get("communes", 0.0) >= MOSTLY:
            found.chosen["communes"] = found.chosen.pop("nom_commune")


def _check_codes(found: _Settling) -> None:
    """Drop a column of codes that contradicts the names of the communes on most rows; postal codes are told from codes."""
    place = found.chosen["code_commune"][0]
    name = found.names[place]
    named = found.chosen.get("nom_commune", (-1, 0.0, ""))[0]
    if named >= 0:
        role, checked = _against_names(found, place, named)
        if role == "code_postal" and checked:
            _as_postal(found, place)
        elif not role and checked >= 2:
            del found.chosen["code_commune"]
            found.ask("code_commune", f"La colonne « {name} » contredit les noms des communes sur la plupart des lignes : elle n’est pas "
                      "prise pour leur code.", "")  # fmt: skip
        return
    values = [re.sub(r"[.,]0+$", "", c.strip(BLANKS)).zfill(5) for c in found.cells[place]]
    postal = history(found.atlas).postal
    if len(set(values)) >= 3 and all(v in postal for v in values):
        _as_postal(found, place)
        found.ask("code_postal", f"La colonne « {name} » ne contient que des codes postaux : sont-ce des codes postaux, ou des codes "
                  "INSEE ?", name)  # fmt: skip


def _as_postal(found: _Settling, place: int) -> None:
    found.chosen.pop("code_commune", None)
    if found.open("code_postal"):
        found.take("code_postal", place, CHECKED, "codes postaux, d’accord avec les noms")


def _against_names(found: _Settling, place: int, named: int) -> tuple[str, int]:
    """Say what a column of numbers is beside names that are known: "code_commune", "code_postal" or neither, and the rows seen."""
    atlas = found.atlas
    seen = same = served = 0
    postal = history(atlas).postal
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
        of_code = set(read_loose_code(text, atlas).atoms)
        same += bool(of_code & whole) or bool(of_code and was_named(name, of_code, atlas))
        served += bool(set(postal.get(re.sub(r"[.,]0+$", "", text).zfill(5), ())) & whole)
    if seen and same >= MOSTLY * seen:
        return "code_commune", seen
    if seen and served > MOSTLY * seen:
        return "code_postal", seen
    return "", seen


def _names_as_communes(found: _Settling) -> None:
    """A column called « Nom » or « Libellé » that holds the communes, where no other column does: asked."""
    place, _, why = found.chosen.get("nom", (-1, 0.0, ""))
    if place < 0 or why == "choisi" or names_own(found.names[place], found.kind):
        return
    held = contents(found.cells[place], found.atlas)
    role = next((r for r in PLACES if held.get(r, 0.0) >= MOSTLY), "")
    if role and found.open(role) and not any(r in found.chosen for r in MEMBERSHIP):
        if any(_holds(found, i) for i in range(len(found.names)) if found.free(i)):
            return
        del found.chosen["nom"]
        found.take(role, place, PROPOSED, "contenu de la colonne")
        found.ask(
            role,
            f"La colonne « {found.names[place]} » contient des communes : est-ce bien là qu’elles sont données ?",
            found.names[place],
        )


def _check_ids(found: _Settling) -> None:
    """An identifier that differs on every row while names repeat numbers the rows: it is none."""
    at, named = found.chosen["id"][0], found.chosen["nom"][0]
    pairs = [
        (row[at].strip(), row[named].strip()) for row in found.rows if max(at, named) < len(row) and row[at].strip()
    ]
    lists = "communes" in found.chosen
    names = {name for _, name in pairs}
    if (
        found.chosen["id"][2] != "choisi"
        and len(pairs) > len(names)
        and len({i for i, _ in pairs}) == len(pairs)
        and not lists
    ):
        del found.chosen["id"]


# --- a column for each territory -----------------------------------------------------------------------------------
def _wide(found: _Settling) -> tuple[tuple[int, ...], bool]:
    """Find the columns of a table that has one for each territory, with marks or with communes; asked about.

    Returns
    -------
    tuple
        Their places, and whether they hold marks.
    """
    if "nom" in found.chosen or found.answers.roles.get("nom") or found.answers.get(WIDE_TABLE) == NO:
        return (), False
    free = [place for place in range(min(len(found.names), WIDE)) if found.free(place) and found.cells[place]
            and not role_of(found.names[place], found.kind) and not is_other(found.names[place])]  # fmt: skip
    marked = tuple(
        p
        for p in free
        if all(is_cross(c) or says_yes(c) is False for c in found.cells[p]) and any(map(is_cross, found.cells[p]))
    )
    crosses = any(role in found.chosen for role in PLACES) and len(marked) > 1
    listed = tuple(p for p in free if _holds(found, p) in ("nom_commune", "communes"))
    places = marked if crosses else listed
    if not crosses and (len(listed) < 2 or any(r in found.chosen for r in PLACES) or _alike(found, listed)):
        return (), False
    names = listing([f"« {found.names[p]} »" for p in places], 6)
    what = "des croix" if crosses else "des communes"
    found.doubts.append(
        Doubt("feuille", WIDE_TABLE, f"Chaque colonne ({names}) semble être un territoire, avec {what} en dessous : est-ce bien cela ?",
              value=names, proposal=YES, candidates=(("oui, un territoire par colonne", YES), ("non", NO)),
              blocking=found.answers.get(WIDE_TABLE) is None)
    )  # fmt: skip
    return places, crosses


def _alike(found: _Settling, places: Sequence[int]) -> bool:
    """Tell whether columns name the same communes side by side, in two ways."""
    first, second = places[:2]
    pairs = [
        (row[first].strip(), row[second].strip())
        for row in found.rows
        if max(first, second) < len(row) and row[first].strip() and row[second].strip()
    ]
    same = sum(fold(a)[:4] == fold(b)[:4] for a, b in pairs)
    return bool(pairs) and same > MOSTLY * len(pairs)


# --- what contents propose -----------------------------------------------------------------------------------------
def _holds(found: _Settling, place: int) -> str:
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


def _proposed_places(found: _Settling) -> None:
    named = found.chosen.get("nom_commune", (-1, 0.0, ""))[0]
    if named >= 0 and found.open("code_commune"):
        _beside_names(found, named)
    if any(role in found.chosen for role in (*PLACES, "code_postal")):
        return
    offers = [(PLACES.index(role) if role in PLACES else 9, place, role)
              for place in range(len(found.names)) if found.free(place) and (role := _holds(found, place))]  # fmt: skip
    for _, place, role in sorted(offers):
        if (
            found.open(role)
            and found.free(place)
            and not (role == "code_postal" and any(r in found.chosen for r in PLACES))
        ):
            found.take(role, place, PROPOSED, "contenu de la colonne")
            found.ask(
                role,
                f"La colonne « {found.names[place]} » semble être : {ROLES[role]}. Est-ce bien elle ?",
                found.names[place],
            )
    if "departement" in found.chosen and not any(r in found.chosen for r in (*PLACES, "code_postal")):
        place, _, why = found.chosen["departement"]
        if why != "choisi" and "couvert" not in found.names[place].casefold():
            found.ask("departement", "Seule la colonne « " + found.names[place] + " » situe les territoires : chacun est pris comme le "
                      "département entier. Est-ce bien le cas ?", found.names[place])  # fmt: skip


def _beside_names(found: _Settling, named: int) -> None:
    """Take a column of codes without a clear header where the names of the communes agree with it."""
    for place, name in enumerate(found.names):
        cells = found.cells[place]
        if not found.free(place) or not cells or SEAT.fullmatch(column_key(name)) or role_of(name, found.kind):
            continue
        if sum(bool(CODE.fullmatch(re.sub(r"[.,]0$", "", c))) for c in cells) < 0.8 * len(cells):
            continue
        role, seen = _against_names(found, place, named)
        if role and seen and found.open(role):
            found.take(role, place, CHECKED, "d’accord avec les noms des communes")
            return


def _proposed_name(found: _Settling) -> None:
    if found.answers.get("colonne/nom") is not None or "nom" in found.chosen or "id" in found.chosen:
        return
    offers = []
    for place, (name, cells) in enumerate(zip(found.names, found.cells, strict=True)):
        if not found.free(place) or not cells or is_other(name) or _yes_and_no(cells) or role_of(name, found.kind):
            continue
        texts = [c for c in cells if re.search(r"[^\W\d_]{3}", c)]
        if len(found.names) > WIDE or len(texts) < 0.8 * len(cells) or sum(map(len, texts)) / len(texts) >= 80:
            continue
        held = contents(cells, found.atlas)
        if max((held.get(role, 0.0) for role in PLACES), default=0.0) >= 0.8:
            continue
        offers.append(place)
    if offers:
        place = offers[0]
        found.take("nom", place, PROPOSED, "contenu de la colonne")
        found.ask(
            "nom",
            f"Aucune colonne ne nomme le territoire ; « {found.names[place]} » en est-elle le nom ?",
            found.names[place],
        )
    else:
        found.ask("nom", "Aucune colonne ne nomme le territoire : tout le fichier est pris comme un seul territoire, du nom du fichier.",
                  FILE_NAME)  # fmt: skip


def _is_commune(cell: str, atlas: Atlas) -> bool:
    """Tell whether a cell names a commune of today; names of before are too many to prove anything."""
    if len(cell) > 80:
        return False
    found = find_name(cell, atlas)
    return found.how in ("exact", "article") if found.codes else read_place(cell, atlas).status == "lu"


def contents(cells: Sequence[str], atlas: Atlas) -> Mapping[str, float]:
    """Measure what cells hold: share of codes of communes, names, lists, postal codes, EPCI, départements. Years are none of these."""
    if not cells:
        return {}
    found = dict.fromkeys(("code_commune", "code_postal", "nom_commune", "communes", "epci", "departement"), 0.0)
    postal, codes = history(atlas).postal, []
    for cell in cells[:SAMPLE]:
        bare = re.sub(r"[.,]0$", "", cell.strip(BLANKS)).replace(" ", "")
        if is_year(bare):
            continue
        if re.fullmatch(r"\d{4,5}|2[ABab]\d{1,3}", bare):
            codes.append(bare.zfill(5))
            found["code_commune"] += len(bare) == 5 and read_loose_code(bare, atlas).status != "refusé"
        elif re.fullmatch(r"\d{9}", bare):
            found["epci"] += bare in atlas.epci.index or bare in atlas.ept.index
        elif departement_of_text(cell, atlas) and not find_name(cell, atlas).codes:
            found["departement"] += 1
        elif len(parts := split_list(cell, atlas)) > 1 and any(
            _is_commune(p, atlas) or read_loose_code(p, atlas).atoms for p in parts
        ):
            found["communes"] += 1
        elif _is_commune(cell, atlas):
            found["nom_commune"] += 1
        elif len(cell) < 120 and find_body(cell, atlas).status != "refusé":
            found["epci"] += 1
    share = {role: value / min(len(cells), SAMPLE) for role, value in found.items()}
    served = sum(code in postal for code in codes)
    share["code_postal"] = served / min(len(cells), SAMPLE) if served >= 0.9 * len(codes) else 0.0
    if share["code_postal"] >= MOSTLY:
        share["code_commune"] = min(share["code_commune"], 0.4)
    if share["communes"] >= 0.05:  # some rows of a column of lists hold one commune only
        share["communes"] += share.pop("nom_commune") + share.pop("code_commune")
    return share
