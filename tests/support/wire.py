"""People without a browser: the messages that a page and the server exchange, so that many sessions cost next to nothing.

What is measured is the server alone: from the message of a click to that of its figures, and to the end of the run.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 180.0
FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
FIGURES = "clsm-figure"


@dataclass(frozen=True)
class Cost:
    """What a run took, in seconds: to the figures (those of its end when it shows none) and to its end."""

    figures: float
    end: float


@dataclass
class Person:
    """One session on the server at `url`: a page open, communes chosen one after the other on its map."""

    url: str
    page: str = "Perimetre"
    query: str = ""
    chosen: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _map: str = ""
    _fragment: str = ""
    _figures: float = 0.0

    async def __aenter__(self) -> Self:
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket: ClientConnection = await connect(
            address,
            subprotocols=["streamlit"],
            max_size=None,
            open_timeout=PATIENCE,
            ping_interval=None,  # type: ignore[list-item]
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()

    async def open(self, page: str | None = None) -> Cost:
        """Open a page, the same again by default, and wait until it is whole."""
        self.page = page if page is not None else self.page
        return await self._run("", {})

    async def click(self, code: str) -> Cost:
        """Choose one more commune on the map of the page."""
        assert self._map, f"the page shows no map: {self.problems}"
        self.chosen.append(code)
        value = json.dumps({"sel": self.chosen, "n": len(self.chosen)})
        return await self._run(self._fragment, {self._map: value})

    async def _run(self, fragment: str, widgets: dict[str, str]) -> Cost:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_name, asked.fragment_id = self.query, self.page, fragment
        asked.context_info.url = f"{self.url}/{self.page}"
        asked.context_info.timezone, asked.context_info.locale = "Europe/Paris", "fr-FR"
        for key, value in widgets.items():
            asked.widget_states.widgets.add(id=key, json_value=value)
        self._figures = 0.0
        start = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        await asyncio.wait_for(self._finished(), PATIENCE)
        end = time.perf_counter()
        return Cost((self._figures or end) - start, end - start)

    async def _finished(self) -> None:
        async for data in self._socket:
            message = ForwardMsg.FromString(data)  # type: ignore[arg-type]
            kind = message.WhichOneof("type")
            if kind == "delta":
                self._heard(message.delta)
            elif kind == "script_finished" and message.script_finished in FINISHED:
                return
        raise ConnectionError("the server closed the session")

    def _heard(self, delta: Delta) -> None:
        element = delta.new_element
        shown = element.WhichOneof("type")
        if shown == "exception":
            self.problems.append(element.exception.message)
        elif shown == "component_instance" and "folium" in element.component_instance.component_name:
            self._map, self._fragment = element.component_instance.id, delta.fragment_id
        elif shown == "html" and FIGURES in element.html.body and "<style" not in element.html.body:
            self._figures = time.perf_counter()
