"""The addresses of a dashboard: pages, doors of the framework, files that they name, and answers that are errors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from geo.paths import ROOT
from tests.scan.rules import FOLLOWED, tags
from tests.scan.wire import Answer, ask

PAGES = ("", "Couverture", "Perimetre", "Perimetre?communes=62193", "Comparaison", "Donnees", "Methode", "Ma_region")
DOORS = (
    "_stcore/health", "_stcore/script-health-check", "_stcore/host-config", "_stcore/metrics", "_stcore/agent/openapi.json",
    "_stcore/stream", "_stcore/upload_file/a/b", "_stcore/allowed-message-origins", "media/absent.pdf", "pret", "mesures",
    "component/streamlit_folium.st_folium/index.html", "component/absent/index.html", "app/static/absent.js", "static/absent.js",
    "favicon.png", "robots.txt", "sitemap.xml", ".well-known/security.txt", "x" * 9_000,
)  # fmt: skip
NAMED = re.compile(r"[\"'`(]((?:\.{0,2}/)?[\w./-]+\.(?:js|css|woff2|svg|png|json)(?:\?v=\w+)?)[\"'`)]")
LARGEST = 2_000_000  # bytes of a file in which names are looked for
MOST = 900  # addresses, of which a dashboard has some six hundred
OF_A_KIND = 4  # files of our own folders that are asked for, of each kind


def own_files() -> list[str]:
    """Return some files of each kind in each of our folders, as the dashboard serves them."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for path in sorted((ROOT / "static").glob("**/*.*")):
        kinds.setdefault((path.parent.name, path.suffix), []).append(f"app/{path.relative_to(ROOT).as_posix()}")
    return [name for names in kinds.values() for name in names[:OF_A_KIND]]


def crawl(root: str, more: Iterable[str] = (), most: int = MOST) -> list[Answer]:
    """Return the answers of the addresses found under a root, each asked for once, `most` at most: ours first.

    Raises
    ------
    OSError
        When the server stops answering.
    """
    base = urlsplit(root).path.rstrip("/") + "/"
    waiting = [base + path for path in (*PAGES, *DOORS, *own_files())]
    waiting += [*more]
    seen, answers = set(waiting), []
    while waiting and len(answers) < most:
        answer = ask(root, waiting.pop(0))
        answers.append(answer)
        for path in _named(answer):
            if path.startswith(base) and path not in seen:
                seen.add(path)
                waiting.append(path)
    return answers


def _named(answer: Answer) -> list[str]:
    """Return the paths of this machine that an answer names."""
    if answer.status != 200 or len(answer.body) > LARGEST:
        return []
    found = [said.get(FOLLOWED.get(tag, ""), "") for tag, said in tags(answer)]
    if answer.kind in ("application/javascript", "text/javascript", "text/css"):
        found += NAMED.findall(answer.text)
    joined = (urlsplit(urljoin(answer.url, name)) for name in found if name and not name.startswith("data:"))
    return [
        one.path + (f"?{one.query}" if one.query else "") for one in joined if one.netloc == urlsplit(answer.url).netloc
    ]
