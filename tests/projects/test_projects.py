"""Projects followed by an ARS: kept with who and when, never edited, refused when a colleague was quicker, exchanged as tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import register
from geo.communes import approximate_density
from geo.dataset import Dataset
from geo.errors import GeoInputError
from geo.imports import keep
from geo.layers import Etat
from geo.projects import (
    Kept,
    Project,
    Step,
    changes,
    earliest,
    history,
    kept,
    latest,
    months_before,
    projects_table,
    read_table,
    save,
    save_all,
    signed_review,
    take,
    to_csv,
    to_xlsx,
)
from geo.projects.table import COLUMNS, rows_of, typed_date
from geo.register import ConflictError, State
from tests.register.edited import edit
from tests.support import real
from tests.support.grid import crosswalk, draw, plain

TODAY = date(2026, 11, 26)
ATLAS = draw([[1_000, 2_000, 3_000], [4_000, 5_000, 6_000]], epci=[["A", "A", "B"], ["A", "B", "B"]])
WORLD = Dataset(crosswalk(ATLAS), approximate_density(ATLAS), None, {})


def project(name: str = "Bourg 1", step: Step = Step.INTENTION, **known: object) -> Project:
    known.setdefault("codes", frozenset({"01001"}))
    return Project(name, "R01", step, **known)  # type: ignore[arg-type]


def kept_one(home: Path, one: Project | None = None, **known: object) -> Kept:
    return save(one or project(), who="Ana", atlas=ATLAS, home=home, today=TODAY, **known)  # type: ignore[arg-type]


def refusal(one: Project) -> str:
    with pytest.raises(GeoInputError) as refused:
        save(one, who="Ana", atlas=ATLAS, home=Path("/nowhere"), today=TODAY)
    return plain(" ".join(refused.value.problems))


def test_nothing_is_made_by_looking(tmp_path: Path) -> None:
    assert kept(home=tmp_path) == () and changes(home=tmp_path) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_project_is_kept_with_who_and_when_and_its_changes_are_told(tmp_path: Path) -> None:
    first = kept_one(tmp_path, project(dates={Step.INTENTION: "2025-03"}))
    moved = project(
        step=Step.DIAGNOSTIC, dates={Step.INTENTION: "2025-03", Step.DIAGNOSTIC: "2026-01-15"}, due="2027-01-31"
    )
    second = save(moved, who="Bob", atlas=ATLAS, number=first.id, seen=first.revision, home=tmp_path, today=TODAY)
    assert [(k.id, k.revision, k.who, k.project.step) for k in kept(home=tmp_path)] == [(1, 2, "Bob", Step.DIAGNOSTIC)]
    assert second == kept("R01", tmp_path)[0] and kept("R02", tmp_path) == ()
    assert [(c.revision, c.who, c.words) for c in history(1, tmp_path)] == [
        (2, "Bob", "Intention → Diagnostic, dates, prochaine étape"),
        (1, "Ana", "inscrit, à l’étape « Intention »"),
    ]
    assert changes(since=date(2100, 1, 1), home=tmp_path) == ()


def test_who_saw_an_older_revision_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    first = kept_one(tmp_path)
    kept_one(tmp_path, project(step=Step.AVIS), number=1, seen=first.revision)
    with pytest.raises(ConflictError, match="Entre-temps, Ana a modifié le projet n° 1"):
        kept_one(tmp_path, project(step=Step.SIGNATURE), number=1, seen=first.revision)
    assert [k.project.step for k in kept(home=tmp_path)] == [Step.AVIS]
    assert len(history(1, tmp_path)) == 2


def test_several_are_kept_all_or_none(tmp_path: Path) -> None:
    kept_one(tmp_path)
    with pytest.raises(GeoInputError, match="n° 9"):
        save_all([(project("Autre"), None, 0), (project(), 9, 1)], who="Ana", atlas=ATLAS, home=tmp_path, today=TODAY)
    assert [k.project.name for k in kept(home=tmp_path)] == ["Bourg 1"]


def test_a_row_that_can_no_longer_be_read_hides_no_other(tmp_path: Path) -> None:
    kept_one(tmp_path)
    kept_one(tmp_path, project("Bourg 2"))
    edit(tmp_path, "UPDATE clsm_projects SET content = '{' WHERE project = 1")
    assert [k.project.name for k in kept(home=tmp_path)] == ["Bourg 2"]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (project(" "), "Donnez un nom"),
        (project("=1+1"), "qu’un tableur prendrait pour une formule"),
        (project("x" * 121), "120 caractères"),
        (project(remark="vu avec Mme Dupont"), "Aucune donnée personnelle"),
        (project(next_step="écrire à a@b.fr"), "adresse électronique"),
        (project(dates={Step.INTENTION: "2027"}), "est à venir"),
        (project(dates={Step.SIGNATURE: "2025"}), "n’en est qu’à « Intention »"),
        (project(dates={Step.INTENTION: "hier"}), "« hier » n’est pas une date"),
        (project(due="2026-02-30"), "Échéance"),
        (
            project(step=Step.AVIS, dates={Step.INTENTION: "2026-05-01", Step.AVIS: "2026-04"}),
            "vient avant « Intention »",
        ),
        (project(codes=frozenset({"99999"})), "99999"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(one: Project, said: str) -> None:
    assert said in refusal(one)


def test_a_region_unknown_or_without_any_of_the_communes_is_refused() -> None:
    assert "R09" in refusal(Project("X", "R09"))


def test_a_month_or_a_year_is_a_span_of_days() -> None:
    assert (earliest("2026"), latest("2026")) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (earliest("2026-02"), latest("2026-02")) == (date(2026, 2, 1), date(2026, 2, 28))
    assert months_before(date(2026, 8, 31), 18) == date(2025, 2, 28)
    assert months_before(date(2026, 1, 15), 1) == date(2025, 12, 15)


def test_projects_are_in_the_backup_of_the_register(tmp_path: Path) -> None:
    kept_one(tmp_path / "one")
    kept_one(tmp_path / "one", project(step=Step.AVIS), number=1, seen=1)
    register.backup(tmp_path / "registre.zip", tmp_path / "one")
    register.restore(tmp_path / "registre.zip", tmp_path / "two")
    assert history(1, tmp_path / "two") == history(1, tmp_path / "one")


# --- tables -----------------------------------------------------------------------------------------------------
HEAD = ["Projet", "Étape", "Communes", "Date : intention", "Numéro", "Version", "Remarque"]


def test_a_table_says_what_it_would_change_row_by_row() -> None:
    held = [Kept(1, 2, project(dates={Step.INTENTION: "2025-03"}), "Bob", "2026-11-01T10:00:00+01:00")]
    rows = [
        ["Suivi régional"],
        HEAD,
        ["Bourg 1", "Avis rendu", "1001", "03/2025", "1", "2", ""],
        ["Bourg 5", "intention", "01005 ; 01006", "2026-03-12 00:00:00", "", "", ""],
        ["", "", "", "", "", "", ""],
    ]
    found = take(rows, "R01", held, ATLAS, TODAY)
    assert found.problems == ()
    assert [(p.name, p.step, sorted(p.codes), dict(p.dates), n, seen) for p, n, seen in found.changes] == [
        ("Bourg 1", Step.AVIS, ["01001"], {Step.INTENTION: "2025-03"}, 1, 2),
        ("Bourg 5", Step.INTENTION, ["01005", "01006"], {Step.INTENTION: "2026-03-12"}, None, 0),
    ]
    assert plain(found.sentence) == "1 projet nouveau, 1 modifié, 0 inchangé."


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["Bourg 1", "Avis", "", "", "1", "1", ""], "Bob a modifié le projet n° 1 depuis"),
        (["Bourg 1", "Avis", "", "", "", "", ""], "déjà suivi (projet n° 1)"),
        (["X", "presque", "", "", "", "", ""], "étape « presque » inconnue"),
        (["X", "", "", "", "", "", ""], "étape vide"),
        (["X", "Avis", "", "", "7", "1", ""], "projet n° 7"),
        (["X", "Avis", "99999", "", "", "", ""], "99999"),
        (["X", "Avis", "", "", "", "", "Marie Dupont suit"], "nom d’une personne"),
    ],
)
def test_a_row_that_makes_no_sense_is_named_and_nothing_else_is_lost(row: list[str], said: str) -> None:
    held = [Kept(1, 2, project(), "Bob", "2026-11-01T10:00:00+01:00")]
    found = take([HEAD, row, ["Bon", "Avis", "01002", "", "", "", ""]], "R01", held, ATLAS, TODAY)
    assert len(found.problems) == 1 and found.problems[0].startswith("Ligne") and said in plain(found.problems[0])
    assert [p.name for p, _, _ in found.changes] == ["Bon"]


def test_an_epci_gives_its_communes() -> None:
    found = take([["Projet", "Étape", "EPCI"], ["X", "avis", "B"], ["Y", "avis", "Z"]], "R01", [], ATLAS, TODAY)
    assert sorted(found.changes[0][0].codes) == ["01003", "01005", "01006"]
    assert "EPCI « Z » inconnu" in plain(found.problems[0])


@pytest.mark.parametrize("write", [to_csv, to_xlsx])
def test_what_is_written_is_read_back_the_same(write: Callable[..., bytes], tmp_path: Path) -> None:
    full = project(
        "CLSM ; « Bourg »", Step.SIGNATURE, dates={Step.INTENTION: "2024", Step.SIGNATURE: "2026-03-12"}, remark="à signer\u00a0!",
        due="2027-06-30", next_step="=somme", codes=frozenset({"01001", "01004"}),
    )  # fmt: skip
    held = [
        Kept(3, 4, full, "Ana", "2026-11-01T10:00:00+01:00"),
        Kept(5, 1, project(), "Ana", "2026-11-01T10:00:00+01:00"),
    ]
    path = tmp_path / "recu"
    path.write_bytes(write(held, ATLAS))
    found = take(rows_of(path, ATLAS, lambda *_: None, name="recu"), "R01", held, ATLAS, TODAY)
    assert (found.problems, found.changes, found.same, found.ignored) == ((), (), 2, ())


def test_what_is_no_table_of_projects_is_refused_with_a_sentence() -> None:
    for body, name in ((b"a;b\n1;2\n", "x.csv"), (b"\x00\x01", "x.xlsx")):
        with pytest.raises(GeoInputError, match=name):
            read_table(body, name, "32", [], real.atlas(), TODAY)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_a_date_typed_in_french_is_kept_as_its_day(day: date) -> None:
    assert typed_date(f"{day:%d/%m/%Y}") == day.isoformat() == typed_date(f"{day.isoformat()} 00:00:00")


def test_no_column_says_who() -> None:
    assert not [c for c in COLUMNS if "par" in c.lower().split()]


# --- a signed project -------------------------------------------------------------------------------------------
def test_a_signed_project_becomes_a_draft_of_the_layer_of_clsm(tmp_path: Path) -> None:
    signed = project(
        "Pays de Bourg", Step.SIGNATURE, dates={Step.SIGNATURE: "2026-03-12"}, codes=frozenset({"01001", "01002"})
    )
    review = signed_review(Kept(1, 1, signed, "Ana", ""), "Ana", WORLD)
    zones = review.brought.zones
    assert list(zones["nom"]) == ["CLSM du Pays de Bourg"] and list(zones["etat"]) == [Etat.EN_SERVICE]
    assert list(zones["annee"]) == ["2026"]
    assert (review.difference.inhabitants_before, review.difference.inhabitants_after) == (0, 3_000)
    version = keep(review, tmp_path)
    assert (version.state, register.head("clsm", tmp_path).revision) == (State.DRAFT, 0)


@pytest.mark.parametrize(
    "one",
    [project(step=Step.AVIS), project(step=Step.SIGNATURE, codes=frozenset()), project(step=Step.SIGNATURE, over=True)],
)
def test_a_project_that_is_not_signed_or_has_no_commune_does_not(one: Project) -> None:
    with pytest.raises(GeoInputError):
        signed_review(Kept(1, 1, one, "Ana", ""), "Ana", WORLD)


def test_the_table_to_import_says_which_are_announced() -> None:
    every = [Kept(1, 1, project(dates={Step.INTENTION: "2025-03"}), "Ana", "")]
    text = projects_table(every, ATLAS).decode("utf-8-sig")
    assert "CLSM de Bourg 1;01001;Bourg 1;01;entière;projet;2025;Suivi régional des projets, projet n° 1;" in text


def test_the_content_kept_is_plain_json(tmp_path: Path) -> None:
    kept_one(tmp_path)
    with closing(sqlite3.connect(register.register_folder(tmp_path) / "registre.sqlite")) as base:
        (content,) = base.execute("SELECT content FROM clsm_projects").fetchone()
    assert json.loads(content)["communes"] == ["01001"]
