"""The CLSM known that are nearest to a perimeter, with what their source says: communes, year, where it was read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.arrays import Bools, Floats, Rows
from geo.communes import Density, parts_named
from geo.kept import kept_on_subject
from geo.layers import Crosswalk, Etat, Evidence, Layer, LayerId, Precision
from geo.similar.nearest import Likeness, nearest
from geo.similar.profile import FEATURES, PEOPLE, Members, profiles

MOST = 10
MOST_NAMED = 4  # towns named in a line
UNSURE = (Precision.INCONNUE, Precision.PARTIELLE, Precision.VILLE)


@dataclass(frozen=True)
class KnownClsm:
    """A CLSM in service whose communes and people are known: `rows` are its atoms (in order), `values` its FEATURES (NaN: unknown),
    `year` that it was signed or is told of (empty: unknown), `composition` how its communes are known when they were not read."""

    id: str
    name: str
    rows: Rows
    values: Floats
    towns: str
    year: str
    composition: str
    source: str
    url: str


@dataclass(frozen=True)
class SimilarClsm:
    """A CLSM like a perimeter, and how alike they are."""

    clsm: KnownClsm
    likeness: Likeness


@dataclass(frozen=True, eq=False)
class _Register:
    """The CLSM known, their features and members in the same order, how many others there are, whether the list is complete."""

    clsm: tuple[KnownClsm, ...]
    table: Floats
    members: Members
    left_out: int
    complete: bool


@dataclass(frozen=True)
class SimilarClsms:
    """The nearest CLSM to a perimeter, whose own features are `mine`; `sentence` says among how many and what is left out."""

    mine: Floats
    found: tuple[SimilarClsm, ...]
    compared: int
    left_out: int
    same: tuple[str, ...]
    complete: bool

    @property
    def sentence(self) -> str:
        """Say among how many CLSM known these were looked for, and which are left out."""
        text = f"Les plus proches de votre périmètre, parmi {fr.count(self.compared, 'CLSM connu', 'CLSM connus')} en service."
        if not self.complete:
            text += " La liste, ou la composition d’un CLSM, n’est pas complète : d’autres, inconnus ici, ressemblent peut-être davantage."
        if self.left_out:
            text += f" Laissés de côté, communes ou habitants inconnus : {fr.number(self.left_out)}."
        if self.same:
            text += f" Même périmètre que le vôtre : {fr.listing(self.same)}."
        return fr.typeset(text)


def similar_clsm(evidence: Evidence, rows: Rows, most: int = MOST) -> SimilarClsms:
    """Return the CLSM in service nearest to a perimeter that is not empty; one of the very same communes is only named."""
    crosswalk, density = evidence.crosswalk, evidence.density
    known, size = _register(crosswalk, density), len(crosswalk.atlas.table)
    mine = profiles(crosswalk, density, Members.whole([rows], size))[0]
    same = _same_as(known.members, rows, size)
    others = [known.clsm[i] for i in np.flatnonzero(~same)]
    found = nearest(mine, known.table[~same], [one.id for one in others], most)
    return SimilarClsms(
        mine,
        tuple(SimilarClsm(others[one.position], one) for one in found),
        len(others),
        known.left_out,
        tuple(known.clsm[i].name for i in np.flatnonzero(same)),
        known.complete,
    )


@kept_on_subject
def _register(crosswalk: Crosswalk, density: Density) -> _Register:
    """Return the CLSM in service whose communes and people are known; kept with the data."""
    layer = crosswalk.layers[LayerId.CLSM]
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()
    every = Members.zones(layer, len(crosswalk.atlas.table))
    placed = np.diff(every.held.indptr) > 0
    chosen = np.flatnonzero(running & placed & ~layer.zones["precision"].isin(UNSURE).to_numpy())
    members = every.of(chosen)
    table = profiles(crosswalk, density, members)
    kept = np.flatnonzero(np.isfinite(table[:, PEOPLE]))
    table, members = table[kept], members.of(kept)
    described = tuple(
        _described(crosswalk, layer, int(position), members.rows(i), table[i])
        for i, position in enumerate(chosen[kept])
    )
    complete = bool(layer.complete_at(crosswalk.atlas).all())
    return _Register(described, table, members, int(running.sum()) - len(kept), complete)


def _same_as(members: Members, rows: Rows, size: int) -> Bools:
    """Tell the sets of whole atoms that are exactly these."""
    inside = np.zeros(size)
    inside[rows] = 1.0
    shared = members.held @ inside
    counts = np.diff(members.held.indptr)
    parts = np.asarray(members.partly.sum(axis=1)).ravel()
    return np.asarray((shared == len(rows)) & (counts == len(rows)) & (parts == 0))


def _described(crosswalk: Crosswalk, layer: Layer, position: int, rows: Rows, values: Floats) -> KnownClsm:
    zone = layer.zones.iloc[position]
    precise = zone["precision"] in (Precision.LUE, Precision.OFFICIELLE)
    return KnownClsm(
        str(layer.zones.index[position]),
        str(zone["nom"]),
        rows,
        values,
        towns_of(crosswalk, rows),
        str(zone["annee"] or ""),
        "" if precise else f"composition {zone['precision']}",
        ", ".join(str(text) for text in (zone["source_titre"], zone["annee_source"]) if text) or layer.source,
        str(zone["source_url"] or ""),
    )


def towns_of(crosswalk: Crosswalk, rows: Rows) -> str:
    """Name the communes of a set of atoms, the most populous first; the arrondissements of a city that it holds in part."""
    atlas = crosswalk.atlas
    return fr.listing((name for name, _ in parts_named(atlas, atlas.codes[rows])), most=MOST_NAMED)


def feature_texts(values: Floats) -> dict[str, str]:
    """Return the features of a territory as texts, by id of FEATURES; « inconnu » where one is not known."""
    return {
        feature.id: "inconnu" if np.isnan(value) else feature.text(float(value))
        for feature, value in zip(FEATURES, values, strict=True)
    }
