"""The note for a decision, as plain data: one content for the PDF, the editable document and the workbook.

Nothing here is computed anew: figures, checks and differences are those of the page and of `geo evaluate`. What is
unknown is written « inconnu », what is incomplete says where, and every table names its source.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from geo import french as fr
from geo.agreements import NO_AGREEMENTS, Agreements
from geo.budget import NO_BUDGET, Budget
from geo.communes import Atlas, parts_named
from geo.comparison import Evaluated, SideBySide
from geo.dataset import Dataset
from geo.exports.front import Front, front_of
from geo.exports.maps.svg import SvgMap
from geo.exports.note_tables import (
    Table,
    budget_table,
    comparison_tables,
    guests_table,
    needs_tables,
    noted_tables,
    settings_table,
    sources_table,
    staffing_table,
    zones_table,
)
from geo.exports.perimeter_svg import gauge_svg, gauge_words, note_map, unnamed_on
from geo.guidance import AskedQuestion, asked_questions, changed_labels, listed_here, outcome_counts, used_text
from geo.layers import DISPOSITIFS, LayerId
from geo.paths import version
from geo.perimeters import PerimeterFacts

MOST_DETAILS = 3
# Checks whose details are in the tables of the note: zones met, guests, annual costs.
IN_TABLES = ("secteurs", "articulation", "moyens", "elus")
MOST_COMMUNES = 60
MOST_UNNAMED = 8
QUESTIONS_TITLE = "Les questions du guide, sans chiffre"
QUESTION_HEADERS = ("Thème", "Question, et ce que disent les données", "Réponse")
QUESTION_WIDTHS = (1.1, 3.0, 2.6)
LINK_TEXT = (
    "Le lien ci-dessous rouvre les mêmes communes avec les mêmes réglages, et dit ce qui a changé dans les données depuis. Il ne contient "
    "que des codes de communes, un nom, le projet et des seuils : ni remarque, ni réponse."
)
_COPY = re.compile(r"( \(copie\)| \(\d+\))+$")
_GENERIC = re.compile(r"(périmètre|scénario|sans titre)? ?\d*", re.IGNORECASE)
_LOCAL_ENDS = (".local", ".localhost", ".lan", ".internal", ".home.arpa", ".test")
MOST_NAMED = 2  # towns in a title
LOCAL_LINK = (
    "L’adresse de ce tableau de bord n’existe que sur la machine qui a fait cette note : un lien ou un code QR ne s’ouvrirait nulle part "
    "ailleurs. Pour que chacun vérifie ou reprenne ce périmètre, joignez le fichier de scénarios (page Périmètre, onglet « Scénarios »)."
)
CHAPTER = "Guide 2025, « Périmètre géographique des CLSM », "


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
    front: Front
    lead: str
    project: str
    remark: str
    figures: tuple[tuple[str, str], ...]
    gauge: SvgMap
    map: SvgMap
    unnamed: str
    summary: str
    checks: tuple[CheckLine, ...]
    questions: tuple[AskedQuestion, ...]
    questions_text: str
    communes: str
    zones: Table
    guests: Table
    noted: tuple[Table, ...]
    staffing: Table
    staffing_text: str
    budget: tuple[Table, ...]
    needs: tuple[Table, ...]
    comparison: tuple[Table, ...]
    settings: Table
    settings_text: str
    limits: tuple[str, ...]
    sources: Table
    made_on: str
    version: str
    link: str
    link_text: str
    instruction: bool


def make_note(
    found: Evaluated,
    world: Dataset,
    *,
    made_on: date,
    link: str = "",
    remark: str = "",
    answers: Iterable[tuple[str, str]] = (),
    comparison: SideBySide | None = None,
    agreements: Agreements = NO_AGREEMENTS,
    budget: Budget = NO_BUDGET,
    instruction: bool = False,
) -> Note:
    """Gather the content of a note; `link` reopens the perimeter, `remark` is what its author wrote of it, `answers` are those to
    the guide's questions, by question, `agreements` what bodies answered, without their remarks, `budget` what was chosen of the cost. A link
    that opens on one machine only is left out, and the note says what to join.

    Raises
    ------
    GeoInputError
        When the perimeter is empty.
    """
    facts, settings = found.facts, found.settings
    answers = tuple(answers)
    name = title_of(facts.perimeter.name, facts.perimeter.communes, facts.atlas)
    asked = tuple(replace(q, source=q.source.removeprefix(CHAPTER)) for q in asked_questions(facts, settings, answers))
    shared = opens_elsewhere(link)
    drawn = note_map(facts, name)
    changed = changed_labels(settings)
    gauge = SvgMap(gauge_svg(facts.population, settings), gauge_words(facts.population, settings), 174.0, 15.4)
    return Note(
        title="Périmètre d’un conseil local de santé mentale : "
        + ("fiche d’instruction" if instruction else "note d’aide à la décision"),
        name=name,
        front=front_of(found, answers, budget),
        lead=lead(facts),
        project=project_sentence(found),
        remark=remark,
        figures=_figures(facts),
        gauge=gauge,
        map=drawn,
        unnamed=_unnamed(unnamed_on(drawn, facts)),
        summary=outcome_counts(f for _, f in found.findings),
        checks=tuple(_check_lines(found)),
        questions=asked,
        questions_text=_questions_text(asked),
        communes=_communes(facts),
        zones=zones_table(facts),
        guests=guests_table(facts, agreements),
        noted=noted_tables(facts, agreements),
        staffing=staffing_table(found),
        staffing_text=next(f.sentence for _, f in found.findings if f.id == "moyens"),
        budget=(budget_table(facts, budget),) if budget.posts else (),
        needs=needs_tables(facts, world),
        comparison=comparison_tables(comparison) if comparison and len(comparison.every) > 1 else (),
        settings=settings_table(found),
        settings_text="Tous les seuils sont à leur valeur de départ ; chacun est écrit sous le repère qui l’emploie."
        if not changed
        else f"Seuils modifiés par l’auteur : {used_text(tuple(s.name for s in changed), settings)}. Les autres sont à leur valeur de départ.",
        limits=tuple(_limits(facts)),
        sources=sources_table(facts, world),
        made_on=fr.long_date(made_on),
        version=version(),
        link=link if shared else "",
        link_text=LINK_TEXT if shared else LOCAL_LINK if link else "",
        instruction=instruction,
    )


# --- what heads a note: « Scénario 2 » or « … (copie) » means something on one screen only --------------------------
def speaks(name: str) -> bool:
    """Tell whether a name says something of a perimeter: not « Scénario 2 », « Périmètre », nor a mere copy."""
    return not _COPY.search(name) and not _GENERIC.fullmatch(name.strip())


def title_of(name: str, codes: Iterable[str], atlas: Atlas) -> str:
    """Return a title: the name when it speaks, else the largest towns; a copy keeps what its name said, with its towns."""
    if speaks(name):
        return name
    towns = _towns(codes, atlas)
    kept = _COPY.sub("", name).strip()
    if not towns:
        return name
    return f"{kept} : {towns}" if kept and not _GENERIC.fullmatch(kept) else towns


def _towns(codes: Iterable[str], atlas: Atlas) -> str:
    chosen = list(codes)
    names = [name for name, _ in parts_named(atlas, chosen)]
    if len(names) <= MOST_NAMED + 1:
        return fr.listing(names)
    whole = len(names) == atlas.table["commune"].iloc[atlas.rows(chosen)].nunique()
    words = ("autre commune", "autres communes") if whole else ("autre", "autres")
    return fr.listing([*names[:MOST_NAMED], fr.count(len(names) - MOST_NAMED, *words)])


def opens_elsewhere(link: str) -> bool:
    """Tell whether a link leads somewhere from another machine: it has a host, which is not a local one (name or address)."""
    try:
        host = (urlsplit(link).hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    if not host:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_LOCAL_ENDS)


# --- the parts of a note --------------------------------------------------------------------------------------------
def lead(facts: PerimeterFacts) -> str:
    """Say a perimeter in one paragraph."""
    bodies = fr.listing((p.name for p in facts.bodies), most=4)
    where = fr.listing(f"{facts.atlas.departements.at[d, 'nom']} ({d})" for d in facts.departements)
    pieces = "d’un seul tenant" if facts.pieces == 1 else f"en {facts.pieces} morceaux"
    many = fr.noun(len(facts.bodies), "Intercommunalité concernée", "Intercommunalités concernées")
    within = f" {many} : {bodies}." if bodies else ""
    return fr.typeset(
        f"{facts.size_text}, {fr.inhabitants(facts.population)} (population municipale {facts.population_year}), "
        f"{fr.square_kilometres(facts.area_m2)}, {pieces}. {fr.noun(len(facts.departements), 'Département')} : {where}.{within}"
    )


def project_sentence(found: Evaluated) -> str:
    """Say what the perimeter is for; empty while it is not said."""
    zones = found.facts.crosswalk.layers[LayerId.CLSM].zones

    def named(clsm: str) -> str:
        return str(zones.at[clsm, "nom"]) if clsm in zones.index else "un CLSM absent des données d’ici"

    return fr.typeset(found.settings.project.sentence(named))


def _questions_text(asked: Sequence[AskedQuestion]) -> str:
    """Say how many questions have an answer, and that it is not the tool's."""
    answered = sum(bool(q.answer) for q in asked)
    known = fr.count(answered, "réponse", "réponses") if answered else "Aucune réponse"
    return fr.typeset(
        f"{known} sur {fr.count(len(asked), 'question')}. Le guide pose ces questions, qu’aucun chiffre ne tranche : les réponses sont celles des "
        "auteurs de la note, les lignes vides sont à remplir ensemble."
    )


def _figures(facts: PerimeterFacts) -> tuple[tuple[str, str], ...]:
    rural = facts.classes.loc[3]
    mark = " (estimation)" if facts.density.estimated else ""
    share = fr.percent(rural["population"] / facts.population) if facts.population else "sans objet"
    return (
        (fr.number(facts.population), f"{fr.noun(facts.population, 'habitant')}, population municipale {facts.population_year}"),
        *((fr.number(n), word) for n, word in facts.sizes),
        (fr.square_kilometres(facts.area_m2), "superficie"),
        (share, f"en commune rurale{mark} : {fr.number(rural['population'])} sur {fr.number(facts.population)}"),
    )  # fmt: skip


def _check_lines(found: Evaluated) -> Iterator[CheckLine]:
    for check, finding in found.findings:
        details = [fr.typeset(d) for d in finding.details[:MOST_DETAILS]]
        if len(finding.details) > MOST_DETAILS:
            details.append(f"Et {fr.count(len(finding.details) - MOST_DETAILS, 'ligne')} de plus, dans le classeur.")
        shown = () if finding.id in IN_TABLES else tuple(details)
        yield CheckLine(
            title=check.title,
            badge=finding.badge,
            tone=finding.tone,
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


def _unnamed(names: Sequence[str]) -> str:
    """Name the communes for which the map had no room."""
    return f"Sans place sur la carte : {fr.listing(names, most=MOST_UNNAMED)}." if names else ""


def _limits(facts: PerimeterFacts) -> Iterable[str]:
    """Say how figures are made and what they do not say."""
    yield "Le guide de 2025 recommande et n’interdit rien : aucun repère ne vaut avis de conformité."
    yield (
        f"Habitants : population municipale {facts.population_year}, additionnée commune par commune. "
        "Une commune qui n’est dans une zone que pour partie compte à part, sans chiffre inventé."
    )
    short = [
        facts.crosswalk.layers[i].name
        for i in (LayerId.ADULT_SECTORS, LayerId.CHILD_SECTORS, *DISPOSITIFS, LayerId.QPV)
        if not listed_here(facts, i)
    ]
    if short:
        yield f"Listes incomplètes sur ce périmètre : {fr.listing(short)}. L’absence d’un nom n’y prouve rien."
    if word := facts.by_whose_word(LayerId.CLSM):
        yield f"Liste des CLSM complète{word} : l’absence d’un CLSM en est conclue."
    if facts.density.estimated:
        yield "Le classement rural ou urbain est une estimation par la densité de la commune, faute de la grille de l’INSEE."
    yield "Distances à vol d’oiseau entre points intérieurs des communes ; contours généralisés, pour l’affichage."
    yield (
        "Cette note ne dit pas tous les besoins des habitants, ni l’engagement des acteurs, ni la qualité des ressources : "
        "elle prépare le diagnostic partagé et la discussion, elle ne les remplace pas."
    )
