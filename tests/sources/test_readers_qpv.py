"""Priority quarters: hand answers for the shares on a drawn country, national totals from the mirror, awkward files."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import GeoInputError
from geo.sources.readers.qpv import share_quarters
from tests.support.reading import SAMPLES, country, drawn, mirrored, product, read, square, text_file


@pytest.fixture
def cells(tmp_path: Path):
    """Draw two rows of three communes of 1 km: 01001 01002 01003, then 01004 01005 01006; the last two are arrondissements."""
    folder = tmp_path / "pays"
    folder.mkdir()
    return country(folder, [[100, 200, 300], [400, 500, 600]], city=[[None, None, None], [None, "01900", "01900"]])


def outlines(path: Path, quarters: list[tuple[str, str, shapely.Geometry]]) -> Path:
    frame = gpd.GeoDataFrame(
        {"code_qp": [q[0] for q in quarters], "lib_qp": "Quartier", "insee_com": [q[1] for q in quarters]},
        geometry=[q[2] for q in quarters],
        crs=4326,
    )
    path.write_text(frame.to_json(), encoding="utf-8")
    return path


def shares_of(shape: shapely.Geometry, listed: tuple[str, ...], cells) -> dict[str, float]:
    members = share_quarters({"Q": drawn(shape)}, {"Q": listed}, cells).members
    return dict(zip(members["atom"], members["part"], strict=True))


def test_a_quarter_over_two_communes_is_shared_by_area(cells) -> None:
    # 250 m in the first commune, 750 m in the second.
    assert shares_of(square(750, 100, 1000, 400), ("01001", "01002"), cells) == pytest.approx(
        {"01001": 0.25, "01002": 0.75}, abs=1e-4
    )


def test_only_the_communes_listed_share_a_quarter(cells) -> None:
    # A fifth of it overflows into 01003, which is not listed: the rest is shared in the same proportions.
    assert shares_of(square(750, 100, 1500, 400), ("01001", "01002"), cells) == pytest.approx(
        {"01001": 0.2, "01002": 0.8}, abs=1e-4
    )
    assert shares_of(square(100, 100, 1500, 400), ("01001",), cells) == {"01001": 1.0}


def test_without_a_list_every_commune_met_shares_it(cells) -> None:
    shape = square(500, 500, 1000, 1000)
    assert shares_of(shape, (), cells) == pytest.approx(
        {"01001": 0.25, "01002": 0.25, "01004": 0.25, "01005": 0.25}, abs=1e-3
    )


def test_a_whole_city_becomes_its_arrondissements_by_geometry(cells) -> None:
    assert shares_of(square(1600, 1100, 800, 500), ("01900",), cells) == pytest.approx(
        {"01005": 0.5, "01006": 0.5}, abs=1e-4
    )
    found = share_quarters({"Q": drawn(square(1100, 1100, 500, 500))}, {"Q": ("01900",)}, cells)
    assert found.members[["atom", "part", "exact"]].to_numpy().tolist() == [["01005", 1.0, True]]


@pytest.mark.parametrize(("overflow", "parts"), [(5.0, [1.0]), (20.0, [0.98, 0.02])])
def test_slivers_under_one_percent_are_dropped(overflow: float, parts: list[float], cells) -> None:
    # Half a percent, then two percent, of the quarter overflows into the second commune.
    found = share_quarters({"Q": drawn(square(overflow, 100, 1000, 400))}, {"Q": ("01001", "01002")}, cells)
    assert found.members["part"].tolist() == pytest.approx(parts, abs=1e-4)
    # A listed commune that is set aside leaves an estimate behind.
    assert found.members["exact"].tolist() == [False] * len(parts)
    assert found.trimmed == (("Q",) if len(parts) == 1 else ())


def test_an_outline_elsewhere_does_not_win_over_the_list(cells) -> None:
    found = share_quarters({"Q": drawn(square(2200, 200, 300, 300))}, {"Q": ("01001", "01004")}, cells)
    assert found.members[["atom", "part", "exact"]].to_numpy().tolist() == [
        ["01001", 0.5, False],
        ["01004", 0.5, False],
    ]
    assert found.without_overlap == ("Q",)


def test_a_quarter_without_outline_follows_its_list(cells) -> None:
    found = share_quarters({}, {"Q": ("01001",), "R": ()}, cells)
    assert found.members["atom"].tolist() == ["01001"]
    assert found.unplaced == ("R",)


def test_populations_are_those_of_the_whole_quarter_shared_out(cells, tmp_path: Path) -> None:
    contours = outlines(
        tmp_path / "q.geojson",
        [
            ("QN00101M", "01001, 01002", drawn(square(750, 100, 1000, 400))),
            ("QN00102N", "01003", drawn(square(2100, 100, 500, 500))),
            ("QN00103N", "01004", drawn(square(100, 1100, 500, 500))),
        ],
    )
    people = text_file(
        tmp_path,
        "COG,codeQPV,popMuniQPV\n01001,QN00101M,1000\n01002,QN00101M,1000\n01003,QN00102N,500\n01004,QN00103N,\n",
    )
    report = read("qpv", contours, people, into=tmp_path / "out", atlas=cells)
    assert report.files == ("qpv.parquet", "qpv_membres.parquet")
    quarters = product(tmp_path / "out", "qpv")
    assert quarters["population"].sum() == 1500
    assert quarters["population"].isna().to_dict() == {"QN00101M": False, "QN00102N": False, "QN00103N": True}
    assert quarters["population_annee"].tolist() == ["2020", "2020", ""]
    assert quarters["statut"].tolist() == ["M", "N", "N"]
    assert quarters["communes"].tolist() == ["01001;01002", "01003", "01004"]
    members = pd.read_parquet(tmp_path / "out" / "qpv_membres.parquet")
    assert members["population"].tolist()[:3] == pytest.approx([250, 750, 500], abs=0.2)
    assert pd.isna(members["population"].iat[3])
    assert members["exact"].tolist() == [False, False, True, True]
    assert any("comptés une fois" in note for note in report.notes)


def test_the_small_official_files_are_read_together(tmp_path: Path) -> None:
    files = [SAMPLES / f"qpv_{name}" for name in ("contours.geojson", "populations.csv", "liste.csv")]
    report = read("qpv", *files, into=tmp_path)
    quarters = product(tmp_path, "qpv")
    assert quarters["communes"].to_dict() == {"QN00101M": "01053", "QN07501N": "75118", "QN98701N": ""}
    assert quarters["population"].to_dict()["QN00101M"] == 6399
    members = product(tmp_path, "qpv_membres")
    assert members["atom"].to_dict() == {"QN00101M": "01053", "QN07501N": "75118"}
    assert members["exact"].all()
    assert report.departements == ("01", "75")
    assert any("1 quartier hors des 101 départements" in note.replace("\u00a0", " ") for note in report.notes)


def test_a_quarter_of_a_merged_commune_goes_to_the_commune_of_today(tmp_path: Path) -> None:
    shape = shapely.box(2.362, 48.955, 2.368, 48.96)
    report = read("qpv", outlines(tmp_path / "q.geojson", [("QN09301M", "93059", shape)]), into=tmp_path / "out")
    assert product(tmp_path / "out", "qpv_membres")["atom"].tolist() == ["93066"]
    assert any("93059 → 93066" in note for note in report.notes)


def test_a_whole_commune_quarter_listed_in_another_commune_is_put_right(cells, tmp_path: Path) -> None:
    path = outlines(tmp_path / "q.geojson", [("QN00151C", "01001", drawn(square(2000, 0, 1000, 1000)))])
    path.write_text(path.read_text(encoding="utf-8").replace('"Quartier"', '"Bourg 3"'), encoding="utf-8")
    report = read("qpv", path, into=tmp_path / "out", atlas=cells)
    assert product(tmp_path / "out", "qpv_membres")["atom"].tolist() == ["01003"]
    assert any("son nom et son contour sont ceux de Bourg 3" in note for note in report.notes)


def test_invalid_outlines_are_mended_and_told(cells, tmp_path: Path) -> None:
    corner = drawn(square(100, 100, 200, 200)).bounds
    west, south, east, north = corner
    bow = shapely.Polygon([(west, south), (east, north), (east, south), (west, north), (west, south)])
    spike = shapely.GeometryCollection([drawn(square(2100, 100, 200, 200)), shapely.LineString([(3, 46), (3.1, 46)])])
    path = outlines(tmp_path / "q.geojson", [("QN00101M", "01001", bow), ("QN00102M", "01003", spike)])
    report = read("qpv", path, into=tmp_path / "out", atlas=cells)
    shapes = gpd.read_parquet(tmp_path / "out" / "qpv.parquet").geometry
    assert shapes.is_valid.all()
    assert set(shapes.geom_type) <= {"Polygon", "MultiPolygon"}
    assert shapes.crs.to_epsg() == 4326
    assert any("2 contours invalides réparés" in note.replace("\u00a0", " ") for note in report.notes)


def test_an_outline_with_no_area_leaves_the_list(cells, tmp_path: Path) -> None:
    flat = shapely.Polygon([(3.0, 46.0), (3.01, 46.0), (3.0, 46.0), (3.0, 46.0)])
    good = drawn(square(2100, 100, 200, 200))
    path = outlines(tmp_path / "q.geojson", [("QN00101M", "01001", flat), ("QN00102M", "01003", good)])
    report = read("qpv", path, into=tmp_path / "out", atlas=cells)
    assert product(tmp_path / "out", "qpv_membres")["atom"].to_dict() == {"QN00101M": "01001", "QN00102M": "01003"}
    assert any("inutilisable" in note for note in report.notes)


def test_populations_alone_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GeoInputError, match="aucun fichier de contours"):
        read("qpv", SAMPLES / "qpv_populations.csv", into=tmp_path)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("01053,QN00101M,100\n01053,QN00101M,200\n", "a plusieurs populations"),
        ("01053,QN00101M,beaucoup\n", "ligne 2 : « beaucoup » n’est pas un nombre d’habitants"),
        ("01053,QN00101M,-5\n", "n’est pas un nombre d’habitants"),
        ("01053,QN00101M,5\n01053,QP001001,5\n", "ligne 3 : QP001001 n’est pas un code de QPV 2024"),
    ],
)
def test_bad_populations_are_refused_with_their_row(rows: str, said: str, tmp_path: Path) -> None:
    people = text_file(tmp_path, "COG,codeQPV,popMuniQPV\n" + rows)
    with pytest.raises(GeoInputError, match=said):
        read("qpv", SAMPLES / "qpv_contours.geojson", people, into=tmp_path / "out")


def test_doubled_and_unknown_quarters_are_refused(cells, tmp_path: Path) -> None:
    shape = drawn(square(100, 100, 200, 200))
    doubled = outlines(tmp_path / "a.geojson", [("QN00101M", "01001", shape), ("QN00101M", "01001", shape)])
    with pytest.raises(GeoInputError, match="objet 2 : le quartier QN00101M figure déjà"):
        read("qpv", doubled, into=tmp_path / "out", atlas=cells)
    lost = outlines(tmp_path / "b.geojson", [("QN00101M", "99999", shape)])
    with pytest.raises(GeoInputError, match="99999"):
        read("qpv", lost, into=tmp_path / "out", atlas=cells)


def test_coordinates_that_are_no_degrees_are_refused(tmp_path: Path) -> None:
    feature = {"type": "Feature", "properties": {"code_qp": "QN00101M", "insee_com": "01053"},
               "geometry": {"type": "Polygon", "coordinates": [[[870000, 6570000], [870500, 6570000], [870500, 6570500], [870000, 6570000]]]}}  # fmt: skip
    path = text_file(tmp_path, json.dumps({"type": "FeatureCollection", "features": [feature]}), name="q.geojson")
    with pytest.raises(GeoInputError, match="WGS84"):
        read("qpv", path, into=tmp_path / "out")


def test_a_projected_file_that_says_so_is_brought_to_degrees(cells, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"code_qp": ["QN00101M"], "insee_com": ["01001"]}, geometry=[square(100, 100, 300, 300)], crs=2154
    )
    path = tmp_path / "q.geojson"
    frame.to_file(path, driver="GeoJSON", RFC7946="NO")
    read("qpv", path, into=tmp_path / "out", atlas=cells)
    shape = gpd.read_parquet(tmp_path / "out" / "qpv.parquet").to_crs(2154).geometry.iat[0]
    assert shape.area == pytest.approx(90_000, rel=1e-3)


@pytest.mark.mirror
def test_the_mirror_gives_the_national_totals(tmp_path: Path) -> None:
    folder = mirrored("qpv/qpv_2024_recommande.parquet").parent
    report = read("qpv", *sorted(folder.iterdir()), into=tmp_path)
    quarters = gpd.read_parquet(tmp_path / "qpv.parquet").set_index("code")
    overseas = quarters.index.str.slice(2, 5).isin(["971", "972", "973", "974", "976", "978", "987"])
    assert report.rows == len(quarters) == 1584
    assert len(quarters[~overseas]) == 1362
    assert quarters.loc[~overseas, "population"].sum() == 5_307_455
    assert quarters["population"].isna().sum() == 108
    assert quarters["statut"].value_counts().to_dict() == {"M": 1087, "I": 341, "N": 139, "C": 17}
    assert quarters.geometry.is_valid.all()
    members = pd.read_parquet(tmp_path / "qpv_membres.parquet")
    assert members["code"].nunique() == 1584 - 91
    assert members.groupby("code")["part"].sum().to_numpy() == pytest.approx(1.0)
    assert members["population"].sum() == pytest.approx(quarters["population"].sum())
    assert not members["atom"].isin(["75056", "69123", "13055", "93059"]).any()
    assert len(report.departements) == 101
    said = " ".join(report.notes).replace("\u00a0", " ")
    for expected in (
        "93059 → 93066",
        "91 quartiers hors des 101 départements",
        "abrogés",
        "QN97654C : annoncé à Bandraboua",
    ):
        assert expected in said


@pytest.mark.mirror
def test_the_simplified_edition_of_2024_is_read_alone_too(tmp_path: Path) -> None:
    contours = mirrored("qpv/qpv2024_1609_anct2024-06_simplifie.geojson")
    report = read("qpv", contours, mirrored("qpv/qpv2024_population_indicateurs.csv"), into=tmp_path)
    assert report.rows == 1609
    quarters = product(tmp_path, "qpv")
    assert quarters["population"].count() == 1518
    members = product(tmp_path, "qpv_membres")
    # Three outlines collapsed in the simplification: their communes are known all the same.
    assert {"QN09105I", "QN09113I", "QN09503I"} <= set(members.index)
