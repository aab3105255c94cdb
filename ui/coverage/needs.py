"""Coverage crossed with an indicator of need: the map in nine classes, their table, and who is little covered and in great need.

The map keeps its own mechanism: the classes are one more palette, so that a click costs what it did.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from geo import french as fr
from geo.coverage import GAP_LEVELS, CoverageView
from geo.indicators import Direction, Indicator, Thing
from geo.needs import (
    CLASSES,
    CROSS_LEVELS,
    CROSS_MEANING,
    CROSS_TITLES,
    NO_INDICATOR,
    Cover,
    Crossing,
    Need,
    cover_words,
    cross_label,
    level_words,
    levels_of_crossing,
    map_level,
    need_words,
    said_figure,
)
from geo.shares import tabled
from ui import html
from ui import map as maps
from ui.cache import keyed_on_data
from ui.choices import count_column, decimal_column, distinct, grid, pick_one
from ui.coverage import gaps as coverage_gaps
from ui.coverage import loaders as coverage_loaders
from ui.coverage import opening
from ui.coverage.link import CROSSED, CROSSED_AT, LEVEL, value

PICK = "needs-crossed"
SHOWN = "needs-shown"
MOST_ROWS = 2_000
OPENED_LEVELS = ("commune", "epci", "ept", "departements")  # whose lines open on Périmètre
COLUMNS = ("nom", "chiffre", "sans_clsm", "part_couverte", "couverture", "population", "departement", "lecture")


def crossed_with() -> str | None:
    """Return the indicator that coverage is crossed with, if it is still at hand."""
    name = value(CROSSED)
    return str(name) if name and name in coverage_loaders.crossables() else None


def in_files(view: CoverageView) -> tuple[str, str] | None:
    """Return what the files and the list cross: an indicator and a level; None when nothing is crossed."""
    name = crossed_with()
    return (name, level_shown(name, view)) if name else None


def on_map() -> tuple[str, str] | None:
    """Return what the map crosses: an indicator, at the finest level that it tells; None when nothing is crossed."""
    name = crossed_with()
    return (name, map_level(coverage_loaders.crossables()[name])) if name else None


def paint(view: CoverageView) -> maps.Paint | None:
    """Return the colours of the map of two variables; None when coverage is shown alone."""
    asked = on_map()
    return _paint(*asked, view) if asked else None


@keyed_on_data(max_entries=48)
def _paint(name: str, level: str, view: CoverageView) -> maps.Paint:
    found = coverage_loaders.crossed(name, level, view)
    drawn = maps.ground(view.scope).rows
    inside = np.isin(drawn, view.scope.rows)
    classes = np.where(inside, coverage_loaders.crossed_classes(name, level, view)[drawn], -1)
    return maps.Paint(maps.paint_runs(classes.tolist()), palette(found), title=found.title)


def palette(found: Crossing) -> tuple[maps.Swatch, ...]:
    """Return the swatches of the classes, in the order of CLASSES."""
    return tuple(
        maps.Swatch(one.fill, cross_label(one, found.indicator.direction), bool(one.motif), one.motif or "oblique")
        for one in CLASSES
    )


def level_shown(name: str, view: CoverageView) -> str:
    """Return the level of the list: the one chosen, else that of the map, the EPCI where its communes would be too many to read."""
    offered, wanted = levels_here(name, view), value(CROSSED_AT)
    if wanted in offered:
        return str(wanted)
    own = map_level(coverage_loaders.crossables()[name])
    return "epci" if own == "commune" and "epci" in offered and view.scope.kind in ("france", "region") else own


def levels_here(name: str, view: CoverageView) -> list[str]:
    """Return the levels of a list in a scope."""
    every = levels_of_crossing(coverage_loaders.crossables()[name])
    return [one for one in every if one == "commune" or coverage_loaders.zones_here(one, view.scope)]


def panel(view: CoverageView) -> None:
    """Show what coverage is crossed with, the table of the nine classes, and the list."""
    offered = coverage_loaders.crossables()
    if not offered:
        st.caption(NO_INDICATOR)
        st.page_link("pages/4_Donnees.py", label="Apporter un indicateur", icon=":material/upload_file:")
        return
    _pick(offered)
    name = crossed_with()
    if not name:
        st.caption(
            "Choisissez un indicateur : la carte montre alors la couverture et le besoin ensemble, en neuf classes."
        )
        return
    level = _pick_level(name, view)
    found = coverage_loaders.crossed(name, level, view)
    notes = [found.cuts, found.left_out, CROSS_MEANING, found.credit]
    if level != on_map_level(name):
        notes.insert(0, f"La carte est {CROSS_LEVELS[on_map_level(name)][1]}.")
    st.html(class_table(found, view.scope.name))
    _list(found, level, view)
    with st.expander("Comment lire ces classes ?"):
        st.html("".join(f"<p>{html.escape(fr.typeset(text))}</p>" for text in notes if text))


def on_map_level(name: str) -> str:
    """Return the level of the map of an indicator."""
    return map_level(coverage_loaders.crossables()[name])


def _pick(offered: dict[str, Thing]) -> None:
    labels = distinct({i: f"{one.indicator.label} ({one.indicator.year})" for i, one in offered.items()})
    st.session_state[PICK] = crossed_with()

    def take() -> None:
        st.session_state[CROSSED], st.session_state[CROSSED_AT] = st.session_state[PICK], None

    pick_one(
        "Croiser la couverture avec", list(offered), index=None, key=PICK, format_func=lambda i: labels.get(i, i),
        on_change=take, placeholder="Aucun indicateur : la carte montre la couverture seule",
    )  # fmt: skip


def _pick_level(name: str, view: CoverageView) -> str:
    offered, shown = levels_here(name, view), level_shown(name, view)
    if len(offered) < 2:
        return shown
    key = f"{CROSSED_AT}-{view.scope.id}-{name}"
    st.session_state[key] = shown

    def take() -> None:
        st.session_state[CROSSED_AT] = st.session_state[key] or None

    st.segmented_control(
        "Échelle", offered, format_func=lambda i: CROSS_LEVELS[i][0], key=key, on_change=take, required=True
    )
    return level_shown(name, view)


def class_table(found: Crossing, where: str) -> str:
    """Return the classes as a table: coverage by need, territories and inhabitants of each."""
    way = found.indicator.direction
    needs, table = (Need.HIGH, Need.MIDDLE, Need.LOW), found.table
    headers = [("", False), *((_first(need_words(need, way)), True) for need in needs)]
    rows = []
    for cover in (Cover.NONE, Cover.NONE_KNOWN, Cover.PART, Cover.ALL):
        mine = table[table["cover"] == cover]
        if len(mine) or cover is not Cover.NONE:
            rows.append((_first(cover_words(cover)), *(_counted(mine[mine["need"] == need]) for need in needs)))
    name = CROSS_LEVELS[found.level][0]
    said = html.table(headers, rows, caption=f"{name} et habitants d’ici par classe, {where}")
    return said + (f'<p class="clsm-extent">{html.escape(found.left_out)}</p>' if found.left_out else "")


def _first(text: str) -> str:
    return text[0].upper() + text[1:]


def _counted(lines: pd.DataFrame) -> str:
    return f"{fr.number(len(lines))} ({fr.inhabitants(lines['population'].sum())})" if len(lines) else "aucun"


def _list(found: Crossing, level: str, view: CoverageView) -> None:
    """Show who is little covered and in great need; each line opens Périmètre, and leads back."""
    if found.indicator.direction is Direction.NEITHER:
        st.caption("Cet indicateur ne dit pas à lui seul un besoin : il n’y a pas de liste « besoin élevé ».")
        return
    table = found.few_and_needy
    title = (
        f"Peu couvert et besoin élevé : {fr.number(len(table))} sur {fr.number(len(found.table))} {level_words(level)}"
    )
    st.html(f"<h3>{html.escape(fr.typeset(title))}</h3>")
    if table.empty:
        st.caption("Aucun territoire d’ici, parmi ceux dont le chiffre est connu et comparable.")
        return
    shown = table.head(MOST_ROWS)
    frame = shown.assign(
        chiffre=_figures(shown, found.indicator), part_couverte=tabled(shown["part_couverte"].to_numpy(dtype=float)),
        **{column: shown[column].round().astype("Int64") for column in ("population", "sans_clsm")},
    )[list(COLUMNS)]  # fmt: skip
    grid(
        frame,
        hide_index=True,
        height=min(420, 40 + 35 * len(shown)),
        placeholder="inconnu",
        column_config=_columns(found),
        alt=f"Peu couvert et besoin élevé, {CROSS_LEVELS[level][0]}, {view.scope.name}",
    )
    if len(table) > MOST_ROWS:
        st.caption(
            f"Les {fr.number(MOST_ROWS)} premières lignes sont affichées ; les fichiers de l’onglet Emporter donnent tout."
        )
    _open(shown, level, view)


def _columns(found: Crossing) -> dict[str, Any]:
    titles = CROSS_TITLES | {
        "sans_clsm": "Sans CLSM ni projet",
        "part_couverte": "Couverts connus (%)",
        "departement": "Dép.",
    }
    texts = {"nom": 200, "departement": 55, "couverture": 170, "lecture": 260}
    made: dict[str, Any] = {c: st.column_config.TextColumn(titles[c], width=w) for c, w in texts.items()}
    made |= {c: count_column(titles[c]) for c in ("population", "sans_clsm")}
    one = found.indicator
    unit = f" ({one.unit})" if one.unit else ""
    made["chiffre"] = st.column_config.TextColumn(
        fr.typeset(f"{one.label}{unit}"), help=html.literal(found.credit), width=150, alignment="right"
    )
    return made | {"part_couverte": decimal_column(titles["part_couverte"])}


def _figures(shown: pd.DataFrame, indicator: Indicator) -> list[str]:
    """Write each figure, or its two bounds, as every other page does."""
    ends = zip(shown["au_moins"], shown["au_plus"], strict=True)
    return [said_figure(indicator, least, most) for least, most in ends]


def _open(shown: pd.DataFrame, level: str, view: CoverageView) -> None:
    codes = [str(code) for code in shown.index]
    labels = dict(zip(codes, map(str, shown["nom"]), strict=True))
    place, button = st.columns([5, 2], vertical_alignment="bottom")
    key = f"{SHOWN}-{view.scope.id}-{level}"
    with place:
        code = str(
            pick_one(
                "Territoire de cette liste",
                codes,
                format_func=lambda c: f"{labels.get(c, c)} ({c})",
                key=key,
                persist_state="session",
            )
        )
    if level in GAP_LEVELS and button.button(
        "Montrer sur la carte", key="need-on-map", icon=":material/location_on:", width="stretch"
    ):
        st.session_state[LEVEL] = level
        coverage_gaps.choose(code)
        st.rerun()
    if level in OPENED_LEVELS and code in labels:
        opening.offer_line(level, code, labels[code], view, key="need-open")
