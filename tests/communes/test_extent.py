"""Where a list is complete, in words; and what the menu says of a source that covers a part of the country."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from geo.communes import extent_text
from geo.dataset import open_dataset
from geo.layers import CarePlaces
from tests import real
from ui import loaders


def _of_region(region: str) -> list[str]:
    table = real.atlas().table
    return sorted(set(table.loc[table["region"] == region, "departement"]))


def test_a_whole_region_bears_its_name_and_a_departement_its_own() -> None:
    occitanie = _of_region("76")
    assert len(occitanie) == 13
    assert extent_text(occitanie, real.atlas()) == "Occitanie"
    assert extent_text(["05"], real.atlas()) == "Hautes-Alpes (05)"
    assert extent_text([*occitanie, "05"], real.atlas()) == "Occitanie et Hautes-Alpes (05)"
    assert extent_text(occitanie[1:], real.atlas()).replace("\u00a0", " ") == "12 départements"


def test_everywhere_and_nowhere_need_no_words() -> None:
    assert extent_text(real.atlas().departements.index, real.atlas()) == ""
    assert extent_text([], real.atlas()) == ""


def test_the_menu_says_where_a_synchronised_list_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    places = CarePlaces(pd.DataFrame({"row": []}), frozenset(_of_region("76")), "FINESS", "2026")
    used = replace(open_dataset(), resources=places, synchronised={"ressources": "2026"})
    monkeypatch.setattr(loaders, "world", lambda: used)
    assert loaders.synchronised_text().startswith("Synchronisé : lieux de santé mentale : Occitanie seulement.")
