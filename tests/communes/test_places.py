"""Names and codes as people write them: hand answers, homonyms asked about, pasted lists, the history behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.communes import counted, departement_of_text, find_body, find_name, history, read_any, read_code, read_place
from geo.communes.names import say_date
from tests.support.grid import draw, plain
from tests.support.reading import mirrored
from tests.support.real import atlas

PARIS = tuple(f"751{i:02d}" for i in range(1, 21))


@pytest.mark.parametrize(
    ("text", "atoms"),
    [
        ("Bourg-en-Bresse (01)", ("01053",)),
        ("Bourg en Bresse", ("01053",)),
        ("L’Haÿ-les-Roses", ("94038",)),
        ("L'HAY LES ROSES", ("94038",)),
        ("Haÿ-les-Roses (L’)", ("94038",)),
        ("Saint-Étienne", ("42218",)),
        ("ST ETIENNE", ("42218",)),
        ("Le Mans", ("72181",)),
        ("Mans (Le)", ("72181",)),
        ("Mans, Le", ("72181",)),
        ("Le  Kremlin Bicêtre", ("94043",)),
        ("Paris 13e", ("75113",)),
        ("Paris 13", ("75113",)),
        ("Paris 13ème arrondissement", ("75113",)),
        ("13e arrondissement de Paris", ("75113",)),
        ("Lyon 3ème arrondissement", ("69383",)),
        ("Lyon 9", ("69389",)),
        ("Marseille 1er", ("13201",)),
        ("Marseille 16e Arrondissement", ("13216",)),
        ("Saint-Denis (93)", ("93066",)),
        ("St Denis (La Réunion)", ("97411",)),
        ("Saint-Denis 974", ("97411",)),
        ("93 - Saint-Denis", ("93066",)),
        ("Saint-Denis (93066)", ("93066",)),
        ("94028 Créteil", ("94028",)),
        ("Créteil - 94028", ("94028",)),
        ("Créteil 94000", ("94028",)),
        ("Ville de Créteil", ("94028",)),
        ("Commune d'Ivry-sur-Seine", ("94041",)),
        ("Chalon s/ Saône", ("71076",)),
        ("Œuilly (02)", ("02565",)),
    ],
)
def test_a_name_is_read_as_people_write_it(text: str, atoms: tuple[str, ...]) -> None:
    place = read_any(text, atlas())
    assert (place.status, place.atoms, place.message) == ("lu", atoms, "")


@pytest.mark.parametrize(
    ("text", "atoms"), [("Paris", PARIS), ("75056", PARIS), ("Lyon (69)", tuple(f"6938{i}" for i in range(1, 10)))]
)
def test_a_whole_city_is_its_arrondissements_and_is_told(text: str, atoms: tuple[str, ...]) -> None:
    place = read_any(text, atlas())
    assert (place.status, place.atoms) == ("réparé", atoms)
    assert "arrondissements" in place.message


@pytest.mark.parametrize("text", ["Paris 21", "Lyon 10e", "Marseille 0", "Paris 0e"])
def test_an_arrondissement_that_does_not_exist_is_refused(text: str) -> None:
    assert read_any(text, atlas()).status == "refusé"


@pytest.mark.parametrize("text", ["Saint-Denis", "st denis", "SAINT DENIS", "Sainte-Colombe", "Vaux"])
def test_homonyms_are_refused_with_every_candidate(text: str) -> None:
    place = read_place(text, atlas())
    assert place.status == "refusé"
    assert len(place.codes) > 1
    shown = [code for code in place.codes if f"({code})" in place.message]
    assert len(shown) >= min(6, len(place.codes))


def test_a_departement_settles_homonyms_or_says_where_they_are() -> None:
    assert read_place("Saint-Denis", atlas(), "974").atoms == ("97411",)
    wrong = read_place("Saint-Denis", atlas(), "94")
    assert wrong.status == "refusé"
    assert "Val-de-Marne" in wrong.message
    assert "93066" in wrong.message


def test_what_is_written_beside_the_name_wins_over_the_departement_given() -> None:
    assert read_place("Saint-Denis (974)", atlas(), "93").atoms == ("97411",)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("Pierrefitte-sur-Seine", "93066", "93059"),
        ("Pierrefitte sur Seine (93)", "93066", "93059"),
        ("93059", "93066", "2025"),
        ("Neussargues en Pinatelle", "15141", "Neussargues-Moissac"),
        ("1003", "01165", "1er janvier 1974"),
        ("14513", "50592", "1er janvier 2018"),
    ],
)
def test_a_commune_of_before_leads_to_todays_and_is_told(text: str, code: str, words: str) -> None:
    place = read_any(text, atlas())
    assert (place.status, place.atoms) == ("réparé", (code,))
    assert words in place.message
    assert atlas().label(code).split(" (")[0] in place.message


def test_communes_recreated_read_as_themselves() -> None:
    again = history(atlas()).recreated["15141"]
    assert again.codes == ("15031", "15035", "15047", "15171")
    assert (again.since, again.name) == ("2025", "Neussargues en Pinatelle")
    for code in (*again.codes, "15141"):
        assert read_place(code, atlas()).atoms == (code,)
        assert read_place(code, atlas()).status == "lu"


def test_a_name_and_a_code_that_disagree_are_refused() -> None:
    place = read_place("Cachan (94028)", atlas())
    assert place.status == "refusé"
    assert "Créteil" in place.message


@pytest.mark.parametrize(("text", "label"), [("94000", "Créteil (94028)"), ("79300", ""), ("59800", "Lille (59350)")])
def test_a_postal_code_is_told_from_a_code(text: str, label: str) -> None:
    place = read_place(text, atlas())
    if read_code(text, atlas()).kind == "unknown":
        assert place.status == "refusé"
        assert "code postal" in place.message
        assert label in place.message
        assert "INSEE" in place.advice
    else:
        assert place.atoms == (text,)


@pytest.mark.parametrize(
    "text", ["", "  ", "-", "94", "abc", "940288", "12345678", "123456789", "<b>", "'; DROP TABLE", "٩٤٠٢٨", "=1+1"]
)
def test_what_is_nothing_is_refused_with_a_reason(text: str) -> None:
    place = read_any(text, atlas())
    assert (place.status, place.atoms) == ("refusé", ())
    assert place.message
    assert place.advice


def test_epci_are_found_by_number_and_by_name() -> None:
    niort = set(atlas().codes[atlas().members("epci", "200041317")])
    for text in ("200041317", "CA du Niortais", "Communauté d'agglomération du Niortais", "200 041 317"):
        place = find_body(text, atlas())
        assert set(place.atoms) == niort, text
        assert place.extended
    assert find_body("999999999", atlas()).status == "refusé"
    assert len(read_any("Plaine Commune", atlas()).atoms) == 8


@pytest.mark.parametrize(
    ("text", "code"),
    [("1", "01"), ("01", "01"), ("2a", "2A"), ("974", "974"), ("094", "94"), ("Val-de-Marne", "94"), ("val de marne", "94"),
     ("département du Nord", "59"), ("75.0", "75"), ("20", None), ("96", None), ("", None), ("Créteil", None)],
)  # fmt: skip
def test_a_departement_is_read_by_number_or_name(text: str, code: str | None) -> None:
    assert departement_of_text(text, atlas()) == code


@given(st.data())
@settings(deadline=None)
def test_every_name_of_today_finds_its_commune(data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(atlas().codes) - 1))
    code, name = str(atlas().codes[row]), str(atlas().names[row])
    owner = str(atlas().table["departement"].iat[row])
    assert code in find_name(name, atlas()).codes
    place = read_place(name, atlas(), owner)
    assert place.atoms == (code,) or code in place.codes
    assert read_place(f"{name} ({code})", atlas()).atoms == (code,)
    assert read_place(name.upper().replace("-", " "), atlas(), owner).atoms in ((code,), ())


def test_a_former_code_says_since_when_only_where_it_is_known() -> None:
    assert "depuis le code officiel de 2025" in read_code("93059", atlas()).message
    assert "depuis le 1er janvier 1974" in read_code("01003", atlas()).message
    unknown = next(c for c in atlas().former if c not in history(atlas()).since)
    assert "depuis" not in read_code(unknown, atlas()).message


def test_days_are_written_in_french() -> None:
    assert say_date("2018-01-01") == "le 1er janvier 2018"
    assert say_date("1964-06-04") == "le 4 juin 1964"
    assert say_date("2025") == "le code officiel de 2025"


# --- against the movements that INSEE publishes ------------------------------------------------------------------------
@pytest.mark.mirror
def test_days_are_those_of_the_published_movements() -> None:
    moves = pd.read_csv(mirrored("communes_epci/cog2026_mouvements_communes.csv"), dtype=str)
    ended = moves[
        (moves["TYPECOM_AV"] == "COM") & ~((moves["TYPECOM_AP"] == "COM") & (moves["COM_AV"] == moves["COM_AP"]))
    ]
    last = ended.groupby("COM_AV")["DATE_EFF"].max()
    since = history(atlas()).since
    days = {code: day for code, day in since.items() if len(day) == 10}
    differ = {code for code, day in days.items() if code in last.index and last[code] != day}
    assert len(days) > 3000
    assert differ <= {"44060", "79224"}  # a day and a month apart in the published history
    for code, year in since.items():
        if (
            len(year) == 4 and code in last.index
        ):  # gone from the list of that year: it ended then, or in the year before
            assert int(year) - 1 <= int(last[code][:4]) <= int(year)


@pytest.mark.mirror
def test_former_codes_lead_where_the_published_table_says() -> None:
    table = pd.read_csv(mirrored("communes_epci/passage_communes_historiques_cog2025.csv"), dtype=str)
    published = dict(zip(table["DEPCOM_HIST"], table["DEPCOM"], strict=True))
    differ = {old for old, (new, _) in atlas().former.items() if published.get(old, new) != new}
    assert len(differ) <= 1  # 60455, whose seat moved after that table


def test_atoms_are_counted_as_what_they_are() -> None:
    atlas = draw([[100, 200, 300]], city=[["01099", "01099", None]])
    said = [plain(counted(atlas, np.array(rows, dtype=np.intp))) for rows in ([], [2], [0], [0, 1], [0, 1, 2])]
    assert said == ["0 commune", "1 commune", "1 arrondissement", "2 arrondissements", "1 commune et 2 arrondissements"]
