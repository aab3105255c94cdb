"""What the state of a painted map says to draw over its communes, by static/js/points.js."""

from __future__ import annotations

from dataclasses import dataclass

from ui.maps import pack_codes


@dataclass(frozen=True)
class Mark:
    """A territory to outline; `n`, when not 0, must change for its communes to be brought into sight again."""

    codes: tuple[str, ...]
    n: int = 0


def over(
    *,
    quarters_url: str | None = None,
    places_url: str | None = None,
    mark: Mark | None = None,
    served_url: str | None = None,
) -> dict[str, object]:
    """Return that part of the state: addresses of files, and codes; no geometry.

    `served_url` is the file of the CLSM of each commune, as ui.scene writes them, for the tooltip.

    Raises
    ------
    ValueError
        When one is not the code of a commune.
    """
    return {
        "quarters": quarters_url,
        "places": places_url,
        "served": served_url,
        "mark": {"codes": pack_codes(mark.codes), "n": mark.n} if mark else None,
    }
