"""The eight cases in which the panel of suggestions could not be shown to the mayors in the room, on the embedded data."""

from __future__ import annotations

from functools import cache

import pytest

from geo.communes import read_any
from geo.layers import zone_members
from geo.suggest import Kind, Suggestions, suggest
from tests.support import real
from tests.support.grid import plain


def towns(*names: str) -> frozenset[str]:
    return frozenset(a for name in names for a in read_any(name, real.atlas()).atoms)


def body(code: str) -> frozenset[str]:
    atlas = real.atlas()
    return frozenset(str(atlas.codes[r]) for r in atlas.members("community", code))


def of_zone(layer: str, zone: str) -> frozenset[str]:
    whole, _ = zone_members(real.crosswalk().layers[layer], zone)
    return frozenset(str(real.atlas().codes[r]) for r in whole)


NIORT, MELLOIS, SOUTH_EAST = "200041317", "200069755", "200058006"
PERIMETERS = {
    "niort": lambda: body(NIORT),
    "lens": lambda: of_zone("clsm", "clsm-62-lens-henin"),
    "creteil": lambda: towns("Créteil") | of_zone("secteurs-adultes", "sect-94g08"),
    "mellois": lambda: body(MELLOIS),
    "marseille": lambda: frozenset({"13213", "13214", "13215", "13216"}),
    "toulouse": lambda: towns("Toulouse"),
    "lille": lambda: towns("Lille"),
    "bourganeuf": lambda: towns("Bourganeuf"),
}


@cache
def of(name: str, *, beyond: bool = False) -> Suggestions:
    return suggest(real.world().evidence, PERIMETERS[name](), beyond=beyond)


def labels(found: Suggestions) -> str:
    return plain(" | ".join(s.effect.move.label for s in (*found.add, *found.drop)))


def parts(found: Suggestions) -> dict[str, int]:
    return {plain(p.name): p.population for p in found.divisions[0].parts}


def test_niort_agglo_keeps_its_villages_and_takes_nothing_of_another_region() -> None:
    for beyond in (False, True):
        found = of("niort", beyond=beyond)
        assert (found.add, found.drop, found.divisions) == ((), (), ())
        assert "l’intercommunalité est entière" in plain(found.nothing)
        assert not any("Fontenay" in a.label for a in found.aside)


def test_lens_henin_keeps_its_towns_takes_no_other_agglomeration_and_may_be_divided_by_its_two() -> None:
    for beyond in (False, True):
        found = of("lens", beyond=beyond)
        assert (found.add, found.drop) == ((), ())
        assert not any("Béthune" in a.label or "Ostricourt" in a.label for a in found.aside)
    assert parts(of("lens")) == {"CA de Lens - Liévin": 242_013, "CA d'Hénin-Carvin": 125_793}
    assert plain(of("lens").nothing).startswith("Rien à ajouter ni à retirer : à 184 % du repère")
    shared = next(a for a in of("lens").aside if a.kind is Kind.QUARTER)
    assert "Saint-Elie" in shared.label
    assert plain(shared.reason) == "éloignerait d’un repère déjà dépassé (184 % → 189 %)"


def test_creteil_and_its_neighbour_sector_are_led_to_no_other_departement() -> None:
    for beyond in (False, True):
        found = of("creteil", beyond=beyond)
        assert "Portes Briardes" not in labels(found) and "Brie" not in labels(found)
        assert not any("Briardes" in a.label or "Orée" in a.label for a in found.aside)
    assert "compléter Grand Paris Sud Est Avenir" in plain(of("creteil").nothing)
    assert "(83 % → 163 %)" in plain(of("creteil").nothing)


def test_the_mellois_is_proposed_to_complete_its_contract_and_not_to_absorb_a_clsm() -> None:
    found = of("mellois")
    first = found.add[0]
    assert first.kind is Kind.CLS
    assert "CLS du Haut Val de Sèvre et Mellois en Poitou" in first.effect.move.label
    assert first.effect.after.population == 77_137
    assert "élus de plus à associer : CC Haut Val de Sèvre" in plain(" ".join(first.words.cons))
    assert "Niort" not in labels(found)
    assert any(a.kind is Kind.JOIN and "Niortais" in a.label for a in found.aside)


def test_the_north_of_marseille_keeps_its_16th_and_does_not_swallow_the_metropolis() -> None:
    found = of("marseille")
    assert (found.add, found.drop) == ((), ())
    assert parts(found) == {"Marseille 13e et 14e": 155_617, "Marseille 15e et 16e": 95_015}
    rest = next(a for a in found.aside if "Aix-Marseille" in a.label)
    assert "(125 % → 970 %)" in plain(rest.reason)


def test_toulouse_is_offered_no_addition_and_says_why_it_cannot_be_cut() -> None:
    found = of("toulouse")
    assert (found.add, found.drop, found.divisions) == ((), (), ())
    (said,) = found.uncut
    assert "Toulouse (514 819 habitants) ne peut pas être découpée ici" in plain(said)
    assert "IRIS" in said and "à demander à l’ARS" in said
    assert "à 257 % du repère" in plain(found.nothing)


def test_lille_is_offered_no_addition_and_says_why_it_cannot_be_cut() -> None:
    found = of("lille")
    assert (found.add, found.drop, found.divisions) == ((), (), ())
    assert "Lille (238 246 habitants)" in plain(found.uncut[0])
    assert "les secteurs de psychiatrie sont connus en partie seulement" in plain(found.nothing)


def test_bourganeuf_is_proposed_its_intercommunal_body_first() -> None:
    first = of("bourganeuf").add[0]
    assert (first.kind, first.effect.after.population) == (Kind.BODY, 13_409)
    said = plain(" ; ".join(first.words.pros))
    assert "CC Creuse Sud Ouest : toutes les communes autour de la table" in said
    assert "42 communes rurales de plus" in said
    assert "« Taille »" not in said and "« Choix de l’échelle »" not in said
    assert "« Coordination » : favorable → " in plain(" ; ".join(first.words.cons))
    assert "(seuil de l’outil)" in " ; ".join(first.words.cons)


@pytest.mark.parametrize("name", PERIMETERS)
def test_each_proposal_speaks_for_itself_without_a_doubtful_word(name: str) -> None:
    for beyond in (False, True):
        found = of(name, beyond=beyond)
        texts = [t for s in (*found.add, *found.drop) for t in (*s.words.pros, *s.words.cons, s.effect.move.label)]
        texts += [found.nothing, *found.uncut, *(a.reason for a in found.aside), *(d.manner for d in found.divisions)]
        for text in texts:
            assert "nan" not in text.split() and "None" not in text and "  " not in text
        assert all(s.words.pros for s in (*found.add, *found.drop))
        assert found.add or found.drop or found.nothing
