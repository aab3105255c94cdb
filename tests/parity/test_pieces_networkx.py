"""geo.perimeters.contiguity beside networkx: components and articulation points of the perimeters of drawn countries.

What ours says more: the number of pieces after any move (several communes added, removed, or both), for hundreds of moves
from one walk over arrays, without a graph of objects made at each click.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geo.perimeters import count_pieces, pieces_after
from tests.support.grid import draw

NOTHING = np.empty(0, dtype=np.intp)
COUNTRY = draw([[100] * 7 for _ in range(6)])
LINKS: csr_array = COUNTRY.neighbours
GRAPH = nx.from_scipy_sparse_array(LINKS)
ROWS = st.sets(st.integers(0, LINKS.shape[0] - 1), min_size=1)


def array(rows: set[int]) -> np.ndarray:
    return np.array(sorted(rows), dtype=np.intp)


@given(ROWS)
def test_pieces_are_connected_components(rows: set[int]) -> None:
    assert count_pieces(LINKS, array(rows)) == nx.number_connected_components(GRAPH.subgraph(rows))


@given(ROWS)
def test_communes_whose_leaving_cuts_are_articulation_points(rows: set[int]) -> None:
    inside = array(rows)
    moves = [(NOTHING, array({row})) for row in inside.tolist()]
    after, before = pieces_after(LINKS, inside, moves), count_pieces(LINKS, inside)
    cutting = {row for row, pieces in zip(inside.tolist(), after.tolist(), strict=True) if pieces > before}
    assert cutting == set(nx.articulation_points(GRAPH.subgraph(rows)))


@given(ROWS, st.lists(st.tuples(ROWS, ROWS), min_size=1, max_size=6))
def test_any_move_leaves_the_components_of_what_it_makes(
    rows: set[int], asked: list[tuple[set[int], set[int]]]
) -> None:
    moves = [(added - rows, removed & rows) for added, removed in asked]
    after = pieces_after(LINKS, array(rows), [(array(a), array(r)) for a, r in moves])
    expected = [nx.number_connected_components(GRAPH.subgraph((rows | a) - r)) for a, r in moves]
    assert after.tolist() == expected
