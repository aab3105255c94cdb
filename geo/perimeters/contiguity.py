"""Contiguity: the number of pieces of a perimeter after each of many moves at once.

One walk over the perimeter is enough for every commune that could leave (those whose leaving cuts), and one reading of the
neighbours for every commune that could join.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geo.arrays import Bools, Ints, Rows
from geo.communes import Atlas


def count_pieces(links: csr_array, rows: Rows) -> int:
    """Return the number of pieces of a set of atoms."""
    if not len(rows):
        return 0
    return int(connected_components(links[rows][:, rows], directed=False)[0])


def pieces_after(links: csr_array, rows: Rows, moves: Sequence[tuple[Rows, Rows]]) -> npt.NDArray[np.intp]:
    """Return the number of pieces after each move; a move is the atoms added and the atoms removed."""
    inner = links[rows][:, rows].tocoo()
    base, label = connected_components(inner, directed=False) if len(rows) else (0, np.empty(0))
    piece = np.full(links.shape[0], -1, dtype=np.intp)
    piece[rows] = label
    alone = [r for added, removed in moves if not len(added) and len(removed) == 1 for r in removed.tolist()]
    split = _split_by(links, rows, alone) if alone else {}
    counts = np.empty(len(moves), dtype=np.intp)
    for i, (added, removed) in enumerate(moves):
        if not len(added) and len(removed) == 1:
            counts[i] = base - 1 + split[int(removed[0])]
        elif not len(removed) and len(added):
            counts[i] = _joined(links, piece, int(base), added)
        elif len(removed) and not len(added):
            counts[i] = _left(inner, rows, removed)
        elif len(added):
            counts[i] = count_pieces(links, np.setdiff1d(np.union1d(rows, added), removed))
        else:
            counts[i] = base
    return counts


def _left(inner: coo_array, rows: Rows, removed: Rows) -> int:
    """Return the number of pieces once several atoms are removed: their borders are dropped, and they count for none."""
    stays = ~np.isin(rows, removed)
    kept = stays[inner.row] & stays[inner.col]
    graph = coo_array((inner.data[kept], (inner.row[kept], inner.col[kept])), shape=inner.shape)
    return int(connected_components(graph, directed=False)[0]) - int((~stays).sum())


def _joined(links: csr_array, piece: Ints, base: int, added: Rows) -> int:
    """Return the number of pieces once some atoms are added: pieces are single nodes, whatever their size."""
    inside = {int(a): base + i for i, a in enumerate(added)}
    parent = list(range(base + len(added)))

    def find(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    count = base + len(added)
    for atom, node in inside.items():
        for other in links.indices[links.indptr[atom] : links.indptr[atom + 1]].tolist():
            target = inside.get(other, int(piece[other]))
            if target < 0:
                continue
            a, b = find(node), find(target)
            if a != b:
                parent[a] = b
                count -= 1
    return count


def _split_by(links: csr_array, rows: Rows, wanted: Sequence[int]) -> dict[int, int]:
    """Return in how many pieces each atom's own piece would be without it (0 for one that is alone): Tarjan's
    articulation points, walked without recursion."""
    local = {int(r): i for i, r in enumerate(rows)}
    sub = links[rows][:, rows]
    starts, ends = sub.indptr.tolist(), sub.indices.tolist()
    size = len(rows)
    seen, low, cuts = [-1] * size, [0] * size, [0] * size
    clock = 0
    for root in range(size):
        if seen[root] >= 0:
            continue
        seen[root] = low[root] = clock
        clock += 1
        stack = [(root, -1, starts[root])]
        while stack:
            node, parent, at = stack[-1]
            if at < starts[node + 1]:
                stack[-1] = (node, parent, at + 1)
                other = ends[at]
                if seen[other] < 0:
                    seen[other] = low[other] = clock
                    clock += 1
                    stack.append((other, node, starts[other]))
                elif other != parent:
                    low[node] = min(low[node], seen[other])
                continue
            stack.pop()
            if parent >= 0:
                low[parent] = min(low[parent], low[node])
                if low[node] >= seen[parent]:
                    cuts[parent] += 1
        cuts[root] -= 1  # a root has no part above it: its children are all the pieces
    return {r: cuts[local[r]] + 1 for r in wanted}


def tied_neighbours(atlas: Atlas) -> csr_array:
    """Add to the neighbours the ties of islands (by département) and of legal exclaves (by EPCI)."""
    ties: list[tuple[int, int]] = []
    pieces = connected_components(atlas.neighbours, directed=False)[1]
    departement = pd.factorize(atlas.table["departement"])[0]
    ties += _ties(atlas, departement, pieces)
    owner = pd.factorize(atlas.communities[0])[0]
    links = atlas.neighbours.tocoo()
    same = (owner[links.row] == owner[links.col]) & (owner[links.row] >= 0)
    inner = coo_array((np.ones(same.sum()), (links.row[same], links.col[same])), shape=links.shape)
    ties += _ties(atlas, owner, connected_components(inner, directed=False)[1])
    if not ties:
        return atlas.neighbours
    a, b = np.array(ties, dtype=np.intp).T
    extra = csr_array((np.ones(2 * len(a), dtype=np.int8), (np.r_[a, b], np.r_[b, a])), shape=atlas.neighbours.shape)
    tied = csr_array(atlas.neighbours + extra)
    tied.data[:] = 1
    return tied


def _ties(atlas: Atlas, owner: Ints, piece: npt.NDArray[np.int32]) -> list[tuple[int, int]]:
    """Tie each smaller piece of a territory to the nearest commune of its main piece; without a legal projection in
    common there is no distance, hence no tie."""
    pairs = pd.DataFrame({"owner": owner, "piece": piece})
    counts = pairs[pairs["owner"] >= 0].drop_duplicates().groupby("owner").size()
    ties = []
    points, epsg = atlas.table[["x", "y"]].to_numpy(dtype=float), atlas.table["epsg"].to_numpy()
    for territory in counts[counts > 1].index:
        rows = np.flatnonzero(owner == territory)
        sizes = pd.Series(piece[rows]).value_counts(sort=False)
        main = rows[piece[rows] == sizes.idxmax()]
        for other in sizes.index.drop(sizes.idxmax()):
            mine = rows[piece[rows] == other]
            if epsg[mine[0]] != epsg[main[0]]:
                continue
            gaps = np.hypot(*(points[mine][:, None] - points[main][None]).transpose(2, 0, 1))
            i, j = np.unravel_index(int(gaps.argmin()), gaps.shape)
            ties.append((int(mine[i]), int(main[j])))
    return ties


def neighbours_of(links: csr_array, inside: Bools) -> Rows:
    """Return the atoms outside a set that touch it."""
    return np.flatnonzero((links @ inside.astype(np.int32) > 0) & ~inside)
