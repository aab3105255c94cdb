"""Real perimeters from end to end: checks, sectors, guests, suggestions, links, on the embedded data."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from geo.cli.documents import evaluation
from geo.communes import read_any
from geo.guidance import Finding, Outcome, Reach, Settings, round_table, run_checks, sectors_met, summary
from geo.moves import incidence_of
from geo.perimeters.edit import from_zone
from geo.scenarios import Workbook, pack, unpack
from geo.suggest import suggest
from tests.suggest.test_suggest import check_announced
from tests.support import real
from tests.support.grid import plain


def towns(*names: str) -> frozenset[str]:
    return frozenset(a for name in names for a in read_any(name, real.atlas()).atoms)


def epci(code: str) -> frozenset[str]:
    return from_zone(real.crosswalk(), "epci", code).codes


# Sources count the four communes of the CLSM Val d’Oise Est without naming them: these are four neighbours of that part.
PERIMETERS = {
    "val-d-oise-est": towns("Sarcelles", "Villiers-le-Bel", "Garges-lès-Gonesse", "Arnouville"),
    "lille": towns("Lille"),
    "marseille": towns("Marseille"),
    "niort-agglo": epci("200041317"),
    "pays-ajaccien": epci(real.atlas().table["epci"].iat[real.atlas().row["2A004"]]),
    "tco-reunion": epci(real.atlas().table["epci"].iat[real.atlas().row["97415"]]),
}
F, R, D = Outcome.FAVORABLE, Outcome.RESERVED, Outcome.DISCUSS
V, U = Outcome.VIGILANCE, Outcome.UNKNOWN
# Answers by hand from the embedded data: inhabitants against 200 000, communes against 50, lists complete or not. Reserved where
# the grid of density or the places of care are not known; Niort and the TCO have all, or most, of their quarters in one town.
ANSWERS = {
    "val-d-oise-est": {"taille": F, "secteurs": U, "articulation": U, "qpv": D, "coordination": F, "centralite": R},
    "lille": {"taille": V, "secteurs": D, "articulation": U, "qpv": D, "coordination": F},
    "marseille": {"taille": V, "secteurs": U, "articulation": U, "grande_ville": D, "coordination": F},
    "niort-agglo": {"taille": F, "qpv": F, "coordination": D, "rural": R, "diagnostic": D},
    "pays-ajaccien": {"taille": F, "articulation": U, "centralite": D, "rural": R},
    "tco-reunion": {"taille": V, "articulation": D, "coordination": F, "centralite": D},
}


def findings(name: str) -> dict[str, Finding]:
    return {check.id: found for check, found in run_checks(real.facts(PERIMETERS[name]))}


@pytest.mark.parametrize("name", PERIMETERS)
def test_checks_give_the_answers_by_hand(name: str) -> None:
    found = findings(name)
    assert {check: found[check].outcome for check in ANSWERS[name]} == ANSWERS[name]


@pytest.mark.parametrize("name", PERIMETERS)
def test_everything_reads_well_and_suggestions_are_exact(name: str) -> None:
    codes, world = PERIMETERS[name], real.world()
    facts = real.facts(codes)
    found = run_checks(facts)
    texts = [summary(facts, found), round_table(facts).text(), *(s.sentence for s in sectors_met(facts))]
    suggested = suggest(world.evidence, codes)
    texts += [s.effect.sentence for s in (*suggested.add, *suggested.drop)]
    for text in texts:
        assert text and "nan" not in text.casefold().split() and "None" not in text and "  " not in text
    check_announced(world, codes, suggested, Settings())
    assert unpack(pack(Workbook().replace_codes(codes), world.atlas), world.atlas).workbook.codes == codes


def test_val_d_oise_est_is_one_piece_of_one_agglomeration() -> None:
    facts = real.facts(PERIMETERS["val-d-oise-est"])
    assert (facts.population, facts.pieces, len(facts.towns), len(facts.communities)) == (146_040, 1, 4, 1)
    assert "Secteurs de psychiatrie adulte inconnus ici" in plain(summary(facts))


def test_lomme_and_hellemmes_are_sectors_of_their_own_inside_lille() -> None:
    sectors = sectors_met(real.facts(PERIMETERS["lille"]), ("secteurs-adultes",))
    assert {s.short_name for s in sectors} == {"59G20", "59G21"}
    said = " ".join(plain(s.sentence) for s in sectors)
    assert "Lomme" in said and "Hellemmes" in said
    assert "une partie de Lille, de taille inconnue" in said and "%" not in said
    names = findings("lille")["secteurs"].sentence
    assert plain(names).startswith("Au moins 2 secteurs adultes à inviter")


def test_marseille_is_one_commune_of_sixteen_arrondissements() -> None:
    facts = real.facts(PERIMETERS["marseille"])
    assert (len(facts.rows), len(facts.towns), facts.population) == (16, 1, 886_040)
    big = findings("marseille")["grande_ville"]
    assert (big.figures["arrondissements"], big.figures["dans_le_perimetre"]) == (16, 16)
    half = sorted(PERIMETERS["marseille"])[:8]
    assert "8" in {c.id: f for c, f in run_checks(real.facts(half))}["grande_ville"].sentence


def test_niort_agglo_is_its_epci_its_cls_and_its_clsm() -> None:
    facts = real.facts(PERIMETERS["niort-agglo"])
    assert (len(facts.towns), facts.population, facts.communities[0].whole) == (40, 123_326, True)
    assert findings("niort-agglo")["qpv"].reach is Reach.FINDING
    seats = {s.who for s in round_table(facts).seats}
    assert {"CLSM du Niortais", "CLS de Niort Agglo", "Préfecture des Deux-Sèvres"} <= seats


def test_a_corsican_and_a_reunion_perimeter_stay_in_their_projection_and_their_institutions() -> None:
    ajaccio, west = real.facts(PERIMETERS["pays-ajaccien"]), real.facts(PERIMETERS["tco-reunion"])
    assert ajaccio.span_m and ajaccio.span_m < 60_000 and west.span_m and west.span_m < 60_000
    assert "Collectivité de Corse" in {s.who for s in round_table(ajaccio).seats}
    assert "Préfecture de La Réunion" in {s.who for s in round_table(west).seats}


def test_bonneuil_is_completed_to_its_whole_sector_by_its_suggestions() -> None:
    """Start from Bonneuil, whose sector is cut; the suggestion completes it, and applying it does."""
    codes = frozenset({"94011"})
    best = next(s for s in suggest(real.world().evidence, codes).add if "Secteur 94G08" in s.effect.completed)
    after = best.effect.move.apply(codes)
    assert all(s.whole for s in sectors_met(real.facts(after), ("secteurs-adultes",)))


@hypothesis_settings(max_examples=20)
@given(st.lists(st.integers(0, 34_916), min_size=2, max_size=12, unique=True), st.integers(1, 11))
def test_facts_of_a_union_of_disjoint_perimeters_add_up(rows: list[int], cut: int) -> None:
    atlas = real.atlas()
    codes = [str(atlas.codes[r]) for r in rows]
    at = min(cut, len(codes) - 1)
    one, two, both = real.facts(codes[:at]), real.facts(codes[at:]), real.facts(codes)
    assert both.population == one.population + two.population
    assert both.area_m2 == pytest.approx(one.area_m2 + two.area_m2)
    assert len(both.rows) == len(one.rows) + len(two.rows)
    assert (both.classes == one.classes + two.classes).all().all()
    for layer in both.overlaps:
        whole: dict[str, float] = {}
        for part in (one, two):
            for o in part.overlaps[layer]:
                whole[o.id] = whole.get(o.id, 0) + o.communes + o.partial
        assert whole == {o.id: o.communes + o.partial for o in both.overlaps[layer]}


@hypothesis_settings(max_examples=10)
@given(st.permutations(sorted(PERIMETERS["niort-agglo"])[:8]))
def test_the_order_of_clicks_does_not_matter(order: list[str]) -> None:
    codes: frozenset[str] = frozenset()
    for code in order:
        codes = codes ^ {code}
    assert suggest(real.world().evidence, codes) == suggest(real.world().evidence, sorted(order))
    assert incidence_of(real.world().evidence) is incidence_of(real.world().evidence)


def test_the_evaluation_carries_sectors_guests_and_places_to_show_as_data() -> None:
    facts = real.facts(["94028", "94011"])
    data = json.loads(json.dumps(evaluation(facts, run_checks(facts)), ensure_ascii=False))
    cut = next(s for s in data["secteurs"] if s["nom"] == "Secteur 94G08")
    assert (
        cut["habitants_dans_le_perimetre"] + sum(c["population"] for c in cut["communes_qui_completent"])
        == cut["habitants"]
    )
    sectors = next(c for c in data["checks"] if c["id"] == "secteurs")
    assert set(sectors["communes_a_montrer"]) == {c["code"] for c in cut["communes_qui_completent"]}
    assert data["resume"].startswith("Périmètre de 2")
    assert {"groupe", "qui", "connu"} <= set(data["table_ronde"][0])
    assert "km" in data["trajets"]


def test_an_agglomeration_with_islands_is_said_in_pieces_because_of_them() -> None:
    found = {c.id: f for c, f in run_checks(real.facts(epci("200042174")))}["coordination"]  # Lorient and Groix
    assert found.figures["morceaux"] > 1 and found.figures["morceaux_sans_iles_ni_enclaves"] == 1
    assert "morceaux (îles ou enclaves)" in plain(found.sentence)
    assert found.outcome is Outcome.DISCUSS  # nobody can move an island
    apart = {c.id: f for c, f in run_checks(real.facts(["97411", "97415"]))}["coordination"]
    assert plain(apart.sentence).endswith("2 morceaux.") and apart.outcome is Outcome.VIGILANCE
