"""Divisions of what is too large: groups in one piece, near the marker, that keep whole what they say they keep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.guidance import Settings
from geo.moves import incidence_of
from geo.perimeters import count_pieces
from geo.suggest import suggest
from geo.suggest.balance import balanced
from tests.suggest.test_eight_cases import body, of_zone
from tests.suggest.test_suggest import world_of
from tests.support import real
from tests.support.grid import plain, zone


def chain(*people: int) -> tuple[np.ndarray, csr_array]:
    size = len(people)
    at = np.arange(size - 1)
    pairs = (np.r_[at, at + 1], np.r_[at + 1, at])
    return np.array(people, dtype=float), csr_array((np.ones(2 * len(at)), pairs), shape=(size, size))


def test_a_chain_is_cut_where_the_shares_are_even() -> None:
    assert sorted(balanced(*chain(10, 10, 10, 10), 20)) == [[0, 1], [2, 3]]
    assert sorted(balanced(*chain(5, 5, 10, 20), 20)) == [[0, 1, 2], [3]]


def test_a_piece_larger_than_the_marker_is_a_group_of_its_own() -> None:
    assert sorted(balanced(*chain(10, 50, 10), 20)) == [[0], [1], [2]]


def test_pieces_that_nothing_ties_are_never_joined() -> None:
    people, _ = chain(10, 10)
    assert sorted(balanced(people, csr_array((2, 2)), 100)) == [[0], [1]]


@hypothesis_settings(max_examples=60)
@given(st.lists(st.integers(0, 40), min_size=4, max_size=24), st.integers(10, 60), st.integers(2, 6))
def test_groups_share_out_a_grid_and_each_is_in_one_piece(people: list[int], target: int, width: int) -> None:
    size = len(people)
    pairs = [(i, j) for i in range(size) for j in (i + 1, i + width) if j < size and (j != i + 1 or j % width)]
    a, b = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    links = csr_array((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), shape=(size, size))
    groups = balanced(np.array(people, dtype=float), links, target)
    assert sorted(i for g in groups for i in g) == list(range(size))
    for group in groups:
        assert connected_components(links[group][:, group], directed=False)[0] == 1
    assert groups == balanced(np.array(people, dtype=float), links, target)


def test_two_bodies_are_two_perimeters() -> None:
    found = suggest(world_of([[90_000, 80_000], [70_000, 60_000]], epci=[["A", "B"], ["A", "B"]]).evidence,
                    {"01001", "01002", "01003", "01004"}, Settings(marker=150_000))  # fmt: skip
    assert [(d.title, [(plain(p.name), p.population) for p in d.parts]) for d in found.divisions] == [
        ("Par intercommunalités", [("CC A", 160_000), ("CC B", 140_000)])
    ]
    assert plain(found.divisions[0].manner) == (
        "Un découpage possible parmi d’autres : chaque intercommunalité garde ses communes."
    )


def test_sectors_that_share_out_a_perimeter_divide_it() -> None:
    zones = {
        "secteurs-adultes": {
            "s1": zone("01001", "01002", nom="Secteur Un"),
            "s2": zone("01003", "01004", nom="Secteur Deux"),
        }
    }
    found = suggest(world_of([[90_000, 80_000, 70_000, 60_000]], zones).evidence,
                    {"01001", "01002", "01003", "01004"}, Settings(marker=170_000))  # fmt: skip
    assert [(d.title, [p.population for p in d.parts]) for d in found.divisions] == [
        ("Par secteurs de psychiatrie adulte", [170_000, 130_000])
    ]


def test_up_to_half_above_the_marker_nothing_is_divided() -> None:
    world, codes = world_of([[90_000, 80_000]]), {"01001", "01002"}
    assert suggest(world.evidence, codes, Settings(marker=120_000)).divisions == ()
    assert len(suggest(world.evidence, codes, Settings(marker=100_000)).divisions) == 1


def test_a_part_of_a_big_city_is_divided_as_soon_as_it_passes_the_marker() -> None:
    found = suggest(real.world().evidence, {"13213", "13214", "13215", "13216"})
    assert [d.title for d in found.divisions] == ["Par arrondissements"]
    assert suggest(real.world().evidence, {"13213", "13214"}).divisions == ()


@pytest.mark.parametrize(
    ("name", "codes", "title"),
    [
        ("Marseille", of_zone("departements", "13") & frozenset(real.atlas().parts["13055"]), "Par arrondissements"),
        ("Paris", frozenset(real.atlas().parts["75056"]), "Par arrondissements"),
        ("Lyon", frozenset(real.atlas().parts["69123"]), "Par arrondissements"),
        ("Grand Paris Sud Est Avenir", body("200058006"), "Par secteurs de psychiatrie adulte"),
        ("Métropole Européenne de Lille", body("200093201"), "Par groupes de communes voisines"),
        ("Deux-Sèvres", of_zone("departements", "79"), "Par intercommunalités"),
    ],
)
def test_real_divisions_share_out_the_perimeter_in_single_pieces(name: str, codes: frozenset[str], title: str) -> None:
    ground = incidence_of(real.world().evidence)
    division = suggest(real.world().evidence, codes).divisions[0]
    assert division.title == title, name
    assert plain(division.manner).startswith("Un découpage possible parmi d’autres : ")
    assert sorted(c for p in division.parts for c in p.codes) == sorted(codes)
    for part in division.parts:
        rows = ground.atlas.rows(part.codes)
        assert count_pieces(ground.links, rows) == 1, part.name
        assert part.population == int(ground.atlas.population[rows].sum())
        assert part.population <= 300_000 or len(part.codes) == 1


def test_arrondissements_with_one_town_hall_stay_together() -> None:
    parts = suggest(real.world().evidence, real.atlas().parts["75056"]).divisions[0].parts
    assert any({"75101", "75102", "75103", "75104"} <= p.codes for p in parts)


def test_the_metropolis_of_lille_keeps_lille_whole_and_says_why() -> None:
    found = suggest(real.world().evidence, body("200093201"))
    assert {"59350"} in [set(p.codes) for p in found.divisions[0].parts]
    assert len(found.uncut) == 1


def test_past_twelve_markers_another_scale_has_to_be_chosen_first() -> None:
    codes = frozenset(str(real.atlas().codes[r]) for r in real.atlas().members("region", "11"))
    found = suggest(real.world().evidence, codes)
    assert found.divisions == ()
    assert "trop vaste pour qu’un découpage aide ici" in plain(found.nothing)
