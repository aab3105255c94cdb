"""The panel « Besoins »: a sentence an indicator, one of them in bars, all of them in a table to unfold."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.comparison import SideBySide
from geo.indicators import Kind
from geo.needs import NO_INDICATOR, Line, Portrait, portrait, portrait_headers, portrait_rows, side_by_side_rows
from geo.perimeters import Perimeter
from ui import html, loaders
from ui.cache import Cities, cities, keyed_on_data
from ui.choices import distinct, pick_one
from ui.needs.bars import BARS_STYLE, bars

CHOSEN = "besoin-indicateur"
MOST_SAID = 8  # sentences before those that are unfolded
HERE = "Votre périmètre"
HOW = (
    "Les effectifs s’additionnent, les taux sont recalculés sur les sommes, jamais moyennés. « Comparable » : moins d’un vingtième d’écart, ou un "
    "écart que le hasard explique. Ce qui est secret reste caché, ce qui est inconnu n’est jamais compté pour zéro. Territoires "
    "semblables : les dix intercommunalités les plus proches par les habitants, les communes, la densité et les QPV."
)


def needs_panel(perimeter: Perimeter) -> None:
    """Show the portrait of a perimeter that is not empty."""
    drawn = _portrait(perimeter, cities())
    st.html(BARS_STYLE)
    st.html(html.section("Portrait de besoin") + _sentences(drawn))
    if not drawn.lines:
        return
    if rest := _known(drawn)[MOST_SAID:]:
        others = st.expander(
            fr.count(len(rest), "autre indicateur", "autres indicateurs"), key="besoin-autres", on_change="rerun"
        )
        if others.open:
            others.html(_listed(rest))
    labels = distinct({line.indicator.id: line.indicator.label for line in drawn.lines})
    chosen = pick_one("En image", list(labels), format_func=lambda one: labels.get(one, one), key=CHOSEN)
    line = next((line for line in drawn.lines if line.indicator.id == chosen), drawn.lines[0])
    picture = bars(line, HERE)
    unit = f"{line.indicator.label}, {line.indicator.unit}".rstrip(", ")
    st.html(
        f'<p class="clsm-muted">{html.escape(unit)}</p>{picture}' if picture else "<p>Aucun chiffre à dessiner.</p>"
    )
    st.caption(html.literal(f"Source : {line.source}. {str(line.indicator.direction).capitalize()}."))
    box = st.expander("Le tableau de tous les chiffres", key="besoin-tableau", on_change="rerun")
    if box.open:
        box.html(f'{_table(drawn)}<p class="clsm-muted">{html.escape(HOW)}</p>')


@keyed_on_data(max_entries=64, spinner="Portrait de besoin…")
def _portrait(perimeter: Perimeter, wanted: Cities) -> Portrait:
    world = loaders.opened_world(wanted)
    return portrait(world, world.atlas.rows(perimeter.communes), HERE)


def _sentences(drawn: Portrait) -> str:
    if not drawn.lines:
        return f"<p>{html.escape(NO_INDICATOR)}</p>"
    unknown = f'<p class="clsm-muted">{html.escape(drawn.unknown)}</p>' if drawn.unknown else ""
    return _listed(_known(drawn)[:MOST_SAID]) + unknown


def _known(drawn: Portrait) -> list[Line]:
    return [line for line in drawn.lines if line.mine.kind is not Kind.NOTHING]


def _listed(lines: list[Line]) -> str:
    items = "".join(f'<div role="listitem">{_bold(line.sentence, line.indicator.label)}</div>' for line in lines)
    return f'<div class="clsm-besoins" role="list">{items}</div>'


def _bold(sentence: str, label: str) -> str:
    label = fr.typeset(label)
    rest = sentence.removeprefix(label)
    return f"<b>{html.escape(label)}</b>{html.escape(rest)}" if rest != sentence else html.escape(sentence)


def _table(drawn: Portrait) -> str:
    headers = [(name, False) for name in portrait_headers(drawn)]
    table = html.table(headers, portrait_rows(drawn), caption="Indicateurs de besoin, ici et autour")
    return f'<div style="overflow-x:auto">{table}</div>'


def compared_table(found: SideBySide) -> str:
    """Return the indicators of perimeters side by side, one column each; "" when no indicator is at hand."""
    rows = side_by_side_rows(loaders.opened_world(), [one.facts.rows for one in found.every])
    if not rows:
        return ""
    headers = [("Indicateur de besoin", False), *((title, False) for title in found.titles)]
    return html.table(headers, rows, caption="Indicateurs de besoin par périmètre")
