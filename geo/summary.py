"""The state of a perimeter as one paragraph, for a screen reader, a message or the top of a note."""

from __future__ import annotations

from collections.abc import Sequence

from geo import french as fr
from geo.findings import Finding, Outcome, Reach
from geo.guidance import Check
from geo.perimeter import PerimeterFacts
from geo.sectors import sectors_met

EMPTY = "Périmètre vide : choisissez une commune pour commencer."


def summary(facts: PerimeterFacts | None, findings: Sequence[tuple[Check, Finding]] = ()) -> str:
    """Return the paragraph: size, inhabitants, pieces, sectors, QPV, outcomes of the checks; unknown is said unknown."""
    if facts is None or not facts.perimeter.communes:
        return EMPTY
    sentences = [f"Périmètre de {facts.size_text}, {fr.inhabitants(facts.population)}"]
    if facts.pieces > 1:
        sentences[0] += f", en {facts.pieces} morceaux"
    sentences += [_sectors(facts), _quarters(facts), _outcomes(findings)]
    return fr.typeset(". ".join(s for s in sentences if s) + ".")


def _sectors(facts: PerimeterFacts) -> str:
    adults = sectors_met(facts, ("secteurs-adultes",))
    sure = facts.known_everywhere("secteurs-adultes") or facts.assigned_everywhere("secteurs-adultes")
    if not adults:
        return "Aucun secteur de psychiatrie adulte" if sure else "Secteurs de psychiatrie adulte inconnus ici"
    start = "" if sure else "Au moins "
    text = f"{start}{fr.count(len(adults), 'secteur')} de psychiatrie adulte"
    whole, vague = sum(s.whole for s in adults), sum(bool(s.unknown) for s in adults)
    cut = len(adults) - whole - vague
    parts = [
        *([f"{fr.number(whole)} {'entier' if whole < 2 else 'entiers'}"] if whole else []),
        *([f"{fr.number(cut)} {'coupé' if cut < 2 else 'coupés'}"] if cut else []),
        *([f"{fr.number(vague)} de part inconnue"] if vague else []),
    ]
    return f"{text} ({fr.listing(parts)})"


def _quarters(facts: PerimeterFacts) -> str:
    count = len(facts.overlaps["qpv"])
    if facts.known_everywhere("qpv"):
        return (
            f"{fr.count(count, 'quartier prioritaire', 'quartiers prioritaires')}"
            if count
            else "Aucun quartier prioritaire"
        )
    if not count:
        return "Quartiers prioritaires inconnus ici"
    return f"Au moins {fr.count(count, 'quartier prioritaire', 'quartiers prioritaires')}"


def _outcomes(findings: Sequence[tuple[Check, Finding]]) -> str:
    if not findings:
        return ""
    judged = [f.outcome for _, f in findings if f.reach is Reach.FINDING]
    words = {
        Outcome.FAVORABLE: ("favorable", "favorables"),
        Outcome.DISCUSS: ("à discuter", "à discuter"),
        Outcome.VIGILANCE: ("point de vigilance", "points de vigilance"),
        Outcome.UNKNOWN: ("non évaluable", "non évaluables"),
    }
    counts = [(judged.count(o), *words[o]) for o in words]
    return "Repères du guide : " + fr.listing(fr.count(n, one, many) for n, one, many in counts if n)
