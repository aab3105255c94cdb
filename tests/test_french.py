"""Numbers and lists as a French reader expects them."""

from __future__ import annotations

import ast
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import french as fr
from geo.paths import ROOT
from tests.support.grid import plain


def _read(text: str) -> float:
    return float(text.replace(fr.NARROW, "").replace(",", ".").replace("\u2212", "-"))


@given(st.floats(-1e12, 1e12), st.integers(0, 3))
def test_a_number_reads_back_to_itself_within_its_decimals(value: float, decimals: int) -> None:
    assert _read(fr.number(value, decimals)) == pytest.approx(value, abs=0.5 * 10**-decimals * (1 + 1e-9), rel=1e-12)


@given(st.integers(-(10**12), 10**12))
def test_a_whole_number_reads_back_exactly_and_is_parted_by_three(value: int) -> None:
    text = fr.number(value)
    assert _read(text) == value
    assert re.fullmatch("\u2212?\\d{1,3}(\u202f\\d{3})*", text)


@pytest.mark.parametrize(("value", "decimals"), [(-0.2, 0), (-0.04, 1), (-0.0, 2)])
def test_what_rounds_to_zero_has_no_sign(value: float, decimals: int) -> None:
    assert _read(fr.number(value, decimals)) == 0
    assert not fr.number(value, decimals).startswith("\u2212")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_unknown_and_never_a_figure(value: float) -> None:
    assert fr.number(value) == "inconnu"
    assert fr.percent(value) == "inconnu"


def test_figures_carry_french_blanks_commas_and_units() -> None:
    assert fr.number(236710) == "236\u202f710"
    assert fr.number(12.5, 1) == "12,5"
    assert fr.inhabitants(1) == "1\u00a0habitant"
    assert fr.inhabitants(0) == "0\u00a0habitant"
    assert fr.inhabitants(2) == "2\u00a0habitants"
    assert fr.count(3, "commune rurale", "communes rurales") == "3\u00a0communes rurales"
    assert fr.euros(60000) == "60\u202f000\u00a0€"
    assert fr.percent(0.125) == "12,5\u00a0%"
    assert fr.percent(1) == "100\u00a0%"
    assert fr.percent(0.4669, 0) == "47\u00a0%"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 9, "0 %"), (9, 9, "100 %"), (20, 66_000, "0,03 %"), (1, 99_999, "0,001 %"), (99_960, 100_000, "99,96 %"), (99_999, 100_000, "99,999 %"),
     (1_999, 2_000, "99,95 %"), (1, 1_000, "0,1 %"), (999, 1_000, "99,9 %"), (2_002, 2_000, "100,1 %")],
)  # fmt: skip
def test_what_is_neither_none_nor_whole_is_not_written_so(part: int, whole: int, text: str) -> None:
    assert plain(fr.percent(part / whole)) == text


@pytest.mark.parametrize(("share", "text"), [(0.004, "0,4 %"), (0.996, "99,6 %"), (0.4, "40 %"), (1.0, "100 %")])
def test_whole_percents_do_not_say_none_or_all_either(share: float, text: str) -> None:
    assert plain(fr.percent(share, 0)) == text


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_no_part_of_a_million_people_reads_as_none_or_all(part: int, whole: int) -> None:
    shown = _read(fr.percent(part / whole).removesuffix("%").strip())
    assert (shown == 100) == (part == whole) if part <= whole else shown >= 100
    assert shown > 0


@given(st.floats(0, 5))
def test_the_noun_agrees_with_the_number_that_is_shown(value: float) -> None:
    shown, noun = fr.inhabitants(value).split(fr.NBSP)
    assert noun == ("habitant" if int(shown) < 2 else "habitants")


def test_a_ratio_shows_its_numerator_and_denominator() -> None:
    assert plain(fr.ratio(25, 200)) == "12,5 % (25 sur 200)"


def test_a_ratio_without_denominator_claims_no_percentage() -> None:
    assert fr.ratio(0, 0) == "0 sur 0"
    assert "%" not in fr.ratio(3, 0)


@pytest.mark.parametrize(
    ("metres", "text"), [(950, "0,9 km"), (5_640, "5,6 km"), (36_400, "36 km"), (1_234_567, "1 235 km")]
)
def test_distances_are_in_kilometres_and_finer_when_short(metres: float, text: str) -> None:
    assert plain(fr.kilometres(metres)) == text


@pytest.mark.parametrize(
    ("square_metres", "text"), [(11.46e6, "11,5 km²"), (819.4e6, "819 km²"), (12_012e6, "12 012 km²")]
)
def test_areas_are_in_square_kilometres(square_metres: float, text: str) -> None:
    assert plain(fr.square_kilometres(square_metres)) == text


@pytest.mark.parametrize(
    ("names", "most", "text"),
    [
        ([], None, ""),
        (["A"], None, "A"),
        (["A", "B"], None, "A et B"),
        (["A", "B", "C"], None, "A, B et C"),
        (["A", "B", "C"], 3, "A, B et C"),
        (["A", "B", "C"], 2, "A, B et 1 autre"),
        (["A", "B", "C", "D", "E"], 2, "A, B et 3 autres"),
    ],
)
def test_a_list_ends_with_et_and_counts_what_it_leaves_out(names: list[str], most: int | None, text: str) -> None:
    assert plain(fr.listing(iter(names), most)) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L’Haÿ-les-Roses", "l'hay les roses"),
        ("St-Maur", "Saint-Maur"),
        ("Ste Foy", "SAINTE-FOY"),
        ("Œuilly", "oeuilly"),
        ("Épinay  sur Seine", "epinay-sur-seine"),
    ],
)
def test_names_that_a_person_holds_for_the_same_fold_alike(one: str, other: str) -> None:
    assert fr.fold(one) == fr.fold(other)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fr.fold(fr.fold(text)) == fr.fold(text)


def test_names_sort_as_in_a_french_index() -> None:
    assert sorted(["Paris 10e", "Paris 1er", "Paris 2e"], key=fr.order) == ["Paris 1er", "Paris 2e", "Paris 10e"]
    assert sorted(["Zuydcoote", "Évry", "eaubonne", "Étampes"], key=fr.order) == [
        "eaubonne",
        "Étampes",
        "Évry",
        "Zuydcoote",
    ]


def test_a_day_is_written_the_french_way() -> None:
    assert fr.day("2026-11-24T19:53:16+00:00") == "24/11/2026"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Créteil", "de Créteil"),
        ("Ajaccio", "d’Ajaccio"),
        ("Évreux", "d’Évreux"),
        ("Yerres", "d’Yerres"),
        ("Le Havre", "du Havre"),
        ("Les Lilas", "des Lilas"),
        ("La Rochelle", "de La Rochelle"),
        ("L’Haÿ-les-Roses", "de L’Haÿ-les-Roses"),
        ("Levallois-Perret", "de Levallois-Perret"),
        ("Secteur 94G10", "du secteur 94G10"),
        ("CU du Grand Reims", "de la CU du Grand Reims"),
        ("CLS de Vitry-sur-Seine", "du CLS de Vitry-sur-Seine"),
        ("Grand-Orly Seine Bièvre", "de Grand-Orly Seine Bièvre"),
        ("", "de "),
    ],
)
def test_of_a_name(name: str, said: str) -> None:
    assert fr.of(name) == said


@pytest.mark.parametrize("most", range(20, 60))
def test_a_text_that_is_cut_shows_it_and_keeps_its_dates_whole(most: int) -> None:
    text = "millésime non indiqué, reçu le 26/11/2026 à Paris par courrier"
    cut = fr.shortened(text, most)
    assert len(cut) <= most and cut.endswith("…") and text.startswith(cut[:-1])
    if most > 24:
        assert text[len(cut) - 1] in " ,", "words are whole"


def test_a_text_that_fits_is_left_alone_and_one_without_blank_is_cut_all_the_same() -> None:
    assert fr.shortened("1er janvier 2026", 16) == "1er janvier 2026"
    assert fr.shortened("x" * 30, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("name", "said"),
    [("Lille", "à Lille"), ("Le Havre", "au Havre"), ("Les Lilas", "aux Lilas"), ("La Rochelle", "à La Rochelle"), ("Lens", "à Lens")],
)  # fmt: skip
def test_at_a_commune(name: str, said: str) -> None:
    assert fr.at(name) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [("Hyères", "d’Hyères"), ("Hénin-Beaumont", "d’Hénin-Beaumont"), ("Haguenau", "de Haguenau"), ("Houdan", "de Houdan"), ("Hem", "de Hem"),
     ("Le Havre", "du Havre"), ("Les Abymes", "des Abymes"), ("La Rochelle", "de La Rochelle"), ("L'Haÿ-les-Roses", "de L'Haÿ-les-Roses"),
     ("Yerres", "d’Yerres"), ("Évry-Courcouronnes", "d’Évry-Courcouronnes"), ("Œting", "d’Œting"), ("CISM de la Provence Verte", "du CISM de la Provence Verte"),
     ("Territoire de l’Ouest", "du Territoire de l’Ouest"), ("CC du Diois", "de la CC du Diois")],
)  # fmt: skip
def test_the_name_of_a_place_is_said_after_de_as_people_say_it(name: str, said: str) -> None:
    assert fr.of(name) == said


def test_a_verb_agrees_with_a_plural_name_and_a_body_takes_its_article() -> None:
    assert fr.agree("Les Abymes", "réunit", "réunissent") == "réunissent"
    assert fr.agree("Lescar", "réunit", "réunissent") == fr.agree("La Lespérance", "réunit", "réunissent") == "réunit"
    assert [fr.the(n) for n in ("Métropole de Lyon", "CA du Niortais", "Plaine Commune", "La Roche")] == [
        "la Métropole de Lyon", "la CA du Niortais", "Plaine Commune", "La Roche",
    ]  # fmt: skip


def test_no_word_that_takes_no_s_is_counted_without_its_plural() -> None:
    """« 3 tauxs », « 2 IRISs », « 2 communes rurale »: what is not a plain word says its plural itself."""
    lacking = []
    for path in [*(ROOT / "geo").glob("**/*.py"), *(ROOT / "ui").glob("**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("count", "noun"):
                word = node.args[1].value if len(node.args) == 2 and isinstance(node.args[1], ast.Constant) else "mot"
                if not re.fullmatch(r"[^\W\d]*[a-zé](?<![sxz])(?<!al)(?<!eau)(?<!eu)", str(word)):
                    lacking.append(f"{path.relative_to(ROOT)}:{node.lineno} {word}")
    assert lacking == []
