"""What a map says of itself in full screen, where nothing else of the page is seen: a few short texts, sent with the state."""

from __future__ import annotations

from dataclasses import dataclass

from ui.map.phrases import shortened

MOST_TURNED = 3


@dataclass(frozen=True)
class Glance:
    """The first of `figures` is read from afar, the others under it; `turned` are the checks that just changed.

    `undo` and `redo` say whether there is something to undo, or to do again.
    """

    figures: tuple[str, ...]
    turned: tuple[str, ...] = ()
    undo: bool = False
    redo: bool = False

    def payload(self) -> dict[str, object]:
        """Return what is sent to the browser (static/js/panel.js); what is absent is empty or false."""
        held = {
            "figures": list(self.figures),
            "turned": [shortened(text) for text in self.turned[:MOST_TURNED]],
            "more": max(0, len(self.turned) - MOST_TURNED),
            "undo": int(self.undo),
            "redo": int(self.redo),
        }
        return {key: value for key, value in held.items() if value}
