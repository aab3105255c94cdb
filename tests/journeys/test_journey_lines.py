"""From a gap of Hauts-de-France to a perimeter and back, by the keyboard too; and numbers in French for a browser that speaks English."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from geo.coverage import coverage_state, line_rows, read_scope
from tests.journeys import Console, address_query, pick, settle, wait_address, wait_still
from tests.support import real
from tests.support.browser import AppServer, until, wait_painted

pytestmark = pytest.mark.journey
LILLE, CALAIS = "200093201", "62193"
PAINTED = """
window.painted = new Set();
const fill = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
  window.painted.add(String(text));
  return fill.call(this, text, ...rest);
};
"""
UNFOLD = (
    "document.querySelectorAll('[data-testid=stExpander] details:not([open]) > summary').forEach((one) => one.click())"
)


def without_clsm(code: str, scope: str) -> set[str]:
    here = coverage_state(real.crosswalk(), real.density())
    rows = line_rows("epci", code, read_scope(scope, real.atlas()), here)
    return {str(c) for c in here.atlas.codes[rows[here.is_without[rows]]]}


def test_the_planner_of_a_region_goes_from_a_gap_to_a_perimeter_and_back(page: Page, server: AppServer) -> None:
    console = Console().watch(page)
    page.goto(f"{server.url}/Couverture?territoire=reg-32&onglet=lacunes")
    wait_painted(page, geometry="reg-32")
    settle(page)
    pick(page, "Montrer sur la carte", "Métropole Européenne de Lille")
    communes = without_clsm(LILLE, "reg-32")
    button = page.get_by_role("button", name=f"Dessiner depuis ses {len(communes)} communes sans CLSM ni projet connu")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Périmètre", exact=True)).to_be_visible()
    wait_painted(page, geometry="dep-59")
    wait_address(page, communes)
    settle(page)
    back = page.get_by_role(
        "button", name="Revenir à Couverture (Hauts-de-France · Lacunes, ligne Métropole Européenne de Lille)"
    )
    expect(back).to_be_visible()
    back.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Couverture", exact=True)).to_be_visible()
    wait_painted(page, geometry="reg-32").wait_for_function("count => CL.state().marked.length === count", arg=95)
    settle(page)
    assert address_query(page) == {"territoire": "reg-32", "onglet": "lacunes", "choix": LILLE}
    expect(page.get_by_role("combobox", name="Montrer sur la carte")).to_have_value(
        f"Métropole Européenne de Lille ({LILLE})"
    )
    assert console.errors == []


def test_arrows_and_space_choose_a_commune_on_couverture(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/Couverture?territoire=dep-62")
    frame = wait_painted(page, geometry="dep-62")
    settle(page)
    wait_still(page)
    frame.locator(".cl-carte").focus()
    before = frame.evaluate("CL.codeAt()")
    page.keyboard.press("ArrowLeft")
    until(page, lambda: frame.evaluate("CL.codeAt()") != before, lambda: "the arrows do not move the map")
    wait_still(page)
    code = frame.evaluate("CL.codeAt()")
    page.keyboard.press("Space")
    until(
        page,
        lambda: address_query(page).get("commune") == code,
        lambda: f"the address carries {address_query(page)}, not {code}",
    )
    name = str(real.atlas().names[real.atlas().row[code]])
    expect(page.get_by_role("table", name=f"Zones qui concernent {name}")).to_be_visible()


def test_enter_takes_one_thing_that_holds_what_was_typed_and_nothing_else(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/Couverture?territoire=reg-32")
    wait_painted(page, geometry="reg-32")
    settle(page)
    page.get_by_role("button", name="Ce que je sais d’ici").click()
    field = page.get_by_role("combobox", name="Listes que vous savez complètes")
    field.click()
    field.fill("nd")  # scattered in « Nord », together in no name
    expect(page.get_by_text("Aucun résultat")).to_be_visible()
    page.keyboard.press("Enter")
    settle(page)
    assert "complet" not in address_query(page)
    field.fill("o")  # Nord, Oise and Somme hold it
    page.keyboard.press("Enter")
    until(page, lambda: address_query(page).get("complet"), lambda: "nothing was taken")
    settle(page)
    assert address_query(page)["complet"] in ("59", "60", "80")


def test_a_browser_that_speaks_english_shows_french_numbers(server: AppServer, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    try:
        page = context.new_page()
        page.add_init_script(PAINTED)
        for tab in ("lacunes", "priorites", "enquetes"):
            page.goto(f"{server.url}/Couverture?territoire=dep-62&onglet={tab}")
            settle(page)
            page.evaluate(UNFOLD)
            settle(page)
            grids = page.get_by_test_id("stDataFrame")
            expect(grids.first).to_be_visible()
            for grid in grids.all():
                grid.scroll_into_view_if_needed()
            settle(page)
            written = until(page, lambda: _numbers(page), lambda: "no grid is painted")
            assert not [t for t in written if re.search(r"\d[.]\d|\d,\d{3}\b", t)], written
            charts = " ".join(page.locator(".js-plotly-plot text").all_text_contents())
            assert not re.search(r"\d[.]\d|\d,\d{3}\b", charts), charts
            if tab == "priorites":
                until(
                    page,
                    lambda: any(re.fullmatch(r"\d+,\d", text) for text in _numbers(page)),
                    lambda: "no decimal is painted",
                )
    finally:
        context.close()


def _numbers(page: Page) -> list[str]:
    """Return what the grids in sight have painted that holds a digit."""
    return [text for text in page.evaluate("[...window.painted]") if re.search(r"\d", text)]
