"""The search: bodies that may be cut are proposed by the bound, and carved into parts, until both meet or time is out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from time import monotonic

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geo.arrays import Ints, Rows
from geo.divide.board import Board
from geo.divide.carve import carved
from geo.divide.clusters import Bodies, Clustering, clusters
from geo.divide.plan import Plan, Terms, read_plan

DRAWS = 240  # carvings tried for one set of bodies to cut
FEW_DRAWS, FEW_NODES = 8, 40  # failures in a row after which a small graph is left to the proof
ENOUGH = 24  # divisions found for one set, among which the best are kept
EXACT_NODES = 120  # past it, no set of bodies is proven insufficient at the grain of units
SHOWN = 3
DIFFERENT = 0.05  # of the people, in another part: two divisions nearer than that are one


@dataclass(eq=False)
class Search:
    """One search, kept to a moment (`deadline`, of `monotonic`) and to whoever may stop it.

    `bound` is what is proven of the fewest bodies cut; `plans` the divisions found, `impossible` whether none exists.
    """

    board: Board
    terms: Terms
    deadline: float
    stopped: Callable[[], bool]
    said: Callable[[str], None]
    bound: int = 0
    impossible: bool = False
    plans: list[Plan] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Set apart the units that are a part by themselves."""
        board = self.board
        self.heavy = board.above(self.terms.most)
        self.fixed, self.rest = board.settled(self.terms.most)
        self.left = self.terms.parts - len(self.heavy)
        self.sizes = self.terms.sizes
        inside = np.zeros(len(board.names), dtype=bool)
        inside[self.rest] = True
        self.inside = inside
        held = np.bincount([u for b in board.bodies for u in b.units], minlength=len(board.names))
        self.shared = bool((held > 1).any())
        self.forced = frozenset(i for i, b in enumerate(board.bodies) if self._forced(b.units))
        self.bound = len(self.forced)
        self.nodes, self.body_nodes, self.node_body = _body_graph(board, self.rest, self.forced)
        self.outside = len(self.forced) - int(self.nodes.cut.sum())  # cut in any case, and no node of the programme

    def _forced(self, units: Iterable[int]) -> bool:
        """Whether a body is cut whatever is done: it has more people than a part may, or holds two parts already."""
        mine = list(units)
        fixed = {int(self.fixed[u]) for u in mine}
        return len(fixed) > 1 or (fixed == {-1} and int(self.board.people[mine].sum()) > self.terms.most)

    @property
    def best(self) -> Plan | None:
        """The division that cuts the fewest bodies, then makes the fewest pieces, then has the shortest borders."""
        return min(self.plans, key=_worth, default=None)

    def over(self) -> bool:
        """Whether time is out, or somebody stopped the search."""
        return self.stopped() or monotonic() >= self.deadline

    def run(self) -> None:
        """Search until the bound and the best division meet, or time is out."""
        if self.left <= 0:
            self._keep(np.full(len(self.rest), -1, dtype=np.intp)) if not len(self.rest) else None
            self.impossible = bool(len(self.rest))
            return
        self.said("Découpage sans couper davantage que l’inévitable")
        if not self._carve(self.forced):
            self._prove_shared() if self.shared else self._prove()
        if not self.plans and not self.impossible and not self.over():
            self.said("Découpage sans garder d’entier")
            self._widest()

    def _prove(self) -> None:
        """Take the sets of bodies to cut in the order of the bound, and try each."""
        refused: list[frozenset[int]] = []
        tried: list[frozenset[int]] = []
        sure = True
        while not self.over():
            self.said(f"Au moins {self.bound} : recherche d’une preuve")
            found = clusters(self.nodes, self.left, self.sizes, self._until(0.5), refused, tried)
            best = self.best
            if found.impossible:
                if sure and not best:
                    self.impossible = True
                elif sure and best:
                    self.bound = len(best.cut)
                return
            if sure:
                self.bound = max(self.bound, found.bound + self.outside)
            cut = self._bodies_of(found.cut)
            if not found.proven or (best and len(best.cut) <= max(self.bound, len(cut))):
                return
            self.said(f"Découpage en coupant {len(cut)}")
            if self._carve(cut, found) and len(cut) <= self.bound:
                return
            nodes = frozenset(found.cut)
            if self._insufficient(cut):
                refused.append(nodes)
            else:
                tried.append(nodes)
                sure = sure and bool(self.best and len(self.best.cut) <= len(cut))

    def _prove_shared(self) -> None:
        """Where bodies share units, take the sets of bodies to cut one after another, the smallest first."""
        others = [i for i in range(len(self.board.bodies)) if i not in self.forced]
        for more in range(len(others) + 1):
            sure = True
            self.said(f"Au moins {self.bound} : recherche d’une preuve")
            for chosen in combinations(others, more):
                if self.over():
                    return
                cut = self.forced | frozenset(chosen)
                if (more and self._carve(cut)) or not self._insufficient(cut):
                    sure = False
                if self.best and len(self.best.cut) <= len(cut):
                    return
            if not sure:
                return
            self.bound = len(self.forced) + more + 1
        self.impossible = not self.plans

    def _until(self, share: float) -> float:
        """Return the moment when a share of what is left of the time is spent."""
        now = monotonic()
        return now + max(0.0, self.deadline - now) * share

    def _bodies_of(self, nodes: Iterable[int]) -> frozenset[int]:
        found = {self.node_body[n] for n in nodes if self.node_body[n] >= 0}
        return frozenset(found) | self.forced

    # --- carving ------------------------------------------------------------------------------------------------------
    def _carve(self, cut: frozenset[int], found: Clustering | None = None) -> bool:
        """Look for divisions that cut no body but some; those found are kept."""
        node, people, links = contracted(self.board, self.rest, cut)
        if (people > self.sizes[1]).any():
            return False
        draw = np.random.default_rng([self.left, len(people), *sorted(cut)])
        number = 0
        draws = FEW_DRAWS if len(people) <= FEW_NODES else DRAWS
        for tries in range(DRAWS):
            if self.over() or number >= ENOUGH or (not number and tries >= draws):
                break
            labels = None
            if found is not None and len(found.roots):
                labels = self._by_cluster(found, node, people, links, draw)
            if labels is None:
                labels = carved(people, links, self.left, self.sizes, draw)
            if labels is not None:
                self._keep(labels[node])
                number += 1
        return bool(number)

    def _by_cluster(
        self, found: Clustering, node: Ints, people: Ints, links: csr_array, draw: np.random.Generator
    ) -> Ints | None:
        """Carve each cluster by itself: its people make a whole number of parts."""
        labels = np.full(len(people), -1, dtype=np.intp)
        done = 0
        root = np.empty(len(people), dtype=np.intp)
        root[node] = found.roots[self.body_nodes]
        for cluster in np.unique(found.roots).tolist():
            mine = np.flatnonzero(root == cluster)
            parts = int(found.parts[cluster])
            inner = csr_array(links[mine][:, mine])
            if parts == 1 and connected_components(inner, directed=False)[0] > 1:
                return None
            made = carved(people[mine], inner, parts, self.sizes, draw)
            if made is None:
                return None
            labels[mine] = made + done
            done += parts
        return labels

    def _keep(self, labels: Ints) -> None:
        whole = self.fixed.copy()
        whole[self.rest] = labels + len(self.heavy)
        plan = read_plan(self.board, whole)
        if all(plan.labels != other.labels for other in self.plans):
            self.plans.append(plan)

    # --- proof at the grain of units, and the last resort ---------------------------------------------------------------
    def _insufficient(self, cut: frozenset[int]) -> bool:
        """Whether no division cuts these bodies only: proven. A division found on the way is kept."""
        node, people, links = contracted(self.board, self.rest, cut)
        if (people > self.sizes[1]).any():
            return True
        if len(people) > EXACT_NODES:
            return False
        solid = Bodies(people, links, np.ones(len(people), dtype=np.intp), np.zeros(len(people), dtype=bool))
        found = clusters(solid, self.left, self.sizes, self._until(0.5))
        if found.proven:
            self._keep(np.unique(found.roots, return_inverse=True)[1][node])
        return found.impossible

    def _widest(self) -> None:
        """Look for any division, every body open to a cut, then spare bodies one by one."""
        every = frozenset(range(len(self.board.bodies)))
        if not self._carve(every):
            return
        spared = True
        while spared and not self.over():
            spared = False
            best = self.best
            for body in sorted(set(best.cut) - self.forced) if best else []:
                if self.over() or self._carve(frozenset(best.cut if best else ()) - {body}):
                    spared = True
                    break

    def chosen(self) -> tuple[Plan, ...]:
        """Return the best division, then others that cut as few bodies and differ."""
        kept: list[Plan] = []
        for plan in sorted(self.plans, key=_worth):
            if kept and len(plan.cut) > len(kept[0].cut):
                break
            if all(_apart(self.board, plan, other) >= DIFFERENT for other in kept):
                kept.append(plan)
            if len(kept) == SHOWN:
                break
        return tuple(kept)


def _worth(plan: Plan) -> tuple[int, int, int, tuple[int, ...]]:
    return len(plan.cut), plan.pieces, plan.borders, plan.labels


def _apart(board: Board, plan: Plan, other: Plan) -> float:
    """Return the share of people who are in another part, parts being matched at their best."""
    from scipy.optimize import linear_sum_assignment

    size = max(len(plan.people), len(other.people))
    together = np.zeros((size, size))
    np.add.at(together, (np.array(plan.labels), np.array(other.labels)), board.people)
    a, b = linear_sum_assignment(-together)
    return 1.0 - float(together[a, b].sum()) / max(float(board.people.sum()), 1.0)


def contracted(board: Board, rest: Rows, cut: frozenset[int]) -> tuple[Ints, Ints, csr_array]:
    """Return units with every body outside `cut` made one node: node of each unit of `rest`, people, links."""
    place = np.full(len(board.names), -1, dtype=np.intp)
    place[rest] = np.arange(len(rest))
    pairs = [
        (place[body.units[0]], place[u])
        for i, body in enumerate(board.bodies)
        if i not in cut
        for u in body.units[1:]
        if place[u] >= 0 and place[body.units[0]] >= 0
    ]
    a, b = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    ties = csr_array((np.ones(len(a)), (a, b)), shape=(len(rest), len(rest)))
    count, node = connected_components(ties, directed=False)
    node = node.astype(np.intp)
    people = np.bincount(node, board.people[rest], minlength=count).astype(np.intp)
    return node, people, _between(board, rest, node, count)


def _between(board: Board, rest: Rows, node: Ints, count: int) -> csr_array:
    """Return the links between groups of units."""
    inner = board.links[rest][:, rest].tocoo()
    a, b = node[inner.row], node[inner.col]
    apart = a != b
    found = csr_array(coo_array((np.ones(int(apart.sum())), (a[apart], b[apart])), shape=(count, count)))
    found.data[:] = 1
    return found


def _body_graph(board: Board, rest: Rows, forced: frozenset[int]) -> tuple[Bodies, Ints, list[int]]:
    """Return the bodies as nodes: each with the units that it alone holds; a unit of several bodies, or of none, is a node by itself.

    Returns also the node of each unit of `rest`, and the body of each node (-1 for a unit by itself).
    """
    held = np.zeros(len(board.names), dtype=np.intp)
    for body in board.bodies:
        held[list(body.units)] += 1
    node_of = np.full(len(board.names), -1, dtype=np.intp)
    bodies: list[int] = []
    inside = set(rest.tolist())
    for i, body in enumerate(board.bodies):
        mine = [u for u in body.units if held[u] == 1 and u in inside]
        if mine:
            node_of[mine] = len(bodies)
            bodies.append(i)
    for unit in rest.tolist():
        if node_of[unit] < 0:
            node_of[unit] = len(bodies)
            bodies.append(-1)
    node, count = node_of[rest], len(bodies)
    units = np.bincount(node, minlength=count).astype(np.intp)
    people = np.bincount(node, board.people[rest], minlength=count).astype(np.intp)
    cut = np.array([b in forced for b in bodies], dtype=bool)
    return Bodies(people, _between(board, rest, node, count), units, cut), node, bodies
