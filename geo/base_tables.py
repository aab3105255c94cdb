"""Turn the lists of administrative divisions into the tables of the base: atoms, cities, territories,
former codes.

Populations have one origin, the list of communes; those of every territory are summed again from the atoms,
for the totals that the lists carry are of other years.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from geo.base_sources import Divisions, Record

OVERSEAS_EPSG = {"971": 5490, "972": 5490, "973": 2972, "974": 2975, "976": 4471}
MAINLAND_EPSG = 2154


def atom_table(divisions: Divisions) -> pd.DataFrame:
    """List the communes that have an outline, the split cities replaced by their arrondissements, in code
    order.

    Columns: code, nom, commune, niveau, departement, region, epci, ept (None where there is none),
    population, epsg (the legal projection). An arrondissement has its city's `commune` and `epci`.
    """
    wholes = split_cities(divisions)
    epci, ept = _membership(divisions.epci), _membership(divisions.ept)
    rows = []
    for record in (*current_communes(divisions), *arrondissements(divisions)):
        code = record["code"]
        if code in wholes:
            continue
        city = record.get("commune", code)
        rows.append(
            {
                "code": code,
                "nom": record["nom"],
                "commune": city,
                "niveau": "commune" if city == code else "arrondissement",
                "departement": record["departement"],
                "region": record["region"],
                "epci": epci.get(city),
                "ept": ept.get(city),
                "population": record["population"],
                "epsg": OVERSEAS_EPSG.get(record["departement"], MAINLAND_EPSG),
            }
        )
    table = pd.DataFrame(rows).sort_values("code", ignore_index=True)
    return table.astype({"population": "int32", "epsg": "int32"})


def current_communes(divisions: Divisions) -> list[Record]:
    """List the communes of today outside the overseas collectivities, split cities whole."""
    return [r for r in divisions.communes if r["type"] == "commune-actuelle" and r["zone"] != "com"]


def arrondissements(divisions: Divisions) -> list[Record]:
    """List the arrondissements of Paris, Lyon and Marseille."""
    return [r for r in divisions.communes if r["type"] == "arrondissement-municipal"]


def split_cities(divisions: Divisions) -> set[str]:
    """Return the codes of the communes divided into arrondissements."""
    return {r["commune"] for r in arrondissements(divisions)}


def _membership(groups: Iterable[Record]) -> dict[str, str]:
    return {member["code"]: group["code"] for group in groups for member in group["membres"]}


def city_table(divisions: Divisions) -> pd.DataFrame:
    """List the split cities: code, nom, population, departement, region, epci."""
    wholes, epci = split_cities(divisions), _membership(divisions.epci)
    rows = [
        (r["code"], r["nom"], r["population"], r["departement"], r["region"], epci.get(r["code"]))
        for r in current_communes(divisions)
        if r["code"] in wholes
    ]
    columns = ["code", "nom", "population", "departement", "region", "epci"]
    return pd.DataFrame(rows, columns=columns).sort_values("code", ignore_index=True)


def overseas_table(divisions: Divisions) -> pd.DataFrame:
    """List the communes of the overseas collectivities: code, nom, departement, territoire, population (or
    none)."""
    names = {r["code"]: r["nom"] for r in divisions.departements}
    rows = [
        (r["code"], r["nom"], r["departement"], names[r["departement"]], r.get("population"))
        for r in divisions.communes
        if r["type"] == "commune-actuelle" and r["zone"] == "com"
    ]
    table = pd.DataFrame(rows, columns=["code", "nom", "departement", "territoire", "population"])
    return table.astype({"population": "Int64"}).sort_values("code", ignore_index=True)


def group_table(groups: Iterable[Record], atoms: pd.DataFrame, column: str, extra: Mapping[str, str]) -> pd.DataFrame:
    """List territories with what their atoms add up to.

    Columns: code, nom, one for each item of `extra` (our name: the record's), population, nb_communes (a
    split city counts for one). Territories without atoms, those of the overseas collectivities, are left
    out.
    """
    totals = atoms.groupby(column).agg(population=("population", "sum"), nb_communes=("commune", "nunique"))
    kept = [r for r in groups if r["code"] in totals.index]
    table = pd.DataFrame(
        [{"code": r["code"], "nom": " ".join(r["nom"].split()), **{k: r[v] for k, v in extra.items()}} for r in kept]
    )
    return table.merge(totals, left_on="code", right_index=True).sort_values("code", ignore_index=True)


def former_codes(divisions: Divisions, older_names: Mapping[str, str]) -> pd.DataFrame:
    """List the codes of former communes with the commune of today that took them in: ancien, actuel,
    nom_ancien.

    Where a delegated or associated commune names its seat, that wins over the list of former codes (two
    cases, and the official table agrees with the seat). `older_names` fills names that the divisions no
    longer carry.
    """
    current = {r["code"] for r in divisions.communes if r["type"] in ("commune-actuelle", "arrondissement-municipal")}
    heirs = {old: r["code"] for r in divisions.communes for old in r.get("anciensCodes", ())}
    names = dict(older_names)
    for record in divisions.communes:
        if "chefLieu" in record:
            heirs[record["code"]] = record["chefLieu"]
            names[record["code"]] = record["nom"]
    rows = [(old, heir, names.get(old, "")) for old, heir in sorted(heirs.items()) if old not in current]
    return pd.DataFrame(rows, columns=["ancien", "actuel", "nom_ancien"])
