"""What every figure of a scope asks first, computed once: its atoms, the year of its people, how far its CLSM are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo import french as fr
from geo.arrays import Bools, Rows
from geo.coverage.scope import Scope
from geo.coverage.state import CoverageState
from geo.coverage.status import Status
from geo.layers import LayerId, Precision

REMEDY_CLSM = (
    "Déclarez complète la liste des CLSM du département (page Couverture), ou importez la vôtre (page Données)."
)


@dataclass(frozen=True, eq=False)
class Ground:
    """A scope and the state of the communes, for the figures of one view."""

    scope: Scope
    state: CoverageState

    @cached_property
    def rows(self) -> Rows:
        """Atoms of the scope."""
        return self.scope.rows

    @cached_property
    def inside(self) -> Bools:
        """Whether each atom of the country is in the scope."""
        found = np.zeros(len(self.state.status), dtype=bool)
        found[self.rows] = True
        return found

    @cached_property
    def departements(self) -> tuple[str, ...]:
        """Codes of the départements that the scope meets."""
        return tuple(self.state.departements(self.rows))

    @cached_property
    def year(self) -> str:
        """The population counted, with its year."""
        return f"population municipale {self.state.atlas.population_year_of(self.departements)}"

    @cached_property
    def clsm_source(self) -> str:
        """Source and year of the CLSM."""
        layer = self.state.crosswalk.layers[LayerId.CLSM]
        return f"{layer.source}, {layer.vintage}"

    def listed(self, layer_id: str) -> bool:
        """Whether the list of a layer is complete in every département of the scope."""
        return self.state.known_here(layer_id, self.rows)

    @property
    def floor(self) -> bool:
        """Whether more people may be covered than is known here."""
        return self.why is not None

    @cached_property
    def why(self) -> str | None:
        """Why more people may be covered than is known here; None when nothing is open."""
        state, rows = self.state, self.rows
        unknown, aside = state.status[rows] == Status.INCONNU, state.uncovered_by_choice[rows]
        reasons = []
        if (unknown & ~aside & ~self._listed_atoms).any():
            reasons.append("la liste des CLSM n’est pas complète ici")
        if aside.any():
            people = fr.count(state.population[rows][aside].sum(), "habitant n’a", "habitants n’ont")
            reasons.append(
                f"{people} de CLSM ou de projet que d’après des faits que vous avez écartés ({state.aside.said})"
            )
        if np.isnan(state.estimated_part[rows]).any():
            reasons.append("une partie seulement de certaines communes est couverte, sans chiffre connu")
        if begun := state.population[rows][state.maybe_begun[rows]].sum():
            people = fr.count(begun, "habitant est", "habitants sont")
            reasons.append(f"{people} là où un CLSM était annoncé ou en projet, qui a pu se créer depuis")
        if asked := state.population[rows][state.to_confirm[rows]].sum():
            people = fr.count(asked, "habitant est", "habitants sont")
            reasons.append(f"{people} dans un CLSM à confirmer, qui est peut-être en service")
        return sentence([*reasons, *self._undelimited()])

    @cached_property
    def _listed_atoms(self) -> Bools:
        """Whether the list of CLSM, if not their communes, is said to be complete in the département of each atom of the scope."""
        state, layer = self.state, self.state.crosswalk.layers[LayerId.CLSM]
        return state.lies_in(layer.listed_in(state.complete))[self.rows]

    def _undelimited(self) -> list[str]:
        """Say how many CLSM of these départements have no known communes; where the list is complete, how many are known in part."""
        found = self.state.crosswalk.layers[LayerId.CLSM].undelimited
        here = found[found["departement"].isin(self.departements)]
        lost = here["precision"] == Precision.INCONNUE
        said = []
        if many := int(lost.sum()):
            said.append(f"{fr.count(many, 'CLSM connu n’a', 'CLSM connus n’ont')} pas de communes connues")
        if self._listed_atoms.any() and (many := int((~lost).sum())):
            said.append(
                f"{fr.count(many, 'CLSM connu n’a qu’une partie de ses', 'CLSM connus n’ont qu’une partie de leurs')} communes connues"
            )
        return said


def sentence(reasons: Sequence[str]) -> str | None:
    """Join reasons as a sentence; None when there is none."""
    text = fr.listing(reasons)
    return f"{text[0].upper()}{text[1:]}." if text else None


def inside(text: str) -> str:
    """Write a sentence inside another."""
    return text[0].lower() + text[1:].rstrip(".")
