"""What people write by habit of somebody, however it is typed, is found; functions, places and measures are not."""

from __future__ import annotations

import pytest

from geo.persons import personal


@pytest.mark.parametrize(
    "text",
    ["mme dupont", "MME DUPONT", "Madame Dupont", "MADAME DUPONT", "Dr MARTIN", "DR MARTIN", "dr martin d’accord", "M. Le Goff", "Madame Le Goff",
     "M Dupont", "m. martin", "Monsieur le Goff-Dupont et M. Durand", "Pr Petit", "Docteur Ben Ali", "mlle d’estaing",
     "maire[at]niort.fr", "jean.dupont (at) niort.fr", "jean.dupont@niort . fr", "x＠y.fr"],
)  # fmt: skip
def test_somebody_is_found_however_it_is_typed(text: str) -> None:
    assert "ressemble" in personal(text)


@pytest.mark.parametrize(
    "text",
    ["Monsieur Le Préfet", "Monsieur le préfet", "Madame La Maire", "M. le maire", "Mme la présidente", "madame l’adjointe à la santé", "M. L’Adjoint",
     "M. Adjoint", "à 30 m. environ", "30 m. de large", "Docteur en droit", "madame propose", "le docteur absent", "Mesdames et messieurs les maires",
     "GEM Marie Curie", "rue Jean Jaurès", "CH Paul Guiraud", "Me rappeler en mars", "il me dit oui", "Accord de M. le Président",
     "Délibération n° 2026-045 du 12 11 2026", "SIREN 200041317", "Saint-Martin (à revoir)"],
)  # fmt: skip
def test_functions_places_and_measures_are_not_persons(text: str) -> None:
    assert personal(text) == ""
