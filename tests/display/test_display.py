"""Display geometry: true to the base, whole, versioned, and never half-written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.display import derive, scope_index, up_to_date, write_zone_index
from geo.display import outlines as display
from geo.display.outlines import ScopeFile, base_version
from geo.errors import GeoInputError, MissingDataError
from geo.paths import ROOT
from tests.display.test_topology import decode, uses

BASE = ROOT / "data" / "base"
DEPARTEMENTS = ["75", "94", "08", "51", "52", "10", "974"]  # a split city, a simplified region, overseas


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    """Return a base of a few départements, complete in itself."""
    folder = tmp_path_factory.mktemp("base")
    atoms = gpd.read_parquet(BASE / "communes.parquet")
    atoms[atoms["departement"].isin(DEPARTEMENTS)].to_parquet(folder / "communes.parquet", index=False)
    for name in ("departements.csv", "regions.csv"):
        shutil.copy(BASE / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def made(base, tmp_path_factory) -> Path:
    destination = tmp_path_factory.mktemp("static") / "geo"
    derive(destination, base=base, progress=str)
    return destination


@pytest.fixture(scope="module")
def atoms(base) -> gpd.GeoDataFrame:
    return gpd.read_parquet(base / "communes.parquet").set_index("code")


def text_of(made: Path, scope: str) -> str:
    return (made / scope_index(made).scopes[scope].file).read_text(encoding="utf-8")


def shapes_of(topology: dict) -> list:
    geometries = topology["objects"]["communes"]["geometries"]
    return [[g["arcs"]] if g["type"] == "Polygon" else g["arcs"] for g in geometries]


def test_every_territory_has_its_file(made, atoms):
    index = scope_index(made)
    expected = {"france", *(f"dep-{d}" for d in DEPARTEMENTS), "reg-11", "reg-44", "reg-04"}
    assert set(index.scopes) == expected
    assert next(iter(index.scopes)) == "france"
    assert {p.name for p in made.iterdir()} == {
        "index.json", *(s.file for s in index.scopes.values()), *index.outlines.values()
    }  # fmt: skip
    assert index.scopes["france"].count == len(atoms)


def test_no_file_name_has_an_underscore_and_all_hold_the_version(made, base):
    version = base_version(base)
    names = [p.name for p in made.iterdir() if p.name != "index.json"]
    assert not any("_" in name for name in names)
    assert all(name.endswith(f"-{version}.json") for name in names)
    assert scope_index(made).version == version and len(version) == 10


@pytest.mark.parametrize("scope", ["dep-94", "dep-75", "reg-44", "reg-04", "france"])
def test_communes_are_in_code_order_with_their_name_and_population(made, atoms, scope):
    kind, _, code = scope.partition("-")
    here = atoms if kind == "france" else atoms[atoms["departement" if kind == "dep" else "region"] == code]
    geometries = json.loads(text_of(made, scope))["objects"]["communes"]["geometries"]
    rows = zip(here.index, here["nom"], here["population"].tolist(), strict=True)
    assert [g["properties"] for g in geometries] == [{"c": c, "n": n, "p": p} for c, n, p in rows]
    assert {g["type"] for g in geometries} <= {"Polygon", "MultiPolygon"}


@pytest.mark.parametrize("scope", ["dep-94", "dep-974", "reg-44", "france"])
def test_every_arc_is_used_by_one_or_two_communes(made, scope):
    topology = json.loads(text_of(made, scope))
    counts = np.bincount(uses(shapes_of(topology)), minlength=len(topology["arcs"]))
    assert len(counts) == len(topology["arcs"])
    assert counts.min() >= 1 and counts.max() <= 2


@pytest.mark.parametrize("scope", ["dep-94", "dep-75", "dep-974"])
def test_a_departement_is_drawn_in_full_detail(made, atoms, scope):
    drawn = gpd.GeoSeries(decode(text_of(made, scope)), crs=4326)
    here = atoms.loc[drawn.index]
    areas = drawn.to_crs(int(here["epsg"].iloc[0])).area
    assert np.allclose(areas, here["area_m2"], rtol=0.02)
    assert drawn.is_valid.all()


def test_neighbours_share_arcs(made, atoms):
    geometries = json.loads(text_of(made, "dep-94"))["objects"]["communes"]["geometries"]
    sides: dict[int, set[str]] = {}
    for geometry, shape in zip(geometries, shapes_of(json.loads(text_of(made, "dep-94"))), strict=True):
        for arc in uses([shape]):
            sides.setdefault(arc, set()).add(geometry["properties"]["c"])
    drawn = {tuple(sorted(s)) for s in sides.values() if len(s) == 2}
    pairs = pd.read_parquet(BASE / "voisins.parquet")
    here = set(atoms.index[atoms["departement"] == "94"])
    known = {(a, b) for a, b, m in pairs.itertuples(index=False) if {a, b} <= here and m > 5}
    assert known <= drawn and len(drawn - known) <= 2


def test_a_large_region_is_simplified_but_keeps_its_area_and_its_communes(made, atoms):
    fine = sum(len(text_of(made, f"dep-{d}")) for d in ("08", "51", "52", "10"))
    assert len(text_of(made, "reg-44")) < 0.8 * fine
    drawn = gpd.GeoSeries(decode(text_of(made, "reg-44")), crs=4326)
    here = atoms.loc[drawn.index]
    assert not drawn.is_empty.any()
    assert drawn.to_crs(2154).area.sum() == pytest.approx(here["area_m2"].sum(), rel=0.005)


def test_labels_and_first_views(made):
    scopes = scope_index(made).scopes
    assert scopes["dep-94"].label == "Val-de-Marne (94)"
    assert (scopes["reg-11"].label, scopes["france"].label) == ("Île-de-France", "France")
    west, south, east, north = scopes["dep-94"].bbox
    assert (west, south, east, north) == pytest.approx((2.31, 48.69, 2.61, 48.86), abs=0.02)
    assert scopes["france"].bbox[2] < 10, "the view of France opens on the mainland"
    assert scopes["dep-974"].bbox[0] > 55


def test_outlines_of_departements_and_regions(made):
    outlines = scope_index(made).outlines
    for kind, codes in (("departements", sorted(DEPARTEMENTS)), ("regions", ["04", "11", "44"])):
        topology = json.loads((made / outlines[kind]).read_text(encoding="utf-8"))
        geometries = topology["objects"]["zones"]["geometries"]
        assert [g["properties"]["c"] for g in geometries] == codes
        seat = {"h"} if kind == "departements" else set()
        assert all(set(g["properties"]) == {"c", "n"} | seat for g in geometries)
        assert all(g["properties"]["h"].startswith(g["properties"]["c"]) for g in geometries if seat), (
            "its own chief town"
        )
    assert "Val-de-Marne" in (made / outlines["departements"]).read_text(encoding="utf-8")


def test_up_to_date_wants_every_file_of_the_present_base(made, base, tmp_path):
    copy = Path(shutil.copytree(made, tmp_path / "geo"))
    assert up_to_date(copy, base=base)
    assert not up_to_date(copy)  # the whole country is another base
    file = copy / scope_index(copy).scopes["dep-94"].file
    file.unlink()
    assert not up_to_date(copy, base=base)
    assert not up_to_date(tmp_path / "nowhere", base=base)
    (copy / "index.json").write_text("{", encoding="utf-8")
    assert not up_to_date(copy, base=base)


def test_a_part_can_be_made_alone(base, tmp_path):
    derive(tmp_path / "geo", base=base, scopes=["dep-94"], progress=str)
    assert list(scope_index(tmp_path / "geo").scopes) == ["dep-94"]
    assert up_to_date(tmp_path / "geo", base=base, scopes=["dep-94"])
    assert not up_to_date(tmp_path / "geo", base=base)
    with pytest.raises(GeoInputError, match="Territoire inconnu : dep-99"):
        derive(tmp_path / "geo", base=base, scopes=["dep-94", "dep-99"], progress=str)


def test_older_versions_go_away_and_zone_files_last_as_long_as_their_version(base, tmp_path, monkeypatch):
    target = tmp_path / "geo"
    derive(target, base=base, scopes=["dep-94"], progress=str)
    zones = write_zone_index(target, "dep-94", "epci", [("1", "Une")], [[0]])
    derive(target, base=base, scopes=["dep-94"], progress=str)
    assert (target / zones).is_file()
    before = {p.name for p in target.iterdir()} - {"index.json"}
    monkeypatch.setattr(display, "RECIPE", 999)
    derive(target, base=base, scopes=["dep-94"], progress=str)
    assert not before & {p.name for p in target.iterdir()}
    assert [p.name for p in tmp_path.iterdir()] == ["geo"]


def test_a_failure_leaves_what_was_there(base, tmp_path, monkeypatch):
    target = tmp_path / "geo"
    derive(target, base=base, scopes=["dep-94"], progress=str)
    before = {p.name: p.read_bytes() for p in target.iterdir()}
    monkeypatch.setattr(display, "RECIPE", 999)
    monkeypatch.setattr(display, "_write_outlines", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        derive(target, base=base, scopes=["dep-94"], progress=str)
    assert {p.name: p.read_bytes() for p in target.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["geo"]


def test_the_same_base_gives_the_same_files(base, tmp_path):
    for name in ("one", "two"):
        derive(tmp_path / name, base=base, scopes=["dep-94", "dep-75"], progress=str)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("one", "two"))
    assert one == two


def test_absent_data_says_which_command_makes_it(tmp_path):
    with pytest.raises(MissingDataError, match="à refaire par qui a installé"):
        scope_index(tmp_path)
    with pytest.raises(MissingDataError, match="La base est à refaire"):
        derive(tmp_path / "geo", base=tmp_path, progress=str)


def test_zones_of_communes_are_written_once(tmp_path):
    zones = [("94G01", "Secteur d'Évry"), ("94G02", "B")]
    name = write_zone_index(tmp_path, "dep-94", "secteurs-adultes", zones, [[0], [0, 1], []])
    assert name.startswith("zones-dep-94-secteurs-adultes-") and "_" not in name
    stamp = (tmp_path / name).stat().st_mtime_ns
    assert write_zone_index(tmp_path, "dep-94", "secteurs-adultes", zones, ((0,), (0, 1), ())) == name
    assert (tmp_path / name).stat().st_mtime_ns == stamp
    content = json.loads((tmp_path / name).read_text(encoding="utf-8"))
    assert content == {"zones": [["94G01", "Secteur d'Évry"], ["94G02", "B"]], "of": [[0], [0, 1], []]}
    assert write_zone_index(tmp_path, "dep-94", "secteurs-adultes", zones, [[0], [0, 1], [1]]) != name
    assert len(list(tmp_path.iterdir())) == 2


def test_zone_files_refuse_names_and_numbers_that_would_break_the_map(tmp_path):
    with pytest.raises(ValueError, match="hyphens only"):
        write_zone_index(tmp_path, "dep-94", "secteurs_adultes", [], [])
    with pytest.raises(ValueError, match="outside the 1 zones"):
        write_zone_index(tmp_path, "dep-94", "epci", [("1", "Une")], [[1]])


def test_scope_file_is_what_the_index_says(made):
    entry = json.loads((made / "index.json").read_text(encoding="utf-8"))["scopes"]["dep-94"]
    assert scope_index(made).scopes["dep-94"] == ScopeFile(**{**entry, "bbox": tuple(entry["bbox"])})


def test_newer_inhabitants_are_what_the_maps_say(base, tmp_path, atoms):
    destination, people = tmp_path / "geo", atoms["population"].to_numpy(dtype=np.int64) + 7
    derive(destination, base=base, scopes=["dep-94"], people=people, progress=str)
    assert scope_index(destination).version == base_version(base, people) != base_version(base)
    said = [
        g["properties"]["p"] for g in json.loads(text_of(destination, "dep-94"))["objects"]["communes"]["geometries"]
    ]
    here = (atoms["departement"] == "94").to_numpy()
    assert said == people[here].tolist()
    assert up_to_date(destination, base=base, scopes=["dep-94"], people=people)
    assert not up_to_date(destination, base=base, scopes=["dep-94"])
