"""The first second: what a page is sent with is what it uses, under a prefix too; what loads is said; nothing is fetched twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, Response, Route, expect

from tests.journeys import Console, serve_embedded, wait_address
from tests.support.browser import AppServer, click_commune, map_frame, until, wait_painted

pytestmark = pytest.mark.journey
GEOMETRY = re.compile(r"/geo/communes-france-")
COMPONENT = re.compile(r"/static/js/ComponentInstance\.")  # the framework's code that makes the frame of a map
ENDLESS = "document.getAnimations().filter((one) => one.effect.getTiming().iterations === Infinity).length"
FADE = """() => {
  const one = document.querySelector("[data-stale=false]");
  one.dataset.stale = "true";
  return getComputedStyle(one).transition;
}"""


@pytest.fixture
def server(app_server: Callable[..., AppServer], nothing_brought: Path, request: pytest.FixtureRequest) -> AppServer:
    """Serve the dashboard on the embedded data, at the root of its address or under a prefix."""
    options = {"base_path": request.param} if request.param else {}
    return serve_embedded(app_server, nothing_brought, **options)


def hinted(page: Page) -> set[str]:
    found: list[str] = page.evaluate("[...document.querySelectorAll('link[rel=prefetch]')].map((link) => link.href)")
    return set(found)


@pytest.mark.parametrize("server", ["", "sante/clsm"], indirect=True)
def test_what_a_page_hints_is_what_its_map_uses_and_nothing_is_refused(page: Page, server: AppServer) -> None:
    console = Console().watch(page)
    answers: list[Response] = []
    asked: list[Request] = []
    page.on("response", lambda answer: answers.append(answer))
    page.on("request", lambda request: asked.append(request))
    page.goto(server.url)  # home: its maps are others
    until(page, lambda: not hinted(page) or None, lambda: "home hints at a map it has not")

    until(page, lambda: page.request.get(f"{server.url}/pret").ok, lambda: "the server is never ready")

    def told() -> set[str] | None:
        asked.clear()
        answers.clear()
        page.goto(f"{server.url}/Perimetre?carte=dep-94")
        return hinted(page) or None

    hints = until(page, told, lambda: "no hint, though the server has long been ready")
    frame = wait_painted(page, geometry="dep-94")
    click_commune(page, "94028")
    wait_address(page, {"94028"})
    fetched = "performance.getEntriesByType('resource').map((entry) => entry.name)"
    assert {url for url in hints if "/geo/" in url}
    until(
        page,
        lambda: hints <= {*frame.evaluate(fetched), *page.evaluate(fetched)},
        lambda: "a hint that nothing uses costs bytes",
    )
    assert [answer.url for answer in answers if answer.status >= 400] == []
    first = next(n for n, request in enumerate(asked) if "/_stcore/" in request.url)
    assert urlsplit(asked[first].url).path.startswith(f"{urlsplit(server.url).path}/_stcore/"), (
        "the server is looked for"
    )
    assert console.errors == []


@pytest.mark.parametrize("server", [""], indirect=True)
def test_departements_stand_in_while_the_country_comes(page: Page, server: AppServer) -> None:
    held: list[Route] = []
    code: list[Route] = []
    page.context.route(GEOMETRY, lambda route: held.append(route))
    page.context.route(COMPONENT, lambda route: code.append(route))
    page.goto(f"{server.url}/Couverture", wait_until="commit")
    page.get_by_test_id("stSkeleton").first.wait_for()
    assert page.evaluate(ENDLESS) == 0, "the place of the map is drawn again and again"
    for route in code:
        route.continue_()
    frame = map_frame(page)
    count = "document.querySelectorAll('.leaflet-overlay-pane canvas').length"
    until(page, lambda: frame.evaluate(count) == 1, lambda: "no outline while the communes are awaited")
    expect(page.frame_locator("iframe[title=Carte]").locator(".cl-message")).to_contain_text("Chargement")
    view = frame.evaluate("[CL.map.getCenter(), CL.map.getZoom()]")
    for route in held:
        route.continue_()
    wait_painted(page, geometry="france")
    assert page.evaluate(FADE) == "opacity 0s linear 0.5s", "what a run has not said again yet is drawn again and again"
    assert frame.evaluate("[CL.map.getCenter(), CL.map.getZoom()]") == view, "the communes open where the outlines were"
