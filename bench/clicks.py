"""What a click costs: seconds to the commune's colour and to the figures, bytes on the websocket.

Both pages show the same communes and are clicked alike, one after the other, each click once the one before has
ended. Bytes are those of the messages received, before any compression.
"""

from __future__ import annotations

from playwright.sync_api import Browser

from bench import _browser
from bench._browser import App, Session

SCOPES = ("dep-62", "reg-75", "reg-44", "france")
CLICKS = 7


def measure(browser: Browser, app: App, scope: str) -> list[tuple[float, float, int]]:
    """Return the costs of each click of a session; the first, which also opens the panel of figures, is not counted."""
    with _browser.serve(app) as server, Session(browser, server, app, scope) as session:
        session.painted()
        session.settle()
        return [session.click(target) for target in _browser.targets(scope, CLICKS + 1)][1:]


def main() -> None:
    """Print the ratios."""
    with _browser.chromium() as browser:
        for scope in SCOPES:
            print(f"a click, {scope} ({_browser.count(scope):,} communes), median of {CLICKS}")
            ours, naive = (
                list(zip(*measure(browser, app, scope), strict=True)) for app in (_browser.OURS, _browser.NAIVE)
            )
            _browser.ratio_line("click to colour", ours[0], naive[0], unit="ms", scale=1e3)
            _browser.ratio_line("click to figures", ours[1], naive[1], unit="ms", scale=1e3)
            _browser.ratio_line("bytes per click", ours[2], naive[2], unit="kB", scale=1e-3)


if __name__ == "__main__":
    main()
