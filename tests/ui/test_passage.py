"""From a line of Couverture to a perimeter and back: nothing drawn is lost, and the place left is found again."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from geo.coverage import coverage_state, line_rows, read_scope
from geo.scenarios import MOST_SCENARIOS, Scenario, Workbook
from tests.support import real
from tests.support.apptest import COMPARISON, COVERAGE, PERIMETER, button, chosen, find, open_page, ran, written
from tests.support.grid import plain
from ui import frame, passage
from ui.coverage import choices as coverage_view
from ui.coverage import gaps, link

pytestmark = pytest.mark.usefixtures("shared_caches")
LENS, GATINE = "62498", "200041333"


def state():
    return coverage_state(real.crosswalk(), real.density())


def without(level: str, code: str, scope: str) -> set[str]:
    here = state()
    rows = line_rows(level, code, read_scope(scope, real.atlas()), here)
    return {str(c) for c in real.atlas().codes[rows[here.is_without[rows]]]}


def drawn(app: AppTest, key: str) -> AppTest:
    """Press « Dessiner depuis… »: the page changes, which this client must be told."""
    ran(app.button(key=f"{key}-0").click().run())
    assert [plain(t.value) for t in app.title] == ["Périmètre"]
    app.switch_page(PERIMETER)
    return ran(app.run())


def came_back(app: AppTest, page: str = COVERAGE) -> AppTest:
    """Press « Revenir »."""
    ran(app.button(key="way-back-button").click().run())
    app.switch_page(page)
    return ran(app.run())


def names(app: AppTest) -> list[str]:
    return [scenario.name for scenario in app.session_state[frame.WORKBOOK].scenarios]


def test_a_gap_is_drawn_from_its_communes_without_clsm_and_the_way_back_finds_it_again() -> None:
    app = open_page(COVERAGE, territoire="dep-79", onglet="lacunes", choix=GATINE, tri="rural_sans_clsm")
    ran(app.text_input(key=gaps.QUERY).set_value("79").run())
    label = plain(app.button(key="gap-open-0").label)
    wanted = without("epci", GATINE, "dep-79")
    assert len(wanted) > 1
    assert label.startswith(f"Dessiner depuis ses {len(wanted)} communes")
    drawn(app, "gap-open")
    assert chosen(app) == wanted
    assert names(app) == ["CC de Parthenay-Gâtine"]
    assert app.selectbox(key=frame.PERIMETER_SCOPE).value == "dep-79"
    back = app.button(key="way-back-button")
    assert (
        plain(back.label) == "Revenir à Couverture \\(Deux-Sèvres \\(79\\) · Lacunes, ligne CC de Parthenay-Gâtine\\)"
    )
    came_back(app)
    assert app.session_state[frame.COVERAGE_SCOPE] == "dep-79"
    assert app.session_state[link.CHOSEN] == GATINE
    assert app.session_state[gaps.PINNED] == GATINE
    assert app.selectbox(key=link.SORT).value == "rural_sans_clsm"
    assert app.text_input(key=gaps.QUERY).value == "79"
    app.switch_page(PERIMETER)
    ran(app.run())
    assert not [b for b in app.button if b.key == "way-back-button"], "somebody has gone back: no way is left"


def test_another_tab_is_found_again_with_its_choices() -> None:
    app = open_page(COVERAGE, territoire="dep-62", onglet="priorites", poids="1-0-4-1")
    order = next(s for s in app.selectbox if s.label == "Territoire de cet ordre")
    second = order.options[1].rpartition("(")[2].rstrip(")")
    key = order.key
    ran(order.set_value(second).run())
    drawn(app, "priority-open")
    assert chosen(app)
    came_back(app)
    assert app.session_state[link.TAB] == "Priorités"
    assert [app.session_state[k] for k in link.WEIGHT.values()] == [1, 0, 4, 1]
    assert app.selectbox(key=key).value == second


def test_a_clsm_proposed_is_drawn_whole_first() -> None:
    app = open_page(COVERAGE, territoire="dep-79", onglet="prochains", nombre="2")
    name = app.selectbox(key="next-show").options[0]
    drawn(app, "next-open")
    atlas = real.atlas()
    code = next(c for c, n in atlas.epci["nom"].items() if n == name)
    assert chosen(app) == {str(c) for c in atlas.codes[atlas.members("epci", code)]}


def test_what_was_being_drawn_is_kept_beside_and_undo_comes_back_to_it() -> None:
    app = open_page(PERIMETER, communes=LENS)
    app.switch_page(COVERAGE)
    app.run()
    find(app, coverage_view.FIELD, "79191")
    drawn(app, "open-in-perimeter")
    assert names(app) == ["Périmètre", "Niort"]
    assert chosen(app) == {"79191"}
    assert app.session_state[frame.WORKBOOK].scenarios[0].codes == {LENS}
    ran(button(app, "Annuler").click().run())
    assert names(app) == ["Périmètre"] and chosen(app) == {LENS}
    # The same line again: the scenario that has these communes already, and not one more.
    ran(button(app, "Rétablir").click().run())
    app.switch_page(COVERAGE)
    ran(app.run())
    drawn(app, "open-in-perimeter")
    assert names(app) == ["Périmètre", "Niort"]


def test_the_last_of_as_many_scenarios_as_there_may_be_is_replaced_and_given_back() -> None:
    full = Workbook(tuple(Scenario(f"n° {i}", frozenset([LENS])) for i in range(MOST_SCENARIOS)))
    app = open_page(PERIMETER)
    app.session_state[frame.WORKBOOK] = full
    app.switch_page(COVERAGE)
    app.run()
    find(app, coverage_view.FIELD, "79191")
    drawn(app, "open-in-perimeter")
    assert chosen(app) == {"79191"} and len(names(app)) == MOST_SCENARIOS
    ran(button(app, "Annuler").click().run())
    assert app.session_state[frame.WORKBOOK].scenarios == full.scenarios


def test_a_hostile_name_is_a_name_and_a_long_one_is_cut() -> None:
    assert passage._title("a\u0000b\n**c**") == "a b **c**"
    assert len(passage._title("Intercommunalité " * 20)) <= 60


def test_a_territory_of_several_departements_is_shown_whole() -> None:
    atlas = real.atlas()
    counted = atlas.table.dropna(subset=["epci"]).groupby("epci")
    astride = counted["departement"].nunique() > 1
    code = str(next(c for c in astride[astride & (counted["region"].nunique() == 1)].index))
    table = atlas.table[atlas.table["epci"] == code]
    region = table["region"].iat[0]
    app = open_page(COVERAGE, territoire=f"reg-{region}", choix=code, niveau="epci", onglet="lacunes")
    drawn(app, "gap-open")
    assert app.selectbox(key=frame.PERIMETER_SCOPE).value in (f"reg-{region}", f"dep-{table['departement'].iat[0]}")
    scope = read_scope(app.selectbox(key=frame.PERIMETER_SCOPE).value, atlas)
    assert all(scope.holds(c) for c in chosen(app))


def test_a_perimeter_retained_from_a_comparison_leads_back_to_it() -> None:
    app = open_page(COMPARISON, commune="79191")
    ran(app.button(key=next(b.key for b in app.button if b.label == "Retenir ce périmètre")).click().run())
    app.switch_page(PERIMETER)
    ran(app.run())
    back = app.button(key="way-back-button")
    assert plain(back.label) == "Revenir à Comparaison \\(Niort\\)"
    came_back(app, COMPARISON)
    assert [plain(t.value) for t in app.title] == ["Comparer les échelles"]
    assert "Niort" in written(app)


# --- what is declared on one page is so on all ------------------------------------------------------------------
CALAIS = "62193"


def test_a_list_stated_complete_on_couverture_is_complete_on_every_page_and_in_their_links() -> None:
    app = open_page(COVERAGE, territoire="dep-62")
    ran(app.multiselect[0].set_value(["62"]).run())
    find(app, coverage_view.FIELD, CALAIS)
    drawn(app, "open-in-perimeter")
    assert address(app)["complet"] == "62"
    text = written(app)
    assert "Liste des CLSM complète, d’après votre déclaration (62)" in text, "the check"
    again = open_page(PERIMETER, **address(app))
    assert again.session_state[frame.COMPLETE] == ("62",)
    assert "Liste des CLSM complète, d’après votre déclaration (62)" in written(again)
    app.switch_page(COMPARISON)
    ran(app.run())
    assert address(app)["complet"] == "62"
    assert "Liste des CLSM complète, d’après votre déclaration (62)" in plain(
        "\n".join(c.value for c in app.caption)
    ).replace("\\", "")


def test_nobody_else_hears_a_declaration() -> None:
    stated = open_page(PERIMETER, communes=CALAIS, complet="62")
    other = open_page(PERIMETER, communes=CALAIS)
    assert "déclaration" in written(stated) and "déclaration" not in written(other)


def test_a_departement_that_does_not_exist_is_stated_by_nobody() -> None:
    app = open_page(PERIMETER, communes=CALAIS, complet="62,zz")
    assert app.session_state[frame.COMPLETE] == ("62",)
    assert [plain(w.value).replace("\\", "") for w in app.warning] == [
        "Lien : complet « 62,zz » non reconnu. Les départements reconnus sont déclarés complets, les autres sont ignorés."
    ]


def address(app: AppTest) -> dict[str, str]:
    return {name: values[0] if isinstance(values, list) else values for name, values in app.query_params.items()}
