"""What the system says of a file is told in French, with its reason, and never in the system's own words."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

import geo.__main__ as command
from geo.errors import system_reason
from geo.paths import ROOT
from tests.support.grid import plain


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOENT, "ce chemin n’existe pas"),
        (errno.EACCES, "vous n’en avez pas le droit"),
        (errno.ENOSPC, "il n’y a plus de place sur le disque"),
        (errno.EISDIR, "c’est un dossier"),
        (errno.EXDEV, f"erreur {errno.EXDEV} du système"),
    ],
)
def test_a_refusal_of_the_system_has_a_french_reason(number: int, said: str) -> None:
    assert system_reason(OSError(number, os.strerror(number))) == said


def test_a_refusal_without_a_number_says_so() -> None:
    assert system_reason(OSError("Couldn't deserialize thrift")) == "le système ne dit pas pourquoi"


@pytest.mark.parametrize("folder", ["geo", "ui", "pages"])
def test_no_sentence_repeats_the_words_of_the_system(folder: str) -> None:
    told = [p for p in (ROOT / folder).rglob("*.py") if re.search(r"\.strerror\b", p.read_text(encoding="utf-8"))]
    assert told == []


@pytest.mark.parametrize(
    "words",
    [
        ["note", "--communes", "94028", "--out", "{}/note.csv"],
        ["map", "--communes", "94028", "--out", "{}/carte.svg"],
        ["schema", "--to", "{}"],
        ["backup", "{}/registre.zip"],
    ],
)
def test_a_file_in_place_of_a_folder_is_told_in_french(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path / "home"))
    taken = tmp_path / "pris"
    taken.write_text("")
    assert command.main([word.format(taken) for word in words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "un fichier est à la place d’un dossier du chemin" in plain(err) or "un fichier porte déjà ce nom" in plain(
        err
    )
    assert "Not a directory" not in err and "exists" not in err
