"""Processes killed under people who compose, 200 times; and drained one a minute under fifty of them: nobody loses a perimeter.

Without browsers (tests/deploy/composers.py): after each stop a person comes back by the page still open or by one loaded anew, through nginx, and
finds the perimeter that he last saw the figures of, or the one that his click on its way had made. Anything else ends the bench.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import numpy as np

from bench._browser import BenchError
from tests.deploy import site as sites
from tests.deploy.composers import Composer, LossError, composing, renew
from tests.deploy.site import Site

SEED, CUTS, PEOPLE, PAUSE_S = 18, 200, 12, 0.5
DRAINED, EVERY_S, DRAIN_PAUSE_S = 50, 60.0, 5.0
MINUTES = 6.0


def kills(site: Site, cuts: int = CUTS) -> tuple[int, list[Composer]]:
    """Kill one process after the other at random moments until so many people were cut; return how many kills it took, and the people."""
    dice, count = np.random.default_rng(SEED), 0

    async def act(people: list[Composer]) -> None:
        nonlocal count
        while sum(one.cuts for one in people) < cuts:
            number = count % len(site.processes)
            await asyncio.sleep(dice.random() * 2 * PAUSE_S)
            site.processes[number].process.kill()
            await asyncio.to_thread(site.processes[number].process.wait)
            count += 1
            await renew(site, number)

    people = asyncio.run(composing(site, act, people=PEOPLE, pause=PAUSE_S, seed=SEED))
    return count, people


def drains(site: Site, minutes: float = MINUTES) -> list[Composer]:
    """Drain one process a minute under fifty people."""

    async def act(_: list[Composer]) -> None:
        for turn in range(max(1, round(60 * minutes / EVERY_S))):
            begun = time.monotonic()
            await asyncio.to_thread(site.processes[turn % 3].stop)
            await renew(site, turn % 3)
            await asyncio.sleep(max(0.0, EVERY_S - (time.monotonic() - begun)))

    return asyncio.run(composing(site, act, people=DRAINED, pause=DRAIN_PAUSE_S, seed=SEED))


def _told(what: str, people: list[Composer]) -> None:
    cuts, pending = sum(one.cuts for one in people), sum(one.pending for one in people)
    problems = [text for one in people for text in one.person.problems]
    print(
        f"  {what}: {cuts} times somebody was cut, {pending} with a click on its way; the scenario came back {cuts} times"
    )
    if problems:
        raise BenchError(f"{len(problems)} pages failed, first {problems[0]}")


def main(minutes: float = MINUTES) -> None:
    """Print what became of the perimeters."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, sites.running(Path(folder)) as site:
        sites.wait_ready(site)
        try:
            count, people = kills(site)
            _told(f"{count} kills under {PEOPLE} people", people)
            _told(f"one process drained a minute for {minutes:g} minutes under {DRAINED} people", drains(site, minutes))
        except LossError as error:
            raise BenchError(f"a perimeter was lost: {error}") from error


if __name__ == "__main__":
    main()
