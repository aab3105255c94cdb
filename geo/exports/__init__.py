"""Files to download: notes (PDF, DOCX), maps (SVG, PNG), tables, spatial files, read back to the same perimeter and figures.

Text from data is neutralised here for spreadsheets and documents. Start from `Export`, `make`, `coverage_files`, `read_back`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.exports.coverage_files import Imprint, coverage_file, coverage_files
from geo.exports.coverage_svg import coverage_map
from geo.exports.coverage_tables import CoverageReport, siting_notes
from geo.exports.formats import Sheet, csv_bytes, may_run, neutral, original, workbook, zipped
from geo.exports.front import BLANK_MARK, Point, blank, figure_line, measured, of_aim, towns, unsaid_beside_clsm, where
from geo.exports.layer_files import SHEET, export, name_and_mime
from geo.exports.map_files import MAP_FORMATS, coverage_map_file, perimeter_map
from geo.exports.maps.layers import LINES as MAP_LINES
from geo.exports.maps.layers import MapChoice
from geo.exports.maps.sheet import PAPERS
from geo.exports.maps.svg import SvgMap
from geo.exports.note import Note, speaks, title_of
from geo.exports.note_tables import Table, zone_cells
from geo.exports.perimeter_files import FORMATS, TYPES, Export, file_name, make
from geo.exports.perimeter_svg import frame_of, main_projection, perimeter_page, small_map
from geo.exports.reimport import open_exported, open_scenarios
from geo.exports.typst_pdf import make_pdf, note_pdf, picture_png

if TYPE_CHECKING:
    from geo.exports.word import note_docx, word_bytes, word_document, word_picture, word_table

__all__ = [
    "BLANK_MARK",
    "FORMATS",
    "MAP_FORMATS",
    "MAP_LINES",
    "PAPERS",
    "SHEET",
    "TYPES",
    "CoverageReport",
    "Export",
    "Imprint",
    "MapChoice",
    "Note",
    "Point",
    "Sheet",
    "SvgMap",
    "Table",
    "blank",
    "coverage_file",
    "coverage_files",
    "coverage_map",
    "coverage_map_file",
    "csv_bytes",
    "export",
    "figure_line",
    "file_name",
    "frame_of",
    "main_projection",
    "make",
    "make_pdf",
    "may_run",
    "measured",
    "name_and_mime",
    "neutral",
    "note_docx",
    "note_pdf",
    "of_aim",
    "open_exported",
    "open_scenarios",
    "original",
    "perimeter_map",
    "perimeter_page",
    "picture_png",
    "siting_notes",
    "small_map",
    "speaks",
    "title_of",
    "towns",
    "unsaid_beside_clsm",
    "where",
    "word_bytes",
    "word_document",
    "word_picture",
    "word_table",
    "workbook",
    "zipped",
    "zone_cells",
]

_WORD = frozenset(n for n in __all__ if n.startswith("word_")) | {"note_docx"}


def __getattr__(name: str) -> Any:
    """Load what writes DOCX when it is first asked for: a tenth of a second that pages and figures need not wait for."""
    if name not in _WORD:
        raise AttributeError(name)
    from geo.exports import word

    return getattr(word, name)
