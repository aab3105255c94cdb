"""Perimeters side by side: the same figures from the same data, differences, findings that differ; no winner, no score.

`compare(a, b)` is exact and symmetric: a perimeter against itself is empty, and swapping the two negates every
difference. `side_by_side` sets up to six perimeters in one table against a reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from geo import french as fr
from geo.comparison.candidates import MOST_COMPARED, SCALE_QUESTIONS, Candidate, Scale
from geo.dataset import Dataset, opened
from geo.errors import GeoInputError
from geo.guidance import MEASURES, Check, Finding, Measure, Outcome, Reach, Settings, Value, run_checks
from geo.perimeters import PerimeterFacts


@dataclass(frozen=True, eq=False)
class Evaluated:
    """A perimeter with its facts and findings, by some settings."""

    candidate: Candidate
    facts: PerimeterFacts
    settings: Settings

    @cached_property
    def findings(self) -> tuple[tuple[Check, Finding], ...]:
        """The checks of the guide."""
        return run_checks(self.facts, self.settings)

    @cached_property
    def values(self) -> dict[str, Value]:
        """Every measure, by its id."""
        return {measure.id: measure.value(self.facts, self.settings.project) for measure in MEASURES}

    @property
    def outcomes(self) -> dict[str, str]:
        """Outcome of each check, or its reach where it does not judge."""
        return {f.id: f.badge for _, f in self.findings}


@dataclass(frozen=True)
class FigureDifference:
    """One figure of two perimeters and the second less the first; None where one is unknown."""

    id: str
    first: float | None
    second: float | None
    difference: float | None


@dataclass(frozen=True)
class Comparison:
    """The differences of two perimeters: communes in one only, figures that differ, findings that differ."""

    only_first: frozenset[str]
    only_second: frozenset[str]
    figures: tuple[FigureDifference, ...]
    findings: tuple[tuple[str, str, str], ...]

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.only_first or self.only_second or self.figures or self.findings)


def evaluate(candidate: Candidate, world: Dataset, settings: Settings | None = None) -> Evaluated:
    """Compute a candidate's facts and checks on the active data; its own project, if any, goes before that of the settings."""
    chosen = settings or Settings()
    if candidate.project is not None:
        chosen = chosen.under(candidate.project)
    return Evaluated(candidate, world.facts(candidate.perimeter(world.atlas)), chosen)


def compare(first: Evaluated, second: Evaluated) -> Comparison:
    """Return the differences of the second from the first.

    Raises
    ------
    GeoInputError
        When the two do not rest on the same data, the same year and the same settings.
    """
    _check_alike((first, second))
    figures = []
    for measure in MEASURES:
        a, b = first.values[measure.id].number, second.values[measure.id].number
        if a != b:
            figures.append(FigureDifference(measure.id, a, b, None if a is None or b is None else b - a))
    before, after = first.outcomes, second.outcomes
    return Comparison(
        only_first=frozenset(map(str, first.facts.perimeter.communes - second.facts.perimeter.communes)),
        only_second=frozenset(map(str, second.facts.perimeter.communes - first.facts.perimeter.communes)),
        figures=tuple(figures),
        findings=tuple((k, before[k], after[k]) for k in before if before[k] != after[k]),
    )


def _check_alike(every: Sequence[Evaluated]) -> None:
    problems = []
    if len({id(e.facts.crosswalk) for e in every}) > 1 or len({e.facts.perimeter.year for e in every}) > 1:
        problems.append("Ces périmètres ne sont pas comptés sur les mêmes données : rouvrez-les ensemble.")
    if len({e.settings.thresholds for e in every}) > 1:
        problems.append("Ces périmètres ne sont pas jugés par les mêmes réglages : reprenez ceux du guide.")
    if problems:
        raise GeoInputError(problems)


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Up to six perimeters and the one the others are set against (a position)."""

    every: tuple[Evaluated, ...]
    reference: int = 0

    @cached_property
    def against(self) -> tuple[Comparison, ...]:
        """Each perimeter compared with the reference; the reference's own is empty."""
        return tuple(compare(self.every[self.reference], other) for other in self.every)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The answers of each check for each perimeter."""
        return tuple(
            Verdict(check, tuple(e.findings[k][1] for e in self.every), self.titles)
            for k, (check, _) in enumerate(self.every[0].findings)
        )

    @property
    def titles(self) -> tuple[str, ...]:
        """A short title of each perimeter: its name, with its kind where two have the same."""
        names = [e.candidate.name for e in self.every]
        return tuple(n if names.count(n) == 1 else e.candidate.title for n, e in zip(names, self.every, strict=True))

    def difference_text(self, measure: Measure, position: int) -> str:
        """Write how a perimeter differs from the reference for a measure; empty for the reference itself."""
        if position == self.reference:
            return ""
        mine = self.every[position].values[measure.id]
        return measure.difference_text(self.every[self.reference].values[measure.id], mine)

    @property
    def scales(self) -> tuple[Scale, ...]:
        """Scales present, in the guide's order."""
        present = {e.candidate.scale for e in self.every}
        return tuple(s for s in SCALE_QUESTIONS if s in present)


@dataclass(frozen=True)
class Verdict:
    """One check across the perimeters, in words."""

    check: Check
    findings: tuple[Finding, ...]
    titles: tuple[str, ...]

    @property
    def badges(self) -> tuple[str, ...]:
        """Outcome, or reach where the check does not judge, for each perimeter."""
        return tuple(f.badge for f in self.findings)

    @property
    def differs(self) -> bool:
        """Whether the perimeters do not all get the same answer."""
        return len(set(self.badges)) > 1

    @property
    def sentence(self) -> str:
        """Say for which perimeters the check gives which outcome: « favorable pour A ; à discuter pour B »."""
        order = [*map(str, Outcome), *map(str, Reach)]
        groups = {b: [t for t, own in zip(self.titles, self.badges, strict=True) if own == b] for b in self.badges}
        if len(groups) == 1:
            return f"{_closed(self.badges[0])} pour tous."
        said = (f"{_closed(badge)} pour {fr.listing(groups[badge])}" for badge in order if badge in groups)
        return fr.typeset(" ; ".join(said) + ".")


def _closed(badge: str) -> str:
    """Close what a badge opens by a comma, before the sentence goes on: « favorable, sous réserve, pour Le Havre »."""
    return f"{badge}," if "," in badge else badge


def side_by_side(
    chosen: Sequence[Candidate], world: Dataset, settings: Settings | None = None, *, reference: int = 0
) -> SideBySide:
    """Set perimeters side by side, on the same data and settings; the cities that one needs opened are, for all of them.

    Raises
    ------
    GeoInputError
        When there is none, more than six, an empty one, no such reference, or a city cannot be opened.
    """
    problems = []
    if not 0 < len(chosen) <= MOST_COMPARED:
        problems.append(f"Choisissez de 1 à {MOST_COMPARED} périmètres à comparer ; il y en a {len(chosen)}.")
    problems += [f"{c.name} : ce périmètre est vide." for c in chosen if not c.codes]
    if not 0 <= reference < max(len(chosen), 1):
        problems.append("Le périmètre de référence n’est pas parmi ceux comparés.")
    if problems:
        raise GeoInputError(problems)
    here = opened(world, frozenset[str]().union(*(c.opened for c in chosen)))
    return SideBySide(tuple(evaluate(c, here, settings) for c in chosen), reference)
