"""What nginx does by deploy/nginx.conf: who goes where, what is shut, what a process is told, what is kept, what is logged."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from geo.paths import ROOT
from geo.scenarios.link import LONGEST
from tests.deploy import proxy
from tests.deploy.proxy import Proxy, fetch
from tests.support.browser import PATIENCE_S

IMMUTABLE = "public, max-age=31536000, immutable"
ASKED: Counter[str] = Counter()


class Echo(BaseHTTPRequestHandler):
    """A process that says which one it is and what it was told."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        ASKED[self.path] += 1
        unready = self.path.endswith("/pret") and self.server.server_port in UNREADY
        absent = "only" in self.path and self.server.server_port not in HAVE
        told = {
            "port": self.server.server_port,
            "taken": len(body),
            "headers": {k.lower(): v for k, v in self.headers.items()},
        }
        body = json.dumps(told).encode()
        self.send_response(503 if unready else 404 if absent else 200)
        self.send_header("content-length", str(len(body)))
        self.send_header("connection", "close")  # once stopped, it answers no more
        self.send_header("x-frame-options", "SAMEORIGIN")
        self.send_header("cache-control", IMMUTABLE if "v=" in self.path else "no-cache")
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


UNREADY: set[int] = set()
HAVE: set[int] = set()  # processes that have what « only » names


@pytest.fixture
def echoes() -> Iterator[list[ThreadingHTTPServer]]:
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Echo) for _ in range(3)]
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    ASKED.clear()
    UNREADY.clear()
    HAVE.clear()
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def front(echoes: list[ThreadingHTTPServer], tmp_path: Path) -> Iterator[Proxy]:
    with proxy.running(tmp_path / "nginx", [f"127.0.0.1:{server.server_port}" for server in echoes]) as running:
        yield running


def wait_logged(front: Proxy, what: str, times: int) -> None:
    """Wait until nginx has written so many lines, which it does once an answer is gone."""
    deadline = time.monotonic() + PATIENCE_S
    while front.log().count(what) < times:
        assert time.monotonic() < deadline, front.log()
        time.sleep(0.01)


def who(front: Proxy, cookie: str, path: str = "/Perimetre") -> int:
    return int(json.loads(front.get(path, cookie=cookie).body)["port"])


def test_a_visitor_stays_where_the_first_page_took_him(front: Proxy) -> None:
    first = front.get("/Perimetre?communes=62193")
    port = json.loads(first.body)["port"]
    assert re.fullmatch(r"clsm_visit=[0-9a-f]{32}", first.cookie)
    assert {"httponly", "secure", "samesite=lax"} <= set(first.headers["set-cookie"].lower().split("; "))
    assert {who(front, first.cookie, path) for path in ("/", "/static/js/a.js", "/media/x", "/_stcore/health")} == {
        port
    }
    assert front.get("/", cookie=first.cookie).cookie == ""  # not given a second one


def test_visitors_are_spread_though_they_come_from_one_address(front: Proxy) -> None:
    spread = Counter(json.loads(front.get("/").body)["port"] for _ in range(120))
    assert len(spread) == 3 and min(spread.values()) >= 12  # of 40 expected; chance puts one below once in a million


def test_a_cookie_that_nobody_gave_is_replaced(front: Proxy) -> None:
    assert front.get("/", cookie="clsm_visit=moi").cookie.startswith("clsm_visit=")


def test_only_the_visitors_of_a_process_that_stops_go_elsewhere(
    front: Proxy, echoes: list[ThreadingHTTPServer]
) -> None:
    cookies = [front.get("/").cookie for _ in range(30)]
    before = {cookie: who(front, cookie) for cookie in cookies}
    gone = echoes[0]
    gone.shutdown()
    gone.server_close()
    after = {cookie: who(front, cookie) for cookie in cookies}
    moved = {cookie for cookie in cookies if before[cookie] != after[cookie]}
    assert moved == {cookie for cookie in cookies if before[cookie] == gone.server_port}
    assert gone.server_port not in after.values()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/media/only.pdf", None),
        ("/clsm/_stcore/upload_file/only/a", b"0" * 300_000),
        ("/app/static/geo/only.json", None),
    ],
)
def test_what_one_process_alone_has_is_found_by_every_visitor(
    front: Proxy, echoes: list[ThreadingHTTPServer], path: str, body: bytes | None
) -> None:
    """A page that was moved keeps a cookie that leads to its first process, once that one is back."""
    HAVE.add(echoes[1].server_port)
    for number in range(12):
        visit = f"clsm_visit={number:032x}"
        answer = front.get(path, method="PUT" if body else "GET", body=body, cookie=visit)
        told = json.loads(answer.body)
        assert (answer.status, told["port"], told["taken"]) == (200, echoes[1].server_port, len(body or b""))
    HAVE.clear()
    assert front.get(path).status == 404  # and nobody is thought ill of for it
    assert len({who(front, f"clsm_visit={number:032x}") for number in range(40)}) == 3


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics", "/_stcore/agent", "/_stcore/agent/openapi.json", "/mesures", "/mesures/", "/clsm/mesures",
        "/clsm/_stcore/metrics", "/_stcore/%6detrics", "/x/../_stcore/metrics", "/_stcore//metrics", "/_stcore/metrics/",
    ],
)  # fmt: skip
def test_shut_doors_lead_to_no_process(front: Proxy, path: str) -> None:
    assert front.get(path).status == 404
    assert not ASKED


def test_a_process_is_told_the_truth_about_who_asks(front: Proxy) -> None:
    """A visitor names neither himself, nor another machine, nor another protocol."""
    lies = {
        "x_forwarded_for": "10.1.1.1", "forwarded": "for=10.1.1.1", "x_forwarded_proto": "http", "x_forwarded_host": "e.fr",
        "x_forwarded_user": "prefet", "x_forwarded_email": "a@b.fr", "remote_user": "prefet", "x_remote_user": "prefet",
        "x_auth_request_user": "prefet", "x_auth_request_email": "a@b.fr", "x_forwarded_preferred_username": "prefet",
    }  # fmt: skip
    told = json.loads(front.get("/", **lies).body)["headers"]
    assert told["host"] == front.url.removeprefix("https://")
    assert (told.pop("x-forwarded-for"), told.pop("x-forwarded-proto")) == ("127.0.0.1", "https")
    assert not {name.replace("_", "-") for name in lies} & set(told)


def test_a_file_is_taken_up_to_the_size_that_the_pages_take_and_no_other_request(front: Proxy) -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    conf = proxy.TEMPLATE.read_text(encoding="utf-8")
    assert f"client_max_body_size {settings['server']['maxUploadSize'] + 1}m;" in conf
    body = b"0" * 2_000_000
    assert front.get("/_stcore/upload_file/a/b", method="PUT", body=body).status == 200
    assert front.get("/clsm/_stcore/upload_file/a/b", method="PUT", body=body).status == 200
    assert front.get("/", method="PUT", body=body).status == 413


def test_what_never_changes_is_asked_of_one_process_once(front: Proxy) -> None:
    for path, times in (("/app/static/geo/a.json?v=1", 1), ("/static/js/b.js", 4)):
        answers = [front.get(path) for _ in range(4)]
        assert [answer.status for answer in answers] == [200] * 4
        assert ASKED[path] == times
        assert all(answer.headers["x-frame-options"] == "SAMEORIGIN" for answer in answers)
    assert ASKED["/Perimetre?v=1"] == 0
    assert len({front.get("/Perimetre?v=1").body for _ in range(12)}) > 1  # a page is nobody else's


def test_ready_as_long_as_one_process_is(front: Proxy, echoes: list[ThreadingHTTPServer]) -> None:
    ports = [server.server_port for server in echoes]
    UNREADY.update(ports[:2])
    assert {front.get("/pret").status for _ in range(12)} == {200}
    UNREADY.update(ports)
    assert {front.get("/pret").status for _ in range(6)} == {503}
    assert {front.get("/").status for _ in range(12)} == {200}  # the register may be away: pages do without it


def test_what_nginx_refuses_by_itself_is_closed_too_and_keeps_its_status(front: Proxy) -> None:
    asked = [front.get("/mesures"), front.get("/", method="TRACE"), front.get("/", method="PUT", body=b"0" * 2_000_000),
             front.get(f"/{'x' * 70_000}"), front.get("/", method="PUT", content_length="-1")]  # fmt: skip
    assert [answer.status for answer in asked] == [404, 405, 413, 414, 400]
    closed = {
        "content-security-policy",
        "strict-transport-security",
        "x-content-type-options",
        "cross-origin-resource-policy",
    }
    for answer in asked:
        assert closed <= set(answer.headers) and answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.body.decode() == "Rien ici, ou une demande que ce serveur ne prend pas."
    assert not ASKED


def test_the_port_without_tls_refuses_in_french_too_what_it_cannot_lead_on(front: Proxy) -> None:
    plain = front.plain_url
    asked = [fetch(plain, method="TRACE"), fetch(plain, method="PUT", body=b"0" * 2_000_000), fetch(f"{plain}/{'x' * 70_000}"),
             fetch(plain, {"content-length": "-1"}, "PUT"), fetch(plain, {"x": "y" * 70_000})]  # fmt: skip
    assert [answer.status for answer in asked] == [405, 413, 414, 400, 400]
    for answer in asked:
        assert {"content-security-policy", "x-content-type-options", "cross-origin-resource-policy"} <= set(
            answer.headers
        )
        assert "strict-transport-security" not in answer.headers, "which means nothing without TLS"
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.body.decode() == "Rien ici, ou une demande que ce serveur ne prend pas."
    assert fetch(f"{plain}/clsm-refuse").status == 404
    assert not ASKED


def test_when_no_process_answers_a_visitor_reads_it_in_french(tmp_path: Path) -> None:
    with proxy.running(tmp_path / "nginx", [f"127.0.0.1:{proxy.free_port()}"]) as alone:
        answer = alone.get("/Perimetre?communes=62193")
    assert answer.status == 503
    assert "votre périmètre, qui est dans l’adresse, reviendra" in answer.body.decode()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert {"content-security-policy", "strict-transport-security", "x-content-type-options"} <= set(answer.headers)


def test_http_leads_to_https_and_the_log_keeps_no_perimeter(front: Proxy) -> None:
    moved = fetch(f"{front.plain_url}/Perimetre?communes=62193")
    assert (moved.status, moved.headers["location"]) == (301, "https://127.0.0.1/Perimetre?communes=62193")
    front.get("/Perimetre?communes=62193")
    wait_logged(front, "GET /Perimetre", 1)
    assert "communes" not in front.log() and " 62193" not in front.log()


def test_no_log_keeps_the_perimeter_of_a_request_that_fails(front: Proxy, echoes: list[ThreadingHTTPServer]) -> None:
    """The log of errors of nginx has the whole address of what it could not pass on: each time that a process is restarted."""
    assert front.get("/Perimetre?communes=62193", method="PUT", body=b"0" * 2_000_000).status == 413
    for server in echoes:
        server.shutdown()
        server.server_close()
    for number in range(3):
        answer = front.get(
            "/Perimetre?communes=62193", cookie=f"clsm_visit={number:032x}", referer="https://a/?communes=62193"
        )
        assert answer.status == 503
    wait_logged(front, "GET /Perimetre", 3)
    kept = {path.name: path.read_text(encoding="utf-8") for path in front.folder.glob("*.log")}
    assert {name for name, text in kept.items() if "62193" in text} == set()
    assert {name for name, text in kept.items() if "50" in text} >= {
        "access.log"
    }  # which says that no process answered


def test_an_address_is_as_long_as_a_link_may_be(front: Proxy) -> None:
    """A link carries scenarios whole: the longest gets through, with the cookies of somebody known, without TLS at first too."""
    long = f"/Perimetre?lien={'x' * LONGEST}"
    assert front.get(long, cookie=f"_streamlit_user={'y' * 12_000}").status == 200
    moved = fetch(f"{front.plain_url}{long}")
    assert (moved.status, moved.headers["location"]) == (301, f"https://127.0.0.1{long}")


def test_who_asks_the_port_of_tls_without_it_is_led_there(front: Proxy) -> None:
    moved = fetch(f"{front.url.replace('https', 'http')}/Perimetre?communes=62193")
    assert (moved.status, moved.headers["location"]) == (301, f"{front.url}/Perimetre?communes=62193")


def test_files_on_their_way_are_few_for_a_visitor_and_for_all(front: Proxy) -> None:
    """Each is written on the disk of nginx, which PostgreSQL shares, before any process can refuse it."""
    where = urlsplit(front.url)

    def begin(number: int) -> int:
        line = context.wrap_socket(
            socket.create_connection((where.hostname, where.port)), server_hostname=where.hostname
        )
        lines.append(line)
        line.sendall(
            b"PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: a\r\nCookie: clsm_visit=%032x\r\nContent-Length: 9\r\n\r\n0"
            % number
        )
        line.settimeout(0.3)
        with suppress(TimeoutError):
            return int(line.recv(4_096).split()[1])
        return 0

    context = proxy.UNCHECKED
    lines: list[Any] = []
    assert [begin(0) for _ in range(5)] == [0, 0, 0, 0, 429]
    assert [begin(number) for number in range(1, 14)] == [0] * 12 + [429]
    refused = front.get("/_stcore/upload_file/a/b", method="PUT", body=b"0")
    assert refused.status == 429 and "strict-transport-security" in refused.headers
    assert front.get("/Perimetre").status == 200
    for line in lines:
        line.close()
