"""Where a list is complete, by whose word and until when; what is still to be settled; what a change takes away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.coverage import Status
from geo.coverage.status import commune_status
from geo.layers import Declared, Etat, Layer, Mode, completeness, difference, losses, merged
from tests.support.grid import draw, layer, plain, zone

# Three communes in 01, three in 02.
ATLAS = draw([[100, 200, 300], [400, 500, 600]], departement=[["01"] * 3, ["02"] * 3])
IN_PLACE = layer(
    ATLAS,
    "clsm",
    {
        "clsm-a": zone("01001", "01002", nom="CLSM A"),
        "clsm-b": zone("02004", nom="CLSM B", departement="02", etat=Etat.ANNONCE),
    },
)


def brought(
    *codes: str, complete: str = "", unsettled: str = "", until: str = "", lapsed: bool = False, key: str = "liste"
) -> Layer:
    extent = frozenset(complete.split())
    stated = (Declared("Ana", "2026-03-12", extent, until, lapsed),) if extent else ()
    return replace(
        layer(ATLAS, "clsm", {f"clsm-{key}": zone(*codes, nom=f"CLSM {key}")}, extent=() if lapsed else extent),
        declared=stated,
        unsettled={key: frozenset(unsettled.split())},
    ).held_back()  # fmt: skip


def status(found: Layer, *, stated: tuple[str, ...] = ()) -> dict[str, Status]:
    return {
        str(code): Status(int(s))
        for code, s in zip(ATLAS.codes, commune_status(ATLAS, found, complete=stated), strict=True)
    }


def test_a_departement_with_a_row_to_settle_is_complete_for_nobody() -> None:
    found = merged(IN_PLACE, brought("01003", unsettled="01002"), Mode.ADD, ATLAS)
    assert found.withheld == {"01"}
    assert found.extent == frozenset()
    assert found.complete(["01", "02"]) == {"02"}, "a reader cannot state it either"
    seen = status(merged(IN_PLACE, brought(unsettled="01"), Mode.ADD, ATLAS), stated=("01", "02"))
    assert (seen["01003"], seen["02005"]) == (Status.INCONNU, Status.NON_COUVERT)


def test_what_was_complete_is_no_longer_once_a_row_is_to_settle_there() -> None:
    complete = merged(IN_PLACE, brought("01001", complete="01"), Mode.REPLACE, ATLAS)
    assert status(complete)["01003"] is Status.NON_COUVERT
    later = merged(complete, brought("02005", unsettled="01003", key="autre"), Mode.REPLACE, ATLAS)
    assert status(later)["01003"] is Status.INCONNU
    assert status(later)["01001"] is Status.COUVERT, "what is known stays"


def test_the_same_list_brought_again_settles_what_it_had_left() -> None:
    first = merged(IN_PLACE, brought("01003", unsettled="01002"), Mode.ADD, ATLAS)
    other = merged(first, brought("02006", key="autre"), Mode.ADD, ATLAS)
    assert other.withheld == {"01"}, "another list settles nothing of this one"
    again = merged(other, brought("01002", "01003"), Mode.ADD, ATLAS)
    assert again.unsettled == {}
    assert again.complete(["01"]) == {"01"}


def test_a_complete_list_settles_what_others_left_in_its_departement() -> None:
    first = merged(IN_PLACE, brought("01003", unsettled="01002 02"), Mode.ADD, ATLAS)
    found = merged(first, brought("01001", complete="01", key="autre"), Mode.REPLACE, ATLAS)
    assert (found.extent, found.withheld) == ({"01"}, {"02"})


def test_a_statement_that_lapsed_leaves_unknown_and_brings_nothing_back() -> None:
    held = merged(IN_PLACE, brought("01003", complete="01", until="2026-06-30"), Mode.REPLACE, ATLAS)
    lapsed = merged(IN_PLACE, brought("01003", complete="01", until="2026-06-30", lapsed=True), Mode.REPLACE, ATLAS)
    assert (status(held)["01001"], status(lapsed)["01001"]) == (Status.NON_COUVERT, Status.INCONNU)
    assert list(lapsed.zones["nom"]) == ["CLSM B", "CLSM liste"], "CLSM A was taken away, and stays so"
    assert lapsed.declared[0].lapsed


def test_the_last_statement_of_a_departement_counts() -> None:
    first = merged(IN_PLACE, brought("01003", complete="01 02"), Mode.REPLACE, ATLAS)
    second = merged(first, brought("01001", complete="01", lapsed=True, key="autre"), Mode.REPLACE, ATLAS)
    assert second.extent == {"02"}
    assert [(sorted(one.departements), one.lapsed) for one in second.declared] == [(["02"], False), (["01"], True)]


# --- dissolved --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mode", list(Mode))
def test_a_territory_that_the_list_says_dissolved_covers_nothing_any_more(mode: Mode) -> None:
    found = merged(IN_PLACE, replace(brought("01003"), ended=frozenset({"clsm a"})), mode, ATLAS)
    assert sorted(found.zones["nom"]) == ["CLSM B", "CLSM liste"]
    assert status(found)["01001"] is Status.INCONNU


def test_of_two_territories_of_one_name_only_that_of_the_list_is_dissolved() -> None:
    twins = {"clsm-a": zone("01001", nom="CLSM A"), "clsm-b": zone("02004", nom="CLSM A", departement="02")}
    found = merged(layer(ATLAS, "clsm", twins), replace(brought("01003"), ended=frozenset({"clsm a"})), Mode.ADD, ATLAS)
    assert list(found.zones.index) == ["clsm-b", "clsm-liste"]


# --- what is taken away -----------------------------------------------------------------------------------------
def taken(after: Layer) -> list[str]:
    found = losses(IN_PLACE, after, difference(IN_PLACE, after, ATLAS), ATLAS)
    assert found.empty == (found.sentences("CLSM", "CLSM") == [])
    return [plain(said) for said in found.sentences("CLSM", "CLSM")]


def test_what_goes_is_counted_by_etat_with_its_inhabitants() -> None:
    assert taken(layer(ATLAS, "clsm", {"clsm-z": zone("01003")})) == [
        "1 CLSM en service, 300 habitants, sera retiré.",
        "1 CLSM annoncé, 400 habitants, sera retiré.",
        "Au total, 300 habitants ne seront plus dans aucun CLSM en service.",
    ]


def test_a_territory_that_loses_communes_is_told() -> None:
    kept = layer(ATLAS, "clsm", {"clsm-a": zone("01001", nom="CLSM A"), "clsm-b": zone("02004", etat=Etat.ANNONCE)})
    assert taken(kept) == [
        "1 CLSM perdra 1 commune, 200 habitants.",
        "Au total, 200 habitants ne seront plus dans aucun CLSM en service.",
    ]


def test_a_territory_no_longer_in_service_is_told() -> None:
    kept = layer(ATLAS, "clsm", {
        "clsm-a": zone("01001", "01002", nom="CLSM A", etat=Etat.PROJET), "clsm-b": zone("02004", etat=Etat.ANNONCE)
    })  # fmt: skip
    assert taken(kept)[0] == "1 CLSM ne sera plus en service."


@pytest.mark.parametrize("codes", [("01001", "01002"), ("01001", "01002", "01003")])
def test_what_only_grows_takes_nothing_away(codes: tuple[str, ...]) -> None:
    same = {"clsm-a": zone(*codes, nom="CLSM A"), "clsm-b": zone("02004", nom="CLSM B", etat=Etat.ANNONCE)}
    assert taken(layer(ATLAS, "clsm", same)) == []


# --- in words ---------------------------------------------------------------------------------------------------
def test_it_is_said_by_whose_word_a_list_is_complete_until_when_and_where_it_cannot_be() -> None:
    first = merged(IN_PLACE, brought("01003", complete="01", until="2026-06-30", lapsed=True), Mode.ADD, ATLAS)
    found = merged(first, brought("02005", unsettled="02006", key="autre"), Mode.ADD, ATLAS)
    assert completeness(found, ATLAS) == [
        "Dite complète par Ana le 12/03/2026 pour Département 01 (01), jusqu’au 30/06/2026 : ce terme est passé, elle n’est plus "
        "tenue pour complète.",
        "Des lignes importées sont encore à régler : la liste n’est complète pour personne dans Département 02 (02).",
    ]
    assert completeness(found, ATLAS, ("03",)) == []
    assert completeness(IN_PLACE, ATLAS) == []
