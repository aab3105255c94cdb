"""The scripts of the map in one file: the very scripts that are here now, or none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from geo.paths import ROOT
from ui.setup import MAP, SEARCH, bundle, bundled

FAKE = """
const at = process.argv.findIndex((word) => word.endsWith(".js") && word.includes("static"));
process.stdout.write(`/* ${process.argv[at].split("/").pop()} ${process.argv.slice(at + 1).join(" ")} */`);
"""


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the scripts of a small project, with a bundler that writes what it was asked."""
    folder = tmp_path / "static"
    for name in ("js/loader.js", "js/main.js", "js/search/field.js"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"/* {name} */")
    tool = tmp_path / "node_modules" / bundle.TOOL
    tool.parent.mkdir(parents=True)
    tool.write_text(FAKE)
    monkeypatch.setattr(bundle, "STATIC", folder)
    return folder


def test_each_file_is_one_module_that_asks_for_no_other(static: Path) -> None:
    assert bundled(MAP) is None
    assert bundle.make(static.parent / "node_modules") == 2
    for name, entry in ((MAP, "main.js"), (SEARCH, "field.js")):
        made = bundled(name)
        assert made is not None
        assert re.fullmatch(rf"light/{name}-[0-9a-f]{{10}}\.js", made)
        text = (static / made).read_text()
        assert entry in text
        assert {"--bundle", "--format=esm", "--define:window.CL_WHOLE=true"} <= set(text.split())


def test_a_script_that_changed_since_is_served_by_itself(static: Path) -> None:
    modules = static.parent / "node_modules"
    bundle.make(modules)
    before = bundled(MAP)
    (static / "js" / "main.js").write_text("/* other */")
    assert bundled(MAP) is None
    assert bundle.missing() == [MAP, SEARCH]
    assert bundle.make(modules) == 2
    assert bundled(MAP) not in (None, before)
    assert len(list((static / "light").iterdir())) == 2, "what is stale goes"


def test_nothing_is_made_twice(static: Path) -> None:
    modules = static.parent / "node_modules"
    assert bundle.make(modules) == 2
    assert bundle.make(modules) == 0


def test_every_script_asks_for_no_other_when_it_is_whole() -> None:
    """A module reached by an address made while running would be missing beside the one file."""
    for path in (ROOT / "static" / "js").rglob("*.js"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if "import(" in line and "typeof import" not in line and "@typedef" not in line and "{import(" not in line:
                literal = re.search(r'import\("\./|import\("\.\./', line)
                assert literal or "beside = " in line or path.name == "loader.js", f"{path.name}: {line.strip()}"
