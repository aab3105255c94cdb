"""Open archives that come from outside without letting them do harm.

A zip is refused whole when one of its members would climb out of its folder, is a link, is encrypted, or swells
beyond the ceilings; only members of kinds that hold data are taken out, under names of our own. Workbooks are zips
too: they are weighed by the same ceilings and left closed, for their reader to open.
"""

from __future__ import annotations

import gzip
import lzma
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from geo.errors import GeoInputError
from geo.files.member import Member
from geo.french import megabytes, number

KEPT = {".csv", ".txt", ".tsv", ".json", ".geojson", ".xlsx", ".xls", ".ods", ".parquet", ".gpkg"}
_BROKEN = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
SEVEN = b"7z\xbc\xaf\x27\x1c"
_CHUNK = 1 << 18
_SMALL = 1 << 20  # below this, a ratio means nothing


@dataclass(frozen=True)
class Ceilings:
    """How much an archive may hold: members, bytes once opened, and times its packed size."""

    members: int = 2_000
    total_bytes: int = 2_000_000_000
    ratio: float = 200.0


def unpack(path: Path, folder: Path, ceilings: Ceilings = Ceilings()) -> list[Path]:
    """Return the data files that a file holds: itself, or what is taken out of it into `folder`.

    A zip gives its members of the kinds in KEPT, in its order (archives within are left alone); a gzip gives its
    one file; a workbook gives itself, once weighed.

    Raises
    ------
    GeoInputError
        When an archive is broken, or refused; nothing of it is then left in `folder`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as file:
        start = file.read(6)
    try:
        if start.startswith(b"\x1f\x8b"):
            return [_gunzip(path, folder, ceilings)]
        if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            with zipfile.ZipFile(path) as archive:
                return _unzip(archive, path, folder, ceilings)
        if start == SEVEN:
            return _open_seven(path, folder, ceilings)
    except GeoInputError:
        _empty(folder)
        raise
    except _BROKEN as error:
        _empty(folder)
        raise GeoInputError(f"{path.name} : archive abîmée ou incomplète.") from error
    return [path]


def _open_seven(path: Path, folder: Path, ceilings: Ceilings) -> list[Path]:
    """Take the data files out of a 7z; what opens it is loaded for that only."""
    from geo.files import seven

    members = seven.members(path)
    problems = list(dict.fromkeys(_faults(members, ceilings)))
    packed = path.stat().st_size
    if sum(m.size for m in members) > max(_SMALL, ceilings.ratio * packed):
        problems.append(f"archive refusée, elle gonfle plus de {number(ceilings.ratio)} fois.")
    if problems:
        raise GeoInputError([f"{path.name} : {problem}" for problem in problems])
    targets: dict[str, Path] = {}
    for index, member in enumerate(members):
        if kept(member.name) and member.name not in targets:
            targets[member.name] = folder / f"{index:04d}" / safe_name(member.name)
    seven.extract(path, targets, ceilings.total_bytes)
    return [target for target in targets.values() if target.is_file()]


def kept(name: str) -> bool:
    """Tell whether a member of an archive is of a kind that holds data, and is not hidden."""
    return PurePosixPath(name).suffix.lower() in KEPT and not _hidden(name)


def weigh(path: Path, ceilings: Ceilings = Ceilings(), name: str = "") -> list[zipfile.ZipInfo]:
    """Return the members of a zip that may be opened, folders aside, without opening any; `name` is for messages.

    Raises
    ------
    GeoInputError
        When the zip is broken, or when one of its members makes it refused (see the module).
    """
    shown = name or path.name
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if m.filename and not m.is_dir()]
    except (*_BROKEN, OSError) as error:
        raise GeoInputError(f"{shown} : archive abîmée ou incomplète.") from error
    problems = list(dict.fromkeys(_faults([_of_zip(m) for m in members], ceilings)))
    if problems:
        raise GeoInputError([f"{shown} : {problem}" for problem in problems])
    return members


def read_member(path: Path, member: str, size: int, name: str = "") -> bytes:
    """Return the first bytes of a member of a zip that was weighed, `size` at most; `name` is for messages.

    Raises
    ------
    GeoInputError
        When the zip is broken or has no such member.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as packed:
            return packed.read(size)
    except (*_BROKEN, OSError, KeyError, IndexError) as error:
        raise GeoInputError(f"{name or path.name} : archive abîmée ou incomplète.") from error


def _unzip(archive: zipfile.ZipFile, path: Path, folder: Path, ceilings: Ceilings) -> list[Path]:
    members = [m for m in archive.infolist() if not m.is_dir()]
    problems = list(dict.fromkeys(_faults([_of_zip(m) for m in members], ceilings)))
    if problems:
        raise GeoInputError([f"{path.name} : {problem}" for problem in problems])
    names = {m.filename for m in members}
    if "[Content_Types].xml" in names or "mimetype" in names:  # XLSX, ODS
        return [path]
    taken: list[Path] = []
    room = ceilings.total_bytes
    for index, member in enumerate(members):
        if not kept(member.filename):
            continue
        target = folder / f"{index:04d}" / safe_name(member.filename)
        target.parent.mkdir()
        with archive.open(member) as packed:
            room -= _pour(packed, target, room, path.name)
        taken.append(target)
    return taken


def _of_zip(member: zipfile.ZipInfo) -> Member:
    return Member(
        member.filename,
        member.file_size,
        max(member.compress_size, 1),
        stat.S_ISLNK(member.external_attr >> 16),
        bool(member.flag_bits & 0x1),
    )


def _faults(members: Sequence[Member], ceilings: Ceilings) -> Iterator[str]:
    if len(members) > ceilings.members:
        yield f"archive refusée, plus de {number(ceilings.members)} fichiers."
    if sum(m.size for m in members) > ceilings.total_bytes:
        yield f"archive refusée, plus de {megabytes(ceilings.total_bytes)} une fois ouverte."
    for member in members:
        name = member.name.replace("\\", "/")
        shown = name[:60]
        if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in PurePosixPath(name).parts:
            yield f"archive refusée, « {shown} » sort de son dossier."
        if member.link:
            yield f"archive refusée, « {shown} » est un lien."
        if member.encrypted:
            yield "archive refusée, elle est chiffrée."
        if member.packed and member.size > max(_SMALL, ceilings.ratio * member.packed):
            yield f"archive refusée, « {shown} » gonfle plus de {number(ceilings.ratio)} fois."


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name.replace("\\", "/")).parts)


def _gunzip(path: Path, folder: Path, ceilings: Ceilings) -> Path:
    room = min(ceilings.total_bytes, max(_SMALL, int(ceilings.ratio * path.stat().st_size)))
    target = folder / safe_name(path.name.removesuffix(".gz"))
    with gzip.open(path) as packed:
        _pour(packed, target, room, path.name)
    return target


def _pour(packed: IO[bytes] | gzip.GzipFile, target: Path, room: int, name: str) -> int:
    """Write a member, counting what really comes out rather than what the archive announces."""
    size = 0
    with target.open("wb") as file:
        while block := packed.read(_CHUNK):
            size += len(block)
            if size > room:
                raise GeoInputError(f"{name} : archive refusée, plus de {megabytes(room)} une fois ouverte.")
            file.write(block)
    return size


def safe_name(name: str) -> str:
    """Return the last part of a foreign name, fit for any file system: letters, figures, « . », « - » and « _ »."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return re.sub(r"[^\w.-]", "_", last).lstrip(".")[-80:] or "fichier"


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
