"""Lists of places as people write them in one cell: communes, EPCI, whole départements, and these without some of their communes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from geo.communes.atlas import Atlas
from geo.communes.codes import whole_number
from geo.communes.districts import spell_out, unclear_span, with_city
from geo.communes.matching import (
    BLANKS,
    LONGEST,
    MOST,
    CommuneMatch,
    find_body,
    read_place,
    says_body,
)
from geo.communes.names import all_named, departement_of, departement_of_text, find_name, history, take_apart
from geo.communes.partial import also_in_part, in_part, is_aside, only_says_part
from geo.french import count, fold, listing, of

HARD = re.compile(r"[;\n\r\t|]+")
PARTS = re.compile(r"[;\n\r\t|]+|,(?!\s?(?:le|la|les|l['’])\s?(?:$|[;\n\r\t|,]))", re.IGNORECASE)
JOINED = re.compile(r"\s(?:et|&|\+|ainsi que)\s|(?<!\b[sS])(?<!\b[sS]\s)/")  # never the bar of « Aulnay s/ Bois »
BLANK_RUNS = re.compile(r"[^\S\n\r\t]{2,}")
WHOLE_DEPARTEMENT = re.compile(
    r"(?:tout\s(?:le\s)?)?d[ée]p(?:artement)?\.?\s?(?:de\sla\s|de\sl['’]|de\s|du\s|des\s|d['’])?:?\s?(.+?)(?:\sentier)?"
    r"|(.+?)\s?\((?:tout le )?d[ée]partement(?: entier)?\)",
    re.IGNORECASE,
)
_OF = r"(?:de\sla\s|de\sl['’]\s?|de\s|du\s|des\s|d['’]\s?)"
ALL_OF = re.compile(
    rf"(?:(?:toutes|tous)\sles|l['’]ensemble\sdes|ensemble\sdes|la\stotalité\sdes)\scommunes\s{_OF}",
    re.IGNORECASE,
)
EXCEPT = re.compile(
    r"\s?[(\[,–—-]?\s?(?<![\w-])"
    rf"(?:(?:sauf|hors|hormis|excepté(?:es|e|s)?|moins|sans)(?![\w-])|à\sl['’]e(?:xception|xclusion)\s{_OF})\s?:?\s?"
    r"(?:(?:la|les)\scommunes?\s(?:de\s|d['’]\s?|du\s|des\s)?)?",
    re.IGNORECASE,
)
LEFT_OUT = re.compile(r",|/|\s(?:et|&|\+|ainsi que)\s")
LONGEST_LIST = LONGEST * 100
LYON = "200046977"  # the Métropole de Lyon
_D69 = r"(?:(?:d|dep|dept|dpt|departement) ?)?69 ?"
RHONE = re.compile(
    rf"{_D69}m(?: (?:metropole de |grand )?lyon(?: metropole)?)?|(?:(?:metropole de |grand )lyon|lyon metropole)(?: {_D69}m)?"
    rf"|(?P<rest>{_D69}d(?: (?:nouveau )?rhone(?: (?:hors|sans) (?:la )?metropole(?: de lyon)?)?)?|(?:nouveau )?rhone {_D69}d)"
    r"|(?:departement du )?(?P<without>(?:nouveau )?rhone (?:hors|sans) (?:la )?(?:metropole(?: de lyon)?|grand lyon))"
)
_ASIDE = re.compile(r"\s?,?\s?[(\[]([^()\[\]]{0,200})[)\]]")
_HELD = re.compile("\ue000(\\d+)\ue001")  # what stands for the brackets kept aside


def split_list(text: str, atlas: Atlas, departement: str = "") -> list[str]:
    """Split a list of communes: line ends, semicolons, commas, tabs and bars; « et », « / » and blanks between codes only
    where the whole is no commune nor EPCI. What says « sauf », or « en partie », stays with what it is said of."""
    text = spell_out(BLANK_RUNS.sub(" ", text.replace("\ue000", "").replace("\ue001", "")), atlas)
    return [part for chunk in HARD.split(text) for part in _split(chunk, atlas, departement)]


def _split(chunk: str, atlas: Atlas, departement: str) -> list[str]:
    asides: list[str] = []

    def held(match: re.Match[str]) -> str:
        """Keep aside the brackets that say « sauf » or « en partie » of what stands before them."""
        if not (EXCEPT.match(match[1]) or is_aside(match[1])):
            return match[0]
        asides.append(f" ({match[1]})")
        return f"\ue000{len(asides) - 1}\ue001"

    text = _ASIDE.sub(held, chunk)
    found: list[str] = []
    for part in _cut(text, asides, atlas, departement):
        whole = _HELD.sub(lambda match: asides[int(match[1])], part).strip(BLANKS + ",.•·*")
        if found and only_says_part(whole):  # « Créteil, en partie, Vincennes »
            found[-1] = f"{found[-1]} (en partie)"
        elif whole:
            found.append(with_city(whole, found[-1]) if found else whole)
    return found


def _cut(text: str, asides: Sequence[str], atlas: Atlas, departement: str) -> list[str]:
    found: list[str] = []
    while says_without(text, atlas):
        parts, text = _around_exception(text, asides, atlas, departement)
        found += parts
    if "," in text and len(text) <= LONGEST and find_body(text, atlas).atoms:
        return [*found, text]
    return [*found, *(p for rough in PARTS.split(text) for p in _joined(rough, asides, atlas, departement))]


def _joined(rough: str, asides: Sequence[str], atlas: Atlas, departement: str) -> list[str]:
    """Cut what no comma separates: codes side by side, names that « et » or a bar joins."""
    part = rough.strip(BLANKS + ",.•·*")
    if re.fullmatch(r"(?:(?:\d{4,5}|2[ABab]\d{3})[\s/]+)+(?:\d{4,5}|2[ABab]\d{3})", part):
        return re.split(r"[\s/]+", part)
    smaller = [p for p in JOINED.split(part) if p.strip(BLANKS)]
    if len(smaller) < 2 or (len(part) <= LONGEST and find_name(part, atlas).codes):
        return [part] if part else []
    for place in range(1, len(smaller)):
        if also_in_part(smaller[place - 1], smaller[place]):
            smaller[place] = f"partie {'' if re.match(_OF, smaller[place], re.IGNORECASE) else 'de '}{smaller[place]}"
    known = [read_with_parts(_HELD.sub("", p), atlas, departement).status != "refusé" for p in smaller]
    if all(known) or asides:
        return smaller
    # a name that holds a bar or « et », or a list with a fault in it
    return [part] if read_any(part, atlas, departement).status != "refusé" else smaller


def _around_exception(text: str, asides: Sequence[str], atlas: Atlas, departement: str) -> tuple[list[str], str]:
    """Separate what leaves communes out from what stands before it in a list, and return what is left to cut after it.

    After « Niort hors Souché », a commune of the same département is the next of the list; after an EPCI it is left out too.
    """
    match = EXCEPT.search(text)
    assert match is not None  # `says_without` has seen it
    *before, base = PARTS.split(text[: match.start()])
    if not base.strip(BLANKS) or (before and find_body(text[: match.start()], atlas).atoms):
        return [text], ""
    names = _joined(base, asides, atlas, departement)
    if before and "," in match[0] and _communes_named(names[-1], atlas):  # « Niort, Aiffres, hors Magné »: of which?
        return [text], ""
    owners = {departement_of(code, atlas) for code in _communes_named(names[-1], atlas)}
    after = text[match.end() :].split(",")
    end = next((n for n, name in enumerate(after) if n and _is_next(name, owners, base, atlas)), len(after))
    whole = [p for rough in before for p in _joined(rough, asides, atlas, departement)]
    said = f"{names[-1]}{text[match.start() : match.end()]}{','.join(after[:end])}"
    return [*whole, *names[:-1], said], ",".join(after[end:])


def _is_next(text: str, owners: Collection[str], base: str, atlas: Atlas) -> bool:
    """Tell whether a text begins with a commune of some départements, other than the one it follows."""
    first = JOINED.split(text)[0]
    if match := EXCEPT.search(first):
        first = first[: match.start()]
    codes = set(_communes_named(in_part(first, atlas) or first, atlas, whole=True)) - set(_communes_named(base, atlas))
    return any(departement_of(code, atlas) in owners for code in codes)


def _communes_named(text: str, atlas: Atlas, *, whole: bool = False) -> list[str]:
    """Return the communes of today that a text may name; none of a territory, nor of a city of several atoms unless `whole`."""
    bare = text.strip(BLANKS + ".•·*")
    if not bare or len(bare) > LONGEST or (place := read_place(bare, atlas)).extended:
        return []
    codes = list(place.atoms) or [n.code for n in all_named(take_apart(bare, atlas).name, atlas) if n.today]
    return codes if whole or (len(place.atoms) < 2 and not any(code in atlas.parts for code in codes)) else []


def says_without(text: str, atlas: Atlas) -> bool:
    """Tell whether a text leaves communes out (« CA du Niortais sauf Niort »), and is no name that holds such a word."""
    if len(text) > LONGEST_LIST or not (match := EXCEPT.search(text)):
        return False
    start = text.rfind(",", 0, match.end() - 1) + 1
    part = text[start:].partition(",")[0]
    return not (len(part) <= LONGEST and find_name(part.strip(BLANKS), atlas).codes)


def part_of(text: str, atlas: Atlas) -> str:
    """Return what a text names when it means a part of one commune: « Créteil (en partie) », « Créteil sauf le Mont-Mesly »; else ""."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        return ""
    if not says_without(text, atlas) or not (match := EXCEPT.search(text)):
        return in_part(text, atlas)
    base = text[: match.start()].strip(BLANKS + ",")
    owners = {departement_of(code, atlas) for code in _communes_named(base, atlas)}
    gone = _names_left_out(text[match.end() :])
    named = fold(base) in map(fold, gone) or any(_is_next(name, owners, base, atlas) for name in gone)
    return base if owners and any(gone) and not named else ""


def _names_left_out(text: str) -> list[str]:
    names = [part.strip(BLANKS + ".") for part in LEFT_OUT.split(text)]
    return [name.strip("()[] ") if name.count("(") != name.count(")") else name for name in names]


def read_any(text: str, atlas: Atlas, departement: str | None = None) -> CommuneMatch:
    """Read a commune, or an EPCI by its SIREN or its name, or a département, or one of these without some communes.

    A text that means a part of a commune only is refused, with that commune: nothing is taken whole that is not said to be.
    """
    place = read_with_parts(text, atlas, departement)
    if not place.partial:
        return place
    labels = listing([atlas.label(code) for code in place.partial], MOST)
    message = f"« {' '.join(text.split())[:60]} » : une partie seulement {of(labels)}."
    codes = (*place.partial, *place.atoms)
    return replace(
        place,
        status="refusé",
        atoms=(),
        message=message,
        advice="Prenez la commune entière, ou laissez-la.",
        codes=codes,
    )


def read_with_parts(text: str, atlas: Atlas, departement: str | None = None) -> CommuneMatch:
    """Read as `read_any` does, communes that are meant in part being those of `partial`."""
    if name := part_of(text, atlas):
        return in_part_of(_one(name, atlas, departement), text, atlas)
    if says_without(text, atlas):
        return _without(" ".join(text.split()), atlas, departement)
    return _one(ALL_OF.sub("", text, count=1), atlas, departement)


def in_part_of(place: CommuneMatch, text: str, atlas: Atlas) -> CommuneMatch:
    """Return what a text says that means a part of a place; refused of a place of several communes, for nobody knows which."""
    shown = " ".join(text.split())[:60]
    if len(place.atoms) == 1:
        said = f"« {shown} » : une partie seulement {of(atlas.label(place.atoms[0]))}."
        said = f"{said} {place.message}" if place.message else said
        return replace(place, text=text, status="réparé", atoms=(), message=said, partial=place.atoms)
    if not place.atoms:
        return replace(place, text=text)
    which, each = ("quels arrondissements", "les arrondissements un à un")
    if place.extended:
        which, each = ("quelles communes", "les communes une à une")
    message = f"« {shown} » : une partie seulement, sans dire {which}."
    return CommuneMatch(text, "refusé", (), message, f"Écrivez {each}.", place.atoms)


def _one(text: str, atlas: Atlas, departement: str | None) -> CommuneMatch:
    bare = text.strip(BLANKS).replace(" ", "")
    if re.fullmatch(r"\d{9}", bare):
        return find_body(bare, atlas)
    match = WHOLE_DEPARTEMENT.fullmatch(" ".join(text.split())) if len(text) <= LONGEST else None
    if match and (whole := read_area(match[1] or match[2], atlas, text)):
        return whole
    question, codes = unclear_span(text, atlas)
    if question:
        advice = "Écrivez-les un à un, ou « du … au … »."
        return CommuneMatch(text, "refusé", (), f"« {' '.join(text.split())} » : {question}", advice, codes)
    place = read_place(text, atlas, departement)
    if place.status == "refusé" and len(text) <= LONGEST and says_body(text):
        body = find_body(text, atlas)
        return body if body.atoms or body.codes else place
    return place


def _without(text: str, atlas: Atlas, departement: str | None) -> CommuneMatch:
    """Read an EPCI, a département or a city without some of its communes: all of them must be known, and inside.

    Of a commune left out in part, or that only took in the one that is left out, a part is inside.
    """
    match = EXCEPT.search(text)
    assert match is not None  # `says_without` has seen it
    base = ALL_OF.sub("", text[: match.start()].strip(BLANKS + ","), count=1)
    whole = _one(base, atlas, departement)
    whole = whole if whole.atoms else find_body(base, atlas)
    left: list[str] = []
    partly: list[str] = []
    lost: list[str] = []
    for name in _names_left_out(text[match.end() :]):
        codes, cut = _left_out(name, base, set(whole.atoms), atlas)
        (partly if cut else left).extend(codes)
        lost += [] if len(codes) == 1 else [name]
    if not whole.atoms or lost or set(left) >= {*whole.atoms} or not (left or partly):
        candidates = tuple(dict.fromkeys([*whole.atoms, *left, *partly]))
        what = f" ({listing([f'« {name} »' for name in lost], 3)} ?)" if whole.atoms and lost else ""
        message = f"« {text[:80]} » : ce qui est exclu n’est pas compris{what}."
        return CommuneMatch(text, "refusé", (), message, "Écrivez les communes une à une.", candidates)
    return _rest(text, base, whole, left, partly, atlas)


def _left_out(name: str, base: str, inside: Collection[str], atlas: Atlas) -> tuple[list[str], bool]:
    """Return the communes inside a territory that a text may leave out, and whether a part of them is."""
    bare = in_part(name, atlas)
    if match := re.fullmatch(r"(?:les?\s)?(\d{1,2}\s?(?:er|e|è|ème|eme)?)(?:\sarr\w*\.?)?", name):
        name = f"{base} {match[1]}"  # « Marseille sauf 13e et 14e »
    named = [n for n in all_named(bare or name, atlas) if set(atlas.parts.get(n.code, (n.code,))) <= set(inside)]
    today = [n.code for n in named if n.today or not n.former]
    if today or not named:
        return today or [c for c in read_place(bare or name, atlas).atoms if c in inside], bool(bare)
    return [n.code for n in named], True


def _rest(
    text: str, base: str, whole: CommuneMatch, left: Sequence[str], partly: Sequence[str], atlas: Atlas
) -> CommuneMatch:
    """Say what is left of a territory without some communes."""
    gone, cut = ({a for code in codes for a in atlas.parts.get(code, (code,))} for codes in (left, partly))
    partial = tuple(a for a in whole.atoms if a in cut)
    atoms = tuple(a for a in whole.atoms if a not in gone and a not in cut)
    labels = listing([atlas.label(code) for code in dict.fromkeys(left)], 4)
    said = f"{whole.extended or base}{f', sans {labels}' if labels else ''} : {count(len(atoms), 'commune')}"
    if partial:
        said = f"{said}, et {listing([atlas.label(code) for code in partial], 4)} en partie"
    if not whole.extended:
        return CommuneMatch(text, "réparé", atoms, f"« {text[:80]} » : {said}.", partial=partial)
    what = "département entier : " if whole.message.startswith("département") else f"{whole.message.partition(' ')[0]} "
    return CommuneMatch(text, "lu", atoms, f"{what}{said}.", extended=whole.extended, partial=partial)


def read_departement(code: str, atlas: Atlas, text: str = "") -> CommuneMatch:
    """Return all the communes of a département."""
    rows = atlas.members("departement", code)
    name = f"{atlas.departements.at[code, 'nom']} ({code})"
    atoms = tuple(str(c) for c in atlas.codes[rows])
    communes = count(atlas.table["commune"].iloc[rows].nunique(), "commune")
    return CommuneMatch(text or code, "lu", atoms, f"département entier : {name}, {communes}.", extended=name)


def read_area(text: str, atlas: Atlas, shown: str = "") -> CommuneMatch | None:
    """Return all the communes of what a column of départements names: one of them, Corse, or a half of the Rhône; None for any other text.

    The Rhône is two since 2015 (law 2014-58): « 69M » is the Métropole de Lyon, « 69D » the département without it.
    """
    if code := departement_of_text(text, atlas):
        return read_departement(code, atlas, shown or text)
    folded = fold(text)
    if folded in ("20", "corse"):
        both = [read_departement(code, atlas) for code in ("2A", "2B")]
        atoms = tuple(atom for half in both for atom in half.atoms)
        return CommuneMatch(
            shown or text, "lu", atoms, f"département entier : Corse, {count(len(atoms), 'commune')}.", extended="Corse"
        )
    half = rhone_half(text)
    if not half:
        return None
    city = {str(atlas.codes[row]) for row in atlas.members("epci", LYON)}
    every = read_departement("69", atlas).atoms
    atoms = tuple(atom for atom in every if (atom in city) is (half == "69M"))
    name = "Métropole de Lyon (69M)" if half == "69M" else "Rhône sans la Métropole de Lyon (69D)"
    communes = count(len({atlas.table["commune"].iat[atlas.row[atom]] for atom in atoms}), "commune")
    return CommuneMatch(shown or text, "lu", atoms, f"département entier : {name}, {communes}.", extended=name)


def rhone_half(text: str) -> str:
    """Return « 69M » or « 69D » for a text that names a half of the Rhône, "" for any other."""
    folded = " ".join(fold(text).split())
    match = RHONE.fullmatch(folded) if len(folded) <= LONGEST else None
    return "" if match is None else "69D" if match["rest"] or match["without"] else "69M"


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
