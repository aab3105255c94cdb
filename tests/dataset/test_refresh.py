"""EPCI and populations of a later year take the place of the base's; those of the same year do not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from geo.dataset.communes import refreshed, year_of
from geo.files import sha256_of
from geo.layers.embedded import _territory_layer
from tests.support.grid import draw


def atlas():
    found = draw([[100, 200], [300, 400]], epci=[["200000001", "200000001"], ["200000002", None]])
    found.manifest["epci_libelle"] = "EPCI au 1er janvier 2025"
    return found


def version(folder: Path, kind: str, vintage: str, **columns: list) -> dict:
    file = folder / f"{kind}.parquet"
    pd.DataFrame(columns).to_parquet(file)
    files = {file.name: (file.stat().st_size, sha256_of(file))}
    return {kind: SimpleNamespace(path=folder, manifest=SimpleNamespace(vintage=vintage, files=files))}


CODES = ["01001", "01002", "01003"]


def epci(folder: Path, vintage: str, codes: list[str] = CODES) -> dict:
    columns = {"code": codes, "siren": ["200000001", "200000009", "200000009"][: len(codes)]}
    return version(
        folder, "epci", vintage, **columns, nom=["Un", "Neuf", "Neuf"][: len(codes)], nature=["CC"] * len(codes)
    )


@pytest.mark.parametrize(
    ("text", "year"), [("2023 et 2017", 2023), ("", 0), ("génération 2024, édition de 2026", 2026)]
)
def test_the_year_of_a_vintage_is_the_newest_it_names(text: str, year: int) -> None:
    assert year_of(text) == year


def test_a_later_list_of_epci_is_used_and_dated(tmp_path: Path) -> None:
    found, used = refreshed(atlas(), epci(tmp_path, "2026"))
    assert used == {"epci"}
    assert found.table["epci"].fillna("").tolist() == ["200000001", "200000009", "200000009", ""]
    assert found.epci["nom"].to_dict() == {"200000001": "Un", "200000009": "Neuf"}
    assert found.epci["population"].to_dict() == {"200000001": 100, "200000009": 500}
    assert _territory_layer("epci", found).vintage == "intercommunalités au 1er janvier 2026"
    assert _territory_layer("ept", found).vintage == "EPCI au 1er janvier 2025"


@pytest.mark.parametrize("vintage", ["2025", "2024", ""])
def test_a_list_that_is_no_later_changes_nothing(tmp_path: Path, vintage: str) -> None:
    same = atlas()
    assert refreshed(same, epci(tmp_path, vintage)) == (same, frozenset())


def test_a_later_list_that_lacks_communes_changes_nothing(tmp_path: Path) -> None:
    same = atlas()
    assert refreshed(same, epci(tmp_path, "2026", CODES[:2])) == (same, frozenset())


def test_later_populations_are_used_summed_and_dated(tmp_path: Path) -> None:
    people = {"code": [*CODES, "01004"], "population": [1, 2, 3, 4], "annee": ["2024"] * 4}
    found, used = refreshed(atlas(), version(tmp_path, "populations", "2024", **people))
    assert used == {"populations"}
    assert found.population.tolist() == [1, 2, 3, 4]
    assert found.departements["population"].tolist() == [10]
    assert found.epci["population"].tolist() == [3, 3]
    assert found.population_year == "2024"


@pytest.mark.parametrize(("codes", "vintage"), [(CODES, "2024"), ([*CODES, "01004"], "2023")])
def test_populations_of_the_same_year_or_with_gaps_change_nothing(
    tmp_path: Path, codes: list[str], vintage: str
) -> None:
    same = atlas()
    people = {"code": codes, "population": [1] * len(codes), "annee": [vintage] * len(codes)}
    assert refreshed(same, version(tmp_path, "populations", vintage, **people)) == (same, frozenset())
