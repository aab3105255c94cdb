"""What the authors chose and noted goes into the file: budget, answers of the bodies, associations that somebody named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.agreements import NO_AGREEMENTS, Agreements, Entry, Status
from geo.budget import Budget, Funder
from geo.dossier import Dossier, make_piece
from geo.dossier.blocks import Heading, Text
from geo.dossier.letters import KINDS, letters
from tests.dossier.test_dossier import bare, dossier_of, text_of
from tests.support.grid import plain

BUDGET = Budget(posts=100, funders=(Funder.COMMUNES, Funder.ARS))
NOTED = (
    Entry("commune:94028", Status.DELIBERATED, day="2026-11-20", reference="2026-118", text="Séance houleuse.", noted="2026-11-20"),
    Entry("fonction:gem", text="GEM La Bouée", who="CCAS", noted="2026-11-20"),
)  # fmt: skip


def chosen(budget: Budget = BUDGET) -> Dossier:
    plainly = dossier_of()
    agreements: Agreements = NO_AGREEMENTS
    for entry in NOTED:
        agreements = agreements.record(entry)
    export = replace(plainly.export, scenario=replace(plainly.export.scenario, budget=budget), agreements=agreements)
    return Dossier(export)


def test_the_budget_chosen_takes_the_place_of_the_recommended_cost_everywhere() -> None:
    dossier = chosen()
    value, label = dossier.figures[3]
    assert plain(value) == "au moins 0,23 €"  # 60 000 € over 260 211 inhabitants; running costs are not known
    assert "budget choisi pour 1 ETP" in plain(label)
    assert "60 000 € par an" in plain(dossier.note.front.cost)
    assert "Communes 30 000 €" in plain(dossier.note.front.cost)
    for path in (
        "1-note.pdf",
        "2-deliberation.odt",
        "5-diapositives.pptx",
        "7-facile-a-lire.docx",
        "8-page-a-consulter.html",
    ):
        assert bare(value) in bare(text_of(path, make_piece(path, dossier))), path


def test_a_letter_says_what_the_commune_would_bear_and_nothing_while_nobody_pays() -> None:
    said = [plain(b.text) for b in letters(chosen(), KINDS[0]).blocks if isinstance(b, Text)]
    assert any("Votre commune, Vitry-sur-Seine : au moins 10 833,09 € par an" in t for t in said), said
    unshared = [plain(b.text) for b in letters(chosen(Budget(posts=100)), KINDS[0]).blocks if isinstance(b, Text)]
    assert not any("€ par an, soit 0,12" in t for t in unshared)


@pytest.mark.parametrize(
    "path", ["1-note.pdf", "1-note.docx", "2-deliberation.odt", "4-convention.docx", "8-page-a-consulter.html"]
)
def test_answers_and_budget_are_printed_without_the_remarks(path: str) -> None:
    text = bare(text_of(path, make_piece(path, chosen())))
    for words in ("Budget choisi", "Accords, interlocuteur par interlocuteur", "2026-118"):
        assert bare(words) in text
    assert bare("Séance houleuse") not in text


def test_nothing_chosen_leaves_no_empty_table() -> None:
    assert (dossier_of().note.budget, dossier_of().note.noted) == ((), ())


def test_an_association_that_somebody_named_has_its_letter() -> None:
    heads = [b.text for b in letters(chosen(), KINDS[3]).blocks if isinstance(b, Heading)]
    assert heads == ["GEM La Bouée"]
