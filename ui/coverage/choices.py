"""Pieces of the Couverture page: choices, figures, the commune looked at, tables."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from geo import french as fr
from geo.communes import search
from geo.coverage import (
    AGES,
    NOTHING_ASIDE,
    STATUS_LABELS,
    STATUS_MEANINGS,
    Coverage,
    Doubt,
    Scope,
    Status,
    doubt_label,
)
from geo.layers import completeness
from ui import frame, html, loaders
from ui import map as maps
from ui.choices import MOST_OPTIONS, Search, distinct, pick_by_name, scope_name
from ui.coverage import gaps
from ui.coverage import loaders as coverage_loaders
from ui.coverage.link import AGE, ASIDE, COMMUNE, aside, value

CLICK = "commune-click"  # number of the last click taken
PICK = "commune-pick"


def pick_scope() -> Scope:
    """Ask for the territory, by its name, among France, the régions, the départements, the EPCI and the EPT."""
    every = coverage_loaders.coverage_scopes()
    if st.session_state[frame.COVERAGE_SCOPE] not in every:
        st.session_state[frame.COVERAGE_SCOPE] = "france"
    return every[
        st.selectbox(
            "Territoire",
            list(every),
            format_func=distinct({i: scope_name(s) for i, s in every.items()}).get,
            key=frame.COVERAGE_SCOPE,
            persist_state="session",
            help="France, une région, un département, un EPCI ou un EPT : tapez quelques lettres de son nom.",
        )
    ]


def pick_complete(scope: Scope) -> None:
    """Ask in which départements of a scope the user knows the list of CLSM to be complete."""
    atlas = loaders.atlas()
    here = list(scope.departements)
    held = st.session_state[frame.COMPLETE]
    chosen = st.multiselect(
        "Listes que vous savez complètes",
        here,
        default=[d for d in held if d in here],
        format_func=lambda d: f"{d} {atlas.departements.at[d, 'nom']}",
        key=f"complete-{scope.id}",
        placeholder="Aucun département",
        help="Les données embarquées ne sont complètes nulle part. Là où vous connaissez tous les CLSM, "
        "une commune sans CLSM devient « non couvert », sous votre responsabilité.",
    )
    st.session_state[frame.COMPLETE] = tuple(sorted({d for d in held if d not in here} | set(chosen)))


def pick_aside() -> None:
    """Ask which facts to set aside, by the manner or the age of what is known."""
    years = value(AGE)
    key = "aside-pick"
    st.session_state[key] = list(aside().doubts)

    def take() -> None:
        st.session_state[ASIDE] = tuple(str(d) for d in Doubt if d in st.session_state[key])

    st.multiselect(
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
        st.selectbox(
            "Une source est ancienne après", AGES, key=AGE, format_func=lambda a: f"{a} ans", persist_state="session"
        )


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


def pick_commune(scope: Scope) -> None:
    """Offer the communes of a scope by name: the same as a click, without the map."""
    atlas = loaders.atlas()
    codes = [str(code) for code in atlas.codes[scope.rows]]
    pick_by_name(
        {code: atlas.label(code) for code in codes} if len(codes) <= MOST_OPTIONS else {},
        SEARCH,
        label="Commune à regarder",
        key=PICK,
        on_change=_take_pick,
        placeholder="Tapez un nom",
    )


def _searched(query: str) -> dict[str, str]:
    atlas = loaders.atlas()
    return {code: atlas.label(code) for code in search(query, atlas, limit=12) if code in atlas.row}


SEARCH = Search(
    find=_searched,
    label="Chercher une commune",
    key="commune-query",
    placeholder="Nom ou code, puis Entrée",
    nothing="Aucune commune trouvée ; vérifiez l’orthographe ou essayez le code.",
)


def _take_pick() -> None:
    code = st.session_state.get(PICK)
    if code in loaders.atlas().row:
        st.session_state[COMMUNE] = code
        maps.look_at(code)


def open_in_perimeter(code: str) -> None:
    """Offer to start a perimeter from a commune."""
    held = len(frame.selection())
    label = "Commencer un périmètre avec cette commune"
    if held:
        label = f"Remplacer mon périmètre ({fr.count(held, 'commune')}) par cette commune"
    if st.button(label, icon=":material/draw:", key="open-in-perimeter"):
        frame.choose({code})
        frame.show_map_of({code})
        st.switch_page("pages/2_Perimetre.py")


def meanings(found: Coverage) -> None:
    """Say, to unfold, what each status present means."""
    with st.expander("Que veulent dire ces situations ?"):
        for status in Status:
            if found.by_status.at[status, "communes"]:
                st.markdown(fr.typeset(f"- **{STATUS_LABELS[status]}** : {STATUS_MEANINGS[status]}."))


def status_table(found: Coverage) -> str:
    """Return communes and inhabitants by status, as text."""
    total = found.population
    rows = [
        (
            STATUS_LABELS[Status(status)],
            fr.number(row["communes"]),
            fr.number(row["population"]),
            fr.percent(row["population"] / total),
        )
        for status, row in found.by_status.iterrows()
        if row["communes"]
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


def caution(found: Coverage, complete: tuple[str, ...]) -> str:
    """Say what the figures are and are not."""
    layer = found.crosswalk.layers["clsm"]
    here = found.scope.departements
    complete = tuple(d for d in complete if d in here and d not in layer.withheld)
    aside = f" Faits que vous avez écartés : {found.aside.said}." if found.aside.doubts else ""
    text = f"Population municipale {found.population_year}. Source des CLSM : {layer.source}, {layer.vintage}.{aside}"
    said = completeness(layer, found.crosswalk.atlas, here)
    if complete:
        said.append(f"« Non couvert » repose sur votre déclaration de liste complète : {fr.listing(complete)}.")
    elif not layer.extent & set(here):
        said.append("La liste n’est complète nulle part ici : sans CLSM connu, une commune reste « inconnu ».")
    return fr.typeset(" ".join([text, *said]))


def _marked(table: pd.DataFrame) -> pd.Series:
    """Return the names of zones, with a mark where their inhabitants are in part an estimate."""
    return table["nom"].where(~table["estimation"], table["nom"] + " (habitants estimés)")


def table_height(rows: int) -> int:
    """Return the height in pixels that shows the rows without blanks below, up to ten of them."""
    return min(380, 38 + 35 * rows)


def number_column(label: str) -> object:
    """Return a column of whole numbers written the reader's way."""
    return st.column_config.NumberColumn(label, format="localized")


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
    st.dataframe(
        shown.sort_values("nom"),
        hide_index=True,
        height=table_height(len(table)),
        column_config={
            "nom": "CLSM",
            "etat": "État",
            "precision": "Composition",
            "communes": number_column("Communes ici"),
            "habitants": number_column("Habitants ici"),
            "annee": "Année",
            "source_titre": "Source",
            "source_url": "Adresse",
        },
        alt=f"CLSM connus, {found.scope.name}",
    )
