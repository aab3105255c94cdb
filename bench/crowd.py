"""The same clicks with twenty people on one server: each has a page open and clicks about every five seconds.

Pages and server share this machine, and twenty pages weigh more on it than twenty people on machines of their own: what
is measured is an upper bound. The naive page cannot follow the pace; its next click then waits for its page to answer, so
that it is loaded less than ours. Twenty naive maps of France would hold more memory than the machine has: not tried.
"""

from __future__ import annotations

import time
from contextlib import ExitStack

from playwright.sync_api import Browser

from bench import _browser
from bench._browser import App, Session
from bench.clicks import SCOPES

PEOPLE = 20
ROUNDS, NAIVE_ROUNDS = 3, 1  # clicks of each person; one takes the naive pages minutes
PACE = 5.0  # seconds between two clicks of the same person
NAIVE_ALONE = ("france",)

Costs = list[tuple[float, float, int]]


def measure(browser: Browser, app: App, scope: str, rounds: int) -> Costs:
    """Return the costs of every click of every session; the first of each, which opens the figures, is not counted."""
    first, *others = _browser.targets(scope, rounds + 1)
    with ExitStack() as stack:
        server = stack.enter_context(_browser.serve(app))
        sessions: list[Session] = []
        for _ in range(PEOPLE):
            session = stack.enter_context(Session(browser, server, app, scope))
            session.painted()
            session.click(first)
            sessions.append(session)
        costs: Costs = []
        for target in others:
            began = time.monotonic()
            for rank, session in enumerate(sessions):
                session.pause(began + rank * PACE / PEOPLE - time.monotonic())
                session.press(target)
            costs += [session.answer(target) for session in sessions]
        return costs


def main() -> None:
    """Print the ratios, or ours alone where the naive page is not tried."""
    with _browser.chromium() as browser:
        for scope in SCOPES:
            print(f"{PEOPLE} sessions, {scope} ({_browser.count(scope):,} communes), {PEOPLE * ROUNDS} clicks of ours")
            ours = list(zip(*measure(browser, _browser.OURS, scope, ROUNDS), strict=True))
            if scope in NAIVE_ALONE:
                _alone(ours)
                continue
            naive = list(zip(*measure(browser, _browser.NAIVE, scope, NAIVE_ROUNDS), strict=True))
            _browser.ratio_line("click to colour", ours[0], naive[0], unit="ms", scale=1e3)
            _browser.ratio_line("click to figures", ours[1], naive[1], unit="ms", scale=1e3)
            _browser.ratio_line("slowest figures", [max(ours[1])], [max(naive[1])], unit="ms", scale=1e3)
            _browser.ratio_line("bytes per click", ours[2], naive[2], unit="kB", scale=1e-3)


def _alone(ours: list[tuple[float, ...]]) -> None:
    """Print our medians where there is nothing to compare them with."""
    for what, values, unit, scale in (
        ("click to colour", ours[0], "ms", 1e3),
        ("click to figures", ours[1], "ms", 1e3),
        ("slowest figures", [max(ours[1])], "ms", 1e3),
        ("bytes per click", ours[2], "kB", 1e-3),
    ):
        _browser.alone_line(what, values, unit=unit, scale=scale)


if __name__ == "__main__":
    main()
