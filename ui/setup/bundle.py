"""The modules of the map in one file, and those of the search in another: a frame asks for one instead of forty.

Made at set-up by esbuild, from the npm registry (`python -m ui.setup`), under static/light, each under a name that what it is
made of gives: a script changed since is served as it stands, module by module, until set-up runs again.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from geo.build import node_command
from geo.errors import GeoInputError, MissingDataError
from geo.paths import ROOT
from ui.setup.vendor import packages

STATIC = ROOT / "static"
FOLDER = "light"
TOOL = "esbuild/bin/esbuild"
MAP, SEARCH = "carte", "recherche"
OPTIONS = (
    "--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none", "--charset=utf8", "--log-level=error",
    "--define:window.CL_WHOLE=true",  # so that a script asks for no other
)  # fmt: skip
ENTRIES = {MAP: "js/main.js", SEARCH: "js/search/field.js"}


def bundled(name: str) -> str | None:
    """Return the path under static/ of one module made of all those of the map (MAP) or of the search (SEARCH); None when set-up did
    not make it of those that are here now."""
    path = _path(name)
    return path.relative_to(STATIC).as_posix() if path.is_file() else None


def missing() -> list[str]:
    """Return which files are to be made."""
    return [name for name in (MAP, SEARCH) if not _path(name).is_file()]


def make(modules: Path) -> int:
    """Make what is missing with the packages of a node_modules folder; return how many files were made.

    Raises
    ------
    MissingDataError
        When Node is not installed.
    GeoInputError
        When the bundler fails.
    """
    wanted = missing()
    for name in wanted:
        text = _run(modules, ENTRIES[name])
        path = _path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(f"{name}-*.js"):
            old.unlink()
        fresh = path.with_suffix(".new")
        fresh.write_bytes(text)
        fresh.replace(path)
    return len(wanted)


def _path(name: str) -> Path:
    digest = hashlib.sha256(f"{OPTIONS} {(ROOT / 'package-lock.json').read_bytes()!r}".encode())
    for file in sorted((STATIC / "js").rglob("*.js")):
        digest.update(file.read_bytes())
    return STATIC / FOLDER / f"{name}-{digest.hexdigest()[:10]}.js"


def _run(modules: Path, file: str) -> bytes:
    command = [*node_command(), str(modules / TOOL), str(STATIC / file), *OPTIONS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise GeoInputError(f"Le script « {file} » n’a pas pu être réuni : {' / '.join(said[:3]) or 'sans message'}.")
    return done.stdout


def join_scripts() -> int:
    """Make what is missing and say so on the terminal; return the exit code, zero even where it could not: the map works without."""
    if not missing():
        print("Scripts de la carte déjà réunis.")
        return 0
    try:
        with packages(ROOT, STATIC) as modules:
            make(modules)
    except (MissingDataError, GeoInputError) as error:
        print(f"{error} La carte marchera, et viendra un peu moins vite.", file=sys.stderr)
        return 0
    print("Scripts de la carte réunis.")
    return 0
