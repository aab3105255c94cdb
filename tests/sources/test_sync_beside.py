"""The synchronisation beside the app: asked for or not, told in one small file, never waited for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from geo.files import Received
from geo.rights import Actor
from geo.sources import KindResult, Outcome, Step, SyncReport, current, read_status, sources_folder
from geo.sources import background as sync_beside
from geo.sources.background import Journal
from tests.support.browser import ROOT
from tests.support.grid import plain
from tests.support.reading import SAMPLES
from ui.server import background


def test_nothing_is_begun_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    monkeypatch.setattr(background, "_process", lambda **_: begun.append(1))
    monkeypatch.delenv("CLSM_SYNC", raising=False)
    monkeypatch.delenv("CLSM_NO_SYNC", raising=False)
    background.begin_sync()
    assert begun == []
    monkeypatch.setenv("CLSM_SYNC", "1")
    background.begin_sync()
    assert begun == [1]
    monkeypatch.setenv("CLSM_NO_SYNC", "1")
    background.begin_sync()
    assert begun == [1]


def test_it_is_wanted_until_what_the_checks_count_on_is_there(tmp_path: Path) -> None:
    assert sync_beside.wanted(tmp_path)


def test_the_journal_tells_bytes_then_the_end(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.show(Step("qpv", "téléchargement", Received(1_500_000, 5_000_000, 0.0)))
    found = read_status(tmp_path)
    assert found is not None
    assert found.running
    assert found.steps == {"qpv": ("téléchargement", 1_500_000, 5_000_000)}
    assert plain(background.sync_sentence(found)) == "Mise à jour en cours : QPV (1,5 Mo sur 5,0 Mo)"
    result = KindResult("qpv", Outcome.FAILED, ("Le serveur a refusé.",))
    journal.show(Step("qpv", "fin", result=result))
    journal.end(SyncReport((result,)))
    found = read_status(tmp_path)
    assert found is not None
    assert (found.running, found.offline, found.steps) == (False, False, {})
    assert found.done == {"qpv": "échec : Le serveur a refusé."}
    assert background.sync_sentence(found) == ""


def test_offline_is_one_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.end(SyncReport((KindResult("qpv", Outcome.FAILED, ("Hors ligne.",), unreachable=True),)))
    assert background.sync_sentence(read_status(tmp_path)) == "Hors ligne : les couches en place restent en service."


@pytest.mark.parametrize("text", ["", "{", "[]", '{"running": true}', '{"running": 1, "steps": 3}'])
def test_a_journal_that_is_none_says_nothing(tmp_path: Path, text: str) -> None:
    folder = sources_folder(tmp_path)
    folder.mkdir(parents=True)
    (folder / sync_beside.STATUS).write_text(text)
    assert read_status(tmp_path) is None
    assert background.sync_sentence(None) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="processes are not asked about there")
def test_a_run_whose_process_is_gone_is_not_shown_as_running(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    journal = Journal(tmp_path)
    journal.state["process"] = gone.pid
    journal.write()
    path = sources_folder(tmp_path) / sync_beside.STATUS
    os.utime(path, (1, 1))
    found = read_status(tmp_path)
    assert found is not None
    assert not found.running


def run(home: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    clean = {k: v for k, v in os.environ.items() if k not in ("CLSM_MIRROR", "CLSM_SYNC", "CLSM_NO_SYNC")}
    return subprocess.run(
        [sys.executable, "-m", "geo.sources"], cwd=ROOT, env={**clean, "CLSM_HOME": str(home), **env},
        capture_output=True, check=False, timeout=240,
    )  # fmt: skip


def test_without_a_network_it_ends_without_a_word(tmp_path: Path) -> None:
    dead = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}
    lower = {k.lower(): v for k, v in dead.items()}
    done = run(tmp_path, **dead, **lower)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
    found = read_status(tmp_path)
    assert found is not None
    assert (found.running, found.offline) == (False, True)


def test_a_mirror_that_is_none_is_told_in_the_journal(tmp_path: Path) -> None:
    done = run(tmp_path, CLSM_MIRROR=str(tmp_path / "nowhere"))
    assert (done.returncode, done.stderr) == (1, b"")
    found = read_status(tmp_path)
    assert found is not None
    assert found.problem
    assert json.loads((sources_folder(tmp_path) / sync_beside.STATUS).read_text())["running"] is False


def test_it_brings_in_what_a_mirror_holds(tmp_path: Path) -> None:
    """Of a small mirror: test_sync brings in the whole of the real one."""
    done = run(tmp_path, CLSM_MIRROR=str(SAMPLES))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert current("densite", tmp_path) is not None
    assert sync_beside.wanted(tmp_path) is (current("ressources", tmp_path) is None)


@pytest.mark.skipif(sys.platform == "win32", reason="processes are not asked about there")
def test_a_child_that_was_killed_is_not_shown_as_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path))
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(background, "_CHILDREN", [child])
    journal = Journal(tmp_path)
    journal.state["process"] = child.pid
    journal.write()
    os.utime(sources_folder(tmp_path) / sync_beside.STATUS, (1, 1))
    assert background.sync_status().running
    (sources_folder(tmp_path) / sync_beside.STATUS).rename(tmp_path / "aside")
    assert background.sync_status().running  # it has not said its first word yet
    (tmp_path / "aside").rename(sources_folder(tmp_path) / sync_beside.STATUS)
    child.kill()
    child.wait()
    assert not background.sync_status().running


def test_whoever_asks_starts_one_run_and_not_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    monkeypatch.setenv("CLSM_HOME", str(tmp_path))
    monkeypatch.setenv("CLSM_NO_SYNC", "0")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    monkeypatch.setattr("geo.dataset.ask_sync", lambda **_: begun.append(1) or ended)
    background.sync_now(actor=Actor("Ana"))
    assert begun == [1]
    Journal(tmp_path).write()  # one is running
    background.sync_now(actor=Actor("Ana"))
    assert begun == [1]
    monkeypatch.setenv("CLSM_NO_SYNC", "1")
    Journal(tmp_path).end(None, "fini")
    background.sync_now(actor=Actor("Ana"))
    assert begun == [1]
