"""Turn the lists of administrative divisions into the tables of the base: atoms, cities, territories,
former codes.

Populations have one origin, the list of communes; those of every territory are summed again from the atoms,
for the totals that the lists carry are of other years.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import cast

import pandas as pd

from geo.build.packages import Divisions, Package, Record
from geo.french import fold

OVERSEAS_EPSG = {"971": 5490, "972": 5490, "973": 2972, "974": 2975, "976": 4471}
MAINLAND_EPSG = 2154
_NAME = "@etalab/decoupage-administratif"
FIRST_DAY = "2015-01-01"  # communes re-created before are of no file that anyone holds


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


def _package(version: str, sha256: str) -> Package:
    return Package("npm", _NAME, version, f"etalab-decoupage-administratif-{version}.tgz", sha256)


HISTORY = _package("0.8.0", "3731209f86aab7c92a7de236caa6c5cc70c2ca0c4e21407e7e132b7483d04fe5")
LISTS: Mapping[int, Package] = {
    2021: _package("1.1.1", "db6e7c433ee675de314aa19bfc4faf796451342960ed2c1b42fda0f458a97e23"),
    2022: _package("2.3.1", "d7f2a6915af27a719eeb6eb6581d9a645849b5b23e5c97fa5aa2931eb3552d1f"),
    2023: _package("3.1.1", "225079c8cd185379fd494993e99fe712523e2f16e4a1170d8391a76a304e7073"),
    2024: _package("4.0.0", "745829aaea59a342dd457e569e4defc072b9b4f4898412fd90256273950e082f"),
    2025: _package("5.3.0", "149cd9096f70915c02e5d39ef6045f0900d94c782ee9f1c1941703092fe72636"),
}
HISTORY_PACKAGES = (HISTORY, *LISTS.values())


def read_history(archive: Path) -> list[Record]:
    """Read the records of communes since 1943: code, name, type, first and last day, what came before and after."""
    return _member(archive, "historique-communes")


def read_list(archive: Path) -> list[Record]:
    """Read the communes of one year."""
    return _member(archive, "communes")


def _member(archive: Path, name: str) -> list[Record]:
    with tarfile.open(archive) as tar:
        stream = tar.extractfile(f"package/data/{name}.json")
        if stream is None:
            raise FileNotFoundError(f"{archive}: {name}.json")
        return cast(list[Record], json.load(stream))


def history_tables(
    former: pd.DataFrame, divisions: Divisions, history: Sequence[Record], lists: Mapping[int, Sequence[Record]]
) -> dict[str, pd.DataFrame]:
    """Return the tables of the history, named for the file each goes to; `former` is the list of former codes.

    anciens_codes.csv: ancien, actuel, nom_ancien, depuis (day, or year, or "").
    communes_recreees.csv: code, issue_de, nom_avant (of the commune that held it), depuis.
    anciens_noms.csv: nom, code (of today), depuis.
    codes_postaux.csv: code_postal, communes (codes separated by blanks).
    """
    years = {**lists, 2026: divisions.communes}
    current = {year: _communes(records) for year, records in years.items()}
    today = current[2026]
    complete = _with_moves(former, history, today)
    dates = _last_days(history) | _last_years(current)
    names = {r["code"]: r["nom"] for r in history if r["type"] == "COM"}
    complete["nom_ancien"] = [
        n or names.get(c, "") for c, n in zip(complete["ancien"], complete["nom_ancien"], strict=True)
    ]
    complete["depuis"] = [dates.get(code, "") for code in complete["ancien"]]
    return {
        "anciens_codes.csv": complete,
        "communes_recreees.csv": _recreated(history, years, current),
        "anciens_noms.csv": _old_names(history, current),
        "codes_postaux.csv": _postal(divisions),
    }


def _communes(records: Sequence[Record]) -> dict[str, str]:
    return {r["code"]: r["nom"] for r in records if r["type"] == "commune-actuelle"}


def _last_days(history: Sequence[Record]) -> dict[str, str]:
    """Return, for each code that is no commune at the end of the history, the day it ceased to be one."""
    last: dict[str, str] = {}
    alive = {r["code"] for r in history if r["type"] == "COM" and "dateFin" not in r}
    for record in history:
        if record["type"] == "COM" and record["code"] not in alive:
            last[record["code"]] = max(last.get(record["code"], ""), record["dateFin"])
    return last


def _last_years(current: Mapping[int, Mapping[str, str]]) -> dict[str, str]:
    """Return, for each code that a list has and the next has not, the year of the latter."""
    years = sorted(current)
    pairs = pairwise(years)
    return {code: str(after) for before, after in pairs for code in current[before] if code not in current[after]}


def _with_moves(former: pd.DataFrame, history: Sequence[Record], today: Mapping[str, str]) -> pd.DataFrame:
    """Add the codes left when a commune changed département and that lead straight to a commune of today.

    Corsica is left aside: what looks like one of its codes of before 1976 is nearly always a postal code.
    """
    known = set(former["ancien"])
    heirs = dict(zip(former["ancien"], former["actuel"], strict=True))
    added = {}
    for record in history:
        code, follower = record["code"], record.get("successeur", "")
        moved = "changement de département" in record.get("raisonFin", "")
        if not moved or record["type"] != "COM" or code in known or code in today or code.startswith("20"):
            continue
        next_code = follower.split("-", 1)[-1].split("@")[0]
        heir = next_code if next_code in today else heirs.get(next_code)
        if heir:
            added[code] = (code, heir, record["nom"])
    extra = pd.DataFrame(list(added.values()), columns=["ancien", "actuel", "nom_ancien"])
    return pd.concat([former, extra]).sort_values("ancien", ignore_index=True)


def _recreated(
    history: Sequence[Record], years: Mapping[int, Sequence[Record]], current: Mapping[int, Mapping[str, str]]
) -> pd.DataFrame:
    by_id = {r["id"]: r for r in history}
    today = current[2026]
    rows: dict[str, tuple[str, str, str, str]] = {}
    for record in history:
        before = by_id.get(record.get("predecesseur", ""))
        day = record.get("dateDebut", "")
        if record["type"] != "COM" or before is None or before["type"] == "COM" or day < FIRST_DAY:
            continue
        holder = by_id.get(before.get("pole", ""))
        while holder is not None and holder["type"] != "COM":
            holder = by_id.get(holder.get("pole", ""))
        if holder and holder["code"] != record["code"] and record["code"] in today and holder["code"] in today:
            rows[record["code"]] = (record["code"], holder["code"], holder["nom"], day)
    ordered = sorted(years)
    for before_year, after in pairwise(ordered):
        holders = {r["code"]: r["chefLieu"] for r in years[before_year] if r.get("chefLieu")}
        holders |= {
            old: r["code"] for r in years[before_year] for old in r.get("anciensCodes", ()) if old not in holders
        }
        for code in current[after].keys() - current[before_year].keys():
            source = holders.get(code)
            if source and source in today and code in today and source != code:
                rows[code] = (code, source, current[before_year][source], str(after))
    table = pd.DataFrame(sorted(rows.values()), columns=["code", "issue_de", "nom_avant", "depuis"])
    return table.sort_values(["issue_de", "code"], ignore_index=True)


def _old_names(history: Sequence[Record], current: Mapping[int, Mapping[str, str]]) -> pd.DataFrame:
    today = current[2026]
    found: dict[tuple[str, str], str] = {}
    seen = [(r["nom"], r["code"], r.get("dateFin", "")) for r in history if r["type"] == "COM"]
    years = sorted(current)
    for before, after in pairwise(years):
        seen += [(name, code, str(after)) for code, name in current[before].items() if current[after].get(code) != name]
    for name, code, end in seen:
        if code in today and end and fold(name) != fold(today[code]):
            found[name, code] = max(end, found.get((name, code), ""))
    rows = sorted((name, code, end) for (name, code), end in found.items())
    return pd.DataFrame(rows, columns=["nom", "code", "depuis"]).sort_values(["code", "nom"], ignore_index=True)


def _postal(divisions: Divisions) -> pd.DataFrame:
    wholes = split_cities(divisions)
    found: dict[str, list[str]] = {}
    for record in divisions.communes:
        if record["type"] in ("commune-actuelle", "arrondissement-municipal") and record["code"] not in wholes:
            for code in record.get("codesPostaux", ()):
                found.setdefault(code, []).append(record["code"])
    rows = [(code, " ".join(sorted(set(codes)))) for code, codes in sorted(found.items())]
    return pd.DataFrame(rows, columns=["code_postal", "communes"])
