"""The guidance on a CLSM's perimeter, as thirteen checks with their figures and their source.

The guide of 2025 recommends and forbids nothing, so no check says « conforme ». A check has one of four outcomes; one
that lacks its layer, or is asked outside the layer's extent, is « non évaluable » and says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from geo.guidance import checks_layers, checks_territory
from geo.guidance.finding import Finding
from geo.guidance.settings import Settings
from geo.guidance.where import located
from geo.perimeters import PerimeterFacts


@dataclass(frozen=True)
class Check:
    """A question of the guide: its title, what is measured to answer it, its source, the settings it uses."""

    id: str
    title: str
    question: str
    measure: str
    source: str
    run: Callable[[PerimeterFacts, Settings], Finding]
    settings: tuple[str, ...] = ()  # fields of Settings; geo.guidance.settings_labels says them in words


_PERIMETER = "Guide 2025, « Périmètre géographique des CLSM »"
_QUESTIONS = f"{_PERIMETER}, questions à se poser"
# In the order they are shown.
CHECKS = (
    Check("taille", "Taille", "Le périmètre reste-t-il à une taille qui permet la proximité ?",
          "Habitants du périmètre, comparés au repère. Petit n’est jamais un défaut.",
          f"{_PERIMETER}, préconisations", checks_territory.size, ("marker", "around", "small")),
    Check("secteurs", "Secteurs de psychiatrie", "Quels secteurs inviter pour que la psychiatrie soit représentée ?",
          "Secteurs de psychiatrie adulte et infanto-juvénile rencontrés, part de chacun dans le périmètre, établissement.",
          f"{_QUESTIONS} (échelle intercommunale)", checks_layers.sectors, ("sliver",)),
    Check("articulation", "Articulation", "Comment s’articuler avec les CLS, CPTS, DAC et autres CLSM ?",
          "Habitants en commun avec chaque CLSM, CLS, CPTS et DAC, part de chacun, relation, dispositifs empilés.",
          f"{_QUESTIONS} (articulation)", checks_layers.articulation),
    Check("qpv", "Quartiers prioritaires", "Les QPV de l’intercommunalité sont-ils servis ?",
          "QPV dans le périmètre et dans les mêmes intercommunalités : nombre, noms, habitants quand ils sont publiés.",
          f"{_PERIMETER}, préconisations", checks_layers.quarters),
    Check("rural", "Communes rurales", "Les communes rurales de l’intercommunalité sont-elles servies ?",
          "Communes et habitants classés ruraux, dans le périmètre et laissés dehors dans les mêmes intercommunalités.",
          f"{_PERIMETER}, préconisations", checks_territory.rural),
    Check("coordination", "Coordination", "Le territoire est-il praticable pour la coordination ?",
          "Communes, intercommunalités, superficie, plus grande distance à vol d’oiseau, distance moyenne à la ville principale, nombre de morceaux.",
          f"{_QUESTIONS} (coordination)", checks_territory.coordination, ("max_communes", "max_bodies", "max_area_m2", "max_span_m")),
    Check("centralite", "Centralité", "Les actions risquent-elles de se concentrer sur la ville centre ?",
          "Part des habitants dans la commune la plus peuplée ; part des QPV et des lieux de santé mentale là où leurs listes sont complètes.",
          f"{_QUESTIONS} (échelle intercommunale)", checks_territory.centrality, ("central",)),
    Check("diagnostic", "Choix de l’échelle", "Pour quelle échelle les chiffres parlent-ils ?",
          "Part des habitants de l’intercommunalité dans sa commune la plus peuplée ; part des QPV et des lieux de santé mentale là où leurs listes sont complètes.",
          f"{_QUESTIONS} (diagnostic)", checks_territory.scale, ("central",)),
    Check("ressources", "Ressources", "Sur quelles ressources du territoire s’appuyer ?",
          "Lieux de santé mentale dans le périmètre ; non évaluable tant que leur liste n’est pas synchronisée.",
          f"{_QUESTIONS} (ressources)", checks_layers.resources),
    Check("typologie", "Typologie du territoire", "Quels déterminants regarder, selon le type de territoire ?",
          "Part des habitants en commune urbaine dense, intermédiaire et rurale.",
          f"{_PERIMETER}, préconisations", checks_territory.typology),
    Check("grande_ville", "Grande ville", "Faut-il couvrir par arrondissements ?",
          "Population des villes de plus de 500 000 habitants touchées, arrondissements pris.",
          f"{_QUESTIONS} (échelle communale)", checks_territory.big_city, ("big_city",)),
    Check("elus", "Élus à convaincre", "Quelles collectivités associer ?",
          "Communes et intercommunalités touchées, celles qui ne le sont que pour partie.",
          f"{_QUESTIONS} (échelle intercommunale)", checks_territory.elected),
    Check("moyens", "Temps de coordination", "Quel temps de coordination, et pour quel coût ?",
          "Les quatre scénarios de temps de coordination du guide et leur coût annuel.",
          "Guide 2025, « Cadre de travail » (temps de travail) et annexe 1", checks_territory.means),
)  # fmt: skip


def run_checks(facts: PerimeterFacts, settings: Settings | None = None) -> tuple[tuple[Check, Finding], ...]:
    """Run every check on a perimeter; each finding says which communes to look at."""
    chosen = settings or Settings()
    return tuple((check, located(check.run(facts, chosen), facts)) for check in CHECKS)
