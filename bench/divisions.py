"""The 101 départements divided into CLSM that cut the fewest intercommunal bodies: time, bound and proof of each.

`python -m bench.divisions --spread 0.5 --seconds 60 62 59`: sizes are the mean plus or minus a share; without codes, every département.
Départements of one CLSM are told apart: nothing is to be divided there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from time import perf_counter

from geo.dataset import open_dataset
from geo.divide import Board, Terms, board_of, divide, possible_parts, sectors_known, usual_parts
from geo.errors import GeoInputError
from geo.layers import LayerId


def sizes(board: Board, parts: int, spread: float) -> tuple[int, int]:
    """Return the least and the most inhabitants, around the mean of what large communes leave."""
    mean = board.population / parts
    return int(mean * (1 - spread)), int(mean * (1 + spread)) + 1


def measured(board: Board, spread: float, seconds: float) -> tuple[str, float, bool | None]:
    """Return the line of one département, its time, and whether it is proven (None where there is nothing to prove: one CLSM, or no number that the
    sizes allow)."""
    parts = usual_parts(board)
    if parts == 1:
        return "1 CLSM, nothing to divide", 0.0, None
    least, most = sizes(board, parts, spread)
    possible = possible_parts(board, least, most)
    said = ""
    if parts not in possible and len(possible):
        nearest = min(possible, key=lambda k: abs(k - parts))
        parts, said = nearest, f" ({parts} cannot be: a commune is above the most)"
    start = perf_counter()
    try:
        found = divide(board, Terms(parts, least, most), seconds=seconds)
    except GeoInputError as error:
        return f"{parts} CLSM refused: {error}", 0.0, None
    spent = perf_counter() - start
    cut = "none exists, proven" if found.impossible else str(len(found.plans[0].cut)) if found.plans else "none found"
    state = "proven" if found.proven else "open"
    return f"{parts} CLSM{said}: {cut} cut, bound {found.bound}, {state}, {spent:.1f} s", spent, found.proven


def main(words: Sequence[str] = ()) -> None:
    """Print a line for each département, then how many are proven."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--spread", type=float, default=0.5)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--sectors", action="store_true", help="keep adult sectors whole, where they are all known")
    parser.add_argument("codes", nargs="*")
    options = parser.parse_args(words)
    world = open_dataset()
    layer = world.crosswalk.layers[LayerId.ADULT_SECTORS]
    proven, trivial, times, open_ones = 0, 0, [], []
    for code in options.codes or list(world.atlas.departements.index):
        if options.sectors and not sectors_known(world.atlas, world.atlas.members("departement", code), layer):
            continue
        board = board_of(world.atlas, code, sectors=layer if options.sectors else None)
        line, spent, state = measured(board, options.spread, options.seconds)
        print(f"{code} {len(board.names)} communes, {len(board.bodies)} bodies, {line}", flush=True)
        trivial += state is None
        proven += bool(state)
        times.append(spent)
        open_ones += [code] if state is False else []
    asked = len(times) - trivial
    print(
        f"{proven} of {asked} proven in {options.seconds:.0f} s each, {trivial} of one CLSM or of no possible number; open: {', '.join(open_ones) or 'none'}"
    )
    print(
        f"{sum(t < 2 for t in times) - trivial} under 2 s; longest {max(times, default=0.0):.1f} s, together {sum(times):.0f} s"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
