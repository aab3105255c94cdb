"""Lists with rows of several years for the same territory: the last year counts, the others are told, what is unclear is asked."""

from __future__ import annotations

import pytest

from geo.imports import NO, YES
from geo.imports.settling import YEARS
from geo.layers import Etat
from tests.imports.test_received_files import blocking, found, read, told

THREE = (
    'CLSM;{head};Communes\nEst;2019;"Créteil, Alfortville"\nEst;2020;"Créteil, Alfortville, Vincennes"\nEst;2021;"Créteil, Vincennes"\n'
    'Nord;2021;"Saint-Denis (93), Aubervilliers"\n'
)
NORD = {"93066", "93001"}


@pytest.mark.parametrize("head", ["Année", "Millésime", "Date", "Année de signature"])
def test_the_last_year_counts_and_the_others_are_told(head: str) -> None:
    draft = read(THREE.format(head=head))
    assert found(draft) == {"Est": {"94028", "94080"}, "Nord": NORD}
    assert "l’année 2021 est retenue ; laissées : 2019 (ligne 2) et 2020 (ligne 3)" in told(draft)
    assert (blocking(draft), draft.rows, draft.accepted, draft.whole) == ([], 4, 4, True)
    every = read(THREE.format(head=head), answers=draft.answers.settle(YEARS, YES))
    assert found(every)["Est"] == {"94028", "94002", "94080"}


def test_rows_of_one_commune_a_year_are_seen_by_the_communes_that_come_back() -> None:
    draft = read(
        "CLSM;Année;Code INSEE\nEst;2019;94028\nEst;2019;94002\nEst;2020;94028\nEst;2020;94080\nOuest;2020;92012\n"
    )
    assert (found(draft), blocking(draft)) == ({"Est": {"94028", "94080"}, "Ouest": {"92012"}}, [])
    assert "2019 (lignes 2 et 3)" in told(draft)


@pytest.mark.parametrize(
    "rows",
    ["Est;2019;94028\nEst;2021;94002\n", "Est;2015;94028\nEst;2016;94002\nEst;2017;94080\nEst;2018;94067\nEst;2020;94028\n"],
)  # fmt: skip
def test_a_year_that_may_be_that_of_joining_is_asked_about(rows: str) -> None:
    draft = read(f"CLSM;Année;Code INSEE\n{rows}")
    assert blocking(draft) == [YEARS] and {"94028", "94002"} <= found(draft)["Est"]
    settled = read(f"CLSM;Année;Code INSEE\n{rows}", answers=draft.answers.settle(YEARS, NO))
    assert len(found(settled)["Est"]) == 1 and settled.settled
    assert "94002" in found(read(f"CLSM;Année;Code INSEE\n{rows}", answers=draft.answers.settle(YEARS, YES)))["Est"]


def test_two_lists_of_the_same_year_that_differ_are_asked_about() -> None:
    content = 'CLSM;Année;Communes\nEst;2021;"Créteil, Alfortville"\nEst;2021;"Créteil, Vincennes"\nEst;2020;Créteil\n'
    draft = read(content)
    assert blocking(draft) == ["ligne/est/annee"] and found(draft)["Est"] == {"94028", "94002", "94080"}
    settled = read(content, answers=draft.answers.settle("ligne/est/annee", "3"))
    assert (found(settled), settled.settled) == ({"Est": {"94028", "94080"}}, True)
    same = read(
        'CLSM;Année;Communes\nEst;2021;"Créteil, Alfortville"\nEst;2021;"Alfortville ; Créteil"\nEst;2020;Créteil\n'
    )
    assert (found(same), blocking(same)) == ({"Est": {"94028", "94002"}}, [])


def test_the_etat_is_that_of_the_last_year() -> None:
    draft = read("CLSM;Année;Commune;Statut\nEst;2019;Créteil;projet\nEst;2021;Créteil;signé\nNord;2019;Vincennes;signé\nNord;2021;Vincennes;dissous\n")  # fmt: skip
    assert (list(draft.zones["etat"]), draft.dissolved, draft.without) == ([Etat.EN_SERVICE], ("Nord",), ("94080",))


def test_a_row_without_a_year_stays_and_territories_far_apart_are_not_years_of_one() -> None:
    undated = read('CLSM;Année;Communes\nEst;2019;"Créteil, Alfortville"\nEst;2021;Créteil\nEst;;Vincennes\n')
    assert found(undated) == {"Est": {"94028", "94080"}} and "sans année" in told(undated)
    apart = read(
        'CLSM;Année;Communes\nCentre;2015;Niort\nCentre;2019;Aubervilliers\nEst;2019;"Créteil, Vincennes"\nEst;2021;Créteil\n'
    )
    assert found(apart) == {"Centre": {"79191", "93001"}, "Est": {"94028"}}


def test_years_of_sources_and_one_year_for_all_say_nothing() -> None:
    for content in (
        "nom;annee_source;code_commune\nEst;2019;94028\nEst;2021;94002\n",
        "CLSM;Année;Code INSEE\nEst;2019;94028\nEst;2019;94002\nNord;2021;93001\n",
    ):
        draft = read(content)
        assert (found(draft)["Est"], blocking(draft)) == ({"94028", "94002"}, [])


def test_the_last_of_columns_of_years_is_read_and_told() -> None:
    draft = read('CLSM;Communes 2019;Communes 2021\nEst;"Créteil, Alfortville";"Créteil, Vincennes"\nNord;Aubervilliers;"Aubervilliers, Pantin"\n')  # fmt: skip
    assert found(draft) == {"Est": {"94028", "94080"}, "Nord": {"93001", "93055"}}
    assert [(d.proposal, d.blocking) for d in draft.doubts] == [("Communes 2021", False)]


def test_periods_are_years_too() -> None:
    draft = read('CLSM;Communes;Millésime\nEst;Créteil, Alfortville;2020-2022\nEst;"Créteil, Vincennes";2023-2025\n')
    assert found(draft) == {"Est": {"94028", "94080"}} and "2020-2022 (ligne 2)" in told(draft)
