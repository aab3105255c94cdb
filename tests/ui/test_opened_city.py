"""A city opened into IRIS on the pages: opened by its name, closed, undone, carried by a link, judged the same everywhere.

Niort has six IRIS of ours, counted 1 000 to 6 000: its 59 854 inhabitants are 2 850, 5 700, 8 551, 11 401, 14 251 and 17 101.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from geo.claims import Claim, Claims
from geo.communes import Iris
from geo.comparison.candidates import scenario_id
from geo.perimeters import from_polygon
from geo.scenarios import Scenario, Workbook, pack, to_file
from tests.dataset.drawn_cities import NIORT, QUARTERS, niort, with_niort
from tests.support import real
from tests.support.apptest import (
    COMPARISON,
    COVERAGE,
    PERIMETER,
    button,
    chosen,
    find,
    forget_caches,
    open_page,
    ran,
    settled,
    written,
)  # fmt: skip
from tests.support.grid import plain
from ui import claims, frame, loaders
from ui.cache import under
from ui.map import scene
from ui.perimeter import choices, workbench

AIFFRES = "79003"  # 5 419 inhabitants, next to Niort
OPEN, CLOSE = "Ouvrir Niort en IRIS", "Refermer Niort"


@pytest.fixture(autouse=True)
def received(shared_caches: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaders, "open_dataset", with_niort)


@pytest.fixture
def other_data() -> Iterator[None]:
    """Let no other test see what this one computes from other data."""
    forget_caches()
    yield
    forget_caches()


def labels(app: AppTest) -> set[str]:
    return {b.label for b in app.button}


def press(app: AppTest, label: str) -> AppTest:
    return ran(button(app, label).click().run())


def search(app: AppTest, target: str) -> AppTest:
    return find(app, choices.FIELD, target)


def opened(*codes: str) -> AppTest:
    """Open Périmètre on communes, then Niort."""
    app = open_page(PERIMETER, carte="dep-79", communes=",".join(codes))
    search(app, NIORT)
    return press(app, OPEN)


def link(*codes: str) -> str:
    book = Workbook((Scenario("Périmètre", frozenset(codes)),), opened=frozenset({NIORT}))
    return pack(book, loaders.atlas_of({NIORT}))


def said(app: AppTest) -> list[str]:
    return [plain(toast.value) for toast in app.toast]


def test_a_city_of_the_perimeter_is_opened_and_no_figure_moves() -> None:
    before = written(open_page(PERIMETER, carte="dep-79", communes=f"{AIFFRES},{NIORT}"))
    app = opened(AIFFRES, NIORT)
    assert chosen(app) == {AIFFRES, *QUARTERS}
    assert "65 273" in before and "65 273" in written(app)
    assert CLOSE in labels(app) and OPEN not in labels(app)


def test_an_opened_city_is_closed_again_when_all_of_it_is_chosen_or_nothing() -> None:
    app = press(opened(AIFFRES, NIORT), CLOSE)
    assert chosen(app) == {AIFFRES, NIORT} and not app.session_state[frame.WORKBOOK].opened
    app = press(opened(AIFFRES), CLOSE)
    assert chosen(app) == {AIFFRES} and OPEN in labels(app)


def test_a_city_of_which_a_part_is_chosen_stays_open_and_it_is_said() -> None:
    app = open_page(PERIMETER, carte="dep-79", lien=link(AIFFRES, *QUARTERS[:2]))
    search(app, NIORT)
    press(app, CLOSE)
    assert chosen(app) == {AIFFRES, *QUARTERS[:2]}
    assert any("en a 2 IRIS sur 6" in text for text in said(app))


def test_a_link_opens_the_city_that_it_carries() -> None:
    app = open_page(PERIMETER, carte="dep-79", lien=link(AIFFRES, QUARTERS[0], QUARTERS[5]))
    assert chosen(app) == {AIFFRES, QUARTERS[0], QUARTERS[5]}
    assert "25 370" in written(app)  # 5 419 + 2 850 + 17 101
    sent = app.query_params["lien"]
    assert chosen(open_page(PERIMETER, lien=sent[0] if isinstance(sent, list) else sent)) == chosen(app)


def test_undo_closes_and_opens_again() -> None:
    app = opened(AIFFRES, NIORT)
    press(app, "Annuler")
    assert chosen(app) == {AIFFRES, NIORT} and not app.session_state[frame.WORKBOOK].opened
    press(app, "Rétablir")
    assert chosen(app) == {AIFFRES, *QUARTERS}


def test_going_back_to_a_start_that_has_iris_opens_the_city_again() -> None:
    app = open_page(PERIMETER, carte="dep-79", lien=link(AIFFRES, QUARTERS[0]))
    search(app, NIORT)
    press(app, "Retirer")
    press(app, CLOSE)
    assert chosen(app) == {AIFFRES}
    press(app, "Revenir au départ")
    assert chosen(app) == {AIFFRES, QUARTERS[0]} and app.session_state[frame.WORKBOOK].opened == {NIORT}


def test_what_names_the_commune_takes_all_the_iris_of_the_opened_city() -> None:
    app = opened(AIFFRES)
    assert "6 IRIS, 59 854 habitants." in written(app)
    press(app, "Ajouter")
    assert chosen(app) == {AIFFRES, *QUARTERS}
    press(app, "Tout retirer")
    search(app, "epci/200041317")
    press(app, "Ajouter")
    assert set(QUARTERS) < chosen(app) and NIORT not in chosen(app)


def test_the_comparison_counts_a_part_of_a_city_as_the_perimeter_does() -> None:
    app = open_page(COMPARISON, commune=NIORT, lien=link(AIFFRES, QUARTERS[5]), choix=scenario_id("Périmètre"))
    assert chosen(app) == {AIFFRES, QUARTERS[5]}
    assert "22 520" in written(app)
    app.switch_page(PERIMETER)
    ran(app.run())
    assert "22 520" in written(app)  # 5 419 + 17 101


def test_the_coverage_is_counted_by_commune_whatever_is_opened() -> None:
    before = written(open_page(COVERAGE, territoire="dep-79"))
    app = opened(AIFFRES, NIORT)
    app.switch_page(COVERAGE)
    app.query_params["territoire"] = "dep-79"
    assert written(ran(app.run())) == before


def tool(*codes: str) -> AppTest:
    """Run what the tool shows once it is unfolded, for a perimeter."""

    def unfolded() -> None:
        import streamlit as st

        from ui import frame
        from ui.grain import cities

        for key, value in frame.DEFAULTS.items():
            st.session_state.setdefault(key, value)
        cities.choose(frame.perimeter())

    app = AppTest.from_function(unfolded, default_timeout=60)
    app.session_state[frame.WORKBOOK] = Workbook((Scenario("P", frozenset(codes)),))
    return ran(app.run())


def test_the_tool_offers_the_cities_of_the_perimeter_that_can_be_opened() -> None:
    assert labels(tool(AIFFRES, NIORT)) == {OPEN}
    assert labels(tool(AIFFRES)) == set()
    app = tool(NIORT)
    assert labels(press(app, OPEN)) == {CLOSE}
    assert labels(press(app, CLOSE)) == {OPEN}


def test_without_iris_nothing_is_offered_and_the_tool_says_where_they_come_from(
    other_data: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loaders, "open_dataset", real.world)
    monkeypatch.setattr(st, "page_link", lambda *_, **__: None)  # there is no other page in a page alone
    app = tool(NIORT)
    assert labels(app) == set() and "demandez-les sur la page Données" in app.info[0].value
    app = open_page(PERIMETER, carte="dep-79", communes=NIORT)
    search(app, NIORT)
    assert OPEN not in labels(app)


def test_a_city_whose_people_are_unknown_says_so(other_data: None, monkeypatch: pytest.MonkeyPatch) -> None:
    known = niort()
    table = known.table.assign(population=known.table["population"].where(known.table.index != QUARTERS[0]))
    monkeypatch.setattr(
        loaders, "open_dataset", lambda: replace(with_niort(), iris=Iris(table, known.pairs, known.folder))
    )
    app = open_page(PERIMETER, carte="dep-79", communes=NIORT)
    search(app, NIORT)
    assert OPEN not in labels(app)
    assert any("les habitants de ses IRIS ne sont pas connus" in c.value for c in app.caption)


def test_iris_that_are_no_more_after_the_data_changed_are_left_out_and_said(
    other_data: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(PERIMETER, carte="dep-79", lien=link(AIFFRES, QUARTERS[0]))
    monkeypatch.setattr(loaders, "open_dataset", real.world)
    st.cache_resource.clear()
    ran(app.run())
    assert chosen(app) == {AIFFRES} and not app.session_state[frame.WORKBOOK].opened
    assert any("1 IRIS de vos scénarios n’est plus dans les données" in text for text in said(app))
    assert button(app, "Annuler").disabled


def test_a_sector_is_stated_by_iris_and_stays_when_the_city_is_closed() -> None:
    app = opened(AIFFRES, NIORT)
    app.session_state[workbench.PANEL] = "Secteurs"
    ran(app.run())
    app.text_input(key=claims.TITLE).input("79G01")
    app.text_input(key=claims.WHO).input("Marie Dupont")
    app.run()
    app.session_state[frame.MARKED] = frozenset(QUARTERS[:3])  # as clicks on the map leave them
    ran(app.run())
    assert any("3 IRIS marqués, 17 101 habitants." in plain(c.value) for c in app.caption)
    ran(app.button(key="claim-save").click().run())
    (held,) = app.session_state[frame.WORKBOOK].claims
    assert held.pieces == set(QUARTERS[:3])
    ran(app.button(key="marquage-fin").click().run())
    assert "3 IRIS, 17 101 habitants" in written(app)
    app.session_state[workbench.PANEL] = "Autour de la table"
    assert "Secteur 79G01 (d’après Marie Dupont)" in written(ran(app.run()))
    press(app, CLOSE)
    app.session_state[workbench.PANEL] = "Secteurs"
    assert "3 IRIS, d’autres communes possibles" in written(ran(app.run()))


def test_a_whole_opened_city_is_stated_as_its_commune() -> None:
    app = opened(NIORT)
    app.session_state[workbench.PANEL] = "Secteurs"
    ran(app.run())
    app.text_input(key=claims.TITLE).input("79G01")
    app.text_input(key=claims.WHO).input("Marie Dupont")
    app.run()
    app.session_state[frame.MARKED] = frozenset(QUARTERS)
    ran(app.run())
    ran(app.button(key="claim-save").click().run())
    (held,) = app.session_state[frame.WORKBOOK].claims
    assert held.pieces == {NIORT}


def test_a_drawn_zone_takes_the_iris_whose_point_is_in_it() -> None:
    atlas = loaders.atlas_of({NIORT})
    here = atlas.table.iloc[atlas.rows(QUARTERS)]
    (west, east), (south, north) = ((here[c].min() - 1e-3, here[c].max() + 1e-3) for c in ("lon", "lat"))
    middle = (south + north) / 2
    found = from_polygon([(west, middle), (east, middle), (east, north), (west, north)], atlas)
    assert set(QUARTERS[3:]) <= found.codes and not set(QUARTERS[:3]) & found.codes and NIORT not in found.codes


def test_sectors_are_drawn_through_the_opened_city(
    other_data: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loaders, "GEO", tmp_path)
    stated = Claims(
        (Claim.of("secteurs-adultes", "79G01", "Marie Dupont", pieces=frozenset({*QUARTERS[:3], AIFFRES})),)
    )
    with under(stated, {NIORT}):
        here = loaders.every_scope()["dep-79"].on(loaders.opened_atlas())
        address = scene.overlay(here, "secteurs-adultes", (NIORT,)).url
    file = json.loads((tmp_path / address.rpartition("/")[2]).read_text(encoding="utf-8"))
    drawn = {str(here.atlas.codes[row]): zones for row, zones in zip(here.rows, file["of"], strict=True)}
    assert {code for code, zones in drawn.items() if zones} == {*QUARTERS[:3], AIFFRES}


def sent() -> bytes:
    book = Workbook((Scenario("Du collègue", frozenset({AIFFRES, QUARTERS[5]})),), opened=frozenset({NIORT}))
    return to_file(book, loaders.atlas_of({NIORT}))


def test_a_file_opens_the_city_that_it_carries_beside_ones_own_scenario() -> None:
    app = open_page(PERIMETER, carte="dep-79", communes=f"{AIFFRES},{NIORT}")
    app.session_state[workbench.PANEL] = "Scénarios"
    ran(app.run())
    field = next(f for f in app.get("file_uploader") if f.label == "Ouvrir un fichier de scénarios")
    app = settled(ran(field.upload("autre.json", sent(), "application/json").run()))
    mine, theirs = app.session_state[frame.WORKBOOK].scenarios
    assert (mine.codes, theirs.codes) == ({AIFFRES, *QUARTERS}, {AIFFRES, QUARTERS[5]})
    assert "22 520" in written(app)


def test_a_colleague_s_part_of_a_city_is_compared() -> None:
    app = open_page(COMPARISON, commune=AIFFRES)
    ran(settled(app.file_uploader[0].set_value(("autre.json", sent(), "application/json")).run()))
    assert app.session_state[frame.WORKBOOK].opened == {NIORT}
    assert "Du collègue" in {s.name for s in app.session_state[frame.WORKBOOK].scenarios}


def test_pages_that_count_by_commune_are_offered_whole_communes_only() -> None:
    def drawn(*codes: str) -> frozenset[str]:
        def asked() -> None:
            import streamlit as st

            from ui import frame

            st.session_state["asked"] = frame.by_commune()

        page = AppTest.from_function(asked, default_timeout=60)
        page.session_state[frame.WORKBOOK] = Workbook((Scenario("P", frozenset(codes)),), opened=frozenset({NIORT}))
        return ran(page.run()).session_state["asked"]

    assert drawn(AIFFRES, *QUARTERS) == {AIFFRES, NIORT}
    assert drawn(AIFFRES, *QUARTERS[:2]) == frozenset()
