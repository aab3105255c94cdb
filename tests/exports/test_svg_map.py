"""Printed maps: true scale, north, legend, alternative text, small files, hostile names as dead letters."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pytest
import shapely
import typst

from geo.exports.maps import svg as maps
from geo.exports.maps.svg import MapLayer, MapText, Panel, Style, classes, simplify, svg_map
from geo.exports.maps.svg_furniture import UNIT, bar_length_m, convergence

SVG = "{http://www.w3.org/2000/svg}"
WEST, SOUTH = 700_000.0, 6_600_000.0


def _squares(columns: int = 3) -> np.ndarray:
    return np.array(
        [shapely.box(WEST + i * 1e4, SOUTH, WEST + (i + 1) * 1e4, SOUTH + 1e4) for i in range(columns)], dtype=object
    )


STYLES = {
    0: ("couvert", Style(fill="#1f7a6d")),
    1: ("projet", Style(fill="#e0a93b", hatch="croise")),
    9: ("absent d’ici", Style(fill="#000000")),
}


def _map(**options: object) -> maps.SvgMap:
    layers = classes(_squares(), [0, 1, 0], STYLES)
    chosen = {"alt": "Trois communes", "attribution": "Dessin"} | options
    return svg_map([Panel(layers, 2154)], **chosen)  # type: ignore[arg-type]


def _texts(svg: str) -> list[str]:
    return [t.text or "" for t in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_map_says_what_it_is_to_whoever_cannot_see_it() -> None:
    root = ElementTree.fromstring(_map(title="Couverture").svg)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Couverture"
    assert root.findtext(f"{SVG}desc") == "Trois communes"


def test_the_legend_names_the_classes_present_once_each() -> None:
    texts = _texts(_map().svg)
    assert texts.count("couvert") == 1 and texts.count("projet") == 1
    assert "absent d’ici" not in texts
    assert "Dessin" in texts and "N" in texts


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    svg = _map(width_mm=102.0, height_mm=60.0).svg  # 30 km over 100 mm
    assert "5\u00a0km" in _texts(svg)
    bars = [int(r.get("width", 0)) for r in ElementTree.fromstring(svg).iter(f"{SVG}rect") if r.get("height") == "20"]
    assert sum(bars) / UNIT * 300.0 == pytest.approx(5000, rel=0.01)


@pytest.mark.parametrize(("per_mm", "width", "length"), [(100, 100, 2000), (1000, 174, 20_000), (3.0, 100, 50)])
def test_a_scale_bar_is_round_and_a_quarter_of_the_map_at_most(per_mm: float, width: float, length: float) -> None:
    assert bar_length_m(per_mm, width) == length


def test_north_leans_away_from_the_meridian_of_the_projection() -> None:
    assert convergence(2154, 700_000, 6_600_000) == pytest.approx(0, abs=1e-6)
    assert convergence(2154, 1_000_000, 6_600_000) < -1 < 1 < convergence(2154, 300_000, 6_600_000)


def test_a_hatched_class_is_told_without_colour() -> None:
    svg = _map().svg
    assert 'id="h-croise-1d2a30"' in svg
    assert svg.count("url(#h-croise-1d2a30)") == 2  # on the map and in the legend


def test_hostile_names_are_dead_letters() -> None:
    layers = [MapLayer(_squares(), Style(fill="#ffffff"), "<script>&")]
    made = svg_map(
        [Panel(layers, 2154, texts=[MapText(WEST, SOUTH, '</text><a href="x">')])], alt='"<b>', attribution="]]>"
    )
    root = ElementTree.fromstring(made.svg)
    assert "<script>&" in _texts(made.svg) and '</text><a href="x">' in _texts(made.svg)
    assert root.findtext(f"{SVG}desc") == '"<b>'


def test_neighbours_keep_their_border_in_common_when_simplified() -> None:
    random = np.random.default_rng(1)
    y = SOUTH + np.linspace(0, 1e4, 200)
    border = np.column_stack([WEST + 1e4 + random.normal(0, 20, 200), y])
    left = shapely.Polygon([(WEST, SOUTH), *border, (WEST, SOUTH + 1e4)])
    right = shapely.Polygon([(WEST + 2e4, SOUTH), *border, (WEST + 2e4, SOUTH + 1e4)])
    simple = simplify(np.array([left, right], dtype=object), 300.0)
    assert len(shapely.get_coordinates(simple)) < 60
    assert shapely.coverage_is_valid(simple)


def test_a_point_a_line_and_an_inset_are_drawn() -> None:
    layers = [
        MapLayer(_squares(), Style(fill="#eeeeee")),
        MapLayer(np.array([shapely.LineString([(WEST, SOUTH), (WEST + 3e4, SOUTH + 1e4)])], dtype=object), Style(stroke="#000000"), "limite"),
        MapLayer(np.array([shapely.Point(WEST + 1e4, SOUTH + 5e3)], dtype=object), Style(fill="#d1604d"), "lieu"),
    ]  # fmt: skip
    made = svg_map([Panel(layers, 2154), Panel(layers[:1], 2975, "La Réunion")], alt="x", attribution="Source.")
    root = ElementTree.fromstring(made.svg)
    assert len(list(root.iter(f"{SVG}circle"))) == 2
    assert "La Réunion" in _texts(made.svg)
    assert any("encart" in t for t in _texts(made.svg))


def test_empty_maps_and_maps_without_alternative_are_refused() -> None:
    with pytest.raises(ValueError, match="alternative"):
        _map(alt=" ")
    with pytest.raises(ValueError, match="nothing"):
        svg_map([Panel([MapLayer(np.empty(0, dtype=object), Style())], 2154)], alt="x", attribution="y")


def test_shapes_stay_inside_the_frame_and_the_same_map_gives_the_same_text() -> None:
    made = _map(width_mm=100.0, height_mm=50.0)
    path = next(p for p in ElementTree.fromstring(made.svg).iter(f"{SVG}path") if (p.get("d") or "").endswith("z"))
    starts = [tuple(map(int, m)) for m in re.findall(r"M(\d+) (\d+)", path.get("d") or "")]
    assert all(0 <= x <= 2000 and 0 <= y <= 1000 for x, y in starts)
    assert made == _map(width_mm=100.0, height_mm=50.0)


def test_outlines_in_degrees_are_brought_to_metres() -> None:
    shapes = gpd.GeoSeries([shapely.box(3, 46, 3.1, 46.1)], crs=4326)
    assert shapely.area(maps.project(shapes, 2154))[0] == pytest.approx(7745 * 11113, rel=0.01)


def test_typst_draws_it() -> None:
    page = '#set page(width: auto, height: auto)\n#image(bytes(json(bytes(sys.inputs.data)).map), format: "svg")'
    made = typst.compile(page.encode(), format="png", ppi=40, sys_inputs={"data": json.dumps({"map": _map().svg})})
    assert (made if isinstance(made, bytes) else made[0]).startswith(b"\x89PNG")
