"""The rules of the guide read one perimeter at a time from its facts, as a person would: an oracle for decisions on batches.

Nothing here comes from the checks but the words of their outcomes: zones are counted by their overlaps, never by arrays.
"""

from __future__ import annotations

import numpy as np

from geo.guidance import Intent, Outcome, Project, Settings
from geo.layers import DISPOSITIFS, Etat, Overlap, Precision, Relation
from geo.perimeters import PerimeterFacts, tied_neighbours

FAVORABLE, RESERVED, DISCUSS = Outcome.FAVORABLE, Outcome.RESERVED, Outcome.DISCUSS
VIGILANCE, UNKNOWN = Outcome.VIGILANCE, Outcome.UNKNOWN
INFORMS = (DISCUSS, False)
Answer = tuple[Outcome, bool]


def plain_decisions(facts: PerimeterFacts, settings: Settings) -> dict[str, Answer]:
    """Return for each check its outcome, and whether it judges."""
    return {
        "taille": _size(facts, settings),
        "secteurs": _sectors(facts, settings),
        "articulation": _articulation(facts, settings.project),
        "departements": _departements(facts),
        "qpv": _quarters(facts, settings),
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


def _if_known(known: bool) -> Answer:
    return (FAVORABLE if known else RESERVED), True


def _around(facts: PerimeterFacts) -> list[int]:
    """Return the communes of the bodies touched, and those of the perimeter."""
    bodies = {int(r) for part in facts.communities for r in facts.atlas.members("community", part.code)}
    return sorted(bodies | set(facts.rows.tolist()))


def _near(facts: PerimeterFacts) -> list[int]:
    """Return the communes outside that touch the perimeter and are of a body that it touches."""
    owner = facts.atlas.communities[0]
    mine = set(owner.iloc[facts.rows].dropna())
    links = tied_neighbours(facts.atlas)
    touching = {int(r) for row in facts.rows for r in links[[int(row)]].indices} - set(facts.rows.tolist())
    return sorted(r for r in touching if owner.iloc[r] in mine)


def _size(facts: PerimeterFacts, settings: Settings) -> Answer:
    if facts.population > settings.marker * (1 + settings.around):
        return VIGILANCE, True
    return (DISCUSS if facts.population < settings.small or facts.population > settings.marker else FAVORABLE), True


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
    if len(main) > 1 or len(children) > 1:
        return DISCUSS, True
    return _if_known(facts.known_everywhere("secteurs-enfants") or facts.assigned_everywhere("secteurs-enfants"))


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


def _quarters(facts: PerimeterFacts, settings: Settings) -> Answer:
    around = _around(facts)
    layer, met = facts.crosswalk.layers["qpv"], facts.overlaps["qpv"]
    if not set(facts.atlas.table["departement"].iloc[around]) <= layer.extent:
        return UNKNOWN, True
    near = [
        o
        for o in facts.crosswalk.overlaps(np.array(_near(facts), dtype=np.intp))["qpv"]
        if o.id not in {m.id for m in met}
    ]
    vague = [o for o in near if o.precision is Precision.VILLE] + [o for o in met if o.somewhere]
    left = [o for o in near if o.precision is not Precision.VILLE]
    whole, astride = (
        [o for o in met if o.relation is Relation.CONTIENT],
        [o for o in met if o.relation is Relation.PARTIEL],
    )
    if not near and not met:
        return FAVORABLE, False
    if left or (astride and _spilled(facts, whole, astride) >= settings.sliver):
        return DISCUSS, True
    return (UNKNOWN, True) if vague else _if_known(not astride)


def _spilled(facts: PerimeterFacts, whole: list[Overlap], astride: list[Overlap]) -> float:
    """Return what the quarters cut leave outside: of the inhabitants of those touched when all are known, else of their number."""
    members = facts.crosswalk.layers["qpv"].members
    places = facts.crosswalk.layers["qpv"].zones.index
    sizes = [members[members["zone"] == places.get_loc(o.id)]["inhabitants"].isna().any() for o in astride]
    people = [o.zone_population for o in (*whole, *astride)]
    if any(sizes) or any(p is None for p in people) or not sum(p or 0 for p in people):
        return len(astride) / (len(whole) + len(astride))
    outside = sum((o.zone_population or 0) - (o.population or 0) for o in astride)
    return outside / sum(p or 0 for p in people)


def _rural(facts: PerimeterFacts) -> Answer:
    level, people, near = facts.density.level, facts.atlas.population, _near(facts)
    inside, left = [r for r in facts.rows if level[r] == 3], [r for r in near if level[r] == 3]
    if not inside and not left:
        return FAVORABLE, False
    dense = people[[r for r in facts.rows if level[r] == 1]].sum()
    if not inside and 2 * dense > facts.population:
        return FAVORABLE, False
    served, missed = people[inside].sum(), people[left].sum()
    if missed and (not served or (2 * served < facts.population and served < missed)):
        return DISCUSS, True
    return _if_known(not facts.density.estimated)


def _coordination(facts: PerimeterFacts, settings: Settings) -> Answer:
    heavy = (
        len(facts.towns) > settings.max_communes
        or len(facts.bodies) > settings.max_bodies
        or facts.area_m2 > settings.max_area_m2
        or (facts.span_m or 0.0) > settings.max_span_m
    )
    if facts.pieces > 1:  # of islands and legal exclaves alone, nobody can help it
        return (VIGILANCE if _pieces_by_land(facts) > 1 else DISCUSS), True
    return (DISCUSS, True) if heavy else _if_known(facts.span_m is not None)


def _pieces_by_land(facts: PerimeterFacts) -> int:
    """Count the pieces by going from neighbour to neighbour, islands and legal exclaves held to what they belong to."""
    ties, left, pieces = tied_neighbours(facts.atlas), set(map(int, facts.rows)), 0
    while left:
        pieces += 1
        reached = [left.pop()]
        while reached:
            row = reached.pop()
            beside = left & set(map(int, ties[[row]].indices))
            left -= beside
            reached += beside
    return pieces


def _held(facts: PerimeterFacts, rows: list[int], town: str) -> tuple[list[float], list[bool], list[bool]]:
    """Return the shares of QPV and places that lie in a town, whether each is known in full, and whether its list is complete."""
    table, layer = facts.atlas.table.iloc[rows], facts.crosswalk.layers["qpv"]
    inside = {r for r, own in zip(rows, table["commune"], strict=True) if own == town}
    departements = set(table["departement"])
    shares, known, lists = [], [], []
    members = layer.members[layer.members["row"].isin(rows)]
    cut = [
        zone
        for zone in set(members["zone"])
        if layer.zones["precision"].iloc[zone] == Precision.VILLE
        and not set(layer.members.loc[layer.members["zone"] == zone, "row"]) <= set(rows)
    ]
    listed = departements <= layer.extent and not cut
    lists.append(departements <= layer.extent)
    known.append(listed and not members["inhabitants"].isna().any())
    if known[0] and members["inhabitants"].sum():
        shares.append(members.loc[members["row"].isin(inside), "inhabitants"].sum() / members["inhabitants"].sum())
    elif listed and not known[0] and len(members):
        homes = layer.members.groupby("zone")["row"].agg(
            lambda r: {facts.atlas.table["commune"].iloc[x] for x in r} == {town}
        )
        met = sorted(set(members["zone"]))
        shares.append(homes[met].sum() / len(met))
    places = facts.resources
    lists.append(places is not None and departements <= places.extent)
    known.append(lists[1])
    if places is not None and lists[1] and len(places.inside(np.array(rows))):
        shares.append(len(places.inside(np.array(sorted(inside)))) / len(places.inside(np.array(rows))))
    return shares, known, lists


def _centrality(facts: PerimeterFacts, settings: Settings) -> Answer:
    if len(facts.towns) < 2 or not facts.population:
        return FAVORABLE, False
    people = facts.towns.iloc[0] / facts.population if facts.population else 0.0
    shares, known, _ = _held(facts, facts.rows.tolist(), str(facts.towns.index[0]))
    return (DISCUSS, True) if max([people, *shares]) > settings.central else _if_known(all(known))


def _scale(facts: PerimeterFacts, settings: Settings) -> Answer:
    if not facts.communities:
        return FAVORABLE, False
    part = facts.communities[0]
    rows = facts.atlas.members("community", part.code)
    towns = (
        facts.atlas.table.iloc[rows].groupby("commune")["population"].sum().sort_values(ascending=False, kind="stable")
    )
    if len(towns) == 1:
        return FAVORABLE, False
    if part.population_total > settings.big_city:
        return DISCUSS, False
    shares, known, lists = _held(facts, rows.tolist(), str(towns.index[0]))
    over = {
        s > settings.central for s in [towns.iloc[0] / part.population_total if part.population_total else 0.0, *shares]
    }
    alone = len(facts.towns) == 1 and facts.towns.index[0] == towns.index[0]
    if not ((over == {True} and alone) or (over == {False} and part.whole)):
        return DISCUSS, True
    return _if_known(all(known)) if any(lists) else (UNKNOWN, True)


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
