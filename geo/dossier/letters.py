"""The letters: to mayors, presidents of intercommunal bodies, psychiatry, users and carers, the regional agency; one for each addressee.

They are written to functions, never to persons. Past `MOST_LETTERS` addressees a single letter has a blank for the name, and the list follows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from geo import french as fr
from geo.dossier.blocks import Block, Break, Document, Heading, Items, Text
from geo.dossier.facts import MEMBERS, Addressee, Dossier
from geo.exports import blank

MOST_LETTERS = 60


@dataclass(frozen=True)
class Kind:
    """A kind of letter: to whom, how it greets, what it asks; `unknown` is the blank where nobody is known."""

    id: str
    label: str
    greeting: str
    addressees: Callable[[Dossier], tuple[Addressee, ...]]
    asks: tuple[str, ...]
    unknown: str


KINDS = (
    Kind("maires", "Maires", "Madame la maire, Monsieur le maire,", Dossier.mayors,
         ("Votre avis sur ce périmètre, et l’élu que vous souhaitez désigner, nous sont nécessaires avant la séance.",
          "Un accord de principe ne vous engage à aucune dépense : la convention et son financement feront l’objet d’une délibération propre."), ""),
    Kind("intercommunalites", "Présidences d’intercommunalité", "Madame la présidente, Monsieur le président,", Dossier.bodies,
         ("Nous souhaitons examiner avec vous l’échelle qui convient, le portage de la coordination et la part de chacun dans son financement.",), "intercommunalité"),
    Kind("psychiatrie", "Psychiatrie publique", "Madame, Monsieur,", Dossier.psychiatry,
         ("Le guide fait du binôme formé par la collectivité et la psychiatrie publique le socle d’un CLSM : votre regard sur ces limites et votre présence au comité de "
          "pilotage sont attendus.",
          "Les limites de secteur et le rattachement indiqués ici sont ceux des sources publiques : merci de les corriger."), "secteur ou établissement de psychiatrie"),
    Kind("usagers-et-aidants", "Usagers et aidants", "Madame, Monsieur,", Dossier.concerned,
         ("Les personnes concernées et les aidants siègent dans chaque instance d’un CLSM. Nous vous proposons d’y prendre part dès la préparation.",
          "Dites-nous ce qui faciliterait votre venue : horaires, transport, défraiement, documents en français facile (un résumé est joint)."),
         "association de personnes concernées ou d’aidants, GEM"),
    Kind("ars", "Agence régionale de santé", "Madame la directrice générale, Monsieur le directeur général,", Dossier.agencies,
         ("Nous sollicitons votre avis sur ce périmètre, votre participation au comité de pilotage et un cofinancement de la coordination.",
          "Merci de nous dire aussi ce qui est prévu par le projet territorial de santé mentale, et la sectorisation en vigueur."), ""),
)  # fmt: skip


def letters(dossier: Dossier, kind: Kind) -> Document:
    """Return the letters of one kind, a page each."""
    found = kind.addressees(dossier) or (Addressee(blank(kind.unknown), ""),)
    blocks: list[Block] = []
    if len(found) > MOST_LETTERS:
        blocks += _letter(dossier, kind, Addressee(blank("destinataire"), found[0].role))
        blocks += [Break(), Heading("Destinataires", 1), Items(tuple(_named(a) for a in found))]
    else:
        for place, addressee in enumerate(found):
            blocks += [*([Break()] if place else []), *_letter(dossier, kind, addressee)]
    return Document(f"Courriers : {kind.label}", dossier.name, dossier.made, tuple(blocks))


def _named(addressee: Addressee) -> str:
    return f"{addressee.name}, {addressee.role}" if addressee.role else addressee.name


def _letter(dossier: Dossier, kind: Kind, to: Addressee) -> Sequence[Block]:
    wishes = dossier.wishes
    return [
        Heading(to.name, 1),
        *([Text(to.role, "right")] if to.role else []),
        Text(f"{blank('lieu')}, le {blank('date')}", "right"),
        Text(fr.typeset(f"Objet : projet de CLSM, périmètre « {dossier.name} »"), "strong"),
        Text(kind.greeting),
        Text(
            fr.typeset(
                f"{wishes.council_text} examine, le {wishes.session_text}, le principe {dossier.of_aim}. "
                f"Le périmètre étudié réunit {dossier.rests_on}."
            )
        ),
        *([Text(fr.typeset(to.part))] if to.part else []),
        *(Text(fr.typeset(text)) for text in kind.asks),
        Text(fr.typeset(f"Un CLSM réunit au moins : {' ; '.join(MEMBERS)}.")),
        Text(dossier.note.front.cost, "small"),
        Text(fr.typeset(f"Réponse attendue avant le {blank('date')} ; contact : {wishes.contact_text}.")),
        Text("Veuillez agréer l’expression de notre considération distinguée."),
        Text(wishes.signatory_text, "right"),
    ]
