"""Files to download: notes (PDF, DOCX), maps (SVG, PNG), tables, spatial files, read back to the same perimeter and figures.

Text from data is neutralised here for spreadsheets and documents. Start from `Export`, `make`, `coverage_files`, `read_back`.
"""

from geo.exports.coverage_files import Imprint, coverage_file, coverage_files
from geo.exports.coverage_svg import coverage_map
from geo.exports.coverage_tables import CoverageReport, siting_notes
from geo.exports.formats import Sheet, csv_bytes, neutral, original, workbook
from geo.exports.layer_files import SHEET, export, name_and_mime
from geo.exports.map_files import MAP_FORMATS, coverage_map_file, perimeter_map
from geo.exports.maps.layers import LINES as MAP_LINES
from geo.exports.maps.layers import MapChoice
from geo.exports.maps.sheet import PAPERS
from geo.exports.note import speaks, title_of
from geo.exports.perimeter_files import FORMATS, TYPES, Export, file_name, make
from geo.exports.perimeter_svg import frame_of, main_projection, small_map
from geo.exports.reimport import open_exported, open_scenarios
from geo.exports.typst_pdf import make_pdf

__all__ = [
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
    "Sheet",
    "coverage_file",
    "coverage_files",
    "coverage_map",
    "coverage_map_file",
    "csv_bytes",
    "export",
    "file_name",
    "frame_of",
    "main_projection",
    "make",
    "make_pdf",
    "name_and_mime",
    "neutral",
    "open_exported",
    "open_scenarios",
    "original",
    "perimeter_map",
    "siting_notes",
    "small_map",
    "speaks",
    "title_of",
    "workbook",
]
