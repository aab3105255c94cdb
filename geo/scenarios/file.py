"""A workbook as a file one can send: JSON that a person can read, with the names of the communes beside their codes.

Reading back checks everything as for a link; names and populations are there for people and are not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from geo.agreements import from_fields, to_fields
from geo.budget import NO_BUDGET, budget_fields, read_budget
from geo.claims import MOST_CLAIMS, Claim
from geo.communes import SHAPE_OF_IRIS, Atlas
from geo.errors import GeoInputError
from geo.guidance import NO_PROJECT, Project, Settings, read_project
from geo.scenarios.grain import MOST_OPENED, Opening, with_iris
from geo.scenarios.link import changed_settings
from geo.scenarios.reopen import Opened, RawClaim, RawScenario, commune_of_today, read_settings, reopen
from geo.scenarios.scenario import Scenario, Vintage, Workbook

KIND = "perimetres-clsm"
VERSION = 1
LARGEST = 20_000_000  # bytes read
_MOST_CODES = 40_000


def to_file(workbook: Workbook, atlas: Atlas) -> bytes:
    """Write a workbook as a JSON file in UTF-8."""
    v = workbook.vintage
    content = {
        "type": KIND,
        "version": VERSION,
        "donnees": {
            "communes": v.communes or atlas.year,
            "populations": v.populations,
            "intercommunalites": v.epci,
            "sources": dict(v.sources),
        },
        "reglages": changed_settings(workbook.settings),
        "courant": workbook.current,
        **({"ouvertes": sorted(workbook.opened)} if workbook.opened else {}),
        "scenarios": [_scenario(s, atlas) for s in workbook.scenarios],
        **({"declarations": claim_fields(workbook.claims)} if workbook.claims else {}),
        **({"accords": to_fields(workbook.agreements)} if workbook.agreements else {}),
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _scenario(scenario: Scenario, atlas: Atlas) -> dict[str, Any]:
    rows = atlas.rows(scenario.codes)
    return {
        "nom": scenario.name,
        "note": scenario.note,
        "population": int(atlas.population[rows].sum()),
        "communes": [{"code": str(atlas.codes[r]), "nom": str(atlas.names[r])} for r in rows],
        "verrouillees": sorted(scenario.locked),
        **project_fields(scenario),
    }


def claim_fields(claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """Return claims as a file holds them."""
    return [_claim(claim) for claim in claims]


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "sorte": claim.kind,
        "nom": claim.name,
        "auteur": claim.who,
        "date": claim.day,
        "hopital": claim.hospital,
        "communes": sorted(claim.pieces),
        "en_partie": sorted(claim.parts),
        "complete": claim.whole,
        "retenue": claim.prevails,
    }


def read_claim_fields(given: Any) -> list[RawClaim]:
    """Read the shape of what `claim_fields` wrote.

    Raises
    ------
    GeoInputError
        When it has another.
    """
    if not isinstance(given, list) or len(given) > MOST_CLAIMS or not all(isinstance(c, dict) for c in given):
        raise GeoInputError(f"Déclarations : une liste de {MOST_CLAIMS} au plus est attendue.")
    found = []
    for number, one in enumerate(given, start=1):
        codes, parts = one.get("communes", []), one.get("en_partie", [])
        if not all(isinstance(c, list) and all(isinstance(text, str) for text in c) for c in (codes, parts)):
            raise GeoInputError(f'Déclaration n° {number} : les communes sont des codes entre guillemets ("94028").')
        if len(codes) + len(parts) > _MOST_CODES:
            raise GeoInputError(f"Déclaration n° {number} : plus de communes qu’il n’en existe.")
        kind, name, who, day, hospital = (one.get(key, "") for key in ("sorte", "nom", "auteur", "date", "hopital"))
        whole, prevails = one.get("complete") is True, one.get("retenue") is True
        found.append(RawClaim(kind, name, who, day, hospital, frozenset(codes), frozenset(parts), whole, prevails))
    return found


def project_fields(scenario: Scenario) -> dict[str, Any]:
    """Return the project, the answers and the budget of a scenario as a file holds them; nothing while there are none."""
    fields: dict[str, Any] = {}
    if scenario.project != NO_PROJECT:
        fields["projet"] = {"intention": str(scenario.project.intent), "clsm": list(scenario.project.clsm)}
    if scenario.answers:
        fields["reponses"] = dict(scenario.answers)
    if scenario.budget != NO_BUDGET:
        fields["budget"] = budget_fields(scenario.budget)
    return fields


def read_project_field(given: Any) -> Project:
    """Read what `project_fields` wrote of a project.

    Raises
    ------
    GeoInputError
        When it makes no sense.
    """
    found = given if isinstance(given, dict) else {}
    return read_project(found.get("intention"), found.get("clsm", []))


@dataclass(frozen=True)
class RawBook:
    """A workbook as a file holds it, nothing of it looked up: plain values, that pass between processes. `cities` are those opened
    into IRIS; `alone` says that it comes of an export, which is one perimeter."""

    scenarios: tuple[RawScenario, ...]
    current: Any = 0
    settings: Settings = field(default_factory=Settings)
    sent: Vintage = field(default_factory=Vintage)
    claims: tuple[RawClaim, ...] = ()
    cities: frozenset[str] = frozenset()
    alone: bool = False
    agreements: Any = field(default_factory=list)


def from_file(data: bytes, atlas: Atlas, vintage: Vintage | None = None, opening: Opening | None = None) -> Opened:
    """Read a workbook from a JSON file; `vintage` is that of the active data, to say what has changed since, and `opening` gives the
    communes with the cities that it opens into IRIS.

    Raises
    ------
    GeoInputError
        When the file is not one of ours, or holds something that makes no sense; the sentence says what.
    """
    return set_on(raw_book(data), atlas, vintage, opening)


def raw_book(data: bytes) -> RawBook:
    """Read what a JSON file holds, and look nothing up.

    Raises
    ------
    GeoInputError
        As `from_file`.
    """
    if len(data) > LARGEST:
        raise GeoInputError("Ce fichier est trop gros pour être une liste de périmètres (20 Mo au plus).")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise GeoInputError(
            "Ce fichier n’est pas du JSON lisible : envoyez celui que ce tableau de bord a produit."
        ) from error
    if not isinstance(content, dict) or content.get("type") != KIND:
        raise GeoInputError("Ce fichier ne contient pas de périmètres de CLSM : il y manque sa marque.")
    if content.get("version") != VERSION:
        raise GeoInputError("Ce fichier vient d’une autre version du tableau de bord : mettez les deux à jour.")
    scenarios = content.get("scenarios")
    if not isinstance(scenarios, list):
        raise GeoInputError("Ce fichier ne contient aucun scénario.")
    cities = content.get("ouvertes", [])
    if not isinstance(cities, list) or not all(isinstance(c, str) for c in cities) or len(cities) > MOST_OPENED:
        raise GeoInputError("Les villes ouvertes en IRIS (« ouvertes ») ne sont pas lisibles.")
    return RawBook(
        tuple(_read_scenario(s, i) for i, s in enumerate(scenarios, start=1)),
        content.get("courant", 0),
        read_settings(content.get("reglages", {})),
        _read_vintage(content.get("donnees", {})),
        tuple(read_claim_fields(content.get("declarations", []))),
        frozenset(cities),
        agreements=content.get("accords", []),
    )


def set_on(raw: RawBook, atlas: Atlas, vintage: Vintage | None = None, opening: Opening | None = None) -> Opened:
    """Set a workbook on the data of today.

    Raises
    ------
    GeoInputError
        As `from_file`.
    """
    cities = raw.cities
    here, said = opening(cities) if opening and cities else (atlas, ())
    left = (
        [frozenset(filter(SHAPE_OF_IRIS.fullmatch, some)) for s in raw.scenarios for some in (s.codes, s.locked)]
        if cities
        else []
    )
    whole = (
        [
            replace(s, codes=s.codes - left[2 * i], locked=s.locked - left[2 * i + 1])
            for i, s in enumerate(raw.scenarios)
        ]
        if cities
        else raw.scenarios
    )
    found = reopen(whole, raw.current, raw.settings, raw.sent, here, vintage, raw.claims)
    agreements, noted = from_fields(raw.agreements, commune_of_today(atlas))
    found = Opened(replace(found.workbook, agreements=agreements), (*found.notices, *noted))
    if not cities:
        return found
    workbook, lost = with_iris(found.workbook, here, left)
    return Opened(workbook, tuple(dict.fromkeys((*found.notices, *said, *lost))))


def _read_scenario(given: Any, number: int) -> RawScenario:
    where = f"Scénario n° {number}"
    if not isinstance(given, dict) or not isinstance(given.get("communes"), list):
        raise GeoInputError(f"{where} : la liste « communes » manque.")
    codes: list[Any] = [c.get("code") if isinstance(c, dict) else c for c in given["communes"]]
    locked = given.get("verrouillees", [])
    if not isinstance(locked, list) or not all(isinstance(c, str) for c in (*codes, *locked)):
        raise GeoInputError(f'{where} : chaque commune doit avoir un code écrit entre guillemets, par exemple "94028".')
    if len(codes) > _MOST_CODES:
        raise GeoInputError(f"{where} : plus de communes qu’il n’en existe.")
    if len(set(codes)) < len(codes):
        twice = sorted({c for c in codes if codes.count(c) > 1})[:3] if len(codes) < 2000 else []
        raise GeoInputError(f"{where} : une commune vient plusieurs fois{' : ' + ', '.join(twice) if twice else ''}.")
    return RawScenario(
        given.get("nom"),  # type: ignore[arg-type]
        frozenset(codes),
        given.get("note", ""),
        frozenset(locked),
        project=read_project_field(given["projet"]) if "projet" in given else NO_PROJECT,
        answers=given.get("reponses", {}),
        budget=read_budget(given["budget"]) if "budget" in given else NO_BUDGET,
    )


def _read_vintage(given: Any) -> Vintage:
    problem = GeoInputError("Le millésime des données (« donnees ») n’est pas lisible.")
    if not isinstance(given, dict) or not isinstance(given.get("sources", {}), dict):
        raise problem
    try:
        sources = tuple(sorted(given.get("sources", {}).items()))
    except TypeError as error:
        raise problem from error
    return Vintage(given.get("communes", 0), given.get("populations", ""), given.get("intercommunalites", ""), sources)
