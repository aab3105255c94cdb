"""Who is served next, who waits and who is sent away, on a server where few do something heavy at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.turns import FullError, GoneError, Line, Words, _Asked, on_behalf_of

WORDS = Words("pleine : {}", "vôtres : {}", "tard", "parti")
PATIENCE_S = 30.0


def line(*, places: int = 1, most: int = 100, each: int = 100, patience: float = 1e9, lease: float = 1e9) -> Line:
    return Line(WORDS, places=places, most=most, each=each, patience=patience, lease=lease)


class Asking(threading.Thread):
    """Somebody who waits for a turn, holds it until `go` is set, and writes down when he was served."""

    def __init__(self, at: Line, who: Hashable, served: list[Hashable], stop: threading.Event | None = None) -> None:
        super().__init__(daemon=True)
        self.at, self.who, self.served, self.stop = at, who, served, stop
        self.entered, self.go, self.before = threading.Event(), threading.Event(), list[int]()
        self.error: Exception | None = None
        waiting = at.size[1]
        self.start()
        until(lambda: self.entered.is_set() or at.size[1] > waiting or self.error is not None)

    def run(self) -> None:
        try:
            with on_behalf_of(self.who), self.at.turn(self.before.append, self.stop):
                self.served.append(self.who)
                self.entered.set()
                self.go.wait(PATIENCE_S)
        except Exception as error:
            self.error = error

    def done(self) -> None:
        self.go.set()
        self.join(PATIENCE_S)
        assert not self.is_alive()


def until(true: Callable[[], bool]) -> None:
    for _ in range(3_000):
        if true():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never came")


def order(visitors: list[str]) -> list[Hashable]:
    """Return the order in which visitors are served who all wait behind somebody else."""
    at, served = line(), list[Hashable]()
    first = Asking(at, "avant", served)
    others = [Asking(at, who, served) for who in visitors]
    for one in (first, *others):
        one.go.set()
    for one in (first, *others):
        one.done()
    return served[1:]


def test_the_first_of_another_passes_before_the_thirty_of_one() -> None:
    assert order(["a"] * 30 + ["b"]).index("b") == 1  # of "a", whom nobody had served yet, one passes: he came first
    assert order(["a"] * 30 + ["b", "c", "b"])[:5] == ["a", "b", "c", "a", "b"]


def test_whoever_has_something_under_way_comes_after_all_others() -> None:
    at, served = line(), list[Hashable]()
    first = Asking(at, "a", served)
    others = [Asking(at, who, served) for who in ("a", "a", "b", "c")]
    for one in (first, *others):
        one.go.set()
        one.join(0.05)
    for one in others:
        one.done()
    assert served == ["a", "b", "c", "a", "a"]


def test_asking_again_as_soon_as_one_is_served_does_not_pass_before_those_who_wait() -> None:
    at, served = line(), list[Hashable]()
    first = Asking(at, "a", served)
    waiting = [Asking(at, "b", served), Asking(at, "b", served)]
    for _ in range(2):
        again = Asking(at, "a", served)
        first.done()
        next_one = waiting.pop(0)
        until(next_one.entered.is_set)
        next_one.done()
        until(again.entered.is_set)
        first = again
    first.done()
    assert served == ["a", "b", "a", "b", "a"]


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=12))
def test_nobody_is_passed_over_twice_by_one_visitor(visitors: list[str]) -> None:
    at = line()
    at._waiting = [_Asked(who, number) for number, who in enumerate(visitors)]
    found = [str(one.visitor) for one in at._order()]
    assert sorted(found) == sorted(visitors)
    for place, who in enumerate(found):
        if who in found[place + 1 :]:
            again = found.index(who, place + 1)
            assert set(found[again:]) - {who} <= set(found[place:again])


def test_more_than_may_wait_are_told_how_many_there_are() -> None:
    at, served = line(most=2), list[Hashable]()
    held = [Asking(at, n, served) for n in range(3)]
    late = Asking(at, 9, served)
    assert isinstance(late.error, FullError) and str(late.error) == "pleine : 3"
    for one in held:
        one.done()
    with at.turn():
        pass


def test_one_visitor_has_few_and_others_still_come_in() -> None:
    at, served = line(each=3), list[Hashable]()
    held = [Asking(at, "a", served) for _ in range(3)]
    flood = [Asking(at, "a", served) for _ in range(27)]
    assert {str(one.error) for one in flood} == {"vôtres : 3"}
    other = Asking(at, "b", served)
    held[0].done()
    until(other.entered.is_set)
    for one in (other, *held[1:]):
        one.done()
    assert served == ["a", "b", "a", "a"]


def test_whoever_is_known_to_nobody_is_only_held_by_the_bound_of_all() -> None:
    at, served = line(each=1), list[Hashable]()
    held = [Asking(at, None, served) for _ in range(4)]
    assert [one.error for one in held] == [None] * 4
    for one in held:
        one.done()


def test_who_waits_too_long_and_who_stops_waiting_leave_the_line() -> None:
    at, served = line(patience=0.0), list[Hashable]()
    first, late = Asking(at, "a", served), Asking(at, "b", served)
    assert isinstance(late.error, FullError) and str(late.error) == "tard"
    first.done()
    at, stop = line(), threading.Event()
    first, gone = Asking(at, "a", served), Asking(at, "b", served, stop)
    stop.set()
    gone.done()
    assert isinstance(gone.error, GoneError) and at.size == (1, 0)
    first.done()


def test_what_lasts_far_too_long_no_longer_holds_the_others() -> None:
    at, served = line(lease=0.0), list[Hashable]()
    stuck = Asking(at, "a", served)
    until(stuck.entered.is_set)
    other = Asking(at, "b", served)
    until(other.entered.is_set)
    third = Asking(at, "c", served)  # no more than twice the places
    assert at.size == (2, 1)
    stuck.done()
    until(third.entered.is_set)
    for one in (other, third):
        one.done()
    assert at.size == (0, 0)


def test_a_failure_gives_its_place_back() -> None:
    at = line()
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), at.turn():
            raise ZeroDivisionError
    assert at.size == (0, 0)
    told = list[int]()
    first, served = Asking(at, "a", []), list[Hashable]()
    second = Asking(at, "b", served)
    second.before.clear()
    until(lambda: bool(second.before))
    told += second.before
    assert set(told) == {1}
    first.done()
    second.done()
