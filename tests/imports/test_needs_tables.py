"""Tables of indicators as planners have them: thousands, regions among départements, columns that tell one another, years, long tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from geo.communes import embedded_atlas
from geo.errors import GeoInputError
from geo.imports import NeedsDraft, NeedsStatement, Plan, Way, keep_needs, read_needs_draft, resumed, shown_figures
from geo.imports.needs.publish import series_to_keep
from geo.indicators import State
from tests.imports.tables_of_need import DRAWN, one, table, told
from tests.support.grid import draw
from tests.support.table_files import xlsx_bytes

FRANCE = embedded_atlas()


def figures_of(draft: NeedsDraft, place: int = 0) -> dict[str, float]:
    return {str(code): float(value) for code, value in shown_figures(one(draft, place)).dropna().items()}


def test_thousands_written_with_a_point_are_thousands_where_the_column_or_its_unit_says_so() -> None:
    assert figures_of(table("dep;Revenu médian", "01;21.400", "02;987,5", atlas=FRANCE)) == {"01": 21400, "02": 987.5}
    assert figures_of(table("dep;Revenu médian (€)", "01;21.400", "02;19.850", atlas=FRANCE)) == {
        "01": 21400,
        "02": 19850,
    }


def test_three_decimals_that_nothing_tells_from_thousands_are_said() -> None:
    draft = table("dep;Score de fragilité", "01;1.234", "02;2.345", atlas=FRANCE)
    assert figures_of(draft) == {"01": 1.234, "02": 2.345}
    assert "« 1.234 » est lu 1,234" in told(draft, "à savoir")


HDF = ("02;Aisne;12", "59;Nord;100", "60;Oise;30", "62;Pas-de-Calais;80", "80;Somme;20")


@pytest.mark.parametrize("header", ["Code département;Département;Nb", "Code;Libellé;Nb", "DEP;LIBGEO;Nb"])
def test_the_code_of_a_region_is_not_that_of_a_departement_of_another_one(header: str) -> None:
    draft = table(header, *HDF, "32;Hauts-de-France;242", atlas=FRANCE)
    assert figures_of(draft) == {"02": 12, "59": 100, "60": 30, "62": 80, "80": 20}
    assert (draft.refused, draft.questions) == (1, ())
    assert "Hauts-de-France" in told(draft)


def test_the_code_of_a_region_without_its_name_is_refused_beside_its_departements() -> None:
    rows = [f"{row[:2]};{row.rsplit(';', 1)[1]}" for row in HDF]
    draft = table("Département;Nb", *rows, "32;242", atlas=FRANCE)
    assert (draft.accepted, draft.refused) == (5, 1)
    assert "« 32 » désigne « Gers », mais aussi la région « Hauts-de-France »" in told(draft)
    assert table("Département;Nb", *rows, "32;242", "33;50", atlas=FRANCE).refused == 0, "the Gers among others"


@pytest.mark.parametrize(
    ("header", "rows", "kept"),
    [
        ("DEP;Nom du département;Nb", ["02;Aisne;1", "59;Pas-de-Calais;2", "60;Oise;3", "62;Nord;4", "75;Paris;5"], {"02", "60", "75"}),
        ("REG;Région;Nb", ["32;Hauts-de-France;1", "53;Bretagne;2", "44;Loire-Atlantique;3", "11;ARS Île-de-France;4"], {"32", "53", "11"}),
        ("Code commune;Commune;Nb", ["08001;Acy-Romance;1", "08003;Aiglemont;2", "8004;AIRE;3", "08005;ALINCOURT;4"], {"08001", "08003", "08005"}),
        ("Code commune;Commune;Nb", ["08001;Acy Romance;1", "8003;Aiglemont (08);2", "08004;?;4", "08173;Flaignes;3"],
         {"08001", "08003", "08004", "08173"}),
        ("SIREN EPCI;EPCI;Nb", ["200069193;CC de la Dombes;1", "200054781;Métropole du Grand Paris;2", "200046977;CC de la Dombes;3"], {"200069193", "200054781"}),
    ],
)  # fmt: skip
def test_a_row_whose_code_and_name_are_of_two_territories_is_refused(
    header: str, rows: list[str], kept: set[str]
) -> None:
    rows = [row.replace("8004;AIRE", "8004;Alincourt") for row in rows]
    assert set(table(header, *rows, atlas=FRANCE).names) == kept


# --- what one column of a table tells of another ----------------------------------------------------------------------
PEOPLE = (1000, 2000, 4000, 5000, 800)
SUFFERERS: tuple[int | str, ...] = (20, 50, 90, "< 11", 7)


def with_secrecy(draft: NeedsDraft, column: str, secrecy: int) -> Plan:
    return draft.plan.with_item(replace(draft.plan.by_column[column], secrecy=secrecy))


@pytest.mark.parametrize("column", ["Population;", ""])
@pytest.mark.parametrize("rate", ["Taux pour 1 000", "Part (%)"])
def test_a_rate_that_would_tell_a_number_hidden_beside_it_is_not_kept(column: str, rate: str) -> None:
    base = 1000 if "000" in rate else 100
    atlas = draw([list(PEOPLE)])
    rows = []
    for at, (people, number) in enumerate(zip(PEOPLE, (20, 50, 90, 8, 7), strict=True), start=1):
        beside = f"{people};" if column else ""
        rows.append(f"0100{at};{beside}{SUFFERERS[at - 1]};{str(round(base * number / people, 2)).replace('.', ',')}")
    header = f"Code commune;{column}Nb patients;{rate}"
    free = table(header, *rows, atlas=atlas)
    draft = table(header, *rows, atlas=atlas, plan=with_secrecy(free, "Nb patients", 11))
    assert figures_of(draft, 0) == {"01001": 20, "01002": 50, "01003": 90}
    assert set(figures_of(draft, 1)) == {"01001", "01002", "01003"}, "5 000 × 1,6 ‰ is the 8 that is hidden"
    assert set(one(draft, 1).values["state"].loc[["01004", "01005"]]) == {State.SECRET}
    assert "dirait" in told(draft, "à savoir") or "diraient" in told(draft, "à savoir")


@pytest.mark.parametrize("order", ["Total;Femmes;Hommes", "Femmes;Hommes;Total", "Femmes;Total;Hommes"])
def test_a_total_and_its_other_part_do_not_tell_the_part_that_is_hidden(order: str) -> None:
    figures = [(20, 30), (40, 25), (15, 60), (3, 18), (50, 4)]
    rows = []
    for at, (women, men) in enumerate(figures, start=1):
        said = {"Total": women + men, "Femmes": women, "Hommes": men}
        rows.append(";".join([f"0100{at}", *(str(said[name]) for name in order.split(";"))]))
    header = "Code commune;" + ";".join(f"Nb {name.lower()}" for name in order.split(";"))
    plan = table(header, *rows).plan
    for item in plan.items[1:]:
        plan = plan.with_item(replace(item, way=Way.COUNT, secrecy=6))
    draft = table(header, *rows, plan=plan)
    found = {item.column: figures_of(draft, at) for at, item in enumerate(plan.items[1:])}
    assert set(found["Nb femmes"]) == {"01001", "01002", "01003", "01005"}
    assert set(found["Nb hommes"]) == {"01001", "01002", "01003", "01004"}
    assert set(found["Nb total"]) == {"01001", "01002", "01003"}, "else 22 − 18"
    assert one(draft, order.split(";").index("Total")).values["state"]["01004"] == State.ABSENT, (
        "21 is under no threshold"
    )


def test_columns_that_add_up_keep_all_their_figures_where_none_is_hidden_or_two_are() -> None:
    rows = ["01001;20;30;50", "01002;40;25;65", "01003;15;60;75", "01004;3;2;5"]
    draft = table("Code commune;Nb femmes;Nb hommes;Nb ensemble", *rows)
    assert [len(figures_of(draft, at)) for at in range(3)] == [4, 4, 4]


def test_a_denominator_under_the_threshold_of_its_own_column_is_not_shown() -> None:
    rows = ["01001;30;3", "01002;8;0", "01003;40;12"]
    plan = table("Code commune;Nb suivis;Nb hospitalisés", *rows).plan
    plan = plan.with_item(replace(plan.by_column["Nb suivis"], secrecy=11))
    plan = plan.with_item(
        replace(plan.by_column["Nb hospitalisés"], way=Way.RATIO, denominator="Nb suivis", multiplier=100.0)
    )
    assert set(figures_of(table("Code commune;Nb suivis;Nb hospitalisés", *rows, plan=plan), 1)) == {"01001", "01003"}


def test_a_rate_of_known_people_must_say_out_of_how_many() -> None:
    rows = ["01001;1000;12,5", "01002;2000;14"]
    plan = table("Code commune;Population;Taux de recours", *rows).plan
    item = replace(plan.by_column["Taux de recours"], way=Way.RATE_OF, denominator="Population")
    draft = table("Code commune;Population;Taux de recours", *rows, plan=plan.with_item(item))
    assert [question.about for question in draft.questions] == ["Taux de recours"]
    for change in ({"multiplier": 1000.0}, {"unit": "consultations par habitant"}):
        settled = plan.with_item(replace(item, **change))
        assert table("Code commune;Population;Taux de recours", *rows, plan=settled).questions == ()


def test_a_share_written_with_its_sign_is_not_multiplied_again() -> None:
    plan = table("Code commune;Part", "01001;0,12", "01002;0,2").plan
    plan = plan.with_item(replace(plan.by_column["Part"], scale=100.0))
    assert figures_of(table("Code commune;Part", "01001;0,12", "01002;0,5 %", plan=plan)) == {"01001": 12, "01002": 0.5}


# --- years ------------------------------------------------------------------------------------------------------------
def test_the_year_is_that_of_the_rows_kept_whatever_was_kept_the_year_before() -> None:
    before = table("Code commune;Année;Nb patients", "01001;2021;5", "01001;2022;6", "01002;2021;7", "01002;2022;8")
    plan = replace(before.plan, only=(("Année", "2022"),))
    rows = [f"0100{place};{year};{place * year}" for place in (1, 2) for year in (2022, 2023)]
    fresh = table("Code commune;Année;Nb patients", *rows)
    draft = table("Code commune;Année;Nb patients", *rows, plan=resumed(plan, fresh))
    assert (draft.plan.year, figures_of(draft)) == ("2023", {"01001": 2023, "01002": 4046})
    assert [question.about for question in draft.questions] == ["Année"]
    chosen = table("Code commune;Année;Nb patients", *rows, plan=replace(draft.plan, only=(("Année", "2022"),)))
    assert (chosen.plan.year, figures_of(chosen)) == ("2022", {"01001": 2022, "01002": 4044})


def test_rows_of_a_year_are_not_kept_under_another(tmp_path: Path) -> None:
    rows = [f"0100{place};{year};{place * year}" for place in (1, 2) for year in (2022, 2023)]
    first = table("Code commune;Année;Nb patients", *rows)
    draft = table("Code commune;Année;Nb patients", *rows, plan=replace(first.plan, only=(("Année", "2022"),)))
    said = NeedsStatement("Besoins", "ORS", "2023", "Ana", confirmed=True)
    with pytest.raises(GeoInputError, match="Les lignes retenues sont de 2022"):
        keep_needs(draft, said, home=tmp_path)
    for year in ("2022", "2020-2022"):
        assert keep_needs(draft, replace(said, year=year), home=tmp_path)


def test_columns_that_differ_by_their_year_have_each_its_own() -> None:
    draft = table("Code commune;Nb patients 2021;Nb patients 2022;Nb séjours", "01001;5;6;7", "01002;8;9;10")
    kept = series_to_keep(draft, NeedsStatement("Besoins", "ORS", "2022", "Ana", confirmed=True))
    assert [one.indicator.year for one in kept] == ["2021", "2022", "2022"]
    draft = table("Code commune;Taux standardisé (population 2013);Nb séjours 2022", "01001;5,1;7", "01002;8;10")
    assert [item.year for item in draft.plan.items] == ["", "", ""], "2013 is not the year of the rate"


@pytest.mark.parametrize(
    ("before", "now", "scale"),
    [
        (("0,12", "0,2"), ("0,1", "0,3"), 100.0),  # settled as shares, and still shares
        (("12", "20"), ("0,1", "0,3"), None),  # percents then, and now from 0 to 1: asked
        (("0,12", "0,2"), ("12", "20"), 1.0),  # shares then, and percents now
        (("0,12", "0,2"), ("12 %", "20 %"), 1.0),
    ],
)
def test_shares_settled_for_a_table_are_asked_again_where_the_next_one_writes_them_otherwise(
    before: tuple[str, str], now: tuple[str, str], scale: float | None
) -> None:
    first = table("Code commune;Part", *(f"0100{at};{text}" for at, text in enumerate(before, start=1)))
    item = first.plan.by_column["Part"]
    plan = first.plan.with_item(replace(item, scale=100.0 if item.scale is None else 1.0))
    rows = [f"0100{at};{text}" for at, text in enumerate(now, start=1)]
    draft = table("Code commune;Part", *rows, plan=resumed(plan, table("Code commune;Part", *rows)))
    assert draft.plan.by_column["Part"].scale == scale
    assert bool(draft.questions) == (scale is None)


def test_a_stricter_threshold_written_in_the_next_table_holds() -> None:
    plan = table("Code commune;Nb patients", "01001;8;", "01002;< 6").plan
    rows = ["01001;20", "01002;< 11"]
    again = resumed(plan, table("Code commune;Nb patients", *rows))
    assert again.by_column["Nb patients"].secrecy == 11
    assert (
        resumed(again, table("Code commune;Nb patients", "01001;8;", "01002;< 6")).by_column["Nb patients"].secrecy
        == 11
    )


# --- what a hidden number may be --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "state"),
    [("< 6", State.SECRET), ("1-5", State.SECRET), ("3", State.SECRET), ("s", State.ABSENT), ("< 11", State.ABSENT), ("10-20", State.ABSENT)],
)  # fmt: skip
def test_a_number_hidden_for_another_reason_than_the_threshold_is_not_bounded_by_it(text: str, state: State) -> None:
    rows = ["01001;6", "01002;< 6", f"01003;{text}"]
    plan = with_secrecy(table("Code commune;Nb patients", *rows), "Nb patients", 6)
    assert one(table("Code commune;Nb patients", *rows, plan=plan)).values.at["01003", "state"] == state


def test_a_secret_of_a_table_that_writes_no_threshold_is_secret() -> None:
    assert set(one(table("Code commune;Nb patients", "01001;6", "01002;s")).values["state"]) == {
        State.KNOWN,
        State.SECRET,
    }


# --- headers of two rows, long tables, several kinds of territories ---------------------------------------------------
def labels(draft: NeedsDraft) -> list[str]:
    return [series.indicator.label for series in draft.series]


@pytest.mark.parametrize(
    "head",
    [
        ["Territoire;;Décès;;Séjours;", "Code département;Libellé;Nombre;Taux pour 100 000;Nombre;Taux pour 100 000"],
        ["Tableau 3;;;;;", ";;Décès;;Séjours;", "Code département;Département;Nombre;Taux pour 100 000;Nombre;Taux pour 100 000"],
        ["Territoire;;Décès;;Séjours;", "Code;Libellé;Nombre;Taux pour 100 000;Nombre;Taux pour 100 000"],
    ],
)  # fmt: skip
def test_what_is_over_several_columns_goes_with_each_of_them(head: list[str]) -> None:
    draft = table(head[0], *head[1:], "01;Ain;80;12,3;900;150", "02;Aisne;90;17,1;1000;190", atlas=FRANCE)
    assert labels(draft) == [
        "Nombre (décès)",
        "Taux pour 100 000 (décès)",
        "Nombre (séjours)",
        "Taux pour 100 000 (séjours)",
    ]
    assert [series.indicator.counted for series in draft.series][::2] == ["décès", "séjours"]
    assert [figures_of(draft, at)["02"] for at in range(4)] == [90, 17.1, 1000, 190]
    assert (draft.accepted, draft.refused, draft.questions) == (2, 0, ())


def test_years_under_an_indicator_are_those_of_its_columns() -> None:
    draft = table("Code département;Nb patients;;Taux (%);", ";2021;2022;2021;2022", "01;80;12;9;15", atlas=FRANCE)
    assert [series.indicator.year for series in draft.series] == ["2021", "2022", "2021", "2022"]
    assert [figures_of(draft, at)["01"] for at in range(4)] == [80, 12, 9, 15]


def test_a_row_of_units_under_the_header_is_no_territory() -> None:
    draft = table("Code commune;Nb;Taux", ";personnes;%", "01001;80;12")
    assert (draft.accepted, draft.refused, draft.aside) == (1, 0, 1)


@pytest.mark.parametrize(
    "name", ["Indicateur", "Nom de l’indicateur", "Libellé indicateur", "libelle_indicateur", "Variable"]
)
@pytest.mark.parametrize("value", ["Valeur", "valeur observée", "OBS_VALUE"])
def test_a_long_table_with_the_unit_the_theme_and_the_year_of_each_indicator_is_put_in_columns(
    name: str, value: str
) -> None:
    draft = table(
        f"Code commune;{name};Thème;{value};Unité;Année",
        "01001;Patients;Soins;12;personnes;2022", "01001;Taux de pauvreté;Revenus;10,2;%;2021",
        "01002;Patients;Soins;15;personnes;2022", "01002;Taux de pauvreté;Revenus;s;%;2021",
    )  # fmt: skip
    assert labels(draft) == ["Patients (personnes)", "Taux de pauvreté (%)"]
    assert [(series.indicator.unit, series.indicator.year) for series in draft.series] == [
        ("patients", "2022"),
        ("%", "2021"),
    ]
    assert [figures_of(draft, at) for at in (0, 1)] == [{"01001": 12, "01002": 15}, {"01001": 10.2}]


def test_numerators_and_denominators_of_a_long_table_go_in_columns_too() -> None:
    rows = [
        "01001;Part AAH;12;100;12",
        "01001;Taux de pauvreté;5;50;10",
        "01002;Part AAH;15;150;10",
        "01002;Taux de pauvreté;7;70;10",
    ]
    draft = table("Code commune;Indicateur;Numérateur;Dénominateur;Valeur", *rows)
    assert (draft.accepted, draft.refused) == (2, 0)
    assert draft.plan.by_column["Numérateur Part AAH"].denominator == "Dénominateur Part AAH"
    assert figures_of(draft, labels(draft).index("Numérateur Part AAH")) == {"01001": 12, "01002": 10}


def test_a_column_of_several_kinds_of_territories_is_told_with_how_many_of_each() -> None:
    with pytest.raises(
        GeoInputError, match=r"mêle des territoires .* communes \(2\), EPCI \(1\) et départements \(1\)"
    ):
        table(
            "niveau;code;Nb",
            "commune;01001;3",
            "commune;01002;4",
            "EPCI;200069193;50",
            "département;01;100",
            atlas=FRANCE,
        )


def test_the_sheet_read_first_is_the_largest_that_names_territories() -> None:
    sheets = {
        "Lisez-moi": [[f"Ligne {n} d’explications"] for n in range(40)],
        "Données": [["Code commune", "Nb"], ["01001", 4]],
    }
    draft = read_needs_draft(xlsx_bytes(sheets), DRAWN, name="besoins.xlsx")
    assert (draft.sheet, draft.sheets, figures_of(draft)) == ("Données", ("Lisez-moi", "Données"), {"01001": 4})
    with pytest.raises(GeoInputError, match="aucune colonne de territoires"):
        read_needs_draft(xlsx_bytes(sheets), DRAWN, name="besoins.xlsx", sheet="Lisez-moi")


@pytest.mark.parametrize("note", ["Source : x", "Lecture : y", "NB : z", "Champ : France"])
def test_a_short_note_under_a_table_is_no_territory(note: str) -> None:
    draft = table("Code commune;Nb", "01001;80", f"{note};")
    assert (draft.accepted, draft.refused, draft.aside) == (1, 0, 1)


# --- figures that make no sense, and how they are shown -----------------------------------------------------------------
def test_shares_beside_percents_are_asked_about_and_only_they_are_multiplied() -> None:
    rows = ["01001;12,5 %", "01002;0,13"]
    draft = table("Code commune;Taux (%)", *rows)
    assert draft.plan.by_column["Taux (%)"].scale is None and draft.questions
    settled = draft.plan.with_item(replace(draft.plan.by_column["Taux (%)"], scale=100.0))
    assert figures_of(table("Code commune;Taux (%)", *rows, plan=settled)) == {"01001": 12.5, "01002": 13}


def test_a_rate_of_people_is_not_under_zero_and_a_change_or_a_score_may_be() -> None:
    rows = ["01001;-1;-2;-0,3", "01002;3;4;0,5"]
    draft = table("Code commune;Taux pour 10 000;Évolution du taux pour 10 000;Score", *rows)
    assert [set(figures_of(draft, at)) for at in range(3)] == [{"01002"}, {"01001", "01002"}, {"01001", "01002"}]
    assert "un taux de personnes ne peut être négatif" in told(draft)


@pytest.mark.parametrize(
    ("header", "figures", "decimals"),
    [
        ("Taux pour 1 000", ("12,5", "3", "8,1"), 1), ("Score", ("-0,35", "0,42", "0,3"), 2), ("Score", ("0,02", "0,04", "0,03"), 3),
        ("Indice (quintile)", ("1", "5", "3"), 0), ("Revenu médian (€)", ("21400,5", "19000", "1"), 0), ("Nb patients", ("0,5", "2", "3"), 0),
    ],
)  # fmt: skip
def test_a_figure_is_shown_with_the_decimals_that_it_needs(
    header: str, figures: tuple[str, ...], decimals: int
) -> None:
    draft = table(f"Code commune;{header}", *(f"0100{at};{text}" for at, text in enumerate(figures, start=1)))
    assert one(draft).indicator.decimals == decimals


def test_a_commune_that_only_changed_its_code_is_not_counted_twice() -> None:
    assert figures_of(table("Code commune;Nb", "20004;13", "2A001;1", atlas=FRANCE)) == {"2A001": 1, "2A004": 13}
    assert figures_of(table("Code commune;Nb", "20004;13", "2A004;13", atlas=FRANCE)) == {"2A004": 13}
    draft = table("Code commune;Nb", "20004;13", "2A004;12", "2A001;1", atlas=FRANCE)
    assert (figures_of(draft), draft.refused) == ({"2A001": 1}, 2)


def test_a_percentage_that_equals_a_rate_per_thousand_by_chance_is_no_link() -> None:
    rows = ["01001;1000;20;20,0 %", "01002;1000;25;25,0 %", "01003;1000;30;30,0 %", "01004;1000;< 6;20,0 %"]
    draft = table("Code commune;Population;Nb patients;Part des 65 ans et plus", *rows)
    assert set(figures_of(draft, 1)) == {"01001", "01002", "01003", "01004"}
