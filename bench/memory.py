"""Resident memory of the server: with one session, and what each further session adds.

A session is a page open in Chromium, its map painted, one commune chosen (another one each time). All stay open until
the end. What a session adds is a mean over the further ones; under 0.1 MB it is lost in the noise and counted as that.
"""

from __future__ import annotations

import gc
import time
from contextlib import ExitStack

import psutil
from playwright.sync_api import Browser

from bench import _browser
from bench._browser import App, Session

# Scope, then further sessions of ours and of the naive page.
ROUNDS = (("dep-62", 10, 10), ("reg-44", 10, 3))
LEAST = 1e5
REST = 2.0  # seconds left to the server to give back what it can


def measure(browser: Browser, app: App, scope: str, more: int) -> tuple[float, float]:
    """Return the bytes held with one session, and those added by each of `more` others."""
    with ExitStack() as stack:
        server = stack.enter_context(_browser.serve(app))
        process = psutil.Process(server.process.pid)
        held = []
        for target in _browser.targets(scope, more + 1):
            session = stack.enter_context(Session(browser, server, app, scope))
            session.painted()
            session.click(target)
            if len(held) == 0:
                held.append(_resident(process))
        held.append(_resident(process))
    return held[0], max(LEAST, (held[1] - held[0]) / more)


def _resident(process: psutil.Process) -> float:
    gc.collect()
    time.sleep(REST)
    return float(process.memory_info().rss)


def main() -> None:
    """Print the ratios."""
    with _browser.chromium() as browser:
        for scope, more, more_naive in ROUNDS:
            print(f"memory of the server, {scope} ({_browser.count(scope):,} communes)")
            ours = measure(browser, _browser.OURS, scope, more)
            naive = measure(browser, _browser.NAIVE, scope, more_naive)
            sizes = f"({more} more sessions, {more_naive} of the naive page)"
            for what, a, b in zip(("one session", "each further session"), ours, naive, strict=True):
                least = "at most " if a <= LEAST else ""
                print(f"  {_browser.ratio(a, b)}  {what:<28} ours {least}{a / 1e6:,.1f} MB, naive {b / 1e6:,.1f} MB")
            print(f"           {sizes}")


if __name__ == "__main__":
    main()
