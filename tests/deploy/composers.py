"""People who compose perimeters while servers stop under them, and know at any moment what they may find when they come back.

`held` is what somebody has seen the figures of; `wanted` is that, or what the click on its way makes of it. After a stop the perimeter is one of
the two, and what is in the address is what the page shows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import numpy as np
from websockets.exceptions import WebSocketException

from geo.communes import embedded_atlas
from geo.coverage import scopes
from geo.scenarios import unpack
from tests.deploy.site import Site, ready
from tests.support.wire import LostError, Person

PLACES = ("dep-62", "dep-94", "dep-79", "dep-31")
POOL = 30  # communes among which one composes
PATIENCE_S = 300.0
GONE = (LostError, WebSocketException, OSError, TimeoutError)


class LossError(AssertionError):
    """Somebody found another perimeter than his own."""


def codes_of(query: str) -> frozenset[str]:
    """Return the communes of the current scenario that an address carries."""
    [text] = parse_qs(query).get("lien", [""])
    return unpack(text, embedded_atlas()).workbook.codes if text else frozenset()


@dataclass
class Composer:
    """One person; `cuts` counts the stops that he went through, `pending` those with a click on its way."""

    person: Person
    dice: np.random.Generator
    place: str = PLACES[0]
    held: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset()
    cuts: int = 0
    pending: int = 0
    pool: list[str] = field(default_factory=list)

    async def begin(self) -> None:
        """Open the map, and choose a few communes."""
        atlas = embedded_atlas()
        self.place = PLACES[int(self.dice.integers(len(PLACES)))]
        rows = scopes(atlas)[self.place].rows
        first = int(self.dice.integers(len(rows) - POOL))
        self.pool = [str(atlas.codes[row]) for row in rows[first : first + POOL]]
        await self.person.connect()
        await self.person.open("Perimetre", f"carte={self.place}")
        for _ in range(3):
            await self.click()

    async def click(self) -> None:
        """Put a commune in, or take it out, and see the figures of it."""
        code = self.pool[int(self.dice.integers(POOL))]
        self.wanted = self.held ^ {code}
        await self.person.choose(sorted(self.wanted))
        self._seen(self.wanted)

    async def compose(self, over: asyncio.Event, pause: float) -> None:
        """Click until it is over; whenever the connection is lost, come back by the open page or by a page loaded anew, and check."""
        while not over.is_set():
            try:
                await asyncio.sleep(pause * (0.5 + self.dice.random()))
                await self.click()
            except GONE:
                await self._come_back()

    async def _come_back(self) -> None:
        """Come back, however many stops come meanwhile."""
        while True:
            self.cuts += 1
            self.pending += self.wanted != self.held
            with suppress(*GONE):
                await self.back(anew=bool(self.dice.random() < 0.5))
                return

    async def back(self, *, anew: bool) -> None:
        """Come back after a stop, and check what is there.

        Raises
        ------
        LossError
            When nobody answers for long, when it is neither what was seen last nor what the click on its way made of it, or when the page and its address differ.
        """
        mine, on_its_way = self.held, self.wanted
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while True:
            try:
                before = self.person.query
                await (self.person.reload() if anew else self.person.come_back())
                break
            except GONE as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise LossError(f"nobody answered for {PATIENCE_S:.0f} s") from error
                await asyncio.sleep(0.2)
        found = codes_of(self.person.query)
        if found not in (mine, on_its_way) or found != codes_of(before):
            raise LossError(
                f"{sorted(found)}, neither {sorted(mine)} nor {sorted(on_its_way)}; the address was {before}"
            )
        self.held = self.wanted = found
        if not anew and found != on_its_way:  # the page says again what was on its way (static/js/selection.js)
            self.wanted = on_its_way
            await self.person.choose(sorted(on_its_way))
            self._seen(on_its_way)

    def _seen(self, codes: frozenset[str]) -> None:
        if codes_of(self.person.query) != codes:
            raise LossError(f"figures of {sorted(codes)} were shown at the address {self.person.query}")
        self.held = self.wanted = codes


async def composing(
    site: Site, act: Callable[[list[Composer]], Awaitable[None]], *, people: int, pause: float, seed: int
) -> list[Composer]:
    """Have people compose while something happens to the processes; return them, once each has found his perimeter again.

    Raises
    ------
    LossError
        As soon as one of them has lost his.
    """
    here = [
        Composer(Person(site.url, cookie=f"clsm_visit={rank:032x}"), np.random.default_rng((seed, rank)))
        for rank in range(people)
    ]
    await asyncio.gather(*(one.begin() for one in here))
    over = asyncio.Event()
    lives = [asyncio.create_task(one.compose(over, pause)) for one in here]
    stops = asyncio.ensure_future(act(here))
    try:
        while not stops.done():
            done, _ = await asyncio.wait({*lives, stops}, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()  # a perimeter lost ends it all
    finally:
        over.set()
        stops.cancel()
        await asyncio.gather(*lives, stops, return_exceptions=True)
    for person in here:
        await person.back(anew=True)
        await person.person.__aexit__(None, None, None)
    return here


async def renew(site: Site, number: int) -> None:
    """Start a process again, and wait until it may be sent visitors."""
    one = await asyncio.to_thread(site.start, number)
    while not await asyncio.to_thread(ready, one):
        await asyncio.sleep(0.2)
