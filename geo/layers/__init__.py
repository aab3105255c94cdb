"""Layers (CLSM, sectors, CLS, CPTS, DAC, QPV) as crosswalks onto communes, one laid over another, compared, shared by area.

It never reads a file of a user nor a database. Start from `load_layers`, `build_crosswalk`, `merged`, `difference`, `Evidence`.
"""

from geo.layers.areal import (
    SLIVER,
    areas_inside,
    atoms_of_points,
    distances,
    locate,
    outlines,
    project,
    repair_areas,
    shares,
    touching,
)
from geo.layers.crosswalk import Crosswalk, Overlap, Relation, build_crosswalk
from geo.layers.diff import FATE_LABELS, Difference, Fate, ZoneChange, ZoneMove, difference
from geo.layers.evidence import NOT_LISTED, CarePlaces, Evidence
from geo.layers.layer import (
    DISPOSITIFS,
    ETATS,
    PRECISIONS,
    ZONE_COLUMNS,
    Etat,
    Layer,
    LayerId,
    Precision,
    find_zones,
    load_layers,
    zone_members,
)
from geo.layers.overlay import MEMBER_COLUMNS, MEMBER_TYPES, MODE_MEANINGS, OVER_MEANINGS, Mode, Over, estimated, merged
from geo.layers.quarters import MOSTLY_KNOWN, apart_text, city_names, known_populations, populations_suffice

__all__ = [
    "DISPOSITIFS",
    "ETATS",
    "FATE_LABELS",
    "MEMBER_COLUMNS",
    "MEMBER_TYPES",
    "MODE_MEANINGS",
    "MOSTLY_KNOWN",
    "NOT_LISTED",
    "OVER_MEANINGS",
    "PRECISIONS",
    "SLIVER",
    "ZONE_COLUMNS",
    "CarePlaces",
    "Crosswalk",
    "Difference",
    "Etat",
    "Evidence",
    "Fate",
    "Layer",
    "LayerId",
    "Mode",
    "Over",
    "Overlap",
    "Precision",
    "Relation",
    "ZoneChange",
    "ZoneMove",
    "apart_text",
    "areas_inside",
    "atoms_of_points",
    "build_crosswalk",
    "city_names",
    "difference",
    "distances",
    "estimated",
    "find_zones",
    "known_populations",
    "load_layers",
    "locate",
    "merged",
    "outlines",
    "populations_suffice",
    "project",
    "repair_areas",
    "shares",
    "touching",
    "zone_members",
]
