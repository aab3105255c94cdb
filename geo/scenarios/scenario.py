"""Scenarios: perimeters someone is weighing, with their names and notes, kept together in one workbook.

Nothing is ever edited: each operation returns a new workbook, so that undo is keeping the old one and a cache can be
keyed on it. Codes are those of atoms (communes and arrondissements); what a workbook was counted on is its vintage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from geo import french as fr
from geo.agreements import NO_AGREEMENTS, Agreements, Entry
from geo.budget import NO_BUDGET, Budget
from geo.claims import NO_CLAIMS, Claim, Claims
from geo.communes import Atlas
from geo.dataset import Dataset
from geo.errors import GeoInputError
from geo.guidance import ANSWER_LENGTH, NO_PROJECT, QUESTION_IDS, Project, Settings
from geo.perimeters import Perimeter

NAME_LENGTH = 60  # characters
NOTE_LENGTH = 400
MOST_SCENARIOS = 20
VINTAGE_LENGTH = 60
FIRST_NAME = "Périmètre"


def _text_problems(what: str, text: str, most: int, *, lines: bool = False) -> list[str]:
    problems = []
    if len(text) > most:
        problems.append(f"{what} compte {len(text)} caractères ; {most} au plus.")
    allowed = "\n" if lines else ""
    if any((not c.isprintable() and c not in allowed and c not in "\u00a0\u202f") for c in text):
        problems.append(f"{what} contient des caractères invisibles : retapez-le.")
    return problems


def _answer_problems(answers: tuple[tuple[str, str], ...]) -> list[str]:
    asked = [question for question, _ in answers]
    if (
        asked != sorted(set(asked))
        or not QUESTION_IDS.issuperset(asked)
        or not all(text.strip() for _, text in answers)
    ):
        return ["Réponses : une question n’existe pas, vient deux fois, ou reste sans réponse."]
    return [p for _, text in answers for p in _text_problems("Une réponse", text, ANSWER_LENGTH, lines=True)]


@dataclass(frozen=True)
class Scenario:
    """A perimeter with a name and a note; `locked` communes are those that must stay in it.

    `budget` is what was chosen of its cost, `project` is what it is for; `answers` are those given to the guide's questions, by question, in the order of their ids.

    Raises
    ------
    GeoInputError
        When the name is empty, or a text is too long or holds control characters, or a locked commune is not inside, or an
        answer is to no question, empty, or given twice.
    """

    name: str
    codes: frozenset[str] = frozenset()
    note: str = ""
    locked: frozenset[str] = frozenset()
    project: Project = NO_PROJECT
    answers: tuple[tuple[str, str], ...] = ()
    budget: Budget = NO_BUDGET

    def __post_init__(self) -> None:
        """Refuse what could not be shown or sent."""
        problems = [*_text_problems("Le nom d’un scénario", self.name, NAME_LENGTH)]
        problems += _text_problems("La note d’un scénario", self.note, NOTE_LENGTH, lines=True)
        if not self.name.strip():
            problems.append("Un scénario doit avoir un nom.")
        if not self.locked <= self.codes:
            problems.append(f"{self.name} : une commune verrouillée doit être dans le périmètre.")
        problems += _answer_problems(self.answers)
        if problems:
            raise GeoInputError(problems)

    def with_codes(self, codes: Iterable[str]) -> Scenario:
        """Return the scenario with other communes; the locked ones stay inside whatever is asked."""
        return replace(self, codes=frozenset(codes) | self.locked)

    def lock(self, *codes: str) -> Scenario:
        """Return the scenario with these communes inside and locked."""
        chosen = frozenset(codes)
        return replace(self, codes=self.codes | chosen, locked=self.locked | chosen)

    def unlock(self, *codes: str) -> Scenario:
        """Return the scenario with these communes free to leave; without any code, all of them."""
        return replace(self, locked=self.locked - frozenset(codes) if codes else frozenset())

    def answer(self, question: str, text: str) -> Scenario:
        """Return the scenario with another answer to a question; an empty one takes it away."""
        kept = {q: a for q, a in self.answers if q != question}
        plain = text.replace("\t", " ").strip()
        if plain:
            kept[question] = plain
        return replace(self, answers=tuple(sorted(kept.items())))

    def perimeter(self, atlas: Atlas) -> Perimeter:
        """Return the perimeter that the checks judge."""
        return Perimeter(frozenset(self.codes), self.name, atlas.year)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Vintage:
    """What figures were counted on: years of the communes, of the populations and of the EPCI, synchronised sources."""

    communes: int = 0
    populations: str = ""
    epci: str = ""
    sources: tuple[tuple[str, str], ...] = ()

    @property
    def known(self) -> bool:
        """Whether anything is said of the data."""
        return bool(self.communes)


def vintage_of(world: Dataset) -> Vintage:
    """Return the vintage of the active data."""
    manifest = world.atlas.manifest
    return Vintage(
        communes=world.atlas.year,
        populations=fr.shortened(world.atlas.population_year, VINTAGE_LENGTH),
        epci=_last_year(str(manifest.get("epci_libelle", ""))),
        sources=tuple(
            sorted((kind[:20], fr.shortened(text, VINTAGE_LENGTH)) for kind, text in world.synchronised.items())
        ),
    )


@dataclass(frozen=True)
class Workbook:
    """Scenarios in order, one of them current, with the settings they are judged by, the vintage of the data and what persons claim
    beside it (the same for every scenario).

    There is always at least one scenario; names are unique. `current` is the position of the one being worked on.
    `opened` are the communes opened into IRIS: scenarios then name their IRIS, never them. `agreements` are what bodies answered, with the
    functions filled and the views of the COPIL: like claims, the same for every scenario.
    """

    scenarios: tuple[Scenario, ...] = (Scenario(FIRST_NAME),)
    current: int = 0
    settings: Settings = field(default_factory=Settings)
    vintage: Vintage = Vintage()
    claims: Claims = NO_CLAIMS
    opened: frozenset[str] = frozenset()
    agreements: Agreements = NO_AGREEMENTS

    def __post_init__(self) -> None:
        """Refuse a workbook without scenario, with too many, with a name twice, or whose current one is nowhere."""
        problems = []
        if not 0 < len(self.scenarios) <= MOST_SCENARIOS:
            problems.append(f"Il faut de 1 à {MOST_SCENARIOS} scénarios ; il y en a {len(self.scenarios)}.")
        if not 0 <= self.current < max(len(self.scenarios), 1):
            problems.append("Le scénario courant n’existe pas.")
        names = [s.name for s in self.scenarios]
        if twice := sorted({n for n in names if names.count(n) > 1}):
            problems.append(f"Plusieurs scénarios portent le même nom : {fr.listing(twice, most=3)}.")
        if problems:
            raise GeoInputError(problems)
        if self.settings != self.settings.thresholds:  # a project is its scenario's, never everybody's
            object.__setattr__(self, "settings", self.settings.thresholds)

    @property
    def judged_by(self) -> Settings:
        """The settings, for the project of the current scenario."""
        return self.settings.under(self.scenario.project)

    @property
    def scenario(self) -> Scenario:
        """The current scenario."""
        return self.scenarios[self.current]

    @property
    def codes(self) -> frozenset[str]:
        """Communes of the current scenario."""
        return self.scenario.codes

    def select(self, position: int) -> Workbook:
        """Return the workbook with another current scenario."""
        self._at(position)
        return replace(self, current=position)

    def replace_codes(self, codes: Iterable[str], position: int | None = None) -> Workbook:
        """Return the workbook with other communes in a scenario, by default the current one; locked communes stay."""
        return self._changed(position, self._at(position).with_codes(codes))

    def lock(self, *codes: str, position: int | None = None) -> Workbook:
        """Return the workbook with communes that must stay in a scenario."""
        return self._changed(position, self._at(position).lock(*codes))

    def unlock(self, *codes: str, position: int | None = None) -> Workbook:
        """Return the workbook with communes free to leave; without any code, all of them."""
        return self._changed(position, self._at(position).unlock(*codes))

    def add(self, scenario: Scenario) -> Workbook:
        """Return the workbook with one more scenario, which becomes current; a name taken gets a number.

        Raises
        ------
        GeoInputError
            When there are already as many as a workbook holds.
        """
        named = replace(scenario, name=self._free_name(scenario.name))
        return replace(self, scenarios=(*self.scenarios, named), current=len(self.scenarios))

    def open(self, scenario: Scenario) -> Workbook:
        """Return the workbook with a scenario on screen: in the place of the only one while nothing is drawn in it, else one more (`add`)."""
        if self.codes or len(self.scenarios) > 1:
            return self.add(scenario)
        return replace(self, scenarios=(scenario,), current=0)

    def duplicate(self, position: int | None = None) -> Workbook:
        """Return the workbook with a copy of a scenario right after it, which becomes current."""
        at = self.current if position is None else position
        copied = self._at(at)
        named = replace(copied, name=self._free_name(f"{copied.name} (copie)"))
        return replace(self, scenarios=(*self.scenarios[: at + 1], named, *self.scenarios[at + 1 :]), current=at + 1)

    def rename(self, name: str, position: int | None = None) -> Workbook:
        """Return the workbook with a scenario under another name.

        Raises
        ------
        GeoInputError
            When the name is empty, too long, or already another scenario's.
        """
        return self._changed(position, replace(self._at(position), name=" ".join(name.split())))

    def note(self, text: str, position: int | None = None) -> Workbook:
        """Return the workbook with another note on a scenario."""
        return self._changed(position, replace(self._at(position), note=text.strip()))

    def with_project(self, project: Project, position: int | None = None) -> Workbook:
        """Return the workbook with another project for a scenario."""
        return self._changed(position, replace(self._at(position), project=project))

    def with_budget(self, budget: Budget, position: int | None = None) -> Workbook:
        """Return the workbook with other choices of budget for a scenario."""
        return self._changed(position, replace(self._at(position), budget=budget))

    def answer(self, question: str, text: str, position: int | None = None) -> Workbook:
        """Return the workbook with another answer to a question of the guide, in a scenario.

        Raises
        ------
        GeoInputError
            When there is no such question, or the text is too long or holds control characters.
        """
        return self._changed(position, self._at(position).answer(question, text))

    def with_words_of(self, other: Workbook) -> Workbook:
        """Return the workbook with what was written in another one since: notes, projects, answers, budgets, claims (and names, when both have as
        many scenarios, which then correspond by their place; else by their name)."""
        alike = len(self.scenarios) == len(other.scenarios)
        theirs = {s.name: s for s in other.scenarios}
        kept = []
        for at, mine in enumerate(self.scenarios):
            found = other.scenarios[at] if alike else theirs.get(mine.name, mine)
            kept.append(
                replace(
                    mine,
                    name=found.name,
                    note=found.note,
                    project=found.project,
                    answers=found.answers,
                    budget=found.budget,
                )
            )
        return replace(self, scenarios=tuple(kept), claims=other.claims)

    def with_claim(self, claim: Claim) -> Workbook:
        """Return the workbook with one more claim, which takes the place of that of the same kind, name and author.

        Raises
        ------
        GeoInputError
            When there are already as many as a workbook holds.
        """
        return replace(self, claims=self.claims.with_claim(claim))

    def without_claim(self, *claims: Claim) -> Workbook:
        """Return the workbook without some claims."""
        return replace(self, claims=self.claims.without(*claims))

    def noting(self, *entries: Entry) -> Workbook:
        """Return the workbook with what bodies answered, each in the place of what was noted of its subject.

        Raises
        ------
        GeoInputError
            When a text holds something personal, or there are too many.
        """
        return replace(self, agreements=self.agreements.record(*entries))

    def with_agreements_of(self, *others: Workbook) -> Workbook:
        """Return the workbook with the agreements of others beside its own, none lost; the scenarios stay its own."""
        return replace(self, agreements=self.agreements.merged(*(other.agreements for other in others)))

    def delete(self, position: int | None = None) -> Workbook:
        """Return the workbook without a scenario; the last one is emptied instead."""
        at = self.current if position is None else position
        self._at(at)
        if len(self.scenarios) == 1:
            return replace(self, scenarios=(Scenario(FIRST_NAME),), current=0)
        rest = self.scenarios[:at] + self.scenarios[at + 1 :]
        current = self.current - 1 if at < self.current else min(self.current, len(rest) - 1)
        return replace(self, scenarios=rest, current=current)

    def merge(self, other: Workbook) -> Workbook:
        """Return the workbook with the scenarios of another one after its own (to compare a colleague's), and its claims and agreements.

        Settings and vintage stay its own. The cities of both are opened: what either has whole is then to be put in IRIS (`open_cities`).
        """
        merged = self
        for scenario in other.scenarios:
            merged = merged.add(scenario)
        return replace(
            merged,
            claims=self.claims.merged(other.claims),
            agreements=self.agreements.merged(other.agreements),
            opened=self.opened | other.opened,
        )

    def with_settings(self, settings: Settings | None = None) -> Workbook:
        """Return the workbook judged by other settings; without any, by the guide's."""
        return replace(self, settings=settings or Settings())

    def _at(self, position: int | None) -> Scenario:
        at = self.current if position is None else position
        if not 0 <= at < len(self.scenarios):
            raise GeoInputError("Ce scénario n’existe pas ou plus.")
        return self.scenarios[at]

    def _changed(self, position: int | None, scenario: Scenario) -> Workbook:
        at = self.current if position is None else position
        return replace(self, scenarios=(*self.scenarios[:at], scenario, *self.scenarios[at + 1 :]))

    def _free_name(self, name: str) -> str:
        taken = {s.name for s in self.scenarios}
        wanted = name[:NAME_LENGTH]
        number = 2
        while wanted in taken:
            end = f" ({number})"
            wanted, number = name[: NAME_LENGTH - len(end)] + end, number + 1
        return wanted


def _last_year(text: str) -> str:
    tail = text[-4:]
    return tail if tail.isdigit() else ""
