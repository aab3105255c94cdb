"""Communes that one row of a table names: by code, by name, by list, by EPCI or by département.

A reading depends on the texts of the row alone, so that a text that comes back is read once. What a name stands for may depend on
where it stands: `where` settles that once all rows were read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from geo.communes import (
    Atlas,
    CommuneMatch,
    all_named,
    departement_of,
    departement_of_text,
    find_body,
    find_name,
    history,
    in_departement,
    in_part_of,
    part_of,
    read_area,
    read_loose_code,
    read_loose_name,
    read_postal,
    read_with_parts,
    rhone_half,
    says_without,
    split_list,
    take_apart,
    was_named,
)
from geo.french import count, fold, listing, of
from geo.imports.iris_codes import read_iris
from geo.imports.tables.table import Cells, Loose, Missed, Reading, Said
from geo.imports.vocabulary import all_of_it
from geo.layers import Precision

_CODE = re.compile(r"[\d\s.,]+|2[ABab][\d\s]+|\d+(?:[.,]\d*)?[eE]\+?\d+")


def read_membership(cells: Cells, *, alone: bool, by_commune: bool, atlas: Atlas) -> Reading:
    """Read the cells of one row: the first that is filled counts, code and name being checked against each other.

    `alone` when the table holds no more than départements, which then stand for all of their communes; `by_commune` when other rows
    name communes: an EPCI beside an empty commune is then asked about.
    """
    said: list[Said] = []
    owner = owner_of(cells.departement, atlas) or None
    area = read_area(cells.departement, atlas) if cells.departement else None
    several = _departements(cells.departement, atlas) if cells.departement and area is None else ()
    if several and not any((cells.iris, cells.code, cells.name, cells.communes, cells.epci, cells.postal)) and alone:
        return Reading(several, precision=Precision.DEPARTEMENT)
    if cells.departement and area is None and not several:
        said.append(
            ("à savoir", f"département « {cells.departement[:40]} » non reconnu.", "Écrivez son numéro ou son nom.")
        )
    if cells.iris:
        return _pieces(cells, said, atlas)
    whole = not cells.code and all_of_it(cells.communes or cells.name)
    if whole and cells.epci:
        return _body(cells, said, atlas, asked=False)
    if whole and area:
        return _given(area, said, atlas, Precision.DEPARTEMENT)
    if cells.code or cells.name:
        return _commune(cells, owner or "", said, atlas)
    if cells.communes:
        return _list(cells.communes, owner or "", said, atlas)
    if cells.epci:
        return _body(cells, said, atlas, asked=by_commune and fold(cells.method) != "epci etendu")
    if cells.postal:
        return _by_postal_code(cells.postal, said, atlas)
    if fold(cells.method) in ("non resolu", "inconnue"):
        return Reading(said=tuple(said), unlocated=True)
    if area and (alone or fold(cells.method) == "departement entier"):
        return _given(area, said, atlas, Precision.DEPARTEMENT)
    if cells.departement and area is None and not several:
        said.clear()  # said by the refusal itself
        what = f"« {cells.departement[:40]} » n’est pas un département, ni une liste de départements."
        return _refused(cells.departement, what, "Écrivez leurs numéros ou leurs noms, séparés par des virgules.", said)
    return _refused("", "la commune manque.", "Donnez son code INSEE ou son nom.", said, departement=owner or "")


def owner_of(text: str, atlas: Atlas) -> str:
    """Return the département that a row states, a half of the Rhône being of the Rhône; "" when it states none."""
    return (departement_of_text(text, atlas) or (rhone_half(text) and "69")) if text else ""


def _departements(text: str, atlas: Atlas) -> tuple[int, ...]:
    """Read a list of départements in a cell (« 79, 86 », « Deux-Sèvres et Vienne »): their communes; nothing where one is none."""
    areas = [read_area(part, atlas) for part in re.split(r"[;,/|&+\n]|\set\s", text) if fold(part)]
    return tuple(dict.fromkeys(atlas.row[a] for area in areas if area for a in area.atoms)) if all(areas) else ()


def _refused(
    text: str, message: str, advice: str, said: list[Said], codes: tuple[str, ...] = (), departement: str = ""
) -> Reading:
    return Reading(missed=(Missed(text, message, advice, codes, departement),), said=tuple(said))


def _pieces(cells: Cells, said: list[Said], atlas: Atlas) -> Reading:
    """Read codes of IRIS; the commune of the row, where it has one, must be theirs."""
    if re.search(r"\bparti(?:e|el)", fold(cells.iris)):
        what = f"« {cells.iris[:60]} » : une partie seulement d’un IRIS."
        advice = "Donnez-le sur sa ligne, avec « partielle » dans la colonne de la part."
        return _refused(cells.iris, what, advice, said)
    found = read_iris(cells.iris, atlas)
    missed = [Missed(text, message, advice) for text, message, advice in found.refused]
    given = set(read_loose_code(cells.code, atlas).atoms) if cells.code else set()
    kept = []
    for code, row in found.codes:
        if given and str(atlas.codes[row]) not in given:
            other = listing(map(atlas.label, sorted(given)), 3)
            missed.append(
                Missed(
                    code, f"{code} : cet IRIS n’est pas de {other}, la commune de sa ligne.", "Corrigez l’un des deux."
                )
            )
        else:
            kept.append((code, row))
    said += [("réparé", message, "") for message in found.said]
    several = len(found.codes) + len(found.rows) + len(missed) > 1
    return Reading(rows=found.rows, missed=tuple(missed), said=tuple(said), listed=several, iris=tuple(kept))


# --- one commune ---------------------------------------------------------------------------------------------------
def _commune(cells: Cells, owner: str, said: list[Said], atlas: Atlas) -> Reading:
    """Read a code, a name or both; where either says that a part of the commune is meant, a part it is."""
    code, name = part_of(cells.code, atlas), part_of(cells.name, atlas)
    if not code and not (name and cells.code):
        return _code_and_name(cells, owner, said, atlas)
    read = _code_and_name(cells._replace(code=code or cells.code, name=name or cells.name), owner, said, atlas)
    place = in_part_of(
        CommuneMatch(cells.place, "lu", tuple(str(atlas.codes[row]) for row in read.rows)), cells.place, atlas
    )
    missed = tuple(replace(one, whole=False) for one in read.missed)
    given = _given(place, list(read.said), atlas, None)
    return given._replace(missed=missed or given.missed, loose=tuple(replace(one, whole=False) for one in read.loose))


def _code_and_name(cells: Cells, owner: str, said: list[Said], atlas: Atlas) -> Reading:
    code, name = in_departement(cells.code, owner) or cells.code, cells.name
    if code and not _CODE.fullmatch(code) and not name:
        code, name = "", cells.code  # a name in the column of codes
    by_code = read_loose_code(code, atlas) if code else None
    if by_code is not None and by_code.status != "refusé":
        if not name:
            said += _elsewhere(by_code, owner, atlas)
            return _given(by_code, said, atlas, None)
        if len(by_code.atoms) == 1 and atlas.names[atlas.row[by_code.atoms[0]]] == name:
            return _given(by_code, said, atlas, None)
        hints = _disagreement(cells.place, by_code, name, atlas)
        said += [("à savoir", hint.message, hint.advice) for hint in hints]
        read = _given(by_code, said, atlas, None)
        return Reading(read.rows, missed=tuple(hints), said=read.said)
    if not name:
        assert by_code is not None
        return _given(by_code, said, atlas, None, departement=owner)
    return _named(cells, name, owner, by_code, said, atlas)


def _named(
    cells: Cells, name: str, owner: str, by_code: CommuneMatch | None, said: list[Said], atlas: Atlas
) -> Reading:
    place, loose = read_part(name, owner, atlas)
    if cells.postal and (served := _served(name, cells.postal, owner, atlas)):
        place, loose = served, None
    if by_code is None:
        if loose is not None:
            return Reading(loose=(loose,), said=tuple(said))
        return _given(place, said, atlas, _precision(place), departement=owner)
    here = [n for n in (loose.named if loose else ()) if n.code in by_code.codes
            or cells.code.strip().startswith(departement_of(n.code, atlas) or "?")]  # fmt: skip
    if len(here) == 1:
        place = read_loose_name(name, atlas, departement_of(here[0].code, atlas))
    elif loose is not None and len(loose.named) > 1:
        codes = tuple(dict.fromkeys([*by_code.codes, *(n.code for n in loose.named)]))
        return _refused(cells.place, by_code.message, by_code.advice, said, codes, owner)
    stated = (
        departement_of_text(cells.code[:3] if cells.code.startswith("97") else cells.code[:2], atlas)
        if len(cells.code) >= 5
        else None
    )
    if place.status == "refusé" or stated not in (None, departement_of(place.atoms[0], atlas)):
        return _refused(
            cells.place,
            by_code.message,
            by_code.advice,
            said,
            tuple(dict.fromkeys([*by_code.codes, *place.codes, *place.atoms[:1]])),
            owner,
        )
    label = atlas.label(place.atoms[0]) if len(place.atoms) == 1 else f"« {name} »"
    said.append(("réparé", f"{by_code.message} La commune est prise d’après son nom : {label}.", ""))
    return _given(CommuneMatch(name, "lu", place.atoms), said, atlas, None)


def read_part(text: str, owner: str, atlas: Atlas) -> tuple[CommuneMatch, Loose | None]:
    """Read a place, and say whether it is a bare name: one that where it stands has to confirm."""
    place, part = read_with_parts(text, atlas, owner or None), part_of(text, atlas)
    name = " ".join((part or text).split())
    if owner or place.extended or _CODE.fullmatch(name) or len(text) > 80:
        return place, None
    if find_name(name, atlas).how != "exact":
        written = take_apart(name, atlas)
        if written.departement or written.code:
            return place, None
        name = written.name
    named = all_named(name, atlas)
    if place.status == "refusé" and any(n.code in atlas.parts for n in named):  # a part of a city, nobody knows which
        return place, None
    return place, Loose(text, named, not part) if named else None


def _served(name: str, postal: str, owner: str, atlas: Atlas) -> CommuneMatch | None:
    """Read a name beside its postal code: the commune that both give, or the only one of that name where the code leads."""
    digits = re.sub(r"[.,]0+$", "", postal.strip()).replace(" ", "").zfill(5)
    served = set(history(atlas).postal.get(digits, ()))
    written = take_apart(" ".join(name.split())[:80], atlas)
    named = [
        n.code
        for n in (*all_named(name[:80], atlas), *all_named(written.name, atlas))
        if not owner or departement_of(n.code, atlas) == owner
    ]
    both = [c for c in dict.fromkeys(named) if served & set(atlas.parts.get(c, (c,)))]
    if len(both) == 1:
        parts = atlas.parts.get(both[0], (both[0],))
        return CommuneMatch(name, "lu", tuple(c for c in parts if c in served))
    if served or not digits.isdigit():
        return None
    there = [
        c
        for c in dict.fromkeys(named)
        if digits.startswith(departement_of(c, atlas).replace("2A", "20").replace("2B", "20"))
    ]
    return read_loose_name(name, atlas, departement_of(there[0], atlas)) if len(there) == 1 else None


def _disagreement(text: str, place: CommuneMatch, name: str, atlas: Atlas) -> list[Missed]:
    """Tell a code and a name that are not of the same commune; the code is kept, and asked about."""
    found = find_name(name[:200], atlas)
    if not found.codes:
        return []
    whole = set(place.atoms)
    if any(whole & set(atlas.parts.get(c, (c,))) for c in found.codes) or was_named(name[:200], whole, atlas):
        return []
    label = atlas.label(place.atoms[0])
    message = f"le code est celui {of(label)}, la ligne dit « {name[:60]} » ; le code est retenu."
    return [
        Missed(text, message, "Vérifiez lequel des deux est juste.", (place.atoms[0], *found.codes[:6]), fault=False)
    ]


def _elsewhere(place: CommuneMatch, owner: str, atlas: Atlas) -> list[Said]:
    """Tell a code that is not of the département of its row, when no name confirms it; the code is kept."""
    there = departement_of(place.atoms[0], atlas)
    if not owner or there == owner:
        return []
    label = atlas.label(place.atoms[0])
    message = f"{label} est dans le département {there}, la ligne dit {owner} ; le code est retenu."
    return [("à savoir", message, "Vérifiez lequel des deux est juste.")]


def _by_postal_code(postal: str, said: list[Said], atlas: Atlas) -> Reading:
    """Read a postal code that stands alone in a column of them: the only commune it serves, else nothing."""
    return _given(read_postal(postal, atlas), said, atlas, Precision.CODES_POSTAUX)


# --- several -------------------------------------------------------------------------------------------------------
def _list(text: str, owner: str, said: list[Said], atlas: Atlas) -> Reading:
    rows: dict[int, None] = {}
    partial: dict[int, None] = {}
    loose: list[Loose] = []
    missed: list[Missed] = []
    precisions: set[Precision] = set()
    parts = split_list(text, atlas, owner)
    named = {part: part_of(part, atlas) or part for part in parts}
    reader = _codes_reader(list(named.values()), atlas)
    for part in parts:
        if reader and _CODE.fullmatch(named[part]):
            place, bare = reader(named[part], atlas), None
            place = place if named[part] == part else in_part_of(place, part, atlas)
        else:
            place, bare = read_part(part, owner, atlas)
        if bare is not None:
            loose.append(bare)
            continue
        if place.status == "refusé":
            missed.append(Missed(part, place.message, place.advice, place.codes, owner, whole=named[part] == part))
        elif place.status == "réparé":
            said.append(("réparé", place.message, place.advice))
        elif place.extended:
            said.append(("à savoir", place.message, place.advice))
        rows.update(dict.fromkeys(atlas.row[atom] for atom in place.atoms))
        partial.update(dict.fromkeys(atlas.row[atom] for atom in place.partial))
        if precision := _precision(place):
            precisions.add(precision)
    if not parts:
        missed.append(Missed(text, "la liste de communes est vide.", "Donnez des codes INSEE ou des noms."))
    precision = min(precisions, default=None)
    return Reading(
        tuple(rows), tuple(loose), tuple(missed), tuple(said), True, precision=precision, partial=tuple(partial)
    )


def _codes_reader(parts: list[str], atlas: Atlas) -> Callable[[str, Atlas], CommuneMatch] | None:
    """Say what the numbers of a list are: postal codes when all may be and one is no code of today, INSEE codes when one is no postal
    code, either when all are both; None for one number alone, and for names."""
    postal, codes = history(atlas).postal, [p.replace(" ", "").zfill(5) for p in parts if _CODE.fullmatch(p)]
    if not codes:
        return None
    if not all(code in postal for code in codes):
        return read_loose_code
    if not all(code in atlas.row for code in codes):
        return read_postal
    return _either if len(set(codes)) > 1 else None


def _either(text: str, atlas: Atlas) -> CommuneMatch:
    """Refuse a number that is the code of a commune and the postal code of others, among numbers that all are both."""
    code, served = read_loose_code(text, atlas), read_postal(text, atlas)
    if set(code.atoms) <= set(served.atoms or served.codes):
        return code
    there = listing(map(atlas.label, served.atoms or served.codes), 3)
    message = f"{text} est le code INSEE de {listing(map(atlas.label, code.atoms), 3)} et le code postal de {there}."
    codes = (*code.atoms, *served.atoms, *served.codes)
    return CommuneMatch(text, "refusé", (), message, "Donnez le nom de la commune.", tuple(dict.fromkeys(codes)))


def _body(cells: Cells, said: list[Said], atlas: Atlas, *, asked: bool) -> Reading:
    body = _area(cells.epci, atlas)
    if body.status == "refusé":  # perhaps a list of EPCI in one cell
        return _bodies(cells.epci, body, said, atlas)
    if asked:
        message = f"la commune manque ; l’EPCI ({body.extended}) n’est pas étendu à ses {count(len(body.atoms), 'commune')} sans votre accord."
        advice = "Donnez la commune, ou dites que tout l’EPCI est dans ce territoire."
        return _refused(cells.epci, message, advice, said, body.atoms)
    return _given(body, said, atlas, Precision.ETENDUE, silent=True)


def _area(text: str, atlas: Atlas) -> CommuneMatch:
    """Read an EPCI, without some of its communes where the text says so."""
    said = says_without(text, atlas) or part_of(text, atlas)
    return read_with_parts(text, atlas) if said else find_body(text, atlas)


def _bodies(text: str, whole: CommuneMatch, said: list[Said], atlas: Atlas) -> Reading:
    parts = [p for p in split_list(text, atlas) if p]
    places = [_area(part, atlas) for part in parts]
    if len(parts) < 2 or all(p.status == "refusé" for p in places):
        return _given(whole, said, atlas, None)
    missed = [Missed(p.text, p.message, p.advice, p.codes) for p in places if p.status == "refusé"]
    rows = tuple(dict.fromkeys(atlas.row[a] for p in places for a in p.atoms))
    partial = tuple(dict.fromkeys(atlas.row[a] for p in places for a in p.partial))
    return Reading(
        rows, missed=tuple(missed), said=tuple(said), listed=True, precision=Precision.ETENDUE, partial=partial
    )


def _precision(place: CommuneMatch) -> Precision | None:
    if not place.extended:
        return None
    return Precision.DEPARTEMENT if place.message.startswith("département") else Precision.ETENDUE


def _given(
    place: CommuneMatch,
    said: list[Said],
    atlas: Atlas,
    precision: Precision | None,
    *,
    silent: bool = False,
    departement: str = "",
) -> Reading:
    if place.status == "refusé":
        return _refused(place.text, place.message, place.advice, said, place.codes, departement)
    partial = tuple(atlas.row[a] for a in place.partial)
    if place.status != "lu":
        said.append((place.status, place.message, place.advice))
    elif place.extended and not silent:
        said.append(("à savoir", place.message, place.advice))
    return Reading(tuple(atlas.row[a] for a in place.atoms), said=tuple(said), precision=precision, partial=partial)
