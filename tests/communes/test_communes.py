"""The atoms: totals that must be kept, territories, and a base that is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geo.communes.atlas import ATTRIBUTES, load_atlas
from geo.errors import MissingDataError
from geo.paths import BASE
from tests.support.grid import draw
from tests.support.real import atlas


def test_the_country_counts_every_inhabitant_once() -> None:
    assert int(atlas().population.sum()) == 68_350_798
    assert len(atlas().codes) == 34_917
    assert len(set(atlas().codes)) == 34_917


def test_paris_is_the_sum_of_its_arrondissements() -> None:
    inside = [c for c in atlas().codes if c.startswith("751")]
    assert len(inside) == 20
    assert atlas().population[atlas().rows(inside)].sum() == atlas().villes.at["75056", "population"] == 2_103_778


@pytest.mark.parametrize(
    ("column", "name"), [("departement", "departements"), ("region", "regions"), ("epci", "epci"), ("ept", "ept")]
)
def test_each_territory_has_the_people_of_its_atoms(column: str, name: str) -> None:
    declared = getattr(atlas(), name)["population"]
    counted = atlas().table.groupby(column)["population"].sum()
    assert counted.reindex(declared.index).tolist() == declared.tolist()


def test_every_atom_has_a_departement_and_nearly_all_an_epci() -> None:
    table = atlas().table
    assert table["departement"].notna().all()
    alone = table.loc[table["epci"].isna(), "code"].tolist()
    assert sorted(alone) == ["22016", "29083", "29155", "85113"]  # Bréhat, Sein, Ouessant, Yeu


def test_names_are_neat() -> None:
    tables = (atlas().table, atlas().villes, atlas().epci, atlas().ept, atlas().departements, atlas().regions)
    names = [str(name) for table in tables for name in table["nom"]]
    assert [name for name in names if name != " ".join(name.split()) or not name] == []


def test_rows_are_in_code_order_and_areas_positive() -> None:
    assert atlas().codes.tolist() == sorted(atlas().codes)
    assert (atlas().table["area_m2"] > 0).all()
    assert 540e9 < atlas().table.loc[atlas().table["epsg"] == 2154, "area_m2"].sum() < 552e9


def test_neighbours_go_both_ways_and_nobody_is_its_own() -> None:
    matrix = atlas().neighbours
    assert (matrix != matrix.T).nnz == 0
    assert not matrix.diagonal().any()
    assert set(np.unique(matrix.data)) == {1}


def test_outlines_follow_the_atoms() -> None:
    outlines = atlas().outlines()
    assert outlines.index.tolist() == atlas().codes.tolist()
    assert outlines.crs.to_epsg() == 4326
    assert outlines.notna().all()
    some = [34_000, 7, 20_000]
    few = atlas().outlines(np.array(some))
    assert few.index.tolist() == atlas().codes[some].tolist() and few.crs.to_epsg() == 4326
    assert few.geom_equals(outlines.iloc[some], align=False).all()
    assert atlas().outlines(np.array([], dtype=int)).empty


def test_communities_are_the_epci_or_the_ept_and_paris_stands_alone() -> None:
    owner, names = atlas().communities
    at = lambda code: owner.iloc[atlas().row[code]]  # noqa: E731
    assert names.at[at("94028"), "nom"] == "Grand Paris Sud Est Avenir"
    assert names.at[at("75118"), "nom"] == "Paris"
    assert names.at[at("79191"), "nom"] == "CA du Niortais"
    assert owner.iloc[atlas().row["29083"]] != owner.iloc[atlas().row["29083"]]  # Sein: null
    assert set(owner.dropna()) <= set(names.index)
    assert owner.isna().sum() == 4


def test_mayotte_has_its_own_year() -> None:
    assert atlas().population_year_of(["94", "75"]) == "2023"
    assert atlas().population_year_of(["976"]) == "2017"
    both = atlas().population_year_of(["94", "976"])
    assert "2023" in both
    assert "Mayotte" in both


def test_labels_name_atoms_and_cities_and_leave_strangers_bare() -> None:
    assert atlas().label("94028") == "Créteil (94028)"
    assert atlas().label("13055") == "Marseille (13055)"
    assert atlas().label("XXXXX") == "XXXXX"


def test_rows_refuse_what_is_no_atom() -> None:
    with pytest.raises(KeyError):
        atlas().rows(["75056"])
    assert atlas().members("epci", "nowhere").size == 0


@pytest.mark.parametrize("absent", ["communes.parquet", "voisins.parquet", "base.json", "anciens_codes.csv", "ept.csv"])
def test_a_base_that_lacks_a_file_says_which_and_how_to_make_it(absent: str, tmp_path: Path) -> None:
    for file in BASE.iterdir():
        if file.name != absent:
            (tmp_path / file.name).symlink_to(file)
    with pytest.raises(MissingDataError) as caught:
        load_atlas(tmp_path)
    assert absent in str(caught.value)
    assert "La base est à refaire par qui a installé le tableau de bord" in str(caught.value)


def test_the_drawn_atlas_has_the_columns_of_the_real_one() -> None:
    drawn = draw([[1, 2], [3, 4]], departement=[["01", "02"], ["01", "02"]])
    assert list(drawn.table.columns) == ATTRIBUTES
    assert drawn.codes.tolist() == ["01001", "01003", "02002", "02004"]
    assert drawn.neighbours.sum() == 8
    assert drawn.members("departement", "02").tolist() == [2, 3]
