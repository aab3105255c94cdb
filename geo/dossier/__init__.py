"""The file for the council: note, draft deliberation and convention, letters, slides, poster, easy French, a page, in one archive.

Every figure and sentence comes from one object made once; nothing is computed here. Start from `Dossier`, `make_archive`, `make_piece`.
"""

from geo.dossier.archive import MIMES, PIECES, Piece, make_archive, make_piece
from geo.dossier.facts import Dossier, Wishes

__all__ = ["MIMES", "PIECES", "Dossier", "Piece", "Wishes", "make_archive", "make_piece"]
