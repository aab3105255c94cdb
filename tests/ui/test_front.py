"""What stands between the browser and Streamlit: the page in French, files compressed once, lifetimes of what never changes."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from geo.paths import ROOT
from ui.server import middleware

INDEX = '<html lang="en"><head><title>Streamlit</title></head><body>' + "x" * 2_000 + "</body></html>"
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
    if request.url.path.endswith(".json"):
        return JSONResponse({"a": "b" * 3_000})
    if request.url.path.endswith(".woff2"):
        return Response(b"\0" * 3_000, media_type="font/woff2")
    bundle = request.url.path.startswith("/static/js")
    kept = {"cache-control": "public, immutable, max-age=31536000"} if bundle else {}
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
def nothing_served() -> None:
    SERVED.clear()


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


@pytest.mark.parametrize(
    ("path", "lasts"),
    [
        ("/app/static/geo/communes-dep-79-1c750634f9.json", True),
        ("/app/static/geo/index.json", False),
        ("/app/static/js/loader.js?v=0123456789", True),
        ("/app/static/js/loader.js", False),
        ("/component/streamlit_folium.st_folium/static/js/main.521860b0.js", True),
        ("/Couverture", False),
    ],
)
def test_only_a_name_with_a_version_is_kept_for_good(path: str, lasts: bool) -> None:
    assert ("immutable" in get(path)[1].get("cache-control", "")) is lasts


def test_our_script_is_where_the_page_asks_for_it() -> None:
    assert (ROOT / "static" / "page" / "french.js").is_file()
