"""Pieces of the Périmètre page around the map: what it shows, what is searched, what the browser sends, undo."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo.communes import Atlas, in_words, short_name
from geo.coverage import Scope
from geo.perimeters import Perimeter
from geo.scenarios import Workbook
from ui import frame, html, layout, loaders, search
from ui import map as maps
from ui.choices import labelled, ladder, scope_name
from ui.map import LINE_LABELS
from ui.perimeter import compose

FIELD = "recherche-perimetre"
MOST_STEPS = 5  # of the trail
NAMED = 2  # communes that a step names
# Shown where a finger points, which cannot hover (ui/perimeter/workbench.py hides it elsewhere).
TOUCH_HINT = '<p class="clsm-tactile">Touchez une commune pour voir ce qu’elle changerait ; touchez-la encore pour l’ajouter ou la retirer.</p>'


def pick_scope() -> Scope | None:
    """Ask which territory the map shows, among those around it; None until a place is chosen."""
    every = loaders.every_scope()
    if not st.session_state[frame.PERIMETER_SCOPE]:
        frame.bring(frame.selection())
    held = every.get(st.session_state[frame.PERIMETER_SCOPE])
    if held is None:
        return None
    scope_id = st.selectbox(
        "Carte",
        ladder(held, every),
        format_func=lambda i: scope_name(every[i]),
        key=frame.PERIMETER_SCOPE,
        persist_state="session",
        filter_mode=None,
        label_visibility="collapsed",
        help="Le périmètre est gardé quand vous changez de carte ; il peut dépasser la carte affichée. Une carte plus "
        "lointaine se trouve par son nom, dans le champ à côté.",
    )
    return every[scope_id]


def pick_target(scope: Scope | None) -> None:
    """Search a commune or a territory by its name: what a click does on the map, and more, by keyboard alone."""
    target = compose.resolve(st.session_state[frame.TARGET])
    search.find(
        "Commune ou territoire",
        key=FIELD,
        placeholder="Nom ou code postal : commune, EPCI, secteur, CLSM…",
        here=scope.departements if scope and scope.kind == "departement" else (),
        held=target.label if target else "",
        on_choose=look,
    )


def look(chosen: str) -> None:
    """Look at what was chosen by its name: bring its map, and hold it for the moves that are offered."""
    if chosen in loaders.every_scope():
        st.session_state[frame.PERIMETER_SCOPE], st.session_state[frame.TARGET] = chosen, ""
        return
    st.session_state[frame.TARGET] = chosen
    target = compose.resolve(chosen)
    if target is None or not target.codes:
        return
    frame.bring(target.codes)
    if not target.zone:
        maps.look_at(chosen)


def take_asked() -> None:
    """Take what was chosen on another page: it starts the perimeter, when there is none to lose."""
    chosen = st.session_state.pop(frame.ASKED_PERIMETER, "")
    if not chosen:
        return
    look(chosen)
    target = compose.resolve(chosen)
    if target and target.codes and not frame.selection():
        frame.start_from(target.codes)
        st.session_state[frame.TARGET] = ""


def target_strip(perimeter: Perimeter) -> None:
    """Say what the commune or territory searched would change, and offer to add it, take it out, start from it."""
    target = compose.resolve(st.session_state[frame.TARGET])
    if target is None:
        return
    with st.container(border=True, key="bande"):
        compose.offer(target, perimeter)


def marking_strip() -> None:
    """Say that clicks mark communes for a claim, while they do, and offer to go back to the perimeter."""
    held = frame.marked()
    if held is None:
        return
    with st.container(border=True, key="marquage", horizontal=True, vertical_alignment="center"):
        marks = in_words(held, "marquée")
        st.markdown(
            f"**Vous marquez des communes** (clic, liste, cercle, zone ou nom) : {marks}. Votre périmètre n’est pas changé ; "
            "enregistrez dans le panneau « Secteurs »."
        )
        st.button("Revenir au périmètre", key="marquage-fin", on_click=frame.mark, args=(None,))


def beyond_the_map(perimeter: Perimeter, scope: Scope) -> None:
    """Say that some of the perimeter is not on the map shown, and offer the map that shows it all."""
    out = scope.on(loaders.opened_atlas()).outside(perimeter.communes)
    if not out:
        return
    with st.container(key="hors-carte", horizontal=True, vertical_alignment="center"):
        said = f"{in_words(out)} du périmètre {fr.noun(len(out), 'est', 'sont')} hors de cette carte."
        st.html(f'<p class="clsm-effet">{html.escape(said)}</p>', width="content")
        wider = st.button(
            "Voir tout le périmètre", on_click=frame.show_map_of, args=(perimeter.communes,), icon=":material/map:"
        )
        if wider:
            st.rerun()


def take(key: str) -> None:
    """Hold what the browser sent, when it is newer than what is held: the choice, a shape to fill, or a step back or forth."""
    value = st.session_state.get(key)
    sent = maps.read_selection(value)
    if sent is not None and sent[1] > st.session_state[frame.SEQUENCE]:
        atoms = loaders.opened_atlas().row
        frame.choose((c for c in sent[0] if c in atoms), sequence=sent[1])
    step = maps.read_step(value)
    if step is not None:
        {"undo": frame.undo, "redo": frame.redo}[step[0]](step[1])
    drawn = maps.read_shape(value)
    if drawn is not None and drawn[1] > st.session_state[frame.SEQUENCE]:
        compose.take_shape(*drawn)


def pick_lines(scope: Scope | None) -> list[str]:
    """Ask which outlines lie over the map."""
    if scope is None:
        return []
    lines = maps.known_lines(scope)
    with st.popover("Contours", icon=":material/layers:", width="content"):
        shown = st.pills(
            "Contours à superposer",
            lines,
            selection_mode="multi",
            wrap=True,
            default=[i for i in ("epci",) if i in lines and scope.kind != "france"],
            format_func=labelled(LINE_LABELS),
            key=f"perimeter-lines-{scope.id}",
        )
    return list(shown)


def history(perimeter: Perimeter) -> None:
    """Undo, do again, go back to the start, take everything out; nothing of it while communes are marked for a claim."""
    if frame.marked() is not None:
        return
    start, empty, seen = st.session_state[frame.START], not perimeter.communes, st.session_state[frame.SEQUENCE]
    with st.container(horizontal=True, gap="small", key="historique"):
        st.button(
            "Annuler", on_click=frame.undo, args=(seen,), disabled=not st.session_state[frame.HISTORY],
            icon=":material/undo:",
        )  # fmt: skip
        st.button(
            "Rétablir", on_click=frame.redo, args=(seen,), disabled=not st.session_state[frame.FUTURE],
            icon=":material/redo:",
        )  # fmt: skip
        st.button(
            "Revenir au départ",
            on_click=frame.reset,
            disabled=frame.selection() == start and not frame.locked(),
            icon=":material/restart_alt:",
            help=f"Le périmètre d’où vous êtes parti : {in_words(start)}." if start else None,
        )
        st.button(
            "Tout retirer", on_click=frame.clear, disabled=empty, icon=":material/clear_all:",
        )  # fmt: skip
        layout.meeting_button()


def trail() -> None:
    """Show the last moves, each with its people: a click goes back to where one was."""
    books = [*frame.past()[-MOST_STEPS:], frame.workbook()]
    if len(books) < 2:
        return
    seen = st.session_state[frame.SEQUENCE]
    with st.container(horizontal=True, key="essais", vertical_alignment="center"):
        st.html("<span>Essais :</span>", width="content")
        for place, book in enumerate(books):
            behind = len(books) - 1 - place
            st.button(
                _step_text(books[place - 1] if place else None, book),
                key=f"essai-{seen}-{place}",
                on_click=frame.back,
                args=(behind, seen),
                disabled=not behind,
                type="tertiary" if not behind else "secondary",
            )


def _step_text(earlier: Workbook | None, book: Workbook) -> str:
    atlas = loaders.atlas_of(book.opened)
    people = fr.number(int(atlas.population[atlas.rows(book.codes)].sum()))
    if earlier is not None and earlier.opened != book.opened:
        what = fr.listing(
            f"{loaders.atlas().label(city)} {'ouverte' if city in book.opened else 'refermée'}"
            for city in sorted(earlier.opened ^ book.opened)
        )
    elif earlier is None:
        what = in_words(book.codes) if book.codes else "départ"
    elif earlier.current != book.current:
        what = book.scenario.name
    else:
        what = " ".join(
            filter(
                None,
                (_moved("+", book.codes - earlier.codes, atlas), _moved(fr.MINUS, earlier.codes - book.codes, atlas)),
            )
        )
    return html.literal(f"{what or 'réglage'} · {people} hab.")


def _moved(sign: str, codes: frozenset[str], atlas: Atlas) -> str:
    if not codes:
        return ""
    named = fr.listing(sorted(short_name(str(atlas.names[atlas.row[c]])) for c in codes))
    return f"{sign} {named if len(codes) <= NAMED else in_words(codes)}"


def first_question() -> None:
    """Say how to start, before any map: nobody's département is assumed."""
    st.info(
        "Par où commencer ? Tapez le nom de votre commune, de votre intercommunalité ou de votre département : la carte s’y "
        "ouvre. Vous pouvez aussi coller une liste de communes, ou rouvrir des scénarios gardés."
    )
    st.button("Carte de la France entière", icon=":material/public:", on_click=look, args=("france",))


def invitation() -> None:
    """Say how to start."""
    st.info(
        "Cliquez des communes sur la carte, cherchez une commune ou un territoire par son nom, collez une liste, ou dessinez "
        "une zone. Un second clic retire la commune. Habitants, secteurs et repères du guide s’affichent ici aussitôt."
    )


def show_messages() -> None:
    """Show, once, what a move had to say."""
    for text in st.session_state[frame.MESSAGES]:
        st.toast(html.literal(text), duration="long")
    st.session_state[frame.MESSAGES] = ()
