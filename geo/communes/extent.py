"""Where a list is complete, in words: whole régions by their name, other départements one by one.

Apart because it speaks of any list: the menu says it of every source that was synchronised.
"""

from __future__ import annotations

from collections.abc import Iterable

from geo import french as fr
from geo.communes.atlas import Atlas

MOST_NAMED = 6


def extent_text(departements: Iterable[str], atlas: Atlas) -> str:
    """Name départements: « Occitanie », « Hautes-Alpes (05) », « 34 départements »; empty when all or none are given."""
    left = {code for code in departements if code in atlas.departements.index}
    if not left or len(left) == len(atlas.departements):
        return ""
    owner = atlas.table.groupby("departement")["region"].first()
    names = []
    for region, codes in owner.groupby(owner).groups.items():
        if len(codes) > 1 and set(codes) <= left:
            names.append(str(atlas.regions.at[str(region), "nom"]))
            left -= set(codes)
    names += [f"{atlas.departements.at[code, 'nom']} ({code})" for code in sorted(left)]
    if len(names) > MOST_NAMED:
        return fr.count(len(set(departements)), "département", "départements")
    return fr.listing(names)
