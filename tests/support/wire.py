"""People without a browser: the messages that a page and the server exchange, so that many sessions cost next to nothing.

What is measured is the server alone: from the message of a click to that of its figures, and to the end of the run. As a browser does, a
person keeps the address that the server writes, and comes back by it when the connection is lost.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self, TypeVar

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

T = TypeVar("T")
PATIENCE = 180.0
FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
FIGURES = "clsm-figure"
UNCHECKED = ssl.create_default_context()  # the certificate of a test is its own
UNCHECKED.check_hostname, UNCHECKED.verify_mode = False, ssl.CERT_NONE
TOKEN = re.compile(r"_streamlit_xsrf=([^;]+)")
SIGNS = re.compile(r"^:material/\w+:\s*")


def live(scene: Coroutine[Any, Any, T]) -> T:
    """Run what people do, whether or not a browser of the same tests has a loop of its own in this thread."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, scene).result()


@dataclass(frozen=True)
class Cost:
    """What a run took, in seconds: to the figures (those of its end when it shows none) and to its end."""

    figures: float
    end: float


@dataclass(frozen=True)
class Widget:
    """A control that the page shows: its number, the fragment that it runs, what it is, and of a download where its file is asked for."""

    id: str
    fragment: str
    kind: str
    file: str = ""


class LostError(ConnectionError):
    """The server closed the session: it is being stopped, or was."""


class NoFileError(RuntimeError):
    """A file that was asked for did not come; the message is what a visitor is told."""


@dataclass
class Person:
    """One session on the server at `url`: a page open, communes chosen one after the other on its map.

    `query` is the address of the page after « ? », as the server last wrote it. `cookie` names the visitor, for a proxy and for the server.
    """

    url: str
    page: str = "Perimetre"
    query: str = ""
    cookie: str = ""
    chosen: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    widgets: dict[str, Widget] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)  # what the last run said in boxes (errors, warnings, information)
    session: str = ""
    _states: dict[str, WidgetState] = field(default_factory=dict)
    _number: int = 0
    _map: str = ""
    _fragment: str = ""
    _figures: float = 0.0

    @property
    def _tls(self) -> ssl.SSLContext | None:
        return UNCHECKED if self.url.startswith("https") else None

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def connect(self) -> None:
        """Open a connection, of the same session when the server still has it."""
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        known = ["PLACEHOLDER_AUTH_TOKEN", self.session] if self.session else []
        self._socket: ClientConnection = await connect(
            address,
            subprotocols=["streamlit", *known],  # type: ignore[list-item]
            additional_headers={"Cookie": self.cookie} if self.cookie else None,
            max_size=None,
            open_timeout=PATIENCE,
            ping_interval=None,
            ssl=self._tls,
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()

    async def open(self, page: str | None = None, query: str | None = None) -> Cost:
        """Open a page, the same again by default, and wait until it is whole. Another address is a new start, as in a browser."""
        if page is not None and page != self.page:
            self.widgets, self._states, self.query, self._map = {}, {}, "", ""
            self.page = page
        self.query = self.query if query is None else query
        return await self._run("")

    async def come_back(self) -> Cost:
        """Reconnect after the connection was lost: the address and what stood in the fields are sent again, as a browser does."""
        await self._socket.close()
        await self.connect()
        return await self._run("")

    async def reconnect(self) -> None:
        """Reconnect after the connection was lost, and say nothing, as a browser does whose page was idle."""
        await self._socket.close()
        await self.connect()

    async def reload(self) -> Cost:
        """Load the page anew from its address: a new session, nothing else is kept."""
        await self._socket.close()
        self.session, self.widgets, self._states, self._map = "", {}, {}, ""
        await self.connect()
        return await self._run("")

    async def click(self, code: str) -> Cost:
        """Choose one more commune on the map of the page."""
        return await self.choose([*self.chosen, code])

    async def choose(self, codes: list[str]) -> Cost:
        """Have these communes chosen on the map of the page."""
        assert self._map, f"the page shows no map: {self.problems}"
        self.chosen = codes
        self._number += 10  # as the page does, beyond what the server may have counted itself
        self._states[self._map] = WidgetState(id=self._map, json_value=json.dumps({"sel": codes, "n": self._number}))
        return await self._run(self._fragment)

    async def put(self, label: str, value: bool | str | list[str]) -> Cost:
        """Press a button (True), or give a field a value; the control is named by its label."""
        widget = self.widgets[label]
        state = WidgetState(id=widget.id)
        if widget.kind == "button":
            state.trigger_value = True
        elif isinstance(value, bool):
            state.bool_value = value
        elif isinstance(value, str) and widget.kind != "button_group":
            state.string_value = value
        else:
            state.string_array_value.data.extend([value] if isinstance(value, str) else value)
        self._states[widget.id] = state
        try:
            return await self._run(widget.fragment)
        finally:
            if widget.kind == "button":
                del self._states[widget.id]

    async def download(self, label: str) -> bytes:
        """Click a button that makes its file when it is asked, and fetch the file.

        Raises
        ------
        NoFileError
            When there is no file, with what a visitor is told.
        """
        number, message = uuid.uuid4().hex, BackMsg()
        message.backend_operation_request.request_id = number
        message.backend_operation_request.session_id = self.session
        message.backend_operation_request.deferred_file.file_id = self.widgets[label].file
        await self._socket.send(message.SerializeToString())
        answer = (await self._await("backend_operation_response")).backend_operation_response
        if answer.error_msg:
            raise NoFileError(answer.error_msg)
        status, body = await self.fetch(answer.deferred_file.url)
        if status != HTTPStatus.OK:
            raise NoFileError(f"{status} {body[:80]!r}")
        return body

    async def upload(self, label: str, name: str, body: bytes) -> Cost:
        """Give a file to a field that takes one."""
        status, url = await self.send_file(name, body)
        if status != HTTPStatus.NO_CONTENT:
            raise NoFileError(f"{status}")
        widget = self.widgets[label]
        state = WidgetState(id=widget.id)
        info = state.file_uploader_state_value.uploaded_file_info.add(
            name=name, size=len(body), file_id=url.rpartition("/")[2]
        )
        info.file_urls.file_id, info.file_urls.upload_url, info.file_urls.delete_url = info.file_id, url, url
        self._states[widget.id] = state
        return await self._run(widget.fragment)

    async def send_file(self, name: str, body: bytes) -> tuple[int, str]:
        """Send a file for this session; return the status of the answer and the file's address."""
        message = BackMsg()
        message.file_urls_request.request_id = uuid.uuid4().hex
        message.file_urls_request.file_names.append(name)
        message.file_urls_request.session_id = self.session
        await self._socket.send(message.SerializeToString())
        url = (await self._await("file_urls_response")).file_urls_response.file_urls[0].upload_url
        edge = uuid.uuid4().hex
        await self._take_token()
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n\r\n'.encode()
        status, _ = await self.fetch(
            url, "PUT", head + body + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
        )
        return status, url

    async def _take_token(self) -> None:
        """Ask for the token without which nothing is sent, as the page of a browser does when it starts."""
        if not TOKEN.search(self.cookie):
            await self.fetch("_stcore/health")

    async def fetch(
        self, path: str, method: str = "GET", body: bytes | None = None, kind: str = ""
    ) -> tuple[int, bytes]:
        """Ask for an address below that of the server; return status and body."""
        headers = {"Cookie": self.cookie} | ({"Content-Type": kind} if kind else {})
        if method != "GET" and (token := TOKEN.search(self.cookie)):
            headers["X-Xsrftoken"] = token[1]
        asked = urllib.request.Request(f"{self.url}/{path.lstrip('/')}", body, headers, method=method)

        def ask() -> tuple[int, bytes]:
            try:
                with urllib.request.urlopen(asked, timeout=PATIENCE, context=self._tls) as answer:
                    given = [one.partition(";")[0] for one in answer.headers.get_all("set-cookie") or ()]
                    self.cookie = "; ".join([*filter(None, [self.cookie]), *given])
                    return answer.status, answer.read()
            except urllib.error.HTTPError as error:
                return error.code, error.read()

        return await asyncio.to_thread(ask)

    async def _run(self, fragment: str) -> Cost:
        start = time.perf_counter()
        await self.ask(fragment)
        await asyncio.wait_for(self._finished(), PATIENCE)
        end = time.perf_counter()
        return Cost((self._figures or end) - start, end - start)

    async def ask(self, fragment: str = "") -> None:
        """Ask for a run, and wait for nothing."""
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_name, asked.fragment_id = self.query, self.page, fragment
        asked.context_info.url = f"{self.url}/{self.page}"
        asked.context_info.timezone, asked.context_info.locale = "Europe/Paris", "fr-FR"
        asked.widget_states.widgets.extend(self._states.values())
        self._figures, self.texts = 0.0, []
        if not fragment:
            self.widgets = {}  # the whole page is told again
        await self._socket.send(message.SerializeToString())

    async def _finished(self) -> None:
        """Take messages until a run ends."""
        while True:
            message = await self._next()
            if message.WhichOneof("type") == "script_finished" and message.script_finished in FINISHED:
                return

    async def _await(self, kind: str) -> Any:
        async def sought() -> Any:
            while (message := await self._next()).WhichOneof("type") != kind:
                pass
            return message

        return await asyncio.wait_for(sought(), PATIENCE)

    async def _next(self) -> Any:
        """Take one message, and what it says of the page."""
        try:
            message: Any = ForwardMsg.FromString(await self._socket.recv())  # type: ignore[arg-type]
        except (ConnectionError, OSError) as error:
            raise LostError("the connection was cut") from error
        except Exception as error:
            if type(error).__module__.startswith("websockets"):
                raise LostError("the server closed the session") from error
            raise
        kind = message.WhichOneof("type")
        if kind == "delta":
            self._heard(message.delta)
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "new_session":
            self.session = message.new_session.initialize.session_id or self.session
        return message

    def _heard(self, delta: Delta) -> None:
        if delta.WhichOneof("type") == "add_block":  # an expander, a popover, tabs that run the page when they open
            kind = delta.add_block.WhichOneof("type")
            block: Any = getattr(delta.add_block, kind) if kind else None
            label = getattr(block, "label", "")
            if label and delta.add_block.id:
                self.widgets[SIGNS.sub("", label)] = Widget(delta.add_block.id, delta.fragment_id, kind or "")
            return
        element = delta.new_element
        shown = element.WhichOneof("type")
        if shown == "exception":
            self.problems.append(element.exception.message)
        elif shown == "component_instance" and "folium" in element.component_instance.component_name:
            self._map, self._fragment = element.component_instance.id, delta.fragment_id
        elif shown == "alert":
            self.texts.append(element.alert.body)
        elif shown == "html":
            if FIGURES in element.html.body and "<style" not in element.html.body:
                self._figures = time.perf_counter()
        elif shown is not None and hasattr(one := getattr(element, shown), "label") and hasattr(one, "id"):
            file = one.deferred_file_id if shown == "download_button" else ""
            self.widgets[SIGNS.sub("", one.label)] = Widget(one.id, delta.fragment_id, shown, file)
