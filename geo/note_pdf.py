"""A note as a tagged A4 PDF, and its pictures as PNG for the editable document."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import segno

from geo.note import Note
from geo.pdf import TEMPLATES, make_pdf

QR_LONGEST = 1_800  # characters; past it a phone does not read the printed code
LINK_PIECE = 60


def note_pdf(note: Note) -> bytes:
    """Typeset a note as PDF/UA-1."""
    data: dict[str, Any] = asdict(note)
    data["qr"] = qr_svg(note.link)
    data["short"] = note.link if len(note.link) <= LINK_PIECE else ""
    data["link_lines"] = [note.link[i : i + LINK_PIECE] for i in range(0, len(note.link), LINK_PIECE)]
    return make_pdf("note", data)


def qr_svg(link: str) -> str:
    """Draw the QR code of a link; empty when there is no link or it is too long to be read on paper."""
    if not link or len(link) > QR_LONGEST:
        return ""
    out = io.BytesIO()
    segno.make(link, error="l", micro=False).save(out, kind="svg", scale=4, border=2, xmldecl=False, nl=False)
    return out.getvalue().decode()


def picture_png(svg: str, *, ppi: float = 180.0) -> bytes:
    """Turn a drawn picture into PNG, for files that take no SVG."""
    import typst

    made: Any = typst.compile(
        Path(TEMPLATES) / "image.typ",
        root=TEMPLATES,
        sys_inputs={"data": json.dumps({"svg": svg})},
        format="png",
        ppi=ppi,
    )
    return bytes(made[0] if isinstance(made, list) else made)
