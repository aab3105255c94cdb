"""The page « Ma région »: what calls for an act, the projects followed, what changed, and the atlas to take away.

It computes no figure: `geo.region`, `geo.projects`, `geo.watch` and `geo.booklet` answer. Start from `show_region`.
"""

from ui.region.link import ADDRESS
from ui.region.page import show_region

__all__ = ["ADDRESS", "show_region"]
