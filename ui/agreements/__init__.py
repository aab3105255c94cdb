"""Agreements on the page Périmètre: the panel that notes them, the colours of the map, who notes.

It decides nothing of where a body stands, nor of what may be written: geo.agreements does. Start from `panel`, `paint`, `note`.
"""

from ui.agreements.author import PRIVATE, ask_author, author, note
from ui.agreements.board import panel
from ui.agreements.colours import paint

__all__ = ["PRIVATE", "ask_author", "author", "note", "paint", "panel"]
