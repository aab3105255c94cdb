"""A small drawn country for tests with hand answers: square communes in Lambert-93, and layers made of them.

Nothing here reads data/base. Communes are numbered row by row from 1, so in a grid of three columns the code 01004 is
the first commune of the second row; a side of 1 000 m makes the population of a commune its density per km².
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from geo.communes import Atlas, Density, approximate_density
from geo.guidance import CHECKS, Finding, Settings
from geo.layers import CarePlaces, Crosswalk, Etat, Evidence, Layer, Precision, build_crosswalk
from geo.perimeters import Perimeter, PerimeterFacts

FACT_LAYERS = ("clsm", "secteurs-adultes", "secteurs-enfants", "cls", "cpts", "dac", "qpv")
Grid = Sequence[Sequence[Any]]


def draw(
    people: Grid,
    *,
    epci: Grid | str | None = "200000001",
    ept: Grid | str | None = None,
    departement: Grid | str = "01",
    city: Grid | str | None = None,
    epsg: Grid | int = 2154,
    side: float = 1000.0,
    former: Mapping[str, tuple[str, str]] | None = None,
) -> Atlas:
    """Draw a grid of square communes; every option is one value for all cells, or a grid of values.

    A cell whose `city` is a code is an arrondissement of that city.
    """
    width = len(people[0])
    cells: list[dict[str, Any]] = []
    for i, line in enumerate(people):
        for j, inhabitants in enumerate(line):
            pick = lambda option, i=i, j=j: option[i][j] if isinstance(option, list) else option  # noqa: E731
            number = i * width + j + 1
            owner = pick(city)
            code = f"{pick(departement)}{number:03d}"
            cells.append({
                "code": code, "nom": f"Bourg {number}", "commune": owner or code,
                "niveau": "arrondissement" if owner else "commune", "departement": pick(departement),
                "region": f"R{pick(departement)}", "epci": pick(epci), "ept": pick(ept), "population": inhabitants,
                "area_m2": side * side, "epsg": pick(epsg), "x": 700_000 + (j + 0.5) * side,
                "y": 6_600_000 - (i + 0.5) * side, "lon": 3.0 + 0.01 * j, "lat": 46.0 - 0.01 * i, "place": (i, j),
            })  # fmt: skip
    table = pd.DataFrame(cells).sort_values("code", ignore_index=True)
    places = table.pop("place")
    at = {place: row for row, place in enumerate(places)}
    pairs = [(at[p], at[q]) for p in at for q in ((p[0] + 1, p[1]), (p[0], p[1] + 1)) if q in at]
    a, b = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    neighbours = csr_array(
        (np.ones(2 * len(a), dtype=np.int8), (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(len(at), len(at))
    )
    split = table[table["niveau"] == "arrondissement"]
    return Atlas(
        table=table,
        villes=_territories(split, "commune", "Ville", extra=("departement", "region", "epci")),
        epci=_territories(table, "epci", "CC"),
        ept=_territories(table, "ept", "EPT"),
        departements=_territories(table, "departement", "Département"),
        regions=_territories(table, "region", "Région"),
        sans_contour=pd.DataFrame(
            {"nom": ["Île lointaine"], "departement": ["987"], "population": [10]},
            index=pd.Index(["98799"], name="code"),
        ),
        former=dict(former or {}),
        neighbours=neighbours,
        manifest={"population_annee": "2023 (Mayotte : 2017)", "annee_communes": 2026, "epci_libelle": "EPCI dessinés"},
    )


def _territories(table: pd.DataFrame, column: str, word: str, extra: Sequence[str] = ()) -> pd.DataFrame:
    grouped = table.dropna(subset=[column]).groupby(column)
    found = pd.DataFrame({"population": grouped["population"].sum(), "nb_communes": grouped.size()})
    for name in extra:
        found[name] = grouped[name].first()
    found["nom"] = [f"{word} {code}" for code in found.index]
    found.index.name = "code"
    return found


@dataclass(frozen=True)
class Zone:
    """A zone to draw: the communes wholly in it, those only partly in it, and what is known of it."""

    codes: tuple[str, ...] = ()
    part: tuple[str, ...] = ()
    etat: Etat = Etat.EN_SERVICE
    precision: Precision = Precision.LUE
    nom: str = ""
    territoire: str = ""
    departement: str = "01"
    population: float = np.nan


def zone(*codes: str, part: Iterable[str] = (), **known: Any) -> Zone:
    """Describe a zone by its codes, and by whatever is known besides."""
    return Zone(codes, tuple(part), **known)


def layer(atlas: Atlas, layer_id: str, zones: Mapping[str, Zone], *, extent: Iterable[str] = ()) -> Layer:
    """Make a layer of zones; QPV are parts of communes whose population is that of their zone."""
    quarter = layer_id == "qpv"
    frame = pd.DataFrame(
        [
            {
                "nom": z.nom or name, "territoire": z.territoire, "departement": z.departement, "annee": "",
                "annee_source": "", "source_titre": "", "source_url": "", "status": "read", "note": "",
                "etat": z.etat, "precision": z.precision, "population": z.population, "population_type": "",
            }
            for name, z in zones.items()
        ],
        index=pd.Index(list(zones), name="id"),
        columns=["nom", "territoire", "departement", "annee", "annee_source", "source_titre", "source_url", "status",
                 "note", "etat", "precision", "population", "population_type"],
    )  # fmt: skip
    records = []
    for position, z in enumerate(zones.values()):
        alone = len(z.codes) + len(z.part) == 1
        for code in z.codes:
            people = (z.population if alone else np.nan) if quarter else float(atlas.population[atlas.row[code]])
            records.append((position, atlas.row[code], not quarter, people))
        records += [(position, atlas.row[code], False, np.nan) for code in z.part]
    members = pd.DataFrame(records, columns=["zone", "row", "whole", "inhabitants"]).astype(
        {"zone": np.intp, "row": np.intp, "whole": bool, "inhabitants": float}
    )
    name = layer_id.upper() if layer_id in ("clsm", "cls", "cpts", "dac", "qpv") else layer_id.replace("-", " ")
    return Layer(layer_id, name, name, "dessin", "2026", frozenset(extent), "", frame, members).held_back()


def crosswalk(
    atlas: Atlas, zones: Mapping[str, Mapping[str, Zone]] | None = None, *, complete: Iterable[str] | str = ()
) -> Crosswalk:
    """Build the crosswalk of every layer the checks need; `complete` names the layers complete everywhere, or « all »."""
    chosen = FACT_LAYERS if complete == "all" else tuple(complete)
    everywhere = tuple(atlas.departements.index)
    given = zones or {}
    made = {
        name: layer(atlas, name, given.get(name, {}), extent=everywhere if name in chosen else ())
        for name in (*FACT_LAYERS, *(n for n in given if n not in FACT_LAYERS))
    }
    return build_crosswalk(atlas, made)


def with_people(built: Crosswalk, layer_id: str, people: Mapping[tuple[str, str], float]) -> Crosswalk:
    """Return a crosswalk where parts of communes have a number of people: by id of the zone and code of the commune."""
    whole = built.layers[layer_id]
    members = whole.members.copy()
    for (name, code), number in people.items():
        mine = (members["zone"] == whole.zones.index.get_loc(name)) & (members["row"] == built.atlas.row[code])
        assert mine.sum() == 1
        members.loc[mine, "inhabitants"] = number
    return build_crosswalk(built.atlas, {**built.layers, layer_id: replace(whole, members=members)})


def facts_of(
    atlas: Atlas,
    codes: Iterable[str],
    zones: Mapping[str, Mapping[str, Zone]] | None = None,
    *,
    complete: Iterable[str] | str = (),
    density: Density | None = None,
) -> PerimeterFacts:
    """Return the facts of a perimeter drawn on the grid."""
    built = crosswalk(atlas, zones, complete=complete)
    return PerimeterFacts(Perimeter.of(codes, atlas), Evidence(built, density or approximate_density(atlas)))


def with_places(facts: PerimeterFacts, places: CarePlaces) -> PerimeterFacts:
    """Return the same perimeter where mental health places are known."""
    return replace(facts, evidence=replace(facts.evidence, resources=places))


def check(check_id: str, facts: PerimeterFacts, settings: Settings | None = None) -> Finding:
    """Run one check of the guide, found by its id."""
    chosen = next(c for c in CHECKS if c.id == check_id)
    return chosen.run(facts, settings or Settings())


def plain(text: str) -> str:
    """Write a sentence with ordinary blanks, to read it in a test."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")
