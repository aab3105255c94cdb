"""What limits the reading of a scope, in words that speak of here: what is known, out of what, and what the user can do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geo import french as fr
from geo.coverage.figures.ground import REMEDY_CLSM, Ground
from geo.coverage.figures.people import REMEDIES
from geo.coverage.figures.quarters import count_quarters
from geo.coverage.manner import set_aside
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState
from geo.layers import Etat, Layer, LayerId, Precision, known_populations
from geo.shares import Share

# In the order of the banner, after the CLSM.
LIMITING = (
    LayerId.QPV, LayerId.ADULT_SECTORS, LayerId.CHILD_SECTORS, LayerId.CLS, LayerId.CPTS, LayerId.DAC,
)  # fmt: skip


BEHIND = re.compile(r" \([^()]* sur [^()]*\)")  # « (32 039 sur 5 992 194) »


class Act(StrEnum):
    """What the user can do about a limit; its value says which button or page does it."""

    DECLARE = "déclarer"
    IMPORT = "importer"
    SYNC = "synchroniser"


@dataclass(frozen=True)
class Limit:
    """One thing that limits the reading: its name, where, what is known there, how to complete, and what does it."""

    name: str
    place: str
    known: str
    remedy: str
    act: Act

    @property
    def why(self) -> str:
        """What is known here, out of what: « Hauts-de-France : 1 CLS connu, … »."""
        return fr.typeset(f"{self.place} : {self.known}")

    @property
    def brief(self) -> str:
        """Write it for a page that names the place above, without the numbers of people behind a share."""
        return fr.typeset(f"{self.name} : {BEHIND.sub('', self.known)}")

    @property
    def sentence(self) -> str:
        """Write it whole."""
        return fr.typeset(f"{self.name} : {self.why} {self.remedy}")


def limits(scope: Scope, state: CoverageState) -> tuple[Limit, ...]:
    """Return what limits the reading of a scope, for the banner; empty when nothing does."""
    ground, here, found = Ground(scope, state), scope.name, []
    if ground.why:
        known = f"{_known_here(ground, LayerId.CLSM)} {ground.why}"
        found.append(Limit("CLSM", here, known, REMEDY_CLSM, Act.DECLARE))
    for layer_id in LIMITING:
        if not ground.listed(layer_id):
            layer = state.crosswalk.layers[layer_id]
            remedy = REMEDIES.get(layer_id, f"Importez votre liste de {plural(layer)} (page Données).")
            act = Act.SYNC if layer_id in REMEDIES else Act.IMPORT
            found.append(Limit(layer.name, here, _known_here(ground, layer_id), remedy, act))
    count = count_quarters(state, ground.rows)
    if ground.listed(LayerId.QPV) and count.known < count.total:
        known = known_populations(count.known, count.total)
        found.append(Limit("Habitants de QPV", here, f"{known}.", REMEDIES["qpv"], Act.SYNC))
    if state.density.estimated:
        known = "le caractère rural est approché par la densité de la commune."
        found.append(Limit("Densité", here, known, REMEDIES["rural"], Act.SYNC))
    return tuple(found)


def _known_here(ground: Ground, layer_id: LayerId) -> str:
    """Say what is known of a layer here: « 1 CLS connu, dont les communes comptent 0,5 % des habitants (…) ; … »."""
    zones, atoms = _met(ground.state.crosswalk.layers[layer_id], ground)
    name, feminine = plural(ground.state.crosswalk.layers[layer_id]), "e" if layer_id == LayerId.CPTS else ""
    said = f"aucun{feminine} {_singular(name)} connu{feminine}"
    if zones:
        said = fr.count(zones, f"{_singular(name)} connu{feminine}", f"{name} connu{feminine}s")
        share = Share.within(ground.state.population, atoms, ground.rows)
        people = f"{share.percent} des habitants ({fr.number(share.part)} sur {fr.number(share.whole)})"
        said += f", dont les communes comptent {people}" if len(atoms) else ", sans communes connues"
    return fr.typeset(f"{said} ; {_where_complete(ground, layer_id)}.")


def plural(layer: Layer) -> str:
    """Return a layer's name inside a sentence: « CLS », « secteurs adultes »."""
    return layer.name if layer.name.isupper() else layer.name[:1].lower() + layer.name[1:]


def _singular(name: str) -> str:
    return " ".join(word.removesuffix("s") if word.islower() else word for word in name.split())


def _met(layer: Layer, ground: Ground) -> tuple[int, np.ndarray]:
    """Return how many zones in service are known in a scope, those without place included, and the atoms they hold.

    CLSM set aside by choice are left out, as they are of the figures.
    """
    members = layer.members
    zone, row = (members[c].to_numpy(dtype=np.intp) for c in ("zone", "row"))
    running = (layer.zones["etat"] == Etat.EN_SERVICE).to_numpy()
    if layer.id == LayerId.CLSM:
        running = running & ~set_aside(layer, ground.state.atlas.year, ground.state.aside)
    here = ground.inside[row] & running[zone]
    lost = (layer.zones["precision"] == Precision.INCONNUE).to_numpy() & running
    placeless = int(layer.zones.loc[lost, "departement"].isin(ground.departements).sum())
    return len(np.unique(zone[here])) + placeless, np.unique(row[here])


def _where_complete(ground: Ground, layer_id: LayerId) -> str:
    """Say in which of the départements of a scope a list is complete."""
    here, state = ground.departements, ground.state
    whole = [d for d in here if state.known_here(layer_id, state.atlas.members("departement", d))]
    if len(here) == 1:
        return "liste incomplète"
    if not whole:
        return f"liste complète dans aucun des {fr.number(len(here))} départements d’ici"
    return f"liste complète dans {fr.number(len(whole))} des {fr.number(len(here))} départements d’ici ({fr.listing(whole)})"
