"""Every page looked at by axe-core, by the rules of WCAG 2.0, 2.1 and 2.2, levels A and AA: what a machine can find, and no more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from geo.paths import ROOT
from tests.journeys import settle
from tests.support.browser import AppServer, wait_painted

pytestmark = pytest.mark.journey
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LOOK = """async () => {
  const found = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]});
  return [found.passes.length, found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(" ; ")}`)];
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    if not AXE.is_file():
        pytest.skip("axe-core is not in node_modules (make check brings it)")
    context = chromium.new_context(locale="fr-FR", viewport={"width": 1280, "height": 800}, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    "address",
    ["", "Couverture", "Perimetre?communes=62193", "Comparaison", "Donnees", "Methode", "Ma_region?region=32"],
)
def test_axe_finds_nothing_against_a_page(page: Page, server: AppServer, address: str) -> None:
    page.goto(f"{server.url}/{address}")
    page.locator("h1").first.wait_for()
    if address.startswith(("Couverture", "Perimetre")):
        wait_painted(page)
    settle(page)
    for frame in page.frames:  # the map is in one, which axe looks into where it is there too
        frame.evaluate(AXE.read_text(encoding="utf-8"))
    passed, violations = page.evaluate(LOOK)
    assert passed > 15, "the page was there"
    assert violations == []
