"""A city opened into IRIS in a browser: its quarters are clicked one by one, and a link gives the same to somebody else.

Six IRIS of ours in Niort: of its 59 854 inhabitants the fifth has 14 251 and the sixth 17 101; Aiffres, next to it, has 5 419.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.dataset.drawn_cities import NIORT, QUARTERS, niort_home
from tests.journeys import figures, mark, pick, pixel, settle, wait_figure
from tests.support.browser import (
    AppServer,
    Traffic,
    click_commune,
    hover_commune,
    map_frame,
    selected_codes,
    until,
    wait_painted,
)  # fmt: skip

pytestmark = pytest.mark.journey
AIFFRES, FIFTH, SIXTH = "79003", QUARTERS[4], QUARTERS[5]
PEOPLE = "habitants (population municipale"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder that has received the IRIS."""
    return niort_home(tmp_path_factory.mktemp("iris"))


def wait_shown(page: Page, codes: set[str], people: int) -> None:
    """Wait until the map and the figures tell the same pieces."""
    wait_figure(page, PEOPLE, people)
    settle(page)
    until(page, lambda: set(selected_codes(page)) == codes, lambda: f"the map has {selected_codes(page)}")


def open_niort(page: Page) -> None:
    pick(page, "Commune ou territoire", "niort")
    page.get_by_role("button", name="Ouvrir Niort en IRIS").click()
    settle(page)
    wait_painted(page)


def test_a_city_is_opened_its_iris_chosen_sent_and_closed(page: Page, own_server: AppServer, traffic: Traffic) -> None:
    page.goto(f"{own_server.url}/Perimetre?carte=dep-79&communes={AIFFRES}")
    frame = wait_painted(page)
    settle(page)
    assert NIORT in frame.evaluate("CL.communes()")
    mark(frame)
    open_niort(page)
    assert frame.evaluate("window.survivor") == "still here"
    drawn = frame.evaluate("CL.communes()")
    assert [c for c in drawn if c.startswith(NIORT)] == QUARTERS  # in place of the commune, in its place
    assert drawn == sorted(drawn)
    wait_shown(page, {AIFFRES}, 5_419)

    # Two clicks; hover names the quarter and says what it would change.
    assert "Niort – Quartier 6" in hover_commune(page, SIXTH)
    click_commune(page, SIXTH)
    wait_shown(page, {AIFFRES, SIXTH}, 22_520)
    click_commune(page, FIFTH)
    wait_shown(page, {AIFFRES, FIFTH, SIXTH}, 36_771)
    assert pixel(frame, "selection", FIFTH)[3] > 100 and pixel(frame, "selection", QUARTERS[0])[3] == 0
    assert "Quartier 5" in frame.evaluate("CL.state().names")

    # Undone from the map's own words, then done again; the view has not moved.
    page.get_by_role("button", name="Annuler").click()
    wait_shown(page, {AIFFRES, SIXTH}, 22_520)
    page.get_by_role("button", name="Rétablir").click()
    wait_shown(page, {AIFFRES, FIFTH, SIXTH}, 36_771)

    # The link, opened elsewhere, gives the same pieces and the same figures.
    mine, link = figures(page), page.url
    assert page.context.browser is not None
    elsewhere = page.context.browser.new_context(viewport={"width": 1280, "height": 800}, locale="fr-FR")
    other = elsewhere.new_page()
    other.goto(link)
    wait_painted(other)
    wait_shown(other, {AIFFRES, FIFTH, SIXTH}, 36_771)
    assert figures(other) == mine
    assert [c for c in map_frame(other).evaluate("CL.communes()") if c.startswith(NIORT)] == QUARTERS
    elsewhere.close()

    # Closed only once no part of it is left: what is refused is said.
    page.get_by_role("button", name="Refermer Niort").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("sur 6")
    for code, people in ((FIFTH, 22_520), (SIXTH, 5_419)):
        click_commune(page, code)
        wait_figure(page, PEOPLE, people)
        settle(page)
    page.get_by_role("button", name="Refermer Niort").click()
    settle(page)
    wait_painted(page)
    wait_shown(page, {AIFFRES}, 5_419)
    drawn = frame.evaluate("CL.communes()")
    assert NIORT in drawn and not set(QUARTERS) & set(drawn)
    assert frame.evaluate("window.survivor") == "still here"
    assert traffic.outside == []
