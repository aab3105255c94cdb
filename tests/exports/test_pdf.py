"""The typesetting of PDF: tagged, in French, and hostile texts are dead letters."""

from __future__ import annotations

import ctypes
import io
import json
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
import typst

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


def test_typst_keeps_nothing_of_the_documents_made_before(template: Path) -> None:
    in_use = _malloc_in_use()
    texts = [f"{i} " + " ".join(f"mot{j * i}" for j in range(6_000)) for i in range(1, 8)]
    pdf.make_pdf("essai", {"title": texts[0], "map": SQUARE, "alt": "un carré"})
    before = in_use()
    for text in texts[1:]:
        pdf.make_pdf("essai", {"title": text, "map": SQUARE, "alt": "un carré"})
    kept = in_use() - before
    typst.compile(
        template / "essai.typ",
        root=template,
        sys_inputs={"data": json.dumps({"title": "x " * 9_000, "map": SQUARE, "alt": "a"})},
    )
    assert kept < in_use() - before - kept  # six documents leave less than one that is not forgotten


def _malloc_in_use() -> Callable[[], int]:
    """Return what tells the bytes that are in use, by the allocator of the C library."""
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    kind = type("Mallinfo2", (ctypes.Structure,), {"_fields_": [(name, ctypes.c_size_t) for name in names.split()]})
    try:
        ask = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError, TypeError):
        pytest.skip("the C library does not tell what is in use")
    ask.restype = kind
    return lambda: int(ask().uordblks)
