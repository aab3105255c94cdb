"""What changes from a layer to the next, and what stays of the layer in place: hand answers on a drawn country."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.layers import Etat, Fate, Layer, Mode, Precision, difference, merged
from tests.support.grid import draw, layer, plain, zone

# Two départements: 01 on the left (01001, 01004), 02 in the middle and on the right.
ATLAS = draw([[100, 200, 300], [400, 500, 600]], departement=[["01", "02", "02"], ["01", "02", "02"]])
A, B, C, D, E, F = "01001", "02002", "02003", "01004", "02005", "02006"


def of(extent: tuple[str, ...] = (), **zones: object) -> Layer:
    return layer(ATLAS, "clsm", {k.replace("_", "-"): z for k, z in zones.items()}, extent=extent)


def codes(found: Layer, name: str) -> set[str]:
    mine = found.members[found.members["zone"] == found.zones.index.get_loc(name)]
    return {str(ATLAS.codes[row]) for row in mine["row"]}


# --- difference -------------------------------------------------------------------------------------------------
def test_territories_added_removed_changed_and_their_people() -> None:
    before = of(z1=zone(A, B, nom="Un"), z2=zone(C, nom="Deux"), z3=zone(D, nom="Trois"))
    after = of(z1=zone(A, E, nom="Un"), z3=zone(D, nom="Trois"), z4=zone(F, nom="Quatre"))
    found = difference(before, after, ATLAS)
    assert [(z.id, z.communes, z.inhabitants) for z in found.added] == [("z4", 1, 600)]
    assert [(z.id, z.inhabitants) for z in found.removed] == [("z2", 300)]
    (change,) = found.changed
    assert (change.gained, change.lost) == ((E,), (B,))
    assert (change.inhabitants_before, change.inhabitants_after) == (300, 600)
    assert (found.same, found.inhabitants_before, found.inhabitants_after) == (1, 1000, 1600)
    assert found.fate.tolist() == [Fate.KEPT, Fate.KEPT, Fate.REMOVED, Fate.REMOVED, Fate.ADDED, Fate.ADDED]
    assert ATLAS.codes.tolist() == [A, D, B, C, E, F]


def test_another_id_with_the_same_name_and_a_commune_in_common_is_the_same_territory() -> None:
    found = difference(of(old=zone(A, B, nom="CLSM du Béarn")), of(new=zone(A, nom="clsm du bearn")), ATLAS)
    assert (found.added, found.removed) == ((), ())
    assert found.changed[0].lost == (B,)


def test_homonyms_far_apart_are_two_territories() -> None:
    found = difference(of(old=zone(A, nom="Saint-Denis")), of(new=zone(F, nom="Saint-Denis")), ATLAS)
    assert (len(found.added), len(found.removed)) == (1, 1)


def test_another_name_for_the_same_communes_is_a_change_of_name() -> None:
    (change,) = difference(of(old=zone(A, B, nom="Un")), of(new=zone(A, B, nom="Uni")), ATLAS).changed
    assert change.words == ("nom : Un → Uni",)


def test_a_state_and_a_part_that_becomes_whole_are_changes() -> None:
    before = of(z=zone(A, part=(B,), nom="Un", etat=Etat.PROJET))
    after = of(z=zone(A, B, nom="Un"))
    (change,) = difference(before, after, ATLAS).changed
    assert "état : projet → en service" in change.words
    assert any("en partie ou entière" in word for word in change.words)


def test_a_commune_that_goes_from_one_territory_to_another_changes() -> None:
    before = of(z1=zone(A, B, nom="Un"), z2=zone(C, nom="Deux"))
    after = of(z1=zone(A, nom="Un"), z2=zone(B, C, nom="Deux"))
    found = difference(before, after, ATLAS)
    assert Fate(found.fate[ATLAS.row[B]]) is Fate.CHANGED
    assert found.inhabitants_before == found.inhabitants_after == 600


def test_the_same_layer_twice_changes_nothing_and_says_so() -> None:
    same = of(z1=zone(A, part=(B,), nom="Un"), z2=zone(nom="Sans commune", precision=Precision.INCONNUE))
    found = difference(same, same, ATLAS)
    assert found.empty
    assert found.same == 2
    assert "Aucun changement" in found.sentence()


def test_the_difference_is_said_in_one_sentence() -> None:
    text = plain(difference(of(z1=zone(A)), of(z2=zone(B), z3=zone(C)), ATLAS).sentence())
    assert text == (
        "2 territoires ajoutés, 1 retiré, 0 modifié, 0 inchangé ; habitants concernés : 100 avant, 500 après."
    )


CHOICES = st.lists(st.frozensets(st.sampled_from([A, B, C, D, E, F]), max_size=4), max_size=4)


@given(CHOICES, CHOICES)
def test_going_and_coming_back_cancel(first: list[frozenset[str]], then: list[frozenset[str]]) -> None:
    def made(sets: list[frozenset[str]]) -> Layer:
        return of(**{f"z{i}": zone(*sorted(s), nom=f"Nom {i}") for i, s in enumerate(sets)})

    go, back = difference(made(first), made(then), ATLAS), difference(made(then), made(first), ATLAS)
    assert {z.id for z in go.added} == {z.id for z in back.removed}
    assert go.inhabitants_before == back.inhabitants_after
    assert len(go.changed) == len(back.changed)
    assert go.same + len(go.changed) + len(go.added) == len(then)
    swap = np.array([Fate.ABSENT, Fate.KEPT, Fate.REMOVED, Fate.ADDED, Fate.CHANGED])
    assert swap[go.fate].tolist() == back.fate.tolist()


# --- merge ------------------------------------------------------------------------------------------------------
BASE = of(
    ("02",),
    here=zone(A, nom="Ici"),
    across=zone(D, E, nom="À cheval"),
    there=zone(F, nom="Là-bas", departement="02"),
    lost=zone(nom="Perdu", precision=Precision.INCONNUE, departement="01"),
)


def test_a_list_complete_in_a_departement_has_the_last_word_there_and_only_there() -> None:
    found = merged(BASE, of(("01",), mine=zone(D, nom="Le mien")), Mode.REPLACE, ATLAS)
    assert set(found.zones.index) == {"across", "there", "mine"}
    assert codes(found, "across") == {E}
    assert found.zones.at["across", "precision"] == Precision.PARTIELLE
    assert codes(found, "there") == {F}
    assert codes(found, "mine") == {D}
    assert found.extent == {"01", "02"}


def test_a_list_complete_nowhere_is_added() -> None:
    found = merged(BASE, of((), mine=zone(B, nom="Le mien")), Mode.REPLACE, ATLAS)
    assert set(found.zones.index) == {*BASE.zones.index, "mine"}
    assert found.extent == {"02"}


def test_a_list_that_adds_takes_nothing_away_even_where_it_is_complete() -> None:
    found = merged(BASE, of(("01",), mine=zone(D, nom="Le mien")), Mode.ADD, ATLAS)
    assert set(found.zones.index) == {*BASE.zones.index, "mine"}
    assert codes(found, "across") == {D, E}
    assert found.extent == {"02"}  # « lost » stays, whose communes nobody knows: 01 is complete for nobody
    without = replace(BASE, zones=BASE.zones.assign(precision=Precision.LUE))
    assert merged(without, of(("01",), mine=zone(D)), Mode.ADD, ATLAS).extent == {"01", "02"}


@pytest.mark.parametrize("mode", list(Mode))
def test_a_territory_said_again_is_not_counted_twice(mode: Mode) -> None:
    again = of((), another_id=zone(E, D, nom="à cheval"), there=zone(F, C, nom="Là-bas"))
    found = merged(BASE, again, mode, ATLAS)
    assert set(found.zones.index) == {"here", "lost", "another-id", "there"}
    assert codes(found, "there") == {C, F}


def test_a_list_of_the_whole_country_replaces_everything() -> None:
    found = merged(BASE, of(("01", "02"), mine=zone(A, nom="Le mien")), Mode.REPLACE, ATLAS)
    assert list(found.zones.index) == ["mine"]
    assert found.source == "dessin"


def test_sources_are_told_apart() -> None:
    found = merged(BASE, of(("01",), mine=zone(D)), Mode.REPLACE, ATLAS)
    assert found.source == "dessin ; ailleurs : dessin"
    assert found.vintage == "2026 ; ailleurs : 2026"


@given(CHOICES, st.frozensets(st.sampled_from(["01", "02"])), st.sampled_from(list(Mode)))
def test_a_merge_keeps_every_fact_outside_the_extent(
    sets: list[frozenset[str]], where: frozenset[str], mode: Mode
) -> None:
    new = of(tuple(where), **{f"n{i}": zone(*sorted(s), nom=f"Nom {i}") for i, s in enumerate(sets) if s})
    found = merged(BASE, new, mode, ATLAS)
    assert set(new.zones.index) <= set(found.zones.index)
    for name in new.zones.index:
        assert codes(found, name) == codes(new, name)
    held = {str(ATLAS.codes[r]) for r in found.members["row"]}
    outside = {A, D, E, F} - {c for c in (A, D, E, F) if c[:2] in where and mode is Mode.REPLACE}
    assert outside <= held | {str(ATLAS.codes[r]) for r in new.members["row"]}
    if not len(found.members):
        return
    assert found.members["zone"].between(0, len(found.zones) - 1).all()
