"""Blocks shared by the pages: figures of a perimeter, layers met, checks, cards."""

from __future__ import annotations

from collections.abc import Iterable

from geo import french as fr
from geo.coverage import Situation, confirmation
from geo.guidance import ATTENTION, Check, Finding, Reach, listed_here
from geo.layers import Crosswalk, LayerId, Overlap, by_declaration
from geo.perimeters import PerimeterFacts
from ui import html

SHOWN_LAYERS = ("clsm", "secteurs-adultes", "secteurs-enfants", "cls", "cpts", "dac", "qpv", "epci", "ept")
MOST_ZONES = 6


def layers_met(facts: PerimeterFacts) -> str:
    """Return the table of every zone met, layer by layer, with what is not known said so."""
    headers = [("Zone", False), ("Habitants en commun", True), ("Part du périmètre", True), ("Part de la zone", True)]
    rows: list[tuple[str, ...]] = []
    nothing: dict[bool, list[str]] = {True: [], False: []}
    for layer_id in SHOWN_LAYERS:
        layer, overlaps = facts.crosswalk.layers[layer_id], facts.overlaps[layer_id]
        complete, word = listed_here(facts, layer_id), facts.by_whose_word(layer_id)
        if not overlaps:
            if layer_id != "ept":  # outside Grand Paris nobody expects one
                if word:
                    rows.append((f"{layer.name} : aucun{word}",))
                else:
                    nothing[complete].append(layer.name)
            continue
        said = f"liste complète{word}" if word else "" if complete else "liste incomplète ici"
        rows.append((f"{layer.name} · {said}" if said else layer.name,))
        for overlap in overlaps[:MOST_ZONES]:
            name, *rest = html.overlap_cells(overlap)
            told = layer.facts.get(overlap.id, "")
            rows.append((f"{name} · {told}" if told else name, *rest))
        if len(overlaps) > MOST_ZONES:
            rows.append((f"et {fr.count(len(overlaps) - MOST_ZONES, 'autre')}", "", "", ""))
    if nothing[False]:
        rows.append((f"Aucun connu, liste incomplète ici : {fr.listing(nothing[False])}",))
    if nothing[True]:
        rows.append((f"Aucun : {fr.listing(nothing[True])}",))
    return html.table(headers, rows, caption="Territoires et dispositifs rencontrés par le périmètre")


def declared_line(every: Iterable[PerimeterFacts]) -> str:
    """Say on whose word the list of CLSM is complete for some perimeters, when it is the reader's; empty otherwise."""
    words = dict.fromkeys(word for facts in every if (word := facts.by_whose_word(LayerId.CLSM)))
    return " ".join(f"Liste des CLSM complète{word}." for word in words)


def in_order(findings: tuple[tuple[Check, Finding], ...]) -> list[tuple[Check, Finding]]:
    """Return the checks with what deserves attention first, and those that do not judge last."""
    reaches = (Reach.FINDING, Reach.INFORMATION, Reach.NOT_CONCERNED)
    return sorted(
        findings,
        key=lambda p: (reaches.index(p[1].reach), ATTENTION.index(p[1].outcome) if p[1].reach is Reach.FINDING else 0),
    )


def commune_card(code: str, crosswalk: Crosswalk, situation: Situation | None = None) -> str:
    """Return who covers one commune: its situation where one is given, then every zone of every layer, with state and source."""
    atlas = crosswalk.atlas
    row = atlas.row[code]
    overlaps = crosswalk.overlaps(atlas.rows([code]))
    departement = str(atlas.table["departement"].iat[row])
    lines: list[tuple[str, ...]] = [("Situation", situation.label, "")] if situation else []
    declared = situation.declared if situation else ""
    nothing: dict[bool, list[str]] = {True: [], False: []}
    for layer_id in SHOWN_LAYERS:
        layer = crosswalk.layers[layer_id]
        complete = departement in layer.extent or row in layer.listed or (layer_id == LayerId.CLSM and bool(declared))
        lines += [(layer.name, _described(o), _source(crosswalk, o)) for o in overlaps[layer_id]]
        if not overlaps[layer_id] and layer_id == "clsm":
            lines.append(
                (layer.name, f"aucun{by_declaration(declared)}" if complete else "inconnu\nliste incomplète ici", "")
            )
        elif not overlaps[layer_id] and layer_id not in ("epci", "ept"):
            nothing[complete].append(layer.name)
    if nothing[False]:
        lines.append((f"Inconnu, liste incomplète ici : {fr.listing(nothing[False])}",))
    if nothing[True]:
        lines.append((f"Aucun : {fr.listing(nothing[True])}",))
    people = fr.inhabitants(float(atlas.population[row]))
    headers = [("Couche", False), ("Zone", False), ("Source", False)]
    year = atlas.population_year_of([departement])
    return html.figures([(str(atlas.names[row]), f"{code} · {people} (population municipale {year})")]) + html.table(
        headers, lines, caption=f"Zones qui concernent {atlas.names[row]}"
    )


def _described(overlap: Overlap) -> str:
    state = f" ({overlap.etat})" if str(overlap.etat) != "en service" else ""
    part = ", pour une partie de la commune" if overlap.partial else ""
    if overlap.somewhere:
        return f"{overlap.name}{state}, dans un ou plusieurs arrondissements de la ville, lesquels n’est pas connu"
    precise = "" if str(overlap.precision) in ("officielle", "lue") else f"\ncomposition {overlap.precision}"
    return f"{overlap.name}{state}{part}{precise}"


def _source(crosswalk: Crosswalk, overlap: Overlap) -> str:
    zone = crosswalk.layers[overlap.layer].zones.loc[overlap.id]
    year = zone["annee_source"] or zone["annee"]
    title = str(zone["source_titre"])
    shown = fr.shortened(title, 70)
    said = f"{shown}{f', {year}' if year and year not in shown else ''}"
    once = confirmation(zone) if overlap.layer == LayerId.CLSM else ""
    return f"{said}\n{once}" if once else said
