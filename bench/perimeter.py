"""Sizing a perimeter: what every neighbour would change, suggestions, checks, links; beside doing it the plain way.

Baselines, measured in the same run: the facts and checks computed afresh for each neighbour (« recompute »), the same with one
geopandas.overlay of each layer (« overlay », timed on one neighbour), and codes joined by commas (« plain list »).
"""

from __future__ import annotations

import random
from time import perf_counter

import geopandas as gpd

from bench.crosswalk import best_of, nearest, polygons
from geo.dataset import Dataset, open_dataset
from geo.guidance import round_table, run_checks
from geo.moves import incidence_of
from geo.perimeters import Perimeter, from_polygon
from geo.scenarios import MAIL_LENGTH, Workbook, pack, unpack
from geo.scenarios.bitcode import departement_of
from geo.suggest import preview, single_moves, suggest, tried_around

# A commune in the middle of each, and how many communes around it.
PERIMETERS = (
    ("Val-de-Marne", "94028", 20),
    ("Pas-de-Calais", "62498", 300),
    ("Nouvelle-Aquitaine", "87085", 300),
    ("Grand Est", "54395", 300),
    ("Pas-de-Calais, whole", "62498", 890),
)
SAMPLE = 10  # neighbours recomputed, for the mean


def main() -> None:
    """Print the ratios."""
    world = open_dataset()
    start = perf_counter()
    suggest(world.evidence, {"94028"})
    print(f"first suggestion, arrays built: {perf_counter() - start:.2f} s")
    frames = polygons(world.crosswalk)
    for name, centre, size in PERIMETERS:
        measure(world, name, centre, size, frames)
    links(world)


def measure(world: Dataset, name: str, centre: str, size: int, frames: list[gpd.GeoDataFrame]) -> None:
    atlas, ground = world.atlas, incidence_of(world.evidence)
    codes = frozenset(map(str, atlas.codes[nearest(atlas, atlas.row[centre], size)]))
    moves, _ = single_moves(ground, codes)
    seen = preview(world.evidence, codes)
    sent = sum(len(t.encode()) + 3 for t in seen.texts) + sum(len(c) + 2 + 3 * len(v) for c, v in seen.of.items())
    previewed = best_of(lambda: preview(world.evidence, codes), 5)
    suggested = best_of(lambda: suggest(world.evidence, codes), 5)
    tried = len(tried_around(world.evidence, codes))
    plotted = best_of(lambda: tried_around(world.evidence, codes), 5)

    def judge(chosen: frozenset[str]) -> None:
        run_checks(world.facts(Perimeter(chosen, name, atlas.year)))  # type: ignore[arg-type]

    sample = random.Random(1).sample(moves, min(SAMPLE, len(moves)))
    start = perf_counter()
    for move in sample:
        judge(move.apply(codes))
    once = (perf_counter() - start) / len(sample)
    shape = atlas.outlines().loc[sorted(codes)].to_crs(2154).union_all()
    mine = gpd.GeoDataFrame({"p": [0]}, geometry=[shape], crs=2154)
    overlaid = best_of(lambda: [gpd.overlay(mine, frame, how="intersection") for frame in frames], 1)
    checked = best_of(lambda: judge(codes), 3)
    facts = world.facts(Perimeter(codes, name, atlas.year))  # type: ignore[arg-type]
    round_table(facts)
    table = best_of(lambda: round_table(facts), 3)
    print(
        f"{name}, {size} communes: checks {checked * 1e3:.0f} ms, list of guests {table * 1e3:.0f} ms\n"
        f"  {len(moves)} moves of one commune: {previewed * 1e3:.0f} ms, {sent / 1024:.1f} kB; recomputed "
        f"{once * len(moves):.1f} s, ratio {once * len(moves) / previewed:,.0f}; with overlays "
        f"{overlaid * len(moves):.0f} s, ratio {overlaid * len(moves) / previewed:,.0f}\n"
        f"  suggestions: {suggested * 1e3:.0f} ms; {tried} perimeters tried for the plot of the trade-off: {plotted * 1e3:.0f} ms, "
        f"recomputed {once * tried:.1f} s, ratio {once * tried / plotted:,.0f}"
    )


def links(world: Dataset) -> None:
    """Print the length of links beside the plain list of codes."""
    atlas, chance = world.atlas, random.Random(1)
    every = [str(c) for c in atlas.codes]
    region = [c for c, r in zip(every, atlas.table["region"], strict=True) if r == "44"]
    cases = {
        "one commune": ["94028"],
        "an EPCI of 40": [str(atlas.codes[r]) for r in atlas.members("epci", "200041317")],
        "Pas-de-Calais": [c for c in every if departement_of(c) == "62"],
        "Grand Est": region,
        "a third of Grand Est": chance.sample(region, len(region) // 3),
        "half of Grand Est (the longest)": chance.sample(region, len(region) // 2),
        "France": every,
        "half of France": chance.sample(every, len(every) // 2),
    }
    for name, codes in cases.items():
        text, plain = pack(Workbook().replace_codes(codes), atlas), ",".join(codes)
        packed = best_of(lambda c=codes: pack(Workbook().replace_codes(c), atlas), 3)
        opened = best_of(lambda t=text: unpack(t, atlas), 3)
        long = "" if len(text) < MAIL_LENGTH else f" (over the {MAIL_LENGTH} that every mail program keeps)"
        print(
            f"link of {name}: {len(text)} characters{long}, plain list {len(plain):,}, ratio {len(plain) / len(text):.1f}; "
            f"written in {packed * 1e3:.1f} ms, opened in {opened * 1e3:.1f} ms"
        )
    start = perf_counter()
    from_polygon([(1, 48), (4, 48), (4, 50), (1, 50)], atlas)
    first = perf_counter() - start
    drawn = best_of(lambda: from_polygon([(1, 48), (4, 48), (4, 50), (1, 50)], atlas), 3)
    print(f"drawn shape over Île-de-France: {drawn * 1e3:.1f} ms, the first {first * 1e3:.0f} ms")
