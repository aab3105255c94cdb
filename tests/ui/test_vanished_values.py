"""Every widget of every page with values that no longer exist: what a link, a colleague, a renaming or a forged message may
leave in a session. No exception, and no error of the framework, whatever is held.

Widgets are found in the page itself, so that a new one is driven too: a label the page no longer knows comes from the
browser, a value it no longer knows is held by the session, the option chosen is taken away between two runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit import error_util
from streamlit.elements.widgets.button_group import ButtonGroupMixin
from streamlit.elements.widgets.multiselect import MultiSelectMixin
from streamlit.elements.widgets.radio import RadioMixin
from streamlit.elements.widgets.selectbox import SelectboxMixin
from streamlit.testing.v1 import AppTest

from geo import projects
from geo.budget import Budget, Funder, Key
from geo.guidance import Settings
from geo.scenarios import Scenario, Workbook
from tests.support.apptest import forget_caches
from tests.support.browser import ROOT
from tests.ui.test_data_page import put_in_use, state, upload
from ui import frame, loaders
from ui.comparison import link as comparison_link
from ui.coverage import link as coverage_link
from ui.coverage.link import TABS
from ui.map.scene import FOCUS
from ui.perimeter import workbench
from ui.region import link as region_link
from ui.server import failures

FILLED = Budget(50, 58_000, (("projets", 4_000),), (Funder.COMMUNES, Funder.ARS), key=Key.CUSTOM).with_percents(
    {"communes": 60, "ars": 40}
)
GONE = "disparu <b>"
LENS, ARRAS = "62498", "62041"
ONE, MANY = ("selectbox", "radio"), ("multiselect", "button_group")
NUMBERS = ("number_input", "slider")
raised: list[BaseException] = []  # whatever a run let through, with its traceback
BOOK = Workbook(
    (Scenario("Premier", frozenset({ARRAS, LENS})), Scenario("Second", frozenset({LENS}))),
    settings=Settings(marker=150_000),
)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(error_util, "show_uncaught_app_exception", raised.append)
    raised.clear()
    yield


def opened(page: str | None, **held: object) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120)
    app.session_state[frame.WORKBOOK] = BOOK
    for key, value in held.items():
        app.session_state[key.replace("_", "-")] = value
    if page:
        app.switch_page(f"pages/{page}.py")
    return app.run()


def coverage(tab: str, scope: str = "dep-62", **held: object) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120)
    values = {coverage_link.TAB: TABS[tab], frame.COVERAGE_SCOPE: scope, coverage_link.COMMUNE: LENS}
    for key, value in {**values, **held}.items():
        app.session_state[key] = value
    app.switch_page("pages/1_Couverture.py")
    return app.run()


def region(tab: str) -> AppTest:
    """Return the page Ma région with a project that is followed, open on a tab."""
    if not projects.kept("94"):
        projects.save(projects.Project("Corse", "94"), who="Ana", atlas=loaders.atlas())
    return opened("6_Ma_region", my_region="94", my_region_tab=region_link.TABS[tab], my_region_project=1)


def data(*, file: bool) -> AppTest:
    forget_caches()  # another register than that of the test before
    put_in_use()
    app = state(upload(opened("4_Donnees"), "CLSM;Code INSEE\nCLSM d’ailleurs;79191\n".encode()), extent=())
    if file:
        return app
    return app.button(key="import-garder").click().run()


def asked() -> AppTest:
    """Return the page Données where a move waits to be confirmed."""
    app = data(file=False)
    app = app.selectbox(key="version-clsm").set_value(2).run()
    return next(b for b in app.button if b.label.startswith("Mettre en service la version 2")).click().run()


PLACES: dict[str, Callable[[], AppTest]] = {
    "accueil": lambda: opened(None),
    **{f"couverture {tab}": lambda tab=tab: coverage(tab) for tab in TABS},
    "couverture, France": lambda: coverage("lacunes", "france", commune=LENS),
    "couverture, mélange": lambda: coverage(
        "prochains", **{coverage_link.NEXT_NEED: coverage_link.NEED_MIX, coverage_link.NEXT_KIND: "libre"}
    ),
    **{f"périmètre {panel}": lambda panel=panel: opened("2_Perimetre", panel=panel) for panel in workbench.PANELS},
    "périmètre, budget rempli": lambda: opened(
        "2_Perimetre", panel="Budget", **{frame.WORKBOOK: BOOK.with_budget(FILLED, 0)}
    ),
    "périmètre, France": lambda: opened("2_Perimetre", perimeter_scope="france"),
    "comparaison": lambda: opened("3_Comparaison", compare_commune=LENS),
    "données, import": lambda: data(file=True),
    "données, versions": lambda: data(file=False),
    "données, confirmation": asked,
    "méthode": lambda: opened("5_Methode"),
    **{f"ma région {tab}": lambda tab=tab: region(tab) for tab in region_link.TABS},
}


def widgets(app: AppTest, *types: str) -> list[Any]:
    return [w for w in app._tree if getattr(w, "type", "") in types and not getattr(w.proto, "disabled", False)]


_DRIVEN: dict[str, set[str]] = {}


def new_to(place: str, found: list[Any]) -> list[Any]:
    """Return the widgets not driven yet on this page: those that stand above every tab and panel are driven once."""
    driven = _DRIVEN.setdefault(place.split()[0].rstrip(","), set())
    left = [w for w in found if (w.key or w.id) not in driven]
    driven.update(w.key or w.id for w in left)
    return left


def whole(app: AppTest, what: str) -> AppTest:
    """Check that a run ended without a failure, and that the page is still there."""
    assert [failures.line(error) for error in raised] == [], what
    assert len(app.exception) == 0, what
    assert len(app.title) == 1, what
    return app


def sent(app: AppTest, *ids: str, said: Callable[[Any], None]) -> AppTest:
    """Run the page with what a browser would send for some widgets, as `said` alters it."""
    states = app._tree.get_widget_states()
    known = {s.id: s for s in states.widgets}
    for widget_id in ids:
        if widget_id not in known:
            known[widget_id] = states.widgets.add(id=widget_id)
        said(known[widget_id])
    return app._run(states)


def holding(app: AppTest, widget: Any, value: object) -> AppTest:
    """Run the page with another value held by the session for a widget."""
    states = app._tree.get_widget_states()
    others = [s for s in states.widgets if s.id != widget.id]
    del states.widgets[:]
    states.widgets.extend(others)
    app.session_state[widget.key] = value
    return app._run(states)


def say_gone(state: Any) -> None:
    if state.WhichOneof("value") == "string_array_value":
        state.string_array_value.data[:] = [GONE]
    else:
        state.string_value = GONE


def say_too_much(state: Any) -> None:
    state.double_value = -1e9


def say_too_many(state: Any) -> None:
    state.double_array_value.data[:] = [1e9]


@pytest.mark.parametrize("place", PLACES)
def test_whatever_is_held_or_taken_away_the_page_is_whole(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = whole(PLACES[place](), place)
    found = new_to(place, widgets(app, *ONE, *MANY, *NUMBERS))
    app, unseen = labels_are_no_longer_known(app, found, place)
    for widget in unseen:  # what became of the others took it from the page
        labels_are_no_longer_known(PLACES[place](), [widget], place)
    for act in (a_value_held_is_no_longer_known, an_option_leaves_under_the_hand):
        for widget in found:
            if any(w.id == widget.id for w in widgets(app, widget.type)):
                app = act(app, widget, monkeypatch)
    whole(app.run(), "afterwards")


def labels_are_no_longer_known(app: AppTest, found: list[Any], place: str) -> tuple[AppTest, list[Any]]:
    """Send for all these widgets what the page does not know; return those that it does not show any more."""
    if not found:
        return app, []
    changes = {w.id: {"number_input": say_too_much, "slider": say_too_many}.get(w.type, say_gone) for w in found}
    app = whole(sent(app, *changes, said=lambda state: changes[state.id](state)), f"{place}, labels of {list(changes)}")
    shown = {w.id for w in widgets(app, *ONE, *MANY, *NUMBERS)}
    return app, [w for w in found if w.id not in shown]


def a_value_held_is_no_longer_known(app: AppTest, widget: Any, _: pytest.MonkeyPatch) -> AppTest:
    if widget.key is None:
        return app
    many = widget.type == "multiselect" or (widget.type == "button_group" and not widget._is_single_select)
    held = 10**9 if widget.type in NUMBERS else [GONE] if many else GONE
    return whole(holding(app, widget, held), f"{widget.label} ({widget.key}), held")


def an_option_leaves_under_the_hand(app: AppTest, widget: Any, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    if widget.type in NUMBERS or len(widget.options) < 2:
        return app
    label = widget.options[-1]
    app = whole(sent(app, widget.id, said=lambda state: say(state, label)), f"{widget.label}: {label}")
    with monkeypatch.context() as patch:
        without(patch, widget.label, label)
        return whole(app.run(), f"{widget.label} ({widget.key}) without {label}")  # it is back at the next run


def say(state: Any, label: str) -> None:
    if state.WhichOneof("value") == "string_array_value":
        state.string_array_value.data[:] = [label]
    else:
        state.string_value = label


def without(patch: pytest.MonkeyPatch, name: str, gone: str) -> None:
    """Have the widgets of a name lack one option."""
    for mixin, method in (
        (SelectboxMixin, "_selectbox"),
        (RadioMixin, "_radio"),
        (MultiSelectMixin, "_multiselect"),
        (ButtonGroupMixin, "_internal_button_group"),
    ):
        made = getattr(mixin, method)

        def fewer(self: Any, *arguments: Any, made: Any = made, **options: Any) -> Any:
            places = [i for i, a in enumerate(arguments) if isinstance(a, list | tuple | range)]
            label = options.get("label", arguments[0] if arguments else None)
            if label == name and places:
                shown = options.get("format_func") or str
                kept = [o for o in arguments[places[0]] if str(shown(o)) != gone]
                arguments = (*arguments[: places[0]], kept, *arguments[places[0] + 1 :])
                options = {k: _among(v, kept) if k in ("default", "index") else v for k, v in options.items()}
            return made(self, *arguments, **options)

        patch.setattr(mixin, method, fewer)


def _among(wanted: Any, kept: list[Any]) -> Any:
    if isinstance(wanted, list):
        return [v for v in wanted if v in kept]
    return min(wanted, len(kept) - 1) if isinstance(wanted, int) else wanted


def test_every_place_has_widgets_to_drive() -> None:
    driven = {
        w.type for place in ("couverture lacunes", "périmètre Ajuster") for w in widgets(PLACES[place](), *ONE, *MANY)
    }
    assert driven >= {"selectbox", "multiselect", "button_group"}


KEYS = (
    coverage_link.COMMUNE, coverage_link.CHOSEN, coverage_link.LEVEL, coverage_link.SORT, coverage_link.NEXT_KIND,
    coverage_link.NEXT_NUMBER, coverage_link.NEXT_NEED, coverage_link.NEXT_CEILING, *coverage_link.WEIGHT.values(),
    coverage_link.TAB, frame.COVERAGE_SCOPE, frame.PERIMETER_SCOPE, comparison_link.COMMUNE,
    comparison_link.REFERENCE,
)  # fmt: skip


@pytest.mark.parametrize("tab", TABS)
def test_a_choice_kept_from_another_time_does_not_stop_couverture(tab: str) -> None:
    app = coverage(tab, **{key: GONE for key in KEYS if key not in (coverage_link.TAB, frame.COVERAGE_SCOPE)})
    whole(app, tab)
    whole(coverage(tab, **{frame.COVERAGE_SCOPE: GONE, FOCUS: (GONE, 3)}), tab)


@pytest.mark.parametrize("page", ["2_Perimetre", "3_Comparaison"])
def test_a_choice_kept_from_another_time_does_not_stop_the_other_pages(page: str) -> None:
    held = {key.replace("-", "_"): GONE for key in KEYS}
    whole(opened(page, **held, panel=GONE, target=GONE, commune_focus=(GONE, 3)), page)
