"""Populations of priority quarters: whole, by commune, estimated; what is known is never lost."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo.dataset import official
from geo.errors import GeoInputError
from geo.sources import Outcome, current, sync
from geo.sources.readers import READERS
from geo.sources.readers import base as reading
from geo.sources.readers.communes import carry_populations
from tests.sources.test_readers_qpv import outlines
from tests.support import grid
from tests.support.grid import zone
from tests.support.reading import country, drawn, product, read, square, text_file

WHOLE = "QP;LIB_QP;PMUN\nQN00101M;Un;1 000\nQN00102N;Deux;500\n"
PARTS = "QP;COM;PMUN\nQN00101M;01001;900\nQN00101M;01002;100\nQN00102N;01003;500\n"


@pytest.fixture
def cells(tmp_path: Path):
    folder = tmp_path / "pays"
    folder.mkdir()
    return country(folder, [[100, 200, 300], [400, 500, 600]], city=[[None] * 3, [None, "01900", "01900"]])


@pytest.fixture
def contours(tmp_path: Path) -> Path:
    quarters = [("QN00101M", "01001, 01002", drawn(square(750, 100, 1000, 400))),  # a quarter of its area in 01001
                ("QN00102N", "01003", drawn(square(2100, 100, 500, 500)))]  # fmt: skip
    return outlines(tmp_path / "contours.geojson", quarters)


def members(folder: Path) -> dict[tuple[str, str], tuple[float, bool]]:
    frame = pd.read_parquet(folder / "qpv_membres.parquet")
    return {
        (r.code, r.atom): (round(r.population), bool(r.exact))
        for r in frame.itertuples()
        if r.population == r.population
    }


def test_the_people_of_each_commune_settle_a_straddling_quarter(cells, contours: Path, tmp_path: Path) -> None:
    whole = text_file(tmp_path, WHOLE, name="pop_QPV24.csv")
    parts = text_file(tmp_path, PARTS, name="pop_reference_communales_QPV24.csv")
    report = read("qpv", contours, whole, parts, into=tmp_path / "out", atlas=cells)
    assert members(tmp_path / "out") == {
        ("QN00101M", "01001"): (900, True), ("QN00101M", "01002"): (100, True), ("QN00102N", "01003"): (500, True),
    }  # fmt: skip
    assert any("1 quartier à cheval réparti" in note.replace("\u00a0", " ") for note in report.notes)
    assert not any("selon la surface" in note for note in report.notes)


def test_a_commune_where_nobody_of_the_quarter_lives_is_left_out(cells, contours: Path, tmp_path: Path) -> None:
    whole, parts = text_file(tmp_path, WHOLE, name="a.csv"), PARTS.replace("900", "0").replace("100\n", "1000\n")
    read("qpv", contours, whole, text_file(tmp_path, parts, name="b.csv"), into=tmp_path / "out", atlas=cells)
    assert members(tmp_path / "out")["QN00101M", "01002"] == (1000, True)
    assert ("QN00101M", "01001") not in members(tmp_path / "out")


def test_the_part_of_a_city_goes_to_its_arrondissements_by_area(cells, tmp_path: Path) -> None:
    shape = drawn(square(800, 1100, 1400, 500))  # 200 m in 01004, 1 000 m in 01005, 200 m in 01006
    path = outlines(tmp_path / "q.geojson", [("QN00101M", "01004, 01900", shape)])
    whole = text_file(tmp_path, "codeQPV,popMuniQPV\nQN00101M,700\n", name="a.csv")
    parts = text_file(tmp_path, "codeQPV,COM,popMuniQPV\nQN00101M,01004,100\nQN00101M,01900,600\n", name="b.csv")
    read("qpv", path, whole, parts, into=tmp_path / "out", atlas=cells)
    assert members(tmp_path / "out") == {
        ("QN00101M", "01004"): (100, True), ("QN00101M", "01005"): (500, False), ("QN00101M", "01006"): (100, False),
    }  # fmt: skip


@pytest.mark.parametrize("parts", [PARTS.replace("900", "300"), PARTS.replace("900", "")])
def test_parts_that_do_not_add_up_are_refused(parts: str, cells, contours: Path, tmp_path: Path) -> None:
    whole = text_file(tmp_path, WHOLE, name="a.csv")
    given = text_file(tmp_path, parts + "QN00103N;01004;5\nQN00103N;01005;6\n", name="b.csv")
    with pytest.raises(GeoInputError, match="QN00103N a plusieurs populations"):
        read("qpv", contours, whole, given, into=tmp_path / "out", atlas=cells)


def test_parts_without_the_wholes_are_never_read_as_such(cells, contours: Path, tmp_path: Path) -> None:
    with pytest.raises(GeoInputError, match="à côté d’un fichier des quartiers entiers"):
        read("qpv", contours, text_file(tmp_path, PARTS), into=tmp_path / "out", atlas=cells)


def test_estimates_serve_where_no_municipal_population_is_published(cells, contours: Path, tmp_path: Path) -> None:
    whole = text_file(tmp_path, "codeQPV,popMuniQPV\nQN00101M,1000\nQN00102N,\n", name="a.csv")
    guess = text_file(
        tmp_path,
        "QP;LIBQP;POP\nQN00101M;Un;1200\nQN00102N;Deux;480\n",
        name="estimations-demographiques_2022_QPV2024.csv",
    )
    read("qpv", contours, guess, whole, into=tmp_path / "out", atlas=cells)
    quarters = product(tmp_path / "out", "qpv")
    assert quarters["population"].to_dict() == {"QN00101M": 1000, "QN00102N": 480}
    assert quarters["population_annee"].to_dict() == {"QN00101M": "2020", "QN00102N": "2022 (estimation)"}


def test_the_table_of_the_communes_of_quarters_is_read(tmp_path: Path) -> None:
    shape = drawn(square(0, 0, 100, 100))
    path = outlines(tmp_path / "q.geojson", [("QN07501N", "75056", shape)])
    table = text_file(tmp_path, "QP2024,LIB_QP,LIST_COM_2025\nQN07501N,Quartier,75118\n", name="TAG_QPV2024_2025.csv")
    read("qpv", path, table, into=tmp_path / "out")
    assert product(tmp_path / "out", "qpv_membres")["atom"].tolist() == ["75118"]


# --- what is known is kept
def test_known_populations_are_never_replaced_by_unknown_ones(cells, contours: Path, tmp_path: Path) -> None:
    files = [text_file(tmp_path, body, name=name) for name, body in (("a.csv", WHOLE), ("b.csv", PARTS))]
    before, after = tmp_path / "before", tmp_path / "after"
    read("qpv", contours, *files, into=before, atlas=cells)
    read("qpv", contours, into=after, atlas=cells)
    assert product(after, "qpv")["population"].isna().all()
    carry = READERS["qpv"].carry
    assert carry is not None
    notes = carry(before, after)
    assert members(after) == members(before)
    assert product(after, "qpv")["population"].to_dict() == {"QN00101M": 1000, "QN00102N": 500}
    assert gpd.read_parquet(after / "qpv.parquet").crs.to_epsg() == 4326
    assert len(notes) == 2 and "gardée" in notes[0]
    assert carry(before, after) == []  # nothing more to keep


def test_newer_populations_win_and_the_known_split_is_kept(cells, contours: Path, tmp_path: Path) -> None:
    files = [text_file(tmp_path, body, name=name) for name, body in (("a.csv", WHOLE), ("b.csv", PARTS))]
    before, after = tmp_path / "before", tmp_path / "after"
    read("qpv", contours, *files, into=before, atlas=cells)
    newer = text_file(tmp_path, WHOLE.replace("1 000", "2 000").replace("500", ""), name="c.csv")
    read("qpv", contours, newer, into=after, atlas=cells)
    carry = READERS["qpv"].carry
    assert carry is not None
    carry(before, after)
    assert members(after) == {
        ("QN00101M", "01001"): (1800, True), ("QN00101M", "01002"): (200, True), ("QN00102N", "01003"): (500, True),
    }  # fmt: skip


def test_communes_that_a_new_file_no_longer_counts_keep_their_population(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for folder, codes in ((before, ["01001", "97601"]), (after, ["01001"])):
        folder.mkdir()
        frame = {"code": codes, "population": [5, 7][: len(codes)], "annee": ["2023", "2017"][: len(codes)]}
        pd.DataFrame(frame).to_parquet(folder / "populations.parquet")
    assert "(2017)" in carry_populations(before, after)[0]
    assert product(after, "populations")["population"].to_dict() == {"01001": 5, "97601": 7}
    assert carry_populations(before, after) == []


def test_the_embedded_populations_of_quarters_fill_what_the_official_file_lacks() -> None:
    atlas = grid.draw([[100, 200]])
    known = grid.layer(atlas, "qpv", {"QN1": zone("01001", population=50.0), "QN2": zone("01002")})
    zones = pd.DataFrame(
        {"code": ["QN1", "QN2", "QN3"], "population": [None, None, 9.0], "population_annee": ["", "", "2022"]}
    )
    parts = pd.DataFrame({"code": ["QN1", "QN1", "QN3"], "part": [0.2, 0.8, 1.0], "population": [None, None, 9.0]})
    filled, shared = official._known_populations(
        zones.astype({"population": float}), parts.astype({"population": float}), known
    )
    assert filled["population"].fillna(-1).tolist() == [50.0, -1, 9.0]
    assert shared["population"].tolist() == [10.0, 40.0, 9.0]


def test_a_synchronisation_without_populations_keeps_those_known(
    cells, contours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "embedded_atlas", lambda: cells)
    mirror, home = tmp_path / "mirror", tmp_path / "home"
    mirror.mkdir()
    contours.rename(mirror / "contours.geojson")
    people = text_file(mirror, WHOLE, name="pop_QPV24.csv")
    for _ in range(
        3
    ):  # with, without, with: the version of the same files is not taken for the one that kept what was known
        assert sync(["qpv"], mirror=str(mirror), home=home).results[0].outcome is Outcome.UPDATED
        kept = current("qpv", home)
        assert kept is not None
        assert product(kept.path, "qpv")["population"].to_dict() == {"QN00101M": 1000, "QN00102N": 500}
        if people.exists():
            people.unlink()
        else:
            text_file(mirror, WHOLE, name="pop_QPV24.csv")
    assert sync(["qpv"], mirror=str(mirror), home=home).results[0].outcome is Outcome.UPDATED
