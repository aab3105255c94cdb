"""The tooltips of the map: what one more click would change, in the few bytes that each click sends.

The core tries every move (geo.suggest.effects); here its sentences are shortened by the phrases that the frame has sent once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geo import suggest
from ui.map.codec import pack_codes
from ui.map.phrases import shortened

# One sentence of figures a commune would weigh more than all others together: it is said beside the search instead.
LEFT_OUT = "habitants des secteurs "


@dataclass(frozen=True)
class Preview:
    """What one more click would change: inhabitants today, the sentences, and their ranks for each commune concerned.

    `locked` are communes that stay whatever is clicked.
    """

    people: int
    texts: tuple[str, ...] = ()
    of: Mapping[str, Sequence[int]] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()

    def payload(self) -> dict[str, object]:
        """Return what is sent to the browser."""
        return {
            "people": self.people,
            "texts": [shortened(text) for text in self.texts],
            "of": ";".join(f"{code}:{'.'.join(map(str, ranks))}" for code, ranks in self.of.items()),
            "locked": pack_codes(sorted(self.locked)),
        }


def previewed(tried: suggest.Preview, locked: frozenset[str]) -> Preview:
    """Return what the tooltips tell of the moves tried."""
    kept = [i for i, text in enumerate(tried.texts) if not text.startswith(LEFT_OUT)]
    rank = {i: j for j, i in enumerate(kept)}
    of = {code: [rank[i] for i in ranks if i in rank] for code, ranks in tried.of.items()}
    return Preview(tried.people, tuple(tried.texts[i] for i in kept), {c: r for c, r in of.items() if r}, locked)
