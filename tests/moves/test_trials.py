"""Moves tried in a batch: every figure is that of the facts of the changed perimeter, every outcome that of the plain rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from geo.communes import approximate_density
from geo.errors import GeoInputError
from geo.guidance import Intent, Measures, Outcome, Project, Reach, Settings, judge_moves, run_checks
from geo.layers import CarePlaces, Crosswalk, Etat, Evidence, Precision, Relation
from geo.moves import IncidenceTables, Move, incidence_of
from geo.perimeters import Perimeter, PerimeterFacts, count_pieces, neighbours_of, pieces_after
from tests.guidance.plain_rules import plain_decisions
from tests.support import real
from tests.support.grid import crosswalk, draw, zone


def facts_on(ground: IncidenceTables, codes: frozenset[str]) -> PerimeterFacts:
    return PerimeterFacts(Perimeter(codes, "x", ground.atlas.year), ground.evidence)  # type: ignore[arg-type]


def same_as_the_facts(ground: IncidenceTables, codes: frozenset[str], found: Measures, settings: Settings) -> None:
    facts = facts_on(ground, codes)
    adults, quarters = facts.overlaps["secteurs-adultes"], facts.overlaps["qpv"]
    assert found.population == facts.population
    assert found.atoms == len(facts.rows)
    assert found.communes == len(facts.towns)
    assert (found.epci, found.communities) == (len(facts.epci), len(facts.bodies))
    assert found.area_m2 == facts.area_m2
    assert found.pieces == facts.pieces
    assert (found.span_m is None) == (facts.span_m is None)
    assert found.span_m == pytest.approx(facts.span_m)
    assert found.sectors == len(adults)
    known = [o for o in adults if o.zone_population is not None]
    assert found.sectors_unknown == len(adults) - len(known)
    outside = sum((o.zone_population or 0) - (o.population or 0) for o in known)
    assert found.sector_people_outside == outside
    assert found.sectors_cut == sum(o.communes + o.partial < o.zone_communes for o in known)
    assert found.qpv == sum(o.relation is Relation.CONTIENT for o in quarters)
    plain = plain_decisions(facts, settings)
    for check, finding in run_checks(facts, settings):
        answer = (found.outcomes[check.id], found.concerned[check.id])
        assert answer == (finding.outcome, finding.reach is Reach.FINDING), check.id
        assert answer == plain.get(check.id, answer), check.id
        if finding.outcome is Outcome.FAVORABLE and finding.reach is Reach.FINDING:
            assert not finding.missing, check.id
        if finding.outcome is Outcome.RESERVED:
            assert finding.missing and finding.reach is Reach.FINDING, check.id
        if check.id == "qpv":
            figures = finding.figures
            known = facts.crosswalk.overlaps(body_rows(facts))["qpv"]
            somewhere = sum(o.somewhere for o in quarters)
            assert found.qpv_left == len(known) - figures["qpv_entiers"] - somewhere
            assert figures["qpv_entiers"] == found.qpv


def body_rows(facts: PerimeterFacts) -> np.ndarray:
    """Return the communes of the perimeter and of the bodies that it touches."""
    members = (facts.atlas.members("community", part.code) for part in facts.communities)
    return np.unique(np.concatenate([facts.rows, *members]))


def _drawn() -> IncidenceTables:
    """Draw a country with every kind of zone, two legal projections, a split city, an island and places."""
    atlas = draw(
        [[9000, 4000, 30000, 500], [200, 100_000, 600, 70], [80, 0, 400_000, 150_000], [3000, 900, 60, 2000]],
        epci=[["A", "A", "B", "B"], ["A", "A", "B", None], ["C", "C", "D", "D"], ["C", "A", "D", "D"]],
        ept=[[None] * 4, [None] * 4, [None, None, None, None], [None, None, "E1", "E2"]],
        departement=[["01"] * 4, ["01"] * 4, ["01", "01", "02", "02"], ["01", "01", "02", "02"]],
        city=[[None] * 4, [None] * 4, [None, None, "02V", "02V"], [None] * 4],
        epsg=[[2154] * 4, [2154] * 4, [2154, 2154, 2154, 2154], [2154, 2154, 2154, 2975]],
    )
    codes = [str(c) for c in atlas.codes]
    zones = {
        "clsm": {"k1": zone(*codes[:2]), "k2": zone(codes[5], etat=Etat.PROJET), "k3": zone(codes[9], precision=Precision.SUPPOSEE)},
        "cls": {"c1": zone(*codes[:4]), "c2": zone(codes[3], codes[6], precision=Precision.PARTIELLE)},
        "cpts": {"p1": zone(codes[1], codes[4], part=[codes[5]])},
        "dac": {"d1": zone(*codes[:10])},
        "secteurs-adultes": {
            "s1": zone(*codes[:3]), "s2": zone(*codes[3:6], part=[codes[6]]), "s3": zone(*codes[7:10]),
            "s4": zone(codes[10], precision=Precision.PARTIELLE), "s5": zone(codes[11], codes[12], codes[13]),
        },
        "secteurs-enfants": {"e1": zone(*codes[:6]), "e2": zone(*codes[6:12])},
        "qpv": {"q1": zone(codes[0], population=900.0), "q2": zone(codes[5], codes[6], population=2000.0), "q3": zone(codes[9]),
                "q4": zone(codes[10], codes[11], precision=Precision.VILLE)},
    }  # fmt: skip
    table = pd.DataFrame(
        [
            {"id": str(i), "nom": "", "categorie": "CMP", "row": r, "lon": 0.0, "lat": 0.0}
            for i, r in enumerate((1, 5, 5))
        ]
    )
    resources = CarePlaces(table, frozenset({"01"}), "dessin", "2026")
    built = crosswalk(atlas, zones, complete=["clsm", "cls", "cpts", "dac", "secteurs-enfants"])
    known = _known_in(built, {"qpv": {"01"}, "secteurs-adultes": {"02"}})
    return incidence_of(Evidence(known, approximate_density(atlas), resources))


def _known_in(built: Crosswalk, extents: dict[str, set[str]]) -> Crosswalk:
    from dataclasses import replace

    layers = {k: replace(v, extent=frozenset(extents[k])) if k in extents else v for k, v in built.layers.items()}
    return replace(built, layers=layers)


DRAWN = _drawn()
CODES = [str(c) for c in DRAWN.atlas.codes]
SOME = st.frozensets(st.sampled_from(CODES), min_size=1)
PROJECTS = st.one_of(
    st.sampled_from([Project(), Project(Intent.CREATE), Project(Intent.ENLARGE), Project(Intent.MERGE)]),
    st.builds(lambda i: Project(Intent.ENLARGE, (i,)), st.sampled_from(["k1", "k2", "k3", "elsewhere"])),
    st.builds(
        lambda ids: Project.of(Intent.MERGE, ids), st.frozensets(st.sampled_from(["k1", "k2", "k3", "elsewhere"]))
    ),
)
SETTINGS = st.builds(
    Settings,
    project=PROJECTS,
    marker=st.sampled_from([10_000, 200_000, 600_000]),
    central=st.sampled_from([0.3, 0.5, 0.9]),
    sliver=st.sampled_from([0.0, 0.05, 0.6]),
    big_city=st.sampled_from([20_000, 500_000]),
    max_communes=st.sampled_from([2, 50]),
    max_bodies=st.sampled_from([1, 3]),
    max_area_m2=st.sampled_from([3e6, 800e6]),
    max_span_m=st.sampled_from([1500.0, 40_000.0]),
)


@hypothesis_settings(max_examples=30)
@given(
    SOME,
    st.lists(st.tuples(st.frozensets(st.sampled_from(CODES)), st.frozensets(st.sampled_from(CODES))), max_size=4),
    SETTINGS,
)
def test_moves_on_a_drawn_country_give_what_the_facts_and_rules_give(
    codes: frozenset[str], pairs: Sequence[tuple[frozenset[str], frozenset[str]]], settings: Settings
) -> None:
    moves = [Move(str(i), a - codes, r & codes) for i, (a, r) in enumerate(pairs)]
    moves = [m for m in moves if m.apply(codes)]
    judged = judge_moves(DRAWN, codes, moves, settings)
    same_as_the_facts(DRAWN, codes, judged.measures(0), settings)
    for i, move in enumerate(moves, start=1):
        same_as_the_facts(DRAWN, move.apply(codes), judged.measures(i), settings)


@hypothesis_settings(max_examples=6)
@given(st.integers(0, 34_916), st.integers(1, 40), st.integers(0, 10**6))
def test_moves_on_real_perimeters_give_what_the_facts_and_rules_give(seed: int, size: int, luck: int) -> None:
    ground = incidence_of(real.world().evidence)
    codes, around = grown(ground, seed, size)
    chance = np.random.default_rng(luck)
    names = sorted(around)[:2] + sorted(codes)[:2]
    moves = [Move(c, *((frozenset({c}), frozenset()) if c in around else (frozenset(), frozenset({c})))) for c in names]
    far = frozenset(str(ground.atlas.codes[r]) for r in chance.integers(0, 34_917, 2))
    moves = [m for m in (*moves, Move("far", far - codes)) if m.apply(codes)]
    judged = judge_moves(ground, codes, moves)
    for i, move in enumerate((Move(""), *moves)):
        same_as_the_facts(ground, move.apply(codes), judged.measures(i), Settings())


def grown(ground: IncidenceTables, seed: int, size: int) -> tuple[frozenset[str], frozenset[str]]:
    """Grow a perimeter from a commune by its neighbours; return it and what touches it."""
    inside = np.zeros(len(ground.atlas.table), dtype=bool)
    inside[seed] = True
    while inside.sum() < size:
        around = neighbours_of(ground.links, inside)
        if not len(around):
            break
        inside[around[: size - int(inside.sum())]] = True
    touching = neighbours_of(ground.links, inside)
    return (frozenset(map(str, ground.atlas.codes[inside])), frozenset(map(str, ground.atlas.codes[touching])))


@given(SOME, st.frozensets(st.sampled_from(CODES)))
def test_adding_then_removing_is_nothing(codes: frozenset[str], more: frozenset[str]) -> None:
    new = more - codes
    there = Move("aller", added=new).apply(codes)
    assert Move("retour", removed=new).apply(there) == codes


def test_a_move_that_would_leave_nothing_is_refused() -> None:
    with pytest.raises(GeoInputError, match="aucune commune"):
        judge_moves(DRAWN, {CODES[0]}, [Move("x", removed=frozenset({CODES[0]}))])
    with pytest.raises(GeoInputError, match="vide"):
        judge_moves(DRAWN, set(), [])


@given(
    st.sets(st.integers(0, 15), min_size=1),
    st.lists(st.tuples(st.sets(st.integers(0, 15)), st.sets(st.integers(0, 15)))),
)
def test_pieces_after_a_move_are_those_counted_afresh(rows: set[int], pairs: list[tuple[set[int], set[int]]]) -> None:
    links = DRAWN.atlas.neighbours
    base = np.array(sorted(rows), dtype=np.intp)
    singles = [(set(), {r}) for r in rows] + [({r}, set()) for r in set(range(16)) - rows]
    moves, expected = [], []
    for added, removed in (*pairs, *singles):
        a, r = added - rows, (removed & rows)
        moves.append((np.array(sorted(a), dtype=np.intp), np.array(sorted(r), dtype=np.intp)))
        expected.append(count_pieces(links, np.array(sorted((rows | a) - r), dtype=np.intp)))
    assert pieces_after(links, base, moves).tolist() == expected


def test_islands_and_legal_exclaves_are_tied_to_their_territory() -> None:
    ground = incidence_of(real.world().evidence)
    atlas = ground.atlas

    def near(code: str) -> set[str]:
        row = atlas.row[code]
        return set(map(str, atlas.codes[ground.links.indices[ground.links.indptr[row] : ground.links.indptr[row + 1]]]))

    groix = near("56069")
    assert len(groix) == 1 and next(iter(groix))[:2] == "56"  # an island of the agglomeration of Lorient
    assert near("29155")  # Ouessant, without any EPCI
    corsica = {c for c in map(str, atlas.codes) if c[:2] in ("2A", "2B")}
    assert not any(near(c) - corsica for c in sorted(corsica)[::20])  # Corsica is no part of another territory
    assert count_pieces(ground.links, atlas.members("departement", "29")) == 1
    assert count_pieces(atlas.neighbours, atlas.members("departement", "29")) > 1
