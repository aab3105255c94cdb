"""Psychiatric sectors met by a perimeter, counted in people: how much of each is inside, and which communes complete it.

A sector that splits a commune is an estimate where the part has a figure, and unknown where it has none; both say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo import french as fr
from geo.arrays import Bools
from geo.communes import Atlas, pieces_text, places, short_name
from geo.kept import kept_on_subject
from geo.layers import CLAIMED, LayerId, Precision
from geo.moves import MoveBatch
from geo.perimeters import PerimeterFacts

SECTOR_LAYERS = (LayerId.ADULT_SECTORS, LayerId.CHILD_SECTORS)


@dataclass(frozen=True)
class MissingCommune:
    """A commune of a sector that is outside the perimeter; `people` are those of the sector, None when unknown."""

    code: str
    name: str
    people: int | None
    partly: bool


@dataclass(frozen=True)
class SectorShare:
    """A sector met: inhabitants inside and in all (None when not known), communes that would complete it, and these in words.

    `estimated` marks a sector that splits a commune whose part is computed; `unknown` is why its inhabitants are not known; `vague`
    whether its communes are not all known.
    """

    layer: str
    id: str
    name: str
    establishment: str
    inside: int
    total: int | None
    missing: tuple[MissingCommune, ...]
    estimated: bool
    unknown: str
    note: str
    source: str
    year: str
    lacking: tuple[str, tuple[str, ...]] = ("", ())
    vague: bool = False

    @property
    def share(self) -> float | None:
        """Share of the sector's inhabitants inside the perimeter."""
        return self.inside / self.total if self.total else None

    @property
    def whole(self) -> bool:
        """Whether all of the sector is inside, its inhabitants being known or not."""
        return not self.missing and not self.vague

    @property
    def codes(self) -> frozenset[str]:
        """Codes of the communes that would complete it."""
        return frozenset(c.code for c in self.missing)

    @property
    def people_missing(self) -> int | None:
        """Inhabitants of the sector left outside."""
        return None if self.total is None else self.total - self.inside

    @property
    def short_name(self) -> str:
        """« 94G07 » for « Secteur 94G07 »."""
        return self.name.removeprefix("Secteur ").strip() or self.name

    @property
    def sentence(self) -> str:
        """Say the share in people, and what completes the sector."""
        if self.whole and self.total is None:
            return f"{self.short_name} : entier dans le périmètre ; {self.unknown}"
        if self.total is None:
            note = f" Précision relevée : {self.note.rstrip('.')}." if self.note else ""
            return f"{self.short_name} : {self.unknown} La part du secteur dans le périmètre est inconnue.{note}"
        mark = " (estimation : le secteur coupe une commune)" if self.estimated else ""
        if not self.missing:
            return f"{self.short_name} : entier dans le périmètre ({fr.inhabitants(self.total)}{mark})."
        start = f"{self.short_name} : {fr.ratio(self.inside, self.total)} de ses habitants dans le périmètre{mark}"
        verb = "le complète" if len(self.missing) == 1 else "le complètent"
        about = "environ " if self.estimated else ""
        these, names = self.lacking
        named = f" : {fr.listing(names, most=8)}" if names != (these,) else ""
        return f"{start} ; {these} (+ {about}{fr.inhabitants(self.people_missing or 0)}) {verb}{named}."


@kept_on_subject
def sectors_listed(facts: PerimeterFacts, layer_id: LayerId) -> bool:
    """Return whether every sector of a layer is known here: its list is complete, or every commune is wholly in a sector."""
    return facts.known_everywhere(layer_id) or facts.assigned_everywhere(layer_id)


def listed_here(facts: PerimeterFacts, layer_id: str) -> bool:
    """Return whether all that a layer has on this perimeter is known; of sectors it is enough that every commune is in one."""
    if layer_id in SECTOR_LAYERS:
        return sectors_listed(facts, LayerId(layer_id))
    return facts.known_everywhere(layer_id)


def sectors_listed_after(batch: MoveBatch, layer_id: LayerId) -> Bools:
    """Return what `sectors_listed` does, after each move of a batch."""
    sums, who = batch.sums, "adult" if layer_id is LayerId.ADULT_SECTORS else "child"
    return np.asarray((sums[f"{who}_unlisted"] == 0) | (sums[f"{who}_assigned"] == sums["atoms"]))


@kept_on_subject
def sectors_met(facts: PerimeterFacts, layers: tuple[LayerId, ...] = SECTOR_LAYERS) -> tuple[SectorShare, ...]:
    """Return the sectors met, adult ones first, the most inhabitants inside first."""
    return tuple(_share(facts, layer, o.id) for layer in layers for o in facts.overlaps[layer])


def sectors_cut(facts: PerimeterFacts, layer_id: LayerId = LayerId.ADULT_SECTORS) -> tuple[SectorShare, ...]:
    """Return the sectors of a layer, by default the adult ones, that are met, not whole, and whose share is known."""
    return tuple(s for s in sectors_met(facts, (layer_id,)) if s.missing and s.total is not None)


def _share(facts: PerimeterFacts, layer_id: str, zone_id: str) -> SectorShare:
    layer, atlas = facts.crosswalk.layers[layer_id], facts.atlas
    zone = layer.zones.loc[zone_id]
    mine = np.flatnonzero(layer.members["zone"].to_numpy() == layer.zones.index.get_loc(zone_id))
    rows, people, whole = (layer.members[name].to_numpy()[mine] for name in ("row", "inhabitants", "whole"))
    inside = np.isin(rows, facts.rows)
    unknown = ""
    vague = bool(zone["precision"] == Precision.PARTIELLE)
    if vague:
        unknown = "ses communes ne sont pas toutes connues."
    elif np.isnan(people).any():
        split = fr.listing(places(atlas, rows[np.isnan(people)]), most=4)
        unknown = f"il ne prend qu’une partie de {split}, de taille inconnue."
    missing = sorted(
        (
            MissingCommune(
                str(atlas.codes[r]), short_name(str(atlas.names[r])), None if np.isnan(p) else round(p), not w
            )
            for r, p, w, here in zip(rows, people, whole, inside, strict=True)
            if not here
        ),
        key=lambda c: (-(c.people or 0), c.name),
    )
    return SectorShare(
        layer=layer_id,
        id=zone_id,
        name=str(zone["nom"]),
        establishment=hospital_of(zone),
        inside=round(float(np.nansum(people[inside]))),
        total=None if unknown else round(float(people.sum())),
        missing=tuple(missing),
        estimated=bool((~whole & ~np.isnan(people)).any()),
        unknown=unknown,
        note=str(zone["note"]),
        source=str(zone["source_titre"] or layer.source),
        year=str(zone["annee_source"]),
        lacking=_lacking(atlas, missing),
        vague=vague,
    )


def _lacking(atlas: Atlas, missing: Sequence[MissingCommune]) -> tuple[str, tuple[str, ...]]:
    """Return how many communes or pieces of cities complete a sector, and their names; those of which a part does say so."""
    if all(atlas.table["niveau"].iat[atlas.row[c.code]] == "commune" for c in missing):
        these = "cette commune" if len(missing) == 1 else f"ces {fr.number(len(missing))} communes"
        return these, tuple(c.name + (" (en partie)" if c.partly else "") for c in missing)
    whole, cut = ([atlas.row[c.code] for c in missing if c.partly is partly] for partly in (False, True))
    named = (*places(atlas, whole), *(f"{name} (en partie)" for name in places(atlas, cut)))
    return pieces_text(atlas, (*whole, *cut)), named


# Words by which sources name a hospital; other texts of that column name a territory.
_HOSPITAL = (
    "hôpita",
    "hopita",
    "ch ",
    "chu ",
    "chi ",
    "chs ",
    "chru ",
    "ghu ",
    "etablissement public de santé",
    "établissement public de santé",
    "gh ",
    "ght ",
    "epsm",
    "eps ",
    "hpevm",
    "centre hospitalier",
    "clinique",
    "fondation",
)


def hospital_of(zone: pd.Series) -> str:
    """Return the hospital of a zone of a layer of sectors, "" when none is known; one that a person claims is taken at their word."""
    named = str(zone["territoire"])
    return named if zone["status"] == CLAIMED else establishment(named)


def establishment(text: str) -> str:
    """Return the hospital that a source names, or nothing when it names a territory."""
    return text if text.casefold().startswith(_HOSPITAL) else ""
