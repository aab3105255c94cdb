"""What the cells of a column hold, whatever its header says: shares of codes, names, lists, EPCI and départements."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from geo.communes import (
    BLANKS,
    SHAPE_OF_IRIS,
    Atlas,
    departement_of_text,
    find_body,
    find_name,
    history,
    is_year,
    part_of,
    read_loose_code,
    read_place,
    split_list,
)

SAMPLE = 60
MOSTLY = 0.5
PLACES = ("code_commune", "nom_commune", "communes", "code_iris", "epci")
MEMBERSHIP = (*PLACES, "departement")

_TOTAL = re.compile(
    r"(?:(?:sous|s)[\s/.-]*)?tota(?:l|ux)\b.*|ensemble\b(?! des communes ).*|nombre (?:de|total)\b.*|sources?\s*:.*|\(?\*+\)?\s.*|(?:nb|n\.b\.|note)\s*:.*",
    re.IGNORECASE,
)
_FOOT = re.compile(  # alone on its row, under a table or above it
    r"\(?\d\)\s.*|(?:date de )?(?:derni[eè]re )?mise [àa] jour\b.*|m[àa]j\b.*|(?:date d['’])?(?:extraction|édition)\b.*|légende\b.*"
    r"|(?:lecture|champ|remarques?|attention|données)\s*:.*|(?:données|liste|situation|état) (?:au|arrêtée?s?|à jour)\b.*",
    re.IGNORECASE,
)
_STARTS = frozenset("tTsSeEnN*(")
_ROLES = ("nom", "nom_commune", "code_commune", "communes", "departement", "epci", "id")
STAR_NOTE = re.compile(r"\(?\*+\)?\s*\S")
STAR = re.compile(r"(?<=[^\W_])\s?\*+")


def _is_commune(cell: str, atlas: Atlas) -> bool:
    """Tell whether a cell names a commune of today; names of before are too many to prove anything."""
    if len(cell) > 80:
        return False
    cell = part_of(cell, atlas) or cell
    found = find_name(cell, atlas)
    return found.how in ("exact", "article") if found.codes else read_place(cell, atlas).status == "lu"


def contents(cells: Sequence[str], atlas: Atlas) -> Mapping[str, float]:
    """Measure what cells hold: share of codes of communes, names, lists, postal codes, EPCI, départements. Years are none of these."""
    if not cells:
        return {}
    found = dict.fromkeys(
        ("code_commune", "code_postal", "nom_commune", "communes", "code_iris", "epci", "departement"), 0.0
    )
    postal, codes = history(atlas).postal, []
    for cell in cells[:SAMPLE]:
        bare = re.sub(r"[.,]0$", "", cell.strip(BLANKS)).replace(" ", "")
        if is_year(bare):
            continue
        if re.fullmatch(r"\d{4,5}|2[ABab]\d{1,3}", bare):
            codes.append(bare.zfill(5))
            found["code_commune"] += len(bare) == 5 and read_loose_code(bare, atlas).status != "refusé"
        elif SHAPE_OF_IRIS.fullmatch(bare) and bare not in atlas.epci.index and bare not in atlas.ept.index:
            found["code_iris"] += bool(read_loose_code(bare[:5], atlas).atoms)
        elif re.fullmatch(r"\d{9}", bare):
            found["epci"] += bare in atlas.epci.index or bare in atlas.ept.index
        elif departement_of_text(cell, atlas) and not find_name(cell, atlas).codes:
            found["departement"] += 1
        elif len(parts := split_list(cell, atlas)) > 1 and any(
            _is_commune(p, atlas) or read_loose_code(p, atlas).atoms for p in parts
        ):
            found["communes"] += 1
        elif _is_commune(cell, atlas):
            found["nom_commune"] += 1
        elif len(cell) < 120 and find_body(cell, atlas).status != "refusé":
            found["epci"] += 1
    share = {role: value / min(len(cells), SAMPLE) for role, value in found.items()}
    served = sum(code in postal for code in codes)
    share["code_postal"] = served / min(len(cells), SAMPLE) if served >= 0.9 * len(codes) else 0.0
    if share["code_postal"] >= MOSTLY:
        share["code_commune"] = min(share["code_commune"], 0.4)
    if share["communes"] >= 0.05:  # some rows of a column of lists hold one commune only
        share["communes"] += share.pop("nom_commune") + share.pop("code_commune")
    return share


def is_no_data(row: Sequence[str], cells: Mapping[str, str]) -> bool:
    """Tell a row of total or of source, or a note under the table: the only text of its row, in a column of names."""
    if any(cells[role][:1] in _STARTS and _TOTAL.fullmatch(cells[role]) for role in _ROLES):
        return True
    text = cells["nom"] or cells["id"]
    return bool(text and _FOOT.fullmatch(text)) and sum(bool(c.strip()) for c in row) == 1
