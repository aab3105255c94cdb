"""Bodies by how much of each is covered, as a value and in words: in whole, in part, none, none known."""

from __future__ import annotations

from dataclasses import dataclass

from geo import french as fr
from geo.shares import Share

MOST_NAMED = 4  # bodies covered in part, named one by one with their share
# Wholly covered; some of it; none of it, on complete lists; none known, where the list of CLSM may lack some.
PART_WORDS = ("en entier", "en partie", "sans CLSM", "sans CLSM connu")


@dataclass(frozen=True)
class Parts:
    """Bodies that a scope meets, by how much of their part inside it CLSM in service cover.

    `counts` and `people` (inhabitants of these bodies here; one of several bodies counts in each) are in the order of
    PART_WORDS. `covered`: people covered out of all the people of these bodies, each counted once; unknown where a CLSM covers
    a part of a commune whose people are not known. `uncounted`: bodies left out of it, for they hold such a part themselves. `under_half`: those in part of which less than half the people are covered.
    `named`: name and share (0 to 1) of each one in part, when they are few. `least`: whether more of these people may be covered than is known.
    """

    counts: tuple[int, ...]
    people: tuple[float, ...]
    covered: Share
    uncounted: int = 0
    under_half: int = 0
    named: tuple[tuple[str, float], ...] = ()
    least: bool = False

    @property
    def whole(self) -> int:
        """Bodies covered in whole."""
        return self.counts[0]

    @property
    def total(self) -> int:
        """Bodies met."""
        return sum(self.counts)

    @property
    def whose(self) -> str:
        """« ses » habitants of one body, « leurs » of several."""
        return fr.noun(self.total, "ses", "leurs")

    @property
    def amount(self) -> str:
        """Write the counts: « 23 en entier, 46 en partie, 1 186 sans CLSM connu »."""
        said = [f"{fr.number(n)} {word}" for n, word in zip(self.counts, PART_WORDS, strict=True) if n]
        return fr.typeset(", ".join(said))

    @property
    def brief(self) -> str:
        """Write the people alone: « habitants couverts : au moins 16,7 % (238 758 sur 1 426 929) »."""
        return f"habitants couverts : {self.covered.known(least=self.least)}"

    @property
    def text(self) -> str:
        """Write the people: « 238 758 de leurs 1 426 929 habitants sont couverts (16,7 %) : … »."""
        share, least = self.covered, "au moins " if self.least else ""
        apart = f" (sans {fr.number(self.uncounted)} dont une partie n’est pas chiffrée)" if self.uncounted else ""
        if share.value is None:
            people = f"habitants couverts : inconnu{apart}"
        elif least and not share.part:
            people = f"aucun habitant couvert connu, sur {self.whose} {fr.inhabitants(share.whole)} d’ici{apart}"
        elif not share.part:
            people = f"aucun de {self.whose} {fr.inhabitants(share.whole)} d’ici n’est couvert{apart}"
        else:
            are = fr.noun(share.part, "est couvert", "sont couverts")
            people = f"{least}{fr.number(share.part)} de {self.whose} {fr.inhabitants(share.whole)} d’ici {are} ({share.percent}){apart}"
        if self.named:
            return f"{people} : {fr.listing(self._one(name, part) for name, part in self.named)}"
        if self.under_half:
            known = ", d’après ce qui est connu," if least else ""
            people += f" ; {fr.number(self.under_half)} des {fr.number(self.counts[1])} en partie {fr.noun(self.under_half, 'l’est', 'le sont')}{known} pour moins de la moitié"
        return people

    def _one(self, name: str, part: float) -> str:
        return f"{name} {'au moins ' if self.least and part == part else ''}{fr.percent(part)}"
