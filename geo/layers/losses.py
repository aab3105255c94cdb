"""What a change of layer takes away, in plain figures: territories by état, communes that territories lose, people left without."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo import french as fr
from geo.communes import Atlas
from geo.layers.diff import Difference
from geo.layers.layer import Etat, Layer

ETAT_WORDS = {
    Etat.EN_SERVICE: ("en service", "en service"),
    Etat.ANNONCE: ("annoncé", "annoncés"),
    Etat.PROJET: ("en projet", "en projet"),
    Etat.A_CONFIRMER: ("à confirmer", "à confirmer"),
}


@dataclass(frozen=True)
class Loss:
    """Territories that go, or lose communes: how many, and the inhabitants of the communes lost, each counted once.

    `at_least` states that the inhabitants of some parts of communes are not known.
    """

    zones: int
    communes: int
    inhabitants: int
    at_least: bool = False

    @property
    def people(self) -> str:
        """The inhabitants, as a text reads: « 721 809 habitants », « habitants inconnus »."""
        if self.at_least and not self.inhabitants:
            return "habitants inconnus"
        return ("au moins " if self.at_least else "") + fr.inhabitants(self.inhabitants)


@dataclass(frozen=True)
class Losses:
    """What goes from a layer to the next.

    `removed` gives the territories that go, by état; `trimmed` those that stay and lose communes; `demoted` those that stay
    and are no longer in service; `uncovered` counts the inhabitants of the communes that were whole in a territory in service
    and are in none any more.
    """

    removed: tuple[tuple[Etat, Loss], ...]
    trimmed: Loss
    demoted: int
    uncovered: int

    @property
    def empty(self) -> bool:
        """Whether nothing is taken away."""
        return not (self.removed or self.trimmed.zones or self.demoted)

    def sentences(self, one: str, many: str) -> list[str]:
        """Say what goes; a territory is called `one`, several `many`: « 4 CLSM en service, 721 809 habitants, seront retirés. »"""
        said = []
        for etat, loss in self.removed:
            word, will = (one, "sera retiré") if loss.zones == 1 else (many, "seront retirés")
            said.append(f"{fr.number(loss.zones)} {word} {ETAT_WORDS[etat][loss.zones > 1]}, {loss.people}, {will}.")
        if self.trimmed.zones:
            lost = fr.count(self.trimmed.communes, "commune")
            verb = "perdra" if self.trimmed.zones == 1 else "perdront"
            said.append(f"{fr.count(self.trimmed.zones, one, many)} {verb} {lost}, {self.trimmed.people}.")
        if self.demoted:
            verb = "ne sera plus" if self.demoted == 1 else "ne seront plus"
            said.append(f"{fr.count(self.demoted, one, many)} {verb} en service.")
        if said and self.uncovered:
            said.append(f"Au total, {fr.inhabitants(self.uncovered)} ne seront plus dans aucun {one} en service.")
        return said


def losses(before: Layer, after: Layer, found: Difference, atlas: Atlas) -> Losses:
    """Return what goes from `before` to `after`, whose difference is `found`."""
    position = {str(zone): i for i, zone in enumerate(before.zones.index)}
    gone = np.array([position[zone.id] for zone in found.removed], dtype=np.intp)
    etats = before.zones["etat"].to_numpy(dtype=object)[gone]
    removed = tuple(
        (etat, _loss(before, ((zone, None) for zone in gone[etats == etat]), atlas))
        for etat in Etat
        if (etats == etat).any()
    )
    cut = [(position[one.before], {atlas.row[code] for code in one.lost}) for one in found.changed if one.lost]
    then = {str(zone): etat for zone, etat in zip(after.zones.index, after.zones["etat"], strict=True)}
    demoted = sum(
        before.zones["etat"].iat[position[one.before]] == Etat.EN_SERVICE and then[one.after] != Etat.EN_SERVICE
        for one in found.changed
    )
    left = _served(before, len(atlas.table)) & ~_served(after, len(atlas.table))
    return Losses(removed, _loss(before, cut, atlas), demoted, int(atlas.population[left].sum()))


def _loss(layer: Layer, zones: Iterable[tuple[int, set[int] | None]], atlas: Atlas) -> Loss:
    """Count zones, each with the rows that it loses (None: all of its own)."""
    owner, rows = (layer.members[name].to_numpy(dtype=np.intp) for name in ("zone", "row"))
    taken, several = np.zeros(len(rows), dtype=bool), 0
    for zone, lost in zones:
        mine = owner == zone
        taken |= mine if lost is None else mine & np.isin(rows, list(lost))
        several += 1
    whole = layer.members["whole"].to_numpy(dtype=bool) & taken
    entire = np.unique(rows[whole])
    part = taken & ~np.isin(rows, entire)
    inside = layer.members["inhabitants"].to_numpy(dtype=float)[part]
    people = float(atlas.population[entire].sum()) + float(np.nansum(inside))
    return Loss(several, len(np.unique(rows[taken])), round(people), bool(np.isnan(inside).any()) or not taken.any())


def _served(layer: Layer, size: int) -> npt.NDArray[np.bool_]:
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy(dtype=bool)
    members = layer.members
    held = running[members["zone"].to_numpy(dtype=np.intp)] & members["whole"].to_numpy(dtype=bool)
    found = np.zeros(size, dtype=bool)
    found[members["row"].to_numpy(dtype=np.intp)[held]] = True
    return found
