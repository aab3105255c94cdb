"""The perimeters that elected officials and planners tried, on the embedded data: each conclusion is the one the figures allow."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from geo.dataset import Dataset, open_dataset
from geo.guidance import Finding, Outcome, Reach, Settings, own_thresholds, run_checks, summary
from geo.perimeters import Perimeter
from geo.sources import sync
from tests.support import real
from tests.support.grid import plain
from tests.support.reading import MIRROR

FAVORABLE, RESERVED, DISCUSS = Outcome.FAVORABLE, Outcome.RESERVED, Outcome.DISCUSS
VIGILANCE, UNKNOWN = Outcome.VIGILANCE, Outcome.UNKNOWN


def members(column: str, *codes: str) -> tuple[str, ...]:
    atlas = real.atlas()
    return tuple(str(atlas.codes[r]) for code in codes for r in atlas.members(column, code))


NIORT_AGGLO = members("epci", "200041317")
MELLOIS = members("epci", "200069755")
OLERON = members("epci", "241700624")
LENS_HENIN = members("epci", "246200364", "246200299")
AMP = members("epci", "200054807")
CREUSE_SUD_OUEST = members("epci", str(real.atlas().table["epci"].iloc[real.atlas().row["23030"]]))
MARSEILLE_NORTH = ("13213", "13214", "13215", "13216")
CRETEIL, BOURGANEUF, LILLE, TOULOUSE = ("94028",), ("23030",), ("59350",), ("31555",)
EVERY = (
    NIORT_AGGLO,
    MELLOIS,
    OLERON,
    LENS_HENIN,
    AMP,
    CREUSE_SUD_OUEST,
    MARSEILLE_NORTH,
    CRETEIL,
    BOURGANEUF,
    LILLE,
    TOULOUSE,
)


@lru_cache(maxsize=16)
def found(codes: tuple[str, ...]) -> dict[str, Finding]:
    return {finding.id: finding for _, finding in run_checks(real.facts(codes))}


# --- favourable over missing data ---------------------------------------------------------------------------------
@pytest.mark.parametrize("codes", [MELLOIS, LENS_HENIN, OLERON, CREUSE_SUD_OUEST])
def test_the_scale_of_a_whole_body_is_favorable_with_a_reservation_while_resources_are_unknown(
    codes: tuple[str, ...],
) -> None:
    scale = found(codes)["diagnostic"]
    assert scale.outcome is RESERVED
    assert any("lieux de santé mentale" in text for text in scale.missing)


def test_creteil_has_one_sector_with_a_reservation_while_child_sectors_are_unknown() -> None:
    sectors = found(CRETEIL)["secteurs"]
    assert sectors.outcome is RESERVED
    assert any("infanto-juvéniles" in text for text in sectors.missing)


@pytest.mark.parametrize("codes", EVERY)
def test_nothing_is_favorable_where_something_is_missing(codes: tuple[str, ...]) -> None:
    for finding in found(codes).values():
        if finding.reach is Reach.FINDING and finding.outcome is FAVORABLE:
            assert not finding.missing, finding.id
        if finding.outcome is RESERVED:
            assert finding.missing, finding.id


def test_what_is_reserved_is_counted_apart() -> None:
    facts = real.facts(MELLOIS)
    said = plain(summary(facts, run_checks(facts)))
    reserved = sum(f.outcome is RESERVED for f in found(MELLOIS).values())
    assert reserved > 1 and f"{reserved} favorables sous réserve" in said
    assert "1 favorable," in said  # size alone


# --- size -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("codes", "people"), [(BOURGANEUF, "2 364"), (CREUSE_SUD_OUEST, "13 409")])
def test_a_very_small_territory_is_to_discuss_by_a_threshold_of_this_tool(codes: tuple[str, ...], people: str) -> None:
    size = found(codes)["taille"]
    assert (size.outcome, size.raised_by) == (DISCUSS, ("small",))
    assert people in plain(size.sentence) and "manquer des ressources" in size.sentence


# --- scale and centrality -------------------------------------------------------------------------------------------
def test_adding_bonneuil_to_creteil_does_not_make_the_scale_favorable() -> None:
    assert found(CRETEIL)["diagnostic"].outcome is DISCUSS
    both = found(("94028", "94011"))["diagnostic"]
    assert both.outcome is DISCUSS
    assert "2 communes sur 16" in plain(both.sentence)


@pytest.mark.parametrize(("codes", "people"), [
    (MARSEILLE_NORTH, "1 939 077"), (AMP, "1 939 077"), (LILLE, "1 195 234"), (TOULOUSE, "841 524"),
])  # fmt: skip
def test_a_metropolis_is_not_defended_as_a_scale(codes: tuple[str, ...], people: str) -> None:
    scale = found(codes)["diagnostic"]
    assert scale.reach is Reach.INFORMATION
    assert people in plain(scale.sentence) and "se défend" not in scale.sentence


def test_all_the_quarters_of_the_niortais_are_in_niort_and_that_counts() -> None:
    town, scale = found(NIORT_AGGLO)["centralite"], found(NIORT_AGGLO)["diagnostic"]
    assert town.outcome is DISCUSS and scale.outcome is DISCUSS
    for finding in (town, scale):
        assert "100 % (6 283 sur 6 283) des habitants des QPV" in plain(finding.sentence)
        assert "48,5 % (59 854 sur 123 326)" in plain(finding.sentence)


# --- neighbourhood --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("codes", [BOURGANEUF, CREUSE_SUD_OUEST, MELLOIS])
def test_a_wholly_rural_perimeter_is_never_to_discuss_for_its_rural_communes(codes: tuple[str, ...]) -> None:
    rural = found(codes)["rural"]
    assert (rural.outcome, rural.reach) == (
        RESERVED,
        Reach.FINDING,
    )  # the class is an estimate without the grid of INSEE
    assert "100 %" in plain(rural.sentence)


@pytest.mark.parametrize("codes", [MARSEILLE_NORTH, LILLE, CRETEIL])
def test_rural_communes_do_not_concern_dense_urban_land(codes: tuple[str, ...]) -> None:
    assert found(codes)["rural"].reach is Reach.NOT_CONCERNED


@pytest.mark.parametrize("codes", [BOURGANEUF, MARSEILLE_NORTH, LILLE])
def test_not_taking_all_the_body_is_held_against_a_perimeter_by_one_check_at_most(codes: tuple[str, ...]) -> None:
    mine = found(codes)
    assert sum(mine[i].outcome is DISCUSS and mine[i].reach is Reach.FINDING for i in ("rural", "diagnostic")) <= 1


# --- quarters -------------------------------------------------------------------------------------------------------
def test_the_quarters_of_lens_are_told_apart_and_one_that_overflows_is_no_question_by_itself() -> None:
    quarters = found(LENS_HENIN)["qpv"]
    assert quarters.outcome is RESERVED
    assert "31 QPV sur 31 touchés, 30 entiers ; Quartier Saint-Elie - Fosse 13 déborde" in plain(quarters.sentence)
    assert "Laissé" not in quarters.sentence.replace("n’est laissé", "")


@lru_cache(maxsize=1)
def _synchronised(home: Path) -> Dataset:
    sync(["qpv", "densite"], mirror=str(MIRROR), home=home)
    return open_dataset(home)


@pytest.mark.mirror
@pytest.mark.skipif(not MIRROR.is_dir(), reason="the mirror is not here (CLSM_MIRROR gives its folder)")
def test_people_of_quarters_are_over_one_set_once_synchronised(tmp_path: Path) -> None:
    world = _synchronised(tmp_path)

    def of(codes: tuple[str, ...]) -> dict[str, Finding]:
        return {f.id: f for _, f in run_checks(world.facts(Perimeter.of(codes, world.atlas)))}

    creteil, lens = of(CRETEIL), of(LENS_HENIN)["qpv"]
    for check in ("qpv", "diagnostic"):
        assert "32,7 % (12 757 sur 39 008)" in plain(creteil[check].sentence), check
    assert not any("53 392" in plain(" ".join((f.sentence, *f.details))) for f in creteil.values())
    assert lens.outcome is RESERVED
    assert "Saint-Elie - Fosse 13 déborde de 742 habitants environ" in plain(lens.sentence)
    assert of(BOURGANEUF)["rural"].outcome is FAVORABLE  # the grid of INSEE is there
    assert of(NIORT_AGGLO)["qpv"].outcome is FAVORABLE


# --- thresholds of this tool ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("codes", EVERY)
def test_a_threshold_of_this_tool_never_raises_more_than_a_question(codes: tuple[str, ...]) -> None:
    tight = Settings(
        max_communes=1, max_bodies=0, max_area_m2=1.0, max_span_m=1.0, small=10**9, central=0.01, sliver=0.0
    )
    for _, finding in run_checks(real.facts(codes), tight):
        if finding.outcome is VIGILANCE:
            assert not own_thresholds(finding.raised_by) or "morceaux" in finding.sentence, finding.id


@pytest.mark.parametrize("codes", [CRETEIL, NIORT_AGGLO, LENS_HENIN])
def test_resources_without_any_data_are_not_said_to_be_covered_in_part(codes: tuple[str, ...]) -> None:
    resources = found(codes)["ressources"]
    assert resources.outcome is UNKNOWN
    assert "pas tout" not in resources.sentence
