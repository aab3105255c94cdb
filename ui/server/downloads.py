"""Files that are made when they are asked for: few at once, visitors in turn, each kept until its browser has had the time to fetch it.

The framework makes such a file in the threads that serve everything else, tells a visitor in English that it failed, writes a traceback,
and drops the file once two pages of anybody have run: with fifty people who click, before a slow line has asked for it. `install` has each
session ask for its files here instead: threads of their own, as many as may wait (`ui.server.lanes`), the sentence of what went wrong, and a
store of finished files bounded in bytes and in time.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
import uuid
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileKind, MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from geo import turns
from geo.errors import GeoInputError
from ui.server.failures import write_down
from ui.server.lanes import FILES, MOST_AT_ONCE, MOST_OF_ONE, MOST_WAITING, visitor_of
from ui.server.memory import trim

MEDIA = re.compile(r"/media/([0-9a-f]+)(?:\.\w+)?$")
LIFETIME_S = 120.0  # a finished file that nobody fetches is forgotten
MOST_BYTES = 200_000_000  # of all finished files
FAILED = "Ce fichier n’a pas pu être préparé sur ce serveur. Rien n’est perdu : réessayez, et si cela revient, dites-le à qui le tient."
OUTDATED = "La page a changé depuis : redemandez ce fichier."
FORGOTTEN = "Ce fichier n’est plus gardé sur le serveur : préparez-le de nouveau."
BUSY = FILES.words.full.format(MOST_WAITING + MOST_AT_ONCE)
Request = BackMsg.DESCRIPTOR.fields_by_name["backend_operation_request"].message_type._concrete_class
Answer = ForwardMsg.DESCRIPTOR.fields_by_name["backend_operation_response"].message_type._concrete_class


@dataclass(frozen=True)
class Finished:
    """A file that was made: its content, its kind, the name under which it is kept, when it was made."""

    content: bytes
    mimetype: str
    name: str
    at: float


class Store:
    """Finished files by their number: the latest, within some bytes and some time."""

    def __init__(
        self, most: int = MOST_BYTES, lifetime: float = LIFETIME_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most, self.lifetime, self.clock = most, lifetime, clock
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Finished] = OrderedDict()

    def keep(self, number: str, content: bytes, mimetype: str, name: str) -> None:
        """Keep a file, and forget those that are too old or too many; the latest one stays whatever its size."""
        with self._lock:
            self._held.pop(number, None)
            self._held[number] = Finished(content, mimetype, name, self.clock())
            self._forget()

    def get(self, number: str) -> Finished | None:
        """Return a file, None when it is not held."""
        with self._lock:
            self._forget()
            return self._held.get(number)

    @property
    def size(self) -> int:
        """Bytes held."""
        with self._lock:
            self._forget()
            return sum(len(one.content) for one in self._held.values())

    def _forget(self) -> None:
        before, held = self.clock() - self.lifetime, sum(len(one.content) for one in self._held.values())
        while self._held:
            number, oldest = next(iter(self._held.items()))
            if oldest.at >= before and (held <= self.most or len(self._held) == 1):
                return
            held -= len(oldest.content)
            del self._held[number]


STORE = Store()
PREPARED = Store(300_000_000, 1_800.0)  # what a page has made before its button is shown: atlases, archives
_THREADS = ThreadPoolExecutor(MOST_WAITING + MOST_AT_ONCE, thread_name_prefix="clsm-fichier")
_ASKED: Counter[str] = Counter()  # visitor → files asked and not there yet; touched by the loop of the server alone


class InTurn(DeferredFileHandler):
    """Makes the files of one session."""

    async def handle(self, request: Request, session_id: str) -> Answer:  # type: ignore[valid-type]
        """Make a file, and say where it is, or why it is not."""
        number, asked = request.request_id, request.deferred_file.file_id  # type: ignore[attr-defined]
        answer = Answer(request_id=number)
        visitor = visitor_of(session_id)
        if _ASKED[visitor] >= MOST_OF_ONE:
            answer.error_msg = FILES.words.yours.format(MOST_OF_ONE)
            return answer
        if _ASKED.total() >= MOST_WAITING + MOST_AT_ONCE:  # no thread is left
            answer.error_msg = BUSY
            return answer
        _ASKED[visitor] += 1
        try:
            manager, loop = self._get_media_file_mgr(), asyncio.get_running_loop()
            answer.deferred_file.url = await loop.run_in_executor(_THREADS, _made, manager, asked, visitor)
        except Exception as error:
            answer.error_msg = said(error)
        finally:
            _ASKED[visitor] -= 1
            if not _ASKED[visitor]:
                del _ASKED[visitor]
        return answer


def _made(manager: MediaFileManager, asked: str, visitor: str) -> str:
    """Make a file, which is kept as it is made, and return its address."""
    try:
        with turns.on_behalf_of(visitor):
            url = manager.execute_deferred(asked)
    finally:
        trim()
    manager.remove_orphaned_files()  # with nobody clicking, nothing else would have it forget
    return url


def said(error: BaseException) -> str:
    """Return what a visitor is told of a file that could not be made; what nobody foresaw is written down."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, GeoInputError):
            return " ".join(cause.problems)
        if cause.__cause__ is None:
            break
        cause = cause.__cause__
    if cause is error and isinstance(error, MediaFileStorageError):  # the framework no longer knows the button
        return OUTDATED
    write_down(cause or error)
    return FAILED


@dataclass(frozen=True)
class Prepared:
    """A file that a page has made and holds for a while, by its number; what the page keeps of it is this."""

    number: str
    size: int

    def content(self) -> bytes:
        """Return the file.

        Raises
        ------
        GeoInputError
            When it is no longer held.
        """
        found = PREPARED.get(self.number)
        if found is None:
            raise GeoInputError(FORGOTTEN)
        return found.content


def prepared(content: bytes) -> Prepared:
    """Hold a file that a page has made; it is forgotten after half an hour, or when too many others come."""
    made = Prepared(uuid.uuid4().hex, len(content))
    PREPARED.keep(made.number, content, "", "")
    return made


def install() -> None:
    """Have the sessions of this server ask for their files here."""
    app_session.DeferredFileHandler = InTurn  # type: ignore[attr-defined]
    MemoryMediaFileStorage.load_and_get_id = _kept_as_well  # type: ignore[method-assign, assignment]


_load_and_get_id = MemoryMediaFileStorage.load_and_get_id


def _kept_as_well(
    storage: MemoryMediaFileStorage, path_or_data: str | bytes, mimetype: str, kind: MediaFileKind, filename: str | None = None
) -> str:  # fmt: skip
    """Have the framework hold a file, and hold it here in the same breath: others' pages may end, and drop it, the instant after."""
    number = _load_and_get_id(storage, path_or_data, mimetype, kind, filename)
    if kind is MediaFileKind.DOWNLOADABLE and isinstance(path_or_data, bytes):
        STORE.keep(number, path_or_data, mimetype, filename or "fichier")
    return number


class Handed:
    """Serve finished files; all else goes through."""

    def __init__(self, app: ASGIApp, store: Store = STORE) -> None:
        self.app, self.store = app, store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        found = MEDIA.search(scope["path"]) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        file = self.store.get(found[1]) if found else None
        if file is None:
            await self.app(scope, receive, send)
            return
        headers = {
            "content-disposition": f"attachment; filename*=utf-8''{quote(file.name, safe='')}",
            "cache-control": "no-store",
        }
        await Response(file.content, media_type=file.mimetype, headers=headers)(scope, receive, send)
