"""Six slides for the meeting, as PPTX, by python-pptx: real titles, a text for the map, notes for who speaks."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Mm, Pt

from geo import french as fr
from geo.dossier.facts import MEMBERS, Dossier
from geo.exports import Point, picture_png
from geo.visible import printable

WIDE_MM, HIGH_MM, EDGE_MM = 338.7, 190.5, 16.0
_colour: Callable[[str], RGBColor] = RGBColor.from_string
INK, ACCENT, MUTED = _colour("1D2A30"), _colour("0B6E75"), _colour("55606A")
TITLE_ONLY = 5  # of the layouts of the default template
FONT = "Arial"


def slides(dossier: Dossier) -> bytes:
    """Write the six slides: proposal, map, for whom, strengths and points, who and how, question and calendar."""
    made = Presentation()
    made.slide_width, made.slide_height = Mm(WIDE_MM), Mm(HIGH_MM)
    core = made.core_properties
    core.title, core.author, core.language = printable(dossier.name), "Tableau de bord CLSM", "fr-FR"
    core.created = core.modified = datetime(2000, 1, 1)
    front = dossier.note.front
    _said(
        made,
        dossier.name,
        [(front.proposal, 26, True), (f"{dossier.wishes.council_text} · {dossier.wishes.session_text}", 18, False)],
        dossier,
    )
    _mapped(made, dossier)
    _said(
        made,
        "Pour qui",
        [line for value, label in dossier.figures for line in ((value, 36, True), (label, 18, False))],
        dossier,
    )
    _points(made, dossier)
    _said(
        made,
        "Avec qui, à quel coût",
        [(f"{m[0].upper()}{m[1:]}", 18, False) for m in MEMBERS] + [(front.cost, 16, False)],
        dossier,
    )
    steps = [(f"{step} : {when}", 16, False) for step, when in front.calendar]
    _said(made, "Question posée au conseil", [(front.question, 24, True), *steps], dossier)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _slide(made: Any, title: str, dossier: Dossier) -> Any:
    """Add a slide with its title and its foot."""
    slide = made.slides.add_slide(made.slide_layouts[TITLE_ONLY])
    head = slide.shapes.title
    head.left, head.top, head.width, head.height = Mm(EDGE_MM), Mm(8), Mm(WIDE_MM - 2 * EDGE_MM), Mm(24)
    head.text_frame.word_wrap = True
    _write(head.text_frame.paragraphs[0], title, 32, bold=True, colour=ACCENT)
    foot = slide.shapes.add_textbox(Mm(EDGE_MM), Mm(HIGH_MM - 11), Mm(WIDE_MM - 2 * EDGE_MM), Mm(8)).text_frame
    foot.word_wrap = True
    _write(foot.paragraphs[0], f"{dossier.made} · {len(made.slides)} / 6", 10, colour=MUTED)
    return slide


def _write(paragraph: Any, text: str, points: float, *, bold: bool = False, colour: RGBColor = INK) -> None:
    from pptx.enum.text import PP_ALIGN

    paragraph.alignment = PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = printable(text)
    run.font.size, run.font.bold, run.font.name, run.font.color.rgb = Pt(points), bold, FONT, colour
    run.font._element.set("lang", "fr-FR")


def _box(slide: Any, left: float, top: float, width: float, height: float) -> Any:
    frame = slide.shapes.add_textbox(Mm(left), Mm(top), Mm(width), Mm(height)).text_frame
    frame.word_wrap = True
    return frame


def _lines(frame: Any, lines: Sequence[tuple[str, float, bool]]) -> None:
    for place, (text, points, bold) in enumerate(lines):
        paragraph = frame.paragraphs[0] if not place else frame.add_paragraph()
        paragraph.space_after = Pt(points * 0.5)
        _write(paragraph, text, points, bold=bold)


def _said(made: Any, title: str, lines: Sequence[tuple[str, float, bool]], dossier: Dossier) -> None:
    slide = _slide(made, title, dossier)
    _lines(_box(slide, EDGE_MM, 38, WIDE_MM - 2 * EDGE_MM, HIGH_MM - 54), lines)


def _mapped(made: Any, dossier: Dossier) -> None:
    """Add the map, as high as the slide allows, and the perimeter in words beside it."""
    slide, drawn = _slide(made, "Le périmètre", dossier), dossier.note.map
    room = HIGH_MM - 50
    high = min(room, drawn.height_mm / drawn.width_mm * 190)
    wide = high * drawn.width_mm / drawn.height_mm
    picture = slide.shapes.add_picture(io.BytesIO(picture_png(drawn.svg)), Mm(EDGE_MM), Mm(36), Mm(wide), Mm(high))
    picture._element.nvPicPr.cNvPr.set("descr", printable(drawn.alt))
    beside = _box(slide, EDGE_MM + wide + 10, 38, WIDE_MM - 2 * EDGE_MM - wide - 10, room)
    _lines(
        beside,
        [
            (fr.typeset(f"{dossier.rests_on}."), 18, False),
            *([(dossier.note.unnamed, 12, False)] if dossier.note.unnamed else []),
        ],
    )


def _points(made: Any, dossier: Dossier) -> None:
    slide, front = _slide(made, "Forces, et points à discuter", dossier), dossier.note.front
    half = (WIDE_MM - 2 * EDGE_MM - 10) / 2
    for place, (title, points, none_found) in enumerate(
        (("Forces", front.strengths, front.no_strength), ("À discuter", front.points, front.no_point))
    ):
        lines = [(title, 22.0, True), *(_point(p) for p in points)]
        _lines(
            _box(slide, EDGE_MM + place * (half + 10), 36, half, HIGH_MM - 50),
            lines if points else [*lines, (none_found, 16.0, False)],
        )


def _point(point: Point) -> tuple[str, float, bool]:
    return f"{point.title} ({point.badge}). {point.text}", 15.0, False
