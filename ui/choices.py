"""What a list offers: one label for one thing.

Streamlit knows a choice by its label: of two that read the same, it takes the last whichever is chosen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping


def distinct(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels by id, with the id beside those that several things share."""
    often = Counter(labels.values())
    return {i: f"{label} ({i.rpartition('/')[2]})" if often[label] > 1 else label for i, label in labels.items()}
