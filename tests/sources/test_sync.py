"""Bringing sources up to date: whole versions only, whatever happens, and nothing rewritten without need."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import threading
import time
import zipfile
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from geo.cli import sync as sync_cli
from geo.errors import GeoInputError
from geo.files import Retry, Timeouts
from geo.sources import Outcome, Step, current, only_run, sync, versions
from geo.sources.versions import BusyError, read_version
from tests.sources.fake_sources import bring_alpha, readers, recognise, source, text
from tests.support.killed import beside, run_child, spread
from tests.support.reading import MIRROR
from tests.support.web import Page, Site, serve

QUICK = {"retry": Retry(3, 0.01), "timeout": Timeouts(2, 2, 20)}
PATIENT = Timeouts(60, 60, 60)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLSM_HOME", str(tmp_path / "default-home"))
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "clsm_mirror"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(alpha=Page(text("alpha", "a", "b")), beta=Page(text("beta", "c")), gamma=Page(text("gamma", "d"))) as s:
        yield s


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    for name, body in {
        "deep/er/a.txt": text("alpha", "a", "b"),
        "b-mainland.csv": text("beta", "c", rank=2),
        "b-island.csv": text("beta", "d"),
        "README.md": b"nothing",
        ".hidden.csv": text("gamma", "no"),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder


def catalogue(site: Site | None = None, **files):
    url = site.url if site else "http://127.0.0.1:9"
    return {kind: source(kind, *files.get(kind, [[f"{url}/{kind}"]])) for kind in ("alpha", "beta", "gamma")}


def run(home: Path, site: Site | None = None, **options):
    settings = {"home": home, "readers": readers(), "catalogue": catalogue(site)} | QUICK | options
    return sync(settings.pop("kinds", None), **settings)


def outcomes(report) -> list[Outcome]:
    return [result.outcome for result in report.results]


def tree(folder: Path) -> dict[str, int]:
    return {p.relative_to(folder).as_posix(): p.stat().st_mtime_ns for p in folder.rglob("*") if p.name != ".verrou"}


def rows(home: Path, kind: str = "alpha") -> str:
    used = current(kind, home)
    assert used and read_version(used.path, deep=True)
    return (used.path / "one.parquet").read_text()


# --- what a run leaves
def test_each_kind_arrives_with_what_is_known_of_it(site, home):
    report = run(home, site)
    assert outcomes(report) == [Outcome.UPDATED] * 3 and not report.failed and report.notices == ()
    used = current("alpha", home)
    assert used.path == home / "sources" / "alpha" / used.version
    m = used.manifest
    assert (m.rows, m.vintage, m.departements, m.notes) == (2, "2025", ("94",), ("une remarque",))
    assert (m.kind, m.origin, m.producer, m.licence) == ("alpha", "officiel", "P", "L")
    (given,) = m.inputs
    assert given.address == f"{site.url}/alpha" and given.bytes == len(text("alpha", "a", "b")) and given.etag == '"1"'
    assert used.version == f"{m.date[:10]}-{m.fingerprint[:10]}"
    assert set(m.files) == {"one.parquet", "two.parquet"} and rows(home) == "a\nb"


def test_nothing_else_is_left_in_the_folder(site, home):
    run(home, site)
    left = sorted(p.name for p in (home / "sources").iterdir())
    assert left == [".verrou", "alpha", "beta", "gamma", "reponses.json"]
    assert len(list((home / "sources" / "alpha").iterdir())) == 2


def test_the_same_files_again_rewrite_nothing(site, home):
    run(home, site)
    before = tree(home / "sources" / "alpha")
    assert outcomes(run(home, site)) == [Outcome.UNCHANGED] * 3
    assert tree(home / "sources" / "alpha") == before


def test_the_last_two_versions_are_kept(site, home):
    for body in ("one", "two", "three", "four"):
        site["/alpha"] = Page(text("alpha", body))
        run(home, site, kinds=["alpha"])
    folder = home / "sources" / "alpha"
    kept = [p for p in folder.iterdir() if p.is_dir()]
    assert sorted((p / "one.parquet").read_text() for p in kept) == ["four", "three"] and rows(home) == "four"
    site["/alpha"] = Page(text("alpha", "three"))
    run(home, site, kinds=["alpha"])
    assert rows(home) == "three" and len([p for p in folder.iterdir() if p.is_dir()]) == 2


def test_only_the_layers_asked_for_are_touched(site, home):
    report = run(home, site, kinds=["beta"])
    assert [r.kind for r in report.results] == ["beta"] and current("alpha", home) is None
    with pytest.raises(GeoInputError, match="couche inconnue"):
        run(home, site, kinds=["delta"])


def test_another_form_of_the_products_is_read_again(site, home, monkeypatch):
    run(home, site)
    monkeypatch.setattr(versions, "FORM", versions.FORM + 1)
    monkeypatch.setattr(versions.Manifest.__init__, "__defaults__", (versions.FORM, ""))
    assert current("alpha", home) is None
    assert outcomes(run(home, site)) == [Outcome.UPDATED] * 3 and rows(home) == "a\nb"


# --- what goes wrong with one kind
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (text("alpha", "bad"), "code inconnu"),
        (text("alpha", "crash"), "Lecture impossible .ZeroDivisionError"),
        (text("alpha", "empty"), "n’a pas produit de fichier"),
        (text("beta", "other kind"), "n’est pas reconnu comme « alpha »"),
        (b"<html>Maintenance</html>", "n’est pas reconnu"),
        (b"", "n’est pas reconnu"),
        (b"PK\x03\x04broken", "abîmée"),
    ],
)
def test_a_bad_file_leaves_the_version_in_use_and_the_other_kinds(site, home, body, reason):
    run(home, site, kinds=["alpha"])
    before = tree(home / "sources" / "alpha")
    site["/alpha"] = Page(body)
    report = run(home, site)
    assert outcomes(report) == [Outcome.FAILED, Outcome.UPDATED, Outcome.UPDATED] and not report.failed
    _match_any(report.results[0].reasons, reason)
    assert tree(home / "sources" / "alpha") == before
    assert not (home / "sources" / ".travail").exists()


def _match_any(sentences: tuple[str, ...], pattern: str) -> None:
    assert any(re.search(pattern, s) for s in sentences), sentences


def test_addresses_are_tried_in_order_and_what_was_refused_is_noted(site, home):
    site["/bad"] = Page(text("alpha", "bad"))
    addresses = [f"{site.url}/none", f"{site.url}/bad", f"{site.url}/alpha"]
    report = run(home, site, kinds=["alpha"], catalogue=catalogue(site, alpha=[addresses]))
    assert outcomes(report) == [Outcome.UPDATED] and rows(home) == "a\nb"
    _match_any(current("alpha", home).manifest.notes, "fichier introuvable")
    _match_any(current("alpha", home).manifest.notes, "code inconnu")


def test_a_source_of_several_files_is_read_together(site, home):
    site["/island"] = Page(text("beta", "e"))
    both = catalogue(site, beta=[[f"{site.url}/beta"], [f"{site.url}/none", f"{site.url}/island"]])
    run(home, site, kinds=["beta"], catalogue=both)
    assert rows(home, "beta") == "c\ne" and len(current("beta", home).manifest.inputs) == 2


def test_an_optional_file_may_lack_unless_the_version_in_use_has_it(site, home):
    files = [[f"{site.url}/beta"], [f"{site.url}/island"]]
    optional = {"beta": source("beta", *files, optional=[1])}
    assert outcomes(run(home, site, catalogue=optional)) == [Outcome.UPDATED]
    _match_any(current("beta", home).manifest.notes, "Sans le fichier « fichier 1 » : .*introuvable")
    site["/island"] = Page(text("beta", "e"))
    run(home, site, catalogue=optional)
    del site.pages["/island"]
    report = run(home, site, catalogue=optional)
    assert outcomes(report) == [Outcome.FAILED] and rows(home, "beta") == "c\ne"
    required = {"beta": source("beta", *files)}
    assert outcomes(run(home / "new", site, catalogue=required)) == [Outcome.FAILED]


def test_a_source_without_address_says_to_fetch_it_by_hand(site, home):
    report = run(home, site, catalogue={"alpha": source("alpha", [])})
    assert outcomes(report) == [Outcome.BY_HAND] and report.failed and not report.offline
    _match_any(report.results[0].reasons, "https://exemple.fr.*--mirror")


def test_a_kind_without_reader_fails_alone(site, home):
    extra = catalogue(site) | {"delta": source("delta", [f"{site.url}/alpha"])}
    assert outcomes(run(home, site, catalogue=extra))[-1] is Outcome.FAILED


def test_an_archive_is_opened_and_only_the_file_of_the_kind_read(site, home):
    site["/alpha"] = Page(_zip({"x/beta.csv": text("beta", "no"), "x/low.csv": text("alpha", "low"),
                                "x/high.csv": text("alpha", "high", rank=5)}))  # fmt: skip
    run(home, site, kinds=["alpha"])
    assert rows(home) == "high"
    site["/alpha"] = Page(_zip({"../x.csv": text("alpha", "climb")}))
    report = run(home, site, kinds=["alpha"])
    _match_any(report.results[0].reasons, "sort de son dossier")
    assert rows(home) == "high" and not (home.parent / "x.csv").exists()


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return buffer.getvalue()


def test_offline_is_said_once_for_all_and_changes_nothing(site, home):
    run(home, site)
    before = tree(home / "sources" / "alpha")
    report = run(home)
    assert report.offline and report.failed and outcomes(report) == [Outcome.FAILED] * 3
    assert tree(home / "sources" / "alpha") == before and current("alpha", home)
    assert not run(home, site, catalogue=catalogue(site) | {"beta": source("beta", ["http://127.0.0.1:9/"])}).offline


def test_several_kinds_come_at_once_and_steps_are_told_one_at_a_time(site, home):
    together, most = [], []
    gate = threading.Barrier(3, timeout=5)
    for kind in ("alpha", "beta", "gamma"):
        site.pages[f"/{kind}"].before = lambda page: gate.wait()

    def progress(step: Step) -> None:
        together.append(step)
        most.append(len(together))
        time.sleep(0.001)
        together.pop()

    assert outcomes(run(home, site, progress=progress)) == [Outcome.UPDATED] * 3
    assert max(most) == 1


def test_a_key_to_stop_stops_every_kind_and_keeps_what_is_in_use(site, home):
    run(home, site)
    site["/alpha"] = Page(text("alpha", "new") + bytes(200_000), block=1000, block_delay_s=0.005)

    def stop(step: Step) -> None:
        if step.kind == "alpha":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(home, site, progress=stop)
    assert rows(home) == "a\nb"
    run(home, site, kinds=["beta"])


# --- cuts
def test_a_cut_transfer_is_resumed_by_the_next_run(site, home):
    body = text("alpha", *["row"] * 50_000)
    site["/alpha"] = Page(body, cuts=[100_000])
    assert outcomes(run(home, site, kinds=["alpha"], retry=Retry(1))) == [Outcome.FAILED]
    assert outcomes(run(home, site, kinds=["alpha"])) == [Outcome.UPDATED]
    assert site.asked("Range") == ["", "bytes=100000-"]
    assert not (home / "sources" / ".telechargements").exists()


class Crash(BaseException):
    pass


@pytest.mark.parametrize("step", range(18))
def test_a_crash_at_any_step_of_the_switch_leaves_a_whole_version(site, home, monkeypatch, step):
    for body in ("one", "two"):
        site["/alpha"] = Page(text("alpha", body))
        run(home, site, kinds=["alpha"])
    site["/alpha"] = Page(text("alpha", "three"))
    left = [step]

    def fragile(function):
        def call(*arguments, **options):
            left[0] -= 1
            if left[0] < 0:
                raise Crash
            return function(*arguments, **options)

        return call

    with monkeypatch.context() as patch:
        for owner, name in ((versions, "write_json"), (versions, "sync_folder"), (versions, "_flush"),
                            (versions.shutil, "rmtree"), (Path, "rename"), (versions.os, "fsync")):  # fmt: skip
            patch.setattr(owner, name, fragile(getattr(owner, name)))
        with pytest.raises(Crash):
            versions.install(_stage(home, "three"), _manifest(home), home)
            raise Crash  # fewer steps than `step`
    assert rows(home) in ("two", "three")
    run(home, site, kinds=["alpha"])
    assert rows(home) == "three"
    folder = home / "sources" / "alpha"
    assert all(read_version(p, deep=True) for p in folder.iterdir() if p.is_dir())
    assert len(list(folder.iterdir())) == 3


def _stage(home: Path, body: str) -> Path:
    stage = home / "sources" / ".travail" / "x"
    stage.mkdir(parents=True)
    (stage / "one.parquet").write_text(body)
    return stage


def _manifest(home: Path) -> versions.Manifest:
    given = (versions.Input("x", "0" * 64, 1, "2025-01-01"),)
    mark = versions.fingerprint(given)
    stage = home / "sources" / ".travail" / "x"
    return versions.Manifest("alpha", f"2099-01-01-{mark[:10]}", "2099-01-01T00:00:00", "officiel", "P", "L", "", 1, (),
                             (), given, versions.inventory(stage))  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="kills with SIGKILL")
def test_killed_at_any_act_on_the_disk_a_run_leaves_a_whole_version_in_use(site, home, tmp_path):
    number = count(1)

    def renew(page: Page) -> None:
        mark = next(number)
        page.body, page.etag = text("alpha", str(mark), *["row"] * 20_000), f'"{mark}"'

    site["/alpha"] = Page(block=20_000, before=renew)
    run(home, site, kinds=["alpha"])
    acts, seen = run_child(bring_alpha, home, site.url, nth=0), []
    for nth in spread(acts, 8):
        run_child(bring_alpha, home, site.url, nth=nth)
        named = json.loads((home / "sources" / "alpha" / "current.json").read_text())["version"]
        assert current("alpha", home).version == named
        assert rows(home).endswith("row")
        seen.append(named)
    assert seen[0] == seen[1] and seen[-1] != seen[-2]  # the first ones got nowhere, the last one to its end
    assert outcomes(run(home, site, kinds=["alpha"])) == [Outcome.UPDATED]
    assert sorted(p.name for p in (home / "sources").iterdir()) == [".verrou", "alpha", "reponses.json"]
    assert len(list((home / "sources" / "alpha").iterdir())) == 3


# --- two runs, broken versions
def test_two_runs_at_once_do_not_mix(site, home):
    asked, go_on = threading.Event(), threading.Event()

    def hold(page: Page) -> None:
        asked.set()
        go_on.wait()

    site["/alpha"] = Page(text("alpha", "a"), before=hold)
    first = threading.Thread(target=run, args=(home, site), kwargs={"kinds": ["alpha"], "timeout": PATIENT})
    first.start()
    asked.wait()
    with pytest.raises(BusyError, match=rf"déjà en cours \(processus {os.getpid()}, depuis \d\d:\d\d\)"):
        run(home, site)
    go_on.set()
    first.join()
    assert rows(home) == "a" and outcomes(run(home, site, kinds=["alpha"])) == [Outcome.UNCHANGED]


def _die_holding(home):
    with only_run(home):
        os._exit(9)


def test_the_lock_of_a_dead_process_holds_nobody_up(home):
    holder = beside(_die_holding, home)
    holder.join()
    assert holder.exitcode == 9
    with only_run(home):
        pass


@pytest.mark.parametrize("damage", ["truncate", "remove", "manifest", "pointer", "pointer up", "nothing"])
def test_a_broken_version_gives_way_to_the_one_before_and_is_made_again(site, home, damage):
    run(home, site, kinds=["alpha"])
    site["/alpha"] = Page(text("alpha", "new"))
    run(home, site, kinds=["alpha"])
    used, pointer = current("alpha", home), home / "sources" / "alpha" / "current.json"
    match damage:
        case "truncate":
            (used.path / "one.parquet").write_text("n")
        case "remove":
            (used.path / "two.parquet").unlink()
        case "manifest":
            (used.path / "manifest.json").write_text('{"form": 1')
        case "pointer":
            pointer.write_text("[]")
        case "pointer up":
            pointer.write_text('{"version": "../../.."}')
    lost = damage in ("truncate", "remove", "manifest")
    assert rows(home) == ("a\nb" if lost else "new")
    run(home, site, kinds=["alpha"])
    assert rows(home) == "new" and json.loads(pointer.read_text())["version"] == current("alpha", home).version


def test_same_size_damage_is_found_and_mended_by_the_next_run(site, home):
    run(home, site, kinds=["alpha"])
    (current("alpha", home).path / "one.parquet").write_text("x\ny")
    assert outcomes(run(home, site, kinds=["alpha"])) == [Outcome.UPDATED] and rows(home) == "a\nb"


def test_without_any_version_there_is_none_in_use(home):
    assert current("alpha", home) is None and current("../..", home) is None
    (home / "sources" / "alpha" / "2025-01-01-0123456789").mkdir(parents=True)
    assert current("alpha", home) is None


def test_a_home_that_cannot_be_written_is_said(tmp_path, site):
    (tmp_path / "file").write_text("")
    with pytest.raises(GeoInputError, match="inaccessible en écriture"):
        run(tmp_path / "file", site)


# --- mirrors
def test_a_folder_is_read_by_content_and_never_written_to(mirror, home):
    before = tree(mirror)
    report = run(home, mirror=str(mirror))
    assert outcomes(report) == [Outcome.UPDATED, Outcome.UPDATED, Outcome.ABSENT]
    assert rows(home) == "a\nb" and rows(home, "beta") == "c\nd"
    manifest = current("alpha", home).manifest
    assert manifest.origin == "miroir" and [i.address for i in manifest.inputs] == ["deep/er/a.txt"]
    assert outcomes(run(home, mirror=str(mirror))) == [Outcome.UNCHANGED, Outcome.UNCHANGED, Outcome.ABSENT]
    assert tree(mirror) == before


def test_the_preferred_file_is_taken_and_the_next_one_when_it_is_bad(mirror, home):
    (mirror / "better.csv").write_bytes(text("alpha", "better", rank=9))
    (mirror / "best.csv").write_bytes(text("alpha", "bad", rank=10))
    run(home, mirror=str(mirror))
    assert rows(home) == "better"
    _match_any(current("alpha", home).manifest.notes, "code inconnu")
    assert outcomes(run(home, mirror=str(mirror)))[0] is Outcome.UNCHANGED


def test_archives_and_nasty_files_of_a_mirror(mirror, home):
    (mirror / "g.zip").write_bytes(_zip({"g.csv": text("gamma", "zipped")}))
    (mirror / "climb.zip").write_bytes(_zip({"../g.csv": text("gamma", "x")}))
    (mirror / "huge.csv").write_bytes(text("alpha", "huge", rank=99) + bytes(1_000_000))
    (mirror / "dangling").symlink_to(mirror / "nowhere")
    (mirror / "loop").symlink_to(mirror)
    report = run(home, mirror=str(mirror))
    assert rows(home, "gamma") == "zipped" and rows(home) == "a\nb"
    for pattern in ("^climb.zip : archive refusée", "^huge.csv : fichier plus gros", "^dangling : "):
        _match_any(report.notices, pattern)


def test_a_parser_that_breaks_on_a_foreign_file_is_told(mirror, home):
    def fragile(path: Path) -> str | None:
        if path.suffix == ".md":
            raise ZeroDivisionError
        return recognise(path)

    given = readers()
    report = run(home, mirror=str(mirror), readers=type(given)(fragile, given.by_kind))
    assert report.notices == ("README.md : illisible (ZeroDivisionError).",) and rows(home) == "a\nb"


@pytest.mark.parametrize(
    ("place", "message"),
    [("nowhere", "miroir introuvable"), ("ftp://exemple.fr", "miroir refusé"), ("http://u:p@x/?a", "http://x/[?]a :")],
)
def test_a_mirror_that_is_none_is_said(home, tmp_path, place, message):
    with pytest.raises(GeoInputError, match=message):
        run(home, mirror=place if ":" in place else str(tmp_path / place))


def test_a_web_mirror_with_a_manifest_gives_only_what_is_asked(site, home):
    promised = {"alpha": ["a dir/a.csv"], "beta": ["beta", "beta2"], "gamma": ["lost.csv"], "delta": ["x"]}
    site["/m/manifest.json"] = Page(json.dumps(promised).encode())
    site["/m/a%20dir/a.csv"] = Page(text("alpha", "from afar"))
    site["/m/beta"], site["/m/beta2"] = Page(text("beta", "x", rank=2)), Page(text("beta", "y"))
    report = run(home, site, mirror=f"{site.url}/m")
    assert outcomes(report) == [Outcome.UPDATED, Outcome.UPDATED, Outcome.FAILED]
    assert rows(home) == "from afar" and rows(home, "beta") == "x\ny"
    _match_any(report.results[2].reasons, "introuvable")
    assert "/m/x" not in [path for path, _ in site.requests]
    assert outcomes(run(home, site, mirror=f"{site.url}/m/", kinds=["alpha"])) == [Outcome.UNCHANGED]
    assert current("alpha", home).manifest.inputs[0].address == f"{site.url}/m/a%20dir/a.csv"


@pytest.mark.parametrize(
    "path", ["../alpha", "/alpha", "http://127.0.0.1:9/x", "a/%2e%2e/%2e%2e/x", "//127.0.0.1/x", "//["]
)
def test_a_manifest_may_not_lead_out_of_the_mirror(site, home, path):
    site["/m/manifest.json"] = Page(json.dumps({"alpha": [path]}).encode())
    with pytest.raises(GeoInputError, match="sort du miroir"):
        run(home, site, mirror=f"{site.url}/m/")


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"alpha": "x"}', b'{"alpha": [1]}', b"\xff", b"3", b"[" * 100_000])
def test_a_manifest_of_another_form_is_refused(site, home, body):
    site["/m/manifest.json"] = Page(body)
    with pytest.raises(GeoInputError, match="illisible"):
        run(home, site, mirror=f"{site.url}/m/")


def test_a_web_mirror_without_manifest_is_walked_within_its_bounds(site, home):
    site["/m/"] = Page(
        b'<a href="?C=N">Name</a><a href="../">Parent</a><a href="sub/">sub</a><a href="/alpha">out</a>'
        b'<a href="http://exemple.invalid/x.csv">far</a><a href="//[">odd</a><a href="readme.html">x</a><a>none</a>'
    )
    site["/m/sub/"] = Page(b'<a href="a.csv">a</a> <a href="/m/sub/b%20c.csv">b</a> <a href="../">up</a>')
    site["/m/sub/a.csv"], site["/m/sub/b%20c.csv"] = Page(text("alpha", "walked")), Page(text("beta", "w"))
    report = run(home, site, mirror=f"{site.url}/m")
    assert outcomes(report) == [Outcome.UPDATED, Outcome.UPDATED, Outcome.ABSENT] and rows(home) == "walked"
    assert {path for path, _ in site.requests} == {"/m/manifest.json", "/m/", "/m/sub/", "/m/sub/a.csv",
                                                   "/m/sub/b%20c.csv"}  # fmt: skip


def test_a_mirror_that_does_not_answer_is_said(home):
    with pytest.raises(GeoInputError, match="injoignable"):
        run(home, mirror="http://127.0.0.1:9/m")


# --- the command
@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, site: Site):
    """Run the command on the small sources: `command("--layer", "alpha")`."""
    monkeypatch.setattr(sync_cli, "load_sources", lambda: catalogue(site))
    monkeypatch.setattr("geo.sources.synchronise.load_sources", lambda: catalogue(site))
    monkeypatch.setattr("geo.sources.synchronise.Readers", readers)

    def start(*arguments: str) -> list[str]:
        parser = ArgumentParser()
        sync_cli.add_parser(parser.add_subparsers())
        return list(sync_cli.run(parser.parse_args(["sync", *arguments])))

    return start


def test_the_command_sums_up_and_tells_progress_on_stderr(command, capsys):
    lines = command()
    assert [line.split()[0] for line in lines[:4]] == ["couche", "alpha", "beta", "gamma"]
    assert "mis à jour" in lines[1] and "2025" in lines[1] and "1\xa0fichier" in lines[1]
    assert lines[-1] == "3\xa0couches à jour sur 3."
    told = capsys.readouterr()
    assert told.out == "" and "alpha : mis à jour, 2\xa0lignes" in told.err and "\r" not in told.err
    assert "inchangé" in command("--layer", "alpha", "--layer", "beta")[1]


def test_the_command_lists_without_doing_anything(command, site):
    before = command("--list")
    assert len(before) == 4 and "–" in before[1] and site.requests == []
    command("--layer", "alpha")
    assert "2\xa0lignes" in command("--list")[1]


def test_the_command_takes_its_mirror_from_the_environment(command, mirror, monkeypatch, site):
    monkeypatch.setenv("CLSM_MIRROR", str(mirror))
    assert "absent du miroir" in command()[3] and site.requests == []


def test_the_command_fails_with_status_one_when_nothing_works(command, site, monkeypatch, tmp_path):
    site.pages.clear()
    with pytest.raises(sync_cli.SyncFailedError, match="introuvable") as caught:
        command()
    assert caught.value.exit_code == 1
    (tmp_path / "void").mkdir()
    with pytest.raises(sync_cli.SyncFailedError, match="absent du miroir"):
        command("--mirror", str(tmp_path / "void"))


def test_the_command_says_offline_in_one_line(command, monkeypatch, capsys):
    monkeypatch.setattr("geo.sources.synchronise.load_sources", catalogue)
    with pytest.raises(sync_cli.SyncFailedError) as caught:
        command()
    assert caught.value.problems == (sync_cli.OFFLINE,) and "\n" not in sync_cli.OFFLINE
    assert {line.split(" : ")[1] for line in capsys.readouterr().err.splitlines()} <= {"téléchargement…"}
    with pytest.raises(sync_cli.SyncFailedError, match=r"127\.0\.0\.1 : serveur injoignable"):
        command("--mirror", "http://127.0.0.1:9/")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_one_moving_line_with_bytes_and_rate(site, home, monkeypatch):
    monkeypatch.setattr(sync_cli, "EVERY_S", 0.0)
    monkeypatch.setenv("COLUMNS", "200")
    site["/alpha"] = Page(text("alpha", *["row"] * 100_000), block=50_000, block_delay_s=0.01)
    stream = Terminal()
    run(home, site, progress=sync_cli.Screen(stream).show)
    assert "sur 400\xa0ko à " in stream.getvalue() and "█" in stream.getvalue() and "/s" in stream.getvalue()
    assert stream.getvalue().count("\n") == 3


# --- the real mirror
@pytest.mark.mirror
@pytest.mark.skipif(not MIRROR.is_dir(), reason=f"no mirror of real files at {MIRROR.name}: set CLSM_MIRROR")
def test_every_kind_of_the_real_mirror_arrives_and_twice_changes_nothing(home):
    first = sync(mirror=str(MIRROR), home=home)
    got = {result.kind: result.outcome for result in first.results}
    for kind in ("populations", "epci", "ept", "densite", "qpv", "ressources", "cpts", "carreaux"):
        assert got[kind] is Outcome.UPDATED, next(r for r in first.results if r.kind == kind)
    assert got["contours"] is Outcome.ABSENT
    assert got["frr"] is Outcome.FAILED  # it holds the repealed ZRR, which are refused by name
    second = sync(mirror=str(MIRROR), home=home)
    kept = {Outcome.UPDATED: Outcome.UNCHANGED}
    assert {r.kind: r.outcome for r in second.results} == {kind: kept.get(o, o) for kind, o in got.items()}
    assert current("densite", home).manifest.rows == 34_875 and current("qpv", home).manifest.rows == 1_584


def test_the_catalogue_and_the_readers_know_the_same_kinds():
    from geo.sources import load_sources
    from geo.sources.readers import READERS

    sources = load_sources()
    assert set(READERS) == set(sources)
    assert all(READERS[kind].several for kind, s in sources.items() if len(s.files) > 1)
