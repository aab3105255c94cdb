"""The elected official's journey on the real pages: draw a perimeter on the map, by name, by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from geo.layers import zone_members
from tests.journeys import (
    Console,
    address_codes,
    assert_same_mount,
    communes_in_sight,
    figures,
    mark,
    pick,
    pixel,
    settle,
    tab_to,
    wait_address,
    wait_figure,
    wait_still,
    zoom_in,
)
from tests.support import real
from tests.support.browser import AppServer, Traffic, click_commune, map_frame, selected_codes, view, wait_painted

pytestmark = pytest.mark.journey
CRETEIL = "94028"
PEOPLE = "habitants (population municipale"
BYTES_PER_CLICK = 20_000


def people(codes: set[str]) -> int:
    atlas = real.atlas()
    return int(atlas.population[atlas.rows(codes)].sum())


def wait_held(page: Page, codes: set[str]) -> None:
    """Wait until the browser's choice, the figures and the address all tell the same communes."""
    wait_address(page, codes)
    if codes:
        wait_figure(page, PEOPLE, people(codes))
        wait_figure(page, "commune", len(codes))
    settle(page)
    assert set(selected_codes(page)) == codes
    assert set(address_codes(page)) == codes


def test_a_perimeter_is_drawn_with_clicks(page: Page, server: AppServer, traffic: Traffic) -> None:
    scope, zoom, epci = "reg-44", 3, "CC de la Région de Suippes"  # a whole région
    console = Console().watch(page)
    page.goto(f"{server.url}/Perimetre?carte={scope}")
    frame = wait_painted(page, geometry=scope)
    settle(page)
    expect(page.get_by_test_id("stAlert")).to_contain_text("Cliquez des communes sur la carte")
    mark(frame)

    # Ten clicks faster than the server answers: all are kept, and the view does not move.
    zoom_in(page, zoom)
    still = view(page)
    places = communes_in_sight(page, 10)
    codes = [code for code, _, _ in places]
    for _, x, y in places:
        page.mouse.click(x, y)
    assert (set(selected_codes(page)), view(page)) == (set(codes), still)
    wait_held(page, set(codes))
    assert view(page) == still

    # A second click takes the commune out: one click at a time, from ten communes to none, then back to ten.
    weights: dict[int, int] = {}
    held = set(codes)

    def weigh(code: str, x: float, y: float) -> None:
        traffic.reset()
        page.mouse.click(x, y)
        held.symmetric_difference_update({code})
        wait_address(page, held)
        settle(page)
        weights[len(held)] = traffic.received_bytes

    for place in places:
        weigh(*place)
    expect(page.get_by_test_id("stAlert")).to_be_visible()
    for _, x, y in places[:-1]:
        page.mouse.click(x, y)
    held = set(codes[:-1])
    wait_held(page, held)
    weigh(*places[-1])
    wait_held(page, set(codes))
    assert sorted(weights) == list(range(11))
    assert all(0 < weight < BYTES_PER_CLICK for weight in weights.values()), weights

    # Zoom and pan are the user's: a click leaves them alone, and a drag is not a click.
    _, x, y = places[0]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 70, y + 40, steps=5)
    page.mouse.up()
    zoom_in(page, 1)
    moved = view(page)
    assert moved != still
    assert set(selected_codes(page)) == set(codes)
    near = next(p for p in communes_in_sight(page, 8) if p[0] not in codes)
    page.mouse.click(near[1], near[2])
    wait_held(page, {*codes, near[0]})
    assert view(page) == moved
    assert pixel(frame, "selection", near[0])[3] > 100

    # Undo: the map takes back what the last click did, and nothing else.
    page.get_by_role("button", name="Annuler").click()
    wait_held(page, set(codes))
    assert pixel(frame, "selection", near[0])[3] == 0

    # A whole EPCI, by its name.
    layer = real.crosswalk().layers["epci"]
    (zone,) = layer.zones.index[layer.zones["nom"] == epci]
    members = {str(real.atlas().codes[row]) for row in zone_members(layer, zone)[0]}
    pick(page, "Commune ou territoire", epci)
    page.get_by_role("button", name="Ajouter", exact=True).click()
    wait_held(page, {*codes, *members})
    settle(page)
    frame.wait_for_function("() => !CL.state().moving")
    assert all(in_drawing(page, code) for code in members)  # the map follows what the page adds
    assert all(pixel(frame, "selection", code)[3] > 100 for code in members)
    assert_same_mount(page, frame)
    assert console.errors == []
    assert traffic.outside == []


def in_drawing(page: Page, code: str) -> bool:
    """Say whether a commune is in the window of the map."""
    return bool(
        map_frame(page).evaluate(
            "code => CL.map.getBounds().contains(CL.map.containerPointToLatLng(Object.values(CL.pointOf(code))))", code
        )
    )


def sector(name: str) -> set[str]:
    layer, atlas = real.crosswalk().layers["secteurs-adultes"], real.atlas()
    (zone,) = layer.zones.index[layer.zones["nom"].str.endswith(name)]
    return {str(atlas.codes[r]) for r in zone_members(layer, zone)[0]}


def test_a_perimeter_is_chosen_with_the_keyboard_alone(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/Perimetre?carte=dep-94")
    frame = wait_painted(page, geometry="dep-94")
    settle(page)

    def search(name: str) -> None:
        tab_to(page, "Commune ou territoire")
        page.keyboard.press("Control+A")
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        settle(page)

    def press(name: str, codes: set[str]) -> None:
        tab_to(page, name)
        page.keyboard.press("Enter")
        wait_held(page, codes)

    search("Créteil")
    press("Ajouter", {CRETEIL})
    search("Secteur 94G10")
    whole = {CRETEIL} | sector("94G10")
    press("Ajouter", whole)
    press("Annuler", {CRETEIL})
    press("Rétablir", whole)
    search(CRETEIL)
    whole -= {CRETEIL}
    press("Retirer", whole)
    assert pixel(frame, "selection", min(whole))[3] > 100
    assert pixel(frame, "selection", CRETEIL)[3] == 0
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.tagName")
    assert focused != "BODY", "the keyboard goes on from where it was"
    # The map itself: the space bar takes the commune at its centre out, or in.
    frame.evaluate("() => { CL.focus('94081'); CL.map.getContainer().focus(); }")
    wait_still(page)
    code = frame.evaluate("CL.codeAt()")
    assert code is not None
    frame.locator(".cl-carte").press(" ")
    wait_held(page, whole ^ {code})


def test_a_perimeter_is_kept_from_page_to_page(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/Perimetre?carte=dep-62&communes=62041,62498")
    frame = wait_painted(page)  # it opens on the perimeter with what surrounds it, not on the whole département
    assert frame.evaluate(
        "CL.map.getZoom() > 9 && ['62041', '62498'].every((c) => CL.map.getBounds().contains("
        "CL.map.containerPointToLatLng(CL.pointOf(c))))"
    )
    frame = wait_painted(page)
    wait_held(page, {"62041", "62498"})
    click_commune(page, "62765")
    wait_held(page, {"62041", "62498", "62765"})
    shared = page.url
    page.get_by_role("link", name="Méthode et sources").click()
    expect(page.get_by_role("heading", name="Les repères")).to_be_visible()
    page.get_by_role("link", name="Périmètre", exact=True).click()
    frame = wait_painted(page)
    wait_held(page, {"62041", "62498", "62765"})
    assert page.url == shared
    assert frame.evaluate("CL.state().seq") > 0
    click_commune(page, "62041")
    wait_held(page, {"62498", "62765"})
    before = figures(page)
    pick(page, "Commune ou territoire", "Grand Est")
    wait_painted(page, geometry="reg-44")
    wait_held(page, {"62498", "62765"})
    assert figures(page) == before


def test_the_browser_goes_back_through_the_choices(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/Perimetre?carte=dep-62")
    wait_painted(page)
    settle(page)
    for codes in ({"62041"}, {"62041", "62498"}):
        click_commune(page, max(codes))
        wait_held(page, codes)
    page.go_back()
    wait_held(page, {"62041"})
    page.go_back()
    wait_held(page, set())


def test_a_link_cannot_call_outside(page: Page, server: AppServer, traffic: Traffic) -> None:
    hostile = "%21%5B%5D(//a.co/x.png)"
    page.goto(f"{server.url}/Perimetre?carte={hostile}&communes=62041,{hostile}")
    wait_painted(page)
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    settle(page)
    assert page.locator("[data-testid=stAlert] img").count() == 0
    assert traffic.outside == []
