"""What three kinds of person do on the dashboard, drawn from a seed: they arrive apart, think between two acts, and never stop thinking.

- A reader opens pages: a perimeter that was sent to him, a territory, his region, the method.
- Somebody who composes clicks communes on the map of a département, opens panels, goes back on a click, and takes a note away now and then.
- A planner brings a list, reads the coverage of a region and its priorities, and takes its files, its map and its atlas away.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from geo.communes import embedded_atlas
from geo.coverage import scopes
from tests.support.wire import Cost, LostError, NoFileError, Person

FAILURE = "erreur imprévue"  # of the sentence that a page says of what nobody foresaw
PLACES = ("dep-62", "dep-94", "dep-79", "dep-31", "dep-59", "dep-35", "dep-13", "dep-67")
REGIONS = ("76", "44", "32", "75", "53")
PANELS = ("Suggestions", "Ajuster", "Secteurs", "Dispositifs", "Repères")
TABLE = "Tableau (CSV, XLSX, ODS) ou polygones (GeoJSON, GeoPackage, Shapefile zippé, KML, KMZ, FlatGeobuf, GeoParquet), jusqu’à 200 Mo"
LIST_ROWS = 200
READING_S = 30.0  # a list that is not read by then is an error
Life = Callable[["Visit"], Awaitable[None]]


@dataclass
class Told:
    """What happened: (kind of person, act, seconds to its figures, seconds to its end, when it ended), and what went wrong."""

    acts: list[tuple[str, str, float, float, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def figures(self, kind: str = "", act: str = "") -> np.ndarray:
        """Return the seconds to the figures of the acts of a kind of person."""
        return np.array([a[2] for a in self.acts if kind in ("", a[0]) and act in ("", a[1])])

    @contextmanager
    def watching(self, kind: str, act: str) -> Iterator[None]:
        """Write down what goes wrong, with what was being done."""
        try:
            yield
        except (LostError, NoFileError, OSError, TimeoutError, AssertionError, KeyError) as error:
            self.wrong.append(f"{kind}, {act} : {type(error).__name__} {str(error)[:120]}")


@dataclass
class Visit:
    """One person, what he draws his acts from, and where they are written down; he leaves at `until` (time.monotonic)."""

    kind: str
    person: Person
    dice: np.random.Generator
    told: Told
    until: float
    think: float

    async def pause(self) -> bool:
        """Think; tell whether there is time for one more act."""
        wanted = min(4 * self.think, float(self.dice.lognormal(np.log(self.think), 0.6)))
        await asyncio.sleep(max(0.0, min(wanted, self.until - time.monotonic())))
        return time.monotonic() < self.until

    async def act(self, name: str, asked: Awaitable[Cost]) -> None:
        """Do one thing, and write down what it took."""
        with self.told.watching(self.kind, name):
            cost = await asked
            self.told.acts.append((self.kind, name, cost.figures, cost.end, time.monotonic()))
            said = [text for text in self.person.texts if FAILURE in text] + self.person.problems
            self.person.problems = []
            self.told.wrong += [f"{self.kind}, {name} : {text[:160]}" for text in said]

    async def take(self, name: str, label: str) -> None:
        """Take a file away."""
        start = time.perf_counter()
        with self.told.watching(self.kind, name):
            await self.person.download(label)
            seconds = time.perf_counter() - start
            self.told.acts.append((self.kind, name, seconds, seconds, time.monotonic()))

    def some(self, names: tuple[str, ...]) -> str:
        """Draw one of several."""
        return names[int(self.dice.integers(len(names)))]

    def near(self, scope: str, count: int) -> list[str]:
        """Draw communes that follow one another by code in a territory."""
        atlas = embedded_atlas()
        rows = scopes(atlas)[scope].rows
        first = int(self.dice.integers(len(rows) - count))
        return [str(atlas.codes[row]) for row in rows[first : first + count]]


# --- the three kinds ----------------------------------------------------------------------------------------------
async def read(visit: Visit) -> None:
    """Open pages, one after the other."""
    while True:
        place = visit.some(PLACES)
        codes = ",".join(visit.near(place, int(visit.dice.integers(3, 15))))
        page, query = visit.some((f"Perimetre?carte={place}&communes={codes}", f"Couverture?territoire={place}",
            f"Perimetre?carte={place}&communes={codes}", f"Ma_region?region={visit.some(REGIONS)}", "Methode?", "?")).split("?")  # fmt: skip
        await visit.act(page or "Accueil", visit.person.open(page, query))
        if not await visit.pause():
            return


async def compose(visit: Visit) -> None:
    """Compose a perimeter, then another one."""
    person = visit.person
    while True:
        place = visit.some(PLACES)
        communes = visit.near(place, 14)
        person.chosen = []
        await visit.act("ouvrir une carte", person.open("Perimetre", f"carte={place}"))
        for code in communes:
            if not await visit.pause():
                return
            await visit.act("clic", person.click(code))
            if visit.dice.random() < 0.15 and "Pour aller plus loin" in person.widgets:
                await visit.pause()
                await visit.act("panneau", person.put("Pour aller plus loin", visit.some(PANELS)))
        await visit.act("panneau", person.put("Pour aller plus loin", "Note et fichiers"))
        await visit.take("note", "Note (PDF)")
        await visit.act("panneau", person.put("Pour aller plus loin", "Repères"))
        if not await visit.pause():
            return


async def plan(visit: Visit) -> None:
    """Bring a list, read a region, take its files away."""
    person = visit.person
    while True:
        region = visit.some(REGIONS)
        await visit.act("Données", person.open("Donnees", ""))
        await visit.act("lire une liste", _import(person, _list(visit)))
        for tab in ("chiffres", "lacunes", "priorites", "emporter"):
            if not await visit.pause():
                return
            await visit.act("Couverture", person.open("Couverture", f"territoire=reg-{region}&onglet={tab}"))
        await visit.take("fichiers", "Classeur XLSX")
        await visit.take("fichiers", "PDF pour le directeur")
        if not await visit.pause():
            return
        await visit.act("Ma région", person.open("Ma_region", f"region={region}&onglet=emporter"))
        await visit.act("atlas", person.put("Préparer l’atlas", True))
        if not await visit.pause():
            return


async def _import(person: Person, content: bytes) -> Cost:
    """Give a list, and wait until it is read."""
    start = time.perf_counter()
    await person.upload(TABLE, "liste.csv", content)
    while "Annuler la lecture" in person.widgets:
        if time.perf_counter() - start > READING_S:
            raise TimeoutError("the list is not read")
        await asyncio.sleep(0.5)
        await person.open()
    took = time.perf_counter() - start
    await person.open("Donnees", "")
    return Cost(took, took)


def _list(visit: Visit) -> bytes:
    codes = [code for place in PLACES for code in visit.near(place, LIST_ROWS // len(PLACES))]
    lines = [f"CLSM {n // 5};{code};Actif" for n, code in enumerate(codes)]
    return "\n".join(["Nom du CLSM;Code INSEE;État", *lines]).encode()


# What each does, and the median of the seconds that they think between two acts: a reader reads, who composes talks it over.
LIVES: dict[str, tuple[Life, float]] = {
    "lecteur": (read, 45.0),
    "compose": (compose, 6.0),
    "planificateur": (plan, 12.0),
}
