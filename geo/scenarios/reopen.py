"""Scenarios that come from outside, by link or by file: checked one by one, set on the data of today, with what moved.

A merged commune becomes the commune of today; a code that is nowhere any more is left out if the data differ, and
refused otherwise. Each repair is a sentence: nothing changes in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from geo import french as fr
from geo.budget import NO_BUDGET, Budget
from geo.claims import PIECE, Claim, Claims
from geo.communes import Atlas, read_code
from geo.errors import GeoInputError
from geo.guidance import ANSWER_LENGTH, NO_PROJECT, QUESTION_IDS, THRESHOLDS, Project, Settings
from geo.scenarios.scenario import MOST_SCENARIOS, VINTAGE_LENGTH, Scenario, Vintage, Workbook

_MOST_ANSWERS = 100
_FORMER_LENGTH = 40  # where the vintage of a source was once cut, in the middle of a date if need be


@dataclass(frozen=True)
class RawScenario:
    """A scenario as it was sent, its codes not yet looked up; `whole` names the départements sent as a whole, `answers` are texts
    by question, not yet looked at."""

    name: str
    codes: frozenset[str]
    note: str = ""
    locked: frozenset[str] = frozenset()
    whole: tuple[str, ...] = ()
    project: Project = NO_PROJECT
    answers: Mapping[str, Any] = field(default_factory=dict)
    budget: Budget = NO_BUDGET


@dataclass(frozen=True)
class RawClaim:
    """A claim as it was sent, nothing of it looked at but its shape."""

    kind: Any
    name: Any
    who: Any
    day: Any
    hospital: Any
    pieces: frozenset[str]
    parts: frozenset[str] = frozenset()
    whole: bool = False
    prevails: bool = False


@dataclass(frozen=True)
class Opened:
    """A workbook that came from outside, with what its reader must know, in French; none when nothing has changed."""

    workbook: Workbook
    notices: tuple[str, ...] = ()


def reopen(
    raw: Sequence[RawScenario],
    current: Any,
    settings: Settings,
    sent: Vintage,
    atlas: Atlas,
    here: Vintage | None = None,
    claims: Sequence[RawClaim] = (),
) -> Opened:
    """Set scenarios, and claims, on the data of today.

    Raises
    ------
    GeoInputError
        When a text is too long, a name comes twice, or a code does not exist though the data are the same.
    """
    if not 0 < len(raw) <= MOST_SCENARIOS or isinstance(current, bool) or not isinstance(current, int):
        raise GeoInputError(f"Il faut de 1 à {MOST_SCENARIOS} scénarios, dont un courant.")
    _check_vintage(sent)
    moved = sent.known and sent.communes != atlas.year
    notices = list(_what_differs(sent, here)) if here else []
    for departement in sorted({d for scenario in raw for d in scenario.whole}) if moved else ():
        notices.append(
            f"Département {departement} : pris en entier dans ce lien, il est repris dans son découpage de {atlas.year}."
        )
    scenarios = []
    for scenario in raw:
        if not isinstance(scenario.name, str) or not isinstance(scenario.note, str):
            raise GeoInputError("Le nom et la note d’un scénario sont des textes.")
        codes, said = _today(scenario.codes, atlas, moved=moved)
        locked, _ = _today(scenario.locked, atlas, moved=moved)
        notices += said
        answers, dropped = _answers(scenario.answers)
        notices += dropped
        kept = Scenario(scenario.name, codes, scenario.note, locked & codes, scenario.project, answers, scenario.budget)
        scenarios.append(kept)
    stated = [_claim(raw_claim, atlas, notices, moved=moved) for raw_claim in claims]
    held = Claims(tuple(claim for claim in stated if claim))
    if held:
        authors = fr.listing(dict.fromkeys(claim.who for claim in held), most=4)
        many = fr.count(len(held), "déclaration locale", "déclarations locales")
        notices.append(
            f"{many}, d’après {authors}, {'compte' if len(held) == 1 else 'comptent'} dans les chiffres (panneau Secteurs)."
        )
    workbook = Workbook(tuple(scenarios), current, settings, here or sent, held)
    return Opened(workbook, tuple(dict.fromkeys(notices)))


def _claim(raw: RawClaim, atlas: Atlas, notices: list[str], *, moved: bool) -> Claim | None:
    """Return a claim on the communes of today; None, and a notice, when none of them is left."""
    texts = (raw.kind, raw.name, raw.who, raw.day, raw.hospital)
    if not all(isinstance(text, str) for text in texts):
        raise GeoInputError("Une déclaration locale est illisible : des textes sont attendus.")
    small = frozenset(
        code for code in raw.pieces | raw.parts if PIECE.fullmatch(code)
    )  # kept as they are: `lay` places them
    pieces, said = _today(raw.pieces - small, atlas, moved=moved)
    parts, more = _today(raw.parts - small, atlas, moved=moved)
    pieces, parts = pieces | (raw.pieces & small), parts | (raw.parts & small)
    notices += [*said, *more]
    if not pieces | parts and moved:
        notices.append(f"La déclaration « {raw.name} » est laissée de côté : aucune de ses communes n’existe ici.")
        return None
    return Claim(raw.kind, raw.name, raw.who, raw.day, pieces, raw.hospital, parts - pieces, raw.whole, raw.prevails)


def _today(codes: Iterable[str], atlas: Atlas, *, moved: bool) -> tuple[frozenset[str], list[str]]:
    """Return the atoms of today for some codes, and what was repaired or left out."""
    found, notices, lost, problems = set(), [], [], []
    for code in sorted(codes):
        if code in atlas.row:
            found.add(code)
            continue
        reading = read_code(code, atlas)
        found.update(reading.atoms)
        if reading.kind == "former":
            current, old = atlas.former[reading.text]
            name = atlas.label(current)
            notices.append(
                f"{old or 'Commune'} ({reading.text}) fait maintenant partie {fr.of(name)}, prise en entier."
            )
        elif reading.kind not in ("atom", "city"):
            lost.append(reading.text[:12])
            problems.append(reading.message)
    if problems and not moved:
        raise GeoInputError(problems[:10])
    if lost:
        verb = "n’existe pas" if len(lost) == 1 else "n’existent pas"
        notices.append(
            f"{fr.count(len(lost), 'code')} de commune {verb} dans les données d’ici ({atlas.year}), "
            f"{'laissé' if len(lost) == 1 else 'laissés'} de côté : {fr.listing(lost, most=8)}."
        )
    return frozenset(found), notices


def commune_of_today(atlas: Atlas) -> Callable[[str], str]:
    """Return what gives the code of the commune of today for another; a code that is nowhere stays as it is."""

    def today(code: str) -> str:
        return atlas.former[code][0] if code not in atlas.row and code in atlas.former else code

    return today


def _answers(given: Any) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """Return the answers to the questions of today, and what is said of those to a question that is no more."""
    if not isinstance(given, Mapping) or not all(isinstance(t, str) for pair in given.items() for t in pair):
        raise GeoInputError("Réponses : un texte par question est attendu.")
    if len(given) > _MOST_ANSWERS or any(len(text) > ANSWER_LENGTH for text in given.values()):
        raise GeoInputError(f"Réponses : {_MOST_ANSWERS} au plus, de {ANSWER_LENGTH} caractères chacune.")
    kept = tuple(sorted((q, text.strip()) for q, text in given.items() if q in QUESTION_IDS and text.strip()))
    lost = [q for q in given if q not in QUESTION_IDS]
    if not lost:
        return kept, []
    count = fr.count(len(lost), "réponse laissée de côté", "réponses laissées de côté")
    asked = fr.noun(len(lost), "cette question n’est plus posée", "ces questions ne sont plus posées")
    return kept, [f"{count} : {asked} ici."]


def _what_differs(sent: Vintage, here: Vintage) -> Iterable[str]:
    """Say which data have changed since a workbook was sent."""
    if not sent.known:
        return
    pairs = (
        ("Communes", str(sent.communes), str(here.communes)),
        ("Populations", sent.populations, here.populations),
        ("Intercommunalités", sent.epci, here.epci),
    )
    for what, before, now in pairs:
        if before and before != now:
            yield (
                f"{what} : l’envoi date des données de {before}, celles d’ici sont de {now} ; les chiffres peuvent différer."
            )
    names = {"densite": "Grille de densité", "qpv": "Quartiers prioritaires", "ressources": "Lieux de santé mentale"}
    before_sources, now_sources = dict(sent.sources), dict(here.sources)
    for kind in sorted({*before_sources, *now_sources}):
        before, now = before_sources.get(kind, ""), now_sources.get(kind, "")
        name = names.get(kind, f"Source « {kind} »")
        if before and not now:
            yield f"{name} : la source synchronisée à l’envoi ({before}) n’est pas ici ; les chiffres qui en viennent différeront."
        elif now and not before:
            yield f"{name} : une source synchronisée est ici ({now}), elle ne l’était pas à l’envoi ; les chiffres peuvent différer."
        elif before != now and not (len(before) == _FORMER_LENGTH and now.startswith(before)):
            yield f"{name} : {before} à l’envoi, {now} ici ; les chiffres peuvent différer."


def _check_vintage(sent: Vintage) -> None:
    texts = [sent.populations, sent.epci, *(t for pair in sent.sources for t in pair)]
    good = (
        isinstance(sent.communes, int)
        and not isinstance(sent.communes, bool)
        and (sent.communes == 0 or 1990 <= sent.communes <= 2200)
        and len(sent.sources) <= 20
        and all(isinstance(t, str) and len(t) <= VINTAGE_LENGTH and t.isprintable() for t in texts)
    )
    if not good:
        raise GeoInputError("Le millésime des données n’est pas lisible : cet envoi n’est pas de ce tableau de bord.")


def read_settings(given: Any) -> Settings:
    """Read settings sent under their names; those not named are the guide's.

    Raises
    ------
    GeoInputError
        For a name that is no setting, or a value that makes no sense.
    """
    if not isinstance(given, Mapping):
        raise GeoInputError("Réglages : une liste de noms et de nombres est attendue.")
    known = {name: type(getattr(Settings(), name)) for name in THRESHOLDS}
    problems, kept = [], {}
    for name, value in given.items():
        if name not in known:
            problems.append(f"Réglage inconnu ici : {str(name)[:30]}.")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
            problems.append(f"Réglage {name} : un nombre est attendu.")
        else:
            kept[name] = known[name](value)
            if kept[name] != value:
                problems.append(f"Réglage {name} : un nombre entier est attendu.")
    if problems:
        raise GeoInputError(problems)
    return replace(Settings(), **kept)
