"""Findings of level medium or more that are left, each with its reason. One that nothing finds any more is to be taken away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tests.scan.wire import Finding, Level


@dataclass(frozen=True)
class Explained:
    """Findings that are left: of a rule, where (a pattern of the path), and why."""

    rule: str
    where: str
    why: str

    def holds(self, found: Finding) -> bool:
        """Tell whether it explains a finding."""
        return found.rule == self.rule and re.search(self.where, found.url) is not None


EXPLAINED = (
    Explained(
        "10055-6",
        "",
        "Streamlit and the maps style by rules that they write in the page: without it the page has no style at all (measured in a "
        "browser, tests/deploy/test_scan.py). A style runs no script, and what a style could fetch is held to this site by the policy.",
    ),
    Explained(
        "10055-5",
        r"/component/streamlit_folium\.st_folium/",
        "The frame of a map alone: streamlit-folium gives the map as a script written in its page. The frame is of this site, and what "
        "is sent to it is escaped (ui/map, tests/ui/test_maps.py).",
    ),
    Explained(
        "10055-10",
        r"/component/streamlit_folium\.st_folium/",
        "The frame of a map alone: streamlit-folium runs that script by `eval`.",
    ),
)


def unexplained(found: Iterable[Finding]) -> list[Finding]:
    """Return the findings of level medium or more that nothing explains."""
    return [one for one in found if one.level >= Level.MEDIUM and not any(why.holds(one) for why in EXPLAINED)]
