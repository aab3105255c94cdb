"""The dashboard scanned as ZAP would, alone and behind nginx: nothing of level medium is left unexplained, and what is left is needed."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.deploy import proxy
from tests.deploy.proxy import Proxy
from tests.journeys import APP
from tests.scan.__main__ import scan, table
from tests.scan.explained import EXPLAINED, unexplained
from tests.scan.probes import spoken
from tests.scan.wire import Answer, Finding, ask
from tests.support.browser import AppServer, start_server

VIOLATIONS = """
window.__refused = [];
document.addEventListener("securitypolicyviolation", e => window.__refused.push(e.effectiveDirective + " " + e.blockedURI));
"""
STRICTER = """
new MutationObserver((_, looking) => {
    if (!document.head) return;
    looking.disconnect();
    const rule = document.createElement("meta");
    rule.httpEquiv = "Content-Security-Policy";
    rule.content = "style-src 'self'";
    document.head.prepend(rule);
}).observe(document, {childList: true, subtree: true});
"""
STYLED = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).position"


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory, libraries: None) -> Iterator[tuple[AppServer, Proxy]]:
    proxy.nginx()  # skipped before anything is started
    folder = tmp_path_factory.mktemp("scanned")
    with ExitStack() as stack:
        one = start_server(APP, log=folder / "log", env={"CLSM_HOME": str(folder / "home")})
        stack.callback(one.stop)
        yield one, stack.enter_context(proxy.running(folder / "nginx", [urlsplit(one.url).netloc]))


@pytest.fixture(scope="module")
def downloaded(chromium: Browser, sites: tuple[AppServer, Proxy]) -> Iterator[list[str]]:
    """Return the path of a file that a page gave to take away."""
    context = chromium.new_context(locale="fr-FR", accept_downloads=True)
    page = context.new_page()
    page.goto(f"{sites[0].url}/Donnees")
    page.get_by_role("tab", name="Importer une couche").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Modèle à remplir").click()
    path = urlsplit(taken.value.url).path
    assert "/media/" in path
    yield [path]  # it is kept as long as its page is open
    context.close()


@pytest.fixture(scope="module")
def scanned(sites: tuple[AppServer, Proxy], downloaded: list[str]) -> tuple[list[Answer], list[Finding]]:
    answers, found = [], []
    for root, most in (
        (sites[0].url, 500),
        (sites[1].url, 150),
    ):  # pages, doors, our files, and those that they name first
        more, told = scan(root, downloaded, most)
        answers += more
        found += told
    return answers, found


def test_nothing_of_level_medium_is_left_unexplained(scanned: tuple[list[Answer], list[Finding]]) -> None:
    answers, found = scanned
    assert len(answers) > 900 and {answer.status for answer in answers} >= {200, 400, 404, 405, 413}
    assert any("/media/" in answer.url and answer.status == 200 for answer in answers)
    assert unexplained(found) == [], "\n".join(table(found))
    stale = [why.rule for why in EXPLAINED if not any(why.holds(one) for one in found)]
    assert stale == [], "explained, and found no more"


def test_what_is_low_is_known(scanned: tuple[list[Answer], list[Finding]]) -> None:
    low = {one.rule for one in scanned[1] if one.level == 1}
    assert low <= {"10010", "10096", "10110", "90004"}
    assert {one.detail for one in scanned[1] if one.rule == "10010"} <= {"_streamlit_xsrf"}


def test_tls_is_that_of_today(sites: tuple[AppServer, Proxy]) -> None:
    assert spoken(sites[1].url, ssl.TLSVersion.TLSv1_3)
    assert spoken(sites[1].url, ssl.TLSVersion.TLSv1_2).startswith("ECDHE")
    moved = ask(sites[1].plain_url, "/Perimetre?communes=62193")
    assert moved.status == 301 and moved.header("location").startswith("https://")


def test_the_policy_refuses_nothing_that_a_page_needs_and_the_styles_it_lets_in_are_needed(
    chromium: Browser, sites: tuple[AppServer, Proxy]
) -> None:
    def seen(*scripts: str) -> tuple[set[str], str]:
        context = chromium.new_context(locale="fr-FR")
        page = context.new_page()
        for script in scripts:
            page.add_init_script(script)
        page.goto(f"{sites[0].url}/Methode")
        page.get_by_role("heading", name="Les repères").wait_for()
        found = set(page.evaluate("window.__refused")), page.evaluate(STYLED)
        context.close()
        return found

    assert seen(VIOLATIONS) == (set(), "absolute")
    assert seen(VIOLATIONS, STRICTER) == ({"style-src-elem inline", "style-src-attr inline"}, "static")


def test_a_scan_of_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="refused"):
        scan(f"http://127.0.0.1:{proxy.free_port()}")
