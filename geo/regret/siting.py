"""The next CLSM when lists are missing: the choice that regrets the least once they are known, in words, and the list that would settle it.

Where a CLSM that is not known may serve people, what is to serve there lies between nothing and what counts today; elsewhere it is sure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo import french as fr
from geo.arrays import Floats
from geo.coverage import CoverageState, Mix, Scope, Siting, SitingCandidate, SitingQuestion, posed
from geo.regret.least import least_regret

TIME_LIMIT_S = 5.0
REGRET_TITLES = {
    "nom": "CLSM",
    "au_moins": "À servir, au moins",
    "au_plus": "À servir, au plus",
    "aussi": "Choisi aussi plus haut",
}


@dataclass(frozen=True, eq=False)
class SitingRegret:
    """The choice of the least greatest regret beside the usual one.

    `table`, a line a CLSM: nom, au_moins and au_plus (what it may have to serve by itself, in people or in share of the need), aussi (whether
    the usual answer holds it). `regret` and `usual` are the greatest regrets of this choice and of the usual one; `exact`: proven
    the least, else it is at least `bound`. `lists`: the départements whose list separates the choice from its worst rival, (name,
    people of unknown situation there), the most first.
    """

    table: pd.DataFrame
    regret: float
    usual: float
    bound: float
    exact: bool
    lists: tuple[tuple[str, float], ...]
    mix: Mix

    @property
    def same(self) -> bool:
        """Whether the usual answer is already the one that regrets the least."""
        return bool(self.table["aussi"].all()) and self.regret >= self.usual - 1e-9

    def amount(self, value: float) -> str:
        """Write what is served: people, or a share of the need for a mix."""
        return fr.inhabitants(value) if self.mix.single else f"{fr.percent(value)} du besoin pondéré"

    @property
    def sentence(self) -> str:
        """Write what the choice is worth at the worst."""
        if not self.usual:
            return "Ce qui est inconnu ne peut rien changer à ce choix : il reste le meilleur quoi qu’on apprenne."
        proof = "c’est démontré" if self.exact else "preuve non faite"
        if not self.exact and self.bound >= (1.0 if self.mix.single else 0.001):
            proof += f", au moins {self.amount(self.bound)} pour tout choix"
        if self.same:
            return fr.typeset(
                f"Le choix ci-dessus est aussi celui qui risque le moins : une fois tout connu, il servirait au pire "
                f"{self.amount(self.regret)} de moins que le meilleur choix ; {proof}."
            )
        return fr.typeset(
            f"Le choix qui risque le moins est {fr.listing(self.table['nom'], 6)} : une fois tout connu, il servirait au pire "
            f"{self.amount(self.regret)} de moins que le meilleur choix, contre {self.amount(self.usual)} pour celui ci-dessus ; {proof}."
        )

    @property
    def ask(self) -> str:
        """Write which list would change the choice the most; empty when none would."""
        if not self.lists:
            return ""
        (first, people), *others = self.lists
        more = f" ; puis {fr.listing(f'{name} ({fr.number(n)})' for name, n in others[:2])}" if others else ""
        return fr.typeset(
            f"La liste des CLSM qui changerait le plus ce choix : {first}, où {fr.inhabitants(people)} de situation inconnue séparent ce "
            f"choix de son pire rival{more}."
        )


def siting_regret(question: SitingQuestion, usual: Siting, scope: Scope, state: CoverageState) -> SitingRegret:
    """Return the choice of the least greatest regret for a question whose usual answer is known.

    Raises
    ------
    GeoInputError
        As `SitingQuestion.candidates` does.
    """
    kept, most = posed(question, scope, state)
    least = most * (1.0 - unsure(state))
    place = {c.code: i for i, c in enumerate(kept)}
    first = [place[p.candidate.code] for p in usual.picks]
    found, worst = least_regret(
        [c.rows for c in kept], least, most, question.number, first=first, time_limit=TIME_LIMIT_S
    )
    chosen = [kept[c] for c in found.chosen]
    return SitingRegret(
        table=_table(chosen, least, most, {kept[c].code for c in first}),
        regret=found.regret,
        usual=worst,
        bound=found.bound,
        exact=found.exact,
        lists=_lists(state, np.intersect1d(found.open_atoms, np.flatnonzero(most > least))),
        mix=question.mix,
    )


def unsure(state: CoverageState) -> Floats:
    """Return, of the people counted as without CLSM on each atom, the share that a CLSM not known may serve."""
    without = state.without
    possible = np.where(state.may_be, np.minimum(state.possible, without), 0.0)
    return np.divide(possible, without, out=np.zeros_like(without), where=without > 0)


def _table(chosen: list[SitingCandidate], least: Floats, most: Floats, usual: set[str]) -> pd.DataFrame:
    rows = [
        {
            "nom": c.name, "au_moins": float(least[list(c.rows)].sum()), "au_plus": float(most[list(c.rows)].sum()),
            "aussi": c.code in usual,
        }
        for c in chosen
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(REGRET_TITLES))
    return table.sort_values(["au_moins", "au_plus", "nom"], ascending=[False, False, True], ignore_index=True)


def _lists(state: CoverageState, atoms: np.ndarray) -> tuple[tuple[str, float], ...]:
    """Return the départements of some atoms by the people of unknown situation there, the most first."""
    people = np.minimum(state.possible, state.without)[atoms]
    codes = state.atlas.table["departement"].to_numpy()[atoms]
    names = state.atlas.departements["nom"]
    sums = pd.Series(people).groupby(codes).sum() if len(atoms) else pd.Series(dtype=float)
    ordered = sorted(((str(code), float(n)) for code, n in sums.items() if n > 0), key=lambda item: (-item[1], item[0]))
    return tuple((f"{names[code]} ({code})", n) for code, n in ordered)
