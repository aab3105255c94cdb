"""Questions of a reading that are answered by a menu: of the file itself, and of the values of its columns, each with its count."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import streamlit as st

from geo import french as fr
from geo.imports import ROLES, Doubt, ImportDraft
from ui import html
from ui.choices import pick_one
from ui.data import import_reading

MOST_VALUES = 60
BLANK = "(vide)"


def of_kind(draft: ImportDraft, kind: str) -> list[Doubt]:
    """Return the questions of a kind, those that wait for an answer first."""
    return sorted((doubt for doubt in draft.doubts if doubt.kind == kind), key=lambda d: (not d.blocking, -len(d.rows)))


def waiting(draft: ImportDraft, *kinds: str) -> list[Doubt]:
    """Return the questions of some kinds that publication waits for."""
    return [doubt for doubt in draft.doubts if doubt.blocking and doubt.kind in kinds]


def ask(doubt: Doubt, said: str, note: str = "") -> None:
    """Show a question on one line: what it is about, a menu applied at once, and « C’est bien cela » for what is proposed."""
    key = widget_key(doubt)
    labels = {str(answer): label for label, answer in doubt.candidates}  # plain text: an état is also its own class
    answers = list(labels)
    current = import_reading.wanted().given.get(doubt.key)
    current = str(doubt.proposal if current is None else current)
    st.session_state[key] = current if current in answers else None
    what, menu, sure = st.columns([6, 4, 2], gap="small", vertical_alignment="center")
    with what:
        st.markdown(said)
        if note:
            st.caption(html.literal(note))
    with menu:
        pick_one(
            html.literal(doubt.said), answers, format_func=lambda a: labels.get(a, a), key=key, placeholder="à choisir",
            label_visibility="collapsed", on_change=_chosen, args=(doubt.key, key),
        )  # fmt: skip
    with sure:
        if doubt.blocking and doubt.proposal in answers:
            st.button(
                "C’est bien cela",
                key=f"{key}-oui",
                on_click=import_reading.settle,
                args=({doubt.key: str(doubt.proposal)},),
            )


def widget_key(doubt: Doubt) -> str:
    """Return the key of the widgets of a question."""
    return f"import-question-{hashlib.sha256(doubt.key.encode()).hexdigest()[:12]}"


def _chosen(question: str, key: str) -> None:
    answer = st.session_state.get(key)
    if answer is not None:
        import_reading.settle({question: answer})


def accept_all(doubts: Sequence[Doubt], what: str, key: str) -> None:
    """Offer to take the proposal of each of several questions."""
    proposed = {doubt.key: str(doubt.proposal) for doubt in doubts if doubt.proposal}
    if len(proposed) > 1:
        st.button(
            f"Accepter les {fr.number(len(proposed))} {what}", key=key, icon=":material/done_all:",
            on_click=import_reading.settle, args=(proposed,),
        )  # fmt: skip


def about_the_file(draft: ImportDraft) -> None:
    """Ask what of the file is read: its sheets, what is hidden, its projection."""
    for doubt in of_kind(draft, "feuille"):
        ask(doubt, html.literal(doubt.said))


def values(draft: ImportDraft) -> None:
    """Show each distinct value that decides something, column by column, with its count and what it is taken for."""
    st.html(html.section("3. Valeurs"))
    found = of_kind(draft, "valeur")
    if not found:
        st.caption("Aucune valeur à ranger : le fichier ne donne ni état ni absence.")
        return
    left = [doubt for doubt in found if doubt.blocking]
    st.caption(
        "Chaque valeur distincte, le nombre de ses lignes, et ce qu’elle veut dire. Un choix est appliqué aussitôt, et gardé pour le prochain fichier de cette liste."
    )
    accept_all(left, "propositions", "import-valeurs-toutes")
    for role in dict.fromkeys(doubt.key.split("/")[1] for doubt in found):
        column = draft.understanding.get(role, "")
        mine = [doubt for doubt in found if doubt.key.split("/")[1] == role]
        st.markdown(html.literal(f"Colonne « {column} » : {ROLES.get(role, role).split(' (')[0].lower()}"))
        for doubt in mine[:MOST_VALUES]:
            mark = ":material/error: " if doubt.blocking else ""
            count = fr.count(len(doubt.rows), "ligne")
            ask(doubt, f"{mark}**{html.literal(doubt.value or BLANK)}** · {count}")
        if len(mine) > MOST_VALUES:
            st.caption(f"Et {fr.count(len(mine) - MOST_VALUES, 'autre valeur', 'autres valeurs')}, après celles-ci.")
