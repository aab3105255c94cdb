"""A file to fill in for each layer: the columns that the import understands, and two rows of example."""

from __future__ import annotations

import pandas as pd

from geo.register_export import csv_bytes

COLUMNS = ("nom", "code_commune", "nom_commune", "etat", "annee", "part_commune", "source_titre", "source_url", "note")
_NAMES = {
    "clsm": "CLSM de Créteil",
    "cls": "CLS de Créteil",
    "cpts": "CPTS de Créteil",
    "dac": "DAC du Val-de-Marne",
    "secteurs-adultes": "94G07",
    "secteurs-enfants": "94I02",
}


def template(kind: str) -> bytes:
    """Return a CSV (semicolons, UTF-8 with its mark) with two example rows: one territory, two communes of it."""
    name = f"EXEMPLE À EFFACER {_NAMES[kind]}"
    rows = [
        (
            name,
            "94028",
            "Créteil",
            "en service",
            "2019",
            "entière",
            "délibération du conseil",
            "",
            "une ligne par commune",
        ),
        (name, "94011", "Bonneuil-sur-Marne", "en service", "2019", "entière", "", "", ""),
    ]
    return csv_bytes(pd.DataFrame(rows, columns=list(COLUMNS)))
