"""Sectors as a partition, adult and child alike: hand answers on a drawn row."""

from __future__ import annotations

import numpy as np
import pytest

from geo.claims import WHOLE_LIST, Claim, Claims, lay
from geo.coverage import SECTOR_LEVELS, SectorCover, SectorView, coverage_state, sector_view
from geo.coverage.scope import scopes
from geo.layers import LayerId, build_crosswalk
from tests.support.grid import Zone, approximate_density, crosswalk, draw, plain, zone

ROW = draw([[100, 200, 400, 800, 1_600]])
KINDS = list(SECTOR_LEVELS)


def view(
    layer_id: LayerId, sectors: dict[str, Zone], clsm: dict[str, Zone], *complete: str, claims: Claims | None = None
) -> SectorView:
    made = crosswalk(ROW, {layer_id: sectors, "clsm": clsm}, complete=complete)
    if claims:
        made = build_crosswalk(ROW, lay(made.layers, claims, ROW).layers)
    return sector_view(layer_id, scopes(ROW)["dep-01"], coverage_state(made, approximate_density(ROW)))


@pytest.mark.parametrize("layer_id", KINDS)
def test_a_list_stated_complete_names_who_is_in_no_sector_or_in_two(layer_id: LayerId) -> None:
    sectors = {"a": zone("01001", "01002"), "b": zone("01002", "01003")}
    found = view(layer_id, sectors, {}, layer_id)
    assert found.nowhere.tolist() == [3, 4]
    assert found.several.tolist() == [1]
    said = plain(found.sentence(ROW))
    assert "2 communes dans aucun secteur, 2 400 habitants : Bourg 4 et Bourg 5." in said
    assert "1 commune dans plusieurs secteurs, 200 habitants : Bourg 2." in said


@pytest.mark.parametrize("layer_id", KINDS)
def test_a_true_partition_says_so_and_a_list_not_complete_says_nothing_of_it(layer_id: LayerId) -> None:
    sectors = {"a": zone("01001", "01002"), "b": zone("01003", "01004", "01005")}
    assert "dans un secteur et un seul" in view(layer_id, sectors, {}, layer_id).sentence(ROW)
    open_list = view(layer_id, sectors, {})
    assert "nulle part" in open_list.sentence(ROW)
    assert (len(open_list.nowhere), len(open_list.several)) == (0, 0)


@pytest.mark.parametrize("layer_id", KINDS)
def test_each_sector_has_its_people_its_clsm_and_two_bounds(layer_id: LayerId) -> None:
    sectors = {
        "a": zone("01001", "01002", territoire="CH du Bourg"),
        "b": zone("01003", "01004"),
        "c": zone(part=["01005"]),
    }
    clsm = {"x": zone("01001", "01002"), "y": zone("01003")}
    known = view(layer_id, sectors, clsm, layer_id, "clsm").table
    assert known.loc["a", ["hopital", "population", "clsm", "avec_min", "avec_max", "sans_min", "sans_max"]].tolist() == [
        "CH du Bourg", 300, 1, 300, 300, 0, 0,
    ]  # fmt: skip
    assert known.loc["b", ["population", "clsm", "avec_min", "avec_max", "sans_min", "sans_max"]].tolist() == [
        1_200,
        1,
        400,
        400,
        800,
        800,
    ]
    assert np.isnan(known.at["c", "population"]), "a part of unknown size is no number"
    unknown = view(layer_id, sectors, clsm, layer_id).table
    assert unknown.loc["b", ["avec_min", "avec_max", "sans_min", "sans_max"]].tolist() == [400, 1_200, 0, 800]


def test_the_map_tells_what_is_covered_shared_and_unknown() -> None:
    sectors = {
        "a": zone("01001"),
        "b": zone("01002"),
        "c": zone(part=["01003"]),
        "d": zone(part=["01003"]),
        "e": zone("01004"),
    }
    clsm = {"x": zone("01001")}
    closed = view(LayerId.ADULT_SECTORS, sectors, clsm, "clsm")
    assert closed.cover.tolist() == [SectorCover.WHOLE, SectorCover.NONE, -2, SectorCover.NONE, -1]
    assert sorted(closed.without.index) == ["b", "c", "d", "e"]
    opened = view(LayerId.ADULT_SECTORS, sectors, clsm)
    assert opened.cover.tolist()[1] == SectorCover.UNKNOWN


def test_a_list_claimed_complete_is_checked_where_it_is_claimed() -> None:
    def said(name: str, *codes: str) -> Claim:
        return Claim.of("secteurs-adultes", name, "Ana", pieces=frozenset(codes), day="2026-11-26")

    claims = Claims((said("01G01", "01001"), said(WHOLE_LIST, "01001", "01002")))
    found = view(LayerId.ADULT_SECTORS, {}, {}, claims=claims)
    assert (found.listed, found.nowhere.tolist()) == (2, [1])
    assert "dite complète pour 2 communes sur 5" in plain(found.sentence(ROW))
