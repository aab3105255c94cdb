"""The least cuts of a division, proven: bodies are grouped into clusters that make whole numbers of parts (an integer programme, HiGHS).

In any division, draw a line between each part and each body that it meets: bodies and parts that hang together make clusters, each
connected and with the people of a whole number of parts. A cluster of t parts has at least t - 1 cuts, in bodies of more than one unit: dropping
how parts lie inside a cluster gives a bound from below (Shahmizad and Buchanan, « Political districting to minimize county
splits », Operations Research, 2025). A cluster is rooted at its first body; what keeps it connected is added as it is found broken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.arrays import Bools, Floats, Ints

ROUNDS = 200


@dataclass(frozen=True, eq=False)
class Bodies:
    """Nodes of the programme: people, symmetric links, units of each, and those that are cut in any case.

    A node of one unit is never cut by a boundary: it takes no cut. `cut` says which nodes count as cut whatever is done.
    """

    people: Ints
    links: csr_array
    units: Ints
    cut: Bools


@dataclass(frozen=True, eq=False)
class Clustering:
    """An answer: root of each node, parts that each root makes, nodes cut; `bound` is the least cuts proven.

    `proven`: the optimum; `impossible`: proven that no division exists. `roots` is empty where nothing was found in time.
    """

    roots: Ints
    parts: Ints
    cut: tuple[int, ...]
    bound: int
    proven: bool
    impossible: bool = False


@dataclass(eq=False)
class _Programme:
    """Variables in one row: x (node i in the cluster of root j), z (the same, node i being cut), t (parts of root j)."""

    bodies: Bodies
    parts: int
    sizes: tuple[int, int]
    refused: Sequence[frozenset[int]]
    exact: Sequence[frozenset[int]]

    def __post_init__(self) -> None:
        people, size = self.bodies.people, len(self.bodies.people)
        self.rank = np.argsort(np.argsort(-people, kind="stable"), kind="stable")
        allowed = self.rank[:, None] >= self.rank[None, :]
        splittable = self.bodies.units > 1
        if not splittable.any():  # clusters are parts: none reaches farther than its size
            allowed &= _reach(self.bodies) <= self.sizes[1]
        self.i, self.j = np.nonzero(allowed)
        self.x = np.full((size, size), -1, dtype=np.intp)
        self.x[self.i, self.j] = np.arange(len(self.i))
        self.zi, self.zj = np.nonzero(allowed & splittable[:, None])
        self.z0 = len(self.i)
        self.t0 = self.z0 + len(self.zi)
        self.width = self.t0 + size
        self.rows: list[tuple[Ints, Floats, float, float]] = []
        self._build(size)

    def add(self, columns: Sequence[int] | Ints, values: Sequence[float] | Floats, low: float, high: float) -> None:
        self.rows.append((np.asarray(columns, dtype=np.intp), np.asarray(values, dtype=float), low, high))

    def _build(self, size: int) -> None:
        people, units, (least, most) = self.bodies.people.astype(float), self.bodies.units, self.sizes
        unit = max(float(people.sum()) / self.parts, 1.0)
        for node in range(size):
            mine = self.x[node][self.x[node] >= 0]
            self.add(mine, np.ones(len(mine)), 1, 1)
            cuts = self.z0 + np.flatnonzero(self.zi == node)
            if len(cuts):
                self.add(cuts, np.ones(len(cuts)), float(self.bodies.cut[node]), 1)
        for root in range(size):
            held = np.flatnonzero(self.j == root)
            p = people[self.i[held]] / unit
            t, r = self.t0 + root, self.x[root, root]
            self.add([*held, t], [*p, -most / unit], -np.inf, 0)
            self.add([*held, t], [*p, -least / unit], 0, np.inf)
            self.add([t, r], [1, -1], 0, np.inf)
            cuts = np.flatnonzero(self.zj == root)
            gain = np.minimum(units[self.zi[cuts]] - 1, self.parts - 1).astype(float)
            self.add([t, r, *(self.z0 + cuts)], [1, -1, *-gain], -np.inf, 0)
            for at in held.tolist():
                if self.i[at] != root:
                    self.add([at, r], [1, -1], -np.inf, 0)
        for at, (i, j) in enumerate(zip(self.zi.tolist(), self.zj.tolist(), strict=True)):
            self.add([self.z0 + at, self.x[i, j]], [1, -1], -np.inf, 0)
        every = np.arange(self.t0, self.width)
        self.add(every, np.ones(size), self.parts, self.parts)
        self._refuse()
        self._near(size)

    def _refuse(self) -> None:
        """Leave out the sets of cut bodies that were tried: a refused set with all it holds, or a set exactly."""
        splittable = set(np.unique(self.zi).tolist())
        for tried in self.refused:
            columns = self.z0 + np.flatnonzero(~np.isin(self.zi, list(tried)))
            self.add(columns, np.ones(len(columns)), 1, np.inf)
        for tried in self.exact:
            inside = np.isin(self.zi, list(tried))
            columns = self.z0 + np.arange(len(self.zi))
            self.add(columns, np.where(inside, -1.0, 1.0), 1.0 - len(tried & splittable), np.inf)

    def _near(self, size: int) -> None:
        """A node in a cluster has there a neighbour, unless it is the root or beside it: broken clusters are rarer from the start."""
        indptr, indices = self.bodies.links.indptr, self.bodies.links.indices
        for node in range(size):
            beside = indices[indptr[node] : indptr[node + 1]]
            for root in np.flatnonzero(self.x[node] >= 0).tolist():
                if root == node or root in beside:
                    continue
                self.separate([node], beside, root)

    def separate(self, nodes: Sequence[int] | Ints, border: Ints, root: int) -> None:
        """Nodes apart from their root need one of their border."""
        columns = self.x[border, root]
        columns = columns[columns >= 0]
        for node in nodes:
            self.add([int(self.x[node, root]), *columns], [1.0, *-np.ones(len(columns))], -np.inf, 0)

    def solve(self, seconds: float) -> tuple[Floats | None, float, int]:
        """Return the values, the bound and the status of the solver."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # a tenth of what a start loads

        columns = np.concatenate([r[0] for r in self.rows])
        values = np.concatenate([r[1] for r in self.rows])
        lines = np.repeat(np.arange(len(self.rows)), [len(r[0]) for r in self.rows])
        matrix = coo_array((values, (lines, columns)), shape=(len(self.rows), self.width)).tocsr()
        low, high = np.array([r[2] for r in self.rows]), np.array([r[3] for r in self.rows])
        cost = np.zeros(self.width)
        cost[self.z0 : self.t0] = self.parts + 1.0
        cost[self.x.diagonal()] = -1.0  # then the most clusters: the fewest pieces
        top = np.r_[np.ones(self.t0), np.full(self.width - self.t0, float(self.parts))]
        found = milp(
            cost,
            constraints=LinearConstraint(matrix, low, high),
            integrality=np.ones(self.width),
            bounds=Bounds(0, top),
            options={"time_limit": max(seconds, 0.1), "mip_rel_gap": 0.0},
        )
        bound = found.mip_dual_bound if found.mip_dual_bound is not None else -np.inf
        return found.x, float(bound), int(found.status)


def _reach(bodies: Bodies) -> Floats:
    """Return the least people of a connected set that holds two nodes, both included."""
    graph = bodies.links.tocoo()
    weights = bodies.people[graph.col].astype(float) + 1e-9
    steps = dijkstra(csr_array((weights, (graph.row, graph.col)), shape=graph.shape))
    found: Floats = np.floor(steps + bodies.people[:, None] + 1e-3)
    return found


def clusters(
    bodies: Bodies,
    parts: int,
    sizes: tuple[int, int],
    deadline: float,
    refused: Sequence[frozenset[int]] = (),
    exact: Sequence[frozenset[int]] = (),
) -> Clustering:
    """Return the clustering with the fewest cut nodes, then the most clusters; `deadline` is a moment of `monotonic`.

    `refused`: sets of nodes proven insufficient (they, and any part of them); `exact`: sets not to be answered again.
    With nodes of one unit each and as many clusters as parts, it is the exact division into connected parts.
    """
    programme = _Programme(bodies, parts, sizes, refused, exact)
    nothing = np.empty(0, dtype=np.intp)
    bound = int(bodies.cut.sum())
    for _ in range(ROUNDS):
        left = deadline - monotonic()
        if left <= 0:
            break
        values, dual, status = programme.solve(left)
        if status == 2:
            return Clustering(nothing, nothing, (), bound, False, impossible=True)
        whole = _cuts_of(dual, bodies, parts)
        bound = max(bound, whole)
        if values is None or status != 0:
            break
        chosen = values > 0.5
        roots = programme.j[np.flatnonzero(chosen[: programme.z0])][
            np.argsort(programme.i[np.flatnonzero(chosen[: programme.z0])], kind="stable")
        ]
        if _joined(programme, bodies, roots):
            cut = set(programme.zi[chosen[programme.z0 : programme.t0]].tolist()) | set(
                np.flatnonzero(bodies.cut).tolist()
            )
            made = np.rint(values[programme.t0 :]).astype(np.intp)
            return Clustering(roots, made, tuple(sorted(cut)), max(bound, len(cut)), True)
    return Clustering(nothing, nothing, (), bound, False)


def _cuts_of(dual: float, bodies: Bodies, parts: int) -> int:
    """Return the cuts that a bound of the solver proves: its cost is (parts + 1) times the cuts, less the clusters (at most `parts`)."""
    if not np.isfinite(dual):
        return 0
    solid = int((bodies.cut & (bodies.units < 2)).sum())
    return max(0, int(np.ceil((dual + 1.0 - 1e-6) / (parts + 1.0)))) + solid


def _joined(programme: _Programme, bodies: Bodies, roots: Ints) -> bool:
    """Whether each cluster is connected; what would join the broken ones is added to the programme."""
    sound = True
    indptr, indices = bodies.links.indptr, bodies.links.indices
    for root in np.unique(roots).tolist():
        mine = np.flatnonzero(roots == root)
        count, piece = connected_components(bodies.links[mine][:, mine], directed=False)
        if count < 2:
            continue
        sound = False
        home = piece[np.searchsorted(mine, root)]
        for other in range(count):
            if other == home:
                continue
            nodes = mine[piece == other]
            around = np.concatenate([indices[indptr[n] : indptr[n + 1]] for n in nodes.tolist()])
            border = np.setdiff1d(np.unique(around), nodes)
            for far in np.flatnonzero(programme.x[nodes[0]] >= 0).tolist():
                if far not in nodes and far not in border and (programme.x[nodes, far] >= 0).all():
                    programme.separate(nodes, border, far)
    return sound
