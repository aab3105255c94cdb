"""The caches of the screen: one answer for all, dropped with the data it was computed from, idle sessions included."""

from __future__ import annotations

import gc
import importlib
import inspect
import pkgutil
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import ui
from geo.guidance import Settings
from geo.kept import kept_on_subject
from geo.moves import incidence_of
from geo.paths import ROOT
from geo.perimeters import Perimeter
from tests.support.apptest import forget_caches
from ui import cache as data_cache
from ui import loaders

PAGES = ("dashboard.py", *sorted(f"pages/{p.name}" for p in (ROOT / "pages").glob("*.py")))
Publish = Callable[[], None]


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publish]:
    """Return what changes the token of the data, as a publication does."""
    forget_caches()
    number = iter(range(100))
    held = [f"version {next(number)}"]
    monkeypatch.setattr("geo.dataset.token", lambda: held[0])

    def change() -> None:
        held[0] = f"version {next(number)}"
        data_cache.token.clear()

    yield change
    st.cache_data.clear()
    data_cache.release()


class Answer:
    """What can be watched as it leaves."""


calls: list[tuple[object, ...]] = []


@data_cache.keyed_on_data(max_entries=2)
def answered(number: int, word: str = "") -> Answer:
    calls.append((number, word))
    return Answer()


@data_cache.keyed_on_data()
def answered_too(number: int, word: str = "") -> Answer:
    return Answer()


def test_a_cache_answers_alike_for_the_same_arguments_and_data(publish: Publish) -> None:
    calls.clear()
    first = answered(1, "a")
    assert answered(1, "a") is first
    assert answered(1, "b") is not first
    assert answered_too(1, "a") is not first, "each function has a cache of its own"
    assert calls == [(1, "a"), (1, "b")]


def test_an_answer_that_no_longer_holds_is_computed_again(publish: Publish) -> None:
    """A file that it names may have been swept, or the folder emptied under a server that runs."""
    made, gone = list[str](), set[str]()

    @data_cache.keyed_on_data(max_entries=4, still=lambda name: name not in gone)
    def written(number: int) -> str:
        made.append(f"{number}-{len(made)}")
        return made[-1]

    assert [written(1), written(1), written(2)] == ["1-0", "1-0", "2-1"]
    gone.add("1-0")
    assert [written(1), written(1)] == ["1-2", "1-2"]


@pytest.mark.usefixtures("collected_at_once")
def test_what_was_computed_from_the_former_data_leaves_at_the_first_look(publish: Publish) -> None:
    watched = weakref.ref(answered(1))
    assert watched() is not None
    publish()
    data_cache.token()
    assert watched() is None


def test_many_who_ask_at_once_wait_for_one_answer(publish: Publish) -> None:
    calls.clear()
    start = threading.Barrier(8)

    def ask(_: int) -> Answer:
        start.wait()
        return answered(3)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert calls == [(3, "")]


begun, go_on = threading.Event(), threading.Event()


@data_cache.keyed_on_data()
def slow(number: int) -> Answer:
    begun.set()
    assert go_on.wait(60)
    return Answer()


def test_a_run_overtaken_by_a_publication_has_its_answer_and_leaves_nothing(publish: Publish) -> None:
    begun.clear()
    go_on.clear()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(slow, 1)
        assert begun.wait(60)
        publish()
        data_cache.token()
        go_on.set()
        answer = asked.result()
    watched = weakref.ref(answer)
    del answer, asked
    gc.collect()
    assert watched() is None


def test_what_is_kept_on_a_subject_is_computed_once_and_leaves_with_it() -> None:
    made: list[int] = []

    @kept_on_subject
    def holder(subject: Answer, number: int = 0) -> list[Answer]:
        made.append(number)
        return [subject]  # the answer holds its subject, as a ground holds its layers

    subject = Answer()
    assert holder(subject) is holder(subject)
    assert holder(subject, 1) is not holder(subject)
    assert made == [0, 1]
    watched = weakref.ref(subject)
    del subject
    gc.collect()
    assert watched() is None


def test_facts_of_the_former_data_can_still_be_read(publish: Publish) -> None:
    perimeter = Perimeter.of(["79191"], loaders.atlas())
    facts = loaders.facts(perimeter)
    publish()
    assert loaders.facts(perimeter) is not facts
    assert facts.population == loaders.facts(perimeter).population
    assert facts.overlaps["epci"]


@pytest.mark.usefixtures("collected_at_once")
def test_idle_sessions_of_every_page_hold_nothing_of_the_former_data(publish: Publish) -> None:
    sessions = []
    for page in PAGES:
        session = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120)
        session.query_params["communes"] = "79191,79003"
        session.switch_page(page)
        sessions.append(session.run())
        assert not session.exception
    world = loaders.world()
    perimeter = Perimeter.of(["79191", "79003"], loaders.atlas())
    loaders.preview(perimeter, Settings())
    watched = {
        "world": weakref.ref(world),
        "crosswalk": weakref.ref(world.crosswalk),
        "density": weakref.ref(world.density),
        "facts": weakref.ref(loaders.facts(perimeter)),
        "ground": weakref.ref(incidence_of(world)),
    }
    del world
    publish()
    data_cache.token()
    assert [name for name, held in watched.items() if held() is not None] == []
    assert not sessions[0].run().exception


def test_every_cache_is_bounded_by_a_number_or_asked_for_one_thing_alone() -> None:
    for found in pkgutil.walk_packages(ui.__path__, "ui."):
        if not found.name.startswith("ui.setup"):
            importlib.import_module(found.name)
    assert len(data_cache.BOUNDS) > 20
    ours = {name: most for name, most in data_cache.BOUNDS.items() if not name.startswith("tests.")}
    for name, most in ours.items():
        module, _, function = name.rpartition(".")
        asked = inspect.signature(getattr(importlib.import_module(f"ui.{module}"), function))
        assert most is not None or not asked.parameters, name
    assert max(most or 0 for most in ours.values()) <= 512


def test_the_entries_of_caches_are_counted_up_to_their_bound(fresh_caches: None) -> None:
    @data_cache.keyed_on_data(max_entries=3)
    def doubled(number: int) -> int:
        return 2 * number

    for number in range(5):
        assert doubled(number) == 2 * number
    [held] = [many for name, many in data_cache.entries().items() if name.endswith("doubled")]
    assert held == 3
    data_cache.BOUNDS.pop(next(name for name in data_cache.BOUNDS if name.endswith("doubled")))
    data_cache._MADE.clear()
