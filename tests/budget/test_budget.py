"""What a CLSM costs and who bears what: nothing chosen for anybody, unknown never zero, totals kept to the cent."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.budget import (
    FULL_TIME,
    MOST_CUSTOM,
    NO_BUDGET,
    RUNNING_LINES,
    SHARED_OUT,
    WHOLE,
    Budget,
    Funder,
    Key,
    budget_fields,
    budget_rows,
    costed,
    euros_text,
    post_remarks,
    read_budget,
    split_cents,
    summary_sentence,
    town_sentence,
)
from geo.errors import GeoInputError
from tests.support import real
from tests.support.grid import draw, facts_of, plain

GRID = draw([[1000, 2000, 3000, 0]], epci=[["200000001", "200000001", "200000002", "200000002"]])
ALL = ["01001", "01002", "01003", "01004"]
FACTS = facts_of(GRID, ALL)
TRIPARTITE = (Funder.COMMUNES, Funder.HOSPITAL, Funder.ARS)
EVERY_LINE = tuple(sorted((line.id, 1_000) for line in RUNNING_LINES))

amounts = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 10**7), min_size=1).filter(
    lambda w: sum(w.values()) > 0
)


# --- cents ------------------------------------------------------------------------------------------------------------
def test_the_cents_that_are_left_go_to_the_largest_remainders() -> None:
    assert split_cents(100, {"a": 1, "b": 1, "c": 1}) == {"a": 34, "b": 33, "c": 33}  # a tie: the first code
    assert split_cents(100, {"a": 1, "b": 2, "c": 3}) == {"a": 17, "b": 33, "c": 50}  # 16,67 33,33 50
    assert split_cents(7, {"a": 0, "b": 5}) == {"a": 0, "b": 7}
    for total, weights in ((-1, {"a": 1}), (1, {}), (1, {"a": 0}), (1, {"a": -1, "b": 3})):
        with pytest.raises(ValueError, match="cents"):
            split_cents(total, weights)


@given(st.integers(0, 10**12), amounts)
def test_cents_add_up_to_the_total_each_within_one_of_its_share(total: int, weights: dict[str, int]) -> None:
    found, whole = split_cents(total, weights), sum(weights.values())
    assert sum(found.values()) == total
    assert all(abs(found[n] * whole - total * w) < whole for n, w in weights.items())
    heavier = sorted(weights, key=lambda n: weights[n])
    assert all(found[a] <= found[b] for a, b in pairwise(heavier) if weights[a] < weights[b])


@given(st.integers(0, 10**9), amounts, st.randoms())
def test_cents_do_not_depend_on_the_order_of_the_weights(total: int, weights: dict[str, int], chance) -> None:
    names = list(weights)
    chance.shuffle(names)
    assert split_cents(total, {n: weights[n] for n in names}) == split_cents(total, weights)


# --- what is not chosen is unknown ------------------------------------------------------------------------------------
def test_nothing_chosen_is_an_unknown_budget_and_no_number_of_posts_is_taken() -> None:
    found = costed(NO_BUDGET, FACTS)
    assert (found.total, found.parts, found.per_inhabitant) == (None, (), None)
    assert "inconnu" in summary_sentence(NO_BUDGET, found) and "€" not in summary_sentence(NO_BUDGET, found)
    paid = Budget(funders=TRIPARTITE, running=(("projets", 5_000),))
    assert costed(paid, FACTS).total is None and not costed(paid, FACTS).parts
    assert all(row.amount == "inconnu" for row in budget_rows(NO_BUDGET, found))


def test_a_post_costs_the_orders_of_magnitude_of_the_guide() -> None:
    for posts, euros in ((10, 6_000), (50, 30_000), (100, 60_000), (200, 120_000), (35, 21_000)):
        assert costed(Budget(posts), FACTS).total == euros * 100
    assert costed(Budget(50, unit=47_321), FACTS).total == 2_366_050  # 23 660,50 €
    assert costed(Budget(50), FACTS).lines[0].origin.startswith("ordre de grandeur du guide")
    assert costed(Budget(50, unit=47_321), FACTS).lines[0].origin == "saisi"


def test_a_running_cost_nobody_gave_is_in_no_total_and_is_named() -> None:
    found = costed(Budget(50, running=(("diagnostic", 0), ("projets", 5_000))), FACTS)
    assert found.total == 3_500_000
    assert found.lacking == tuple(line.label for line in RUNNING_LINES if line.id not in ("diagnostic", "projets"))
    said = plain(summary_sentence(Budget(50), found))
    assert (
        "au moins 35 000 € par an, soit 5,83 € par habitant" in said
        and "Sans compter 3 dépenses de fonctionnement, de montant inconnu." in said
    )
    assert "au moins" not in summary_sentence(Budget(50), costed(Budget(50, running=EVERY_LINE), FACTS))


# --- who bears what ---------------------------------------------------------------------------------------------------
def test_three_that_pay_alike_bear_a_third_and_communes_by_their_inhabitants() -> None:
    budget = Budget(50, funders=TRIPARTITE)
    found = costed(budget, FACTS)
    assert [(p.funder, p.cents) for p in found.parts] == [(f, 1_000_000) for f in TRIPARTITE]
    assert {p.code: p.cents for p in found.payers} == {"01001": 166_667, "01002": 333_333, "01003": 500_000, "01004": 0}
    assert found.of_town("01001").per_inhabitant == pytest.approx(1.66667)
    assert found.of_town("01004").per_inhabitant is None  # nobody there: no euros per inhabitant
    said = plain(town_sentence(budget, found, "01001", "Bourg 1"))
    assert "Votre commune, Bourg 1 : au moins 1 666,67 € par an, soit 1,67 € par habitant" in said
    assert "inconnu" in town_sentence(Budget(50), costed(Budget(50), FACTS), "01001", "Bourg 1")
    away = Budget(50, funders=(Funder.ARS,))
    assert "rien en propre" in town_sentence(away, costed(away, FACTS), "01001", "Bourg 1")


def test_each_key_shares_its_own_way() -> None:
    alike = costed(Budget(50, funders=(Funder.COMMUNES,), key=Key.EQUAL), FACTS)
    assert {p.cents for p in alike.payers} == {750_000}
    own = Budget(50, funders=(Funder.COMMUNES, Funder.EPCI)).with_town_percents({"01001": 33.33, "01003": 66.67})
    found = costed(own, FACTS)
    assert {p.code: p.cents for p in found.payers if p.funder is Funder.COMMUNES} == {
        "01001": 499_950, "01002": 0, "01003": 1_000_050, "01004": 0,
    }  # fmt: skip
    bodies = {p.code: p.cents for p in found.payers if p.funder is Funder.EPCI}
    assert bodies == {"200000001": 750_000, "200000002": 750_000}  # by inhabitants: 3 000 and 3 000


def test_percentages_that_do_not_add_to_a_hundred_share_nothing_and_say_what_is_missing() -> None:
    budget = Budget(50, funders=TRIPARTITE).with_percents({"communes": 40, "hopital": 30, "ars": 20})
    found = costed(budget, FACTS)
    assert found.total == 3_000_000 and not found.parts and not found.payers
    assert "90 %, il manque 10 %" in plain(found.problems[0])
    good = budget.with_percents({"communes": 40, "hopital": 30, "ars": 30})
    assert [p.cents for p in costed(good, FACTS).parts] == [1_200_000, 900_000, 900_000]
    over = Budget(50, funders=(Funder.COMMUNES,)).with_town_percents({"01001": 60, "01002": 60.5})
    assert "120,50 %, il y a en trop 20,50 %" in plain(costed(over, FACTS).problems[0])


def test_a_key_of_communes_no_longer_there_shares_nothing() -> None:
    own = Budget(50, funders=(Funder.COMMUNES,)).with_town_percents({"01001": 50, "01003": 50})
    found = costed(own, facts_of(GRID, ["01001", "01002"]))
    assert not found.parts and "hors du périmètre (Bourg 3)" in plain(found.problems[0])


def test_nobody_to_share_among_is_said() -> None:
    empty = facts_of(GRID, ["01004"])
    by_people = costed(Budget(50, funders=(Funder.COMMUNES,)), empty)
    assert not by_people.parts and "aucun habitant connu" in by_people.problems[0] and by_people.per_inhabitant is None
    assert costed(Budget(50, funders=(Funder.COMMUNES,), key=Key.EQUAL), empty).payers[0].cents == 3_000_000
    island = facts_of(draw([[100]], epci=None), ["01001"])
    assert "aucun connu" in costed(Budget(50, funders=(Funder.EPCI,)), island).problems[0]


def test_a_city_of_arrondissements_pays_as_one_town() -> None:
    city = draw([[1000, 2000, 3000]], city=[["01999", "01999", None]])
    found = costed(Budget(100, funders=(Funder.COMMUNES,)), facts_of(city, ["01001", "01002", "01003"]))
    assert {p.code: p.cents for p in found.payers} == {"01999": 3_000_000, "01003": 3_000_000}


budgets = st.builds(
    lambda posts, unit, running, funders, shares, key: Budget(
        posts, unit, running, tuple(f for f in Funder if f in funders), key=key
    ).with_percents({f: share / 100 for f, share in shares.items() if f in funders}),
    st.integers(0, 2_000), st.integers(0, 10**7),
    st.sets(st.sampled_from([line.id for line in RUNNING_LINES])).map(lambda ids: tuple((i, 1_003) for i in sorted(ids))),
    st.sets(st.sampled_from(list(Funder))), st.dictionaries(st.sampled_from(list(Funder)), st.integers(0, WHOLE)),
    st.sampled_from([Key.PEOPLE, Key.EQUAL]),
)  # fmt: skip


@given(budgets, st.sets(st.sampled_from(ALL), min_size=1))
def test_parts_add_up_to_the_total_and_payers_to_their_part(budget: Budget, codes: set[str]) -> None:
    found = costed(budget, facts_of(GRID, sorted(codes)))
    assert not (found.parts and found.problems)
    if found.parts:
        assert sum(p.cents for p in found.parts) == found.total
        for part in found.parts:
            mine = [p.cents for p in found.payers if p.funder is part.funder]
            assert not mine or sum(mine) == part.cents
    shown = [row for row in budget_rows(budget, found) if row.section == SHARED_OUT]
    assert len(shown) == len(found.parts) + len(found.payers)


@given(budgets)
def test_what_is_written_is_read_back(budget: Budget) -> None:
    assert read_budget(json.loads(json.dumps(budget_fields(budget)))) == budget


def test_a_budget_no_page_could_have_made_is_refused() -> None:
    for wrong in (
        {"posts": -1}, {"posts": 2_001}, {"unit": -5}, {"running": (("jadis", 5),)}, {"running": (("projets", -1),)},
        {"percents": (("ars", 5),)}, {"funders": (Funder.ARS, Funder.COMMUNES)}, {"town_percents": (("<b>", 5),)},
        {"town_percents": (("01001", 10_001),)},
        {"town_percents": tuple((f"{n:05d}", 1) for n in range(MOST_CUSTOM + 1))},
    ):  # fmt: skip
        with pytest.raises(GeoInputError, match="Budget"):
            replace(NO_BUDGET, **wrong)


@pytest.mark.parametrize(
    "given_value",
    [None, [], "x", {"inconnu": 1}, {"etp_centiemes": "50"}, {"etp_centiemes": True}, {"etp_centiemes": 0.5},
     {"financeurs": "ars"}, {"financeurs": ["roi"]}, {"financeurs": ["ars", "ars"]}, {"cle": 3}, {"cle": "roi"},
     {"fonctionnement": {"projets": "x"}}, {"fonctionnement": []}, {"parts_centiemes": {"ars": 10**30}}],
)  # fmt: skip
def test_what_comes_from_outside_and_makes_no_sense_is_a_sentence(given_value: object) -> None:
    with pytest.raises(GeoInputError, match="Budget"):
        read_budget(given_value)


# --- words ------------------------------------------------------------------------------------------------------------
def test_a_tenth_of_a_post_is_half_a_day_a_week_and_hard_on_several_communes() -> None:
    said = plain(" ".join(post_remarks(10, 3, 6_000)))
    assert "0,1 ETP : une demi-journée par semaine" in said and "le guide ne le dit pas" in said
    assert "difficile" in said and "temps plein aurait 60 000 habitants" in said
    assert "difficile" not in " ".join(post_remarks(10, 1, 6_000))
    assert "2,5 jours par semaine" in plain(" ".join(post_remarks(50, 3, 6_000)))
    assert "par semaine" not in " ".join(post_remarks(FULL_TIME, 3, 6_000)) and post_remarks(0, 3, 6_000) == ()


def test_euros_show_cents_only_where_there_are_some() -> None:
    assert [plain(euros_text(c)) for c in (6_000_000, 1_234_567, 5, 0)] == ["60 000 €", "12 345,67 €", "0,05 €", "0 €"]


def test_the_agglomeration_of_niort_is_shared_to_the_cent() -> None:
    atlas = real.atlas()
    facts = real.facts(atlas.codes[atlas.members("epci", "200041317")])
    found = costed(Budget(100, funders=tuple(Funder)), facts)
    towns = [p for p in found.payers if p.funder is Funder.COMMUNES]
    assert len(towns) == len(facts.towns) and sum(p.cents for p in found.parts) == 6_000_000
    assert sum(p.cents for p in towns) == next(p.cents for p in found.parts if p.funder is Funder.COMMUNES) == 1_000_000
