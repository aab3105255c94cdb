"""Each rule of the scan finds what it is for, and leaves alone an answer that is as it should be."""

from __future__ import annotations

import pytest

from tests.scan.explained import EXPLAINED, unexplained
from tests.scan.rules import RULES, look
from tests.scan.wire import Answer, Finding, Level
from ui.server.guarded import ALWAYS, HSTS, OF_PAGES, policy

HTML = ("content-type", "text/html; charset=utf-8")
CLOSED = policy().replace(" 'unsafe-inline'", "")
GOOD = {**ALWAYS, **OF_PAGES, "cross-origin-embedder-policy": "require-corp", "content-security-policy": CLOSED, "cache-control": "no-cache",
        "strict-transport-security": HSTS, "content-type": HTML[1]}  # fmt: skip


def answer(
    body: str = "<p>Bonjour</p>", url: str = "https://a.fr/", status: int = 200, **changes: str | None
) -> Answer:
    """Return a good answer but for some headers (None: without it)."""
    named = {name.replace("_", "-"): value for name, value in changes.items()}
    headers = tuple((name, value) for name, value in (GOOD | named).items() if value is not None)
    return Answer(url, "GET", status, headers, body.encode())


def csp(name: str, value: str) -> Answer:
    return answer(content_security_policy="; ".join(
        f"{key} {value}" if key == name else f"{key} {held}" for key, _, held in (d.partition(" ") for d in CLOSED.split("; "))
    ))  # fmt: skip


BAD = {
    "2": answer("<p>10.1.2.3</p>"),
    "10010": answer(set_cookie="a=b; Secure; SameSite=Lax"),
    "10011": answer(set_cookie="a=b; HttpOnly; SameSite=Lax"),
    "10015": answer(cache_control="max-age=3"),
    "10017": answer('<script src="https://b.fr/a.js" integrity="sha256-x"></script>'),
    "10019": answer(content_type=None),
    "10020": answer(x_frame_options=None, content_security_policy=CLOSED.replace("; frame-ancestors 'self'", "")),
    "10021": answer(x_content_type_options=None),
    "10023": answer(status=500),
    "10027": answer("<!-- TODO: the password -->"),
    "10033": answer("<title>Index of /</title>"),
    "10035": answer(strict_transport_security="max-age=0"),
    "10036": answer(server="nginx/1.22.1"),
    "10036-1": answer(server="uvicorn"),
    "10037": answer(x_powered_by="PHP"),
    "10038": answer(content_security_policy=None),
    "10040": answer('<img src="http://a.fr/a.png">'),
    "10049": answer(cache_control="public, max-age=9"),
    "10052": answer(x_debug_token="1"),
    "10054": answer(set_cookie="a=b; Secure; HttpOnly"),
    "10055-4": csp("img-src", "*"),
    "10055-5": csp("script-src", "'self' 'unsafe-inline'"),
    "10055-6": csp("style-src", "'self' 'unsafe-inline'"),
    "10055-10": csp("script-src", "'self' 'unsafe-eval'"),
    "10055-13": answer(content_security_policy="default-src 'self'"),
    "10062": answer("<p>ana@ars.example</p>"),
    "10063": answer(permissions_policy=None),
    "10096": answer(set_cookie="a=1795727770; Secure; HttpOnly; SameSite=Lax"),
    "10098": answer(access_control_allow_origin="*"),
    "10105": answer(url="http://a.fr/", www_authenticate="Basic"),
    "10109": answer("<noscript>Non</noscript>"),
    "10110": answer("eval('1')", content_type="text/javascript"),
    "10202": answer('<form method="post"></form>'),
    "90003": answer('<script src="https://b.fr/a.js"></script>'),
    "90004": answer(cross_origin_opener_policy=None),
    "90011": answer(content_type="text/html"),
    "90022": answer("Traceback (most recent call last)"),
    "90033": answer(set_cookie="a=b; Secure; HttpOnly; SameSite=Lax; Domain=a.fr"),
}


def test_an_answer_that_is_as_it_should_be_is_left_alone() -> None:
    assert look(answer()) == []


def test_each_rule_has_its_bad_answer() -> None:
    assert set(BAD) == {rule.number for rule in RULES} and len(RULES) == len(BAD)


@pytest.mark.parametrize("number", sorted(BAD))
def test_each_rule_finds_what_it_is_for(number: str) -> None:
    assert number in {found.rule for found in look(BAD[number])}


def test_only_what_is_explained_there_is_explained() -> None:
    frame = "https://a.fr/component/streamlit_folium.st_folium/index.html"
    evaluated = [Finding("10055-10", "", Level.MEDIUM, url, "") for url in (frame, "https://a.fr/Perimetre")]
    assert [found.url for found in unexplained(evaluated)] == ["https://a.fr/Perimetre"]
    assert unexplained([Finding("10110", "", Level.LOW, frame, "")]) == []
    assert all(len(why.why) > 40 for why in EXPLAINED)
