"""A territory divided into parts that cut the fewest bodies: what was found, what is proven, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np

from geo import french as fr
from geo.divide.board import BODIES, Board
from geo.divide.plan import Plan, Terms, faults, read_plan
from geo.divide.search import Search
from geo.errors import GeoInputError

SECONDS = 60.0
ONE_OF: Mapping[str, tuple[str, str]] = {
    BODIES: ("intercommunalité coupée", "intercommunalités coupées"),
}
SECTOR_WORDS = ("secteur coupé", "secteurs coupés")


@dataclass(frozen=True, eq=False)
class Divided:
    """What a search found.

    `plans`: divisions that cut as few bodies, the best first, then a few that differ; empty where none was found. `bound`: the fewest
    bodies that any division cuts, proven. `impossible`: proven that no division keeps to the terms. `stopped`: somebody stopped it, or
    time was out before the proof. `seconds`: taken.
    """

    board: Board
    terms: Terms
    plans: tuple[Plan, ...]
    bound: int
    impossible: bool
    stopped: bool
    seconds: float

    @property
    def proven(self) -> bool:
        """Whether no division cuts fewer, or none exists."""
        return self.impossible or bool(self.plans and len(self.plans[0].cut) <= self.bound)

    @property
    def sentence(self) -> str:
        """Write what was found and what is proven."""
        asked = f"{fr.count(self.terms.parts, 'CLSM', 'CLSM')} de {fr.number(self.terms.least)} à {fr.inhabitants(self.terms.most)}"
        if self.impossible:
            return fr.typeset(f"{self.board.name} : aucune division en {asked} n’est possible, c’est démontré. {WIDER}")
        if not self.plans:
            return fr.typeset(
                f"{self.board.name} : aucune division en {asked} n’a été trouvée dans le temps donné ; on ne sait pas s’il en existe. {WIDER}"
            )
        return fr.typeset(f"{self.board.name}, en {asked} : {self.cut_text(self.plans[0])} ; {self.bound_text}.")

    @property
    def bound_text(self) -> str:
        """Write how near the best division is to what is proven."""
        value = len(self.plans[0].cut) if self.plans else 0
        if not value:
            return "c’est le minimum"
        if value <= self.bound:
            return "c’est inévitable" if self._all_forced() else "aucune division n’en coupe moins, c’est démontré"
        return f"le minimum est entre {fr.number(self.bound)} et {fr.number(value)}, la preuve n’est pas faite"

    def _all_forced(self) -> bool:
        """Whether every body cut has more people than a part may have."""
        people, most = self.board.people, self.terms.most
        return all(int(people[list(self.board.bodies[b].units)].sum()) > most for b in self.plans[0].cut)

    def cut_text(self, plan: Plan) -> str:
        """Write how many bodies a division cuts, and which."""
        one, many = ONE_OF.get(self.board.kept, SECTOR_WORDS)
        if not plan.cut:
            return f"aucun{'e' if self.board.kept == BODIES else ''} {one}"
        names = fr.listing((self.board.bodies[b].name for b in plan.cut), 5)
        return f"{fr.count(len(plan.cut), one, many)} ({names})"

    def compared(self, perimeters: Sequence[Iterable[str]]) -> tuple[str, ...]:
        """Say what a division given as perimeters is worth beside what is proven: what it cuts, then what it does not keep to."""
        labels = self.board.labels_of(perimeters)
        if labels is None:
            return (
                fr.typeset(
                    f"Vos périmètres ne se comparent pas : l’un coupe une des {self.board.units}, ou deux ont une commune en commun."
                ),
            )
        if min(labels, default=-1) < 0:
            outside = sum(int(p) for p, part in zip(self.board.people, labels, strict=True) if part < 0)
            return (
                fr.typeset(
                    f"Vos périmètres laissent {fr.inhabitants(outside)} {fr.of(self.board.name)} de côté : "
                    "le nombre de coupures ne se compare qu’une fois tout réparti."
                ),
            )
        used = np.unique(np.array(labels), return_inverse=True)[1]
        mine = read_plan(self.board, used)
        value = len(mine.cut)
        least = self.bound if self.terms.parts == len(mine.people) else None
        said = (
            f"Le vôtre en coupe {fr.number(value)}"
            if value
            else "Le vôtre n’en coupe aucun" + ("e" if self.board.kept == BODIES else "")
        )
        problems = faults(self.board, self.terms, used.tolist())
        if least is not None and not self.impossible:
            said += f" ; {self._unavoidable(value, within=not problems)}"
        return (fr.typeset(f"{said}."), *problems)

    def _unavoidable(self, value: int, *, within: bool) -> str:
        best = len(self.plans[0].cut) if self.plans else None
        floor = fr.number(self.bound)
        if value <= self.bound and within:
            return "c’est le minimum, démontré"
        if best is not None and best > self.bound:
            return f"le minimum est entre {floor} et {fr.number(best)}"
        if self.bound:
            return f"au moins {floor} {'est' if self.bound == 1 else 'sont'} inévitable{'s' if self.bound > 1 else ''}"
        return "le minimum n’est pas connu" if best is None else "aucune coupure n’est inévitable"


WIDER = (
    "Élargissez les tailles, changez le nombre de CLSM, ou prenez les communes entières au lieu des intercommunalités."
)


def usual_parts(board: Board, marker: int = 200_000) -> int:
    """Return how many parts near the guide's marker a territory makes, at least one."""
    return max(1, round(board.population / marker))


def possible_parts(board: Board, least: int, most: int) -> range:
    """Return the numbers of parts that the sizes leave possible by the count of people alone (it may be empty)."""
    alone, (_, rest) = len(board.above(most)), board.settled(most)
    if not len(rest):
        return range(alone, alone + 1)
    left = int(board.people[rest].sum())
    low = max(-(-left // most), 1)
    high = min(left // least, len(rest)) if least else len(rest)
    return range(alone + low, alone + high + 1)


def divide(
    board: Board,
    terms: Terms,
    *,
    seconds: float = SECONDS,
    stopped: Callable[[], bool] = lambda: False,
    said: Callable[[str], None] = lambda _: None,
) -> Divided:
    """Divide a territory into connected parts between two sizes that cut the fewest bodies.

    `stopped` is asked often; `said` is told, in French, what is being done. The same question gives the same answer, but for what time
    leaves out. Every division returned was read again by `geo.divide.plan`.

    Raises
    ------
    GeoInputError
        When the number of parts cannot be, by the count of people alone; the sentence gives those that can.
    """
    _refuse_impossible(board, terms)
    start = monotonic()
    search = Search(board, terms, start + seconds, stopped, said)
    search.run()
    plans = search.chosen()
    for plan in plans:
        if problems := faults(board, terms, plan.labels):
            raise AssertionError(f"a division does not keep to its terms: {problems}")
    proven = search.impossible or bool(plans and len(plans[0].cut) <= search.bound)
    return Divided(board, terms, plans, search.bound, search.impossible and not plans, not proven, monotonic() - start)


def _refuse_impossible(board: Board, terms: Terms) -> None:
    possible = possible_parts(board, terms.least, terms.most)
    if terms.parts in possible:
        return
    size = f"{fr.inhabitants(board.population)}, de {fr.number(terms.least)} à {fr.number(terms.most)} chacun"
    if not len(possible):
        said = "aucun nombre de CLSM n’est possible avec ces tailles ; élargissez-les"
    elif len(possible) == 1:
        said = f"{terms.parts} CLSM n’est pas possible ; seul {possible[0]} l’est"
    else:
        said = f"{terms.parts} CLSM n’est pas possible ; donnez un nombre de {possible[0]} à {possible[-1]}"
    raise GeoInputError(fr.typeset(f"{board.name} ({size}) : {said}."))
