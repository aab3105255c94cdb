"""What an order compares and the terms that unknown lists close to it; what to check first: the départements, or the EPCI of one, whose completed lists could change the most what is concluded.

Two effects are weighed alike: the part of the people whose situation is unknown, who separate the two bounds of the headline
figure, and the part of the first places that stay open, as the unknown terms of the order turn out. A short list of calls to make.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo import french as fr
from geo.arrays import Rows
from geo.coverage.gaps import gap_table
from geo.coverage.priorities import FIRST_PLACES, PRIORITY_TERMS, SPLIT, Ranking, Term, Weights, rank
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState, incidence
from geo.layers import Etat, LayerId

GRAND_PARIS = "200054781"
PARIS = "75"

NAMED = 3  # territories named in a sentence
CHECK_TITLES = {
    "code": "Code",
    "nom": "Nom",
    "inconnus": "Habitants peut-être couverts",
    "part": "Part des habitants du territoire",
    "places": "Places encore ouvertes parmi les premiers",
    "territoires": "Territoires dont la place est ouverte",
    "listes": "Listes à demander",
}
CHECK_MEANING = (
    "Habitants peut-être couverts : de situation inconnue, ou d’un projet qui a pu aboutir ; ils séparent les deux bornes du chiffre "
    "de couverture. Place ouverte : le territoire peut être parmi les premiers ou non, selon ce qui est inconnu. L’ordre donne autant de poids à la part de ces habitants et à la "
    "part de ces places."
)


@dataclass(frozen=True, eq=False)
class Compared:
    """What an order compares: a gap table, the terms closed to it (why, by id), what to know of the list (may be empty), and its terms."""

    table: pd.DataFrame
    closed: dict[str, str]
    remark: str = ""
    terms: tuple[Term, ...] = PRIORITY_TERMS


def compared(level: str, scope: Scope, state: CoverageState) -> Compared:
    """Return the territories of a level to put in order in a scope, with the terms that cannot be used there."""
    table, remark = gap_table(level, scope, state), ""
    if level == "epci" and GRAND_PARIS in table.index:
        parts = [table.drop(GRAND_PARIS), gap_table("ept", scope, state)]
        parts += [paris] if len(paris := _paris(scope, state)) else []
        table, remark = pd.concat([part for part in parts if len(part)]), SPLIT
    return Compared(table, closed_terms(table, scope, state), remark)


def _paris(scope: Scope, state: CoverageState) -> pd.DataFrame:
    """Return the gaps of Paris as one territory, in the scope; empty when the scope does not meet it."""
    if PARIS not in scope.departements:
        return pd.DataFrame()
    table = gap_table("departements", scope, state)
    return table.loc[[PARIS]]


def closed_terms(table: pd.DataFrame, scope: Scope, state: CoverageState) -> dict[str, str]:
    """Return the terms to leave out everywhere, with the reason: their list is complete in no département of the scope.

    A term that is known of every territory is never closed, and neither is one of which some département is known whole; QPV
    need one that has some, since « no QPV » alone ranks nothing.
    """
    closed = {}
    if not table["cls_connu"].all() and not _whole(LayerId.CLS, scope, state):
        closed["cls"] = (
            f"CLS en place : la liste des CLS n’est complète dans aucun département d’ici ({_known_cls(scope, state)})."
        )
    if not table["qpv_connu"].all() and not _whole(LayerId.QPV, scope, state):
        closed["qpv"] = (
            f"QPV : leurs habitants ne sont connus en entier dans aucun département d’ici qui en a ({_known_qpv(scope, state)})."
        )
    return {name: fr.typeset(text) for name, text in closed.items()}


def _whole(layer_id: LayerId, scope: Scope, state: CoverageState) -> bool:
    """Whether the part of some département inside the scope is known whole; for QPV, and has some."""
    rows = scope.rows
    codes = state.departement_codes[rows]
    for code in np.unique(codes):
        inside = rows[codes == code]
        if not state.known_here(layer_id, inside):
            continue
        if layer_id != LayerId.QPV or (not state.qpv_unknown[inside].any() and state.qpv[inside].any()):
            return True
    return False


def _known_cls(scope: Scope, state: CoverageState) -> str:
    layer = state.crosswalk.layers[LayerId.CLS]
    met = (incidence(layer, len(state.status)) @ scope.mask.astype(float)) > 0
    return fr.count(int((met & (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()).sum()), "connu", "connus")


def _known_qpv(scope: Scope, state: CoverageState) -> str:
    layer = state.crosswalk.layers[LayerId.QPV]
    members = layer.members[scope.mask[layer.members["row"].to_numpy()]]
    met, lost = members["zone"].nunique(), members.loc[members["inhabitants"].isna(), "zone"].nunique()
    return f"population connue pour {fr.number(met - lost)} sur {fr.count(met, 'QPV connu', 'QPV connus')}"


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
        people = fr.count(row["inconnus"], "habitant peut-être couvert", "habitants peut-être couverts")
        people += f", {fr.percent(row['part'])} de ceux d’ici"
        said = [people] if row["inconnus"] else []  # the list of CLS alone, or the QPV, may keep a place open
        if row["places"]:
            who = fr.count(row["places"], "territoire")
            names = str(row["territoires"]).split(" ; ")
            shown = fr.listing(names) if len(names) <= NAMED else f"{', '.join(names[:NAMED])}…"
            said.append(f"{who} dont la place {_among(self.first)} reste ouverte ({shown})")
        return fr.typeset(f"{row['nom']} : {' ; '.join(said)}. À demander : {row['listes']}.")


def _among(first: int) -> str:
    return "au premier rang" if first == 1 else f"parmi les {first} premiers"


def to_check(
    scope: Scope, state: CoverageState, weights: Weights, *, first: int = FIRST_PLACES, order: Compared | None = None
) -> ToCheck:
    """Return where a completed list would change the most, among the départements of a scope, or the EPCI of one département.

    `order` is what is compared, at the level of EPCI, when the weights name needs.
    """
    order = order or compared("epci", scope, state)
    ranking = rank(order.table, weights, order.closed, order.terms)
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
    asked = ["liste des CLSM"] if unknown else []
    if weights.cls and not state.known_here(LayerId.CLS, rows):
        asked.append("liste des CLS")
    if weights.qpv and (not state.known_here(LayerId.QPV, rows) or state.qpv_unknown[rows].any()):
        asked.append("habitants des QPV (à synchroniser)")
    return asked
