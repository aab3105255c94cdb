"""A share of people as one value: what is counted, what it is taken out of, and the one set both sides are taken over.

« X % in a QPV » misleads as soon as the numerator comes from the part of a territory and the denominator from the whole of it.
Here both sides are summed over the same members, so that such a share cannot be written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from geo import french as fr
from geo.arrays import Bools, Floats, Rows

if TYPE_CHECKING:
    from scipy.sparse import csr_array

SLACK = 1e-6  # of a person: sums of estimates may differ by rounding


@dataclass(frozen=True, init=False)
class Share:
    """A part out of a whole, both summed over one set; `of` names what is counted (« habitants de QPV »).

    `part` and `whole` are sums of people. Both are NaN where something is not known of a member of the set: the share is then
    unknown, never smaller.
    """

    part: float = field(init=False)
    whole: float = field(init=False)
    of: str = field(init=False)

    def __init__(self, part: Floats, whole: Floats, among: Rows | Bools, of: str = "habitants") -> None:
        """Sum two measures of the same members (atoms, quarters…) over one set of them: rows, or a mask.

        In every member the part is contained in the whole; where the two measures are not counted alike (another census) and
        it is larger there, the share is unknown. Use `within` for the people of one set inside another.

        Raises
        ------
        ValueError
            When the two measures or the mask are not of the same members, a number is negative, or a row is given twice.
        """
        part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
        if part.shape != whole.shape or part.ndim != 1:
            raise ValueError(f"a share needs two measures of the same members: {part.shape} and {whole.shape}")
        chosen = _mask(among, len(part))
        mine, every = part[chosen], whole[chosen]
        if (mine < 0).any() or (every < 0).any():
            raise ValueError("a share counts people: no number is negative")
        unlike = bool((mine > every + SLACK).any())
        self._set(*((np.nan, np.nan) if unlike else (float(mine.sum()), float(every.sum()))), of)

    def _set(self, part: float, whole: float, of: str) -> None:
        unknown = np.isnan(part) or np.isnan(whole)
        object.__setattr__(self, "part", np.nan if unknown else part)
        object.__setattr__(self, "whole", np.nan if unknown else whole)
        object.__setattr__(self, "of", of)

    @classmethod
    def within(cls, people: Floats, part: Rows | Bools, whole: Rows | Bools, of: str = "habitants") -> Share:
        """Count the people of `part` out of those of `whole`, two sets of the same members.

        Raises
        ------
        ValueError
            When `part` is not inside `whole`, besides what the constructor refuses.
        """
        held = np.asarray(people, dtype=np.float64)
        inner, outer = _mask(part, len(held)), _mask(whole, len(held))
        if (inner & ~outer).any():
            raise ValueError("a share is taken inside one set: its part holds members that its whole does not")
        return cls(np.where(inner, held, 0.0), held, outer, of)

    @property
    def value(self) -> float | None:
        """The share from 0 to 1; None where a side is not known, or there is nobody."""
        return None if np.isnan(self.part) or not self.whole else self.part / self.whole

    @property
    def percent(self) -> str:
        """Write it in short: « 6,1 % », « inconnu », « sans objet » where there is nobody."""
        if np.isnan(self.part):
            return "inconnu"
        return fr.percent(self.part / self.whole) if self.whole else "sans objet"

    @property
    def text(self) -> str:
        """Write it with both sides: « 6,1 % (38 333 sur 624 973) »."""
        if np.isnan(self.part) or not self.whole:
            return self.percent
        return fr.ratio(self.part, self.whole)

    def known(self, *, least: bool, whole: bool = True) -> str:
        """Write what is known of it, with both sides or in short: « au moins 12,3 % (25 sur 203) », « aucun connu, sur 203 »; `least`
        when its part may be larger than is known."""
        if not least or self.value is None:
            return self.text if whole else self.percent
        if not self.part:
            return fr.typeset(f"aucun connu, sur {fr.number(self.whole)}" if whole else "aucun connu")
        return fr.typeset(f"au moins {self.text if whole else self.percent}")


def shares_of(held: csr_array, part: Floats, whole: Floats) -> Floats:
    """Return the share (0 to 1) of each set of members (sets × members), both sides over that set; NaN as `Share.value`.

    `held` gives the share of each member that a set holds, applied alike to both sides.

    Raises
    ------
    ValueError
        When the measures are not of these members.
    """
    size: Any = held.shape[1]
    if part.shape != (size,) or whole.shape != (size,):
        raise ValueError(f"measures of {part.shape} and {whole.shape} members for sets of {size}")
    lost = np.isnan(part) | np.isnan(whole) | (part > whole + SLACK)
    bad = np.asarray(held @ lost.astype(np.float64)) > 0
    mine = np.asarray(held @ np.where(lost, 0.0, part))
    every = np.asarray(held @ np.where(lost, 0.0, whole))
    return np.divide(mine, every, out=np.full(len(every), np.nan), where=~bad & (every > 0))


def tabled(shares: Floats, decimals: int = 1) -> Floats:
    """Return shares (0 to 1, NaN where unknown) as rounded percents, for a column of numbers: with one decimal, from 0.1 to 99.9 for
    what is neither none nor whole."""
    found, least = np.round(shares * 100.0, decimals), 10.0**-decimals
    return np.where((shares > 0) & (shares < 1), np.clip(found, least, 100.0 - least), found)


def _mask(among: Rows | Bools, size: int) -> Bools:
    """Return a set as a mask over `size` members."""
    if among.dtype == np.bool_:
        if among.shape != (size,):
            raise ValueError(f"a mask of {among.shape} members for measures of {size}")
        return np.asarray(among, dtype=np.bool_)
    found = np.zeros(size, dtype=np.bool_)
    rows = np.asarray(among, dtype=np.intp)
    found[rows] = True
    if np.count_nonzero(found) != len(rows):
        raise ValueError("a set holds each member once")
    return found
