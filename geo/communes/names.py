"""Names and history of the communes: since when a code is no more, communes re-created, names borne before, postal codes.

Read from three files of the base (see data/README.md). What they do not state stays unsaid: a date is "" when unknown.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from rapidfuzz import fuzz, process

from geo.communes.atlas import Atlas
from geo.french import fold, long_date
from geo.kept import kept_on_subject

ARTICLES = ("le", "la", "les", "l", "aux", "los", "las")
BEFORE = re.compile(r"(?:communes?|villes?|mairies?|cne)\s+(?:de\s+|du\s+|des\s+|d['’]\s*)", re.IGNORECASE)
ARTICLE_AFTER = re.compile(r"(.+?)\s*[(,]\s*(le|la|les|l['’]?|aux|los|las)\s*\)?\s*", re.IGNORECASE)
IN_BRACKETS = re.compile(r"(.+?)\s*[(\[]\s*([^()\[\]]{2,40}?)\s*[)\]]\s*")
CODE_AFTER = re.compile(r"(.*?\S)\s*(?:[-–—,:/]\s*|\s)((?:\d{5}|2[ABab]\d{3}|97[1-68]|\d{2}|2[ABab]))\s*")
CODE_BEFORE = re.compile(r"[(\[]?((?:\d{5}|2[ABab]\d{3}|97[1-68]|\d{2}|2[ABab]))\s*(?:[)\]]|[-–—,:/]|\s)\s*(\S.*)")
NUMBERED = re.compile(r"(?:\(\d\)|\d{1,3}\s?[.)°]|n°\s*\d{1,3}\s*[:.-]?|[-–—•·*►▪])\s+(?=[^\W\d])|\d{1,3}\.(?=[^\W\d])")
CEDEX = re.compile(r"\s?[,(-]?\s?\bcedex\b\s?(\d{0,2})\)?$", re.IGNORECASE)
NUMBER_AND_NAME = re.compile(
    r"(\d{1,3}|2[AB])\s*(?:[-–—:./,]\s*|\s)(\D.*)|(\D*\D)\s*(?:[-–—:./,(\[]\s*|\s)(\d{1,3}|2[AB])\s*[)\]]?"
)
SLASHED = ("sur", "sous", "les", "en")  # what a bar stands for inside a name: « Chalon/Saône », « Fontenay s/ Bois »
BAR = re.compile(r"(?:\bs)?\s?/\s?", re.IGNORECASE)
SOUS = re.compile(r"\bs s\b")  # « Fontenay s/s Bois », folded

DISTRICT = re.compile(
    r"(paris|lyon|marseille)\s+(\d{1,2})\s*(?:er|e|re|eme|ieme|nd|nde)?(?:\s+(?:arrondissement|arrdt|arr|ardt))?"
)

ROMAN = re.compile(r"(paris|lyon|marseille)\s+([ivx]{1,5})(?:e|eme)?")  # « Lyon VIII »
DISTRICT_OF = re.compile(
    r"(\d{1,2})\s*(?:er|e|re|eme|ieme|nd|nde)?\s+(?:arrondissement|arrdt|arr|ardt)\s+(?:de\s+)?(paris|lyon|marseille)"
)

SHORT = {"s": "sur", "sr": "sur", "ss": "sous", "lez": "les", "lèz": "les", "nd": "notre dame"}
ROMANS = [
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii", "xix", "xx",
]  # fmt: skip
CITIES = {"paris": ("75056", "751"), "lyon": ("69123", "6938"), "marseille": ("13055", "132")}
OF_DEPARTEMENT = re.compile(  # in front of a number: « D33 », « Dép. 15 », « département n° 79 »
    r"d(?:[ée]p(?:artement|t)?|pt)?s?\.?\s*(?:n[°ºo]\.?\s*)?(?=\d)", re.IGNORECASE
)
ISLAND = {"20A": "2A", "20B": "2B"}


@dataclass(frozen=True)
class Recreated:
    """Communes carved again out of one: `source` still exists (smaller), `codes` are again communes since `since`."""

    source: str
    name: str
    codes: tuple[str, ...]
    since: str


@dataclass(frozen=True, eq=False)
class History:
    """The years behind the codes of today.

    `since`: former code → ISO day, or year, from which it is no commune any more. `recreated`: code of the commune that was
    split again → what was carved out. `old_names`: (name as published, code of the commune of today, day or year of the
    change). `postal`: postal code → codes of communes or arrondissements.
    """

    since: Mapping[str, str]
    recreated: Mapping[str, Recreated]
    old_names: tuple[tuple[str, str, str], ...]
    postal: Mapping[str, tuple[str, ...]]


@kept_on_subject
def history(atlas: Atlas) -> History:
    """Return the history that goes with an atlas; an empty one where its files are absent."""
    return read_history(atlas.path)


@lru_cache(maxsize=2)
def read_history(path: Path) -> History:
    """Read the history of a base; files that are absent leave their part empty."""
    since = {r["ancien"]: r["depuis"] for r in _rows(path / "anciens_codes.csv") if r.get("depuis")}
    split: dict[str, Recreated] = {}
    for r in _rows(path / "communes_recreees.csv"):
        codes = split[r["issue_de"]].codes if r["issue_de"] in split else ()
        split[r["issue_de"]] = Recreated(r["issue_de"], r["nom_avant"], (*codes, r["code"]), r["depuis"])
    postal: dict[str, tuple[str, ...]] = {}
    for r in _rows(path / "codes_postaux.csv"):
        postal[r["code_postal"]] = tuple(r["communes"].split())
    names = tuple((r["nom"], r["code"], r["depuis"]) for r in _rows(path / "anciens_noms.csv"))
    return History(MappingProxyType(since), MappingProxyType(split), names, MappingProxyType(postal))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def say_date(date: str) -> str:
    """Write a day in French (« le 1er janvier 2025 »), or the year of the first list where a code is missing."""
    parts = date.split("-")
    if len(parts) != 3:
        return f"le code officiel de {date}"
    return f"le {long_date(datetime.date(*map(int, parts)))}"


@dataclass(frozen=True)
class Found:
    """Where a name leads: codes of communes of today (cities whole), how (« exact », « article », « court » for a name cut
    before its brackets, « arrondissement » for what may be a city or a part of it, « ancien », « »), and the former code it was
    found under."""

    codes: tuple[str, ...]
    how: str = "exact"
    former: str = ""


@dataclass(frozen=True)
class Written:
    """A text taken apart: name, département it states, INSEE or postal code written with it, mark of the sorting of the mail
    (« CEDEX », « CEDEX 05 »)."""

    name: str
    departement: str = ""
    code: str = ""
    cedex: str = ""


def take_apart(text: str, atlas: Atlas) -> Written:
    """Separate a name from the département or the code that is written with it, its number in a list and « CEDEX »."""
    name = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
    if match := CEDEX.search(name):
        return replace(_apart(name[: match.start()], atlas), cedex=f"CEDEX {match[1]}".strip())
    return _apart(name, atlas)


def _apart(name: str, atlas: Atlas) -> Written:
    name = re.sub(r"(?<!\d)(\d{2}) (\d{3})(?!\d)", r"\1\2", name)  # « 78 200 »
    name = BEFORE.sub("", NUMBERED.sub("", name, count=1) if NUMBERED.match(name) else name, count=1)
    if match := ARTICLE_AFTER.fullmatch(name):
        return Written(f"{match[2].replace('’', chr(39))} {match[1]}")
    if match := IN_BRACKETS.fullmatch(name):
        inside = match[2]
        if article := ARTICLE_AFTER.fullmatch(match[1]):
            return Written(f"{article[2]} {article[1]}", *_inside(inside, atlas))
        departement, code = _inside(inside, atlas)
        if departement or code:
            return Written(match[1], departement, code)
    before = CODE_BEFORE.fullmatch(name)
    after = None if before or DISTRICT.fullmatch(fold(name)) else CODE_AFTER.fullmatch(name)
    for code, rest in ((before[1], before[2]) if before else ("", ""), (after[2], after[1]) if after else ("", "")):
        if len(code) == 5 or code.upper() in atlas.departements.index:
            return Written(rest, *_inside(code, atlas))
    return Written(name)


def _inside(text: str, atlas: Atlas) -> tuple[str, str]:
    """Return what is between brackets: département (by number or name), or code."""
    code = text.strip().upper()
    if re.fullmatch(r"\d{5}|2[AB]\d{3}", code):
        return "", code
    return departement_of_text(text, atlas) or "", ""


def departement_of_text(text: str, atlas: Atlas) -> str | None:
    """Return the code of a département written by number (« 1 », « 01 », « 2a ») or by name, None when it is none."""
    return _departement_reader(atlas)(text)


@kept_on_subject
def _departement_reader(atlas: Atlas) -> Callable[[str], str | None]:
    """Return what reads a département among those of some communes, and remembers what it read."""

    @lru_cache(maxsize=10_000)
    def read(text: str) -> str | None:
        return _departement_of_text(text, atlas)

    return read


def _departement_of_text(text: str, atlas: Atlas) -> str | None:
    bare = text.strip(" \t\u00a0='\"")
    if code := _departement_of_number(bare, atlas):
        return code
    if named := _departements(atlas).get(_departement_key(bare)):
        return named
    match = NUMBER_AND_NAME.fullmatch(" ".join(bare.upper().split())) if len(bare) <= 60 else None
    if not match:
        return None
    number, name = (match[1], match[2]) if match[1] else (match[4], match[3])
    code = _departement_of_number(number, atlas)
    return code if code and _departements(atlas).get(_departement_key(name)) == code else None


def _departement_of_number(text: str, atlas: Atlas) -> str:
    code = OF_DEPARTEMENT.sub("", text).upper().removesuffix(".0")
    code = re.sub(r"^97[\s.-]([1-6])$", r"97\1", code)
    code = ISLAND.get(code, code.zfill(2) if code.isdigit() else code)
    if re.fullmatch(r"0\d{2}", code) and code[1:] in atlas.departements.index:
        code = code[1:]
    return code if code in atlas.departements.index else ""


def _departement_key(text: str) -> str:
    return plain(re.sub(r"^(?:dep(?:artement)?|dpt)\s*(?:de|du|des|d)?\s+", "", fold(text)))


@kept_on_subject
def _departements(atlas: Atlas) -> dict[str, str]:
    return {plain(str(name)): str(code) for code, name in atlas.departements["nom"].items()}


def plain(name: str) -> str:
    """Reduce a name further than `fold`: abbreviations spelt out, no article in front, no blank."""
    return _plain_of(fold(name))


def _plain_of(folded: str) -> str:
    words = [SHORT.get(w, w) for w in SOUS.sub("ss", folded).split()]
    if len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
    return "".join(words)


def find_name(name: str, atlas: Atlas) -> Found:
    """Find the communes of today that a bare name may stand for; all of them, for the caller to narrow."""
    index = _index(atlas)
    folded = fold(name)
    if codes := index.exact.get(folded):
        return Found(codes)
    if codes := _district(name, folded, atlas):
        return Found(codes, "exact" if len(codes) == 1 else "arrondissement")
    key = plain(name)
    if codes := index.plain.get(key):
        return Found(codes, "article")
    if codes := index.short.get(key):
        return Found(codes, "court")
    if "/" in name and (codes := _slashed(name, index)):
        return Found(codes, "article")
    if former := index.former.get(key):
        if len({today for _, today in former}) == 1:
            return Found((former[0][1],), "ancien", former[0][0])
        return Found(tuple(dict.fromkeys(today for _, today in former)), "ancien")
    return Found((), "")


def _slashed(name: str, index: _Index) -> tuple[str, ...]:
    """Return the communes whose name a bar cuts short: « Chalon/Saône », « Fontenay/Bois »."""
    for word in SLASHED:
        if codes := index.plain.get(plain(BAR.sub(f" {word} ", name))):
            return codes
    return ()


def _district(name: str, folded: str, atlas: Atlas) -> tuple[str, ...]:
    """Return the arrondissement that a name gives; with the whole city where the number is also that of its département."""
    match = DISTRICT.fullmatch(folded)
    city, number = (match[1], match[2]) if match else ("", "")
    if roman := ROMAN.fullmatch(folded):
        city, number = roman[1], str(ROMANS.index(roman[2]) + 1 if roman[2] in ROMANS else 0)
    elif not match and (other := DISTRICT_OF.fullmatch(folded)):
        city, number = other[2], other[1]
    if not city:
        return ()
    whole, prefix = CITIES[city]
    code = prefix + str(int(number)).zfill(5 - len(prefix))
    if code not in atlas.parts.get(whole, ()):
        return ()
    if match and folded.endswith(number) and departement_of(whole, atlas) == number:  # « Marseille 13 »
        return (whole,) if re.search(r"[(\[]", name) else (whole, code)
    return (code,)


@dataclass(frozen=True)
class Named:
    """A commune that bears a name, or bore it: its code of today, whether it bears it today, its former code if it had one."""

    code: str
    today: bool
    former: str = ""


def all_named(name: str, atlas: Atlas, found: Found | None = None) -> tuple[Named, ...]:
    """Return every commune that bears a bare name today, then those that bore it before or took in one that did.

    `found` is what `find_name` gives of it, where it is known.
    """
    found = found or find_name(name, atlas)
    today = found.codes if found.how != "ancien" else ()
    before = _index(atlas).former.get(plain(name), ())
    return (
        *(Named(code, True) for code in today),
        *(Named(code, False, former) for former, code in before if code not in today),
    )


def was_named(name: str, codes: Iterable[str], atlas: Atlas) -> bool:
    """Return whether one of these communes of today bore a name before, or took in a commune that did."""
    return not {today for _, today in _index(atlas).former.get(plain(name), ())}.isdisjoint(codes)


def near(name: str, atlas: Atlas, *, departement: str = "", most: int = 3) -> tuple[str, ...]:
    """Return codes of communes whose names look like this one, nearest first: hints, never answers."""
    index = _index(atlas)
    key = fold(name)
    if len(key) < 3:
        return ()
    choices = [
        name for bucket in _buckets(key) for name in index.near.get(bucket, ()) if abs(len(name) - len(key)) <= 4
    ]
    close = process.extract(key, list(dict.fromkeys(choices)), scorer=fuzz.ratio, limit=most * 4, score_cutoff=80)
    codes = [code for found, _, _ in close for code in index.exact[found]]
    if departement:
        codes = [c for c in codes if departement_of(c, atlas) == departement] or codes
    return tuple(codes[:most])


def _buckets(key: str) -> tuple[str, str]:
    """Name the two heaps where names that look like this one are sought: those that start alike, those that end alike."""
    words = [w for w in key.split() if w not in (*ARTICLES, "saint", "sainte")] or [key]
    return f"^{words[0][:2]}", f"{key[-4:]}$"


def departement_of(code: str, atlas: Atlas) -> str:
    """Return the département of an atom or of a split city, "" of anything else."""
    return _owners(atlas).get(code, "")


@kept_on_subject
def _owners(atlas: Atlas) -> dict[str, str]:
    atoms = dict(zip(atlas.codes, atlas.table["departement"].astype(str), strict=True))
    return atoms | {str(code): str(owner) for code, owner in atlas.villes["departement"].items()}


@dataclass(frozen=True, eq=False)
class _Index:
    exact: dict[str, tuple[str, ...]]
    short: dict[str, tuple[str, ...]]
    plain: dict[str, tuple[str, ...]]
    former: dict[str, tuple[tuple[str, str], ...]]
    near: dict[str, list[str]]


@kept_on_subject
def _index(atlas: Atlas) -> _Index:
    exact: dict[str, tuple[str, ...]] = {}
    loose: dict[str, tuple[str, ...]] = {}
    short: dict[str, tuple[str, ...]] = {}
    former: dict[str, tuple[tuple[str, str], ...]] = {}
    pairs = [*zip(atlas.codes, atlas.names, strict=True), *zip(atlas.villes.index, atlas.villes["nom"], strict=True)]
    for code, name in pairs:
        folded = fold(name)
        key = _plain_of(folded)
        exact[folded] = (*exact.get(folded, ()), str(code))
        loose[key] = (*loose.get(key, ()), str(code))
        if "(" in name:
            key = plain(name.partition("(")[0])
            short[key] = (*short.get(key, ()), str(code))
    since = history(atlas).since
    olds = [(since.get(code, ""), name, code, today) for code, (today, name) in atlas.former.items() if name]
    olds += [(until, name, "", code) for name, code, until in history(atlas).old_names if code in atlas.row]
    for _, name, code, today in sorted(olds, key=lambda old: old[0], reverse=True):  # the last that was in use first
        key = plain(name)
        if all(today != other for _, other in former.get(key, ())):
            former[key] = (*former.get(key, ()), (code, today))
    heaps: dict[str, list[str]] = {}
    for name in exact:
        for bucket in _buckets(name):
            heaps.setdefault(bucket, []).append(name)
    return _Index(exact, short, loose, former, heaps)
