"""Claims at the data door: the table to fill comes back as it is, and what is stated becomes a version like another."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from geo.claims import NO_CLAIMS, SHEET_COLUMNS, Claim, Claims, request_text, sheet_csv, sheet_xlsx
from geo.dataset import open_dataset
from geo.errors import GeoInputError
from geo.imports import claimed_kinds, claimed_review, keep_and_publish, read_import
from geo.layers import Precision
from geo.register import register
from tests.support import real
from tests.support.grid import plain

NIORT, AIFFRES, CHAURAY = "79191", "79003", "79081"
HERE = (NIORT, AIFFRES, CHAURAY)


def sector(name: str, *codes: str, kind: str = "secteurs-adultes", who: str = "Marie Dupont", **known: object) -> Claim:
    return Claim.of(kind, name, who, pieces=frozenset(codes), hospital="CH de Niort", day="2026-11-26", **known)


def test_the_sentence_names_the_territory_and_what_is_asked() -> None:
    said = plain(request_text(HERE, real.atlas()))
    assert "sur 3 communes : Deux-Sèvres (79)" in said
    assert "secteur de psychiatrie adulte" in said and "infanto-juvénile" in said


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_table_filled_is_read_back_as_it_is_for_both_kinds(form: str, tmp_path: Path) -> None:
    atlas = real.atlas()
    known = Claims(
        (sector("79G01", NIORT), sector("79G02", AIFFRES, CHAURAY), sector("79I01", *HERE, kind="secteurs-enfants"))
    )
    body = (sheet_csv if form == "csv" else sheet_xlsx)(HERE, known, atlas)
    for kind, expected in (
        ("secteurs-adultes", {"79G01": 1, "79G02": 2}),
        ("secteurs-enfants", {"79I01": 3}),
    ):
        draft = read_import(body, f"secteurs.{form}", kind, atlas=atlas)
        assert draft.settled and draft.whole
        sizes = draft.members.groupby("zone").size()
        assert {name: int(sizes[i]) for i, name in enumerate(draft.zones["nom"])} == expected
        assert set(draft.zones["territoire"]) == {"CH de Niort"}


def test_the_table_to_fill_holds_the_communes_and_three_empty_columns(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(sheet_xlsx(HERE, NO_CLAIMS, real.atlas()))
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert tuple(rows[0]) == SHEET_COLUMNS
    assert [(r[0], r[1], r[3:]) for r in rows[1:]] == [
        (AIFFRES, "Aiffres", ["", "", ""]),
        (CHAURAY, "Chauray", ["", "", ""]),
        (NIORT, "Niort", ["", "", ""]),
    ]


def test_claims_are_published_through_the_door_with_their_author(tmp_path: Path) -> None:
    held = Claims((sector("79G01", NIORT, whole=True), sector("79G02", AIFFRES, CHAURAY)))
    assert claimed_kinds(held) == ("secteurs-adultes",)
    world = open_dataset(tmp_path)
    review = claimed_review("secteurs-adultes", held, "Marie Dupont", world)
    keep_and_publish(review, seen=register.head("secteurs-adultes", tmp_path).revision, home=tmp_path)
    opened = open_dataset(tmp_path)
    zones = opened.crosswalk.layers["secteurs-adultes"].zones
    assert zones.at["sect-79g01", "precision"] == Precision.LUE
    assert zones.at["sect-79g02", "precision"] == Precision.PARTIELLE
    assert zones.at["sect-79g01", "source_titre"] == "d’après Marie Dupont, le 26/11/2026"
    assert zones.at["sect-79g01", "territoire"] == "CH de Niort"
    assert opened.imported["secteurs-adultes"].statement.who == "Marie Dupont"
    assert "79" not in opened.crosswalk.layers["secteurs-adultes"].extent
    again = opened.with_claims(held)
    assert again.disputes == (), "what was published says what is claimed"


def test_what_disagrees_is_not_handed_over(tmp_path: Path) -> None:
    held = Claims((sector("79G01", NIORT), sector("79G02", NIORT, who="Bob")))
    with pytest.raises(GeoInputError, match="ne s’accorde pas"):
        claimed_review("secteurs-adultes", held, "Marie Dupont", open_dataset(tmp_path))
    with pytest.raises(GeoInputError, match="qui vous êtes"):
        claimed_review("secteurs-adultes", Claims(held.items[:1]), " ", open_dataset(tmp_path))
    with pytest.raises(GeoInputError, match="Aucune déclaration"):
        claimed_review("cls", held, "Marie", open_dataset(tmp_path))
