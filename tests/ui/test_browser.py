"""Which browser the journeys use: the one named, the system's, Playwright's own, or none, with the reason."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support import browser


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Stand on a machine without any browser."""
    for name in ("CLSM_CHROMIUM", "PLAYWRIGHT_BROWSERS_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.setattr(browser, "MAC", "nowhere")
    return tmp_path


def program(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_the_browser_named_is_taken_alone(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare / "bin" / "chromium")
    mine = program(bare / "mine")
    monkeypatch.setenv("CLSM_CHROMIUM", mine)
    assert browser.find_chromium() == mine
    monkeypatch.setenv("CLSM_CHROMIUM", str(bare / "absent"))
    assert browser.find_chromium() is None


def test_the_system_s_comes_before_playwright_s(bare: Path) -> None:
    fetched = program(bare / "home" / ".cache" / "ms-playwright" / "chromium-1200" / "chrome-linux64" / "chrome")
    assert browser.find_chromium() == fetched
    chrome = program(bare / "bin" / "google-chrome")
    assert browser.find_chromium() == chrome


def test_playwright_is_asked_for_its_own_where_there_is_none(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(command: list[str], **_: object) -> None:
        assert command[1:] == ["-m", "playwright", "install", "chromium"]
        program(bare / "home" / ".cache" / "ms-playwright" / "chromium-1" / "chrome-linux" / "chrome")

    monkeypatch.setattr(subprocess, "run", fetch)
    assert browser.have_chromium() == f"journeys drive {browser.find_chromium()}"


def test_without_a_browser_the_reason_is_said(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(1, command, "", "Error: getaddrinfo ENOTFOUND\n")

    monkeypatch.setattr(subprocess, "run", fetch)
    said = browser.have_chromium()
    assert "ENOTFOUND" in said and "journeys are skipped" in said
