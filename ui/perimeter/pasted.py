"""A pasted list, and its report in three blocks: taken, corrected, to choose by buttons. It stays until it is closed."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.coverage import Scope
from geo.errors import GeoInputError
from geo.search import INSEE, POSTAL, Choice, Pasted, PastedLine, read_pasted
from ui import frame, html, loaders, search
from ui.perimeter.compose import move_to

PASTED = "liste-collee"
REPORT = "liste-lue"  # a `Pasted`, or the problems (texts) of a list that could not be read
MOST_SHOWN = 8  # texts to choose at once: the next come as these are settled


def paste_list(scope: Scope | None) -> None:
    """Offer to start from a pasted list of names or codes, or to add it."""
    with st.popover("Coller une liste", icon=":material/content_paste:"):
        st.text_area(
            "Noms ou codes de communes",
            key=PASTED,
            height=140,
            placeholder="Un par ligne, ou séparés par des virgules :\nCréteil\n94081\nSaint-Denis (93)",
            help="Un nom porté par plusieurs communes est cherché d’abord dans le département de la carte.",
        )
        home = scope.code if scope and scope.kind == "departement" else None
        with st.container(horizontal=True, gap="small"):
            st.button("Partir de cette liste", on_click=_take_list, args=(home, True), type="primary")
            st.button("Ajouter cette liste", on_click=_take_list, args=(home, False))


def _take_list(departement: str | None, start: bool) -> None:
    try:
        found = read_pasted(st.session_state.get(PASTED, ""), loaders.atlas(), search.index(), departement)
    except GeoInputError as error:
        st.session_state[REPORT] = tuple(error.problems)
        return
    if found.codes:
        move_to(found.codes, start)
    st.session_state[REPORT] = found


def show_report() -> None:
    """Show what became of the list last pasted, until it is closed."""
    report = st.session_state.get(REPORT)
    if not report:
        return
    with st.container(border=True, key="compte-rendu"):
        if isinstance(report, Pasted):
            _blocks(report)
        else:
            for problem in report:
                st.warning(html.literal(problem))
        st.button("Fermer le compte rendu", key="compte-rendu-fermer", on_click=_close, icon=":material/close:")


def _close() -> None:
    st.session_state[REPORT] = None


def _blocks(report: Pasted) -> None:
    taken, corrected, to_choose = report.taken, report.corrected, report.to_choose
    said = [
        fr.count(len(taken), "ligne prise telle quelle", "lignes prises telles quelles"),
        fr.count(len(corrected), "corrigée", "corrigées"),
        f"{fr.number(len(to_choose))} à choisir",
    ]
    st.html(html.section("Votre liste") + f"<p>{html.escape(' ; '.join(said))}.</p>")
    if report.left:
        st.caption(html.literal(report.left_said))
    if to_choose:
        _to_choose(to_choose)
    if corrected:
        st.html(_listed("Corrigées, à savoir", corrected))
    if told := [one for one in taken if one.said]:
        st.html(_listed("Prises, à savoir", told))


def _listed(title: str, lines: list[PastedLine] | tuple[PastedLine, ...]) -> str:
    items = "".join(f"<li>{html.escape(f'Ligne {one.line} : {one.said}')}</li>" for one in lines)
    return f"<details{' open' if len(lines) <= MOST_SHOWN else ''}><summary>{html.escape(title)}</summary><ul>{items}</ul></details>"


def _to_choose(lines: tuple[PastedLine, ...]) -> None:
    st.markdown("**À choisir**")
    _codes()
    for number, one in enumerate(lines[:MOST_SHOWN]):
        st.markdown(html.literal(f"Ligne {one.line} : {one.said}"))
        with st.container(horizontal=True, gap="small"):
            for choice in one.choices:
                key = f"choix-{one.line}-{frame.move_key((one.text, *choice.atoms))}"
                st.button(html.literal(choice.label), key=key, on_click=_settle, args=(one, choice))
            left = f"choix-{one.line}-{frame.move_key((one.text, 'sans', str(number)))}"
            st.button("Laisser de côté", key=left, on_click=_settle, args=(one, None), type="tertiary")
    if len(lines) > MOST_SHOWN:
        st.caption(f"Et {fr.count(len(lines) - MOST_SHOWN, 'autre ligne', 'autres lignes')} ensuite.")


def _codes() -> None:
    """Offer to read at once all the codes that may be of two kinds."""
    report = st.session_state[REPORT]
    with st.container(horizontal=True, gap="small"):
        for code, name in ((INSEE, "codes INSEE"), (POSTAL, "codes postaux")):
            if (many := report.doubtful(code)) > 1:
                label = f"Lire ces {fr.number(many)} codes comme des {name}"
                st.button(label, key=f"lire-{code}", on_click=_read_as, args=(code,))


def _read_as(code: str) -> None:
    report = st.session_state.get(REPORT)
    if isinstance(report, Pasted):
        read = report.read_as(code)
        move_to(read.codes - report.codes, start=False)
        st.session_state[REPORT] = read


def _settle(one: PastedLine, choice: Choice | None) -> None:
    """Settle one text; a second click made before the page follows finds it settled."""
    report = st.session_state.get(REPORT)
    if not isinstance(report, Pasted) or one not in report.to_choose:
        return
    if choice is not None:
        move_to(frozenset(choice.atoms), start=False)
    st.session_state[REPORT] = report.settled(report.to_choose.index(one), choice)
