"""The rows that a reading could not settle: candidates accepted by a click, one or all of a kind; a cell corrected in place; a row
set aside on purpose."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from geo import french as fr
from geo.communes import Atlas, name_of, read_any
from geo.imports import ASIDE, Doubt, ImportDraft, open_rows
from ui import html, loaders
from ui.data import import_reading, questions

MOST_ROWS = 30
MOST_BUTTONS = 3
SAID = "import-ligne-dit"  # what a correction could not be read as: (key of the question, sentence)


def rows(draft: ImportDraft) -> None:
    """Show the rows to settle, then those that were, which can be taken up again."""
    st.html(html.section("4. Lignes"))
    left = to_settle(draft)
    if not left:
        st.caption(
            "Toutes les lignes sont comprises." if not draft.refused else "Aucune ligne n’attend de réponse ici."
        )
    else:
        st.caption(
            "Tant qu’une ligne n’est pas réglée, les communes dont elle peut parler restent « inconnu », et leur département ne peut pas "
            "être dit complet. Une ligne mise de côté ne compte plus."
        )
        _all_of_a_kind(left)
        for doubt in left[:MOST_ROWS]:
            _row(doubt)
        if len(left) > MOST_ROWS:
            st.caption(f"Et {fr.count(len(left) - MOST_ROWS, 'autre ligne', 'autres lignes')}, après celles-ci.")
    _settled()


def to_settle(draft: ImportDraft) -> list[Doubt]:
    """Return the rows that wait, or that the reading goes on without."""
    return [*questions.waiting(draft, "ligne"), *(d for d in open_rows(draft) if not d.blocking)]


def candidates(doubt: Doubt) -> list[tuple[str, str]]:
    """Return what a row may be (label, answer), but set aside."""
    return [(label, answer) for label, answer in doubt.candidates if answer != ASIDE]


def _all_of_a_kind(left: Sequence[Doubt]) -> None:
    single = {}
    for doubt in left:
        offered = candidates(doubt)
        if doubt.proposal:
            single[doubt.key] = doubt.proposal
        elif len(offered) == 1:
            single[doubt.key] = offered[0][1]
    none = {doubt.key: ASIDE for doubt in left if not candidates(doubt)}
    with st.container(horizontal=True, gap="small"):
        if len(single) > 1:
            st.button(
                f"Accepter les {fr.number(len(single))} propositions", key="import-lignes-toutes", type="primary",
                icon=":material/done_all:", on_click=import_reading.settle, args=(single,),
                help="Chaque ligne qui n’a qu’une commune possible la prend.",
            )  # fmt: skip
        if len(none) > 1:
            st.button(
                f"Mettre de côté les {fr.number(len(none))} sans proposition", key="import-lignes-cote",
                icon=":material/do_not_disturb_on:", on_click=import_reading.settle, args=(none,),
            )  # fmt: skip


def _row(doubt: Doubt) -> None:
    key = questions.widget_key(doubt)
    what, acts = st.columns([6, 6], gap="small", vertical_alignment="center")
    with what:
        where = f"ligne {fr.listing([str(row) for row in doubt.rows], 4)}" if doubt.rows else "fichier"
        zone = f" · {doubt.zone}" if doubt.zone else ""
        st.markdown(f"**{html.literal(doubt.value or questions.BLANK)}** · {html.literal(f'{where}{zone}')}")
        st.caption(html.literal(doubt.said))
    offered = candidates(doubt)
    with acts, st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for place, (label, answer) in enumerate(offered[:MOST_BUTTONS]):
            st.button(
                html.literal(label), key=f"{key}-{place}", icon=":material/check:", on_click=import_reading.settle,
                args=({doubt.key: answer},),
            )  # fmt: skip
        with st.popover("Corriger", icon=":material/edit:"):
            _correct(doubt, offered[MOST_BUTTONS:], key)
        st.button(
            "Mettre de côté", key=f"{key}-cote", type="tertiary", on_click=import_reading.settle,
            args=({doubt.key: ASIDE},),
        )  # fmt: skip


def _correct(doubt: Doubt, more: Sequence[tuple[str, str]], key: str) -> None:
    for place, (label, answer) in enumerate(more):
        st.button(
            html.literal(label), key=f"{key}-plus-{place}", icon=":material/check:", type="tertiary",
            on_click=import_reading.settle, args=({doubt.key: answer},),
        )  # fmt: skip
    st.text_input(
        "Commune, EPCI ou département : nom ou code", key=f"{key}-texte", value=doubt.value, max_chars=200,
        on_change=_corrected, args=(doubt.key, doubt.departements, f"{key}-texte"),
    )  # fmt: skip
    said = st.session_state.get(SAID)
    if said and said[0] == doubt.key:
        st.error(html.literal(said[1]))


def _corrected(question: str, departements: Sequence[str], widget: str) -> None:
    """Read what was typed; what names one thing settles the row."""
    text = str(st.session_state.get(widget) or "").strip()
    st.session_state.pop(SAID, None)
    if not text:
        return
    found = read_any(text, loaders.atlas(), departements[0] if len(departements) == 1 else None)
    if found.atoms:
        import_reading.settle({question: " ".join(found.atoms)})
    else:
        st.session_state[SAID] = (question, f"{found.message} {found.advice}".strip())


def _settled() -> None:
    """Show what was settled of rows, each with the way back."""
    given = {k: a for k, a in import_reading.wanted().given.given.items() if k.startswith("ligne/")}
    if not given:
        return
    atlas = loaders.atlas()
    with st.expander(f"{fr.count(len(given), 'réponse donnée', 'réponses données')} sur des lignes"):
        for place, (key, answer) in enumerate(list(given.items())[:MOST_ROWS]):
            what, back = st.columns([10, 2], vertical_alignment="center")
            what.markdown(html.literal(f"« {key.partition('/')[2]} » : {_meaning(answer, atlas)}"))
            back.button("Reprendre", key=f"import-reprendre-{place}-{key}", type="tertiary",
                        on_click=import_reading.unsettle, args=(key,))  # fmt: skip


def _meaning(answer: str, atlas: Atlas) -> str:
    if answer == ASIDE:
        return "mise de côté"
    codes = answer.split()
    if codes and all(code in atlas.row for code in codes):
        return fr.listing([f"{name_of(code, atlas)} ({code})" for code in codes], 4)
    return answer
