"""The moves that have a meaning, each with its name: complete what the perimeter cuts, stop at an intercommunal body, join a CLSM.

No other move is ever suggested: a commune taken alone, because a figure would read better without it, is no proposal that can
be shown to its mayor. Here they are only listed; `geo.suggest.ranking` weighs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.sparse import csr_array

from geo import french as fr
from geo.arrays import Bools, Floats, Rows
from geo.communes import pieces_text, places
from geo.kept import kept_on_subject
from geo.layers import LayerId
from geo.moves import LAYERS, IncidenceTables, Move

Bodies = list[tuple[str, Rows]]


class Kind(StrEnum):
    """What a move is about, in the words of a meeting; in the order in which equals are shown."""

    SECTOR = "mon secteur"
    CHILD_SECTOR = "mon secteur infanto-juvénile"
    BODY = "mon intercommunalité"
    CLS = "mon CLS"
    QUARTER = "un quartier prioritaire partagé"
    JOIN = "le CLSM voisin"
    STOP = "m’arrêter à l’intercommunalité"


@dataclass(frozen=True)
class Gesture:
    """A move with its kind."""

    move: Move
    kind: Kind


@dataclass(frozen=True, eq=False)
class Zone:
    """A zone of a layer: the atoms in it, in whole or in part; `exact` when they are known for sure, and are whole communes or IRIS."""

    name: str
    atoms: Rows
    exact: bool


def gestures(ground: IncidenceTables, inside: frozenset[str], locked: frozenset[str]) -> list[Gesture]:
    """Return the moves that have a meaning around a perimeter that is not empty, each set of communes once."""
    mask = np.zeros(len(ground.atlas.table), dtype=bool)
    mask[ground.atlas.rows(inside)] = True
    bodies = bodies_met(ground, mask)
    found = [
        *_neighbours(ground, mask),  # first: the same communes under another name are a CLSM all the same
        *_sectors(ground, mask),
        *_bodies(ground, mask, bodies),
        *_contracts(ground, mask),
        *_quarters(ground, mask),
        *_stops(ground, mask, bodies, locked),
    ]
    return list({(g.move.added, g.move.removed): g for g in reversed(found)}.values())[::-1]


def zones_of(ground: IncidenceTables, layer: LayerId, rows: Rows) -> Iterator[Zone]:
    """Yield the zones of a layer that some atoms meet."""
    atoms = _atoms(ground, layer)
    start = int(np.searchsorted(ground.zone_layer, LAYERS.index(layer)))
    known = ground.zone_known
    parted = ground.crosswalk.totals[2][ground.zone_columns]
    for place in np.unique(_presence(ground, layer)[rows].indices).tolist():
        column = start + place
        sure = not any(known[doubt][column] for doubt in ("vague", "candidates", "supposed"))
        whole = layer == LayerId.QPV or not parted[column]
        members = np.sort(atoms.indices[atoms.indptr[place] : atoms.indptr[place + 1]])
        yield Zone(str(ground.zone_names[column]), members, bool(sure and whole))


@kept_on_subject
def _presence(ground: IncidenceTables, layer: LayerId) -> csr_array:
    return ground.presence(layer)


@kept_on_subject
def _atoms(ground: IncidenceTables, layer: LayerId) -> csr_array:
    return csr_array(_presence(ground, layer).T)


@kept_on_subject
def body_sizes(ground: IncidenceTables) -> Floats:
    """Return the number of atoms of each intercommunal body."""
    return np.asarray(ground.community.sum(axis=0), dtype=float).ravel()


@kept_on_subject
def rural_by_body(ground: IncidenceTables) -> csr_array:
    """Return atoms × intercommunal bodies, one where a rural commune belongs to the body."""
    return csr_array(ground.community.multiply(ground.evidence.density.rural[:, None]))


def bodies_met(ground: IncidenceTables, mask: Bools) -> list[tuple[str, Rows]]:
    """Return the intercommunal bodies that some atoms meet, the most inhabitants among them first: name, all atoms."""
    met = ground.community[np.flatnonzero(mask)]
    people = (mask * ground.atlas.population) @ ground.community
    names, codes = ground.atlas.communities[1]["nom"], ground.community_codes
    places = sorted(set(met.indices.tolist()), key=lambda p: (-people[p], p))
    return [(str(names.at[codes[p]]), ground.atlas.members("community", codes[p])) for p in places]


def _sectors(ground: IncidenceTables, mask: Bools) -> Iterator[Gesture]:
    """Yield the rest of each sector met, adult ones first: an adult sector with the same communes gives its name to both."""
    for layer, kind in ((LayerId.ADULT_SECTORS, Kind.SECTOR), (LayerId.CHILD_SECTORS, Kind.CHILD_SECTOR)):
        for zone in zones_of(ground, layer, np.flatnonzero(mask)):
            rest = zone.atoms[~mask[zone.atoms]]
            if zone.exact and len(rest):
                yield _adding(ground, kind, f"Compléter le {_lower(zone.name, 'Secteur')}", rest)


def _bodies(ground: IncidenceTables, mask: Bools, bodies: Bodies) -> Iterator[Gesture]:
    for name, atoms in bodies:
        rest = atoms[~mask[atoms]]
        if len(rest):
            yield _adding(ground, Kind.BODY, f"Compléter {fr.the(name)}", rest)


def _contracts(ground: IncidenceTables, mask: Bools) -> Iterator[Gesture]:
    for zone in zones_of(ground, LayerId.CLS, np.flatnonzero(mask)):
        rest = zone.atoms[~mask[zone.atoms]]
        if zone.exact and len(rest):
            yield _adding(ground, Kind.CLS, f"Compléter le {_lower(zone.name, 'CLS')}", rest)


def _quarters(ground: IncidenceTables, mask: Bools) -> Iterator[Gesture]:
    """Yield the communes that share a QPV with one of the perimeter."""
    for zone in zones_of(ground, LayerId.QPV, np.flatnonzero(mask)):
        rest = zone.atoms[~mask[zone.atoms]]
        if zone.exact and len(rest):
            names = fr.listing(places(ground.atlas, rest))
            shares = "qui partage" if len(rest) == 1 else "qui partagent"
            yield _adding(ground, Kind.QUARTER, f"Ajouter {names}, {shares} le QPV {zone.name}", rest)


def _neighbours(ground: IncidenceTables, mask: Bools) -> Iterator[Gesture]:
    """Yield the CLSM that touch the perimeter and share none of its communes: two CLSM would be one."""
    around = np.flatnonzero((ground.links @ mask.astype(np.int32) > 0) & ~mask)
    mine = list(zones_of(ground, LayerId.CLSM, np.flatnonzero(mask)))
    for zone in zones_of(ground, LayerId.CLSM, around):
        if zone.exact and not mask[zone.atoms].any():
            verb = "Fusionner avec" if mine else "Rejoindre"
            yield _adding(ground, Kind.JOIN, f"{verb} le CLSM voisin : {zone.name}", zone.atoms)


def _stops(ground: IncidenceTables, mask: Bools, bodies: Bodies, locked: frozenset[str]) -> Iterator[Gesture]:
    """Yield what the perimeter holds outside the bodies it holds whole; when it holds none, outside its main body."""
    kept = [(n, a) for n, a in bodies if mask[a].all()] or bodies[:1]
    spilt = [(n, a[mask[a]]) for n, a in bodies if n not in {name for name, _ in kept}]
    names = fr.listing((fr.the(n) for n, _ in kept), most=2)
    every = [(f"S’arrêter à {names}", np.sort(np.concatenate([a for _, a in spilt])))] if spilt else []
    each = [(f"Laisser hors du périmètre ce qu’il entame {fr.of(n)}", a) for n, a in spilt] if len(spilt) > 1 else []
    for label, rows in (*every, *each):
        codes = _codes(ground, rows)
        if not codes & locked and len(rows) < mask.sum():
            yield Gesture(Move(fr.typeset(label), removed=codes, kind="groupe"), Kind.STOP)


def _adding(ground: IncidenceTables, kind: Kind, label: str, rows: Rows) -> Gesture:
    many = f" ({pieces_text(ground.atlas, rows)})" if kind is not Kind.QUARTER else ""
    return Gesture(Move(fr.typeset(f"{label}{many}"), added=_codes(ground, rows), kind="groupe"), kind)


def _lower(name: str, word: str) -> str:
    """Put the word for what it is before a name that does not start with it: « secteur 94G08 », « CLS du Pays »."""
    if name.startswith(f"{word} "):
        return name if word.isupper() else name[0].lower() + name[1:]
    return f"{word if word.isupper() else word.lower()} {name}"


def _codes(ground: IncidenceTables, rows: Iterable[int]) -> frozenset[str]:
    return frozenset(str(ground.atlas.codes[r]) for r in rows)
