"""Facts by extension, supposed, old, undated or stated once: counted apart, and unknown when they are set aside."""

from __future__ import annotations

import numpy as np
import pytest

from geo.communes import approximate_density
from geo.coverage import (
    Aside,
    CoverageState,
    Doubt,
    Status,
    coverage,
    coverage_state,
    gap_table,
    read_aside,
    read_scope,
    scope_figures,
    source_years,
)
from geo.coverage.manner import confirmation
from geo.errors import GeoInputError
from geo.layers import Crosswalk, Etat, Precision
from tests.support import real
from tests.support.grid import crosswalk, draw, plain, zone

ATLAS = draw([[100, 200, 300, 400, 500]])
ZONES = {
    "clsm": {
        "read": zone("01001"),
        "spread": zone("01001", "01002", "01003", precision=Precision.ETENDUE),
        "named": zone("01004", precision=Precision.SUPPOSEE),
        "plan": zone("01005", etat=Etat.PROJET, precision=Precision.ETENDUE),
    },
    "epci": {},
    "ept": {},
}
YEARS = {"read": "2025", "spread": "2016", "named": "", "plan": "2024"}


def _crosswalk(*, complete: bool = False) -> Crosswalk:
    built = crosswalk(ATLAS, ZONES, complete=("clsm",) if complete else ())
    layer = built.layers["clsm"]
    layer.zones["annee_source"] = [YEARS[name] for name in layer.zones.index]
    layer.zones.loc["read", "status"] = ""  # someone's own list
    return built


def _state(*doubts: Doubt, years: int = 5, complete: bool = False) -> CoverageState:
    return coverage_state(_crosswalk(complete=complete), approximate_density(ATLAS), aside=Aside(doubts, years))


def test_people_are_counted_apart_by_the_manner_of_the_facts_that_cover_them() -> None:
    found = {m.doubt: m.people for m in _state().manners(np.arange(5))}
    # 01001 is also in a list that was read in 2025: no doubt there
    assert found == {
        Doubt.EXTENSION: 500,
        Doubt.SUPPOSEE: 400,
        Doubt.ANCIENNE: 500,
        Doubt.SANS_DATE: 400,
        Doubt.UNE_FOIS: 900,
    }


def test_the_figure_says_how_a_part_of_it_is_known() -> None:
    people = scope_figures(read_scope("01", ATLAS), _state())[0]
    assert people.value == 1000
    assert plain(people.manner) == (
        "Dont 500 habitants par extension aux communes de l’EPCI (source de 2016) ; 400 habitants dans un périmètre supposé "
        "d’après le nom du CLSM ; 500 habitants d’après une source de plus de 5 ans ; 400 habitants d’après une source sans "
        "date ; 900 habitants d’après des faits cités une fois, non confirmés depuis."
    )
    assert "par extension" in people.sentence


def test_the_age_past_which_a_source_is_old_is_a_setting() -> None:
    assert Doubt.ANCIENNE not in {m.doubt for m in _state(years=10).manners(np.arange(5))}
    with pytest.raises(GeoInputError, match="Ancienneté"):
        Aside((), 7)


def test_facts_set_aside_are_unknown_and_never_not_covered_even_in_a_complete_list() -> None:
    for complete in (False, True):
        status = [Status(s) for s in _state(Doubt.EXTENSION, complete=complete).status]
        assert status == [Status.COUVERT, Status.INCONNU, Status.INCONNU, Status.SUPPOSE, Status.INCONNU]
    people = scope_figures(read_scope("01", ATLAS), _state(Doubt.EXTENSION, complete=True))[0]
    assert (people.value, people.most, people.total) == (500, 1500, 1500)
    assert "1 000 habitants n’ont de CLSM ou de projet que d’après des faits que vous avez écartés" in plain(
        str(people.reason)
    )
    assert "n’est pas complète" not in str(people.reason)


def test_the_map_reads_the_same_status_as_the_figures() -> None:
    aside = Aside((Doubt.EXTENSION, Doubt.SANS_DATE))
    found = coverage(read_scope("01", ATLAS), _crosswalk(), aside=aside)
    assert found.status.tolist() == _state(*aside.doubts).status.tolist()
    assert found.covered == 100


def test_a_clsm_more_is_of_no_doubt_and_choices_are_kept() -> None:
    after = _state(Doubt.EXTENSION).with_clsm(np.array([1]))
    assert Status(after.status[1]) is Status.COUVERT
    assert {m.doubt: m.people for m in after.manners(np.arange(5))}[Doubt.SUPPOSEE] == 400
    assert after.aside.doubts == (Doubt.EXTENSION,)


def test_doubts_are_read_by_name_in_one_order_and_a_wrong_name_is_said() -> None:
    assert read_aside(["suppose", "extension", "suppose"]).doubts == (Doubt.EXTENSION, Doubt.SUPPOSEE)
    with pytest.raises(GeoInputError, match="douteux"):
        read_aside(["douteux"])


def test_a_fact_stated_once_says_so_and_a_list_of_ones_own_does_not() -> None:
    zones = _crosswalk().layers["clsm"].zones
    assert confirmation(zones.loc["spread"]) == "cité une fois, en 2016, non confirmé depuis"
    assert confirmation(zones.loc["named"]) == "cité une fois, sans date, non confirmé depuis"
    assert confirmation(zones.loc["read"]) == ""


def test_the_year_of_a_span_is_its_last() -> None:
    layer = _crosswalk().layers["clsm"]
    layer.zones["annee_source"] = ["2016-2018", "2021", "vers 2020", ""]
    assert source_years(layer).tolist()[:3] == [2018, 2021, 2020]


def test_lens_henin_is_covered_by_extension_from_a_source_of_2016() -> None:
    state = coverage_state(real.crosswalk(), real.density())
    rows = real.atlas().members("epci", "246200364")
    manner = state.manners(rows)[0]
    assert manner.doubt is Doubt.EXTENSION and "(source de 2016)" in manner.text
    assert manner.people == state.population[rows].sum()
    table = gap_table("epci", read_scope("62", real.atlas()), state)
    assert table.at["246200364", "sans_clsm"] == 0
    aside = coverage_state(real.crosswalk(), real.density(), aside=Aside((Doubt.EXTENSION,)))
    assert gap_table("epci", read_scope("62", real.atlas()), aside).at["246200364", "inconnus"] == manner.people
