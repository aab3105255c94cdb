"""The panel « Dossier pour le conseil »: what the person says of the session, one button for all, each document alone.

It writes no document: geo.dossier does. Start from `offer`, which the page of a perimeter shows.
"""

from ui.dossier.panel import Source, offer

__all__ = ["Source", "offer"]
