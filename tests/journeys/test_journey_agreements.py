"""Answers noted during a meeting: typed in the grid, seen on the map, refused when somebody is named, sent by a link."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from geo.agreements import Agreements, Status
from geo.scenarios import unpack
from tests.journeys import Console, settle
from tests.support import real
from tests.support.browser import AppServer, attempt, until, wait_painted

pytestmark = pytest.mark.journey
NIORT, AIFFRES = "79191", "79003"
ROW, HEAD = 35, 37  # pixels of the grid: a row, its heading
HEARD_S = 30.0  # what a grid has heard is on the page by then; else it was drawn again


def noted(page: Page) -> Agreements:
    """Return what the address of the page carries."""
    link = parse_qs(urlsplit(page.url).query)["lien"][0]
    return unpack(link, real.atlas()).workbook.agreements


def cell(page: Page, row: int, column: int) -> None:
    """Choose a cell of the grid: the first column that is edited is 0."""
    grid = page.locator(".stDataFrameGlideDataEditor").first
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box
    page.mouse.click(box["x"] + 60, box["y"] + HEAD + ROW * row + ROW // 2)
    for _ in range(2 + column):
        page.keyboard.press("ArrowRight")


def write(page: Page, row: int, column: int, text: str, done: Callable[[], bool]) -> None:
    """Open a cell by the keyboard, type in it, and wait until it is done; a grid that is drawn again meanwhile hears nothing: again."""

    def taken() -> bool:
        cell(page, row, column)
        page.keyboard.press("Enter")
        settle(page)
        if page.evaluate("document.activeElement.matches('#portal input, #portal textarea')"):
            page.keyboard.type(text)
            page.keyboard.press("Enter")
            with suppress(AssertionError):
                return until(page, done, lambda: "not taken", timeout=HEARD_S)
        page.keyboard.press("Escape")
        return False

    until(page, taken, lambda: f"the cell {row}, {column} never took {text!r}")


def test_an_answer_typed_in_the_grid_colours_the_map_and_travels_in_the_link(server: AppServer, page: Page) -> None:
    console = Console().watch(page)
    page.goto(f"{server.url}/Perimetre?carte=dep-79&communes={NIORT},{AIFFRES}")
    frame = wait_painted(page, geometry="dep-79")
    page.get_by_role("radio", name="Accords", exact=True).click()
    settle(page)
    expect(page.get_by_text("des habitants\u00a0: 0 sur 65\u202f273")).to_be_visible()

    # Niort, its answer: opened, chosen and left by the keyboard alone.
    write(page, 0, 0, "délib", lambda: noted(page).standing(f"commune:{NIORT}").status is Status.DELIBERATED)
    settle(page)

    page.get_by_text("Colorer la carte").click()
    settle(page)
    until(page, lambda: attempt(frame, f'CL.labelOf("{NIORT}")') == "délibéré", lambda: "no colour")
    legend = attempt(frame, 'document.querySelector(".cl-legende").textContent')
    assert "Réponse\u00a0: délibéré" in legend and "CLSM" not in legend and "dans votre périmètre" not in legend

    refused = page.get_by_text("nom d’une personne")
    write(page, 1, 3, "Voir Mme Dupont", lambda: refused.count() > 0)  # Aiffres, its remark
    assert not noted(page).standing(f"commune:{AIFFRES}").heads

    page.get_by_role("button", name="Annuler", exact=True).click()
    settle(page)
    until(page, lambda: not noted(page), lambda: page.url)
    assert console.errors == []
