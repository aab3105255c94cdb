"""Servers of the journeys: most share one on the embedded data alone; those that publish have a home and a server of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys import APP, serve_embedded
from tests.support.browser import AppServer, start_server


@pytest.fixture(scope="session")
def nothing_brought(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data folder of the server that journeys share: nothing is synchronised in it, nor ever published."""
    return tmp_path_factory.mktemp("nothing-brought")


@pytest.fixture
def server(app_server: Callable[..., AppServer], nothing_brought: Path) -> Iterator[AppServer]:
    """Serve the app on the embedded data, whatever this machine has synchronised; what one journey does, no other may see."""
    yield serve_embedded(app_server, nothing_brought)
    assert not (nothing_brought / "registre").exists(), "who publishes has a server of its own (own_server)"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty data folder for the journeys of a module, one after the other."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def own_server(home: Path, tmp_path_factory: pytest.TempPathFactory, libraries: None) -> Iterator[AppServer]:
    """Serve the app on `home`, for the journeys of a module."""
    started = start_server(APP, log=tmp_path_factory.mktemp("log") / "server.log", env={"CLSM_HOME": str(home)})
    yield started
    started.stop()
