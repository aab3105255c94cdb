"""An hour and a quarter over all pages with ten sessions on one server: is memory flat once everything was shown, and what do the caches hold?

The slope is that of a line through the resident memory, sampled every few seconds after the warm-up, with the error that samples
which follow one another allow (blocks of a minute). Caches are listed by their bound (ui.cache) and by the bytes that the framework
counts, the largest first; sessions leave and come back, so that what a session holds must leave with it.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil

from bench._browser import BenchError
from bench.load.people import PLACES, REGIONS, Told, Visit
from tests.support.browser import ROOT, AppServer, start_server
from tests.support.wire import Person

SEED, PEOPLE, MINUTES = 18, 10, 75.0
WARM = 1 / 3  # of the time, before memory is looked at: what is kept was still growing in the first 25 minutes
THINK_S, LEAVES = 2.0, 0.03  # seconds between two acts; chance that somebody leaves and another comes
SAMPLE_S, BLOCK_S = 5.0, 60.0
FLAT_MB_H = 20.0  # a slope that is not told from zero, or below this
PAGES = ("", "Perimetre", "Couverture", "Comparaison", "Donnees", "Methode", "Ma_region")
COVERAGE = ("chiffres", "lacunes", "secteurs", "priorites", "prochains", "enquetes", "clsm", "emporter")
PANELS = ("Repères", "Ajuster", "Secteurs", "Suggestions", "Questions", "Autour de la table", "Accords", "Dispositifs", "Budget",
          "CLSM comparables", "Scénarios", "Note et fichiers")  # fmt: skip
Samples = list[tuple[float, float]]


def soak(server: AppServer, minutes: float) -> tuple[Told, Samples]:
    """Have people go over all pages; return what happened, and (seconds, resident megabytes)."""
    return asyncio.run(_soak(server, minutes))


async def _soak(server: AppServer, minutes: float) -> tuple[Told, Samples]:
    told, samples, start = Told(), [], time.monotonic()
    until = start + 60 * minutes
    lives = [asyncio.create_task(_live(server.url, rank, told, until)) for rank in range(PEOPLE)]
    process = psutil.Process(server.process.pid)
    while time.monotonic() < until:
        await asyncio.sleep(SAMPLE_S)
        samples.append((time.monotonic() - start, process.memory_info().rss / 1e6))
    await asyncio.gather(*lives)
    return told, samples


async def _live(url: str, rank: int, told: Told, until: float) -> None:
    dice = np.random.default_rng((SEED, rank))
    while time.monotonic() < until:
        async with Person(url, cookie=f"clsm_visit={dice.bytes(16).hex()}") as person:
            visit = Visit("visiteur", person, dice, told, until, THINK_S)
            while await visit.pause():
                await _act(visit)
                if dice.random() < LEAVES:
                    break


async def _act(visit: Visit) -> None:
    person, page = visit.person, visit.some(PAGES)
    place, region = visit.some(PLACES), visit.some(REGIONS)
    codes = visit.near(place, int(visit.dice.integers(3, 15)))
    query = {
        "Perimetre": f"carte={place}&communes={','.join(codes)}",
        "Couverture": f"territoire={visit.some((place, f'reg-{region}'))}&onglet={visit.some(COVERAGE)}",
        "Comparaison": f"commune={codes[0]}",
        "Ma_region": f"region={region}",
    }.get(page, "")
    await visit.act(page or "Accueil", person.open(page, query))
    if page != "Perimetre" or "Pour aller plus loin" not in person.widgets:
        return
    person.chosen = codes
    for code in visit.near(place, 3):
        await visit.act("clic", person.choose([*person.chosen, code]))
    panel = visit.some(PANELS)
    await visit.act(f"panneau {panel}", person.put("Pour aller plus loin", panel))
    if panel == "Note et fichiers":
        await visit.take("note", "Note (PDF)")


def slope(samples: Samples, minutes: float, of: Callable[..., np.ndarray] = np.mean) -> tuple[float, float]:
    """Return the slope after the warm-up in megabytes an hour, and its error (one standard deviation), by blocks of a minute.

    `of` is what is taken of a minute: the mean holds the work under way (a note under way is a hundred megabytes), the lowest what
    stays between two pieces of work.
    """
    late = np.array([s for s in samples if s[0] > 60 * minutes * WARM])
    if len(late) < 3:
        return float("nan"), float("nan")
    blocks = (late[:, 0] // min(BLOCK_S, 60 * minutes / 12)).astype(int)
    points = np.array([of(late[blocks == b], axis=0) for b in np.unique(blocks)])
    hours = (points[:, 0] - points[:, 0].mean()) / 3600
    a = float((hours * points[:, 1]).sum() / (hours**2).sum())
    left = points[:, 1] - points[:, 1].mean() - a * hours
    return a, float(np.sqrt((left**2).sum() / max(1, len(points) - 2) / (hours**2).sum()))


def caches(server: AppServer) -> list[str]:
    """Return what the server says of its caches, the largest first."""
    import urllib.request

    text = urllib.request.urlopen(f"{server.url}/mesures", timeout=30).read().decode()
    sizes = [line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("clsm_cache_entries{")]
    return [f"{name[len('clsm_cache_entries') :]} {value}" for name, value in sorted(sizes, key=lambda s: -float(s[1]))]


def main(minutes: float = MINUTES) -> None:
    """Print the slope of memory, and the caches."""
    print(f"{PEOPLE} sessions over all pages for {minutes:g} minutes, warm after {minutes * WARM:.0f}")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        server = start_server(ROOT / "dashboard.py", log=Path(folder) / "log", env={"CLSM_HOME": folder})
        try:
            told, samples = soak(server, minutes)
            largest = caches(server)
        finally:
            server.stop()
        log = (Path(folder) / "log").read_text(encoding="utf-8", errors="replace").splitlines()
    print(
        f"  memory: {samples[0][1]:,.0f} MB at first, {max(s[1] for s in samples):,.0f} MB at most, {samples[-1][1]:,.0f} MB at the end"
    )
    for what, of in (("mean of each minute", np.mean), ("lowest of each minute", np.min)):
        a, error = slope(samples, minutes, of)
        flat = a - 2 * error < 0 or a < FLAT_MB_H
        print(
            f"  {'flat' if flat else 'GROWS'}: {a:+.1f} MB an hour after the warm-up, ± {2 * error:.1f} (95 %), {what}"
        )
    print(f"  {len(told.acts)} acts")
    for minute in range(0, int(samples[-1][0] // 60) + 1, max(1, int(minutes // 10))):
        here = [size for at, size in samples if minute <= at / 60 < minute + 1]
        if here:
            print(f"    minute {minute:>2}: {np.mean(here):,.0f} MB, {min(here):,.0f} at least")
    for cache in largest[:12]:
        print(f"    cache {cache}")
    if told.wrong:
        print(*(f"    log: {line}" for line in log[-20:]), sep="\n")  # the server wrote why, in a line
        raise BenchError(f"{len(told.wrong)} acts failed, first {told.wrong[0]}")


if __name__ == "__main__":
    main()
