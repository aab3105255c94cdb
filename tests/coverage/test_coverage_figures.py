"""Figures of a scope: hand answers on a drawn country, unknown never zero, the five shares of a commune, the level above."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.communes import approximate_density
from geo.coverage import (
    CoverageState,
    Figure,
    Status,
    coverage_state,
    limits,
    local_scopes,
    read_scope,
    scope_figures,
)
from geo.coverage.figures.parts import Parts
from geo.errors import GeoInputError
from geo.layers import Crosswalk, Etat, Precision
from geo.shares import Share
from tests.support import real
from tests.support.grid import Zone, crosswalk, draw, plain, zone

# Six communes; the first row is département 01, the second 02. Below 250 inhabitants a commune is rural here.
ATLAS = draw(
    [[100, 200, 300], [1000, 2000, 3000]],
    epci=[["E1", "E1", "E2"], ["E3", "E3", "E4"]],
    departement=[["01", "01", "01"], ["02", "02", "02"]],
)
ZONES = {
    "clsm": {
        "a": zone("01001", departement="01"),
        "b": zone("01002", precision=Precision.SUPPOSEE, departement="01"),
        "p": zone("02004", etat=Etat.PROJET, departement="02"),
        "part": zone(part=["02005"], departement="02"),
    },
    "qpv": {
        "q1": zone("01001", population=40, departement="01"),
        "q2": zone("01003", population=60, departement="01"),
        "q3": zone("02005", departement="02"),
        "across": zone("01002", "01003", departement="01"),
    },
    "secteurs-adultes": {"s1": zone("01001", "01003"), "s2": zone("02004")},
    "cls": {"c1": zone("01003"), "c2": zone("01001"), "old": zone("01002", etat=Etat.PROJET)},
    "epci": {
        "E1": zone("01001", "01002"), "E2": zone("01003"), "E3": zone("02004", "02005"), "E4": zone("02006"),
    },
    "ept": {},
}  # fmt: skip


def _state(
    zones: dict[str, dict[str, Zone]] | None = None, *, complete: object = "all", declared: tuple[str, ...] = ()
) -> CoverageState:
    built: Crosswalk = crosswalk(ATLAS, zones or ZONES, complete=complete)  # type: ignore[arg-type]
    layers = dict(built.layers)
    whole = layers["epci"].extent | set(ATLAS.departements.index)
    object.__setattr__(layers["epci"], "extent", frozenset(whole))
    return coverage_state(built, approximate_density(ATLAS), complete=declared)


def _figures(scope: str, state: CoverageState) -> dict[str, Figure]:
    return {f.id: f for f in scope_figures(read_scope(scope, ATLAS), state)}


def test_figures_of_a_complete_departement_by_hand() -> None:
    found = _figures("01", _state())
    assert {i: (f.value, f.total) for i, f in found.items()} == {
        "habitants": (300, 600),
        "projet": (0, 600),
        "qpv": (1, 3),
        "qpv-habitants": (None, None),
        "rural": (300, 300),
        "epci": (1, 2),
        "secteurs-adultes": (0, 1),  # touched by a CLSM is not covered by it
        "secteurs-enfants": (0, 0),
        "cls": (1, 2),
    }
    assert plain(found["secteurs-adultes"].amount) == "1 en partie" and found["secteurs-adultes"].share is None
    assert plain(found["secteurs-adultes"].fraction).endswith(
        "100 de ses 400 habitants d’ici sont couverts (25 %) : s1 25 %"
    )
    assert plain(found["cls"].amount) == "1 en entier, 1 sans CLSM"
    assert found["habitants"].share == 0.5
    assert not found["habitants"].at_least
    # the second commune is in a perimeter read from a name: counted, and said
    assert found["habitants"].estimated
    assert "200 habitants dans un périmètre supposé d’après le nom du CLSM" in plain(found["habitants"].manner)
    # the people of the quarter across two communes are not known: a share of the two others would mislead
    assert found["qpv-habitants"].reason == "Inconnu (populations connues pour 2 QPV sur 3)."
    assert (
        plain(found["qpv"].fraction) == "1 sur 3 QPV ; 1 autre couvert en partie ; habitants connus pour 2 d’entre eux"
    )
    assert plain(found["habitants"].sentence).startswith(
        "Habitants couverts par un CLSM en service : environ 50 %, 300 sur 600"
    )


def test_a_part_of_unknown_size_makes_a_floor_and_a_project_counts_apart() -> None:
    found = _figures("02", _state())
    # none is sure, and at most the part of 2 000 whose size is not known: never « au moins 0 »
    people = found["habitants"]
    assert (people.value, people.total, people.most) == (0, 6000, 2000)
    assert plain(people.amount) == "aucun connu, au plus 33,3 %"
    assert plain(people.fraction) == "aucun connu sur 6 000 habitants, au plus 2 000"
    assert "Une partie seulement de certaines communes" in str(found["habitants"].reason)
    assert (found["projet"].value, found["projet"].total) == (1000, 6000)
    assert (found["epci"].value, found["epci"].total) == (
        0,
        2,
    )  # E3 is met by the CLSM in part, how many people is unknown
    assert plain(found["epci"].amount) == "1 en partie, 1 sans CLSM"
    assert "habitants couverts : inconnu : E3 inconnu" in plain(found["epci"].fraction)


def test_the_same_figure_is_given_for_the_level_above() -> None:
    found = _figures("01", _state())
    assert found["habitants"].above_name == "Région R01"
    assert found["habitants"].above is not None
    assert (found["habitants"].above.value, found["habitants"].above.total) == (300, 600)
    assert all(f.above is None for f in scope_figures(read_scope("france", ATLAS), _state()))


def test_outside_every_extent_nothing_is_said_to_be_nought() -> None:
    found = _figures("02", _state({"epci": ZONES["epci"], "ept": {}}, complete=()))
    for figure in found.values():
        if figure.id == "rural":  # the drawing has no rural commune there, which is known
            assert figure.amount == "sans objet"
            continue
        if figure.value is None:
            assert figure.reason and figure.share is None
            assert figure.amount == "non évaluable"
        elif not figure.value:
            said = "2 sans CLSM connu" if figure.parts else "aucun connu"
            assert figure.at_least and plain(figure.amount).startswith(said), figure.id
    assert plain(found["habitants"].amount) == "aucun connu, au plus 100 %"


def test_a_floor_says_at_least_why_and_how_to_complete() -> None:
    found = _figures("01", _state(complete=()))
    people = found["habitants"]
    assert people.at_least and plain(people.amount) == "entre 50 % et 100 %"
    assert plain(people.fraction) == "300 sur 600 habitants, au plus 600"
    assert "n’est pas complète" in str(people.reason) and "Déclarez" in str(people.remedy)
    quarters = found["qpv"]
    assert (quarters.value, quarters.total, quarters.share) == (1, 3, None)
    assert "connus ici" in quarters.fraction


def test_declaring_a_list_complete_lifts_the_floor() -> None:
    before, after = (_figures("01", _state(complete=(), declared=d))["habitants"] for d in ((), ("01",)))
    assert before.at_least and not after.at_least
    assert before.value == after.value


def test_what_is_already_whole_is_no_floor() -> None:
    zones = {"clsm": {"a": zone("01001", "01002", "01003")}, "epci": ZONES["epci"], "ept": {}}
    people = _figures("01", _state(zones, complete=()))["habitants"]
    assert (people.value, people.total, people.at_least) == (600, 600, False)


def test_a_project_lowers_the_upper_bound_only_where_the_list_is_complete() -> None:
    # 02004, 1 000 inhabitants, is in project: it may have begun since, unless whoever lists them all says it has not.
    people = _figures("02", _state(complete=()))["habitants"]
    assert (people.value, people.most, people.total) == (0, 6000, 6000)
    assert "1 000 habitants sont là où un CLSM était annoncé ou en projet, qui a pu se créer depuis" in plain(
        str(people.reason)
    )
    declared = _figures("02", _state(complete=(), declared=("02",)))["habitants"]
    assert (declared.value, declared.most) == (0, 2000)  # the part of unknown size
    project = _figures("02", _state(complete=()))["projet"]
    assert (project.value, project.most) == (1000, 4000)  # 02005 is partly covered


def test_a_clsm_of_unknown_place_leaves_its_departement_open() -> None:
    zones = ZONES | {"clsm": {"lost": zone(precision=Precision.INCONNUE, departement="01"), "a": zone("01001")}}
    people = _figures("01", _state(zones))["habitants"]
    assert (people.value, people.most) == (100, 600)
    assert _figures("02", _state(zones))["habitants"].amount == "0" + "\u00a0%"


WHOLE = [s for s in Status if s is not Status.PARTIEL]  # the drawn layer has no part anywhere


@settings(max_examples=25)
@given(st.lists(st.sampled_from(WHOLE), min_size=6, max_size=6), st.sampled_from(["01", "02", "france"]))
def test_the_bounds_hold_whatever_the_unknown_turns_out_to_be(statuses: list[Status], scope: str) -> None:
    base = _state(complete=())
    before = CoverageState(base.crosswalk, base.density, np.array(statuses, dtype=np.int8))
    known = np.where(before.may_be, Status.NON_COUVERT, before.status).astype(np.int8)
    every = np.where(before.may_be, Status.COUVERT, before.status).astype(np.int8)
    for name, figure in _figures(scope, before).items():
        if not figure.total_complete or name in ("projet", "qpv-habitants") or figure.value is None:
            continue
        bound = figure.most if figure.most is not None else figure.value
        for status in (known, every):
            turned = _figures(scope, CoverageState(base.crosswalk, base.density, status))[name]
            assert turned.value is not None and figure.value <= turned.value + 1e-9 <= bound + 2e-9, name
        assert turned.value == pytest.approx(bound), name


def test_a_clsm_without_known_communes_is_a_reason() -> None:
    zones = ZONES | {"clsm": {"lost": zone(precision=Precision.INCONNUE, departement="01"), "a": zone("01001")}}
    people = _figures("01", _state(zones))["habitants"]
    assert people.at_least and "1 CLSM connu" in plain(str(people.reason))


def test_a_sector_and_a_clsm_that_both_hold_a_part_of_a_commune_may_not_meet() -> None:
    zones = ZONES | {"secteurs-adultes": {"s": zone(part=["02005"]), "t": zone("02005")}}
    sectors = _figures("02", _state(zones))["secteurs-adultes"]
    assert sectors.parts is not None and sectors.parts.counts == (0, 1, 0, 1)
    assert sectors.parts.uncounted == 1


def test_a_known_part_counts_as_about() -> None:
    state = _state()
    members = state.crosswalk.layers["clsm"].members
    members.loc[~members["whole"], "inhabitants"] = 500.0
    people = _figures("02", state)["habitants"]
    assert people.value == 500 and people.estimated and people.amount.startswith("environ")
    # the rest of the commune is known to be left out
    assert state.people["partiels"].sum() == 0
    assert state.people["non_couverts"][4] == 1500 and state.without[4] == 1500


@given(st.lists(st.sampled_from(list(Status)), min_size=6, max_size=6))
def test_the_five_shares_of_each_commune_add_up_to_its_people(statuses: list[Status]) -> None:
    base = _state()
    state = CoverageState(base.crosswalk, base.density, np.array(statuses, dtype=np.int8))
    assert sum(state.people.values()).tolist() == state.population.tolist()  # type: ignore[union-attr]
    assert all((share >= 0).all() for share in state.people.values())


def test_one_more_clsm_covers_its_communes_and_touches_nothing_else() -> None:
    state = _state()
    after = state.with_clsm(np.array([1, 2]))
    assert [Status(s) for s in after.status[:3]] == [Status.COUVERT, Status.SUPPOSE, Status.COUVERT]
    assert (after.status[3:] == state.status[3:]).all()
    assert Status(state.status[2]) is Status.NON_COUVERT


def test_limits_name_the_incomplete_layers_and_how_to_complete() -> None:
    scope = read_scope("01", ATLAS)
    assert [limit.name for limit in limits(scope, _state())] == ["Habitants de QPV", "Densité"]
    said = {limit.name: plain(limit.sentence) for limit in limits(scope, _state(complete=()))}
    assert {"CLSM", "QPV", "secteurs adultes", "CLS", "CPTS", "DAC"} <= set(said)
    # what is known, out of what, here: two CLS in service of 01001 and 01003, 400 people of 600
    assert said["CLS"] == (
        "CLS : Département 01 (01) : 2 CLS connus, dont les communes comptent 66,7 % des habitants (400 sur 600) ; liste "
        "incomplète. Importez votre liste de CLS (page Données)."
    )
    assert said["CPTS"].startswith("CPTS : Département 01 (01) : aucune CPTS connue ; liste incomplète.")


def test_limits_of_a_region_say_in_which_of_its_departements_a_list_is_complete() -> None:
    state = _state(complete=(), declared=("01",))
    (clsm,) = (limit for limit in limits(read_scope("france", ATLAS), state) if limit.name == "CLSM")
    assert "liste complète dans 1 des 2 départements d’ici (01)" in plain(clsm.why)


def test_bodies_touched_are_never_written_as_covered_whatever_their_number() -> None:
    zones = ZONES | {"clsm": {"a": zone("01001"), "c": zone("01003")}, "epci": {"E": zone("01001", "01002", "01003")}}
    body = _figures("01", _state(zones))["epci"]
    assert body.parts is not None and body.parts.counts == (0, 1, 0, 0)
    assert body.share is None and "100" not in body.amount
    assert (body.parts.covered.part, body.parts.covered.whole) == (400, 600)
    assert plain(body.fraction) == "sur 1 EPCI ; 400 de ses 600 habitants d’ici sont couverts (66,7 %) : E 66,7 %"


@pytest.mark.parametrize(
    ("counts", "covered", "least", "says"),
    [
        ((0, 0, 1, 0), 0, False, "aucun de ses 10 habitants d’ici n’est couvert"),
        ((0, 0, 2, 0), 0, False, "aucun de leurs 10 habitants d’ici n’est couvert"),
        ((0, 0, 0, 1), 0, True, "aucun habitant couvert connu, sur ses 10 habitants d’ici"),
        ((1, 0, 0, 0), 1, False, "1 de ses 10 habitants d’ici est couvert (10 %)"),
        ((0, 5, 0, 0), 5, False, "5 de leurs 10 habitants d’ici sont couverts (50 %) ; 1 des 5 en partie l’est pour moins de la moitié"),
    ],
)  # fmt: skip
def test_the_people_of_bodies_agree_with_how_many_these_are(
    counts: tuple[int, ...], covered: int, least: bool, says: str
) -> None:
    share = Share(np.array([float(covered)]), np.array([10.0]), np.array([True]))
    parts = Parts(counts, (0.0,) * 4, share, under_half=int(counts[1] > 0), least=least)
    assert plain(parts.text) == says


def test_bodies_without_a_known_clsm_are_told_apart_from_those_without_any() -> None:
    open_list = _figures("france", _state({"epci": ZONES["epci"], "ept": {}}, complete=(), declared=("02",)))["epci"]
    assert plain(open_list.amount) == "2 sans CLSM, 2 sans CLSM connu"
    assert open_list.parts is not None and open_list.parts.people == (0, 0, 6000, 600)


@pytest.mark.parametrize(
    ("text", "kind", "above"),
    [
        ("epci-200041317", "epci", "dep-79"),
        ("200041317", "epci", "dep-79"),
        ("ept-200058014", "ept", "dep-94"),
        ("dep-79", "departement", "reg-75"),
        ("reg-75", "region", "france"),
    ],
)
def test_any_intercommunal_body_is_a_scope(text: str, kind: str, above: str) -> None:
    atlas = real.atlas()
    scope = read_scope(text, atlas)
    assert (scope.kind, read_scope(scope.id, atlas)) == (kind, scope)
    assert scope.above.id == above  # type: ignore[union-attr]
    assert len(scope.rows) > 0


def test_local_scopes_hold_every_epci_and_ept() -> None:
    atlas = real.atlas()
    every = local_scopes(atlas)
    assert len(every) == len(atlas.epci) + len(atlas.ept)
    assert all(scope.id == key for key, scope in every.items())


def test_an_unknown_siren_is_refused_in_french() -> None:
    with pytest.raises(GeoInputError, match="territoire inconnu"):
        read_scope("epci-999999999", real.atlas())


def test_bodies_of_the_val_de_marne_are_covered_in_part_and_by_how_much() -> None:
    state = coverage_state(real.crosswalk(), real.density())
    found = {f.id: f for f in scope_figures(read_scope("94", real.atlas()), state)}
    assert plain(found["epci"].amount) == "1 en partie" and plain(found["ept"].amount) == "3 en partie"
    parts = found["ept"].parts
    assert parts is not None
    assert {round(share, 3) for _, share in parts.named} == {0.104, 0.287, 0.157}
    assert (parts.covered.part, parts.covered.whole) == (238_758, 1_426_929)
    for figure in found.values():
        assert "100" not in re.split("au plus| et ", figure.amount)[0], figure.id


def test_the_epci_of_france_in_whole_and_in_part_are_counted_as_pandas_counts_them() -> None:
    state = coverage_state(real.crosswalk(), real.density())
    table = real.atlas().table.assign(covered=state.is_covered)
    table = table.assign(people=table["population"] * table["covered"]).dropna(subset=["epci"])
    bodies = table.groupby("epci").agg(
        whole=("covered", "all"), some=("covered", "any"), people=("people", "sum"), of=("population", "sum")
    )
    parts = {f.id: f for f in scope_figures(read_scope("france", real.atlas()), state)}["epci"].parts
    assert parts is not None
    partly = bodies["some"] & ~bodies["whole"]
    assert parts.counts[:2] == (bodies["whole"].sum(), partly.sum())
    assert parts.under_half == (partly & (bodies["people"] / bodies["of"] < 0.5)).sum() == 34
    assert parts.total == 1_255


def test_limits_of_hauts_de_france_speak_of_hauts_de_france() -> None:
    scope = read_scope("reg-32", real.atlas())
    said = {x.name: plain(x.sentence) for x in limits(scope, coverage_state(real.crosswalk(), real.density()))}
    assert said["CLS"].startswith(
        "CLS : Hauts-de-France : 1 CLS connu, dont les communes comptent 0,5 % des habitants (32 039 sur 5 992 194)"
    )
    assert said["Secteurs adultes"].startswith("Secteurs adultes : Hauts-de-France : 3 secteurs adultes connus")
    assert "liste complète dans aucun des 5 départements d’ici" in said["CLS"]
    for text in said.values():
        assert not {"Val-de-Marne", "Deux-Sèvres", "python", "--"} & set(text.replace(",", " ").split()), text


def test_quarters_of_overseas_collectivities_are_said_beside_those_of_france() -> None:
    state = coverage_state(real.crosswalk(), real.density())
    quarters = {f.id: f for f in scope_figures(read_scope("france", real.atlas()), state)}["qpv"]
    assert "sur 1 493 QPV" in plain(quarters.fraction)
    assert "hors collectivités d’outre-mer (91 écartés)" in plain(quarters.fraction)


def test_people_of_quarters_are_no_figure_before_a_synchronisation() -> None:
    state = coverage_state(real.crosswalk(), real.density())
    found = {f.id: f for f in scope_figures(read_scope("reg-32", real.atlas()), state)}
    assert found["qpv-habitants"].value is None and found["qpv-habitants"].amount == "non évaluable"
    assert found["qpv"].total == 204 and "Synchronisez les QPV" in str(found["qpv-habitants"].remedy)


def test_one_body_known_is_said_of_one() -> None:
    sectors = _figures("01", _state(ZONES | {"secteurs-adultes": {"s": zone("01001")}}))["secteurs-adultes"]
    assert plain(sectors.fraction).startswith("sur 1 secteur adulte ;")


# --- what is known of bodies where the list of CLSM may lack some ------------------------------------------------------
@pytest.mark.parametrize("code", ["dep-976", "dep-2A", "dep-69", "dep-75", "reg-32", "ept-200058006"])
def test_people_of_bodies_are_a_floor_where_more_may_be_covered(code: str) -> None:
    state = coverage_state(real.crosswalk(), real.density())
    for figure in scope_figures(read_scope(code, real.atlas()), state, beside=False):
        parts = figure.parts
        if parts is None or not parts.total or parts.covered.value is None:
            continue
        words = [plain(parts.text), plain(parts.brief)]
        assert parts.least == (parts.counts[3] > 0 or bool(parts.named) or parts.counts[1] > 0), (
            "no list is complete here"
        )
        if parts.least and parts.covered.part:
            assert all("au moins" in text for text in words), words
        elif parts.least:
            assert all("connu" in text and "0 %" not in text for text in words), words


def test_people_of_bodies_are_sure_where_the_list_is_declared_complete() -> None:
    state = coverage_state(real.crosswalk(), real.density(), complete=["79"])
    (epci,) = (f for f in scope_figures(read_scope("dep-79", real.atlas()), state, beside=False) if f.id == "epci")
    assert epci.parts is not None and not epci.parts.least
    assert "au moins" not in epci.parts.text + epci.parts.brief


def test_bodies_of_which_nothing_is_known_are_not_said_uncovered() -> None:
    state = coverage_state(real.crosswalk(), real.density())
    (epci,) = (f for f in scope_figures(read_scope("dep-976", real.atlas()), state, beside=False) if f.id == "epci")
    assert epci.parts is not None
    assert plain(epci.parts.text) == "aucun habitant couvert connu, sur leurs 256 518 habitants d’ici"
    assert plain(epci.parts.brief) == "habitants couverts : aucun connu, sur 256 518"
