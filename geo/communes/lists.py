"""Lists of places as people write them in one cell: communes, EPCI, whole départements, and these without some of their communes."""

from __future__ import annotations

import re

from geo.communes.atlas import Atlas
from geo.communes.codes import whole_number
from geo.communes.matching import (
    BLANKS,
    LONGEST,
    MOST,
    CommuneMatch,
    find_body,
    read_place,
    says_body,
)
from geo.communes.names import all_named, departement_of_text, find_name, history
from geo.french import count, listing

HARD = re.compile(r"[;\n\r\t|]+")
PARTS = re.compile(r"[;\n\r\t|]+|,(?!\s*(?:le|la|les|l['’])\s*(?:$|[;\n\r\t|,]))", re.IGNORECASE)
JOINED = re.compile(r"\s(?:et|&|\+|ainsi que)\s|(?<!\b[sS])(?<!\b[sS]\s)/")  # never the bar of « Aulnay s/ Bois »
WHOLE_DEPARTEMENT = re.compile(
    r"(?:tout\s+(?:le\s+)?)?d[ée]p(?:artement)?\.?\s*(?:de\s+la\s+|de\s+l['’]|de\s+|du\s+|des\s+|d['’])?:?\s*(.+?)(?:\s+entier)?"
    r"|(.+?)\s*\((?:tout le )?d[ée]partement(?: entier)?\)",
    re.IGNORECASE,
)
_OF = r"(?:de\s+la\s+|de\s+l['’]\s*|de\s+|du\s+|des\s+|d['’]\s*)"
ALL_OF = re.compile(
    rf"(?:(?:toutes|tous)\s+les|l['’]ensemble\s+des|ensemble\s+des|la\s+totalité\s+des)\s+communes\s+{_OF}",
    re.IGNORECASE,
)
EXCEPT = re.compile(
    r"\s*[(\[,–—-]?\s*(?<![\w-])"
    rf"(?:(?:sauf|hors|hormis|excepté(?:es|e|s)?|moins|sans)(?![\w-])|à\s+l['’]e(?:xception|xclusion)\s+{_OF})\s*:?\s*"
    r"(?:(?:la|les)\s+communes?\s+(?:de\s+|d['’]\s*|du\s+|des\s+)?)?",
    re.IGNORECASE,
)


_NUMBER = r"\d{1,2}(?!\d)\s*(?:er|ère|e|è|ème|eme|ième|nd|nde|re)?(?![^\W\d_])"
_NUMBERS = rf"{_NUMBER}(?:\s*(?:,|;|/|&|\+|\bet\b|\bau\b|\bà\b)\s*(?:le\s+|les\s+)?{_NUMBER})+"
_WORD = r"(?:arrondissements?|arrdts?\.?|ardts?\.?|arr\.?)"
DISTRICTS = re.compile(
    rf"\b(?P<city>Paris|Lyon|Marseille)\s*[(:,-]?\s*(?:les?\s+)?(?P<after>{_NUMBERS})(?:\s*{_WORD})?(?:\s*\))?"
    rf"|(?P<before>{_NUMBERS})\s*{_WORD}\s+(?:de\s+|d['’]\s*)?(?P<of>Paris|Lyon|Marseille)\b"
    r"|\b(?P<centre>Paris)[\s-]+Centre\b",
    re.IGNORECASE,
)
PARIS_CENTRE = "1, 2, 3, 4"  # one sector, one town hall since 2020 (law 2017-257)


def _spell_out(match: re.Match[str]) -> str:
    """Write each of several arrondissements of a city with its name: « Marseille 13e, 15e et 16e », « Lyon 1er au 3e »."""
    city, text = match["city"] or match["of"] or match["centre"], match["after"] or match["before"] or PARIS_CENTRE
    found: list[int] = []
    joint = False
    for sign in re.findall(r"\bau\b|\bà\b|\d+", text, re.IGNORECASE):
        if sign.isdigit():
            found += range(found[-1] + 1 if joint else int(sign), int(sign) + 1)
        joint = not sign.isdigit()
    return "; ".join(f"{city} {number}e" for number in found) + ("" if match["after"] else ";")


def split_list(text: str, atlas: Atlas, departement: str = "") -> list[str]:
    """Split a list of communes: line ends, semicolons, commas, tabs and bars; « et », « / » and blanks between codes only
    where the whole is no commune nor EPCI. What says « sauf » stays whole, for all that follows it is left out."""
    text = DISTRICTS.sub(_spell_out, text)
    return [part for chunk in HARD.split(text) for part in _split(chunk, atlas, departement)]


def _split(chunk: str, atlas: Atlas, departement: str) -> list[str]:
    if says_without(chunk, atlas) or ("," in chunk and len(chunk) <= LONGEST and find_body(chunk, atlas).atoms):
        return [chunk.strip(BLANKS + ",.•·*")]
    parts: list[str] = []
    for rough in PARTS.split(chunk):
        part = rough.strip(BLANKS + ",.•·*")
        if not part:
            continue
        if re.fullmatch(r"(?:(?:\d{4,5}|2[ABab]\d{3})[\s/]+)+(?:\d{4,5}|2[ABab]\d{3})", part):
            parts += re.split(r"[\s/]+", part)
        else:
            smaller = [p for p in JOINED.split(part) if p.strip(BLANKS)]
            if len(smaller) < 2 or (len(part) <= LONGEST and find_name(part, atlas).codes):
                parts.append(part)
            elif all(read_any(p, atlas, departement).status != "refusé" for p in smaller):
                parts += smaller
            else:  # a name that holds a bar or « et », or a list with a fault in it
                whole = read_any(part, atlas, departement).status != "refusé"
                parts += [part] if whole else smaller
    return parts


def says_without(text: str, atlas: Atlas) -> bool:
    """Tell whether a text leaves communes out (« CA du Niortais sauf Niort »), and is no name that holds such a word."""
    if len(text) > LONGEST * 5 or not (match := EXCEPT.search(text)):
        return False
    part = next(p for p in re.finditer(r"[^,]+|,", text) if p.end() > match.end() - 1)[0]
    return not (len(part) <= LONGEST and find_name(part.strip(BLANKS), atlas).codes)


def read_any(text: str, atlas: Atlas, departement: str | None = None) -> CommuneMatch:
    """Read a commune, or an EPCI by its SIREN or its name, or a département, or one of these without some communes."""
    if says_without(text, atlas):
        return _without(text, atlas, departement)
    return _one(ALL_OF.sub("", text, count=1), atlas, departement)


def _one(text: str, atlas: Atlas, departement: str | None) -> CommuneMatch:
    bare = text.strip(BLANKS).replace(" ", "")
    if re.fullmatch(r"\d{9}", bare):
        return find_body(bare, atlas)
    match = WHOLE_DEPARTEMENT.fullmatch(" ".join(text.split())) if len(text) <= LONGEST else None
    if match:
        code = departement_of_text(match[1] or match[2], atlas)
        if code:
            return read_departement(code, atlas, text)
    place = read_place(text, atlas, departement)
    if place.status == "refusé" and len(text) <= LONGEST and says_body(text):
        body = find_body(text, atlas)
        return body if body.atoms or body.codes else place
    return place


def _without(text: str, atlas: Atlas, departement: str | None) -> CommuneMatch:
    """Read an EPCI, a département or a city without some of its communes: all of them must be known, and inside."""
    shown = " ".join(text.split())[:80]
    match = EXCEPT.search(text)
    assert match is not None  # `says_without` has seen it
    base = ALL_OF.sub("", text[: match.start()].strip(BLANKS), count=1)
    whole = _one(base, atlas, departement)
    whole = whole if whole.atoms else find_body(base, atlas)
    inside = set(whole.atoms)
    left: list[str] = []
    lost: list[str] = []
    for name in (p.strip(BLANKS + "().[]") for p in re.split(r",|/|\s(?:et|&|\+|ainsi que)\s", text[match.end() :])):
        read = [n.code for n in all_named(name, atlas)] or list(read_place(name, atlas).atoms)
        found = [c for c in read if set(atlas.parts.get(c, (c,))) <= inside]
        left += found
        lost += [] if len(found) == 1 else [name]
    if not inside or lost or not left:
        candidates = tuple(dict.fromkeys([*whole.atoms, *left]))
        what = f" ({listing([f'« {name} »' for name in lost], 3)} ?)" if inside and lost else ""
        message = f"« {shown} » : ce qui est exclu n’est pas compris{what}."
        return CommuneMatch(text, "refusé", (), message, "Écrivez les communes une à une.", candidates)
    gone = {a for code in left for a in atlas.parts.get(code, (code,))}
    labels = listing([atlas.label(code) for code in dict.fromkeys(left)], 4)
    atoms = tuple(a for a in whole.atoms if a not in gone)
    said = f"{whole.extended or base}, sans {labels} : {count(len(atoms), 'commune')}."
    if not whole.extended:
        return CommuneMatch(text, "réparé", atoms, f"« {shown} » : {said}")
    what = "département entier : " if whole.message.startswith("département") else f"{whole.message.partition(' ')[0]} "
    return CommuneMatch(text, "lu", atoms, f"{what}{said}", extended=whole.extended)


def read_departement(code: str, atlas: Atlas, text: str = "") -> CommuneMatch:
    """Return all the communes of a département."""
    rows = atlas.members("departement", code)
    name = f"{atlas.departements.at[code, 'nom']} ({code})"
    atoms = tuple(str(c) for c in atlas.codes[rows])
    communes = count(atlas.table["commune"].iloc[rows].nunique(), "commune")
    return CommuneMatch(text or code, "lu", atoms, f"département entier : {name}, {communes}.", extended=name)


def read_postal(text: str, atlas: Atlas) -> CommuneMatch:
    """Read a postal code: the only commune that it serves, else nothing, with those that it serves."""
    code = re.sub(r"[.,]0+$", "", text.strip(BLANKS)).replace(" ", "")
    code = (whole_number(code) or code).zfill(5)
    codes = history(atlas).postal.get(code, ())
    if len(codes) == 1:
        message = f"code postal {code} : pris pour {atlas.label(codes[0])}, seule commune qu’il desserve."
        return CommuneMatch(text, "réparé", codes, message)
    message = f"« {text[:20]} » n’est pas un code postal connu."
    if codes:
        message = f"le code postal {code} dessert {count(len(codes), 'commune')} ({listing(sorted(map(atlas.label, codes)), MOST)})."
    return CommuneMatch(text, "refusé", (), message, "Donnez le code INSEE ou le nom de la commune.", codes)
