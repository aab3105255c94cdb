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
# What a place is called as well, and is then found as by its name; numbers of EPT: decrees 2015-1655 to 2015-1665 of 11 December 2015.
ALSO_NAMED = {
    "reg-11": ("idf",), "reg-24": ("cvl",), "reg-27": ("bfc",), "reg-32": ("hdf",), "reg-52": ("pdl",), "reg-75": ("naq",),
    "reg-84": ("aura", "ara"), "reg-93": ("paca",),
    "epci/200046977": ("grand lyon",), "epci/200058782": ("sqy",), "epci/200039865": ("eurometropole metz",),
    "ept/200057966": ("t2", "ept 2"), "ept/200057974": ("t3", "ept 3"), "ept/200057982": ("t4", "ept 4"), "ept/200057990": ("t5", "ept 5"),
    "ept/200057867": ("t6", "ept 6"), "ept/200058097": ("t7", "ept 7"), "ept/200057875": ("t8", "ept 8"), "ept/200058790": ("t9", "ept 9"),
    "ept/200057941": ("t10", "ept 10"), "ept/200058006": ("t11", "ept 11"), "ept/200058014": ("t12", "ept 12"),
}  # fmt: skip
# Regions of before 2016, by the words of their names.
FORMER_REGIONS = {
    "27": "bourgogne franche comte", "28": "basse haute normandie", "32": "nord pas calais picardie",
    "44": "alsace lorraine champagne ardenne", "75": "aquitaine limousin poitou charentes",
    "76": "languedoc roussillon midi pyrenees", "84": "auvergne rhone alpes",
}  # fmt: skip
SILENT = frozenset(
    ["le", "la", "les", "l", "de", "du", "des", "d", "a", "au", "aux", "en"]
)  # words that no sigle holds
SHORTEST_SIGLE, LONGEST_SIGLE = 3, 6
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
    named = "".join(
        f"{said} | " for said in (*ALSO_NAMED.get(i, ()), *(_sigles(name) if kind in ("epci", "ept") else ()))
    )
    row = [KINDS.index(kind), i, name, " ".join(departements), count, named + also, note]
    while row[-1] == "":
        row.pop()
    return row


def _sigles(name: str) -> list[str]:
    """Return the sigles that the name of a body gives: « mel », « gpseo », « ccpl »; with the nature it begins with or without."""
    said = fold(name.partition("(")[0]).split()
    lead, rest = (said[0], said[1:]) if said[0] in ("cc", "ca", "cu") else ("", said)
    found: list[str] = []
    for kept in (rest, [word for word in rest if word != "et"]):
        letters = "".join(word[0] for word in kept if word not in SILENT)
        found += [letters, lead + letters, letters.removeprefix("m") if rest and rest[0] == "metropole" else letters]
    shortest = SHORTEST_SIGLE + (lead in ("cc", "ca"))  # theirs of three letters are the start of too many towns
    return [s for s in dict.fromkeys(found) if shortest <= len(s) <= LONGEST_SIGLE]


def _france(atlas: Atlas) -> list[Any]:
    return _place("france", "france", "France entière", (), atlas.population.sum())


def _regions(table: pd.DataFrame, atlas: Atlas) -> list[list[Any]]:
    people = table.groupby("region")["population"].sum()
    return [
        _place("region", f"reg-{c}", str(n), (), people[c], f"region {FORMER_REGIONS.get(str(c), '')}".strip())
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
        if quarters and not note and rows.size:  # many bear one name in one département
            note = str(atlas.names[rows[np.argmax(atlas.population[rows])]])
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
