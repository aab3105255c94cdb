"""The embedded base: totals, seams and names of the committed files, and the repairs on drawn squares."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import box

from geo.build import assemble as base_build
from geo.build import repair as base_repair
from geo.build import tables as base_tables
from geo.build.packages import PACKAGES, Divisions
from geo.build.tables import HISTORY_PACKAGES
from geo.errors import GeoInputError
from geo.paths import ROOT
from tests.support.reading import mirrored

BASE = ROOT / "data" / "base"
POPULATION = 68_350_798


def read(name: str) -> pd.DataFrame:
    table = pd.read_csv(BASE / f"{name}.csv", dtype=str, keep_default_na=False)
    for column in {"population", "nb_communes"} & set(table):
        table[column] = pd.to_numeric(table[column])
    return table


@pytest.fixture(scope="module")
def atoms() -> gpd.GeoDataFrame:
    return gpd.read_parquet(BASE / "communes.parquet")


@pytest.fixture(scope="module")
def metric(atoms: gpd.GeoDataFrame) -> dict[int, gpd.GeoSeries]:
    by_code = atoms.set_index("code")
    return {int(e): by_code.geometry[(by_code["epsg"] == e)].to_crs(int(e)) for e in by_code["epsg"].unique()}


@pytest.fixture(scope="module")
def borders() -> pd.DataFrame:
    return pd.read_parquet(BASE / "voisins.parquet")


# --- the committed files -------------------------------------------------------------------------------------------
def test_every_commune_is_there_once_and_split_cities_are_their_arrondissements(atoms):
    assert len(atoms) == 34_917 and atoms["code"].is_unique and atoms["code"].is_monotonic_increasing
    assert atoms["niveau"].value_counts().to_dict() == {"commune": 34_872, "arrondissement": 45}
    assert not {"75056", "69123", "13055"} & set(atoms["code"])
    assert atoms["departement"].nunique() == 101 and atoms["region"].nunique() == 18
    assert (atoms["commune"] == atoms["code"]).equals(atoms["niveau"] == "commune")


def test_codes_are_texts_and_columns_have_their_types(atoms):
    texts = ["code", "nom", "commune", "niveau", "departement", "region", "epci", "ept"]
    assert all(pd.api.types.is_string_dtype(atoms[column]) for column in texts)
    assert atoms["population"].dtype == atoms["epsg"].dtype == np.dtype("int32")
    assert atoms["code"].str.fullmatch(r"(\d{2}|2[AB])\d{3}").all()
    assert atoms.crs.to_epsg() == 4326


def test_population_is_the_reference_total(atoms):
    assert int(atoms["population"].sum()) == POPULATION
    assert (atoms["population"] >= 0).all()


def test_arrondissements_add_up_to_their_city(atoms):
    cities = read("villes").set_index("code")
    parts = atoms[atoms["niveau"] == "arrondissement"].groupby("commune")
    assert parts["population"].sum().to_dict() == cities["population"].to_dict()
    assert parts.size().to_dict() == {"75056": 20, "69123": 9, "13055": 16}
    assert parts["epci"].first().to_dict() == cities["epci"].to_dict()


@pytest.mark.parametrize(
    ("table", "column", "rows"),
    [("epci", "epci", 1255), ("ept", "ept", 11), ("departements", "departement", 101), ("regions", "region", 18)],
)
def test_totals_of_territories_are_those_of_their_communes(atoms, table, column, rows):
    read_totals = read(table).set_index("code")
    again = atoms.groupby(column).agg(population=("population", "sum"), nb_communes=("commune", "nunique"))
    assert len(read_totals) == rows
    assert read_totals["population"].to_dict() == again["population"].to_dict()
    assert read_totals["nb_communes"].to_dict() == again["nb_communes"].to_dict()


def test_only_four_island_communes_have_no_epci(atoms):
    assert set(atoms.loc[atoms["epci"].isna(), "code"]) == {"22016", "29083", "29155", "85113"}
    assert set(read("epci")["nature"]) == {"CC", "CA", "CU", "METRO", "MET69"}


def test_names_keep_articles_and_accents(atoms):
    names = atoms.set_index("code")["nom"]
    assert names["01001"] == "L'Abergement-Clémenciat"
    assert names["94038"] == "L'Haÿ-les-Roses"
    assert names["29155"] == "Ouessant"
    assert names["75101"] == "Paris 1er Arrondissement"


def test_outlines_are_present_and_valid(atoms):
    outlines = atoms.geometry
    assert not outlines.isna().any() and not outlines.is_empty.any()
    assert outlines.is_valid.all()
    assert set(outlines.geom_type) == {"Polygon", "MultiPolygon"}


def test_outlines_fit_without_gap_nor_overlap(metric):
    assert set(metric) == {2154, 5490, 2972, 2975, 4471}
    assert all(shapely.coverage_is_valid(outlines.to_numpy()) for outlines in metric.values())


def test_the_only_hole_in_the_mainland_is_the_spanish_enclave(metric):
    union = shapely.coverage_union_all(metric[2154].to_numpy())
    holes = [shapely.Polygon(ring) for part in union.geoms for ring in part.interiors]
    large = [hole for hole in holes if hole.area > 0.3e6]
    assert len(large) == 1
    assert large[0].area / 1e6 == pytest.approx(12.98, abs=0.05)


def test_areas_and_points_are_those_of_the_outlines(atoms, metric):
    table = atoms.set_index("code")
    for epsg, outlines in metric.items():
        here = table[table["epsg"] == epsg]
        assert np.allclose(outlines.area, here["area_m2"], atol=1)
        assert shapely.contains_xy(outlines.to_numpy(), here["x"], here["y"]).all()
        moved = gpd.GeoSeries(gpd.points_from_xy(here["lon"], here["lat"]), crs=4326).to_crs(epsg)
        assert np.hypot(moved.x.to_numpy() - here["x"], moved.y.to_numpy() - here["y"]).max() < 1.5


def test_merged_communes_have_their_whole_land(atoms):
    area = atoms.set_index("code")["area_m2"] / 1e6
    assert area["93066"] == pytest.approx(15.8, abs=0.5)  # Saint-Denis 12.4 with Pierrefitte-sur-Seine 3.4
    repairs = json.loads((BASE / "base.json").read_text(encoding="utf-8"))["reparations"]
    assert len(repairs["contours_absents"]) == 8
    assert len(repairs["communes_fusionnees"]) + len(repairs["bordure_du_pays"]) == 64
    assert repairs["communes_fusionnees"]["93059"] == "93066"
    assert set(repairs["bordure_du_pays"].values()) == {"25390"}


def test_neighbours_are_known_pairs_with_a_border(atoms, borders):
    codes = set(atoms["code"])
    assert set(borders["a"]) <= codes and set(borders["b"]) <= codes
    assert (borders["a"] < borders["b"]).all()
    assert not borders.duplicated(["a", "b"]).any()
    assert (borders["longueur_m"] > 0).all()


def test_neighbours_are_those_of_the_outlines(atoms, borders):
    code, outlines = "94028", atoms.set_index("code").geometry.to_crs(2154)
    near = outlines[outlines.intersects(outlines[code])].drop(code)
    shared = near.boundary.intersection(outlines[code].boundary).length
    of_code = borders[(borders["a"] == code) | (borders["b"] == code)]
    found = dict(zip(of_code["a"].where(of_code["a"] != code, of_code["b"]), of_code["longueur_m"], strict=True))
    assert found == pytest.approx(shared[shared > 0.1].to_dict(), rel=0.01, abs=1)
    paris = set(borders.loc[borders["a"] == "75113", "b"]) | set(borders.loc[borders["b"] == "75113", "a"])
    assert {"75112", "75114", "94041"} <= paris


def test_islands_have_no_neighbour(atoms, borders):
    alone = set(atoms["code"]) - set(borders["a"]) - set(borders["b"])
    assert {"29155", "85113", "22016", "97110"} <= alone
    assert len(alone) == 15


def test_former_codes_lead_to_communes_of_today(atoms):
    former = read("anciens_codes")
    today = set(atoms["code"]) | set(read("villes")["code"])
    assert former["ancien"].is_unique and len(former) == 4240
    assert not set(former["ancien"]) & (today | set(read("communes_sans_contour")["code"]))
    assert set(former["actuel"]) <= today
    found = former.set_index("ancien")
    assert found.loc["93059"].tolist() == ["93066", "Pierrefitte-sur-Seine", "2025"]
    assert found.loc["55273", "actuel"] == "55386"  # the seat, not the commune it first merged with


def test_overseas_communes_without_outline_are_listed_apart(atoms):
    overseas = read("communes_sans_contour")
    assert len(overseas) == 94 and overseas["population"].notna().sum() == 88
    assert not set(overseas["code"]) & set(atoms["code"])


def test_manifest_matches_the_files(atoms):
    manifest = json.loads((BASE / "base.json").read_text(encoding="utf-8"))
    on_disk = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in BASE.iterdir() if p.name != "base.json"}
    assert manifest["fichiers"] == on_disk
    assert manifest["population_totale"] == POPULATION and manifest["annee_communes"] == 2026
    assert manifest["effectifs"]["communes"] == 34_875
    assert {p["sha256"] for p in manifest["paquets"]} == {p.sha256 for p in (*PACKAGES, *HISTORY_PACKAGES)}
    assert sum(p.stat().st_size for p in BASE.iterdir()) < 9e6


@pytest.mark.mirror
def test_populations_are_the_published_ones(atoms):
    published = pd.read_csv(mirrored("communes_epci/pop_reference_2023_communes.csv"), sep=";", dtype=str)
    published = published.set_index("COM")
    mayotte = pd.read_csv(mirrored("communes_epci/pop_mayotte.csv"), sep=";", dtype=str)
    expected = published["PMUN"].astype(int).to_dict()
    expected |= {f"97{c}": int(p) for c, p in zip(mayotte["CODCOM"], mayotte["PMUN"], strict=True)}
    assert atoms.set_index("code")["population"].to_dict() == expected
    assert sum(expected.values()) == POPULATION


# --- the repairs, on squares ---------------------------------------------------------------------------------------
def squares(**shapes: Any) -> pd.Series:
    return pd.Series(shapes, dtype=object)


def ring_of_eight(side: float = 1000.0) -> dict[str, Any]:
    """Eight squares around an empty one, whose corner is at (side, side)."""
    cells = [(x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)]
    return {f"c{x}{y}": box(x * side, y * side, (x + 1) * side, (y + 1) * side) for x, y in cells}


def test_a_hole_goes_whole_to_the_heir_of_the_commune_that_was_there():
    outlines = squares(**ring_of_eight())
    old = squares(old=box(1010, 990, 2020, 1990))  # drawn otherwise: it fits nowhere
    assert list(base_repair.missing_shapes(outlines, old).index) == ["old"]
    whole, found = base_repair.restore_missing(outlines, old, {"old": "c12"})
    assert found == {"trous": ["old"], "bordure": []}
    assert whole["c12"].equals(box(1000, 1000, 2000, 3000))
    assert sum(s.area for s in whole) == 9e6
    assert all(whole[c].equals(outlines[c]) for c in outlines.index if c != "c12")


def test_a_hole_of_two_communes_is_shared_after_their_old_outlines():
    old = squares(low=box(1000, 1000, 2000, 1400), high=box(1000, 1400, 2000, 2000))
    heirs = {"low": "c10", "high": "c12"}
    whole, _ = base_repair.restore_missing(squares(**ring_of_eight()), old, heirs)
    assert whole["c10"].area == pytest.approx(1e6 + 0.4e6)
    assert whole["c12"].area == pytest.approx(1e6 + 0.6e6)


def test_land_on_the_edge_is_given_without_biting_into_neighbours():
    outlines = squares(west=box(0, 0, 1000, 1000))
    old = squares(east=box(950, 0, 2000, 1000))
    whole, found = base_repair.restore_missing(outlines, old, {"east": "west"})
    assert found == {"trous": [], "bordure": ["east"]}
    assert whole["west"].equals(box(0, 0, 2000, 1000))


def test_a_hole_that_no_former_commune_explains_is_left():
    outlines = squares(**ring_of_eight())
    whole, found = base_repair.restore_missing(outlines, squares(), {})
    assert found == {"trous": [], "bordure": []}
    assert [hole.area for hole in base_repair.coverage_holes(whole.to_numpy())] == [1e6]


def test_sharing_out_leaves_nothing_over():
    shares = base_repair.share_out(
        box(0, 0, 10, 4), {"a": box(0, 0, 4, 4), "b": box(5, 0, 9, 3), "far": box(50, 0, 51, 1)}
    )
    assert set(shares) == {"a", "b"}
    assert sum(s.area for s in shares.values()) == pytest.approx(40)
    assert shapely.union_all(list(shares.values())).equals(box(0, 0, 10, 4))


def test_sharing_out_refuses_claims_that_miss_the_land():
    with pytest.raises(GeoInputError, match="Aucun des contours anciens de a, b"):
        base_repair.share_out(box(0, 0, 1, 1), {"a": box(5, 5, 6, 6), "b": box(7, 7, 8, 8)})


def test_cleaning_closes_slivers_and_overlaps_and_keeps_the_total():
    left, right = box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)
    top = shapely.Polygon([(0, 1000), (500, 1010), (1000, 990), (2000, 1000), (2000, 2000), (0, 2000)])
    clean = base_repair.clean_coverage([left, right, top])
    assert shapely.coverage_is_valid(clean)
    assert sum(g.area for g in clean) == pytest.approx(4e6, rel=0.001)
    assert shapely.coverage_union_all(clean).equals(box(0, 0, 2000, 2000))


def test_cleaning_keeps_a_true_enclave():
    clean = base_repair.clean_coverage(ring_of_eight().values())
    assert sum(g.area for g in clean) == 8e6


def test_a_coverage_with_a_vanished_outline_is_refused():
    with pytest.raises(GeoInputError, match="vides ou invalides"):
        base_repair.check_coverage(np.array([box(0, 0, 1, 1), shapely.Polygon()], dtype=object))
    with pytest.raises(GeoInputError, match="2 contours"):
        base_repair.check_coverage(np.array([box(0, 0, 2, 2), box(1, 0, 3, 2)], dtype=object))


def test_shared_borders_are_measured_once_in_metres():
    three = np.array([box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 1, 3, 2)], dtype=object)
    in_metres = shapely.transform(three, lambda xy: xy * 100)
    assert base_repair.shared_borders(three, in_metres).to_numpy().tolist() == [[0, 1, 100]]  # a corner is no border


def test_a_recreated_commune_is_cut_out_of_the_one_that_holds_it():
    raw = pd.Series({"1": box(0, 0, 10, 10), "2": None}, dtype=object)
    old = pd.Series({"1": box(0, 0, 6, 10), "2": box(6, 0, 9, 10)}, dtype=object)
    shares = base_build.split_again(raw, ["2"], old)
    assert {c: s.area for c, s in shares.items()} == pytest.approx({"1": 60, "2": 40})
    with pytest.raises(GeoInputError, match="même ancien, pour : 3"):
        base_build.split_again(raw, ["3"], old)


# --- the tables, on a made-up country ------------------------------------------------------------------------------
def commune(code: str, population: int, **more: Any) -> dict[str, Any]:
    kind = {"type": "commune-actuelle", "zone": "metro", "departement": code[:2], "region": "1"}
    return {"code": code, "nom": f"Commune {code}", "population": population, **kind, **more}


@pytest.fixture
def country() -> Divisions:
    parts = [commune(f"0220{i}", 10 * i, type="arrondissement-municipal", commune="02100") for i in (1, 2)]
    communes = [
        commune("02100", 30),
        *parts,
        commune("01002", 5, anciensCodes=["01009", "01008"]),
        commune("01001", 7),
        {"code": "01008", "nom": "Le Vieux", "type": "commune-deleguee", "chefLieu": "01001", "zone": "metro"},
        {"code": "01001", "nom": "Le Siège", "type": "commune-deleguee", "chefLieu": "01001", "zone": "metro"},
        commune("98801", 3, zone="com", departement="988"),
    ]
    epci = [{"code": "200000001", "nom": "CC", "type": "CC", "membres": [{"code": "02100"}, {"code": "01001"}]}]
    places = [{"code": c, "nom": f"D{c}", "region": "1", "chefLieu": c, "typeLiaison": 0} for c in ("01", "02", "988")]
    return Divisions(communes, epci, [], places, [])


def test_atoms_replace_a_split_city_by_its_parts(country):
    atoms = base_tables.atom_table(country).set_index("code")
    assert list(atoms.index) == ["01001", "01002", "02201", "02202"]
    assert atoms["population"].sum() == 42
    assert atoms.loc["02201", ["commune", "niveau", "epci"]].tolist() == ["02100", "arrondissement", "200000001"]
    assert pd.isna(atoms.loc["01002", "epci"])


def test_a_split_city_counts_for_one_commune_in_its_territories(country):
    table = base_tables.group_table(country.epci, base_tables.atom_table(country), "epci", {"nature": "type"})
    assert table.to_dict("records") == [
        {"code": "200000001", "nom": "CC", "nature": "CC", "population": 37, "nb_communes": 2}
    ]


def test_the_seat_of_a_delegated_commune_wins_and_a_current_code_is_never_former(country):
    table = base_tables.former_codes(country, {"01009": "Ancienne", "01008": "autre"})
    assert table.to_numpy().tolist() == [["01008", "01001", "Le Vieux"], ["01009", "01002", "Ancienne"]]


def test_writing_is_all_or_nothing(tmp_path):
    target = tmp_path / "base"
    target.mkdir()
    (target / "epci.csv").write_text("before", encoding="utf-8")
    products = {"epci.csv": pd.DataFrame({"code": ["1"]}), "broken.csv": None}
    with pytest.raises(AttributeError):
        base_build.write(target, products, {})
    assert (target / "epci.csv").read_text(encoding="utf-8") == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["base"]
