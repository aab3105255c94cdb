"""Files made to do harm, through the door as everybody uses it: each gives a sentence, within the limits of a reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from geo.errors import GeoInputError
from geo.exports.reimport import exported_of
from geo.imports import read_draft
from geo.isolation import LIMITS, Outcome
from geo.isolation import reading as isolated
from tests.imports import crafted
from tests.support import real
from tests.support.grid import plain

# What the reader itself says, where it sees the harm before it is done; elsewhere the limits of the process speak.
SEEN: Mapping[str, str] = {
    "texte-partage.xlsx": "100 Mo de texte", "loin.xlsx": "plus de 500 000 lignes", "repete-long.ods": "100 Mo de texte",
    "repete-colonnes.ods": "colonnes", "repete-lignes.ods": "lignes", "repete-dedans.ods": "100 Mo de texte",
    "profond.geojson": "JSON illisible", "nombres.geojson": "plus de 200 000 objets", "long-nombre.geojson": "JSON illisible",
    "trou-loin.geojson": "nulle part sur Terre", "trou-hors.geojson": "nulle part sur Terre",
    "trou-infini.geojson": "nulle part sur Terre", "peigne.geojson": "trop découpé", "gribouillis.geojson": "trop découpé",
    "gribouillis-serre.geojson": "se recoupe des milliers de fois", "etoile.geojson": "se recoupe des milliers de fois",
    "superposes.geojson": "se recoupe des milliers de fois", "carres.geojson": "30 000 territoires", "gonfle.zip": "200 fois",
    "gonfle-csv.zip": "200 fois", "colonnes.kml": "plus de 500 colonnes", "entites.kml": "ENTITY",
    "vue-contenu.gpkg": "pas un GeoPackage", "vue-couche.gpkg": "une vue ne suffit pas", "fabriquee.gpkg": "fabrique des colonnes",
    "virtuelle.gpkg": "renvoient à d’autres données", "couches.gpkg": "plus de 500 couches",
    "colonnes.parquet": "500 colonnes", "ligne.csv": "cinq millions de signes", "cellules.csv": "cellules",
    "colonnes.csv": "cinq millions de signes", "guillemet.csv": "guillemet",
}  # fmt: skip


HALF = replace(LIMITS, seconds=LIMITS.seconds / 2)
ENDLESS = {"trous.geojson", "listes.csv"}  # read for as long as they may, and ended by the clock whatever it says


def read(content: bytes, name: str) -> Outcome:
    options = {"name": name, "kind": "clsm", "home": Path("/nowhere")}
    limits = replace(LIMITS, seconds=2.0) if name in ENDLESS else HALF
    return isolated.read(read_draft, content, name, atlas=real.atlas(), options=options, limits=limits)


@pytest.mark.parametrize("name", crafted.FILES)
def test_a_crafted_file_gives_a_sentence_within_the_limits(name: str, caplog: pytest.LogCaptureFixture) -> None:
    found = read(crafted.FILES[name](), name)
    assert found.ended != "crash", found.problems
    assert found.peak < 1_000_000_000
    assert "Traceback" not in caplog.text
    if found.ended == "read":  # what was crafted is left aside
        assert name not in SEEN
        return
    said = plain(" ".join(found.problems))
    assert name in said
    assert "Error" not in said
    if found.ended == "refused":
        assert SEEN.get(name, "") in said, said


@pytest.mark.parametrize("name", SEEN)
def test_the_readers_see_these_before_any_harm_is_done(name: str) -> None:
    """In this very process: no limit of the child is needed."""
    content = crafted.FILES[name]()
    with pytest.raises(GeoInputError):
        read_in_place(content, name)


def read_in_place(content: bytes, name: str) -> None:
    from geo.imports import read_import

    read_import(content, name, "clsm", atlas=real.atlas())


@pytest.mark.parametrize("name", crafted.GOOD)
def test_what_a_file_would_run_or_repeats_is_left_aside_and_the_rest_is_read(name: str) -> None:
    draft = read(crafted.GOOD[name](), name).result()
    assert (draft.rows, draft.refused) == (2, 0)


def test_columns_of_one_name_are_told_apart() -> None:
    draft = read(crafted.GOOD["jumelles.zip"](), "jumelles.zip").result()
    assert [c.name for c in draft.columns][:2] == ["nom", "nom (2)"]
    assert draft.columns[1].examples == ("B",)


@pytest.mark.parametrize("table", ["communes", "identite"])
def test_a_scenario_in_an_endless_view_gives_a_sentence(table: str) -> None:
    columns = {"communes": "'94028' AS code", "identite": "x AS cle, 'a' AS valeur"}
    other = "identite" if table == "communes" else "communes"
    content = crafted.geopackage(
        f"CREATE TABLE {other} (code TEXT, cle TEXT, valeur TEXT)",
        f"CREATE VIEW {table} AS {crafted.ENDLESS}{columns[table]} FROM c",
    )
    found = isolated.read(exported_of, content, "a.gpkg", atlas=real.atlas())
    assert found.ended == "refused"
    assert "n’est pas un périmètre de ce tableau de bord" in found.problems[0]


def test_a_scenario_that_shares_a_long_text_stays_within_the_limits() -> None:
    found = isolated.read(exported_of, crafted.shared_text(), "a.xlsx", atlas=real.atlas())
    assert found.ended in ("refused", "memory", "time")
    assert found.problems and found.peak < LIMITS.memory * 1.05
