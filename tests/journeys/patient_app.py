"""A page that reads a file without end, as the page Données reads one: `test_journey_reader` leaves it."""

from __future__ import annotations

import streamlit as st

from geo.isolation import Stop, Tell
from geo.isolation import reading as isolated
from tests.support import bad_readers
from ui import loaders, reading_desk


def job(tell: Tell, stop: Stop) -> object:
    return isolated.read(
        bad_readers.patient,
        b"x",
        "x.csv",
        atlas=loaders.atlas(),
        tell=tell,
        stop=stop,
        limits=isolated.Limits(seconds=300),
    ).result()


which = st.text_input("Fichier", "un")
reading = reading_desk.read(which, job)
if reading is not None:
    try:
        reading.result()
    except isolated.StoppedError:
        reading_desk.offer_again()
st.write("Le reste de la page")
