"""Divisions against the enumeration of every division of small drawn countries, and hand answers on others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo import french as fr
from geo.divide import Board, Body, Terms, board_of, divide, faults, possible_parts, read_plan, tied
from geo.errors import GeoInputError
from tests.support.grid import draw, layer, plain, zone


def grid_board(people: Sequence[Sequence[int]], bodies: Sequence[Sequence[int]]) -> Board:
    """Return a board of squares side by side, numbered row by row."""
    wide, high = len(people[0]), len(people)
    pairs = [(i * wide + j, i * wide + j + 1) for i in range(high) for j in range(wide - 1)]
    pairs += [(i * wide + j, (i + 1) * wide + j) for i in range(high - 1) for j in range(wide)]
    a, b = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    size = wide * high
    links = csr_array((np.ones(2 * len(a), dtype=np.int8), (np.r_[a, b], np.r_[b, a])), shape=(size, size))
    places = np.array([(j, i) for i in range(high) for j in range(wide)], dtype=float)
    for units in bodies:
        links = tied(links, places, np.unique(np.array(units, dtype=np.intp)))
    held = tuple(Body(f"B{i}", tuple(sorted(set(units)))) for i, units in enumerate(bodies) if units)
    names = tuple(f"U{i}" for i in range(size))
    codes = tuple(frozenset({name}) for name in names)
    return Board(
        "Pays", "communes", "intercommunalités", names, codes, np.array(people).ravel().astype(np.intp), links, held
    )


def every_division(board: Board, terms: Terms) -> Iterator[tuple[int, ...]]:
    """Yield every way to share the units in that many connected parts of those sizes (no unit is above the most)."""
    size = len(board.names)

    def go(labels: list[int], used: int) -> Iterator[tuple[int, ...]]:
        if len(labels) == size:
            if used == terms.parts and _kept(board, terms, labels):
                yield tuple(labels)
            return
        if terms.parts - used > size - len(labels):
            return
        for part in range(min(used + 1, terms.parts)):
            yield from go([*labels, part], max(used, part + 1))

    yield from go([], 0)


def _kept(board: Board, terms: Terms, labels: Sequence[int]) -> bool:
    given_labels = np.array(labels)
    for part in range(terms.parts):
        mine = np.flatnonzero(given_labels == part)
        if not terms.least <= board.people[mine].sum() <= terms.most:
            return False
        if connected_components(board.links[mine][:, mine], directed=False)[0] > 1:
            return False
    return True


def cuts(board: Board, labels: Sequence[int]) -> int:
    return sum(len({labels[u] for u in body.units}) > 1 for body in board.bodies)


def agrees(board: Board, terms: Terms) -> None:
    every = [cuts(board, labels) for labels in every_division(board, terms)]
    try:
        found = divide(board, terms, seconds=60)
    except GeoInputError:
        assert not every
        return
    assert found.proven
    if not every:
        assert found.impossible and not found.plans
        return
    assert not found.impossible
    assert found.bound == min(every) == len(found.plans[0].cut)
    for plan in found.plans:
        assert not faults(board, terms, plan.labels)
        assert cuts(board, plan.labels) == min(every)


@st.composite
def _small(draw_: st.DrawFn, *, shared: bool) -> tuple[Board, Terms]:
    high, wide = draw_(st.sampled_from([(2, 3), (2, 4), (3, 3), (1, 7)]))
    size = high * wide
    flat = draw_(st.lists(st.integers(1, 9), min_size=size, max_size=size))
    parts = draw_(st.integers(1, 4))
    owner = draw_(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    bodies = [[u for u in range(size) if owner[u] == b] for b in range(4)]
    if shared:
        bodies += [draw_(st.lists(st.integers(0, size - 1), min_size=2, max_size=4))]
    mean = sum(flat) / parts
    spread = draw_(st.sampled_from([0.1, 0.3, 0.6]))
    terms = Terms(parts, int(mean * (1 - spread)), max(int(mean * (1 + spread)) + 1, max(flat)))
    people = [flat[i * wide : (i + 1) * wide] for i in range(high)]
    return grid_board(people, bodies), terms


@given(_small(shared=False))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_the_fewest_cuts_are_those_of_the_enumeration(case: tuple[Board, Terms]) -> None:
    agrees(*case)


@given(_small(shared=True))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_bodies_that_share_units_agree_with_the_enumeration_too(case: tuple[Board, Terms]) -> None:
    agrees(*case)


def test_one_cut_is_inevitable_where_three_equal_bodies_make_two_parts() -> None:
    board = grid_board([[10, 10, 10, 10, 10, 10]], [[0, 1], [2, 3], [4, 5]])
    found = divide(board, Terms(2, 30, 30))
    assert found.bound == 1 and [board.bodies[b].name for b in found.plans[0].cut] == ["B1"]
    assert found.plans[0].people == (30, 30) and found.plans[0].pieces == 1
    assert found.compared([{"U0", "U1", "U2"}, {"U3", "U4", "U5"}]) == (
        fr.typeset("Le vôtre en coupe 1 ; c’est le minimum, démontré."),
    )


def test_a_body_above_the_most_is_cut_in_any_case_and_a_heavier_own_division_is_said_to_be() -> None:
    board = grid_board([[20, 20, 10, 10], [20, 20, 10, 10]], [[0, 1, 4, 5], [2, 6], [3, 7]])
    found = divide(board, Terms(3, 30, 50))
    assert found.bound == 1 and "inévitable" in found.sentence
    own = [{"U0", "U4"}, {"U1", "U2", "U3"}, {"U5", "U6", "U7"}]
    assert found.compared(own)[0] == fr.typeset("Le vôtre en coupe 3 ; au moins 1 est inévitable.")


def test_a_number_of_parts_that_cannot_be_is_refused_with_those_that_can() -> None:
    board = grid_board([[10, 10, 10, 10, 10, 10]], [[0, 1, 2], [3, 4, 5]])
    assert possible_parts(board, 15, 30) == range(2, 5)
    with pytest.raises(GeoInputError, match="donnez un nombre de 2 à 4"):
        divide(board, Terms(5, 15, 30))
    with pytest.raises(GeoInputError, match="intervalle"):
        Terms(2, 30, 15)


def test_a_unit_above_the_most_is_a_part_by_itself_with_what_only_it_joins() -> None:
    board = grid_board([[5, 90, 10, 10, 10, 10]], [[0, 1, 2], [3, 4, 5]])
    found = divide(board, Terms(2, 30, 50))
    assert found.plans[0].labels == (0, 0, 1, 1, 1, 1) and found.bound == 1
    assert not faults(board, Terms(2, 30, 50), found.plans[0].labels)


def test_what_only_a_heavy_unit_joins_does_not_count_among_the_parts_that_can_be() -> None:
    board = grid_board([[10, 90, 10, 10]], [[0, 1], [2, 3]])
    assert possible_parts(board, 5, 20) == range(2, 4)
    found = divide(board, Terms(2, 5, 20))
    assert found.plans[0].labels == (0, 0, 1, 1) and found.bound == 0
    with pytest.raises(GeoInputError, match="donnez un nombre de 2 à 3"):
        divide(board, Terms(4, 5, 20))


def test_without_a_least_size_there_are_no_more_parts_than_units() -> None:
    alone = grid_board([[22]], [[0]])
    assert possible_parts(alone, 0, 17) == range(1, 2)
    with pytest.raises(GeoInputError, match="seul 1 l’est"):
        divide(alone, Terms(2, 0, 17))
    nobody = grid_board([[0, 0, 30]], [[0, 1, 2]])
    assert possible_parts(nobody, 0, 10) == range(2, 4)


def test_a_heavy_unit_with_its_neighbours_is_out_of_the_sizes_asked() -> None:
    board = grid_board([[90, 10, 10, 10]], [[0, 1], [2, 3]])
    found = divide(board, Terms(2, 10, 30))
    assert found.bound == 1 and not faults(board, Terms(2, 10, 30), found.plans[0].labels)
    said, *problems = found.compared([{"U0", "U1"}, {"U2", "U3"}])
    assert plain(said) == "Le vôtre n’en coupe aucune ; au moins 1 est inévitable."
    assert ["hors des tailles" in p for p in problems] == [True]


def settled_at_once(board: Board, most: int) -> dict[int, int]:
    """Return the part of each heavy unit and of what it cuts off, found by walks from the rest with the most people."""
    heavy = [u for u, people in enumerate(board.people.tolist()) if people > most]
    left, pieces = set(range(len(board.names))) - set(heavy), list[set[int]]()
    while left:
        piece, waiting = set[int](), [min(left)]
        while waiting:
            unit = waiting.pop()
            if unit not in piece:
                piece.add(unit)
                waiting += [o for o in board.links[[unit]].indices.tolist() if o in left]
        left -= piece
        pieces.append(piece)
    main = max(pieces, key=lambda p: (int(board.people[list(p)].sum()), -min(p)), default=set())
    found = {unit: part for part, unit in enumerate(heavy)}
    for piece in pieces:
        if heavy and piece is not main:
            beside = {o for u in piece for o in board.links[[u]].indices.tolist()} & set(heavy)
            found |= dict.fromkeys(piece, found[min(beside)])
    return found


@given(
    _small(shared=False),
    st.lists(st.tuples(st.integers(0, 5), st.integers(20, 60)), min_size=1, max_size=2),
    st.booleans(),
)
@settings(max_examples=20, deadline=None, derandomize=True)
def test_heavy_units_leave_the_others_to_the_enumeration(
    case: tuple[Board, Terms], heavy: list[tuple[int, int]], floor: bool
) -> None:
    board, terms = case
    people = board.people.copy()
    for unit, more in heavy:
        people[unit] = more
    board = replace(board, people=people)
    terms = Terms(terms.parts, terms.least // 2 if floor else 0, min(terms.most, 18))
    fixed = settled_at_once(board, terms.most)
    rest = [u for u in range(len(people)) if u not in fixed]
    parts = terms.parts - len(set(fixed.values()))
    every = []
    if rest and parts > 0:
        inner = replace(
            board,
            names=tuple(board.names[u] for u in rest),
            people=people[rest],
            links=board.links[rest][:, rest],
            bodies=(),
        )
        for labels in every_division(inner, replace(terms, parts=parts)):
            whole = fixed | {u: 100 + part for u, part in zip(rest, labels, strict=True)}
            every.append(cuts(board, [whole[u] for u in range(len(people))]))
    elif not rest and not parts:
        every.append(cuts(board, [fixed[u] for u in range(len(people))]))
    try:
        found = divide(board, terms, seconds=60)
    except GeoInputError:
        assert not every
        return
    assert found.proven and found.impossible == (not every)
    if every:
        assert found.bound == min(every) == len(found.plans[0].cut)


def test_the_checker_names_a_part_in_two_pieces_a_wrong_number_and_a_wrong_size() -> None:
    board = grid_board([[10, 10, 10, 10]], [[0, 1], [2, 3]])
    said = faults(board, Terms(2, 15, 25), (0, 1, 1, 0))
    assert [s for s in said if "d’un seul tenant" in s]
    assert any("3 parties au lieu de 2" in plain(s) for s in faults(board, Terms(2, 5, 25), (0, 1, 2, 2)))
    assert any("hors des tailles" in s for s in faults(board, Terms(2, 15, 25), (0, 1, 1, 1)))
    assert faults(board, Terms(2, 15, 25), (0, 0, -1, 1))


def test_the_same_question_gives_the_same_answer() -> None:
    board = grid_board([[3, 5, 2, 7], [4, 4, 6, 1], [2, 8, 3, 5]], [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9], [10, 11]])
    first, again = (divide(board, Terms(3, 13, 21)) for _ in range(2))
    assert first.plans == again.plans and first.plans


def test_a_stopped_search_says_that_the_proof_is_not_made() -> None:
    board = grid_board([[10, 10, 10, 10, 10, 10]], [[0, 1], [2, 3], [4, 5]])
    found = divide(board, Terms(2, 30, 30), stopped=lambda: True)
    assert found.stopped and not found.proven and not found.plans
    assert "on ne sait pas" in found.sentence
    own = [{"U0", "U1", "U2"}, {"U3", "U4", "U5"}]
    assert plain(found.compared(own)[0]) == "Le vôtre en coupe 1 ; le minimum n’est pas connu."
    forced = divide(board, Terms(4, 10, 15), stopped=lambda: True)
    said = forced.compared([{"U0"}, {"U1", "U2"}, {"U3"}, {"U4", "U5"}])[0]
    assert plain(said) == "Le vôtre en coupe 2 ; au moins 3 sont inévitables."


def test_alternatives_cut_as_few_and_differ() -> None:
    board = grid_board([[10] * 4 for _ in range(4)], [[i] for i in range(16)])
    found = divide(board, Terms(2, 80, 80))
    assert len(found.plans) > 1 and len({p.labels for p in found.plans}) == len(found.plans)
    assert all(len(p.cut) == 0 for p in found.plans)


def test_a_departement_is_read_as_communes_or_bodies_and_an_enclave_is_tied() -> None:
    departement = [["01", "02", "01"], ["01", "02", "01"]]
    epci = [["200000001", "200000002", "200000001"], ["200000003", "200000002", "200000003"]]
    atlas = draw([[10, 99, 30], [20, 99, 40]], departement=departement, epci=epci)
    board = board_of(atlas, "01")
    assert board.people.tolist() == [10, 30, 20, 40] and board.kept == "intercommunalités"
    assert connected_components(board.links, directed=False)[0] == 1
    assert {b.units for b in board.bodies} == {(0, 1), (2, 3)}
    whole = board_of(atlas, "01", by_body=True)
    assert whole.people.tolist() == [40, 60] and whole.codes[0] == frozenset({"01001", "01003"})
    assert divide(whole, Terms(2, 30, 70)).bound == 0
    with pytest.raises(GeoInputError, match="département inconnu"):
        board_of(atlas, "99")


def test_sectors_are_kept_whole_only_where_they_share_out_every_commune() -> None:
    atlas = draw([[10, 10, 10, 10]])
    known = layer(atlas, "secteurs-adultes", {"01G01": zone("01001", "01002"), "01G02": zone("01003", "01004")})
    board = board_of(atlas, "01", sectors=known)
    assert [b.units for b in board.bodies] == [(0, 1), (2, 3)] and board.kept == "secteurs de psychiatrie adulte"
    assert divide(board, Terms(2, 20, 20)).sentence.count("aucun secteur coupé") == 1
    partial = layer(atlas, "secteurs-adultes", {"01G01": zone("01001", "01002")})
    with pytest.raises(GeoInputError, match="pas tous connus"):
        board_of(atlas, "01", sectors=partial)


def test_units_outside_any_given_perimeter_are_said_and_a_cut_unit_is_refused() -> None:
    board = grid_board([[10, 10, 10, 10]], [[0, 1], [2, 3]])
    found = divide(board, Terms(2, 20, 20))
    assert "de côté" in found.compared([{"U0"}, {"U1"}])[0]
    assert "ne se comparent pas" in found.compared([{"U0", "U1"}, {"U1", "U2"}])[0]
    assert read_plan(board, [1, 1, 0, 0]).labels == (0, 0, 1, 1)
