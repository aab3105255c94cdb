"""The same clicks with twenty people on one server: each has a page open and clicks about every five seconds.

Pages and server share this machine, and twenty pages weigh more on it than twenty people on machines of their own: what
is measured should be an upper bound. The naive page cannot follow the pace; its next click then waits for its page to answer, so
that it is loaded less than ours. A naive map of France holds more than 1.5 GB in the browser: twenty are not tried.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack

import numpy as np
from playwright.sync_api import Browser

from bench import _browser
from bench._browser import App, Session
from bench.clicks import SCOPES

PEOPLE = 20
ROUNDS, NAIVE_ROUNDS = 3, 1  # clicks of each person; one takes the naive pages minutes
PACE = 5.0  # seconds between two clicks of the same person
NOT_TRIED = ("france",)
Costs = list[tuple[float, float, int]]
LINES: tuple[tuple[str, Callable[[Costs], list[float]], str, float], ...] = (
    ("click to colour", lambda costs: [colour for colour, _, _ in costs], "ms", 1e3),
    ("click to figures", lambda costs: [figures for _, figures, _ in costs], "ms", 1e3),
    ("95 of 100 figures", lambda costs: [float(np.percentile([figures for _, figures, _ in costs], 95))], "ms", 1e3),
    ("slowest figures", lambda costs: [max(figures for _, figures, _ in costs)], "ms", 1e3),
    ("bytes per click", lambda costs: [size for _, _, size in costs], "kB", 1e-3),
)


def measure(browser: Browser, app: App, scope: str, rounds: int, people: int) -> Costs:
    """Return the costs of every click of every session; the first of each, which opens the figures, is not counted."""
    first, *others = _browser.targets(scope, rounds + 1)
    with ExitStack() as stack:
        server = stack.enter_context(_browser.serve(app))
        sessions: list[Session] = []
        for _ in range(people):
            session = stack.enter_context(Session(browser, server, app, scope))
            session.painted()
            session.click(first)
            sessions.append(session)
        costs: Costs = []
        for target in others:
            began = time.monotonic()
            for rank, session in enumerate(sessions):
                session.pause(began + rank * PACE / people - time.monotonic())
                session.press(target)
            costs += [session.answer(target) for session in sessions]
        return costs


def main(people: int = PEOPLE) -> None:
    """Print the ratios, or ours alone where the naive page is not tried."""
    with _browser.chromium() as browser:
        for scope in SCOPES:
            print(f"{people} sessions, {scope} ({_browser.count(scope):,} communes), {people * ROUNDS} clicks of ours")
            ours = measure(browser, _browser.OURS, scope, ROUNDS, people)
            tried = (
                scope not in NOT_TRIED and people <= PEOPLE
            )  # more naive pages than that take all the memory there is
            naive = measure(browser, _browser.NAIVE, scope, NAIVE_ROUNDS, people) if tried else None
            for what, told, unit, scale in LINES:
                _browser.ratio_line(what, told(ours), None if naive is None else told(naive), unit=unit, scale=scale)


if __name__ == "__main__":
    main()
