"""Connected parts of a weighted graph, each between two sizes: random spanning trees, cut where both sides can be shared out.

The drawing is seeded: the same question gives the same parts. What is not found here may exist: `geo.divide.clusters` proves.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from geo.arrays import Ints, Rows

TREES = 8  # drawn for one cut before it is given up


def carved(
    people: Ints, links: csr_array, parts: int, sizes: tuple[int, int], draw: np.random.Generator
) -> Ints | None:
    """Return the part of each node (0 to parts - 1), each part connected and with `sizes` inhabitants; None when this draw fails."""
    labels = np.full(len(people), -1, dtype=np.intp)
    waiting: list[tuple[Rows, int]] = [(np.arange(len(people), dtype=np.intp), parts)]
    done = 0
    while waiting:
        nodes, number = waiting.pop()
        if number == 1:
            labels[nodes] = done
            done += 1
            continue
        sides = _cut(people[nodes], csr_array(links[nodes][:, nodes]), number, sizes, draw)
        if sides is None:
            return None
        inside, count = sides
        waiting += [(nodes[~inside], number - count), (nodes[inside], count)]
    return labels


def _cut(
    people: Ints, links: csr_array, number: int, sizes: tuple[int, int], draw: np.random.Generator
) -> tuple[np.ndarray, int] | None:
    """Return one side of a cut of a random spanning tree and how many parts it makes."""
    least, most = sizes
    total = int(people.sum())
    for _ in range(TREES):
        order, before, below = _tree(people, links, draw)
        if len(order) < len(people):
            return None
        found: list[tuple[int, int]] = []
        # Parts that a subtree can make, and its rest too.
        low = np.maximum(-(-below // most), number - (total - below) // least if least else 1)
        high = np.minimum(below // least if least else number, number + (-(total - below) // most))
        low, high = np.maximum(low, 1), np.minimum(high, number - 1)
        for node in np.flatnonzero(low <= high).tolist():
            if before[node] >= 0:
                found += [(node, count) for count in range(int(low[node]), int(high[node]) + 1)]
        if found:
            even = [min(c, number - c) for _, c in found]
            best = [f for f, e in zip(found, even, strict=True) if 2 * e >= max(even)]
            root, count = best[int(draw.integers(len(best)))]
            return _under(order, before, root), count
    return None


def _tree(people: Ints, links: csr_array, draw: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Return a random spanning tree: nodes from the root down, the node above each, the people at and under each."""
    upper = links.tocoo()
    keep = upper.row < upper.col
    weights = draw.random(int(keep.sum())) + 0.5
    graph = csr_array((weights, (upper.row[keep], upper.col[keep])), shape=links.shape)
    tree = minimum_spanning_tree(graph)
    order, before = breadth_first_order(tree, int(draw.integers(len(people))), directed=False)
    below = people.tolist()
    above = before.tolist()
    for node in order[::-1].tolist():
        if above[node] >= 0:
            below[above[node]] += below[node]
    return order.astype(np.intp), before.astype(np.intp), np.array(below, dtype=np.intp)


def _under(order: Ints, before: Ints, root: int) -> np.ndarray:
    """Return whether each node is at or under one."""
    inside = [False] * len(before)
    above = before.tolist()
    for node in order.tolist():
        inside[node] = node == root or (above[node] >= 0 and inside[above[node]])
    return np.array(inside, dtype=bool)
