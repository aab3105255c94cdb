"""A layer: zones of one kind, each a set of communes, with what is known of it and where the list is complete.

Outside a layer's `extent` an absence means « unknown », never « none ». A zone keeps its état (in service, announced,
project) and the precision of its composition (read, extended from an EPCI, supposed, known in part, unknown), because
the facts behind it differ in worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.communes import Atlas


class LayerId(StrEnum):
    """The layers, by the id that files, links and the register use."""

    CLSM = "clsm"
    ADULT_SECTORS = "secteurs-adultes"
    CHILD_SECTORS = "secteurs-enfants"
    CLS = "cls"
    CPTS = "cpts"
    DAC = "dac"
    QPV = "qpv"


# Agreements between bodies, of which a territory may have several (a sector or a QPV is a piece of territory).
DISPOSITIFS = (LayerId.CLSM, LayerId.CLS, LayerId.CPTS, LayerId.DAC)
OTHER_DISPOSITIFS = tuple(one for one in DISPOSITIFS if one != LayerId.CLSM)
CLAIMED = "déclaré"  # the status of a zone that a person claims: its hospital is what they say, in any words
# Layers that hold each commune once: their zones partition the territory.
PARTITIONS = frozenset({LayerId.ADULT_SECTORS, LayerId.CHILD_SECTORS, LayerId.DAC})


class Etat(StrEnum):
    """Whether a dispositif works, as its source says, at the date of that source."""

    EN_SERVICE = "en service"
    ANNONCE = "annoncé"
    PROJET = "projet"
    A_CONFIRMER = "à confirmer"


class Precision(StrEnum):
    """How the list of communes of a zone is known."""

    LUE = "lue"
    CODES_POSTAUX = "déduite de codes postaux"
    ETENDUE = "étendue aux communes de l’EPCI"
    DEPARTEMENT = "département entier"
    OFFICIELLE = "officielle"
    SUPPOSEE = "supposée d’après le nom"
    PARTIELLE = "connue en partie"
    VILLE = "connue à la ville près, arrondissement inconnu"
    INCONNUE = "inconnue"


ETATS = {
    "cite": Etat.EN_SERVICE,
    "annonce": Etat.ANNONCE,
    "projet_non_confirme": Etat.PROJET,
    "a_confirmer": Etat.A_CONFIRMER,
}
PRECISIONS = {
    "commune_eponyme": Precision.LUE,
    "liste_lue": Precision.LUE,
    "codes_postaux": Precision.CODES_POSTAUX,
    "epci_etendu": Precision.ETENDUE,
    "departement_entier": Precision.DEPARTEMENT,
    "suppose": Precision.SUPPOSEE,
    "partiel": Precision.PARTIELLE,
    "non_resolu": Precision.INCONNUE,
}


@dataclass(frozen=True)
class Declared:
    """A person's statement that a list is complete in some départements: who, on which day, and until when.

    Days are ISO 8601; `until` is the last day that it holds, "" when no end was given. `lapsed` says that this day was past
    when the layer was opened. `accepted` holds, in words, what was pointed out to the person and accepted.
    """

    who: str
    day: str
    departements: frozenset[str]
    until: str = ""
    lapsed: bool = False
    accepted: tuple[str, ...] = ()


def departement_of_place(place: str) -> str:
    """Return the département of a place: a commune by its code, or a département by its own."""
    return place if len(place) <= 3 else place[: 3 if place.startswith("97") else 2]


@dataclass(frozen=True, eq=False)
class Layer:
    """Zones of one kind.

    `zones` is what `zones_frame` builds, `members` what `members_frame` does: one row for each zone and atom. `extent` holds
    the départements where the layer is complete. The members of a zone of precision « VILLE » are candidates: it lies in one
    or several of them, unknown which. `apart` counts the zones of the published list that lie in no commune of the atlas
    (overseas collectivities). `former` gives the id of today of zones that had another one.

    `declared` holds the statements of persons that `extent` rests on, those that lapsed included. `unsettled` holds, for each
    list brought (by its key), the places that its rows still to be settled may speak of: codes of communes, or of départements
    where nothing closer is known. A département with such a place is in no `extent`: what is missing there is known to be.

    `listed` holds rows of atoms where the list is complete besides the départements of `extent`, by a person's word.
    `stated` holds the départements that are in `extent` on the reader's word alone (`as_stated`).

    `facts` says in words what is published of a zone besides, by its id.

    `fine` is what is known of zones inside communes, IRIS by IRIS (`geo.layers.opening`); None where nothing is.
    """

    id: str
    name: str
    long_name: str
    source: str
    vintage: str
    extent: frozenset[str]
    remark: str
    zones: pd.DataFrame
    members: pd.DataFrame
    apart: int = 0
    former: Mapping[str, str] = field(default_factory=dict)
    declared: tuple[Declared, ...] = ()
    unsettled: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ended: frozenset[str] = frozenset()
    listed: frozenset[int] = frozenset()

    stated: frozenset[str] = frozenset()
    fine: pd.DataFrame | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    def complete_at(self, atlas: Atlas) -> npt.NDArray[np.bool_]:
        """Tell, atom by atom, where the list is complete."""
        found = np.array(atlas.table["departement"].isin(self.extent), dtype=bool)
        found[list(self.listed)] = True
        return found

    @cached_property
    def withheld(self) -> frozenset[str]:
        """The départements where rows are still to be settled: the list is complete there for nobody."""
        return frozenset(departement_of_place(place) for places in self.unsettled.values() for place in places)

    @cached_property
    def undelimited(self) -> pd.DataFrame:
        """The zones in service whose communes are not all known: no commune of their département is surely in none of them.

        Who says « I know them all » speaks of the list, not of these communes; who publishes a list answers for those it gives.
        """
        vague = self.zones["precision"].isin([Precision.INCONNUE, Precision.PARTIELLE])
        return self.zones[vague & (self.zones["etat"] == Etat.EN_SERVICE)]

    def complete(self, stated: Iterable[str] = ()) -> frozenset[str]:
        """Return where the list is complete when a reader states some départements so: the extent, and those neither withheld nor
        with a zone whose communes are not all known."""
        return self.extent | (frozenset(stated) - self.withheld - frozenset(self.undelimited["departement"]))

    @cached_property
    def published(self) -> frozenset[str]:
        """The départements where somebody's statement that the list is complete holds today, its communes known or not."""
        return frozenset().union(*(one.departements for one in self.declared if not one.lapsed))

    def listed_in(self, stated: Iterable[str] = ()) -> frozenset[str]:
        """Return where every zone is listed, if not the communes of each: by its publisher's word, or by a reader's who states some
        départements complete. `complete` is where the communes are known too."""
        return self.extent | (self.published | frozenset(stated)) - self.withheld

    def as_stated(self, departements: Iterable[str]) -> Layer:
        """Return the layer as somebody reads it who states that its list is complete in some départements; itself when that adds
        nothing. What rests on the reader's word is in `stated`, and must be said to."""
        extent = self.complete(departements)
        added = extent - self.extent
        return replace(self, extent=extent, stated=self.stated | added) if added else self

    def held_back(self) -> Layer:
        """Return the layer with the départements withheld, or of a zone without known communes, taken out of its extent."""
        lost = self.undelimited["precision"] == Precision.INCONNUE
        left = self.withheld | frozenset(self.undelimited.loc[lost, "departement"])
        return replace(self, extent=self.extent - left) if self.extent & left else self

    def current_id(self, zone_id: str) -> str:
        """Return the id of today of a zone that may be named by its former one; any other id as it is given."""
        now = self.former.get(zone_id, zone_id)
        return zone_id if zone_id in self.zones.index or now not in self.zones.index else now

    @cached_property
    def candidates(self) -> npt.NDArray[np.bool_]:
        """The zones that lie in one or several of their members, unknown which."""
        return (self.zones["precision"] == Precision.VILLE).to_numpy(dtype=bool)

    @property
    def placed(self) -> pd.DataFrame:
        """The members of the zones whose communes or arrondissements are known."""
        return self.members[~self.candidates[self.members["zone"].to_numpy(dtype=np.intp)]]

    @property
    def located(self) -> pd.DataFrame:
        """Zones of which at least one commune is known."""
        return self.zones[self.zones["precision"] != Precision.INCONNUE]


def zone_members(layer: Layer, zone_id: str) -> tuple[list[int], list[int]]:
    """Return the rows of the atoms wholly in a zone, and of those only partly in it."""
    mine = layer.members[layer.members["zone"] == layer.zones.index.get_loc(zone_id)]
    return mine.loc[mine["whole"], "row"].tolist(), mine.loc[~mine["whole"], "row"].tolist()


def find_zones(layers: Iterable[Layer], text: str) -> Iterator[tuple[Layer, str]]:
    """Yield the zones whose id, or the end of whose id, is `text` (case aside): 94G07 finds sect-94g07; a former id is read too."""
    key = text.strip().casefold()
    for layer in layers:
        for zone in layer.zones.index:
            folded = str(zone).casefold()
            if folded == key or folded.endswith("-" + key):
                yield layer, str(zone)
        if (named := layer.current_id(key)) != key:
            yield layer, named
