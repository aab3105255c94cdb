"""Files that maps ask for and that pages write as they run: colours, zones, points, names, each under a name that its content gives.

What visitors state and open makes files of their own, so there would be no end to them: past a number of bytes those unused for
longest are removed. Whoever holds the address of one asks whether it is still there (`in_place`), which notes that it is used.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from geo.display.topology import compact_json

WRITTEN = ("zones-", "points-", "fond-", "noms-", "iris-")
MOST_BYTES = 120_000_000  # a container has 400 MB for these and the outlines (deploy/compose.yaml)
YOUNG_S = 3_600.0  # a page that was just drawn may not have asked for its files yet


def write_zone_index(
    destination: Path,
    scope: str,
    layer_id: str,
    zones: Sequence[tuple[str, str]],
    membership: Sequence[Sequence[int]],
) -> str:
    """Write which zones of a layer each commune of a scope is in, and return the file's name.

    Parameters
    ----------
    zones
        Id and name of each zone met in the scope.
    membership
        For each commune of the scope, in code order, the positions in `zones` of those it is in.

    Raises
    ------
    ValueError
        When a name would hold anything but letters, digits and hyphens, or a zone number does not exist.
    """
    if not re.fullmatch(r"[A-Za-z0-9-]+", f"{scope}-{layer_id}"):
        raise ValueError(f"scope and layer ids take letters, digits and hyphens only: {scope!r}, {layer_id!r}")
    if any(not 0 <= zone < len(zones) for of in membership for zone in of):
        raise ValueError(f"{layer_id}: a zone number is outside the {len(zones)} zones given")
    text = compact_json({"zones": [list(zone) for zone in zones], "of": [list(of) for of in membership]})
    return write_by_content(destination, f"zones-{scope}-{layer_id}", text)


def write_by_content(destination: Path, stem: str, content: str | bytes) -> str:
    """Write a JSON text, or the bytes of one compressed by gzip, under a name that its content gives; return the name.

    It is written whole or not at all. What is written so never changes under its name: browsers keep it, and a new content is
    a new file.
    """
    packed = isinstance(content, bytes)
    data = content if isinstance(content, bytes) else content.encode()
    name = f"{stem}-{hashlib.sha256(data).hexdigest()[:10]}.json{'.gz' if packed else ''}"
    if not in_place(destination, name):
        destination.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=destination, prefix=".written-") as folder:
            fresh = Path(folder) / name
            fresh.write_bytes(data)
            fresh.replace(destination / name)
        sweep(destination)
    return name


def in_place(destination: Path, name: str) -> bool:
    """Tell whether a file is still there, and note that it is used."""
    path = destination / name
    try:
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
    except FileNotFoundError:
        return False
    except OSError:  # a folder that takes no note
        return path.is_file()
    return True


def sweep(destination: Path, most: int = MOST_BYTES, now: float | None = None) -> None:
    """Remove the files unused for longest once all of them take more than `most` bytes, down to three quarters of it.

    What was used within the hour stays, as long as all of it does not take twice as much.
    """
    found = []
    with os.scandir(destination) as entries:
        for entry in entries:
            if entry.name.startswith(WRITTEN):
                with suppress(FileNotFoundError):  # another process sweeps too
                    known = entry.stat()
                    found.append((known.st_atime, known.st_size, entry.name))
    held = sum(size for _, size, _ in found)
    if held <= most:
        return
    young = (time.time() if now is None else now) - YOUNG_S
    for used, size, name in sorted(found):
        if held <= most * 0.75 or (used > young and held <= 2 * most):
            return
        (destination / name).unlink(missing_ok=True)
        held -= size
