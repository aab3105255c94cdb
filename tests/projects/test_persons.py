"""Texts that name somebody are refused with what to write instead; places, houses and acronyms are not persons."""

from __future__ import annotations

import pytest

from geo.persons import personal


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Écrire à a.b@ars.fr avant juin", "a.b@ars.fr"),
        ("relancer le 06 12 34 56 78", "06 12 34 56 78"),
        ("appeler le +33 1 44 55 66 77", "+33 1 44 55 66 77"),
        ("Mme Dupont relance", "Mme Dupont"),
        ("vu avec le Dr Martin", "Dr Martin"),
        ("Monsieur Le Goff est d’accord", "Monsieur Le"),
        ("Marie Dupont suit le dossier", "Marie Dupont"),
        ("Jean-Pierre Martin suit", "Jean-Pierre Martin"),
        ("référente : DUPONT Marie", "DUPONT Marie"),
    ],
)
def test_a_text_that_names_somebody_is_found_and_says_what(text: str, found: str) -> None:
    said = personal(text)
    assert found in said and ("écrivez sa fonction" in said or "de côté" in said)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Avis de l’ARS attendu le 12/03/2026",
        "CLSM de Saint-Jean Bonnefonds",
        "CLSM Saint Jean d’Angély",
        "CLSM Pierre-Bénite",
        "Réunion à l’hôpital Pierre Janet",
        "relancer M. le maire, puis Mme la présidente de la CA",
        "CA Creil Sud Oise, code 200041317, 94028",
        "COPIL avec la CPTS et le GEM",
    ],
)
def test_places_houses_and_functions_are_not_persons(text: str) -> None:
    assert personal(text) == ""


def test_a_long_run_of_letters_is_read_once_and_an_address_after_it_is_found() -> None:
    """Each letter was taken for the beginning of an address whose sign never comes: the square of the length."""
    assert personal("a" * 100_000) == ""
    assert "adresse électronique" in personal("a" * 1_000 + ".dupont@ars.fr")
