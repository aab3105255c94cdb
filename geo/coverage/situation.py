"""The situation of each commune in words: one list, from which map, card, tables, charts, files and command line all read.

A status says what a commune is; its situation says also how that is known: covered only by extension to the communes of an EPCI,
« non couvert » because the user stated that the list of its département is complete.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo import french as fr
from geo.arrays import Bools, Rows
from geo.coverage.manner import Aside, set_aside
from geo.coverage.status import STATUS_LABELS, STATUS_MEANINGS, Coverage, Status
from geo.kept import kept_on_subject
from geo.layers import Crosswalk, LayerId, by_declaration, completeness

MOST_DECLARED = 12  # départements declared complete, each with a situation of its own; past it one for all
MOST_NAMED = 6  # CLSM named, whose communes are not all known
EXTENDED_LABEL = "couvert, par extension aux communes de l’EPCI"


@dataclass(frozen=True)
class Situation:
    """One situation: its status, and what it rests on besides the list.

    `extended`: known by extension only; `declared`: the département that the user declares complete (« 14 départements » when they are many); `aside`: all that is known
    there is among the facts that the user sets aside.
    """

    status: Status
    extended: bool = False
    declared: str = ""
    aside: bool = False

    @property
    def label(self) -> str:
        """The words that say it everywhere: « non couvert, d’après votre déclaration (62) »."""
        if self.extended:
            return EXTENDED_LABEL
        if self.aside:
            return f"{STATUS_LABELS[self.status]}, faits que vous avez écartés"
        return f"{STATUS_LABELS[self.status]}{by_declaration(self.declared)}"

    @property
    def meaning(self) -> str:
        """What it means, in a sentence without its first capital."""
        if self.extended:
            return "un CLSM est cité en service pour l’EPCI ; que cette commune en soit est déduit"
        if self.declared:
            return "vous avez déclaré complète la liste des CLSM de ce département, et aucun ne couvre la commune"
        if self.aside:
            return "ce qui est connu d’un CLSM ou d’un projet ici est parmi les faits que vous avez écartés"
        return STATUS_MEANINGS[self.status]


@dataclass(frozen=True, eq=False)
class Situations:
    """The situations of a state (`kinds`, one for each status first), and for each atom of the country the position of its own (`of`)."""

    kinds: tuple[Situation, ...]
    of: npt.NDArray[np.int16]

    def kind(self, row: int) -> Situation:
        """Return the situation of one atom."""
        return self.kinds[self.of[row]]

    def labels(self, rows: Rows) -> npt.NDArray[np.object_]:
        """Return the words of each of some atoms."""
        return np.array([kind.label for kind in self.kinds], dtype=object)[self.of[rows]]

    def counted(self, rows: Rows, population: npt.NDArray[np.generic]) -> pd.DataFrame:
        """Return the situations present among some atoms: communes and population, in reading order.

        Indexed by their position in `kinds`.
        """
        frame = pd.DataFrame({"kind": self.of[rows], "population": np.asarray(population)[rows]})
        found = frame.groupby("kind")["population"].agg(communes="size", population="sum")
        return found.loc[sorted(found.index, key=self._rank)]

    def present(self, rows: Rows) -> tuple[Situation, ...]:
        """Return the situations present among some atoms, in reading order."""
        return tuple(self.kinds[i] for i in sorted(np.unique(self.of[rows]).tolist(), key=self._rank))

    def _rank(self, i: int) -> tuple[Status, bool, str, bool]:
        kind = self.kinds[i]
        return kind.status, kind.extended, kind.declared, kind.aside


def situations(
    crosswalk: Crosswalk, status: npt.NDArray[np.int8], extended: Bools, complete: Iterable[str], aside: Aside
) -> Situations:
    """Return the situations of every atom.

    `extended` tells those covered by extension only, `complete` the départements that the user declares complete: those of a
    complete publication need no declaration; `aside` what the user sets aside.
    """
    clsm = crosswalk.layers[LayerId.CLSM]
    declared = sorted((set(complete) | clsm.stated) - (clsm.extent - clsm.stated))
    kinds = [Situation(s) for s in Status]
    of = status.astype(np.int16)
    kinds.append(Situation(Status.COUVERT, extended=True))
    of[(status == Status.COUVERT) & extended] = len(kinds) - 1
    if aside.doubts:
        kinds.append(Situation(Status.INCONNU, aside=True))
        left_out = set_aside(clsm, crosswalk.atlas.year, aside)[clsm.members["zone"].to_numpy(dtype=np.intp)]
        cited = np.zeros(len(status), dtype=bool)
        cited[clsm.members["row"].to_numpy(dtype=np.intp)[left_out]] = True
        of[(status == Status.INCONNU) & cited] = len(kinds) - 1
    departement = crosswalk.atlas.table["departement"].to_numpy(dtype=object)
    named = {code: [code] for code in declared}
    if len(declared) > MOST_DECLARED:
        named = {fr.count(len(declared), "département"): declared}
    for name, codes in named.items():
        kinds.append(Situation(Status.NON_COUVERT, declared=name))
        of[(status == Status.NON_COUVERT) & np.isin(departement, codes)] = len(kinds) - 1
    return Situations(tuple(kinds), of)


@kept_on_subject
def situations_of(found: Coverage) -> Situations:
    """Return the situations of every atom of a coverage."""
    return situations(found.crosswalk, found.status, found.extended, found.complete, found.aside)


def complete_text(departements: Iterable[str], crosswalk: Crosswalk, complete: Iterable[str]) -> str:
    """Say where, among some départements, the list of CLSM is complete, and on whose word."""
    layer = crosswalk.layers[LayerId.CLSM]
    here = set(departements)
    said = sorted(here & layer.extent - layer.published)
    texts = completeness(layer, crosswalk.atlas, here)
    mine = sorted(here & layer.complete(complete) - layer.extent)
    lost = layer.undelimited[layer.undelimited["departement"].isin(here & layer.listed_in(complete) - layer.extent)]
    if said:
        texts.append(f"La liste des CLSM en service est donnée comme complète pour {fr.listing(said)}.")
    if mine:
        texts.append(f"« Non couvert » repose sur votre déclaration de liste complète : {fr.listing(mine)}.")
    if len(lost):
        names = fr.listing([f"« {name} »" for name in lost["nom"]], MOST_NAMED)
        texts.append(
            f"Malgré une publication ou votre déclaration de liste complète, une commune sans CLSM connu reste « inconnu » "
            f"({fr.listing(sorted(set(lost['departement'])))}) : les communes de {names} ne sont pas toutes connues."
        )
    known = (here & layer.extent) | set(mine) | set(lost["departement"])
    if not known:
        texts.append(
            "La liste n’est déclarée complète nulle part ici : sans CLSM connu, une commune reste « inconnu »."
        )
    elif here - known:
        texts.append("Ailleurs ici, sans CLSM connu, une commune reste « inconnu ».")
    return fr.typeset(" ".join(texts))
