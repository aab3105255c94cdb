"""The panel « Accords » and the functions of the round table: noted by hand, refused in a sentence, taken back, merged, coloured."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from geo.agreements import Agreements, Entry, Status, copil_subject, follow
from geo.errors import GeoInputError
from geo.scenarios import Workbook, to_file
from tests.support import real
from tests.support.apptest import PERIMETER, button, open_page, ran, settled, written
from tests.support.grid import plain
from ui import frame
from ui.agreements import colours, grid
from ui.agreements.author import WHO
from ui.perimeter import round_table, workbench

CRETEIL, VITRY = "commune:94028", "commune:94081"


def opened(panel: str = "Accords", **query: str) -> AppTest:
    app = open_page(PERIMETER, **({"carte": "dep-94", "communes": "94028,94081"} | query))
    return ran(app.segmented_control(key=workbench.PANEL).set_value(panel).run())


def held(app: AppTest) -> Agreements:
    return app.session_state[frame.WORKBOOK].agreements


def edit(app: AppTest, subject: str, **cells: Any) -> AppTest:
    """Type in cells of the grid, as its script in the browser does: this client runs none."""
    element = next(e for e in app.dataframe if "agreements-grid" in e.proto.id)
    row = app.session_state[grid.GRID].subjects.index(subject)
    sent = app._tree.get_widget_states()
    state = sent.widgets.add()
    state.id = element.proto.id
    state.string_value = json.dumps({"edited_rows": {str(row): cells}, "added_rows": [], "deleted_rows": []})
    return ran(app._run(sent))


def unfold(app: AppTest, title: str) -> AppTest:
    app.session_state[f"agreements-{title}"] = True
    return ran(app.run())


def test_what_is_typed_in_the_grid_is_held_counted_signed_and_taken_back() -> None:
    app = opened()
    assert "des habitants : 0 sur 187 360" in written(
        app
    ) and "pas encore sollicitées, ce qui n’est pas un refus" in written(app)
    ran(app.text_input(key=WHO).set_value("Ville de Créteil").run())
    edit(
        app,
        CRETEIL,
        **{grid.STATUS: "délibéré", grid.ON: "2026-11-12", grid.REFERENCE: "2026-45", grid.REMARK: "À l’unanimité."},
    )
    entry = held(app).standing(CRETEIL).entry
    assert (entry.status, entry.day, entry.reference, entry.text, entry.who) == (
        Status.DELIBERATED, "2026-11-12", "2026-45", "À l’unanimité.", "Ville de Créteil",
    )  # fmt: skip
    assert "des habitants : 93 397 sur 187 360" in written(app)
    ran(button(app, "Annuler").click().run())
    assert not held(app)
    ran(button(app, "Rétablir").click().run())
    assert held(app).standing(CRETEIL).status is Status.DELIBERATED


def test_a_person_typed_in_the_grid_is_refused_in_a_sentence_and_nothing_is_held() -> None:
    app = opened()
    edit(app, CRETEIL, **{grid.STATUS: "sollicité", grid.REMARK: "Voir Mme Dupont, 01 49 00 00 00"})
    assert not held(app)
    assert any("ressemble" in t.value for t in app.toast)
    edit(app, VITRY, **{grid.STATUS: "refusé"})  # the grid that came back takes what is typed
    assert held(app).standing(VITRY).status is Status.REFUSED
    assert len(held(app)) == 1


def test_one_answer_is_noted_for_several_at_once() -> None:
    app = unfold(opened(), "Noter pour plusieurs à la fois")
    ran(button(app, "Choisir 2\u00a0communes à solliciter").click().run())
    ran(app.selectbox(key=grid.ANSWER).set_value(Status.AGREED).run())
    ran(button(app, "Noter").click().run())
    assert {held(app).standing(s).status for s in (CRETEIL, VITRY)} == {Status.AGREED}
    assert "100 %" in written(app)
    ran(button(app, "Noter").click().run())
    assert any("Choisissez d’abord" in t.value for t in app.toast)


def test_closed_the_panel_computes_nothing_and_the_map_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr("ui.agreements.board.follow", lambda *_: calls.append("follow"))
    monkeypatch.setattr("ui.agreements.colours.painted", lambda *_: calls.append("painted"))
    opened("Dispositifs")
    assert calls == []


def test_the_map_takes_a_colour_for_each_answer_of_the_perimeter_and_none_outside() -> None:
    app = opened()
    edit(app, CRETEIL, **{grid.STATUS: "accord de principe"})
    ran(app.toggle(key=colours.COLOURS).set_value(True).run())
    state = next(e.proto.json_args for e in app.get("component_instance"))
    assert "accord de principe" in state and "over" in state
    ran(app.segmented_control(key=workbench.PANEL).set_value("Dispositifs").run())
    assert app.session_state[colours.COLOURS]


def test_answers_written_apart_stand_side_by_side_until_one_is_kept() -> None:
    one = Agreements().record(Entry(CRETEIL, Status.AGREED, text="Oral.", who="Ville", noted="2026-11-20"))
    other = Agreements().record(Entry(CRETEIL, Status.REFUSED, text="Courrier.", who="Hôpital", noted="2026-11-21"))
    app = opened()
    app.session_state[frame.WORKBOOK] = frame_book(app, one.merged(other))
    ran(app.run())
    text = written(app)
    assert "Ce qui ne s’accorde pas" in text
    assert "accord de principe ; Oral. (d’après Ville, le 20/11/2026)" in text
    assert "refusé ; Courrier. (d’après Hôpital, le 21/11/2026)" in text
    edit(app, CRETEIL, **{grid.REMARK: "Sans choisir"})
    assert any("choisissez d’abord" in t.value for t in app.toast)
    keep = next(b for b in app.button if b.label == "Retenir")
    ran(keep.click().run())
    standing = held(app).standing(CRETEIL)
    assert (standing.status, standing.disputed) == (Status.AGREED, False)
    assert standing.entry.text == "Oral. / Courrier."


def frame_book(app: AppTest, agreements: Agreements) -> Workbook:
    from dataclasses import replace

    return replace(app.session_state[frame.WORKBOOK], agreements=agreements)


def test_three_files_of_colleagues_join_here_and_their_scenarios_do_not() -> None:
    app = unfold(opened(), "Réunir les fichiers de collègues")
    said = [(CRETEIL, Status.AGREED, "Ville"), (VITRY, Status.ASKED, "Hôpital"), (CRETEIL, Status.AGREED, "ARS")]
    for number, (subject, status, who) in enumerate(said):
        book = Workbook(agreements=Agreements().record(Entry(subject, status, who=who, noted="2026-11-20")))
        field = next(f for f in app.get("file_uploader") if f.label == "Fichiers de scénarios")
        app = settled(
            ran(field.upload(f"collegue-{number}.json", to_file(book, real.atlas()), "application/json").run())
        )
    assert {e.who for e in held(app)} == {"Ville", "Hôpital", "ARS"}
    assert len(app.session_state[frame.WORKBOOK].scenarios) == 1
    assert held(app).standing(CRETEIL).status is Status.AGREED


def test_the_view_of_the_copil_is_written_kept_and_emptied() -> None:
    app = unfold(opened(), "Avis du comité de pilotage sur chaque échelle")
    pour = copil_subject("communale", "pour")
    area = next(a for a in app.text_area if pour in a.key)
    ran(area.set_value("Proximité.\nUn seul maire.").run())
    assert held(app).standing(pour).texts == ("Proximité.\nUn seul maire.",)
    ran(next(a for a in app.text_area if pour in a.key).set_value("").run())
    assert held(app).views() == {}


def test_a_function_of_the_table_is_named_and_the_invitation_has_it() -> None:
    app = opened("Autour de la table")
    assert "à désigner" in written(app) and "CPAM (Assurance maladie)" in written(app)
    ran(app.selectbox(key=round_table.FUNCTION).set_value("fonction:gem").run())
    ran(next(t for t in app.text_input if "fonction:gem" in t.key).set_value("GEM La Bouée").run())
    assert held(app).names()["fonction:gem"][0][0] == "GEM La Bouée"
    assert "GEM La Bouée" in written(app)
    assert "personnes concernées : 1" in plain(written(app))


def test_everything_noted_of_a_body_is_erased_on_demand() -> None:
    app = opened()
    edit(app, CRETEIL, **{grid.STATUS: "sollicité"})
    unfold(app, "Réponses remplacées, effacer")
    ran(button(app, "Effacer").click().run())
    assert not held(app)


# --- cells ----------------------------------------------------------------------------------------------------------------
def test_a_cell_emptied_takes_back_what_it_held_and_nothing_else() -> None:
    entry = Entry(CRETEIL, Status.DELIBERATED, "2026-11-12", "2026-45", "Oui.", noted="2026-11-20")
    found = follow(real.facts(["94028"]), Agreements((entry,)))
    line = found.of("commune")[0]
    after = grid.entry_of(line, {grid.ON: None, grid.REMARK: None})
    assert (after.status, after.day, after.reference, after.text) == (Status.DELIBERATED, "", "2026-45", "")
    assert grid.entry_of(line, {grid.STATUS: None}).status is Status.TO_ASK
    with pytest.raises(GeoInputError, match="au plus"):
        grid.entry_of(line, {grid.REMARK: "x" * 500})


def test_the_grid_shows_every_body_with_its_answer_in_words() -> None:
    shown = grid.frame_of(follow(real.facts(["94028"]), Agreements()).lines)
    assert set(shown[grid.STATUS]) == {"à solliciter"}
    assert shown[grid.NAME].iloc[0] == "Créteil"
    assert "(secteur adulte)" in " ".join(shown[grid.NAME])
