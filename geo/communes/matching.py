"""Matching of a text typed by a person, code or name however written, with the communes of today.

More lenient than `geo.communes.codes`, which the command line uses: here what can be mended without a guess is mended, and said.
What could be several things (homonyms, postal codes) is refused with its candidates, for the person to choose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from geo.communes.atlas import Atlas
from geo.communes.codes import SHORTENED, name_of, read_code, whole_number
from geo.communes.districts import by_mail
from geo.communes.names import (
    Written,
    all_named,
    departement_of,
    departement_of_text,
    find_name,
    history,
    near,
    say_date,
    take_apart,
)
from geo.french import count, fold, listing, of
from geo.kept import kept_on_subject

Status = Literal["lu", "réparé", "refusé"]
BLANKS = " \t\r\n\ufeff\u00a0\u202f\u200b\"'’=`"
YEAR = re.compile(r"(?:199\d|20[0-2]\d|203[0-5])(?:[.,]0+)?")
CODE_LIKE = re.compile(rf"\d[\d ]*|2[AB]\d{{1,3}}|{SHORTENED.pattern}")
MOST = 6
LONGEST = 200


@dataclass(frozen=True)
class CommuneMatch:
    """What one text stands for: `atoms` of today, none when it is refused.

    `message` says what was done or why it is refused, "" when there is nothing to say; `advice` what to do; `codes` are the
    candidates of a refusal. `extended` is the name of the EPCI whose communes were taken, else "". `partial` are atoms of which a part
    only is meant: they are not in `atoms`.
    """

    text: str
    status: Status
    atoms: tuple[str, ...] = ()
    message: str = ""
    advice: str = ""
    codes: tuple[str, ...] = ()
    extended: str = ""
    partial: tuple[str, ...] = ()


def read_place(text: str, atlas: Atlas, departement: str | None = None) -> CommuneMatch:
    """Read a code or a name of a commune; `departement` (its code) separates homonyms."""
    if len(text) > LONGEST:
        shown = " ".join(text[:60].split())
        return CommuneMatch(text, "refusé", (), f"« {shown}… » : texte trop long pour un nom de commune.", "Une commune par cellule, "
                     "ou une liste séparée par des points-virgules.")  # fmt: skip
    return _reader(atlas)(text, departement or "")


@kept_on_subject
def _reader(atlas: Atlas) -> Callable[[str, str], CommuneMatch]:
    """Return what reads a place among some communes, and remembers what it read."""

    @lru_cache(maxsize=100_000)
    def read(text: str, departement: str) -> CommuneMatch:
        return _read_place(text, atlas, departement)

    return read


def _read_place(text: str, atlas: Atlas, departement: str) -> CommuneMatch:
    bare = text.strip(BLANKS)
    if not bare:
        return CommuneMatch(text, "refusé", message="la commune manque.", advice="Donnez son code INSEE ou son nom.")
    if CODE_LIKE.fullmatch(bare.upper().removesuffix(".0")):
        return _alone(text, read_loose_code(text, atlas), atlas)
    return read_loose_name(text, atlas, departement)


def _alone(text: str, place: CommuneMatch, atlas: Atlas) -> CommuneMatch:
    """Refuse a number that nothing says to be an INSEE code where it was that of a commune, and is now a postal code elsewhere."""
    code = _mended(text)
    served = history(atlas).postal.get(code, ())
    if code not in atlas.former or not served or set(served) & set(place.atoms):
        return place
    message = (
        f"{code} est le code postal de {_labels(served, atlas)}, et l’ancien code de {_labels(place.atoms, atlas)}."
    )
    return CommuneMatch(
        text,
        "refusé",
        (),
        message,
        "Donnez le nom de la commune, ou son code INSEE d’aujourd’hui.",
        (*served, *place.atoms),
    )


def is_year(text: str) -> bool:
    """Tell whether a text is a year of our time (1990 to 2035): never the code of a commune without its zero."""
    return bool(YEAR.fullmatch(text.strip(BLANKS)))


def read_loose_code(text: str, atlas: Atlas) -> CommuneMatch:
    """Read an INSEE code that a spreadsheet or a person may have damaged; repairs are said with the old and the new."""
    code = _mended(text)
    shown = " ".join(text.split())[:30]
    if is_year(text):
        codes = read_code(code.zfill(5), atlas).atoms
        maybe = f", ou peut-être {_labels(codes, atlas, ' ou ')} sans son zéro" if codes else ""
        return CommuneMatch(
            text, "refusé", (), f"{shown} est une année{maybe}.", "Écrivez les cinq caractères du code.", codes
        )
    reading = read_code(code, atlas)
    damaged = "" if code == shown.upper() or code == shown.upper().strip(BLANKS) else f"« {shown} » lu {code}"
    if reading.kind == "atom":
        return CommuneMatch(
            text,
            "réparé" if damaged else "lu",
            reading.atoms,
            f"{damaged} ({name_of(code, atlas)})." if damaged else "",
        )
    if reading.kind == "city":
        parts = atlas.pieces_word(code, len(reading.atoms))
        city = f"{code} ({name_of(code, atlas)}, ville entière) remplacé par ses {parts}."
        return CommuneMatch(text, "réparé", reading.atoms, city)
    if reading.kind == "former":
        return CommuneMatch(text, "réparé", reading.atoms, say_former(code, atlas, damaged))
    if reading.kind == "no_outline":
        return CommuneMatch(
            text, "refusé", (), _after(reading.message, code), "Retirez cette ligne : ce territoire n’est pas traité."
        )
    return _unknown_code(text, code, atlas)


def say_former(code: str, atlas: Atlas, damaged: str = "") -> str:
    """Say what a former code became, and since when where it is known."""
    today, name = atlas.former[code]
    since = history(atlas).since.get(code, "")
    date = f", hors d’usage depuis {say_date(since)}" if since else ""
    was = f"{code} ({name})" if name else code
    lead = f"{damaged} ; " if damaged else ""
    return f"{lead}{was} : ancien code{date} ; remplacé par {today} ({name_of(today, atlas)})."


def _mended(text: str) -> str:
    code = text.strip(BLANKS).upper()
    code = whole_number(code) or code
    code = re.sub(r"[.,]0+$", "", code).replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    if re.fullmatch(r"2[AB]\d{1,2}", code):
        return code[:2] + code[2:].zfill(3)
    return code.zfill(5) if re.fullmatch(r"\d{4}", code) else code


def _shortened(text: str) -> CommuneMatch:
    message = (
        f"« {' '.join(text.split())[:30]} » est un nombre abrégé par le tableur : ses derniers chiffres sont perdus."
    )
    advice = "Mettez la colonne au format texte, ou nombre sans décimale, puis enregistrez à nouveau."
    return CommuneMatch(text, "refusé", (), message, advice)


def _unknown_code(text: str, code: str, atlas: Atlas) -> CommuneMatch:
    shown = " ".join(text.split())[:30]
    if SHORTENED.fullmatch(code):
        return _shortened(text)
    codes = history(atlas).postal.get(code, ())
    if codes:
        places = listing([atlas.label(c) for c in codes], MOST)
        what = "celui" if len(codes) == 1 else f"celui de {count(len(codes), 'commune')}"
        return CommuneMatch(text, "refusé", (), f"{shown} est un code postal ({what} : {places})." if len(codes) > 1
                     else f"{shown} est un code postal (celui de {places}).",
                     "Remplacez-le par le code INSEE de la commune.", codes)  # fmt: skip
    if code in atlas.departements.index or (len(code) == 1 and f"0{code}" in atlas.departements.index):
        return CommuneMatch(text, "refusé", (), f"{shown} est un numéro de département, pas un code de commune.",
                     f"Pour le département entier, écrivez « département {code.zfill(2)} ».")  # fmt: skip
    if re.fullmatch(r"\d{9}", code):
        return CommuneMatch(text, "refusé", (), f"{shown} a la forme d’un SIREN mais n’est celui d’aucun EPCI.",
                     "Vérifiez le numéro.")  # fmt: skip
    if re.fullmatch(r"(?:\d{2}|2[AB])\d{3}", code):
        if code.endswith("0") and departement_of_text(code[:2], atlas):
            return CommuneMatch(text, "refusé", (), f"{shown} n’est pas un code INSEE de commune ; on dirait un code postal.",
                         "Remplacez-le par le code INSEE de la commune.")  # fmt: skip
        return CommuneMatch(text, "refusé", (), f"{shown} n’est ni un code de commune de {atlas.year} ni un ancien code.",
                     "Vérifiez le code, ou donnez le nom de la commune.")  # fmt: skip
    return CommuneMatch(text, "refusé", (), f"« {shown} » n’est pas un code de commune (cinq caractères, par exemple 94028).",
                 "Vérifiez le code, ou donnez le nom de la commune.")  # fmt: skip


def _after(message: str, code: str) -> str:
    return message.removeprefix(f"{code} : ")


def read_loose_name(text: str, atlas: Atlas, departement: str = "") -> CommuneMatch:
    """Read a name of a commune as people write it; `departement` or what is written beside the name narrows homonyms."""
    shown = " ".join(text.split())[:60]
    direct = find_name(shown, atlas)
    written = Written(shown) if direct.how == "exact" else take_apart(shown, atlas)
    owner = written.departement or departement
    named = all_named(written.name, atlas, direct if written.name == shown else None)
    if written.code:
        return _name_with_code(text, shown, written, tuple(n.code for n in named), atlas)
    here = [n for n in named if not owner or departement_of(n.code, atlas) == owner]
    # Names of today come before those of the past, in the département that is given.
    chosen = [n for n in here if n.today] or here
    codes = tuple(n.code for n in chosen)
    if len(codes) == 1:
        how = "exact" if chosen[0].today else "ancien"
        if written.cedex and (sorted_mail := _sorted_mail(text, shown, codes[0], written.cedex, atlas)):
            return sorted_mail
        return _one(text, shown, codes[0], how, chosen[0].former, atlas)
    if codes:
        return CommuneMatch(text, "refusé", (), f"« {shown} » : plusieurs communes portent ce nom ({_labels(codes, atlas)}).",
                     "Donnez le code INSEE, ou le département entre parenthèses.", codes)  # fmt: skip
    if named:
        elsewhere = tuple(n.code for n in named if n.today) or tuple(n.code for n in named)
        place = atlas.departements.at[owner, "nom"] if owner in atlas.departements.index else owner
        return CommuneMatch(text, "refusé", (), f"« {shown} » : aucune commune de ce nom dans le département {owner} ({place}) ; "
                     f"il y a {_labels(elsewhere, atlas)}.", "Corrigez le département ou donnez le code INSEE.",
                     elsewhere)  # fmt: skip
    if epci := _bodies(atlas).get(fold(shown)):
        return read_body(epci, atlas, text)
    hints = near(written.name, atlas, departement=owner)
    hint = f" Peut-être {_labels(hints, atlas, ' ou ')} ?" if hints else ""
    return CommuneMatch(text, "refusé", (), f"« {shown} » : aucune commune de ce nom.{hint}",
                 "Corrigez le nom ou donnez le code INSEE.", hints)  # fmt: skip


def _labels(codes: Sequence[str], atlas: Atlas, last: str = "") -> str:
    labels = sorted(atlas.label(c) for c in codes)
    return last.join(labels) if last else listing(labels, MOST)


def _one(text: str, shown: str, code: str, how: str, former: str, atlas: Atlas) -> CommuneMatch:
    atoms = atlas.parts.get(code, (code,))
    if code in atlas.parts:
        parts = atlas.pieces_word(code, len(atoms))
        return CommuneMatch(text, "réparé", atoms, f"« {shown} » (ville entière) remplacée par ses {parts}.")
    if how == "ancien" and former:
        return CommuneMatch(text, "réparé", atoms, f"« {shown} » : {say_former(former, atlas)}")
    if how == "ancien":
        return CommuneMatch(text, "réparé", atoms, f"« {shown} » : nom d’avant, aujourd’hui {atlas.label(code)}.")
    return CommuneMatch(text, "lu", atoms)


def _sorted_mail(text: str, shown: str, city: str, mark: str, atlas: Atlas) -> CommuneMatch | None:
    question, codes = by_mail(city, mark, atlas)
    advice = "Donnez les arrondissements, ou confirmez la ville entière."
    return CommuneMatch(text, "refusé", (), f"« {shown} » : {question}", advice, codes) if codes else None


def _name_with_code(text: str, shown: str, written: Written, named: tuple[str, ...], atlas: Atlas) -> CommuneMatch:
    """Read « Créteil (94028) », « Créteil 94000 » or « Créteil 94010 CEDEX »: the two must agree, else nothing is chosen."""
    code = written.code
    reading = read_loose_code(code, atlas)
    whole = set(reading.atoms)
    if any(whole & set(atlas.parts.get(c, (c,))) for c in named):
        return CommuneMatch(text, reading.status, reading.atoms, reading.message)
    if CODE_LIKE.fullmatch(
        shown.partition(code)[0].strip(" -–—,:/") or shown.partition(code)[2].strip(" -–—,:/") or "?"
    ):
        both = tuple(
            dict.fromkeys(a for part in re.findall(r"\d{5}", shown) for a in read_loose_code(part, atlas).atoms)
        )
        return CommuneMatch(
            text, "refusé", (), f"« {shown} » : plusieurs codes.", "Séparez-les par des virgules.", both
        )
    served = set(history(atlas).postal.get(code, ()))
    here = tuple(c for c in named if served & set(atlas.parts.get(c, (c,))))
    if not served:  # a code of large users (CEDEX), which no list gives
        here = tuple(c for c in named if reading.status == "refusé" and _same_departement(c, code, atlas))
    if len(here) == 1:
        parts = atlas.parts.get(here[0], ())
        if served and 0 < len(served & set(parts)) < len(parts):  # « Marseille 13014 »
            return CommuneMatch(text, "lu", tuple(c for c in parts if c in served))
        if not served and (sorted_mail := _sorted_mail(text, shown, here[0], written.cedex, atlas)):
            return sorted_mail
        return _one(text, shown, here[0], "exact", "", atlas)
    if whole and not named and not served:
        label = atlas.label(reading.text) if reading.text in atlas.row else _labels(reading.atoms[:1], atlas)
        return CommuneMatch(
            text, "réparé", reading.atoms, f"« {shown} » : nom non reconnu ; le code est retenu, {label}."
        )
    codes = tuple(dict.fromkeys([*named, *reading.atoms[:3], *sorted(served)]))
    if whole:
        return CommuneMatch(text, "refusé", (), f"« {shown} » : {code} est le code {of(_labels(reading.atoms[:3], atlas))}.",
                     "Gardez le nom ou le code qui est juste.", codes)  # fmt: skip
    return CommuneMatch(text, "refusé", (), f"« {shown} » : {reading.message}", reading.advice, codes)


def _same_departement(code: str, postal: str, atlas: Atlas) -> bool:
    owner = departement_of(code, atlas)
    return postal.startswith(owner) if not owner.startswith("2") or owner.isdigit() else postal.startswith("20")


def read_body(code: str, atlas: Atlas, text: str = "") -> CommuneMatch:
    """Return the communes of an EPCI or EPT, by its SIREN."""
    for column, table in (("epci", atlas.epci), ("ept", atlas.ept)):
        if code in table.index:  # the two lists have no code in common
            rows = atlas.members(column, code)
            name = str(table.at[code, "nom"])
            communes = count(atlas.table["commune"].iloc[rows].nunique(), "commune")
            atoms = tuple(str(c) for c in atlas.codes[rows])
            return CommuneMatch(
                text or code, "lu", atoms, f"{column.upper()} {name}, étendu à ses {communes}.", extended=name
            )
    return CommuneMatch(text or code, "refusé", (), f"{code} n’est le SIREN d’aucun EPCI.", "Vérifiez le numéro.")


def find_body(text: str, atlas: Atlas) -> CommuneMatch:
    """Read an EPCI or EPT, by SIREN, by name or by both (« CC du Thouarsais (79) », « CC du Thouarsais - 247900798 »).

    Homonyms, and a SIREN that is not that of the name, are refused with their candidates.
    """
    bare = re.sub(r"[.,]0+$", "", text.strip(BLANKS)).replace(" ", "").replace("\u00a0", "")
    bare = whole_number(bare) or bare
    if SHORTENED.fullmatch(bare.upper()):
        return _shortened(text)
    if bare in atlas.epci.index or bare in atlas.ept.index:
        return read_body(bare, atlas, text)
    if re.fullmatch(r"\d{9}", bare):
        return CommuneMatch(
            text, "refusé", (), f"{bare} n’est le SIREN d’aucun EPCI de la liste.", "Vérifiez le numéro."
        )
    spaced = " ".join(text.split())
    owner, sirens = _OWNER.search(spaced), _SIREN.findall(spaced)
    codes = _loose_bodies(atlas).get(_body_key(_SIREN.sub("", _OWNER.sub("", spaced))), ())
    if owner and (code := departement_of_text(owner[1], atlas)):
        codes = tuple(c for c in codes if code in _departements_of(c, atlas))
    shown = spaced[:60]
    if sirens and codes and not set(sirens) <= set(codes):
        return CommuneMatch(
            text,
            "refusé",
            (),
            f"« {shown} » : ce SIREN n’est pas celui de cet EPCI.",
            "Gardez celui qui est juste.",
            codes,
        )
    codes = tuple(c for c in codes if c in sirens) if sirens else codes
    if len(codes) == 1:
        return read_body(codes[0], atlas, text)
    if codes:
        names = listing(
            [f"{(atlas.epci if c in atlas.epci.index else atlas.ept).at[c, 'nom']} ({c})" for c in codes], MOST
        )
        return CommuneMatch(
            text, "refusé", (), f"« {shown} » : plusieurs EPCI portent ce nom ({names}).", "Donnez le SIREN.", codes
        )
    return CommuneMatch(text, "refusé", (), f"« {shown} » : aucun EPCI de ce nom.", "Donnez son SIREN (neuf chiffres).")


def says_body(text: str) -> bool:
    """Tell whether a text begins with the word of an intercommunal body: « CC », « communauté d’agglomération », « métropole »…"""
    return bool(BODY_WORDS.match(fold(text)))


def _departements_of(body: str, atlas: Atlas) -> set[str]:
    rows = atlas.members("epci" if body in atlas.epci.index else "ept", body)
    return set(atlas.table["departement"].astype(str).iloc[rows])


BODY_WORDS = re.compile(
    r"^(?:(?:la|l)\s+)?(?:cc|ca|cu|c c|c a|c u|cdc|met|metropole|ept|communaute (?:de communes|d agglo(?:meration)?|urbaine)|com com|comcom"
    r"|agglo(?:meration)?)\s+(?:(?:de|du|des|d|la|le|les|l)\s+)*"
)
_OWNER = re.compile(r"\s?[(\[]\s?(\d{2,3}|2[AaBb])\s?[)\]]$")
_SIREN = re.compile(r"(?<!\d)\d{9}(?!\d)")


def _body_key(text: str) -> str:
    return BODY_WORDS.sub("", fold(text)).replace(" ", "")


@kept_on_subject
def _bodies(atlas: Atlas) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for table in (atlas.epci, atlas.ept):
        for code, name in table["nom"].items():
            found.setdefault(fold(str(name)), []).append(str(code))
    return {name: codes[0] for name, codes in found.items() if len(codes) == 1}


@kept_on_subject
def _loose_bodies(atlas: Atlas) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for table in (atlas.epci, atlas.ept):
        for code, name in table["nom"].items():
            found[_body_key(str(name))] = (*found.get(_body_key(str(name)), ()), str(code))
    return found
