"""The thresholds of the checks, with the guide's values or this tool's choices to start from, and the project they judge."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from geo.errors import GeoInputError
from geo.guidance.project import NO_PROJECT, Project


@dataclass(frozen=True)
class Settings:
    """Every threshold in one place.

    The guide gives only the marker of about 200 000 inhabitants, the size of a big city (500 000), and the staffing
    scenarios. The rest are settings of this tool: `around` is the width of « about »; `small` is where the guide's remark
    on very small territories is recalled; `sliver` the share of a sector below which it is named apart; `central` the
    share of inhabitants that makes a town dominant. The limits of coordination in communes, area and span
    are ninth deciles of French EPCI, rounded (53 communes, 815 km², 42 km): beyond one of them a perimeter is vaster
    than about nine EPCI in ten. That of intercommunal bodies is a choice.

    `project` is no threshold: it says what the perimeter is for, and comes from the scenario that is judged, never from what is set.
    """

    marker: int = 200_000
    around: float = 0.10
    small: int = 20_000
    big_city: int = 500_000
    sliver: float = 0.05
    central: float = 0.50
    max_communes: int = 50
    max_bodies: int = 3
    max_area_m2: float = 800e6
    max_span_m: float = 40_000.0
    project: Project = NO_PROJECT

    def __post_init__(self) -> None:
        """Refuse settings that make no sense.

        Raises
        ------
        GeoInputError
            When the marker is not positive or another setting is negative.
        """
        if self.marker <= 0 or min(getattr(self, name) for name in THRESHOLDS) < 0:
            raise GeoInputError("Réglages : le repère doit être positif, et aucun réglage négatif.")

    @property
    def thresholds(self) -> Settings:
        """The same thresholds, for no project in particular."""
        return self.under(NO_PROJECT)

    def under(self, project: Project) -> Settings:
        """Return the same thresholds, for a project."""
        return self if project == self.project else replace(self, project=project)


THRESHOLDS = tuple(f.name for f in fields(Settings) if f.name != "project")
