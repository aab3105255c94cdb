"""Communes: the atlas of today's communes and arrondissements, their codes, names, history and density class.

It never knows a layer nor a perimeter. Start from `embedded_atlas`, `read_code`, `find_name`, `read_any`; `open_communes` opens cities
into IRIS.
"""

from geo.communes.atlas import Atlas, CommuneCode, embedded_atlas, with_outlines
from geo.communes.codes import SHAPE, CodeReading, atoms_from_codes, in_departement, name_of, read_code, split_codes
from geo.communes.density import AGREEMENT, DENSE_PER_KM2, LABELS, RURAL_BELOW_PER_KM2, Density, approximate_density
from geo.communes.extent import extent_text
from geo.communes.iris import SHAPE_OF_IRIS, SHARED_OUT, Iris, Opening, in_words, open_communes, shared_out
from geo.communes.lists import (
    in_part_of,
    part_of,
    read_any,
    read_area,
    read_departement,
    read_postal,
    read_with_parts,
    rhone_half,
    says_without,
    split_list,
)
from geo.communes.matching import (
    BLANKS,
    CommuneMatch,
    find_body,
    is_year,
    read_loose_code,
    read_loose_name,
    read_place,
)
from geo.communes.names import (
    Named,
    all_named,
    departement_of,
    departement_of_text,
    find_name,
    history,
    near,
    say_date,
    take_apart,
    was_named,
)
from geo.communes.partial import only_says_part
from geo.communes.pieces import counted, parts_named, pieces_text, places, short_name, sizes
from geo.communes.revitalisation import Revitalisation

__all__ = [
    "AGREEMENT",
    "BLANKS",
    "DENSE_PER_KM2",
    "LABELS",
    "RURAL_BELOW_PER_KM2",
    "SHAPE",
    "SHAPE_OF_IRIS",
    "SHARED_OUT",
    "Atlas",
    "CodeReading",
    "CommuneCode",
    "CommuneMatch",
    "Density",
    "Iris",
    "Named",
    "Opening",
    "Revitalisation",
    "all_named",
    "approximate_density",
    "atoms_from_codes",
    "counted",
    "departement_of",
    "departement_of_text",
    "embedded_atlas",
    "extent_text",
    "find_body",
    "find_name",
    "history",
    "in_departement",
    "in_part_of",
    "in_words",
    "is_year",
    "name_of",
    "near",
    "only_says_part",
    "open_communes",
    "part_of",
    "parts_named",
    "pieces_text",
    "places",
    "read_any",
    "read_area",
    "read_code",
    "read_departement",
    "read_loose_code",
    "read_loose_name",
    "read_place",
    "read_postal",
    "read_with_parts",
    "rhone_half",
    "say_date",
    "says_without",
    "shared_out",
    "short_name",
    "sizes",
    "split_codes",
    "split_list",
    "take_apart",
    "was_named",
    "with_outlines",
]
