"""A page that stays open when its process stops, and reconnects to another one.

The framework runs nothing when such a page reconnects, and its next click asks for the run of a part of the page (a fragment) that the new
session has never seen: that is skipped without a word, and so is every click that follows. Here the first run that a connection asks for is
that of the whole page, from its address: the part is known from then on, and the map says again what was on its way
(static/js/selection.js).
"""

from __future__ import annotations

import re

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

STREAM = re.compile(r"/_stcore/stream$")


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
        return message | {"bytes": said.SerializeToString()}


class Reconnected:
    """Have each connection begin with the whole page; all else goes through."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        stream = scope["type"] == "websocket" and STREAM.search(scope["path"])
        await self.app(scope, Whole(receive) if stream else receive, send)
