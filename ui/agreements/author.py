"""Who notes: a service or a function, asked once in a session, and what is noted held as a step that « Annuler » takes back.

Apart because both panels that note something ask it the same way.
"""

from __future__ import annotations

import streamlit as st

from geo.agreements import WHO_LENGTH, Entry
from geo.errors import GeoInputError
from ui import frame

WHO = "agreements-who"
PRIVATE = "Ni nom de personne, ni adresse électronique, ni téléphone, ni rien de la santé de quelqu’un : ces textes circulent."


def ask_author() -> None:
    """Ask under which label what is noted will be told to colleagues."""
    st.text_input(
        "Qui note ?", key=WHO, max_chars=WHO_LENGTH, placeholder="Un service ou une fonction : Ville de…, coordination, DD-ARS",
        persist_state="session", help="Écrit à côté de chaque réponse, pour s’y retrouver quand les fichiers de plusieurs personnes sont réunis.",
    )  # fmt: skip


def author() -> str:
    """Return the label of who notes, "" while it is not said."""
    return " ".join((st.session_state.get(WHO) or "").split())


def note(*entries: Entry) -> bool:
    """Hold what was noted; what is refused is said, and nothing changes. Tell whether it was held."""
    try:
        frame.hold(frame.workbook().noting(*entries))
    except GeoInputError as error:
        frame.say(*error.problems)
        return False
    return True
