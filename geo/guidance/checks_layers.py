"""Checks that need layers: QPV, psychiatric sectors, other dispositifs, resources.

What is known may raise a question or a warning; only what is complete may reassure. Where a list that the outcome rests on
is not complete, a favourable outcome is never stated; what else is missing is said beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo import french as fr
from geo.guidance.finding import Finding, Outcome, Reach
from geo.guidance.sectors import sectors_cut
from geo.guidance.settings import Settings
from geo.layers import NOT_LISTED, Etat, Overlap, Precision, Relation, city_names, known_populations
from geo.perimeters import PerimeterFacts

DISPOSITIFS = ("clsm", "cls", "cpts", "dac")
SLIVER_OF_PERIMETER = 0.25  # a sector that holds more of the perimeter is never at its margin


def _gap(facts: PerimeterFacts, layer_ids: Sequence[str], departements: Sequence[str] | None = None) -> tuple[str, ...]:
    """Say which lists would have to be complete, and for which départements; nothing when they all are."""
    atlas, layers = facts.atlas, facts.crosswalk.layers
    asked = departements or facts.departements
    short = [i for i in layer_ids if not set(asked) <= layers[i].extent]
    if not short:
        return ()
    lacking = [d for d in asked if any(d not in layers[i].extent for i in short)]
    where = fr.listing((f"{atlas.departements.at[d, 'nom']} ({d})" for d in lacking), most=5)
    plain = (n if n.isupper() else n[0].lower() + n[1:] for n in (layers[i].name for i in short))
    names = fr.listing(f"des {n}" for n in plain)
    lists = "liste complète" if len(short) == 1 else "listes complètes"
    return (f"{lists} {names} pour : {where}",)


def quarters(facts: PerimeterFacts, settings: Settings) -> Finding:
    """Compare the QPV inside with those of the same intercommunal bodies left outside."""
    atlas = facts.atlas
    rows = {int(r) for part in facts.communities for r in atlas.members("community", part.code)} | set(
        facts.rows.tolist()
    )
    around = np.array(sorted(rows), dtype=np.intp)
    departements = sorted(set(atlas.table["departement"].iloc[around]))
    complete = set(departements) <= facts.crosswalk.layers["qpv"].extent
    # This layer alone: naming every zone of a whole intercommunal body costs more than all the other checks.
    known = facts.crosswalk.overlaps(around, ["qpv"])["qpv"]
    met = {o.id: o for o in facts.overlaps["qpv"]}
    inside = [met[o.id] for o in known if o.id in met and not met[o.id].somewhere]
    unplaced = [met[o.id] for o in known if o.id in met and met[o.id].somewhere]
    outside = [o for o in known if o.id not in met]
    straddling = [o for o in inside if o.relation is Relation.PARTIEL]
    figures = _quarter_figures(inside, outside, straddling, unplaced)
    details = tuple(
        f"{title} : {fr.listing((_quarter_text(o) for o in group), most=15)}."
        for title, group in (
            ("Dans le périmètre", inside),
            ("Dans une ville que le périmètre coupe, arrondissement inconnu", unplaced),
            ("Hors du périmètre, dans les mêmes intercommunalités", outside),
        )
        if group
    )
    if not complete:
        seen = (
            f" {fr.count(len(known), 'quartier connu', 'quartiers connus')}, sans certitude d’être les seuls."
            if known
            else ""
        )
        sentence = (
            f"La liste des QPV n’est pas complète ici, l’absence d’un quartier ne peut donc pas être affirmée.{seen}"
        )
        return Finding("qpv", Outcome.UNKNOWN, sentence, figures, details, _gap(facts, ["qpv"], departements))
    if not known:
        sentence = "Ni le périmètre ni les intercommunalités concernées ne comptent de QPV."
        return Finding("qpv", Outcome.FAVORABLE, sentence, figures, reach=Reach.NOT_CONCERNED)
    return _quarter_finding(facts, (inside, outside, straddling, unplaced), figures, details)


def _quarter_finding(
    facts: PerimeterFacts, groups: Sequence[list[Overlap]], figures: dict[str, object], details: tuple[str, ...]
) -> Finding:
    """Judge QPV whose list is complete: those left out, those cut, those of a city whose arrondissement is not known."""
    inside, outside, straddling, unplaced = groups
    count = sum(map(len, (inside, outside, unplaced)))
    counted = "" if unplaced else _quarter_share(inside, outside)
    number = fr.count(len(inside), "QPV", "QPV")
    if unplaced:
        number = f"Au moins {number}" if inside else "Aucun QPV avec certitude"
    start = f"{number} dans le périmètre sur {count} dans les intercommunalités concernées{counted}."
    missing: tuple[str, ...] = ()
    if unplaced:
        zones = facts.crosswalk.layers["qpv"].zones
        cities = city_names((str(zones.at[o.id, "territoire"]) for o in unplaced), facts.atlas)
        which = fr.count(len(unplaced), "QPV", "QPV")
        start += f" {which} de {cities} : un ou plusieurs arrondissements, lesquels n’est pas connu ; non comptés."
        missing = (f"arrondissements de {which} de {cities}",)
    if outside or straddling:
        names = fr.listing((f"{o.name}" for o in (*outside, *straddling)), most=6)
        sentence = f"{start} Laissés dehors, au moins en partie : {names}."
        return Finding("qpv", Outcome.DISCUSS, sentence, figures, details, missing)
    if unplaced:
        return Finding("qpv", Outcome.UNKNOWN, start, figures, details, missing)
    return Finding("qpv", Outcome.FAVORABLE, f"{start} Aucun n’est laissé dehors.", figures, details)


def _quarter_figures(
    inside: list[Overlap], outside: list[Overlap], straddling: list[Overlap], unplaced: list[Overlap]
) -> dict[str, object]:
    return {
        "qpv_dans_le_perimetre": len(inside),
        "qpv_hors_perimetre": len(outside),
        "qpv_a_cheval": len(straddling),
        "qpv_arrondissement_inconnu": len(unplaced),
        "population_connue_dans_le_perimetre": _known_sum([o.population for o in inside]),
        "population_connue_hors_perimetre": _known_sum([o.zone_population for o in outside]),
        "qpv_sans_population_connue": sum(o.zone_population is None for o in (*inside, *outside, *unplaced)),
        "noms_hors_perimetre": [o.name for o in outside],
    }


def _known_sum(people: list[float | None]) -> float | None:
    """Add the populations known; None when there are quarters and none is known, for zero would mislead."""
    known = [p for p in people if p is not None]
    return sum(known) if known or not people else None


def _quarter_share(inside: list[Overlap], outside: list[Overlap]) -> str:
    """Share of QPV inhabitants inside, only when every quarter's population is known."""
    values = [o.zone_population for o in (*inside, *outside)] + [o.population for o in inside if o.population is None]
    if any(v is None for v in values):
        told = sum(o.zone_population is not None for o in (*inside, *outside))
        if told == len(inside) + len(outside):
            return " (part de leurs habitants inconnue)"
        return f" ({known_populations(told, len(inside) + len(outside))})"
    here, total = sum(o.population or 0 for o in inside), sum(v or 0 for v in values)
    mark = " (estimation)" if any(o.estimated for o in inside) else ""
    return f", {fr.ratio(here, total)} de leurs habitants{mark}" if total else ""


def _quarter_text(overlap: Overlap) -> str:
    people = overlap.zone_population
    return f"{overlap.name} ({fr.inhabitants(people)})" if people else f"{overlap.name} (population inconnue)"


def sectors(facts: PerimeterFacts, settings: Settings) -> Finding:
    """Name the adult sectors to invite; several make a matter to discuss, one is favourable."""
    adults, children = facts.overlaps["secteurs-adultes"], facts.overlaps["secteurs-enfants"]
    complete = facts.known_everywhere("secteurs-adultes") or facts.assigned_everywhere("secteurs-adultes")
    complete_children = facts.known_everywhere("secteurs-enfants") or facts.assigned_everywhere("secteurs-enfants")
    # A sliver is small on both sides: a village is wholly in its sector, however small its share of that sector.
    slivers = [o for o in adults if _is_sliver(o, settings)]
    main = [o for o in adults if o not in slivers] or list(adults)
    slivers = [o for o in adults if o not in main]
    figures = {
        "secteurs_adultes": [_sector_figures(o) for o in main],
        "secteurs_adultes_a_la_marge": [_sector_figures(o) for o in slivers],
        "secteurs_infanto_juveniles": [_sector_figures(o) for o in children],
    }
    cut = [s for s in sectors_cut(facts) if s.id in {o.id for o in main}]
    figures["secteurs_coupes"] = [
        {"id": s.id, "habitants_dans_le_perimetre": s.inside, "habitants": s.total, "communes_qui_completent": sorted(s.codes),
         "habitants_qui_completent": s.people_missing, "estimation": s.estimated}
        for s in cut
    ]  # fmt: skip
    details = (
        *(_sector_text(facts, o) for o in (*main, *slivers, *children)),
        *(f"À compléter : {s.sentence}" for s in cut),
    )
    lacking = [i for i, ok in (("secteurs-adultes", complete), ("secteurs-enfants", complete_children)) if not ok]
    missing = _gap(facts, lacking)
    child_text = "" if complete_children else " Les secteurs infanto-juvéniles ne sont pas tous connus ici."
    names = fr.listing((o.name for o in main), most=8)
    if (not complete and len(main) < 2) or not main:
        seen = f" Connu : {names}." if main else ""
        sentence = f"Les secteurs de psychiatrie adulte ne sont pas tous connus sur ce périmètre.{seen}"
        lists = missing or ("secteurs adultes de ces communes",)
        return Finding("secteurs", Outcome.UNKNOWN, sentence, figures, details, lists)
    if len(children) > 1:
        least = "" if complete_children else "Au moins "
        child_text = f" {least}{len(children)} secteurs infanto-juvéniles à inviter aussi : {fr.listing((o.name for o in children), most=8)}.{child_text}"
    outcome = Outcome.FAVORABLE if len(main) == 1 and len(children) < 2 else Outcome.DISCUSS
    if len(main) == 1 and not slivers:
        start = f"Un seul secteur adulte : {names}. Un seul interlocuteur pour la psychiatrie adulte."
    elif len(main) == 1:
        start = f"Un secteur adulte pour l’essentiel : {names}."
    else:
        start = f"{'' if complete else 'Au moins '}{len(main)} secteurs adultes à inviter : {names}."
    margin = ""
    if slivers:
        margin = f" À la marge (moins de {fr.percent(settings.sliver, 0)} du secteur) : {fr.listing(o.name for o in slivers)}."
    cut_text = ""
    if cut:
        shares = fr.listing(
            (f"{s.short_name} ({fr.percent(s.share or 0, 0)} de ses habitants dans le périmètre)" for s in cut), most=4
        )
        cut_text = f" {'Coupé' if len(cut) == 1 else 'Coupés'} : {shares}."
    return Finding("secteurs", outcome, start + cut_text + margin + child_text, figures, details, missing)


def _is_sliver(overlap: Overlap, settings: Settings) -> bool:
    if overlap.share_of_zone is None or overlap.share_of_perimeter is None:
        return False
    return overlap.share_of_zone < settings.sliver and overlap.share_of_perimeter < SLIVER_OF_PERIMETER


def _sector_figures(overlap: Overlap) -> dict[str, object]:
    return {
        "id": overlap.id,
        "nom": overlap.name,
        "population_commune": overlap.population,
        "part_du_secteur": overlap.share_of_zone,
    }


def _sector_text(facts: PerimeterFacts, overlap: Overlap) -> str:
    zone = facts.crosswalk.layers[overlap.layer].zones.loc[overlap.id]
    hospital = f", {zone['territoire']}" if zone["territoire"] and zone["territoire"] != overlap.name else ""
    if overlap.unsized:
        inside = "concerné pour une partie de commune, de taille inconnue"
    elif overlap.zone_population:
        mark = " (estimation)" if overlap.estimated else ""
        inside = f"{overlap.hedge}{fr.ratio(overlap.population or 0, overlap.zone_population)} de ses habitants{mark}"
    else:
        inside = f"{fr.inhabitants(overlap.population or 0)} en commun, population du secteur inconnue"
    return f"{overlap.name}{hospital} : {inside}."


def articulation(facts: PerimeterFacts, settings: Settings) -> Finding:
    """Look at CLSM, CLS, CPTS and DAC on the same communes."""
    met = {layer: facts.overlaps[layer] for layer in DISPOSITIFS}
    others = [o for o in met["clsm"] if o.relation is not Relation.IDENTIQUE]
    rest = [o for layer in DISPOSITIFS[1:] for o in met[layer]]
    partial = [o for o in rest if o.relation is Relation.PARTIEL]
    vague = [o for o in rest if o.relation is Relation.A_PRECISER]
    deepest, communes = _pile(facts)
    figures = {
        "rencontres": {layer: len(met[layer]) for layer in DISPOSITIFS},
        "autres_clsm": [o.name for o in others],
        "recoupements_partiels": [o.name for o in partial],
        "couches_empilees_au_plus": deepest,
        "communes_les_plus_chargees": communes,
    }
    details = (*(_overlap_text(o) for layer in DISPOSITIFS for o in met[layer]), *_unlocated(facts))
    missing = _gap(facts, DISPOSITIFS)
    running = [o for o in others if o.etat is Etat.EN_SERVICE and o.precision is not Precision.SUPPOSEE]
    same = [o for o in met["clsm"] if o.relation is Relation.IDENTIQUE]
    sentences, outcome = [], Outcome.FAVORABLE
    if same:
        sentences.append(f"Ce périmètre est celui d’un CLSM déjà cité : {fr.listing(map(_qualified, same))}.")
    if running:
        outcome = Outcome.VIGILANCE
        sentences.append(f"Déjà sur tout ou partie de ces communes : {fr.listing(map(_qualified, running), most=5)}.")
    unsure = [o for o in others if o not in running]
    if unsure:
        outcome = Outcome.VIGILANCE if running else Outcome.DISCUSS
        names = fr.listing((o.name for o in unsure), most=5)
        sentences.append(f"CLSM en projet ou au périmètre supposé sur ces communes : {names}.")
    if partial:
        outcome = Outcome.VIGILANCE if running else Outcome.DISCUSS
        sentences.append(f"Recoupés en partie seulement : {fr.listing(map(_qualified, partial), most=6)}.")
    aligned = [o for o in rest if o not in partial and o not in vague]
    if aligned:
        sentences.append(f"Alignés (l’un contient l’autre) : {fr.listing(map(_qualified, aligned), most=6)}.")
    if vague:
        sentences.append(f"Présents, territoire mal connu : {fr.listing((o.name for o in vague), most=6)}.")
    if met["cls"] and not met["clsm"]:
        sentences.append(
            "Un CLS est là sans CLSM connu : c’est une occasion, il peut en porter le volet santé mentale."
        )
    if deepest > 1:
        sentences.append(f"Jusqu’à {deepest} dispositifs se superposent sur une même commune.")
    return _articulation_outcome(outcome, sentences, figures, details, missing)


def _qualified(overlap: Overlap) -> str:
    """Name a dispositif with what is not sure of it: announced, in project, supposed perimeter."""
    doubts = [] if overlap.etat == Etat.EN_SERVICE else [str(overlap.etat)]
    if overlap.precision == Precision.SUPPOSEE:
        doubts.append("périmètre supposé")
    elif overlap.precision == Precision.PARTIELLE:
        doubts.append("communes connues en partie")
    return f"{overlap.name} ({', '.join(doubts)})" if doubts else overlap.name


def _articulation_outcome(
    outcome: Outcome,
    sentences: list[str],
    figures: dict[str, object],
    details: tuple[str, ...],
    missing: tuple[str, ...],
) -> Finding:
    if outcome is Outcome.FAVORABLE and missing:
        seen = " ".join(sentences) or "Aucun dispositif connu sur ces communes."
        text = f"{seen} Les listes ne sont pas complètes ici : d’autres dispositifs peuvent exister."
        return Finding("articulation", Outcome.UNKNOWN, text, figures, details, missing)
    text = " ".join(sentences) or "Aucun CLS, CPTS, DAC ni autre CLSM sur ces communes."
    return Finding("articulation", outcome, text, figures, details, missing)


def _unlocated(facts: PerimeterFacts) -> list[str]:
    """Name the dispositifs of the same départements whose communes are not known."""
    names = []
    for layer in DISPOSITIFS:
        zones = facts.crosswalk.layers[layer].zones
        lost = (zones["precision"] == Precision.INCONNUE) & zones["departement"].isin(facts.departements)
        names += list(zones.loc[lost, "nom"])
    return [f"Dans le même département, sans liste de communes : {fr.listing(names, most=8)}."] if names else []


def _pile(facts: PerimeterFacts) -> tuple[int, int]:
    """Return the most dispositifs known on one commune, and how many communes carry that many."""
    depth = np.zeros(len(facts.rows), dtype=int)
    for layer in DISPOSITIFS:
        chosen = facts.crosswalk.layers[layer]
        running = (chosen.zones["etat"] == Etat.EN_SERVICE).to_numpy()
        members = chosen.members[running[chosen.members["zone"].to_numpy(dtype=np.intp)]]
        counts = np.bincount(members["row"].to_numpy(dtype=np.intp), minlength=len(facts.atlas.table))
        depth += counts[facts.rows]
    deepest = int(depth.max())
    return deepest, int((depth == deepest).sum()) if deepest else 0


def _overlap_text(overlap: Overlap) -> str:
    people = f"{fr.inhabitants(overlap.population)} en commun" if overlap.population else "habitants en commun inconnus"
    if overlap.population:
        people = f"{overlap.hedge}{people}"
    shares = []
    if overlap.share_of_perimeter is not None and overlap.population:
        shares.append(f"{fr.percent(overlap.share_of_perimeter)} du périmètre")
    if overlap.share_of_zone is not None:
        shares.append(f"{fr.percent(overlap.share_of_zone)} du dispositif")
    state = "" if overlap.etat is Etat.EN_SERVICE else f" [{overlap.etat}]"
    return f"{overlap.name}{state} : {', '.join([people, *shares])} ; {overlap.relation}."


def resources(facts: PerimeterFacts, settings: Settings) -> Finding:
    """Count mental health places inside, where a synchronised list covers the perimeter."""
    found = facts.resources
    lacking = "les lieux de santé mentale (CMP, CATTP, hôpitaux, GEM, associations d’usagers et de proches)"
    if found is None:
        sentence = (
            "Les lieux de santé mentale (CMP, hôpitaux, GEM, associations d’usagers et de proches) ne sont pas dans les données : "
            "à établir avec le diagnostic local."
        )
        return Finding("ressources", Outcome.UNKNOWN, sentence, {}, missing=(lacking,))
    inside = found.inside(facts.rows)
    counts = {str(k): int(v) for k, v in inside["categorie"].value_counts().items()}
    figures = {"lieux": len(inside), "par_categorie": counts, "source": found.source, "millesime": found.vintage}
    details = tuple(f"{category} : {fr.number(n)}." for category, n in counts.items())
    if not set(facts.departements) <= found.extent:
        seen = f" {fr.count(len(inside), 'lieu y est connu', 'lieux y sont connus')}." if len(inside) else ""
        reach = (
            "ne couvre pas tout le périmètre"
            if found.extent & set(facts.departements)
            else "ne couvre rien du périmètre"
        )
        sentence = f"La liste des lieux de santé mentale ({found.source}, {found.vintage}) {reach}.{seen}"
        return Finding("ressources", Outcome.UNKNOWN, sentence, figures, details, (lacking,))
    rate = len(inside) / facts.population * 100_000 if facts.population else 0.0
    figures["pour_100_000_habitants"] = rate
    origin = f"({found.source}, {found.vintage})"
    if inside.empty:
        sentence = f"Aucun lieu de soins en santé mentale dans le périmètre {origin} : sur qui s’appuyer, et où ?"
        return Finding("ressources", Outcome.VIGILANCE, sentence, figures, details, (NOT_LISTED,))
    sentence = (
        f"{fr.count(len(inside), 'lieu', 'lieux')} de soins en santé mentale dans le périmètre {origin}, soit "
        f"{fr.number(rate, 1)} pour 100 000 habitants ({fr.number(len(inside))} pour {fr.number(facts.population)})."
    )
    # No reference rate exists: a count informs, and judges only when it is nought.
    return Finding("ressources", Outcome.DISCUSS, sentence, figures, details, (NOT_LISTED,), reach=Reach.INFORMATION)
