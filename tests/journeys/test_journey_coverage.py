"""The planner's journey on the real pages: from home to a gap, and from the gap to a perimeter; then the same pages on
tampered data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from geo import french as fr
from tests.journeys import (
    Console,
    address_codes,
    copy_app,
    ground,
    lay_over,
    mark,
    pick,
    settle,
    wait_address,
    wait_figure,
    wait_still,
)
from tests.support import real
from tests.support.browser import (
    AppServer,
    Traffic,
    click_commune,
    hover_commune,
    map_frame,
    selected_codes,
    start_server,
    until,
    view,
    wait_painted,
)
from tests.support.grid import plain

pytestmark = pytest.mark.journey
LENS, CALAIS, ARRAS = "62498", "62193", "62041"
NOT_COVERED = (0xF8, 0xE9, 0xE4)


def card(page: Page) -> Locator:
    """Return the table of what covers the commune looked at."""
    return page.get_by_role("table", name="Zones qui concernent")


def row(page: Page, table: Locator, first: str) -> list[str]:
    """Return the cells of a table's line, found by the text of its first cell."""
    line = table.locator("tr", has=page.locator("td:first-child", has_text=first)).first
    return [plain(text) for text in line.locator("td").all_inner_texts()]


def test_a_planner_goes_from_home_to_a_gap_and_starts_a_perimeter(
    page: Page, server: AppServer, traffic: Traffic
) -> None:
    console = Console().watch(page)
    page.goto(server.url)
    wait_painted(page)
    page.get_by_role("link", name="Voir la couverture").click()
    expect(page.get_by_role("heading", name="Couverture", exact=True)).to_be_visible()
    frame = wait_painted(page, geometry="france")
    settle(page)
    mark(frame)
    assert frame.evaluate("CL.communes().length") == len(real.atlas().table)

    pick(page, "Commune ou territoire", "Pas-de-Calais")
    assert wait_painted(page, geometry="dep-62") == frame
    settle(page)
    lay_over(page, "EPCI")
    frame.wait_for_function("CL.state().overlays.length === 1 && CL.painted()")
    settle(page)
    expect(frame.get_by_role("list", name="Légende de la carte", include_hidden=True)).to_contain_text("contour : EPCI")
    tip = hover_commune(page, LENS)
    assert "Lens" in tip
    assert "EPCI : CA de Lens - Liévin" in tip.replace("\xa0", " ")

    # A commune by its name, by a click, by its name again: the card and the map always agree.
    pick(page, "Commune ou territoire", "Arras (62041)")
    frame.wait_for_function("code => CL.state().highlighted === code", arg=ARRAS)
    settle(page)
    wait_still(page)
    click_commune(page, LENS)
    settle(page)  # until then, the card of the commune before may stand beside
    expect(card(page)).to_contain_text("CLSM Lens-Hénin")
    assert frame.evaluate("CL.state().highlighted") == LENS
    pick(page, "Commune ou territoire", "Calais (62193)")
    settle(page)
    expect(card(page)).to_have_attribute("aria-label", "Zones qui concernent Calais")
    frame.wait_for_function("code => CL.state().highlighted === code", arg=CALAIS)
    assert "inconnu" in card(page).inner_text()
    settle(page)
    still = wait_still(page)

    situations = page.get_by_role("table", name="Communes et habitants par situation")
    unknown = row(page, situations, "inconnu")
    page.get_by_role("button", name="Ce que je sais d’ici").click()
    pick(page, "Listes que vous savez complètes", "Pas-de-Calais")
    page.keyboard.press("Escape")  # the list stays open for more
    page.keyboard.press("Escape")  # and what it lies in
    settle(page)
    expect(situations).to_contain_text("non couvert")
    assert row(page, situations, "non couvert, d’après votre déclaration (62)")[1:] == unknown[1:]
    assert "inconnu" not in situations.inner_text()
    frame.wait_for_function("code => CL.labelOf(code)?.startsWith('non couvert')", arg=CALAIS)
    until(page, lambda: ground(frame, CALAIS) == NOT_COVERED, lambda: f"{CALAIS} is drawn {ground(frame, CALAIS)}")
    expect(card(page)).to_have_attribute("aria-label", "Zones qui concernent Calais")
    assert frame.evaluate("window.survivor") == "still here"
    assert view(page) == still

    page.get_by_role("button", name="Dessiner depuis cette commune").click()
    expect(page.get_by_role("heading", name="Périmètre")).to_be_visible()
    wait_painted(page, geometry="dep-62")
    wait_address(page, {CALAIS})
    wait_figure(page, "habitants (population municipale", int(real.atlas().population[real.atlas().row[CALAIS]]))
    assert selected_codes(page) == [CALAIS]
    assert console.errors == []
    assert traffic.outside == []


# --- tampered data ----------------------------------------------------------------------------------------------
SCRIPT = "<script>alert(1)</script></table>"
IMAGE = "<img src=x onerror=alert(1)>"
TEMPLATE = "`${alert(1)}` {{7*7}} {% x %} \"q\" 'l' \\ &amp; _div"
MARKDOWN = "![](//a.co/x.png) [clic](javascript:alert(1)) :red[x] **gras**"
NAMES = {"62041": SCRIPT, "62498": IMAGE, "62193": TEMPLATE, "62119": MARKDOWN}


@pytest.fixture(scope="module")
def tampered(tmp_path_factory: pytest.TempPathFactory, libraries: None) -> Iterator[AppServer]:
    folder = tmp_path_factory.mktemp("tampered")
    atlas = real.atlas()
    epci = {str(atlas.table["epci"].iat[atlas.row[code]]): f"EPCI {name}" for code, name in NAMES.items()}
    clsm = real.crosswalk().layers["clsm"].zones
    near = {str(zone): f"CLSM {IMAGE} {MARKDOWN}" for zone in clsm.index[clsm["departement"].str.contains("62")]}
    script = copy_app(folder, communes=NAMES, epci=epci, clsm=near, scope="dep-62")
    server = start_server(
        script,
        log=folder / "server.log",
        cwd=folder,
        env={"PYTHONPATH": str(folder), "CLSM_HOME": str(folder / "home")},
    )
    yield server
    server.stop()


def assert_harmless(page: Page, traffic: Traffic) -> None:
    """Check that no name became anything but text."""
    settle(page)
    for frame in page.frames:
        assert (
            frame.locator("img[src=x], img[src*='a.co'], a[href^='javascript:'], script:text('alert(1)')").count() == 0
        )
    assert traffic.dialogs == []
    assert traffic.outside == []
    assert "49" not in " ".join(page.locator(".clsm-table").all_inner_texts()).split(), "a template was evaluated"


def test_hostile_names_stay_text_on_the_planners_page(page: Page, tampered: AppServer, traffic: Traffic) -> None:
    page.goto(tampered.url)
    wait_painted(page)
    marks = map_frame(page).locator(".leaflet-cl-points-pane path")
    expect(marks.first).to_be_attached()
    assert_harmless(page, traffic)
    page.goto(f"{tampered.url}/Couverture?territoire=dep-62")
    wait_painted(page, geometry="dep-62")
    settle(page)
    lay_over(page, "EPCI")
    map_frame(page).wait_for_function("CL.state().overlays.length === 1 && CL.painted()")
    for code, name in NAMES.items():
        tip = hover_commune(page, code)
        assert name in tip
        assert f"EPCI {name}" in plain(tip)
        click_commune(page, code)
        settle(page)
        expect(page.locator(".clsm-figure b", has_text=fr.typeset(name))).to_be_visible()
        # By what the tables say: a name as hostile as these may cost a table its label.
        assert f"EPCI {name}" in plain(page.locator(".clsm-table", has_text="Zone").first.inner_text())
        assert f"EPCI {name}" in plain(page.locator(".clsm-table", has_text="Territoire choisi").inner_text())
        assert_harmless(page, traffic)
    click_commune(page, LENS)
    settle(page)
    expect(page.locator(".clsm-table", has_text="Zone").first).to_contain_text(f"CLSM {IMAGE}")
    page.get_by_role("combobox", name="Commune ou territoire").click()
    page.keyboard.type("62498")
    expect(page.get_by_role("option", name=IMAGE)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Lacunes").click()
    page.get_by_role("radio", name="Communes").click()
    expect(page.get_by_role("radio", name="Communes")).to_be_checked()
    assert_harmless(page, traffic)
    for tab in ("CLSM connus", "Priorités", "Prochains CLSM", "Répartition et enquêtes", "Emporter"):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        assert_harmless(page, traffic)


def test_hostile_names_stay_text_on_the_perimeter_page(page: Page, tampered: AppServer, traffic: Traffic) -> None:
    page.goto(f"{tampered.url}/Perimetre?carte=dep-62&communes={','.join(NAMES)}")
    wait_painted(page)
    settle(page)
    assert set(address_codes(page)) == set(NAMES)
    page.get_by_role("radio", name="J’élargis", exact=True).click()
    expect(page.get_by_role("radio", name="J’élargis", exact=True)).to_be_checked()
    assert_harmless(page, traffic)
    for panel in (
        "Secteurs",
        "Suggestions",
        "Questions",
        "Autour de la table",
        "Budget",
        "CLSM comparables",
        "Scénarios",
        "Note et fichiers",
    ):
        page.get_by_role("radio", name=panel, exact=True).click()
        expect(page.get_by_role("radio", name=panel, exact=True)).to_be_checked()
        assert_harmless(page, traffic)
    page.get_by_role("radio", name="Dispositifs", exact=True).click()
    met = page.locator(".clsm-table", has_text="Aucun connu")  # its label may be lost with names as hostile as these
    expect(met).to_be_visible()
    told = plain(met.inner_text())
    assert all(f"EPCI {name}" in told for name in NAMES.values())
    page.get_by_role("radio", name="Ajuster", exact=True).click()
    for code, name in NAMES.items():
        expect(page.get_by_role("radio", name=f"{name} ({code})", exact=True)).to_be_visible()
    assert_harmless(page, traffic)
    tip = hover_commune(page, LENS)
    assert IMAGE in tip
    pick(page, "Commune ou territoire", "62041")
    page.get_by_role("button", name="Retirer", exact=True).click()
    wait_address_without(page, ARRAS)
    assert_harmless(page, traffic)


def wait_address_without(page: Page, code: str) -> None:
    until(page, lambda: code not in address_codes(page), lambda: f"{code} is still in the address")
