"""The columns of a file, each with its first values and the menu of what it is; a choice is applied at once."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.imports import ROLES, WHOLE_COMMUNES, YES, Column, Doubt, ImportDraft
from ui import html
from ui.choices import pick_one
from ui.data import import_reading, questions

MOST_COLUMNS = 40
UNUSED = ""
# What most lists need first; the other roles follow, those that only our own exports write last.
USEFUL = (
    "nom",
    "code_commune",
    "nom_commune",
    "communes",
    "code_iris",
    "code_postal",
    "epci",
    "departement",
    "etat",
    "fin",
    "annee",
)
OF_POLYGONS = ("nom", "id", "etat", "fin", "annee", "departement", "population")
TECHNICAL = ("territoire", "precision", "status", "source_titre", "source_url", "note", "type", "retenue", "exclue")
NOT_USED = "— (non employée)"


def columns(draft: ImportDraft) -> None:
    """Show what each column is taken for, the questions first."""
    st.html(html.section("2. Colonnes"))
    asked = questions.waiting(draft, "colonne")
    for doubt in asked:
        questions.ask(doubt, f":material/error: {html.literal(doubt.said)}")
    roles = _roles(draft)
    listed = sorted(draft.columns, key=lambda column: column.name not in roles)
    used = [column for column in listed if column.name in roles or _asked(column, asked)]
    rest = [column for column in listed if column not in used][: max(0, MOST_COLUMNS - len(used))]
    _table(draft, used, roles, "import-colonnes")
    if rest:
        names = fr.listing([column.name or "(sans titre)" for column in rest], 4)
        words = fr.count(len(draft.columns) - len(used), "colonne non employée", "colonnes non employées")
        with st.expander(html.literal(f"{words} : {names}"), expanded=not used):
            _table(draft, rest, roles, "import-autres-colonnes")
    if draft.encoding:
        st.caption(html.literal(f"Texte lu en {draft.encoding}."))
    _whole_communes(draft)


def _asked(column: Column, asked: list[Doubt]) -> bool:
    return any(column.name and column.name == doubt.proposal for doubt in asked)


def _roles(draft: ImportDraft) -> dict[str, str]:
    """Return header → role, as wanted: while the file is read again, as it will be."""
    found = {**draft.understanding, **import_reading.wanted().given.roles}
    return {header: role for role, header in found.items() if header}


def _table(draft: ImportDraft, shown: list[Column], roles: dict[str, str], key: str) -> None:
    offered = _offered(draft)
    for place, column in enumerate(shown):
        name, examples, menu = st.columns([3, 5, 4], gap="small", vertical_alignment="center")
        name.markdown(f"**{html.literal(column.name or '(sans titre)')}**")
        examples.caption(html.literal(" · ".join(column.examples) or "(vide)"))
        widget = f"{key}-{draft.sha256[:12]}-{draft.sheet}-{place}-{column.name}"
        st.session_state[widget] = roles.get(column.name, UNUSED)
        with menu:
            pick_one(
                html.literal(f"Ce qu’est la colonne « {column.name} »"), offered, key=widget, label_visibility="collapsed",
                format_func=lambda role: ROLES[role] if role else NOT_USED,
                on_change=_chosen, args=(draft, column.name, widget),
            )  # fmt: skip


def _offered(draft: ImportDraft) -> list[str]:
    first = OF_POLYGONS if draft.outlines else USEFUL
    rest = [role for role in ROLES if role not in (*first, *TECHNICAL)]
    return [UNUSED, *first, *rest, *(role for role in TECHNICAL if role not in first)]


def _chosen(draft: ImportDraft, column: str, widget: str) -> None:
    """Give a column its role: the column that had it plays none any more, nor does this one its former role."""
    role, had = st.session_state.get(widget), _roles(draft).get(column, UNUSED)
    changed = {f"colonne/{had}": ""} if had else {}
    if role:
        changed[f"colonne/{role}"] = column
    import_reading.settle(changed)


def _whole_communes(draft: ImportDraft) -> None:
    if not (draft.whole_communes or draft.members["estimated"].any()):
        return
    key = f"import-entieres-{draft.sha256[:12]}-{draft.sheet}"
    st.session_state[key] = draft.whole_communes
    st.checkbox(
        "Ces territoires sont faits de communes entières : chaque commune va tout entière au territoire qui en contient plus de la moitié",
        key=key, on_change=_entire, args=(key,),
    )  # fmt: skip


def _entire(key: str) -> None:
    if st.session_state.get(key):
        import_reading.settle({WHOLE_COMMUNES: YES})
    else:
        import_reading.unsettle(WHOLE_COMMUNES)
