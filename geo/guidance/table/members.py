"""The stakeholders of a perimeter (« Qui doit être autour de la table »): bodies and roles to invite to the first meeting.

First the five members that the guide asks for in every body of a CLSM (Guide 2025, « Composition des CLSM »): elected officials,
heads of psychiatry, people concerned, carers, coordination; then the others.

No name of a person is known. What the lists do not hold is a row too, marked unknown: an invitation list that looked
complete and was not would be worse than none.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from geo import french as fr
from geo.claims import sector_code
from geo.communes import Atlas, parts_named
from geo.guidance.sector_shares import SectorShare, sectors_listed, sectors_met
from geo.guidance.table.hospitals import hospitals
from geo.guidance.table.partners import Filled, functions
from geo.guidance.table.seat import (
    BODIES,
    CARE,
    CARERS,
    COMMUNES,
    CONCERNED,
    CONTRACTS,
    COORDINATION,
    NEIGHBOURS,
    PARTNERS,
    SECTORS,
    STATE,
    RoundTable,
    Seat,
)
from geo.layers import Etat, LayerId, Overlap
from geo.perimeters import PerimeterFacts, neighbours_of

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
MOST_PIECES = 6  # arrondissements of a city named
_COG = "Code officiel géographique (INSEE)"


def round_table(facts: PerimeterFacts, filled: Filled | None = None) -> RoundTable:
    """Return who must be at the table for a perimeter that is not empty; `filled` is who fills each function, by its subject."""
    known = filled or {}
    members = [*_communes(facts), *_bodies(facts), *_sectors(facts), *hospitals(facts)]
    for group in (CONCERNED, CARERS, COORDINATION):
        members += functions(facts, group, known)
    partners = [
        *_care(facts),
        *_contracts(facts),
        *_neighbours(facts),
        *_state(facts),
        *functions(facts, PARTNERS, known),
    ]
    return RoundTable((*members, *partners))


def _sectors(facts: PerimeterFacts) -> Iterator[Seat]:
    for sector in sectors_met(facts):
        kind = "psychiatrie adulte" if sector.layer == LayerId.ADULT_SECTORS else "psychiatrie infanto-juvénile"
        hospital = sector.establishment or "établissement non cité par la source"
        yield Seat(
            SECTORS, sector.name, f"chef de pôle ou de service, responsable du secteur ({kind})", f"{hospital} ; {sector.sentence.split(' : ', 1)[1].rstrip('.')}",
            _dated(sector.source, sector.year), id=_sector_subject(sector),
        )  # fmt: skip
    for layer_id, kind in ((LayerId.ADULT_SECTORS, "adulte"), (LayerId.CHILD_SECTORS, "infanto-juvénile")):
        if not sectors_listed(facts, layer_id):
            yield _unknown(
                SECTORS,
                f"Autres secteurs de psychiatrie {kind}",
                "la sectorisation n’est pas connue en entier ici : la demander à l’ARS",
            )


def _sector_subject(sector: SectorShare) -> str:
    """Return the subject of a sector in `geo.agreements`: its code where it has one, whoever stated it, else its id in the layer."""
    code = sector_code(sector.short_name.split(" (")[0])
    return f"{sector.layer}:{code or sector.id}"


def _bodies(facts: PerimeterFacts) -> Iterator[Seat]:
    layers = facts.crosswalk.layers
    for part in facts.bodies:
        whole = (
            "toutes dans le périmètre"
            if part.whole
            else f"{fr.ratio(part.population, part.population_total)} de ses habitants"
        )
        detail = f"{fr.count(part.communes, 'commune')} sur {fr.number(part.communes_total)} ; {whole}"
        kind = "ept" if part.code in facts.atlas.ept.index else "epci"
        source = _dated(layers[kind].source, layers[kind].vintage) if kind in layers else _COG
        yield Seat(BODIES, part.name, "présidence, élu délégué à la santé", detail, source, id=f"epci:{part.code}")
    alone = facts.table[facts.atlas.communities[0].iloc[facts.rows].isna().to_numpy()]
    for name in alone["nom"]:
        yield Seat(BODIES, str(name), "", "commune sans intercommunalité", _COG, seats=0)


def _communes(facts: PerimeterFacts) -> Iterator[Seat]:
    codes = facts.table.groupby("commune")["code"].agg(tuple)
    source = f"INSEE, population municipale {facts.population_year}"
    for town, people in facts.towns.items():
        mine, detail = codes[town], fr.inhabitants(int(people))
        if str(town) in facts.atlas.parts:
            detail += _pieces(facts, str(town), mine)
        name = facts.town_name(str(town))
        yield Seat(COMMUNES, name, "maire ou élu délégué à la santé", detail, source, codes=mine, id=f"commune:{town}")


def _pieces(facts: PerimeterFacts, town: str, mine: tuple[str, ...]) -> str:
    """Say which parts of a city are inside, and whom they bring: mayors of arrondissement; the IRIS of a city have none."""
    if len(mine) < len(facts.atlas.members("commune", town)):
        where = fr.listing((name for name, _ in parts_named(facts.atlas, mine)), most=MOST_PIECES)
    else:
        where = facts.atlas.pieces_word(town, len(mine))
    districts = len({code[:5] for code in mine})
    mayors = fr.noun(districts, "maire d’arrondissement", "maires d’arrondissement")
    return f" dans {where}{'' if town in facts.atlas.opened else f' ; {mayors} aussi'}"


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
        parts.append(f"{overlap.hedge}{fr.inhabitants(overlap.population)} en commun")
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
        yield Seat(STATE, f"ARS {atlas.regions.at[region, 'nom']}", ars_desk(atlas, region), where, _COG)
    for code in facts.departements:
        yield Seat(STATE, f"Préfecture {of(atlas, code)}", "préfet ou délégué (politique de la ville)", "", _COG)
    for council, detail in _councils(facts).items():
        yield Seat(STATE, council, "présidence, action sociale", detail, _COG)


def ars_desk(atlas: Atlas, region: str) -> str:
    """Return whom to write to in a regional agency: its delegation for the département, or its head where a region is one département."""
    alone = atlas.table["departement"].iloc[atlas.members("region", region)].nunique() == 1
    return "direction générale" if alone else "délégation départementale"


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
