"""The draft deliberation and the draft convention: visas, considerations drawn from the checks, articles, blanks to fill in.

The headings are those that the guide lists (« Composition et instances », « Coordination », « Financement », « Suivi d’activité, évaluation »,
« Articulation », annexe 2); no sentence of it is copied. What the tool does not know is a blank.
"""

from __future__ import annotations

from geo import french as fr
from geo.budget import BETWEEN_THEM
from geo.dossier.blocks import Block, Break, Document, Grid, Heading, Items, Text
from geo.dossier.facts import AIMS, GUIDE, MEMBERS, Dossier
from geo.exports import Table, blank, figure_line

VISAS = (
    f"Vu le code général des collectivités territoriales, {blank('articles applicables à la collectivité')},",
    "Vu la loi n° 2016-41 du 26 janvier 2016 de modernisation de notre système de santé,",
    "Vu l’instruction DGS/SP4/CGET/2016/289 du 30 septembre 2016 relative à la consolidation et à la généralisation des conseils locaux de santé mentale,",
    f"Vu le {GUIDE},",
    f"Vu {blank('statuts, contrat local de santé, contrat de ville, délibérations antérieures')},",
)
PLENARY = "une fois par an environ"
COPIL = "au moins deux fois par an"


def deliberation(dossier: Dossier) -> Document:
    """Return the draft deliberation."""
    wishes = dossier.wishes
    blocks: list[Block] = [
        Heading("Projet de délibération", 1),
        Text(wishes.council_text, "strong"),
        Text(f"Séance du {wishes.session_text} · Délibération n° {blank('numéro')}"),
        Text(fr.typeset(f"Objet : principe {dossier.of_aim}, périmètre « {dossier.name} »"), "strong"),
        Text(f"Rapporteur : {blank('nom et qualité')}"),
        Heading("Exposé"),
        Text(dossier.note.front.proposal),
        Items(tuple(figure_line(value, label) for value, label in dossier.figures)),
        Heading("Visas"),
        *(Text(visa) for visa in VISAS),
        Heading("Considérants"),
        *(Text(text) for text in considerations(dossier)),
        Heading("Le conseil, après en avoir délibéré"),
        Text(f"Vote : pour {blank('nombre')}, contre {blank('nombre')}, abstentions {blank('nombre')}."),
    ]
    for number, (title, text) in enumerate(_articles(dossier), 1):
        blocks += [Heading(f"Article {number}. {title}", 3), Text(fr.typeset(text))]
    blocks += [
        Text(f"Fait à {blank('lieu')}, le {blank('date')}."),
        Text(wishes.signatory_text, "right"),
        *_annex(dossier),
    ]
    return Document("Projet de délibération", dossier.name, dossier.made, tuple(blocks))


def considerations(dossier: Dossier) -> list[str]:
    """Return the considerations: what the checks say, each with its badge and its source."""
    said = [
        fr.typeset(f"Considérant, sur « {p.title} » (repère {p.badge}), le constat suivant : {p.whole} [{p.source}]")
        for p in dossier.checked
    ]
    return [
        *said,
        "Considérant que le guide recommande et n’interdit rien, et qu’aucun de ces repères ne vaut avis de conformité,",
        f"Considérant {blank('besoins des habitants, diagnostic local, engagement des partenaires')},",
    ]


def _articles(dossier: Dossier) -> list[tuple[str, str]]:
    wishes = dossier.wishes
    return [
        ("Principe et périmètre",
         f"Approuve le principe {dossier.of_aim} sur {dossier.size}, soit {dossier.people}, dont la liste est annexée."),
        ("Composition", f"Demande que chaque instance réunisse au moins : {' ; '.join(MEMBERS)} (guide, « Composition des CLSM »)."),
        ("Instances", f"Prend acte d’un comité de pilotage réuni {COPIL}, d’une assemblée plénière {PLENARY} et de groupes de travail "
         "thématiques (guide, « Instances des CLSM »)."),
        ("Coordination et financement",
         f"{dossier.note.front.cost} Fixe la participation de la collectivité à {blank('montant annuel et durée')}, sous réserve d’un "
         f"cofinancement par {BETWEEN_THEM}."),
        ("Représentation", f"Désigne {blank('élu référent et suppléant')} pour siéger au comité de pilotage."),
        ("Autorisation", f"Autorise {wishes.signatory or blank('exécutif : maire ou présidence')} à engager la concertation, à préparer la convention "
         "de partenariat et à demander les financements."),
        ("Suivi", "Demande qu’un bilan annuel soit présenté au conseil (guide, « Suivi d’activité »)."),
        ("Recours", f"La présente délibération peut être contestée devant {blank('tribunal administratif et délai')}."),
    ]  # fmt: skip


def _annex(dossier: Dossier) -> tuple[Block, ...]:
    total = fr.number(dossier.export.facts.population)
    rows = (*dossier.communes, ("Ensemble", total))
    year = dossier.export.facts.population_year
    kind = dossier.export.facts.made_of_text
    title = f"{fr.upper(kind)} du périmètre"
    table = Table(title, ("Nom", f"Population municipale {year}"), rows, numeric=(1,), widths=(3.0, 1.0))
    more = [
        block
        for t in (*dossier.note.budget, *dossier.note.noted)
        for block in (Heading(f"Annexe. {t.caption}"), Grid(t))
    ]
    return (
        Break(),
        Heading(f"Annexe. {title}"),
        Grid(table),
        *more,
        *((Text(dossier.note.link_text, "small"), Text(dossier.note.link, "small")) if dossier.note.link else ()),
    )


def convention(dossier: Dossier) -> Document:
    """Return the draft convention: the guide's headings, what is known under each, blanks for the rest."""
    blocks: list[Block] = [
        Heading("Projet de convention de partenariat", 1),
        Text(fr.typeset(f"Conseil local de santé mentale : {dossier.name}"), "strong"),
        Text("Ces rubriques sont celles que le guide invite à écrire dans un document cadre. Chacune se rédige à plusieurs, personnes concernées et aidants compris."),
    ]  # fmt: skip
    for number, (title, texts) in enumerate(_rubrics(dossier), 1):
        blocks += [Heading(f"{number}. {title}"), *(Text(fr.typeset(t)) for t in texts)]
    blocks += [
        Heading("Signatures"),
        Grid(Table("Signatures", ("Partie", "Nom et qualité", "Date et signature"),
                   tuple((party, blank("nom"), blank("signature")) for party in _parties()), widths=(1.4, 1.2, 1.2))),
        *_annex(dossier),
    ]  # fmt: skip
    return Document("Projet de convention", dossier.name, dossier.made, tuple(blocks))


def _parties() -> tuple[str, ...]:
    return (
        "Collectivité ou intercommunalité",
        "Établissement de psychiatrie",
        "Agence régionale de santé",
        "Personnes concernées",
        "Aidants",
    )


def _party(name: str) -> str:
    """Put its article before a sector; a hospital is named as its source does."""
    return f"le secteur {name.removeprefix('Secteur ')}" if name.startswith("Secteur ") else name


def _rubrics(dossier: Dossier) -> list[tuple[str, list[str]]]:
    psychiatry = fr.listing((_party(a.name) for a in dossier.psychiatry()), most=6)
    agencies = fr.listing(f"l’{a.name}" for a in dossier.agencies())
    return [
        ("Parties", [f"Entre {dossier.wishes.council_text}, {psychiatry or blank('établissement et secteurs de psychiatrie')}, {agencies}, "
                     f"{blank('associations de personnes concernées et d’aidants, autres signataires')}."]),
        ("Définition et objectifs communs", [f"Le CLSM définit et mène une stratégie locale pour : {' ; '.join(AIMS)} (guide, « Objectifs des CLSM »).",
                                             f"Valeurs auxquelles les parties adhèrent : {blank('participation, droits, rétablissement…')}."]),
        ("Périmètre", [f"{dossier.rests_on}. La liste est annexée."]),
        ("Priorités locales", [f"{blank('priorités tirées du diagnostic partagé')}."]),
        ("Composition", [f"Chaque instance comprend au moins : {' ; '.join(MEMBERS)}.", f"Autres membres et partenaires : {blank('liste')}."]),
        ("Instances", [f"Comité de pilotage : {COPIL}. Assemblée plénière : {PLENARY}. Groupes de travail : {blank('thèmes')}.",
                       f"Objectifs, composition et fonctionnement de chacune : {blank('règles')}."]),
        ("Coordination", [f"Employeur, rattachement, temps de travail et missions : {blank('poste')}.", dossier.note.front.cost]),
        ("Participation des personnes concernées et des aidants", [f"Représentation, rétribution, défraiement, accessibilité : {blank('modalités')}."]),
        ("Engagements de chaque partie", [f"{blank('engagements et responsabilités, partie par partie')}."]),
        ("Financement", [f"Parts portées par {BETWEEN_THEM} : {blank('montants annuels')}.",
                         f"Hors poste (diagnostic, projets, participation, rencontres) : {blank('montants')}."]),
        ("Suivi d’activité, évaluation, capitalisation", [f"Bilan annuel, évaluation prévue, moyens alloués : {blank('modalités')}."]),
        ("Articulation", [f"CLS, projet territorial de santé mentale, DAC, CPTS, atelier santé ville : {blank('modalités')}."]),
        ("Durée, révision, fin", [f"{blank('durée, reconduction, modification du périmètre, retrait d’une partie')}."]),
    ]  # fmt: skip
