"""The register: versions kept, put in use, taken back; two people at once; a cut at any moment.

Each test runs on SQLite with its folder and on a real PostgreSQL, but those of files beside the database (`local`).
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import sys
import time
from multiprocessing.queues import Queue
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from geo.errors import GeoInputError
from geo.layers import Etat, Layer, Over, difference
from geo.register import ConflictError, Origin, State, Statement, engine, register
from geo.register import store as register_store
from geo.register.schema import METADATA
from tests.support.grid import draw, layer, plain, zone
from tests.support.killed import beside, forking, run_child, spread

ATLAS = draw([[100, 200, 300], [400, 500, 600]])
BASE = layer(ATLAS, "clsm", {"clsm-a": zone("01001", "01002", nom="CLSM A")})
ORIGIN = Origin("clsm.csv", "0" * 64, 120, "csv")
SAID = Statement("ARS, tableau interne", "2026-05", "Ana", frozenset({"01"}), over=Over.ORIGIN)


@pytest.fixture
def local(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, local: Path) -> Path:
    if request.param == "postgresql":
        request.getfixturevalue("on_postgres")
    return local


def brought(*codes: str) -> Layer:
    return layer(
        ATLAS, "clsm", {"clsm-b": zone(*codes, part=("01006",), nom="CLSM B", etat=Etat.PROJET)}, extent=["01"]
    )


def kept(home: Path, *codes: str, said: Statement = SAID) -> register.Version:
    new = brought(*(codes or ("01003", "01004")))
    return register.keep(new, said, ORIGIN, difference(BASE, new, ATLAS), ATLAS, home=home)


def test_looking_makes_no_file(home: Path) -> None:
    assert register.token(home) == ""
    assert register.versions(home=home) == []
    assert register.head("clsm", home).version is None
    assert not home.exists()


def test_a_version_is_kept_with_all_that_is_known_of_it_and_is_not_in_use(home: Path) -> None:
    version = kept(home)
    assert (version.number, version.state, version.statement, version.origin) == (1, State.DRAFT, SAID, ORIGIN)
    assert (version.zones, version.communes) == (1, 3)
    assert [z["name"] for z in version.changes["added"]] == ["CLSM B"]
    assert [z["name"] for z in version.changes["removed"]] == ["CLSM A"]
    assert register.token(home) == ""


def test_a_layer_comes_back_as_it_was_kept(home: Path) -> None:
    version = kept(home)
    read = register.read_layer(version, BASE, ATLAS, home)
    assert read.extent == {"01"}
    assert read.source == "ARS, tableau interne"
    assert read.zones.loc["clsm-b", ["nom", "etat"]].tolist() == ["CLSM B", Etat.PROJET]
    members = read.members.sort_values("row")
    assert members["row"].tolist() == [2, 3, 5]
    assert members["whole"].tolist() == [True, True, False]
    assert members["inhabitants"].tolist()[:2] == [300.0, 400.0]
    assert members["inhabitants"].isna().tolist() == [False, False, True]


def test_publishing_going_back_and_withdrawing_move_one_pointer(home: Path) -> None:
    one, two = kept(home), kept(home, "01005")
    assert two.number == 2
    head = register.publish(one, who="Ana", seen=0, home=home)
    assert (head.revision, head.version.number) == (1, 1)
    head = register.publish(two, who="Bob", seen=1, home=home)
    assert [v.state for v in register.versions("clsm", home)] == [State.PUBLISHED, State.RETIRED]
    head = register.publish(register.find("clsm", 1, home), who="Ana", seen=head.revision, home=home)
    assert [v.state for v in register.versions("clsm", home)] == [State.RETIRED, State.PUBLISHED]
    head = register.withdraw("clsm", who="Bob", seen=head.revision, home=home)
    assert (head.revision, head.version) == (4, None)
    assert [(e.number, e.who) for e in register.history("clsm", home)] == [
        (None, "Bob"), (1, "Ana"), (2, "Bob"), (1, "Ana"),
    ]  # fmt: skip


def test_the_token_changes_at_each_move(home: Path) -> None:
    version = kept(home)
    seen = [register.token(home)]
    for move in range(3):
        register.publish(version, who="Ana", seen=move, home=home)
        seen.append(register.token(home))
    assert len(set(seen)) == 4


@pytest.mark.parametrize("stale", [0, 1, 7])
def test_publishing_over_a_version_one_has_not_seen_is_refused_with_a_sentence(home: Path, stale: int) -> None:
    one, two = kept(home), kept(home, "01005")
    register.publish(one, who="Ana", seen=0, home=home)
    register.publish(two, who="Bob", seen=1, home=home)
    with pytest.raises(ConflictError) as refused:
        register.publish(one, who="Ana", seen=stale, home=home)
    assert "Bob a publié la version 2" in refused.value.problems[0]
    assert register.head("clsm", home).version.number == 2
    assert len(register.history("clsm", home)) == 2


def test_two_kinds_do_not_get_in_each_other_s_way(home: Path) -> None:
    register.publish(kept(home), who="Ana", seen=0, home=home)
    other = layer(ATLAS, "cls", {"cls-x": zone("01001")})
    version = register.keep(other, SAID, ORIGIN, None, ATLAS, home=home)
    assert (version.number, register.head("cls", home).revision) == (1, 0)
    register.publish(version, who="Ana", seen=0, home=home)
    assert {k: h.revision for k, h in register.heads(home).items()} == {"clsm": 1, "cls": 1}


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (Statement("x", "", "  "), "qui importe"),
        (Statement("x", "", "\u200b\u00a0\x00"), "qui importe"),
        (Statement("\u2800\u3164", "", "Ana"), "sa source"),
        (Statement(" ", "", "Ana"), "sa source"),
        (Statement("x", "", "Ana", frozenset({"99"})), "99 : département inconnu."),
    ],
)
def test_what_must_be_told_is_asked_for_and_nothing_is_kept(home: Path, said: Statement, problem: str) -> None:
    with pytest.raises(GeoInputError, match=problem):
        kept(home, said=said)
    assert register.versions(home=home) == []


def test_texts_are_kept_on_one_line_and_bounded(home: Path) -> None:
    version = kept(home, said=Statement("a\n<script>\x00b", "2026", "Ana\r\n" + "x" * 500))
    assert version.statement.source == "a <script> b"
    assert len(version.statement.who) == 200


def test_damaged_files_are_said_and_mended_by_keeping_again(local: Path) -> None:
    version = kept(local)
    file = register_store.register_folder(local) / version.content / register_store.MEMBERS
    file.write_bytes(b"PAR1")
    with pytest.raises(GeoInputError, match="Version importée illisible"):
        register.read_layer(version, BASE, ATLAS, local)
    kept(local)
    assert len(register.read_layer(version, BASE, ATLAS, local).members) == 3


def test_a_damaged_database_is_said(local: Path) -> None:
    kept(local)
    (register_store.register_folder(local) / "registre.sqlite").write_bytes(b"not a database at all" * 400)
    with pytest.raises(GeoInputError, match="Le registre des couches importées ne répond pas"):
        register.heads(local)


@pytest.mark.parametrize("address", ["nonsense", "oracle+nothing://x", "postgresql+nodriver://u@h/b"])
def test_an_address_that_is_none_is_said(local: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(register_store.ADDRESS, address)
    with pytest.raises(GeoInputError, match="CLSM_REGISTER"):
        register.heads(local)


@pytest.mark.parametrize("address", [
    "postgresql+psycopg://clsm:tres@secret@127.0.0.1:1/base",
    "postgresql+psycopg://clsm:tres@secret:secret@127.0.0.1:1/base",
    "postgresql+psycopg://clsm:tres@127.0.0.1/secret@127.0.0.1:1/base",
    "postgresql+psycopg://clsm:tres@127.0.0.1:1?secret@127.0.0.1/base",
    "postgresql+psycopg://secret:secret@127.0.0.1:1/secret",
    "postgresql+psycopg://clsm:secret@127.0.0.1:port/base",
    "postgresql+psycopg://clsm@secret..secret/base",
    "postgresql+psycopg://clsm@127.0.0.1/base?secret=secret",
])  # fmt: skip
def test_nothing_of_the_address_of_a_register_is_ever_said(
    address: str, local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page shows this sentence to any visitor: pieces of a password written badly, names of machines and users are not for him."""
    monkeypatch.setenv(register_store.ADDRESS, address)
    with pytest.raises(GeoInputError) as found:
        register.heads(local)
    said = " ".join(found.value.problems)
    assert not any(word in said for word in ("secret", "tres", "127.0.0.1", "clsm:", "FATAL", "connection"))
    assert "registre" in said


def test_a_database_that_is_silent_is_not_asked_again_at_once(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question of each page would wait as long: one waits, the others are told for a while."""
    kept(local)
    clock, asked = [1_000.0], list[int]()
    connect = sa.Engine.connect

    def silent(_: sa.Engine) -> sa.Connection:
        asked.append(1)
        clock[0] += engine.SLOW_S
        raise sa.exc.OperationalError("", {}, sqlite3.OperationalError("connection timeout expired"))

    monkeypatch.setattr(engine.time, "monotonic", lambda: clock[0])
    with monkeypatch.context() as patch:
        patch.setattr(sa.Engine, "connect", silent)
        for _ in range(5):
            with pytest.raises(GeoInputError, match="elle tarde à répondre"):
                register.heads(local)
    assert asked == [1]
    clock[0] += engine.REST_S
    assert register.heads(local) == {} and sa.Engine.connect is connect


def test_a_driver_that_complains_is_said_in_french(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(local)
    for said, means in {
        "database is locked": "un autre programme y écrit",
        "database or disk is full": "le disque est plein",
        "attempt to write a readonly database": "elle ne prend pas d’écriture",
        'FATAL:  password authentication failed for user "clsm"': "elle refuse l’identification",
        "FATAL:  sorry, too many clients already": "trop de connexions à la fois",
        "terminating connection due to administrator command": "la connexion a été coupée",
        "something of a future version": "ne répond pas. Rien",
    }.items():

        def broken(*_: object, text: str = said) -> bool:
            raise sa.exc.OperationalError("SELECT", {}, sqlite3.OperationalError(text))

        with monkeypatch.context() as patch:
            patch.setattr(register_store.schema, "is_current", broken)
            with pytest.raises(GeoInputError, match=means) as found:
                register.heads(local)
        assert said not in str(found.value)


@pytest.mark.parametrize("name", ["données ?", "50 % @ moi", "a#b&c=d"])
def test_a_folder_of_any_name_holds_its_register(tmp_path: Path, name: str) -> None:
    kept(tmp_path / name)
    assert (register_store.register_folder(tmp_path / name) / "registre.sqlite").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


def test_a_database_lost_as_it_was_told_to_write_leaves_doubt_and_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = kept(home)

    def lost(_: sa.Connection) -> None:
        raise sa.exc.OperationalError("COMMIT", {}, sqlite3.OperationalError("gone"), connection_invalidated=True)

    with monkeypatch.context() as patch:
        patch.setattr(sa.Connection, "commit", lost)
        with pytest.raises(GeoInputError, match="pour voir si c’est fait"):
            register.publish(version, who="Ana", seen=0, home=home)
    assert register.publish(version, who="Ana", seen=0, home=home).revision == 1


def test_another_database_takes_the_place_of_the_default_one(local: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv(register_store.ADDRESS, f"sqlite:///{tmp_path / 'autre.sqlite'}")
    kept(local)
    assert (tmp_path / "autre.sqlite").is_file()
    assert not (register_store.register_folder(local) / "registre.sqlite").exists()


def test_the_tables_can_be_made_in_postgresql() -> None:
    for table in METADATA.sorted_tables:
        text = str(sa.schema.CreateTable(table).compile(dialect=postgresql.dialect()))
        assert text.strip().startswith(f"CREATE TABLE {table.name}")


def test_a_commune_merged_since_is_a_part_of_the_commune_of_today(home: Path) -> None:
    version = kept(home, "01003", "01004")
    later = draw([[100, 200, 700], [500, 600, 0]], former={"01004": ("01003", "Bourg 4")})
    rows = later.table["code"] != "01004"
    assert rows.sum() == 5
    zones, members, _ = register_store.read_files(version.content, later, home)
    assert zones.index.tolist() == ["clsm-b"]
    assert members.loc[members["row"] == later.row["01003"], "whole"].tolist() == [True]


# --- two people, two processes ----------------------------------------------------------------------------------
def _publish_often(home: Path, who: str, moves: int, out: Queue[tuple[str, int, int]]) -> None:
    won = lost = 0
    while won < moves:
        version = kept(home)
        try:
            register.publish(version, who=who, seen=register.head("clsm", home).revision, home=home)
            won += 1
        except ConflictError:
            lost += 1
    out.put((who, won, lost))


def publish_some(home: Path, who: str, moves: int) -> None:
    """Publish a number of times, a new version one time in ten; who was overtaken, or told that the register did not answer in time,
    looks again a moment later, as a person does."""
    done, version = 0, None
    while done < moves:
        try:
            if version is None or done % 10 == 9:
                version = kept(home, random.choice(["01001", "01003", "01005"]))
            register.publish(version, who=who, seen=register.head("clsm", home).revision, home=home)
            done += 1
        except GeoInputError:
            time.sleep(0.1 * random.random())


def test_processes_that_publish_at_once_lose_no_version(home: Path) -> None:
    out = forking().Queue()
    workers = [beside(_publish_often, home, who, 5, out) for who in ("Ana", "Bob", "Cleo")]
    told = sorted(out.get(timeout=120) for _ in workers)
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    events = register.history("clsm", home)
    assert [e.revision for e in events] == list(range(15, 0, -1))
    assert {who: sum(e.who == who for e in events) for who in ("Ana", "Bob", "Cleo")} == dict.fromkeys(
        ("Ana", "Bob", "Cleo"), 5
    )
    numbers = sorted(v.number for v in register.versions("clsm", home))
    assert numbers == list(range(1, 15 + sum(lost for _, _, lost in told) + 1))


def _publish_once(home: Path) -> None:
    version = kept(home, "01003", "01005")
    register.publish(version, who="Kill", seen=register.head("clsm", home).revision, home=home)


@pytest.mark.skipif(sys.platform == "win32", reason="kills with SIGKILL")
def test_killed_at_any_act_the_version_in_use_is_whole(local: Path) -> None:
    register.publish(kept(local), who="Ana", seen=0, home=local)
    acts, seen = run_child(_publish_once, local, nth=0), []
    for nth in spread(acts, 6):
        shutil.rmtree(local)
        register.publish(kept(local), who="Ana", seen=0, home=local)
        run_child(_publish_once, local, nth=nth)
        head = register.head("clsm", local)
        seen.append(head.revision)
        assert len(register.read_layer(head.version, BASE, ATLAS, local).members) == 3
        assert head.revision == len(register.history("clsm", local))
        assert {v.state for v in register.versions("clsm", local)} <= set(State)
    assert seen == sorted(seen) and set(seen) == {1, 2}  # as before, then as after: nothing in between
    version = kept(local)
    register.publish(version, who="Ana", seen=register.head("clsm", local).revision, home=local)
    assert register.head("clsm", local).version.number == version.number


@pytest.mark.parametrize("step", ["rename", "write"])
def test_a_crash_while_keeping_leaves_what_is_in_use(local: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    register.publish(kept(local), who="Ana", seen=0, home=local)

    def crash(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        if step == "rename":
            patch.setattr(Path, "rename", crash)
            with pytest.raises(GeoInputError, match="écriture impossible"):
                kept(local, "01005")
        else:
            patch.setattr(register_store, "_bytes", crash)
            with pytest.raises(OSError, match="No space"):
                kept(local, "01005")
    assert register.head("clsm", local).version.number == 1
    assert len(register.versions("clsm", local)) == 1
    assert not list(register_store.register_folder(local).glob(".en-cours-*"))


def test_a_database_someone_else_is_writing_to_is_waited_for(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = kept(local)
    other = sqlite3.connect(register_store.register_folder(local) / "registre.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert [v.number for v in register.versions("clsm", local)] == [1]  # reading goes on
    other.execute("COMMIT")
    other.close()
    assert register.publish(version, who="Ana", seen=0, home=local).revision == 1


def test_a_whole_home_can_be_moved(local: Path, tmp_path: Path) -> None:
    register.publish(kept(local), who="Ana", seen=0, home=local)
    moved = tmp_path / "ailleurs"
    shutil.move(local, moved)
    head = register.head("clsm", moved)
    assert plain(register.read_layer(head.version, BASE, ATLAS, moved).zones["nom"].iat[0]) == "CLSM B"


def test_a_folder_that_was_emptied_is_made_again(local: Path) -> None:
    kept(local)
    shutil.rmtree(local)
    assert register.versions(home=local) == []
    assert kept(local).number == 1
