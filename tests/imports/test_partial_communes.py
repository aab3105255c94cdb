"""Communes that a cell gives in part, arrondissements, marks of the mail and halves of the Rhône: none is counted whole unless it is said."""

from __future__ import annotations

import pytest

from geo.communes import history, part_of, read_any, read_with_parts, split_list
from geo.errors import GeoInputError
from geo.imports import YES, ImportDraft
from tests.imports.test_received_files import ALL_13, blocking, body, found, read, told
from tests.support.real import atlas


def in_part(draft: ImportDraft) -> set[str]:
    """Return the codes of the communes that are members in part."""
    members = draft.members
    return {str(atlas().codes[row]) for row, whole in zip(members["row"], members["whole"], strict=True) if not whole}


# --- parts of communes -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "whole", "part"),
    [
        ("Créteil, Fontenay-sous-Bois (en partie), Vincennes", {"94028", "94080"}, {"94033"}),
        ("Créteil ; partie de Vincennes ; Alfortville", {"94028", "94002"}, {"94080"}),
        ("Créteil, Vincennes pour partie et Alfortville", {"94028", "94002"}, {"94080"}),
        ("Créteil (sauf quartier du Mont-Mesly), Alfortville", {"94002"}, {"94028"}),
        ("Vincennes, Créteil hors Mont-Mesly, Alfortville", {"94080", "94002"}, {"94028"}),
        ("Créteil (sauf le Mont-Mesly, les Bleuets et la Habette) et Vincennes", {"94080"}, {"94028"}),
        ("Créteil (quartiers des Bleuets et du Palais), Vincennes", {"94080"}, {"94028"}),
        ("Créteil, en partie, Vincennes", {"94080"}, {"94028"}),
        ("une partie de Créteil et de Vincennes", set(), {"94028", "94080"}),
        ("parties de Créteil et Vincennes", set(), {"94028", "94080"}),
        ("une partie de Créteil et Vincennes", {"94080"}, {"94028"}),
        ("Créteil (partiellement) ; VINCENNES (94, EN PARTIE) ; 94002 (partie)", set(), {"94028", "94080", "94002"}),
        ("Créteil p.p., Vincennes - pour partie, Alfortville (p.)", set(), {"94028", "94080", "94002"}),
        ("la partie nord de la commune de Créteil, Vincennes", {"94080"}, {"94028"}),
        ("Créteil (en grande partie), majeure partie de Vincennes, 94002 partiel", set(), {"94028", "94080", "94002"}),
        ("Créteil (partie Mont-Mesly), Vincennes", {"94080"}, {"94028"}),
        ("partie du Plessis-Trévise, Créteil", {"94028"}, {"94059"}),
        ("Paris 13e (en partie), Gentilly", {"94037"}, {"75113"}),
        ("Chemillé-en-Anjou sauf Valanjou, Cholet", {"49099"}, {"49092"}),  # one of its communes of before
    ],
)  # fmt: skip
def test_a_part_of_a_commune_in_a_list_is_never_the_whole(cell: str, whole: set[str], part: set[str]) -> None:
    draft = read(f'CLSM;Communes\nEst;"{cell}"\n')
    assert (found(draft)["Est"], in_part(draft)) == (whole | part, part)
    assert (draft.whole, blocking(draft)) == (True, [])
    assert told(draft).count("une partie seulement") == len(part)


@pytest.mark.parametrize(
    "row",
    ["94028;Créteil (en partie)", "94028 (en partie);Créteil", "94028;Créteil sauf le Mont-Mesly", ";Créteil pour partie", "94028;partie de Créteil",
     "94028;Créteil (quartier du Mont-Mesly)"],
)  # fmt: skip
def test_a_code_does_not_make_whole_what_its_name_says_to_be_a_part(row: str) -> None:
    draft = read(f"CLSM;Code INSEE;Commune\nEst;{row}\nEst;94002;Alfortville\n")
    assert (found(draft)["Est"], in_part(draft)) == ({"94028", "94002"}, {"94028"})


def test_a_homonym_in_part_is_settled_where_it_stands_and_asked_elsewhere() -> None:
    settled = read('CLSM;Communes\nN;"Saint-Ouen-sur-Seine, Aubervilliers, Saint-Denis (en partie)"\n')
    assert (found(settled)["N"], in_part(settled)) == ({"93070", "93001", "93066"}, {"93066"})
    asked = read('CLSM;Communes\nN;"Créteil, Fontenay (en partie)"\n')
    (doubt,) = asked.doubts
    assert found(asked)["N"] == {"94028"}
    answered = read(
        'CLSM;Communes\nN;"Créteil, Fontenay (en partie)"\n', answers=asked.answers.settle(doubt.key, "94033")
    )
    assert (found(answered)["N"], in_part(answered)) == ({"94028", "94033"}, {"94033"})


def test_a_part_of_an_epci_or_of_a_city_is_refused_for_nobody_knows_which() -> None:
    for cell, what in (("CA du Niortais (en partie)", "quelles communes"), ("Marseille (en partie)", "quels arrondissements")):  # fmt: skip
        draft = read(f'CLSM;Communes\nA;"{cell}, Créteil"\n')
        assert found(draft) == {"A": {"94028"}} and not draft.whole
        assert f"sans dire {what}" in told(draft)


@pytest.mark.parametrize(
    ("cell", "whole", "part"),
    [
        ("CA du Niortais (sauf Niort, Aiffres), Bressuire", {"79049"}, set()),
        ("Bressuire, CA du Niortais sauf Niort, Aiffres", {"79049"}, set()),
        ("CA du Niortais sauf Niort (en partie) et Aiffres", set(), {"79191"}),
    ],
)
def test_what_an_epci_leaves_out_touches_neither_its_neighbours_in_the_list_nor_its_parts(
    cell: str, whole: set[str], part: set[str]
) -> None:
    draft = read(f'CLSM;Communes\nA;"{cell}"\n')
    assert found(draft)["A"] == (body("CA du Niortais") - {"79191", "79003"}) | whole | part
    assert in_part(draft) == part


@pytest.mark.parametrize("cell", ["Niort sauf Niort", "Créteil hors Alfortville"])
def test_what_leaves_out_everything_or_a_neighbour_is_refused(cell: str) -> None:
    with pytest.raises(GeoInputError, match="ce qui est exclu n’est pas compris"):
        read(f'CLSM;Communes\nA;"{cell}"\n')


def test_no_name_of_a_commune_or_of_an_epci_says_a_part() -> None:
    names = [*atlas().names, *(name for _, name in atlas().former.values()), *(old[0] for old in history(atlas()).old_names), *atlas().epci["nom"]]  # fmt: skip
    assert [name for name in names if name and part_of(str(name), atlas())] == []


def test_a_place_that_is_meant_in_part_is_taken_whole_by_nobody() -> None:
    for text in ("Créteil (en partie)", "94028 en partie", "CA du Niortais sauf Niort (en partie)"):
        place = read_any(text, atlas())
        assert (place.status, place.atoms) == ("refusé", ()) and place.partial
        assert read_with_parts(text, atlas()).status != "refusé"


# --- arrondissements ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("Paris 13e, 14e et 15e", {"75113", "75114", "75115"}),
        ("Lyon IIIe et VIIe, Villeurbanne", {"69383", "69387", "69266"}),
        ("Paris XIIIe, XIVe", {"75113", "75114"}),
        ("13e et 14e arrondissements de Marseille, Allauch", {"13213", "13214", "13002"}),
        ("arrondissements 13 et 14 de Marseille", {"13213", "13214"}),
        ("Marseille : arrondissements 1 à 3", {"13201", "13202", "13203"}),
        ("Marseille 13e arrondissement et 14e arrondissement", {"13213", "13214"}),
        ("Marseille 13e-14e", {"13213", "13214"}),
        ("Marseille 13013, 13014", {"13213", "13214"}),  # 13014 is also the code of Berre-l’Étang
        ("13013 et 13014 Marseille", {"13213", "13214"}),
        ("Marseille sauf 13e et 14e", ALL_13 - {"13213", "13214"}),
    ],
)  # fmt: skip
def test_arrondissements_that_are_clear_are_read(cell: str, codes: set[str]) -> None:
    draft = read(f'CLSM;Communes\nA;"{cell}"\n')
    assert (found(draft)["A"], draft.whole) == (codes, True)


@pytest.mark.parametrize("cell", ["Marseille 1er-7e", "Marseille 1 - 7", "1er-7e arrondissements de Marseille"])
def test_a_dash_between_far_arrondissements_is_asked_about(cell: str) -> None:
    """The first sector of Marseille is its 1st and 7th arrondissements: a dash may join them as well as go from one to the other."""
    draft = read(f'CLSM;Communes\nA;"{cell}, Aubagne"\n')
    assert found(draft) == {"A": {"13005"}}
    assert "1er et 7e arrondissements seulement, ou aussi" in told(draft)


def test_a_number_of_a_departement_makes_no_arrondissement() -> None:
    assert split_list("Marseille 13, 06 Nice, 84 Avignon", atlas()) == ["Marseille 13", "06 Nice", "84 Avignon"]


# --- marks of the mail -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "city", "district"),
    [("Marseille Cedex 05", "13055", "13205"), ("Lyon CEDEX 03", "69123", "69383"), ("Paris Cedex 12", "75056", "75112"),
     ("75634 Paris Cedex 13", "75056", "75113"), ("Marseille Cedex 20", "13055", ""), ("Lyon Cedex", "69123", "")],
)  # fmt: skip
def test_a_cedex_is_neither_an_arrondissement_nor_the_city(name: str, city: str, district: str) -> None:
    draft = read(f"CLSM;Commune\nA;{name}\nB;Créteil\n")
    (doubt,) = draft.doubts
    assert found(draft) == {"B": {"94028"}}
    assert [code for _, code in doubt.candidates[:-1]] == list(filter(None, (city, district)))
    assert ("à confirmer" in doubt.said) is bool(district)


def test_a_cedex_of_a_commune_without_arrondissements_says_nothing() -> None:
    draft = read("CLSM;Commune\nA;Lille Cedex\nA;NIORT CEDEX 9\nB;13005 Marseille Cedex 05\n")
    assert (found(draft), draft.whole) == ({"A": {"59350", "79191"}, "B": {"13205"}}, True)


# --- départements -------------------------------------------------------------------------------------------------------
def test_the_rhone_has_two_halves() -> None:
    every = {str(atlas().codes[row]) for row in atlas().members("departement", "69")}
    city = body("Métropole de Lyon")
    for cell, codes in {
        "69M": city, "69 M - Métropole de Lyon": city, "69D": every - city, "Rhône (69D)": every - city, "Rhône hors métropole de Lyon": every - city,
        "69": every, "69D, 69M": every,
    }.items():  # fmt: skip
        assert found(read(f'CLSM;Département\nA;"{cell}"\nB;75\n'))["A"] == codes
    assert found(read("CLSM;Département;Commune\nA;69D;Villefranche-sur-Saône\nA;69M;Bron\n")) == {
        "A": {"69264", "69029"}
    }


def test_islands_are_read_as_people_write_them() -> None:
    corse = {str(atlas().codes[row]) for code in ("2A", "2B") for row in atlas().members("departement", code)}
    guadeloupe = {str(atlas().codes[row]) for row in atlas().members("departement", "971")}
    assert found(read("CLSM;Département\nA;20\nB;97-1\nC;75\n"))["A"] == corse
    assert found(read("CLSM;Département\nA;20\nB;97-1\nC;75\n"))["B"] == guadeloupe
    assert found(read('CLSM;Département\nA;"2A, 97-1"\nC;75\n'))["A"] > guadeloupe


# --- parts told elsewhere than in the name -------------------------------------------------------------------------------
def test_a_star_that_a_note_explains_makes_a_part() -> None:
    draft = read('CLSM;Communes\nA;"Brest*, Guipavas, Plouzané *"\n* en partie seulement;\n')
    assert (found(draft)["A"], in_part(draft)) == ({"29019", "29075", "29212"}, {"29019", "29212"})
    other = read('CLSM;Communes\nA;"Brest*, Guipavas"\n* a quitté le CLSM en 2024;\n')
    assert "n’est pas appliquée aux communes marquées d’un astérisque" in told(other)


@pytest.mark.parametrize("word", ["en partie", "partiellement", "partiel", "Pour partie"])
def test_a_cell_of_yes_and_no_or_a_cross_may_say_a_part(word: str) -> None:
    crosses = read(f"Commune;CLSM Est;CLSM Nord\nCréteil;x;\nVincennes;{word};\nAubervilliers;;x\n")
    assert found(crosses) == {"CLSM Est": {"94028", "94080"}, "CLSM Nord": {"93001"}}
    assert in_part(crosses) == {"94080"}
    content = f"Code INSEE;Commune;CLSM\n94028;Créteil;oui\n94080;Vincennes;{word}\n94002;Alfortville;non\n"
    column = read(content)
    (key,) = [key for key in blocking(column) if key.startswith("valeur/")]
    assert found(column) == {"a": {"94028"}}
    column = read(content, answers=column.answers.settle(key, YES))
    assert (found(column)["a"], in_part(column)) == ({"94028", "94080"}, {"94080"})


def test_a_part_in_one_of_several_columns_of_communes_is_kept() -> None:
    draft = read("CLSM;Commune 1;Commune 2;Commune 3\nEst;Créteil;Vincennes;\nNord;Aubervilliers;Pantin;Saint-Denis (93) en partie\n")  # fmt: skip
    assert (found(draft)["Nord"], in_part(draft)) == ({"93001", "93055", "93066"}, {"93066"})


@pytest.mark.parametrize("note", ["partie Mont-Mesly seulement", "uniquement le quartier du Mont-Mesly", "en grande partie"])  # fmt: skip
def test_a_remark_of_a_part_is_asked_about(note: str) -> None:
    draft = read(f"CLSM;Commune;Remarque\nEst;Créteil;{note}\nEst;Alfortville;\n")
    assert found(draft) == {"Est": {"94002"}} and len(blocking(draft)) == 1


def test_a_part_of_an_iris_or_of_an_epci_alone_is_refused_with_its_reason() -> None:
    iris = read("CLSM;Code IRIS\nEst;940280101\nEst;940280102 (partie)\n")
    assert (
        iris.fine is not None
        and list(iris.fine["iris"]) == ["940280101"]
        and "partie seulement d’un IRIS" in told(iris)
    )
    assert "sans dire quelles communes" in told(read("CLSM;EPCI\nA;CA du Niortais\nB;CC du Thouarsais pour partie\n"))


def test_a_column_of_parts_is_understood_however_it_is_filled() -> None:
    draft = read(
        "CLSM;Code INSEE;Part\nEst;94028;partielle (Mont-Mesly)\nEst;94002;50 %\nEst;94080;100 %\nEst;94046;\n"
    )
    assert in_part(draft) == {"94028", "94002"} and found(draft)["Est"] == {"94028", "94002", "94080", "94046"}


@pytest.mark.parametrize(
    ("cell", "whole", "part"),
    [
        ("Marseille 13e (partie), 14e et 15e", {"13214", "13215"}, {"13213"}),
        ("Paris 18e et 19e (partie)", {"75118"}, {"75119"}),
        ("Lyon 3e, 6e et une partie du 7e", {"69383", "69386"}, {"69387"}),
    ],
)
def test_arrondissements_in_part_stay_with_their_city(cell: str, whole: set[str], part: set[str]) -> None:
    draft = read(f'CLSM;Communes\nA;"{cell}"\n')
    assert (found(draft)["A"], in_part(draft)) == (whole | part, part)
