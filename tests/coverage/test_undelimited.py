"""A complete list of CLSM proves nothing where the communes of one of them are not all known, nor what « à confirmer » is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.communes import approximate_density
from geo.coverage import (
    CoverageState,
    Figure,
    Situation,
    Status,
    complete_text,
    coverage_state,
    gap_table,
    read_scope,
    scope_figures,
)
from geo.layers import Declared, Etat, Precision, build_crosswalk
from tests.support import real
from tests.support.grid import Zone, crosswalk, draw, plain, zone

ATLAS = draw([[100, 200, 300], [400, 500, 600]], departement=[["01"] * 3, ["02"] * 3], side=100.0)
KNOWN_IN_PART = zone("01001", precision=Precision.PARTIELLE, departement="01")
WITHOUT_PLACE = zone(precision=Precision.INCONNUE, departement="01")


def _state(clsm: dict[str, Zone], declared: tuple[str, ...] = ("01", "02")) -> CoverageState:
    built = crosswalk(ATLAS, {"clsm": clsm, "epci": {}, "ept": {}})
    return coverage_state(built, approximate_density(ATLAS), complete=declared)


def _people(state: CoverageState, scope: str = "01") -> Figure:
    return scope_figures(read_scope(scope, ATLAS), state, beside=False)[0]


@pytest.mark.parametrize("clsm", [KNOWN_IN_PART, WITHOUT_PLACE])
def test_no_commune_is_firmly_without_clsm_beside_one_whose_communes_are_not_all_known(clsm: Zone) -> None:
    state = _state({"a": zone("01001"), "lost": clsm})
    assert [Status(s) for s in state.status] == [
        Status.COUVERT, Status.INCONNU, Status.INCONNU, *[Status.NON_COUVERT] * 3,
    ]  # fmt: skip
    found = _people(state)
    assert (found.value, found.most, found.total) == (100, 600, 600)
    assert plain(found.amount) == "entre 16,7 % et 100 %"
    table = gap_table("commune", read_scope("01", ATLAS), state)
    assert table["non_couverts"].sum() == 0 and table["inconnus"].sum() == 500


@pytest.mark.parametrize(
    ("clsm", "said"),
    [
        (KNOWN_IN_PART, "1 CLSM connu n’a qu’une partie de ses communes connues"),
        (WITHOUT_PLACE, "1 CLSM connu n’a pas de communes connues"),
    ],
)
def test_why_it_stays_open_is_said_without_blaming_the_list(clsm: Zone, said: str) -> None:
    state = _state({"lost": clsm})
    assert plain(str(_people(state).reason)) == f"{said}."
    text = plain(complete_text(["01"], state.crosswalk, ("01",)))
    assert "« lost »" in text and "reste « inconnu »" in text and "01" in text
    assert "repose sur votre déclaration" not in text, "nothing there is « non couvert »"
    assert "composition" in Situation(Status.INCONNU).meaning


@pytest.mark.parametrize(
    ("lapsed", "reason"),
    [
        (False, "1 CLSM connu n’a pas de communes connues."),
        (True, "La liste des CLSM n’est pas complète ici et 1 CLSM connu n’a pas de communes connues."),
    ],
)
def test_a_list_published_complete_is_not_said_to_lack_a_clsm(lapsed: bool, reason: str) -> None:
    built = crosswalk(ATLAS, {"clsm": {"lost": WITHOUT_PLACE}, "epci": {}, "ept": {}})
    published = Declared("Claire Martin", "2026-11-02", frozenset({"01"}), "2026-11-20" if lapsed else "", lapsed)
    layer = replace(built.layers["clsm"], extent=frozenset({"01"}), declared=(published,)).held_back()
    state = coverage_state(build_crosswalk(ATLAS, {**built.layers, "clsm": layer}), approximate_density(ATLAS))
    assert plain(str(_people(state).reason)) == reason
    text = plain(complete_text(["01"], state.crosswalk, ()))
    assert ("« lost » ne sont pas toutes connues" in text) is not lapsed


def test_a_project_of_unknown_communes_covers_nobody_and_opens_nothing() -> None:
    lost = zone(precision=Precision.INCONNUE, departement="01", etat=Etat.PROJET)
    assert plain(_people(_state({"lost": lost})).amount) == "0 %"


def test_what_is_to_be_confirmed_may_be_in_service() -> None:
    state = _state(
        {"a": zone("01001"), "maybe": zone("01002", etat=Etat.A_CONFIRMER), "p": zone("01003", etat=Etat.PROJET)}
    )
    found = _people(state)
    assert (found.value, found.most, found.total) == (100, 300, 600)  # the project of 300 people is known to be one
    assert plain(str(found.reason)) == "200 habitants sont dans un CLSM à confirmer, qui est peut-être en service."
    assert [Status(s) for s in state.status[:3]] == [Status.COUVERT, Status.PROJET, Status.PROJET]


def test_declaring_the_nord_complete_leaves_the_val_de_marque_open() -> None:
    state = coverage_state(real.crosswalk(), real.density(), complete=["59", "62"])
    rows = state.atlas.members("departement", "59")
    assert not (state.status[rows] == Status.NON_COUVERT).any()
    assert (state.status[state.atlas.members("departement", "62")] == Status.NON_COUVERT).any()
    text = plain(complete_text(["59", "62"], real.crosswalk(), ("59", "62")))
    assert "CISM du Val de Marque" in text and "votre déclaration de liste complète : 62." in text
