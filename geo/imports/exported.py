"""Our own exports, when they are brought to the data door: known by their columns, and said to open elsewhere.

A layer that the page Couverture gives out (« clsm ») is a list like another, and comes in. What it computes of communes, and perimeters,
are no lists of territories.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geo.files import column_key

PERIMETER = "c’est un périmètre exporté de ce tableau de bord ; ouvrez-le dans la page Périmètre, panneau Scénarios, et non ici."
COVERAGE = (
    "c’est la couverture calculée par ce tableau de bord (une ligne par commune ou par territoire), pas une liste de territoires ; elle "
    "se lit dans la page Couverture. Pour rapporter les CLSM, prenez le fichier ou la feuille « CLSM » de ses exports."
)
# Columns that our tables alone have together, as codes or as titles.
_COVERAGE = (
    ("codecommune", "statut", "facon"),
    ("codecommune", "situation", "facondontlacouvertureestconnue"),
    ("sansclsm", "lecture"),
)
_PERIMETER = (("code", "commune", "perimetre", "densite"), ("objet", "couche", "perimetre"))
_SHEETS = frozenset({"perimetre", "communes", "reperes"})


def foreign_headers(headers: Iterable[str]) -> str:
    """Say where a table with these headers opens, "" when it is none of ours."""
    keys = {column_key(header) for header in headers}
    if any(keys.issuperset(known) for known in _PERIMETER):
        return PERIMETER
    return COVERAGE if any(keys.issuperset(known) for known in _COVERAGE) else ""


def foreign_workbook(sheets: Sequence[str]) -> str:
    """Say where a workbook with these sheets opens, "" when it is none of ours or holds a list of territories."""
    return PERIMETER if {column_key(name) for name in sheets} >= _SHEETS else ""


def foreign_export(head: Mapping[str, Any], features: Sequence[Any]) -> str:
    """Say where a GeoJSON opens, "" when it is none of ours."""
    first = next((f for f in features if isinstance(f, dict)), {})
    properties = first.get("properties")
    names = list(properties) if isinstance(properties, dict) else []
    if isinstance(head.get("perimetre"), dict) or ("objet" in names and "verrouillees" in names):
        return PERIMETER
    return foreign_headers(names)
