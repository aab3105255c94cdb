"""A project of CLSM: where it is, how far it has come, on which dates, and what comes next. Nothing of it says who somebody is."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from geo import french as fr
from geo.communes import Atlas, read_code
from geo.errors import GeoInputError
from geo.persons import personal
from geo.visible import one_line

MONTHS_WITHOUT_SIGNATURE = 18
LENGTHS = {"nom": 120, "prochaine étape": 160, "remarque": 500}
MOST_CODES = 2_000
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
FIRST_YEAR, LAST_YEAR = 1990, 2100


class Step(StrEnum):
    """The steps of a project, in order."""

    INTENTION = "intention"
    DIAGNOSTIC = "diagnostic"
    INSTRUCTION = "instruction"
    AVIS = "avis"
    SIGNATURE = "signature"
    RENOUVELLEMENT = "renouvellement"


STEPS = tuple(Step)
STEP_LABELS = {
    Step.INTENTION: "Intention",
    Step.DIAGNOSTIC: "Diagnostic",
    Step.INSTRUCTION: "Instruction",
    Step.AVIS: "Avis",
    Step.SIGNATURE: "Signature",
    Step.RENOUVELLEMENT: "Renouvellement",
}
NO_DATES: Mapping[Step, str] = MappingProxyType({})


def _ends(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day that a date may be: « 2026 », « 2026-03 » or « 2026-03-12 »."""
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError(text)
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(text)
    if not month:
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    if not day:
        return dt.date(year, month, 1), dt.date(year, month, monthrange(year, month)[1])
    return dt.date(year, month, day), dt.date(year, month, day)


def earliest(text: str) -> dt.date:
    """Return the first day that a date may be; ValueError when it is none."""
    return _ends(text)[0]


def latest(text: str) -> dt.date:
    """Return the last day that a date may be; ValueError when it is none."""
    return _ends(text)[1]


def said_date(text: str) -> str:
    """Write a date as it is known: « 12/03/2026 », « 03/2026 », « 2026 »; « date inconnue » without one."""
    return "/".join(reversed(text.split("-"))) if text else "date inconnue"


def months_before(today: dt.date, months: int) -> dt.date:
    """Return the day that many months before, the last of its month where there is none."""
    at = today.year * 12 + today.month - 1 - months
    year, month = divmod(at, 12)
    return dt.date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Project:
    """A project. `codes` are those of its communes, on the day it was written; none when they are not known yet.

    `region` is the code of its région; `dates` gives the day, month or year on which a step was reached (ISO 8601), where it is
    known; `due` is the day by which `next_step` is wanted, "" for none; `over` says that it came to nothing.
    """

    name: str
    region: str
    step: Step = Step.INTENTION
    dates: Mapping[Step, str] = field(default_factory=lambda: NO_DATES)
    codes: frozenset[str] = frozenset()
    next_step: str = ""
    due: str = ""
    remark: str = ""
    over: bool = False

    @property
    def signed(self) -> bool:
        """Whether it is signed."""
        return STEPS.index(self.step) >= STEPS.index(Step.SIGNATURE)

    @property
    def first_date(self) -> str:
        """The date of the first step whose date is known, "" where none is."""
        return next((self.dates[step] for step in STEPS if self.dates.get(step)), "")

    @property
    def step_date(self) -> str:
        """The date of the step it has come to, "" where it is not known."""
        return self.dates.get(self.step, "")

    def dated(self, step: Step) -> str:
        """Return the date of a step, "" where it is not known."""
        return self.dates.get(step, "")


Mark = tuple[int, int, str]


@dataclass(frozen=True)
class Kept:
    """A project as the register holds it: its number, how often it was changed (`revision`), by whom last and when (ISO 8601)."""

    id: int
    revision: int
    project: Project
    who: str
    at: str

    @property
    def mark(self) -> Mark:
        """What tells it from itself before and after a change, and from the one of its number in a register restored meanwhile."""
        return self.id, self.revision, self.at


@dataclass(frozen=True)
class Change:
    """One change of a project, with what it was before (None: it was not there)."""

    id: int
    revision: int
    before: Project | None
    after: Project
    who: str
    at: str

    @property
    def words(self) -> str:
        """Say what changed, in French."""
        if self.before is None:
            return f"inscrit, à l’étape « {STEP_LABELS[self.after.step]} »"
        old, new, said = self.before, self.after, list[str]()
        if old.name != new.name:
            said.append(f"nom : {old.name} → {new.name}")
        if old.step != new.step:
            said.append(f"{STEP_LABELS[old.step]} → {STEP_LABELS[new.step]}")
        if old.over != new.over:
            said.append("sans suite" if new.over else "repris")
        if old.codes != new.codes:
            said.append(f"communes : {len(old.codes)} → {len(new.codes)}")
        if dict(old.dates) != dict(new.dates):
            said.append("dates")
        if (old.next_step, old.due) != (new.next_step, new.due):
            said.append("prochaine étape")
        if old.remark != new.remark:
            said.append("remarque")
        return ", ".join(said) or "inchangé"


def checked(project: Project, atlas: Atlas, today: dt.date | None = None) -> Project:
    """Return a project whose texts are on one line and whose communes are those of today.

    Raises
    ------
    GeoInputError
        With every problem: no name, a text too long or that names somebody, a date that is none, in the future or in the wrong
        order, a commune unknown or outside the région.
    """
    today = today or dt.date.today()
    name, following, remark = (one_line(t).strip() for t in (project.name, project.next_step, project.remark))
    problems = [] if name else ["Donnez un nom au projet (le territoire, par exemple)."]
    if name.startswith(("=", "+", "-", "@")):
        problems.append(f"Nom : il ne commence pas par « {name[0]} », qu’un tableur prendrait pour une formule.")
    for what, text in (("nom", name), ("prochaine étape", following), ("remarque", remark)):
        if len(text) > LENGTHS[what]:
            problems.append(f"{what.capitalize()} : {LENGTHS[what]} caractères au plus.")
        elif said := personal(text):
            problems.append(f"{what.capitalize()} : {said} Aucune donnée personnelle n’est gardée ici.")
    if project.region not in atlas.regions.index:
        problems.append(f"Région « {project.region} » inconnue.")
    codes, said_codes = _codes(project, atlas)
    problems += [*_date_problems(project, today), *said_codes]
    if problems:
        raise GeoInputError([fr.typeset(p) for p in problems])
    dates = MappingProxyType({step: project.dates[step] for step in STEPS if project.dates.get(step)})
    return Project(name, project.region, project.step, dates, codes, following, project.due, remark, project.over)


def _date_problems(project: Project, today: dt.date) -> list[str]:
    problems, last = [], None
    for step in STEPS:
        text = project.dates.get(step, "")
        if not text:
            continue
        label = STEP_LABELS[step]
        try:
            first, end = _ends(text)
        except ValueError:
            problems.append(
                f"{label} : « {one_line(text)[:20]} » n’est pas une date ; écrivez 12/03/2026, 03/2026 ou 2026."
            )
            continue
        if first > today:
            problems.append(
                f"{label} : {said_date(text)} est à venir ; une étape prévue s’écrit dans « prochaine étape »."
            )
        if STEPS.index(step) > STEPS.index(project.step):
            problems.append(
                f"{label} : une date est donnée, mais le projet n’en est qu’à « {STEP_LABELS[project.step]} »."
            )
        if last and end < last[1]:
            problems.append(f"{label} : {said_date(text)} vient avant « {last[0]} » ; corrigez l’une des deux dates.")
        last = (label, first)
    if project.due:
        try:
            _ends(project.due)
        except ValueError:
            problems.append(f"Échéance : « {one_line(project.due)[:20]} » n’est pas une date ; écrivez 30/06/2027.")
    return problems


def _codes(project: Project, atlas: Atlas) -> tuple[frozenset[str], list[str]]:
    found, problems = set[str](), []
    if len(project.codes) > MOST_CODES:
        return frozenset(), [f"Un projet a {MOST_CODES} communes au plus."]
    for code in sorted(project.codes):
        reading = read_code(code, atlas)
        if reading.kind not in ("atom", "city", "former"):
            problems.append(reading.message)
        found.update(reading.atoms)
    regions = set(atlas.table["region"].iloc[atlas.rows(found)]) if found else {project.region}
    if not problems and project.region not in regions:
        problems.append("Aucune des communes du projet n’est dans cette région.")
    return frozenset(found), problems[:10]
