"""A home that was damaged: the dashboard opens all the same, says what is wrong and what to do, and loses nothing."""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from geo.dataset import dataset as world
from geo.dataset import sweep as tidy
from geo.errors import GeoInputError
from geo.files import DamagedError, owner, write_json
from geo.files.transfer import Part
from geo.imports import Answers, ImportDraft
from geo.imports import publish as intake
from geo.layers import Over
from geo.register import Origin, Statement, engine, register
from geo.register import store as register_store
from geo.sources import read_status, versions
from geo.sources.versions import PARTS_KEPT_S
from tests.register.edited import editing
from tests.support import damaged_homes, real
from tests.support.apptest import forget_caches
from tests.support.browser import ROOT
from tests.support.damaged_homes import ATLAS, BASE, build, damages, import_cut_short, open_everything, tree
from tests.support.grid import layer, zone
from tests.support.killed import beside, ended_owner

SEED = 11
TRIED = 30  # damages, of as many families as may be; `python -m tests.fuzz` tries all eleven thousand


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("homes") / "good")


@pytest.fixture
def home(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    damaged_homes.small_country(monkeypatch)
    return Path(shutil.copytree(good, tmp_path / "home", symlinks=True))


def files(home: Path) -> Path:
    """Return the files of the version in use."""
    version = register.head("clsm", home).version
    assert version
    return register_store.register_folder(home) / version.content


def sql(home: Path, order: str, *values: object) -> None:
    with editing(home) as base:
        base.execute(order, values)


# --- everything, everywhere -------------------------------------------------------------------------------------
def test_a_good_home_is_opened_whole_and_says_nothing(home: Path) -> None:
    assert open_everything(home) == []
    opened = world.open_dataset(home)
    assert set(opened.synchronised) == {
        "densite", "qpv", "ressources", "cpts", "epci", "ept", "populations", "passage", "frr", "iris", "quartiers",
    }  # fmt: skip
    assert opened.imported["clsm"].number == 2


@pytest.mark.filterwarnings("ignore")
def test_whatever_is_damaged_the_dashboard_opens_and_loses_nothing(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged_homes.small_country(monkeypatch)
    families = defaultdict(list)
    for name, damage in damages(good, cuts=3):
        families[re.sub(r"\d+|[0-9a-f]{10,}|2029|2030", "#", name.split(" = ")[0])].append((name, damage))
    rng = random.Random(SEED)
    chosen = [rng.choice(families[family]) for family in rng.sample(sorted(families), TRIED)]
    for name, damage in chosen:
        home = tmp_path / "home"
        shutil.copytree(good, home, symlinks=True)
        damage(home)
        before = tree(home)
        try:
            open_everything(home)
        except Exception as error:
            raise AssertionError(name) from error
        assert set(before) <= set(tree(home)), name
        shutil.rmtree(home)


@pytest.mark.parametrize(
    "name", ["manifest.json", "current.json", "densite.parquet", "zones.parquet", "etat.json", "qpv-x.part.json"]
)
def test_a_file_that_is_shut_is_passed_over(home: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def shut(read: Callable[..., Any]) -> Callable[..., Any]:
        def reading(path: Path, *arguments: Any, **options: Any) -> Any:
            if path.name == name:
                raise PermissionError(13, "Permission denied")
            return read(path, *arguments, **options)

        return reading

    before = tree(home)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", shut(Path.read_bytes))
        patch.setattr(Path, "read_text", shut(Path.read_text))
        said = open_everything(home)
    assert bool(said) == (name in ("manifest.json", "densite.parquet", "zones.parquet"))
    assert set(before) <= set(tree(home))
    assert open_everything(home) == []


# --- the register -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("etat", "peut-être", "état"),
        ("mode", 7, "mode"),
        ("extent", "[1", "départements complets"),
        ("content", "../../etc", "nom des fichiers gardés"),
        ("under_id", "x", "version du dessous"),
    ],
)
def test_a_row_that_makes_no_sense_is_told_and_its_version_stays_listed(
    home: Path, column: str, value: object, said: str
) -> None:
    sql(home, f"UPDATE clsm_versions SET {column} = ? WHERE number = 2", value)
    opened = world.open_dataset(home)
    assert "clsm" not in opened.imported
    (notice,) = opened.notices
    assert f"clsm, version 2 (sa ligne du registre ne se lit plus : {said}" in notice
    assert "remettez en service une version précédente" in notice and "clsm.csv" in notice
    assert [v.number for v in register.versions("clsm", home)] == [3, 2, 1]
    with pytest.raises(DamagedError):
        register.publish(register.find("clsm", 2, home), who="Ana", seen=2, home=home)
    register.publish(register.find("clsm", 1, home), who="Ana", seen=2, home=home)
    assert world.open_dataset(home).imported["clsm"].number == 1


@pytest.mark.parametrize(("column", "value"), [("created", "hier"), ("changes", "{"), ("who", b"\xff"), ("zones", "x")])
def test_a_fault_in_what_is_only_told_leaves_the_version_in_use(home: Path, column: str, value: object) -> None:
    sql(home, f"UPDATE clsm_versions SET {column} = ? WHERE number = 2", value)
    opened = world.open_dataset(home)
    assert opened.imported["clsm"].number == 2
    assert opened.imported["clsm"].faults
    assert opened.crosswalk.layers["clsm"].remark


def test_a_bad_date_of_a_move_is_unknown_in_the_history(home: Path) -> None:
    sql(home, "UPDATE clsm_events SET at = 'hier', who = x'ff'")
    assert {(e.at, e.who) for e in register.history("clsm", home)} == {("", "inconnu")}
    with pytest.raises(register.ConflictError, match=r"inconnu a publié la version 2 \(le jour inconnu\)"):
        register.ensure_head_is("clsm", 1, home)


def test_a_head_that_names_a_version_that_is_gone_is_told(home: Path) -> None:
    sql(home, "DELETE FROM clsm_versions WHERE number = 2")
    opened = world.open_dataset(home)
    assert "la version qu’il dit en service n’y est plus" in opened.notices[0]
    assert register.history("clsm", home)[0].lost


@pytest.mark.parametrize("damage", ["absent", "empty", "folder"])
def test_a_register_that_was_emptied_or_taken_away_is_told_and_its_files_stay(home: Path, damage: str) -> None:
    file = home / "registre" / "registre.sqlite"
    file.unlink()
    if damage == "empty":
        file.touch()
    if damage == "folder":
        file.mkdir()
    before = tree(home)
    tidy.tidy(home)
    assert "registre" in world.open_dataset(home).notices[0].lower()
    assert set(before) <= set(tree(home))


# --- a damaged version in use, and imports ----------------------------------------------------------------------
class _Draft:
    kind, file, sha256, size, outlines = "clsm", "clsm.csv", "0" * 64, 10, None
    shape, departements, answers, dissolved = "clsm|code", ("01",), Answers(), ()
    doubts, refused, partly, names_refused = (), 0, 0, 0
    ensure_settled = ImportDraft.ensure_settled


def review(home: Path, opened: world.Dataset, over: Over = Over.IN_USE) -> intake.Review:
    found = intake.Review(_Draft(), Statement("ARS", "2026", "Ana", frozenset({"01"}), over=over), opened)  # type: ignore[arg-type]
    found.__dict__["brought"] = layer(ATLAS, "clsm", {"n": zone("01006", nom="Neuf")}, extent=["01"])
    return found


def test_a_damaged_version_in_use_does_not_stop_an_import(home: Path) -> None:
    (files(home) / register_store.ZONES).write_bytes(b"x")
    opened = world.open_dataset(home)
    assert "Version importée illisible : clsm, version 2" in opened.notices[0]
    version = intake.keep_and_publish(review(home, opened), seen=2, home=home)
    assert (version.number, version.under) == (4, None)
    assert world.open_dataset(home).imported["clsm"].number == 4


def test_nothing_is_laid_over_a_version_that_was_damaged_meanwhile(home: Path) -> None:
    opened = world.open_dataset(home)
    (files(home) / register_store.MEMBERS).unlink()
    with pytest.raises(DamagedError, match="sur la couche d’origine"):
        intake.keep_and_publish(review(home, opened), seen=2, home=home)
    assert register.head("clsm", home).revision == 2
    version = intake.keep_and_publish(review(home, opened, Over.ORIGIN), seen=2, home=home)
    assert version.number == 4


def test_the_same_file_imported_again_mends_damaged_files(home: Path) -> None:
    version = register.find("clsm", 3, home)
    folder = register_store.register_folder(home) / version.content
    body = (folder / register_store.ZONES).read_bytes()
    (folder / register_store.ZONES).write_bytes(body[:60] + bytes([body[60] ^ 1]) + body[61:])  # of the same size
    with pytest.raises(DamagedError):
        register.check(version, home)
    again = layer(ATLAS, "clsm", {"b": zone("01005", nom="Importé")}, extent=["01"])
    register.keep(again, version.statement, Origin("clsm.csv", "0" * 64, 10, "csv"), None, ATLAS, home=home)
    register.check(version, home)


# --- synchronised sources ---------------------------------------------------------------------------------------
def test_a_damaged_source_gives_way_to_its_version_before_then_to_the_embedded_layer(home: Path) -> None:
    used = versions.current("qpv", home)
    assert used
    body = (used.path / "qpv.parquet").read_bytes()
    (used.path / "qpv.parquet").write_bytes(body[:99] + bytes([body[99] ^ 1]) + body[100:])  # of the same size
    opened = world.open_dataset(home)
    assert opened.sources["qpv"].version.startswith("2029-01-01")
    (notice,) = opened.notices
    assert "la version du 01/01/2029 est employée" in notice and "Synchronisez de nouveau (page Données)" in notice
    shutil.rmtree(opened.sources["qpv"].path)
    opened = world.open_dataset(home)
    assert "qpv" not in opened.synchronised
    assert "elle n’est pas employée" in opened.notices[0]
    assert list(opened.crosswalk.layers["qpv"].zones.index) == list(BASE["qpv"].zones.index)


@pytest.mark.parametrize("column", ["densite.parquet code", "qpv.parquet code", "cpts.parquet id", "epci.parquet code"])
def test_a_source_with_rows_twice_is_told_and_gives_way(good: Path, home: Path, column: str) -> None:
    """Sealed again, as by a program that means no harm: sums would count people twice, and a lookup would fail."""
    kind = column.partition(".")[0]
    used = versions.current(kind, home)
    assert used
    ((_, damage),) = [d for d in damages(good, cuts=1) if d[0].endswith(f"{used.version}/{column} twice")]
    damage(home)
    (notice,) = open_everything(home)
    assert "des lignes y sont deux fois" in notice


@pytest.mark.parametrize("kind", ["densite", "cpts", "ressources", "epci", "populations", "carreaux", "contours"])
def test_a_broken_manifest_is_told_for_each_source(home: Path, kind: str) -> None:
    used = versions.current(kind, home)
    assert used
    (used.path / "manifest.json").write_text("{")
    assert any(f"Source « {kind} »" in notice for notice in world.open_dataset(home).notices)


@pytest.mark.parametrize(
    "text", ["[" * 50_000, '{"running": true, "process": 1e999}', '{"running": true, "process": -1}', "[]", ""]
)
def test_a_journal_that_makes_no_sense_is_no_journal(home: Path, text: str) -> None:
    (home / "sources" / "etat.json").write_text(text)
    assert read_status(home) is None


@pytest.mark.parametrize(
    "note", ['{"url": "http://a/", "etag": 5, "modified": "", "total": 1, "encoding": ""}', "[" * 50_000]
)
def test_a_note_of_a_download_that_makes_no_sense_starts_it_again(tmp_path: Path, note: str) -> None:
    part = Part(tmp_path / "x")
    part.path.write_bytes(b"12")
    part.note.write_text(note)
    assert part.state("http://a/") == (0, None)


# --- sweeping ---------------------------------------------------------------------------------------------------
def aged(path: Path, seconds: float) -> Path:
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


def test_what_a_cut_left_goes_at_start_and_what_somebody_owns_or_names_stays(home: Path) -> None:
    root, kind = home / "registre", home / "sources" / "qpv"
    dead, orphan, old, young = ended_owner(), root / ("a" * 32), root / ("b" * 32), root / ("c" * 32)
    for folder in (
        orphan,
        old,
        young,
        root / f".en-cours-{dead}-x",
        root / f".en-cours-{owner()}-x",
        root / ".en-cours-vieux",
        kind / ".x.retire",
    ):
        folder.mkdir()
    write_json(register_store.note_of(orphan), {"owner": dead})
    write_json(register_store.note_of(young), {"owner": owner()})
    aged(old, tidy.ORPHANS_KEPT_S + 9)
    aged(root / ".en-cours-vieux", tidy.STAGES_KEPT_S + 9)
    parts = home / "sources" / ".telechargements"
    aged(parts / "qpv-x.part", PARTS_KEPT_S + 9)
    (parts / "folder").mkdir()
    named = {version.content for version in register.versions(home=home)}
    tidy.tidy(home)
    left = {p.name for p in root.iterdir()}
    assert left == {*named, young.name, register_store.note_of(young).name, f".en-cours-{owner()}-x", "registre.sqlite"}
    assert [p.name for p in parts.iterdir()] == ["qpv-x.part.json"]
    assert not (kind / ".x.retire").exists()
    assert open_everything(home) == []


def test_nothing_is_swept_beside_a_register_that_may_have_forgotten(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orphan = home / "registre" / ("b" * 32)
    orphan.mkdir()
    aged(orphan, tidy.ORPHANS_KEPT_S + 9)
    (home / "registre" / register_store.ELSEWHERE).touch()  # a database elsewhere may name it
    tidy.tidy(home)
    assert orphan.exists()
    (home / "registre" / register_store.ELSEWHERE).unlink()
    sql(home, "UPDATE clsm_versions SET content = x'00' WHERE number = 1")
    tidy.tidy(home)
    assert orphan.exists()


def test_a_kill_between_the_files_and_the_row_is_swept_and_loses_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(home)
    cut = beside(import_cut_short, home)
    cut.join()
    assert cut.exitcode == 9
    assert set(tree(home)) > set(before)
    tidy.tidy(home)
    assert set(tree(home)) == set(before)
    assert open_everything(home) == []


def test_a_home_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    tidy.tidy(tmp_path / "rien")
    assert not (tmp_path / "rien").exists()


def test_a_register_on_a_disk_that_takes_no_writing_is_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_connect = sqlite3.connect
    path = home / "registre" / "registre.sqlite"
    monkeypatch.setattr(
        "sqlalchemy.dialects.sqlite.pysqlite.SQLiteDialect_pysqlite.connect",
        lambda self, *args, **options: real_connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False),
    )
    engine.engine_of.cache_clear()
    try:
        assert register.head("clsm", home).revision == 2
        with pytest.raises(GeoInputError, match="Rien n’est changé"):
            register.withdraw("clsm", who="Ana", seen=2, home=home)
    finally:
        engine.engine_of.cache_clear()


# --- the pages --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", ["4_Donnees", "2_Perimetre", "1_Couverture"])
def test_the_pages_open_on_a_home_damaged_everywhere(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    home = Path(shutil.copytree(good, tmp_path / "home", symlinks=True))
    monkeypatch.setenv("CLSM_HOME", str(home))
    sql(home, "UPDATE clsm_versions SET etat = 'x', created = 'hier', changes = '{', extent = '[\"ZZ\"]', zones = 'x'")
    sql(home, "UPDATE clsm_events SET at = 'hier', who = x'ff', version_id = 99")
    for path in (home / "sources").glob("*/2030*/manifest.json"):
        path.write_text("[" * 9_000)
    for path in (home / "sources").glob("*/2029*/*.parquet"):
        path.write_bytes(b"\0" * path.stat().st_size)
    (home / "sources" / "etat.json").write_bytes(b"\xff")
    forget_caches()
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120)
    app.switch_page(f"pages/{page}.py")
    app.run()
    assert [e.message for e in app.exception] == []
    assert any("clsm, version 2" in w.value.replace("\\", "") for w in app.warning)
    assert any("Source « densite »" in w.value.replace("\\", "") for w in app.warning)
    assert real.atlas() is not None
    forget_caches()
