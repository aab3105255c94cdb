"""Passive rules: each looks at one answer and says what it finds. Numbers and levels are ZAP's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

from tests.scan.wire import Answer, Finding, Level

Check = Callable[[Answer], Iterator[str]]
SHOWN = ("text/html", "application/xhtml+xml")
SCRIPTS = ("application/javascript", "text/javascript")
FOLLOWED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}
STATED = re.compile(r"(?:server|x-powered-by|x-aspnet(?:mvc)?-version|x-generator|x-runtime)$")
ERRORS = re.compile(
    r"Traceback \(most recent call last\)|File \"/[^\"]+\", line \d+|Internal Server Error:|sqlalchemy\.exc|psycopg\.|SyntaxError:.*line|"
    r"Uncaught exception|DETAIL:|Warning: mysql_|ORA-\d{5}"
)
WORDS = re.compile(r"\b(?:TODO|FIXME|BUG|HACK|XXX|password|passwd|secret)\b", re.IGNORECASE)
COMMENTS = re.compile(r"<!--(.*?)-->|/\*(.*?)\*/|(?:^|\s)//([^\n]*)", re.DOTALL)
DANGEROUS = re.compile(
    r"\b(eval|document\.write|document\.writeln|execScript|setImmediate|msSetImmediate|range\.createContextualFragment)\s*\("
)
TIMESTAMP = re.compile(r"(?<![\d.])(?:1[5-9]\d{8})(?![\d.])")
PRIVATE = re.compile(
    r"(?<![\d.])(?:10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2})(?![\d.])"
)
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}")
UNBOUND = ("base-uri", "form-action", "frame-ancestors")  # directives that default-src does not stand in for
NEEDED = (
    "default-src",
    "script-src",
    "style-src",
    "img-src",
    "connect-src",
    "font-src",
    "frame-src",
    "object-src",
    *UNBOUND,
)


class Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep one."""
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def tags(answer: Answer) -> list[tuple[str, dict[str, str]]]:
    """Return the tags of a page, none of anything else."""
    return Tags(answer.text).found if answer.kind in SHOWN else []


def policy(answer: Answer) -> dict[str, list[str]]:
    """Return the directives of the content security policy of an answer."""
    written = (part.split() for part in answer.header("content-security-policy").split(";"))
    return {words[0].lower(): words[1:] for words in written if words}


def _is_page(answer: Answer) -> bool:
    return answer.kind in SHOWN and answer.status < 300


def _cookies(answer: Answer, flag: str) -> Iterator[str]:
    for line in answer.all("set-cookie"):
        for name, cookie in SimpleCookie(line).items():
            if not cookie[flag]:
                yield name


def _no_http_only(answer: Answer) -> Iterator[str]:
    yield from _cookies(answer, "httponly")


def _no_secure(answer: Answer) -> Iterator[str]:
    if answer.secure:
        yield from _cookies(answer, "secure")


def _no_same_site(answer: Answer) -> Iterator[str]:
    yield from _cookies(answer, "samesite")


def _loose_cookie(answer: Answer) -> Iterator[str]:
    for line in answer.all("set-cookie"):
        yield from (name for name, cookie in SimpleCookie(line).items() if cookie["domain"])


def _cache_control(answer: Answer) -> Iterator[str]:
    said = answer.header("cache-control")
    if (
        answer.kind in (*SHOWN, "application/json")
        and answer.secure
        and not re.search("no-store|no-cache|immutable", said)
    ):
        yield said or "absent"


def _storable(answer: Answer) -> Iterator[str]:
    if "public" in answer.header("cache-control") and answer.kind in SHOWN:
        yield answer.header("cache-control")


def _foreign_script(answer: Answer) -> Iterator[str]:
    for tag, said in tags(answer):
        if tag == "script" and _is_foreign(answer, said.get("src", "")):
            yield said["src"]


def _no_integrity(answer: Answer) -> Iterator[str]:
    for tag, said in tags(answer):
        address = said.get("src") if tag == "script" else said.get("href") if tag == "link" else ""
        if address and _is_foreign(answer, address) and "integrity" not in said:
            yield address


def _is_foreign(answer: Answer, address: str) -> bool:
    return bool(address) and urlsplit(urljoin(answer.url, address)).netloc not in ("", urlsplit(answer.url).netloc)


def _framed(answer: Answer) -> Iterator[str]:
    if _is_page(answer):
        guard = "frame-ancestors" in policy(answer) or answer.header("x-frame-options").upper() in (
            "DENY",
            "SAMEORIGIN",
        )
        if not guard:
            yield "neither frame-ancestors nor x-frame-options"
        if len(answer.all("x-frame-options")) > 1:
            yield "x-frame-options said twice"


def _no_nosniff(answer: Answer) -> Iterator[str]:
    if answer.header("x-content-type-options").lower() != "nosniff":
        yield answer.header("x-content-type-options") or "absent"


def _untyped(answer: Answer) -> Iterator[str]:
    if answer.body and not answer.kind:
        yield "no content-type"


def _comments(answer: Answer) -> Iterator[str]:
    if answer.kind in (*SHOWN, *SCRIPTS, "text/css"):
        for found in COMMENTS.finditer(answer.text):
            if word := WORDS.search("".join(filter(None, found.groups()))):
                yield word[0]


def _no_hsts(answer: Answer) -> Iterator[str]:
    said = answer.header("strict-transport-security")
    if answer.secure and not re.search(r"max-age=[1-9]\d{6,}", said):
        yield said or "absent"


def _versions(answer: Answer) -> Iterator[str]:
    if re.search(r"\d", answer.header("server")):
        yield answer.header("server")


def _software(answer: Answer) -> Iterator[str]:
    if answer.header("server"):
        yield answer.header("server")


def _powered(answer: Answer) -> Iterator[str]:
    yield from (f"{key}: {value}" for key, value in answer.headers if STATED.match(key) and key != "server")


def _no_policy(answer: Answer) -> Iterator[str]:
    if answer.kind in SHOWN and not policy(answer):
        yield "absent"


def _policy_misses(answer: Answer) -> Iterator[str]:
    if (said := policy(answer)) and _is_page(answer):
        closed = said.get("default-src") == ["'none'"]
        yield from (name for name in NEEDED if name not in said and not (closed and name not in UNBOUND))


def _policy_star(answer: Answer) -> Iterator[str]:
    for name, values in policy(answer).items():
        wide = [value for value in values if value in ("*", "http:", "https:", "ws:", "wss:") or value.startswith("*.")]
        wide += ["data:"] if name in ("script-src", "default-src", "object-src") and "data:" in values else []
        yield from (f"{name} {value}" for value in wide)


def _policy_word(name: str, word: str) -> Check:
    def check(answer: Answer) -> Iterator[str]:
        said = policy(answer)
        if word in said.get(name, said.get("default-src", [])):
            yield f"{name} {word}"

    return check


def _mixed(answer: Answer) -> Iterator[str]:
    if answer.secure:
        for tag, said in tags(answer):
            if said.get(FOLLOWED.get(tag, ""), "").startswith("http:"):
                yield f"{tag} {said[FOLLOWED[tag]]}"


def _permissions(answer: Answer) -> Iterator[str]:
    if _is_page(answer) and not answer.header("permissions-policy"):
        yield "absent"


def _timestamps(answer: Answer) -> Iterator[str]:
    for line in answer.all("set-cookie"):
        yield from (f"cookie: {found[0]}" for found in TIMESTAMP.finditer(line))
    if answer.kind in SHOWN:
        yield from (found[0] for found in TIMESTAMP.finditer(answer.text))


def _open_to_all(answer: Answer) -> Iterator[str]:
    said = answer.header("access-control-allow-origin")
    if said == "*" or answer.header("access-control-allow-credentials"):
        yield said or "credentials"


def _basic(answer: Answer) -> Iterator[str]:
    if answer.header("www-authenticate") and not answer.secure:
        yield answer.header("www-authenticate")


def _modern(answer: Answer) -> Iterator[str]:
    if any(tag == "noscript" for tag, _ in tags(answer)):
        yield "a page made by scripts"


def _dangerous(answer: Answer) -> Iterator[str]:
    if answer.kind in (*SHOWN, *SCRIPTS):
        yield from sorted({found[1] for found in DANGEROUS.finditer(answer.text)})


def _isolation(answer: Answer) -> Iterator[str]:
    if not answer.header("cross-origin-resource-policy"):
        yield "cross-origin-resource-policy"
    if _is_page(answer):
        wanted = ("cross-origin-opener-policy", "cross-origin-embedder-policy")
        yield from (name for name in wanted if not answer.header(name))


def _errors(answer: Answer) -> Iterator[str]:
    if answer.kind not in SCRIPTS and (found := ERRORS.search(answer.text)):
        yield found[0][:80]


def _failed(answer: Answer) -> Iterator[str]:
    if answer.status >= 500 and answer.status != 503:
        yield str(answer.status)


def _debugging(answer: Answer) -> Iterator[str]:
    yield from (key for key, _ in answer.headers if key in ("x-chromelogger-data", "x-chromephp-data", "x-debug-token"))


def _private(answer: Answer) -> Iterator[str]:
    yield from sorted({found[0] for found in PRIVATE.finditer(answer.text)} if answer.kind not in SCRIPTS else ())


def _persons(answer: Answer) -> Iterator[str]:
    if answer.kind in (*SHOWN, "application/json", "text/csv", "text/plain"):
        yield from sorted({found[0] for found in MAIL.finditer(answer.text)})


def _forms(answer: Answer) -> Iterator[str]:
    if any(tag == "form" and said.get("method", "").lower() == "post" for tag, said in tags(answer)):
        yield "a form of the page itself"


def _charset(answer: Answer) -> Iterator[str]:
    said = re.search(r"charset=([\w-]+)", answer.header("content-type"))
    if answer.kind in SHOWN and (said is None or said[1].lower() != "utf-8"):
        yield answer.header("content-type")


def _listing(answer: Answer) -> Iterator[str]:
    if re.search(r"<title>Index of|Directory listing for", answer.text):
        yield "a folder is listed"


@dataclass(frozen=True)
class Rule:
    """A rule: ZAP's number, its name, its level, and what looks."""

    number: str
    name: str
    level: Level
    check: Check


INFO, LOW, MEDIUM, HIGH = Level
RULES = (
    Rule("2", "Private address disclosed", LOW, _private),
    Rule("10010", "Cookie without HttpOnly", LOW, _no_http_only),
    Rule("10011", "Cookie without Secure", LOW, _no_secure),
    Rule("10015", "Cache-control to look at again", INFO, _cache_control),
    Rule("10017", "Script of another site", LOW, _foreign_script),
    Rule("10019", "No content type", INFO, _untyped),
    Rule("10020", "May be framed by another site", MEDIUM, _framed),
    Rule("10021", "No X-Content-Type-Options", LOW, _no_nosniff),
    Rule("10023", "Error of the server", LOW, _failed),
    Rule("10027", "Suspicious comment", INFO, _comments),
    Rule("10033", "Folder listed", MEDIUM, _listing),
    Rule("10035", "No Strict-Transport-Security", LOW, _no_hsts),
    Rule("10036", "Server tells its version", LOW, _versions),
    Rule("10036-1", "Server tells its name", INFO, _software),
    Rule("10037", "Software tells its name (X-Powered-By and the like)", LOW, _powered),
    Rule("10038", "No content security policy", MEDIUM, _no_policy),
    Rule("10040", "Mixed content", MEDIUM, _mixed),
    Rule("10049", "Page that caches may share", INFO, _storable),
    Rule("10052", "Header of a debugger", MEDIUM, _debugging),
    Rule("10054", "Cookie without SameSite", LOW, _no_same_site),
    Rule("10055-4", "CSP: any origin", MEDIUM, _policy_star),
    Rule("10055-5", "CSP: scripts written in the page", MEDIUM, _policy_word("script-src", "'unsafe-inline'")),
    Rule("10055-6", "CSP: styles written in the page", MEDIUM, _policy_word("style-src", "'unsafe-inline'")),
    Rule("10055-10", "CSP: scripts made from text", MEDIUM, _policy_word("script-src", "'unsafe-eval'")),
    Rule("10055-13", "CSP: directive that nothing stands in for", MEDIUM, _policy_misses),
    Rule("10062", "Address of a person", HIGH, _persons),
    Rule("10063", "No permissions policy", LOW, _permissions),
    Rule("10096", "Timestamp disclosed", LOW, _timestamps),
    Rule("10098", "Open to other origins", MEDIUM, _open_to_all),
    Rule("10105", "Password in the clear", MEDIUM, _basic),
    Rule("10109", "Modern web application", INFO, _modern),
    Rule("10110", "Dangerous function of JavaScript", LOW, _dangerous),
    Rule("10202", "Form without a token", MEDIUM, _forms),
    Rule("90003", "No subresource integrity", MEDIUM, _no_integrity),
    Rule("90004", "Not isolated from other origins", LOW, _isolation),
    Rule("90011", "Charset not said", INFO, _charset),
    Rule("90022", "Error disclosed", MEDIUM, _errors),
    Rule("90033", "Cookie for several machines", INFO, _loose_cookie),
)


def look(answer: Answer) -> list[Finding]:
    """Return what the rules find in an answer."""
    return [
        Finding(rule.number, rule.name, rule.level, answer.url, detail)
        for rule in RULES
        for detail in rule.check(answer)
    ]
