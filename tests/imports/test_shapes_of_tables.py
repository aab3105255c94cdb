"""Tables as people lay them out: several on a sheet, titles on two rows, communes over several columns, crosses by year, sections."""

from __future__ import annotations

import pytest

from geo.imports import ABOVE, ImportDraft
from geo.imports.settling import FILE_NAME
from geo.layers import Etat
from tests.imports.test_received_files import blocking, found, read, told
from tests.support.table_files import xlsx_bytes


def accepted(content: str | bytes, draft: ImportDraft, name: str = "a.csv") -> ImportDraft:
    """Read again with every proposal of a draft taken."""
    answers = draft.answers
    for doubt in draft.doubts:
        answers = answers.settle(doubt.key, doubt.proposal) if doubt.blocking else answers
    return read(content, name, answers=answers)


# --- several tables on a sheet -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "second",
    [
        "CLS;Commune\nEst;Vincennes",
        "CLSM;Statut;Commune\nEst;signé;Vincennes",
        "CPTS;Code INSEE;Ville\nEst;94080;Vincennes",
    ],
)
def test_a_second_table_under_the_first_is_told_and_not_mixed_in(second: str) -> None:
    draft = read(f"CLSM;Commune\nA;Créteil\nA;Bonneuil-sur-Marne\n;\n{second}\n")
    assert (found(draft), draft.aside, draft.whole) == ({"A": {"94028", "94011"}}, 1, False)
    assert "ligne 5, un autre tableau commence" in told(draft)


def test_a_header_that_comes_again_is_no_other_table() -> None:
    draft = read("CLSM;Commune\nA;Créteil\nCLSM;Commune\nB;Niort\n")
    assert (found(draft), draft.whole) == ({"A": {"94028"}, "B": {"79191"}}, True)


def test_names_of_communes_that_are_words_of_titles_are_communes() -> None:
    assert found(read("CLSM;Commune\nA;Ville\nA;Noyon\n")) == {"A": {"60676", "60471"}}


def test_tables_side_by_side_are_read_together() -> None:
    draft = read("CLSM;Commune;;CLSM;Commune\nA;Créteil;;B;Niort\nA;Bonneuil-sur-Marne;;B;Chauray\nA;Alfortville;;;\n")
    assert found(draft) == {"A": {"94028", "94011", "94002"}, "B": {"79191", "79081"}}
    assert (blocking(draft), "côte à côte" in told(draft)) == ([], True)


def test_a_table_of_another_layer_beside_is_not_mixed_in() -> None:
    assert found(read("CLSM;Commune;;CLS;Commune\nA;Créteil;;B;Niort\n")) == {"A": {"94028"}}


# --- communes over several columns ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "header", ["Commune 1;Commune 2;Commune 3", "commune_1;commune_2;commune_3", "Commune;Commune;Commune"]
)
def test_numbered_columns_of_communes_are_one_list(header: str) -> None:
    draft = read(f"CLSM;{header}\nNord;Créteil;Bonneuil-sur-Marne;\nEst;Vincennes;Fontenay-sous-Bois;Saint-Mandé\n")
    assert found(draft) == {"Nord": {"94028", "94011"}, "Est": {"94080", "94033", "94067"}}
    assert (blocking(draft), draft.whole) == ([], True)


def test_numbered_columns_of_codes_beside_names_are_one_list() -> None:
    draft = read("CLSM;Commune 1;Code 1;Commune 2;Code 2\nA;Créteil;94028;Vincennes;94080\nB;Niort;79191;;\n")
    assert found(draft) == {"A": {"94028", "94080"}, "B": {"79191"}}


def test_columns_of_communes_under_other_headers_are_asked_about() -> None:
    content = "CLSM;Ville centre;Partenaire;Autre partenaire\nNord;Créteil;Bonneuil-sur-Marne;\nEst;Vincennes;Fontenay-sous-Bois;Saint-Mandé\n"
    draft = read(content)
    assert blocking(draft) == ["feuille/reparties"]
    assert found(accepted(content, draft)) == {"Nord": {"94028", "94011"}, "Est": {"94080", "94033", "94067"}}


# --- crosses ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("headers", ["2018;2020;2022", "CLSM 2018;CLSM 2020;CLSM 2022"])
def test_of_several_years_the_last_is_proposed(headers: str) -> None:
    content = f"Territoire;Commune;{headers}\nA;Créteil;oui;oui;non\nA;Bonneuil-sur-Marne;non;oui;oui\n"
    draft = read(content)
    assert (found(draft), blocking(draft)) == ({"A": {"94011"}}, ["colonne/retenue"])
    first = headers.partition(";")[0]
    assert found(read(content, answers=draft.answers.settle("colonne/retenue", first))) == {"A": {"94028"}}


def test_years_name_no_territories() -> None:
    draft = read("Commune;2018;2020\nCréteil;x;\nVincennes;x;x\n")
    assert found(draft) == {"a": {"94080"}} and "colonne/retenue" in blocking(draft)


def test_crosses_of_other_layers_name_no_territories() -> None:
    draft = read("Commune;CLSM;CLS;CPTS\nCréteil;x;;x\nBonneuil-sur-Marne;x;x;\nVincennes;;;x\n")
    assert found(draft) == {"a": {"94028", "94011"}}


def test_a_cross_may_be_a_state() -> None:
    content = "Commune;CLSM Nord;CLSM Est\nCréteil;Oui;Non\nBonneuil-sur-Marne;en projet;Non\nVincennes;Non;Oui\nSaint-Mandé;Non;en projet\n"
    draft = read(content)
    assert blocking(draft) == ["feuille/croise"]
    assert found(draft) == {"CLSM Nord": {"94028", "94011"}, "CLSM Est": {"94080", "94067"}}
    assert list(draft.zones["etat"]) == [Etat.PROJET, Etat.PROJET]


# --- names above their communes ---------------------------------------------------------------------------------------------
def test_a_name_alone_above_its_communes_is_their_territory() -> None:
    content = "CLSM;Commune\nNord;\n;Créteil\n;Bonneuil-sur-Marne\nSud;\n;Niort\n;Chauray\n"
    draft = read(content)
    assert blocking(draft) == ["valeur/nom/"]
    settled = read(content, answers=draft.answers.settle("valeur/nom/", ABOVE))
    assert found(settled) == found(draft) == {"Nord": {"94028", "94011"}, "Sud": {"79191", "79081"}}
    assert (settled.settled, settled.whole) == (True, True)


@pytest.mark.parametrize("ditto", ["idem", "Id.", "〃", "''", '- " -'])
def test_a_sign_of_repetition_is_the_name_above(ditto: str) -> None:
    cell = '"' + ditto.replace('"', '""') + '"'
    draft = read(f"CLSM;Code INSEE\nA;94028\n{cell};94011\nB;94067\n{cell};94033\n")
    assert (found(draft), blocking(draft)) == ({"A": {"94028", "94011"}, "B": {"94067", "94033"}}, [])


# --- titles ------------------------------------------------------------------------------------------------------------------
def test_titles_on_two_rows_are_understood_together() -> None:
    rows = [
        ["Territoire", "", "Commune", ""],
        ["CLSM", "Statut", "Code", "Nom"],
        ["A", "signé", "94028", "Créteil"],
        ["B", "dissous", "94011", "x"],
    ]
    draft = read(xlsx_bytes({"L": rows}), "x.xlsx")
    assert (found(draft), draft.dissolved, blocking(draft)) == ({"A": {"94028"}}, ("B",), [])
    assert draft.understanding["code_commune"] == "Code Commune"


def test_a_first_row_of_data_is_no_second_row_of_titles() -> None:
    assert found(read("CLSM;Commune;\nNom;Créteil;x\nA;Niort;\n")) == {"Nom": {"94028"}, "A": {"79191"}}


# --- sheets ------------------------------------------------------------------------------------------------------------------
def test_a_sheet_for_each_territory_is_asked_about() -> None:
    head = ["Code INSEE", "Commune"]
    content = xlsx_bytes({"CLSM Nord": [head, ["94028", "Créteil"]], "CLSM Sud": [head, ["79191", "Niort"]]})
    draft = read(content, "x.xlsx")
    assert (found(draft), blocking(draft)) == ({"CLSM Nord": {"94028"}, "CLSM Sud": {"79191"}}, ["colonne/nom"])
    assert found(accepted(content, draft, "x.xlsx")) == found(draft)
    whole = read(content, "x.xlsx", answers=draft.answers.settle("colonne/nom", FILE_NAME))
    assert found(whole) == {"x": {"94028", "79191"}}
