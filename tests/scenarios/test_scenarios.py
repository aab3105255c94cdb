"""Workbooks of scenarios: every operation gives a new one, and refuses what could not be shown or sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import GeoInputError
from geo.guidance import ANSWER_LENGTH, Intent, Project, Settings
from geo.scenarios import (
    MOST_SCENARIOS,
    NAME_LENGTH,
    NOTE_LENGTH,
    Scenario,
    Vintage,
    Workbook,
    pack,
    unpack,
    vintage_of,
)
from tests.support import real

A, B = frozenset({"01001"}), frozenset({"01001", "01002"})


def test_a_new_workbook_has_one_empty_scenario() -> None:
    book = Workbook()
    assert (len(book.scenarios), book.codes, book.settings) == (1, frozenset(), Settings())


def test_operations_leave_the_workbook_they_start_from_as_it_was() -> None:
    book = Workbook().replace_codes(A)
    changed = book.rename("Ville").note("à voir").add(Scenario("EPCI", B)).delete(0)
    assert book == Workbook().replace_codes(A)
    assert [s.name for s in changed.scenarios] == ["EPCI"]
    assert changed.current == 0


def test_a_copy_follows_its_model_under_a_name_of_its_own() -> None:
    book = Workbook((Scenario("Ville", A), Scenario("EPCI", B))).duplicate().duplicate(0)
    assert [s.name for s in book.scenarios] == ["Ville", "Ville (copie) (2)", "Ville (copie)", "EPCI"]
    assert (book.current, book.codes) == (1, A)


@pytest.mark.parametrize("text", ["a\u0000b", "a\u202eb", "\u200b", "x" * (ANSWER_LENGTH + 1), "a\rb"])
def test_an_answer_that_could_not_be_shown_is_refused(text: str) -> None:
    with pytest.raises(GeoInputError, match=r"Une réponse|Réponses"):
        Workbook().answer("ptsm", text)


def test_an_answer_is_kept_changed_and_taken_away() -> None:
    book = Workbook((Scenario("Ville", A), Scenario("EPCI", B)))
    told = book.answer("ptsm", " Oui,\ndepuis 2024. ").answer("asv", "Non", 1)
    assert told.scenarios[0].answers == (("ptsm", "Oui,\ndepuis 2024."),)
    assert told.scenarios[1].answers == (("asv", "Non"),)
    assert told.answer("ptsm", "  ").answer("asv", "", 1) == book
    with pytest.raises(GeoInputError):
        book.answer("jadis", "x")


def test_a_copy_keeps_project_and_answers() -> None:
    book = Workbook((Scenario("Ville", A),)).with_project(Project(Intent.CREATE)).answer("ptsm", "Oui").duplicate()
    assert [(s.project, s.answers) for s in book.scenarios] == [(Project(Intent.CREATE), (("ptsm", "Oui"),))] * 2


def test_settings_never_hold_a_project_and_each_scenario_is_judged_for_its_own() -> None:
    book = Workbook(
        (Scenario("Ville", A), Scenario("EPCI", B)), 0, Settings(marker=5).under(Project(Intent.CREATE))
    ).with_project(Project(Intent.MERGE), 1)
    assert book.settings == Settings(marker=5)
    assert book.judged_by.project == Project()
    assert book.select(1).judged_by == Settings(marker=5, project=Project(Intent.MERGE))
    back = book.select(1).with_settings()
    assert back.settings == Settings()
    assert back.judged_by.project == Project(Intent.MERGE)


def test_what_was_written_since_outlives_an_older_drawing() -> None:
    older = Workbook((Scenario("Ville", A),))
    newer = (
        older.replace_codes(B)
        .rename("Grande ville")
        .note("Vu")
        .with_project(Project(Intent.CREATE))
        .answer("ptsm", "Oui")
    )
    assert older.with_words_of(newer) == newer.replace_codes(A)
    more = newer.duplicate().note("Autre")
    assert older.rename("Grande ville").with_words_of(more).scenario.note == "Vu"
    assert older.with_words_of(more) == older


def test_names_are_unique() -> None:
    book = Workbook((Scenario("Ville", A),)).add(Scenario("Ville", B))
    assert [s.name for s in book.scenarios] == ["Ville", "Ville (2)"]
    with pytest.raises(GeoInputError, match="même nom"):
        book.rename("Ville")


def test_a_long_name_still_gets_a_number() -> None:
    book = Workbook((Scenario("x" * NAME_LENGTH),)).duplicate().duplicate()
    assert len({s.name for s in book.scenarios}) == 3


def test_locked_communes_stay_whatever_is_asked() -> None:
    book = Workbook().replace_codes(B).lock("01002").replace_codes(A)
    assert book.codes == B
    assert book.unlock("01002").replace_codes(A).codes == A
    assert book.unlock().scenario.locked == frozenset()
    with pytest.raises(GeoInputError, match="verrouillée"):
        Scenario("x", A, locked=B)


def test_locking_a_commune_brings_it_in() -> None:
    assert Workbook().lock("01001").codes == A


@pytest.mark.parametrize(("current", "gone", "then"), [(0, 0, 0), (2, 2, 1), (2, 0, 1), (0, 2, 0), (1, 1, 1)])
def test_the_current_scenario_is_kept_when_another_goes(current: int, gone: int, then: int) -> None:
    book = Workbook(tuple(Scenario(n) for n in "abc"), current)
    assert book.delete(gone).current == then


def test_the_last_scenario_is_emptied() -> None:
    assert Workbook((Scenario("Ville", A),)).delete() == Workbook()


@pytest.mark.parametrize(
    ("name", "note", "word"),
    [
        ("", "", "nom"),
        ("  ", "", "nom"),
        ("x" * (NAME_LENGTH + 1), "", "caractères"),
        ("a\x07", "", "invisibles"),
        ("a\nb", "", "invisibles"),
        ("a\u202eb", "", "invisibles"),
        ("a", "x" * (NOTE_LENGTH + 1), "caractères"),
        ("a", "\x00", "invisibles"),
    ],
)
def test_texts_that_could_not_be_shown_are_refused(name: str, note: str, word: str) -> None:
    with pytest.raises(GeoInputError, match=word):
        Scenario(name, note=note)


def test_a_note_may_have_lines() -> None:
    assert Workbook().note(" une\ndeux ").scenario.note == "une\ndeux"


def test_a_workbook_holds_so_many_scenarios_and_no_more() -> None:
    book = Workbook()
    for _ in range(MOST_SCENARIOS - 1):
        book = book.duplicate()
    with pytest.raises(GeoInputError, match=str(MOST_SCENARIOS)):
        book.duplicate()


@pytest.mark.parametrize("position", [-1, 1])
def test_a_scenario_that_is_not_there_is_refused(position: int) -> None:
    for operation in (Workbook().select, Workbook().delete, Workbook().duplicate):
        with pytest.raises(GeoInputError, match="existe pas"):
            operation(position)


def test_a_colleagues_scenarios_come_after_and_keep_ones_settings() -> None:
    mine = Workbook((Scenario("Ville", A),), settings=Settings(marker=100_000))
    theirs = Workbook((Scenario("Ville", B), Scenario("EPCI", B)))
    merged = mine.merge(theirs)
    assert [s.name for s in merged.scenarios] == ["Ville", "Ville (2)", "EPCI"]
    assert merged.settings.marker == 100_000


def test_settings_go_back_to_the_guides() -> None:
    assert Workbook().with_settings(Settings(marker=5)).with_settings() == Workbook()


@given(st.lists(st.sampled_from(["01001", "01002", "01003", "01004"])))
def test_the_order_of_toggles_does_not_matter(clicks: list[str]) -> None:
    def after(order: list[str]) -> frozenset[str]:
        book = Workbook()
        for code in order:
            book = book.replace_codes(book.codes ^ {code})
        return book.codes

    assert after(clicks) == after(sorted(clicks)) == after(clicks[::-1])


def test_the_vintage_names_the_years_of_the_data() -> None:
    assert vintage_of(real.world()) == Vintage(2026, "2023 (Mayotte : 2017)", "2025", ())


def test_a_scenario_gives_the_perimeter_that_checks_judge() -> None:
    perimeter = Scenario("Créteil", frozenset({"94028"})).perimeter(real.atlas())
    assert (perimeter.name, perimeter.communes, perimeter.year) == ("Créteil", {"94028"}, 2026)


def test_the_vintage_of_a_source_keeps_its_date_whole_and_that_of_an_older_link_is_understood() -> None:
    said = "millésime non indiqué, reçu le 26/11/2026"  # forty-one characters
    world = replace(real.world(), synchronised={"ressources": said})
    assert dict(vintage_of(world).sources)["ressources"] == said
    book = Workbook((Scenario("Niort", frozenset(["79191"])),))
    for sent in (said, said[:40]):
        packed = pack(replace(book, vintage=replace(vintage_of(world), sources=(("ressources", sent),))), real.atlas())
        assert unpack(packed, real.atlas(), vintage_of(world)).notices == ()
