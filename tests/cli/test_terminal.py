"""The command line: nothing that a file holds acts on the terminal, on stdout nor on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo import __main__ as command
from geo.cli.terminal import Document, plain_streams, say, warn
from geo.visible import one_line, visible

ACTING = "a\x1b[31mrouge\x1b]0;titre\x07\x9b2J\u202egnp\u2066\x08\x7f\ud800"


def acts(text: str) -> bool:
    return any(not c.isprintable() and c not in "\n\t\u202f\u00a0" for c in text)


def test_controls_are_written_as_json_writes_them() -> None:
    assert visible("a\x1b[1m\u202eb\n\tc") == "a\\u001b[1m\\u202eb\n\tc"
    assert one_line("a\r\nPublié : tout\u2028va\x85bien") == "a Publié : tout va bien"
    text = json.dumps({"nom": ACTING[:-1]}, ensure_ascii=False)
    assert json.loads(visible(text)) == {"nom": ACTING[:-1]}


def test_whoever_prints_the_streams_are_plain(capsys: pytest.CaptureFixture[str]) -> None:
    with plain_streams():
        print(ACTING)
        say(f"x{ACTING}\nPublié.")
        say(Document(f"[\n{ACTING}\n]"))
        warn(ACTING)
    out, err = capsys.readouterr()
    assert not acts(out + err)
    assert out.count("\n") == 5 and err.count("\n") == 1


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_an_import_of_a_file_full_of_controls_prints_none(
    options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path / "home"))
    word = ACTING[:-1].replace(";", "")
    file = tmp_path / "liste\x1b[31m.csv"
    file.write_text(f"CLSM;Code INSEE;{word}\nNord{word};94028;x\nSud{word};99999;x\n", encoding="utf-8")
    assert command.main(["import", str(file), "--kind", "clsm", "--dry-run", *options]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["lignes"]["refusees"] == 1 if options else "1 ligne retenue" in out.replace("\u00a0", " ")
    assert not acts(out + err)


def test_a_refused_argument_prints_no_control(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["evaluate", "--communes", "94028", ACTING[:-1]])
    assert command.main(["evaluate", "--clsm", ACTING[:-1]]) == 2
    out, err = capsys.readouterr()
    assert not acts(out + err)
