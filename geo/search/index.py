"""The index that is searched: the tables of `geo.search.places` opened, and the rules by which a text finds a place.

A place is found by its whole name, then by the start of its name, then by words of its name or their starts, then by what
else it is called; never by scattered letters. A département written beside a name narrows it (« Saint-Denis 93 »).
static/js/search/index.js is the same in the browser: tests/data/search.json holds both to the same answers.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import pairwise
from math import inf
from typing import Any

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from geo.french import NBSP, at, fold, inhabitants, of
from geo.search.places import DISPOSITIFS, KINDS

# Words that a name is found without: « la rochelle », « rochelle »; « val de marne », « val marne ».
ARTICLES = frozenset(["le", "la", "les", "l", "de", "du", "des", "d", "et", "a", "au", "aux", "en", "lez"])
SHORT = {"sr": "sur", "ss": "sous", "nd": "notre dame"}
BAR_SOUS = re.compile(r"\bs\s?/\s?s\b", re.IGNORECASE)  # « Fontenay s/s Bois »
BAR = re.compile(r"(?:\bs)?\s?/\s?", re.IGNORECASE)  # « Vitry s/ Seine », « Fontenay/Bois »
ORDINAL = re.compile(r"(\d{1,2})(?:er|ere|e|re|eme|ieme|nd|nde)", re.ASCII)
CALLED = {
    "france": "tout le pays", "region": "région", "departement": "département", "ville": "ville entière",
    "commune": "commune", "arrondissement": "arrondissement", "epci": "EPCI", "ept": "EPT", "clsm": "CLSM", "cls": "CLS",
    "secteurs-adultes": "secteur de psychiatrie adulte", "secteurs-enfants": "secteur infanto-juvénile",
    "cpts": "CPTS", "dac": "DAC", "qpv": "QPV",
}  # fmt: skip
MOST_NAMED = 2
MOST = 12
FORMER_SHARE = 20  # a name of before weighs this part of the commune of today: it is found, and does not hide a town
LAST = "\uffff"  # after any letter
CODE = re.compile(r"\d{2,5}|2[ab]\d{0,3}", re.ASCII)
# Words that the name of a zone begins with, and that nobody has to type.
LEADS = frozenset(
    [
        "cc",
        "ca",
        "cu",
        "clsm",
        "cls",
        "cpts",
        "dac",
        "secteur",
        "communaute",
        "communes",
        "agglomeration",
        "urbaine",
        "metropole",
    ]
)
# How well a name fits, the best first; beside the number of a département, which may be one of its own (« Marseille 13 »),
# the first three come after these.
WHOLE, WHOLE_BARE, START, BESIDE = 0, 1, 2, 3
START_SHORT, WORDS, WORD_STARTS, OTHERWISE = 6, 7, 8, 9
EXACT = (WHOLE, WHOLE_BARE, WHOLE + BESIDE, WHOLE_BARE + BESIDE)
SMALL = ("ancien", "qpv")  # of the same name as the start of a town's, they come after it
MOST_NEAR = 3
MOST_WORDS = 6


@dataclass(frozen=True)
class Place:
    """One thing to find: `kind` one of KINDS, `departements` codes (the main one first), `people` inhabitants, None if unknown.

    `note` is an état, or what became of a former name. `weight` and `order` settle who comes first.
    """

    id: str
    kind: str
    name: str
    departements: tuple[str, ...] = ()
    people: int | None = None
    also: str = ""
    note: str = ""
    weight: float = 0.0


@dataclass(frozen=True)
class Hit:
    """A place found; `note` says by which code, "" when by its name."""

    place: Place
    note: str = ""


@dataclass(frozen=True)
class Answer:
    """What a text finds: the first places, how many there are in all, and when there is none the nearest spellings."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    near: tuple[Place, ...] = ()


class Index:
    """Every place, with the texts that are searched; read only."""

    def __init__(
        self, places: Sequence[Place], departements: Mapping[str, str], postal: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Fold every name, and list the places by their words."""
        self.places, self.departements, self.postal = tuple(places), departements, postal
        self._kind = [KINDS.index(place.kind) for place in self.places]
        self._full: list[str] = []
        self._bare: list[str] = []
        self._lines: list[str] = []
        self._by_id: dict[str, int] = {}
        heard: dict[str, list[int]] = {}
        for i, place in enumerate(self.places):
            said = words(place.name)
            full = " ".join(said)
            plain = " ".join(bare(_without_lead(said) if "/" in place.id else said))
            self._full.append(full)
            self._bare.append(plain)
            line = f" {full} | {place.also}{_joined(said)}"
            self._lines.append(line)
            for word in set(line.split()):
                heard.setdefault(word, []).append(i)
            if place.kind != "ancien":
                self._by_id.setdefault(place.id, i)
        self._vocabulary = sorted(heard)
        self._heard = [heard[word] for word in self._vocabulary]
        self._owners = {" ".join(bare(words(name))): code for code, name in departements.items()}
        self._owners |= {code.lower(): code for code in departements}

    def place(self, identifier: str) -> Place | None:
        """Return the place of an identifier, None when there is none."""
        i = self._by_id.get(identifier)
        return None if i is None else self.places[i]

    def search(
        self,
        text: str,
        *,
        kinds: Collection[str] = KINDS,
        here: Collection[str] = (),
        most: int = MOST,
        near: bool = True,
    ) -> Answer:
        """Return what a text finds among some kinds; of places alike, those of the départements `here` come first.

        `near`: whether near spellings are looked for when nothing is found, which takes a hundred times as long.
        """
        queries = asked(text)
        notes, tiers = self._found(queries, kinds)
        first = [*notes, *nsmallest(most, tiers, key=lambda i: self._rank(i, tiers[i], here))][:most]
        hits = tuple(Hit(self.places[i], notes.get(i, "")) for i in first)
        looked = near and not hits and bool(queries)
        return Answer(hits, len(notes) + len(tiers), self._near(queries, kinds, here) if looked else ())

    def near(self, text: str, *, kinds: Collection[str] = KINDS) -> tuple[Place, ...]:
        """Return the places of which a text is a near spelling."""
        queries = asked(text)
        return self._near(queries, kinds, ()) if queries else ()

    def _found(self, queries: list[list[str]], kinds: Collection[str]) -> tuple[dict[int, str], dict[int, int]]:
        """Return what is found by a code, with the code, and what is found by name, with how well it fits."""
        fits = [kind in kinds for kind in KINDS]
        notes: dict[int, str] = {}
        tiers: dict[int, int] = {}
        for i, note in (found for query in queries for found in self._numbered(query)):
            if fits[self._kind[i]]:
                notes.setdefault(i, note)
        for said, owner, number in (reading for query in queries for reading in self._readings(query)):
            for i, tier in self._matches(said, owner, number):
                if fits[self._kind[i]] and i not in notes and tier < tiers.get(i, OTHERWISE + 1):
                    tiers[i] = tier
        return notes, tiers

    def _rank(self, i: int, tier: int, here: Collection[str]) -> tuple[Any, ...]:
        place, weight, fit = self.places[i], self.places[i].weight, tier
        if tier in EXACT and place.kind in SMALL:
            fit, weight = tier - tier % BESIDE + START, inf if place.kind == "qpv" else weight * FORMER_SHARE
        group = KINDS.index(place.kind) if fit in EXACT else int(place.kind in DISPOSITIFS)
        inside = bool(here) and not set(place.departements).isdisjoint(here)
        return fit, group, not inside, -weight, KINDS.index(place.kind), tier, i

    def _readings(self, query: list[str]) -> Iterator[tuple[list[str], str, bool]]:
        """Yield the words as a name, then as a name with a département after or before it."""
        yield query, "", False
        for cut in range(1, len(query)):
            for beside, name in ((query[cut:], query[:cut]), (query[:cut], query[cut:])):
                said = " ".join(bare(beside))
                if owner := self._owners.get(said):
                    yield name, owner, said == owner.lower()

    def _matches(self, query: list[str], owner: str, number: bool) -> Iterator[tuple[int, int]]:
        said, plain, unfinished = " ".join(query), " ".join(bare(query)), bare(query, unfinished=True)
        start = " ".join(unfinished)
        for i in self._holding(unfinished):
            tier = self._tier(i, said, plain, start, unfinished)
            if self._inside(i, owner):
                yield i, tier + BESIDE if number and tier <= START else tier
            elif number and tier <= START and self.places[i].id == f"dep-{owner}":  # « Val-de-Marne (94) »
                yield i, START + BESIDE

    def _inside(self, i: int, owner: str) -> bool:
        """Tell whether a place is in a département; the département itself is not."""
        place = self.places[i]
        return not owner or (owner in place.departements and place.kind != "departement")

    def _tier(self, i: int, said: str, plain: str, start: str, query: list[str]) -> int:
        if self._full[i] == said:
            return WHOLE
        if self._bare[i] in (plain, said):
            return WHOLE_BARE
        if self._full[i].startswith(said):
            return START
        if f" | {plain} |" in self._lines[i]:  # what it is called as well: « MEL », « Grand Lyon »
            return START
        if self._bare[i].startswith(start):
            return START_SHORT if "/" in self.places[i].id else START
        name = f" {self._full[i]} "
        if all(f" {word} " in name for word in query):
            return WORDS
        return WORD_STARTS if all(f" {word}" in name for word in query) else OTHERWISE

    def _holding(self, query: list[str]) -> Iterator[int]:
        """Yield the places of which every word asked starts a word."""
        spans = [self._span(word) for word in query]
        sizes = [sum(len(self._heard[w]) for w in span) for span in spans]
        rarest = sizes.index(min(sizes))
        others = [f" {word}" for k, word in enumerate(query) if k != rarest]
        for i in dict.fromkeys(i for w in spans[rarest] for i in self._heard[w]):
            if all(other in self._lines[i] for other in others):
                yield i

    def _span(self, start: str) -> range:
        """Return which words of the vocabulary start so."""
        return range(bisect_left(self._vocabulary, start), bisect_left(self._vocabulary, start + LAST))

    def _numbered(self, query: list[str]) -> Iterator[tuple[int, str]]:
        """Yield what a code names, alone or beside a name that must be its own: « Niort (79191) »."""
        for word in query:
            others = [f" {other}" for other in query if other != word]
            if not others or len(word) == 5:
                yield from (f for f in self._coded(word) if all(other in self._lines[f[0]] for other in others))

    def _coded(self, code: str) -> Iterator[tuple[int, str]]:
        """Yield what a number names: a département, communes by postal code, a commune by its INSEE code; or their starts."""
        if not CODE.fullmatch(code):
            return
        by_id = self._by_id
        if (i := by_id.get(f"dep-{code.upper()}")) is not None:
            yield i, ""
        if len(code) < 3:
            return
        whole = len(code) == 5
        postal = [(c, p) for p in ([code] if whole else self._starting(code)) for c in self.postal.get(p, ())]
        yield from self._by_weight((by_id[c], f"code postal {p}") for c, p in postal if c in by_id)
        insee = [code.upper()] if whole else [i for i in by_id if i.startswith(code.upper())]
        yield from self._by_weight((by_id[c], f"code INSEE {c}") for c in insee if c in by_id)

    def _starting(self, code: str) -> list[str]:
        return [postal for postal in self.postal if postal.startswith(code)]

    def _by_weight(self, found: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
        return sorted(found, key=lambda f: (-(self.places[f[0]].people or 0), f[0]))

    def _near(self, queries: list[list[str]], kinds: Collection[str], here: Collection[str]) -> tuple[Place, ...]:
        """Return the places whose name is one or two letters away, the nearest first; if none, those of all words but one."""
        best: dict[int, tuple[Any, ...]] = {}
        for said, owner, _ in (reading for query in queries for reading in self._readings(query)):
            key = " ".join(bare(said))
            most = 1 if len(key) <= 4 else 2
            if len(key) < 3:
                continue
            far = cdist([key], self._bare, scorer=Levenshtein.distance, score_cutoff=most)[0]
            for i in (far <= most).nonzero()[0].tolist():
                place = self.places[i]
                if place.kind in kinds and self._inside(i, owner):
                    rank = (int(far[i]), *self._rank(i, OTHERWISE, here))
                    best[i] = min(best.get(i, rank), rank)
        best = best or self._without_a_word(queries[0], kinds)
        return tuple(self.places[i] for i in sorted(best, key=lambda i: best[i])[:MOST_NEAR])

    def _without_a_word(self, query: list[str], kinds: Collection[str]) -> dict[int, tuple[Any, ...]]:
        """Return the largest town called by all words but one, or body, for each word: of « créteil ivry », one and the other."""
        best: dict[int, tuple[Any, ...]] = {}
        if not 1 < len(query) <= MOST_WORDS or any(CODE.fullmatch(word) for word in query):
            return best
        for left in range(len(query)):
            rest = bare([word for k, word in enumerate(query) if k != left])
            _, tiers = self._found([rest], kinds) if len(" ".join(rest)) > 2 else ({}, {})
            if called := [self._size(i) for i, tier in tiers.items() if tier <= START]:
                best[min(called)[-1]] = min(called)
        return best

    def _size(self, i: int) -> tuple[Any, ...]:
        place = self.places[i]
        return "/" in place.id, -place.weight, KINDS.index(place.kind), i


def _without_lead(said: list[str]) -> list[str]:
    kept = list(said)
    while len(kept) > 1 and (kept[0] in LEADS or kept[0] in ARTICLES):
        kept.pop(0)
    return kept


def _joined(said: list[str]) -> str:
    """Return the words that an apostrophe cuts, written without it: « lhay », « dor »."""
    return "".join(f" {a}{b}" for a, b in pairwise(said) if a in ("l", "d"))


# --- words --------------------------------------------------------------------------------------------------------
def words(text: str) -> list[str]:
    """Return the words of a text, in order."""
    found = fold(text).split()
    return [match[1] if (match := ORDINAL.fullmatch(word)) else word for word in found]


def asked(text: str) -> list[list[str]]:
    """Return the words of what a person types, in each way to read them: « s » and a bar are « sur », « sous » or nothing.

    The last word may be unfinished, so nothing is read into it.
    """
    with_bars = BAR.sub(" s ", BAR_SOUS.sub(" sous ", text))
    found = words(with_bars)
    if not found:
        return []
    head = [w for word in found[:-1] for w in SHORT.get(word, word).split()]
    if "s" not in head:
        return [head + found[-1:]]
    ways = [[way if word == "s" else word for word in head] for way in ("sur", "sous")]
    if with_bars != text:
        ways.append([word for word in head if word != "s"])
    return [way + found[-1:] for way in ways]


def bare(found: list[str], *, unfinished: bool = False) -> list[str]:
    """Leave the articles out, unless nothing else is left; `unfinished` keeps the last word, which may be the start of another."""
    last = len(found) - 1
    kept = [w for i, w in enumerate(found) if w not in ARTICLES or (unfinished and i == last)]
    return kept or found


# --- how a place is listed ----------------------------------------------------------------------------------------
def line(place: Place, departements: Mapping[str, str], note: str = "") -> str:
    """Return how a place is listed; `departements` gives their names, `note` the code by which it was found."""
    return f"{place.name} · {detail(place, departements, note)}"


def detail(place: Place, departements: Mapping[str, str], note: str = "") -> str:
    """Return what stands beside the name: what it is, where, how many people, by which code it was found."""
    former = place.kind == "ancien"
    what = place.note if former else CALLED[place.kind] + (f" ({place.note})" if place.note else "")
    itself = place.kind == "departement"
    parts = [f"{what} {place.departements[0]}" if itself else what, "" if itself else _where(place, departements)]
    if not former:
        parts.append(f"habitants{NBSP}: inconnu" if place.people is None else inhabitants(place.people))
    return " · ".join(part for part in (*parts, note) if part)


def _where(place: Place, departements: Mapping[str, str]) -> str:
    names = [departements.get(code, code) for code in place.departements]
    return " et ".join(names) if len(names) <= MOST_NAMED else f"{len(names)}{NBSP}départements"


# --- the tables opened --------------------------------------------------------------------------------------------
def open_index(communes: Mapping[str, Any], layers: Mapping[str, Any] | None = None) -> Index:
    """Open the tables of `commune_table` and `layer_table`."""
    cities = {part: city for city, parts in communes["cities"].items() for part in parts}
    whole = {row[1]: row[4] for row in communes["places"]}
    places = [_opened(row) for row in communes["places"]]
    towns: dict[str, Place] = {}
    for owner, (names, tails, people) in communes["communes"].items():
        for n, (name, count) in enumerate(zip(names.split("\n"), people, strict=True)):
            code = owner[:2] + tails[3 * n : 3 * n + 3]
            city = cities.get(code)
            kind = "arrondissement" if city else "commune"
            weight = float(whole[city] if city else count)
            towns[code] = Place(code, kind, name, (owner,), count, weight=weight)
    places += towns.values()
    by_code = {p.id: p for p in places}
    for name, code, year, apart in communes["former"]:
        now = by_code[code]
        places.append(
            Place(code, "ancien", name, now.departements, None, "", _became(now.name, year, bool(apart)),
                  (now.people or 0) / FORMER_SHARE)
        )  # fmt: skip
    places += [_opened(row) for row in (layers or {"places": ()})["places"]]
    return Index(tuple(places), dict(communes["departements"]), dict(_postal(line) for line in communes["postal"]))


def _became(now: str, year: str, apart: bool) -> str:
    if apart:
        return f"réunie {at(now)}" + (f" en {year}" if year else "")
    return f"ancien nom {of(now)}" + (f", jusqu’en {year}" if year else "")


def _opened(row: Sequence[Any]) -> Place:
    kind, i, name, owners, people = row[:5]
    also, note = [*row[5:], "", ""][:2]
    return Place(i, KINDS[kind], name, tuple(owners.split()), people, also, note, float(people or 0))


def _postal(line: str) -> tuple[str, tuple[str, ...]]:
    code, *tails = line.split()
    return code, tuple(code[:2] + tail if len(tail) == 3 else tail for tail in tails)
