"""What changed behind saved perimeters: said commune by commune and layer by layer, and nothing where nothing did."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import geo.__main__ as cli
from geo import register
from geo.cli import watch as watch_cli
from geo.communes import approximate_density
from geo.dataset import Dataset
from geo.layers import Etat, Layer
from geo.register import Origin, Statement
from geo.scenarios import Scenario, Workbook, pack, to_file, vintage_of
from geo.watch import inside, layer_news, read_saved_perimeters, watch
from tests.register.edited import edit
from tests.support import real
from tests.support.grid import crosswalk, draw, layer, plain, zone

ATLAS = draw([[1_000, 2_000, 3_000, 4_000]], former={"01099": ("01001", "Vieux-Bourg")})
OLD = layer(ATLAS, "clsm", {"a": zone("01001", nom="CLSM A"), "b": zone("01004", nom="CLSM B")})
NEW = layer(
    ATLAS,
    "clsm",
    {
        "a": zone("01001", "01002", nom="CLSM A"),
        "c": zone("01002", nom="CLSM C", etat=Etat.PROJET),
        "b": zone("01004", nom="CLSM B"),
    },
)


def world(clsm: Layer, **known: object) -> Dataset:
    made = crosswalk(ATLAS, {}).layers | {"clsm": clsm}
    from geo.layers import build_crosswalk

    return Dataset(build_crosswalk(ATLAS, made), approximate_density(ATLAS), None, {}, **known)  # type: ignore[arg-type]


def published(home: Path, clsm: Layer, number: int = 0) -> date:
    """Publish a layer, and return the day that the register wrote: the clock may pass midnight during a test."""
    statement = Statement("ARS", "2026", "Ana")
    version = register.keep(clsm, statement, Origin("clsm.csv", "0" * 64, 1, "csv"), None, ATLAS, home=home)
    register.publish(version, who="Ana", seen=number, home=home)
    return date.fromisoformat(register.history("clsm", home)[0].at[:10])


def said(codes: set[str], clsm: Layer, home: Path, since: date) -> list[str]:
    here = world(clsm, bases={"clsm": OLD})
    rows = ATLAS.rows(sorted(codes))
    return [plain(text) for news in layer_news(here, since, home) for text in inside(news, rows, ATLAS)]


def test_a_layer_published_since_is_told_to_the_perimeters_that_it_concerns(tmp_path: Path) -> None:
    day = published(tmp_path, NEW)
    assert said({"01002", "01003"}, NEW, tmp_path, day) == [
        "CLSM : « CLSM C » ajouté, sur 1 commune d’ici.",
        "CLSM : « CLSM A » modifié (communes : 1 de plus ; habitants : 1 000 → 3 000).",
    ]
    assert said({"01003", "01004"}, NEW, tmp_path, day - timedelta(days=1)) == []
    assert said({"01002"}, NEW, tmp_path, day + timedelta(days=1)) == []


def test_a_list_that_has_become_complete_changes_what_was_unknown(tmp_path: Path) -> None:
    whole = replace(OLD, extent=frozenset({"01"}))
    day = published(tmp_path, whole)
    assert said({"01003"}, whole, tmp_path, day) == ["CLSM : liste désormais complète pour 01."]
    here = world(OLD, bases={"clsm": whole})
    (news,) = layer_news(here, day, tmp_path)
    assert [plain(t) for t in inside(news, ATLAS.rows(["01003"]), ATLAS)] == [
        "CLSM : liste qui n’est plus complète pour 01."
    ]


def test_a_layer_put_back_as_it_was_is_no_news(tmp_path: Path) -> None:
    day = published(tmp_path, NEW)
    register.withdraw("clsm", who="Bob", seen=1, home=tmp_path)
    assert said({"01002"}, OLD, tmp_path, day) == []


def test_a_former_state_that_is_lost_is_said_to_be_so(tmp_path: Path) -> None:
    published(tmp_path, OLD)
    day = published(tmp_path, NEW, 1)
    edit(tmp_path, "UPDATE clsm_events SET at = '2026-01-05T10:00:00+01:00', version_id = 99 WHERE revision = 1")
    assert "n’est plus lisible" in said({"01003"}, NEW, tmp_path, day)[0]


def test_a_commune_renamed_or_merged_is_said_with_both_names(tmp_path: Path) -> None:
    here = world(OLD)
    book = Workbook((Scenario("Nord", frozenset({"01001", "01002"})),), vintage=vintage_of(here))
    content = json.loads(to_file(book, ATLAS))
    content["donnees"]["communes"] = 2025
    content["scenarios"][0]["communes"] = [
        {"code": "01099", "nom": "Vieux-Bourg"},
        {"code": "01002", "nom": "Bourg-le-Vieux"},
    ]
    path = tmp_path / "p.json"
    path.write_text(json.dumps(content))
    found = watch(read_saved_perimeters([str(path)], here), (), here, date.today())
    texts = {seen.name: [plain(t) for t in seen.said] for seen in found}
    assert "Vieux-Bourg (01099) fait maintenant partie de" in " ".join(texts[""])
    assert texts["Nord"] == ["Commune renommée : Bourg-le-Vieux (01002) s’appelle maintenant Bourg 2."]


def test_the_same_names_and_data_are_nothing_to_say(tmp_path: Path) -> None:
    here = world(OLD)
    book = Workbook((Scenario("Nord", frozenset({"01001"})),), vintage=vintage_of(here))
    (tmp_path / "p.json").write_bytes(to_file(book, ATLAS))
    link = f"https://exemple.fr/Perimetre?lien={pack(book, ATLAS)}&carte=dep-01"
    (tmp_path / "lien.txt").write_text(f"{link}\n")
    found = watch(
        read_saved_perimeters([str(tmp_path / "p.json"), link, str(tmp_path / "lien.txt")], here),
        (),
        here,
        date.today(),
    )
    assert [(s.where, s.name) for s in found if s.name] == [
        ("p.json", "Nord"), ("https://exemple.fr/Perimetre?lien=…", "Nord"), ("lien.txt", "Nord"),
    ]  # fmt: skip
    assert not any(s.said for s in found)


# --- the command ------------------------------------------------------------------------------------------------
@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(watch_cli, "open_dataset", real.world)
    monkeypatch.setenv("CLSM_HOME", str(tmp_path / "home"))
    book = Workbook((Scenario("Créteil", frozenset({"94028"})),), vintage=vintage_of(real.world()))
    path = tmp_path / "creteil.json"
    path.write_bytes(to_file(book, real.atlas()))
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["watch", *arguments])
    out, err = capsys.readouterr()
    return code, plain(out), plain(err)


def test_nothing_changed_ends_with_zero(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--since", "26/10/2026", str(saved))
    assert (code, err) == (0, "") and out == "Rien n’a changé depuis le 26/10/2026 derrière 1 périmètre.\n"


def test_something_changed_ends_with_one_and_json_says_the_same(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.loads(saved.read_text())
    content["scenarios"][0]["communes"][0]["nom"] = "Créteil-Village"
    saved.write_text(json.dumps(content))
    code, out, _ = run(capsys, "--since", "2026-10-26", str(saved))
    assert code == 1 and "creteil.json, « Créteil »\n  Commune renommée : Créteil-Village (94028)" in out
    code, out, _ = run(capsys, "--since", "2026-10-26", str(saved), "--json")
    found = json.loads(out)
    assert (code, found["change"], found["perimetres"][1]["perimetre"]) == (1, True, "Créteil")


@pytest.mark.parametrize(
    ("since", "body", "sentence"),
    [
        ("hier", None, "n’est pas un jour"),
        ("2999-01-01", None, "est à venir"),
        ("2026-10-26", b"{", "JSON"),
        ("2026-10-26", b"", "vide"),
        ("2026-10-26", b"x?lien=1zzz", "lien"),
    ],
)
def test_bad_input_ends_with_two_and_a_sentence(
    saved: Path, capsys: pytest.CaptureFixture[str], since: str, body: bytes | None, sentence: str
) -> None:
    if body is not None:
        saved.write_bytes(body)
    code, out, err = run(capsys, "--since", since, str(saved))
    assert (code, out) == (2, "") and sentence in err and "Traceback" not in err


def test_a_file_that_is_absent_is_named(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "--since", "2026-10-26", str(saved), "absent.json")
    assert code == 2 and err.startswith("absent.json : fichier introuvable")
