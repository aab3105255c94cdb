"""A site on the loopback whose every answer, and every misbehaviour, is written in the test."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    """What is served at a path. Lists are used up request by request: `statuses` first, then `cuts` (bytes sent
    before the line is cut)."""

    body: bytes = b""
    etag: str = '"1"'
    modified: str = ""
    ranges: bool = True
    if_range: bool = True  # False: ranges are served whatever If-Range says
    statuses: list[int] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None  # the Content-Length announced, true when None
    no_length: bool = False
    chunked: bool = False
    status: int = 200
    redirect: str = ""
    delay_s: float = 0.0  # before the answer
    block: int = 0  # bytes sent at once, all when 0
    block_delay_s: float = 0.0
    before: Callable[[Page], None] = lambda page: None


@dataclass
class Site:
    """The pages of a server, and the requests it got."""

    url: str
    pages: dict[str, Page]
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __setitem__(self, path: str, page: Page) -> None:
        self.pages[path] = page

    def asked(self, header: str) -> list[str]:
        """Return a header of each request, in order, empty where absent."""
        return [headers.get(header, "") for _, headers in self.requests]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def log_message(self, format: str, *args: object) -> None: ...

    def do_GET(self) -> None:
        self.close_connection = True
        self.site.requests.append((self.path, dict(self.headers.items())))
        page = self.site.pages.get(self.path)
        with suppress(ConnectionError, TimeoutError):
            if page is None:
                self._empty(404)
            elif page.redirect:
                self._empty(302, Location=page.redirect)
            elif page.statuses and (status := page.statuses.pop(0)) != 200:
                self._empty(status, **page.headers)
            else:
                page.before(page)
                time.sleep(page.delay_s)
                self._serve(page)

    def _empty(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def _serve(self, page: Page) -> None:
        body, start = page.body, self._start(page)
        if start is not None and start >= len(body):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(body)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(page.status if start is None else 206)
        if start is not None:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            body = body[start:]
        marks = {"ETag": page.etag, "Last-Modified": page.modified, **page.headers}
        for name, value in marks.items():
            if value:
                self.send_header(name, value)
        if page.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif not page.no_length:
            self.send_header("Content-Length", str(len(body) if page.length is None else page.length))
        self.end_headers()
        cut = page.cuts.pop(0) if page.cuts else None
        for block in _blocks(body if cut is None else body[:cut], page.block):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(block), block) if page.chunked else block)
            self.wfile.flush()
            time.sleep(page.block_delay_s)
        if page.chunked and cut is None:
            self.wfile.write(b"0\r\n\r\n")

    def _start(self, page: Page) -> int | None:
        wanted = self.headers.get("Range", "")
        if not wanted or not page.ranges:
            return None
        if page.if_range and self.headers.get("If-Range") not in (page.etag, page.modified):
            return None
        return int(wanted.removeprefix("bytes=").removesuffix("-"))


def _blocks(body: bytes, size: int) -> Iterator[bytes]:
    size = size or max(len(body), 1)
    yield from (body[i : i + size] for i in range(0, len(body), size))


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None: ...


@contextmanager
def serve(**pages: Page) -> Iterator[Site]:
    """Serve pages on a free port of the loopback until the end of the block."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        site = Site(f"http://127.0.0.1:{server.server_address[1]}", {f"/{name}": page for name, page in pages.items()})
        server.RequestHandlerClass = type("_Bound", (_Handler,), {"site": site})
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
