"""What is asked on purpose: methods that nobody uses, paths that lead out, files that must not be there, a page of elsewhere, old TLS."""

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.scan.wire import Answer, Finding, Level, ask

INFO, LOW, MEDIUM, HIGH = Level
UNUSED = ("TRACE", "TRACK", "PUT", "DELETE", "PATCH", "PROPFIND", "FOO")
OUT = (
    "../../../../etc/passwd", "%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "....//....//....//etc/passwd", "..\\..\\..\\etc\\passwd", "%252e%252e%252f%252e%252e%252fetc%252fpasswd", "/etc/passwd",
    "../pyproject.toml", "%2e%2e/pyproject.toml", "..%2fpyproject.toml", "../.streamlit/secrets.toml",
)  # fmt: skip
FROM = ("", "app/static/", "static/", "media/", "component/streamlit_folium.st_folium/", "_stcore/upload_file/")
HIDDEN = (
    ".git/config", ".git/HEAD", ".env", ".streamlit/secrets.toml", ".streamlit/config.toml", ".npmrc", "pyproject.toml", "dashboard.py",
    "requirements.txt", "registre/registre.sqlite", "incidents.log", "server-status", "phpinfo.php", ".DS_Store", "web.config",
)  # fmt: skip
TOLD = (b"root:x:", b"[tool.", b"[core]", b"ref: refs/", b"[server]", b"SQLite format 3", b"import streamlit")
HANDSHAKE = {
    "connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}  # fmt: skip
ELSEWHERE = "https://ailleurs.example"


def probe(root: str) -> tuple[list[Answer], list[Finding]]:
    """Return the answers to what is asked on purpose, for the other rules too, and what is found in them."""
    answers: list[Answer] = []
    found = [
        *_methods(root, answers),
        *_ways_out(root, answers),
        *_hidden(root, answers),
        *_from_elsewhere(root, answers),
    ]
    if root.startswith("https:"):
        found += list(_old_tls(root))
    return answers, found


def _base(root: str) -> str:
    return urlsplit(root).path.rstrip("/") + "/"


def _methods(root: str, answers: list[Answer]) -> Iterator[Finding]:
    for path in (
        "",
        "_stcore/health",
        "app/static/js/loader.js",
        "pret",
        "component/streamlit_folium.st_folium/index.html",
    ):
        for method in UNUSED:
            answer = ask(root, _base(root) + path, method, {"x-echo": "said-by-the-scan"})
            answers.append(answer)
            if answer.status < 400:
                yield Finding("90028", "Unsafe method taken", MEDIUM, answer.url, f"{method}: {answer.status}")
            if b"said-by-the-scan" in answer.body:
                yield Finding("10058", "Request told back", MEDIUM, answer.url, method)
        answers.append(ask(root, _base(root) + path, "OPTIONS", {"origin": ELSEWHERE}))
    large = ask(root, _base(root), "POST", {"content-type": "text/plain"}, b"0" * 1_200_000)
    answers.append(large)
    if large.status < 400:
        yield Finding("90028", "Unsafe method taken", MEDIUM, large.url, f"POST of 1.2 MB: {large.status}")


def _ways_out(root: str, answers: list[Answer]) -> Iterator[Finding]:
    for start in FROM:
        for way in OUT:
            answer = ask(root, _base(root) + start + way)
            answers.append(answer)
            if any(word in answer.body for word in TOLD[:2]):
                yield Finding("6", "Path that leads out", HIGH, answer.url, way)


def _hidden(root: str, answers: list[Answer]) -> Iterator[Finding]:
    for start in ("", "app/static/", "static/"):
        for name in HIDDEN:
            answer = ask(root, _base(root) + start + name)
            answers.append(answer)
            if answer.status == 200 and any(word in answer.body for word in TOLD):
                yield Finding("40035", "Hidden file found", MEDIUM, answer.url, name)


def _from_elsewhere(root: str, answers: list[Answer]) -> Iterator[Finding]:
    """A page of another site asks, opens the socket of a session, names another host."""
    stream = _base(root) + "_stcore/stream"
    opened = ask(root, stream, headers={**HANDSHAKE, "origin": ELSEWHERE})
    if opened.status == 101:
        yield Finding("socket", "Socket opened to a page of another site", HIGH, opened.url, ELSEWHERE)
    for path in ("", "_stcore/health", "_stcore/host-config", "app/static/js/loader.js"):
        answer = ask(root, _base(root) + path, headers={"origin": ELSEWHERE})
        answers.append(answer)
        if ELSEWHERE in answer.header("access-control-allow-origin"):
            yield Finding("10098", "Open to other origins", MEDIUM, answer.url, "the origin is told back")
    for header in ("host", "x-forwarded-host"):
        named = ask(root, _base(root), headers={header: "ailleurs.example"})
        answers.append(named)
        if b"ailleurs.example" in named.body or "ailleurs.example" in named.header("location"):
            yield Finding("host", "Name of the host believed", MEDIUM, named.url, header)


def _old_tls(root: str) -> Iterator[Finding]:
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it is old: that is the question
            if spoken(root, version, "ALL:@SECLEVEL=0"):
                yield Finding("tls", "Old protocol taken", MEDIUM, root, version.name)
    for ciphers in (
        "aNULL:@SECLEVEL=0",
        "eNULL:@SECLEVEL=0",
        "RC4:3DES:DES:@SECLEVEL=0",
        "kRSA:@SECLEVEL=0",
        "ECDHE+AES+SHA1:@SECLEVEL=0",
    ):
        try:
            weak = spoken(root, ssl.TLSVersion.TLSv1_2, ciphers)
        except ssl.SSLError:
            continue  # unknown to this machine, which then cannot ask
        if weak:
            yield Finding("tls", "Weak cipher taken", MEDIUM, root, f"{ciphers.partition(':')[0]}: {weak}")


def spoken(root: str, version: ssl.TLSVersion, ciphers: str = "") -> str:
    """Return the cipher that a server takes in a version of TLS, "" when it refuses.

    Raises
    ------
    ssl.SSLError
        When this machine knows none of the ciphers.
    """
    parts = urlsplit(root)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if ciphers:
        context.set_ciphers(ciphers)
    context.minimum_version = context.maximum_version = version
    try:
        with (
            socket.create_connection((parts.hostname or "", parts.port or 443), timeout=30) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname) as secure,
        ):
            return (secure.cipher() or ("",))[0]
    except OSError:  # of which the refusals of TLS are a kind
        return ""
