"""The parts of a large city on Comparaison: offered, set beside the others, and the city opened when one is retained."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from geo.comparison import city_parts
from geo.guidance import Settings
from geo.scenarios import Scenario, Workbook
from tests.dataset.drawn_cities import NIORT, QUARTERS, with_niort
from tests.support.apptest import COMPARISON, HOME, ran, written
from tests.support.grid import plain
from ui import frame, loaders
from ui.comparison import link as comparison_link

LIMIT = Settings(marker=30_000)  # Niort has 59 854 inhabitants
WHOLE = f"commune:{NIORT}"


@pytest.fixture(autouse=True)
def received(shared_caches: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaders, "open_dataset", with_niort)


def page(*chosen: str, opened: frozenset[str] = frozenset()) -> AppTest:
    app = AppTest.from_file(HOME, default_timeout=60)
    codes = frozenset(QUARTERS) if opened else frozenset({NIORT})
    app.session_state[frame.WORKBOOK] = Workbook((Scenario("La ville", codes),), settings=LIMIT, opened=opened)
    app.session_state[comparison_link.COMMUNE] = NIORT
    app.session_state[comparison_link.choice_key(NIORT)] = list(chosen)
    app.switch_page(COMPARISON)
    return ran(app.run())


@pytest.mark.parametrize("opened", [frozenset(), frozenset({NIORT})], ids=["in one piece", "opened"])
def test_parts_are_set_beside_the_whole_city_with_their_people(opened: frozenset[str]) -> None:
    parts = city_parts(with_niort(), NIORT, LIMIT)
    app = page(WHOLE, *(p.id for p in parts), opened=opened)
    assert not app.warning, "every perimeter asked for is there"
    said = plain(written(app))
    assert all(p.name in said or plain(p.name) in said for p in parts)
    assert "59 854" in said
    assert "échelle infracommunale" in said and "Un découpage possible parmi d’autres" in said


def test_retaining_a_part_opens_its_city_in_every_scenario() -> None:
    part = city_parts(with_niort(), NIORT, LIMIT)[0]
    app = page(WHOLE, part.id)
    ran(app.button(key=f"retenir-{part.id}").click().run())
    book = app.session_state[frame.WORKBOOK]
    assert book.opened == {NIORT} and book.codes == part.codes
    assert book.scenarios[0].codes == frozenset(QUARTERS)
