"""Rural or urban without the INSEE grid: hand answers, and the agreement the code claims with the true grid."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist

from geo.communes import AGREEMENT, LABELS, approximate_density
from geo.guidance import Settings
from tests.support import real
from tests.support.grid import draw
from tests.support.reading import mirrored

INTERMEDIATE = {"Centres urbains intermédiaires", "Petites villes", "Ceintures urbaines"}


def test_a_commune_is_sorted_by_its_inhabitants_per_square_kilometre() -> None:
    found = approximate_density(draw([[0, 249, 250], [1499, 1500, 40_000]]))
    assert found.level.tolist() == [3, 3, 2, 2, 1, 1]
    assert found.rural.tolist() == [True, True, False, False, False, False]
    assert found.estimated
    assert "approximation" in found.source


def test_the_area_counts_and_not_only_the_people() -> None:
    assert approximate_density(draw([[6000]], side=2000)).level.tolist() == [1]
    assert approximate_density(draw([[6000]], side=5000)).level.tolist() == [3]


def test_arrondissements_take_the_class_of_their_whole_city() -> None:
    found = approximate_density(draw([[5000, 100, 100]], city=[["01900", "01900", None]]))
    assert found.level.tolist() == [1, 1, 3]


def test_every_class_found_in_france_has_a_label() -> None:
    assert set(np.unique(real.density().level)) == set(LABELS)


@pytest.mark.mirror
def test_the_agreement_with_the_insee_grid_is_the_one_claimed() -> None:
    grid = pd.read_csv(mirrored("densite_ruralite/densite.csv"), dtype=str, encoding="utf-8-sig").set_index(
        "insee_com"
    )["niveau_densite"]
    truth = grid.map(lambda level: 1 if level == "Grands centres urbains" else 2 if level in INTERMEDIATE else 3)
    atoms = real.atlas().table.assign(level=real.density().level)
    communes = atoms.groupby("commune").agg(population=("population", "sum"), level=("level", "first"))
    communes["truth"] = truth.reindex(communes.index)
    assert len(communes) == 34_875
    assert communes["truth"].notna().all()
    weights = communes["population"] / communes["population"].sum()
    same = {
        "classes": communes["level"] == communes["truth"],
        "rural": (communes["level"] == 3) == (communes["truth"] == 3),
    }
    measured = {k: (round(float(v.mean()), 4), round(float((v * weights).sum()), 4)) for k, v in same.items()}
    assert measured == AGREEMENT


def test_the_limits_of_coordination_are_the_ninth_deciles_of_french_epci() -> None:
    table = real.atlas().table.dropna(subset=["epci"])
    groups = table.groupby("epci")
    spans = [pdist(g[["x", "y"]].to_numpy(dtype=float)).max() if len(g) > 1 else 0 for _, g in groups]
    communes = np.quantile(groups["commune"].nunique(), 0.9)
    area_km2 = np.quantile(groups["area_m2"].sum(), 0.9) / 1e6
    span_km = np.quantile(spans, 0.9) / 1000
    quoted = re.search(r"\((\d+) communes, (\d+) km², (\d+) km\)", " ".join((Settings.__doc__ or "").split()))
    assert quoted
    assert [round(v) for v in (communes, area_km2, span_km)] == [int(v) for v in quoted.groups()]
    chosen = Settings()
    for limit, decile in (
        (chosen.max_communes, communes),
        (chosen.max_area_m2 / 1e6, area_km2),
        (chosen.max_span_m / 1000, span_km),
    ):
        assert limit == pytest.approx(decile, rel=0.1)
