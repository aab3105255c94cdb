"""A synchronisation that runs beside the dashboard, in a process of its own: `python -m geo.sources`.

It says where it stands in one small file, written whole at each step, that the pages read. It is silent otherwise:
without a network it says so in that file, and the dashboard keeps what it has.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from geo.errors import GeoInputError
from geo.files import alive, read_json, write_json
from geo.paths import ROOT
from geo.rights import Act, Actor, actor_of, ensure_may
from geo.sources.ahead import maps_ahead
from geo.sources.report import KindResult, Step, SyncReport
from geo.sources.versions import BusyError, current, sources_folder

STATUS = "etat.json"
EVERY_S = 0.5
WANTED = ("qpv", "densite", "ressources")  # what makes a first start: the sources that change what the checks say


@dataclass(frozen=True)
class Status:
    """Where a run stands. `steps` gives, for each kind being downloaded, its stage and bytes (received, expected or 0)."""

    running: bool
    started: str
    offline: bool = False
    steps: Mapping[str, tuple[str, int, int]] = field(default_factory=dict)
    done: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def wanted(home: Path | None = None) -> bool:
    """Return whether a source that the checks count on was never received."""
    return any(current(kind, home) is None for kind in WANTED)


def read_status(home: Path | None = None) -> Status | None:
    """Return where the last run stands or how it ended, None when there was none or its file is not understood."""
    path = sources_folder(home) / STATUS
    try:
        raw = read_json(path)
        running = bool(raw["running"]) and (alive(int(raw["process"])) or time.time() - path.stat().st_mtime < 2)
        steps = {str(k): (str(s), int(got), int(total)) for k, (s, got, total) in raw["steps"].items()}
        return Status(
            running=running,
            started=str(raw["started"]),
            offline=bool(raw["offline"]),
            steps=steps if running else {},
            done={str(k): str(v) for k, v in raw["done"].items()},
            problem=str(raw["problem"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None


class Journal:
    """Write where a run stands, now and then."""

    def __init__(self, home: Path | None) -> None:
        self.path = sources_folder(home) / STATUS
        self.state: dict[str, Any] = {
            "running": True,
            "process": os.getpid(),
            "started": datetime.now().astimezone().isoformat(timespec="seconds"),
            "offline": False,
            "steps": {},
            "done": {},
            "problem": "",
        }
        self.last = 0.0

    def show(self, step: Step) -> None:
        """Take a step into account."""
        if step.stage == "fin":
            self.state["steps"].pop(step.kind, None)
            if step.result:
                self.state["done"][step.kind] = _sentence(step.result)
        else:
            got = step.received
            self.state["steps"][step.kind] = [step.stage, got.bytes if got else 0, (got.total or 0) if got else 0]
        if step.stage == "fin" or time.monotonic() - self.last > EVERY_S:
            self.write()

    def end(self, report: SyncReport | None, problem: str = "") -> None:
        """Say how the run ended."""
        offline = report.offline if report else False
        self.state.update(running=False, steps={}, offline=offline, problem=problem)
        self.write()

    def write(self) -> None:
        """Write the file; a disk that is full is no reason to stop receiving data."""
        self.last = time.monotonic()
        with contextlib.suppress(OSError):
            write_json(self.path, self.state)


def _sentence(result: KindResult) -> str:
    return (
        result.outcome.value if result.good or not result.reasons else f"{result.outcome.value} : {result.reasons[0]}"
    )


def start(*kinds: str, who: str | Actor) -> subprocess.Popen[bytes]:
    """Start a synchronisation in a process of its own, of the kinds named or of all but those on demand.

    Raises
    ------
    GeoInputError
        When `who` may not, for all of France, whose data it changes; a plain name may (`geo.rights.actor_of`).
    """
    ensure_may(actor_of(who), Act.SYNCHRONISE, None)
    silent = subprocess.DEVNULL
    command = [sys.executable, "-m", "geo.sources", *kinds]
    return subprocess.Popen(command, cwd=ROOT, stdin=silent, stdout=silent, stderr=silent)


def main(home: Path | None = None, mirror: str | None = None, kinds: Sequence[str] = ()) -> int:
    """Synchronise everything once, or the kinds named, reporting it in the journal; 0 when something came."""
    from geo.sources.synchronise import sync

    journal = Journal(home)
    journal.write()
    try:
        mirror = mirror or os.environ.get("CLSM_MIRROR") or None
        report = sync(kinds or None, mirror=mirror, home=home, progress=journal.show, before_use=maps_ahead)
    except BusyError:
        return 1  # another run is at it, and keeps the journal
    except GeoInputError as error:
        journal.end(None, " ".join(error.problems))
        return 1
    except BaseException:
        journal.end(None, "Mise à jour interrompue.")
        raise
    journal.end(report)
    return 1 if report.failed else 0
