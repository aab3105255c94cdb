"""What a process says to who runs the server: whether it may be sent visitors, and its figures, to this machine alone."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit import config, runtime

from geo.register import ADDRESS
from ui.server import after_the_figures, ready
from ui.server.lanes import FIGURES
from ui.server.ready import Readiness, Watched

LINE = re.compile(r"[a-z_]+(?:\{cache=\"[\w.]+\"\})? -?\d+(?:\.\d+)?(?:e[+-]\d+)?")


@pytest.fixture(autouse=True)
def loaded() -> Iterator[None]:
    was = ready.LOADED.is_set()
    ready.LOADED.set()
    yield
    if not was:
        ready.LOADED.clear()


def get(
    path: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    client: str = "127.0.0.1",
    look: Any = lambda: "",
) -> tuple[int, str]:
    """Return status and text of one answer of an application that has pages of its own."""
    page = Route("/{rest:path}", lambda _: PlainTextResponse("une page"), methods=["GET", "PUT", "DELETE"])
    app = Starlette(routes=[page], middleware=[Middleware(Watched, readiness=Readiness(look))])
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "http_version": "1.1",
        "headers": [(k.encode(), v.encode()) for k, v in (headers or {}).items()], "scheme": "http", "root_path": "",
        "server": ("127.0.0.1", 80), "client": (client, 1),
    }  # fmt: skip
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(m.get("body", b"") for m in sent[1:]).decode()


def test_ready_once_the_country_is_loaded_and_the_register_answers() -> None:
    assert get("/pret") == (200, "Prêt.")
    ready.LOADED.clear()
    assert get("/pret") == (503, "Pas encore prêt : les communes se chargent.")
    assert get("/") == (200, "une page")


def test_a_register_that_does_not_answer_is_said_without_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS, "postgresql+psycopg://agent:secret@127.0.0.1:1/base?connect_timeout=2")
    status, said = get("/pret", look=ready.register_problem)
    assert (status, said) == (503, "Pas prêt : le registre des couches importées ne répond pas.")


def test_a_look_that_fails_as_nobody_foresaw_is_a_no_and_not_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path))

    def broken() -> str:
        raise RuntimeError("secret")

    assert get("/pret", look=broken) == (503, ready.NO_REGISTER)
    assert "RuntimeError" in (tmp_path / "incidents.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("address", ["nonsense", "postgresql+psycopg://a:b@c:d@127.0.0.1:1/base"])
def test_figures_are_told_when_the_register_is_down(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS, address)
    status, text = get("/mesures")
    assert status == 200 and "\nclsm_data " in text
    assert get("/pret", look=ready.register_problem) == (503, ready.NO_REGISTER)


def test_a_register_never_made_is_no_obstacle_and_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADDRESS, raising=False)
    monkeypatch.setenv("CLSM_HOME", str(tmp_path / "none"))
    assert get("/pret", look=ready.register_problem) == (200, "Prêt.")
    assert not (tmp_path / "none").exists()


def test_however_often_it_is_asked_the_register_is_looked_at_once_a_moment() -> None:
    looks: list[int] = []
    readiness = Readiness(lambda: looks.append(1) or "")

    async def ask() -> list[str]:
        return [*await asyncio.gather(*(readiness.problem() for _ in range(20))), await readiness.problem()]

    assert asyncio.run(ask()) == [""] * 21
    assert len(looks) == 1


def test_a_register_that_hangs_holds_one_thread_and_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "PATIENCE_S", 0.05)
    monkeypatch.setattr(ready, "KEPT_S", 0.0)
    let_go, looks = threading.Event(), []

    def look() -> str:
        looks.append(1)
        let_go.wait(30)
        return ""

    async def ask() -> list[str]:
        readiness = Readiness(look)
        said = [await readiness.problem() for _ in range(4)]
        let_go.set()
        assert readiness.looking is not None
        await readiness.looking
        return said

    assert asyncio.run(ask()) == [ready.SLOW_REGISTER] * 4
    assert len(looks) == 1


def test_figures_are_lines_that_prometheus_reads() -> None:
    before = FIGURES.count
    with after_the_figures(0.0):
        pass
    status, text = get("/mesures")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert status == 200
    assert all(LINE.fullmatch(line) for line in lines)
    told = dict(line.split() for line in lines)
    assert {"clsm_ready", "clsm_data", "clsm_figures_total", "clsm_figures_seconds_total"} <= set(told)
    assert float(told["clsm_figures_total"]) == before + 1
    for name in {name.partition("{")[0] for name in told}:
        assert text.count(f"# TYPE {name} ") == text.count(f"# HELP {name} ") == 1


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ({}, "192.0.2.1"),
        ({"x-forwarded-for": "127.0.0.1"}, "127.0.0.1"),
        ({"x-forwarded-proto": "https"}, "127.0.0.1"),
        ({"forwarded": "for=127.0.0.1"}, "127.0.0.1"),
        ({"via": "1.1 relais"}, "127.0.0.1"),
    ],
)
def test_figures_are_for_this_machine_alone(headers: dict[str, str], client: str) -> None:
    assert get("/mesures", headers=headers, client=client) == (404, "Introuvable.")


def test_both_are_under_the_path_of_the_dashboard(monkeypatch: pytest.MonkeyPatch) -> None:
    get_option = config.get_option
    monkeypatch.setattr(
        config, "get_option", lambda name: "/clsm/" if name == "server.baseUrlPath" else get_option(name)
    )
    assert get("/clsm/pret") == (200, "Prêt.")
    assert get("/clsm/mesures")[1].startswith("# HELP")
    assert get("/clsm/Perimetre") == (200, "une page")


def test_the_number_of_the_data_changes_with_them_and_with_nothing_else() -> None:
    assert ready.fingerprint("a|clsm:1") == ready.fingerprint("a|clsm:1") != ready.fingerprint("a|clsm:2")
    assert 0 <= ready.fingerprint("a|clsm:1") < 2**48


class Running:
    """A server that has one page open."""

    stats_mgr = None

    def is_active_session(self, session: str) -> bool:
        return session == "ouverte"


@pytest.mark.parametrize("base", ["", "/clsm"])
def test_a_file_for_a_page_that_is_open_elsewhere_is_not_found_here(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", Running)
    for method in ("PUT", "DELETE"):
        assert get(f"{base}/_stcore/upload_file/ouverte/a", method=method) == (200, "une page")
        assert get(f"{base}/_stcore/upload_file/ailleurs/a", method=method) == (404, "Introuvable.")
