"""Update the official sources, from their producers or from a mirror, several at once.

For each kind: fetch, know the files by their content, read them into a new folder, then switch to it in one move
(`geo.sources.versions`). Whatever goes wrong with a kind, at whatever byte, leaves its previous version whole and active, and
the other kinds untouched. The same files again change nothing.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from geo.communes import Atlas
from geo.errors import GeoInputError, system_reason
from geo.files import (
    PATIENCE,
    TRIES,
    Downloaded,
    Retry,
    Timeouts,
    UnreachableError,
)
from geo.sources.answers import record
from geo.sources.bring import Bringer, Inputs
from geo.sources.catalogue import Source, load_sources, pick_sources
from geo.sources.mirrors import Found, Mirror, read_folder, read_web
from geo.sources.outlines import OUTLINES, WHOLE, Outlines
from geo.sources.readers import Reader, ReadReport
from geo.sources.report import KindResult, Outcome, Progress, Readers, Step, SyncReport
from geo.sources.versions import (
    PARTS,
    WORK,
    Manifest,
    clean_sources,
    current,
    fingerprint,
    install,
    inventory,
    keep,
    only_run,
    read_version,
)
from geo.visible import one_line

AT_ONCE = 4


BeforeUse = Callable[[Path], None]  # given the folder of outlines that are about to be used


def _silent(_: Step) -> None: ...


def _unprepared(_: Path) -> None: ...


def sync(
    kinds: Iterable[str] | None = None,
    *,
    mirror: str | None = None,
    home: Path | None = None,
    progress: Progress = _silent,
    readers: Readers | None = None,
    catalogue: Mapping[str, Source] | None = None,
    timeout: Timeouts = PATIENCE,
    retry: Retry = TRIES,
    before_use: BeforeUse = _unprepared,
) -> SyncReport:
    """Update `kinds` (all when None) from their official addresses, or from `mirror` (folder or address).

    `progress` is never called by two threads at once; `before_use` is given the outlines of all communes just read, before they are
    switched to. A kind that fails is in the report, never raised.

    Raises
    ------
    BusyError
        When another run writes into the same `home`.
    GeoInputError
        When a kind is unknown, the mirror cannot be read, or `home` cannot be written to.
    """
    known = load_sources() if catalogue is None else catalogue
    wanted = pick_sources(kinds, known)
    with only_run(home):
        clean_sources(home)
        run = _Run(home, readers or Readers(), progress, timeout, retry, before_use=before_use)
        try:
            with tempfile.TemporaryDirectory(dir=run.folder(WORK)) as work:
                contents = _open_mirror(mirror, Path(work), run, wanted) if mirror else None
                results = run.all(wanted, contents)
        finally:
            record(run.answers.seen, home)
            clean_sources(home)
    return SyncReport(tuple(results), tuple(contents.notices) if contents else ())


def _open_mirror(place: str, work: Path, run: _Run, wanted: list[Source]) -> Mirror:
    ceiling = max(source.max_bytes for source in wanted)
    if "://" not in place:
        return read_folder(Path(place).expanduser(), work, run.readers.recognise, max_bytes=ceiling)

    def fetch(address: str, target: Path, max_bytes: int) -> Downloaded:
        return run.download("miroir", address, target, max_bytes)

    kinds = [source.kind for source in wanted]
    mirror = read_web(place, work, run.readers.recognise, fetch=fetch, kinds=kinds, max_bytes=ceiling)
    run.tell(Step("miroir", "fin"))
    return mirror


Candidate = Callable[[Path], Inputs]  # brings files, given a folder to work in


@dataclass
class _Run(Bringer):
    before_use: BeforeUse = _unprepared
    outlines: Outlines = field(default_factory=Outlines)

    def all(self, wanted: list[Source], mirror: Mirror | None) -> list[KindResult]:
        first = sorted(wanted, key=lambda source: source.kind != OUTLINES)  # others wait for the outlines to read
        if not any(source.kind == OUTLINES for source in wanted):
            self.outlines.settled.set()
        with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="sync") as pool:
            futures = {source.kind: pool.submit(self.one, source, mirror) for source in first}
            try:
                return [futures[source.kind].result() for source in wanted]
            except BaseException:
                self.stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def one(self, source: Source, mirror: Mirror | None) -> KindResult:
        try:
            result = self._one(source, mirror)
        except GeoInputError as error:
            result = KindResult(source.kind, Outcome.FAILED, error.problems)
        except OSError as error:
            result = KindResult(
                source.kind, Outcome.FAILED, (f"Écriture ou lecture impossible ({system_reason(error)}).",)
            )
        finally:
            if source.kind == OUTLINES:
                self.outlines.settled.set()
        self.tell(Step(source.kind, "fin", result=result))
        return result

    def _one(self, source: Source, mirror: Mirror | None) -> KindResult:
        kind = source.kind
        reader = self.readers.by_kind.get(kind)
        if reader is None:
            return KindResult(kind, Outcome.FAILED, ("Cette version de l’outil ne lit pas cette couche.",))
        if mirror is None:
            candidates = self._official(source, reader)
            if not candidates:
                return KindResult(kind, Outcome.BY_HAND, (by_hand(source),))
        else:
            found = mirror.of(kind)
            if not found:
                lost = tuple(mirror.missing.get(kind, ()))
                return KindResult(kind, Outcome.FAILED if lost else Outcome.ABSENT, lost)
            candidates = _mirrored(found, reader)
        return self._first(source, reader, candidates, "officiel" if mirror is None else "miroir")

    def _first(self, source: Source, reader: Reader, candidates: Sequence[Candidate], origin: str) -> KindResult:
        """Take the first candidate that can be had and read; report why the others could not."""
        reasons: list[str] = []
        unreachable = True
        for candidate in candidates:
            with tempfile.TemporaryDirectory(dir=self.folder(WORK)) as work:
                try:
                    inputs = candidate(Path(work))
                    unreachable = False
                    result = self._take(source, reader, inputs, origin, reasons, Path(work))
                except GeoInputError as error:
                    unreachable = unreachable and isinstance(error, UnreachableError)
                    reasons += [problem for problem in error.problems if problem not in reasons]
                else:
                    self._forget_parts(source.kind)
                    return result
        return KindResult(source.kind, Outcome.FAILED, tuple(reasons), unreachable=unreachable)

    def _take(
        self, source: Source, reader: Reader, inputs: Inputs, origin: str, refused: list[str], work: Path
    ) -> KindResult:
        kind, mark = source.kind, fingerprint(inputs.inputs)
        used = current(kind, self.home)
        outlines, atlas = self.outlines.given(self.home) if reader.outlined else ("", None)
        if (
            used
            and (used.manifest.fingerprint, used.manifest.outlines) == (mark, outlines)
            and read_version(used.path, deep=True)
        ):
            keep(used)
            return KindResult(kind, Outcome.UNCHANGED, version=used)
        self.tell(Step(kind, "lecture"))
        stage = work / "produits"
        stage.mkdir()
        report = _read(reader, inputs.paths, stage, atlas)
        carried = reader.carry(used.path, stage) if reader.carry and used else []
        if carried or outlines:  # the same files make other products
            kept_from = used.version if used and carried else ""
            mark = hashlib.sha256(f"{mark} {outlines} {kept_from}".encode()).hexdigest()
        now = datetime.now().astimezone()
        manifest = Manifest(
            kind=kind,
            version=f"{now:%Y-%m-%d}-{mark[:10]}",
            date=now.isoformat(timespec="microseconds"),
            origin=origin,
            producer=source.producer,
            licence=source.licence,
            vintage=one_line(report.vintage),
            rows=report.rows,
            departements=report.departements,
            notes=tuple(map(one_line, (*report.notes, *carried, *inputs.notes, *refused))),
            inputs=inputs.inputs,
            files=inventory(stage),
            outlines=outlines,
        )
        absent = sorted(set(report.files) - manifest.files.keys())
        if absent or not report.files:
            raise GeoInputError(f"La lecture n’a pas produit {', '.join(absent) or 'de fichier'}.")
        if kind == OUTLINES and set(WHOLE) <= manifest.files.keys():
            self.before_use(stage)
        return KindResult(kind, Outcome.UPDATED, version=install(stage, manifest, self.home))

    def _official(self, source: Source, reader: Reader) -> list[Candidate]:
        first, *others = source.files if reader.several else source.files[:1]
        return [partial(self.bring, source, reader, first, address, others) for address in first.addresses]

    def _forget_parts(self, kind: str) -> None:
        for file in self.folder(PARTS).glob(f"{kind}-*"):
            file.unlink(missing_ok=True)


def _read(reader: Reader, paths: Sequence[Path], stage: Path, atlas: Atlas | None) -> ReadReport:
    try:
        return reader.read(paths, stage) if atlas is None else reader.read(paths, stage, atlas=atlas)
    except GeoInputError:
        raise
    except Exception as error:  # a parser surprised by a foreign file: one kind fails, the others go on
        raise GeoInputError(
            f"Lecture impossible ({type(error).__name__}) : le fichier n’a pas la forme attendue."
        ) from error


def _mirrored(found: list[Found], reader: Reader) -> list[Candidate]:
    """Return what to try: all the files together for a reader of several, else each, the preferred first."""
    ranked = sorted(found, key=lambda f: -reader.rank(f.path))
    groups = [ranked] if reader.several else [[one] for one in ranked]

    def bring(group: list[Found], _: Path) -> Inputs:
        inputs = {one.original: one.as_input() for one in group}
        return Inputs(tuple(one.path for one in group), tuple(inputs.values()))

    return [partial(bring, group) for group in groups]


def by_hand(source: Source) -> str:
    """Say how to get a source that has no direct address."""
    return f"Aucune adresse directe connue. Prenez le fichier sur {source.page}, puis donnez son dossier avec --mirror."
