"""The map when nothing else is seen: what it says in full screen, its legend and its buttons from the keyboard."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.journeys import settle
from tests.journeys.demo_map import HOSTILE
from tests.journeys.test_journey_component import APP, DEMO, wait_held
from tests.support.browser import (
    AppServer,
    Traffic,
    click_commune,
    grid_topology,
    make_app,
    selected_codes,
    view,
    wait_painted,
)

pytestmark = pytest.mark.journey
A, B = "62055", "62056"


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, libraries: None, app_server: Callable[..., AppServer]
) -> AppServer:
    folder = tmp_path_factory.mktemp("plein-ecran")
    make_app(folder, DEMO)
    shutil.copy(APP, folder)
    geo = folder / "static" / "geo"
    squares = grid_topology([f"Commune {i}" for i in range(100)], width=10)
    (geo / "communes-grille.json").write_text(json.dumps(squares), encoding="utf-8")
    zones = {"zones": [["a", "Zone A"], ["b", "Zone B"]], "of": [[i % 2] if i < 50 else [] for i in range(100)]}
    (geo / "zones-grille.json").write_text(json.dumps(zones), encoding="utf-8")
    return app_server(folder / APP.name, cwd=folder)


def opened(page: Page, server: AppServer, more: str = "") -> Frame:
    page.goto(f"{server.url}/?scope=grille{more}")
    frame = wait_painted(page)
    settle(page)
    return frame


def focused(frame: Frame) -> str:
    """Return the name of what has the focus in the frame."""
    return frame.evaluate(
        "(({ activeElement: a }) => a.getAttribute('aria-label') || a.value || a.innerText)(document)"
    )


def test_full_screen_keeps_figures_legend_and_undo(page: Page, server: AppServer, traffic: Traffic) -> None:
    frame = opened(page, server)
    panel = frame.get_by_role("region", name="Chiffres, en plein écran")
    expect(panel).to_be_hidden()
    for code in (A, B):
        click_commune(page, code)
    wait_held(page, lambda state: state["codes"] == [A, B])
    settle(page)
    before = view(page)
    frame.get_by_role("button", name="Plein écran", exact=True).click()
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("2 communes")
    expect(panel).to_contain_text("Taille : favorable → à discuter")
    expect(panel.get_by_role("button", name="Rétablir")).to_be_disabled()
    expect(frame.get_by_role("list", name="Légende de la carte")).to_be_visible()
    frame.wait_for_function("zoom => CL.view().zoom > zoom", arg=before["zoom"])  # what was framed fills the screen

    panel.get_by_role("button", name="Annuler").click()
    wait_held(page, lambda state: state["codes"] == [A])
    expect(panel).to_contain_text("1 communes")
    assert selected_codes(page) == [A]
    panel.get_by_role("button", name="Rétablir").click()
    wait_held(page, lambda state: sorted(state["codes"]) == [A, B])
    frame.locator(".cl-carte").focus()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")  # before the answer: the second one waits for it
    wait_held(page, lambda state: state["codes"] == [])
    page.keyboard.press("Control+y")
    wait_held(page, lambda state: state["codes"] == [A])
    settle(page)
    assert selected_codes(page) == [A]
    assert panel.evaluate("panel => panel.closest('[aria-live]') === null"), "the page's paragraph is heard already"
    frame.get_by_role("button", name="Quitter le plein écran", exact=True).click()
    expect(panel).to_be_hidden()
    assert traffic.dialogs == []


def test_full_screen_says_the_commune_clicked(page: Page, server: AppServer, traffic: Traffic) -> None:
    frame = opened(page, server, "&mode=paint")
    frame.get_by_role("button", name="Plein écran", exact=True).click()
    panel = frame.get_by_role("region", name="Chiffres, en plein écran")
    expect(panel).to_contain_text(HOSTILE[:20])  # as text
    click_commune(page, "62055")
    expect(panel).to_contain_text("Commune 54")
    expect(panel).to_contain_text("habitants")
    assert panel.get_by_role("button").count() == 0
    assert traffic.dialogs == []


def test_the_arrows_and_the_space_bar_choose_on_a_painted_map_too(page: Page, server: AppServer) -> None:
    frame = opened(page, server, "&mode=paint")
    frame.locator(".cl-carte").focus()
    page.keyboard.press("ArrowRight")
    frame.wait_for_function("CL.state().hovered && !CL.state().moving")
    there = frame.evaluate("CL.state().hovered")
    page.keyboard.press(" ")
    wait_held(page, lambda state: [code for code, _ in state["clicks"]] == [there])
    assert frame.evaluate("CL.state().highlighted") == there


def test_the_outline_in_front_is_chosen_in_the_legend_from_the_keyboard(page: Page, server: AppServer) -> None:
    frame = opened(page, server, "&two=1")
    page.get_by_text("Zones", exact=True).click()
    frame.wait_for_function("CL.state().overlays.length === 2 && CL.painted()")
    assert frame.evaluate("CL.state().front") == "autres", "the last one"
    legend = frame.locator(".cl-legende")
    if not legend.evaluate("box => box.open"):
        frame.locator(".cl-legende summary").click()
    group = frame.get_by_role("radiogroup", name="Contour au premier plan")
    expect(group.get_by_role("radio", name="Autres")).to_be_checked()
    group.get_by_role("radio", name="Autres").focus()
    before = view(page)
    page.keyboard.press("ArrowUp")
    assert frame.evaluate("CL.state().front") == "zones"
    assert focused(frame) == "zones", "the focus stays where one chooses"
    assert view(page) == before, "the arrows do not move the map meanwhile"
    page.get_by_text("Zones", exact=True).click()
    frame.wait_for_function("CL.state().overlays.length === 0")
    expect(group).to_have_count(0)


def test_the_legend_stays_as_it_was_left(page: Page, server: AppServer) -> None:
    frame = opened(page, server)
    legend = frame.locator(".cl-legende")
    left = legend.evaluate("box => box.open")
    frame.locator(".cl-legende summary").click()
    page.reload()
    frame = wait_painted(page)
    assert frame.locator(".cl-legende").evaluate("box => box.open") is not left


def test_a_phone_has_its_legend_folded(page: Page, server: AppServer) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    frame = opened(page, server)
    assert frame.locator(".cl-legende").evaluate("box => box.open") is False


def test_the_buttons_of_the_map_are_one_stop_of_the_tab_key(page: Page, server: AppServer) -> None:
    frame = opened(page, server)
    frame.locator(".cl-carte").focus()
    page.keyboard.press("Tab")
    assert focused(frame) == "Zoomer"
    before = view(page)
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    assert focused(frame) == "Plein écran"
    assert view(page) == before
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert frame.evaluate("CL.state().drawing") == "cercle"
    page.keyboard.press("Escape")  # the map has the focus, for the shape to be laid
    page.keyboard.press("Tab")
    assert focused(frame).startswith("Dessiner un cercle"), "where one left it"
    page.keyboard.press("Tab")
    assert "Légende" in focused(frame), "all buttons are behind"


def test_a_circle_is_drawn_by_a_drag(page: Page, server: AppServer) -> None:
    frame = opened(page, server)
    sent = frame.evaluate("CL.state().sent")
    before = view(page)
    frame.get_by_role("button", name="Dessiner un cercle").click()
    box = page.locator("iframe").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 20, steps=6)
    page.mouse.up()
    assert frame.evaluate("CL.state().sent") == sent + 1
    assert frame.evaluate("CL.state().drawing") is None
    assert view(page) == before, "the map was not dragged along"
    assert selected_codes(page) == []
