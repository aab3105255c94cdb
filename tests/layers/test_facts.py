"""The embedded facts: the totals their README gives, and nothing that comes from memory."""

from __future__ import annotations

import tomllib
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from geo.communes import read_code
from geo.coverage import coverage_state, read_scope, scope_figures
from geo.layers import Etat, Evidence, Precision, apart_text, find_zones, zone_members
from geo.paths import DATA
from geo.perimeters import Perimeter, PerimeterFacts
from geo.perimeters.edit import from_zone
from tests.support import real
from tests.support.grid import plain

FILES = ("clsm", "secteurs_psy", "cls", "cpts", "dac", "qpv")
SECTORS_94 = {
    "G01": 101_950, "G02": 86_218, "G03": 78_072, "G04": 100_830, "G05": 97_097, "G06": 56_799, "G07": 93_397,
    "G08": 72_053, "G09": 97_326, "G10": 97_592, "G11": 93_963, "G12": 65_064, "G13": 91_371, "G15": 97_376,
    "G16": 109_938, "G17": 87_883,
}  # fmt: skip


@lru_cache(maxsize=8)
def _facts(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / "dispositifs" / f"{name}.csv", dtype=str, keep_default_na=False)


def _covered(layer_id: str, departement: str, *, whole: bool = True) -> set[str]:
    layer, atlas = real.crosswalk().layers[layer_id], real.atlas()
    rows = layer.members.loc[layer.members["whole"] == whole, "row"].unique()
    return {str(c) for c in atlas.codes[rows] if atlas.table["departement"].iat[atlas.row[c]] == departement}


@pytest.mark.parametrize("name", FILES)
def test_no_row_comes_from_memory_and_each_has_a_source(name: str) -> None:
    facts = _facts(name)
    assert set(facts["status"]) <= {"read", "read-partial"}
    assert (facts["source_titre"].str.strip() != "").all()


@pytest.mark.parametrize("name", FILES)
def test_every_code_is_a_commune_of_today(name: str) -> None:
    cells = _facts(name)["codes_insee" if name == "qpv" else "code_commune"]
    codes = {code for cell in cells for code in cell.split(";") if code}
    assert codes
    assert {read_code(code, real.atlas()).kind for code in codes} <= {"atom", "city"}


@pytest.mark.parametrize("name", [n for n in FILES if n != "qpv"])
def test_each_row_names_the_commune_of_its_code_and_its_departement(name: str) -> None:
    facts = _facts(name)
    located = facts[facts["code_commune"] != ""]
    known = real.atlas().table.set_index("code")
    for code, departement in zip(located["code_commune"], located["departement"], strict=True):
        mine = known.at[code, "departement"] if code in known.index else real.atlas().villes.at[code, "departement"]
        assert mine == departement, (name, code)
    assert not located.duplicated(["id", "code_commune"]).any()


def test_every_row_belongs_to_a_layer_of_the_catalogue() -> None:
    catalogue = tomllib.loads((DATA / "layers.toml").read_text(encoding="utf-8"))["couche"]
    for name in FILES:
        if name != "qpv":
            types = {e["type"] for e in catalogue if e["fichier"] == f"dispositifs/{name}.csv"}
            assert set(_facts(name)["type"]) == types
    assert {e["id"] for e in catalogue} <= set(real.crosswalk().layers)


@pytest.mark.parametrize(("name", "rows", "read"), [
    ("clsm", 1034, 97), ("secteurs_psy", 145, 103), ("cls", 1002, 34), ("cpts", 185, 40), ("dac", 812, 709), ("qpv", 31, 30),
])  # fmt: skip
def test_the_files_hold_the_rows_their_readme_counts(name: str, rows: int, read: int) -> None:
    assert len(_facts(name)) == rows
    assert (_facts(name)["status"] == "read").sum() == read


def test_the_layers_hold_the_zones_their_readme_counts() -> None:
    layers = real.crosswalk().layers
    assert len(layers["secteurs-adultes"].zones) + len(layers["secteurs-enfants"].zones) == 46
    for layer_id, zones, lost in (("clsm", 116, 12), ("cls", 70, 7), ("cpts", 17, 2), ("dac", 19, 1)):
        assert len(layers[layer_id].zones) == zones
        assert len(layers[layer_id].zones) - len(layers[layer_id].located) == lost


def test_a_zone_is_located_exactly_when_it_has_communes() -> None:
    for layer in real.crosswalk().layers.values():
        assert set(layer.zones.index[layer.members["zone"].unique()]) == set(layer.located.index)


def test_each_adult_sector_of_the_val_de_marne_has_its_people() -> None:
    zones = real.crosswalk().layers["secteurs-adultes"].zones
    column = real.crosswalk().columns["secteurs-adultes"]
    totals = dict(zip(zones.index, real.crosswalk().totals[0, column], strict=True))
    assert {k: totals[f"sect-94{k.lower()}"] for k in SECTORS_94} == SECTORS_94
    assert {i for i in zones.index if i.startswith("sect-94g")} == {f"sect-94{k.lower()}" for k in SECTORS_94}


def test_each_commune_of_the_val_de_marne_is_in_exactly_one_adult_sector() -> None:
    members = real.crosswalk().layers["secteurs-adultes"].members
    rows = real.atlas().members("departement", "94")
    counts = members[members["row"].isin(rows)].groupby("row").size()
    assert len(rows) == len(counts) == 47
    assert set(counts) == {1}
    assert members.loc[members["row"].isin(rows), "whole"].all()


def test_ninety_seven_communes_of_the_deux_sevres_are_in_a_clsm_of_which_the_thouarsais_is_announced() -> None:
    touched = _covered("clsm", "79")
    assert len(touched) == 97
    layer = real.crosswalk().layers["clsm"]
    announced = layer.zones.index[(layer.zones["etat"] == Etat.ANNONCE) & (layer.zones["departement"] == "79")]
    assert announced.tolist() == ["clsm-79-pays-thouarsais"]


@pytest.mark.parametrize(("layer_id", "departement", "communes", "share"), [
    ("secteurs-adultes", "94", 47, 1.0), ("secteurs-enfants", "94", 25, 0.630), ("clsm", "94", 5, 0.167),
    ("cls", "94", 12, 0.430), ("dac", "94", 2, 0.059), ("clsm", "79", 97, 0.620), ("cls", "79", 252, 1.0),
    ("cpts", "79", 102, 0.353), ("secteurs-adultes", "79", 0, 0.0), ("cpts", "94", 14, 0.410),
])  # fmt: skip
def test_the_shares_covered_are_those_of_the_readme(
    layer_id: str, departement: str, communes: int, share: float
) -> None:
    atlas = real.atlas()
    covered = _covered(layer_id, departement)
    people = atlas.population[atlas.rows(covered)].sum()
    everyone = atlas.population[atlas.members("departement", departement)].sum()
    assert len(covered) == communes
    assert round(people / everyone, 3) == share


def test_saint_maur_is_only_partly_in_a_cpts() -> None:
    assert _covered("cpts", "94", whole=False) == {"94068"}


def test_the_five_cls_of_the_deux_sevres_share_it_without_overlap() -> None:
    members = real.crosswalk().layers["cls"].members
    rows = real.atlas().members("departement", "79")
    assert members[members["row"].isin(rows)].groupby("row").size().tolist() == [1] * 252


def test_a_layer_said_complete_somewhere_is_backed_by_facts_there() -> None:
    layers = real.crosswalk().layers
    assert {i: set(layers[i].extent) for i in ("clsm", "secteurs-adultes", "cls", "cpts", "dac", "qpv")} == {
        "clsm": set(), "secteurs-adultes": {"94"}, "cls": {"79"}, "cpts": set(), "dac": {"06", "13", "83", "84"}, "qpv": set(real.atlas().departements.index),
    }  # fmt: skip
    for layer_id in ("secteurs-adultes", "cls", "dac"):
        for departement in layers[layer_id].extent:
            everyone = real.atlas().codes[real.atlas().members("departement", departement)]
            assert _covered(layer_id, departement) == set(everyone)


def test_supposed_compositions_are_marked_and_never_said_official() -> None:
    for layer_id in ("clsm", "cls", "cpts"):  # one DAC is supposed in a part only: its rows are partly read
        facts = _facts(layer_id)
        supposed = set(facts.loc[facts["methode"] == "suppose", "id"])
        zones = real.crosswalk().layers[layer_id].zones
        assert set(zones.index[zones["precision"] == Precision.SUPPOSEE]) == supposed
        assert (zones["precision"] != Precision.OFFICIELLE).all()


def test_the_old_pierrefitte_makes_saint_denis_belong_to_a_second_clsm_in_part() -> None:
    atlas = real.atlas()
    facts = PerimeterFacts(Perimeter.of(["93066"], atlas), Evidence(real.crosswalk(), real.density()))
    met = {o.id: (o.communes, o.partial) for o in facts.overlaps["clsm"]}
    assert met == {
        "clsm-93-saint-denis": (1, 0),
        "clsm-93-epinay-sur-seine-pierrefitte-sur-seine-et-villetaneuse": (0, 1),
    }


def test_the_list_of_quarters_is_whole_and_says_what_it_leaves_out() -> None:
    """Counted in the file: 1 584 quarters, 88 in French Polynesia and 3 in Saint-Martin; 149 lie across communes."""
    listed = _facts("qpv_2024")
    assert len(listed) == listed["code_qp"].nunique() == 1584
    assert (listed["codes_insee"].str.split().str.len() > 1).sum() == 149
    quarters = real.crosswalk().layers["qpv"]
    assert (len(quarters.zones), quarters.apart) == (1493, 91)
    assert plain(apart_text(quarters)) == "hors collectivités d’outre-mer (91 écartés)"
    counts = quarters.zones["departement"].value_counts()
    # by the first two or three characters of the codes of the file
    assert {d: counts[d] for d in ("94", "79", "59", "93", "75", "69", "13")} == {
        "94": 47, "79": 5, "59": 94, "93": 75, "75": 21, "69": 48, "13": 71,
    }  # fmt: skip


def test_quarters_of_the_old_pierrefitte_are_in_saint_denis() -> None:
    listed, quarters = _facts("qpv_2024").set_index("code_qp"), real.crosswalk().layers["qpv"]
    old = list(listed.index[listed["codes_insee"].str.split().map(lambda codes: "93059" in codes)])
    assert len(old) == 3
    for code in old:
        assert real.atlas().row["93066"] in zone_members(quarters, code)[1]


def test_quarters_of_paris_lyon_and_marseille_are_known_to_the_city_only() -> None:
    quarters, parts = real.crosswalk().layers["qpv"], real.atlas().parts
    assert int(quarters.candidates.sum()) == 21 + 10 + 41
    for city, number in (("75056", 21), ("69123", 10), ("13055", 41)):
        mine = quarters.members[quarters.members["row"] == real.atlas().row[parts[city][0]]]
        assert mine["zone"].nunique() == number
        assert quarters.candidates[mine["zone"]].all()
        assert mine["inhabitants"].isna().all() and not mine["whole"].any()


def test_each_cited_population_is_that_of_its_quarter_and_the_others_are_unknown() -> None:
    zones = real.crosswalk().layers["qpv"].zones
    # 31 cited, of which 14 without a figure and one that counts a part of its quarter (le Bois l’Abbé)
    assert zones["population"].notna().sum() == 16
    assert zones.loc[["QN07901M", "QN07902I", "QN07903M"], "population"].tolist() == [2837, 1422, 2024]
    assert np.isnan(zones.at["QN09424I", "population"])
    assert "PQN-A" in zones.at["QN07901M", "source_titre"]


def test_ids_that_quarters_had_before_the_national_list_still_lead_to_them() -> None:
    quarters = real.crosswalk().layers["qpv"]
    for old, code in _facts("qpv")[["id", "code_qp"]].itertuples(index=False):
        assert quarters.current_id(old) == code == quarters.current_id(code)
        assert [z for _, z in find_zones([quarters], old.upper())] == [code]
        assert from_zone(real.crosswalk(), "qpv", old) == from_zone(real.crosswalk(), "qpv", code)
    assert quarters.current_id("qpv-79-nulle-part") == "qpv-79-nulle-part"


@pytest.mark.parametrize("name", FILES)
def test_sources_bear_the_name_of_the_document_and_an_address_or_none(name: str) -> None:
    facts = _facts(name)
    shown = facts["source_titre"] + facts["source_url"] + facts["note"]
    assert not shown.str.contains(r"\bseed\b|\.txt|du fonds|\.json\b.*table", case=False, regex=True).any()
    assert facts["source_url"].str.match(r"https?://|$").all()


def test_the_whole_country_is_counted_by_quarters_without_a_share_of_the_few_people_known() -> None:
    board = coverage_state(real.crosswalk(), real.density())
    number, people = (f for f in scope_figures(read_scope("france", real.atlas()), board) if f.id.startswith("qpv"))
    assert number.total == 1493
    assert "hors collectivités d’outre-mer (91 écartés)" in plain(number.fraction)
    assert "habitants connus pour" in plain(number.fraction)
    assert people.value is None and people.share is None
    assert "nconnu (populations connues pour " in plain(people.fraction)
