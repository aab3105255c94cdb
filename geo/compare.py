"""Perimeters side by side: the same figures from the same data, differences, findings that differ; no winner, no score.

`compare(a, b)` is exact and symmetric: a perimeter against itself is empty, and swapping the two negates every
difference. `side_by_side` sets up to six perimeters in one table against a reference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

from geo import french as fr
from geo.candidates import MOST_COMPARED, SCALE_QUESTIONS, Candidate, Scale
from geo.checks_layers import quarters
from geo.crosswalk import Overlap, Relation
from geo.errors import GeoInputError
from geo.findings import Finding, Outcome, Reach, Settings
from geo.guidance import Check, run_checks
from geo.perimeter import PerimeterFacts
from geo.staffing import RECOMMENDED
from geo.world import World

OTHER_DISPOSITIFS = ("cls", "cpts", "dac")


@dataclass(frozen=True)
class Value:
    """A figure of one perimeter: None when it cannot be said. `least` marks a floor, `estimated` an estimate."""

    number: float | None
    least: bool = False
    estimated: bool = False
    note: str = ""


@dataclass(frozen=True)
class Measure:
    """A line of the comparison: what it says, in which unit, how it is worked out."""

    id: str
    group: str
    label: str
    definition: str
    write: Callable[[float], str]
    work_out: Callable[[PerimeterFacts], Value]

    def text(self, value: Value) -> str:
        """Write a value with what limits it."""
        if value.number is None:
            return "inconnu"
        if value.least and not value.number:
            return "aucun connu"
        if value.estimated and not value.number:
            return f"{self.write(0)} (estimation)"
        hedge = "au moins " if value.least else "environ " if value.estimated else ""
        return f"{hedge}{self.write(value.number)}"

    def difference_text(self, first: Value, second: Value) -> str:
        """Write the second less the first with its sign; « = » when there is none.

        Where one of them is unknown or a floor, the difference cannot be said.
        """
        if first.number is None or second.number is None or first.least or second.least:
            return "écart inconnu"
        gap = second.number - first.number
        if gap == 0:
            return "="
        about = "environ " if first.estimated or second.estimated else ""
        points = self.write is fr.percent
        written = f"{fr.number(abs(gap) * 100, 1)}{fr.NBSP}points" if points else self.write(abs(gap))
        return f"{about}{'+' if gap > 0 else fr.MINUS}{fr.NARROW}{written}"


def _sectors(facts: PerimeterFacts) -> tuple[Overlap, ...]:
    return facts.overlaps["secteurs-adultes"]


def _cut(overlap: Overlap) -> bool:
    return overlap.relation in (Relation.PARTIEL, Relation.INCLUS)


def _known(facts: PerimeterFacts, layer_id: str, number: float | None, *, listed: bool = True) -> Value:
    """Make a value of a count that is a floor where the list is not complete."""
    sure = facts.known_everywhere(layer_id) or (layer_id.startswith("secteurs") and facts.assigned_everywhere(layer_id))
    return Value(number, least=not sure and listed)


def _sector_count(facts: PerimeterFacts, wanted: Callable[[Overlap], bool]) -> Value:
    return _known(facts, "secteurs-adultes", sum(wanted(o) for o in _sectors(facts)))


def _sector_people(facts: PerimeterFacts, *, outside: bool) -> Value:
    """Inhabitants of the adult sectors cut: those left outside, or those inside."""
    cut = [o for o in _sectors(facts) if _cut(o)]
    if outside:
        told = [o for o in cut if o.zone_population is not None and o.population is not None]
        number = sum((o.zone_population or 0) - (o.population or 0) for o in told)
    else:
        told = [o for o in cut if o.population is not None]
        number = sum(o.population or 0 for o in told)
    value = _known(facts, "secteurs-adultes", number)
    if len(told) < len(cut):
        return Value(number, least=True, note="la population d’un secteur au moins n’est pas connue")
    return value


# The finding on QPV holds three of the figures: worked out once a perimeter, and let go with it.
_QUARTERS: WeakKeyDictionary[PerimeterFacts, Finding] = WeakKeyDictionary()


def _quarters(facts: PerimeterFacts) -> Finding:
    if facts not in _QUARTERS:
        _QUARTERS[facts] = quarters(facts, Settings())
    return _QUARTERS[facts]


def _quarter_count(key: str) -> Callable[[PerimeterFacts], Value]:
    def work_out(facts: PerimeterFacts) -> Value:
        found = _quarters(facts)
        return Value(found.figures[key], least=bool(found.missing))

    return work_out


def _quarter_people(facts: PerimeterFacts) -> Value:
    met = facts.overlaps["qpv"]
    lacking = any(o.population is None for o in met)
    known = facts.known_everywhere("qpv")
    people = sum(o.population or 0 for o in met)
    if met and all(o.population is None for o in met):
        return Value(None, note="populations non publiées dans les données en place")
    return Value(people, least=lacking or not known, estimated=any(o.estimated for o in met))


def _dispositifs(relation: Callable[[Overlap], bool]) -> Callable[[PerimeterFacts], Value]:
    def work_out(facts: PerimeterFacts) -> Value:
        number = sum(relation(o) for layer in OTHER_DISPOSITIFS for o in facts.overlaps[layer])
        return Value(number, least=not all(facts.known_everywhere(i) for i in OTHER_DISPOSITIFS))

    return work_out


def _other_clsm(facts: PerimeterFacts) -> Value:
    met = [o for o in facts.overlaps["clsm"] if o.relation is not Relation.IDENTIQUE]
    return _known(facts, "clsm", len(met))


def _class_people(level: int) -> Callable[[PerimeterFacts], Value]:
    def work_out(facts: PerimeterFacts) -> Value:
        return Value(float(facts.classes.at[level, "population"]), estimated=facts.density.estimated)

    return work_out


def _optional(value: float | None, note: str) -> Value:
    return Value(value, note="" if value is not None else note)


def _main_town(facts: PerimeterFacts) -> Value:
    return Value(int(facts.towns.iloc[0]) / facts.population if facts.population else None)


def _places(facts: PerimeterFacts) -> Value:
    found = facts.resources
    if found is None:
        return Value(None, note="lieux de santé mentale non synchronisés")
    return Value(len(found.inside(facts.rows)), least=not set(facts.departements) <= found.extent)


def _hospitals(facts: PerimeterFacts) -> Value:
    zones = facts.crosswalk.layers["secteurs-adultes"].zones
    names = {str(zones.at[o.id, "territoire"]) for o in _sectors(facts)} - {""}
    return _known(facts, "secteurs-adultes", len(names))


def _full_time(facts: PerimeterFacts) -> Value:
    return Value(RECOMMENDED.per_inhabitant(facts.population), estimated=True)


_people = fr.number  # the label says « habitants »
_ACROSS = "territoires trop éloignés pour une même mesure"
TERRITORY, QPV, PSYCHIATRY, LAYERS, WORK, TABLE = (
    "Territoire", "Politique de la ville", "Psychiatrie", "Articulation", "Coordination", "Qui doit être à la table",
)  # fmt: skip
MEASURES = (
    Measure("population", TERRITORY, "Habitants", "Population municipale des communes du périmètre.",
            _people, lambda f: Value(f.population)),
    Measure("communes", TERRITORY, "Communes", "Communes, une ville à arrondissements comptant pour une.",
            fr.number, lambda f: Value(len(f.towns))),
    Measure("dense", TERRITORY, "Habitants en commune urbaine dense", "Communes de la classe « urbain dense ».",
            _people, _class_people(1)),
    Measure("intermediaire", TERRITORY, "Habitants en commune urbaine intermédiaire",
            "Communes de la classe « urbain intermédiaire ».", _people, _class_people(2)),
    Measure("rural", TERRITORY, "Habitants en commune rurale", "Communes de la classe « rural ».",
            _people, _class_people(3)),
    Measure("ville_principale", TERRITORY, "Part de la commune la plus peuplée",
            "Habitants de la commune la plus peuplée sur habitants du périmètre.", fr.percent, _main_town),
    Measure("qpv", QPV, "QPV servis", "Quartiers prioritaires d’au moins une commune du périmètre.",
            fr.number, _quarter_count("qpv_dans_le_perimetre")),
    Measure("qpv_habitants", QPV, "Habitants des QPV servis", "Populations publiées des quartiers du périmètre.",
            _people, _quarter_people),
    Measure("qpv_dehors", QPV, "QPV laissés dehors", "Quartiers des mêmes intercommunalités hors du périmètre.",
            fr.number, _quarter_count("qpv_hors_perimetre")),
    Measure("secteurs", PSYCHIATRY, "Secteurs adultes rencontrés", "Secteurs d’au moins une commune du périmètre.",
            fr.number, lambda f: _sector_count(f, lambda o: True)),
    Measure("secteurs_entiers", PSYCHIATRY, "Secteurs adultes entiers", "Secteurs dont toutes les communes sont dans le périmètre.",
            fr.number, lambda f: _sector_count(f, lambda o: o.relation in (Relation.CONTIENT, Relation.IDENTIQUE))),
    Measure("secteurs_coupes", PSYCHIATRY, "Secteurs adultes coupés", "Secteurs en partie dans le périmètre.",
            fr.number, lambda f: _sector_count(f, _cut)),
    Measure("secteurs_dedans", PSYCHIATRY, "Habitants du périmètre en secteur coupé",
            "Habitants du périmètre dont le secteur s’étend au-dehors.", _people, lambda f: _sector_people(f, outside=False)),
    Measure("secteurs_dehors", PSYCHIATRY, "Habitants de ces secteurs laissés dehors",
            "Habitants des secteurs coupés qui sont hors du périmètre.", _people, lambda f: _sector_people(f, outside=True)),
    Measure("enfants", PSYCHIATRY, "Secteurs infanto-juvéniles rencontrés", "Secteurs d’au moins une commune du périmètre.",
            fr.number, lambda f: _known(f, "secteurs-enfants", len(f.overlaps["secteurs-enfants"]))),
    Measure("alignes", LAYERS, "CLS, CPTS et DAC alignés", "Dispositifs qui contiennent le périmètre ou y sont contenus.",
            fr.number, _dispositifs(lambda o: o.relation not in (Relation.PARTIEL, Relation.A_PRECISER))),
    Measure("partiels", LAYERS, "CLS, CPTS et DAC recoupés en partie", "Dispositifs à cheval sur la limite du périmètre.",
            fr.number, _dispositifs(lambda o: o.relation is Relation.PARTIEL)),
    Measure("autres_clsm", LAYERS, "Autres CLSM sur ces communes", "CLSM qui partagent au moins une commune.",
            fr.number, _other_clsm),
    Measure("superficie", WORK, "Superficie", "Somme des communes, dans la projection légale.",
            fr.square_kilometres, lambda f: Value(f.area_m2)),
    Measure("etendue", WORK, "Plus grande distance à vol d’oiseau", "Entre points intérieurs des communes les plus éloignées.",
            fr.kilometres, lambda f: _optional(f.span_m, _ACROSS)),
    Measure("distance_moyenne", WORK, "Distance moyenne à la ville principale", "Moyenne pondérée par les habitants, à vol d’oiseau.",
            fr.kilometres, lambda f: _optional(f.mean_distance_m, _ACROSS)),
    Measure("morceaux", WORK, "Morceaux", "Ensembles de communes qui se touchent.", fr.number, lambda f: Value(f.pieces)),
    Measure("lieux", WORK, "Lieux de soins en santé mentale", "Lieux connus dans les communes du périmètre.", fr.number, _places),
    Measure("temps_plein", WORK, "Coût d’un temps plein, par habitant et par an",
            "Le temps plein que le guide recommande, environ 60 000 € brut par an, divisé par les habitants ; ordre de grandeur 2024.",
            lambda v: f"{fr.number(v, 2)}{fr.NBSP}€", _full_time),
    Measure("maires", TABLE, "Maires", "Un par commune.", fr.number, lambda f: Value(len(f.towns))),
    Measure("intercommunalites", TABLE, "Intercommunalités", "EPCI, ou EPT dans le Grand Paris.",
            fr.number, lambda f: Value(len(f.communities))),
    Measure("intercommunalites_en_partie", TABLE, "dont en partie seulement", "Intercommunalités que le périmètre coupe.",
            fr.number, lambda f: Value(sum(not p.whole for p in f.communities))),
    Measure("etablissements", TABLE, "Établissements de psychiatrie adulte", "Établissements des secteurs rencontrés.",
            fr.number, _hospitals),
    Measure("departements", TABLE, "Départements", "Préfectures et conseils départementaux à associer.",
            fr.number, lambda f: Value(len(f.departements))),
)  # fmt: skip
BY_ID = {measure.id: measure for measure in MEASURES}


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
        return {measure.id: measure.work_out(self.facts) for measure in MEASURES}

    @property
    def outcomes(self) -> dict[str, str]:
        """Outcome of each check, or its reach where it does not judge."""
        return {f.id: str(f.outcome if f.reach is Reach.FINDING else f.reach) for _, f in self.findings}


@dataclass(frozen=True)
class FigureDifference:
    """One figure of two perimeters and the second less the first; None where one is unknown."""

    id: str
    first: float | None
    second: float | None
    difference: float | None


@dataclass(frozen=True)
class Comparison:
    """What tells two perimeters apart: communes in one only, figures that differ, findings that differ."""

    only_first: frozenset[str]
    only_second: frozenset[str]
    figures: tuple[FigureDifference, ...]
    findings: tuple[tuple[str, str, str], ...]

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.only_first or self.only_second or self.figures or self.findings)


def evaluate(candidate: Candidate, world: World, settings: Settings | None = None) -> Evaluated:
    """Work out a candidate's facts and checks on the data in use."""
    return Evaluated(candidate, world.facts(candidate.perimeter(world.atlas)), settings or Settings())


def compare(first: Evaluated, second: Evaluated) -> Comparison:
    """Return what tells the second from the first.

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
        only_first=first.candidate.codes - second.candidate.codes,
        only_second=second.candidate.codes - first.candidate.codes,
        figures=tuple(figures),
        findings=tuple((k, before[k], after[k]) for k in before if before[k] != after[k]),
    )


def _check_alike(every: Sequence[Evaluated]) -> None:
    problems = []
    if len({id(e.facts.crosswalk) for e in every}) > 1 or len({e.facts.perimeter.year for e in every}) > 1:
        problems.append("Ces périmètres ne sont pas comptés sur les mêmes données : rouvrez-les ensemble.")
    if len({e.settings for e in every}) > 1:
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
        """What each check that judges says of each perimeter."""
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
        return tuple(str(f.outcome if f.reach is Reach.FINDING else f.reach) for f in self.findings)

    @property
    def differs(self) -> bool:
        """Whether the perimeters do not all get the same answer."""
        return len(set(self.badges)) > 1

    @property
    def sentence(self) -> str:
        """Say for which perimeters the check gives which outcome: « favorable pour A ; à discuter pour B »."""
        order = [*map(str, (Outcome.FAVORABLE, Outcome.DISCUSS, Outcome.VIGILANCE, Outcome.UNKNOWN)), *map(str, Reach)]
        groups = {b: [t for t, own in zip(self.titles, self.badges, strict=True) if own == b] for b in self.badges}
        if len(groups) == 1:
            return f"{self.badges[0]} pour tous."
        said = (f"{badge} pour {fr.listing(groups[badge])}" for badge in order if badge in groups)
        return fr.typeset(" ; ".join(said) + ".")


def side_by_side(
    chosen: Sequence[Candidate], world: World, settings: Settings | None = None, *, reference: int = 0
) -> SideBySide:
    """Set perimeters side by side, on the same data and settings.

    Raises
    ------
    GeoInputError
        When there is none, more than six, an empty one, or no such reference.
    """
    problems = []
    if not 0 < len(chosen) <= MOST_COMPARED:
        problems.append(f"Choisissez de 1 à {MOST_COMPARED} périmètres à comparer ; il y en a {len(chosen)}.")
    problems += [f"{c.name} : ce périmètre est vide." for c in chosen if not c.codes]
    if not 0 <= reference < max(len(chosen), 1):
        problems.append("Le périmètre de référence n’est pas parmi ceux comparés.")
    if problems:
        raise GeoInputError(problems)
    return SideBySide(tuple(evaluate(c, world, settings) for c in chosen), reference)
