"""What keeps a list from being complete: rows still to be settled, and communes in no territory, or in two, of a layer that
partitions the country."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from geo import french as fr
from geo.communes import Atlas
from geo.imports.draft import KINDS, ImportDraft
from geo.imports.settling import Doubt
from geo.layers import PARTITIONS, Layer, partition_faults


def open_rows(draft: ImportDraft) -> tuple[Doubt, ...]:
    """Return the rows, or names inside a list, that nobody has settled and that the reading goes on without."""
    return tuple(d for d in draft.doubts if d.kind == "ligne" and not d.proposal and d.key not in draft.answers.given)


def unsettled_places(draft: ImportDraft, atlas: Atlas) -> frozenset[str]:
    """Return the places that rows still to be settled may speak of: communes by their code, else départements by theirs.

    A row of which nothing is known may speak of any département of its list; of any at all when the list has none.
    """
    found: set[str] = set()
    somewhere = frozenset(draft.departements) or frozenset(str(code) for code in atlas.departements.index)
    left = open_rows(draft)
    for doubt in left:
        found |= set(doubt.atoms or doubt.departements or somewhere)
    if not left and (draft.refused or draft.partly or draft.names_refused):
        found |= somewhere
    return frozenset(found)


def rows_left(draft: ImportDraft) -> str:
    """Say how much is still to be settled: « 2 lignes »."""
    return fr.count(len(open_rows(draft)) or draft.refused + draft.partly, "ligne")


@dataclass(frozen=True)
class Gap:
    """Communes of a département that are in no territory, or in several, of a layer that should hold each of them once.

    Communes are counted by atoms, with their inhabitants.
    """

    departement: str
    several: bool
    communes: int
    inhabitants: int
    sentence: str


def gaps(layer: Layer, departements: Iterable[str], atlas: Atlas) -> tuple[Gap, ...]:
    """Return the gaps of a layer in départements where it is stated complete; none for a layer that is no partition.

    A commune that territories share in parts is held; one that a territory holds whole beside another is in several.
    """
    if layer.id not in PARTITIONS:
        return ()
    owner = atlas.table["departement"].to_numpy(dtype=object)
    one, many = KINDS[layer.id].names
    found = []
    for code in sorted(departements):
        faults = partition_faults(layer, atlas, np.asarray(owner == code, dtype=bool))
        for several, chosen in ((False, faults.nowhere), (True, faults.several)):
            communes = len(chosen)
            if communes:
                people = int(atlas.population[chosen].sum())
                what = f"dans plusieurs {many}" if several else f"de {one}"
                verb = ("sont" if communes > 1 else "est") if several else ("n’ont pas" if communes > 1 else "n’a pas")
                where = f"{atlas.departements.at[code, 'nom']} ({code})"
                sentence = f"{where} : {fr.count(communes, 'commune')}, {fr.inhabitants(people)}, {verb} {what}."
                found.append(Gap(code, several, communes, people, sentence))
    return tuple(found)
