"""What who runs the server asks of a process: may it be sent visitors (`/pret`), and its figures for Prometheus (`/mesures`); and what
the proxy before several processes asks: whether a file that is sent is for a page open here.

Liveness is the framework's own (`/_stcore/health`): it answers as soon as the server listens. Figures are for this machine alone: what
a proxy passes on is refused, even one of this machine.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import threading
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config, runtime

from geo.errors import GeoInputError
from ui.server.failures import write_down
from ui.server.lanes import FIGURES

LOADED = threading.Event()  # the country is in memory
KEPT_S = 1.0  # however often it is asked, the register is looked at once a second
PATIENCE_S = 5.0
READY = "Prêt."
NOT_LOADED = "Pas encore prêt : les communes se chargent."
NO_REGISTER = "Pas prêt : le registre des couches importées ne répond pas."
SLOW_REGISTER = "Pas prêt : le registre des couches importées tarde à répondre."
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip", "via")
LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
MEMORY = Path("/proc/self/statm")  # of Linux
PAGE_BYTES = 4096
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)$")
Figure = tuple[str, str, str, float]  # name (and labels between braces), kind, what it means, value
ALSO: list[Callable[[], list[Figure]]] = []  # what other parts of the screen count (ui/cache.py)


def relayed(headers: Iterable[str]) -> bool:
    """Return whether a proxy passed a request on, by the names of its headers."""
    return not {name.lower() for name in headers}.isdisjoint(FORWARDED)


def register_problem() -> str:
    """Return why the register cannot be used, "" when it answers. Its own reason names machines: it is for the log, not for here."""
    from geo.register import exists, heads  # with pandas, which the first answers need not wait for

    try:
        if exists():
            heads()
    except GeoInputError:
        return NO_REGISTER
    return ""


class Readiness:
    """The answer of `/pret`, kept for a moment; one look at the register at a time, whoever asks."""

    def __init__(self, look: Callable[[], str] = register_problem) -> None:
        self.look = look
        self.at, self.said = float("-inf"), ""
        self.looking: asyncio.Task[str] | None = None

    async def problem(self) -> str:
        """Return why visitors should go elsewhere, "" when they may come."""
        if not LOADED.is_set():
            return NOT_LOADED
        if time.monotonic() - self.at < KEPT_S:
            return self.said
        if self.looking is None or self.looking.done():
            self.looking = asyncio.create_task(asyncio.to_thread(self.look))
        try:
            self.said = await asyncio.wait_for(asyncio.shield(self.looking), PATIENCE_S)
        except TimeoutError:
            self.said = SLOW_REGISTER
        except Exception as error:  # nobody foresaw it: who asks must be answered all the same
            write_down(error)
            self.said = NO_REGISTER
        self.at = time.monotonic()
        return self.said


def figures() -> list[Figure]:
    """Return the figures of this process; one that is not known is left out."""
    from geo.dataset import token  # likewise

    found: list[Figure] = [
        ("clsm_ready", "gauge", "1 once the country is in memory.", float(LOADED.is_set())),
        ("clsm_figures_total", "counter", "Times that the figures of a perimeter were sent.", FIGURES.count),
        ("clsm_figures_seconds_total", "counter", "How long those took.", FIGURES.seconds),
        # The same number in two processes: they show the same data.
        ("clsm_data", "gauge", "A number made of the versions of the active data.", fingerprint(token())),
    ]
    if MEMORY.is_file():
        resident = int(MEMORY.read_text(encoding="ascii").split()[1]) * PAGE_BYTES
        found.append(("clsm_resident_bytes", "gauge", "Resident memory.", resident))
    if runtime.exists():
        stats = runtime.get_instance().stats_mgr.get_stats(family_names=["active_sessions"])
        sessions = sum(int(stat.value) for stat in stats.get("active_sessions", ()))  # type: ignore[attr-defined, misc]
        found.append(("clsm_sessions", "gauge", "Pages open.", sessions))
    return found + [one for counted in ALSO for one in counted()]


def fingerprint(token: str) -> int:
    """Return a number that changes when the active data does (48 bits: Prometheus keeps it whole)."""
    return int.from_bytes(hashlib.sha256(token.encode()).digest()[:6])


def exposed(found: list[Figure]) -> str:
    """Write figures as Prometheus reads them: those of one name follow one another, and are described once."""
    lines, described = [], ""
    for name, kind, meaning, value in found:
        bare = name.partition("{")[0]
        if bare != described:
            lines += [f"# HELP {bare} {meaning}", f"# TYPE {bare} {kind}"]
            described = bare
        lines.append(f"{name} {value:.15g}")
    return "".join(f"{line}\n" for line in lines)


class Watched:
    """Answer `/pret` to all and `/mesures` to this machine, refuse files for a page that is not open here; all else goes through."""

    def __init__(self, app: ASGIApp, readiness: Readiness | None = None) -> None:
        self.app, self.readiness = app, readiness or Readiness()
        self.doors: dict[str, Callable[[Scope], Awaitable[PlainTextResponse]]] = {
            "pret": self._ready,
            "mesures": self._figures,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and _for_a_page_elsewhere(scope):
            await PlainTextResponse("Introuvable.", 404)(scope, receive, send)
            return
        asked = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        door = self.doors.get(_below_base(scope["path"])) if asked else None
        if door is None:
            await self.app(scope, receive, send)
            return
        answer = await door(scope)
        answer.headers["cache-control"] = "no-store"
        await answer(scope, receive, send)

    async def _ready(self, _: Scope) -> PlainTextResponse:
        problem = await self.readiness.problem()
        return PlainTextResponse(problem or READY, 503 if problem else 200)

    async def _figures(self, scope: Scope) -> PlainTextResponse:
        client = scope.get("client") or ("",)
        if client[0] not in LOOPBACK or relayed(Headers(scope=scope)):
            return PlainTextResponse("Introuvable.", 404)
        return PlainTextResponse(exposed(await asyncio.to_thread(figures)), media_type=PROMETHEUS)


def _for_a_page_elsewhere(scope: Scope) -> bool:
    """Return whether a file is sent for a page that this process does not have. Streamlit would answer 400, for which no proxy looks elsewhere."""
    sent = UPLOAD.search(scope["path"]) if scope["method"] in ("PUT", "DELETE") else None
    return sent is not None and runtime.exists() and not runtime.get_instance().is_active_session(sent[1])


def _below_base(path: str) -> str:
    """Return a path as it is under `server.baseUrlPath`."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    return path.strip("/").removeprefix(f"{base}/") if base else path.strip("/")
