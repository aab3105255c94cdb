"""The list of who is around the table, as values: seats in groups, the members that the guide asks for first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo import french as fr

COMMUNES, BODIES, SECTORS, HOSPITALS, CONCERNED, CARERS, COORDINATION = (
    "Communes",
    "Intercommunalités",
    "Secteurs de psychiatrie",
    "Établissements de psychiatrie",
    "Personnes concernées",
    "Aidants",
    "Coordination",
)
CARE, CONTRACTS, NEIGHBOURS, STATE, PARTNERS = (
    "CPTS et DAC",
    "CLS et CLSM de ces communes",
    "CLSM voisins",
    "État et département",
    "Autres partenaires",
)
# The five members of the guide, by the groups that stand for them here.
MEMBERS = {
    "élus": (COMMUNES, BODIES),
    "chefs de pôle": (SECTORS, HOSPITALS),
    "personnes concernées": (CONCERNED,),
    "aidants": (CARERS,),
    "coordination": (COORDINATION,),
}


@dataclass(frozen=True)
class Seat:
    """A row of the invitation list.

    `who` is a body, `role` whom to invite in it (a role, never a name), `detail` what is known of it here, `known` False for a
    row that reports what is not known; `seats` is the number of people it stands for, zero for an unknown row. `id` is its subject
    in `geo.agreements` (« commune:79191 », « fonction:gem »), "" for one whose answer is not followed.
    """

    group: str
    who: str
    role: str
    detail: str = ""
    source: str = ""
    known: bool = True
    seats: int = 1
    codes: tuple[str, ...] = ()
    id: str = ""

    @property
    def to_fill(self) -> bool:
        """Whether it is a function that nobody is known for, which a person may fill."""
        return not self.known and self.id.startswith("fonction:")

    @property
    def name(self) -> str:
        """How it is listed: who, and that it is to fill or unknown."""
        return self.who if self.known else f"{self.who} : {'à désigner' if self.to_fill else 'inconnu ici'}"


@dataclass(frozen=True)
class RoundTable:
    """The invitation list, in the order of the groups."""

    seats: tuple[Seat, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Known guests of each group."""
        found = dict.fromkeys((s.group for s in self.seats), 0)
        for seat in self.seats:
            found[seat.group] += seat.seats if seat.known else 0
        return found

    @property
    def total(self) -> int:
        """Known guests in all."""
        return sum(self.counts.values())

    @property
    def sentence(self) -> str:
        """Say the load that this is to govern."""
        words = {
            COMMUNES: ("maire", "maires"),
            BODIES: ("intercommunalité", "intercommunalités"),
            SECTORS: ("secteur", "secteurs"),
            HOSPITALS: ("établissement de psychiatrie", "établissements de psychiatrie"),
            CONCERNED: ("instance de personnes concernées", "instances de personnes concernées"),
            CARERS: ("association d’aidants", "associations d’aidants"),
            COORDINATION: ("coordination", "coordinations"),
            CARE: ("CPTS ou DAC", "CPTS ou DAC"),
            CONTRACTS: ("CLS ou CLSM", "CLS ou CLSM"),
            NEIGHBOURS: ("CLSM voisin", "CLSM voisins"),
            STATE: ("service de l’État ou du département", "services de l’État ou du département"),
            PARTNERS: ("autre partenaire", "autres partenaires"),
        }
        counts = self.counts
        parts = [fr.count(counts[g], *words[g]) for g in words if counts.get(g)]
        to_fill = sum(s.to_fill for s in self.seats)
        unknown = sum(not s.known for s in self.seats) - to_fill
        left = [fr.count(to_fill, "fonction est à désigner", "fonctions sont à désigner")] if to_fill else []
        left += [fr.count(unknown, "point reste inconnu", "points restent inconnus")] if unknown else []
        limit = f" {fr.listing(left)} : la liste est à compléter localement." if left else ""
        known = f"Au moins {fr.count(self.total, 'interlocuteur')} à réunir : {fr.listing(parts)}."
        return f"{known}{self._members_lacking}{limit}"

    @property
    def people_apart(self) -> str:
        """Say how many are known of the persons concerned and of the carers, each counted apart, as the guide asks."""
        counts = self.counts
        words = {CONCERNED: "personnes concernées", CARERS: "aidants"}
        said = (f"{words[g]} : {fr.number(counts[g]) if counts.get(g) else 'aucun connu ici'}" for g in words)
        return f"Comptés à part, {' ; '.join(said)}."

    @property
    def _members_lacking(self) -> str:
        """Say which of the five members of the guide nobody is known for."""
        counts = self.counts
        lacking = [member for member, groups in MEMBERS.items() if not sum(counts.get(g, 0) for g in groups)]
        if not lacking:
            return ""
        return f" Des cinq membres que le guide demande, personne n’est connu ici pour : {fr.listing(lacking)}. À inviter dès le début."

    def rows(self) -> list[dict[str, object]]:
        """Return the list as plain rows, for a table or a file."""
        return [
            {
                "groupe": s.group,
                "qui": s.who,
                "role": s.role,
                "detail": s.detail,
                "source": s.source,
                "connu": s.known,
                "interlocuteurs": s.seats if s.known else None,
                "id": s.id,
            }
            for s in self.seats
        ]

    def frame(self) -> pd.DataFrame:
        """Return the list as a table with French headings, to show or export."""
        frame = pd.DataFrame(self.rows()).drop(columns="id").assign(connu=lambda t: np.where(t["connu"], "oui", "non"))
        return frame.set_axis(
            ["Groupe", "Qui", "À quel titre", "Précisions", "Source", "Connu", "Interlocuteurs"], axis=1
        )

    def text(self) -> str:
        """Return the list to copy in a message."""
        lines = [self.sentence]
        for group in dict.fromkeys(s.group for s in self.seats):
            lines += ["", group]
            for seat in (s for s in self.seats if s.group == group):
                detail = f" ({seat.detail})" if seat.detail else ""
                lines.append(
                    f"- {seat.name}{f' ({seat.role})' if seat.to_fill else f' : {seat.role}' if seat.role else ''}{detail}"
                )
        return "\n".join(lines)
