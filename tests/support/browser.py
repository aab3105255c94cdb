"""A real server and a real headless Chromium for the journeys: start, watch, point at communes.

Everything a page asks for is recorded, so that a journey can state what left the machine (nothing) and how many
bytes a click cost. The browser resolves no name but the machine's own.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import Frame, Page, WebSocket

from geo.paths import ROOT

# On the path. The shell first: the whole browser draws a window of its own, a second of processor for each page opened.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
# Where Playwright keeps the browsers that it fetches, and what Chromium is called there.
FETCHED = (".cache/ms-playwright", "Library/Caches/ms-playwright", "AppData/Local/ms-playwright")
FETCHED_CHROMIUM = (
    "chromium-*/chrome-*/chrome",
    "chromium-*/chrome-*/*.app/Contents/MacOS/*",
    "chromium-*/chrome-*/chrome.exe",
)
FETCH_S = 600
SKIPPED = "journeys are skipped: set CLSM_CHROMIUM to the path of one, or install the package chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
LOCAL_SCHEMES = {"data", "blob", "about", "chrome-error"}
COMPONENT = "streamlit_folium"
T = TypeVar("T")
PATIENCE_S = (
    300.0  # a busy machine is no failure: with ten readers of its two cores, the map of France took over two minutes
)


# --- the server -------------------------------------------------------------------------------------------------
@dataclass
class AppServer:
    """One `streamlit run`, stopped by its own process id; `url` has no final slash."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def stop(self) -> None:
        """Stop the server and wait for its end."""
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(
    script: Path,
    *,
    log: Path,
    cwd: Path = ROOT,
    base_path: str = "",
    env: dict[str, str] | None = None,
    port: int | None = None,
) -> AppServer:
    """Start a script and wait until it answers, at a free port by default; static/ is served from beside the script."""
    port = port or free_port()
    options = {"port": port, "address": "127.0.0.1", "headless": "true", "baseUrlPath": base_path}
    words = [word for key, value in options.items() for word in (f"--server.{key}", str(value))]
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(script), *words],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": paths, "CLSM_NO_SYNC": "1", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    root = f"http://127.0.0.1:{port}" + (f"/{base_path}" if base_path else "")
    server = AppServer(process, root, log)
    deadline = time.monotonic() + PATIENCE_S
    while not _answers(f"{root}/_stcore/health"):
        if process.poll() is not None or time.monotonic() > deadline:
            server.stop()
            raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)
    return server


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def make_app(folder: Path, script: Path, *, geometry: Iterable[Path] = ()) -> Path:
    """Copy a demonstration script with settings, scripts and libraries of the maps; return the copy.

    Streamlit serves the static/ beside the script, and refuses links that lead out of it: hence copies.
    """
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
    for name in ("js", "css", "page", "vendor"):
        shutil.copytree(ROOT / "static" / name, folder / "static" / name)
    for path in (ROOT / "static" / "light").glob("*.js"):  # scripts in one file, where set-up made them
        (folder / "static" / "light").mkdir(exist_ok=True)
        shutil.copy(path, folder / "static" / "light" / path.name)
    (folder / "static" / "geo").mkdir()
    for path in geometry:
        shutil.copy(path, folder / "static" / "geo" / path.name)
    return Path(shutil.copy(script, folder / script.name))


# --- the browser ------------------------------------------------------------------------------------------------
def find_chromium() -> str | None:
    """Return the path of Chromium: CLSM_CHROMIUM, else the system's Chromium or Chrome, else Playwright's own, else None."""
    wanted = os.environ.get("CLSM_CHROMIUM")
    if wanted:
        return wanted if Path(wanted).is_file() else None
    on_path = [found for name in CHROMIUM if (found := shutil.which(name))]
    here = [str(folder / MAC) for folder in (Path("/"), Path.home()) if (folder / MAC).is_file()]
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    folders = [Path(chosen)] if chosen else [Path.home() / folder for folder in FETCHED]
    fetched = [
        str(p) for folder in folders for name in FETCHED_CHROMIUM for p in sorted(folder.glob(name), reverse=True)
    ]
    return next(iter([*on_path, *here, *fetched]), None)


def have_chromium() -> str:
    """Say which browser the journeys will use; where there is none, let Playwright fetch its own."""
    if not find_chromium():
        fetch = [sys.executable, "-m", "playwright", "install", "chromium"]
        try:
            subprocess.run(fetch, check=True, capture_output=True, text=True, timeout=FETCH_S)
        except subprocess.CalledProcessError as error:
            lines = [line for line in f"{error.stdout}{error.stderr}".splitlines() if "rror" in line]
            return f"no browser: Playwright could not fetch one ({(lines or ['unknown reason'])[0].strip()}); {SKIPPED}"
        except subprocess.TimeoutExpired:
            return f"no browser: Playwright could not fetch one in {FETCH_S} s; {SKIPPED}"
    path = find_chromium()
    return f"journeys drive {path}" if path else f"no browser; {SKIPPED}"


@dataclass
class Traffic:
    """What a page asked for, said and received."""

    outside: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)
    page_errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    received: list[int] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Record everything from now on."""
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", self._socket)
        page.on("console", lambda said: said.type == "error" and self.console_errors.append(said.text))
        page.on("pageerror", lambda error: self.page_errors.append(str(error)))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))

    def _asked(self, url: str) -> None:
        self.requests.append(url)
        parts = urlsplit(url)
        if parts.scheme not in LOCAL_SCHEMES and parts.hostname not in LOOPBACK:
            self.outside.append(url)

    def _socket(self, socket: WebSocket) -> None:
        self._asked(socket.url)
        socket.on("framereceived", lambda frame: self.received.append(len(frame)))
        socket.on("framesent", lambda frame: self.sent.append(len(frame)))

    def reset(self) -> None:
        """Count bytes from zero."""
        self.received.clear()
        self.sent.clear()

    @property
    def received_bytes(self) -> int:
        """Return the bytes received on websockets since the last reset."""
        return sum(self.received)


# What each page notes of its websocket: whether a run of the script that the page asked for is still to come or to end.
# Messages are protobuf: of what is sent, only field 11 (rerun_script) counts; of what is received, fields 4 (new_session)
# and 6 (script_finished, 2 for a run given up because another was asked for). `ping` sends field 17 (app_heartbeat), which
# the server answers by field 26 after all that it was sent before.
RUNS = """
(() => {
  if (window !== top) return;
  const runs = { waiting: false, begun: false, running: false, sent: 0, answered: 0 };
  let last = null;
  window.clsmRuns = runs;
  runs.settled = () => runs.sent > 0 && !runs.waiting && !runs.running;
  runs.ping = async () => {
    const before = runs.answered;
    if (last?.readyState !== WebSocket.OPEN) return false;
    last.send(new Uint8Array([0x88, 0x01, 0x01]));
    while (runs.answered === before) await new Promise((done) => setTimeout(done, 5));
    return true;
  };
  const fields = function* (bytes) {
    let at = 0;
    const varint = () => {
      let [value, shift] = [0, 1];
      for (;;) {
        const byte = bytes[at++];
        value += (byte & 127) * shift;
        if (byte < 128 || at > bytes.length) return value;
        shift *= 128;
      }
    };
    while (at < bytes.length) {
      const tag = varint();
      const kind = tag % 8;
      const value = varint();
      yield [Math.floor(tag / 8), value];
      if (kind === 2) at += value;
      else if (kind !== 0) return;
    }
  };
  const heard = (event) => {
    if (!(event.data instanceof ArrayBuffer)) return;
    for (const [field, value] of fields(new Uint8Array(event.data))) {
      if (field === 4) {
        runs.running = true;
        runs.begun = true;
      } else if (field === 6) {
        runs.running = value === 2;
        if (value !== 2 && runs.begun) runs.waiting = false;
      } else if (field === 26) runs.answered += 1;
    }
  };
  const Original = window.WebSocket;
  window.WebSocket = class extends Original {
    constructor(...words) {
      super(...words);
      last = this;
      this.addEventListener("message", heard);
    }
    send(data) {
      const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : null;
      if (bytes && [...fields(bytes)].some(([field]) => field === 11)) {
        runs.sent += 1;
        runs.waiting = true;
        runs.begun = false;
      }
      super.send(data);
    }
  };
})();
"""


# --- waiting ----------------------------------------------------------------------------------------------------
def until(page: Page, look: Callable[[], T | None], failure: Callable[[], str], *, timeout: float = PATIENCE_S) -> T:
    """Look again and again until there is something to return (not None, not False); say what is wrong otherwise.

    This is the only place where a journey lets time pass: all others name the state that they wait for.
    """
    deadline = time.monotonic() + timeout
    while True:
        found = look()
        if found is not None and found is not False:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{failure()} (after {timeout:.0f} s)")
        page.wait_for_timeout(30)


# --- the map in the page ----------------------------------------------------------------------------------------
def map_frame(page: Page, index: int = 0, *, timeout: float = PATIENCE_S) -> Frame:
    """Return the frame of a map of the page, by its rank, once it holds the map's script."""

    def found() -> Frame | None:
        frames = [frame for frame in page.frames if COMPONENT in frame.url and not frame.is_detached()]
        there = len(frames) > index and attempt(frames[index], "Boolean(window.CL && window.CL.state)")
        return frames[index] if there else None

    return until(page, found, lambda: "no map in the page", timeout=timeout)


def attempt(frame: Frame | Page, expression: str) -> Any:
    """Evaluate in a frame that may be going away, promises included (`wait_for_function` takes any promise for true)."""
    try:
        return frame.evaluate(expression)
    except Exception as error:
        if "detached" in str(error) or "destroyed" in str(error):
            return None
        raise


def wait_painted(page: Page, index: int = 0, *, geometry: str = "", timeout: float = PATIENCE_S) -> Frame:
    """Wait until a map has drawn its geometry (whose address holds `geometry`) and its overlays."""
    ready = f"CL.state && CL.painted() && String(CL.state().url).includes({json.dumps(geometry)})"

    def painted() -> Frame | None:
        frame = map_frame(page, index, timeout=timeout)
        return frame if attempt(frame, ready) else None

    return until(page, painted, lambda: "the map was not painted", timeout=timeout)


# Let some frames be drawn, and whatever waits for them be done.
FRAMES = """
async (count) => {
  for (; count > 0; count -= 1) await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
}
"""
# What a pointer can hit: the commune itself under it and two pixels around (a page's pixels and a frame's are not
# quite the same), away from the buttons and the legend.
AIM = """
const aim = (code) => {
  const found = CL.pointOf(code);
  if (!found) return null;
  const { x: width, y: height } = CL.map.getSize();
  const [x, y] = [Math.round(found.x), Math.round(found.y)];
  const around = [[0, 0], [-2, 0], [2, 0], [0, -2], [0, 2]];
  const button = document.elementFromPoint(x, y)?.closest(".leaflet-control, .cl-message");
  const free = !button && x > 60 && y > 10 && x < width - 60 && y < height - 30;
  return free && around.every(([dx, dy]) => CL.codeAt(x + dx, y + dy) === code) ? { x, y } : null;
};
"""
POINT = (
    "(code) => {"
    + AIM
    + """
  for (let zoom = CL.map.getZoom(); CL.pointOf(code) && !aim(code) && zoom <= 14; zoom += 1) {
    const { x, y } = CL.pointOf(code);
    CL.map.setView(CL.map.containerPointToLatLng([x, y]), zoom, { animate: false });
  }
  return aim(code);
}"""
)
IN_SIGHT = "() => {" + AIM + "return CL.communes().filter((code) => aim(code)); }"


def codes_in_sight(page: Page, count: int, index: int = 0) -> list[str]:
    """Return some communes, spread over the scope, that can be pointed at without moving the map."""
    codes: list[str] = map_frame(page, index).evaluate(IN_SIGHT)
    return codes[:: max(1, len(codes) // count)][:count]


def point_of(page: Page, code: str, index: int = 0) -> tuple[float, float]:
    """Return where a commune is on the page, in pixels, once neither the page nor the map moves; the map is moved when the
    commune is not in sight."""
    before: tuple[float, float] | None = None

    def found() -> tuple[float, float] | None:
        nonlocal before
        frame = map_frame(page, index)
        element = frame.frame_element()
        element.scroll_into_view_if_needed()
        point = frame.evaluate(POINT, code)
        box = element.bounding_box()
        assert point is not None, f"commune {code} cannot be pointed at: is it in the scope shown?"
        assert box is not None, "the map is hidden"
        now = (box["x"] + point["x"], box["y"] + point["y"])
        still = now == before and not frame.evaluate("CL.state().moving")
        before = now
        if not still:
            frame.evaluate(FRAMES, 3)
        return now if still else None

    return until(page, found, lambda: "the page never stops moving")


def click_commune(page: Page, code: str, index: int = 0) -> None:
    """Click a commune of the map."""
    page.mouse.click(*point_of(page, code, index))


TIP = "code => (CL.state().hovered === code && CL.state().tooltip) || null"


def hover_commune(page: Page, code: str, index: int = 0) -> str:
    """Point at a commune and return the text of the tooltip, one line a piece of information.

    Pointed at again for as long as the page moves the map away from under the pointer.
    """

    def tip() -> str | None:
        x, y = point_of(page, code, index)
        page.mouse.move(x - 3, y)
        page.mouse.move(x, y)
        frame = map_frame(page, index)
        frame.evaluate(FRAMES, 2)  # a move of the pointer is followed once a frame
        return frame.evaluate(TIP, code)

    return until(page, tip, lambda: f"commune {code} is not hovered")


def selected_codes(page: Page, index: int = 0) -> list[str]:
    """Return the codes chosen, as the browser holds them."""
    return list(map_frame(page, index).evaluate("CL.selected()"))


def view(page: Page, index: int = 0) -> dict[str, float]:
    """Return the centre and the zoom level of a map."""
    return dict(map_frame(page, index).evaluate("CL.view()"))


# --- a drawn geometry -------------------------------------------------------------------------------------------
def grid_topology(names: Sequence[str], *, width: int, departement: str = "62") -> dict[str, Any]:
    """Return a TopoJSON of squares, row by row from the south-west, with codes 62001, 62002…

    The last name may leave its row unfinished. Populations are 1 234 inhabitants times the rank.
    """
    arcs: dict[tuple[tuple[int, int], tuple[int, int]], int] = {}

    def edge(a: tuple[int, int], b: tuple[int, int]) -> int:
        if (b, a) in arcs:
            return ~arcs[b, a]
        return arcs.setdefault((a, b), len(arcs))

    geometries = []
    for rank, name in enumerate(names):
        x, y = rank % width, rank // width
        corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
        ring = [edge(a, b) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]
        properties = {"c": f"{departement}{rank + 1:03d}", "n": name, "p": 1234 * (rank + 1)}
        geometries.append({"type": "Polygon", "arcs": [ring], "properties": properties})
    lines = [[[2 + ax / 20, 50 + ay / 30], [2 + bx / 20, 50 + by / 30]] for (ax, ay), (bx, by) in arcs]
    communes = {"type": "GeometryCollection", "geometries": geometries}
    return {"type": "Topology", "objects": {"communes": communes}, "arcs": lines}


if __name__ == "__main__":
    print(have_chromium())
