"""Sizing a perimeter in a meeting, whole journeys: compose, complete sectors, enlarge, paste, undo, reopen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from geo.layers import zone_members
from geo.sources import sync
from tests.journeys import APP, Console, pick, settle, wait_address
from tests.support import real
from tests.support.browser import (
    AppServer,
    Traffic,
    click_commune,
    hover_commune,
    map_frame,
    point_of,
    selected_codes,
    start_server,
    wait_painted,
)
from tests.support.reading import MIRROR, mirrored
from ui.perimeter.workbench import PANELS

pytestmark = pytest.mark.journey
CRETEIL = "94028"
SEARCH = "Commune ou territoire"


def held(page: Page, codes: set[str]) -> None:
    """Wait until the address, the browser and the words of the page all tell the same communes."""
    wait_address(page, codes)
    settle(page)
    assert set(selected_codes(page)) == codes
    people = int(real.atlas().population[real.atlas().rows(codes)].sum()) if codes else 0
    words = page.locator(".clsm-etat").inner_text()
    digits = "".join(c for c in words if c.isdigit() or c.isalpha() or c == ",")
    assert f",{people}habitant" in digits if codes else "Périmètrevide" in digits


def panel(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()
    settle(page)


def test_from_creteil_to_whole_sectors_and_back(page: Page, server: AppServer, traffic: Traffic) -> None:
    console = Console().watch(page)
    page.goto(f"{server.url}/Perimetre?carte=dep-94")
    wait_painted(page, geometry="dep-94")
    settle(page)
    click_commune(page, CRETEIL)
    held(page, {CRETEIL})
    place = page.locator(".clsm-etat").locator("xpath=ancestor::*[@aria-live]")
    expect(place).to_have_attribute("aria-live", "polite")

    # Before the click, the tooltip says what it would change; after it, the figures are those announced.
    told = hover_commune(page, "94004").replace("\u202f", "").replace("\u00a0", " ")
    both = int(real.atlas().population[real.atlas().rows({CRETEIL, "94004"})].sum())
    assert f"L’ajouter : {both} habitants" in told
    click_commune(page, "94004")
    held(page, {CRETEIL, "94004"})
    page.get_by_role("button", name="Annuler").click()
    held(page, {CRETEIL})

    # Each sector met is completed by its button, until the sentence says it is whole.
    panel(page, "Secteurs")
    wanted = {CRETEIL}
    layer, atlas = real.crosswalk().layers["secteurs-adultes"], real.atlas()
    mine = layer.members[(layer.members["row"] == atlas.row[CRETEIL])]
    for zone in mine["zone"]:
        wanted |= {str(atlas.codes[r]) for r in zone_members(layer, str(layer.zones.index[zone]))[0]}
    buttons = page.locator(".st-key-lignes-secteurs-a").get_by_role("button", name="Compléter")
    while buttons.and_(page.locator(":enabled")).count():
        buttons.and_(page.locator(":enabled")).first.click()
        settle(page)
        if not set(selected_codes(page)) <= wanted:
            break
    completed = set(selected_codes(page))
    assert completed >= wanted
    held(page, completed)

    # « Montrer » moves the map and asks nothing of the server.
    panel(page, "Repères")
    check = page.locator(".clsm-checks.index details", has=page.locator("button[data-montrer]")).first
    check.locator("summary").click()
    map_frame(page).evaluate("CL.fit({animate: false})")
    before = map_frame(page).evaluate("CL.map.getZoom()")
    traffic.reset()
    check.locator("button[data-montrer]").click()
    map_frame(page).wait_for_function("zoom => CL.map.getZoom() !== zoom", arg=before)
    assert traffic.received_bytes == 0

    while page.get_by_role("button", name="Annuler").is_enabled():
        page.get_by_role("button", name="Annuler").click()
        settle(page)
    held(page, set())
    page.get_by_role("button", name="Rétablir").click()
    held(page, {CRETEIL})
    assert console.errors == []


def test_a_clsm_is_enlarged_and_its_link_opens_the_same_elsewhere(
    page: Page, server: AppServer, chromium: Browser, tmp_path: Path
) -> None:
    layer, atlas = real.crosswalk().layers["clsm"], real.atlas()
    zone = next(
        z
        for z in layer.zones.index[layer.zones["departement"] == "94"]
        if len(zone_members(layer, z)[0]) > 1 and not zone_members(layer, z)[1]
    )
    name, codes = str(layer.zones.at[zone, "nom"]), {str(atlas.codes[r]) for r in zone_members(layer, zone)[0]}
    page.goto(f"{server.url}/Perimetre?carte=dep-94")
    wait_painted(page, geometry="dep-94")
    settle(page)
    pick(page, SEARCH, name)
    page.get_by_role("button", name="Partir de là").click()
    held(page, codes)
    panel(page, "Suggestions")
    page.locator(".st-key-lignes-a").get_by_role("button", name="Appliquer").first.click()
    page.wait_for_function("() => document.querySelector('.clsm-etat')")
    settle(page)
    larger = set(selected_codes(page))
    assert larger > codes
    panel(page, "Scénarios")
    page.get_by_label("Nom", exact=True).fill("Agrandi vers l’est")
    page.keyboard.press("Tab")
    settle(page)
    link = page.get_by_test_id("stCode").inner_text().strip()
    context = chromium.new_context(viewport={"width": 1024, "height": 768}, locale="fr-FR")
    other = context.new_page()
    try:
        other.goto(link)
        wait_painted(other, geometry="dep-94")
        held(other, larger)
        panel(other, "Scénarios")
        expect(other.get_by_label("Nom", exact=True)).to_have_value("Agrandi vers l’est")
        assert other.get_by_test_id("stAlert").count() == 0

        # The file does the same, on a page that knows nothing of it.
        with page.expect_download() as download:
            page.get_by_role("button", name="Télécharger les scénarios").click()
        sent = tmp_path / download.value.suggested_filename
        download.value.save_as(sent)
        other.goto(f"{server.url}/Perimetre?carte=dep-94")
        wait_painted(other, geometry="dep-94")
        settle(other)
        panel(other, "Scénarios")
        other.locator("input[type=file]").set_input_files(sent)
        held(other, larger)
        expect(other.get_by_label("Nom", exact=True)).to_have_value("Agrandi vers l’est")
    finally:
        context.close()


TWENTY = """Créteil, Maisons-Alfort, Alfortville, Choisy-le-Roi, Thiais, Orly, 94077, 94074, Limeil-Brévannes,
Bonneuil-sur-Marne, Sucy-en-Brie, Saint-Maur-des-Fossés, Joinville-le-Pont, Saint-Maurice, Charenton-le-Pont,
Champigny-sur-Marne, Chennevières-sur-Marne, Ormesson-sur-Marne, Boissy-Sainte-Léger, 94999"""


def test_twenty_pasted_names_with_two_mistakes(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/Perimetre?carte=dep-94")
    wait_painted(page, geometry="dep-94")
    settle(page)
    page.get_by_role("button", name="Coller une liste").click()
    page.get_by_role("textbox", name="Noms ou codes de communes").fill(TWENTY)
    page.keyboard.press("Control+Enter")
    settle(page)
    page.get_by_role("button", name="Partir de cette liste").click()
    page.keyboard.press("Escape")
    settle(page)
    said = page.locator(".st-key-compte-rendu")  # on the page: it stays once the panel is closed
    expect(said).to_contain_text("18 lignes prises telles quelles ; 0 corrigée ; 2 à choisir.")
    expect(said).to_contain_text("Boissy-Sainte-Léger")
    expect(said).to_contain_text("94999")
    assert len(selected_codes(page)) == 18
    said.get_by_role("button", name="Boissy-Saint-Léger (94004)").click()
    held(page, {*selected_codes(page), "94004"})
    expect(said).to_contain_text("Boissy-Saint-Léger (94004), votre choix.")
    page.get_by_role("button", name="Fermer le compte rendu").click()
    expect(said).to_have_count(0)


def test_a_drawn_shape_adds_its_communes(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/Perimetre?carte=dep-94")
    frame = wait_painted(page, geometry="dep-94")
    settle(page)
    click_commune(page, "94071")
    held(page, {"94071"})
    box = frame.frame_element().bounding_box()
    assert box is not None
    x, y = frame.evaluate("() => { const { x, y } = CL.pointOf('94028'); return [x, y]; }")
    frame.get_by_role("button", name="Dessiner une zone").click()
    for corner, (dx, dy) in enumerate(((-60, -60), (60, -60), (60, 60), (-60, 60)), start=1):
        page.mouse.click(box["x"] + x + dx, box["y"] + y + dy)
        frame.wait_for_function("count => CL.state().corners === count", arg=corner)
    page.keyboard.press("Enter")
    frame.wait_for_function("() => CL.selected().length > 1 && !CL.state().drawing")
    settle(page)
    codes = set(selected_codes(page))
    assert {CRETEIL, "94071"} <= codes
    held(page, codes)
    page.get_by_role("button", name="Annuler").click()
    held(page, {"94071"})

    # A locked commune takes no click, and its tooltip says why.
    panel(page, "Ajuster")
    pick(page, "Verrouiller une commune", "Sucy")
    settle(page)
    page.keyboard.press("Escape")
    frame.wait_for_function("() => CL.state().locked.includes('94071')")
    click_commune(page, "94071")
    assert "Verrouillée" in hover_commune(page, "94071")
    held(page, {"94071"})


@pytest.fixture(scope="module")
def filled_server(libraries: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """Serve the app with every layer that the mirror holds: more to say of each perimeter, so more to send.

    A server of its own: the one that the other journeys share serves the embedded data.
    """
    mirrored("qpv/qpv_2024_recommande.parquet")
    home = tmp_path_factory.mktemp("synchronised")
    sync(mirror=str(MIRROR), home=home)
    server = start_server(APP, log=home / "server.log", env={"CLSM_HOME": str(home)})
    yield server
    server.stop()


NINE = ("94028", "94081", "94022", "94078", "94044", "94004", "94019", "94055", "94071")
VAL_DE_MARNE = tuple(real.atlas().codes[(real.atlas().table["departement"] == "94").to_numpy()])


@pytest.mark.mirror
@pytest.mark.parametrize(("scope", "codes"), [("france", NINE), ("dep-94", VAL_DE_MARNE)])
def test_a_click_costs_less_than_26_kilobytes_whatever_panel_is_open(
    page: Page, filled_server: AppServer, traffic: Traffic, scope: str, codes: tuple[str, ...]
) -> None:
    *chosen, last = codes
    page.goto(f"{filled_server.url}/Perimetre?carte={scope}&communes={','.join(chosen)}")
    wait_painted(page, geometry=scope)
    settle(page)
    expect(page.get_by_text("Synchronisé : QPV")).to_be_visible()
    costs: dict[str, int] = {}
    for name in PANELS:
        panel(page, name)
        traffic.reset()
        click_commune(page, last)
        wait_address(page, set(selected_codes(page)))
        settle(page)
        costs[name] = traffic.received_bytes
    assert len(selected_codes(page)) == len(chosen) + len(PANELS) % 2  # each click took the commune in, or out again
    assert {name: cost for name, cost in costs.items() if not 3_000 < cost < 26_000} == {}


def test_on_a_tablet_a_finger_sees_then_chooses(chromium: Browser, server: AppServer) -> None:
    context = chromium.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 820, "height": 1180}, locale="fr-FR"
    )
    try:
        tablet = context.new_page()
        tablet.goto(f"{server.url}/Perimetre?carte=dep-94&communes={CRETEIL}")
        frame = wait_painted(tablet, geometry="dep-94")
        settle(tablet)
        hint = tablet.get_by_text("touchez-la encore")
        expect(hint).to_be_visible()

        # A first touch shows what the commune would change, and chooses nothing.
        x, y = point_of(tablet, "94004")
        tablet.touchscreen.tap(x, y)
        frame.wait_for_function("() => CL.state().tooltip.includes('Touchez encore')")
        told = frame.locator(".cl-bulle").inner_text().replace("\u202f", "").replace("\u00a0", " ")
        both = int(real.atlas().population[real.atlas().rows({CRETEIL, "94004"})].sum())
        assert f"L’ajouter : {both} habitants" in told
        held(tablet, {CRETEIL})

        tablet.touchscreen.tap(x, y)
        held(tablet, {CRETEIL, "94004"})
        bubble = frame.locator(".cl-bulle")
        expect(bubble).to_contain_text("Dans le périmètre")
        expect(bubble).to_contain_text("Touchez encore pour la retirer")
        mine, room = bubble.bounding_box(), frame.locator(".cl-carte").bounding_box()
        assert mine and room and room["x"] <= mine["x"] and mine["x"] + mine["width"] <= room["x"] + room["width"]
        for name in ("Annuler", "Rétablir"):
            tablet.get_by_role("button", name=name).tap()
            settle(tablet)
        held(tablet, {CRETEIL, "94004"})

        # The page holds in the width of the tablet, and what a finger must reach is large enough.
        assert tablet.evaluate("document.documentElement.scrollWidth <= innerWidth")
        sizes = tablet.evaluate(
            "[...document.querySelectorAll('button')].filter((b) => b.offsetParent)"
            ".map((b) => [b.innerText || b.ariaLabel, b.getBoundingClientRect().height])"
        )
        assert [size for size in sizes if size[1] < 24] == []
    finally:
        context.close()
