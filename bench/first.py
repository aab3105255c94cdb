"""The first second: to the map painted after a launch, in a second session, for France, and on a slow line; what is on the wire.

Against the naive page and against commit 918b49c, when it can be checked out beside this tree: it is run with the packages
of today (its own pins of Streamlit and of the map are the same), its libraries and outlines made by its own commands. An empty map of the framework (bench/bare_app.py) tells what no
page can be under. All take turns in every round, so that a busy moment of the machine weighs on each; processor seconds are those of the server and of
Chromium together, to the map painted.

The slow line is Chromium's own: 1.5 Mbit/s both ways and 150 ms before each answer. It slows files, not the websocket, on
which the naive page sends its geometry: its figures there are better than a real line would give.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from playwright.sync_api import Browser, BrowserContext, Page

from bench import _browser
from bench._browser import App, AppServer, Session, ratio
from tests.support.browser import ROOT

SCOPE = "dep-62"
REPEAT = 3
COMMIT = "918b49c"
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.5e6 / 8, "uploadThroughput": 1.5e6 / 8}
QUIET_S = 1.0  # a page is let alone before the next is opened
WARM_S = 3.0  # a server of before slow visits has nothing left to load
KINDS = {
    "Document": "pages",
    "Script": "scripts",
    "Stylesheet": "styles",
    "Font": "fonts",
    "Fetch": "data",
    "XHR": "data",
}
Found = dict[str, list[float]]


@dataclass
class Wire:
    """What a page fetches: number and bytes by kind; `slow` puts it on a slow line."""

    slow: bool = True
    files: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    bytes: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _kinds: dict[str, str] = field(default_factory=dict)

    def watch(self, page: Page) -> None:
        """Count from now on."""
        cdp = page.context.new_cdp_session(page)
        cdp.send("Network.enable")
        if self.slow:
            cdp.send("Network.emulateNetworkConditions", SLOW)
        cdp.on("Network.responseReceived", self._began)
        cdp.on("Network.loadingFinished", self._ended)

    def _began(self, event: dict[str, Any]) -> None:
        if event["response"]["url"].startswith("http"):
            kind = KINDS.get(event["type"], "other")
            address = event["response"]["url"].partition("?")[0]
            # What a hint fetches ahead has no kind of its own.
            ending = {"js": "scripts", "css": "styles", "json": "data", "woff2": "fonts"}.get(
                address.rpartition(".")[2]
            )
            self._kinds[event["requestId"]] = ending or kind

    def _ended(self, event: dict[str, Any]) -> None:
        kind = self._kinds.get(event["requestId"])
        if kind and event["encodedDataLength"]:
            self.files[kind] += 1
            self.bytes[kind] += event["encodedDataLength"]


# --- the two baselines ------------------------------------------------------------------------------------------
@contextmanager
def before() -> Iterator[App | None]:
    """Check the older commit out in a folder that is removed afterwards; None where that cannot be done."""
    with tempfile.TemporaryDirectory(prefix="bench-before-") as name:
        tree = Path(name) / COMMIT
        try:
            _run(["git", "worktree", "add", "--detach", str(tree), COMMIT], ROOT)
        except (OSError, RuntimeError) as error:
            print(f"  commit {COMMIT} is not measured: {error}")
            yield None
            return
        try:
            for module in (("ui.vendor",), ("geo", "display")):  # the names these had then
                _run([sys.executable, "-m", *module], tree)
            yield App(COMMIT, str(tree / "dashboard.py"), "/Perimetre")
        finally:
            _run(["git", "worktree", "remove", "--force", str(tree)], ROOT)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:4])} failed: {done.stderr.strip()[-300:]}")


# --- the measures -----------------------------------------------------------------------------------------------
_SPENT: dict[tuple[int, float], float] = {}  # of each process seen, those that have ended too


def processor() -> float:
    """Return the processor seconds that this process's children have used so far, browsers and servers."""
    for child in psutil.Process().children(recursive=True):
        try:
            used = child.cpu_times()
            _SPENT[child.pid, child.create_time()] = used.user + used.system
        except psutil.Error:
            continue
    return sum(_SPENT.values())


def launch(browser: Browser, app: App, home: str, found: Found) -> None:
    """Measure a launch and a second session, on a département; then a session on France."""
    start, used = time.time(), processor()
    with _browser.serve(app, {"CLSM_HOME": home}) as server:
        _visit(browser, server, app, SCOPE, "launch to painted map", found, start, used)
        _visit(browser, server, app, SCOPE, "second session to painted map", found)
        _visit(browser, server, app, "france", "France, next session to painted map", found)


def slow_line(browser: Browser, app: App, home: str, found: Found) -> tuple[Wire, Wire]:
    """Measure a first visit and a return, on a slow line and a server that has served before; return what was fetched."""
    with _browser.serve(app, {"CLSM_HOME": home}) as server:
        with Session(browser, server, app, SCOPE) as session:
            session.painted()
            session.settle()
        time.sleep(WARM_S)
        first, again = Wire(), Wire()
        context = browser.new_context(viewport=_browser.VIEWPORT, locale="fr-FR", bypass_csp=True)
        _visit(browser, server, app, SCOPE, "slow line, first map", found, context=context, wire=first)
        _visit(browser, server, app, SCOPE, "slow line, return visit", found, context=context, wire=again)
        context.close()
    return first, again


def _visit(
    browser: Browser,
    server: AppServer,
    app: App,
    scope: str,
    name: str,
    found: Found,
    start: float = 0.0,
    used: float = 0.0,
    *,
    context: BrowserContext | None = None,
    wire: Wire | None = None,
) -> None:
    start, used = start or time.time(), used or processor()
    session = Session(browser, server, app, scope, context=context, watch=wire.watch if wire else None)
    painted = session.painted() - start
    found[name].append(painted)
    found[f"{name}, processor"].append(processor() - used)
    session.settle()
    session.page.close() if context else session.context.close()


def bare(browser: Browser, found: Found) -> None:
    """Measure a launch and a second session of the framework's own page, to an empty map."""
    start = time.time()
    with _browser.serve(_browser.BARE) as server:
        for name in ("launch, empty map of the framework", "second session, empty map of the framework"):
            context = browser.new_context(viewport=_browser.VIEWPORT, locale="fr-FR", bypass_csp=True)
            page = context.new_page()
            page.goto(server.url, wait_until="commit")
            page.frame_locator("iframe").locator(".leaflet-container").wait_for()
            found[name].append(time.time() - start)
            page.wait_for_timeout(1000 * QUIET_S)
            context.close()
            start = time.time()


# --- what is printed --------------------------------------------------------------------------------------------
def table(found: dict[str, Found]) -> None:
    """Print our medians and the ratio of each baseline to ours."""
    ours, *others = found.values()
    names = list(found)[1:]
    for what, values in ours.items():
        mine = median(values)
        said = ", ".join(
            f"{ratio(mine, median(other[what])).strip()} {name} ({median(other[what]):.1f} s)"
            for name, other in zip(names, others, strict=True)
        )
        print(f"  {what:<48} ours {mine:.1f} s; {said}")


def wires(wire: dict[str, tuple[Wire, Wire]]) -> None:
    """Print number and bytes of the files of a first visit and of a return."""
    for name, (first, again) in wire.items():
        kinds = ", ".join(
            f"{kind} {first.bytes[kind] / 1e3:,.0f} kB in {count}" for kind, count in sorted(first.files.items())
        )
        total, back = sum(first.bytes.values()) / 1e3, sum(again.bytes.values()) / 1e3
        print(
            f"  {name:<8} first visit {total:,.0f} kB in {sum(first.files.values())} files ({kinds});"
            f" return {back:,.0f} kB in {sum(again.files.values())}"
        )


def main() -> None:
    """Print the tables."""
    print(f"the first second, {SCOPE} ({_browser.count(SCOPE):,} communes) and France, median of {REPEAT}")
    with before() as older, _browser.chromium() as browser, tempfile.TemporaryDirectory(prefix="bench-") as home:
        apps = [app for app in (_browser.OURS, _browser.NAIVE, older) if app]
        found: dict[str, Found] = {app.name: defaultdict(list) for app in apps}
        wire: dict[str, tuple[Wire, Wire]] = {}
        floor: Found = defaultdict(list)
        for _ in range(REPEAT):
            bare(browser, floor)
            for app in apps:
                launch(browser, app, f"{home}/{app.name}", found[app.name])
            for app in apps:
                wire[app.name] = slow_line(browser, app, f"{home}/{app.name}", found[app.name])
        table(found)
        for name, values in floor.items():
            print(f"  {name:<48} {median(values):.1f} s")
        wires(wire)


if __name__ == "__main__":
    main()
