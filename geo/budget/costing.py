"""What a budget costs and who bears what, to the cent: totals are kept exactly, by largest remainders.

The cost of a post is the guide's order of magnitude unless the person gave theirs; a running cost that nobody gave is unknown,
is in no total, and is named beside it. Towns are communes (the arrondissements of a city are one town), with their inhabitants
inside the perimeter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo import french as fr
from geo.budget.choices import RUNNING_LINES, WHOLE, Budget, Funder, Key
from geo.budget.staffing import EUROS_PER_POST, SOURCE
from geo.perimeters import PerimeterFacts

FUNDER_LABELS = {
    Funder.COMMUNES: "Communes",
    Funder.EPCI: "EPCI (EPT du Grand Paris)",
    Funder.HOSPITAL: "Hôpital",
    Funder.ARS: "Agence régionale de santé",
    Funder.DEPARTEMENT: "Département",
    Funder.OTHER: "Autres (politique de la ville, CAF, appels à projets…)",
}
KEY_LABELS = {
    Key.PEOPLE: "Selon les habitants du périmètre",
    Key.EQUAL: "À parts égales",
    Key.CUSTOM: "Parts choisies, en %",
}
BY_GUIDE, BY_USER, BY_NOBODY = "ordre de grandeur du guide", "saisi", "inconnu, à remplir"


@dataclass(frozen=True)
class Line:
    """A line of expense: cents a year (None: unknown), where the figure comes from, and the chapter of the guide."""

    label: str
    cents: int | None
    origin: str
    chapter: str


@dataclass(frozen=True)
class Part:
    """What somebody bears: cents a year, and the inhabitants of the perimeter that are theirs (None where they have none)."""

    funder: Funder
    code: str
    name: str
    cents: int
    population: int | None = None

    @property
    def per_inhabitant(self) -> float | None:
        """Euros a year for each of these inhabitants; None where there is nobody."""
        return self.cents / 100 / self.population if self.population else None


@dataclass(frozen=True)
class Costing:
    """The budget of a perimeter counted.

    `total` is in cents, None while the posts are not chosen; lines of unknown amount are not in it, and named in `lacking`.
    `parts` has one entry a funder, `payers` one a commune, EPCI or département that bears some of it; both are empty while
    nobody pays or `problems` says why nothing can be shared out. The parts add up to the total, the payers to their part.
    """

    population: int
    towns: int
    lines: tuple[Line, ...]
    total: int | None
    lacking: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    payers: tuple[Part, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def per_inhabitant(self) -> float | None:
        """Euros a year per inhabitant of the perimeter; None while the total is unknown."""
        return None if self.total is None or not self.population else self.total / 100 / self.population

    def of_town(self, code: str) -> Part | None:
        """Return what a commune bears itself; None when communes do not pay."""
        return next((p for p in self.payers if p.funder is Funder.COMMUNES and p.code == code), None)


def split_cents(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Divide a number of cents by weights, in whole cents that add up to it exactly.

    Each gets the whole part of its share, and the cents left go to the largest remainders; of equal ones, to the first code.
    The answer depends on the order of the weights in nothing.

    Raises
    ------
    ValueError
        When the total or a weight is negative, or no weight is above zero.
    """
    whole = sum(weights.values())
    if total < 0 or min(weights.values(), default=0) < 0 or not whole:
        raise ValueError("cents are shared by weights of which one at least is above zero")
    found = {name: total * weight // whole for name, weight in weights.items()}
    left = total - sum(found.values())
    for name in sorted(weights, key=lambda n: (-(total * weights[n] % whole), n))[:left]:
        found[name] += 1
    return found


def costed(budget: Budget, facts: PerimeterFacts) -> Costing:
    """Count a budget on a perimeter that is not empty."""
    lines = _lines(budget)
    total = sum(line.cents or 0 for line in lines) if budget.posts else None
    lacking = tuple(line.label for line in lines if line.cents is None)
    base = Costing(facts.population, len(facts.towns), lines, total, lacking)
    if total is None or not budget.funders:
        return base
    members = _members(budget, facts)
    problems = [*_sum_problems(budget), *_member_problems(budget, members, facts)]
    if problems:
        return Costing(facts.population, len(facts.towns), lines, total, lacking, problems=tuple(problems))
    given = dict(budget.percents) or dict.fromkeys(budget.funders, 1)
    shared = split_cents(total, {f: given.get(f, 0) for f in budget.funders})
    parts, payers = [], []
    for funder in budget.funders:
        mine = members.get(funder, {})
        people = sum(p for _, p, _ in mine.values()) if mine else None
        parts.append(Part(funder, "", FUNDER_LABELS[funder], shared[funder], people))
        if mine:
            each = split_cents(shared[funder], {code: weight for code, (_, _, weight) in mine.items()})
            payers += [Part(funder, code, name, each[code], people) for code, (name, people, _) in mine.items()]
    return Costing(facts.population, len(facts.towns), lines, total, lacking, tuple(parts), tuple(payers))


def _lines(budget: Budget) -> tuple[Line, ...]:
    posts = Line(
        f"Coordination{f' : {posts_text(budget.posts)}' if budget.posts else ''}",
        budget.posts * (budget.unit or EUROS_PER_POST) if budget.posts else None,  # hundredths × euros: cents
        (BY_USER if budget.unit else BY_GUIDE) if budget.posts else BY_NOBODY,
        SOURCE,
    )
    known = dict(budget.running)
    running = tuple(
        Line(
            line.label,
            known[line.id] * 100 if line.id in known else None,
            BY_USER if line.id in known else BY_NOBODY,
            line.chapter,
        )
        for line in RUNNING_LINES
    )
    return (posts, *running)


def posts_text(posts: int) -> str:
    """Write hundredths of a post: « 0,5 ETP »."""
    text = fr.number(posts / 100, 2)
    return f"{text.rstrip('0').rstrip(',') if ',' in text else text}{fr.NBSP}ETP"


_Members = dict[str, tuple[str, int, int]]  # by code: name, inhabitants of the perimeter, weight


def _members(budget: Budget, facts: PerimeterFacts) -> dict[Funder, _Members]:
    """Return who is behind each funder of several bodies, the most inhabitants first."""
    towns = {str(code): (facts.town_name(str(code)), int(people)) for code, people in facts.towns.items()}
    places: dict[Funder, dict[str, tuple[str, int]]] = {
        Funder.COMMUNES: towns,
        Funder.EPCI: {part.code: (part.name, part.population) for part in facts.communities},
        Funder.DEPARTEMENT: _departements(facts),
    }
    return {
        funder: {code: (name, people, _weight(budget, funder, code, people)) for code, (name, people) in held.items()}
        for funder, held in places.items()
        if funder in budget.funders
    }


def _departements(facts: PerimeterFacts) -> dict[str, tuple[str, int]]:
    people = facts.table.groupby("departement")["population"].sum().sort_values(ascending=False, kind="stable")
    return {str(code): (str(facts.atlas.departements.at[code, "nom"]), int(n)) for code, n in people.items()}


def _weight(budget: Budget, funder: Funder, code: str, people: int) -> int:
    if budget.key is Key.EQUAL:
        return 1
    if budget.key is Key.CUSTOM and funder is Funder.COMMUNES:
        return dict(budget.town_percents).get(code, 0)
    return people


def _sum_problems(budget: Budget) -> list[str]:
    """Say which percentages do not add to 100 %."""
    found = []
    if budget.percents and (said := _off(sum(v for _, v in budget.percents))):
        found.append(f"Parts des financeurs : {said}")
    own = budget.key is Key.CUSTOM and Funder.COMMUNES in budget.funders
    if own and (said := _off(sum(v for _, v in budget.town_percents))):
        found.append(f"Parts des communes : {said}")
    return found


def _off(total: int) -> str:
    if total == WHOLE:
        return ""
    gap = fr.percent(abs(WHOLE - total) / WHOLE, 2 if total % 100 else 0)
    return f"leur somme fait {fr.percent(total / WHOLE, 2 if total % 100 else 0)}, {'il manque' if total < WHOLE else 'il y a en trop'} {gap}."


def _member_problems(budget: Budget, members: Mapping[Funder, _Members], facts: PerimeterFacts) -> list[str]:
    """Say who cannot be shared among: a key that names communes outside the perimeter, bodies without inhabitants."""
    found = []
    own = budget.key is Key.CUSTOM and Funder.COMMUNES in members  # whose sum is said already
    for funder, mine in members.items():
        if not mine:
            found.append(f"{FUNDER_LABELS[funder]} : aucun connu sur ce périmètre ; retirez ce financeur.")
        elif not any(weight for _, _, weight in mine.values()) and not (own and funder is Funder.COMMUNES):
            found.append(f"{FUNDER_LABELS[funder]} : aucun habitant connu ; prenez la clé à parts égales.")
    if own:
        named, held = {code for code, _ in budget.town_percents}, members[Funder.COMMUNES]
        if lost := sorted(named - set(held)):
            found.append(
                f"La clé donne une part à {fr.count(len(lost), 'commune')} hors du périmètre "
                f"({fr.listing((facts.town_name(c) if c in facts.atlas.row else c for c in lost), most=3)}) : refaites les parts."
            )
    return found
