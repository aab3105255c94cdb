"""Resident memory of the server: with one session, and what each further session adds.

A session is a page open in Chromium, its map painted, one commune chosen (another one each time). All stay open until
the end. What a session adds is a mean over the further ones; under 0.1 MB it is lost in the noise and counted as that.
"""

from __future__ import annotations

import time

import psutil
from playwright.sync_api import Browser

from bench import _browser
from bench._browser import App, Session

# Scope, then further sessions of ours and of the naive page.
ROUNDS = (("dep-62", 10, 10), ("reg-44", 5, 3))
LEAST = 1e5
REST = 2.0  # seconds left to the server to give back what it can


def measure(browser: Browser, app: App, scope: str, more: int) -> tuple[float, float]:
    """Return the bytes held with one session, and those added by each of `more` others."""
    first, *others = _browser.targets(scope, more + 1)
    with _browser.serve(app) as server, Session(browser, server, app, scope) as session:
        process = psutil.Process(server.process.pid)
        session.painted()
        session.click(first)
        alone = _resident(process)
        for target in others:  # in the same context: only the server counts here, and the browser has less to load
            other = Session(browser, server, app, scope, context=session.context)
            other.painted()
            other.click(target)
        return alone, max(LEAST, (_resident(process) - alone) / more)


def _resident(process: psutil.Process) -> float:
    time.sleep(REST)
    return float(process.memory_info().rss)


def main() -> None:
    """Print the ratios."""
    with _browser.chromium() as browser:
        for scope, more, more_naive in ROUNDS:
            print(f"memory of the server, {scope} ({_browser.count(scope):,} communes)")
            ours = measure(browser, _browser.OURS, scope, more)
            naive = measure(browser, _browser.NAIVE, scope, more_naive)
            for what, a, b in zip(("one session", "each further session"), ours, naive, strict=True):
                lost = a <= LEAST
                sizes = f"ours {'at most ' if lost else ''}{a / 1e6:,.1f} MB, naive {b / 1e6:,.1f} MB"
                print(f"  {_browser.ratio(a, b, least=lost)} {what:<30} {sizes}")
            print(f"            ({more} further sessions, {more_naive} of the naive page)")


if __name__ == "__main__":
    main()
