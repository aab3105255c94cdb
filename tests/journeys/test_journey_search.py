"""Found by its name: the field from the keyboard, on a phone and in a panel. A newcomer's first three actions are in test_journey_room.py."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import settle
from tests.support import real
from tests.support.browser import AppServer, wait_painted

pytestmark = pytest.mark.journey
NIORT, MELLE = "79191", "79174"


def test_the_list_is_driven_from_the_keyboard_and_says_what_it_holds(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/Couverture?territoire=dep-79")
    field = page.get_by_role("combobox", name="Commune ou territoire")
    field.focus()
    page.keyboard.type("niort agglo")
    said = page.locator(".clsm-recherche [role=status]").first
    expect(said).to_have_text("2 résultats.")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    expect(field).to_have_attribute("aria-expanded", "true")
    for key, rank in (("ArrowDown", 1), ("ArrowDown", 0), ("ArrowUp", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(options.nth(rank)).to_have_attribute("aria-selected", "true")
        assert field.get_attribute("aria-activedescendant") == options.nth(rank).get_attribute("id")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_attribute("aria-expanded", "false")
    field.fill("nioort")
    expect(said).to_have_text(re.compile("Rien trouvé pour «.nioort.»"))
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    expect(options).to_have_count(1)  # what is only near is chosen on purpose
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".clsm-figure b").first).to_have_text("Niort")
    expect(field).to_have_value(real.atlas().label(NIORT))
    field.fill("zzzzz")
    expect(page.locator(".dit", has_text="Vérifiez l’orthographe")).to_be_visible()


def test_the_list_fits_a_phone_and_is_not_cut_by_the_panel_around(page: Page, server: AppServer) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{server.url}/Perimetre?carte=dep-79")
    wait_painted(page)
    settle(page)
    page.get_by_role("button", name="Autour d’une ville").click()
    field = page.get_by_role("combobox", name="Ville au centre")
    field.fill("saint")
    options = page.get_by_role("option")
    expect(options).to_have_count(12)
    box = page.locator(".feuille:popover-open").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert box["y"] >= 0 and box["y"] + box["height"] <= 800
    field.fill("melle")
    options.first.click()
    expect(field).to_have_value(real.atlas().label(MELLE))
    expect(page.get_by_role("button", name="Partir de ce cercle")).to_be_enabled()
