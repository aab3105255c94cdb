"""Opening a line of the page Couverture on Périmètre: what to draw from, and what the way back is called."""

from __future__ import annotations

from collections.abc import Sequence

from geo.coverage import CoverageView, Pick, Start
from ui import passage
from ui.coverage import link as coverage_link
from ui.coverage import loaders as coverage_loaders
from ui.coverage.link import ADDRESS, TAB

FILE = "pages/1_Couverture.py"


def offer_line(level: str, code: str, name: str, view: CoverageView, *, key: str) -> None:
    """Offer to draw from a territory of the tables, given by its level and code."""
    _offer(name, coverage_loaders.starts_of_line(level, code, view), view, f"ligne {name}", key)


def offer_pick(pick: Pick, view: CoverageView, *, key: str) -> None:
    """Offer to draw from a CLSM proposed."""
    name = pick.candidate.name
    _offer(name, coverage_loaders.starts_of_pick(pick, view), view, f"CLSM proposé {name}", key)


def offer_commune(code: str, name: str, view: CoverageView) -> None:
    """Offer to draw from the commune looked at."""
    _offer(name, coverage_loaders.starts_of_line("commune", code, view), view, name, "open-in-perimeter")


def way_back(view: CoverageView, line: str) -> passage.WayBack:
    """Return the way back to what is on screen, by the name of a line of it."""
    words = f"Couverture ({view.scope.name} · {coverage_link.value(TAB)}, {line})"
    return passage.WayBack(FILE, ADDRESS.page, words, tuple(ADDRESS.query().items()))


def _offer(name: str, starts: Sequence[Start], view: CoverageView, line: str, key: str) -> None:
    passage.offer(name, starts, way_back(view, line), key=key)
