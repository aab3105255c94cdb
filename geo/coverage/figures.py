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
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState, incidence
from geo.coverage.status import Status
from geo.layers import Etat, Layer, LayerId, Precision

REMEDY_CLSM = "Déclarez complète la liste des CLSM du département, ou importez la vôtre (page Données)."
# In the order of the banner, after the CLSM.
LIMITING = (
    LayerId.QPV, LayerId.ADULT_SECTORS, LayerId.CHILD_SECTORS, LayerId.CLS, LayerId.CPTS, LayerId.DAC,
)  # fmt: skip
REMEDIES = {
    "qpv": "Synchronisez les QPV (python -m geo sync qpv), ou importez votre liste (page Données).",
    "rural": "Synchronisez la grille de densité de l’INSEE (python -m geo sync densite).",
}


@dataclass(frozen=True)
class Figure:
    """One figure: `value` out of `total`, in `unit`.

    `value` is None when nothing can be said (`reason` says why). `at_least` marks a floor; `estimated` an estimate;
    `total_complete` is False when the denominator counts only what is known. `remedy` says how to complete. `above` is
    the same figure for the level above, whose name is `above_name`.
    """

    id: str
    label: str
    value: float | None
    total: float | None
    unit: str
    year: str
    source: str
    at_least: bool = False
    estimated: bool = False
    total_complete: bool = True
    reason: str | None = None
    remedy: str | None = None
    above: Figure | None = None
    above_name: str = ""

    @property
    def unknown(self) -> bool:
        """Whether the figure is withheld."""
        return self.value is None

    @property
    def share(self) -> float | None:
        """Share from 0 to 1, None when it cannot be said: value withheld, or denominator zero or incomplete."""
        if self.value is None or not self.total or not self.total_complete:
            return None
        return self.value / self.total

    @property
    def amount(self) -> str:
        """Write the figure in short: « au moins 12,5 % », « au moins 3 » or « non évaluable »."""
        if self.value is None:
            return "non évaluable"
        if not self.total and self.total_complete:
            return "sans objet"
        shown = fr.number(self.value) if self.share is None else fr.percent(self.share)
        return f"{self._hedge}{shown}"

    @property
    def fraction(self) -> str:
        """Write numerator and denominator: « 236 710 sur 1 426 929 habitants »."""
        if self.value is None:
            return self.reason or "inconnu"
        if self.total is None:
            return f"{self._hedge}{fr.number(self.value)} {self.unit}"
        if not self.total and self.total_complete:
            return f"aucun ici ({self.unit})"
        known = "" if self.total_complete else " connus ici"
        return f"{fr.number(self.value)} sur {fr.number(self.total)} {self.unit}{known}"

    @property
    def sentence(self) -> str:
        """Write the figure whole: label, amount, numerator and denominator, year."""
        if self.value is None:
            return fr.typeset(f"{self.label} : non évaluable. {self.reason or ''}".strip())
        year = f" ({self.year})" if self.year else ""
        return fr.typeset(f"{self.label} : {self.amount}, {self.fraction}{year}.")

    @property
    def _hedge(self) -> str:
        if self.at_least:
            return "au moins "
        return "environ " if self.estimated else ""


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
        *_quarters(state, rows),
        _rural(state, rows),
        *(_bodies(state, rows, *each) for each in BODIES),
    ]
    return tuple(_settle(figure) for figure in made if figure is not None)


def _settle(figure: Figure) -> Figure:
    """Say plainly what cannot change, and withhold « au moins 0 », which says nothing and would read as none."""
    if not figure.at_least:
        return figure
    if figure.total_complete and figure.value == figure.total:
        return replace(figure, at_least=False)
    if figure.value:
        return figure
    known = f"Aucun chiffre sûr ici. {figure.reason or ''}".strip()
    return replace(figure, value=None, at_least=False, reason=known)


def _year(state: CoverageState, rows: Rows) -> str:
    return f"population municipale {state.atlas.population_year_of(state.departements(rows))}"


def _clsm_limits(state: CoverageState, rows: Rows) -> tuple[bool, str | None]:
    """Return whether more may be covered than is known here, and why."""
    status = state.status[rows]
    reasons = []
    if (status == Status.INCONNU).any():
        reasons.append("la liste des CLSM n’est pas complète ici")
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
    supposed = float(state.population[rows][state.status[rows] == Status.SUPPOSE].sum())
    reasons = [_inside(why)] if why else []
    if supposed:
        reasons.append(f"{fr.inhabitants(supposed)} vivent dans un périmètre supposé d’après le nom du CLSM")
    return _of_inhabitants(state, rows)(
        id="habitants",
        label="Habitants couverts par un CLSM en service",
        value=float(state.people["couverts"][rows].sum()),
        at_least=floor,
        estimated=bool(supposed or np.nansum(state.estimated_part[rows]) > 0),
        reason=_sentence(reasons),
        remedy=_remedy(None, floor),
    )


def _project(state: CoverageState, rows: Rows) -> Figure:
    unknown = bool((state.status[rows] == Status.INCONNU).any())
    return _of_inhabitants(state, rows)(
        id="projet",
        label="Habitants des communes où un CLSM est en projet",
        value=float(state.people["projet"][rows].sum()),
        at_least=unknown,
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


def _quarters(state: CoverageState, rows: Rows) -> tuple[Figure, Figure]:
    layer = state.crosswalk.layers[LayerId.QPV]
    inside = np.zeros(len(state.status), dtype=bool)
    inside[rows] = True
    held = incidence(layer, len(state.status))
    met = (held @ inside.astype(float)) > 0
    # A quarter cut by the border of the scope is judged on its communes inside.
    lacking = (held @ (inside & ~state.is_covered).astype(float)) > 0
    listed = _listed(state, rows, LayerId.QPV, "QPV", some=bool(met.any()))
    unknown = layer.members["inhabitants"].isna().to_numpy() & inside[layer.members["row"].to_numpy()]
    missing = int(layer.members["zone"][unknown].nunique())
    lost = [f"sans les habitants de {fr.count(missing, 'QPV', 'QPV')}, qui ne sont pas connus"] if missing else []
    years = "/".join(sorted({y for y in layer.zones["annee"].to_numpy()[met] if y})) if met.any() else ""
    shared = _is_shared(layer)[layer.members["zone"]] & inside[layer.members["row"]]
    of_quarters = partial(
        Figure,
        source=f"{layer.source}, {layer.vintage} ; CLSM : {_clsm_source(state)}",
        at_least=(listed.floor or not listed.complete) and not listed.withheld,
        total_complete=listed.complete,
    )
    number = of_quarters(
        id="qpv",
        label="QPV dont toutes les communes sont couvertes",
        value=None if listed.withheld else float((met & ~lacking).sum()),
        total=None if listed.withheld else float(met.sum()),
        unit="QPV",
        year=layer.vintage,
        reason=_sentence(listed.reasons),
        remedy=_remedy(None if listed.complete else "qpv", listed.floor),
    )
    people = of_quarters(
        id="qpv-habitants",
        label="Habitants de QPV couverts",
        value=None if listed.withheld else float(state.qpv[rows][state.is_covered[rows]].sum()),
        total=None if listed.withheld else float(state.qpv[rows].sum()),
        unit="habitants des QPV de population connue" if missing else "habitants de QPV",
        year=f"population municipale {years}" if years else "année non indiquée",
        estimated=bool(shared.any()),
        reason=_sentence([*listed.reasons, *lost]),
        remedy=_remedy("qpv" if missing or not listed.complete else None, listed.floor),
    )
    return number, people


def _is_shared(layer: Layer) -> Bools:
    """Return which quarters lie in several communes: their inhabitants are shared out by area."""
    return np.bincount(layer.members["zone"].to_numpy(), minlength=len(layer.zones)) > 1


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
    return Figure(
        id=layer_id,
        label=label,
        value=None if listed.withheld else float((met & touched).sum()),
        total=None if listed.withheld else float(met.sum()),
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
    if state.density.estimated:
        found.append(("Densité", "Le caractère rural est approché par la densité de la commune.", REMEDIES["rural"]))
    return tuple(found)
