"""A pasted list of communes in three blocks: what is taken as it is, what was corrected, what a person has to choose.

A code that is both a postal code and the code of a commune is never guessed, nor is a name that several bear or that none
bears whole: each comes with its candidates, those of the département looked at first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from geo import french as fr
from geo.communes import (
    Atlas,
    CommuneMatch,
    all_named,
    find_name,
    history,
    name_of,
    read_any,
    read_departement,
    take_apart,
)
from geo.errors import GeoInputError
from geo.search.index import Index, Place
from geo.search.rows import cut

MOST_CHOICES = 6
LONGEST_LIST = 200_000  # characters
LONGEST_PIECE = 6_000  # characters that nothing separates: a thousand codes beside one another
MOST_TEXTS = 6_000  # more than there are communes in a région
MOST_NEAR = (
    100  # texts to choose for which near names are looked for, each a while: past that it is no list of communes
)
KINDS_READ = ("ville", "commune", "arrondissement", "epci", "ept", "ancien")
POSTAL_SHAPE = re.compile(r"\d{5}", re.ASCII)
SEPARATED = re.compile(r"[;,\n\r\t|]")
BLANKS = re.compile(r"([^\S\n\r\t])[^\S\n\r\t]+")
INSEE, POSTAL = "INSEE", "postal"


@dataclass(frozen=True)
class Choice:
    """One candidate: how it is called, its communes; `code` is INSEE or POSTAL where it reads all of a code so."""

    label: str
    atoms: tuple[str, ...]
    code: str = ""


@dataclass(frozen=True)
class PastedLine:
    """What became of one text of the list: `atoms` are its communes, `said` what there is to say, `choices` what it may be."""

    text: str
    line: int
    atoms: tuple[str, ...] = ()
    said: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Pasted:
    """A list read: each text is in one of the three blocks; `left` names the columns of a table that were left aside."""

    taken: tuple[PastedLine, ...] = ()
    corrected: tuple[PastedLine, ...] = ()
    to_choose: tuple[PastedLine, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """The communes of what is taken and corrected."""
        return frozenset(atom for one in (*self.taken, *self.corrected) for atom in one.atoms)

    @property
    def left_said(self) -> str:
        """What is said of the columns left aside."""
        what = "Colonne laissée" if len(self.left) == 1 else "Colonnes laissées"
        return f"{what} de côté : {fr.listing(self.left)}."

    def settled(self, number: int, choice: Choice | None) -> Pasted:
        """Return the list with one of the texts to choose settled; None leaves it out."""
        one = self.to_choose[number]
        rest = self.to_choose[:number] + self.to_choose[number + 1 :]
        if choice is None:
            return replace(self, to_choose=rest)
        done = replace(one, atoms=choice.atoms, said=f"« {one.text} » : {choice.label}, votre choix.", choices=())
        return replace(self, corrected=(*self.corrected, done), to_choose=rest)

    def doubtful(self, code: str) -> int:
        """Return how many texts may be a code of a kind, INSEE or POSTAL."""
        return sum(any(choice.code == code for choice in one.choices) for one in self.to_choose)

    def read_as(self, code: str) -> Pasted:
        """Return the list with every text that may be a code of a kind read so."""
        found = self
        for number in reversed(range(len(self.to_choose))):
            choice = next((c for c in self.to_choose[number].choices if c.code == code), None)
            found = found.settled(number, choice) if choice else found
        return found


def read_pasted(text: str, atlas: Atlas, index: Index, departement: str | None = None) -> Pasted:
    """Read a pasted list: codes or names, one a line or separated by commas, semicolons, « et »…

    `departement` is that of the map: its communes come first among candidates, and settle homonyms.

    Raises
    ------
    GeoInputError
        When the text is too long, has too many names or codes, a part without any separator, or holds nothing.
    """
    text = BLANKS.sub(r"\1", text)
    _ensure_measured(text)
    taken: list[PastedLine] = []
    corrected: list[PastedLine] = []
    to_choose: list[PastedLine] = []
    seen: set[str] = set()
    known: dict[str, PastedLine] = {}
    whole = cut(text, atlas, departement or "")
    _ensure_few(len(whole.texts))
    for line, part in whole.texts:
        if part not in known:
            known[part] = _read(part, line, atlas, index, departement, near=len(to_choose) < MOST_NEAR)
        one = replace(known[part], line=line)
        if one.atoms and set(one.atoms) <= seen:
            taken.append(replace(one, said=f"« {one.text} » figure déjà dans la liste : compté une fois."))
            continue
        seen.update(one.atoms)
        block = to_choose if not one.atoms else corrected if one.said and not _told(one) else taken
        block.append(one)
    if not (taken or corrected or to_choose):
        raise GeoInputError("La liste est vide : collez des noms ou des codes de communes.")
    return Pasted(tuple(taken), tuple(corrected), tuple(to_choose), whole.left)


def _ensure_measured(text: str) -> None:
    """Raise when a text is no list that somebody makes: reading it would hold everybody else up."""
    if len(text) > LONGEST_LIST:
        raise GeoInputError(f"La liste compte {fr.number(len(text))} caractères ; {fr.number(LONGEST_LIST)} au plus.")
    pieces = [piece for piece in SEPARATED.split(text) if piece and not piece.isspace()]
    _ensure_few(len(pieces))
    longest = max(pieces, key=len, default="")
    if len(longest) > LONGEST_PIECE:
        raise GeoInputError(
            f"« {fr.shortened(longest.strip(), 40)} » : {fr.number(len(longest))} caractères sans virgule, point-virgule ni retour à la "
            "ligne ; séparez les communes."
        )


def _ensure_few(texts: int) -> None:
    if texts > MOST_TEXTS:
        raise GeoInputError(
            f"La liste compte {fr.number(texts)} noms ou codes ; {fr.number(MOST_TEXTS)} au plus. Collez-la en plusieurs fois."
        )


def _told(one: PastedLine) -> bool:
    """Tell whether what is said only informs: a territory stands for its communes as asked."""
    return one.said.startswith(("EPCI ", "EPT ", "département entier", "hors du"))


def _read(text: str, line: int, atlas: Atlas, index: Index, departement: str | None, *, near: bool) -> PastedLine:
    """Read one text; `near`: whether near names are looked for when nothing is called so."""
    shown = " ".join(text.split())[:60]
    if doubt := _postal(shown, atlas, departement):
        return PastedLine(shown, line, said=f"{shown} : code postal ou code INSEE ?", choices=doubt)
    found = read_any(text, atlas, departement)
    anywhere = found if found.status != "refusé" or not departement else read_any(text, atlas)
    if anywhere.status == "lu" and (larger := _larger(text, anywhere.atoms, departement, atlas)):
        return PastedLine(
            shown, line, said=f"« {shown} » : plusieurs communes portent ce nom ; laquelle ?", choices=larger
        )
    if found.status == "lu":
        return PastedLine(shown, line, found.atoms, found.message)
    if found.status == "réparé":
        return PastedLine(shown, line, found.atoms, found.message)
    if asked := _asked(found, shown, atlas):
        return PastedLine(shown, line, said=found.message, choices=asked)
    choices = _candidates(shown, index, departement, found.codes, atlas, near=near)
    if departement and not any(_in(choice, departement, atlas) for choice in choices):
        # nothing here is called so: the name may be that of one commune elsewhere
        if anywhere.status == "lu":
            label = fr.listing([atlas.label(code) for code in anywhere.atoms], 3)
            return PastedLine(shown, line, anywhere.atoms, f"hors du département affiché : {label}.")
        if anywhere.status == "réparé":
            return PastedLine(shown, line, anywhere.atoms, anywhere.message)
    said = f"« {shown} » : {_why(shown, index, choices)}" if choices else found.message
    return PastedLine(shown, line, said=said, choices=choices)


def _asked(found: CommuneMatch, shown: str, atlas: Atlas) -> tuple[Choice, ...]:
    """Return what a text may be that means a part of a commune, or a mark of the mail (« Lyon CEDEX 03 »): a perimeter takes communes whole."""
    rest = tuple(code for code in found.codes if code not in found.partial)
    if found.partial and rest:
        names = fr.listing([atlas.label(code) for code in found.partial], 3)
        return Choice(f"avec {names} en entier", (*rest, *found.partial)), Choice(f"sans {names}", rest)
    if found.partial or take_apart(shown, atlas).cedex:
        whole = "en entier" if found.partial else ""
        return tuple(
            Choice(f"{atlas.label(code)} {whole}".strip(), atlas.parts.get(code, (code,)))
            for code in found.codes[:MOST_CHOICES]
        )
    return ()


def _larger(text: str, atoms: tuple[str, ...], departement: str | None, atlas: Atlas) -> tuple[Choice, ...]:
    """Return what a bare name may be when a larger commune bore it, and begins with it today: « Évry », « Asnières ».

    The one whose name it is today is among them; none where the département of the map settles it.
    """
    if len(atoms) != 1 or atoms[0] not in atlas.row or _belongs(atoms[0], departement, atlas):
        return ()
    found = find_name(text, atlas)
    if found.how not in ("exact", "article") or found.codes != atoms:
        return ()
    key, people = fr.fold(text), atlas.population[atlas.row[atoms[0]]]
    larger = [
        n.code
        for n in all_named(text, atlas, found)
        if not n.today and n.code in atlas.row and atlas.population[atlas.row[n.code]] > people
        and fr.fold(name_of(n.code, atlas)).startswith(key)
    ]  # fmt: skip
    named = [Choice(f"{atlas.label(code)}, nommée {text.strip()} avant", (code,)) for code in larger]
    return (*named, Choice(atlas.label(atoms[0]), atoms)) if named else ()


def _why(text: str, index: Index, choices: tuple[Choice, ...]) -> str:
    same = index.search(text, kinds=KINDS_READ, most=2, near=False).hits
    if len(same) == 2 and all(fr.fold(hit.place.name) == fr.fold(text) for hit in same):
        return "plusieurs communes portent ce nom ; laquelle ?"
    return f"aucune commune de ce nom tel quel ; {'est-ce celle-ci' if len(choices) == 1 else 'laquelle est-ce'} ?"


def _postal(text: str, atlas: Atlas, departement: str | None) -> tuple[Choice, ...]:
    """Return what a postal code may be: its communes one by one, all of them, and the commune whose own code it is."""
    codes = history(atlas).postal.get(text, ()) if POSTAL_SHAPE.fullmatch(text) else ()
    codes = tuple(c for c in codes if c in atlas.row)
    if not codes or codes == (text,):
        return ()
    choices = [Choice(f"{atlas.label(text)}, code INSEE", (text,), INSEE)] if text in atlas.row else []
    if text in atlas.former and (now := atlas.former[text][0]) in atlas.row:
        choices.append(Choice(f"{atlas.label(now)}, ancien code INSEE {text}", (now,), INSEE))
    if len(codes) > 1:
        people = fr.count(len(codes), "commune")
        choices.append(Choice(f"les {people} du code postal", codes, POSTAL))
    row, population = atlas.row, atlas.population
    ordered = sorted(codes, key=lambda c: (not _belongs(c, departement, atlas), -int(population[row[c]]), c))
    alone = POSTAL if len(codes) == 1 else ""
    choices += [Choice(f"{atlas.label(c)}, code postal", (c,), alone) for c in ordered[:MOST_CHOICES]]
    return tuple(choices)


def _candidates(
    text: str, index: Index, departement: str | None, known: tuple[str, ...], atlas: Atlas, *, near: bool
) -> tuple[Choice, ...]:
    """Return what a text may be, those of the département first: names that begin so or hold these words, then near spellings."""
    found: dict[tuple[str, ...], Choice] = {}
    for place in _places(text, index, departement, known, near=near):
        if atoms := _atoms(place, atlas):
            found.setdefault(atoms, Choice(_label(place, atlas), atoms))
    here = sorted(found.values(), key=lambda choice: not (departement and _in(choice, departement, atlas)))
    return tuple(here[:MOST_CHOICES])


def _places(text: str, index: Index, departement: str | None, known: tuple[str, ...], *, near: bool) -> Iterator[Place]:
    asked = [f"{text} {departement}", text] if departement else [text]
    kinds = ("departement", *KINDS_READ)
    answers = [index.search(one, kinds=kinds, most=MOST_CHOICES, near=False) for one in asked]
    found = [hit.place for answer in answers for hit in answer.hits]
    yield from found
    if found:
        return
    if near:
        yield from (place for one in asked for place in index.near(one, kinds=kinds))
    yield from (place for code in known if (place := index.place(code)))


def _atoms(place: Place, atlas: Atlas) -> tuple[str, ...]:
    if place.kind == "departement":
        return tuple(str(atlas.codes[row]) for row in atlas.members("departement", place.departements[0]))
    layer, sign, zone = place.id.partition("/")
    if sign:
        return tuple(str(atlas.codes[row]) for row in atlas.members(layer, zone))
    return atlas.parts.get(place.id, (place.id,) if place.id in atlas.row else ())


def _label(place: Place, atlas: Atlas) -> str:
    if place.kind == "departement":
        whole = read_departement(place.departements[0], atlas)
        return f"tout le {whole.message.replace(' entier', '', 1)[:-1]}"
    if "/" in place.id:
        return place.name
    return f"{place.name}, {place.note} ({place.id})" if place.kind == "ancien" else atlas.label(place.id)


def _in(choice: Choice, departement: str, atlas: Atlas) -> bool:
    return any(_belongs(atom, departement, atlas) for atom in choice.atoms)


def _belongs(code: str, departement: str | None, atlas: Atlas) -> bool:
    return departement is not None and str(atlas.table["departement"].iat[atlas.row[code]]) == departement
