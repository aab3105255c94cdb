"""The panel of scenarios: name, note, duplicate, delete; a link to copy; a file to send and to open again."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import streamlit as st

from geo import french as fr
from geo.exports import open_scenarios
from geo.perimeters import Perimeter
from geo.scenarios import (
    MAIL_LENGTH,
    MOST_SCENARIOS,
    NAME_LENGTH,
    NOTE_LENGTH,
    Opened,
    Scenario,
    Workbook,
    carries_agreements,
    carries_answers,
    to_file,
    vintage_of,
)
from ui import frame, html, loaders, reading_desk
from ui.choices import pick_one
from ui.perimeter.link import ADDRESS

FILE_NAME = "scenarios-clsm.json"
LARGEST_MB = 20


def panel(_: Perimeter) -> None:
    """Show the scenarios on the left, the link and the file on the right."""
    left, right = st.columns([11, 9], gap="large")
    with left:
        _list()
    with right:
        _link()
        _file()


def _list() -> None:
    workbook = frame.workbook()
    st.html(_table(workbook))
    _pick(workbook)
    current, at = workbook.scenario, workbook.current
    key = f"{at}-{_digest(current.name, current.note)}"
    st.text_input(
        "Nom", current.name, max_chars=NAME_LENGTH, key=f"nom-{key}", on_change=_rename, args=(f"nom-{key}", at)
    )
    st.text_area(
        "Note", current.note, max_chars=NOTE_LENGTH, key=f"note-{key}", on_change=_note, args=(f"note-{key}", at), height=80,
        placeholder="Pourquoi ce périmètre, ce qui reste à vérifier…",
    )  # fmt: skip
    full, seen = len(workbook.scenarios) >= MOST_SCENARIOS, st.session_state[frame.SEQUENCE]
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Dupliquer", on_click=_change, args=("duplicate", at, seen), disabled=full, icon=":material/content_copy:"
        )
        st.button("Nouveau, vide", on_click=_new, args=(seen,), disabled=full, icon=":material/add:")
        st.button("Supprimer", on_click=_change, args=("delete", at, seen), icon=":material/delete:")


def _pick(workbook: Workbook) -> None:
    """Ask which scenario is on screen, by its name: the field is another one as soon as a name changes."""
    names = [scenario.name for scenario in workbook.scenarios]
    if len(names) > 1:
        key = f"scenario-{st.session_state[frame.SEQUENCE]}-{_digest(*names)}"
        pick_one("Scénario à l’écran", names, index=workbook.current, key=key, on_change=_select, args=(key,))


def _digest(*texts: str) -> str:
    return hashlib.sha256("|".join(texts).encode()).hexdigest()[:8]


def _table(workbook: Workbook) -> str:
    atlas = loaders.opened_atlas()
    rows = []
    for i, scenario in enumerate(workbook.scenarios):
        held = atlas.rows(scenario.codes)
        towns = atlas.table["commune"].iloc[held].nunique()
        mark = " (à l’écran)" if i == workbook.current else ""
        rows.append(
            (f"{scenario.name}{mark}\n{scenario.note}", fr.number(towns), fr.number(int(atlas.population[held].sum())))
        )
    headers = [("Scénario", False), ("Communes", True), ("Habitants", True)]
    return html.table(headers, rows, caption="Scénarios de la session")


def _select(key: str) -> None:
    workbook, name = frame.workbook(), st.session_state.get(key)
    at = next((i for i, scenario in enumerate(workbook.scenarios) if scenario.name == name), None)
    if at is None:
        frame.say("Ce scénario n’existe plus ; choisissez-en un autre.")
    else:
        frame.hold(workbook.select(at))


def _rename(key: str, at: int) -> None:
    frame.attempt(lambda book: book.rename(st.session_state.get(key) or "", at))


def _note(key: str, at: int) -> None:
    frame.attempt(lambda book: book.note(st.session_state.get(key) or "", at))


def _change(move: str, at: int, seen: int) -> None:
    if frame.still(seen):
        frame.attempt(lambda book: getattr(book, move)(at), frame.hold)


def _new(seen: int) -> None:
    if frame.still(seen):
        frame.attempt(_with_one_more, frame.hold)


def _with_one_more(book: Workbook) -> Workbook:
    """Add an empty scenario, for the same project."""
    return book.add(Scenario(f"Scénario {len(book.scenarios) + 1}", project=book.scenario.project))


def _link() -> None:
    st.html(html.section("Le lien"))
    link = ADDRESS.url()
    st.code(link, language=None, wrap_lines=False)
    st.html('<button type="button" data-copier="[data-testid=stCode] code">Copier le lien</button>')
    carried = carries_answers(frame.workbook())
    if len(frame.workbook().scenarios) == 1:
        held = f"ce scénario, son projet, sa note{', ses réponses' if carried else ''}"
    else:
        held = f"ces scénarios, leurs projets, leurs notes{', leurs réponses' if carried else ''}"
    words = f"Le lien rouvre {held} et vos réglages, et dit si les données ont changé depuis."
    if not carried:
        words += (
            " Vos réponses aux questions du guide sont trop longues pour un lien : elles ne partent qu’avec le fichier."
        )
    if not carries_agreements(frame.workbook().agreements):
        words += " Les accords sont trop longs pour un lien : ils ne partent qu’avec le fichier."
    elif frame.workbook().agreements:
        words += (
            " Il porte aussi les accords notés et leurs remarques ; ce qu’ils remplacent n’est que dans le fichier."
        )
    if len(link) > MAIL_LENGTH:
        words += (
            f" Il compte {fr.number(len(link))} signes : certaines messageries le couperaient, préférez le fichier."
        )
    st.caption(words)


def _file() -> None:
    st.html(html.section("Le fichier"))
    workbook = replace(frame.workbook(), vintage=vintage_of(loaders.world()))
    st.download_button(
        "Télécharger les scénarios",
        to_file(workbook, loaders.opened_atlas()),
        file_name=FILE_NAME,
        mime="application/json",
        on_click="ignore",
        icon=":material/download:",
    )
    sent = st.file_uploader(
        "Ouvrir un fichier de scénarios", type=["json"], key=f"fichier-{st.session_state[frame.OPENED]}",
        max_upload_size=LARGEST_MB, help="Il s’ajoute aux scénarios de la session, qui gardent leurs réglages.",
    )  # fmt: skip
    if sent is not None:
        reading_desk.add_scenarios(sent, open_scenarios, _opened)


def _opened(opened: Opened) -> str:
    return f"{fr.count(len(opened.workbook.scenarios), 'scénario ouvert', 'scénarios ouverts')}."
