"""Priority quarters (QPV): the national list of 2024 joined with the populations that cited sources give.

The list names communes, and Paris, Lyon and Marseille as whole cities: a quarter there lies in one or several arrondissements
that nobody here knows. Its members are then candidates, and `Precision.VILLE` says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from geo import french as fr
from geo.communes import Atlas, CodeReading, read_code
from geo.errors import GeoInputError
from geo.layers.frames import members_frame, zones_frame
from geo.layers.layer import Etat, Layer, Precision

# Published populations that count a whole quarter; « estimation_anct_partielle » counts a part of it only.
WHOLE_QUARTER = ("municipale", "estimation_anct", "arrondi")

# Below this share of quarters of known population, a sum of inhabitants says nothing of the whole and is withheld. Ours.
MOSTLY_KNOWN = 0.9

LIST_TITLE = (
    "Quartiers prioritaires de la politique de la ville 2024, liste de l’ANCT (décret n° 2023-1314 et suivants)"
)


def populations_suffice(known: int, total: int) -> bool:
    """Whether the populations known of `known` quarters out of `total` may be summed and shared."""
    return known >= MOSTLY_KNOWN * total


def known_populations(known: int, total: int) -> str:
    """Write how many populations are known: « populations connues pour 8 QPV sur 298 »."""
    if not known:
        return "population connue pour aucun QPV" if total else "aucun QPV"
    return f"{fr.noun(known, 'population connue', 'populations connues')} pour {fr.number(known)} QPV sur {fr.number(total)}"


def apart_text(layer: Layer) -> str:
    """Say which quarters of the list are left out: « hors collectivités d’outre-mer (91 écartés) »; empty when none is."""
    if not layer.apart:
        return ""
    return f"hors collectivités d’outre-mer ({fr.count(layer.apart, 'écarté', 'écartés')})"


def city_names(territories: Iterable[str], atlas: Atlas) -> str:
    """Name the split cities among the communes of some quarters (« Marseille, La Penne-sur-Huveaune » gives Marseille)."""
    cities = set(atlas.villes["nom"])
    return fr.listing(sorted({name for text in territories for name in text.split(", ") if name in cities}))


def read_quarters(
    listed: pd.DataFrame, cited: pd.DataFrame, atlas: Atlas, files: tuple[Path, Path]
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Return the zones (indexed by official code), their members, and the number of quarters that lie in no commune here.

    `listed` has code_qp, nom, codes_insee (separated by blanks), line; `cited` has code_qp, population, population_type,
    population_annee, source_titre, source_url, note, line. Former codes lead to the communes of today.

    Raises
    ------
    GeoInputError
        When a commune code is not understood, a quarter is given twice, or a cited one is not in the list: file, line and code are named.
    """
    readings = [[read_code(code, atlas) for code in codes.split()] for codes in listed["codes_insee"]]
    problems = [
        f"{files[0].name}, ligne {line} : {r.message}"
        for line, found in zip(listed["line"], readings, strict=True)
        for r in found
        if not r.atoms and r.kind != "no_outline"
    ]
    known = set(listed["code_qp"])
    problems += [
        f"{files[1].name}, ligne {line} : le quartier {code or '(sans code)'} n’est pas dans {files[0].name}."
        for code, line in zip(cited["code_qp"], cited["line"], strict=True)
        if code not in known
    ]
    for frame, file in zip((listed, cited), files, strict=True):
        again = frame[frame["code_qp"].duplicated()]
        problems += [
            f"{file.name}, ligne {line} : le quartier {code} figure déjà plus haut."
            for code, line in zip(again["code_qp"], again["line"], strict=True)
        ]
    if problems:
        raise GeoInputError(problems)
    inside = np.array([any(r.atoms for r in found) for found in readings], dtype=bool)
    readings = [found for found, here in zip(readings, inside, strict=True) if here]
    zones = _zones(listed[inside], cited, readings, atlas)
    return zones, _members(zones, readings, atlas), int((~inside).sum())


def _zones(listed: pd.DataFrame, cited: pd.DataFrame, readings: list[list[CodeReading]], atlas: Atlas) -> pd.DataFrame:
    facts = cited.drop(columns="line").set_index("code_qp").reindex(listed["code_qp"]).fillna("")
    published = pd.to_numeric(facts["population"].replace("", None)).to_numpy(dtype=float)
    departement = atlas.table["departement"].to_numpy(dtype=object)
    first = [atlas.row[next(a for r in found for a in r.atoms)] for found in readings]
    titles = [f"{LIST_TITLE} ; population : {t}" if t else LIST_TITLE for t in facts["source_titre"]]
    return zones_frame(
        listed["code_qp"],
        nom=listed["nom"],
        etat=Etat.EN_SERVICE,
        precision=[Precision.VILLE if _in_city(found) else Precision.LUE for found in readings],
        territoire=[_names(found, atlas) for found in readings],
        departement=departement[first],
        annee=facts["population_annee"],
        annee_source="2024",
        population=np.where(facts["population_type"].isin(WHOLE_QUARTER), published, np.nan),
        population_type=facts["population_type"],
        source_titre=titles,
        source_url=facts["source_url"],
        status="read",
        note=facts["note"],
    )


def _in_city(found: list[CodeReading]) -> bool:
    return any(len(r.atoms) > 1 for r in found)


def _names(found: list[CodeReading], atlas: Atlas) -> str:
    codes = dict.fromkeys(r.atoms[0] if len(r.atoms) == 1 else r.text for r in found if r.atoms)
    return ", ".join(atlas.label(code).rsplit(" (", 1)[0] for code in codes)


def _members(zones: pd.DataFrame, readings: list[list[CodeReading]], atlas: Atlas) -> pd.DataFrame:
    """A quarter is a part of each of its communes; its people are known there when it has only one."""
    records: list[tuple[int, int, float]] = []
    for zone, (found, people) in enumerate(zip(readings, zones["population"], strict=True)):
        atoms = list(dict.fromkeys(atom for r in found for atom in r.atoms))
        records += [(zone, atlas.row[atom], float(people) if len(atoms) == 1 else np.nan) for atom in atoms]
    members = pd.DataFrame(records, columns=["zone", "row", "inhabitants"])
    return members_frame(members["zone"], members["row"], False, members["inhabitants"])
