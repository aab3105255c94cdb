"""The printed atlas: a page for each EPCI or département of a région or of France, named map and figures, with its index.

It computes no figure of its own. Start from `booklet_scopes`, `booklet_pdf`. (The `Atlas` of `geo.communes` is another thing:
the communes themselves.)
"""

from geo.booklet.pages import PER, Told, booklet_data, booklet_pdf, booklet_scopes

__all__ = ["PER", "Told", "booklet_data", "booklet_pdf", "booklet_scopes"]
