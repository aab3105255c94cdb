"""Bring the files of a source from its official addresses: download, follow a page, open, keep what is of the kind."""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from geo.communes import embedded_atlas
from geo.errors import GeoInputError
from geo.files import (
    Downloaded,
    DownloadError,
    Retry,
    Timeouts,
    UnreachableError,
    download,
    host_of,
    safe_name,
    unpack,
    without_login,
)
from geo.french import megabytes
from geo.sources.answers import Asked
from geo.sources.catalogue import Source, SourceFile
from geo.sources.links import MAX_PAGE_BYTES, links_of
from geo.sources.readers import Reader
from geo.sources.report import Progress, Readers, Step
from geo.sources.versions import PARTS, Input, current, sources_folder

EACH = "{departement}"  # in an address that stands for one file a département
NOTHING = 1_000  # bytes: a collection of outlines so short is empty


@dataclass(frozen=True)
class Inputs:
    """Files to read together, and what they were."""

    paths: tuple[Path, ...]
    inputs: tuple[Input, ...]
    notes: tuple[str, ...] = ()


@dataclass
class Bringer:
    """What brings the files of a run: from where, how patiently, and what it sees of the addresses."""

    home: Path | None
    readers: Readers
    progress: Progress
    timeout: Timeouts
    retry: Retry
    stop: threading.Event = field(default_factory=threading.Event)
    telling: threading.Lock = field(default_factory=threading.Lock)
    silent_hosts: dict[str, UnreachableError] = field(default_factory=dict)
    answers: Asked = field(default_factory=Asked)

    def folder(self, name: str) -> Path:
        """Return a folder of the run beside the versions, made when it is absent."""
        path = sources_folder(self.home) / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def tell(self, step: Step) -> None:
        """Report a step to whoever follows the run, one thread at a time."""
        if self.stop.is_set():
            raise KeyboardInterrupt
        with self.telling:
            self.progress(step)

    def bring(
        self, source: Source, reader: Reader, wanted: SourceFile, address: str, others: list[SourceFile], work: Path
    ) -> Inputs:
        """Bring a source from one address of its main file, with its other files; an optional one may be lacking."""
        paths, inputs = self._known(source, reader, wanted, address, work)
        notes = []
        for file in others:
            more, reason = self._any_of(source, reader, file, work)
            if more:
                paths += more[0]
                inputs += more[1]
            elif not file.optional or self._had(source, file):
                raise GeoInputError(f"{file.name} : {reason}")
            else:
                notes.append(f"Sans le fichier « {file.name} » : {reason}")
        return Inputs(tuple(paths), tuple(inputs), tuple(notes))

    def _any_of(
        self, source: Source, reader: Reader, file: SourceFile, work: Path
    ) -> tuple[tuple[list[Path], list[Input]] | None, str]:
        reasons: list[str] = []
        for address in file.addresses:
            try:
                return self._known(source, reader, file, address, work), ""
            except GeoInputError as error:
                reasons += [problem for problem in error.problems if problem not in reasons]
        return None, " ".join(reasons) or "aucune adresse directe connue."

    def _had(self, source: Source, file: SourceFile) -> bool:
        """Return whether the active version has an optional file: a passing failure must not take it away."""
        used = current(source.kind, self.home)
        return used is not None and any(
            i.file == file.name or i.address in file.addresses for i in used.manifest.inputs
        )

    def _known(
        self, source: Source, reader: Reader, file: SourceFile, address: str, work: Path
    ) -> tuple[list[Path], list[Input]]:
        """Bring a file from an address, from the first good link of the page that it is, or from one address a département."""
        if EACH in address:
            return self._each(source, reader, file, address, work)
        if address not in file.links:
            paths, one = self._brought(source, reader, file, address, work)
            return paths, [one]
        page = work / f"page-{hashlib.sha256(address.encode()).hexdigest()[:12]}"
        self.download(source.kind, address, page, MAX_PAGE_BYTES)
        links = links_of(page.read_bytes(), address, file.links[address], file.becomes.get(address, ""))
        problems = [f"{host_of(address)} : la page ne nomme aucun fichier attendu ({address})."] if not links else []
        for link in links:
            try:
                paths, one = self._brought(source, reader, file, link, work)
            except GeoInputError as error:
                problems += [problem for problem in error.problems if problem not in problems]
            else:
                return paths, [one]
        self.answers.failed(address, problems[0])
        raise GeoInputError(problems)

    def _each(
        self, source: Source, reader: Reader, file: SourceFile, address: str, work: Path
    ) -> tuple[list[Path], list[Input]]:
        """Bring one file a département, all of them: a country half received is not received."""
        paths: list[Path] = []
        inputs: list[Input] = []
        for departement in embedded_atlas().departements.index:
            more, one = self._brought(source, reader, file, address.replace(EACH, str(departement)), work)
            paths += more
            inputs.append(one)
        return paths, inputs

    def _brought(
        self, source: Source, reader: Reader, file: SourceFile, address: str, work: Path
    ) -> tuple[list[Path], Input]:
        """Download a file, open it if it is an archive, and keep what is of the source's kind."""
        name = f"{source.kind}-{hashlib.sha256(address.encode()).hexdigest()[:12]}"
        target = self.folder(PARTS) / name
        try:
            got = self.download(source.kind, address, target, source.max_bytes)
            place = work / name
            place.mkdir()
            moved = target.rename(place / safe_name(unquote(urlsplit(address).path)))
        finally:
            target.unlink(missing_ok=True)
        self.tell(Step(source.kind, "lecture"))
        parts = unpack(moved, work / f"{name}-ouvert")
        paths = [part for part in parts if self.readers.recognise(part) == source.kind]
        if not paths and not (EACH in "".join(file.addresses) and _empty_collection(moved)):
            problem = (
                f"{host_of(address)} : le fichier reçu ({megabytes(got.bytes)}) n’est pas reconnu comme "
                f"« {source.name} ». Le producteur a peut-être changé ses colonnes."
            )
            self.answers.failed(address, problem)
            raise GeoInputError(problem)
        if not reader.several and paths:
            paths = [max(paths, key=reader.rank)]
        return paths, Input(got.address, got.sha256, got.bytes, got.date, got.etag, file.name)

    def download(self, kind: str, address: str, target: Path, max_bytes: int) -> Downloaded:
        """Download, asking nothing more of a host that did not answer at all."""
        host = urlsplit(address).netloc
        if host in self.silent_hosts:
            raise self.silent_hosts[host]
        try:
            got = download(
                address,
                target,
                max_bytes=max_bytes,
                timeout=self.timeout,
                retry=self.retry,
                progress=lambda received: self.tell(Step(kind, "téléchargement", received)),
            )
        except UnreachableError as error:
            self.silent_hosts[host] = error
            raise
        except DownloadError as error:
            if error.status is not None:
                self.answers.failed(without_login(address), error.problems[0])
            raise
        self.answers.gave(got.address)
        return got


def _empty_collection(path: Path) -> bool:
    """Tell whether a file is a GeoJSON without any object: a département where there is nothing to draw."""
    return path.stat().st_size < NOTHING and re.search(rb'"features"\s*:\s*\[\s*\]', path.read_bytes()) is not None
