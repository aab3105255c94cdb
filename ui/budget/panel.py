"""What the budget comes to: a sentence, the expenses, who bears what, one's own commune, the file; the guide's scenarios folded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import streamlit as st

from geo import french as fr
from geo.budget import (
    COFUNDERS,
    RECOMMENDED,
    SCENARIOS,
    SHARED_OUT,
    SOURCE,
    Budget,
    BudgetRow,
    Costing,
    budget_rows,
    costed,
    per_inhabitant_text,
    post_remarks,
    staffing_rows,
    summary_sentence,
    town_sentence,
)
from geo.exports import neutral
from geo.perimeters import Perimeter, PerimeterFacts
from ui import frame, html, loaders
from ui.budget import choices
from ui.choices import distinct, pick_one

BUDGET_STYLE = """
<style>
ul.clsm-budget {font-size:.87rem; color:#55606a; line-height:1.4; margin:.1rem 0 .2rem; padding-left:1.1rem;} ul.clsm-budget li {margin:0;}
</style>
"""
FILE_NAME = "budget.csv"
MOST_SHOWN = 40  # payers of one funder on screen; the file holds them all
_CAUTION = (
    "Ordres de grandeur : le coût d’un temps plein est celui des charges salariales de 2024 selon le guide, sauf montant saisi. "
    f"Source : {SOURCE} ; « Financement » (partie 5)."
)


@st.fragment
def budget_panel(perimeter: Perimeter, write: Callable[[], None]) -> None:
    """Show the budget of a perimeter that is not empty; `write` puts what was chosen in the address of the page."""
    facts = loaders.facts(perimeter)
    budget = frame.workbook().scenario.budget
    found = costed(budget, facts)
    remarks = "".join(
        f"<li>{html.escape(text)}</li>" for text in post_remarks(budget.posts, len(facts.towns), facts.population)
    )
    st.html(
        html.section("Budget par an")
        + f"<p><b>{html.escape(summary_sentence(budget, found))}</b></p>"
        + (f'<ul class="clsm-budget">{remarks}</ul>' if remarks else "")
    )
    choices.ask(budget, facts)
    for problem in found.problems:
        st.warning(html.literal(fr.typeset(problem)))
    rows = budget_rows(budget, found)
    st.html(_table("Dépenses", [row for row in rows if row.section != SHARED_OUT]))
    if found.parts:
        _shared(budget, facts, found, rows)
    st.caption(html.literal(_CAUTION))
    if found.total is not None:
        st.download_button(
            "Télécharger le budget (CSV)", lambda: csv(rows), file_name=FILE_NAME, mime="text/csv", on_click="ignore",
            icon=":material/download:",
        )  # fmt: skip
    _guide(facts)
    write()


def _table(title: str, rows: list[BudgetRow]) -> str:
    headers = [(title, False), ("Par an", True), ("Par habitant", True)]
    cells = [(f"{row.label}\n{row.origin}", row.amount, row.each) for row in rows]
    return html.table(headers, cells, caption=f"{title} du budget")


def _shared(budget: Budget, facts: PerimeterFacts, found: Costing, rows: tuple[BudgetRow, ...]) -> None:
    """Show what each funder bears, what one commune does, and, unfolded, every payer."""
    funders = [
        BudgetRow(
            SHARED_OUT, part.name, part.cents, part.per_inhabitant, f"{fr.percent(part.cents / found.total)} du total"
        )
        for part in found.parts
        if found.total
    ]
    st.html(_table(SHARED_OUT, funders))
    names = distinct({str(code): facts.town_name(str(code)) for code in facts.towns.index})
    code = pick_one("Votre commune", list(names), format_func=names.get, key="budget-votre-commune")
    st.html(f"<p><b>{html.escape(town_sentence(budget, found, str(code), facts.town_name(str(code))))}</b></p>")
    if not found.payers:
        return
    box = st.expander("Commune par commune, EPCI par EPCI", key="budget-payeurs", on_change="rerun")
    if box.open:
        payers = [
            row for row in rows if row.section == SHARED_OUT and row.label not in {part.name for part in found.parts}
        ]
        box.html(_table("Payeurs", [replace(row, origin="") for row in payers[:MOST_SHOWN]]))
        if len(payers) > MOST_SHOWN:
            box.caption(f"Et {fr.count(len(payers) - MOST_SHOWN, 'autre')}, dans le fichier.")


def _guide(facts: PerimeterFacts) -> None:
    """Unfold the four scenarios of the guide beside the size of the perimeter."""
    box = st.expander("Les quatre temps de coordination du guide", key="budget-guide", on_change="rerun")
    if not box.open:
        return
    rows = staffing_rows(facts.population, len(facts.towns))
    lines = [
        (
            f"{s.label}{' (recommandé)' if s is RECOMMENDED else ''}\n{row['remarque']}",
            s.cost,
            per_inhabitant_text(s, facts.population),
        )
        for s, row in zip(SCENARIOS, rows, strict=True)
    ]
    headers = [("Temps de coordination", False), ("Coût annuel brut (2024)", False), ("Ordre de grandeur", False)]
    box.html(html.table(headers, lines, caption="Scénarios de temps de coordination"))
    box.caption(
        html.literal(
            f"Le guide recommande un temps plein, cofinancé : {fr.listing(COFUNDERS)}. Ordre de grandeur : coût de départ du scénario "
            f"divisé par {fr.inhabitants(facts.population)}. Source : {SOURCE}."
        )
    )


def csv(rows: tuple[BudgetRow, ...]) -> bytes:
    """Return the budget for a spreadsheet: semicolons, decimal commas, UTF-8 with its mark, no cell that a spreadsheet would run."""
    table = pd.DataFrame(
        [(r.section, r.label, _decimal(r.cents), _each(r.per_inhabitant), r.origin) for r in rows],
        columns=["Section", "Ligne", "Euros par an", "Euros par habitant", "Origine ou clé"],
    ).map(neutral)
    return table.to_csv(index=False, sep=";").encode("utf-8-sig")


def _decimal(cents: int | None) -> str:
    return "inconnu" if cents is None else f"{cents // 100},{cents % 100:02d}"


def _each(euros: float | None) -> str:
    return "" if euros is None else f"{euros:.4f}".replace(".", ",")
