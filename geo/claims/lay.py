"""Claims laid over the layers in place: what everyone agrees on is used, what is disputed counts for a part of unknown size.

No disagreement is settled in silence. A commune is disputed between two territories when two words place it differently; unless a
person chose whom to follow (`Claim.prevails`), it is then in each of them in part, how much unknown, so that no figure picks one.
The order of the claims changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geo import french as fr
from geo.claims.claim import CLAIM_KINDS, Claim, Claims
from geo.claims.said import rows_of, stated_partners
from geo.communes import Atlas, places
from geo.layers import (
    CLAIMED,
    MEMBER_COLUMNS,
    Etat,
    Layer,
    LocalActor,
    Precision,
    estimated,
    members_frame,
    zone_id,
    zones_frame,
)

Source = Claim | None  # None stands for the layer in place
_IN_PART = (
    Precision.PARTIELLE,
    Precision.INCONNUE,
    Precision.SUPPOSEE,
    Precision.VILLE,
)  # says nothing of other communes


@dataclass(frozen=True)
class Dispute:
    """Communes that several words place differently: each word (« Secteur 94G07, d’après Mme X, le … »), the claims that one may
    choose to follow, and what is used."""

    kind: str
    codes: tuple[str, ...]
    words: tuple[str, ...]
    claims: tuple[Claim, ...]
    used: str

    @property
    def settled(self) -> bool:
        """Whether somebody chose whom to follow."""
        return bool(self.used)

    def sentence(self, atlas: Atlas) -> str:
        """Say where, who says what, and what is used."""
        where = fr.listing(places(atlas, atlas.rows(self.codes)), most=6)
        used = f"Est retenu : {self.used}." if self.used else "Rien n’est retenu : part inconnue de chacun."
        return f"{where} : {' ; '.join(self.words)}. {used}"


@dataclass(frozen=True, eq=False)
class Laid:
    """The layers once the claims are laid over them, the bodies that claims name, and the disputes."""

    layers: Mapping[str, Layer]
    actors: tuple[LocalActor, ...]
    disputes: tuple[Dispute, ...]


def lay(layers: Mapping[str, Layer], claims: Claims, atlas: Atlas) -> Laid:
    """Lay claims over layers, in their order; pieces that the atlas does not have are left out."""
    made, disputes = dict(layers), list[Dispute]()
    for kind in CLAIM_KINDS.values():
        if kind.layer and kind.id in made and (mine := claims.of(kind.id)):
            made[kind.id], found = _Laying(made[kind.id], mine, atlas).done()
            disputes += found
    return Laid(made, stated_partners(claims, atlas.row, atlas), tuple(disputes))


class _Laying:
    """One layer and the claims about it. Words are read by zone key and row: who says that a commune is there, and who denies it."""

    def __init__(self, layer: Layer, claims: tuple[Claim, ...], atlas: Atlas) -> None:
        self.layer, self.atlas = layer, atlas
        self.partition = CLAIM_KINDS[layer.id].partition
        self.named = tuple(c for c in claims if not c.says_whole_list)
        self.lists = tuple(c for c in claims if c.says_whole_list)
        self.complete = layer.complete_at(atlas)
        self.rows_of = {c: rows_of(c, atlas) for c in claims}
        self.key_of = {c: self._key(c) for c in self.named}
        self.base = self._base_keys()
        self.words: dict[tuple[str, int], dict[Source, bool]] = defaultdict(dict)  # says: whole (True) or in part
        self.holding: dict[int, set[tuple[str, Source]]] = defaultdict(
            set
        )  # by row: who says it is whole, and in which zone
        self._hear()

    def _key(self, claim: Claim) -> str:
        owner = self.atlas.table["departement"]
        owners = [str(owner.iat[row]) for rows in self.rows_of[claim] for row in sorted(rows)]
        main = max(sorted(set(owners)), key=owners.count) if owners else ""
        return zone_id(self.layer.id, main, claim.name)

    def _base_keys(self) -> dict[str, int]:
        """Return the place of each zone in place by its key: its id, or that which a claim of the same name has."""
        claimed, found = set(self.key_of.values()), dict[str, int]()
        zones = self.layer.zones
        for at, (ident, name, owner) in enumerate(zip(zones.index, zones["nom"], zones["departement"], strict=True)):
            made = zone_id(self.layer.id, str(owner), str(name)) if claimed else ""
            found[made if made in claimed and made not in found else str(ident)] = at
        return found

    def _hear(self) -> None:
        for claim in self.named:
            for mine, whole in zip(self.rows_of[claim], (True, False), strict=True):
                for row in sorted(mine):
                    self._say(self.key_of[claim], row, claim, whole=whole)
        rows, keys = {row for _, row in self.words}, set(self.key_of.values())
        names = {at: key for key, at in self.base.items()}
        members = self.layer.placed
        for zone, row, whole in zip(*(members[c].tolist() for c in ("zone", "row", "whole")), strict=True):
            if row in rows or names[zone] in keys:
                self._say(names[zone], row, None, whole=whole)

    def _say(self, key: str, row: int, source: Source, *, whole: bool) -> None:
        self.words[key, row][source] = whole
        if whole:
            self.holding[row].add((key, source))

    def _deniers(self, key: str, row: int) -> set[Source]:
        """Return who says that a commune is not in a zone: a word that it is whole elsewhere, or that the zone is whole without it."""
        found: set[Source] = set()
        if self.partition:
            found |= {source for other, source in self.holding[row] if other != key}
        found |= {
            c for c in self.named if c.whole and self.key_of[c] == key and not any(row in r for r in self.rows_of[c])
        }
        words = self.words[key, row]
        authors = {c.who for c in words if c is not None}
        found |= {c for c in self.lists if row in self.rows_of[c][0] and c.who not in authors}
        at = self.base.get(key)
        known = at is not None and self.layer.zones["precision"].iat[at] not in _IN_PART
        if None not in words and (known or self.complete[row]):
            found.add(None)
        return found

    def _decide(self, key: str, row: int) -> tuple[bool | None, set[Source]]:
        """Return whether a commune is whole in a zone (False: in part; None: not at all), and who disagrees."""
        words, con = self.words[key, row], self._deniers(key, row)
        follow = {s for s in words if s is not None and s.prevails}
        against = {s for s in con if s is not None and s.prevails} - follow
        if follow and not against:
            return all(words[s] for s in follow), con
        if not con:
            return all(words.values()), {s for s in words if len(set(words.values())) > 1}
        return (None, con) if against and not follow else (False, con)

    def done(self) -> tuple[Layer, list[Dispute]]:
        """Return the layer with the claims in it, and what is disputed."""
        decided = {pair: self._decide(*pair) for pair in sorted(self.words)}
        fresh = sorted(set(self.key_of.values()) - set(self.base))
        place = self.base | {key: len(self.layer.zones) + i for i, key in enumerate(fresh)}
        changed = {(place[key], row): whole for (key, row), (whole, _) in decided.items() if not self._as_before(key, row, whole)}  # fmt: skip
        zones = pd.concat([self._kept_zones(), self._fresh_zones(fresh)]) if fresh else self._kept_zones()
        zones.index.name = self.layer.zones.index.name
        listed = self.layer.listed.union(*(self.rows_of[c][0] for c in self.lists))
        made = replace(self.layer, zones=zones, members=self._members(changed), listed=frozenset(listed))
        return made, self._disputes(decided)

    def _as_before(self, key: str, row: int, whole: bool | None) -> bool:
        """Tell whether the layer in place says the same of a commune: its member, and the people shared out in it, then stay."""
        return whole is not None and self.words[key, row].get(None) is whole

    def _kept_zones(self) -> pd.DataFrame:
        """Return the zones in place; one that claims speak of says so in its name and its source."""
        zones = self.layer.zones.copy()
        for key, at in self.base.items():
            mine = [c for c in self.named if self.key_of[c] == key]
            if not mine:
                continue
            words = fr.listing(dict.fromkeys(c.said for c in mine), most=4)
            source = str(zones["source_titre"].iat[at]) or self.layer.source
            zones.iloc[at, zones.columns.get_loc("source_titre")] = f"{source} ; {words}"
            if not str(zones["territoire"].iat[at]):
                zones.iloc[at, zones.columns.get_loc("territoire")] = self._hospital(mine)
        return zones

    def _fresh_zones(self, keys: list[str]) -> pd.DataFrame:
        groups = [[c for c in self.named if self.key_of[c] == key] for key in keys]
        rows = [[r for k, r in self.words if k == key] for key in keys]
        owner = self.atlas.table["departement"]
        return zones_frame(
            keys,
            nom=[
                f"{group[0].title} (d’après {fr.listing(dict.fromkeys(c.who for c in group), most=3)})"
                for group in groups
            ],
            etat=Etat.EN_SERVICE,
            precision=[Precision.LUE if any(c.whole for c in group) else Precision.PARTIELLE for group in groups],
            territoire=[self._hospital(group) for group in groups],
            departement=[str(owner.iloc[r].mode().iat[0]) if r else "" for r in rows],
            annee_source=[max(c.day for c in group)[:4] for group in groups],
            source_titre=[fr.listing(dict.fromkeys(c.said for c in group), most=4) for group in groups],
            status=CLAIMED,
        ).reindex(columns=self.layer.zones.columns)

    @staticmethod
    def _hospital(claims: list[Claim]) -> str:
        """Return the hospital that claims name; several that disagree are shown side by side."""
        return " ou ".join(dict.fromkeys(c.hospital for c in claims if c.hospital))

    def _members(self, changed: Mapping[tuple[int, int], bool | None]) -> pd.DataFrame:
        old = self.layer.members
        gone = np.array(
            [pair in changed for pair in zip(old["zone"].tolist(), old["row"].tolist(), strict=True)], dtype=bool
        )
        new = [(zone, row, whole) for (zone, row), whole in changed.items() if whole is not None]
        people = self.atlas.population
        added = members_frame(
            [z for z, _, _ in new],
            [r for _, r, _ in new],
            [w for _, _, w in new],
            [float(people[r]) if w else np.nan for _, r, w in new],
        )
        kept = old.assign(estimated=estimated(old))[list(MEMBER_COLUMNS)][~gone]
        return pd.concat([kept, added], ignore_index=True).astype(added.dtypes.to_dict())

    def _disputes(self, decided: Mapping[tuple[str, int], tuple[bool | None, set[Source]]]) -> list[Dispute]:
        where: dict[tuple[frozenset[tuple[str, Source]], frozenset[str]], set[int]] = defaultdict(set)
        at_row: dict[int, list[str]] = defaultdict(list)
        for (key, row), (_, con) in decided.items():
            if con:
                at_row[row].append(key)
        for row, keys in at_row.items():
            words = {(key, source) for key in keys for source in self.words[key, row]}
            words |= {
                ("", source)
                for key in keys
                for source in decided[key, row][1]
                if not any(s == source for _, s in words)
            }
            where[frozenset(words), frozenset(key for key in keys if decided[key, row][0])].add(row)
        found = []
        for (heard, used), rows in where.items():
            told = sorted({self._told(key, source) for key, source in heard})
            claims = tuple(sorted({s for _, s in heard if s is not None}, key=lambda c: c.key))
            kept = fr.listing(
                sorted(self._told(key, s) for key, s in heard if key in used and (s is None or s.prevails))
            )
            codes = tuple(sorted(str(self.atlas.codes[r]) for r in rows))
            found.append(Dispute(self.layer.id, codes, tuple(told), claims, kept))
        return sorted(found, key=lambda d: d.codes)

    def _told(self, key: str, source: Source) -> str:
        """Say one word: « Secteur 94G07, d’après Mme X, le … », or that somebody places the commune nowhere there."""
        if source is None:
            at = self.base.get(key)
            name = str(self.layer.zones["nom"].iat[at]) if at is not None else "aucun de ceux-là"
            return f"{name}, d’après la couche en place ({self.layer.source})"
        name = source.title if key else "aucun de ceux-là"
        return f"{name}, {source.said}"
