"""The figures of a territory's coverage, each with its numerator, denominator, year, source and what limits it.

Where a list is not complete, a figure is « au moins » or withheld, never zero; it says why, and how to complete.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from geo import french as fr
from geo.arrays import Bools, Rows
from geo.coverage.figure import Figure
from geo.coverage.manner import Doubt
from geo.coverage.quarters import QuarterCount, count_quarters
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState, incidence
from geo.coverage.status import Status
from geo.layers import Etat, Layer, LayerId, Precision, apart_text, known_populations, populations_suffice

REMEDY_CLSM = "Déclarez complète la liste des CLSM du département, ou importez la vôtre (page Données)."
# In the order of the banner, after the CLSM.
LIMITING = (
    LayerId.QPV, LayerId.ADULT_SECTORS, LayerId.CHILD_SECTORS, LayerId.CLS, LayerId.CPTS, LayerId.DAC,
)  # fmt: skip
REMEDIES = {
    "qpv": "Synchronisez les QPV (python -m geo sync qpv), ou importez votre liste (page Données).",
    "rural": "Synchronisez la grille de densité de l’INSEE (python -m geo sync densite).",
}


def scope_figures(scope: Scope, state: CoverageState) -> tuple[Figure, ...]:
    """Return the figures of a scope, each with the same one for the level above."""
    mine = _figures(scope, state)
    above = scope.above
    if above is None:
        return mine
    theirs = {f.id: f for f in _figures(above, state)}
    return tuple(replace(f, above=theirs.get(f.id), above_name=above.name) for f in mine)


def _figures(scope: Scope, state: CoverageState) -> tuple[Figure, ...]:
    rows = scope.rows
    made = [
        _covered(state, rows),
        _project(state, rows),
        *_quarters(scope, state),
        _rural(state, rows),
        *(_bodies(state, rows, *each) for each in BODIES),
    ]
    return tuple(_settle(figure) for figure in made if figure is not None)


def _settle(figure: Figure) -> Figure:
    """Say plainly what cannot change: a figure that is already at its upper bound is no floor."""
    highest = figure.total if figure.most is None else min(figure.most, figure.total or 0.0)
    if figure.at_least and figure.total_complete and figure.value == highest:
        return replace(figure, at_least=False, most=None)
    return figure if figure.at_least else replace(figure, most=None)


def _year(state: CoverageState, rows: Rows) -> str:
    return f"population municipale {state.atlas.population_year_of(state.departements(rows))}"


def _clsm_limits(state: CoverageState, rows: Rows) -> tuple[bool, str | None]:
    """Return whether more may be covered than is known here, and why."""
    unknown = state.status[rows] == Status.INCONNU
    aside = state.uncovered_by_choice[rows]
    reasons = []
    if (unknown & ~aside).any():
        reasons.append("la liste des CLSM n’est pas complète ici")
    if aside.any():
        people = fr.inhabitants(state.population[rows][aside].sum())
        reasons.append(
            f"{people} n’ont de CLSM ou de projet que d’après des faits que vous avez écartés ({state.aside.said})"
        )
    if np.isnan(state.estimated_part[rows]).any():
        reasons.append("une partie seulement de certaines communes est couverte, sans chiffre connu")
    lost = _unlocated(state, rows)
    if lost:
        reasons.append(f"{fr.count(lost, 'CLSM connu n’a', 'CLSM connus n’ont')} pas de communes connues")
    return bool(reasons), _sentence(reasons)


def _unlocated(state: CoverageState, rows: Rows) -> int:
    zones = state.crosswalk.layers[LayerId.CLSM].zones
    here = state.departements(rows)
    lost = (zones["precision"] == Precision.INCONNUE) & (zones["etat"] == Etat.EN_SERVICE)
    return int((lost & zones["departement"].isin(here)).sum())


def _sentence(reasons: Sequence[str]) -> str | None:
    text = fr.listing(reasons)
    return f"{text[0].upper()}{text[1:]}." if text else None


def _inside(sentence: str) -> str:
    """Write a sentence inside another."""
    return sentence[0].lower() + sentence[1:].rstrip(".")


def _clsm_source(state: CoverageState) -> str:
    layer = state.crosswalk.layers[LayerId.CLSM]
    return f"{layer.source}, {layer.vintage}"


def _of_inhabitants(state: CoverageState, rows: Rows) -> Callable[..., Figure]:
    """Return what makes a figure out of all the inhabitants of a scope."""
    return partial(
        Figure,
        total=float(state.population[rows].sum()),
        unit="habitants",
        year=_year(state, rows),
        source=f"INSEE, populations de référence ; CLSM : {_clsm_source(state)}",
    )


def _covered(state: CoverageState, rows: Rows) -> Figure:
    floor, why = _clsm_limits(state, rows)
    within = state.manners(rows)
    return _of_inhabitants(state, rows)(
        id="habitants",
        label="Habitants couverts par un CLSM en service",
        value=float(state.people["couverts"][rows].sum()),
        at_least=floor,
        most=float((state.people["couverts"] + state.possible)[rows].sum()),
        estimated=bool(Doubt.SUPPOSEE in {m.doubt for m in within} or np.nansum(state.estimated_part[rows]) > 0),
        reason=why,
        within=within,
        remedy=_remedy(None, floor),
    )


def _project(state: CoverageState, rows: Rows) -> Figure:
    unknown = bool((state.status[rows] == Status.INCONNU).any())
    return _of_inhabitants(state, rows)(
        id="projet",
        label="Habitants des communes où un CLSM est en projet",
        value=float(state.people["projet"][rows].sum()),
        at_least=unknown,
        most=float((state.people["projet"] + state.people["inconnus"])[rows].sum()),
        reason="La liste des CLSM, projets compris, n’est pas complète ici." if unknown else None,
        remedy=_remedy(None, unknown),
    )


@dataclass(frozen=True)
class _Listed:
    """What is known here of a layer: whether its list is complete, whether its zones can be counted, what limits the count."""

    complete: bool
    floor: bool
    withheld: bool
    reasons: tuple[str, ...]


def _listed(state: CoverageState, rows: Rows, layer_id: str, plural: str, *, some: bool) -> _Listed:
    """Say how far the zones of a layer that CLSM serve can be counted; `some`: at least one zone is known here."""
    complete = state.known_here(layer_id, rows)
    floor, why = _clsm_limits(state, rows)
    reasons = [] if complete else [f"la liste des {plural} n’est pas complète ici"]
    withheld = not complete and not some
    if why and not withheld:  # where it is withheld, whatever is known of the CLSM changes nothing
        reasons.append(_inside(why))
    return _Listed(complete, floor, withheld, tuple(reasons))


def _quarters(scope: Scope, state: CoverageState) -> tuple[Figure, Figure]:
    layer, rows = state.crosswalk.layers[LayerId.QPV], scope.rows
    count = count_quarters(state, rows)
    listed = _listed(state, rows, LayerId.QPV, "QPV", some=bool(count.total))
    doubtful = int(count.doubtful.sum())
    lost = [f"l’arrondissement de {fr.count(doubtful, 'QPV', 'QPV')} n’est pas connu"] if doubtful else []
    number = Figure(
        id="qpv",
        label="QPV dont toutes les communes sont couvertes",
        value=None if listed.withheld else float(count.served.sum()),
        total=None if listed.withheld else float(count.total),
        most=float((count.served | count.doubtful | count.possible).sum()) if listed.complete else None,
        unit="QPV",
        year=layer.vintage,
        source=f"{layer.source}, {layer.vintage} ; CLSM : {_clsm_source(state)}",
        at_least=(listed.floor or not listed.complete or bool(doubtful)) and not listed.withheld,
        total_complete=listed.complete,
        reason=_sentence([*listed.reasons, *lost]),
        remedy=_remedy(None if listed.complete else "qpv", listed.floor),
        beside=count.beside(apart_text(layer) if scope.kind == "france" else ""),
    )
    return number, _quarter_people(state, rows, number, count, listed, lost)


def _quarter_people(
    state: CoverageState, rows: Rows, number: Figure, count: QuarterCount, listed: _Listed, lost: Sequence[str]
) -> Figure:
    """Inhabitants of QPV covered; withheld where too few populations are known, for a share of those few would mislead."""
    missing = count.total - count.known
    scant = not populations_suffice(count.known, count.total)
    reasons = [*listed.reasons, *lost]
    if scant:
        reasons = [f"inconnu ({known_populations(count.known, count.total)})"]
    elif missing:
        reasons.append(f"sans les habitants de {fr.count(missing, 'QPV', 'QPV')}, qui ne sont pas connus")
    withheld = scant or listed.withheld
    return Figure(
        id="qpv-habitants",
        label="Habitants de QPV couverts",
        value=None if withheld else float(state.qpv[rows][state.is_covered[rows]].sum()),
        total=None if withheld else float(state.qpv[rows].sum()),
        most=float(state.qpv[rows][(state.is_covered | state.may_be)[rows]].sum())
        if listed.complete and not withheld
        else None,
        unit="habitants des QPV de population connue" if missing else "habitants de QPV",
        year=f"population municipale {count.years}" if count.years else "année non indiquée",
        source=number.source,
        at_least=number.at_least and not withheld,
        estimated=count.shared and not withheld,
        total_complete=listed.complete,
        reason=_sentence(reasons),
        remedy=_remedy("qpv" if missing or not listed.complete else None, listed.floor),
    )


def _remedy(what: str | None, clsm: bool) -> str | None:
    """Say how to complete: the remedy of REMEDIES for `what`, and that of the CLSM where their list is not complete."""
    return " ".join(([REMEDIES[what]] if what else []) + ([REMEDY_CLSM] if clsm else [])) or None


def _rural(state: CoverageState, rows: Rows) -> Figure:
    floor, why = _clsm_limits(state, rows)
    rural = state.density.rural[rows]
    reasons = ["le caractère rural est approché par la densité de la commune"] if state.density.estimated else []
    if why:
        reasons.append(_inside(why))
    return Figure(
        id="rural",
        label="Habitants des communes rurales couverts",
        value=float(state.people["couverts"][rows][rural].sum()),
        total=float(state.population[rows][rural].sum()),
        unit="habitants de communes rurales",
        year=_year(state, rows),
        source=f"{state.density.source} ; CLSM : {_clsm_source(state)}",
        at_least=floor,
        most=float((state.people["couverts"] + state.possible)[rows][rural].sum()),
        estimated=state.density.estimated,
        reason=_sentence(reasons),
        remedy=_remedy("rural" if state.density.estimated else None, floor),
    )


# Layer, its label, the noun of what is counted, whether a scope without any leaves the figure out.
BODIES = (
    ("epci", "EPCI ayant au moins une commune d’ici dans un CLSM", "EPCI", False),
    ("ept", "EPT du Grand Paris ayant au moins une commune d’ici dans un CLSM", "EPT", True),
    ("secteurs-adultes", "Secteurs adultes rencontrés par au moins un CLSM", "secteurs adultes", False),
    ("secteurs-enfants", "Secteurs infanto-juvéniles rencontrés par au moins un CLSM", "secteurs infanto-juvéniles", False),
    ("cls", "CLS en service rencontrés par au moins un CLSM", "CLS", False),
)  # fmt: skip


def _bodies(state: CoverageState, rows: Rows, layer_id: str, label: str, unit: str, silent: bool) -> Figure | None:
    layer = state.crosswalk.layers.get(layer_id)
    if layer is None:
        return None
    inside = np.zeros(len(state.status), dtype=bool)
    inside[rows] = True
    met, touched = zones_with_clsm(layer, state, inside)
    if silent and not met.any():
        return None
    listed = _listed(state, rows, layer_id, long_name(layer), some=bool(met.any()))
    every = met.any() and bool(touched[met].all())
    possible = (incidence(layer, len(state.status)) @ (inside & state.may_be).astype(float)) > 0
    return Figure(
        id=layer_id,
        label=label,
        value=None if listed.withheld else float((met & touched).sum()),
        total=None if listed.withheld else float(met.sum()),
        most=float((met & (touched | possible)).sum()) if listed.complete else None,
        unit=unit,
        year=layer.vintage,
        source=f"{layer.source}, {layer.vintage} ; CLSM : {_clsm_source(state)}",
        at_least=(not listed.complete or (listed.floor and not every)) and not listed.withheld,
        total_complete=listed.complete,
        reason=_sentence(listed.reasons),
        remedy=" ".join(
            ([] if listed.complete else [f"Importez votre liste de {layer.name} (page Données)."])
            + ([REMEDY_CLSM] if listed.floor else [])
        )
        or None,
    )


def zones_with_clsm(layer: Layer, state: CoverageState, inside: Bools) -> tuple[Bools, Bools]:
    """Return, for each zone in service: whether it has an atom among `inside`, and whether a CLSM surely serves one of them.

    Where the zone and the CLSM each hold only a part of a commune, they may not meet: it does not count.
    """
    size = len(state.status)
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()
    served = state.is_covered | (state.status == Status.PARTIEL)
    met = (incidence(layer, size) @ inside.astype(float)) > 0
    touched = (incidence(layer, size, parts=False) @ (inside & served).astype(float)) > 0
    touched |= (incidence(layer, size) @ (inside & state.is_covered).astype(float)) > 0
    return met & running, touched & running


def long_name(layer: Layer) -> str:
    """Return a layer's long name as it is written inside a sentence: « contrats locaux de santé », « EPCI »."""
    name = layer.long_name
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def limits(scope: Scope, state: CoverageState) -> tuple[tuple[str, str, str], ...]:
    """Return what limits the reading of a scope: (layer, why, how to complete), for the banner. Empty when nothing does."""
    rows = scope.rows
    found: list[tuple[str, str, str]] = []
    floor, why = _clsm_limits(state, rows)
    if floor and why:
        found.append(("CLSM", why, REMEDY_CLSM))
    for layer_id in LIMITING:
        layer = state.crosswalk.layers[layer_id]
        if not state.known_here(layer_id, rows):
            remedy = REMEDIES.get(layer_id, f"Importez votre liste de {layer.name} (page Données).")
            found.append((layer.name, layer.remark or "La liste n’est pas complète ici.", remedy))
    count = count_quarters(state, rows)
    if state.known_here(LayerId.QPV, rows) and count.known < count.total:
        known = known_populations(count.known, count.total)
        found.append(("Habitants de QPV", f"Liste complète, {known}.", REMEDIES["qpv"]))
    if state.density.estimated:
        found.append(("Densité", "Le caractère rural est approché par la densité de la commune.", REMEDIES["rural"]))
    return tuple(found)
