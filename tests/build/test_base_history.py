"""The history behind the codes, made from small lists with hand answers."""

from __future__ import annotations

import pandas as pd

from geo.build.packages import Divisions, Record
from geo.build.tables import LISTS, history_tables


def commune(code: str, name: str, **more: object) -> Record:
    return {"code": code, "nom": name, "type": "commune-actuelle", "departement": code[:2], **more}


def tables(
    today: list[Record], lists: dict[int, list[Record]], history: list[Record], former: list[tuple[str, str, str]]
):
    frame = pd.DataFrame(former, columns=["ancien", "actuel", "nom_ancien"])
    every = {year: lists.get(year, today) for year in LISTS}
    return history_tables(frame, Divisions(today, [], [], [], []), history, every)


def test_a_day_comes_from_the_history_and_a_year_from_the_lists() -> None:
    today = [commune("01001", "A"), commune("01002", "B")]
    before = [*today, commune("01004", "D")]
    history = [
        {"id": "COM-01003@1943-01-01", "code": "01003", "nom": "C", "type": "COM", "dateFin": "1974-01-01"},
        {"id": "COM-01003@1990-01-01", "code": "01003", "nom": "C bis", "type": "COM", "dateFin": "1996-08-01"},
        {"id": "COM-01004@1943-01-01", "code": "01004", "nom": "D", "type": "COM"},
    ]
    made = tables(
        today,
        {2021: before, 2022: before},
        history,
        [("01003", "01001", ""), ("01004", "01002", "D"), ("01005", "01002", "")],
    )
    assert made["anciens_codes.csv"].to_numpy().tolist() == [
        ["01003", "01001", "C bis", "1996-08-01"],
        ["01004", "01002", "D", "2023"],
        ["01005", "01002", "", ""],  # nothing tells: nothing is said
    ]


def test_communes_carved_again_out_of_another_are_told_with_its_name_of_then() -> None:
    today = [commune("15141", "Petit"), commune("15031", "Celles")]
    before = [
        commune("15141", "Grand"),
        {"code": "15031", "nom": "Celles", "type": "commune-deleguee", "chefLieu": "15141"},
    ]
    made = tables(today, {2021: before, 2022: before, 2023: before, 2024: before}, [], [])
    assert made["communes_recreees.csv"].to_numpy().tolist() == [["15031", "15141", "Grand", "2025"]]
    assert made["anciens_noms.csv"].to_numpy().tolist() == [["Grand", "15141", "2025"]]


def test_names_that_differ_by_accents_only_are_no_names_of_before() -> None:
    today = [commune("01001", "Évian-les-Bains")]
    made = tables(today, {2021: [commune("01001", "Evian les Bains")]}, [], [])
    assert made["anciens_noms.csv"].empty


def test_a_code_left_for_another_departement_leads_to_today_and_corsica_is_left_aside() -> None:
    today = [commune("91001", "A"), commune("2A004", "Ajaccio")]
    history = [
        {"id": "COM-78001@1943-01-01", "code": "78001", "nom": "A", "type": "COM", "dateFin": "1968-01-01",
         "raisonFin": "changement de département", "successeur": "COM-91001@1968-01-01"},
        {"id": "COM-20004@1943-01-01", "code": "20004", "nom": "Ajaccio", "type": "COM", "dateFin": "1976-01-01",
         "raisonFin": "changement de département", "successeur": "COM-2A004@1976-01-01"},
    ]  # fmt: skip
    made = tables(today, {}, history, [])
    assert made["anciens_codes.csv"].to_numpy().tolist() == [["78001", "91001", "A", "1968-01-01"]]


def test_postal_codes_gather_communes_and_arrondissements_never_whole_cities() -> None:
    today = [commune("75056", "Paris", codesPostaux=["75001", "75002"]), commune("01001", "A", codesPostaux=["01400"]),
             commune("01002", "B", codesPostaux=["01400", "01640"]),
             {"code": "75101", "nom": "Paris 1er", "type": "arrondissement-municipal", "commune": "75056", "codesPostaux": ["75001"]}]  # fmt: skip
    made = tables(today, {}, [], [])
    assert made["codes_postaux.csv"].to_numpy().tolist() == [
        ["01400", "01001 01002"],
        ["01640", "01002"],
        ["75001", "75101"],
    ]
