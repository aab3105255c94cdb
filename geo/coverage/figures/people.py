"""The figures of a territory's coverage, each with its numerator, denominator, year, source and what limits it.

Where a list is not complete, a figure is « au moins » or withheld, never zero; it says why, and how to complete. A share of
people is one value over one set of atoms (`geo.shares`). Bodies, sectors and CLS are in `bodies`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from geo import french as fr
from geo.arrays import Rows
from geo.coverage.figures.bodies import body_figures
from geo.coverage.figures.figure import Figure
from geo.coverage.figures.ground import REMEDY_CLSM, Ground, inside, sentence
from geo.coverage.figures.quarters import QuarterCount, count_quarters
from geo.coverage.manner import Doubt
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState
from geo.coverage.status import Status
from geo.layers import LayerId, apart_text, known_populations, populations_suffice
from geo.shares import Share

REMEDIES = {
    "qpv": "Synchronisez les QPV, ou importez votre liste (page Données).",
    "rural": "Synchronisez la grille de densité de l’INSEE (page Données).",
}


def scope_figures(scope: Scope, state: CoverageState, *, beside: bool = True) -> tuple[Figure, ...]:
    """Return the figures of a scope, each with the same one for the level above unless `beside` is false."""
    mine = _figures(Ground(scope, state))
    above = scope.above if beside else None
    if above is None:
        return mine
    theirs = {f.id: f for f in _figures(Ground(above, state))}
    return tuple(replace(f, above=theirs.get(f.id), above_name=above.name) for f in mine)


def covered_figure(scope: Scope, state: CoverageState) -> Figure:
    """Return the first of these figures alone, the people covered, without the level above."""
    return _settle(_covered(Ground(scope, state)))


def _figures(ground: Ground) -> tuple[Figure, ...]:
    made = [_covered(ground), _project(ground), *_quarters(ground), _rural(ground), *body_figures(ground)]
    return tuple(_settle(figure) for figure in made)


def _settle(figure: Figure) -> Figure:
    """Say plainly what cannot change: a figure that is already at its upper bound is no floor."""
    highest = figure.total if figure.most is None else min(figure.most, figure.total or 0.0)
    if figure.at_least and figure.total_complete and figure.value == highest:
        return replace(figure, at_least=False, most=None)
    return figure if figure.at_least else replace(figure, most=None)


def _covered(ground: Ground) -> Figure:
    state, rows = ground.state, ground.rows
    within = state.manners(rows)
    return replace(
        _served(ground, rows, "habitants"),
        id="habitants",
        label="Habitants couverts par un CLSM en service",
        source=f"INSEE, populations de référence ; CLSM : {ground.clsm_source}",
        estimated=bool(Doubt.SUPPOSEE in {m.doubt for m in within} or np.nansum(state.estimated_part[rows]) > 0),
        reason=ground.why,
        within=within,
        remedy=_remedy(None, ground),
    )


def _served(ground: Ground, rows: Rows, of: str) -> Figure:
    """Return how many people of some atoms a CLSM in service covers, between what is known and what may be; `of` names them."""
    state = ground.state
    share = Share(state.people["couverts"], state.population, rows, of)
    return Figure(
        id="",
        label="",
        value=share.part,
        total=share.whole,
        unit=share.of,
        year=ground.year,
        source="",
        at_least=ground.floor,
        most=float((state.people["couverts"] + state.possible)[rows].sum()),
    )


def _project(ground: Ground) -> Figure:
    state, rows = ground.state, ground.rows
    share = Share(state.people["projet"], state.population, rows)
    unknown = bool((state.status[rows] == Status.INCONNU).any())
    return Figure(
        id="projet",
        label="Habitants des communes où un CLSM est en projet",
        value=share.part,
        total=share.whole,
        unit=share.of,
        year=ground.year,
        source=f"INSEE, populations de référence ; CLSM : {ground.clsm_source}",
        at_least=unknown,
        most=float((state.people["projet"] + state.people["inconnus"])[rows].sum()),
        reason="La liste des CLSM, projets compris, n’est pas complète ici." if unknown else None,
        remedy=REMEDY_CLSM if unknown else None,
    )


@dataclass(frozen=True)
class _Listed:
    """How far the QPV of a scope can be counted: whether their list is complete, whether any can, and what limits the count."""

    complete: bool
    withheld: bool
    reasons: tuple[str, ...]


def _listed(ground: Ground, some: bool) -> _Listed:
    complete = ground.listed(LayerId.QPV)
    withheld = not complete and not some
    reasons = [] if complete else ["la liste des QPV n’est pas complète ici"]
    if ground.why and not withheld:  # where it is withheld, whatever is known of the CLSM changes nothing
        reasons.append(inside(ground.why))
    return _Listed(complete, withheld, tuple(reasons))


def _quarters(ground: Ground) -> tuple[Figure, Figure]:
    state = ground.state
    layer = state.crosswalk.layers[LayerId.QPV]
    count = count_quarters(state, ground.rows)
    listed = _listed(ground, bool(count.total))
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
        source=f"{layer.source}, {layer.vintage} ; CLSM : {ground.clsm_source}",
        at_least=(ground.floor or not listed.complete or bool(doubtful)) and not listed.withheld,
        total_complete=listed.complete,
        reason=sentence([*listed.reasons, *lost]),
        remedy=_remedy(None if listed.complete else "qpv", ground),
        beside=count.beside(apart_text(layer) if ground.scope.kind == "france" else ""),
    )
    return number, _quarter_people(ground, number, count, listed, lost)


def _quarter_people(
    ground: Ground, number: Figure, count: QuarterCount, listed: _Listed, lost: Sequence[str]
) -> Figure:
    """Inhabitants of QPV covered; withheld where too few populations are known, for a share of those few would mislead."""
    state, rows = ground.state, ground.rows
    missing = count.total - count.known
    scant = not populations_suffice(count.known, count.total)
    reasons = [*listed.reasons, *lost]
    if scant:
        reasons = [f"inconnu ({known_populations(count.known, count.total)})"]
    elif missing:
        reasons.append(f"sans les habitants de {fr.count(missing, 'QPV', 'QPV')}, qui ne sont pas connus")
    withheld = scant or listed.withheld
    share = Share.within(state.qpv, rows[state.is_covered[rows]], rows, "habitants de QPV")
    return Figure(
        id="qpv-habitants",
        label="Habitants de QPV couverts",
        value=None if withheld else share.part,
        total=None if withheld else share.whole,
        most=float(state.qpv[rows][(state.is_covered | state.may_be)[rows]].sum())
        if listed.complete and not withheld
        else None,
        unit="habitants des QPV de population connue" if missing else share.of,
        year=f"population municipale {count.years}" if count.years else "année non indiquée",
        source=number.source,
        at_least=number.at_least and not withheld,
        estimated=count.shared and not withheld,
        total_complete=listed.complete,
        reason=sentence(reasons),
        remedy=_remedy("qpv" if missing or not listed.complete else None, ground),
    )


def _remedy(what: str | None, ground: Ground) -> str | None:
    """Say how to complete: the remedy of REMEDIES for `what`, and that of the CLSM where their list is not complete."""
    return " ".join(([REMEDIES[what]] if what else []) + ([REMEDY_CLSM] if ground.floor else [])) or None


def _rural(ground: Ground) -> Figure:
    state = ground.state
    reasons = ["le caractère rural est approché par la densité de la commune"] if state.density.estimated else []
    if ground.why:
        reasons.append(inside(ground.why))
    return replace(
        _served(ground, ground.rows[state.density.rural[ground.rows]], "habitants de communes rurales"),
        id="rural",
        label="Habitants des communes rurales couverts",
        source=f"{state.density.source} ; CLSM : {ground.clsm_source}",
        estimated=state.density.estimated,
        reason=sentence(reasons),
        remedy=_remedy("rural" if state.density.estimated else None, ground),
    )
