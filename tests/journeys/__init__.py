"""What the journeys through the real pages share: choices by name, figures read off the page, what the browser says."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import pandas as pd
import pytest
from playwright.sync_api import ConsoleMessage, Frame, Page, expect

from geo.display import derive
from geo.display.outlines import INDEX
from geo.french import number
from geo.scenarios import unpack
from tests.support import real
from tests.support.browser import ROOT, AppServer, attempt, map_frame, until, view, wait_painted
from tests.support.grid import plain

APP = ROOT / "dashboard.py"
# On a page's own address, Streamlit first asks there for what lies at the root: two answers 404, then the right ones.
PROBES = ("_stcore/health", "_stcore/host-config")
NOT_FOUND = "Failed to load resource: the server responded with a status of 404 (Not Found)"


@dataclass
class Console:
    """The errors a page writes in the browser's console, but for Streamlit's own probes."""

    errors: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> Console:
        page.on("console", self._heard)
        return self

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type != "error":
            return
        address = urlsplit(said.location.get("url", "")).path
        page, _, probe = address.lstrip("/").partition("/")
        known = ("Couverture", "Perimetre", "Comparaison", "Donnees", "Methode", "Ma_region")
        if said.text == NOT_FOUND and probe in PROBES and page in known:
            return
        self.errors.append(f"{said.text} ({address})")


def address_query(page: Page) -> dict[str, str]:
    """Return what the page's address carries, by name."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def serve_embedded(app_server: Callable[..., AppServer], folder: Path, **options: object) -> AppServer:
    """Serve the app on the embedded data alone, whatever this machine has synchronised; one server for all journeys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLSM_HOME", str(folder))
        return app_server(APP, **options)


# --- the page ---------------------------------------------------------------------------------------------------
# A page and the frames in it share one thread: once it is idle, what the user did is with the server. Once the run that
# it asked for is over, the server has nothing left to read, and the page is idle again, what the server said is on screen.
QUIET = """
async () => {
  const runs = window.clsmRuns;
  const idle = async (times) => {
    for (; times > 0; times -= 1)
      await new Promise((done) => requestAnimationFrame(() => requestIdleCallback(done, { timeout: 5000 })));
  };
  const there = (test) => document.querySelector(`[data-testid=${test}]`) !== null;
  const quiet = () => runs.settled() && there("stApp][data-test-script-state=notRunning") &&
    !there("stSkeleton") && !there("stAppSkeleton"); // places of components whose code has not come yet
  await idle(4);
  const { sent } = runs;
  if (!quiet() || !(await runs.ping())) return false;
  await idle(4);
  return quiet() && runs.sent === sent;
}
"""


def settle(page: Page) -> None:
    """Wait until Streamlit has nothing left to run, and the page nothing left to do with what it has received."""
    page.locator("[data-testid=stApp]").wait_for()
    until(page, lambda: attempt(page, QUIET), lambda: "the page is never quiet")


def pick(page: Page, label: str, typed: str) -> None:
    """Choose in a list by typing, the way everyone does."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(typed)
    page.keyboard.press("Enter")


def lay_over(page: Page, *names: str) -> None:
    """Lay outlines over the map, or take them off, by their names in « Contours »."""
    page.get_by_role("button", name="Contours").click()
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()
        settle(page)
    page.keyboard.press("Escape")


def tab_to(page: Page, label: str) -> None:
    """Press the tabulation key until the field or button of that name has the focus, as someone without a mouse would."""
    for _ in range(90):
        name = page.evaluate(
            "(document.activeElement.getAttribute('aria-label') || document.activeElement.labels?.[0]?.innerText ||"
            " document.activeElement.innerText || '').trim()"
        )
        if name.endswith(label) or name.startswith(label):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach « {label} »")


def figures(page: Page) -> dict[str, str]:
    """Return the large figures on the page: caption to value, with ordinary blanks."""
    found = page.evaluate(
        "[...document.querySelectorAll('.clsm-figure')]"
        ".map(f => [f.querySelector('span').textContent, f.querySelector('b').textContent])"
    )
    return {plain(caption): plain(value) for caption, value in found}


def wait_figure(page: Page, caption: str, value: float) -> None:
    """Wait until the figure whose caption starts with `caption` shows a value."""
    figure = page.locator(".clsm-figure", has=page.locator("span", has_text=caption)).first
    expect(figure.locator("b")).to_have_text(number(value))


def address_codes(page: Page) -> list[str]:
    """Return the communes that the page's address carries, in a link or one by one."""
    query = parse_qs(urlsplit(page.url).query)
    if "lien" in query:
        return sorted(unpack(query["lien"][0], real.atlas()).workbook.codes)
    return [code for code in query.get("communes", [""])[0].split(",") if code]


def wait_address(page: Page, codes: set[str]) -> None:
    """Wait until the page's address carries these communes and no other."""
    until(
        page,
        lambda: set(address_codes(page)) == codes,
        lambda: f"the address carries {address_codes(page)}, not {sorted(codes)}",
    )


# --- the map ----------------------------------------------------------------------------------------------------
# Communes that a pointer can hit in the view as it is, far from one another, the nearest to the middle first.
IN_SIGHT = """
([count, apart]) => {
  const { x: width, y: height } = CL.map.getSize();
  const found = [];
  const near = CL.communes()
    .map((code) => ({ code, ...CL.pointOf(code) }))
    .filter(({ x, y }) => x > 70 && y > 20 && x < width - 70 && y < height - 40)
    .sort((a, b) => Math.hypot(a.x - width / 2, a.y - height / 2) - Math.hypot(b.x - width / 2, b.y - height / 2));
  for (const { code, x, y } of near) {
    const [px, py] = [Math.round(x), Math.round(y)];
    const sure = [[0, 0], [-3, 0], [3, 0], [0, -3], [0, 3]].every(([dx, dy]) => CL.codeAt(px + dx, py + dy) === code);
    if (!sure || found.some((other) => Math.hypot(other.x - px, other.y - py) < apart)) continue;
    found.push({ code, x: px, y: py });
    if (found.length === count) break;
  }
  return found;
}
"""


def ground(frame: Frame, code: str) -> tuple[int, int, int]:
    """Return the colour most often drawn in a small square where a commune is: its fill, whatever motif lies over it."""
    data = frame.evaluate("code => CL.pixels('ground', code, 6)", code)
    pixels = [tuple(data[i : i + 3]) for i in range(0, len(data), 4)]
    return max(set(pixels), key=pixels.count)


def communes_in_sight(page: Page, count: int, *, apart: float = 14.0) -> list[tuple[str, float, float]]:
    """Return communes that can be clicked without moving the map: code and place on the page, once nothing moves."""
    element = map_frame(page).frame_element()
    element.scroll_into_view_if_needed()
    before: list[tuple[str, float, float]] = []

    def found() -> list[tuple[str, float, float]] | None:
        nonlocal before
        settle(page)
        wait_still(page)
        seen = map_frame(page).evaluate(IN_SIGHT, [count, apart])
        box = element.bounding_box()
        assert box is not None, "the map is hidden"
        now = [(c["code"], box["x"] + c["x"], box["y"] + c["y"]) for c in seen]
        same, before = now == before, now
        return now if same else None

    places = until(page, found, lambda: "the page never stops moving")
    assert len(places) == count, f"only {len(places)} communes can be hit"
    return places


def pixel(frame: Frame, canvas: str, code: str) -> tuple[int, int, int, int]:
    """Return the colour drawn where a commune is, on one canvas (« ground », « selection »): red, green, blue, opacity."""
    return tuple(frame.evaluate("([canvas, code]) => CL.pixels(canvas, code)", [canvas, code]))


# No move is under way, nor begins in the frames that follow.
STILL = """
async () => {
  const before = JSON.stringify(CL.view());
  for (let frame = 0; frame < 5; frame += 1) {
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    if (CL.state().moving || JSON.stringify(CL.view()) !== before) return false;
  }
  return true;
}
"""


def wait_still(page: Page) -> dict[str, float]:
    """Wait until the map no longer glides, and return its view: while it zooms, it takes no click."""
    until(page, lambda: attempt(map_frame(page), STILL), lambda: "the map never stops")
    return view(page)


def zoom_in(page: Page, times: int) -> None:
    """Zoom with the map's own button."""
    frame = map_frame(page)
    for _ in range(times):
        before = frame.evaluate("CL.map.getZoom()")
        frame.get_by_title("Zoomer", exact=True).click()
        frame.wait_for_function("before => CL.map.getZoom() > before && !CL.state().moving", arg=before)
    wait_still(page)


def mark(frame: Frame) -> None:
    """Leave a mark in the map's window, which a new mount would lose."""
    frame.evaluate("window.survivor = 'still here'")


def assert_same_mount(page: Page, frame: Frame) -> None:
    """Check that the map is the one that was marked, on screen all along."""
    assert wait_painted(page) == frame
    assert frame.evaluate("window.survivor") == "still here"
    assert frame.evaluate("CL.state().loads") == 1, "the geometry was fetched again"


# --- a copy of the app on data that someone has tampered with ---------------------------------------------------
def copy_app(folder: Path, *, communes: dict[str, str], epci: dict[str, str], clsm: dict[str, str], scope: str) -> Path:
    """Copy the whole app with other names in its data; return the copy's script.

    `communes`, `epci` and `clsm` give new names by code or id. The display geometry of `scope` is derived again from
    the tampered base; that of the other territories is linked as it is.
    """
    for name in ("dashboard.py", "package.json", "package-lock.json", ".streamlit", "pages", "ui", "geo"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    for name in ("js", "css", "page", "vendor", *(path.name for path in (ROOT / "static").glob("light"))):
        shutil.copytree(ROOT / "static" / name, folder / "static" / name)
    data = folder / "data"
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("sources_cache"))
    base = data / "base"
    table = gpd.read_parquet(base / "communes.parquet")
    table["nom"] = table["code"].map(communes).fillna(table["nom"])
    table.to_parquet(base / "communes.parquet", compression="zstd")
    _rename(base / "epci.csv", "code", epci)
    _rename(data / "dispositifs" / "clsm.csv", "id", clsm)
    geometry = folder / "static" / "geo"
    derive(geometry, base=base, scopes=[scope], progress=lambda _: None)
    fresh = json.loads((geometry / INDEX).read_text(encoding="utf-8"))
    index = json.loads((ROOT / "static" / "geo" / INDEX).read_text(encoding="utf-8"))
    index["version"], index["scopes"][scope] = fresh["version"], fresh["scopes"][scope]
    for file in [*index["outlines"].values(), *(entry["file"] for entry in index["scopes"].values())]:
        if not (geometry / file).is_file():
            os.link(ROOT / "static" / "geo" / file, geometry / file)
    (geometry / INDEX).write_text(json.dumps(index), encoding="utf-8")
    return folder / "dashboard.py"


def _rename(path: Path, key: str, names: dict[str, str]) -> None:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert set(names) <= set(table[key]), "a name to change is not in the file"
    table["nom"] = table[key].map(names).fillna(table["nom"])
    table.to_csv(path, index=False)
