"""The typesetting of PDF: tagged, in French, and hostile texts are dead letters."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest

from geo.exports import typst_pdf as pdf

PAGE = """#import "commun.typ": *
#show: document-style.with(data.title)
= #data.title
#picture(data.map, data.alt, width: 20mm)
"""
SQUARE = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>"


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "commun.typ").write_text((pdf.TEMPLATES / "commun.typ").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "essai.typ").write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(pdf, "TEMPLATES", tmp_path)
    return tmp_path


def test_a_document_is_tagged_in_french_and_prints_hostile_text_as_it_is(template: Path) -> None:
    title = "#panic() *L’Haÿ* $x$ <script>"
    made = pdf.make_pdf("essai", {"title": title, "map": SQUARE, "alt": "un carré"})
    read = pypdf.PdfReader(io.BytesIO(made))
    root = read.trailer["/Root"]
    assert title in read.pages[0].extract_text()
    assert bool(root["/MarkInfo"]["/Marked"])
    assert root["/Lang"] == "fr"


def test_a_picture_without_alternative_text_is_refused(template: Path) -> None:
    with pytest.raises(Exception, match="alt"):
        pdf.make_pdf("essai", {"title": "x", "map": SQUARE, "alt": None})


def test_an_unknown_template_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="absent"):
        pdf.make_pdf("absent", {})
