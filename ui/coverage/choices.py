"""Pieces of the Couverture page: choices, figures, the commune looked at, tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from geo import french as fr
from geo.arrays import Rows
from geo.coverage import (
    AGES,
    GAP_LEVELS,
    NOTHING_ASIDE,
    Act,
    Coverage,
    Doubt,
    Limit,
    Scope,
    complete_text,
    doubt_label,
    situations_of,
)
from geo.layers import zone_members
from ui import frame, html, loaders, passage, search
from ui import map as maps
from ui.choices import count_column, grid, ladder, pick_one, pick_several, scope_name
from ui.coverage import gaps
from ui.coverage import loaders as coverage_loaders
from ui.coverage.link import AGE, ASIDE, CHOSEN, COMMUNE, LAYERS, LEVEL, aside, value

CLICK = "commune-click"  # number of the last click taken
FIELD = "recherche-couverture"


def pick_scope() -> Scope:
    """Ask for the territory among those around the one shown: up to France, down to the régions and départements."""
    every = coverage_loaders.coverage_scopes()
    if st.session_state[frame.COVERAGE_SCOPE] not in every:
        st.session_state[frame.COVERAGE_SCOPE] = "france"
    return every[
        st.selectbox(
            "Territoire affiché",
            ladder(every[st.session_state[frame.COVERAGE_SCOPE]], every),
            format_func=lambda i: scope_name(every[i]),
            key=frame.COVERAGE_SCOPE,
            persist_state="session",
            filter_mode=None,
            label_visibility="collapsed",
            help="Du plus large au plus proche. Tout autre territoire se trouve par son nom, dans le champ à côté.",
        )
    ]


def pick_place() -> None:
    """Search a territory or a commune by its name: the first is shown, the second is looked at where it lies."""
    held = coverage_loaders.coverage_scopes().get(st.session_state[frame.COVERAGE_SCOPE])
    code = looked_at(held) if held else None
    search.find(
        "Commune ou territoire",
        key=FIELD,
        placeholder="Votre région, département, EPCI, commune…",
        here=held.departements if held and held.kind == "departement" else (),
        held=loaders.atlas().label(code) if code else "",
        on_choose=look,
    )


def look(chosen: str) -> None:
    """Show what was chosen by its name: a territory, a commune and its card, or where a dispositif lies."""
    layer_id, sign, zone = chosen.partition("/")
    scope_id = f"{layer_id}-{zone}" if layer_id in ("epci", "ept") else chosen
    if scope_id in coverage_loaders.coverage_scopes():
        st.session_state[frame.COVERAGE_SCOPE] = scope_id
        return
    st.session_state[COMMUNE] = None
    if not chosen:
        return
    atlas = loaders.atlas()
    if sign:
        _look_at_zone(layer_id, zone)
    elif chosen in atlas.parts:
        _bring(atlas.rows(atlas.parts[chosen]))
    else:
        _bring(atlas.rows([chosen]))
        st.session_state[COMMUNE] = chosen
        maps.look_at(chosen)


def _look_at_zone(layer_id: str, zone: str) -> None:
    layer = loaders.crosswalk().layers[layer_id]
    whole, partial = zone_members(layer, zone)
    if not whole and not partial:
        return
    _bring(np.asarray([*whole, *partial], dtype=np.intp))
    if layer_id in GAP_LEVELS:
        st.session_state[LEVEL], st.session_state[CHOSEN] = layer_id, zone
    line = "quartiers" if layer_id == "qpv" else layer_id
    if line not in st.session_state[LAYERS]:
        st.session_state[LAYERS] = (*st.session_state[LAYERS], line)


def _bring(rows: Rows) -> None:
    """Show the territory that holds communes: the one on screen when it does, else the département of most people, or the
    région when they are of several."""
    every = coverage_loaders.coverage_scopes()
    here = loaders.atlas().table.iloc[rows]
    shown = every.get(st.session_state[frame.COVERAGE_SCOPE])
    if shown and shown.kind != "france" and all(shown.holds(code) for code in here["code"]):
        return
    column, prefix = ("departement", "dep") if here["departement"].nunique() == 1 else ("region", "reg")
    st.session_state[frame.COVERAGE_SCOPE] = f"{prefix}-{here.groupby(column)['population'].sum().idxmax()}"


def take_asked() -> None:
    """Take what was chosen on another page; a line that somebody comes back to is put first in its table."""
    if passage.arrived():
        st.session_state[gaps.PINNED] = st.session_state[CHOSEN]
    if chosen := st.session_state.pop(frame.ASKED_COVERAGE, ""):
        look(chosen)


def pick_complete(scope: Scope) -> None:
    """Ask in which départements of a scope the user knows the list of CLSM to be complete."""
    atlas, published = loaders.atlas(), loaders.crosswalk().layers["clsm"].extent
    here = [d for d in scope.departements if d not in published]
    held = st.session_state[frame.COMPLETE]
    said = sorted(published & set(scope.departements))
    chosen = pick_several(
        "Listes que vous savez complètes",
        here,
        default=[d for d in held if d in here],
        format_func=lambda d: f"{d} {atlas.departements.at[d, 'nom']}",
        key=f"complete-{scope.id}",
        placeholder="Aucun département" if not said else f"Liste publiée complète : {', '.join(said)}"[:60],
        disabled=not here,
        help="Là où vous connaissez tous les CLSM, une commune sans CLSM devient « non couvert », d’après votre déclaration. "
        + (
            "Aucune liste complète n’est publiée ici."
            if not said
            else f"Une publication l’est déjà pour : {', '.join(said)}."
        ),
    )
    st.session_state[frame.COMPLETE] = tuple(sorted({d for d in held if d not in here} | set(chosen)))


def pick_aside() -> None:
    """Ask which facts to set aside, by the manner or the age of what is known."""
    years = value(AGE)
    key = "aside-pick"
    st.session_state[key] = list(aside().doubts)

    def take() -> None:
        st.session_state[ASIDE] = tuple(str(d) for d in Doubt if d in st.session_state[key])

    pick_several(
        "Faits à écarter du chiffre",
        list(Doubt),
        format_func=lambda d: doubt_label(d, years if isinstance(years, int) else NOTHING_ASIDE.years),
        key=key,
        on_change=take,
        placeholder="Aucun",
        help="Un CLSM connu seulement de cette façon n’est plus compté : ses communes deviennent « inconnu ». "
        "Ces faits sont toujours comptés à part sous le chiffre.",
    )
    if Doubt.ANCIENNE in aside().doubts:
        pick_one(
            "Une source est ancienne après", AGES, key=AGE, format_func=lambda a: f"{a} ans", persist_state="session"
        )


def limit_links(limits: Sequence[Limit]) -> None:
    """Offer the pages that complete what limits the reading; nothing when nothing does, or the page itself is enough."""
    acts = {limit.act for limit in limits}
    labels = {
        Act.IMPORT: ("Importer une liste", ":material/upload_file:"),
        Act.SYNC: ("Synchroniser les sources officielles", ":material/sync:"),
    }
    offered = [label for act, label in labels.items() if act in acts]
    with st.container(horizontal=True):
        for label, icon in offered:
            st.page_link("pages/4_Donnees.py", label=label, icon=icon)


def take_click(key: str) -> None:
    """Hold the commune the browser says was clicked."""
    click = maps.read_click(st.session_state.get(key))
    if click and click[0] in loaders.atlas().row and click != st.session_state.get(CLICK):
        st.session_state[COMMUNE], st.session_state[CLICK] = click[0], click
        gaps.choose_from_map(click[0])


def looked_at(scope: Scope) -> str | None:
    """Return the commune looked at, when it lies in the scope."""
    code = st.session_state.get(COMMUNE)
    return code if code and scope.holds(code) else None


def meanings(found: Coverage) -> None:
    """Say, to unfold, what each status present means."""
    with st.expander("Que veulent dire ces situations ?"):
        for kind in situations_of(found).present(found.rows):
            st.markdown(fr.typeset(f"- **{kind.label}** : {kind.meaning}."))


def status_table(found: Coverage) -> str:
    """Return communes and inhabitants by situation, as text."""
    total, known = found.population, situations_of(found)
    rows = [
        (
            known.kinds[int(str(i))].label,
            fr.number(row["communes"]),
            fr.number(row["population"]),
            fr.percent(row["population"] / total) if total else "sans objet",
        )
        for i, row in known.counted(found.rows, found.crosswalk.atlas.population).iterrows()
    ]
    rows.append(("Ensemble", fr.number(found.by_status["communes"].sum()), fr.number(total), fr.percent(1.0)))
    cities = found.communes != int(found.by_status["communes"].sum())
    headers = [
        ("Situation", False),
        ("Communes et arr." if cities else "Communes", True),
        ("Habitants", True),
        ("Part", True),
    ]
    return html.table(headers, rows, caption=f"Communes et habitants par situation, {found.scope.name}")


def caution(found: Coverage) -> str:
    """Say what the figures are and are not."""
    aside = f" Faits que vous avez écartés : {found.aside.said}." if found.aside.doubts else ""
    layer = found.crosswalk.layers["clsm"]
    text = f"Population municipale {found.population_year}. Source des CLSM : {layer.source}, {layer.vintage}.{aside}"
    return fr.typeset(f"{text} {complete_text(found.scope.departements, found.crosswalk, found.complete)}")


def _marked(table: pd.DataFrame) -> pd.Series:
    """Return the names of zones, with a mark where their inhabitants are in part an estimate."""
    return table["nom"].where(~table["estimation"], table["nom"] + " (habitants estimés)")


def table_height(rows: int) -> int:
    """Return the height in pixels that shows the rows without blanks below, up to ten of them."""
    return min(380, 38 + 35 * rows)


def clsm_table(found: Coverage) -> None:
    """Show the CLSM known in a scope with their sources."""
    table = found.clsm()
    if table.empty:
        st.caption("Aucun CLSM connu ici ; il peut en exister.")
        return
    table = table.assign(nom=_marked(table))
    shown = table[["nom", "etat", "precision", "communes", "habitants", "annee", "source_titre", "source_url"]].astype(
        {"etat": str, "precision": str}
    )
    grid(
        shown.sort_values("nom", key=lambda names: names.map(fr.order), kind="stable"),
        hide_index=True,
        height=table_height(len(table)),
        column_config={
            "nom": "CLSM",
            "etat": "État",
            "precision": "Composition",
            "communes": count_column("Communes ici"),
            "habitants": count_column("Habitants ici"),
            "annee": "Année",
            "source_titre": "Source",
            "source_url": "Adresse",
        },
        alt=f"CLSM connus, {found.scope.name}",
    )
