"""The note to decide with, as plain data: one content for the PDF, the editable document and the workbook.

Nothing here is worked out anew: figures, checks and differences are those of the page and of `geo evaluate`. What is
unknown is written « inconnu », what is incomplete says where, and every table names its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from geo import french as fr
from geo.comparison import Evaluated, SideBySide
from geo.dataset import Dataset
from geo.exports.perimeter_svg import gauge_svg, gauge_words, note_map
from geo.exports.svg import SvgMap
from geo.guidance import (
    BODIES,
    DISPOSITIFS,
    MEASURES,
    SECTORS,
    SETTING_LABELS,
    Outcome,
    Reach,
    Seat,
    changed_labels,
    round_table,
    used_text,
)
from geo.layers import Etat, Overlap, Relation
from geo.paths import version
from geo.perimeters import PerimeterFacts

MOST_ZONES = 6  # of a layer in a note; the workbook has them all
MOST_DETAILS = 3
# Checks whose details the tables of the note say: zones met, guests, annual costs.
TOLD_ELSEWHERE = ("secteurs", "articulation", "moyens", "elus")
MOST_COMMUNES = 60
MOST_SEATS = 12  # of a group
LAYERS = ("clsm", "secteurs-adultes", "secteurs-enfants", "cls", "cpts", "dac", "qpv", "epci", "ept")
TONES = {Outcome.FAVORABLE: "f", Outcome.DISCUSS: "d", Outcome.VIGILANCE: "v", Outcome.UNKNOWN: "n"}
REACH_TONES = {Reach.INFORMATION: "i", Reach.NOT_CONCERNED: "s"}
# What the zone is to the perimeter, in the fewest words.
RELATIONS = {
    Relation.IDENTIQUE: "identique",
    Relation.INCLUS: "contient le périmètre",
    Relation.CONTIENT: "incluse",
    Relation.PARTIEL: "en partie",
    Relation.A_PRECISER: "à préciser",
}
CHAPTER = "Guide 2025, « Périmètre géographique des CLSM », "
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table of a note: `numeric` are the positions of columns of numbers, `widths` their relative widths."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    widths: tuple[float, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class CheckLine:
    """A check as the note shows it."""

    title: str
    badge: str
    tone: str
    question: str
    sentence: str
    details: tuple[str, ...]
    missing: tuple[str, ...]
    settings: str
    source: str


@dataclass(frozen=True)
class Note:
    """A whole note, ready to be laid out; `instruction` makes it the sheet of a service that examines a request."""

    title: str
    name: str
    lead: str
    remark: str
    figures: tuple[tuple[str, str], ...]
    gauge: SvgMap
    map: SvgMap
    summary: str
    checks: tuple[CheckLine, ...]
    communes: str
    zones: Table
    guests: Table
    staffing: Table
    staffing_text: str
    comparison: tuple[Table, ...]
    settings: Table
    settings_text: str
    limits: tuple[str, ...]
    sources: Table
    made_on: str
    version: str
    link: str
    instruction: bool


def make_note(
    found: Evaluated,
    world: Dataset,
    *,
    made_on: date,
    link: str = "",
    remark: str = "",
    comparison: SideBySide | None = None,
    instruction: bool = False,
) -> Note:
    """Gather the content of a note; `link` reopens the perimeter, `remark` is what its author wrote of it.

    Raises
    ------
    GeoInputError
        When the perimeter is empty.
    """
    facts, settings = found.facts, found.settings
    name = facts.perimeter.name
    changed = changed_labels(settings)
    gauge = SvgMap(gauge_svg(facts.population, settings), gauge_words(facts.population, settings), 174.0, 15.4)
    return Note(
        title="Périmètre d’un conseil local de santé mentale : "
        + ("fiche d’instruction" if instruction else "note d’aide à la décision"),
        name=name,
        lead=lead(facts),
        remark=remark,
        figures=_figures(facts),
        gauge=gauge,
        map=note_map(facts),
        summary=_summary(found),
        checks=tuple(_check_lines(found)),
        communes=_communes(facts),
        zones=_zones(facts),
        guests=guests_table(facts),
        staffing=_staffing(found),
        staffing_text=next(f.sentence for _, f in found.findings if f.id == "moyens"),
        comparison=comparison_tables(comparison) if comparison and len(comparison.every) > 1 else (),
        settings=settings_table(found),
        settings_text="Tous les seuils sont à leur valeur de départ ; chacun est écrit sous le repère qui l’emploie."
        if not changed
        else f"Seuils modifiés par l’auteur : {used_text(tuple(s.name for s in changed), settings)}. Les autres sont à leur valeur de départ.",
        limits=tuple(_limits(facts)),
        sources=sources_table(facts, world),
        made_on=long_date(made_on),
        version=version(),
        link=link,
        instruction=instruction,
    )


def long_date(day: date) -> str:
    """Write a date in full: « 1er mars 2026 »."""
    return f"{day.day if day.day > 1 else '1er'} {MONTHS[day.month - 1]} {day.year}"


def lead(facts: PerimeterFacts) -> str:
    """Say a perimeter in one paragraph."""
    bodies = fr.listing((p.name for p in facts.communities), most=4)
    where = fr.listing(f"{facts.atlas.departements.at[d, 'nom']} ({d})" for d in facts.departements)
    pieces = "d’un seul tenant" if facts.pieces == 1 else f"en {facts.pieces} morceaux"
    within = f" Intercommunalités concernées : {bodies}." if bodies else ""
    return fr.typeset(
        f"{facts.size_text}, {fr.inhabitants(facts.population)} (population municipale {facts.population_year}), "
        f"{fr.square_kilometres(facts.area_m2)}, {pieces}. Département : {where}.{within}"
    )


def _figures(facts: PerimeterFacts) -> tuple[tuple[str, str], ...]:
    rural = facts.classes.loc[3]
    mark = " (estimation)" if facts.density.estimated else ""
    share = rural["population"] / facts.population if facts.population else 0.0
    return (
        (fr.number(facts.population), f"habitants, population municipale {facts.population_year}"),
        (fr.number(len(facts.towns)), "commune" if len(facts.towns) < 2 else "communes"),
        (fr.square_kilometres(facts.area_m2), "superficie"),
        (fr.percent(share), f"en commune rurale{mark} : {fr.number(rural['population'])} sur {fr.number(facts.population)}"),
    )  # fmt: skip


def _summary(found: Evaluated) -> str:
    judged = [f.outcome for _, f in found.findings if f.reach is Reach.FINDING]
    return fr.listing(
        (
            fr.count(judged.count(Outcome.VIGILANCE), "point de vigilance", "points de vigilance"),
            f"{judged.count(Outcome.DISCUSS)} à discuter",
            fr.count(judged.count(Outcome.FAVORABLE), "favorable"),
            fr.count(judged.count(Outcome.UNKNOWN), "non évaluable", "non évaluables"),
        )
    )


def _check_lines(found: Evaluated) -> Iterator[CheckLine]:
    for check, finding in found.findings:
        judges = finding.reach is Reach.FINDING
        details = [fr.typeset(d) for d in finding.details[:MOST_DETAILS]]
        if len(finding.details) > MOST_DETAILS:
            details.append(f"Et {fr.count(len(finding.details) - MOST_DETAILS, 'ligne')} de plus, dans le classeur.")
        shown = () if finding.id in TOLD_ELSEWHERE else tuple(details)
        yield CheckLine(
            title=check.title,
            badge=str(finding.outcome if judges else finding.reach),
            tone=TONES[finding.outcome] if judges else REACH_TONES[finding.reach],
            question=fr.typeset(check.question),
            sentence=fr.typeset(finding.sentence),
            details=shown,
            missing=tuple(fr.typeset(m) for m in finding.missing),
            settings=used_text(check.settings, found.settings),
            source=fr.typeset(check.source.removeprefix(CHAPTER)),
        )


def _communes(facts: PerimeterFacts) -> str:
    """List the communes with their inhabitants, the most populous first."""
    order = facts.table.sort_values("population", ascending=False, kind="stable")
    names = [f"{n} ({fr.number(p)})" for n, p in zip(order["nom"], order["population"], strict=True)]
    rest = len(names) - MOST_COMMUNES
    shown = fr.listing(names if rest <= 0 else names[:MOST_COMMUNES])
    return shown + ("." if rest <= 0 else f", et {fr.count(rest, 'autre')}, toutes dans le classeur.")


def _zones(facts: PerimeterFacts) -> Table:
    rows: list[tuple[str, ...]] = []
    unknown: list[str] = []
    none: list[str] = []
    for layer_id in LAYERS:
        layer, met = facts.crosswalk.layers[layer_id], facts.overlaps[layer_id]
        if not met:
            (none if facts.known_everywhere(layer_id) else unknown).append(layer.name)
            continue
        partly = "" if facts.known_everywhere(layer_id) else " *"
        rows += [(f"{layer.name}{partly}" if i == 0 else "", *zone_cells(o)) for i, o in enumerate(met[:MOST_ZONES])]
        if len(met) > MOST_ZONES:
            rows.append(("", f"et {fr.count(len(met) - MOST_ZONES, 'autre')}, dans le classeur", "", "", "", ""))
    notes = (
        ["* Liste incomplète ici : d’autres zones peuvent exister."] if any(r[0].endswith("*") for r in rows) else []
    )
    notes += [f"Aucun connu, la liste étant incomplète ici : {fr.listing(unknown)}."] if unknown else []
    notes += [f"Aucun : {fr.listing(n for n in none if n != 'EPT')}."] if set(none) - {"EPT"} else []
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
    unknown = overlap.population is None or (overlap.partial and not overlap.population)
    least = "au moins " if overlap.partial and overlap.layer != "qpv" else "environ " if overlap.estimated else ""
    people = "inconnu" if unknown else f"{least}{fr.number(overlap.population or 0)}"
    share = (
        "inconnue" if unknown or overlap.share_of_perimeter is None else f"{least}{_small(overlap.share_of_perimeter)}"
    )
    zone = "inconnue" if overlap.share_of_zone is None else f"{least}{_small(overlap.share_of_zone)}"
    return (
        f"{overlap.name}{state}",
        people,
        share,
        zone,
        "arrondissement inconnu" if overlap.somewhere else RELATIONS[overlap.relation],
    )


def _small(share: float) -> str:
    """Write a share; a very small one is not rounded to nought."""
    return f"< 0,1{fr.NBSP}%" if 0 < share < 0.0005 else fr.percent(share)


def guests_table(facts: PerimeterFacts) -> Table:
    """Return who must be at the table of a first meeting, a line a group; the workbook has a line a guest."""
    table = round_table(facts)
    rows = []
    for group in table.counts:
        seats = [s for s in table.seats if s.group == group]
        known = [_guest(s) for s in seats if s.known]
        lacking = fr.listing(s.who[0].lower() + s.who[1:] for s in seats if not s.known)
        told = [" ; ".join(known[:MOST_SEATS])] if known else []
        if len(known) > MOST_SEATS:
            told[0] += f" ; et {fr.count(len(known) - MOST_SEATS, 'autre')}, dans le classeur"
        told += [f"À compléter : {lacking}"] if lacking else []
        roles = fr.listing(dict.fromkeys(s.role for s in seats if s.known and s.role))
        rows.append((group, fr.typeset(". ".join(told) + "."), roles))
    return Table(
        "Qui inviter",
        ("", "Qui", "À quel titre"),
        tuple(rows),
        widths=(1.2, 4.4, 1.7),
        note=fr.typeset(table.sentence),
    )


def _guest(seat: Seat) -> str:
    """Name a guest with the first thing known of them: hospital and share of a sector, communes of a body."""
    if seat.group not in (SECTORS, BODIES):
        return seat.who
    known = [p.strip() for p in seat.detail.split(" ; ") if "compl" not in p]
    return f"{seat.who} ({', '.join(known[:2])})" if known else seat.who


def _staffing(found: Evaluated) -> Table:
    finding = next(f for _, f in found.findings if f.id == "moyens")
    rows = tuple((s["temps"], s["cout_annuel_brut"]) for s in finding.figures["scenarios"])
    return Table(
        "Temps de coordination, selon le guide",
        ("Coordination assurée", "Coût annuel brut"),
        rows,
        widths=(1.4, 1.0),
        note="Charges salariales seules, ordre de grandeur 2024. Source : Guide 2025, « Cadre de travail » et annexe 1.",
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
        complete = facts.known_everywhere(layer_id)
        rows.append((layer.long_name, layer.source, layer.vintage, "oui" if complete else "non"))
    if facts.resources is not None:
        inside = set(facts.departements) <= facts.resources.extent
        rows.append(
            ("Lieux de santé mentale", facts.resources.source, facts.resources.vintage, "oui" if inside else "non")
        )
    else:
        rows.append(("Lieux de santé mentale", "non synchronisés sur cette machine", "", "non"))
    return Table(
        "Données employées", ("Donnée", "Source", "Millésime", "Complète ici"), tuple(rows), widths=(1.5, 3.2, 1.4, 0.8)
    )


def _limits(facts: PerimeterFacts) -> Iterable[str]:
    """Say how figures are made and what they do not tell."""
    yield "Le guide de 2025 recommande et n’interdit rien : aucun repère ne vaut avis de conformité."
    yield (
        f"Habitants : population municipale {facts.population_year}, additionnée commune par commune. "
        "Une commune qui n’est dans une zone que pour partie compte à part, sans chiffre inventé."
    )
    short = [
        facts.crosswalk.layers[i].name
        for i in ("secteurs-adultes", *DISPOSITIFS, "qpv")
        if not facts.known_everywhere(i)
    ]
    if short:
        yield f"Listes incomplètes sur ce périmètre : {fr.listing(short)}. L’absence d’un nom n’y prouve rien."
    if facts.density.estimated:
        yield "Le classement rural ou urbain est une estimation par la densité de la commune, faute de la grille de l’INSEE."
    yield "Distances à vol d’oiseau entre points intérieurs des communes ; contours généralisés, pour l’affichage."
    yield (
        "Cette note ne dit pas les besoins des habitants, l’engagement des acteurs ni la qualité des ressources : "
        "elle prépare le diagnostic partagé et la discussion, elle ne les remplace pas."
    )
