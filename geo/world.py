"""Everything the dashboard knows, opened once: communes, layers, density, places.

The best there is for each: what a planner brought in and published, over what a synchronisation brought where it is whole,
over what is embedded. Checks, coverage and texts read the layers only, so that they follow by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geo import register, synced
from geo.communes import Atlas, embedded_atlas
from geo.crosswalk import Crosswalk, build_crosswalk
from geo.density import Density, approximate_density
from geo.errors import GeoInputError
from geo.layers import Layer, load_layers
from geo.merge import merged
from geo.perimeter import Perimeter, PerimeterFacts
from geo.refresh import refreshed
from geo.register import Version
from geo.resources import Resources


@dataclass(frozen=True, eq=False)
class World:
    """The data in use, read only.

    `synchronised` names the sources that came from a synchronisation, with their year; `imported` gives the version in use
    of each layer that someone brought in, and `bases` the layer that it was brought over; `notices` says, in French, what
    could not be opened and was passed over.
    """

    crosswalk: Crosswalk
    density: Density
    resources: Resources | None
    synchronised: Mapping[str, str]
    imported: Mapping[str, Version] = field(default_factory=dict)
    bases: Mapping[str, Layer] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    @property
    def atlas(self) -> Atlas:
        """The communes."""
        return self.crosswalk.atlas

    def base(self, kind: str) -> Layer:
        """Return the layer in place before anything was brought in."""
        return self.bases.get(kind, self.crosswalk.layers[kind])

    def facts(self, perimeter: Perimeter) -> PerimeterFacts:
        """Return the facts of a perimeter."""
        return PerimeterFacts(perimeter, self.crosswalk, self.density, self.resources)


def open_world(home: Path | None = None) -> World:
    """Open the communes, the layers, what was synchronised into `home` (the user's data folder by default) and what was
    brought in.

    Raises
    ------
    MissingDataError
        When an embedded file is absent.
    """
    versions = synced.versions(home)
    atlas, newer = refreshed(embedded_atlas(), versions)
    layers = load_layers(atlas)
    density = synced.grid_density(versions["densite"], atlas) if "densite" in versions else None
    if "qpv" in versions:
        layers["qpv"] = synced.quarters(versions["qpv"], layers["qpv"], atlas)
    if "cpts" in versions:
        layers["cpts"] = synced.communities(versions["cpts"], layers["cpts"], atlas)
    resources = synced.places(versions["ressources"], atlas) if "ressources" in versions else None
    bases = dict(layers)
    imported: dict[str, Version] = {}
    notices: list[str] = []
    for head in _heads(home, notices).values():
        if head.version and head.kind in layers:
            try:
                layers[head.kind] = layer_with(head.version, bases[head.kind], atlas, home)
                imported[head.kind] = head.version
            except GeoInputError as error:
                notices += error.problems
    return World(
        crosswalk=build_crosswalk(atlas, layers),
        density=density or approximate_density(atlas),
        resources=resources,
        synchronised={
            kind: synced.vintage(version)
            for kind, version in versions.items()
            if kind not in synced.NEWER_ONLY or kind in newer
        },
        imported=imported,
        bases=bases,
        notices=tuple(notices),
    )


def layer_with(version: Version, base: Layer, atlas: Atlas, home: Path | None = None) -> Layer:
    """Return the layer that a version makes once laid over those it rests on; `base` is the one before any import."""
    layer = base
    for each in register.pile(version, home):
        layer = merged(layer, register.read_layer(each, base, atlas, home), each.statement.mode, atlas)
    return layer


def _heads(home: Path | None, notices: list[str]) -> dict[str, register.Head]:
    try:
        return register.heads(home)
    except GeoInputError as error:  # the dashboard lives without its register, and says so
        notices += [f"{problem} Les couches d’origine sont affichées." for problem in error.problems]
        return {}


def token(home: Path | None = None) -> str:
    """Return what changes when the data in use changes: names of the synchronised versions, moves of the register."""
    synchronised = (f"{kind}:{version.manifest.version}" for kind, version in sorted(synced.versions(home).items()))
    try:
        brought = register.token(home)
    except GeoInputError:
        brought = "illisible"
    return f"{','.join(synchronised)}|{brought}"
