"""The file for a council, whole: how long for a town, an intercommunal body of forty communes and Grand Paris; target: under 10 s.

Baseline: the documents that a server would have LibreOffice make of ours (one start, DOCX to PDF), where it is installed.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from geo.comparison import Candidate, evaluate, scale_of
from geo.dataset import Dataset, open_dataset
from geo.dossier import Dossier, make_archive
from geo.exports import Export
from geo.scenarios import Scenario

TARGET_S = 10.0
BODIES = {"Niort Agglo": "200041317", "Métropole du Grand Paris": "200054781"}


def asked(codes: frozenset[str], world: Dataset) -> Dossier:
    """Return the file of a perimeter, from nothing."""
    candidate = Candidate("x", "Scénario", "Scénario 1", codes, scale_of(codes, world.atlas))
    return Dossier(Export(evaluate(candidate, world), world, Scenario("Scénario 1", codes), made_on=date(2026, 1, 1)))


def slowest(dossier: Dossier) -> tuple[float, bytes, str]:
    """Make the archive; return how long it took, the archive, and its slowest document."""
    marks: list[tuple[float, str]] = []
    start = perf_counter()
    made = make_archive(dossier, lambda what, _, __: marks.append((perf_counter(), what)))
    took = perf_counter() - start
    spans = [(after[0] - before[0], before[1]) for before, after in pairwise(marks)]
    longest, what = max(spans)
    return took, made, f"{what} {longest:.1f} s"


def converted(made: bytes) -> float | None:
    """Return how long LibreOffice takes to turn the DOCX of an archive into PDF; None where there is none."""
    if shutil.which("soffice") is None:
        return None
    with TemporaryDirectory() as folder, zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = [n for n in archive.namelist() if n.endswith(".docx")]
        archive.extractall(folder, names)
        home = f"-env:UserInstallation=file://{Path(folder)}/home"
        start = perf_counter()
        subprocess.run(
            ["soffice", home, "--headless", "--convert-to", "pdf", *names], cwd=folder, check=True, capture_output=True
        )
        return perf_counter() - start


def main() -> None:
    """Print how long each takes."""
    world = open_dataset()
    atlas = world.atlas
    bodies = {n: frozenset(str(atlas.codes[r]) for r in atlas.members("epci", c)) for n, c in BODIES.items()}
    for name, codes in {"Créteil": frozenset({"94028"}), **bodies}.items():
        for turn in ("first", "again"):
            took, made, longest = slowest(asked(codes, world))
            mark = "" if took < TARGET_S else f", past the target of {TARGET_S:.0f} s"
            print(
                f"{name}, {len(codes)} communes, {turn}: {took:.1f} s, {len(made) / 1e6:.1f} MB; longest: {longest}{mark}"
            )
        other = converted(made)
        if other is not None:
            print(f"  the same DOCX to PDF by LibreOffice: {other:.1f} s")


if __name__ == "__main__":
    main()
