"""Who is covered: the order of the statuses, what is unknown, and figures that add up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.communes import approximate_density
from geo.coverage import (
    STATES,
    STATUS_LABELS,
    STATUS_MEANINGS,
    Scope,
    Status,
    clsm_places,
    coverage,
    coverage_state,
    gap_table,
    read_scope,
    scopes,
)
from geo.coverage.status import commune_status
from geo.errors import GeoInputError
from geo.layers import Crosswalk, Etat, Precision, build_crosswalk
from tests.support import real
from tests.support.grid import FACT_LAYERS, Zone, crosswalk, draw, layer, zone

LINE = draw([[100, 200, 300, 400, 500, 600]])
SUPPOSED = Precision.SUPPOSEE


def _status(zones: dict[str, Zone], *, extent: tuple[str, ...] = (), complete: tuple[str, ...] = ()) -> list[Status]:
    found = commune_status(LINE, layer(LINE, "clsm", zones, extent=extent), complete=complete)
    return [Status(s) for s in found]


def test_each_kind_of_clsm_gives_its_status() -> None:
    zones = {
        "whole": zone("01001"),
        "supposed": zone("01002", precision=SUPPOSED),
        "part": zone(part=["01003"]),
        "project": zone("01004", etat=Etat.PROJET),
        "announced": zone("01005", etat=Etat.ANNONCE),
    }
    assert _status(zones) == [
        Status.COUVERT, Status.SUPPOSE, Status.PARTIEL, Status.PROJET, Status.PROJET, Status.INCONNU,
    ]  # fmt: skip


def _imported(people: float, **more: Zone) -> Crosswalk:
    """CLSM with 01001 whole and an estimated part of 01002; a sector holding 01001 and part of 01002."""
    made = {}
    for layer_id in (*FACT_LAYERS, "epci"):
        held = layer_id in ("clsm", "secteurs-adultes", "epci")
        drawn = layer(LINE, layer_id, {"z": zone("01001", part=["01002"]), **more} if held else {})
        inhabitants = drawn.members["inhabitants"].fillna(people)
        made[layer_id] = replace(drawn, members=drawn.members.assign(inhabitants=inhabitants))
    return build_crosswalk(LINE, made)


def _zones(level: str, scope: Scope, built: Crosswalk, complete: tuple[str, ...] = ()) -> pd.DataFrame:
    state = coverage_state(built, approximate_density(built.atlas), complete=complete)
    return gap_table(level, scope, state)


def test_the_estimated_part_of_a_commune_counts_apart_and_is_marked() -> None:
    found = coverage(scopes(LINE)["france"], _imported(50.0))
    assert [Status(s) for s in found.status[:3]] == [Status.COUVERT, Status.PARTIEL, Status.INCONNU]
    assert found.covered == 100  # whole communes only
    assert found.partly_covered == 50
    clsm = found.clsm().loc["z"]
    assert (clsm["habitants"], clsm["estimation"]) == (150, True)
    sector = _zones("secteurs-adultes", scopes(LINE)["france"], _imported(50.0)).loc["z"]
    assert (sector["population"], sector["communes"]) == (150, 2)
    # a quarter of 01002 is covered: so is a quarter of the 50 of its people who are in the sector, as far as is known
    assert (sector["couverts"], sector["inconnus"]) == (112.5, 37.5)
    assert sector["lecture"].startswith("couvert 112")


def test_a_covered_part_without_a_figure_has_no_total() -> None:
    found = coverage(scopes(LINE)["france"], _imported(float("nan")))
    assert found.partly_covered is None
    clsm = found.clsm().loc["z"]
    assert (clsm["habitants"], clsm["estimation"]) == (100, False)


def test_parts_that_overlap_never_count_for_more_than_their_commune() -> None:
    found = coverage(scopes(LINE)["france"], _imported(150.0, other=zone(part=["01002"])))
    assert found.partly_covered == 200


def test_without_parts_of_communes_there_is_none_covered_in_part() -> None:
    found = coverage(scopes(LINE)["france"], crosswalk(LINE, {"clsm": {"z": zone("01001")}}))
    assert found.partly_covered == 0
    assert not found.clsm()["estimation"].any()


@given(st.permutations(["whole", "supposed", "part", "project"]), st.integers(1, 4))
def test_the_surest_coverage_wins_whatever_the_order_of_the_list(order: list[str], size: int) -> None:
    drawn = {
        "whole": (zone("01001"), Status.COUVERT),
        "supposed": (zone("01001", precision=SUPPOSED), Status.SUPPOSE),
        "part": (zone(part=["01001"]), Status.PARTIEL),
        "project": (zone("01001", etat=Etat.PROJET), Status.PROJET),
    }
    chosen = order[:size]
    found = _status({name: drawn[name][0] for name in chosen}, extent=("01",))
    assert found[0] is min(drawn[name][1] for name in chosen)


def test_a_supposed_project_is_a_project() -> None:
    assert _status({"z": zone("01001", etat=Etat.PROJET, precision=SUPPOSED)})[0] is Status.PROJET


def test_without_a_clsm_a_commune_is_unknown_unless_the_list_is_complete() -> None:
    assert set(_status({})) == {Status.INCONNU}
    assert set(_status({}, extent=("01",))) == {Status.NON_COUVERT}
    assert set(_status({}, complete=("01",))) == {Status.NON_COUVERT}
    assert set(_status({}, complete=("02",))) == {Status.INCONNU}


def test_a_complete_list_changes_nothing_for_the_communes_it_holds() -> None:
    zones = {"whole": zone("01001"), "project": zone("01002", etat=Etat.PROJET)}
    assert _status(zones, complete=("01",))[:2] == _status(zones)[:2] == [Status.COUVERT, Status.PROJET]


def _built() -> Crosswalk:
    atlas = draw(
        [[100, 200, 300], [400, 500, 600]],
        epci=[["E1", "E1", "E2"], ["E3", "E3", "E2"]],
        departement=[["01", "01", "02"], ["01", "01", "02"]],
    )
    clsm = {
        "town": zone("01001", departement="01"),
        "part": zone(part=["01005"], departement="01"),
        "lost": zone(precision=Precision.INCONNUE, departement="02", nom="CLSM du Pays"),
    }
    sectors = {"s": zone("01002", "02003"), "t": zone("01001"), "u": zone(part=["01004"])}
    owner = atlas.table.groupby("epci")["code"].agg(tuple)
    epci = {k: zone(*v, precision=Precision.OFFICIELLE) for k, v in owner.items()}
    return crosswalk(atlas, {"clsm": clsm, "secteurs-adultes": sectors, "epci": epci})


def test_figures_of_a_departement_by_hand() -> None:
    built = _built()
    found = coverage(read_scope("01", built.atlas), built)
    assert found.by_status["communes"].to_dict() == {
        Status.COUVERT: 1, Status.SUPPOSE: 0, Status.PARTIEL: 1, Status.PROJET: 0, Status.NON_COUVERT: 0, Status.INCONNU: 2,
    }  # fmt: skip
    assert found.by_status["population"].tolist() == [100, 0, 500, 0, 0, 600]
    assert (found.population, found.covered) == (1200, 100)


def test_an_epci_across_two_departements_shows_the_part_inside_the_scope() -> None:
    atlas = draw([[100, 200]], departement=[["01", "02"]])
    zones = {"clsm": {"c": zone("01001")}, "epci": {"E": zone("01001", "02002")}}
    built = crosswalk(atlas, zones)
    part = _zones("epci", read_scope("dep-01", atlas), built).loc["E"]
    assert (part["communes"], part["population"], part["lecture"]) == (1, 100, "couvert 100")
    whole = _zones("epci", read_scope("france", atlas), built).loc["E"]
    assert (whole["communes"], whole["population"]) == (2, 300)
    assert (whole["lecture"], whole["majorite"]) == ("inconnu 200 · couvert 100", "inconnu")


@pytest.mark.parametrize(
    ("clsm", "complete", "reading"),
    [
        ({"c": zone("01001", "01002")}, (), "couvert 300"),
        ({"c": zone("01001"), "d": zone("01002", precision=SUPPOSED)}, (), "couvert 300"),
        ({"c": zone("01001")}, (), "inconnu 200 · couvert 100"),
        ({"c": zone(part=["01001"])}, (), "inconnu 200 · en partie 100"),
        ({"c": zone("01001", "01002", etat=Etat.PROJET)}, (), "projet 300"),
        ({"c": zone("01001", etat=Etat.PROJET)}, ("01",), "non couvert 200 · projet 100"),
        ({}, (), "inconnu 300"),
        ({}, ("01",), "non couvert 300"),
    ],
)
def test_the_reading_of_a_zone(clsm: dict[str, Zone], complete: tuple[str, ...], reading: str) -> None:
    built = crosswalk(LINE, {"clsm": clsm, "cls": {"z": zone("01001", "01002")}})
    found = _zones("cls", read_scope("france", LINE), built, complete)
    assert found.loc["z", "lecture"] == reading


def test_a_commune_partly_in_a_sector_is_not_counted_there() -> None:
    found = _zones("secteurs-adultes", read_scope("01", _built().atlas), _built())
    assert found["population"].to_dict() == {"s": 200, "t": 100, "u": 0}
    assert np.isnan(found.at["u", "part_couverte"])  # of a part whose people are not known, no share can be said
    assert found.at["u", "lecture"] == "aucun habitant connu"


def test_the_clsm_of_a_scope_include_those_whose_communes_are_unknown() -> None:
    built = _built()
    mine = coverage(read_scope("01", built.atlas), built).clsm()
    assert mine.index.tolist() == ["town", "part"]
    assert mine["communes"].tolist() == [1, 1]
    assert mine.at["town", "habitants"] == 100
    assert np.isnan(mine.at["part", "habitants"])
    other = coverage(read_scope("02", built.atlas), built).clsm()
    assert other.index.tolist() == ["lost"]
    assert other.at["lost", "communes"] == 0


def test_a_zone_outside_the_scope_is_not_shown() -> None:
    built = _built()
    assert _zones("epci", read_scope("02", built.atlas), built).index.tolist() == ["E2"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("France", "france"), ("94", "dep-94"), ("2a", "dep-2A"), ("1", "dep-01"), ("dep-94", "dep-94"),
        (" reg-11 ", "reg-11"), ("974", "dep-974"), ("dep-2a", "dep-2A"),
    ],
)  # fmt: skip
def test_a_scope_is_found_by_its_id_or_its_departement(text: str, found: str) -> None:
    assert read_scope(text, real.atlas()).id == found


@pytest.mark.parametrize("text", ["", "20", "reg-99", "Créteil", "94028"])
def test_a_scope_that_nothing_matches_is_an_error_with_examples(text: str) -> None:
    with pytest.raises(GeoInputError, match="territoire inconnu"):
        read_scope(text, real.atlas())


def test_scopes_hold_france_its_regions_and_its_departements() -> None:
    kinds = [s.kind for s in scopes(real.atlas()).values()]
    assert (kinds.count("france"), kinds.count("region"), kinds.count("departement")) == (1, 18, 101)
    assert all(key == scope.id for key, scope in scopes(real.atlas()).items())


def test_every_status_has_a_label_and_a_meaning() -> None:
    assert set(STATUS_LABELS) == set(STATUS_MEANINGS) == set(Status)
    assert len(set(STATUS_LABELS.values())) == len(Status)


def test_figures_add_up_for_france() -> None:
    built = real.crosswalk()
    france = coverage(read_scope("france", real.atlas()), built)
    assert france.population == 68_350_798
    assert france.by_status["communes"].sum() == 34_917
    whole = france.by_status
    for kind in ("dep-", "reg-"):
        parts = [coverage(s, built).by_status for i, s in scopes(real.atlas()).items() if i.startswith(kind)]
        assert sum(part["population"] for part in parts).tolist() == whole["population"].tolist()
        assert sum(part["communes"] for part in parts).tolist() == whole["communes"].tolist()
    for layer_id in ("epci", "departements"):
        zones = _zones(layer_id, france.scope, built)
        assert zones[list(STATES)].sum(axis=1).tolist() == zones["population"].tolist()
    assert _zones("departements", france.scope, built)["population"].sum() == 68_350_798


@given(st.sets(st.sampled_from(["94", "79", "2A", "974", "976", "75"])))
def test_stating_that_lists_are_complete_only_turns_unknown_into_not_covered(complete: set[str]) -> None:
    built = real.crosswalk()
    before = commune_status(real.atlas(), built.layers["clsm"])
    after = commune_status(real.atlas(), built.layers["clsm"], complete=complete)
    changed = before != after
    assert set(before[changed]) <= {Status.INCONNU}
    assert set(after[changed]) <= {Status.NON_COUVERT}
    touched = real.atlas().table["departement"].isin(complete).to_numpy()
    assert (changed == (touched & (before == Status.INCONNU))).all()


def test_the_coverage_of_the_val_de_marne() -> None:
    found = coverage(read_scope("94", real.atlas()), real.crosswalk())
    assert (found.population, found.covered) == (1_426_929, 238_758)
    assert found.by_status["communes"].tolist() == [5, 0, 0, 0, 0, 42]
    sectors = _zones("secteurs-adultes", found.scope, real.crosswalk())
    assert len(sectors) == 16
    assert sectors.at["sect-94g07", "part_couverte"] == 1
    assert sectors["population"].sum() == 1_426_929
    assert found.population_year == "2023"


def test_the_coverage_of_the_deux_sevres_tells_the_announced_thouarsais_apart() -> None:
    found = coverage(read_scope("79", real.atlas()), real.crosswalk())
    assert found.by_status["communes"].to_dict()[Status.PROJET] == 24
    assert found.by_status["communes"].to_dict()[Status.COUVERT] == 73
    assert round(found.covered / found.population, 3) == 0.526


def test_a_mixed_scope_gives_both_reference_years() -> None:
    year = coverage(read_scope("france", real.atlas()), real.crosswalk()).population_year
    assert "2023" in year
    assert "2017" in year
    assert coverage(read_scope("976", real.atlas()), real.crosswalk()).population_year == "2017"


def test_a_clsm_is_drawn_at_the_mean_of_its_communes_weighted_by_people() -> None:
    clsm = {
        "c": zone("01001", "01003", nom="B"),
        "d": zone(part=["01002"], nom="A"),
        "e": zone(precision=Precision.INCONNUE),
    }
    places = clsm_places(crosswalk(LINE, {"clsm": clsm}))
    assert [(p.name, p.status, p.population) for p in places] == [("A", Status.PARTIEL, 0), ("B", Status.COUVERT, 400)]
    lon = LINE.table["lon"]
    assert places[1].lon == pytest.approx((101 * lon[0] + 301 * lon[2]) / 402)


def test_every_located_clsm_has_a_place_in_its_departement() -> None:
    places = clsm_places(real.crosswalk())
    assert len(places) == 104
    table = real.atlas().table
    for place in places:
        box = table[table["departement"] == place.departement]
        for axis, value in (("lon", place.lon), ("lat", place.lat)):
            assert box[axis].min() - 1e-6 <= value <= box[axis].max() + 1e-6, place
