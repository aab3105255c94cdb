"""Cities opened into IRIS travel in a link and in a file, and come back the same; a link of before opens as it did."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.communes import Iris, open_communes
from geo.errors import GeoInputError
from geo.scenarios import Scenario, Workbook, close_city, followed, from_file, open_cities, pack, to_file, unpack
from tests.dataset.drawn_cities import BESIDE, CITY, NEXT, PIECES, drawn_city

ATLAS, IRIS = drawn_city()
OPEN = open_communes(ATLAS, IRIS, [CITY]).atlas
BOTH = open_communes(ATLAS, IRIS, [CITY, NEXT]).atlas


def opening(iris: Iris = IRIS):
    def opened(cities):
        good = [c for c in cities if c in iris.known]
        return open_communes(ATLAS, iris, good).atlas, tuple(
            f"{c} reste entière" for c in sorted(cities) if c not in good
        )

    return opened


def book(*codes: str, opened=(CITY,), **known) -> Workbook:
    return Workbook((Scenario("Périmètre", frozenset(codes), **known),), opened=frozenset(opened))


@settings(max_examples=80, deadline=None)
@given(
    st.sets(st.sampled_from([*PIECES, *BESIDE, "01001", "01009"])),
    st.sets(st.sampled_from([*PIECES, "01001"])),
    st.booleans(),
)
def test_what_is_packed_comes_back_the_same_from_a_link_and_from_a_file(codes, locked, two):
    scenarios = [Scenario("A", frozenset(codes | locked), locked=frozenset(locked))]
    scenarios += [Scenario("B", frozenset(PIECES))] if two else []
    workbook = Workbook(tuple(scenarios), opened=frozenset({CITY, NEXT}))
    assert unpack(pack(workbook, BOTH), ATLAS, opening=opening()).workbook == workbook
    assert from_file(to_file(workbook, BOTH), ATLAS, opening=opening()).workbook.scenarios == workbook.scenarios


def test_a_link_with_half_of_a_city_stays_short():
    plain = pack(Workbook((Scenario("Périmètre", frozenset({"01001", CITY})),)), ATLAS)
    fine = pack(book("01001", *PIECES[:6]), OPEN)
    assert len(fine) - len(plain) < 30
    assert len(pack(book("01001", *PIECES), OPEN)) - len(plain) < 20  # a whole city is one commune


def test_a_link_without_any_opened_city_is_written_as_before():
    workbook = Workbook((Scenario("Périmètre", frozenset({"01001", CITY})),))
    assert "." not in pack(workbook, ATLAS) and unpack(pack(workbook, ATLAS), ATLAS).workbook == workbook


def test_a_whole_city_is_its_commune_where_it_cannot_be_opened():
    found = unpack(pack(book("01001", *PIECES), OPEN), ATLAS)
    assert found.workbook.codes == {"01001", CITY} and not found.workbook.opened


def test_iris_that_are_not_here_are_left_out_and_said():
    text = pack(book("01001", *PIECES[:2]), OPEN)
    found = unpack(text, ATLAS, opening=opening(Iris(IRIS.table.loc[BESIDE], IRIS.pairs, IRIS.folder)))
    assert found.workbook.codes == {"01001"}
    assert "01005 reste entière" in found.notices
    assert any("Bourg 5 (01005) : 2\N{NO-BREAK SPACE}IRIS de cet envoi" in said for said in found.notices)


def test_a_link_that_was_cut_or_changed_is_refused():
    text = pack(book("01001", *PIECES[:5]), OPEN)
    mark = text.index(".")
    for at in range(mark, len(text)):
        changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        with pytest.raises(GeoInputError):
            unpack(changed, ATLAS, opening=opening())
        if at > mark:
            with pytest.raises(GeoInputError):
                unpack(text[:at], ATLAS, opening=opening())
    other = pack(book("01002", *PIECES[:5]), OPEN)
    with pytest.raises(GeoInputError):
        unpack(other[: other.index(".")] + text[mark:], ATLAS, opening=opening())


@given(st.sets(st.sampled_from([CITY, NEXT, "01001", "01009"])))
def test_opening_then_closing_is_nothing(codes):
    workbook = Workbook((Scenario("Périmètre", frozenset(codes)),))
    opened = open_cities(workbook, BOTH)
    assert opened.opened == {CITY, NEXT} and not opened.codes & {CITY, NEXT}
    assert close_city(close_city(opened, CITY, BOTH), NEXT, BOTH) == workbook
    assert close_city(close_city(opened, NEXT, BOTH), CITY, BOTH) == workbook
    assert open_cities(opened, BOTH) == opened


def test_a_city_of_which_a_part_is_chosen_is_not_closed_in_silence():
    with pytest.raises(GeoInputError, match=r"Bourg 5 \(01005\) : « Périmètre » en a 3 IRIS sur 12"):
        close_city(book(*PIECES[:3]), CITY, OPEN)


@pytest.mark.parametrize("wrong", ['"ouvertes": 3', '"ouvertes": [3]', '"ouvertes": {}'])
def test_a_file_whose_opened_cities_make_no_sense_is_refused(wrong):
    data = to_file(book(*PIECES[:3]), OPEN).decode().replace('"ouvertes": [\n  "01005"\n ]', wrong)
    with pytest.raises(GeoInputError, match="villes ouvertes"):
        from_file(data.encode(), ATLAS, opening=opening())


def test_a_colleague_s_opened_city_is_opened_in_both_workbooks():
    mine = Workbook((Scenario("Le mien", frozenset({CITY, "01001"})),))
    both = open_cities(mine.merge(book(*PIECES[:2])), OPEN)
    assert both.opened == {CITY}
    assert [s.codes for s in both.scenarios] == [{*PIECES, "01001"}, set(PIECES[:2])]


def test_a_workbook_follows_data_that_changed_under_it():
    drawn = book("01001", *PIECES[:3], locked=frozenset(PIECES[:1]))
    assert followed(drawn, OPEN) == (drawn, ())
    closed, said = followed(drawn, ATLAS)
    assert closed.codes == {"01001"} and not closed.opened and not closed.scenario.locked
    assert said == (
        "Bourg 5 (01005) : 3\N{NO-BREAK SPACE}IRIS de vos scénarios ne sont plus dans les données, laissés de côté.",
    )
