"""Where what is brought in after installation is kept: synchronised sources and imported layers.

One folder for each user, outside the project, so that an update of the project touches nothing of it. `CLSM_HOME`
replaces it (tests, shared servers).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any


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
    """Return what tells this process from the others in the name of a file: machine and number of the process."""
    return f"{_machine()}-{os.getpid()}"


def gone(who: str) -> bool:
    """Tell whether an `owner` is a process of this machine that has ended; False when nobody can know."""
    machine, _, process = who.rpartition("-")
    return machine == _machine() and process.isdecimal() and not alive(int(process))


def alive(process: int) -> bool:
    """Tell whether a process of this machine runs, or may."""
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
