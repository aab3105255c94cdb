"""Arrondissements as people list them: « Marseille 13e, 15e et 16e », « Lyon IIIe et VIIe », « 13e et 14e arrondissements de Marseille ».

Each is written with the name of its city, so that the list can then be cut like any other.
"""

from __future__ import annotations

import re

from geo.communes.atlas import Atlas
from geo.communes.names import CITIES, ROMANS, history
from geo.french import fold, ordinal

_ROMAN = "|".join(sorted(ROMANS, key=len, reverse=True))
_ORDER = r"(?:er|ère|e|è|ème|eme|ième|ieme|nd|nde|re)"
_NUMBER = rf"(?<![^\W_])(?:\d{{1,2}}(?!\d)|(?:{_ROMAN})(?={_ORDER}?(?![^\W_])))(?:\s?{_ORDER})?(?![^\W_])"
_WORD = r"(?:arrondissements?|arrdts?\.?|ardts?\.?|arr\.?)"
_JOINT = r"\s?(?:,(?:\set)?|;|/|&|\+|-|–|\bet\b|\bau\b|\bà\b)\s?(?:les?\s)?"  # each blank in one way only
_NUMBERS = rf"{_NUMBER}(?:(?:\s?{_WORD})?{_JOINT}{_NUMBER}){{1,19}}"
_CITY = r"(?:Paris|Lyon|Marseille)"
_END = r"(?=\s?(?:$|[,;/)|&+\n\r\t.]|\bet\b|\bainsi\b|[-–—]\s))"
_CODES = r"\d{5}(?:\s?(?:,|;|/|&|\+|\bet\b)\s?\d{5}){1,19}(?!\d)"
DISTRICTS = re.compile(
    rf"\b(?P<city>{_CITY})\s?[(:,-]?\s?(?:les?\s)?(?:(?P<word>{_WORD}\s)(?P<listed>{_NUMBER}(?:{_JOINT}{_NUMBER}){{0,19}})|(?P<after>{_NUMBERS}))"
    rf"(?:\s?{_WORD})?(?:\s?\))?{_END}"
    rf"|(?P<before>{_NUMBERS})\s?{_WORD}\s(?:de\s|d['’]\s?)?(?P<of>{_CITY})\b"
    rf"|\b{_WORD}\s(?P<these>{_NUMBER}(?:{_JOINT}{_NUMBER}){{0,19}})\s(?:de\s|d['’]\s?)(?P<theirs>{_CITY})\b"
    rf"|\b(?P<served>{_CITY})\s?[(:,-]?\s?(?P<codes>{_CODES})(?:\s?\))?|(?<!\d)(?P<first>{_CODES})\s(?P<last>{_CITY})\b"
    r"|\b(?P<centre>Paris)[\s-]Centre\b",
    re.IGNORECASE,
)
_SPLIT_CITY = re.compile(rf"\b{_CITY}\b", re.IGNORECASE)
_SIGN = re.compile(rf"\bau\b|\bà\b|[-–]|\d+|(?<![^\W_])(?:{_ROMAN})(?={_ORDER}?(?![^\W_]))", re.IGNORECASE)
_SPAN = re.compile(
    rf"(?P<city>{_CITY})\s?[(:,-]?\s?(?P<first>{_NUMBER})\s?[-–]\s?(?P<last>{_NUMBER})(?:\s?{_WORD})?\s?\)?"
    rf"|(?P<before>{_NUMBER})\s?[-–]\s?(?P<until>{_NUMBER})\s?{_WORD}\s(?:de\s|d['’]\s?)?(?P<of>{_CITY})",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"(?P<lead>(?:une\s)?partie\sdu\s)?(?P<number>\d{{1,2}}\s?{_ORDER})(?:\s?{_WORD})?(?P<part>\s?\([^()]*\)|\s(?:en|pour)\spartie)?",
    re.IGNORECASE,
)
PARIS_CENTRE = "1, 2, 3, 4"  # one sector, one town hall since 2020 (law 2017-257)


def spell_out(text: str, atlas: Atlas) -> str:
    """Write each of several arrondissements of a city with its name, for a text of single blanks.

    A number that is no arrondissement of the city, or a dash that may mean « et » as well as « au », leaves the text as it is.
    """

    def spelt(match: re.Match[str]) -> str:
        if (codes := match["codes"] or match["first"]) is not None:
            return _with_codes(match[0], match["served"] or match["last"], codes, atlas)
        city = match["city"] or match["of"] or match["theirs"] or match["centre"]
        numbers = _numbers(match["after"] or match["listed"] or match["before"] or match["these"] or PARIS_CENTRE)
        if not numbers or not all(district(city, number, atlas) for number in numbers):
            return match[0]
        closed = match["after"] or match["listed"]
        return "; ".join(f"{city} {ordinal(number)}" for number in numbers) + ("" if closed else ";")

    return DISTRICTS.sub(spelt, text) if _SPLIT_CITY.search(text) else text


def with_city(text: str, before: str) -> str:
    """Write with its city an arrondissement that a list gives alone after another: « 14e (partie) » after « Marseille 13e »."""
    match, city = _ALONE.fullmatch(text), re.match(rf"{_CITY}(?=\s\d)", before, re.IGNORECASE)
    if not match or not city:
        return text
    return f"{city[0]} {match['number']}{match['part'] or (' (en partie)' if match['lead'] else '')}"


def district(city: str, number: int, atlas: Atlas) -> str:
    """Return the code of an arrondissement of a city by its number, "" when it has none of that number."""
    whole, prefix = CITIES[fold(city)]
    code = prefix + str(number).zfill(5 - len(prefix))
    return code if code in atlas.parts.get(whole, ()) else ""


def unclear_span(text: str, atlas: Atlas) -> tuple[str, tuple[str, ...]]:
    """Return what is unclear of « Marseille 1er-7e », which is two arrondissements for some and seven for others, with their codes."""
    match = _SPAN.fullmatch(" ".join(text.split())) if len(text) <= 80 else None
    if match is None:
        return "", ()
    city = match["city"] or match["of"]
    first, last = (_number(match[one] or match[other]) for one, other in (("first", "before"), ("last", "until")))
    codes = tuple(filter(None, (district(city, number, atlas) for number in range(first, last + 1))))
    if len(codes) < 3 or len(codes) <= last - first:
        return "", ()
    return (
        f"les {ordinal(first)} et {ordinal(last)} arrondissements seulement, ou aussi ceux qui sont entre les deux ?",
        codes,
    )


def by_mail(city: str, mark: str, atlas: Atlas) -> tuple[str, tuple[str, ...]]:
    """Return what a mark of the sorting of the mail (« CEDEX 05 ») leaves open of a city with arrondissements, and what it may be.

    Its number is often that of an arrondissement, and may be none (« Marseille CEDEX 20 »); "" for any other city.
    """
    name = next((name for name, (code, _) in CITIES.items() if code == city), "")
    if not name:
        return "", ()
    number = re.search(r"\d{1,2}$", mark)
    code = district(name, int(number[0]), atlas) if number else ""
    said = "le CEDEX est un repère du courrier, qui ne dit pas l’arrondissement"
    choice = (
        f"{name.capitalize()} {ordinal(int(number[0]))} (à confirmer)"
        if number and code
        else "certains de ses arrondissements"
    )
    return f"{said} : {name.capitalize()} entière, ou {choice} ?", (city, code) if code else (city,)


def _numbers(text: str) -> list[int]:
    """Return the numbers of a list, spans filled; none where a dash may not be a span: « 1er-7e »."""
    found: list[int] = []
    joint = ""
    for sign in _SIGN.findall(text):
        number = _number(sign)
        if not number:
            joint = sign
            continue
        if joint in ("-", "–") and number != found[-1] + 1:
            return []
        found += range(found[-1] + 1 if joint else number, number + 1)
        joint = ""
    return found


def _number(sign: str) -> int:
    digits = re.match(r"\d+", sign)
    if digits:
        return int(digits[0])
    roman = re.match(rf"(?:{_ROMAN})(?={_ORDER}?(?:\W|$))", sign.lower())
    return ROMANS.index(roman[0]) + 1 if roman else 0


def _with_codes(text: str, city: str, codes: str, atlas: Atlas) -> str:
    """Write postal codes beside the name of a city with that name each, where they are all its own."""
    found, parts = re.findall(r"\d{5}", codes), set(atlas.parts.get(CITIES[fold(city)][0], ()))
    if not all(parts & set(history(atlas).postal.get(code, ())) for code in found):
        return text
    return "; ".join(f"{city} {code}" for code in found)
