"""The application around the pages: files compressed and kept by browsers, the page's own words in French, data loaded first.

Streamlit serves its bundle uncompressed, gives our versioned files no lifetime, and has no translation of its own words
(« No results », « Select all »): the page it starts from is sent with four scripts of ours more (static/page), with what it will
ask for next (ui/server/hints.py), and with where its server is, which it would otherwise look for.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime

from geo.paths import ROOT
from ui.server import light
from ui.server.compressed import Compressed
from ui.server.downloads import Handed, install
from ui.server.guarded import Guarded, ask_nothing, inline_scripts, policy
from ui.server.hints import HINTS
from ui.server.memory import stay_tidy
from ui.server.ready import LOADED, Watched
from ui.server.uploads import Received, Reconnected

SCRIPTS = ("page/french.js", "page/clicks.js", "page/roles.js", "page/focus.js")  # under static/
FOR_EVER = "public, max-age=31536000, immutable"
# A name that carries a digest, or an address that carries a version: what they give never changes.
VERSIONED = re.compile(
    r"/app/static/geo/[\w.-]+-[0-9a-f]{10}\.json$|/component/[\w.]+/static/\w+/[\w-]+\.[0-9a-f]{8}\.\w+$"
)
OUR_FILES = re.compile(r"/app/static/")
STYLED = re.compile(r"/static/(?:css/index\.[\w-]+\.css|media/[\w.-]+\.woff2)$")
STYLE_SHEET = re.compile(r"index\.[\w-]+\.css")
NO_SCRIPT = (
    b"<noscript><p>%s</p></noscript>"
    % b"Le tableau de bord a besoin de JavaScript : autorisez-le dans le navigateur, puis rechargez la page."
)
WITHOUT_SCRIPT = re.compile(rb"<noscript>.*?</noscript>", re.DOTALL)  # in English, on doors that are closed here
# In place until Streamlit's own first picture.
WAITING = '<p role="status" style="margin:18vh 1rem 0;text-align:center;font:1.1rem sans-serif;color:#1d2a30">Le tableau de bord se charge…</p>'
_DRAWN = quote(
    "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='40'><text x='150' y='26' text-anchor='middle' "
    "font-family='sans-serif' font-size='17' fill='#1d2a30'>La carte se charge…</text></svg>"
)
# Where the server is: Streamlit would ask the addresses above the page one after the other before it opens its socket; and what
# stands in the frame of a map until its script runs. Places of what is not there yet stay still, and what a run has not said again yet
# pales at once after half a second: made to pulse and to fade, they have the window drawn again sixty times a second, by the same
# processor that reads the code and writes the page they wait for.
START = (
    '<script>window.__streamlit={BACKEND_BASE_URL:new URL("./",location.href).href,'
    "HOST_CONFIG:{allowedOrigins:[location.origin],useExternalAuthToken:false}}</script>"
    f'<style>iframe.stCustomComponentV1{{background:#eef3f4 url("data:image/svg+xml,{_DRAWN}") center no-repeat}}'
    "[data-testid=stSkeleton],[data-testid=stAppSkeleton] *{animation:none!important}"
    "[data-stale=true]{transition:opacity 0s linear .5s!important}</style>"
)
DESCRIPTORS = Path("/dev/fd")  # of this process, on Linux and macOS
LOADING = "loading"  # the thread
PATIENCE_S = 30.0
HINTS_S = 1.0
# Where Streamlit writes that a cache is filled without any visitor, which is what we want.
NO_VISITOR_YET = (
    "streamlit.runtime.caching.cache_data_api",
    "streamlit.runtime.scriptrunner_utils.script_run_context",
)


def script_tags() -> bytes:
    """Return the tags that load our scripts, their addresses changing with their content."""
    digests = {name: hashlib.sha256((ROOT / "static" / name).read_bytes()).hexdigest()[:10] for name in SCRIPTS}
    tags = (f'<script type="module" src="./app/static/{name}?v={digest}"></script>' for name, digest in digests.items())
    return "".join(tags).encode()


def in_french(page: bytes, hints: bytes = b"") -> bytes:
    """Return the page that starts the application, said to be French, under our name, with our script and the hints given."""
    page = page.replace(b'<html lang="en">', b'<html lang="fr">', 1)
    page = page.replace(b"<title>Streamlit</title>", "<title>CLSM : couverture et périmètres</title>".encode(), 1)
    page = WITHOUT_SCRIPT.sub(NO_SCRIPT, page, count=1)
    page = page.replace(b'<div id="root"></div>', f'<div id="root">{WAITING}</div>'.encode(), 1)
    fonts = light.fonts()
    if fonts:
        page = _versioned(page, [*fonts, *STYLE_SHEET.findall(page.decode(errors="ignore"))])
    return page.replace(b"</head>", START.encode() + script_tags() + hints + b"</head>", 1)


class Whole:
    """A `send` that holds an answer back until it is whole, and sends it changed; one that is no success goes through."""

    def __init__(self, send: Send, change: Callable[[bytes], bytes], kind: str = "") -> None:
        self.send, self.change, self.kind = send, change, kind
        self.start: Message | None = None
        self.parts: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start":
            kind = Headers(raw=message["headers"]).get("content-type", "")
            if message["status"] == 200 and kind.startswith(self.kind):
                self.start = message
                return
        if self.start is None:
            await self.send(message)
            return
        self.parts.append(message.get("body", b""))
        if message.get("more_body"):
            return
        body = self.change(b"".join(self.parts))
        headers = MutableHeaders(raw=list(self.start["headers"]))
        for stale in ("etag", "last-modified", "accept-ranges", "content-length"):
            del headers[stale]
        headers["content-length"] = str(len(body))
        if self.kind == "text/html":
            headers["content-security-policy"] = policy(inline_scripts(body))
        await self.send({**self.start, "headers": headers.raw})
        await self.send({"type": "http.response.body", "body": body})


def _plain(scope: Scope) -> Scope:
    """Return a request for a file uncompressed and whole, whatever the browser has: its copy may be of another version."""
    unwanted = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in unwanted]}


class Page:
    """Rewrite the one page of the application as it leaves (see `in_french`)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.apart = ThreadPoolExecutor(2, thread_name_prefix="clsm-annonces")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        asked = scope["type"] == "http" and scope["method"] == "GET" and "/component/" not in scope["path"]
        if not asked or "text/html" not in Headers(scope=scope).get("accept", "text/html"):
            await self.app(scope, receive, send)
            return
        hints = await self.hints(scope["path"], scope.get("query_string", b"").decode(errors="ignore"))
        await self.app(_plain(scope), receive, Whole(send, lambda page: in_french(page, hints), "text/html"))

    async def hints(self, path: str, query: str) -> bytes:
        """Return the hints of a page; none when they cannot be told soon: a register that is silent must hold neither the page nor,
        in the thread that answers, everybody else."""
        asked = asyncio.get_running_loop().run_in_executor(self.apart, HINTS.tags, path, query)
        try:
            return await asyncio.wait_for(asyncio.shield(asked), HINTS_S)
        except Exception:  # the page itself will meet the same, and say it
            asked.add_done_callback(lambda late: late.cancelled() or late.exception())
            return b""


class Lifetime:
    """Tell browsers to keep for good what never changes under its name."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        kept = scope["type"] == "http" and (
            VERSIONED.search(scope["path"])
            or (OUR_FILES.search(scope["path"]) and b"v=" in scope.get("query_string", b""))
        )

        async def dated(message: Message) -> None:
            if kept and message["type"] == "http.response.start" and message["status"] == 200:
                headers = MutableHeaders(raw=message["headers"])
                if not headers.get("content-type", "").startswith(
                    "text/html"
                ):  # the page, in the place of a file that is not there
                    headers["cache-control"] = FOR_EVER
            await send(message)

        await self.app(scope, receive, dated)


class Lightened:
    """Send the light fonts (ui/server/light.py) for those of Streamlit, under addresses of their own: its style sheet names them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        ours = scope["type"] == "http" and scope["method"] == "GET" and scope.get("query_string", b"") == _light_query()
        name = scope["path"].rpartition("/")[2] if ours and STYLED.search(scope["path"]) else ""
        change = _change(name) if name else None
        if change is None:
            await self.app(scope, receive, send)
            return
        await self.app(_plain(scope), receive, Whole(send, change))


def _light_query() -> bytes:
    return f"v={light.stamp()}".encode()


def _change(name: str) -> Callable[[bytes], bytes] | None:
    """Return what is done to a file of Streamlit's, None when nothing is."""
    fonts = light.fonts()
    if name in fonts:
        return lambda _: (light.LIGHT / fonts[name]).read_bytes()
    return (lambda sheet: _versioned(sheet, fonts)) if name.endswith(".css") and fonts else None


def _versioned(text: bytes, names: Iterable[str]) -> bytes:
    """Give the addresses of some files the version of the light fonts."""
    for name in names:
        text = text.replace(name.encode(), name.encode() + b"?" + _light_query())
    return text


def middleware() -> list[Middleware]:
    """Return what stands between the browser and Streamlit, from the outside in."""
    ask_nothing()
    inner = (Reconnected, Received, Compressed, Lifetime, Lightened, Page, Handed)
    return [Middleware(Guarded), Middleware(Watched), *(Middleware(each) for each in inner)]


def without_delay() -> int:
    """Have every listening socket of this process send what it has at once; return how many there are.

    Streamlit binds its socket without naming the protocol, by which asyncio would know to switch Nagle's algorithm off (uvicorn issue
    3149): the body of each answer would wait some 40 ms for the browser to acknowledge its headers. What is accepted inherits it.
    """
    found = 0
    for path in sorted(DESCRIPTORS.iterdir()) if DESCRIPTORS.is_dir() else ():
        with (
            suppress(OSError),
            socket.socket(fileno=os.dup(int(path.name))) as one,
        ):  # the copy is closed, the socket stays
            inet = one.type == socket.SOCK_STREAM and one.family in (socket.AF_INET, socket.AF_INET6)
            if inet and one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                found += 1
    return found


def _said_by_a_visitor(record: logging.LogRecord) -> bool:
    return record.threadName != LOADING


def ready_first(
    load: Callable[[], object], later: Callable[[], object]
) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """Return what the server does as it starts: load the country while the first browser is still fetching the page.

    `later` comes once the first visitor has had the processor: what few pages show, and would wait for.
    """

    def quietly() -> None:
        for name in NO_VISITOR_YET:
            logging.getLogger(name).addFilter(_said_by_a_visitor)
        begun = time.monotonic()
        while not runtime.exists() and time.monotonic() - begun < PATIENCE_S:
            time.sleep(0.01)  # a component declared before the server is there would be unknown to it
        load()
        LOADED.set()
        time.sleep(light.QUIET_S)
        with suppress(Exception):  # the page that needs it will meet the same, and say it
            later()

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        without_delay()
        install()
        threading.Thread(target=quietly, name=LOADING, daemon=True).start()
        tidy = asyncio.create_task(stay_tidy())
        yield
        tidy.cancel()

    return lifespan
