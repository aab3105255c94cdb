"""Every page read without eyes and with poor ones: by axe-core (WCAG 2.0, 2.1 and 2.2, levels A and AA: what a machine can find, and no
more), and by rules of ours that it has not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect

from geo.paths import ROOT
from tests.journeys import settle
from tests.support.browser import AppServer, Traffic, wait_painted

pytestmark = pytest.mark.journey
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LOOK = """async () => {
  const found = await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]});
  return [found.passes.length, found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(" ; ")}`)];
}"""
LENS, ARRAS = "62498", "62041"
PAGES = {
    "accueil": "",
    "couverture": "Couverture",
    "perimetre": f"Perimetre?carte=dep-62&communes={LENS},{ARRAS}",
    "methode": "Methode",
    "comparaison": "Comparaison",
    "donnees": "Donnees",
    "ma region": "Ma_region?region=32",
    "lacunes": f"Couverture?territoire=dep-62&couches=quartiers&niveau=epci&choix=200033579&commune={LENS}&poids=zz",
    "priorites": "Couverture?territoire=dep-79&onglet=priorites",
    "prochains": "Couverture?territoire=dep-79&onglet=prochains&servir=melange",
    "enquetes": "Couverture?territoire=dep-79&onglet=enquetes",
    "emporter": "Couverture?territoire=dep-79&onglet=emporter",
}
TABS = ("lacunes", "priorites", "prochains", "enquetes", "emporter")  # of Couverture, which axe has seen once
# Names that only the framework gives; our own texts are French. Letters of icons are names of drawings.
ENGLISH = r"""() => {
  const english = /^(?:No|Select|Skip|Help|Link|Choose|Clear|Remove|Open|Close|Search|Show|Download|Press|Drag|Browse|Upload|Collapse|Expand)\b/;
  const said = (e) => ["aria-label", "title", "placeholder", "alt"].map((a) => e.getAttribute(a) ?? "");
  const texts = [...document.querySelectorAll("body *")].flatMap((e) =>
    [...said(e), ...[...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.nodeValue.trim())]);
  return [...new Set(texts.filter((text) => english.test(text)))];
}"""
UNNAMED = """
() => [...document.querySelectorAll("img, [role=img], table")]
  .filter((e) => e.checkVisibility() && !e.closest("[aria-hidden=true]"))
  .filter((e) => !(e.alt || e.ariaLabel || e.getAttribute("aria-labelledby")))
  .map((e) => e.outerHTML.slice(0, 120))
"""
CONTRAST = """
() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = (colour) => {
    const [r, g, b] = colour.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility({ checkOpacity: true }) || element.closest("svg, [aria-hidden=true], :disabled")) continue;
    if (element.closest("style, script, noscript, [data-testid=stIconMaterial]")) continue;
    const chain = [];
    for (let node = element; node; node = node.parentElement) chain.unshift(node);
    let ground = [255, 255, 255, 1];
    let opacity = 1;
    const own = element.getBoundingClientRect();
    const [x, y] = [own.x + own.width / 2, own.y + own.height / 2];
    for (const node of chain) {
      const style = getComputedStyle(node);
      const box = node.getBoundingClientRect();
      // What a text was moved out of (the value above a slider's thumb) is not what it lies on.
      const under = getComputedStyle(node).display.startsWith("inline") ||
        (box.left <= x && x <= box.right && box.top <= y && y <= box.bottom);
      if (under) ground = over(rgba(style.backgroundColor), ground);
      opacity *= Number(style.opacity);
    }
    const ink = rgba(getComputedStyle(element).color);
    const shown = over([...ink.slice(0, 3), ink[3] * opacity], ground);
    const [high, low] = [light(shown), light(ground)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${text.slice(0, 60)}`);
  }
  return [...new Set(poor)];
}
"""


@pytest.fixture(scope="module")
def reader(chromium: Browser) -> Iterator[Page]:
    """Open a page into which axe-core may be put."""
    context = chromium.new_context(locale="fr-FR", viewport={"width": 1280, "height": 800}, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(reader: Page) -> Iterator[Page]:
    """Return that page; nothing must leave the machine, and no script fail in it."""
    traffic = Traffic()
    traffic.watch(reader)
    yield reader
    assert traffic.outside == [], "requests left the machine"
    assert traffic.page_errors == [], "a script failed in the page"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_without_eyes_and_with_poor_ones(page: Page, server: AppServer, name: str) -> None:
    page.goto(f"{server.url}/{PAGES[name]}")
    page.locator("h1").first.wait_for()
    if name in ("accueil", "perimetre", "couverture", *TABS):
        region = wait_painted(page).get_by_role("main").first
        assert region.get_attribute("aria-label").startswith("Carte des c")
        assert page.locator("iframe").get_attribute("title") == "Carte"
    if name == "methode":
        expect(page.get_by_role("heading", name="Logiciels et licences")).to_be_visible()
    settle(page)
    unnamed = page.evaluate(UNNAMED)
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]))")
    found = {
        "language": page.evaluate("document.documentElement.lang"),
        "images and tables without a name": unnamed,
        "words of the framework left in English": page.evaluate(ENGLISH),
        "first heading, first level": (levels[0], levels.count(1)),
        "levels of heading skipped": [(a, b) for a, b in pairwise(levels) if b > a + 1],
        "texts under 4.5 to 1": page.evaluate(CONTRAST),
    }
    assert found == {
        "language": "fr",
        "images and tables without a name": [],
        "words of the framework left in English": [],
        "first heading, first level": (1, 1),
        "levels of heading skipped": [],
        "texts under 4.5 to 1": [],
    }
    if name not in TABS:
        look_with_axe(page)


def look_with_axe(page: Page) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not in node_modules (make check brings it)")
    for frame in page.frames:  # the map is in one, which axe looks into where it is there too
        frame.evaluate(AXE.read_text(encoding="utf-8"))
    passed, violations = page.evaluate(LOOK)
    assert passed > 15, "the page was there"
    assert violations == []
