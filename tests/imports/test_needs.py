"""A table of indicators becomes series: territories found, figures read, what is unknown or secret kept so, nothing guessed nor averaged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.communes import embedded_atlas
from geo.dataset import open_indicators
from geo.errors import GeoInputError
from geo.imports import (
    NeedsDraft,
    NeedsStatement,
    Plan,
    Way,
    keep_needs,
    publish_needs,
    read_needs_draft,
    remembered_plan,
    shown_figures,
)
from geo.indicators import CellKind, Direction, Grain, Measure, State, read_cell
from geo.register import ConflictError, head, need_sets
from tests.imports.tables_of_need import DRAWN, one, table, told
from tests.support.table_files import needs_workbook

FRANCE = embedded_atlas()
SAID = NeedsStatement("Besoins 2023", "ORS Grand Est", "2023", "Ana", confirmed=True)


def settled(draft: NeedsDraft) -> Plan:
    """Settle the planner's workbook: a ratio, and a rate whose denominator is known."""
    items = draft.plan.by_column
    aah = replace(
        items["Nb bénéficiaires AAH"], way=Way.RATIO, denominator="Population", multiplier=100.0, unit="%", secrecy=5
    )
    use = replace(
        items["Taux de recours pour 1 000 hab."], way=Way.RATE_OF, denominator="Population", direction=Direction.WORSE
    )
    return draft.plan.with_item(aah).with_item(use)


# --- the planner's workbook -------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def first() -> NeedsDraft:
    return read_needs_draft(needs_workbook(), FRANCE, name="besoins.xlsx")


@pytest.fixture(scope="module")
def draft(first: NeedsDraft) -> NeedsDraft:
    return read_needs_draft(needs_workbook(), FRANCE, name="besoins.xlsx", plan=settled(first))


def test_the_columns_of_a_planner_s_workbook_are_proposed_from_their_names(first: NeedsDraft) -> None:
    ways = {item.column: item.way for item in first.plan.items}
    assert ways == {
        "Code commune": Way.UNUSED, "Commune": Way.UNUSED, "Population": Way.BELOW, "Nb patients suivis": Way.COUNT,
        "Nb bénéficiaires AAH": Way.COUNT, "Part des 65 ans et plus (%)": Way.RATE, "Taux de recours pour 1 000 hab.": Way.RATE,
        "Revenu médian (€)": Way.RATE, "Nb passages aux urgences": Way.COUNT,
    }  # fmt: skip
    items = first.plan.by_column
    assert items["Nb patients suivis"].secrecy == 6, "as the file hides it"
    assert items["Taux de recours pour 1 000 hab."].multiplier == 1000
    assert (items["Part des 65 ans et plus (%)"].unit, items["Revenu médian (€)"].unit) == ("%", "€")
    assert (first.plan.grain, first.plan.place, first.questions) == (Grain.COMMUNE, "Code commune", ())
    assert {item.direction for item in first.plan.items} == {Direction.NEITHER}, "which way is worse is never guessed"


def test_every_row_is_accepted_refused_or_set_aside(draft: NeedsDraft) -> None:
    assert (draft.rows, draft.accepted, draft.refused, draft.aside) == (8, 6, 0, 2)
    assert draft.repaired == 3, "a lost zero, two communes of before"
    assert "« Total » : ligne de total" in told(draft, "à savoir")
    assert "note, mise de côté" in told(draft, "à savoir")
    assert "« 8003 » lu 08003" in told(draft, "réparé")
    assert draft.names.keys() == {"08001", "08003", "08004", "08005", "08173"}
    assert draft.departements == ("08",)


def test_counts_ratios_and_rates_have_the_hand_answers(draft: NeedsDraft) -> None:
    by_label = {series.indicator.label: series for series in draft.series}
    assert len(by_label) == 6
    followed = by_label["Nombre de patients suivis"].values
    assert followed["numerator"].dropna().to_dict() == {"08001": 12, "08005": 0, "08173": 16}
    assert followed["state"].to_dict() == {
        "08001": State.KNOWN, "08003": State.SECRET, "08004": State.ABSENT, "08005": State.KNOWN, "08173": State.KNOWN,
    }  # fmt: skip
    aah = by_label["Nombre de bénéficiaires AAH"]
    assert aah.indicator.measure is Measure.RATIO
    shown = shown_figures(aah).dropna().round(6).to_dict()
    assert shown == {"08001": round(1000 / 479, 6), "08003": round(4000 / 1692, 6), "08173": 2.0}
    assert aah.values["state"].to_dict()["08005"] == State.SECRET, "4 is under the threshold of 5"
    use = by_label["Taux de recours pour 1 000 hab."]
    assert use.indicator.note.startswith("Numérateur recalculé")
    assert use.values["numerator"].round(6).to_dict() == {
        "08001": 4.79,
        "08003": 8.46,
        "08004": 1.004,
        "08005": 0.0,
        "08173": 7.0,
    }
    assert shown_figures(use)["08173"] == pytest.approx(14.0), "3 + 4 people of 500, not the mean of 10 and 20"
    urgent = by_label["Nombre de passages aux urgences"].values["numerator"]
    assert urgent.dropna().to_dict() == {"08001": 1234, "08003": 80, "08005": 7, "08173": 30}


def test_a_rate_alone_is_never_averaged_where_communes_merged(draft: NeedsDraft) -> None:
    income = next(series for series in draft.series if series.indicator.unit == "€")
    assert income.values["rate"].dropna().to_dict() == {"08001": 21400, "08003": 22150}
    assert income.values["state"].to_dict() == {
        "08001": State.KNOWN, "08003": State.KNOWN, "08004": State.SECRET, "08005": State.ABSENT, "08173": State.ABSENT,
    }  # fmt: skip


def test_each_kind_of_absence_is_counted_and_told(draft: NeedsDraft) -> None:
    said = told(draft, "à savoir")
    assert "colonne « Nb patients suivis » : 1 chiffre secret ; 1 chiffre inconnu" in said
    assert "colonne « Part des 65 ans et plus (%) » : 1 case vide" in said
    tally = draft.tallies[draft.series[0].id]
    assert (tally.known, tally.secret, tally.absent, tally.least, tally.middle, tally.most) == (3, 1, 1, 0, 12, 16)


# --- territories ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("header", "cells", "grain", "codes"),
    [
        ("Département", ["02", "2", "2A"], Grain.DEPARTEMENT, None),
        ("dep", ["2", "59", "2A"], Grain.DEPARTEMENT, {"02", "59", "2A"}),
        ("Nom", ["Aisne", "Nord", "Corse-du-Sud"], Grain.DEPARTEMENT, {"02", "59", "2A"}),
        ("Région", ["Grand Est", "PACA", "Île-de-France"], Grain.REGION, {"44", "93", "11"}),
        ("reg", ["1", "84", "93"], Grain.REGION, {"01", "84", "93"}),
        ("EPCI", ["200043156", "CA Ardenne Métropole"], Grain.EPCI, {"200043156", "200041630"}),
        ("code", ["080010000", "80030000", "751010101"], Grain.IRIS, {"080010000", "080030000", "751010101"}),
        ("Commune", ["Acy-Romance", "Aiglemont", "Paris"], Grain.COMMUNE, {"08001", "08003", "75056"}),
        ("Code", ["75101", "75102", "75103"], Grain.COMMUNE, {"75101", "75102", "75103"}),
    ],
)  # fmt: skip
def test_territories_are_found_by_code_or_name(
    header: str, cells: Sequence[str], grain: Grain, codes: set[str] | None
) -> None:
    rows = [f"{cell};{10 + i}" for i, cell in enumerate(cells)]
    draft = table(f"{header};Nb de suicides", *rows, atlas=FRANCE)
    assert draft.plan.grain is grain
    if codes is None:  # « 02 » and « 2 » are one, with two figures
        assert draft.refused == 2
        assert "02 : plusieurs lignes aux chiffres différents (lignes 2 et 3), toutes refusées" in told(draft)
    else:
        assert set(draft.names) == codes
        assert one(draft).values["numerator"].sum() == sum(range(10, 10 + len(cells)))


def test_codes_that_a_spreadsheet_made_numbers_and_names_with_their_rank_are_read() -> None:
    assert set(table("IRIS;Nb", "930010101.0;3", "10040101;4", atlas=FRANCE).names) == {"930010101", "010040101"}
    assert set(table("EPCI;Nb", "200043156.0;3", "T12 Grand-Orly Seine Bièvre;4", atlas=FRANCE).names) == {
        "200043156",
        "200058014",
    }
    assert set(table("Région;Nb", "84.0;3", "1;4", "R11;5", atlas=FRANCE).names) == {"84", "01", "11"}


@pytest.mark.parametrize("header", ["Canton", "Bassin de vie", "Arrondissement"])
def test_names_of_communes_that_name_something_else_are_not_communes(header: str) -> None:
    with pytest.raises(GeoInputError, match="aucune colonne de territoires"):
        table(f"{header};Nb", "Vouziers;3", "Rethel;4", atlas=FRANCE)


def test_a_commune_that_has_its_row_beside_those_it_absorbed_is_told() -> None:
    draft = table("code commune;Nb", "08173;100", "08042;7", "08079;9", atlas=FRANCE)
    assert one(draft).values["numerator"].to_dict() == {"08173": 116}
    assert "08173 a sa ligne, et 08042 et 08079 aussi" in told(draft, "à savoir")


@pytest.mark.parametrize(
    ("cells", "secrecy"),
    [
        (("< 6", "12"), 6),
        (("< 5", "5", "≤ 10"), 5),
        (("< 6", "2"), 6),
        (("moins de 11", "< 6", "40"), 11),
        (("s", "3"), 0),
    ],
)
def test_the_threshold_proposed_is_that_of_the_file_and_hides_no_figure_it_shows(
    cells: Sequence[str], secrecy: int
) -> None:
    draft = table("code commune;Nb", *(f"0100{i + 1};{cell}" for i, cell in enumerate(cells)))
    assert draft.plan.by_column["Nb"].secrecy == secrecy


def test_codes_that_may_be_of_two_grains_are_asked() -> None:
    draft = table("code;Nb de suicides", "11;5", "24;6", "27;7", "93;8", atlas=FRANCE)
    (question,) = draft.questions
    assert "régions" in question.said
    assert {answer for _, answer in question.candidates} == {"departement", "region"}
    again = table(
        "code;Nb de suicides",
        "11;5",
        "24;6",
        "27;7",
        "93;8",
        atlas=FRANCE,
        plan=replace(draft.plan, grain=Grain.REGION),
    )
    assert again.questions == ()
    assert again.names["93"].startswith("Provence")


def test_a_whole_city_is_not_added_to_its_arrondissements() -> None:
    draft = table("code commune;Nb", "75056;100", "75101;40", "75102;60", atlas=FRANCE)
    assert set(draft.names) == {"75101", "75102"}
    assert "ville entière mise de côté" in told(draft, "à savoir")


def test_a_territory_that_is_none_is_refused_alone() -> None:
    draft = table("code commune;Nb", "01001;5", "99999;6", ";7", "01002;8")
    assert (draft.accepted, draft.refused) == (2, 2)
    assert "ligne 3" in told(draft)
    assert "ligne 4" in told(draft)


def test_the_same_territory_with_other_figures_is_refused_with_its_rows() -> None:
    draft = table("code commune;Nb", "01001;5", "01002;6", "01001;7", "01003;8", "01003;8")
    assert set(draft.names) == {"01002", "01003"}
    assert "lignes 2 et 4" in told(draft)
    assert (draft.rows, draft.accepted, draft.refused, draft.aside) == (5, 2, 2, 1)


@pytest.mark.parametrize(
    "word",
    ["Total", "TOTAL", "Ensemble", "France", "France entière", "Total Ain", "Sous-total", "Ensemble du département"],
)
def test_totals_are_set_aside_and_never_added(word: str) -> None:
    draft = table("code commune;commune;Nb", "01001;Bourg 1;5", "01002;Bourg 2;6", f"{word};;11", f";{word};11")
    assert (draft.accepted, draft.aside, draft.refused) == (2, 2, 0)
    assert one(draft).values["numerator"].sum() == 11


# --- figures ----------------------------------------------------------------------------------------------------
def test_figures_that_make_no_sense_are_told_with_their_row_and_are_unknown() -> None:
    rows = ("01001;120;100;150 %;3", "01002;-4;100;40 %;3", "01003;50;100;-5 %;douze", "01004;60;100;60 %;5")
    plan = table("code commune;Nb malades;Population;Part suivie;Nb", *rows).plan
    item = replace(plan.by_column["Nb malades"], way=Way.RATIO, denominator="Population", multiplier=100.0, unit="%")
    draft = table("code commune;Nb malades;Population;Part suivie;Nb", *rows, plan=plan.with_item(item))
    ill, part, number = draft.series
    assert ill.values["numerator"].dropna().to_dict() == {"01003": 50, "01004": 60}
    assert part.values["rate"].dropna().to_dict() == {"01002": 40, "01004": 60}
    assert number.values["numerator"].dropna().to_dict() == {"01001": 3, "01002": 3, "01004": 5}
    said = told(draft)
    for words in ("ligne 2, colonne « Nb malades » : le numérateur (120) dépasse", "ligne 3, colonne « Nb malades » : -4 : un nombre ne peut",
                  "ligne 2, colonne « Part suivie » : 150 %", "ligne 4, colonne « Part suivie »", "« douze » n’est pas un chiffre"):  # fmt: skip
        assert words in said


def test_a_change_in_percent_may_be_under_zero() -> None:
    draft = table("code commune;Taux d’évolution (%)", "01001;-3,5", "01002;120")
    assert one(draft).values["rate"].to_dict() == {"01001": -3.5, "01002": 120}


@pytest.mark.parametrize(
    ("scale", "found"), [(100.0, {"01001": 12.5, "01002": 50}), (1.0, {"01001": 0.125, "01002": 0.5})]
)
def test_shares_from_zero_to_one_are_asked_about(scale: float, found: dict[str, float]) -> None:
    body = needs_workbook([("01001", 0.125), ("01002", 0.5)], ("code commune", "Part suivie"), "")
    draft = read_needs_draft(body, DRAWN, name="a.xlsx")
    (question,) = draft.questions
    assert "vont de 0 à 1" in question.said
    item = replace(draft.plan.by_column["Part suivie"], scale=scale)
    again = read_needs_draft(body, DRAWN, name="a.xlsx", plan=draft.plan.with_item(item))
    assert again.questions == ()
    assert one(again).values["rate"].to_dict() == found
    assert ("multipliées par 100" in told(again, "à savoir")) == (scale == 100)


@pytest.mark.parametrize("denominator", ["", "Nb", "Nulle part"])
def test_a_number_is_never_its_own_denominator(denominator: str) -> None:
    plan = table("code commune;Nb", "01001;5", "01002;6").plan
    item = replace(plan.by_column["Nb"], way=Way.RATIO, denominator=denominator, multiplier=100.0, unit="%")
    draft = table("code commune;Nb", "01001;5", "01002;6", plan=plan.with_item(item))
    assert draft.series == ()
    assert any("Choisissez le dénominateur" in question.said for question in draft.questions)


def test_a_column_whose_name_tells_nothing_is_asked() -> None:
    draft = table("code commune;Valeur X", "01001;5", "01002;6")
    (question,) = draft.questions
    assert "« Valeur X »" in question.said
    with pytest.raises(GeoInputError, match="à régler"):
        keep_needs(draft, SAID)


def test_a_long_table_is_put_in_columns() -> None:
    rows = (
        "01001;Nb suicides;5",
        "01001;Taux de pauvreté (%);12,5",
        "01002;Nb suicides;s",
        "01002;Taux de pauvreté (%);20",
    )
    draft = table("code commune;indicateur;valeur", *rows)
    assert [series.indicator.label for series in draft.series] == ["Nombre de suicides", "Taux de pauvreté (%)"]
    assert draft.series[0].values["state"].to_dict() == {"01001": State.KNOWN, "01002": State.SECRET}
    assert draft.series[1].values["rate"].to_dict() == {"01001": 12.5, "01002": 20}


def test_a_constant_year_is_proposed_and_of_several_one_is_asked() -> None:
    draft = table("code commune;année;Nb", "01001;2022;5", "01002;2022;6")
    assert draft.plan.year == "2022"
    assert [series.indicator.label for series in draft.series] == ["Nombre"]
    rows = ("01001;2022;5", "01001;2023;6", "01002;2022;1")
    both = table("code commune;année;Nb", *rows)
    (question,) = both.questions
    assert (question.about, question.proposal, both.plan.year) == ("année", "2023", "2023")
    assert one(both).values["numerator"].to_dict() == {"01001": 6}
    assert (both.accepted, both.aside) == (1, 2)
    older = table("code commune;année;Nb", *rows, plan=replace(both.plan, only=(("année", "2022"),), year=""))
    assert older.questions == ()
    assert one(older).values["numerator"].to_dict() == {"01001": 5, "01002": 1}


def test_of_men_women_and_all_the_rows_of_all_are_kept_and_told() -> None:
    rows = ("01;Hommes;60", "01;Femmes;20", "01;Ensemble;80", "02;Ensemble;120", "02;Hommes;70", "Total;Ensemble;200")
    draft = table("departement;sexe;Nb", *rows, atlas=FRANCE)
    assert one(draft).values["numerator"].to_dict() == {"01": 80, "02": 120}
    assert (draft.accepted, draft.aside, draft.questions) == (2, 4, ())
    assert "Seules les lignes « Ensemble » sont retenues" in told(draft, "à savoir")


def test_codes_that_come_once_a_year_are_territories_where_the_header_says_so() -> None:
    draft = table("code;annee;Nb", "11;2021;5", "11;2022;6", "24;2021;7", "24;2022;8", atlas=FRANCE)
    assert (draft.plan.place, draft.splits[0].kept, set(draft.names)) == ("code", "2022", {"11", "24"})
    assert len(draft.questions) == 2, "départements or régions, and which year"


def test_kinds_of_rows_without_a_whole_are_asked_and_never_added() -> None:
    draft = table("departement;sexe;Nb", "01;Hommes;60", "01;Femmes;20", "02;Hommes;7", atlas=FRANCE)
    (question,) = draft.questions
    assert [answer for _, answer in question.candidates] == ["Hommes", "Femmes"]
    assert one(draft).values["numerator"].to_dict() == {"02": 7}
    assert draft.refused == 2


def test_figures_that_look_like_numbers_of_departements_are_figures() -> None:
    draft = table("Département;2021;2022", "01;12;13", "02;21;22", "03;31;32", atlas=FRANCE)
    assert [question.about for question in draft.questions] == ["2021", "2022"]


def test_a_homonym_is_the_commune_of_the_departement_of_the_table() -> None:
    draft = table("Commune;Nb", "Saint-Denis;45", "Aubervilliers;5", "Pantin;7", atlas=FRANCE)
    assert one(draft).values["numerator"].to_dict() == {"93001": 5, "93055": 7, "93066": 45}
    assert "la seule des départements du tableau" in told(draft, "réparé")
    alone = table("Commune;Nb", "Saint-Denis;45", "Pantin;7", "Ajaccio;5", "Brest;1", "Lens;4", atlas=FRANCE)
    assert "93066" not in alone.names
    assert "plusieurs communes portent ce nom" in told(alone)


def test_a_grain_that_is_asked_stays_asked_whatever_else_is_settled() -> None:
    rows = ("11;5", "24;6", "27;7", "93;8")
    draft = table("code;Nb de suicides", *rows, atlas=FRANCE)
    item = replace(draft.plan.by_column["Nb de suicides"], label="Suicides")
    again = table("code;Nb de suicides", *rows, atlas=FRANCE, plan=draft.plan.with_item(item))
    assert len(again.questions) == 1


CELLS = st.sampled_from(["", "s", "nd", "< 6", "12", "1 234,5", "-3", "12 %", "150", "x y", "#N/A", "0", "0,5"])
TERRITORIES = st.sampled_from(
    ["01001", "1002", "01003", "01900", "01901", "99999", "", "Total", "Bourg 5", "Ensemble", "note"]
)


@given(st.lists(st.tuples(TERRITORIES, CELLS, CELLS, st.sampled_from(["2021", "2022", ""])), min_size=3, max_size=25))
@settings(max_examples=60, deadline=None)
def test_no_row_is_lost_and_no_figure_is_made_of_what_is_none(lines: list[tuple[str, str, str, str]]) -> None:
    rows = [("01001", "5", "7", "2022"), ("01002", "6", "8", "2022"), *lines]
    written = [row for row in rows if any(cell.strip() for cell in row)]
    draft = table("code commune;Nb malades;Taux (%);année", *(";".join(row) for row in rows))
    assert draft.rows == len(written) == draft.accepted + draft.refused + draft.aside
    for series in draft.series:
        known = series.values["state"] == State.KNOWN
        figures = series.values[["numerator", "rate"]].sum(axis=1, min_count=1)
        assert (figures.notna() == known).all()
        assert series.values.index.is_unique
        total = sum(
            cell.number
            for row in written
            for text in row[1:3]
            if (cell := read_cell(text)).kind is CellKind.NUMBER and cell.number > 0
        )
        assert figures.sum() <= total


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"a;b\n1;2\n3;4", "aucune colonne de territoires"),
        (b"01001;5\n01002;6", "nommer les colonnes|aucune colonne de territoires"),
        (b"code commune;Nb", "aucune ligne sous les titres"),
        (b'{"type":"FeatureCollection","features":[]}', "tableau|illisible|contours|vide"),
        (b"", "vide"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_a_sentence(body: bytes, problem: str) -> None:
    with pytest.raises(GeoInputError, match=problem):
        read_needs_draft(body, DRAWN, name="besoins.csv")


# --- kept -------------------------------------------------------------------------------------------------------
def test_a_table_is_published_opened_and_what_was_settled_serves_again(draft: NeedsDraft, tmp_path: Path) -> None:
    version = publish_needs(draft, SAID, seen=0, home=tmp_path)
    opened = open_indicators(tmp_path, FRANCE, [])
    assert len(opened) == 6
    series = opened.by_id["besoins-2023-nombre-de-patients-suivis"]
    assert (series.indicator.set, series.indicator.source, series.indicator.year) == (
        "Besoins 2023",
        "ORS Grand Est",
        "2023",
    )
    assert version.statement.who == "Ana"
    known = remembered_plan(draft.shape, tmp_path)
    assert known and known[0] == draft.plan
    assert remembered_plan("autre", tmp_path) is None
    with pytest.raises(ConflictError):
        publish_needs(draft, SAID, seen=0, home=tmp_path)
    (held,) = need_sets(tmp_path)
    assert len(held.versions) == 1, "nothing is kept for nothing"
    keep_needs(draft, SAID, home=tmp_path)
    assert head(SAID.kind, tmp_path).version is not None


@pytest.mark.parametrize("lacking", ["name", "source", "year", "who"])
def test_what_must_be_stated_is_asked_for(draft: NeedsDraft, tmp_path: Path, lacking: str) -> None:
    with pytest.raises(GeoInputError, match="Il manque"):
        publish_needs(draft, replace(SAID, **{lacking: " "}), seen=0, home=tmp_path)
    with pytest.raises(GeoInputError, match="confirmation"):
        publish_needs(draft, replace(SAID, confirmed=False), seen=0, home=tmp_path)
    assert need_sets(tmp_path) == ()


def test_a_plan_comes_back_from_its_text(draft: NeedsDraft) -> None:
    assert Plan.from_json(draft.plan.to_json()) == draft.plan
    for broken in (
        "",
        "[]",
        "{}",
        '{"items":1,"grain":null,"place":"","source":"","year":""}',
        '{"items":[{"way":"?"}]}',
    ):
        assert Plan.from_json(broken) is None
    assert math.isnan(draft.tallies[draft.series[0].id].least) is False
