"""A mirror: a place where official files were put by hand, a folder or a web address. It is only ever read.

A folder is walked, and each file is known by its content; names and sub-folders do not matter.

A web mirror says what it holds in one of two ways:

* a `manifest.json` at its root, `{"qpv": ["qpv/contours.zip", …], …}`: paths relative to the root, by kind, so that
  only the layers asked for are downloaded;
* else the plain page of links that web servers make for a folder: it is walked, on the same server and under the
  same address only, and every file that may hold data is downloaded.

In both cases each file is then known by its content, as in a folder; what the manifest says of it is not trusted.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from geo.errors import GeoInputError
from geo.files import (
    KEPT,
    Downloaded,
    DownloadError,
    UnreachableError,
    host_of,
    is_web,
    safe_name,
    sha256_of,
    unpack,
    without_login,
)
from geo.french import megabytes, number
from geo.sources.links import MAX_PAGE_BYTES, Hrefs
from geo.sources.versions import Input
from geo.visible import one_line

MAX_FILES = 1_000
MAX_DEPTH = 5
MAX_TOTAL_BYTES = 4_000_000_000
_WANTED = KEPT | {".gz", ".zip", ".7z"}
Recognise = Callable[[Path], str | None]
Fetch = Callable[[str, Path, int], Downloaded]  # address, target, ceiling


@dataclass(frozen=True)
class Found:
    """A file of the mirror whose kind is known: `path` to read it, `original` as the mirror has it (an archive
    perhaps), `address` as the mirror names it."""

    kind: str
    path: Path
    original: Path
    address: str
    arrived: Downloaded | None = None

    def as_input(self) -> Input:
        """Return what the manifest of a version keeps of it."""
        got = self.arrived
        if got:
            return Input(got.address, got.sha256, got.bytes, got.date, got.etag)
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        return Input(one_line(self.address), sha256_of(self.original), self.original.stat().st_size, now)


@dataclass
class Mirror:
    """What a mirror holds: the files known, and what could not be had or opened."""

    found: list[Found] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    missing: dict[str, list[str]] = field(default_factory=dict)  # kind → reasons, when the manifest promised it

    def of(self, kind: str) -> list[Found]:
        """Return the files of a kind, by address."""
        return sorted((f for f in self.found if f.kind == kind), key=lambda f: f.address)


def read_folder(folder: Path, work: Path, recognise: Recognise, *, max_bytes: int) -> Mirror:
    """Look at every file of a folder; archives are opened in `work`.

    Raises
    ------
    GeoInputError
        When the folder is absent or holds too many files.
    """
    if not folder.is_dir():
        raise GeoInputError(f"{folder} : miroir introuvable. Donnez un dossier, ou une adresse http(s).")
    mirror = Mirror()
    paths = list(_files(folder))
    if len(paths) > MAX_FILES:
        raise GeoInputError(f"{folder} : plus de {number(MAX_FILES)} fichiers. Donnez le dossier du miroir lui-même.")
    for path in paths:
        _look(mirror, path, path.relative_to(folder).as_posix(), work, recognise, max_bytes=max_bytes)
    return mirror


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        yield from (Path(place) / name for name in sorted(names) if not name.startswith("."))


def _look(
    mirror: Mirror,
    path: Path,
    address: str,
    work: Path,
    recognise: Recognise,
    *,
    max_bytes: int,
    got: Downloaded | None = None,
) -> None:
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise GeoInputError(f"fichier plus gros que prévu ({megabytes(size)}), laissé de côté.")
        parts = unpack(path, Path(tempfile.mkdtemp(dir=work, prefix="ouvert-")))
        kinds = [(part, recognise(part)) for part in parts]
    except GeoInputError as error:
        mirror.notices += [f"{address} : {problem.removeprefix(f'{path.name} : ')}" for problem in error.problems]
    except Exception as error:  # a foreign file may break any parser: it is reported, and the others are read
        mirror.notices.append(f"{address} : illisible ({type(error).__name__}).")
    else:
        mirror.found += [Found(kind, part, path, address, got) for part, kind in kinds if kind]


def read_web(
    root: str, work: Path, recognise: Recognise, *, fetch: Fetch, kinds: Iterable[str], max_bytes: int
) -> Mirror:
    """Download what a web mirror holds of `kinds` into `work`, and look at it.

    Raises
    ------
    DownloadError
        When the mirror itself does not answer, or has neither manifest nor page of links.
    """
    if not is_web(root) or "?" in root or "#" in root:
        raise GeoInputError(
            f"{without_login(root)} : miroir refusé. Donnez un dossier, ou l’adresse http(s) d’un dossier."
        )
    root = root.rstrip("/") + "/"
    mirror = Mirror()
    files = _manifest(root, work, fetch)
    if files is None:
        addresses: dict[str, list[str]] = {address: [] for address in _walk(root, work, fetch)}
    else:
        addresses = {}
        for kind in kinds:
            for path in files.get(kind, []):
                addresses.setdefault(_inside(root, path), []).append(kind)
    room = MAX_TOTAL_BYTES
    for index, (address, promised) in enumerate(addresses.items()):
        target = work / f"{index:04d}" / safe_name(unquote(urlsplit(address).path))
        try:
            got = fetch(address, target, min(max_bytes, room))
            room -= got.bytes
        except UnreachableError:
            raise
        except DownloadError as error:
            mirror.notices += error.problems
            for kind in promised:
                mirror.missing.setdefault(kind, []).extend(error.problems)
            continue
        short = unquote(address.removeprefix(root))
        _look(mirror, target, short, work, recognise, max_bytes=max_bytes, got=got)
    return mirror


def _manifest(root: str, work: Path, fetch: Fetch) -> dict[str, list[str]] | None:
    page = work / "manifeste"
    try:
        fetch(root + "manifest.json", page, MAX_PAGE_BYTES)
    except DownloadError as error:
        if error.status in (401, 403, 404, 410):
            return None
        raise
    try:
        raw = json.loads(page.read_bytes())
        good = all(isinstance(v, list) and all(isinstance(path, str) for path in v) for v in raw.values())
    except (ValueError, AttributeError, RecursionError):
        good = False
    if not good:
        raise GeoInputError(
            f"{without_login(root)}manifest.json : illisible. Il doit donner, pour chaque couche, une liste de chemins."
        )
    return dict(raw)


def _inside(root: str, path: str) -> str:
    """Return the address of a path of the manifest, which may not leave the mirror."""
    address = _join(root, path.replace(" ", "%20"))
    if not _is_under(address, root):
        raise GeoInputError(f"{without_login(root)}manifest.json : « {path[:80]} » sort du miroir.")
    return address


def _is_under(address: str, root: str) -> bool:
    path = unquote(urlsplit(address).path)
    return is_web(address) and address.startswith(root) and ".." not in PurePosixPath(path).parts


def _walk(root: str, work: Path, fetch: Fetch) -> list[str]:
    """Return the addresses of the data files linked from the pages under `root`."""
    files: dict[str, None] = {}
    seen, queue = {root}, [(root, 0)]
    while queue:
        page, depth = queue.pop(0)
        for address in _links(page, work, fetch):
            if not _is_under(address, root) or address in seen:
                continue
            seen.add(address)
            if address.endswith("/"):
                if depth < MAX_DEPTH:
                    queue.append((address, depth + 1))
            elif PurePosixPath(urlsplit(address).path).suffix.lower() in _WANTED:
                files[address] = None
        if len(seen) > MAX_FILES:
            raise GeoInputError(f"{host_of(root)} : le miroir a plus de {number(MAX_FILES)} liens.")
    return list(files)


def _links(page: str, work: Path, fetch: Fetch) -> list[str]:
    target = work / "page"
    fetch(page, target, MAX_PAGE_BYTES)
    links = Hrefs()
    links.feed(target.read_text(encoding="utf-8", errors="replace"))
    links.close()
    return [_join(page, href) for href in links.found if "?" not in href and "#" not in href]


def _join(page: str, href: str) -> str:
    try:
        return urljoin(page, href)
    except ValueError:
        return ""
