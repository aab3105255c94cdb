"""Everything that has a name and a place: what a search finds, and the small tables in which it travels to a browser.

Two tables, because they do not change together: `commune_table` (communes, arrondissements, whole cities, names and codes of
before, postal codes, territories) and `layer_table` (sectors, CLSM, CLS, CPTS, DAC, QPV). Both are plain values for JSON, and
`geo.search.index` and static/js/search/index.js read them alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from geo.arrays import Rows
from geo.communes import Atlas, history
from geo.french import fold
from geo.kept import kept_on_subject
from geo.layers import Etat, Layer, LayerId

# The kinds, in the order in which things of exactly the same name are listed.
KINDS = (
    "france", "region", "departement", "ville", "commune", "arrondissement", "epci", "ept",
    "clsm", "cls", "secteurs-adultes", "secteurs-enfants", "cpts", "dac", "qpv", "ancien",
)  # fmt: skip
DISPOSITIFS = ("clsm", "cls", "secteurs-adultes", "secteurs-enfants", "cpts", "dac", "qpv")
KNOWN_BY = 3  # communes, the most populated, that a territory is also found by
# What an EPCI is called besides its name, by nature.
NATURES = {
    "CC": "communaute communes comcom cc epci interco intercommunalite",
    "CA": "communaute agglomeration agglo ca epci interco intercommunalite",
    "CU": "communaute urbaine cu agglo epci interco intercommunalite",
}
OTHER_NATURE = "metropole agglo agglomeration epci interco intercommunalite"
CALLED = {
    "clsm": "clsm conseil local sante mentale", "cls": "cls contrat local sante", "cpts": "cpts", "dac": "dac",
    "secteurs-adultes": "secteur psychiatrie adulte adultes", "qpv": "qpv quartier prioritaire",
    "secteurs-enfants": "secteur psychiatrie enfants infanto juvenile",
}  # fmt: skip


def commune_table(atlas: Atlas) -> dict[str, Any]:
    """Return what the communes give to find: names, codes, inhabitants, names of before, postal codes, territories.

    Communes are grouped by département: names one a line, the last three characters of each code, inhabitants. A former
    name is (name, code of the commune of today, year, whether it was a commune apart). A postal code is followed by its
    communes, by their last three characters where the first two are its own.
    """
    table = atlas.table
    communes = {}
    for code in atlas.departements.index:
        rows = atlas.members("departement", code)
        names, people = atlas.names[rows].tolist(), atlas.population[rows].tolist()
        communes[str(code)] = ["\n".join(names), "".join(c[2:] for c in atlas.codes[rows]), people]
    return {
        "departements": [[str(c), str(n)] for c, n in atlas.departements["nom"].items()],
        "communes": communes,
        "cities": {city: list(parts) for city, parts in atlas.parts.items()},
        "former": _former(atlas),
        "postal": [_postal(code, communes) for code, communes in history(atlas).postal.items()],
        "places": [_france(atlas), *_regions(table, atlas), *_departements(atlas), *_cities(atlas), *_bodies(atlas)],
    }


def _former(atlas: Atlas) -> list[list[Any]]:
    today, past = {**atlas.row, **atlas.parts}, history(atlas)
    now = dict(zip(atlas.codes, atlas.names, strict=True)) | atlas.villes["nom"].to_dict()
    apart = [(n, code, past.since.get(old, ""), old) for old, (code, n) in atlas.former.items() if n]
    names = [(n, code, since, "") for n, code, since in past.old_names]
    found: dict[tuple[str, str], list[Any]] = {}
    for name, code, since, old in sorted(apart + names, key=lambda f: (f[2], f[3]), reverse=True):  # the last one first
        if code in today and fold(name) != fold(str(now[code])):
            found.setdefault((fold(name), code), [name, code, since[:4], int(bool(old))])
    return sorted(found.values(), key=lambda f: (f[1], f[0]))


def _postal(code: str, communes: Iterable[str]) -> str:
    return " ".join([code, *(c[2:] if c[:2] == code[:2] else c for c in communes)])


def _place(
    kind: str, i: str, name: str, departements: Iterable[str], people: float | None, also: str = "", note: str = ""
) -> list[Any]:
    count = None if people is None or np.isnan(people) else round(people)
    row = [KINDS.index(kind), i, name, " ".join(departements), count, also, note]
    while row[-1] == "":
        row.pop()
    return row


def _france(atlas: Atlas) -> list[Any]:
    return _place("france", "france", "France entière", (), atlas.population.sum())


def _regions(table: pd.DataFrame, atlas: Atlas) -> list[list[Any]]:
    people = table.groupby("region")["population"].sum()
    return [
        _place("region", f"reg-{c}", str(n), (), people[c], "region")
        for c, n in atlas.regions["nom"].items()
        if c in people
    ]


def _departements(atlas: Atlas) -> list[list[Any]]:
    people = atlas.table.groupby("departement")["population"].sum()
    return [
        _place("departement", f"dep-{c}", str(n), [str(c)], people[c], f"{str(c).lower()} departement")
        for c, n in atlas.departements["nom"].items()
    ]


def _cities(atlas: Atlas) -> list[list[Any]]:
    people, rows = atlas.population, atlas.villes.itertuples()
    return [
        _place("ville", str(v.Index), str(v.nom), [str(v.departement)], people[atlas.rows(atlas.parts[str(v.Index)])].sum())
        for v in rows
    ]  # fmt: skip


def _bodies(atlas: Atlas) -> list[list[Any]]:
    found = []
    for kind, names in (("epci", atlas.epci), ("ept", atlas.ept)):
        natures = names["nature"] if kind == "epci" else [""] * len(names)
        for code, name, nature in zip(names.index, names["nom"], natures, strict=True):
            called = NATURES.get(nature, OTHER_NATURE) if kind == "epci" else "ept etablissement territorial"
            rows = atlas.members(kind, str(code))
            found.append(_zone(kind, str(code), str(name), rows, None, atlas, f"{called} {code}"))
    return found


def layer_table(layers: Mapping[str, Layer], atlas: Atlas) -> dict[str, Any]:
    """Return what the layers give to find: their zones, by name, code and main communes."""
    return {"places": [row for i in DISPOSITIFS if i in layers for row in _zones(layers[i], atlas)]}


def _zones(layer: Layer, atlas: Atlas) -> Iterable[list[Any]]:
    members = layer.members
    rows_of: dict[int, list[int]] = {}
    people_of: dict[int, float] = {}  # not a number as soon as one commune's share is unknown
    for zone, row, people in zip(members["zone"], members["row"], members["inhabitants"], strict=True):
        rows_of.setdefault(int(zone), []).append(int(row))
        people_of[int(zone)] = people_of.get(int(zone), 0.0) + float(people)
    quarters = layer.id == LayerId.QPV
    zones = zip(layer.zones.index, layer.zones["nom"], layer.zones["etat"], layer.zones["population"], strict=True)
    for position, (zone, name, etat, published) in enumerate(zones):
        rows = np.asarray(rows_of.get(position, ()), dtype=np.intp)
        people = published if quarters else people_of.get(position, np.nan)
        called = f"{CALLED[layer.id]} {fold(str(zone))}" if quarters else CALLED[layer.id]
        note = "" if etat == Etat.EN_SERVICE else str(etat)
        yield _zone(layer.id, str(zone), str(name), rows, float(people), atlas, called, note)


def _zone(
    kind: str, i: str, name: str, rows: Rows, people: float | None, atlas: Atlas, called: str, note: str = ""
) -> list[Any]:
    """Return a territory with the départements of its inhabitants, the most first, and the communes it is known by."""
    heads, owners = atlas.population[rows].tolist(), departement_of_rows(atlas)
    people_of: dict[str, int] = {}
    for row, count in zip(rows.tolist(), heads, strict=True):
        people_of[owners[row]] = people_of.get(owners[row], 0) + count
    where = sorted(people_of, key=lambda code: (-people_of[code], code))
    main = sorted(zip(rows.tolist(), heads, strict=True), key=lambda rc: -rc[1])[:KNOWN_BY]
    also = " ".join([called, *(fold(str(atlas.names[row])) for row, _ in main)])
    return _place(kind, f"{kind}/{i}", name, where, sum(heads) if people is None else people, also, note)


@kept_on_subject
def departement_of_rows(atlas: Atlas) -> list[str]:
    """Return the département of each atom, in row order."""
    return [str(code) for code in atlas.table["departement"]]
