"""The thresholds in words: label, value, where it comes from, and which checks use it.

The Méthode page, the notes and the comparison read them here; each check names the settings that it uses
(`geo.guidance.Check.settings`), and a test compares the two lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from geo import french as fr
from geo.guidance.checks import CHECKS
from geo.guidance.settings import Settings

GUIDE = "Guide 2025"
OURS = "seuil de l’outil"
DECILE = "seuil de l’outil : neuvième décile des EPCI, arrondi"


@dataclass(frozen=True)
class SettingLabel:
    """One setting: its field in `Settings`, its French label, how a value is written, its origin."""

    name: str
    label: str
    write: Callable[[float], str]
    origin: str

    @property
    def ours(self) -> bool:
        """Whether the threshold is a choice of this tool, and not a value of the guide."""
        return self.origin != GUIDE

    def value(self, settings: Settings) -> str:
        """Write the value held by some settings."""
        return self.write(getattr(settings, self.name))


SETTING_LABELS = (
    SettingLabel("marker", "Repère de taille", lambda v: f"environ {fr.inhabitants(v)}", GUIDE),
    SettingLabel("around", "Marge autour du repère", lambda v: f"+ {fr.percent(v)}", OURS),
    SettingLabel("small", "Très petit territoire", lambda v: f"moins de {fr.inhabitants(v)}", OURS),
    SettingLabel("sliver", "À la marge", lambda v: f"moins de {fr.percent(v)} d’un secteur ou des QPV", OURS),
    SettingLabel("max_communes", "Communes à réunir", lambda v: f"plus de {fr.number(v)}", f"{DECILE} (53)"),
    SettingLabel("max_bodies", "Intercommunalités à réunir", lambda v: f"plus de {fr.number(v)}", OURS),
    SettingLabel("max_area_m2", "Superficie", lambda v: f"plus de {fr.square_kilometres(v)}", f"{DECILE} (815 km²)"),
    SettingLabel("max_span_m", "Distance d’un bout à l’autre", lambda v: f"plus de {fr.kilometres(v)}", f"{DECILE} (42 km)"),
    SettingLabel("central", "Ville dominante", lambda v: f"plus de {fr.percent(v)} des habitants, des QPV ou des lieux", OURS),
    SettingLabel("big_city", "Grande ville", lambda v: f"plus de {fr.inhabitants(v)}", GUIDE),
)  # fmt: skip
BY_NAME = {label.name: label for label in SETTING_LABELS}


def checks_using(name: str) -> tuple[str, ...]:
    """Return the titles of the checks that use a setting."""
    return tuple(check.title for check in CHECKS if name in check.settings)


def own_thresholds(names: Iterable[str]) -> tuple[SettingLabel, ...]:
    """Return those of some settings that are choices of this tool."""
    return tuple(BY_NAME[name] for name in names if BY_NAME[name].ours)


def back_to_start(settings: Settings, *, ours: bool) -> Settings:
    """Return the settings with those of this tool at their starting value, or those that the guide gives; the others stay."""
    start = Settings()
    return replace(settings, **{s.name: getattr(start, s.name) for s in SETTING_LABELS if s.ours is ours})


def used_text(names: tuple[str, ...], settings: Settings) -> str:
    """Write the settings a check uses with their values, what was changed said so; empty when it uses none.

    For instance « repère de taille : environ 150 000 habitants (guide, modifié ; au départ : environ 200 000 habitants) ; marge autour
    du repère : + 10 % (seuil de l’outil) ».
    """
    start = Settings()
    said = []
    for name in names:
        label = BY_NAME[name]
        changed = getattr(settings, name) != getattr(start, name)
        before = f", modifié ; au départ : {label.value(start)}" if changed else ""
        said.append(
            f"{label.label[0].lower()}{label.label[1:]} : {label.value(settings)} ({OURS if label.ours else 'guide'}{before})"
        )
    return fr.typeset(" ; ".join(said))


def changed_labels(settings: Settings) -> tuple[SettingLabel, ...]:
    """Return the settings that are not at their starting value."""
    start = Settings()
    return tuple(s for s in SETTING_LABELS if getattr(settings, s.name) != getattr(start, s.name))
