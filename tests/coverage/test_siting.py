"""The next k CLSM: equal to brute force, communes counted once, ceiling, ties, order of gains, figures after."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo.communes import approximate_density
from geo.coverage import (
    CoverageState,
    Mix,
    SitingCandidate,
    coverage_state,
    next_clsm,
    own_candidates,
    read_scope,
    siting_candidates,
)
from geo.coverage import max_coverage as covering
from geo.coverage.siting import needs
from geo.errors import GeoInputError
from geo.layers import Etat
from tests.support import real
from tests.support.grid import crosswalk, draw, plain, zone

LINE = draw([[100, 200, 300, 400, 500, 600]])
FRANCE = read_scope("france", LINE)


def _state(clsm: dict[str, object] | None = None) -> CoverageState:
    return coverage_state(crosswalk(LINE, {"clsm": clsm or {}}, complete="all"), approximate_density(LINE))  # type: ignore[dict-item]


def _candidates(*sets: tuple[int, ...], state: CoverageState | None = None) -> list[SitingCandidate]:
    people = (state or _state()).population
    return [SitingCandidate(f"k{i}", f"K{i}", rows, float(people[list(rows)].sum())) for i, rows in enumerate(sets)]


def test_disjoint_candidates_by_hand() -> None:
    found = next_clsm(FRANCE, _state(), _candidates((0, 1), (2,), (3, 4), (5,)), 2, ceiling=None)
    assert found.table.index.tolist() == ["k2", "k3"]
    assert found.table["gain"].tolist() == [900, 600]
    assert found.table["cumul"].tolist() == [900, 1500]
    assert (found.value, found.whole, found.exact, found.ties) == (1500, 2100, True, "")
    assert plain(found.sentence).startswith("2 CLSM serviraient 1 500 des 2 100 habitants")


def test_communes_shared_by_candidates_count_once_and_greedy_is_beaten() -> None:
    # Greedy takes the largest (1 500) then adds little; the best pair leaves it out.
    state = _state()
    sets = _candidates((1, 2, 3, 4), (0, 1, 2, 3), (4, 5))
    found = next_clsm(FRANCE, state, sets, 2, ceiling=None)
    assert sorted(found.table.index) == ["k1", "k2"]
    assert (found.value, found.greedy_value) == (2100, 2000)
    assert found.picks[0].candidate.code == "k2" and [p.gain for p in found.picks] == [1100, 1000]


def test_what_is_covered_or_in_project_is_not_served_again() -> None:
    state = _state({"a": zone("01006"), "p": zone("01005", etat=Etat.PROJET)})
    assert needs(FRANCE, state)["habitants"].tolist() == [100, 200, 300, 400, 0, 0]
    found = next_clsm(FRANCE, state, _candidates((4, 5), (0,)), 2, ceiling=None)
    assert found.table.index.tolist() == ["k1"]  # the other adds nothing


def test_what_is_above_the_ceiling_is_proposed_a_division_and_not_only_left_out() -> None:
    found = next_clsm(FRANCE, _state(), _candidates((4, 5), (0, 1)), 1, ceiling=1000)
    assert found.table.index.tolist() == ["k1"]
    (rest,) = found.divisions
    assert (rest.candidate.code, rest.people, rest.at_least, rest.pieces) == ("k0", 1100, 2, ())
    said = plain(rest.sentence)
    assert said.startswith(
        "Reste de K0 sans CLSM ni projet connu, 1 100 habitants à servir ici : au moins 2 CLSM sous le plafond"
    )
    assert "les secteurs adultes n’y sont pas tous connus" in said
    alone = next_clsm(FRANCE, _state(), _candidates((4, 5)), 1, ceiling=10)
    assert alone.picks == () and len(alone.divisions) == 1
    assert "sous 10 habitants à servir" in plain(alone.sentence) and "relevez le plafond, ou divisez" in alone.sentence


def test_a_division_follows_the_sectors_where_they_hold_every_commune_to_serve() -> None:
    zones = {"secteurs-adultes": {"s": zone("01004", "01005"), "t": zone("01006")}, "clsm": {"a": zone("01004")}}
    state = coverage_state(crosswalk(LINE, zones, complete="all"), approximate_density(LINE))
    found = next_clsm(FRANCE, state, _candidates((3, 4, 5), state=state), 1, ceiling=550)
    (rest,) = found.divisions
    assert rest.pieces == (("t", 600), ("s", 500))  # 01004 is covered: it is not to serve
    assert "par secteurs adultes, dont 1 encore au-dessus : t (600) et s (500)" in plain(rest.sentence)


def test_the_ceiling_compares_with_the_people_to_serve_not_with_the_whole_body() -> None:
    state = _state({"a": zone("01006")})
    found = next_clsm(FRANCE, state, _candidates((4, 5), (0, 1), state=state), 1, ceiling=550)
    assert found.table.index.tolist() == ["k0"] and found.divisions == ()  # 1 100 in all, of whom 500 to serve
    assert any(
        "K0 : 1 100 habitants en tout ; le CLSM proposé est son reste sans CLSM ni projet connu, 500 à servir ici"
        in plain(n)
        for n in found.notices
    )


def test_a_body_without_any_gap_is_never_named_among_those_set_aside() -> None:
    state = _state({"a": zone("01005", "01006")})
    found = next_clsm(FRANCE, state, _candidates((4, 5), (0, 1), state=state), 1, ceiling=250)
    assert [d.candidate.code for d in found.divisions] == ["k1"]


def test_disjoint_bodies_are_said_to_be_a_mere_sort_and_others_a_proven_optimum() -> None:
    sort = next_clsm(FRANCE, _state(), _candidates((0, 1), (2,)), 1, ceiling=None)
    proof = next_clsm(FRANCE, _state(), _candidates((0, 1), (1, 2)), 1, ceiling=None)
    assert sort.disjoint and "simple tri" in sort.sentence and "optimum" not in sort.sentence
    assert not proof.disjoint and proof.sentence.endswith("optimum démontré.")


def test_the_ceiling_by_default_is_the_marker_and_its_width() -> None:
    found = next_clsm(FRANCE, _state(), _candidates((0,)), 1)
    assert found.ceiling == pytest.approx(220_000)


def test_ties_of_disjoint_candidates_are_stated() -> None:
    atlas = draw([[5, 5, 9]])
    state, france = (
        coverage_state(crosswalk(atlas, complete="all"), approximate_density(atlas)),
        read_scope("france", atlas),
    )
    sets = [SitingCandidate(c, c, (i,), 5.0) for i, c in enumerate("ABC")]
    found = next_clsm(france, state, sets, 2, ceiling=None)
    assert found.table.index.tolist() == ["C", "A"]
    assert plain(found.ties) == "Ex æquo : B servirait autant que A."
    assert next_clsm(france, state, sets, 3, ceiling=None).ties == ""


def test_ties_of_overlapping_candidates_are_stated() -> None:
    sets = _candidates((0, 5), (5, 0), (1,))
    found = next_clsm(FRANCE, _state(), sets, 1, ceiling=None)
    assert found.value == 700
    assert "une autre réponse sert autant" in found.ties


@pytest.mark.parametrize("sets", [((0,), (1,), (2,)), ((0, 3), (1, 3), (2, 3))])
def test_a_few_people_less_are_no_tie_however_many_there_are_to_serve(sets: tuple[tuple[int, ...], ...]) -> None:
    atlas = draw([[60_000_000, 100_010, 100_000, 7]])
    state = coverage_state(crosswalk(atlas, complete="all"), approximate_density(atlas))
    found = next_clsm(read_scope("france", atlas), state, _candidates(*sets, state=state), 2, ceiling=None)
    assert found.exact and [p.candidate.rows for p in found.picks] == list(sets[:2])
    assert found.ties == ""


def test_communes_partly_in_a_zone_are_left_out_and_said() -> None:
    zones = {"cls": {"c": zone("01001", part=["01006"])}}
    state = coverage_state(crosswalk(LINE, zones, complete="all"), approximate_density(LINE))
    possible = siting_candidates("cls", FRANCE, state)
    assert [(c.rows, c.population, c.partial) for c in possible] == [((0,), 100.0, 1)]
    assert any("c (1 commune)" in plain(n) for n in next_clsm(FRANCE, state, possible, 1).notices)


def test_needs_and_mixes() -> None:
    state = _state()
    by_need = needs(FRANCE, state)
    assert by_need["rural"].tolist() == [100, 200, 0, 0, 0, 0]
    sets = _candidates((0, 1), (5,))
    assert next_clsm(FRANCE, state, sets, 1, mix=Mix(0, 0, 1), ceiling=None).table.index.tolist() == ["k0"]
    assert next_clsm(FRANCE, state, sets, 1, mix=Mix(1, 0, 0), ceiling=None).table.index.tolist() == ["k1"]
    mixed = next_clsm(FRANCE, state, sets, 1, mix=Mix(1, 0, 1), ceiling=None)
    assert mixed.table.index.tolist() == ["k0"]
    assert mixed.value == pytest.approx(0.5 * 300 / 2100 + 0.5)
    with pytest.raises(GeoInputError, match="Besoins"):
        Mix(0, 0, 0)


def test_figures_after_are_those_of_the_chosen_communes_in_service() -> None:
    state = _state()
    found = next_clsm(FRANCE, state, _candidates((0, 1), (4, 5)), 1, ceiling=None)
    after = {f.id: f for f in found.figures_after(state)}
    assert after["habitants"].value == 1100
    assert found.rows.tolist() == [4, 5]


def test_own_perimeters_are_read_or_refused_in_french() -> None:
    state = _state()
    made = own_candidates({"Nord": ["01001", "01002"]}, state)
    assert (made[0].rows, made[0].population) == ((0, 1), 300)
    with pytest.raises(GeoInputError, match=r"Sud : .*99999") as error:
        own_candidates({"Sud": ["99999"], "Vide": []}, state)
    assert len(error.value.problems) == 2


def test_quarters_that_are_not_known_are_not_nought() -> None:
    built = crosswalk(LINE, {"qpv": {"q": zone("01006", population=50)}}, complete=("clsm",))
    state = coverage_state(built, approximate_density(LINE))
    found = next_clsm(FRANCE, state, _candidates((5,), (4,)), 2, ceiling=None)
    assert found.picks[0].added["qpv"] == 50
    assert np.isnan(found.picks[1].added["qpv"])
    assert any("QPV" in n for n in next_clsm(FRANCE, state, _candidates((5,)), 1, mix=Mix(0, 1, 0)).notices)


def test_k_below_one_and_no_candidate_are_refused() -> None:
    with pytest.raises(GeoInputError, match="au moins 1"):
        next_clsm(FRANCE, _state(), _candidates((0,)), 0)
    with pytest.raises(GeoInputError, match="Aucun candidat"):
        next_clsm(FRANCE, _state(), [], 1)


def test_nothing_left_to_serve_is_said() -> None:
    state = _state({"all": zone(*(str(c) for c in LINE.codes))})
    found = next_clsm(FRANCE, state, _candidates((0,), (1, 2)), 2, ceiling=None)
    assert found.picks == () and found.sentence.startswith("Aucun candidat")


subsets = st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True).map(lambda s: tuple(sorted(s)))


@settings(max_examples=40)
@example([(0,), (0, 1, 2), (1, 2, 5), (0, 4), (4,)], 3, [1, 0, 1, 0, 1, 1])  # two serve as much as three
@given(
    st.lists(subsets, min_size=1, max_size=7),
    st.integers(1, 4),
    st.lists(st.integers(0, 40), min_size=6, max_size=6).filter(any),
)
def test_the_answer_equals_brute_force(sets: list[tuple[int, ...]], k: int, people: list[int]) -> None:
    atlas = draw([people])
    state = coverage_state(crosswalk(atlas, complete="all"), approximate_density(atlas))
    given_sets = [SitingCandidate(f"k{i}", f"K{i}", rows, 0.0) for i, rows in enumerate(sets)]
    found = next_clsm(read_scope("france", atlas), state, given_sets, k, ceiling=None)
    value = lambda chosen: sum(people[a] for a in {a for s in chosen for a in s})  # noqa: E731
    every = [c for n in range(1, min(k, len(sets)) + 1) for c in combinations(range(len(sets)), n)]
    best = max(value([sets[i] for i in c]) for c in every)
    assert found.exact
    assert found.value == best
    assert value([p.candidate.rows for p in found.picks]) == best
    assert found.greedy_value <= best
    assert len(found.picks) <= k
    gains = [p.gain for p in found.picks]
    assert gains == sorted(gains, reverse=True) and all(g > 0 for g in gains)
    if not found.ties and len(found.picks) == k:  # then no other set of k is as good
        optimal = {frozenset(c) for c in every if len(c) == k and value([sets[i] for i in c]) == best}
        useful = {o for o in optimal if all(value([sets[i] for i in o if i != j]) < best for j in o)}
        assert len(useful) <= 1


def test_disjoint_candidates_give_the_same_answer_through_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    sets = _candidates((0,), (1, 2), (3, 4), (5,))
    quick = next_clsm(FRANCE, _state(), sets, 3, ceiling=None)
    monkeypatch.setattr(covering.Problem, "disjoint", property(lambda _: False))
    solved = next_clsm(FRANCE, _state(), sets, 3, ceiling=None)
    assert solved.value == quick.value and solved.table.index.tolist() == quick.table.index.tolist()


def test_when_time_runs_out_the_answer_says_it_is_not_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped:
        x = None
        status = 1
        mip_dual_bound = None

    monkeypatch.setattr("scipy.optimize.milp", lambda *_, **__: Stopped())
    found = next_clsm(FRANCE, _state(), _candidates((0, 1), (1, 2)), 1, ceiling=None)
    assert not found.exact and found.value == found.greedy_value == 500
    assert "meilleure réponse trouvée" in found.sentence


@pytest.mark.parametrize(("gap", "said"), [(0.00001, "0,1 %"), (0.1231, "12,4 %"), (0.123, "12,3 %"), (1.0, "100 %")])
def test_what_an_answer_cut_short_may_miss_is_rounded_up(gap: float, said: str) -> None:
    found = next_clsm(FRANCE, _state(), _candidates((0, 1), (1, 2)), 1, ceiling=None)
    text = plain(replace(found, exact=False, disjoint=False, gap=gap).sentence)
    assert f"à {said} près au plus" in text


def test_ten_among_the_epci_of_the_country() -> None:
    state = coverage_state(real.crosswalk(), real.density())
    scope = read_scope("france", real.atlas())
    possible = siting_candidates("epci", scope, state)
    assert len(possible) == len(real.atlas().epci)
    found = next_clsm(scope, state, possible, 10, kind="epci")
    demand = needs(scope, state)["habitants"]
    kept = [c for c in possible if demand[list(c.rows)].sum() <= found.ceiling]
    best = sorted((demand[list(c.rows)].sum() for c in kept), reverse=True)[:10]
    assert found.exact and found.value == sum(best)
    assert len(found.divisions) + len(kept) == len(possible)
    assert all(d.people > 0 for d in found.divisions)
    assert np.allclose([p.gain for p in found.picks], best)


def test_an_answer_cut_short_is_never_worse_than_the_greedy_one(monkeypatch: pytest.MonkeyPatch) -> None:
    cut_short = SimpleNamespace(x=np.r_[1.0, np.zeros(7)], status=1, mip_gap=1592.0, mip_dual_bound=-2.0)
    monkeypatch.setattr("scipy.optimize.milp", lambda *_, **__: cut_short)
    problem = covering.pose([(0, 1), (1, 2), (2, 3), (3, 0)], np.array([1.0, 2.0, 30.0, 4.0]))
    answer = covering.solve(problem, 1, 1.0)
    assert problem.value(answer.chosen) == problem.value(covering.greedy_choice(problem, 1)) == 34.0
    assert not answer.exact
    assert answer.gap == pytest.approx(1 - 34.0 / 60.0)  # the optimum is at most twice the largest worth
