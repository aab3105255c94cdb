"""What to check first: the départements, or the EPCI of one, whose completed lists could change the most what is concluded.

Two effects are weighed alike: the part of the people whose situation is unknown, who separate the two bounds of the headline
figure, and the part of the first places that stay open, as the unknown terms of the order turn out. A short list of calls to make.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo import french as fr
from geo.arrays import Rows
from geo.coverage.priorities import FIRST_PLACES, PRIORITY_TERMS, Compared, Ranking, Weights, compared, rank
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState
from geo.layers import LayerId

NAMED = 3  # territories named in a sentence
CHECK_TITLES = {
    "code": "Code",
    "nom": "Nom",
    "inconnus": "Habitants de situation inconnue",
    "part": "Part des habitants du territoire",
    "places": "Places encore ouvertes parmi les premiers",
    "territoires": "Territoires dont la place est ouverte",
    "listes": "Listes à demander",
}
CHECK_MEANING = (
    "Habitants de situation inconnue : ils séparent les deux bornes du chiffre de couverture. Place ouverte : le territoire peut "
    "être parmi les premiers ou non, selon ce qui est inconnu. L’ordre donne autant de poids à la part de ces habitants et à la "
    "part de ces places."
)


@dataclass(frozen=True, eq=False)
class ToCheck:
    """The places to check, the most useful first.

    `table`, indexed by code of département or of EPCI (`departements` says which): nom, inconnus (people), part (0 to 1, of all
    the people of the scope), places (open among the first `first`), territoires (their names, between semicolons), listes (what to ask for).
    """

    table: pd.DataFrame
    departements: bool
    first: int

    def sentences(self, most: int) -> tuple[str, ...]:
        """Write the first lines of the list, one a call to make."""
        return tuple(self._sentence(row) for _, row in self.table.head(most).iterrows())

    def _sentence(self, row: pd.Series) -> str:
        said = [f"{fr.inhabitants(row['inconnus'])} de situation inconnue, {fr.percent(row['part'])} de ceux d’ici"]
        if row["places"]:
            who = fr.count(row["places"], "territoire")
            names = str(row["territoires"]).split(" ; ")
            shown = fr.listing(names) if len(names) <= NAMED else f"{', '.join(names[:NAMED])}…"
            said.append(f"{who} dont la place {_among(self.first)} reste ouverte ({shown})")
        return fr.typeset(f"{row['nom']} : {' ; '.join(said)}. À demander : {row['listes']}.")


def _among(first: int) -> str:
    return "au premier rang" if first == 1 else f"parmi les {first} premiers"


def to_check(scope: Scope, state: CoverageState, weights: Weights, *, first: int = FIRST_PLACES) -> ToCheck:
    """Return where a completed list would change the most, among the départements of a scope, or the EPCI of one département."""
    order = compared("epci", scope, state)
    ranking = rank(order.table, weights, order.closed)
    several = scope.kind != "departement"
    units = _departements(scope, state) if several else _bodies(scope, state, order)
    placed = _open_places(ranking, order, first, by_departement=several)
    whole = float(state.population[scope.rows].sum())
    lines = []
    for code, (name, rows) in units.items():
        unknown, names = float(state.possible[rows].sum()), placed.get(code, [])
        if asked := _asked(state, rows, unknown, weights):
            part = unknown / whole if whole else 0.0
            lines.append((code, name, unknown, part, len(names), " ; ".join(names), fr.listing(asked)))
    table = pd.DataFrame(lines, columns=list(CHECK_TITLES)).set_index("code")
    kept = table[(table["inconnus"] > 0) | (table["places"] > 0)]
    weight = _part(kept["inconnus"]) + _part(kept["places"])
    return ToCheck(kept.iloc[np.lexsort([kept.index.to_numpy(dtype=str), -weight.to_numpy()])], several, first)


def _part(values: pd.Series) -> pd.Series:
    whole = float(values.sum())
    return values / whole if whole else values * 0.0


def _departements(scope: Scope, state: CoverageState) -> dict[str, tuple[str, Rows]]:
    rows, names = scope.rows, state.atlas.departements["nom"]
    codes = state.departement_codes[rows]
    return {
        str(code): (f"{names[code]} ({code})", rows[codes == i])
        for i, code in enumerate(state.departement_names)
        if (codes == i).any()
    }


def _bodies(scope: Scope, state: CoverageState, order: Compared) -> dict[str, tuple[str, Rows]]:
    table, rows = state.atlas.table, scope.rows
    found = {}
    for code, name in order.table["nom"].items():
        held = np.zeros(len(rows), dtype=bool)
        for column in ("epci", "ept", "departement"):
            held |= (table[column].iloc[rows] == str(code)).to_numpy(dtype=bool)
        found[str(code)] = (str(name), rows[held])
    return found


def _open_places(ranking: Ranking, order: Compared, first: int, *, by_departement: bool) -> dict[str, list[str]]:
    """Return, by département or by EPCI, the territories that may be among the first or not."""
    table = ranking.table
    found: dict[str, list[str]] = {}
    for code, row in table[(table["au_mieux"] <= first) & (table["au_pire"] > first)].iterrows():
        where = str(order.table.at[code, "departement"]).split(", ") if by_departement else [str(code)]
        for place in where:
            found.setdefault(place, []).append(str(row["nom"]))
    return found


def _asked(state: CoverageState, rows: Rows, unknown: float, weights: Weights) -> list[str]:
    """Name the lists that would settle what is unknown among some atoms."""
    used = {t.id: bool(share) for t, share in zip(PRIORITY_TERMS, weights.shares, strict=True)}
    asked = ["liste des CLSM"] if unknown else []
    if used["cls"] and not state.known_here(LayerId.CLS, rows):
        asked.append("liste des CLS")
    if used["qpv"] and (not state.known_here(LayerId.QPV, rows) or state.qpv_unknown[rows].any()):
        asked.append("habitants des QPV (à synchroniser)")
    return asked
