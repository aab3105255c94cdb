"""The application around the pages: files compressed and kept by browsers, the page's own words in French, data loaded first.

Streamlit serves its bundle uncompressed, gives our versioned files no lifetime, and has no translation of its own words
(« No results », « Select all »): the page it starts from is sent with one script of ours more, static/page/french.js.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo.paths import ROOT

SCRIPT = "page/french.js"  # under static/
FOR_EVER = "public, max-age=31536000, immutable"
# A name that carries a digest, or an address that carries a version: what they give never changes.
VERSIONED = re.compile(
    r"/app/static/geo/[\w.-]+-[0-9a-f]{10}\.json$|/component/[\w.]+/static/\w+/[\w-]+\.[0-9a-f]{8}\.\w+$"
)
OUR_FILES = re.compile(r"/app/static/")
MOST_KEPT_BYTES = 32_000_000
LOADING = "loading"  # the thread
# Where Streamlit writes that a cache is filled without any visitor, which is what we want.
NO_VISITOR_YET = (
    "streamlit.runtime.caching.cache_data_api",
    "streamlit.runtime.scriptrunner_utils.script_run_context",
)
TEXT = re.compile(r"/(?:app/static|static/(?:js|css)|component)/.*\.(?:js|mjs|css|json|html|svg|map)$")


def script_tag() -> bytes:
    """Return the tag that loads our script, its address changing with its content."""
    digest = hashlib.sha256((ROOT / "static" / SCRIPT).read_bytes()).hexdigest()[:10]
    return f'<script type="module" src="./app/static/{SCRIPT}?v={digest}"></script>'.encode()


def in_french(page: bytes) -> bytes:
    """Return the page that starts the application, said to be French, under our name, with our script."""
    page = page.replace(b'<html lang="en">', b'<html lang="fr">', 1)
    page = page.replace(b"<title>Streamlit</title>", "<title>CLSM : couverture et périmètres</title>".encode(), 1)
    return page.replace(b"</head>", script_tag() + b"</head>", 1)


class Page:
    """Rewrite the one page of the application as it leaves (see `in_french`)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        asked = scope["type"] == "http" and scope["method"] == "GET"
        if not asked or "text/html" not in Headers(scope=scope).get("accept", "text/html"):
            await self.app(scope, receive, send)
            return
        # Uncompressed, to be rewritten; and whole, whatever the browser has: its copy may be of another script.
        unwanted = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
        scope = scope | {"headers": [pair for pair in scope["headers"] if pair[0] not in unwanted]}
        start: Message | None = None
        body = b""

        async def rewritten(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = Headers(raw=message["headers"])
                ours = message["status"] == 200 and headers.get("content-type", "").startswith("text/html")
                if ours and "/component/" not in scope["path"]:
                    start = message
                    return
            if start is None:
                await send(message)
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = in_french(body)
            sent = MutableHeaders(raw=start["headers"])
            for stale in ("etag", "last-modified", "accept-ranges", "content-length"):
                del sent[stale]
            sent["content-length"] = str(len(page))
            await send(start)
            await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, rewritten)


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
                MutableHeaders(raw=message["headers"])["cache-control"] = FOR_EVER
            await send(message)

        await self.app(scope, receive, dated)


class Compressed:
    """Compress the texts that a page is made of, and nothing else: pictures and fonts gain nothing by it.

    What never changes under its name is compressed once, for all who come.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.gzip = GZipMiddleware(app, minimum_size=1_000, compresslevel=6)
        self.kept: dict[tuple[str, bytes], tuple[Message, bytes]] = {}
        self.bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not TEXT.search(scope["path"]) and "text/html" not in headers.get("accept", ""):
            await self.app(scope, receive, send)
            return
        plain = scope["method"] == "GET" and "gzip" in headers.get("accept-encoding", "")
        if not plain or not {"range", "if-none-match", "if-modified-since"}.isdisjoint(headers):
            await self.gzip(scope, receive, send)
            return
        key = (scope["path"], scope.get("query_string", b""))
        if key not in self.kept:
            await self.gzip(scope, receive, self._keeping(key, send))
            return
        start, body = self.kept[key]
        await send({**start, "headers": list(start["headers"])})
        await send({"type": "http.response.body", "body": body})

    def _keeping(self, key: tuple[str, bytes], send: Send) -> Send:
        """Return a `send` that keeps what it sends, when it holds for ever."""
        start: Message | None = None
        body = b""

        async def sent(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = Headers(raw=message["headers"])
                lasts = message["status"] == 200 and "immutable" in headers.get("cache-control", "")
                start = {**message, "headers": list(message["headers"])} if lasts else None
            elif start is not None:
                body += message.get("body", b"")
                if not message.get("more_body") and self.bytes + len(body) <= MOST_KEPT_BYTES:
                    self.kept[key] = (start, body)
                    self.bytes += len(body)
            await send(message)

        return sent


def middleware() -> list[Middleware]:
    """Return what stands between the browser and Streamlit, from the outside in."""
    return [Middleware(Compressed), Middleware(Lifetime), Middleware(Page)]


def _said_by_a_visitor(record: logging.LogRecord) -> bool:
    return record.threadName != LOADING


def ready_first(load: Callable[[], object]) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """Return what the server does as it starts: load the country while the first browser is still fetching the page."""

    def quietly() -> None:
        for name in NO_VISITOR_YET:
            logging.getLogger(name).addFilter(_said_by_a_visitor)
        load()

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        threading.Thread(target=quietly, name=LOADING, daemon=True).start()
        yield

    return lifespan
