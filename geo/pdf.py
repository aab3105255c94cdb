"""A4 documents as tagged PDF (PDF/UA-1), typeset on this machine by Typst, without any browser or outside service.

A template of `geo/templates/` receives plain data: texts reach it as strings, never as markup, so that a name that
looks like a command is printed as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).resolve().parent / "templates"


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
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    return typst.compile(path, root=TEMPLATES, sys_inputs={"data": text}, pdf_standards=["ua-1"])
