"""The project of a perimeter: the CLSM that it enlarges or merges is no conflict, nor counted as one, in checks and figures."""

from __future__ import annotations

import pytest

from geo.comparison import Candidate, Scale, evaluate, side_by_side
from geo.errors import GeoInputError
from geo.guidance import MEASURES, Finding, Intent, Outcome, Project, Settings, read_project
from geo.layers import Etat, Precision
from geo.perimeters import PerimeterFacts
from geo.suggest import preview
from tests.support import real
from tests.support.grid import check, draw, facts_of, plain, zone

GRID = draw([[100, 200, 300, 400]])
VAL, MONT = zone("01001", "01002", nom="CLSM du Val"), zone("01003", nom="CLSM du Mont")
ALL = ["01001", "01002", "01003"]


def enlarge(*ids: str) -> Settings:
    return Settings(project=Project.of(Intent.ENLARGE, ids))


def merge(*ids: str) -> Settings:
    return Settings(project=Project.of(Intent.MERGE, ids))


CREATE = Settings(project=Project(Intent.CREATE))


def drawn(codes: list[str], **clsm: object) -> PerimeterFacts:
    return facts_of(GRID, codes, {"clsm": clsm}, complete="all")


def judged(facts: PerimeterFacts, settings: Settings | None = None) -> Finding:
    return check("articulation", facts, settings)


def test_the_clsm_that_is_enlarged_is_no_conflict() -> None:
    found = judged(drawn(ALL, val=VAL), enlarge("val"))
    assert found.outcome is Outcome.FAVORABLE
    assert found.figures["clsm_du_projet"] == ["CLSM du Val"]
    assert found.figures["autres_clsm"] == []
    assert found.where == ()
    assert "Élargi par ce projet, donc sans conflit : CLSM du Val" in plain(found.sentence)


def test_an_enlarged_clsm_partly_left_outside_is_to_discuss() -> None:
    found = judged(drawn(["01002", "01003"], val=VAL), enlarge("val"))
    assert found.outcome is Outcome.DISCUSS
    assert "En partie hors du périmètre : CLSM du Val" in plain(found.sentence)


def test_another_clsm_than_the_one_enlarged_is_to_merge_or_to_redraw() -> None:
    found = judged(drawn(ALL, val=VAL, mont=MONT), enlarge("val"))
    assert found.outcome is Outcome.VIGILANCE
    assert found.figures["autres_clsm"] == ["CLSM du Mont"]
    assert "CLSM du Mont : à fusionner ou à redécouper" in plain(found.sentence)
    assert found.where == ("01003",)


def test_merged_clsm_are_no_conflict() -> None:
    found = judged(drawn(ALL, val=VAL, mont=MONT), merge("val", "mont"))
    assert found.outcome is Outcome.FAVORABLE
    assert found.figures["autres_clsm"] == []


def test_a_clsm_held_whole_is_a_question_while_nothing_is_said() -> None:
    found = judged(drawn(ALL, val=VAL))
    assert found.outcome is Outcome.DISCUSS
    assert "si c’est pour l’élargir, dites-le" in plain(found.sentence)
    both = judged(drawn(ALL, val=VAL, mont=MONT))
    assert both.outcome is Outcome.DISCUSS
    assert "à fusionner ou à redécouper" in plain(both.sentence)


def test_what_is_chosen_without_naming_a_clsm_decides_nothing_yet() -> None:
    facts = drawn(ALL, val=VAL)
    for settings in (enlarge(), merge()):
        assert judged(facts, settings) == judged(facts)


def test_a_creation_over_a_clsm_in_service_stays_a_point_of_vigilance() -> None:
    assert judged(drawn(ALL, val=VAL), CREATE).outcome is Outcome.VIGILANCE
    again = judged(drawn(["01001", "01002"], val=VAL), CREATE)
    assert again.outcome is Outcome.DISCUSS
    assert "il n’y a pas à le créer" in plain(again.sentence)
    planned = zone("01001", "01002", nom="CLSM du Val", etat=Etat.PROJET)
    assert judged(drawn(["01001", "01002"], val=planned), CREATE).outcome is Outcome.FAVORABLE


def test_a_clsm_cut_by_the_perimeter_stays_a_point_of_vigilance() -> None:
    assert judged(drawn(["01002", "01003"], val=VAL)).outcome is Outcome.VIGILANCE


def test_a_clsm_known_in_part_is_never_said_whole_nor_torn() -> None:
    vague = zone("01001", "01002", nom="CLSM du Val", precision=Precision.PARTIELLE)
    assert judged(drawn(ALL, val=vague)).outcome is Outcome.VIGILANCE
    assert "hors du périmètre" not in judged(drawn(["01002"], val=vague), enlarge("val")).sentence


def test_a_clsm_named_and_not_met_is_said() -> None:
    found = judged(drawn(["01004"], val=VAL), enlarge("val"))
    assert found.outcome is Outcome.DISCUSS
    assert "sans commune dans ce périmètre : CLSM du Val" in plain(found.sentence)


def test_a_clsm_that_the_data_do_not_know_is_unknown_and_changes_no_outcome() -> None:
    facts = drawn(["01004"], val=VAL)
    found = judged(facts, enlarge("ailleurs"))
    assert found.outcome is judged(facts).outcome is Outcome.FAVORABLE
    assert "inconnu" in found.sentence


def test_lists_that_are_not_complete_leave_it_unknown() -> None:
    facts = facts_of(GRID, ALL, {"clsm": {"val": VAL}})
    assert judged(facts, enlarge("val")).outcome is Outcome.UNKNOWN


def test_the_clsm_of_the_project_piles_on_nothing() -> None:
    zones = {"clsm": {"val": VAL}, "cls": {"c": zone("01001", "01002")}}
    facts = facts_of(GRID, ["01001", "01002"], zones, complete="all")
    assert judged(facts).figures["couches_empilees_au_plus"] == 1
    assert judged(facts, enlarge("val")).figures["couches_empilees_au_plus"] == 1
    assert judged(facts_of(GRID, ALL, zones, complete="all"), CREATE).figures["couches_empilees_au_plus"] == 2


def test_no_list_tells_asv_contrat_de_ville_nor_ptsm() -> None:
    found = judged(drawn(["01004"]))
    for word in ("ASV", "contrat de ville", "PTSM", "Inconnus", "à demander"):
        assert word in plain(found.sentence)


def test_the_figure_of_other_clsm_leaves_the_project_s_own_aside() -> None:
    facts = drawn(ALL, val=VAL, mont=MONT)
    other = next(m for m in MEASURES if m.id == "autres_clsm")
    assert [other.value(facts, s.project).number for s in (Settings(), enlarge("val"), merge("val", "mont"))] == [
        2,
        1,
        0,
    ]


def test_the_preview_of_a_click_knows_the_project() -> None:
    facts = drawn(["01001", "01002"], val=VAL)
    said = preview(facts.evidence, ["01001", "01002"], enlarge("val"))
    assert not any("Articulation" in said.texts[i] for i in said.of["01003"])
    creating = preview(facts.evidence, ["01001", "01002"], CREATE)
    assert any("Articulation" in creating.texts[i] and "vigilance" in creating.texts[i] for i in creating.of["01003"])


def test_thresholds_keep_the_project_and_settings_compare_without_it() -> None:
    chosen = Settings(marker=150_000).under(Project(Intent.CREATE))
    assert chosen.project.intent is Intent.CREATE
    assert chosen.thresholds == Settings(marker=150_000)
    with pytest.raises(GeoInputError):
        Settings(marker=0, project=Project(Intent.CREATE))


@pytest.mark.parametrize(
    ("intent", "clsm"),
    [("creer", ["a"]), ("", ["a"]), ("elargir", ["a", "b"]), ("fusionner", [f"c{i}" for i in range(11)]), ("autre", []), (None, []),
     (["creer"], []), ("elargir", "a"), ("elargir", [1]), ("elargir", [""]), ("elargir", ["x" * 200]), ("elargir", ["a\u0000"]), ("elargir", None)],
)  # fmt: skip
def test_a_project_that_makes_no_sense_is_refused(intent: object, clsm: object) -> None:
    with pytest.raises(GeoInputError, match="Projet"):
        read_project(intent, clsm)


# --- on the real lists ------------------------------------------------------------------------------------------------
LENS, EPINAY, SAINT_DENIS = (
    "clsm-62-lens-henin",
    "clsm-93-epinay-sur-seine-pierrefitte-sur-seine-et-villetaneuse",
    "clsm-93-saint-denis",
)


def communes_of(clsm: str) -> list[str]:
    layer = real.crosswalk().layers["clsm"]
    rows = layer.members.loc[layer.members["zone"] == layer.zones.index.get_loc(clsm), "row"]
    return [str(real.atlas().codes[r]) for r in rows]


def test_lens_henin_with_ostricourt_is_enlarged_without_alarm() -> None:
    facts = real.facts([*communes_of(LENS), "59452"])
    assert real.atlas().names[real.atlas().row["59452"]] == "Ostricourt"
    found = judged(facts, enlarge(LENS))
    assert found.outcome is not Outcome.VIGILANCE
    assert "Élargi par ce projet" in found.sentence
    assert judged(facts).outcome is Outcome.DISCUSS
    assert "dites-le" in judged(facts).sentence


@pytest.mark.parametrize("settings", [Settings(), enlarge(SAINT_DENIS), enlarge(EPINAY)])
def test_saint_denis_with_the_rest_of_its_neighbours_clsm_is_to_merge_or_redraw(settings: Settings) -> None:
    facts = real.facts(sorted({*communes_of(SAINT_DENIS), *communes_of(EPINAY)}))
    assert "à fusionner ou à redécouper" in plain(judged(facts, settings).sentence)
    assert judged(facts, merge(SAINT_DENIS, EPINAY)).outcome is not Outcome.VIGILANCE


def test_a_comparison_judges_each_scenario_for_its_own_project() -> None:
    codes = frozenset([*communes_of(LENS), "59452"])
    mine = Candidate("a", "Scénario", "A", codes, Scale.INTERCOMMUNAL, project=Project.of(Intent.ENLARGE, [LENS]))
    other = Candidate("b", "Scénario", "B", codes, Scale.INTERCOMMUNAL, project=Project(Intent.CREATE))
    both = side_by_side([mine, other], real.world())
    assert [e.outcomes["articulation"] == "point de vigilance" for e in both.every] == [False, True]
    assert [e.values["autres_clsm"].number for e in both.every] == [0, 1]
    follower = evaluate(Candidate("c", "EPCI", "C", codes, Scale.INTERCOMMUNAL), real.world(), enlarge(LENS))
    assert follower.outcomes["articulation"] != "point de vigilance"


def test_what_does_not_enlarge_a_clsm_is_not_said_to() -> None:
    torn = plain(judged(drawn(["01002", "01003"], val=VAL), enlarge("val")).sentence)
    assert "sans conflit" not in torn and torn.startswith("En partie hors du périmètre")
    same = judged(drawn(["01001", "01002"], val=VAL), enlarge("val"))
    assert "aucune commune ne s’y ajoute encore : CLSM du Val" in plain(same.sentence)
    assert "sans conflit" not in same.sentence


def test_a_named_clsm_of_unknown_communes_is_not_said_to_be_elsewhere() -> None:
    lost = zone(nom="CLSM du Val", precision=Precision.INCONNUE)
    found = judged(drawn(["01001"], val=lost), enlarge("val"))
    assert found.outcome is not Outcome.FAVORABLE
    assert "mais de communes inconnues ici, dans ce périmètre ou non : CLSM du Val" in plain(found.sentence)
    assert "sans commune dans ce périmètre" not in found.sentence


def test_a_merger_of_one_clsm_waits_for_the_other() -> None:
    assert Project.of(Intent.MERGE, ["val"]).sentence(lambda _: "CLSM du Val") == (
        "Projet : fusionner le CLSM du Val et un autre CLSM, à préciser."
    )


def test_a_clsm_that_is_not_sure_is_said_with_what_is_not() -> None:
    said = plain(judged(drawn(ALL, val=zone("01001", nom="CLSM du Val", etat=Etat.A_CONFIRMER))).sentence)
    assert "Cité sur ces communes, à vérifier : CLSM du Val (à confirmer)." in said
