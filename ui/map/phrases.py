"""The phrases that come back in every sentence about a move: sent once with the frame, then named by two signs."""

from __future__ import annotations

# In full again in static/js/decode.js (inFull), from the list that the frame carries (ui/map/build.py). Twenty-six at most.
PHRASES = (
    "fait entrer ", "fait sortir ", "complète ", "coupe ", "le secteur ", "QPV laissés dehors\u00a0: ", "QPV entiers\u00a0: ",
    "intercommunalités\u00a0: ", "morceaux\u00a0: ", " → ", "à discuter", "point de vigilance", "favorable", "non évaluable",
    "sans objet", "pour information", ", sous réserve", "«\u00a0", "\u00a0»\u00a0: ",
)  # fmt: skip


def shortened(text: str) -> str:
    """Return a sentence with its usual phrases in two signs each; a percent sign of its own is doubled."""
    text = text.replace("%", "%%")
    for rank, phrase in enumerate(PHRASES):
        text = text.replace(phrase, f"%{chr(ord('a') + rank)}")
    return text
