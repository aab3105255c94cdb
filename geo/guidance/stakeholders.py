"""The stakeholders of a perimeter (« Qui doit être autour de la table »): bodies and roles to invite to the first meeting.

First the five members that the guide asks for in every body of a CLSM (Guide 2025, « Composition des CLSM »): elected officials,
heads of psychiatry, people concerned, carers, coordination; then the others.

No name of a person is known. What the lists do not hold is a row too, marked unknown: an invitation list that looked
complete and was not would be worse than none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo import french as fr
from geo.communes import Atlas
from geo.guidance.sector_shares import sectors_listed, sectors_met
from geo.layers import Etat, LayerId, Overlap
from geo.perimeters import PerimeterFacts, neighbours_of

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
# The name of a territory after « de », by the kind of link of the official geographic code.
_OF = {
    "0": "de ",
    "1": "d’",
    "2": "du ",
    "3": "de la ",
    "4": "des ",
    "5": "de l’",
    "6": "des ",
    "7": "de las ",
    "8": "de los ",
}
# Where the département is not run by a conseil départemental of its name.
_COUNCIL = {
    "75": "Ville de Paris (compétences du département)",
    "67": "Collectivité européenne d’Alsace",
    "68": "Collectivité européenne d’Alsace",
    "2A": "Collectivité de Corse",
    "2B": "Collectivité de Corse",
    "972": "Collectivité territoriale de Martinique",
    "973": "Collectivité territoriale de Guyane",
    "976": "Département de Mayotte",
}
LYON = "200046977"  # Métropole de Lyon: holds the powers of the département on its own communes
_COG = "Code officiel géographique (INSEE)"


@dataclass(frozen=True)
class Seat:
    """A row of the invitation list.

    `who` is a body, `role` whom to invite in it (a role, never a name), `detail` what is known of it here, `known` False for a
    row that reports what is not known; `seats` is the number of people it stands for, zero for an unknown row.
    """

    group: str
    who: str
    role: str
    detail: str = ""
    source: str = ""
    known: bool = True
    seats: int = 1
    codes: tuple[str, ...] = ()


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
            CARE: ("CPTS ou DAC", "CPTS ou DAC"),
            CONTRACTS: ("CLS ou CLSM", "CLS ou CLSM"),
            NEIGHBOURS: ("CLSM voisin", "CLSM voisins"),
            STATE: ("service de l’État ou du département", "services de l’État ou du département"),
        }
        counts = self.counts
        parts = [fr.count(counts[g], *words[g]) for g in words if counts.get(g)]
        unknown = sum(not s.known for s in self.seats)
        limit = (
            f" {fr.count(unknown, 'point reste inconnu', 'points restent inconnus')} : la liste est à compléter localement."
            if unknown
            else ""
        )
        known = f"Au moins {fr.count(self.total, 'interlocuteur')} à réunir : {fr.listing(parts)}."
        return f"{known}{self._members_lacking}{limit}"

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
            }
            for s in self.seats
        ]

    def frame(self) -> pd.DataFrame:
        """Return the list as a table with French headings, to show or export."""
        frame = pd.DataFrame(self.rows()).assign(connu=lambda t: np.where(t["connu"], "oui", "non"))
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
                lines.append(f"- {seat.who}{f' : {seat.role}' if seat.role else ''}{detail}")
        return "\n".join(lines)


def round_table(facts: PerimeterFacts) -> RoundTable:
    """Return who must be at the table for a perimeter that is not empty."""
    parts = (
        _communes, _bodies, _sectors, _hospitals, _concerned, _carers, _coordination,
        _care, _contracts, _neighbours, _state, _partners,
    )  # fmt: skip
    return RoundTable(tuple(seat for part in parts for seat in part(facts)))


def _sectors(facts: PerimeterFacts) -> Iterator[Seat]:
    for sector in sectors_met(facts):
        kind = "psychiatrie adulte" if sector.layer == LayerId.ADULT_SECTORS else "psychiatrie infanto-juvénile"
        hospital = sector.establishment or "établissement non cité par la source"
        yield Seat(
            SECTORS, sector.name, f"chef de pôle ou de service, responsable du secteur ({kind})", f"{hospital} ; {sector.sentence.split(' : ', 1)[1].rstrip('.')}",
            _dated(sector.source, sector.year),
        )  # fmt: skip
    for layer_id, kind in ((LayerId.ADULT_SECTORS, "adulte"), (LayerId.CHILD_SECTORS, "infanto-juvénile")):
        if not sectors_listed(facts, layer_id):
            yield _unknown(
                SECTORS,
                f"Autres secteurs de psychiatrie {kind}",
                "la sectorisation n’est pas connue en entier ici : la demander à l’ARS",
            )


def _hospitals(facts: PerimeterFacts) -> Iterator[Seat]:
    found: dict[str, list[str]] = {}
    for sector in sectors_met(facts):
        if sector.establishment:
            found.setdefault(sector.establishment, []).append(sector.short_name)
    for name, sectors in found.items():
        yield Seat(HOSPITALS, name, "direction et communauté médicale de psychiatrie", f"{'secteur' if len(sectors) == 1 else 'secteurs'} {fr.listing(sectors)}",
                   facts.crosswalk.layers[LayerId.ADULT_SECTORS].source)  # fmt: skip
    if not found:
        yield _unknown(HOSPITALS, "Établissement de rattachement", "non connu ici : le demander à l’ARS")


def _bodies(facts: PerimeterFacts) -> Iterator[Seat]:
    layers = facts.crosswalk.layers
    for part in facts.communities:
        whole = (
            "toutes dans le périmètre"
            if part.whole
            else f"{fr.ratio(part.population, part.population_total)} de ses habitants"
        )
        detail = f"{fr.count(part.communes, 'commune')} sur {fr.number(part.communes_total)} ; {whole}"
        kind = "ept" if part.code in facts.atlas.ept.index else "epci"
        if part.code in facts.atlas.villes.index:
            continue  # a city that is its own body sits among the communes
        source = _dated(layers[kind].source, layers[kind].vintage) if kind in layers else _COG
        yield Seat(BODIES, part.name, "présidence, élu délégué à la santé", detail, source)
    alone = facts.table[facts.atlas.communities[0].iloc[facts.rows].isna().to_numpy()]
    for name in alone["nom"]:
        yield Seat(BODIES, str(name), "", "commune sans intercommunalité", _COG, seats=0)


def _communes(facts: PerimeterFacts) -> Iterator[Seat]:
    codes = facts.table.groupby("commune")["code"].agg(tuple)
    source = f"INSEE, population municipale {facts.population_year}"
    for town, people in facts.towns.items():
        mine, detail = codes[town], fr.inhabitants(int(people))
        if str(town) in facts.atlas.parts:
            detail += f" dans {fr.count(len(mine), 'arrondissement')} : maires d’arrondissement aussi"
        name = facts.town_name(str(town))
        yield Seat(COMMUNES, name, "maire ou élu délégué à la santé", detail, source, codes=mine)


def _care(facts: PerimeterFacts) -> Iterator[Seat]:
    yield from _dispositifs(facts, CARE, {LayerId.CPTS: "présidence et coordination", LayerId.DAC: "direction"})


def _contracts(facts: PerimeterFacts) -> Iterator[Seat]:
    roles = {LayerId.CLS: "coordination du CLS et signataires", LayerId.CLSM: "présidence et coordination du CLSM"}
    yield from _dispositifs(facts, CONTRACTS, roles)


def _dispositifs(facts: PerimeterFacts, group: str, roles: dict[LayerId, str]) -> Iterator[Seat]:
    for layer_id, role in roles.items():
        layer = facts.crosswalk.layers[layer_id]
        for overlap in facts.overlaps[layer_id]:
            zone = layer.zones.loc[overlap.id]
            source = _dated(str(zone["source_titre"] or layer.source), str(zone["annee_source"]))
            yield Seat(group, overlap.name, role, _common(overlap), source)
        if not facts.known_everywhere(layer_id):
            yield _unknown(
                group, f"Autres {layer.name}", "liste incomplète ici : d’autres peuvent exister", layer.source
            )


def _common(overlap: Overlap) -> str:
    parts = [] if overlap.etat is Etat.EN_SERVICE else [str(overlap.etat)]
    if overlap.population:
        parts.append(f"{fr.inhabitants(overlap.population)} en commun")
    parts.append(str(overlap.relation))
    return ", ".join(parts)


def _neighbours(facts: PerimeterFacts) -> Iterator[Seat]:
    """CLSM of the communes that touch the perimeter, not already on it."""
    atlas, layer = facts.atlas, facts.crosswalk.layers[LayerId.CLSM]
    inside = np.zeros(len(atlas.table), dtype=bool)
    inside[facts.rows] = True
    met = {o.id for o in facts.overlaps[LayerId.CLSM]}
    around = facts.crosswalk.overlaps(neighbours_of(atlas.neighbours, inside))[LayerId.CLSM]
    for overlap in (o for o in around if o.id not in met):
        zone = layer.zones.loc[overlap.id]
        state = "" if overlap.etat is Etat.EN_SERVICE else f"{overlap.etat} ; "
        yield Seat(NEIGHBOURS, overlap.name, "coordination, pour s’accorder sur les limites",
                   f"{state}touche le périmètre", _dated(str(zone["source_titre"]), str(zone["annee_source"])))  # fmt: skip
    departements = {atlas.table["departement"].iat[r] for r in neighbours_of(atlas.neighbours, inside)}
    if not departements <= layer.extent:
        yield _unknown(
            NEIGHBOURS,
            "Autres CLSM voisins",
            "aucune liste nationale n’est ouverte : d’autres peuvent exister",
            layer.source,
        )


def _state(facts: PerimeterFacts) -> Iterator[Seat]:
    atlas = facts.atlas
    for region in sorted(set(facts.table["region"])):
        inside = sorted(set(facts.table.loc[facts.table["region"] == region, "departement"]))
        where = fr.listing(_name(atlas, d) for d in inside)
        yield Seat(STATE, f"ARS {atlas.regions.at[region, 'nom']}", "délégation départementale", where, _COG)
    for code in facts.departements:
        yield Seat(STATE, f"Préfecture {of(atlas, code)}", "préfet ou délégué (politique de la ville)", "", _COG)
    for council, detail in _councils(facts).items():
        yield Seat(STATE, council, "présidence, action sociale", detail, _COG)


def _councils(facts: PerimeterFacts) -> dict[str, str]:
    """Return who holds the powers of the département, with the part of the perimeter it is for when there are several."""
    found: dict[str, str] = {}
    for code in facts.departements:
        mine = facts.table[facts.table["departement"] == code]
        lyon = (mine["epci"] == LYON).to_numpy()
        if lyon.any():
            found["Métropole de Lyon (compétences du département)"] = "pour ses communes"
        if not lyon.all():
            found[_COUNCIL.get(code, f"Conseil départemental {of(facts.atlas, code)}")] = (
                "pour les autres communes" if lyon.any() else ""
            )
    return found


def _named(facts: PerimeterFacts, group: str, roles: dict[str, str]) -> Iterator[Seat]:
    """Yield the bodies that persons named here, with whose word it is."""
    for actor in facts.evidence.actors:
        if actor.kind in roles and actor.codes & facts.perimeter.communes:
            where = fr.listing((str(facts.atlas.names[r]) for r in facts.atlas.rows(actor.codes)), most=4)
            yield Seat(group, actor.name, roles[actor.kind], where, actor.said)


def _concerned(facts: PerimeterFacts) -> Iterator[Seat]:
    yield from _named(facts, CONCERNED, {"gem": "membres et animation du GEM", "usagers": "représentants des usagers"})
    yield _unknown(CONCERNED, "Personnes concernées par des troubles psychiques, leurs associations, GEM",
                   "dans aucun fichier officiel : à établir localement")  # fmt: skip


def _carers(facts: PerimeterFacts) -> Iterator[Seat]:
    yield from _named(facts, CARERS, {"proches": "représentants des proches et des aidants"})
    yield _unknown(CARERS, "Aidants et leurs associations", "dans aucun fichier officiel : à établir localement")


def _coordination(_: PerimeterFacts) -> Iterator[Seat]:
    yield _unknown(COORDINATION, "Coordination du CLSM", "à nommer, ou à inviter si elle est en poste")


def _partners(facts: PerimeterFacts) -> Iterator[Seat]:
    """Yield what no list names and every territory has, as roles: whoever holds them is known locally."""
    quarters = facts.overlaps[LayerId.QPV] or not facts.known_everywhere(LayerId.QPV)
    city = "atelier santé ville et politique de la ville, " if quarters else ""
    yield _unknown(
        PARTNERS, f"Partenaires locaux : {city}CCAS ou CIAS, bailleurs sociaux, Éducation nationale, police et justice, CPAM et CAF",
        "des fonctions, à nommer localement",
    )  # fmt: skip


def of(atlas: Atlas, departement: str) -> str:
    """Return a département after « de », with its article: du Val-de-Marne, de la Réunion, de l’Ain, des Deux-Sèvres, d’Eure-et-Loir."""
    name = _name(atlas, departement)
    if "liaison" not in atlas.departements:
        return f"({name})"
    link = _OF.get(str(atlas.departements.at[departement, "liaison"]))
    if link is None:
        return f"({name})"
    return f"{link}{name}"


def _name(atlas: Atlas, departement: str) -> str:
    return str(atlas.departements.at[departement, "nom"])


def _dated(source: str, year: str) -> str:
    return f"{source} ({year})" if year and year not in source else source


def _unknown(group: str, who: str, detail: str, source: str = "") -> Seat:
    return Seat(group, who, "", detail, source, known=False, seats=0)
