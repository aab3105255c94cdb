"""What the FRR zoning says of a perimeter, beside the density grid: facts alone, the guide draws no rule from it.

Apart because a check of the guide judges, and this does not.
"""

from __future__ import annotations

from geo import french as fr
from geo.perimeters import PerimeterFacts

# Group of `geo.communes.revitalisation` → how it is written after a number of communes.
WORDS = {
    "frr": "en zone France ruralités revitalisation (FRR)",
    "frr_plus": "en FRR+",
    "partielle": "en FRR pour partie",
    "reunion": "en FRR, classement propre à La Réunion",
    "non_classee": "hors zonage",
    "inconnu": "au classement inconnu",
}


def revitalisation_details(facts: PerimeterFacts) -> tuple[str, ...]:
    """Return a sentence that counts the communes of a perimeter by FRR status; nothing when the list was not synchronised."""
    zoning = facts.evidence.revitalisation
    if zoning is None or not len(facts.rows):
        return ()
    found = zoning.count(facts.rows)
    counts = [f"{fr.count(n, 'commune')} {WORDS[group]}" for group, n in found.items() if n]
    return (f"Zonage FRR : {fr.listing(counts, most=len(WORDS))} ({zoning.source}).",)
