"""What is published of a draft: rows left to settle keep a place, completeness is tested and dated, answers are remembered."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geo.coverage import Status, coverage_state
from geo.coverage.status import commune_status
from geo.dataset import Dataset, dataset, open_dataset
from geo.errors import GeoInputError
from geo.guidance import run_checks
from geo.imports import Answers, Doubt, ImportDraft, Review, keep_and_publish, read_import, remembered
from geo.imports.reserves import gaps, unsettled_places
from geo.perimeters import Perimeter
from geo.register import Statement, register
from tests.register.edited import edit
from tests.support import real
from tests.support.grid import draw, layer, plain, zone

CALAIS, LENS, COQUELLES = "62193", "62498", "62239"
LIST = "Nom du CLSM;Département;Commune\nCLSM du Calaisis;62;{}\nCLSM du Calaisis;62;Coquelles\nCLSM de Lens;62;Lens\n"
SAID = Statement("ARS", "2026", "Ana", frozenset({"62"}))
CALLAIS = Doubt(
    "ligne", "ligne/callais", "ligne 2 : « Callais » n’est pas une commune. Peut-être Calais ?", "Callais",
    rows=(2,), candidates=(("Calais (62)", CALAIS),), atoms=(CALAIS,), departements=("62",), blocking=False,
)  # fmt: skip


def read(text: str, *doubts: Doubt, answers: Answers | None = None) -> ImportDraft:
    """Read a list; the rows that it refuses leave these doubts, whatever the reading asks of itself."""
    draft = read_import(text.encode(), "liste.csv", "clsm", atlas=real.atlas(), answers=answers)
    return replace(draft, doubts=doubts)


def put_in_use(home: Path, draft: ImportDraft, said: Statement = SAID) -> Dataset:
    known = remembered(draft, home)
    review = Review(draft, said, open_dataset(home), known.list_key if known else "")
    keep_and_publish(review, seen=register.head("clsm", home).revision, home=home)
    return open_dataset(home)


def status(opened: Dataset, code: str, *, stated: tuple[str, ...] = ()) -> Status:
    found = commune_status(opened.atlas, opened.crosswalk.layers["clsm"], complete=stated)
    return Status(int(found[opened.atlas.row[code]]))


# --- rows left to settle ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("doubts", [(CALLAIS,), ()], ids=["with its candidate", "with nothing known of it"])
def test_a_commune_that_a_refused_row_may_speak_of_is_unknown_in_every_view(
    tmp_path: Path, doubts: tuple[Doubt, ...]
) -> None:
    opened = put_in_use(tmp_path, read(LIST.format("Callais"), *doubts))
    for stated in ((), ("62",)):
        assert status(opened, CALAIS, stated=stated) is Status.INCONNU
        assert status(opened, LENS, stated=stated) is Status.COUVERT
    state = coverage_state(opened.crosswalk, opened.density, complete=("62",))
    row = opened.atlas.row[CALAIS]
    assert not state.known_here("clsm", np.array([row]))
    assert state.people["inconnus"][row] == opened.atlas.population[row]
    found = {check.id: finding for check, finding in run_checks(opened.facts(Perimeter(frozenset({CALAIS}))))}
    assert "62" not in opened.crosswalk.layers["clsm"].extent
    assert found, "checks run on it"
    version = register.head("clsm", tmp_path).version
    assert version is not None
    assert (version.statement.extent, version.settled.unsettled) == (frozenset(), {CALAIS} if doubts else {"62"})


def test_settling_the_row_in_the_next_file_of_the_list_makes_the_departement_complete(tmp_path: Path) -> None:
    put_in_use(tmp_path, read(LIST.format("Callais"), CALLAIS))
    opened = put_in_use(tmp_path, read(LIST.format("Calais")))
    assert status(opened, CALAIS) is Status.COUVERT
    assert status(opened, "62041") is Status.NON_COUVERT
    register.publish(register.find("clsm", 1, tmp_path), who="Ana", seen=2, home=tmp_path)
    assert status(open_dataset(tmp_path), CALAIS, stated=("62",)) is Status.INCONNU, "going back goes back to the doubt"
    register.withdraw("clsm", who="Ana", seen=3, home=tmp_path)
    assert open_dataset(tmp_path).crosswalk.layers["clsm"].withheld == frozenset()


def test_nothing_is_taken_away_where_the_list_cannot_be_complete(tmp_path: Path) -> None:
    review = Review(read(LIST.format("Callais"), CALLAIS), SAID, open_dataset(tmp_path))
    assert [plain(text) for text in review.refused_extent] == [
        "Pas-de-Calais (62) ne peut pas être dit complet tant que des lignes qui peuvent en parler sont à régler (1 ligne)."
    ]
    assert review.difference.removed == ()
    assert review.losses_text == []


@pytest.mark.parametrize(
    ("doubt", "places"),
    [
        (CALLAIS, {CALAIS}),
        (replace(CALLAIS, atoms=()), {"62"}),
        (replace(CALLAIS, atoms=(), departements=()), {"62"}),
        (replace(CALLAIS, atoms=(), departements=("2A",)), {"2A"}),
        (replace(CALLAIS, atoms=(CALAIS, "80021")), {CALAIS, "80021"}),
        (replace(CALLAIS, proposal=CALAIS), set()),
        (replace(CALLAIS, kind="valeur"), set()),
    ],
)
def test_a_row_speaks_of_its_candidates_else_of_its_departement_else_of_those_of_its_list(
    doubt: Doubt, places: set[str]
) -> None:
    assert unsettled_places(read(LIST.format("Calais"), doubt), real.atlas()) == places


def test_a_row_set_aside_on_purpose_keeps_no_place() -> None:
    draft = read(LIST.format("Calais"), CALLAIS)
    draft = replace(draft, answers=Answers({CALLAIS.key: "à part"}))
    assert unsettled_places(draft, real.atlas()) == frozenset()


def test_a_clsm_said_dissolved_leaves_and_is_told_and_comes_back_with_the_version_before(tmp_path: Path) -> None:
    put_in_use(tmp_path, read(LIST.format("Calais")), replace(SAID, extent=frozenset()))
    text = "Nom du CLSM;Département;Commune\nCLSM d’Arras;62;Arras\n"
    draft = replace(read(text), dissolved=("CLSM DU CALAISIS",))
    review = Review(draft, replace(SAID, extent=frozenset()), open_dataset(tmp_path))
    assert plain(review.losses_text[0]).startswith("1 CLSM en service, ")
    opened = put_in_use(tmp_path, draft, replace(SAID, extent=frozenset()))
    assert (status(opened, CALAIS), status(opened, LENS)) == (Status.INCONNU, Status.COUVERT)
    register.publish(register.find("clsm", 1, tmp_path), who="Ana", seen=2, home=tmp_path)
    assert status(open_dataset(tmp_path), CALAIS) is Status.COUVERT


# --- until when -------------------------------------------------------------------------------------------------
def test_a_list_is_complete_until_the_day_stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = put_in_use(tmp_path, read(LIST.format("Calais")), replace(SAID, until="2999-06-30"))
    assert status(opened, "62041") is Status.NON_COUVERT
    (stated,) = opened.crosswalk.layers["clsm"].declared
    assert (stated.who, stated.departements, stated.until, stated.lapsed) == ("Ana", {"62"}, "2999-06-30", False)
    token = dataset.token(tmp_path)
    monkeypatch.setattr("geo.register.model.Statement.lapsed", lambda self: "2999-07-01" > self.until > "")
    assert dataset.token(tmp_path) != token, "what was computed of a complete list is not kept past its last day"
    later = open_dataset(tmp_path)
    assert status(later, "62041") is Status.INCONNU
    assert status(later, CALAIS) is Status.COUVERT
    assert later.crosswalk.layers["clsm"].declared[0].lapsed
    assert [z for z in later.crosswalk.layers["clsm"].zones["nom"] if "Lens-Hénin" in z] == []


@pytest.mark.parametrize("until", ["demain", "2030-13-01", "30/06/2030"])
def test_a_last_day_that_is_no_day_is_refused(tmp_path: Path, until: str) -> None:
    with pytest.raises(GeoInputError, match="date de fin illisible"):
        put_in_use(tmp_path, read(LIST.format("Calais")), replace(SAID, until=until))
    assert register.versions("clsm", tmp_path) == []


def test_the_last_day_itself_still_holds() -> None:
    said = replace(SAID, until="2030-06-30")
    assert [said.lapsed(dt.date(2030, 6, day)) for day in (29, 30)] == [False, False]
    assert said.lapsed(dt.date(2030, 7, 1))
    assert not SAID.lapsed(dt.date(2999, 1, 1))


# --- partitions -------------------------------------------------------------------------------------------------
GRID = draw([[100, 200, 300], [400, 500, 600]], departement=[["01"] * 3, ["02"] * 3])


def test_communes_in_no_sector_or_in_several_are_counted() -> None:
    sectors = layer(
        GRID, "secteurs-adultes", {"a": zone("01001", "01002"), "b": zone("01002", part=("02004",)), "c": zone(part=("02004",))}
    )  # fmt: skip
    found = gaps(sectors, ("01", "02"), GRID)
    assert [plain(gap.sentence) for gap in found] == [
        "Département 01 (01) : 1 commune, 300 habitants, n’a pas de secteur.",
        "Département 01 (01) : 1 commune, 200 habitants, est dans plusieurs secteurs.",
        "Département 02 (02) : 2 communes, 1 100 habitants, n’ont pas de secteur.",
    ]
    assert gaps(sectors, ("01",), GRID) == found[:2], "only where it is stated complete"
    assert gaps(layer(GRID, "clsm", {"a": zone("01001")}), ("01",), GRID) == (), "a CLSM need not be everywhere"


def test_a_list_of_sectors_with_holes_is_complete_only_in_words(tmp_path: Path) -> None:
    text = "Secteur;Commune;Département\n62G01;Calais;62\n62G01;Coquelles;62\n"
    draft = read_import(text.encode(), "secteurs.csv", "secteurs-adultes", atlas=real.atlas())
    draft = replace(draft, doubts=())
    review = Review(draft, SAID, open_dataset(tmp_path))
    with pytest.raises(GeoInputError, match=r"n’ont pas de secteur"):
        keep_and_publish(review, seen=0, home=tmp_path)
    assert register.versions("secteurs-adultes", tmp_path) == []
    said = replace(SAID, accepted=tuple(gap.sentence for gap in review.gaps))
    version = keep_and_publish(replace(review, statement=said), seen=0, home=tmp_path)
    assert [plain(t) for t in version.statement.accepted] == [plain(t) for t in said.accepted]
    keep_and_publish(Review(draft, replace(SAID, extent=frozenset()), open_dataset(tmp_path)), seen=1, home=tmp_path)


# --- what was settled is remembered -----------------------------------------------------------------------------
def test_what_was_settled_comes_back_with_the_next_file_of_the_same_list(tmp_path: Path) -> None:
    answers = Answers({"ligne/callais": CALAIS, "valeur/etat/en sommeil": "dissous"})
    draft = replace(read(LIST.format("Callais"), CALLAIS), answers=answers)
    assert remembered(draft, tmp_path) is None
    put_in_use(tmp_path, draft)
    found = remembered(read(LIST.format("Calais").replace("Lens", "Arras")), tmp_path)
    assert found is not None
    assert dict(found.answers.given) == dict(answers.given)
    assert (found.version.number, found.version.statement.who) == (1, "Ana")


@pytest.mark.parametrize(
    "text",
    [
        LIST.format("Calais").replace("Commune", "Ville"),
        "Nom du CLSM;Département;Commune\nCLSM de Rouen;76;Rouen\n",
    ],
    ids=["other headers", "another département"],
)
def test_another_list_is_not_settled_by_the_answers_of_this_one(tmp_path: Path, text: str) -> None:
    put_in_use(tmp_path, replace(read(LIST.format("Callais")), answers=Answers({"ligne/callais": CALAIS})))
    assert remembered(read(text), tmp_path) is None


def test_answers_that_were_damaged_in_the_register_are_none(tmp_path: Path) -> None:
    put_in_use(tmp_path, replace(read(LIST.format("Calais")), answers=Answers({"ligne/callais": CALAIS})))
    edit(tmp_path, "UPDATE clsm_statements SET answers = '{'")
    found = remembered(read(LIST.format("Calais")), tmp_path)
    assert found is not None and dict(found.answers.given) == {}


@pytest.mark.parametrize("column", ["until", "unsettled"])
def test_a_statement_that_no_longer_reads_forbids_using_its_version(tmp_path: Path, column: str) -> None:
    put_in_use(tmp_path, read(LIST.format("Calais")))
    edit(tmp_path, f"UPDATE clsm_statements SET {column} = 'xx'")
    opened = open_dataset(tmp_path)
    assert opened.imported == {}
    assert "ne se lit plus" in " ".join(opened.notices)


def test_a_version_kept_before_statements_were_is_whole(tmp_path: Path) -> None:
    put_in_use(tmp_path, read(LIST.format("Calais")))
    edit(tmp_path, "DELETE FROM clsm_statements")
    assert status(open_dataset(tmp_path), "62041") is Status.NON_COUVERT
    (version,) = register.versions("clsm", tmp_path)
    assert (version.faults, version.settled.answers, version.statement.until) == ((), "", "")


def test_nothing_is_kept_while_a_question_is_open_unless_the_proposal_is_accepted_on_purpose(tmp_path: Path) -> None:
    question = Doubt(
        "colonne", "colonne/nom", "Quelle colonne nomme les CLSM ?", "CLSM", proposal="CLSM", blocking=True
    )
    draft = read(LIST.format("Calais"), question)
    with pytest.raises(GeoInputError, match="Quelle colonne nomme les CLSM"):
        keep_and_publish(Review(draft, SAID, open_dataset(tmp_path)), seen=0, home=tmp_path)
    assert register.versions("clsm", tmp_path) == []
    keep_and_publish(Review(draft, SAID, open_dataset(tmp_path), accept_proposals=True), seen=0, home=tmp_path)
    assert register.head("clsm", tmp_path).revision == 1
