"""The panel « Accords »: how many are on board, the table of answers, what does not agree, the COPIL's view, colleagues' files.

It decides nothing of where a body stands: geo.agreements does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from geo import french as fr
from geo.agreements import (
    COMMUNE,
    COPIL_SOURCE,
    ON_BOARD,
    SCALES,
    SIDES,
    STATUS_LABELS,
    VIEW_LENGTH,
    Entry,
    FollowUp,
    Line,
    Status,
    copil_subject,
    follow,
    signed,
)
from geo.errors import GeoInputError
from geo.exports import open_scenarios
from geo.perimeters import Perimeter
from geo.scenarios import Opened, carries_agreements
from ui import acts, frame, html, loaders, reading_desk
from ui.agreements.author import PRIVATE, ask_author, author, note
from ui.agreements.colours import COLOURS
from ui.agreements.grid import show_grid, show_several
from ui.choices import pick_one

FILES = "agreements-files"  # a number: the field that takes files is a new one after each
ERASE = "agreements-erase"
LARGEST_MB = 20
MOST_HISTORY = 60  # lines shown
MOST_DISPUTES = 12


def panel(perimeter: Perimeter) -> None:
    """Show where the perimeter stands, and take what is noted."""
    found = follow(loaders.facts(perimeter), frame.workbook().agreements)
    st.html(html.section("Accords") + html.figures(_figures(found)) + _said(found))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        ask_author()
        st.toggle("Colorer la carte", key=COLOURS, persist_state="session")
    st.caption("Entrée ou double-clic pour écrire dans une case ; chaque réponse est gardée aussitôt.")
    show_grid(found)
    st.caption(fr.typeset(f"{PRIVATE} {_carried()}"))
    _disputes(found)
    with _folded("Noter pour plusieurs à la fois", ":material/checklist:") as box:
        if box.open:
            show_several(found)
    with _folded("Avis du comité de pilotage sur chaque échelle", ":material/forum:") as box:
        if box.open:
            _views()
    with _folded("Réunir les fichiers de collègues", ":material/merge:") as box:
        if box.open:
            _files()
    with _folded("Réponses remplacées, effacer", ":material/history:") as box:
        if box.open:
            _history(found)


def _folded(title: str, icon: str) -> Any:
    return st.expander(title, icon=icon, key=f"agreements-{title}", on_change="rerun")


def _figures(found: FollowUp) -> list[tuple[str, str]]:
    counts, aboard, share = found.counts(), found.people(*ON_BOARD), found.share
    least = "au moins " if any(line.kind == COMMUNE for line in found.disputed) else ""
    towns = sum(counts[STATUS_LABELS[status]] for status in ON_BOARD)
    known = "inconnu" if share is None else f"{least}{fr.percent(share)}"
    deliberated = fr.number(found.people(Status.DELIBERATED))
    return [
        (known, f"des habitants : {fr.number(aboard)} sur {fr.number(found.people())}"),
        (
            fr.number(towns),
            f"{'commune' if towns < 2 else 'communes'} d’accord sur {fr.number(len(found.of(COMMUNE)))}",
        ),
        (fr.number(counts[STATUS_LABELS[Status.DELIBERATED]]), f"par délibération : {deliberated} hab."),
        (fr.number(counts[STATUS_LABELS[Status.REFUSED]]), "refus"),
    ]


def _said(found: FollowUp) -> str:
    lines = "".join(f"<li>{html.escape(text)}</li>" for text in found.details)
    return f'<div class="clsm-effet"><ul>{lines}</ul></div>'


def _carried() -> str:
    if carries_agreements(frame.workbook().agreements):
        return "Gardé dans le lien et le fichier de scénarios."
    return "Trop long pour le lien : gardé dans le fichier de scénarios."


# --- what does not agree ------------------------------------------------------------------------------------------------
def _disputes(found: FollowUp) -> None:
    """Show side by side what several persons noted apart, each with the button that keeps it."""
    if not found.disputed:
        return
    st.html(
        html.section("Ce qui ne s’accorde pas", "Noté séparément, compté d’aucun côté tant que personne n’a choisi.")
    )
    for line in found.disputed[:MOST_DISPUTES]:
        st.markdown(f"**{html.literal(line.name)}**")
        for column, entry in zip(st.columns(len(line.standing.heads), gap="small"), line.standing.heads, strict=True):
            column.html(f'<div class="clsm-effet">{html.escape(_told(entry))}</div>')
            column.button(
                "Retenir", key=f"agreements-keep-{line.subject}-{entry.id}", on_click=_keep, args=(line, entry)
            )
    if len(found.disputed) > MOST_DISPUTES:
        st.caption(f"Et {fr.count(len(found.disputed) - MOST_DISPUTES, 'autre désaccord', 'autres désaccords')}.")


def _told(entry: Entry) -> str:
    about = [
        STATUS_LABELS.get(entry.status, "remarque seule"),
        fr.day(entry.day) if entry.day else "",
        entry.reference,
        entry.text,
    ]
    return f"{' ; '.join(filter(None, about))} ({signed(entry)})"


def _keep(line: Line, entry: Entry) -> None:
    """Settle on one of several answers; the remarks of the others stay beside its own while there is room."""
    others = [e.text for e in line.standing.heads if e.text and e.text != entry.text]
    text = fr.shortened(" / ".join(filter(None, [entry.text, *others])), 200)
    note(Entry(line.subject, entry.status, entry.day, entry.reference, text, author()))


# --- the view of the steering committee ---------------------------------------------------------------------------------
def _views() -> None:
    st.caption(
        f"Le guide demande de peser avantages et inconvénients de chaque échelle. Imprimé avec la note. Source : {COPIL_SOURCE}."
    )
    held = frame.workbook().agreements
    for scale, label in SCALES.items():
        st.markdown(f"**{label}**")
        for column, (side, title) in zip(st.columns(2, gap="small"), SIDES.items(), strict=True):
            subject = copil_subject(scale, side)
            heads = [e for e in held.standing(subject).heads if e.text]
            with column:
                for entry in heads if len(heads) > 1 else ():
                    st.html(f'<div class="clsm-effet">{html.escape(f"« {entry.text} » ({signed(entry)})")}</div>')
                key = f"agreements-{subject}-{frame.move_key([e.id for e in heads])}"
                st.text_area(
                    title, heads[0].text if len(heads) == 1 else "", key=key, max_chars=VIEW_LENGTH, height=90, on_change=_view, args=(key, subject),
                    placeholder="L’avis commun, qui remplacera ceux du dessus" if heads else "Rien de noté",
                )  # fmt: skip


def _view(key: str, subject: str) -> None:
    text = (st.session_state.get(key) or "").replace("\t", " ").strip()
    try:
        entry = Entry(subject, text=text, who=author())
    except GeoInputError as error:
        frame.say(*error.problems)
        return
    note(entry)


# --- colleagues' files --------------------------------------------------------------------------------------------------
def _files() -> None:
    """Take the files of scenarios of colleagues, one after the other: their answers join those here, none is lost."""
    st.caption(
        "Chacun envoie son fichier de scénarios (onglet « Scénarios »). Seuls les accords, les fonctions désignées et les avis en sont pris ; "
        "ce qui ne s’accorde pas s’affiche côte à côte."
    )
    number = st.session_state.setdefault(FILES, 0)
    sent = st.file_uploader(
        "Fichiers de scénarios",
        type=["json"],
        accept_multiple_files=True,
        key=f"{FILES}-{number}",
        max_upload_size=LARGEST_MB,
    )
    waiting = [one for one in sent or () if not acts.done(("accords", one.file_id))]
    if not waiting:
        return
    one = waiting[0]
    opened: Opened | None = reading_desk.take(one, open_scenarios)
    if opened is None:
        return
    before = len(frame.workbook().agreements)
    try:
        merged = frame.workbook().with_agreements_of(opened.workbook)
    except GeoInputError as error:
        reading_desk.refuse(one.name, error)
        return
    reading_desk.desk().clear()
    acts.once(("accords", one.file_id), lambda: frame.hold(merged))
    more = len(merged.agreements) - before
    new = (
        fr.count(more, "réponse ou remarque nouvelle", "réponses ou remarques nouvelles") if more else "rien de nouveau"
    )
    frame.say(f"{one.name} : {new}.", *(n for n in opened.notices if n.startswith("Accords")))
    if len(waiting) == 1:
        st.session_state[FILES] += 1
    st.rerun()


# --- what was replaced --------------------------------------------------------------------------------------------------
def _history(found: FollowUp) -> None:
    held, names = frame.workbook().agreements, {line.subject: line.name for line in found.lines}
    rows = [(name, _told(entry)) for subject, name in names.items() for entry in held.history(subject)]
    if rows:
        st.html(
            html.table(
                [("Interlocuteur", False), ("Noté avant", False)], rows[:MOST_HISTORY], caption="Réponses remplacées"
            )
        )
        if len(rows) > MOST_HISTORY:
            st.caption(f"Et {fr.count(len(rows) - MOST_HISTORY, 'autre')}, dans le fichier de scénarios.")
    else:
        st.caption("Aucune réponse de ce périmètre n’a été remplacée.")
    if found.elsewhere:
        st.caption(
            f"{fr.count(len(found.elsewhere), 'réponse notée', 'réponses notées')} hors de ce périmètre : gardées, comptées nulle part ici."
        )
    written = [s for s in names if held.standing(s).heads]
    if not written:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        subject = pick_one("Effacer tout ce qui est noté de", written, format_func=names.get, key=ERASE)
        st.button("Effacer", key="agreements-erase-now", on_click=_erase, args=(subject,), icon=":material/delete:")
    st.caption("Sans trace, ici : un collègue qui l’a dans son fichier l’a encore.")


def _erase(subject: str) -> None:
    frame.attempt(lambda book: replace(book, agreements=book.agreements.erased(subject)), frame.hold)
