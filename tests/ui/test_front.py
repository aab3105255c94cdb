"""What stands between the browser and Streamlit: the page in French, files compressed once, lifetimes of what never changes, hints."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import io
import json
import re
import socket
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import brotli
import pytest
from fontTools.ttLib import TTFont
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from streamlit import net_util
from streamlit.web.server.starlette.starlette_websocket import _is_origin_allowed

from geo.paths import ROOT
from ui.server import HINTS, bundle, compressed, front, guarded, light, memory, middleware, ready
from ui.server.compressed import Compressed
from ui.server.front import Lifetime
from ui.server.guarded import Guarded

FONT = "SourceSansVF-Upright.ttf.BsWL4Kly.woff2"
INDEX = (
    '<html lang="en"><head><title>Streamlit</title>'
    f'<link rel="preload" href="./static/media/{FONT}"><link rel="stylesheet" href="./static/css/index.abc.css"></head>'
    '<body><div id="root"></div>' + "x" * 2_000 + "</body></html>"
)
SHEET = f"@font-face{{src:url(../media/{FONT})}}" + " " * 2_000
SCRIPT = "const a = 1;\n" * 500
SERVED: list[str] = []
PAGE = {"accept": "text/html,application/xhtml+xml", "accept-encoding": "gzip, br"}
GZIP = {"accept": "*/*", "accept-encoding": "gzip"}


def page(request: Request) -> Response:
    if "gzip" in request.headers.get("accept-encoding", ""):  # as Streamlit does
        return Response(gzip.compress(INDEX.encode()), media_type="text/html", headers={"content-encoding": "gzip"})
    return HTMLResponse(INDEX, headers={"etag": '"1"', "cache-control": "no-cache"})


def file(request: Request) -> Response:
    SERVED.append(request.url.path)
    if request.url.path.endswith(".html"):
        return HTMLResponse(INDEX)
    if request.url.path.endswith(".json"):
        return JSONResponse({"a": "b" * 3_000})
    if request.url.path.endswith(".woff2"):
        return Response(b"\0" * 3_000, media_type="font/woff2")
    if request.url.path.endswith(".css"):
        return Response(SHEET, media_type="text/css", headers={"etag": '"1"'})
    bundle = request.url.path.startswith("/static/js")
    kept = {"cache-control": "public, immutable, max-age=31536000", "etag": '"1"'} if bundle else {}
    return Response(SCRIPT, media_type="application/javascript", headers=kept)


def get(path: str, headers: Mapping[str, str] = GZIP, *, method: str = "GET", app: Starlette | None = None) -> Any:
    """Return status, headers and body of one answer, as sent."""
    target, _, query = path.partition("?")
    scope = {
        "type": "http", "method": method, "path": target, "raw_path": target.encode(), "query_string": query.encode(),
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()], "http_version": "1.1", "scheme": "http",
        "server": ("test", 80), "client": ("test", 1), "root_path": "",
    }  # fmt: skip
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    asyncio.run((app or served())(scope, receive, send))
    found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(m.get("body", b"") for m in sent[1:])


def served() -> Starlette:
    routes = [Route("/", page), Route("/Couverture", page), Route("/{rest:path}", file)]
    return Starlette(routes=routes, middleware=middleware())


@pytest.fixture(autouse=True)
def nothing_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with a server that set-up made nothing light for."""
    SERVED.clear()
    monkeypatch.setattr(light, "LIGHT", tmp_path)
    monkeypatch.setattr(light, "later", lambda: light.Later(quiet=0.0))


@pytest.mark.parametrize("path", ["/", "/Couverture", "/Couverture?territoire=dep-79"])
def test_the_page_is_french_named_and_carries_our_script(path: str) -> None:
    status, headers, body = get(path, PAGE)
    text = gzip.decompress(body).decode()
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert '<html lang="fr">' in text and "<title>Streamlit</title>" not in text
    assert text.count("app/static/page/french.js?v=") == 1
    assert "etag" not in headers  # the page of another version of ours would pass for this one


def test_the_page_is_sent_whole_whatever_the_browser_holds() -> None:
    status, headers, body = get("/", {"accept": "text/html", "if-none-match": '"1"', "range": "bytes=0-3"})
    assert status == 200 and int(headers["content-length"]) == len(body) and body.endswith(b"</html>")
    assert get("/", {"accept": "text/html"}, method="HEAD")[0] == 200


def test_a_text_is_compressed_and_a_font_is_not() -> None:
    _, headers, body = get("/static/js/index.abc.js")
    assert headers["content-encoding"] == "gzip" and gzip.decompress(body).decode() == SCRIPT
    _, headers, body = get("/static/media/letters.woff2")
    assert "content-encoding" not in headers and body == b"\0" * 3_000
    _, headers, body = get("/static/js/index.abc.js", {"accept": "*/*"})
    assert "content-encoding" not in headers and body.decode() == SCRIPT


def test_what_never_changes_is_compressed_once_for_all() -> None:
    app = served()
    first = get("/static/js/index.abc.js", app=app)
    assert get("/static/js/index.abc.js", app=app)[1:] == first[1:]
    assert SERVED == ["/static/js/index.abc.js"]
    get("/app/static/js/map.js", app=app)
    get("/app/static/js/map.js", app=app)  # no version in its address: it may change
    assert SERVED.count("/app/static/js/map.js") == 2
    get("/app/static/js/map.js?v=1", app=app)
    get("/app/static/js/map.js?v=2", app=app)
    assert SERVED.count("/app/static/js/map.js") == 4


def test_addresses_made_up_for_one_file_never_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is bounded by its addresses too, and gives way to what is asked for now."""
    monkeypatch.setattr(compressed, "MOST_KEPT_BYTES", 20 * compressed.ANSWER_BYTES)
    app = Compressed(Lifetime(Starlette(routes=[Route("/{rest:path}", file)])))
    for number in range(100):
        get(f"/app/static/js/map.js?v={number}", app=app)
        get(f"/app/static/geo/points-dep-79-0123456789.json?{number}", app=app)
    assert len(app.kept) <= 20 and app.bytes <= compressed.MOST_KEPT_BYTES
    assert app.bytes == sum(compressed.ANSWER_BYTES + len(one.body) for one in app.kept.values())
    assert any(b"99" in key[1] for key in app.kept)
    before = set(app.kept)
    status, headers, _ = get(f"/app/static/js/map.js?v={'9' * 1_000}", app=app)
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert set(app.kept) == before


@pytest.mark.parametrize(
    ("path", "lasts"),
    [
        ("/app/static/geo/communes-dep-79-1c750634f9.json", True),
        ("/app/static/geo/index.json", False),
        ("/app/static/js/loader.js?v=0123456789", True),
        ("/app/static/js/loader.js", False),
        ("/component/streamlit_folium.st_folium/static/js/main.521860b0.js", True),
        ("/Couverture", False),
        ("/_stcore/app/static/page/french.html?v=0123456789", False),  # the page, where there is no such file
    ],
)
def test_only_a_name_with_a_version_is_kept_for_good(path: str, lasts: bool) -> None:
    assert ("immutable" in get(path)[1].get("cache-control", "")) is lasts


def test_our_scripts_are_where_the_page_asks_for_them() -> None:
    assert sorted(front.SCRIPTS) == sorted(f"page/{path.name}" for path in (ROOT / "static" / "page").glob("*.js"))


# --- closed by default --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/", "/Couverture", "/_stcore/metrics"])
def test_every_page_says_what_a_browser_may_do_with_it(path: str) -> None:
    headers = get(path, PAGE)[1]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    rules = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert rules["default-src"] == "'self'" and rules["object-src"] == "'none'"
    assert "unsafe-inline" not in rules["script-src"] and "'unsafe-eval'" not in rules["script-src"]
    assert "strict-transport-security" not in headers, "over HTTP it would say nothing"


@pytest.mark.parametrize("path", ["/static/js/index.abc.js", "/app/static/geo/x.json"])
def test_a_file_is_sent_without_the_rules_of_pages(path: str) -> None:
    headers = get(path)[1]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert not {"content-security-policy", "permissions-policy", "x-frame-options"} & set(headers)


def test_the_scripts_written_in_the_page_are_those_named_and_no_other() -> None:
    _, headers, body = get("/", PAGE)
    written = re.findall(rb"<script>(.*?)</script>", gzip.decompress(body), re.DOTALL)
    named = re.findall(r"'sha256-([^']+)'", headers["content-security-policy"])
    assert [base64.b64encode(hashlib.sha256(one).digest()).decode() for one in written] == named
    assert len(named) == 1


async def opened_to_all(scope: Any, receive: Any, send: Any) -> None:
    """Answer as the framework does for static files and cookies."""
    kept = "; secure" if scope["path"] == "/held" else ""
    headers = {
        "access-control-allow-origin": "*",
        "access-control-allow-headers": "X",
        "set-cookie": f"_xsrf=1; Path=/{kept}",
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()] + [(b"set-cookie", b"b=2")]
    await send({"type": "http.response.start", "status": 400, "headers": raw})
    await send({"type": "http.response.body", "body": b"Bad Request"})


@pytest.mark.parametrize(
    ("path", "secure", "cookies"),
    [
        ("/", False, [b"_xsrf=1; Path=/", b"b=2"]),
        ("/", True, [b"_xsrf=1; Path=/; Secure", b"b=2; Secure"]),
        ("/held", True, [b"_xsrf=1; Path=/; secure", b"b=2; Secure"]),
    ],
)
def test_an_answer_is_for_this_site_alone_and_its_cookies_for_tls(
    path: str, secure: bool, cookies: list[bytes]
) -> None:
    told: list[Any] = []

    async def send(message: Any) -> None:
        told.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "scheme": "https" if secure else "http", "headers": []}
    asyncio.run(Guarded(opened_to_all)(scope, receive=None, send=send))
    headers = told[0]["headers"]
    assert [value for name, value in headers if name == b"set-cookie"] == cookies
    assert not [name for name, _ in headers if name.startswith(b"access-control-")]
    assert (b"content-type", b"text/plain; charset=utf-8") in headers


def test_the_frame_of_a_map_alone_may_evaluate() -> None:
    rules = get("/component/streamlit_folium.st_folium/index.html")[1]["content-security-policy"]
    assert "'unsafe-eval'" in rules
    assert "'unsafe-eval'" in get("/sous/component/streamlit_folium.st_folium/index.html")[1]["content-security-policy"]
    for path in (
        "/component/autre/index.html",
        "/component/streamlit_folium.st_folium/static/js/a.js",
        "/component/a/b",
    ):
        assert "'unsafe-eval'" not in get(path)[1].get("content-security-policy", "")


def test_a_socket_of_another_origin_is_refused_without_asking_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The framework would ask a machine of the Internet for our address, and stop everybody meanwhile."""
    asked: list[object] = []
    monkeypatch.setattr(net_util, "_make_blocking_http_get", lambda *a, **_: asked.append(a))
    middleware()
    assert not _is_origin_allowed("https://evil.example", "clsm.ars.example")
    assert _is_origin_allowed("https://clsm.ars.example", "clsm.ars.example")
    assert asked == []


@pytest.mark.parametrize("kinds", [["websocket.close"], ["websocket.accept", "websocket.close"]])
def test_a_socket_that_is_refused_is_an_answer_with_the_headers_of_all(kinds: list[str]) -> None:
    told: list[Any] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        for kind in kinds:
            await send({"type": kind})

    async def send(message: Any) -> None:
        told.append(message)

    scope = {
        "type": "websocket",
        "path": "/_stcore/stream",
        "scheme": "wss",
        "headers": [],
        "extensions": {"websocket.http.response": {}},
    }
    asyncio.run(Guarded(app)(scope, receive=None, send=send))  # type: ignore[arg-type]
    if len(kinds) == 2:
        assert [message["type"] for message in told] == kinds
        return
    assert [message["type"] for message in told] == ["websocket.http.response.start", "websocket.http.response.body"]
    headers = {name.decode(): value.decode() for name, value in told[0]["headers"]}
    assert told[0]["status"] == 403 and told[1]["body"].decode() == "Refusé." and headers["content-length"] == "8"
    assert {"content-security-policy", "strict-transport-security", "x-content-type-options", "referrer-policy"} <= set(
        headers
    )


def test_over_https_browsers_are_told_to_stay_there() -> None:
    assert "max-age=" in get("/", PAGE | {"x-forwarded-proto": "https"})[1]["strict-transport-security"]


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/agent/interact", "/_stcore/agent/openapi.json", "/sous/_stcore/metrics"]
)
def test_doors_of_the_framework_that_no_page_uses_are_shut(path: str) -> None:
    status, headers, _ = get(path)
    assert (status, headers["x-content-type-options"]) == (404, "nosniff")
    assert SERVED == []
    assert get("/_stcore/health")[0] == 200


# --- lighter files ----------------------------------------------------------------------------------------------
BROTLI = {"accept": "*/*", "accept-encoding": "gzip, deflate, br, zstd"}


def test_who_takes_brotli_is_sent_what_set_up_compressed() -> None:
    light.pack(SCRIPT.encode())
    app = served()
    _, headers, body = get("/static/js/index.abc.js", BROTLI, app=app)
    assert headers["content-encoding"] == "br" and brotli.decompress(body).decode() == SCRIPT
    assert int(headers["content-length"]) == len(body) and "accept-encoding" in headers["vary"].lower()
    assert (
        get("/static/js/index.abc.js", app=app)[1]["content-encoding"] == "gzip"
    )  # the other is no answer for this one
    refused = {"accept": "*/*", "accept-encoding": "br;q=0, gzip;q=0.5"}
    assert get("/static/js/index.abc.js", refused, app=app)[1]["content-encoding"] == "gzip"


def test_what_set_up_did_not_foresee_is_compressed_once_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bytes] = []
    monkeypatch.setattr(light, "later", lambda: type("Later", (), {"add": lambda _, body: made.append(body) or True})())
    app = served()
    assert get("/static/js/index.abc.js", BROTLI, app=app)[1]["content-encoding"] == "gzip"
    assert get("/app/static/js/map.js", BROTLI, app=app)[1]["content-encoding"] == "gzip"
    assert made == [SCRIPT.encode()]  # the first never changes under its name, the second may
    light.pack(made[0])
    assert get("/static/js/index.abc.js", BROTLI, app=app)[1]["content-encoding"] == "br"


def test_texts_without_end_are_compressed_better_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each thing that a visitor states makes a text of its own: each would be a file kept for good."""
    monkeypatch.setattr(light, "MOST_EVER", 5)
    later = light.Later(quiet=60.0)
    later.started = True  # nobody takes them out
    assert [later.add(f"{n}".encode()) for n in range(8)] == [True] * 5 + [False] * 3
    assert later.add(b"0") and len(later.seen) == later.waiting.qsize() == 5


def test_the_thread_that_compresses_ends_with_the_first_folder_it_cannot_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = light.Later(quiet=0.0)
    assert later.add(b"a" * 1_000)
    _until(lambda: light.packed(b"a" * 1_000) is not None)
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(light, "LIGHT", tmp_path / "file")
    assert later.add(b"b" * 1_000)
    _until(lambda: later.closed)
    assert not later.add(b"c" * 1_000)
    assert not light.Later().add(b"d" * (light.LARGEST_BYTES + 1))


def _until(seen: Any) -> None:
    deadline = time.monotonic() + 60
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_answer_that_is_no_success_goes_through_as_it_is() -> None:
    def missing(request: Request) -> Response:
        return Response("absent" * 500, status_code=404, media_type="text/plain", headers={"etag": '"1"'})

    app = Starlette(routes=[Route("/{rest:path}", missing)], middleware=middleware())
    status, headers, body = get("/static/js/index.abc.js", BROTLI, app=app)
    assert (status, body) == (404, b"absent" * 500) and "content-encoding" not in headers


def test_light_fonts_have_addresses_of_their_own_and_the_others_none(tmp_path: Path) -> None:
    assert "?v=" not in _page().split("</title>")[1].split("</head>")[0].split("<script")[0]
    (tmp_path / "a.woff2").write_bytes(b"light")
    (tmp_path / light.FONTS).write_text(json.dumps({"stamp": light.stamp(), "files": {FONT: "a.woff2"}}))
    stamped = f"?v={light.stamp()}"
    assert f"./static/media/{FONT}{stamped}" in _page() and f"./static/css/index.abc.css{stamped}" in _page()
    status, headers, body = get(f"/static/css/index.abc.css{stamped}")
    assert status == 200 and f"{FONT}{stamped}" in gzip.decompress(body).decode()
    _, headers, body = get(f"/static/media/{FONT}{stamped}")
    assert (body, headers["content-type"], headers["content-length"]) == (b"light", "font/woff2", "5")
    assert get(f"/static/media/{FONT}")[2] == b"\0" * 3_000  # who kept the page of before
    (tmp_path / light.FONTS).write_text(json.dumps({"stamp": "another", "files": {FONT: "a.woff2"}}))
    assert stamped not in _page()
    assert get(f"/static/media/{FONT}{stamped}")[2] == b"\0" * 3_000


def _page() -> str:
    return gzip.decompress(get("/Couverture", PAGE)[2]).decode()


def test_every_icon_shown_and_every_letter_of_french_is_in_the_light_fonts() -> None:
    media = bundle.bundle() / "static" / "media"
    (symbols,) = media.glob("MaterialSymbols-*.woff2")
    wanted = light.icons()
    assert {"home", "map", "draw", "expand_more", "keyboard_double_arrow_left"} <= wanted
    whole, cut = TTFont(symbols), TTFont(io.BytesIO(light.cut_font(symbols.read_bytes(), symbols=wanted)))
    assert wanted & _ligatures(whole) <= _ligatures(cut)
    assert light.our_icons() <= _ligatures(cut), "an icon of ours that the font does not have"
    (letters,) = media.glob("SourceSansVF-Upright*.woff2")
    content = light.cut_font(letters.read_bytes())
    cut = TTFont(io.BytesIO(content))
    text = (
        "Où manque-t-il des CLSM ? « L’Haÿ-les-Roses » · Œuvre, ŒIL, Æ, 1ᵉʳ janvier ; 12,5 % — 3\u202f000 → ✓ ≥ ≤ × … ●"
    )
    lost = {sign for sign in text if ord(sign) not in cut.getBestCmap()}
    assert lost <= {sign for sign in text if ord(sign) not in TTFont(letters).getBestCmap()}
    assert {record.toUnicode() for record in cut["name"].names if record.nameID in (1, 4, 6)} == {"CLSM"}
    assert len(content) < letters.stat().st_size / 2


def _ligatures(font: TTFont) -> set[str]:
    signs = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    found = set()
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            for first, entries in getattr(getattr(table, "ExtSubTable", table), "ligatures", {}).items():
                found |= {
                    signs.get(first, "?") + "".join(signs.get(c, "?") for c in entry.Component) for entry in entries
                }
    return found


# --- what a page is sent with -----------------------------------------------------------------------------------
def test_a_page_says_that_it_loads_and_where_its_server_is() -> None:
    text = _page()
    assert re.search(r'<div id="root"><p role="status"[^>]*>Le tableau de bord se charge…</p></div>', text)
    assert "La%20carte%20se%20charge" in text
    assert 'BACKEND_BASE_URL:new URL("./",location.href)' in text  # whatever prefix a proxy puts before it
    before = (bundle.bundle() / "index.html").read_text(encoding="utf-8")
    after = front.in_french(before.encode()).decode()
    assert '<div id="root"><p role="status"' in after and front.NO_SCRIPT.decode() in after
    assert "Reading this" in before and "Reading this" not in after


def test_a_register_that_is_silent_holds_neither_the_page_nor_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()

    def stuck(*_: object) -> list[str]:
        let_go.wait(30)
        return []

    def broken(*_: object) -> list[str]:
        raise ValueError("damaged")

    monkeypatch.setattr(front, "HINTS_S", 0.05)
    monkeypatch.setattr(HINTS, "geometry", stuck)
    threading.Timer(10, let_go.set).start()  # were it in the thread that answers
    begun = time.monotonic()
    for _ in range(4):  # more than there are threads for it
        assert get("/", PAGE)[0] == 200
    let_go.set()
    assert time.monotonic() - begun < 10
    monkeypatch.setattr(HINTS, "geometry", broken)
    assert get("/", PAGE)[0] == 200


def test_an_error_that_nobody_foresaw_is_one_sentence_with_the_headers_of_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands around our application would answer it in English, without them, and write a traceback."""
    monkeypatch.setenv("CLSM_HOME", str(tmp_path))

    def fails(_: Request) -> Response:
        raise ValueError("secret")

    def leaves(_: Request) -> Response:
        raise ClientDisconnect

    def opens(_: Request) -> Response:
        return Response((tmp_path / ("a" * 5_000)).read_bytes())

    routes = [Route("/fails", fails), Route("/leaves", leaves), Route("/long", opens)]
    app = Starlette(routes=routes, middleware=middleware())
    status, headers, body = get("/fails", {**PAGE, "x-forwarded-proto": "https"}, app=app)
    assert status == 500 and body.decode() == guarded.FAILED
    assert headers["x-content-type-options"] == "nosniff" and "default-src" in headers["content-security-policy"]
    assert "strict-transport-security" in headers
    with pytest.raises(IndexError):
        get("/leaves", app=app)  # nobody is there to be answered
    assert get("/long", PAGE, app=app)[::2] == (404, b"Introuvable."), (
        "whoever makes up names fills no file of incidents"
    )
    assert (tmp_path / "incidents.log").read_text().count("\n") == 1


def test_a_page_with_a_map_names_what_its_frame_will_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HINTS, "scripts", ("./app/static/vendor/leaflet.js?v=1",))
    monkeypatch.setattr(HINTS, "styles", ("./app/static/css/map.css?v=1",))
    files = {"Couverture": ["./app/static/geo/a.json"]}
    monkeypatch.setattr(HINTS, "geometry", lambda page, asked: files.get(page, []) if "x" not in asked else [])
    text = HINTS.tags("/clsm/Couverture", "a=1").decode()
    ahead = re.findall(r'prefetch".*?href="([^"]+)"', text)
    assert ahead[:3] == [*HINTS.scripts, *files["Couverture"], *HINTS.styles]
    assert any("/Selectbox." in name for name in ahead[3:]), "the widgets come after the map"
    assert "/ComponentInstance." in "".join(re.findall(r'modulepreload".*?href="([^"]+)"', text))
    assert "app/static" not in HINTS.tags("/", "").decode()
    assert "app/static" not in HINTS.tags("/Couverture", "x=%22%3E%3Cscript%3E").decode()


def test_the_widgets_hinted_are_those_of_the_bundle_in_place() -> None:
    found = bundle.chunk_files(bundle.CHUNKS)
    assert all((bundle.bundle() / name).is_file() for name in found)
    assert all(any(f"/{name}." in file for file in found) for name in bundle.CHUNKS)
    assert not set(found) & set(bundle.start_files())


def test_a_socket_that_named_no_protocol_sends_what_it_has_at_once() -> None:
    """As Streamlit binds its own: asyncio would leave Nagle's algorithm on, and each answer wait for the browser."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert not listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert front.without_delay() >= 1
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert listening.fileno() >= 0, "the socket itself stays open"


def test_what_few_pages_show_is_prepared_once_the_first_visitor_has_been_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And what fails there is left to the page that needs it: no traceback reaches the log."""
    done: list[str] = []
    monkeypatch.setattr(light, "QUIET_S", 0.0)
    monkeypatch.setattr(front.runtime, "exists", lambda: True)

    def later() -> None:
        done.append("later" if ready.LOADED.is_set() else "too soon")
        raise ValueError("damaged")

    async def start() -> None:
        async with front.ready_first(lambda: done.append("load"), later)(None):
            for thread in threading.enumerate():
                if thread.name == front.LOADING:
                    await asyncio.to_thread(thread.join, 30)

    monkeypatch.setattr(front, "install", lambda: None)
    monkeypatch.setattr(ready, "LOADED", threading.Event())
    monkeypatch.setattr(front, "LOADED", ready.LOADED)
    asyncio.run(start())
    assert done == ["load", "later"]


def test_what_is_free_goes_back_to_the_system_for_as_long_as_the_server_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages side by side leave as much in pieces as they hold: 1,2 GB after a quarter of an hour of ten persons."""
    trimmed, often = threading.Event(), list[int]()

    def trim() -> None:
        often.append(1)
        if len(often) == 3:
            trimmed.set()

    monkeypatch.setattr(memory, "trim", trim)
    monkeypatch.setattr(memory, "TIDY_S", 0.001)
    monkeypatch.setattr(front, "install", lambda: None)
    monkeypatch.setattr(front, "LOADED", threading.Event())
    monkeypatch.setattr(front.runtime, "exists", lambda: True)

    async def served() -> int:
        async with front.ready_first(lambda: None, lambda: None)(None):
            assert await asyncio.to_thread(trimmed.wait, 60)
        await asyncio.sleep(0.01)
        return len(asyncio.all_tasks())

    assert asyncio.run(served()) == 1


def test_what_never_changes_is_sent_without_what_would_tell_it_from_another_version() -> None:
    headers = get("/static/js/index.abc.js")[1]
    assert "immutable" in headers["cache-control"]
    assert not {"etag", "last-modified", "accept-ranges"} & set(headers)
