"""Browser libraries: pinned, copied whole or not at all, with their licences."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from geo.errors import GeoInputError, MissingDataError
from ui.setup import vendor

FAKE_NPM = """
import pathlib, sys
with open(pathlib.Path(__file__).with_name("calls.txt"), "a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
if pathlib.Path(__file__).with_name("broken.txt").exists():
    sys.exit("npm error code ENOTFOUND")
for name in pathlib.Path(__file__).with_name("files.txt").read_text().split():
    path = pathlib.Path("node_modules", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("content of " + name)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project whose npm writes empty-handed files and notes its calls."""
    for name in vendor.INPUTS:
        shutil.copy(vendor.ROOT / name, tmp_path / name)
    (tmp_path / "npm.py").write_text(FAKE_NPM)
    files = [f"{lib.package}/{name}" for lib in vendor.LIBRARIES for name, _ in (*lib.files, ("LICENSE", ""))]
    (tmp_path / "files.txt").write_text(" ".join(files))
    monkeypatch.setattr(vendor, "npm_command", lambda: [sys.executable, str(tmp_path / "npm.py")])
    return tmp_path


def install(project: Path) -> bool:
    return vendor.install(project / "static" / "vendor", root=project)


def calls(project: Path) -> list[str]:
    return (project / "calls.txt").read_text().splitlines()


def test_libraries_are_copied_with_their_licences(project: Path) -> None:
    folder = project / "static" / "vendor"
    assert not vendor.ready(folder, root=project)
    assert vendor.licences(folder) == ()
    assert install(project)
    assert vendor.ready(folder, root=project)
    assert (folder / "leaflet" / "leaflet.js").read_text() == "content of leaflet/dist/leaflet.js"
    told = vendor.licences(folder)
    assert [(one.name, one.version, one.licence) for one in told] == [
        ("leaflet", "1.9.4", "BSD-2-Clause"),
        ("topojson-client", "3.1.0", "ISC"),
        ("leaflet.fullscreen", "3.0.0", "MIT"),
    ]
    assert all((project / "static" / one.text).is_file() for one in told)
    assert [path.name for path in folder.parent.iterdir()] == ["vendor"]  # nothing left half done


def test_npm_runs_no_script_and_takes_the_lock_as_it_is(project: Path) -> None:
    install(project)
    (call,) = calls(project)
    assert call.startswith("ci ")
    assert "--ignore-scripts" in call
    assert "--omit=dev" in call, "what checks the scripts is no business of who runs the dashboard"


def test_a_second_run_does_nothing(project: Path) -> None:
    install(project)
    assert not install(project)
    assert len(calls(project)) == 1


@pytest.mark.parametrize("damage", ["stamp", "file", "lock"])
def test_what_changed_is_installed_again(project: Path, damage: str) -> None:
    install(project)
    folder = project / "static" / "vendor"
    if damage == "stamp":
        (folder / vendor.STAMP).unlink()
    elif damage == "file":
        (folder / "leaflet" / "leaflet.css").unlink()
    else:
        lock = project / "package-lock.json"
        lock.write_text(lock.read_text() + "\n")
    assert not vendor.ready(folder, root=project)
    assert install(project)
    assert vendor.ready(folder, root=project)


def test_a_failure_leaves_what_was_there(project: Path) -> None:
    install(project)
    folder = project / "static" / "vendor"
    (project / "package-lock.json").write_text("{}")
    (project / "broken.txt").touch()
    with pytest.raises(GeoInputError, match=r"npm ci.*ENOTFOUND.*python -m ui\.setup"):
        install(project)
    assert (folder / "leaflet" / "leaflet.js").is_file()
    assert [path.name for path in folder.parent.iterdir()] == ["vendor"]


def test_a_file_that_a_package_no_longer_holds_is_named(project: Path) -> None:
    (project / "files.txt").write_text("leaflet/LICENSE")
    with pytest.raises(GeoInputError, match=r"leaflet/dist/leaflet\.js"):
        install(project)
    assert not (project / "static" / "vendor").exists()


def test_the_command_says_what_it_did_in_french(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for result, code, words in (
        (True, 0, "installées"),
        (False, 0, "déjà en place"),
        (GeoInputError("raté"), 1, "raté"),
        (MissingDataError("npm est introuvable"), 2, "introuvable"),
    ):

        def answer(result: object = result) -> object:
            if isinstance(result, Exception):
                raise result
            return result

        monkeypatch.setattr(vendor, "install", answer)
        assert vendor.bring_libraries() == code
        said = capsys.readouterr()
        assert words in said.out + said.err


def test_the_lock_pins_every_package_and_names_no_place() -> None:
    lock = json.loads((vendor.ROOT / "package-lock.json").read_text())
    wanted = json.loads((vendor.ROOT / "package.json").read_text())["dependencies"]
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert lock["packages"][""]["dependencies"] == wanted == {**vendor.versions(), "esbuild": wanted["esbuild"]}
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    for entry in packages.values():
        entry.pop("funding", None)  # where to give money to its authors: no place that npm asks
    assert "://" not in json.dumps(lock)
    assert all(packages[f"node_modules/{name}"]["version"] == version for name, version in wanted.items())
    assert "omit-lockfile-registry-resolved=true" in (vendor.ROOT / ".npmrc").read_text()


def test_the_real_libraries_are_in_place(libraries: None) -> None:
    assert vendor.ready()
    for licence in vendor.licences():
        assert "Copyright" in (vendor.ROOT / "static" / licence.text).read_text(encoding="utf-8")
