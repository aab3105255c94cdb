"""Cases of `tests.same_answers`, drawn with a seed from the files of data/base alone: nothing of the product is imported.

The cases are written into the file of answers, so that a comparison asks exactly what was asked before.
"""

from __future__ import annotations

import random
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

SEED = 918
OVERSEAS = ("971", "972", "973", "974", "976")
Case = dict[str, Any]


class Country:
    """The communes of data/base as plain tables, and the draws that are made on them."""

    def __init__(self, tree: Path) -> None:
        """Read the tables of a checkout."""
        base = tree / "data" / "base"
        columns = ["code", "commune", "departement", "region", "epci", "ept", "population"]
        self.table = pd.read_parquet(base / "communes.parquet", columns=columns).sort_values("code", ignore_index=True)
        self.codes: list[str] = self.table["code"].tolist()
        self.random = random.Random(SEED)
        self.facts = tree / "data" / "dispositifs"
        self.pairs = pd.read_parquet(base / "voisins.parquet", columns=["a", "b"])

    @cached_property
    def neighbours(self) -> dict[str, list[str]]:
        """Neighbours of each commune, in order."""
        found: dict[str, set[str]] = defaultdict(set)
        for a, b in self.pairs.itertuples(index=False):
            found[a].add(b)
            found[b].add(a)
        return {code: sorted(near) for code, near in found.items()}

    def members(self, column: str, value: str) -> list[str]:
        """Communes whose column has a value."""
        return self.table.loc[self.table[column] == value, "code"].tolist()

    def zones(self, column: str) -> list[str]:
        """Values of a column, in order."""
        return sorted(self.table[column].dropna().unique())

    def grown(self, start: str, size: int) -> list[str]:
        """Grow a connected perimeter from a commune, one neighbour drawn at a time."""
        inside, edge = {start}, set(self.neighbours.get(start, ()))
        while edge and len(inside) < size:
            chosen = self.random.choice(sorted(edge))
            inside.add(chosen)
            edge = (edge | set(self.neighbours[chosen])) - inside
        return sorted(inside)

    def largest(self, codes: list[str]) -> str:
        """The most populous commune of a perimeter."""
        chosen = self.table[self.table["code"].isin(codes)]
        return str(chosen.sort_values(["population", "code"], ascending=[False, True])["code"].iloc[0])


def perimeters(country: Country) -> list[Case]:
    """Draw the perimeters: 200 in all, of every kind that the product meets."""
    pick, codes = country.random, country.codes
    sizes = [*range(1, 41), *range(45, 145, 5), 200, 300, 500, 900]
    drawn = [("contigu", country.grown(pick.choice(codes), size)) for size in sizes]
    drawn += [("epars", sorted(pick.sample(codes, pick.randint(2, 14)))) for _ in range(28)]
    alone = [c for c in codes if c not in country.neighbours]
    epci = country.table.set_index("code")["epci"]
    for island in pick.sample(alone, min(14, len(alone))):
        body = country.members("epci", epci[island]) if isinstance(epci[island], str) else codes
        drawn.append(("ile", sorted({island, *pick.sample(body, min(3, len(body)))})))
    split = country.table[country.table["commune"] != country.table["code"]]
    for city, parts in split.groupby("commune")["code"]:
        drawn.append(("ville", [str(city)]))
        drawn += [("ville", sorted(pick.sample(parts.tolist(), n))) for n in (1, 4)]
        drawn.append(("ville", country.grown(pick.choice(parts.tolist()), 12)))
    for departement in OVERSEAS:
        here = country.members("departement", departement)
        drawn += [("outre-mer", country.grown(pick.choice(here), n)) for n in (1, 6)]
        drawn.append(("outre-mer", here))
    drawn += [("departement", country.members("departement", d)) for d in ("62", "48", "94")]
    drawn.append(("region", country.members("region", "53")))
    cases = [
        {"id": f"{i:03d}-{kind}", "choice": ["--communes", ",".join(chosen)], "codes": chosen}
        for i, (kind, chosen) in enumerate(drawn)
    ]
    zones = [("epci", c) for c in pick.sample(country.zones("epci"), 40)]
    zones += [("epci", c) for c in country.zones("ept")[:5]]
    zones += [
        (kind, c) for kind, file in (("clsm", "clsm"), ("secteur", "secteurs_psy")) for c in _known(country, file)
    ]
    cases += [
        {"id": f"{kind}-{code}", "choice": [f"--{kind}", code], "codes": _codes_of(country, kind, code)}
        for kind, code in zones
    ]
    cases += [
        {"id": f"departement-{d}", "choice": ["--communes", ",".join(codes)], "codes": codes}
        for d, codes in ((d, country.members("departement", d)) for d in ("2A", "75"))
    ]
    return cases


def _known(country: Country, file: str) -> list[str]:
    table = pd.read_csv(country.facts / f"{file}.csv", dtype=str)
    ids = sorted(table["id"].unique())
    chosen = country.random.sample(ids, 8)
    return [i.removeprefix("sect-").upper() if file == "secteurs_psy" else i for i in chosen]


def _codes_of(country: Country, kind: str, code: str) -> list[str]:
    if kind != "epci":
        return []
    return country.members("epci", code) or country.members("ept", code)


def communes(country: Country, cases: list[Case]) -> list[str]:
    """Return the communes to compare the scales of: the largest of each perimeter, once each."""
    split = country.table.set_index("code")["commune"]
    found = (country.largest(case["codes"]) for case in cases if set(case["codes"]) & set(country.codes))
    return sorted({str(split[code]) for code in found})


def scopes(country: Country) -> list[Case]:
    """Draw the coverage scopes: 40 in all, with lists stated complete or not, at several levels, with next CLSM."""
    pick = country.random
    every = country.zones("departement")
    made: list[tuple[str, str, str, int]] = [
        ("france", "", "epci", 0),
        ("france", ",".join(every), "cls", 3),
    ]
    for i, region in enumerate(["11", "53", "93", *pick.sample(country.zones("region"), 5)]):
        inside = sorted(country.table.loc[country.table["region"] == region, "departement"].unique())
        made.append((f"reg-{region}", ",".join(inside[: i % 3]), ("epci", "secteurs-adultes", "cls")[i % 3], i % 4))
    for i, departement in enumerate(["79", "94", "75", "2A", "62", "974", "976", *pick.sample(every, 9)]):
        level = ("epci", "commune", "secteurs-adultes", "cls")[i % 4]
        made.append((f"dep-{departement}", departement if i % 2 else "", level, i % 3))
    for i, body in enumerate(["200041317", "200054781", *pick.sample(country.zones("epci"), 8)]):
        made.append((f"epci-{body}", "79" if not i else "", ("commune", "epci")[i % 2], i % 3))
    made += [(f"ept-{body}", "94" if i else "", "commune", i) for i, body in enumerate(country.zones("ept")[:4])]
    return [
        {"id": f"{i:02d}-{scope}", "scope": scope, "complete": complete, "level": level, "next": k}
        for i, (scope, complete, level, k) in enumerate(made)
    ]
