"""Bring the browser libraries into `static/vendor`, so that no page asks anything of another site.

Versions are pinned in package.json and package-lock.json (with checksums, without addresses). Only the files the
map loads are copied, each library with its licence; `licences.json` lists them for the page that shows them. Run
with `python -m ui.setup`; a second run finds the stamp of the same lock and does nothing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from geo.build import npm_command
from geo.errors import GeoInputError, MissingDataError
from geo.paths import ROOT

VENDOR = ROOT / "static" / "vendor"
INPUTS = ("package.json", "package-lock.json", ".npmrc")
STAMP = "empreinte.txt"
LICENCES = "licences.json"


@dataclass(frozen=True)
class Library:
    """One library: its package, its licence (SPDX) and the files to copy, as (path in package, name here)."""

    package: str
    licence: str
    files: tuple[tuple[str, str], ...]
    licence_file: str = "LICENSE"

    @property
    def names(self) -> tuple[str, ...]:
        """Return the paths under static/vendor, licence included."""
        return tuple(f"{self.package}/{name}" for name in (*(to for _, to in self.files), "LICENSE"))


@dataclass(frozen=True)
class Licence:
    """What the application says of a library: `text` is the path of its licence under static/."""

    name: str
    version: str
    licence: str
    text: str


LIBRARIES = (
    Library("leaflet", "BSD-2-Clause", (("dist/leaflet.js", "leaflet.js"), ("dist/leaflet.css", "leaflet.css"))),
    Library("topojson-client", "ISC", (("dist/topojson-client.min.js", "topojson-client.min.js"),)),
    Library(
        "leaflet.fullscreen",
        "MIT",
        tuple((name, name) for name in ("Control.FullScreen.js", "Control.FullScreen.css", "icon-fullscreen.svg")),
    ),
)


def versions(root: Path = ROOT) -> dict[str, str]:
    """Return the pinned version of each library."""
    wanted: dict[str, str] = json.loads((root / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return {library.package: wanted[library.package] for library in LIBRARIES}


def ready(vendor: Path = VENDOR, *, root: Path = ROOT) -> bool:
    """Tell whether every file is there, copied from the versions pinned today."""
    stamp = vendor / STAMP
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != _stamp(root):
        return False
    names = [name for library in LIBRARIES for name in library.names]
    return all((vendor / name).is_file() for name in (*names, LICENCES))


def licences(vendor: Path = VENDOR) -> tuple[Licence, ...]:
    """Return what to say of each library, or nothing while they are not there."""
    path = vendor / LICENCES
    if not path.is_file():
        return ()
    return tuple(Licence(**entry) for entry in json.loads(path.read_text(encoding="utf-8")))


def install(vendor: Path = VENDOR, *, root: Path = ROOT) -> bool:
    """Put the libraries in place; return False when they already were.

    The folder is replaced in one move, once complete.

    Raises
    ------
    MissingDataError
        When npm is not installed.
    GeoInputError
        When npm fails, or a package does not hold a file it should.
    """
    if ready(vendor, root=root):
        return False
    vendor.parent.mkdir(parents=True, exist_ok=True)
    with packages(root, vendor.parent) as modules:
        work = modules.parent
        _copy(modules, work / "vendor", versions(root))
        (work / "vendor" / STAMP).write_text(_stamp(root), encoding="utf-8")
        if vendor.exists():
            vendor.rename(work / "ancien")
        (work / "vendor").rename(vendor)
    return True


@contextmanager
def packages(root: Path, beside: Path) -> Iterator[Path]:
    """Install the packages of the lock for a moment; give their node_modules, in a folder of its own beside what will be written.

    Raises
    ------
    MissingDataError
        When npm is not installed.
    GeoInputError
        When npm fails.
    """
    with tempfile.TemporaryDirectory(dir=beside, prefix=".vendor-en-cours-") as folder:
        _npm_ci(root, Path(folder))
        yield Path(folder) / "node_modules"


def _stamp(root: Path) -> str:
    """Return a digest of what decides the content: the lock and the list of files."""
    lock = (root / "package-lock.json").read_bytes()
    return hashlib.sha256(lock + repr(LIBRARIES).encode()).hexdigest()


def _npm_ci(root: Path, work: Path) -> None:
    for name in INPUTS:
        shutil.copy(root / name, work / name)
    command = [*npm_command(), "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise GeoInputError(
            "Les bibliothèques de la carte n’ont pas pu être installées : « npm ci » a échoué "
            f"({' / '.join(lines[:3]) or 'sans message'}). "
            "Vérifiez l’accès au registre npm puis relancez « python -m ui.setup »."
        )


def _copy(modules: Path, target: Path, pinned: dict[str, str]) -> None:
    missing: list[str] = []
    entries: list[dict[str, str]] = []
    for library in LIBRARIES:
        source = modules / library.package
        place = target / library.package
        place.mkdir(parents=True)
        for name, to in (*library.files, (library.licence_file, "LICENSE")):
            if (source / name).is_file():
                shutil.copyfile(source / name, place / to)
            else:
                missing.append(f"{library.package}/{name}")
        text = f"vendor/{library.package}/LICENSE"
        entries.append(asdict(Licence(library.package, pinned[library.package], library.licence, text)))
    if missing:
        raise GeoInputError(f"Fichiers absents des bibliothèques installées : {', '.join(missing)}.")
    listing = json.dumps(entries, ensure_ascii=False, indent=2) + "\n"
    (target / LICENCES).write_text(listing, encoding="utf-8")


def bring_libraries() -> int:
    """Install what is missing and say so on the terminal; return the exit code."""
    try:
        fresh = install()
    except MissingDataError as error:
        print(error, file=sys.stderr)
        return 2
    except GeoInputError as error:
        print(error, file=sys.stderr)
        return 1
    print("Bibliothèques de la carte installées." if fresh else "Bibliothèques de la carte déjà en place.")
    return 0
