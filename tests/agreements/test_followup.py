"""Where a perimeter stands: figures on a drawn country with hand answers, rows for the documents, the views of the COPIL."""

from __future__ import annotations

import random

import pytest

from geo.agreements import ON_BOARD, Agreements, Entry, Status, copil_subject, copil_table, follow, table_of
from geo.exports.note_tables import agreements_table, guests_table, views_table
from tests.support import real
from tests.support.grid import draw, facts_of, plain, zone

GRID = draw([[5000, 4000, 10], [300, 200, 10]], epci=[["A", "A", "B"], ["A", None, "B"]])
ZONES = {"secteurs-adultes": {"sect-01g01": zone("01001", "01002", nom="Secteur 01G01", territoire="CH du Bourg")}}
CODES = ["01001", "01002", "01004", "01005"]  # 9 500 inhabitants


def held(*entries: Entry) -> Agreements:
    found = Agreements()
    for entry in entries:
        found = found.record(entry)
    return found


def noted(code: str, status: Status, who: str = "Ville", **more: str) -> Entry:
    return Entry(f"commune:{code}", status, who=who, noted="2026-11-20", **more)


def test_the_inhabitants_on_board_are_counted_over_those_of_the_same_communes() -> None:
    agreements = held(
        noted("01001", Status.DELIBERATED, day="2026-11-12", reference="2026-45"),
        noted("01002", Status.AGREED),
        noted("01004", Status.REFUSED),
    )
    found = follow(facts_of(GRID, CODES, ZONES), agreements)
    assert (found.people(), found.people(*ON_BOARD), found.people(Status.DELIBERATED)) == (9_500, 9_000, 5_000)
    assert plain(found.sentence) == (
        "94,7 % (9 000 sur 9 500) des habitants sont dans une commune d’accord, dont 5 000 par une délibération."
    )
    details = [plain(text) for text in found.details]
    assert "1 commune (300 habitants) : refus." in details
    assert "1 commune (200 habitants) : pas encore sollicitée, ce qui n’est pas un refus." in details


def test_a_disagreement_is_on_neither_side_and_the_figure_says_at_least() -> None:
    both = held(noted("01001", Status.AGREED)).merged(held(noted("01001", Status.REFUSED, who="Hôpital")))
    found = follow(facts_of(GRID, CODES, ZONES), both)
    assert found.people(*ON_BOARD) == found.people(Status.REFUSED) == 0
    assert found.sentence.startswith("Au moins")
    assert [line.name for line in found.disputed] == ["Bourg 1"]
    assert any("à accorder entre vous" in text for text in found.details)
    row = next(r for r in table_of(found)[1] if r[0].startswith("Bourg 1"))
    assert "accord de principe (d’après Ville, le 20/11/2026)" in row[2]
    assert "refusé (d’après Hôpital, le 20/11/2026)" in row[2]


def test_each_commune_body_sector_and_hospital_is_asked_once() -> None:
    found = follow(facts_of(GRID, CODES, ZONES), Agreements())
    kinds = [line.kind for line in found.lines]
    assert kinds == ["commune"] * 4 + ["epci", "secteurs-adultes", "hopital"]
    assert {line.label for line in found.lines} == {"à solliciter"}
    assert plain(found.sentence).startswith("0 % (0 sur 9 500)")


def test_what_is_noted_of_a_body_outside_is_kept_and_counted_nowhere() -> None:
    found = follow(facts_of(GRID, ["01001"], ZONES), held(noted("01003", Status.AGREED)))
    assert found.elsewhere == ("commune:01003",)
    assert found.people(*ON_BOARD) == 0


def test_the_rows_of_a_document_leave_remarks_out_unless_they_are_asked_for() -> None:
    agreements = held(noted("01001", Status.DELIBERATED, text="À redire en mars."))
    found = follow(facts_of(GRID, ["01001"], ZONES), agreements)
    heads, rows = table_of(found, remarks=False)
    assert "Remarque" not in heads
    assert not any("mars" in cell for row in rows for cell in row)
    assert rows[0][2:] == ("délibéré", "date inconnue", "")
    assert "À redire en mars." in table_of(found)[1][0]


@pytest.mark.parametrize("seed", range(6))
def test_every_inhabitant_is_on_one_side_only(seed: int) -> None:
    chance = random.Random(seed)
    one, other = (
        held(*(noted(c, chance.choice(list(Status)[1:]), who) for c in CODES if chance.random() < 0.7))
        for who in ("Ville", "ARS")
    )
    found = follow(facts_of(GRID, CODES, ZONES), one.merged(other))
    disputed = sum(line.people or 0 for line in found.disputed)
    assert sum(found.people(status) for status in list(Status)[1:]) + disputed == found.people() == 9_500
    assert sum(found.counts().values()) == len(found.of("commune")) == 4


def test_a_city_of_arrondissements_is_asked_once_for_those_in_the_perimeter() -> None:
    codes = sorted(real.atlas().parts["13055"])[:4]
    found = follow(real.facts(codes), held(Entry("commune:13055", Status.AGREED, noted="2026-11-20")))
    (city,) = found.of("commune")
    assert city.people == found.people(*ON_BOARD) == int(real.atlas().population[real.atlas().rows(codes)].sum())


def test_views_for_and_against_each_scale_stand_beside_one_another() -> None:
    pour, contre = copil_subject("communale", "pour"), copil_subject("intercommunale", "contre")
    one = held(
        Entry(pour, text="Proximité.", who="Ville", noted="2026-11-20"),
        Entry(contre, text="Trop vaste.", noted="2026-11-20"),
    )
    both = one.merged(held(Entry(pour, text="Un seul maire.", who="ARS", noted="2026-11-21")))
    heads, rows = copil_table(both)
    assert heads == ("Échelle", "Pour", "Contre")
    assert [row[0] for row in rows] == ["Échelle communale", "Échelle intercommunale", "Échelle du secteur"]
    assert rows[0][1] == "Proximité. (d’après Ville, le 20/11/2026)\nUn seul maire. (d’après ARS, le 21/11/2026)"
    assert rows[1][1:] == ("rien de noté", "Trop vaste.")


def test_the_tables_of_a_document_say_the_same_as_the_follow_up() -> None:
    facts = facts_of(GRID, CODES, ZONES)
    agreements = held(
        noted("01001", Status.DELIBERATED, day="2026-11-12", reference="2026-45", text="Pour nous seuls."),
        Entry("fonction:gem", text="GEM La Bouée", who="CCAS", noted="2026-11-20"),
        Entry(copil_subject("secteur", "contre"), text="Trop d’élus à réunir.", noted="2026-11-20"),
    )
    table = agreements_table(facts, agreements)
    assert follow(facts, agreements).sentence in table.note
    assert ("Bourg 1\nCommune", "5\u202f000", "délibéré", "12/11/2026", "2026-45") in table.rows
    assert all(len(row) == len(table.headers) == len(table.widths) for row in table.rows)
    assert any("GEM La Bouée" in cell for row in guests_table(facts, agreements).rows for cell in row)
    assert any("CPAM" in cell for row in guests_table(facts).rows for cell in row)
    assert views_table(agreements).rows[2] == ("Échelle du secteur", "rien de noté", "Trop d’élus à réunir.")
