"""Roles that the contents of columns propose where no header gives them: each is followed, and asked about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from geo.communes import is_year, only_says_part
from geo.files import column_key
from geo.french import fold, listing
from geo.imports.draft import ROLES
from geo.imports.headers import OWN, SEAT, is_other, names_own, role_of
from geo.imports.settling import FILE_NAME, NO, YES, Doubt
from geo.imports.tables.contents import MOSTLY, PLACES, contents
from geo.imports.tables.header_row import CODE, WIDE
from geo.imports.tables.roles import CHECKED, PROPOSED, SURE, Settling, against_names, holds, two_states
from geo.imports.vocabulary import etat_word, is_cross, says_yes, tells_states, yes_and_no

WIDE_TABLE = "feuille/croise"


SPREAD = "feuille/reparties"
_NUMBER = re.compile(r"(?P<again>\s\(\d{1,3}\))|[\s_.-]*(?:n[°o]\s?)?\d{1,3}$")


# --- communes of a row over several columns --------------------------------------------------------------------------
def spread_columns(found: Settling) -> tuple[int, ...]:
    """Find columns that together hold the communes of each row: « Commune 1 », « Commune 2 »; asked about where no header says it."""
    free = [p for p in range(min(len(found.names), WIDE)) if found.cells[p] and not found.answers.roles.get("communes")
            and (found.free(p) or any(found.chosen.get(r, (-1, 0, ""))[0] == p for r in ("nom_commune", "code_commune")))]  # fmt: skip
    held = {p: h for p in free if (h := _communes(found, p))}
    groups: dict[tuple[str, str], list[int]] = {}
    for place in held:
        groups.setdefault((column_key(_NUMBER.sub("", found.names[place])), held[place]), []).append(place)
    for (stem, _), places in groups.items():
        apart = any("(" in found.names[p] for p in places) and places[-1] - places[0] >= len(places)
        plain = [p for p in free if "(" not in found.names[p] and column_key(_NUMBER.sub("", found.names[p])) == stem]
        places = sorted({*places, *(plain if stem else ())})
        if len(places) > 1 and role_of(stem, found.kind) in ("nom_commune", "code_commune", "communes") and not apart:
            _spread_over(found, places)
            return tuple(places)
    places = [
        p for p in held if found.free(p) and not role_of(found.names[p], found.kind) and not is_other(found.names[p])
    ]
    if len(places) < 2 or "nom" not in found.chosen or any(r in found.chosen for r in PLACES) or _alike(found, places):
        return ()
    answer = found.answers.get(SPREAD)
    names = listing([f"« {found.names[p]} »" for p in places], 6)
    said = f"Les colonnes {names} contiennent des communes : celles d’une ligne sont-elles toutes du même territoire ?"
    found.doubts.append(Doubt("feuille", SPREAD, said, value=names, proposal=YES, candidates=(("oui", YES), ("non", NO)),
                              blocking=answer is None))  # fmt: skip
    if answer == NO:
        return ()
    _spread_over(found, places)
    return tuple(places)


def _communes(found: Settling, place: int) -> str:
    held = contents(found.cells[place], found.atlas)
    if held.get("code_commune", 0.0) >= MOSTLY:
        return "codes"
    return "names" if held.get("nom_commune", 0.0) + held.get("communes", 0.0) >= MOSTLY else ""


def _spread_over(found: Settling, places: Sequence[int]) -> None:
    for role in ("nom_commune", "code_commune"):
        if found.chosen.get(role, (-1, 0.0, ""))[0] in places:
            del found.chosen[role]
    found.take("communes", places[0], SURE, "communes réparties sur plusieurs colonnes")


# --- a column for each territory -----------------------------------------------------------------------------------
def wide_columns(found: Settling) -> tuple[tuple[int, ...], bool]:
    """Find the columns of a table that has one for each territory, with marks or with communes; asked about.

    Returns
    -------
    tuple
        Their places, and whether they hold marks.
    """
    if "nom" in found.chosen or found.answers.roles.get("nom") or found.answers.get(WIDE_TABLE) == NO:
        return (), False
    free = [place for place in range(min(len(found.names), WIDE)) if found.free(place) and found.cells[place]
            and not role_of(found.names[place], found.kind) and not is_other(found.names[place])
            and not is_year(found.names[place]) and not any(names_own(found.names[place], kind) for kind in OWN)]  # fmt: skip
    marked = tuple(
        p
        for p in free
        if all(is_cross(c) or says_yes(c) is False or etat_word(c) or only_says_part(c) for c in found.cells[p])
        and any(map(is_cross, found.cells[p]))
    )
    crosses = any(role in found.chosen for role in PLACES) and len(marked) > 1
    listed = tuple(p for p in free if holds(found, p) in ("nom_commune", "communes"))
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


def _alike(found: Settling, places: Sequence[int]) -> bool:
    """Tell whether columns name the same communes side by side, in two ways."""
    first, second = places[:2]
    pairs = [
        (row[first].strip(), row[second].strip())
        for row in found.rows
        if max(first, second) < len(row) and row[first].strip() and row[second].strip()
    ]
    same = sum(fold(a)[:4] == fold(b)[:4] for a, b in pairs)
    return bool(pairs) and same > MOSTLY * len(pairs)


def proposed_places(found: Settling) -> None:
    """Propose the columns that tell of communes, where no header does."""
    named = found.chosen.get("nom_commune", (-1, 0.0, ""))[0]
    if named >= 0 and found.open("code_commune"):
        _beside_names(found, named)
    if any(role in found.chosen for role in (*PLACES, "code_postal")):
        return
    offers = [(PLACES.index(role) if role in PLACES else 9, place, role)
              for place in range(len(found.names)) if found.free(place) and (role := holds(found, place))]  # fmt: skip
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


def _beside_names(found: Settling, named: int) -> None:
    """Take a column of codes without a clear header where the names of the communes agree with it."""
    for place, name in enumerate(found.names):
        cells = found.cells[place]
        if not found.free(place) or not cells or SEAT.fullmatch(column_key(name)) or role_of(name, found.kind):
            continue
        if sum(bool(CODE.fullmatch(re.sub(r"[.,]0$", "", c))) for c in cells) < 0.8 * len(cells):
            continue
        role, seen = against_names(found, place, named)
        if role and seen and found.open(role):
            found.take(role, place, CHECKED, "d’accord avec les noms des communes")
            return


def proposed_etat(found: Settling, wide: Sequence[int] = ()) -> None:
    """Propose a column that holds états under a header that says nothing of it; where another holds them too, which counts is asked.

    `wide` are the places of columns that are each a territory.
    """
    for place, (name, cells) in enumerate(zip(found.names[:WIDE], found.cells[:WIDE], strict=True)):
        if (
            place in wide
            or not found.free(place)
            or is_other(name)
            or role_of(name, found.kind)
            or not tells_states(cells)
        ):
            continue
        if "etat" in found.chosen:
            two_states(found, place)
        elif found.open("etat"):
            found.take("etat", place, PROPOSED, "contenu de la colonne")
            found.ask(
                "etat", f"La colonne « {name} » semble dire où en est chaque territoire : est-ce bien son état ?", name
            )


def proposed_name(found: Settling) -> None:
    """Propose the column that names territories, where no header does."""
    if found.answers.get("colonne/nom") is not None or "nom" in found.chosen or "id" in found.chosen:
        return
    offers = []
    for place, (name, cells) in enumerate(zip(found.names, found.cells, strict=True)):
        if not found.free(place) or not cells or is_other(name) or yes_and_no(cells) or role_of(name, found.kind):
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
