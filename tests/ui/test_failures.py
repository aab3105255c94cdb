"""What nobody foresaw: a French sentence, one line in a file and in the log (in a browser: test_journey_failures)."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.grid import plain
from ui.server import failures


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


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


@pytest.mark.parametrize(
    "name", ["streamlit.error_util", "streamlit.web.server.starlette.starlette_websocket", "uvicorn.error", "asyncio"]
)
def test_the_log_of_streamlit_loses_the_traceback_only(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever writes: a message that is none, sent to the socket of a session, was a traceback each time."""
    logger, before = logging.getLogger(name), logging.getLogRecordFactory()
    logger.addHandler(caplog.handler)
    failures.quiet_log()
    error = raised()
    try:
        logger.error("Uncaught app execution", exc_info=error)
        logger.error("another %s", "word")
    finally:
        logging.setLogRecordFactory(before)
        logger.removeHandler(caplog.handler)
    assert [r.getMessage() for r in caplog.records[:1]] == [f"Erreur imprévue : {failures.line(error)}"]
    assert caplog.records[-1].getMessage() == "another word"
    assert caplog.records[0].exc_info is None
