"""Files made when they are asked for, and files sent, on a server of many: who is served, who is told to come back, what is forgotten."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from geo.errors import GeoInputError
from geo.turns import visitor
from tests.support.browser import ROOT, start_server
from tests.support.wire import NoFileError, Person, live
from ui.server import downloads, lanes, prepared, uploads
from ui.server.downloads import Handed, InTurn, Request, Store
from ui.server.lanes import MOST_AT_ONCE, MOST_OF_ONE, MOST_WAITING
from ui.server.uploads import Received, Room

PATIENCE_S = 30.0


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


# --- finished files -----------------------------------------------------------------------------------------------
def test_finished_files_are_forgotten_by_age_and_by_size_the_latest_last() -> None:
    clock = Clock()
    store = Store(most=10, lifetime=60.0, clock=clock)
    for number, size in (("a", 4), ("b", 4), ("c", 4)):
        store.keep(number, b"x" * size, "text/plain", number)
    assert (store.get("a"), store.size) == (None, 8)
    store.keep(
        "d", b"x" * 99, "text/plain", "d"
    )  # larger than all there may be: it alone, for its browser comes for it now
    assert (store.size, store.get("b"), store.get("c")) == (99, None, None)
    clock.now = 61.0
    assert store.get("d") is None and store.size == 0


def test_what_a_page_has_prepared_is_held_for_a_while_then_said_to_be_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(downloads, "PREPARED", Store(100, 60.0, clock))
    made = prepared(b"atlas")
    assert (made.size, made.content()) == (5, b"atlas")
    clock.now = 61.0
    with pytest.raises(GeoInputError, match="préparez-le de nouveau"):
        made.content()


def ask(
    app: Any, path: str, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []
    scope = {
        "type": "http", "method": method, "path": path, "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in (headers or {}).items()],
    }  # fmt: skip

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    live(app(scope, receive, send))
    found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(m.get("body", b"") for m in sent[1:])


ABSENT = PlainTextResponse("absent", 404)


def test_a_finished_file_is_served_under_any_path_with_its_name_and_nothing_else_is() -> None:
    store = Store()
    store.keep("0a1b", b"%PDF", "application/pdf", "périmètre « d’essai ».pdf")
    app = Handed(ABSENT, store)
    for path in ("/media/0a1b.pdf", "/clsm/media/0a1b.pdf"):
        status, headers, body = ask(app, path)
        assert (status, body, headers["content-type"]) == (200, b"%PDF", "application/pdf")
        assert headers["content-disposition"].startswith("attachment; filename*=utf-8''p%C3%A9rim%C3%A8tre%20")
    assert ask(app, "/media/ffff.pdf")[0] == ask(app, "/media/0a1b.pdf", "POST")[0] == ask(app, "/0a1b.pdf")[0] == 404


# --- files that are made ------------------------------------------------------------------------------------------
@dataclass
class Office:
    """Sessions that ask for files, each with the visitor that it belongs to; a file is made once `go` is set."""

    manager: MediaFileManager = field(default_factory=lambda: MediaFileManager(MemoryMediaFileStorage("/media")))
    go: threading.Event = field(default_factory=threading.Event)
    served: list[Any] = field(default_factory=list)

    def button(self, name: str) -> str:
        """Draw a button of which the file bears its name; return its number."""

        def make() -> bytes:
            with lanes.export_lane():
                self.go.wait(PATIENCE_S)
                self.served.append(visitor())
                return name.encode()

        return self.manager.add_deferred(make, "text/plain", name, file_name=f"{name}.txt")

    async def ask(self, session: str, number: str) -> Any:
        request = Request(request_id="1")
        request.deferred_file.file_id = number
        return await InTurn(lambda: self.manager).handle(request, session)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(downloads, "visitor_of", lambda session: session.partition("-")[0])
    downloads.install()
    found = Office()
    yield found
    found.go.set()


async def until(true: Any) -> None:
    for _ in range(3_000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


def test_a_visitor_who_asks_thirty_files_delays_nobody_and_is_told_so(office: Office) -> None:
    buttons = [office.button(f"f{n}") for n in range(30)]
    other = office.button("autre")

    async def scene() -> tuple[list[Any], Any]:
        first = asyncio.create_task(office.ask("a-0", buttons[0]))
        await until(lambda: lanes.FILES.size[0] == 1)
        flood = [asyncio.create_task(office.ask(f"a-{n}", number)) for n, number in enumerate(buttons[1:], 1)]
        await until(lambda: sum(one.done() for one in flood) == 30 - MOST_OF_ONE)
        late = asyncio.create_task(office.ask("b-0", other))
        await until(lambda: lanes.FILES.size == (1, MOST_OF_ONE))
        office.go.set()
        return [await first, *(await asyncio.gather(*flood))], await late

    answers, late = live(scene())
    refused = [one.error_msg for one in answers if one.error_msg]
    assert set(refused) == {
        f"Vous attendez déjà {MOST_OF_ONE} fichiers de ce serveur : laissez-les arriver, puis redemandez celui-ci."
    }
    assert len(refused) == 30 - MOST_OF_ONE
    assert office.served[:2] == ["a", "b"] and late.deferred_file.url.startswith("/media/")


def test_a_server_that_has_too_much_to_do_says_how_much_and_when_to_come_back(office: Office) -> None:
    room = MOST_WAITING + MOST_AT_ONCE
    buttons = [office.button(f"f{n}") for n in range(room + 1)]

    async def scene() -> Any:
        held = []
        for n, number in enumerate(buttons[:room]):
            held.append(asyncio.create_task(office.ask(f"v{n}-0", number)))
            await until(lambda n=n: sum(lanes.FILES.size) == n + 1)
        late = await office.ask("dernier-0", buttons[-1])
        office.go.set()
        assert not [one for one in await asyncio.gather(*held) if one.error_msg]
        return late

    assert live(scene()).error_msg == f"Le serveur prépare déjà {room} fichiers ; réessayez dans une minute."
    assert lanes.FILES.size == (0, 0)


def test_a_finished_file_is_there_after_many_pages_of_others_have_run(office: Office) -> None:
    office.go.set()
    answer = live(office.ask("a-0", office.button("note")))
    for _ in range(5):
        office.manager.remove_orphaned_files()
    assert ask(Handed(ABSENT), answer.deferred_file.url)[2] == b"note"


class Hurried(MediaFileManager):
    """Two pages of others end between the making of a file and anything else."""

    def execute_deferred(self, file_id: str) -> str:
        url = super().execute_deferred(file_id)
        self.remove_orphaned_files()
        self.remove_orphaned_files()
        return url


def test_a_finished_file_is_there_when_pages_of_others_end_at_that_instant(office: Office) -> None:
    office.manager = Hurried(MemoryMediaFileStorage("/media"))
    office.go.set()
    answer = live(office.ask("a-0", office.button("à l’instant")))
    assert ask(Handed(ABSENT), answer.deferred_file.url)[2] == "à l’instant".encode()


def test_the_framework_keeps_no_finished_file_for_good(office: Office) -> None:
    """With nobody clicking, nothing else would have it forget."""
    office.go.set()
    for n in range(20):
        number = office.button(f"f{n}")
        live(office.ask("a-0", number))
    assert len(office.manager._storage._files_by_id) <= 2  # type: ignore[attr-defined]


def test_what_goes_wrong_is_said_in_french_and_written_down_without_a_traceback(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path))

    def told() -> bytes:
        raise GeoInputError("Ce périmètre est vide.")

    def surprised() -> bytes:
        raise ZeroDivisionError("division by zero")

    def answer(make: Any) -> str:
        number = office.manager.add_deferred(make, "text/plain", "x", file_name="x.txt")
        return str(live(office.ask("a-0", number)).error_msg)

    assert answer(told) == "Ce périmètre est vide."
    assert answer(surprised) == downloads.FAILED
    assert str(live(office.ask("a-0", "absent")).error_msg) == downloads.OUTDATED
    assert "ZeroDivisionError: division by zero" in (tmp_path / "incidents.log").read_text(encoding="utf-8")
    assert "Traceback" not in caplog.text
    assert downloads.said(MediaFileStorageError("x")) == downloads.OUTDATED


# --- files that are sent ------------------------------------------------------------------------------------------
@dataclass
class File:
    data: bytes


class Kept:
    """What keeps files, as the framework does."""

    def __init__(self) -> None:
        self.file_storage: dict[str, dict[str, File]] = {}

    def add(self, session: str, number: str, size: int) -> None:
        self.file_storage.setdefault(session, {})[number] = File(b"x" * size)

    def remove_file(self, session_id: str, file_id: str) -> None:
        del self.file_storage[session_id][file_id]


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.setattr(uploads, "visitor_of", lambda session: session.partition("-")[0])
    return Kept()


def send(room: Room, kept: Kept, session: str, number: str, size: int) -> int:
    asked = (session.partition("-")[0], session, number)
    refusal = room.take(kept, asked, size)
    if not refusal:
        kept.add(session, number, size)
        room.came(asked, size)
    return refusal


def test_a_session_that_sends_many_files_keeps_the_latest(kept: Kept) -> None:
    room = Room(files=3, one=100, all_=1_000)
    assert [send(room, kept, "a-0", str(n), 10) for n in range(5)] == [0] * 5
    assert list(kept.file_storage["a-0"]) == ["2", "3", "4"]
    assert send(room, kept, "a-0", "large", 95) == 0  # and by size too
    assert list(kept.file_storage["a-0"]) == ["large"]


def test_a_visitor_with_many_pages_has_his_share_and_others_theirs(kept: Kept) -> None:
    room = Room(files=3, one=100, all_=250)
    assert [send(room, kept, f"a-{n}", "0", 40) for n in range(4)] == [0, 0, 413, 413]
    assert send(room, kept, "b-0", "0", 100) == 0
    assert send(room, kept, "c-0", "0", 100) == 503
    del kept.file_storage["a-0"]  # his page is closed
    assert send(room, kept, "c-0", "0", 100) == 0


def test_what_is_on_its_way_counts(kept: Kept) -> None:
    room = Room(files=3, one=100, all_=150)
    asked = ("a", "a-0", "0")
    assert room.take(kept, asked, 100) == 0
    assert room.take(kept, ("a", "a-1", "0"), 10) == 413
    assert room.take(kept, ("b", "b-0", "0"), 60) == 503
    room.came(asked, 100)  # cut on the way: nothing was kept
    assert room.take(kept, ("b", "b-0", "0"), 60) == 0


def test_one_file_sent_many_times_at_once_counts_as_often(kept: Kept) -> None:
    room = Room(files=3, one=100, all_=150)
    asked = ("a", "a-0", "0")
    assert [room.take(kept, asked, 40) for _ in range(3)] == [0, 0, 413]
    room.came(asked, 40)
    assert room.take(kept, asked, 70) == 413, "the other is still on its way"
    room.came(asked, 40)
    assert room.take(kept, asked, 70) == 0


def test_a_request_that_does_not_say_its_size_counts_as_the_largest() -> None:
    assert uploads.announced({"headers": [(b"content-length", b"12")]}) == 12
    most = uploads.announced({"headers": []})
    assert most == uploads.announced({"headers": [(b"content-length", b"-1")]}) >= 200 * uploads.MEGA
    assert most <= uploads.MOST_OF_ONE  # one file of the largest size can always be sent


def test_no_other_request_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Received(PlainTextResponse("une page"), Room(0, 0, 0))
    assert ask(app, "/Perimetre")[0] == ask(app, "/x", "PUT")[0] == 200


class Open:
    """A server that has one page open."""

    def __init__(self, kept: Kept) -> None:
        self.uploaded_file_mgr = kept


def test_a_file_that_stops_coming_gives_its_room_back(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three lines left open, a word each minute or none, would else have everybody refused."""
    monkeypatch.setattr(uploads, "QUIET_S", 0.05)
    monkeypatch.setattr(uploads.runtime, "exists", lambda: True)
    monkeypatch.setattr(uploads.runtime, "get_instance", lambda: Open(kept))
    room, held, sent = Room(files=3, one=100, all_=150), list[int](), list[Any]()

    async def framework(scope: Any, receive: Any, send: Any) -> None:
        more = True
        while more:
            held.append(sum(map(sum, room.coming.values())))
            more = (await receive()).get("more_body", False)
        held.append(0)

    async def stops() -> Any:
        if not sent_once:
            sent_once.append(1)
            return {"type": "http.request", "body": b"x", "more_body": True}
        await asyncio.sleep(30)

    async def send(message: Any) -> None:
        sent.append(message)

    sent_once: list[int] = []
    scope = {
        "type": "http", "method": "PUT", "path": "/_stcore/upload_file/a-0/1", "headers": [(b"content-length", b"100")],
    }  # fmt: skip
    live(Received(framework, room)(scope, stops, send))
    assert (held, sent[0]["status"], room.coming) == ([100, 100], uploads.LATE, {})


# --- all of it, on a real server ----------------------------------------------------------------------------------
def test_on_a_server_a_flood_of_one_browser_leaves_another_his_note(tmp_path: Path, libraries: None) -> None:
    server = start_server(ROOT / "dashboard.py", log=tmp_path / "log", env={"CLSM_HOME": str(tmp_path)})

    async def prepare(cookie: str) -> Person:
        person = Person(server.url, query="carte=dep-62&communes=62193,62765", cookie=cookie)
        await person.connect()
        await person.open()
        await person.put("Pour aller plus loin", "Note et fichiers")
        return person

    async def scene() -> tuple[list[Any], bytes]:
        greedy = [await prepare("clsm_visit=a") for _ in range(MOST_OF_ONE + 3)]
        other = await prepare("clsm_visit=b")
        flood = [asyncio.create_task(one.download("Note (PDF)")) for one in greedy]
        note = await other.download("Note (PDF)")
        done = await asyncio.gather(*flood, return_exceptions=True)
        for one in (*greedy, other):
            await one.__aexit__(None, None, None)
        return done, note

    try:
        done, note = live(scene())
    finally:
        server.stop()
    assert note.startswith(b"%PDF")
    told = [str(one) for one in done if isinstance(one, NoFileError)]
    assert all("laissez-les arriver" in text for text in told)
    assert len([one for one in done if isinstance(one, bytes) and one.startswith(b"%PDF")]) >= MOST_OF_ONE
    assert len(told) + sum(isinstance(one, bytes) for one in done) == len(done)
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")
