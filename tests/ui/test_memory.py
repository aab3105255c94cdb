"""What the server holds: thirty publications and a crowd that comes and goes leave it as it was."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from geo.register import Origin, Statement, Version, register
from tests.support import real
from tests.support.browser import ROOT, AppServer, start_server
from tests.support.wire import Person

pytestmark = pytest.mark.timeout(900)  # a busy machine is no failure
MEGA = 1e6
FIRST, MORE = 4, 30  # publications that fill what is filled once, then those that are counted
ALLOWED_MB = 40.0
PAGES = ("", "Perimetre", "Couverture", "Donnees")
PEOPLE = 10
SCOPES = ("dep-79", "dep-62", "reg-75")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("memory") / "home"


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[AppServer]:
    folder = home.parent
    script = eager_app(folder)
    started = start_server(script, log=folder / "server.log", cwd=folder, env={"CLSM_HOME": str(home)})
    yield started
    started.stop()


def held_mb(server: AppServer) -> float:
    return float(psutil.Process(server.process.pid).memory_info().rss) / MEGA


def eager_app(folder: Path) -> Path:
    """Return a copy of the pages whose home looks at once whether the data changed, instead of within three seconds."""
    shutil.copytree(ROOT / "pages", folder / "pages")
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
    home = (ROOT / "dashboard.py").read_text(encoding="utf-8")
    look = "from ui.cache import look_again\n\nlook_again()\n"
    script = folder / "dashboard.py"
    script.write_text(home.replace("import streamlit as st\n", f"import streamlit as st\n{look}", 1), encoding="utf-8")
    return script


def two_versions(home: Path) -> list[Version]:
    """Keep two versions of the CLSM: those of today, and the same but one."""
    layer, said = real.crosswalk().layers["clsm"], Statement("Une source", "2026", "Camille")
    members = layer.members[layer.members["zone"] < len(layer.zones) - 1]
    fewer = replace(layer, zones=layer.zones.iloc[:-1], members=members)
    origin = Origin("clsm.csv", "0" * 64, 10, "csv")
    return [register.keep(each, said, origin, None, real.atlas(), home=home) for each in (layer, fewer)]


async def browse(person: Person, scope: str, pages: Sequence[str] = PAGES) -> None:
    """Read pages that hold something of the data, each by a link to a territory, and choose two communes."""
    for page in pages:
        await person.open(page, f"carte={scope}")
        if page == "Perimetre":
            await person.click("79191")
            await person.click("79003")
    assert person.problems == []


async def publish_and_browse(server: AppServer, home: Path, versions: list[Version]) -> float:
    """Publish and read two of the pages in turn; return by how many megabytes the server grew once all was filled.

    The session is the same throughout: Streamlit keeps those that leave for two minutes, whatever the data.
    """
    before = 0.0
    async with Person(server.url) as person:
        for rank in range(FIRST + MORE):
            register.publish(versions[rank % 2], who="Camille", seen=register.head("clsm", home).revision, home=home)
            await browse(
                person, "dep-79", PAGES[:2] if rank // 2 % 2 else PAGES[2:]
            )  # each version in use on each page
            if rank == FIRST - 1:
                before = held_mb(server)
    return held_mb(server) - before


def test_thirty_publications_leave_the_server_as_it_was(server: AppServer, home: Path) -> None:
    assert asyncio.run(publish_and_browse(server, home, two_versions(home))) < ALLOWED_MB


async def crowd(server: AppServer) -> float:
    """Have ten people read every page of several territories; return by how many megabytes the server grew after that."""
    people = [Person(server.url) for _ in range(PEOPLE)]
    async with AsyncExitStack() as stack:
        for person in people:
            await stack.enter_async_context(person)
        await read_by(people, 1)
        before = held_mb(server)
        await read_by(people, 3)
    return held_mb(server) - before


async def read_by(people: list[Person], rounds: int) -> None:
    for turn in range(rounds):
        scopes = (SCOPES[(rank + turn) % len(SCOPES)] for rank in range(len(people)))
        await asyncio.gather(*(browse(person, scope) for person, scope in zip(people, scopes, strict=True)))


def test_ten_people_who_go_on_reading_leave_the_server_as_it_was(server: AppServer) -> None:
    assert asyncio.run(crowd(server)) < ALLOWED_MB
