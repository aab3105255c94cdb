"""Files kept on a user's disk: written whole, owned by a process, removed, and read back with suspicion.

A disk, a copy that was cut, another program or a hand may have changed what was kept. A table is read only when every column
is there, of the kind expected; anything else is one error, for a caller who can do without.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geo.errors import GeoInputError


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises
    ------
    OSError
        When it cannot be read.
    ValueError
        When it is not JSON, or is too deep to be ours.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ValueError(path.name) from error


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file whole or not at all: a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def remove(path: Path) -> None:
    """Remove a file or a folder, whichever it is; one that cannot be removed stays."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _machine() -> str:
    return re.sub(r"[^A-Za-z0-9]", "", socket.gethostname())[:40] or "machine"


def owner() -> str:
    """Return the name of this process among all others, for the name of a file: machine and number."""
    return f"{_machine()}-{os.getpid()}"


def gone(who: str) -> bool:
    """Return whether an `owner` is a process of this machine that has ended; False when nobody can know."""
    machine, _, process = who.rpartition("-")
    return machine == _machine() and process.isdecimal() and not alive(int(process))


def alive(process: int) -> bool:
    """Return whether a process of this machine runs, or may."""
    if process <= 0:
        return False
    if sys.platform == "win32":
        return True  # no harmless way to ask
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def sync_folder(folder: Path) -> None:
    """Flush a folder to the disk, so that a name given in it survives a power cut; where systems allow it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows does not open folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def age(path: Path) -> float:
    """Return the seconds since a path was last written."""
    return time.time() - path.lstat().st_mtime


Content = Literal["text", "number", "flag"]


class DamagedError(GeoInputError):
    """Something kept can no longer be read; the message says what is wrong with it, the caller what to do instead."""


def read_table(
    body: bytes,
    columns: Mapping[str, Content],
    *,
    optional: Mapping[str, Content] | None = None,
    key: Sequence[str] = (),
) -> pd.DataFrame:
    """Return these columns of a Parquet file, given as bytes; no outline is decoded.

    A text or a flag is never null. `optional` columns are returned when they are there. No two rows have the same `key`.

    Raises
    ------
    DamagedError
        When the file is no Parquet, lacks a column, a column holds something else, or a row stands twice.
    """
    try:
        schema = pq.read_schema(io.BytesIO(body))
        lacking = [name for name in columns if name not in schema.names]
        if lacking:
            raise DamagedError(f"il lui manque {', '.join(f'« {name} »' for name in lacking)}")
        wanted = {**columns, **{k: v for k, v in (optional or {}).items() if k in schema.names}}
        for name, content in wanted.items():
            if not _fits(schema.field(name).type, content):
                raise DamagedError(f"sa colonne « {name} » n’est pas lisible")
        frame = pd.read_parquet(io.BytesIO(body), columns=list(wanted))
    except DamagedError:
        raise
    except Exception as error:  # a parser surprised by bytes that nobody wrote raises whatever it likes
        raise DamagedError("ce n’est pas un tableau lisible") from error
    for name, content in wanted.items():
        if content != "number" and frame[name].isna().any():
            raise DamagedError(f"sa colonne « {name} » a des cases vides")
    if key and frame.duplicated(list(key)).any():
        raise DamagedError(f"des lignes y sont deux fois (même « {', '.join(key)} »)")
    return frame


def _fits(kind: pa.DataType, content: Content) -> bool:
    if content == "text":
        return pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if content == "flag":
        return pa.types.is_boolean(kind)
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def has_outlines(body: bytes) -> bool:
    """Return whether a Parquet file says that it holds outlines (GeoParquet)."""
    try:
        return b"geo" in (pq.read_schema(io.BytesIO(body)).metadata or {})
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DamagedError("ce n’est pas un tableau lisible") from error


def sha256(body: bytes) -> str:
    """Return the checksum of bytes, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()
