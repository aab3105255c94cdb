"""A visitor before a file that takes long: progress without an overlay, « Annuler », another file, and the end of the reader when
the visitor leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.isolation.test_isolated import gone, wait_until
from tests.support.browser import AppServer, start_server, until

pytestmark = pytest.mark.journey
APP = Path(__file__).with_name("patient_app.py")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    started = start_server(APP, log=tmp_path_factory.mktemp("reader-log") / "server.log")
    yield started
    started.stop()


def reader(page: Page, *, but: int = 0) -> int:
    """Return the number of the process that reads, which the progress shows, once it is another one."""
    said = page.locator("[data-testid=stProgress]")

    def shown() -> int | None:
        texts = (text.strip() for text in said.all_inner_texts())  # that of the run before may still stand beside
        return next((int(text) for text in texts if text.isdecimal() and int(text) != but), None)

    return until(page, shown, lambda: "no reader is shown")


@pytest.fixture(scope="module")
def left(chromium: Browser, server: AppServer) -> int:
    """Return the reader of a visitor who has just left: it ends in its own time, while the first tests run."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(server.url)
    pid = reader(page)
    assert not gone(pid)
    page.close()
    context.close()
    return pid


def test_another_file_ends_the_reader_of_the_first(page: Page, server: AppServer, left: int) -> None:
    page.goto(server.url)
    first = reader(page)
    page.get_by_label("Fichier").fill("deux")
    page.get_by_label("Fichier").press("Enter")
    wait_until(lambda: gone(first), page=page)
    assert not gone(reader(page, but=first))


def test_a_reading_may_be_cancelled_and_taken_up_again_while_the_page_stays_in_reach(
    page: Page, server: AppServer
) -> None:
    page.goto(server.url)
    pid = reader(page)
    expect(page.get_by_text("Le reste de la page")).to_be_visible()
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_text("Lecture annulée. Rien n’est changé.").first).to_be_visible()
    expect(page.get_by_role("button", name="Annuler")).to_have_count(0)
    wait_until(lambda: gone(pid), page=page)
    page.get_by_role("button", name="Lire ce fichier").click()
    assert not gone(reader(page, but=pid))
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


def test_a_visitor_who_leaves_ends_the_reader(left: int) -> None:
    wait_until(lambda: gone(left))


def test_the_server_that_stops_leaves_no_reader_behind(chromium: Browser, server: AppServer) -> None:
    """The last one: it ends the server of all."""
    context = chromium.new_context()
    page = context.new_page()
    try:
        page.goto(server.url)
        pid = reader(page)
        server.process.kill()  # not even a word
        wait_until(lambda: gone(pid))
        assert "Traceback" not in server.log.read_text(errors="replace")
    finally:
        context.close()
