"""What bodies answered in the files to take away: the same in the note, the editable note and the workbook; no remark in any."""

from __future__ import annotations

import io
import re
from datetime import date

import pandas as pd
import pytest
from docx import Document

from geo.agreements import NO_AGREEMENTS, Agreements, Entry, Status, copil_subject, follow
from geo.comparison import Candidate, evaluate, scale_of
from geo.exports import Export, make
from geo.scenarios import Scenario
from tests.exports.printed import texts as pages
from tests.support import real

CODES = frozenset({"94028", "94081"})
PRIVATE = "À ne pas dire en conseil."
HOSTILE = '=1+1 #panic() *x* <b>"'


def noted() -> Agreements:
    held = Agreements()
    for entry in (
        Entry("commune:94028", Status.DELIBERATED, "2026-11-12", "2026-45", PRIVATE, "Ville", "2026-11-20"),
        Entry("commune:94081", Status.REFUSED, who="Ville", noted="2026-11-20"),
        Entry("fonction:gem", text="GEM #La Bouée *", noted="2026-11-20"),
        Entry(copil_subject("intercommunale", "contre"), text=HOSTILE, noted="2026-11-20"),
    ):
        held = held.record(entry)
    return held


def export(agreements: Agreements) -> Export:
    scenario, world = Scenario("Créteil et Vitry", CODES), real.world()
    candidate = Candidate("x", "Scénario", scenario.name, CODES, scale_of(CODES, world.atlas))
    return Export(evaluate(candidate, world), world, scenario, made_on=date(2026, 11, 26), agreements=agreements)


def texts(kind: str, agreements: Agreements) -> str:
    """Return the text of a file, without its blanks."""
    made = make(kind, export(agreements))
    if kind == "pdf":
        found = list(pages(made))
    elif kind == "docx":
        document = Document(io.BytesIO(made))
        found = [p.text for p in document.paragraphs] + [
            c.text for t in document.tables for r in t.rows for c in r.cells
        ]
    else:
        sheets = pd.read_excel(io.BytesIO(made), sheet_name=None, header=None, dtype=str, engine="calamine")
        found = [str(c) for sheet in sheets.values() for c in sheet.to_numpy().ravel() if isinstance(c, str)]
    return bare(" ".join(found))


def bare(text: str) -> str:
    return re.sub(r"[\s\u00ad\u200b]", "", text)


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx"])
def test_every_file_says_who_agreed_who_is_at_the_table_and_what_the_copil_sees(kind: str) -> None:
    agreements = noted()
    text = texts(kind, agreements)
    found = follow(export(agreements).facts, agreements)
    for said in (found.sentence, "2026-45", "12/11/2026", "refusé", "GEM #La Bouée *", HOSTILE.removeprefix("=")):
        assert bare(said) in text, said
    assert bare(PRIVATE) not in text


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_nothing_noted_prints_no_table_of_answers(kind: str) -> None:
    text = texts(kind, NO_AGREEMENTS)
    assert bare("interlocuteur par interlocuteur") not in text
    assert bare("Avis du comité de pilotage sur chaque échelle") not in text
