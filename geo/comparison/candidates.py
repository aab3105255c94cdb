"""The perimeters worth weighing for one commune: the three scales of the guide, the dispositifs there, one's own scenarios.

The guide's central question is the scale. From one commune come the commune itself, its intercommunal bodies, its adult
sector, its CLS and CPTS, and the CLSM that hold it or touch it; two of them with the same communes are one candidate
that says both names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from geo import french as fr
from geo.communes import Atlas, name_of, short_name
from geo.errors import GeoInputError
from geo.guidance import Project, Settings
from geo.layers import Crosswalk, LayerId, Precision, zone_members
from geo.perimeters import Perimeter, perimeter_of_zone
from geo.scenarios import NAME_LENGTH, Scenario

MOST_COMPARED = 6
CITY_PART, NEIGHBOUR = "Partie de ville", "CLSM voisin"


class Scale(StrEnum):
    """The scale of a perimeter, as the guide distinguishes them."""

    INFRACOMMUNAL = "infracommunale"
    COMMUNAL = "communale"
    INTERCOMMUNAL = "intercommunale"
    SECTOR = "du secteur de psychiatrie"


# What the guide asks at each scale, in this tool's words (Guide 2025, « Périmètre géographique des CLSM », questions).
SCALE_QUESTIONS: dict[Scale, tuple[str, ...]] = {
    Scale.INFRACOMMUNAL: (
        "Cette partie de la ville suffit-elle, ou faut-il la grouper avec d’autres arrondissements ou quartiers ?",
        "Qui porte le CLSM : la mairie d’arrondissement, la ville, les deux ?",
    ),
    Scale.COMMUNAL: (
        "La commune répond-elle aux besoins du reste de l’intercommunalité, ou les laisse-t-elle dehors ?",
        "Les ressources dont ses habitants se servent sont-elles dans la commune ?",
    ),
    Scale.INTERCOMMUNAL: (
        "Comment associer chaque commune, et pas seulement la ville centre ?",
        "Comment faire venir tous les secteurs de psychiatrie concernés ?",
        "Les moyens de coordination sont-ils à la mesure du territoire ?",
    ),
    Scale.SECTOR: (
        "Comment associer les élus de toutes les communes du secteur ?",
        "Le secteur coupe-t-il des intercommunalités ou des contrats locaux de santé ?",
    ),
}


@dataclass(frozen=True)
class Candidate:
    """A perimeter to weigh. `also` names the other candidates that have the same communes; `notices` what is not sure of it; `project`
    what a scenario is for, None for a candidate that has none of its own; `opened` the cities that must be opened into IRIS for its
    codes to be."""

    id: str
    kind: str
    name: str
    codes: frozenset[str]
    scale: Scale
    notices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    project: Project | None = None
    opened: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """Kind and name, for instance « Secteur adulte · 94G07 »."""
        return self.name if self.kind == self.name else f"{self.kind} · {self.name}"

    def perimeter(self, atlas: Atlas) -> Perimeter:
        """Return the perimeter; a city that the atlas has opened stands for all its IRIS."""
        codes = frozenset(piece for code in self.codes for piece in atlas.opened.get(code, (code,)))
        return Perimeter(codes, self.name, atlas.year)  # type: ignore[arg-type]

    def scenario(self) -> Scenario:
        """Return a scenario with the same communes, to work on."""
        return Scenario(fr.shortened(self.name, NAME_LENGTH), self.codes)


# Layer id, what a candidate from it is called, and its scale when that is not read off its communes.
_ZONES = (
    (LayerId.ADULT_SECTORS, "Secteur adulte", Scale.SECTOR),
    (LayerId.CLS, "CLS", None),
    (LayerId.CPTS, "CPTS", None),
    (LayerId.CLSM, "CLSM", None),
)


def candidates(
    crosswalk: Crosswalk,
    commune: str,
    scenarios: Iterable[Scenario] = (),
    settings: Settings | None = None,
    *,
    parts: Iterable[Candidate] = (),
) -> tuple[Candidate, ...]:
    """Return the candidates from one commune, an arrondissement or a split city, in the order a meeting looks at them.

    `parts` are those of a large city (`city_parts`). The person's own scenarios come last; empty ones are left out. An EPCI above the size of a big city (`settings`) is no scale for
    one CLSM, and is not offered (`not_offered` says so).

    Raises
    ------
    GeoInputError
        When the commune does not exist today.
    """
    atlas = crosswalk.atlas
    found = [*_towns(commune, atlas)]
    start = found[0].codes
    found += [body for body in _bodies(start, atlas) if not _too_big(body, atlas, settings)]
    for layer_id, kind, scale in _ZONES:
        found += _zones(crosswalk, layer_id, kind, scale, start)
    found += [*_clsm_around(crosswalk, start), *parts]
    found += [
        Candidate(scenario_id(s.name), "Scénario", s.name, s.codes, scale_of(s.codes, atlas), project=s.project)
        for s in scenarios
        if s.codes
    ]
    return _merged(found)


def not_offered(crosswalk: Crosswalk, commune: str, settings: Settings | None = None) -> tuple[str, ...]:
    """Say which intercommunal bodies of a commune are not offered, and why.

    Raises
    ------
    GeoInputError
        When the commune does not exist today.
    """
    atlas = crosswalk.atlas
    limit = (settings or Settings()).big_city
    found = [body for body in _bodies(_towns(commune, atlas)[0].codes, atlas) if _too_big(body, atlas, settings)]
    return tuple(
        fr.typeset(
            f"{body.name} ({fr.inhabitants(_people(body, atlas))}) n’est pas proposée : au-delà de {fr.inhabitants(limit)}, une "
            "intercommunalité n’est pas l’échelle d’un seul CLSM ; la question est celle d’une commune, d’arrondissements ou d’un regroupement."
        )
        for body in found
    )


def _people(candidate: Candidate, atlas: Atlas) -> int:
    return int(atlas.population[atlas.rows(candidate.codes)].sum())


def _too_big(body: Candidate, atlas: Atlas, settings: Settings | None) -> bool:
    return _people(body, atlas) > (settings or Settings()).big_city


def scenario_id(name: str) -> str:
    """Return the id of the candidate that a scenario makes: it follows its name, the same in a link, not its place."""
    return f"scenario:{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def default_choice(found: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return what to set side by side at first: one candidate of each kind, then one's scenarios, MOST_COMPARED at most."""
    kinds: dict[str, Candidate] = {}
    for candidate in found:
        if candidate.kind not in (CITY_PART, NEIGHBOUR):
            kinds.setdefault(candidate.id if candidate.kind == "Scénario" else candidate.kind, candidate)
    chosen = list(kinds.values())
    mine = [c for c in chosen if c.kind == "Scénario"]
    others = [c for c in chosen if c.kind != "Scénario"]
    return tuple([*others[: max(1, MOST_COMPARED - len(mine))], *mine][:MOST_COMPARED])


def scale_of(codes: Iterable[str], atlas: Atlas) -> Scale:
    """Read the scale off the communes: part of a split city, one commune, several.

    Raises
    ------
    GeoInputError
        When there is no commune.
    """
    rows = atlas.rows(codes)
    if not len(rows):
        raise GeoInputError("Le périmètre est vide : choisissez au moins une commune.")
    towns = set(atlas.table["commune"].iloc[rows])
    if len(towns) > 1:
        return Scale.INTERCOMMUNAL
    return Scale.INFRACOMMUNAL if len(rows) < len(atlas.members("commune", next(iter(towns)))) else Scale.COMMUNAL


def _towns(commune: str, atlas: Atlas) -> list[Candidate]:
    if commune in atlas.parts:  # the whole city, arrondissements all
        codes = frozenset(atlas.parts[commune])
        return [Candidate(f"commune:{commune}", "Commune", name_of(commune, atlas), codes, Scale.COMMUNAL)]
    if commune not in atlas.row:
        raise GeoInputError(
            f"{commune[:12]} : cette commune n’existe pas dans les données ; choisissez-la dans la liste."
        )
    row = atlas.row[commune]
    owner = str(atlas.table["commune"].iat[row])
    if owner == commune:
        name = str(atlas.names[row])
        return [Candidate(f"commune:{commune}", "Commune", name, frozenset((commune,)), Scale.COMMUNAL)]
    kind = "IRIS" if atlas.table["niveau"].iat[row] == "iris" else "Arrondissement"
    part = Candidate(
        f"commune:{commune}", kind, short_name(str(atlas.names[row])), frozenset((commune,)), Scale.INFRACOMMUNAL
    )
    return [part, *_towns(owner, atlas)]


def _bodies(start: frozenset[str], atlas: Atlas) -> list[Candidate]:
    """Return the EPT, then the EPCI, that hold the starting communes."""
    rows = atlas.rows(start)
    made = []
    for column, kind, names in (("ept", "EPT", atlas.ept), ("epci", "EPCI", atlas.epci)):
        for code in sorted(set(atlas.table[column].iloc[rows].dropna())):
            codes = frozenset(str(atlas.codes[r]) for r in atlas.members(column, str(code)))
            made.append(Candidate(f"{column}:{code}", kind, str(names.at[code, "nom"]), codes, scale_of(codes, atlas)))
    return made


def _zones(
    crosswalk: Crosswalk, layer_id: str, kind: str, scale: Scale | None, start: frozenset[str]
) -> list[Candidate]:
    """Return the zones of a layer that hold some of the starting communes wholly."""
    made = []
    for overlap in crosswalk.overlaps(crosswalk.atlas.rows(start))[layer_id]:
        made += _zone(crosswalk, layer_id, overlap.id, kind, scale)
    return made


def _zone(crosswalk: Crosswalk, layer_id: str, zone: str, kind: str, scale: Scale | None) -> list[Candidate]:
    try:
        perimeter, notices = perimeter_of_zone(crosswalk.layers[layer_id], zone, crosswalk.atlas)
    except GeoInputError:  # no whole commune known: nothing to weigh
        return []
    codes = frozenset(str(c) for c in perimeter.communes)
    return [
        Candidate(f"{layer_id}:{zone}", kind, perimeter.name, codes, scale or scale_of(codes, crosswalk.atlas), notices)
    ]


def _clsm_around(crosswalk: Crosswalk, start: frozenset[str]) -> list[Candidate]:
    """Return the CLSM of the communes that share a border with the starting ones, the nearest known of."""
    atlas, layer = crosswalk.atlas, crosswalk.layers[LayerId.CLSM]
    rows = atlas.rows(start)
    around = np.unique(atlas.neighbours[rows].indices)
    mine = {o.id for o in crosswalk.overlaps(rows)[LayerId.CLSM]}
    made = []
    for overlap in crosswalk.overlaps(np.setdiff1d(around, rows))[LayerId.CLSM] if len(around) else ():
        if (
            overlap.id not in mine
            and overlap.precision is not Precision.INCONNUE
            and zone_members(layer, overlap.id)[0]
        ):
            made += _zone(crosswalk, LayerId.CLSM, overlap.id, NEIGHBOUR, None)
    return made


def _merged(found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Keep one candidate for each set of communes; it names the others. Scenarios stay: their owner looks for them."""
    kept: dict[object, Candidate] = {}
    for candidate in found:
        key: object = candidate.id if candidate.kind == "Scénario" else candidate.codes
        if key in kept:
            first = kept[key]
            kept[key] = replace(
                first, also=(*first.also, candidate.title), notices=(*first.notices, *candidate.notices)
            )
        else:
            kept[key] = candidate
    return tuple(kept.values())
