"""The page « Ma région »: chosen once, its figures those of Couverture, its alerts lead where one acts, its projects are kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo import projects, register
from geo.coverage import read_scope
from geo.projects import Kept, Project, Step, to_csv
from tests.support import real
from tests.support.apptest import COVERAGE, PERIMETER, open_page, ran, written
from tests.support.grid import plain
from ui import frame
from ui.region import link, loaders
from ui.region.link import ALERT, PROJECT, REGION, TAB, TABS

pytestmark = pytest.mark.usefixtures("shared_caches")
REGION_PAGE = "pages/6_Ma_region.py"
BETHUNE = "200072460"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path))
    return tmp_path


def opened(**query: str) -> AppTest:
    return open_page(REGION_PAGE, region="32", **query)


def field(app: AppTest, kind: str, name: str) -> object:
    """Return the field of the form whose key begins so."""
    return next(w for w in getattr(app, kind) if w.key and w.key.startswith(f"region-{name}-"))


def submitted(app: AppTest) -> AppTest:
    return (
        app.button(key=next(b.key for b in app.button if b.key and b.key.startswith("region-enregistrer-")))
        .click()
        .run()
    )


def test_without_a_region_the_page_asks_for_one_and_the_address_keeps_it() -> None:
    app = open_page(REGION_PAGE)
    assert "Choisissez votre région" in app.info[0].value
    ran(app.selectbox(key=REGION).set_value("32").run())
    assert app.query_params["region"] == "32" and not app.info


def test_a_region_that_does_not_exist_is_said_and_none_is_shown() -> None:
    app = open_page(REGION_PAGE, region="99", alerte="x", projet="y")
    assert "non reconnu" in app.warning[-1].value and app.session_state[REGION] == ""


def test_figures_are_those_of_couverture() -> None:
    amount = "entre 22,8 % et 100 %"
    assert amount in written(opened())
    assert amount in written(open_page(COVERAGE, territoire="reg-32"))
    declared = "de situation" not in written(opened(complet="59,60,62,80,02"))
    assert declared and amount not in written(opened(complet="02,59,60,62,80"))


def test_an_alert_opens_on_perimetre_and_the_way_back_finds_it_again() -> None:
    app = opened(alerte="qpv")
    ran(app.button(key="region-dessiner-0").click().run())
    app.switch_page(PERIMETER)
    ran(app.run())
    assert app.session_state[frame.WORKBOOK].codes
    ran(app.button(key="way-back-button").click().run())
    app.switch_page(REGION_PAGE)
    ran(app.run())
    assert (app.session_state[REGION], app.session_state[ALERT]) == ("32", "qpv")


def test_an_alert_opens_on_couverture_at_its_line() -> None:
    app = opened(alerte="qpv")
    ran(app.button(key="region-voir").click().run())
    assert [plain(t.value) for t in app.title] == ["Couverture"]


def test_an_alert_becomes_a_project_with_its_communes(home: Path) -> None:
    app = opened(alerte="qpv")
    ran(app.button(key="region-suivre").click().run())
    assert app.session_state[TAB] == TABS["projets"]
    name = field(app, "text_input", "nom")
    assert name.value.startswith("CA de Béthune-Bruay")
    field(app, "text_input", "qui").set_value("Ana")
    field(app, "text_input", "date-intention").set_value("03/2025")
    ran(submitted(app))
    (one,) = projects.kept("32", home)
    assert (one.who, one.project.dated(Step.INTENTION), len(one.project.codes)) == ("Ana", "2025-03", 100)
    assert "Projet n° 1 enregistré" in plain(app.success[0].value)


def test_a_name_in_a_remark_is_refused_with_a_sentence_and_nothing_is_kept(home: Path) -> None:
    app = opened(onglet="projets")
    field(app, "text_input", "nom").set_value("Essai")
    field(app, "text_area", "remarque").set_value("vu avec Mme Dupont")
    field(app, "text_input", "qui").set_value("Ana")
    app = submitted(app)
    assert "Aucune donnée personnelle" in app.error[0].value
    assert projects.kept(home=home) == ()


def kept(home: Path, **known: object) -> projects.Kept:
    one = Project("Arrageois", "32", codes=frozenset({"62041"}), **known)  # type: ignore[arg-type]
    return projects.save(one, who="Ana", atlas=real.atlas(), home=home)


def test_a_colleague_who_was_quicker_is_said_so(home: Path) -> None:
    one = kept(home)
    app = opened(onglet="projets", projet="1")
    projects.save(Project("Arras", "32"), who="Bob", atlas=real.atlas(), number=1, seen=one.revision, home=home)
    field(app, "text_input", "qui").set_value("Ana")
    field(app, "text_input", "suite").set_value("avis du comité")
    app = submitted(app)
    assert "Bob a modifié le projet n° 1" in plain(app.error[0].value)
    assert [k.project.name for k in projects.kept(home=home)] == ["Arras"]


def test_a_signed_project_is_kept_as_a_draft_of_the_layer_of_clsm(home: Path) -> None:
    kept(home, step=Step.SIGNATURE, dates={Step.SIGNATURE: "2026-03"})
    app = opened(onglet="projets", projet="1")
    ran(app.text_input(key="region-qui-clsm-1").set_value("Ana").run())
    ran(app.button(key="region-clsm").click().run())
    assert "gardé en brouillon" in app.success[0].value
    (version,) = register.versions("clsm", home)
    assert (version.zones, version.communes, register.head("clsm", home).revision) == (1, 1, 0)


def test_a_table_given_back_says_what_it_changes_before_it_is_kept(home: Path) -> None:
    kept(home)
    body = to_csv(projects.kept(home=home), real.atlas()).decode("utf-8-sig").replace("Intention", "Avis").encode()
    app = opened(onglet="projets")
    ran(app.file_uploader(key="region-fichier-0").set_value(("projets.csv", body, "text/csv")).run())
    assert any("1 modifié" in plain(m.value) for m in app.markdown)
    ran(app.text_input(key="region-qui-fichier").set_value("Ana").run())
    app.button(key="region-appliquer").click().run()
    assert [e.value for e in app.error] == []
    assert [k.project.step for k in projects.kept(home=home)] == [Step.AVIS]


def test_the_project_and_the_tab_are_in_the_address(home: Path) -> None:
    kept(home)
    app = opened(onglet="projets", projet="1")
    assert app.session_state[PROJECT] == 1
    assert (app.query_params["projet"], app.query_params["onglet"]) == ("1", "projets")
    assert link.ADDRESS.page == "Ma_region"


def test_what_changed_names_the_projects_of_the_month(home: Path) -> None:
    kept(home)
    assert "inscrit, à l’étape « Intention »" in written(opened(onglet="evolution"))


def test_the_atlas_is_made_when_it_is_asked_for_and_can_then_be_taken() -> None:
    app = open_page(REGION_PAGE, region="94", onglet="emporter")
    assert not [b for b in app.get("download_button") if "atlas" in plain(b.proto.label)]
    app.radio(key="region-atlas-par").set_value("departement")
    ran(app.button(key="region-atlas-preparer").click().run())
    assert next(plain(b.proto.label) for b in app.get("download_button")).startswith("Télécharger l’atlas (")
    ran(app.radio(key="region-atlas-par").set_value("epci").run())
    assert not app.get("download_button"), "another atlas is another file"


def test_a_hostile_name_is_shown_sign_for_sign_everywhere(home: Path) -> None:
    hostile = "<img src=x onerror=alert(1)> [x](http://y.z) $a$"
    one = Project(
        hostile, "32", Step.SIGNATURE, {Step.INTENTION: "2020"}, frozenset({"62041"}), hostile, "2026-01-01", hostile
    )
    projects.save(one, who=hostile, atlas=real.atlas(), home=home)
    for query in ({"alerte": "echeances"}, {"onglet": "projets", "projet": "1"}, {"onglet": "evolution"}):
        app = opened(**query)
        made = [e.value for e in app.get("html")]
        written_as_markdown = [e.value for kind in ("markdown", "caption", "warning", "success") for e in app.get(kind)]
        assert not [text for text in (*made, *written_as_markdown) if "<img" in text], query
        assert not [text for text in written_as_markdown if "[x](http" in text], query
        assert any("&lt;img" in text for text in made), query


def test_a_project_of_a_register_restored_meanwhile_is_not_taken_for_the_one_of_its_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def late(name: str, at: str) -> tuple[str, ...]:
        followed = Kept(1, 1, Project(name, "32", next_step="avis", due="2026-01-02"), "Claire Martin", at)
        monkeypatch.setattr(projects, "kept", lambda region: (followed,))
        (overdue, *_) = loaders.alerts(read_scope("reg-32", real.atlas()), (followed,), date(2026, 11, 27))
        return tuple(line.name for line in overdue.lines)

    assert late("Béthune", "2026-01-05T10:00:00") == ("Béthune",)
    assert late("Lens", "2026-03-05T10:00:00") == ("Lens",)
