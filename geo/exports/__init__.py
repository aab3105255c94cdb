"""Files to download: notes (PDF, DOCX), maps (SVG), tables, spatial files, read back to the same perimeter and figures.

Text from data is neutralised here for spreadsheets and documents. Start from `Export`, `make`, `coverage_files`, `read_back`.
"""

from geo.exports.coverage_files import Imprint, coverage_file, coverage_files
from geo.exports.coverage_tables import CoverageReport, siting_notes
from geo.exports.formats import csv_bytes, neutral
from geo.exports.layer_files import SHEET, export, name_and_mime
from geo.exports.note import speaks, title_of
from geo.exports.perimeter_files import FORMATS, TYPES, Export, file_name, make
from geo.exports.perimeter_svg import frame_of, main_projection, small_map
from geo.exports.reimport import open_exported, open_scenarios

__all__ = [
    "FORMATS",
    "SHEET",
    "TYPES",
    "CoverageReport",
    "Export",
    "Imprint",
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
    "open_exported",
    "open_scenarios",
    "siting_notes",
    "small_map",
    "speaks",
    "title_of",
]
