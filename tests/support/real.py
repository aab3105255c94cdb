"""The embedded data, loaded once for all the tests that need it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from hypothesis import settings

from geo.communes import Atlas, Density, approximate_density, embedded_atlas
from geo.dataset import Dataset
from geo.layers import Crosswalk, build_crosswalk, load_layers
from geo.perimeters import Perimeter, PerimeterFacts

# The first example of a property loads the country: time limits are left to pytest.
settings.register_profile("country", deadline=None, max_examples=40)  # the suite keeps under its twelve minutes
settings.load_profile("country")


def atlas() -> Atlas:
    """Return the communes of today: those that the product opens, so that nothing is computed from them twice."""
    return embedded_atlas()


@lru_cache(maxsize=1)
def crosswalk() -> Crosswalk:
    """Return every embedded layer against the communes."""
    return build_crosswalk(atlas(), load_layers(atlas()))


@lru_cache(maxsize=1)
def density() -> Density:
    """Return the density classes of the communes."""
    return approximate_density(atlas())


def facts(codes: Iterable[str]) -> PerimeterFacts:
    """Return the facts of a real perimeter."""
    return world().facts(Perimeter.of(codes, atlas()))


@lru_cache(maxsize=1)
def world() -> Dataset:
    """Return the embedded data as the command line opens it, without anything synchronised."""
    return Dataset(crosswalk(), density(), None, {})
