"""In the room: on a projector or a tablet what is decided is seen without scrolling, and a meeting sees it large."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from geo import french as fr
from tests.journeys import Console, settle, wait_address
from tests.support import real
from tests.support.browser import AppServer, Traffic, click_commune, map_frame, until, wait_painted
from ui.perimeter.workbench import PANELS

pytestmark = pytest.mark.journey
NIORT, CHAURAY = "79191", "79081"
SIZES = {"projector": (1280, 720), "laptop": (1440, 900), "tablet": (820, 1180), "tablet lying": (1180, 820)}
PHONE = (390, 844)


def in_sight(place: Locator) -> bool:
    """Tell whether a place is whole inside the window, as it is scrolled."""
    return bool(
        place.evaluate(
            """(e) => {
  const { top, bottom, left, right } = e.getBoundingClientRect();
  return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth + 1;
}"""
        )
    )


def set_size(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def table_files(traffic: Traffic) -> list[str]:
    return [url for url in traffic.requests if "/geo/noms-" in url]


@pytest.mark.parametrize(("first", "then"), [("projector", "laptop"), ("tablet", "tablet lying")])
def test_a_newcomer_names_the_town_and_has_checks_on_screen_in_three_actions(
    page: Page, server: AppServer, traffic: Traffic, first: str, then: str
) -> None:
    console = Console().watch(page)
    set_size(page, SIZES[first])
    page.goto(server.url)
    field = page.get_by_role("combobox", name="Votre commune ?")
    expect(field).to_be_visible()
    assert table_files(traffic) == [], "the names are not fetched before somebody looks for one"
    field.click()  # one
    page.keyboard.type("Niort")  # two
    expect(page.get_by_role("option", name="Niort commune · Deux-Sèvres · 59 854 habitants")).to_be_visible()
    page.keyboard.press("Enter")  # three
    expect(page.get_by_role("heading", name="Périmètre")).to_be_visible()
    wait_painted(page, geometry="dep-79")
    wait_address(page, {NIORT})
    settle(page)
    expect(page.locator(".clsm-etat")).to_contain_text("Repères du guide")
    assert page.locator(".clsm-etat").evaluate("e => e.getBoundingClientRect().top < innerHeight")
    checks = page.locator(".clsm-checks.index summary")
    assert checks.count() > 5
    seen = {
        "inhabitants": page.locator(".clsm-figure", has_text="habitants (population municipale").first,
        "gauge": page.locator(".clsm-jauge"),
        "undo": page.get_by_role("button", name="Annuler"),
        "how many checks say what": page.locator(".clsm-compte"),
        "the panels": page.get_by_role("radio", name=list(PANELS)[-1]),
        "the first check": checks.first,
        "the third check": checks.nth(2),
        "the map": page.locator("iframe").first,
    }

    def hidden() -> list[str]:
        return [name for name, place in seen.items() if not in_sight(place)]

    assert hidden() == []
    assert page.get_by_test_id("stMain").evaluate("e => e.scrollTop") == 0
    set_size(page, SIZES[then])
    settle(page)
    until(page, lambda: not hidden(), lambda: f"out of sight on a {then}: {hidden()}")
    assert page.get_by_test_id("stMain").evaluate("e => e.scrollTop") == 0

    page.get_by_role("combobox", name="Commune ou territoire").click()
    page.keyboard.type("melle")
    expect(page.get_by_role("option").first).to_contain_text("Melle")
    assert len(table_files(traffic)) == 2, "fetched once, from one page to the next"
    assert console.errors == []
    assert traffic.outside == []


def test_a_check_that_turns_is_said_where_it_is_seen(page: Page, server: AppServer) -> None:
    set_size(page, SIZES["projector"])
    page.goto(f"{server.url}/Perimetre?carte=dep-79&communes={NIORT}")
    wait_painted(page, geometry="dep-79")
    settle(page)
    expect(page.locator(".clsm-tourne")).to_have_count(0)
    click_commune(page, "79003")  # Aiffres
    wait_address(page, {NIORT, "79003"})
    settle(page)
    turned = page.locator(".clsm-tourne")
    expect(turned).to_contain_text("Vient de changer")
    assert in_sight(turned)
    page.get_by_role("button", name="Annuler").click()
    wait_address(page, {NIORT})
    settle(page)
    expect(turned).to_contain_text("Vient de changer")


def test_a_meeting_sees_the_map_and_the_figures_large_with_before_and_after(page: Page, server: AppServer) -> None:
    set_size(page, SIZES["projector"])
    page.goto(f"{server.url}/Perimetre?carte=dep-79&communes={NIORT}")
    wait_painted(page, geometry="dep-79")
    settle(page)
    map_frame(page).evaluate("window.kept = true")
    page.get_by_role("button", name="Réunion").click()
    leave = page.get_by_role("button", name="Quitter la réunion")
    leave.wait_for()
    settle(page)
    assert map_frame(page).evaluate("window.kept"), "the map was mounted again"
    for gone in (page.get_by_role("navigation", name="Pages"), page.get_by_role("heading", level=1)):
        expect(gone).to_be_hidden()
    frame = page.locator("iframe").first.bounding_box()
    assert frame and frame["height"] >= 0.85 * 720
    assert frame["width"] >= 0.6 * 1280
    size = page.locator(".clsm-habitants b").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 40
    click_commune(page, CHAURAY)
    wait_address(page, {NIORT, CHAURAY})
    settle(page)
    atlas = real.atlas()
    alone, both = (int(atlas.population[atlas.rows(codes)].sum()) for codes in ({NIORT}, {NIORT, CHAURAY}))
    cells = page.get_by_role("table", name="Avant et après").get_by_role("row").nth(1).get_by_role("cell")
    assert cells.all_inner_texts() == [fr.number(alone), fr.number(both)]
    steps = page.locator(".st-key-essais button")
    expect(steps.last).to_contain_text("+ Chauray")
    assert in_sight(steps.last)
    steps.nth(steps.count() - 2).click()
    wait_address(page, {NIORT})
    leave.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_on_a_phone_nothing_passes_the_edge(page: Page, server: AppServer) -> None:
    set_size(page, PHONE)
    for address in ("", "Couverture?territoire=dep-79", f"Perimetre?carte=dep-79&communes={NIORT}", "Methode"):
        page.goto(f"{server.url}/{address}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        settle(page)
        assert in_sight(page.get_by_role("heading", level=1)), address
        wide = page.get_by_test_id("stMain").evaluate("e => e.scrollWidth - e.clientWidth")
        assert wide <= 0, address
