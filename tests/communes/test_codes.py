"""What a code or a name stands for: today's, old, lost zero, whole city, homonym."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.communes import atoms_from_codes, read_code, split_codes
from geo.errors import GeoInputError
from geo.perimeters import Perimeter
from tests.support.grid import draw
from tests.support.real import atlas

CITIES = {"75056": 20, "69123": 9, "13055": 16}


@given(st.data())
def test_every_code_of_today_reads_as_itself_in_any_case_and_blanks(data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(list(atlas().codes)))
    blanks = data.draw(st.sampled_from(["", " ", "\t", "\n", "\u00a0"]))
    reading = read_code(blanks + code.lower() + blanks, atlas())
    assert (reading.kind, reading.atoms, reading.message) == ("atom", (code,), "")


@given(st.data())
def test_a_lost_leading_zero_is_malformed_and_told_how_to_mend(data: st.DataObject) -> None:
    code = data.draw(st.sampled_from([c for c in atlas().codes if c.startswith("0")]))
    reading = read_code(code[1:], atlas())
    assert (reading.kind, reading.atoms) == ("malformed", ())
    assert "zéro" in reading.message
    assert code in reading.message


def test_a_lost_zero_on_an_old_code_leads_to_the_commune_of_today() -> None:
    reading = read_code("1003", atlas())
    assert (reading.kind, reading.atoms) == ("malformed", ())
    assert "01003" in reading.message
    assert "01165" in reading.message  # Francheleins, where Amareins went


@given(st.data())
def test_every_former_code_leads_to_atoms_of_today_and_names_them(data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(sorted(atlas().former)))
    reading = read_code(code, atlas())
    assert reading.kind == "former"
    assert reading.atoms
    assert set(reading.atoms) <= set(atlas().row)
    assert atlas().former[code][0] in reading.message


def test_no_former_code_is_a_code_of_today() -> None:
    assert not set(atlas().former) & (set(atlas().row) | set(atlas().parts))


@pytest.mark.parametrize(("city", "size"), CITIES.items())
def test_a_whole_city_is_all_of_its_arrondissements_with_the_same_people(city: str, size: int) -> None:
    reading = read_code(city, atlas())
    assert reading.kind == "city"
    assert len(reading.atoms) == size
    assert atlas().population[atlas().rows(reading.atoms)].sum() == atlas().villes.at[city, "population"]


def test_a_city_and_one_of_its_arrondissements_make_the_city_once() -> None:
    assert atoms_from_codes(["75056", "75101"], atlas()) == atlas().parts["75056"]


def test_a_merged_commune_is_said_with_its_old_name_and_its_new_code() -> None:
    reading = read_code("93059", atlas())
    assert reading.kind == "former"
    assert reading.atoms == ("93066",)
    assert "Saint-Denis" in reading.message


def test_a_commune_of_the_overseas_collectivities_is_known_and_has_no_outline() -> None:
    reading = read_code("98735", atlas())
    assert (reading.kind, reading.atoms) == ("no_outline", ())
    assert "Papeete" in reading.message


@pytest.mark.parametrize("text", ["", "   ", "9402", "940288", "Créteil", "2C004", "94-28", "94028.0", "٩٤٠٢٨"])
def test_what_has_not_the_shape_of_a_code_is_told_so(text: str) -> None:
    reading = read_code(text, atlas())
    assert reading.kind == "malformed"
    assert "cinq caractères" in reading.message


@pytest.mark.parametrize("text", ["94999", "96001", "2a999"])
def test_a_code_of_the_right_shape_that_nothing_bears_is_unknown(text: str) -> None:
    reading = read_code(text, atlas())
    assert (reading.kind, reading.atoms) == ("unknown", ())
    assert text.upper() in reading.message


@given(st.text(max_size=12))
def test_any_text_is_sorted_and_only_a_code_of_today_is_silent(text: str) -> None:
    reading = read_code(text, atlas())
    assert (reading.message == "") == (reading.kind in ("atom", "city"))
    assert reading.message == reading.message.strip()
    assert "\n" not in reading.message


def test_every_bad_code_is_named_once_and_nothing_is_repaired() -> None:
    with pytest.raises(GeoInputError) as caught:
        atoms_from_codes(["94028", "79004", "1001", "94999", "94999"], atlas())
    assert len(caught.value.problems) == 3
    for code, problem in zip(("79004", "1001", "94999"), caught.value.problems, strict=True):
        assert problem.startswith(code)


def test_no_code_at_all_is_an_error() -> None:
    with pytest.raises(GeoInputError, match="Aucun code"):
        atoms_from_codes([], atlas())


def test_a_typed_list_parts_on_commas_semicolons_blanks_and_lines() -> None:
    assert split_codes(" 94028,94033;94080\n2A004\t01001 ,, ") == ["94028", "94033", "94080", "2A004", "01001"]


def test_a_perimeter_typed_with_a_city_holds_the_atoms_of_the_drawn_city() -> None:
    drawn = draw([[10, 20, 30]], city=[["01900", "01900", None]])
    assert Perimeter.of(["01900"], drawn).communes == {"01001", "01002"}
    assert read_code("01900", drawn).kind == "city"
