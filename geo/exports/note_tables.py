"""The tables of the note: zones met, guests, coordination, comparison, settings, sources; the workbook has some of them too.

What is unknown is written « inconnu », and a list that is incomplete here says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from geo import french as fr
from geo.agreements import COPIL_SOURCE, NO_AGREEMENTS, Agreements, copil_table, follow, table_of
from geo.budget import (
    BETWEEN_THEM,
    RECOMMENDED,
    SCENARIOS,
    Budget,
    budget_rows,
    costed,
    per_inhabitant_text,
    summary_sentence,
)
from geo.claims import whose_words
from geo.comparison import Evaluated, SideBySide
from geo.dataset import Dataset
from geo.guidance import (
    BODIES,
    MEASURES,
    SECTORS,
    SETTING_LABELS,
    Seat,
    changed_labels,
    listed_here,
    round_table,
)
from geo.indicators import Kind
from geo.layers import Etat, LayerId, Overlap, Relation
from geo.needs import portrait, portrait_headers, portrait_rows
from geo.perimeters import PerimeterFacts

MOST_ZONES = 6  # of a layer in a note; the workbook has them all
MOST_NEEDS = 12  # indicators in a note
MOST_PAYERS = 60  # lines of a budget in a note
MOST_SEATS = 12  # of a group
LAYERS = (
    LayerId.CLSM, LayerId.ADULT_SECTORS, LayerId.CHILD_SECTORS, LayerId.CLS, LayerId.CPTS, LayerId.DAC, LayerId.QPV, "epci", "ept",
)  # fmt: skip
# What the zone is to the perimeter, in the fewest words.
RELATIONS = {
    Relation.IDENTIQUE: "identique",
    Relation.INCLUS: "contient le périmètre",
    Relation.CONTIENT: "incluse",
    Relation.PARTIEL: "en partie",
    Relation.A_PRECISER: "à préciser",
}


@dataclass(frozen=True)
class Table:
    """A table of a note: `numeric` are the positions of columns of numbers, `widths` their relative widths."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    widths: tuple[float, ...] = ()
    note: str = ""


def zones_table(facts: PerimeterFacts) -> Table:
    """Return the zones of every layer that the perimeter meets, the largest first; what is incomplete is marked."""
    rows: list[tuple[str, ...]] = []
    unknown: list[str] = []
    none: list[str] = []
    declared: list[str] = []
    for layer_id in LAYERS:
        layer, met = facts.crosswalk.layers[layer_id], facts.overlaps[layer_id]
        if not met:
            if word := facts.by_whose_word(layer_id):
                declared.append(f"{layer.name} : aucun{word}.")
            else:
                (none if facts.known_everywhere(layer_id) else unknown).append(layer.name)
            continue
        partly = "" if listed_here(facts, layer_id) else " *"
        for i, overlap in enumerate(met[:MOST_ZONES]):
            name, *rest = zone_cells(overlap)
            facts_of = layer.facts.get(overlap.id, "")
            told = f"{name} : {facts_of}" if facts_of else name
            rows.append((f"{layer.name}{partly}" if i == 0 else "", told, *rest))
        if len(met) > MOST_ZONES:
            rows.append(("", f"et {fr.count(len(met) - MOST_ZONES, 'autre')}, dans le classeur", "", "", "", ""))
    notes = (
        ["* Liste incomplète ici : d’autres zones peuvent exister."] if any(r[0].endswith("*") for r in rows) else []
    )
    notes += [f"Aucun connu, la liste étant incomplète ici : {fr.listing(unknown)}."] if unknown else []
    notes += [f"Aucun : {fr.listing(n for n in none if n != 'EPT')}."] if set(none) - {"EPT"} else []
    notes += declared
    return Table(
        "Territoires et dispositifs rencontrés",
        ("Couche", "Zone", "Habitants en commun", "Part du périmètre", "Part de la zone", "Relation"),
        tuple(rows),
        numeric=(2, 3, 4),
        widths=(1.9, 2.9, 1.1, 1.0, 1.0, 1.5),
        note=" ".join(notes),
    )


def zone_cells(overlap: Overlap) -> tuple[str, str, str, str, str]:
    """Return the cells of one zone met: name with its state, people in common, two shares, relation."""
    state = "" if overlap.etat is Etat.EN_SERVICE else f" ({overlap.etat})"
    unknown = overlap.population is None or (overlap.unsized and not overlap.population)
    least = overlap.hedge
    people = "inconnu" if unknown else f"{least}{fr.number(overlap.population or 0)}"
    share = (
        "inconnue"
        if unknown or overlap.share_of_perimeter is None
        else f"{least}{fr.percent(overlap.share_of_perimeter)}"
    )
    zone = "inconnue" if overlap.share_of_zone is None else f"{least}{fr.percent(overlap.share_of_zone)}"
    relation = "arrondissement inconnu" if overlap.somewhere else RELATIONS[overlap.relation]
    return f"{overlap.name}{state}", people, share, zone, relation


def guests_table(facts: PerimeterFacts, agreements: Agreements = NO_AGREEMENTS) -> Table:
    """Return who must be at the table of a first meeting, a line a group, with the functions that persons filled; the workbook has a line a
    guest."""
    table = round_table(facts, agreements.names())
    rows = []
    for group in table.counts:
        seats = [s for s in table.seats if s.group == group]
        known = [_guest(s) for s in seats if s.known]
        lacking = fr.listing(s.who if s.to_fill else s.who[0].lower() + s.who[1:] for s in seats if not s.known)
        texts = [" ; ".join(known[:MOST_SEATS])] if known else []
        if len(known) > MOST_SEATS:
            texts[0] += f" ; et {fr.count(len(known) - MOST_SEATS, 'autre')}, dans le classeur"
        texts += [f"À compléter : {lacking}"] if lacking else []
        roles = fr.listing(dict.fromkeys(s.role for s in seats if s.known and s.role))
        rows.append((group, fr.typeset(". ".join(texts) + "."), roles))
    return Table(
        "Qui inviter",
        ("", "Qui", "À quel titre"),
        tuple(rows),
        widths=(1.2, 4.4, 1.7),
        note=fr.typeset(f"{table.sentence} {table.people_apart}"),
    )


def agreements_table(facts: PerimeterFacts, agreements: Agreements, *, remarks: bool = False) -> Table:
    """Return what each commune, EPCI, sector and hospital answered, and how many inhabitants are on board; remarks only when asked for."""
    found = follow(facts, agreements)
    headers, rows = table_of(found, remarks=remarks)
    widths = (2.4, 0.9, 1.5, 0.9, 1.1, 2.2)
    return Table(
        "Accords, interlocuteur par interlocuteur", headers, rows, numeric=(1,), widths=widths[: len(headers)],
        note=" ".join((found.sentence, *found.details)),
    )  # fmt: skip


def views_table(agreements: Agreements) -> Table:
    """Return what the steering committee sees for and against each scale."""
    headers, rows = copil_table(agreements)
    return Table(
        "Avis du comité de pilotage sur chaque échelle", headers, rows, widths=(1.0, 2.5, 2.5),
        note=f"Aucune échelle n’est désignée : ces avis sont ceux des membres du comité. Source : {COPIL_SOURCE}.",
    )  # fmt: skip


def budget_table(facts: PerimeterFacts, budget: Budget) -> Table:
    """Return the budget chosen: expenses, total, who bears what; of many payers the first, the workbook having them all."""
    costing = costed(budget, facts)
    rows = [(r.section, r.label, r.amount, r.each, r.origin) for r in budget_rows(budget, costing)]
    rest = len(rows) - MOST_PAYERS
    if rest > 0:
        rows = [
            *rows[:MOST_PAYERS],
            ("", f"et {fr.count(rest, 'autre ligne', 'autres lignes')}, dans le classeur", "", "", ""),
        ]
    shown = [("" if i and rows[i - 1][0] == row[0] else row[0], *row[1:]) for i, row in enumerate(rows)]
    return Table(
        "Budget choisi", ("", "Ligne", "Par an", "Par habitant", "Origine ou clé"), tuple(shown), numeric=(2, 3),
        widths=(0.9, 2.4, 1.0, 0.9, 1.8), note=" ".join((summary_sentence(budget, costing), *costing.problems)),
    )  # fmt: skip


def needs_tables(facts: PerimeterFacts, world: Dataset) -> tuple[Table, ...]:
    """Return the indicators of need, here and around; none while no indicator is at hand. Of many the first known, the workbook has all."""
    drawn = portrait(world, facts.rows, "Ici")
    if not drawn.lines:
        return ()
    known = tuple(line for line in drawn.lines if line.mine.kind is not Kind.NOTHING)
    shown, headers = replace(drawn, lines=known[:MOST_NEEDS]), portrait_headers(drawn)
    rest = len(known) - len(shown.lines)
    more = f"Et {fr.count(rest, 'autre indicateur', 'autres indicateurs')}, dans le classeur." if rest else ""
    note = " ".join(filter(None, (*(line.sentence for line in shown.lines), more, drawn.unknown)))
    widths = (1.6, *(1.0 for _ in headers[1:]))
    return (Table("Portrait de besoin", headers, portrait_rows(shown), widths=widths, note=note),)


def _guest(seat: Seat) -> str:
    """Name a guest with the first thing known of them: hospital and share of a sector, communes of a body."""
    if seat.group not in (SECTORS, BODIES):
        return seat.who
    known = [p.strip() for p in seat.detail.split(" ; ") if "compl" not in p]
    return f"{seat.who} ({', '.join(known[:2])})" if known else seat.who


def noted_tables(facts: PerimeterFacts, agreements: Agreements) -> tuple[Table, ...]:
    """Return what was answered, then the views of the steering committee; neither while nobody noted anything of it. No remark is printed."""
    found = follow(facts, agreements)
    asked = [line for line in found.lines if not all(e.empty for e in line.standing.heads)]
    answers = (agreements_table(facts, agreements),) if asked else ()
    return (*answers, *((views_table(agreements),) if agreements.views() else ()))


def staffing_table(found: Evaluated) -> Table:
    """Return the coordination that the guide recommends for this perimeter, with its yearly cost, in all and per inhabitant."""
    people = found.facts.population
    rows = tuple(
        (f"{s.label}{' (recommandé)' if s is RECOMMENDED else ''}", s.cost, per_inhabitant_text(s, people) or "inconnu")
        for s in SCENARIOS
    )
    return Table(
        "Temps de coordination, selon le guide",
        ("Coordination assurée", "Coût annuel brut", f"Pour {fr.inhabitants(people)}"),
        rows,
        widths=(1.4, 1.0, 1.5),
        note="Charges salariales seules, ordre de grandeur 2024 : ni locaux, ni actions. Le coût par habitant est celui du temps de travail écrit à "
        f"côté, avant partage entre {BETWEEN_THEM}. Source : Guide 2025, « Cadre de travail » et annexe 1.",
    )


def comparison_tables(both: SideBySide) -> tuple[Table, ...]:
    """Return the comparison as two tables: figures with differences to the reference, then the checks."""
    reference = both.titles[both.reference]
    heads = tuple(t if i != both.reference else f"{t} (référence)" for i, t in enumerate(both.titles))
    rows = []
    for measure in MEASURES:
        cells = []
        for i, e in enumerate(both.every):
            gap = both.difference_text(measure, i)
            value = measure.text(e.values[measure.id])
            cells.append(f"{value}\n{gap}" if gap not in ("", "=", "écart inconnu") else value)
        rows.append((measure.label, *cells))
    verdicts = tuple((v.check.title, *v.badges) for v in both.verdicts)
    widths = (1.7, *(1.0 for _ in heads))
    return (
        Table(
            "Les mêmes chiffres pour chaque périmètre", ("", *heads), tuple(rows), numeric=tuple(range(1, len(heads) + 1)),
            widths=widths, note=f"Sous chaque chiffre, l’écart avec « {reference} » quand il est connu et non nul. « Au moins » : la liste n’est pas complète.",
        ),
        Table(
            "Les repères pour chaque périmètre", ("Repère", *heads), verdicts, widths=widths,
            note="Aucun périmètre n’est désigné comme le meilleur : chaque repère se discute, et tous ne pèsent pas le même poids partout.",
        ),
    )  # fmt: skip


def settings_table(found: Evaluated) -> Table:
    """Return every threshold with its value, where it comes from, and whether it was changed."""
    changed = {s.name for s in changed_labels(found.settings)}
    rows = tuple(
        (s.label, s.value(found.settings) + (" (modifié)" if s.name in changed else ""), s.origin)
        for s in SETTING_LABELS
    )
    return Table("Réglages des repères", ("Réglage", "Valeur", "Origine"), rows, widths=(1.3, 1.5, 1.6))


def _whole(facts: PerimeterFacts, layer_id: str) -> str:
    """Say whether a list is complete here, and on whose word when it is the reader's."""
    return f"oui{facts.by_whose_word(layer_id)}" if listed_here(facts, layer_id) else "non"


def sources_table(facts: PerimeterFacts, world: Dataset) -> Table:
    """Return every source with its vintage and whether it is complete on this perimeter."""
    atlas = facts.atlas
    rows = [
        ("Communes", "Code officiel géographique (INSEE)", f"1er janvier {atlas.year}", "oui"),
        ("Populations", "Populations municipales (INSEE)", str(facts.population_year), "oui"),
        ("Rural et urbain", facts.density.source, str(world.synchronised.get("densite", "")) or str(facts.population_year),
         "estimation" if facts.density.estimated else "oui"),
    ]  # fmt: skip
    for layer_id in LAYERS:
        layer = facts.crosswalk.layers[layer_id]
        if layer_id == "ept" and not facts.overlaps["ept"]:
            continue
        rows.append((layer.long_name, layer.source, layer.vintage, _whole(facts, layer_id)))
    if facts.resources is not None:
        inside = set(facts.departements) <= facts.resources.extent
        rows.append(
            ("Lieux de santé mentale", facts.resources.source, facts.resources.vintage, "oui" if inside else "non")
        )
    else:
        rows.append(("Lieux de santé mentale", "non synchronisés sur cette machine", "", "non"))
    rows += [("Déclarations locales", said, day, "non") for said, day in whose_words(world.claims)]
    return Table(
        "Données employées", ("Donnée", "Source", "Millésime", "Complète ici"), tuple(rows), widths=(1.5, 3.2, 1.4, 0.8)
    )
