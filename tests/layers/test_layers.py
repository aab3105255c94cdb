"""Reading layers: rows that are not understood are named, and nothing is counted twice or guessed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geo.communes import Atlas
from geo.errors import GeoInputError, MissingDataError
from geo.layers import Etat, Layer, Precision, find_zones, load_layers, zone_members
from tests.support import real
from tests.support.grid import draw, layer, zone
from tests.support.real import crosswalk

COLUMNS = (
    "id,nom,type,echelle,territoire,code_commune,nom_commune,part_commune,code_epci,nom_epci,departement,annee,"
    "population_declaree,etat,methode,annee_source,source_titre,source_url,status,note"
)
QUARTERS = (
    "id,departement,code_qp,nom,communes,codes_insee,population,population_type,population_annee,evolution_2024,"
    "source_titre,source_url,annee_source,status,note"
)
CATALOGUE = """
[[couche]]
id = "{id}"
nom = "Couche"
nom_long = "Couche de test"
type = "CLSM"
fichier = "faits.csv"
source = "test"
millesime = "2026"
etendue = ["01"]
populations = "populations.csv"
remarque = ""
"""


def _atlas() -> Atlas:
    return draw(
        [[100, 200, 300], [400, 500, 600]],
        city=[["01900", "01900", None], [None, None, None]],
        former={"01950": ("01006", "Vieux-Bourg")},
    )


def _fact(
    zone_id: str, code: str, *, part: str = "entiere", etat: str = "cite", method: str = "liste_lue", kind: str = "CLSM"
) -> str:
    return f"{zone_id},CLSM {zone_id},{kind},,,{code},,{part},,,01,,,{etat},{method},,,,read,"


def _quarter(zone_id: str, codes: str, people: str = "900", kind: str = "municipale") -> tuple[str, str]:
    """A line of the list, and one of the cited populations."""
    return f"{zone_id},Quartier {zone_id},{codes}", f"x,01,{zone_id},Autre nom,,,{people},{kind},2020,,Une page,,,read,"


def _load_quarters(folder: Path, *quarters: tuple[str, str], cited: tuple[str, ...] = ()) -> Layer:
    (folder / "layers.toml").write_text(CATALOGUE.format(id="qpv"), encoding="utf-8")
    listed = [q for q, _ in quarters]
    people = [*(p for _, p in quarters), *cited]
    (folder / "faits.csv").write_text("\n".join(("code_qp,nom,codes_insee", *listed)) + "\n", encoding="utf-8")
    (folder / "populations.csv").write_text("\n".join((QUARTERS, *people)) + "\n", encoding="utf-8")
    return load_layers(_atlas(), folder)["qpv"]


def _load(folder: Path, *lines: str, layer_id: str = "clsm") -> Layer:
    (folder / "layers.toml").write_text(CATALOGUE.format(id=layer_id), encoding="utf-8")
    (folder / "faits.csv").write_text("\n".join((COLUMNS, *lines)) + "\n", encoding="utf-8")
    return load_layers(_atlas(), folder)[layer_id]


def test_a_zone_holds_its_communes_and_their_inhabitants(tmp_path: Path) -> None:
    made = _load(tmp_path, _fact("a", "01003"), _fact("a", "01004"), _fact("b", "01005", etat="annonce"))
    assert made.members["inhabitants"].tolist() == [300, 400, 500]
    assert made.zones["etat"].tolist() == [Etat.EN_SERVICE, Etat.ANNONCE]
    assert made.extent == {"01"}


def test_a_commune_partly_in_a_zone_has_no_figure_there(tmp_path: Path) -> None:
    made = _load(tmp_path, _fact("a", "01003"), _fact("a", "01004", part="partielle"))
    assert np.isnan(made.members["inhabitants"].iat[1])
    assert zone_members(made, "a") == ([2], [3])


def test_a_whole_city_is_its_arrondissements(tmp_path: Path) -> None:
    made = _load(tmp_path, _fact("a", "01900"))
    assert zone_members(made, "a") == ([0, 1], [])


def test_a_city_and_one_of_its_arrondissements_are_counted_once(tmp_path: Path) -> None:
    made = _load(tmp_path, _fact("a", "01900"), _fact("a", "01001"))
    assert zone_members(made, "a") == ([0, 1], [])
    assert made.members["inhabitants"].sum() == 300


def test_the_same_commune_twice_in_a_zone_is_counted_once(tmp_path: Path) -> None:
    made = _load(tmp_path, _fact("a", "01003"), _fact("a", "01003"))
    assert made.members["inhabitants"].sum() == 300


def test_a_whole_departement_holds_all_its_communes(tmp_path: Path) -> None:
    made = _load(tmp_path, _fact("a", "", method="departement_entier"))
    assert zone_members(made, "a")[0] == [0, 1, 2, 3, 4, 5]
    assert made.members["inhabitants"].sum() == 2100


def test_a_zone_without_any_commune_is_kept_and_not_located(tmp_path: Path) -> None:
    made = _load(tmp_path, _fact("a", "", part="", method="non_resolu"), _fact("b", "01003"))
    assert made.zones.index.tolist() == ["a", "b"]
    assert made.located.index.tolist() == ["b"]


def test_every_bad_code_is_named_with_its_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(GeoInputError) as caught:
        _load(tmp_path, _fact("a", "01003"), _fact("a", "1004"), _fact("a", "01950"), _fact("a", "01777"))
    assert [p.split(" : ")[0] for p in caught.value.problems] == [f"faits.csv, ligne {n}" for n in (3, 4, 5)]
    assert "01006" in caught.value.problems[1]


@pytest.mark.parametrize("wrong", [{"etat": "vivant"}, {"method": "devine"}])
def test_an_etat_or_method_out_of_the_list_is_refused_with_its_place(wrong: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(GeoInputError) as caught:
        _load(tmp_path, _fact("a", "01003"), _fact("b", "01004", **wrong))
    assert next(iter(wrong.values())) in str(caught.value)
    assert "faits.csv" in str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"layers\.toml"):
        load_layers(_atlas(), tmp_path)


def test_a_quarter_in_one_commune_brings_its_published_people_there(tmp_path: Path) -> None:
    made = _load_quarters(tmp_path, _quarter("q", "01003"))
    assert made.members[["row", "whole", "inhabitants"]].values.tolist() == [[2, False, 900.0]]


def test_a_quarter_across_two_communes_is_not_shared_out(tmp_path: Path) -> None:
    made = _load_quarters(tmp_path, _quarter("q", "01003 01004"))
    assert made.members["row"].tolist() == [2, 3]
    assert made.members["inhabitants"].isna().all()
    assert made.zones.at["q", "population"] == 900


def test_a_population_that_counts_a_part_of_the_quarter_is_not_used(tmp_path: Path) -> None:
    made = _load_quarters(
        tmp_path,
        _quarter("q", "01003", kind="estimation_anct_partielle"),
        _quarter("r", "01004", people="", kind=""),
    )
    assert made.zones["population"].isna().all()
    assert made.members["inhabitants"].isna().all()


def test_a_quarter_listed_under_an_old_and_a_new_code_is_in_one_commune(tmp_path: Path) -> None:
    made = _load_quarters(tmp_path, _quarter("q", "01950 01006"))
    assert made.members["row"].tolist() == [5]
    assert made.members["inhabitants"].tolist() == [900]


def test_a_quarter_in_an_unknown_commune_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(GeoInputError, match=r"faits\.csv, ligne 3 : 01777"):
        _load_quarters(tmp_path, _quarter("q", "01003"), _quarter("r", "01777"))


def test_a_quarter_that_no_source_counts_has_unknown_people(tmp_path: Path) -> None:
    made = _load_quarters(tmp_path, ("q,Le Parc,01003", ""))
    assert made.zones["population"].isna().all() and made.members["inhabitants"].isna().all()


def test_a_quarter_of_a_split_city_may_be_in_any_of_its_arrondissements(tmp_path: Path) -> None:
    made = _load_quarters(tmp_path, _quarter("q", "01900"), _quarter("r", "01003"))
    assert made.zones["precision"].tolist() == [Precision.VILLE, Precision.LUE]
    assert made.candidates.tolist() == [True, False]
    assert made.members["row"].tolist() == [0, 1, 2] and not made.members["whole"].any()
    assert made.placed["row"].tolist() == [2]
    assert np.isnan(made.members["inhabitants"].iloc[0])
    assert made.zones.at["q", "population"] == 900


@pytest.mark.parametrize(("quarters", "cited", "said"), [
    ([_quarter("q", "01003")], (_quarter("z", "01003")[1],), r"populations\.csv, ligne 3 : le quartier z n’est pas dans faits\.csv"),
    ([_quarter("q", "01003"), ("q,Encore,01004", "")], (), r"faits\.csv, ligne 3 : le quartier q figure déjà plus haut"),
])  # fmt: skip
def test_a_quarter_given_twice_or_cited_without_being_listed_is_refused(
    tmp_path: Path, quarters: list[tuple[str, str]], cited: tuple[str, ...], said: str
) -> None:
    with pytest.raises(GeoInputError, match=said):
        _load_quarters(tmp_path, *quarters, cited=cited)


def test_territories_come_from_the_atlas_and_tile_it(tmp_path: Path) -> None:
    (tmp_path / "layers.toml").write_text(CATALOGUE.format(id="clsm"), encoding="utf-8")
    (tmp_path / "faits.csv").write_text(COLUMNS + "\n" + _fact("a", "01003") + "\n", encoding="utf-8")
    drawn = draw([[1, 2], [3, 4]], epci=[["E1", "E1"], ["E2", None]], departement=[["01", "02"], ["01", "02"]])
    made = load_layers(drawn, tmp_path)
    assert made["epci"].members["inhabitants"].sum() == 6  # 4 inhabitants live without an EPCI
    assert made["departements"].members["inhabitants"].sum() == 10
    assert made["departements"].extent == {"01", "02"}
    assert set(made["epci"].zones["precision"]) == {Precision.OFFICIELLE}


def test_a_zone_is_found_by_its_id_or_its_end_whatever_the_case() -> None:
    drawn = _atlas()
    made = layer(drawn, "secteurs-adultes", {"sect-01g07": zone("01003"), "sect-01g17": zone("01004")})
    assert [z for _, z in find_zones([made], " 01G07 ")] == ["sect-01g07"]
    assert [z for _, z in find_zones([made], "SECT-01G17")] == ["sect-01g17"]
    assert list(find_zones([made], "g07")) == []
    assert list(find_zones([made], "")) == []


def test_every_embedded_zone_is_found_by_its_whole_id_alone() -> None:
    for made in crosswalk().layers.values():
        if made.id in ("clsm", "cls", "secteurs-adultes", "secteurs-enfants", "ept"):
            for zone_id in made.zones.index:
                assert [z for _, z in find_zones([made], zone_id.upper())] == [zone_id]


def test_a_territory_says_the_year_of_its_own_list() -> None:
    layers = crosswalk().layers
    years = {name: set(layers[name].zones["annee_source"]) for name in ("epci", "ept", "departements", "regions")}
    assert years == {"epci": {"2025"}, "ept": {"2025"}, "departements": {"2026"}, "regions": {"2026"}}


def test_what_is_embedded_is_read_once_for_the_same_communes_and_again_for_others() -> None:
    """Each publication opens the dataset again: what is published changes nothing in what is embedded."""
    first = load_layers(real.atlas())
    assert load_layers(real.atlas())["clsm"] is first["clsm"]
    others = replace(real.atlas(), manifest={**real.atlas().manifest, "epci_libelle": "1er janvier 2030"})
    assert load_layers(others)["epci"].vintage == "1er janvier 2030"
