"""The summary in easy French (« facile à lire et à comprendre »): short sentences, one idea each, large letters, hard words explained.

Users and carers sit in every body of a CLSM: they must be able to read what is proposed. The European rules of easy-to-read are
followed as far as a text written by rule can: it says that people concerned have not read it over yet.
"""

from __future__ import annotations

from geo import french as fr
from geo.budget import costed, euros_text
from geo.dossier.blocks import Block, Document, Heading, Items, Picture, Text
from geo.dossier.facts import Dossier
from geo.exports import blank, unsaid_beside_clsm
from geo.guidance import Intent

POINTS = 14.0
LONGEST_SENTENCE = 20  # words, names of places left out
GLOSSARY = (
    ("Aidant", "Une personne qui aide un proche malade."),
    ("ARS", "L’agence régionale de santé. Elle organise les soins dans la région."),
    ("CLSM", "Le conseil local de santé mentale. C’est un groupe de personnes qui travaillent ensemble."),
    ("Conseil", "Les élus qui décident pour la ville ou pour plusieurs villes."),
    ("Coordination", "La personne qui organise le travail du CLSM."),
    ("Psychiatrie", "Les soins pour les maladies psychiques."),
    ("Quartier prioritaire", "Un quartier où beaucoup de gens ont peu d’argent. L’État y aide plus."),
    ("Santé mentale", "Être bien dans sa tête et dans sa vie."),
)


def easy(dossier: Dossier) -> Document:
    """Return the summary in easy French."""
    blocks: list[Block] = [
        Heading("Le projet, en français facile", 1),
        Text(dossier.name, "strong"),
        Heading("C’est quoi, un CLSM ?"),
        Text("CLSM veut dire : conseil local de santé mentale."),
        Text("Dans un CLSM, des personnes se réunissent."),
        Text("Elles parlent de la santé mentale."),
        Text("Elles cherchent des solutions ensemble."),
        Heading("Qui vient dans un CLSM ?"),
        Items(("Des élus.", "Des soignants de la psychiatrie.", "Des personnes qui ont des troubles psychiques.", "Des aidants.",
               "La personne qui organise le CLSM.")),
        Heading("Que veut-on faire ?"),
        *(Text(t) for t in _aim(dossier)),
        Heading("Où ?"),
        *(Text(t) for t in _where(dossier)),
        Picture(dossier.note.map),
        Heading("Combien ça coûte ?"),
        Text("Une personne organise le CLSM. Il faut la payer."),
        *(Text(t) for t in _price(dossier)),
        Heading("Qui décide ?"),
        Text("Le conseil va voter."),
        Text(fr.typeset(f"Date du vote : {dossier.wishes.session_text}.")),
        Text("Vous pouvez donner votre avis."),
        Text(fr.typeset(f"À qui parler ? {dossier.wishes.contact_text}.")),
        Heading("Les mots difficiles"),
        *(Text(fr.typeset(f"{word} : {meaning}")) for word, meaning in GLOSSARY),
        Text("Ce texte suit des règles du facile à lire. Des personnes concernées doivent encore le relire.", "small"),
        Text(fr.typeset(f"Relu par : {blank('noms des relecteurs')}."), "small"),
    ]  # fmt: skip
    return Document("Résumé en français facile", dossier.name, dossier.made, tuple(blocks), points=POINTS)


def _aim(dossier: Dossier) -> list[str]:
    intent = dossier.export.found.settings.project.intent
    if intent is Intent.ENLARGE:
        return ["Un CLSM existe déjà.", "On veut que plus de communes y participent."]
    if intent is Intent.MERGE:
        return ["Plusieurs CLSM existent déjà.", "On veut en faire un seul."]
    if unsaid_beside_clsm(dossier.export.found):
        return [f"On veut {blank('créer, agrandir ou réunir')} un CLSM."]
    return ["On veut créer un CLSM."]


def _price(dossier: Dossier) -> list[str]:
    """Say the price for an inhabitant, and who pays how much once it was chosen."""
    price = dossier.figures[3][0]
    known = any(sign.isdigit() for sign in price)
    lines = [f"Le prix est {fr.of(price)} par habitant et par an." if known else "On ne sait pas le prix par habitant."]
    parts = costed(dossier.export.scenario.budget, dossier.export.facts).parts
    lines += [f"{part.name} : {euros_text(part.cents)} par an." for part in parts]
    return [fr.typeset(line) for line in (lines if parts else [*lines, "On ne sait pas encore qui paie combien."])]


def _where(dossier: Dossier) -> list[str]:
    facts = dossier.export.facts
    shown = [name for name, _ in dossier.communes[:8]]
    rest = len(dossier.communes) - len(shown)
    more = f" Et {fr.count(rest, 'autre commune', 'autres communes')}." if rest > 0 else ""
    lines = [
        f"Le projet est pour {dossier.size}.",
        f"{fr.listing(shown)}.{more}",
        f"{dossier.people} y vivent." if facts.population > 1 else f"Habitants : {dossier.people}.",
    ]
    quarters = dossier.measured("qpv")
    if quarters not in ("0", "aucun connu", "inconnu"):
        lines.append(f"Nombre de quartiers prioritaires : {quarters}.")
    return [fr.typeset(line) for line in lines]
