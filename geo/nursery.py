"""The process that forks the readers of files, and these readers.

`python -m geo.nursery CONTROL ATLAS` loads the communes (pickled by its parent into the file ATLAS, an open
descriptor) and the readers, then waits on the socket CONTROL. Each message carries two descriptors: the channel of a child
to fork, and its lease. A child is ended as soon as the other end of its lease closes, so that nothing outlives who asked
for it, and its end is reported on the lease. No thread of Python runs here when it forks; those that Arrow keeps are made
anew in the child by Arrow itself.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import resource
import select
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.isolation import LIMITS, Limits, Request
from geo.paths import ROOT

IDLE_S = 900.0  # without a file to read, the template leaves; the next file starts another
LOOK_S = 0.02  # how often the memory of a child is measured
TOLD_EVERY_S = 0.05
PAGE = resource.getpagesize()
OPEN_FILES = 128


@dataclass
class _Child:
    """A child that runs: its lease, and why it was ended, when the template ended it."""

    pid: int
    lease: Connection[Any, Any]
    why: str = ""


class _Nursery:
    """The loop of the template: forks, watches, ends and reports."""

    def __init__(self, control: socket.socket, atlas: Atlas) -> None:
        self.control, self.atlas = control, atlas
        self.children: list[_Child] = []

    def run(self) -> None:
        """Serve until the parent lets go and the last child has ended, or nothing was asked for a long time."""
        wanted = True
        while wanted or self.children:
            ends: list[Any] = [*([self.control] if wanted else []), *(c.lease for c in self.children)]
            busy = bool(self.children)
            ready = select.select(ends, [], [], LOOK_S if busy else IDLE_S)[0]
            for child in [c for c in self.children if c.lease in ready]:
                self._end(child, "stopped")
            if self.control in ready:
                wanted = self._fork()
            self._watch()
            wanted &= bool(ready) or busy

    def _fork(self) -> bool:
        """Fork a child for the message that waits; False when the parent has closed."""
        message, descriptors, _, _ = socket.recv_fds(self.control, 1, 2)
        if not message or len(descriptors) != 2:
            return False
        channel: Connection[Any, Any] = Connection(descriptors[0])
        lease: Connection[Any, Any] = Connection(descriptors[1])
        pid = os.fork()
        if not pid:
            try:
                self.control.close()
                for end in (lease, *(c.lease for c in self.children)):
                    end.close()
                _serve(channel, self.atlas)
            finally:
                os._exit(0)
        channel.close()
        self.children.append(_Child(pid, lease))
        try:
            lease.send(("started",))
        except OSError:
            self._end(self.children[-1], "stopped")
        return True

    def _end(self, child: _Child, why: str) -> None:
        child.why = child.why or why
        os.kill(child.pid, signal.SIGKILL)  # not reaped yet: the number is still its own

    def _watch(self) -> None:
        for child in list(self.children):
            if _resident(child.pid) > LIMITS.memory:
                self._end(child, "memory")
            done, status, used = os.wait4(child.pid, os.WNOHANG)
            if not done:
                continue
            self.children.remove(child)
            by_clock = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM
            with contextlib.suppress(OSError):  # nobody listens any more
                child.lease.send(("ended", child.why or ("time" if by_clock else "crash"), _bytes(used.ru_maxrss)))
            child.lease.close()


def _bytes(kilobytes: int) -> int:
    return kilobytes * (1 if sys.platform == "darwin" else 1024)


def _statm(pid: int | str = "self") -> tuple[int, int]:
    """Return the address space and the resident memory of a process, in bytes; zeros where the system does not report them."""
    try:
        size, resident = Path(f"/proc/{pid}/statm").read_text().split()[:2]
    except (OSError, ValueError):
        return 0, 0
    return int(size) * PAGE, int(resident) * PAGE


def _resident(pid: int) -> int:
    return _statm(pid)[1]


# --- the child --------------------------------------------------------------------------------------------------
def _serve(channel: Connection[Any, Any], atlas: Atlas) -> None:
    """Do what is asked on the channel, under its limits, and send back what came of it."""
    request: Request = channel.recv()
    _limit(request.limits)
    gc.disable()  # a short life: nothing is worth going through millions of values for
    tempfile.tempdir = str(request.folder)
    last = 0.0

    def tell(part: float, text: str) -> None:
        nonlocal last
        now = time.monotonic()
        if part >= 1 or now - last >= TOLD_EVERY_S:
            last = now
            channel.send(("told", float(part), text[:200]))

    channel.send_bytes(_answer(request, atlas, tell))


def _answer(request: Request, atlas: Atlas, tell: Callable[[float, str], None]) -> bytes:
    try:
        value = request.work(request.path, atlas, tell, **request.options)
        made = bytes(ForkingPickler.dumps(("read", value, _peak())))
        if len(made) > request.limits.result:
            raise GeoInputError(
                "Ce que ce fichier donne une fois lu est trop gros pour ce tableau de bord ; n’y gardez que les territoires voulus."
            )
        return made
    except GeoInputError as error:
        message: tuple[str, Any, int] = ("refused", tuple(str(p)[:1_000] for p in error.problems[:200]), _peak())
    except MemoryError:
        message = ("memory", "", _peak())
    except BaseException as error:  # of a native library too: pyo3 derives its own from BaseException
        full = "bad_alloc" in str(error)  # as GEOS puts it
        message = ("memory", "", _peak()) if full else ("surprised", _place(error), _peak())
    return bytes(ForkingPickler.dumps(message))


def _place(error: BaseException) -> str:
    """Say the kind of an error and where it was raised, without a word of the data."""
    frames = traceback.extract_tb(error.__traceback__)
    mine = [f for f in frames if Path(f.filename).is_relative_to(ROOT) and "site-packages" not in f.filename]
    own = mine or frames
    return f"{type(error).__name__} in {Path(own[-1].filename).name}, line {own[-1].lineno}"


def _peak() -> int:
    return _bytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _limit(limits: Limits) -> None:
    """Have the system itself end, or deny, what goes past the limits."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    size, resident = _statm()
    ceilings = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: limits.files, resource.RLIMIT_NOFILE: OPEN_FILES}
    if size:
        ceilings[resource.RLIMIT_AS] = size + max(limits.memory - resident, 0)
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")  # the first that a machine short of memory ends
    for which, ceiling in ceilings.items():
        _, most = resource.getrlimit(which)
        ceiling = ceiling if most == resource.RLIM_INFINITY else min(ceiling, most)
        resource.setrlimit(which, (ceiling, ceiling))


# --- start ------------------------------------------------------------------------------------------------------
_TABLE = "clsm;code_commune;nom_commune;code_postal;epci\nA;94028;Créteil;94000;\nB;;Évry;;\n".encode()
_SHAPE = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"nom":"A"},"geometry":{"type":"Polygon",'
    b'"coordinates":[[[2.4,48.7],[2.5,48.7],[2.5,48.8],[2.4,48.7]]]}}]}'
)


def _warm(atlas: Atlas, folder: Path) -> None:
    """Read a table and a shape of ours, so that indexes, outlines and libraries are there before any fork."""
    import geo.exports.reimport  # noqa: F401
    from geo.imports import read_import

    tempfile.tempdir = str(folder)
    for name, content in (("a.csv", _TABLE), ("a.geojson", _SHAPE)):
        read_import(content, name, "clsm", atlas=atlas)


def main(control: int, content: int) -> None:
    """Load, then serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(content, "rb") as file:
        atlas: Atlas = pickle.load(file)  # noqa: S301 - written by our own parent
    with tempfile.TemporaryDirectory(prefix="clsm-import-") as folder:
        _warm(atlas, Path(folder))
    gc.collect()
    gc.freeze()  # what is shared with the children stays shared
    _Nursery(socket.socket(fileno=control), atlas).run()
    os._exit(0)  # nothing to put in order: what was loaded goes at once


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
