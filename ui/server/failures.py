"""Errors that nobody foresaw: one line in a file, a French sentence on the page, no traceback for a reader nor in the log.

`dashboard.py` gives `report_failure` to Streamlit, which calls it for whatever a page, a fragment or a callback lets through. Tests
run the pages without a server, so they see the exception itself.
"""

from __future__ import annotations

import logging
import re
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any

import streamlit as st

from geo.paths import ROOT, home

FILE = "incidents.log"
LARGEST_BYTES = 1_000_000  # past that the file begins again, the one before is kept beside it
LONGEST = 200  # characters of a message
UNTRUE = "ASGI callable returned without completing handshake."


def line(error: BaseException) -> str:
    """Return an error on one line: its kind, its message, and the calls of this project that led to it, the last first."""
    calls = []
    for call in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(call.filename)
        if path.is_relative_to(ROOT) and ".venv" not in path.parts:
            calls.append(f"{path.relative_to(ROOT)}:{call.lineno} {call.name}")
    said = re.sub(r"[\x00-\x1f\x7f-\x9f\s]+", " ", str(error))[:LONGEST]
    return f"{type(error).__name__}: {said} | {' < '.join(calls)}"


def report_failure(error: Exception) -> bool:
    """Write an error down and say it in French where it happened; True: Streamlit shows nothing of its own."""
    at, kept = write_down(error)
    where = f", dans le fichier « {FILE} »" if kept else ""
    st.error(
        "Cette page a rencontré une erreur imprévue. Vos scénarios et les couches gardées sont intacts. Rechargez la page ; si "
        f"l’erreur revient, dites à qui tient ce serveur ce que vous veniez de faire, et l’heure ({at:%H:%M:%S}){where}."
    )
    return True


def write_down(error: BaseException) -> tuple[datetime, bool]:
    """Write an error down on one line of a file; return when, and whether it could be."""
    at = datetime.now().astimezone()
    return at, _write(f"{at.isoformat(timespec='seconds')} {line(error)}\n")


def _write(text: str) -> bool:
    path = home() / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.stat().st_size > LARGEST_BYTES:
            path.replace(path.with_suffix(".1.log"))
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError:  # a full disk or a folder that cannot be written: the log of the server has the line
        return False
    return True


def _on_one_line(*said: Any, **named: Any) -> logging.LogRecord:
    """Make a line of the log without the traceback of the error that it is about."""
    record = logging.LogRecord(*said, **named)
    if record.exc_info and record.exc_info[1]:
        record.msg, record.args = f"Erreur imprévue : {line(record.exc_info[1])}", ()
        record.exc_info = record.exc_text = None
    return record


def quiet_log() -> None:
    """Have whatever this process logs be one line: what a page lets through, and what Streamlit, its server or a loop says of an
    error that a visitor may bring about as often as he likes."""
    logging.setLogRecordFactory(_on_one_line)
    # uvicorn writes it of each socket refused in so many words (ui/server/guarded.py), which was answered all the same.
    logging.getLogger("uvicorn.error").addFilter(lambda record: record.msg != UNTRUE)
