"""Fixtures of the journeys: one server a script, one browser a run, one clean page a test."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.caching.cache_resource_api import clear_session_cache
from streamlit.testing.v1 import local_script_runner
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from geo.dataset import dataset as world
from tests.support import real
from tests.support.apptest import forget_caches
from tests.support.browser import FLAGS, PATIENCE_S, RUNS, SKIPPED, AppServer, Traffic, find_chromium, start_server
from ui import loaders, reading_desk, setup
from ui.cache import look_again
from ui.server import memory

# Nobody's synchronised data may change what a test sees: the embedded data, in a home of its own.
os.environ["CLSM_HOME"] = tempfile.mkdtemp(prefix="clsm-tests-")
os.environ["CLSM_NO_SYNC"] = "1"  # and no test, nor any server it starts, asks anything of a network
os.environ.pop("CLSM_REGISTER", None)
Serve = Callable[..., AppServer]
JOURNEY_S = 1800  # a busy machine is no failure
# What takes longest is handed out first: no worker is left alone with it at the end.
LONGEST = (
    "journeys/test_journey_acts.py", "journeys/test_journey_coverage.py", "journeys/test_journey_sizing.py",
    "deploy/test_processes.py", "journeys/test_journey_component.py", "journeys/test_journey_perimeter.py",
    "journeys/test_journey_axe.py", "journeys/test_journey_data.py", "journeys/test_journey_needs.py",
    "journeys/test_journey_sectors.py", "journeys/test_journey_room.py", "journeys/test_journey_full_screen.py",
    "journeys/test_journey_region.py", "journeys/test_journey_import.py", "journeys/test_journey_lines.py",
    "journeys/test_journey_gaps.py", "deploy/test_scan.py", "journeys/test_journey_reader.py", "deploy/test_container.py",
    "suggest/test_suggest.py", "ui/test_page_perimeter.py", "ui/test_memory.py", "ui/test_page_coverage.py", "ui/test_data_page.py",
    "ui/test_opened_city.py",
    "suggest/test_rules.py", "imports/test_fuzz.py", "moves/test_trials.py", "ui/test_views_agree.py", "ui/test_data_cache.py",
    "dataset/test_damage.py", "dataset/test_world.py", "imports/test_damaged_lists.py", "imports/test_crafted.py",
    "imports/test_import_properties.py", "ui/test_vanished_values.py", "ui/test_import_steps.py", "register/test_schema.py",
    "coverage/test_coverage_mirror.py",
    "register/test_backup.py", "ui/test_downloads.py", "ui/test_reconnected.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, each in its own order, and give journeys their time: what they wait for has a limit of its own."""
    rank = {Path(__file__).parent / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))
    for item in items:
        if item.get_closest_marker("journey") or item.path.parent.name == "deploy":
            item.add_marker(pytest.mark.timeout(JOURNEY_S))


def pytest_collection_finish() -> None:
    """Leave the tests themselves out of what is collected again and again, and collect the rest less often than Python would."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """Put the main module back: a page run by a test leaves its script there, which every process spawned later would run."""
    held = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = held


@pytest.fixture
def fresh_caches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no test see what another has cached; the files themselves, never edited, are read once for all."""
    forget_caches()
    monkeypatch.setattr(loaders, "open_dataset", real.world)
    monkeypatch.setattr(world, "token", lambda: "embedded")
    yield
    forget_caches()


@pytest.fixture(scope="module")
def caches_of_a_module() -> Iterator[None]:
    """Let no module see what another has cached."""
    forget_caches()
    yield
    forget_caches()


@pytest.fixture
def shared_caches(caches_of_a_module: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the tests of a module compute from the embedded data, as a server does for all its visitors; what a session holds goes.

    A test that changes what is computed, or from what, asks for `fresh_caches` besides.
    """
    clear_session_cache("test session id")  # the one name that the test client gives to every session
    monkeypatch.setattr(loaders, "open_dataset", real.world)
    monkeypatch.setattr(world, "token", lambda: "embedded")


@pytest.fixture
def clean_home(caches_of_a_module: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Give the test a data folder of its own. As long as nothing is in it, the data are the embedded ones, opened once for all; what is
    cached of them stays for the next test, what is cached of a folder that holds something goes."""
    home, opened = tmp_path / "home", loaders.open_dataset
    monkeypatch.setenv("CLSM_HOME", str(home))
    monkeypatch.setattr(loaders, "open_dataset", lambda: opened() if _holds(home) else real.world())
    clear_session_cache("test session id")
    look_again()
    yield home
    if _holds(home):
        forget_caches()


def _holds(folder: Path) -> bool:
    return folder.exists() and any(folder.iterdir())


@pytest.fixture(autouse=True)
def patient_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a reading wait for the test client, which does not look every half second as a browser does."""
    monkeypatch.setattr(reading_desk, "LEASE_S", PATIENCE_S)


@pytest.fixture(scope="session", autouse=True)
def manifests_read_once() -> Iterator[None]:
    """Have the test client look once, not at each page opened, for components among all that is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def runs_waited_for() -> Iterator[None]:
    """Have the test client wait for the end of a run, not look for it a thousand times a second beside it."""
    give_up = local_script_runner.require_widgets_deltas

    def wait(runner: LocalScriptRunner, timeout: float) -> None:
        thread = runner._script_thread
        thread.join(timeout)
        if thread.is_alive():
            give_up(runner, timeout=0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        yield


@pytest.fixture(scope="session", autouse=True)
def collected_in_time() -> Iterator[None]:
    """Have Python collect in its own time what a former dataset leaves: to go through all that a worker holds at each publication takes
    longer than most tests. Those of what stays in memory ask for `collected_at_once`."""
    nothing = SimpleNamespace(collect=lambda: 0, freeze=lambda: None, unfreeze=lambda: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "gc", nothing)
        yield


@pytest.fixture
def collected_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have what leaves be collected as the server does."""
    monkeypatch.setattr(memory, "gc", gc)
    yield
    gc.freeze()


@pytest.fixture(scope="session")
def libraries() -> None:
    """Have the libraries of the maps in static/vendor."""
    setup.install()


@pytest.fixture(scope="session")
def app_server(tmp_path_factory: pytest.TempPathFactory, libraries: None) -> Iterator[Serve]:
    """Start a script once and serve it until the end of the run: `app_server(script, cwd=…).url`."""
    servers: dict[tuple[object, ...], AppServer] = {}
    logs = tmp_path_factory.mktemp("servers")

    def serve(script: Path, **options: object) -> AppServer:
        key = (script, *sorted(options.items()))
        if key not in servers:
            servers[key] = start_server(script, log=logs / f"{len(servers)}-{script.stem}.log", **options)
        return servers[key]

    yield serve
    for server in servers.values():
        server.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Chromium, with a new and empty profile of its own."""
    path = find_chromium()
    if path is None:
        reason = f"no browser; {SKIPPED}"
        if os.environ.get("CLSM_BROWSER") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=1000 * PATIENCE_S)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        _note_runs(browser)
        yield browser
        browser.close()


def _note_runs(browser: Browser) -> None:
    """Have every page note the runs that it asks for: what `journeys.settle` waits for."""
    make = browser.new_context

    def new_context(**options: Any) -> BrowserContext:
        context = make(**options)
        context.add_init_script(RUNS)
        context.set_default_timeout(1000 * PATIENCE_S)
        return context

    browser.new_context = new_context  # type: ignore[method-assign]


@pytest.fixture
def traffic() -> Traffic:
    """Return what records the test's page."""
    return Traffic()


@pytest.fixture
def page(chromium: Browser, traffic: Traffic) -> Iterator[Page]:
    """Open a page in French; afterwards nothing must have left the machine, and no script have failed."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="fr-FR")
    opened = context.new_page()
    traffic.watch(opened)
    yield opened
    context.close()
    assert traffic.outside == [], "requests left the machine"
    assert traffic.page_errors == [], "a script failed in the page"
