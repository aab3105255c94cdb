"""The guide's questions without a figure: what only people of the territory can answer, with what the data says beside each.

They are in this tool's words; each cites the chapter of the guide that it comes from. An answer is a free text of the person,
kept in the scenario (geo.scenarios). A question that does not arise for a perimeter is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from geo import french as fr
from geo.guidance.check import GUIDE_PERIMETER
from geo.guidance.figures import placed_quarters
from geo.guidance.project import Intent
from geo.guidance.sector_shares import sectors_met
from geo.guidance.settings import Settings
from geo.layers import LayerId
from geo.perimeters import PerimeterFacts, places, travel

ANSWER_LENGTH = 500  # characters
TO_ASK = "questions à se poser"
NO_LIST = "Dans aucune liste d’ici"


def _always(_: PerimeterFacts, __: Settings) -> bool:
    return True


def _no_more(_: PerimeterFacts, __: Settings) -> bool:
    """Tell that a question is asked elsewhere today: an answer given to it before stays, and is printed."""
    return False


@dataclass(frozen=True)
class Question:
    """A question: a short theme, the question, the part of the guide's chapter that asks it, what the data says of it ("" when
    nothing), when it is asked."""

    id: str
    theme: str
    question: str
    source: str
    says: Callable[[PerimeterFacts], str]
    asked: Callable[[PerimeterFacts, Settings], bool] = _always


@dataclass(frozen=True)
class AskedQuestion:
    """A question as it is asked of one perimeter, with the answer given; "" while there is none."""

    id: str
    theme: str
    question: str
    source: str
    data: str
    answer: str


def asked_questions(
    facts: PerimeterFacts, settings: Settings | None = None, answers: Iterable[tuple[str, str]] = ()
) -> tuple[AskedQuestion, ...]:
    """Return the questions of a perimeter in order, each with its answer; one that was answered stays even if it no longer arises."""
    given, chosen = dict(answers), settings or Settings()
    return tuple(
        AskedQuestion(
            q.id, q.theme, fr.typeset(q.question), fr.typeset(q.source), fr.typeset(q.says(facts)), given.get(q.id, "")
        )
        for q in QUESTIONS
        if q.id in given or q.asked(facts, chosen)
    )


# --- what the data says ---------------------------------------------------------------------------------------------
def _nothing(_: PerimeterFacts) -> str:
    return ""


def _means(facts: PerimeterFacts) -> str:
    return f"{places(facts).sentence} Aucune donnée d’ici ne dit leur état."


def _people(_: PerimeterFacts) -> str:
    return f"{NO_LIST} : associations et groupes d’entraide sont inconnus, à établir localement."


def _smallness(facts: PerimeterFacts) -> str:
    return f"{fr.inhabitants(facts.population)} ; le guide ne fixe pas de minimum."


def _kinds(facts: PerimeterFacts) -> list[str]:
    mark = " (estimation)" if facts.density.estimated else ""
    words = {1: "urbaine dense", 2: "urbaine intermédiaire", 3: "rurale"}
    found = (
        (w, int(facts.classes.at[k, "communes"]), int(facts.classes.at[k, "population"])) for k, w in words.items()
    )
    if (facts.table["niveau"] != "commune").any():  # parts of a city are no communes to count
        return [f"{fr.inhabitants(p)} en commune {w}{mark}" for w, n, p in found if n]
    return [f"{fr.count(n, f'commune {w}', _plural(w))}{mark}, {fr.inhabitants(p)}" for w, n, p in found if n]


def _plural(word: str) -> str:
    return "communes " + " ".join(f"{part}s" for part in word.split())


def _diversity(facts: PerimeterFacts) -> str:
    return f"{' ; '.join(_kinds(facts))}."


def _main_town(facts: PerimeterFacts) -> str:
    name, people = facts.town_name(str(facts.towns.index[0])), int(facts.towns.iloc[0])
    return f"{name} : {fr.ratio(people, facts.population)} des habitants." if facts.population else ""


def _arrondissements(facts: PerimeterFacts) -> str:
    inside = facts.table["commune"].value_counts()
    cities = [
        (str(c), int(n), len(facts.atlas.parts[str(c)])) for c, n in inside.items() if str(c) in facts.atlas.parts
    ]
    return (
        " ; ".join(f"{facts.town_name(c)} : {facts.atlas.pieces_word(c, n)} sur {total}" for c, n, total in cities)
        + "."
    )


def _travel(facts: PerimeterFacts) -> str:
    return f"{travel(facts).sentence} Ni routes ni transports ne sont dans les données d’ici."


def _sector_towns(facts: PerimeterFacts) -> str:
    adults = sectors_met(facts, (LayerId.ADULT_SECTORS,))
    if not adults:
        known = facts.known_everywhere(LayerId.ADULT_SECTORS)
        return "Aucun secteur adulte ici." if known else "Secteurs de psychiatrie inconnus ici : à demander à l’ARS."
    outside = {code for sector in adults for code in sector.codes}
    text = f"{fr.count(len(adults), 'secteur adulte rencontré', 'secteurs adultes rencontrés')}"
    if not outside:
        return f"{text} ; aucune de {fr.noun(len(adults), 'ses', 'leurs')} communes connues n’est dehors."
    these = fr.noun(len(adults), "ce secteur", "ces secteurs")
    return (
        f"{text} ; {fr.count(len(outside), f'commune de {these} est', f'communes de {these} sont')} hors du périmètre."
    )


def _city_policy(facts: PerimeterFacts) -> str:
    count = len(placed_quarters(facts))
    sure = count == len(facts.overlaps[LayerId.QPV]) and facts.known_everywhere(LayerId.QPV)
    quarters = fr.count(count, "quartier prioritaire touché", "quartiers prioritaires touchés")
    known = quarters if sure else f"Au moins {quarters}" if count else "Quartiers prioritaires inconnus ici"
    return (
        f"{known}. {NO_LIST} : ateliers santé ville et contrats de ville, à demander à la commune ou à la préfecture."
    )


def _territorial_project(facts: PerimeterFacts) -> str:
    agencies = fr.listing(f"à l’ARS {facts.atlas.regions.at[r, 'nom']}" for r in sorted(set(facts.table["region"])))
    return f"{NO_LIST} : à demander {agencies}."


# --- when a question is asked ---------------------------------------------------------------------------------------
def _several(facts: PerimeterFacts, _: Settings) -> bool:
    return len(facts.towns) > 1


def _mixed(facts: PerimeterFacts, _: Settings) -> bool:
    return len(_kinds(facts)) > 1


def _split(facts: PerimeterFacts, _: Settings) -> bool:
    return any(str(c) in facts.atlas.parts for c in facts.towns.index)


def _tiny(facts: PerimeterFacts, settings: Settings) -> bool:
    return facts.population < settings.small


def _quarters(facts: PerimeterFacts, _: Settings) -> bool:
    return bool(facts.overlaps[LayerId.QPV]) or not facts.known_everywhere(LayerId.QPV)


def _spreading(facts: PerimeterFacts, settings: Settings) -> bool:
    """Several communes, in a project that does not already start from a CLSM."""
    return len(facts.towns) > 1 and settings.project.intent not in (Intent.ENLARGE, Intent.MERGE)


def _growing(facts: PerimeterFacts, settings: Settings) -> bool:
    return len(facts.towns) > 1 and not _spreading(facts, settings)


_ASKED = f"{GUIDE_PERIMETER}, {TO_ASK}"
_ADVICE = f"{GUIDE_PERIMETER}, préconisations"
QUESTIONS = (
    Question("objectifs", "Objectifs", "Que doit d’abord changer ce CLSM, et ce territoire permet-il de l’atteindre ?",
             f"{_ADVICE} (objectifs et territoire)", _nothing),
    Question("ressources", "État des ressources",
             "Dans quel état sont les ressources (équipes, associations, services), et leurs acteurs ont-ils le temps et l’envie de venir ?",
             f"{_ASKED} (ressources)", _means),
    Question("restreint", "Territoire restreint", "Quelles ressources manquent à un si petit territoire, et qui peut les apporter ?",
             f"{_ASKED} (ressources)", _smallness, _tiny),
    Question("concernes", "Personnes concernées et aidants",
             "Quelle association de personnes concernées, et quelle association d’aidants, peuvent siéger ? S’il n’y en a pas, comment faire ?",
             f"{_ASKED} (ressources) ; « Composition des CLSM »", _people),
    Question("echelle", "Rural, urbain", "L’échelle convient-elle à ce territoire : plus large en rural pour réunir des moyens, plus resserrée en ville dense ?",
             f"{_ASKED} (ressources)", _diversity),
    Question("diversite", "Diversité du territoire", "Comment la coordination tiendra-t-elle compte de zones si différentes, et ira-t-elle dans chacune ?",
             f"{_ASKED} (coordination)", _diversity, _mixed),
    Question("etapes", "Étapes", "Faut-il commencer par la ville centre, puis étendre ? Avec qui, et quand ?",
             f"{_ASKED} (diagnostic)", _main_town, _spreading),
    Question("etapes-suite", "Étapes", "Comment les communes nouvelles rejoindront-elles le CLSM, et à quelle date ?",
             f"{_ASKED} (diagnostic)", _main_town, _growing),
    Question("trajets", "Proximité et trajets", "En combien de temps, et par quel transport, les habitants rejoignent-ils les soins et les réunions ?",
             f"{GUIDE_PERIMETER}, proximité et accès aux soins", _travel),
    Question("arrondissements", "Arrondissements", "Que gagne-t-on, et que perd-on, à couvrir un arrondissement, plusieurs, ou toute la ville ?",
             f"{_ASKED} (échelle communale)", _arrondissements, _split),
    Question("elus-du-secteur", "Élus de tout le secteur", "Comment associer les élus de toutes les collectivités du secteur de psychiatrie, celles du dehors comprises ?",
             f"{_ASKED} (échelle du secteur)", _sector_towns),
    Question("asv", "Politique de la ville", "Avec quel atelier santé ville et quel contrat de ville le CLSM travaillera-t-il ?",
             f"{GUIDE_PERIMETER}, politique de la ville ; « Articulation » (ASV)", _city_policy, _quarters),
    Question("ptsm", "Projet territorial (PTSM)", "Que prévoit le projet territorial de santé mentale ici, et comment le CLSM y prend-il part ?",
             "Guide 2025, « Articulation » (PTSM)", _territorial_project),
    Question("copil-pour", "Avis du comité de pilotage : pour", "Quels avantages le comité de pilotage voit-il à cette échelle ?",
             f"{GUIDE_PERIMETER}, décision collective", _nothing, _no_more),
    Question("copil-contre", "Avis du comité de pilotage : contre", "Quels inconvénients y voit-il, et quelles autres échelles a-t-il pesées ?",
             f"{GUIDE_PERIMETER}, décision collective", _nothing, _no_more),
    Question("copil-conditions", "Avis du comité de pilotage : conditions", "À quelles conditions, et quand, le comité de pilotage reverra-t-il ce périmètre ?",
             f"{GUIDE_PERIMETER}, décision collective", _nothing),
)  # fmt: skip
QUESTION_IDS = frozenset(q.id for q in QUESTIONS)
