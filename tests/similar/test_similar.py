"""CLSM and territories like one: hand answers, unknown features left out and said, order that nothing but the data settles."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage import coverage_state, local_scopes, scopes
from geo.layers import Etat, Precision
from geo.similar import (
    Members,
    feature_texts,
    nearest,
    nearest_bodies,
    profiles,
    silhouettes,
    similar_clsm,
    similar_territories,
)
from geo.similar.clsm import towns_of
from tests.support import real
from tests.support.grid import draw, facts_of, plain, zone

# Six communes of 1 km²: 2 000 people are dense (1), 400 intermediate (2), 100 rural (3).
GRID = draw([[2000, 400, 100], [100, 2000, 400]], epci=[["A", "A", "B"], ["B", "C", "C"]])
CLSM = {
    "un": zone("01001", nom="CLSM Un"),
    "deux": zone("01002", "01003", nom="CLSM Deux"),
    "trois": zone("01005", nom="CLSM Trois"),
    "part": zone("01004", part=["01006"], nom="CLSM Part"),
    "projet": zone("01006", nom="CLSM Projet", etat=Etat.PROJET),
    "perdu": zone(nom="CLSM Perdu", precision=Precision.INCONNUE),
}
QPV = {"q1": zone("01001", population=300.0), "q2": zone("01005", population=float("nan"))}


def evidence(complete: object = ("qpv",), clsm: Mapping[str, Any] = CLSM):
    return facts_of(GRID, ["01001"], {"clsm": clsm, "qpv": QPV}, complete=complete).evidence


def rows(*codes: str) -> np.ndarray:
    return GRID.rows(codes)


def profile(*codes: str, complete: object = ("qpv",)) -> dict[str, str]:
    held = evidence(complete)
    found = profiles(held.crosswalk, held.density, Members.whole([rows(*codes)], len(GRID.table)))[0]
    return {name: plain(text) for name, text in feature_texts(found).items()}


def test_a_profile_is_what_one_counts_by_hand() -> None:
    assert profile("01001", "01002", "01003") == {
        "habitants": "2 500", "communes": "3", "dense": "80 %", "rural": "4 %", "qpv": "1", "part_qpv": "12 %",
        "echelle": "intercommunale",
    }  # fmt: skip
    assert profile("01005")["part_qpv"] == "inconnu" and profile("01005")["qpv"] == "1"
    assert profile("01002")["part_qpv"] == "0 %"  # the list is complete: no quarter is none
    unlisted = profile("01002", complete=())
    assert (unlisted["qpv"], unlisted["part_qpv"]) == ("inconnu", "inconnu")  # never zero where the list may lack some


def test_a_part_of_a_commune_without_figure_leaves_the_people_unknown() -> None:
    held = evidence()
    layer = held.crosswalk.layers["clsm"]
    table = profiles(held.crosswalk, held.density, Members.zones(layer, len(GRID.table)))
    part = feature_texts(table[layer.zones.index.get_loc("part")])
    assert (part["habitants"], part["communes"], part["dense"]) == ("inconnu", "2", "0 %".replace(" ", "\u00a0"))
    assert part["rural"] == "inconnu"  # rural and intermediate communes, of which one in part


def test_the_nearest_is_the_one_that_looks_alike_and_the_same_one_is_only_named() -> None:
    found = similar_clsm(evidence(), rows("01001"))
    assert [s.clsm.name for s in found.found] == ["CLSM Trois", "CLSM Deux"]
    assert found.same == ("CLSM Un",)
    assert (found.compared, found.left_out) == (2, 2)  # the part without figure, and the one of unknown communes
    assert found.found[0].likeness.distance == 0.0
    assert "Semblable" in found.found[0].likeness.sentence
    assert "Non comparé, faute de données : habitants en QPV" in plain(found.found[0].likeness.sentence)
    assert "CLSM connus" in plain(found.sentence) and "pas complète" in found.sentence
    placed = {name: one for name, one in CLSM.items() if name != "perdu"}
    assert "pas complète" in similar_clsm(evidence("all"), rows("01001")).sentence  # one may be anywhere
    assert "pas complète" not in similar_clsm(evidence("all", placed), rows("01001")).sentence


def test_what_differs_is_told_with_both_figures() -> None:
    said = plain(similar_clsm(evidence(), rows("01001")).found[1].likeness.sentence)
    assert "habitants : 500, ici 2 000" in said and "échelle : intercommunale, ici communale" in said
    assert "habitants en commune rurale : 20 %, ici 0 %" in said


def test_a_distance_is_the_root_of_the_mean_of_squared_steps_over_known_features() -> None:
    mine = np.array([100.0, 1, 1.0, 0.0, np.nan, np.nan, 1])
    table = np.array(
        [[100.0, 1, 1.0, 0.0, 2, 0.1, 1], [10_000.0, 1, 1.0, 0.0, 3, np.nan, 0], [np.nan, 1, 1, 0, 0, 0, 1]]
    )
    found = nearest(mine, table, ["a", "b", "c"], 5)
    assert [one.position for one in found] == [0, 1]  # unknown people: left out
    # people: log(100) away, in standard deviations of (log 100, log 10 000), which is log(10); scale: one step
    assert found[1].distance == pytest.approx(math.sqrt((2**2 + 1) / 4), abs=1e-6)
    assert set(found[1].unknown) == {"quartiers prioritaires (QPV)", "habitants en QPV"}


numbers = st.one_of(st.just(math.nan), st.integers(0, 5).map(float))
tables = st.lists(st.lists(numbers, min_size=6, max_size=6), min_size=1, max_size=8)


@given(tables, st.lists(numbers, min_size=6, max_size=6), st.randoms())
def test_the_order_of_the_territories_changes_nothing(table: list[list[float]], mine: list[float], chance) -> None:
    full = np.array([[*line, 1.0] for line in table])
    target, ids = np.array([*mine, 1.0]), [f"id{i}" for i in range(len(full))]
    order = list(range(len(full)))
    chance.shuffle(order)
    before = [ids[one.position] for one in nearest(target, full, ids, 10)]
    mixed = [ids[i] for i in order]
    after = [mixed[one.position] for one in nearest(target, full[order], mixed, 10)]
    assert before == after
    assert len(before) == (0 if math.isnan(mine[0]) else int(np.isfinite(full[:, 0]).sum()))


def test_equal_distances_are_in_the_order_of_ids() -> None:
    line = [10.0, 1, 1, 0, 0, 0, 1]
    table = np.array([line, line, line])
    assert [("b", "c", "a")[one.position] for one in nearest(table[0], table, ["b", "c", "a"], 3)] == ["a", "b", "c"]


def test_territories_are_compared_with_both_sides_of_their_coverage() -> None:
    held = evidence()
    state = coverage_state(held.crosswalk, held.density)
    peers = similar_territories(local_scopes(GRID)["epci-A"], state)
    assert peers is not None and [p.code for p in peers.found] == ["C", "B"]
    assert plain(peers.covered.text) == "100 % (2 400 sur 2 400)"
    assert plain(peers.found[0].covered.text) == "au moins 83,3 % (2 000 sur 2 400)"
    assert plain(peers.together.text).startswith("au moins 84,6 % (2 200 sur 2 600)")
    assert "Les 2 EPCI semblables ensemble" in plain(peers.sentence)
    stated = similar_territories(
        local_scopes(GRID)["epci-A"], coverage_state(held.crosswalk, held.density, complete=["01"])
    )
    assert stated is not None and plain(stated.found[0].covered.text).startswith("au moins")  # a part without figure
    assert similar_territories(scopes(GRID)["france"], state) is None


def test_nobody_known_to_be_covered_is_said_and_not_a_zero() -> None:
    held = facts_of(GRID, ["01001"], {}).evidence
    peers = similar_territories(local_scopes(GRID)["epci-B"], coverage_state(held.crosswalk, held.density))
    assert peers is not None and plain(peers.covered.text) == "aucun connu, sur 200"
    assert "sans CLSM connu" in plain(peers.sentence)


# --- the country ------------------------------------------------------------------------------------------------------
def test_every_epci_ept_departement_and_region_has_its_peers() -> None:
    world = real.world()
    state = coverage_state(world.crosswalk, world.density)
    for scope in (*local_scopes(world.atlas).values(), *scopes(world.atlas).values()):
        peers = similar_territories(scope, state)
        if scope.kind == "france":
            assert peers is None
            continue
        assert peers is not None and len(peers.found) == (5 if scope.kind == "region" else 10)
        assert scope.code not in {p.code for p in peers.found}
        distances = [p.likeness.distance for p in peers.found]
        assert distances == sorted(distances)
        assert peers.together.share.whole == sum(p.covered.share.whole for p in peers.found)


def test_every_epci_has_ten_clsm_known_to_look_at() -> None:
    world = real.world()
    running = int((world.crosswalk.layers["clsm"].zones["etat"] == Etat.EN_SERVICE).sum())
    for scope in local_scopes(world.atlas).values():
        found = similar_clsm(world.evidence, scope.rows)
        assert len(found.found) == 10 and len({s.clsm.id for s in found.found}) == 10
        assert found.compared + found.left_out + len(found.same) == running  # every CLSM in service is somewhere
        assert all(s.likeness.sentence and s.clsm.source and s.clsm.towns for s in found.found)


def test_a_clsm_brings_its_year_and_its_source() -> None:
    world = real.world()
    found = {s.clsm.name: s.clsm for s in similar_clsm(world.evidence, world.atlas.rows(["94046"]), most=94).found}
    creteil = found["CLSM de Créteil"]
    assert (creteil.year, creteil.towns, creteil.url[:8]) == ("2016", "Créteil", "https://")


def test_silhouettes_are_to_one_scale() -> None:
    world = real.world()
    sets = [world.atlas.rows([code]) for code in ("94028", "13209")]
    drawn = silhouettes(world.atlas, sets)
    assert all(text.startswith("<svg") for text in drawn.pictures)
    assert drawn.bar_text.endswith("km")
    widths = [float(text.split('width="')[1].split('"')[0]) for text in drawn.pictures]
    assert widths[0] < widths[1] <= 112  # Créteil, 11 km², beside an arrondissement or the city of Marseille


def test_a_split_city_is_named_whole_where_all_of_it_is_held_and_by_its_arrondissements_elsewhere() -> None:
    atlas = real.atlas()
    crosswalk = real.crosswalk()
    assert towns_of(crosswalk, atlas.rows([*atlas.parts["13055"], "13005"])) == "Marseille et Aubagne"
    assert towns_of(crosswalk, atlas.rows(["13201", "13202", "13005"])) == "Aubagne, Marseille 1er et Marseille 2e"
    assert towns_of(crosswalk, atlas.rows(["69381", "69384"])) == "Lyon 4e et Lyon 1er"


def test_the_bodies_nearest_to_any_communes_share_none_with_them() -> None:
    rows = real.atlas().rows(["94028", "62041"])
    found = nearest_bodies(real.crosswalk(), real.density(), rows)
    distances = [one.distance for _, one in found]
    assert len(found) == 10 and distances == sorted(distances)
    assert not {code for code, _ in found} & set(real.atlas().table["epci"].iloc[rows])
