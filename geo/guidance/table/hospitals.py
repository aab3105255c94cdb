"""The hospitals of the sectors met, their names checked against FINESS where it is in: an invitation bears a name that exists.

FINESS is read here for the places of mental health alone: a general hospital is not in it, and not to be found is no proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from geo import french as fr
from geo.guidance.sector_shares import sectors_met
from geo.guidance.table.seat import HOSPITALS, Seat
from geo.layers import CarePlaces, LayerId
from geo.perimeters import PerimeterFacts

NEAR = 0.62  # of a name, in letters: under it, none is near enough to be told
_SHORT = {
    "ch": "centre hospitalier", "chs": "centre hospitalier specialise", "chu": "centre hospitalier universitaire",
    "chru": "centre hospitalier regional universitaire", "chi": "centre hospitalier intercommunal",
    "eps": "etablissement public de sante", "epsm": "etablissement public de sante mentale", "ghu": "groupe hospitalier universitaire",
    "gh": "groupe hospitalier", "hop": "hopital",
}  # fmt: skip
_SMALL = frozenset(("de", "du", "des", "la", "le", "les", "l", "d", "et"))


def hospitals(facts: PerimeterFacts) -> Iterator[Seat]:
    """Yield the hospitals of the sectors met, each once, with what FINESS says of its name."""
    found: dict[str, list[str]] = {}
    for sector in sectors_met(facts):
        if sector.establishment:
            found.setdefault(sector.establishment, []).append(sector.short_name)
    source = facts.crosswalk.layers[LayerId.ADULT_SECTORS].source
    for name, sectors in found.items():
        word = "secteur" if len(sectors) == 1 else "secteurs"
        detail = " ; ".join(filter(None, (f"{word} {fr.listing(sectors)}", checked(name, facts))))
        yield Seat(
            HOSPITALS,
            name,
            "direction et communauté médicale de psychiatrie",
            detail,
            source,
            id=hospital_subject(name),
        )
    if not found:
        yield Seat(
            HOSPITALS, "Établissement de rattachement", "", "non connu ici : le demander à l’ARS", known=False, seats=0
        )


def hospital_subject(name: str) -> str:
    """Return the subject of a hospital in `geo.agreements`: its name, however it is typed."""
    return f"hopital:{_plain(name)[:100]}"


def checked(name: str, facts: PerimeterFacts) -> str:
    """Say that a hospital is not found under its name in FINESS, and the nearest name; "" when it is, or when FINESS does not cover here."""
    places = facts.resources
    if places is None or not set(facts.departements) <= places.extent:
        return ""
    wanted = _plain(name)
    # What a source adds in brackets is not the name: « CH les Murets (aujourd’hui HPEVM) ».
    bare = _plain(name.split("(")[0])
    here = _names(places, facts)
    if wanted in here or bare in here:
        return ""
    near = max(filter(None, here), key=lambda other: (_nearness(bare, other), other), default="")
    said = f"nom non trouvé parmi les lieux de santé mentale de {places.source}, où les hôpitaux généraux ne sont pas"
    if near and _nearness(bare, near) >= NEAR:
        return f"{said} ; le plus proche : {here[near]}"
    return f"{said} ; aucun nom proche"


def _names(places: CarePlaces, facts: PerimeterFacts) -> dict[str, str]:
    """Return the names of the places in the départements of the perimeter, as they are written, by what is compared of them: the name, and
    the name without its town, which FINESS often adds (« CH GERARD MARCHANT TOULOUSE »)."""
    table, rows = facts.atlas.table, places.table["row"].to_numpy()
    departements, towns = table["departement"].to_numpy()[rows], table["nom"].to_numpy()[rows]
    found: dict[str, str] = {}
    for name, departement, town in sorted(zip(places.table["nom"].astype(str), departements, towns, strict=True)):
        if departement in facts.departements:
            plain, own = _plain(name), set(_plain(str(town)).split())
            found[plain] = name
            found.setdefault(" ".join(word for word in plain.split() if word not in own), name)
    return found


def _plain(name: str) -> str:
    words = (_SHORT.get(word, word) for word in fr.fold(name).split())
    return " ".join(word for word in " ".join(words).split() if word not in _SMALL)


def _nearness(one: str, other: str) -> float:
    """Return how near two names are, from 0 to 1: those that share their own words come first, whatever the kind of the hospital."""
    generic = set(" ".join(_SHORT.values()).split()) | {"hopital", "hopitaux"}
    mine, theirs = ({w for w in text.split() if w not in generic} for text in (one, other))
    shared = len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0
    letters = SequenceMatcher(None, one, other).ratio()
    return max(letters if mine & theirs or not mine else letters * 0.6, 0.5 + shared / 2 if shared else 0.0)
