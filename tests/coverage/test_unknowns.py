"""What to check first: people of unknown situation and open places, by hand on a drawn country, then on real regions."""

from __future__ import annotations

from geo.communes import approximate_density
from geo.coverage import Weights, coverage_state, read_scope, to_check
from tests.support import real
from tests.support.grid import crosswalk, draw, plain, zone

# Two départements; four EPCI, of 600, 300, 200 and 100 inhabitants.
ATLAS = draw(
    [[600, 300], [200, 100]], epci=[["E1", "E2"], ["E3", "E4"]], departement=[["01", "01"], ["02", "02"]], side=100.0
)
EPCI = {"E1": zone("01001"), "E2": zone("01002"), "E3": zone("02003"), "E4": zone("02004")}
ZONES = {"clsm": {"a": zone("01002")}, "cls": {"c": zone("02003")}, "epci": EPCI, "ept": {}}
PEOPLE = Weights(1, 0, 0, 0)
WITH_CLS = Weights(1, 0, 0, 1)


def _state(complete: tuple[str, ...] = (), listed: tuple[str, ...] = ()):  # type: ignore[no-untyped-def]
    return coverage_state(crosswalk(ATLAS, ZONES, complete=listed), approximate_density(ATLAS), complete=complete)


def test_departements_are_ordered_by_the_people_whose_situation_is_unknown() -> None:
    found = to_check(read_scope("france", ATLAS), _state(), PEOPLE)
    assert found.departements
    assert found.table[["inconnus", "places", "listes"]].to_dict("index") == {
        "01": {"inconnus": 600, "places": 0, "listes": "liste des CLSM"},
        "02": {"inconnus": 300, "places": 0, "listes": "liste des CLSM"},
    }
    assert found.table["part"].tolist() == [0.5, 0.25]


def test_what_is_complete_is_no_call_to_make() -> None:
    found = to_check(read_scope("france", ATLAS), _state(("01",)), PEOPLE)
    assert found.table.index.tolist() == ["02"]
    assert to_check(read_scope("france", ATLAS), _state(("01", "02")), PEOPLE).table.empty


def test_places_that_an_unknown_list_leaves_open_count_as_much_as_people() -> None:
    # E1, E3 and E4 have no CLSM (their people: 1, 2/3, 1/3). The first place is open to each: their CLS are not known.
    found = to_check(read_scope("france", ATLAS), _state(), WITH_CLS, first=1)
    assert found.table[["places", "territoires"]].to_dict("index") == {
        "02": {"places": 2, "territoires": "E3 ; E4"},
        "01": {"places": 1, "territoires": "E1"},
    }  # 2/3 of the places and 1/3 of the people against 1/3 and 2/3: equal, hence the order of codes
    assert plain(found.sentences(1)[0]).startswith(
        "Département 01 (01) : 600 habitants peut-être couverts, 50 % de ceux d’ici"
    )


def test_inside_a_departement_its_epci_are_listed() -> None:
    found = to_check(read_scope("02", ATLAS), _state(), WITH_CLS, first=1)
    assert not found.departements
    assert found.table["inconnus"].to_dict() == {"E3": 200, "E4": 100}
    assert set(found.table["listes"]) == {"liste des CLSM et liste des CLS"}


def test_the_calls_of_hauts_de_france() -> None:
    state = coverage_state(real.crosswalk(), real.density())
    scope = read_scope("reg-32", real.atlas())
    found = to_check(scope, state, Weights())
    assert set(found.table.index) == {"02", "59", "60", "62", "80"}
    assert found.table["inconnus"].sum() == state.possible[scope.rows].sum()
    assert found.table["listes"].str.contains("liste des CLS").all()


def test_a_territory_whose_people_are_all_known_is_not_said_to_have_zero_unknown() -> None:
    state = coverage_state(real.crosswalk(), real.density(), complete=["62"])
    found = to_check(read_scope("62", real.atlas()), state, Weights())
    assert len(found.table) and not found.table["inconnus"].any()
    assert not any("peut-être couverts" in said for said in found.sentences(len(found.table)))
    assert all("À demander" in said for said in found.sentences(len(found.table)))
