"""What nobody foresaw, in a page, a callback or a fragment: a French sentence in the browser, one line in a file and in the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import AppServer, start_server
from ui.server import failures

pytestmark = pytest.mark.journey
PAGE = """
import streamlit as st

if __name__ == "__main__":
    def broken(where):
        raise KeyError(f"in the {where}\\n<b>two lines</b>")

    st.title("Une page")
    st.button("callback", on_click=broken, args=("callback",))
    if st.button("page"):
        broken("page")

    @st.fragment
    def piece():
        if st.button("fragment"):
            broken("fragment")

    piece()
else:
    from ui.server import failures
    failures.quiet_log()
    app = st.App(__file__, on_script_error=failures.report_failure)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def server(tmp_path: Path, home: Path) -> Iterator[AppServer]:
    script = tmp_path / "broken_page.py"
    script.write_text(PAGE, encoding="utf-8")
    started = start_server(script, log=tmp_path / "server.log", env={"CLSM_HOME": str(home)})
    yield started
    started.stop()


def test_what_a_page_lets_through_is_said_in_french_and_kept_on_one_line(
    chromium: Browser, server: AppServer, home: Path
) -> None:
    places = ("callback", "page", "fragment")
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    for place in places:
        page.goto(server.url)
        page.get_by_role("button", name=place, exact=True).click()
        page.get_by_text("Cette page a rencontré une erreur imprévue").wait_for()
        expect(page.get_by_text("This app has encountered an error")).to_have_count(0)
        assert "KeyError" not in page.locator("body").inner_text()
    context.close()
    kept = (home / failures.FILE).read_text(encoding="utf-8").splitlines()
    assert [f"in the {place}" in line for place, line in zip(places, kept, strict=True)] == [True] * 3
    server.stop()
    log = server.log.read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert log.count("Erreur imprévue : KeyError") == 3
