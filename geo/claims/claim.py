"""A claim: one person's word, on one day, about one territory or one body, as values that never change.

Kinds are data: a sector, a CLS, a GEM are entered by the same gestures. Pieces are codes as text: of a commune, of an arrondissement
or associated commune where the atlas has them, of any finer piece that the atlas will have.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

from geo import french as fr
from geo.errors import GeoInputError
from geo.layers import PARTITIONS, LayerId
from geo.visible import blank

NAME_LENGTH = 80  # characters of a name, a hospital, an author
MOST_CLAIMS = 60  # in one workbook
MOST_PIECES = 2_000  # of one claim
PIECE = re.compile(r"(?:\d\d|2[AB])\d{7}")  # the code of a piece smaller than a commune: its commune, then four digits
WHOLE_LIST = ""  # the name of a claim that says: on these communes, everything of the kind is said


@dataclass(frozen=True)
class ClaimKind:
    """A kind of claim: its id (a layer's, or a body's), how one is called, a name to show as an example, the word for who runs it
    ("" when nobody is asked), whether it is a layer, whether its territories hold each commune once."""

    id: str
    name: str
    example: str
    runner: str = ""
    layer: bool = True

    @property
    def partition(self) -> bool:
        """Whether each commune is in one of them."""
        return self.id in PARTITIONS


CLAIM_KINDS: Mapping[str, ClaimKind] = MappingProxyType(
    {
        kind.id: kind
        for kind in (
            ClaimKind(LayerId.ADULT_SECTORS, "Secteur de psychiatrie adulte", "94G07", "Hôpital de rattachement"),
            ClaimKind(LayerId.CHILD_SECTORS, "Secteur infanto-juvénile", "94I03", "Hôpital de rattachement"),
            ClaimKind(LayerId.CLS, "CLS", "CLS du Thouarsais"),
            ClaimKind(LayerId.CPTS, "CPTS", "CPTS Sud-Gâtine"),
            ClaimKind(LayerId.DAC, "DAC", "DAC des Deux-Sèvres"),
            ClaimKind("gem", "GEM (groupe d’entraide mutuelle)", "GEM La Bouée", layer=False),
            ClaimKind("usagers", "Association d’usagers", "Association des usagers de Niort", layer=False),
            ClaimKind("proches", "Association de proches et d’aidants", "Unafam 79", layer=False),
        )
    }
)
_CODE = re.compile(r"(?:secteur\s*)?(\d\d|2[ab]|97\d)[\s.\-]*([gi])[\s.\-]*(\d{1,2})", re.IGNORECASE)
_LETTERS = {LayerId.ADULT_SECTORS: "G", LayerId.CHILD_SECTORS: "I"}


def sector_code(text: str) -> str:
    """Return the code of a sector as it is written (94G07), "" when the text is not one: département, G or I, number from 01."""
    found = _CODE.fullmatch(text.strip())
    if not found or not int(found[3]):
        return ""
    return f"{found[1].upper()}{found[2].upper()}{int(found[3]):02d}"


def kind_of_code(text: str) -> str:
    """Return the kind that the letter of a sector's code gives (G adult, I child), "" for a text that is no such code."""
    code = sector_code(text)
    return next((str(kind) for kind, letter in _LETTERS.items() if code and code[-3] == letter), "")


@dataclass(frozen=True)
class Claim:
    """What one person says of one territory.

    `pieces` are wholly in it, `parts` only in part, how much unknown. `whole` says that it holds nothing else. A claim without a
    name (WHOLE_LIST) says that everything of the kind is said for its pieces, by its author. `prevails` marks the one that a person chose to follow
    where several disagree. `who` is the author, `day` ISO 8601.

    Raises
    ------
    GeoInputError
        When the kind is unknown, a text is too long or holds control characters, a code of a sector has not its grammar or is of the
        other kind, no commune is marked, or the author is not said.
    """

    kind: str
    name: str
    who: str
    day: str
    pieces: frozenset[str] = frozenset()
    hospital: str = ""
    parts: frozenset[str] = frozenset()
    whole: bool = False
    prevails: bool = False

    def __post_init__(self) -> None:
        """Refuse what could be neither shown nor sent."""
        problems = [*_text_problems("Le nom", self.name), *_text_problems("L’hôpital", self.hospital)]
        problems += _text_problems("Votre nom", self.who)
        problems += ["Dites qui vous êtes : une déclaration a un auteur."] if blank(self.who) else []
        problems += [] if _is_day(self.day) else ["La date d’une déclaration n’est pas un jour."]
        if ":" in f"{self.name}{self.who}":
            problems.append("Un nom s’écrit sans deux-points.")
        if self.kind not in CLAIM_KINDS:
            raise GeoInputError([*problems, "Cette sorte de déclaration n’existe pas ici."])
        problems += _name_problems(self.kind, self.name)
        if not self.pieces | self.parts:
            problems.append("Marquez au moins une commune : au clic, par une liste ou par son nom.")
        if len(self.pieces | self.parts) > MOST_PIECES:
            problems.append(f"Une déclaration compte {fr.number(MOST_PIECES)} communes au plus.")
        if self.pieces & self.parts:
            problems.append("Une commune est marquée à la fois entière et en partie.")
        if self.name == WHOLE_LIST and (self.parts or self.whole or self.hospital):
            problems.append("Dire une liste complète ne porte que sur des communes entières.")
        if problems:
            raise GeoInputError(problems)

    @classmethod
    def of(cls, kind: str, name: str, who: str, **known: object) -> Claim:
        """Make a claim of today, the code of a sector written as it should be and blanks put in order."""
        plain = " ".join(name.split())
        code = sector_code(plain) if kind in _LETTERS else ""
        known.setdefault("day", date.today().isoformat())
        known["hospital"] = " ".join(str(known.get("hospital", "")).split())
        return cls(kind=kind, name=code or plain, who=" ".join(who.split()), **known)  # type: ignore[arg-type]

    @property
    def says_whole_list(self) -> bool:
        """Whether it says that everything of its kind is said for its pieces."""
        return self.name == WHOLE_LIST

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two claims one: kind, name, author."""
        return self.kind, fr.fold(self.name), fr.fold(self.who)

    @property
    def title(self) -> str:
        """How its territory is called: « Secteur 94G07 »."""
        return f"Secteur {self.name}" if sector_code(self.name) == self.name and self.kind in _LETTERS else self.name

    @property
    def said(self) -> str:
        """Whose word it is, and of when: « d’après Mme X, le 26/11/2026 »."""
        return f"d’après {self.who}, le {fr.day(self.day)}"


def _text_problems(what: str, text: str) -> list[str]:
    if len(text) > NAME_LENGTH:
        return [f"{what} compte {len(text)} caractères ; {NAME_LENGTH} au plus."]
    if any(not c.isprintable() and c not in "\u00a0\u202f" for c in text):
        return [f"{what} contient des caractères invisibles : retapez-le."]
    if text.lstrip().startswith(tuple("=+-@'|%")):
        return [f"{what} commence par un signe ({text.lstrip()[0]}) qu’un tableur prendrait pour une formule."]
    return []


def _is_day(text: str) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _name_problems(kind: str, name: str) -> list[str]:
    letter = _LETTERS.get(LayerId(kind)) if kind in _LETTERS else None
    if not letter or not re.match(r"\d\d?[\d\sab.\-]*[gi]\s*\d", name, re.IGNORECASE):
        return []
    code = sector_code(name)
    if not code:
        return [
            f"« {name} » n’est pas le code d’un secteur : un département, G ou I, un numéro, par exemple 94{letter}07."
        ]
    if code[-3] != letter:
        other = "infanto-juvénile" if code[-3] == "I" else "adulte"
        return [f"{code} est le code d’un secteur {other} : choisissez cette sorte, ou corrigez la lettre."]
    return []


@dataclass(frozen=True)
class Claims:
    """The claims of a workbook, in one order whatever the order in which they were made; one for each kind, name and author.

    Raises
    ------
    GeoInputError
        When there are too many.
    """

    items: tuple[Claim, ...] = ()

    def __post_init__(self) -> None:
        """Put them in order, the last of several of one key being kept."""
        kept = {claim.key: claim for claim in self.items}
        if len(kept) > MOST_CLAIMS:
            raise GeoInputError(f"{MOST_CLAIMS} déclarations au plus ; il y en a {len(kept)}.")
        object.__setattr__(self, "items", tuple(kept[key] for key in sorted(kept)))

    def __iter__(self) -> Iterator[Claim]:
        """Yield them in order."""
        return iter(self.items)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.items)

    def with_claim(self, claim: Claim) -> Claims:
        """Return them with one more, which takes the place of that of the same kind, name and author."""
        return Claims((*self.items, claim))

    def without(self, *claims: Claim) -> Claims:
        """Return them without some."""
        gone = {claim.key for claim in claims}
        return Claims(tuple(claim for claim in self.items if claim.key not in gone))

    def merged(self, other: Iterable[Claim]) -> Claims:
        """Return them with those of somebody else; of two of one key, the newer stays."""
        kept = {claim.key: claim for claim in self.items}
        for claim in other:
            mine = kept.get(claim.key)
            kept[claim.key] = claim if mine is None or claim.day > mine.day else mine
        return Claims(tuple(kept.values()))

    def following(self, chosen: Claim, among: Iterable[Claim] = ()) -> Claims:
        """Return them with one chosen to be followed rather than those `among`; no longer if it was already."""
        others = (replace(claim, prevails=False) for claim in among if claim.key != chosen.key)
        return Claims((*self.items, *others, replace(chosen, prevails=not chosen.prevails)))

    def of(self, *kinds: str) -> tuple[Claim, ...]:
        """Return those of some kinds."""
        return tuple(claim for claim in self.items if claim.kind in kinds)

    @cached_property
    def digest(self) -> str:
        """A short text that tells these claims from any others, "" when there are none."""
        if not self.items:
            return ""
        texts = [
            [c.kind, c.name, c.who, c.day, sorted(c.pieces), c.hospital, sorted(c.parts), c.whole, c.prevails]
            for c in self.items
        ]
        return hashlib.sha256(json.dumps(texts, ensure_ascii=False).encode()).hexdigest()[:20]


NO_CLAIMS = Claims()
