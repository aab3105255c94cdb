"""Small sources with a format of their own, to drive `geo.sources.synchronise` with no real data: `KIND;vintage;rank` then rows.

Started as a program it synchronises once, and dies at a marked point: `python -m tests.sources.fake_sources ADDRESS HOME NTH`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geo.errors import GeoInputError
from geo.files import Retry
from geo.sources import Source, sync
from geo.sources.catalogue import SourceFile
from geo.sources.readers import ReadReport
from geo.sources.report import Readers


@dataclass(frozen=True)
class FakeReader:
    several: bool = False
    carry: None = None
    outlined: bool = False

    def rank(self, path: Path) -> int:
        return int(_head(path)[2])

    def read(self, files: Sequence[Path], destination: Path) -> ReadReport:
        rows = [row for file in files for row in file.read_text(encoding="utf-8").splitlines()[1:]]
        (destination / "one.parquet").write_text("\n".join(rows), encoding="utf-8")
        if "bad" in rows:
            raise GeoInputError("ligne 2 : code inconnu.")
        if "crash" in rows:
            raise ZeroDivisionError("surprise")
        if "empty" in rows:
            return ReadReport(0, "", (), (), ())
        (destination / "two.parquet").write_text(str(len(rows)), encoding="utf-8")
        return ReadReport(len(rows), _head(files[0])[1], ("94",), ("une remarque",), ("one.parquet", "two.parquet"))


def _head(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as file:
        return file.readline().strip().split(";")


def recognise(path: Path) -> str | None:
    head = path.read_bytes()[:100].split(b"\n")[0].split(b";")
    return head[0].decode() if len(head) == 3 and head[0] in (b"alpha", b"beta", b"gamma") else None


def readers(**by_kind: FakeReader) -> Readers:
    return Readers(
        recognise, {"alpha": FakeReader(), "beta": FakeReader(several=True), "gamma": FakeReader()} | by_kind
    )


def text(kind: str, *rows: str, vintage: str = "2025", rank: int = 1) -> bytes:
    return "\n".join([f"{kind};{vintage};{rank}", *rows]).encode()


def source(kind: str, *files: Sequence[str], optional: Sequence[int] = (), max_bytes: int = 1_000_000) -> Source:
    """Describe a source made of files, each with its addresses."""
    described = tuple(SourceFile(f"fichier {i}", tuple(urls), i in optional) for i, urls in enumerate(files))
    return Source(kind, kind, "P", "https://exemple.fr", described, "", "", "L", 1, max_bytes, "A", {}, "")


def bring_alpha(home: Path, url: str) -> None:
    """Bring in the first source alone."""
    catalogue = {"alpha": source("alpha", [f"{url}/alpha"])}
    report = sync(home=home, readers=readers(), catalogue=catalogue, retry=Retry(3, 0.01))
    assert not report.failed, report
