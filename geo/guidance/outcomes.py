"""The outcomes of the thirteen checks after each of many moves, on whole arrays.

The checks (geo/guidance/checks.py) say the rules, one perimeter at a time and with their reasons; this says only how they would
turn, for hundreds of moves at once. Tests compare the two on drawn and real perimeters, check by check.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from geo.arrays import Bools, Floats
from geo.guidance.checks import CHECKS
from geo.guidance.checks_layers import SLIVER_OF_PERIMETER
from geo.guidance.finding import Outcome
from geo.guidance.settings import Settings
from geo.moves import DISPOSITIFS, LAYERS, MoveBatch

OUTCOMES = (Outcome.FAVORABLE, Outcome.DISCUSS, Outcome.VIGILANCE, Outcome.UNKNOWN)
FAVORABLE, DISCUSS, VIGILANCE, UNKNOWN = range(4)
CHECK_IDS = tuple(check.id for check in CHECKS)
Codes = npt.NDArray[np.int8]
Answer = tuple[Codes, Bools]


def outcomes_of(trials: MoveBatch, settings: Settings) -> Answer:
    """Return outcomes (places in OUTCOMES) and whether each check judges, both moves × checks in the order of CHECK_IDS."""
    answers = [_RULES[check](trials, settings) for check in CHECK_IDS]
    return np.column_stack([a[0] for a in answers]).astype(np.int8), np.column_stack([a[1] for a in answers])


def _all(trials: MoveBatch, value: bool) -> Bools:
    return np.full(len(trials.population), value)


def _pick(*choices: tuple[Bools, int], otherwise: int) -> Codes:
    """Return for each move the first outcome whose condition holds."""
    return np.select([c for c, _ in choices], [o for _, o in choices], otherwise).astype(np.int8)


def _size(trials: MoveBatch, settings: Settings) -> Answer:
    people, marker = trials.population, settings.marker
    found = _pick(
        (people <= marker, FAVORABLE), (people <= marker * (1 + settings.around), DISCUSS), otherwise=VIGILANCE
    )
    return found, _all(trials, True)


def _rural(trials: MoveBatch, _: Settings) -> Answer:
    bodies, atoms = trials.communities
    left = (atoms > 0) @ trials.ground.body_rural[bodies] - trials.sums["rural_owned"]
    return _pick((left > 0, DISCUSS), otherwise=FAVORABLE), (left > 0) | (trials.sums["rural"] > 0)


def _coordination(trials: MoveBatch, settings: Settings) -> Answer:
    limits = settings
    heavy = (
        (trials.pieces > 1)
        | ((trials.towns[1] > 0).sum(axis=1) > limits.max_communes)
        | ((trials.communities[1] > 0).sum(axis=1) > limits.max_bodies)
        | (trials.sums["area_m2"] > limits.max_area_m2)
        | (np.nan_to_num(trials.span_m) > limits.max_span_m)
    )
    return _pick((heavy, VIGILANCE), otherwise=FAVORABLE), _all(trials, True)


def _town_people(trials: MoveBatch) -> Floats:
    """Inhabitants inside of each commune met, after each move."""
    towns = trials.towns[0]
    table = trials.ground.town_people
    base = np.asarray(table[trials.rows].sum(axis=0)).ravel()[towns]
    return base + (trials.change @ table)[:, towns].toarray()


def _centrality(trials: MoveBatch, settings: Settings) -> Answer:
    several = (trials.towns[1] > 0).sum(axis=1) > 1
    people = trials.population
    share = np.divide(_town_people(trials).max(axis=1), people, out=np.zeros(len(people)), where=people > 0)
    return _pick((several & (share > settings.central), DISCUSS), otherwise=FAVORABLE), several


def _scale(trials: MoveBatch, settings: Settings) -> Answer:
    bodies, atoms = trials.communities
    if not len(bodies):
        return np.full(len(trials.population), FAVORABLE, dtype=np.int8), _all(trials, False)
    table = trials.ground.people
    base = np.asarray(table[trials.rows].sum(axis=0)).ravel()[bodies]
    people = np.where(atoms > 0, base + (trials.change @ table)[:, bodies].toarray(), -1.0)
    first = bodies[people.argmax(axis=1)]
    town, share, counts = trials.ground.main_town
    towns, met = trials.towns
    several = (met > 0).sum(axis=1) > 1
    only = towns[met.argmax(axis=1)]
    communal = share[first] > settings.central
    agrees = (communal == ~several) & (several | (only == town[first]))
    concerned = (atoms > 0).any(axis=1) & (counts[first] > 1)
    return _pick((np.asarray(~concerned | agrees), FAVORABLE), otherwise=DISCUSS), concerned


def _big_city(trials: MoveBatch, settings: Settings) -> Answer:
    towns, met = trials.towns
    big = ((met > 0) & (trials.ground.big[towns] > settings.big_city)).any(axis=1)
    split = _split_towns(trials)[towns]
    first = _first_big(trials, settings)
    return _pick((np.asarray(big), DISCUSS), otherwise=FAVORABLE), np.asarray(big & split[first])


def _split_towns(trials: MoveBatch) -> Bools:
    return np.asarray(trials.ground.town.sum(axis=0) > 1)


def _first_big(trials: MoveBatch, settings: Settings) -> npt.NDArray[np.intp]:
    """Return the place of the big city that the check speaks of: the one with most inhabitants inside."""
    towns, met = trials.towns
    big = (met > 0) & (trials.ground.big[towns] > settings.big_city)
    return np.where(big, _town_people(trials), -1.0).argmax(axis=1)


def _quarters(trials: MoveBatch, _: Settings) -> Answer:
    q = trials.quarters
    found = _pick(
        (~q.complete, UNKNOWN),
        (q.known == 0, FAVORABLE),
        (q.left > 0, DISCUSS),
        (q.unplaced > 0, UNKNOWN),
        otherwise=FAVORABLE,
    )
    return found, np.asarray(~q.complete | (q.known > 0))


def _sectors(trials: MoveBatch, settings: Settings) -> Answer:
    zones, limits = trials.zones, settings
    mine = zones.of("secteurs-adultes")
    met, people, total = zones.met[:, mine], zones.people[:, mine], zones.known_total[mine]
    counted = met & zones.counted[:, mine] & (np.nan_to_num(total) > 0) & (trials.population[:, None] > 0)
    of_zone = np.divide(people, total, out=np.ones_like(people), where=counted)
    inhabitants = np.broadcast_to(trials.population[:, None], people.shape)
    of_perimeter = np.divide(people, inhabitants, out=np.ones_like(people), where=counted)
    sliver = counted & (of_zone < limits.sliver) & (of_perimeter < SLIVER_OF_PERIMETER)
    main = (met & ~sliver).sum(axis=1)
    main = np.where(main > 0, main, met.sum(axis=1))
    children = zones.met[:, zones.of("secteurs-enfants")].sum(axis=1)
    sums = trials.sums
    complete = (sums["adult_unlisted"] == 0) | (sums["adult_assigned"] == sums["atoms"])
    unknown = (~complete & (main < 2)) | (main == 0)
    return _pick((unknown, UNKNOWN), ((main == 1) & (children < 2), FAVORABLE), otherwise=DISCUSS), _all(trials, True)


def _articulation(trials: MoveBatch, _: Settings) -> Answer:
    zones = trials.zones
    known = {k: v[zones.columns] for k, v in trials.ground.zone_known.items()}
    inside = zones.whole == trials.sums["atoms"][:, None]
    clsm = zones.of("clsm")
    same = ~known["vague"] & inside & zones.covered
    others = zones.met & clsm & ~same
    running = (others & known["running"] & ~known["supposed"]).any(axis=1)
    rest = np.isin(zones.layer, [LAYERS.index(i) for i in DISPOSITIFS[1:]])
    partial = (zones.met & rest & ~known["vague"] & ~inside & ~zones.covered).any(axis=1)
    unsure = (others & ~(known["running"] & ~known["supposed"])).any(axis=1)
    lacking = trials.sums["lacking"] > 0
    found = _pick((running, VIGILANCE), (unsure | partial, DISCUSS), (lacking, UNKNOWN), otherwise=FAVORABLE)
    return found, _all(trials, True)


def _resources(trials: MoveBatch, _: Settings) -> Answer:
    unknown = _all(trials, trials.ground.resources is None) | (trials.sums["unlisted"] > 0)
    none = np.asarray(trials.sums["places"] == 0)
    return _pick((unknown, UNKNOWN), (none, VIGILANCE), otherwise=DISCUSS), np.asarray(unknown | none)


def _informs(trials: MoveBatch, _: Settings) -> Answer:
    return np.full(len(trials.population), DISCUSS, dtype=np.int8), _all(trials, False)


_RULES: dict[str, Callable[[MoveBatch, Settings], Answer]] = {
    "taille": _size,
    "secteurs": _sectors,
    "articulation": _articulation,
    "qpv": _quarters,
    "rural": _rural,
    "coordination": _coordination,
    "centralite": _centrality,
    "diagnostic": _scale,
    "ressources": _resources,
    "typologie": _informs,
    "grande_ville": _big_city,
    "elus": _informs,
    "moyens": _informs,
}
