"""Sectors cut, counted in people: hand answers on a drawn row, and the Val-de-Marne."""

from __future__ import annotations

from geo.guidance import sectors_met
from geo.guidance.sector_shares import establishment, sectors_cut
from geo.layers import Precision
from tests.support import real
from tests.support.grid import check, draw, facts_of, plain, zone

ROW = draw([[6_200, 3_800, 500, 700]])
WHOLE = {"secteurs-adultes": {"s": zone("01001", "01002", nom="Secteur 01G07", territoire="CH du Bourg")}}


def test_a_sector_cut_says_its_share_in_people_and_what_completes_it() -> None:
    (sector,) = sectors_met(facts_of(ROW, ["01001"], WHOLE, complete="all"))
    assert (sector.inside, sector.total, sector.share, sector.people_missing) == (6_200, 10_000, 0.62, 3_800)
    assert (sector.codes, sector.whole, sector.estimated) == ({"01002"}, False, False)
    assert plain(sector.sentence) == (
        "01G07 : 62 % (6 200 sur 10 000) de ses habitants dans le périmètre ; cette commune (+ 3 800 habitants) le complète : Bourg 2."
    )


def test_several_communes_complete_a_sector_the_largest_first() -> None:
    zones = {"secteurs-adultes": {"s": zone("01001", "01003", "01004", nom="Secteur 01G07")}}
    (sector,) = sectors_met(facts_of(ROW, ["01001"], zones, complete="all"))
    assert "ces 2 communes (+ 1 200 habitants) le complètent : Bourg 4 et Bourg 3" in plain(sector.sentence)


def test_completing_a_sector_makes_it_whole() -> None:
    facts = facts_of(ROW, ["01001"], WHOLE, complete="all")
    (sector,) = sectors_cut(facts)
    more = facts_of(ROW, ["01001", *sector.codes], WHOLE, complete="all")
    assert sectors_cut(more) == ()
    (now,) = sectors_met(more)
    assert now.whole
    assert "entier dans le périmètre (10 000 habitants)" in plain(now.sentence)


def test_a_sector_that_splits_a_commune_no_one_knows_how_gives_no_share() -> None:
    zones = {"secteurs-adultes": {"s": zone("01001", part=["01002"], nom="Secteur 01G07")}}
    (sector,) = sectors_met(facts_of(ROW, ["01001", "01002"], zones, complete="all"))
    assert (sector.total, sector.share, sector.whole) == (None, None, True)
    assert "une partie de Bourg 2" in sector.sentence and "inconnue" in sector.sentence
    (cut,) = sectors_met(facts_of(ROW, ["01001"], zones, complete="all"))
    assert (cut.share, cut.whole) == (None, False)
    assert "%" not in sector.sentence
    assert sectors_cut(facts_of(ROW, ["01001"], zones, complete="all")) == ()


def test_a_sector_whose_split_is_worked_out_says_it_is_an_estimate() -> None:
    facts = facts_of(ROW, ["01001"], {"secteurs-adultes": {"s": zone("01001", part=["01002"], nom="Secteur 01G07")}})
    members = facts.crosswalk.layers["secteurs-adultes"].members
    members.loc[~members["whole"], "inhabitants"] = 1_300.4  # as an import works it out
    (sector,) = sectors_met(facts)
    assert (sector.inside, sector.total, sector.estimated) == (6_200, 7_500, True)
    assert "estimation" in sector.sentence and "Bourg 2 (en partie)" in sector.sentence and "environ" in sector.sentence


def test_a_sector_known_in_part_gives_no_share() -> None:
    zones = {"secteurs-adultes": {"s": zone("01001", nom="Secteur 01G07", precision=Precision.PARTIELLE)}}
    (sector,) = sectors_met(facts_of(ROW, ["01001"], zones))
    assert sector.total is None and "pas toutes connues" in sector.sentence


def test_the_check_carries_the_sectors_cut_with_figures_and_places() -> None:
    facts = facts_of(ROW, ["01001"], WHOLE, complete="all")
    found = check("secteurs", facts)
    assert "Coupé : 01G07 (62 % de ses habitants dans le périmètre)" in plain(found.sentence)
    assert any("À compléter : 01G07" in line for line in found.details)
    (cut,) = found.figures["secteurs_coupes"]
    assert (cut["communes_qui_completent"], cut["habitants_qui_completent"]) == (["01002"], 3_800)
    assert "Coupé" not in check("secteurs", facts_of(ROW, ["01001", "01002"], WHOLE, complete="all")).sentence


def test_only_hospitals_are_taken_for_hospitals() -> None:
    assert establishment("GH Paul Guiraud") == "GH Paul Guiraud"
    assert establishment("Hôpitaux de Saint-Maurice") == "Hôpitaux de Saint-Maurice"
    assert (
        establishment("nord du département")
        == establishment("Paris 20e")
        == establishment("28 communes du Pévèle")
        == ""
    )


def test_alfortville_is_a_part_of_its_sector_in_people() -> None:
    (sector,) = sectors_cut(real.facts(["94002"]))
    assert sector.short_name == "94G16"
    assert sector.inside + sum(c.people or 0 for c in sector.missing) == sector.total == 109_938


def test_a_child_sector_cut_says_what_completes_it_as_an_adult_one_does() -> None:
    zones = {**WHOLE, "secteurs-enfants": {"i": zone("01001", "01003", nom="Secteur 01I02")}}
    found = check("secteurs", facts_of(ROW, ["01001", "01002"], zones, complete="all"))
    told = [plain(line) for line in found.details if line.startswith("À compléter")]
    assert len(told) == 1
    assert "01I02" in told[0]
    assert "(+ 500 habitants) le complète : Bourg 3" in told[0]
    assert [s["habitants_qui_completent"] for s in found.figures["secteurs_infanto_juveniles_coupes"]] == [500]
