"""The project and the guide's questions on the page Périmètre: asked on one line, kept by the address, printed only as asked."""

from __future__ import annotations

import pytest

from geo.guidance import ANSWER_LENGTH, QUESTIONS, Intent, Project
from geo.scenarios import Workbook, pack, unpack
from tests.support import real
from tests.support.apptest import COMPARISON, PERIMETER, button, chosen, open_page, ran, written
from tests.support.grid import plain
from ui import frame
from ui.perimeter import note as note_view

LENS = "clsm-62-lens-henin"
HOSTILE = "[x](http://a.co) <b>x</b> $x$\n:red[x]"


def lens_and_ostricourt() -> str:
    layer = real.crosswalk().layers["clsm"]
    rows = layer.members.loc[layer.members["zone"] == layer.zones.index.get_loc(LENS), "row"]
    return ",".join([*(str(real.atlas().codes[r]) for r in rows), "59452"])


def project_of(app: object) -> Project:
    return app.session_state[frame.WORKBOOK].scenario.project  # type: ignore[attr-defined]


def intents(app: object) -> object:
    return next(b for b in app.button_group if b.key.startswith("projet-"))  # type: ignore[attr-defined]


def carried(app: object) -> Workbook:
    return unpack("".join(app.query_params["lien"]), real.atlas()).workbook  # type: ignore[attr-defined]


def test_nothing_is_said_until_asked_and_the_address_stays_short() -> None:
    app = open_page(PERIMETER, communes="62498", carte="dep-62")
    assert project_of(app) == Project()
    assert "".join(app.query_params["lien"]).startswith("1")


def test_enlarging_names_the_clsm_held_whole_and_lifts_the_alarm() -> None:
    app = open_page(PERIMETER, communes=lens_and_ostricourt(), carte="dep-62")
    assert "si c’est pour l’élargir, dites-le" in written(app)
    ran(intents(app).set_value(Intent.ENLARGE).run())
    assert project_of(app) == Project(Intent.ENLARGE, (LENS,))
    assert "Élargi par ce projet, donc sans conflit : CLSM Lens-Hénin" in written(app)
    assert carried(app).scenario.project == Project(Intent.ENLARGE, (LENS,))


def test_the_project_comes_back_by_the_address_and_can_be_unsaid() -> None:
    book = Workbook().replace_codes({"62498"}).with_project(Project(Intent.CREATE))
    app = open_page(PERIMETER, lien=pack(book, real.atlas()), carte="dep-62")
    assert project_of(app) == Project(Intent.CREATE)
    ran(intents(app).set_value(None).run())
    assert project_of(app) == Project()


def test_a_project_is_kept_with_an_empty_perimeter_and_offers_the_clsm_of_the_map() -> None:
    app = open_page(PERIMETER, carte="dep-62")
    ran(intents(app).set_value(Intent.MERGE).run())
    field = next(m for m in app.multiselect if m.key.startswith("projet-clsm-"))
    assert "CLSM Lens-Hénin" in field.options
    assert project_of(app) == Project(Intent.MERGE)
    assert carried(app).scenario.project == Project(Intent.MERGE)


def test_a_clsm_that_the_data_do_not_know_does_not_stop_the_page() -> None:
    book = Workbook().replace_codes({"62498"}).with_project(Project(Intent.ENLARGE, ("ailleurs",)))
    app = open_page(PERIMETER, lien=pack(book, real.atlas()), carte="dep-62")
    assert "n’est pas dans les données d’ici" in written(app)


def test_thresholds_reset_and_keep_the_project() -> None:
    book = Workbook().replace_codes({"62498"}).with_project(Project(Intent.CREATE))
    app = open_page(PERIMETER, lien=pack(book, real.atlas()), carte="dep-62")
    ran(app.number_input(key="reglage-marker").set_value(100_000).run())
    assert app.session_state[frame.WORKBOOK].settings.marker == 100_000
    ran(button(app, "Revenir aux valeurs du guide").click().run())
    assert app.session_state[frame.WORKBOOK].settings.marker == 200_000
    assert project_of(app) == Project(Intent.CREATE)


def answers(app: object) -> dict[str, str]:
    return dict(app.session_state[frame.WORKBOOK].scenario.answers)  # type: ignore[attr-defined]


def field(app: object, question: str) -> object:
    return next(t for t in app.text_area if t.key.startswith(f"reponse-0-{question}-"))  # type: ignore[attr-defined]


def questions_of(communes: str = "62498,62041") -> object:
    return unfolded(open_page(PERIMETER, communes=communes, carte="dep-62"))


def unfolded(app: object) -> object:
    """Open the panel with every question unfolded."""
    app.session_state["panel"] = "Questions"  # type: ignore[attr-defined]
    for question in QUESTIONS:
        app.session_state[f"question-0-{question.id}"] = True  # type: ignore[attr-defined]
    return ran(app.run())  # type: ignore[attr-defined,arg-type]


def test_an_answer_is_kept_by_the_scenario_and_its_address_and_outlives_undo() -> None:
    app = questions_of()
    ran(field(app, "ptsm").set_value(HOSTILE).run())  # type: ignore[attr-defined]
    assert answers(app) == {"ptsm": HOSTILE}
    assert field(app, "ptsm").value == HOSTILE  # type: ignore[attr-defined]
    assert carried(app).scenario.answers == (("ptsm", HOSTILE),)
    ran(button(app, "Annuler").click().run())
    assert chosen(app) == set()
    assert answers(app) == {"ptsm": HOSTILE}


def test_questions_are_folded_and_say_what_the_data_knows() -> None:
    folded = open_page(PERIMETER, communes="62498,62041", carte="dep-62")
    folded.session_state["panel"] = "Questions"
    ran(folded.run())
    assert len(folded.expander) >= 10
    assert not [t for t in folded.text_area if t.key.startswith("reponse-")], (
        "nothing is sent of a question that is folded"
    )
    app = questions_of()
    assert len(app.expander) == len([t for t in app.text_area if t.key.startswith("reponse-")])
    assert "Dans aucune liste d’ici" in written(app)
    assert "0 réponse sur" in written(app)


def test_an_invisible_sign_is_refused_in_a_sentence() -> None:
    app = questions_of()
    ran(field(app, "ptsm").set_value("a\u202eb").run())  # type: ignore[attr-defined]
    assert answers(app) == {}
    assert any("caractères invisibles" in t.value for t in app.toast)


def test_answers_too_long_for_a_link_are_said_to_stay_in_the_file() -> None:
    book = Workbook().replace_codes({"62498"})
    for question in ("ptsm", "asv", "objectifs", "ressources", "concernes", "trajets"):
        book = book.answer(question, "é" * ANSWER_LENGTH)
    app = open_page(PERIMETER, lien=pack(book, real.atlas()), carte="dep-62")
    unfolded(app)
    ran(field(app, "copil-conditions").set_value("De trop").run())
    assert "trop longues pour le lien" in written(app)
    assert carried(app).scenario.answers == ()
    app.session_state["panel"] = "Scénarios"
    ran(app.run())
    assert any("trop longues pour un lien" in c.value for c in app.caption)


def test_a_remark_goes_into_no_file_nor_link_unless_it_is_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(note_view, "_maker", lambda kind, asked_for, _: asked.append(asked_for) or b"")
    book = Workbook().replace_codes({"62498"}).note("Accord de principe, à taire.").answer("ptsm", "Oui")
    app = open_page(PERIMETER, lien=pack(book, real.atlas()), carte="dep-62")
    app.session_state["panel"] = "Note et fichiers"
    ran(app.run())
    assert {a.scenario.note for a in asked} == {""}
    assert {a.scenario.answers for a in asked} == {(("ptsm", "Oui"),)}
    for each in asked:
        shared = unpack(each.link.partition("lien=")[2], real.atlas()).workbook.scenario
        assert (shared.note, shared.answers) == ("", ())
    asked.clear()
    ran(app.checkbox(key=note_view.REMARK).check().run())
    assert {a.scenario.note for a in asked} == {"Accord de principe, à taire."}
    for each in asked:
        assert unpack(each.link.partition("lien=")[2], real.atlas()).workbook.scenario.note == ""


def test_a_title_is_asked_for_and_names_the_scenario() -> None:
    app = open_page(PERIMETER, communes="62498", carte="dep-62")
    app.session_state["panel"] = "Note et fichiers"
    ran(app.run())
    title = next(t for t in app.text_input if t.label == "Titre de la note")
    assert title.placeholder == "Lens"
    ran(title.set_value("Lens et son bassin").run())
    assert app.session_state[frame.WORKBOOK].scenario.name == "Lens et son bassin"
    assert not [t for t in app.text_input if t.label == "Titre de la note"]


def test_a_territory_retained_from_the_comparison_keeps_the_project() -> None:
    book = Workbook().replace_codes({"94028"}).with_project(Project(Intent.CREATE))
    app = open_page(PERIMETER, lien=pack(book, real.atlas()), carte="dep-94")
    app.switch_page(COMPARISON)
    ran(app.run())
    assert project_of(app) == Project(Intent.CREATE)
    keep = [b for b in app.button if b.label == "Retenir ce périmètre"]
    assert keep
    keep[1].click().run()
    assert project_of(app) == Project(Intent.CREATE)


def test_the_words_are_those_that_a_mayor_accepts() -> None:
    app = open_page(PERIMETER, communes="94028", carte="dep-94")
    assert "Élus à associer" in plain(written(app))
    app.session_state["panel"] = "Autour de la table"
    ran(app.run())
    text = plain(written(app))
    assert "CLS et CLSM de ces communes" in text
    assert "convaincre" not in text
    assert "déjà là" not in text
