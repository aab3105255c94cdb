"""The pages, run by Streamlit's own test client: they open, take what the address says, and follow each choice.

The map is a component that this client does not run: tests/test_journey_*.py drive it in a real browser.
"""

from __future__ import annotations

import gzip
import hashlib
import json

import pytest
from streamlit.testing.v1 import AppTest

from geo.coverage import coverage_state, covered_figure, read_scope
from geo.errors import MissingDataError
from geo.french import number
from geo.guidance import CHECKS, Settings
from tests.support import real
from tests.support.apptest import (
    COMPARISON,
    COVERAGE,
    HOME,
    METHOD,
    PERIMETER,
    chosen,
    field,
    find,
    open_page,
    people,
    pills,
    ran,
    written,
)
from tests.support.browser import ROOT
from tests.support.grid import plain
from ui import frame, loaders
from ui.coverage import choices as coverage_view
from ui.map import scene

ARRAS, LENS, BETHUNE = "62041", "62498", "62119"
pytestmark = pytest.mark.usefixtures("shared_caches")


# --- every page -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("page", "title"),
    [
        (None, "Santé mentale : où créer un CLSM, et sur quel périmètre ?"),
        (COVERAGE, "Couverture"),
        (PERIMETER, "Périmètre"),
        (COMPARISON, "Comparer les échelles"),
        (METHOD, "Méthode et sources"),
    ],
)
def test_every_page_opens_by_its_address(page: str | None, title: str) -> None:
    app = open_page(page)
    assert [plain(t.value) for t in app.title] == [title]
    links = [link.proto.label for link in app.get("page_link")]
    assert links[: len(frame.PAGES)] == [label for _, label, _ in frame.PAGES]
    assert links[-1] == "Synchroniser (page Données)"


def test_every_page_opens_one_after_the_other_in_a_session() -> None:
    app = open_page()
    for page in (COVERAGE, PERIMETER, COMPARISON, METHOD, PERIMETER, COMPARISON, COVERAGE):
        ran(app.switch_page(page).run())


def test_the_menu_lists_the_pages_that_exist() -> None:
    listed = {path for path, _, _ in frame.PAGES}
    assert listed == {"dashboard.py", *(f"pages/{p.name}" for p in (ROOT / "pages").glob("*.py"))}


def test_home_counts_the_clsm_of_the_data() -> None:
    text = written(open_page())
    zones = real.crosswalk().layers["clsm"].zones
    assert f"{len(zones)}\nCLSM cités par une source" in text
    covered = covered_figure(read_scope("france", real.atlas()), coverage_state(real.crosswalk(), real.density()))
    assert f"{plain(covered.amount)}\ndes habitants sont couverts par un CLSM en service" in text
    assert plain(covered.amount).startswith("entre ")  # no list of CLSM is complete: one figure here, and on Couverture
    assert "sur 68 350 798" in text


# --- Couverture -------------------------------------------------------------------------------------------------
def coverage_of(scope: str) -> AppTest:
    app = AppTest.from_file(HOME, default_timeout=60)
    app.session_state[frame.COVERAGE_SCOPE] = scope
    return ran(app.switch_page(COVERAGE).run())


def test_the_planner_starts_with_france_and_narrows() -> None:
    app = open_page(COVERAGE)
    assert app.selectbox(key=frame.COVERAGE_SCOPE).value == "france"
    assert "34 917" in written(app)
    ran(app.selectbox(key=frame.COVERAGE_SCOPE).set_value("reg-32").run())
    ran(app.selectbox(key=frame.COVERAGE_SCOPE).set_value("dep-62").run())
    atlas = real.atlas()
    rows = atlas.members("departement", "62")
    assert f"Ensemble\n{len(rows)}\n{plain(number(int(atlas.population[rows].sum())))}\n100 %" in written(app)
    assert any(plain(title.value).startswith("Pas-de-Calais") for title in (*app.header, *app.subheader))


def test_an_incomplete_list_leaves_communes_unknown() -> None:
    text = written(coverage_of("dep-62"))
    assert "inconnu" in text
    assert "non couvert" not in text


def test_declaring_a_list_complete_turns_unknown_into_not_covered() -> None:
    app = coverage_of("dep-62")
    before = written(app)
    ran(next(m for m in app.multiselect).set_value(["62"]).run())
    after = written(app)
    assert "non couvert" in after
    assert "situation inconnue" not in after
    row = before[before.rindex("\ninconnu\n") :].split("\n")[2:5]
    said = "non couvert, d’après votre déclaration (62)\n"
    assert said + "\n".join(row) in after, "the same communes and inhabitants, under another name"
    assert any("votre déclaration" in c.value for c in app.caption)
    ran(next(m for m in app.multiselect).set_value([]).run())
    assert written(app) == before


def test_a_declaration_is_kept_when_the_territory_changes() -> None:
    app = coverage_of("dep-62")
    ran(app.multiselect[0].set_value(["62"]).run())
    find(app, coverage_view.FIELD, "dep-59")
    assert "non couvert" not in written(app)
    ran(app.selectbox(key=frame.COVERAGE_SCOPE).set_value("reg-32").run())
    assert app.multiselect[0].value == ["62"]
    assert "non couvert" in written(app)


def test_a_commune_chosen_by_name_says_who_covers_it() -> None:
    app = coverage_of("dep-62")
    assert not [b for b in app.get("button") if b.key == "open-in-perimeter"]
    find(app, coverage_view.FIELD, LENS)
    text = written(app)
    assert "Lens\n62498 · 32 920 habitants" in text
    assert "CLSM Lens-Hénin" in text
    assert "CA de Lens - Liévin" in text
    assert "Inconnu, liste incomplète ici" in text


def test_a_commune_of_elsewhere_brings_its_departement_and_its_card() -> None:
    app = find(coverage_of("dep-62"), coverage_view.FIELD, "94028")
    assert app.session_state[frame.COVERAGE_SCOPE] == "dep-94"
    assert "CLSM de Créteil" in written(app)


def test_a_perimeter_starts_from_the_commune_looked_at() -> None:
    app = coverage_of("dep-62")
    find(app, coverage_view.FIELD, LENS)
    ran(app.button(key="open-in-perimeter-0").click().run())
    assert [plain(t.value) for t in app.title] == ["Périmètre"]
    assert chosen(app) == {LENS}
    assert app.selectbox(key=frame.PERIMETER_SCOPE).value == "dep-62"


def test_a_commune_looked_at_is_put_away_outside_its_territory() -> None:
    app = coverage_of("dep-62")
    find(app, coverage_view.FIELD, LENS)
    find(app, coverage_view.FIELD, "dep-94")
    assert "Lens" not in written(app)


@pytest.mark.parametrize("scope", ["france", "reg-11", "reg-44", "dep-75", "dep-94", "dep-2A", "dep-976", "dep-79"])
def test_figures_of_a_territory_add_up(scope: str) -> None:
    app = coverage_of(scope)
    lines = written(app).split("\n")
    start = lines.index("Part") + 1
    end = lines.index("Ensemble")
    rows = [lines[i : i + 4] for i in range(start, end + 4, 4)]
    *parts, total = [[int(cell.replace(" ", "")) for cell in row[1:3]] for row in rows]
    assert [sum(column) for column in zip(*parts, strict=True)] == total


# --- Méthode ----------------------------------------------------------------------------------------------------
def test_the_method_names_every_check_layer_and_setting() -> None:
    app = open_page(METHOD)
    text = written(app)
    assert len(CHECKS) == 14
    for check in CHECKS:
        for words in (check.title, check.question, check.measure, check.source):
            assert plain(words) in text, check.id
    for layer in real.crosswalk().layers.values():
        assert plain(layer.long_name) in text
        assert plain(layer.source) in text
    values = Settings()
    for value in (
        "environ 200 000 habitants", "+ 10 %", "moins de 20 000 habitants", "plus de 500 000 habitants", "moins de 5 %",
        "plus de 50 % des habitants", f"plus de {values.max_communes}", "plus de 800 km²", "plus de 40 km",
        f"plus de {values.max_bodies}",
    ):  # fmt: skip
        assert value in text
    assert [e.label.split(" ")[0] for e in app.expander] == ["leaflet", "topojson-client", "leaflet.fullscreen"]
    assert all("licence" in e.label for e in app.expander)


def test_the_method_tells_the_layers_complete_nowhere() -> None:
    lines = written(open_page(METHOD)).split("\n")
    assert "nulle part" in lines[lines.index("Conseils locaux de santé mentale") :][:12]


# --- a scope without its map ------------------------------------------------------------------------------------
def test_outlines_offered_exist_in_the_territory() -> None:
    everywhere = scene.LINE_LABELS | scene.MARK_LABELS
    app = coverage_of("dep-94")
    offered = pills(app, "lines-").options
    assert set(offered) <= set(everywhere.values())
    assert {"EPCI", "EPT", "CLSM"} <= set(offered)


@pytest.mark.usefixtures("fresh_caches")
@pytest.mark.parametrize("page", [None, COVERAGE, PERIMETER, METHOD])
def test_missing_data_is_said_in_french_and_nothing_else_is_shown(
    page: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent() -> None:
        raise MissingDataError("Fichier de base absent : communes.parquet. Refaites la base.")

    monkeypatch.setattr(loaders, "open_dataset", absent)
    app = AppTest.from_file(HOME, default_timeout=60)
    if page:
        app.switch_page(page)
    app.run()
    assert [e.message for e in app.exception] == []
    assert ["communes.parquet" in e.value for e in app.error] == [True]
    assert not app.title


# --- a first visit ----------------------------------------------------------------------------------------------
def test_a_commune_named_on_the_first_page_has_its_checks_on_the_next() -> None:
    app = find(open_page(), "accueil-commune", "79191")
    assert [plain(t.value) for t in app.title] == ["Périmètre"]
    assert chosen(app) == {"79191"}
    assert app.session_state[frame.PERIMETER_SCOPE] == "dep-79"
    assert f"Périmètre d’une commune, {people({'79191'})} habitants" in written(app)


def test_a_perimeter_at_hand_is_not_lost_to_a_name_on_the_first_page() -> None:
    app = open_page(PERIMETER, communes=LENS)
    ran(app.switch_page(HOME).run())
    find(app, "accueil-commune", "79191")
    assert chosen(app) == {LENS}
    assert (app.session_state[frame.TARGET], app.session_state[frame.PERIMETER_SCOPE]) == ("79191", "dep-79")


def test_a_region_named_on_the_first_page_opens_its_coverage() -> None:
    app = find(open_page(), "accueil-region", "reg-32")
    assert plain(app.title[0].value).startswith("Couverture")
    assert app.session_state[frame.COVERAGE_SCOPE] == "reg-32"


def test_the_names_are_fetched_by_address_and_never_sent() -> None:
    app = open_page()
    given = field(app, "accueil-commune")
    assert len(json.dumps(given)) < 400
    for url in given["files"]:
        name = url.rpartition("/")[2]
        packed = (ROOT / "static" / "geo" / name).read_bytes()
        assert hashlib.sha256(packed).hexdigest()[:10] in name
        assert json.loads(gzip.decompress(packed))["places"]
