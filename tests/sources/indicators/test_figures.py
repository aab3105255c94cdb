"""Figures of published tables: however they are written they are read alike, and a sum is as little known as its parts."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.communes import embedded_atlas
from geo.french import number
from geo.indicators import CellKind, State, read_cell
from geo.sources.readers.indicators.figures import read_figure, refuse_repeats
from geo.sources.readers.indicators.territories import added_up, on_bodies, on_departements

WORDS = {State.SECRET: "s", State.ABSENT: "nd"}
CELLS = st.one_of(st.integers(0, 10**7), st.sampled_from(list(WORDS.values())))


@given(st.integers(-(10**9), 10**9), st.integers(0, 3))
def test_a_number_is_read_however_the_french_write_it(value: int, decimals: int) -> None:
    exact = value / 10**decimals
    for text in (f"{exact:.{decimals}f}", f"{exact:.{decimals}f}".replace(".", ","), f" {exact:.{decimals}f} "):
        assert read_figure(text) == (pytest.approx(exact), State.KNOWN)
    if exact >= 0:
        assert read_figure(number(exact, decimals)) == (pytest.approx(exact), State.KNOWN)


@given(st.text(max_size=12))
def test_any_text_is_a_figure_a_secret_an_absence_or_nothing(text: str) -> None:
    found = read_figure(text)
    assert found is None or (found[1] is State.KNOWN) == (found[0] == found[0])


def test_what_is_beyond_any_country_is_no_figure() -> None:
    assert read_figure("1e999") is None and read_figure("-2e20") is None and read_figure("12 ou 13") is None


@pytest.mark.parametrize("text", ["< 5", "<11", "≤ 4", "s", "S", "c", "moins de 5"])
def test_marks_of_secrecy_are_secrets(text: str) -> None:
    found = read_figure(text)
    assert found is not None and found[1] is State.SECRET


@pytest.mark.parametrize("text", ["", "nd", "n.d.", "nc", "N/A", "-", "…", "NaN", "ns", " "])
def test_blanks_are_no_zero(text: str) -> None:
    found = read_figure(text)
    assert found is not None and found[1] is State.ABSENT and found[0] != found[0]


@pytest.mark.parametrize(
    "text", ["1 234,5", "1.234,5", "12,5 %", "1-5", "N/A - secret statistique", "#N/A", "1,2e3", "< 11", "un", "0"]
)
def test_a_figure_is_read_alike_in_an_official_file_and_in_a_table_that_somebody_brings(text: str) -> None:
    cell, found = read_cell(text), read_figure(text)
    assert (found is None) == (cell.kind is CellKind.UNREADABLE)
    if found:
        assert (found[1] is State.KNOWN) == (cell.kind is CellKind.NUMBER) and str(found[0]) == str(cell.number)


@given(st.tuples(CELLS, CELLS), st.booleans())
def test_a_sum_is_as_little_known_as_its_parts_in_any_order(cells: tuple[int | str, int | str], turned: bool) -> None:
    atlas, order = embedded_atlas(), -1 if turned else 1
    read = [read_figure(str(cell)) for cell in cells]
    placed = pd.DataFrame({
        "code": "01138", "was": ["01138", "01039"], "own": [True, False], "n": [r[0] for r in read if r],
        "n_state": pd.Series([r[1] for r in read if r], dtype=object),
    })[::order]  # fmt: skip
    made = added_up(placed, ["n"], atlas, [], file="f").loc["01138"]
    states = [r[1] for r in read if r]
    expected = next((s for s in (State.SECRET, State.ABSENT) if s in states), State.KNOWN)
    assert made["n_state"] == expected
    assert made["n"] == sum(cells) if expected is State.KNOWN else made["n"] != made["n"]


def rows(*codes: str) -> pd.DataFrame:
    return pd.DataFrame({"code": list(codes), "line": range(2, len(codes) + 2)}, dtype=object)


def test_départements_are_read_as_they_are_written() -> None:
    notes: list[str] = []
    found = on_departements(
        rows("1", "01.0", "2a", "Ain", "971", "976", "977", "France", "99"), embedded_atlas(), notes, file="f"
    )
    assert found["code"].tolist() == ["01", "01", "2A", "01", "971", "976"]
    assert "3 lignes hors des départements" in notes[0].replace("\xa0", " ")


def test_regions_are_read_by_code_or_name() -> None:
    found = on_departements(
        rows("1", "84", "Bretagne", "ile de france", "Provence-Alpes-Côte d'Azur"),
        embedded_atlas(),
        [],
        file="f",
        regions=True,
    )
    assert found["code"].tolist() == ["01", "84", "53", "11", "93"]


def test_bodies_of_today_are_epci_and_ept() -> None:
    atlas, notes = embedded_atlas(), []
    epci, ept = str(atlas.epci.index[0]), str(atlas.ept.index[0])
    assert on_bodies(rows(epci, f"{ept}.0", "249999999"), atlas, notes, file="f")["code"].tolist() == [epci, ept]
    assert "249999999" in notes[0]


def test_a_repeated_territory_is_named_with_its_row() -> None:
    with pytest.raises(ValueError, match="ligne 3 : 01 figure déjà plus haut"):
        refuse_repeats(rows("01", "01"), ["code"], "f", "département")
