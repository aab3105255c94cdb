"""A page that stays open when its process stops: its first click on the next one is heard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.deploy.composers import codes_of
from tests.support.browser import ROOT, start_server
from tests.support.wire import Person, live
from ui.server.uploads import Reconnected


def heard(*sent: bytes, path: str = "/clsm/_stcore/stream") -> list[bytes]:
    """Return what the application hears of what a browser sends."""
    left, found = list(sent), []

    async def receive() -> Any:
        return {"type": "websocket.receive", "bytes": left.pop(0)}

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        while left:
            found.append((await receive())["bytes"])

    live(Reconnected(app)({"type": "websocket", "path": path}, receive, receive))
    return found


def run(fragment: str) -> bytes:
    message = BackMsg()
    message.rerun_script.fragment_id, message.rerun_script.query_string = fragment, "carte=dep-62"
    return bytes(message.SerializeToString())


def test_the_first_run_of_a_connection_is_that_of_the_whole_page_and_no_other() -> None:
    assert heard(run("a"), run("a")) == [run(""), run("a")]
    assert heard(run(""), run("a")) == [run(""), run("a")]
    beat = BackMsg(app_heartbeat=True).SerializeToString()
    assert heard(beat, run("a")) == [beat, run("")]
    assert heard(b"\xff\xff\xff", run("a")) == [b"\xff\xff\xff", run("")]
    assert heard(run("a"), path="/elsewhere") == [run("a")]


def test_an_idle_page_that_changes_servers_goes_on_where_it_was(tmp_path: Path, libraries: None) -> None:
    servers = [
        start_server(ROOT / "dashboard.py", log=tmp_path / name, env={"CLSM_HOME": str(tmp_path)}) for name in "ab"
    ]

    async def scene() -> list[frozenset[str]]:
        person = Person(servers[0].url, query="carte=dep-62&communes=62193,62239")
        await person.connect()
        await person.open()
        seen = [codes_of(person.query)]
        person.url = servers[1].url
        await person.reconnect()
        for _ in range(2):  # the first click opens the page there, and is said again by its map
            await person.choose(["62193", "62239", "62765"])
            seen.append(codes_of(person.query))
        await person.__aexit__(None, None, None)
        return seen

    try:
        before, opened, after = live(scene())
    finally:
        for one in servers:
            one.stop()
    assert before == opened == {"62193", "62239"}
    assert after == {"62193", "62239", "62765"}
