"""What calls for an act in a territory: only what is sure is listed, what cannot be told is said apart; hand answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from geo.communes import approximate_density
from geo.coverage import CoverageState, Weights, coverage_state, read_scope, scope_figures, to_check
from geo.layers import Etat, Layer, build_crosswalk
from geo.projects import Kept, Project, Step
from geo.region import Alert, alerts, trend
from tests.support import real
from tests.support.grid import Zone, crosswalk, draw, layer, plain, zone

TODAY = date(2026, 11, 26)
# Four EPCI of two communes each.
ATLAS = draw(
    [[1_000, 2_000, 3_000, 4_000], [1_000, 2_000, 3_000, 4_000]],
    epci=[["A", "B", "C", "D"], ["A", "B", "C", "D"]],
)
EPCI = {name: zone(f"0100{i}", f"0100{i + 4}", nom=f"CC {name}") for i, name in enumerate("ABCD", start=1)}
QPV = {f"q{code}{n}": zone(code, population=100.0 * n) for code in ("01001", "01002", "01003") for n in (1, 2)}


def clsm(zones: dict[str, Zone], **columns: dict[str, str]) -> Layer:
    made = layer(ATLAS, "clsm", zones)
    frame = made.zones.copy()
    for name, values in columns.items():
        for zone_id, value in values.items():
            frame.loc[zone_id, name] = value
    return replace(made, zones=frame)


def state(made: Layer, *, complete: tuple[str, ...] = ("qpv",)) -> CoverageState:
    held = crosswalk(ATLAS, {"qpv": QPV, "epci": EPCI}, complete=complete).layers
    held = held | {"clsm": replace(made, extent=held["clsm"].extent)}
    return coverage_state(build_crosswalk(ATLAS, held), approximate_density(ATLAS))


def found(made: Layer, *projects: Kept, complete: tuple[str, ...] = ("qpv",)) -> dict[str, Alert]:
    here = state(made, complete=complete)
    scope = read_scope("reg-R01", ATLAS)
    return {a.id: a for a in alerts(scope, here, projects, to_check(scope, here, Weights()), TODAY)}


def kept(number: int, **known: object) -> Kept:
    known.setdefault("codes", frozenset({"01008"}))
    return Kept(number, 1, Project(f"P{number}", "R01", **known), "Ana", "2026-01-01")  # type: ignore[arg-type]


def test_an_epci_with_two_quarters_and_no_known_clsm_is_listed_the_most_people_first() -> None:
    made = clsm({"c": zone("01002", "01006", nom="CLSM B"), "p": zone("01003", nom="P", etat=Etat.PROJET)})
    alert = found(made)["qpv"]
    assert [(line.code, sorted(line.codes)) for line in alert.lines] == [("A", ["01001", "01005"])]
    assert plain(alert.lines[0].words) == "2 QPV, 300 habitants en QPV ; 2 000 habitants ici"
    assert plain(alert.apart) == (
        "Là où la liste des CLSM n’est pas complète, il peut en exister un sans qu’on le sache. "
        "1 autre a deux QPV ou plus et un CLSM en projet."
    )
    mine = found(made, kept(7, codes=frozenset({"01005"})), kept(8, codes=frozenset({"01005"}), over=True))["qpv"]
    assert plain(mine.lines[0].words).endswith("ici ; projet n° 7 en cours")
    sure = found(made, complete=("qpv", "clsm"))["qpv"]
    assert sure.lines[0].words.endswith("la liste des CLSM y est complète") and "sans qu’on" not in sure.apart


def test_where_the_list_of_quarters_is_not_complete_the_number_is_a_floor() -> None:
    alert = found(clsm({}), complete=())["qpv"]
    assert {line.code for line in alert.lines} == {"A", "B", "C"}
    assert all(line.words.startswith("au moins 2") for line in alert.lines)
    assert "n’est pas complète" in alert.apart


def test_a_fact_is_old_by_the_year_of_its_source_and_one_without_date_is_said_apart() -> None:
    made = clsm(
        {
            "a": zone("01001", nom="A"),
            "b": zone("01002", nom="B"),
            "c": zone("01003", nom="C"),
            "p": zone("01004", nom="P", etat=Etat.PROJET),
        },
        annee_source={"a": "2016", "b": "2021", "p": "2010"},
    )
    alert = found(made)["anciens"]
    assert [(line.name, plain(line.words)) for line in alert.lines] == [("A", "source de 2016 ; 1 000 habitants ici")]
    assert plain(alert.apart) == "1 autre CLSM a une source sans date : leur âge est inconnu."


@pytest.mark.parametrize(
    ("first", "listed", "apart"),
    [
        ("2025-05-26", True, ""),
        ("2025-05-27", False, ""),
        ("2025-04", True, ""),
        ("2024", True, ""),
        ("2025", False, "1 autre, de date connue à l’année près, peut l’être."),
        ("", False, "1 projet n’a pas de date : inconnu."),
    ],
)
def test_a_project_waits_when_even_its_last_possible_day_is_eighteen_months_ago(
    first: str, listed: bool, apart: str
) -> None:
    dates = {Step.INTENTION: first} if first else {}
    alert = found(clsm({}), kept(1, dates=dates))["projets"]
    assert ([line.code for line in alert.lines], plain(alert.apart)) == (["1"] if listed else [], apart)


def test_what_is_signed_or_over_waits_no_more_and_a_project_followed_counts_once() -> None:
    made = clsm({"p": zone("01008", nom="P", etat=Etat.ANNONCE)}, annee={"p": "2020"})
    old = {Step.INTENTION: "2020"}
    assert [line.level for line in found(made)["projets"].lines] == ["clsm"]
    assert [line.level for line in found(made, kept(1, dates=old))["projets"].lines] == ["projet"]
    done = (kept(1, dates=old, step=Step.SIGNATURE), kept(2, dates=old, over=True))
    assert found(clsm({}), *done)["projets"].lines == ()


def test_a_next_step_whose_day_is_past_is_listed_and_a_month_only_once_it_is_over() -> None:
    every = (
        kept(1, due="2026-11-25", next_step="avis"),
        kept(2, due="2026-11-26"),
        kept(3, due="2026-11"),
        kept(4, due="2026-10", over=True),
    )
    assert [line.code for line in found(clsm({}), *every)["echeances"].lines] == ["1"]


def test_the_lists_to_complete_are_those_of_the_page_couverture() -> None:
    here = state(clsm({}))
    scope = read_scope("reg-R01", ATLAS)
    checks = to_check(scope, here, Weights())
    alert = found(clsm({}))["listes"]
    assert [line.code for line in alert.lines] == list(checks.table.index)


# --- through time -----------------------------------------------------------------------------------------------
def test_openings_and_moments_put_nothing_in_a_year_that_no_source_gives() -> None:
    made = clsm(
        {
            "a": zone("01001", nom="A"),
            "b": zone("01002", nom="B"),
            "c": zone("01003", nom="C"),
            "p": zone("01004", etat=Etat.PROJET),
        },
        annee={"a": "2015", "b": "2018", "p": "2010"},
    )
    seen = trend(read_scope("reg-R01", ATLAS), state(made))
    assert (dict(seen.openings), seen.undated) == ({2015: 1, 2018: 1}, 1)
    assert [(m.label, m.sure, m.maybe, m.people, m.most) for m in seen.moments[:2]] == [
        ("1er janvier 2018", 1, 2, 1_000.0, 6_000.0),
        ("2022", 2, 1, 3_000.0, 6_000.0),
    ]
    assert all(m.sentences == () for m in seen.moments), "no survey speaks of a région"


def test_france_says_what_the_difference_with_a_survey_is_made_of() -> None:
    seen = trend(read_scope("france", ATLAS), state(clsm({"a": zone("01001", nom="A")}, annee={"a": "2015"})))
    first = [plain(t) for t in seen.moments[0].sentences]
    assert (
        first[0].startswith("L’enquête compte 192 CLSM. La liste d’ici en sait 1 ouvert avant")
        and "au moins 191" in first[0]
    )
    assert "16 500 000" in first[1]


def test_what_is_covered_today_is_the_figure_of_couverture() -> None:
    here = coverage_state(real.crosswalk(), real.density())
    scope = read_scope("reg-32", real.atlas())
    today = trend(scope, here).moments[-1]
    (figure,) = [f for f in scope_figures(scope, here) if f.id == "habitants"]
    assert (today.people, today.most, today.total) == (figure.value, figure.most, figure.total)
    assert np.isclose(today.people, 1_366_668)


def test_nobody_known_to_be_covered_is_said_as_on_couverture_and_never_as_zero() -> None:
    here = state(clsm({}))
    scope = read_scope("reg-R01", ATLAS)
    (figure,) = [f for f in scope_figures(scope, here) if f.id == "habitants"]
    assert trend(scope, here).moments[-1].amount == figure.amount
    assert plain(figure.amount) == "aucun connu, au plus 100 %"


def test_a_year_of_the_past_is_a_floor_where_the_list_may_lack_some() -> None:
    made = clsm({"a": zone("01001", nom="A"), "b": zone("01002", nom="B")}, annee={"a": "2015"})
    seen = trend(read_scope("reg-R01", ATLAS), state(made))
    assert (
        plain(seen.moments[0].amount).startswith("au moins ") and "avec ceux d’année inconnue" in seen.moments[0].amount
    )
    assert plain(seen.moments[-1].amount).startswith("entre ")
    none = trend(read_scope("reg-R01", ATLAS), state(clsm({"b": zone("01002", nom="B")}, annee={"b": "2024"})))
    assert none.moments[0].amount == "aucun connu"
