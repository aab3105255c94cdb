"""The page Données: the active layers and the official sources, the import of a file, the versions kept.

It reads no file and writes none: geo.imports, geo.register and geo.sources do. Start from `show_layers`, `show_import`, `show_versions`.
"""

from ui.data.import_steps import show_import
from ui.data.journal import show_journal
from ui.data.knowledge import show_knowledge
from ui.data.needs.section import show_needs
from ui.data.sources import show_layers, show_sources
from ui.data.versions import show_versions

__all__ = [
    "show_import",
    "show_journal",
    "show_knowledge",
    "show_layers",
    "show_needs",
    "show_sources",
    "show_versions",
]
