"""The planner's second journey: a territory, what lies over it, a gap from table to map and back, weights, the next CLSM,
files; then the link opened in another browser, on the same state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import Console, address_query, lay_over, mark, pick, settle, wait_still
from tests.support import real
from tests.support.browser import AppServer, Traffic, click_commune, hover_commune, until, view, wait_painted
from tests.support.grid import plain

pytestmark = pytest.mark.journey
MELLE, NIORT, CHAURAY = "79174", "79191", "79081"
MELLOIS, NIORTAIS = "200069755", "200041317"
FIGURES_ONLY = 30_000  # bytes: an answer about weights; the communes of the département alone weigh five times more


def wait_query(page: Page, **expected: str) -> None:
    """Wait until the address carries these values."""
    until(
        page,
        lambda: expected.items() <= address_query(page).items(),
        lambda: f"the address carries {address_query(page)}",
    )


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    settle(page)


def marked(page: Page) -> set[str]:
    """Return the communes that the map outlines as one territory."""
    return set(wait_painted(page).evaluate("CL.state().marked"))


def wait_marked(page: Page, codes: set[str]) -> None:
    wait_painted(page).wait_for_function(
        "codes => CL.state().marked.length === codes.length && codes.every(c => CL.state().marked.includes(c))",
        arg=sorted(codes),
    )


def epci(code: str) -> set[str]:
    atlas = real.atlas()
    return {str(c) for c in atlas.codes[atlas.members("epci", code)]}


def first_rank(page: Page) -> str:
    return plain(page.locator(".clsm-order li").first.inner_text())


def test_a_planner_finds_the_gaps_orders_them_and_leaves_with_files_and_a_link(
    page: Page, server: AppServer, traffic: Traffic, chromium: Browser, tmp_path: Path
) -> None:
    console = Console().watch(page)
    page.goto(f"{server.url}/Couverture")
    frame = wait_painted(page, geometry="france")
    settle(page)
    mark(frame)

    # Scope and overlays.
    pick(page, "Commune ou territoire", "Deux-Sèvres")
    assert wait_painted(page, geometry="dep-79") == frame
    expect(page.get_by_role("heading", name="Deux-Sèvres (79)")).to_be_visible()
    settle(page)
    lay_over(page, "CLS", "QPV")
    frame.wait_for_function("CL.state().overlays.length === 1 && CL.state().quarters > 0 && CL.painted()")
    settle(page)
    expect(frame.get_by_role("list", name="Légende de la carte", include_hidden=True)).to_contain_text(
        "disque selon ses habitants"
    )
    tip = hover_commune(page, MELLE)
    assert "CLS : CLS" in plain(tip)
    assert "CLSM : CLSM du Niortais" in plain(hover_commune(page, CHAURAY)), "who serves it; Niort lies under a QPV"
    wait_query(page, territoire="dep-79", couches="cls,quartiers")

    # From the table (its list, by keyboard) to the map, which comes to the territory.
    open_tab(page, "Lacunes")
    before = wait_still(page)
    pick(page, "Montrer sur la carte", "CC Mellois")
    wait_marked(page, epci(MELLOIS))
    settle(page)
    assert wait_still(page) != before, "the territory comes into sight"
    chosen = page.get_by_role("table", name="Manque, CC Mellois")
    expect(chosen).to_contain_text("Sans CLSM ni projet connu")
    wait_query(page, choix=MELLOIS)

    # By the pointer, on a line of the table: the same.
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    settle(page)
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 22, box["y"] + 36 + 35 * 2.5)  # the third line's box
    frame.wait_for_function("before => CL.state().marked.join() !== before", arg=",".join(sorted(epci(MELLOIS))))
    settle(page)
    assert address_query(page)["choix"] != MELLOIS
    assert marked(page) == epci(address_query(page)["choix"])
    wait_still(page)

    # From the map to the table: the view stays.
    frame.get_by_title("Revenir à la vue d’ensemble").click()
    wait_still(page)
    still = view(page)
    click_commune(page, NIORT)
    wait_marked(page, epci(NIORTAIS))
    settle(page)
    assert view(page) == still
    expect(page.get_by_role("table", name="Zones qui concernent Niort")).to_contain_text("CLSM du Niortais")
    expect(page.get_by_role("combobox", name="Montrer sur la carte")).to_have_value("CA du Niortais (200041317)")
    wait_query(page, choix=NIORTAIS, commune=NIORT)

    # Sort.
    page.get_by_role("button", name="Trier et filtrer").click()
    pick(page, "Trier par", "Habitants ruraux sans CLSM")
    page.keyboard.press("Escape")
    wait_query(page, tri="rural_sans_clsm")
    settle(page)

    # Weights: the order answers, the map neither moves nor hears of it, and only figures travel.
    open_tab(page, "Priorités")
    assert view(page) == still
    first = first_rank(page)
    applied, asked = frame.evaluate("CL.state().applied"), len(traffic.requests)
    traffic.reset()
    slider = page.get_by_role("slider", name="Poids : Habitants")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    wait_query(page, poids="4-1-1-1")
    settle(page)
    assert first_rank(page) != first
    assert view(page) == still
    assert frame.evaluate("CL.state().applied") == applied, "the map was not even told"
    assert traffic.received_bytes < 3 * FIGURES_ONLY
    assert not [url for url in traffic.requests[asked:] if "static" in url], "no geometry was fetched again"
    page.get_by_role("button", name="Rural d’abord").click()
    wait_query(page, poids="1-0-4-1")
    settle(page)
    rural = first_rank(page)
    assert view(page) == still

    # The next CLSM.
    open_tab(page, "Prochains CLSM")
    number = page.get_by_role("spinbutton", name="Combien de CLSM")
    number.fill("2")
    number.press("Enter")
    wait_query(page, nombre="2")
    answer = page.get_by_role("table", name="Prochains CLSM")
    expect(answer.locator("tbody tr")).to_have_count(2)
    expect(page.get_by_role("table", name="avant et après")).to_contain_text("après : ")
    settle(page)
    told = plain(answer.inner_text())
    assert "CC Mellois" in told
    assert view(page) == still

    # Files.
    open_tab(page, "Emporter")
    for name, begins in (("Classeur XLSX", b"PK"), ("GeoJSON des communes", b"{"), ("PDF pour le directeur", b"%PDF")):
        with page.expect_download() as started:
            page.get_by_role("button", name=name).click()
        path = tmp_path / started.value.suggested_filename
        started.value.save_as(path)
        assert path.read_bytes().startswith(begins)
        assert path.name.startswith("couverture-clsm-dep-79.")
    features = json.loads((tmp_path / "couverture-clsm-dep-79.geojson").read_text(encoding="utf-8"))["features"]
    assert len(features) == len(real.atlas().members("departement", "79"))

    # The link, in another browser: the same state, all of it.
    assert frame.evaluate("window.survivor") == "still here", "one map all along"
    link, carried = page.url, address_query(page)
    other = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="fr-FR")
    try:
        again = other.new_page()
        again.goto(link)
        wait_painted(again, geometry="dep-79")
        settle(again)
        wait_painted(again).wait_for_function("CL.state().overlays.length === 1 && CL.state().quarters > 0")
        assert address_query(again) == carried
        wait_marked(again, epci(NIORTAIS))
        expect(again.get_by_role("table", name="Zones qui concernent Niort")).to_be_visible()
        expect(again.get_by_role("tab", name="Emporter")).to_have_attribute("aria-selected", "true")
        open_tab(again, "Prochains CLSM")
        expect(again.get_by_role("table", name="Prochains CLSM")).to_be_visible()
        assert plain(again.get_by_role("table", name="Prochains CLSM").inner_text()) == told
        open_tab(again, "Priorités")
        expect(again.locator(".clsm-order li").first).to_be_visible()
        assert first_rank(again) == rural
        open_tab(again, "Lacunes")
        again.get_by_role("button", name="Trier et filtrer").click()
        expect(again.get_by_role("combobox", name="Trier par")).to_have_value(
            "Habitants ruraux sans CLSM ni projet connu"
        )
    finally:
        other.close()
    assert console.errors == []
    assert traffic.outside == []


def test_an_epci_is_shown_in_its_departement_and_another_part_of_it_moves_the_view(
    page: Page, server: AppServer, traffic: Traffic
) -> None:
    page.goto(f"{server.url}/Couverture?territoire=epci-{NIORTAIS}")
    frame = wait_painted(page, geometry="dep-79")
    settle(page)
    first = wait_still(page)
    inside, total = len(epci(NIORTAIS)), frame.evaluate("CL.communes().length")
    painted = frame.evaluate("CL.communes().filter(c => CL.statusOf(c) >= 0).length")
    assert (painted, total) == (inside, len(real.atlas().members("departement", "79")))
    legend = frame.get_by_role("list", name="Légende de la carte", include_hidden=True)
    expect(legend).to_contain_text("hors du territoire")
    pick(page, "Commune ou territoire", "CC Mellois en Poitou")
    expect(page.get_by_role("heading", name="CC Mellois en Poitou")).to_be_visible()
    settle(page)
    assert wait_still(page) != first
    assert frame.evaluate("CL.state().loads") == 1, "the same file, seen elsewhere"
    assert frame.evaluate("CL.communes().filter(c => CL.statusOf(c) >= 0).length") == len(epci(MELLOIS))
    # A click outside the territory opens no card: the figures are those of the EPCI alone.
    assert page.get_by_role("table", name="Zones qui concernent").count() == 0
