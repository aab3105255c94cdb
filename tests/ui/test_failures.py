"""What nobody foresaw, in a page, a callback or a fragment: a French sentence, one line in a file and in the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from streamlit.testing.v1 import AppTest

from tests.browser import AppServer, start_server
from tests.grid import plain
from ui.server import failures

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


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def server(tmp_path: Path, home: Path) -> Iterator[AppServer]:
    script = tmp_path / "broken_page.py"
    script.write_text(PAGE, encoding="utf-8")
    started = start_server(script, log=tmp_path / "server.log", env={"CLSM_HOME": str(home)})
    yield started
    started.stop()


@pytest.mark.journey
def test_what_a_page_lets_through_is_said_in_french_and_kept_on_one_line(
    chromium: Browser, server: AppServer, home: Path
) -> None:
    places = ("callback", "page", "fragment")
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    for place in places:
        page.goto(server.url)
        page.get_by_role("button", name=place, exact=True).click()
        page.get_by_text("Cette page a rencontré une erreur imprévue").wait_for(timeout=120_000)
        expect(page.get_by_text("This app has encountered an error")).to_have_count(0)
        assert "KeyError" not in page.locator("body").inner_text()
    context.close()
    kept = (home / failures.FILE).read_text(encoding="utf-8").splitlines()
    assert [f"in the {place}" in line for place, line in zip(places, kept, strict=True)] == [True] * 3
    server.stop()
    log = server.log.read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert log.count("Erreur imprévue : KeyError") == 3


def raised() -> Exception:
    try:
        failures.line(None)  # type: ignore[arg-type]
    except AttributeError as error:
        return error
    raise AssertionError("nothing was raised")


def test_an_error_is_one_line_with_the_calls_of_the_project() -> None:
    line = failures.line(raised())
    assert "\n" not in line
    assert line.startswith("AttributeError: ")
    assert line.index("ui/server/failures.py:") < line.index("tests/ui/test_failures.py:")


def test_control_characters_of_a_message_are_not_written() -> None:
    assert failures.line(ValueError("a\x1b[31m\nb" + "x" * 500)).split(" |")[0] == "ValueError: a [31m b" + "x" * 192


def test_the_file_begins_again_when_it_is_large(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "LARGEST_BYTES", 10)
    app = AppTest.from_function(_tell_twice).run()
    assert len(app.error) == 2
    assert all("rechargez la page" in plain(e.value).lower() for e in app.error)
    assert len((home / failures.FILE).read_text().splitlines()) == 1
    assert len((home / "incidents.1.log").read_text().splitlines()) == 1


def _tell_twice() -> None:
    from ui.server import failures

    failures.report_failure(ValueError("one"))
    failures.report_failure(ValueError("two"))


def test_a_home_that_cannot_be_written_still_gives_the_sentence(home: Path) -> None:
    home.write_text("a file where a folder should be")
    app = AppTest.from_function(_tell_twice).run()
    assert len(app.error) == 2
    assert "incidents.log" not in app.error[0].value


def test_the_log_of_streamlit_loses_the_traceback_only(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger(failures.LOGGER)
    failures.quiet_log()
    try:
        error = raised()
        logger.error("Uncaught app execution", exc_info=error)
        logger.error("another word")
    finally:
        logger.removeFilter(failures._on_one_line)
    assert [r.getMessage() for r in caplog.records] == [f"Erreur imprévue : {failures.line(error)}", "another word"]
    assert caplog.records[0].exc_info is None
