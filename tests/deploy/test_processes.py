"""Three processes of the dashboard and a PostgreSQL behind one address, under a sub-path: what a visitor sees of it, and what is left to him of
those that are drained or killed while he composes. The last tests leave a process less each."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page

from geo.paths import ROOT
from geo.scenarios.link import LONGEST
from tests.deploy import site as site_of
from tests.deploy.composers import Composer, composing, renew
from tests.deploy.proxy import fetch
from tests.deploy.site import BASE, Site, figures, ready
from tests.journeys import address_codes, settle, wait_address
from tests.support.browser import AppServer, click_commune, codes_in_sight, selected_codes, until, wait_painted
from tests.support.wire import Person, live

LIST = "Nom du CLSM;Code INSEE;État\nCLSM de l’essai;62765;Actif\n"  # Saint-Omer
SEED, PEOPLE, PAUSE_S = 18, 8, 0.8
ENDS = ((0, "drained"), (1, "killed"), (2, "drained"), (0, "killed"))  # each process once: everybody is cut


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, libraries: None) -> Iterator[Site]:
    with site_of.running(tmp_path_factory.mktemp("site")) as found:
        yield found


def says_imported(page: Page, one: AppServer) -> bool:
    """Return whether a page that a process shows now names the layer of CLSM as imported."""
    page.goto(f"{one.url}/Methode")
    settle(page)
    return "Importé : CLSM." in page.get_by_role("contentinfo").inner_text().replace("\xa0", " ")


def wait(look: Any, what: str, page: Page) -> None:
    until(page, look, lambda: what)


@pytest.mark.journey
def test_every_process_becomes_ready_and_the_address_says_so(site: Site, visitor: Page) -> None:
    for one in site.processes:
        wait(lambda one=one: ready(one), f"{one.url} is never ready", visitor)
    answer = site.front.get(f"/{BASE}/pret")
    assert (answer.status, answer.body.decode()) == (200, "Prêt.")
    assert len({figures(one)["clsm_data"] for one in site.processes}) == 1


def test_headers_hold_and_shut_doors_stay_shut_at_the_proxy_and_behind_it(site: Site) -> None:
    page = site.front.get(f"/{BASE}/", accept="text/html")
    assert page.status == 200 and b'<html lang="fr">' in page.body
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["strict-transport-security"].startswith("max-age=")
    assert (page.headers["x-content-type-options"], page.headers["x-frame-options"]) == ("nosniff", "SAMEORIGIN")
    for path in ("_stcore/metrics", "_stcore/agent", "_stcore/agent/openapi.json"):
        assert site.front.get(f"/{BASE}/{path}").status == 404
        assert all(fetch(f"{one.url}/{path}").status == 404 for one in site.processes)
    assert site.front.get(f"/{BASE}/mesures").status == 404
    passed_on = {"x-forwarded-for": "127.0.0.1"}  # as a proxy that knows of no shut door would
    assert [fetch(f"{one.url}/mesures", passed_on).status for one in site.processes] == [404] * 3
    assert figures(site.processes[0])["clsm_resident_bytes"] > 10_000_000


def test_what_a_process_does_not_have_it_does_not_find(site: Site) -> None:
    """Which has nginx ask the next one (tests/deploy/test_proxy.py): any other answer would be the last."""
    for one in site.processes:
        assert fetch(f"{one.url}/media/absent.pdf").status == 404
        assert fetch(f"{one.url}/app/static/geo/absent-0123456789.json").status == 404
        assert fetch(f"{one.url}/_stcore/upload_file/ailleurs/a", method="PUT", body=b"a").status == 404


def test_a_file_that_never_changes_is_compressed_by_a_process_and_kept_by_the_proxy(site: Site) -> None:
    page = site.front.get(f"/{BASE}/", accept="text/html").body.decode()
    script = page.partition('src="./app/static/')[2].partition('"')[0]
    path = f"/{BASE}/app/static/{script}"
    first, second = (site.front.get(path, accept_encoding="gzip") for _ in range(2))
    assert (first.status, second.headers["x-cache"]) == (200, "HIT")
    assert first.headers["content-encoding"] == second.headers["content-encoding"] == "gzip"
    assert first.body == second.body
    assert "content-encoding" not in site.front.get(path).headers  # who takes no gzip is sent none


def test_the_longest_link_reaches_a_process(site: Site) -> None:
    assert site.front.get(f"/{BASE}/Perimetre?lien={'x' * LONGEST}", accept="text/html").status == 200


def test_files_are_made_and_sent_below_the_sub_path(site: Site) -> None:
    async def scene() -> tuple[bytes, int]:
        query = "carte=dep-62&communes=62193,62239"
        async with Person(site.url, query=query, cookie=f"clsm_visit={7:032x}") as person:
            await person.open()
            await person.put("Pour aller plus loin", "Note et fichiers")
            note = await person.download("Note (PDF)")
            return note, (await person.send_file("liste.csv", LIST.encode()))[0]

    note, sent = live(scene())
    assert note.startswith(b"%PDF") and sent == 204


@pytest.mark.journey
def test_a_layer_published_beside_them_is_seen_by_every_process(site: Site, visitor: Page, tmp_path: Path) -> None:
    assert not says_imported(visitor, site.processes[0])
    before = {one.url: figures(one)["clsm_data"] for one in site.processes}
    file = tmp_path / "liste.csv"
    file.write_text(LIST, encoding="utf-8")
    words = ["import", str(file), "--kind", "clsm", "--source", "essai", "--date", "2026"]
    done = subprocess.run(
        [sys.executable, "-m", "geo", *words], cwd=ROOT, env=os.environ | site.env, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    after = {one.url: figures(one)["clsm_data"] for one in site.processes}
    assert len(set(after.values())) == 1 and set(after.values()).isdisjoint(before.values())
    for one in site.processes:  # data are looked at again every few seconds
        wait(lambda one=one: says_imported(visitor, one), f"{one.url} never shows the layer", visitor)


@pytest.mark.journey
def test_a_file_reaches_its_page_though_the_cookie_leads_to_another_process(site: Site, visitor: Page) -> None:
    """As after a page was moved and its first process came back."""
    visitor.goto(f"{site.url}/Donnees")
    settle(visitor)
    serving = site.of(site_of.cookie_of(visitor))
    others = (f"{number:032x}" for number in range(200))
    other = next(value for value in others if site.of(f"clsm_visit={value}") is not serving)
    visitor.context.add_cookies([{"name": "clsm_visit", "value": other, "url": site.front.url, "secure": True}])
    with visitor.expect_response(lambda answer: "/_stcore/upload_file/" in answer.url) as sent:
        file = {"name": "liste.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
        visitor.locator("input[type=file]").first.set_input_files(file)  # type: ignore[arg-type]
    assert sent.value.status == 204

    def reached() -> bool:
        """Whether the log, which nginx writes after its answer, has the file refused by one process and taken by that of the page."""
        asked = [line for line in site.front.log().splitlines() if "/upload_file/" in line]
        return any(line.count("127.0.0.1:") > 1 and line.endswith(urlsplit(serving.url).netloc) for line in asked)

    wait(reached, "the file did not go from one process to the next", visitor)


# --- processes that end under people who compose --------------------------------------------------------------------
def test_processes_drained_or_killed_at_random_moments_give_everybody_his_perimeter_back(site: Site) -> None:
    """A few ends, enough for each of the ways; `python -m bench kills` has two hundred."""
    dice = np.random.default_rng(SEED)

    async def end(people: list[Composer]) -> None:
        for number, how in ENDS:
            before, server = sum(one.cuts for one in people), site.processes[number]
            await asyncio.sleep(dice.random() * 2 * PAUSE_S)
            if how == "killed":
                server.process.kill()
            await asyncio.to_thread(server.stop)
            while sum(one.cuts for one in people) == before:  # somebody was there
                await asyncio.sleep(0.05)
            await renew(site, number)

    people = live(composing(site, end, people=PEOPLE, pause=PAUSE_S, seed=SEED))
    assert sum(one.cuts for one in people) >= PEOPLE
    assert all(one.person.problems == [] for one in people)


@pytest.mark.journey
def test_visitors_of_a_process_that_stops_are_moved_and_their_perimeter_comes_back(site: Site, visitor: Page) -> None:
    sockets: list[str] = []
    visitor.on("websocket", lambda socket: sockets.append(socket.url))
    visitor.goto(f"{site.url}/Perimetre?carte=dep-62&communes=62193,62239")
    wait_painted(visitor)
    settle(visitor)
    assert sockets == [f"wss{site.url.removeprefix('https')}/_stcore/stream"]
    serving = site.of(site_of.cookie_of(visitor))
    assert figures(serving)["clsm_sessions"] >= 1
    serving.stop()
    wait(lambda: len(sockets) > 1, "the page does not come back", visitor)
    others = [one for one in site.processes if one is not serving]
    wait(lambda: any(figures(one)["clsm_sessions"] for one in others), "no other process has the visitor", visitor)
    settle(visitor)
    wait_address(visitor, {"62193", "62239"})
    wait_painted(visitor)
    assert site.front.get(f"/{BASE}/pret").status == 200


@pytest.mark.journey
def test_a_click_on_its_way_when_its_process_is_killed_is_not_lost(site: Site, visitor: Page) -> None:
    visitor.goto(f"{site.url}/Perimetre?carte=dep-62&communes=62193,62239")
    wait_painted(visitor, geometry="dep-62")
    settle(visitor)
    wait_address(visitor, {"62193", "62239"})
    serving = site.of(site_of.cookie_of(visitor))
    one, other = [code for code in codes_in_sight(visitor, 6) if code not in ("62193", "62239")][:2]
    os.kill(serving.process.pid, signal.SIGSTOP)  # it hears the click, and never answers
    click_commune(visitor, one)
    assert set(selected_codes(visitor)) == {"62193", "62239", one}
    assert one not in address_codes(visitor)
    serving.process.kill()
    serving.process.wait()
    wait_address(visitor, {"62193", "62239", one})
    settle(visitor)
    assert set(selected_codes(visitor)) == {"62193", "62239", one}
    # And the next process is listened to: its numbers begin anew.
    visitor.get_by_role("button", name="Tout retirer").click()
    until(visitor, lambda: selected_codes(visitor) == [], lambda: "the map does not follow the new process")
    settle(visitor)
    click_commune(visitor, other)
    wait_address(visitor, {other})
    assert figures(next(p for p in site.processes if p.process.poll() is None))["clsm_ready"] == 1
