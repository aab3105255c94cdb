"""Versions of a synchronised source: each whole in its own folder, one of them active.

    <home>/sources/<kind>/current.json            the active version
    <home>/sources/<kind>/2026-01-31-0123456789/  its files, and manifest.json

A version's folder is made elsewhere and given its name in one move, so a folder with such a name is whole; it is
checked nevertheless (manifest, presence and size of each file), and a broken one is passed over for the one before.
Only a run that holds the lock writes here; readers need none.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from geo.errors import GeoInputError, system_reason
from geo.files import age, read_json, remove, sha256_of, sync_folder, write_json
from geo.paths import home as default_home
from geo.visible import visible

FORM = 1  # of the manifest and of what readers write: another form is read again from the same files
KEPT = 2
WORK, PARTS = ".travail", ".telechargements"
PARTS_KEPT_S = 7 * 86_400.0
MANIFEST, CURRENT = "manifest.json", "current.json"
_VERSION = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{10}")
_KIND = re.compile(r"[a-z]+")


class BusyError(GeoInputError):
    """Another run is writing sources into the same folder."""


@dataclass(frozen=True)
class Input:
    """A file that a version was read from: where it came from, checksum, size, date of arrival (ISO 8601).

    `file` is the name that the catalogue gives it, "" when a mirror brought it.
    """

    address: str
    sha256: str
    bytes: int
    date: str
    etag: str | None = None
    file: str = ""


@dataclass(frozen=True)
class Manifest:
    """What is known of a version. `files` gives the size and checksum of each; `origin` is « officiel » or
    « miroir »; `outlines` names the version of the official outlines that it was read against, "" for those of the base."""

    kind: str
    version: str
    date: str
    origin: str
    producer: str
    licence: str
    vintage: str
    rows: int
    departements: tuple[str, ...]
    notes: tuple[str, ...]
    inputs: tuple[Input, ...]
    files: Mapping[str, tuple[int, str]]
    form: int = FORM
    outlines: str = ""

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the files that were read."""
        return fingerprint(self.inputs)


@dataclass(frozen=True)
class CurrentVersion:
    """The active version of a kind, with the folder of its files."""

    kind: str
    version: str
    path: Path
    manifest: Manifest


def fingerprint(inputs: Iterable[Input]) -> str:
    """Return one checksum for a set of files, whatever their order."""
    return hashlib.sha256(" ".join([str(FORM), *sorted(i.sha256 for i in inputs)]).encode()).hexdigest()


def sources_folder(home: Path | None = None) -> Path:
    """Return where the versions are; it may not exist yet."""
    return (home or default_home()) / "sources"


def current(kind: str, home: Path | None = None) -> CurrentVersion | None:
    """Return the active version of a kind, or the newest whole one when that one is broken, or None."""
    folder = sources_folder(home) / kind
    if not _KIND.fullmatch(kind):
        return None
    for name in dict.fromkeys([_named(folder), *_newest_first(folder)]):
        version = read_version(folder / name) if name else None
        if version:
            return version
    return None


def kept(kind: str, home: Path | None = None) -> tuple[list[CurrentVersion], list[Path]]:
    """Return the whole versions of a kind, the active one first, and the folders of what was kept and is broken.

    A version of another form (an older dashboard's) is neither: its files are to be read again.
    """
    folder = sources_folder(home) / kind
    whole, broken = [], []
    for name in dict.fromkeys([_named(folder), *_newest_first(folder)]):
        path = folder / name
        if name and _there(path):
            version = read_version(path)
            if version:
                whole.append(version)
            elif not _of_another_form(path):
                broken.append(path)
    if _there(folder) and not _readable(folder):
        broken.append(folder)
    return whole, broken


def keep(version: CurrentVersion) -> None:
    """Name a whole version as the active one, where a cut left that undone."""
    folder = version.path.parent
    if _named(folder) != version.version:
        write_json(folder / CURRENT, {"version": version.version})


def _named(folder: Path) -> str:
    try:
        name = read_json(folder / CURRENT)["version"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return name if isinstance(name, str) and _VERSION.fullmatch(name) else ""


def _newest_first(folder: Path) -> list[str]:
    try:
        names = [p.name for p in folder.iterdir() if _VERSION.fullmatch(p.name)]
    except OSError:  # absent, shut, or a file in its place
        return []
    return sorted(names, key=lambda name: (_date(folder / name), name), reverse=True)


def _date(path: Path) -> str:
    version = read_version(path)
    return version.manifest.date if version else ""


def _there(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True


def _readable(folder: Path) -> bool:
    try:
        next(folder.iterdir(), None)
    except OSError:
        return False
    return True


def _of_another_form(path: Path) -> bool:
    try:
        form = read_json(path / MANIFEST)["form"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return isinstance(form, int) and form != FORM


def read_version(path: Path, *, deep: bool = False) -> CurrentVersion | None:
    """Return a version if it is whole: manifest readable, every file there with its size (`deep`: its checksum)."""
    try:
        manifest = _manifest(read_json(path / MANIFEST))
        whole = manifest.form == FORM and manifest.version == path.name and bool(manifest.files)
        for name, (size, checksum) in manifest.files.items():
            file = path / name
            whole = whole and Path(name).name == name and file.is_file() and file.stat().st_size == size
            whole = whole and (not deep or sha256_of(file) == checksum)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return CurrentVersion(manifest.kind, manifest.version, path, manifest) if whole else None


def _manifest(raw: Any) -> Manifest:
    """Read a manifest; ValueError, KeyError, TypeError or AttributeError when it is not exactly one."""
    inputs = tuple(Input(**one) for one in raw["inputs"])
    files = {name: (size, checksum) for name, (size, checksum) in raw["files"].items()}
    departements, notes = tuple(raw["departements"]), tuple(raw["notes"])
    manifest = Manifest(**{**raw, "inputs": inputs, "files": files, "departements": departements, "notes": notes})
    texts = [
        getattr(manifest, name)
        for name in ("kind", "version", "date", "origin", "producer", "licence", "vintage", "outlines")
    ]
    texts += [*departements, *notes, *files, *(checksum for _, checksum in files.values())]
    texts += [text for one in inputs for text in (one.address, one.sha256, one.date, one.etag or "", one.file)]
    numbers = [manifest.rows, manifest.form, *(size for size, _ in files.values()), *(one.bytes for one in inputs)]
    if not all(isinstance(text, str) and visible(text) == text for text in texts) or not all(
        type(number) is int for number in numbers
    ):
        raise TypeError("manifest")
    datetime.fromisoformat(manifest.date)
    return manifest


def inventory(folder: Path) -> dict[str, tuple[int, str]]:
    """Return size and checksum of each file of a folder."""
    files = sorted(p for p in folder.iterdir() if p.is_file() and p.name != MANIFEST)
    return {p.name: (p.stat().st_size, sha256_of(p)) for p in files}


def install(stage: Path, manifest: Manifest, home: Path | None = None) -> CurrentVersion:
    """Make a folder of files the active version: name it, switch to it, then drop all but the last two.

    A cut anywhere in between leaves the previous version active and whole.
    """
    folder = sources_folder(home) / manifest.kind
    folder.mkdir(parents=True, exist_ok=True)
    write_json(stage / MANIFEST, asdict(manifest))
    for file in stage.iterdir():
        _flush(file)
    sync_folder(stage)
    target = folder / manifest.version
    already = read_version(target, deep=True)
    if already is None:
        _remove(target)
        stage.rename(target)
        sync_folder(folder)
    write_json(folder / CURRENT, {"version": manifest.version})
    sync_folder(folder)
    _prune(folder, manifest.version)
    return already or CurrentVersion(manifest.kind, manifest.version, target, manifest)


def _flush(file: Path) -> None:
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def _prune(folder: Path, in_use: str) -> None:
    others = [name for name in _newest_first(folder) if name != in_use]
    whole = [name for name in others if read_version(folder / name)]
    for name in set(others) - set(whole[: KEPT - 1]):
        _remove(folder / name)


def _remove(path: Path) -> None:
    """Remove a folder, taking its name away first: half of it is never seen under that name."""
    if path.exists():
        leaving = path.with_name(f".{path.name}.retire")
        shutil.rmtree(leaving, ignore_errors=True)
        path.rename(leaving)
        shutil.rmtree(leaving, ignore_errors=True)


def sweep(home: Path | None = None) -> None:
    """Remove what a run that was cut left behind among the versions; only under the lock."""
    root = sources_folder(home)
    for kind in (p for p in root.iterdir() if p.is_dir() and _KIND.fullmatch(p.name)):
        for leftover in kind.glob(".*"):
            remove(leftover)


@contextmanager
def only_run(home: Path | None = None) -> Iterator[None]:
    """Hold the lock of the folder while inside; the system frees it if the process dies.

    Raises
    ------
    BusyError
        When another run holds it.
    GeoInputError
        When the folder cannot be written to.
    """
    root = sources_folder(home)
    try:
        root.mkdir(parents=True, exist_ok=True)
        file = (root / ".verrou").open("a+", encoding="utf-8", errors="replace")
    except OSError as error:
        raise GeoInputError(f"{root} : dossier inaccessible en écriture ({system_reason(error)}).") from error
    with file:
        if not _lock(file):
            file.seek(0)
            raise BusyError(
                f"Une synchronisation est déjà en cours ({file.read(80).strip()}). Attendez qu’elle finisse."
            )
        file.truncate(0)
        file.write(f"processus {os.getpid()}, depuis {datetime.now():%H:%M}")
        file.flush()
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> bool:
        file.seek(1 << 20)  # beyond the text, which others may read
        with suppress(OSError):
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            return True
        return False

else:
    import fcntl

    def _lock(file: IO[str]) -> bool:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False


def clean_sources(home: Path | None = None) -> None:
    """Remove the leftovers of synchronisations: everything but unfinished transfers of the last days; under the lock."""
    root = sources_folder(home)
    remove(root / WORK)
    sweep(home)
    for file in (*root.glob(".etat.json.*"), *root.glob(".reponses.json.*")):
        remove(file)
    if (root / PARTS).is_dir():
        for file in (root / PARTS).iterdir():
            part = file.name.endswith((".part", ".part.json")) and file.is_file()
            if not part or age(file) > PARTS_KEPT_S:
                remove(file)
        with suppress(OSError):
            (root / PARTS).rmdir()  # when empty
    elif os.path.lexists(root / PARTS):
        remove(root / PARTS)
