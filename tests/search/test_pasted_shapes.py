"""A list arrives numbered, with headers, as columns of a spreadsheet, or with a département beside each name."""

from __future__ import annotations

import pytest

from geo.search import Pasted, read_pasted
from tests.search.test_search import index
from tests.support import real

THREE = {"94028", "94016", "94054"}  # Créteil, Cachan, Orly


def read(text: str, departement: str | None = None) -> Pasted:
    return read_pasted(text, real.atlas(), index(), departement)


def whole(text: str) -> set[str]:
    """Return the communes of a list of which nothing is left to choose."""
    found = read(text)
    assert found.to_choose == (), found.to_choose
    return set(found.codes)


def first(text: str) -> str:
    (one,) = read(text).to_choose
    return one.choices[0].label


@pytest.mark.parametrize(
    "text",
    [
        "Commune\tPopulation\nCréteil\t92989\nCachan\t31103\nOrly\t24658",
        "Créteil\t92989\nCachan\t31103\nOrly\t24658",
        "Créteil;92 989\nCachan;31 103\nOrly;1 053",
        "Commune;Code INSEE;Population\nCréteil;94028;92989\nCachan;94016;31103\nOrly;94054;24658",
        "94028\tCréteil\t92989\n94016\tCachan\t31103\n94054\tOrly\t24658",
        "Code postal\tVille\n94000\tCréteil\n94230\tCachan\n94310\tOrly",
        "Dép.;Commune\n94;Créteil\n94;Cachan\n94;Orly",
        "94\tCréteil\n94\tCachan\n94\tOrly",
        "Val-de-Marne;Créteil\nVal-de-Marne;Cachan\nVal-de-Marne;Orly",
        "Commune\tEPT\nCréteil\tGrand Paris Sud Est Avenir\nCachan\tGrand-Orly Seine Bièvre\nOrly\tGrand-Orly Seine Bièvre",
        "Créteil;\nCachan;\nOrly;",
        "Nom,Code\nCréteil,94028\nCachan,94016\nOrly,94054",
    ],
)
def test_of_a_table_the_communes_alone_are_taken(text: str) -> None:
    assert whole(text) == THREE


def test_a_column_that_is_left_aside_is_named() -> None:
    assert read("Commune\tPopulation\nCréteil\t92989\nCachan\t31103").left == ("Population",)
    assert read("Créteil\t92989\nCachan\t31103").left == ("colonne 2 (92989…)",)
    assert read("Créteil\nCachan").left == ()


def test_a_table_whose_codes_belong_to_its_names_leaves_to_choose_the_line_that_disagrees() -> None:
    found = read("Créteil;94028\nCachan;94016\nOrly;31103")
    assert found.codes == {"94028", "94016"}
    assert [one.line for one in found.to_choose] == [3]


def test_a_number_beside_one_name_is_not_taken_for_a_commune() -> None:
    found = read("Cachan\t31103")
    assert found.codes == frozenset()
    assert "Cachan (94016)" in [choice.label for choice in found.to_choose[0].choices]


def test_columns_of_codes_or_of_names_are_so_many_communes() -> None:
    assert whole("94028\t94016\n94054\t94028") == THREE
    assert whole("Créteil\tCachan\nOrly\tCréteil") == THREE
    assert whole("Créteil, 94033\nCachan, 94081") == {"94028", "94016", "94033", "94081"}
    assert whole("Créteil, Cachan\nMans, Le") == {"94028", "94016", "72181"}


@pytest.mark.parametrize(
    "title", ["Commune", "Communes :", "Nom de la commune", "INSEE", "Code INSEE", "Liste des communes"]
)
def test_the_title_of_a_column_is_no_commune(title: str) -> None:
    assert whole(f"{title}\nCréteil\nCachan\nOrly") == THREE


def test_a_name_that_is_also_a_title_is_not_lost() -> None:
    assert first("Ville\nCréteil") == "Villé (67507)"


@pytest.mark.parametrize("mark", ["{}. ", "{}) ", "{}- ", "{} - ", "{} ", "({}) ", "{}°) ", "{}\t", "N° {} : "])
def test_the_numbers_of_a_list_are_no_departements(mark: str) -> None:
    names = ["Créteil", "Cachan", "Orly"] * 5
    assert whole("\n".join(mark.format(n) + name for n, name in enumerate(names, 1))) == THREE


def test_departements_that_look_like_numbers_stay() -> None:
    assert whole("1 Bourg-en-Bresse\n2 Laon\n3 Moulins") == {"01053", "02408", "03190"}
    assert whole("93 Saint-Denis\n974 Saint-Denis") == {"93066", "97411"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Saint-Denis, La Réunion", {"97411"}),
        ("Saint-Denis, 93, Sainte-Marie, 974", {"93066", "97418"}),
        ("Évry, Essonne", {"91228"}),
        ("Val-de-Marne : Orly", {"94054"}),
        ("Saint-Denis – Seine-Saint-Denis", {"93066"}),
        ("Lyon, Rhône, Belfort, Territoire de Belfort", None),
        ("Marseille, Nice", None),
    ],
)
def test_a_departement_beside_a_name_says_which_commune_it_is(text: str, codes: set[str] | None) -> None:
    found = whole(text)
    assert found == codes if codes else found


@pytest.mark.parametrize(
    "text",
    [
        "Créteil - Cachan - Orly",
        "Créteil+Cachan + Orly",
        "Créteil, Cachan\net Orly",
        "Créteil (92 989 habitants)\nCachan : 31 103 hab.\nOrly, 24 658 habitants",
        "a) Créteil\nb) Cachan\nc) Orly",
        "Villes de Créteil\nCommunes de Cachan\nMairie d’Orly",
    ],
)
def test_a_list_is_written_as_people_write(text: str) -> None:
    assert whole(text) == THREE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Aulnay s/bois (93)", "93005"), ("Aulnay s/ Bois", "93005"), ("Fontenay s/s Bois", "94033"),
        ("Fontenay s/Bois", "94033"), ("Vitry s/Seine", "94081"), ("Chalon s/ Saône", "71076"),
    ],
)  # fmt: skip
def test_a_bar_after_s_is_sur_or_sous(text: str, code: str) -> None:
    assert whole(text) == {code}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Val-de-Marne", "tout le département : Val-de-Marne (94), 47 communes"),
        ("94", "tout le département : Val-de-Marne (94), 47 communes"),
        ("Évry", "Évry-Courcouronnes (91228), nommée Évry avant"),
        ("Asnières", "Asnières-sur-Seine (92004), nommée Asnières avant"),
    ],
)
def test_what_a_name_may_mean_is_asked(text: str, label: str) -> None:
    assert first(text) == label


def test_a_small_commune_of_the_departement_looked_at_is_taken_before_a_large_one_that_bore_its_name() -> None:
    assert read("Évry", "89").codes == {"89162"}
    assert read("Évry", "91").codes == {"91228"}
    assert read("Évry", "94").codes == frozenset()
    assert read("Évry (89)").codes == {"89162"}


def test_a_name_of_before_is_said_without_a_code_nobody_wrote() -> None:
    (one,) = read("Saint-Ouen (93)").corrected
    assert one.said == "« Saint-Ouen (93) » : nom d’avant, aujourd’hui Saint-Ouen-sur-Seine (93070)."
