"""What changed behind perimeters that somebody saved: communes merged or renamed, quarters, layers published since a day.

It changes nothing. Start from `layer_news`, `watch`, `read_saved_perimeters`.
"""

from geo.watch.news import News, inside, layer_news
from geo.watch.saved import Seen, read_saved_perimeters, watch

__all__ = ["News", "Seen", "inside", "layer_news", "read_saved_perimeters", "watch"]
