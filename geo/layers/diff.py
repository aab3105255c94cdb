"""The difference between two layers: territories, communes, inhabitants.

Two zones are the same territory when they have the same id, or the same name and a commune in common, or exactly the
same communes. Everything is counted on codes: no geometry is met.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from geo import french as fr
from geo.communes import Atlas
from geo.layers.layer import Layer

Rows = frozenset[int]


class Fate(IntEnum):
    """What becomes of a commune: its number in what a map is painted with."""

    ABSENT = 0
    KEPT = 1
    ADDED = 2
    REMOVED = 3
    CHANGED = 4


FATE_LABELS = {
    Fate.ABSENT: "dans aucun territoire",
    Fate.KEPT: "inchangée",
    Fate.ADDED: "ajoutée",
    Fate.REMOVED: "retirée",
    Fate.CHANGED: "change de territoire",
}


@dataclass(frozen=True)
class ZoneChange:
    """A territory that is in both layers and differs. `gained` and `lost` are atom codes; `words` says what else changed."""

    before: str
    after: str
    name: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    inhabitants_before: int
    inhabitants_after: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class ZoneMove:
    """A territory that is in one layer only."""

    id: str
    name: str
    communes: int
    inhabitants: int


@dataclass(frozen=True, eq=False)
class Difference:
    """From a layer to the next. `inhabitants_*` count each commune once; `fate` has one Fate an atom, in row order; `unplaced` has the
    départements of the territories of before whose communes are unknown, and that go or change."""

    added: tuple[ZoneMove, ...]
    removed: tuple[ZoneMove, ...]
    changed: tuple[ZoneChange, ...]
    same: int
    inhabitants_before: int
    inhabitants_after: int
    fate: npt.NDArray[np.int8] = field(repr=False)
    unplaced: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Return whether nothing changes."""
        return not (self.added or self.removed or self.changed)

    def summary(self) -> dict[str, Any]:
        """Return the counts, and the names of what changed, as plain values to keep."""
        return {
            "added": [asdict(z) for z in self.added],
            "removed": [asdict(z) for z in self.removed],
            "changed": [asdict(z) for z in self.changed],
            "same": self.same,
            "inhabitants_before": self.inhabitants_before,
            "inhabitants_after": self.inhabitants_after,
        }

    def sentence(self) -> str:
        """Say the difference in one French sentence."""
        if self.empty:
            return "Aucun changement : la couche en place dit déjà la même chose."
        parts = [
            fr.count(len(self.added), "territoire ajouté", "territoires ajoutés"),
            fr.count(len(self.removed), "retiré", "retirés"),
            fr.count(len(self.changed), "modifié", "modifiés"),
            fr.count(self.same, "inchangé", "inchangés"),
        ]
        people = f"habitants concernés : {fr.number(self.inhabitants_before)} avant, {fr.number(self.inhabitants_after)} après"
        return f"{', '.join(parts)} ; {people}."


@dataclass(frozen=True, eq=False)
class _Side:
    layer: Layer
    atlas: Atlas

    @cached_property
    def sets(self) -> list[tuple[Rows, Rows]]:
        """For each zone, the rows wholly inside and those only in part."""
        whole: list[set[int]] = [set() for _ in range(len(self.layer.zones))]
        part: list[set[int]] = [set() for _ in range(len(self.layer.zones))]
        members = self.layer.members
        for zone, row, entire in zip(members["zone"], members["row"], members["whole"], strict=True):
            (whole if entire else part)[int(zone)].add(int(row))
        return [(frozenset(a), frozenset(b)) for a, b in zip(whole, part, strict=True)]

    @cached_property
    def fine(self) -> list[frozenset[str]]:
        """For each zone, the IRIS that it is known to hold in the communes it cuts."""
        found: list[set[str]] = [set() for _ in range(len(self.layer.zones))]
        if self.layer.fine is not None:
            for zone, iris in zip(self.layer.fine["zone"], self.layer.fine["iris"], strict=True):
                found[int(zone)].add(str(iris))
        return [frozenset(codes) for codes in found]

    def people(self, zone: int) -> int:
        """Inhabitants of a zone: published, else those of its communes, as far as they are known."""
        published = float(self.layer.zones["population"].iat[zone])
        if not np.isnan(published):
            return round(published)
        return round(float(self.by_zone[zone]))

    @cached_property
    def by_zone(self) -> npt.NDArray[np.float64]:
        """Inhabitants of each zone, as far as they are known."""
        members = self.layer.members
        weights = members["inhabitants"].fillna(0.0).to_numpy(dtype=float)
        zones = members["zone"].to_numpy(dtype=np.intp)
        return np.bincount(zones, weights=weights, minlength=max(1, len(self.layer.zones))).astype(float)

    @cached_property
    def total(self) -> int:
        """Inhabitants of the whole layer, each commune once."""
        members = self.layer.members
        entire = members["whole"].to_numpy(dtype=bool)
        rows = members["row"].to_numpy(dtype=np.intp)
        wholly = np.unique(rows[entire])
        inhabitants = members["inhabitants"].fillna(0.0).to_numpy(dtype=float)
        parts = inhabitants[~entire & ~np.isin(rows, wholly)].sum()
        return round(float(self.atlas.population[wholly].sum() + parts))

    def move(self, zone: int) -> ZoneMove:
        whole, part = self.sets[zone]
        name = str(self.layer.zones["nom"].iat[zone])
        return ZoneMove(str(self.layer.zones.index[zone]), name, len(whole | part), self.people(zone))

    @cached_property
    def owners(self) -> dict[int, frozenset[int]]:
        """Zones of each row."""
        found: dict[int, set[int]] = defaultdict(set)
        for zone, (whole, part) in enumerate(self.sets):
            for row in whole | part:
                found[row].add(zone)
        return {row: frozenset(zones) for row, zones in found.items()}


def same_territories(before: Layer, after: Layer, atlas: Atlas) -> dict[int, int]:
    """Return, for each zone of `before` that `after` holds too, the position of that zone in `after`."""
    return _match(_Side(before, atlas), _Side(after, atlas))


def _match(old: _Side, new: _Side) -> dict[int, int]:
    position = {str(zone): i for i, zone in enumerate(new.layer.zones.index)}
    named: dict[str, list[int]] = defaultdict(list)
    composed: dict[tuple[tuple[Rows, Rows], frozenset[str]], list[int]] = defaultdict(list)
    for i, name in enumerate(new.layer.zones["nom"]):
        named[fr.fold(str(name))].append(i)
        if any(new.sets[i]):
            composed[new.sets[i], new.fine[i]].append(i)
    found: dict[int, int] = {}
    taken: set[int] = set()

    def take(zone: int, candidates: Iterable[int]) -> None:
        chosen = next((c for c in candidates if c not in taken), None)
        if zone not in found and chosen is not None:
            found[zone] = chosen
            taken.add(chosen)

    ids, names = [str(z) for z in old.layer.zones.index], [fr.fold(str(n)) for n in old.layer.zones["nom"]]
    for zone, name in enumerate(ids):
        take(zone, [position[name]] if name in position else [])
    for zone, name in enumerate(names):
        mine = frozenset().union(*old.sets[zone])
        take(zone, [c for c in named[name] if mine & frozenset().union(*new.sets[c])])
    for zone in range(len(ids)):
        take(zone, composed.get((old.sets[zone], old.fine[zone]), []) if any(old.sets[zone]) else [])
    return found


def difference(before: Layer, after: Layer, atlas: Atlas) -> Difference:
    """Return what changes from `before` to `after`."""
    old, new = _Side(before, atlas), _Side(after, atlas)
    pairs = _match(old, new)
    changed, same = [], 0
    moved = set(range(len(old.sets))) - pairs.keys()
    for a, b in sorted(pairs.items()):
        change = _change(old, new, a, b)
        if change:
            changed.append(change)
            moved.add(a)
        else:
            same += 1
    kept = set(pairs.values())
    unplaced = {str(before.zones["departement"].iat[zone]) for zone in moved if not any(old.sets[zone])}
    return Difference(
        added=tuple(new.move(z) for z in range(len(new.sets)) if z not in kept),
        removed=tuple(old.move(z) for z in range(len(old.sets)) if z not in pairs),
        changed=tuple(changed),
        same=same,
        inhabitants_before=old.total,
        inhabitants_after=new.total,
        fate=_fates(old, new, pairs),
        unplaced=frozenset(unplaced - {""}),
    )


def _change(old: _Side, new: _Side, a: int, b: int) -> ZoneChange | None:
    (whole_a, part_a), (whole_b, part_b) = old.sets[a], new.sets[b]
    codes = old.atlas.codes
    gained = tuple(sorted(codes[list((whole_b | part_b) - (whole_a | part_a))]))
    lost = tuple(sorted(codes[list((whole_a | part_a) - (whole_b | part_b))]))
    first, then = old.layer.zones.iloc[a], new.layer.zones.iloc[b]
    words = [
        f"{label} : {first[column]} → {then[column]}"
        for column, label in (("nom", "nom"), ("etat", "état"))
        if str(first[column]) != str(then[column])
    ]
    moved = (whole_a & part_b) | (part_a & whole_b)
    if moved:
        words.append(f"{fr.count(len(moved), 'commune')} en partie ou entière, à l’inverse d’avant")
    if more := len(new.fine[b] - old.fine[a]):
        words.append(f"{fr.count(more, 'IRIS ajouté', 'IRIS ajoutés')}")
    if less := len(old.fine[a] - new.fine[b]):
        words.append(f"{fr.count(less, 'IRIS retiré', 'IRIS retirés')}")
    people = (old.people(a), new.people(b))
    if not (gained or lost or words) and people[0] == people[1]:
        return None
    return ZoneChange(
        str(old.layer.zones.index[a]), str(new.layer.zones.index[b]), str(then["nom"]), gained, lost, *people, tuple(words)
    )  # fmt: skip


def _fates(old: _Side, new: _Side, pairs: Mapping[int, int]) -> npt.NDArray[np.int8]:
    fate = np.full(len(old.atlas.table), Fate.ABSENT, dtype=np.int8)
    none: frozenset[int] = frozenset()
    for row in old.owners.keys() | new.owners.keys():
        was, now = old.owners.get(row, none), new.owners.get(row, none)
        if not was:
            fate[row] = Fate.ADDED
        elif not now:
            fate[row] = Fate.REMOVED
        else:
            fate[row] = Fate.KEPT if {pairs.get(zone) for zone in was} == set(now) else Fate.CHANGED
    return fate
