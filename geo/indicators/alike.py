"""Series that tell one thing at two grains under different names, found by their figures: those of the finer one add up to the coarser.

Apart because names settle what is shown together, and figures what has to be hidden together (decision 0029).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from scipy.sparse import csr_array

from geo.arrays import Bools, Floats
from geo.indicators.levels import KNOWN, SECRET, Level

Key = tuple[object, ...]  # what a thing is known by
FEWEST = 3  # coarser territories that must agree
LOOSE = 0.05  # of all that is counted: what hidden numbers may leave open


def told_together(raw: Mapping[Key, Sequence[Level]]) -> list[list[Key]]:
    """Group the things of which one hides figures that another, coarser, would tell; the others are alone in their group."""
    groups, meetings = {key: [key] for key in raw}, dict[tuple[int, int], _Meeting]()
    for one, other in permutations(raw, 2):
        if groups[one] is not groups[other] and _tells(raw[one], raw[other], meetings):
            joined = [*groups[one], *groups[other]]
            for key in joined:
                groups[key] = joined
    return list({id(group): group for group in groups.values()}.values())


@dataclass(frozen=True)
class _Meeting:
    """Which finer territories each coarser one holds (coarser × finer, ones), how many, and whether it cuts one."""

    held: csr_array
    units: Floats
    cut: Bools

    @classmethod
    def of(cls, fine: Level, coarse: Level) -> _Meeting:
        met = csr_array(coarse.of.T @ fine.of)
        row = np.repeat(np.arange(met.shape[0]), np.diff(met.indptr))
        cut = np.bincount(row, met.data < fine.size[met.indices], met.shape[0]) > 0
        met.data[:] = 1.0
        return cls(met, np.diff(met.indptr).astype(float), cut)


def _tells(fine: Sequence[Level], coarse: Sequence[Level], meetings: dict[tuple[int, int], _Meeting]) -> bool:
    for low in (level for level in fine if _hidden(level).any()):
        for high in (level for level in coarse if level.indicator.grain.rank > low.indicator.grain.rank):
            if _may(low, high) and adds_up(low, high, _meeting(low, high, meetings)):
                return True
    return False


def _meeting(fine: Level, coarse: Level, meetings: dict[tuple[int, int], _Meeting]) -> _Meeting:
    pair = id(fine.of), id(coarse.of)  # the series of one table have the same
    if pair not in meetings:
        meetings[pair] = _Meeting.of(fine, coarse)
    return meetings[pair]


def _hidden(level: Level) -> Bools:
    return np.asarray((level.state == SECRET) | ((level.numerator > 0) & (level.numerator < level.indicator.secrecy)))


def _may(fine: Level, coarse: Level) -> bool:
    """Tell whether all that is counted may be the same, before territories are looked at."""
    enough = int((coarse.state == KNOWN).sum()) >= FEWEST
    return enough and bool(np.nansum(fine.numerator) <= 1.01 * np.nansum(coarse.numerator))


def adds_up(fine: Level, coarse: Level, meeting: _Meeting) -> bool:
    """Tell whether the figures of a level, some of them hidden, add up to those of a coarser one wherever both are known."""
    hidden, secrecy = _hidden(fine), fine.indicator.secrecy
    known = (fine.state == KNOWN) & ~hidden
    counted = (np.where(known, fine.numerator, 0.0), hidden.astype(float), (~known & ~hidden).astype(float))
    low, unsure, lost = (np.asarray(meeting.held @ one) for one in counted)
    most = low + unsure * max(secrecy - 1, 0)
    bounded = (
        (coarse.state == KNOWN) & ~meeting.cut & (lost == 0) & ((unsure == 0) | (secrecy >= 3)) & (coarse.numerator > 0)
    )
    if bounded.sum() < FEWEST or meeting.units[bounded].sum() <= bounded.sum():
        return False
    number = coarse.numerator[bounded]
    near = 0.5 + 1e-6 * number
    inside = (number >= low[bounded] - near) & (number <= most[bounded] + near)
    return bool(inside.all() and (most - low)[bounded].sum() <= LOOSE * number.sum() + FEWEST * secrecy)
