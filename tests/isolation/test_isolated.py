"""A reader in a process of its own: what it may take, how it ends, and that whoever asked goes on."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page
from streamlit.runtime.caching import clear_session_resource_cache
from streamlit.testing.v1 import AppTest

from geo.communes.atlas import load_atlas
from geo.errors import GeoInputError
from geo.isolation import LIMITS, Limits, Outcome, StoppedError
from geo.isolation import reading as isolated
from geo.isolation import template as isolated_template
from geo.paths import ROOT
from geo.turns import Stop
from tests.support import bad_readers, real
from tests.support.apptest import readings
from ui import reading_desk

SHORT = Limits(seconds=1.0)
MEGA = 1_000_000

PATIENCE_S = 200  # readers give way to everything else, so that one begins late on a busy machine


def run(work: Callable[..., object], *, limits: Limits = LIMITS, **options: object) -> Outcome:
    return isolated.read(work, b"x" * 7, "essai.csv", atlas=real.atlas(), options=options, limits=limits)


def gone(pid: int) -> bool:
    """Tell whether a process ended: absent, or waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def wait_until(true: Callable[[], bool], *, page: Page | None = None) -> None:
    """Wait for something that will come; `page` is a browser's, which must be let to go on."""
    for _ in range(3_000):
        if true():
            return
        page.wait_for_timeout(20) if page else threading.Event().wait(0.02)
    raise AssertionError("it never came")


def test_the_value_comes_back_with_what_it_took() -> None:
    told: list[str] = []
    found = isolated.read(
        bad_readers.size, b"x" * 7, "a.csv", atlas=real.atlas(), tell=lambda _part, text: told.append(text)
    )
    assert (found.ended, found.result(), found.problems) == ("read", 7, ())
    assert told == ["lu"]
    assert 0 < found.peak < LIMITS.memory


def test_a_child_is_forked_from_one_template_that_knows_the_communes() -> None:
    first, second = run(bad_readers.turns).result(), run(bad_readers.turns).result()
    assert first == second
    assert first[0] == len(real.atlas().table)
    assert first[1] not in (os.getpid(), 1)


def test_the_same_communes_loaded_again_keep_the_template() -> None:
    before = isolated_template.template_for(real.atlas())
    assert isolated_template.template_for(load_atlas()) is before


def test_the_sentences_of_a_reader_come_back() -> None:
    found = run(bad_readers.refuse)
    assert (found.ended, found.problems) == ("refused", ("un", "deux"))
    with pytest.raises(GeoInputError, match="un"):
        found.result()


@pytest.mark.parametrize("work", [bad_readers.crash, bad_readers.leave])
def test_a_reader_that_dies_gives_a_sentence_and_the_next_one_reads(work: Callable[..., object]) -> None:
    found = run(work)
    assert found.ended == "crash"
    assert "essai.csv : la lecture s’est arrêtée net" in found.problems[0]
    assert run(bad_readers.size).result() == 7


def test_a_reader_that_never_ends_is_ended_by_the_clock_even_when_it_holds_the_interpreter() -> None:
    found = run(bad_readers.for_ever, limits=SHORT)
    assert found.ended == "time"
    assert "arrêtée après 1" in found.problems[0]


def test_a_reader_that_swells_is_ended_under_its_ceiling() -> None:
    found = run(bad_readers.swell)
    assert found.ended == "memory"
    assert "950" in found.problems[0]
    assert found.peak < 1_000 * MEGA


def test_a_result_too_big_to_be_shown_is_refused_in_the_child() -> None:
    found = run(bad_readers.long_answer, limits=Limits(result=MEGA), length=2 * MEGA)
    assert found.ended == "refused"
    assert "trop gros" in found.problems[0]


def test_files_written_by_a_reader_have_a_ceiling() -> None:
    found = run(bad_readers.heavy_file, limits=Limits(files=30 * MEGA))
    assert found.ended in ("refused", "crash")
    assert found.problems


def test_what_cannot_be_sent_back_is_a_surprise_like_another(caplog: pytest.LogCaptureFixture) -> None:
    found = run(bad_readers.pathless)
    assert found.ended == "refused"
    assert "n’a pas pu être lu" in found.problems[0]
    assert "Traceback" not in caplog.text


def test_a_file_that_is_gone_or_cannot_be_written_gives_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(isolated.tempfile, "TemporaryDirectory", full)
    assert "n’a pas pu se faire sur cette machine" in run(bad_readers.size).problems[0]


# --- the end that somebody asks for -----------------------------------------------------------------------------
class Asked:
    """A reading that runs in a thread until it is stopped; `pid` is that of its child."""

    def __init__(self, work: Callable[..., object]) -> None:
        self.stop, self.started = threading.Event(), threading.Event()
        self.pid = 0
        self.outcome: Outcome | None = None
        self.thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self.thread.start()

    def _run(self, work: Callable[..., object]) -> None:
        self.outcome = isolated.read(
            work,
            b"x",
            "essai.csv",
            atlas=real.atlas(),
            tell=self._tell,
            stop=self.stop,
            limits=Limits(seconds=2 * PATIENCE_S),
        )

    def _tell(self, _part: float, text: str) -> None:
        if text.isdecimal():
            self.pid = int(text)
            self.started.set()

    def end(self) -> None:
        self.stop.set()
        self.thread.join(60)
        assert not self.thread.is_alive()


@pytest.mark.parametrize("work", [bad_readers.patient, bad_readers.for_ever])
def test_a_reading_that_is_cancelled_ends_its_process(work: Callable[..., object]) -> None:
    asked = Asked(work)
    assert asked.started.wait(PATIENCE_S)
    assert not gone(asked.pid)
    asked.end()
    assert asked.outcome is not None and asked.outcome.ended == "stopped"
    with pytest.raises(StoppedError):
        asked.outcome.result()
    wait_until(lambda: gone(asked.pid))


def test_a_template_that_dies_ends_the_reading_with_a_sentence_and_is_replaced() -> None:
    asked = Asked(bad_readers.patient)
    assert asked.started.wait(PATIENCE_S)
    isolated_template.template_for(real.atlas()).process.kill()
    asked.thread.join(60)
    assert asked.outcome is not None and asked.outcome.ended == "crash"
    assert run(bad_readers.size).result() == 7
    os.kill(asked.pid, 9)  # its template could not: the clock would have


def test_a_few_read_at_once_others_wait_their_turn_and_the_rest_are_asked_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(isolated._LINE, "most", 1)
    first = [Asked(bad_readers.patient) for _ in range(isolated.MOST_AT_ONCE)]
    try:
        assert all(asked.started.wait(PATIENCE_S) for asked in first)
        told: list[str] = []
        stop = threading.Event()
        waiting: list[Outcome] = []
        third = threading.Thread(
            target=lambda: waiting.append(
                isolated.read(
                    bad_readers.size, b"x", "c.csv", atlas=real.atlas(), stop=stop, tell=lambda _p, t: told.append(t)
                )
            )
        )
        third.start()
        wait_until(lambda: bool(told))
        assert "En attente : 2 fichiers avant le vôtre" in told[0].replace("\u00a0", " ")
        late = run(bad_readers.size)
        assert (late.ended, late.problems) == ("refused", (isolated.BUSY,))
        first[0].end()
        third.join(60)
        assert [found.ended for found in waiting] == ["read"]
    finally:
        for asked in first:
            asked.end()


def test_whoever_waits_may_leave_the_queue() -> None:
    first = [Asked(bad_readers.patient) for _ in range(isolated.MOST_AT_ONCE)]
    try:
        assert all(asked.started.wait(PATIENCE_S) for asked in first)
        last = Asked(bad_readers.patient)
        wait_until(lambda: isolated._LINE.size[1] == 1)
        last.end()
        assert last.outcome is not None and last.outcome.ended == "stopped"
        assert isolated._LINE.size[1] == 0
    finally:
        for asked in first:
            asked.end()


def test_private_folders_are_gone_whatever_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated.tempfile, "tempdir", str(tmp_path))
    for work in (bad_readers.size, bad_readers.crash, bad_readers.refuse):
        run(work)
    assert list(tmp_path.iterdir()) == []


# --- beside a page ----------------------------------------------------------------------------------------------
def test_a_reading_that_nobody_looks_at_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_desk, "LEASE_S", 0.0)
    ended: list[Outcome] = []

    def job(tell: isolated.Tell, stop: Stop) -> None:
        ended.append(isolated.read(bad_readers.patient, b"x", "a", atlas=real.atlas(), tell=tell, stop=stop))

    reading = reading_desk.Reading("a", job)
    assert reading._over.wait(60)
    assert [found.ended for found in ended] == ["stopped"]


def test_a_fault_of_the_page_itself_is_a_sentence_too(caplog: pytest.LogCaptureFixture) -> None:
    def job(_tell: isolated.Tell, _stop: Stop) -> None:
        raise RuntimeError("secret")

    reading = reading_desk.Reading("a", job)
    assert reading.wait(60)
    with pytest.raises(GeoInputError, match="n’a pas pu se faire"):
        reading.result()
    assert "secret" not in caplog.text


def test_the_desk_reads_one_file_at_a_time_and_is_released_with_its_session() -> None:
    desk = reading_desk.Desk()
    asked: list[Stop] = []

    def job(_tell: isolated.Tell, stop: Stop) -> None:
        asked.append(stop)
        wait_until(stop.is_set)

    first = desk.begin("un", job)
    second = desk.begin("deux", job)
    assert first.is_set() and not second.is_set()
    desk.clear()
    assert second.is_set() and desk.reading is None
    assert first._over.wait(60) and second._over.wait(60)


def test_a_page_that_is_left_ends_its_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a session, as Streamlit makes it when a browser disconnects; tests/test_journey_reader.py has a real one."""
    app = AppTest.from_file(ROOT / "tests" / "journeys" / "patient_app.py", default_timeout=60).run()
    assert [e.message for e in app.exception] == []
    thread = readings()[-1]
    clear_session_resource_cache("test session id")
    thread.join(60)
    assert not thread.is_alive()
