"""CLSM beside the surveys: classes by hand, what is not known kept out of the shares, differences said."""

from __future__ import annotations

import numpy as np
import pytest

from geo.communes import approximate_density
from geo.coverage import CoverageState, coverage_state, distribution, portfolio, read_scope
from geo.layers import Etat, Precision
from tests import real
from tests.grid import crosswalk, draw, plain, zone

ATLAS = draw(
    [[50_000, 60_000, 120_000], [100, 200, 300]],
    departement=[["01", "01", "01"], ["02", "02", "02"]],
    city=[[None, None, None], [None, "02900", "02900"]],
)
ZONES = {
    "clsm": {
        "small": zone("01001"),
        "middle": zone("01001", "01002"),
        "large": zone("01001", "01002", "01003"),
        "district": zone("02005", departement="02"),
        "part": zone(part=["01003"]),
        "project": zone("01003", etat=Etat.PROJET),
        "few": zone("01001", precision=Precision.PARTIELLE),
        "lost": zone(precision=Precision.INCONNUE, departement="01"),
    },
    "qpv": {"q": zone("01002", population=10)},
    "cls": {"c": zone("01003"), "old": zone("01001", etat=Etat.PROJET)},
    "secteurs-adultes": {"s1": zone("01001", "01002"), "s2": zone("01003"), "s3": zone("02004", "02005", "02006")},
}


def _state(complete: object = "all") -> CoverageState:
    return coverage_state(crosswalk(ATLAS, ZONES, complete=complete), approximate_density(ATLAS))  # type: ignore[arg-type]


def _shown(scope: str, complete: object = "all"):  # type: ignore[no-untyped-def]
    return {b.id: b for b in distribution(read_scope(scope, ATLAS), _state(complete))}


def test_features_of_each_clsm_by_hand() -> None:
    held = portfolio(read_scope("france", ATLAS), _state())
    table = held.table
    assert set(table.index) == {"small", "middle", "large", "district", "part"}
    assert held.left_out == 2  # communes known in part, or not at all; a project is no CLSM in service
    assert table["echelle"].to_dict() == {
        "small": "communal", "middle": "intercommunal", "large": "intercommunal", "district": "infracommunal",
        "part": "infracommunal",
    }  # fmt: skip
    assert table["habitants"].drop("part").to_dict() == {
        "small": 50_000,
        "middle": 110_000,
        "large": 230_000,
        "district": 200,
    }
    assert np.isnan(table.at["part", "habitants"])
    assert table["secteurs_adultes"].drop("part").to_dict() == {"small": 1, "middle": 1, "large": 2, "district": 1}
    # a part of a commune may miss the quarter or not: not known; the CLS holds the whole commune, so it is met
    assert table.loc["large", ["qpv", "cls"]].tolist() == [1, 1] and table.loc["small", ["qpv", "cls"]].tolist() == [
        0,
        0,
    ]
    assert table.at["part", "qpv"] == 0 and table.at["part", "cls"] == 1


def test_classes_count_what_is_known_and_the_rest_apart() -> None:
    found = _shown("france")
    assert (found["taille"].counts, found["taille"].unknown) == ((2, 1, 1), 3)
    assert found["taille"].shares == (0.5, 0.25, 0.25)
    assert found["moyenne"].counts == ((50_000 + 110_000 + 230_000 + 200) / 4,)
    assert (found["echelle"].counts, found["echelle"].unknown) == ((1, 2, 2), 2)
    assert (found["secteurs-adultes"].counts, found["secteurs-adultes"].unknown) == ((3, 1), 3)
    assert (found["qpv"].counts, found["qpv"].unknown) == ((2, 3), 2)


def test_where_a_list_is_not_complete_no_share_is_made_of_it() -> None:
    found = _shown("01", complete=())
    for name in ("qpv", "cls", "secteurs-adultes"):
        assert found[name].total == 0 and found[name].shares == (None, None)
        assert "aucun CLSM ne peut être classé ici" in plain(found[name].sentence)
    assert found["taille"].total == 3


def test_a_scope_without_clsm_says_so() -> None:
    zones = {"clsm": {"a": zone("01001")}}
    state = coverage_state(crosswalk(ATLAS, zones, complete="all"), approximate_density(ATLAS))
    found = {b.id: b for b in distribution(read_scope("02", ATLAS), state)}
    assert "inconnue ici" in found["moyenne"].sentence
    assert "aucun CLSM" in found["taille"].sentence


@pytest.mark.parametrize("scope", ["france", "dep-94"])
def test_each_comparison_cites_its_survey_and_its_difference(scope: str) -> None:
    state = coverage_state(real.crosswalk(), real.density())
    for b in distribution(read_scope(scope, real.atlas()), state):
        assert "État des lieux" in b.source and b.difference.endswith(".")
        assert all(len(v) == len(b.groups) for v in b.references.values())
        assert b.mean or all(0 <= s <= 1 for v in b.references.values() for s in v if s is not None)
        assert "nan" not in b.sentence
