"""Priority quarters (QPV 2024): outlines, populations, and how each quarter is shared between communes.

Products
- `qpv.parquet` (GeoParquet, EPSG:4326): code, nom, communes (of today, arrondissements in Paris, Lyon and Marseille, separated
  by « ; »), population (of the whole quarter, NaN when unknown), population_annee, statut (last letter of the code),
  geometry (valid areas, null when the outline was unusable).
- `qpv_membres.parquet`: code, atom, part (0 to 1), exact (False for an estimate: shared by area), population (part ×
  population).

The list of communes that a producer gives wins over geometry, which only shares a quarter between the communes listed:
the outlines of communes are generalised and those of quarters are not. A quarter outside the 101 départements has no row
among the members.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.french import count, fold, listing, number
from geo.geometry import WGS84
from geo.layers import areas_inside, repair_areas, shares, touching
from geo.sources.readers import qpv_files as files
from geo.sources.readers.base import Reader, ReadReport, codes_of_today, covered, write
from geo.sources.readers.tables import Source

SHOWN = 8


@dataclass(frozen=True)
class Membership:
    """The atoms of each quarter, and what had to be decided to find them."""

    members: pd.DataFrame
    apart: tuple[str, ...]
    unplaced: tuple[str, ...]
    without_overlap: tuple[str, ...]
    trimmed: tuple[str, ...]


def parse(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read the best outlines, with the populations and the list that come along."""
    source, frame, notes = _best([s for s in sources if files.is_outlines(s)])
    people = files.populations_of([s for s in sources if s.form.name in (files.PEOPLE_FILE, files.ESTIMATES)])
    if "population" in frame:
        _own_populations(frame, source, people)
    notes += people.notes
    listed, said = _listed(frame, [s for s in sources if s.form.name == files.LIST], people.communes, source, atlas)
    shapes, repaired, emptied = repair_areas(frame.geometry.to_numpy())
    notes += [*said, *_geometry_notes(frame, shapes, repaired, emptied, source.name)]
    usable = {c: s for c, s in zip(frame["code"], shapes, strict=True) if s is not None}
    far = set(frame["code"][_is_far(frame, listed, atlas)])
    notes += _correct_by_name(dict(zip(frame["code"], frame["nom"], strict=True)), usable, listed, atlas)
    found = share_quarters(usable, listed, atlas, far=far)
    shared, said = with_parts(found.members, people.parts, atlas)
    notes += said
    found = replace(found, members=shared)
    quarters = _quarters(frame, shapes, people, listed, shared)
    members = shared.assign(population=shared["part"] * shared["code"].map(people.whole).astype(float))
    notes += [*_member_notes(found), *_population_notes(quarters, people.whole, source.name)]
    names = (write(quarters, destination, "qpv.parquet"), write(members, destination, "qpv_membres.parquet"))
    return ReadReport(len(quarters), _edition(quarters), covered(members["atom"], atlas), tuple(notes), names)


def _best(outlines: Sequence[Source]) -> tuple[Source, gpd.GeoDataFrame, list[str]]:
    if not outlines:
        raise GeoInputError("QPV : aucun fichier de contours ; ajoutez celui de l’ANCT (GeoJSON) aux populations.")
    frames = [(files.outlines_of(s), s) for s in outlines]
    frame, source = max(frames, key=lambda pair: files.worth(pair[0]))
    left = [f"{s.name} : contours non utilisés, ceux de {source.name} sont plus récents ou plus précis."
            for f, s in frames if s is not source]  # fmt: skip
    return source, frame, left


def _edition(quarters: pd.DataFrame) -> str:
    """Name the edition of 2024 quarters: Mayotte is in whole communes since that of January 2026."""
    whole = quarters["code"].str.fullmatch(r"QN976\d\dC").any()
    return "génération 2024, édition de 2026" if whole else "génération 2024"


def _own_populations(frame: gpd.GeoDataFrame, source: Source, people: files.People) -> None:
    """Fill what no table says with the populations of the outlines' own file."""
    values = files.people_of(frame, source.name)
    own = {
        c: v
        for c, v in zip(frame["code"], values, strict=True)
        if pd.isna(people.whole.get(c, np.nan)) and not pd.isna(v)
    }
    if own:
        people.whole |= own
        people.year |= dict.fromkeys(own, "2020")
        people.notes.append(f"{source.name} : populations prises dans le fichier des contours (2020, non écrit).")


def _listed(
    frame: gpd.GeoDataFrame, lists: Sequence[Source], extra: Mapping[str, Sequence[str]], source: Source, atlas: Atlas
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return the communes of today that each quarter is said to be in; a list that names arrondissements refines a city."""
    texts = dict(zip(frame["code"], map(files.commune_texts, frame["communes"]), strict=True))
    finer: dict[str, list[str]] = {code: list(found) for code, found in extra.items()}
    for table in map(files.list_of, lists):
        for code, text in zip(table["code"], table["communes"], strict=True):
            finer.setdefault(code, []).extend(files.commune_texts(text))
    rows = [(code, text, line) for code, line in zip(frame["code"], frame["line"], strict=True)
            for text in dict.fromkeys([*texts[code], *finer.get(code, [])])]  # fmt: skip
    read = codes_of_today([r[1] for r in rows], [r[2] for r in rows], atlas, file=source.name)
    owners: dict[str, list[str]] = {code: [] for code in frame["code"]}
    given = {code: set(found) for code, found in texts.items()}
    for (code, text, _), today in zip(rows, read.code, strict=True):
        if today and (text in given[code] or not given[code] or _refines(today, owners[code], atlas)):
            owners[code].append(today)
    return {code: _without_cities(found, atlas) for code, found in owners.items()}, read.notes


def _refines(atom: str, owners: Sequence[str], atlas: Atlas) -> bool:
    return any(atom in atlas.parts.get(city, ()) for city in owners)


def _correct_by_name(
    names: Mapping[str, str], shapes: Mapping[str, BaseGeometry], listed: dict[str, tuple[str, ...]], atlas: Atlas
) -> list[str]:
    """Repair a whole-commune quarter listed in another commune: its name and its outline both say which it is."""
    whole = {code: shapes[code] for code, found in listed.items() if code.endswith("C") and found and code in shapes}
    notes = []
    for code, atoms in touching(whole, atlas).items():
        bearer = [a for a in atoms if fold(str(atlas.names[atlas.row[a]])) == fold(names[code])]
        if len(bearer) == 1 and bearer != list(listed[code]) and not set(listed[code]) & set(atoms):
            said = listing(map(atlas.label, listed[code]))
            notes.append(
                f"{code} : annoncé à {said}, mais son nom et son contour sont ceux de {atlas.label(bearer[0])}, retenue."
            )
            listed[code] = (bearer[0],)
    return notes


def _without_cities(codes: Sequence[str], atlas: Atlas) -> tuple[str, ...]:
    """Drop a whole city where some of its arrondissements are named too."""
    kept = [c for c in codes if not any(other in atlas.parts.get(c, ()) for other in codes)]
    return tuple(dict.fromkeys(kept))


def _is_far(frame: gpd.GeoDataFrame, listed: Mapping[str, Sequence[str]], atlas: Atlas) -> pd.Series:
    """Tell the quarters of the collectivities without outlines, by their code."""
    departements = set(atlas.departements.index)
    where = frame["code"].str.slice(2, 5)
    known = where.isin(departements) | where.str.removeprefix("0").isin(departements)
    return ~known & ~frame["code"].map(lambda code: bool(listed[code]))


def share_quarters(
    shapes: Mapping[str, BaseGeometry],
    listed: Mapping[str, Sequence[str]],
    atlas: Atlas,
    *,
    far: set[str] | frozenset[str] = frozenset(),
) -> Membership:
    """Share each quarter between atoms by the area it has in common with each of its candidates.

    The candidates are the atoms of the communes listed, or all those it meets when none is. A quarter that meets none of
    its listed communes is shared evenly between them: the list is trusted. `exact` is True where a single atom holds the
    quarter and no listed commune was set aside as a sliver.
    """
    candidates = {code: _atoms(codes, atlas) for code, codes in listed.items() if codes and code not in far}
    orphans = [c for c, codes in listed.items() if not codes and c not in far]
    candidates |= touching({c: shapes[c] for c in orphans if c in shapes}, atlas)
    found = shares(areas_inside(shapes, candidates, atlas))
    met = set(found["code"])
    lost = [code for code, atoms in candidates.items() if atoms and code not in met]
    even = [(code, atom, 1.0 / len(candidates[code])) for code in lost for atom in candidates[code]]
    members = pd.concat([found, pd.DataFrame(even, columns=found.columns)]) if even else found
    members = members.sort_values(["code", "atom"]).reset_index(drop=True)
    held = members.groupby("code")["atom"].agg(set).to_dict()
    trimmed = [
        c for c, codes in listed.items() if c in met and any(not held[c] & set(_atoms([one], atlas)) for one in codes)
    ]
    alone = members.groupby("code")["atom"].transform("size") == 1
    members["exact"] = alone & ~members["code"].isin(trimmed)
    without = [code for code in listed if code not in held and code not in far]
    return Membership(members, tuple(sorted(far)), tuple(sorted(without)), tuple(sorted(lost)), tuple(sorted(trimmed)))


def with_parts(
    members: pd.DataFrame, parts: Mapping[str, Mapping[str, float]], atlas: Atlas
) -> tuple[pd.DataFrame, list[str]]:
    """Share quarters by the people of each of their communes where these are published, rather than by area.

    The part of a city cut into arrondissements is shared between those the quarter meets, by area: only that stays an
    estimate. A commune where nobody of the quarter lives is no longer one of its communes.
    """
    rows = [(code, text, people) for code, held in parts.items() for text, people in held.items()]
    if not rows:
        return members, []
    read = codes_of_today([r[1] for r in rows], range(len(rows)), atlas, file="Populations par commune")
    counted: dict[str, dict[str, float]] = {}
    for (code, _, people), today in zip(rows, read.code, strict=True):
        if today and people > 0:
            held = counted.setdefault(code, {})
            held[today] = held.get(today, 0.0) + people
    kept = [members[~members["code"].isin(counted)]]
    area = members.set_index(["code", "atom"])["part"].to_dict()
    for code, held in counted.items():
        total = sum(held.values())
        for commune, people in held.items():
            atoms = atlas.parts.get(commune, (commune,))
            drawn = {a: area.get((code, a), 0.0) for a in atoms}
            drawn = {a: part for a, part in drawn.items() if part > 0} or dict.fromkeys(atoms, 1.0)
            shares_in = [
                (code, a, people / total * part / sum(drawn.values()), len(drawn) == 1) for a, part in drawn.items()
            ]
            kept.append(pd.DataFrame(shares_in, columns=["code", "atom", "part", "exact"]))
    return pd.concat(kept).sort_values(["code", "atom"]).reset_index(drop=True), read.notes


def carry(before: Path, stage: Path) -> list[str]:
    """Keep what the version in use knows and the new files do not: the population of a quarter, and its people by commune."""
    notes = []
    old, new = (gpd.read_parquet(folder / "qpv.parquet") for folder in (before, stage))
    was, now = old.set_index("code"), new["code"]
    known = now.map(was["population"]).astype(float)
    lost = (new["population"].isna() & known.notna()).to_numpy()
    if lost.any():
        years = now.map(was["population_annee"])
        new.loc[lost, "population"], new.loc[lost, "population_annee"] = known[lost], years[lost]
        write(new, stage, "qpv.parquet")
        said = listing(sorted(set(years[lost]) - {""}, reverse=True)) or "année inconnue"
        kept = count(int(lost.sum()), "quartier sans population", "quartiers sans population")
        notes.append(f"{kept} dans les nouveaux fichiers : celle déjà connue est gardée ({said}).")
    had, have = (pd.read_parquet(folder / "qpv_membres.parquet") for folder in (before, stage))
    settled = set(had["code"]) - set(had.loc[~had["exact"], "code"])
    back = set(have.loc[~have["exact"], "code"]) & settled
    if back or lost.any():
        have = pd.concat([have[~have["code"].isin(back)], had[had["code"].isin(back)]]).sort_values(["code", "atom"])
        have["population"] = have["part"] * have["code"].map(new.set_index("code")["population"]).astype(float)
        write(have, stage, "qpv_membres.parquet")
    if back:
        notes.append(f"{count(len(back), 'quartier')} à cheval : répartition déjà connue par commune, gardée.")
    return notes


def _atoms(codes: Sequence[str], atlas: Atlas) -> tuple[str, ...]:
    return tuple(dict.fromkeys(atom for code in codes for atom in atlas.parts.get(code, (code,))))


def _quarters(
    frame: gpd.GeoDataFrame,
    shapes: np.ndarray[tuple[int], np.dtype[np.object_]],
    people: files.People,
    listed: Mapping[str, Sequence[str]],
    members: pd.DataFrame,
) -> gpd.GeoDataFrame:
    held = members.groupby("code")["atom"].agg(list).to_dict()
    communes = [
        ";".join(sorted({*(c for c in listed[code] if len(c) == 5), *held.get(code, ())})) for code in frame["code"]
    ]
    population = frame["code"].map(people.whole).astype(float)
    return gpd.GeoDataFrame(
        {
            "code": frame["code"],
            "nom": frame["nom"],
            "communes": communes,
            "population": population,
            "population_annee": [people.year.get(code, "") for code in frame["code"]],
            "statut": frame["code"].str[-1],
        },
        geometry=list(shapes),
        crs=WGS84,
    )


def _geometry_notes(frame: pd.DataFrame, shapes: Iterable[object], repaired: int, emptied: int, file: str) -> list[str]:
    notes = []
    if repaired:
        notes.append(f"{file} : {count(repaired, 'contour invalide réparé', 'contours invalides réparés')}.")
    if emptied:
        codes = [code for code, shape in zip(frame["code"], shapes, strict=True) if shape is None]
        unusable = count(emptied, "contour inutilisable", "contours inutilisables")
        notes.append(f"{file} : {unusable}, sans surface ({listing(codes, SHOWN)}) : la liste des communes fait foi.")
    return notes


def _member_notes(found: Membership) -> list[str]:
    notes = []
    parts = found.members.groupby("code")["exact"].all()
    shared = int((~parts).sum())
    if shared:
        notes.append(
            f"{count(shared, 'quartier')} sur plusieurs communes : population répartie selon la surface, estimation."
        )
    if found.apart:
        away = count(len(found.apart), "quartier", "quartiers")
        notes.append(f"{away} hors des 101 départements, gardés à part, sans commune ici ({listing(found.apart, 4)}).")
    if found.unplaced:
        notes.append(
            f"{count(len(found.unplaced), 'quartier')} sans commune connue ({listing(found.unplaced, SHOWN)})."
        )
    if found.without_overlap:
        notes.append(
            f"{count(len(found.without_overlap), 'quartier')} dont le contour ne touche aucune des communes annoncées ; la "
            f"liste est suivie ({listing(found.without_overlap, SHOWN)})."
        )
    if found.trimmed:
        notes.append(
            f"{count(len(found.trimmed), 'quartier')} dont une commune annoncée porte moins de 1 % de la surface ; elle est "
            f"négligée et la population reste une estimation ({listing(found.trimmed, SHOWN)})."
        )
    return notes


def _population_notes(quarters: pd.DataFrame, people: Mapping[str, float], file: str) -> list[str]:
    notes = []
    unknown = int(quarters["population"].isna().sum())
    if unknown:
        sans = count(unknown, "quartier sans population publiée", "quartiers sans population publiée")
        notes.append(f"{sans} : inconnue, et non nulle.")
    strays = sorted(set(people) - set(quarters["code"]))
    if strays:
        total = number(float(np.nansum([people[c] for c in strays])))
        notes.append(
            f"{count(len(strays), 'population')} sans contour dans {file} ({total} habitants) : {listing(strays, SHOWN)}."
        )
    return notes


READERS = (Reader("qpv", files.FORMS, parse, several=True, order=files.order, carry=carry, outlined=True),)
