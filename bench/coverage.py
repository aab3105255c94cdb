"""Coverage of the country: figures and four gap tables against GeoPandas joins and groupbys at each call; the next ten EPCI."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import geopandas as gpd
import numpy as np
import pandas as pd

from bench.crosswalk import best_of
from geo.coverage import (
    CoverageState,
    SitingCandidate,
    coverage_state,
    gap_tables,
    next_clsm,
    read_scope,
    scope_figures,
    siting_candidates,
)
from geo.dataset import open_dataset
from geo.layers import Etat, Layer, build_crosswalk

LEVELS = ("commune", "epci", "secteurs-adultes", "cls")


def memberships(layer: Layer, codes: np.ndarray) -> pd.DataFrame:
    """Return a layer as anyone would hold it: one row a zone and commune."""
    zone = layer.members["zone"].to_numpy()
    return pd.DataFrame(
        {
            "code": codes[layer.members["row"].to_numpy()],
            "zone": layer.zones.index.to_numpy()[zone],
            "etat": layer.zones["etat"].to_numpy()[zone],
            "whole": layer.members["whole"].to_numpy(),
            "people": layer.members["inhabitants"].to_numpy(),
        }
    )


def joined(communes: gpd.GeoDataFrame, held: dict[str, pd.DataFrame]) -> list[pd.DataFrame]:
    """Compute the same status, figures and gaps with joins and groupbys, as a page does that keeps nothing ready."""
    clsm = held["clsm"].assign(running=lambda f: f["etat"] == Etat.EN_SERVICE)
    clsm = clsm.assign(
        covered=clsm["running"] & clsm["whole"], part=clsm["running"] & ~clsm["whole"], project=~clsm["running"]
    )
    flags = clsm.groupby("code")[["covered", "part", "project"]].any()
    frame = communes.merge(flags, left_on="code", right_index=True, how="left")
    frame[["covered", "part", "project"]] = frame[["covered", "part", "project"]].eq(True)
    quarters = held["qpv"].groupby("code")["people"].sum().rename("qpv")
    frame = frame.merge(quarters, left_on="code", right_index=True, how="left").fillna({"qpv": 0.0})
    without = ~frame["covered"] & ~frame["part"] & ~frame["project"]
    frame["couverts"] = frame["population"].where(frame["covered"], 0)
    frame["sans_clsm"] = frame["population"].where(without, 0)
    frame["qpv_sans_clsm"] = frame["qpv"].where(without, 0)
    frame["rural_sans_clsm"] = frame["population"].where(without & frame["rural"], 0)
    columns = ["population", "couverts", "sans_clsm", "qpv", "qpv_sans_clsm", "rural_sans_clsm"]
    names = {}
    for layer_id in ("cls", "cpts", "dac"):
        running = held[layer_id][held[layer_id]["etat"] == Etat.EN_SERVICE]
        names[layer_id] = running.groupby("code")["zone"].agg(", ".join).rename(layer_id)
        frame = frame.merge(names[layer_id], left_on="code", right_index=True, how="left")
    tables = [frame.sort_values("sans_clsm", ascending=False)]
    for level in LEVELS[1:]:
        inside = held[level].merge(frame, on="code")
        table = inside.groupby("zone")[columns].sum()
        for layer_id in ("cls", "cpts", "dac"):
            met = held[level][["zone", "code"]].merge(
                held[layer_id][["zone", "code"]], on="code", suffixes=("", "_other")
            )
            met = met.drop_duplicates(["zone", "zone_other"])
            table = table.join(met.groupby("zone")["zone_other"].agg(", ".join).rename(layer_id))
        tables.append(table.sort_values("sans_clsm", ascending=False))
    totals = frame[columns].sum()
    bodies = [
        held[level].merge(frame[["code", "covered"]], on="code").groupby("zone")["covered"].any().sum()
        for level in LEVELS[1:]
    ]
    return [*tables, pd.DataFrame([totals]), pd.DataFrame({"bodies": bodies})]


def timed(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


def main() -> None:
    """Print the ratios; the two ways must give the same sums."""
    world = open_dataset()
    france = read_scope("france", world.atlas)

    def changed_layer() -> tuple[CoverageState, dict[str, pd.DataFrame]]:
        state = coverage_state(world.crosswalk, world.density)
        scope_figures(france, state)
        return state, gap_tables(france, state, LEVELS)

    atlas = world.atlas
    table = atlas.table[["code", "population", "epci"]].assign(rural=world.density.rural)
    communes = gpd.GeoDataFrame(table, geometry=atlas.outlines().to_numpy(), crs=4326)
    codes = atlas.table["code"].to_numpy()
    held = {i: memberships(layer, codes) for i, layer in world.crosswalk.layers.items()}
    _, ours = changed_layer()
    theirs = joined(communes, held)
    for mine, other in zip(ours.values(), theirs, strict=False):
        if not np.isclose(mine["sans_clsm"].sum(), other["sans_clsm"].sum()):
            raise AssertionError("the two ways do not agree")
    rebuilt = best_of(lambda: build_crosswalk(atlas, world.crosswalk.layers), 3)
    fast, slow = best_of(changed_layer, 5), best_of(lambda: joined(communes, held), 3)
    print(f"figures of the country and four gap tables after a change: {fast * 1e3:.0f} ms")
    print(f"  (building the crosswalk again from changed layers: {rebuilt * 1e3:.0f} ms)")
    print(f"  GeoPandas joins and groupbys at each call: {slow * 1e3:.0f} ms = {slow / fast:.1f} times")

    state, _ = changed_layer()
    possible = siting_candidates("epci", france, state)
    ten = timed(lambda: next_clsm(france, state, possible, 10, kind="epci"))
    print(f"the next 10 among {len(possible):,} EPCI: {ten * 1e3:.0f} ms, exact")
    around = neighbours_too(possible, state)
    found = next_clsm(france, state, around, 10, ceiling=500_000.0, time_limit=20.0)
    proof = "proven" if found.exact else f"not proven, {found.gap:.2%} from the optimum at most"
    print(
        f"the next 10 among {len(around):,} candidates that overlap (each EPCI with a neighbour): {found.seconds:.1f} s, {proof};"
        f" greedy reaches {found.greedy_value / found.value:.2%} of it"
    )


def neighbours_too(possible: tuple[SitingCandidate, ...], state: CoverageState) -> list[SitingCandidate]:
    """Add to the EPCI the pairs of neighbours, so that candidates overlap and the solver has work."""
    owner = np.full(len(state.status), -1)
    for i, c in enumerate(possible):
        owner[list(c.rows)] = i
    a, b = state.atlas.neighbours.nonzero()
    pairs = {
        tuple(sorted(p)) for p in zip(owner[a].tolist(), owner[b].tolist(), strict=True) if p[0] != p[1] and min(p) >= 0
    }
    made = [
        SitingCandidate(f"{possible[i].code}+{possible[j].code}", f"{possible[i].name} et {possible[j].name}",
                  tuple(sorted((*possible[i].rows, *possible[j].rows))), possible[i].population + possible[j].population)
        for i, j in sorted(pairs)
    ]  # fmt: skip
    return [*possible, *made]


if __name__ == "__main__":
    main()
