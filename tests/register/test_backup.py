"""The register in one archive and back, between SQLite and PostgreSQL; many processes at once on a real server, killed and restarted."""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from geo.__main__ import main
from geo.errors import GeoInputError
from geo.register import ADDRESS, ConflictError, backup, register, restore
from geo.register import store as register_store
from geo.register.schema import EVENTS, PROJECTS, REVISION
from tests.register.test_register import ATLAS, BASE, ORIGIN, SAID, kept

saving = importlib.import_module("geo.register.backup")  # the face has a function of this name


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def filled(home: Path) -> None:
    """Have two versions, moved three times."""
    one, two = kept(home), kept(home, "01005")
    register.publish(one, who="Ana", seen=0, home=home)
    register.publish(two, who="Bob", seen=1, home=home)
    register.withdraw("clsm", who="Cléo", seen=2, home=home)


def told(home: Path) -> list[object]:
    """Say all that a register holds."""
    versions = register.versions(home=home)
    layers = [register.read_layer(version, BASE, ATLAS, home) for version in versions]
    return [
        versions,
        [layer.zones.astype(str).to_dict() for layer in layers],
        [layer.members.astype(str).to_dict() for layer in layers],
        register.history("clsm", home),
        register.heads(home),
    ]


@pytest.mark.parametrize("way", ["sqlite-sqlite", "sqlite-postgresql", "postgresql-sqlite", "postgresql-postgresql"])
def test_what_is_saved_comes_back_the_same(
    way: str, home: Path, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved_on, restored_on = way.split("-")
    if "postgresql" in way:
        request.getfixturevalue("on_postgres")
    address = os.environ.get(ADDRESS, "")
    if saved_on == "sqlite":
        monkeypatch.delenv(ADDRESS, raising=False)
    filled(home)
    before = told(home)
    archive = tmp_path / "registre.zip"
    saved = backup(archive, home)
    assert (saved.versions, saved.rows, saved.problems) == (2, 2 + 2 + 1 + 3, ())
    if restored_on == "postgresql":
        monkeypatch.setenv(ADDRESS, address)
        with sa.create_engine(address, poolclass=NullPool).begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
    else:
        monkeypatch.delenv(ADDRESS, raising=False)
    other = tmp_path / "ailleurs"
    again = restore(archive, other)
    assert (again.versions, again.rows) == (saved.versions, saved.rows)
    assert told(other) == before
    assert register_store.register_folder(other).is_dir() == (restored_on == "sqlite"), "no folder beside a server"
    new = kept(other, "01006")  # numbers go on after those that came back
    assert (new.number, new.id) == (3, max(version.id for version in before[0]) + 1)
    assert register.publish(new, who="Ana", seen=3, home=other).revision == 4


def test_what_processes_hold_is_not_taken_for_what_comes_after_a_restoration(home: Path, tmp_path: Path) -> None:
    """The database is lost and comes back from last night: the next publication has the number of one that processes still hold."""
    register.publish(kept(home), who="Ana", seen=0, home=home)
    backup(tmp_path / "night.zip", home)
    register.publish(kept(home, "01005"), who="Bob", seen=1, home=home)
    lost = register.token(home)
    shutil.rmtree(home)
    restore(tmp_path / "night.zip", home)
    again = register.publish(kept(home, "01003"), who="Bob", seen=1, home=home)
    assert again.revision == 2 and register.token(home) != lost


def test_a_register_that_is_not_empty_is_never_written_over(home: Path, tmp_path: Path) -> None:
    filled(home)
    backup(tmp_path / "a.zip", home)
    before = told(home)
    with pytest.raises(GeoInputError, match="n’est pas vide"):
        restore(tmp_path / "a.zip", home)
    assert told(home) == before


def changed(source: Path, target: Path, name: str, body: bytes | None) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for one in old.namelist():
            if one == name and body is None:
                continue
            new.writestr(one, body if one == name else old.read(one))
        if name not in old.namelist() and body is not None:
            new.writestr(name, body)
    return target


def test_a_damaged_archive_is_refused_whole(home: Path, tmp_path: Path) -> None:
    filled(home)
    good = tmp_path / "good.zip"
    backup(good, home)
    with zipfile.ZipFile(good) as archive:
        body = next(name for name in archive.namelist() if name.endswith("members.parquet"))
        rows = json.loads(archive.read("registre.json"))
        sums = json.loads(archive.read("sommes.json"))
    bad = {
        "bytes": b"not a zip",
        "half": good.read_bytes()[: good.stat().st_size // 2],
        "body": changed(good, tmp_path / "x1.zip", body, b"PAR1").read_bytes(),
        "lost": changed(good, tmp_path / "x2.zip", body, None).read_bytes(),
        "more": changed(good, tmp_path / "x3.zip", "../dehors.txt", b"x").read_bytes(),
        "rows": changed(
            good, tmp_path / "x4.zip", "registre.json", json.dumps(rows | {"forme": 1}).encode()
        ).read_bytes(),
        "sums": changed(good, tmp_path / "x5.zip", "sommes.json", json.dumps(sums | {"a": "b"}).encode()).read_bytes(),
    }
    for name, content in bad.items():
        (tmp_path / "bad.zip").write_bytes(content)
        with pytest.raises(GeoInputError, match="n’est pas une sauvegarde"):
            restore(tmp_path / "bad.zip", tmp_path / f"new-{name}")
        assert register.versions(home=tmp_path / f"new-{name}") == []


def sealed(target: Path, bodies: dict[str, bytes]) -> Path:
    """Write an archive whose sums are right, whatever it holds."""
    sums = {name: register_store.hashlib.sha256(body).hexdigest() for name, body in bodies.items()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in (bodies | {"sommes.json": json.dumps(sums).encode()}).items():
            archive.writestr(name, body)
    return target


def forged(source: Path, target: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Change what an archive says of its rows, and seal it again."""
    with zipfile.ZipFile(source) as archive:
        bodies = {name: archive.read(name) for name in archive.namelist() if name != "sommes.json"}
    bodies["registre.json"] = json.dumps(change(json.loads(bodies["registre.json"]))).encode()
    return sealed(target, bodies)


def with_row(**values: object) -> Callable[[dict[str, Any]], object]:
    """Return what changes the first version of an archive."""

    def change(told: dict[str, Any]) -> object:
        told["tables"]["clsm_versions"][0].update(values)
        return told

    return change


FORGED: dict[str, Callable[[dict[str, Any]], object]] = {
    "a list": lambda _: [1],
    "tables that are a list": lambda told: told | {"tables": [1]},
    "rows that are a number": lambda told: told | {"tables": {"clsm_versions": 3}},
    "rows that are texts": lambda told: told | {"tables": {"clsm_versions": ["x"]}},
    "a row without its columns": lambda told: told | {"tables": {"clsm_versions": [{"id": 1}]}},
    "an unknown table": lambda told: told | {"tables": {"sqlite_master": [{"name": "x"}]}},
    "an unknown column": with_row(nothing=1),
    "a value that is a list": with_row(who=[1]),
    "a number beyond all": with_row(file_bytes=10**40),
    "half of a letter": with_row(who="\ud800"),
    "a row twice": lambda told: told | {"tables": {"clsm_events": told["tables"]["clsm_events"] * 2}},
    "a move to a version that is not there": lambda told: told | {"tables": {"clsm_events": told["tables"]["clsm_events"]}},
}  # fmt: skip


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_an_archive_forged_under_right_sums_is_refused_whole(
    where: str, home: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    filled(home)
    backup(tmp_path / "a.zip", home)
    if where == "postgresql":
        request.getfixturevalue("on_postgres")
    for name, change in FORGED.items():
        archive, fresh = forged(tmp_path / "a.zip", tmp_path / "b.zip", change), tmp_path / f"new {name}"
        with pytest.raises(GeoInputError, match="n’est pas une sauvegarde") as found:
            restore(archive, fresh)
        assert "ne répond pas" not in str(found.value), name
        assert register.versions(home=fresh) == [] and register.heads(fresh) == {}
    deep = sealed(tmp_path / "deep.zip", {"registre.json": b"[" * 200_000})
    bomb = sealed(tmp_path / "bomb.zip", {"registre.json": b" " * 40_000_000})
    for archive in (deep, bomb):
        with pytest.raises(GeoInputError, match="n’est pas une sauvegarde"):
            restore(archive, tmp_path / "new")


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_of_two_restorations_at_once_one_is_done_and_nothing_is_mixed(
    where: str, home: Path, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each looks at an empty register; what each holds goes beside what the other does: nothing but the look can tell."""
    filled(home)
    backup(tmp_path / "a.zip", home)
    layers = forged(tmp_path / "a.zip", tmp_path / "layers.zip", lambda told: told)
    row = {"id": 1, "project": 1, "revision": 1, "who": "Ana", "at": "2026-01-01T00:00:00+00:00", "content": "{}"}
    projects = sealed(
        tmp_path / "projects.zip",
        {"registre.json": json.dumps({"forme": 1, "schema": REVISION, "tables": {"clsm_projects": [row]}}).encode()},
    )
    if where == "postgresql":
        request.getfixturevalue("on_postgres")
    fresh, met = tmp_path / "new", threading.Barrier(2)

    def both() -> ExitStack:
        met.wait(60)  # each has found it empty, and neither has written
        return ExitStack()

    monkeypatch.setattr(saving, "ExitStack", both)
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(restore, archive, fresh) for archive in (layers, projects)]
        failed = [one.exception(120) for one in done]
    assert sum(one is None for one in failed) == 1
    assert "n’est pas vide" in str(next(one for one in failed if one))
    with register_store.reading(fresh) as connection:
        held = connection.execute(sa.select(sa.func.count()).select_from(PROJECTS)).scalar()
    assert (held, len(register.versions(home=fresh))) == ((0, 2) if failed[0] is None else (1, 0))


@pytest.mark.usefixtures("on_postgres")
def test_a_backup_is_of_one_moment_whatever_others_write_meanwhile(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the versions and the moves, a colleague keeps one and puts it in use: it would be named and not be there."""
    filled(home)
    before, select, others = told(home), saving.sa.select, []

    def meanwhile(*what: Any) -> Any:
        if what == (EVENTS,) and not others:
            others.append(1)
            register.publish(kept(home, "01006"), who="Bob", seen=3, home=home)
        return select(*what)

    with monkeypatch.context() as patch:
        patch.setattr(saving, "sa", SimpleNamespace(**vars(sa) | {"select": meanwhile}))
        backup(tmp_path / "a.zip", home)
    assert others and len(told(home)[0]) == len(before[0]) + 1
    monkeypatch.delenv(ADDRESS)
    restore(tmp_path / "a.zip", tmp_path / "new")
    assert told(tmp_path / "new") == before


def test_an_archive_of_a_newer_version_is_refused(home: Path, tmp_path: Path) -> None:
    filled(home)
    backup(tmp_path / "a.zip", home)
    forged(tmp_path / "a.zip", tmp_path / "b.zip", lambda told: told | {"schema": "0999"})
    with pytest.raises(GeoInputError, match="plus récente"):
        restore(tmp_path / "b.zip", tmp_path / "new")
    rows = json.dumps({"forme": 1, "schema": "0999", "tables": {}}).encode()
    sealed(tmp_path / "c.zip", {"registre.json": rows, f"contenus/{'0' * 32}/avenir.parquet": b"PAR1"})
    with pytest.raises(GeoInputError, match="plus récente"):
        restore(tmp_path / "c.zip", tmp_path / "new")


def test_a_version_that_cannot_be_read_is_named_and_the_rest_is_saved(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(home)
    first = register.find("clsm", 1, home)
    (register_store.register_folder(home) / first.content / "members.parquet").write_bytes(b"x")
    assert main(["backup", str(tmp_path / "a.zip")]) == 1
    said = capsys.readouterr()
    assert first.content in said.err
    assert "2 versions de couches" in said.out.replace("\u202f", " ").replace("\u00a0", " ")
    restore(tmp_path / "a.zip", tmp_path / "new")
    assert len(register.versions("clsm", tmp_path / "new")) == 2
    second = register.find("clsm", 2, tmp_path / "new")
    assert len(register.read_layer(second, BASE, ATLAS, tmp_path / "new").members) == 2


def test_a_backup_that_cannot_be_written_leaves_the_former_one(home: Path, tmp_path: Path) -> None:
    filled(home)
    with pytest.raises(GeoInputError, match="écriture impossible"):
        backup(tmp_path / "absent" / "a.zip", home)
    (tmp_path / "dossier.zip").mkdir()
    with pytest.raises(GeoInputError, match="écriture impossible"):
        backup(tmp_path / "dossier.zip", home)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dossier.zip", "home"]


def test_a_backup_takes_the_place_of_a_backup_only(home: Path, tmp_path: Path) -> None:
    filled(home)
    database = register_store.register_folder(home) / "registre.sqlite"
    (tmp_path / "liste.csv").write_text("Code INSEE\n62041\n")
    for mistyped in (database, tmp_path / "liste.csv"):
        before = mistyped.read_bytes()
        with pytest.raises(GeoInputError, match=r"n’est pas une sauvegarde\. Rien n’est remplacé"):
            backup(mistyped, home)
        assert mistyped.read_bytes() == before
    (tmp_path / "a.zip").touch()  # a name that was set apart
    for _ in range(2):
        backup(tmp_path / "a.zip", home)
    assert restore(tmp_path / "a.zip", tmp_path / "new").versions == 2


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_rows_that_lie_in_another_order_on_the_disk_come_back(
    where: str, home: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """PostgreSQL writes again over what was given up: a version may lie before the one it is laid over."""
    first = kept(home)
    register.keep(register.read_layer(first, BASE, ATLAS, home), SAID, ORIGIN, None, ATLAS, under=first, home=home)
    before = told(home)
    backup(tmp_path / "a.zip", home)

    def backwards(said: dict[str, Any]) -> object:
        return said | {"tables": {name: rows[::-1] for name, rows in said["tables"].items()}}

    forged(tmp_path / "a.zip", tmp_path / "b.zip", backwards)
    if where == "postgresql":
        request.getfixturevalue("on_postgres")
    restore(tmp_path / "b.zip", tmp_path / "new")
    assert told(tmp_path / "new") == before


# --- many processes on a real server ----------------------------------------------------------------------------
def _publish_some(home: Path, who: str, moves: int) -> None:
    done, version = 0, None
    while done < moves:
        try:
            if version is None or done % 10 == 9:
                version = kept(home, random.choice(["01001", "01003", "01005"]))
            register.publish(version, who=who, seen=register.head("clsm", home).revision, home=home)
            done += 1
        except ConflictError:
            continue  # another was first: look again


@pytest.mark.usefixtures("on_postgres")
def test_two_hundred_publications_of_eight_processes_some_killed_lose_nothing(home: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # the packages are imported once
    workers = [context.Process(target=_publish_some, args=(home, f"P{n}", 25)) for n in range(8)]
    for worker in workers:
        worker.start()
    killed = workers[:3]
    for worker, after in zip(killed, (10, 40, 80), strict=True):  # moves seen, not seconds
        while worker.is_alive() and len(register.history("clsm", home)) < after:
            worker.join(0.2)
        if worker.is_alive():
            os.kill(worker.pid or 0, signal.SIGKILL)
    for worker in killed:
        worker.join(60)
    others = [context.Process(target=_publish_some, args=(home, f"R{n}", 25)) for n in range(3)]  # those that take over
    for worker in others:
        worker.start()
    for worker in (*workers[3:], *others):
        worker.join(240)
        assert worker.exitcode == 0
    events = register.history("clsm", home)
    assert len(events) >= 200
    assert [event.revision for event in events] == list(range(len(events), 0, -1)), "one winner a revision"
    for who in (f"P{n}" for n in range(3, 8)):
        assert sum(event.who == who for event in events) == 25
    versions = register.versions("clsm", home)
    assert [version.number for version in versions] == list(range(len(versions), 0, -1))
    for version in versions:
        register.check(version, home)
    assert register.head("clsm", home).version.number == events[0].number


def test_a_server_that_stops_and_comes_back_costs_a_sentence(
    on_postgres: sa.Engine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every connection is ended in the middle: what was going on is as if it had never been."""
    version = kept(home)

    def cut(*_: object) -> str:
        with on_postgres.begin() as other:
            other.execute(
                sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            )
        return "Ana"

    with monkeypatch.context() as patch:
        patch.setattr(register, "one_line", cut)  # between the two rows of a move
        with pytest.raises(GeoInputError, match="ne répond pas"):
            register.publish(version, who="Ana", seen=0, home=home)
    assert register.history("clsm", home) == []
    assert register.publish(version, who="Ana", seen=0, home=home).revision == 1
