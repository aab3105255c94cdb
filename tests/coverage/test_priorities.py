"""The order of priority: hand answers, ties stated, points that add up, stability with a fixed seed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage import (
    PRESETS,
    PRIORITY_TERMS,
    Weights,
    coverage_state,
    explain,
    gap_table,
    rank,
    read_scope,
    stability,
)
from geo.coverage.priorities import preset, terms
from geo.errors import GeoInputError
from tests.support import real
from tests.support.grid import plain


def _gaps(*rows: tuple[str, float, float, float, int]) -> pd.DataFrame:
    columns = ["nom", "sans_clsm", "qpv_sans_clsm", "rural_sans_clsm", "cls_sans_clsm"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.set_index(pd.Index([f"c{i}" for i in range(len(frame))], name="code"))


THREE = _gaps(("Aire", 1000, 0, 500, 0), ("Bourg", 500, 100, 0, 1), ("Cité", 0, 0, 0, 2))


def test_an_order_by_hand() -> None:
    found = rank(THREE, Weights(habitants=2, qpv=1, rural=1, cls=0)).table
    assert found.index.tolist() == ["c0", "c1"]  # Cité has no gap
    assert found.loc["c0", ["score", "habitants", "qpv", "rural", "cls"]].tolist() == [75, 50, 0, 25, 0]
    assert found.loc["c1", ["score", "habitants", "qpv", "rural", "cls"]].tolist() == [50, 25, 25, 0, 0]
    assert found["rang"].tolist() == [1, 2]


def test_only_the_proportions_of_weights_count() -> None:
    one, other = rank(THREE, Weights(1, 2, 3, 4)), rank(THREE, Weights(10, 20, 30, 40))
    pd.testing.assert_frame_equal(one.table, other.table)


def test_equal_scores_share_a_rank_and_say_so() -> None:
    found = rank(_gaps(("B", 10, 0, 0, 0), ("A", 10, 0, 0, 0), ("C", 5, 0, 0, 0)), Weights(1, 0, 0, 0))
    assert found.table[["nom", "rang", "ex_aequo"]].to_numpy().tolist() == [["A", 1, 1], ["B", 1, 1], ["C", 3, 0]]
    assert len(found.first(1)) == 2
    assert "ex æquo avec 1 autre" in plain(explain(found, "c0"))


def test_a_rank_is_told_term_by_term() -> None:
    found = rank(THREE, Weights(2, 1, 1, 0))
    assert plain(explain(found, "c1")) == "2e : Bourg, 50,0 points = Habitants 25,0 + QPV 25,0"


def test_a_term_that_is_not_known_counts_nothing_and_is_named() -> None:
    gaps = _gaps(("A", 10, np.nan, 0, 0), ("B", 5, 3, 0, 0))
    found = rank(gaps, Weights(1, 1, 0, 0)).table
    assert found["inconnu"].to_dict() == {"c0": "QPV", "c1": ""}
    assert found.at["c0", "qpv"] == 0
    assert rank(gaps, Weights(1, 0, 0, 0)).table["inconnu"].tolist() == ["", ""]  # without weight it does not matter


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


@given(
    st.lists(st.tuples(st.integers(1, 50), numbers, numbers, st.integers(0, 2)), min_size=1, max_size=12),
    st.tuples(*[st.integers(0, 5)] * 4).filter(any),
)
def test_points_add_up_and_the_order_follows_the_score(
    rows: list[tuple[int, int, int, int]], weights: tuple[int, ...]
) -> None:
    found = rank(_gaps(*[(f"n{i}", *row) for i, row in enumerate(rows)]), Weights(*weights)).table
    assert np.allclose(found[[t.id for t in PRIORITY_TERMS]].sum(axis=1), found["score"])
    assert found["score"].between(0, 100 + 1e-9).all()
    scores = found["score"].tolist()
    assert all(a >= b - 1e-6 for a, b in pairwise(scores))
    for rang, score in zip(found["rang"], scores, strict=True):
        assert rang == 1 + sum(other > score + 1e-6 for other in scores)


def test_a_territory_first_on_every_term_is_always_kept_and_the_last_never() -> None:
    rows = [(f"n{i}", 100 - i, 100 - i, 100 - i, 0) for i in range(30)]
    found = stability(_gaps(*rows), Weights(), first=10, draws=200)
    assert found.any_weights.iloc[:10].tolist() == [1.0] * 10
    assert found.any_weights.iloc[10:].sum() == 0


def test_the_share_of_weights_that_keep_a_territory_is_that_of_the_simplex() -> None:
    # Kept first among two when its weight is over the other's: one half of all weights; nearer the chosen weights, nearly all.
    gaps = _gaps(("A", 100, 0, 0, 0), ("B", 1e-6, 100, 0, 0))
    found = stability(gaps, Weights(9, 1, 0, 0), first=1, draws=4000)
    assert found.any_weights["c0"] == pytest.approx(0.5, abs=0.03)
    assert found.near_weights["c0"] > 0.99
    again = stability(gaps, Weights(9, 1, 0, 0), first=1, draws=4000)
    pd.testing.assert_series_equal(found.any_weights, again.any_weights)


def test_leaving_out_the_dominated_changes_no_share() -> None:
    gaps = gap_table("commune", read_scope("reg-75", real.atlas()), coverage_state(real.crosswalk(), real.density()))
    assert len(gaps) > 2_000
    found = stability(gaps, Weights(), draws=50)
    values = terms(gaps[gaps["sans_clsm"] > 0]).fillna(0.0).to_numpy()
    drawn = np.random.default_rng(2025).dirichlet(np.ones(4), 50)
    scores = values @ drawn.T
    last = np.sort(scores, axis=0)[-10]
    assert np.allclose(found.any_weights.to_numpy(), (scores >= last - 1e-9).mean(axis=1))


def test_few_territories_are_all_kept_and_none_is_no_error() -> None:
    assert stability(THREE, Weights(), draws=10).any_weights.tolist() == [1.0, 1.0]
    nothing = THREE.iloc[2:]
    assert rank(nothing, Weights()).table.empty
    assert stability(nothing, Weights(), draws=10).any_weights.empty


def test_presets_cite_the_guide_and_put_their_term_first() -> None:
    assert all("Guide 2025" in p.source and p.rationale.endswith(".") for p in PRESETS)
    for preset_id in ("qpv", "rural", "cls", "habitants"):
        shares = dict(zip([t.id for t in PRIORITY_TERMS], preset(preset_id).weights.shares, strict=True))
        assert max(shares, key=lambda name: shares[name]) == preset_id
