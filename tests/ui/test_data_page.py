"""The page Données, run by Streamlit's own test client: layers and sources; a file imported, refused, tampered with;
publishing, going back, and somebody else publishing meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo.imports import KINDS, read_draft, read_file, read_import, template, template_name
from geo.imports import publish as intake
from geo.layers import Fate, Over
from geo.register import register
from geo.register import store as register_store
from geo.sources import KindResult, Outcome, SyncReport, load_sources
from geo.sources.background import Journal
from tests.support import apptest, bad_readers, real
from tests.support.apptest import DATA, HOME, ran, settled
from tests.support.grid import plain
from ui import acts, loaders
from ui.cache import look_again
from ui.data import import_reading, import_report, sources, versions
from ui.html import escape

FAULTS = """CLSM;Code INSEE;Commune;Etat
CLSM du Calaisis;62193;Calais;en service
CLSM du Calaisis;1053;Bourg-en-Bresse;en service
CLSM de Lens;62498;Lens;projet
CLSM <script>alert(1)</script>;99999;Nulle part;en service
CLSM d’Arras;62041;Arras;en service
"""

GOOD = """CLSM;Code INSEE;Commune;Etat
CLSM du Calaisis;62193;Calais;en service
CLSM de Lens;62498;Lens;projet
CLSM d’Arras;62041;Arras;en service
"""


@pytest.fixture(autouse=True)
def home(clean_home: Path) -> Path:
    return clean_home


def open_page() -> AppTest:
    return apptest.open_page(DATA)


def written(app: AppTest) -> str:
    return apptest.written(app, " ")


def markup(app: AppTest) -> str:
    return "\n".join(e.value for e in app.get("html") if "<style>" not in e.value)


def upload(app: AppTest, body: bytes, name: str = "clsm.csv") -> AppTest:
    return settled(app.file_uploader[0].set_value((name, body, "application/octet-stream")).run())


def state(app: AppTest, *, source: str = "ARS", extent: tuple[str, ...] = ("62",)) -> AppTest:
    app.text_input(key="import-source").input(source)
    app.text_input(key="import-qui").input("Ana")
    next(m for m in app.multiselect if m.key.startswith("import-complet")).set_value(list(extent))
    return app.run()


def publish(app: AppTest) -> AppTest:
    """Confirm what would be taken away, when something would, and publish."""
    for tick in app.checkbox:
        if tick.key.startswith("import-retraits"):
            app = tick.check().run()
    return app.button(key="import-publier").click().run()


# --- what is in use ---------------------------------------------------------------------------------------------
def test_every_layer_and_source_is_told_with_its_origin() -> None:
    text = written(open_page())
    assert "CLSM Conseils locaux de santé mentale embarquée" in text
    assert "Contours des communes" in text
    assert "Employée si elle dessine toutes les communes" in text
    assert "pas encore" in text
    assert "synchronisée" not in text


def test_what_is_not_sure_of_each_source_is_folded_under_them() -> None:
    assert set(sources.USES) == set(load_sources()) and "« en quintiles »" not in markup(open_page())
    table = sources.unsure_table()
    for source in load_sources().values():
        assert "--" not in source.remark
        assert escape(source.remark) in table and escape(sources.CERTAINTIES[source.certainty]) in table


def test_nothing_kept_yet_is_said() -> None:
    assert any("Aucune couche n’a encore été importée" in i.value for i in open_page().info)


def test_a_failed_update_is_told_beside_its_source(home: Path) -> None:
    journal = Journal(home)
    result = KindResult("qpv", Outcome.FAILED, ("<b>refus</b> du serveur",))
    journal.state["done"]["qpv"] = f"échec : {result.reasons[0]}"
    journal.end(SyncReport((result,)))
    app = open_page()
    assert "dernier essai : échec : <b>refus</b> du serveur" in written(app)
    assert "<b>refus" not in markup(app)


def test_offline_is_one_line_and_the_button_obeys_whoever_forbids_it(home: Path) -> None:
    Journal(home).end(SyncReport((KindResult("qpv", Outcome.FAILED, ("x",), unreachable=True),)))
    app = open_page()
    assert any("Hors ligne" in plain(c.value) for c in app.caption)
    update = next(b for b in app.button if b.label == "Mettre à jour les sources officielles")
    assert update.disabled  # tests set CLSM_NO_SYNC


# --- import -----------------------------------------------------------------------------------------------------
def test_a_file_with_faults_is_reported_row_by_row() -> None:
    app = ran(upload(open_page(), FAULTS.encode()))
    text = written(app)
    assert "5 lignes lues 4 retenues" in text
    assert "ligne 5" in text and "99999" in text
    assert "ligne 3" in text and "01053" in text
    assert "<script>alert" not in markup(app)
    assert "&lt;script&gt;alert" in markup(app)
    assert app.button(key="import-publier").disabled
    assert register.versions() == []


def test_publishing_puts_the_layer_in_use_and_the_page_says_so() -> None:
    app = state(upload(open_page(), GOOD.encode()))
    assert any("retiré" in plain(m.value) and "habitants concernés" in plain(m.value) for m in app.markdown)
    app = ran(publish(app))
    assert [plain(s.value.replace("\\", "")) for s in app.success] == ["CLSM : la nouvelle version est en service."]
    version = register.head("clsm").version
    assert (version.number, version.statement.extent, version.zones) == (1, {"62"}, 3)
    text = written(app)
    assert "importée, version 1 Ana" in text
    assert "Pas-de-Calais (62)" in text
    assert app.file_uploader[0].value is None
    assert any(plain(c.value).endswith("Importé \\: CLSM.") for c in app.caption)


def brought(text: str, *extent: str) -> intake.Review:
    """Return what the page makes of a list, once it was sent and its source and author were said (`upload`, `state`)."""
    draft = read_import(text.encode(), "clsm.csv", "clsm", atlas=real.atlas())
    return intake.Review(draft, register.Statement("ARS", "", "Ana", frozenset(extent)), loaders.world())


def put_in_use() -> None:
    """Have a first version in use, for what is tested of the page since: how it publishes one is tested above."""
    intake.keep_and_publish(brought(GOOD, "62"), seen=0)
    look_again()


def opened_by_ana() -> AppTest:
    app = open_page()
    app.text_input(key="version-qui-clsm").input("Ana")
    return app


def four_versions() -> AppTest:
    """Return the page with four versions of a layer: the first in use, the others drafts."""
    put_in_use()
    for code in ("79191", "33063", "31555"):
        intake.keep(brought(f"CLSM;Code INSEE\nCLSM {code};{code}\n"))
    assert [v.number for v in register.versions("clsm")] == [4, 3, 2, 1]
    return opened_by_ana()


def test_going_back_to_the_layer_of_before_and_again_to_a_version() -> None:
    put_in_use()
    app = press(opened_by_ana(), "Revenir à la couche d’origine")
    assert register.head("clsm").version.number == 1, "nothing is done before it is confirmed"
    app = press(app, "Confirmer : revenir à la couche d’origine")
    assert register.head("clsm").version is None
    assert "CLSM Conseils locaux de santé mentale embarquée" in written(app)
    assert any("Si vous la mettez en service" in plain(c.value) for c in app.caption)
    app = press(app, "Mettre en service la version 1 du")
    assert "à la place de la couche d’origine" in plain(app.warning[0].value)
    app = press(app, "Confirmer : mettre en service la version 1")
    assert register.head("clsm").version.number == 1
    assert found(app, "Mettre en service la version 1 du").disabled


def test_what_was_asked_for_can_be_left() -> None:
    put_in_use()
    app = press(press(opened_by_ana(), "Revenir à la couche d’origine"), "Ne rien changer")
    assert not app.warning
    assert (register.head("clsm").revision, register.head("clsm").version.number) == (1, 1)


def test_the_version_chosen_stays_chosen_whatever_becomes_of_it() -> None:
    app = four_versions()
    box = app.selectbox(key="version-clsm")
    names = list(box.options)
    app = ran(box.set_value(2).run())
    app = press(press(app, "Mettre en service la version 2"), "Confirmer : mettre en service la version 2")
    assert app.selectbox(key="version-clsm").value == 2
    assert app.selectbox(key="version-clsm").options == names, "a name does not tell what may change"


def test_a_button_pressed_again_before_the_page_follows_does_nothing_more() -> None:
    app = ran(four_versions().selectbox(key="version-clsm").set_value(2).run())
    app = press(app, "Mettre en service la version 2")
    stale = found(app, "Confirmer : mettre en service la version 2")
    app = ran(stale.click().run())
    states = app.session_state[acts.ACTS]
    acts_before, head = set(states.done), register.head("clsm")
    app = ran(stale.click().run())  # the button that was on screen
    assert (set(states.done), register.head("clsm")) == (acts_before, head)
    assert (head.version.number, head.revision) == (2, 2)


def test_a_move_decided_before_a_colleagues_is_refused_and_says_whose() -> None:
    app = four_versions()
    asked = press(ran(app.selectbox(key="version-clsm").set_value(2).run()), "Mettre en service la version 2")
    register.publish(register.find("clsm", 3), who="Bob <b>", seen=1)
    refused = found(asked, "Confirmer : mettre en service la version 2").click().run()
    assert [e.message for e in refused.exception] == []
    assert "Entre-temps, Bob <b> a publié la version 3" in refused.error[0].value.replace("\\", "")
    assert (register.head("clsm").version.number, register.head("clsm").revision) == (3, 2)
    assert not [b for b in refused.button if b.label.startswith("Confirmer")], "the person looks again, and asks again"


def test_a_late_click_for_what_is_in_service_already_is_not_refused() -> None:
    app = four_versions()
    asked = press(ran(app.selectbox(key="version-clsm").set_value(2).run()), "Mettre en service la version 2")
    register.publish(register.find("clsm", 2), who="Bob", seen=1)
    after = ran(found(asked, "Confirmer : mettre en service la version 2").click().run())
    assert [e.value for e in after.error] == []
    assert (register.head("clsm").version.number, register.head("clsm").revision) == (2, 2)
    assert not [b for b in after.button if b.label.startswith("Confirmer")]


def test_going_back_decided_before_a_colleagues_move_is_refused() -> None:
    app = four_versions()
    register.publish(register.find("clsm", 3), who="Bob", seen=1)
    app = found(app, "Revenir à la couche d’origine").click().run()
    assert "Entre-temps, Bob a publié la version 3" in app.error[0].value.replace("\\", "")
    assert register.head("clsm").version.number == 3


def test_publishing_refused_once_is_decided_again_on_what_is_shown() -> None:
    app = state(upload(open_page(), GOOD.encode()))
    other = ran(publish(state(upload(open_page(), GOOD.encode()))))
    app = publish(app)
    register.withdraw("clsm", who="Bob", seen=1)  # again, between the refusal and the next press
    app = publish(app)
    assert "Entre-temps, Bob a publié le retour" in app.error[0].value.replace("\\", "")
    assert [v.number for v in register.versions("clsm")] == [1]
    assert other


def found(app: AppTest, label: str):
    """Return the button whose label starts so."""
    return next(b for b in app.button if b.label.startswith(label))


def press(app: AppTest, label: str) -> AppTest:
    return ran(found(app, label).click().run())


def test_a_second_list_is_laid_over_the_first_unless_told_otherwise() -> None:
    app = ran(publish(state(upload(open_page(), GOOD.encode()))))
    app = state(upload(app, "CLSM;Code INSEE\nCLSM d’ailleurs;79191\n".encode()), extent=())
    app.radio(key="import-sur").set_value(Over.ORIGIN)
    assert "CLSM du Calaisis" in gone(app.run())
    app.radio(key="import-sur").set_value(Over.IN_USE)
    app = app.run()
    assert gone(app) == []
    ran(publish(app))
    one, two = register.find("clsm", 1), register.find("clsm", 2)
    assert (two.under, two.statement.over) == (one.id, Over.IN_USE)


def gone(app: AppTest) -> list[str]:
    """Return the territories that the page says would be taken away."""
    review = intake.Review(app.session_state[import_reading.DRAFT][1], _stated(app), loaders.world())
    said = next(plain(m.value) for m in app.markdown if "habitants concernés" in plain(m.value))
    assert said.replace("\\", "") == plain(review.difference.sentence())
    return [zone.name for zone in review.difference.removed]


def _stated(app: AppTest) -> register.Statement:
    return register.Statement("ARS", "", "Ana", over=app.radio(key="import-sur").value)


def test_a_draft_is_kept_without_being_in_use() -> None:
    app = state(upload(open_page(), GOOD.encode()))
    app = ran(app.button(key="import-garder").click().run())
    assert register.head("clsm").version is None
    assert [v.state.value for v in register.versions("clsm")] == ["brouillon"]
    assert "embarquée" in written(app)


def test_someone_who_publishes_meanwhile_is_not_overwritten() -> None:
    app = state(upload(open_page(), GOOD.encode()))
    other = state(upload(open_page(), GOOD.encode()))
    ran(publish(other))
    app = publish(app)
    assert [e.message for e in app.exception] == []
    assert "Entre-temps, Ana a publié la version 1" in app.error[0].value.replace("\\", "")
    assert [v.number for v in register.versions("clsm")] == [1]
    app = ran(publish(app.run()))  # seen now
    assert register.head("clsm").version.number == 2


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("vide.csv", b""),
        ("binaire.csv", bytes(range(256)) * 20),
        ("faux.xlsx", b"PK\x03\x04 not a zip"),
        ("faux.gpkg", b"SQLite format 3\x00" + b"x" * 100),
        ("rien.geojson", b'{"type":"FeatureCollection","features":[]}'),
        ("points.geojson", b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"nom":"x"},'
                           b'"geometry":{"type":"Point","coordinates":[2,48]}}]}'),
        ("entites.kml", b'<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a "b">]><kml>&a;</kml>'),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_gets_a_sentence_and_the_page_stays_whole(name: str, body: bytes) -> None:
    app = upload(open_page(), body, name)
    assert [e.message for e in app.exception] == []
    said = [e.value for e in app.error] or [written(app)]
    assert said and all("Traceback" not in text for text in said)
    assert register.versions() == []
    assert "Les couches en service" in written(app)


def test_a_file_that_is_too_heavy_is_refused_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.imports.read.MAX_BYTES", 100)
    app = upload(open_page(), FAULTS.encode())
    assert [e.message for e in app.exception] == []
    assert "le fichier pèse" in plain(app.error[0].value)


def test_a_parser_that_breaks_is_told_in_french_and_logged_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    monkeypatch.setattr("geo.imports.read.read_draft", bad_readers.surprise)
    app = upload(open_page(), FAULTS.encode())
    assert [e.message for e in app.exception] == []
    assert "ce fichier n’a pas pu être lu" in app.error[0].value
    assert "secret" not in app.error[0].value
    assert "RuntimeError in bad_readers.py" in caplog.text
    assert "secret" not in caplog.text and "Traceback" not in caplog.text


def test_a_reader_that_dies_gives_a_sentence_and_the_page_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    real_read = read_draft
    monkeypatch.setattr("geo.imports.read.read_draft", bad_readers.crash)
    app = upload(open_page(), FAULTS.encode())
    assert [e.message for e in app.exception] == []
    assert "la lecture s’est arrêtée net" in app.error[0].value
    monkeypatch.setattr("geo.imports.read.read_draft", real_read)
    ran(upload(app, FAULTS.encode()))


def test_another_layer_starts_with_no_file() -> None:
    app = ran(upload(open_page(), FAULTS.encode()))
    app = ran(next(s for s in app.selectbox if s.label == "Couche à importer").select("cls").run())
    assert app.file_uploader[0].value is None


def test_a_damaged_register_leaves_a_whole_page(home: Path) -> None:
    folder = register_store.register_folder(home)
    folder.mkdir(parents=True)
    (folder / "registre.sqlite").write_bytes(b"x" * 4000)
    app = AppTest.from_file(HOME, default_timeout=60)
    app.switch_page(DATA)
    app.run()
    assert [e.message for e in app.exception] == []
    assert any("Le registre des couches importées ne répond pas" in plain(w.value) for w in app.warning)
    assert "CLSM Conseils locaux de santé mentale embarquée" in written(app)


# --- pieces -----------------------------------------------------------------------------------------------------
def test_a_version_is_listed_with_its_term_and_what_was_accepted(home: Path) -> None:
    said = register.Statement("x", "", "Ana", frozenset({"62"}), until="2001-06-30", accepted=("62 : 2 communes.",))
    review = intake.Review(intake_draft(GOOD.encode(), "clsm"), said, real.world())
    text = versions.versions_table([intake.keep(review, home)])
    assert "Pas-de-Calais (62)" in text
    assert "jusqu’au 30/06/2001 (terme passé)" in plain(text) and "accepté : 62 : 2 communes." in plain(text)


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_template_of_each_layer_comes_in_as_it_is(kind: str) -> None:
    draft = intake_draft(template(kind), kind, template_name(kind))
    assert (draft.refused, draft.accepted) == (0, 2)
    assert [r for r in draft.remarks if r.kind == "réparé"] == []


def intake_draft(body: bytes, kind: str, name: str = "modele.csv"):
    return read_file(body, name, kind, atlas=real.atlas())


def test_the_map_shows_the_smallest_territory_that_holds_every_change() -> None:
    atlas = real.atlas()
    review = intake.Review(
        intake_draft(FAULTS.splitlines()[0].encode() + b"\nCLSM du Calaisis;62193;Calais;en service\n", "clsm"),
        register.Statement("x", "", "Ana"),
        real.world(),
    )
    found = review.difference
    assert [z.name for z in found.added] == ["CLSM du Calaisis"]
    assert (found.fate == Fate.ADDED).sum() == 1
    assert import_report.changed_scopes(found)[0].id == "dep-62"
    scope = import_report.changed_scopes(found)[0]
    runs = import_report.paint(found, scope).runs
    assert runs.count(chr(ord("a") + Fate.ADDED)) == 1
    table = import_report.difference_table(found)
    assert table[["Changement", "Territoire"]].to_numpy().tolist() == [["ajouté", "CLSM du Calaisis"]]
    assert len(atlas.members("departement", "62")) > 800
