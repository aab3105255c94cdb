"""The lists that would have to be complete for a check to say more, in words; shared by the checks that rest on layers."""

from __future__ import annotations

from collections.abc import Sequence

from geo import french as fr
from geo.perimeters import PerimeterFacts


def missing_lists(
    facts: PerimeterFacts, layer_ids: Sequence[str], departements: Sequence[str] | None = None
) -> tuple[str, ...]:
    """Return which lists would have to be complete, and for which départements; nothing when they all are."""
    atlas, layers = facts.atlas, facts.crosswalk.layers
    asked = departements or facts.departements
    short = [
        i
        for i in layer_ids
        if not set(asked) <= layers[i].extent and not (departements is None and facts.known_everywhere(i))
    ]
    if not short:
        return ()
    lacking = [d for d in asked if any(d not in layers[i].extent for i in short)]
    where = fr.listing((f"{atlas.departements.at[d, 'nom']} ({d})" for d in lacking), most=5)
    plain = (n if n.isupper() else n[0].lower() + n[1:] for n in (layers[i].name for i in short))
    names = fr.listing(f"des {n}" for n in plain)
    lists = "liste complète" if len(short) == 1 else "listes complètes"
    return (f"{lists} {names} pour : {where}",)
