"""Processes that are drained or killed under people who compose: nobody loses a perimeter, and a click on its way comes back."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.deploy import site as site_of
from tests.deploy.composers import Composer, composing, renew
from tests.deploy.site import Site, figures
from tests.journeys import address_codes, settle, wait_address
from tests.support.browser import click_commune, codes_in_sight, selected_codes, until, wait_painted
from tests.support.wire import live

SEED, PEOPLE, DRAINS, KILLS = 18, 8, 3, 3  # three kills cut everybody at least once
PAUSE_S = 0.8


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, libraries: None) -> Iterator[Site]:
    with site_of.running(tmp_path_factory.mktemp("drained")) as found:
        site_of.wait_ready(found)
        yield found


def test_three_processes_are_drained_one_after_the_other_and_nobody_loses_a_perimeter(site: Site) -> None:
    async def drain(people: list[Composer]) -> None:
        for number in range(DRAINS):
            before = sum(one.cuts for one in people)
            await asyncio.to_thread(site.processes[number].stop)
            while sum(one.cuts for one in people) == before:  # somebody was there
                await asyncio.sleep(0.05)
            await renew(site, number)

    people = live(composing(site, drain, people=PEOPLE, pause=PAUSE_S, seed=SEED))
    assert sum(one.cuts for one in people) >= DRAINS
    assert all(one.person.problems == [] for one in people)


def test_processes_killed_at_random_moments_give_everybody_his_scenario_back(site: Site) -> None:
    dice = np.random.default_rng(SEED)

    async def kill(people: list[Composer]) -> None:
        for turn in range(KILLS):
            before, number = sum(one.cuts for one in people), turn % 3
            await asyncio.sleep(dice.random() * 2 * PAUSE_S)
            site.processes[number].process.kill()
            await asyncio.to_thread(site.processes[number].process.wait)
            while sum(one.cuts for one in people) == before:
                await asyncio.sleep(0.05)
            await renew(site, number)

    people = live(composing(site, kill, people=PEOPLE, pause=PAUSE_S, seed=SEED))
    assert sum(one.cuts for one in people) >= PEOPLE
    assert all(one.person.problems == [] for one in people)


# --- in a browser -------------------------------------------------------------------------------------------------
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
