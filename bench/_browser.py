"""What the benches in Chromium share: two pages, one probe that stamps both, and the lines printed.

The probe runs in the page and looks into whatever map it holds, so that one mounted again is still watched. A moment is
stamped once the frame that shows it has been painted; a click is stamped with the time the browser gives to the event.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from statistics import median

import geopandas as gpd
import numpy as np
import shapely
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from bench import NAIVE_SELECTED
from geo.display import derive, scope_index, up_to_date
from tests.support.browser import FLAGS, ROOT, AppServer, Traffic, find_chromium, make_app, start_server
from ui import setup

GEO = ROOT / "static" / "geo"
PATIENCE = 180.0  # seconds that a page may take for one thing
QUIET = 0.4  # seconds without a message that tell a page has finished
APART = 0.1  # of the scope's size: communes clicked are never neighbours
LARGEST = 60  # communes among which those clicked are taken: on a map of France the others are a pixel or two
VIEWPORT = {"width": 1280, "height": 1100}
PACKAGES = ("streamlit", "streamlit-folium", "folium")
# The legend of our map would lie over communes to click: it is folded, as a user may leave it (static/js/memory.js).
FOLDED = 'for (const width of ["large", "etroite"]) localStorage.setItem(`cl-legende-${width}`, "ferme");'
PROBE = """
(() => {
  if (window !== top) return;
  const COUNT = %(count)d, SELECTED = %(selected)s, SCOPE = %(scope)s;
  const now = () => performance.timeOrigin + performance.now();
  const attempt = (action) => { try { return action(); } catch (error) { return null; } }; // the map is being made
  const watch = (seen, done) => {
    const look = () => (attempt(seen) ? done(now()) : wait());
    const wait = () => requestAnimationFrame(() => setTimeout(look, 0)); // once the frame is painted
    wait();
  };
  const inside = () => [...document.querySelectorAll("iframe")].map((frame) => frame.contentWindow)
    .find((view) => view.location.pathname.includes("streamlit_folium"));
  const pixel = (view, { lat, lon }) => {
    const map = view.CL ? view.CL.map : view.map;
    const node = map.getContainer();
    const box = node.getBoundingClientRect();
    const exact = map.project([lat, lon]).subtract(map.getPixelOrigin()); // Leaflet's own conversion rounds
    const { x, y } = map.layerPointToContainerPoint(exact);
    return { x: box.left + node.clientLeft + x, y: box.top + node.clientTop + y }; // Leaflet counts within the border
  };
  const painted = (view) => (view.CL
    ? (view.CL.painted // commit 918b49c, which bench/first.py measures too, had no such function
      ? view.CL.painted() && String(view.CL.state().url).includes(`-${SCOPE}-`)
      : view.CL.ready && !view.CL.pending && String(view.CL.url).includes(`-${SCOPE}-`))
    : view.document.querySelectorAll("path.leaflet-interactive").length >= COUNT);
  const coloured = (view, aim) => {
    const { x, y } = pixel(view, aim);
    if (!view.CL) return view.document.elementFromPoint(x, y).getAttribute("fill") === SELECTED;
    const canvas = view.document.querySelectorAll(".cl-couche canvas")[1]; // the canvas of the chosen communes
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const [place, line] = [(x - box.left) * scale, (y - box.top) * scale];
    return canvas.getContext("2d").getImageData(place, line, 1, 1).data[3] > 0;
  };
  const figure = () => document.querySelector(".clsm-figure b, [data-testid=stMetricValue]");
  const bench = { painted: 0 };
  window.bench = bench;
  bench.pixel = (aim) => attempt(() => painted(inside()) && pixel(inside(), aim));
  bench.coloured = (aim) => attempt(() => coloured(inside(), aim));
  bench.arm = (aim) => {
    const view = inside();
    Object.assign(bench, { click: 0, colour: 0, figures: 0 });
    view.addEventListener("click", (event) => {
      bench.click = view.performance.timeOrigin + event.timeStamp;
      watch(() => coloured(inside(), aim), (time) => { bench.colour = time; });
      watch(() => figure().textContent.replace(/\\D/g, "") === aim.figure, (time) => { bench.figures = time; });
    }, { capture: true, once: true });
  };
  watch(() => painted(inside()), (time) => { bench.painted = time; });
})();
"""


class BenchError(RuntimeError):
    """A page did not do what was to be measured."""


@dataclass(frozen=True)
class App:
    """A page to measure: its script and its path on the server."""

    name: str
    script: str
    path: str


OURS = App("ours", "dashboard.py", "/Perimetre")
NAIVE = App("naive", "bench/naive_app.py", "/")
BARE = App("bare", "bench/bare_app.py", "/")


@dataclass(frozen=True)
class Target:
    """A commune to click: a point well inside it, and its inhabitants."""

    code: str
    lat: float
    lon: float
    population: int


# --- the communes -----------------------------------------------------------------------------------------------
@cache
def count(scope: str) -> int:
    """Return the number of communes of a scope, making the display files first if they are not there."""
    if not up_to_date(GEO):
        derive(GEO)
    return scope_index(GEO).scopes[scope].count


@cache
def targets(scope: str, size: int) -> tuple[Target, ...]:
    """Return communes of a scope that are large enough to click and far from each other; always the same ones."""
    shapes = gpd.read_file(GEO / scope_index(GEO).scopes[scope].file)
    west, south, east, north = scope_index(GEO).scopes[scope].bbox  # what is in sight: not overseas on a map of France
    span = np.array([east - west, north - south])
    circle = shapely.maximum_inscribed_circle(shapes.geometry.to_numpy())
    middle, radius = shapely.get_point(circle, 0), shapely.length(circle)
    points = np.column_stack([shapely.get_x(middle), shapely.get_y(middle)])
    large = radius > max(np.quantile(radius, 0.9), np.sort(radius)[-min(LARGEST, len(radius))])
    central = (np.abs((points - [west, south]) / span - 0.5) < 0.4).all(axis=1)
    kept: list[int] = []
    for row in np.random.default_rng(1).permutation(np.flatnonzero(large & central)):
        if all(np.hypot(*((points[row] - points[other]) / span)) > APART for other in kept):
            kept.append(int(row))
        if len(kept) == size:
            break
    if len(kept) < size:
        raise BenchError(f"{scope}: only {len(kept)} communes can be clicked apart from each other, {size} wanted")
    rows = shapes.iloc[kept]
    return tuple(
        Target(str(code), float(lat), float(lon), int(people))
        for code, people, (lon, lat) in zip(rows["c"], rows["p"], points[kept], strict=True)
    )


# --- servers and pages ------------------------------------------------------------------------------------------
@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium with an empty profile; everything it left is ended with it."""
    path = find_chromium()
    if path is None:
        raise BenchError("Chromium is not installed: set CLSM_CHROMIUM to its path, or install the package chromium")
    if not setup.ready():
        raise BenchError("the libraries of the map are not installed: run « python -m ui.setup »")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def serve(app: App, env: dict[str, str] | None = None) -> Iterator[AppServer]:
    """Serve an app in a process of its own, from its own folder, and end it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        script = ROOT / app.script
        beside = app in (NAIVE, BARE)
        if beside:  # static/ is served from beside the script
            script = make_app(folder, script)
        # Compiled modules are kept, as on anybody's machine, even where this one asks not to: a launch would compile all that is ours.
        env = {"PYTHONDONTWRITEBYTECODE": ""} | (env or {})
        server = start_server(script, log=folder / "server.log", cwd=ROOT if beside else script.parent, env=env)
        try:
            yield server
        finally:
            server.stop()


class Session:
    """One user's page, in a Chromium context of its own (nothing in its cache) or in the one given."""

    def __init__(
        self,
        browser: Browser,
        server: AppServer,
        app: App,
        scope: str,
        *,
        context: BrowserContext | None = None,
        watch: Callable[[Page], object] | None = None,
    ) -> None:
        self.name = f"{app.name} page, {scope}"
        self.server = server
        self.people = 0
        self.context = context or browser.new_context(viewport=VIEWPORT, locale="fr-FR", bypass_csp=True)
        words = {"count": count(scope), "selected": json.dumps(NAIVE_SELECTED), "scope": json.dumps(scope)}
        self.page: Page = self.context.new_page()
        self.page.add_init_script(FOLDED)
        self.page.add_init_script(PROBE % words)
        self.traffic = Traffic()
        self.traffic.watch(self.page)
        if watch:
            watch(self.page)
        self.page.goto(f"{server.url}{app.path}?carte={scope}", wait_until="commit")

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def painted(self) -> float:
        """Wait for the map; return when it was first painted, in seconds since the epoch."""
        self._wait("bench.painted", "the map was not painted")
        return float(self.page.evaluate("bench.painted")) / 1000

    def settle(self) -> None:
        """Wait until the server has had nothing to say for a while."""
        deadline, seen, since = time.monotonic() + PATIENCE, -1, 0.0
        while time.monotonic() < deadline:
            if len(self.traffic.received) != seen:
                seen, since = len(self.traffic.received), time.monotonic()
            elif time.monotonic() - since > QUIET:
                self._check()
                return
            self.page.wait_for_timeout(50)
        raise BenchError(f"{self.name}: messages do not end")

    def pause(self, seconds: float) -> None:
        """Let the page live for a while; a negative time is none."""
        self.page.wait_for_timeout(max(0.0, seconds) * 1000)

    def click(self, target: Target) -> tuple[float, float, int]:
        """Click a commune not chosen yet; return the seconds to its colour and to the figures, and bytes received."""
        self.press(target)
        return self.answer(target)

    def press(self, target: Target) -> None:
        """Click a commune not chosen yet, and wait for nothing."""
        aim = {"lat": target.lat, "lon": target.lon, "figure": str(self.people + target.population)}
        frame = self.page.locator("iframe[title*=folium], iframe[title=Carte]").first
        frame.scroll_into_view_if_needed()
        box, point = frame.bounding_box(), self.page.evaluate("aim => bench.pixel(aim)", aim)
        if box is None or not point or self.page.evaluate("aim => bench.coloured(aim)", aim):
            raise BenchError(f"{self.name}: the map is gone, or {target.code} is drawn as chosen already")
        self.people += target.population
        self.page.evaluate("aim => bench.arm(aim)", aim)
        self.traffic.reset()
        # Events carry whole pixels, cut off: half a pixel more is the nearest one.
        self.page.mouse.click(box["x"] + point["x"] + 0.5, box["y"] + point["y"] + 0.5)

    def answer(self, target: Target) -> tuple[float, float, int]:
        """Wait for what the last click shows; return the seconds to the colour and to the figures, and bytes received."""
        self._wait("bench.colour && bench.figures", f"a click on {target.code} did not show {self.people} inhabitants")
        stamps = self.page.evaluate("({ click: bench.click, colour: bench.colour, figures: bench.figures })")
        self.settle()
        colour, figures = ((stamps[key] - stamps["click"]) / 1000 for key in ("colour", "figures"))
        return colour, figures, self.traffic.received_bytes

    def _wait(self, expression: str, failure: str) -> None:
        try:
            self.page.wait_for_function(expression, polling=50, timeout=1000 * PATIENCE)
        except BrowserError as error:
            self._check()
            raise BenchError(f"{self.name}: {failure} after {PATIENCE:.0f} s") from error

    def _check(self) -> None:
        """Raise what went wrong in the page or on the server."""
        shown = self.page.locator("[data-testid=stException]").all_inner_texts()
        problems = [*self.traffic.page_errors, *self.traffic.outside, *shown]
        if problems:
            raise BenchError(f"{self.name}: {problems[0][:500]}\n{self.server.log.read_text(errors='replace')[-1500:]}")


# --- what is printed --------------------------------------------------------------------------------------------
def header() -> None:
    """Print the machine and the versions."""
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS)) if path else None
        chromium_version = browser.version if browser else "absent"
        if browser:
            browser.close()
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    print(f"{os.cpu_count()} cores (load {os.getloadavg()[0]:.1f}), Python {platform.python_version()}, {versions},")
    print(f"Chromium {chromium_version}, server and browser on this machine. « naive » is bench/naive_app.py; ×")
    print("is naive / ours, measured in the same run: above 1, ours is better.")


def ratio_line(
    what: str, ours: Sequence[float], naive: Sequence[float] | None, *, unit: str, scale: float = 1.0
) -> None:
    """Print the ratio of two medians, then the medians; `scale` brings them to the unit, None is a naive page not tried."""
    a = median(ours)
    if naive is None:
        print(f"  {'–':<9} {what:<30} ours {a * scale:,.0f} {unit}, naive not tried")
        return
    b = median(naive)
    print(f"  {ratio(a, b)} {what:<30} ours {a * scale:,.0f} {unit}, naive {b * scale:,.0f} {unit}")


def ratio(ours: float, naive: float, *, least: bool = False) -> str:
    """Return naive / ours in a fixed width; `least` when ours is too small to be told."""
    value = naive / ours
    text = f"{value:.2g}" if value < 10 else f"{value:,.0f}"
    return f"{'≥' if least else '×'} {text:<7}"
