"""A whole ARS at once: 200 readers, 50 people who compose and 5 planners, on three processes behind nginx, and beside it on one.

Sessions have no browser (tests/support/wire.py): only messages travel, and this process too has its share of the two cores. What each
person does is drawn from a seed (`bench.load.people`). Then twenty notes are asked at once, while others click.

A run is aborted when little memory is left, when the machine is overloaded, when too much goes wrong, or when it lasts too long: what it
would then measure is the machine.
"""

from __future__ import annotations

import asyncio
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import cast

import numpy as np
import psutil
import pytest

from bench._browser import BenchError
from bench.load.people import LIVES, Told, Visit
from tests.deploy import site as sites
from tests.deploy.site import Site
from tests.support.wire import LostError, Person

SEED = 18
CROWD = {"lecteur": 200, "compose": 50, "planificateur": 5}
MINUTES = 4.0
ARRIVALS = 0.4  # of the time: everybody is there after it
PROCESSES = (3, 1)
# Rules to abort.
LEAST_MEMORY = 1_500_000_000  # bytes left on the machine
MOST_LOAD = 12.0  # processes that wait or run, mean of a minute, for each core
MOST_WRONG = 0.05  # of the acts, once there are some
ENOUGH = 50
LATE = 2.0  # times the minutes foreseen
TARGET_MS, TARGET_NOTES_MS = 500.0, 300.0
FIRST = (
    ("Perimetre", "carte=dep-62&communes=62193"),
    ("Couverture", "territoire=dep-62"),
    ("Ma_region", "region=76"),
    ("Methode", ""),
)
NOTES, CLICKERS = 20, 30
CALM_S = 20.0  # seconds of clicks before the notes are asked


class AbortedError(BenchError):
    """A rule to abort was met."""


# --- the crowd ----------------------------------------------------------------------------------------------------
def crowd(site: Site, minutes: float, share: float = 1.0) -> tuple[Told, dict[str, list[float]]]:
    """Have everybody come; return what happened and the resident megabytes of each process, every few seconds."""
    return asyncio.run(_crowd(site, minutes, share))


async def _crowd(site: Site, minutes: float, share: float) -> tuple[Told, dict[str, list[float]]]:
    told, memory = Told(), {one.url: [] for one in site.processes}
    start, until = time.monotonic(), time.monotonic() + 60 * minutes
    people = [kind for kind, count in CROWD.items() for _ in range(round(count * share) or 1)]
    lives = [
        asyncio.create_task(_live(site, kind, np.random.default_rng((SEED, rank)), told, start, until))
        for rank, kind in enumerate(people)
    ]
    watch = asyncio.create_task(_watch(site, told, memory, start, minutes))
    try:
        left: set[asyncio.Task[None]] = set(lives)
        while left and not watch.done():
            _, left = await asyncio.wait({*left, watch}, return_when=asyncio.FIRST_COMPLETED)
            left = left - {watch}
        if watch.done():
            await watch  # raises
    finally:
        for task in (*lives, watch):
            task.cancel()
        await asyncio.gather(*lives, watch, return_exceptions=True)
    return told, memory


async def _live(site: Site, kind: str, dice: np.random.Generator, told: Told, start: float, until: float) -> None:
    life, think = LIVES[kind]
    await asyncio.sleep(dice.random() * ARRIVALS * (until - start))
    cookie = f"clsm_visit={dice.bytes(16).hex()}"
    person = Person(site.url, cookie=cookie)
    with told.watching(kind, "arriver"):
        status, _ = await person.fetch("")
        assert status == 200, f"{status}"
        async with person:
            await life(Visit(kind, person, dice, told, until, think))


async def _watch(site: Site, told: Told, memory: dict[str, list[float]], start: float, minutes: float) -> None:
    """Follow memory, and abort when a rule says so."""
    while True:
        for one in site.processes:
            memory[one.url].append(resident(one.process.pid))
        abort(told, time.monotonic() - start, minutes)
        await asyncio.sleep(2.0)


def abort(told: Told, elapsed: float, minutes: float) -> None:
    """Raise AbortedError when a rule to abort is met."""
    load, left = os.getloadavg()[0] / (os.cpu_count() or 1), psutil.virtual_memory().available
    done = len(told.acts) + len(told.wrong)
    if left < LEAST_MEMORY:
        raise AbortedError(f"aborted: {left / 1e6:,.0f} MB of memory left")
    if load > MOST_LOAD:
        raise AbortedError(f"aborted: load of {load:.0f} for each core")
    if done > ENOUGH and len(told.wrong) > MOST_WRONG * done:
        raise AbortedError(f"aborted: {len(told.wrong)} of {done} acts failed, first {told.wrong[0]}")
    if elapsed > LATE * 60 * minutes:
        raise AbortedError(f"aborted: not over after {elapsed:.0f} s")


def resident(pid: int) -> float:
    """Return the resident megabytes of a process."""
    return float(psutil.Process(pid).memory_info().rss) / 1e6


# --- twenty notes at once -------------------------------------------------------------------------------------------
def notes(site: Site, share: float = 1.0) -> tuple[Told, Told]:
    """Have some click while nothing else happens, then while notes are asked at once; return what happened of each."""
    return asyncio.run(_notes(site, share))


async def _notes(site: Site, share: float) -> tuple[Told, Told]:
    calm, busy = Told(), Told()
    askers = [await _composer(site, 1_000 + rank, busy) for rank in range(round(NOTES * share))]
    for visit in askers:
        await visit.act("panneau", visit.person.put("Pour aller plus loin", "Note et fichiers"))
    clickers = [await _composer(site, 2_000 + rank, calm) for rank in range(round(CLICKERS * share))]
    begun, over = time.monotonic(), asyncio.Event()
    clicks = [asyncio.create_task(_click(visit, over)) for visit in clickers]
    await asyncio.sleep(CALM_S)
    for visit in clickers:
        visit.told = busy
    await asyncio.gather(*(visit.take("note", "Note (PDF)") for visit in askers))
    over.set()
    await asyncio.gather(*clicks)
    calm.acts = [one for one in calm.acts if one[4] > begun]
    for visit in [*askers, *clickers]:
        await visit.person.__aexit__(None, None, None)
    return calm, busy


async def _composer(site: Site, rank: int, told: Told) -> Visit:
    """Bring somebody to the map of a département, a few communes chosen."""
    dice = np.random.default_rng((SEED, rank))
    visit = Visit("compose", Person(site.url, cookie=f"clsm_visit={dice.bytes(16).hex()}"), dice, told, np.inf, 3.0)
    place = ("dep-62", "dep-94", "dep-79")[rank % 3]
    codes = visit.near(place, 9)
    await visit.person.connect()
    await visit.person.open("Perimetre", f"carte={place}&communes={','.join(codes)}")
    visit.person.chosen = codes
    return visit


async def _click(visit: Visit, over: asyncio.Event) -> None:
    """Take a commune out and back in, again and again."""
    whole = list(visit.person.chosen)
    for turn in range(10_000):
        await visit.pause()
        if over.is_set():
            return
        await visit.act("clic", visit.person.choose(whole[:-1] if turn % 2 == 0 else whole))


# --- what is printed ------------------------------------------------------------------------------------------------
def line(what: str, seconds: np.ndarray) -> str:
    """Say how long something took."""
    if not len(seconds):
        return f"  {what:<34} none"
    p50, p95 = np.percentile(seconds, [50, 95]) * 1e3
    return (
        f"  {what:<34} p50 {p50:>7,.0f} ms  p95 {p95:>7,.0f} ms  max {seconds.max() * 1e3:>8,.0f} ms  ({len(seconds)})"
    )


def report(told: Told, memory: dict[str, list[float]]) -> None:
    """Print figures by kind of person and act, memory by process, and what went wrong."""
    for kind in CROWD:
        print(line(f"{kind}, all", told.figures(kind)))
        for act in sorted({a[1] for a in told.acts if a[0] == kind}):
            print(line(f"  {act}", told.figures(kind, act)))
    clicks = told.figures("compose", "clic")
    met = len(clicks) and np.percentile(clicks, 95) * 1e3 < TARGET_MS and not told.wrong
    print(
        f"  {'target' if met else 'TARGET NOT MET'}: figures p95 under {TARGET_MS:.0f} ms and no error; {len(told.wrong)} errors"
    )
    for wrong in told.wrong[:10]:
        print(f"    {wrong}")
    for url, sizes in memory.items():
        if sizes:
            print(
                f"  memory of {url.split('/')[2]}: {sizes[0]:,.0f} MB at first, {max(sizes):,.0f} MB at most, {sizes[-1]:,.0f} MB at the end"
            )


def report_notes(calm: Told, busy: Told) -> None:
    """Print clicks before and while notes are made."""
    clicks = busy.figures(act="clic")
    print(line("clicks, nothing else", calm.figures(act="clic")))
    print(line("clicks while notes are made", clicks))
    print(line("a note, from asking to having it", busy.figures(act="note")))
    wrong = calm.wrong + busy.wrong
    met = len(clicks) and np.percentile(clicks, 95) * 1e3 < TARGET_NOTES_MS and not wrong
    print(
        f"  {'target' if met else 'TARGET NOT MET'}: clicks p95 under {TARGET_NOTES_MS:.0f} ms; {len(wrong)} errors {wrong[:3]}"
    )


def main(minutes: float = MINUTES, share: float = 1.0) -> None:
    """Print what a whole ARS meets, on three processes and on one; `share` makes it smaller."""
    _many_files()
    for count in PROCESSES:
        people = ", ".join(f"{round(n * share)} {kind}" for kind, n in CROWD.items())
        print(f"{count} process{'es' if count > 1 else ''} behind nginx: {people}, {minutes:g} minutes")
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            try:
                with sites.running(Path(folder), count) as site:
                    warm(site)
                    report(*crowd(site, minutes, share))
                    print(
                        f"{round(NOTES * share)} notes at once, {round(CLICKERS * share)} people who click every three seconds"
                    )
                    report_notes(*notes(site, share))
            except (pytest.skip.Exception, LostError) as error:
                raise BenchError(str(error)) from error


def warm(site: Site) -> None:
    """Have every process load the country, and show each page once, before anybody comes."""
    for one in site.processes:
        while not sites.ready(one):
            time.sleep(0.5)
        asyncio.run(_first(one.url))


async def _first(url: str) -> None:
    async with Person(url) as person:
        for page, query in FIRST:
            await person.open(page, query)


def _many_files() -> None:
    """Be allowed as many open files as the system allows: each person has some."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (cast(int, most), most))
