"""Tables that planners hold, read into a draft: hand answers for each shape, repair and refusal."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.errors import GeoInputError
from geo.imports import ABOVE, ABSENT, DISSOLVED, KINDS, Answers, ImportDraft, read_import, template
from geo.imports.publish import layer_from
from geo.layers import MEMBER_COLUMNS, ZONE_COLUMNS, Etat, Precision, load_layers
from geo.paths import DATA
from geo.register import Statement
from geo.remarks import Remark
from tests.support.real import atlas
from tests.support.table_files import Rows, csv_bytes, ods_bytes, ods_rows, xlsx_bytes

FACTS = {"clsm": "clsm", "cls": "cls", "cpts": "cpts", "dac": "dac", "secteurs-adultes": "secteurs_psy",
         "secteurs-enfants": "secteurs_psy"}  # fmt: skip
HEAD = ["clsm", "code_commune"]


def read(rows: Rows | bytes, kind: str = "clsm", name: str = "liste.csv", **options: object) -> ImportDraft:
    content = rows if isinstance(rows, bytes) else csv_bytes(rows)
    return read_import(content, name, kind, atlas=atlas(), **options)  # type: ignore[arg-type]


def communes(draft: ImportDraft, zone: str | None = None) -> set[str]:
    """Codes of the members of a zone, by its name; of all when None."""
    members = draft.members
    if zone is not None:
        members = members[members["zone"] == list(draft.zones["nom"]).index(zone)]
    return {str(atlas().codes[row]) for row in members["row"]}


def told(draft: ImportDraft, kind: str, row: int | None = None) -> list[Remark]:
    return [r for r in draft.remarks if r.kind == kind and (row is None or r.row == row)]


# --- our own files ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", FACTS)
def test_our_own_files_come_back_exactly(kind: str) -> None:
    path = DATA / "dispositifs" / f"{FACTS[kind]}.csv"
    draft = read_import(path, path.name, kind, atlas=atlas())
    layer = load_layers(atlas())[kind]
    pd.testing.assert_frame_equal(draft.zones[list(ZONE_COLUMNS)], layer.zones[list(ZONE_COLUMNS)], check_dtype=False)
    ours = draft.members.sort_values(["zone", "row"], ignore_index=True)
    theirs = layer.members.sort_values(["zone", "row"], ignore_index=True)
    columns = ["zone", "row", "whole", "inhabitants"]
    pd.testing.assert_frame_equal(ours[columns], theirs[columns], check_dtype=False)
    assert not told(draft, "refusé")
    assert draft.rows == draft.accepted


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_imports_as_it_is(kind: str) -> None:
    draft = read(template(kind), kind, f"modele-{kind}.xlsx")
    assert (draft.rows, draft.accepted) == (2, 2)
    assert not told(draft, "refusé")
    assert not told(draft, "réparé")
    assert {"nom", "code_commune", "part_commune", "etat"} <= set(draft.understanding)
    assert len(draft.members) == 2


# --- shapes ----------------------------------------------------------------------------------------------------------
PLAIN = [["CLSM", "Code INSEE", "Commune"], ["Nord", "94028", "Créteil"], ["Nord", "94033", "Fontenay-sous-Bois"],
         ["Sud", "79191", "Niort"]]  # fmt: skip


@pytest.mark.parametrize("sep", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "mac_roman"])
def test_separators_and_encodings_are_found(sep: str, encoding: str) -> None:
    draft = read(csv_bytes(PLAIN, sep=sep, encoding=encoding))
    assert communes(draft, "Nord") == {"94028", "94033"}
    assert communes(draft, "Sud") == {"79191"}
    assert draft.columns[2].examples[0] == "Créteil"
    assert not told(draft, "refusé")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_does(end: str) -> None:
    assert communes(read(csv_bytes(PLAIN, end=end))) == {"94028", "94033", "79191"}


def test_accents_read_in_the_wrong_encoding_are_mended_and_told() -> None:
    content = csv_bytes([["clsm", "commune"], ["CLSM de l’Été", "Créteil"]]).decode("utf-8").encode("utf-8")
    twice = content.decode("cp1252").encode("utf-8")
    draft = read(twice)
    assert list(draft.zones["nom"]) == ["CLSM de l’Été"]
    assert communes(draft) == {"94028"}
    assert any("rétablie" in r.message for r in told(draft, "réparé"))


def test_a_workbook_and_an_ods_give_what_the_csv_gives() -> None:
    expected = read(PLAIN)
    for content, name in ((xlsx_bytes({"Feuil1": PLAIN}), "x.xlsx"), (ods_bytes(ods_rows(PLAIN)), "x.ods")):
        draft = read(content, name=name)
        pd.testing.assert_frame_equal(draft.zones, expected.zones)
        pd.testing.assert_frame_equal(draft.members, expected.members)


def test_a_name_that_lies_about_the_form_does_not_matter() -> None:
    assert communes(read(xlsx_bytes({"Feuil1": PLAIN}), name="liste.csv")) == communes(read(PLAIN))


def test_titles_above_the_header_and_blank_lines_keep_the_row_numbers() -> None:
    rows = [["CLSM de la région", ""], ["", ""], ["mis à jour en 2024", ""], ["CLSM", "Code INSEE"], ["", ""],
            ["Nord", "94028"], ["", ""], ["Nord", "94999"]]  # fmt: skip
    draft = read(rows)
    assert communes(draft) == {"94028"}
    assert (draft.rows, draft.accepted) == (2, 1)
    assert [r.row for r in told(draft, "refusé")] == [8]
    assert any("ligne 4" in r.message for r in told(draft, "à savoir"))


def test_the_right_sheet_is_found_and_the_others_are_named() -> None:
    draft = read(xlsx_bytes({"Lisez-moi": [["Bonjour"], ["Ce fichier…"]], "Données": PLAIN}), name="x.xlsx")
    assert draft.sheet == "Données"
    assert communes(draft) == {"94028", "94033", "79191"}
    assert any("Lisez-moi" in r.message for r in told(draft, "à savoir"))
    with pytest.raises(GeoInputError, match="pas de feuille"):
        read(xlsx_bytes({"A": PLAIN}), name="x.xlsx", sheet="B")


def test_names_merged_over_rows_are_filled_in_workbooks() -> None:
    rows = [["CLSM", "Commune"], ["Nord", "Créteil"], ["", "Vincennes"], ["Sud", "Niort"], ["", "Chauray"]]
    draft = read(xlsx_bytes({"F": rows}, merged=[(1, 0, 2, 0), (3, 0, 4, 0)]), name="x.xlsx")
    assert communes(draft, "Nord") == {"94028", "94080"}
    assert communes(draft, "Sud") == {"79191", "79081"}


def test_names_on_the_first_row_only_are_asked_about_in_csv_and_carried_down_on_the_planners_word() -> None:
    rows = [["CLSM", "Commune"], ["Nord", "Créteil"], ["", "Vincennes"], ["Sud", "Niort"], ["", "Chauray"]]
    asked = read(rows)
    assert communes(asked) == {"94028", "79191"}
    (doubt,) = [d for d in asked.doubts if d.blocking]
    assert (doubt.value, doubt.rows, doubt.proposal) == ("", (3, 5), ABSENT)
    draft = read(rows, answers=asked.answers.settle(doubt.key, ABOVE))
    assert communes(draft, "Nord") == {"94028", "94080"}
    assert draft.settled
    assert any("ligne du dessus" in r.message for r in told(draft, "à savoir"))


def test_one_name_missing_among_many_is_refused_not_guessed() -> None:
    rows = [HEAD, *[["Nord", c] for c in ("94028", "94033", "94080", "94003", "94004")], ["", "79191"]]
    draft = read(rows)
    assert "79191" not in communes(draft)
    assert [r.row for r in told(draft, "refusé")] == [7]


@pytest.mark.parametrize(
    "cell",
    ["94028;94033;94080", "94028, 94033, 94080", "94028 / 94033 / 94080", "94028\n94033\n94080", "94028 94033 94080",
     "Créteil, Fontenay-sous-Bois et Vincennes", "Créteil ; Fontenay sous Bois ; VINCENNES",
     "Créteil (94028), Fontenay-sous-Bois (94), Vincennes"],
)  # fmt: skip
def test_a_list_of_communes_in_a_cell(cell: str) -> None:
    draft = read([["Territoire", "Communes"], ["Est", cell], ["Ouest", "Niort, Chauray"]])
    assert communes(draft, "Est") == {"94028", "94033", "94080"}
    assert communes(draft, "Ouest") == {"79191", "79081"}
    assert (draft.rows, draft.accepted) == (2, 2)


def test_a_list_with_one_bad_name_keeps_the_rest_and_is_known_in_part() -> None:
    draft = read(
        [["Territoire", "Communes"], ["Est", "Créteil, Trifouillis-les-Oies, Vincennes"], ["B", "Niort, Chauray"]]
    )
    assert communes(draft, "Est") == {"94028", "94080"}
    assert draft.zones["precision"].iloc[0] == Precision.PARTIELLE
    assert [r.row for r in told(draft, "refusé")] == [2]


@pytest.mark.parametrize(
    "cell", ["200041317", "CA du Niortais", "Communauté d’agglomération du Niortais", "200041317.0"]
)
def test_an_epci_stands_for_its_communes(cell: str) -> None:
    draft = read([["CLS", "EPCI"], ["CLS de Niort Agglo", cell]], "cls")
    rows = atlas().members("epci", "200041317")
    assert communes(draft) == set(atlas().codes[rows])
    assert draft.zones["precision"].iloc[0] == Precision.ETENDUE


def test_a_departement_stands_for_its_communes() -> None:
    for head, cell in (("Département", "79"), ("dep", "Deux-Sèvres"), ("communes", "département 79")):
        draft = read([["DAC", head], ["DAC 79", cell]], "dac")
        assert communes(draft) == set(atlas().codes[atlas().members("departement", "79")])
        assert draft.zones["precision"].iloc[0] == Precision.DEPARTEMENT
        assert draft.zones["departement"].iloc[0] == "79"


def test_a_bare_list_of_communes_is_one_territory_of_the_name_of_the_file() -> None:
    draft = read([["Commune"], ["Créteil"], ["Vincennes"]], name="CLSM de Créteil-Vincennes.csv")
    assert list(draft.zones["nom"]) == ["CLSM de Créteil-Vincennes"]
    assert communes(draft) == {"94028", "94080"}
    assert any("seul territoire" in r.message for r in told(draft, "à savoir"))


def test_a_table_without_header_is_read_from_its_first_row() -> None:
    draft = read([["Nord", "94028"], ["Nord", "94033"], ["Sud", "79191"]])
    assert communes(draft, "Nord") == {"94028", "94033"}
    assert draft.rows == 3


def test_totals_repeated_headers_and_other_columns_are_left_aside() -> None:
    rows = [["CLSM", "INSEE", "Population", "INSEE"], ["Nord", "94028", "93000", "x"], ["CLSM", "INSEE", "Population", "INSEE"],
            ["Nord", "94033", "50000", "y"], ["TOTAL", "", "143000", ""], ["Total général", "2", "", ""]]  # fmt: skip
    draft = read(rows)
    assert communes(draft) == {"94028", "94033"}
    assert (draft.rows, draft.accepted) == (2, 2)
    assert [c.name for c in draft.columns] == ["CLSM", "INSEE", "Population", "INSEE (2)"]


def test_somme_is_a_place_not_a_total() -> None:
    draft = read([["CLSM", "commune"], ["Marne", "Somme-Vesle"], ["Marne", "Somme-Tourbe"]])
    assert draft.accepted == 2


def test_thousands_of_columns_are_read() -> None:
    wide = [f"colonne {i}" for i in range(10_000)]
    draft = read([["CLSM", *wide, "Code INSEE"], ["Nord", *["1"] * 10_000, "94028"]])
    assert communes(draft) == {"94028"}
    assert len(draft.columns) == 10_002


def test_more_columns_than_a_table_can_have_are_refused() -> None:
    with pytest.raises(GeoInputError, match="colonnes"):
        read([["x"] * 30_000, ["94028"] * 30_000])


# --- understanding ---------------------------------------------------------------------------------------------------
def test_the_caller_decides_over_the_headers() -> None:
    rows = [["A", "B", "C"], ["94028", "Nord", "Niort"], ["94033", "Nord", "Chauray"], ["94080", "Nord", "Thouars"]]
    first = read(rows)
    assert first.understanding["nom"] == "B"
    draft = read(rows, answers=Answers.of_columns({"nom_commune": "C", "code_commune": "", "nom": "B"}))
    assert communes(draft) == {"79191", "79081", "79329"}
    assert draft.understanding == {"nom": "B", "nom_commune": "C"}
    assert next(c for c in draft.columns if c.name == "C").confidence == 1.0
    again = read(rows, answers=Answers.of_columns(draft.understanding | {"code_commune": ""}))
    pd.testing.assert_frame_equal(again.members, draft.members)


def test_a_mapping_to_what_is_not_there_is_said() -> None:
    with pytest.raises(GeoInputError, match="Aucune colonne « Z »"):
        read(PLAIN, answers=Answers.of_columns({"nom": "Z"}))
    with pytest.raises(GeoInputError, match="Rôle"):
        read(PLAIN, answers=Answers.of_columns({"nonsense": "CLSM"}))


@pytest.mark.parametrize("head", ["commune", "INSEE", "ville", "libellé"])
def test_what_a_column_holds_wins_over_a_header_that_says_otherwise(head: str) -> None:
    draft = read([["CLSM", head], ["Nord", "94028"], ["Nord", "94033"], ["Nord", "94080"]])
    assert communes(draft) == {"94028", "94033", "94080"}


def test_a_column_of_postal_codes_only_tells_homonyms_apart() -> None:
    draft = read(
        [
            ["CLSM", "CP", "Ville"],
            ["Nord", "93200", "Saint-Denis"],
            ["Nord", "93300", "Aubervilliers"],
            ["Sud", "97400", "St Denis"],
        ]
    )
    assert communes(draft, "Nord") == {"93066", "93001"}
    assert communes(draft, "Sud") == {"97411"}


def test_a_postal_code_alone_stands_for_the_only_commune_it_serves_or_for_nothing() -> None:
    draft = read([["CLSM", "Code postal"], ["Nord", "94000"], ["Nord", "94120"], ["Sud", "01400"]])
    assert communes(draft) == {"94028", "94033"}
    assert draft.zones["precision"].iloc[0] == Precision.CODES_POSTAUX
    assert [r.row for r in told(draft, "réparé")] == [2, 3]
    assert "communes" in told(draft, "refusé", 4)[0].message


def test_postal_codes_in_the_place_of_codes_are_said_to_be_so() -> None:
    draft = read([HEAD, ["Nord", "94028"], ["Nord", "94033"], ["Nord", "94000"]])
    (refusal,) = told(draft, "refusé")
    assert "code postal" in refusal.message
    assert "94028" in refusal.message


def test_no_column_of_communes_at_all_is_one_clear_sentence() -> None:
    with pytest.raises(GeoInputError, match="aucune colonne de communes"):
        read([["titre", "valeur"], ["abc def", "zzz"], ["ghi jkl", "yyy"]])


# --- repairs ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "atoms", "words"),
    [
        ("1001", {"01001"}, ["1001", "01001"]),
        ("1001.0", {"01001"}, ["01001"]),
        ("2a4", {"2A004"}, ["2A004"]),
        (" 94 028 ", {"94028"}, ["94028"]),
        ("9.4028E4", {"94028"}, ["94028"]),
        ("93059", {"93066"}, ["93059", "Pierrefitte-sur-Seine", "93066", "2025"]),
        ("49144", {"44180"}, ["49144", "44180", "1er janvier 2018"]),
        ("75056", {f"751{i:02d}" for i in range(1, 21)}, ["20 arrondissements"]),
        ("69123", {f"6938{i}" for i in range(1, 10)}, ["9 arrondissements"]),
        ("13055", {f"132{i:02d}" for i in range(1, 17)}, ["16 arrondissements"]),
    ],
)
def test_a_damaged_or_old_code_is_repaired_and_told(code: str, atoms: set[str], words: list[str]) -> None:
    draft = read([HEAD, ["Nord", "94033"], ["Nord", "94080"], ["Sud", code]])
    assert communes(draft, "Sud") == atoms
    (repair,) = told(draft, "réparé")
    assert repair.row == 4
    assert repair.where == "ligne 4"
    for word in words:
        assert word in repair.message.replace("\u00a0", " ")


def test_a_commune_recreated_is_itself_and_the_one_it_left_is_told() -> None:
    draft = read([HEAD, ["Nord", "15031"], ["Sud", "15141"]])
    assert communes(draft, "Nord") == {"15031"}
    assert communes(draft, "Sud") == {"15141"}
    (note,) = told(draft, "à savoir")
    assert note.row == 3
    assert "2025" in note.message
    assert "15031" in note.message


def test_numbers_in_a_workbook_are_codes_without_their_zero() -> None:
    draft = read(xlsx_bytes({"F": [HEAD, ["Ain", 1001], ["Ain", 1002], ["Val", 94028]]}), name="x.xlsx")
    assert communes(draft) == {"01001", "01002", "94028"}
    assert [r.row for r in told(draft, "réparé")] == [2, 3]


def test_a_line_given_twice_counts_once_and_is_told() -> None:
    draft = read([HEAD, ["Nord", "94028"], ["Nord", "94033"], ["Nord", "94028"]])
    assert len(draft.members) == 2
    assert (draft.rows, draft.accepted) == (3, 3)
    (note,) = told(draft, "à savoir")
    assert (note.row, "ligne 2" in note.message) == (4, True)


def test_a_wrong_code_beside_a_clear_name_is_taken_by_its_name_and_told() -> None:
    draft = read([["CLSM", "INSEE", "Commune"], ["Nord", "94033", "Fontenay-sous-Bois"], ["Nord", "94999", "Créteil"]])
    assert communes(draft) == {"94033", "94028"}
    assert "94999" in told(draft, "réparé", 3)[0].message


def test_a_wrong_code_and_a_name_of_elsewhere_are_refused() -> None:
    draft = read([["CLSM", "INSEE", "Commune"], ["Nord", "94033", "Fontenay-sous-Bois"], ["Nord", "94999", "Niort"]])
    assert communes(draft) == {"94033"}
    assert told(draft, "refusé", 3)


def test_a_code_outside_of_the_departement_of_its_row_is_told() -> None:
    draft = read([["CLSM", "INSEE", "Département"], ["Nord", "94028", "93"], ["Nord", "94033", "Val-de-Marne"]])
    (note,) = told(draft, "à savoir")
    assert note.row == 2
    assert "94" in note.message
    assert "93" in note.message


def test_a_code_and_a_name_that_disagree_keep_the_code_and_are_told() -> None:
    draft = read([["CLSM", "INSEE", "Commune"], ["Nord", "94028", "Cachan"]])
    assert communes(draft) == {"94028"}
    assert "Cachan" in told(draft, "à savoir", 2)[0].message


# --- refusals --------------------------------------------------------------------------------------------------------
def test_homonyms_are_asked_about_never_chosen() -> None:
    draft = read([["CLSM", "Commune"], ["Nord", "Créteil"], ["Nord", "Saint-Denis"]])
    assert communes(draft) == {"94028"}
    (refusal,) = told(draft, "refusé")
    assert all(code in refusal.message for code in ("93066", "97411"))
    assert "département" in refusal.advice
    assert draft.zones["precision"].iloc[0] == Precision.PARTIELLE
    solved = read([["CLSM", "Commune", "Dépt"], ["Nord", "Créteil", "94"], ["Nord", "Saint-Denis", "93"]])
    assert communes(solved) == {"94028", "93066"}


def test_near_names_are_hinted_and_not_applied() -> None:
    draft = read([["CLSM", "Commune"], ["Nord", "Vincennes"], ["Nord", "Cretteil"]])
    assert communes(draft) == {"94080"}
    assert "Créteil (94028)" in told(draft, "refusé", 3)[0].message


def test_one_bad_row_loses_itself_only() -> None:
    bad = [["Nord", "94999"], ["Nord", "XYZ"], ["", "94033"], ["Nord", "98735"]]
    draft = read([HEAD, *[["Nord", c] for c in atlas().codes[:40]], *bad])
    assert len(draft.members) == 40
    assert (draft.rows, draft.accepted, draft.refused) == (44, 40, 4)
    assert [r.row for r in told(draft, "refusé")] == [42, 43, 44, 45]
    assert all(r.advice for r in told(draft, "refusé"))


def test_a_commune_in_two_territories_is_kept_and_told() -> None:
    draft = read([HEAD, ["Nord", "94028"], ["Sud", "94028"], ["Sud", "94033"]])
    assert communes(draft, "Nord") & communes(draft, "Sud") == {"94028"}
    (note,) = told(draft, "à savoir")
    assert "Nord" in note.message
    assert "Sud" in note.message
    split = read([[*HEAD, "part"], ["Nord", "94028", "partielle"], ["Sud", "94028", "partielle"]])
    assert not told(split, "à savoir")
    assert not split.members["whole"].any()
    assert split.members["inhabitants"].isna().all()


def test_a_file_of_which_nothing_is_kept_is_refused_with_its_reasons() -> None:
    with pytest.raises(GeoInputError) as caught:
        read([HEAD, ["Nord", "94999"], ["Nord", "94998"]])
    assert "aucune ligne" in caught.value.problems[0]
    assert any("ligne 2" in p for p in caught.value.problems)


def test_formulas_and_markup_in_cells_are_but_texts() -> None:
    name = '=HYPERLINK("http://x";"y")'
    draft = read([HEAD, [name, "94028"], ["<script>alert(1)</script>", "94033"]])
    assert list(draft.zones["nom"]) == [name, "<script>alert(1)</script>"]
    assert all(isinstance(i, str) for i in draft.zones.index)


# --- what a table says besides ------------------------------------------------------------------------------------------
def test_a_column_of_yes_and_no_says_which_rows_are_of_the_layer() -> None:
    rows = [
        ["Territoire", "INSEE", "CLSM oui/non"],
        ["A", "79191", "Oui"],
        ["A", "79081", "x"],
        ["B", "79329", "non"],
        ["B", "94028", ""],
    ]
    draft = read(rows)
    assert communes(draft) == {"79191", "79081"}
    assert (draft.rows, draft.accepted) == (2, 2)
    assert any("CLSM oui/non" in r.message for r in told(draft, "à savoir"))


def test_territories_named_after_their_only_commune_are_told() -> None:
    draft = read([["libellé", "code"], ["NIORT", "79191"], ["CHAURAY", "79081"]])
    assert len(draft.zones) == 2
    assert any("chaque commune est prise" in r.message for r in told(draft, "à savoir"))


@pytest.mark.parametrize(
    ("word", "etat"),
    [("en service", Etat.EN_SERVICE), ("Signée", Etat.EN_SERVICE), ("ACTIF", Etat.EN_SERVICE), ("annoncé", Etat.ANNONCE),
     ("En projet", Etat.PROJET), ("en cours de création", Etat.PROJET), ("à confirmer", Etat.A_CONFIRMER), ("cite", Etat.EN_SERVICE),
     ("en cours", ""), ("???", ""), ("actif ?", ""), ("Inactif", DISSOLVED), ("abandonné", DISSOLVED), ("en sommeil", DISSOLVED)],
)  # fmt: skip
def test_an_etat_is_read_or_said_not_to_be(word: str, etat: str) -> None:
    draft = read([[*HEAD, "État"], ["Nord", "94028", word], ["Sud", "94033", "projet"]])
    first = draft.doubts[0]
    assert (first.value, first.blocking, first.proposal) == (word, etat == "", etat or Etat.A_CONFIRMER)
    if etat == DISSOLVED:
        assert (draft.dissolved, draft.without, list(draft.zones["nom"])) == (("Nord",), ("94028",), ["Sud"])
    else:
        assert draft.zones["etat"].iloc[0] == (etat or Etat.A_CONFIRMER)
    settled = read(
        [[*HEAD, "État"], ["Nord", "94028", word], ["Sud", "94033", "projet"]],
        answers=draft.answers.settle(first.key, Etat.ANNONCE),
    )
    assert settled.settled and settled.zones["etat"].iloc[0] == Etat.ANNONCE


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("2019", "2019"),
        ("12/03/2018", "2018"),
        ("2018-03-12 00:00:00", "2018"),
        ("mai 2017", "2017"),
        ("2019-2023", "2019-2023"),
    ],
)
def test_a_date_gives_its_year(cell: str, year: str) -> None:
    assert read([[*HEAD, "Date de création"], ["Nord", "94028", cell]]).zones["annee"].iloc[0] == year


def test_a_territory_spelt_in_several_ways_is_one_and_is_told() -> None:
    draft = read([HEAD, ["Val de Bièvre", "94016"], ["VAL DE BIEVRE", "94003"], ["Val  de Bièvre ", "94038"]])
    assert list(draft.zones["nom"]) == ["Val de Bièvre"]
    assert any("plusieurs façons" in r.message for r in told(draft, "à savoir"))


def test_ids_of_the_file_keep_two_territories_of_one_name_apart() -> None:
    draft = read([["id", "clsm", "communes"], ["a", "Nord", "94028, 94033"], ["b", "Nord", "79191"]])
    assert list(draft.zones.index) == ["a", "b"]
    assert list(draft.zones["nom"]) == ["Nord", "Nord"]
    assert draft.settled


def test_one_name_in_two_places_is_two_territories_and_is_asked_about() -> None:
    rows = [HEAD, ["CLSM de Saint-Denis", "93066"], ["Autre", "94028"], ["CLSM de Saint-Denis", "97411"]]
    draft = read(rows)
    assert list(draft.zones["nom"]).count("CLSM de Saint-Denis") == 2
    (doubt,) = [d for d in draft.doubts if d.blocking]
    one = read(rows, answers=draft.answers.settle(doubt.key, "un"))
    assert len(one.zones) == 2 and one.settled
    assert communes(one, "CLSM de Saint-Denis") == {"93066", "97411"}


def test_a_word_of_a_header_in_a_row_of_data_is_not_the_header() -> None:
    rows = [["brut", "code_insee_2026", "commune_cog2026", "rapprochement", "cmp"], ["ACQUIN", "62008", "Acquin-Westbécourt", "nom", "S"],
            ["AFFRINGUES", "62010", "Affringues", "nom", "S"]]  # fmt: skip
    draft = read(rows)
    assert draft.understanding["code_commune"] == "code_insee_2026"
    assert draft.understanding["nom_commune"] == "commune_cog2026"
    assert (draft.rows, communes(draft)) == (2, {"62008", "62010"})
    assert [d.key for d in draft.doubts if d.blocking] == ["colonne/nom"]


def test_a_name_that_the_commune_bore_before_agrees_with_its_code() -> None:
    rows = [
        ["CLSM", "INSEE", "Commune"],
        ["Nord", "15141", "Neussargues en Pinatelle"],
        ["Nord", "93066", "Pierrefitte-sur-Seine"],
    ]
    assert not [r for r in told(read(rows), "à savoir") if "le code est retenu" in r.message]


def test_the_seat_of_an_office_is_no_territory() -> None:
    rows = [["DAC", "département couvert", "code_insee_siege"], ["DAC 09", "09", "09122"], ["DAC 11", "11", "11069"]]
    draft = read(rows, "dac")
    assert communes(draft) == set(atlas().codes[atlas().table["departement"].isin(["09", "11"])])


def test_a_sector_has_the_id_that_our_own_list_gives_it() -> None:
    draft = read([["Secteur", "Ville"], ["Secteur 94G01", "Vincennes"], ["94G02", "Créteil"]], "secteurs-adultes")
    assert list(draft.zones.index) == ["sect-94g01", "sect-94g02"]


# --- what goes on ----------------------------------------------------------------------------------------------------
def test_a_draft_and_a_statement_make_a_layer() -> None:
    rows = [
        ["CLSM", "INSEE", "État", "Source"],
        ["Nord", "94028", "en projet", "Délibération"],
        ["Sud", "79191", "", ""],
    ]
    draft = read(rows)
    layer = layer_from(draft, Statement("ARS", "2024-05-02", "Moi", frozenset({"94"}), Etat.EN_SERVICE))
    assert list(layer.zones["etat"]) == [Etat.PROJET, Etat.EN_SERVICE]
    assert list(layer.zones["source_titre"]) == ["Délibération", "ARS"]
    assert list(layer.zones["annee_source"]) == ["2024", "2024"]
    assert layer.extent == {"94"}
    assert (layer.id, layer.name, layer.vintage) == ("clsm", "CLSM", "2024-05-02")
    assert list(layer.members.columns) == list(MEMBER_COLUMNS)
    assert layer.members["inhabitants"].sum() == atlas().population[atlas().rows(["94028", "79191"])].sum()


def test_the_same_file_gives_the_same_ids() -> None:
    first, second = read(PLAIN), read(list(reversed(PLAIN[1:])) and [PLAIN[0], *reversed(PLAIN[1:])])
    assert set(first.zones.index) == set(second.zones.index) == {"clsm-94-nord", "clsm-79-sud"}


def test_the_file_is_named_weighed_and_summed() -> None:
    content = csv_bytes(PLAIN)
    draft = read(content, name="../../liste <b>.csv")
    assert draft.size == len(content)
    assert len(draft.sha256) == 64
    assert draft.method == "codes"
    assert "2 territoires" in draft.summary.replace("\u00a0", " ")


def test_progress_goes_from_start_to_end() -> None:
    seen: list[tuple[float, str]] = []
    read(PLAIN, progress=lambda done, what: seen.append((done, what)))
    assert seen[-1][0] == 1.0
    assert [d for d, _ in seen] == sorted(d for d, _ in seen)


def test_a_national_list_is_read_whole() -> None:
    table = atlas().table
    rows = [["Secteur", "code_commune"], *zip(table["departement"], table["code"], strict=True)]
    rows[100] = ("01", "99999")
    draft = read(rows, "secteurs-adultes")
    assert (draft.rows, draft.accepted) == (len(table), len(table) - 1)
    assert len(draft.members) == len(table) - 1
    assert draft.members["inhabitants"].sum() == atlas().population.sum() - atlas().population[99]


def test_an_unknown_etat_is_asked_about_even_where_another_row_gives_one() -> None:
    content = b"clsm;code_commune;etat\nA;94028;en service\nA;94033;zzz\nB;94080;en service\n"
    draft = read_import(content, "liste.csv", "clsm", atlas=atlas())
    (doubt,) = [d for d in draft.doubts if d.blocking]
    assert (doubt.value, doubt.rows) == ("zzz", (3,))
    assert list(draft.zones["etat"]) == [Etat.A_CONFIRMER, Etat.EN_SERVICE]
