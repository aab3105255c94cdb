"""The column of a table that names its territories, its grain, and each territory by its code of today."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from geo.communes import BLANKS, SHAPE_OF_IRIS, Atlas, departement_of, departement_of_text, find_body, read_place
from geo.french import fold, listing, number
from geo.imports.headers import is_other, role_of
from geo.indicators import Grain
from geo.kept import kept_on_subject

TOTALS = frozenset({
    "total", "ensemble", "france", "france entiere", "france metropolitaine", "france hors mayotte", "total general", "total france",
    "moyenne", "moyenne nationale", "mediane", "national", "hexagone", "metropole", "total metropole", "outre mer", "drom", "dom",
    "france dom inclus", "fr", "fm", "fe", "frm",
})  # fmt: skip
_TOTAL = re.compile(r"(?:sous )?(?:total|totaux|ensemble)\b.*")
ENOUGH, SURE = 0.5, 0.95  # of the filled cells: those that are territories of a grain
LOOKED_AT = 400  # distinct values of a column
ROLES = {  # roles of headers (geo.imports.headers) → grain
    "code_commune": Grain.COMMUNE, "nom_commune": Grain.COMMUNE, "communes": Grain.COMMUNE, "code_iris": Grain.IRIS,
    "epci": Grain.EPCI, "departement": Grain.DEPARTEMENT,
}  # fmt: skip
_REGION = re.compile(
    r"(?:code|nom|libelle|n|num|numero)?(?:de|du|des|d)?(?:la|l|le|les)?(?:reg|region|regions|inseereg)(?:ion)?"
)
FIGURES = re.compile(
    r"\b(?:nb|nbre|nombre|effectifs?|taux|part|pct|population|pop|habitants|score|indice|ratio|revenu|valeur)\b|%"
)
_CODE = re.compile(r"(?:codes?|cod|territoires?|zones?|geo|code (?:geo|geographique|territoire|zone))")
_SURE_FIRST = (
    Grain.COMMUNE,
    Grain.EPCI,
    Grain.DEPARTEMENT,
    Grain.REGION,
    Grain.IRIS,
)  # any nine digits look like an IRIS
GRAIN_NAMES = {
    Grain.IRIS: "IRIS", Grain.COMMUNE: "communes", Grain.EPCI: "EPCI", Grain.DEPARTEMENT: "départements", Grain.REGION: "régions",
}  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """A territory read: its code of today, and what was done for that; "" with why not otherwise. `former` is the code written, when it is
    that of a commune merged since."""

    code: str = ""
    message: str = ""
    repaired: bool = False
    former: str = ""
    advice: str = ""


@dataclass(frozen=True)
class PlaceColumn:
    """A column that may name the territories: its place, the grains that its cells may all be of, the surest first."""

    place: int
    grains: tuple[Grain, ...]
    score: tuple[float, ...]
    sure: bool = True  # else figures that happen to be numbers of territories


@lru_cache(maxsize=100_000)
def is_total(text: str) -> bool:
    """Tell whether a cell names a total: « Total », « Ensemble », « France entière », « Total Aisne »."""
    word = fold(text)
    return word in TOTALS or bool(_TOTAL.fullmatch(word))


def grain_of_header(header: str) -> Grain | None:
    """Return the grain that a header names, None when it names none."""
    if found := ROLES.get(role_of(header, "clsm")):
        return found
    return Grain.REGION if _REGION.fullmatch(fold(header).replace(" ", "")) else None


def names_places(header: str) -> bool:
    """Tell whether a header names territories: « Code département », « Territoire »."""
    return grain_of_header(header) is not None or bool(_CODE.fullmatch(fold(header)))


def find_columns(header: Sequence[str], columns: Sequence[Sequence[str]], atlas: Atlas) -> list[PlaceColumn]:
    """Return the columns that may name the territories, the surest first."""
    found = [one for place, cells in enumerate(columns) if (one := _judged(place, header[place], cells, atlas))]
    return sorted(found, key=lambda one: one.score, reverse=True)


def mixed_places(header: Sequence[str], columns: Sequence[Sequence[str]], atlas: Atlas) -> str:
    """Say which column names territories of several kinds, and how many of each; "" when none does."""
    for name, cells in zip(header, columns, strict=True):
        distinct = list(dict.fromkeys(bare for cell in cells if (bare := cell.strip(BLANKS)) and not is_total(bare)))
        kinds = [next((g for g in _SURE_FIRST if place_of(text, g, atlas).code), None) for text in distinct[:LOOKED_AT]]
        found = Counter(kind for kind in kinds if kind)
        if len(found) > 1 and found.total() >= 0.8 * len(kinds) and not FIGURES.search(fold(name)):
            said = listing([f"{GRAIN_NAMES[grain]} ({number(many)})" for grain, many in found.most_common()])
            return (
                f"la colonne « {name} » mêle des territoires de plusieurs sortes : {said}. Donnez-en une sorte par tableau, "
                "les chiffres des uns contiennent ceux des autres."
            )
    return ""


def _judged(place: int, name: str, cells: Sequence[str], atlas: Atlas) -> PlaceColumn | None:
    written = [bare for cell in cells if (bare := cell.strip(BLANKS))]
    totals = {text for text in dict.fromkeys(written) if is_total(text)}
    filled = [text for text in written if text not in totals]
    distinct = list(dict.fromkeys(filled))
    sample = distinct[:LOOKED_AT]
    named = grain_of_header(name)
    if not sample or (named is None and FIGURES.search(fold(name) + (" %" if "%" in name else ""))):
        return None
    shares = {grain: sum(bool(place_of(text, grain, atlas).code) for text in sample) / len(sample) for grain in Grain}
    alone = len(distinct) / len(filled)
    numbers = all(text.isdigit() and len(text) < 4 for text in sample)
    least = ENOUGH if named else SURE if numbers else 0.8
    best = max(shares.values())
    if best < least or (named is None and numbers and alone < SURE and not _CODE.fullmatch(fold(name))):
        return None
    fitting = [grain for grain in Grain if shares[grain] >= max(least, best - 0.02)]
    if named in fitting or (named and shares[named] >= ENOUGH):
        fitting = [named]
    codes = sum(any(sign.isdigit() for sign in text) for text in sample) / len(sample) > 0.5
    if (
        named is None and is_other(name) and not codes
    ):  # « Canton », « Bassin de vie »: names of communes, and not communes
        return None
    coded = names_places(name)
    score = (
        float(coded or not numbers),
        alone >= SURE,
        -float(fitting[0].rank),
        codes and best >= 0.8,
        best,
        -place,
    )
    return PlaceColumn(place, tuple(fitting), tuple(map(float, score)), coded or not numbers)


def place_of(text: str, grain: Grain, atlas: Atlas, departement: str | None = None) -> Placed:
    """Read a territory of a grain by its code or its name; `departement` (its code) tells homonyms apart."""
    bare = text.strip(BLANKS)
    if grain is Grain.COMMUNE:
        return _commune(bare, atlas, departement)
    if grain is Grain.IRIS:
        return _iris(bare, atlas)
    if grain is Grain.EPCI:
        return _body(bare, atlas)
    code = (
        (departement_of_text(bare, atlas) or "")
        if grain is Grain.DEPARTEMENT
        else _regions(atlas).get(_region_key(bare), "")
    )
    if not code:
        return Placed(
            message=f"« {bare[:40]} » : aucun{'e région' if grain is Grain.REGION else ' département'} de ce code ni de ce nom."
        )
    repaired = bare[:1].isdigit() and bare != code
    return Placed(code, f"« {bare[:20]} » lu {code}." if repaired else "", repaired)


def _commune(bare: str, atlas: Atlas, departement: str | None) -> Placed:
    code = bare.upper()
    if code in atlas.row or code in atlas.parts:
        return Placed(code)
    if bare.isdigit() and len(bare) < 4:
        return Placed(message=f"« {bare} » n’est pas un code de commune.")
    read = read_place(bare, atlas, departement)
    if read.extended or not read.atoms:
        said = read.message if not read.extended else f"« {bare[:40]} » est un EPCI, pas une commune."
        return Placed(message=said, advice=read.advice)
    city = next((one for one, parts in atlas.parts.items() if parts == read.atoms), "")
    if not city and len(read.atoms) > 1:
        return Placed(message=f"« {bare[:40]} » : plusieurs communes.")
    today = city or read.atoms[0]
    former = code if code in atlas.former else code.zfill(5) if code.zfill(5) in atlas.former else ""
    if not former and read.status == "réparé" and not city:
        former = bare if fold(bare) != fold(str(atlas.names[atlas.row[today]])) and not bare[:1].isdigit() else ""
    return Placed(
        today,
        read.message if read.status == "réparé" and not city else "",
        read.status == "réparé" and not city,
        former,
    )


def _iris(bare: str, atlas: Atlas) -> Placed:
    code = re.sub(r"[.,]0+$", "", bare.upper()).replace(" ", "")
    padded = code.zfill(9) if code.isdigit() and len(code) == 8 else code
    owner = padded[:5]
    if not SHAPE_OF_IRIS.fullmatch(padded) or not (owner in atlas.row or owner in atlas.parts or owner in atlas.former):
        return Placed(
            message=f"« {bare[:20]} » n’est pas un code d’IRIS (neuf caractères, ceux de la commune d’abord)."
        )
    return Placed(padded, f"« {bare} » lu {padded}." if padded != code else "", padded != code)


def _body(bare: str, atlas: Atlas) -> Placed:
    read = find_body(re.sub(r"^T\d{1,2}\s+", "", bare), atlas)  # « T12 Grand-Orly Seine Bièvre »
    if not read.atoms:
        return Placed(message=read.message)
    row = atlas.row[read.atoms[0]]
    for column, table in (("epci", atlas.epci), ("ept", atlas.ept)):
        code = str(atlas.table[column].iat[row])
        if code in table.index and str(table.at[code, "nom"]) == read.extended:
            return Placed(code)
    return Placed(message=read.message)


@kept_on_subject
def _regions(atlas: Atlas) -> dict[str, str]:
    codes = {str(code): str(code) for code in atlas.regions.index}
    short = {code.lstrip("0"): code for code in codes}
    named = {_region_key(str(name)): str(code) for code, name in atlas.regions["nom"].items()}
    return {**short, **{code.upper(): code for code in codes}, **{f"R{code}": code for code in codes}, **named}


def _region_key(text: str) -> str:
    bare = re.sub(r"[.,]0+$", "", text.strip(BLANKS))
    if bare.upper().removeprefix("R").isdigit():
        return bare.upper()
    key = re.sub(r"^(?:region|ars) (?:(?:de|du|des|d|la|le|les|l) )*", "", fold(bare))
    return {"paca": "provence alpes cote d azur", "ile de la reunion": "la reunion", "reunion": "la reunion"}.get(
        key, key
    )


def departements_of(codes: Sequence[str], grain: Grain, atlas: Atlas) -> set[str]:
    """Return the départements that territories of a grain lie in."""
    if grain is Grain.DEPARTEMENT:
        return set(codes)
    if grain in (Grain.COMMUNE, Grain.IRIS):
        owners = {c[:5]: departement_of(c[:5], atlas) or c[: 3 if c.startswith("97") else 2] for c in codes}
        return {owner for owner in owners.values() if owner in atlas.departements.index}
    table = atlas.table
    if grain is Grain.REGION:
        return set(table.loc[table["region"].isin(codes), "departement"].astype(str))
    held = table["epci"].isin(codes) | table["ept"].isin(codes)
    return set(table.loc[held, "departement"].astype(str))


def expected(grain: Grain, departements: Sequence[str], atlas: Atlas) -> int:
    """Return how many territories of a grain some départements have, 0 when that is not known (IRIS)."""
    if grain is Grain.DEPARTEMENT:
        return len(atlas.departements)
    if grain is Grain.REGION:
        return len(atlas.regions)
    inside = atlas.table[atlas.table["departement"].isin(list(departements))]
    if grain is Grain.COMMUNE:
        return int(inside["commune"].nunique())
    return int(inside["epci"].nunique()) if grain is Grain.EPCI else 0


def people_of(code: str, grain: Grain, atlas: Atlas) -> float:
    """Return the inhabitants of a territory of today, NaN when they are not known here (an IRIS)."""
    if grain is Grain.COMMUNE:
        rows = [atlas.row[code]] if code in atlas.row else atlas.members("commune", code).tolist()
    else:
        columns = ("epci", "ept") if grain is Grain.EPCI else () if grain is Grain.IRIS else (grain.value,)
        rows = next((found.tolist() for column in columns if len(found := atlas.members(column, code))), [])
    return float(atlas.population[rows].sum()) if rows else float("nan")
