"""The commands that check and test the scripts of the map: what they run, with which Node, and what they answer."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from geo.errors import MissingDataError
from ui.setup import scripts


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the commands run; each one whose words hold `tsc` fails."""
    done: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        done.append(command)
        return subprocess.CompletedProcess(command, 3 if scripts.TYPES in command else 0)

    monkeypatch.setattr(scripts.subprocess, "run", run)
    monkeypatch.setattr(scripts, "node_command", lambda: ["/wheel/node"])
    monkeypatch.setattr(scripts, "npm_command", lambda: ["/wheel/node", "npm-cli.js"])
    return done


def test_every_test_of_the_scripts_is_run_by_the_node_there_is(ran: list[list[str]]) -> None:
    assert scripts.main(["test"]) == 0
    ((node, option, *files),) = ran
    assert (node, option) == ("/wheel/node", "--test")
    assert {"tests/js/decode.test.js", "tests/js/geometry.test.js", "tests/js/fetching.test.js"} <= set(files)


def test_a_check_that_fails_is_the_answer(ran: list[list[str]]) -> None:
    assert scripts.main(["check"]) == 3
    assert [command[1] for command in ran] == [scripts.BIOME, scripts.TYPES]


def test_what_checks_is_installed_from_the_lock_without_running_anything_of_it(ran: list[list[str]]) -> None:
    assert scripts.main(["install"]) == 0
    assert ran[0][:3] == ["/wheel/node", "npm-cli.js", "ci"]
    assert "--ignore-scripts" in ran[0]


def test_an_unknown_word_and_a_missing_node_are_said(
    ran: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scripts.main(["tout"]) == 2
    assert "« tout » n’est pas connu" in capsys.readouterr().err

    def missing() -> list[str]:
        raise MissingDataError("npm est introuvable.")

    monkeypatch.setattr(scripts, "node_command", missing)
    assert scripts.main(["test"]) == 2
    assert "npm est introuvable" in capsys.readouterr().err
    assert ran == []
