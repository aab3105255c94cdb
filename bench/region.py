"""The page « Ma région » and the atlas: alerts of a région, its watch, and a printed atlas of every EPCI.

Baseline of the atlas, in the same run: the same pages one document each, as a person makes them who exports every EPCI alone.
"""

from __future__ import annotations

from datetime import date
from time import perf_counter, process_time

from bench.crosswalk import best_of
from geo.booklet import booklet_data, booklet_scopes
from geo.coverage import CoverageState, Scope, Weights, coverage_state, read_scope, to_check
from geo.dataset import open_dataset
from geo.exports import CoverageReport, coverage_file, make_pdf
from geo.region import alerts, trend

REGION = "reg-32"
ALONE = 5  # EPCI exported one by one, for the baseline


def main() -> None:
    """Print what a région costs."""
    world = open_dataset()
    state = coverage_state(world.crosswalk, world.density)
    scope = read_scope(REGION, world.atlas)
    today = date.today()
    checks = to_check(scope, state, Weights())
    print(f"alerts of {scope.name}: {best_of(lambda: alerts(scope, state, (), checks, today), 3) * 1e3:.0f} ms")
    print(f"openings and moments: {best_of(lambda: trend(scope, state), 3) * 1e3:.0f} ms")
    _atlas(scope, state, "epci")
    _atlas(read_scope("france", world.atlas), state, "departement")
    _alone(scope, state)


def _atlas(scope: Scope, state: CoverageState, per: str) -> None:
    began, used = perf_counter(), process_time()
    data = booklet_data(scope, per, state, made_on=date.today())
    drawn = process_time() - used
    made = make_pdf("atlas", data)
    whole, clock = process_time() - used, perf_counter() - began
    print(
        f"atlas of {scope.name} by {per}, {len(data['pages'])} pages: {whole:.1f} s of processor, of which {drawn:.1f} s to draw; "
        f"{clock:.0f} s on the clock; {len(made) / 1e6:.1f} MB"
    )


def _alone(scope: Scope, state: CoverageState) -> None:
    chosen = booklet_scopes(scope, "epci", state)[:ALONE]
    used = process_time()
    for one in chosen:
        coverage_file(CoverageReport(one, state, level="commune"), "pdf")
    each = (process_time() - used) / len(chosen)
    print(f"baseline, one EPCI exported alone: {each:.1f} s of processor each")


if __name__ == "__main__":
    main()
