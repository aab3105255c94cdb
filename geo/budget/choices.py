"""What a person chooses of the budget of a perimeter: posts, running costs, who pays, by which keys. It travels with the scenario.

Nothing is chosen for them: no number of posts, no payer. An amount that nobody gave is unknown, never zero; a zero that was
written is a zero (an office that is lent). Amounts are whole euros a year, posts are hundredths of a full-time post, percentages
hundredths of a percent: all of them whole numbers, so that nothing is lost on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from geo.errors import GeoInputError

FULL_TIME = 100  # hundredths of a post
MOST_POSTS = 20 * FULL_TIME
MOST_EUROS = 10_000_000  # a year, for one line
WHOLE = 10_000  # 100 %, in hundredths of a percent
MOST_CUSTOM = 150  # communes that a key of one's own may name: past that it would fill the link


class Funder(StrEnum):
    """Who may pay, in the order of the guide, which names no closed list (« Financement », partie 5)."""

    COMMUNES = "communes"
    EPCI = "epci"
    HOSPITAL = "hopital"
    ARS = "ars"
    DEPARTEMENT = "departement"
    OTHER = "autres"


class Key(StrEnum):
    """How a share is divided among communes: alike, by inhabitants of the perimeter, or by percentages of one's own."""

    PEOPLE = "habitants"
    EQUAL = "egal"
    CUSTOM = "libre"


@dataclass(frozen=True)
class RunningLine:
    """A line of running costs that the guide names without an amount: its id, label, and chapter."""

    id: str
    label: str
    chapter: str


_FUNDING, _FRAME = (
    "Guide 2025, « Financement » (partie 5)",
    "Guide 2025, « Coordination – Cadre de travail » (partie 4)",
)
RUNNING_LINES = (
    RunningLine("logistique", "Bureau, matériel, déplacements", _FRAME),
    RunningLine("diagnostic", "Diagnostic et évaluation", _FUNDING),
    RunningLine("projets", "Projets, communication", _FUNDING),
    RunningLine("participation", "Participation des personnes concernées et des aidants", _FUNDING),
    RunningLine("partenaires", "Relations entre partenaires", _FUNDING),
)
RUNNING_IDS = frozenset(line.id for line in RUNNING_LINES)
Amounts = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Budget:
    """The choices; every field at its default means that nothing was chosen.

    `posts` are hundredths of a full-time post (0: not chosen); `unit` the euros a year of one full-time post (0: the guide's);
    `running` the euros a year of the lines that are known, by id in order; `funders` who pays, in the order of `Funder`;
    `percents` their shares, in order of id (empty: equal parts); `key` and `town_percents` (by code of commune) how the part
    of the communes is divided. Percentages need not add to 100 % while they are being written: `geo.budget.costing` says so,
    and shares nothing until they do.

    Raises
    ------
    GeoInputError
        When a number is out of bounds, a name is none of ours or comes twice, or a share is that of nobody who pays.
    """

    posts: int = 0
    unit: int = 0
    running: Amounts = ()
    funders: tuple[Funder, ...] = ()
    percents: Amounts = ()
    key: Key = Key.PEOPLE
    town_percents: Amounts = ()

    def __post_init__(self) -> None:
        """Refuse what no page could have made."""
        problems = _out_of_bounds(self)
        for amounts, known in ((self.running, RUNNING_IDS), (self.percents, frozenset(self.funders))):
            ids = [name for name, _ in amounts]
            if ids != sorted(set(ids)) or not known.issuperset(ids):
                problems.append("Budget : une ligne n’existe pas, ou vient deux fois.")
        towns = [code for code, _ in self.town_percents]
        if towns != sorted(set(towns)) or not all(0 < len(c) <= 5 and c.isalnum() and c.isascii() for c in towns):
            problems.append("Budget : une commune n’est pas lisible dans la clé, ou vient deux fois.")
        if list(self.funders) != [f for f in Funder if f in self.funders]:
            problems.append("Budget : un financeur vient deux fois.")
        if problems:
            raise GeoInputError(problems)

    def with_running(self, line: str, euros: float | None) -> Budget:
        """Return the budget with the yearly amount of a line; None makes it unknown again."""
        return replace(self, running=_with(self.running, line, euros))

    def with_funders(self, funders: Iterable[Funder]) -> Budget:
        """Return the budget paid by others; the shares that were written for those who leave go with them."""
        kept = frozenset(funders)
        return replace(
            self,
            funders=tuple(f for f in Funder if f in kept),
            percents=tuple((name, share) for name, share in self.percents if name in kept),
        )

    def with_percents(self, shares: Mapping[str, float]) -> Budget:
        """Return the budget with the shares (in percent) of those who pay; without any, equal parts."""
        return replace(self, percents=_hundredths(shares))

    def with_town_percents(self, shares: Mapping[str, float]) -> Budget:
        """Return the budget with a key of one's own among communes, in percent, by code."""
        return replace(self, key=Key.CUSTOM, town_percents=_hundredths(shares))


def _hundredths(shares: Mapping[str, float]) -> Amounts:
    return tuple(sorted((str(name), round(share * 100)) for name, share in shares.items()))


def _with(amounts: Amounts, name: str, value: float | None) -> Amounts:
    kept = {n: v for n, v in amounts if n != name}
    if value is not None:
        kept[name] = round(value)
    return tuple(sorted(kept.items()))


def _out_of_bounds(budget: Budget) -> list[str]:
    problems = []
    if not 0 <= budget.posts <= MOST_POSTS:
        problems.append(f"Budget : le temps de coordination va de 0,01 à {MOST_POSTS // FULL_TIME} ETP.")
    if any(not 0 <= euros <= MOST_EUROS for euros in (budget.unit, *(v for _, v in budget.running))):
        problems.append("Budget : un montant annuel va de 0 à 10 millions d’euros.")
    if any(not 0 <= share <= WHOLE for _, share in (*budget.percents, *budget.town_percents)):
        problems.append("Budget : une part va de 0 à 100 %.")
    if len(budget.town_percents) > MOST_CUSTOM:
        problems.append(
            f"Budget : une clé libre nomme {MOST_CUSTOM} communes au plus ; prenez la clé par habitants ou à parts égales."
        )
    return problems


NO_BUDGET = Budget()


# --- carried by a link or a file ---------------------------------------------------------------------------------------
_NAMES = {
    "posts": "etp_centiemes", "unit": "euros_par_etp", "running": "fonctionnement", "funders": "financeurs",
    "percents": "parts_centiemes", "key": "cle", "town_percents": "parts_communes_centiemes",
}  # fmt: skip


def budget_fields(budget: Budget) -> dict[str, Any]:
    """Return the choices as a file holds them, under French names; what is at its default is left out."""
    found: dict[str, Any] = {}
    for field, name in _NAMES.items():
        value = getattr(budget, field)
        if value == getattr(NO_BUDGET, field):
            continue
        found[name] = _plain(field, value)
    return found


def _plain(field: str, value: Any) -> Any:
    if field in ("running", "percents", "town_percents"):
        return dict(value)
    return [str(f) for f in value] if field == "funders" else str(value) if field == "key" else value


def read_budget(given: Any) -> Budget:
    """Read choices that come from outside, as `budget_fields` wrote them.

    Raises
    ------
    GeoInputError
        When they make no sense.
    """
    problem = GeoInputError("Budget : des nombres entiers, des financeurs et des clés connus sont attendus.")
    if not isinstance(given, Mapping) or set(given) - set(_NAMES.values()):
        raise problem
    posts, unit = (_whole_number(given.get(_NAMES[f], 0), problem) for f in ("posts", "unit"))
    running, percents, towns = (
        _amounts(given.get(_NAMES[f], {}), problem) for f in ("running", "percents", "town_percents")
    )
    funders, key = given.get(_NAMES["funders"], []), given.get(_NAMES["key"], str(Key.PEOPLE))
    if not isinstance(funders, list) or not {str(f) for f in Funder}.issuperset(map(str, funders)):
        raise problem
    if not isinstance(key, str) or key not in {str(k) for k in Key}:
        raise problem
    return Budget(posts, unit, running, tuple(Funder(str(f)) for f in funders), percents, Key(key), towns)


def _whole_number(value: Any, problem: GeoInputError) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise problem
    return value


def _amounts(given: Any, problem: GeoInputError) -> Amounts:
    if not isinstance(given, Mapping) or len(given) > 10 * MOST_CUSTOM or not all(isinstance(k, str) for k in given):
        raise problem
    return tuple(sorted((name, _whole_number(value, problem)) for name, value in given.items()))
