"""The command `sync`: its options, its progress on the terminal, its summary."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TextIO

from geo.errors import GeoInputError
from geo.files import DownloadError, without_login
from geo.french import NBSP, count, day, listing, megabytes, number
from geo.sources import (
    Answer,
    KindResult,
    Outcome,
    Source,
    Step,
    SyncReport,
    current,
    load_sources,
    maps_ahead,
    read_answers,
    sync,
)

BAR = 10
EVERY_S = 0.1
OFFLINE = "Hors ligne : aucun serveur n’a répondu. Rien n’est changé, le tableau de bord garde les données en place."


class SyncFailedError(GeoInputError):
    """Nothing could be synchronised; the command ends with `exit_code`."""

    exit_code = 1


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `sync` to the command line's grammar."""
    command = commands.add_parser("sync", help="mettre à jour les données officielles")
    command.add_argument("--layer", action="append", metavar="COUCHE", help="une couche (répétable) ; toutes sinon")
    command.add_argument(
        "--mirror",
        metavar="DOSSIER|ADRESSE",
        default=os.environ.get("CLSM_MIRROR") or None,
        help="prendre les fichiers dans ce dossier ou à cette adresse (par défaut CLSM_MIRROR, sinon les producteurs)",
    )
    command.add_argument(
        "--list",
        action="store_true",
        help="montrer les couches, leur version et la dernière réponse de leur adresse, sans rien faire",
    )


def run(options: argparse.Namespace) -> Iterable[str]:
    """Synchronise and return the summary; progress goes to stderr.

    Raises
    ------
    SyncFailedError
        When nothing succeeded.
    """
    if options.list:
        return list_sources()
    with closing(Screen(sys.stderr)) as screen:
        try:
            report = sync(options.layer, mirror=options.mirror, progress=screen.show, before_use=maps_ahead)
        except DownloadError as error:  # the mirror itself
            raise SyncFailedError(error.problems) from error
    if report.offline:
        raise SyncFailedError(OFFLINE)
    lines = summary(report, options.mirror)
    if report.failed:
        raise SyncFailedError(lines)
    return lines


def list_sources(home: Path | None = None) -> list[str]:
    """Return one line for each source: the active version, when its address last answered, and where it is published."""
    rows = [("couche", "en place", "taille", "certitude", "adresse", "source")]
    answers = read_answers(home)
    for source in load_sources().values():
        used = current(source.kind, home)
        place = f"{used.manifest.date[:10]}, {count(used.manifest.rows, 'ligne')}" if used else "–"
        rows.append(
            (
                source.kind,
                place,
                _size(source),
                source.certainty,
                _answer(source, answers),
                f"{source.producer} : {source.page}",
            )
        )
    return _table(rows)


def _answer(source: Source, answers: Mapping[str, Answer]) -> str:
    """Say when the addresses of a source were last known to answer; where to look for the files whose addresses no longer do."""
    main, *others = source.files
    broken = [
        f"« {file.name} »"
        for file in others
        if file.addresses and all(_is_broken(answers.get(a)) for a in file.addresses)
    ]
    lost = f" ; sans réponse pour {listing(broken)} : cherchez sur {source.page}" if broken else ""
    return _main_answer(source, [answers[a] for a in main.addresses if a in answers]) + lost


def _is_broken(answer: Answer | None) -> bool:
    return answer is not None and answer.broken


def _main_answer(source: Source, seen: Sequence[Answer]) -> str:
    good = [answer for answer in seen if answer.answered and not answer.broken]
    if good:
        return f"a répondu le {day(max(answer.answered for answer in good))}"
    if not source.files[0].addresses:
        return f"aucune : cherchez sur {source.page}"
    if not seen:
        return f"jamais demandée ici, adresse lue en {source.read_on}"
    before = max(answer.answered for answer in seen)
    known = f", après une réponse le {day(before)}" if before else ""
    return f"ne répond plus depuis le {day(max(answer.failed for answer in seen))}{known} : cherchez sur {source.page}"


def _size(source: Source) -> str:
    return megabytes(source.expected_bytes) if source.addresses else "à la main"


def summary(report: SyncReport, mirror: str | None = None) -> list[str]:
    """Return the table of what became of each kind, then what there is to know of the mirror."""
    rows = [("couche", "résultat", "lignes", "millésime", "détail")]
    for result in report.results:
        used = result.version.manifest if result.version else None
        rows.append(
            (
                result.kind,
                result.outcome.value,
                number(used.rows) if used else "",
                used.vintage if used else "",
                _detail(result),
            )
        )
    good = sum(result.good for result in report.results)
    total = len(report.results)
    last = f"{count(good, 'couche')} à jour sur {number(total)}" + (
        f" (miroir : {without_login(mirror)})." if mirror else "."
    )
    return [*_table(rows), *(f"À noter : {notice}" for notice in report.notices), last]


def _detail(result: KindResult) -> str:
    if result.version is None:
        return " ".join(result.reasons)
    used = result.version.manifest
    received = f"{count(len(used.inputs), 'fichier')}, {megabytes(sum(i.bytes for i in used.inputs))}"
    return f"{received} ; {count(len(used.notes), 'remarque')}" if used.notes else received


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return ["  ".join([*(t.ljust(w) for t, w in zip(row, widths, strict=False)), row[-1]]).rstrip() for row in rows]


class Screen:
    """Show the steps of a run: one line rewritten on a terminal, a line for each kind done elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.live = stream.isatty()
        self.steps: dict[str, Step] = {}
        self.last = 0.0

    def close(self) -> None:
        """Clear the line, whatever ended the run."""
        self._write("")

    def show(self, step: Step) -> None:
        """Take a step into account."""
        if step.stage == "fin":
            self.steps.pop(step.kind, None)
            self._write("")
            if step.result and not step.result.unreachable and step.result.outcome is not Outcome.BY_HAND:
                self.stream.write(f"{step.kind} : {_sentence(step.result)}\n")
                self.stream.flush()
            return
        before = self.steps.get(step.kind)
        self.steps[step.kind] = step
        if self.live:
            if time.monotonic() - self.last > EVERY_S:
                self.last = time.monotonic()
                self._write(self._line())
        elif before is None or before.stage != step.stage:
            self.stream.write(f"{step.kind} : {step.stage}…\n")
            self.stream.flush()

    def _line(self) -> str:
        return "   ".join(f"{step.kind} {_bar(step)}" for step in self.steps.values())

    def _write(self, line: str) -> None:
        if self.live:
            width = shutil.get_terminal_size().columns - 1
            self.stream.write("\r" + line[:width].ljust(width) + ("" if line else "\r"))
            self.stream.flush()


def _bar(step: Step) -> str:
    got = step.received
    if got is None:
        return f"{step.stage}…"
    rate = f"{megabytes(got.bytes_per_s)}/s"
    if not got.total:
        return f"{megabytes(got.bytes)} à {rate}"
    full = min(BAR, got.bytes * BAR // got.total)
    bar = "█" * full + "░" * (BAR - full)
    return f"{bar} {megabytes(got.bytes)} sur {megabytes(got.total)} à {rate}"


def _sentence(result: KindResult) -> str:
    if result.outcome is Outcome.UPDATED and result.version:
        return f"mis à jour, {count(result.version.manifest.rows, 'ligne')}"
    if result.reasons:
        return f"{result.outcome.value}{NBSP}: {listing([r.rstrip('.') for r in result.reasons], most=2)}."
    return f"{result.outcome.value}."
