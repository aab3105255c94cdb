"""Communes that one row of a table names: by code, by name, by list, by EPCI or by département.

A reading depends on the texts of the row alone, so that a text that comes back is read once.
"""

from __future__ import annotations

from dataclasses import dataclass

from geo.communes import (
    Atlas,
    CommuneMatch,
    departement_of,
    departement_of_text,
    find_body,
    find_name,
    history,
    read_any,
    read_departement,
    read_loose_code,
    read_loose_name,
    split_list,
    was_named,
)
from geo.french import count, fold, listing
from geo.layers import Precision
from geo.remarks import RemarkKind

Said = tuple[RemarkKind, str, str]


@dataclass(frozen=True)
class Reading:
    """Rows (in the atlas) that a row of a table gives, and what is to be said of it.

    `refused` when it gives nothing; `partly` when a list holds names that could not be read; `unlocated` when the row says
    that the composition is not known.
    """

    rows: tuple[int, ...] = ()
    said: tuple[Said, ...] = ()
    refused: bool = False
    partly: bool = False
    unlocated: bool = False
    precision: Precision | None = None


def read_membership(
    code: str,
    name: str,
    communes: str,
    epci: str,
    departement: str,
    postal: str,
    method: str,
    *,
    alone: bool,
    atlas: Atlas,
) -> Reading:
    """Read the cells of one row: the first that is filled counts, code and name being checked against each other.

    `alone` when the table holds no more than départements, which then stand for all of their communes.
    """
    said: list[Said] = []
    owner = departement_of_text(departement, atlas) if departement else None
    if departement and owner is None:
        said.append(("à savoir", f"département « {departement[:40]} » non reconnu.", "Écrivez son numéro ou son nom."))
    if code or name:
        return _commune(code, name, owner or _postal_owner(postal, atlas), said, atlas)
    if communes:
        return _list(communes, owner, said, atlas)
    if epci:
        body = find_body(epci, atlas)
        if body.status == "refusé":  # perhaps a list of EPCI in one cell
            return _bodies(epci, body, said, atlas)
        return _given(body, said, atlas, Precision.ETENDUE, silent=True)
    if postal:
        return _by_postal_code(postal, said, atlas)
    if fold(method) in ("non resolu", "inconnue"):
        return Reading(said=tuple(said), unlocated=True)
    if owner and (alone or fold(method) == "departement entier"):
        return _given(read_departement(owner, atlas), said, atlas, Precision.DEPARTEMENT)
    message = "la commune manque."
    return Reading(said=(*said, ("refusé", message, "Donnez son code INSEE ou son nom.")), refused=True)


def _commune(code: str, name: str, owner: str | None, said: list[Said], atlas: Atlas) -> Reading:
    by_code = read_loose_code(code, atlas) if code else None
    if by_code is not None and by_code.status == "refusé" and not code[:1].isdigit() and not name:
        by_code = read_any(code, atlas, owner)  # a name in the column of codes
    if by_code is not None and by_code.status != "refusé":
        if name and not (len(by_code.atoms) == 1 and atlas.names[atlas.row[by_code.atoms[0]]] == name):
            said += _disagreement(by_code, name, atlas)
        elif not name:
            said += _elsewhere(by_code, owner, atlas)
        return _given(by_code, said, atlas, None)
    if not name:
        assert by_code is not None
        return _given(by_code, said, atlas, None)
    by_name = read_any(name, atlas, owner)
    if by_name.status == "refusé" and by_name.codes and code and by_code is not None:
        here = [c for c in by_name.codes if c in by_code.codes or code.strip().startswith(departement_of(c, atlas))]
        if len(here) == 1 and find_name(name, atlas).codes:
            by_name = read_loose_name(name, atlas, departement_of(here[0], atlas))
    if by_code is None:
        return _given(by_name, said, atlas, _precision(by_name))
    stated = departement_of_text(code[:3] if code.startswith("97") else code[:2], atlas) if len(code) >= 5 else None
    if by_name.status == "refusé" or stated not in (None, departement_of(by_name.atoms[0], atlas)):
        return _given(by_code, said, atlas, None)
    label = atlas.label(by_name.atoms[0]) if len(by_name.atoms) == 1 else f"« {name} »"
    said.append(("réparé", f"{by_code.message} La commune est prise d’après son nom : {label}.", ""))
    return _given(CommuneMatch(name, "lu", by_name.atoms), said, atlas, None)


def _disagreement(place: CommuneMatch, name: str, atlas: Atlas) -> list[Said]:
    """Tell a code and a name that are not of the same commune; the code is kept."""
    found = find_name(name[:200], atlas)
    if not found.codes:
        return []
    whole = set(place.atoms)
    if any(whole & set(atlas.parts.get(c, (c,))) for c in found.codes) or was_named(name[:200], whole, atlas):
        return []
    label = atlas.label(place.atoms[0])
    advice = "Vérifiez lequel des deux est juste."
    return [("à savoir", f"le code est celui de {label}, la ligne dit « {name[:60]} » ; le code est retenu.", advice)]


def _elsewhere(place: CommuneMatch, owner: str | None, atlas: Atlas) -> list[Said]:
    """Tell a code that is not of the département of its row, when no name confirms it; the code is kept."""
    there = departement_of(place.atoms[0], atlas)
    if not owner or there == owner:
        return []
    label = atlas.label(place.atoms[0])
    message = f"{label} est dans le département {there}, la ligne dit {owner} ; le code est retenu."
    return [("à savoir", message, "Vérifiez lequel des deux est juste.")]


def _by_postal_code(postal: str, said: list[Said], atlas: Atlas) -> Reading:
    """Read a postal code that stands alone in a column of them: the only commune it serves, else nothing."""
    digits = postal.strip().removesuffix(".0").zfill(5)
    codes = history(atlas).postal.get(digits, ())
    if len(codes) == 1:
        message = f"code postal {digits} : pris pour {atlas.label(codes[0])}, seule commune qu’il desserve."
        said.append(("réparé", message, ""))
        return Reading((atlas.row[codes[0]],), tuple(said), precision=Precision.CODES_POSTAUX)
    if codes:
        served = listing([atlas.label(c) for c in codes], 6)
        message = f"le code postal {digits} dessert {count(len(codes), 'commune')} ({served})."
    else:
        message = f"« {postal[:20]} » n’est pas un code postal connu."
    said.append(("refusé", message, "Donnez le code INSEE ou le nom de la commune."))
    return Reading(said=tuple(said), refused=True)


def _postal_owner(postal: str, atlas: Atlas) -> str | None:
    digits = postal.strip().removesuffix(".0").zfill(5) if postal.strip() else ""
    if not digits.isdigit() or digits.startswith("20"):
        return None
    return departement_of_text(digits[:3] if digits.startswith("97") else digits[:2], atlas)


def _list(text: str, owner: str | None, said: list[Said], atlas: Atlas) -> Reading:
    rows: dict[int, None] = {}
    missed = 0
    parts = split_list(text, atlas, owner or "")
    precisions: set[Precision] = set()
    for part in parts:
        place = read_any(part, atlas, owner)
        if place.status != "lu":
            said.append((place.status, place.message, place.advice))
        elif place.extended:
            said.append(("à savoir", place.message, place.advice))
        missed += place.status == "refusé"
        rows.update(dict.fromkeys(atlas.row[atom] for atom in place.atoms))
        if precision := _precision(place):
            precisions.add(precision)
    if not parts:
        said.append(("refusé", "la liste de communes est vide.", "Donnez des codes INSEE ou des noms."))
    return Reading(
        tuple(rows),
        tuple(said),
        refused=not rows,
        partly=bool(rows and missed),
        precision=min(precisions, default=None),
    )


def _bodies(text: str, whole: CommuneMatch, said: list[Said], atlas: Atlas) -> Reading:
    parts = [p for p in split_list(text, atlas) if p]
    places = [find_body(part, atlas) for part in parts]
    if len(parts) < 2 or all(p.status == "refusé" for p in places):
        return _given(whole, said, atlas, None)
    said += [("refusé", p.message, p.advice) for p in places if p.status == "refusé"]
    rows = dict.fromkeys(atlas.row[a] for p in places for a in p.atoms)
    partly = any(p.status == "refusé" for p in places)
    return Reading(tuple(rows), tuple(said), partly=partly, precision=Precision.ETENDUE)


def _precision(place: CommuneMatch) -> Precision | None:
    if not place.extended:
        return None
    return Precision.DEPARTEMENT if place.message.startswith("département") else Precision.ETENDUE


def _given(
    place: CommuneMatch, said: list[Said], atlas: Atlas, precision: Precision | None, *, silent: bool = False
) -> Reading:
    if place.status != "lu":
        said.append((place.status, place.message, place.advice))
    elif place.extended and not silent:
        said.append(("à savoir", place.message, place.advice))
    if place.status == "refusé":
        return Reading(said=tuple(said), refused=True)
    return Reading(tuple(atlas.row[a] for a in place.atoms), tuple(said), precision=precision)
