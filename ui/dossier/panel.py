"""What is asked of who wants the file for a council, the button that makes it with its progress, and each document alone.

Nothing is made before it is asked for, and each document goes through the export lane.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from geo import french as fr
from geo.claims import Claims
from geo.dossier import MIMES, PIECES, Dossier, Piece, Wishes, make_archive, make_piece
from geo.errors import GeoInputError
from geo.exports import Export, file_name
from ui import html
from ui.cache import under
from ui.choices import pick_one
from ui.server import export_lane, prepared

MADE = "dossier-fait"
LONGEST = 120  # characters of an answer
# Key, label, what it is for, by field of Wishes.
ASKED = (
    ("council", "Qui délibère ?", "Conseil municipal de…, conseil communautaire de…"),
    ("session", "Date de la séance", "12 mars 2027"),
    ("signatory", "Qui signe ?", "Fonction, puis nom"),
    ("contact", "À qui répondre ?", "Service, téléphone, courriel"),
)


@dataclass(frozen=True)
class Source:
    """What the file is made from; nothing here holds the data. `asked` tells when it changes, `export` gives the rest when it is made."""

    asked: object
    export: Callable[[], Export]
    title: str
    remark: bool
    claims: Claims
    opened: frozenset[str] = frozenset()


@st.fragment
def offer(source: Source) -> None:
    """Show the panel."""
    st.html(
        html.section(
            "Dossier pour le conseil",
            "Note, projet de délibération, courriers, convention, diapositives, affiche A3, français facile, page hors ligne : les mêmes chiffres partout.",
        )
    )
    box = st.expander(
        "Ce que vous savez déjà (facultatif)", icon=":material/edit_note:", key="dossier-su", on_change="rerun"
    )
    if box.open:
        with box:
            _ask()
    wishes = Wishes(
        **{field: st.session_state.get(f"dossier-{field}") or "" for field, _, _ in ASKED}, remark=source.remark
    )
    if st.button("Faire le dossier (ZIP)", type="primary", icon=":material/folder_zip:", key="dossier-faire"):
        _make(source, wishes)
    _ready(source, wishes)
    box = st.expander("Chaque document à part", icon=":material/draft:", key="dossier-a-part", on_change="rerun")
    if box.open:
        with box:
            _alone(source, wishes)
    st.caption("Ce que l’outil ne sait pas est marqué « [à compléter : … ] », en jaune. Relisez tout avant d’envoyer.")


def _ask() -> None:
    """Ask what is known of the session, in two columns; it is printed, and kept no longer than the session."""
    columns = st.columns(2, gap="small")
    for place, (field, label, example) in enumerate(ASKED):
        with columns[place % 2]:
            st.text_input(
                label, key=f"dossier-{field}", max_chars=LONGEST, placeholder=example, persist_state="session"
            )
    st.caption("Imprimé dans les documents, et gardé nulle part. Vide : une place à remplir.")


def _make(source: Source, wishes: Wishes) -> None:
    """Make the archive, its progress shown as it goes."""
    bar = st.progress(0.0, text="Le dossier attend son tour…")

    def progress(what: str, done: int, of: int) -> None:
        bar.progress(done / of, text=html.literal(f"{what} : {done} sur {of}"))

    def waits(text: str) -> None:
        bar.progress(0.0, text=html.literal(text))

    st.session_state.pop(MADE, None)
    try:
        with export_lane(waits), under(source.claims, source.opened):
            made = make_archive(Dossier(source.export(), wishes), progress)
    except GeoInputError as error:
        st.error(html.literal(str(error)))
        return
    finally:
        bar.empty()
    st.session_state[MADE] = (source.asked, wishes, prepared(made))


def _ready(source: Source, wishes: Wishes) -> None:
    """Offer the archive that was made, as long as it is that of what is shown."""
    asked, said, made = st.session_state.get(MADE, (None, None, None))
    if made is None or asked != source.asked or said != wishes:
        st.session_state.pop(MADE, None)
        return
    st.download_button(
        f"Télécharger le dossier ({fr.megabytes(made.size)})", made.content, file_name=file_name(f"dossier {source.title}", "zip"),
        mime="application/zip", on_click="ignore", key="dossier-telecharger", icon=":material/download:",
    )  # fmt: skip


def _alone(source: Source, wishes: Wishes) -> None:
    """Offer one document, made when its button is clicked."""
    labels = {p.path: f"{p.label} ({p.kind.upper()})" for p in PIECES}
    path = pick_one("Document", list(labels), format_func=labels.get, key="dossier-document")
    piece = next((p for p in PIECES if p.path == path), PIECES[0])
    stem = piece.stem.rpartition("/")[2].lstrip("0123456789-")
    st.download_button(
        "Télécharger ce document", _maker(source, wishes, piece), file_name=file_name(f"{stem} {source.title}", piece.kind),
        mime=MIMES[piece.kind], on_click="ignore", key="dossier-seul", icon=":material/download:",
    )  # fmt: skip


def _maker(source: Source, wishes: Wishes, piece: Piece) -> Callable[[], bytes]:
    def made() -> bytes:
        with export_lane(), under(source.claims, source.opened):
            return make_piece(piece.path, Dossier(source.export(), wishes))

    return made
