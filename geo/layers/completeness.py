"""By whose word a list is complete, where and until when, and where it cannot be: in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from geo import french as fr
from geo.communes import Atlas
from geo.layers.layer import Layer

MOST_NAMED = 6


def completeness(layer: Layer, atlas: Atlas, within: Collection[str] | None = None) -> list[str]:
    """Return a sentence for each person's statement that a layer is complete, those past their last day included, then one for
    the départements where rows are still to be settled; only what concerns the départements `within`, when they are given."""
    said = []
    for one in layer.declared:
        here = one.departements if within is None else one.departements & set(within)
        if not here:
            continue
        who = f"Dite complète par {one.who} le {fr.day(one.day)} pour {_names(here, atlas)}"
        until = f", jusqu’au {fr.day(one.until)}" if one.until else ""
        over = " : ce terme est passé, elle n’est plus tenue pour complète" if one.lapsed else ""
        accepted = f" Accepté : {' '.join(one.accepted)}" if one.accepted else ""
        said.append(f"{who}{until}{over}.{accepted}")
    left = layer.withheld if within is None else layer.withheld & set(within)
    if left:
        said.append(
            f"Des lignes importées sont encore à régler : la liste n’est complète pour personne dans {_names(left, atlas)}."
        )
    return said


def by_declaration(departements: str) -> str:
    """Return what follows « non couvert », « aucun » or « complète » where only a declaration of the reader allows it: « , d’après
    votre déclaration (62) »; empty for none."""
    return f", d’après votre déclaration ({departements})" if departements else ""


def _names(codes: Iterable[str], atlas: Atlas) -> str:
    names = atlas.departements["nom"]
    return fr.listing((f"{names.get(code, 'département inconnu')} ({code})" for code in sorted(codes)), MOST_NAMED)
