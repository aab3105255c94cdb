"""Gaps of coverage at the scale of the commune, the intercommunal body, the sector and the CLS: one table each.

Every sum over a territory is one sparse product of the territories against the atoms, so that all the tables of the country
follow a changed layer at once. « Sans CLSM » is the number of inhabitants for whom no CLSM and no project is known: a
proven gap where the list of CLSM is complete (`non_couverts`), else a CLSM that is not known (`inconnus`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array, eye_array

from geo import french as fr
from geo.arrays import Rows
from geo.communes import counted
from geo.coverage.figures.bodies import covered_or_unknown, uncounted, zones_with_clsm
from geo.coverage.figures.quarters import populations_known
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState, incidence, weighted_incidence
from geo.coverage.status import Status
from geo.layers import OTHER_DISPOSITIFS, Etat, LayerId, zone_members
from geo.shares import shares_of

GAP_LEVELS: Mapping[str, str] = {
    "commune": "Communes",
    "epci": "EPCI",
    "ept": "EPT du Grand Paris",
    "secteurs-adultes": "Secteurs adultes",
    "secteurs-enfants": "Secteurs infanto-juvéniles",
    "cls": "CLS",
}
WITHOUT = "sans CLSM ni projet connu"
MAIN_LEVELS = ("commune", "epci", "secteurs-adultes", "cls")
GAP_TITLES: Mapping[str, str] = {
    "code": "Code",
    "nom": "Nom",
    "departement": "Département",
    "lecture": "Habitants par situation",
    "majorite": "Situation du plus grand nombre",
    "communes": "Communes ici",
    "population": "Habitants ici",
    "couverts": "Couverts",
    "part_couverte": "Part couverte connue",
    "projet": "En projet",
    "partiels": "Couverts en partie, nombre inconnu",
    "non_couverts": "Non couverts (liste complète ou déclarée complète)",
    "inconnus": "Situation inconnue (liste ou composition incomplète)",
    "sans_clsm": "Sans CLSM ni projet connu",
    "qpv": "Habitants de QPV",
    "qpv_sans_clsm": "Habitants de QPV sans CLSM ni projet connu",
    "part_qpv_sans_clsm": "Part en QPV de ceux sans CLSM ni projet connu",
    "qpv_connu": "QPV et leurs habitants tous connus ici",
    "rural": "Habitants de communes rurales",
    "rural_sans_clsm": "Habitants ruraux sans CLSM ni projet connu",
    "cls": "CLS connus",
    "cls_sans_clsm": "CLS sans CLSM connu",
    "cls_connu": "Liste des CLS complète ici",
    "cpts": "CPTS connues",
    "dac": "DAC connus",
    "dispositifs": "Dispositifs déjà là",
}  # fmt: skip
# The five states that people fall in, by the column that counts them: the words of `lecture`, and of `majorite`.
STATES: Mapping[str, str] = {
    "couverts": "couvert",
    "partiels": "en partie",
    "projet": "projet",
    "non_couverts": "non couvert",
    "inconnus": "inconnu",
}
READINGS: Mapping[str, str] = {
    "couvert": "couverts",
    "en partie": "couverts en partie, nombre inconnu",
    "projet": "en projet",
    "non couvert": "non couverts",
    "inconnu": "inconnus",
}
NOBODY = "aucun habitant connu"
COUNTS = (
    "population", "couverts", "projet", "partiels", "non_couverts", "inconnus", "sans_clsm",
    "qpv", "qpv_sans_clsm", "rural", "rural_sans_clsm",
)  # fmt: skip


def gap_table(level: str, scope: Scope, state: CoverageState) -> pd.DataFrame:
    """Return the territories of a level that a scope meets, the largest gap first; sums count the part inside the scope.

    Indexed by `code`: nom, departement (codes, comma), lecture (the people of each state in words, the situation itself for a
    commune), majorite (the state of the most people), communes (atoms), then inhabitants (float): population,
    couverts, projet, partiels, non_couverts, inconnus (these five add up to population), sans_clsm (the last two), qpv and
    qpv_sans_clsm (NaN where nothing is known of QPV), qpv_connu (bool: the list is complete and every quarter counted),
    rural, rural_sans_clsm; then two shares (0 to 1), each over one set of people, NaN where it is not known: part_couverte of
    all the people here, part_qpv_sans_clsm of those without CLSM; then numbers of dispositifs in service met: cls, cls_sans_clsm, cpts, dac (NaN where none is known
    and the list is not complete), cls_connu (bool: the list of CLS is complete); and `dispositifs`, their names,
    the CLS without CLSM first. At the level of CLS, a CLS without any CLSM comes before the others.
    A part of a commune counts for its known inhabitants only.
    """
    if level == "commune":
        return _ordered(_communes(state, scope.rows), level)
    inside = scope.mask
    layer = state.crosswalk.layers[level]
    weights = weighted_incidence(layer, state.population)
    held = incidence(layer, len(state.status))
    met = np.flatnonzero((held @ inside.astype(np.float64)) > 0)
    weights, held = csr_array(weights[met]), csr_array(held[met])
    sums = weights @ (_columns(state) * inside[:, None])
    table = pd.DataFrame(sums, columns=list(COUNTS))
    communes = np.asarray(held @ inside.astype(np.float64), dtype=np.int64)
    zones = layer.zones.iloc[met]
    table.insert(0, "nom", zones["nom"].to_numpy(dtype=object))
    table.insert(1, "departement", _departements(state, held, inside))
    table.insert(2, "lecture", _in_words(table))
    table.insert(3, "majorite", _majority(table))
    table.insert(4, "communes", communes)
    table.index = pd.Index(zones.index.astype(str), name="code")
    here = csr_array(held.multiply(inside[None, :]))
    _add_qpv_known(table, state, here)
    _add_shares(table, state, csr_array(weights.multiply(inside[None, :])), uncounted(layer, inside)[met])
    _add_dispositifs(table, state, here, own=level)
    if level == "cls":
        running = (zones["etat"] == Etat.EN_SERVICE).to_numpy()
        _, touched = zones_with_clsm(layer, state, inside)
        table["cls_sans_clsm"] = (running & ~touched[met]).astype(np.float64)
        table["cls_connu"] = True  # whether each of these CLS has a CLSM is known, though others may be missing
        table["etat"] = zones["etat"].astype(str).to_numpy(dtype=object)
    return _ordered(table, level)


def gap_tables(scope: Scope, state: CoverageState, levels: Iterable[str] = MAIN_LEVELS) -> dict[str, pd.DataFrame]:
    """Return the gap tables of several levels."""
    return {level: gap_table(level, scope, state) for level in levels}


def _columns(state: CoverageState) -> npt.NDArray[np.float64]:
    people = state.people
    return np.column_stack(
        [
            state.population,
            *(people[name] for name in ("couverts", "projet", "partiels", "non_couverts", "inconnus")),
            state.without,
            state.qpv,
            np.where(state.is_without, state.qpv, 0.0),
            state.rural,
            np.where(state.density.rural, state.without, 0.0),
        ]
    )


STATUS_READINGS = {
    Status.COUVERT: "couvert",
    Status.SUPPOSE: "couvert",
    Status.PARTIEL: "en partie",
    Status.PROJET: "projet",
    Status.NON_COUVERT: "non couvert",
    Status.INCONNU: "inconnu",
}


def _communes(state: CoverageState, rows: Rows) -> pd.DataFrame:
    atlas = state.atlas
    table = pd.DataFrame(_columns(state)[rows], columns=list(COUNTS))
    states = np.array([STATUS_READINGS[s] for s in Status], dtype=object)
    table.insert(0, "nom", atlas.names[rows])
    table.insert(1, "departement", np.array(state.departement_names, dtype=object)[state.departement_codes[rows]])
    table.insert(2, "lecture", state.situations.labels(rows))
    table.insert(3, "majorite", states[state.status[rows]])
    table.insert(4, "communes", 1)
    table.index = pd.Index(atlas.codes[rows], name="code")
    chosen = csr_array(eye_array(len(state.status), format="csr")[rows])
    _add_qpv_known(table, state, chosen)
    _add_shares(table, state, chosen, np.zeros(len(rows), dtype=bool))
    _add_dispositifs(table, state, chosen, own="commune")
    return table


def _departements(state: CoverageState, held: csr_array, inside: npt.NDArray[np.bool_]) -> list[str]:
    codes, names = state.departement_codes, state.departement_names
    where = csr_array((inside.astype(np.float64), (np.arange(len(codes)), codes)), shape=(len(codes), len(names)))
    found = [""] * held.shape[0]
    for i, hits in _hits(csr_array(held @ where)):
        found[i] = ", ".join(names[j] for j in hits)
    return found


def _hits(matrix: csr_array) -> Iterator[tuple[int, list[int]]]:
    """Yield each row that is not empty with the columns of what is not zero, in order."""
    matrix.eliminate_zeros()
    matrix.sort_indices()
    bounds, columns = matrix.indptr.tolist(), matrix.indices.tolist()
    for i in np.flatnonzero(np.diff(matrix.indptr)).tolist():
        yield i, columns[bounds[i] : bounds[i + 1]]


def _in_words(table: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Write the people of each state, the most first: « non couvert 534 722 · projet 17 675 »."""
    people = table[list(STATES)].to_numpy().round()
    order = np.argsort(-people, axis=1, kind="stable")
    words = list(STATES.values())
    said = [
        " · ".join(f"{words[j]} {fr.number(line[j])}" for j in places if line[j] > 0) or NOBODY
        for line, places in zip(people, order.tolist(), strict=True)
    ]
    return np.array(said, dtype=object)


def _majority(table: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Return the state of the most people, the first in the order of STATES when two are as many; « inconnu » for nobody."""
    people = table[list(STATES)].to_numpy().round()
    words = np.array(list(STATES.values()), dtype=object)
    return np.where(people.any(axis=1), words[people.argmax(axis=1)], STATES["inconnus"])


def _add_shares(table: pd.DataFrame, state: CoverageState, held: csr_array, lost: npt.NDArray[np.bool_]) -> None:
    """Add the two shares, each over one set of people of a territory (`held`: territories × atoms, inside the scope).

    Those `lost` hold a part of a commune whose people are not known.
    """
    beside = (state.without > 0) & (
        (state.qpv > 0) | (state.qpv_unknown > 0)
    )  # of a part of a commune: which people, unknown
    quarters = np.where(state.is_without, state.qpv, np.where(beside, np.nan, 0.0))
    covered = shares_of(held, covered_or_unknown(state), state.population)
    in_quarters = np.where(table["qpv_sans_clsm"].isna(), np.nan, shares_of(held, quarters, state.without))
    for after, name, shares in (
        ("couverts", "part_couverte", covered),
        ("qpv_sans_clsm", "part_qpv_sans_clsm", in_quarters),
    ):
        table.insert(table.columns.get_loc(after) + 1, name, np.where(lost, np.nan, shares))


def _unlisted(layer_id: str, state: CoverageState) -> npt.NDArray[np.bool_]:
    """Tell the atoms whose département has no complete list of a layer."""
    return ~state.crosswalk.layers[layer_id].complete_at(state.atlas)


def _add_qpv_known(table: pd.DataFrame, state: CoverageState, held: csr_array) -> None:
    """Say where the list of QPV is complete; where nothing or too little is known of their inhabitants, unknown, not zero."""
    lacking = _unlisted(LayerId.QPV, state) | (state.qpv_unknown > 0)
    complete = (held @ lacking.astype(np.float64)) == 0
    scant = ~populations_known(state, held)
    apart = (table["sans_clsm"] + table["partiels"]).to_numpy()  # where nobody is left out, neither is any quarter
    for column, people in (("qpv", table["population"].to_numpy()), ("qpv_sans_clsm", apart)):
        nothing = (scant | (~complete & (table[column].to_numpy() == 0))) & (people > 0)
        table[column] = np.where(nothing, np.nan, table[column].to_numpy())
    table.insert(table.columns.get_loc("rural"), "qpv_connu", complete)


def _add_dispositifs(table: pd.DataFrame, state: CoverageState, held: csr_array, *, own: str) -> None:
    """Add how many dispositifs in service each territory meets, and their names; `own` is not listed against itself.

    Where the list is not complete and none is known, the number is unknown.
    """
    everywhere = np.ones(len(state.status), dtype=bool)
    open_here = (table["population"] - table["couverts"]).to_numpy() >= 0.5
    names: dict[int, list[str]] = {}
    for layer_id in OTHER_DISPOSITIFS:
        layer = state.crosswalk.layers[layer_id]
        running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()
        complete = (held @ _unlisted(layer_id, state).astype(np.float64)) == 0
        met = csr_array(held @ incidence(layer, len(state.status)).T.tocsr())
        met = csr_array(met.multiply(running[None, :]))
        met.data[:] = 1.0
        alone = np.zeros(len(layer.zones), dtype=bool)
        count = np.diff(met.indptr).astype(np.float64)
        if layer_id == LayerId.CLS:
            alone = running & ~zones_with_clsm(layer, state, everywhere)[1]
            lone = np.asarray(met @ alone.astype(np.float64))
            table["cls_sans_clsm"] = np.where(~complete & (lone == 0) & open_here, np.nan, lone)
        if layer_id != own:
            labels = [str(name) for name in layer.zones["nom"]]
            for i, hits in _hits(met):
                names.setdefault(i, []).extend(_listed(hits, labels, alone, layer.name))
        table[str(layer_id)] = np.where(~complete & (count == 0), np.nan, count)
        if layer_id == LayerId.CLS:
            table["cls_connu"] = complete
    table["dispositifs"] = pd.Series(
        [" ; ".join(names.get(i, ())) for i in range(len(table))], index=table.index, dtype=object
    )


def _listed(hits: list[int], labels: list[str], alone: npt.NDArray[np.bool_], name: str) -> list[str]:
    """Name the zones met, the CLS without CLSM first."""
    first = [labels[z] for z in hits if alone[z]]
    others = [labels[z] for z in hits if not alone[z]]
    said = [f"{name} sans CLSM connu : {fr.listing(first)}"] if first else []
    return said + ([f"{name} : {fr.listing(others)}"] if others else [])


def _ordered(table: pd.DataFrame, level: str) -> pd.DataFrame:
    keys = [-table["sans_clsm"].to_numpy(), -table["population"].to_numpy()]
    if level == "cls":
        keys.insert(0, -table["cls_sans_clsm"].to_numpy())
    order = np.lexsort([np.arange(len(table)), *reversed(keys)])
    return table.iloc[order]


def totals(table: pd.DataFrame) -> dict[str, float]:
    """Return the sums of a gap table's inhabitants (NaN, not known, left out)."""
    return {name: float(table[name].sum()) for name in COUNTS}


# --- what a perimeter may start from, on a line ---------------------------------------------------------------------
@dataclass(frozen=True)
class Start:
    """Communes to start from (`codes`, those of atoms), and which ones they are in words: « ses 12 communes sans CLSM ni projet connu »."""

    codes: frozenset[str]
    words: str


def line_rows(level: str, code: str, scope: Scope, state: CoverageState) -> Rows:
    """Return the atoms of a line of a gap table inside its scope: those wholly in the territory, or in part when none is whole.

    A code that is no zone of the level is that of a département (Paris, among the EPCI and EPT of an order); no atom for a code
    that is neither.
    """
    atlas = state.atlas
    if level == "commune":
        found = [atlas.row[code]] if code in atlas.row else []
    else:
        layers = [state.crosswalk.layers[i] for i in (level, "ept") if i in GAP_LEVELS and i in state.crosswalk.layers]
        layer = next((one for one in layers if code in one.zones.index), None)
        if layer is not None:
            whole, part = zone_members(layer, code)
            found = whole or part
        else:
            found = [] if code not in atlas.departements.index else atlas.members("departement", code).tolist()
    return np.intersect1d(np.asarray(found, dtype=np.intp), scope.on(atlas).rows)


def starts(rows: Iterable[int], state: CoverageState, *, alone: bool = False) -> tuple[Start, ...]:
    """Return what a perimeter may start from among some atoms: first those without CLSM nor project, then all of them.

    One start when these are the same, or when each has a CLSM or a project; none for no atom. `alone`: the line is a commune.
    """
    every = np.asarray(list(rows), dtype=np.intp)
    if not len(every):
        return ()
    bare = every[state.is_without[every]]
    if len(every) == 1:
        return (Start(_codes(every, state), "cette commune" if alone else "sa commune"),)
    if not len(bare):
        return (Start(_codes(every, state), f"ses {counted(state.atlas, every)}"),)
    if len(bare) == len(every):
        return (Start(_codes(every, state), f"ses {counted(state.atlas, every)}, {WITHOUT}"),)
    few = f"sa commune {WITHOUT}" if len(bare) == 1 else f"ses {counted(state.atlas, bare)} {WITHOUT}"
    return (
        Start(_codes(bare, state), few),
        Start(_codes(every, state), f"tout le territoire ({counted(state.atlas, every)})"),
    )


def _codes(rows: Rows, state: CoverageState) -> frozenset[str]:
    return frozenset(str(code) for code in state.atlas.codes[rows])
