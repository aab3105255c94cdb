"""The figures of a perimeter that a comparison and a note show, each with its definition, its unit and what limits it.

One list for the page Comparaison, the notes, the files and the page Méthode. A count from a list that is not complete here is a
floor; what cannot be computed is None, never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from geo import french as fr
from geo.budget import RECOMMENDED
from geo.guidance.check import Check
from geo.guidance.checks.articulation import own_clsm
from geo.guidance.finding import Finding, outcome_counts
from geo.guidance.project import NO_PROJECT, Project
from geo.guidance.sector_shares import listed_here, sectors_listed, sectors_met
from geo.guidance.settings import Settings
from geo.layers import OTHER_DISPOSITIFS, LayerId, Overlap, Relation, known_populations, populations_suffice
from geo.moves import batch_of_one
from geo.perimeters import PerimeterFacts

_people = fr.number  # the label says « habitants »
_ACROSS = "territoires trop éloignés pour une même mesure"

TERRITORY, QPV, PSYCHIATRY, LAYERS, WORK, TABLE = (
    "Territoire", "Politique de la ville", "Psychiatrie", "Articulation", "Coordination", "Qui doit être à la table",
)  # fmt: skip

EMPTY = "Périmètre vide : choisissez une commune pour commencer."


@dataclass(frozen=True)
class Value:
    """A figure of one perimeter: None when it cannot be said. `least` marks a floor, `estimated` an estimate."""

    number: float | None
    least: bool = False
    estimated: bool = False
    note: str = ""


@dataclass(frozen=True)
class Measure:
    """A line of the comparison: what it says, in which unit, how it is computed."""

    id: str
    group: str
    label: str
    definition: str
    write: Callable[[float], str]
    work_out: Callable[[PerimeterFacts], Value]
    work_out_for: Callable[[PerimeterFacts, Project], Value] | None = None

    def value(self, facts: PerimeterFacts, project: Project) -> Value:
        """Compute the figure of a perimeter, for a project where it depends on one."""
        return self.work_out_for(facts, project) if self.work_out_for else self.work_out(facts)

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
        """Write the second less the first with its sign; « = » when there is none, « presque égal » when it is written as zero.

        Where one of them is unknown or a floor, the difference cannot be said.
        """
        if first.number is None or second.number is None or first.least or second.least:
            return "écart inconnu"
        gap = second.number - first.number
        if gap == 0:
            return "="
        about = "environ " if first.estimated or second.estimated else ""
        zero, written = (
            f"{fr.number(size * 100, 1)}{fr.NBSP}points" if self.write is fr.percent else self.write(size)
            for size in (0.0, abs(gap))
        )
        if written == zero:
            return "presque égal"
        return f"{about}{'+' if gap > 0 else fr.MINUS}{fr.NARROW}{written}"


def _sectors(facts: PerimeterFacts) -> tuple[Overlap, ...]:
    return facts.overlaps[LayerId.ADULT_SECTORS]


def _cut(overlap: Overlap) -> bool:
    return overlap.relation in (Relation.PARTIEL, Relation.INCLUS)


def _known(facts: PerimeterFacts, layer_id: LayerId, number: float) -> Value:
    """Make a value of a count that is a floor where the list is not complete."""
    return Value(number, least=not listed_here(facts, layer_id))


def _no_sector_known(facts: PerimeterFacts) -> bool:
    """Whether nothing can be said of sectors here: none is known, and the list is not complete."""
    return not _sectors(facts) and not facts.known_everywhere(LayerId.ADULT_SECTORS)


def _sector_count(facts: PerimeterFacts, wanted: Callable[[Overlap], bool]) -> Value:
    if _no_sector_known(facts):
        return Value(None, note="secteurs inconnus ici")
    return _known(facts, LayerId.ADULT_SECTORS, sum(wanted(o) for o in _sectors(facts)))


def _sector_people(facts: PerimeterFacts, *, outside: bool) -> Value:
    """Inhabitants of the adult sectors cut: those left outside, or those inside."""
    if _no_sector_known(facts):
        return Value(None, note="secteurs inconnus ici")
    cut = [o for o in _sectors(facts) if _cut(o)]
    if outside:
        counted = [o for o in cut if o.zone_population is not None and o.population is not None]
        number = sum(round(o.zone_population or 0) - round(o.population or 0) for o in counted)
        split = {s.id for s in sectors_met(facts, (LayerId.ADULT_SECTORS,)) if s.estimated}
        estimated = any(o.id in split for o in counted)
    else:
        counted = [o for o in cut if o.population is not None]
        number = round(sum(o.population or 0 for o in counted))
        estimated = any(o.estimated for o in counted)
    value = replace(_known(facts, LayerId.ADULT_SECTORS, number), estimated=estimated)
    if len(counted) < len(cut):
        return replace(value, least=True, note="la population d’un secteur au moins n’est pas connue")
    return value


def placed_quarters(facts: PerimeterFacts) -> tuple[Overlap, ...]:
    """Return the QPV that the perimeter surely meets: not those of a city that it cuts, in an arrondissement that is not known."""
    return tuple(o for o in facts.overlaps[LayerId.QPV] if not o.somewhere)


def _quarters_met(facts: PerimeterFacts) -> Value:
    """QPV met for certain; those of the city in an arrondissement that is not known may be here too, and make it a floor."""
    found = batch_of_one(facts).quarters
    return Value(int(found.touched[0]), least=bool(not found.complete[0] or found.unplaced[0]))


def _quarters_left(facts: PerimeterFacts) -> Value:
    """QPV of the same intercommunal bodies that the perimeter does not meet."""
    found = batch_of_one(facts).quarters
    unplaced = int(found.unplaced[0])
    left = int(found.known[0]) - int(found.touched[0]) - unplaced
    return Value(left, least=bool(not found.complete[0] or unplaced))


def _quarter_people(facts: PerimeterFacts) -> Value:
    met = placed_quarters(facts)
    told = sum(o.population is not None for o in met)
    lacking = told < len(facts.overlaps[LayerId.QPV])
    known = facts.known_everywhere(LayerId.QPV)
    people = sum(o.population or 0 for o in met)
    if met and (not told or not populations_suffice(told, len(met))):
        return Value(None, note=known_populations(told, len(met)))
    return Value(people, least=lacking or not known, estimated=any(o.estimated for o in met))


def _dispositifs(relation: Callable[[Overlap], bool]) -> Callable[[PerimeterFacts], Value]:
    def work_out(facts: PerimeterFacts) -> Value:
        number = sum(relation(o) for layer in OTHER_DISPOSITIFS for o in facts.overlaps[layer])
        return Value(number, least=not all(facts.known_everywhere(i) for i in OTHER_DISPOSITIFS))

    return work_out


def _other_clsm(facts: PerimeterFacts, project: Project) -> Value:
    return _known(facts, LayerId.CLSM, len(facts.overlaps[LayerId.CLSM]) - len(own_clsm(facts, project)))


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
    named = [s.establishment for s in sectors_met(facts, (LayerId.ADULT_SECTORS,))]
    sure = sectors_listed(facts, LayerId.ADULT_SECTORS) and all(named)
    return Value(len(set(named) - {""}), least=not sure)


def _full_time(facts: PerimeterFacts) -> Value:
    return Value(RECOMMENDED.per_inhabitant(facts.population), estimated=True)


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
            fr.number, _quarters_met),
    Measure("qpv_habitants", QPV, "Habitants des QPV servis", "Populations publiées des quartiers du périmètre.",
            _people, _quarter_people),
    Measure("qpv_dehors", QPV, "QPV laissés dehors", "Quartiers des mêmes intercommunalités hors du périmètre.",
            fr.number, _quarters_left),
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
            fr.number, lambda f: _known(f, LayerId.CHILD_SECTORS, len(f.overlaps[LayerId.CHILD_SECTORS]))),
    Measure("alignes", LAYERS, "CLS, CPTS et DAC alignés", "Dispositifs qui contiennent le périmètre ou y sont contenus.",
            fr.number, _dispositifs(lambda o: o.relation not in (Relation.PARTIEL, Relation.A_PRECISER))),
    Measure("partiels", LAYERS, "CLS, CPTS et DAC recoupés en partie", "Dispositifs à cheval sur la limite du périmètre.",
            fr.number, _dispositifs(lambda o: o.relation is Relation.PARTIEL)),
    Measure("autres_clsm", LAYERS, "Autres CLSM sur ces communes", "CLSM qui partagent au moins une commune, sauf celui que l’on élargit ou fusionne.",
            fr.number, lambda f: _other_clsm(f, NO_PROJECT), _other_clsm),
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
            fr.number, lambda f: Value(len(f.bodies))),
    Measure("intercommunalites_en_partie", TABLE, "dont en partie seulement", "Intercommunalités que le périmètre coupe.",
            fr.number, lambda f: Value(sum(not p.whole for p in f.bodies))),
    Measure("etablissements", TABLE, "Établissements de psychiatrie adulte", "Établissements des secteurs rencontrés.",
            fr.number, _hospitals),
    Measure("departements", TABLE, "Départements", "Préfectures et conseils départementaux à associer.",
            fr.number, lambda f: Value(len(f.departements))),
)  # fmt: skip


def summary(facts: PerimeterFacts | None, findings: Sequence[tuple[Check, Finding]] = ()) -> str:
    """Return the paragraph: size, inhabitants, pieces, sectors, QPV, outcomes of the checks; unknown is said unknown."""
    if facts is None or not facts.perimeter.communes:
        return EMPTY
    sentences = [f"Périmètre {facts.of_size}, {fr.inhabitants(facts.population)}"]
    if facts.pieces > 1:
        sentences[0] += f", en {facts.pieces} morceaux"
    sentences += [_sectors_sentence(facts), _quarters_sentence(facts), _outcomes(findings)]
    return fr.typeset(". ".join(s for s in sentences if s) + ".")


def in_brief(facts: PerimeterFacts, settings: Settings) -> tuple[str, str, str]:
    """Return what is read from afar: inhabitants; share of the marker; communes, adult sectors and QPV met, unknown said unknown."""
    sectors, quarters = sectors_met(facts, (LayerId.ADULT_SECTORS,)), facts.overlaps[LayerId.QPV]
    placed = len(placed_quarters(facts))
    parts = (
        facts.size_text,
        _counted(len(sectors), sectors_listed(facts, LayerId.ADULT_SECTORS), "secteur", "secteurs"),
        _counted(placed, placed == len(quarters) and facts.known_everywhere(LayerId.QPV), "QPV", "QPV"),
    )
    share = f"{fr.percent(facts.population / settings.marker, 0)} du repère"
    return fr.inhabitants(facts.population), share, " · ".join(parts)


def _counted(count: int, sure: bool, one: str, many: str) -> str:
    if not count and not sure:
        return f"{many} inconnus"
    return f"{'' if sure else 'au moins '}{fr.count(count, one, many)}"


def _sectors_sentence(facts: PerimeterFacts) -> str:
    adults = sectors_met(facts, (LayerId.ADULT_SECTORS,))
    sure = sectors_listed(facts, LayerId.ADULT_SECTORS)
    if not adults:
        return "Aucun secteur de psychiatrie adulte" if sure else "Secteurs de psychiatrie adulte inconnus ici"
    start = "" if sure else "Au moins "
    text = f"{start}{fr.count(len(adults), 'secteur')} de psychiatrie adulte"
    whole, vague = sum(s.whole for s in adults), sum(bool(s.unknown) and not s.whole for s in adults)
    cut = len(adults) - whole - vague
    parts = [
        *([f"{fr.number(whole)} {'entier' if whole < 2 else 'entiers'}"] if whole else []),
        *([f"{fr.number(cut)} {'coupé' if cut < 2 else 'coupés'}"] if cut else []),
        *([f"{fr.number(vague)} de part inconnue"] if vague else []),
    ]
    return f"{text} ({fr.listing(parts)})"


def _quarters_sentence(facts: PerimeterFacts) -> str:
    met = facts.overlaps[LayerId.QPV]
    count = len(placed_quarters(facts))
    if count < len(met):
        if not count:
            lost = fr.count(len(met), "quartier prioritaire", "quartiers prioritaires")
            return f"Parmi {lost} de la ville, aucun dont l’arrondissement soit connu"
        unplaced = f"{fr.count(len(met) - count, 'autre', 'autres')} d’arrondissement inconnu"
        return f"Au moins {fr.count(count, 'quartier prioritaire', 'quartiers prioritaires')}, et {unplaced}"
    if facts.known_everywhere(LayerId.QPV):
        return (
            f"{fr.count(count, 'quartier prioritaire', 'quartiers prioritaires')}"
            if count
            else "Aucun quartier prioritaire"
        )
    if not count:
        return "Quartiers prioritaires inconnus ici"
    return f"Au moins {fr.count(count, 'quartier prioritaire', 'quartiers prioritaires')}"


def _outcomes(findings: Sequence[tuple[Check, Finding]]) -> str:
    counted = outcome_counts(found for _, found in findings)
    return f"Repères du guide : {counted}" if counted else ""
