"""Fifty sessions on one server, without browsers: all opened at once, then each clicks about every five seconds.

Fifty pages of Chromium weigh more on this machine than the server does; here only messages travel (tests/wire.py), so that
what is measured is the server: from a click to its figures. While they click, newcomers open pages. Ratios are against
the same server with Streamlit's own habit of a whole collection of garbage after every run, measured in the same go.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import numpy as np

from bench._browser import ratio
from bench.clicks import SCOPES
from geo.communes import embedded_atlas
from geo.coverage import scopes
from tests.browser import ROOT, start_server
from tests.wire import Person

PEOPLE = 50
ROUNDS = 4
PACE = 5.0  # seconds between two clicks of the same person
NEWCOMERS = 1.0  # seconds between two openings while the others click
BEFORE = {"STREAMLIT_RUNNER_POST_SCRIPT_GC": "true"}
Found = dict[str, float]


def measure(people: int, env: dict[str, str]) -> Found:
    """Return the seconds of each figure printed, on a server of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        server = start_server(ROOT / "dashboard.py", log=folder / "log", env={"CLSM_HOME": name, **env})
        try:
            return asyncio.run(_measure(server.url, people))
        finally:
            server.stop()


async def _measure(url: str, people: int) -> Found:
    start = time.perf_counter()
    first, *others = [Person(url, query=f"carte={SCOPES[rank % len(SCOPES)]}") for rank in range(people + 1)]
    async with first:
        await first.open()
    cold = time.perf_counter() - start
    for person in others:
        await person.__aenter__()
    try:
        opened = [cost.end for cost in await asyncio.gather(*(person.open() for person in others))]
        coming = asyncio.create_task(_newcomers(url))
        clicks = await asyncio.gather(*(_live(person, rank, people) for rank, person in enumerate(others)))
        coming.cancel()
    finally:
        for person in others:
            await person.__aexit__(None, None, None)
    figures = np.array([cost for each in clicks for cost in each])
    return {
        "first page, server cold": cold,
        f"last of {people} pages opened at once": max(opened),
        "click to figures, median": float(np.median(figures)),
        "click to figures, 95 of 100": float(np.percentile(figures, 95)),
        "click to figures, slowest": float(figures.max()),
    }


async def _live(person: Person, rank: int, people: int) -> list[float]:
    """Click neighbours by code, from a place of one's own."""
    atlas = embedded_atlas()
    rows = scopes(atlas)[SCOPES[rank % len(SCOPES)]].rows
    place = int(np.random.default_rng(rank).integers(len(rows) - ROUNDS))
    start = time.perf_counter() + rank * PACE / people
    costs = []
    for turn in range(ROUNDS):
        await asyncio.sleep(max(0.0, start + turn * PACE - time.perf_counter()))
        costs.append((await person.click(str(atlas.codes[rows[place + turn]]))).figures)
    return costs


async def _newcomers(url: str) -> None:
    rank = 0
    while True:
        async with Person(url, query=f"carte={SCOPES[rank % len(SCOPES)]}") as person:
            await person.open()
        rank += 1
        await asyncio.sleep(NEWCOMERS)


def main(people: int = PEOPLE) -> None:
    """Print the ratios."""
    print(f"{people} sessions without browsers, a click each {PACE:.0f} s, a newcomer a second")
    ours, before = measure(people, {}), measure(people, BEFORE)
    for what, seconds in ours.items():
        sizes = f"ours {seconds * 1e3:,.0f} ms, with a collection after every run {before[what] * 1e3:,.0f} ms"
        print(f"  {ratio(seconds, before[what])} {what:<34} {sizes}")


if __name__ == "__main__":
    main()
