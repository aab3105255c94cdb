"""A file given by a person is read in a process of its own, with ceilings of time, memory and result.

Whatever a crafted or damaged file does (a native crash, a bomb, an endless view), it does it to that process: the caller gets a
sentence and goes on. `read` is the one entry:

- a *template* process (`geo.nursery`) has loaded the communes and the readers once; it forks a child for each file,
  so that a reading costs some hundredths of a second more than in the caller;
- the child works under limits that the system enforces (wall time, address space, size of files), the template
  watches its resident memory besides, and ends it when the caller lets go of it: cancelled, gone, or dead;
- what the child sends back is pickled by our own code, and bounded. The child runs as the same user as the caller: the
  process holds back accidents and bombs, it is no boundary of rights.

Few are read at once by one process of a server (`MOST_AT_ONCE`); others wait their turn, visitors after one another (geo.turns), and past
`MOST_WAITING` they are asked to come back.
"""

from __future__ import annotations

import contextlib
import logging
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any, Literal

from geo.communes import Atlas
from geo.errors import GeoInputError, system_reason
from geo.french import count, megabytes
from geo.isolation.template import LIMITS, Limits, Request, template_for
from geo.turns import GoneError, Line, Stop, Words

Tell = Callable[[float, str], None]


Ending = Literal["read", "refused", "time", "memory", "crash", "stopped"]
LOG = logging.getLogger(__name__)
MOST_AT_ONCE = 2
MOST_WAITING = 8
MOST_OF_ONE = 4  # of one visitor (geo.turns), who may have several pages open
LOOK_S = 0.1  # how often a reading is looked at
PATIENCE_S = 120.0  # for the template to load the communes, on a machine that has much else to do
GRACE_S = 5.0  # past the time limit, the template itself is taken for lost
CANCELLED = "Lecture annulée. Rien n’est changé."
AGAIN = "Rien n’est changé."
BUSY = (
    "Trop de fichiers sont en cours de lecture sur ce serveur ; redonnez le vôtre dans une minute. Rien n’est changé."
)
YOURS = "Plusieurs de vos fichiers attendent déjà d’être lus : laissez-les finir, puis redonnez celui-ci. Rien n’est changé."


@dataclass(frozen=True)
class Outcome:
    """How a reading ended: `value` when it was read, else `problems`, French sentences to show.

    `ended` says how: "read", "refused" (the reader's own sentences), "time", "memory", "crash" (a native fault, or an end that nobody
    asked for), "stopped" (cancelled). `peak` is the child's highest resident memory in bytes (0 when unknown), what it
    shares with the template included; `seconds` its life on the clock.
    """

    ended: Ending
    value: Any = None
    problems: tuple[str, ...] = ()
    peak: int = 0
    seconds: float = 0.0

    def result(self) -> Any:
        """Return the value.

        Raises
        ------
        StoppedError
            When the reading was cancelled.
        GeoInputError
            When there is no value, with the sentences.
        """
        if self.ended == "stopped":
            raise StoppedError(self.problems)
        if self.ended != "read":
            raise GeoInputError(self.problems)
        return self.value


class StoppedError(GeoInputError):
    """The reading was cancelled; nothing is to be shown but that."""


_LINE = Line(Words(BUSY, YOURS, gone=CANCELLED), places=MOST_AT_ONCE, most=MOST_WAITING, each=MOST_OF_ONE)


def read(
    work: Callable[..., Any],
    source: Path | bytes,
    name: str,
    *,
    atlas: Atlas,
    options: Mapping[str, Any] | None = None,
    tell: Tell | None = None,
    stop: Stop | None = None,
    limits: Limits = LIMITS,
) -> Outcome:
    """Read a file in a process of its own, and wait for what comes of it.

    Parameters
    ----------
    work
        A function of a module (it is named to the child, which imports it): `work(path, atlas, tell, **options)`. What it
        returns must be picklable; a `GeoInputError` gives its sentences, anything else that it raises a general one.
    source
        The file, or its bytes.
    name
        Name of the file, for messages.
    tell
        Called in this thread with the part that is done (0 to 1) and what is being done, in French.
    stop
        Ends the reading once it is set, also while it waits its turn.
    limits
        Ceilings of the child.
    """
    say = tell or (lambda _part, _text: None)
    halt: Stop = stop or threading.Event()

    def waits(before: int) -> None:
        say(0.0, f"En attente : {count(before, 'fichier')} avant le vôtre")

    try:
        with _LINE.turn(waits, halt), tempfile.TemporaryDirectory(prefix="clsm-import-") as folder:
            if isinstance(source, bytes):
                path = Path(folder) / "fichier"
                path.write_bytes(source)
            else:
                path = source.resolve()
            request = Request(work, path, Path(folder), dict(options or {}), limits)
            return _try(request, name, atlas, say, halt)
    except GoneError as error:
        return Outcome("stopped", problems=error.problems)
    except GeoInputError as error:
        return Outcome("refused", problems=error.problems)
    except OSError as error:  # no room for the file, no process to be had
        text = f"{name} : la lecture n’a pas pu se faire sur cette machine ({system_reason(error)}). {AGAIN}"
        return Outcome("refused", problems=(text,))


def warm(atlas: Atlas) -> None:
    """Have the template load the communes now, so that the first file need not wait for it."""
    with contextlib.suppress(OSError):
        template_for(atlas)


def _try(request: Request, name: str, atlas: Atlas, tell: Tell, stop: Stop) -> Outcome:
    """Have a child read; a template that was found dead is replaced once."""
    for _ in range(2):
        template = template_for(atlas)
        with _Pipes() as pipes:
            if template.fork(pipes.child, pipes.watched):
                found = _follow(pipes, request, name, tell, stop)
                if found is not None:
                    return found
        template.let_go()
    LOG.error("the process that reads files does not start")
    return Outcome(
        "crash",
        problems=(
            f"{name} : la lecture n’a pas pu commencer sur cette machine ; relancez le tableau de bord. {AGAIN}",
        ),
    )


class _Pipes:
    """Two channels: `ours` to the child (request, progress, result), `lease` to the template, which ends the child once it closes."""

    def __enter__(self) -> _Pipes:
        self.ours, self.child = Pipe()
        self.lease, self.watched = Pipe()
        return self

    def __exit__(self, *_: object) -> None:
        for end in (self.ours, self.child, self.lease, self.watched):
            end.close()


def _follow(pipes: _Pipes, request: Request, name: str, tell: Tell, stop: Stop) -> Outcome | None:
    """Wait for the end of a child; None when it never began, because the template is dead."""
    pipes.child.close()
    pipes.watched.close()
    ends: list[Any] = [pipes.ours, pipes.lease]
    began, last = 0.0, time.monotonic() + PATIENCE_S
    end: Outcome | None = None  # as the template reports it; what the child itself said goes first
    while not stop.is_set():
        if end is not None and pipes.ours not in ends:
            return end
        if time.monotonic() > last:
            return _ended("time", name, request.limits, 0, request.limits.seconds) if began else None
        ready = wait(ends, LOOK_S)
        for channel in (c for c in (pipes.ours, pipes.lease) if c in ready):
            message = _received(channel, request.limits)
            if message is None:
                ends.remove(channel)
                if channel is pipes.lease and end is None:  # the template is dead
                    return _ended("crash", name, request.limits, 0, time.monotonic() - began) if began else None
            elif message[0] == "started":
                began = time.monotonic()
                last = began + request.limits.seconds + GRACE_S
                with contextlib.suppress(OSError):
                    pipes.ours.send(request)
            elif message[0] == "told":
                tell(message[1], message[2])
            elif message[0] == "ended":
                end = _outcome(message, name, request.limits, time.monotonic() - began)
            else:
                return _outcome(message, name, request.limits, time.monotonic() - began)
    return Outcome("stopped", problems=(CANCELLED,))


def _received(end: Connection[Any, Any], limits: Limits) -> tuple[Any, ...] | None:
    """Return a message, None when the other end is gone or says more than it may."""
    try:
        return ForkingPickler.loads(end.recv_bytes(limits.result + 1_000))
    except Exception:  # cut anywhere by the end of the child
        return None


def _outcome(message: tuple[Any, ...], name: str, limits: Limits, seconds: float) -> Outcome:
    """Understand the last message of a child, or of the template about it."""
    kind, said, peak = message
    if kind == "read":
        return Outcome("read", value=said, peak=peak, seconds=seconds)
    if kind == "refused":
        return Outcome("refused", problems=tuple(said), peak=peak, seconds=seconds)
    if kind == "memory":
        return _ended("memory", name, limits, peak, seconds)
    if kind == "ended":
        return _ended(said if said in ("time", "memory") else "crash", name, limits, peak, seconds)
    LOG.error("a reader was surprised: %s", said)  # the kind of error and its place: no traceback, no data
    text = (
        f"{name} : ce fichier n’a pas pu être lu ({str(said).partition(' ')[0]}). {AGAIN} Enregistrez-le de nouveau depuis le "
        "logiciel d’origine, ou recopiez vos lignes dans le modèle à remplir."
    )
    return Outcome("refused", problems=(text,), peak=peak, seconds=seconds)


def _ended(ended: Ending, name: str, limits: Limits, peak: int, seconds: float) -> Outcome:
    advice = "Simplifiez ses contours, ou n’y gardez que les lignes et les colonnes utiles, puis redonnez-le."
    text = {
        "time": f"{name} : la lecture a été arrêtée après {count(round(limits.seconds), 'seconde')}, trop longue pour ce "
        f"tableau de bord. {AGAIN} {advice}",
        "memory": f"{name} : ce fichier demande plus de mémoire que les {megabytes(limits.memory)} accordés à une lecture. "
        f"{AGAIN} {advice}",
        "crash": f"{name} : la lecture s’est arrêtée net, le fichier est abîmé ou trop lourd. {AGAIN} Enregistrez-le de nouveau "
        "depuis le logiciel d’origine, en ne gardant que les lignes et les colonnes utiles.",
    }[ended]
    return Outcome(ended, problems=(text,), peak=peak, seconds=seconds)
