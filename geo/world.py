"""Everything the dashboard knows, opened once: communes, layers, density, places.

The best there is for each: what a synchronisation brought where it is whole, what is embedded otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geo import synced
from geo.communes import Atlas, load_atlas
from geo.crosswalk import Crosswalk, build_crosswalk
from geo.density import Density, approximate_density
from geo.layers import load_layers
from geo.perimeter import Perimeter, PerimeterFacts
from geo.resources import Resources


@dataclass(frozen=True, eq=False)
class World:
    """The data in use, read only. `synchronised` names the sources that came from a synchronisation, with their year."""

    crosswalk: Crosswalk
    density: Density
    resources: Resources | None
    synchronised: Mapping[str, str]

    @property
    def atlas(self) -> Atlas:
        """The communes."""
        return self.crosswalk.atlas

    def facts(self, perimeter: Perimeter) -> PerimeterFacts:
        """Return the facts of a perimeter."""
        return PerimeterFacts(perimeter, self.crosswalk, self.density, self.resources)


def open_world(home: Path | None = None) -> World:
    """Open the communes, the layers and what was synchronised into `home` (the user's data folder by default).

    Raises
    ------
    MissingDataError
        When an embedded file is absent.
    """
    atlas = load_atlas()
    layers = load_layers(atlas)
    versions = synced.versions(home)
    density = synced.grid_density(versions["densite"], atlas) if "densite" in versions else None
    if "qpv" in versions:
        layers["qpv"] = synced.quarters(versions["qpv"], layers["qpv"], atlas)
    resources = synced.places(versions["ressources"], atlas) if "ressources" in versions else None
    return World(
        crosswalk=build_crosswalk(atlas, layers),
        density=density or approximate_density(atlas),
        resources=resources,
        synchronised={kind: synced.vintage(version) for kind, version in versions.items()},
    )


def token(home: Path | None = None) -> str:
    """Return what changes when the data in use changes: the names of the synchronised versions."""
    return ",".join(f"{kind}:{version.manifest.version}" for kind, version in sorted(synced.versions(home).items()))
