"""The portrait of a set of communes: beside what is around and what is alike, in one sentence each, with nothing invented."""

from __future__ import annotations

import numpy as np

from geo.communes import Atlas
from geo.indicators import Direction, Grain, Kind, Measure, Series, State, values_frame
from geo.needs import NO_INDICATOR, Verdict, portrait, portrait_frame, portrait_headers, portrait_rows
from tests.needs.made_up import drawn_world, made_up, ratio
from tests.support.grid import draw, plain

EPCI = [["A", "A", "B", "B"], ["C", "C", "D", "D"]]
DEPARTEMENTS = [["01", "01", "01", "01"], ["02", "02", "02", "02"]]


def country() -> Atlas:
    return draw([[10_000] * 4, [10_000] * 4], epci=EPCI, departement=DEPARTEMENTS)


def test_each_indicator_has_one_sentence_with_its_figure_and_what_it_is_beside() -> None:
    atlas = country()
    told = made_up(atlas, ratio(), lambda people, row: 400 if row == 0 else 100)
    drawn = portrait(drawn_world(atlas, told), np.array([0]), "Bourg 1")
    (line,) = drawn.lines
    # A: 500 of 20 000; département and région 01: 700 of 40 000, one set told once; France 1 100 of 80 000
    assert [kind for kind, _ in drawn.around] == ["epci", "departement", "france", "semblables"]
    assert line.mine.value == 40.0
    assert [round(b.answer.value, 2) for b in line.besides] == [25.0, 17.5, 13.75, 10.0]
    assert {b.verdict for b in line.besides} == {Verdict.ABOVE}
    assert plain(line.sentence) == (
        "Décès par suicide, 2022 : 40,0 pour 1 000 habitants (400 décès sur 10 000 habitants) ; au-dessus de l’intercommunalité (25,0), "
        "du département (17,5), de la France (13,8) et des territoires semblables (10,0) : un besoin plus grand qu’en France."
    )


def test_where_more_is_better_the_need_is_told_the_other_way() -> None:
    atlas = country()
    told = made_up(atlas, ratio(direction=Direction.BETTER), lambda people, row: 400 if row == 0 else 100)
    sentence = portrait(drawn_world(atlas, told), np.array([0]), "Bourg 1").lines[0].sentence
    assert "besoin plus petit" in sentence
    told = made_up(atlas, ratio(direction=Direction.NEITHER), lambda people, row: 400 if row == 0 else 100)
    assert "besoin" not in portrait(drawn_world(atlas, told), np.array([0]), "Bourg 1").lines[0].sentence


def test_what_chance_explains_is_comparable() -> None:
    atlas = country()
    told = made_up(atlas, ratio(), lambda people, row: 13 if row == 0 else 10)  # 10 ± 6 are expected
    line = portrait(drawn_world(atlas, told), np.array([0]), "Bourg 1").lines[0]
    assert {b.verdict for b in line.besides} == {Verdict.ALIKE}
    assert "comparable à l’intercommunalité" in line.sentence


def test_a_number_is_not_compared_between_territories_of_other_sizes() -> None:
    atlas = country()
    told = made_up(atlas, ratio(measure=Measure.COUNT, unit=""), lambda people, row: 10)
    line = portrait(drawn_world(atlas, told), np.array([0]), "Bourg 1").lines[0]
    assert {b.verdict for b in line.besides} == {Verdict.NONE}
    assert (
        plain(line.sentence)
        == "Décès par suicide, 2022 : 10 décès ; non comparé : un effectif dépend de la taille du territoire."
    )


def test_a_secret_number_is_compared_only_when_its_bounds_settle_it() -> None:
    atlas = country()
    numbers = [np.nan, *[400.0] * 7]
    states = [State.SECRET, *[State.KNOWN] * 7]
    values = values_frame(atlas.codes, numerator=numbers, denominator=10_000.0, state=states)
    drawn = portrait(drawn_world(atlas, Series(ratio(secrecy=6), values)), np.array([0]), "Bourg 1")
    line = drawn.lines[0]
    assert line.mine.kind is Kind.BOUNDED
    assert plain(line.mine.figure) == "entre 0,1 et 0,5 pour 1 000 habitants"
    assert [b.verdict for b in line.besides if b.kind == "semblables"] == [Verdict.BELOW]
    assert [b.verdict for b in line.besides if b.kind == "epci"] == [Verdict.BELOW]  # 401 to 405 of 20 000


def test_a_figure_is_compared_with_bounds_when_both_ends_say_the_same() -> None:
    atlas = country()
    numbers = [400.0, np.nan, *[100.0] * 6]
    states = [State.KNOWN, State.SECRET, *[State.KNOWN] * 6]
    values = values_frame(atlas.codes, numerator=numbers, denominator=10_000.0, state=states)
    line = portrait(drawn_world(atlas, Series(ratio(secrecy=6), values)), np.array([0]), "Bourg 1").lines[0]
    assert {b.verdict for b in line.besides} == {Verdict.ABOVE}
    assert "de l’intercommunalité (20,0 à 20,3)" in plain(line.sentence)  # 401 to 405 of 20 000


def test_under_the_denominator_of_the_producer_nothing_is_compared() -> None:
    atlas = country()
    told = made_up(atlas, ratio(least=15_000), lambda people, row: 400 if row == 0 else 100)
    line = portrait(drawn_world(atlas, told), np.array([0]), "Bourg 1").lines[0]
    assert {b.verdict for b in line.besides} == {Verdict.NONE}
    assert "non comparé : la source demande au moins 15 000 habitants" in plain(line.sentence)


def test_a_grain_coarser_than_the_set_is_told_by_name_and_never_compared() -> None:
    atlas = country()

    values = values_frame(["01", "02"], numerator=[60.0, 8.0], denominator=40_000.0)
    line = portrait(drawn_world(atlas, Series(ratio(grain=Grain.DEPARTEMENT), values)), np.array([0]), "B").lines[0]
    assert plain(line.mine.figure) == "département : Département 01, 1,5 pour 1 000 habitants"
    assert {b.verdict for b in line.besides} == {Verdict.NONE}


def test_what_is_unknown_is_said_once_and_how_much_is_known_is_told() -> None:
    atlas = country()
    values = values_frame(atlas.codes[:3], numerator=10.0, denominator=10_000.0)
    nothing = Series(ratio("rien", "Séjours"), values_frame(["02008"], numerator=[1.0], denominator=[10_000.0]))
    drawn = portrait(drawn_world(atlas, Series(ratio(), values), nothing), np.arange(4), "Département")
    assert plain(drawn.lines[0].mine.figure) == "au moins 30 décès"
    assert plain(drawn.lines[0].mine.detail).startswith("connu pour 3 communes sur 4, 75 % des habitants")
    assert plain(drawn.unknown) == "Inconnu ici : Séjours."
    frame = portrait_frame(drawn)
    assert frame.loc[frame["indicateur"] == "Séjours", "valeur"].isna().all()


def test_tables_have_one_column_a_territory_and_one_row_an_indicator() -> None:
    atlas = country()
    told = [made_up(atlas, ratio(f"i{n}", f"Indicateur {n}", year=str(n)), lambda people, row: 10) for n in range(3)]
    drawn = portrait(drawn_world(atlas, *told), np.array([0]), "Bourg 1")
    rows = portrait_rows(drawn)
    assert len(rows) == 3
    assert {len(row) for row in rows} == {len(portrait_headers(drawn))}
    assert len(portrait_frame(drawn)) == 3 * (1 + len(drawn.around))


def test_with_no_indicator_the_portrait_is_empty_and_one_sentence_says_where_to_bring_some() -> None:
    atlas = country()
    assert portrait(drawn_world(atlas), np.array([0]), "Bourg 1").lines == ()
    assert "Données" in NO_INDICATOR


def test_a_city_that_stands_alone_is_no_intercommunal_body() -> None:
    atlas = draw(
        [[10_000] * 4, [10_000] * 4],
        epci="M",
        ept=[["E"] * 4, ["E", "E", None, None]],
        city=[[None] * 4, [None, None, "C", "C"]],
    )
    told = made_up(atlas, ratio(), lambda people, row: 100)
    world = drawn_world(atlas, told)
    assert "epci" not in dict(portrait(world, np.array([6]), "Une partie de la ville").around)
    assert dict(portrait(world, np.array([0]), "Bourg 1").around)["epci"] == "EPT E"
