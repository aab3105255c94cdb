"""Pieces cut into groups in one piece each, near a number of inhabitants (`geo.suggest.division` says how, in words)."""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, minimum_spanning_tree

from geo.arrays import Floats, Rows

Ties = list[tuple[int, int]]


def balanced(people: Floats, links: csr_array, target: float) -> list[list[int]]:
    """Cut pieces into groups in one piece each, near a number of inhabitants.

    Groups that nothing ties (islands) are never joined.

    Parameters
    ----------
    people
        Inhabitants of each piece.
    links
        Pieces × pieces, symmetric: metres between those that touch.
    target
        Inhabitants; a piece above is a group of its own.
    """
    heavy = np.flatnonzero(people > target)
    light = np.flatnonzero(people <= target)
    groups = [[int(i)] for i in heavy]
    if len(light):
        count, label = connected_components(links[light][:, light], directed=False)
        for k in range(count):
            mine = light[label == k]
            wanted = min(len(mine), max(1, math.ceil(people[mine].sum() / target)))
            tree = minimum_spanning_tree(links[mine][:, mine]).tocoo()
            ties = sorted(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
            cut = _cut(list(range(len(mine))), ties, people[mine], wanted)
            groups += [[int(mine[i]) for i in g] for g in _evened(cut, people[mine], links[mine][:, mine])]
    return groups


def _cut(nodes: list[int], ties: Ties, people: Floats, wanted: int) -> list[list[int]]:
    """Cut a tree into so many groups, at the tie that leaves the fairest shares, then each side again."""
    if wanted < 2 or not ties:
        return [nodes]
    total = people[nodes].sum()
    best: tuple[float, int, int] | None = None
    sides = _sides(ties, people)
    for at, (share, size) in enumerate(sides):
        low, high = max(1, wanted - (len(nodes) - size)), min(wanted - 1, size)
        many = min(max(round(share / total * wanted) if total else 1, low), high)
        gap = abs(share - total * many / wanted)
        if best is None or gap < best[0]:
            best = (gap, many, at)
    assert best is not None
    _, many, at = best
    side = _side(at, ties, len(people))
    rest = [n for n in nodes if n not in side]
    return [
        *_cut(sorted(side), [t for t in ties if t[0] in side and t[1] in side], people, many),
        *_cut(rest, [t for t in ties if t[0] not in side and t[1] not in side], people, wanted - many),
    ]


def _tree(ties: Ties, size: int) -> csr_array:
    a, b = np.array(ties, dtype=np.intp).reshape(-1, 2).T
    return csr_array((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), shape=(size, size))


def _sides(ties: Ties, people: Floats) -> list[tuple[float, int]]:
    """Return, for each tie of a tree, the inhabitants and the number of pieces on its first side, once it is cut."""
    order, above = breadth_first_order(_tree(ties, len(people)), ties[0][0], directed=False)
    sums, sizes = people.astype(float).copy(), np.ones(len(people), dtype=np.intp)
    for node in order[:0:-1]:
        sums[above[node]] += sums[node]
        sizes[above[node]] += sizes[node]
    root = int(order[0])
    return [
        (float(sums[a]), int(sizes[a])) if above[a] == b else (float(sums[root] - sums[b]), int(sizes[root] - sizes[b]))
        for a, b in ties
    ]


def _side(at: int, ties: Ties, size: int) -> set[int]:
    """Return the pieces on the first side of a tie, once it is cut."""
    rest = [*ties[:at], *ties[at + 1 :]]
    found = breadth_first_order(_tree(rest, size), ties[at][0], directed=False, return_predecessors=False)
    return set(found.tolist())


def _evened(groups: list[list[int]], people: Floats, links: csr_array) -> list[list[int]]:
    """Pass pieces at the edge to the neighbouring group while that evens the groups and leaves each in one piece."""
    owner = np.empty(len(people), dtype=np.intp)
    for k, group in enumerate(groups):
        owner[group] = k
    sums = np.bincount(owner, weights=people, minlength=len(groups))
    edges = links.tocoo()
    for _ in range(4 * len(people)):
        here, there = owner[edges.row], owner[edges.col]
        gain = np.where(here != there, 2 * people[edges.row] * (sums[here] - sums[there] - people[edges.row]), 0.0)
        order = np.argsort(-gain, kind="stable")[: int((gain > 1e-6).sum())]
        best = next((e for e in order.tolist() if _stays(int(edges.row[e]), owner, links)), None)
        if best is None:
            break
        node, other = int(edges.row[best]), int(there[best])
        sums[owner[node]] -= people[node]
        sums[other] += people[node]
        owner[node] = other
    return [np.flatnonzero(owner == k).tolist() for k in range(len(groups))]


def _stays(node: int, owner: Rows, links: csr_array) -> bool:
    """Whether the group of a piece stays in one piece, and not empty, without it."""
    rest = np.flatnonzero(owner == owner[node])
    rest = rest[rest != node]
    return len(rest) > 0 and int(connected_components(links[rest][:, rest], directed=False)[0]) == 1
