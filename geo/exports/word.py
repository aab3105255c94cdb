"""A note as a document to edit: real headings and lists, tables with header rows, pictures with their text, in French."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from geo.exports.formats import FIXED_DATE
from geo.exports.front import BLANK_MARK, Point, figure_line
from geo.exports.maps.svg import SvgMap
from geo.exports.note import CHAPTER, QUESTION_HEADERS, QUESTION_WIDTHS, QUESTIONS_TITLE, Note
from geo.exports.note_tables import Table
from geo.exports.typst_pdf import picture_png, qr_svg
from geo.visible import printable

ACCENT = RGBColor(0x0B, 0x6E, 0x75)
MUTED = RGBColor(0x55, 0x60, 0x6A)
BLANK = "…" * 28
WIDTH_MM = 174.0
FRONT_MAP_MM = 80.0  # on the first page, beside the points


def note_docx(note: Note) -> bytes:
    """Write a note as a DOCX whose parts bear the styles of a word processor, so that it reads and edits well."""
    document = word_document(note.title, note.name, f"{note.made_on} · Tableau de bord CLSM, version {note.version}")
    document.add_heading(printable(note.name), level=1)
    document.add_paragraph(printable(note.title), style="Subtitle")
    if not note.instruction:
        _front(document, note)
        document.add_page_break()
        document.add_heading("Le périmètre", level=2)
    document.add_paragraph(printable(note.lead))
    if note.project:
        document.add_paragraph(printable(note.project))
    if note.remark:
        document.add_paragraph(printable(note.remark), style="Intense Quote")
    if note.instruction:
        _request(document)
        _figures(document, note.figures)
        document.add_heading("Le périmètre", level=2)
        _map(document, note)
    word_picture(document, note.gauge)
    document.add_paragraph(f"Communes (habitants) : {printable(note.communes)}")
    _checks(document, note)
    _questions(document, note)
    for table in (note.zones, *note.needs, note.guests, *note.noted):
        document.add_heading(table.caption, level=2)
        word_table(document, table)
    document.add_heading(note.staffing.caption, level=2)
    document.add_paragraph(printable(note.staffing_text))
    word_table(document, note.staffing)
    for table in note.budget:
        document.add_heading(table.caption, level=2)
        word_table(document, table)
    if note.comparison:
        document.add_heading("Comparaison des périmètres", level=2)
        for table in note.comparison:
            document.add_heading(table.caption, level=3)
            word_table(document, table)
    if note.instruction:
        _decision(document)
    document.add_heading("Méthode et limites", level=2)
    for line in note.limits:
        document.add_paragraph(printable(line), style="List Bullet")
    document.add_paragraph(printable(note.settings_text))
    document.add_heading(note.sources.caption, level=2)
    word_table(document, note.sources)
    if note.link_text:
        _link(document, note)
    return word_bytes(document)


def word_bytes(document: Any) -> bytes:
    """Return a document as the bytes of its file."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _front(document: Any, note: Note) -> None:
    """Write the first page, which stands alone."""
    front = note.front
    document.add_paragraph().add_run(printable(front.proposal)).bold = True
    _figures(document, front.figures)
    halves = document.add_table(rows=1, cols=2)
    halves.autofit = False
    for column, size in zip(halves.columns, (FRONT_MAP_MM + 4, WIDTH_MM - FRONT_MAP_MM - 4), strict=True):
        column.width = column.cells[0].width = Mm(size)
    left, right = halves.rows[0].cells
    picture = left.paragraphs[0].add_run().add_picture(io.BytesIO(picture_png(note.map.svg)), width=Mm(FRONT_MAP_MM))
    _describe(picture, note.map.alt)
    if note.unnamed:
        left.add_paragraph().add_run(printable(note.unnamed)).font.size = Pt(7.5)
    _points(right, "Forces", front.strengths, front.no_strength)
    _points(right, "À discuter", front.points, front.no_point)
    document.add_heading("Question posée au conseil", level=2)
    document.add_paragraph().add_run(printable(front.question)).bold = True
    document.add_heading("Calendrier", level=2)
    word_table(document, Table("", ("Étape", "Quand"), front.calendar, widths=(1.5, 1.0)))
    document.add_heading("Coût", level=2)
    document.add_paragraph(printable(front.cost))


def _points(cell: Any, title: str, points: Sequence[Point], none_found: str) -> None:
    """Write points in a cell, under a real heading."""
    first = cell.paragraphs[0]
    head = first if not first.text else cell.add_paragraph()
    head.style, _ = "Heading 2", head.add_run(title)
    if not points:
        cell.add_paragraph(printable(none_found))
    for point in points:
        paragraph = cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(3)
        for text, bold in ((point.title, True), (f" ({point.badge}). {point.text}", False)):
            run = paragraph.add_run(printable(text))
            run.bold, run.font.size = bold, Pt(8.5)


def _figures(document: Any, figures: Sequence[tuple[str, str]]) -> None:
    for value, label in figures:
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.paragraph_format.space_after = Pt(0)
        line = figure_line(value, label)
        head = value if line.startswith(value) else ""
        paragraph.add_run(printable(head)).bold = True
        paragraph.add_run(printable(line.removeprefix(head)))


def _map(document: Any, note: Note) -> None:
    word_picture(document, note.map)
    if note.unnamed:
        document.add_paragraph(printable(note.unnamed))


def word_document(title: str, name: str, made: str) -> Any:
    """Return an empty document with page, styles, language, properties and footer; `made` says when and by what."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin, section.bottom_margin = Mm(18), Mm(18)
    for named, size in (("Normal", 10), ("Heading 1", 20), ("Heading 2", 14), ("Heading 3", 11)):
        style = document.styles[named]
        style.font.name, style.font.size = "Arial", Pt(size)
        properties = style.element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for attribute in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(attribute), "Arial")
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
            fonts.attrib.pop(qn(theme), None)
        if named != "Normal":
            style.font.color.rgb = ACCENT
    for properties in (document.styles["Normal"].element.get_or_add_rPr(), *document.styles.element.iter(qn("w:rPr"))):
        for old in properties.findall(qn("w:lang")):
            properties.remove(old)
    language = OxmlElement("w:lang")
    for attribute in ("w:val", "w:eastAsia"):
        language.set(qn(attribute), "fr-FR")
    document.styles["Normal"].element.get_or_add_rPr().append(language)
    core = document.core_properties
    core.title, core.author, core.language = (
        f"{printable(title)}, {printable(name)}",
        "Tableau de bord CLSM",
        "fr-FR",
    )
    core.created = core.modified = datetime(FIXED_DATE.year, 1, 1)
    footer = section.footer.paragraphs[0]
    footer.text = f"{printable(name)} · {printable(made)} · page "
    _page_number(footer)
    for run in footer.runs:
        run.font.size = Pt(8)
    return document


def _page_number(paragraph: Any) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def word_picture(document: Any, picture: SvgMap) -> None:
    """Add a drawing with its text, as wide as it is drawn and no wider than the page."""
    document.add_picture(io.BytesIO(picture_png(picture.svg)), width=Mm(min(picture.width_mm, WIDTH_MM)))
    _describe(document.inline_shapes[-1], picture.alt)


def _describe(shape: Any, alt: str) -> None:
    shape._inline.docPr.set("descr", printable(alt))


def _checks(document: Any, note: Note) -> None:
    document.add_heading("Ce que le guide invite à regarder", level=2)
    document.add_paragraph(
        printable(f"{note.summary}. Le guide recommande et n’interdit rien : chaque repère se discute. Sauf mention contraire, "
               f"les sources renvoient au chapitre {CHAPTER.removeprefix('Guide 2025, ').rstrip(' ,')} du guide de 2025.")
    )  # fmt: skip
    rows = []
    for check in note.checks:
        lines = [check.sentence, *(f"– {d}" for d in check.details), *(f"Il manque : {m}." for m in check.missing)]
        lines.append(f"{f'Réglages : {check.settings}. ' if check.settings else ''}Source : {check.source}.")
        rows.append((check.title, check.badge, "\n".join(lines), *([""] if note.instruction else [])))
    headers = (
        "Repère",
        "Issue",
        "Ce que disent les chiffres",
        *(["Appréciation du service"] if note.instruction else []),
    )
    widths = (1.2, 1.1, 4.0, *([1.5] if note.instruction else []))
    word_table(document, Table("", headers, tuple(rows), widths=widths))


def _questions(document: Any, note: Note) -> None:
    """Print the guide's questions with their answers; dots stand where there is none, to be written over."""
    document.add_heading(QUESTIONS_TITLE, level=2)
    document.add_paragraph(printable(note.questions_text))
    rows = []
    for asked in note.questions:
        lines = [asked.question, *([f"– {asked.data}"] if asked.data else []), f"Source : {asked.source}."]
        rows.append((asked.theme, "\n".join(lines), asked.answer or BLANK))
    word_table(document, Table("", QUESTION_HEADERS, tuple(rows), widths=QUESTION_WIDTHS))


def _request(document: Any) -> None:
    document.add_heading("Demande examinée", level=2)
    for label in ("Demandeur", "Référence et date de la demande", "Service instructeur", "Personne chargée du dossier"):
        document.add_paragraph(f"{label} : {BLANK}")


def _decision(document: Any) -> None:
    document.add_heading("Avis", level=2)
    document.add_paragraph("☐ Favorable    ☐ Favorable avec réserves    ☐ À compléter    ☐ Défavorable")
    for label in ("Motifs et observations", "Suites demandées au porteur", "Date", "Nom, qualité, signature"):
        document.add_paragraph(f"{label} : {BLANK}")
    document.add_paragraph(
        "Cette partie est laissée en blanc : l’avis appartient au service, l’outil ne le propose pas."
    )


def word_table(document: Any, table: Table) -> None:
    """Add a table whose first line is a header that is repeated on each page."""
    made = document.add_table(rows=1, cols=len(table.headers), style="Table Grid")
    made.autofit = False
    head = made.rows[0]
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    head._tr.get_or_add_trPr().append(mark)
    widths = table.widths or (1.0,) * len(table.headers)
    sizes = [Mm(WIDTH_MM * w / sum(widths)) for w in widths]
    for column, size in zip(made.columns, sizes, strict=True):  # the grid, which some word processors read alone
        column.width = size
    _fill(head.cells, table.headers, sizes, table.numeric, bold=True)
    for values in table.rows:
        row = made.add_row()
        keep = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(keep)
        _fill(row.cells, values, sizes, table.numeric)
    note = document.add_paragraph()
    if table.note:
        run = note.add_run(printable(table.note))
        run.font.size, run.font.color.rgb = Pt(8), MUTED


def _fill(
    cells: Sequence[Any], values: Sequence[str], sizes: Sequence[Any], numeric: Sequence[int], *, bold: bool = False
) -> None:
    for i, (cell, value, size) in enumerate(zip(cells, values, sizes, strict=True)):
        cell.width = size
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        if i in numeric:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for k, line in enumerate(printable(value, lines=True).split("\n")):
            run = paragraph.add_run(line) if not k else paragraph.add_run()
            if k:
                run.add_break()
                run.add_text(line)
            run.font.size, run.bold = Pt(8.5), bold
            if BLANK_MARK.search(line):
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _link(document: Any, note: Note) -> None:
    document.add_heading("Vérifier ou reprendre ce périmètre", level=2)
    document.add_paragraph(printable(note.link_text))
    if not note.link:
        return
    document.add_paragraph(printable(note.link))
    code = qr_svg(note.link)
    if code:
        document.add_picture(io.BytesIO(picture_png(code)), width=Mm(32))
        _describe(document.inline_shapes[-1], "Code QR du lien qui rouvre ce périmètre")
