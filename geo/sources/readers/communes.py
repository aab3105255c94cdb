"""Tables with one row a commune: populations, intercommunal bodies (EPCI, EPT).

Products
- `populations.parquet`: code (atoms), population (municipal, never total), annee ("" when nothing tells it).
- `epci.parquet`: code (communes of today, Paris, Lyon and Marseille whole), siren, nom, nature ("" when unknown).
- `ept.parquet`: code, siren, nom.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.french import count, listing
from geo.sources.readers.base import (
    Reader,
    ReadReport,
    absent_communes,
    codes_of_today,
    departement_of,
    one_per_commune,
    present,
    refused,
    vintage,
    write,
)
from geo.sources.readers.tables import Form, Source, read_table

POPULATIONS_FORMS = (
    Form(
        "populations de référence de l’INSEE (COM, PMUN)",
        {"code": "com depcom codgeo com\\d\\dcode", "population": "pmun poprefmun pmun\\d{2,4} p\\d\\dpmun"},
        {"dep": "dep", "codcom": "codcom", "annee": "poprefannee"},
        absent="siren|epci|dens\\d?|codeqpv?",
    ),
)
EPCI_FORMS = (
    Form(
        "composition des EPCI de la DGCL (siren, raison_sociale, nature_juridique, insee)",
        {"code": "insee", "siren": "siren", "nom": "raisonsociale", "nature": "naturejuridique"},
    ),
    Form(
        "composition communale de l’INSEE (CODGEO, EPCI, LIBEPCI)",
        {"code": "codgeo", "siren": "epci", "nom": "libepci"},
    ),
)
EPT_FORMS = (
    Form("composition des EPT de l’INSEE (CODGEO, EPT, LIBEPT)", {"code": "codgeo", "siren": "ept", "nom": "libept"}),
)
NONE = re.compile(r"Z{3,}|", re.IGNORECASE)  # « ZZZZZZZZZ » : sans objet


def parse_populations(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read municipal populations; the files of the newest year win where two give the same commune."""
    notes: list[str] = []
    tables = [_populations(source, atlas, notes) for source in sources]
    tables.sort(key=lambda t: (t["annee"].max(), len(t)), reverse=True)
    everything = pd.concat(tables, ignore_index=True)
    again = int(everything["code"].duplicated().sum())
    if again:
        notes.append(
            f"{count(again, 'commune')} dans plusieurs fichiers ; la population de l’année la plus récente est gardée."
        )
    product = everything.drop_duplicates("code").sort_values("code")
    notes += absent_communes(product["code"], atlas, file="Populations")
    file = write(product, destination, "populations.parquet")
    years = " et ".join(sorted({y for y in product["annee"] if y}, reverse=True))
    return ReadReport(len(product), years, present(product["code"], atlas), tuple(notes), (file,))


def _populations(source: Source, atlas: Atlas, notes: list[str]) -> pd.DataFrame:
    table = read_table(source)
    texts = [_code(c, d, k) for c, d, k in zip(*(_column(table, n) for n in ("code", "dep", "codcom")), strict=True)]
    read = codes_of_today(texts, table["line"].tolist(), atlas, file=source.name)
    notes += read.notes
    table = table.assign(code=read.code, own=read.own, population=_people(table, source.name))
    table = table[table["code"] != ""]
    _refuse_repeats(table[table["own"]], source.name)
    cities = sorted(set(table["code"]) & set(atlas.parts))
    if cities:
        names = listing(map(atlas.label, cities))
        notes.append(
            f"{source.name} : {names} y figurent entières ; seules les populations d’arrondissements sont prises."
        )
    people = table[~table["code"].isin(cities)].groupby("code", as_index=False)["population"].sum()
    return people.assign(annee=_year(source, table, people, atlas, notes))


def _column(table: pd.DataFrame, name: str) -> list[str]:
    return table[name].tolist() if name in table else [""] * len(table)


def _code(code: str, departement: str, commune: str) -> str:
    """Return the whole code: the file of Mayotte gives the département and three digits apart."""
    three = code or commune
    if len(three) == 3 and departement:
        return departement[:2] + three
    return code


def _people(table: pd.DataFrame, file: str) -> pd.Series:
    values = pd.to_numeric(table["population"].str.replace(r"[\s\u202f\u00a0]", "", regex=True), errors="coerce")
    wrong = table[values.isna() | (values < 0) | (values % 1 != 0)]
    if not wrong.empty:
        raise GeoInputError(
            refused([f"{file}, ligne {line} : « {text} » n’est pas un nombre d’habitants."
                     for text, line in zip(wrong["population"], wrong["line"], strict=True)], file)
        )  # fmt: skip
    return values.astype("int64")


def _refuse_repeats(table: pd.DataFrame, file: str) -> None:
    again = table[table["code"].duplicated()]
    if not again.empty:
        raise GeoInputError(
            refused([f"{file}, ligne {line} : {code} figure déjà plus haut ; gardez une seule ligne par commune."
                     for code, line in zip(again["code"], again["line"], strict=True)], file)
        )  # fmt: skip


def _year(source: Source, table: pd.DataFrame, people: pd.DataFrame, atlas: Atlas, notes: list[str]) -> pd.Series | str:
    """Find the year of the populations: written in the file, or that of the embedded base when the figures are the same."""
    if "annee" in table and table["annee"].str.fullmatch(r"20\d\d").all():
        return str(table["annee"].max())
    digits = re.search(r"(20)?(\d\d)$", source.header_of("population"))
    if digits:
        return f"20{digits[2]}"
    if written := vintage([source]):
        return written
    base = dict(zip(atlas.table["code"], atlas.table["population"], strict=True))
    if (people["code"].map(base) == people["population"]).mean() >= 0.99:
        owner = departement_of(atlas)
        return people["code"].map(lambda code: atlas.population_year_of([owner[code]]))
    named = re.findall(r"(?<!\d)20[0-4]\d(?!\d)", source.name)
    notes.append(
        f"{source.name} : année des populations non écrite dans le fichier"
        + (f" ; {named[0]} d’après son nom." if named else " ; elle reste inconnue.")
    )
    return named[0] if named else ""


def carry_populations(before: Path, stage: Path) -> list[str]:
    """Put back the communes that the version in use counts and the new files no longer do, each with its own year."""
    old, new = (pd.read_parquet(folder / "populations.parquet") for folder in (before, stage))
    lost = old[~old["code"].isin(new["code"])]
    if lost.empty:
        return []
    write(pd.concat([new, lost]).sort_values("code"), stage, "populations.parquet")
    years = listing(sorted(set(lost["annee"]) - {""}, reverse=True)) or "année inconnue"
    return [
        f"{count(len(lost), 'commune absente', 'communes absentes')} des nouveaux fichiers : population déjà connue gardée ({years})."
    ]


def parse_bodies(sources: Sequence[Source], destination: Path, atlas: Atlas, *, kind: str) -> ReadReport:
    """Read which intercommunal body each commune is in."""
    source = sources[0]
    table = read_table(source)
    aside = table["siren"].map(lambda text: bool(NONE.fullmatch(text)))
    none = table[aside]
    table = table[~aside]
    wrong = table[~table["siren"].str.fullmatch(r"\d{9}")]
    if not wrong.empty:
        raise GeoInputError(
            refused([f"{source.name}, ligne {line} : « {text} » n’est pas un numéro SIREN (neuf chiffres)."
                     for text, line in zip(wrong["siren"], wrong["line"], strict=True)], source.name)
        )  # fmt: skip
    read = codes_of_today(table["code"].tolist(), table["line"].tolist(), atlas, file=source.name)
    table = table.assign(code=read.code, own=read.own)
    kept, said = one_per_commune(table[table["code"] != ""], ["siren"], file=source.name)
    if kind == "epci" and "nature" not in kept:
        kept["nature"] = kept["siren"].map(atlas.epci["nature"].to_dict() if "nature" in atlas.epci else {}).fillna("")
    notes = [*read.notes, *said]
    if len(none):
        notes.append(f"{source.name} : {count(len(none), 'commune')} sans {kind.upper()} (« sans objet »).")
    columns = ["code", "siren", "nom", "nature"] if kind == "epci" else ["code", "siren", "nom"]
    file = write(kept[columns], destination, f"{kind}.parquet")
    return ReadReport(len(kept), vintage([source]), present(kept["code"], atlas), tuple(notes), (file,))


def parse_epci(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read the EPCI of each commune."""
    return parse_bodies(sources, destination, atlas, kind="epci")


def parse_ept(sources: Sequence[Source], destination: Path, atlas: Atlas) -> ReadReport:
    """Read the EPT (Grand Paris) of each commune that has one."""
    return parse_bodies(sources, destination, atlas, kind="ept")


READERS = (
    Reader("epci", EPCI_FORMS, parse_epci),
    Reader("ept", EPT_FORMS, parse_ept),
    Reader("populations", POPULATIONS_FORMS, parse_populations, several=True, carry=carry_populations),
)
