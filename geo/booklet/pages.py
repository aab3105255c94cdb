"""The pages of the printed atlas as plain values, and their typesetting: one document, tagged, whose index leads to each page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo import french as fr
from geo.communes import counted
from geo.coverage import (
    CoverageState,
    Scope,
    compared,
    complete_text,
    coverage,
    gap_table,
    scope_figures,
    scopes,
)
from geo.errors import GeoInputError
from geo.exports import coverage_map, make_pdf
from geo.indicators import Indicators, Kind, SetAnswers, answer, answers_over
from geo.layers import Etat, LayerId, Precision

if TYPE_CHECKING:
    pass

Told = Callable[[float, str], None]  # how far the making is (0 to 1), and what is being made
PER: Mapping[str, str] = {"epci": "EPCI", "departement": "département"}
KINDS = {"departement": "Département", "epci": "EPCI", "ept": "EPT du Grand Paris"}
SHOWN = ("habitants", "projet", "qpv", "qpv-habitants", "rural")
MOST_CLSM, MOST_COMMUNES = 6, 6
NO_INDICATORS = Indicators()
MAP_MM = 104.0
DRAWN = 0.9  # part of the time that the pages take; the rest is typesetting


def booklet_scopes(scope: Scope, per: str, state: CoverageState) -> tuple[Scope, ...]:
    """Return the territories that have a page, in the order of their names; départements in that of their codes.

    Among the EPCI, the Métropole du Grand Paris gives way to its EPT and to Paris, as in every order of the page Couverture.

    Raises
    ------
    GeoInputError
        When `per` is none of PER, or the territory is too small to have any.
    """
    if per not in PER:
        raise GeoInputError(f"Une page par {fr.listing(PER.values())} : « {per[:20]} » n’est ni l’un ni l’autre.")
    scope, every = scope.on(state.atlas), scopes(state.atlas)
    if scope.kind not in ("france", "region", "departement") or (scope.kind, per) == ("departement", "departement"):
        raise GeoInputError("Un atlas se fait pour une région ou pour la France, ou pour les EPCI d’un département.")
    if per == "departement":
        return tuple(every[f"dep-{code}"] for code in scope.departements)
    found = []
    for code, name in compared("epci", scope, state).table["nom"].items():
        kind = "ept" if code in state.atlas.ept.index else "epci" if code in state.atlas.epci.index else "departement"
        found.append(every[f"dep-{code}"] if kind == "departement" else _local(kind, str(code), str(name), scope))
    return tuple(sorted(found, key=lambda s: (fr.order(s.name), s.code)))


def _local(kind: str, code: str, name: str, inside: Scope) -> Scope:
    return Scope(kind, code, name, lambda: inside.atlas)


def booklet_pdf(
    scope: Scope,
    per: str,
    state: CoverageState,
    *,
    made_on: date,
    tell: Told = lambda *_: None,
    indicators: Indicators = NO_INDICATORS,
) -> bytes:
    """Typeset the atlas of a territory as PDF/UA-1; errors as for `booklet_scopes`."""
    data = booklet_data(scope, per, state, made_on=made_on, tell=tell, indicators=indicators)
    tell(DRAWN, "Mise en pages")
    made = make_pdf("atlas", data)
    tell(1.0, "Prêt")
    return made


def booklet_data(
    scope: Scope,
    per: str,
    state: CoverageState,
    *,
    made_on: date,
    tell: Told = lambda *_: None,
    indicators: Indicators = NO_INDICATORS,
) -> dict[str, Any]:
    """Return what the pages say, as plain values; `indicators` of need have a line on each."""
    scope, chosen = scope.on(state.atlas), booklet_scopes(scope, per, state)
    needs = _needs(chosen, state, indicators)
    around = gap_table("epci", scope, state) if per == "epci" else pd.DataFrame()
    pages = []
    for i, one in enumerate(chosen):
        tell(DRAWN * i / len(chosen), f"{one.name} ({i + 1} sur {len(chosen)})")
        pages.append(_page(one, state, around) | {"needs": needs[i]})
    found = {f.id: f for f in scope_figures(scope, state, beside=False)}
    drawn = coverage_map(scope, state, height_mm=150.0, named=True, light=True)
    atlas = state.atlas
    return {
        "title": fr.typeset(f"Atlas de la couverture par les CLSM : {scope.name}"),
        "subtitle": fr.typeset(
            f"{fr.count(len(chosen), 'page', 'pages')}, une par {PER[per]}. Communes au 1er janvier {atlas.year}, population municipale "
            f"{atlas.population_year_of(scope.departements)}. Fait le {fr.long_date(made_on)}."
        ),
        "lead": found["habitants"].sentence,
        "map": drawn.svg,
        "alt": drawn.alt,
        "index": "Index",
        "pages": pages,
        "limits": complete_text(scope.departements, state.crosswalk, state.complete),
        "sources": _sources(state),
    }


def _sources(state: CoverageState) -> str:
    layers = (state.crosswalk.layers[i] for i in (LayerId.CLSM, LayerId.QPV))
    said = [f"{layer.name} : {layer.source}, {layer.vintage}" for layer in layers]
    return fr.typeset(f"{' ; '.join(said)} ; {state.density.source}.")


def _page(scope: Scope, state: CoverageState, around: pd.DataFrame) -> dict[str, Any]:
    """Return one page: figures, map, the CLSM known, the largest communes without."""
    figures = {f.id: f for f in scope_figures(scope, state, beside=False)}
    drawn = coverage_map(scope, state, height_mm=MAP_MM, named=True, light=True)
    size = counted(state.atlas, scope.rows)
    where = fr.listing(f"{state.atlas.departements.at[d, 'nom']} ({d})" for d in scope.departements)
    people = fr.inhabitants(state.population[scope.rows].sum())
    beside = str(around.at[scope.code, "dispositifs"]) if scope.code in around.index else ""
    return {
        "name": scope.name,
        "kind": fr.typeset(f"{KINDS[scope.kind]} · {where} · {people}, {size}"),
        "figures": [[figures[i].label, figures[i].amount, figures[i].brief] for i in SHOWN if i in figures],
        "map": drawn.svg,
        "alt": drawn.alt,
        "clsm": _clsm(scope, state),
        "communes": _communes(scope, state),
        "beside": fr.typeset(f"Dispositifs connus : {beside}.") if beside else "",
    }


def _needs(chosen: Sequence[Scope], state: CoverageState, indicators: Indicators) -> list[str]:
    """Return the line of each page: the figure of every indicator, those unknown named together; "" without an indicator."""
    found = answers_over(indicators, state.atlas, [one.rows for one in chosen])
    return [_need(found, at) for at in range(len(chosen))] if found else [""] * len(chosen)


def _need(found: Sequence[SetAnswers], at: int) -> str:
    said = [(one.indicator, answer(one, at)) for one in found]
    known = [
        f"{about.label}, {about.year} ({about.source}) : {told.figure}"
        for about, told in said
        if told.kind is not Kind.NOTHING
    ]
    unknown = [about.label for about, told in said if told.kind is Kind.NOTHING]
    parts = [f"Besoin. {' ; '.join(known)}."] if known else []
    parts += [f"Inconnu ici : {fr.listing(unknown)}."] if unknown else []
    return fr.typeset(" ".join(parts))


def _clsm(scope: Scope, state: CoverageState) -> dict[str, Any]:
    found = coverage(scope, state.crosswalk, complete=state.complete, aside=state.aside).clsm()
    found = found.sort_values(["habitants", "nom"], ascending=[False, True])
    rows = [
        [str(row["nom"]), _state(row), "inconnus" if np.isnan(row["habitants"]) else fr.number(row["habitants"]), str(row["annee_source"]) or "sans date"]
        for _, row in found.head(MOST_CLSM).iterrows()
    ]  # fmt: skip
    more = f"Et {fr.count(len(found) - MOST_CLSM, 'autre')}." if len(found) > MOST_CLSM else ""
    return {
        "head": ["CLSM connus", "État", "Habitants ici", "Source de"],
        "rows": rows,
        "more": more or ("" if rows else "Aucun CLSM connu ici."),
    }


def _state(row: pd.Series) -> str:
    if row["etat"] != Etat.EN_SERVICE:
        return str(row["etat"])
    known = row["precision"] in (Precision.OFFICIELLE, Precision.LUE)
    return "en service" if known else f"en service, composition {row['precision']}"


def _communes(scope: Scope, state: CoverageState) -> dict[str, Any]:
    rows = scope.rows[state.is_without[scope.rows]]
    order = rows[np.argsort(-state.population[rows], kind="stable")]
    lines = [
        [str(state.atlas.names[r]), fr.number(state.population[r]), state.situations.labels(np.array([r]))[0]]
        for r in order[:MOST_COMMUNES]
    ]
    more = f"Et {fr.count(len(order) - MOST_COMMUNES, 'autre')}." if len(order) > MOST_COMMUNES else ""
    head = ["Communes sans CLSM ni projet connu", "Habitants", "Situation"]
    return {"head": head, "rows": lines, "more": more or ("" if lines else "Aucune commune sans CLSM ni projet connu.")}
