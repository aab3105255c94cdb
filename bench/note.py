"""Comparison of six perimeters, note and exports: against overlays at each call and a browser that prints; 1 and 20 sessions.

Named baselines, run here too: « overlay » dissolves each perimeter and overlays it on every layer with GeoPandas, as a page does
that keeps nothing ready; « Chromium » starts a browser and prints an HTML page of the same tables and map.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from html import escape
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import geopandas as gpd

from bench import _browser
from bench.crosswalk import best_of, polygons
from geo.comparison import Candidate, SideBySide, candidates, evaluate, scale_of, side_by_side
from geo.dataset import Dataset, open_dataset
from geo.exports import Export, make
from geo.exports.note import Note
from geo.exports.typst_pdf import note_pdf
from geo.scenarios import Scenario

COMMUNE = "94028"
SESSIONS = 20
REPEAT = 3


def six(world: Dataset) -> tuple[Candidate, ...]:
    """Return six perimeters around one commune: its candidates, and two scenarios that enlarge it."""
    mine = [Scenario("Deux", frozenset({COMMUNE, "94054"})), Scenario("Trois", frozenset({COMMUNE, "94054", "94081"}))]
    found = candidates(world.crosswalk, COMMUNE, mine)
    return (*[c for c in found if c.kind != "Scénario"][:4], *[c for c in found if c.kind == "Scénario"])


def worked_out(chosen: tuple[Candidate, ...], world: Dataset) -> SideBySide:
    """Compare, and read every answer, which are worked out on demand."""
    found = side_by_side(chosen, world)
    _ = [e.values for e in found.every], found.against, found.verdicts
    return found


def overlaid(
    chosen: tuple[Candidate, ...], world: Dataset, frames: list[gpd.GeoDataFrame], outlines: gpd.GeoSeries
) -> None:
    """The baseline of the comparison."""
    for candidate in chosen:
        mine = gpd.GeoDataFrame({"p": [0]}, geometry=[outlines.loc[sorted(candidate.codes)].union_all()], crs=2154)
        for frame in frames:
            gpd.overlay(mine, frame, how="intersection")


def printed(note: Note) -> bytes:
    """The baseline of the note: an HTML page of the same content, printed by a browser started for it."""
    tables = "".join(
        "<table>"
        + "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in t.rows)
        + "</table>"
        for t in (note.zones, note.guests, note.staffing, note.sources, *note.comparison)
    )
    checks = "".join(f"<h3>{escape(c.title)}</h3><p>{escape(c.sentence)}</p>" for c in note.checks)
    with _browser.chromium() as browser:
        page = browser.new_page()
        page.set_content(f"<h1>{escape(note.name)}</h1>{note.gauge.svg}{note.map.svg}{checks}{tables}")
        return page.pdf(format="A4", tagged=True)


def exported_plainly(export: Export, frames: list[gpd.GeoDataFrame], outlines: gpd.GeoSeries) -> None:
    """The baseline of the exports: dissolve, overlay each layer, write."""
    chosen = outlines.loc[sorted(export.scenario.codes)]
    mine = gpd.GeoDataFrame({"p": [0]}, geometry=[chosen.union_all()], crs=2154)
    with TemporaryDirectory() as folder:
        mine.to_crs(4326).to_file(f"{folder}/p.gpkg", layer="perimetre")
        for i, frame in enumerate(frames):
            met = gpd.overlay(mine, frame, how="intersection")
            if len(met):
                met.to_crs(4326).to_file(f"{folder}/p.gpkg", layer=f"couche{i}")


def crowd(call: Callable[[], object], sessions: int) -> list[float]:
    """Return how long each of several sessions waits when all ask at once."""

    def timed(_: int) -> float:
        start = perf_counter()
        call()
        return perf_counter() - start

    with ThreadPoolExecutor(sessions) as pool:
        return list(pool.map(timed, range(sessions)))


def main() -> None:
    """Print the ratios."""
    world = open_dataset()
    chosen = six(world)
    both = worked_out(chosen, world)
    ours = best_of(lambda: worked_out(chosen, world), REPEAT)
    frames, outlines = polygons(world.crosswalk), world.atlas.outlines()
    mainland = (world.atlas.table["epsg"] == 2154).to_numpy()
    outlines = outlines[mainland].to_crs(2154)
    naive = best_of(lambda: overlaid(chosen, world, frames, outlines), 1)
    print(
        f"comparison of six: {ours * 1e3:.0f} ms; overlay at each call: {naive * 1e3:.0f} ms = {naive / ours:.0f} times"
    )

    scenario = next(Scenario(c.name, c.codes) for c in chosen if c.name == "Trois")
    candidate = Candidate("x", "Scénario", scenario.name, scenario.codes, scale_of(scenario.codes, world.atlas))

    def export() -> Export:
        return Export(
            evaluate(candidate, world), world, scenario, "https://exemple.fr/Perimetre?lien=1", both, date(2026, 1, 1)
        )

    note = export().note()
    pages = best_of(lambda: make("pdf", export()), REPEAT)
    browser = best_of(lambda: printed(note), 1)
    print(
        f"note with comparison, {len(note_pdf(note)) / 1e3:.0f} kB: {pages * 1e3:.0f} ms; printed by Chromium: {browser * 1e3:.0f} ms "
        f"= {browser / pages:.1f} times"
    )
    for kind in ("docx", "xlsx", "gpkg", "geojson", "csv"):
        took = best_of(lambda kind=kind: make(kind, export()), REPEAT)
        print(f"  {kind}: {took * 1e3:.0f} ms, {len(make(kind, export())) / 1e3:.0f} kB")
    gpkg = best_of(lambda: make("gpkg", export()), REPEAT)
    plain = best_of(lambda: exported_plainly(export(), frames, outlines), 1)
    print(f"  GeoPackage by overlays: {plain * 1e3:.0f} ms = {plain / gpkg:.1f} times ours")

    for name, call in (("comparison", lambda: worked_out(chosen, world)), ("note", lambda: make("pdf", export()))):
        alone = best_of(call, REPEAT)
        waits = crowd(call, SESSIONS)
        print(
            f"{name}, {SESSIONS} sessions at once: median {median(waits) * 1e3:.0f} ms, worst {max(waits) * 1e3:.0f} ms; "
            f"one after the other would make {alone * SESSIONS * 1e3:.0f} ms"
        )


if __name__ == "__main__":
    main()
