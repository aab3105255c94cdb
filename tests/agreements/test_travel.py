"""Agreements in links and files: they come back, older links still open, and nothing forged nor personal gets in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.agreements import STATUS_LABELS, Agreements, Entry, Status, copil_subject
from geo.errors import GeoInputError
from geo.scenarios import MAIL_LENGTH, Scenario, Workbook, carries_agreements, from_file, pack, to_file, unpack
from tests.support import real
from tests.support.grid import draw

GRID = draw([[100, 200, 300], [400, 500, 600]], former={"01900": ("01002", "Vieux-Bourg")})
WORDS = st.sampled_from(["", "Accord oral.", "Séance reportée « à mars »", "€ <b>gras</b> |;"])
ASKED = st.builds(
    Entry,
    st.sampled_from(
        ["commune:01001", "commune:01005", "epci:200000001", "secteurs-adultes:01G01", "hopital:ch du bourg"]
    ),
    st.sampled_from(list(STATUS_LABELS)),
    st.sampled_from(["", "2026-11-12"]),
    WORDS.map(lambda text: text[:60]),
    WORDS,
    st.sampled_from(["", "Ville", "Centre hospitalier"]),
    st.sampled_from(["2026-11-20", "2026-11-21"]),
)
OTHERS = st.builds(
    lambda subject, text: Entry(subject, text=text, noted="2026-11-20"),
    st.sampled_from(["fonction:gem", copil_subject("secteur", "contre")]),
    WORDS,
)


def recorded(entries: list[Entry]) -> Agreements:
    held = Agreements()
    for entry in entries:
        held = held.record(entry)
    return held


@given(st.lists(st.one_of(ASKED, OTHERS), max_size=12), st.lists(ASKED, max_size=4))
def test_a_file_holds_all_of_them_and_a_link_what_stands(entries: list[Entry], apart: list[Entry]) -> None:
    agreements = recorded(entries).merged(recorded(apart))
    book = Workbook((Scenario("Essai", frozenset({"01001"})),), agreements=agreements)
    assert from_file(to_file(book, GRID), GRID).workbook.agreements == agreements
    again = unpack(pack(book, GRID), GRID).workbook
    assert again == replace(book, agreements=Agreements(agreements.heads))
    assert agreements.merged(again.agreements) == agreements  # what a link brings back disturbs nothing


def test_a_workbook_without_agreements_is_written_as_before() -> None:
    book = Workbook((Scenario("Essai", frozenset({"01001"})),))
    text = pack(book, GRID)
    assert "." not in text
    noted = pack(replace(book, agreements=recorded([Entry("commune:01001", Status.AGREED)])), GRID)
    assert noted.startswith(text + ".a")


def test_the_agreements_of_the_forty_communes_of_an_agglomeration_fit_in_a_mail() -> None:
    codes = [str(c) for c in real.atlas().codes if str(c).startswith("79")][:40]
    entries = [
        Entry(f"commune:{c}", list(STATUS_LABELS)[i % 5], "2026-11-12", who="Niort Agglo", noted="2026-11-20")
        for i, c in enumerate(codes)
    ]
    book = Workbook((Scenario("Niort Agglo", frozenset(codes)),), agreements=recorded(entries))
    assert len(pack(book, real.atlas())) < MAIL_LENGTH


def test_agreements_too_long_for_a_link_stay_out_of_it_and_in_the_file() -> None:
    import random

    chance = random.Random(4)
    letters = "aeiouysnlcpfbgéèàç ,;"
    entries = [
        Entry(f"commune:{i:05d}", Status.AGREED, text="".join(chance.choices(letters, k=190)).strip())
        for i in range(200)
    ]
    book = Workbook((Scenario("Essai", frozenset({"01001"})),), agreements=recorded(entries))
    assert not carries_agreements(book.agreements)
    assert not unpack(pack(book, GRID), GRID).workbook.agreements
    assert from_file(to_file(book, GRID), GRID).workbook.agreements == book.agreements


def test_a_commune_merged_since_takes_its_answer_with_it_and_it_is_said() -> None:
    entries = [
        Entry("commune:01900", Status.ASKED, noted="2026-11-01"),
        Entry("commune:01900", Status.AGREED, noted="2026-11-02"),
    ]
    book = Workbook(agreements=recorded(entries))
    for opened in (from_file(to_file(book, GRID), GRID), unpack(pack(book, GRID), GRID)):
        assert opened.workbook.agreements.standing("commune:01002").status is Status.AGREED
        assert not opened.workbook.agreements.standing("commune:01900").heads
        assert any("01900" in notice and "01002" in notice for notice in opened.notices)


def file_of(**entry: object) -> bytes:
    content = json.loads(to_file(Workbook(), GRID))
    content["accords"] = [{"interlocuteur": "commune:01001", "reponse": "accord", "note_le": "2026-11-20"} | entry]
    return json.dumps(content).encode()


def test_something_personal_in_a_file_is_left_out_and_its_answer_kept() -> None:
    opened = from_file(file_of(texte="Voir Mme Dupont", reference="2026-45"), GRID)
    entry = opened.workbook.agreements.standing("commune:01001").entry
    assert (entry.status, entry.text, entry.reference) == (Status.AGREED, "", "2026-45")
    assert any("laissé de côté" in notice for notice in opened.notices)


@pytest.mark.parametrize(
    "wrong",
    [{"reponse": "peut-être"}, {"interlocuteur": "ville:1"}, {"date": "hier"}, {"texte": 3}, {"remplace": "abc"}, {"remplace": [1]},
     {"remplace": ["zz"]}, {"autre": 1}, {"texte": "x" * 300}, {"reponse": None}],
)  # fmt: skip
def test_a_file_that_makes_no_sense_is_refused_in_a_sentence(wrong: dict[str, object]) -> None:
    with pytest.raises(GeoInputError):
        from_file(file_of(**wrong), GRID)


@pytest.mark.parametrize("given_", [3, "x", {"a": 1}, [1], [None]])
def test_agreements_of_another_shape_are_refused_in_a_sentence(given_: object) -> None:
    content = json.loads(to_file(Workbook(), GRID)) | {"accords": given_}
    with pytest.raises(GeoInputError, match="Accords"):
        from_file(json.dumps(content).encode(), GRID)


def test_a_link_cut_or_changed_anywhere_is_refused() -> None:
    book = Workbook(
        (Scenario("Essai", frozenset({"01001"})),),
        agreements=recorded([Entry("commune:01001", Status.AGREED, text="Oral.")]),
    )
    text = pack(book, GRID)
    start = text.index(".a")
    for at in range(start, len(text), 3):
        with pytest.raises(GeoInputError):
            unpack(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :], GRID)
        if at > start:
            with pytest.raises(GeoInputError):
                unpack(text[:at], GRID)


def test_opened_cities_and_agreements_travel_together() -> None:
    book = Workbook(
        (Scenario("Essai", frozenset({"01001"})),), agreements=recorded([Entry("commune:01001", Status.AGREED)])
    )
    other = Workbook(
        (Scenario("Autre", frozenset({"01002"})),), agreements=recorded([Entry("commune:01002", Status.REFUSED)])
    )
    merged = book.merge(other)
    assert {e.subject for e in merged.agreements} == {"commune:01001", "commune:01002"}
    assert book.with_agreements_of(other).scenarios == book.scenarios
