"""Hostile names in the file for a council: in every format they are dead letters, and the page runs nothing and calls nobody."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from geo.dossier import Dossier, Wishes, make_piece
from geo.dossier.blocks import Document, Grid, Heading, Items, Text
from geo.dossier.odt import as_odt
from geo.dossier.web import POLICY, say
from geo.dossier.writers import as_docx, as_pdf
from geo.exports import Table
from tests.dossier.test_dossier import bare, dossier_of, text_of

SCRIPT, FORMULA, TYPST, ENTITY = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "#let x = panic()",
    "&lt;b&gt; &amp;xxe; ]]>",
)
BIDI = "\u202eetnetsop\u202c"
HOSTILE = f"{SCRIPT} {FORMULA}"
PATHS = (
    "1-note.pdf", "1-note.docx", "2-deliberation.docx", "2-deliberation.odt", "3-courriers/maires.docx", "4-convention.odt",
    "5-diapositives.pptx", "7-facile-a-lire.pdf", "8-page-a-consulter.html",
)  # fmt: skip


def hostile() -> Dossier:
    wishes = Wishes(
        council=f"{TYPST} {ENTITY}",
        session=f"{SCRIPT}{BIDI}",
        signatory=FORMULA,
        contact="*gras* _x_ $y$ \\",
        remark=True,
    )
    return dossier_of(
        ("94028",), name=HOSTILE, wishes=wishes, remark=f"{SCRIPT} {TYPST}", answers=(("ptsm", f"{SCRIPT} {ENTITY}"),)
    )


@pytest.mark.parametrize("path", PATHS)
def test_hostile_names_are_dead_letters_in_every_format(path: str) -> None:
    made = make_piece(path, hostile())
    text = bare(text_of(path, made))
    assert bare(SCRIPT) in text
    if "note" not in path:
        assert bare(TYPST) in text or "7-" in path
    assert "\u202e" not in text
    if path.endswith((".docx", ".odt", ".pptx")):
        with zipfile.ZipFile(io.BytesIO(made)) as packed:
            for name in packed.namelist():
                if name.endswith(".xml") and packed.read(name):
                    root = etree.fromstring(packed.read(name))
                    assert not [
                        e
                        for e in root.iter()
                        if isinstance(e.tag, str) and e.tag.rpartition("}")[2].lower() == "script"
                    ]


def test_the_page_has_no_script_and_its_policy_lets_nothing_in_but_its_own_style() -> None:
    made = make_piece("8-page-a-consulter.html", hostile()).decode()
    page = html.document_fromstring(made)
    assert not page.xpath("//script|//iframe|//object|//embed|//link|//base|//form|//img|//a|//*[@style]")
    assert not [a for e in page.iter() for a in e.attrib if a.lower().startswith("on")]
    assert not [
        v
        for e in page.iter()
        for a, v in e.attrib.items()
        if re.search(r"(https?:)?//|data:|javascript:", v) and a != "xmlns"
    ]
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = page.xpath("//style/text()")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == POLICY
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_two_drawings_on_the_page_share_no_name() -> None:
    page = html.document_fromstring(make_piece("8-page-a-consulter.html", dossier_of()))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    used = set(re.findall(r"url\(#([^)]+)\)", html.tostring(page).decode()))
    assert used <= set(ids)


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_is_written_by_every_writer_and_read_back_without_its_acting_signs(text: str) -> None:
    table = Table("t", ("A", "B"), ((text, text),))
    document = Document(
        "Titre", text, "aujourd’hui", (Heading("Titre", 1), Heading(text), Text(text), Items((text,)), Grid(table))
    )
    shown = bare("".join(c for c in text if c.isprintable()))
    for path, made in (("x.docx", as_docx(document)), ("x.odt", as_odt(document))):
        assert bare(text_of(path, made)).count(shown) >= 3
    assert shown in bare(str(html.fragment_fromstring(f"<p>{say(text)}</p>").text_content()))


@pytest.mark.parametrize(
    "text", [SCRIPT, TYPST, ENTITY, BIDI, "= titre", "- puce", "@ref <etiquette>", "[à compléter : #panic()]"]
)
def test_typst_prints_any_text_sign_for_sign(text: str) -> None:
    document = Document(
        "Titre",
        text,
        "aujourd’hui",
        (Heading("Titre", 1), Heading(text), Text(text), Items((text,)), Grid(Table("t", ("A",), ((text,),)))),
    )
    read = pypdf.PdfReader(io.BytesIO(as_pdf(document)))
    assert bare(text.replace("\u202e", "").replace("\u202c", "")) in bare(
        re.sub(r"\\u202[ec]", "", read.pages[0].extract_text())
    )
