"""The section « Indicateurs de besoin », run by Streamlit's own client: a hostile table, one that is none, somebody who publishes meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo.imports import NeedsStatement, keep_needs, publish_needs, read_needs_draft
from geo.register import need_sets
from tests.support import apptest, real
from tests.support.apptest import DATA, ran, settled
from tests.support.grid import plain
from tests.support.table_files import needs_workbook

HOSTILE = "Code commune;Nb <script>alert(1)</script>\n08001;3\n<b>x</b>;4\n08003;<img src=x>\n"


@pytest.fixture(autouse=True)
def home(clean_home: Path) -> Path:
    return clean_home


def give(body: bytes, name: str) -> AppTest:
    app = apptest.open_page(DATA)
    app = ran(app.toggle(key="besoins-apporter").set_value(True).run())
    return settled(app.file_uploader[-1].set_value((name, body, "application/octet-stream")).run())


def state(app: AppTest) -> AppTest:
    for key, text in (
        ("besoins-nom", "Besoins"),
        ("besoins-source", "ORS"),
        ("besoins-annee", "2023"),
        ("besoins-qui", "Ana"),
    ):
        app.text_input(key=key).set_value(text)
    box = next(box for box in app.checkbox if str(box.key).startswith("besoins-verifie"))
    return ran(box.check().run())


def test_the_journal_names_a_set_as_it_was_named(home: Path) -> None:
    draft = read_needs_draft(needs_workbook(), real.atlas(), name="besoins.xlsx")
    for name, seen in (("Santé mentale (œuvre de l’ORS)", 0), ("SANTE MENTALE, OEUVRE DE L ORS", None)):
        said = NeedsStatement(name, "ORS", "2023", "Zoé", confirmed=True)
        publish_needs(draft, said, seen=seen) if seen is not None else keep_needs(draft, said)
    (held,) = need_sets(home)
    assert held.name == "Santé mentale (œuvre de l’ORS)", "a draft renames nothing"
    app = ran(apptest.open_page(DATA).toggle(key="journal-ouvert").set_value(True).run())
    assert "Zoé Indicateurs : Santé mentale (œuvre de l’ORS) mise en service" in apptest.written(app, " ")
    assert app.selectbox(key="journal-couche").options == ["toutes", "Indicateurs : Santé mentale (œuvre de l’ORS)"]


def test_closed_the_section_offers_no_file_and_says_that_nothing_was_brought() -> None:
    app = apptest.open_page(DATA)
    assert len(app.file_uploader) == 1, "that of the layers"
    assert any("Aucun jeu d’indicateurs" in info.value for info in app.info)


def test_a_hostile_table_is_shown_as_text_and_its_faults_with_their_rows() -> None:
    app = ran(give(HOSTILE.encode(), "hostile.csv"))
    markup = "\n".join(e.value for e in app.get("html") if "<style>" not in e.value)
    assert "<script>alert(1)" not in markup
    assert "<img src=x>" not in markup
    said = apptest.written(app, " ")
    assert "ligne 3" in said
    assert "« <img src=x> » n’est pas un chiffre" in said


@pytest.mark.parametrize(
    ("body", "name"), [(b"\x00\x01\x02", "a.xlsx"), (b"a;b\naaaa;zzzz\n", "a.csv"), (b"", "vide.csv")]
)
def test_a_table_that_is_none_gets_a_sentence_and_no_traceback(body: bytes, name: str) -> None:
    app = give(body, name)
    assert [e.message for e in app.exception] == []
    assert len(app.error) == 1


def test_somebody_who_publishes_meanwhile_is_not_written_over(home: Path) -> None:
    app = state(give(needs_workbook(), "besoins.xlsx"))
    draft = read_needs_draft(needs_workbook(), real.atlas(), name="besoins.xlsx")
    publish_needs(draft, NeedsStatement("Besoins", "CPAM", "2022", "Bob", confirmed=True), seen=0)
    app = apptest.button(app, "Publier ces indicateurs").click().run()
    assert any("Bob a publié la version 1" in plain(error.value) for error in app.error)
    assert len(need_sets(home)[0].versions) == 1
    app = ran(apptest.button(app, "Publier ces indicateurs").click().run())
    (held,) = need_sets(home)
    assert held.head.version
    assert (held.head.version.number, held.head.version.statement.who) == (2, "Ana")
