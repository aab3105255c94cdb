"""The gaps of a territory at four levels: a table to sort, filter and search, each way with the map.

A territory chosen in the table (or in the list beside it: the keyboard's way) is outlined on the map; a commune clicked on
the map chooses its territory in the table. Choosing on the map never moves the map.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from geo import french as fr
from geo.communes import counted
from geo.coverage import GAP_LEVELS, GAP_TITLES, READINGS, STATES, CoverageView, Scope
from geo.needs import Reasons
from geo.shares import tabled
from ui import html, loaders
from ui import map as maps
from ui.address import LONGEST
from ui.choices import count_column, decimal_column, grid, labelled, pick_one, pick_several
from ui.coverage import loaders as coverage_loaders
from ui.coverage import opening
from ui.coverage.link import CHOSEN, CLS_ONLY, LEVEL, QUERY, READ_AS, SORT, SORTS

MOST_ROWS = 2_000  # sent to the browser; the files to take away hold all
MARK = "gaps-mark"  # grows when a territory is chosen elsewhere than on the map
PINNED = "gaps-pinned"  # the territory put first, because it was chosen on the map
LIST = "gaps-list"
EPOCH = "gaps-epoch"  # grows when a territory is chosen elsewhere than in the table, which is then mounted again
MOUNTED = "gaps-mounted"  # (key, lines chosen) of the table on screen: what it was mounted with never changes
SHOWN_LEVEL = "gaps-level-shown"
COLUMNS = (
    "nom", "departement", "lecture", "population", "part_couverte", "sans_clsm", "qpv_sans_clsm", "rural_sans_clsm",
    "cls_sans_clsm", "dispositifs",
)  # fmt: skip
SHORT = {
    "nom": "Territoire",
    "departement": "Dép.",
    "part_couverte": "Couverts connus (%)",
    "population": "Habitants ici",
    "sans_clsm": "Sans CLSM ni projet",
    "qpv_sans_clsm": "dont QPV",
    "rural_sans_clsm": "dont rural",
    "cls_sans_clsm": "CLS sans CLSM",
}
HELP = {
    "part_couverte": "Part des habitants d’ici que l’on sait dans un CLSM en service : un minimum là où la liste n’est pas complète. "
    "Vide : non chiffrée.",
    "sans_clsm": "Habitants pour qui ni CLSM ni projet n’est connu : un manque prouvé là où la liste des CLSM est complète, "
    "à vérifier ailleurs.",
    "qpv_sans_clsm": GAP_TITLES["qpv_sans_clsm"] + ". Vide : inconnus, ou connus pour trop peu de quartiers.",
    "rural_sans_clsm": GAP_TITLES["rural_sans_clsm"] + ".",
    "cls_sans_clsm": "Contrats locaux de santé en service dont aucune commune n’est dans un CLSM connu. « inconnu » : la liste des CLS n’est pas complète ici.",
}


def levels_here(scope: Scope) -> list[str]:
    """Return the levels that have at least one territory in a scope."""
    return [level for level in GAP_LEVELS if level == "commune" or coverage_loaders.zones_here(level, scope)]


def level_shown(scope: Scope) -> str:
    """Return the level chosen, or the one that says most where none is or the scope has none of it.

    That is the EPCI, the EPT where they are more numerous (Grand Paris), the communes inside one of them.
    """
    here, wanted = levels_here(scope), str(st.session_state.get(LEVEL))
    if wanted in here:
        return wanted
    if scope.kind in ("epci", "ept") or "epci" not in here:
        return "commune"
    return "ept" if coverage_loaders.zones_here("ept", scope) > coverage_loaders.zones_here("epci", scope) else "epci"


def hold_level(scope: Scope) -> None:
    """Hold the level that a click on the map chooses a territory at, whatever the tab that is open."""
    st.session_state[SHOWN_LEVEL] = level_shown(scope)


def pick_level(scope: Scope, key: str) -> str:
    """Ask for a level among those of a scope; the choice is the same in all tabs."""
    here = levels_here(scope)
    widget = f"{key}-{scope.id}-{'-'.join(here)}"
    st.session_state[widget] = level_shown(scope)

    def take() -> None:
        st.session_state[LEVEL] = st.session_state[widget] or level_shown(scope)
        st.session_state[CHOSEN] = None

    st.segmented_control("Échelle", here, format_func=labelled(GAP_LEVELS), key=widget, on_change=take, required=True)
    return level_shown(scope)


# --- the territory chosen -----------------------------------------------------------------------------------------
def choose(code: str | None, *, pinned: bool = False, in_table: bool = False) -> None:
    """Hold the territory chosen; the map shows it unless it was chosen there (`pinned`)."""
    if in_table and code == st.session_state.get(CHOSEN):
        return  # a table just mounted reports the line it was mounted with: nobody chose anything
    st.session_state[CHOSEN] = code
    if not in_table:
        st.session_state[PINNED] = code if pinned else None
        st.session_state[EPOCH] = st.session_state.get(EPOCH, 0) + 1
    if not pinned and code:
        st.session_state[MARK] = st.session_state.get(MARK, 0) + 1


def choose_from_map(commune: str) -> None:
    """Choose the territory that holds a commune, at the level shown; nothing when none does."""
    level = str(st.session_state.get(SHOWN_LEVEL, st.session_state.get(LEVEL)))
    if level == "commune":
        choose(commune, pinned=True)
        return
    layer, row = loaders.crosswalk().layers[level], loaders.atlas().row[commune]
    zones = layer.members["zone"].to_numpy()[layer.members["row"].to_numpy() == row]
    choose(str(layer.zones.index[zones[0]]) if len(zones) else None, pinned=True)


def chosen(view: CoverageView) -> str | None:
    """Return the territory chosen, when the scope meets it at the level shown."""
    code = st.session_state.get(CHOSEN)
    return code if code and code in coverage_loaders.gaps(level_shown(view.scope), view).index else None


def communes_of(code: str, level: str, scope: Scope) -> tuple[str, ...]:
    """Return the communes of a territory inside a scope."""
    atlas = loaders.atlas()
    if level == "commune":
        return (code,)
    layer = loaders.crosswalk().layers[level]
    zone = layer.zones.index.get_loc(code)
    rows = layer.members["row"].to_numpy()[layer.members["zone"].to_numpy() == zone]
    return tuple(str(c) for c in atlas.codes[np.intersect1d(rows, scope.rows)])


def mark(view: CoverageView) -> maps.Mark | None:
    """Return what the map outlines."""
    code = chosen(view)
    if not code:
        return None
    codes = communes_of(code, level_shown(view.scope), view.scope)
    return maps.Mark(codes, st.session_state.get(MARK, 0))


def chosen_card(view: CoverageView) -> str:
    """Return the gap of the territory chosen, in words."""
    level = level_shown(view.scope)
    code = chosen(view)
    if not code:
        return ""
    row = coverage_loaders.gaps(level, view).loc[code]
    lines = [
        ("Habitants ici", fr.number(row["population"])),
        ("Couverts par un CLSM en service", _with_share(row)),
        ("En projet", _floor(row["projet"], known=not row["inconnus"])),
        ("Sans CLSM ni projet connu", fr.number(row["sans_clsm"])),
        ("dont en QPV", _quarters(row)),
        ("dont en commune rurale", fr.number(row["rural_sans_clsm"])),
        ("CLS sans CLSM connu", _floor(row["cls_sans_clsm"], known=bool(row["cls_connu"]))),
    ]
    lines.insert(0, ("Situation" if level == "commune" else "Habitants par situation", str(row["lecture"])))
    text = html.table([("Territoire choisi", False), (str(row["nom"]), True)], lines, caption=f"Manque, {row['nom']}")
    text += f'<p class="clsm-extent">{html.escape(row["dispositifs"])}</p>' if row["dispositifs"] else ""
    return text + _need(coverage_loaders.reasons(level, code, view))


def _need(found: Reasons | None) -> str:
    """Return what a territory says of its need, beside its région; "" where no indicator is at hand."""
    if found is None:
        return ""
    items = "".join(f"<li>{html.escape(text)}</li>" for text in found.shown)
    return f'<p class="clsm-extent">{html.escape(found.text)}</p>' + (
        f'<ul class="clsm-notes">{items}</ul>' if items else ""
    )


def offer_chosen(view: CoverageView) -> None:
    """Offer to draw from the territory chosen, beside what is said of it."""
    level, code = level_shown(view.scope), chosen(view)
    if code:
        name = str(coverage_loaders.gaps(level, view).at[code, "nom"])
        opening.offer_line(level, code, name, view, key="gap-open")


def _with_share(row: pd.Series) -> str:
    """Write the people covered, a floor where more of them may be, and their share where it is known."""
    said, share = _floor(row["couverts"], known=not row["inconnus"] + row["partiels"]), row["part_couverte"]
    return said if np.isnan(share) or not row["couverts"] else f"{said} ({fr.percent(share)})"


def _quarters(row: pd.Series) -> str:
    """Write the people of QPV without CLSM, and their share of those without CLSM."""
    said, share = _floor(row["qpv_sans_clsm"], known=bool(row["qpv_connu"])), row["part_qpv_sans_clsm"]
    return said if np.isnan(share) or not row["sans_clsm"] else f"{said} ({fr.percent(share)} d’entre eux)"


def _floor(value: float, *, known: bool) -> str:
    """Write a number that is a floor unless its list is known whole; zero stands only where nothing can be missing."""
    if known or np.isnan(value):
        return fr.number(value)
    return f"au moins {fr.number(value)}" if value else "aucun connu"


# --- the table ------------------------------------------------------------------------------------------------------
def ordered(table: pd.DataFrame, sort: str) -> pd.DataFrame:
    """Sort a gap table: the largest first, names in alphabetical order; what is not known comes last."""
    if sort == "nom":
        return table.iloc[np.argsort(np.array([fr.order(n) for n in table["nom"]]), kind="stable")]
    return table.sort_values([sort, "sans_clsm"], ascending=False, kind="stable", na_position="last")


def filtered(table: pd.DataFrame, *, readings: Sequence[str], cls_only: bool, query: str) -> pd.DataFrame:
    """Keep those with people in one of these situations, with a CLS without CLSM when asked, that hold the words of a search."""
    kept = np.ones(len(table), dtype=bool)
    if readings:
        kept = table["majorite"].isin(readings).to_numpy() | (table[_columns_of(readings)] > 0).to_numpy().any(axis=1)
    if cls_only:
        kept &= (table["cls_sans_clsm"] > 0).to_numpy()
    words = fr.fold(query).split()
    if words:
        texts = [
            f"{fr.fold(n)} {str(c).lower()} {d.lower()}"
            for n, c, d in zip(table["nom"], table.index, table["departement"], strict=True)
        ]
        kept &= np.array([all(w in text for w in words) for text in texts], dtype=bool)
    return table[kept]


def _columns_of(readings: Sequence[str]) -> list[str]:
    """Return the columns that count the people of some situations."""
    return [column for column, word in STATES.items() if word in readings]


def _readings_here(table: pd.DataFrame) -> list[str]:
    """Return the situations that some people of a table are in."""
    return [w for c, w in STATES.items() if (table[c] > 0).any() or (table["majorite"] == w).any()]


def panel(view: CoverageView) -> None:
    """Show the gaps: level, sort, filters, the territory chosen, the table."""
    scope = view.scope
    level = pick_level(scope, "gaps-level")
    every = coverage_loaders.gaps(level, view)
    find, more = st.columns([3, 2], gap="small", vertical_alignment="bottom")
    query = find.text_input(
        "Chercher dans le tableau", key=QUERY, placeholder="Nom, code ou département", max_chars=LONGEST,
        persist_state="session",
    )  # fmt: skip
    with more.popover("Trier et filtrer", icon=":material/tune:", width="stretch"):
        sort = pick_one("Trier par", list(SORTS), format_func=SORTS.get, key=SORT, persist_state="session")
        readings = _pick_readings(_readings_here(every), f"{READ_AS}-{scope.id}-{level}")
        cls_only = st.checkbox("CLS sans CLSM seulement", key=CLS_ONLY, persist_state="session")
    table = ordered(filtered(every, readings=readings, cls_only=cls_only, query=query), sort)
    if table.empty:
        st.caption("Aucun territoire ne répond à ces filtres.")
        return
    st.caption(_summary(table, every, level))
    shown = table.head(MOST_ROWS)
    code = chosen(view)
    pinned = st.session_state.get(PINNED)
    first = pinned if pinned in every.index else (code if code and code not in shown.index else None)
    if first:
        shown = pd.concat([every.loc[[first]], shown[shown.index != first]])
    _choice_list(shown, code, f"{scope.id}-{level}")
    _show(shown, code, level, f"{scope.id}-{level}-{sort}-{hash((tuple(readings), query, cls_only)) & 0xFFFF}", scope)


def _pick_readings(here: list[str], key: str) -> list[str]:
    """Ask which situations to keep, among those of a table; the others stay chosen for the next one that has them."""
    held = [word for word in READINGS if word in st.session_state[READ_AS]]
    st.session_state[key] = [word for word in held if word in here]

    def take() -> None:
        kept = {*st.session_state[key], *(word for word in held if word not in here)}
        st.session_state[READ_AS] = tuple(word for word in READINGS if word in kept)

    return pick_several(
        "Avec des habitants", here, format_func=lambda w: READINGS.get(w, w), key=key, on_change=take,
        placeholder="Toutes situations",
    )  # fmt: skip


def _summary(table: pd.DataFrame, every: pd.DataFrame, level: str) -> str:
    if level == "commune":
        said = counted(loaders.atlas(), loaders.atlas().rows(table.index))
    else:
        one = {"cls": "CLS", "epci": "EPCI", "ept": "EPT"}.get(level, "secteur")
        said = fr.count(len(table), one, one if one.isupper() else one + "s")
    of = f" sur {fr.number(len(every))}" if len(table) < len(every) else ""
    some = int((table["sans_clsm"] > 0).sum())
    which = "" if some == len(table) else f", dont {fr.number(some)} avec un manque"
    text = f"{said}{of}{which} : {fr.inhabitants(table['sans_clsm'].sum())} sans CLSM ni projet connu."
    if level not in ("commune", "epci", "ept"):
        text += " Un habitant de plusieurs zones y compte plusieurs fois."
    if len(table) > MOST_ROWS:
        text += f" Les {fr.number(MOST_ROWS)} premières lignes sont affichées ; l’onglet Emporter donne tout."
    return fr.typeset(text)


def _choice_list(shown: pd.DataFrame, code: str | None, name: str) -> None:
    """Offer the territories of the table in a list: what a click on a line does, from the keyboard."""
    key = f"{LIST}-{name}"
    codes = [str(c) for c in shown.index]
    st.session_state[key] = code if code in codes else None

    def take() -> None:
        choose(st.session_state[key])

    labels = dict(zip(codes, shown["nom"], strict=True))
    pick_one(
        "Montrer sur la carte", codes, index=None, key=key, format_func=lambda c: f"{labels.get(c, c)} ({c})",
        on_change=take, placeholder="Cliquez une ligne du tableau, une commune de la carte, ou tapez un nom",
    )  # fmt: skip


def _show(shown: pd.DataFrame, code: str | None, level: str, name: str, scope: Scope) -> None:
    codes = [str(c) for c in shown.index]
    key = f"gaps-{name}-{st.session_state.get(EPOCH, 0)}"
    if st.session_state.get(MOUNTED, ("", ()))[0] != key:
        st.session_state[MOUNTED] = (key, [codes.index(code)] if code in codes else [])

    def take() -> None:
        picked = st.session_state[key]["selection"]["rows"]
        choose(codes[picked[0]] if picked and picked[0] < len(codes) else None, in_table=True)

    columns = [c for c in COLUMNS if not (level == "commune" and c == "cls_sans_clsm")]
    counts = [c for c in columns if pd.api.types.is_numeric_dtype(shown[c])]
    grid(
        shown[columns].assign(**{c: _shown(shown[c]) for c in counts}),
        hide_index=True,
        height=min(420, 40 + 35 * len(shown)),
        key=key,
        on_select=take,
        selection_mode="single-row",
        selection_default={"selection": {"rows": st.session_state[MOUNTED][1]}},
        placeholder="inconnu",
        column_config=_columns(columns),
        alt=f"Manques, {GAP_LEVELS[level]}, {scope.name}",
    )


def _shown(values: pd.Series) -> pd.Series:
    """Return whole numbers, or a share in percent with one decimal."""
    if values.name != "part_couverte":
        return values.round().astype("Int64")
    return pd.Series(tabled(values.to_numpy(dtype=float)), index=values.index, name=values.name)


def _columns(columns: Sequence[str]) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for column in columns:
        title = SHORT.get(column, GAP_TITLES[column])
        if column in ("nom", "departement", "lecture", "dispositifs"):
            width = {"nom": 220, "departement": 55, "lecture": 260, "dispositifs": 330}[column]
            config[column] = st.column_config.TextColumn(title, width=width)
        else:
            config[column] = (decimal_column if column == "part_couverte" else count_column)(
                title, help=HELP.get(column)
            )
    return config
