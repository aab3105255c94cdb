"""The journal of the register: who did what, when, from which version to which; nothing of it is ever edited."""

from __future__ import annotations

import importlib
import time
from pathlib import Path

import pytest

from geo import register
from geo.french import moment
from geo.layers import difference
from geo.register import Origin, Statement, Version
from geo.rights import Actor
from tests.support.grid import draw, layer, plain, zone

ATLAS = draw([[100, 200, 300]])


def kept(home: Path, kind: str, code: str, who: str, by: Actor | None = None) -> Version:
    base, new = layer(ATLAS, kind, {}), layer(ATLAS, kind, {"neuf": zone(code, nom="Neuf")})
    said, origin = Statement("ARS", "2026", who), Origin("liste.csv", "0" * 64, 10, "csv")
    return register.keep(new, said, origin, difference(base, new, ATLAS), ATLAS, by=by, home=home)


def test_an_empty_register_has_an_empty_journal(tmp_path: Path) -> None:
    assert register.journal(tmp_path) == []
    assert not list(tmp_path.iterdir())


def test_each_act_is_a_line_with_the_version_before_and_after(tmp_path: Path) -> None:
    one, two = kept(tmp_path, "clsm", "01001", "Ana"), kept(tmp_path, "clsm", "01002", "Bob")
    other = kept(tmp_path, "cls", "01003", "Cléo")
    register.publish(one, who="Ana", seen=0, home=tmp_path)
    register.publish(other, who="Cléo", seen=0, home=tmp_path)
    register.publish(two, who="Bob", seen=1, home=tmp_path)
    before = register.journal(tmp_path)
    register.withdraw("clsm", who="Dan", seen=2, home=tmp_path)
    lines = register.journal(tmp_path)
    assert [line for line in lines if line.who != "Dan"] == before, "what was written stays as it was"
    moves = [(line.who, line.kind, line.what, line.before, line.after) for line in lines if line.after]
    assert set(moves) == {
        ("Ana", "clsm", "mise en service", "couche d’origine", "version 1"),
        ("Bob", "clsm", "mise en service", "version 1", "version 2"),
        ("Dan", "clsm", "retour à la couche d’origine", "version 2", "couche d’origine"),
        ("Cléo", "cls", "mise en service", "couche d’origine", "version 1"),
    }
    drafts = {(line.who, line.what, plain(line.changes)) for line in lines if not line.after}
    assert drafts == {(who, f"version {n} gardée", "1 ajouté") for who, n in (("Ana", 1), ("Bob", 2), ("Cléo", 1))}
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)


def test_the_hour_that_comes_twice_and_machines_of_other_hours_stay_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The night when clocks go back: half past two is first of summer, then of winter, and is 01:30 of a server in UTC."""
    moments = iter(["2026-10-25T02:50:00+02:00", "2026-10-25T02:05:00+01:00", "2026-10-25T01:30:00+00:00"])
    monkeypatch.setattr(importlib.import_module("geo.register.register"), "now", lambda: next(moments))
    for code, who in (("01001", "Ana"), ("01002", "Bob"), ("01003", "Cléo")):
        kept(tmp_path, "clsm", code, who)
    assert [line.who for line in register.journal(tmp_path)] == ["Cléo", "Bob", "Ana"]


def test_moments_are_told_by_one_clock_whichever_machine_wrote_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container counts in UTC: what it keeps at half past eleven at night is of the day after in France."""
    moments = iter(["2026-06-30T22:30:00+00:00", "2026-06-30T22:30:05+00:00"])
    monkeypatch.setattr(importlib.import_module("geo.register.register"), "now", lambda: next(moments))
    monkeypatch.setattr(importlib.import_module("geo.register.journal"), "now", lambda: "2026-07-01T00:31:00+02:00")
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    try:
        kept(tmp_path, "clsm", "01001", "Ana")
        register.publish(register.find("clsm", 1, tmp_path), who="Ana", seen=0, home=tmp_path)
        register.note_sync("iris", who="Ana", home=tmp_path)
        lines = register.journal(tmp_path)
        told = [(line.what, moment(line.at), line.at[:10]) for line in lines]
        history = [moment(event.at) for event in register.history("clsm", tmp_path)]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert told == [
        ("mise à jour demandée", "01/07/2026 à 00:31", "2026-07-01"),
        ("mise en service", "01/07/2026 à 00:30", "2026-07-01"),
        ("version 1 gardée", "01/07/2026 à 00:30", "2026-07-01"),
    ]
    assert history == ["01/07/2026 à 00:30"]


def test_who_has_the_official_sources_updated_is_a_line_even_when_nothing_else_was_ever_done(tmp_path: Path) -> None:
    register.note_sync("iris", who="Ana\x00\n" + "x" * 300, home=tmp_path)
    (line,) = register.journal(tmp_path)
    assert (line.kind, line.what, line.changes) == (register.SOURCES, "mise à jour demandée", "iris")
    assert line.who.startswith("Ana x") and len(line.who) == 200
    assert (line.before, line.after) == ("", "")


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_two_persons_of_one_name_are_two_in_the_journal(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if where == "postgresql":
        request.getfixturevalue("on_postgres")
    one, other, bob = (
        Actor(name, id=key) for name, key in (("Ana Martin", "7f3a"), ("Ana Martin", "b81c"), ("Bob", "c0"))
    )

    def authors() -> set[tuple[str, str]]:
        return {(line.what, line.author) for line in register.journal(tmp_path)}

    version = kept(tmp_path, "clsm", "01001", "Ana Martin", one)
    register.note_sync("iris", who=bob, home=tmp_path)
    register.withdraw("cls", who="Ana Martin", seen=0, home=tmp_path)  # on the command line: nobody tells who
    first = {
        ("version 1 gardée", "Ana Martin"),
        ("mise à jour demandée", "Bob"),
        ("retour à la couche d’origine", "Ana Martin"),
    }
    assert authors() == first, "a name that one person has says enough"
    register.publish(version, who=other, seen=0, home=tmp_path)
    assert authors() == {
        ("mise en service", "Ana Martin (b81c)"), ("version 1 gardée", "Ana Martin (7f3a)"), ("mise à jour demandée", "Bob"),
        ("retour à la couche d’origine", "Ana Martin"),
    }  # fmt: skip
    assert {line.who for line in register.journal(tmp_path)} == {"Ana Martin", "Bob"}
