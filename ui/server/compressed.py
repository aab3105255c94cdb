"""Texts compressed for all who come, once: by Brotli where set-up did it and the browser takes it, by gzip otherwise.

Browsers take Brotli over HTTPS and from their own machine only. What never changes under its name is kept in memory as sent: so many
bytes, addresses included, the one asked for longest ago dropped first. One file has any number of addresses for who makes them up
(`?v=1`, `?v=2`…): an address longer than ours is served and not kept.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.server import light

MOST_KEPT_BYTES = 48_000_000
ANSWER_BYTES = 2_000  # what keeping an answer takes beside its body
LONGEST_ADDRESS = 300
SMALLEST_BYTES = 600  # below, one packet anyway
LEVEL = 6
TYPES = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/manifest+json")
NOT_WHOLE = frozenset({"range", "if-none-match", "if-modified-since"})
Key = tuple[str, bytes, str]


@dataclass(frozen=True)
class Answer:
    """One answer as it is sent."""

    start: Message
    body: bytes

    async def send(self, send: Send) -> None:
        """Send it."""
        await send({**self.start, "headers": list(self.start["headers"])})
        await send({"type": "http.response.body", "body": self.body})


class Compressed:
    """Compress the texts that a page is made of, and nothing else: pictures and fonts gain nothing by it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.kept: OrderedDict[Key, Answer] = OrderedDict()
        self.bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        way = _way(headers.get("accept-encoding", "")) if scope.get("method") == "GET" else ""
        if not way or not NOT_WHOLE.isdisjoint(headers):
            await self.app(scope, receive, send)
            return
        key = (scope["path"], scope.get("query_string", b""), way)
        if key in self.kept:
            self.kept.move_to_end(key)
            await self.kept[key].send(send)
            return
        # Whole and plain, to be compressed here, apart from the thread that answers.
        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        await self.app({**scope, "headers": plain}, receive, _Held(self, key, send))

    async def finished(self, key: Key, answer: Answer) -> Answer:
        """Return a text compressed, kept when it holds for ever."""
        headers = MutableHeaders(raw=list(answer.start["headers"]))
        lasts = "immutable" in headers.get("cache-control", "")
        final = True
        if lasts:  # nobody asks again: what would tell a copy from another is a tenth of a small script
            for stale in ("etag", "last-modified", "accept-ranges"):
                del headers[stale]
            answer = Answer({**answer.start, "headers": headers.raw}, answer.body)
        if len(answer.body) >= SMALLEST_BYTES:
            way, body, final = await asyncio.to_thread(_compress, answer.body, key[2], lasting=lasts)
            headers["content-encoding"], headers["content-length"] = way, str(len(body))
            answer = Answer({**answer.start, "headers": headers.raw}, body)
            headers.add_vary_header("Accept-Encoding")
            # Two ways to write the same text are two things to a cache that compares bytes.
            if headers.get("etag", "").startswith('"'):
                headers["etag"] = f"W/{headers['etag']}"
        if lasts and final:
            self._keep(key, answer)
        return answer

    def _keep(self, key: Key, answer: Answer) -> None:
        if len(key[0]) + len(key[1]) > LONGEST_ADDRESS or key in self.kept:  # else asked for twice at once
            return
        self.kept[key] = answer
        self.bytes += ANSWER_BYTES + len(answer.body)
        while self.bytes > MOST_KEPT_BYTES:
            _, oldest = self.kept.popitem(last=False)
            self.bytes -= ANSWER_BYTES + len(oldest.body)


class _Held:
    """A `send` that holds a text back until it is whole; anything else goes through as it comes."""

    def __init__(self, outer: Compressed, key: Key, send: Send) -> None:
        self.outer, self.key, self.send = outer, key, send
        self.start: Message | None = None
        self.parts: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start":
            headers = Headers(raw=message["headers"])
            text = headers.get("content-type", "").startswith(TYPES) and "content-encoding" not in headers
            if (
                message["status"] == 200
                and text
                and not headers.get("content-type", "").startswith("text/event-stream")
            ):
                self.start = message
                return
        if self.start is None:
            await self.send(message)
            return
        self.parts.append(message.get("body", b""))
        if not message.get("more_body"):
            answer = await self.outer.finished(self.key, Answer(self.start, b"".join(self.parts)))
            await answer.send(self.send)


def _way(accepted: str) -> str:
    """Return « br » or « gzip », whichever is better among those accepted, "" for neither."""
    offers = {}
    for offer in accepted.split(","):
        name, _, weight = offer.strip().partition(";")
        offers[name.strip().lower()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((way for way in ("br", "gzip") if offers.get(way)), "")


def _compress(body: bytes, way: str, *, lasting: bool) -> tuple[str, bytes, bool]:
    """Return how a text was compressed, the text, and whether it will not be done better soon."""
    if way == "br":
        done = light.packed(body)
        if done is not None:
            return "br", done, True
    soon = way == "br" and lasting and light.later().add(body)
    return "gzip", gzip.compress(body, LEVEL, mtime=0), not soon
