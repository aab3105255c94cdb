"""A4 documents as tagged PDF (PDF/UA-1), typeset on this machine by Typst, without any browser or outside service.

A template of `geo/templates/` receives plain data: texts reach it as strings, never as markup, so that a name that
looks like a command is printed as it is.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst

from geo.exports.note import QUESTION_HEADERS, QUESTION_WIDTHS, QUESTIONS_TITLE, Note
from geo.visible import visible

TEMPLATES = Path(__file__).resolve().parent / "templates"
QR_LONGEST = 1_800  # characters; past it a phone does not read the printed code
LINK_PIECE = 60
REMEMBERED = 11  # empty documents after which Typst has dropped what it kept of those before: it tells their age in documents made


def make_pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """Typeset `geo/templates/<template>.typ` with data (JSON values only; pictures are SVG texts).

    The data must give every picture an alternative text: the standard PDF/UA-1 refuses a document without.

    Raises
    ------
    FileNotFoundError
        When there is no such template.
    """
    path = TEMPLATES / f"{template}.typ"
    if not path.is_file():
        raise FileNotFoundError(path)
    return _typeset(path, json.dumps(_shown(data), ensure_ascii=False, allow_nan=False), pdf_standards=["ua-1"])


def _typeset(path: Path, data: str, **how: Any) -> bytes:
    """Have Typst make one file, and forget what it keeps of it.

    It keeps what ten documents were made of, ten megabytes each: memory that serves nobody, as no two documents are the same.
    """
    made: Any = typst.compile(path, root=TEMPLATES, sys_inputs={"data": data}, font_paths=_fonts(), **how)
    for _ in range(REMEMBERED):
        typst.compile(b"", font_paths=_fonts())
    return bytes(made[0] if isinstance(made, list) else made)


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Return the fonts of this machine, looked for once."""
    return typst.Fonts()


def _shown(value: Any) -> Any:
    """Write out, in every text of some plain data, the signs that would act on the page instead of being read."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {key: _shown(each) for key, each in value.items()}
    return [_shown(each) for each in value] if isinstance(value, list | tuple) else value


def note_pdf(note: Note) -> bytes:
    """Typeset a note as PDF/UA-1."""
    return make_pdf("note", note_data(note))


def note_data(note: Note) -> dict[str, Any]:
    """Return what the template of a note takes."""
    data: dict[str, Any] = asdict(note)
    data["qr"] = qr_svg(note.link)
    data["questions_title"], data["question_headers"], data["question_widths"] = (
        QUESTIONS_TITLE,
        QUESTION_HEADERS,
        QUESTION_WIDTHS,
    )
    data["short"] = note.link if len(note.link) <= LINK_PIECE else ""
    data["link_lines"] = [note.link[i : i + LINK_PIECE] for i in range(0, len(note.link), LINK_PIECE)]
    return data


def qr_svg(link: str) -> str:
    """Draw the QR code of a link; empty when there is no link or it is too long to be read on paper."""
    if not link or len(link) > QR_LONGEST:
        return ""
    out = io.BytesIO()
    segno.make(link, error="l", micro=False).save(out, kind="svg", scale=4, border=2, xmldecl=False, nl=False)
    return out.getvalue().decode()


@lru_cache(maxsize=4)  # the documents of one file show the same two pictures
def picture_png(svg: str) -> bytes:
    """Turn a drawn picture into PNG, for documents that take no SVG."""
    return drawn_png(svg, ppi=180.0)


def drawn_png(svg: str, *, ppi: float) -> bytes:
    """Turn a drawing into PNG."""
    return _typeset(TEMPLATES / "image.typ", json.dumps({"svg": svg}), format="png", ppi=ppi)
