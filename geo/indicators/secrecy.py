"""No hidden figure can be computed from what is shown: totals of coarser grains are withheld where they would tell one.

Answers on sets add up figures that are shown, and nothing else: whoever subtracts one answer from another finds such figures again.
What remains is a coarser total minus the finer figures known in it. The rule (decision 0023), whose choices rest on which figures are
hidden and hardly on their values, so that a total withheld tells nothing either:

1. A secret total whose finer figures are all known takes these away; one over finer secret figures is told like one withheld.
2. A coarser total is shown when no figure is hidden in it, or when those hidden that no total shown before covers are at least
   LEAST_HIDDEN, all of one kind (secret, or not told), and their sum leaves each secret one every value from 1 to the threshold − 1.
3. A total that failed by its value withholds every total over the same figures; one that shares with a total shown a part of its
   hidden figures is withheld.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from scipy.sparse import csc_array, csr_array

from geo.arrays import Bools, Floats, Ints
from geo.indicators.levels import ABSENT, KNOWN, SECRET, Level

LEAST_HIDDEN = 5  # hidden figures that a total covers: with fewer, most sums would leave them few values


def protected(levels: Sequence[Level], least: int = LEAST_HIDDEN) -> tuple[Level, ...]:
    """Return levels of one thing (same name, count, source and year), the finest first, without the figures that would tell a hidden one."""
    secrecy = max((level.indicator.secrecy for level in levels), default=0)
    hiding = [_hide(level, secrecy) for level in levels]
    if not any((level.state == SECRET).any() for level in hiding) and not secrecy:
        return tuple(hiding)
    loose = [_loose(level, hiding[:at]) for at, level in enumerate(hiding)]
    for at in range(len(hiding) - 1, 0, -1):
        for below in range(at):
            hiding[below] = _under_secret(hiding[at], hiding[below], loose[below])
    bases = [_Base(level, free, secrecy, least) for level, free in zip(hiding[:-1], loose, strict=False)]
    found = hiding[:1]
    for at, level in enumerate(hiding[1:], start=1):
        shown = np.logical_and.reduce([base.shows(level) for base in bases[:at]])
        withheld = (level.state == KNOWN) & ~shown | (level.state == SECRET) & loose[at]
        found.append(level.hiding(withheld, ABSENT))
    return tuple(found)


def _under_secret(coarse: Level, fine: Level, loose: Bools) -> Level:
    """Return the finer level without the figures that add up to a secret one: all those in it are known."""
    met = csr_array(fine.of.T @ coarse.of)
    sure = ((fine.state == KNOWN) & ~loose).astype(float)
    told = np.asarray(fine.of @ sure) >= np.maximum(np.diff(fine.of.indptr), 1)
    full = np.asarray(coarse.of.T @ told.astype(float)) >= coarse.size
    row = np.repeat(np.arange(met.shape[0]), np.diff(met.indptr))
    astride = np.bincount(met.indices, met.data < fine.size[row], met.shape[1]) > 0
    return fine.hiding(np.asarray(met @ (full & ~astride & (coarse.state == SECRET)).astype(float)) > 0, ABSENT)


def _loose(level: Level, finer: Sequence[Level]) -> Bools:
    """Tell the units that meet a secret figure of a finer grain: what is known of them comes from there, their own state tells nothing."""
    found = np.zeros(len(level.codes), dtype=bool)
    for fine in finer:
        atoms = np.asarray(fine.of @ (fine.state == SECRET).astype(float)) > 0
        found |= np.asarray(level.of.T @ atoms.astype(float)) > 0
    return found


def _hide(level: Level, secrecy: int) -> Level:
    """Apply the strictest threshold of the thing to a level."""
    level = replace(level, indicator=replace(level.indicator, secrecy=secrecy))
    return level.hiding((level.numerator > 0) & (level.numerator < secrecy), SECRET)


@dataclass(eq=False)
class _Base:
    """The hidden figures of a level, and which totals over them were shown: `block` numbers those covered, −1 for none, −2 where
    a total failed by its value; `sums` are the totals of the blocks. Units that are `loose` are neither known nor hidden here."""

    level: Level
    loose: Bools
    secrecy: int
    least: int
    block: Ints = field(init=False)
    sums: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.block = np.full(len(self.level.codes), -1, dtype=np.intp)

    def shows(self, coarse: Level) -> Bools:
        """Tell which totals of a coarser level may be shown; blocks are those of the levels asked before."""
        met = csc_array(self.level.of.T @ coarse.of)
        known = np.where(self.level.state == KNOWN, self.level.numerator, 0.0)
        found = np.zeros(len(coarse.codes), dtype=bool)
        for unit, (start, stop) in enumerate(pairwise(met.indptr.tolist())):
            mine = met.indices[start:stop]
            whole = met.data[start:stop] >= self.level.size[mine]
            if (
                coarse.state[unit] != ABSENT
            ):  # a secret total goes the way of one that fails, so that the difference is not seen
                found[unit] = self._shown(mine, whole, coarse.numerator[unit], known)
        return found

    def _shown(self, mine: Ints, whole: Bools, total: float, known: Floats) -> bool:
        state, block, loose = self.level.state[mine], self.block[mine], self.loose[mine]
        secret, hidden = (state == SECRET) & ~loose, (state != KNOWN) & ~loose
        if not hidden.any():
            return True
        covered = np.unique(block[hidden & (block >= 0)])
        inside = [int((block == one).sum()) == self.sizes[one] for one in covered]
        added = bool(whole.all() and not loose.any())
        if (block == -2).any() or not all(inside) or (secret.any() and not added):
            return False
        rest = mine[hidden & (block == -1)]
        left = total - known[mine].sum() - sum(self.sums[one] for one in covered) if added else np.nan
        if not len(rest):
            return True
        if not self._numerous(rest):
            return False
        if (self.level.state[rest] == SECRET).any() and not self._free(len(rest), left):
            self.block[rest] = -2
            return False
        self.block[rest] = len(self.sums)
        self.sums.append(left)
        self.sizes.append(len(rest))
        return True

    def _numerous(self, rest: Ints) -> bool:
        secret = self.level.state[rest] == SECRET
        one_kind = not secret.any() or (bool(secret.all()) and self.secrecy >= 3)
        return len(rest) >= self.least and one_kind

    def _free(self, hidden: int, left: float) -> bool:
        """Whether a sum of hidden numbers leaves each of them every value that its rule allows."""
        most = self.secrecy - 1
        return hidden - 1 + most <= left <= (hidden - 1) * most + 1


def rates_protected(rate: Level, counts: Sequence[Level], shown: Sequence[Level], *, named_alike: bool) -> Level:
    """Return a rate alone without the figures that, times their people, would tell a hidden count of the same thing.

    `counts` are the levels of the counts before totals were withheld, `shown` after. Of series that have the same name, a rate over any
    hidden figure is withheld; of series that only count the same word (« décès »), a rate over fewer than LEAST_HIDDEN of them.
    """
    bad = np.zeros(len(rate.codes), dtype=bool)
    for level in counts:
        met = csr_array(rate.of.T @ level.of)
        met.data[:] = 1.0
        hidden = np.asarray(met @ (level.state == SECRET).astype(float))
        bad |= (hidden > 0) & (named_alike | (hidden < LEAST_HIDDEN))
    place = {code: i for i, code in enumerate(rate.codes)}
    for level in shown:
        if level.indicator.grain is rate.indicator.grain:
            bad[[place[c] for c, one in zip(level.codes, level.state, strict=True) if one == KNOWN and c in place]] = (
                False
            )
    return rate.hiding(bad & (rate.state == KNOWN), ABSENT)
