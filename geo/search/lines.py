"""How a place is listed: « Niort · commune · Deux-Sèvres · 59 854 habitants ». static/js/search/lines.js writes the same."""

from __future__ import annotations

from collections.abc import Mapping

from geo.french import NBSP, inhabitants
from geo.search.index import Place

CALLED = {
    "france": "tout le pays", "region": "région", "departement": "département", "ville": "ville entière",
    "commune": "commune", "arrondissement": "arrondissement", "epci": "EPCI", "ept": "EPT", "clsm": "CLSM", "cls": "CLS",
    "secteurs-adultes": "secteur de psychiatrie adulte", "secteurs-enfants": "secteur infanto-juvénile",
    "cpts": "CPTS", "dac": "DAC", "qpv": "QPV",
}  # fmt: skip
MOST_NAMED = 2


def line(place: Place, departements: Mapping[str, str], note: str = "") -> str:
    """Return how a place is listed; `departements` gives their names, `note` the code by which it was found."""
    return f"{place.name} · {detail(place, departements, note)}"


def detail(place: Place, departements: Mapping[str, str], note: str = "") -> str:
    """Return what stands beside the name: what it is, where, how many people, by which code it was found."""
    former = place.kind == "ancien"
    what = place.note if former else CALLED[place.kind] + (f" ({place.note})" if place.note else "")
    itself = place.kind == "departement"
    parts = [f"{what} {place.departements[0]}" if itself else what, "" if itself else _where(place, departements)]
    if not former:
        parts.append(f"habitants{NBSP}: inconnu" if place.people is None else inhabitants(place.people))
    return " · ".join(part for part in (*parts, note) if part)


def _where(place: Place, departements: Mapping[str, str]) -> str:
    names = [departements.get(code, code) for code in place.departements]
    return " et ".join(names) if len(names) <= MOST_NAMED else f"{len(names)}{NBSP}départements"
