"""The rules of the guide read one perimeter at a time from its facts, as a person would: an oracle for decisions on batches.

Nothing here comes from the checks but the words of their outcomes: zones are counted by their overlaps, never by arrays.
"""

from __future__ import annotations

from geo.guidance import Intent, Outcome, Project, Settings
from geo.layers import DISPOSITIFS, Etat, Overlap, Precision, Relation
from geo.perimeters import PerimeterFacts

FAVORABLE, DISCUSS, VIGILANCE, UNKNOWN = Outcome.FAVORABLE, Outcome.DISCUSS, Outcome.VIGILANCE, Outcome.UNKNOWN
INFORMS = (DISCUSS, False)
Answer = tuple[Outcome, bool]


def plain_decisions(facts: PerimeterFacts, settings: Settings) -> dict[str, Answer]:
    """Return for each check its outcome, and whether it judges."""
    return {
        "taille": _size(facts, settings),
        "secteurs": _sectors(facts, settings),
        "articulation": _articulation(facts, settings.project),
        "departements": _departements(facts),
        "qpv": _quarters(facts),
        "rural": _rural(facts),
        "coordination": _coordination(facts, settings),
        "centralite": _centrality(facts, settings),
        "diagnostic": _scale(facts, settings),
        "ressources": _resources(facts),
        "typologie": INFORMS,
        "grande_ville": _big_city(facts, settings),
        "elus": INFORMS,
        "moyens": INFORMS,
    }


def _around(facts: PerimeterFacts) -> list[int]:
    """Return the communes of the bodies touched, and those of the perimeter."""
    bodies = {int(r) for part in facts.communities for r in facts.atlas.members("community", part.code)}
    return sorted(bodies | set(facts.rows.tolist()))


def _size(facts: PerimeterFacts, settings: Settings) -> Answer:
    if facts.population <= settings.marker:
        return FAVORABLE, True
    return (DISCUSS if facts.population <= settings.marker * (1 + settings.around) else VIGILANCE), True


def _sectors(facts: PerimeterFacts, settings: Settings) -> Answer:
    adults, children = facts.overlaps["secteurs-adultes"], facts.overlaps["secteurs-enfants"]

    def sliver(o: Overlap) -> bool:
        if o.share_of_zone is None or o.share_of_perimeter is None:
            return False
        return o.share_of_zone < settings.sliver and o.share_of_perimeter < 0.25

    main = [o for o in adults if not sliver(o)] or list(adults)
    complete = facts.known_everywhere("secteurs-adultes") or facts.assigned_everywhere("secteurs-adultes")
    if not main or (len(main) == 1 and not complete):
        return UNKNOWN, True
    return (FAVORABLE if len(main) == 1 and len(children) < 2 else DISCUSS), True


def _articulation(facts: PerimeterFacts, project: Project) -> Answer:
    met = facts.overlaps["clsm"]
    named = [o for o in met if o.id in project.clsm]
    same = [o for o in met if o.relation is Relation.IDENTIQUE and not project.clsm]
    others = [o for o in met if o not in named and o not in same]
    sure = [o for o in others if _runs(o)]
    held = [o for o in sure if not project.said and o.relation in (Relation.CONTIENT, Relation.IDENTIQUE)]
    partial = [o for i in DISPOSITIFS[1:] for o in facts.overlaps[i] if o.relation is Relation.PARTIEL]
    if len(sure) > len(held):
        return VIGILANCE, True
    listed = [i for i in project.clsm if i in facts.crosswalk.layers["clsm"].zones.index]
    torn = [o for o in named if o.relation in (Relation.PARTIEL, Relation.INCLUS)]
    again = project.intent is Intent.CREATE and any(_runs(o) for o in same)
    if others or partial or torn or again or len(named) < len(listed):
        return DISCUSS, True
    return (FAVORABLE if all(facts.known_everywhere(i) for i in DISPOSITIFS) else UNKNOWN), True


def _runs(overlap: Overlap) -> bool:
    return overlap.etat is Etat.EN_SERVICE and overlap.precision is not Precision.SUPPOSEE


def _departements(facts: PerimeterFacts) -> Answer:
    return (DISCUSS, True) if len(facts.departements) > 1 else (FAVORABLE, False)


def _quarters(facts: PerimeterFacts) -> Answer:
    around = _around(facts)
    known = facts.crosswalk.overlaps(facts.atlas.rows(map(str, facts.atlas.codes[around])))["qpv"]
    whole = {o.id for o in facts.overlaps["qpv"] if o.relation is Relation.CONTIENT}
    if not set(facts.atlas.table["departement"].iloc[around]) <= facts.crosswalk.layers["qpv"].extent:
        return UNKNOWN, True
    precision = facts.crosswalk.layers["qpv"].zones["precision"]
    unplaced = {o.id for o in facts.overlaps["qpv"] if precision[o.id] == Precision.VILLE} - whole
    if {o.id for o in known} - whole - unplaced:
        return DISCUSS, True
    return (UNKNOWN if unplaced else FAVORABLE), bool(known)


def _rural(facts: PerimeterFacts) -> Answer:
    rural = facts.density.rural
    left = [r for part in facts.communities for r in facts.atlas.members("community", part.code) if rural[r]]
    left = [r for r in left if r not in facts.rows]
    return (DISCUSS if left else FAVORABLE), bool(left or rural[facts.rows].any())


def _coordination(facts: PerimeterFacts, settings: Settings) -> Answer:
    heavy = (
        facts.pieces > 1
        or len(facts.towns) > settings.max_communes
        or len(facts.communities) > settings.max_bodies
        or facts.area_m2 > settings.max_area_m2
        or (facts.span_m or 0.0) > settings.max_span_m
    )
    return (VIGILANCE if heavy else FAVORABLE), True


def _centrality(facts: PerimeterFacts, settings: Settings) -> Answer:
    if len(facts.towns) < 2:
        return FAVORABLE, False
    share = facts.towns.iloc[0] / facts.population if facts.population else 0.0
    return (DISCUSS if share > settings.central else FAVORABLE), True


def _scale(facts: PerimeterFacts, settings: Settings) -> Answer:
    if not facts.communities:
        return FAVORABLE, False
    part = facts.communities[0]
    members = facts.atlas.table.iloc[facts.atlas.members("community", part.code)]
    towns = members.groupby("commune")["population"].sum().sort_values(ascending=False, kind="stable")
    if len(towns) == 1:
        return FAVORABLE, False
    communal = part.population_total and towns.iloc[0] / part.population_total > settings.central
    alone = len(facts.towns) == 1
    agrees = bool(communal) == alone and (not alone or facts.towns.index[0] == towns.index[0])
    return (FAVORABLE if agrees else DISCUSS), True


def _resources(facts: PerimeterFacts) -> Answer:
    found = facts.resources
    if found is None or not set(facts.departements) <= found.extent:
        return UNKNOWN, True
    return (VIGILANCE, True) if found.inside(facts.rows).empty else INFORMS


def _big_city(facts: PerimeterFacts, settings: Settings) -> Answer:
    for code in facts.towns.index:
        members = facts.atlas.members("commune", str(code))
        if facts.atlas.population[members].sum() > settings.big_city:
            return DISCUSS, len(members) > 1
    return FAVORABLE, False
