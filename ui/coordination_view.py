"""The panel of coordination: the guide's staffing scenarios beside this perimeter, distances, places to lean on."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.perimeter import Perimeter
from geo.staffing import COFUNDERS, RECOMMENDED, SCENARIOS, SOURCE, per_inhabitant_text, staffing_rows
from geo.travel import places, travel
from ui import html, loaders


def panel(perimeter: Perimeter) -> None:
    """Show staffing on the left, travel and places on the right."""
    facts = loaders.facts(perimeter)
    left, right = st.columns([11, 9], gap="large")
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
    left.html(
        html.section("Temps de coordination") + html.table(headers, lines, caption="Scénarios de temps de coordination")
    )
    left.caption(
        f"Le guide recommande un temps plein, cofinancé : {fr.listing(COFUNDERS)}. Ordre de grandeur : coût de départ du scénario "
        f"divisé par {fr.inhabitants(facts.population)}. Source : {SOURCE}."
    )
    moved, near = travel(facts), places(facts)
    texts = "".join(f"<p>{html.escape(text)}</p>" for text in (moved.sentence,))
    right.html(
        html.section("Trajets")
        + texts
        + html.section("Lieux de santé mentale")
        + f"<p>{html.escape(near.sentence)}</p>"
    )
