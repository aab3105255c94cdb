"""Codes of IRIS in a cell: nine characters, as published or as spreadsheets damage them, one or several.

A code says its commune by its first five characters: a list of IRIS is understood with or without the official file of IRIS, which
only gives their people.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from geo.communes import SHAPE_OF_IRIS, Atlas, read_code
from geo.french import listing

WHOLE_COMMUNE = "0000"  # the IRIS of a commune that is not cut
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+")
_GROUPED = re.compile(r"\d{2,3}(?:[ \u00a0\u202f]\d{3}){2}")
_APART = re.compile(r"(?<!\d)(\d{4,5}|2[ABab]\d{3})[\s_.-]+(\d{4})(?!\d)")
_BETWEEN = re.compile(r"[;|/\s]+|,(?=\s*(?:\d{8,9}|2[ABab]\d{7})(?!\d))")


class IrisRead(NamedTuple):
    """What a cell gives: the IRIS with the row of the atom of each, the rows of communes that are one IRIS, the texts refused (text,
    message, advice), what was repaired."""

    codes: tuple[tuple[str, int], ...] = ()
    rows: tuple[int, ...] = ()
    refused: tuple[tuple[str, str, str], ...] = ()
    said: tuple[str, ...] = ()


def read_iris(cell: str, atlas: Atlas) -> IrisRead:
    """Read the codes of a cell."""
    codes: dict[str, int] = {}
    rows: list[int] = []
    refused: list[tuple[str, str, str]] = []
    padded: list[str] = []
    former: list[str] = []
    for text in _texts(cell):
        code = text.upper()
        if code.isdigit() and len(code) == 8:
            code = f"0{code}"
            padded.append(code)
        if _SCIENTIFIC.fullmatch(text):
            refused.append((text, f"« {text[:20]} » : un tableur a arrondi ce code d’IRIS, qui ne peut être retrouvé.",
                            "Reprenez le fichier d’origine et importez cette colonne en texte."))  # fmt: skip
            continue
        reading = read_code(code[:5], atlas) if SHAPE_OF_IRIS.fullmatch(code) else None
        if reading is None or len(reading.atoms) != 1:
            why = f" : {reading.message}" if reading is not None and reading.message else ""
            refused.append((text, f"« {text[:20]} » n’est pas un code d’IRIS{why.rstrip('.')}.",
                            "Un code d’IRIS compte neuf caractères, ceux de la commune d’abord : 791910101."))  # fmt: skip
            continue
        if reading.kind == "former":
            former.append(f"{code} ({reading.text} → {reading.atoms[0]})")
        row = atlas.row[reading.atoms[0]]
        if code.endswith(WHOLE_COMMUNE) and reading.kind == "atom":
            rows.append(row)
        else:
            codes[code] = row
    said = [f"zéro de tête rétabli ({listing(padded, 3)})."] if padded else []
    said += [f"IRIS d’anciennes communes ({listing(former, 3)})."] if former else []
    return IrisRead(tuple(codes.items()), tuple(rows), tuple(refused), tuple(said))


def _texts(cell: str) -> list[str]:
    whole = cell.strip().strip("'’")
    if _GROUPED.fullmatch(whole):
        return [re.sub(r"\D", "", whole)]
    whole = _APART.sub(lambda m: m[1].zfill(5) + m[2], whole)
    return [re.sub(r"[.,]0+$", "", text.strip("'’\"= ,")) for text in _BETWEEN.split(whole) if text.strip("'’\"= ,")]
