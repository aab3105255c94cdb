"""Layers (CLSM, sectors, CLS, CPTS, DAC, QPV) as crosswalks onto communes, one laid over another, compared, shared by area.

It never reads a file of a user nor a database. Start from `load_layers`, `build_crosswalk`, `merged`, `difference`, `Evidence`.
"""

from geo.layers.areal import (
    GRID_COMPLETE,
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
from geo.layers.completeness import by_declaration, completeness
from geo.layers.crosswalk import Crosswalk, Overlap, Relation, build_crosswalk
from geo.layers.diff import FATE_LABELS, Difference, Fate, ZoneChange, ZoneMove, difference
from geo.layers.embedded import load_layers
from geo.layers.evidence import NOT_LISTED, CarePlaces, Evidence, LocalActor
from geo.layers.frames import (
    MEMBER_COLUMNS,
    ZONE_COLUMNS,
    estimated,
    members_frame,
    whole_members,
    zones_frame,
)
from geo.layers.layer import (
    CLAIMED,
    DISPOSITIFS,
    ETATS,
    OTHER_DISPOSITIFS,
    PARTITIONS,
    PRECISIONS,
    Declared,
    Etat,
    Layer,
    LayerId,
    Precision,
    departement_of_place,
    find_zones,
    zone_members,
)
from geo.layers.losses import Losses, losses
from geo.layers.naming import zone_id
from geo.layers.opening import coarse_members, fine_frame, opened_layer, piece_people, settled_by_iris
from geo.layers.overlay import MODE_MEANINGS, OVER_MEANINGS, Mode, Over, merged
from geo.layers.partition import PartitionFaults, partition_faults
from geo.layers.quarters import MOSTLY_KNOWN, apart_text, city_names, known_populations, populations_suffice

__all__ = [
    "CLAIMED",
    "DISPOSITIFS",
    "ETATS",
    "FATE_LABELS",
    "GRID_COMPLETE",
    "MEMBER_COLUMNS",
    "MODE_MEANINGS",
    "MOSTLY_KNOWN",
    "NOT_LISTED",
    "OTHER_DISPOSITIFS",
    "OVER_MEANINGS",
    "PARTITIONS",
    "PRECISIONS",
    "SLIVER",
    "ZONE_COLUMNS",
    "CarePlaces",
    "Crosswalk",
    "Declared",
    "Difference",
    "Etat",
    "Evidence",
    "Fate",
    "Layer",
    "LayerId",
    "LocalActor",
    "Losses",
    "Mode",
    "Over",
    "Overlap",
    "PartitionFaults",
    "Precision",
    "Relation",
    "ZoneChange",
    "ZoneMove",
    "apart_text",
    "areas_inside",
    "atoms_of_points",
    "build_crosswalk",
    "by_declaration",
    "city_names",
    "coarse_members",
    "completeness",
    "departement_of_place",
    "difference",
    "distances",
    "estimated",
    "find_zones",
    "fine_frame",
    "known_populations",
    "load_layers",
    "locate",
    "losses",
    "members_frame",
    "merged",
    "opened_layer",
    "outlines",
    "partition_faults",
    "piece_people",
    "populations_suffice",
    "project",
    "repair_areas",
    "settled_by_iris",
    "shares",
    "touching",
    "whole_members",
    "zone_id",
    "zone_members",
    "zones_frame",
]
