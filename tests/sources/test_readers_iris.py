"""IRIS through a synchronisation: outlines in a 7z and populations in a zip, in the official formats, made by hand.

The drawn country is two rows of three communes of 1 km. 01002, in the middle of the first row, is a city of four IRIS in a row of
250 m; 01003 has two IRIS, one above the other; the others are one IRIS each.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import geopandas as gpd
import pandas as pd
import py7zr
import pytest
import shapely

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.files import Retry, Timeouts
from geo.indicators import read_series
from geo.sources import Outcome, Source, load_sources, sync
from geo.sources.catalogue import pick_sources
from geo.sources.links import links_of
from geo.sources.readers import base as reading
from geo.sources.readers import recognise
from tests.support.reading import country, drawn, product, read, square, text_file
from tests.support.table_files import zip_bytes
from tests.support.web import Page, Site, serve

QUICK = {"retry": Retry(2, 0.01), "timeout": Timeouts(5, 5, 60)}
NEW = {"iris": "code_iris", "commune": "code_insee", "nom": "nom_iris", "type": "type_iris"}
OLD = {"iris": "CODE_IRIS", "commune": "INSEE_COM", "nom": "NOM_IRIS", "type": "TYP_IRIS"}
# (east, south, width, height) in metres from the north-west corner of the country; some slip out of their commune by 40 m.
CELLS = {
    "010020101": (960, 0, 290, 1000), "010020102": (1250, 0, 250, 1000), "010020103": (1500, 0, 250, 1040),
    "010020104": (1750, 0, 250, 960), "010030101": (2000, 0, 1000, 500), "010030102": (2000, 500, 1000, 500),
    "010010000": (0, 0, 1000, 1000), "010040000": (0, 1000, 1000, 1000),
}  # fmt: skip
PEOPLE = "IRIS;COM;TYP_IRIS;LAB_IRIS;P22_POP\n010020101;01002;H;Quartier 0101;100.5\n010020102;01002;H;Quartier 0102;50.25\n" \
         "010020103;01002;A;Quartier 0103;0\n010020104;01002;H;Quartier 0104;149.25\n010030101;01003;H;Quartier 0101;1\n" \
         "010030102;01003;H;Quartier 0102;2\n010010000;01001;Z;Bourg;100\n"  # fmt: skip


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return country(
        tmp_path_factory.mktemp("pays"), [[100, 300, 200], [50, 60, 70]], former={"01099": ("01003", "Vieux")}
    )


@pytest.fixture
def site(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(reading, "embedded_atlas", lambda: atlas)
    monkeypatch.setattr("geo.sources.bring.embedded_atlas", lambda: atlas)
    with serve() as made:
        yield made


def outlines(names: Mapping[str, str] = NEW, cells: Mapping[str, tuple] = CELLS, **commune: str) -> gpd.GeoDataFrame:
    codes = list(cells)
    columns = {
        names["commune"]: [commune.get(f"c{c}", c[:5]) for c in codes], names["iris"]: codes,
        names["nom"]: [f"Quartier {c[5:]}" for c in codes], names["type"]: ["Z" if c.endswith("0000") else "H" for c in codes],
    }  # fmt: skip
    return gpd.GeoDataFrame(columns, geometry=[square(*cell) for cell in cells.values()], crs=2154).to_crs(4326)


def geopackage(path: Path, names: Mapping[str, str] = NEW, layer: str = "contours_iris", **options: object) -> Path:
    outlines(names, **options).to_file(path, layer=layer, driver="GPKG")
    return path


def seven(path: Path, inside: str = "CONTOURS-IRIS/1_DONNEES/iris.gpkg") -> bytes:
    packed = io.BytesIO()
    with py7zr.SevenZipFile(packed, "w") as archive:
        archive.writestr(b"lisez-moi", "CONTOURS-IRIS/LISEZ-MOI.pdf")
        archive.writestr(path.read_bytes(), inside)
    return packed.getvalue()


def populations(text: str = PEOPLE) -> bytes:
    return zip_bytes(
        {"base-ic-evol-struct-pop-2022.CSV": text.encode(), "meta_base-ic.CSV": b"COD_VAR;LIB_VAR\nIRIS;x\n"}
    )


def here(site: Site, *, files: int = 2) -> Source:
    """Return the source of the catalogue with its addresses on the loopback server."""
    source = load_sources()["iris"]
    move = lambda a: site.url + a[len("https://") + len(urlsplit(a).netloc) :]  # noqa: E731
    moved = tuple(
        replace(f, addresses=tuple(map(move, f.addresses)), links={move(p): w for p, w in f.links.items()},
                becomes={move(p): w for p, w in f.becomes.items()})
        for f in source.files
    )  # fmt: skip
    return replace(source, files=moved[:files])


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def run(site: Site, home: Path):
    return sync(["iris"], home=home, catalogue={"iris": here(site)}, **QUICK).results[0]


def serve_people(site: Site, body: bytes | None = None) -> None:
    site[path_of(here(site).files[1].addresses[0])] = Page(populations() if body is None else body)


# --- through a synchronisation
def test_the_file_of_the_day_is_found_in_the_list_of_the_ign_and_read(site, tmp_path):
    listing, *_ = here(site).files[0].addresses
    old, new = ("CONTOURS-IRIS_3-0__GPKG_WGS84G_FRA_2025-01-01", "CONTOURS-IRIS_3-1__GPKG_WGS84G_FRA_2027-01-01")
    feed = "".join(
        f'<entry><title>{n}</title><link href="{site.url}/telechargement/resource/CONTOURS-IRIS/{n}"/></entry>'
        for n in (old, "CONTOURS-IRIS_3-1__SHP_LAMB93_FXX_2028-01-01", new)
    )
    site[path_of(listing)] = Page(
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{feed}</feed>'.encode()
    )
    site[f"/telechargement/download/CONTOURS-IRIS/{new}/{new}.7z"] = Page(seven(geopackage(tmp_path / "a.gpkg")))
    serve_people(site)
    result = run(site, tmp_path / "home")
    assert result.outcome is Outcome.UPDATED, result.reasons
    manifest = result.version.manifest
    assert manifest.inputs[0].address.endswith(f"/{new}/{new}.7z") and manifest.departements == ("01",)
    found = product(result.version.path, "iris")
    assert list(found.index) == [c for c in sorted(CELLS) if not c.endswith("0000")]
    assert found["population"].tolist() == [100.5, 50.25, 0, 149.25, 1, 2]
    assert "Populations des IRIS : recensement de 2022." in manifest.notes


def test_without_the_list_the_known_address_serves_in_the_former_form_too(site, tmp_path):
    _, direct, _ = here(site).files[0].addresses
    site[path_of(direct)] = Page(seven(geopackage(tmp_path / "a.gpkg", OLD, "CONTOURS-IRIS")))
    serve_people(site)
    result = run(site, tmp_path / "home")
    assert result.outcome is Outcome.UPDATED, result.reasons
    assert len(product(result.version.path, "iris")) == 6


def test_without_any_7z_the_outlines_come_by_departement(site, tmp_path, atlas):
    _, _, each = here(site).files[0].addresses
    drawn_ = outlines({"iris": "iris_code", "commune": "com_code", "nom": "iris_name", "type": "iris_type"})
    body = json.loads(drawn_.to_json())
    for feature in body["features"]:  # Opendatasoft writes lists of one
        feature["properties"] = {k: v if k == "iris_type" else [v] for k, v in feature["properties"].items()}
    site[path_of(each.replace("{departement}", "01"))] = Page(json.dumps(body).encode())
    serve_people(site)
    result = run(site, tmp_path / "home")
    assert result.outcome is Outcome.UPDATED, result.reasons
    found = product(result.version.path, "iris")
    assert len(found) == 6 and found["commune"].tolist() == ["01002"] * 4 + ["01003"] * 2


def _geopackage_cut(tmp_path: Path) -> bytes:
    path = geopackage(tmp_path / "a.gpkg")
    path.write_bytes(path.read_bytes()[:9000])
    return seven(path)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (lambda tmp: seven(geopackage(tmp / "a.gpkg"))[:-200], "archive abîmée ou incomplète"),
        (lambda tmp: seven(geopackage(tmp / "a.gpkg"), inside="x.pdf"), "n’est pas reconnu"),
        (lambda tmp: b"<html>maintenance</html>", "n’est pas reconnu"),
        (_geopackage_cut, "reconnu|illisible"),
        (lambda tmp: seven(geopackage(tmp / "a.gpkg", cells={"010020101": CELLS["010020101"]})), "plusieurs IRIS"),
        (lambda tmp: seven(geopackage(tmp / "a.gpkg", cells={"010020101": (90_000, 0, 9, 9), "010020102": (90_000, 9, 9, 9)})),
         "loin de leurs communes"),
        (lambda tmp: seven(geopackage(tmp / "a.gpkg", cells={"990020101": (0, 0, 9, 9), "990020102": (0, 9, 9, 9)})), "99002"),
    ],
)  # fmt: skip
def test_damaged_outlines_are_refused_in_a_sentence(site, tmp_path, bad, said):
    _, direct, _ = here(site).files[0].addresses
    site[path_of(direct)] = Page(bad(tmp_path))
    serve_people(site)
    result = run(site, tmp_path / "home")
    assert result.outcome is Outcome.FAILED
    assert pd.Series(result.reasons).str.contains(said).any(), result.reasons


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PEOPLE.replace("50.25", "beaucoup"), "ligne 3 : « beaucoup » n’est pas un nombre d’habitants"),
        (PEOPLE.replace("50.25", "-3"), "ligne 3 : « -3 » n’est pas un nombre"),
        (PEOPLE.replace("010020102;", "7,5E+08;"), "ligne 3 : « 7,5E\\+08 » n’est pas un code d’IRIS"),
        (PEOPLE.replace("010020102;", "010020101;"), "ligne 3 : l’IRIS 010020101 figure déjà plus haut"),
        ("IRIS;COM\n010020101;01002\n", "n’est pas reconnu"),
    ],
)
def test_damaged_populations_are_refused_in_a_sentence(site, tmp_path, text, said):
    _, direct, _ = here(site).files[0].addresses
    site[path_of(direct)] = Page(seven(geopackage(tmp_path / "a.gpkg")))
    serve_people(site, populations(text))
    result = run(site, tmp_path / "home")
    assert result.outcome is Outcome.FAILED
    assert pd.Series(result.reasons).str.contains(said).any(), result.reasons


def test_iris_come_only_when_they_are_asked_for_by_name():
    sources = load_sources()
    assert sources["iris"].on_demand and "iris" not in [s.kind for s in pick_sources(None, sources)]
    assert [s.kind for s in pick_sources(["iris"], sources)] == ["iris"]


# --- what is read
def test_the_iris_of_a_commune_cover_its_outline_exactly(tmp_path, atlas):
    read("iris", geopackage(tmp_path / "a.gpkg"), text_file(tmp_path, PEOPLE), into=tmp_path / "out", atlas=atlas)
    found = product(tmp_path / "out", "iris")
    shapes = gpd.read_parquet(tmp_path / "out" / "iris_contours.parquet").set_index("iris")
    land = atlas.outlines().to_crs(2154)
    for commune in ("01002", "01003"):
        mine = shapes[shapes["commune"] == commune].to_crs(2154)
        assert shapely.symmetric_difference(mine.union_all(), land[commune]).area < 1
        assert mine.area.sum() == pytest.approx(land[commune].area, abs=1)
    assert found.at["010020101", "area_m2"] == pytest.approx(250_000, rel=0.001)  # what slipped out is cut off
    assert found.at["010020104", "area_m2"] == pytest.approx(250_000, rel=0.001)  # what nobody drew is given
    assert drawn(square(1750, 0, 250, 1000)).contains(shapely.Point(found.loc["010020104", ["lon", "lat"]]))


def test_neighbours_are_those_of_the_drawing(tmp_path, atlas):
    read("iris", geopackage(tmp_path / "a.gpkg"), text_file(tmp_path, PEOPLE), into=tmp_path / "out", atlas=atlas)
    pairs = {frozenset(p) for p in pd.read_parquet(tmp_path / "out" / "iris_voisins.parquet").itertuples(index=False)}
    city = [f"01002010{i}" for i in range(1, 5)]
    expected = [
        *pairwise(city), ("010030101", "010030102"), (city[0], "01001"), *((c, "01005") for c in city),
        (city[3], "01003"), (city[3], "010030101"), (city[3], "010030102"), ("010030101", "01002"), ("010030102", "01002"),
        ("010030102", "01006"),
    ]  # fmt: skip
    assert pairs == {frozenset(p) for p in expected}


def test_an_iris_that_nobody_counts_leaves_its_commune_unknown(tmp_path, atlas):
    text = PEOPLE.replace("010030101;01003;H;Quartier 0101;1\n", "")
    report = read(
        "iris", geopackage(tmp_path / "a.gpkg"), text_file(tmp_path, text), into=tmp_path / "out", atlas=atlas
    )
    assert product(tmp_path / "out", "iris")["population"].isna().sum() == 1
    assert (
        "1\N{NO-BREAK SPACE}commune dont les habitants par IRIS sont inconnus, qui ne peut être ouverte en IRIS."
        in report.notes
    )


def test_the_people_of_a_commune_merged_since_are_carried_over_by_name(tmp_path, atlas):
    text = PEOPLE.replace(
        "010030101;01003", "010990101;01099"
    )  # 01099 became a part of 01003, its IRIS were numbered anew
    report = read(
        "iris", geopackage(tmp_path / "a.gpkg"), text_file(tmp_path, text), into=tmp_path / "out", atlas=atlas
    )
    assert product(tmp_path / "out", "iris").at["010030101", "population"] == 1
    assert any("habitants repris d’après le nom" in note for note in report.notes)


def test_outlines_of_a_former_commune_go_to_the_commune_of_today(tmp_path, atlas):
    path = geopackage(tmp_path / "a.gpkg", c010030101="01099", c010030102="01099")
    read("iris", path, text_file(tmp_path, PEOPLE), into=tmp_path / "out", atlas=atlas)
    assert product(tmp_path / "out", "iris").at["010030101", "commune"] == "01003"


def test_ages_that_come_with_the_populations_are_indicators_by_iris(tmp_path, atlas):
    head, *rows = PEOPLE.splitlines()

    def ages(first):
        return "\n".join(
            [f"{head};P16_POP0014;P22_POP0014", f"{rows[0]};9;{first}", *(f"{row};9;0" for row in rows[1:])]
        )

    drawn_ones = geopackage(tmp_path / "a.gpkg")
    report = read("iris", drawn_ones, text_file(tmp_path, ages("20,1")), into=tmp_path / "a", atlas=atlas)
    assert report.files[-1] == "indicateurs.parquet"
    people, young = read_series(tmp_path / "a" / "indicateurs.parquet")
    assert people.id == "habitants-iris" and young.indicator.year == "2022"
    assert young.values.loc["010020101", ["numerator", "denominator"]].tolist() == [20.1, 100.5]
    wrong = read("iris", drawn_ones, text_file(tmp_path, ages("vingt")), into=tmp_path / "b", atlas=atlas)
    assert "indicateurs.parquet" not in wrong.files and any("« vingt »" in note for note in wrong.notes)
    bare = read("iris", drawn_ones, text_file(tmp_path, PEOPLE), into=tmp_path / "c", atlas=atlas)
    assert "indicateurs.parquet" not in bare.files and wrong.rows == bare.rows == report.rows


def test_populations_alone_ask_for_the_outlines(tmp_path, atlas):
    with pytest.raises(GeoInputError, match="donnez aussi le fichier des contours"):
        read("iris", text_file(tmp_path, PEOPLE), into=tmp_path / "out", atlas=atlas)


def test_iris_files_are_told_from_those_of_communes(tmp_path):
    assert recognise(geopackage(tmp_path / "a.gpkg")) == recognise(text_file(tmp_path, PEOPLE)) == "iris"
    assert recognise(geopackage(tmp_path / "b.gpkg", OLD, "CONTOURS-IRIS")) == "iris"


def test_links_that_are_rewritten_come_the_newest_first():
    page = b'<a href="/r/X_2024"></a><a href="/r/X_2026?x=1"></a><a href="/r/Y_2027"></a>'
    assert links_of(page, "https://a.fr/r", r"/r/(X_\d{4}).*", r"/d/\1.7z") == [
        "https://a.fr/d/X_2026.7z",
        "https://a.fr/d/X_2024.7z",
    ]
