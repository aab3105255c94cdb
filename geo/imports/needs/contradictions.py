"""Rows whose code and name are of two territories: « 32 » beside « Hauts-de-France », in a table of départements where 32 is the Gers.

Apart because a table is refused row by row for what two of its columns say together, and neither says it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from geo.communes import BLANKS, Atlas, departement_of, name_of
from geo.french import fold
from geo.imports.needs.places import is_total, place_of
from geo.indicators import Grain

LOOKED_AT = 200  # rows
OTHER = {Grain.DEPARTEMENT: Grain.REGION, Grain.REGION: Grain.DEPARTEMENT}  # the two have codes in common
Lines = Sequence[tuple[int, tuple[str, ...]]]
Against = Callable[[str, str, Sequence[str]], str]


def contradictions(table: Lines, header: Sequence[str], place: int, grain: Grain, atlas: Atlas) -> Against:
    """Return what says why a row (its code, its text at `place`, its cells) is of no territory for sure; "" where nothing is against it.

    A column of names counts when at least half of the rows looked at say the same territory by it as by their code.
    """
    named = range(len(header)) if grain is not Grain.IRIS else ()
    beside = [i for i in named if i != place and is_beside(table, place, i, grain, atlas)]
    region = _region_of_all(table, place, atlas) if grain is Grain.DEPARTEMENT else ""

    def against(code: str, text: str, cells: Sequence[str]) -> str:
        for i in beside:
            if said := _against(code, text, cells[i].strip(BLANKS), grain, atlas):
                return said
        if code == region and not beside and any(sign.isdigit() for sign in text):
            name = atlas.regions.at[region, "nom"]
            return (
                f"« {text[:20]} » désigne « {_named(code, grain, atlas)} », mais aussi la région « {name} », celle de toutes les autres lignes : "
                "rien ne dit laquelle des deux."
            )
        return ""

    return against


def _against(code: str, text: str, name: str, grain: Grain, atlas: Atlas) -> str:
    if not any(sign.isalpha() for sign in name) or fold(name) == fold(_named(code, grain, atlas)):
        return ""
    meant = _code(name, code, grain, atlas)
    another = not meant and grain in OTHER and bool(place_of(name, OTHER[grain], atlas).code)
    if meant in ("", code) and not another:
        return ""
    return f"« {text[:20]} » désigne « {_named(code, grain, atlas)} », et la ligne nomme « {name[:40]} »."


def is_beside(table: Lines, place: int, column: int, grain: Grain, atlas: Atlas) -> bool:
    """Tell whether a column names the territories that another gives the codes of."""
    pairs = [(text, name) for _, cells in table[:LOOKED_AT]
             if (text := cells[place].strip(BLANKS)) and (name := cells[column].strip(BLANKS)) and not is_total(text)]  # fmt: skip
    words = [(text, name) for text, name in pairs if any(sign.isalpha() for sign in name)]
    if len(words) < 2 or len(words) < len(pairs) / 2:
        return False
    codes = [(place_of(text, grain, atlas).code, name) for text, name in words]
    same = [bool(code) and (fold(name) == fold(_named(code, grain, atlas)) or _code(name, code, grain, atlas) == code)
            for code, name in codes]  # fmt: skip
    return sum(same) >= max(2, len(words) / 2)


def _code(name: str, code: str, grain: Grain, atlas: Atlas) -> str:
    """Return the code of the territory that a name is exactly that of, near the one of a code; "" when it is that of none for sure."""
    owner = departement_of(code, atlas) if grain is Grain.COMMUNE else None
    found = place_of(name, grain, atlas, owner)
    exact = grain is not Grain.COMMUNE or (
        found.code and not found.former and fold(name) == fold(_named(found.code, grain, atlas))
    )
    return found.code if exact else ""


def _named(code: str, grain: Grain, atlas: Atlas) -> str:
    if grain is Grain.COMMUNE:
        return name_of(code, atlas)
    tables = {
        Grain.EPCI: (atlas.epci, atlas.ept),
        Grain.DEPARTEMENT: (atlas.departements,),
        Grain.REGION: (atlas.regions,),
    }
    return next((str(table.at[code, "nom"]) for table in tables[grain] if code in table.index), code)


def _region_of_all(table: Lines, place: int, atlas: Atlas) -> str:
    """Return the code of the région that all the rows of a table of départements lie in, but the one that bears its code."""
    codes = {
        place_of(text, Grain.DEPARTEMENT, atlas).code for _, cells in table if (text := cells[place].strip(BLANKS))
    }
    owner = atlas.table.drop_duplicates("departement").set_index("departement")["region"]
    regions = {code: str(owner.get(code, "")) for code in codes if code}
    for code in regions:
        others = {region for other, region in regions.items() if other != code}
        if len(regions) > 2 and others == {code}:
            return code
    return ""
