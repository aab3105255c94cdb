"""What the maps are given: files that exist, colours in the order of the file's communes, outlines of what is met."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from geo.coverage import STATUS_LABELS, Aside, CoverageView, Doubt, Status, coverage_state, scopes
from geo.coverage.status import commune_status
from tests.support import real
from ui import loaders
from ui.map import build as maps
from ui.map import scene

pytestmark = pytest.mark.usefixtures("fresh_caches")


def unpack(runs: str) -> list[int]:
    """Read back runs such as « a3bc12 »."""
    statuses: list[int] = []
    i = 0
    while i < len(runs):
        letter, i = runs[i], i + 1
        start = i
        while i < len(runs) and runs[i].isdigit():
            i += 1
        statuses += [-1 if letter == "_" else ord(letter) - ord("a")] * int(runs[start:i] or 1)
    return statuses


def file_of(url: str) -> dict[str, object]:
    """Read a file by the address the browser is given."""
    return json.loads((loaders.STATIC / url.removeprefix(maps.STATIC)).read_text(encoding="utf-8"))


@pytest.mark.parametrize("scope_id", ["dep-62", "reg-44", "dep-976", "dep-75"])
def test_colours_follow_the_order_of_the_communes_in_the_file(scope_id: str) -> None:
    scope = scopes(real.atlas())[scope_id]
    shapes = file_of(scene.geometry_url(scope))["objects"]["communes"]["geometries"]
    atlas = real.atlas()
    rows = scope.rows
    assert [shape["properties"]["c"] for shape in shapes] == list(atlas.codes[rows])
    painted = unpack(scene.status_paint(CoverageView(scope)).runs)
    status = commune_status(atlas, real.crosswalk().layers["clsm"])[rows]
    extended = coverage_state(real.crosswalk(), real.density()).doubtful[Doubt.EXTENSION][rows]
    assert painted == np.where((status == Status.COUVERT) & extended, len(Status), status).tolist()


def test_what_is_covered_by_extension_is_drawn_apart_unless_it_is_set_aside() -> None:
    scope = scopes(real.atlas())["dep-62"]  # Lens-Hénin, from a list of EPCI of 2016
    assert len(Status) in unpack(scene.status_paint(CoverageView(scope)).runs)
    aside = unpack(scene.status_paint(CoverageView(scope, (), Aside((Doubt.EXTENSION,)))).runs)
    assert len(Status) not in aside and Status.INCONNU in aside


def test_every_territory_has_its_file_and_its_bounds() -> None:
    for scope in scopes(real.atlas()).values():
        assert (loaders.STATIC / scene.geometry_url(scope).removeprefix(maps.STATIC)).is_file()
        (south, west), (north, east) = scene.bounds(scope)
        assert -90 < south < north < 90
        assert -180 < west < east < 180


def test_a_declared_list_changes_the_colours_and_nothing_else() -> None:
    scope = scopes(real.atlas())["dep-62"]
    before, after = (unpack(scene.status_paint(CoverageView(scope, complete)).runs) for complete in ((), ("62",)))
    assert Status.INCONNU in before
    changed = {(old, new) for old, new in zip(before, after, strict=True) if old != new}
    palette = scene.status_paint(CoverageView(scope, ("62",))).palette
    (declared,) = {new for _, new in changed}
    assert {old for old, _ in changed} == {Status.INCONNU}
    assert palette[declared].label == "non couvert, d’après votre déclaration (62)"
    assert palette[declared].fill == scene.PALETTE[Status.NON_COUVERT].fill


@pytest.mark.parametrize("pale", [False, True])
def test_a_palette_has_a_colour_and_a_word_for_each_status(pale: bool) -> None:
    palette = scene.status_paint(CoverageView(scopes(real.atlas())["dep-62"]), pale=pale).palette
    assert [swatch.label for swatch in palette[: len(Status)]] == [STATUS_LABELS[status] for status in Status]
    assert len({(swatch.fill, swatch.hatch and swatch.motif) for swatch in palette}) == len(palette)
    (extended,) = palette[len(Status) :]
    assert extended == (replace(scene.EXTENDED, fill=scene.PALE[Status.COUVERT]) if pale else scene.EXTENDED)


def test_the_colours_under_a_perimeter_are_in_the_file_whose_address_is_sent() -> None:
    scope = scopes(real.atlas())["dep-62"]
    told = file_of(scene.backdrop(CoverageView(scope)))
    drawn = [told["palette"][rank]["fill"] for rank in unpack(told["runs"])]
    status = commune_status(real.atlas(), real.crosswalk().layers["clsm"])[scope.rows]
    assert drawn == [scene.PALE[Status(int(s))] for s in status]
    assert scene.backdrop(CoverageView(scope)) == scene.backdrop(CoverageView(scope))


def test_outlines_say_which_zones_each_commune_is_in() -> None:
    scope, atlas = scopes(real.atlas())["dep-62"], real.atlas()
    overlay = scene.overlay(scope, "epci")
    written = file_of(overlay.url)
    rows = scope.rows
    assert len(written["of"]) == len(rows)
    for row, zones in zip(rows, written["of"], strict=True):
        assert [written["zones"][z][0] for z in zones] == [atlas.table["epci"].iat[row]]
    assert overlay.label == "EPCI"
    assert "_" not in overlay.url, "the component drops what follows an underscore"


def test_only_outlines_met_in_the_territory_are_offered() -> None:
    every, layers = scopes(real.atlas()), real.crosswalk().layers
    for scope_id in ("dep-62", "dep-94", "dep-976", "france"):
        rows = set(every[scope_id].rows.tolist())
        expected = [i for i in scene.LINES if rows & set(layers[i].members["row"])]
        assert scene.known_lines(every[scope_id]) == expected
    assert "ept" not in scene.known_lines(every["dep-62"])


def test_each_outline_has_a_label_and_its_own_look() -> None:
    assert set(scene.LINES) == set(scene.LINE_LABELS)
    assert set(scene.LINES) <= set(real.crosswalk().layers)
    assert len({line.colour for line in scene.LINES.values()}) == len(scene.LINES)
    lines = {(line.dash, line.core, line.width if not line.dash else 0) for line in scene.LINES.values()}
    assert len(lines) == len(scene.LINES), "each layer is known by its line alone, without its colour"
    for line in scene.LINES.values():
        assert len(line.dash) % 2 == 0, "strokes and gaps"
        assert all(gap > line.width for gap in line.dash[1::2] if 0 in line.dash), "round caps would close the gap"
