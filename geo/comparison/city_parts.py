"""The parts that a large city may be covered by, proposed by this tool: arrondissements grouped, parts of sectors, or groups of IRIS.

The guide asks the question for cities of more than 500 000 inhabitants that have arrondissements (« Périmètre géographique des CLSM »,
communal scale). It is asked here of any city above the marker that can be cut. A city that is not opened is opened for it: its parts say so
(`Candidate.opened`), and whoever chooses one has the city opened (`retained`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from geo import french as fr
from geo.communes import name_of
from geo.comparison.candidates import CITY_PART, Candidate, Scale, candidates
from geo.dataset import Dataset, opened
from geo.guidance import Settings
from geo.kept import kept_on_subject
from geo.scenarios import Scenario, Workbook, open_cities
from geo.suggest import divisions


def every_candidate(
    world: Dataset, commune: str, scenarios: Iterable[Scenario] = (), settings: Settings | None = None
) -> tuple[Candidate, ...]:
    """Return the candidates from a commune, with the parts of the city that it is in when that is a large one.

    Raises
    ------
    GeoInputError
        When the commune does not exist today.
    """
    parts = city_parts(world, commune, settings)
    return candidates(world.crosswalk, commune, scenarios, settings, parts=parts)


def city_parts(world: Dataset, commune: str, settings: Settings | None = None) -> tuple[Candidate, ...]:
    """Return the parts of the city that a commune, an arrondissement or an IRIS is in; none where it is below the marker, or cannot be cut."""
    return _parts(world, _city(world, commune), (settings or Settings()).thresholds)


def _city(world: Dataset, commune: str) -> str:
    atlas = world.atlas
    return str(atlas.table["commune"].iat[atlas.row[commune]]) if commune in atlas.row else commune


@kept_on_subject
def _parts(world: Dataset, city: str, settings: Settings) -> tuple[Candidate, ...]:
    atlas = world.atlas
    codes = atlas.parts.get(city, (city,) if city in atlas.row else ())
    people = int(atlas.population[atlas.rows(codes)].sum())
    if people <= settings.marker or not codes:
        return ()
    needed = frozenset[str]()
    if codes == (city,):
        if world.iris is None or city not in world.iris.known:
            return ()
        world, needed = opened(world, codes), frozenset(codes)
        codes = world.atlas.parts[city]
    needed |= frozenset(code for code in world.atlas.opened if set(world.atlas.opened[code]) <= set(codes))
    ways = divisions(world.evidence, codes, settings)
    if not ways:
        return ()
    notices = (ways[0].manner, _asked(name_of(city, world.atlas), people, settings, split=len(codes[0]) == len(city)))
    return tuple(
        Candidate(
            f"partie:{city}:{hashlib.sha256(','.join(sorted(part.codes)).encode()).hexdigest()[:8]}",
            CITY_PART, _of_city(part.name, city, world), part.codes, Scale.INFRACOMMUNAL, notices, opened=needed,
        )
        for part in ways[0].parts
    )  # fmt: skip


def _of_city(name: str, city: str, world: Dataset) -> str:
    """Return the name of a part with its city's, that a part of a sector lacks."""
    city_name = name_of(city, world.atlas)
    return name if name.startswith(city_name) else f"{city_name}, {name.removesuffix(' (en partie)')}"


def _asked(city: str, people: int, settings: Settings, *, split: bool) -> str:
    """Say by whom the question is asked of this city."""
    if people > settings.big_city and split:
        return fr.typeset(
            "Le guide demande de peser, pour une ville de cette taille, la couverture par arrondissement ou par regroupement."
        )
    return fr.typeset(
        f"Le guide pose cette question pour les villes de plus de {fr.inhabitants(settings.big_city)} divisées en arrondissements ; cet outil "
        f"la pose {fr.of(city)} dès lors que la ville dépasse le repère."
    )


def retained(candidate: Candidate, workbook: Workbook, world: Dataset) -> Workbook:
    """Return the workbook with a candidate as its current scenario, for the same project, and the cities that it needs opened.

    Raises
    ------
    GeoInputError
        When the workbook is full, or a city can no longer be opened here.
    """
    fresh = replace(candidate.scenario(), project=workbook.scenario.project)
    here = opened(world, workbook.opened | candidate.opened)
    made = workbook.open(fresh)
    return open_cities(made, here.atlas) if here.atlas.opened else made
