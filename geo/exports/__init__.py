"""Files to take away: notes (PDF, DOCX), maps (SVG), tables, spatial files, read back to the same perimeter and figures.

Text from data is neutralised here for spreadsheets and documents. Start from `Export`, `make`, `coverage_files`, `read_back`.
"""

from geo.exports.coverage_files import Imprint, coverage_file, coverage_files
from geo.exports.coverage_tables import CoverageReport
from geo.exports.formats import neutral
from geo.exports.layer_files import SHEET, csv_bytes, export, name_and_mime
from geo.exports.note import Note
from geo.exports.open_sent import open_exported, open_scenarios
from geo.exports.perimeter_files import FORMATS, TYPES, Export, file_name, make
from geo.exports.perimeter_svg import frame_of, main_projection, small_map
from geo.exports.typst_pdf import TEMPLATES, note_pdf, qr_svg

__all__ = [
    "FORMATS",
    "SHEET",
    "TEMPLATES",
    "TYPES",
    "CoverageReport",
    "Export",
    "Imprint",
    "Note",
    "coverage_file",
    "coverage_files",
    "csv_bytes",
    "export",
    "file_name",
    "frame_of",
    "main_projection",
    "make",
    "name_and_mime",
    "neutral",
    "note_pdf",
    "open_exported",
    "open_scenarios",
    "qr_svg",
    "small_map",
]
