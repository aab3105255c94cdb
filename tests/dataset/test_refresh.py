"""EPCI and populations of a later year take the place of the base's; those of the same year do not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from geo.communes import read_code
from geo.dataset import communes
from geo.dataset.communes import refreshed, with_passage, year_of
from geo.dataset.official import revitalisation
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


# --- EPCI and EPT: whole or not at all
def test_a_few_communes_that_a_newer_list_lacks_stay_only_in_a_body_that_still_exists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(communes, "MOST_LACKING", 0.5)
    found, used = refreshed(atlas(), epci(tmp_path, "2026", ["01001", "01003"]))
    assert used == {"epci"} and found.table["epci"].iat[1] == "200000001"
    same, notices = atlas(), list[str]()
    columns = {"code": ["01001", "01003"], "siren": ["200000008", "200000009"], "nom": ["A", "B"], "nature": ["CC"] * 2}
    assert refreshed(same, version(tmp_path, "epci", "2026", **columns), notices) == (same, frozenset())
    assert "celle de 2025 reste employée, entière" in notices[0]


def metropolis():
    made = draw(
        [[100, 200], [300, 400]],
        epci=[["200000001", "200000001"], ["200000001", "200000002"]],
        ept=[["200000051", "200000051"], ["200000052", None]],
    )
    made.manifest["epci_libelle"] = "EPCI et EPT au 1er janvier 2025"
    return made


def ept(folder: Path, codes: list[str], sirens: list[str], vintage: str = "2026") -> dict:
    return version(folder, "ept", vintage, code=codes, siren=sirens, nom=[f"T{s[-1]}" for s in sirens])


def test_a_later_list_of_ept_is_used_as_that_of_epci_is(tmp_path: Path) -> None:
    found, used = refreshed(metropolis(), ept(tmp_path, CODES, ["200000051", "200000059", "200000059"]))
    assert used == {"ept"}
    assert found.table["ept"].fillna("").tolist() == ["200000051", "200000059", "200000059", ""]
    assert found.ept["population"].to_dict() == {"200000051": 100, "200000059": 500}
    assert found.ept["nom"].to_dict() == {"200000051": "T1", "200000059": "T9"}
    assert found.communities[0].tolist() == ["200000051", "200000059", "200000059", "200000002"]
    assert _territory_layer("ept", found).vintage == "territoires du Grand Paris au 1er janvier 2026"
    assert _territory_layer("epci", found).vintage == "EPCI et EPT au 1er janvier 2025"


@pytest.mark.parametrize(("codes", "vintage"), [(CODES[:2], "2026"), ([*CODES, "01004"], "2026"), (CODES, "2025")])
def test_a_list_of_ept_that_lacks_communes_or_has_others_changes_nothing(
    codes: list[str], vintage: str, tmp_path: Path
) -> None:
    same = metropolis()
    assert refreshed(same, ept(tmp_path, codes, ["200000059"] * len(codes), vintage)) == (same, frozenset())


def test_former_codes_that_the_base_does_not_know_are_added(tmp_path: Path) -> None:
    made = atlas()
    rows = {"ancien": ["01901", "01902", "01001"], "actuel": ["01002", "99999", "01003"]}
    found = with_passage(version(tmp_path, "passage", "2026", **rows)["passage"], made)
    assert found.former == {**made.former, "01901": ("01002", "")}
    assert read_code("01901", found).atoms == ("01002",)
    nothing = {"ancien": ["01902"], "actuel": ["99999"]}
    assert with_passage(version(tmp_path, "passage", "2026", **nothing)["passage"], made) is made


def test_the_frr_status_of_a_city_is_that_of_its_arrondissements_and_silence_stays_unknown(tmp_path: Path) -> None:
    made = draw([[100, 200, 300, 400]], city=[[None, "01900", "01900", None]])
    given = version(tmp_path, "frr", "2025", code=["01001", "01900"], statut=["FRR+", "FRR socle"])["frr"]
    found = revitalisation(given, made)
    assert found.status.tolist() == ["FRR+", "FRR socle", "FRR socle", ""]
    assert found.source.endswith("(2025)")
