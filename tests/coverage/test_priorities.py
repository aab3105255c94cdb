"""The order of priority: hand answers, ties stated, points that add up, intervals of ranks checked by enumeration, stability."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage import (
    PRESETS,
    PRIORITY_TERMS,
    Ranking,
    Weights,
    compared,
    coverage_state,
    explain,
    gap_table,
    interval,
    place,
    rank,
    read_scope,
    stability,
)
from geo.coverage.priorities import preset, scores, terms
from geo.errors import GeoInputError
from tests.support import real
from tests.support.grid import plain

NAN = float("nan")


def _gaps(*rows: tuple[str, float, float, float, float]) -> pd.DataFrame:
    """Make a gap table; QPV and CLS that are NaN are not known."""
    columns = ["nom", "sans_clsm", "qpv_sans_clsm", "rural_sans_clsm", "cls_sans_clsm"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["qpv_connu"], frame["cls_connu"] = frame["qpv_sans_clsm"].notna(), frame["cls_sans_clsm"].notna()
    return frame.set_index(pd.Index([f"c{i}" for i in range(len(frame))], name="code"))


THREE = _gaps(("Aire", 1000, 0, 500, 0), ("Bourg", 500, 100, 0, 1), ("Cité", 0, 0, 0, 2))


def test_an_order_by_hand() -> None:
    # Inhabitants: Bourg is the first of two, 1/2, Aire the second, 1. QPV and rural: the only one that has some, 1.
    found = rank(THREE, Weights(habitants=2, qpv=1, rural=1, cls=0)).table
    assert found.index.tolist() == ["c0", "c1"]  # Cité has no gap
    assert found.loc["c0", ["score", "habitants", "qpv", "rural", "cls"]].tolist() == [75, 50, 0, 25, 0]
    assert found.loc["c1", ["score", "habitants", "qpv", "rural", "cls"]].tolist() == [50, 25, 25, 0, 0]
    assert found["rang"].tolist() == [1, 2]
    assert found[["au_mieux", "au_pire"]].to_numpy().tolist() == [[1, 1], [2, 2]]


def test_one_giant_does_not_flatten_the_others() -> None:
    rows = [("Géant", 5_000_000, 700_000, 0, 0), ("Grand", 300_000, 90_000, 0, 0), ("Petit", 9_000, 100, 0, 0)]
    with_giant, alone = (terms(_gaps(*r))["habitants"] for r in (rows, [("Géant", 400_000, 700_000, 0, 0), *rows[1:]]))
    assert with_giant.tolist() == alone.tolist() == [1, 2 / 3, 1 / 3]


def test_only_the_proportions_of_weights_count() -> None:
    one, other = rank(THREE, Weights(1, 2, 3, 4)), rank(THREE, Weights(10, 20, 30, 40))
    pd.testing.assert_frame_equal(one.table, other.table)


def test_equal_scores_share_a_rank_and_say_so() -> None:
    found = rank(_gaps(("B", 10, 0, 0, 0), ("A", 10, 0, 0, 0), ("C", 5, 0, 0, 0)), Weights(1, 0, 0, 0))
    assert found.table[["nom", "rang", "ex_aequo"]].to_numpy().tolist() == [["A", 1, 1], ["B", 1, 1], ["C", 3, 0]]
    assert len(found.first(1)) == 2
    assert "ex æquo avec 1 autre" in plain(explain(found, "c0"))


def test_scores_that_additions_alone_set_apart_are_equal_wherever_they_fall(monkeypatch: pytest.MonkeyPatch) -> None:
    half = 0.0244140625  # 100 / 4096: half-way between two multiples of what is told apart
    near = pd.Series([half, np.nextafter(half, 1.0), np.nextafter(half, 0.0)]).to_numpy()
    monkeypatch.setattr("geo.coverage.priorities.scores", lambda *asked: (near, scores(*asked)[1]))
    found = rank(_gaps(("B", 10, 0, 0, 0), ("A", 9, 0, 0, 0), ("C", 5, 0, 0, 0)), Weights(1, 0, 0, 0))
    assert found.table[["nom", "rang", "ex_aequo"]].to_numpy().tolist() == [["A", 1, 2], ["B", 1, 2], ["C", 1, 2]]


def test_a_rank_is_said_term_by_term() -> None:
    found = rank(THREE, Weights(2, 1, 1, 0))
    assert plain(explain(found, "c1")) == "2e : Bourg, 50,0 points : Habitants 25,0 + QPV 25,0"


def test_a_term_that_is_not_known_is_left_out_and_its_weight_shared() -> None:
    # A: inhabitants 1, QPV unknown: its score is that of its inhabitants alone. B: (1/2 + 1) / 2.
    gaps = _gaps(("A", 10, NAN, 0, 0), ("B", 5, 3, 0, 0))
    found = rank(gaps, Weights(1, 1, 0, 0))
    assert found.table["score"].to_dict() == {"c0": 100, "c1": 75}
    assert np.isnan(found.table.at["c0", "qpv"])
    assert found.table["inconnu"].to_dict() == {"c0": "QPV", "c1": ""}
    # A is between 1/2 and 1 once its QPV are known, B is 3/4
    assert found.table.loc["c0", ["au_mieux", "au_pire"]].tolist() == [1, 2]
    assert plain(explain(found, "c0")) == (
        "1er (rang possible : du 1er au 2e) : A, 100,0 points : Habitants 100,0 ; inconnu, hors du score : QPV"
    )
    assert any("QPV : inconnu pour 1 des 2 territoires" in plain(text) for text in found.remarks)
    assert rank(gaps, Weights(1, 0, 0, 0)).table["inconnu"].tolist() == ["", ""]  # without weight it does not matter


def test_a_few_that_are_known_do_not_pass_for_the_whole_list() -> None:
    gaps = _gaps(("Grand", 90, 0, 0, NAN), ("Petit", 1, 0, 0, 1))
    gaps["cls_connu"] = False  # one CLS is known in Petit; whether there are others, here or there, is not
    found = rank(gaps, Weights(1, 0, 0, 1)).table
    assert found["nom"].tolist() == ["Grand", "Petit"]
    assert found["cls"].isna().all()


def test_a_closed_term_is_left_out_everywhere_and_says_why() -> None:
    gaps = _gaps(("A", 10, 0, 0, 0), ("B", 5, 3, 0, 1))
    found = rank(gaps, Weights(1, 0, 0, 1), {"cls": "CLS en place : rien n’est complet."})
    assert found.table["nom"].tolist() == ["A", "B"]
    assert found.table["score"].tolist() == [100, 50]
    assert found.table[["au_mieux", "au_pire"]].to_numpy().tolist() == [[1, 2], [1, 2]]
    assert plain(found.remarks[0]) == (
        "CLS en place : rien n’est complet. Ce critère est laissé hors du score, son poids va aux autres."
    )
    assert found.weighs == {"habitants": 1, "qpv": 0, "rural": 0, "cls": 0}


def test_a_territory_of_which_no_weighted_term_is_known_is_last_and_without_rank() -> None:
    found = rank(_gaps(("A", 10, NAN, 0, 0), ("B", 5, 3, 0, 0)), Weights(0, 1, 0, 0))
    assert found.table["nom"].tolist() == ["B", "A"]
    assert np.isnan(found.table.at["c0", "rang"]) and np.isnan(found.table.at["c0", "score"])
    assert place(NAN) == "non classé" and "non classé (rang possible : du 1er au 2e) : A, sans score" in plain(
        explain(found, "c0")
    )


def test_what_each_term_weighs_by_hand() -> None:
    # Points of inhabitants 50 and 25, of QPV 0 and 25, of rural 25 and 0: differences of 25 each, a third.
    found = rank(THREE, Weights(2, 1, 1, 0)).weighs
    assert found == {
        "habitants": pytest.approx(1 / 3),
        "qpv": pytest.approx(1 / 3),
        "rural": pytest.approx(1 / 3),
        "cls": 0,
    }
    same = rank(_gaps(("A", 7, 0, 0, 0), ("B", 7, 0, 0, 0)), Weights())
    assert same.weighs == {}


def test_terms_run_from_0_to_1_and_a_term_without_any_need_is_0() -> None:
    found = terms(THREE)
    assert found["habitants"].tolist() == [1, 0.5, 0]
    assert found["cls"].tolist() == [0, 1, 1]
    assert terms(_gaps(("A", 1, 0, 0, 0)))["qpv"].tolist() == [0]


@pytest.mark.parametrize("values", [(0, 0, 0, 0), (-1, 2, 0, 0), (float("nan"), 1, 0, 0)])
def test_weights_that_order_nothing_are_refused(values: tuple[float, ...]) -> None:
    with pytest.raises(GeoInputError, match="Poids"):
        Weights(*values)


numbers = st.integers(0, 50)
perhaps = st.one_of(numbers, st.just(NAN))
some_weights = st.tuples(*[st.integers(0, 5)] * 4).filter(any)
some_rows = st.tuples(st.integers(1, 50), perhaps, numbers, st.sampled_from([0, 1, 2, NAN]))


@given(st.lists(some_rows, min_size=1, max_size=12), some_weights)
def test_points_add_up_and_the_order_follows_the_score(
    rows: list[tuple[int, float, int, float]], weights: tuple[int, ...]
) -> None:
    found = rank(_gaps(*[(f"n{i}", *row) for i, row in enumerate(rows)]), Weights(*weights)).table
    placed = found[found["rang"].notna()]
    assert found["rang"].isna().tolist() == sorted(found["rang"].isna())  # those without rank are last
    assert np.allclose(placed[[t.id for t in PRIORITY_TERMS]].sum(axis=1), placed["score"])
    assert placed["score"].between(0, 100 + 1e-9).all()
    values = placed["score"].tolist()
    assert all(a >= b - 1e-6 for a, b in pairwise(values))
    for rang, score in zip(placed["rang"], values, strict=True):
        assert rang == 1 + sum(other > score + 1e-6 for other in values)
    assert ((placed["au_mieux"] <= placed["rang"]) & (placed["rang"] <= placed["au_pire"])).all()
    assert found["au_mieux"].ge(1).all() and found["au_pire"].le(len(found)).all()


def _enumerated(gaps: pd.DataFrame, weights: Weights, values: tuple[float, ...]) -> pd.DataFrame:
    """Return the best and the worst rank over every way to fill the unknown terms with some values, one by one."""
    parts = terms(gaps)
    holes = np.argwhere(parts.isna().to_numpy() & (weights.shares > 0))
    seen = []
    for filling in product(values, repeat=len(holes)):
        full = parts.fillna(0.0).to_numpy(copy=True)
        full[tuple(holes.T)] = filling
        score = full @ weights.shares * 100
        seen.append([1 + int((score > mine + 1e-9).sum()) for mine in score])
    return pd.DataFrame({"au_mieux": np.min(seen, axis=0), "au_pire": np.max(seen, axis=0)}, index=gaps.index)


@given(st.lists(some_rows, min_size=1, max_size=4), some_weights)
def test_the_interval_of_a_rank_is_that_of_every_filling(
    rows: list[tuple[int, float, int, float]], weights: tuple[int, ...]
) -> None:
    # With 0 and 1 alone the bounds are reached; with values between them, never passed.
    gaps, held = _gaps(*[(f"n{i}", *row) for i, row in enumerate(rows)]), Weights(*weights)
    found = rank(gaps, held).table[["au_mieux", "au_pire"]].loc[gaps.index]
    assert found.to_numpy().tolist() == _enumerated(gaps, held, (0.0, 1.0)).to_numpy().tolist()
    if np.isnan([row[1] for row in rows] + [row[3] for row in rows]).sum() <= 5:
        inner = _enumerated(gaps, held, (0.0, 0.37, 1.0))
        assert (found["au_mieux"] <= inner["au_mieux"]).all() and (found["au_pire"] >= inner["au_pire"]).all()


@given(st.lists(some_rows, min_size=2, max_size=9), some_weights)
def test_what_the_terms_weigh_adds_up_to_one_and_is_that_of_all_pairs(
    rows: list[tuple[int, float, int, float]], weights: tuple[int, ...]
) -> None:
    gaps = _gaps(*[(f"n{i}", *row) for i, row in enumerate(rows)])
    found = rank(gaps, Weights(*weights)).weighs
    _, points = scores(terms(gaps), Weights(*weights))
    pairs = {
        name: sum(abs(a - b) for i, a in enumerate(column) for b in column[i + 1 :] if not (np.isnan(a) or np.isnan(b)))
        for name, column in points.to_dict("list").items()
    }
    whole = sum(pairs.values())
    if whole < 1e-6:
        assert not found
        return
    assert sum(found.values()) == pytest.approx(1)
    assert found == pytest.approx({name: value / whole for name, value in pairs.items()}, abs=1e-9)


def test_a_territory_first_on_every_term_is_always_kept_and_the_last_never() -> None:
    rows = [(f"n{i}", 100 - i, 100 - i, 100 - i, 0) for i in range(30)]
    found = stability(_gaps(*rows), Weights(), first=10, draws=200)
    assert found.any_weights.iloc[:10].tolist() == [1.0] * 10
    assert found.any_weights.iloc[10:].sum() == 0


def test_the_share_of_weights_that_keep_a_territory_is_that_of_the_simplex() -> None:
    # A is (1, 0), B is (1/2, 1): A is kept when its first weight is over twice the second, which is so of a third of all weights.
    gaps = _gaps(("A", 100, 0, 0, 0), ("B", 50, 100, 0, 0))
    found = stability(gaps, Weights(9, 1, 0, 0), first=1, draws=4000)
    assert found.any_weights["c0"] == pytest.approx(1 / 3, abs=0.03)
    assert found.near_weights["c0"] > 0.98
    again = stability(gaps, Weights(9, 1, 0, 0), first=1, draws=4000)
    pd.testing.assert_series_equal(found.any_weights, again.any_weights)


def test_stability_shares_the_weight_of_what_is_not_known() -> None:
    # A is known by its inhabitants alone (1), B by all (1/2, 1, 0): A is first unless chance gives inhabitants nothing.
    gaps = _gaps(("A", 100, NAN, 0, NAN), ("B", 50, 100, 0, 0))
    found = stability(gaps, Weights(1, 0, 0, 0), {"rural": "fermé"}, first=1, draws=500)
    assert found.any_weights["c0"] == 1.0
    assert stability(gaps, Weights(), {"rural": "fermé", "qpv": "fermé"}, first=1).any_weights["c1"] == 0.0


def test_leaving_out_the_dominated_changes_no_share() -> None:
    gaps = gap_table("commune", read_scope("reg-75", real.atlas()), coverage_state(real.crosswalk(), real.density()))
    assert len(gaps) > 2_000
    found = stability(gaps, Weights(), draws=50)
    values = terms(gaps[gaps["sans_clsm"] > 0]).to_numpy()
    drawn = np.random.default_rng(2025).dirichlet(np.ones(4), 50)
    made = np.nan_to_num(values) @ drawn.T / (~np.isnan(values) @ drawn.T)
    last = np.sort(made, axis=0)[-10]
    assert np.allclose(found.any_weights.to_numpy(), (made >= last - 1e-9).mean(axis=1))


def test_few_territories_are_all_kept_and_none_is_no_error() -> None:
    assert stability(THREE, Weights(), draws=10).any_weights.tolist() == [1.0, 1.0]
    nothing = THREE.iloc[2:]
    assert rank(nothing, Weights()).table.empty
    assert not rank(nothing, Weights()).remarks
    assert stability(nothing, Weights(), draws=10).any_weights.empty


def test_presets_cite_the_guide_and_put_their_term_first() -> None:
    assert all("Guide 2025" in p.source and p.rationale.endswith(".") for p in PRESETS)
    for preset_id in ("qpv", "rural", "cls", "habitants"):
        shares = dict(zip([t.id for t in PRIORITY_TERMS], preset(preset_id).weights.shares, strict=True))
        assert max(shares, key=lambda name: shares[name]) == preset_id


# --- the cases of the review ------------------------------------------------------------------------------------
def _order(scope: str, weights: Weights) -> Ranking:
    found = compared("epci", read_scope(scope, real.atlas()), coverage_state(real.crosswalk(), real.density()))
    return rank(found.table, weights, found.closed)


def test_in_ile_de_france_the_few_cls_known_do_not_command_the_order() -> None:
    found = _order("reg-11", Weights())
    assert "cls" in found.closed and "n’est complète dans aucun département d’ici (20 connus)" in plain(
        found.closed["cls"]
    )
    ranks = found.table.set_index("nom")["rang"]
    assert ranks["CA Melun Val de Seine"] > 3 and ranks["CA Val d'Europe Agglomération"] > 3
    assert found.table["cls"].isna().all()
    assert (found.table["au_mieux"] < found.table["au_pire"]).all()


def test_the_metropole_du_grand_paris_gives_way_to_its_ept_and_nobody_counts_twice() -> None:
    state = coverage_state(real.crosswalk(), real.density())
    scope = read_scope("reg-11", real.atlas())
    found = compared("epci", scope, state)
    assert "200054781" not in found.table.index and {"200058014", "75"} <= set(found.table.index)
    assert "EPT" in found.remark
    assert found.table["population"].sum() == state.population[scope.rows].sum()


def test_in_hauts_de_france_the_criterion_cls_is_closed_and_unknown_in_every_cell() -> None:
    found = _order("reg-32", preset("cls").weights)
    assert "cls" in found.closed
    assert found.table["inconnu"].str.contains("CLS en place").all()
    table = gap_table("epci", read_scope("reg-32", real.atlas()), coverage_state(real.crosswalk(), real.density()))
    alone = table["cls_sans_clsm"]
    assert alone[table["couverts"] < table["population"]].ne(0).all()  # unknown, or one that is known, never 0
    assert alone.isna().sum() > 80
    assert plain(interval(*found.table.iloc[0][["au_mieux", "au_pire"]])).startswith("du 1er au ")
    assert interval(3, 3) == ""


def test_points_whose_rounding_does_not_add_up_are_said_to_be_rounded() -> None:
    """« 78,9 points : Habitants 26,8 + QPV 22,7 + Rural 29,3 » is 78,8 to whoever adds."""
    thirds = rank(_gaps(*((f"{i}", 100.0 * i, 100.0 * i, 100.0 * i, 0.0) for i in range(1, 4))), Weights(1, 1, 1, 0))
    assert thirds.table["score"].round(1).tolist() == [100.0, 66.7, 33.3]
    assert thirds.table[["habitants", "qpv", "rural"]].round(1).sum(axis=1).round(1).tolist() == [99.9, 66.6, 33.3]
    assert "leur somme peut s’écarter du score" in plain(thirds.remarks[-1])
    whole = rank(_gaps(("a", 100.0, 0.0, 0.0, 0.0), ("b", 50.0, 0.0, 0.0, 0.0)), Weights(1, 0, 0, 0))
    assert not any("arrondi" in text for text in whole.remarks)
