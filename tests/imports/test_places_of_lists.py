"""Communes, départements and EPCI as people write them: codes that a spreadsheet damaged, postal codes, arrondissements, whole bodies."""

from __future__ import annotations

import pytest

from geo.communes import departement_of_text, in_departement, split_list
from geo.communes.codes import whole_number
from geo.errors import GeoInputError
from tests.imports.test_received_files import blocking, body, found, read, told
from tests.support.real import atlas

# --- numbers -----------------------------------------------------------------------------------------------------------
RIGHT = {
    "a power of ten with all its digits": ("CLSM;Code INSEE\nA;9.4028E+04\nA;9,4011E+04\n", {"A": {"94028", "94011"}}),
    "a number of commune beside its département": ("CLSM;Dép;Code commune\nA;94;028\nA;94;11\n", {"A": {"94028", "94011"}}),
    "the same, with names": ("CLSM;Dép;Com;Commune\nA;1;53;Bourg-en-Bresse\nA;01;344;Saint-Denis-lès-Bourg\n", {"A": {"01053", "01344"}}),
    "overseas": ("CLSM;Dép;Code commune\nA;974;11\nA;974;411\nA;974;15\n", {"A": {"97411", "97415"}}),
    "postal codes in a list": ('CLSM;Communes\nA;"75013, 75018, 75020"\n', {"A": {"75113", "75118", "75120"}}),
    "codes in a list": ('CLSM;Communes\nA;"94028, 94011"\n', {"A": {"94028", "94011"}}),
    "former codes in a list": ('CLSM;Communes\nA;"49350, 49023"\n', {"A": {"49301", "49023"}}),
    "arrondissements of a city": (
        'CLSM;Communes\nA;"Marseille 13e, 14e, 15e et 16e"\nB;"Lyon 8e et 3e, Villeurbanne"\nC;"Paris 18, 19 et 20"\n',
        {"A": {"13213", "13214", "13215", "13216"}, "B": {"69388", "69383", "69266"}, "C": {"75118", "75119", "75120"}},
    ),
    "arrondissements before the city": (
        'CLSM;Communes\nA;"13e et 14e arrondissements de Marseille"\nB;"1er, 2e arrondissement de Lyon ; Villeurbanne"\n',
        {"A": {"13213", "13214"}, "B": {"69381", "69382", "69266"}},
    ),
    "arrondissements from one to another": ('CLSM;Communes\nA;"Marseille 1er au 3e"\nB;"Lyon (1er et 2e arrondissements)"\n',
                                            {"A": {"13201", "13202", "13203"}, "B": {"69381", "69382"}}),
    "four arrondissements by their common name": ('CLSM;Communes\nA;"Paris-Centre, Paris 18e"\nB;Paris Centre\n',
        {"A": {"75101", "75102", "75103", "75104", "75118"}, "B": {"75101", "75102", "75103", "75104"}}),
    "Roman numbers": ("CLSM;Commune\nA;Paris XIII\nB;Lyon VIIIe\n", {"A": {"75113"}, "B": {"69388"}}),
    "départements": ("CLSM;Commune;Département\nF;Bourg;D33\nG;Celles;Dép. 15\nH;Saint-Denis;département n° 93\n",
                     {"F": {"33067"}, "G": {"15031"}, "H": {"93066"}}),
    "the old number of Corsica": ("CLSM;Commune;Département\nA;Ajaccio;20\n", {"A": {"2A004"}}),
    "all of it": (
        "CLSM;Communes;EPCI;Département\nA;toutes;CA du Niortais;79\nB;l'ensemble des communes;CC du Thouarsais;79\nC;Niort, Chauray;CA du Niortais;79\n",
        {"A": body("CA du Niortais"), "B": body("CC du Thouarsais"), "C": {"79191", "79081"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_table_gives_the_right_places(name: str) -> None:
    content, right = RIGHT[name]
    draft = read(content)
    assert found(draft) == right
    assert (blocking(draft), draft.whole, "non reconnu" in told(draft)) == ([], True, False)


def test_a_number_that_lost_its_last_digits_is_refused_and_said_so() -> None:
    draft = read("CLSM;Code INSEE\nA;1001\nA;1,00E+03\n")
    assert (found(draft), draft.refused) == ({"A": {"01001"}}, 1)
    assert "abrégé par le tableur" in told(draft)
    with pytest.raises(GeoInputError, match="abrégé par le tableur"):
        read("CLSM;EPCI\nA;2,00041E+08\n")


@pytest.mark.parametrize(
    ("text", "digits"),
    [("9.4028E+04", "94028"), ("9,4028E4", "94028"), ("1,000E+03", "1000"), ("9.40280E+04", "94028"), ("2,00041317E+08", "200041317"),
     ("1,00E+03", ""), ("9.40285E+04", ""), ("94E+03", ""), ("94028", ""), ("", ""), ("E+04", "")],
)  # fmt: skip
def test_a_power_of_ten_is_a_whole_number_where_no_digit_is_lost(text: str, digits: str) -> None:
    assert whole_number(text) == digits


@pytest.mark.parametrize(
    ("number", "departement", "code"),
    [("28", "94", "94028"), ("028.0", "94", "94028"), ("4", "2A", "2A004"), ("11", "974", "97411"), ("411", "974", "97411"), ("511", "974", ""),
     ("94028", "94", ""), ("28", "", ""), ("x", "94", "")],
)  # fmt: skip
def test_a_commune_may_be_numbered_inside_its_departement(number: str, departement: str, code: str) -> None:
    assert in_departement(number, departement) == code


# --- postal codes where codes are expected -----------------------------------------------------------------------------
@pytest.mark.parametrize("codes", [("75013", "75018"), ("75013",), ("13014", "13015")])
def test_a_column_of_codes_that_are_all_postal_is_asked_about(codes: tuple[str, ...]) -> None:
    draft = read("CLSM;Code INSEE\n" + "".join(f"A;{code}\n" for code in codes))
    assert blocking(draft) == ["colonne/code_postal"]
    assert set.union(*found(draft).values()) == {f"751{c[3:]}" if c.startswith("75") else f"132{c[3:]}" for c in codes}


def test_a_number_alone_that_was_a_code_and_is_a_postal_code_is_not_guessed() -> None:
    draft = read("CLSM;Commune\nA;Créteil\nA;Alfortville\nG;75013\n")
    assert (found(draft), draft.refused) == ({"A": {"94028", "94002"}}, 1)
    assert {"75113", "93013"} <= set(draft.doubts[0].atoms)


def test_numbers_that_all_are_codes_and_postal_codes_are_not_guessed() -> None:
    draft = read('CLSM;Communes\nA;"13014, 13015"\nB;Créteil\n')
    assert (found(draft), draft.names_refused) == ({"B": {"94028"}}, 2)
    assert "le code postal de Marseille 14e" in told(draft)


def test_a_list_of_arrondissements_leaves_other_numbers_alone() -> None:
    assert split_list("Lyon 8, 69100 Villeurbanne", atlas()) == ["Lyon 8", "69100 Villeurbanne"]
    assert split_list("Marseille 13, Aubagne 13", atlas()) == ["Marseille 13", "Aubagne 13"]
    assert split_list("Paris", atlas()) == ["Paris"]


@pytest.mark.parametrize("text", ["D", "Dole", "Dép", "D 999", "Die 26"])
def test_what_begins_like_a_departement_is_none(text: str) -> None:
    assert departement_of_text(text, atlas()) is None


# --- what a file announces ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("header", ["Nombre de communes", "Nb communes membres"])
def test_another_number_of_communes_than_announced_is_told(header: str) -> None:
    draft = read(f"CLSM;EPCI;{header}\nN;CA du Niortais;12\nT;CC du Thouarsais;{len(body('CC du Thouarsais'))}\n")
    said = [str(remark) for remark in draft.remarks if "annonce" in str(remark)]
    assert (
        len(said) == 1 and "le fichier en annonce 12" in said[0] and "« N » : 40\N{NO-BREAK SPACE}communes" in said[0]
    )
