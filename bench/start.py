"""Cold start: from the launch of the server to the map painted in a Chromium already open.

The second session is another user's, on the server as the first left it, with nothing in the browser's cache.
"""

from __future__ import annotations

import time

from playwright.sync_api import Browser

from bench import _browser
from bench._browser import App, Session

SCOPE = "dep-62"
REPEAT = 3


def measure(browser: Browser, app: App) -> tuple[float, float, float]:
    """Return the seconds to a server ready, to the first map, and from a second user's visit to their map."""
    launch = time.time()
    with _browser.serve(app) as server:
        ready = time.time()
        with Session(browser, server, app, SCOPE) as session:
            first = session.painted()
            session.settle()
        visit = time.time()
        with Session(browser, server, app, SCOPE) as session:
            return ready - launch, first - launch, session.painted() - visit


def main() -> None:
    """Print the ratios."""
    runs: dict[App, list[tuple[float, float, float]]] = {_browser.OURS: [], _browser.NAIVE: []}
    print(f"start, {SCOPE} ({_browser.count(SCOPE):,} communes), median of {REPEAT}")
    with _browser.chromium() as browser:
        for _ in range(REPEAT):
            for app, found in runs.items():  # in turn, so that a busy moment of the machine weighs on both
                found.append(measure(browser, app))
    ours, naive = (list(zip(*found, strict=True)) for found in runs.values())
    names = ("launch to server ready", "launch to painted map", "second session to painted map")
    for name, a, b in zip(names, ours, naive, strict=True):
        _browser.ratio_line(name, a, b, unit="ms", scale=1e3)


if __name__ == "__main__":
    main()
