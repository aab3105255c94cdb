"""Processes of the dashboard and a PostgreSQL behind the nginx of deploy/, under a sub-path: for tests, and for the benches of many visitors."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

from geo.paths import ROOT
from geo.register import ADDRESS
from tests.deploy import proxy
from tests.deploy.proxy import Proxy, fetch
from tests.register import postgres
from tests.support.browser import AppServer, start_server

APP = ROOT / "dashboard.py"
BASE = "clsm"


@dataclass
class Site:
    """The processes, what is in front of them, and what they share."""

    front: Proxy
    processes: list[AppServer]
    env: dict[str, str]
    folder: Path

    @property
    def url(self) -> str:
        """The address of the dashboard, without a final slash."""
        return f"{self.front.url}/{BASE}"

    def of(self, cookie: str) -> AppServer:
        """Return the process that serves a visitor, which the log of nginx names last."""
        self.front.get(f"/{BASE}/_stcore/health", cookie=cookie)
        port = int(self.front.log().splitlines()[-1].rpartition(":")[2])
        return next(one for one in self.processes if urlsplit(one.url).port == port)

    def start(self, number: int) -> AppServer:
        """Start a process, at the port that it had if it was there before."""
        own = self.env | {"CLSM_HOME": str(self.folder / f"home-{number}")}
        port = urlsplit(self.processes[number].url).port if number < len(self.processes) else None
        one = start_server(APP, log=self.folder / f"{number}.log", base_path=BASE, env=own, port=port)
        self.processes[number : number + 1] = [one]
        return one


@contextmanager
def running(folder: Path, count: int = 3) -> Iterator[Site]:
    """Run so many processes, and give the site."""
    proxy.nginx()  # skipped before anything is started
    with ExitStack() as stack:
        env = {ADDRESS: stack.enter_context(postgres.running()), "STREAMLIT_SERVER_COOKIE_SECRET": "0" * 64}
        site = Site(Proxy("", "", folder), [], env, folder)
        stack.callback(lambda: [one.stop() for one in site.processes])
        for number in range(count):
            site.start(number)
        hosts = [urlsplit(one.url).netloc for one in site.processes]
        site.front = stack.enter_context(proxy.running(folder / "nginx", hosts))
        site.env |= {"CLSM_HOME": str(folder / "home-of-the-command")}
        yield site


def ready(one: AppServer) -> bool:
    """Return whether a process may be sent visitors."""
    return fetch(f"{one.url}/pret").status == 200


def figures(one: AppServer) -> dict[str, float]:
    """Return the figures that a process keeps of itself."""
    lines = fetch(f"{one.url}/mesures").body.decode().splitlines()
    return {name: float(value) for name, value in (line.split() for line in lines if not line.startswith("#"))}


def wait_ready(site: Site) -> None:
    """Wait until every process may be sent visitors."""
    for one in site.processes:
        while not ready(one):
            assert one.process.poll() is None
            time.sleep(0.2)


def cookie_of(page: Page) -> str:
    """Return the cookie by which the proxy knows a visitor."""
    [found] = [one for one in page.context.cookies() if one["name"] == "clsm_visit"]
    return f"clsm_visit={found['value']}"
