"""Atoms in words: communes by their names, the pieces of a city together: « 2 communes et 4 IRIS de Lille ».

Nobody knows the IRIS of a city by their codes, and few by their names: a list of them is a number and the city.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from geo.arrays import Bools, Rows
from geo.communes.atlas import Atlas
from geo.communes.codes import name_of
from geo.french import NBSP, count, listing, noun, number, of
from geo.kept import kept_on_subject

MOST_IRIS_NAMED = 2  # of one city, in a list of places
_WORDS = {"commune": ("commune", None), "arrondissement": ("arrondissement", None), "iris": ("IRIS", "IRIS")}


def sizes(atlas: Atlas, rows: Rows) -> tuple[tuple[int, str], ...]:
    """Count atoms of each kind, and give the word for them; a kind of which there is none is left out."""
    kinds = atlas.table["niveau"].to_numpy(dtype=object)[rows]
    found = ((int((kinds == kind).sum()), words) for kind, words in _WORDS.items())
    return tuple((many, noun(many, *words)) for many, words in found if many)


def counted(atlas: Atlas, rows: Rows) -> str:
    """Count atoms in words, each kind apart: « 16 communes et 20 arrondissements »."""
    return listing(f"{number(many)}{NBSP}{word}" for many, word in sizes(atlas, rows)) or count(0, "commune")


def pieces_text(atlas: Atlas, rows: Iterable[int]) -> str:
    """Write what some atoms are: « 2 communes et 4 IRIS de Lille »; a city with all its pieces is one commune."""
    mine = {str(atlas.codes[row]) for row in rows}
    for city, pieces in (*atlas.opened.items(), *atlas.parts.items()):
        every = set(pieces) if city in atlas.opened else {piece[:5] for piece in pieces}
        if every <= mine:
            mine = mine - every | {city}
    groups: dict[tuple[str, str], int] = {}
    for code in sorted(mine, key=lambda code: (len(code), code)):
        kind, city = _kind(atlas, code)
        groups[kind, city] = groups.get((kind, city), 0) + 1
    ranked = sorted(groups.items(), key=lambda group: list(_WORDS).index(group[0][0]))
    return listing(
        f"{count(many, *_WORDS[kind])}{f' {of(name_of(city, atlas))}' if city else ''}" for (kind, city), many in ranked
    )


def short_name(name: str) -> str:
    """Write an arrondissement as people say it: « Paris 18e » for « Paris 18e Arrondissement »; any other name as it is."""
    return name.removesuffix(" Arrondissement")


def parts_named(atlas: Atlas, codes: Iterable[str], *, each: bool = False) -> tuple[tuple[str, int], ...]:
    """Name what a perimeter is made of, with inhabitants, the most populous first: a city held in part by its arrondissements, or its IRIS.

    The IRIS of one city are said together past two of them; `each` names them all, as the list annexed to a decision must.
    """
    rows = atlas.rows(codes)
    pieces = _pieces(atlas)[rows]
    found = [(str(atlas.names[r]), int(atlas.population[r])) for r in rows[~pieces]]
    if pieces.any():
        for town, atoms in atlas.table.iloc[rows[pieces]].groupby("commune", sort=False):
            found += _of_city(atlas, str(town), atoms, each=each)
    return tuple(sorted(found, key=lambda part: -part[1]))


@kept_on_subject
def _pieces(atlas: Atlas) -> Bools:
    """Return whether each atom is a piece of a city: an arrondissement or an IRIS."""
    return np.asarray((atlas.table["niveau"] != "commune").to_numpy(dtype=bool))


def _of_city(atlas: Atlas, town: str, atoms: pd.DataFrame, *, each: bool) -> list[tuple[str, int]]:
    """Name what is held of a split city: the city where it is all, else its arrondissements, and its IRIS."""
    if len(atoms) == len(atlas.members("commune", town)):
        return [(name_of(town, atlas), int(atoms["population"].sum()))]
    found = []
    for owner, pieces in atoms.groupby(atoms["code"].str[:5], sort=False):
        if len(pieces) > MOST_IRIS_NAMED and not each:
            said = f"{count(len(pieces), 'IRIS', 'IRIS')} {of(short_name(name_of(str(owner), atlas)))}"
            found.append((said, int(pieces["population"].sum())))
        else:
            found += [(short_name(str(n)), int(p)) for n, p in zip(pieces["nom"], pieces["population"], strict=True)]
    return found


def _kind(atlas: Atlas, code: str) -> tuple[str, str]:
    """Return what a code is the code of, and the city that it is a piece of ("" for a commune)."""
    if len(code) > len("59350"):
        return "iris", code[:5]
    row = atlas.row.get(code, atlas.row[atlas.opened[code][0]] if code in atlas.opened else -1)
    town = code if row < 0 else str(atlas.table["commune"].iat[row])
    return ("commune", "") if town == code else ("arrondissement", town)


def places(atlas: Atlas, rows: Iterable[int]) -> list[str]:
    """Name some atoms in their order; past two, the IRIS of one city are said together: « 4 IRIS de Lille ».

    An opened city that has all its IRIS there is named as one.
    """
    groups: dict[str, list[int]] = {}
    for row in rows:
        groups.setdefault(str(atlas.codes[row])[:5], []).append(int(row))
    named = list[str]()
    for code, mine in groups.items():
        every = len(atlas.opened.get(code, ()))
        if every and len(mine) == every:
            named.append(name_of(code, atlas))
        elif len(mine) > MOST_IRIS_NAMED:
            named.append(f"{count(len(mine), 'IRIS', 'IRIS')} {of(name_of(code, atlas))}")
        else:
            named += [short_name(str(atlas.names[row])) for row in mine]
    return named
