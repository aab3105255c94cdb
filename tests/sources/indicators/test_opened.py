"""Synchronised indicators are those of the dashboard, at the first asking only; what is damaged gives way and is told."""

from __future__ import annotations

from pathlib import Path

import pytest

import geo.dataset.indicators as opening
from geo.communes import embedded_atlas
from geo.dataset import open_dataset, token
from geo.indicators import State, things_of
from geo.sources import INDICATORS_FILE, Outcome, current, sync
from tests.support.reading import text_file

AGES = "CODGEO;P22_POP;P22_POP0014\n01001;800;160\n01138;3000;500\n01039;500;80\n"
INCOMES = "CODGEO;LIBGEO;MED21;TP6021\n01001;A;24000;s\n01004;B;22000;15\n"


def bring(home: Path, **texts: str) -> None:
    folder = home.parent / "miroir"
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        text_file(folder, text, name=f"{name}.csv")
    report = sync(["recensement", "revenus"], mirror=str(folder), home=home)
    assert all(result.outcome in (Outcome.UPDATED, Outcome.UNCHANGED, Outcome.ABSENT) for result in report.results)


def test_synchronised_indicators_are_at_hand_in_the_order_of_the_sources(tmp_path: Path) -> None:
    home = tmp_path / "home"
    bring(home, a=AGES, b=INCOMES)
    found = open_dataset(home).indicators.by_id
    assert list(found) == ["habitants", "moins-de-15-ans", "niveau-de-vie-median", "taux-de-pauvrete"]
    assert found["moins-de-15-ans"].values.loc["01138", ["numerator", "denominator"]].tolist() == [580.0, 3500.0]
    assert found["taux-de-pauvrete"].values.at["01001", "state"] is State.SECRET


def test_figures_that_are_not_one_thing_are_not_taken_for_one(tmp_path: Path) -> None:
    deaths = "annee;num_departement;sexe;classe_d_age;nombre_de_deces;taux_brut;taux_standardise\n2023;01;Tous;Tous;100;15;14\n"
    told = "indicateur;annee;nouvelles_regions;estimation\nPensées suicidaires;2024;84;5\nAnxiété;2024;84;12\n"
    care = "Code commune INSEE;APL aux {};Population standardisée 2022\n01004;2;100\n"
    texts = {"a.csv": deaths, "b.csv": told, "c.csv": care.format("médecins généralistes"), "d.csv": care.format("psychiatres"),
             "e.csv": INCOMES, "f.csv": "GEO;GEO_OBJECT;FILOSOFI_MEASURE;OBS_VALUE;TIME_PERIOD\n01;DEP;MED_SL;23000;2021\n"}  # fmt: skip
    folder = tmp_path / "miroir"
    folder.mkdir()
    for name, text in texts.items():
        text_file(folder, text, name=name)
    sync(["odisse", "apl", "revenus"], mirror=str(folder), home=tmp_path / "home")
    data = open_dataset(tmp_path / "home")
    things = things_of(data.indicators, data.atlas)
    grains = [[level.indicator.grain.value for level in thing.levels] for thing in things]
    labels = [thing.indicator.label for thing in things]
    assert len(labels) == len(set(labels)) == 9
    assert grains[labels.index("Niveau de vie médian")] == ["commune", "departement"]
    assert all(len(found) == len(set(found)) for found in grains)


def test_hostile_texts_of_a_file_stay_texts_and_the_version_stays_whole(tmp_path: Path) -> None:
    folder, home = tmp_path / "miroir", tmp_path / "home"
    folder.mkdir()
    survey = "indicateur;annee;nouvelles_regions;estimation\nAnxiété \x1b[31m<b>;2024;84;5\nFumeurs \u202e;2024;84;9\n"
    text_file(folder, survey, name="a\x07.csv")
    report = sync(["odisse"], mirror=str(folder), home=home)
    assert report.results[0].outcome is Outcome.UPDATED
    used = current("odisse", home)
    assert used is not None and any("Fumeurs \\u202e" in note for note in used.manifest.notes)
    (series,) = open_dataset(home).indicators
    assert series.indicator.label == "Anxiété \\u001b[31m<b>"


def test_opening_the_data_reads_no_indicator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    bring(home, a=AGES)
    monkeypatch.setattr(opening, "synchronised_series", lambda *_: pytest.fail("read before anybody asked"))
    data = open_dataset(home)
    assert data.notices == ()


def test_new_indicators_are_new_data(tmp_path: Path) -> None:
    home = tmp_path / "home"
    bring(home, a=AGES)
    before = token(home)
    bring(home, a=AGES.replace("160", "161"))
    assert token(home) != before


def test_a_new_version_keeps_what_it_no_longer_gives_and_one_cut_short_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    many = "CODGEO;P22_POP;P22_POP0014\n" + "".join(f"{code};800;160\n" for code in embedded_atlas().codes[:60])
    bring(home, a=many, c="CODGEO;C22_MEN;C22_MENPSEUL;C22_FAM;C22_FAMMONO\n01001;9;3;5;1\n")
    (tmp_path / "miroir" / "c.csv").unlink()
    bring(home, a=many.replace("160", "170"))
    used = current("recensement", home)
    assert used is not None and any("Familles monoparentales (2022)" in note for note in used.manifest.notes)
    found = open_dataset(home).indicators.by_id
    assert found["familles-monoparentales"].values.at["01001", "numerator"] == 1.0
    assert found["moins-de-15-ans"].values.at["01001", "numerator"] == 170.0
    text_file(tmp_path / "miroir", many[:400], name="a.csv")
    (result,) = sync(["recensement"], mirror=str(tmp_path / "miroir"), home=home).results
    assert result.outcome is Outcome.FAILED and "la version en service est gardée" in " ".join(result.reasons)
    assert current("recensement", home) == used


def test_damaged_indicators_give_way_to_those_of_before_and_it_is_told(tmp_path: Path) -> None:
    home = tmp_path / "home"
    bring(home, a=AGES)
    bring(home, a=AGES.replace("160", "170"), b=INCOMES)
    used = current("recensement", home)
    assert used is not None
    file = used.path / INDICATORS_FILE
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 0xFF
    file.write_bytes(bytes(body))
    notices: list[str] = []
    found = {one.id: one for one in opening.synchronised_series(notices, home)}
    assert found["moins-de-15-ans"].values.at["01001", "numerator"] == 160.0 and "taux-de-pauvrete" in found
    assert len(notices) == 1 and "« recensement »" in notices[0]
    bring(home, a=AGES.replace("160", "180"))
    found = {one.id: one for one in opening.synchronised_series([], home)}
    assert found["moins-de-15-ans"].values.at["01001", "numerator"] == 180.0  # what is damaged stops no new version
