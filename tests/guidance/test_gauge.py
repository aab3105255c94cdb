"""The gauge colours the excess alone, on the page and in the note; an outcome that a threshold of ours raised is marked."""

from __future__ import annotations

import re

import pytest

from geo.exports.perimeter_svg import gauge_svg
from geo.guidance import CHECKS, Outcome, Settings, back_to_start, gauge_segments
from tests.support.grid import check, draw, facts_of, plain
from ui.perimeter import judge

FAVORABLE, DISCUSS, VIGILANCE = Outcome.FAVORABLE, Outcome.DISCUSS, Outcome.VIGILANCE


@pytest.mark.parametrize(
    ("people", "segments"),
    [
        (0, ((0, 0, FAVORABLE),)),
        (200_000, ((0, 200_000, FAVORABLE),)),
        (210_000, ((0, 200_000, FAVORABLE), (200_000, 210_000, DISCUSS))),
        (367_806, ((0, 200_000, FAVORABLE), (200_000, 367_806, VIGILANCE))),
    ],
)
def test_only_what_is_above_the_marker_takes_another_colour(
    people: int, segments: tuple[tuple[float, float, Outcome], ...]
) -> None:
    assert gauge_segments(people, Settings()) == segments


def test_page_and_note_draw_the_marker_in_the_first_colour_and_the_excess_apart() -> None:
    page, note = judge.gauge(400_000, Settings()), gauge_svg(400_000, Settings())
    width = {colour: float(w) for w, colour in re.findall(r"width:([\d.]+)%;background:(#\w+)", page)}
    assert width["#0b6e75"] == pytest.approx(width["#b93a2a"], abs=0.02)  # half up to the marker, half above it
    drawn = {colour: float(w) for w, colour in re.findall(r'width="([\d.]+)" height="5.6" fill="(#\w+)"', note)}
    assert drawn["#0b6e75"] == pytest.approx(drawn["#b93a2a"], abs=0.02)
    assert "#b93a2a" not in judge.gauge(199_000, Settings()) and "#b93a2a" not in gauge_svg(199_000, Settings())


def card(check_id: str, people: list[int], codes: list[str]) -> str:
    found = check(check_id, facts_of(draw([people]), codes))
    return plain(judge.cards([(next(c for c in CHECKS if c.id == check_id), found)]))


def test_an_outcome_raised_by_a_threshold_of_this_tool_is_marked_on_its_card() -> None:
    mark = '<small class="seuil">seuil de l’outil</small>'
    assert mark in card("taille", [5_000], ["01001"])
    assert mark not in card("taille", [300_000], ["01001"])  # the guide's marker
    assert mark not in card("taille", [30_000], ["01001"])
    assert mark in card("centralite", [9_000, 1_000], ["01001", "01002"])


def test_going_back_touches_one_kind_of_settings_only() -> None:
    mine = Settings(marker=150_000, big_city=300_000, central=0.7, small=5_000)
    assert back_to_start(mine, ours=False) == Settings(central=0.7, small=5_000)
    assert back_to_start(mine, ours=True) == Settings(marker=150_000, big_city=300_000)
