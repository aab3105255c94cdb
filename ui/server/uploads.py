"""What browsers send: files within bounds, and a first message that a new process understands.

Files: how many and how much a session, a visitor and the whole process hold.

The framework keeps what was sent in memory until its page is closed. A session that sends one more than it may loses its oldest, which was
read long ago; a visitor who would hold too much, and a server that does, refuse the next, with a number that our page says in French
(static/page/french.js). What is still on its way counts as if it had come, and what stops coming for a minute is given up: its
room would else be nobody's for as long as its line stays open.

Messages: a page that stays open when its process stops reconnects to another one. The framework runs nothing then, and the next click asks for
the run of a part of the page (a fragment) that the new session has never seen: that is skipped without a word, and so is every click
that follows. Here the first run that a connection asks for is that of the whole page, from its address: the part is known from then on, and the map says
again what was on its way (static/js/selection.js).
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Mapping
from typing import Protocol

from google.protobuf.message import DecodeError
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config, runtime
from streamlit.proto.BackMsg_pb2 import BackMsg

from ui.server.lanes import visitor_of
from ui.server.ready import UPLOAD

STREAM = re.compile(r"/_stcore/stream$")
MEGA = 1_000_000
MOST_FILES = 8  # of one session
MOST_OF_ONE = 450 * MEGA  # bytes of one visitor, all his pages together: one file of the largest size, and small ones
MOST_BYTES = 1_200 * MEGA  # of all visitors of this process
TOO_MUCH, FULL, LATE = 413, 503, 408
QUIET_S = 60.0  # between two pieces of one file


class Record(Protocol):
    """A file as the framework keeps it."""

    data: bytes


class Manager(Protocol):
    """What keeps them: session → number → file, the oldest first."""

    file_storage: Mapping[str, Mapping[str, Record]]

    def remove_file(self, session_id: str, file_id: str) -> None:
        """Forget one."""
        ...


class Room:
    """How much there is room for; `coming` is what is on its way: (visitor, session, number) → bytes of each request, for one file may be
    sent several times at once."""

    def __init__(self, files: int = MOST_FILES, one: int = MOST_OF_ONE, all_: int = MOST_BYTES) -> None:
        self.files, self.one, self.all = files, one, all_
        self.coming: dict[tuple[str, str, str], list[int]] = {}
        self._lock = threading.Lock()

    def take(self, manager: Manager, asked: tuple[str, str, str], size: int) -> int:
        """Make room for a file of a session; return 0, or the status of a refusal."""
        visitor, session, _ = asked
        with self._lock:
            mine = dict(manager.file_storage.get(session, {}))
            while mine and len(mine) >= self.files:
                manager.remove_file(session, oldest := next(iter(mine)))
                del mine[oldest]
            while mine and self._held(manager, visitor) + size > self.one:
                manager.remove_file(session, oldest := next(iter(mine)))
                del mine[oldest]
            if self._held(manager, visitor) + size > self.one:
                return TOO_MUCH
            if self._held(manager) + size > self.all:
                return FULL
            self.coming.setdefault(asked, []).append(size)
            return 0

    def came(self, asked: tuple[str, str, str], size: int) -> None:
        """Have a request be on its way no longer."""
        with self._lock:
            self.coming[asked].remove(size)
            if not self.coming[asked]:
                del self.coming[asked]

    def _held(self, manager: Manager, visitor: str | None = None) -> int:
        here = {
            session: sum(len(one.data) for one in list(files.values()))
            for session, files in list(manager.file_storage.items())
        }
        came = sum(size for session, size in here.items() if visitor is None or visitor_of(session) == visitor)
        return came + sum(sum(sizes) for (who, _, _), sizes in self.coming.items() if visitor in (None, who))


class Received:
    """Refuse a file for which there is no room; all else goes through."""

    def __init__(self, app: ASGIApp, room: Room | None = None) -> None:
        self.app, self.room = app, room or Room()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        sent = UPLOAD.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if sent is None or not runtime.exists():
            await self.app(scope, receive, send)
            return
        asked = (visitor_of(sent[1]), sent[1], sent[2])
        size = announced(scope)
        refusal = self.room.take(runtime.get_instance().uploaded_file_mgr, asked, size)  # type: ignore[arg-type]
        if refusal:
            await PlainTextResponse("Trop de fichiers.", refusal)(scope, receive, send)
            return
        try:
            await self.app(scope, Coming(receive), send)
        except LateError:
            await PlainTextResponse("Trop lent.", LATE)(scope, receive, send)
        finally:
            self.room.came(asked, size)


class LateError(Exception):
    """A file that stopped coming."""


class Coming:
    """A `receive` that does not wait for ever for the next piece of what is sent."""

    def __init__(self, receive: Receive) -> None:
        self.receive, self.whole = receive, False

    async def __call__(self) -> Message:
        """Take one message of the browser.

        Raises
        ------
        LateError
            When none came in time.
        """
        if self.whole:  # what tells that the browser left may come at any time
            return await self.receive()
        try:
            message = await asyncio.wait_for(self.receive(), QUIET_S)
        except TimeoutError as error:
            raise LateError from error
        self.whole = not message.get("more_body")
        return message


def announced(scope: Scope) -> int:
    """Return the bytes that a request says it has; as many as it may have when it does not say."""
    said = Headers(scope=scope).get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() else int(config.get_option("server.maxUploadSize")) * MEGA


# --- messages -----------------------------------------------------------------------------------------------------
class Whole:
    """A `receive` that has the first run asked for be that of the whole page."""

    def __init__(self, receive: Receive) -> None:
        self.receive, self.asked = receive, False

    async def __call__(self) -> Message:
        """Take one message of the browser."""
        message = await self.receive()
        body = message.get("bytes")
        if self.asked or message["type"] != "websocket.receive" or not body:
            return message
        said = BackMsg()
        try:
            said.ParseFromString(body)
        except DecodeError:  # for the framework to refuse
            return message
        if said.WhichOneof("type") != "rerun_script":
            return message
        self.asked = True
        if not said.rerun_script.fragment_id:
            return message
        said.rerun_script.fragment_id = ""
        said.rerun_script.is_auto_rerun = False
        return {**message, "bytes": said.SerializeToString()}


class Reconnected:
    """Have each connection begin with the whole page; all else goes through."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        stream = scope["type"] == "websocket" and STREAM.search(scope["path"])
        await self.app(scope, Whole(receive) if stream else receive, send)
