"""Words that people write in lists and layers for how things are there: they are no names, and never better than what they say."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from geo.imports import DISSOLVED, NAMED, YES, ImportDraft, role_of
from geo.imports.vocabulary import day_of_serial, etat_in_name, names_nothing
from geo.layers import Etat, outlines
from tests.imports.test_received_files import blocking, found, read, told
from tests.support.real import atlas

CODES = ["94028", "94011", "94080", "94067", "94033"]


def layer(folder: Path, **columns: object) -> ImportDraft:
    """Read a layer of five communes with more columns."""
    frame = gpd.GeoDataFrame({"INSEE_COM": CODES, **columns}, geometry=list(outlines(atlas()).loc[CODES]), crs=4326)
    frame.to_file(folder / "x.gpkg", driver="GPKG")
    return read((folder / "x.gpkg").read_bytes(), "x.gpkg")


# --- the column of names ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "word", ["oui", "Couverte", "en projet", "projet", "à venir", "CLSM en cours de création", "ancien CLSM", "?", "dissous"]
)  # fmt: skip
def test_how_things_are_is_no_name(word: str, tmp_path: Path) -> None:
    draft = read(f"Code INSEE;CLSM\n94028;Est\n94011;Est\n94080;{word}\n")
    assert (found(draft), draft.refused, draft.whole) == ({"Est": {"94028", "94011"}}, 1, False)
    named = read(
        f"Code INSEE;CLSM\n94028;Est\n94080;{word}\n", answers=draft.answers.settle(draft.doubts[0].key, NAMED)
    )
    assert {"94080"} in found(named).values() or named.dissolved
    shaped = layer(tmp_path, CLSM=["Est", "Est", word, None, None])
    assert (found(shaped), shaped.refused, shaped.whole) == ({"Est": {"94028", "94011"}}, 1, False)


@pytest.mark.parametrize("word", ["pas encore", "Pas encore de CLSM", "pas encore couverte"])
def test_not_yet_is_an_absence(word: str) -> None:
    draft = read(f"Code INSEE;CLSM\n94028;Est\n94011;Est\n94080;{word}\n")
    assert (found(draft), draft.without) == ({"Est": {"94028", "94011"}}, ("94080",))


@pytest.mark.parametrize(
    "name",
    [
        "A",
        "X",
        "Emploi et santé",
        "CLSM de La Ferme",
        "Arrêt-Darré",
        "Ancienne Abbaye",
        "Projet Sud",
        "Clos Saint-Jean",
    ],
)
def test_a_plain_name_stays_one(name: str) -> None:
    assert not names_nothing(name) and not etat_in_name(name)


def test_a_column_of_yes_no_and_projects_names_no_territory(tmp_path: Path) -> None:
    draft = read("Code INSEE;CLSM\n94028;oui\n94011;non\n94080;en projet\n")
    assert found(draft) == {"a": {"94028"}}
    assert blocking(draft) == ["colonne/nom", "valeur/retenue/en projet"]
    shaped = layer(tmp_path, CLSM=["oui", "oui", "non", "non", "en projet"])
    assert found(shaped) == {"x": {"94028", "94011"}}
    assert blocking(shaped) == ["colonne/nom", "valeur/retenue/en projet"]
    (doubt,) = [d for d in shaped.doubts if "projet" in d.key]
    assert doubt.rows == (5,)


@pytest.mark.parametrize(
    ("name", "etat"),
    [("CLSM de Créteil (en projet)", Etat.PROJET), ("Projet de CLSM de Créteil", Etat.PROJET), ("CLSM de Créteil - à confirmer", Etat.A_CONFIRMER)],
)  # fmt: skip
def test_a_name_may_say_the_state(name: str, etat: Etat, tmp_path: Path) -> None:
    assert list(read(f"Code INSEE;CLSM;Statut\n94028;{name};signé\n").zones["etat"]) == [etat]
    assert list(layer(tmp_path, CLSM=[name] * 5).zones["etat"]) == [etat]


@pytest.mark.parametrize(
    "name", ["CLSM de Créteil (dissous)", "Ancien CLSM de Créteil", "CLSM de Créteil - en sommeil"]
)
def test_a_name_may_say_that_its_territory_is_over(name: str) -> None:
    draft = read(f"Code INSEE;CLSM\n94028;{name}\n94080;Vincennes\n")
    assert (found(draft), draft.dissolved, draft.without) == ({"Vincennes": {"94080"}}, (name,), ("94028",))


# --- columns of états, of yes and no -----------------------------------------------------------------------------------
@pytest.mark.parametrize("header", ["Stade", "Situation actuelle", "État au 01/01/2026", "Où en est-on ?"])
def test_a_column_of_states_without_a_known_header_is_proposed(header: str, tmp_path: Path) -> None:
    draft = read(f"CLSM;Code INSEE;{header}\nA;94028;dissous\nB;94011;signé\nC;94080;en projet\n")
    assert (list(draft.zones["etat"]), draft.dissolved) == ([Etat.EN_SERVICE, Etat.PROJET], ("A",))
    assert blocking(draft) == ["colonne/etat"]
    settled = read(f"CLSM;Code INSEE;{header}\nA;94028;dissous\n", answers=draft.answers.settle("colonne/etat", ""))
    assert list(settled.zones["etat"]) == [""]
    shaped = layer(tmp_path, CLSM=["A", "B", None, None, None], **{header: ["dissous", "signé", "", "", ""]})
    assert (list(shaped.zones["etat"]), shaped.dissolved, "colonne/etat" in blocking(shaped)) == (
        [Etat.EN_SERVICE],
        ("A",),
        True,
    )


@pytest.mark.parametrize(
    "note", ["dissous en 2024", "ne fonctionne plus depuis 2022", "Le CLSM est abandonné", "conseil en sommeil"]
)
def test_a_remark_that_speaks_of_an_end_is_asked_about(note: str, tmp_path: Path) -> None:
    content = f"CLSM;Code INSEE;Statut;Observations\nA;94028;signé;{note}\nB;94011;signé;RAS\n"
    draft = read(content)
    (doubt,) = [d for d in draft.doubts if d.blocking]
    assert (doubt.value, doubt.rows) == (note, (2,)) and "94028" not in found(draft).get("B", ())
    assert list(read(content, answers=draft.answers.settle(doubt.key, DISSOLVED)).zones["nom"]) == ["B"]
    shaped = layer(tmp_path, CLSM=["A", "B", None, None, None], Observations=[note, "", "", "", ""])
    assert [d.value for d in shaped.doubts if d.blocking] == [note]


def test_a_remark_that_a_commune_has_left_is_asked_about() -> None:
    content = "CLSM;Code INSEE;Remarque\nA;94028;\nA;94011;a quitté le CLSM en 2023\nA;94080;membre depuis 2020\n"
    draft = read(content)
    assert (found(draft), len(blocking(draft))) == ({"A": {"94028", "94080"}}, 1)


@pytest.mark.parametrize("header", ["Exclue", "Retirée", "A quitté le CLSM", "Sortie du périmètre"])
def test_a_yes_that_says_that_a_commune_has_left_takes_it_out(header: str, tmp_path: Path) -> None:
    draft = read(f"CLSM;Code INSEE;{header}\nEst;94028;non\nEst;94059;oui\nEst;94011;\n")
    assert (found(draft), blocking(draft), header in told(draft)) == ({"Est": {"94028", "94011"}}, [], True)
    shaped = layer(tmp_path, CLSM=["A"] * 5, **{header: ["non", "non", "oui", "non", "non"]})
    assert found(shaped) == {"A": {"94028", "94011", "94067", "94033"}}


@pytest.mark.parametrize("odd", ["jusqu’en 2022", "en partie", "à voir"])
def test_one_odd_word_in_a_column_of_yes_and_no_is_asked_about(odd: str, tmp_path: Path) -> None:
    draft = read(f"CLSM;Code INSEE;Membre\nEst;94028;oui\nEst;94059;{odd}\nEst;94011;non\n")
    assert found(draft) == {"Est": {"94028"}}
    (key,) = blocking(draft)
    settled = read(
        f"CLSM;Code INSEE;Membre\nEst;94028;oui\nEst;94059;{odd}\nEst;94011;non\n",
        answers=draft.answers.settle(key, YES),
    )
    assert found(settled) == {"Est": {"94028", "94059"}} and settled.settled
    shaped = layer(tmp_path, CLSM=["A"] * 5, Membre=["oui", "oui", "oui", "non", odd])
    assert found(shaped) == {"A": {"94028", "94011", "94080"}} and blocking(shaped) == [key]


def test_one_odd_word_in_a_column_of_what_works_is_asked_about() -> None:
    draft = read("CLSM;Code INSEE;Actif\nA;94028;oui\nB;94011;non\nC;94080;en partie\n")
    assert list(draft.zones["etat"]) == [Etat.EN_SERVICE, Etat.A_CONFIRMER, Etat.A_CONFIRMER]
    assert blocking(draft) == ["valeur/etat/non", "valeur/etat/en partie"]


# --- days counted by a workbook ---------------------------------------------------------------------------------------
def test_days_counted_by_a_workbook_are_dates(tmp_path: Path) -> None:
    content = "CLSM;Code INSEE;Date de signature;Date de fin\nA;94028;43586;44682\nB;94011;01/05/2019;\nC;94080;43586.0;73000\n"
    draft = read(content)
    assert list(draft.zones["annee"]) == ["2019", "2019", "2019"]
    assert list(draft.zones["etat"]) == [Etat.A_CONFIRMER, "", ""] and len(blocking(draft)) == 1
    assert list(layer(tmp_path, CLSM=list("ABCDE"), annee=[43586, 2018, 2018, 2018, 2018]).zones["annee"])[:2] == [
        "2019",
        "2018",
    ]
    assert [day_of_serial(text) for text in ("2019", "94028", "1", "43586,5")] == [
        None,
        None,
        None,
        day_of_serial("43586"),
    ]


@pytest.mark.parametrize(
    "header", ["Signé en", "Créé le", "Mise en place", "Date de mise en service", "Installation du CLSM"]
)
def test_a_header_that_says_since_when_gives_the_year(header: str) -> None:
    assert role_of(header, "clsm") == "annee"


@pytest.mark.parametrize("header", ["Signé", "Mise à jour", "Lancé ?", "Installé par"])
def test_a_header_that_may_say_yes_or_no_gives_no_year(header: str) -> None:
    assert role_of(header, "clsm") != "annee"
