"""The printed atlas of the région: made when it is asked for, one at a time on a server, with its progress on the screen."""

from __future__ import annotations

from datetime import date

import streamlit as st

from geo import booklet
from geo import french as fr
from geo.booklet import PER
from geo.coverage import Scope
from geo.errors import GeoInputError
from ui import html, loaders
from ui.cache import claims, declared_complete, token
from ui.region import loaders as region_loaders
from ui.server import Prepared, export_lane, prepared

MADE = "region-atlas"  # the atlas last made in this session: (what it was made of, `Prepared`)
WORDS = {"epci": "Une page par EPCI", "departement": "Une page par département"}


def panel(scope: Scope) -> None:
    """Offer the atlas."""
    st.html(
        html.section(
            "Atlas de la région",
            "Un PDF à imprimer ou à projeter : la carte d’ensemble, l’index, puis une page par territoire avec sa carte nommée, ses chiffres, "
            "ses CLSM connus et ses plus grandes communes sans CLSM.",
        )
    )
    per = st.radio("Découpage", list(PER), format_func=WORDS.get, key="region-atlas-par", horizontal=True)
    today = date.today()
    wanted = (token(), claims().digest, declared_complete(), scope.id, per, today)
    if st.button("Préparer l’atlas", key="region-atlas-preparer", icon=":material/menu_book:", type="primary"):
        _make(scope, per, today, wanted)
    held = st.session_state.get(MADE)
    if held and held[0] == wanted:
        made: Prepared = held[1]
        st.download_button(
            fr.typeset(f"Télécharger l’atlas ({fr.megabytes(made.size)})"),
            made.content,
            file_name=f"atlas-clsm-{scope.id}-{per}.pdf",
            mime="application/pdf",
            key="region-atlas-pdf",
            on_click="ignore",
            icon=":material/download:",
        )
    st.caption(
        "Quelques dizaines de secondes pour une grande région ; un seul atlas se prépare à la fois sur ce serveur."
    )


def _make(scope: Scope, per: str, today: date, wanted: tuple[object, ...]) -> None:
    bar = st.progress(0.0, "En attente d’un autre fichier en préparation…")

    def tell(part: float, text: str) -> None:
        bar.progress(part, html.literal(text))

    try:
        with export_lane(lambda text: bar.progress(0.0, html.literal(text))):
            made = booklet.booklet_pdf(
                scope,
                per,
                region_loaders.state(),
                made_on=today,
                tell=tell,
                indicators=loaders.world().indicators,
            )
    except GeoInputError as error:
        st.error("\n".join(html.literal(problem) for problem in error.problems))
        return
    finally:
        bar.empty()
    st.session_state[MADE] = (wanted, prepared(made))
