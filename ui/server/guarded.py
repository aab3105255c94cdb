"""Closed by default: what a browser may do with our answers, and the doors of the framework that lead nowhere.

The policy is as tight as Streamlit allows. What it does not allow, and why: styles written in the page (its own style library);
scripts from `blob:` (it loads the script of a component of version 2 so); WebAssembly (its numbers of 64 bits); and, in the frame of a map alone, scripts written in the
page and evaluated, which is how streamlit-folium works. That frame has no address but ours, and what we send it is escaped (ui/map).
"""

from __future__ import annotations

import base64
import errno
import hashlib
import re
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import net_util

from ui.server.failures import write_down

# Doors of the framework that no page of ours uses: its metrics name every cache and session, its agents drive a session of their own.
CLOSED = re.compile(r"/_stcore/(?:metrics|agent)(?:/|$)")
FRAME = re.compile(r"/component/streamlit_folium\.st_folium/(?:index\.html)?$")
INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
POLICY = {
    "default-src": "'self'",
    "script-src": "'self' blob: 'wasm-unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "frame-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
IN_FRAME = POLICY | {"script-src": "'self' 'unsafe-inline' 'unsafe-eval'"}
ALWAYS = {"x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin"}
# What a browser shows or runs as a page. A script, a style, a font or data is none: a first visit fetches a hundred of them, and 700
# bytes of rules on each would take a third of a second of a slow line.
OF_PAGES = {
    "x-frame-options": "SAMEORIGIN",  # for browsers that do not know frame-ancestors
    "referrer-policy": "same-origin",  # an address holds a perimeter: it is nobody else's business
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-write=(self), fullscreen=(self)",
    "cross-origin-opener-policy": "same-origin",
}
NO_PAGE = re.compile(
    r"(?:application|text)/(?:javascript|json|css)\b|font/|image/(?:png|jpeg|webp|x-icon)|application/wasm"
)
HSTS = "max-age=31536000"
NO_NAME = (errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL)  # of what no file can be called
REFUSED = "Refusé."
FAILED = "Ce serveur n’a pas pu répondre. Réessayez ; si cela revient, dites à qui le tient l’heure et ce que vous demandiez."


def policy(inline: Iterable[bytes] = (), *, frame: bool = False) -> str:
    """Return the policy of a page, or of the frame of a component, with the scripts written in it that may run."""
    rules = dict(IN_FRAME if frame else POLICY)
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
        rules["script-src"] += f" 'sha256-{digest}'"
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def inline_scripts(page: bytes) -> list[bytes]:
    """Return the scripts written in a page."""
    return INLINE.findall(page)


def ask_nothing() -> None:
    """Have the framework ask no other machine for the address of this one.

    It does for each request of another origin, in the thread that answers everybody, for seconds where there is no network: who opens
    sockets from elsewhere would stop the server.
    """
    net_util.get_external_ip = lambda: None


def _same_site(headers: MutableHeaders, *, secure: bool) -> None:
    """Keep an answer to this site: the framework opens its files to all origins; over TLS, its cookies travel by TLS alone."""
    for name in [name for name in headers if name.startswith("access-control-")]:
        del headers[name]
    if secure and (cookies := headers.getlist("set-cookie")):
        del headers["set-cookie"]
        for cookie in cookies:
            held = any(part.strip().lower() == "secure" for part in cookie.split(";"))
            headers.append("set-cookie", cookie if held else f"{cookie}; Secure")


def _secure(scope: Scope) -> bool:
    """Return whether a browser came by TLS, itself or to the proxy before us."""
    return scope.get("scheme") in ("https", "wss") or Headers(scope=scope).get("x-forwarded-proto", "") == "https"


def _head(headers: MutableHeaders, status: int, rules: str, *, secure: bool) -> None:
    """Say in the headers of an answer what a browser may do with it."""
    if status >= 400:
        headers.setdefault("content-type", "text/plain; charset=utf-8")
    page = not (status == 200 and NO_PAGE.match(headers.get("content-type", "")))
    headers.update(ALWAYS | (OF_PAGES if page else {}))
    if page:
        headers.setdefault("content-security-policy", rules)
    if secure:
        headers["strict-transport-security"] = HSTS


class _Refusing:
    """A `send` that gives the refusal of a socket, which is an answer like another, the headers of all."""

    def __init__(self, scope: Scope, send: Send, rules: str) -> None:
        self.scope, self.send, self.rules = scope, send, rules
        self.open = "websocket.http.response" not in (scope.get("extensions") or {})  # a server that cannot say more

    async def __call__(self, message: Message) -> None:
        """Take one message of the application."""
        if message["type"] != "websocket.close" or self.open:
            self.open = self.open or message["type"] == "websocket.accept"
            await self.send(message)
            return
        body = REFUSED.encode()
        headers = MutableHeaders({"content-length": str(len(body))})
        _head(headers, 403, self.rules, secure=_secure(self.scope))
        await self.send({"type": "websocket.http.response.start", "status": 403, "headers": headers.raw})
        await self.send({"type": "websocket.http.response.body", "body": body})


class Guarded:
    """Give every answer its headers, and close the doors that lead nowhere."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.plain, self.frame = policy(), policy(frame=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, _Refusing(scope, send, self.plain))
            return
        rules = self.frame if FRAME.search(scope["path"]) else self.plain
        secure, begun = _secure(scope), False

        async def headed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(raw=message["headers"])
                _same_site(headers, secure=secure)
                _head(headers, message["status"], rules, secure=secure)
            await send(message)

        if CLOSED.search(scope["path"]):
            await PlainTextResponse("Introuvable.", 404)(scope, receive, headed)
            return
        try:
            await self.app(scope, receive, headed)
        except ClientDisconnect:  # who sent a file left: nobody hears an answer
            return
        except (
            Exception
        ) as error:  # what stands around would answer without these headers, and write a traceback in the log
            nowhere = isinstance(error, OSError) and error.errno in NO_NAME
            if not nowhere:
                write_down(error)
            if not begun:
                answer = PlainTextResponse("Introuvable.", 404) if nowhere else PlainTextResponse(FAILED, 500)
                await answer(scope, receive, headed)
