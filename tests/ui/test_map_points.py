"""Quarters and places over the map: files by address, discs that grow with people, unknown said."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import MultiPolygon, Polygon, box

from geo.coverage import read_scope
from geo.dataset import Dataset
from geo.layers import CarePlaces
from tests import real
from tests.grid import plain
from ui import cache as data_cache
from ui import loaders
from ui.map import build as maps
from ui.map import overlays as map_marks
from ui.map import overlays as map_points

pytestmark = pytest.mark.usefixtures("fresh_caches")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(loaders, "GEO", tmp_path)
    return tmp_path


def scope_of(code: str):
    return read_scope(code, real.atlas())


def points_of(url: str | None, folder: Path) -> list[dict]:
    assert url is not None
    assert url.startswith(maps.STATIC + "geo/points-")
    return json.loads((folder / url.rsplit("/", 1)[1]).read_text(encoding="utf-8"))["points"]


def test_quarters_without_outline_are_discs_in_their_commune_sized_by_people(own_folder: Path) -> None:
    points = points_of(map_points.quarters_url(scope_of("dep-94")), own_folder)
    layer = real.crosswalk().layers["qpv"]
    rows = real.atlas().members("departement", "94")
    here = layer.members[layer.members["row"].isin(rows)]
    # 47 quarters, one disc for each commune that is the first of some: those of one commune would hide one another
    assert here["zone"].nunique() == 47
    assert len(points) == here.groupby("zone")["row"].first().nunique()
    assert any("Colonel Fabien" in p["n"] and "Les Combattants" in p["n"] for p in points), "the quarters of Vitry"
    assert all("o" not in p for p in points)
    known = [p for p in points if "p" in p]
    assert known
    for larger, smaller in pairwise(known):
        assert larger["r"] >= smaller["r"]
    for unknown in (p for p in points if "p" not in p):
        assert unknown["d"] == "nombre d’habitants inconnu"
    lon, lat = real.atlas().table.iloc[rows]["lon"], real.atlas().table.iloc[rows]["lat"]
    assert all(
        lon.min() - 0.01 <= p["x"] <= lon.max() + 0.01 and lat.min() - 0.01 <= p["y"] <= lat.max() + 0.01
        for p in points
    )


def test_quarters_of_a_city_whose_arrondissement_is_unknown_are_not_drawn_and_it_is_said() -> None:
    assert map_points.quarters_url(scope_of("dep-75")) is None
    assert "21 quartiers de Paris, d’arrondissement inconnu, non dessinés" in plain(
        map_points.extents(scope_of("dep-75"))
    )


def test_an_epci_takes_the_file_of_its_departement() -> None:
    assert map_points.quarters_url(scope_of("epci-200041317")) == map_points.quarters_url(scope_of("dep-79"))


def test_a_known_outline_is_written_as_rings_of_latitude_and_longitude(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = real.crosswalk().layers["qpv"]
    rows = real.atlas().members("departement", "94")
    zone = int(layer.members[layer.members["row"].isin(rows)]["zone"].iloc[0])
    hole = Polygon(box(2.40, 48.70, 2.44, 48.74).exterior, [box(2.41, 48.71, 2.42, 48.72).exterior])
    shape = MultiPolygon([hole, box(2.46, 48.70, 2.47, 48.71)])
    monkeypatch.setattr(map_points, "_outlines", lambda: {str(layer.zones.index[zone]): shape})
    points = points_of(map_points.quarters_url(scope_of("dep-94")), own_folder)
    (drawn,) = [p for p in points if "o" in p]
    assert [len(part) for part in drawn["o"]] == [2, 1], "two parts, one with a hole"
    latitude, longitude = drawn["o"][0][0][0]
    assert 48.69 < latitude < 48.75
    assert 2.39 < longitude < 2.48
    assert hole.contains(gpd.points_from_xy([drawn["x"]], [drawn["y"]])[0]), "the disc is inside its quarter"


@pytest.mark.parametrize(("people", "radius"), [(math.nan, 2.5), (0, 2.5), (20_000, 11.0), (1e6, 11.0)])
def test_a_disc_keeps_within_its_bounds(people: float, radius: float) -> None:
    assert map_points.disc_radius(people) == radius


def test_the_area_of_a_disc_follows_its_people() -> None:
    assert map_points.disc_radius(16_000) / map_points.disc_radius(4_000) == pytest.approx(2, abs=0.02)


def world_with_places(*departements: str) -> Dataset:
    row = real.atlas().row["79191"]
    table = pd.DataFrame(
        {"id": ["1", "2"], "nom": ["CMP <b>", "Sans lieu"], "categorie": ["CMP", "CMP"], "row": [row, row],
         "lon": [-0.46, math.nan], "lat": [46.32, 46.3]}
    )  # fmt: skip
    return replace(real.world(), resources=CarePlaces(table, frozenset(departements), "FINESS", "2026"))


def test_places_are_written_where_they_are_known(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert map_points.places_url(scope_of("dep-79")) is None, "nothing synchronised"
    monkeypatch.setattr(loaders, "world", lambda: world_with_places("79"))
    data_cache.release()
    (place,) = points_of(map_points.places_url(scope_of("dep-79")), own_folder)
    assert (place["n"], place["d"], place["x"]) == ("CMP <b>", "CMP", -0.46)
    assert map_points.places_url(scope_of("dep-94")) is None


def test_the_note_says_where_places_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "lieux de santé mentale : non synchronisés" in map_points.extents(scope_of("dep-79"))
    monkeypatch.setattr(loaders, "world", lambda: world_with_places("79"))
    assert "lieux" not in map_points.extents(scope_of("dep-79"))
    assert "liste non connue ici" in map_points.extents(scope_of("dep-94"))
    assert "1\u00a0département d’ici sur 12" in map_points.extents(scope_of("reg-75"))


# --- the state --------------------------------------------------------------------------------------------------
def test_a_mark_travels_as_packed_codes_and_nothing_else() -> None:
    over = map_marks.over(mark=map_marks.Mark(("79191", "79003", "2A004"), 3))
    assert over["mark"] == {"codes": "79:191003;2A:004", "n": 3}
    assert over["quarters"] is None
    with pytest.raises(ValueError, match="not commune codes"):
        map_marks.over(mark=map_marks.Mark(("<b>",)))


def test_an_unknown_motif_is_refused_and_a_plain_one_does_not_travel() -> None:
    plain = maps.Paint("a", (maps.Swatch("#ffffff", "x"),))
    told = maps.paint_payload(plain)
    assert told is not None
    assert told["palette"] == [{"fill": "#ffffff", "label": "x", "hatch": False}]
    with pytest.raises(ValueError, match="unknown motifs"):
        maps.paint_payload(maps.Paint("a", (maps.Swatch("#ffffff", "x", hatch=True, motif="zigzag"),)))
