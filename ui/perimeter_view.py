"""Pieces of the Périmètre page: choosing communes with and without the map, and changing the choice."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.codes import name_of
from geo.coverage import COVERED, STATUS_LABELS, Scope, Status, scope_rows
from geo.layers import zone_members
from geo.perimeter import Perimeter
from ui import frame, html, loaders, maps
from ui.coverage_view import FOCUS, scope_name
from ui.scene import LINE_LABELS, LINES, PALE, SELECTED

ADD = "add-commune"
ADD_ZONE = "add-zone"
REMOVE = "remove-communes"
ZONE_LAYERS = ("epci", "ept", "secteurs-adultes", "secteurs-enfants", "clsm", "cls", "cpts")
MOST_REMOVABLE = 150


def pick_scope() -> Scope:
    """Ask which region or département the map shows."""
    every = {i: s for i, s in loaders.every_scope().items() if s.kind != "france"}
    scope_id = st.selectbox(
        "Carte",
        list(every),
        format_func=lambda i: scope_name(every[i]),
        key=frame.PERIMETER_SCOPE,
        persist_state="session",
        help="Le périmètre est gardé quand vous changez de carte ; il peut dépasser la carte affichée.",
    )
    return every[scope_id]


def pick_commune(scope: Scope) -> None:
    """Add or take out a commune by its name: the same as a click, by keyboard alone."""
    atlas = loaders.atlas()
    st.selectbox(
        "Ajouter ou retirer une commune",
        [str(c) for c in atlas.codes[scope_rows(scope, atlas)]],
        index=None,
        format_func=atlas.label,
        key=ADD,
        on_change=_toggle_named,
        placeholder="Tapez un nom ou un code",
    )


def pick_territory(scope: Scope) -> None:
    """Add every commune of an EPCI, a sector or a dispositif."""
    zones = _zones_here(loaders.token(), scope.id)
    st.selectbox(
        "Ajouter un territoire entier",
        list(zones),
        index=None,
        format_func=zones.get,
        key=ADD_ZONE,
        on_change=_add_zone,
        placeholder="EPCI, EPT, secteur, CLSM, CLS, CPTS",
    )


@st.cache_resource(max_entries=128, show_spinner=False)
def _zones_here(used: str, scope_id: str) -> dict[str, str]:
    """Return the zones that meet a scope and have whole communes: « layer/zone » to label."""
    crosswalk = loaders.crosswalk()
    met = crosswalk.product(scope_rows(loaders.every_scope()[scope_id], crosswalk.atlas))
    found = {}
    for layer_id in ZONE_LAYERS:
        layer, columns = crosswalk.layers[layer_id], crosswalk.columns[layer_id]
        names = layer.zones["nom"][(met[1][columns] > 0)].sort_values()
        found.update({f"{layer_id}/{zone}": f"{layer.name} · {name}" for zone, name in names.items()})
    return found


def _toggle_named() -> None:
    code = st.session_state.get(ADD)
    if code:
        frame.choose(frame.selection() ^ {code})
        held = st.session_state.get(FOCUS) or ("", 0)
        st.session_state[FOCUS] = (code, held[1] + 1)
        st.session_state[ADD] = None


def _add_zone() -> None:
    value = st.session_state.get(ADD_ZONE)
    if not value:
        return
    layer_id, zone = value.split("/", 1)
    crosswalk = loaders.crosswalk()
    whole, partial = zone_members(crosswalk.layers[layer_id], zone)
    frame.choose(frame.selection() | {str(crosswalk.atlas.codes[r]) for r in whole})
    if partial:
        names = fr.listing(str(crosswalk.atlas.names[r]) for r in partial)
        st.toast(html.literal(f"Non ajoutée, car concernée en partie seulement : {names}."))
    st.session_state[ADD_ZONE] = None


def take_selection(key: str) -> None:
    """Hold the selection the browser sent, when it is newer than the one held."""
    sent = maps.read_selection(st.session_state.get(key))
    if sent is None or sent[1] <= st.session_state[frame.SEQUENCE]:
        return
    codes, number = sent
    atoms = loaders.atlas().row
    frame.choose((c for c in codes if c in atoms), sequence=number)


def legend(scope: Scope, lines: list[str]) -> str:
    """Return the legend: the choice, the CLSM known under it, the outlines shown."""
    found = loaders.scope_coverage(scope, ())
    present = [
        s for s in (*COVERED, Status.PARTIEL, Status.PROJET, Status.INCONNU) if found.by_status.at[s, "communes"]
    ]
    fills = [("fill", SELECTED, "dans votre périmètre")]
    fills += [("fill", PALE[s], f"CLSM : {STATUS_LABELS[s]}") for s in present]
    return html.legend([*fills, *(("line", LINES[i][0], f"contour : {LINE_LABELS[i]}") for i in lines)])


def edit_selection(perimeter: Perimeter) -> None:
    """Undo, clear, and take communes out by name."""
    atlas = loaders.atlas()
    undo, clear, _ = st.columns([2, 2, 1])
    undo.button(
        "Annuler",
        on_click=frame.undo,
        disabled=not st.session_state[frame.HISTORY],
        icon=":material/undo:",
        width="stretch",
    )
    clear.button(
        "Tout retirer", on_click=frame.choose, args=((),), disabled=not perimeter.communes, icon=":material/clear_all:",
        width="stretch",
    )  # fmt: skip
    if not perimeter.communes:
        return
    codes = sorted(
        perimeter.communes, key=lambda c: (fr.fold(name_of(atlas.table["commune"].iat[atlas.row[c]], atlas)), c)
    )
    if len(codes) > MOST_REMOVABLE:
        st.caption(
            f"{fr.count(len(codes), 'commune choisie', 'communes choisies')} : retirez-les par la carte ou par leur nom ci-dessus."
        )
        return
    with st.expander(f"Communes choisies ({fr.number(len(codes))})"):
        st.pills(
            "Cliquez une commune pour la retirer",
            codes,
            selection_mode="single",
            format_func=lambda c: html.literal(atlas.label(c)),
            key=f"{REMOVE}-{st.session_state[frame.SEQUENCE]}",
            on_change=_remove,
        )


def _remove() -> None:
    code = st.session_state.get(f"{REMOVE}-{st.session_state[frame.SEQUENCE]}")
    if code:
        frame.choose(frame.selection() - {code})


def invitation() -> None:
    """Say how to start."""
    st.info(
        "Cliquez des communes sur la carte, ou choisissez-les par leur nom au-dessus. Un second clic retire la commune. "
        "Les habitants, les dispositifs rencontrés et les repères du guide s’affichent ici aussitôt."
    )
