"""The figures of CLSM again, by pandas alone from the cited facts: people, communes, and the number of CLSM wherever it is said."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd
import pytest

from geo.coverage import coverage, coverage_state, covered_curve, covered_figure, portfolio, read_scope
from geo.coverage.figures.ground import Ground
from geo.coverage.figures.limits import limits
from geo.layers import LayerId
from geo.paths import DATA
from geo.region import trend
from tests.support import real
from tests.support.grid import plain

SCOPES = ("france", "reg-94", "reg-04", "reg-11", "reg-93", "dep-69", "dep-35", "dep-75")


@lru_cache(maxsize=1)
def _facts() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the communes of today, and one line for each CLSM in service and commune (none where the source names none)."""
    atlas = real.atlas().table.set_index("code")
    facts = pd.read_csv(DATA / "dispositifs/clsm.csv", dtype=str, keep_default_na=False)
    facts = facts[facts["etat"] == "cite"]
    assert not (facts["methode"] == "departement_entier").any()
    former = pd.read_csv(DATA / "base/anciens_codes.csv", dtype=str).set_index("ancien")["actuel"]
    facts["code"] = facts["code_commune"].where(
        ~facts["code_commune"].isin(former.index), facts["code_commune"].map(former)
    )
    parts = atlas.reset_index()[["code", "commune"]].rename(columns={"code": "atom", "commune": "code"})
    parts = pd.concat([parts, parts.assign(code=parts["atom"])]).drop_duplicates()
    facts = facts.merge(parts, on="code", how="left")
    assert facts.loc[facts["code"] != "", "atom"].notna().all()
    return atlas, facts


@pytest.mark.parametrize("name", SCOPES)
def test_people_communes_and_clsm_are_those_that_pandas_counts(name: str) -> None:
    atlas, facts = _facts()
    kind, _, code = name.partition("-")
    here = atlas if kind == "france" else atlas[atlas[{"reg": "region", "dep": "departement"}[kind]] == code]
    inside = facts[facts["atom"].isin(here.index)]
    whole = inside[inside["part_commune"] != "partielle"]
    people = here["population"].reindex(whole["atom"].unique()).sum()
    lost = facts[(facts["methode"] == "non_resolu") & facts["departement"].isin(here["departement"])]
    known = set(inside["id"]) | set(lost["id"])

    state, scope = coverage_state(real.crosswalk(), real.density()), read_scope(name, real.atlas())
    figure = covered_figure(scope, state)
    assert (figure.value, figure.total) == (people, here["population"].sum())
    assert coverage(scope, real.crosswalk()).communes == here["commune"].nunique()
    curve = covered_curve(scope, state)
    assert set(curve.index) == set(whole["id"]) and curve["ajout"].sum() == people
    assert trend(scope, state).moments[-1].sure == len(known)
    held = portfolio(scope, state)
    assert len(held.table) + held.left_out == len(known)
    (clsm,) = [one for one in limits(scope, state) if one.name == "CLSM"]
    assert plain(clsm.known).startswith(f"{len(known)} CLSM connu")
    assert not Ground(scope, state).listed(LayerId.CLSM)
